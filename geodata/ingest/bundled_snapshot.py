"""Build the bundled snapshot from a folder of tidy tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from geodata.bundled.iraq import COUNTRY
from geodata.places.join import JoinReport
from geodata.sources.data_folder.reader import read

if TYPE_CHECKING:
    from geodata.boundaries.build import BoundaryReport


def build(
    src: Path, out: Path, *, allow_unmatched: bool = False
) -> tuple[str, JoinReport, BoundaryReport]:
    """Read ``src`` and write a snapshot to ``out``; return version, join and boundary reports."""
    from geodata.boundaries.build import build_topology
    from geodata.snapshots.serialise import require_replaceable, write_snapshot

    require_replaceable(out)  # said at once, not when all is built
    tables, layers, report = read(src, allow_unmatched=allow_unmatched)
    topology, boundary_report = build_topology(
        layers.governorates, layers.districts, layers.neighbours, layers.cities
    )
    version = write_snapshot(out, tables, topology, join_report=report.as_dict(), country=COUNTRY)
    return version, report, boundary_report
