"""A page of a view as PDF, by typst: the map stays a vector drawing, text stays text.

:func:`page` says what goes onto the page; :func:`geodata.exports.documents.typesetting.pdf` sets
it, which another process can do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from geodata.exports.drawing import pictures
from geodata.exports.drawing.qr import qr_svg
from geodata.exports.drawing.text_lines import FAMILY, SIGNS_FAMILY, to_typst
from geodata.exports.provenance import Provenance
from geodata.figures.view import ViewAt
from geodata.i18n.language import Language, strip_isolates

TEMPLATES = Path(__file__).parent / "templates"
PAPERS = {"A4": "a4", "Letter": "us-letter"}


def page(at: ViewAt, told: Provenance, paper: str) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return files and inputs of the one page of a view."""
    language = at.language
    drawing = pictures.figure(at)
    said: dict[str, Any] = {
        "named": strip_isolates(told.title),
        "title": told.title,
        "headline": told.headline,
        "alt": strip_isolates(f"{told.title}. {told.headline}"),
        "authors": list(dict.fromkeys(strip_isolates(source["credit"]) for source in told.sources)),
        "keywords": [strip_isolates(told.population), told.date, told.snapshot],
        "paper": PAPERS[paper],
        **reading_of(language),
        "missing": told.missing,
        "method": list(told.method),
        "statuses": list(told.statuses.items()),
        "sources": list(_terms_once(told.sources)),
        "disclaimer": told.disclaimer,
        "snapshot": language.gettext("Snapshot {version}", version=told.snapshot),
        "permalink": told.permalink,
        "labels": {
            "method": language.gettext("Method and limits"),
            "sources": language.gettext("Sources and terms"),
        },
    }
    files = {"main.typ": (TEMPLATES / "page.typ").read_bytes(), "map.svg": drawing.encode()}
    if told.permalink:
        files["link.svg"] = qr_svg(told.permalink)
    return files, {"told": to_typst_json(said)}


def _terms_once(sources: Iterable[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    """Yield sources for one page.

    Credit and terms that several share stand with the first of them.
    """
    said: set[tuple[str, str]] = set()
    for source in sources:
        words = source["credit"], source["terms"]
        again = {"credit": "", "terms": ""} if words in said else {}
        said.add(words)
        yield {**source, **again}


def to_typst_json(said: dict[str, Any]) -> str:
    """Return what a template is told, as JSON; texts as its ``say`` takes them."""
    return json.dumps(to_typst(said), ensure_ascii=False)


def reading_of(language: Language) -> dict[str, Any]:
    """Return how the words of a template are set.

    Language, country, direction, families of letters.
    """
    _, _, country = language.place.partition("_")
    return {
        "lang": language.code,
        "region": country if language.rtl else "",
        "direction": language.direction,
        "fonts": [FAMILY, SIGNS_FAMILY],
    }
