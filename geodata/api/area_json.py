"""Build the area panel: all figures of one governorate or district, at every date.

Figure, rank and status of the area come from the view; this adds its trend for every population,
where its displaced people come from, where people from it live now, shelter, period, programmes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from geodata import populations
from geodata.figures import programmes
from geodata.figures.availability import (
    GOVERNORATE,
    dates_of,
    levels,
    populations_with_counts,
    sources_of,
)
from geodata.figures.breakdowns import UNITS, CrossTable, cross_table
from geodata.figures.counts import counts
from geodata.figures.parts import ORIGIN, PERIOD, PERIOD_LABELS, SHELTER, SHELTER_LABELS
from geodata.figures.state import State
from geodata.figures.suppression import Threshold
from geodata.i18n.language import Language, load_language
from geodata.i18n.messages import gettext
from geodata.places.area_names import area_names
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import Floats
from geodata.util.json_encoding import json_numbers

_PANELS = 64  # of which a choice of measure or date needs the same again


def panel(
    snapshot: Snapshot, state: State, pcode: str, *, threshold: Threshold | int
) -> dict[str, Any]:
    """Return the JSON of ``/api/v1/area/<pcode>.json`` (see docs/api.md).

    Parameters
    ----------
    pcode
        Code of a governorate or district of the snapshot.
    threshold
        Cells under it are not shown (:mod:`geodata.figures.suppression`).

    Breakdowns are households or people by governorate, for every date of the state's population;
    ``None`` where the source has no row, or one of too few people to show: ``hidden`` counts those.
    """
    series = State(pop=state.pop, prog=state.programmes, lang=state.lang, digits=state.digits)
    return _panel(snapshot, series, pcode, threshold)


@memoise(_PANELS)
def _panel(
    snapshot: Snapshot, state: State, pcode: str, threshold: Threshold | int
) -> dict[str, Any]:
    language = state.language
    rows = snapshot.tables.areas.set_index("pcode")
    row: Any = rows.loc[pcode]
    level, parent = int(row["level"]), row["parent"]
    names = area_names(snapshot, language)
    governorate = pcode if level == GOVERNORATE else str(parent)
    return {
        "version": snapshot.version,
        "area": {
            "pcode": pcode,
            "name": names[pcode],
            "nameLocal": _name_local(snapshot, pcode, names[pcode])
            if pd.notna(row["name_ar"])
            else "",
            "level": level,
            "parent": "" if level == GOVERNORATE else governorate,
            "parentName": "" if level == GOVERNORATE else names[governorate],
        },
        "dates": [day.isoformat() for day in dates_of(snapshot, state.pop, state.programmes)],
        "trend": _trends(snapshot, pcode, level, threshold, language),
        "breakdowns": _breakdowns(snapshot, state, pcode, threshold, names)
        if level == GOVERNORATE
        else [],
        "programmes": programmes.in_governorate(snapshot, governorate, language),
        "shelterNotes": _shelter_notes(snapshot, state, language),
    }


def _name_local(snapshot: Snapshot, pcode: str, name: str) -> str:
    """Return the Arabic name beside one in another language; empty where it is the same."""
    arabic = area_names(snapshot, load_language("ar"))[pcode]
    return "" if arabic == name else arabic


def _trends(
    snapshot: Snapshot, pcode: str, level: int, threshold: Threshold | int, language: Language
) -> list[dict[str, Any]]:
    """Return people at every date, for every population of the level; ``None`` where not shown."""
    trends = []
    for pop in populations_with_counts(snapshot):
        if level not in levels(snapshot, pop):
            continue
        series = counts(snapshot, pop, level, threshold, frozenset())
        i = series.areas.index(pcode)
        people = series.people[:, i]
        if np.isfinite(people).any():
            trends.append(
                {
                    "population": pop,
                    "label": language.gettext(populations.POPULATIONS[pop].label),
                    "dates": [day.isoformat() for day in series.dates],
                    "people": json_numbers(people),
                }
            )
    return trends


class _Slice(NamedTuple):
    """One breakdown of an area in one unit: ``D`` dates of its table, ``K`` categories.

    ``cells`` are ``(D, K)``, NaN where not shown; ``few`` ``(D,)`` counts those with too few.
    """

    kind: str
    title: str
    table: CrossTable
    cells: Floats
    codes: tuple[str, ...]
    few: Floats
    label: Callable[[str], str]


def _breakdowns(
    snapshot: Snapshot,
    state: State,
    pcode: str,
    threshold: Threshold | int,
    names: dict[str, str],
) -> list[dict[str, Any]]:
    """Return origin, destination, shelter and period of the state's population, each in one unit.

    A breakdown that the source gives in households, and later in people, is two tables.
    """
    dates = dates_of(snapshot, state.pop, state.programmes)
    tables = [
        {"kind": part.kind, "title": state.language.gettext(part.title), "unit": part.table.unit,
         "source": _source(part)}
        | _table(part, dates)
        for part in _slices(snapshot, state, pcode, threshold, names)
    ]  # fmt: skip
    return [table for table in tables if any(table["values"]) or any(table["hidden"])]


def _slices(
    snapshot: Snapshot,
    state: State,
    pcode: str,
    threshold: Threshold | int,
    names: dict[str, str],
) -> Iterator[_Slice]:
    """Yield the breakdowns of a governorate, and that of people displaced from it."""
    language, titles = state.language, populations.POPULATIONS[state.pop]

    def place(code: str) -> str:
        return names.get(code, code)  # an origin that matched no governorate keeps its name

    def translated(labels: Mapping[str, str]) -> Callable[[str], str]:
        return lambda code: language.gettext(labels.get(code, code))

    def tables(population: str, kind: str) -> list[CrossTable]:
        return [cross_table(snapshot, population, kind, unit, threshold) for unit in UNITS]

    def inside(kind: str, title: str, label: Callable[[str], str]) -> Iterator[_Slice]:
        for table in tables(state.pop, kind):
            row = table.pcodes.index(pcode)
            cells, few = table.cells[:, row], table.few_by_area[:, row]
            yield _Slice(kind, title, table, cells, table.categories, few, label)

    yield from inside(ORIGIN, titles.origins, place)
    for table in tables(populations.DISPLACED, ORIGIN):
        if pcode in table.categories:
            column = table.categories.index(pcode)
            # Who else counted knows nothing of where the displaced come from.
            counters = sources_of(snapshot, state.pop, state.prog)
            own = np.isin(table.sources, counters)
            cells = np.where(own[:, None], table.cells[:, :, column], np.nan)
            few = np.where(own, table.few_by_category[:, column], 0)
            live_now = gettext("Where displaced people from here live now")
            yield _Slice("destination", live_now, table, cells, table.pcodes, few, place)
    yield from inside(SHELTER, gettext("Shelter"), translated(SHELTER_LABELS))
    yield from inside(PERIOD, titles.periods, translated(PERIOD_LABELS))


def _source(part: _Slice) -> str:
    """Return the id of the source of the newest figures."""
    known = np.flatnonzero(np.isfinite(part.cells).any(axis=1) | (part.few > 0))
    return part.table.sources[known[-1]] if known.size else ""


def _table(part: _Slice, dates: tuple[dt.date, ...]) -> dict[str, Any]:
    """Return households or people by date and category: ``values[date][category]``.

    ``values[date]`` is ``None`` where there is no row. ``hidden[date]`` is how many categories have
    too few to show; which they are is left out: for a governorate with one alone, it would tell
    all.
    """
    at = [part.table.at(day) for day in dates]
    in_order = list(PERIOD_LABELS)
    columns = [k for k in range(len(part.codes)) if np.isfinite(part.cells[:, k]).any()]
    columns.sort(key=lambda k: in_order.index(part.codes[k]) if part.codes[k] in in_order else -1)
    codes = [part.codes[k] for k in columns]
    rows = [None if t is None else part.cells[t, columns] for t in at]
    return {
        "codes": codes,
        "labels": [part.label(code) for code in codes],
        "values": [
            None if row is None or np.isnan(row).all() else json_numbers(row) for row in rows
        ],
        "hidden": [0 if t is None else int(part.few[t]) for t in at],
    }


def _shelter_notes(
    snapshot: Snapshot, state: State, language: Language
) -> list[dict[str, str | None]]:
    """Return the country's notes on shelter for the state's population, with their last date."""
    return [
        {"text": language.gettext(note["text"]), "until": note.get("until")}
        for note in snapshot.manifest["country"]["shelter_notes"]
        if state.pop in note["populations"]
    ]
