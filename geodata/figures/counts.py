"""Counts as arrays: households and people for every date and area, with what may be shown.

::

    counts table ──▶ Counts(population, level): dates × areas, NaN where nothing was counted
                          └─▶ hidden: which cells are too few to show (geodata.figures.suppression)

A cell is NaN where the place is absent from the round: *not assessed*, never zero.

The dates of a population end where its counts end, which is another date at another level or in
another unit. Where a report prints the country's total for a later date, that date is held too,
with this one figure and none by area (*national only*).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.engine import queries
from geodata.engine.connect import ask
from geodata.figures.suppression import Figures, Suppression, Threshold, suppress_known
from geodata.household_sizes import UNSAID, size_on
from geodata.populations import HOUSEHOLDS, PEOPLE, POPULATIONS, unit_of
from geodata.snapshots.snapshot import Snapshot

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
GOVERNORATE, DISTRICT = 1, 2

SAME_ROUND = dt.timedelta(days=3)
"""A report and its list are dated up to a day apart: 9 and 10 April 2015, 30 and 31 August 2017."""


@dataclass(frozen=True)
class Areas:
    """The areas of one level, in the order every array follows."""

    level: int
    pcodes: tuple[str, ...]
    parents: tuple[str, ...]

    def index(self, pcode: str) -> int:
        """Position of ``pcode``; ``ValueError`` where it is not of this level."""
        return self.pcodes.index(pcode)


@dataclass(frozen=True)
class Counts:
    """One population at one level.

    Attributes
    ----------
    dates
        The dates of the population's source, ascending; shape ``(T,)``.
    rounds
        Published round numbers, ``None`` where there is none; shape ``(T,)``.
    sources
        Id of the source of each date; shape ``(T,)``.
    households, people
        Shape ``(T, A)``; NaN where not counted (households also where not published).
    not_placed
        People counted nationally but in no known area; 0 where they may not be shown; ``(T,)``.
    not_placed_households
        The same in households.
    hidden
        Cells too few to show; shape ``(T, A)``.
    national_hidden
        Dates on which the national total is too small to show, or would give a hidden cell away;
        shape ``(T,)``.
    printed_people, printed_households
        The country's total where a report prints it and there is no count by area; NaN on every
        other date; shape ``(T,)``.
    """

    population: str
    areas: Areas
    dates: tuple[dt.date, ...]
    rounds: tuple[int | None, ...]
    sources: tuple[str, ...]
    households: Floats
    people: Floats
    not_placed: Floats
    not_placed_households: Floats
    hidden: Bools
    national_hidden: Bools
    printed_people: Floats
    printed_households: Floats

    @property
    def national_only(self) -> Bools:
        """Dates of which only the country's total is known; shape ``(T,)``."""
        return np.isfinite(self.printed_people)

    @property
    def newest(self) -> int:
        """Position of the newest date with figures by area; of the newest where none has any."""
        by_area = np.flatnonzero(~self.national_only)
        return int(by_area[-1]) if by_area.size else len(self.dates) - 1

    @property
    def counted(self) -> Bools:
        """Cells for which there is a row; shape ``(T, A)``."""
        return ~np.isnan(self.people)

    @property
    def national_people(self) -> Floats:
        """People in the country; NaN where none were counted or none may be shown; ``(T,)``."""
        return np.where(self.national_hidden, np.nan, self.in_country(PEOPLE))

    def in_country(self, unit: str) -> Floats:
        """National totals in people or households, also those that may not be shown; ``(T,)``."""
        if unit == HOUSEHOLDS:
            added = national(self.households, self.not_placed_households)
            return np.where(self.national_only, self.printed_households, added)
        return np.where(
            self.national_only, self.printed_people, national(self.people, self.not_placed)
        )

    def on(self, dates: Sequence[dt.date]) -> Counts:
        """The same on other dates; nothing was counted on a date that is not among these."""
        at = [self.dates.index(day) if day in self.dates else -1 for day in dates]
        there = np.array(at, dtype=np.intp) >= 0

        def taken(values: NDArray[np.generic]) -> NDArray[np.generic]:
            rows = values[at]
            rows[~there] = False if rows.dtype == np.bool_ else np.nan
            return rows

        arrays: dict[str, Any] = {
            each.name: taken(value)
            for each in fields(self)
            if isinstance(value := getattr(self, each.name), np.ndarray)
        }
        numbers = tuple(self.rounds[i] if i >= 0 else None for i in at)
        sources = tuple(self.sources[i] if i >= 0 else "" for i in at)
        return replace(self, dates=tuple(dates), rounds=numbers, sources=sources, **arrays)


