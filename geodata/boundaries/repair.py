"""Repair layers of boundaries so that areas tile: mend what rounding broke, refuse the rest.

::

    Layer of each level ─▶ codes and names ─▶ shapes valid, in degrees, wound clockwise ─┐
                                                                                         │
      governorates, as the union of their districts ◀─ nesting ◀─ overlaps, gaps ◀───────┘

Nothing is mended in silence: every feature that was changed is told with what was done and how
large it was. Mending is for what nobody can see: a sliver narrower than half a pixel of a map that
is 1,000 pixels wide, a loop that holds a thousandth of an area. What is larger is for the person
who drew the boundaries, and all of it is listed at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.boundaries.antimeridian import led_on, on_one_side
from geodata.boundaries.checks import SLIVER, geometry_problem
from geodata.boundaries.columns import preferred
from geodata.boundaries.readers import Layer
from geodata.boundaries.simplify import EQUAL_AREA
from geodata.boundaries.topology import CODE, PARENT, WGS84
from geodata.populations import LEVELS
from geodata.snapshots.name_columns import LOCAL_NAMES
from geodata.snapshots.schemas import PCODE
from geodata.util import amounts
from geodata.util.findings import Finding
from geodata.util.suggestions import suggestions

if TYPE_CHECKING:
    from geopandas import GeoDataFrame, GeoSeries
    from shapely import Geometry

MAX_LOOP = 1e-3
"""Part of an area that mending its own outline may change."""
MAX_SLIVER = 0.01
"""Part of an area that may overlap another, lie outside its governorate, or move in all."""
WIDTH = 1 / 2000
"""Widest sliver that is mended, in parts of the country's longer side."""
_NEAR = 3
_LISTED = 20  # areas that one sentence names
_WORLD = 180.0  # degrees that a country spans only where it lies on both ends of the map


@dataclass
class Repaired:
    """Areas that tile, and what it took.

    Attributes
    ----------
    governorates, districts
        ``pcode``, ``adm1_pcode`` (of districts), ``name``, ``name_ar``, ``name_ckb`` and shapes in
        degrees; ``None`` where there is no such level, or nothing that can be used.
    """

    governorates: GeoDataFrame | None = None
    districts: GeoDataFrame | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        """Findings on what cannot be repaired."""
        return [finding for finding in self.findings if finding.severity == "error"]


def repair(layers: dict[int, Layer]) -> Repaired:
    """Check layers of level 1, of level 2, or of both, and repair what can be."""
    repaired = Repaired()
    frames = {level: _areas(layer, repaired) for level, layer in sorted(layers.items())}
    frames = _on_one_side(layers, frames, repaired)
    if 1 not in frames and 2 in frames:
        frames[1] = _from_districts(layers[2], frames[2], repaired)
    if repaired.errors:
        for level, frame in frames.items():
            if level in layers:  # found all the same, so that all is mended at once
                _tiled(layers[level], _sound(frame), repaired)
        return repaired
    if 2 in frames:
        if 1 in layers:
            frames[2] = _parents_by_place(layers[2], frames[1], frames[2], repaired)
        _check_parents(layers[2], frames[1], frames[2], repaired)
        districts = _tiled(layers[2], frames[2], repaired)
        if not repaired.errors:
            repaired.districts = districts
            repaired.governorates = _united(layers.get(1), frames[1], districts, repaired)
    else:
        repaired.governorates = _tiled(layers[1], frames[1], repaired)
    return repaired


def _log(repaired: Repaired, layer: Layer, severity: str, sentence: str, code: str = "") -> None:
    repaired.findings.append(
        Finding("error" if severity == "error" else "warning", sentence, layer.file, value=code)
    )


# ---- rows


