"""A page of a view as PDF, by typst: the map stays a vector drawing, text stays text.

:func:`page` says what goes onto the page; :func:`geodata.exports.typesetting.pdf` sets it, which
another process can do.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from geodata.exports import svg
from geodata.exports.provenance import Provenance
from geodata.exports.qr import qr_svg
from geodata.view import View

TEMPLATES = Path(__file__).parent / "templates"
PAPERS = {"A4": "a4", "Letter": "us-letter"}


def page(
    view: View, t: int, told: Provenance, paper: str
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Files and inputs of the one page of a view."""
    speech = view.language
    drawing = svg.figure(view, t)
    said: dict[str, Any] = {
        "title": told.title,
        "headline": told.headline,
        "authors": [source["credit"] for source in told.sources],
        "keywords": [told.population, told.date, told.snapshot],
        "paper": PAPERS[paper],
        "lang": speech.code,
        "direction": speech.direction,
        "missing": told.missing,
        "method": list(told.method),
        "statuses": list(told.statuses.items()),
        "sources": list(told.sources),
        "disclaimer": told.disclaimer,
        "snapshot": speech.gettext("Snapshot {version}", version=told.snapshot),
        "permalink": told.permalink,
        "labels": {
            "method": speech.gettext("Method and limits"),
            "sources": speech.gettext("Sources and terms"),
        },
    }
    files = {"main.typ": (TEMPLATES / "page.typ").read_bytes(), "map.svg": drawing.encode()}
    if told.permalink:
        files["link.svg"] = qr_svg(told.permalink)
    return files, {"told": json.dumps(said, ensure_ascii=False)}