def national(cells: Floats, not_placed: Floats) -> Floats:
    """National totals: all areas and what is in none; NaN where nothing at all was counted."""
    counted = np.isfinite(cells).any(axis=1) | (not_placed > 0)
    return np.where(counted, np.nansum(cells, axis=1) + not_placed, np.nan)


@lru_cache(maxsize=64)
def areas_of(snapshot: Snapshot, level: int) -> Areas:
    """Areas of ``level`` in order of P-code."""
    rows = snapshot.tables.areas
    rows = rows[rows["level"] == level].sort_values("pcode")
    return Areas(level, tuple(rows["pcode"]), tuple(rows["parent"].fillna("")))


@lru_cache(maxsize=16)
def _slices(snapshot: Snapshot) -> pd.DataFrame:
    """Return what was counted: the manifest's index, else :func:`geodata.engine.queries.slices`."""
    said = snapshot.counted
    return ask(snapshot, queries.slices) if said is None else said


def _slices_of(snapshot: Snapshot, population: str) -> pd.DataFrame:
    rows = _slices(snapshot)
    return rows[rows["population"] == population]


@lru_cache(maxsize=64)
def populations_with_counts(snapshot: Snapshot) -> tuple[str, ...]:
    """Populations that the snapshot holds, in the order of the schema."""
    held = set(_slices(snapshot)["population"])
    return tuple(code for code in POPULATIONS if code in held)


@lru_cache(maxsize=64)
def levels(snapshot: Snapshot, population: str) -> tuple[int, ...]:
    """Levels at which ``population`` was counted and can be shown; governorates where none is.

    Figures of districts may be held, not placed, where no district is drawn.
    """
    counted = sorted({int(level) for level in _slices_of(snapshot, population)["level"]})
    return tuple(level for level in counted if areas_of(snapshot, level).pcodes) or (GOVERNORATE,)


@lru_cache(maxsize=64)
def has_households(snapshot: Snapshot, population: str) -> bool:
    """Whether any count of ``population`` is in households, too."""
    return bool(_slices_of(snapshot, population)["with_households"].any())


def least_people(snapshot: Snapshot, threshold: Threshold) -> int:
    """From how many people a cell may be shown of which only these are known.

    The most of any date; 0 where none is hidden, or where households are known of every cell.
    """
    rows = _slices(snapshot)
    without = set(rows.loc[rows["with_households"] < rows["rows"], "population"])
    limits = [
        people_thresholds(snapshot, dates_of(snapshot, code), threshold).max(initial=0)
        for code in without
    ]
    return int(max(limits, default=0))


@lru_cache(maxsize=64)
def residents_year(snapshot: Snapshot) -> int | None:
    """Year of the residents that rates are out of: the country's choice, else the newest.

    ``None`` where the residents of any governorate are not known: then there are no rates.
    """
    rows = snapshot.tables.residents
    chosen = snapshot.manifest["country"].get("residents_year")
    year = chosen if chosen is not None or rows.empty else rows["year"].max()
    known = set(rows.loc[rows["year"] == year, "pcode"]) if year is not None else set()
    return int(year) if known.issuperset(areas_of(snapshot, GOVERNORATE).pcodes) else None


@lru_cache(maxsize=64)
def programmes_with_counts(snapshot: Snapshot, population: str) -> frozenset[str]:
    """Programmes that counts of ``population`` carry of their own."""
    return frozenset(code for code in _slices_of(snapshot, population)["programme"] if code)


def own_counts(snapshot: Snapshot, population: str, programmes: Collection[str]) -> frozenset[str]:
    """Those of the chosen programmes whose own counts are shown; empty for none."""
    return programmes_with_counts(snapshot, population).intersection(programmes)


