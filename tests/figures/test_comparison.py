"""Comparing: what is asked for, the differences, the sentences, the page and what scripts add."""

from __future__ import annotations

import datetime as dt
import html
import re
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from geodata.errors import NotAvailable, StateError
from geodata.exports.drawing import small_multiples
from geodata.figures import comparison
from geodata.figures.availability import dates_of
from geodata.figures.comparison import DATES, POPULATIONS, PROGRAMMES
from geodata.figures.state import parse
from geodata.figures.view import compute
from geodata.text import comparison_summary, comparison_tables
from geodata.text.comparison_tables import Comparison, ComparisonRow
from tests import access
from tests.bundled import SNAPSHOT
from tests.documents import Document, words
from tests.queries import echoed, hostile, marked
from tests.windows import LIVE

NINEWA = "IQG15"


def compared(snapshot, threshold: int = 5, **query: str) -> Comparison:
    """The comparison that a query asks for; ``with_`` is the key ``with``."""
    asked, notices = comparison.parse_comparison(
        {k.rstrip("_"): v for k, v in query.items()}, snapshot
    )
    assert notices == []
    return comparison_tables.compare(
        snapshot, asked, lambda s, state: compute(s, state, threshold=threshold)
    )


def asked_for(snapshot, **query: str) -> tuple[comparison.ComparisonState, list[str]]:
    return comparison.parse_comparison({k.rstrip("_"): v for k, v in query.items()}, snapshot)


def row(name: str, number: float) -> ComparisonRow:
    return ComparisonRow(name, name, "", "", "", "", number, "c" if number == number else "x", "")


# ------------------------------------------------------------------------------- what is asked for


def test_without_a_word_it_is_the_newest_round_beside_one_a_year_before(snapshot):
    asked, _ = asked_for(snapshot)
    assert asked.kind == DATES
    assert (asked.first.time, asked.second.time) == (dt.date(2023, 12, 31), dt.date(2024, 12, 31))
    assert comparison.query(asked, snapshot) == ""


def test_without_a_base_it_is_a_year_before_the_date_that_is_chosen(snapshot):
    asked, _ = asked_for(snapshot, time="2018-08-31")
    assert asked.first.time == dt.date(2017, 8, 30)
    assert comparison.query(asked, snapshot) == "time=2018-08-31"


def test_another_population_is_shown_on_the_same_date(snapshot):
    asked, _ = asked_for(snapshot, with_="returnee", time="2018-08-31")
    assert asked.kind == POPULATIONS
    assert asked.second.pop == "returnee"
    assert asked.first.time == asked.second.time == dt.date(2018, 8, 31)


def test_without_a_date_two_populations_are_shown_when_both_were_last_counted(snapshot):
    asked, _ = asked_for(snapshot, with_="refugee")
    assert asked.second.time == dt.date(2017, 8, 31)
    assert asked.first.time == dt.date(2017, 8, 30)
    assert comparison.query(asked, snapshot) == "with=refugee"


def test_both_sides_show_what_both_have(snapshot):
    asked, notices = asked_for(snapshot, level="2", measure="households", with_="refugee")
    assert {(side.level, side.measure) for side in (asked.first, asked.second)} == {(1, "people")}
    assert "by governorate only" in notices[0]
    assert "both sides show people" in notices[1]


def test_programmes_are_named_as_everywhere(snapshot):
    asked, notices = asked_for(snapshot, prog="PHSS", with_="FVR~CRP")
    assert (asked.kind, asked.second.prog, notices) == (PROGRAMMES, ("CRP", "FVR"), [])
    assert comparison.query(asked, snapshot) == "prog=PHSS&with=CRP~FVR"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"with": "idp"}, "what the first side shows"),
        ({"with": "CRP", "prog": "CRP"}, "what the first side shows"),
        ({"with": "people"}, "with=“people” is not known"),
        ({"with": "returnees"}, "Did you mean returnee?"),
        ({"with": "~"}, "what the first side shows"),
        ({"rounds": "~".join(f"R{n}" for n in range(13, 26))}, "1 to 12 dates or rounds"),
        ({"rounds": "~"}, "1 to 12 dates or rounds"),
        ({"rounds": "R5"}, "rounds=“R5” is not known"),
        ({"base": "yesterday"}, "base=“yesterday” is not known"),
        ({"time": "R1"}, "time=“R1” is not known"),
        ({"pop": "people"}, "pop=“people” is not known"),
    ],
)
def test_a_wrong_value_gives_the_default_and_a_notice(snapshot, query, said):
    asked, notices = comparison.parse_comparison(query, snapshot)
    assert len(notices) == 1 and said in notices[0]
    assert "The default is shown instead." in notices[0]
    if set(query) & {"with", "base", "time", "pop", "rounds"} and "prog" not in query:
        assert comparison.query(asked, snapshot) == ""
    with pytest.raises(StateError, match=re.escape(said)):
        comparison.parse_comparison(query, snapshot, lenient=False)


