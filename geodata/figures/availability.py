"""What can be asked of a snapshot: populations, levels, measures, programmes, dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata import populations
from geodata.engine import queries
from geodata.engine.connect import query
from geodata.figures.cells import counted_dates
from geodata.figures.suppression import Threshold
from geodata.household_sizes import UNSAID, household_size
from geodata.populations import HOUSEHOLDS, PEOPLE, POPULATIONS, unit_of
from geodata.snapshots.memo import memoise
from geodata.snapshots.rounds import SAME_ROUND
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import Floats

GOVERNORATE, DISTRICT = 1, 2

_END = {False: "last", True: "last_with_households"}


@dataclass(frozen=True)
class AreaIndex:
    """The areas of one level, in the order every array follows."""

    level: int
    pcodes: tuple[str, ...]
    parents: tuple[str, ...]

    def index(self, pcode: str) -> int:
        """Return the position of ``pcode``; ``ValueError`` where it is not of this level."""
        return self.pcodes.index(pcode)


@memoise(64)
def areas_of(snapshot: Snapshot, level: int) -> AreaIndex:
    """Return the areas of ``level`` in order of P-code.

    >>> areas_of(snapshot, 1)
    AreaIndex(level=1, pcodes=('XXG01', 'XXG02'), parents=('', ''))
    """
    rows = snapshot.tables.areas
    rows = rows[rows["level"] == level].sort_values("pcode")
    return AreaIndex(level, tuple(rows["pcode"]), tuple(rows["parent"].fillna("")))


@memoise(16)
def _series_index(snapshot: Snapshot) -> pd.DataFrame:
    """Return what was counted: the manifest's index, else :func:`geodata.engine.queries.slices`."""
    said = snapshot.series_index
    return query(snapshot, "counts", queries.slices) if said is None else said


def _slices_of(snapshot: Snapshot, population: str) -> pd.DataFrame:
    rows = _series_index(snapshot)
    return rows[rows["population"] == population]


@memoise(64)
def populations_with_counts(snapshot: Snapshot) -> tuple[str, ...]:
    """List the populations that the snapshot holds, in the order of the schema.

    >>> populations_with_counts(snapshot)
    ('idp', 'returnee', 'refugee')
    """
    held = set(_series_index(snapshot)["population"])
    return tuple(code for code in POPULATIONS if code in held)


@memoise(64)
def levels(snapshot: Snapshot, population: str) -> tuple[int, ...]:
    """List the levels at which a population was counted and can be shown; 1 where there is none.

    Figures of districts may be held, not placed, where no district is drawn.

    >>> levels(snapshot, "refugee")
    (1,)
    """
    counted = sorted({int(level) for level in _slices_of(snapshot, population)["level"]})
    return tuple(level for level in counted if areas_of(snapshot, level).pcodes) or (GOVERNORATE,)


@memoise(64)
def has_households(snapshot: Snapshot, population: str) -> bool:
    """Tell whether any count of ``population`` is in households, too.

    >>> has_households(snapshot, "idp"), has_households(snapshot, "refugee")
    (True, False)
    """
    return bool(_slices_of(snapshot, population)["with_households"].any())


def least_people(snapshot: Snapshot, threshold: Threshold) -> int:
    """Return from how many people a cell may be shown of which only these are known.

    The most of any date; 0 where none is hidden, or where households are known of every cell.

    >>> least_people(snapshot, Threshold(5)), least_people(snapshot, Threshold(0))
    (30, 0)
    """
    rows = _series_index(snapshot)
    without = set(rows.loc[rows["with_households"] < rows["rows"], "population"])
    limits = [
        people_thresholds(snapshot, dates_of(snapshot, code), threshold).max(initial=0)
        for code in without
    ]
    return int(max(limits, default=0))


@memoise(64)
def residents_year(snapshot: Snapshot) -> int | None:
    """Return the year of the residents that rates are out of: the country's, else the newest.

    ``None`` where the residents of any governorate are not known: then there are no rates.

    >>> residents_year(snapshot)
    2018
    """
    rows = snapshot.tables.residents
    chosen = snapshot.manifest["country"].get("residents_year")
    year = chosen if chosen is not None or rows.empty else rows["year"].max()
    known = set(rows.loc[rows["year"] == year, "pcode"]) if year is not None else set()
    return int(year) if known.issuperset(areas_of(snapshot, GOVERNORATE).pcodes) else None


