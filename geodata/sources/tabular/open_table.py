"""Open a table of unknown origin, if it is of a known format and safe to read.

::

    path ─▶ check_file ─▶ CheckedFile ─▶ read_rows ─▶ TableRows: (row number, cells as text), …
            missing, empty, another format,         encoding, delimiter, sheet;
            locked, macros, zip bomb, too large     formulas without a value

The bytes decide the format, not the name. A workbook is unpacked once, within limits that are
counted and not taken from its directory, before any library reads it. Rows are streamed: a file of
millions of rows in the wrong format is refused after its first rows.
"""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from geodata.errors import DataError
from geodata.sources.tabular.csv_text import csv_delimiter, csv_encoding, csv_lines
from geodata.sources.tabular.detect import CheckedFile, check_file
from geodata.sources.tabular.opening import SAVE_AS
from geodata.sources.tabular.workbook_scan import (
    MAX_CELLS,
    SheetFacts,
    column_letters,
    formula_findings,
    scan_sheet,
    sheet_parts,
    shown_by_style,
)
from geodata.util.findings import Finding

Row = tuple[int, list[str]]
"""A row's number, as a spreadsheet counts, and its cells as text; ``""`` is an empty cell."""

KNOWN_CELL_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
"""Words of formulas without a result that the library for workbooks knows."""


class Merged(NamedTuple):
    """Cells that are merged into one: numbers of rows, from 1, and positions of columns, from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class TableRows:
    """The rows of a CSV or of one sheet; iterating reads them from the start each time.

    Attributes
    ----------
    sheet
        Name of the sheet, ``""`` in a CSV.
    encoding, delimiter
        Of a CSV; ``""`` in a workbook.
    findings
        What was wrong or assumed, with that of :attr:`file`. Errors among them (formulas that hold
        no value) are for the reader to pass on.
    merged
        Cells of a sheet that are merged: all of them but the first, which stands at the top and to
        the left, are empty.
    """

    file: CheckedFile
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    findings: tuple[Finding, ...] = ()
    merged: tuple[Merged, ...] = ()
    _open: Callable[[], Iterator[Row]] = field(default=lambda: iter(()), repr=False)

    def __iter__(self) -> Iterator[Row]:
        """Yield ``(number, cells)``; rows in which nothing stands are left out."""
        return ((number, cells) for number, cells in self._open() if any(map(str.strip, cells)))

    def head(self, rows: int = 50) -> list[Row]:
        """Return the first rows, reading no further.

        A cell that is merged with those below it, as heads of columns are over two rows, says the
        same in each of its rows.
        """
        head = list(itertools.islice(self, rows))
        numbered = dict(head)
        for top, left, bottom, right in self.merged:
            above = numbered.get(top, [])
            if left == right and left < len(above):
                for row in range(top + 1, min(bottom, head[-1][0]) + 1):
                    if left < len(numbered.get(row, ())):
                        numbered[row][left] = above[left]
        return head


# ---- rows


Score = Callable[[list[Row]], float]
"""Rates how much the first rows of a sheet look like what a reader reads; the highest wins."""


def filled_cells(head: list[Row]) -> float:
    """Score a sheet by the number of filled cells in its first rows."""
    return sum(1 for _, cells in head for cell in cells if cell.strip())


def read_rows(
    path: Path | CheckedFile, sheet: str | None = None, *, score: Score = filled_cells
) -> TableRows:
    """Open a CSV or a workbook for reading row by row.

    Parameters
    ----------
    sheet
        Name of the sheet; without it, that with the highest score is taken, the first among equals,
        sheets that are not hidden before those that are.
    score
        See :data:`Score`.

    Raises
    ------
    DataError
        As `check_file`; if the sheet does not exist, or is larger than :data:`MAX_CELLS`; and while
        rows are read, if a line or its encoding is broken.
    """
    file = path if isinstance(path, CheckedFile) else check_file(path)
    if file.kind == "xlsx":
        return _sheet_rows(file, sheet, score)
    return _csv_rows(file)


def cell_text(value: object) -> str:
    """Write a cell of a workbook as text: ``7862.0`` as ``7862``, a day as ``2020-02-29``."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return "" if value is None else str(value)


