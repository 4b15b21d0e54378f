"""The view: the answer to a state, for all dates at once. Every painter only paints it.

::

    state ──▶ Counts ──▶ figures (level or change) ──▶ statuses ──▶ classes, ranks, tallies ──▶ View
                 └─ hidden cells (suppression)   └─ programmes' area by date (outside)

A figure, a class and a status are made here; :mod:`geodata.figures.comparison` sets two views on
one scale, and subtracts them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata import populations
from geodata.figures.classes import Scale, diverging, sequential
from geodata.figures.counts import Counts, counts
from geodata.figures.coverage import WORK
from geodata.figures.dates import year_before, years_before
from geodata.figures.flows_by_date import FlowsByDate, flows_by_date
from geodata.figures.measured import Measured, measured_in
from geodata.figures.part_counts import part_counts, return_rates
from geodata.figures.scope import area_shares, area_totals, scope_of
from geodata.figures.state import State, counting_programmes
from geodata.figures.statuses import (
    COUNTED,
    NATIONAL_ONLY,
    NOT_ASSESSED,
    NOT_COMPARABLE,
    OUTSIDE,
    SUPPRESSED,
    UNCOLOURED,
    ZERO,
)
from geodata.figures.suppression import Threshold
from geodata.i18n.language import Language
from geodata.i18n.rounding import rounded
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import Bools, Floats

_TOP = 3


@dataclass(frozen=True)
class View:
    """The answer to a state. ``T`` dates, ``A`` areas.

    Attributes
    ----------
    values
        ``(T, A)`` in the state's measure; NaN wherever ``status`` is none of counted or zero.
    status
        ``(T, A)`` of the letters of :mod:`geodata.figures.statuses`.
    classes
        ``(T, A)`` index into ``scale.colors``; -1 where there is no colour.
    ranks
        ``(T, A)`` 1 for the largest value of the date, ties share a rank; 0 where not ranked.
    totals
        ``(T,)`` in the measure's own unit (people for shares); NaN where nothing was counted.
    stocks
        ``(T,)`` the totals themselves, also where ``totals`` are changes since the base.
    shares
        ``(T,)`` part of the country that lives in the chosen programmes' area; NaN without one.
    not_placed
        ``(T,)`` counted nationally but in no known area.
    threshold
        Cells under it are not shown (:mod:`geodata.figures.suppression`).
    work
        ``(T, A)`` whether the chosen programmes were at work, as letters of
        :mod:`geodata.figures.coverage`; ``None`` where none is chosen, or figures are their own.
    flows
        The largest flows between governorates; ``None`` where none are asked for.
    """

    snapshot: Snapshot
    state: State
    counts: Counts
    values: Floats
    status: NDArray[np.str_]
    classes: NDArray[np.int64]
    ranks: NDArray[np.int64]
    scale: Scale
    totals: Floats
    stocks: Floats
    shares: Floats
    not_placed: Floats
    threshold: Threshold | int
    work: NDArray[np.str_] | None = None
    flows: FlowsByDate | None = None

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.state.language

    def at(self, state: State) -> View:
        """Return the view with the date and area of another state, which is equal in all else."""
        return replace(self, state=state)

    def on(self, t: int) -> ViewAt:
        """Return the view on its date at position ``t``."""
        return ViewAt(self, t)

    def on_its_date(self) -> ViewAt:
        """Return the view on its state's date, else on the newest with figures by area."""
        return ViewAt(self, self.date_index())

    def date_index(self) -> int:
        """Return the position of the state's date, else of the newest with figures by area."""
        counts = self.counts
        return counts.dates.index(self.state.time) if self.state.time else counts.newest

    def same_areas(self, t: int, other: int) -> bool:
        """Tell whether totals of two dates are of the same areas, and so may be compared."""
        outside = self.status == OUTSIDE
        return bool((outside[t] == outside[other]).all())

    def base_index(self) -> int:
        """Return the position of the date compared with; the first where there is none."""
        return _base_index(self.counts, self.state)