@memoise(64)
def programmes_with_counts(snapshot: Snapshot, population: str) -> frozenset[str]:
    """Return the programmes that counts of ``population`` carry of their own.

    >>> programmes_with_counts(snapshot, "idp")
    frozenset({'OWN'})
    """
    return frozenset(code for code in _slices_of(snapshot, population)["programme"] if code)


def programme_counts(
    snapshot: Snapshot, population: str, programmes: Collection[str]
) -> frozenset[str]:
    """Return those of the chosen programmes whose own counts are shown; empty for none.

    >>> programme_counts(snapshot, "idp", ["AID", "OWN"])
    frozenset({'OWN'})
    """
    return programmes_with_counts(snapshot, population).intersection(programmes)


def sources_of(
    snapshot: Snapshot,
    population: str,
    programmes: Collection[str] = (),
    level: int | None = None,
    measure: str = PEOPLE,
) -> tuple[str, ...]:
    """List the ids of the sources of what is shown, the one that counted last first.

    Of the counts that the chosen programmes have of their own, or of those that belong to none; at
    one level where it is named, in the unit of the measure.

    >>> sources_of(snapshot, "idp")
    ('tracking',)
    """
    own = programme_counts(snapshot, population, programmes)
    last = _ends(snapshot, population, own, level, unit_of(measure))
    ordered = last.sort_index().sort_values(ascending=False, kind="stable")
    return tuple(str(source) for source in ordered.index)


def _ends(
    snapshot: Snapshot, population: str, own: frozenset[str], level: int | None, unit: str
) -> pd.Series:
    """Return last date of each source at a level, in a unit.

    Of all that it counted where it has none.
    """
    shown = _slices_shown(snapshot, population, own)
    at_level = shown if level is None else shown[shown["level"] == level]
    shown = shown if at_level.empty else at_level
    in_unit = shown.groupby("source")[_END[unit == HOUSEHOLDS]].max().dropna()
    return shown.groupby("source")["last"].max() if in_unit.empty else in_unit


@memoise(256)
def _slices_shown(snapshot: Snapshot, population: str, own: frozenset[str]) -> pd.DataFrame:
    """Return what was counted of a population: by the programmes, or by none of them."""
    rows = _slices_of(snapshot, population)
    shown = rows[rows["programme"].isin(own) if own else rows["programme"] == ""]
    return rows if shown.empty else shown  # counts of programmes only: theirs are the only ones


def source_of(snapshot: Snapshot, population: str, programmes: Collection[str] = ()) -> str:
    """Return the id of the source that counted ``population`` last.

    >>> source_of(snapshot, "refugee")
    'registry'
    """
    return sources_of(snapshot, population, programmes)[0]


def printed_sources_of(
    snapshot: Snapshot, population: str, programmes: Collection[str] = ()
) -> tuple[str, ...]:
    """List the ids of the sources of dates for which only the country's total is known.

    >>> printed_sources_of(snapshot, "idp")
    ()
    """
    own = programme_counts(snapshot, population, programmes)
    rows = _printed_alone(snapshot, population, own, PEOPLE)
    return tuple(sorted(set(rows["source"])))


def until(snapshot: Snapshot, population: str, level: int, measure: str = PEOPLE) -> dt.date | None:
    """Return the last date of figures by area at a level, in households or else in people.

    ``None`` where there are none. Of the counts that belong to no programme, where there are any.

    >>> until(snapshot, "idp", 2)
    datetime.date(2021, 7, 31)
    """
    rows = _slices_shown(snapshot, population, frozenset())
    last = rows.loc[rows["level"] == level, _END[measure == HOUSEHOLDS]].max()
    return None if pd.isna(last) else last.date()


@dataclass(frozen=True)
class RoundIndex:
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


