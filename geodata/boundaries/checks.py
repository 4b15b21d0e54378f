"""Check boundaries: codes, parents, shapes, overlaps, districts within governorates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from geodata.boundaries.simplify import wgs84
from geodata.boundaries.topology import CODE, PARENT, WGS84
from geodata.errors import BoundaryError
from geodata.util.suggestions import suggestions

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely import Geometry

SLIVER = 1e-6
"""Part of an area that may overlap or stick out: the rounding of six-decimal degrees, no more."""


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
    tables = table_problems("governorates", governorates, [CODE])
    tables += table_problems("districts", districts, [CODE, PARENT])
    if tables:
        raise_all([*tables, "Nothing else was checked: the tables must be complete first."])
    governorates, districts = wgs84(governorates), wgs84(districts)
    raise_all(
        [
            *_code_problems("governorate", governorates),
            *_code_problems("district", districts),
            *_parent_problems(governorates, districts),
            *shape_problems("governorate", governorates, CODE),
            *shape_problems("district", districts, CODE),
            *_tiling_problems(_sound(governorates), _sound(districts)),
            *_nesting_problems(_sound(governorates), districts),
        ]
    )


def raise_all(problems: Iterable[str]) -> None:
    """Raise one error that lists every problem, if there is one."""
    problems = list(problems)
    if problems:
        raise BoundaryError("\n- ".join(["The boundaries cannot be used:", *problems]))


def percent(share: float) -> str:
    """Write a share of 1 as a percentage with two significant digits."""
    return f"{float(f'{100 * share:.2g}'):g}%"


def table_problems(table: str, frame: GeoDataFrame, columns: list[str]) -> list[str]:
    """List the columns that a table of boundaries lacks, and what is wrong with its rows."""
    titles = ", ".join(map(str, frame.columns))
    problems = [
        f"{table}: column {column!r} is missing. Rule: {table} have the columns "
        f"{', '.join(columns)} and a geometry; found: {titles}."
        for column in columns
        if column not in frame
    ]
    if frame.empty:
        problems.append(f"{table}: no rows. Rule: there is at least one.")
    if frame.active_geometry_name is None:
        problems.append(f"{table}: no geometry. Rule: each row has a shape; found: {titles}.")
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
    codes = [code for code in governorates[CODE] if isinstance(code, str)]
    problems = []
    for code, parent in zip(districts[CODE], districts[PARENT], strict=True):
        if parent not in codes:
            near = suggestions(str(parent), codes, 1)
            hint = f"; nearest: {near[0]!r}" if near else ""
            problems.append(
                f"district {code!r}: its {PARENT} {parent!r} is no governorate{hint}. "
                "Rule: a district names the code of the governorate it lies in."
            )
    return problems


def geometry_problem(shape: Geometry | None) -> str | None:
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


def shape_problems(kind: str, frame: GeoDataFrame, key: str) -> list[str]:
    """List the shapes that cannot be used, each with its code and what is wrong with it."""
    flaws = zip(frame[key], map(geometry_problem, frame.geometry), strict=True)
    return [f"{kind} {code!r}: {flaw}." for code, flaw in flaws if flaw]


def _sound(frame: GeoDataFrame) -> GeoDataFrame:
    return frame[[geometry_problem(shape) is None for shape in frame.geometry]]


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
                f"{kind}s {codes[i]!r} and {codes[j]!r}: overlap on {percent(share)} of the "
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
            f"district {part!r}: {percent(share)} of it lies outside its governorate {code!r}. "
            "Rule: a district lies inside the governorate it names."
            for part, share in zip(parts[CODE], outside, strict=True)
            if share > SLIVER
        ]
        if len(parts) < (districts[PARENT] == code).sum():
            continue  # a district without a sound shape leaves a hole that is reported already
        bare = whole.difference(shapely.union_all(shapes)).area / whole.area
        if bare > SLIVER:
            problems.append(
                f"governorate {code!r}: {percent(bare)} of it is in none of its {len(parts)} "
                "districts. Rule: the districts of a governorate cover it."
            )
    return problems
