"""Breakdowns of governorates by origin, shelter and period, with what may be shown of them.

::

    breakdowns table ──▶ each row with "shown" and "summed" ─┬─▶ of_area      the area panel
                                                             ├─▶ origins_on   flows of a date
                                                             └─▶ origins_by_date   of every date

A breakdown adds up to its governorate's total, so that it is hidden with it. Where only people are
known of a part, a part of too few is hidden as well, and as many more as it takes
(:func:`geodata.figures.suppression.suppress_parts`). Parts in households are shown whatever their
size.
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
    by_area_of,
    people_thresholds,
    populations_with_counts,
)
from geodata.figures.counts import counts
from geodata.figures.suppression import Threshold, suppress_parts
from geodata.i18n.messages import gettext
from geodata.populations import HOUSEHOLDS, PEOPLE
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot

SHELTER_LABELS = {
    "camp": gettext("Camp"),
    "habitual": gettext("Habitual residence (before Nov 2018)"),
    "habitual_habitable": gettext("Habitual residence, habitable"),
    "habitual_uninhabitable": gettext("Habitual residence, uninhabitable"),
    "host_family": gettext("Host family"),
    "hotel": gettext("Hotel or short-term rental"),
    "informal_settlement": gettext("Informal settlement"),
    "other": gettext("Other"),
    "own_property": gettext("Own property"),
    "religious_building": gettext("Religious building"),
    "rented": gettext("Rented (condition not stated)"),
    "rented_habitable": gettext("Rented, habitable"),
    "rented_uninhabitable": gettext("Rented, uninhabitable"),
    "school": gettext("School building"),
    "unfinished_building": gettext("Unfinished or abandoned building"),
    "unknown": gettext("Unknown"),
}
# In order of time; each begins where the next one takes over.
PERIOD_LABELS = {
    "pre_jun_2014": gettext("Before June 2014"),
    "jun_jul_2014": gettext("June – July 2014"),
    "aug_2014": gettext("August 2014"),
    "post_sep_2014": gettext("September 2014 – March 2015"),
    "post_apr_2015": gettext("April 2015 – February 2016"),
    "post_mar_2016": gettext("March – 16 October 2016"),
    "post_17_oct_2016": gettext("17 October 2016 – June 2017"),
    "jul_2017_on": gettext("July 2017 – December 2018"),
    "jan_2019_on": gettext("January 2019 and later"),
}

_WHOLE = ["kind", "date", "pcode"]
_PART = [*_WHOLE, "category"]


@dataclass(frozen=True)
class Origins:
    """Where the people of a population came from, on one date.

    Attributes
    ----------
    shown
        A row for each origin and destination that may be shown: ``category, pcode, number``.
    few
        How many others there are, of too few people to show.
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
        A row for each other one, of too few people to show: ``date, pcode``.
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
    rows = query(snapshot, "breakdowns", queries.origins, population)
    in_people = rows.groupby("date")["people"].transform("count") > 0
    rows = rows.assign(
        number=rows[PEOPLE].where(in_people, rows[HOUSEHOLDS]),
        unit=np.where(in_people, PEOPLE, HOUSEHOLDS),
    )
    rows = _suppressed(rows, snapshot, population, threshold)
    governorates = counts(snapshot, population, GOVERNORATE, threshold, frozenset())
    hidden = {governorates.dates[t] for t in np.flatnonzero(governorates.hidden.any(axis=1))}
    left_out = {day.date() for day in rows.loc[~rows["summed"], "date"].unique()}
    unit_of = rows.drop_duplicates("date")
    rows = rows[(rows["number"] > 0) & rows["summed"]]
    shown = rows.loc[rows["shown"], ["date", "category", "pcode", "number", "unit"]]
    return OriginsByDate(
        shown=shown.astype({"number": "int64"}),
        few=rows.loc[~rows["shown"], ["date", "pcode"]],
        units={
            day.date(): unit for day, unit in zip(unit_of["date"], unit_of["unit"], strict=True)
        },
        incomplete=frozenset(hidden | left_out),
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
        if not query(snapshot, "breakdowns", queries.origins, population).empty
    )


def has_origins(snapshot: Snapshot, population: str) -> bool:
    """Tell whether the newest date of a population says where its people come from.

    >>> has_origins(snapshot, "idp")
    False
    """
    newest = by_area_of(snapshot, population)[-1].isoformat()
    return not query(snapshot, "breakdowns", queries.origins_on, population, newest).empty


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
    rows = query(snapshot, "breakdowns", queries.origins_on, population, day.isoformat())
    # People where a source breaks down people; households and people are never added.
    unit = PEOPLE if rows["people"].notna().any() else HOUSEHOLDS
    rows = rows[_into(rows["pcode"], pcode)]
    rows = _suppressed(rows, snapshot, population, threshold)
    governorates = counts(snapshot, population, GOVERNORATE, threshold, frozenset())
    hidden = governorates.on([day]).hidden[0][
        _into(pd.Series(governorates.areas.pcodes, dtype="str"), pcode)
    ]
    incomplete = bool(hidden.any()) or not rows["summed"].all()
    rows = rows.assign(number=rows[unit])
    rows = rows[(rows["number"] > 0) & rows["summed"]]
    shown = rows.loc[rows["shown"], ["category", "pcode", "number"]]
    few = int((~rows["shown"]).sum())
    return Origins(shown, few, int(rows["number"].sum()), unit, incomplete)


