"""Hidden cells stay hidden from a reader who knows every published figure and can solve equations.

That reader (`page`, `assert_protected`) knows nothing of how the pattern was chosen: everything
published about a date becomes linear equations, for households and for people, and an integer
programme looks for solutions that differ in each hidden figure.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geodata.errors import DataError
from geodata.figures.suppression import (
    Figures,
    Suppression,
    Threshold,
    suppress,
    suppress_known,
)

NAN = float("nan")
# Where nothing bounds a hidden figure from above, this stands for "as many as you like".
PLENTY = 1_000_000
# A figure that is not shown: its measure, and its district column, its governorate or the nation.
Unknown = tuple[str, int] | tuple[str, str, int] | tuple[str, str]
# docs/small-counts.md repeats these figures.
HIDDEN_IN_REAL_ROUNDS = {
    "IDP": {
        "shown or hidden": 11_435,
        "primary": 178,
        "complementary": 172,
        "dates": 113,
        "governorate totals": 0,
        "national totals": 0,
    },
    "Returnee": {
        "shown or hidden": 2_673,
        "primary": 0,
        "complementary": 0,
        "dates": 0,
        "governorate totals": 0,
        "national totals": 0,
    },
}


# ------------------------------------------------------------------------------------ tables


@dataclass(frozen=True)
class Table:
    """Counts of one population: dates x districts, and dates x governorates."""

    households: np.ndarray
    parent: np.ndarray
    totals: np.ndarray

    def suppress(self, threshold: int = 5) -> Suppression:
        return suppress(self.households, self.parent, self.totals, threshold)

    def date(self, index: int) -> Table:
        rows = slice(index, index + 1)
        return Table(self.households[rows], self.parent, self.totals[rows])


def table(*governorates: list[float], not_placed: list[float] | None = None) -> Table:
    """One date: a list of district counts per governorate, and what is not placed in each."""
    extra = not_placed or [0.0] * len(governorates)
    return Table(
        np.array([[count for cells in governorates for count in cells]], dtype=np.float64),
        np.repeat(np.arange(len(governorates)), [len(cells) for cells in governorates]),
        np.array([[_total(cells, more) for cells, more in zip(governorates, extra, strict=True)]]),
    )


def _total(cells: list[float], not_placed: float) -> float:
    counted = [count for count in cells if not np.isnan(count)]
    return float(sum(counted) + not_placed) if counted or not_placed else NAN


def hidden(found: Suppression) -> list[int]:
    """District columns hidden on the only date."""
    return np.flatnonzero(found.districts[0]).tolist()


counts = st.one_of(st.just(NAN), st.integers(0, 12).map(float), st.integers(1, 4).map(float))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """One date, 1 to 4 governorates of 1 to 5 districts, some households not placed."""
    governorates = draw(st.lists(st.lists(counts, min_size=1, max_size=5), min_size=1, max_size=4))
    number = len(governorates)
    extra = draw(st.lists(st.sampled_from([0.0, 0.0, 1.0, 7.0]), min_size=number, max_size=number))
    return table(*governorates, not_placed=extra)


thresholds = st.integers(2, 6)
# A busy machine is no fault of the code under test.
unhurried = settings(deadline=None)


# ---------------------------------------------------------------------------------- the reader


@dataclass
class Equations:
    """Linear facts about whole numbers that are not shown."""

    names: list[Unknown] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    facts: list[tuple[dict[Unknown, float], float, float]] = field(default_factory=list)

    def unknown(self, name: Unknown, least: float) -> Unknown:
        self.names.append(name)
        self.least.append(least)
        return name

    def total(self, whole: Unknown | float, parts: list[Unknown | float]) -> None:
        """`whole` is the sum of `parts`; each is a shown number or the name of an unknown."""
        terms: dict[Unknown, float] = {}
        known = 0.0
        for sign, term in [(1.0, whole), *((-1.0, part) for part in parts)]:
            if isinstance(term, int | float):
                known -= sign * term
            else:
                terms[term] = sign
        if terms:
            self.facts.append((terms, known, known))

    def solve(self, name: Unknown, sign: float) -> dict[Unknown, int]:
        """Return whole numbers that fit all facts, with the least (1) or most (-1) of `name`."""
        # Takes a second to load, which those who only collect the tests need not wait for.
        from scipy.optimize import Bounds, LinearConstraint, milp

        column = {each: index for index, each in enumerate(self.names)}
        matrix = np.zeros((len(self.facts), len(column)))
        for row, (terms, _, _) in enumerate(self.facts):
            for each, factor in terms.items():
                matrix[row, column[each]] = factor
        lower, upper = (np.array([fact[side] for fact in self.facts]) for side in (1, 2))
        aim = np.zeros(len(column))
        aim[column[name]] = sign
        solved = milp(
            aim,
            integrality=np.ones(len(column)),
            bounds=Bounds(np.array(self.least), np.full(len(column), PLENTY)),
            constraints=[LinearConstraint(matrix, lower, upper)],
        )
        assert solved.success, solved.message
        return {each: round(solved.x[index]) for each, index in column.items()}

    def bounds(self, name: Unknown) -> tuple[int, int]:
        """Return the least and the most that the unknown may be."""
        return self.solve(name, 1)[name], self.solve(name, -1)[name]


def page(one: Table, found: Suppression, camps: np.ndarray) -> Equations:
    """Everything published about one date, as equations: households, and people with camps."""
    facts = Equations()
    _publish(facts, "households", one, found, one.households[0], one.totals[0], least=1)
    # 6 people to a household and 5 in camps; what is not placed is outside camps.
    people = 6 * one.households[0] - camps
    in_camps = np.bincount(one.parent, np.nan_to_num(camps), minlength=one.totals.shape[1])
    _publish(facts, "people", one, found, people, 6 * one.totals[0] - in_camps, least=5)
    # The reader does not know who of a hidden cell is in a camp: 5 to 6 times its households.
    for cell in np.flatnonzero(found.districts[0]).tolist():
        own, people_there = ("households", cell), ("people", cell)
        facts.facts.append(({own: 6.0, people_there: -1.0}, 0.0, PLENTY))
        facts.facts.append(({own: -5.0, people_there: 1.0}, 0.0, PLENTY))
    return facts


def _publish(
    facts: Equations,
    measure: str,
    one: Table,
    found: Suppression,
    cells: np.ndarray,
    totals: np.ndarray,
    least: float,
) -> None:
    """Add one measure: shown cells as numbers, hidden cells and totals as unknowns."""
    placed = np.bincount(one.parent, np.nan_to_num(cells), minlength=len(totals))
    whole: list[Unknown | float] = []
    for governorate in np.flatnonzero(~np.isnan(totals)).tolist():
        total: Unknown | float = float(totals[governorate])
        if found.governorates[0, governorate]:
            total = facts.unknown((measure, "governorate", governorate), least)
        parts: list[Unknown | float] = [float(totals[governorate] - placed[governorate])]
        for cell in np.flatnonzero((one.parent == governorate) & ~np.isnan(cells)).tolist():
            is_hidden = found.districts[0, cell]
            parts.append(facts.unknown((measure, cell), least) if is_hidden else float(cells[cell]))
        facts.total(total, parts)
        whole.append(total)
    national: Unknown | float = float(np.nansum(totals))
    if found.national[0]:
        national = facts.unknown((measure, "national"), least)
    facts.total(national, whole)


def assert_protected(
    one: Table, found: Suppression, threshold: int, camps: np.ndarray | None = None
) -> None:
    """Show for each hidden figure two solutions that differ, on both sides of the threshold.

    Solutions found for one figure serve the others too; what they do not show is solved for.
    """
    facts = page(one, found, np.zeros(one.households.shape[1]) if camps is None else camps)
    solutions: list[dict[Unknown, int]] = []
    for name in facts.names:
        if not _differs(name, solutions, threshold):
            solutions += [facts.solve(name, 1), facts.solve(name, -1)]
        assert _differs(name, solutions, threshold), f"{name} lies between {facts.bounds(name)}"


def _differs(name: Unknown, solutions: list[dict[Unknown, int]], threshold: int) -> bool:
    values = {solution[name] for solution in solutions}
    if name[0] == "households" and isinstance(name[1], int):
        return bool(values) and min(values) < threshold <= max(values)
    return len(values) > 1


# ------------------------------------------------------------------------------------- examples


def test_nothing_is_hidden_where_no_cell_is_small():
    found = table([5, 9, 100], [0, NAN, 7]).suppress()
    assert not found.districts.any()
    assert not found.governorates.any()
    assert not found.national.any()


def test_a_small_cell_takes_its_smallest_shown_sibling_along():
    assert hidden(table([300, 3, 40, 41]).suppress()) == [1, 2]


def test_of_equal_siblings_the_first_is_taken():
    assert hidden(table([40, 3, 9, 9]).suppress()) == [1, 2]


def test_small_cells_that_protect_each_other_take_nobody_along():
    # 4 + 4: each may be anything from 1 to 7.
    assert hidden(table([4, 4, 40]).suppress()) == [0, 1]


def test_the_upper_end_must_reach_the_threshold_and_need_not_pass_it():
    # 3 + 3: up to 5, which might have been shown. 2 + 3: up to 4, which never would be.
    assert hidden(table([3, 3, 40]).suppress()) == [0, 1]
    assert hidden(table([2, 3, 40]).suppress()) == [0, 1, 2]


def test_two_small_cells_whose_sum_shows_both_are_small_take_a_third():
    # 2 + 2: neither could be more than 3.
    assert hidden(table([2, 2, 40, 60]).suppress()) == [0, 1, 2]


def test_zero_and_not_counted_stay_what_they_are():
    found = table([0, NAN, 3, 50, 0]).suppress()
    assert hidden(found) == [2, 3]


def test_a_governorate_with_nothing_to_hide_behind_is_pooled_with_one_that_hides_already():
    found = table([3, 0], [6], [2, 30, 90], [80, 90]).suppress()
    assert hidden(found) == [0, 3, 4]
    assert found.governorates[0].tolist() == [True, False, True, False]
    assert not found.national[0]


def test_otherwise_with_the_smallest_total_and_that_one_hides_a_district_too():
    found = table([3, NAN], [60, 50], [20, 90, 0], [NAN]).suppress()
    assert hidden(found) == [0, 3]
    assert found.governorates[0].tolist() == [True, True, False, False]
    assert not found.national[0]


def test_a_pool_of_one_district_governorates():
    found = table([3], [8], [9]).suppress()
    assert hidden(found) == [0, 1]
    assert found.governorates[0].tolist() == [True, True, False]


def test_exposed_governorates_that_protect_each_other_need_no_partner():
    found = table([4], [4], [70, 80]).suppress()
    assert hidden(found) == [0, 1]
    assert found.governorates[0].tolist() == [True, True, False]


def test_a_governorate_total_under_the_threshold_is_hidden_when_its_districts_are_all_small():
    found = table([1, 1], [10, 20]).suppress()
    assert hidden(found) == [0, 1, 2]
    assert found.governorates[0].tolist() == [True, True]


def test_where_no_governorate_is_left_to_pool_with_the_national_total_is_hidden():
    found = table([3], [0, NAN], [NAN]).suppress()
    assert hidden(found) == [0]
    assert found.governorates[0].tolist() == [True, False, False]
    assert found.national[0]


def test_households_not_placed_do_not_protect_a_small_cell():
    # The page shows the 500 that are not placed, so the total of 543 leaves 43 for two cells.
    one = table([3, 40, 90], not_placed=[500])
    assert hidden(one.suppress()) == [0, 1]


def test_a_total_without_districts_has_nothing_to_hide_and_cannot_be_a_partner():
    one = table([3], [NAN, NAN], [9, 9], not_placed=[0, 2, 0])
    found = one.suppress()
    assert hidden(found) == [0, 3]
    assert found.governorates[0].tolist() == [True, False, True]


@pytest.mark.parametrize("threshold", [0, 1])
def test_a_threshold_of_0_or_1_switches_suppression_off(threshold):
    found = table([1, 1], [1]).suppress(threshold)
    assert not found.districts.any()
    assert not found.governorates.any()
    assert not found.national.any()


def test_no_dates_and_no_districts_are_tables_too():
    none = suppress(np.empty((0, 3)), np.zeros(3, dtype=np.intp), np.empty((0, 1)), 5)
    assert none.districts.shape == (0, 3)
    bare = suppress(np.empty((2, 0)), np.empty(0, dtype=np.intp), np.full((2, 1), 3.0), 5)
    assert bare.governorates.tolist() == [[False], [False]]


# ----------------------------------------------------------------------------------- the reader


def test_the_reader_undoes_primary_suppression_alone():
    one = table([3, 40, 90], [20])
    alone = Suppression(one.households < 5, np.array([[False, False]]), np.array([False]))
    with pytest.raises(AssertionError, match=r"\('households', 0\) lies between \(3, 3\)"):
        assert_protected(one, alone, 5)


def test_the_reader_undoes_a_pair_that_can_only_be_small():
    one = table([2, 2, 40])
    pair = Suppression(one.households < 5, np.array([[False]]), np.array([False]))
    with pytest.raises(AssertionError, match=r"\('households', 0\) lies between \(1, 3\)"):
        assert_protected(one, pair, 5)


@pytest.mark.parametrize("hidden_totals", [[True, False], [True, True]])
def test_the_reader_undoes_a_hidden_total_alone_and_one_whose_districts_are_shown(hidden_totals):
    one = table([3], [20, 30])
    found = Suppression(one.households < 5, np.array([hidden_totals]), np.array([False]))
    with pytest.raises(AssertionError, match=r"lies between \(3, 3\)"):
        assert_protected(one, found, 5)


def test_the_reader_finds_the_range_by_hand():
    one = table([2, 2, 40], [9])
    facts = page(one, one.suppress(), np.zeros(4))
    # 44 among three cells of at least one household each.
    assert {facts.bounds(("households", cell)) for cell in range(3)} == {(1, 42)}


# ---------------------------------------------------------------------------------- properties


@pytest.mark.slow
@given(tables(), thresholds, st.data())
@settings(unhurried, max_examples=100)
def test_no_hidden_figure_can_be_worked_out(one, threshold, data):
    found = one.suppress(threshold)
    assume(found.districts.any())
    camps = np.array(
        [
            0 if np.isnan(count) else data.draw(st.integers(0, int(count)), label="in camps")
            for count in one.households[0]
        ],
        dtype=np.float64,
    )
    assert_protected(one, found, threshold, camps)


@given(tables(), thresholds)
@unhurried
def test_every_small_cell_is_hidden_and_never_a_zero_or_one_not_counted(one, threshold):
    found = one.suppress(threshold)
    small = (one.households > 0) & (one.households < threshold)
    assert found.districts[small].all()
    assert (one.households[found.districts] > 0).all()


@given(tables(), thresholds)
@unhurried
def test_where_no_cell_is_small_nothing_is_hidden(one, threshold):
    small = (one.households > 0) & (one.households < threshold)
    found = one.suppress(threshold)
    if not small.any():
        assert not found.districts.any()
    # Totals only ever follow districts.
    assert found.districts.any() or not (found.governorates.any() or found.national.any())


@given(tables(), thresholds)
@unhurried
def test_at_most_one_district_a_governorate_is_hidden_for_the_sake_of_others(one, threshold):
    found = one.suppress(threshold)
    extra = found.districts & ~(one.households < threshold)
    assert (np.bincount(one.parent[extra[0]], minlength=1) <= 1).all()


@given(tables(), thresholds)
@unhurried
def test_a_hidden_total_has_a_hidden_district_and_is_never_alone(one, threshold):
    found = one.suppress(threshold)
    totals = np.flatnonzero(found.governorates[0])
    assert np.isin(totals, one.parent[found.districts[0]]).all()
    assert len(totals) != 1 or found.national[0]
    assert len(totals) or not found.national[0]


@given(tables(), st.integers(0, 5))
@unhurried
def test_a_higher_threshold_hides_no_less(one, threshold):
    lower, higher = one.suppress(threshold), one.suppress(threshold + 1)
    # The choice of a partner depends on who hides already, so compare where none was needed.
    assume(not lower.governorates.any())
    assert (lower.districts <= higher.districts).all()


@given(tables(), thresholds)
@unhurried
def test_the_pattern_is_the_same_each_time_and_each_date_stands_alone(one, threshold):
    alone = one.suppress(threshold)
    one_week_earlier = np.full_like(one.households, 3.0)
    totals = np.bincount(one.parent, one_week_earlier[0])[np.newaxis]
    both = suppress(
        np.vstack([one_week_earlier, one.households]),
        one.parent,
        np.vstack([totals, one.totals]),
        threshold,
    )
    assert (both.districts[1:] == alone.districts).all()
    assert (both.governorates[1:] == alone.governorates).all()
    assert (both.national[1:] == alone.national).all()


@given(tables(), thresholds)
@unhurried
def test_the_figures_handed_in_are_left_as_they_were(one, threshold):
    before = one.households.copy(), one.totals.copy()
    one.suppress(threshold)
    assert np.array_equal(before[0], one.households, equal_nan=True)
    assert np.array_equal(before[1], one.totals, equal_nan=True)


# --------------------------------------------------------------------------------- people alone


PEOPLE_TO_A_HOUSEHOLD = 6


@dataclass(frozen=True)
class Cell:
    """A district on the only date; households are NaN where only people are known."""

    people: float
    households: float = NAN


def of_households(number: float) -> Cell:
    return Cell(number * PEOPLE_TO_A_HOUSEHOLD, number)


@dataclass(frozen=True)
class Mixed:
    """One date of districts known in households or in people; a governorate may have none.

    ``undivided`` are people of governorates of which no district is counted.
    """

    governorates: tuple[tuple[Cell, ...], ...]
    undivided: tuple[float, ...]

    @property
    def parent(self) -> np.ndarray:
        return np.repeat(np.arange(len(self.governorates)), [len(g) for g in self.governorates])

    def figures(self, what: str) -> Figures:
        cells = [getattr(cell, what) for governorate in self.governorates for cell in governorate]
        totals = []
        for governorate, undivided in zip(self.governorates, self.undivided, strict=True):
            counted = [getattr(cell, what) for cell in governorate]
            counted = [count for count in counted if not np.isnan(count)]
            alone = undivided if what == "people" and undivided and not counted else NAN
            totals.append(float(sum(counted)) if counted else alone)
        return Figures(np.array([cells], dtype=np.float64), np.array([totals]))

    def suppress(self, threshold: int = 5) -> Suppression:
        limit = Threshold(threshold).people(PEOPLE_TO_A_HOUSEHOLD)
        return suppress_known(
            self.figures("households"),
            self.figures("people"),
            self.parent,
            threshold,
            np.array([limit]),
        )


def mixed(*governorates: list[Cell], undivided: tuple[float, ...] = ()) -> Mixed:
    return Mixed(tuple(map(tuple, governorates)), undivided or (0.0,) * len(governorates))


def people(*numbers: float) -> list[Cell]:
    return [Cell(number) for number in numbers]


def test_where_only_people_are_known_they_are_judged_by_those_of_so_many_households():
    assert hidden(mixed(people(29, 30, 4000)).suppress()) == [0, 1]
    assert hidden(mixed(people(30, 31, 4000)).suppress()) == []
    assert hidden(mixed(people(3, 12, 90_000, 4000)).suppress()) == [0, 1, 3]


def test_a_cell_known_in_both_is_judged_by_households():
    """29 people of 5 households are shown; 4 households are not, however many people they are."""
    assert hidden(mixed([Cell(29, 5), of_households(80)]).suppress()) == []
    assert hidden(mixed([Cell(60, 4), of_households(80)]).suppress()) == [0, 1]


def test_people_of_no_household_are_judged_as_people():
    assert hidden(mixed([Cell(3, 0), Cell(500, 0), of_households(80)]).suppress()) == [0, 1]


def test_cells_in_people_hide_behind_cells_in_people_only():
    """Who knows the households of a sibling knows its people, as so many times the households."""
    found = mixed([Cell(12), of_households(80), of_households(90)], people(700, 800)).suppress()
    assert hidden(found) == [0, 3]
    assert found.governorates[0].tolist() == [True, True]
    assert not found.national[0]


def test_cells_in_households_hide_behind_cells_in_households_only():
    found = mixed([of_households(2), *people(700, 800)], [of_households(80)]).suppress()
    assert hidden(found) == [0, 3]
    assert found.governorates[0].tolist() == [True, True]


def test_a_governorate_without_districts_is_a_cell_where_only_people_are_known():
    found = mixed([], [], [], undivided=(3.0, 40.0, 900.0)).suppress()
    assert found.governorates[0].tolist() == [True, True, False]
    assert not found.national[0]


def test_governorates_that_are_all_too_small_hide_the_national_total():
    found = mixed([], [], undivided=(3.0, 4.0)).suppress()
    assert found.governorates[0].tolist() == [True, True]
    assert found.national[0]


def test_a_governorate_known_in_households_is_shown_whatever_its_size():
    found = suppress_known(
        Figures(np.empty((1, 0)), np.array([[1.0, 300.0]])),
        Figures(np.empty((1, 0)), np.array([[6.0, 1800.0]])),
        np.empty(0, dtype=np.intp),
        5,
        np.array([30]),
    )
    assert not found.governorates.any()


@pytest.mark.parametrize("threshold", [0, 1])
def test_a_threshold_of_0_or_1_shows_people_too(threshold):
    assert hidden(mixed(people(1, 500)).suppress(threshold)) == []


def test_each_date_is_judged_by_the_households_of_its_own_time():
    figures = Figures(np.array([[27.0, 90.0]] * 2), np.array([[117.0]] * 2))
    none = Figures(np.full((2, 2), NAN), np.full((2, 1), NAN))
    found = suppress_known(none, figures, np.array([0, 0]), 5, np.array([30, 25]))
    assert found.districts.tolist() == [[True, True], [False, False]]


def test_parts_of_a_person_count_as_one_more():
    assert Threshold(5).people(6) == 30
    assert Threshold(5, 4.5).people(6) == 23
    assert Threshold.of(7) == Threshold(7)
    assert Threshold.of(Threshold(7, 4.5)) == Threshold(7, 4.5)


def mixed_page(one: Mixed, found: Suppression, exactly: bool) -> Equations:
    """Everything published about one date, both units; the reader knows the size of households.

    ``exactly``: all households are of that size; else those of a hidden cell may be one smaller.
    """
    facts = Equations()
    for what in ("households", "people"):
        _publish_mixed(facts, what, one, found)
    size = PEOPLE_TO_A_HOUSEHOLD
    for cell in np.flatnonzero(found.districts[0]).tolist():
        own, there = ("households", cell), ("people", cell)
        if own in facts.names:
            facts.facts.append(({own: size, there: -1.0}, 0.0, 0.0 if exactly else PLENTY))
            facts.facts.append(({own: 1.0 - size, there: 1.0}, 0.0, PLENTY))
    return facts


def _publish_mixed(facts: Equations, what: str, one: Mixed, found: Suppression) -> None:
    figures = one.figures(what)
    whole: list[Unknown | float] = []
    for governorate in np.flatnonzero(~np.isnan(figures.governorates[0])).tolist():
        total: Unknown | float = float(figures.governorates[0, governorate])
        if found.governorates[0, governorate]:
            total = facts.unknown((what, "governorate", governorate), 0)
        cells = [
            facts.unknown((what, cell), 1)
            if found.districts[0, cell]
            else float(figures.districts[0, cell])
            for cell in np.flatnonzero(one.parent == governorate).tolist()
            if figures.districts[0, cell] > 0
        ]
        if cells:
            facts.total(total, cells)
        whole.append(total)
    national: Unknown | float = float(np.nansum(figures.governorates))
    if found.national[0] and whole:
        national = facts.unknown((what, "national"), 0)
    facts.total(national, whole)


def assert_mixed_protected(one: Mixed, found: Suppression, threshold: int, exactly: bool) -> None:
    facts = mixed_page(one, found, exactly)
    known = one.figures("households").districts[0]
    limit = Threshold(threshold).people(PEOPLE_TO_A_HOUSEHOLD)
    for name in facts.names:
        if name[0] == "households" and not isinstance(name[1], int):
            continue  # a total hidden for cells in people may be the sum of what is shown
        least, most = facts.bounds(name)
        assert least < most, f"{name} lies between {least} and {most}"
        if isinstance(name[1], int):
            by_people = np.isnan(known[name[1]])
            if by_people == (name[0] == "people"):
                bar = limit if by_people else threshold
                assert least == 1, f"{name} is at least {least}"
                assert most >= bar, f"{name} is at most {most}"
        elif name[1] == "governorate" and not one.governorates[int(name[-1])]:
            assert most >= limit, f"{name} is at most {most}"


@st.composite
def mixed_tables(draw: st.DrawFn, kinds: str) -> Mixed:
    """One date; cells of the kinds named: h(ouseholds), p(eople), u(ndivided governorates)."""
    small = st.one_of(st.integers(1, 20), st.integers(1, 80)).map(float)
    cells = {
        "h": st.integers(0, 9).map(lambda n: of_households(float(n))),
        "p": small.map(Cell),
    }
    cell = st.one_of(*(cells[kind] for kind in kinds if kind in cells), st.just(Cell(NAN)))
    governorate = st.lists(cell, min_size=1, max_size=4).map(tuple)
    if "u" in kinds:
        governorate = st.one_of(governorate, st.just(())) if len(kinds) > 1 else st.just(())
    governorates = tuple(draw(st.lists(governorate, min_size=1, max_size=4)))
    return Mixed(governorates, tuple(draw(small) for _ in governorates))


@pytest.mark.slow
@pytest.mark.parametrize("exactly", [True, False])
@pytest.mark.parametrize("kinds", ["p", "hp", "u", "pu", "hpu"])
@given(data=st.data(), threshold=thresholds)
@settings(unhurried, max_examples=40)
def test_no_hidden_people_can_be_worked_out(kinds, exactly, data, threshold):
    one = data.draw(mixed_tables(kinds))
    found = one.suppress(threshold)
    assume(found.districts.any() or found.governorates.any())
    assert_mixed_protected(one, found, threshold, exactly)


@given(data=st.data(), threshold=thresholds)
@unhurried
def test_every_cell_too_small_in_its_own_unit_is_hidden(data, threshold):
    one = data.draw(mixed_tables("hpu"))
    found, limit = one.suppress(threshold), Threshold(threshold).people(PEOPLE_TO_A_HOUSEHOLD)
    households, count = (one.figures(what).districts for what in ("households", "people"))
    assert found.districts[(households > 0) & (households < threshold)].all()
    assert found.districts[np.isnan(households) & (count > 0) & (count < limit)].all()
    for governorate, cells in enumerate(one.governorates):
        if not cells and 0 < one.undivided[governorate] < limit:
            assert found.governorates[0, governorate]


@given(tables(), thresholds)
@unhurried
def test_where_households_are_known_everywhere_people_change_nothing(one, threshold):
    totals = np.where(np.isnan(one.totals), 0, one.totals)
    found = suppress_known(
        Figures(one.households, one.totals),
        Figures(one.households * 6, np.where(np.isnan(one.totals), NAN, totals * 6)),
        one.parent,
        threshold,
        np.array([threshold * 6]),
    )
    alone = one.suppress(threshold)
    assert (found.districts == alone.districts).all()
    assert (found.governorates == alone.governorates).all()
    assert (found.national == alone.national).all()


# ------------------------------------------------------------------------------------ wrong input


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"households": np.array([3.0, 4.0])}, ValueError, "dates x areas"),
        ({"governorate_households": np.array([[7.0], [7.0]])}, ValueError, "same dates"),
        ({"parent": np.array([0])}, ValueError, "each of 2 districts"),
        ({"parent": np.array([0.0, 0.0])}, ValueError, "float64"),
        ({"parent": np.array([0, 1])}, ValueError, "between 0 and 0, found 0 to 1"),
        ({"parent": np.array([0, -1])}, ValueError, "found -1 to 0"),
        ({"threshold": -1}, ValueError, "found -1"),
        ({"households": np.array([[3.0, -4.0]])}, DataError, "found -4.0 at date 0, district 1"),
        ({"households": np.array([[3.5, 1.0]])}, DataError, "found 3.5"),
        ({"governorate_households": np.array([[np.inf]])}, DataError, "found inf"),
        ({"governorate_households": np.array([[6.0]])}, DataError, "hold 7 .* total of 6"),
        ({"governorate_households": np.array([[NAN]])}, DataError, "hold 7 .* total of nan"),
    ],
)
def test_tables_that_do_not_fit_are_refused(changes, error, words):
    fitting = {
        "households": np.array([[3.0, 4.0]]),
        "parent": np.array([0, 0]),
        "governorate_households": np.array([[7.0]]),
        "threshold": 5,
    }
    with pytest.raises(error, match=words):
        suppress(**(fitting | changes))


# ---------------------------------------------------------------------------------- real figures


@pytest.fixture(scope="module", params=["IDP", "Returnee"])
def real(request, published_folder) -> tuple[str, Table]:
    """Every published round of one population, in COD-AB districts and governorates."""
    rows = pd.read_csv(published_folder / "dtm" / "dtm_district_round.csv")
    crosswalk = pd.read_csv(published_folder / "boundaries" / "district_crosswalk.csv")
    governorates = pd.read_csv(published_folder / "boundaries" / "ref_governorates.csv")
    rows = rows[rows["population_type"] == request.param].merge(
        crosswalk,
        how="left",
        left_on=["governorate", "district"],
        right_on=["dtm_governorate", "dtm_district"],
        validate="many_to_one",
    )
    rows["parent"] = rows["governorate"].map(governorates.set_index("dtm_name")["cod_pcode"])
    cells = _by_date(rows, "pcode", sorted(crosswalk["pcode"].unique()))
    totals = _by_date(rows, "parent", sorted(governorates["cod_pcode"]))
    parent = totals.columns.get_indexer(cells.columns.str[:5])
    return request.param, Table(cells.to_numpy(), parent, totals.to_numpy())


def _by_date(rows: pd.DataFrame, area: str, areas: list[str]) -> pd.DataFrame:
    found = rows.pivot_table(index="round_date", columns=area, values="households", aggfunc="sum")
    return found.reindex(columns=areas).astype(np.float64)


def test_how_much_of_the_real_rounds_is_hidden(real):
    population, figures = real
    found = figures.suppress()
    primary = int((figures.households < 5).sum())
    assert {
        "shown or hidden": int((~np.isnan(figures.households)).sum()),
        "primary": primary,
        "complementary": int(found.districts.sum()) - primary,
        "dates": int(found.districts.any(axis=1).sum()),
        "governorate totals": int(found.governorates.sum()),
        "national totals": int(found.national.sum()),
    } == HIDDEN_IN_REAL_ROUNDS[population]


def test_no_real_cell_can_be_worked_out(real):
    _, figures = real
    found = figures.suppress()
    for date in np.flatnonzero(found.districts.any(axis=1)).tolist():
        one = figures.date(date)
        assert_protected(one, one.suppress(), 5)
