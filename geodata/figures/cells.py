"""Cells as the source has them, before small counts are hidden: for the counts alone to read."""

from __future__ import annotations

import pandas as pd

from geodata.engine import queries
from geodata.engine.connect import query
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot


@memoise(16)
def cells_of(snapshot: Snapshot, population: str, programmes: frozenset[str]) -> pd.DataFrame:
    """Add up the source's counts by level, date and area; every level in one table."""
    return query(snapshot, "counts", queries.cells, population, programmes)


def cells_at(
    snapshot: Snapshot, population: str, level: int, programmes: frozenset[str]
) -> pd.DataFrame:
    """Return the cells of one level."""
    every = cells_of(snapshot, population, programmes)
    return every[every["level"] == level]


def counted_dates(
    snapshot: Snapshot, population: str, programmes: frozenset[str]
) -> pd.DatetimeIndex:
    """Return the dates on which the population was counted anywhere, ascending.

    Unlike the cells, they may be read by every module.

    >>> counted_dates(snapshot, "refugee", frozenset()).strftime("%Y-%m-%d").tolist()
    ['2019-06-30', '2021-01-31']
    """
    dates = cells_of(snapshot, population, programmes)["date"].unique()
    return pd.DatetimeIndex(dates).sort_values()  # engines answer in any order
