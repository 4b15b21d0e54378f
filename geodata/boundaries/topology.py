"""Read and write TopoJSON: arcs on a grid, rings, polygons."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from geodata.errors import BoundaryError
from geodata.populations import LEVELS
from geodata.util.json_encoding import to_json

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely import Geometry


Topology = dict[str, Any]
Shape = dict[str, Any]
Line = list[list[float]]
P = TypeVar("P")  # a point

CODE = "pcode"
PARENT = "adm1_pcode"

WGS84 = "EPSG:4326"

_CONTEXT = {"neighbours", "cities"}


class Grid(TypedDict):
    """The transform of a quantised TopoJSON: degrees of a step, and the south-west corner."""

    scale: Sequence[float]
    translate: Sequence[float]


def no_shapes() -> Shape:
    """Return an empty collection, for a layer without shapes."""
    return {"type": "GeometryCollection", "geometries": []}


def serialise(topology: Topology) -> bytes:
    """Write a topology as compact UTF-8 JSON: the one form that is stored, hashed and served."""
    return to_json(topology)


# ---- read


def level_topology(topology: Topology, level: int) -> Topology:
    """Take the part of a topology that one level of the map needs.

    Parameters
    ----------
    topology
        As `build_topology` returns it; it stays as it is.
    level
        1 for governorates, 2 for governorates and districts; neighbours and cities come along.

    Returns
    -------
    dict
        A topology with only the arcs in use, renumbered, on the same grid.

    Raises
    ------
    BoundaryError
        If there is no such level.
    """
    if level not in LEVELS:
        allowed = " or ".join(map(str, LEVELS))
        raise BoundaryError(f"No level {level!r} in the topology: level is {allowed}.")
    needed = _CONTEXT | {each.name for number, each in LEVELS.items() if number <= level}
    objects = {
        name: collection for name, collection in topology["objects"].items() if name in needed
    }
    shapes = itertools.chain.from_iterable(
        collection["geometries"] for collection in objects.values()
    )
    used = sorted({max(ref, ~ref) for s in shapes for ring in _rings(s) for ref in ring})
    positions = {arc: position for position, arc in enumerate(used)}
    return {
        **topology,
        "objects": {
            name: renumber(collection, positions.__getitem__)
            for name, collection in objects.items()
        },
        "arcs": [topology["arcs"][arc] for arc in used],
    }


def decode(topology: Topology, object_name: str) -> GeoDataFrame:
    """Turn one object of a topology back into shapes.

    Parameters
    ----------
    topology
        Quantised TopoJSON, whole or of one level.
    object_name
        ``"governorates"``, ``"districts"``, ``"neighbours"`` or ``"cities"``.

    Returns
    -------
    GeoDataFrame
        In lon/lat degrees, rows in the order of the object: ``id`` where shapes have one, their
        properties, geometry.

    Raises
    ------
    BoundaryError
        If the topology holds no such object.
    """
    import geopandas

    if object_name not in topology["objects"]:
        names = ", ".join(topology["objects"])
        raise BoundaryError(f"No object {object_name!r} in the topology: it holds {names}.")
    shapes = topology["objects"][object_name]["geometries"]
    arcs = decode_arcs(topology)
    return geopandas.GeoDataFrame(
        [{**({"id": s["id"]} if "id" in s else {}), **s["properties"]} for s in shapes],
        geometry=[_geometry(s, arcs, topology["transform"]) for s in shapes],
        crs=WGS84,
    )


def decode_arcs(topology: Topology) -> list[Line]:
    """Return every arc of a quantised topology in lon/lat degrees; shapes refer to positions."""
    grid = topology["transform"]
    return [[_to_degrees(point, grid) for point in arc] for arc in absolute(topology["arcs"])]


def points(topology: Topology, object_name: str) -> list[tuple[dict[str, Any], list[float]]]:
    """Return the properties of each point of an object with its longitude and latitude.

    Empty where the topology has no such object: not every country comes with its cities.
    """
    shapes = topology["objects"].get(object_name, no_shapes())["geometries"]
    grid = topology["transform"]
    return [(shape["properties"], _to_degrees(shape["coordinates"], grid)) for shape in shapes]


def _geometry(shape: Shape, arcs: list[Line], grid: Grid) -> Geometry | None:
    import shapely

    if shape["type"] is None:
        return None
    if shape["type"] == "Point":
        return shapely.Point(_to_degrees(shape["coordinates"], grid))
    parts = [
        shapely.Polygon(rings[0], rings[1:])
        for rings in ([ring_points(ring, arcs) for ring in polygon] for polygon in polygons(shape))
    ]
    return parts[0] if shape["type"] == "Polygon" else shapely.MultiPolygon(parts)


def to_grid(lon: float, lat: float, grid: Grid) -> list[int]:
    """Turn longitude and latitude into whole steps of a grid."""
    (kx, ky), (x0, y0) = grid["scale"], grid["translate"]
    return [round((lon - x0) / kx), round((lat - y0) / ky)]


def _to_degrees(point: Sequence[float], grid: Grid) -> list[float]:
    (kx, ky), (x0, y0) = grid["scale"], grid["translate"]
    return [point[0] * kx + x0, point[1] * ky + y0]


def absolute(arcs: list[Line]) -> list[Line]:
    """Undo the delta encoding of arcs."""

    def step(a: list[float], b: list[float]) -> list[float]:
        return [a[0] + b[0], a[1] + b[1]]

    return [list(itertools.accumulate(arc, step)) for arc in arcs]


def ring_points(ring: Sequence[int], arcs: Sequence[list[P]]) -> list[P]:
    """Join the arcs of a ring; ``~n`` is arc n backwards, each starts where the last ended."""
    lines = [arcs[ref] if ref >= 0 else arcs[~ref][::-1] for ref in ring]
    return lines[0][:1] + [point for line in lines for point in line[1:]]


def is_clockwise(ring: Line) -> bool:
    """Tell whether a closed ring runs clockwise where north is up (shoelace formula)."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) < 0


def polygons(shape: Shape) -> list[list[list[int]]]:
    """Return a shape's polygons as rings of arc references; none for a point."""
    arcs = shape.get("arcs", [])
    return [arcs] if shape["type"] == "Polygon" else arcs


def _rings(shape: Shape) -> Iterator[list[int]]:
    return itertools.chain.from_iterable(polygons(shape))


def renumber(shapes: Shape, position_of: Callable[[int], int]) -> Shape:
    """Copy a collection of shapes with new arc numbers."""

    def convert(refs: Any) -> Any:
        if isinstance(refs, list):
            return [convert(ref) for ref in refs]
        return position_of(refs) if refs >= 0 else ~position_of(~refs)

    geometries = [
        {**s, "arcs": convert(s["arcs"])} if "arcs" in s else s for s in shapes["geometries"]
    ]
    return {**shapes, "geometries": geometries}