def test_an_unknown_snapshot_is_never_replaced_by_another(snapshot):
    with pytest.raises(NotAvailable, match="v=“000000000000” is a snapshot that is not held here"):
        comparison.parse_comparison({"v": "000000000000"}, snapshot)


POPULATION = st.sampled_from(["", "idp", "returnee", "refugee"])
DAY = st.sampled_from(["", "latest", "R12", "R100", "2014-04-01", "2018-08-31", "2017-08-31"])
PROGRAMME = st.sampled_from(["", "PHSS", "CRP", "CRP~PHSS"])
QUERIES = st.fixed_dictionaries(
    {
        "pop": POPULATION,
        "prog": PROGRAMME,
        "time": DAY,
        "base": DAY,
        "with": st.one_of(POPULATION, PROGRAMME),
        "level": st.sampled_from(["", "2"]),
        "measure": st.sampled_from(["", "households", "rate", "share"]),
        "rounds": st.sampled_from(["", "R100", "2018-08-31~2017-08-31", "latest"]),
        "area": st.sampled_from(["", NINEWA]),
    }
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(QUERIES)
def test_what_is_written_is_read_again(query):
    snapshot = SNAPSHOT
    asked, _ = comparison.parse_comparison(query, snapshot)
    written = dict(comparison.query_items(asked, snapshot))
    again, notices = comparison.parse_comparison(written, snapshot, lenient=False)
    assert notices == []
    assert (again.first, again.second, again.rounds) == (asked.first, asked.second, asked.rounds)


@settings(max_examples=100, deadline=None)
@given(QUERIES)
def test_swapped_it_is_the_same_the_other_way_round(query):
    snapshot = SNAPSHOT
    asked, _ = comparison.parse_comparison(query, snapshot)
    other = comparison.swap(asked)
    if other is None:
        assert asked.kind == PROGRAMMES and not asked.first.prog
        return
    read, _ = comparison.parse_comparison(
        dict(comparison.query_items(other, snapshot)), snapshot, lenient=False
    )
    if asked.kind != POPULATIONS:  # the nearest date of another population need not lead back
        assert (read.first, read.second) == (asked.second, asked.first)
    assert (other.first, other.second) == (asked.second, asked.first)


# -------------------------------------------------------------------------------- the differences

LETTERS = st.sampled_from(list("cznso"))
CELLS = st.lists(
    st.tuples(st.integers(1, 10**6), st.integers(1, 10**6), LETTERS, LETTERS), min_size=1
)


@given(CELLS)
def test_a_difference_is_the_second_less_the_first_where_both_are_shown(cells):
    letters = np.array([cell[2] for cell in cells]), np.array([cell[3] for cell in cells])
    sides = []
    for i in (0, 1):
        figures = [{"c": cell[i], "z": 0}.get(cell[2 + i], np.nan) for cell in cells]
        sides.append(np.array(figures, dtype="float64"))
    values, status = comparison.differences(sides[0], sides[1], letters)
    for a, b, value, first, second, letter in zip(*sides, values, *letters, status, strict=True):
        if first in "cz" and second in "cz":
            assert value == b - a
            assert letter == ("z" if a == b else "c")
        else:
            assert np.isnan(value)
            assert letter == ("o" if first == second == "o" else "x")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"pop": "returnee", "base": "2016-02-17"},
        {"level": "2", "measure": "households"},
        {"with_": "returnee"},
        {"with_": "refugee"},
        {"pop": "refugee", "with_": "idp", "measure": "rate"},
        {"with_": "returnee", "measure": "share", "level": "2"},
        {"with_": "returnee", "prog": "PHSS"},
        {"prog": "PHSS", "with_": "CRP"},
    ],
    ids=str,
)
def test_the_third_map_is_the_difference_of_the_first_two(snapshot, query):
    found = compared(snapshot, **query)
    first, second, third = (
        side.at.values for side in (found.first, found.second, found.difference)
    )
    both = np.isfinite(first) & np.isfinite(second)
    assert np.array_equal(np.isfinite(third), both)
    np.testing.assert_allclose(third[both], (second - first)[both])
    letters = found.difference.at.status
    assert set(letters[both]) <= {"c", "z"}
    assert not set(letters[~both]) & {"c", "z"}
    np.testing.assert_array_equal([row.number for row in found.rows], third)
    words = {
        "x": "Not comparable", "n": "Not assessed", "s": "Suppressed (too few)",
        "o": "Outside programme", "z": "no difference" if "with_" in query else "no change",
    }  # fmt: skip
    for row in found.rows:
        if row.number and not np.isnan(row.number):
            assert row.difference[0] == ("+" if row.number > 0 else "−")
        else:
            assert row.difference == words[row.letter]


