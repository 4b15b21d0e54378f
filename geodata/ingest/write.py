"""Write a snapshot into the library and make it the active one, or report why not.

::

    lock ─▶ start ─▶ prepare (ingest, boundary_update) ─▶ refused? nothing is written
                                                      └─▶ written beside it ─▶ active

Until the last step, one rename, the active snapshot is the one that was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from geodata.ingest.report import Report
from geodata.snapshots.diff import difference
from geodata.snapshots.history import By
from geodata.snapshots.library import Library
from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.summary import summary
from geodata.snapshots.tables import Tables
from geodata.util.findings import Finding, Harm, Progress

AnyReport = TypeVar("AnyReport", bound=Report)


@dataclass(frozen=True)
class SnapshotParts:
    """Parts of a snapshot to write; parameters of :meth:`Library.add`."""

    tables: Tables
    topology: Mapping[str, Any]
    country: Mapping[str, Any]
    join_report: Mapping[str, Any]
    provenance: Mapping[str, Any]


def write(
    library: Library,
    bundled: Path,
    start: Callable[[bool], Snapshot],
    prepare: Callable[[Snapshot], tuple[AnyReport, SnapshotParts | None]],
    progress: Progress,
    *,
    dry_run: bool,
    activate: bool,
) -> AnyReport:
    """Prepare a snapshot and write it; return its report, which says what was done.

    Parameters
    ----------
    bundled
        Snapshot thx the library has none.
    start
        Return the snapshot to begin with; its argument says whether to add that one to the
        library, too, so that there is something to go back to.
    prepare
        Return the report, and the parts of the new snapshot unless it must not be written.
    activate
        Whether to make it the active one, where it has figures.
    """
    if dry_run:
        report, _ = prepare(start(False))
        return replace(report, why_not=report.why_not or "A dry run: nothing was written.")
    with library.lock(notify=lambda sentence: progress(sentence, 0, None)):
        base = start(True)
        active = library.active()
        report, parts = prepare(base)
        if parts is None:
            return report
        progress("Writing the snapshot", 0, None)
        version = library.add(**vars(parts))
        report = replace(report, version=version, empty=parts.tables.counts.empty)
        if report.empty or not activate:
            return report
        return _activate(library, bundled, report, str(parts.country["name"]), active)


def refuse(report: AnyReport, findings: Sequence[Finding]) -> AnyReport:
    """Return the report with its findings and the sentence that nothing was written."""
    errors = [finding for finding in findings if finding.severity == "error"]
    mendable = sum(error.harm is not Harm.TOTAL_FALLS for error in errors)
    errors_text = "the error" if mendable == 1 else f"the {mendable:,} errors"
    advice = (
        f"mend {errors_text} above and"
        if mendable
        else "see to the list, or pass --allow-fall, and"
    )
    return replace(
        report, findings=tuple(findings), why_not=f"Nothing was written: {advice} run it again."
    )


def compare(
    report: AnyReport, base: Snapshot, tables: Tables, topology: Mapping[str, Any], noun: str
) -> AnyReport:
    """Return the report with the changes to ``base``; without any, it says to write nothing."""
    changes = difference(base, Snapshot("", base.manifest, tables, topology))
    unchanged = f"Nothing changes: snapshot {base.version} holds these {noun} already."
    return replace(report, changes=changes, why_not=unchanged if changes.empty else "")


def provenance(report: Report, **figures: Any) -> dict[str, Any]:
    """Return the origin of a snapshot, for its manifest and the page of sources.

    ``figures`` are keys of an ingest of figures; boundaries have none, and no ``changes``.
    """
    return {
        "base": report.base,
        "kind": report.kind,
        "files": [vars(file) for file in report.files],
        "warnings": sum(finding.severity == "warning" for finding in report.findings),
        "placed": report.placed,
        "changes": [],
        **figures,
    }


def _activate(
    library: Library, bundled: Path, report: AnyReport, country: str, active: str | None
) -> AnyReport:
    """Make the snapshot the active one, if ``active`` still is; name the one served before it."""
    names = ", ".join(file.name for file in report.files)
    by: By = "boundaries" if report.kind == "boundaries" else "ingest"
    note = f"{report.kind} {names}".strip()
    library.activate(report.version, by, note, expected=active, bundled=bundled)
    before = library.before() or ""
    served = summary(library.location(before) if before in library.versions() else bundled)
    is_other_country = before and served.version == before and served.country != country
    label = f"{before} ({served.country})" if is_other_country else before
    return replace(report, active=True, before=label)
