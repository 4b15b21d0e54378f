"""Numbers in sentences of reports: one row is no rows, and a fall is whole if nothing is left."""

from __future__ import annotations

import pytest

from geodata.util import amounts


@pytest.mark.parametrize(
    ("n", "said"), [(0, "0 rows are"), (1, "1 row is"), (2, "2 rows are"), (1200, "1,200 rows are")]
)
def test_one_row_is_no_rows(n, said):
    assert amounts.pluralise(n, "row is", "rows are") == said


def test_the_plural_has_an_s_where_none_is_given():
    assert [amounts.pluralise(n, "row") for n in (1, 2)] == ["1 row", "2 rows"]


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (0, 1_000_000, "-100%"),
        (1, 1_000_000, "-99.9%"),
        (20, 1_031_475, "-99.9%"),
        (6, 1000, "-99.4%"),
        (80, 1000, "-92%"),
        (1000, 1000, "+0%"),
        (1500, 1000, "+50%"),
    ],
)
def test_a_fall_is_whole_only_where_nothing_is_left(now, before, said):
    assert amounts.change(now, before) == said
    assert (
        amounts.change(now, before, 1).rstrip("%").split(".")[0] == said.rstrip("%").split(".")[0]
    )


@pytest.mark.parametrize(
    ("n", "size"),
    [(0, "0 bytes"), (1, "1 byte"), (445, "445 bytes"), (1000, "1 kB"), (5_432_100, "5,432 kB")],
)
def test_a_small_file_is_not_of_0_kilobytes(n, size):
    assert amounts.file_size(n) == size
