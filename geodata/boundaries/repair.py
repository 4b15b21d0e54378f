"""Repair layers of boundaries so that areas tile: mend what rounding broke, refuse the rest.

::

    Layer of each level ─▶ codes and names ─▶ shapes valid, in degrees, wound clockwise ─┐
                                                                                         │
      governorates, as the union of their districts ◀─ nesting ◀─ overlaps, gaps ◀───────┘

Every change is reported: the area, what was done and how large it was. What nobody can see is
mended: a sliver narrower than half a pixel of a map that is 1,000 pixels wide, a loop that holds a
thousandth of an area. What is larger is for the person who drew the boundaries, and all of it is
listed at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from geodata.boundaries.antimeridian import shift_to_one_side
from geodata.boundaries.checks import SLIVER, geometry_problem
from geodata.boundaries.columns import preferred
from geodata.boundaries.readers import Layer
from geodata.boundaries.repair_coverage import km2, tiled
from geodata.boundaries.repair_rows import areas_were, sound_areas
from geodata.boundaries.repaired import LISTED, MAX_SLIVER, Repaired
from geodata.boundaries.topology import CODE, PARENT, WGS84
from geodata.populations import LEVELS
from geodata.snapshots.name_columns import LOCAL_NAMES
from geodata.util import amounts
from geodata.util.findings import Finding
from geodata.util.suggestions import suggestions

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely import Geometry


_NEAR = 3


def repair(layers: dict[int, Layer]) -> Repaired:
    """Check layers of level 1, of level 2, or of both, and repair what can be."""
    repaired = Repaired()
    frames = {level: sound_areas(layer, repaired) for level, layer in sorted(layers.items())}
    frames = _on_one_side(layers, frames, repaired)
    if 1 not in frames and 2 in frames:
        frames[1] = _from_districts(layers[2], frames[2], repaired)
    if repaired.errors:
        for level, frame in frames.items():
            if level in layers:  # checked all the same, so that one report names all
                tiled(layers[level], _sound(frame), repaired)
        return repaired
    if 2 in frames:
        if 1 in layers:
            frames[2] = _parents_by_place(layers[2], frames[1], frames[2], repaired)
        _check_parents(layers[2], frames[1], frames[2], repaired)
        districts = tiled(layers[2], frames[2], repaired)
        if not repaired.errors:
            repaired.districts = districts
            repaired.governorates = _united(layers.get(1), frames[1], districts, repaired)
    else:
        repaired.governorates = tiled(layers[1], frames[1], repaired)
    return repaired


def _sound(frame: GeoDataFrame) -> GeoDataFrame:
    """Return rows whose shapes can be compared with each other: usable, one for each code."""
    is_sound = [geometry_problem(shape) is None for shape in frame.geometry]
    return frame[is_sound].drop_duplicates("pcode")


def _on_one_side(
    layers: dict[int, Layer], frames: dict[int, GeoDataFrame], repaired: Repaired
) -> dict[int, GeoDataFrame]:
    """Bring a country that lies on both sides of 180° to one of them, and report what moved."""
    frames, shifted = shift_to_one_side(frames)
    for level, rows in shifted.items():
        if not rows:
            continue
        codes = list(frames[level]["pcode"].iloc[rows])
        listed = ", ".join(codes[:LISTED]) + (" …" if len(codes) > LISTED else "")
        west, _, east, _ = frames[level].total_bounds
        repaired.add_warning(
            layers[level],
            f"Longitudes of {amounts.pluralise(len(codes), LEVELS[level].kind)} were moved by "
            "360°, so that the country lies on one side of 180°, from "
            f"{west:.3f}° to {east:.3f}°: {listed}.",
        )
    return frames


# ---- levels


def _from_districts(layer: Layer, frame: GeoDataFrame, repaired: Repaired) -> GeoDataFrame:
    """Return governorates as their districts name them; they get their shapes later."""
    _report_missing_level(layer, frame, repaired)
    frame = _alike(frame)
    for code, siblings in frame.groupby("parent"):
        names = sorted(set(siblings["parent_name"]))
        if len(names) > 1:
            repaired.add_error(
                layer,
                f"Its districts name it {' and '.join(names)}: one governorate has one name.",
                str(code),
            )
    titles = {"parent": "pcode"} | {f"parent_{column}": column for column in _NAMES}
    rows = frame.drop_duplicates("parent")
    return rows[[*titles, "geometry"]].rename(columns=titles)


def _report_missing_level(layer: Layer, frame: GeoDataFrame, repaired: Repaired) -> None:
    """Report that governorates are made of districts, or that these do not name theirs."""
    labels = {"parent": "codes", "parent_name": "names"}
    blank = [label for column, label in labels.items() if (frame[column] == "").any()]
    if blank:
        repaired.add_error(
            layer,
            "There is no file of level 1, and some districts lack the "
            f"{' and '.join(blank)} of governorates: give the file of level 1, too.",
        )
    else:
        count = frame["parent"].nunique()
        repaired.add_warning(
            layer,
            f"There is no file of level 1: {areas_were(count, 1)} made of their districts, with "
            "the codes and names that stand beside these.",
        )


def _alike(frame: GeoDataFrame) -> GeoDataFrame:
    """Give districts of one governorate the same name of it, where languages differ."""
    frame = frame.copy()
    for _, siblings in frame.groupby("parent"):
        language = preferred(siblings["parent_lang"])[0]
        names = set(siblings["parent_name"][siblings["parent_lang"] == language])
        if len(names) == 1:
            frame.loc[siblings.index[siblings["parent_lang"] != language], "parent_name"] = (
                names.pop()
            )
        for local in map("parent_{}".format, LOCAL_NAMES.values()):
            local_names = [name for name in siblings[local] if name]
            frame.loc[siblings.index[siblings[local] == ""], local] = (
                local_names[0] if local_names else ""
            )
    return frame


_NAMES = ("name", *LOCAL_NAMES.values())


def _parents_by_place(
    layer: Layer, governorates: GeoDataFrame, districts: GeoDataFrame, repaired: Repaired
) -> GeoDataFrame:
    """Assign districts whose row says no governorate to the one they mostly lie in."""
    orphans = districts[districts["parent"] == ""]
    if orphans.empty:
        return districts
    parents, across = {}, []
    for row, code, (parent, share) in zip(
        orphans.index, orphans["pcode"], _largest_shares(governorates, orphans), strict=True
    ):
        if share > 0.5:
            parents[row] = parent
            if share < 1 - MAX_SLIVER:
                across.append(f"{code} {share:.0%} in {parent}")
    if parents:
        partly = f" Partly elsewhere: {', '.join(across[:LISTED])}." if across else ""
        repaired.add_warning(
            layer,
            f"{amounts.pluralise(len(parents), 'district does', 'districts do')} not say their "
            f"governorate: each belongs to the one that most of it lies in.{partly}",
        )
    parent_of = districts["parent"].astype("object")
    parent_of.update(pd.Series(parents, dtype="object"))
    return districts.assign(parent=parent_of.astype("str"))


def _largest_shares(
    governorates: GeoDataFrame, districts: GeoDataFrame
) -> Iterator[tuple[str, float]]:
    """Yield the governorate that holds most of each district, and its share; 0 where none does."""
    import shapely

    wholes, codes = governorates.geometry.to_numpy(), list(governorates["pcode"])
    tree = shapely.STRtree(wholes)
    for shape in districts.geometry:
        near = tree.query(shape)
        if not len(near):
            yield "", 0.0
            continue
        shares = shapely.area(shapely.intersection(wholes[near], shape)) / shape.area
        yield codes[near[shares.argmax()]], float(shares.max())


def _check_parents(
    layer: Layer, governorates: GeoDataFrame, districts: GeoDataFrame, repaired: Repaired
) -> None:
    """Report districts of an unknown governorate, and governorates without districts."""
    codes = list(governorates["pcode"])
    for code, parent in zip(districts["pcode"], districts["parent"], strict=True):
        if parent not in codes:
            sentence = (
                f"Its governorate {parent!r} is none of level 1."
                if parent
                else (
                    "It does not say its governorate (ADM1_PCODE), and no half of it lies in one."
                )
            )
            near = suggestions(parent, codes, _NEAR)
            repaired.findings.append(
                Finding("error", sentence, layer.file, value=code, nearest=near)
            )
    parents = set(districts["parent"])
    for code in codes:
        if code not in parents:
            repaired.add_error(layer, "No district of level 2 lies in this governorate.", code)


def _united(
    layer: Layer | None, governorates: GeoDataFrame, districts: GeoDataFrame, repaired: Repaired
) -> GeoDataFrame:
    """Give governorates the union of their districts as outline, if it differs by slivers only."""
    import shapely

    codes, shapes = list(governorates["pcode"]), []
    for code, outline in zip(codes, governorates.geometry, strict=True):
        parts = districts[districts[PARENT] == code]
        union = shapely.coverage_union_all(parts.geometry.to_numpy())
        shapes.append(shapely.orient_polygons(union, exterior_cw=True))
        if layer is not None:
            _check_nesting(layer, code, outline, union, parts, repaired)
    united = governorates[["pcode", *_NAMES, "geometry"]].rename(columns={"pcode": CODE})
    return united.set_geometry(shapes, crs=WGS84)


def _check_nesting(
    layer: Layer,
    code: str,
    outline: Geometry,
    union: Geometry,
    parts: GeoDataFrame,
    repaired: Repaired,
) -> None:
    """Report districts that leave their governorate; then compare its outline with theirs."""
    import shapely

    shapes = parts.geometry.to_numpy()
    outside = shapely.area(shapely.difference(shapes, outline)) / shapely.area(shapes)
    for district, share in zip(parts[CODE], outside, strict=True):
        if share > MAX_SLIVER:
            repaired.add_error(
                layer,
                f"{share:.1%} of it lies outside its governorate {code}; up to {MAX_SLIVER:.0%} is "
                "mended.",
                district,
            )
    _check_coverage(layer, code, outline, union, len(parts), repaired)


def _check_coverage(
    layer: Layer, code: str, outline: Geometry, union: Geometry, parts: int, repaired: Repaired
) -> None:
    """Report a governorate that its districts do not cover, or whose outline they change."""
    bare = outline.difference(union)
    if (share := bare.area / outline.area) > MAX_SLIVER:
        repaired.add_error(
            layer,
            f"{share:.1%} of it ({km2(bare):,.1f} km²) is in none of its {parts} districts; "
            f"up to {MAX_SLIVER:.0%} is mended.",
            code,
        )
    changed = outline.symmetric_difference(union)
    if (share := changed.area / outline.area) > SLIVER and not repaired.errors:
        repaired.add_warning(
            layer,
            f"The outline was drawn otherwise than that of its {parts} districts, which was "
            f"taken; they differ on {km2(changed):,.3f} km² ({share:.2g} of it).",
            code,
        )