@dataclass(frozen=True)
class ViewAt:
    """A view on one of its dates, which is at position ``t``. ``A`` areas.

    The arrays of a view, cut to one date: ``values``, ``status``, ``classes`` and
    ``ranks`` are ``(A,)``; ``total``, ``stock``, ``share`` and ``not_placed`` are numbers.
    """

    view: View
    t: int

    @property
    def date(self) -> dt.date:
        """The date."""
        return self.counts.dates[self.t]

    @property
    def base(self) -> ViewAt:
        """The view on the date that its state is compared with."""
        return self.view.on(self.view.base_index())

    @property
    def year_before(self) -> ViewAt | None:
        """The view a year before, where there was a count of the same areas."""
        base = year_before(self.counts.dates, self.t)
        comparable = base is not None and self.view.same_areas(self.t, base)
        return self.view.on(base) if base is not None and comparable else None

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.view.language

    @property
    def state(self) -> State:
        """What the view answers."""
        return self.view.state

    @property
    def snapshot(self) -> Snapshot:
        """Where the figures come from."""
        return self.view.snapshot

    @property
    def counts(self) -> Counts:
        """The counts behind the figures, of every date."""
        return self.view.counts

    @property
    def scale(self) -> Scale:
        """The classes, of every date."""
        return self.view.scale

    @property
    def threshold(self) -> Threshold | int:
        """Cells under it are not shown."""
        return self.view.threshold

    @property
    def values(self) -> Floats:
        """Figure of each area; NaN where there is none."""
        row: Floats = self.view.values[self.t]
        return row

    @property
    def status(self) -> NDArray[np.str_]:
        """Status letter of each area."""
        row: NDArray[np.str_] = self.view.status[self.t]
        return row

    @property
    def work(self) -> NDArray[np.str_] | None:
        """Letter of each area on whether the chosen programmes were at work there."""
        return None if self.view.work is None else self.view.work[self.t]

    @property
    def classes(self) -> NDArray[np.int64]:
        """Class of each area; -1 where there is no colour."""
        row: NDArray[np.int64] = self.view.classes[self.t]
        return row

    @property
    def ranks(self) -> NDArray[np.int64]:
        """Rank of each area; 0 where not ranked."""
        row: NDArray[np.int64] = self.view.ranks[self.t]
        return row

    @property
    def total(self) -> float:
        """The total; NaN where nothing was counted or it is not shown."""
        return float(self.view.totals[self.t])

    @property
    def stock(self) -> float:
        """The total itself, also where ``total`` is a change."""
        return float(self.view.stocks[self.t])

    @property
    def share(self) -> float:
        """Part of the country in the chosen programmes' area; NaN without one."""
        return float(self.view.shares[self.t])

    @property
    def not_placed(self) -> float:
        """Counted nationally but in no known area."""
        return float(self.view.not_placed[self.t])

    @property
    def counted(self) -> Bools:
        """Areas that were counted."""
        row: Bools = self.counts.counted[self.t]
        return row

    @property
    def round(self) -> int | None:
        """Number of the round, where the source gives one."""
        return self.counts.rounds[self.t]

    @property
    def national_only(self) -> bool:
        """Whether only the total of the country was published."""
        return bool(self.counts.national_only[self.t])


def _shares(governorates: Counts, chosen: Bools, state: State) -> Floats:
    """Return the part of the country's people in the chosen areas; NaN beside a part or a rate."""
    if state.part or state.measure == populations.RETURN_RATE:
        return np.full(len(governorates.dates), np.nan)
    return area_shares(governorates, chosen)


def _base_index(counts: Counts, state: State) -> int:
    return counts.dates.index(state.base) if state.base else 0


def _status(measured: Measured, counts: Counts) -> NDArray[np.str_]:
    """Return the status letter of each cell in the measure; ``(T, A)``."""
    status = np.full(measured.figures.shape, COUNTED)
    status[measured.figures == 0] = ZERO
    status[measured.hidden] = SUPPRESSED
    status[~measured.has_figure] = NOT_ASSESSED
    status[counts.national_only] = NATIONAL_ONLY
    return status


def _change_status(change: Floats, status: NDArray[np.str_], base: int) -> NDArray[np.str_]:
    """Return the status letters of changes: comparable where both dates have a figure."""
    at_base = np.broadcast_to(status[base], status.shape)
    with_figure = COUNTED + ZERO
    result = np.where(change == 0, ZERO, COUNTED)
    either = np.isin(status, list(with_figure)) & np.isin(at_base, list(with_figure))
    result[~either] = NOT_COMPARABLE
    result[(status == NOT_ASSESSED) & (at_base == NOT_ASSESSED)] = NOT_ASSESSED
    neither_missing = (status != NOT_ASSESSED) & (at_base != NOT_ASSESSED)
    result[~either & neither_missing] = SUPPRESSED
    result[(status == NATIONAL_ONLY) | (at_base == NATIONAL_ONLY)] = NATIONAL_ONLY
    return result


def _ranks(values: Floats) -> NDArray[np.int64]:
    """Return the rank of each value within its date, 1 for the largest, ties alike, 0 for NaN."""
    larger = values[:, None, :] > values[:, :, None]
    return np.where(np.isnan(values), 0, larger.sum(axis=2) + 1)


def changes_since(values: Floats, earlier: list[int | None]) -> Floats:
    """Return the change of each value since the date at ``earlier``; NaN where either is NaN.

    >>> changes_since(np.array([10.0, 15.0, np.nan]), [None, 0, 1]).tolist()
    [nan, 5.0, nan]
    """
    changes = np.full(values.shape, np.nan)
    for t, base in enumerate(earlier):
        if base is not None:
            changes[t] = values[t] - values[base]
    return changes


def previous_dates(n: int) -> list[int | None]:
    """Return for each of ``n`` dates the position of the date before it.

    >>> previous_dates(3)
    [None, 0, 1]
    """
    return [None, *range(n - 1)]


