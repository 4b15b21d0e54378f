"""Write and read snapshots: immutable, hashed folders of all that pages and files show.

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

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geodata.errors import SnapshotError
from geodata.util.arrays import records
from geodata.util.atomic import atomic_directory

SCHEMA_VERSION = 3
_READ = (2, SCHEMA_VERSION)  # links to older snapshots stay good; see _brought_up
MANIFEST = "manifest.json"
BOUNDARIES = "boundaries.topojson"
JOIN_REPORT = "join_report.json"
SOURCES = "SOURCES.md"
_VERSION_LENGTH = 12
_VERSION = re.compile(f"[0-9a-f]{{{_VERSION_LENGTH}}}")


@dataclass(frozen=True)
class Tables:
    """The tables of a snapshot, as data frames that follow :mod:`geodata.snapshots.schemas`."""

    areas: pd.DataFrame
    aliases: pd.DataFrame
    counts: pd.DataFrame
    breakdowns: pd.DataFrame
    rounds: pd.DataFrame
    residents: pd.DataFrame
    programmes: pd.DataFrame
    coverage: pd.DataFrame
    reach: pd.DataFrame
    published: pd.DataFrame
    sources: pd.DataFrame

    def items(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Yield ``(name, frame)`` in the order of declaration."""
        for column in fields(self):
            yield column.name, getattr(self, column.name)

    @classmethod
    def of(cls, columns: Mapping[str, pa.Table]) -> Tables:
        """Make tables whose frames are converted when they are first used.

        Counts may be millions of rows, and whoever only asks for sums of them needs no frame.
        """
        tables = object.__new__(cls)
        object.__setattr__(tables, "_columns", dict(columns))
        return tables

    def __getattr__(self, name: str) -> pd.DataFrame:
        columns = self.__dict__.get("_columns", {})
        if name not in columns:
            raise AttributeError(name)
        frame: pd.DataFrame = decode_dictionaries(columns[name]).to_pandas()
        object.__setattr__(self, name, frame)
        return frame

    def arrow(self, name: str) -> pa.Table:
        """Return a table as columns of Arrow, as an engine reads them."""
        columns = self.__dict__.get("_columns", {})
        if name in columns:
            return columns[name]
        return pa.Table.from_pandas(getattr(self, name), preserve_index=False)


def decode_dictionaries(table: pa.Table) -> pa.Table:
    """Decode text that is held once per value; pandas would make categories of it.

    >>> table = pa.table({"place": pa.array(["Alpha", "Alpha"]).dictionary_encode()})
    >>> str(decode_dictionaries(table).schema.field("place").type)
    'string'
    """
    for i, column in enumerate(table.schema):
        if pa.types.is_dictionary(column.type):
            table = table.set_column(i, column.name, table.column(i).cast(pa.string()))
    return table


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
    def counted(self) -> pd.DataFrame | None:
        """What was counted, as the manifest says; ``None`` where it is not of these tables.

        Columns as of :func:`geodata.engine.queries.slices`. Snapshots in the making, and those
        that were written before manifests said it, have none.
        """
        listed = self.manifest.get("counted")
        if not listed or self.manifest.get("version") != self.version:
            return None
        found = pd.DataFrame(listed)
        days = ["last", "last_with_households"]
        if not set(days) <= set(found.columns):
            return None
        for day in days:
            found[day] = pd.to_datetime(found[day]).astype("datetime64[ns]")
        return found

    def __hash__(self) -> int:
        """Hash by version, as snapshots are compared."""
        return hash(self.version)

    def __eq__(self, other: object) -> bool:
        """Compare by version: snapshots of one version hold the same bytes."""
        return isinstance(other, Snapshot) and self.version == other.version


@dataclass(frozen=True)
class SnapshotLocation:
    """Where a snapshot is, as people name it, and what reads a file of it.

    Attributes
    ----------
    read
        Gives the bytes of the file of a name; ``FileNotFoundError`` where there is none.
    """

    name: str
    read: Callable[[str], bytes] = field(repr=False)


def _place(where: Path | SnapshotLocation) -> SnapshotLocation:
    if isinstance(where, SnapshotLocation):
        return where
    return SnapshotLocation(str(where), lambda name: (where / name).read_bytes())


def is_version(text: str) -> bool:
    """Tell whether ``text`` is written as a version is: twelve of ``0-9a-f``.

    >>> is_version("3f2a81c09d4e"), is_version("newest")
    (True, False)
    """
    return bool(_VERSION.fullmatch(text))


FILES = {f"{column.name}.parquet" for column in fields(Tables)} | {
    BOUNDARIES,
    JOIN_REPORT,
    SOURCES,
}
"""Names of the files of a snapshot, but for its manifest."""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _version(manifest: Mapping[str, Any]) -> str:
    """Hash all that a manifest says: notes and terms count as much as the files it lists."""
    said = {key: value for key, value in manifest.items() if key != "version"}
    return _digest(_canonical_json(said))[:_VERSION_LENGTH]


