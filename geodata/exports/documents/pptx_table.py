"""Native tables of PowerPoint."""

from __future__ import annotations

from typing import Any

from geodata.briefing.briefing import TABLE
from geodata.briefing.content import Content
from geodata.exports.documents.pptx_template import PIXEL
from geodata.exports.documents.pptx_text import (
    LINE,
    TEXT_POINTS,
    Place,
    describe_shape,
    rows_in_words,
    write_paragraph,
)
from geodata.exports.drawing.text_lines import text_width
from geodata.i18n.language import Language

_ROW = 30 * PIXEL
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def add_table(slide: Any, content: Content, place: Place) -> None:
    """Draw a native table; as many rows as can be read in its place."""
    left, top, width, height = place
    wide = content.slide.layout == TABLE
    row_height = min(_ROW, height // (len(content.rows) + 1)) if wide else _ROW
    rows = content.rows[: max(1, height // row_height - 1)]
    columns = list(content.columns)
    frame = slide.shapes.add_table(
        len(rows) + 1, len(columns), left, top, width, row_height * (len(rows) + 1)
    )
    describe_shape(frame, content.heading, rows_in_words(content))
    table: Any = frame.table
    language = content.at.language
    properties = frame.element.xpath(".//a:tblPr")[0]
    properties.xpath("a:tableStyleId")[0].text = _NO_STYLE
    table.horz_banding = False
    if language.direction == "rtl":
        properties.set("rtl", "1")
    longest = max(map(text_width, [columns[0], *(row.name for row in rows)]))
    _widths(table, width, len(columns), longest)
    lines = [columns, *([row.name, row.value, *row.more] for row in rows)]
    for number, line in enumerate(lines):
        table.rows[number].height = row_height
        for column, text in enumerate(line):
            cell = table.cell(number, column)
            _cell(cell, text, language, head=number == 0, first=column == 0)
    for number, cell in enumerate(frame.element.xpath(".//a:tc")):
        _underline(cell, "9AA5B1" if number < len(columns) else LINE)


def _widths(table: Any, width: int, columns: int, longest: float) -> None:
    """Give the names what they need, up to half, and share the rest."""
    names = min(width // 2 if columns > 2 else width * 2 // 3, round((longest + 2) * 10) * PIXEL)
    rest = (width - names) // max(1, columns - 1)
    for number in range(columns):
        table.columns[number].width = names if number == 0 else rest


def _cell(cell: Any, text: str, language: Language, *, head: bool, first: bool) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN

    cell.margin_left = cell.margin_right = 4 * PIXEL
    cell.margin_top = cell.margin_bottom = 0
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    end = PP_ALIGN.LEFT if language.direction == "rtl" else PP_ALIGN.RIGHT
    start = PP_ALIGN.RIGHT if language.direction == "rtl" else PP_ALIGN.LEFT
    paragraph.alignment = start if first else end
    write_paragraph(paragraph, [(text, TEXT_POINTS)], language, bold=head)


def _underline(cell: Any, color: str) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    properties = cell.get_or_add_tcPr()
    line = parse_xml(
        f'<a:lnB {nsdecls("a")} w="9525"><a:solidFill><a:srgbClr val="{color}"/>'
        "</a:solidFill></a:lnB>"
    )
    properties.insert(0, line)
