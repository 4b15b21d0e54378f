"""Move areas across 180° to one side, so that a country is not cut into two ends of the map.

::

                 -180                          180
    as a file     ├Lau┤                 ├Viti Levu┤      drawn as wide as the world
    on one side                         ├Viti Levu┼Lau┤  longitudes up to 182°

Files have it in every way: cut in two at 180°, with rings that leap from one end to the other, with
degrees from 0 to 360, or beyond 180 or -180 already.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely import Geometry

_TURN = 360.0
_HALF = 180.0


def unwrap(shape: Geometry | None) -> Geometry | None:
    """Unwrap rings that jump from one end of the map to the other, as from 179° to -179°."""
    import numpy as np
    import shapely

    if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        return shape

    west, _, east, _ = shape.bounds
    if _is_beyond_degrees(west, east):
        return shape

    def ring(coordinates: Any) -> Any:
        points = np.asarray(coordinates, dtype=float).copy()
        points[:, 0] = np.unwrap(points[:, 0], period=_TURN)
        closed = abs(points[0, 0] - points[-1, 0]) < _HALF  # else it runs round a pole
        return points if closed else coordinates

    parts = shapely.get_parts(shape)
    leaps = [
        float(np.abs(np.diff(shapely.get_coordinates(line)[:, 0])).max()) > _HALF
        for line in (inner for part in parts for inner in (part.exterior, *part.interiors))
    ]
    if not any(leaps):
        return shape
    unwrapped = [
        shapely.Polygon(ring(part.exterior.coords), [_shift_hole(ring(hole.coords), ring(
            part.exterior.coords)) for hole in part.interiors])
        for part in parts
    ]  # fmt: skip
    return unwrapped[0] if len(unwrapped) == 1 else shapely.multipolygons(unwrapped)


def _is_beyond_degrees(west: float, east: float) -> bool:
    """Tell whether coordinates lie beyond a turn: metres, say, which are refused as they stand."""
    return west < -_TURN or east > _TURN


def _shift_hole(hole: Any, outer: Any) -> Any:
    """Shift a hole by whole turns to the side of its outer ring."""
    middle = [(min(x for x, *_ in ring) + max(x for x, *_ in ring)) / 2 for ring in (hole, outer)]
    turns = round((middle[1] - middle[0]) / _TURN)
    return [(x + turns * _TURN, *other_axes) for x, *other_axes in hole]


def shift_to_one_side(
    frames: Mapping[int, GeoDataFrame],
) -> tuple[dict[int, GeoDataFrame], dict[int, list[int]]]:
    """Bring the areas of all levels to where they lie closest together, within a turn of 0°.

    Returns
    -------
    tuple
        The frames, and for each level the positions of the areas that were shifted. Nothing is
        shifted where that would not bring areas closer together.
    """
    import shapely

    shapes = [shape for frame in frames.values() for shape in frame.geometry if shape is not None]
    parts = shapely.get_parts(shapes)
    if not len(parts):
        return dict(frames), {}
    bounds = shapely.bounds(parts)
    west, east = float(bounds[:, 0].min()), float(bounds[:, 2].max())
    if _is_beyond_degrees(west, east):
        return dict(frames), {}
    start, width = _narrowest(bounds[:, [0, 2]].tolist())
    if width >= east - west:
        start, width = west, east - west
    middle = start + width / 2
    start += -_TURN * math.ceil((middle - _HALF) / _TURN)  # the middle between -180 and 180
    shifted: dict[int, list[int]] = {}
    result = {}
    for level, frame in frames.items():
        placed = [_shift(shape, start) for shape in frame.geometry]
        shifted[level] = [n for n, (old, new) in enumerate(zip(frame.geometry, placed, strict=True))
                        if new is not old]  # fmt: skip
        result[level] = frame.set_geometry(placed, crs=frame.crs) if shifted[level] else frame
    return result, shifted


def _narrowest(spans: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Return west end and width of the narrowest stretch of the globe that holds all spans."""
    ordered = sorted((west % _TURN, west % _TURN + east - west) for west, east in spans)
    reach = ordered[0][1]
    gap, start = ordered[0][0] + _TURN - max(east for _, east in ordered), ordered[0][0]
    for west, east in ordered[1:]:
        if west - reach > gap:
            gap, start = west - reach, west
        reach = max(reach, east)
    return start, _TURN - gap


def _shift(shape: Geometry | None, start: float) -> Geometry | None:
    """Shift parts of a shape into the turn that begins at ``start``, and join those that meet."""
    import shapely

    if shape is None:
        return None
    parts = list(shapely.get_parts(shape))
    # A part may begin a rounding error before the stretch does.
    turns = [math.floor((part.bounds[0] - start + 1e-9) / _TURN) for part in parts]
    if not any(turns):
        return shape
    shifted = [
        shapely.transform(part, lambda xy, by=by: xy - [by * _TURN, 0])
        for part, by in zip(parts, turns, strict=True)
    ]
    return shapely.orient_polygons(shapely.union_all(shifted), exterior_cw=True)
