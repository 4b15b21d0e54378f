"""Simplify full-resolution boundaries into one small TopoJSON.

Every painter (page, embed, SVG, slides) draws from the same topology, so a border is the same
line everywhere and is stored once. Governorates are dissolved from the simplified districts: both
levels use the same arcs, hence nest exactly.

::

    governorates ─┬─▶ check_boundaries ─▶ simplify ─▶ quantise ─▶ topology ─┬─▶ level_topology
    districts ────┘                       (coarsest tolerance        ▲      └─▶ decode
                                           that keeps areas true)    │
    neighbours, cities ──────────────────────────────────────────────┘

Areas go by their code alone: names live in the areas table. A level is served without this module,
by :mod:`geodata.boundaries.topology`; geopandas, shapely and topojson are imported where used.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from geodata.boundaries.checks import check_boundaries, percent
from geodata.boundaries.labels import add_labels
from geodata.boundaries.simplify import EQUAL_AREA, compute, longer_side, simplify, tidy, wgs84
from geodata.boundaries.surroundings import add_cities, add_neighbours, check_context
from geodata.boundaries.topology import CODE, PARENT, Grid, Topology, decode, no_shapes, serialise
from geodata.errors import BoundaryError

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely import Geometry

# Tolerances to try, coarsest first, as parts of the country's longer side: a thousandth is about
# one pixel of a map 1000 px wide, so a country of any size starts out looking right.
_LADDER = (1 / 1000, 1 / 1400, 1 / 2000, 1 / 2800, 1 / 4000, 1 / 8000, 1 / 16000)

# Steps of the quantisation grid along the country's longer side, at least; the second is for
# countries of small islands far apart (Kiribati, Seychelles), which the first would deform.
_GRID_STEPS = (10_000, 100_000)


class Pinched(NamedTuple):
    """An area whose outline met itself or a neighbour's on the grid, and was drawn anew there."""

    pcode: str
    lon: float
    lat: float


@dataclass(frozen=True)
class BoundaryReport:
    """Errors of area and outlines drawn anew, for the manifest and for the report of a build.

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
class _Candidate:
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
    governorates_only = districts is None
    if districts is None:
        districts = governorates.assign(**{PARENT: governorates.get(CODE)})
    check_boundaries(governorates, districts)
    check_context(neighbours, cities)
    governorates = tidy(governorates, [CODE])
    districts = tidy(districts, [CODE, PARENT]).rename(columns={PARENT: "parent"})
    candidate = _best_candidate(governorates, districts, (neighbours, cities), max_area_error)
    topology = candidate.topology
    for name in ("governorates", "districts"):
        add_labels(topology["objects"][name], decode(topology, name).geometry)
    if governorates_only:
        topology["objects"]["districts"] = no_shapes()
    topology["objects"] |= {"neighbours": no_shapes(), "cities": no_shapes()}
    if neighbours is not None:
        add_neighbours(topology, tidy(neighbours, ["id", "name"]), candidate.tolerance)
    if cities is not None:
        add_cities(topology, cities)
    return topology, _report(candidate)


def _best_candidate(
    governorates: GeoDataFrame,
    districts: GeoDataFrame,
    context: Sequence[GeoDataFrame | None],
    limit: float,
) -> _Candidate:
    """Simplify on the coarsest grid that keeps areas true; raise BoundaryError if none does."""
    for steps in _GRID_STEPS:
        grid = _grid(districts, steps, *context)
        tolerances = _tolerances(districts, steps)
        candidate = _coarsest_candidate(governorates, districts, grid, tolerances, limit)
        if candidate is not None:
            return candidate
    raise BoundaryError(_explain_failure(governorates, districts, grid, tolerances[-1], limit))


def _report(candidate: _Candidate) -> BoundaryReport:
    """Sum up a topology for the manifest and for the report of a build."""
    objects = candidate.topology["objects"]
    count = {name: len(collection["geometries"]) for name, collection in objects.items()}
    return BoundaryReport(
        tolerance_deg=candidate.tolerance,
        max_area_error=candidate.governorate_error,
        max_district_area_error=candidate.district_error,
        arcs=len(candidate.topology["arcs"]),
        bytes=len(serialise(candidate.topology)),
        governorates=count["governorates"],
        districts=count["districts"],
        neighbours=count.get("neighbours", 0),
        cities=count.get("cities", 0),
        step_deg=candidate.topology["transform"]["scale"][0],
        pinched=candidate.pinched,
    )


def _grid(country: GeoDataFrame, steps: int, *context: GeoDataFrame | None) -> Grid:
    """Lay a grid of round steps (1, 2 or 5 x 10^n degrees) over all layers.

    The step follows from the country alone, so that wide surroundings do not coarsen it.
    """
    finest = longer_side(country) / steps
    exponent = math.floor(math.log10(finest))
    digit = max(d for d in (1, 2, 5) if d == 1 or d * 10.0**exponent <= finest)
    step = float(f"{digit}e{exponent}")
    corners = [wgs84(frame).total_bounds for frame in (country, *context) if frame is not None]
    west, south = (math.floor(min(c[axis] for c in corners) / step) for axis in (0, 1))
    corner = [round(west * step, max(-exponent, 0)), round(south * step, max(-exponent, 0))]
    return {"scale": [step, step], "translate": corner}


def _tolerances(country: GeoDataFrame, steps: int) -> list[float]:
    """Return the ladder in degrees, as much finer as the grid is."""
    side = longer_side(country) * _GRID_STEPS[0] / steps
    return [float(f"{side * part:.3g}") for part in _LADDER]


def _coarsest_candidate(
    governorates: GeoDataFrame,
    districts: GeoDataFrame,
    grid: Grid,
    tolerances: Sequence[float],
    limit: float,
) -> _Candidate | None:
    """Go down the ladder to the first tolerance at which every area stays within the limit."""
    best = None
    for tolerance in tolerances:
        candidate = _candidate(governorates, districts, grid, tolerance)
        if candidate is None or candidate.governorate_error >= limit:
            continue
        best = candidate
        if candidate.district_error < limit:
            break
    return best


def _candidate(
    governorates: GeoDataFrame, districts: GeoDataFrame, grid: Grid, tolerance: float
) -> _Candidate | None:
    """Simplify at one tolerance; ``None`` if an area is too small for the grid."""
    simple = simplify(districts, tolerance)
    topology, levels = _quantised(simple, grid)
    pinched: tuple[Pinched, ...] = ()
    if not all(map(_is_coverage, levels)):
        by_pcode = {area.pcode: area for frame in levels for area in _pinched(frame)}
        pinched = tuple(by_pcode.values())
        simple = _on_grid(simple, grid)
        if simple.geometry.is_empty.any():
            return None
        topology, levels = _quantised(simple, grid)
        if not all(map(_is_coverage, levels)):
            return None
    upper, lower = (
        float(_area_errors(*pair).max())
        for pair in zip((governorates, districts), levels, strict=True)
    )
    return _Candidate(tolerance, topology, upper, lower, pinched)


def _quantised(
    simple: GeoDataFrame, grid: Grid
) -> tuple[Topology, tuple[GeoDataFrame, GeoDataFrame]]:
    """Round districts, and the governorates made of them, to the grid; and read them back."""
    dissolved = simple[["parent", "geometry"]].dissolve("parent", method="coverage")
    dissolved = dissolved.reset_index(names=CODE)
    topology = compute({"governorates": dissolved, "districts": simple}, grid, key=CODE)
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
    in_degrees = shapely.transform(snapped, lambda xy: xy * scale + corner)
    return areas.set_geometry(list(in_degrees), crs=areas.crs)


def _pinched(areas: GeoDataFrame) -> Iterator[Pinched]:
    """Find areas whose rounded outline wrongly meets itself or a neighbour's."""
    import shapely

    shapes = areas.geometry.to_numpy()
    loose = shapely.coverage_invalid_edges(shapes)
    for code, shape, edge in zip(areas[CODE], shapes, loose, strict=True):
        if shape is not None and not shape.is_valid:
            place = re.search(r"\[(\S+) (\S+)\]", shapely.is_valid_reason(shape))
            if place:
                yield Pinched(code, float(place[1]), float(place[2]))
        elif edge is not None and not edge.is_empty:
            lon, lat = edge.interpolate(0.5, normalized=True).coords[0]
            yield Pinched(code, lon, lat)


