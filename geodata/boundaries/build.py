"""The room for shapes: full-resolution boundaries in, one small TopoJSON out.

Every painter (page, embed, SVG, slides) draws from the same topology, so a border is the same
line everywhere and is stored once. Governorates are dissolved from the simplified districts: both
levels use the same arcs, hence nest exactly.

::

    governorates ─┬─▶ check_boundaries ─▶ simplify ─▶ quantise ─▶ topology ─┬─▶ level_topology
    districts ────┘                       (coarsest tolerance        ▲      └─▶ decode
                                           that keeps areas true)    │
    neighbours, cities ──────────────────────────────────────────────┘

Areas go by their code alone: names live in the areas table. Serving a level takes nothing but
dictionaries, so geopandas, shapely and topojson are imported only where shapes are computed.
"""

from __future__ import annotations

import difflib
import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, TypeVar

from geodata.errors import BoundaryError
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
EQUAL_AREA = "EPSG:6933"

_LEVELS = {
    1: {"governorates", "neighbours", "cities"},
    2: {"governorates", "districts", "neighbours", "cities"},
}

# Tolerances to try, coarsest first, as parts of the country's longer side: a thousandth is about
# one pixel of a map 1000 px wide, so a country of any size starts out looking right.
_LADDER = (1 / 1000, 1 / 1400, 1 / 2000, 1 / 2800, 1 / 4000, 1 / 8000, 1 / 16000)

# Steps of the quantisation grid along the country's longer side, at least; the second is for
# countries of small islands far apart (Kiribati, Seychelles), which the first would deform.
_GRID_STEPS = (10_000, 100_000)

SLIVER = 1e-6
"""Part of an area that may overlap or stick out: the rounding of six-decimal degrees, no more."""

# A name is wider than tall: its place is sought with the map squeezed by this factor.
_LABEL_ASPECT = 2.0

# How far beyond the country, in parts of its longer side, every map shows its neighbours.
_MARGIN = 0.1

# Half the width of the widest gap between two sources' ideas of one border, in parts of the side.
_GAP = 0.005

# Degrees within which overlaid borders count as one: a tenth of a metre.
_TOUCH = 1e-6

_CITY_KINDS = {"Admin-0 capital": "national", "Admin-1 capital": "regional"}


class Grid(TypedDict):
    """The transform of a quantised TopoJSON: degrees of a step, and the south-west corner."""

    scale: Sequence[float]
    translate: Sequence[float]


class Pinched(NamedTuple):
    """An area whose outline met itself or a neighbour's on the grid, and was drawn anew there."""

    pcode: str
    lon: float
    lat: float


@dataclass(frozen=True)
class BoundaryReport:
    """What simplification did: for the manifest, and for the person who runs the build.

    Attributes
    ----------
    tolerance_deg
        Tolerance of Visvalingam-Whyatt in degrees: the square root of the area of the largest
        triangle that may be cut off.
    max_area_error, max_district_area_error
        Largest relative change of area of a governorate and of a district, equal-area projection.
    arcs, bytes
        Number of arcs of the whole topology, and its length as `serialise` writes it.
    governorates, districts, neighbours, cities
        Number of shapes of each kind.
    step_deg
        Step of the grid in degrees.
    pinched
        Areas that rounding to the grid broke and that were mended, with the place.
    """

    tolerance_deg: float
    max_area_error: float
    max_district_area_error: float
    arcs: int
    bytes: int
    governorates: int
    districts: int
    neighbours: int
    cities: int
    step_deg: float
    pinched: tuple[Pinched, ...] = ()


@dataclass(frozen=True)
class _Draft:
    """A topology at one tolerance, with the largest area error of each level."""

    tolerance: float
    topology: Topology
    governorate_error: float
    district_error: float
    pinched: tuple[Pinched, ...] = ()


# ---- build


