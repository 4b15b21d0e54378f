"""Read breakdowns of a DTM list: origins, shelter, periods, in households or people."""

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

_TOLERANCE = 0.02
"""Share by which a breakdown may differ from a total and still be a breakdown of it."""


def by_date(frame: pd.DataFrame) -> list[tuple[dt.date, pd.DataFrame]]:
    """Split a frame by its dates, oldest first."""
    return [(date, frame[frame["date"] == date]) for date in sorted(frame["date"].unique())]


def breakdown_unit(sums: pd.DataFrame, layout: Layout, log: FindingLog) -> Unit | None:
    """Return what a date's breakdowns count: households or individuals.

    The first breakdown with figures decides: it adds up to the total of one of them. ``None``, with
    a warning, where it adds up to neither.
    """
    columns = workspace.breakdown_columns(layout)
    date = sums["date"].iloc[0]
    totals = {"households": sums["households"].sum(), "individuals": sums["people"].sum()}
    for kind in BREAKDOWNS:
        total = sums[[name for name, column in columns if column.field == kind]].sum().sum()
        if not total:
            continue
        unit = min(totals, key=lambda name: abs(totals[name] - total))
        if abs(totals[unit] - total) <= _TOLERANCE * totals[unit]:
            return "households" if unit == "households" else "individuals"
        log.warning(
            f"The columns of {kind} add up to {total:,.0f} on {date}, neither to "
            f"{totals['households']:,.0f} households nor to {totals['individuals']:,.0f} "
            "individuals: no breakdown of that date is taken."
        )
        return None
    return None


def _categories(loaded: LoadedList, kind: str) -> list[tuple[str, str]]:
    """Return the name in the table of rows, and the category, of each column of a breakdown."""
    return [(name, column.category) for name, column in loaded.breakdowns if column.field == kind]


def household_breakdowns(
    loaded: LoadedList, part: pd.DataFrame, log: FindingLog
) -> Iterator[dict[str, Any]]:
    """Yield the breakdowns of a date that count households; log those that do not add up."""
    for row in records(part):
        for kind in BREAKDOWNS:
            columns = _categories(loaded, kind)
            figures = [(category, int(getattr(row, name))) for name, category in columns]
            total = sum(households for _, households in figures)
            if columns and total != int(row.households):
                log.warning(
                    f"Households by {kind} do not add up: they are {total:,} of "
                    f"{int(row.households):,}.",
                    value=str(row.adm1),
                )
            yield from _breakdown_rows(kind, row, figures)


def _breakdown_rows(
    kind: str, row: Any, figures: Iterable[tuple[str, int]]
) -> Iterator[dict[str, Any]]:
    for category, households in figures:
        if households > 0:
            yield {
                "kind": kind,
                "adm1": row.adm1,
                "adm1_code": row.adm1_code,
                "category": category,
                "households": households,
            }


def individual_breakdowns(
    loaded: LoadedList,
    date: dt.date,
    dates: Mapping[str, dt.date],
    part: pd.DataFrame,
    size: HouseholdSize | None,
    flat: bool,
    log: FindingLog,
) -> list[dict[str, Any]]:
    """Return breakdowns of a date that count individuals, as households where that is exact."""
    if size is None:
        log.warning(
            f"The breakdowns count individuals, and the country has no rule that makes them "
            f"households on {date}: they are left out."
        )
        return []
    in_camps = size.people if flat else size.in_camps
    days = [value for value, parsed in dates.items() if parsed == date]
    rows: list[dict[str, Any]] = []
    for kind in BREAKDOWNS:
        columns = _categories(loaded, kind)
        for row in records(_to_households(loaded, kind, days, size.people, in_camps)):
            if row.exact:
                figures = [(category, int(getattr(row, name) or 0)) for name, category in columns]
                rows += _breakdown_rows(kind, row, figures)
            else:
                log.warning(
                    f"Individuals by {kind} are not whole households of {size.people} "
                    f"({in_camps} in camps) in every row, or do not add up to them: they are left "
                    "out.",
                    value=str(row.adm1),
                )
    return rows


def _to_households(
    loaded: LoadedList, kind: str, days: Sequence[str], people: int, in_camps: int
) -> pd.DataFrame:
    """Return individuals of a breakdown as households by governorate, and whether that is exact.

    A row's households have one size where all of it or none of it lives in camps; the shelter type
    says the size itself.
    """
    names = [name for name, _ in _categories(loaded, kind)]
    if not names:
        return pd.DataFrame(columns=["adm1", "adm1_code", "exact"])
    camps = workspace.camp_columns(loaded.layout)
    camp = " + ".join(f"coalesce({name}, 0)" for name in camps) or "0"
    row_size = (
        f"CASE WHEN {camp} = 0 THEN {people} WHEN {camp} = people THEN {in_camps} "
        f"{f'ELSE {people}' if people == in_camps else ''} END"
    )

    def size(name: str) -> str:
        if kind != "shelter":
            return "size"
        return str(in_camps if name in camps else people)

    whole = " AND ".join(f"coalesce({name}, 0) % {size(name)} = 0" for name in names)
    total = " + ".join(f"coalesce({name}, 0) / {size(name)}" for name in names)
    exact = f"bool_and(coalesce({whole} AND {total} = households, false))"
    sums = ", ".join(f"sum({name} / {size(name)}) AS {name}" for name in names)
    parameters = ", ".join("?" for _ in days)
    return loaded.con.execute(
        f"SELECT adm1, adm1_code, {exact} AS exact, {sums} "
        f"FROM (SELECT *, {row_size} AS size FROM rows) WHERE day IN ({parameters}) "
        "GROUP BY adm1, adm1_code ORDER BY adm1, adm1_code",
        list(days),
    ).df()
