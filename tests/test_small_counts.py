"""Small counts in whatever is published: of sources that count people, the nation, or some places.

:mod:`tests.test_suppression` tests the pattern; here it is looked for in views, panels and pages.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest

from geodata.area_panel import panel
from geodata.snapshot import Snapshot, described
from geodata.state import parse
from geodata.suppression import Threshold
from geodata.view import as_dict, compute
from tests import made_up
from tests.made_up import Rows, count, frame

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
        breakdowns=frame("breakdowns", breakdowns) if breakdowns else tables.breakdowns.head(0),
        rounds=frame(
            "rounds",
            [{"source": "tracking", "date": day, "round": None} for day in (EARLIER, LATER)],
            round="Int64",
        ),
        published=tables.published.head(0),
    )
    version = uuid.uuid4().hex[:12]
    said = described(held, {**made_up.COUNTRY, **facts})
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


def view(snapshot: Snapshot, threshold: Threshold | int = 5, **query: str) -> dict[str, Any]:
    state = parse(query, snapshot)[0]
    return as_dict(compute(snapshot, state, threshold=threshold))


# 3 and 28 people hide one another: either may be 1 to 30.
ORDINARY = {NORTH: 3, SOUTH: 28, EAST: 90_000, NORTH_BETA: 700, SOUTH_BETA: 4000}


def test_few_people_are_hidden_where_no_households_are_known():
    found = view(country(*districts(EARLIER, ORDINARY)), level="2")
    assert found["status"][0] == "ssccc"
    assert found["values"][0] == [None, None, 90_000, 700, 4000]


def test_as_many_more_are_hidden_as_it_takes():
    """3 people of 90,003 are what is left when the others are subtracted."""
    people = {NORTH: 3, SOUTH: 400, EAST: 90_000, NORTH_BETA: 700, SOUTH_BETA: 4000}
    found = view(country(*districts(EARLIER, people)), level="2")
    assert found["status"][0] == "ssccc"


def test_governorates_are_the_cells_where_no_district_is_counted():
    found = view(country(*governorates(EARLIER, {ALPHA: 3, BETA: 4000})))
    assert found["status"][0] == "ss"
    assert found["totals"][0] == 4003


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
        found = view(held, Threshold(5, sizes), level="2")
        assert found["status"][0][0] == letter


def test_one_date_may_know_households_and_the_next_only_people():
    known = districts(EARLIER, {code: 12 for code in ORDINARY}, {code: 2 for code in ORDINARY})
    held = country(*known, *districts(LATER, ORDINARY))
    found = view(held, level="2")
    assert found["status"] == ["sssss", "ssccc"]
    change = view(held, level="2", mode="change", base=EARLIER)
    assert change["status"] == ["sssss", "sssss"]


def test_a_district_known_in_households_is_judged_by_them():
    people = {NORTH: 25, SOUTH: 400, EAST: 90_000, NORTH_BETA: 700, SOUTH_BETA: 4000}
    households = {NORTH: 5, SOUTH: 80, EAST: 15_000}
    found = view(country(*districts(EARLIER, people, households)), level="2")
    assert found["status"][0] == "ccccc"


def test_a_small_nation_is_hidden_where_no_area_is_known():
    held = country(nowhere(EARLIER, 29), nowhere(LATER, 30))
    found = view(held)
    assert found["totals"] == [None, 30]
    assert found["notPlaced"] == [0, 30]
    assert "29" not in json.dumps({key: found[key] for key in ("totals", "text", "notPlaced")})
    change = view(held, mode="change", base=EARLIER)
    assert change["totals"] == [None, None]
    assert change["stocks"] == [None, 30]


def test_a_nation_known_in_households_is_shown_as_it_was():
    assert view(country(nowhere(EARLIER, 12, 2)))["totals"][0] == 12


def test_a_share_of_a_hidden_total_does_not_give_it_away():
    """Where Alpha alone is counted and shown, its part of the country would say the country."""
    held = country(
        *governorates(EARLIER, {ALPHA: 6000, BETA: 12}),
        count("idp", EARLIER, BETA, 2, people=12, programme="OWN"),
    )
    found = view(held, prog="AID")
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
    in_people = view(country(*districts(EARLIER, ORDINARY)), level="2")["text"]["notes"]
    assert any("only people are counted" in note for note in in_people)
    assert not any("few households" in note for note in in_people)
    known = districts(EARLIER, {code: 12 for code in ORDINARY}, {code: 2 for code in ORDINARY})
    in_households = view(country(*known), level="2")["text"]["notes"]
    assert any("few households" in note for note in in_households)
    assert not any("only people are counted" in note for note in in_households)
