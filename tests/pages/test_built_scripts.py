"""Scripts are still scripts when they are minified."""

from __future__ import annotations

import re
import subprocess

import pytest

from geodata.links.urls import Urls
from layouts import bundle
from tests.node import node

# A regular expression after an arrow, which the minifier takes for a division, and what follows
# an escaped slash in it for a comment.
AFTER_ARROW = re.compile(r"=>\s*/")


@pytest.mark.parametrize(
    "path",
    ["/worker.js", "/embed/map.js", "/embed/host.js"]
    + [f"{name}.js" for name in ("page", "with-dash", "used", "components")],
)
def test_a_minified_script_can_be_read(client, path, tmp_path):
    if not path.startswith("/"):
        path = Urls("/").built(path, bundle.built(path).version)
    script = tmp_path / "script.js"
    script.write_bytes(client.get(path).data)
    result = subprocess.run(
        [node(), "--check", script], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[:500]
    assert not AFTER_ARROW.search(script.read_text("utf-8"))
