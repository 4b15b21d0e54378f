"""Runs a script of the tests under Node.js, which `make check` needs as well: no browser."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
from functools import cache
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


@cache
def _started(script: str) -> subprocess.Popen[str]:
    """Start a script that answers line by line until the tests of this process end."""
    command, pipe = [node(), str(Path(__file__).parent / script)], subprocess.PIPE
    started = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8")
    atexit.register(started.communicate)
    return started


def answer(script: str, asked: object) -> Any:
    """Hand a script a line of JSON, and return the JSON that it writes."""
    process = _started(script)
    assert process.stdin and process.stdout
    process.stdin.write(f"{json.dumps(asked)}\n")
    process.stdin.flush()
    written = process.stdout.readline()
    if not written:
        _started.cache_clear()  # others are answered by a new one
    assert written, f"{script} ended: what it says of it is above"
    return json.loads(written)
