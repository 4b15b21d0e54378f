"""Check codes and names of a layer, and repair each shape by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from geodata.boundaries.antimeridian import unwrap
from geodata.boundaries.checks import geometry_problem
from geodata.boundaries.readers import Layer
from geodata.boundaries.repaired import LISTED, Repaired
from geodata.boundaries.topology import WGS84
from geodata.populations import LEVELS
from geodata.snapshots.tables import PCODE
from geodata.util import amounts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely import Geometry


MAX_LOOP = 1e-3
"""Part of an area that mending its own outline may change."""


def sound_areas(layer: Layer, repaired: Repaired) -> GeoDataFrame:
    """Check codes and names of a layer, and repair each of its shapes by itself."""
    _check_codes(layer, repaired)
    kind = LEVELS[layer.level].kind
    for code in layer.frame["pcode"][layer.frame["name"] == ""]:
        repaired.add_error(layer, f"The {kind} has no name.", code)
    if layer.language != "en":
        repaired.add_warning(
            layer,
            f"Names of {kind}s are taken {_in_language(layer.language)}: no column holds English "
            f"ones (ADM{layer.level}_EN).",
        )
    _report_other_languages(layer, repaired)
    return _in_degrees(layer, layer.frame, repaired)


def _in_language(language: str) -> str:
    return f"in {language}" if language else "in a language that the file does not say"


def _check_codes(layer: Layer, repaired: Repaired) -> None:
    codes = layer.frame["pcode"]
    if codes.empty:
        repaired.add_error(layer, f"The layer {layer.name} has no rows.")
    for row, code in enumerate(codes, 1):
        if not code:
            kind = LEVELS[layer.level].kind
            repaired.add_error(layer, f"The {kind} in row {row:,} has no P-code.")
        elif not re.fullmatch(PCODE.strip("^$"), code):
            repaired.add_error(layer, "A P-code is capital letters and digits, as XX01.", code)
    for code in sorted(set(codes[codes.duplicated() & (codes != "")])):
        n = int((codes == code).sum())
        repaired.add_error(layer, f"The code stands in {n} rows: one row has one code.", code)


def _report_other_languages(layer: Layer, repaired: Repaired) -> None:
    """Warn of areas that have no name in the language of the others."""
    frame = layer.frame[(layer.frame["lang"] != layer.language) & (layer.frame["name"] != "")]
    for language, rows in frame.groupby("lang", sort=False):
        areas = [f"{code} {name}" for code, name in zip(rows["pcode"], rows["name"], strict=True)]
        more = f" and {len(areas) - LISTED:,} more" if len(areas) > LISTED else ""
        without = f"in {layer.language}" if layer.language else "where the others have theirs"
        repaired.add_warning(
            layer,
            f"{LEVELS[layer.level].kind.capitalize()}s without a name {without} "
            f"({len(areas):,}), for which the one {_in_language(str(language))} is taken: "
            f"{', '.join(areas[:LISTED])}{more}.",
        )


def _in_degrees(layer: Layer, frame: GeoDataFrame, repaired: Repaired) -> GeoDataFrame:
    """Return shapes as polygons, valid, in WGS 84, outer rings clockwise."""
    if frame.crs is None:
        repaired.add_error(
            layer,
            "The file does not say its coordinate reference system (a Shapefile does in its .prj).",
        )
        return frame.iloc[:0]
    frame = _without_heights(layer, frame, repaired)
    if frame.crs.is_geographic:
        frame = _unwrapped(frame)
    shapes = [
        _valid(layer, code, shape, repaired)
        for code, shape in zip(frame["pcode"], frame.geometry, strict=True)
    ]
    frame = _to_wgs84(layer, frame.set_geometry(shapes, crs=frame.crs), repaired)
    for code, shape in zip(frame["pcode"], frame.geometry, strict=True):
        if shape is not None and (problem := geometry_problem(shape)):
            repaired.add_error(layer, f"{problem[:1].upper()}{problem[1:]}.", code)
    return _orient_rings(layer, frame, repaired)


def _without_heights(layer: Layer, frame: GeoDataFrame, repaired: Repaired) -> GeoDataFrame:
    import shapely

    shapes = frame.geometry.to_numpy()
    tall = shapely.has_z(shapes) | shapely.has_m(shapes)
    if not tall.any():
        return frame
    areas = amounts.pluralise(int(tall.sum()), "area")
    repaired.add_warning(layer, f"Heights of {areas} are left out.")
    return frame.set_geometry(shapely.force_2d(shapes), crs=frame.crs)


def _unwrapped(frame: GeoDataFrame) -> GeoDataFrame:
    return frame.set_geometry(list(map(unwrap, frame.geometry)), crs=frame.crs)


def _to_wgs84(layer: Layer, frame: GeoDataFrame, repaired: Repaired) -> GeoDataFrame:
    """Bring a layer to WGS 84, and report from where."""
    crs = frame.crs
    if crs.equals(WGS84, ignore_axis_order=True):
        return frame
    frame = frame.to_crs(WGS84)
    if not crs.is_geographic:  # a projection around 180° comes out with leaps
        frame = _unwrapped(frame)
    label = crs.to_string()
    repaired.add_warning(
        layer,
        f"{areas_were(len(frame), layer.level)} brought from "
        f"{label if len(label) < 60 else crs.name} to {WGS84}.",
    )
    return frame


def _valid(layer: Layer, code: str, shape: Geometry | None, repaired: Repaired) -> Geometry | None:
    """Return one shape as valid polygons; ``None``, and an error, where there are none."""
    import shapely

    if shape is None or shape.is_empty:
        repaired.add_error(layer, "There is no shape.", code)
        return None
    pieces = shapely.get_parts(_flat(shape))
    parts = [part for part in pieces if part.geom_type == "Polygon"]
    if not parts:
        repaired.add_error(layer, f"A {shape.geom_type} is no area: a polygon is.", code)
        return None
    if dropped := len(pieces) - len(parts):
        repaired.add_warning(layer, f"{dropped} points or lines beside it are left out.", code)
    areas = _multipolygon(parts)
    return areas if areas.is_valid else _mended(layer, code, areas, repaired)


def _mended(layer: Layer, code: str, areas: Geometry, repaired: Repaired) -> Geometry | None:
    """Mend an invalid outline; ``None``, and an error, if that would change its area visibly."""
    import shapely

    reason = str(shapely.is_valid_reason(areas))
    mended = only_polygons(shapely.make_valid(areas, method="structure", keep_collapsed=False))
    change = abs(mended.area / areas.area - 1) if areas.area else 1.0
    if change > MAX_LOOP:
        repaired.add_error(
            layer,
            f"The outline is not valid ({reason}), and mending it would change its area by "
            f"{change:.2%}; up to {MAX_LOOP:.1%} is mended.",
            code,
        )
        return None
    repaired.add_warning(
        layer,
        f"The outline was not valid ({reason}) and was mended; its area changed by {change:.1g} of "
        "itself.",
        code,
    )
    return mended


def _flat(shape: Geometry) -> Any:
    """Return a collection with the parts of nested collections side by side."""
    import shapely

    parts = shapely.get_parts(shape)
    while any(part.geom_type.startswith(("Multi", "Geometry")) for part in parts):
        parts = shapely.get_parts(parts)
    return shapely.geometrycollections(parts)


def only_polygons(shape: Geometry) -> Geometry:
    """Return the polygons among the parts of a shape, as one shape."""
    import shapely

    return _multipolygon([p for p in shapely.get_parts(_flat(shape)) if p.geom_type == "Polygon"])


def _multipolygon(parts: list[Any]) -> Geometry:
    import shapely

    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def areas_were(n: int, level: int) -> str:
    """Return the subject of a sentence on ``n`` areas: ``1 governorate was``."""
    kind = LEVELS[level].kind
    return amounts.pluralise(n, f"{kind} was", f"{kind}s were")


def _all_turned(rings: int, areas: int, level: int) -> str:
    """Return the sentence on a file that has all rings as GeoJSON does; they were turned."""
    kind = LEVELS[level].kind
    if rings == 1:
        return f"The ring of 1 {kind} ran counter-clockwise outside; it was turned."
    return (
        f"All {rings:,} rings of {amounts.pluralise(areas, kind)} ran counter-clockwise "
        "outside, as in GeoJSON; they were turned."
    )


def _orient_rings(layer: Layer, frame: GeoDataFrame, repaired: Repaired) -> GeoDataFrame:
    """Turn outer rings clockwise and holes counter-clockwise, as the painters need them."""
    import shapely

    turned, rings_in_all = {}, 0
    for code, shape in zip(frame["pcode"], frame.geometry, strict=True):
        if shape is None:
            continue
        reversed_rings = 0
        for part in shapely.get_parts(shape):
            reversed_rings += int(part.exterior.is_ccw) + sum(
                not ring.is_ccw for ring in part.interiors
            )
            rings_in_all += 1 + len(part.interiors)
        if reversed_rings:
            turned[code] = (reversed_rings, int(shapely.get_num_coordinates(shape)))
    rings = sum(reversed_rings for reversed_rings, _ in turned.values())
    if rings and rings == rings_in_all:
        repaired.add_warning(
            layer,
            _all_turned(rings, len(turned), layer.level),
        )
    else:
        for code, (reversed_rings, _) in turned.items():
            singular, plural = "ring ran the wrong way and was", "rings ran the wrong way and were"
            repaired.add_warning(
                layer, f"{amounts.pluralise(reversed_rings, singular, plural)} turned.", code
            )
    return frame.set_geometry(
        shapely.orient_polygons(frame.geometry.to_numpy(), exterior_cw=True), crs=frame.crs
    )
