"""What a server has loaded when it has started, served pages and handed out files: one process."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cache

from tests.paths import ROOT

_CODE = """
import sys
from app import server

def tell():
    print(*sys.modules)

def ask(*paths):
    client = server.test_client()
    for path in paths:
        assert client.get(path).status_code == 200, path
    tell()

tell()
ask("/", "/compare", "/embed", "/sources", "/api/v1/view.json")
ask("/map.png", "/map.pdf", "/card.png", "/briefing.pptx", "/briefing.pdf")
from geodata.exports.drawing.raster import png
from geodata.exports.documents.typesetting import pdf
png('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', width=9)
tell()
pdf({"main.typ": b"a"}, {})
tell()
"""


@dataclass(frozen=True)
class Loaded:
    """Names of modules, at each step."""

    started: set[str]
    served: set[str]
    exported: set[str]
    drawn: set[str]
    typeset: set[str]


@cache
def loaded() -> Loaded:
    """Start a server, ask it for pages, then for files; last, draw and set in its own process."""
    run = [sys.executable, "-c", _CODE]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return Loaded(*(set(line.split()) for line in done.stdout.splitlines()))
