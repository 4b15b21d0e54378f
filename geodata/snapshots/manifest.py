"""The manifest of a snapshot: its files with their hashes, its version, and how it is read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from geodata.errors import SnapshotError
from geodata.snapshots.tables import Tables

SCHEMA_VERSION = 3
READABLE_SCHEMAS = (2, SCHEMA_VERSION)  # links to older snapshots stay good
MANIFEST = "manifest.json"
BOUNDARIES = "boundaries.topojson"
JOIN_REPORT = "join_report.json"
SOURCES = "SOURCES.md"
_VERSION_LENGTH = 12
_VERSION = re.compile(f"[0-9a-f]{{{_VERSION_LENGTH}}}")


@dataclass(frozen=True)
class SnapshotLocation:
    """Where a snapshot is, as people name it, and what reads a file of it.

    Attributes
    ----------
    read
        Returns the bytes of the file of a name; raises ``FileNotFoundError`` where there is none.
    """

    name: str
    read: Callable[[str], bytes] = field(repr=False)


def as_location(where: Path | SnapshotLocation) -> SnapshotLocation:
    """Return the location of a folder; a location as it is.

    >>> as_location(folder).read(MANIFEST)[:1]
    b'{'
    """
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


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits.

    >>> digest(b"")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(data).hexdigest()


def version_of(manifest: Mapping[str, Any]) -> str:
    """Hash all that a manifest says: notes and terms count as much as the files it lists.

    >>> version_of(read_manifest(folder)) == snapshot.version
    True
    """
    content = {key: value for key, value in manifest.items() if key != "version"}
    return digest(canonical_json(content))[:_VERSION_LENGTH]


def canonical_json(value: object, *, indent: int | None = None) -> bytes:
    """Serialise to JSON, always to the same bytes: those of equal values have equal hashes.

    >>> canonical_json({"rows": [1, 2]}).strip()
    b'{"rows":[1,2]}'
    """
    separators = None if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    return (text + "\n").encode()


def read_manifest(where: Path | SnapshotLocation) -> dict[str, Any]:
    """Read and check a snapshot's manifest.

    Raises
    ------
    SnapshotError
        If it is missing, is no JSON, is of another schema version, or lacks a key.

    >>> read_manifest(folder)["country"]["name"]
    'Examplia'
    """
    location = as_location(where)
    return parse_manifest(read_manifest_bytes(location), location.name)


def read_manifest_bytes(location: SnapshotLocation) -> bytes:
    """Return the manifest as it is stored; ``SnapshotError`` where there is none.

    >>> read_manifest_bytes(as_location(folder))[:1]
    b'{'
    """
    try:
        return location.read(MANIFEST)
    except FileNotFoundError:
        raise SnapshotError(
            f"{location.name} holds no {MANIFEST}: it is not a snapshot. "
            "Build one with: flask --app app snapshot build SRC --out DIR"
        ) from None


def parse_manifest(data: bytes, name: str) -> dict[str, Any]:
    """Parse and check a manifest; ``name`` is its snapshot's, for the message of an error.

    >>> data = read_manifest_bytes(as_location(folder))
    >>> parse_manifest(data, "examplia")["version"] == snapshot.version
    True
    """
    path = f"{name}/{MANIFEST}"
    try:
        manifest = json.loads(data)
    except ValueError as error:
        raise SnapshotError(f"{path} is not valid JSON: {error}") from None
    if not isinstance(manifest, dict):
        raise SnapshotError(f"{path} is not a manifest: it holds no keys; build the snapshot again")
    schema = manifest.get("schema_version")
    if schema not in READABLE_SCHEMAS:
        raise SnapshotError(
            f"{path}: schema version {schema!r}, this program reads "
            f"{' and '.join(map(str, READABLE_SCHEMAS))}; "
            "build the snapshot again with this program"
        )
    missing = {"version", "files", "country", "sources"} - manifest.keys()
    if missing:
        raise SnapshotError(f"{path} lacks {', '.join(sorted(missing))}; build the snapshot again")
    files = manifest["files"]
    listed = set(files) if isinstance(files, dict) else set()
    if unlisted := FILES - listed:
        raise SnapshotError(
            f"{path} does not list {', '.join(sorted(unlisted))}; build the snapshot again"
        )
    return manifest