def build_topology(
    governorates: GeoDataFrame,
    districts: GeoDataFrame | None,
    neighbours: GeoDataFrame | None,
    cities: GeoDataFrame | None,
    *,
    max_area_error: float = 0.01,
) -> tuple[Topology, BoundaryReport]:
    """Simplify boundaries into one quantised TopoJSON that holds both levels.

    The coarsest tolerance is taken that changes no area by `max_area_error` or more. If none does
    that for districts (one may be as small as the grid), the finest that does it for governorates.

    Parameters
    ----------
    governorates
        Polygons with the column ``pcode``.
    districts
        Polygons with the columns ``pcode`` and ``adm1_pcode``, which tile their governorates;
        ``None`` for a country that is mapped by governorate only.
    neighbours
        Countries drawn behind, with the columns ``id`` (ISO 3166-1 numeric) and ``name``. They
        keep arcs of their own, as their borders come from another source.
    cities
        Points with the columns ``name`` and ``featurecla`` (Natural Earth). With ``pop_max`` the
        largest come first, so that a painter short of room leaves out the last.
    max_area_error
        Relative, in an equal-area projection.

    Returns
    -------
    tuple
        The topology, with the objects ``governorates``, ``districts``, ``neighbours`` and
        ``cities``, empty where there are none; and the report. The same input gives the same
        topology, whatever the order of its rows.

    Raises
    ------
    BoundaryError
        If an input breaks a rule of `check_boundaries`, neighbours or cities lack what they must
        have, or no tolerance keeps the areas.
    """
    none_below = districts is None
    if districts is None:
        districts = governorates.assign(**{PARENT: governorates.get(CODE)})
    check_boundaries(governorates, districts)
    _check_context(neighbours, cities)
    governorates = _tidy(governorates, [CODE])
    districts = _tidy(districts, [CODE, PARENT]).rename(columns={PARENT: "parent"})
    for steps in _GRID_STEPS:
        grid = _grid(districts, steps, neighbours, cities)
        tolerances = _tolerances(districts, steps)
        draft = _coarsest_draft(governorates, districts, grid, tolerances, max_area_error)
        if draft is not None:
            break
    else:
        raise BoundaryError(_why_not(governorates, districts, grid, tolerances[-1], max_area_error))
    topology = draft.topology
    for name in ("governorates", "districts"):
        _add_labels(topology["objects"][name], decode(topology, name).geometry)
    if none_below:
        topology["objects"]["districts"] = _no_shapes()
    topology["objects"] |= {"neighbours": _no_shapes(), "cities": _no_shapes()}
    if neighbours is not None:
        _add_neighbours(topology, _tidy(neighbours, ["id", "name"]), draft.tolerance)
    if cities is not None:
        _add_cities(topology, cities)
    return topology, _report(draft)


def surroundings(topology: Topology) -> tuple[GeoDataFrame | None, GeoDataFrame | None]:
    """Take the neighbours and cities out of a topology, as `build_topology` wants them.

    They are as coarse as they were drawn; ``None`` where there are none.
    """
    found: list[GeoDataFrame | None] = []
    for name in ("neighbours", "cities"):
        held = topology["objects"].get(name, _no_shapes())["geometries"]
        found.append(decode(topology, name) if held else None)
    neighbours, cities = found
    if cities is not None:
        features = {kind: feature for feature, kind in _CITY_KINDS.items()}
        cities = cities.assign(
            featurecla=cities["kind"].map(features).fillna("Populated place"),
            pop_max=range(len(cities), 0, -1),  # they stand in order of size
        )
    return neighbours, cities


def _no_shapes() -> Shape:
    return {"type": "GeometryCollection", "geometries": []}


def serialise(topology: Topology) -> bytes:
    """Write a topology as compact UTF-8 JSON: the one form that is stored, hashed and served."""
    return to_json(topology)


def _report(draft: _Draft) -> BoundaryReport:
    objects = draft.topology["objects"]
    count = {name: len(held["geometries"]) for name, held in objects.items()}
    return BoundaryReport(
        tolerance_deg=draft.tolerance,
        max_area_error=draft.governorate_error,
        max_district_area_error=draft.district_error,
        arcs=len(draft.topology["arcs"]),
        bytes=len(serialise(draft.topology)),
        governorates=count["governorates"],
        districts=count["districts"],
        neighbours=count.get("neighbours", 0),
        cities=count.get("cities", 0),
        step_deg=draft.topology["transform"]["scale"][0],
        pinched=draft.pinched,
    )


def _wgs84(frame: GeoDataFrame) -> GeoDataFrame:
    return frame if frame.crs == WGS84 else frame.to_crs(WGS84)


def _tidy(frame: GeoDataFrame, columns: list[str]) -> GeoDataFrame:
    """Keep the named columns and the geometry in lon/lat, rows ordered by the first column."""
    frame = _wgs84(frame)
    frame = frame.set_geometry(frame.geometry.rename("geometry"))
    return frame[[*columns, "geometry"]].sort_values(columns[0], ignore_index=True)


