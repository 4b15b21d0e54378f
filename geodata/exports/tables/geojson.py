"""A view's areas as GeoJSON (RFC 7946): shape, figure, and status in words.

Shapes are the simplified ones of the map, in WGS 84; outer rings run counter-clockwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geodata.boundaries.topology import Line, decode_arcs, is_clockwise, polygons, ring_points
from geodata.exports.provenance import Provenance, as_dict
from geodata.exports.tables.long_table import COLUMNS, positions, rows
from geodata.exports.tables.workbook import Value
from geodata.figures.view import ViewAt
from geodata.populations import LEVELS
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
from geodata.util.json_encoding import to_json

_DIGITS = 5  # of a degree: a metre


def geojson(at: ViewAt, provenance: Provenance, permalink: str) -> bytes:
    """Write the areas on the date; provenance stands beside ``features``."""
    shapes = geometries(at.snapshot, at.state.level)
    areas = [dict(zip(COLUMNS, row, strict=True)) for row in rows(at.view, [at.t], permalink)]
    features = [
        {
            "type": "Feature",
            "id": row["pcode"],
            "geometry": shapes[str(row["pcode"])],
            "properties": plain(row),
        }
        for row in areas
    ]
    whole = {"type": "FeatureCollection", "metadata": as_dict(provenance), "features": features}
    return to_json(whole)


def records(at: ViewAt, provenance: Provenance, permalink: str, *, every: bool) -> bytes:
    """Write the table of areas as JSON, without shapes: ``{"metadata": …, "data": […]}``."""
    table = rows(at.view, positions(at, every=every), permalink)
    data = [plain(dict(zip(COLUMNS, row, strict=True))) for row in table]
    return to_json({"metadata": as_dict(provenance), "data": data})


def plain(row: dict[str, Value]) -> dict[str, Value]:
    """Return a row as JSON holds it: dates as text."""
    days = {name: str(row[name]) for name in ("date", "compared_with") if row[name]}
    return row | days


@memoise(8)
def geometries(snapshot: Snapshot, level: int) -> dict[str, dict[str, Any]]:
    """Return the geometry of every area of a level, by P-code."""
    arcs = decode_arcs(dict(snapshot.topology))
    shapes = snapshot.topology["objects"][LEVELS[level].name]["geometries"]
    return {shape["id"]: _geometry(shape, arcs) for shape in shapes}


def _geometry(shape: dict[str, Any], arcs: Sequence[Line]) -> dict[str, Any]:
    coordinates = [
        [_orient(_ring(ring, arcs), outer=n == 0) for n, ring in enumerate(polygon)]
        for polygon in polygons(shape)
    ]
    if len(coordinates) == 1:
        return {"type": "Polygon", "coordinates": coordinates[0]}
    return {"type": "MultiPolygon", "coordinates": coordinates}


def _ring(refs: Sequence[int], arcs: Sequence[Line]) -> Line:
    return [[round(x, _DIGITS), round(y, _DIGITS)] for x, y in ring_points(refs, arcs)]


def _orient(ring: Line, *, outer: bool) -> Line:
    """Return an outer ring counter-clockwise, a hole clockwise."""
    return ring[::-1] if is_clockwise(ring) == outer else ring
