"""What the area panel says on each date: the figure, its changes, and what the breakdowns are of.

Everything is written for all dates at once, so that the timeline needs nobody to be asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from geodata import populations
from geodata.figures.view import View, ViewAt
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext, ngettext
from geodata.snapshots.rounds import nearest_date
from geodata.text import area_labels
from geodata.text.key_figures import WORDS as KEY_FIGURES

# What stands after a change, and in its place where there is nothing to compare with.
_PREVIOUS = (KEY_FIGURES["previousRound"], KEY_FIGURES["firstRound"])
_YEAR = (gettext("since a year before ({date})"), gettext("no figure a year before"))
_IN_AREA = gettext("{population} here")
_BROKEN_DOWN = {
    populations.HOUSEHOLDS: gettext("Households on {date}"),
    populations.PEOPLE: gettext("People on {date}"),
}
_NO_BREAKDOWN = gettext("No row for this date; the nearest with any is {date}.")
_TREND = gettext("{label}: {first} on {firstDate}, {last} on {lastDate}, most {most} on {mostDate}")
# Which of them have too few is not said: of one alone it would tell all.
_TOO_FEW_PLACES = ngettext(
    "{n} place has too few people to show.", "{n} places have too few people to show."
)
_TOO_FEW_GROUPS = ngettext(
    "{n} group has too few people to show.", "{n} groups have too few people to show."
)
_PLACES = frozenset(["origin", "destination"])


@dataclass(frozen=True)
class Change:
    """A change of the area's figure: its size, empty where there is none, and since when."""

    size: str = ""
    since: str = ""


@dataclass(frozen=True)
class AreaFigure:
    """The figure of an area on a date, what it is in, and how it changed."""

    value: str
    about: str
    previous: Change = Change()
    year: Change = Change()


def area_figures(view: View, pcode: str, trend: Sequence[dict[str, Any]]) -> list[AreaFigure]:
    """Write the figure of an area on every date of a view.

    Parameters
    ----------
    trend
        People of each population in the area (:func:`geodata.api.area_json.panel`), for areas of
        another level than the view's: a governorate while districts are shown, or the reverse.
    """
    if pcode not in view.counts.areas.pcodes:
        return _of_other_level(view, trend)
    i = view.counts.areas.pcodes.index(pcode)
    return [_figure(view.on(t), i) for t in range(len(view.counts.dates))]


def _figure(at: ViewAt, i: int) -> AreaFigure:
    label = area_labels.area_label(at, i)
    unit = area_labels.unit(at.view) if label.shown else ""
    figure = AreaFigure(label.value, " · ".join(part for part in (unit, label.rank) if part))
    if at.state.mode == populations.CHANGE:
        return figure
    year = at.year_before
    return replace(
        figure,
        previous=_change(at, i, at.t - 1, _PREVIOUS),
        year=_change(at, i, -1 if year is None else year.t, _YEAR),
    )


def _change(at: ViewAt, i: int, base: int, words: tuple[str, str]) -> Change:
    since, nothing = words
    language, by = at.language, area_labels.difference(at, i, base)
    if by is None:
        return Change(since=language.gettext(nothing))
    date = language.date(at.counts.dates[base])
    return Change(area_labels.difference_text(at.view, by), language.gettext(since, date=date))


def _of_other_level(view: View, trend: Sequence[dict[str, Any]]) -> list[AreaFigure]:
    language = view.language
    nouns = language.gettext(populations.POPULATIONS[view.state.pop].nouns)
    about = language.gettext(_IN_AREA, population=nouns)
    people: dict[str, float | None] = next(
        (
            dict(zip(line["dates"], line["people"], strict=True))
            for line in trend
            if line["population"] == view.state.pop
        ),
        {},
    )
    found = [people.get(day.isoformat()) for day in view.counts.dates]
    nothing = language.gettext(KEY_FIGURES["noFigure"])
    return [AreaFigure(nothing if n is None else language.number(n), about) for n in found]


