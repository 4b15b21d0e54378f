"""New data in: files are read, joined to what is held, written as a snapshot, made active.

::

    lock ─▶ read (geodata.sources) ─▶ merge with the active snapshot ─▶ errors? nothing is written
                                                                    └─▶ written beside it ─▶ active

Until the last step, one rename, the active snapshot is the one that was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from geodata.ingest.merge import Merged, merge
from geodata.ingest.plausibility import LARGEST_FALL
from geodata.ingest.report import Report
from geodata.snapshots.diff import difference
from geodata.snapshots.library import Library, summary
from geodata.snapshots.snapshot import Snapshot
from geodata.sources import kind as source
from geodata.sources.contract import ReadOptions
from geodata.util.findings import Finding, Harm, Progress, no_progress

AnyReport = TypeVar("AnyReport", bound="Report")


@dataclass(frozen=True)
class IngestOptions:
    """What to do with what was read.

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
        Make the new snapshot the active one; else it is only held.
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
    asked: ReadOptions,
    wanted: IngestOptions,
    progress: Progress = no_progress,
) -> Report:
    """Bring files into the library.

    Parameters
    ----------
    bundled
        Snapshot to start from where the library has none yet; it is then held, too, so that there
        is something to go back to.

    Raises
    ------
    DataError
        If a file cannot be read at all.
    SnapshotError
        If the library cannot be used, is in use, or holds no snapshot to start from.
    """
    if wanted.dry_run:
        held = library.start(bundled, wanted.base)
        report, _ = _prepared(held, kind, files, asked, wanted, progress)
        return replace(report, why_not=report.why_not or "A dry run: nothing was written.")
    with library.lock(told=lambda sentence: progress(sentence, 0, None)):
        held = library.start(bundled, wanted.base, keep=True)
        active = library.active()
        report, merged = _prepared(held, kind, files, asked, wanted, progress)
        if report.why_not or merged is None:
            return report
        progress("Writing the snapshot", 0, None)
        version = library.add(
            merged.tables,
            held.topology,
            join_report=_join_report(held, report, merged),
            country=held.manifest["country"],
            provenance=_provenance(report),
        )
        report = replace(report, version=version, empty=merged.tables.counts.empty)
        if report.empty or not wanted.activate:
            return report
        return activated(library, bundled, report, held.country, active)


def _prepared(
    held: Snapshot,
    kind: str,
    files: Sequence[Path],
    asked: ReadOptions,
    wanted: IngestOptions,
    progress: Progress,
) -> tuple[Report, Merged | None]:
    """Read and merge; the report says why nothing may be written, where that is so."""
    reading = source(kind).read(files, held, asked, progress)
    report = Report(kind, tuple(reading.files), {}, tuple(reading.findings), held.version)
    if reading.errors:
        return replace(report, why_not=mend(reading.findings)), None
    progress("Comparing with what is held", 0, None)
    merged = merge(
        held,
        reading,
        allow_unmatched=wanted.allow_unmatched,
        replace=wanted.replace,
        pcode_scheme=str(asked.options.get("pcode_scheme") or ""),
        largest_fall=wanted.largest_fall,
        allow_fall=wanted.allow_fall,
    )
    report = replace(
        report,
        placed=merged.join.rows,
        findings=tuple(merged.findings),
        codes=tuple(merged.codes),
    )
    if merged.errors:
        return replace(report, why_not=mend(merged.findings)), None
    after = Snapshot("", {**held.manifest}, merged.tables, held.topology)
    changes = difference(held, after)
    report = replace(report, changes=changes, totals=tuple(merged.totals))
    if changes.empty:
        why = f"Nothing changes: snapshot {held.version} holds these figures already."
        return replace(report, why_not=why), None
    return report, merged


def mend(findings: Sequence[Finding]) -> str:
    """Say why nothing is written, and what a person can do about it."""
    errors = [finding for finding in findings if finding.severity == "error"]
    wrong = sum(error.harm is not Harm.TOTAL_FALLS for error in errors)
    if not wrong:
        return "Nothing was written: see to the list, or pass --allow-fall, and run it again."
    what = "the error" if wrong == 1 else f"the {wrong:,} errors"
    return f"Nothing was written: mend {what} above and run it again."


def activated(
    library: Library, bundled: Path, report: AnyReport, country: str, active: str | None
) -> AnyReport:
    """Make the snapshot that a report is of the active one; say what was served before it.

    Parameters
    ----------
    country
        Whose figures the snapshot holds.
    active
        Version that was active when it was begun, which must still be.
    """
    names = ", ".join(file.name for file in report.files)
    by: Literal["ingest", "boundaries"] = "boundaries" if report.kind == "boundaries" else "ingest"
    what = f"{report.kind} {names}".strip()
    library.activate(report.version, by, what, expected=active, bundled=bundled)
    before = library.before() or ""
    held = summary(library.place(before) if before in library.held() else bundled)
    other = before and held.version == before and held.country != country
    return replace(report, active=True, before=f"{before} ({held.country})" if other else before)


def _join_report(held: Snapshot, report: Report, merged: Merged) -> dict[str, object]:
    """What the snapshot says of its joins: those it began with, and this file's."""
    before = held.join_report
    rows = {f"{report.kind}, {what}": n for what, n in merged.join.rows.items()}
    lost = [vars(one) for one in merged.join.unmatched]
    return {
        **before,
        "rows": {**before["rows"], **rows},
        "unmatched": [*before["unmatched"], *lost],
    }


def _provenance(report: Report) -> dict[str, Any]:
    """What the snapshot was made of, for its manifest and the page of sources."""
    changes = report.changes.as_dict() if report.changes else {}
    return {
        "base": report.base,
        "kind": report.kind,
        "files": [vars(file) for file in report.files],
        "warnings": sum(finding.severity == "warning" for finding in report.findings),
        "placed": report.placed,
        "codes": list(report.codes),
        "changes": [
            {key: series[key] for key in ("population", "programme", "added", "changed", "removed")}
            | {"dates_added": len(series["dates_added"])}
            for series in changes.get("series", [])
        ],
    }