def _longer_side(frame: GeoDataFrame) -> float:
    west, south, east, north = frame.total_bounds
    return float(max(east - west, north - south))


def _grid(country: GeoDataFrame, steps: int, *context: GeoDataFrame | None) -> Grid:
    """Lay a grid of round steps (1, 2 or 5 x 10^n degrees) over all layers.

    The step follows from the country alone, so that wide surroundings do not coarsen it.
    """
    finest = _longer_side(country) / steps
    exponent = math.floor(math.log10(finest))
    digit = max(d for d in (1, 2, 5) if d == 1 or d * 10.0**exponent <= finest)
    step = float(f"{digit}e{exponent}")
    corners = [_wgs84(frame).total_bounds for frame in (country, *context) if frame is not None]
    west, south = (math.floor(min(c[axis] for c in corners) / step) for axis in (0, 1))
    corner = [round(west * step, max(-exponent, 0)), round(south * step, max(-exponent, 0))]
    return {"scale": [step, step], "translate": corner}


def _tolerances(country: GeoDataFrame, steps: int) -> list[float]:
    """The ladder in degrees, as much finer as the grid is."""
    side = _longer_side(country) * _GRID_STEPS[0] / steps
    return [float(f"{side * part:.3g}") for part in _LADDER]


def _coarsest_draft(
    governorates: GeoDataFrame,
    districts: GeoDataFrame,
    grid: Grid,
    tolerances: Sequence[float],
    limit: float,
) -> _Draft | None:
    """Go down the ladder to the first tolerance at which every area stays within the limit."""
    kept = None
    for tolerance in tolerances:
        draft = _draft(governorates, districts, grid, tolerance)
        if draft is None or draft.governorate_error >= limit:
            continue
        kept = draft
        if draft.district_error < limit:
            break
    return kept


def _draft(
    governorates: GeoDataFrame, districts: GeoDataFrame, grid: Grid, tolerance: float
) -> _Draft | None:
    """Simplify at one tolerance; None if an area is too small for the grid."""
    simple = _simplify(districts, tolerance)
    topology, drawn = _quantised(simple, grid)
    pinched: tuple[Pinched, ...] = ()
    if not all(map(_is_coverage, drawn)):
        found = {one.pcode: one for frame in drawn for one in _pinched(frame)}
        pinched = tuple(found.values())
        simple = _on_grid(simple, grid)
        if simple.geometry.is_empty.any():
            return None
        topology, drawn = _quantised(simple, grid)
        if not all(map(_is_coverage, drawn)):
            return None
    upper, lower = (
        float(_area_errors(*pair).max())
        for pair in zip((governorates, districts), drawn, strict=True)
    )
    return _Draft(tolerance, topology, upper, lower, pinched)


def _quantised(
    simple: GeoDataFrame, grid: Grid
) -> tuple[Topology, tuple[GeoDataFrame, GeoDataFrame]]:
    """Round districts, and the governorates made of them, to the grid; and read them back."""
    dissolved = simple[["parent", "geometry"]].dissolve("parent", method="coverage")
    dissolved = dissolved.reset_index(names=CODE)
    topology = _compute({"governorates": dissolved, "districts": simple}, grid, key=CODE)
    return topology, (decode(topology, "governorates"), decode(topology, "districts"))


def _on_grid(areas: GeoDataFrame, grid: Grid) -> GeoDataFrame:
    """Snap all borders to the grid together; an area that is nowhere a step wide comes out empty.

    Rounding point by point lets a narrow neck, or the two banks of an inlet, meet, and rings then
    touch themselves. Here every line is cut where it meets another (snap rounding, as GEOS has it),
    and each face between the lines goes to the area that most of it belongs to: neighbours keep one
    border, a neck that is narrower than a step parts its area in two.
    """
    import numpy as np
    import shapely

    scale, corner = np.array(grid["scale"]), np.array(grid["translate"])
    shapes = shapely.transform(areas.geometry.to_numpy(), lambda xy: (xy - corner) / scale)
    borders = shapely.union_all(shapely.boundary(shapes), grid_size=1)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(borders)))
    owned: list[list[Geometry]] = [[] for _ in shapes]
    tree = shapely.STRtree(shapes)
    for face in faces:
        near = tree.query(face)
        shares = shapely.area(shapely.intersection(shapes[near], face))
        if shares.sum() > face.area / 2:  # else it is sea, or a lake
            owned[near[shares.argmax()]].append(face)
    snapped = [shapely.coverage_union_all(parts) for parts in owned]
    drawn = shapely.transform(snapped, lambda xy: xy * scale + corner)
    return areas.set_geometry(list(drawn), crs=areas.crs)


