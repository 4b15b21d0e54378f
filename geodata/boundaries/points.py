"""Find the governorate of a point, to compare it with the one that a list names.

Points come rounded to a hundredth of a degree, about a kilometre, as one whole number: that is all
a check needs, takes four bytes, and says no more of a displaced community than it has to.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from geodata.boundaries.topology import decode

TOLERANCE = 0.05
"""Degrees (some 5 km) that a point may lie outside: boundaries are simplified, points rounded."""

MISSING, IMPOSSIBLE = -1, -2
"""What stands for a point that is not given (blank or 0), and for one that is nowhere on Earth."""

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def code_sql(latitude: str, longitude: str) -> str:
    """Return the SQL expression that computes :func:`point_code` of two columns of numbers."""
    return (
        f"CASE WHEN {latitude} IS NULL OR {longitude} IS NULL OR {latitude} = 0 OR {longitude} = 0 "
        f"THEN {MISSING} WHEN abs({latitude}) <= 90 AND abs({longitude}) <= 180 "
        f"THEN CAST(round(({latitude} + 90) * 100) * 100000 + round(({longitude} + 180) * 100) "
        f"AS INTEGER) ELSE {IMPOSSIBLE} END"
    )


def point_code(latitude: float | None, longitude: float | None) -> int:
    """Return a point's code: degrees north and east, rounded to hundredths.

    >>> point_code(33.3128, 44.3615), point_code(None, 44.36), point_code(333.1, 44.36)
    (1233122436, -1, -2)
    """
    if not latitude or not longitude:
        return MISSING
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return IMPOSSIBLE
    return round((latitude + 90) * 100) * 100_000 + round((longitude + 180) * 100)


class Governorates:
    """The shapes of a snapshot's governorates, in which points are looked up.

    Parameters
    ----------
    topology
        Of the snapshot.
    """

    def __init__(self, topology: Mapping[str, Any]) -> None:
        import shapely

        shapes = decode(dict(topology), "governorates")
        self._areas = dict(zip(shapes["id"], shapes.geometry, strict=True))
        self._widened: dict[str, Any] = {}
        west, _, east, _ = shapes.total_bounds
        self._middle = (west + east) / 2  # points of a country across 180° come from both ends
        shapely.prepare(list(self._areas.values()))

    @cached_property
    def pcodes(self) -> tuple[str, ...]:
        """P-codes of the governorates that have a shape."""
        return tuple(self._areas)

    def outside(self, pcode: str, codes: Codes) -> Flags:
        """Tell whether each point lies outside a governorate by more than :data:`TOLERANCE`."""
        import shapely

        if pcode not in self._widened:
            self._widened[pcode] = self._areas[pcode].buffer(TOLERANCE)
            shapely.prepare(self._widened[pcode])
        longitude, latitude = self._degrees(codes)
        inside: Flags = shapely.contains_xy(self._widened[pcode], longitude, latitude)
        return ~inside & (codes >= 0)

    def containing(self, code: int) -> str:
        """Return the P-code of the governorate that a point lies in; ``""`` if in none."""
        import shapely

        if code < 0:
            return ""
        longitude, latitude = self._degrees(np.array([code]))
        point = shapely.Point(longitude[0], latitude[0])
        return next((p for p, area in self._areas.items() if area.intersects(point)), "")

    def exchanged(self, pcode: str, code: int) -> bool:
        """Tell whether a point with degrees north and east exchanged would lie in a governorate."""
        longitude, latitude = _degrees(np.array([code]))
        swapped = point_code(float(longitude[0]), float(latitude[0]))
        return code >= 0 and swapped >= 0 and not self.outside(pcode, np.array([swapped]))[0]

    def _degrees(self, codes: Codes) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return degrees of codes, on the side of 180° that the country is drawn on."""
        longitude, latitude = _degrees(codes)
        west = self._middle - 180
        return np.where(
            (longitude >= west) & (longitude < west + 360),
            longitude,
            (longitude - west) % 360 + west,
        ), latitude


def _degrees(codes: Codes) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return longitudes and latitudes of point codes."""
    north, east = np.divmod(codes, 100_000)
    return east / 100 - 180, north / 100 - 90