def _sheet_rows(file: CheckedFile, sheet: str | None, score: Score) -> TableRows:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_path(file.path) as book:
            sheets = [s for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
            names = [s.name for s in sheets]
            visible = [s.name for s in sheets if s.visible == SheetVisibleEnum.Visible]
            if sheet is not None and sheet not in names:
                raise DataError(
                    f"{file.name} has no sheet {sheet!r}; it has {', '.join(map(repr, names))}."
                )
            candidates = [sheet] if sheet is not None else visible or names
            if not candidates:
                raise DataError(f"{file.name} holds no sheet with cells. {SAVE_AS}")
            return _best_sheet(file, book, candidates, names, score)
    except CalamineError as error:
        raise DataError(f"{file.name} cannot be read as a workbook ({error}). {SAVE_AS}") from None


def _best_sheet(
    file: CheckedFile, book: Any, candidates: list[str], names: list[str], score: Score
) -> TableRows:
    parts, styles = sheet_parts(file.path), shown_by_style(file.path)
    best: tuple[float, TableRows] | None = None
    for name in candidates:
        facts = scan_sheet(file.path, parts[name], styles) if name in parts else SheetFacts()
        if facts.rows * facts.columns > MAX_CELLS:
            raise DataError(
                f"{file.name}, sheet {name}: its cells reach to {column_letters(facts.columns)}"
                f"{facts.rows}, more than {MAX_CELLS:,} cells. Delete what stands far from the "
                "table, or save the sheet as CSV UTF-8 (.csv)."
            )
        rows = _open_sheet(file, book, name, facts)
        points = score(rows.head())
        if best is None or points > best[0]:
            best = points, rows
    assert best is not None
    rows = best[1]
    others = [name for name in names if name != rows.sheet]
    if others and len(candidates) > 1 or set(names) - set(candidates) and len(candidates) == 1:
        finding = Finding(
            "warning",
            f"The sheet {rows.sheet} is read; the workbook's other sheets are not: "
            f"{', '.join(others[:10])}{' …' if len(others) > 10 else ''}.",
            file.name,
        )
        rows = replace(rows, findings=(*rows.findings, finding))
    return rows


def _open_sheet(file: CheckedFile, book: Any, name: str, facts: SheetFacts) -> TableRows:
    _check_cell_errors(file.name, name, facts)
    sheet = book.get_sheet_by_name(name)
    indent = sheet.start[1] if sheet.start else 0
    marked = [(column - 1, marks) for column, marks in facts.marks.items()]

    def rows() -> Iterator[Row]:
        for number, values in enumerate(sheet.iter_rows(), start=1):
            cells = [""] * indent + [cell_text(value) for value in values]
            for at, marks in marked:
                if at < len(cells) and (mark := marks.at(number)):
                    cells[at] = _shown_text(cells[at], mark)
            yield number, cells

    findings = [*file.findings, *formula_findings(file.name, name, facts)]
    merged = tuple(
        Merged(top + 1, left, bottom + 1, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    return TableRows(file, name, findings=tuple(findings), merged=merged, _open=rows)


def _shown_text(cell: str, mark: str) -> str:
    """Return the text of a marked cell: its error, or the part of its date that it shows."""
    if mark.startswith("#"):
        return mark
    if not _ISO_DATE.match(cell):  # a cell that is styled as a date and holds none
        return cell
    if mark == "unclear":
        return f"{cell[:10]} or {cell[:7]}"
    return cell[:7] if mark == "month" else cell[:4]


_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T|$)")


def _check_cell_errors(file: str, sheet: str, facts: SheetFacts) -> None:
    """Refuse a sheet with an error that is newer than the library for workbooks."""
    for column, marks in facts.marks.items():
        for row, mark in marks:
            if mark.startswith("#") and mark not in KNOWN_CELL_ERRORS:
                raise DataError(
                    f"{file}, sheet {sheet}, cell {column_letters(column)}{row}: {mark} stands "
                    "there in place of a formula's result. Mend the formula, or type the value; "
                    "the sheet cannot be opened with it."
                )


# ---- CSV


def _csv_rows(file: CheckedFile) -> TableRows:
    encoding, findings = csv_encoding(file)
    delimiter = csv_delimiter(file, encoding)

    def rows() -> Iterator[Row]:
        with file.path.open(encoding=encoding, newline="") as handle:
            reader = csv.reader(csv_lines(file.name, handle), delimiter=delimiter)
            try:
                yield from enumerate(reader, start=1)
            except csv.Error as error:
                raise DataError(
                    f"{file.name}, line {reader.line_num:,}: {error}; a quotation mark may be "
                    "open. Save it again as CSV UTF-8 (.csv)."
                ) from None
            except UnicodeError:
                raise DataError(
                    f"{file.name}, after line {reader.line_num:,}: a character is broken (the file "
                    f"begins as {encoding}). Save it again as CSV UTF-8 (.csv)."
                ) from None

    return TableRows(file, "", encoding, delimiter, (*file.findings, *findings), _open=rows)
