"""Headlines say what the figures say, in every case that figures come in."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.briefing import briefing, headlines, slides
from geodata.briefing.headlines import leaders
from geodata.exports.drawing import charts
from geodata.figures.availability import dates_of
from geodata.figures.view import compute
from geodata.i18n.language import load_language
from geodata.snapshots.snapshot import load
from tests.made_up import count
from tests.views import viewed

ENGLISH = load_language("en")
NAMES = [f"Place {letter}" for letter in "ABCDEFGH"]
SIZES = st.lists(st.integers(0, 2_000_000), min_size=1, max_size=8)
NEWEST = "2021-07-31"


def said(snapshot, query="", layout=briefing.MAP):
    """The computed headline of a slide."""

    def answer(held, state):
        return compute(held, state, threshold=5)

    slide = briefing.Slide(query, layout)
    return slides.content(slide, snapshot, ENGLISH, answer).headline


# ------------------------------------------------------------------------------------------ leaders


@given(SIZES, st.integers(0, 100_000))
def test_who_is_named_holds_exactly_the_part_that_is_said(sizes, elsewhere):
    figures = list(zip(NAMES, sizes, strict=False))
    whole = sum(sizes) + elsewhere
    found = leaders(figures, whole)
    if found is None:
        return
    held = sum(size for name, size in figures if name in found.names)
    assert found.share == pytest.approx(held / whole)
    assert (found.share == 1) == (held == whole)


@given(SIZES)
def test_nobody_is_named_who_has_nothing_or_as_much_as_one_who_is_not_named(sizes):
    figures = dict(zip(NAMES, sizes, strict=False))
    found = leaders(list(figures.items()), sum(sizes))
    if found is None:
        positive = sorted((size for size in sizes if size > 0), reverse=True)
        assert not positive or (len(positive) > 4 and len(set(positive[:5])) == 1)
        return
    named = [figures[name] for name in found.names]
    others = [size for name, size in figures.items() if name not in found.names]
    assert min(named) > max([0, *others])
    assert named == sorted(named, reverse=True)
    assert len(found.names) == len(set(found.names)) <= 4


@given(SIZES)
def test_as_few_are_named_as_hold_most(sizes):
    figures = list(zip(NAMES, sizes, strict=False))
    found = leaders(figures, sum(sizes))
    if found and len(found.names) > 1:
        largest = sorted(sizes, reverse=True)
        alone = largest[0] >= 0.8 * sum(sizes)
        assert not alone or largest[0] == largest[1]


# --------------------------------------------------------------------------- figures that are given


def counted(snapshot, sizes, *, status=None, totals=None):
    """A view of Examplia in which the districts have these sizes on the newest date."""
    view = viewed(snapshot, f"level=2&time={NEWEST}")
    t = view.date_index()
    values, letters, all_totals = view.values.copy(), view.status.copy(), view.totals.copy()
    letters[t] = [
        status[i] if status else "z" if size == 0 else "c" for i, size in enumerate(sizes)
    ]
    values[t] = [
        size if letter in "cz" else np.nan for size, letter in zip(sizes, letters[t], strict=True)
    ]
    all_totals[t] = sum(sizes) if totals is None else totals
    return replace(view, values=values, status=letters, totals=all_totals, stocks=all_totals), t


LETTERS = st.lists(st.sampled_from("cccns"), min_size=5, max_size=5)
FIVE = st.lists(st.integers(0, 50_000), min_size=5, max_size=5)


@given(FIVE, LETTERS)
def test_no_area_is_named_without_a_figure_and_the_percentage_is_theirs(examplia, sizes, letters):
    view, t = counted(examplia, sizes, status=letters)
    sentence = headlines.map_headline(view.on(t))
    named = dict(zip(view.counts.areas.pcodes, zip(sizes, letters, strict=True), strict=True))
    names_of = slides_names(examplia)
    told = [named[pcode] for pcode, name in names_of.items() if name in sentence]
    assert all(letter == "c" and size > 0 for size, letter in told)
    if found := re.search(r"(more than |less than )?(\d+)% of all", sentence):
        share = sum(size for size, _ in told) / sum(sizes)
        assert ENGLISH.percent(share) == found[0].removesuffix(" of all")
        assert share < 1 and "100%" not in sentence
    if "alone" in sentence:
        assert sum(size for size, _ in told) == sum(sizes)


def slides_names(snapshot):
    from geodata.places.area_names import area_names

    return {pcode: name for pcode, name in area_names(snapshot, ENGLISH).items() if "Q" in pcode}


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ([900, 50, 30, 20, 0], "North Alpha hosts 90% of all internally displaced people"),
        (
            [400, 300, 200, 60, 40],
            "North Alpha, South Alpha and East Alpha host 90% of all internally displaced people",
        ),
        ([0, 0, 7, 0, 0], "7 internally displaced people, counted in East Alpha alone"),
        ([0, 0, 1, 0, 0], "1 internally displaced person, counted in East Alpha alone"),
        (
            [5, 0, 5, 0, 0],
            "10 internally displaced people, counted in North Alpha and East Alpha alone",
        ),
        (
            [300, 200, 100, 100, 100],
            "North Alpha and South Alpha host 63% of all internally displaced people",
        ),
        (
            [6, 6, 6, 6, 6],
            "5 areas share the highest number of internally displaced people: 6 each",
        ),
        ([0, 0, 0, 0, 0], "Nobody: no internally displaced people were counted on 31 July 2021"),
        (
            [999_999, 1, 0, 0, 0],
            "North Alpha hosts more than 99% of all internally displaced people",
        ),
    ],
    ids=[
        "one",
        "three",
        "only one",
        "one person",
        "tie of all",
        "tie at the third",
        "all alike",
        "zero",
        "nearly all",
    ],
)
def test_the_sentence_fits_the_case(examplia, sizes, sentence):
    view, t = counted(examplia, sizes)
    found = headlines.map_headline(view.on(t))
    if sizes == [6] * 5:
        assert found == "5 areas share the highest number of internally displaced people: 6 each"
    else:
        assert found == sentence


def test_people_who_are_placed_nowhere_are_part_of_the_whole(examplia):
    view, t = counted(examplia, [80, 0, 0, 0, 0], totals=100)
    assert (
        headlines.map_headline(view.on(t))
        == "North Alpha hosts 80% of all internally displaced people"
    )
    view, t = counted(examplia, [0, 0, 0, 0, 0], totals=100)
    assert headlines.map_headline(view.on(t)) == "100 internally displaced people on 31 July 2021"


# -------------------------------------------------------------------------------------- real slides


def test_the_headlines_of_the_bundled_snapshot(snapshot):
    at = "&time=2021-02-28"
    assert (
        said(snapshot, f"pop=returnee{at}")
        == "Ninewa, Anbar and Salah al-Din hold 85% of everyone who has returned"
    )
    assert (
        said(snapshot, f"mode=change&base=2020-02-29{at}", "compare")
        == "The number of internally displaced people has fallen by 14% since 29 February 2020, "
        "most of all in Ninewa"
    )
    assert said(snapshot, at[1:], "trend") == (
        "65% fewer internally displaced people than at the peak of 31 March 2016"
    )
    assert said(snapshot, f"pop=returnee{at}", "trend") == (
        "4,851,816 returnees: more than on any date before"
    )
    assert said(snapshot, at[1:], "flows") == (
        "80% of displaced households come from Ninewa, Salah al-Din and Anbar"
    )
    assert said(snapshot, f"prog=PHSS{at}", "footprint") == (
        "33% of all internally displaced people live where PHSS works or worked"
    )


def test_households_are_not_called_people(snapshot):
    at = "&measure=households&time=2021-02-28"
    assert said(snapshot, f"pop=returnee{at}").endswith("of all households that have returned")
    moved = said(snapshot, f"pop=returnee&mode=change&base=2020-02-29{at}", "compare")
    assert moved.startswith("The number of returned households has risen by 4%")


def test_a_rate_names_the_area_with_most_for_its_residents(snapshot):
    assert said(snapshot, "measure=rate&time=2021-02-28") == (
        "Dahuk has the most internally displaced people for its residents: 200.1 per 1,000"
    )


def test_a_chosen_area_is_what_the_headline_is_of(snapshot):
    at = "time=2021-02-28&area=IQG15"
    assert said(snapshot, at) == "Ninewa hosts 22% of all internally displaced people"
    assert said(snapshot, at, "flows").startswith("99% of displaced households in Ninewa come from")
    assert said(snapshot, at, "trend").startswith("Ninewa: 75% fewer")
    missing = said(snapshot, "pop=returnee&time=2021-02-28&area=IQG02")
    assert missing == "Basrah: Not assessed"
    assert said(snapshot, "pop=returnee&time=2021-02-28&area=IQG02", "trend") == missing


def test_since_is_never_said_of_a_later_date(snapshot):
    sentence = said(snapshot, "mode=change&time=2016-03-31&base=2021-02-28")
    assert "since" not in sentence
    assert sentence.startswith("Up by 2,212,001 ")
    assert sentence.endswith("31 March 2016 compared with 28 February 2021")


@pytest.mark.parametrize("day", ["2014-04-01", "2021-02-28"])
def test_a_date_is_not_compared_with_itself(snapshot, day):
    sentence = said(snapshot, f"mode=change&time={day}&base={day}", "compare")
    assert "is the date compared with" in sentence


def test_what_nobody_counted_is_said(snapshot):
    assert said(snapshot, "pop=returnee&time=2014-04-01") == "No count of returnees on 1 April 2014"
    assert said(snapshot, "pop=returnee&time=2014-04-01", "trend").startswith("No count")
    assert said(snapshot, "pop=refugee", "flows").startswith("No source at hand says where")


def test_a_programme_that_works_nowhere_is_said(snapshot):
    nowhere = next(
        code
        for code in snapshot.tables.programmes["code"]
        if not (snapshot.tables.coverage["programme"] == code).any()
    )
    assert said(snapshot, f"prog={nowhere}", "footprint").startswith("No source at hand says")


# ------------------------------------------------------------------------------------------- change

BASE = "2021-01-31"  # when 1,200 people had returned to Alpha


@pytest.mark.parametrize(
    ("households", "sentence"),
    [
        (0, "1,200 returnees on 31 January 2021, 0 returnees on 31 July 2021"),
        (6, "The number of returnees has fallen by 97% since 31 January 2021"),
        (100, "The number of returnees has fallen by 50% since 31 January 2021"),
        (200, "No change between 31 January 2021 and 31 July 2021"),
        (300, "The number of returnees has risen by 50% since 31 January 2021"),
        (400, "1,200 returnees on 31 January 2021, 2,400 returnees on 31 July 2021"),
    ],
)
def test_the_direction_is_the_sign_of_the_change(synthetic, households, sentence):
    """No area is named: Alpha was counted on the one date only, and Beta on the other."""
    rows = [count("returnee", NEWEST, pcode, households) for pcode in ("XXG02", "XXG02Q01")]
    query = f"pop=returnee&mode=change&base={BASE}&time={NEWEST}"
    assert said(load(synthetic(*rows)), query) == sentence


@pytest.mark.parametrize(
    ("alpha", "beta", "moved"),
    [(190, 40, ", most of all in Beta"), (230, 40, ""), (230, 20, ", most of all in Alpha")],
    ids=["one fell", "alike", "both rose"],
)
def test_the_area_that_moved_most_is_named_where_all_can_be_compared(synthetic, alpha, beta, moved):
    counts = [(BASE, "XXG02", 10), (NEWEST, "XXG01", alpha), (NEWEST, "XXG02", beta)]
    rows = [
        count("returnee", day, f"{pcode}{district}", households)
        for day, pcode, households in counts
        for district in ("", "Q01")
    ]
    query = f"pop=returnee&mode=change&base={BASE}&time={NEWEST}"
    found = said(load(synthetic(*rows)), query)
    percent = ENGLISH.percent((alpha + beta - 210) / 210)
    assert found == f"The number of returnees has risen by {percent} since 31 January 2021{moved}"


def test_a_change_from_none_or_to_many_times_as_many_has_no_percentage(snapshot):
    sentence = said(snapshot, "pop=returnee&mode=change&base=2015-04-10&time=2021-02-28", "compare")
    assert re.fullmatch(
        r"[\d,]+ returnees on 10 April 2015, 4,851,816 returnees on 28 February 2021", sentence
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 132), st.integers(0, 132))
def test_rising_and_falling_follow_the_totals_on_any_two_dates(snapshot, b, t):
    dates = dates_of(snapshot, "idp")
    base_view = viewed(snapshot, f"mode=change&base={dates[b]}&time={dates[t]}")
    level = base_view.stocks
    sentence = headlines.change_headline(base_view.on(t))
    assert ("risen" in sentence) <= (level[t] > level[b])
    assert ("fallen" in sentence) <= (level[t] < level[b])
    if found := re.search(r"by (.*?) since", sentence):
        assert found[1] == ENGLISH.percent(abs(level[t] - level[b]) / level[b])


# -------------------------------------------------------------------------------------------- trend


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 10_000)), min_size=1, max_size=16),
    st.integers(0, 132 - 16),
    st.integers(0, 15),
)
def test_a_trend_is_told_from_the_counts_up_to_its_date(snapshot, counted, first, nth):
    """Counted on some dates in a row, anywhere among those of the population."""
    view = viewed(snapshot)
    numbers: list[int | None] = [None] * 133
    numbers[first : first + len(counted)] = counted
    t = first + min(nth, len(counted) - 1)
    stocks = np.array([np.nan if n is None else float(n) for n in numbers])
    sentence = headlines.trend_headline(view.on(t), stocks)
    past = [n for n in numbers[: t + 1] if n is not None]
    now = numbers[t]
    if now is None or len(past) < 2:
        assert "fewer" not in sentence and "more than on" not in sentence
    elif "fewer" in sentence:
        assert now < max(past)
        assert sentence.startswith(ENGLISH.percent((max(past) - now) / max(past)))
    elif "more than on any date before" in sentence:
        assert now == max(past) and past.count(now) == 1
    elif "never more" in sentence:
        assert now == max(past) and past.count(now) > 1
    elif "any more" in sentence:
        assert now == 0 < max(past)
    else:
        assert len(set(past)) == 1


def test_presenters_write_their_own_headline(snapshot):
    slide = briefing.Slide("pop=returnee", headline="Most of them are home")
    found = slides.content(
        slide, snapshot, ENGLISH, lambda held, state: compute(held, state, threshold=5)
    )
    assert found.headline == "Most of them are home"
    assert "2021" in found.kicker  # the date stays


# ---- parts of a population, and rates


def slide(snapshot, query, layout):
    answer = partial(compute, threshold=5)
    return slides.content(briefing.Slide(query, layout), snapshot, ENGLISH, answer)


AT = "time=2021-02-28"
PARTS = {
    f"from=IQG15&measure=households&{AT}": "displaced households (from Ninewa)",
    f"shelter=critical&{AT}": "displaced households (critical shelter)",
    f"shelter=camp&measure=share&{AT}": "displaced households (shelter: Camp)",
}


@pytest.mark.parametrize("layout", briefing.LAYOUTS)
@pytest.mark.parametrize("query", PARTS)
def test_a_slide_of_a_part_says_so_and_tells_nothing_of_all(snapshot, query, layout):
    shown = slide(snapshot, query, layout)
    of_it = PARTS[query]
    if layout not in (briefing.FLOWS, briefing.FUNDERS):  # headlines of all origins, all funders
        assert of_it in shown.headline
    figures = [figure.label for figure in shown.figures]
    if layout not in (briefing.FLOWS, briefing.COMPARE):
        assert figures[0] == of_it
    assert "have returned" not in figures  # who returned is not of the part
    assert [line.label.endswith(of_it[-8:]) for line in shown.series] in ([], [True])


def test_a_map_of_origins_names_no_hosts(snapshot):
    for query in (f"by=origin&measure=households&{AT}", f"to=IQG11&measure=households&{AT}"):
        for layout in (briefing.MAP, briefing.FOOTPRINT):
            shown = slide(snapshot, query, layout)
            assert shown.heading == "Where displaced people come from"
            assert not re.search("host|work", shown.headline)
        assert "most of all in" not in slide(snapshot, query, briefing.COMPARE).headline


def test_flows_are_of_the_governorate_that_people_came_to(snapshot):
    query = f"to=IQG11&measure=households&{AT}"
    to_erbil = slide(snapshot, query, briefing.FLOWS)
    assert "displaced households in Erbil come from" in to_erbil.headline
    assert {flow.destination for flow in to_erbil.flows} == {"IQG11"}


def test_a_rate_of_return_is_not_called_a_number(snapshot):
    query = f"pop=returnee&measure=return_rate&{AT}"
    of_map, of_trend = (slide(snapshot, query, at) for at in (briefing.MAP, briefing.TREND))
    assert of_map.figures[0].value == "79.6%"
    assert of_map.figures[0].label == "of the households that fled had returned"
    assert of_map.heading == "Highest figures"
    assert said(snapshot, f"{query}&base=2020-02-29", briefing.COMPARE).startswith(
        "Up by 2.7 percentage points"
    )
    assert [row.value for row in of_trend.rows][-1] == "79.6%"
    drawn = charts.trend(of_trend.series, ENGLISH, (900, 400), "")
    assert {"Rate of return", "79.6%", "80%", "0%"} <= set(re.findall(r">([^<>]+)</text>", drawn))
    for date in dates_of(snapshot, "returnee", measure="return_rate"):
        headline = said(snapshot, f"pop=returnee&measure=return_rate&time={date}", briefing.TREND)
        assert not re.search("number|fewer|as many", headline), date
