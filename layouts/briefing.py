"""The briefing: a page of slides that works without scripts, and their editor.

::

    Content ──▶ RenderedSlide (map or chart as SVG, legend, bars) ──▶ briefing.html
                                                            └─▶ briefing.js makes one slide fill the
                                                                window, and its map live

Nothing is worded or computed here but the lengths of bars.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from markupsafe import Markup

from geodata.briefing import briefing as briefings
from geodata.briefing.briefing import (
    COMPARE,
    FOOTPRINT,
    FUNDERS,
    LAYOUT_LABELS,
    MAP,
    TABLE,
    TREND,
    Briefing,
)
from geodata.briefing.content import Content, SlideFigure, SlideRow
from geodata.briefing.slides import title_of
from geodata.exports.drawing import charts, svg
from geodata.figures.query_keys import encode_items
from geodata.figures.state import encode_query
from geodata.figures.view import ViewAt
from geodata.i18n.language import Language, strip_isolates
from geodata.links.urls import Urls
from geodata.text import area_labels
from geodata.text.area_labels import LegendRow
from layouts import flows, script_strings
from layouts.bundle import DARK_QUERY, FLOWS, LIVE
from layouts.embed import scale_style
from layouts.shell import STYLES, as_data, render

# One chart for all windows; letters of 15 units are 19 pixels of a slide of 1280.
CHART = (576, 416)
_OF_BRIEFING = ("lang", "digits", "v")  # keys that are the same for all slides of a briefing
_BARRED = (MAP, FOOTPRINT, FUNDERS, TREND)
# A headline longer than this many letters is set smaller, and smaller still; above many rows, which
# leave it three lines, it is so earlier.
_LONG, _LONGER = 84, 130
_LONG_ABOVE_ROWS, _LONGER_ABOVE_ROWS, _MANY_ROWS = 64, 85, 8
SLIDE_STYLES = (
    *STYLES,
    "css/timeline.css",
    "drawn/map.css",
    "briefing/briefing.css",
    "briefing/speaker.css",
)
SLIDE_SCRIPTS = (FLOWS, *LIVE, "briefing/speaker.js", "briefing/briefing.js")
_SCRIPTS_OF_EDITOR = ("briefing/editor.js",)


@dataclass(frozen=True)
class Links:
    """Addresses of the pages' links; empty where there is none.

    Attributes
    ----------
    files
        Addresses of the files to download, by extension.
    add
        The map, from which a slide is added to this briefing.
    """

    present: str
    editor: str
    default: str
    add: str
    files: dict[str, str]


@dataclass(frozen=True)
class Added:
    """A slide that was just added: what is said of it, and where its reader may go.

    Attributes
    ----------
    undo
        The briefing without it.
    page
        The map that it shows, from which more are added to the briefing.
    """

    sentence: str
    undo: str
    page: str


def added_sentence(language: Language, slides: int) -> str:
    """Say that a slide was added at the end of a briefing, and how long it is now."""
    return language.ngettext(
        "Slide {slide} added: the briefing has {n} slide.",
        "Slide {slide} added: the briefing has {n} slides.",
        slides,
        slide=slides,
    )


def adding_url(urls: Urls, shown: str, briefing: str, *, table: bool) -> str:
    """Return the address that adds a view to a briefing, as ``adding.js`` follows it.

    Parameters
    ----------
    shown
        Query of the view.
    briefing
        Query of the briefing; empty for the default one.
    table
        Whether the view is shown as a table.
    """
    view = [(key, value) for key, value in parse_qsl(shown) if key not in _OF_BRIEFING]
    layout = [("layout", TABLE)] if table else []
    added = encode_items([("add", encode_items(view) or "default"), *layout])
    return urls.briefing(
        f"{encode_items(parse_qsl(briefing)) or urls.link_query}&{added}".strip("&")
    )


@dataclass(frozen=True)
class SlideMap:
    """A map of a slide, and the date that it is of."""

    svg: Markup
    date: str
    iso: str


@dataclass(frozen=True)
class RenderedSlide:
    """A slide, ready for the template.

    Attributes
    ----------
    letters
        Width in characters of its key figures, which stand in one line.
    """

    number: int
    content: Content
    maps: tuple[SlideMap, ...]
    chart: Markup
    legend: tuple[LegendRow, ...]
    flows: Mapping[str, Markup]
    unit: str
    bars: tuple[float | None, ...]
    size: str
    letters: int
    picked: tuple[str, ...]
    page: str

    @property
    def layout(self) -> str:
        """Layout of the slide, one of :data:`~geodata.briefing.briefing.LAYOUTS`."""
        return self.content.slide.layout


def render_slide(number: int, content: Content, page: str) -> RenderedSlide:
    """Draw maps and chart of one slide, with what the template needs beside them.

    Parameters
    ----------
    page
        The map that it shows, in the application; empty where there is none.
    """
    layout = content.slide.layout
    views = _views(content)
    return RenderedSlide(
        number=number,
        content=content,
        maps=tuple(
            _slide_map(each, f"{number}{'ab'[i]}", tight=len(views) > 1)
            for i, each in enumerate(views)
        ),
        chart=_chart(content),
        legend=tuple(area_labels.legend(content.at)) if views else (),
        flows=flows.beside(
            content.at if len(views) == 1 else svg.without_flows(content.at), seen=False
        ),
        unit=area_labels.unit(content.at.view),
        bars=_bars(content.rows) if layout in _BARRED else (),
        size=_size(content.headline, len(content.rows)),
        letters=sum(map(_signs, content.figures)),
        picked=tuple(_picked(views)),
        page=page,
    )


def _views(content: Content) -> tuple[ViewAt, ...]:
    """Return the views that the slide shows as maps, in the order of their dates."""
    layout = content.slide.layout
    if layout == COMPARE:
        return (content.other, content.at) if content.other else ()
    return () if layout == TABLE or layout in charts.CHARTS else (content.at,)


def _slide_map(at: ViewAt, scope: str, *, tight: bool) -> SlideMap:
    """Draw a map; ``tight`` where two stand side by side, without room for a legend."""
    at = svg.without_flows(at) if tight else at
    picture = Markup(svg.inline(at, scope=scope, tight=tight))  # noqa: S704 - escaped in there
    return SlideMap(picture, at.language.date(at.date, "long"), at.date.isoformat())


def _chart(content: Content) -> Markup:
    draw = charts.CHARTS.get(content.slide.layout)
    drawable = content.rows or content.series
    chart = draw(content, CHART, content.alt) if draw and drawable else ""
    return Markup(chart)  # noqa: S704 - escaped where it is made


def _bars(rows: Sequence[SlideRow]) -> tuple[float | None, ...]:
    """Return lengths in per cent of the longest; ``None`` where there is no figure."""
    longest = max((abs(row.number) for row in rows if row.number is not None), default=0)
    return tuple(
        None if row.number is None or not longest else round(row.number / longest * 100, 1)
        for row in rows
    )


def _size(headline: str, rows: int) -> str:
    crowded = rows >= _MANY_ROWS
    long, longer = (_LONG_ABOVE_ROWS, _LONGER_ABOVE_ROWS) if crowded else (_LONG, _LONGER)
    return "long" if len(headline) > longer else "middle" if len(headline) > long else "short"


def _signs(figure: SlideFigure) -> int:
    """Return the width of a key figure in characters; its label is half as large."""
    longest_word = max(map(len, strip_isolates(figure.label).split()), default=0)
    return max(len(strip_isolates(figure.value)), -(-longest_word // 2))


def _picked(views: Sequence[ViewAt]) -> list[str]:
    """Return the sentence on the chosen area, of each map."""
    return [
        cell.sentence
        for view in views
        for cell in area_labels.area_labels(view)
        if cell.pcode == view.state.area
    ]


# ---- the slides


def page(
    briefing: Briefing,
    contents: Sequence[Content],
    urls: Urls,
    links: Links,
    *,
    notices: Sequence[str] = (),
    added: Added | None = None,
) -> str:
    """Render the slides, one below the other; the scripts show one at a time."""
    snapshot, language = contents[0].at.snapshot, contents[0].at.language
    deck = render_slides(contents, urls)
    return render(
        "briefing.html",
        snapshot,
        language,
        urls,
        current="briefing",
        styles=SLIDE_STYLES,
        scripts_of_page=SLIDE_SCRIPTS,
        style=Markup(own_style(deck)),  # noqa: S704 - colours and numbers alone
        links=links,
        notices=notices,
        added=added,
        **shown(briefing, contents, deck, lambda each: _view_url(each, urls)),
    )


def render_slides(contents: Sequence[Content], urls: Urls | None) -> list[RenderedSlide]:
    """Draw every slide, with links to ``urls`` where there is an application."""
    return [
        render_slide(number, each, urls.page(each.query) if urls else "")
        for number, each in enumerate(contents, start=1)
    ]


def shown(
    briefing: Briefing,
    contents: Sequence[Content],
    deck: Sequence[RenderedSlide],
    view_url: Callable[[RenderedSlide], str],
) -> dict[str, Any]:
    """Return what the template has of the slides, wherever their page is.

    Parameters
    ----------
    view_url
        Where scripts get the view of a slide with maps.
    """
    language = contents[0].at.language
    return {
        "title": title_of(briefing, contents),
        "deck": deck,
        "textures": _textures(contents[0].at),
        "data": as_data(_script_data(deck, view_url, language)),
    }


def own_style(deck: Sequence[RenderedSlide]) -> str:
    """Return the style sheet of these slides alone: colours of their scales, sizes of figures."""
    return _scales(deck) + _letters(deck)


def _scales(deck: Sequence[RenderedSlide]) -> str:
    """Return colours of every slide's own scale."""
    return "".join(
        scale_style(each.content.at.view, "auto").replace(":root", f"#slide-{each.number}")
        for each in deck
        if each.maps
    )


