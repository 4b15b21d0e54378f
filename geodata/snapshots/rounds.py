"""Dates of rounds: which are of the same round, and which is nearest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

SAME_ROUND = dt.timedelta(days=3)
"""A report and its list are dated up to a day apart: 9 and 10 April 2015, 30 and 31 August 2017."""


def nearest_date(dates: Iterable[dt.date], day: dt.date) -> dt.date:
    """The date nearest to ``day``; the earlier of two equally near."""
    return min(dates, key=lambda date: (abs(date - day), date))
