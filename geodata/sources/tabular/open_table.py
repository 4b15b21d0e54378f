"""Opening what somebody sends: only what a reader can read, and only what is safe to.

::

    path ─▶ check_file ─▶ CheckedFile ─▶ read_rows ─▶ Rows: (row number, cells as text), …
            missing, empty, another format,         encoding, delimiter, sheet;
            locked, macros, zip bomb, too large     formulas without a value

Nothing is believed because of its name. A workbook is unpacked here first, within limits that are
counted and not believed from its directory, before anything else looks into it. Rows are streamed:
a file of millions of rows in the wrong format is refused after its first rows.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import hashlib
import itertools
import re
import struct
import zipfile
import zlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import BufferedReader
from pathlib import Path
from statistics import median
from typing import IO, Any, Literal, NamedTuple
from xml.parsers import expat

from geodata.errors import DataError
from geodata.sources.contract import FileRead, Finding
from geodata.sources.tabular.number_formats import Shown, shown_by_styles

Format = Literal["csv", "xlsx", "json"]
Row = tuple[int, list[str]]
"""A row's number, as a spreadsheet counts, and its cells as text; ``""`` is an empty cell."""

CELL_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
"""Words of formulas without a result that the library for workbooks knows."""

MAX_BYTES: dict[str, int] = {"csv": 8_000_000_000, "xlsx": 200_000_000, "json": 1_000_000_000}
MAX_UNPACKED = 2_000_000_000
"""Bytes that all parts of a workbook may hold together once unpacked."""
MAX_RATIO = 250
"""How many times its packed size a part of more than :data:`RATIO_FROM` bytes may hold."""
RATIO_FROM = 20_000_000
MAX_PARTS = 5_000
MAX_CELLS = 20_000_000
"""Rows times columns of a sheet; all of them are held in memory while it is read."""
MAX_LINE = 1_000_000
"""Characters of a line of a CSV: more is no line of a table."""
MAX_LISTED = 50
"""Cells that are named one by one before the rest are only counted."""