def _letters(deck: Sequence[RenderedSlide]) -> str:
    """Return a style sheet with the width of each slide's key figures."""
    return "".join(
        f"#slide-{each.number}{{--letters:{each.letters}}}" for each in deck if each.letters
    )


def _textures(at: ViewAt) -> Markup:
    """Return the textures that scripts paint with, apart from slides that are put away."""
    return Markup(svg.textures(svg.ColourScheme(at), 2.3))  # noqa: S704 - escaped where it is made


def _script_data(
    deck: Sequence[RenderedSlide], view_url: Callable[[RenderedSlide], str], language: Language
) -> dict[str, Any]:
    return {
        "slides": [_live(each, view_url) for each in deck],
        "dark": DARK_QUERY["auto"],
        "writing": language.js_format(),
        "strings": script_strings.embed(language) | script_strings.briefing(language),
        "timeline": script_strings.timeline(language),
    }


def _live(each: RenderedSlide, view_url: Callable[[RenderedSlide], str]) -> dict[str, Any]:
    """Return the data that scripts need for a slide's maps; nothing without maps."""
    if not each.maps:
        return {}
    return {
        "view": view_url(each),
        "times": [slide_map.iso for slide_map in each.maps],
        "area": each.content.at.state.area,
    }


def _view_url(each: RenderedSlide, urls: Urls) -> str:
    state, snapshot = each.content.at.state, each.content.at.snapshot
    return urls.view(encode_query(replace(state.view_key, v=snapshot.version), snapshot))