def _areas(layer: Layer, repaired: Repaired) -> GeoDataFrame:
    """Return rows with codes and names as they must be, shapes each sound by itself."""
    kind = LEVELS[layer.level].kind
    frame = layer.frame
    if frame.empty:
        _log(repaired, layer, "error", f"The layer {layer.name} has no rows.")
    for row, code in enumerate(frame["pcode"], 1):
        if not code:
            _log(repaired, layer, "error", f"The {kind} in row {row:,} has no P-code.")
        elif not re.fullmatch(PCODE.strip("^$"), code):
            _log(repaired, layer, "error", "A P-code is capital letters and digits, as XX01.", code)
    repeated = frame["pcode"][frame["pcode"].duplicated() & (frame["pcode"] != "")]
    for code in sorted(set(repeated)):
        n = int((frame["pcode"] == code).sum())
        _log(repaired, layer, "error", f"The code stands in {n} rows: one row has one code.", code)
    for code in frame["pcode"][frame["name"] == ""]:
        _log(repaired, layer, "error", f"The {kind} has no name.", code)
    if layer.shown != "en":
        language = (
            f"in {layer.shown}" if layer.shown else "in a language that the file does not say"
        )
        _log(
            repaired, layer, "warning",
            f"Names of {kind}s are taken {language}: no column holds English ones "
            f"(ADM{layer.level}_EN).",
        )  # fmt: skip
    _tell_other_languages(layer, repaired)
    return _in_degrees(layer, frame, repaired)


def _tell_other_languages(layer: Layer, repaired: Repaired) -> None:
    """Name the areas whose row has no name in the language of the others."""
    frame = layer.frame[(layer.frame["lang"] != layer.shown) & (layer.frame["name"] != "")]
    for spoken, rows in frame.groupby("lang", sort=False):
        named = [f"{code} {name}" for code, name in zip(rows["pcode"], rows["name"], strict=True)]
        listed = ", ".join(named[:_LISTED]) + (
            f" and {len(named) - _LISTED:,} more" if len(named) > _LISTED else ""
        )
        without = f"in {layer.shown}" if layer.shown else "where the others have theirs"
        taken = f"in {spoken}" if spoken else "in a language that the file does not say"
        _log(
            repaired, layer, "warning",
            f"{LEVELS[layer.level].kind.capitalize()}s without a name {without} "
            f"({len(named):,}), for which the one {taken} is taken: {listed}.",
        )  # fmt: skip


def _in_degrees(layer: Layer, frame: GeoDataFrame, repaired: Repaired) -> GeoDataFrame:
    """Return shapes as polygons, valid, in WGS 84, outer rings clockwise."""
    import shapely

    if frame.crs is None:
        _log(
            repaired, layer, "error",
            "The file does not say its coordinate reference system (a Shapefile does in its .prj).",
        )  # fmt: skip
        return frame.iloc[:0]
    tall = shapely.has_z(frame.geometry.to_numpy()) | shapely.has_m(frame.geometry.to_numpy())
    if tall.any():
        frame = frame.set_geometry(shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs)
        _log(
            repaired,
            layer,
            "warning",
            f"Heights of {amounts.pluralise(int(tall.sum()), 'area')} are left out.",
        )
    degrees = frame.crs.is_geographic
    if degrees:
        frame = frame.set_geometry(list(map(led_on, frame.geometry)), crs=frame.crs)
    shapes = [
        _valid(layer, code, shape, repaired)
        for code, shape in zip(frame["pcode"], frame.geometry, strict=True)
    ]
    frame = frame.set_geometry(shapes, crs=frame.crs)
    if not frame.crs.equals(WGS84, ignore_axis_order=True):
        named = frame.crs.to_string()
        frame = frame.to_crs(WGS84)
        if not degrees:  # a projection around 180° comes out with leaps
            frame = frame.set_geometry(list(map(led_on, frame.geometry)), crs=frame.crs)
        _log(
            repaired, layer, "warning",
            f"{_counted(len(frame), layer.level)} brought from "
            f"{named if len(named) < 60 else frame.crs.name} to {WGS84}.",
        )  # fmt: skip
    for code, shape in zip(frame["pcode"], frame.geometry, strict=True):
        if shape is not None and (wrong := geometry_problem(shape)):
            _log(repaired, layer, "error", f"{wrong[:1].upper()}{wrong[1:]}.", code)
    return _orient_rings(layer, frame, repaired)