_MOST_STYLES = 50_000_000  # characters; workbooks that were copied together have some millions
_LONGEST_WORD = 40  # characters of a formula's error, of which the longest has thirteen
_HEAD_BYTES = 1_000_000
_WHOLE_BYTES = 64_000_000  # a file up to this size has its encoding checked to the end
_CHUNK = 1 << 20
_DELIMITERS = (",", ";", "\t", "|")
_SHOW = "Open it in a spreadsheet and save it as Excel workbook (.xlsx) or CSV UTF-8 (.csv)."

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_MACROS = ("vbaproject.bin", "xlmacrosheet", "macrosheets/")
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive; unpack it"),
    (b"PAR1", "a Parquet file"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it"),
    (b"Rar!", "a RAR archive; unpack it"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a text document"),
)


@dataclass(frozen=True)
class CheckedFile:
    """A file that can be read: what it is, and what a person should know about it.

    Attributes
    ----------
    kind
        What the bytes are, whatever the name ends in.
    findings
        Warnings: formulas, links to other workbooks, a name that says another format.
    """

    path: Path
    name: str
    size: int
    kind: Format
    modified: int
    findings: tuple[Finding, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the bytes; they are gone through when it is first asked for."""
        with _opened(self.path) as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()

    @cached_property
    def blank_lines(self) -> bool:
        """Whether an empty line stands between the lines of a CSV."""
        before = b""
        with _opened(self.path) as handle:
            while chunk := handle.read(_CHUNK):
                joined = before + chunk
                if b"\n\n" in joined or b"\n\r\n" in joined:
                    return True
                before = joined[-2:]
        return False

    def read(self, rows: int, layout: str) -> FileRead:
        """Say that so many rows of figures were read in that layout.

        Raises
        ------
        DataError
            If the file was changed since it was checked.
        """
        digest = self.sha256
        now = self.path.stat()
        if (now.st_size, now.st_mtime_ns) != (self.size, self.modified):
            raise DataError(f"{self.name} was changed while it was read; wait until it is whole")
        return FileRead(self.name, digest, self.size, rows, layout)


class Merged(NamedTuple):
    """Cells that are merged into one: numbers of rows, from 1, and positions of columns, from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Rows:
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
        for one in self.merged:
            above = numbered.get(one.top, [])
            if one.left == one.right and one.left < len(above):
                for row in range(one.top + 1, min(one.bottom, head[-1][0]) + 1):
                    if one.left < len(numbered.get(row, ())):
                        numbered[row][one.left] = above[one.left]
        return head


# ---- what it is


def check_file(path: Path, kinds: Sequence[Format] = ("csv", "xlsx")) -> CheckedFile:
    """Look at a file's bytes and say what it is, reading no more than that takes.

    Raises
    ------
    DataError
        With a sentence that says what to do: it is missing, a folder, unreadable, empty, too large,
        in another format, cut short, locked with a password, holds macros, or unpacks to more than
        the limits above.
    """
    path = Path(path)
    head = _head_of(path)
    stat = path.stat()
    kind = _kind_of(path, head)
    if kind not in kinds:
        wanted = " or ".join({"csv": "CSV", "xlsx": "Excel", "json": "JSON"}[k] for k in kinds)
        raise DataError(f"{path.name} is {_KINDS[kind]}; what is read here is {wanted}.")
    if stat.st_size > MAX_BYTES[kind]:
        raise DataError(
            f"{path.name} has {stat.st_size / 1e6:,.0f} MB; {_KINDS[kind]} may have "
            f"{MAX_BYTES[kind] / 1e6:,.0f} MB. Split it by date, or save a workbook as CSV."
        )
    findings = tuple(_check_workbook(path)) if kind == "xlsx" else ()
    ending = path.suffix.lower().removeprefix(".")
    if ending in ("csv", "xlsx", "xls", "json") and ending != kind:
        findings += (
            Finding("warning", f"The name says {ending}, the file is {_KINDS[kind]}.", path.name),
        )
    return CheckedFile(path, path.name, stat.st_size, kind, stat.st_mtime_ns, findings)


_KINDS = {"csv": "a CSV", "xlsx": "an Excel workbook", "json": "a JSON file"}


def _opened(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except FileNotFoundError:
        near = _siblings_like(path)
        also = f" Beside it: {', '.join(near)}." if near else ""
        raise DataError(f"{path} is missing; check the path.{also}") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder; name the files in it.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None


def _siblings_like(path: Path) -> list[str]:
    import difflib

    try:
        names = [entry.name for entry in itertools.islice(path.parent.iterdir(), 1000)]
    except OSError:
        return []
    return difflib.get_close_matches(path.name, names, n=3)


def _head_of(path: Path) -> bytes:
    with _opened(path) as handle:
        if not path.is_file():
            raise DataError(f"{path} is no file that can be read; copy its contents into one.")
        try:
            return handle.read(_HEAD_BYTES)
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror}.") from None


def _kind_of(path: Path, head: bytes) -> Format:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise DataError(f"{path.name} is empty; download or export it again.")
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(_OLE):
        raise DataError(_ole(path))
    for magic, what in _OTHERS:
        if text.startswith(magic):
            raise DataError(f"{path.name} is {what}, no table. {_SHOW}")
    start = text[:200].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")) or b"<html" in start:
        raise DataError(
            f"{path.name} is a web page or XML, no table: perhaps the page of an error or of a "
            "login was saved in place of the file. Download it again."
        )
    if text[:1] in b"{[":
        return "json"
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\x00" in head and not utf16:
        raise DataError(f"{path.name} is binary, no table that can be read. {_SHOW}")
    return "csv"


def _ole(path: Path) -> str:
    with _opened(path) as handle:
        before = b""
        while chunk := handle.read(_CHUNK):
            if _LOCKED in before + chunk:
                return (
                    f"{path.name} is locked with a password; open it with the password and save "
                    "it without one."
                )
            before = chunk[-len(_LOCKED) :]
    return f"{path.name} is in the old Excel format (.xls). {_SHOW}"


# ---- workbooks


def _check_workbook(path: Path) -> Iterator[Finding]:
    """Refuse what is no safe workbook; yield what a person should know."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, struct.error, OSError, ValueError):
        raise DataError(
            f"{path.name} begins like an Excel workbook and does not end like one: it was cut "
            "short or damaged. Download or copy it again."
        ) from None
    with archive:
        parts = archive.infolist()
        _check_directory(path.name, parts)
        _check_is_workbook(path.name, {part.filename.lower() for part in parts}, archive)
        _unpack_all(path, parts)
        names = [part.filename.lower() for part in parts]
        if any(name.startswith("xl/externallinks/") for name in names):
            yield Finding(
                "warning",
                "It takes figures from other workbooks. They are not opened: the values that were "
                "saved in this one are read.",
                path.name,
            )
        if any(name in ("xl/connections.xml", "xl/querytables") for name in names):
            yield Finding(
                "warning",
                "It is connected to a database or web page. Nothing is asked there: the values "
                "that were saved are read.",
                path.name,
            )


def _check_directory(name: str, parts: Sequence[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 0x1 for part in parts):
        raise DataError(f"{name} is locked with a password; save it without one.")
    named = {part.filename for part in parts}
    odd = {part.compress_type for part in parts} - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if len(parts) > MAX_PARTS or len(named) != len(parts) or odd:
        raise DataError(f"{name} is packed as no spreadsheet program packs a workbook. {_SHOW}")
    _check_unpacked(name, sum(part.file_size for part in parts))
    for part in parts:
        _check_ratio(name, part, part.file_size)


def _check_unpacked(name: str, size: int) -> None:
    if size > MAX_UNPACKED:
        raise DataError(
            f"{name} unpacks to more than {MAX_UNPACKED / 1e6:,.0f} MB, and is not unpacked "
            "(it may be made to fill the memory). Save its one sheet as CSV UTF-8 (.csv)."
        )


def _check_ratio(name: str, part: zipfile.ZipInfo, size: int) -> None:
    if size > RATIO_FROM and size > MAX_RATIO * max(part.compress_size, 1):
        raise DataError(
            f"{name}: its part {part.filename} unpacks to more than {MAX_RATIO} times its packed "
            "size, and is not unpacked (it may be made to fill the memory). Save its one sheet as "
            "CSV UTF-8 (.csv)."
        )


def _check_is_workbook(name: str, parts: set[str], archive: zipfile.ZipFile) -> None:
    if any(macro in part for part in parts for macro in _MACROS):
        raise DataError(
            f"{name} holds macros, and is not opened. Save it as Excel workbook (.xlsx), which "
            "holds none."
        )
    if "xl/workbook.xml" in parts and "[content_types].xml" in parts:
        return
    if "xl/workbook.bin" in parts:
        raise DataError(f"{name} is a binary workbook (.xlsb). {_SHOW}")
    if "mimetype" in parts and "opendocument" in _part(archive, "mimetype", 200):
        raise DataError(f"{name} is an OpenDocument file (.ods). {_SHOW}")
    if "word/document.xml" in parts or "ppt/presentation.xml" in parts:
        raise DataError(f"{name} is a text document or slides, no table. {_SHOW}")
    raise DataError(f"{name} is a ZIP archive, no workbook: unpack it and name the files in it.")


def _part(archive: zipfile.ZipFile, name: str, most: int = 5_000_000) -> str:
    try:
        with archive.open(name) as part:
            return part.read(most).decode("utf-8", "replace")
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError):
        return ""


def _unpack_all(path: Path, parts: Sequence[zipfile.ZipInfo]) -> None:
    """Unpack every part once and count: a directory can say less than there is."""
    total = 0
    for part in parts:
        size = 0
        for chunk in _unpacked(path, part):
            size += len(chunk)
            _check_ratio(path.name, part, size)
            _check_unpacked(path.name, total + size)
        if size != part.file_size:
            raise DataError(
                f"{path.name} was cut short or damaged: its part {part.filename} holds {size:,} "
                f"bytes and should hold {part.file_size:,}. Download or copy it again."
            )
        total += size


def _unpacked(path: Path, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield all that a part holds, whatever length the directory gives it, a chunk at a time."""
    with _opened(path) as handle:
        handle.seek(part.header_offset)
        local = handle.read(30)
        if len(local) < 30 or local[:4] != b"PK\x03\x04":
            raise _damaged(path, part)
        name_length, extra_length = struct.unpack("<HH", local[26:30])
        handle.seek(name_length + extra_length, 1)
        left = part.compress_size
        inflate = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
        check = 0
        while left > 0 and (packed := handle.read(min(_CHUNK, left))):
            left -= len(packed)
            for chunk in [packed] if inflate is None else _inflated(inflate, packed, path, part):
                check = zlib.crc32(chunk, check)
                yield chunk
        if check != part.CRC:
            raise _damaged(path, part)


def _inflated(inflate: Any, packed: bytes, path: Path, part: zipfile.ZipInfo) -> Iterator[bytes]:
    while packed:
        try:
            chunk = inflate.decompress(packed, _CHUNK)
        except zlib.error:
            raise _damaged(path, part) from None
        packed = inflate.unconsumed_tail
        if not chunk:
            return
        yield chunk


def _damaged(path: Path, part: zipfile.ZipInfo) -> DataError:
    return DataError(
        f"{path.name} was cut short or damaged (part {part.filename}). Download or copy it again."
    )


@dataclass
class _Marks:
    """Marks of a column's cells, as runs of rows that have the same one.

    A mark is the word of a formula without a result (``#REF!``), or what a date cell shows where
    that is no day (:data:`geodata.sources.tabular.number_formats.Shown`).
    """

    _first: list[int] = field(default_factory=list)
    _last: list[int] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)

    def add(self, row: int, mark: str) -> None:
        """Mark a cell; rows come in their order."""
        if self._last and row <= self._last[-1]:
            raise DataError("has rows that are not in their order, as no spreadsheet writes them")
        if self._said and self._said[-1] == mark and self._last[-1] == row - 1:
            self._last[-1] = row
            return
        self._first.append(row)
        self._last.append(row)
        self._said.append(mark)

    def at(self, row: int) -> str:
        """Return the mark of a row's cell; ``""`` where there is none."""
        i = bisect_right(self._first, row) - 1
        return self._said[i] if i >= 0 and row <= self._last[i] else ""

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Yield the first row of every run, and its mark."""
        return zip(self._first, self._said, strict=True)


@dataclass
class _SheetFacts:
    """What the XML of a sheet says before its cells are read.

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
    """Goes once through the XML of a sheet: how far it reaches, its formulas and marks.

    Only the starts of elements are listened to, and within a cell that holds a formula or its error
    the rest: that is three times as fast as listening to everything.

    Parameters
    ----------
    shown
        What styles show that is no day, by their number.
    """

    def __init__(self, shown: Mapping[str, Shown]) -> None:
        self.facts = _SheetFacts()
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

    def _start(self, tag: str, said: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._place(said.get("r", ""))
            kind = said.get("t", "n")
            if kind == "e":
                self._error, self._value = True, ""
                self.parser.EndElementHandler = self._end
            elif (mark := self._shown.get(said.get("s", ""))) and kind in ("n", "d"):
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
            self._row = int(r) if (r := said.get("r", "")).isdecimal() else self._row + 1
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


def _scan_sheet(path: Path, part: zipfile.ZipInfo, shown: Mapping[str, Shown]) -> _SheetFacts:
    scan = _SheetScan(shown)
    try:
        for chunk in _unpacked(path, part):
            scan.parser.Parse(chunk, False)
            if scan.facts.rows * scan.facts.columns > MAX_CELLS:
                break
        else:
            scan.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise DataError(f"{path.name}: its part {part.filename} is damaged ({error}).") from None
    except DataError as error:
        raise DataError(f"{path.name}: its part {part.filename} {error}.") from None
    return scan.facts


def _shown_by_style(path: Path) -> dict[str, Shown]:
    """What the styles of a workbook show of dates, where that is no day."""
    with zipfile.ZipFile(path) as archive:
        targets = [
            said["Target"]
            for tag, said in _elements(_part(archive, "xl/_rels/workbook.xml.rels"))
            if tag == "Relationship" and said.get("Type", "").endswith("/styles")
        ]
        where = _target(targets[0]) if targets else "xl/styles.xml"
        names = {part.filename.lower(): part.filename for part in archive.infolist()}
        styles = _part(archive, names.get(where.lower(), where), _MOST_STYLES)
    if len(styles) >= _MOST_STYLES:
        raise DataError(
            f"{path.name} has more styles of cells than a table needs, and which of its dates are "
            "shown as months cannot be told. Copy the table's values into a new workbook."
        )
    return shown_by_styles(_elements(styles))


def _target(said: str) -> str:
    """Where a part stands that the workbook points to."""
    return said.lstrip("/") if said.startswith("/") else f"xl/{said}"


def _sheet_parts(path: Path) -> dict[str, zipfile.ZipInfo]:
    """Which part of a workbook holds which sheet, by the sheet's name."""
    with zipfile.ZipFile(path) as archive:
        targets = {
            said["Id"]: said["Target"]
            for tag, said in _elements(_part(archive, "xl/_rels/workbook.xml.rels"))
            if tag == "Relationship" and {"Id", "Target"} <= said.keys()
        }
        parts = {part.filename.lower(): part for part in archive.infolist()}
        found: dict[str, zipfile.ZipInfo] = {}
        for tag, said in _elements(_part(archive, "xl/workbook.xml")):
            if tag == "sheet":
                key = next((v for k, v in said.items() if k.rpartition(":")[2] == "id"), "")
                where = _target(targets.get(key, ""))
                if where.lower() in parts:
                    found[said.get("name", "")] = parts[where.lower()]
    return found


def _elements(xml: str) -> list[tuple[str, dict[str, str]]]:
    """Every element of a small part: its tag without a prefix, and its attributes."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, said: found.append((tag.rpartition(":")[2], said))
    try:
        parser.Parse(xml, True)
    except expat.ExpatError:
        return found
    return found


# ---- rows


Score = Callable[[list[Row]], float]
"""How well the first rows of a sheet look like what a reader reads; the highest is taken."""


def filled_cells(head: list[Row]) -> float:
    """Score a sheet by how much stands in its first rows."""
    return sum(1 for _, cells in head for cell in cells if cell.strip())


def read_rows(
    path: Path | CheckedFile, sheet: str | None = None, *, score: Score = filled_cells
) -> Rows:
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


def _sheet_rows(file: CheckedFile, sheet: str | None, score: Score) -> Rows:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        with CalamineWorkbook.from_path(file.path) as book:
            kinds = {said.name: said for said in book.sheets_metadata}
            names = [n for n, said in kinds.items() if said.typ == SheetTypeEnum.WorkSheet]
            shown = [n for n in names if kinds[n].visible == SheetVisibleEnum.Visible]
            if sheet is not None and sheet not in names:
                raise DataError(
                    f"{file.name} has no sheet {sheet!r}; it has {', '.join(map(repr, names))}."
                )
            candidates = [sheet] if sheet is not None else shown or names
            if not candidates:
                raise DataError(f"{file.name} holds no sheet with cells. {_SHOW}")
            return _best_sheet(file, book, candidates, names, score)
    except CalamineError as error:
        raise DataError(f"{file.name} cannot be read as a workbook ({error}). {_SHOW}") from None


def _best_sheet(
    file: CheckedFile, book: Any, candidates: list[str], names: list[str], score: Score
) -> Rows:
    parts, shown = _sheet_parts(file.path), _shown_by_style(file.path)
    best: tuple[float, Rows] | None = None
    for name in candidates:
        facts = _scan_sheet(file.path, parts[name], shown) if name in parts else _SheetFacts()
        if facts.rows * facts.columns > MAX_CELLS:
            raise DataError(
                f"{file.name}, sheet {name}: its cells reach to {column_letters(facts.columns)}"
                f"{facts.rows}, more than {MAX_CELLS:,} cells. Delete what stands far from the "
                "table, or save the sheet as CSV UTF-8 (.csv)."
            )
        rows = _opened_sheet(file, book, name, facts)
        points = score(rows.head())
        if best is None or points > best[0]:
            best = points, rows
    assert best is not None
    rows = best[1]
    others = [name for name in names if name != rows.sheet]
    if others and len(candidates) > 1 or set(names) - set(candidates) and len(candidates) == 1:
        said = Finding(
            "warning",
            f"The sheet {rows.sheet} is read; the workbook's other sheets are not: "
            f"{', '.join(others[:10])}{' …' if len(others) > 10 else ''}.",
            file.name,
        )
        rows = replace(rows, findings=(*rows.findings, said))
    return rows


def _opened_sheet(file: CheckedFile, book: Any, name: str, facts: _SheetFacts) -> Rows:
    _check_cell_errors(file.name, name, facts)
    sheet = book.get_sheet_by_name(name)
    left = sheet.start[1] if sheet.start else 0
    marked = [(column - 1, marks) for column, marks in facts.marks.items()]

    def rows() -> Iterator[Row]:
        for number, values in enumerate(sheet.iter_rows(), start=1):
            cells = [""] * left + [cell_text(value) for value in values]
            for at, marks in marked:
                if at < len(cells) and (mark := marks.at(number)):
                    cells[at] = _marked(cells[at], mark)
            yield number, cells

    findings = [*file.findings, *_formula_findings(file.name, name, facts)]
    merged = tuple(
        Merged(top + 1, near, bottom + 1, far)
        for (top, near), (bottom, far) in sheet.merged_cell_ranges or ()
    )
    return Rows(file, name, findings=tuple(findings), merged=merged, _open=rows)


def _marked(cell: str, mark: str) -> str:
    """What a marked cell says: the word of its error, or as much of its date as it shows."""
    if mark.startswith("#"):
        return mark
    if not _ISO.match(cell):  # a cell that is styled as a date and holds none
        return cell
    if mark == "unclear":
        return f"{cell[:10]} or {cell[:7]}"
    return cell[:7] if mark == "month" else cell[:4]


_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:T|$)")


def _check_cell_errors(file: str, sheet: str, facts: _SheetFacts) -> None:
    """Refuse a sheet with an error that is newer than the library for workbooks."""
    for column, marks in facts.marks.items():
        for row, mark in marks:
            if mark.startswith("#") and mark not in CELL_ERRORS:
                raise DataError(
                    f"{file}, sheet {sheet}, cell {column_letters(column)}{row}: {mark} stands "
                    "there in place of a formula's result. Mend the formula, or type the value; "
                    "the sheet cannot be opened with it."
                )


def _formula_findings(file: str, sheet: str, facts: _SheetFacts) -> Iterator[Finding]:
    if facts.formulas:
        yield Finding(
            "warning",
            f"Formulas ({facts.formulas:,} cells): the values that were saved with them are read, "
            "nothing is computed again.",
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
        yield Finding("error", f"… and {more:,} more cells: {sentence}", file, sheet)


# ---- CSV


def _csv_rows(file: CheckedFile) -> Rows:
    encoding, findings = csv_encoding(file)
    delimiter = _delimiter(file, encoding)

    def rows() -> Iterator[Row]:
        with file.path.open(encoding=encoding, newline="") as handle:
            reader = csv.reader(_lines(file.name, handle), delimiter=delimiter)
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

    return Rows(file, "", encoding, delimiter, (*file.findings, *findings), _open=rows)


def _lines(name: str, handle: IO[str]) -> Iterator[str]:
    number = 0
    while line := handle.readline(MAX_LINE):
        number += 1
        if len(line) >= MAX_LINE:
            raise DataError(
                f"{name}, line {number:,} is longer than {MAX_LINE:,} characters: it is no table "
                "with a line for each row."
            )
        yield line.replace("\x00", "")


def csv_encoding(file: CheckedFile) -> tuple[str, list[Finding]]:
    """Find out how a CSV's characters are written; a guess is said in a warning.

    A byte order mark decides; else UTF-8 where all bytes are (of a large file, the first 64 MB);
    else Windows-1256 where the letters beyond ASCII stand together as those of Arabic words do,
    and Windows-1252 where they stand alone as accented letters do.
    """
    with _opened(file.path) as handle:
        data = handle.read(_WHOLE_BYTES)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", []
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=file.size <= len(data))
        return "utf-8-sig", []
    except UnicodeDecodeError:
        pass
    encoding, said = ("cp1256", "Arabic") if _looks_arabic(data) else ("cp1252", "Western")
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
    sentence = (
        f"It is not in UTF-8; it is read as {said} ({encoding}). Check the names with letters "
        "beyond a to z, or save it as CSV UTF-8."
    )
    return encoding, [Finding("warning", sentence, file.name)]


def _looks_arabic(data: bytes) -> bool:
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", data[:_HEAD_BYTES])]
    return sum(n for n in runs if n > 1) > sum(runs) / 2


def _delimiter(file: CheckedFile, encoding: str) -> str:
    """The delimiter that cuts the first rows into most columns."""
    with file.path.open(encoding=encoding, newline="", errors="replace") as handle:
        lines = list(itertools.islice(_lines(file.name, handle), 60))

    def columns(delimiter: str) -> float:
        return median(_widths(lines, delimiter) or [0])

    return max(_DELIMITERS, key=columns)


def _widths(lines: Iterable[str], delimiter: str) -> list[int]:
    widths = []
    try:
        widths += [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        pass  # a quotation mark that opens here and closes beyond these lines
    return widths
