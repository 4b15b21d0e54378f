"""Describe a snapshot by its manifest, without loading it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from geodata.errors import SnapshotError
from geodata.snapshots.manifest import MANIFEST, SnapshotLocation, read_manifest


@dataclass(frozen=True)
class SnapshotInfo:
    """A snapshot of the library, as its manifest describes it.

    Attributes
    ----------
    at
        When it last became active; ``""`` where it never did.
    rows
        Rows of every table.
    dates
        First and last date and their count, by population.
    provenance
        What it was made of; empty for one that was not ingested.
    problem
        Why its manifest cannot be read; then the rest is empty.
    """

    version: str
    active: bool
    at: str = ""
    country: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    dates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sources: Sequence[str] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def first(self) -> str:
        """First date of any population, as ISO 8601; ``""`` where there are no figures."""
        return min((str(span.get("first", "")) for span in self.dates.values()), default="")

    @property
    def last(self) -> str:
        """Last date of any population, as ISO 8601."""
        return max((str(span.get("last", "")) for span in self.dates.values()), default="")

    @property
    def description(self) -> str:
        """Country and span of dates, as a person reads them; or why the manifest cannot be read."""
        span = f"{self.first} to {self.last}" if self.last else "no figures yet"
        return self.problem or f"{self.country}, {span}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready values."""
        return asdict(self) | {"first": self.first, "last": self.last}


def summary(
    location: Path | SnapshotLocation, version: str = "", *, active: bool = False, at: str = ""
) -> SnapshotInfo:
    """Describe a snapshot by its manifest, or say why that cannot be read.

    >>> summary(folder).country
    'Examplia'
    """
    try:
        manifest = read_manifest(location)
        return SnapshotInfo(
            str(manifest["version"]),
            active,
            at,
            country=str(manifest["country"]["name"]),
            rows=manifest.get("rows", {}),
            dates=manifest.get("dates", {}),
            sources=tuple(str(source["id"]) for source in manifest["sources"]),
            provenance=manifest.get("provenance", {}),
        )
    except (SnapshotError, OSError) as error:
        return SnapshotInfo(version, active, at, problem=str(error))
    except (TypeError, KeyError, AttributeError):
        return SnapshotInfo(version, active, at, problem=f"its {MANIFEST} is not as one is written")


def version_in(folder: Path) -> str:
    """Return the version of the snapshot in a folder; ``""`` where none can be read.

    >>> version_in(folder) == snapshot.version, version_in(folder / "none")
    (True, '')
    """
    try:
        return str(read_manifest(folder)["version"])
    except (SnapshotError, OSError):
        return ""