@pytest.mark.parametrize("query", [{"with_": "returnee"}, {"prog": "PHSS", "with_": "CRP"}])
def test_a_difference_between_sides_is_a_view_of_its_one_date_without_totals(snapshot, query):
    found = compared(snapshot, **query).difference
    assert found.view.counts.dates == (found.day,) == (found.view.state.time,)
    areas = len(found.view.counts.areas.pcodes)
    for name in ("values", "status", "classes", "ranks"):
        assert getattr(found.view, name).shape == (1, areas)
    for name in ("totals", "stocks", "shares"):
        assert np.isnan(getattr(found.view, name)).tolist() == [True]


@pytest.mark.parametrize("query", [{}, {"with_": "returnee"}, {"prog": "PHSS", "with_": "CRP"}])
def test_both_sides_are_painted_with_one_scale_and_the_difference_with_its_own(snapshot, query):
    found = compared(snapshot, **query)
    assert found.first.view.scale == found.second.view.scale
    assert found.first.view.scale.kind == "sequential"
    assert found.difference.view.scale.kind == "diverging"
    for side in (found.first, found.second, found.difference):
        view = side.view
        assert np.array_equal(view.classes, view.scale.classify(view.values))
    breaks = found.difference.view.scale.breaks
    assert tuple(-b for b in reversed(breaks)) == breaks


def test_dates_keep_the_scale_of_the_map(snapshot):
    state, _ = parse({"pop": "returnee"}, snapshot)
    found = compared(snapshot, pop="returnee", base="2018-08-31")
    assert found.second.view.scale == compute(snapshot, state, threshold=5).scale


def test_no_total_mixes_populations(snapshot):
    found = compared(snapshot, with_="returnee")
    assert np.isnan(found.difference.view.totals).all()
    shown = " ".join([comparison_summary.summary(found), *(row.sentence for row in found.rows)])
    together = found.first.total + found.second.total
    assert f"{together:,.0f}" not in shown
    assert "no total adds both" in comparison_summary.meaning(found)


@pytest.mark.parametrize("classes", ["round", "quantiles", "jenks"])
@pytest.mark.parametrize("query", [{"with_": "refugee"}, {"prog": "LABOUR", "with_": "PHSS"}])
def test_few_or_no_differences_have_a_scale_too(snapshot, classes, query):
    found = compared(snapshot, classes=classes, **query)
    assert len(found.difference.view.scale.labels) == len(found.difference.view.scale.colors)


# -------------------------------------------------------------------------------------- in words


