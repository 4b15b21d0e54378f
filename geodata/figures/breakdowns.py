"""Breakdowns of governorates by origin, shelter and period, with what may be shown of them.

::

    breakdowns table ──▶ CrossTable: dates × governorates × categories,  ─┬─▶ area panel
                         with sums by category; small counts left out     ├─▶ origins_…: flows
                                                                          └─▶ part_counts: views

A breakdown adds up to its governorate's total, and over the country to the sum of each category,
which are all shown: :func:`geodata.figures.cross_suppression.suppress_cross` decides what may not
be. Households and people are two tables, never added and never worked out from each other.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.engine import queries
from geodata.engine.connect import query
from geodata.figures.availability import (
    GOVERNORATE,
    areas_of,
    by_area_of,
    part_units,
    people_thresholds,
    populations_with_counts,
)
from geodata.figures.counts import counts
from geodata.figures.cross_suppression import suppress_cross
from geodata.figures.parts import ORIGIN, SHELTER, SHELTER_GROUPS
from geodata.figures.suppression import Threshold
from geodata.populations import HOUSEHOLDS, PEOPLE
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import Bools, Floats, sum_known

UNITS = (HOUSEHOLDS, PEOPLE)


@dataclass(frozen=True)
class CrossTable:
    """A breakdown in one unit: ``T`` dates, ``R`` governorates, ``C`` categories.

    Attributes
    ----------
    dates
        Those with any row, ascending; shape ``(T,)``.
    sources
        Id of the source of each date; shape ``(T,)``.
    pcodes, categories
        What the axes are of; of origins, categories are P-codes, or the source's own names.
    cells
        ``(T, R, C)`` households or people; NaN where hidden or without a row.
    counted
        ``(T, R, C)`` cells with a row; in a bare row all of them, or none would be hidden there.
    hidden
        ``(T, R, C)`` cells that may not be shown.
    few_by_area
        How many hidden cells hold anybody; ``(T, R)``.
    sums
        ``(T, C)`` all governorates together; NaN where hidden or without a row.
    hidden_sums
        ``(T, C)`` sums that may not be shown.
    groups
        Categories that are added up by name (:data:`geodata.figures.parts.SHELTER_GROUPS`).
    group_sums, national_group_sums
        ``(T, R, G)`` and ``(T, G)`` sums of the groups; NaN where hidden or without a row.
    totals
        ``(T, R)`` all categories together; NaN where nothing is shown of them, or nothing is there.
    bare
        ``(T, R)`` governorates of which nothing is shown.
    """

    kind: str
    unit: str
    dates: tuple[dt.date, ...]
    sources: tuple[str, ...]
    pcodes: tuple[str, ...]
    categories: tuple[str, ...]
    cells: Floats
    counted: Bools
    hidden: Bools
    few_by_area: Floats
    sums: Floats
    hidden_sums: Bools
    groups: tuple[tuple[str, ...], ...]
    group_sums: Floats
    national_group_sums: Floats
    totals: Floats
    bare: Bools

    @property
    def few(self) -> Bools:
        """Hidden cells that are known to hold somebody: those of no bare row; ``(T, R, C)``."""
        return self.hidden & ~self.bare[:, :, None]

    @property
    def few_by_category(self) -> Floats:
        """How many of :attr:`few` each category has; ``(T, C)``."""
        by_category: Floats = self.few.sum(axis=1)
        return by_category

    @property
    def national(self) -> Floats:
        """Everyone in the table, by date; NaN where a governorate's part may not be shown."""
        whole = np.where(
            np.isfinite(self.totals).any(axis=1), np.nansum(self.totals, axis=1), np.nan
        )
        return np.where(self.bare.any(axis=1), np.nan, whole)

    def at(self, day: dt.date) -> int | None:
        """Return the position of a date; ``None`` where the table has no row of it."""
        return self.dates.index(day) if day in self.dates else None


