"""A view as CSV (RFC 4180, UTF-8): one row for each area and date, statuses in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from geodata import populations as words
from geodata import text
from geodata.view import View, names

COLUMNS = (
    "date",
    "round",
    "pcode",
    "name",
    "parent_pcode",
    "parent",
    "population",
    "measure",
    "mode",
    "compared_with",
    "programmes",
    "value",
    "unit",
    "status",
    "rank",
    "source",
    "snapshot",
)
# A spreadsheet takes text that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: str) -> str:
    """Text that no spreadsheet runs as a formula."""
    return f"'{value}" if value.startswith(_FORMULA) else value


def csv_text(view: View, dates: Iterable[int]) -> str:
    """Write the rows of the dates at these positions; absent figures are empty, never zero."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_rows(view, dates))
    return out.getvalue()


def _rows(view: View, dates: Iterable[int]) -> Iterator[list[object]]:
    speech, state, found = view.language, view.state, view.counts
    named = names(view.snapshot, speech)
    decimals = words.decimals(state.measure, state.level)
    statuses = text.status_words(speech)
    same = {
        "asked": [state.pop, state.measure, state.mode, state.base or "", "~".join(state.prog)],
        "unit": speech.gettext(words.UNITS[state.measure]),
        "from": [text.sources(view)[0]["id"], view.snapshot.version],
    }
    for t in dates:
        number = found.rounds[t]
        when = [found.dates[t].isoformat(), "" if number is None else number]
        for i, (pcode, parent) in enumerate(
            zip(found.areas.pcodes, found.areas.parents, strict=True)
        ):
            value = view.values[t, i]
            known = value == value
            yield [
                *when,
                pcode,
                harmless(named[pcode]),
                parent,
                harmless(named[parent]) if parent else "",
                *same["asked"],
                round(float(value), decimals or None) if known else "",
                same["unit"],
                statuses[str(view.status[t, i])],
                int(view.ranks[t, i]) or "",
                *same["from"],
            ]