def sources_of(
    snapshot: Snapshot,
    population: str,
    programmes: Collection[str] = (),
    level: int | None = None,
    measure: str = PEOPLE,
) -> tuple[str, ...]:
    """Ids of the sources of what is shown, the one that counted last first.

    Of the counts that the chosen programmes have of their own, or of those that belong to none; at
    one level where it is named, in the unit of the measure.
    """
    own = own_counts(snapshot, population, programmes)
    last = _ends(snapshot, population, own, level, unit_of(measure))
    ordered = last.sort_index().sort_values(ascending=False, kind="stable")
    return tuple(str(source) for source in ordered.index)


def _ends(
    snapshot: Snapshot, population: str, own: frozenset[str], level: int | None, unit: str
) -> pd.Series:
    """Last date of each source at a level, in a unit; of all that it counted where it has none."""
    shown = _slices_shown(snapshot, population, own)
    at_level = shown if level is None else shown[shown["level"] == level]
    shown = shown if at_level.empty else at_level
    in_unit = shown.groupby("source")[_END[unit == HOUSEHOLDS]].max().dropna()
    return shown.groupby("source")["last"].max() if in_unit.empty else in_unit


@lru_cache(maxsize=256)
def _slices_shown(snapshot: Snapshot, population: str, own: frozenset[str]) -> pd.DataFrame:
    """What was counted of a population: by the programmes, or by none of them."""
    rows = _slices_of(snapshot, population)
    shown = rows[rows["programme"].isin(own) if own else rows["programme"] == ""]
    return rows if shown.empty else shown  # counts of programmes only: theirs are the only ones


def source_of(snapshot: Snapshot, population: str, programmes: Collection[str] = ()) -> str:
    """Id of the source that counted ``population`` last."""
    return sources_of(snapshot, population, programmes)[0]


def printed_sources_of(
    snapshot: Snapshot, population: str, programmes: Collection[str] = ()
) -> tuple[str, ...]:
    """Ids of the sources of dates for which only the country's total is known."""
    own = own_counts(snapshot, population, programmes)
    rows = _printed_alone(snapshot, population, own, PEOPLE)
    return tuple(sorted(set(rows["source"])))


def until(snapshot: Snapshot, population: str, level: int, measure: str = PEOPLE) -> dt.date | None:
    """Return the last date of figures by area at a level, in households or else in people.

    ``None`` where there are none. Of the counts that belong to no programme, where there are any.
    """
    rows = _slices_shown(snapshot, population, frozenset())
    last = rows.loc[rows["level"] == level, _END[measure == HOUSEHOLDS]].max()
    return None if pd.isna(last) else last.date()


_END = {False: "last", True: "last_with_households"}


@dataclass(frozen=True)
class _Rounds:
    """Dates and numbers of rounds, ascending; and the country's totals that are printed alone.

    Attributes
    ----------
    by_area
        Dates that are not printed alone; all of them where no date has figures by area.
    people, households
        Shape ``(T,)``; NaN on dates that are not printed alone.
    """

    dates: tuple[dt.date, ...]
    numbers: tuple[int | None, ...]
    sources: tuple[str, ...]
    by_area: tuple[dt.date, ...]
    people: Floats
    households: Floats


@lru_cache(maxsize=256)
def _rounds(
    snapshot: Snapshot, population: str, own: frozenset[str], level: int, unit: str
) -> _Rounds:
    ends = _ends(snapshot, population, own, level, unit)
    rounds = snapshot.tables.rounds
    rounds = rounds.loc[rounds["date"] <= rounds["source"].map(ends), ["date", "round", "source"]]
    rounds = rounds.sort_values(["date", "round"], na_position="last").drop_duplicates("date")
    alone = _printed_alone(snapshot, population, own, unit)
    found = pd.concat([rounds, alone[[*rounds.columns, "people", "households"]]])
    found = found.sort_values("date", kind="stable")
    dates = tuple(day.date() for day in found["date"])
    by_area = tuple(day.date() for day in rounds["date"])
    people, households = (
        found[column].to_numpy(dtype="float64", na_value=np.nan)
        for column in ("people", "households")
    )
    numbers = tuple(None if pd.isna(number) else int(number) for number in found["round"])
    sources = tuple(str(source) for source in found["source"])
    return _Rounds(dates, numbers, sources, by_area or dates, people, households)


