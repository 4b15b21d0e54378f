"""Hatching as lines: for drawings whose areas can be filled with a colour and nothing else.

Lines lie at whole multiples of their distance, so that they run on from one area into the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely import Geometry

Line = list[tuple[float, float]]

# How many lines cross an area at the least, so that a small one is seen to be hatched too.
_LEAST = 5


def hatching(area: Geometry, angle: float, distance: float) -> list[Line]:
    """Return the lines that hatch an area, as far as they lie within it.

    Parameters
    ----------
    angle
        Of the lines, in degrees counter-clockwise from the east.
    distance
        Between two lines, in the units of the area; less in an area that few would cross.

    >>> import shapely
    >>> hatching(shapely.box(0, 0, 10, 10), 0, 4)
    [[(0.0, 2.0), (10.0, 2.0)], [(0.0, 4.0), (10.0, 4.0)], [(0.0, 6.0), (10.0, 6.0)], \
[(0.0, 8.0), (10.0, 8.0)]]
    """
    import shapely
    from shapely import affinity

    turned = affinity.rotate(shapely.make_valid(area), -angle, origin=(0, 0))
    west, south, east, north = turned.bounds
    apart = min(distance, (north - south) / _LEAST)
    levels = (n * apart for n in range(int(south // apart) + 1, int(-(-north // apart))))
    across = shapely.MultiLineString([[(west, y), (east, y)] for y in levels])
    within = affinity.rotate(turned.intersection(across), angle, origin=(0, 0))
    return [list(line.coords) for line in shapely.get_parts(within) if line.length]