def test_an_area_says_both_numbers_and_the_difference(snapshot):
    found = compared(snapshot, pop="returnee")
    said = {row.pcode: row.sentence for row in found.rows}
    assert said[NINEWA] == ("Ninewa: +118,620 (29 Feb 2020: 1,785,738; 28 Feb 2021: 1,904,358)")
    assert said["IQG02"].startswith("Basrah: Not assessed (29 Feb 2020: Not assessed;")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            {"base": "2020-01-31", "time": "R13"},
            "Up by 408 internally displaced people (35%): 1,158 on 31 January 2020, 1,566 on "
            "31 January 2021. The figure rose in 2 areas.",
        ),
        (
            {"base": "R13", "time": "2020-01-31"},
            "Down by 408 internally displaced people (26%): 1,566 on 31 January 2021, 1,158 on "
            "31 January 2020. The figure fell in 2 areas.",
        ),
        (
            {"base": "R12"},
            "Down by 936 internally displaced people (72%): 1,308 on 31 July 2020, 372 on "
            "31 July 2021. The figure rose in 1 area. 1 area was counted on one of the two dates "
            "only, which is part of the change in the total.",
        ),
        (
            {"base": "R12", "time": "R12"},
            "31 Jul 2020 is compared with itself: choose another date.",
        ),
        (
            {"pop": "returnee", "base": "R12"},
            "The totals cannot be compared. No count of returnees on 31 July 2020. 1 area was "
            "counted on one of the two dates only, which is part of the change in the total. "
            "1 area cannot be compared.",
        ),
        (
            {"pop": "refugee", "threshold": 0},  # one refugee in Alpha is too few to show
            "Up by 1,049 registered Syrian refugees (209%): 501 on 30 June 2019, 1,550 on "
            "31 January 2021. The figure rose in 1 area. The figures are the same in 1 area.",
        ),
        (
            {"prog": "AID", "base": "2020-01-31", "time": "R13"},
            "Up by 276 internally displaced people where AID works or worked (30%): 918 on "
            "31 January 2020, 1,194 on 31 January 2021. The figure rose in 1 area.",
        ),
        (
            {"measure": "rate", "base": "2020-01-31", "time": "R13"},
            "Up by 2.7 internally displaced people per 1,000 residents (35%): 7.7 on "
            "31 January 2020, 10.4 on 31 January 2021. The figure rose in 2 areas.",
        ),
        (
            {"with_": "refugee", "time": "R13"},
            "1,550 registered Syrian refugees beside 1,566 internally displaced people, on "
            "31 January 2021. There are more registered Syrian refugees than internally displaced "
            "people in 1 area. There are fewer registered Syrian refugees than internally "
            "displaced people in 1 area.",
        ),
        (
            {"with_": "refugee", "time": "2020-01-31", "threshold": 0},
            "501 registered Syrian refugees on 30 June 2019, beside 1,158 internally displaced "
            "people on 31 January 2020. There are more registered Syrian refugees than internally "
            "displaced people in 1 area. There are fewer registered Syrian refugees than "
            "internally displaced people in 1 area.",
        ),
        (
            {"prog": "AID", "with_": "OWN", "time": "R13"},
            "1,194 internally displaced people where AID works or worked: 76% of the country, on "
            "31 January 2021. 180 internally displaced people on 31 January 2021, as OWN counted. "
            "The figure for OWN is lower than for AID in 1 area. 1 area cannot be compared.",
        ),
    ],
    ids=str,
)
def test_the_summary_is_right_in_every_case(examplia, query, said):
    assert comparison_summary.summary(compared(examplia, **query)) == said


def test_totals_of_shares_and_rates_are_written_as_what_they_are(snapshot):
    on = partial(compared, snapshot, base="2020-02-29", time="2021-02-28")
    rate = on(pop="returnee", measure="return_rate")
    assert comparison_summary.summary(rate).startswith(
        "Up by 2.7 percentage points: 76.9% on 29 February 2020, 79.6% on 28 February 2021."
    )
    share = on(shelter="critical", measure="share")
    assert comparison_summary.summary(share).startswith(
        "Down by 1,750 displaced households (critical shelter) (11%): 15,748 on 29 February 2020, "
        "13,998 on 28 February 2021."
    )
    for found in (rate, share):
        notes = comparison_summary.notes(found)
        assert "Differences of percentages are in percentage points." in notes
        assert not any("of the national total" in note for note in notes)
    whole = on(measure="share")
    assert any("of the national total" in note for note in comparison_summary.notes(whole))


def test_a_total_that_is_too_small_to_show_is_not_compared(examplia):
    said = comparison_summary.summary(compared(examplia, 1000))
    assert said.startswith("The totals cannot be compared. The number of internally displaced")
    assert "too small to show. " in said


