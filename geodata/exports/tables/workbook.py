"""Workbooks (.xlsx): plain lists of values in, bytes out.

A render process loads this module, so it imports nothing of the figures and stays small.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from geodata.exports.tables.formula_injection import looks_like_formula

_DAY, WIDE = "yyyy-mm-dd", 100
_A4, _MARGIN = 9, 0.4  # inches at the sides, as most printers can
_TWO_LINES = 30  # points
_RTL = 2  # of a cell, whatever letters it begins with

Value = str | int | float | dt.date | None


@dataclass(frozen=True)
class Sheet:
    """A sheet: rows from the top, the first ``head`` of which stay in sight and on every page.

    Attributes
    ----------
    printed
        How many columns are printed; all of them where 0. Further ones would make letters on paper
        too small to be read.
    rtl
        Whether its first column is on the right, and its texts are read from there.
    """

    name: str
    rows: list[list[Value]]
    widths: tuple[float, ...]
    head: int = 1
    rtl: bool = False
    printed: int = 0


def workbook(sheets: list[Sheet], properties: dict[str, Any]) -> bytes:
    """Write an .xlsx; the same sheets give the same bytes.

    Parameters
    ----------
    properties
        ``title``, ``comments`` and the like, as spreadsheets show them.
    """
    import xlsxwriter

    out = io.BytesIO()
    settings = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(out, settings) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1), **properties})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "day": book.add_format({"num_format": _DAY}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "rtl": book.add_format({"text_wrap": True, "valign": "top", "reading_order": _RTL}),
            # Stays text also where someone edits the cell.
            "quoted": book.add_format({"quote_prefix": True}),
        }
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            _write(page, sheet, formats)
            _set_up_paper(page, sheet, str(properties.get("title", "")))
    return out.getvalue()


def _write(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    if sheet.rtl:
        page.right_to_left()
    page.freeze_panes(sheet.head, 0)
    for r in range(sheet.head):
        page.set_row(r, _TWO_LINES)
    page.autofilter(sheet.head - 1, 0, len(sheet.rows) - 1, len(sheet.widths) - 1)
    wraps = max(sheet.widths) >= WIDE
    for r, row in enumerate(sheet.rows):
        for c, value in enumerate(row):
            if r < sheet.head:
                page.write_string(r, c, value or "", formats["head"])
            elif isinstance(value, dt.date):
                page.write_datetime(r, c, value, formats["day"])
            elif isinstance(value, int | float):
                page.write_number(r, c, value)
            elif value:
                quoted = looks_like_formula(value)
                plain = formats["rtl" if sheet.rtl else "text"] if wraps else None
                page.write_string(r, c, value, formats["quoted"] if quoted else plain)


def _set_up_paper(page: Any, sheet: Sheet, title: str) -> None:
    """Make a page across of all columns, with the head, the title and its number on each."""
    page.set_landscape()
    page.hide_gridlines(0)  # lines between the cells are printed, too
    page.set_paper(_A4)
    page.set_margins(left=_MARGIN, right=_MARGIN)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0, sheet.head - 1)
    if sheet.printed:
        page.print_area(0, 0, len(sheet.rows) - 1, sheet.printed - 1)
    # Two signs for one "&", which begins a command; 255 are the most that programs take.
    page.set_header(f"&L{title.replace('&', '&&')[:200]}&R&A")
    page.set_footer("&C&P / &N")
