"""Breakdowns of governorates by origin, shelter and period, with what may be shown of them.

::

    breakdowns table ──▶ judged(rows): each row with "shown" and "summed"
                             ├─▶ the area panel     (geodata.api.area_json)
                             └─▶ origin to destination (geodata.figures.flows)

A breakdown adds up to its governorate's total, so that it is hidden with it. Where only people are
known of a part, a part of too few is hidden as well, and as many more as it takes
(:func:`geodata.figures.suppression.suppress_parts`). Parts in households are shown whatever their
size.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.engine import queries
from geodata.engine.connect import query
from geodata.figures.availability import GOVERNORATE, people_thresholds
from geodata.figures.counts import counts
from geodata.figures.suppression import Threshold, suppress_parts
from geodata.i18n.messages import gettext
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

WHOLE = ["kind", "date", "pcode"]
PART = [*WHOLE, "category"]


def suppressed_breakdowns(
    rows: pd.DataFrame, snapshot: Snapshot, population: str, threshold: Threshold | int
) -> pd.DataFrame:
    """Return breakdowns of a population with two more columns, by which they may be shown.

    ``shown`` says whether the figure may be, and ``summed`` whether it may be part of a sum over
    all the parts of its governorate. Neither may be where the governorate's total is hidden.
    """
    found = _too_few(snapshot, population, threshold)
    few = _among(rows, PART, found[found["hidden"]])
    alone = _among(rows, WHOLE, found[found["alone"]])
    summed = ~(_of_hidden_totals(rows, snapshot, population, threshold) | alone & few)
    return rows.assign(shown=summed & ~few, summed=summed)


def _among(rows: pd.DataFrame, columns: list[str], others: pd.DataFrame) -> pd.Series:
    """Rows that others are like, in some columns."""
    found = pd.MultiIndex.from_frame(rows[columns]).isin(pd.MultiIndex.from_frame(others[columns]))
    return pd.Series(found, index=rows.index)


def _of_hidden_totals(
    rows: pd.DataFrame, snapshot: Snapshot, population: str, threshold: Threshold | int
) -> pd.Series:
    """Rows that add up to the total of a governorate that is not shown."""
    if rows.empty:
        return pd.Series(dtype="bool", index=rows.index)
    found = counts(snapshot, population, GOVERNORATE, threshold, frozenset())
    hidden = [
        (pd.Timestamp(found.dates[date]), found.areas.pcodes[area])
        for date, area in np.argwhere(found.hidden)
    ]
    return _among(rows, ["date", "pcode"], pd.DataFrame(hidden, columns=["date", "pcode"]))


@memoise(64)
def _too_few(snapshot: Snapshot, population: str, threshold: Threshold | int) -> pd.DataFrame:
    """Decide once which parts known in people no output may show, and which totals stand alone.

    Returns
    -------
    DataFrame
        Every part known in people only, with ``hidden``, and ``alone`` where its total has too
        little in it to hide a part behind.
    """
    rows = query(snapshot, "breakdowns", queries.in_people, population)
    dates = pd.DatetimeIndex(rows["date"].unique())
    parts = pd.MultiIndex.from_frame(rows[["kind", "pcode", "category"]].drop_duplicates())
    wholes = parts.droplevel("category").unique()
    t = dates.get_indexer(pd.DatetimeIndex(rows["date"]))
    p = parts.get_indexer(pd.MultiIndex.from_frame(rows[["kind", "pcode", "category"]]))
    grid = np.full((len(dates), len(parts)), np.nan)
    grid[t, p] = rows["people"].to_numpy(dtype="float64")
    whole = wholes.get_indexer(parts.droplevel("category"))
    days = [day.date() for day in dates]
    limits = people_thresholds(snapshot, days, Threshold.of(threshold))
    found = suppress_parts(grid, whole, len(wholes), limits)
    return rows[PART].assign(hidden=found.parts[t, p], alone=found.wholes[t, whole[p]])


@memoise(256)
def of_area(
    snapshot: Snapshot, population: str, pcode: str, threshold: Threshold | int
) -> pd.DataFrame:
    """Breakdowns of a governorate and of who came from it; of hidden ones, those in people."""
    rows = query(snapshot, "breakdowns", queries.breakdowns_of, population, pcode)
    rows = suppressed_breakdowns(rows, snapshot, population, threshold)
    return rows[rows["shown"] | rows["people"].notna()]
