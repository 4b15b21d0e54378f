"""Dates of rounds: which are of the same round, and which is nearest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

SAME_ROUND = dt.timedelta(days=3)
"""A report and its list are dated up to a day apart: 9 and 10 April 2015, 30 and 31 August 2017."""


def nearest_date(dates: Iterable[dt.date], day: dt.date) -> dt.date:
    """Return the date nearest to ``day``; the earlier of two equally near.

    >>> nearest_date([date(2020, 1, 31), date(2020, 7, 31)], date(2020, 3, 1)).isoformat()
    '2020-01-31'
    """
    return min(dates, key=lambda date: (abs(date - day), date))