@lru_cache(maxsize=256)
def _printed_alone(
    snapshot: Snapshot, population: str, own: frozenset[str], unit: str
) -> pd.DataFrame:
    """Totals printed for dates on which the population was not counted at any level."""
    rows = snapshot.tables.published
    # Snapshots of schema 2 did not say whose totals these are: what is frozen stays as it was.
    rows = rows[(rows["population"] == population) & rows[unit].notna() & (rows["source"] != "")]
    if own or rows.empty:  # what is printed is of everyone
        return rows.head(0)
    counted = pd.DatetimeIndex(_cells(snapshot, population, own)["date"].unique())
    apart = [bool((abs(counted - day) > SAME_ROUND).all()) for day in rows["date"]]
    return rows[apart].drop_duplicates("date")


def dates_of(
    snapshot: Snapshot,
    population: str,
    programmes: Collection[str] = (),
    level: int = GOVERNORATE,
    measure: str = PEOPLE,
) -> tuple[dt.date, ...]:
    """Dates of the rounds of the sources that counted ``population``, ascending.

    Populations of one source share them, until each was last counted (at the level, in the unit of
    the measure): on a date of the source on which a population has no row, it was not assessed.
    Then come dates for which only the country's total is printed. Programmes with counts of their
    own have dates of their own.
    """
    return _rounds_shown(snapshot, population, programmes, level, measure).dates


def by_area_of(
    snapshot: Snapshot,
    population: str,
    programmes: Collection[str] = (),
    level: int = GOVERNORATE,
    measure: str = PEOPLE,
) -> tuple[dt.date, ...]:
    """Those of :func:`dates_of` that have figures by area; all of them where none has."""
    return _rounds_shown(snapshot, population, programmes, level, measure).by_area


def round_numbers(
    snapshot: Snapshot,
    population: str,
    programmes: Collection[str] = (),
    level: int = GOVERNORATE,
    measure: str = PEOPLE,
) -> tuple[int | None, ...]:
    """Published numbers of the rounds, aligned with :func:`dates_of`."""
    return _rounds_shown(snapshot, population, programmes, level, measure).numbers


def _rounds_shown(
    snapshot: Snapshot, population: str, programmes: Collection[str], level: int, measure: str
) -> _Rounds:
    own = own_counts(snapshot, population, programmes)
    return _rounds(snapshot, population, own, level, unit_of(measure))


@lru_cache(maxsize=64)
def counts(
    snapshot: Snapshot,
    population: str,
    level: int,
    threshold: Threshold | int,
    programmes: frozenset[str],
    unit: str = PEOPLE,
) -> Counts:
    """Counts of ``population`` at ``level``, on the dates that have figures in ``unit``.

    Parameters
    ----------
    threshold
        Cells under it are hidden (:mod:`geodata.figures.suppression`), and as many more as it
        takes that they cannot be found by subtraction. A number alone is of households.
    programmes
        Programmes whose own counts to add up; empty for the counts that belong to none.
    """
    rounds = _rounds(snapshot, population, programmes, level, unit)
    dates = rounds.dates
    lost = _not_placed(snapshot, population, level, programmes, dates)
    households, people = _grids(snapshot, population, level, programmes, dates)
    hidden = _suppression(snapshot, population, Threshold.of(threshold), programmes, dates)
    # Where nothing else is known on a date, what is in no area is the national total.
    secret = hidden.national & ~np.isfinite(people).any(axis=1)
    small = _too_small(rounds, people_thresholds(snapshot, dates, Threshold.of(threshold)))
    return Counts(
        population=population,
        areas=areas_of(snapshot, level),
        dates=dates,
        rounds=rounds.numbers,
        sources=rounds.sources,
        households=households,
        people=people,
        not_placed=np.where(secret, 0, lost["people"]),
        not_placed_households=np.where(secret, 0, lost["households"]),
        hidden=hidden.districts if level == DISTRICT else hidden.governorates,
        national_hidden=hidden.national | small,
        printed_people=rounds.people,
        printed_households=rounds.households,
    )


def _too_small(rounds: _Rounds, limits: NDArray[np.int64]) -> Bools:
    """Dates whose total, printed for the country alone, is itself too small to show."""
    return (rounds.people > 0) & (rounds.people < limits)


