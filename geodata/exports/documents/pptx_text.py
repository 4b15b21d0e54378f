"""Words and alternative texts of shapes in PowerPoint, in the language's direction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geodata.briefing.content import Content
from geodata.exports.drawing.text_lines import isolates_to_marks
from geodata.i18n.language import Language

Place = tuple[int, int, int, int]  # left, top, width, height in EMU
TEXT_POINTS = 13.5
LINE = "DDE3EA"

Run = tuple[str, float | None]  # words, and points where they differ from the template's


def write_paragraph(
    paragraph: Any, runs: Sequence[Run], language: Language, *, bold: bool = False
) -> None:
    """Fill a paragraph, in the language's direction."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    if language.direction == "rtl":
        paragraph._p.get_or_add_pPr().set("rtl", "1")
        paragraph.alignment = paragraph.alignment or PP_ALIGN.RIGHT
    for text, points in runs:
        run = paragraph.add_run()
        run.text = isolates_to_marks(text)
        properties = run._r.get_or_add_rPr()
        properties.set("lang", language_tag(language))
        if language.rtl:
            properties.set("spc", "0")  # letters that are joined are not spaced
        if points:
            run.font.size = Pt(points)
            run.font.bold = True if bold or points >= 20 else None
        elif bold:
            run.font.bold = True


def language_tag(language: Language) -> str:
    """Return how Office names a language: those of the right by their country as well."""
    return language.og_locale.replace("_", "-") if language.rtl else language.tag


def describe_shape(shape: Any, name: str, description: str) -> None:
    """Set the name and alternative text of a shape."""
    properties = shape.element.xpath("./*/p:cNvPr")[0]
    properties.set("name", isolates_to_marks(name))
    properties.set("descr", isolates_to_marks(description))


def rows_in_words(content: Content) -> str:
    """Return a slide's rows as alternative text: ``Largest: Ninewa: 1,234; Duhok: 567.``."""
    rows = "; ".join(f"{row.name}: {row.value}" for row in content.rows)
    return f"{content.heading}: {rows}."