def _canonical_json(value: object, *, indent: int | None = None) -> bytes:
    separators = None if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return (text + "\n").encode()


def _parquet(frame: pd.DataFrame) -> bytes:
    """Serialise without pandas' metadata, which names library versions and would move the hash."""
    ordered = frame.sort_values(list(frame.columns), kind="stable", ignore_index=True)
    table = pa.Table.from_pandas(ordered, preserve_index=False).replace_schema_metadata(None)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", compression_level=19, store_schema=False)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def manifest_summary(tables: Tables, country: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the tables for the manifest.

    ``counted`` lists what was counted, as :func:`geodata.engine.queries.slices` does: the first
    view of a snapshot needs it, and would look at every row of counts to know it.

    >>> manifest_summary(snapshot.tables, {"name": "Examplia"})["dates"]["returnee"]
    {'first': '2021-01-31', 'last': '2021-01-31', 'count': 1}
    """
    counts = tables.counts
    return {
        "country": dict(country),
        "rows": {name: len(frame) for name, frame in tables.items()},
        "dates": {
            str(population): {
                "first": f"{rows['date'].min():%Y-%m-%d}",
                "last": f"{rows['date'].max():%Y-%m-%d}",
                "count": int(rows["date"].nunique()),
            }
            for population, rows in counts.groupby("population")
        },
        "counted": _counted(counts),
        "sources": tables.sources.to_dict(orient="records"),
    }


def _counted(counts: pd.DataFrame) -> list[dict[str, Any]]:
    dated = counts.assign(with_households=counts["date"].where(counts["households"].notna()))
    grouped = dated.groupby(["population", "programme", "level", "source"], as_index=False)
    found = grouped.agg(
        last=("date", "max"),
        rows=("date", "size"),
        with_households=("with_households", "count"),
        last_with_households=("with_households", "max"),
    )
    written = found.assign(
        **{day: found[day].dt.strftime("%Y-%m-%d") for day in ("last", "last_with_households")}
    ).astype({"last_with_households": "object"})
    written = written.where(written.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in written.to_dict(orient="records")]


def sources_text(tables: Tables, country: Mapping[str, Any]) -> str:
    """Write the sources and their terms as Markdown, to stand beside the data.

    >>> text = sources_text(snapshot.tables, snapshot.manifest["country"])
    >>> text.splitlines()[0]
    '# Sources of this snapshot (Examplia)'
    """
    parts = [
        f"# Sources of this snapshot ({country['name']})",
        "",
        country["disclaimer"],
    ]
    for row in records(tables.sources):
        parts += [
            "",
            f"## {row.title}",
            "",
            f"- What is used: {row.what}",
            f"- Publisher: {row.publisher}",
            f"- URL: <{row.url}>",
            f"- Terms: {row.terms}",
            f"- Credit: {row.credit}",
        ]
    return "\n".join(parts) + "\n"


def serialise(
    tables: Tables,
    topology: Mapping[str, Any],
    *,
    join_report: Mapping[str, Any],
    country: Mapping[str, Any],
    provenance: Mapping[str, Any] | None = None,
) -> tuple[str, dict[str, bytes]]:
    """Make a snapshot's version and its files, the manifest last.

    Parameters
    ----------
    provenance
        What it was made of, as JSON-ready values: the version it started from, the files with
        their hashes, what was found. No times, so that the same input gives the same version.

    >>> version, contents = serialise(
    ...     snapshot.tables, snapshot.topology, join_report={}, country=snapshot.manifest["country"]
    ... )
    >>> is_version(version), list(contents)[-1]
    (True, 'manifest.json')
    """
    contents = {f"{name}.parquet": _parquet(frame) for name, frame in tables.items()}
    contents[BOUNDARIES] = _canonical_json(topology)
    contents[JOIN_REPORT] = _canonical_json(join_report, indent=1)
    contents[SOURCES] = sources_text(tables, country).encode()
    said = {
        "schema_version": SCHEMA_VERSION,
        "files": {name: _digest(data) for name, data in sorted(contents.items())},
        **manifest_summary(tables, country),
    }
    if provenance is not None:
        said["provenance"] = json.loads(json.dumps(provenance, sort_keys=True, allow_nan=False))
    version = _version(said)
    contents[MANIFEST] = _canonical_json({"version": version, **said}, indent=1)
    return version, contents


def write_snapshot(
    out: Path,
    tables: Tables,
    topology: Mapping[str, Any],
    *,
    join_report: Mapping[str, Any],
    country: Mapping[str, Any],
    provenance: Mapping[str, Any] | None = None,
) -> str:
    """Write a snapshot folder and return its version; parameters as of :func:`serialise`.

    The folder is written beside ``out`` and put in its place by a rename, so that a stop half-way
    leaves what was there. An existing snapshot at ``out`` is replaced.

    Raises
    ------
    SnapshotError
        If ``out`` exists and is not a snapshot (nothing in it is touched).

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as parent:
    ...     version = write_snapshot(
    ...         Path(parent) / "snapshot",
    ...         snapshot.tables,
    ...         snapshot.topology,
    ...         join_report={},
    ...         country=snapshot.manifest["country"],
    ...     )
    ...     load(Path(parent) / "snapshot").version == version
    ...
    True
    """
    if out.exists() and any(out.iterdir()) and not (out / MANIFEST).exists():
        raise SnapshotError(
            f"{out} exists and is not a snapshot (it has no {MANIFEST}); "
            "name an empty or new folder, or an existing snapshot to replace"
        )
    version, contents = serialise(
        tables, topology, join_report=join_report, country=country, provenance=provenance
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_directory(out) as fresh:
        for name, data in contents.items():
            (fresh / name).write_bytes(data)
    return version


def read_manifest(where: Path | SnapshotLocation) -> dict[str, Any]:
    """Read and check a snapshot's manifest.

    Raises
    ------
    SnapshotError
        If it is missing, is no JSON, is of another schema version, or lacks a key.

    >>> read_manifest(folder)["country"]["name"]
    'Examplia'
    """
    place = _place(where)
    return _manifest(_written(place), place.name)


def _written(place: SnapshotLocation) -> bytes:
    """Return the bytes of the manifest."""
    try:
        return place.read(MANIFEST)
    except FileNotFoundError:
        raise SnapshotError(
            f"{place.name} holds no {MANIFEST}: it is not a snapshot. "
            "Build one with: flask --app app snapshot build SRC --out DIR"
        ) from None


def _manifest(data: bytes, name: str) -> dict[str, Any]:
    named = f"{name}/{MANIFEST}"
    try:
        manifest = json.loads(data)
    except ValueError as error:
        raise SnapshotError(f"{named} is not valid JSON: {error}") from None
    if not isinstance(manifest, dict):
        raise SnapshotError(
            f"{named} is not a manifest: it holds no keys; build the snapshot again"
        )
    found = manifest.get("schema_version")
    if found not in _READ:
        raise SnapshotError(
            f"{named}: schema version {found!r}, this program reads "
            f"{' and '.join(map(str, _READ))}; build the snapshot again with this program"
        )
    missing = {"version", "files", "country", "sources"} - manifest.keys()
    if missing:
        raise SnapshotError(f"{named} lacks {', '.join(sorted(missing))}; build the snapshot again")
    files = manifest["files"]
    listed = set(files) if isinstance(files, dict) else set()
    if unlisted := FILES - listed:
        raise SnapshotError(
            f"{named} does not list {', '.join(sorted(unlisted))}; build the snapshot again"
        )
    return manifest


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
    place = _place(where)
    written = _written(place)
    manifest = _manifest(written, place.name)
    wrong, contents = [], {}
    for name in sorted(FILES):
        try:
            contents[name] = place.read(name)
        except FileNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        found, digest = _digest(contents[name]), str(manifest["files"][name])
        if found != digest:
            wrong.append(f"{name} was changed (SHA-256 {found[:12]}…, expected {digest[:12]}…)")
    expected = _canonical_json({**manifest, "version": _version(manifest)}, indent=1)
    if written != expected:
        wrong.append(f"{MANIFEST} was changed (what it says has version {_version(manifest)})")
    if wrong:
        raise SnapshotError(
            f"snapshot {place.name} is refused: {'; '.join(wrong)}. Restore it or build it again."
        )
    return manifest, contents


def _columns(data: bytes) -> pa.Table:
    """Read a table; text that repeats is kept once."""
    schema = pq.read_schema(pa.BufferReader(data))
    text = [column.name for column in schema if pa.types.is_string(column.type)]
    return pq.read_table(pa.BufferReader(data), read_dictionary=text)


def _brought_up(columns: dict[str, pa.Table]) -> None:
    """Give the tables of schema version 2 the columns that came with version 3."""
    parts, printed = columns["breakdowns"], columns["published"]
    if "people" not in parts.column_names:
        at = parts.column_names.index("households") + 1
        columns["breakdowns"] = parts.add_column(at, "people", pa.nulls(len(parts), pa.int64()))
    if "source" not in printed.column_names:
        unsaid = pa.array([""] * len(printed), pa.string())
        columns["published"] = printed.append_column("source", unsaid)


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
        column.name: _columns(contents[f"{column.name}.parquet"]) for column in fields(Tables)
    }
    _brought_up(columns)
    manifest["join_report"] = json.loads(contents[JOIN_REPORT])
    return Snapshot(
        version=str(manifest["version"]),
        manifest=manifest,
        tables=Tables.of(columns),
        topology=json.loads(contents[BOUNDARIES]),
        store_url=store_url,
    )
