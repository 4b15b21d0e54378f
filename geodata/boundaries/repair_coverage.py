"""Mend overlaps and gaps between areas that lie side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from geodata.boundaries.checks import SLIVER
from geodata.boundaries.readers import Layer
from geodata.boundaries.repair_rows import only_polygons
from geodata.boundaries.repaired import MAX_SLIVER, Repaired
from geodata.boundaries.simplify import EQUAL_AREA
from geodata.boundaries.topology import CODE, PARENT, WGS84

if TYPE_CHECKING:
    from geopandas import GeoDataFrame, GeoSeries
    from shapely import Geometry


WIDTH = 1 / 2000
"""Widest sliver that is mended, in parts of the country's longer side."""
_WORLD = 180.0  # degrees that a country spans only where it lies on both ends of the map


def tiled(layer: Layer, frame: GeoDataFrame, repaired: Repaired) -> GeoDataFrame:
    """Mend overlaps and narrow gaps, so that areas share every point of their borders."""
    import shapely

    if frame.empty:
        return frame
    west, south, east, north = frame.total_bounds
    if east - west > _WORLD:
        repaired.add_warning(
            layer, "The country lies on both sides of 180°: its map will be as wide as the world."
        )
    width = WIDTH * max(east - west, north - south)
    slivers = list(_overlaps(layer, frame, width, repaired))
    holes = _holes(layer, frame, width, repaired)
    shapes = frame.geometry.to_numpy()
    loose = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes))
    renamed = frame.rename(columns={"pcode": CODE, "parent": PARENT})
    if repaired.errors or not (slivers or holes or loose.any()):
        return renamed
    cleaned = [only_polygons(shape) for shape in shapely.coverage_clean(shapes, gap_width=width)]
    clean = frame.set_geometry(cleaned, crs=frame.crs)
    _report_changes(layer, frame, clean, loose, repaired)
    turned = shapely.orient_polygons(clean.geometry.to_numpy(), exterior_cw=True)
    return renamed.set_geometry(turned, crs=frame.crs)


def _report_changes(
    layer: Layer, frame: GeoDataFrame, clean: GeoDataFrame, loose: Any, repaired: Repaired
) -> None:
    """Report how much each area changed by mending; too much is an error."""
    before, after = _areas_km2(frame.geometry), _areas_km2(clean.geometry)
    for code, old, new, is_loose in zip(frame["pcode"], before, after, loose, strict=True):
        if not new or abs(new / old - 1) > MAX_SLIVER:
            repaired.add_error(
                layer,
                f"Making its borders meet would change its area from {old:,.1f} to {new:,.1f} km².",
                code,
            )
        elif is_loose or abs(new / old - 1) > SLIVER:
            repaired.add_warning(
                layer,
                f"Its border did not meet its neighbours' point by point and was mended: "
                f"{new - old:+,.4f} km² of {old:,.1f}.",
                code,
            )


def _overlaps(
    layer: Layer, frame: GeoDataFrame, width: float, repaired: Repaired
) -> Iterator[Geometry]:
    """Yield overlaps that can be mended, and report all."""
    import shapely

    shapes, codes = frame.geometry.to_numpy(), frame["pcode"].to_numpy()
    for i, j in shapely.STRtree(shapes).query(shapes, predicate="intersects").T:
        if i >= j:
            continue
        overlap = shapes[i].intersection(shapes[j])
        share = overlap.area / min(shapes[i].area, shapes[j].area)
        if share <= SLIVER:
            continue
        size = f"{km2(overlap):,.3f} km² ({share:.2g} of the smaller)"
        pair = f"{codes[i]} and {codes[j]}"
        if share > MAX_SLIVER or not overlap.buffer(-width / 2).is_empty:
            repaired.add_error(layer, f"They overlap on {size}.", pair)
        else:
            repaired.add_warning(
                layer,
                f"They overlapped on {size}; it went to the one with the longer border there.",
                pair,
            )
            yield overlap


def _holes(layer: Layer, frame: GeoDataFrame, width: float, repaired: Repaired) -> list[Geometry]:
    """Return the narrow gaps with land on all sides, to be mended; report lakes, too."""
    import shapely

    land = shapely.union_all(frame.geometry.to_numpy())
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(land) for ring in part.interiors]
    narrow = []
    for hole in holes:
        point = shapely.point_on_surface(hole)
        place = f"near {point.x:.3f}°, {point.y:.3f}°"
        beside = shapely.intersects(frame.geometry.to_numpy(), hole.buffer(width / 10))
        codes = ", ".join(frame["pcode"][beside])
        if hole.buffer(-width / 2).is_empty:
            narrow.append(hole)
            sentence = f"A gap of {km2(hole):,.4f} km² {place} was closed."
        else:
            sentence = (
                f"A hole of {km2(hole):,.1f} km² {place} stays: is it a lake, or is an area lost?"
            )
        repaired.add_warning(layer, sentence, codes)
    return narrow


def _areas_km2(shapes: GeoSeries) -> Iterable[float]:
    """Return the areas of shapes in square kilometres."""
    return [float(size) for size in shapes.to_crs(EQUAL_AREA).area / 1e6]


def km2(shape: Geometry) -> float:
    """Return the area of a shape in square kilometres."""
    import geopandas

    return float(geopandas.GeoSeries([shape], crs=WGS84).to_crs(EQUAL_AREA).area.iloc[0]) / 1e6
