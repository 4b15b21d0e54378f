"""What every engine has in common: the protocol, and the answer as a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    import ibis


ASKED = ("counts", "breakdowns")
"""Tables that grow with every round, and are asked for by query alone."""

POSTGRES = ("postgres://", "postgresql://")


class Engine(Protocol):
    """An engine with the tables :data:`ASKED` of one snapshot."""

    def ask(self, table: str, question: Callable[..., ibis.Table], *arguments: Any) -> pd.DataFrame:
        """Put a question of :mod:`geodata.engine.queries` to the table of that name."""


def fetch(asked: ibis.Table) -> pd.DataFrame:
    """Have an engine answer; times are in nanoseconds, as everywhere here."""
    rows = asked.to_pyarrow()
    for i, column in enumerate(rows.schema):
        if pa.types.is_timestamp(column.type):
            rows = rows.set_column(i, column.name, rows.column(i).cast(pa.timestamp("ns")))
    frame: pd.DataFrame = rows.to_pandas()
    return frame
