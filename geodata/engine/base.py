"""The protocol that all engines follow, and the conversion of their answers to tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    import ibis


QUERIED = ("counts", "breakdowns")
"""Tables that grow with every round, and are read by queries only."""

POSTGRES = ("postgres://", "postgresql://")


class Engine(Protocol):
    """An engine with the tables :data:`QUERIED` of one snapshot."""

    def run(
        self, table: str, expression: Callable[..., ibis.Table], *arguments: Any
    ) -> pd.DataFrame:
        """Run an expression of :mod:`geodata.engine.queries` on the table of that name."""


def fetch(result: ibis.Table) -> pd.DataFrame:
    """Run an ibis expression and return its rows; timestamps are in nanoseconds, as everywhere."""
    rows = result.to_pyarrow()
    for i, column in enumerate(rows.schema):
        if pa.types.is_timestamp(column.type):
            rows = rows.set_column(i, column.name, rows.column(i).cast(pa.timestamp("ns")))
    frame: pd.DataFrame = rows.to_pandas()
    return frame
