"""Read the keys that choose a date: a day, a round, or the latest."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from geodata import populations
from geodata.errors import StateError
from geodata.figures import availability
from geodata.figures.parts import Part
from geodata.figures.query_keys import QueryReader
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.snapshots.rounds import nearest_date
from geodata.snapshots.snapshot import Snapshot

LATEST = "latest"
NEAREST_DATE = gettext(
    "{population}: no such figures on {asked}; showing the nearest date, {shown}."
)
_ROUND = re.compile(r"^R(\d{1,4})$", re.IGNORECASE)

Series = tuple[str, tuple[str, ...], int, str, Part | None]
"""Population, programmes, level, measure and part: what has dates of its own."""


def read_date(
    reader: QueryReader,
    snapshot: Snapshot,
    series: Series,
    key: str,
    text: str,
) -> dt.date | None:
    """Read a date or round from the value of ``key``; ``None`` for the latest.

    Parameters
    ----------
    series
        What is counted, whose dates are allowed (:attr:`geodata.figures.state.State.series`).

    >>> reader = QueryReader({}, False, english)
    >>> read_date(reader, snapshot, ("idp", (), 1, "people", None), "time", "R13").isoformat()
    '2021-01-31'
    """
    if text.lower() == LATEST:
        return None
    pop, dates = series[0], availability.dates_of(snapshot, *series)
    numbers = availability.round_numbers(snapshot, *series)
    allowed = _allowed_dates(dates, numbers)
    if match := _ROUND.match(text):
        if int(match[1]) in numbers:
            return dates[numbers.index(int(match[1]))]
        raise reader.wrong(key, text, allowed, choices=())
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise reader.wrong(key, text, allowed, choices=[LATEST]) from None
    if day not in dates and reader.lenient:
        reader.notices.append(_nearest_notice(reader, pop, day, nearest_date(dates, day)))
        return nearest_date(dates, day)
    if day not in dates:
        raise StateError(key, text, _no_such_date(reader.language, key, text, pop, day, dates))
    return day


def _allowed_dates(dates: Sequence[dt.date], numbers: Iterable[int | None]) -> list[str]:
    """Return what a date may be: the span of the dates, that of the rounds, and the latest."""
    published = [number for number in numbers if number is not None]
    span = [f"R{min(published)}–R{max(published)}"] if published else []
    return [f"{dates[0].isoformat()}–{dates[-1].isoformat()}", *span, LATEST]


def _no_such_date(
    language: Language, key: str, text: str, pop: str, day: dt.date, dates: Sequence[dt.date]
) -> str:
    """Say that a date has no figures, and which is the nearest that has."""
    return language.gettext(
        "{key}={value} is not a date with such figures of {population}: the nearest is "
        "{nearest} (from {first} to {last}).",
        key=key,
        value=text,
        population=language.gettext(populations.POPULATIONS[pop].nouns),
        nearest=nearest_date(dates, day).isoformat(),
        first=dates[0].isoformat(),
        last=dates[-1].isoformat(),
    )


def _nearest_notice(reader: QueryReader, pop: str, day: dt.date, nearest: dt.date) -> str:
    language = reader.language
    return language.gettext(
        NEAREST_DATE,
        population=language.gettext(populations.POPULATIONS[pop].nouns),
        asked=language.date(day),
        shown=language.date(nearest),
    )
