"""Findings of a reader: what is wrong, where and how grave; and progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

import pandas as pd

Progress = Callable[[str, int, int | None], None]
"""Called with the step, the count done and the total (``None``: not known)."""


def no_progress(step: str, count: int, total: int | None) -> None:
    """Ignore progress."""


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
        """Return the finding as a line: ``list.xlsx, sheet IDP, row 12, column D, “12x”: …``."""
        parts = [
            self.file,
            self.sheet and f"sheet {self.sheet}",
            f"cell {self.cell}" if self.cell else self.row and f"row {self.row:,}",
            self.column and f"column {self.column}",
            self.value and f"“{self.value}”",
        ]
        place = ", ".join(str(part) for part in parts if part)
        near = f" Nearest: {', '.join(self.nearest)}." if self.nearest else ""
        return f"{place}: {self.sentence}{near}" if place else f"{self.sentence}{near}"

    def as_dict(self) -> dict[str, Any]:
        """Return the fields that are not empty, as JSON-ready values."""
        fields = {key: value for key, value in vars(self).items() if value}
        return fields | {"harm": self.harm.name.casefold()}


def location(row: Any) -> dict[str, Any]:
    """Return ``file`` and ``row`` of a parsed row, for a finding; empty and 0 where unknown."""
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
