"""Bring files of figures into the library: read them, join them to areas, merge, write.

::

    read (geodata.sources) ─▶ merge with the base (geodata.ingest.merge) ─▶ geodata.ingest.write
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geodata.ingest.merge import Merged, merge
from geodata.ingest.plausibility import LARGEST_FALL
from geodata.ingest.report import Report
from geodata.ingest.write import SnapshotParts, compare, provenance, refuse, write
from geodata.snapshots.library import Library
from geodata.snapshots.snapshot import Snapshot
from geodata.sources import kind as source
from geodata.sources.contract import ReadOptions
from geodata.util.findings import Progress, no_progress


@dataclass(frozen=True)
class IngestOptions:
    """What to do with the rows of files.

    Attributes
    ----------
    dry_run
        Read and report only.
    allow_unmatched
        Keep rows that match no area as "not placed".
    replace
        Replace also figures of another source.
    largest_fall
        Part by which a national total may fall.
    allow_fall
        Take a total that falls further.
    activate
        Make the new snapshot the active one; else it is only added to the library.
    base
        Version to start from; the active one where left out.
    """

    dry_run: bool = False
    allow_unmatched: bool = False
    replace: bool = False
    largest_fall: float = LARGEST_FALL
    allow_fall: bool = False
    activate: bool = True
    base: str = ""


def ingest(
    library: Library,
    bundled: Path,
    kind: str,
    files: Sequence[Path],
    read_options: ReadOptions,
    options: IngestOptions,
    progress: Progress = no_progress,
) -> Report:
    """Bring files into the library.

    Parameters
    ----------
    bundled
        Snapshot to start from where the library has none yet; it is then added to it, too, so
        that there is something to go back to.

    Raises
    ------
    DataError
        If a file cannot be read at all.
    SnapshotError
        If the library cannot be used, is in use, or holds no snapshot to start from.
    """
    return write(
        library,
        bundled,
        lambda keep: library.base_snapshot(bundled, options.base, keep=keep),
        lambda base: _prepare(base, kind, files, read_options, options, progress),
        progress,
        dry_run=options.dry_run,
        activate=options.activate,
    )


def _prepare(
    base: Snapshot,
    kind: str,
    files: Sequence[Path],
    read_options: ReadOptions,
    options: IngestOptions,
    progress: Progress,
) -> tuple[Report, SnapshotParts | None]:
    """Read and merge; without parts, the report says why nothing may be written."""
    parsed = source(kind).read(files, base, read_options, progress)
    report = Report(kind, tuple(parsed.files), {}, (), base.version, activities=parsed.summary)
    if parsed.errors:
        return refuse(report, parsed.findings), None
    progress("Comparing with what is held", 0, None)
    merged = merge(
        base,
        parsed,
        allow_unmatched=options.allow_unmatched,
        replace=options.replace,
        pcode_scheme=str(read_options.options.get("pcode_scheme") or ""),
        largest_fall=options.largest_fall,
        allow_fall=options.allow_fall,
    )
    report = replace(
        report,
        placed=merged.join.rows,
        codes=tuple(merged.codes),
        activities=(*parsed.summary, *merged.activities),
    )
    if merged.errors:
        return refuse(report, merged.findings), None
    report = replace(report, findings=tuple(merged.findings), totals=tuple(merged.totals))
    report = compare(report, base, merged.tables, base.topology, "figures")
    return report, None if report.why_not else _parts(base, report, merged)


def _parts(base: Snapshot, report: Report, merged: Merged) -> SnapshotParts:
    """Return the parts of the new snapshot."""
    return SnapshotParts(
        merged.tables,
        base.topology,
        base.manifest["country"],
        _join_report(base, report, merged),
        provenance(report, codes=list(report.codes), changes=_changes(report)),
    )


def _join_report(base: Snapshot, report: Report, merged: Merged) -> dict[str, object]:
    """Return the join report of the base, with that of this file added."""
    before = base.join_report
    rows = {f"{report.kind}, {table}": n for table, n in merged.join.rows.items()}
    lost = [vars(place) for place in merged.join.unmatched]
    return {
        **before,
        "rows": {**before["rows"], **rows},
        "unmatched": [*before["unmatched"], *lost],
    }


def _changes(report: Report) -> list[dict[str, Any]]:
    """Return the numbers of added, changed and removed figures of each series."""
    changes = report.changes.as_dict() if report.changes else {}
    return [
        {key: series[key] for key in ("population", "programme", "added", "changed", "removed")}
        | {"dates_added": len(series["dates_added"])}
        for series in changes.get("series", [])
    ]