@memoise(64)
def cross_table(
    snapshot: Snapshot, population: str, kind: str, unit: str, threshold: Threshold | int
) -> CrossTable:
    """Lay a breakdown out by date, governorate and category, as far as it may be shown.

    Parameters
    ----------
    kind
        One of :data:`geodata.figures.parts.KINDS`.
    unit
        ``households`` or ``people``.

    >>> table = cross_table(snapshot, "idp", "shelter", "households", 5)
    >>> table.categories, table.cells[0].tolist(), table.sums[0].tolist()
    (('camp', 'other'), [[60.0, 93.0], [nan, nan]], [60.0, 93.0])
    """
    rows = _rows(snapshot, population, kind, unit)
    dates = pd.DatetimeIndex(rows["date"].unique()).sort_values()
    pcodes = areas_of(snapshot, GOVERNORATE).pcodes
    categories = pd.Index(sorted(rows["category"].unique()), dtype="str")
    t = dates.get_indexer(pd.DatetimeIndex(rows["date"]))
    r = pd.Index(pcodes).get_indexer(pd.Index(rows["pcode"]))
    c = categories.get_indexer(pd.Index(rows["category"]))
    raw = np.full((len(dates), len(pcodes), len(categories)), np.nan)
    raw[t, r, c] = rows[unit].to_numpy(dtype="float64")
    days = tuple(day.date() for day in dates)
    limits = _limits(snapshot, days, unit, Threshold.of(threshold))
    groups = SHELTER_GROUPS if kind == SHELTER else ()
    members = [categories.isin(group) for group in groups]
    hidden_totals = _hidden_totals(snapshot, population, threshold, days)
    hidden, hidden_sums, bare, mixed = _hidden(raw, hidden_totals, limits, members)
    by_group = [sum_known(raw[:, :, member], axis=2) for member in members]
    group_sums = np.stack(by_group, axis=2) if groups else np.empty((*raw.shape[:2], 0))
    source = rows.groupby("date")["source"].max()
    return CrossTable(
        kind=kind,
        unit=unit,
        dates=days,
        sources=tuple(str(source[day]) for day in dates),
        pcodes=pcodes,
        categories=tuple(categories),
        cells=np.where(hidden, np.nan, raw),
        counted=np.isfinite(raw) | bare[:, :, None],
        hidden=hidden,
        few_by_area=(hidden & (raw > 0)).sum(axis=2),
        sums=np.where(hidden_sums, np.nan, sum_known(raw, axis=1)),
        hidden_sums=hidden_sums,
        groups=groups,
        group_sums=np.where(mixed[:, :-1], np.nan, group_sums),
        national_group_sums=np.where(mixed[:, -1], np.nan, sum_known(group_sums, axis=1)),
        totals=np.where(bare, np.nan, sum_known(raw, axis=2)),
        bare=bare,
    )


def _rows(snapshot: Snapshot, population: str, kind: str, unit: str) -> pd.DataFrame:
    """Select the rows of a breakdown in a unit, but for those of places in no governorate.

    In one order: engines answer in any, and ties are decided by it. Two processes that hide
    another of two equal cells would give both away.
    """
    rows = _all_rows(snapshot, population)
    rows = rows[(rows["kind"] == kind) & rows[unit].notna() & rows["pcode"].notna()]
    return rows.sort_values(["date", "pcode", "category"], ignore_index=True)


@memoise(8)
def _all_rows(snapshot: Snapshot, population: str) -> pd.DataFrame:
    return query(snapshot, "breakdowns", queries.breakdowns_of, population)


def _limits(
    snapshot: Snapshot, days: tuple[dt.date, ...], unit: str, threshold: Threshold
) -> list[int]:
    """Return from how many a cell may be shown on each date."""
    if unit == HOUSEHOLDS:
        return [threshold.households] * len(days)
    return [int(limit) for limit in people_thresholds(snapshot, days, threshold)]


def _hidden_totals(
    snapshot: Snapshot, population: str, threshold: Threshold | int, days: tuple[dt.date, ...]
) -> Bools:
    """Tell which governorates' own totals are not shown; ``(T, R)``."""
    if not days:  # nor need there be any counts of the population
        return np.zeros((0, len(areas_of(snapshot, GOVERNORATE).pcodes)), dtype=bool)
    return counts(snapshot, population, GOVERNORATE, threshold, frozenset()).on(days).hidden


def _hidden(
    raw: Floats, hidden_totals: Bools, limits: list[int], members: list[Bools]
) -> tuple[Bools, Bools, Bools, Bools]:
    """Decide on each date which cells, sums, governorates and sums of groups may not be shown."""
    group_of = np.zeros(raw.shape[2], dtype=np.intp)
    for number, member in enumerate(members, start=1):
        group_of[member] = number
    small = (raw > 0) & (raw < np.array(limits)[:, None, None])
    sums = np.nansum(raw, axis=1)
    small_sums = (sums > 0) & (sums < np.array(limits)[:, None])
    cells, columns = np.zeros(raw.shape, dtype=bool), np.zeros(sums.shape, dtype=bool)
    bare = np.zeros(raw.shape[:2], dtype=bool)
    mixed = np.zeros((len(raw), raw.shape[1] + 1, len(members) + 1), dtype=bool)
    unsafe = small.any(axis=(1, 2)) | small_sums.any(axis=1) | hidden_totals.any(axis=1)
    for t in np.flatnonzero(unsafe):
        date = suppress_cross(raw[t], hidden_totals[t], limits[t], group_of)
        cells[t], columns[t], bare[t] = date.cells, date.columns, date.bare
        mixed[t, :, : date.groups.shape[1]] = date.groups
    return cells, columns, bare, mixed[:, :, 1:]


def has_origins(snapshot: Snapshot, population: str) -> bool:
    """Tell whether the newest date of a population says where its people come from.

    >>> has_origins(snapshot, "idp")
    False
    """
    newest = pd.Timestamp(by_area_of(snapshot, population)[-1])
    rows = _all_rows(snapshot, population)
    return bool(((rows["kind"] == ORIGIN) & (rows["date"] == newest)).any())


