"""Flows on the map: the largest between governorates on every date, of what may be shown."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from geodata.errors import StateError
from geodata.figures.breakdowns import cross_table, origins_by_date, origins_on
from geodata.figures.flows_by_date import FlowsByDate, FlowsOn
from geodata.figures.programmes import governorates
from geodata.figures.state import parse, with_population
from geodata.text.flow_labels import flow_items, flow_note
from tests.bundled import SNAPSHOT
from tests.figures.test_small_counts import ALPHA, BETA, broken_down
from tests.views import viewed

# By date, as published: the last in households, and the next, which is in people.
HOUSEHOLDS, PEOPLE, NOTHING = "2021-02-28", "2024-04-30", "2022-09-30"


def shown(*, on: str, **keys: Any) -> tuple[FlowsByDate, FlowsOn]:
    view = viewed(time=on, **keys)
    assert view.flows
    return view.flows, view.flows.on[view.date_index()]


def named(flows: FlowsByDate, on: FlowsOn) -> list[tuple[str, str, int]]:
    return [(*flows.pairs[pair], number) for pair, number in on.largest]


@pytest.mark.parametrize("population", ["idp", "returnee"])
@pytest.mark.parametrize("threshold", [5, 40])
def test_on_every_date_they_are_those_of_the_date_alone(population, threshold):
    every = origins_by_date(SNAPSHOT, population, threshold)
    assert len(every.units) > 100
    columns = ["category", "pcode", "number"]
    for day, unit in every.units.items():
        alone = origins_on(SNAPSHOT, population, day, threshold)
        rows, few = (
            table[table["date"] == pd.Timestamp(day)] for table in (every.shown, every.few)
        )
        assert rows[columns].values.tolist() == alone.shown[columns].values.tolist()
        assert (len(few), unit) == (alone.few, alone.unit)
        assert (day in every.incomplete) == alone.incomplete


def test_they_are_the_largest_of_the_published_table_between_two_governorates():
    flows, on = shown(on=HOUSEHOLDS, flows="5")
    rows = SNAPSHOT.tables.breakdowns
    rows = rows[
        (rows["kind"] == "origin") & (rows["population"] == "idp") & (rows["date"] == HOUSEHOLDS)
    ]
    between = rows[rows["pcode"] != rows["category"]].nlargest(5, "households")
    expected = between[["category", "pcode", "households"]].values.tolist()
    assert named(flows, on) == [tuple(row) for row in expected]
    assert on.between + on.few == int((rows["pcode"] != rows["category"]).sum()) > on.between
    assert on.within == rows.loc[rows["pcode"] == rows["category"], "households"].sum()


def test_a_number_is_as_wide_at_every_date_and_whatever_is_chosen():
    few, many = (shown(on=HOUSEHOLDS, flows=n)[0] for n in ("1", "20"))
    assert few.most == many.most and set(few.most) == {"households", "people"}
    largest = max(number for on in many.on if on.unit == "people" for _, number in on.largest)
    assert many.most["people"] == largest


def test_a_date_without_origins_says_so_and_draws_none():
    at = viewed(flows="5", time=NOTHING).on_its_date()
    assert at.view.flows and at.view.flows.on[at.t] == FlowsOn()
    assert flow_items(at) == []
    assert flow_note(at) == "No origins are published on this date: no flows are drawn."


def test_each_is_said_in_words_with_what_is_not_drawn():
    at = viewed(flows="2", time=HOUSEHOLDS).on_its_date()
    assert flow_items(at) == [
        "Ninewa to Dahuk: 46,664 households",
        "Ninewa to Erbil: 18,492 households",
    ]
    assert flow_note(at) == (
        "Flows between governorates that are drawn: 2 of 87, the largest. "
        "Moved within their own governorate, not drawn: 77,197 households. "
        "19 flows have too few people to show."
    )
    assert "2 of 83" in flow_note(viewed(flows="2").on_its_date())
    back = viewed(flows="1", pop="returnee", time=HOUSEHOLDS).on_its_date()
    assert flow_items(back)[0].startswith("From ")


def test_of_chosen_programmes_are_those_into_the_governorates_where_they_work():
    reach = governorates(SNAPSHOT, ("EDF",))
    flows, on = shown(on=HOUSEHOLDS, flows="20", prog="EDF")
    assert on.largest and {flows.pairs[pair][1] for pair, _ in on.largest} <= set(reach)
    at = viewed(flows="20", prog="EDF", prog_when="date", time=HOUSEHOLDS).on_its_date()
    assert flow_note(at) == "No flow between governorates is to be drawn on this date."
    assert on.between < shown(on=HOUSEHOLDS, flows="20")[1].between


def test_what_is_hidden_is_neither_drawn_nor_added_up_but_counted():
    held = broken_down(
        {(ALPHA, BETA): 7, (ALPHA, ALPHA): 9000, (BETA, ALPHA): 500, (BETA, BETA): 40}
        | {(ALPHA, "Far"): 60, (BETA, "Far"): 70}
    )
    view = viewed(held, flows="20")
    assert view.flows
    on = view.flows.on[0]
    assert [view.flows.pairs[pair] for pair, _ in on.largest] == [(ALPHA, BETA)]
    # The few in Alpha take others along, which would give them away along rows or columns.
    assert (on.few, on.between, on.within) == (4, 1, 9000)


def test_a_wrong_number_and_flows_of_what_has_none_are_refused_with_the_reason():
    def refused(**query: str) -> str:
        with pytest.raises(StateError) as error:
            parse(query, SNAPSHOT)
        assert error.value.key == "flows"
        return str(error.value)

    for wrong in ("21", "-1", "2.5", "ten", "٥"):
        assert "flows is a whole number from 0 to 20" in refused(flows=wrong)
    assert "flows are between governorates" in refused(flows="5", level="2")
    assert "pop may be idp, returnee" in refused(flows="5", pop="refugee")
    state, notices = parse({"flows": "5", "level": "2"}, SNAPSHOT, lenient=True)
    assert state.flows == 0 and len(notices) == 1
    assert parse({"flows": "0", "level": "2"}, SNAPSHOT)[0].flows == 0


def test_another_population_has_flows_where_its_origins_are_published():
    state, _ = parse({"flows": "7"}, SNAPSHOT)
    assert with_population(state, "returnee", SNAPSHOT).flows == 7
    assert with_population(state, "refugee", SNAPSHOT).flows == 0


def test_of_a_part_they_are_those_from_or_to_its_governorate():
    every = shown(on=HOUSEHOLDS, flows="20")[1]
    ninewa, on = shown(on=HOUSEHOLDS, flows="20", measure="households", **{"from": "IQG15"})
    assert {ninewa.pairs[pair][0] for pair, _ in on.largest} == {"IQG15"}
    table = cross_table(SNAPSHOT, "idp", "origin", "households", 5)
    of_ninewa = table.categories.index("IQG15")
    assert on.few == table.hidden[-1, :, of_ninewa].sum() < every.few
    erbil, on = shown(on=HOUSEHOLDS, flows="20", measure="households", to="IQG11")
    assert {erbil.pairs[pair][1] for pair, _ in on.largest} == {"IQG11"}
    assert on.few == table.hidden[-1, table.pcodes.index("IQG11")].sum() < every.few
