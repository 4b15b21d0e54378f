"""A view as a workbook: the figures with their types, what is to be known of them, their sources.

:func:`sheets` makes plain lists of a view; :func:`geodata.exports.workbook.workbook` writes them,
which takes a second for every round of every district and can be done by another process.
"""

from __future__ import annotations

from collections.abc import Iterable

from geodata.exports.provenance import Provenance, pairs
from geodata.exports.table import COLUMNS, rows, tags
from geodata.exports.workbook import WIDE, Sheet, Value
from geodata.view import View

_WIDTHS = {"name": 18, "parent": 18, "unit": 26, "status": 28, "credit": 40, "link": 60}
_LABEL, _MOST_WIDE = 26, 60


def sheets(
    view: View, dates: Iterable[int], told: Provenance, permalink: str, *, hxl: bool = False
) -> list[Sheet]:
    """Figures, notes and sources of a view."""
    speech, tagged = view.language, tags(view)
    head: list[list[Value]] = [list(COLUMNS)]
    if hxl:
        head.append([tagged[name] for name in COLUMNS])
    widths = tuple(_WIDTHS.get(name, 14) for name in COLUMNS)
    notes: list[list[Value]] = [[speech.gettext("About"), speech.gettext("Text")]]
    notes += [list(pair) for pair in pairs(told, speech)]
    columns = ("id", "title", "url", "terms", "credit")
    sources: list[list[Value]] = [list(columns)]
    sources += [[source[name] for name in columns] for source in told.sources]
    return [
        Sheet(speech.gettext("Data"), [*head, *rows(view, dates, permalink)], widths, len(head)),
        Sheet(speech.gettext("Notes"), notes, (_LABEL, WIDE)),
        Sheet(speech.gettext("Sources"), sources, (_LABEL, *[_MOST_WIDE] * (len(columns) - 1))),
    ]