@lru_cache(maxsize=16)
def _cells(snapshot: Snapshot, population: str, programmes: frozenset[str]) -> pd.DataFrame:
    """Sums by level, date and area: what both levels of a view are made of."""
    return ask(snapshot, queries.cells, population, programmes)


def _cells_at(
    snapshot: Snapshot, population: str, level: int, programmes: frozenset[str]
) -> pd.DataFrame:
    every = _cells(snapshot, population, programmes)
    return every[every["level"] == level]


@lru_cache(maxsize=64)
def _grids(
    snapshot: Snapshot,
    population: str,
    level: int,
    programmes: frozenset[str],
    dates: tuple[dt.date, ...],
) -> tuple[Floats, Floats]:
    """Lay households and people out by date and area; NaN where there is no row, or no number."""
    rows = _cells_at(snapshot, population, level, programmes)
    pcodes = areas_of(snapshot, level).pcodes
    t = _days(dates).get_indexer(pd.DatetimeIndex(rows["date"]))
    a = pd.Index(pcodes).get_indexer(pd.Index(rows["pcode"]))
    known = (t >= 0) & (a >= 0)
    t, a = t[known], a[known]

    def grid(column: str) -> Floats:
        laid = np.full((len(dates), len(pcodes)), np.nan)
        laid[t, a] = rows[column].to_numpy(dtype="float64", na_value=np.nan)[known]
        return laid

    return grid("households"), grid("people")


def _not_placed(
    snapshot: Snapshot,
    population: str,
    level: int,
    programmes: frozenset[str],
    dates: tuple[dt.date, ...],
) -> dict[str, Floats]:
    """What was counted in no known area, of each unit, by date."""
    rows = _cells_at(snapshot, population, level, programmes)
    added = rows[rows["pcode"].isna()].groupby("date")[["households", "people"]].sum()
    laid = added.reindex(_days(dates), fill_value=0)
    return {
        str(column): values.to_numpy(dtype="float64", na_value=np.nan)
        for column, values in laid.items()
    }


def _days(dates: Sequence[dt.date]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(list(dates)))


@lru_cache(maxsize=64)
def _suppression(
    snapshot: Snapshot,
    population: str,
    threshold: Threshold,
    programmes: frozenset[str],
    dates: tuple[dt.date, ...],
) -> Suppression:
    """Decide once, from the figures of both levels, what no view of them may show."""
    districts, governorates = areas_of(snapshot, DISTRICT), areas_of(snapshot, GOVERNORATE)
    parent = np.array([governorates.index(p) for p in districts.parents], dtype=np.intp)
    (households, people), (households_of, people_of) = (
        _grids(snapshot, population, level, programmes, dates) for level in (DISTRICT, GOVERNORATE)
    )
    limits = people_thresholds(snapshot, dates, threshold)
    found = suppress_known(
        Figures(households, _totals(households, households_of, parent)),
        Figures(people, _totals(people, people_of, parent)),
        parent,
        threshold.households,
        limits,
    )
    counted = np.isfinite(people).any(axis=1) | np.isfinite(people_of).any(axis=1)
    lost = _not_placed(snapshot, population, GOVERNORATE, programmes, dates)
    alone = ~counted & ~(lost["households"] > 0) & (lost["people"] > 0)
    return replace(found, national=found.national | (alone & (lost["people"] < limits)))


def _totals(cells: Floats, totals: Floats, parent: NDArray[np.intp]) -> Floats:
    """Totals of governorates; what their districts hold where a row of their own is not placed."""
    placed = np.nan_to_num(cells) @ np.equal.outer(parent, np.arange(totals.shape[1]))
    # A governorate whose own row is not placed is known all the same, from what is not placed.
    return np.where(placed > np.nan_to_num(totals), placed, totals)


def people_thresholds(
    snapshot: Snapshot, dates: Sequence[dt.date], threshold: Threshold
) -> NDArray[np.int64]:
    """On each date, from how many people a cell may be shown of which only these are known."""
    sizes = [size_on(snapshot.manifest["country"], day) for day in dates]
    limits = [threshold.people(size.people if size else UNSAID) for size in sizes]
    return np.array(limits, dtype=np.int64)
