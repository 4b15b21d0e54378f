"""Collect findings on a file: errors that stop the ingest, and warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from geodata.sources.cell_values import clean_text, formula_error
from geodata.sources.tabular.workbook_scan import column_letters
from geodata.util import amounts
from geodata.util.findings import Finding, Harm

Severity = Literal["error", "warning"]
MAX_ROWS_LOGGED = 1_000


# ---- findings


@dataclass
class FindingLog:
    """Collect findings on one file.

    Of a mistake that is in more than :data:`KEPT` rows the rest is counted only, so that a file of
    millions of wrong rows takes no more memory than a small one.

    Attributes
    ----------
    columns
        Title of a column that is read ``->`` its position, so that a cell whose formula has no
        result is named as a spreadsheet names it.
    """

    file: str = ""
    sheet: str = ""
    columns: Mapping[str, int] = field(default_factory=dict)
    _kept: list[Finding] = field(default_factory=list)
    _met: Counter[tuple[Severity, str, str, Harm]] = field(default_factory=Counter)
    _errors: int = 0

    def error(
        self,
        sentence: str,
        *,
        row: int = 0,
        column: str = "",
        value: object = "",
        nearest: tuple[str, ...] = (),
        harm: Harm = Harm.OTHER,
    ) -> None:
        """Log a mistake that stops the ingest."""
        self._note("error", sentence, row, column, value, nearest, harm)

    def warning(
        self,
        sentence: str,
        *,
        row: int = 0,
        column: str = "",
        value: object = "",
        nearest: tuple[str, ...] = (),
        harm: Harm = Harm.OTHER,
    ) -> None:
        """Log what a person should look at."""
        self._note("warning", sentence, row, column, value, nearest, harm)

    def take(self, finding: Finding) -> None:
        """Add a finding of another module."""
        self._errors += finding.severity == "error"
        self._kept.append(finding)

    def _note(
        self,
        severity: Severity,
        sentence: str,
        row: int,
        column: str,
        value: object,
        near: tuple[str, ...],
        harm: Harm,
    ) -> None:
        kind = (severity, column, sentence, harm)
        self._errors += severity == "error"
        self._met[kind] += 1
        if self._met[kind] <= MAX_ROWS_LOGGED:
            shown = clean_text(value)
            shown = shown if len(shown) <= 80 else f"{shown[:79]}…"
            cell = ""
            if self.sheet and column in self.columns and formula_error(value):
                cell = f"{column_letters(self.columns[column] + 1)}{row}"
            self._kept.append(
                Finding(
                    severity, sentence, self.file, self.sheet, row, column, shown, near, cell, harm
                )
            )

    @property
    def errors(self) -> int:
        """Number of errors so far, with those beyond :data:`KEPT` that are only counted."""
        return self._errors

    def all(self) -> list[Finding]:
        """Return the findings in their order, then a line on how many more of each there are."""
        more = [
            Finding(
                severity,
                f"and in {amounts.pluralise(count - MAX_ROWS_LOGGED, 'more row')}: {sentence}",
                self.file,
                self.sheet,
                column=column,
                harm=harm,
            )
            for (severity, column, sentence, harm), count in self._met.items()
            if count > MAX_ROWS_LOGGED
        ]
        return [*self._kept, *more]
