"""What a cached answer is measured against: a Flask route that returns the same bytes, no more.

``BARE`` names a folder of bodies; ``/NAME`` answers the bytes of the file NAME as they are, with
the coding and the tag they were taken with, and 304 to whoever has them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from flask import Flask, Response, request

FOLDER = Path(os.environ["BARE"])

server = Flask(__name__)
_bodies = {path.name: path.read_bytes() for path in FOLDER.iterdir() if not path.suffix}
_headers = json.loads((FOLDER / "headers.json").read_text("utf-8"))


@server.get("/<name>")
def same(name: str) -> Response:
    response = Response(_bodies[name], headers=_headers[name])
    return response.make_conditional(request)  # type: ignore[return-value]


@server.get("/")
def ready() -> str:
    return "ok"
