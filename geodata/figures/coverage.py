"""Coverage of programmes in time: whether one was at work in a governorate on a date.

::

    coverage rows (from, to, how the date is known) ──▶ at work on · another time · not known
                                    by row ──▶ by governorate (T, G) ──▶ by area (T, A)

The sources are newsletters, web pages and reports; each row says how its dates are known
(``date_basis``). What a row says of a day:

========================================  ==========================  ========================
the row has                               within its dates            before and after them
========================================  ==========================  ========================
both dates                                at work                     at another time
no end (or no start)                      at work within the date     not known on the open
                                          that it has                 side, else another time
dates that are of the evidence, not of    at work                     not known
the work (:data:`OF_THE_EVIDENCE`)
no date, or those of an undated text      not known                   not known
(:data:`UNDATED`)
========================================  ==========================  ========================

- A date is as precise as it is printed: ``2016-09`` is the whole of September 2016, ``2015`` the
  whole year. A source that prints a month leaves no day of it out.
- An open end is no claim that the work goes on: ``2017-03-19`` alone says that a hospital opened
  then, not that it was open in 2024. So only the printed day, month or year is at work.
- A date that was planned (:data:`PLANNED`) says nothing of what happened: it is left out.
- An undated page is never "at work", whatever dates have been read out of it.
- Of several rows of a governorate one that was at work is enough. Else it is not known if any row
  may have been: "at another time" is said only where every source puts its work elsewhere in time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import Bools, records
from geodata.util.partial_dates import span_of

IMPLEMENTED = "implemented"
AT_WORK, ANOTHER_TIME, DATE_UNKNOWN, NO_COVERAGE = "dtu-"
WORK = AT_WORK + ANOTHER_TIME + DATE_UNKNOWN
ANY_TIME, ON_DATE = "any", "date"
WHEN = (ANY_TIME, ON_DATE)  # values of ``prog_when``

# Ways to know a date that are of a text with no date of its own.
UNDATED = ("undated page", "undated text", "undated file")
# Ways to know a date that say when something was written or counted: the work went on around it.
OF_THE_EVIDENCE = ("publication date", "data in hand")

# Ways to know dates of which the start or the end was planned, and whether start and end count.
PLANNED = {
    "planned": (False, False),
    "actual start, planned end": (True, False),
    "planned start, actual end": (False, True),
}

# Of areas on a date, by letter: in a legend, where they are short, and elsewhere.
WORK_LABELS = {
    AT_WORK: gettext("Active on this date"),
    ANOTHER_TIME: gettext("Active at other time"),
    DATE_UNKNOWN: gettext("Active, no date"),
}
WORK_WORDS = {
    AT_WORK: gettext("programme active on this date"),
    ANOTHER_TIME: gettext("programme active at another time"),
    DATE_UNKNOWN: gettext("programme active, date not known"),
}


_MEANINGS = {
    AT_WORK: gettext(
        "A source dates work of a chosen programme there to the date; a month or a year is taken "
        "whole. A line inside the border."
    ),
    ANOTHER_TIME: gettext(
        "Every source dates the work there to another time. Dashes inside the border."
    ),
    DATE_UNKNOWN: gettext(
        "A source says that a chosen programme worked there, and not when, or not until when. Dots "
        "inside the border."
    ),
}


def work_meanings(language: Language) -> dict[str, str]:
    """Translate what may be of programmes on a date, by its label.

    >>> work_meanings(english)["Active at other time"]
    'Every source dates the work there to another time. Dashes inside the border.'
    """
    return {
        language.gettext(WORK_LABELS[letter]): language.gettext(meaning)
        for letter, meaning in _MEANINGS.items()
    }


@dataclass(frozen=True)
class _Spans:
    """What ``R`` coverage rows say, in days: all arrays are ``(R,)``.

    A row is at work from ``first`` to ``last``. Of the other days from ``unknown_from`` to
    ``unknown_to`` it is not known, and on all the rest its work was at another time.
    """

    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]
    unknown_from: NDArray[np.datetime64]
    unknown_to: NDArray[np.datetime64]


_NEVER = (dt.date.max, dt.date.min)


def _span(start: str, end: str, basis: str) -> tuple[dt.date, dt.date, dt.date, dt.date]:
    """Return the days on which a row is at work, and those of which it is otherwise unknown."""
    start_counts, end_counts = PLANNED.get(basis, (True, True))
    start, end = start if start_counts else "", end if end_counts else ""
    if basis in UNDATED or not (start or end):
        return *_NEVER, dt.date.min, dt.date.max
    first, last = span_of(start or end)[0], span_of(end or start)[1]
    if basis in OF_THE_EVIDENCE:
        return first, last, dt.date.min, dt.date.max
    return first, last, first if start else dt.date.min, last if end else dt.date.max


def _spans(rows: pd.DataFrame) -> _Spans:
    spans = [_span(row.from_date, row.to_date, row.date_basis) for row in records(rows)]
    columns = np.array(spans, dtype="datetime64[D]").reshape(len(spans), 4).T
    return _Spans(*columns)


@memoise(64)
def work_by_governorate(
    snapshot: Snapshot,
    programmes: Collection[str],
    dates: tuple[dt.date, ...],
    pcodes: tuple[str, ...],
) -> NDArray[np.str_]:
    """Return a letter of :data:`WORK` for each date and governorate, ``-`` where none worked ever.

    Parameters
    ----------
    programmes
        Codes; a tuple or a frozen set, as answers are kept by it.

    Returns
    -------
    ndarray
        Shape ``(T, G)``.

    >>> day = date(2020, 7, 31)
    >>> work_by_governorate(snapshot, ("AID",), (day,), ("XXG01", "XXG02")).tolist()
    [['u', '-']]
    """
    table = snapshot.tables.coverage
    rows = table[table["programme"].isin(list(programmes)) & (table["status"] == IMPLEMENTED)]
    spans, days = _spans(rows), np.array(dates, dtype="datetime64[D]")[:, None]
    at_work = (spans.first <= days) & (days <= spans.last)
    unknown = (spans.unknown_from <= days) & (days <= spans.unknown_to) & ~at_work
    member = rows["pcode"].to_numpy()[:, None] == np.array(pcodes, dtype=object)[None, :]
    work = np.full((len(dates), len(pcodes)), NO_COVERAGE)
    for letter, of_rows in (
        (ANOTHER_TIME, np.ones_like(at_work)),
        (DATE_UNKNOWN, unknown),
        (AT_WORK, at_work),
    ):
        work[_any_row(of_rows, member)] = letter
    return work


def _any_row(of_rows: Bools, member: Bools) -> Bools:
    """Tell by date whether any row of a governorate is meant; ``(T, R), (R, G) -> (T, G)``."""
    rows: NDArray[np.int64] = of_rows.astype(np.int64) @ member.astype(np.int64)
    return rows > 0


def counted_in(work: NDArray[np.str_], when: str) -> Bools:
    """Tell where the figures of a programme are of: where it was at work, or was at any time.

    >>> counted_in(np.array(list("dtu-")), "date").tolist()
    [True, False, False, False]
    """
    inside: Bools = work == AT_WORK if when == ON_DATE else work != NO_COVERAGE
    return inside
