"""Scan the XML of sheets: their extent, formulas, errors, and dates shown as months."""

from __future__ import annotations

import zipfile
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from geodata.errors import DataError
from geodata.sources.tabular.number_formats import Shown, shown_by_styles
from geodata.sources.tabular.opening import open_bytes
from geodata.sources.tabular.workbook_safety import workbook_part
from geodata.util import amounts
from geodata.util.findings import Finding
from geodata.util.zip_guard import read_part

MAX_CELLS = 20_000_000
"""Rows times columns of a sheet; all of them are held in memory while it is read."""
MAX_LISTED = 50
"""Cells that are named one by one before the rest are only counted."""

_MOST_STYLES = 50_000_000  # characters; workbooks that were copied together have some millions
_LONGEST_WORD = 40  # characters of a formula's error, of which the longest has thirteen


@dataclass
class _Marks:
    """Marks of a column's cells, as runs of rows that have the same one.

    A mark is the word of a formula without a result (``#REF!``), or what a date cell shows where
    that is no day (:data:`geodata.sources.tabular.number_formats.Shown`).
    """

    _first: list[int] = field(default_factory=list)
    _last: list[int] = field(default_factory=list)
    _marks: list[str] = field(default_factory=list)

    def add(self, row: int, mark: str) -> None:
        """Mark a cell; rows come in their order."""
        if self._last and row <= self._last[-1]:
            raise DataError("has rows that are not in their order, as no spreadsheet writes them")
        if self._marks and self._marks[-1] == mark and self._last[-1] == row - 1:
            self._last[-1] = row
            return
        self._first.append(row)
        self._last.append(row)
        self._marks.append(mark)

    def at(self, row: int) -> str:
        """Return the mark of a row's cell; ``""`` where there is none."""
        i = bisect_right(self._first, row) - 1
        return self._marks[i] if i >= 0 and row <= self._last[i] else ""

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Yield the first row of every run, and its mark."""
        return zip(self._first, self._marks, strict=True)


@dataclass
class SheetFacts:
    """Facts from the XML of a sheet, collected before its cells are read.

    Attributes
    ----------
    without_value
        Rows and columns of formulas that were saved without their value.
    last_value
        The last row in which any cell holds a value.
    marks
        By column: what cells hold or show that their value does not say, see :class:`_Marks`.
    """

    rows: int = 0
    columns: int = 0
    formulas: int = 0
    without_value: list[tuple[int, int]] = field(default_factory=list)
    last_value: int = 0
    marks: dict[int, _Marks] = field(default_factory=lambda: defaultdict(_Marks))

    @property
    def totals_row(self) -> int:
        """The last row where it is nothing but formulas without values; 0 where it is not.

        Exports end in such a row of totals. Nothing that could be read stands in it.
        """
        rows = {row for row, _ in self.without_value}
        return self.rows if rows == {self.rows} and self.last_value < self.rows else 0


class _SheetScan:
    """Scan the XML of a sheet once for its extent, its formulas and its marks.

    The parser calls back for the starts of elements, and for the rest only within a cell that holds
    a formula or its error: that is three times as fast as handling everything.

    Parameters
    ----------
    shown
        What styles show that is no day, by their number.
    """

    def __init__(self, shown: Mapping[str, Shown]) -> None:
        self.facts = SheetFacts()
        self._shown = shown
        self._error = False
        self._row = self._column = 0
        self._columns: dict[str, int] = {}
        self._value = ""
        self._formula = False
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _doctype(self, *_: object) -> None:
        raise DataError("declares a document type, which no spreadsheet program writes")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._place(attributes.get("r", ""))
            kind = attributes.get("t", "n")
            if kind == "e":
                self._error, self._value = True, ""
                self.parser.EndElementHandler = self._end
            elif (mark := self._shown.get(attributes.get("s", ""))) and kind in ("n", "d"):
                self.facts.marks[self._column].add(self._row, mark)
        elif tag in ("v", "is"):
            if self._formula or self._error:
                self._listen(self._text)
            else:
                self.facts.last_value = max(self.facts.last_value, self._row)
        elif tag == "f":
            self.facts.formulas += 1
            self._formula, self._value = True, ""
            self.parser.EndElementHandler = self._end
        elif tag == "row":
            self._row = int(r) if (r := attributes.get("r", "")).isdecimal() else self._row + 1
            self._column = 0

    def _place(self, reference: str) -> None:
        letters = reference.rstrip("0123456789")
        row = reference[len(letters) :]
        if row and letters.isascii() and letters.isupper() and len(letters) <= 3:
            if letters not in self._columns:
                self._columns[letters] = _column_number(letters)
            self._column, self._row = self._columns[letters], int(row)
        else:
            self._column += 1
        facts = self.facts
        facts.rows, facts.columns = max(facts.rows, self._row), max(facts.columns, self._column)

    def _listen(self, to: Callable[[str], None] | None) -> None:
        self.parser.CharacterDataHandler = to

    def _text(self, text: str) -> None:
        self._value = (self._value + text)[:_LONGEST_WORD]

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag in ("v", "is"):
            self._listen(None)
        elif tag == "c":
            if self._error and self._value:
                self.facts.marks[self._column].add(self._row, self._value.strip().upper())
            formula, self._formula, self._error = self._formula, False, False
            self.parser.EndElementHandler = None
            if self._value or not formula:
                self.facts.last_value = max(self.facts.last_value, self._row)
            else:
                self.facts.without_value.append((self._row, self._column))


def column_letters(number: int) -> str:
    """Write a column's number, from 1, as a spreadsheet does.

    >>> column_letters(1), column_letters(28)
    ('A', 'AB')
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def scan_sheet(path: Path, part: zipfile.ZipInfo, shown: Mapping[str, Shown]) -> SheetFacts:
    """Scan the XML of a sheet once for its size, formulas and formats."""
    scan = _SheetScan(shown)
    try:
        with open_bytes(path) as handle:
            for chunk in read_part(handle, part):
                scan.parser.Parse(chunk, False)
                if scan.facts.rows * scan.facts.columns > MAX_CELLS:
                    break
            else:
                scan.parser.Parse(b"", True)
    except (expat.ExpatError, zipfile.BadZipFile) as error:
        raise DataError(f"{path.name}: its part {part.filename} is damaged ({error}).") from None
    except DataError as error:
        raise DataError(f"{path.name}: its part {part.filename} {error}.") from None
    return scan.facts