@pytest.mark.parametrize(
    ("base", "time", "said"),
    [
        (100, 100, "As many on 31 January 2021 as on 31 January 2020: 100 returnees."),
        (0, 100, "Up from none on 31 January 2020 to 100 returnees on 31 January 2021."),
        (
            100,
            0,
            "Down by 100 returnees (100%): 100 on 31 January 2020, 0 on 31 January 2021.",
        ),
        (100, 101, "Up by 1 returnee (1%): 100 on 31 January 2020, 101 on 31 January 2021."),
        (
            10**6,
            10**6 + 1,
            "Up by 1 returnee (less than 1%): 1,000,000 on 31 January 2020, 1,000,001 on "
            "31 January 2021.",
        ),
        (0, 0, "As many on 31 January 2021 as on 31 January 2020: 0 returnees."),
    ],
)
def test_a_summary_with_any_two_totals(examplia, base, time, said):
    found = compared(examplia, pop="returnee", base="2020-01-31", time="R13")
    view = found.first.view
    totals = np.full(len(view.totals), np.nan)
    totals[found.first.at.t], totals[found.second.at.t] = base, time
    first, second = (
        replace(side, at=replace(side.view, totals=totals).on(side.at.t))
        for side in (found.first, found.second)
    )
    assert comparison_summary.summary(replace(found, first=first, second=second)).startswith(said)


def test_the_largest_stand_first_and_ties_in_order_of_their_names():
    rows = [row("b", 5), row("a", 5), row("c", 9), row("d", -1), row("e", -7), row("f", np.nan)]
    rises, falls = comparison_tables.largest_changes([*rows, row("g", 0)])
    assert [each.name for each in rises] == ["c", "a", "b"]
    assert [each.name for each in falls] == ["e", "d"]
    assert [each.name for each in comparison_tables.largest_changes(rows, 1)[0]] == ["c"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"with_": "refugee"}, "by different sources"),
        ({"with_": "refugee", "time": "2021-02-28"}, "not counted on one day"),
        ({"measure": "share"}, "percentage points"),
        ({"pop": "returnee"}, "Returnees are counted in eight governorates"),
        ({"with_": "returnee"}, "Returnees are counted in eight governorates"),
        ({"prog": "PHSS", "with_": "CRP"}, "not people the programme reached"),
    ],
    ids=str,
)
def test_what_would_mislead_is_said(snapshot, query, said):
    assert said in " ".join(comparison_summary.notes(compared(snapshot, **query)))


def test_no_difference_is_not_called_no_change(snapshot):
    found = compared(snapshot, prog="PHSS", with_="CRP")
    said = [row.difference for row in found.rows]
    assert "no difference" in said and "Not comparable" in said and "no change" not in said
    labels = [row.label for row in comparison_summary.legend_rows(found, found.difference)]
    assert "No difference" in labels and "No change" not in labels


# ------------------------------------------------------------------------------- small multiples

DATE_LISTS = st.lists(
    st.dates(dt.date(2014, 1, 1), dt.date(2021, 12, 31)), min_size=1, max_size=150, unique=True
).map(sorted)


@given(DATE_LISTS, st.integers(2, 12))
def test_rounds_are_chosen_from_first_to_last(dates, most):
    chosen = comparison.evenly_spaced(dates, most)
    assert set(chosen) <= set(dates) and chosen == sorted(set(chosen))
    assert (chosen[0], chosen[-1]) == (dates[0], dates[-1])
    assert len(chosen) <= most


def test_rounds_are_chosen_evenly_in_time(snapshot):
    chosen = comparison.evenly_spaced(dates_of(snapshot, "idp"), 12)
    steps = [(b - a).days for a, b in zip(chosen, chosen[1:], strict=False)]
    assert len(chosen) == 12
    assert max(steps) < 1.4 * min(steps)


def test_small_maps_are_of_rounds_that_were_counted_and_of_one_scale(snapshot):
    (strip,) = comparison_tables.small_multiples(compared(snapshot, pop="returnee"))
    assert len(strip.multiples) == comparison.MOST_ROUNDS
    assert [strip.multiples[0].date, strip.multiples[-1].date] == ["10 Apr 2015", "28 Feb 2021"]
    assert strip.multiples[-1].total == "4,851,816 returnees"
    assert len({one.at.scale for one in strip.multiples}) == 1


