"""Counts as arrays: households and people for every date and area, as far as they may be shown.

::

    cells of the source (geodata.figures.cells) ──┐
    what is too few (geodata.figures.suppression) ┴─▶ Counts: dates × areas, hidden cells left out

This is the one place where small counts are hidden: no figure that may not be shown leaves it, and
no other module reads the cells (``tests/figures/test_raw_figures.py``). What is derived from
hidden cells and may be shown is computed here, such as the country's total.

A cell is NaN where the place is absent from the round, *not assessed*, or where it is *hidden*;
:attr:`Counts.counted` and :attr:`Counts.hidden` tell them apart.

The dates of a population end where its counts end, which is another date at another level or in
another unit. Where a report prints the country's total for a later date, that date is held too,
with this one figure and none by area (*national only*).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.figures.availability import (
    DISTRICT,
    GOVERNORATE,
    AreaIndex,
    RoundIndex,
    areas_of,
    people_thresholds,
    rounds_of,
)
from geodata.figures.cells import cells_at
from geodata.figures.suppression import Figures, Suppression, Threshold, suppress_known
from geodata.populations import HOUSEHOLDS, PEOPLE, SHARE, unit_of
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import Bools, Floats


@dataclass(frozen=True)
class Counts:
    """One population at one level: what may be shown of it, and what is hidden.

    Attributes
    ----------
    dates
        The dates of the population's source, ascending; shape ``(T,)``.
    rounds
        Published round numbers, ``None`` where there is none; shape ``(T,)``.
    sources
        Id of the source of each date; shape ``(T,)``.
    households, people
        Shape ``(T, A)``; NaN where hidden or not counted (households also where not published).
    counted, counted_households
        Cells for which there is a row, and those with a number of households; shape ``(T, A)``.
    hidden
        Cells too few to show, and those that would give them away; shape ``(T, A)``.
    few_households, few_people
        Hidden cells with households, and those with people of whom no household is known.
    not_placed
        People counted nationally but in no known area; 0 where they may not be shown; ``(T,)``.
    not_placed_households
        The same in households.
    national_people, national_households
        In the country; NaN where none were counted or none may be shown; ``(T,)``.
    national_hidden
        Dates on which the national total is too small to show, or would give a hidden cell away;
        shape ``(T,)``.
    national_only
        Dates of which only the country's total is known, as a report prints it; shape ``(T,)``.
    """

    population: str
    areas: AreaIndex
    dates: tuple[dt.date, ...]
    rounds: tuple[int | None, ...]
    sources: tuple[str, ...]
    households: Floats
    people: Floats
    counted: Bools
    counted_households: Bools
    hidden: Bools
    few_households: Bools
    few_people: Bools
    not_placed: Floats
    not_placed_households: Floats
    national_people: Floats
    national_households: Floats
    national_hidden: Bools
    national_only: Bools

    @property
    def newest(self) -> int:
        """Position of the newest date with figures by area; of the newest where none has any."""
        by_area = np.flatnonzero(~self.national_only)
        return int(by_area[-1]) if by_area.size else len(self.dates) - 1

    def national(self, unit: str) -> Floats:
        """Return the total of the country in people or households; ``(T,)``."""
        return self.national_households if unit == HOUSEHOLDS else self.national_people

    def total_of(self, chosen: Bools, unit: str) -> Floats:
        """Add up people or households of the chosen areas; NaN where one of them is hidden; (T,).

        Parameters
        ----------
        chosen
            Which areas: shape ``(A,)``, or ``(T, A)`` where they are others on each date.
        """
        figures = self.households if unit == HOUSEHOLDS else self.people
        cells, nobody = np.where(chosen, figures, np.nan), np.zeros(len(self.dates))
        hidden = (self.hidden & chosen).any(axis=1)
        return np.where(hidden, np.nan, _national(cells, nobody))

    def on(self, dates: Sequence[dt.date]) -> Counts:
        """Return the counts on other dates; a date that they lack is one without any count."""
        at = [self.dates.index(day) if day in self.dates else -1 for day in dates]
        present = np.array(at, dtype=np.intp) >= 0

        def select(values: NDArray[np.generic]) -> NDArray[np.generic]:
            rows = values[at]
            rows[~present] = False if rows.dtype == np.bool_ else np.nan
            return rows

        arrays: dict[str, Any] = {
            each.name: select(value)
            for each in fields(self)
            if isinstance(value := getattr(self, each.name), np.ndarray)
        }
        numbers = tuple(self.rounds[i] if i >= 0 else None for i in at)
        sources = tuple(self.sources[i] if i >= 0 else "" for i in at)
        return replace(self, dates=tuple(dates), rounds=numbers, sources=sources, **arrays)


def _national(cells: Floats, not_placed: Floats) -> Floats:
    """Add up all areas and what is in none, by date; NaN where nothing at all was counted."""
    counted = np.isfinite(cells).any(axis=1) | (not_placed > 0)
    return np.where(counted, np.nansum(cells, axis=1) + not_placed, np.nan)


def _national_totals(
    rounds: RoundIndex, grids: Mapping[str, Floats], not_placed: Mapping[str, Floats], hidden: Bools
) -> dict[str, Floats]:
    """Return national totals by unit and date: as printed where only they are, else added up."""
    printed = {HOUSEHOLDS: rounds.households, PEOPLE: rounds.people}
    totals = {
        unit: np.where(
            np.isfinite(rounds.people), printed[unit], _national(cells, not_placed[unit])
        )
        for unit, cells in grids.items()
    }
    return {unit: np.where(hidden, np.nan, total) for unit, total in totals.items()}


@memoise(64)
def counts(
    snapshot: Snapshot,
    population: str,
    level: int,
    threshold: Threshold | int,
    programmes: frozenset[str],
    measure: str = PEOPLE,
) -> Counts:
    """Count ``population`` at ``level``, on the dates that have figures for ``measure``.

    Parameters
    ----------
    threshold
        Cells under it are hidden (:mod:`geodata.figures.suppression`), and as many more as it
        takes that they cannot be found by subtraction. A number alone is of households.
    programmes
        Programmes whose own counts to add up; empty for the counts that belong to none.
    measure
        For shares, every cell is hidden where the national total is: they would give it away.

    >>> held = counts(snapshot, "idp", 2, 5, frozenset())
    >>> held.people[0].tolist(), held.hidden[0].tolist()
    ([600.0, nan, nan, 0.0, 240.0], [False, True, True, False, False])
    """
    limit, unit = Threshold.of(threshold), unit_of(measure)
    rounds = rounds_of(snapshot, population, programmes, level, unit)
    dates = rounds.dates
    households, people = _to_grid(snapshot, population, level, programmes, dates)
    not_placed_of = _not_placed(snapshot, population, level, programmes, dates)
    suppression = _suppression(snapshot, population, limit, programmes, dates)
    national_hidden = suppression.national | _too_small(
        rounds, people_thresholds(snapshot, dates, limit)
    )
    hidden = suppression.districts if level == DISTRICT else suppression.governorates
    if measure == SHARE:
        hidden = hidden | national_hidden[:, None]
    # Where nothing else is known on a date, what is in no area is the national total.
    only_not_placed = suppression.national & ~np.isfinite(people).any(axis=1)
    not_placed = {
        unit: np.where(only_not_placed, 0, values) for unit, values in not_placed_of.items()
    }
    grids = {HOUSEHOLDS: households, PEOPLE: people}
    national = _national_totals(rounds, grids, not_placed, national_hidden)
    return Counts(
        population=population,
        areas=areas_of(snapshot, level),
        dates=dates,
        rounds=rounds.numbers,
        sources=rounds.sources,
        households=np.where(hidden, np.nan, households),
        people=np.where(hidden, np.nan, people),
        counted=np.isfinite(people),
        counted_households=np.isfinite(households),
        hidden=hidden,
        few_households=hidden & (households > 0),
        few_people=hidden & (people > 0) & ~(households > 0),
        not_placed=not_placed["people"],
        not_placed_households=not_placed["households"],
        national_people=national[PEOPLE],
        national_households=national[HOUSEHOLDS],
        national_hidden=national_hidden,
        national_only=np.isfinite(rounds.people),
    )


def _too_small(rounds: RoundIndex, limits: NDArray[np.int64]) -> Bools:
    """Tell on which dates a printed national total is itself too small to show; ``(T,)``."""
    return (rounds.people > 0) & (rounds.people < limits)


@memoise(64)
def _to_grid(
    snapshot: Snapshot,
    population: str,
    level: int,
    programmes: frozenset[str],
    dates: tuple[dt.date, ...],
) -> tuple[Floats, Floats]:
    """Lay households and people out by date and area; NaN where there is no row, or no number."""
    rows = cells_at(snapshot, population, level, programmes)
    pcodes = areas_of(snapshot, level).pcodes
    t = _days(dates).get_indexer(pd.DatetimeIndex(rows["date"]))
    a = pd.Index(pcodes).get_indexer(pd.Index(rows["pcode"]))
    inside = (t >= 0) & (a >= 0)
    t, a = t[inside], a[inside]

    def grid(column: str) -> Floats:
        array = np.full((len(dates), len(pcodes)), np.nan)
        array[t, a] = rows[column].to_numpy(dtype="float64", na_value=np.nan)[inside]
        return array

    return grid("households"), grid("people")


def _not_placed(
    snapshot: Snapshot,
    population: str,
    level: int,
    programmes: frozenset[str],
    dates: tuple[dt.date, ...],
) -> dict[str, Floats]:
    """Add up what was counted in no known area: by unit, an array by date."""
    rows = cells_at(snapshot, population, level, programmes)
    added = rows[rows["pcode"].isna()].groupby("date")[["households", "people"]].sum()
    by_date = added.reindex(_days(dates), fill_value=0)
    return {
        str(column): values.to_numpy(dtype="float64", na_value=np.nan)
        for column, values in by_date.items()
    }


def _days(dates: Sequence[dt.date]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(pd.to_datetime(list(dates)))


@memoise(64)
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
        _to_grid(snapshot, population, level, programmes, dates)
        for level in (DISTRICT, GOVERNORATE)
    )
    limits = people_thresholds(snapshot, dates, threshold)
    suppression = suppress_known(
        Figures(households, _totals(households, households_of, parent)),
        Figures(people, _totals(people, people_of, parent)),
        parent,
        threshold.households,
        limits,
    )
    counted = np.isfinite(people).any(axis=1) | np.isfinite(people_of).any(axis=1)
    not_placed = _not_placed(snapshot, population, GOVERNORATE, programmes, dates)
    only_not_placed = ~counted & ~(not_placed["households"] > 0) & (not_placed["people"] > 0)
    return replace(
        suppression,
        national=suppression.national | (only_not_placed & (not_placed["people"] < limits)),
    )


def _totals(cells: Floats, totals: Floats, parent: NDArray[np.intp]) -> Floats:
    """Return totals of governorates: of their districts, where a row of their own is not placed."""
    placed = np.nan_to_num(cells) @ np.equal.outer(parent, np.arange(totals.shape[1]))
    # A governorate whose own row is not placed is known all the same, from what is not placed.
    return np.where(placed > np.nan_to_num(totals), placed, totals)
