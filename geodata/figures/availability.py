"""What a snapshot has figures for: populations, levels, measures, programmes, dates."""

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
from geodata.figures.parts import ORIGIN, Part
from geodata.figures.suppression import Threshold
from geodata.household_sizes import UNSAID, household_size
from geodata.populations import (
    DISPLACED,
    HOUSEHOLDS,
    PEOPLE,
    POPULATIONS,
    RETURN_RATE,
    RETURNED,
    unit_of,
)
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
    """Return the index of series: the manifest's, else :func:`geodata.engine.queries.slices`."""
    index = snapshot.series_index
    return query(snapshot, "counts", queries.slices) if index is None else index


def _series_of(snapshot: Snapshot, population: str) -> pd.DataFrame:
    rows = _series_index(snapshot)
    return rows[rows["population"] == population]


@memoise(64)
def populations_with_counts(snapshot: Snapshot) -> tuple[str, ...]:
    """List the populations that the snapshot has counts of, in the order of the schema.

    >>> populations_with_counts(snapshot)
    ('idp', 'returnee', 'refugee')
    """
    codes = set(_series_index(snapshot)["population"])
    return tuple(code for code in POPULATIONS if code in codes)


@memoise(64)
def levels(snapshot: Snapshot, population: str, part: Part | None = None) -> tuple[int, ...]:
    """List the levels at which a population was counted and can be shown; 1 where there is none.

    Figures of districts, not placed, may be there without boundaries of districts. Parts of a
    population are known of governorates.

    >>> levels(snapshot, "refugee")
    (1,)
    """
    if part:
        return (GOVERNORATE,)
    with_counts = sorted({int(level) for level in _series_of(snapshot, population)["level"]})
    return tuple(level for level in with_counts if areas_of(snapshot, level).pcodes) or (
        GOVERNORATE,
    )


@memoise(64)
def has_households(snapshot: Snapshot, population: str) -> bool:
    """Tell whether any count of ``population`` is in households, too.

    >>> has_households(snapshot, "idp"), has_households(snapshot, "refugee")
    (True, False)
    """
    return bool(_series_of(snapshot, population)["with_households"].any())


def least_people(snapshot: Snapshot, threshold: Threshold) -> int:
    """Return the smallest number of people that a cell without households may show.

    The largest of any date; 0 where none is hidden, or where households are known of every cell.

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
    pcodes = set(rows.loc[rows["year"] == year, "pcode"]) if year is not None else set()
    return int(year) if pcodes.issuperset(areas_of(snapshot, GOVERNORATE).pcodes) else None


@memoise(64)
def programmes_with_counts(snapshot: Snapshot, population: str) -> frozenset[str]:
    """Return the programmes that have counts of ``population`` of their own.

    >>> programmes_with_counts(snapshot, "idp")
    frozenset({'OWN'})
    """
    return frozenset(code for code in _series_of(snapshot, population)["programme"] if code)


def programme_counts(
    snapshot: Snapshot, population: str, programmes: Collection[str]
) -> frozenset[str]:
    """Return the chosen programmes that have counts of their own; empty where none has.

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
    part: Part | None = None,
) -> tuple[str, ...]:
    """List the ids of the sources of a view, the one that counted last first.

    They are those of the chosen programmes' own counts, or of the counts that belong to none; at
    one level where it is named, in the unit of the measure.

    >>> sources_of(snapshot, "idp")
    ('tracking',)
    """
    own = programme_counts(snapshot, population, programmes)
    if part:
        rows = _rows_of_part(snapshot, population, part, unit_of(measure, part=True))
        last = rows.groupby("source")["date"].max()
    else:
        last = _last_dates(snapshot, population, own, level, unit_of(measure))
    ordered = last.sort_index().sort_values(ascending=False, kind="stable")
    return tuple(str(source) for source in ordered.index)


def _last_dates(
    snapshot: Snapshot, population: str, own: frozenset[str], level: int | None, unit: str
) -> pd.Series:
    """Return the last date of each source at a level in a unit, else of all that it counted."""
    series = _series_in_view(snapshot, population, own)
    at_level = series if level is None else series[series["level"] == level]
    series = series if at_level.empty else at_level
    in_unit = series.groupby("source")[_END[unit == HOUSEHOLDS]].max().dropna()
    return series.groupby("source")["last"].max() if in_unit.empty else in_unit


@memoise(256)
def _series_in_view(snapshot: Snapshot, population: str, own: frozenset[str]) -> pd.DataFrame:
    """Select the series of a population that the programmes counted, or that belong to none."""
    rows = _series_of(snapshot, population)
    chosen = rows[rows["programme"].isin(own) if own else rows["programme"] == ""]
    return rows if chosen.empty else chosen  # counts of programmes only: theirs are the only ones


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
    rows = _printed_only(snapshot, population, own, PEOPLE)
    return tuple(sorted(set(rows["source"])))


