"""Counts in PostgreSQL, for machines that share one database.

::

    schema snapshot_3f2a81c09d4e_v3  one for each version, never written again
        counts, breakdowns           filled in one transaction at the first query

Filling is one transaction under a lock of the database's own, so that of several machines one
fills and the others find it filled; a stop half-way leaves nothing.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pandas as pd
import pyarrow as pa
import pyarrow.csv as csv

from geodata.engine.base import POSTGRES, QUERIED, fetch
from geodata.errors import SnapshotError
from geodata.snapshots.manifest import SCHEMA_VERSION
from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.tables import decode_dictionaries

if TYPE_CHECKING:
    import ibis
    import psycopg

_TYPES = {
    pa.types.is_timestamp: "timestamp",
    pa.types.is_int8: "smallint",
    pa.types.is_integer: "bigint",
}
_INDEXED = {"counts": ("population", "programme"), "breakdowns": ("population", "kind", "date")}
_BATCH = 200_000  # rows that are written as CSV at a time


class Postgres:
    """The tables of one snapshot in a schema of a PostgreSQL database.

    Raises
    ------
    SnapshotError
        If the database cannot be reached, or may not be written to and lacks the snapshot.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._url = snapshot.store_url
        self._schema = schema_of(snapshot.version)
        self._lock = Lock()  # a connection runs one query at a time
        self._tables: dict[str, ibis.Table] = {}
        self._end: Callable[[], object] = lambda: None
        self._fill(snapshot)
        self._open()

    def run(
        self, table: str, expression: Callable[..., ibis.Table], *arguments: Any
    ) -> pd.DataFrame:
        """Run an expression on a table; once more, on a new connection, if the old one is gone."""
        import psycopg

        with self._lock:
            try:
                return self._run(table, expression, *arguments)
            except psycopg.OperationalError:
                self._open()
                return self._run(table, expression, *arguments)

    def _run(
        self, table: str, expression: Callable[..., ibis.Table], *arguments: Any
    ) -> pd.DataFrame:
        return fetch(expression(self._tables[table], *arguments))

    def _open(self) -> None:
        """Connect, and close the connection that was open before."""
        import ibis
        import psycopg

        parts = urlsplit(self._url)
        try:
            connection = ibis.postgres.connect(
                host=parts.hostname,
                port=parts.port or 5432,
                user=parts.username,
                password=parts.password,
                database=parts.path.lstrip("/"),
            )
        except psycopg.OperationalError as error:
            raise SnapshotError(_unreachable(self._url, error)) from None
        self._end()  # of what was open before
        self._end = weakref.finalize(self, connection.disconnect)
        self._tables = {name: connection.table(name, database=self._schema) for name in QUERIED}

    def _fill(self, snapshot: Snapshot) -> None:
        """Write the tables where the database does not have them yet."""
        import psycopg
        from psycopg import sql

        try:
            with psycopg.connect(self._url) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [self._schema])
                cursor.execute(
                    "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s",
                    [self._schema],
                )
                if cursor.fetchone():
                    return
                cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self._schema)))
                for name in QUERIED:
                    _write(cursor, self._schema, name, snapshot.tables.arrow(name))
        except psycopg.OperationalError as error:
            raise SnapshotError(_unreachable(self._url, error)) from None
        except psycopg.errors.InsufficientPrivilege as error:
            raise SnapshotError(
                f"{_without_credentials(self._url)} lacks snapshot {snapshot.version} and may not "
                "be written to "
                f"by its user ({error.diag.message_primary}): grant CREATE on the database, or "
                "start the map once with a user that may"
            ) from None


def schema_of(version: str) -> str:
    """Return the schema of a version; another form of the tables has a schema of its own."""
    return f"snapshot_{version}_v{SCHEMA_VERSION}"


def _write(cursor: psycopg.Cursor[Any], schema: str, name: str, table: pa.Table) -> None:
    """Create a table and copy the rows into it as CSV, a batch at a time; then index it."""
    from psycopg import sql

    target = sql.Identifier(schema, name)
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(_type(column.type)))
        for column in table.schema
    ]
    cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(target, sql.SQL(", ").join(columns)))
    options = csv.WriteOptions(include_header=False)
    into = sql.SQL("COPY {} FROM STDIN WITH (FORMAT csv)").format(target)
    with cursor.copy(into) as copy:
        # CSV knows no dictionaries; it tells "" from nothing at all.
        for batch in decode_dictionaries(table).to_batches(max_chunksize=_BATCH):
            sink = pa.BufferOutputStream()
            csv.write_csv(batch, sink, options)
            copy.write(sink.getvalue().to_pybytes())
    index = sql.SQL(", ").join(map(sql.Identifier, _INDEXED[name]))
    cursor.execute(sql.SQL("CREATE INDEX ON {} ({})").format(target, index))
    cursor.execute(sql.SQL("ANALYZE {}").format(target))


def _type(kind: pa.DataType) -> Any:
    """Return PostgreSQL's type for one of Arrow's."""
    return next((name for is_kind, name in _TYPES.items() if is_kind(kind)), "text")


def _without_credentials(url: str) -> str:
    """Return the URL of the database without user and password."""
    parts = urlsplit(url)
    return f"{POSTGRES[0]}{parts.hostname}:{parts.port or 5432}{parts.path}"


def _unreachable(url: str, error: Exception) -> str:
    """Return the error message for a database that cannot be reached, without its password."""
    reason = str(error).strip().splitlines()[0]
    password = urlsplit(url).password
    if password:
        reason = reason.replace(password, "…")
    return f"{_without_credentials(url)}, named by DISPLACEMENT_STORE, cannot be reached: {reason}"
