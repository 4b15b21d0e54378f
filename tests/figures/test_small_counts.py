"""Small counts in whatever is published: of sources that count people, the nation, or some places.

:mod:`tests.figures.test_suppression` tests the pattern; here it is looked for in views, panels and
pages.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.api.area_json import panel
from geodata.briefing import briefing, content, slides
from geodata.briefing.briefing import Slide
from geodata.engine.connect import query
from geodata.figures import breakdowns
from geodata.figures.state import State, parse
from geodata.figures.suppression import Threshold
from geodata.figures.view import View, compute
from geodata.i18n.language import load_language
from geodata.snapshots.serialise import manifest_summary
from geodata.snapshots.snapshot import Snapshot
from tests import made_up
from tests.made_up import Rows, count, frame
from tests.views import view_json

EARLIER, LATER = "2021-06-30", "2021-09-30"
ALPHA, BETA = "XXG01", "XXG02"
NORTH, SOUTH, EAST, NORTH_BETA, SOUTH_BETA = made_up.DISTRICTS
SIXES = {"household_sizes": [{"people": 6, "in_camps": 6}]}


def country(*rows: dict[str, Any], breakdowns: Rows | None = None, **facts: Any) -> Snapshot:
    """A made-up country that holds these counts and nothing else, in memory."""
    text = dict.fromkeys(["population", "pcode", "place", "programme", "source"], "str")
    tables = made_up.tables()
    held = replace(
        tables,
        counts=frame("counts", list(rows), households="Int64", people="Int64", **text),
        breakdowns=frame("breakdowns", breakdowns, households="Int64", people="Int64")
        if breakdowns
        else tables.breakdowns.head(0),
        rounds=frame(
            "rounds",
            [{"source": "tracking", "date": day, "round": None} for day in (EARLIER, LATER)],
            round="Int64",
        ),
        published=tables.published.head(0),
    )
    version = uuid.uuid4().hex[:12]
    said = manifest_summary(held, {**made_up.COUNTRY, **facts})
    manifest = {"version": version, "join_report": {}, **said}
    return Snapshot(version, manifest, held, made_up.squares())


def districts(day: str, people: dict[str, int], households: dict[str, int] | None = None) -> Rows:
    """Counts of districts, and of the governorates as their sums, as the sources are read."""
    known = households or {}
    rows = [count("idp", day, code, known.get(code), people=n) for code, n in people.items()]
    for governorate in made_up.GOVERNORATES:
        inside = [code for code in people if code.startswith(governorate)]
        of = [known[code] for code in inside if code in known]
        total = sum(people[code] for code in inside)
        if inside:
            rows.append(count("idp", day, governorate, sum(of) if of else None, people=total))
    return rows


def governorates(day: str, people: dict[str, int]) -> Rows:
    return [count("idp", day, code, None, people=n) for code, n in people.items()]


def nowhere(day: str, people: int, households: int | None = None) -> dict[str, Any]:
    return count("idp", day, None, households, people=people, level=1, place="Somewhere")


# 3 and 28 people hide one another: either may be 1 to 30.
ORDINARY = {NORTH: 3, SOUTH: 28, EAST: 90_000, NORTH_BETA: 700, SOUTH_BETA: 4000}


def test_few_people_are_hidden_where_no_households_are_known():
    found = view_json(country(*districts(EARLIER, ORDINARY)), level="2")
    assert found["status"][0] == "ssccc"
    assert found["values"][0] == [None, None, 90_000, 700, 4000]


def test_as_many_more_are_hidden_as_it_takes():
    """3 people of 90,003 are what is left when the others are subtracted."""
    people = {NORTH: 3, SOUTH: 400, EAST: 90_000, NORTH_BETA: 700, SOUTH_BETA: 4000}
    found = view_json(country(*districts(EARLIER, people)), level="2")
    assert found["status"][0] == "ssccc"


def test_governorates_are_the_cells_where_no_district_is_counted():
    found = view_json(country(*governorates(EARLIER, {ALPHA: 3, BETA: 4000})))
    assert found["status"][0] == "ss"
    assert found["totals"][0] == 4003


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sizes", "said", "limit"),
    [
        (None, [], 30),
        (None, [{"people": 4, "in_camps": 4}], 20),
        (None, [{"people": 4, "in_camps": 4, "until": "2021-01-01"}], 30),
        (7.5, [{"people": 4, "in_camps": 4}], 38),
    ],
)
def test_the_setting_says_how_many_live_in_a_household_else_the_country_else_six(
    sizes, said, limit
):
    for people, letter in ((limit - 1, "s"), (limit, "c")):
        held = country(
            *districts(EARLIER, {**ORDINARY, NORTH: people, SOUTH: 500}), household_sizes=said
        )
        found = view_json(held, threshold=Threshold(5, sizes), level="2")
        assert found["status"][0][0] == letter


def test_one_date_may_know_households_and_the_next_only_people():
    known = districts(EARLIER, {code: 12 for code in ORDINARY}, {code: 2 for code in ORDINARY})
    held = country(*known, *districts(LATER, ORDINARY))
    found = view_json(held, level="2")
    assert found["status"] == ["sssss", "ssccc"]
    change = view_json(held, level="2", mode="change", base=EARLIER)
    assert change["status"] == ["sssss", "sssss"]


def test_a_district_known_in_households_is_judged_by_them():
    people = {NORTH: 25, SOUTH: 400, EAST: 90_000, NORTH_BETA: 700, SOUTH_BETA: 4000}
    households = {NORTH: 5, SOUTH: 80, EAST: 15_000}
    found = view_json(country(*districts(EARLIER, people, households)), level="2")
    assert found["status"][0] == "ccccc"


def test_a_small_nation_is_hidden_where_no_area_is_known():
    held = country(nowhere(EARLIER, 29), nowhere(LATER, 30))
    found = view_json(held)
    assert found["totals"] == [None, 30]
    assert found["notPlaced"] == [0, 30]
    assert "29" not in json.dumps({key: found[key] for key in ("totals", "text", "notPlaced")})
    change = view_json(held, mode="change", base=EARLIER)
    assert change["totals"] == [None, None]
    assert change["stocks"] == [None, 30]


def test_a_nation_known_in_households_is_shown_as_it_was():
    assert view_json(country(nowhere(EARLIER, 12, 2)))["totals"][0] == 12


def test_a_share_of_a_hidden_total_does_not_give_it_away():
    """Where Alpha alone is counted and shown, its part of the country would say the country."""
    held = country(
        *governorates(EARLIER, {ALPHA: 6000, BETA: 12}),
        count("idp", EARLIER, BETA, 2, people=12, programme="OWN"),
    )
    found = view_json(held, prog="AID")
    assert found["totals"][0] is None
    assert found["shares"][0] is None


def test_trends_of_a_panel_leave_hidden_people_out():
    held = country(
        *districts(EARLIER, ORDINARY), *districts(LATER, {**ORDINARY, NORTH: 300, SOUTH: 500})
    )
    state = parse({"level": "2"}, held)[0]
    trend = panel(held, state, NORTH, threshold=5)["trend"][0]
    assert trend["people"] == [None, 300]
    assert panel(held, state, EAST, threshold=5)["trend"][0]["people"] == [90_000, 90_000]


def test_the_reason_is_said_in_the_unit_that_was_judged():
    in_people = view_json(country(*districts(EARLIER, ORDINARY)), level="2")["text"]["notes"]
    assert any("only people are counted" in note for note in in_people)
    assert not any("few households" in note for note in in_people)
    known = districts(EARLIER, {code: 12 for code in ORDINARY}, {code: 2 for code in ORDINARY})
    in_households = view_json(country(*known), level="2")["text"]["notes"]
    assert any("few households" in note for note in in_households)
    assert not any("only people are counted" in note for note in in_households)


# --------------------------------------------------------------------------------- in breakdowns


def origins(day: str, people: Mapping[tuple[str, str], int | None], kind: str = "origin") -> Rows:
    """Breakdowns in people: (governorate, origin) to people."""
    columns = ("kind", "population", "date", "pcode", "category", "households", "people", "source")
    return [
        dict(zip(columns, (kind, "idp", day, *cell, None, n, "tracking"), strict=True))
        for cell, n in people.items()
    ]


def broken_down(people: dict[tuple[str, str], int], *more: dict[str, Any], **facts: Any):
    """A country of governorates that hold these people by origin, on the earlier date."""
    totals: dict[str, int] = {}
    for (place, _), n in people.items():
        totals[place] = totals.get(place, 0) + n
    rows = governorates(EARLIER, totals)
    return country(*rows, breakdowns=[*origins(EARLIER, people), *more], **facts)


def table(held: Snapshot, pcode: str, kind: str = "origin", threshold: Threshold | int = 5):
    """What the area panel says of a kind on the earlier date: figures by category, and hidden."""
    found = panel(held, parse({}, held)[0], pcode, threshold=threshold)
    for each in found["breakdowns"]:
        if each["kind"] == kind and each["unit"] == "people":
            at = found["dates"].index(EARLIER)
            values = each["values"][at] or []
            pairs = zip(each["codes"], values, strict=bool(values))
            return {code: n for code, n in pairs if n is not None}, each["hidden"][at]
    return None


def flows_slide(held: Snapshot, threshold: Threshold | int = 5, query: str = "") -> content.Content:
    def answer(snapshot: Snapshot, state: State) -> View:
        return compute(snapshot, state, threshold=threshold)

    query = "&".join(filter(None, [f"time={EARLIER}", query]))
    return slides.content(Slide(query, briefing.FLOWS), held, load_language("en"), answer)


FAR, FARTHER = "Far", "Farther"  # origins that are no governorates of the country
# Of Alpha's, 6 from Beta take the fewest shown with them; Beta's are all many.
BY_ORIGIN = {
    (ALPHA, ALPHA): 9000,
    (ALPHA, BETA): 6,
    (ALPHA, FAR): 300,
    (BETA, ALPHA): 4000,
    (BETA, BETA): 500,
}


def test_few_people_of_one_origin_are_hidden_and_told_with_as_many_more_as_it_takes():
    held = broken_down(BY_ORIGIN)
    assert table(held, ALPHA) == ({ALPHA: 9000}, 2)
    assert table(held, BETA) == ({ALPHA: 4000, BETA: 500}, 0)
    assert table(held, ALPHA, threshold=0) == ({ALPHA: 9000, BETA: 6, FAR: 300}, 0)


@pytest.mark.parametrize("turned", [False, True])
def test_of_equal_origins_the_first_is_hidden_however_an_engine_orders_its_answer(
    turned, monkeypatch
):
    """Two processes that each hide another one of them would give both away."""

    def answer(*asked):
        rows = query(*asked)
        return rows.iloc[::-1] if turned else rows

    monkeypatch.setattr(breakdowns, "query", answer)
    people = {(ALPHA, ALPHA): 9000, (ALPHA, BETA): 6, (ALPHA, FAR): 300, (ALPHA, FARTHER): 300}
    for each in (people, dict(reversed(people.items()))):
        assert table(broken_down(each), ALPHA) == ({ALPHA: 9000, FARTHER: 300}, 2)


def test_where_people_from_here_live_hides_the_same_cells():
    held = broken_down(BY_ORIGIN)
    assert table(held, BETA, "destination") == ({BETA: 500}, 1)
    assert table(held, ALPHA, "destination") == ({ALPHA: 9000, BETA: 4000}, 0)


def test_hidden_origins_that_cover_one_another_take_nobody_along():
    held = broken_down({(ALPHA, ALPHA): 9000, (ALPHA, BETA): 29, (ALPHA, FAR): 2})
    assert table(held, ALPHA) == ({ALPHA: 9000}, 2)
    three = broken_down({(ALPHA, ALPHA): 9000, (ALPHA, BETA): 3, (ALPHA, FAR): 28})
    assert table(three, ALPHA) == ({ALPHA: 9000}, 2)


def test_the_same_holds_of_shelter_and_period_in_people():
    rows = origins(EARLIER, {(ALPHA, "camp"): 7, (ALPHA, "other"): 9299}, "shelter")
    held = broken_down(BY_ORIGIN, *rows)
    assert table(held, ALPHA, "shelter") == ({}, 2)


def test_breakdowns_in_households_are_judged_by_households():
    rows = origins(EARLIER, {(ALPHA, ALPHA): None, (ALPHA, BETA): None})
    for few, expected in ((5, ([300, 5], 0)), (4, (None, 2))):
        known = [row | {"households": n} for row, n in zip(rows, (300, few), strict=True)]
        held = country(*governorates(EARLIER, {ALPHA: 1830}), breakdowns=known)
        found = panel(held, parse({}, held)[0], ALPHA, threshold=5)["breakdowns"][0]
        assert (found["values"][0], found["hidden"][0]) == expected


def test_a_total_with_nothing_to_hide_behind_has_no_breakdown_and_says_how_many():
    """Alpha is known in households, so that its total of 20 people is shown."""
    held = country(
        count("idp", EARLIER, ALPHA, 5, people=20),
        count("idp", EARLIER, BETA, 900, people=5400),
        breakdowns=origins(EARLIER, {(ALPHA, FAR): 20, (ALPHA, BETA): 0, (BETA, BETA): 5400}),
    )
    assert table(held, ALPHA) == ({}, 1)
    found = flows_slide(held)
    assert found.figures[0].value == "5,400"
    assert any("have no flows here" in note for note in found.notes)
    alone = flows_slide(held, query=f"area={ALPHA}")
    assert (alone.flows, alone.figures) == ((), ())
    assert "20 " not in alone.headline and "No source" not in alone.headline


def test_origins_of_a_governorate_whose_total_is_hidden_are_told_as_hidden():
    held = country(
        *governorates(EARLIER, {ALPHA: 3, BETA: 4000}),
        breakdowns=origins(EARLIER, {(ALPHA, FAR): 3, (BETA, BETA): 4000}),
    )
    assert table(held, ALPHA) == ({}, 1)
    assert table(held, BETA) == ({}, 1)


def test_flows_of_few_people_are_left_out_and_told():
    found = flows_slide(broken_down(BY_ORIGIN))
    shown = {(flow.destination, flow.origin): flow.number for flow in found.flows}
    assert shown == {key: n for key, n in BY_ORIGIN.items() if n not in (6, 300)}
    assert [figure.value for figure in found.figures] == ["13,806", "69%", "29%"]
    assert found.figures[0].label == "people with a known origin"
    assert any("2 flows have too few people" in note for note in found.notes)
    said = json.dumps([found.headline, found.notes, [row.value for row in found.rows]])
    assert "306" not in said and "300" not in said


def test_a_flows_slide_of_one_governorate_tells_its_own_hidden_flows():
    held = broken_down(BY_ORIGIN)
    assert not any("too few" in note for note in flows_slide(held, query=f"area={BETA}").notes)
    assert any("too few" in note for note in flows_slide(held, query=f"area={ALPHA}").notes)


@pytest.mark.slow
@given(
    people=st.dictionaries(
        st.tuples(st.sampled_from([ALPHA, BETA]), st.sampled_from([ALPHA, BETA, FAR, FARTHER])),
        st.one_of(st.integers(1, 20), st.integers(1, 90), st.integers(25, 5000)),
        min_size=1,
    ),
    apart=st.dictionaries(st.sampled_from([ALPHA, BETA]), st.integers(0, 40)),
    households=st.booleans(),
    threshold=st.integers(2, 6),
)
@settings(deadline=None, max_examples=6)
def test_no_hidden_origin_can_be_worked_out(people, apart, households, threshold):
    """Read panels and slides, and solve for the cells: each could be 1, and could be enough.

    ``apart``: people of a governorate whose origin is not known. The reader does not know who has
    too few, only how many, so that a governorate of which nothing is shown has nothing to solve.
    """
    totals = {
        place: sum(n for (there, _), n in people.items() if there == place) + apart.get(place, 0)
        for place in {place for place, _ in people}
    }
    known = (lambda n: 9 + n) if households else (lambda _: None)
    held = country(
        *(count("idp", EARLIER, place, known(n), people=n) for place, n in totals.items()),
        breakdowns=origins(EARLIER, people),
    )
    limit = threshold * 6
    every = flows_slide(held, threshold).figures
    for place in totals:
        shown, few = table(held, place, threshold=threshold)
        mine = {origin: n for (there, origin), n in people.items() if there == place}
        assert shown.items() <= mine.items()
        assert len(shown) + few == len(mine)
        assert all(n >= limit for n in shown.values())
        one = flows_slide(held, threshold, f"area={place}")
        assert {flow.origin: flow.number for flow in one.flows} == shown
        if shown and few:
            # The most that a reader knows: the slide's sum of all origins, less the shown ones.
            left = int(one.figures[0].value.replace(",", "")) - sum(shown.values())
            assert few >= 2
            assert left - (few - 1) >= limit
        elif not shown:
            assert one.figures == ()
    # The country's sum less those of its governorates is of hidden parts that cover one another.
    sums = [flows_slide(held, threshold, f"area={place}").figures for place in totals]
    parts = sum(int(each[0].value.replace(",", "")) for each in sums if each)
    rest = int(every[0].value.replace(",", "")) - parts if every else 0
    told = [table(held, place, threshold=threshold) for place in totals]
    dark = [few for shown, few in told if not shown]
    assert not rest or any(n >= 2 and rest - (n - 1) >= limit for n in {*dark, sum(dark)})
    # Where people from an origin live now shows no cell that the governorate's own panel hides.
    for origin in (ALPHA, BETA):
        said = table(held, origin, "destination", threshold)
        for place, n in (said[0] if said else {}).items():
            assert table(held, place, threshold=threshold)[0][origin] == n