def last_date(
    snapshot: Snapshot, population: str, level: int, measure: str = PEOPLE
) -> dt.date | None:
    """Return the last date of figures by area at a level, in households or else in people.

    ``None`` where there are none. Of the counts that belong to no programme, where there are any.

    >>> last_date(snapshot, "idp", 2)
    datetime.date(2021, 7, 31)
    """
    rows = _series_in_view(snapshot, population, frozenset())
    last = rows.loc[rows["level"] == level, _END[measure == HOUSEHOLDS]].max()
    return None if pd.isna(last) else last.date()


@memoise(8)
def _broken_down(snapshot: Snapshot, population: str) -> pd.DataFrame:
    return query(snapshot, "breakdowns", queries.breakdown_dates, population)


def _rows_of_part(snapshot: Snapshot, population: str, part: Part, unit: str) -> pd.DataFrame:
    """Select the dates and sources of a breakdown that has rows in a unit."""
    rows = _broken_down(snapshot, population)
    return rows[(rows["kind"] == part.kind) & (rows[unit] > 0)].sort_values(["date", "source"])


@memoise(64)
def part_units(snapshot: Snapshot, population: str, kind: str) -> tuple[str, ...]:
    """List the units in which a population is broken down: people, households, both or none.

    >>> part_units(snapshot, "idp", "shelter"), part_units(snapshot, "refugee", "origin")
    (('households',), ())
    """
    return tuple(
        unit
        for unit in (PEOPLE, HOUSEHOLDS)
        if len(_rows_of_part(snapshot, population, Part(kind), unit))
    )


def has_return_rate(snapshot: Snapshot, population: str) -> bool:
    """Tell whether it is known, of the same dates, who returned and who has not.

    >>> has_return_rate(snapshot, "returnee"), has_return_rate(snapshot, "idp")
    (True, False)
    """
    return population == RETURNED and bool(
        has_households(snapshot, RETURNED)
        and HOUSEHOLDS in part_units(snapshot, DISPLACED, ORIGIN)
        and set(by_area_of(snapshot, RETURNED, measure=HOUSEHOLDS))
        & set(dates_of(snapshot, DISPLACED, measure=HOUSEHOLDS, part=Part(ORIGIN)))
    )


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
    last_dates = _last_dates(snapshot, population, own, level, unit)
    rounds = snapshot.tables.rounds
    # No map(): of no dates at all, where only a total is printed, it makes numbers.
    lasts = last_dates.reindex(rounds["source"]).to_numpy()
    rounds = rounds.loc[rounds["date"] <= lasts, ["date", "round", "source"]]
    rounds = rounds.sort_values(["date", "round"], na_position="last").drop_duplicates("date")
    printed = _printed_only(snapshot, population, own, unit)
    merged = pd.concat([rounds, printed[[*rounds.columns, "people", "households"]]])
    merged = merged.sort_values("date", kind="stable")
    dates = tuple(day.date() for day in merged["date"])
    by_area = tuple(day.date() for day in rounds["date"])
    people, households = (
        merged[column].to_numpy(dtype="float64", na_value=np.nan)
        for column in ("people", "households")
    )
    numbers = tuple(None if pd.isna(number) else int(number) for number in merged["round"])
    sources = tuple(str(source) for source in merged["source"])
    return RoundIndex(dates, numbers, sources, by_area or dates, people, households)


@memoise(256)
def _printed_only(
    snapshot: Snapshot, population: str, own: frozenset[str], unit: str
) -> pd.DataFrame:
    """Return totals printed for dates on which the population was not counted at any level."""
    rows = snapshot.tables.published
    # Snapshots of schema 2 did not say whose totals these are: what is frozen stays as it was.
    rows = rows[(rows["population"] == population) & rows[unit].notna() & (rows["source"] != "")]
    if own or rows.empty:  # what is printed is of everyone
        return rows.head(0)
    dates = counted_dates(snapshot, population, own)
    apart = [bool((abs(dates - day) > SAME_ROUND).all()) for day in rows["date"]]
    return rows[apart].drop_duplicates("date")


def dates_of(
    snapshot: Snapshot,
    population: str,
    programmes: Collection[str] = (),
    level: int = GOVERNORATE,
    measure: str = PEOPLE,
    part: Part | None = None,
) -> tuple[dt.date, ...]:
    """List the dates of the rounds of the sources that counted ``population``, ascending.

    Populations of one source share them, until each was last counted (at the level, in the unit of
    the measure): on a date of the source on which a population has no row, it was not assessed.
    Then come dates for which only the country's total is printed. Programmes with counts of their
    own have dates of their own.

    >>> [day.isoformat() for day in dates_of(snapshot, "refugee")]
    ['2019-06-30', '2021-01-31']
    """
    return _rounds_in_view(snapshot, population, programmes, level, measure, part).dates