def _scale(values: Floats, counts: Counts, state: State, language: Language) -> Scale:
    """Return the scale of population × measure × level (× mode), from all areas and all dates."""
    decimals = state.decimals
    if state.mode == populations.LEVEL:
        return sequential(
            values,
            measure=state.measure,
            decimals=decimals,
            method=state.classes,
            language=language,
        )
    yearly = changes_since(values, years_before(counts.dates))
    if not np.isfinite(yearly).any():
        yearly = changes_since(values, previous_dates(len(values)))
    return diverging(
        yearly, measure=state.measure, decimals=decimals, method=state.classes, language=language
    )


def _counts(
    snapshot: Snapshot, state: State, level: int, threshold: Threshold | int, measure: str
) -> Counts:
    """Count the population of a state, or the part of it that is chosen."""
    if state.part:
        return part_counts(snapshot, state.pop, state.part, threshold, measure)
    if state.measure == populations.RETURN_RATE:
        return return_rates(snapshot, threshold).returned
    own = counting_programmes(snapshot, state)
    return counts(snapshot, state.pop, level, threshold, own, measure)


def compute(snapshot: Snapshot, state: State, *, threshold: Threshold | int) -> View:
    """Answer ``state`` for every date of its population.

    Parameters
    ----------
    threshold
        Cells under it are not shown (:mod:`geodata.figures.suppression`).

    >>> from geodata.figures.state import parse
    >>> state, _ = parse({"level": "2"}, snapshot)
    >>> shown = compute(snapshot, state, threshold=5)
    >>> shown.values[0].tolist(), "".join(shown.status[0])
    ([600.0, nan, nan, 0.0, 240.0], 'csszc')
    """
    level_counts = _counts(snapshot, state, state.level, threshold, state.measure)
    governorate_counts = _counts(snapshot, state, 1, threshold, state.unit).on(level_counts.dates)
    measured = measured_in(level_counts, snapshot, state, threshold)
    scope = scope_of(snapshot, state, governorate_counts, level_counts)
    scale = _scale(measured.figures, level_counts, state, state.language)
    values, status = measured.figures, _status(measured, level_counts)
    chosen = scope.governorates
    rates = return_rates(snapshot, threshold) if state.measure == populations.RETURN_RATE else None
    stocks = area_totals(snapshot, state, governorate_counts, chosen, measured.totals, rates)
    totals, not_placed = stocks, measured.not_placed
    if state.mode == populations.CHANGE:
        base = _base_index(level_counts, state)
        values = values - values[base]
        status = _change_status(values, status, base)
        repeated = governorate_counts.on([level_counts.dates[base]] * len(stocks))
        whole = np.full(len(stocks), measured.totals[base])
        then = rates.repeated(base) if rates else None
        totals = stocks - area_totals(snapshot, state, repeated, chosen, whole, then)
        not_placed = not_placed - not_placed[base]
    values = np.where(scope.areas, values, np.nan)
    return View(
        snapshot=snapshot,
        state=state,
        counts=level_counts,
        values=values,
        status=np.where(scope.areas, status, OUTSIDE),
        classes=scale.classify(values).astype(np.int64),
        ranks=_ranks(values),
        scale=scale,
        totals=totals,
        stocks=stocks,
        shares=_shares(governorate_counts, chosen, state),
        not_placed=np.where(chosen.all(axis=1), not_placed, 0.0),
        threshold=threshold,
        work=scope.work,
        flows=flows_by_date(snapshot, state, level_counts, scope.areas, threshold),
    )


def top_areas(at: ViewAt) -> list[Any]:
    """Return the part of the whole that the three largest areas hold, and their positions.

    Of all people counted, also of those that are not placed or not shown by area. Only for stocks:
    a share of changes, or of rates, says nothing, and the list is empty.

    >>> top_areas(view.on(0))
    [1.0, 0, 1]
    """
    state, row = at.state, at.values
    if state.mode == populations.CHANGE or not state.adds_up:
        return []
    whole = 100.0 if state.measure == populations.SHARE else at.total
    order = np.argsort(-np.nan_to_num(row, nan=-1.0), kind="stable")[:_TOP]
    order = order[np.nan_to_num(row[order], nan=0.0) > 0]
    if not order.size:
        return [None]  # nobody, or nothing is known by area
    share = float(np.nansum(row[order]) / whole) if whole > 0 else None
    return [share, *(int(i) for i in order)]


def top_areas_json(share: float | None, *positions: int) -> list[Any]:
    """Round the result of :func:`top_areas` for JSON.

    >>> top_areas_json(2 / 3, 0, 4)
    [0.6667, 0, 4]
    """
    return [None if share is None else rounded(share, 4), *positions]


def class_counts(at: ViewAt) -> list[int]:
    """Count the areas in each class on a date, then in each status of ``UNCOLOURED``.

    Where programmes are chosen, then those of each letter of ``WORK``.

    >>> class_counts(view.on(0))
    [0, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    """
    in_classes = [int((at.classes == k).sum()) for k in range(len(at.scale.colors))]
    work = [] if at.work is None else [int((at.work == letter).sum()) for letter in WORK]
    return in_classes + [int((at.status == letter).sum()) for letter in UNCOLOURED] + work
