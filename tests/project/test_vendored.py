"""The libraries under assets/vendor are the ones its README says, and fit the Python side."""

from __future__ import annotations

import hashlib
import re

import pytest
from plotly.offline import get_plotlyjs_version

from tests.paths import ROOT

VENDOR = ROOT / "assets" / "vendor"
ROW = re.compile(
    r"^\| `(?P<file>[^`]+)` \| .* \| (?P<version>[\d.]+) \| .* \| `(?P<sha256>\w+)` \|$", re.M
)
ROWS = {row["file"]: row for row in ROW.finditer((VENDOR / "README.md").read_text("utf-8"))}


def header_version(name: str) -> str | None:
    """Return the version a library states in the comment at its top."""
    stated = re.search(r"\bv(\d+\.\d+\.\d+)", (VENDOR / name).read_text("utf-8")[:200])
    return stated and stated[1]


def test_every_vendored_file_is_in_the_table():
    assert set(ROWS) == {path.name for path in VENDOR.iterdir() if path.suffix == ".js"}


@pytest.mark.parametrize("name", ROWS)
def test_file_is_unchanged_and_has_its_licence(name):
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == ROWS[name]["sha256"]
    assert header_version(name) == ROWS[name]["version"]
    assert "Permission" in (VENDOR / f"{name}.LICENSE").read_text("utf-8")


def test_plotly_is_the_version_that_plotly_py_carries():
    assert header_version("plotly-basic.min.js") == get_plotlyjs_version()
