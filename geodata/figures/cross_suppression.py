"""Small counts in a table of two ways: which cells and column sums may not be shown.

People by governorate and origin are such a table. Its cells, the sum of each row (the people of a
governorate) and the sum of each column (everyone who comes from an origin) are all published, so
that a hidden cell can be worked out along its row, along its column, or through both::

                 from A     from B    row
    Alpha        9,000           3    9,003        3 is too few to show. With it are hidden 9,000,
    Beta           500       4,000    4,500        500 and 4,000: each corner may be 1 more or 1
    column       9,500       4,003   13,503        less while every sum stays as it is published.

Each cell that is too few is hidden with the cheapest such rectangle whose corners leave it free to
reach the threshold: the hypercube method (A. Hundepool et al., *Handbook on Statistical Disclosure
Control*, chapter 4, https://sdctools.github.io/HandbookSDC/). The rectangle is a table that the
reader cannot tell from the true one, whatever else is hidden besides, so that nothing which is
hidden later undoes it. The column sums may be one of its sides.

Columns may form groups whose sums are asked for by name, as those of critical shelter. A rectangle
stays within a group where it can: then the group's sum in a row stays as it is in the other table,
too, and may be shown although some of its cells may not.

The reader is taken to know all that is shown, every row's sum, and that a hidden cell holds at
least one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.util.arrays import Bools, Floats, sum_known

Groups = NDArray[np.intp]


@dataclass(frozen=True)
class CrossSuppression:
    """What may not be shown of a table of ``R`` rows and ``C`` columns.

    Attributes
    ----------
    cells
        ``(R, C)``: hidden cells; the whole of a bare row.
    columns
        ``(C,)``: hidden sums of columns; all of them where a row is bare.
    bare
        ``(R,)``: rows of which nothing is shown, nor which of their cells hold anybody: their own
        sum is not shown, or they have nothing to hide a cell behind.
    groups
        ``(R + 1, G)``: sums of groups that may not be shown, of each row and of the column sums.
    """

    cells: Bools
    columns: Bools
    bare: Bools
    groups: Bools


def suppress_cross(
    cells: Floats, hidden_rows: Bools, limit: int, groups: Groups | None = None
) -> CrossSuppression:
    """Decide what to hide of a table whose row and column sums are published.

    Parameters
    ----------
    cells
        ``(R, C)`` households or people; NaN where there is no figure.
    hidden_rows
        ``(R,)``: rows whose own sum is not shown.
    limit
        From how many a cell or a sum may be shown; 0 or 1 hides nothing.
    groups
        ``(C,)``: number of each column's group, from 0 on; all are in one where it is missing.

    >>> table = np.array([[9000.0, 3.0, 40.0], [500.0, 4000.0, 60.0]])
    >>> suppress_cross(table, np.array([False, False]), 5).cells.tolist()
    [[False, True, True], [False, True, True]]
    """
    # The column sums are one more row: what is added to a cell is added to its column's sum.
    table = np.vstack([cells, sum_known(cells, axis=0)])
    last = len(cells)
    hidden = (table > 0) & (table < limit)
    group_of = np.zeros(table.shape[1], dtype=np.intp) if groups is None else groups
    mixed = np.zeros((len(table), group_of.max(initial=0) + 1), dtype=bool)
    bare = hidden_rows & np.isfinite(cells).any(axis=1)
    # Sums first, then the smallest: the same table always hides the same cells.
    small = [(int(row), int(column)) for row, column in np.argwhere(hidden)]
    for row, column in sorted(small, key=lambda at: (at[0] != last, table[at], at)):
        rectangle = _cheapest(table, hidden, (row, column), limit, group_of)
        if rectangle is None:
            bare |= hidden[:last, column] if row == last else np.arange(last) == row
            continue
        across, down = rectangle
        for side in (row, across):
            hidden[side, [column, down]] = True
            if group_of[column] != group_of[down]:
                mixed[side, group_of[[column, down]]] = True
    hidden[:last][bare] = True
    mixed[:last][bare] = True
    mixed[last] |= bare.any()
    return CrossSuppression(hidden[:last], hidden[last] | bare.any(), bare, mixed)


def _cheapest(
    table: Floats, hidden: Bools, cell: tuple[int, int], limit: int, group_of: Groups
) -> tuple[int, int] | None:
    """Find the opposite corner of the cheapest rectangle that lets a cell reach ``limit``."""
    row, column = cell
    last = len(table) - 1
    rise = limit - table[row, column]
    can_fall, holds_some = table - rise >= 1, table > 0
    if row == last:  # a sum rises with one cell of its column, while another of that row falls
        usable = can_fall & holds_some[:, [column]]
    else:
        usable = can_fall[row] & can_fall[:, [column]] & holds_some
        usable[last] = can_fall[row]  # a column's sum rises with the cell
    usable[row] = False
    usable[:, column] = False
    cost = np.where(hidden, 0.0, np.nan_to_num(table))
    costs = cost + cost[row] + cost[:, [column]]
    costs[:, group_of != group_of[column]] += np.nansum(table)  # dearer than any within the group
    costs = np.where(usable, costs, np.inf)
    opposite = int(costs.argmin())
    if np.isinf(costs.flat[opposite]):
        return None
    across, down = divmod(opposite, table.shape[1])
    return across, down
