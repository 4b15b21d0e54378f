"""The largest flows between governorates, on every date of a view: what arrows on the map show.

Only what :func:`geodata.figures.breakdowns.origins_by_date` shows is drawn or added up. People who
moved within their governorate are no flow between two; how many they are is given beside the flows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.figures.breakdowns import origins_by_date
from geodata.figures.counts import Counts
from geodata.figures.state import State, counting_programmes
from geodata.figures.suppression import Threshold
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import Bools

Positions = NDArray[np.int64]

_ROUND = 1, 2, 5  # times a power of ten: the numbers whose width a legend shows
_BELOW = 0, 1, 3  # places below the largest such number: 50,000, 20,000 and 5,000


@dataclass(frozen=True)
class FlowsOn:
    """The flows of one date.

    Attributes
    ----------
    largest
        Position in :attr:`FlowsByDate.pairs` and number of each that is drawn, largest first.
    unit
        Households or people; empty where no origins are published on the date.
    between
        How many flows between two governorates may be shown, drawn or not.
    within
        Households or people who moved within their governorate, as far as that may be shown.
    few
        How many flows have too few people to be shown.
    incomplete
        Whether flows into a governorate are left out, as its total may not be shown.
    """

    largest: tuple[tuple[int, int], ...] = ()
    unit: str = ""
    between: int = 0
    within: int = 0
    few: int = 0
    incomplete: bool = False


@dataclass(frozen=True)
class FlowsByDate:
    """The flows of every date of a view.

    Attributes
    ----------
    pairs
        Origin and destination, as P-codes, of the flows that are among the largest on any date.
    on
        The flows of each date.
    most
        The largest flow on any date, by unit: so a number is as wide at every date, whatever is
        chosen.
    """

    pairs: tuple[tuple[str, str], ...]
    on: tuple[FlowsOn, ...]
    most: Mapping[str, int]


def flows_by_date(
    snapshot: Snapshot,
    state: State,
    counts: Counts,
    inside: Bools,
    threshold: Threshold | int,
) -> FlowsByDate | None:
    """Return the largest flows on every date of a view, as many as its state says, if any.

    Of chosen programmes, those into the governorates where they work; of a part, those from or to
    its governorate. Counts that are a programme's own have no origins.

    Parameters
    ----------
    inside
        Governorates that the view shows, on each date.

    >>> state = State(flows=1)
    >>> flows = flows_by_date(snapshot, state, view.counts, view.status != "o", 5)
    >>> flows.pairs, flows.on[0].largest, flows.on[0].between, flows.on[0].within
    ((('XXG02', 'XXG01'),), ((0, 53),), 2, 100)
    """
    if not state.flows:
        return None
    dates, pcodes = counts.dates, counts.areas.pcodes
    if counting_programmes(snapshot, state):
        return FlowsByDate((), (FlowsOn(),) * len(dates), {})
    origins = origins_by_date(snapshot, state.pop, threshold)
    flows = _placed(snapshot, state.pop, threshold, dates, pcodes)
    if state.to:
        inside = inside & (np.array(pcodes) == state.to)
    origin = pcodes.index(state.from_) if state.from_ else None
    chosen = flows.chosen(inside, origin)
    drawn = _largest(flows, chosen & flows.between, state.flows)
    pairs, places = np.unique(drawn.origin * len(pcodes) + drawn.host, return_inverse=True)
    bounds = np.searchsorted(drawn.t, np.arange(len(dates) + 1))
    rows = list(zip(places.tolist(), drawn.number.tolist(), strict=True))
    sizes = _sizes(flows, chosen, flows.few.chosen(inside, origin), len(dates))
    on = tuple(
        FlowsOn(
            largest=tuple(rows[bounds[t] : bounds[t + 1]]),
            unit=origins.units[day],
            incomplete=day in origins.incomplete,
            **{name: int(by_date[t]) for name, by_date in sizes.items()},
        )
        if day in origins.units
        else FlowsOn()
        for t, day in enumerate(dates)
    )
    named = tuple((pcodes[pair // len(pcodes)], pcodes[pair % len(pcodes)]) for pair in pairs)
    return FlowsByDate(named, on, flows.most)


@dataclass(frozen=True)
class _Rows:
    """Rows by the positions of their date, origin and host; -1 for an origin that is none."""

    t: Positions
    origin: Positions
    host: Positions
    number: Positions

    def chosen(self, inside: Bools, origin: int | None) -> Bools:
        """Tell which rows are of hosts ``inside`` on their date, and of one origin where named."""
        into: Bools = inside[self.t, self.host]
        return into if origin is None else into & (self.origin == origin)

    def at(self, rows: NDArray[np.intp]) -> _Rows:
        """Return some of the rows, in an order."""
        return _Rows(self.t[rows], self.origin[rows], self.host[rows], self.number[rows])


@dataclass(frozen=True)
class _Placed(_Rows):
    """The flows that may be shown, those of ``few`` people, and the largest of each unit."""

    few: _Rows
    most: Mapping[str, int]

    @property
    def between(self) -> Bools:
        """Which are of two governorates: an origin may have matched none."""
        pair: Bools = (self.origin >= 0) & (self.origin != self.host)
        return pair


@memoise(16)
def _placed(
    snapshot: Snapshot,
    population: str,
    threshold: Threshold | int,
    dates: tuple[dt.date, ...],
    pcodes: tuple[str, ...],
) -> _Placed:
    """Place the flows of a population among dates and governorates."""
    days, areas = pd.DatetimeIndex(pd.to_datetime(list(dates))), pd.Index(pcodes)
    origins = origins_by_date(snapshot, population, threshold)

    def placed(table: pd.DataFrame) -> dict[str, Positions]:
        columns = {
            "t": days.get_indexer(pd.DatetimeIndex(table["date"])),
            "origin": areas.get_indexer(pd.Index(table["category"])),
            "host": areas.get_indexer(pd.Index(table["pcode"])),
            "number": table["number"].to_numpy(dtype="int64"),
        }
        known = (columns["t"] >= 0) & (columns["host"] >= 0)
        return {name: values[known] for name, values in columns.items()}

    shown = origins.shown
    pair = shown["category"].isin(pcodes) & (shown["category"] != shown["pcode"])
    most = shown[pair].groupby("unit")["number"].max()
    return _Placed(
        **placed(shown),
        few=_Rows(**placed(origins.few.assign(number=0))),
        most={str(unit): int(number) for unit, number in most.items()},
    )


def _sizes(flows: _Placed, chosen: Bools, few: Bools, dates: int) -> dict[str, NDArray[np.generic]]:
    """Return how many flows there are, and how many people in some, by attribute of ``FlowsOn``."""
    between, within = chosen & flows.between, chosen & (flows.origin == flows.host)
    return {
        "between": np.bincount(flows.t[between], minlength=dates),
        "within": np.bincount(flows.t[within], flows.number[within], dates),
        "few": np.bincount(flows.few.t[few], minlength=dates),
    }


def _largest(flows: _Rows, chosen: Bools, number: int) -> _Rows:
    """Return the largest of the chosen flows of each date, ordered by date and size."""
    rows = np.flatnonzero(chosen)
    keys = (flows.host, flows.origin, -flows.number, flows.t)
    rows = rows[np.lexsort([key[rows] for key in keys])]
    t = flows.t[rows]
    return flows.at(rows[np.arange(len(rows)) - np.searchsorted(t, t) < number])


def samples(most: int) -> tuple[int, ...]:
    """Return the numbers whose width a legend shows, largest first, for a largest flow.

    >>> samples(82_795), samples(7)
    ((50000, 20000, 5000), (5, 2))
    """
    ladder = [number * 10**power for power in range(len(str(most))) for number in _ROUND]
    below = [number for number in ladder if number <= most][::-1]
    return tuple(below[step] for step in _BELOW if step < len(below))
