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
from geodata.figures.query_keys import SEPARATOR, encode_items
from geodata.figures.state import encode_query, newest
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.text import citation, comparison_summary, comparison_tables
from geodata.text.comparison_tables import Comparison, Side
from geodata.text.view_headlines import headline
from layouts.bundle import DARK_QUERY
from layouts.share import COMPARE, PAGE, Shared, Subject, card
from layouts.shell import STYLES, as_data, render

_KEPT = ("classes", "area", "lang", "digits", "v", "rounds")
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
_STYLES = (*STYLES, "drawn/map.css", "compare/compare.css")


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


def page(found: Comparison, shared: Shared, notices: list[str]) -> str:
    """Render the page as HTML.

    Parameters
    ----------
    shared
        The map that stands for the comparison: that of changes, or of the first side.
    """
    asked, snapshot, urls = found.request, found.snapshot, shared.urls
    named, said = comparison_summary.title(found), comparison_summary.summary(found)
    given = comparison.query_items(asked, snapshot)
    other_way = comparison.swap(asked)
    own = card(shared, page=urls.compare(encode_items(given)), title=named)
    return render(
        "compare.html",
        snapshot,
        found.language,
        urls.following(asked.state),
        current="compare",
        styles=_STYLES,
        card=replace(own, description=said, share=urls.share(encode_items([_SHARED, *given]))),
        title=named,
        summary=said,
        meaning=comparison_summary.meaning(found),
        notices=notices,
        fields=_fields(found),
        kept=[(key, value) for key, value in given if key in _KEPT],
        swap=urls.compare(comparison.query(other_way, snapshot)) if other_way else "",
        sides=[_map(found, side, key, shared) for key, side in _maps(found).items()],
        picked=next((row for row in found.rows if row.pcode == asked.state.area), None),
        largest=comparison_summary.ranked_tables(found),
        rows=found.rows,
        by_dates=found.kind == DATES,
        level=asked.state.level,
        strips=_strips(found, shared),
        shapes=Markup(small_multiples.shapes(found.first.at)),  # noqa: S704 - escaped where it is made
        notes=comparison_summary.notes(found),
        sources=comparison_summary.sources(found),
        style=_style(found),
        data=as_data(_script_data(found)),
    )


def subject(found: Comparison, shared: Shared, today: dt.date) -> Subject:
    """Return the comparison as what is shared; ``today`` is the day of access, in UTC.

    Only a map can be embedded or be a picture, so both say which one they are of.
    """
    asked, snapshot, urls, language = found.request, found.snapshot, shared.urls, found.language
    given = comparison.query_items(asked, snapshot)
    frozen = shared.link(urls.compare(comparison.query(asked.frozen(snapshot), snapshot)))
    of_code, of_picture = _OF_CHANGES if found.kind == DATES else _OF_FIRST
    return Subject(
        title=comparison_summary.title(found),
        headline=comparison_summary.summary(found),
        asked=[_SHARED, *given],
        page=urls.compare(encode_items(given)),
        cited=citation.cite_comparison(found, url=frozen, accessed=today),
        of_code=language.gettext(of_code, side=found.first.heading),
        of_picture=language.gettext(of_picture, side=found.first.heading),
    )


def _maps(found: Comparison) -> dict[str, Side]:
    """Return the three maps, by the name of each on the page."""
    sides = (found.first, found.second, found.difference)
    return dict(zip(_KEYS, sides, strict=True))


# ---- the form


def _fields(found: Comparison) -> list[Field]:
    """Return selects for everything that can be chosen; none where there is nothing to choose."""
    state, snapshot, language = found.request.state, found.snapshot, found.language
    held = populations_with_counts(snapshot)
    whole = Option("", language.gettext("All areas"))
    measures = [
        Option(code, language.gettext(populations.MEASURE_LABELS[code]))
        for code in available_measures(snapshot, state.pop, state.level)
    ]
    by_level = [
        Option(str(level), language.gettext(populations.LEVELS[level].label))
        for level in levels(snapshot, state.pop)
    ]
    listed = [whole, *_programmes(found, state.prog)]
    fields = [
        Field(
            "pop",
            language.pgettext("population", "People"),
            _populations(held, language),
            state.pop,
            held[0],
        ),
        Field("prog", language.gettext("Programme"), listed, SEPARATOR.join(state.prog)),
        _with(found),
        *_dates(found),
        Field("measure", language.gettext("Show"), measures, state.measure, populations.PEOPLE),
        Field("level", language.gettext("Areas"), by_level, str(state.level), "1"),
    ]
    return [field for field in fields if len(field.options) > 1 or field.groups]


def _populations(codes: Iterable[str], language: Language) -> list[Option]:
    return [Option(code, language.gettext(populations.POPULATIONS[code].label)) for code in codes]


def _programmes(found: Comparison, chosen: tuple[str, ...]) -> list[Option]:
    """Return those that are chosen where they are several, then each."""
    rows = programmes.overview(found.snapshot, found.language)
    listed = [Option(row["code"], row["code"]) for row in rows]
    several = [Option(SEPARATOR.join(chosen), found.language.names(list(chosen)))]
    return [*several, *listed] if len(chosen) > 1 else listed