def test_each_population_has_its_own_small_maps(snapshot):
    both = comparison_tables.small_multiples(compared(snapshot, with_="returnee"))
    assert [strip.heading for strip in both] == ["Internally displaced", "Returnees"]
    assert sum(len(strip.multiples) for strip in both) == comparison.MOST_ROUNDS
    assert len({one.at.scale for strip in both for one in strip.multiples}) == 1


def test_rounds_can_be_named(snapshot):
    (strip,) = comparison_tables.small_multiples(
        compared(snapshot, rounds="latest~R100~2016-02-17")
    )
    assert [one.date for one in strip.multiples] == ["17 Feb 2016", "31 Jul 2018", "31 Dec 2024"]


def test_a_round_without_a_count_says_so(snapshot):
    (strip,) = comparison_tables.small_multiples(
        compared(snapshot, pop="returnee", rounds="2014-04-01")
    )
    assert [one.total for one in strip.multiples] == ["Not assessed"]


def test_a_small_map_has_the_colours_of_the_large_one(snapshot):
    found = compared(snapshot, pop="returnee")
    at = found.second.at
    drawn = small_multiples.small(at, "Returnees")
    fills = dict(re.findall(r'href="#small-(IQG\d+)" fill="([^"]+)"', drawn))
    assert len(fills) == 18
    for i, pcode in enumerate(at.counts.areas.pcodes):
        k = at.classes[i]
        assert fills[pcode] == (f"var(--k{k})" if k >= 0 else "url(#displacement-hatch-small)")


# ------------------------------------------------------------------------------------------- http

PLACES = [
    *("", "pop=returnee", "level=2", "with=returnee", "with=refugee", "prog=PHSS&with=CRP"),
    *("mode=change&measure=share", "with=PHSS", "base=latest", "prog=LABOUR&with=CRP"),
]


