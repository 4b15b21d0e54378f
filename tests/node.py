"""Runs a script of the tests under Node.js, which `make check` needs as well: no browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


def node() -> str:
    """Return where Node.js is.

    Without it the test is skipped; where ``CI`` is set it fails, for nothing is compared then.
    """
    found = shutil.which("node")
    if found is None:
        missing = "needs Node.js, which runs the scripts of pages (Debian: apt-get install nodejs)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def answer(script: str, asked: object) -> Any:
    """Hand a script JSON, and return the JSON that it writes."""
    done = subprocess.run(
        [node(), Path(__file__).parent / script],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=300,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