def shown_by_style(path: Path) -> dict[str, Shown]:
    """Return the styles of a workbook that show part of a date but no day, by their number."""
    with zipfile.ZipFile(path) as archive:
        targets = [
            attributes["Target"]
            for tag, attributes in _elements(workbook_part(archive, "xl/_rels/workbook.xml.rels"))
            if tag == "Relationship" and attributes.get("Type", "").endswith("/styles")
        ]
        name = _part_name(targets[0]) if targets else "xl/styles.xml"
        names = {part.filename.lower(): part.filename for part in archive.infolist()}
        styles = workbook_part(archive, names.get(name.lower(), name), _MOST_STYLES)
    if len(styles) >= _MOST_STYLES:
        raise DataError(
            f"{path.name} has more styles of cells than a table needs, and which of its dates are "
            "shown as months cannot be told. Copy the table's values into a new workbook."
        )
    return shown_by_styles(_elements(styles))


def _part_name(target: str) -> str:
    """Return the name of the part that a relationship of the workbook points to."""
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def sheet_parts(path: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the part of a workbook that holds each sheet, by the sheet's name."""
    with zipfile.ZipFile(path) as archive:
        targets = {
            attributes["Id"]: attributes["Target"]
            for tag, attributes in _elements(workbook_part(archive, "xl/_rels/workbook.xml.rels"))
            if tag == "Relationship" and {"Id", "Target"} <= attributes.keys()
        }
        parts = {part.filename.lower(): part for part in archive.infolist()}
        sheets: dict[str, zipfile.ZipInfo] = {}
        for tag, attributes in _elements(workbook_part(archive, "xl/workbook.xml")):
            if tag == "sheet":
                key = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
                name = _part_name(targets.get(key, ""))
                if name.lower() in parts:
                    sheets[attributes.get("name", "")] = parts[name.lower()]
    return sheets


def _elements(xml: str) -> list[tuple[str, dict[str, str]]]:
    """Return every element of a small part: its tag without a prefix, and its attributes."""
    elements: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: elements.append(
        (tag.rpartition(":")[2], attributes)
    )
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        return elements
    return elements


def formula_findings(file: str, sheet: str, facts: SheetFacts) -> Iterator[Finding]:
    """Warn of formulas: their saved values are read, and some have none."""
    if facts.formulas:
        yield Finding(
            "warning",
            f"Formulas ({amounts.pluralise(facts.formulas, 'cell')}): the values that were saved "
            "with them are read, nothing is computed again.",
            file,
            sheet,
        )
    if facts.totals_row:
        yield Finding(
            "warning",
            "The last row is nothing but formulas saved without their values, as totals are; it is "
            "left out.",
            file,
            sheet,
            facts.totals_row,
        )
        return
    sentence = (
        "The formula was saved without its value. Open the workbook in a spreadsheet program and "
        "save it, or paste the values."
    )
    for row, column in facts.without_value[:MAX_LISTED]:
        yield Finding("error", sentence, file, sheet, row, column_letters(column))
    if more := len(facts.without_value[MAX_LISTED:]):
        yield Finding(
            "error", f"… and {amounts.pluralise(more, 'more cell')}: {sentence}", file, sheet
        )
