"""Where counts are asked for: an engine that ibis knows, holding the tables of one snapshot.

::

    DISPLACEMENT_STORE=            DuckDB, in this process, over the snapshot's own bytes
    DISPLACEMENT_STORE=postgres://…   PostgreSQL, in a schema named after the snapshot's version,
                                      filled once, by whoever first asks

Answers are the same, number for number (``tests/test_engines.py``). An engine is opened in the
process that asks: a connection does not survive a fork, and is closed before one.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pyarrow as pa

from geodata.errors import SnapshotError
from geodata.snapshots.snapshot import Snapshot

if TYPE_CHECKING:
    import ibis

ASKED = ("counts", "breakdowns")
"""Tables that grow with every round, and are asked for by query alone."""

POSTGRES = ("postgres://", "postgresql://")
OPENED = 8  # engines that stay open: the snapshots in memory, and some


class Store(Protocol):
    """An engine with the tables :data:`ASKED` of one snapshot."""

    def ask(self, question: Callable[..., ibis.Table], *arguments: Any) -> pd.DataFrame:
        """Put a question of :mod:`geodata.engine.queries` to the table that it is about.

        The table is the question's first parameter and is found by that parameter's name.
        """


def ask(snapshot: Snapshot, question: Callable[..., ibis.Table], *arguments: Any) -> pd.DataFrame:
    """Put a question of :mod:`geodata.engine.queries` to the engine that holds ``snapshot``."""
    return store(snapshot).ask(question, *arguments)


def store(snapshot: Snapshot) -> Store:
    """Return the engine that holds ``snapshot``, opened when this process first asks.

    Raises
    ------
    SnapshotError
        If the engine cannot be reached.
    """
    return _store(snapshot, snapshot.store_url, os.getpid())


@lru_cache(maxsize=OPENED)
def _store(snapshot: Snapshot, url: str, _process: int) -> Store:
    if url.startswith(POSTGRES):
        from geodata.engine.postgres import Postgres

        return Postgres(snapshot)
    if url:
        raise SnapshotError(unknown(url))
    return DuckDB(snapshot)


def close() -> None:
    """Close every engine that nobody asks just now; the next one to ask opens it again."""
    _store.cache_clear()
    gc.collect()  # its parts know one another


# DuckDB would wait in the child, or crash it at its end, for threads that only the parent has.
os.register_at_fork(before=close)


def unknown(url: str) -> str:
    """Say that no engine answers to a URL; its password stays unsaid."""
    scheme = url.partition("://")[0][:20]
    return (
        f"DISPLACEMENT_STORE names an engine that is not known ({scheme!r}): leave it empty for "
        "DuckDB, or give postgres://user:password@host/database"
    )


def table_of(question: Callable[..., ibis.Table]) -> str:
    """Name of the table that a question is about."""
    return question.__code__.co_varnames[0]


def answer(asked: ibis.Table) -> pd.DataFrame:
    """Have an engine answer; times are in nanoseconds, as everywhere here."""
    rows = asked.to_pyarrow()
    for i, column in enumerate(rows.schema):
        if pa.types.is_timestamp(column.type):
            rows = rows.set_column(i, column.name, rows.column(i).cast(pa.timestamp("ns")))
    frame: pd.DataFrame = rows.to_pandas()
    return frame


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

    def ask(self, question: Callable[..., ibis.Table], *arguments: Any) -> pd.DataFrame:
        """Put a question to the table that it is about."""
        asked = question(self._tables[table_of(question)], *arguments)
        with self._lock:
            return answer(asked)