def trend_summary(line: dict[str, Any], language: Language) -> str:
    """Write one line of the trend in words: its first, last and largest figure."""
    known = [
        (n, day) for day, n in zip(line["dates"], line["people"], strict=True) if n is not None
    ]
    largest = max(known, key=lambda each: each[0])
    places = {"first": known[0], "last": known[-1], "most": largest}
    values = {name: language.number(n) for name, (n, _) in places.items()}
    dates = {f"{name}Date": written_date(day, language) for name, (_, day) in places.items()}
    return language.gettext(_TREND, label=line["label"], **values, **dates)


@dataclass(frozen=True)
class Breakdown:
    """A breakdown of an area on every date, of which the source may count in two units.

    Attributes
    ----------
    kind
        ``origin``, ``destination``, ``shelter`` or ``period``.
    labels
        Of the categories; ``values[date]`` has a number for each, or is empty.
    about, too_few
        What is counted on the date, or when it was; how many categories are hidden, or nothing.
    """

    kind: str
    title: str
    labels: list[str]
    values: list[list[float | None]]
    about: list[str]
    too_few: list[str]


def breakdowns(facts: dict[str, Any], view: View) -> list[Breakdown]:
    """Write each breakdown (:func:`geodata.api.area_json.panel`) on the dates of a view.

    Households and later people of one kind stand in two tables; a date has one of them, never both.
    """
    return [_breakdown(tables, facts["dates"], view) for tables in tables_by_kind(facts)]


def tables_by_kind(facts: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the tables of each kind of breakdown: households, and later people, are two."""
    kinds = dict.fromkeys(table["kind"] for table in facts["breakdowns"])
    return [[table for table in facts["breakdowns"] if table["kind"] == kind] for kind in kinds]


def rows_by_date(
    tables: list[dict[str, Any]], dates: list[str]
) -> dict[dt.date, tuple[dict[str, Any], int]]:
    """Return each date of which there is a row: the table that has it, and its position there."""
    return {
        dt.date.fromisoformat(day): (table, t)
        for t, day in enumerate(dates)
        for table in tables
        if table["values"][t] or table["hidden"][t]
    }


def holds(note: dict[str, Any], day: dt.date) -> bool:
    """Tell whether a note on shelter holds on a date."""
    return not note["until"] or day.isoformat() <= note["until"]


def _breakdown(tables: list[dict[str, Any]], dates: list[str], view: View) -> Breakdown:
    labels = {
        code: label
        for table in tables
        for code, label in zip(table["codes"], table["labels"], strict=True)
    }
    known = rows_by_date(tables, dates)
    rows = [(day, known.get(day)) for day in view.counts.dates]
    return Breakdown(
        kind=tables[0]["kind"],
        title=tables[0]["title"],
        labels=list(labels.values()),
        values=[_values(*row, list(labels)) if row else [] for _, row in rows],
        about=[_about(day, row, list(known), view.language) for day, row in rows],
        too_few=[_too_few(*row, view.language) if row else "" for _, row in rows],
    )


def _values(table: dict[str, Any], t: int, codes: list[str]) -> list[float | None]:
    row = table["values"][t]
    by_code = dict(zip(table["codes"], row, strict=True)) if row else {}
    return [by_code.get(code) for code in codes] if row else []


def _about(
    day: dt.date,
    row: tuple[dict[str, Any], int] | None,
    known: list[dt.date],
    language: Language,
) -> str:
    """Say what is counted on a date; where there is no row, when the nearest is of."""
    if row:
        return language.gettext(_BROKEN_DOWN[row[0]["unit"]], date=language.date(day))
    return language.gettext(_NO_BREAKDOWN, date=language.date(nearest_date(known, day)))


def _too_few(table: dict[str, Any], t: int, language: Language) -> str:
    """Say how many categories have too few to show; which, is not said."""
    pair = _TOO_FEW_PLACES if table["kind"] in _PLACES else _TOO_FEW_GROUPS
    return language.ngettext(*pair, n) if (n := table["hidden"][t]) else ""


def written_date(day: str, language: Language) -> str:
    """Write a date of the API (ISO 8601) as readers do."""
    return language.date(dt.date.fromisoformat(day))
