"""Arrow keys lead where they point, and to every area."""

from __future__ import annotations

import math

import pytest

from geodata.api.view_json import as_dict
from geodata.boundaries.adjacency import DIRECTIONS, NOWHERE, neighbours
from geodata.figures.availability import areas_of
from geodata.figures.state import State, parse
from geodata.figures.view import compute

WEST, EAST, NORTH, SOUTH = range(4)


def around(snapshot, level):
    return neighbours(snapshot, level, areas_of(snapshot, level).pcodes)


def places(snapshot, level):
    """Where the names of areas stand: degrees east, as long as those north, and degrees north."""
    shapes = snapshot.topology["objects"][{1: "governorates", 2: "districts"}[level]]["geometries"]
    labels = {shape["id"]: shape["properties"]["label"] for shape in shapes}
    pcodes = areas_of(snapshot, level).pcodes
    return [(labels[p][0] * math.cos(math.radians(labels[p][1])), labels[p][1]) for p in pcodes]


def names(snapshot, level):
    rows = snapshot.tables.areas.set_index("pcode")["name_en"]
    return [rows[pcode] for pcode in areas_of(snapshot, level).pcodes]


@pytest.mark.parametrize("level", [1, 2])
def test_every_area_is_reached_from_every_other(snapshot, level):
    near = around(snapshot, level)
    for start in range(len(near)):
        reached, waiting = {start}, [start]
        while waiting:
            new = {there for there in near[waiting.pop()] if there != NOWHERE} - reached
            reached |= new
            waiting += new
        assert len(reached) == len(near)


@pytest.mark.parametrize("level", [1, 2])
def test_an_arrow_leads_in_its_direction(snapshot, level):
    """So holding it down comes to an end, and does not go round in circles."""
    at = places(snapshot, level)
    for here, row in enumerate(around(snapshot, level)):
        for (dx, dy), there in zip(DIRECTIONS, row, strict=True):
            if there != NOWHERE:
                x, y = at[there][0] - at[here][0], at[there][1] - at[here][1]
                along, across = x * dx + y * dy, abs(x * dy) + abs(y * dx)
                assert along > 0
                assert across <= 2 * along


def test_governorates_lie_where_a_reader_knows_them(snapshot):
    named = names(snapshot, 1)
    near = around(snapshot, 1)

    def go(place, direction):
        there = near[named.index(place)][direction]
        return "" if there == NOWHERE else named[there]

    assert go("Ninewa", NORTH) == "Dahuk"
    assert go("Ninewa", EAST) == "Erbil"
    assert go("Ninewa", WEST) == ""
    assert go("Anbar", EAST) == "Baghdad"  # across Anbar, larger than any other
    assert go("Baghdad", SOUTH) == "Babylon"
    assert go("Basrah", SOUTH) == ""


def test_an_area_without_a_shape_leads_nowhere_and_nothing_leads_to_it(snapshot):
    pcodes = (*areas_of(snapshot, 1).pcodes, "IQG99")
    near = neighbours(snapshot, 1, pcodes)
    assert near[-1] == [NOWHERE] * 4
    assert all(there != len(pcodes) - 1 for row in near for there in row)


@pytest.mark.parametrize("level", ["1", "2"])
def test_a_view_says_which_areas_lie_around_each(snapshot, level):
    state: State = parse({"level": level}, snapshot)[0]
    areas = as_dict(compute(snapshot, state, threshold=5))["areas"]
    assert [area["near"] for area in areas] == around(snapshot, int(level))
