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
from geodata.figures.breakdowns import PERIOD_LABELS, SHELTER_LABELS, of_area
from geodata.figures.counts import counts
from geodata.figures.state import State
from geodata.figures.suppression import Threshold
from geodata.i18n.language import Language, load_language
from geodata.i18n.messages import gettext
from geodata.places.area_names import area_names
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
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
        "breakdowns": _breakdowns(snapshot, state, pcode, threshold, names, language)
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


class _Breakdown(NamedTuple):
    """One breakdown of an area: its rows, and the column and labels of its categories."""

    kind: str
    title: str
    rows: pd.DataFrame
    column: str
    label: Callable[[str], str]


def _breakdowns(
    snapshot: Snapshot,
    state: State,
    pcode: str,
    threshold: Threshold | int,
    names: dict[str, str],
    language: Language,
) -> list[dict[str, Any]]:
    """Return origin, destination, shelter and period of the state's population, each in one unit.

    A breakdown that the source gives in households, and later in people, is two tables.
    """
    rows = of_area(snapshot, state.pop, pcode, threshold)
    displaced = of_area(snapshot, populations.DISPLACED, pcode, threshold)
    # Who else counted knows nothing of where the displaced come from.
    displaced = displaced[
        displaced["source"].isin(sources_of(snapshot, state.pop, state.programmes))
    ]
    dates = dates_of(snapshot, state.pop, state.programmes)
    tables = [
        {"kind": part.kind, "title": language.gettext(part.title), "unit": unit,
         "source": _source(of_unit)}
        | _table(of_unit, part.column, part.label, dates, keep_order=list(PERIOD_LABELS))
        for part in _parts(rows, displaced, state.pop, pcode, names, language)
        for unit in (populations.HOUSEHOLDS, populations.PEOPLE)
        if len(of_unit := part.rows[part.rows["unit"] == unit])
    ]  # fmt: skip
    return [table for table in tables if any(table["values"]) or any(table["hidden"])]


def _parts(
    rows: pd.DataFrame,
    displaced: pd.DataFrame,
    population: str,
    pcode: str,
    names: dict[str, str],
    language: Language,
) -> Iterator[_Breakdown]:
    """Yield the breakdowns of a governorate, and that of people displaced from it."""

    def place(code: str) -> str:
        return names.get(code, code)  # an origin that matched no governorate keeps its name

    def translated(labels: Mapping[str, str]) -> Callable[[str], str]:
        return lambda code: language.gettext(labels.get(code, code))

    titles = populations.POPULATIONS[population]
    inside = rows[rows["pcode"] == pcode]
    by_kind = {kind: inside[inside["kind"] == kind] for kind in ("origin", "shelter", "period")}
    elsewhere = displaced[(displaced["kind"] == "origin") & (displaced["category"] == pcode)]
    yield _Breakdown("origin", titles.origins, by_kind["origin"], "category", place)
    live_now = gettext("Where displaced people from here live now")
    yield _Breakdown("destination", live_now, elsewhere, "pcode", place)
    shelters = translated(SHELTER_LABELS)
    yield _Breakdown("shelter", gettext("Shelter"), by_kind["shelter"], "category", shelters)
    periods = translated(PERIOD_LABELS)
    yield _Breakdown("period", titles.periods, by_kind["period"], "category", periods)


def _source(rows: pd.DataFrame) -> str:
    """Return the id of the source of the newest rows."""
    return str(rows.sort_values("date")["source"].iloc[-1])


def _table(
    rows: pd.DataFrame,
    column: str,
    label: Callable[[str], str],
    dates: tuple[dt.date, ...],
    keep_order: list[str],
) -> dict[str, Any]:
    """Return households or people by date and category: ``values[date][category]``.

    ``values[date]`` is ``None`` where there is no row. ``hidden[date]`` is how many categories have
    too few to show; which they are is left out: for a governorate with one alone, it would tell
    all.
    """
    days = pd.DatetimeIndex(pd.to_datetime(list(dates)))
    few = rows[rows["few"]].groupby("date")[column].nunique()
    visible = rows[rows["shown"]]
    table = visible.pivot_table(index="date", columns=column, values="number", aggfunc="sum")
    table = table.reindex(days)
    codes = sorted(table.columns, key=lambda c: keep_order.index(c) if c in keep_order else -1)
    grid = table[codes].to_numpy(dtype="float64", na_value=np.nan)
    return {
        "codes": codes,
        "labels": [label(code) for code in codes],
        "values": [None if np.isnan(row).all() else json_numbers(row) for row in grid],
        "hidden": [int(n) for n in few.reindex(days, fill_value=0)],
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
