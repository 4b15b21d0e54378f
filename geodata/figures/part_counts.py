"""Counts of a part of a population, and rates of return, as far as they may be shown.

What :func:`geodata.figures.counts.counts` is for everyone, this is for those who came from one
governorate, live in some kinds of shelter or were displaced in some periods. It reads the cross
tables of :mod:`geodata.figures.breakdowns`, which small counts have left already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from geodata.figures.availability import (
    GOVERNORATE,
    areas_of,
    rounds_of_part,
    rounds_of_return_rates,
)
from geodata.figures.breakdowns import CrossTable, cross_table
from geodata.figures.counts import Counts, counts
from geodata.figures.parts import ORIGIN, ORIGIN_SIDE, Part
from geodata.figures.suppression import Threshold
from geodata.populations import DISPLACED, HOUSEHOLDS, RETURNED, unit_of
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import Bools, Floats, sum_known


@dataclass(frozen=True)
class _Figures:
    """A part by area: ``T`` dates, ``A`` areas.

    ``cells``, ``counted`` and ``hidden`` are ``(T, A)``; ``national`` (NaN where it may
    not be shown), ``national_hidden`` and ``not_placed`` are ``(T,)``.
    """

    cells: Floats
    counted: Bools
    hidden: Bools
    national: Floats
    national_hidden: Bools
    not_placed: Floats


@memoise(64)
def part_counts(
    snapshot: Snapshot, population: str, part: Part, threshold: Threshold | int, measure: str
) -> Counts:
    """Count a part of ``population`` by governorate, on the dates that break it down.

    Parameters
    ----------
    measure
        Figures are in its unit; those in the other are all missing.

    >>> part = Part("shelter", categories=("camp",))
    >>> part_counts(snapshot, "idp", part, 5, "households").households[0].tolist()
    [60.0, nan]
    """
    unit = unit_of(measure, part=True)
    table = cross_table(snapshot, population, part.kind, unit, threshold)
    rounds = rounds_of_part(snapshot, population, part, unit)
    by_area = _by_origin if part.side == ORIGIN_SIDE else _by_host
    figures = by_area(table, part)
    unknown, nobody = np.full(figures.cells.shape, np.nan), np.zeros(len(table.dates))
    none = np.zeros(figures.cells.shape, dtype=bool)
    in_households = unit == HOUSEHOLDS
    return Counts(
        population=population,
        areas=areas_of(snapshot, GOVERNORATE),
        dates=rounds.dates,
        rounds=rounds.numbers,
        sources=rounds.sources,
        households=figures.cells if in_households else unknown,
        people=unknown if in_households else figures.cells,
        counted=figures.counted,
        counted_households=figures.counted if in_households else none,
        hidden=figures.hidden,
        few_households=figures.hidden if in_households else none,
        few_people=none if in_households else figures.hidden,
        not_placed=nobody if in_households else figures.not_placed,
        not_placed_households=figures.not_placed if in_households else nobody,
        national_people=unknown[:, 0] if in_households else figures.national,
        national_households=figures.national if in_households else unknown[:, 0],
        national_hidden=figures.national_hidden,
        national_only=np.zeros(len(table.dates), dtype=bool),
    )


def _by_host(table: CrossTable, part: Part) -> _Figures:
    """Add up the chosen categories of each governorate, where all of them may be shown."""
    chosen = np.array([code in part.categories for code in table.categories], dtype=bool)
    groups = {
        g: np.array([code in group for code in table.categories], dtype=bool)
        for g, group in enumerate(table.groups)
        if set(group) <= set(part.categories)
    }
    by_area = _Axis(table.cells, table.hidden, table.group_sums, table.totals)
    country = _Axis(table.sums, table.hidden_sums, table.national_group_sums, table.national)
    cells, hidden = _sum_of_chosen(by_area, chosen, groups)
    counted: Bools = (table.counted & chosen).any(axis=2)
    sums, hidden_sums = _sum_of_chosen(country, chosen, groups)
    return _Figures(
        cells=cells,
        counted=counted,
        hidden=hidden,
        national=sums,
        national_hidden=hidden_sums,
        not_placed=np.zeros(len(table.dates)),
    )


class _Axis(NamedTuple):
    """Figures by category, their last axis: of each governorate, or of the country.

    ``group_sums`` are by group, ``totals`` of all categories; NaN where they may not be shown.
    """

    cells: Floats
    hidden: Bools
    group_sums: Floats
    totals: Floats


def _sum_of_chosen(of: _Axis, chosen: Bools, groups: Mapping[int, Bools]) -> tuple[Floats, Bools]:
    """Add up the chosen categories; hidden where one of them is and nothing shown tells the sum.

    A group that is chosen whole has a sum of its own. Where every hidden category is chosen, the
    total less the others, all shown, tells the sum.
    """
    alone = chosen & ~np.any([*groups.values(), np.zeros_like(chosen)], axis=0)
    addends, unknown = [np.where(alone, of.cells, np.nan)], (of.hidden & alone).any(axis=-1)
    for g, member in groups.items():
        some = (of.hidden & member).any(axis=-1)
        plain = sum_known(np.where(member, of.cells, np.nan), axis=-1)
        group_sum = np.where(some, of.group_sums[..., g], plain)
        addends.append(group_sum[..., None])
        unknown |= some & np.isnan(group_sum)
    summed = sum_known(np.concatenate(addends, axis=-1), axis=-1)
    others = np.nan_to_num(sum_known(np.where(chosen, np.nan, of.cells), axis=-1))
    told = unknown & ~(of.hidden & ~chosen).any(axis=-1) & np.isfinite(of.totals)
    return np.where(told, of.totals - others, np.where(unknown, np.nan, summed)), unknown & ~told


def _by_origin(table: CrossTable, part: Part) -> _Figures:
    """Lay out by governorate of origin everyone, or those who are now in one governorate."""
    if part.host:
        row = table.pcodes.index(part.host)
        cells, hidden = table.cells[:, row], table.hidden[:, row]
        counted = table.counted[:, row]
        national, national_hidden = table.totals[:, row], table.bare[:, row]
    else:
        cells, hidden, national = table.sums, table.hidden_sums, table.national
        counted = np.logical_or.reduce(table.counted, axis=1)
        national_hidden = np.logical_or.reduce(table.bare, axis=1)
    place = [
        table.categories.index(pcode) if pcode in table.categories else -1 for pcode in table.pcodes
    ]
    known = np.array(place) >= 0
    elsewhere = [c for c, code in enumerate(table.categories) if code not in table.pcodes]
    # In a bare row, or where every sum is hidden, an origin that nobody came from is as hidden.
    everything = national_hidden[:, None]
    of_areas: Bools = (counted[:, place] & known) | everything
    return _Figures(
        cells=np.where(known, cells[:, place], np.nan),
        counted=of_areas,
        hidden=(hidden[:, place] & known) | everything,
        national=national,
        national_hidden=national_hidden,
        not_placed=np.nan_to_num(sum_known(cells[:, elsewhere], axis=1)),
    )


@dataclass(frozen=True)
class ReturnRates:
    """Rates of return: ``T`` dates, ``A`` governorates.

    Attributes
    ----------
    returned, displaced
        Who returned, and who still has not by governorate of origin, on the dates that have both.
    rates
        ``(T, A)`` per cent; NaN where either is missing or may not be shown.
    counted, hidden
        ``(T, A)`` cells of which both are known; those of which one may not be shown.
    national
        ``(T,)`` the rate of the country, from the totals of both.
    """

    returned: Counts
    displaced: Counts
    rates: Floats
    counted: Bools
    hidden: Bools
    national: Floats

    def of(self, chosen: Bools) -> Floats:
        """Return the rate of the chosen areas together, of those with both counts; ``(T,)``.

        NaN where one of them may not be shown. ``chosen`` is ``(T, A)``.
        """
        both = self.counted & chosen
        returned, displaced = (
            sum_known(np.where(both, each.households, np.nan), axis=1)
            for each in (self.returned, self.displaced)
        )
        return np.where((self.hidden & both).any(axis=1), np.nan, _rate(returned, displaced))

    def repeated(self, base: int) -> ReturnRates:
        """Return the figures of one date on every date."""
        dates = [self.returned.dates[base]] * len(self.rates)
        rows = np.full(len(dates), base)
        return replace(
            self,
            returned=self.returned.on(dates),
            displaced=self.displaced.on(dates),
            counted=self.counted[rows],
            hidden=self.hidden[rows],
        )


@memoise(16)
def return_rates(snapshot: Snapshot, threshold: Threshold | int) -> ReturnRates:
    """Compute the rate of return of every governorate on every date, in per cent.

    In households, both of one date: returnees there ÷ (returnees there + displaced households that
    come from there), as IOM's DTM gives it in its reports on returns in Iraq
    (https://iraqdtm.iom.int/). Not assessed where either is not, so that it never is above 100%.

    >>> return_rates(snapshot, 5).returned.dates
    (datetime.date(2020, 1, 31),)
    """
    rounds = rounds_of_return_rates(snapshot)
    returned = counts(snapshot, RETURNED, GOVERNORATE, threshold, frozenset(), HOUSEHOLDS)
    returned = replace(returned.on(rounds.dates), rounds=rounds.numbers, sources=rounds.sources)
    by_origin = Part(ORIGIN, ORIGIN_SIDE)
    displaced = part_counts(snapshot, DISPLACED, by_origin, threshold, HOUSEHOLDS).on(rounds.dates)
    return ReturnRates(
        returned=returned,
        displaced=displaced,
        rates=_rate(returned.households, displaced.households),
        counted=returned.counted_households & displaced.counted_households,
        hidden=returned.hidden | displaced.hidden,
        national=_rate(returned.national_households, displaced.national_households),
    )


def _rate(returned: Floats, displaced: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        rates: Floats = returned / (returned + displaced) * 100
    return rates
