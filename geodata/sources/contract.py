"""What every reader gives: rows that name their place, and all that is wrong with a file.

A reader adds a file's rows up to the finest place they name; it joins nothing to areas and decides
nothing about what is held already. :mod:`geodata.ingest.merge` does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from geodata.snapshots.snapshot import Snapshot

COUNTS_READ = (
    "population", "date", "round", "programme", "level", "adm1", "adm1_code", "adm2", "adm2_code",
    "households", "people", "rows", "file", "row",
)  # fmt: skip
"""Columns of :attr:`Reading.counts`. ``level`` 1: the row is a governorate's own figure; 2: a
district's, or a part of it. ``adm1`` … ``adm2_code`` are as the file writes them, ``""`` where it
does not say. ``round`` is DTM's number or missing; ``households`` may be missing, ``people`` may
not; ``rows`` says how many rows of the file were added up, ``file`` and ``row`` where the first of
them stands (``""`` and 0 where that is not known)."""

BREAKDOWNS_READ = (
    "kind", "population", "date", "adm1", "adm1_code", "category", "households",
)  # fmt: skip
"""Columns of :attr:`Reading.breakdowns`, in households of a governorate. For ``origin`` the
``category`` is a governorate as the file writes it, else a code of the snapshot's."""

Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it is, and of how much (``None``: not known)."""


def silent(what: str, done: int, of: int | None) -> None:
    """Progress that nobody watches."""


class Harm(IntEnum):
    """What a finding does to the figures that readers would see, the worst first.

    Reports list findings in this order before they cut them, so that what happens to a whole
    country is never hidden below what happens to many rows.
    """

    TOTAL_FALLS = 1
    """People disappear from the country's total."""
    LEVELS_DIFFER = 2
    """Governorates, their districts or a printed total do not add up."""
    OTHER_PLACE = 3
    """People would be counted in another area than theirs."""
    NOT_PLACED = 4
    """People are in no area of the map."""
    NOT_TAKEN = 5
    """Figures of the file do not stand: another source's, or another kind of them, do."""
    TOTAL_CHANGES = 6
    """The country's total rises by more than it does between rounds."""
    COUNTED_ONCE = 7
    """Rows are taken for repetitions."""
    NOT_READ = 8
    """Columns are not read."""
    LEFT_OUT = 9
    """Rows are left out for what they are: totals, other countries."""
    OTHER = 10
    """Anything else a person should look at."""
    NOT_ASSESSED = 11
    """A row gives no number: there may be thousands, and no figure is another for it."""


@dataclass(frozen=True)
class Finding:
    """Something wrong in a file: where, what was found, the rule, the nearest valid choice.

    Attributes
    ----------
    row
        As a spreadsheet numbers it, from 1; 0 where it concerns no single row.
    sentence
        The rule that is broken, as a sentence.
    cell
        As a spreadsheet names it, ``D2``, where it is one that a person has to find.
    harm
        What it does to the figures; of several, the worst comes first.
    """

    severity: Literal["error", "warning"]
    sentence: str
    file: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""
    value: str = ""
    nearest: tuple[str, ...] = ()
    cell: str = ""
    harm: Harm = Harm.OTHER

    def line(self) -> str:
        """Write it as a line: ``list.xlsx, sheet IDP, row 12, column Households, “12x”: …``."""
        where = [
            self.file,
            self.sheet and f"sheet {self.sheet}",
            f"cell {self.cell}" if self.cell else self.row and f"row {self.row:,}",
            self.column and f"column {self.column}",
            self.value and f"“{self.value}”",
        ]
        placed = ", ".join(str(part) for part in where if part)
        near = f" Nearest: {', '.join(self.nearest)}." if self.nearest else ""
        return f"{placed}: {self.sentence}{near}" if placed else f"{self.sentence}{near}"

    def as_dict(self) -> dict[str, Any]:
        """Return what there is to say as JSON-ready values."""
        said = {key: value for key, value in vars(self).items() if value}
        return said | {"harm": self.harm.name.casefold()}


def by_harm(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with the worst first, and those of one harm in the order they were made."""
    return sorted(findings, key=lambda finding: finding.harm)


def stands_at(row: Any) -> dict[str, Any]:
    """Return ``file`` and ``row`` of a finding on a row of a reading, where they are known."""
    file, number = row.get("file"), row.get("row")
    return {
        "file": file if isinstance(file, str) else "",
        "row": int(number) if pd.notna(number) else 0,
    }


@dataclass(frozen=True)
class FileRead:
    """A file that was read: its name, the hash of its bytes, and how many rows of figures."""

    name: str
    sha256: str
    size: int
    rows: int
    layout: str


@dataclass(frozen=True)
class Asked:
    """What the information officer says beside the files; what a kind does not use stays empty.

    Attributes
    ----------
    date, round
        Of the figures, where the file does not say or says otherwise.
    mapping
        YAML file that says what columns mean (``table``) and whose figures they are.
    since, until
        First and last reporting date to fetch.
    options
        What else a kind's own options said.
    """

    date: dt.date | None = None
    round: int | None = None
    mapping: Path | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What was read.

    Attributes
    ----------
    source
        Row of :data:`geodata.snapshots.schemas.SOURCES`: whose figures these are, on what terms.
    counts, breakdowns
        :data:`COUNTS_READ`, :data:`BREAKDOWNS_READ`; empty frames where there are none.
    tables
        Whole tables of :mod:`geodata.snapshots.schemas` (``programmes``, ``coverage``, ``reach``,
        ``residents``), checked; rows of what is held that have the same key are replaced.
    findings
        All that is wrong; one error among them stops the ingest.
    pcode_scheme
        Numbering that its P-codes are said to be of; ``""``: names say it.
    """

    kind: str
    source: Mapping[str, str]
    files: tuple[FileRead, ...]
    counts: pd.DataFrame
    breakdowns: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    pcode_scheme: str = ""

    @property
    def errors(self) -> list[Finding]:
        """What stops the ingest."""
        return [finding for finding in self.findings if finding.severity == "error"]


Read = Callable[[Sequence[Path], Snapshot, Asked, Progress], Reading]


@dataclass(frozen=True)
class Kind:
    """A kind of source: its name on the command line and what reads it.

    Attributes
    ----------
    read
        Called with the files, the snapshot that is active (for its areas, boundaries, country and
        sources), what was asked for, and whom to tell how far it is.
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
