"""The country in degrees, as coarse as it is drawn: for drawings that others project.

::

    topology ─▶ whole steps of a degree ─▶ thinned arcs ─▶ GeoJSON of areas, lines of borders

What :mod:`geodata.exports.drawing.country` is in the plane, this is on the globe: arcs are rounded
and thinned once each, so a border is the same line for both of its neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.boundaries.topology import decode_arcs, is_clockwise, polygons, ring_points
from geodata.exports.drawing.country import SIZE, arcs_of, thinned
from geodata.populations import LEVELS
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot

_TRIANGLE = 3  # points of a closed ring that has no area: one more is the least

Position = tuple[float, float]
Ring = list[Position]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class CountryInDegrees:
    """A country at one level.

    Attributes
    ----------
    areas
        GeoJSON geometries by P-code. Outer rings run clockwise, as d3 reads them, not as RFC 7946
        has them.
    borders
        Lines of the borders of governorates, each once.
    labels
        Where the name of each area stands, by P-code.
    bounds
        West, south, east and north.
    """

    areas: dict[str, dict[str, Any]]
    borders: tuple[Ring, ...]
    labels: dict[str, Position]
    bounds: Bounds


@memoise(8)
def country_in_degrees(snapshot: Snapshot, level: int) -> CountryInDegrees:
    """Return governorates (level 1) or districts (level 2) with their borders."""
    objects = snapshot.topology["objects"]
    shapes = objects[LEVELS[level].name]["geometries"]
    exact = [[(x, y) for x, y in arc] for arc in decode_arcs(dict(snapshot.topology))]
    borders = sorted(arcs_of(objects["governorates"]["geometries"]))
    bounds = _bounds(position for ref in borders for position in exact[ref])
    coarse = [_coarse(arc, _steps(bounds)) for arc in exact]
    return CountryInDegrees(
        areas={
            shape["id"]: _geometry(shape, coarse) or _geometry(shape, exact) for shape in shapes
        },
        borders=tuple(coarse[ref] for ref in borders),
        labels={shape["id"]: tuple(shape["properties"]["label"]) for shape in shapes},
        bounds=bounds,
    )


def _bounds(positions: Iterable[Position]) -> Bounds:
    lons, lats = zip(*positions, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def _steps(bounds: Bounds) -> int:
    """Return steps of a degree, a round number, of which a country is some :data:`SIZE` long."""
    west, south, east, north = bounds
    wanted = SIZE / max(east - west, north - south)
    decade: int = 10 ** max(0, math.floor(math.log10(wanted)))
    return next(n * decade for n in (1, 2, 5, 10) if n * decade >= wanted)


def _coarse(arc: Ring, steps: int) -> Ring:
    """Return an arc in whole steps of a degree."""
    points = thinned([(round(lon * steps), round(lat * steps)) for lon, lat in arc])
    return [(x / steps, y / steps) for x, y in points]


def _geometry(shape: dict[str, Any], arcs: Sequence[Ring]) -> dict[str, Any]:
    """Return an area's geometry; nothing where no polygon of it is left."""
    found = [
        [_wound(ring, outer=n == 0) for n, ring in enumerate(rings)]
        for polygon in polygons(shape)
        if len((rings := _rings(polygon, arcs))[0]) > _TRIANGLE
    ]
    return {"type": "MultiPolygon", "coordinates": found} if found else {}


def _rings(polygon: list[list[int]], arcs: Sequence[Ring]) -> list[Ring]:
    """Return the outer ring of a polygon, and the holes that are left."""
    outer, *holes = (ring_points(ring, arcs) for ring in polygon)
    return [outer, *(hole for hole in holes if len(hole) > _TRIANGLE)]


def _wound(ring: Ring, *, outer: bool) -> Ring:
    """Return clockwise for outer rings, counter-clockwise for holes."""
    return ring if is_clockwise([list(each) for each in ring]) == outer else ring[::-1]
