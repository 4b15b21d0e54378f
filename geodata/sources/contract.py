"""The contract of all readers: the tables that each returns, with its findings.

A reader adds a file's rows up to the finest place they name. :mod:`geodata.ingest.merge` joins them
to areas, and decides what becomes of the figures that the snapshot has already.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from geodata.snapshots.snapshot import Snapshot
from geodata.util.findings import FileRead, Finding, Progress

COUNTS_READ = (
    "population", "date", "round", "programme", "level", "adm1", "adm1_code", "adm2", "adm2_code",
    "households", "people", "rows", "file", "row",
)  # fmt: skip
"""Columns of :attr:`ParsedSource.counts`. ``level`` 1: the row is a governorate's own figure; 2: a
district's, or a part of it. ``adm1`` … ``adm2_code`` are as the file writes them, ``""`` where it
does not say. ``round`` is DTM's number or missing; ``households`` may be missing, ``people`` may
not; ``rows`` says how many rows of the file were added up, ``file`` and ``row`` where the first of
them stands (``""`` and 0 where that is not known)."""

BREAKDOWNS_READ = (
    "kind", "population", "date", "adm1", "adm1_code", "category", "households",
)  # fmt: skip
"""Columns of :attr:`ParsedSource.breakdowns`, in households of a governorate. For ``origin`` the
``category`` is a governorate as the file writes it, else a code of the snapshot's."""


ACTIVITIES_READ = (
    "programme", "phase", "adm1", "adm1_code", "adm2", "adm2_code", "point", "from_date", "to_date",
    "status", "date_basis", "locator", "note", "rows", "group", "file", "row",
)  # fmt: skip
"""Columns of :attr:`ParsedSource.activities`: where and when a programme works. ``adm1`` …
``adm2_code`` are as the file writes them; ``point`` is a code of
:func:`geodata.boundaries.points.point_code`. ``group`` names who gives the P-codes: those of one
group are of one numbering."""


def by_harm(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings by harm, the worst first; those of one harm stay in their order."""
    return sorted(findings, key=lambda finding: finding.harm)


@dataclass(frozen=True)
class ReadOptions:
    """Options of a command beside its files; empty where a kind of source does not use them.

    Attributes
    ----------
    date, round
        Of the figures, where the file does not say or says otherwise.
    mapping
        YAML file that says what columns mean (``table``) and whose figures they are.
    since, until
        First and last reporting date to fetch.
    options
        A kind's own options, by name.
    """

    date: dt.date | None = None
    round: int | None = None
    mapping: Path | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ParsedSource:
    """Tables and findings that a reader returns.

    Attributes
    ----------
    source
        Row of :data:`geodata.snapshots.schemas.SOURCES`: whose figures these are, on what terms.
    counts, breakdowns
        :data:`COUNTS_READ`, :data:`BREAKDOWNS_READ`; empty frames where there are none.
    tables
        Whole tables of :mod:`geodata.snapshots.schemas` (``programmes``, ``coverage``, ``reach``,
        ``residents``), checked; rows of the snapshot that have the same key are replaced.
    findings
        All that is wrong; one error among them stops the ingest.
    pcode_scheme
        Numbering of its P-codes; ``""``: the names beside them decide.
    activities
        :data:`ACTIVITIES_READ`; their programmes are in ``tables``.
    summary
        What was read of activities, as lines for the report.
    """

    kind: str
    source: Mapping[str, str]
    files: tuple[FileRead, ...]
    counts: pd.DataFrame
    breakdowns: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    pcode_scheme: str = ""
    activities: pd.DataFrame = field(default_factory=lambda: no_activities())
    summary: Sequence[str] = ()

    @property
    def errors(self) -> list[Finding]:
        """Findings that stop the ingest."""
        return [finding for finding in self.findings if finding.severity == "error"]


Read = Callable[[Sequence[Path], Snapshot, ReadOptions, Progress], ParsedSource]


@dataclass(frozen=True)
class SourceKind:
    """A kind of source: its name on the command line, and its reader.

    Attributes
    ----------
    read
        Reader of the files. It takes them, the active snapshot (for its areas, boundaries, country
        and sources), the options, and a function that reports progress.
    files
        How many files it takes: ``"none"``, ``"one"`` or ``"some"``.
    needs_mapping
        Whether ``--mapping`` must be given.
    """

    name: str
    summary: str
    read: Read
    files: Literal["none", "one", "some"] = "some"
    needs_mapping: bool = False


def no_counts() -> pd.DataFrame:
    """Return an empty frame of :data:`COUNTS_READ`."""
    return pd.DataFrame(columns=list(COUNTS_READ))


def no_breakdowns() -> pd.DataFrame:
    """Return an empty frame of :data:`BREAKDOWNS_READ`."""
    return pd.DataFrame(columns=list(BREAKDOWNS_READ))


def no_activities() -> pd.DataFrame:
    """Return an empty frame of :data:`ACTIVITIES_READ`."""
    return pd.DataFrame(columns=list(ACTIVITIES_READ))
