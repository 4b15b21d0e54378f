"""Read snapshots: immutable, hashed folders of all that pages and files show.

::

    manifest.json        version, schema version, SHA-256 of every file, sources and terms, counts
    *.parquet            the tables of geodata.snapshots.schemas
    boundaries.topojson  governorates, districts, neighbours, cities
    join_report.json     how rows were placed
    SOURCES.md           sources and terms, for people

The version is the hash of the manifest, and through the hashes in it of every file: the same input
gives the same version, and a changed byte is refused at load with the file's name.

Where the files are is a :class:`SnapshotLocation`: a folder, or whatever else gives bytes for a
name (:mod:`geodata.snapshots.storage`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geodata.errors import SnapshotError
from geodata.snapshots.manifest import (
    BOUNDARIES,
    FILES,
    JOIN_REPORT,
    MANIFEST,
    SnapshotLocation,
    as_location,
    canonical_json,
    digest,
    parse_manifest,
    read_manifest_bytes,
    version_of,
)
from geodata.snapshots.tables import Tables


@dataclass(frozen=True)
class Snapshot:
    """A snapshot in memory. Compare by :attr:`version`.

    Attributes
    ----------
    store_url
        Engine that its counts are asked for in (:mod:`geodata.engine.connect`); DuckDB here where
        empty.
    answers
        What was computed from it, by function (:mod:`geodata.snapshots.memo`).
    """

    version: str
    manifest: Mapping[str, Any]
    tables: Tables
    topology: Mapping[str, Any] = field(repr=False)
    store_url: str = field(default="", repr=False)
    answers: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def join_report(self) -> Mapping[str, Any]:
        """How rows were placed when the snapshot was built."""
        return self.manifest["join_report"]  # type: ignore[no-any-return]

    @property
    def country(self) -> str:
        """Name of the country in English."""
        return str(self.manifest["country"]["name"])

    @property
    def series_index(self) -> pd.DataFrame | None:
        """Index of the series in ``counts``, from the manifest; ``None`` where that has none.

        Columns as of :func:`geodata.engine.queries.slices`. Snapshots in the making, and those
        that were written before manifests had it, have none.
        """
        listed = self.manifest.get("counted")
        if not listed or self.manifest.get("version") != self.version:
            return None
        index = pd.DataFrame(listed)
        days = ["last", "last_with_households"]
        if not set(days) <= set(index.columns):
            return None
        for day in days:
            index[day] = pd.to_datetime(index[day]).astype("datetime64[ns]")
        return index

    def __hash__(self) -> int:
        """Hash by version, as snapshots are compared."""
        return hash(self.version)

    def __eq__(self, other: object) -> bool:
        """Compare by version: snapshots of one version hold the same bytes."""
        return isinstance(other, Snapshot) and self.version == other.version


def verify(where: Path | SnapshotLocation) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Check every file of a snapshot against its hash; return the manifest and the bytes.

    Raises
    ------
    SnapshotError
        Naming each file that is missing or changed.

    >>> manifest, contents = verify(folder)
    >>> manifest["version"] == snapshot.version, "counts.parquet" in contents
    (True, True)
    """
    source = as_location(where)
    manifest_bytes = read_manifest_bytes(source)
    manifest = parse_manifest(manifest_bytes, source.name)
    problems, contents = [], {}
    for name in sorted(FILES):
        try:
            contents[name] = source.read(name)
        except FileNotFoundError:
            problems.append(f"{name} is missing")
            continue
        actual_hash, expected_hash = digest(contents[name]), str(manifest["files"][name])
        if actual_hash != expected_hash:
            problems.append(
                f"{name} was changed (SHA-256 {actual_hash[:12]}…, expected {expected_hash[:12]}…)"
            )
    canonical = canonical_json({**manifest, "version": version_of(manifest)}, indent=1)
    if manifest_bytes != canonical:
        problems.append(f"{MANIFEST} was changed (what it says has version {version_of(manifest)})")
    if problems:
        raise SnapshotError(
            f"snapshot {source.name} is refused: {'; '.join(problems)}. "
            "Restore it or build it again."
        )
    return manifest, contents


def _read_table(data: bytes) -> pa.Table:
    """Read a table of Parquet; text stays dictionary-encoded, which costs less memory."""
    schema = pq.read_schema(pa.BufferReader(data))
    text = [column.name for column in schema if pa.types.is_string(column.type)]
    return pq.read_table(pa.BufferReader(data), read_dictionary=text)


def _add_new_columns(columns: dict[str, pa.Table]) -> None:
    """Give the tables of schema version 2 the columns that came with version 3."""
    parts, printed = columns["breakdowns"], columns["published"]
    if "people" not in parts.column_names:
        at = parts.column_names.index("households") + 1
        columns["breakdowns"] = parts.add_column(at, "people", pa.nulls(len(parts), pa.int64()))
    if "source" not in printed.column_names:
        no_source = pa.array([""] * len(printed), pa.string())
        columns["published"] = printed.append_column("source", no_source)


def load(where: Path | SnapshotLocation, store_url: str = "") -> Snapshot:
    """Load and verify the snapshot that is at ``where``.

    Parameters
    ----------
    store_url
        Engine that its counts are asked for in; DuckDB in this process where empty.

    Raises
    ------
    SnapshotError
        If anything in it is missing, changed, or of another schema.

    >>> load(folder) == snapshot
    True
    """
    manifest, contents = verify(where)
    columns = {
        column.name: _read_table(contents[f"{column.name}.parquet"]) for column in fields(Tables)
    }
    _add_new_columns(columns)
    manifest["join_report"] = json.loads(contents[JOIN_REPORT])
    return Snapshot(
        version=str(manifest["version"]),
        manifest=manifest,
        tables=Tables.of(columns),
        topology=json.loads(contents[BOUNDARIES]),
        store_url=store_url,
    )