def _valid(layer: Layer, code: str, shape: Geometry | None, repaired: Repaired) -> Geometry | None:
    """Return one shape as valid polygons; ``None``, and an error, where mending would move it."""
    import shapely

    if shape is None or shape.is_empty:
        _log(repaired, layer, "error", "There is no shape.", code)
        return None
    parts = [part for part in shapely.get_parts(_flat(shape)) if part.geom_type == "Polygon"]
    if not parts:
        _log(repaired, layer, "error", f"A {shape.geom_type} is no area: a polygon is.", code)
        return None
    dropped = len(shapely.get_parts(_flat(shape))) - len(parts)
    if dropped:
        _log(repaired, layer, "warning", f"{dropped} points or lines beside it are left out.", code)
    areas = _joined(parts)
    if areas.is_valid:
        return areas
    why = str(shapely.is_valid_reason(areas))
    sound = _polygons(shapely.make_valid(areas, method="structure", keep_collapsed=False))
    change = abs(sound.area / areas.area - 1) if areas.area else 1.0
    if change > MAX_LOOP:
        _log(
            repaired, layer, "error",
            f"The outline is not valid ({why}), and mending it would change its area by "
            f"{change:.2%}; up to {MAX_LOOP:.1%} is mended.", code,
        )  # fmt: skip
        return None
    _log(
        repaired, layer, "warning",
        f"The outline was not valid ({why}) and was mended; its area changed by {change:.1g} of "
        "itself.", code,
    )  # fmt: skip
    return sound


def _flat(shape: Geometry) -> Any:
    """Return parts of collections within collections, as one collection."""
    import shapely

    parts = shapely.get_parts(shape)
    while any(part.geom_type.startswith(("Multi", "Geometry")) for part in parts):
        parts = shapely.get_parts(parts)
    return shapely.geometrycollections(parts)


def _polygons(shape: Geometry) -> Geometry:
    import shapely

    return _joined([p for p in shapely.get_parts(_flat(shape)) if p.geom_type == "Polygon"])


def _joined(parts: list[Any]) -> Geometry:
    import shapely

    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _counted(n: int, level: int) -> str:
    """Return how many areas, before what was done with them: ``1 governorate was``."""
    kind = LEVELS[level].kind
    return amounts.pluralise(n, f"{kind} was", f"{kind}s were")


def _all_turned(rings: int, areas: int, level: int) -> str:
    """Say that a file has its rings as GeoJSON has them; of a single ring, that it was turned."""
    kind = LEVELS[level].kind
    if rings == 1:
        return f"The ring of 1 {kind} ran counter-clockwise outside; it was turned."
    return (
        f"All {rings:,} rings of {amounts.pluralise(areas, kind)} ran counter-clockwise "
        "outside, as in GeoJSON; they were turned."
    )


def _orient_rings(layer: Layer, frame: GeoDataFrame, repaired: Repaired) -> GeoDataFrame:
    """Turn rings so that outer ones run clockwise and holes do not, as the painters need them."""
    import shapely

    turned, every = {}, 0
    for code, shape in zip(frame["pcode"], frame.geometry, strict=True):
        if shape is None:
            continue
        wrong = 0
        for part in shapely.get_parts(shape):
            wrong += int(part.exterior.is_ccw) + sum(not ring.is_ccw for ring in part.interiors)
            every += 1 + len(part.interiors)
        if wrong:
            turned[code] = (wrong, int(shapely.get_num_coordinates(shape)))
    rings = sum(wrong for wrong, _ in turned.values())
    if rings and rings == every:
        _log(
            repaired, layer, "warning",
            _all_turned(rings, len(turned), layer.level),
        )  # fmt: skip
    else:
        for code, (wrong, _) in turned.items():
            one, many = "ring ran the wrong way and was", "rings ran the wrong way and were"
            _log(repaired, layer, "warning", f"{amounts.pluralise(wrong, one, many)} turned.", code)
    return frame.set_geometry(
        shapely.orient_polygons(frame.geometry.to_numpy(), exterior_cw=True), crs=frame.crs
    )