@pytest.mark.parametrize("query", PLACES)
def test_the_page_is_a_sound_document_and_every_id_in_it_stands_once(client: FlaskClient, query):
    answer = client.get(f"/compare?{query}")
    page = Document(answer.get_data(as_text=True))
    found = page.values("id")
    assert answer.status_code == 200
    assert len(found) == len(set(found))
    assert len(page.all("svg")) >= 4
    for name in ("fill", "href"):
        used = [
            value.removeprefix("url(").strip("#)")
            for value in page.values(name)
            if value.startswith(("url(#", "#"))
        ]
        assert set(used) <= set(found)
    assert all(head.get("scope") in ("col", "row") for head in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table")) >= 1
    current = [a["href"] for a in page.all("a") if a.get("aria-current") == "page"]
    assert current == ["/compare"]


def test_three_maps_two_scales_and_the_tables_are_in_the_page(client: FlaskClient):
    text = client.get("/compare?pop=returnee").get_data(as_text=True)
    said = words(text)
    assert text.count("data-pcode=") == 3 * 18
    assert set(re.findall(r"\.scale-(\w+)\{", text)) == {"both", "difference"}
    assert "Ninewa 1,785,738 1,904,358 +118,620" in said
    assert "The figure fell nowhere." in said
    assert "Najaf Not assessed Not assessed Not assessed" in said


def test_every_small_map_leads_to_the_map_on_its_date(client: FlaskClient):
    text = client.get("/compare?pop=returnee&rounds=R100~R101").get_data(as_text=True)
    found = html.unescape(text)
    assert 'href="/?pop=returnee&time=2018-07-31"' in found
    assert 'href="/?pop=returnee&time=2018-08-15"' in found


def test_the_form_shows_what_is_shown_and_keeps_the_rest(client: FlaskClient):
    query = "pop=returnee&base=2018-08-31&level=2&classes=jenks&rounds=R100&area=IQG15"
    page = Document(client.get(f"/compare?{query}").get_data(as_text=True))
    chosen = {option["value"] for option in page.all("option") if "selected" in option}
    assert {"returnee", "2018-08-31", "2021-02-28", "2", "people"} <= chosen
    kept = {field["name"]: field["value"] for field in page.all("input") if "name" in field}
    assert kept == {"classes": "jenks", "rounds": "2018-07-31", "area": "IQG15"}
    assert [form["method"] for form in page.all("form")] == ["get"]


def test_a_page_has_its_own_address_and_the_picture_of_the_change(client_of):
    known = client_of(public_url="https://maps.example.org")
    text = html.unescape(known.get("/compare?base=2018-08-31&x=1").get_data(as_text=True))
    assert '<link rel="canonical" href="https://maps.example.org/compare?base=2018-08-31">' in text
    assert "/card.png?mode=change&time=2021-02-28&base=2018-08-31" in text or (
        "/card.png?mode=change&base=2018-08-31" in text
    )
    assert 'property="og:description" content="Down by' in text


def test_a_snapshot_that_is_not_held_is_said_so(client: FlaskClient):
    answer = client.get("/compare?pop=returnee&base=2018-08-31&v=000000000000")
    assert answer.status_code == 404
    link = 'href="/compare?pop=returnee&amp;base=2018-08-31"'
    assert link in answer.get_data(as_text=True)


def test_links_stay_with_the_snapshot_that_was_asked_for(client: FlaskClient, snapshot):
    text = client.get(f"/compare?v={snapshot.version}").get_data(as_text=True)
    page = Document(text)
    own = [a["href"] for a in page.all("a") if (a["href"] or "").startswith("/")]
    assert own and all(f"v={snapshot.version}" in (url or "") for url in own)


def test_an_answer_may_be_kept_and_sets_no_cookie(client_of):
    known = client_of(public_url="https://maps.example.org")
    answer = known.get("/compare")
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert "ETag" in answer.headers and "Set-Cookie" not in answer.headers


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(hostile("with", "rounds"))
def test_hostile_queries_are_answered_and_never_echoed_as_markup(anyone, query):
    answer = anyone.get(f"/compare?{urlencode(marked(query))}")
    assert answer.status_code in (200, 404)
    assert echoed(query, answer.get_data(as_text=True)) == []


# ---------------------------------------------------------------------------------------- browser


def stages(page: Page) -> list[Any]:
    return page.locator(".stage").all()


def boxes(page: Page) -> set[str]:
    """The parts of the country that the maps, and the outlines above them, show."""
    found: list[str] = page.locator(".stage > svg").evaluate_all(
        "els => els.map(el => el.getAttribute('viewBox').split(' ').map(Number).join(' '))"
    )
    return set(found)


def test_what_is_pointed_at_is_outlined_in_every_map_with_a_line_for_each(watched, site):
    page = watched().open(f"{site}/compare?pop=returnee")
    for stage in stages(page):
        stage.locator(f"[data-pcode='{NINEWA}']").hover(position={"x": 20, "y": 45})
        expect(page.locator(".area-ring")).to_have_count(3)
        outlines = page.locator(".area-ring").evaluate_all("els => els.map(e => e.dataset)")
        assert len(outlines) == 3
        tooltip = page.locator(".tooltip[data-shown='true']")
        expect(tooltip.locator("strong")).to_have_text("Ninewa")
        assert tooltip.locator("span").all_inner_texts() == [
            "29 Feb 2020\n1,785,738",
            "28 Feb 2021\n1,904,358",
            "Change\n+118,620",
        ]
    page.mouse.move(5, 5)
    expect(page.locator(".area-ring")).to_have_count(0)
    expect(page.locator(".tooltip[data-shown='true']")).to_have_count(0)


def test_the_maps_are_used_by_keyboard(watched, site):
    page = watched().open(f"{site}/compare?pop=returnee")
    last = stages(page)[2]
    last.locator("[data-pcode][tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    name = page.evaluate("() => document.activeElement.getAttribute('aria-label')")
    assert "29 Feb 2020: " in name
    expect(page.locator(".area-ring")).to_have_count(3)
    page.keyboard.press("Enter")
    expect(page.locator(".picked")).to_have_text(name)
    pcode = page.evaluate("() => document.activeElement.dataset.pcode")
    assert f"area={pcode}" in page.url
    assert page.locator("[aria-pressed='true']").count() == 3
    page.keyboard.press("Escape")
    expect(page.locator(".picked")).to_be_hidden()
    assert "area=" not in page.url


def test_all_maps_zoom_and_move_together(watched, site):
    page = watched().open(f"{site}/compare?pop=returnee")
    (whole,) = boxes(page)
    page.get_by_role("button", name="Zoom in").click()
    (closer,) = boxes(page)
    assert float(closer.split()[2]) < float(whole.split()[2])
    stage = stages(page)[1]
    frame = stage.bounding_box()
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=4)
    page.mouse.up()
    (moved,) = boxes(page)
    assert float(moved.split()[0]) < float(closer.split()[0])
    assert moved.split()[2:] == closer.split()[2:]
    expect(page.locator(".picked")).to_be_hidden()  # a drag is no click
    page.get_by_role("button", name="Show the whole country").click()
    assert {tuple(map(float, each.split())) for each in boxes(page)} == {
        tuple(map(float, whole.split()))
    }


def test_the_keyboard_zooms_from_any_map(watched, site):
    page = watched().open(f"{site}/compare")
    (whole,) = boxes(page)
    stages(page)[1].locator("[data-pcode][tabindex='0']").focus()
    page.keyboard.press("+")
    (closer,) = boxes(page)
    assert closer != whole
    page.keyboard.press("-")
    assert [float(n) for n in boxes(page).pop().split()] == [float(n) for n in whole.split()]
    page.keyboard.press("+")
    page.keyboard.press("0")
    assert [float(n) for n in boxes(page).pop().split()] == [float(n) for n in whole.split()]


@pytest.mark.parametrize("java_script", [True, False])
def test_other_dates_are_chosen_with_the_form(watched, site, java_script):
    page = watched(java_script_enabled=java_script).page
    page.goto(f"{site}/compare?pop=returnee")
    page.locator("select[name='base']").select_option("2018-08-31")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("#side-first")).to_have_text("31 Aug 2018")
    expect(page.locator(".compare-head p")).to_contain_text("on 31 August 2018")
    if java_script:  # the address is as short as it can be
        assert page.url == f"{site}/compare?pop=returnee&base=2018-08-31"


