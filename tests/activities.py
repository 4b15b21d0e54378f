"""What tests of partners' activities ask of what came in."""

from __future__ import annotations

from geodata.ingest.merge import Merged
from geodata.sources.contract import ParsedSource


def sentences(made: ParsedSource | Merged) -> str:
    return "\n".join(finding.line() for finding in made.findings)


def coverage(merged: Merged) -> list[tuple[str, ...]]:
    """Governorate, dates, status and how the dates are known, of programmes that came in."""
    rows = merged.tables.coverage
    rows = rows[rows["source"].str.startswith("https://example.org/")]
    return list(
        rows[["pcode", "from_date", "to_date", "status", "date_basis"]].itertuples(
            index=False, name=None
        )
    )