def _sound(frame: GeoDataFrame) -> GeoDataFrame:
    """Return rows that can be looked at beside each other."""
    is_sound = [geometry_problem(shape) is None for shape in frame.geometry]
    return frame[is_sound].drop_duplicates("pcode")


def _on_one_side(
    layers: dict[int, Layer], frames: dict[int, GeoDataFrame], repaired: Repaired
) -> dict[int, GeoDataFrame]:
    """Bring a country that lies on both sides of 180° to one of them, and tell what was moved."""
    frames, moved = on_one_side(frames)
    for level, rows in moved.items():
        if not rows:
            continue
        codes = list(frames[level]["pcode"].iloc[rows])
        listed = ", ".join(codes[:_LISTED]) + (" …" if len(codes) > _LISTED else "")
        west, _, east, _ = frames[level].total_bounds
        _log(
            repaired, layers[level], "warning",
            f"Longitudes of {amounts.pluralise(len(codes), LEVELS[level].kind)} were moved by "
            "360°, so that the country lies on one side of 180°, from "
            f"{west:.3f}° to {east:.3f}°: {listed}.",
        )  # fmt: skip
    return frames


# ---- levels


def _from_districts(layer: Layer, frame: GeoDataFrame, repaired: Repaired) -> GeoDataFrame:
    """Return governorates as the districts name them; no shapes yet."""
    rows = frame.drop_duplicates("parent")
    lacking = [column for column in ("parent", "parent_name") if (frame[column] == "").any()]
    if lacking:
        what = " and ".join({"parent": "codes", "parent_name": "names"}[one] for one in lacking)
        _log(
            repaired, layer, "error",
            f"There is no file of level 1, and some districts lack the {what} of governorates: "
            "give the file of level 1, too.",
        )  # fmt: skip
    else:
        _log(
            repaired, layer, "warning",
            f"There is no file of level 1: {_counted(len(rows), 1)} made of their "
            "districts, with the codes and names that stand beside these.",
        )  # fmt: skip
    frame = _alike(frame)
    rows = frame.drop_duplicates("parent")
    for code, same in frame.groupby("parent"):
        names = sorted(set(same["parent_name"]))
        if len(names) > 1:
            _log(
                repaired, layer, "error",
                f"Its districts name it {' and '.join(names)}: one governorate has one name.",
                str(code),
            )  # fmt: skip
    renamed = {"parent": "pcode"} | {f"parent_{one}": one for one in _NAMES}
    return rows[["parent", *(f"parent_{one}" for one in _NAMES), "geometry"]].rename(
        columns=renamed
    )


def _alike(frame: GeoDataFrame) -> GeoDataFrame:
    """Name governorates alike where districts write them in different languages."""
    frame = frame.copy()
    for _, same in frame.groupby("parent"):
        best = preferred(same["parent_lang"])[0]
        names = set(same["parent_name"][same["parent_lang"] == best])
        if len(names) == 1:
            frame.loc[same.index[same["parent_lang"] != best], "parent_name"] = names.pop()
        for local in map("parent_{}".format, LOCAL_NAMES.values()):
            known = [name for name in same[local] if name]
            frame.loc[same.index[same[local] == ""], local] = known[0] if known else ""
    return frame


_NAMES = ("name", *LOCAL_NAMES.values())


def _parents_by_place(
    layer: Layer, governorates: GeoDataFrame, districts: GeoDataFrame, repaired: Repaired
) -> GeoDataFrame:
    """Assign districts whose row says no governorate to the one they mostly lie in."""
    import shapely

    mute = districts["parent"] == ""
    if not mute.any():
        return districts
    wholes, codes = governorates.geometry.to_numpy(), list(governorates["pcode"])
    tree, parents, split = shapely.STRtree(wholes), {}, []
    for row, code, shape in zip(
        districts.index[mute], districts["pcode"][mute], districts.geometry[mute], strict=True
    ):
        near = tree.query(shape)
        shares = shapely.area(shapely.intersection(wholes[near], shape)) / shape.area
        if len(near) and shares.max() > 0.5:
            parents[row] = codes[near[shares.argmax()]]
            if shares.max() < 1 - MAX_SLIVER:
                split.append(f"{code} {shares.max():.0%} in {parents[row]}")
    if parents:
        partly = f" Partly elsewhere: {', '.join(split[:_LISTED])}." if split else ""
        _log(
            repaired, layer, "warning",
            f"{amounts.pluralise(len(parents), 'district does', 'districts do')} not say their "
            f"governorate: each belongs to the one that most of it lies in.{partly}",
        )  # fmt: skip
    parent_of = districts["parent"].astype("object")
    parent_of.update(pd.Series(parents, dtype="object"))
    return districts.assign(parent=parent_of.astype("str"))


