"""Cells as the source has them, before small counts are hidden: read by the counts alone."""

from __future__ import annotations

import pandas as pd

from geodata.engine import queries
from geodata.engine.connect import query
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot


@memoise(16)
def cells_of(snapshot: Snapshot, population: str, programmes: frozenset[str]) -> pd.DataFrame:
    """Sums by level, date and area: what both levels of a view are made of."""
    return query(snapshot, "counts", queries.cells, population, programmes)


def cells_at(
    snapshot: Snapshot, population: str, level: int, programmes: frozenset[str]
) -> pd.DataFrame:
    """Return the cells of one level."""
    every = cells_of(snapshot, population, programmes)
    return every[every["level"] == level]
