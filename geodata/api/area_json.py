"""The area panel: everything the sources say about one governorate or district, at every date.

Figure, rank and status of the area come from the view; this adds its trend for every population,
where its displaced people come from, where people from it live now, shelter, period, programmes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

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
from geodata.snapshots.snapshot import Snapshot
from geodata.util.json_encoding import json_numbers


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
    language = state.language
    rows = snapshot.tables.areas.set_index("pcode")
    row: Any = rows.loc[pcode]
    level, parent = int(row["level"]), row["parent"]
    named = area_names(snapshot, language)
    governorate = pcode if level == GOVERNORATE else str(parent)
    return {
        "version": snapshot.version,
        "area": {
            "pcode": pcode,
            "name": named[pcode],
            "nameLocal": _name_local(snapshot, pcode, named[pcode])
            if pd.notna(row["name_ar"])
            else "",
            "level": level,
            "parent": "" if level == GOVERNORATE else governorate,
            "parentName": "" if level == GOVERNORATE else named[governorate],
        },
        "dates": [day.isoformat() for day in dates_of(snapshot, state.pop, state.prog)],
        "trend": _trends(snapshot, pcode, level, threshold, language),
        "breakdowns": _breakdowns(snapshot, state, pcode, threshold, named, language)
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
        found = counts(snapshot, pop, level, threshold, frozenset())
        i = found.areas.index(pcode)
        people = found.people[:, i]
        if np.isfinite(people).any():
            trends.append(
                {
                    "population": pop,
                    "label": language.gettext(populations.POPULATIONS[pop].label),
                    "dates": [day.isoformat() for day in found.dates],
                    "people": json_numbers(people),
                }
            )
    return trends


def _breakdowns(
    snapshot: Snapshot,
    state: State,
    pcode: str,
    threshold: Threshold | int,
    named: dict[str, str],
    language: Language,
) -> list[dict[str, Any]]:
    """Return origin, destination, shelter and period of the state's population, each in one unit.

    What the source breaks down in households, and later in people, are two tables.
    """
    rows = of_area(snapshot, state.pop, pcode, threshold)
    here = rows[rows["pcode"] == pcode]
    population = populations.POPULATIONS[state.pop]
    dates = dates_of(snapshot, state.pop, state.prog)
    idp_rows = of_area(snapshot, populations.DISPLACED, pcode, threshold)
    counted_by = sources_of(snapshot, state.pop, state.prog)
    # Who else counted knows nothing of where the displaced come from.
    idp_rows = idp_rows[idp_rows["source"].isin(counted_by)]
    from_here = idp_rows[(idp_rows["kind"] == "origin") & (idp_rows["category"] == pcode)]

    def place(code: str) -> str:
        return named.get(code, code)  # an origin that matched no governorate keeps its name

    titled: list[tuple[str, str, pd.DataFrame, str, Callable[[str], str]]] = [
        (
            "origin",
            population.origins,
            here[here["kind"] == "origin"],
            "category",
            place,
        ),
        (
            "destination",
            gettext("Where displaced people from here live now"),
            from_here,
            "pcode",
            place,
        ),
        (
            "shelter",
            gettext("Shelter"),
            here[here["kind"] == "shelter"],
            "category",
            lambda code: language.gettext(SHELTER_LABELS.get(code, code)),
        ),
        (
            "period",
            population.periods,
            here[here["kind"] == "period"],
            "category",
            lambda code: language.gettext(PERIOD_LABELS.get(code, code)),
        ),
    ]
    tables = [
        {"kind": kind, "title": language.gettext(title), "unit": unit, "source": _source(known)}
        | _table(known, column, label, dates, keep_order=list(PERIOD_LABELS))
        for kind, title, found, column, label in titled
        for unit in (populations.HOUSEHOLDS, populations.PEOPLE)
        if len(known := found[found["unit"] == unit])
    ]
    return [table for table in tables if any(table["values"]) or any(table["hidden"])]


def _source(rows: pd.DataFrame) -> str:
    """Return Id of the source of the newest rows."""
    return str(rows.sort_values("date")["source"].iloc[-1])


def _table(
    rows: pd.DataFrame,
    column: str,
    label: Callable[[str], str],
    dates: tuple[dt.date, ...],
    keep_order: list[str],
) -> dict[str, Any]:
    """Return households or people by date and category: ``values[date][category]``.

    ``None``: no row.

    ``hidden[date]`` is how many categories have too few to show. Which they are is not told: of a
    governorate with one alone, it would tell all.
    """
    days = pd.DatetimeIndex(pd.to_datetime(list(dates)))
    few = rows[rows["few"]].groupby("date")[column].nunique()
    shown = rows[rows["shown"]]
    table = shown.pivot_table(index="date", columns=column, values="number", aggfunc="sum")
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
    return [
        {"text": language.gettext(note["text"]), "until": note.get("until")}
        for note in snapshot.manifest["country"]["shelter_notes"]
        if state.pop in note["populations"]
    ]
