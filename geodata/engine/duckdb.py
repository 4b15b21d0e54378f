"""Answer queries by DuckDB, in memory, for a snapshot's own tables."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.engine.base import ASKED, fetch
from geodata.snapshots.snapshot import Snapshot

if TYPE_CHECKING:
    import ibis


class DuckDB:
    """DuckDB in this process, reading the tables where they lie in memory."""

    def __init__(self, snapshot: Snapshot) -> None:
        import ibis

        self._lock = Lock()  # a connection answers one question at a time
        self._connection = ibis.duckdb.connect()
        self._tables: dict[str, ibis.Table] = {}
        for name in ASKED:
            self._connection.con.register(name, snapshot.tables.arrow(name))
            self._tables[name] = self._connection.table(name)

    def ask(self, table: str, question: Callable[..., ibis.Table], *arguments: Any) -> pd.DataFrame:
        """Put a question to a table."""
        asked = question(self._tables[table], *arguments)
        with self._lock:
            return fetch(asked)
