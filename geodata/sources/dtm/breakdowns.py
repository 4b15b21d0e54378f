"""Breakdowns of a DTM list: origins, shelter, periods, in households or people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from geodata.household_sizes import HouseholdSize
from geodata.sources.dtm import workspace
from geodata.sources.dtm.layouts import BREAKDOWNS, Layout, Unit
from geodata.sources.dtm.workspace import LoadedList
from geodata.sources.finding_log import FindingLog
from geodata.util.arrays import records

_NEARLY = 0.02
"""Part by which a breakdown may miss its households and still be taken to count them."""


def by_date(frame: pd.DataFrame) -> list[tuple[dt.date, pd.DataFrame]]:
    """Split a frame by its dates, oldest first."""
    return [(date, frame[frame["date"] == date]) for date in sorted(frame["date"].unique())]


def unit_counted(sums: pd.DataFrame, layout: Layout, notes: FindingLog) -> Unit | None:
    """Return what the breakdowns of a date count: the sums of the first of them say."""
    named = workspace.breakdown_columns(layout)
    date = sums["date"].iloc[0]
    whole = {"households": sums["households"].sum(), "individuals": sums["people"].sum()}
    for kind in BREAKDOWNS:
        counted = sums[[name for name, column in named if column.field == kind]].sum().sum()
        if not counted:
            continue
        unit = min(whole, key=lambda name: abs(whole[name] - counted))
        if abs(whole[unit] - counted) <= _NEARLY * whole[unit]:
            return "households" if unit == "households" else "individuals"
        notes.warning(
            f"The columns of {kind} add up to {counted:,.0f} on {date}, neither to "
            f"{whole['households']:,.0f} households nor to {whole['individuals']:,.0f} "
            "individuals: no breakdown of that date is taken."
        )
        return None
    return None


def as_counted(
    loaded: LoadedList, part: pd.DataFrame, notes: FindingLog
) -> Iterator[dict[str, Any]]:
    """Yield breakdowns of a date that count households."""
    for row in records(part):
        for kind in BREAKDOWNS:
            named = [(n, c.category) for n, c in loaded.breakdowns if c.field == kind]
            found = {(n, category): int(getattr(row, n)) for n, category in named}
            missing = int(row.households) - sum(found.values())
            if named and missing:
                notes.warning(
                    f"Households by {kind} do not add up: they are {sum(found.values()):,} of "
                    f"{int(row.households):,}.",
                    value=str(row.adm1),
                )
            yield from _rows_of(kind, row, ((c, n) for (_, c), n in found.items()))


def _rows_of(kind: str, row: Any, found: Iterable[tuple[str, int]]) -> Iterator[dict[str, Any]]:
    for category, households in found:
        if households > 0:
            yield {
                "kind": kind,
                "adm1": row.adm1,
                "adm1_code": row.adm1_code,
                "category": category,
                "households": households,
            }


def in_households(
    loaded: LoadedList,
    date: dt.date,
    dates: Mapping[str, dt.date],
    part: pd.DataFrame,
    size: HouseholdSize | None,
    flat: bool,
    notes: FindingLog,
) -> list[dict[str, Any]]:
    """Return breakdowns of a date that count individuals, as households where that is exact."""
    if size is None:
        notes.warning(
            f"The breakdowns count individuals, and the country has no rule that makes them "
            f"households on {date}: they are left out."
        )
        return []
    in_camps = size.people if flat else size.in_camps
    written = [value for value, meant in dates.items() if meant == date]
    made: list[dict[str, Any]] = []
    for kind in BREAKDOWNS:
        sums = _converted(loaded, kind, written, size.people, in_camps)
        for row in records(sums):
            if row.exact:
                named = [(n, c.category) for n, c in loaded.breakdowns if c.field == kind]
                made += _rows_of(kind, row, ((c, int(getattr(row, n) or 0)) for n, c in named))
            else:
                notes.warning(
                    f"Individuals by {kind} are not whole households of {size.people} "
                    f"({in_camps} in camps) in every row, or do not add up to them: they are left "
                    "out.",
                    value=str(row.adm1),
                )
    return made


def _converted(
    loaded: LoadedList, kind: str, days: Sequence[str], people: int, in_camps: int
) -> pd.DataFrame:
    """Return individuals of a breakdown as households by governorate, and whether that is exact.

    A row's households have one size where all of it or none of it lives in camps; the shelter type
    says the size itself.
    """
    named = [(name, column) for name, column in loaded.breakdowns if column.field == kind]
    if not named:
        return pd.DataFrame(columns=["adm1", "adm1_code", "exact"])
    camps = [n for n, c in loaded.breakdowns if (c.field, c.category) == ("shelter", "camp")]
    camp = " + ".join(f"coalesce({name}, 0)" for name in camps) or "0"
    of_row = (
        f"CASE WHEN {camp} = 0 THEN {people} WHEN {camp} = people THEN {in_camps} "
        f"{f'ELSE {people}' if people == in_camps else ''} END"
    )

    def size(name: str) -> str:
        if kind != "shelter":
            return "size"
        return str(in_camps if name in camps else people)

    whole = " AND ".join(f"coalesce({name}, 0) % {size(name)} = 0" for name, _ in named)
    total = " + ".join(f"coalesce({name}, 0) / {size(name)}" for name, _ in named)
    exact = f"bool_and(coalesce({whole} AND {total} = households, false))"
    sums = ", ".join(f"sum({name} / {size(name)}) AS {name}" for name, _ in named)
    marks = ", ".join("?" for _ in days)
    return loaded.con.execute(
        f"SELECT adm1, adm1_code, {exact} AS exact, {sums} "
        f"FROM (SELECT *, {of_row} AS size FROM rows) WHERE day IN ({marks}) "
        "GROUP BY adm1, adm1_code ORDER BY adm1, adm1_code",
        list(days),
    ).df()