# ---- the editor


@dataclass(frozen=True)
class Card:
    """A slide in the editor; ``computed`` is its headline if the presenter writes none."""

    number: int
    slide: briefings.Slide
    kicker: str
    computed: str
    page: str


def cards(briefing: Briefing, contents: Sequence[Content], urls: Urls) -> list[Card]:
    """Return slides to edit; ``contents`` are those without headlines of their own."""
    return [
        Card(number, slide, content.kicker, content.headline, urls.page(content.query))
        for number, (slide, content) in enumerate(
            zip(briefing.slides, contents, strict=True), start=1
        )
    ]


def editor(
    briefing: Briefing,
    contents: Sequence[Content],
    urls: Urls,
    links: Links,
    *,
    focus: int = 0,
    notices: Sequence[str] = (),
    typed: Mapping[str, str] | None = None,
) -> str:
    """Render the editor: one form, sent with a button, in any browser.

    Parameters
    ----------
    focus
        The slide that was moved last, which keeps the focus; from 1.
    typed
        What was typed into the form, by the names of its fields, where that is in no address:
        whoever leaves is asked. Empty where it is what ``briefing`` has; ``None`` where the address
        has it.
    """
    snapshot, language = contents[0].at.snapshot, contents[0].at.language
    return render(
        "briefing-editor.html",
        snapshot,
        language,
        urls,
        current="briefing",
        styles=SLIDE_STYLES,
        briefing=briefing,
        cards=cards(briefing, contents, urls),
        layouts={code: language.gettext(label) for code, label in LAYOUT_LABELS.items()},
        most=briefings.MAX_SLIDES,
        typed=typed or {},
        unsent=typed is not None,
        scripts_of_page=_SCRIPTS_OF_EDITOR,
        longest={"title": briefings.MAX_TITLE, "headline": briefings.MAX_HEADLINE}
        | {"note": briefings.MAX_NOTE},
        links=links,
        focus=focus,
        notices=notices,
    )