def _with(found: Comparison) -> Field:
    asked, language = found.request, found.language
    others = [code for code in populations_with_counts(found.snapshot) if code != asked.state.pop]
    chosen = asked.second.prog if asked.kind == comparison.PROGRAMMES else ()
    return Field(
        "with",
        language.gettext("Compare with"),
        [Option("", language.gettext("Another date"))],
        dict(comparison.query_items(asked, found.snapshot)).get("with", ""),
        groups=(
            (language.gettext("Other people"), _populations(others, language)),
            (
                language.gettext("Another programme"),
                [one for one in _programmes(found, chosen) if (one.value,) != asked.state.prog],
            ),
        ),
    )


def _dates(found: Comparison) -> list[Field]:
    """Return the first date, where dates are compared, and the second; the newest on top."""
    asked, language, snapshot = found.request, found.language, found.snapshot
    dates = dates_of(snapshot, *asked.state.series)
    numbered = zip(dates, round_numbers(snapshot, *asked.state.series), strict=True)
    options = [
        Option(
            day.isoformat(),
            language.gettext("{date} (R{n})", date=language.date(day), n=n)
            if n
            else language.date(day),
        )
        for day, n in numbered
    ][::-1]
    followed = newest(snapshot, asked.state)
    shown = asked.state.time or followed
    if asked.kind != DATES:
        day = found.first.day.isoformat()
        default = "" if asked.state.time else day
        return [Field("time", language.gettext("Date"), options, day, default)]
    base = found.first.day.isoformat()
    by_area = by_area_of(snapshot, *asked.state.series)
    default = default_base(by_area).isoformat() if shown == followed else ""
    return [
        Field("base", language.gettext("First date"), options, base, default),
        Field(
            "time",
            language.gettext("Second date"),
            options,
            shown.isoformat(),
            followed.isoformat(),
        ),
    ]


# ---- the maps


def _map(found: Comparison, side: Side, key: str, shared: Shared) -> dict[str, Any]:
    """Return one of the three maps, and what stands around it."""
    difference = side is found.difference
    told = found.rows if difference else side.cells
    said = comparison_summary.headline(found, side)
    drawn = svg.inline(
        side.at,
        scope="" if key == _KEYS[0] else key,  # scripts look for textures without a scope
        label=f"{side.heading}: {said}",
        sentences={each.pcode: each.sentence for each in told},
    )
    on_the_map = found.kind == DATES or not difference
    return {
        "key": key,
        "scale": "difference" if difference else "both",
        "heading": side.heading,
        "caption": side.caption,
        "headline": said,
        "map": Markup(drawn),  # noqa: S704 - escaped where it is made
        "unit": comparison_summary.unit_words(side),
        "legend": comparison_summary.legend_rows(found, side),
        "url": shared.urls.page(encode_query(side.view.state, found.snapshot))
        if on_the_map
        else "",
    }


def _strips(found: Comparison, shared: Shared) -> list[dict[str, Any]]:
    return [
        {
            "heading": strip.heading,
            "maps": [
                {
                    "date": one.date,
                    "total": one.total,
                    "url": shared.urls.page(encode_query(one.at.state, found.snapshot)),
                    "map": Markup(  # noqa: S704 - escaped where it is made
                        small_multiples.small(one.at, headline(one.at))
                    ),
                }
                for one in strip.multiples
            ],
        }
        for strip in comparison_tables.small_multiples(found)
    ]


def _style(found: Comparison) -> Markup:
    """Return colours of the two scales, each for the maps that are painted with it."""
    light, dark = "", ""
    for name, side in (("both", found.first), ("difference", found.difference)):
        by_day, by_night = svg.scale_variables(side.view)
        light += f".scale-{name}{{{by_day}}}"
        dark += f".scale-{name}{{{by_night}}}"
    return Markup(f"{light}@media {_DARK}{{{dark}}}")  # noqa: S704 - colours of the scales


def _script_data(found: Comparison) -> dict[str, Any]:
    """Return what the scripts are handed: classes and statuses to paint, words to show."""
    areas = found.first.view.counts.areas.pcodes
    near = neighbours(found.snapshot, found.request.state.level, areas)
    said = zip(found.first.cells, found.second.cells, found.rows, near, strict=True)
    return {
        "area": found.request.state.area,
        "dark": _DARK,
        "keys": found.language.gettext(
            "Arrow keys move between neighbouring areas, Home, End and the page keys through the "
            "list, plus and minus zoom, Enter keeps an area in sight, Escape lets it go."
        ),
        "maps": [_painted(found, side) for side in _maps(found).values()],
        "areas": [
            {
                "pcode": row.pcode,
                "name": found.language.listed(filter(None, [row.name, row.parent])),
                "near": around,
                "values": [row.first, row.second, row.difference],
                "sentences": [first.sentence, second.sentence, row.sentence],
            }
            for first, second, row, around in said
        ],
    }


def _painted(found: Comparison, side: Side) -> dict[str, Any]:
    scale = side.view.scale
    return {
        "heading": side.heading,
        "said": comparison_summary.headline(found, side),
        "classes": side.at.classes.tolist(),
        "status": "".join(side.at.status),
        "scale": {
            "colors": scale.colors,
            "colorsDark": scale.colors_dark,
            "inks": scale.inks,
            "inksDark": scale.inks_dark,
        },
    }
