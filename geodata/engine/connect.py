"""Choose and open the engine that answers queries on a snapshot, through ibis.

::

    DISPLACEMENT_STORE=            DuckDB, in this process, over the snapshot's own bytes
    DISPLACEMENT_STORE=postgres://…   PostgreSQL, in a schema named after the snapshot's version,
                                      filled once, at the first query

Answers are the same, number for number (``tests/engine/test_engines.py``). An engine is opened in
the process that queries it: a connection does not survive a fork, and is closed before one.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.engine.base import POSTGRES, Engine
from geodata.engine.duckdb import DuckDB
from geodata.errors import SnapshotError
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot

if TYPE_CHECKING:
    import ibis


def query(
    snapshot: Snapshot, table: str, expression: Callable[..., ibis.Table], *arguments: Any
) -> pd.DataFrame:
    """Run an expression of :mod:`geodata.engine.queries` on a table of ``snapshot``.

    Parameters
    ----------
    table
        One of :data:`geodata.engine.base.QUERIED`.
    """
    return store(snapshot).run(table, expression, *arguments)


def store(snapshot: Snapshot) -> Engine:
    """Return the engine that holds ``snapshot``, opened at the first query of this process.

    Raises
    ------
    SnapshotError
        If the engine cannot be reached.
    """
    return _store(snapshot, os.getpid())


@memoise(2)  # of this process, and of one that it may have been forked from
def _store(snapshot: Snapshot, _process: int) -> Engine:
    url = snapshot.store_url
    if url.startswith(POSTGRES):
        from geodata.engine.postgres import Postgres

        return Postgres(snapshot)
    if url:
        raise SnapshotError(unsupported_engine(url))
    return DuckDB(snapshot)


def close() -> None:
    """Close every engine that is not in use; the next query opens it again."""
    _store.forget()
    gc.collect()  # DuckDB and ibis hold each other: only the collector closes the connection


# DuckDB would wait in the child, or crash it at its end, for threads that only the parent has.
os.register_at_fork(before=close)


def unsupported_engine(url: str) -> str:
    """Return the error message for an unsupported engine URL, without its credentials."""
    scheme = url.partition("://")[0][:20]
    return (
        f"DISPLACEMENT_STORE names an engine that is not known ({scheme!r}): leave it empty for "
        "DuckDB, or give postgres://user:password@host/database"
    )