def _check_parents(
    layer: Layer, governorates: GeoDataFrame, districts: GeoDataFrame, repaired: Repaired
) -> None:
    known = list(governorates["pcode"])
    for code, parent in zip(districts["pcode"], districts["parent"], strict=True):
        if parent not in known:
            sentence = f"Its governorate {parent!r} is none of level 1." if parent else (
                "It does not say its governorate (ADM1_PCODE), and no half of it lies in one."
            )  # fmt: skip
            near = suggestions(parent, known, _NEAR)
            repaired.findings.append(
                Finding("error", sentence, layer.file, value=code, nearest=near)
            )
    named = set(districts["parent"])
    for code in known:
        if code not in named:
            _log(repaired, layer, "error", "No district of level 2 lies in this governorate.", code)


def _united(
    layer: Layer | None, governorates: GeoDataFrame, districts: GeoDataFrame, repaired: Repaired
) -> GeoDataFrame:
    """Give governorates the outlines of their districts, where they differ by slivers alone."""
    import shapely

    codes, shapes = list(governorates["pcode"]), []
    for code, drawn in zip(codes, governorates.geometry, strict=True):
        parts = districts[districts[PARENT] == code]
        whole = shapely.coverage_union_all(parts.geometry.to_numpy())
        shapes.append(shapely.orient_polygons(whole, exterior_cw=True))
        if layer is not None:
            _nested(layer, code, drawn, whole, parts, repaired)
    united = governorates[["pcode", *_NAMES, "geometry"]].rename(columns={"pcode": CODE})
    return united.set_geometry(shapes, crs=WGS84)


def _nested(
    layer: Layer,
    code: str,
    drawn: Geometry,
    whole: Geometry,
    parts: GeoDataFrame,
    repaired: Repaired,
) -> None:
    import shapely

    bare = drawn.difference(whole)
    share = bare.area / drawn.area
    shapes = parts.geometry.to_numpy()
    outside = shapely.area(shapely.difference(shapes, drawn)) / shapely.area(shapes)
    for district, stray in zip(parts[CODE], outside, strict=True):
        if stray > MAX_SLIVER:
            _log(
                repaired, layer, "error",
                f"{stray:.1%} of it lies outside its governorate {code}; up to {MAX_SLIVER:.0%} is "
                "mended.", district,
            )  # fmt: skip
    if share > MAX_SLIVER:
        _log(
            repaired, layer, "error",
            f"{share:.1%} of it ({_km2(bare):,.1f} km²) is in none of its {len(parts)} districts; "
            f"up to {MAX_SLIVER:.0%} is mended.", code,
        )  # fmt: skip
    moved = drawn.symmetric_difference(whole)
    if moved.area / drawn.area > SLIVER and not repaired.errors:
        _log(
            repaired, layer, "warning",
            f"The outline was drawn otherwise than that of its {len(parts)} districts, which was "
            f"taken; they differ on {_km2(moved):,.3f} km² ({moved.area / drawn.area:.2g} of it).",
            code,
        )  # fmt: skip


# ---- side by side


