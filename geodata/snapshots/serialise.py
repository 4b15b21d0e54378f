"""Write snapshots: tables and boundaries become hashed files and a version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geodata.errors import SnapshotError
from geodata.snapshots.manifest import (
    BOUNDARIES,
    JOIN_REPORT,
    MANIFEST,
    SCHEMA_VERSION,
    SOURCES,
    canonical_json,
    digest,
    version_of,
)
from geodata.snapshots.tables import Tables
from geodata.util.arrays import records
from geodata.util.atomic import atomic_directory


def _parquet(frame: pd.DataFrame) -> bytes:
    """Serialise without pandas' metadata, which names library versions and would move the hash."""
    ordered = frame.sort_values(list(frame.columns), kind="stable", ignore_index=True)
    table = pa.Table.from_pandas(ordered, preserve_index=False).replace_schema_metadata(None)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", compression_level=19, store_schema=False)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def manifest_summary(tables: Tables, country: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the tables for the manifest.

    ``counted`` lists the series in ``counts``, as :func:`geodata.engine.queries.slices` does: the
    first view of a snapshot needs it, and would look at every row of counts to know it.

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
        "counted": _series_index(counts),
        "sources": tables.sources.to_dict(orient="records"),
    }


def _series_index(counts: pd.DataFrame) -> list[dict[str, Any]]:
    dated = counts.assign(with_households=counts["date"].where(counts["households"].notna()))
    grouped = dated.groupby(["population", "programme", "level", "source"], as_index=False)
    series = grouped.agg(
        last=("date", "max"),
        rows=("date", "size"),
        with_households=("with_households", "count"),
        last_with_households=("with_households", "max"),
    )
    series = series.assign(
        **{day: series[day].dt.strftime("%Y-%m-%d") for day in ("last", "last_with_households")}
    ).astype({"last_with_households": "object"})
    series = series.where(series.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in series.to_dict(orient="records")]


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
    """Return a snapshot's version and the bytes of its files, the manifest last.

    Parameters
    ----------
    provenance
        What it was made of, as JSON-ready values: the version it started from, the files with
        their hashes, the findings. No times, so that the same input gives the same version.

    >>> version, contents = serialise(
    ...     snapshot.tables, snapshot.topology, join_report={}, country=snapshot.manifest["country"]
    ... )
    >>> len(version), list(contents)[-1]
    (12, 'manifest.json')
    """
    contents = {f"{name}.parquet": _parquet(frame) for name, frame in tables.items()}
    contents[BOUNDARIES] = canonical_json(topology)
    contents[JOIN_REPORT] = canonical_json(join_report, indent=1)
    contents[SOURCES] = sources_text(tables, country).encode()
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "files": {name: digest(data) for name, data in sorted(contents.items())},
        **manifest_summary(tables, country),
    }
    if provenance is not None:
        manifest["provenance"] = json.loads(json.dumps(provenance, sort_keys=True, allow_nan=False))
    version = version_of(manifest)
    contents[MANIFEST] = canonical_json({"version": version, **manifest}, indent=1)
    return version, contents


def require_replaceable(out: Path) -> None:
    """Refuse a folder that holds something else than a snapshot.

    Raises
    ------
    SnapshotError
        If ``out`` exists, is not empty, and is not a snapshot.

    >>> require_replaceable(Path("a-new-folder"))
    """
    if out.exists() and any(out.iterdir()) and not (out / MANIFEST).exists():
        raise SnapshotError(
            f"{out} exists and is not a snapshot (it has no {MANIFEST}); "
            "name an empty or new folder, or an existing snapshot to replace"
        )


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
    ...     f'"version": "{version}"' in (Path(parent) / "snapshot" / MANIFEST).read_text()
    ...
    True
    """
    require_replaceable(out)
    version, contents = serialise(
        tables, topology, join_report=join_report, country=country, provenance=provenance
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_directory(out) as fresh:
        for name, data in contents.items():
            (fresh / name).write_bytes(data)
    return version
