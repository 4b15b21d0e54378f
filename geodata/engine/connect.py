"""Where counts are asked for: an engine that ibis knows, holding the tables of one snapshot.

::

    DISPLACEMENT_STORE=            DuckDB, in this process, over the snapshot's own bytes
    DISPLACEMENT_STORE=postgres://…   PostgreSQL, in a schema named after the snapshot's version,
                                      filled once, by whoever first asks

Answers are the same, number for number (``tests/engine/test_engines.py``). An engine is opened in
the process that asks: a connection does not survive a fork, and is closed before one.
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
    snapshot: Snapshot, table: str, question: Callable[..., ibis.Table], *arguments: Any
) -> pd.DataFrame:
    """Put a question of :mod:`geodata.engine.queries` to a table of ``snapshot``.

    Parameters
    ----------
    table
        One of :data:`geodata.engine.base.ASKED`.
    """
    return store(snapshot).ask(table, question, *arguments)


def store(snapshot: Snapshot) -> Engine:
    """Return the engine that holds ``snapshot``, opened when this process first asks.

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
    """Close every engine that nobody asks just now; the next one to ask opens it again."""
    _store.forget()
    gc.collect()  # its parts know one another


# DuckDB would wait in the child, or crash it at its end, for threads that only the parent has.
os.register_at_fork(before=close)


def unsupported_engine(url: str) -> str:
    """Say that no engine answers to a URL; its password stays unsaid."""
    scheme = url.partition("://")[0][:20]
    return (
        f"DISPLACEMENT_STORE names an engine that is not known ({scheme!r}): leave it empty for "
        "DuckDB, or give postgres://user:password@host/database"
    )
