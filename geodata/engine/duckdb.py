"""Answer queries by DuckDB, in memory, for a snapshot's own tables."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.engine.base import QUERIED, fetch
from geodata.snapshots.snapshot import Snapshot

if TYPE_CHECKING:
    import ibis


class DuckDB:
    """DuckDB in this process, reading the tables where they lie in memory."""

    def __init__(self, snapshot: Snapshot) -> None:
        import ibis

        self._lock = Lock()  # a connection runs one query at a time
        self._connection = ibis.duckdb.connect()
        self._tables: dict[str, ibis.Table] = {}
        for name in QUERIED:
            self._connection.con.register(name, snapshot.tables.arrow(name))
            self._tables[name] = self._connection.table(name)

    def run(
        self, table: str, expression: Callable[..., ibis.Table], *arguments: Any
    ) -> pd.DataFrame:
        """Run an expression on a table."""
        result = expression(self._tables[table], *arguments)
        with self._lock:
            return fetch(result)