@dataclass(frozen=True)
class Origins:
    """Where the people of a population came from, on one date.

    Attributes
    ----------
    shown
        A row for each origin and destination that may be shown: ``category, pcode, number``.
    few
        How many others there are, of too few people to show or hidden with such.
    whole
        Households or people in all of both.
    unit
        What they are counted in.
    incomplete
        Whether those who came to a governorate are left out, as its total may not be shown.
    """

    shown: pd.DataFrame
    few: int
    whole: int
    unit: str
    incomplete: bool


@dataclass(frozen=True)
class OriginsByDate:
    """Where the people of a population came from, on every date that says so.

    Attributes
    ----------
    shown
        A row for each date, origin and destination that may be shown: ``date, category, pcode,
        number, unit``.
    few
        A row for each other one, of too few people to show: ``date, category, pcode``.
    units
        What is counted on each date, households or people.
    incomplete
        Dates on which those who came to a governorate are left out, as its total may not be shown.
    """

    shown: pd.DataFrame
    few: pd.DataFrame
    units: dict[dt.date, str]
    incomplete: frozenset[dt.date]


@memoise(16)
def origins_by_date(
    snapshot: Snapshot, population: str, threshold: Threshold | int
) -> OriginsByDate:
    """Return the origins of a population on every date, as far as they may be shown.

    >>> origins = origins_by_date(snapshot, "idp", 5)
    >>> origins.shown.iloc[0].tolist()[1:]
    ['XXG01', 'XXG01', np.int64(100), 'households']
    """
    by_day = _origin_tables(snapshot, population, threshold)
    shown, few = [], []
    for day, table in by_day.items():
        date = pd.Timestamp(day)
        shown += [(date, *row, table.unit) for row in _shown_rows(table, day)]
        few += [
            (date, table.categories[c], table.pcodes[r])
            for r, c in np.argwhere(table.few[table.dates.index(day)])
        ]
    return OriginsByDate(
        shown=pd.DataFrame(shown, columns=["date", "category", "pcode", "number", "unit"]),
        few=pd.DataFrame(few, columns=["date", "category", "pcode"]),
        units={day: table.unit for day, table in by_day.items()},
        incomplete=frozenset(
            day for day, table in by_day.items() if table.bare[table.dates.index(day)].any()
        ),
    )


@memoise(16)
def populations_with_origins(snapshot: Snapshot) -> tuple[str, ...]:
    """List the populations of which a date says where their people came from.

    >>> populations_with_origins(snapshot)
    ('idp',)
    """
    return tuple(
        population
        for population in populations_with_counts(snapshot)
        if part_units(snapshot, population, ORIGIN)
    )


def origins_on(
    snapshot: Snapshot,
    population: str,
    day: dt.date,
    threshold: Threshold | int,
    pcode: str = "",
) -> Origins:
    """Return the origins of a population on a date, as far as they may be shown.

    Parameters
    ----------
    pcode
        Governorate that they came to; any where empty.

    >>> origins = origins_on(snapshot, "idp", date(2020, 1, 31), 5)
    >>> origins.whole, origins.unit, origins.few
    (193, 'households', 0)
    >>> origins.shown.iloc[0].tolist()
    ['XXG01', 'XXG01', np.int64(100)]
    """
    table = _origin_tables(snapshot, population, threshold).get(day)
    if table is None:
        nothing = pd.DataFrame({"category": [], "pcode": [], "number": []})
        return Origins(nothing, 0, 0, HOUSEHOLDS, incomplete=False)
    t, here = table.dates.index(day), np.array([pcode in ("", code) for code in table.pcodes])
    rows = [row for row in _shown_rows(table, day) if pcode in ("", row[1])]
    return Origins(
        shown=pd.DataFrame(rows, columns=["category", "pcode", "number"]),
        few=int(table.few[t, here].sum()),
        whole=int(np.nansum(table.totals[t, here])),
        unit=table.unit,
        incomplete=bool(table.bare[t, here].any()),
    )


def _origin_tables(
    snapshot: Snapshot, population: str, threshold: Threshold | int
) -> dict[dt.date, CrossTable]:
    """Return the origins of each date: in people where a source says so, as the last table wins.

    Households and people are never added.
    """
    tables = [cross_table(snapshot, population, ORIGIN, unit, threshold) for unit in UNITS]
    return {day: table for table in tables for day in table.dates}


def _shown_rows(table: CrossTable, day: dt.date) -> list[tuple[str, str, int]]:
    """List category, P-code and number of each cell of a date that is shown and holds anybody."""
    cells = table.cells[table.dates.index(day)]
    return [
        (table.categories[c], table.pcodes[r], int(cells[r, c])) for r, c in np.argwhere(cells > 0)
    ]
