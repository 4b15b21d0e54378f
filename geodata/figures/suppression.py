"""Small counts: which figures may not be shown, so that no hidden one can be worked out.

A district with very few households points at people, so on each date the cells with
``0 < households < threshold`` are hidden (*primary*). Hiding them alone is not enough: the
governorate's total less its shown districts would give them back. So more is hidden
(*complementary*), as little as will do::

    1. district      0 < households < threshold                          -> hidden
    2. governorate   its hidden districts can be narrowed down           -> + its smallest shown one
    3. country       it has none left: its total is hidden and pooled    -> + one more governorate
                     there is no other governorate to pool with          -> + the national total

The reader is taken to know every shown figure, the households not placed in any district, that a
hidden cell holds a whole number of households, at least one, and nothing else. Of ``n`` hidden
cells with a known sum ``s`` each may then be anything from 1 to ``s - (n - 1)``. A set of hidden
cells is *protected* when there are at least two and that upper end reaches the threshold: the
reader cannot tell a hidden cell's value, nor on which side of the threshold it lies.

The pattern is decided on households and holds for every measure: people are households times six
less the households in camps, rate and share are people divided by something published, so a cell
hidden in one measure is hidden in all.

Where only people are known of a cell, people are judged, by as many as the threshold's households
hold (:func:`suppress_known`). Cells known in households and cells known in people are two tables
with the same totals, and each is protected as if all of the other were shown: who knows how many
people live in a household knows nearly the people of every cell that is known in households. A
governorate of which no district is counted has one cell in people, itself. Parts of a total, by
origin, shelter or period, are judged in :mod:`geodata.figures.cross_suppression`.

What the caller owes the pattern:

* a cell's value, class and rank disappear with it, and a change is shown only where the cell is
  shown on both dates;
* where a governorate's total is hidden, so is everything that adds up to it (its breakdowns) and
  every subtotal that holds it, other than the national total;
* where the national total is hidden, so are all shares of it;
* of hidden parts, no sum is shown but with the whole of their total.

The vocabulary is that of A. Hundepool et al., *Handbook on Statistical Disclosure Control*
(https://sdctools.github.io/HandbookSDC/), chapters 4 and 5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.errors import DataError

Counts = NDArray[np.float64]
Mask = NDArray[np.bool_]
Index = NDArray[np.intp]


@dataclass(frozen=True)
class Threshold:
    """From how many households, and from how many people where only people are known.

    Parameters
    ----------
    households
        Households from which a cell may be shown; 0 or 1 hides nothing.
    persons_per_household
        People that a household is taken to hold; ``None`` for what the country says.
    """

    households: int
    persons_per_household: float | None = None

    @classmethod
    def of(cls, value: Threshold | int) -> Threshold:
        """Return a threshold as it is; make one of a number, which is of households."""
        return value if isinstance(value, Threshold) else cls(value)

    def people(self, persons_per_household: float) -> int:
        """Return the smallest number of people that may be shown, in households of a size.

        0 hides nothing.
        """
        if self.households <= 1:
            return 0
        return math.ceil(self.households * (self.persons_per_household or persons_per_household))


@dataclass(frozen=True)
class Figures:
    """What is published in one unit: dates x districts, and dates x governorates."""

    districts: Counts
    governorates: Counts


@dataclass(frozen=True)
class Suppression:
    """The figures that may not be shown.

    Parameters
    ----------
    districts
        Dates x districts: hidden cells, primary and complementary.
    governorates
        Dates x governorates: hidden totals. Only where a governorate has no second district to
        hide behind, and the governorate pooled with it.
    national
        Dates: hidden national totals. Only where no governorate is left to pool with.
    """

    districts: Mask
    governorates: Mask
    national: Mask


def suppress_known(
    households: Figures,
    people: Figures,
    parent: Index,
    threshold: int,
    people_thresholds: NDArray[np.int64],
) -> Suppression:
    """Decide which cells and totals to hide, by households where they are known, else by people.

    Parameters
    ----------
    households, people
        The published figures; NaN where not counted, and for households where not published.
        Totals may exceed their districts, and hold at least them.
    parent
        As of :func:`suppress`.
    threshold
        Households from which a cell may be shown.
    people_thresholds
        Dates: people from which a cell may be shown of which only people are known.

    Returns
    -------
    Suppression
        The hidden cells and totals of both units together: to hide more protects no less.

    >>> unknown, people = np.full((1, 3), np.nan), np.array([[3.0, 28.0, 90_000.0]])
    >>> suppression = suppress_known(
    ...     Figures(unknown, np.full((1, 1), np.nan)),
    ...     Figures(people, people.sum(axis=1, keepdims=True)),
    ...     np.array([0, 0, 0]),
    ...     threshold=5,
    ...     people_thresholds=np.array([30]),
    ... )
    >>> suppression.districts.tolist()
    [[True, True, False]]
    """
    suppression = suppress(households.districts, parent, households.governorates, threshold)
    only, cell_parent = _known_in_people_only(households, people, parent)
    number = len(parent)
    for limit in np.unique(people_thresholds):
        small = (only.districts > 0) & (only.districts < limit)
        dates = np.flatnonzero(small.any(axis=1) & (people_thresholds == limit))
        if not dates.size:
            continue
        more = suppress(only.districts[dates], cell_parent, only.governorates[dates], int(limit))
        suppression.districts[dates] |= more.districts[:, :number]
        suppression.governorates[dates] |= more.governorates
        suppression.national[dates] |= more.national
    return suppression


def _known_in_people_only(
    households: Figures, people: Figures, parent: Index
) -> tuple[Figures, Index]:
    """Cut out the cells of which only people are known, and their part of each total.

    Behind the districts stands a cell for each governorate: itself, where it has no district with
    anybody in it and no households.

    Returns
    -------
    tuple
        People of these cells and of their governorates, and the governorate of each cell.
    """
    number = people.governorates.shape[1]
    member = np.equal.outer(parent, np.arange(number)).astype(np.float64)
    counted = np.nan_to_num(people.districts)
    without = _without_households(households.districts, people.districts)
    undivided = _without_households(households.governorates, people.governorates)
    undivided &= counted @ member == 0
    own = np.where(undivided, people.governorates, np.nan)
    cells = np.hstack([np.where(without, people.districts, np.nan), own])
    placed = np.where(without, counted, 0.0) @ member + np.nan_to_num(own)
    elsewhere = np.where(without, 0.0, counted) @ member
    totals = np.maximum(np.nan_to_num(people.governorates) - elsewhere, placed)
    return Figures(cells, totals), np.concatenate([parent, np.arange(number, dtype=parent.dtype)])


def _without_households(households: Counts, people: Counts) -> Mask:
    """Tell which cells have people and no households: not published, or published as none."""
    return (people > 0) & ~(households > 0)


def suppress(
    households: Counts,
    parent: Index,
    governorate_households: Counts,
    threshold: int,
) -> Suppression:
    """Decide which cells and totals to hide on each date.

    Each date is decided by its own figures, and ties by the order of the columns, so that the
    same input always hides the same cells.

    Parameters
    ----------
    households
        Dates x districts: households counted, whole numbers; NaN where not counted.
    parent
        Districts: column of each district's governorate in `governorate_households`.
    governorate_households
        Dates x governorates: the published totals; NaN where not counted. A total may exceed the
        sum of its districts: the rest, not placed in any district, is taken to be published too.
    threshold
        Households from which a district may be shown; 0 or 1 hides nothing.

    Returns
    -------
    Suppression
        The hidden cells, governorate totals and national totals.

    Raises
    ------
    ValueError
        If the shapes do not fit together, `parent` points outside the governorates, or
        `threshold` is negative.
    DataError
        If a count is negative, infinite or not whole, or if the districts of a governorate hold
        more households than its total.

    >>> households = np.array([[3.0, 12.0, 41.0, 70.0]])
    >>> suppression = suppress(households, np.array([0, 0, 0, 0]), np.array([[126.0]]), threshold=5)
    >>> suppression.districts.tolist(), suppression.governorates.tolist()
    ([[True, True, False, False]], [[False]])
    """
    _check_shapes(households, parent, governorate_households, threshold)
    _check_counts(households, "district")
    _check_counts(governorate_households, "governorate")
    member = np.equal.outer(parent, np.arange(governorate_households.shape[1])).astype(np.float64)
    _check_totals(households, member, governorate_households)

    primary = (households > 0) & (households < threshold)
    districts = _hide_siblings(households, primary, member, threshold)
    governorates = _exposed(households, districts, member, threshold)
    national = np.zeros(len(households), dtype=np.bool_)
    for date in np.flatnonzero(governorates.any(axis=1)):
        districts[date], governorates[date], national[date] = _pool(
            households[date],
            districts[date],
            governorates[date],
            parent,
            governorate_households[date],
            threshold,
        )
    return Suppression(districts, governorates, national)


def _hide_siblings(households: Counts, primary: Mask, member: Counts, threshold: int) -> Mask:
    """Hide the smallest shown sibling wherever the primary cells do not protect each other.

    One is enough: a shown sibling holds at least `threshold` households, so that any hidden cell
    of the governorate may hold as many.
    """
    hidden = primary.copy()
    exposed = _exposed(households, primary, member, threshold)
    for governorate in np.flatnonzero(exposed.any(axis=0)):
        dates = np.flatnonzero(exposed[:, governorate])
        cells = np.flatnonzero(member[:, governorate])
        counts = households[np.ix_(dates, cells)]
        candidates = np.where((counts > 0) & ~primary[np.ix_(dates, cells)], counts, np.inf)
        has_candidate = np.isfinite(candidates).any(axis=1)
        hidden[dates[has_candidate], cells[candidates.argmin(axis=1)[has_candidate]]] = True
    return hidden


def _exposed(households: Counts, hidden: Mask, member: Counts, threshold: int) -> Mask:
    """Tell where the known sum of hidden districts would give them away; dates x governorates."""
    number = hidden.astype(np.float64) @ member
    total = np.where(hidden, households, 0.0) @ member
    protected = (number >= 2) & (total - (number - 1) >= threshold)
    return (number > 0) & ~protected


def _pool(
    households: Counts,
    hidden: Mask,
    exposed: Mask,
    parent: Index,
    totals: Counts,
    threshold: int,
) -> tuple[Mask, Mask, bool]:
    """Hide on one date the totals of exposed governorates, and a partner's if it takes one.

    The national total less the shown totals gives the sum of the hidden ones, so the hidden cells
    of all pooled governorates must protect each other, as if they were one governorate. One partner
    is enough: whether its hidden cells are protected already or it gives up a cell of at least
    `threshold` households, the pool is protected with it.

    Returns
    -------
    tuple
        Hidden districts, hidden governorate totals, and whether the national total is hidden.
    """
    pool = exposed[parent, np.newaxis].astype(np.float64)
    if not _exposed(households[np.newaxis], hidden[np.newaxis], pool, threshold).any():
        return hidden, exposed, False
    partner = _partner(households, hidden, exposed, parent, totals)
    if partner is None:
        return hidden, exposed, True
    hidden, pooled = hidden.copy(), exposed.copy()
    pooled[partner] = True
    siblings = parent == partner
    # A hidden total with every district shown would be given back by their sum.
    if not hidden[siblings].any():
        hidden[np.where(siblings & (households > 0), households, np.inf).argmin()] = True
    return hidden, pooled, False


def _partner(
    households: Counts, hidden: Mask, exposed: Mask, parent: Index, totals: Counts
) -> int | None:
    """Return the governorate whose total costs least to hide; None when there is no other."""
    number = len(totals)
    has_count = np.bincount(parent[households > 0], minlength=number) > 0
    has_hidden = np.bincount(parent[hidden], minlength=number) > 0
    eligible = np.flatnonzero(has_count & ~exposed)
    if not eligible.size:
        return None
    return int(eligible[np.lexsort((totals[eligible], ~has_hidden[eligible]))[0]])


def _check_shapes(households: Counts, parent: Index, totals: Counts, threshold: int) -> None:
    """Refuse arrays that do not describe one table."""
    if households.ndim != 2 or totals.ndim != 2 or len(households) != len(totals):
        raise ValueError(
            "households and governorate_households must be dates x areas over the same dates, "
            f"found shapes {households.shape} and {totals.shape}"
        )
    if parent.shape != (households.shape[1],) or parent.dtype.kind not in "iu":
        raise ValueError(
            f"parent must hold one governorate index for each of {households.shape[1]} districts, "
            f"found shape {parent.shape} of {parent.dtype}"
        )
    if parent.size and not (0 <= parent.min() and parent.max() < totals.shape[1]):
        raise ValueError(
            f"parent must lie between 0 and {totals.shape[1] - 1}, "
            f"found {parent.min()} to {parent.max()}"
        )
    if threshold < 0:
        raise ValueError(f"threshold must be 0 (nothing hidden) or more, found {threshold}")


def _check_counts(counts: Counts, level: str) -> None:
    """Refuse what is not a count: the reasoning about hidden cells rests on whole households."""
    counted = np.where(np.isnan(counts), 0.0, counts)
    wrong = np.argwhere((counted < 0) | ~np.isfinite(counted) | (counted != np.trunc(counted)))
    if wrong.size:
        date, area = wrong[0]
        raise DataError(
            f"households must be whole numbers of 0 or more, found {counts[date, area]} "
            f"at date {date}, {level} {area}"
        )


def _check_totals(households: Counts, member: Counts, totals: Counts) -> None:
    """Refuse totals that leave out counted districts: subtraction from them means nothing."""
    placed = np.where(np.isnan(households), 0.0, households) @ member
    wrong = np.argwhere(placed > np.where(np.isnan(totals), 0.0, totals))
    if wrong.size:
        date, governorate = wrong[0]
        raise DataError(
            f"the districts of governorate {governorate} hold {placed[date, governorate]:.0f} "
            f"households at date {date}, more than its total of {totals[date, governorate]:.0f}"
        )
