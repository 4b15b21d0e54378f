"""Read CSV as text: encoding, delimiter, widths."""

from __future__ import annotations

import codecs
import csv
import itertools
import re
from collections.abc import Iterable, Iterator
from statistics import median
from typing import IO

from geodata.errors import DataError
from geodata.sources.tabular.detect import HEAD_BYTES, CheckedFile
from geodata.sources.tabular.opening import open_bytes
from geodata.util.findings import Finding

MAX_LINE = 1_000_000
"""Characters of a line of a CSV: more is no line of a table."""
_WHOLE_BYTES = 64_000_000  # a file up to this size has its encoding checked to the end
_DELIMITERS = (",", ";", "\t", "|")


def csv_lines(name: str, handle: IO[str]) -> Iterator[str]:
    """Yield the lines of a CSV; refuse one that is too long for a table."""
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
    """Detect the encoding of a CSV; warn if it is a guess.

    A byte order mark decides; else UTF-8 where all bytes are (of a large file, the first 64 MB);
    else Windows-1256 where the letters beyond ASCII stand together as those of Arabic words do,
    and Windows-1252 where they stand alone as accented letters do.
    """
    with open_bytes(file.path) as handle:
        data = handle.read(_WHOLE_BYTES)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", []
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=file.size <= len(data))
        return "utf-8-sig", []
    except UnicodeDecodeError:
        pass
    encoding, script = ("cp1256", "Arabic") if _looks_arabic(data) else ("cp1252", "Western")
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
    sentence = (
        f"It is not in UTF-8; it is read as {script} ({encoding}). Check the names with letters "
        "beyond a to z, or save it as CSV UTF-8."
    )
    return encoding, [Finding("warning", sentence, file.name)]


def _looks_arabic(data: bytes) -> bool:
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", data[:HEAD_BYTES])]
    return sum(n for n in runs if n > 1) > sum(runs) / 2


def csv_delimiter(file: CheckedFile, encoding: str) -> str:
    """Return the delimiter that cuts the first rows into most columns."""
    with file.path.open(encoding=encoding, newline="", errors="replace") as handle:
        lines = list(itertools.islice(csv_lines(file.name, handle), 60))

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