@memoise(256)
def rounds_of(
    snapshot: Snapshot, population: str, own: frozenset[str], level: int, unit: str
) -> RoundIndex:
    """Return the dates of a population with their rounds, sources and national totals.

    >>> rounds_of(snapshot, "idp", frozenset(), 1, "people").numbers
    (None, 12, 13, 14)
    """
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
    return RoundIndex(dates, numbers, sources, by_area or dates, people, households)


@memoise(256)
def _printed_alone(
    snapshot: Snapshot, population: str, own: frozenset[str], unit: str
) -> pd.DataFrame:
    """Return totals printed for dates on which the population was not counted at any level."""
    rows = snapshot.tables.published
    # Snapshots of schema 2 did not say whose totals these are: what is frozen stays as it was.
    rows = rows[(rows["population"] == population) & rows[unit].notna() & (rows["source"] != "")]
    if own or rows.empty:  # what is printed is of everyone
        return rows.head(0)
    counted = counted_dates(snapshot, population, own)
    apart = [bool((abs(counted - day) > SAME_ROUND).all()) for day in rows["date"]]
    return rows[apart].drop_duplicates("date")


def dates_of(
    snapshot: Snapshot,
    population: str,
    programmes: Collection[str] = (),
    level: int = GOVERNORATE,
    measure: str = PEOPLE,
) -> tuple[dt.date, ...]:
    """List the dates of the rounds of the sources that counted ``population``, ascending.

    Populations of one source share them, until each was last counted (at the level, in the unit of
    the measure): on a date of the source on which a population has no row, it was not assessed.
    Then come dates for which only the country's total is printed. Programmes with counts of their
    own have dates of their own.

    >>> [day.isoformat() for day in dates_of(snapshot, "refugee")]
    ['2019-06-30', '2021-01-31']
    """
    return _rounds_shown(snapshot, population, programmes, level, measure).dates


def by_area_of(
    snapshot: Snapshot,
    population: str,
    programmes: Collection[str] = (),
    level: int = GOVERNORATE,
    measure: str = PEOPLE,
) -> tuple[dt.date, ...]:
    """List those of :func:`dates_of` that have figures by area; all of them where none has.

    >>> by_area_of(snapshot, "idp") == dates_of(snapshot, "idp")
    True
    """
    return _rounds_shown(snapshot, population, programmes, level, measure).by_area


def round_numbers(
    snapshot: Snapshot,
    population: str,
    programmes: Collection[str] = (),
    level: int = GOVERNORATE,
    measure: str = PEOPLE,
) -> tuple[int | None, ...]:
    """List the published numbers of the rounds, aligned with :func:`dates_of`.

    >>> round_numbers(snapshot, "idp")
    (None, 12, 13, 14)
    """
    return _rounds_shown(snapshot, population, programmes, level, measure).numbers


def _rounds_shown(
    snapshot: Snapshot, population: str, programmes: Collection[str], level: int, measure: str
) -> RoundIndex:
    own = programme_counts(snapshot, population, programmes)
    return rounds_of(snapshot, population, own, level, unit_of(measure))


def people_thresholds(
    snapshot: Snapshot, dates: Sequence[dt.date], threshold: Threshold
) -> NDArray[np.int64]:
    """Return for each date from how many people a cell known in people may be shown.

    >>> people_thresholds(snapshot, [date(2020, 1, 31)], Threshold(5)).tolist()
    [30]
    """
    sizes = [household_size(snapshot.manifest["country"], day) for day in dates]
    limits = [threshold.people(size.people if size else UNSAID) for size in sizes]
    return np.array(limits, dtype=np.int64)


@memoise(64)
def available_measures(snapshot: Snapshot, population: str, level: int) -> tuple[str, ...]:
    """List the measures for which ``population`` has figures at ``level``.

    >>> available_measures(snapshot, "refugee", 1)
    ('people', 'rate', 'share')
    """
    found = [populations.PEOPLE]
    if has_households(snapshot, population):
        found.append(populations.HOUSEHOLDS)
    if level == 1 and residents_year(snapshot) is not None:
        found.append(populations.RATE)
    return (*found, populations.SHARE)
