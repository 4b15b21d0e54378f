"""Draw neighbouring countries and cities around a country."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from geodata.boundaries.checks import raise_all, shape_problems, table_problems
from geodata.boundaries.labels import add_labels
from geodata.boundaries.simplify import compute, longer_side, simplify, wgs84
from geodata.boundaries.topology import Topology, decode, no_shapes, renumber, to_grid

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely import Geometry

# How far beyond the country, in parts of its longer side, every map shows its neighbours.
_MARGIN = 0.1

# Half the width of the widest gap between two sources' ideas of one border, in parts of the side.
_GAP = 0.005

# Degrees within which overlaid borders count as one: a tenth of a metre.
_TOUCH = 1e-6

_CITY_KINDS = {"Admin-0 capital": "national", "Admin-1 capital": "regional"}


def neighbours_and_cities(topology: Topology) -> tuple[GeoDataFrame | None, GeoDataFrame | None]:
    """Take the neighbours and cities out of a topology, as `build_topology` takes them.

    They are as coarse as they were drawn; ``None`` where there are none.
    """
    layers: list[GeoDataFrame | None] = []
    for name in ("neighbours", "cities"):
        shapes = topology["objects"].get(name, no_shapes())["geometries"]
        layers.append(decode(topology, name) if shapes else None)
    neighbours, cities = layers
    if cities is not None:
        features = {kind: feature for feature, kind in _CITY_KINDS.items()}
        cities = cities.assign(
            featurecla=cities["kind"].map(features).fillna("Populated place"),
            pop_max=range(len(cities), 0, -1),  # they stand in order of size
        )
    return neighbours, cities


# ---- surroundings


def check_context(neighbours: GeoDataFrame | None, cities: GeoDataFrame | None) -> None:
    """Raise :class:`~geodata.errors.BoundaryError` where neighbours or cities cannot be drawn."""
    problems = []
    if neighbours is not None:
        problems += table_problems("neighbours", neighbours, ["id", "name"]) or shape_problems(
            "neighbour", wgs84(neighbours), "id"
        )
    if cities is not None:
        missing = table_problems("cities", cities, ["name", "featurecla"])
        if not missing and not (cities.geom_type == "Point").all():
            missing = ["cities: some are not points. Rule: a city is one point."]
        problems += missing
    raise_all(problems)


def add_neighbours(topology: Topology, neighbours: GeoDataFrame, tolerance: float) -> None:
    """Append the neighbours, with arcs of their own and a label where they can be seen."""
    country = decode(topology, "governorates")
    simple = simplify(_close_gaps(neighbours, country, lap=4 * tolerance), tolerance)
    # Neighbours need not tile as strictly as areas, so rounding may mend what it breaks.
    step = topology["transform"]["scale"][0]
    simple = simple.set_geometry(simple.geometry.set_precision(step), crs=simple.crs)
    own = compute({"neighbours": simple}, topology["transform"], key="id")
    decoded = decode(own, "neighbours")
    broken = decoded["id"][~decoded.is_valid | decoded.geometry.isna()]
    raise_all(
        f"neighbour {code!r}: broken by simplification at {tolerance}°. Rule: neighbours do not "
        "overlap and are wider than the tolerance."
        for code in broken
    )
    shapes, offset = own["objects"]["neighbours"], len(topology["arcs"])
    shapes = renumber(shapes, lambda arc: arc + offset)
    for shape in shapes["geometries"]:
        del shape["properties"]["id"]
    add_labels(shapes, _visible(decoded, country))
    topology["objects"]["neighbours"] = shapes
    topology["arcs"] = topology["arcs"] + own["arcs"]


def _close_gaps(neighbours: GeoDataFrame, country: GeoDataFrame, lap: float) -> GeoDataFrame:
    """Grow neighbours into the gaps along the country's border, and a little beneath it.

    Where two sources draw one border apart, the sea would show. Each piece of a gap goes to the
    neighbour with the longest border on it.
    """
    import shapely

    shapes = neighbours.geometry.to_numpy()
    inside, around = country.union_all(method="coverage"), shapely.union_all(shapes)
    width = _GAP * longer_side(country)
    gaps = _gaps(around.union(inside), width)
    wide = gaps.buffer(lap).simplify(lap / 2)
    parts = shapely.get_parts(wide.difference(around).intersection(gaps.union(inside)))
    patch = shapely.multipolygons(parts[shapely.area(parts) > 0])
    grown = [[shape] for shape in shapes]
    for piece in _split(patch, _crossings(shapes, patch, inside, 10 * width)):
        grown[_longest_border(piece, shapes)].append(piece)
    # Cutting leaves points on one side of a border only; simplification needs them on both.
    closed = shapely.coverage_clean([shapely.union_all(parts) for parts in grown])
    return neighbours.set_geometry(closed, crs=neighbours.crs)


def _longest_border(piece: Geometry, shapes: Any) -> int:
    """Find the shape with the longest border on a piece."""
    import shapely

    # Overlay leaves points within rounding of a border, not on it.
    border = shapely.length(piece.boundary.intersection(shapely.buffer(shapes, _TOUCH)))
    return int(border.argmax()) if border.any() else int(piece.distance(shapes).argmin())


def _crossings(shapes: Any, patch: Geometry, inside: Geometry, beyond: float) -> list[Geometry]:
    """Extend the borders between shapes across a patch into the country, as lines."""
    import shapely

    lines = []
    for left, right in itertools.combinations(shapes, 2):
        touching = shapely.get_parts(left.intersection(right))
        border = shapely.multilinestrings(touching[shapely.get_dimensions(touching) == 1])
        for end in shapely.get_parts(shapely.line_merge(border).boundary):
            line = shapely.shortest_line(end, inside)
            if end.distance(patch) < _TOUCH and line.length:
                lines.append(_lengthen(line, beyond))
    return lines


def _lengthen(line: Geometry, by: float) -> Geometry:
    """Extend a straight line at both ends."""
    import shapely

    (x0, y0), (x1, y1) = line.coords
    dx, dy = by * (x1 - x0) / line.length, by * (y1 - y0) / line.length
    return shapely.LineString([(x0 - dx, y0 - dy), (x1 + dx, y1 + dy)])


def _split(patch: Geometry, lines: list[Geometry]) -> list[Geometry]:
    """Cut a patch along lines."""
    import shapely

    faces = shapely.polygonize([shapely.union_all([patch.boundary, *lines])])
    return [f for f in shapely.get_parts(faces) if patch.contains(f.representative_point())]


def _gaps(land: Geometry, width: float) -> Geometry:
    """Find the narrow gaps with land on all sides: none of them is sea, or a lake."""
    import shapely

    rings = [ring for part in shapely.get_parts(land) for ring in part.interiors]
    # The country may stand in a hole like an island.
    holes = [shapely.Polygon(ring).difference(land) for ring in rings]
    return shapely.union_all([hole for hole in holes if hole.buffer(-width).is_empty])


def _visible(neighbours: GeoDataFrame, country: GeoDataFrame) -> list[Geometry]:
    """Cut the part of each neighbour that the country leaves free, near it where there is some."""
    import shapely

    margin = _MARGIN * longer_side(country)
    frame = shapely.box(*country.total_bounds).buffer(margin, join_style="mitre")
    covered = country.union_all(method="coverage")
    visible = []
    for neighbour in neighbours.geometry:
        free = neighbour.difference(covered)
        near = free.intersection(frame)
        visible.append(next(shape for shape in (near, free, neighbour) if shape.area > 0))
    return visible


def add_cities(topology: Topology, cities: GeoDataFrame) -> None:
    """Append cities as points on the grid, the largest first."""
    cities = wgs84(cities)
    ranks = [c for c in ("pop_max",) if c in cities]
    cities = cities.sort_values([*ranks, "name"], ascending=[*(False for _ in ranks), True])
    topology["objects"]["cities"] = {
        "type": "GeometryCollection",
        "geometries": [
            {
                "type": "Point",
                "properties": {
                    "name": name,
                    "capital": feature in _CITY_KINDS,
                    "kind": _CITY_KINDS.get(feature, "town"),
                },
                "coordinates": to_grid(point.x, point.y, topology["transform"]),
            }
            for name, feature, point in zip(
                cities["name"], cities["featurecla"], cities.geometry, strict=True
            )
        ],
    }