def _pinched(drawn: GeoDataFrame) -> Iterator[Pinched]:
    """Name areas whose rounded outline meets itself, or a neighbour's, where it should not."""
    import shapely

    shapes = drawn.geometry.to_numpy()
    loose = shapely.coverage_invalid_edges(shapes)
    for code, shape, edge in zip(drawn[CODE], shapes, loose, strict=True):
        if shape is not None and not shape.is_valid:
            place = re.search(r"\[(\S+) (\S+)\]", shapely.is_valid_reason(shape))
            if place:
                yield Pinched(code, float(place[1]), float(place[2]))
        elif edge is not None and not edge.is_empty:
            lon, lat = edge.interpolate(0.5, normalized=True).coords[0]
            yield Pinched(code, lon, lat)


def _why_not(
    governorates: GeoDataFrame, districts: GeoDataFrame, grid: Grid, finest: float, limit: float
) -> str:
    """Say which areas no tolerance can draw, and where they are."""
    import shapely

    step = grid["scale"][0]
    snapped = _on_grid(_simplify(districts, finest), grid)
    gone = shapely.is_empty(snapped.geometry.to_numpy())
    if gone.any():
        named = ", ".join(map(_placed, districts[CODE][gone], districts.geometry[gone]))
        return (
            f"{named}: narrower than the grid of {step:g}° that the map is drawn on. In the file, "
            "join what is so small to the area beside it, or leave it out."
        )
    _, (drawn, _) = _quantised(snapped, grid)
    errors = _area_errors(governorates, drawn)
    shapes = governorates.set_index(CODE).geometry
    named = ", ".join(
        f"{_placed(code, shapes[code])} by {_percent(error)}"
        for code, error in errors[errors >= limit].items()
    )
    return (
        f"No tolerance down to {finest:.2g}° keeps the area of every governorate within "
        f"{_percent(limit)} of the original. On the grid of {step:g}° these change: {named}. "
        "In the file, join what is so small to the area beside it, or leave it out."
    )


def _placed(code: str, shape: Geometry) -> str:
    """A code with the place of its area: ``XX01 (near 42.200°, 30.000°)``."""
    import shapely

    where = shapely.point_on_surface(shape)
    return f"{code} (near {where.x:.3f}°, {where.y:.3f}°)"


def _simplify(areas: GeoDataFrame, tolerance: float) -> GeoDataFrame:
    """Simplify polygons together, so that a border two of them share stays one line.

    Visvalingam-Whyatt over the whole coverage, as GEOS has it, never lets two borders cross;
    topojson's own simplification takes each arc by itself, and there they may.
    """
    import shapely

    return areas.set_geometry(
        shapely.coverage_simplify(areas.geometry.to_numpy(), tolerance), crs=areas.crs
    )


def _compute(frames: dict[str, GeoDataFrame], grid: Grid, key: str) -> Topology:
    """Quantise frames and find the arcs they share: one object for each, in the order of rows."""
    import topojson

    computed = topojson.Topology(  # type: ignore[attr-defined]
        list(frames.values()), object_name=list(frames), prequantize=grid
    ).to_dict()
    arcs = _absolute(computed["arcs"])
    objects = {
        name: {
            "type": "GeometryCollection",
            "geometries": [_tidy_shape(shape, key, arcs) for shape in held["geometries"]],
        }
        for name, held in computed["objects"].items()
    }
    return {"type": "Topology", "transform": grid, "objects": objects, "arcs": computed["arcs"]}


def _tidy_shape(shape: Shape, key: str, arcs: list[Line]) -> Shape:
    """Give a shape the value of its key column as id, and rings that run the way they should.

    topojson shares the arc of an enclave with the hole around it without turning it, so the hole
    would run clockwise and be painted.
    """
    wound = {"type": shape["type"], "id": shape["properties"][key]}
    wound["properties"] = shape["properties"]
    if shape["type"] is None:
        return wound

    def polygon(rings: list[list[int]]) -> list[list[int]]:
        return [_wind(ring, arcs, clockwise=not index) for index, ring in enumerate(rings)]

    many = shape["type"] == "MultiPolygon"
    wound["arcs"] = [polygon(p) for p in shape["arcs"]] if many else polygon(shape["arcs"])
    return wound


