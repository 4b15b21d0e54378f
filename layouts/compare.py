"""The page of comparisons: three maps, the largest differences, small multiples.

Whole without scripts; those in ``assets/compare`` link what the server drew: hover, keyboard, zoom.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from geodata import populations
from geodata.boundaries.adjacency import neighbours
from geodata.exports.drawing import small_multiples, svg
from geodata.figures import comparison, programmes
from geodata.figures.availability import (
    available_measures,
    by_area_of,
    dates_of,
    levels,
    populations_with_counts,
    round_numbers,
)
from geodata.figures.comparison import DATES
from geodata.figures.dates import default_base
from geodata.figures.part_keys import PART_KEYS
from geodata.figures.query_keys import SEPARATOR, encode_items
from geodata.figures.state import encode_query, newest
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.text import citation, comparison_summary, comparison_tables
from geodata.text.comparison_tables import Comparison, Side
from geodata.text.view_headlines import headline
from layouts import flows
from layouts.bundle import DARK_QUERY
from layouts.share import COMPARE, PAGE, Shared, Subject, card
from layouts.shell import STYLES, as_data, render

_CARRIED = (
    *("funder", *PART_KEYS),
    *("classes", "area", "flows", "lang", "digits", "v", "rounds"),
)
_KEYS = ("first", "second", "difference")
_SHARED = (PAGE, COMPARE)
# What the code to paste and the picture are of, where dates are compared and where not.
_OF_CHANGES = (
    gettext("A comparison cannot be embedded as a whole: the code is for its map of changes."),
    gettext("The picture is of the map of changes."),
)
_OF_FIRST = (
    gettext("A comparison cannot be embedded as a whole: the code is for its first map, “{side}”."),
    gettext("The picture is of the first map, “{side}”."),
)
_DARK = DARK_QUERY["auto"]
_STYLES = (*STYLES, "drawn/map.css", "drawn/small.css", "compare/compare.css")


@dataclass(frozen=True)
class Option:
    """A value of a select."""

    value: str
    label: str


@dataclass(frozen=True)
class Field:
    """A select of the form, named as its key; ``default`` is left out of the address."""

    name: str
    label: str
    options: list[Option]
    value: str
    default: str = ""
    groups: tuple[tuple[str, list[Option]], ...] = ()


def page(compared: Comparison, shared: Shared, notices: list[str]) -> str:
    """Render the page as HTML.

    Parameters
    ----------
    shared
        The map that stands for the comparison: that of changes, or of the first side.
    """
    request, snapshot, urls = compared.request, compared.snapshot, shared.urls
    named, summary = comparison_summary.title(compared), comparison_summary.summary(compared)
    items = comparison.query_items(request, snapshot)
    other_way = comparison.swap(request)
    own = card(shared, page=urls.compare(encode_items(items)), title=named)
    return render(
        "compare.html",
        snapshot,
        compared.language,
        urls.following(request.state),
        current="compare",
        styles=_STYLES,
        card=replace(own, description=summary, share=urls.share(encode_items([_SHARED, *items]))),
        title=named,
        summary=summary,
        meaning=comparison_summary.meaning(compared),
        notices=notices,
        fields=_fields(compared),
        carried=[(key, value) for key, value in items if key in _CARRIED],
        swap=urls.compare(comparison.query(other_way, snapshot)) if other_way else "",
        sides=[_map(compared, side, key, shared) for key, side in _maps(compared).items()],
        picked=next((row for row in compared.rows if row.pcode == request.state.area), None),
        largest=comparison_summary.ranked_tables(compared),
        rows=compared.rows,
        by_dates=compared.kind == DATES,
        level=request.state.level,
        strips=_strips(compared, shared),
        shapes=Markup(small_multiples.shapes(compared.first.at)),  # noqa: S704 - escaped where it is made
        notes=comparison_summary.notes(compared),
        sources=comparison_summary.sources(compared),
        style=_style(compared),
        data=as_data(_script_data(compared)),
    )


def subject(compared: Comparison, shared: Shared, today: dt.date) -> Subject:
    """Return the comparison as the subject of the share page; ``today`` is in UTC.

    Only a map can be embedded or be a picture, so both say which one they are of.
    """
    request, snapshot, urls, language = (
        compared.request,
        compared.snapshot,
        shared.urls,
        compared.language,
    )
    items = comparison.query_items(request, snapshot)
    frozen = shared.link(urls.compare(comparison.query(request.frozen(snapshot), snapshot)))
    of_code, of_picture = _OF_CHANGES if compared.kind == DATES else _OF_FIRST
    return Subject(
        title=comparison_summary.title(compared),
        headline=comparison_summary.summary(compared),
        query_items=[_SHARED, *items],
        page=urls.compare(encode_items(items)),
        cited=citation.cite_comparison(compared, url=frozen, accessed=today),
        of_code=language.gettext(of_code, side=compared.first.heading),
        of_picture=language.gettext(of_picture, side=compared.first.heading),
    )


def _maps(compared: Comparison) -> dict[str, Side]:
    """Return the three maps, by the name of each on the page."""
    sides = (compared.first, compared.second, compared.difference)
    return dict(zip(_KEYS, sides, strict=True))


# ---- the form


def _fields(compared: Comparison) -> list[Field]:
    """Return the selects of the form, without those that offer no choice."""
    state, snapshot, language = compared.request.state, compared.snapshot, compared.language
    codes = populations_with_counts(snapshot)
    whole = Option("", language.gettext("All areas"))
    measures = [
        Option(code, language.gettext(populations.MEASURE_LABELS[code]))
        for code in available_measures(snapshot, state.pop, state.level, state.part)
    ]
    by_level = [
        Option(str(level), language.gettext(populations.LEVELS[level].label))
        for level in levels(snapshot, state.pop, state.part)
    ]
    listed = [whole, *_programmes(compared, state.prog)]
    fields = [
        Field(
            "pop",
            language.pgettext("population", "People"),
            _populations(codes, language),
            state.pop,
            codes[0],
        ),
        Field("prog", language.gettext("Programme"), listed, SEPARATOR.join(state.prog)),
        _with(compared),
        *_dates(compared),
        Field("measure", language.gettext("Show"), measures, state.measure, measures[0].value),
        Field("level", language.gettext("Areas"), by_level, str(state.level), "1"),
    ]
    return [field for field in fields if len(field.options) > 1 or field.groups]


def _populations(codes: Iterable[str], language: Language) -> list[Option]:
    return [Option(code, language.gettext(populations.POPULATIONS[code].label)) for code in codes]


def _programmes(compared: Comparison, chosen: tuple[str, ...]) -> list[Option]:
    """Return an option for the chosen programmes if there are several, then one for each."""
    rows = programmes.overview(compared.snapshot, compared.language)
    listed = [Option(row["code"], row["code"]) for row in rows]
    several = [Option(SEPARATOR.join(chosen), compared.language.join_names(list(chosen)))]
    return [*several, *listed] if len(chosen) > 1 else listed


def _with(compared: Comparison) -> Field:
    request, language = compared.request, compared.language
    others = [
        code for code in populations_with_counts(compared.snapshot) if code != request.state.pop
    ]
    chosen = request.second.programmes if request.kind == comparison.PROGRAMMES else ()
    return Field(
        "with",
        language.gettext("Compare with"),
        [Option("", language.gettext("Another date"))],
        dict(comparison.query_items(request, compared.snapshot)).get("with", ""),
        groups=(
            (language.gettext("Other people"), _populations(others, language)),
            (
                language.gettext("Another programme"),
                [
                    one
                    for one in _programmes(compared, chosen)
                    if (one.value,) != request.state.prog
                ],
            ),
        ),
    )


def _date_options(compared: Comparison) -> list[Option]:
    """Return every date of the figures, with its round where it has one; the newest on top."""
    language, series = compared.language, compared.request.state.series
    numbered = zip(
        dates_of(compared.snapshot, *series),
        round_numbers(compared.snapshot, *series),
        strict=True,
    )
    return [
        Option(
            day.isoformat(),
            language.gettext("{date} (R{n})", date=language.date(day), n=n)
            if n
            else language.date(day),
        )
        for day, n in numbered
    ][::-1]


def _dates(compared: Comparison) -> list[Field]:
    """Return the first date, where dates are compared, and the second; the newest on top."""
    request, language, snapshot = compared.request, compared.language, compared.snapshot
    options = _date_options(compared)
    followed = newest(snapshot, request.state)
    day_shown = request.state.time or followed
    if request.kind != DATES:
        day = compared.first.day.isoformat()
        default = "" if request.state.time else day
        return [Field("time", language.gettext("Date"), options, day, default)]
    base = compared.first.day.isoformat()
    by_area = by_area_of(snapshot, *request.state.series)
    default = default_base(by_area).isoformat() if day_shown == followed else ""
    return [
        Field("base", language.gettext("First date"), options, base, default),
        Field(
            "time",
            language.gettext("Second date"),
            options,
            day_shown.isoformat(),
            followed.isoformat(),
        ),
    ]


# ---- the maps


def _map(compared: Comparison, side: Side, key: str, shared: Shared) -> dict[str, Any]:
    """Return one of the three maps with its headings, legend and link."""
    difference = side is compared.difference
    at = svg.without_flows(side.at) if difference else side.at  # flows are of one date
    labels = compared.rows if difference else side.cells
    sentence = comparison_summary.headline(compared, side)
    picture = svg.inline(
        at,
        scope="" if key == _KEYS[0] else key,  # scripts look for textures without a scope
        label=f"{side.heading}: {sentence}",
        sentences={each.pcode: each.sentence for each in labels},
    )
    on_the_map = compared.kind == DATES or not difference
    return {
        "key": key,
        "scale": "difference" if difference else "both",
        "heading": side.heading,
        "caption": side.caption,
        "headline": sentence,
        "map": Markup(picture),  # noqa: S704 - escaped where it is made
        "unit": comparison_summary.unit_words(side),
        "legend": comparison_summary.legend_rows(compared, side),
        "flows": flows.beside(at),
        "url": shared.urls.page(encode_query(side.view.state, compared.snapshot))
        if on_the_map
        else "",
    }


def _strips(compared: Comparison, shared: Shared) -> list[dict[str, Any]]:
    return [
        {
            "heading": strip.heading,
            "maps": [
                {
                    "date": one.date,
                    "total": one.total,
                    "url": shared.urls.page(encode_query(one.at.state, compared.snapshot)),
                    "map": Markup(  # noqa: S704 - escaped where it is made
                        small_multiples.small(one.at, headline(one.at))
                    ),
                }
                for one in strip.multiples
            ],
        }
        for strip in comparison_tables.small_multiples(compared)
    ]


def _style(compared: Comparison) -> Markup:
    """Return a style sheet with the colours of the two scales, and the size of the country."""
    light, dark = flows.style(compared.first.at), ""
    for name, side in (("both", compared.first), ("difference", compared.difference)):
        by_day, by_night = svg.scale_variables(side.view)
        light += f".scale-{name}{{{by_day}}}"
        dark += f".scale-{name}{{{by_night}}}"
    return Markup(f"{light}@media {_DARK}{{{dark}}}")  # noqa: S704 - colours of the scales


def _script_data(compared: Comparison) -> dict[str, Any]:
    """Return data for the scripts: classes and statuses to paint, words to show."""
    areas = compared.first.view.counts.areas.pcodes
    near = neighbours(compared.snapshot, compared.request.state.level, areas)
    areas_cells = zip(compared.first.cells, compared.second.cells, compared.rows, near, strict=True)
    return {
        "area": compared.request.state.area,
        "dark": _DARK,
        "keys": compared.language.gettext(
            "Arrow keys move between neighbouring areas, Home, End and the page keys through the "
            "list, plus and minus zoom, Enter keeps an area in sight, Escape lets it go."
        ),
        "maps": [_map_data(compared, side) for side in _maps(compared).values()],
        "areas": [
            {
                "pcode": row.pcode,
                "name": compared.language.join_items(filter(None, [row.name, row.parent])),
                "near": around,
                "values": [row.first, row.second, row.difference],
                "sentences": [first.sentence, second.sentence, row.sentence],
            }
            for first, second, row, around in areas_cells
        ],
    }


def _map_data(compared: Comparison, side: Side) -> dict[str, Any]:
    scale = side.view.scale
    return {
        "heading": side.heading,
        "said": comparison_summary.headline(compared, side),
        "classes": side.at.classes.tolist(),
        "status": "".join(side.at.status),
        "scale": {
            "colors": scale.colors,
            "colorsDark": scale.colors_dark,
            "inks": scale.inks,
            "inksDark": scale.inks_dark,
        },
    }
