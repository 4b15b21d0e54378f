"""Cells and legend in words, as tables, pictures and the public map say them."""

from __future__ import annotations

import re

import pytest

from geodata.figures.view import View, class_counts
from geodata.text import area_labels
from geodata.text import key_figures as panel
from geodata.text.key_figures import key_figures
from tests.views import viewed


def cell(view: View, pcode: str) -> area_labels.AreaLabel:
    found = area_labels.area_labels(view.on_its_date())
    return next(each for each in found if each.pcode == pcode)


def test_a_counted_cell_says_figure_unit_rank_and_change(snapshot):
    found = cell(viewed(snapshot, time="2019-04-30"), "IQG15")
    assert found.value == "501,312"
    assert found.rank == "rank 1 of 18"
    assert found.change == "−45,360 since 28 Feb 2019"
    assert found.sentence == ("Ninewa: 501,312 people, rank 1 of 18, −45,360 since 28 Feb 2019")


def test_a_place_that_was_not_counted_says_so_and_nothing_else(snapshot):
    found = cell(viewed(snapshot, pop="returnee", time="2018-08-31"), "IQG02")
    assert (found.value, found.rank, found.change) == ("Not assessed", "", "")
    assert found.sentence == "Basrah: Not assessed"
    assert not found.shown


def test_a_change_says_what_it_is_compared_with(snapshot):
    view = viewed(snapshot, mode="change", base="2017-05-15", time="2019-04-30")
    found = cell(view, "IQG15")
    assert found.value == "−142,512"
    assert found.sentence == ("Ninewa: −142,512 people, compared with 15 May 2017, rank 15 of 18")
    assert found.change == ""


def test_shares_have_their_sign(snapshot):
    found = cell(viewed(snapshot, measure="share", time="2019-04-30"), "IQG15")
    assert found.value == "30.1%"
    assert found.change == "−1.2\u00a0points since 28 Feb 2019"


def test_a_district_names_its_governorate(snapshot):
    found = cell(viewed(snapshot, level="2", time="2017-05-15"), "IQG01Q01")
    assert found.parent == "Anbar"


@pytest.mark.parametrize(
    ("time", "share"),
    [("2021-02-28", "38%"), ("2018-10-15", "40%"), ("2015-09-29", "49%"), ("2017-05-30", "27%")],
)
def test_a_part_is_rounded_once_whoever_writes_it(snapshot, time, share):
    """They are 38.499, 40.499, 49.498 and 26.5002 per cent."""
    level = {} if time == "2015-09-29" else {"level": "2"}
    view = viewed(snapshot, time=time, **level)
    assert panel.parts(view)[view.date_index()] == share
    assert key_figures(view.on_its_date())[2].number == share


@pytest.mark.parametrize("query", [{}, {"pop": "refugee"}, {"measure": "rate"}, {"mode": "change"}])
def test_figures_in_native_digits_have_no_others(snapshot, query):
    view = viewed(snapshot, lang="ckb", digits="native", **query)
    for t in range(len(view.counts.dates)):
        figures = key_figures(view.on(t))
        assert not re.search(r"[0-9.%]", " ".join(each.number for each in figures)), figures


def test_a_row_of_a_table_has_figure_status_and_change_apart(snapshot):
    shares = cell(viewed(snapshot, measure="share", time="2019-04-30"), "IQG15")
    assert (shares.figure, shares.status) == ("30.1%", "Counted")
    assert shares.by == "−1.2\u00a0points"
    missing = cell(viewed(snapshot, pop="returnee", time="2018-08-31"), "IQG02")
    assert (missing.figure, missing.status, missing.by) == ("", "Not assessed", "")


@pytest.mark.parametrize("query", [{}, {"pop": "returnee"}, {"level": "2"}, {"mode": "change"}])
def test_the_rows_of_the_legend_are_its_classes_with_as_many_areas_as_on_the_map(snapshot, query):
    view = viewed(snapshot, **query)
    for t in (0, view.date_index()):
        rows = area_labels.legend(view.on(t))
        assert [row.count for row in rows] == [class_counts(view.on(t))[row.place] for row in rows]


def test_the_legend_runs_from_most_to_least_and_ends_with_statuses(snapshot):
    kinds = [row.kind for row in area_labels.legend(viewed(snapshot, level="2").on(0))]
    assert kinds[:7] == ["k6", "k5", "k4", "k3", "k2", "k1", "k0"]
    assert kinds[7:] == ["z", "n", "s"]