def by_area_of(
    snapshot: Snapshot,
    population: str,
    programmes: Collection[str] = (),
    level: int = GOVERNORATE,
    measure: str = PEOPLE,
    part: Part | None = None,
) -> tuple[dt.date, ...]:
    """List those of :func:`dates_of` that have figures by area; all of them where none has.

    >>> by_area_of(snapshot, "idp") == dates_of(snapshot, "idp")
    True
    """
    return _rounds_in_view(snapshot, population, programmes, level, measure, part).by_area


def round_numbers(
    snapshot: Snapshot,
    population: str,
    programmes: Collection[str] = (),
    level: int = GOVERNORATE,
    measure: str = PEOPLE,
    part: Part | None = None,
) -> tuple[int | None, ...]:
    """List the published numbers of the rounds, aligned with :func:`dates_of`.

    >>> round_numbers(snapshot, "idp")
    (None, 12, 13, 14)
    """
    return _rounds_in_view(snapshot, population, programmes, level, measure, part).numbers


def _rounds_in_view(
    snapshot: Snapshot,
    population: str,
    programmes: Collection[str],
    level: int,
    measure: str,
    part: Part | None,
) -> RoundIndex:
    if part:
        return rounds_of_part(snapshot, population, part, unit_of(measure, part=True))
    if measure == RETURN_RATE:
        return rounds_of_return_rates(snapshot)
    own = programme_counts(snapshot, population, programmes)
    return rounds_of(snapshot, population, own, level, unit_of(measure))


@memoise(64)
def rounds_of_part(snapshot: Snapshot, population: str, part: Part, unit: str) -> RoundIndex:
    """Return the dates on which a population was broken down in a unit, with their rounds.

    >>> [day.isoformat() for day in rounds_of_part(snapshot, "idp", Part(ORIGIN), HOUSEHOLDS).dates]
    ['2020-01-31']
    """
    rows = _rows_of_part(snapshot, population, part, unit).drop_duplicates("date")
    rounds = snapshot.tables.rounds[["source", "date", "round"]]
    merged = rows[["date", "source"]].merge(rounds, on=["source", "date"], how="left")
    return _index(merged.sort_values("date"))


@memoise(4)
def rounds_of_return_rates(snapshot: Snapshot) -> RoundIndex:
    """Return the dates on which it is known both who returned and who has not, in households.

    >>> [day.isoformat() for day in rounds_of_return_rates(snapshot).dates]
    ['2020-01-31']
    """
    returned = rounds_of(snapshot, RETURNED, frozenset(), GOVERNORATE, HOUSEHOLDS)
    displaced = rounds_of_part(snapshot, DISPLACED, Part(ORIGIN), HOUSEHOLDS)
    both = set(returned.by_area) & set(displaced.dates)
    frame = pd.DataFrame(
        {"date": returned.dates, "round": returned.numbers, "source": returned.sources}
    )
    frame = frame[frame["date"].isin(both)]
    return _index(frame.assign(date=pd.to_datetime(frame["date"])))


def _index(rows: pd.DataFrame) -> RoundIndex:
    """Make an index of rounds all of which have figures by area."""
    dates = tuple(day.date() for day in rows["date"])
    none = np.full(len(dates), np.nan)
    numbers = tuple(None if pd.isna(number) else int(number) for number in rows["round"])
    sources = tuple(str(source) for source in rows["source"])
    return RoundIndex(dates, numbers, sources, dates, none, none)


def people_thresholds(
    snapshot: Snapshot, dates: Sequence[dt.date], threshold: Threshold
) -> NDArray[np.int64]:
    """Return for each date the smallest number of people that a cell may show; ``(T,)``.

    >>> people_thresholds(snapshot, [date(2020, 1, 31)], Threshold(5)).tolist()
    [30]
    """
    sizes = [household_size(snapshot.manifest["country"], day) for day in dates]
    limits = [threshold.people(size.people if size else UNSAID) for size in sizes]
    return np.array(limits, dtype=np.int64)


@memoise(64)
def available_measures(
    snapshot: Snapshot, population: str, level: int, part: Part | None = None
) -> tuple[str, ...]:
    """List the measures for which ``population``, or a part of it, has figures at ``level``.

    The first is the one that an address without a measure means.

    >>> available_measures(snapshot, "refugee", 1)
    ('people', 'rate', 'share')
    >>> available_measures(snapshot, "idp", 1, Part(ORIGIN))
    ('households', 'share')
    """
    if part:
        units = part_units(snapshot, population, part.kind)
        return units + ((populations.SHARE,) if HOUSEHOLDS in units else ())
    measures = [populations.PEOPLE]
    if has_households(snapshot, population):
        measures.append(populations.HOUSEHOLDS)
    if level == 1 and residents_year(snapshot) is not None:
        measures.append(populations.RATE)
    measures.append(populations.SHARE)
    if level == GOVERNORATE and has_return_rate(snapshot, population):
        measures.append(populations.RETURN_RATE)
    return tuple(measures)
