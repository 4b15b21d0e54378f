"""A page of a view as PDF, by typst: the map stays a vector drawing, text stays text.

:func:`page` collects what goes onto the page; :func:`geodata.exports.documents.typesetting.pdf`
sets it, which another process can do.
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


def page(at: ViewAt, provenance: Provenance, paper: str) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return files and inputs of the one page of a view."""
    language = at.language
    drawing = pictures.figure(at)
    details: dict[str, Any] = {
        "document_title": strip_isolates(provenance.title),
        "title": provenance.title,
        "headline": provenance.headline,
        "alt": strip_isolates(f"{provenance.title}. {provenance.headline}"),
        "authors": list(
            dict.fromkeys(strip_isolates(source["credit"]) for source in provenance.sources)
        ),
        "keywords": [strip_isolates(provenance.population), provenance.date, provenance.snapshot],
        "paper": PAPERS[paper],
        **text_settings(language),
        "missing": provenance.missing,
        "method": list(provenance.method),
        "statuses": list(provenance.statuses.items()),
        "sources": list(_terms_once(provenance.sources)),
        "disclaimer": provenance.disclaimer,
        "snapshot": language.gettext("Snapshot {version}", version=provenance.snapshot),
        "permalink": provenance.permalink,
        "labels": {
            "method": language.gettext("Method and limits"),
            "sources": language.gettext("Sources and terms"),
        },
    }
    files = {"main.typ": (TEMPLATES / "page.typ").read_bytes(), "map.svg": drawing.encode()}
    if provenance.permalink:
        files["link.svg"] = qr_svg(provenance.permalink)
    return files, {"details": to_typst_json(details)}


def _terms_once(sources: Iterable[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    """Yield sources for one page.

    Credit and terms that several share stand with the first of them.
    """
    printed: set[tuple[str, str]] = set()
    for source in sources:
        words = source["credit"], source["terms"]
        again = {"credit": "", "terms": ""} if words in printed else {}
        printed.add(words)
        yield {**source, **again}


def to_typst_json(details: dict[str, Any]) -> str:
    """Return a template's input as JSON, texts as its ``set-runs`` takes them."""
    return json.dumps(to_typst(details), ensure_ascii=False)


def text_settings(language: Language) -> dict[str, Any]:
    """Return a template's settings of text: language, country, direction, families of letters."""
    _, _, country = language.og_locale.partition("_")
    return {
        "lang": language.code,
        "region": country if language.rtl else "",
        "direction": language.direction,
        "fonts": [FAMILY, SIGNS_FAMILY],
    }