def test_another_population_is_chosen_with_the_form(watched, site):
    page = watched().open(f"{site}/compare")
    page.locator("select[name='with']").select_option("returnee")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("#side-second")).to_have_text("Returnees")
    assert page.url == f"{site}/compare?with=returnee"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["pop=returnee", "with=returnee"])
def test_scripts_change_no_colour(watched, site, query, scheme):
    """What the server drew, in the colours of either theme, is what the painter would."""
    colours = """els => els.map(el => [el.dataset.pcode,
        getComputedStyle(el).fill.replace(/-(second|difference)"/, '"')])"""
    painted = []
    for java_script in (False, True):
        page = watched(java_script_enabled=java_script, color_scheme=scheme).page
        page.goto(f"{site}/compare?{query}")
        if java_script:
            page.wait_for_function(LIVE)
        painted.append(page.locator("path[data-pcode]").evaluate_all(colours))
    assert painted[0] == painted[1]
    assert len({fill for _, fill in painted[0]}) > 6


def test_without_scripts_the_page_is_whole(watched, site):
    page = watched(java_script_enabled=False).page
    page.goto(f"{site}/compare?pop=returnee&area={NINEWA}")
    expect(page.locator(".zoom")).to_be_hidden()
    expect(page.locator(".picked")).to_contain_text("Ninewa: +118,620")
    assert page.locator(".side-map svg.map").count() == 3
    assert page.locator(".multiples svg.small").count() == 12
    expect(page.locator("table").first).to_contain_text("+118,620")


@pytest.mark.parametrize(
    ("width", "query"),
    [(320, "prog=PHSS&with=CRP"), (768, "level=2"), (1440, "prog=PHSS&with=CRP")],
)
def test_nothing_is_wider_than_the_window(watched, site, width, query):
    page = watched(width).open(f"{site}/compare?{query}")
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    tops = {round(stage.bounding_box()["y"]) for stage in stages(page)}
    assert len(tops) == (1 if width > 1000 else 3)


def test_axe_finds_nothing_between_two_programmes(watched, site):
    page = watched().open(f"{site}/compare?prog=PHSS&with=CRP&area={NINEWA}")
    page.locator("details summary").last.click()
    assert access.violations(page) == []
