"""A view as CSV (RFC 4180, UTF-8): one row for each area and date, statuses in words."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable

from geodata.exports.tables.formula_injection import escape_formula
from geodata.exports.tables.long_table import COLUMNS, rows, tags
from geodata.exports.tables.workbook import Value
from geodata.figures.view import View


def csv_text(view: View, dates: Iterable[int], *, permalink: str = "", hxl: bool = False) -> str:
    """Write the rows of the dates at these positions; absent figures are empty, never zero.

    Parameters
    ----------
    permalink
        As :func:`geodata.exports.tables.long_table.rows` takes it.
    hxl
        Put the row of HXL tags under the names of the columns.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    if hxl:
        tagged = tags(view)
        writer.writerow(tagged[name] for name in COLUMNS)
    writer.writerows(map(_cells, rows(view, dates, permalink)))
    return out.getvalue()


def csv_file(view: View, dates: Iterable[int], *, permalink: str = "", hxl: bool = False) -> bytes:
    """Write :func:`csv_text` as a file; with a byte order mark unless all letters are ASCII.

    Spreadsheets read a file without the mark in the legacy encoding of the computer's country.
    """
    body = csv_text(view, dates, permalink=permalink, hxl=hxl).encode()
    return body if body.isascii() else codecs.BOM_UTF8 + body


def _cells(row: list[Value]) -> list[Value]:
    return [escape_formula(value) if isinstance(value, str) else value for value in row]
