"""Find the point of each area where its name stands best."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shapely import Geometry


# A name is wider than tall: its place is sought with the map squeezed by this factor.
_LABEL_ASPECT = 2.0


# ---- labels


def label_points(areas: Iterable[Geometry]) -> list[list[float]]:
    """Find where the name of each area reads best: well inside its largest polygon.

    The centre of the largest inscribed ellipse that is twice as wide as tall, as a name is: the
    pole of inaccessibility of the squeezed polygon.

    Parameters
    ----------
    areas
        Polygons in lon/lat degrees, e.g. a GeoSeries.

    Returns
    -------
    list
        ``[lon, lat]`` of each area in order, to 3 decimals (all of them if the area is so small
        that rounding would leave it).
    """
    return [_label_point(area) for area in areas]


def _label_point(area: Geometry) -> list[float]:
    """Find the label point of one area, as :func:`label_points` says."""
    import shapely

    polygon = max(shapely.get_parts(area), key=shapely.area)
    width = math.cos(math.radians(polygon.centroid.y)) / _LABEL_ASPECT
    squeezed = shapely.transform(polygon, lambda xy: xy * [width, 1])
    # Area / length is the least the radius can be.
    circle = shapely.maximum_inscribed_circle(squeezed, 0.05 * squeezed.area / squeezed.length)
    # Come back towards the middle while there is nearly as much room.
    line = shapely.LineString([squeezed.centroid, circle.coords[0]])
    stops = [line.interpolate(step / 20, normalized=True) for step in range(20)]
    roomy = (
        stop
        for stop in stops
        if squeezed.contains(stop) and squeezed.boundary.distance(stop) >= 0.9 * circle.length
    )
    x, y = next(roomy, shapely.get_point(circle, 0)).coords[0]
    rounded = [round(x / width, 3), round(y, 3)]
    return rounded if polygon.contains(shapely.Point(rounded)) else [x / width, y]


def add_labels(shapes: dict[str, Any], areas: Iterable[Geometry]) -> None:
    """Give each shape of a topology the point for its name."""
    for shape, label in zip(shapes["geometries"], label_points(areas), strict=True):
        shape["properties"]["label"] = label
