"""Dates to compare with: one rule for a year before, and what a change is since by default.

::

    the earlier date nearest to a year before ─┬─ at most six weeks off ──▶ year_before
                                               └─ however far ────────────▶ default_base
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left

_A_YEAR, _A_YEAR_MAY_MISS_BY = dt.timedelta(days=365), dt.timedelta(days=46)

Dates = tuple[dt.date, ...]


def default_base(dates: Dates) -> dt.date:
    """Return the date that the newest is compared with where none is named.

    The one a year before (:func:`year_before`). Where there is none, the nearest to it: a map of
    changes has to be since some date, and says which. A date alone is compared with itself.

    >>> from datetime import date
    >>> default_base((date(2019, 3, 31), date(2020, 2, 29), date(2021, 2, 28))).isoformat()
    '2020-02-29'
    >>> default_base((date(2012, 9, 7), date(2017, 8, 31))).isoformat()
    '2012-09-07'
    """
    nearest = _nearest_to_a_year_before(dates, len(dates) - 1)
    return dates[-1] if nearest is None else dates[nearest]


def year_before(dates: Dates, t: int) -> int | None:
    """Return the position of the date a year before the one at ``t``; ``None`` if there is none.

    A date more than six weeks off is no year's comparison.

    >>> from datetime import date
    >>> year_before((date(2019, 3, 31), date(2020, 2, 29), date(2021, 2, 28)), 2)
    1
    >>> year_before((date(2012, 9, 7), date(2017, 8, 31)), 1) is None
    True
    """
    nearest = _nearest_to_a_year_before(dates, t)
    if nearest is None or _days_off(dates, nearest, t) > _A_YEAR_MAY_MISS_BY:
        return None
    return nearest


def years_before(dates: Dates) -> list[int | None]:
    """Return for each date the position of the one a year before it (:func:`year_before`).

    >>> from datetime import date
    >>> years_before((date(2019, 3, 31), date(2020, 2, 29), date(2021, 2, 28)))
    [None, 0, 1]
    """
    return [year_before(dates, t) for t in range(len(dates))]


def _nearest_to_a_year_before(dates: Dates, t: int) -> int | None:
    """Return the position of the date nearest to a year before ``t``; the earlier of two."""
    following = bisect_left(dates, dates[t] - _A_YEAR, hi=t)
    beside = range(max(following - 1, 0), min(following + 1, t))
    return min(beside, key=lambda i: _days_off(dates, i, t), default=None)


def _days_off(dates: Dates, i: int, t: int) -> dt.timedelta:
    return abs(dates[t] - _A_YEAR - dates[i])
