"""Counts in a measure: people, households, per 1,000 residents, shares, rates of return."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata import populations
from geodata.figures.availability import residents_year
from geodata.figures.counts import Counts
from geodata.figures.counts import counts as counts_of
from geodata.figures.part_counts import return_rates
from geodata.figures.parts import ORIGIN
from geodata.figures.state import State
from geodata.figures.suppression import Threshold
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import Bools, Floats

RATE_PER = 1000


def residents(snapshot: Snapshot, pcodes: tuple[str, ...]) -> Floats:
    """Return the residents of each area in the year that rates are out of; ``(A,)``.

    NaN where unknown, and where nobody resides: there is no rate of nobody.

    >>> residents(snapshot, ("XXG01", "XXG02", "XXG99")).tolist()
    [100000.0, 50000.0, nan]
    """
    rows = snapshot.tables.residents
    residents_of_year = rows[rows["year"] == residents_year(snapshot)].set_index("pcode")[
        "residents"
    ]
    ordered: Floats = residents_of_year.reindex(list(pcodes)).to_numpy(
        dtype="float64", na_value=np.nan
    )
    return np.where(ordered > 0, ordered, np.nan)


@dataclass(frozen=True)
class Measured:
    """Figures of a measure, as far as they may be shown.

    Attributes
    ----------
    has_figure
        Cells for which there is a figure, also where it is hidden; ``(T, A)``.
    hidden
        Cells whose figure may not be shown; ``(T, A)``.
    """

    figures: Floats
    has_figure: Bools
    hidden: Bools
    totals: Floats
    not_placed: Floats


def measured_in(
    counts: Counts, snapshot: Snapshot, state: State, limit: Threshold | int
) -> Measured:
    """Give the counts of a state in its measure, as far as they may be shown.

    >>> measured_in(view.counts, snapshot, State(measure="share"), 5).figures[0].tolist()
    [79.27461139896373, 20.72538860103627]
    """
    measure = state.measure
    if measure == populations.RETURN_RATE:
        rates = return_rates(snapshot, limit)
        nobody = np.zeros(len(counts.dates))
        return Measured(rates.rates, rates.counted, rates.hidden, rates.national, nobody)
    if state.unit == populations.HOUSEHOLDS:
        measured = Measured(
            counts.households,
            counts.counted_households,
            counts.hidden,
            counts.national_households,
            counts.not_placed_households,
        )
        if state.part is None or measure != populations.SHARE:
            return measured
        everyone = None
        if state.part.kind != ORIGIN:
            everyone = counts_of(
                snapshot, state.pop, 1, limit, frozenset(), populations.HOUSEHOLDS
            ).on(counts.dates)
        return _shares_of_part(measured, everyone)
    figures, has_figure, totals = counts.people, counts.counted, counts.national_people
    if measure == populations.RATE:
        denominator = residents(snapshot, counts.areas.pcodes)
        figures = figures / denominator * RATE_PER
        has_figure = has_figure & np.isfinite(denominator)
        totals = totals / (float(np.nansum(denominator)) or np.nan) * RATE_PER
    elif measure == populations.SHARE:
        figures = _percentages(figures, totals[:, None])
    return Measured(figures, has_figure, counts.hidden, totals, counts.not_placed)


def _percentages(figures: Floats, of: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = figures / of * 100
    # Where nobody was counted in the whole, nobody is no undefined part of it.
    return np.where(figures == 0, 0.0, parts)


def _shares_of_part(part: Measured, everyone: Counts | None) -> Measured:
    """Turn households of a part into percentages.

    Of where people come from or are now, shares are of the part in the country. Of shelter and
    period they are of ``everyone`` in the area, so that of two governorates it is told in which
    more live in camps.
    """
    whole, has_figure, hidden = part.totals[:, None], part.has_figure, part.hidden
    if everyone is not None:
        whole, hidden = everyone.households, hidden | everyone.hidden
        has_figure = has_figure & everyone.counted_households
    shares = np.where(hidden, np.nan, _percentages(part.figures, whole))
    return replace(part, figures=shares, has_figure=has_figure, hidden=hidden)
