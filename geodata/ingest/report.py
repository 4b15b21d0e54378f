"""Report of an ingest: files, findings, changes, totals, as text and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geodata.snapshots.diff import Difference
from geodata.snapshots.totals import Total
from geodata.sources.contract import by_harm
from geodata.util import amounts
from geodata.util.findings import FileRead, Finding, Harm

MAX_PRINTED = 50
"""Findings of each severity that a report prints; all are counted, and ``--json`` has them all."""


@dataclass(frozen=True)
class Report:
    """Report of an ingest: files, findings, changes, and the snapshot that was written.

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
        Scheme of the P-codes of each date, as lines.
    activities
        What was read of activities and where they are, as lines.
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
    activities: Sequence[str] = ()

    @property
    def failed(self) -> bool:
        """Whether an error in the files stopped the ingest."""
        return any(finding.severity == "error" for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return {
            "kind": self.kind,
            "files": [vars(file) for file in self.files],
            "codes": list(self.codes),
            "activities": list(self.activities),
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
        """Return the report as lines for a person."""
        findings = by_harm(self.findings)
        falls = [finding for finding in findings if finding.harm is Harm.TOTAL_FALLS]
        out = _list_findings("A total falls" if len(falls) == 1 else "Totals fall", falls)
        out += [
            f"{file.name}: {file.layout}, {amounts.pluralise(file.rows, 'row')}"
            for file in self.files
        ]
        if self.codes:
            out += ["Numbering of the P-codes", *(f"  {line}" for line in self.codes)]
        if self.activities:
            out += ["Activities", *(f"  {line}" for line in self.activities)]
        if self.placed:
            out.append("Rows placed       by code   by name  by alias  not at all")
            out += [
                f"  {table:<14}{n['code']:>9,} {n['name']:>9,} {n['alias']:>9,} {n['none']:>11,}"
                for table, n in self.placed.items()
            ]
        for severity, heading in (("error", "Errors"), ("warning", "Warnings")):
            of_severity = [
                finding
                for finding in findings
                if finding.severity == severity and finding not in falls
            ]
            out += _list_findings(f"{heading} ({len(of_severity):,})", of_severity)
        if self.totals:
            out += ["Totals beside the date before", *map(_total_line, self.totals)]
        if self.changes:
            out += [f"Changes to {self.base}", *(f"  {line}" for line in self.changes.lines())]
        out.append(self.why_not or self._done())
        return out

    def _done(self) -> str:
        """Return the sentence on the snapshot that was written, and what may follow."""
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


def _list_findings(heading: str, findings: Sequence[Finding]) -> list[str]:
    """Return a heading and at most :data:`MAX_PRINTED` findings; nothing where there are none."""
    if not findings:
        return []
    more = len(findings) - MAX_PRINTED
    out = [heading, *(f"  {finding.line()}" for finding in findings[:MAX_PRINTED])]
    return [*out, f"  … and {more:,} more; --json lists them all"] if more > 0 else out


def _total_line(total: Total) -> str:
    """Return the line on a total, beside that of the date before."""
    comparison = "the first date held"
    if total.before is not None:
        change = total.people - total.before
        share = f", {amounts.change(total.people, total.before, 1)}" if total.before else ""
        comparison = f"{change:+,}{share} since {total.before_date}"
    return f"  {total.series} {total.date}: {total.people:,} people ({comparison})"