def _wind(ring: list[int], arcs: list[Line], *, clockwise: bool) -> list[int]:
    """Turn a ring of arc references if it runs the other way."""
    as_asked = is_clockwise(ring_points(ring, arcs)) == clockwise
    return ring if as_asked else [~ref for ref in reversed(ring)]


def _is_coverage(areas: GeoDataFrame) -> bool:
    """Whether all shapes are there, valid, and tile without overlap or unmatched border."""
    import shapely

    shapes = areas.geometry.to_numpy()
    return bool(shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes))


def _area_errors(before: GeoDataFrame, after: GeoDataFrame) -> Any:
    """Relative change of area of each code, as a series."""
    old, new = (f.set_index(CODE).geometry.to_crs(EQUAL_AREA).area for f in (before, after))
    return (new / old - 1).abs()


# ---- surroundings


def _check_context(neighbours: GeoDataFrame | None, cities: GeoDataFrame | None) -> None:
    problems = []
    if neighbours is not None:
        problems += _table_problems("neighbours", neighbours, ["id", "name"]) or _shape_problems(
            "neighbour", _wgs84(neighbours), "id"
        )
    if cities is not None:
        missing = _table_problems("cities", cities, ["name", "featurecla"])
        if not missing and not (cities.geom_type == "Point").all():
            missing = ["cities: some are not points. Rule: a city is one point."]
        problems += missing
    _raise_all(problems)


def _add_neighbours(topology: Topology, neighbours: GeoDataFrame, tolerance: float) -> None:
    """Append the neighbours, with arcs of their own and a label where they can be seen."""
    country = decode(topology, "governorates")
    simple = _simplify(_close_gaps(neighbours, country, lap=4 * tolerance), tolerance)
    # Neighbours need not tile as strictly as areas, so rounding may mend what it breaks.
    step = topology["transform"]["scale"][0]
    simple = simple.set_geometry(simple.geometry.set_precision(step), crs=simple.crs)
    own = _compute({"neighbours": simple}, topology["transform"], key="id")
    drawn = decode(own, "neighbours")
    broken = drawn["id"][~drawn.is_valid | drawn.geometry.isna()]
    _raise_all(
        f"neighbour {code!r}: broken by simplification at {tolerance}°. Rule: neighbours do not "
        "overlap and are wider than the tolerance."
        for code in broken
    )
    shapes, offset = own["objects"]["neighbours"], len(topology["arcs"])
    shapes = _renumber(shapes, lambda arc: arc + offset)
    for shape in shapes["geometries"]:
        del shape["properties"]["id"]
    _add_labels(shapes, _visible(drawn, country))
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
    width = _GAP * _longer_side(country)
    gaps = _gaps(around.union(inside), width)
    wide = gaps.buffer(lap).simplify(lap / 2)
    parts = shapely.get_parts(wide.difference(around).intersection(gaps.union(inside)))
    patch = shapely.multipolygons(parts[shapely.area(parts) > 0])
    grown = [[shape] for shape in shapes]
    for piece in _split(patch, _crossings(shapes, patch, inside, 10 * width)):
        grown[_beside(piece, shapes)].append(piece)
    # Cutting leaves points on one side of a border only; simplification needs them on both.
    closed = shapely.coverage_clean([shapely.union_all(parts) for parts in grown])
    return neighbours.set_geometry(closed, crs=neighbours.crs)


def _beside(piece: Geometry, shapes: Any) -> int:
    """Find the shape with the longest border on a piece."""
    import shapely

    # Overlay leaves points within rounding of a border, not on it.
    border = shapely.length(piece.boundary.intersection(shapely.buffer(shapes, _TOUCH)))
    return int(border.argmax()) if border.any() else int(piece.distance(shapes).argmin())


def _crossings(shapes: Any, patch: Geometry, inside: Geometry, beyond: float) -> list[Geometry]:
    """Draw lines that lead the borders between shapes on, across a patch, into the country."""
    import shapely

    lines = []
    for one, other in itertools.combinations(shapes, 2):
        touching = shapely.get_parts(one.intersection(other))
        border = shapely.multilinestrings(touching[shapely.get_dimensions(touching) == 1])
        for end in shapely.get_parts(shapely.line_merge(border).boundary):
            way = shapely.shortest_line(end, inside)
            if end.distance(patch) < _TOUCH and way.length:
                lines.append(_lengthen(way, beyond))
    return lines


