"""Tables of two ways: no cell that is too few can be worked out from rows, columns and groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geodata.figures.cross_suppression import CrossSuppression, suppress_cross

LIMIT = 5
COUNTS = st.sampled_from([np.nan, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 9.0, 30.0, 400.0])
GROUP_OF = np.array([0, 1, 1, 0], dtype=np.intp)


def tables() -> st.SearchStrategy[np.ndarray]:
    def shaped(shape: tuple[int, int]) -> st.SearchStrategy[np.ndarray]:
        cells = st.lists(COUNTS, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1])
        return cells.map(lambda flat: np.array(flat).reshape(shape))

    return st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(shaped)


def most(table: np.ndarray, date: CrossSuppression, of: list[tuple[int, int]]) -> float:
    """The most that the cells ``of`` can hold together, by all that a reader is shown.

    Sums of rows; of columns and of groups where they are shown; each hidden cell holds at least 1.
    """
    hidden = [(int(row), int(column)) for row, column in np.argwhere(date.cells)]
    known: list[list[tuple[int, int]]] = []
    for row in range(len(table)):
        known.append([at for at in hidden if at[0] == row])
        for group in np.flatnonzero(~date.groups[row]):
            known.append([at for at in hidden if at[0] == row and GROUP_OF[at[1]] == group])
    for column in np.flatnonzero(~date.columns):
        known.append([at for at in hidden if at[1] == column])
    for group in np.flatnonzero(~date.groups[-1]):
        known.append([at for at in hidden if GROUP_OF[at[1]] == group])
    rows = [cells for cells in known if cells]
    answer = linprog(
        [-float(at in of) for at in hidden],
        A_eq=[[float(at in cells) for at in hidden] for cells in rows],
        b_eq=[sum(table[at] for at in cells) for cells in rows],
        bounds=[(1, None)] * len(hidden),
    )
    assert answer.success or answer.status == 3  # without a bound
    return np.inf if answer.status == 3 else float(-answer.fun)


@given(table=tables())
@settings(deadline=None, max_examples=150)
def test_no_cell_and_no_sum_that_is_too_few_can_be_told_to_be(table):
    sums = np.nansum(table, axis=1)
    rows_hidden = (sums > 0) & (sums < LIMIT)  # which is decided before, with their districts
    date = suppress_cross(table, rows_hidden, LIMIT, GROUP_OF[: table.shape[1]])
    few = (table > 0) & (table < LIMIT)
    assert not (few & ~date.cells).any()
    if date.bare.any():
        # Nothing is shown of the row, and no sum of a column or group with which it could be found.
        assert date.cells[date.bare].all() and date.columns.all()
        assert date.groups[-1].all() and date.groups[:-1][date.bare].all()
        return
    for row, column in np.argwhere(few):
        assert most(table, date, [(int(row), int(column))]) >= LIMIT
    for column, number in enumerate(np.nansum(table, axis=0)):
        if 0 < number < LIMIT:
            assert date.columns[column]
            cells = [(row, column) for row in range(len(table)) if date.cells[row, column]]
            assert most(table, date, cells) >= LIMIT


@given(table=tables())
@settings(deadline=None, max_examples=30)
def test_nothing_is_hidden_where_nothing_is_too_few(table):
    date = suppress_cross(table, np.zeros(len(table), dtype=bool), 0)
    assert not (date.cells.any() or date.columns.any() or date.bare.any() or date.groups.any())


def test_a_row_with_nothing_to_hide_behind_is_bare():
    date = suppress_cross(np.array([[3.0, np.nan], [np.nan, 90.0]]), np.zeros(2, bool), LIMIT)
    assert date.bare.tolist() == [True, False]
    assert date.cells.tolist() == [[True, True], [False, False]]
    assert date.columns.all()


@pytest.mark.parametrize("group_of", [[0, 0, 1, 1], [0, 1, 0, 1]])
def test_a_rectangle_stays_in_the_group_where_it_can_though_it_be_dearer(group_of):
    table = np.array([[3.0, 900.0, 10.0, 10.0], [800.0, 700.0, 10.0, 10.0]])
    date = suppress_cross(table, np.zeros(2, bool), LIMIT, np.array(group_of, dtype=np.intp))
    other = group_of.index(0, 1)
    assert date.cells[0].tolist() == [column in (0, other) for column in range(4)]
    assert not date.groups.any()
