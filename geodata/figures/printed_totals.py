"""National totals as printed in reports, beside the sums of the lists: a check on ours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np

from geodata.figures.availability import GOVERNORATE, by_area_of
from geodata.figures.counts import counts
from geodata.figures.suppression import Threshold
from geodata.snapshots.rounds import SAME_ROUND
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import records
from geodata.util.json_encoding import number


@dataclass(frozen=True)
class PrintedTotal:
    """A printed total, and ours on the date of the same round.

    Attributes
    ----------
    day
        Date of our list, ``None`` where there is none of this round.
    ours
        Sum of that list; ``None`` where there is no list or its total may not be shown.
    """

    population: str
    printed_day: dt.date
    printed: int
    status: str
    url: str
    day: dt.date | None
    ours: int | None

    @property
    def differs(self) -> bool:
        """Whether both totals are known and are not the same."""
        return self.ours is not None and self.ours != self.printed


def printed_totals(snapshot: Snapshot, *, threshold: Threshold | int) -> list[PrintedTotal]:
    """List every printed total beside ours, by population and date.

    >>> totals = printed_totals(snapshot, threshold=5)
    >>> [(each.population, each.printed, each.ours) for each in totals]
    [('idp', 1158, 1158), ('idp', 1300, 1308)]
    """
    rows = snapshot.tables.published.sort_values(["population", "date"])
    return [_compare(snapshot, row, threshold) for row in records(rows)]


def _compare(snapshot: Snapshot, row: Any, threshold: Threshold | int) -> PrintedTotal:
    population, day = str(row.population), row.date.date()
    near = [ours for ours in by_area_of(snapshot, population) if abs(ours - day) <= SAME_ROUND]
    same = min(near, key=lambda ours: abs(ours - day), default=None)
    return PrintedTotal(
        population=population,
        printed_day=day,
        printed=int(row.people),
        status=str(row.status),
        url=str(row.url),
        day=same,
        ours=None if same is None else _total(snapshot, population, same, threshold),
    )


def _total(
    snapshot: Snapshot, population: str, day: dt.date, threshold: Threshold | int
) -> int | None:
    national = counts(snapshot, population, GOVERNORATE, threshold, frozenset())
    total = national.national_people[national.dates.index(day)]
    return None if np.isnan(total) else int(number(total))