def _lengthen(line: Geometry, by: float) -> Geometry:
    """Lead a straight line on at both ends."""
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

    margin = _MARGIN * _longer_side(country)
    frame = shapely.box(*country.total_bounds).buffer(margin, join_style="mitre")
    covered = country.union_all(method="coverage")
    visible = []
    for neighbour in neighbours.geometry:
        free = neighbour.difference(covered)
        near = free.intersection(frame)
        visible.append(next(shape for shape in (near, free, neighbour) if shape.area > 0))
    return visible


def _add_cities(topology: Topology, cities: GeoDataFrame) -> None:
    """Append cities as points on the grid, the largest first."""
    cities = _wgs84(cities)
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
                "coordinates": _to_grid(point.x, point.y, topology["transform"]),
            }
            for name, feature, point in zip(
                cities["name"], cities["featurecla"], cities.geometry, strict=True
            )
        ],
    }


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
    import shapely

    polygon = max(shapely.get_parts(area), key=shapely.area)
    width = math.cos(math.radians(polygon.centroid.y)) / _LABEL_ASPECT
    squeezed = shapely.transform(polygon, lambda xy: xy * [width, 1])
    # Area / length is the least the radius can be.
    circle = shapely.maximum_inscribed_circle(squeezed, 0.05 * squeezed.area / squeezed.length)
    # Come back towards the middle while there is nearly as much room.
    way = shapely.LineString([squeezed.centroid, circle.coords[0]])
    stops = [way.interpolate(step / 20, normalized=True) for step in range(20)]
    roomy = (
        stop
        for stop in stops
        if squeezed.contains(stop) and squeezed.boundary.distance(stop) >= 0.9 * circle.length
    )
    x, y = next(roomy, shapely.get_point(circle, 0)).coords[0]
    rounded = [round(x / width, 3), round(y, 3)]
    return rounded if polygon.contains(shapely.Point(rounded)) else [x / width, y]


