"""The area of chosen programmes on each date, and what is counted in it.

Totals are of governorates at either level, so that no hidden district is missing from one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata import populations
from geodata.figures.counts import Counts
from geodata.figures.coverage import counted_in, work_by_governorate
from geodata.figures.measured import RATE_PER, residents
from geodata.figures.part_counts import ReturnRates
from geodata.figures.state import State, counting_programmes
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import Bools, Floats


@dataclass(frozen=True)
class Scope:
    """Where the figures are of, on each date.

    Attributes
    ----------
    governorates, areas
        Shapes ``(T, G)`` and ``(T, A)``; all where no programme is chosen.
    work
        Letters of :attr:`geodata.figures.view.View.work`.
    """

    governorates: Bools
    areas: Bools
    work: NDArray[np.str_] | None = None


def scope_of(snapshot: Snapshot, state: State, governorates: Counts, counts: Counts) -> Scope:
    """Return where the chosen programmes worked, at any time or on each date.

    >>> scope = scope_of(snapshot, State(prog=("AID",)), view.counts, view.counts)
    >>> scope.areas[0].tolist(), scope.work[0].tolist()
    ([True, False], ['u', '-'])
    """
    shapes = [(len(each.dates), len(each.areas.pcodes)) for each in (governorates, counts)]
    if not state.programmes or counting_programmes(snapshot, state):
        return Scope(*(np.ones(shape, dtype=bool) for shape in shapes))
    pcodes = governorates.areas.pcodes
    work = work_by_governorate(snapshot, state.programmes, counts.dates, pcodes)
    inside = counted_in(work, state.prog_when)
    if state.level == 1:
        return Scope(inside, inside, work)
    parents = [pcodes.index(parent) for parent in counts.areas.parents]
    return Scope(inside, inside[:, parents], work[:, parents])


def area_totals(
    snapshot: Snapshot,
    state: State,
    governorates: Counts,
    chosen: Bools,
    totals: Floats,
    rates: ReturnRates | None = None,
) -> Floats:
    """Return totals of the chosen governorates in the measure, or the country's where all are.

    From governorates at either level, so that no hidden district is missing from a total.

    Parameters
    ----------
    chosen
        Shape ``(T, G)``.
    totals
        Those of the country in the measure, with what is in no area.
    rates
        Where the measure is a rate of return.

    >>> alpha = np.array([[True, False]] * 4)
    >>> area_totals(snapshot, State(), view.counts, alpha, view.totals).tolist()
    [918.0, 1068.0, 1194.0, nan]
    """
    if rates:
        return np.where(chosen.all(axis=1), totals, rates.of(chosen))
    part = governorates.total_of(chosen, state.unit)
    if state.measure == populations.RATE:
        reside = np.where(chosen, residents(snapshot, governorates.areas.pcodes), np.nan)
        denominators = np.nansum(reside, axis=1)
        part = part / np.where(denominators > 0, denominators, np.nan) * RATE_PER
    return np.where(chosen.all(axis=1), totals, part)


def area_shares(governorates: Counts, chosen: Bools) -> Floats:
    """Return the part of the country's people in the chosen governorates; NaN where all are.

    In people, which everyone is known in.

    >>> area_shares(view.counts, np.array([[True, False]] * 4)).round(2).tolist()
    [0.79, 0.82, 0.76, nan]
    """
    here = governorates.total_of(chosen, populations.PEOPLE)
    country = governorates.national(populations.PEOPLE)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(country > 0, here / country, np.nan)
    return np.where(chosen.all(axis=1), np.nan, shares)
