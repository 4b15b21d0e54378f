"""The largest flows between governorates, on every date of a view: what arrows on the map show.

Only what :func:`geodata.figures.breakdowns.origins_by_date` shows is drawn or added up. People who
moved within their governorate are no flow between two; how many they are is given beside the flows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geodata.figures.availability import programme_counts
from geodata.figures.breakdowns import origins_by_date
from geodata.figures.counts import Counts
from geodata.figures.state import State
from geodata.figures.suppression import Threshold
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import Bools, records

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

    Of chosen programmes, those into the governorates where they work. Counts that are a programme's
    own have no origins.

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
    if programme_counts(snapshot, state.pop, state.prog):
        return FlowsByDate((), (FlowsOn(),) * len(dates), {})
    origins = origins_by_date(snapshot, state.pop, threshold)
    shown, few = (_in_view(rows, counts, inside) for rows in (origins.shown, origins.few))
    between = _between(shown, pcodes)
    largest = between.sort_values(
        ["t", "number", "category", "pcode"], ascending=[True, False, True, True]
    )
    largest = largest.groupby("t").head(state.flows)
    pairs = sorted(set(zip(largest["category"], largest["pcode"], strict=True)))
    within = shown[shown["category"] == shown["pcode"]]
    drawn = _by_date(largest, pairs)
    sizes = {
        "between": between.groupby("t").size(),
        "within": within.groupby("t")["number"].sum(),
        "few": few.groupby("t").size(),
    }
    on = tuple(
        FlowsOn(
            largest=tuple(drawn.get(t, ())),
            unit=origins.units[day],
            incomplete=day in origins.incomplete,
            **{name: int(by_date.get(t, 0)) for name, by_date in sizes.items()},
        )
        if day in origins.units
        else FlowsOn()
        for t, day in enumerate(dates)
    )
    most = _between(origins.shown, pcodes).groupby("unit")["number"].max()
    return FlowsByDate(tuple(pairs), on, {str(unit): int(number) for unit, number in most.items()})


def _in_view(rows: pd.DataFrame, counts: Counts, inside: Bools) -> pd.DataFrame:
    """Select the rows into governorates that a view shows; ``t`` is the place of their date."""
    days = pd.DatetimeIndex(pd.to_datetime(list(counts.dates)))
    t = days.get_indexer(pd.DatetimeIndex(rows["date"]))
    a = pd.Index(counts.areas.pcodes).get_indexer(pd.Index(rows["pcode"]))
    known = (t >= 0) & (a >= 0)
    known[known] = inside[t[known], a[known]]
    return rows.assign(t=t)[known]


def _between(rows: pd.DataFrame, pcodes: tuple[str, ...]) -> pd.DataFrame:
    """Select the rows of two governorates: an origin may have matched none."""
    return rows[rows["category"].isin(pcodes) & (rows["category"] != rows["pcode"])]


def _by_date(
    largest: pd.DataFrame, pairs: list[tuple[str, str]]
) -> dict[int, list[tuple[int, int]]]:
    """Return position of the pair and number of each flow by date, in the order of the rows."""
    places = {pair: i for i, pair in enumerate(pairs)}
    by_date: dict[int, list[tuple[int, int]]] = {}
    for row in records(largest):
        by_date.setdefault(row.t, []).append((places[row.category, row.pcode], int(row.number)))
    return by_date


def samples(most: int) -> tuple[int, ...]:
    """Return the numbers whose width a legend shows, largest first, for a largest flow.

    >>> samples(82_795), samples(7)
    ((50000, 20000, 5000), (5, 2))
    """
    ladder = [number * 10**power for power in range(len(str(most))) for number in _ROUND]
    below = [number for number in ladder if number <= most][::-1]
    return tuple(below[step] for step in _BELOW if step < len(below))
