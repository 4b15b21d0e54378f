"""Slides as PDF: one a page, 16:9, maps and charts as vectors, text as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geodata import populations
from geodata.briefing.briefing import COMPARE, MAP, TABLE, Briefing
from geodata.briefing.content import Content
from geodata.briefing.slides import title_of
from geodata.exports.documents.pdf import TEMPLATES, text_settings, to_typst_json
from geodata.exports.documents.slide_places import Link, compare_places
from geodata.exports.documents.typesetting import pdf
from geodata.exports.drawing import charts, pictures
from geodata.exports.drawing.text_lines import wrapped
from geodata.exports.render_worker import Render, render_in_process
from geodata.i18n.language import strip_isolates
from geodata.text.view_text import ViewText

_SCALE = 1.25
_PICTURE = (520, 0, 760, 632)
_INNER = (544, 24, 712, 584)
_ROWS = 8


def deck(
    briefing: Briefing,
    contents: Sequence[Content],
    *,
    link: Link,
    render: Render = render_in_process,
) -> bytes:
    """Make the file.

    Parameters
    ----------
    contents
        Contents of its slides, as :func:`geodata.briefing.slides.contents` gives it.
    render
        Sets the pages.
    """
    return render(pdf, *pages(briefing, contents, link=link))


def pages(
    briefing: Briefing, contents: Sequence[Content], *, link: Link
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return files and inputs for :func:`geodata.exports.documents.typesetting.pdf`."""
    language = briefing.language
    files = {"main.typ": (TEMPLATES / "deck.typ").read_bytes()}
    slides = []
    for number, content in enumerate(contents, start=1):
        drawings = _drawings(content)
        for n, (drawing, _) in enumerate(drawings):
            files[f"{number}-{n}.svg"] = drawing.encode()
        placed = [place | {"file": f"{number}-{n}.svg"} for n, (_, place) in enumerate(drawings)]
        slides.append(_slide_details(content, number, link) | {"drawings": placed})
    credits = dict.fromkeys(credit for content in contents for credit in content.sources)
    details = {
        "title": strip_isolates(title_of(briefing, contents)),
        "authors": list(map(strip_isolates, credits)),
        **text_settings(language),
        "slides": slides,
    }
    return files, {"details": to_typst_json(details)}


def _slide_details(content: Content, number: int, link: Link) -> dict[str, Any]:
    wide = content.slide.layout == TABLE
    rows = content.rows if wide else content.rows[:_ROWS]
    sources = pictures.joined(
        [content.newest, *content.sources, content.disclaimer], content.at.language
    )
    return {
        "layout": content.slide.layout,
        "number": number,
        "kicker": content.kicker,
        "headline": content.headline,
        "size": _size(content.headline, *((1184, 52) if wide else (456, 148))),
        "figures": [[each.value, each.label] for each in content.figures],
        "figure": 34 if sum(len(each.value) for each in content.figures) <= 18 else 26,
        "heading": content.heading,
        "bars": content.slide.layout == MAP,
        "columns": list(content.columns),
        "inset": 4.5 if wide else 5.5,
        "rows": _rows(content, rows),
        "sources": sources,
        "foot": 18 if len(wrapped(sources, 1120, 18)) <= 3 else 14,
        "link": link(content.query),
    }


def _size(headline: str, width: int, height: int) -> int:
    """Return pixels at which a headline fits its place."""
    for size in (36, 33, 30, 27, 24, 21):
        if len(wrapped(headline, width, size, letter=0.58)) * size * 1.28 <= height:
            return size
    return 18


def _rows(content: Content, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return cells in words, and for bars the part of the longest with its colour."""
    longest = max((abs(row.number) for row in rows if row.number is not None), default=0) or 1
    colors = content.at.scale.colors
    change = content.at.state.mode == populations.CHANGE
    return [
        {
            "cells": [row.name, row.value, *row.more],
            "part": abs(row.number or 0) / longest,
            "color": (colors[-1] if (row.number or 0) > 0 else colors[0]) if change else "#2f7cc0",
        }
        for row in rows
    ]


_Drawing = tuple[str, dict[str, Any]]


def _place(place: tuple[float, float, float, float], alt: str, caption: str = "") -> dict[str, Any]:
    return {"place": list(place), "alt": strip_isolates(alt), "caption": caption}


def _drawing_size(place: tuple[float, float, float, float]) -> tuple[int, int]:
    return round(place[2] / _SCALE), round(place[3] / _SCALE)


def _drawings(content: Content) -> list[_Drawing]:
    """Return drawings of a slide, each with its place in pixels."""
    layout = content.slide.layout
    if layout == TABLE:
        return []
    if layout == COMPARE:
        return _two_maps(content)
    if layout in charts.CHARTS:
        drawing = charts.CHARTS[layout](content, _drawing_size(_INNER), content.headline)
        return [(drawing, _place(_INNER, content.alt))]
    drawing = pictures.panel(content.at, _drawing_size(_PICTURE))
    return [(drawing, _place(_PICTURE, content.alt))]


def _two_maps(content: Content) -> list[_Drawing]:
    language, before = content.at.language, content.other or content.at
    left, top, width, height = _INNER
    parts = {
        name: (left + x, top + y, w, h)
        for name, (x, y, w, h) in compare_places(width, height).items()
    }
    drawings = []
    for at, name in ((before, "map before"), (content.at, "map now")):
        place = parts[name]
        description = ViewText(at).description
        date = language.date(at.date, "long")
        drawing = pictures.panel(at, _drawing_size(place), with_legend=False)
        drawings.append((drawing, _place(place, description, date)))
    strip = pictures.legend_strip(content.at, _drawing_size(parts["legend"]))
    drawings.append((strip, _place(parts["legend"], language.gettext("Legend of both maps"))))
    return drawings
