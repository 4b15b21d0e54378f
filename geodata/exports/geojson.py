"""A view's areas as GeoJSON (RFC 7946): shape, figure, and status in words.

Shapes are the simplified ones of the map, in WGS 84; outer rings run counter-clockwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from geodata.boundaries import lines, polygons
from geodata.exports.provenance import Provenance, as_dict
from geodata.exports.table import COLUMNS, positions, rows
from geodata.exports.workbook import Value
from geodata.snapshot import Snapshot
from geodata.view import View

_DIGITS = 5  # of a degree: a metre
_OBJECTS = {1: "governorates", 2: "districts"}

Ring = list[list[float]]


def geojson(view: View, t: int, told: Provenance, permalink: str) -> bytes:
    """Write the areas on the date at position ``t``; provenance stands beside ``features``."""
    shapes = geometries(view.snapshot, view.state.level)
    found = [dict(zip(COLUMNS, row, strict=True)) for row in rows(view, [t], permalink)]
    features = [
        {
            "type": "Feature",
            "id": row["pcode"],
            "geometry": shapes[str(row["pcode"])],
            "properties": plain(row),
        }
        for row in found
    ]
    whole = {"type": "FeatureCollection", "metadata": as_dict(told), "features": features}
    return as_json(whole)


def records(view: View, t: int, told: Provenance, permalink: str, *, every: bool) -> bytes:
    """Write the same table as JSON, without shapes: ``{"metadata": …, "data": […]}``."""
    table = rows(view, positions(view, t, every=every), permalink)
    data = [plain(dict(zip(COLUMNS, row, strict=True))) for row in table]
    return as_json({"metadata": as_dict(told), "data": data})


def plain(row: dict[str, Value]) -> dict[str, Value]:
    """A row as JSON holds it: dates as text."""
    days = {name: str(row[name]) for name in ("date", "compared_with") if row[name]}
    return row | days


def as_json(value: object) -> bytes:
    """Compact JSON in UTF-8; NaN is a mistake and raises."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


@lru_cache(maxsize=8)
def geometries(snapshot: Snapshot, level: int) -> dict[str, dict[str, Any]]:
    """Geometry of every area of a level, by P-code."""
    arcs = lines(dict(snapshot.topology))
    shapes = snapshot.topology["objects"][_OBJECTS[level]]["geometries"]
    return {shape["id"]: _geometry(shape, arcs) for shape in shapes}


def _geometry(shape: dict[str, Any], arcs: Sequence[Ring]) -> dict[str, Any]:
    found = [
        [_wound(_ring(ring, arcs), outer=n == 0) for n, ring in enumerate(polygon)]
        for polygon in polygons(shape)
    ]
    if len(found) == 1:
        return {"type": "Polygon", "coordinates": found[0]}
    return {"type": "MultiPolygon", "coordinates": found}


def _ring(refs: Iterable[int], arcs: Sequence[Ring]) -> Ring:
    points: Ring = []
    for ref in refs:
        arc = arcs[ref] if ref >= 0 else arcs[~ref][::-1]
        points += arc[1:] if points else arc
    return [[round(x, _DIGITS), round(y, _DIGITS)] for x, y, *_ in points]


def _wound(ring: Ring, *, outer: bool) -> Ring:
    """Counter-clockwise for outer rings, clockwise for holes."""
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:], strict=False))
    return ring if (area > 0) == outer else ring[::-1]