def _tiled(layer: Layer, frame: GeoDataFrame, repaired: Repaired) -> GeoDataFrame:
    """Return areas without overlaps or narrow gaps, that share every point of their borders."""
    import shapely

    if frame.empty:
        return frame
    west, south, east, north = frame.total_bounds
    if east - west > _WORLD:
        _log(
            repaired, layer, "warning",
            "The country lies on both sides of 180°: its map will be as wide as the world.",
        )  # fmt: skip
    width = WIDTH * max(east - west, north - south)
    slivers = list(_overlaps(layer, frame, width, repaired))
    holes = _holes(layer, frame, width, repaired)
    shapes = frame.geometry.to_numpy()
    loose = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes))
    renamed = frame.rename(columns={"pcode": CODE, "parent": PARENT})
    if repaired.errors or not (slivers or holes or loose.any()):
        return renamed
    cleaned = shapely.coverage_clean(shapes, gap_width=width)
    clean = frame.set_geometry([_polygons(one) for one in cleaned], crs=frame.crs)
    before, after = _areas_km2(frame.geometry), _areas_km2(clean.geometry)
    for code, old, new, touched in zip(frame["pcode"], before, after, loose, strict=True):
        if not new or abs(new / old - 1) > MAX_SLIVER:
            _log(
                repaired, layer, "error",
                f"Making its borders meet would change its area from {old:,.1f} to {new:,.1f} km².",
                code,
            )  # fmt: skip
        elif touched or abs(new / old - 1) > SLIVER:
            _log(
                repaired, layer, "warning",
                f"Its border did not meet its neighbours' point by point and was mended: "
                f"{new - old:+,.4f} km² of {old:,.1f}.", code,
            )  # fmt: skip
    turned = shapely.orient_polygons(clean.geometry.to_numpy(), exterior_cw=True)
    return renamed.set_geometry(turned, crs=frame.crs)


def _overlaps(
    layer: Layer, frame: GeoDataFrame, width: float, repaired: Repaired
) -> Iterator[Geometry]:
    """Yield overlaps that can be mended; those that cannot are errors."""
    import shapely

    shapes, codes = frame.geometry.to_numpy(), frame["pcode"].to_numpy()
    for i, j in shapely.STRtree(shapes).query(shapes, predicate="intersects").T:
        if i >= j:
            continue
        both = shapes[i].intersection(shapes[j])
        share = both.area / min(shapes[i].area, shapes[j].area)
        if share <= SLIVER:
            continue
        size = f"{_km2(both):,.3f} km² ({share:.2g} of the smaller)"
        pair = f"{codes[i]} and {codes[j]}"
        if share > MAX_SLIVER or not both.buffer(-width / 2).is_empty:
            _log(repaired, layer, "error", f"They overlap on {size}.", pair)
        else:
            _log(
                repaired, layer, "warning",
                f"They overlapped on {size}; it went to the one with the longer border there.",
                pair,
            )  # fmt: skip
            yield both


def _holes(layer: Layer, frame: GeoDataFrame, width: float, repaired: Repaired) -> list[Geometry]:
    """Return gaps with land on all sides: the narrow ones, which are mended.

    Others may be lakes.
    """
    import shapely

    land = shapely.union_all(frame.geometry.to_numpy())
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(land) for ring in part.interiors]
    narrow = []
    for hole in holes:
        where = shapely.point_on_surface(hole)
        at = f"near {where.x:.3f}°, {where.y:.3f}°"
        beside = shapely.intersects(frame.geometry.to_numpy(), hole.buffer(width / 10))
        named = ", ".join(frame["pcode"][beside])
        if hole.buffer(-width / 2).is_empty:
            narrow.append(hole)
            sentence = f"A gap of {_km2(hole):,.4f} km² {at} was closed."
        else:
            sentence = (
                f"A hole of {_km2(hole):,.1f} km² {at} stays: is it a lake, or is an area lost?"
            )
        _log(repaired, layer, "warning", sentence, named)
    return narrow


def _areas_km2(shapes: GeoSeries) -> Iterable[float]:
    return [float(size) for size in shapes.to_crs(EQUAL_AREA).area / 1e6]


def _km2(shape: Geometry) -> float:
    import geopandas

    return float(geopandas.GeoSeries([shape], crs=WGS84).to_crs(EQUAL_AREA).area.iloc[0]) / 1e6
