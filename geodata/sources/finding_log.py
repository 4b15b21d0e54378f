"""Collect findings on a file: errors that stop the ingest, and warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from geodata.sources.cell_values import CellError, clean_text, formula_error
from geodata.sources.tabular.workbook_scan import column_letters
from geodata.util import amounts
from geodata.util.findings import Finding, Harm

Severity = Literal["error", "warning"]
MAX_ROWS_LOGGED = 1_000
"""Rows with one mistake that are logged one by one before the rest are only counted."""

_Value = TypeVar("_Value")


@dataclass
class FindingLog:
    """Collect findings on one file.

    Of a mistake in more than :data:`MAX_ROWS_LOGGED` rows the rest is counted only, so that a file
    of millions of wrong rows takes no more memory than a small one.

    Attributes
    ----------
    columns
        Title of a column that is read ``->`` its position, so that a cell whose formula has no
        result is named as a spreadsheet names it.
    """

    file: str = ""
    sheet: str = ""
    columns: Mapping[str, int] = field(default_factory=dict)
    _listed: list[Finding] = field(default_factory=list)
    _counts: Counter[tuple[Severity, str, str, Harm]] = field(default_factory=Counter)
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
        """Log something that a person should check; it stops nothing."""
        self._note("warning", sentence, row, column, value, nearest, harm)

    def parse(
        self, parser: Callable[[Any], _Value], value: Any, *, row: int, column: str
    ) -> _Value | None:
        """Parse a cell; log an error and return ``None`` if it is wrong."""
        try:
            return parser(value)
        except CellError as error:
            self.error(str(error), row=row, column=column, value=value, nearest=error.nearest)
            return None

    def take(self, finding: Finding) -> None:
        """Add a finding of another module."""
        self._errors += finding.severity == "error"
        self._listed.append(finding)

    def _note(
        self,
        severity: Severity,
        sentence: str,
        row: int,
        column: str,
        value: object,
        nearest: tuple[str, ...],
        harm: Harm,
    ) -> None:
        kind = (severity, column, sentence, harm)
        self._errors += severity == "error"
        self._counts[kind] += 1
        if self._counts[kind] <= MAX_ROWS_LOGGED:
            text = clean_text(value)
            text = text if len(text) <= 80 else f"{text[:79]}…"
            cell = ""
            if self.sheet and column in self.columns and formula_error(value):
                cell = f"{column_letters(self.columns[column] + 1)}{row}"
            place = (self.file, self.sheet, row, column)
            self._listed.append(Finding(severity, sentence, *place, text, nearest, cell, harm))

    @property
    def errors(self) -> int:
        """Number of errors so far, with those that are only counted."""
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
            for (severity, column, sentence, harm), count in self._counts.items()
            if count > MAX_ROWS_LOGGED
        ]
        return [*self._listed, *more]
