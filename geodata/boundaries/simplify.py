"""Simplify shapes together, so that neighbours keep the borders that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.boundaries.topology import (
    WGS84,
    Grid,
    Line,
    Shape,
    Topology,
    absolute,
    is_clockwise,
    ring_points,
)

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

EQUAL_AREA = "EPSG:6933"


def wgs84(frame: GeoDataFrame) -> GeoDataFrame:
    """Return a layer in WGS 84, longitude and latitude in degrees."""
    return frame if frame.crs == WGS84 else frame.to_crs(WGS84)


def tidy(frame: GeoDataFrame, columns: list[str]) -> GeoDataFrame:
    """Keep the named columns and the geometry in lon/lat, rows ordered by the first column."""
    frame = wgs84(frame)
    frame = frame.set_geometry(frame.geometry.rename("geometry"))
    return frame[[*columns, "geometry"]].sort_values(columns[0], ignore_index=True)


def longer_side(frame: GeoDataFrame) -> float:
    """Measure the longer side of a layer's bounding box, in units of its coordinates."""
    west, south, east, north = frame.total_bounds
    return float(max(east - west, north - south))


def simplify(areas: GeoDataFrame, tolerance: float) -> GeoDataFrame:
    """Simplify polygons together, so that a border two of them share stays one line.

    Visvalingam-Whyatt over the whole coverage, as GEOS has it, never lets two borders cross;
    topojson's own simplification takes each arc by itself, and there they may.
    """
    import shapely

    return areas.set_geometry(
        shapely.coverage_simplify(areas.geometry.to_numpy(), tolerance), crs=areas.crs
    )


def compute(frames: dict[str, GeoDataFrame], grid: Grid, key: str) -> Topology:
    """Quantise frames and find the arcs they share: one object for each, in the order of rows."""
    import topojson

    computed = topojson.Topology(  # type: ignore[attr-defined]
        list(frames.values()), object_name=list(frames), prequantize=grid
    ).to_dict()
    arcs = absolute(computed["arcs"])
    objects = {
        name: {
            "type": "GeometryCollection",
            "geometries": [_tidy_shape(shape, key, arcs) for shape in collection["geometries"]],
        }
        for name, collection in computed["objects"].items()
    }
    return {"type": "Topology", "transform": grid, "objects": objects, "arcs": computed["arcs"]}


def _tidy_shape(shape: Shape, key: str, arcs: list[Line]) -> Shape:
    """Give a shape the value of its key column as id, and rings of the right direction.

    topojson shares the arc of an enclave with the hole around it without turning it, so the hole
    would run clockwise and be painted.
    """
    result = {"type": shape["type"], "id": shape["properties"][key]}
    result["properties"] = shape["properties"]
    if shape["type"] is None:
        return result

    def polygon(rings: list[list[int]]) -> list[list[int]]:
        return [_orient(ring, arcs, clockwise=not index) for index, ring in enumerate(rings)]

    is_multi = shape["type"] == "MultiPolygon"
    result["arcs"] = [polygon(p) for p in shape["arcs"]] if is_multi else polygon(shape["arcs"])
    return result


def _orient(ring: list[int], arcs: list[Line], *, clockwise: bool) -> list[int]:
    """Reverse a ring of arc references if it runs the wrong way."""
    is_right = is_clockwise(ring_points(ring, arcs)) == clockwise
    return ring if is_right else [~ref for ref in reversed(ring)]
