"""Dates to compare with: a year before, and the default base of a change."""

from __future__ import annotations

import datetime as dt

from geodata.snapshots.rounds import nearest_date

_ONE_YEAR = dt.timedelta(days=365)
_A_YEAR, _A_YEAR_MAY_MISS_BY = dt.timedelta(days=365), dt.timedelta(days=46)


def default_base(dates: tuple[dt.date, ...]) -> dt.date:
    """Date to compare with where none is given: the one nearest to a year before the newest."""
    return nearest_date(dates[:-1] or dates, dates[-1] - _ONE_YEAR)


def year_before(dates: tuple[dt.date, ...], t: int) -> int | None:
    """Position of the date nearest to a year before the one at ``t``; ``None`` if there is none.

    A date more than six weeks off is no year's comparison.
    """
    distances = [abs(dates[t] - _A_YEAR - other) for other in dates]
    best = distances.index(min(distances))
    return best if distances[best] <= _A_YEAR_MAY_MISS_BY else None