def _into(pcodes: pd.Series, pcode: str) -> pd.Series:
    """Tell which rows are of a governorate, or of any; never those of places that are in none."""
    return pcodes == pcode if pcode else pcodes.notna()


def _suppressed(
    rows: pd.DataFrame, snapshot: Snapshot, population: str, threshold: Threshold | int
) -> pd.DataFrame:
    """Add two columns to breakdowns, which say what of them may be shown.

    ``shown`` says whether the figure may be, and ``summed`` whether it may be part of a sum over
    all the parts of its governorate. Neither may be where the governorate's total is hidden.
    """
    hidden_parts = _too_few(snapshot, population, threshold)
    few = _among(rows, _PART, hidden_parts[hidden_parts["hidden"]])
    exposed = _among(rows, _WHOLE, hidden_parts[hidden_parts["exposed"]])
    summed = ~(_of_hidden_totals(rows, snapshot, population, threshold) | exposed & few)
    return rows.assign(shown=summed & ~few, summed=summed)


def _among(rows: pd.DataFrame, columns: list[str], others: pd.DataFrame) -> pd.Series:
    """Tell which rows equal one of the others in some columns."""
    matches = pd.MultiIndex.from_frame(rows[columns]).isin(
        pd.MultiIndex.from_frame(others[columns])
    )
    return pd.Series(matches, index=rows.index)


def _of_hidden_totals(
    rows: pd.DataFrame, snapshot: Snapshot, population: str, threshold: Threshold | int
) -> pd.Series:
    """Tell which rows add up to a governorate's total that is not shown."""
    if rows.empty:
        return pd.Series(dtype="bool", index=rows.index)
    governorates = counts(snapshot, population, GOVERNORATE, threshold, frozenset())
    hidden = [
        (pd.Timestamp(governorates.dates[date]), governorates.areas.pcodes[area])
        for date, area in np.argwhere(governorates.hidden)
    ]
    return _among(rows, ["date", "pcode"], pd.DataFrame(hidden, columns=["date", "pcode"]))


@memoise(64)
def _too_few(snapshot: Snapshot, population: str, threshold: Threshold | int) -> pd.DataFrame:
    """Decide once which parts known in people no output may show, and which totals stand alone.

    Returns
    -------
    DataFrame
        Every part known in people only, with ``hidden``, and ``exposed`` where its total has too
        little in it to hide a part behind.
    """
    rows = query(snapshot, "breakdowns", queries.in_people, population)
    # Engines answer in any order, and ties are decided by it: two processes that hide another of
    # two equal parts would give both away.
    rows = rows.sort_values(_PART, ignore_index=True)
    dates = pd.DatetimeIndex(rows["date"].unique())
    parts = pd.MultiIndex.from_frame(rows[["kind", "pcode", "category"]].drop_duplicates())
    wholes = parts.droplevel("category").unique()
    t = dates.get_indexer(pd.DatetimeIndex(rows["date"]))
    p = parts.get_indexer(pd.MultiIndex.from_frame(rows[["kind", "pcode", "category"]]))
    grid = np.full((len(dates), len(parts)), np.nan)
    grid[t, p] = rows["people"].to_numpy(dtype="float64")
    whole_of_part = wholes.get_indexer(parts.droplevel("category"))
    days = [day.date() for day in dates]
    limits = people_thresholds(snapshot, days, Threshold.of(threshold))
    suppression = suppress_parts(grid, whole_of_part, len(wholes), limits)
    return rows[_PART].assign(
        hidden=suppression.parts[t, p], exposed=suppression.wholes[t, whole_of_part[p]]
    )


@memoise(256)
def of_area(
    snapshot: Snapshot, population: str, pcode: str, threshold: Threshold | int
) -> pd.DataFrame:
    """Return the breakdowns of a governorate, and of who came from it.

    Returns
    -------
    DataFrame
        A row for each part and ``unit``, with its ``number`` where it is ``shown``. Hidden ones are
        those that are known in people; of them, ``few`` says whether there is anybody.

    >>> rows = of_area(snapshot, "idp", "XXG01", 5)
    >>> rows[rows["kind"] == "shelter"][["category", "number", "shown"]].values.tolist()
    [['camp', 60.0, True], ['other', 93.0, True]]
    """
    rows = query(snapshot, "breakdowns", queries.breakdowns_of, population, pcode)
    rows = _suppressed(rows, snapshot, population, threshold)
    rows = rows[rows["shown"] | rows["people"].notna()]
    return pd.concat([_in_unit(rows, unit) for unit in (HOUSEHOLDS, PEOPLE)])


def _in_unit(rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Select the parts that are known in a unit, without the figures of hidden ones."""
    in_unit = rows[rows[unit].notna()]
    few = ~in_unit["shown"] & (in_unit[unit] > 0)
    number = in_unit[unit].where(in_unit["shown"]).astype("float64")
    in_unit = in_unit.assign(unit=unit, number=number, few=few)
    return in_unit[[*_PART, "source", "unit", "number", "shown", "few"]]