def _explain_failure(
    governorates: GeoDataFrame, districts: GeoDataFrame, grid: Grid, finest: float, limit: float
) -> str:
    """Explain that no tolerance can draw some areas, and where they are."""
    import shapely

    step = grid["scale"][0]
    snapped = _on_grid(simplify(districts, finest), grid)
    gone = shapely.is_empty(snapped.geometry.to_numpy())
    if gone.any():
        culprits = ", ".join(map(_code_with_place, districts[CODE][gone], districts.geometry[gone]))
        return (
            f"{culprits}: narrower than the grid of {step:g}° that the map is drawn on. In the "
            "file, "
            "join what is so small to the area beside it, or leave it out."
        )
    _, (simplified, _) = _quantised(snapped, grid)
    errors = _area_errors(governorates, simplified)
    shapes = governorates.set_index(CODE).geometry
    culprits = ", ".join(
        f"{_code_with_place(code, shapes[code])} by {percent(error)}"
        for code, error in errors[errors >= limit].items()
    )
    return (
        f"No tolerance down to {finest:.2g}° keeps the area of every governorate within "
        f"{percent(limit)} of the original. On the grid of {step:g}° these change: {culprits}. "
        "In the file, join what is so small to the area beside it, or leave it out."
    )


def _code_with_place(code: str, shape: Geometry) -> str:
    """Write a code with the place of its area: ``XX01 (near 42.200°, 30.000°)``."""
    import shapely

    point = shapely.point_on_surface(shape)
    return f"{code} (near {point.x:.3f}°, {point.y:.3f}°)"


def _is_coverage(areas: GeoDataFrame) -> bool:
    """Tell whether all shapes are there, valid, and tile without overlap or unmatched border."""
    import shapely

    shapes = areas.geometry.to_numpy()
    return bool(shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes))


def _area_errors(before: GeoDataFrame, after: GeoDataFrame) -> Any:
    """Return the relative change of area by code, as a series."""
    old, new = (f.set_index(CODE).geometry.to_crs(EQUAL_AREA).area for f in (before, after))
    return (new / old - 1).abs()