def _add_labels(shapes: dict[str, Any], areas: Iterable[Geometry]) -> None:
    for shape, label in zip(shapes["geometries"], label_points(areas), strict=True):
        shape["properties"]["label"] = label


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
    if level not in _LEVELS:
        allowed = " or ".join(map(str, _LEVELS))
        raise BoundaryError(f"No level {level!r} in the topology: level is {allowed}.")
    objects = {name: held for name, held in topology["objects"].items() if name in _LEVELS[level]}
    shapes = itertools.chain.from_iterable(held["geometries"] for held in objects.values())
    used = sorted({max(ref, ~ref) for s in shapes for ring in _rings(s) for ref in ring})
    place = {arc: position for position, arc in enumerate(used)}
    return {
        **topology,
        "objects": {name: _renumber(held, place.__getitem__) for name, held in objects.items()},
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
        held = ", ".join(topology["objects"])
        raise BoundaryError(f"No object {object_name!r} in the topology: it holds {held}.")
    shapes = topology["objects"][object_name]["geometries"]
    arcs = lines(topology)
    return geopandas.GeoDataFrame(
        [{**({"id": s["id"]} if "id" in s else {}), **s["properties"]} for s in shapes],
        geometry=[_geometry(s, arcs, topology["transform"]) for s in shapes],
        crs=WGS84,
    )


def lines(topology: Topology) -> list[Line]:
    """Every arc of a quantised topology, in lon/lat degrees; shapes refer to them by position."""
    grid = topology["transform"]
    return [[_to_degrees(point, grid) for point in arc] for arc in _absolute(topology["arcs"])]


def _geometry(shape: Shape, arcs: list[Line], grid: Grid) -> Geometry | None:
    import shapely

    if shape["type"] is None:
        return None
    if shape["type"] == "Point":
        return shapely.Point(_to_degrees(shape["coordinates"], grid))
    made = [
        shapely.Polygon(rings[0], rings[1:])
        for rings in ([ring_points(ring, arcs) for ring in polygon] for polygon in polygons(shape))
    ]
    return made[0] if shape["type"] == "Polygon" else shapely.MultiPolygon(made)


def _to_grid(lon: float, lat: float, grid: Grid) -> list[int]:
    (kx, ky), (x0, y0) = grid["scale"], grid["translate"]
    return [round((lon - x0) / kx), round((lat - y0) / ky)]


def _to_degrees(point: Sequence[float], grid: Grid) -> list[float]:
    (kx, ky), (x0, y0) = grid["scale"], grid["translate"]
    return [point[0] * kx + x0, point[1] * ky + y0]


def _absolute(arcs: list[Line]) -> list[Line]:
    """Undo the delta encoding of arcs."""

    def step(a: list[float], b: list[float]) -> list[float]:
        return [a[0] + b[0], a[1] + b[1]]

    return [list(itertools.accumulate(arc, step)) for arc in arcs]


def ring_points(ring: Sequence[int], arcs: Sequence[list[P]]) -> list[P]:
    """Join the arcs of a ring; ``~n`` is arc n backwards, each starts where the last ended."""
    lines = [arcs[ref] if ref >= 0 else arcs[~ref][::-1] for ref in ring]
    return lines[0][:1] + [point for line in lines for point in line[1:]]


def is_clockwise(ring: Line) -> bool:
    """Whether a closed ring runs clockwise where north is up (shoelace formula)."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) < 0


def polygons(shape: Shape) -> list[list[list[int]]]:
    """Arc references of a shape: polygons of rings; none for a point."""
    arcs = shape.get("arcs", [])
    return [arcs] if shape["type"] == "Polygon" else arcs


def _rings(shape: Shape) -> Iterator[list[int]]:
    return itertools.chain.from_iterable(polygons(shape))


def _renumber(shapes: Shape, place: Callable[[int], int]) -> Shape:
    """Copy a collection of shapes with every arc at its new place."""

    def turn(refs: Any) -> Any:
        if isinstance(refs, list):
            return [turn(ref) for ref in refs]
        return place(refs) if refs >= 0 else ~place(~refs)

    moved = [{**s, "arcs": turn(s["arcs"])} if "arcs" in s else s for s in shapes["geometries"]]
    return {**shapes, "geometries": moved}


# ---- check


def check_boundaries(governorates: GeoDataFrame, districts: GeoDataFrame) -> None:
    """Refuse boundaries that a map cannot be built from, and say everything that is wrong.

    Any known coordinate reference system will do; the rules are checked in lon/lat.

    Parameters
    ----------
    governorates
        Polygons with the column ``pcode``.
    districts
        Polygons with the columns ``pcode`` and ``adm1_pcode``.

    Raises
    ------
    BoundaryError
        With one line for each problem: the code, what was found, the rule.
    """
    tables = _table_problems("governorates", governorates, [CODE])
    tables += _table_problems("districts", districts, [CODE, PARENT])
    if tables:
        _raise_all([*tables, "Nothing else was checked: the tables must be complete first."])
    governorates, districts = _wgs84(governorates), _wgs84(districts)
    _raise_all(
        [
            *_code_problems("governorate", governorates),
            *_code_problems("district", districts),
            *_parent_problems(governorates, districts),
            *_shape_problems("governorate", governorates, CODE),
            *_shape_problems("district", districts, CODE),
            *_tiling_problems(_sound(governorates), _sound(districts)),
            *_nesting_problems(_sound(governorates), districts),
        ]
    )


def _raise_all(problems: Iterable[str]) -> None:
    problems = list(problems)
    if problems:
        raise BoundaryError("\n- ".join(["The boundaries cannot be used:", *problems]))


def _percent(share: float) -> str:
    return f"{float(f'{100 * share:.2g}'):g}%"


def _table_problems(table: str, frame: GeoDataFrame, columns: list[str]) -> list[str]:
    found = ", ".join(map(str, frame.columns))
    problems = [
        f"{table}: column {column!r} is missing. Rule: {table} have the columns "
        f"{', '.join(columns)} and a geometry; found: {found}."
        for column in columns
        if column not in frame
    ]
    if frame.empty:
        problems.append(f"{table}: no rows. Rule: there is at least one.")
    if frame.active_geometry_name is None:
        problems.append(f"{table}: no geometry. Rule: each row has a shape; found: {found}.")
    elif frame.crs is None:
        problems.append(
            f"{table}: no coordinate reference system. Rule: the file says which one it uses "
            f"({WGS84} for degrees of longitude and latitude)."
        )
    return problems


def _code_problems(kind: str, frame: GeoDataFrame) -> list[str]:
    codes = frame[CODE]
    blank = [n for n, c in enumerate(codes, 1) if not (isinstance(c, str) and c.strip())]
    twice = sorted(set(codes[codes.duplicated() & codes.notna()].astype(str)))
    return [
        *(f"{kind} in row {n}: no {CODE}. Rule: each area has a code, as text." for n in blank),
        *(
            f"{kind} {code!r}: the code stands in {(codes.astype(str) == code).sum()} rows. "
            "Rule: one row for each code."
            for code in twice
        ),
    ]


def _parent_problems(governorates: GeoDataFrame, districts: GeoDataFrame) -> list[str]:
    known = [code for code in governorates[CODE] if isinstance(code, str)]
    problems = []
    for code, parent in zip(districts[CODE], districts[PARENT], strict=True):
        if parent not in known:
            near = difflib.get_close_matches(str(parent), known, n=1)
            hint = f"; nearest: {near[0]!r}" if near else ""
            problems.append(
                f"district {code!r}: its {PARENT} {parent!r} is no governorate{hint}. "
                "Rule: a district names the code of the governorate it lies in."
            )
    return problems


def flaw(shape: Geometry | None) -> str | None:
    """Say what is wrong with one shape by itself, if anything."""
    import shapely

    if shape is None or shape.is_empty:
        return "no shape. Rule: each area has one"
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        return f"a {shape.geom_type}. Rule: an area is a polygon or several"
    if not shape.is_valid:
        return f"invalid ({shapely.is_valid_reason(shape)}). Rule: a ring does not cross itself"
    west, south, east, north = shape.bounds
    # Beyond 180° a country across it is drawn in one piece.
    if west < -360 or east > 360 or south < -90 or north > 90:
        return f"bounds {shape.bounds}. Rule: degrees, longitude first, or name another system"
    return None


def _shape_problems(kind: str, frame: GeoDataFrame, key: str) -> list[str]:
    flaws = zip(frame[key], map(flaw, frame.geometry), strict=True)
    return [f"{kind} {code!r}: {flaw}." for code, flaw in flaws if flaw]


def _sound(frame: GeoDataFrame) -> GeoDataFrame:
    return frame[[flaw(shape) is None for shape in frame.geometry]]


def _tiling_problems(governorates: GeoDataFrame, districts: GeoDataFrame) -> list[str]:
    """Find areas that overlap, and borders of districts that only nearly meet."""
    import shapely

    problems = _overlaps("governorate", governorates)
    overlaps = _overlaps("district", districts)
    unmatched = shapely.coverage_invalid_edges(districts.geometry.to_numpy())
    loose = [code for code, edge in zip(districts[CODE], unmatched, strict=True) if edge]
    # An overlap leaves unmatched borders too: one line about it is enough.
    if loose and not overlaps:
        problems.append(
            f"districts {', '.join(map(repr, loose))}: their borders do not meet point by point. "
            "Rule: districts side by side share every point of their border "
            "(shapely.coverage_clean mends this)."
        )
    return problems + overlaps


def _overlaps(kind: str, frame: GeoDataFrame) -> list[str]:
    import shapely

    shapes, codes = frame.geometry.to_numpy(), frame[CODE].to_numpy()
    problems = []
    for i, j in shapely.STRtree(shapes).query(shapes, predicate="intersects").T:
        if i >= j:
            continue
        share = shapes[i].intersection(shapes[j]).area / min(shapes[i].area, shapes[j].area)
        if share > SLIVER:
            problems.append(
                f"{kind}s {codes[i]!r} and {codes[j]!r}: overlap on {_percent(share)} of the "
                f"smaller. Rule: {kind}s do not overlap."
            )
    return problems


def _nesting_problems(governorates: GeoDataFrame, districts: GeoDataFrame) -> list[str]:
    """Find districts that stick out of their governorate, and governorates not covered."""
    import shapely

    sound = _sound(districts)
    problems = []
    for code, whole in zip(governorates[CODE], governorates.geometry, strict=True):
        parts = sound[sound[PARENT] == code]
        shapes = parts.geometry.to_numpy()
        outside = shapely.area(shapely.difference(shapes, whole)) / shapely.area(shapes)
        problems += [
            f"district {part!r}: {_percent(share)} of it lies outside its governorate {code!r}. "
            "Rule: a district lies inside the governorate it names."
            for part, share in zip(parts[CODE], outside, strict=True)
            if share > SLIVER
        ]
        if len(parts) < (districts[PARENT] == code).sum():
            continue  # a district without a sound shape leaves a hole that is reported already
        bare = whole.difference(shapely.union_all(shapes)).area / whole.area
        if bare > SLIVER:
            problems.append(
                f"governorate {code!r}: {_percent(bare)} of it is in none of its {len(parts)} "
                "districts. Rule: the districts of a governorate cover it."
            )
    return problems
