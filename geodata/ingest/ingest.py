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

from geodata import amounts
from geodata.ingest.merge import LARGEST_FALL, Merged, Total, merge
from geodata.snapshots.diff import Difference, difference
from geodata.snapshots.library import Library, described
from geodata.snapshots.snapshot import Snapshot
from geodata.sources import kind as source
from geodata.sources.contract import Asked, FileRead, Finding, Harm, Progress, by_harm, silent

AnyReport = TypeVar("AnyReport", bound="Report")
SHOWN = 50
"""Findings of each severity that a report prints; all are counted, and ``--json`` has them all."""


@dataclass(frozen=True)
class Report:
    """What an ingest found and did.

    Attributes
    ----------
    base
        Version that the files were added to.
    before
        Version that was served before the new one became active, with its country where that is
        another; ``""`` where none was, or the new one is not active.
    version
        Version that was written; ``""`` where none was.
    active
        Whether it is the active one now.
    empty
        Whether it has no figures, and cannot be shown.
    why_not
        Why nothing was written, as a sentence.
    codes
        Of which numbering the P-codes of each date were found to be.
    """

    kind: str
    files: tuple[FileRead, ...]
    placed: dict[str, dict[str, int]]
    findings: Sequence[Finding]
    base: str
    changes: Difference | None = None
    totals: Sequence[Total] = ()
    version: str = ""
    why_not: str = ""
    active: bool = False
    empty: bool = False
    codes: Sequence[str] = ()
    before: str = ""

    @property
    def failed(self) -> bool:
        """Whether an error in the files stopped it."""
        return any(finding.severity == "error" for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as JSON-ready values."""
        return {
            "kind": self.kind,
            "files": [vars(file) for file in self.files],
            "codes": list(self.codes),
            "placed": self.placed,
            "findings": [finding.as_dict() for finding in by_harm(self.findings)],
            "base": self.base,
            "changes": self.changes.as_dict() if self.changes else None,
            "totals": [vars(total) for total in self.totals],
            "version": self.version,
            "active": self.active,
            "before": self.before,
            "why_not": self.why_not,
        }

    def lines(self) -> list[str]:
        """Return it as lines a person reads."""
        found = by_harm(self.findings)
        falls = [one for one in found if one.harm is Harm.TOTAL_FALLS]
        out = _listed("A total falls" if len(falls) == 1 else "Totals fall", falls)
        out += [
            f"{file.name}: {file.layout}, {amounts.counted(file.rows, 'row')}"
            for file in self.files
        ]
        if self.codes:
            out += ["Numbering of the P-codes", *(f"  {line}" for line in self.codes)]
        if self.placed:
            out.append("Rows placed       by code   by name  by alias  not at all")
            out += [
                f"  {what:<14}{n['code']:>9,} {n['name']:>9,} {n['alias']:>9,} {n['none']:>11,}"
                for what, n in self.placed.items()
            ]
        for severity, heading in (("error", "Errors"), ("warning", "Warnings")):
            of_it = [one for one in found if one.severity == severity and one not in falls]
            out += _listed(f"{heading} ({len(of_it):,})", of_it)
        if self.totals:
            out += ["Totals beside the date before", *map(_total_line, self.totals)]
        if self.changes:
            out += [f"Changes to {self.base}", *(f"  {line}" for line in self.changes.lines())]
        out.append(self.why_not or self._done())
        return out

    def _done(self) -> str:
        if self.active:
            return (
                f"Snapshot {self.version} is active; before it was {self.before or 'none'}. "
                "To go back: flask --app app snapshot rollback"
            )
        if self.empty:
            return (
                f"Snapshot {self.version} is held. It has no figures yet, and cannot be shown. Add "
                "some, and it is: flask --app app ingest table FILE --mapping M.yaml "
                f"--base {self.version}"
            )
        return (
            f"Snapshot {self.version} is held and not active. "
            f"To show it: flask --app app snapshot activate {self.version}"
        )


def _listed(heading: str, findings: Sequence[Finding]) -> list[str]:
    """Findings below a heading, as many as a person reads; nothing where there are none."""
    if not findings:
        return []
    more = len(findings) - SHOWN
    out = [heading, *(f"  {one.line()}" for one in findings[:SHOWN])]
    return [*out, f"  … and {more:,} more; --json lists them all"] if more > 0 else out


def _total_line(total: Total) -> str:
    beside = "the first date held"
    if total.before is not None:
        change = total.people - total.before
        share = f", {amounts.change(total.people, total.before, 1)}" if total.before else ""
        beside = f"{change:+,}{share} since {total.before_date}"
    return f"  {total.named} {total.date}: {total.people:,} people ({beside})"


@dataclass(frozen=True)
class Wanted:
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
    asked: Asked,
    wanted: Wanted,
    progress: Progress = silent,
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
    asked: Asked,
    wanted: Wanted,
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
    held = described(library.place(before) if before in library.held() else bundled)
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
