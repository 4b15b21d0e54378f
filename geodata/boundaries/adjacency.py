"""Find the area to the west, east, north and south of each, for the arrow keys on maps.

Up is north, whatever the language. An arrow leads to the nearest area in its direction, by
preference to one with a border in common. It follows from the boundaries alone, so it is the same
for every view of a snapshot.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from geodata.boundaries.topology import polygons
from geodata.populations import LEVELS
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot

# West, east, north, south; y points up.
DIRECTIONS = ((-1, 0), (1, 0), (0, 1), (0, -1))
NOWHERE = -1

# How far to either side of its direction an arrow may lead: 45°, and where nothing is there, 63°.
_SPREADS = (1.0, 2.0)

Place = tuple[float, float]


@memoise(8)
def neighbours(snapshot: Snapshot, level: int, pcodes: tuple[str, ...]) -> list[list[int]]:
    """Return for each area the positions of those to its west, east, north and south.

    Parameters
    ----------
    level
        1 for governorates, 2 for districts.
    pcodes
        The areas, in the order that positions are given in. :data:`NOWHERE` is no area.
    """
    shapes = {
        shape["id"]: shape
        for shape in snapshot.topology["objects"][LEVELS[level].name]["geometries"]
    }
    in_topology = {i: shapes[pcode] for i, pcode in enumerate(pcodes) if pcode in shapes}
    places = {i: _place(shape["properties"]["label"]) for i, shape in in_topology.items()}
    borders = {i: _arcs(shape) for i, shape in in_topology.items()}
    return [
        [_towards(i, direction, places, borders) for direction in DIRECTIONS]
        if i in in_topology
        else [NOWHERE] * len(DIRECTIONS)
        for i in range(len(pcodes))
    ]


def _place(label: Sequence[float]) -> Place:
    """Return the point of an area's name, scaled so that a unit is as long east as north."""
    lon, lat = label
    return lon * math.cos(math.radians(lat)), lat


def _arcs(shape: Mapping[str, Any]) -> set[int]:
    """Return the arcs that bound an area, in either direction; neighbours share some."""
    rings = (ring for polygon in polygons(dict(shape)) for ring in polygon)
    return {max(ref, ~ref) for ring in rings for ref in ring}


def _towards(
    start: int, direction: Place, places: dict[int, Place], borders: dict[int, set[int]]
) -> int:
    """Return the nearest area in a direction, preferring one that shares a border."""
    others = places.keys() - {start}
    beside = {other for other in others if borders[other] & borders[start]}
    for spread in _SPREADS:
        for candidates in (beside, others - beside):
            costs = {
                other: _cost(places[start], places[other], direction, spread)
                for other in candidates
            }
            best = min(costs, key=lambda other: (costs[other], other), default=NOWHERE)
            if best != NOWHERE and costs[best] < math.inf:
                return best
    return NOWHERE


def _cost(a: Place, b: Place, direction: Place, spread: float) -> float:
    """Return the distance from ``a`` to ``b``, aside counting twice; infinite beyond the spread."""
    (x, y), (dx, dy) = (b[0] - a[0], b[1] - a[1]), direction
    along, across = x * dx + y * dy, abs(x * dy) + abs(y * dx)
    return math.inf if along <= 0 or across > along * spread else along + 2 * across
