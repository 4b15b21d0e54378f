"""Programmes in time: a governorate is at work on a date only where a source dates work to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.api.view_json import as_dict
from geodata.figures.view import View
from geodata.snapshots.schemas import check
from geodata.snapshots.serialise import write_snapshot
from geodata.snapshots.snapshot import Snapshot, load
from geodata.text.area_labels import area_labels, legend
from geodata.text.key_figures import key_figures
from geodata.text.view_headlines import headline
from tests import made_up
from tests.views import viewed

Dated = tuple[str, str, str, str]  # P-code, from, to, how the date is known
ALPHA, BETA = "XXG01", "XXG02"


def country(folder: Path, *rows: Dated, status: str = "implemented") -> Snapshot:
    """The made-up country, with this coverage of AID and no other."""
    columns = ["pcode", "from_date", "to_date", "date_basis"]
    table = pd.DataFrame(rows, columns=columns).assign(
        **{"programme": "AID", "phase": "", "status": status, "source": "A letter"},
        **{"locator": "", "note": ""},
    )
    tables = replace(made_up.shared(), coverage=check("coverage", table[list(_coverage_columns())]))
    folder = folder / "snapshot"
    write_snapshot(folder, tables, made_up.squares(), join_report={}, country=made_up.COUNTRY)
    return load(folder)


def _coverage_columns() -> list[str]:
    return list(made_up.shared().coverage.columns)


# The dates are 2020-01-31, 2020-07-31, 2021-01-31 and 2021-07-31.
@pytest.mark.parametrize(
    ("letters", "rows"),
    [
        ("ddtt", [("2020", "2020", "stated")]),
        ("tddt", [("2020-07", "2021-01", "stated")]),
        ("tddt", [("2020-07-31", "2021-01-31", "inferred year")]),
        ("tttt", [("2020-08-01", "2021-01-30", "stated")]),
        ("tduu", [("2020-07", "", "stated")]),
        ("udtt", [("", "2020-07", "stated")]),
        ("uduu", [("2020-07", "2020-07", "publication date")]),
        ("dddu", [("2020-01-31", "2021-01-31", "data in hand")]),
        ("uuuu", [("2020", "2021", "planned")]),
        ("tduu", [("2020-07-31", "2021-07-31", "actual start, planned end")]),
        ("uuut", [("2020-01-01", "2021-06-30", "planned start, actual end")]),
        ("uuuu", [("", "", "undated page")]),
        ("uuuu", [("2020", "2021", "undated page")]),
        ("duuu", [("2020-01", "2020-01", "stated"), ("", "", "undated text")]),
        ("dttd", [("2020-01", "2020-01", "stated"), ("2021-07", "2021-07", "")]),
    ],
)
def test_a_row_says_of_each_date_whether_its_programme_was_at_work(tmp_path, letters, rows):
    made = country(tmp_path, *((ALPHA, *row) for row in rows))
    work = viewed(made, prog="AID").work
    assert work is not None
    assert "".join(work[:, 0]) == letters
    assert set(work[:, 1]) == {"-"}
    by_district = viewed(made, prog="AID", level="2").work
    assert by_district is not None
    assert ["".join(column) for column in by_district.T] == [letters] * 3 + ["----"] * 2


def test_what_is_planned_is_no_work(tmp_path):
    made = country(tmp_path, (ALPHA, "2020", "2021", "stated"), status="planned")
    work = viewed(made, prog="AID").work
    assert work is not None and set(work.ravel()) == {"-"}


@pytest.fixture(scope="module")
def moving(tmp_path_factory) -> Snapshot:
    """AID is in Alpha on the first two dates, in Beta on the second and the third."""
    return country(
        tmp_path_factory.mktemp("moving"),
        (ALPHA, "2020-01", "2020-07", "stated"),
        (BETA, "2020-07", "2021-01", "stated"),
    )


def letters(view: View) -> list[str]:
    return ["".join(row) for row in view.status]


def test_figures_are_of_all_times_unless_the_date_is_asked_for(moving):
    every, then = viewed(moving, prog="AID"), viewed(moving, prog="AID", prog_when="date")
    np.testing.assert_array_equal(every.totals, viewed(moving).totals)
    assert letters(every) == ["cc", "cc", "cc", "nc"]
    assert letters(then) == ["co", "cc", "oc", "oo"]
    np.testing.assert_array_equal(then.totals, [918, 1308, 330, np.nan])
    np.testing.assert_allclose(then.shares, [918 / 1158, np.nan, 330 / 1566, np.nan])
    rates = viewed(moving, prog="AID", prog_when="date", measure="rate").totals
    np.testing.assert_allclose(rates, [9.18, 8.72, 6.6, np.nan])


def test_a_change_is_of_the_areas_of_its_own_date_on_both(moving):
    changes = viewed(moving, prog="AID", prog_when="date", mode="change", base="2020-01-31")
    np.testing.assert_array_equal(changes.totals, [0, 150, 90, np.nan])
    assert letters(changes) == ["zo", "cz", "oc", "oo"]


def test_totals_of_other_areas_are_not_compared(moving):
    then = viewed(moving, prog="AID", prog_when="date")
    assert as_dict(then)["totalChanges"] == [None] * 4
    assert key_figures(then.on(1))[1].label == "the previous round is of other areas"
    assert then.on(2).year_before is None
    every = viewed(moving, prog="AID")
    assert as_dict(every)["totalChanges"] == [None, 150, 258, -1194]


def test_headlines_have_the_tense_of_the_date(moving, tmp_path):
    then, every = viewed(moving, prog="AID", prog_when="date"), viewed(moving, prog="AID")
    who = "internally displaced people where AID"
    assert headline(then.on(0)) == (
        f"918 {who} worked at the time: 79% of the country, on 31 January 2020"
    )
    assert headline(then.on(1)) == f"1,308 {who} worked at the time, on 31 July 2020"
    assert headline(then.on(3)) == "No source at hand dates work of AID to 31 July 2021"
    assert headline(every.on(1)) == headline(then.on(1))  # it was at work in both
    assert headline(every.on(2)) == f"1,566 {who} works or worked, on 31 January 2021"
    assert headline(every.on(3)) == f"372 {who} worked at another time, on 31 July 2021"
    changed = viewed(moving, prog="AID", prog_when="date", mode="change", base="2020-01-31")
    assert headline(changed.on(2)) == (
        "Up by 90 internally displaced people where AID worked on 31 January 2021, "
        "compared with 31 January 2020"
    )


def test_legend_and_labels_tell_the_three_apart_with_their_numbers(moving):
    at = viewed(moving, prog="AID").on(2)
    rows = [(row.kind, row.label, row.count) for row in legend(at) if row.kind[:5] == "work-"]
    assert rows == [
        ("work-d", "Active on this date", 1),
        ("work-t", "Active at other time", 1),
    ]
    assert [label.sentence.rsplit(", ", 1)[1] for label in area_labels(at)] == [
        "programme active at another time",
        "programme active on this date",
    ]
    sent = as_dict(at.view)
    assert sent["work"] == ["dt", "dd", "td", "tt"]
    assert sent["tallies"][2][-3:] == [1, 1, 0]
    assert as_dict(viewed(moving))["work"] is None


def test_the_time_is_a_key_of_programmes_alone(moving):
    assert viewed(moving, prog_when="date").state == viewed(moving).state
