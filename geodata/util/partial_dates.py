"""Dates as precise as a source prints them: a year, a month or a day."""

from __future__ import annotations

import calendar
import datetime as dt


def span_of(word: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day that a part of a date may mean; all days if it is empty.

    >>> [day.isoformat() for day in span_of("2016-02")]
    ['2016-02-01', '2016-02-29']
    """
    if not word:
        return dt.date.min, dt.date.max
    year, month, of_month = (*map(int, word.split("-")), 0, 0)[:3]
    if not month:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    if not of_month:
        return dt.date(year, month, 1), month_end(year, month)
    return dt.date(year, month, of_month), dt.date(year, month, of_month)


def month_end(year: int, month: int) -> dt.date:
    """Return the last day of a month.

    >>> month_end(2020, 2).isoformat()
    '2020-02-29'
    """
    return dt.date(year, month, calendar.monthrange(year, month)[1])
