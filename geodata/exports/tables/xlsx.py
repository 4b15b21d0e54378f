"""A view as a workbook: the figures with their types, notes on them, their sources.

:func:`sheets` makes plain lists of a view; :func:`geodata.exports.tables.workbook.workbook` writes
them, which takes a second for every round of every district and can be done by another process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from geodata.exports.drawing.text_lines import isolates_to_marks
from geodata.exports.provenance import Provenance, pairs
from geodata.exports.tables.long_table import COLUMNS, rows, tags
from geodata.exports.tables.workbook import WIDE, Sheet, Value
from geodata.figures.view import View
from geodata.i18n.language import SOURCE_LANGUAGE, Language
from geodata.i18n.messages import gettext

_WIDTHS = {"name": 18, "parent": 18, "unit": 26, "status": 28, "credit": 40, "link": 60}
_WIDTHS |= {"date": 11, "round": 8, "pcode": 11, "measure": 12, "mode": 10, "rank": 8}
_WIDTHS |= {"programme_time": 17}
# The first of the columns that are not printed: they say in each row what notes and sources say.
_NOT_PRINTED = "source"
_LABEL, _MOST_WIDE = 26, 60
# Heads of the columns in languages other than English, where programs read the names.
HEADS = {
    "date": gettext("Date"),
    "round": gettext("Round of the count"),  # “Round” alone is of numbers
    "pcode": gettext("P-code"),
    "name": gettext("Area"),
    "parent_pcode": gettext("P-code of the governorate"),
    "parent": gettext("Governorate"),
    "population": gettext("Population"),
    "measure": gettext("Measure"),
    "mode": gettext("Mode"),
    "compared_with": gettext("Compared with"),
    "programmes": gettext("Programmes"),
    "part": gettext("Part of the population"),
    "value": gettext("Figure"),
    "unit": gettext("Unit"),
    "status": gettext("Status"),
    "programme_time": gettext("Programme at the time"),
    "rank": gettext("Rank"),
    "source": gettext("Source"),
    "credit": gettext("Credit"),
    "snapshot": gettext("Snapshot"),
    "link": gettext("Link"),
}
_OF_SOURCES = {
    "id": gettext("Source"),
    "title": gettext("Title"),
    "url": gettext("Address"),
    "terms": gettext("Terms"),
    "credit": gettext("Credit"),
}


def sheets(
    view: View, dates: Iterable[int], provenance: Provenance, permalink: str, *, hxl: bool = False
) -> list[Sheet]:
    """Return the sheets of a view: figures, notes, sources."""
    language, tagged = view.language, tags(view)
    head: list[list[Value]] = [_head(COLUMNS, HEADS, language)]
    if hxl:
        head.append([tagged[name] for name in COLUMNS])
    widths = tuple(_WIDTHS.get(name, 14) for name in COLUMNS)
    notes: list[list[Value]] = [[language.gettext("About"), language.gettext("Text")]]
    notes += [list(pair) for pair in pairs(provenance, language)]
    sources: list[list[Value]] = [_head(_OF_SOURCES, _OF_SOURCES, language)]
    sources += [
        [isolates_to_marks(source[name]) for name in _OF_SOURCES] for source in provenance.sources
    ]
    contents = [
        Sheet(
            language.gettext("Data"),
            [*head, *rows(view, dates, permalink)],
            widths,
            len(head),
            printed=list(COLUMNS).index(_NOT_PRINTED),
        ),
        Sheet(language.gettext("Notes"), notes, (_LABEL, WIDE)),
        Sheet(
            language.gettext("Sources"), sources, (_LABEL, *[_MOST_WIDE] * (len(_OF_SOURCES) - 1))
        ),
    ]
    return [replace(sheet, rtl=language.rtl) for sheet in contents]


def _head(names: Iterable[str], heads: dict[str, str], language: Language) -> list[Value]:
    """Return the heads of columns: their names, or in other languages their translations."""
    if language.code == SOURCE_LANGUAGE:
        return list(names)
    return [language.gettext(heads[name]) for name in names]
