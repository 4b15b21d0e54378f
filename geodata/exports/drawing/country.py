"""The country as paths and places for names, in the plane: what every drawing of the map shares.

::

    topology ─▶ Mercator ─▶ whole units (a country is SIZE long) ─▶ paths, names ─▶ Drawing

Arcs are projected and thinned once each, so a border is the same line for both of its neighbours.
No shapely here: a page must not wait for it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from babel import Locale

from geodata.boundaries import topology
from geodata.boundaries.topology import decode_arcs, polygons, ring_points
from geodata.exports.drawing.text_lines import text_width
from geodata.figures.view import View
from geodata.i18n.language import SOURCE_LANGUAGE, Language
from geodata.places.area_names import area_names
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot

SIZE = 1000

# Font sizes of the names, in units, for maps from large to small: a map drawn small needs larger
# letters to be read, and has room for fewer names. The style sheet chooses among them.
NAME_SIZES = {"l": 21, "w": 26, "m": 32, "n": 40}
# On slides, which are read from afar: beside the words, and where two maps stand side by side.
SLIDE_SIZES = {"p": 38, "x": 58}

# Mean width of a letter in ems, Noto Sans at 600; and how far a name may reach beyond its area.
_LETTER = 0.57
_HALF = 0.78  # of the height of a line of Arabic letters, in ems, as browsers take it
_SLACK = {1: 1.5, 2: 1.05}
_CITY = 0.3  # half of what a city's point takes, in ems of the names

# Units from the middle to the corners of what stands for an area too small to have a shape here:
# some five pixels across where the map is as wide as a page.
_DOT = 4

Point = tuple[int, int]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Name:
    """A name and where its middle stands.

    Attributes
    ----------
    sizes
        The letters of :data:`NAME_SIZES` and :data:`SLIDE_SIZES` at which it fits without touching
        another; empty where it fits only on a map that is zoomed.
    """

    pcode: str
    text: str
    x: int
    y: int
    sizes: str = ""


@dataclass(frozen=True)
class Drawing:
    """A country at one level. Paths are SVG path data in units; y points down.

    Attributes
    ----------
    width, height
        Of the country itself; neighbours lie beyond on all sides.
    ground
        Left, top, right and bottom of all that is drawn.
    areas
        Path data by P-code, in the order of the topology.
    outlines
        Borders of governorates, to lie above districts; empty at level 1.
    names
        Of areas, where their middles stand.
    countries
        Names of neighbours.
    cities
        Where they lie; ``sizes`` are those at which no name of an area covers the place.
    """

    width: int
    height: int
    ground: Box
    areas: dict[str, str]
    outlines: str
    neighbours: tuple[str, ...]
    names: tuple[Name, ...]
    countries: tuple[Name, ...]
    cities: tuple[Name, ...]

    @property
    def without_neighbours(self) -> bool:
        """Whether the snapshot draws no neighbouring countries around this one."""
        return not self.neighbours


def mercator(lon: float, lat: float) -> tuple[float, float]:
    """Project degrees to the plane, in radians of the equator; y points up."""
    return math.radians(lon), math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


def arcs_of(shapes: Iterable[dict[str, Any]]) -> set[int]:
    """Return positions of the arcs that shapes are made of."""
    refs = (
        ref for shape in shapes for polygon in polygons(shape) for ring in polygon for ref in ring
    )
    return {max(ref, ~ref) for ref in refs}


def thinned(points: Sequence[Point]) -> list[Point]:
    """Leave out points that repeat, and those on a straight line between their neighbours."""
    line: list[Point] = []
    for point in points:
        if line and point == line[-1]:
            continue
        if len(line) > 1 and _straight(line[-2], line[-1], point):
            line[-1] = point
        else:
            line.append(point)
    return line


def _straight(start: Point, middle: Point, end: Point) -> bool:
    """Tell whether a line goes straight on at its middle, neither bent nor back."""
    across, down = middle[0] - start[0], middle[1] - start[1]
    ahead = across * (end[0] - middle[0]) + down * (end[1] - middle[1]) > 0
    return ahead and across * (end[1] - middle[1]) == down * (end[0] - middle[0])


def _path(points: Sequence[Point], *, close: bool) -> str:
    """Return path data of a line, relative, with no more separators than SVG asks for."""
    parts = [f"m{points[0][0]} {points[0][1]}"]
    for (x0, y0), (x, y) in itertools.pairwise(points):
        dx, dy = x - x0, y - y0
        lead = "l" if len(parts) == 1 else "" if dx < 0 else " "
        parts.append(f"{lead}{dx}{'' if dy < 0 else ' '}{dy}")
    data = "".join(parts).replace("m", "M", 1)
    return data + "z" if close else data


def _ring(refs: Sequence[int], arcs: Sequence[list[Point]]) -> list[Point]:
    """Return points of a ring, each once; a ring that thinning left without an area is dropped."""
    points = ring_points(refs, arcs)
    return points[:-1] if points[0] == points[-1] else points


def _rings(shape: dict[str, Any], arcs: Sequence[list[Point]]) -> list[list[Point]]:
    return [_ring(ring, arcs) for polygon in polygons(shape) for ring in polygon]


def _shape(shape: dict[str, Any], arcs: Sequence[list[Point]]) -> str:
    return "".join(_path(ring, close=True) for ring in _rings(shape, arcs) if len(ring) > 2)


def _dot(shape: dict[str, Any], plane: _Plane) -> str:
    """Return path data of a diamond for an area too small to have a shape."""
    x, y = plane.point(shape["properties"]["label"])
    corners = [(x, y - _DOT), (x + _DOT, y), (x, y + _DOT), (x - _DOT, y)]
    return _path(corners, close=True)


def touch(box: Box, other: Box) -> bool:
    """Tell whether two boxes lie over each other, by however little."""
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def box_of(name: Name, size: float, *below: str) -> Box:
    """Return the box of a name in letters of a size, with lines below it."""
    half = max(map(text_width, (name.text, *below))) * size * _LETTER / 2
    high = size * _HALF * (1 + len(below))
    return name.x - half, name.y - high, name.x + half, name.y + high


def _extent(points: Iterable[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _fitting(candidates: list[tuple[Name, Box]], level: int) -> tuple[Name, ...]:
    """Add to each name the sizes at which it fits its area; larger areas choose first."""
    fits: dict[str, str] = {}
    largest_first = sorted(candidates, key=lambda each: -_size(each[1]))
    for letter, size in {**NAME_SIZES, **SLIDE_SIZES}.items():
        placed: list[Box] = []
        for name, (left, top, right, bottom) in largest_first:
            box = box_of(name, size)
            fits_area = (
                box[2] - box[0] <= (right - left) * _SLACK[level]
                and size <= (bottom - top) * _SLACK[level]
            )
            if fits_area and not any(touch(box, other) for other in placed):
                placed.append(box)
                fits[name.pcode] = fits.get(name.pcode, "") + letter
    return tuple(replace(name, sizes=fits.get(name.pcode, "")) for name, _ in candidates)


def _beside_names(cities: Iterable[Name], names: Sequence[Name]) -> tuple[Name, ...]:
    """Say of each city at which sizes no name lies over the place."""

    def free(city: Name, letter: str, size: float) -> bool:
        reach = size * _CITY
        place = (city.x - reach, city.y - reach, city.x + reach, city.y + reach)
        return not any(touch(place, box_of(name, size)) for name in names if letter in name.sizes)

    return tuple(
        replace(
            city,
            sizes="".join(
                letter for letter, size in NAME_SIZES.items() if free(city, letter, size)
            ),
        )
        for city in cities
    )


def _size(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


class _Plane:
    """Degrees to units: the country's corner is the origin, its longer side is SIZE."""

    def __init__(self, country: Iterable[Sequence[float]]) -> None:
        points = [mercator(lon, lat) for lon, lat in country]
        self._left, self._top = min(x for x, _ in points), max(y for _, y in points)
        width = max(x for x, _ in points) - self._left
        height = self._top - min(y for _, y in points)
        self._scale = SIZE / max(width, height)
        self.width, self.height = (round(side * self._scale) for side in (width, height))

    def point(self, position: Sequence[float]) -> Point:
        x, y = mercator(position[0], position[1])
        return round((x - self._left) * self._scale), round((self._top - y) * self._scale)


@memoise(16)
def drawing(snapshot: Snapshot, level: int, language: Language) -> Drawing:
    """Draw governorates (level 1) or districts (level 2), with names in the reader's language."""
    objects = snapshot.topology["objects"]
    governorates = objects["governorates"]["geometries"]
    shapes = objects["districts"]["geometries"] if level == 2 else governorates
    neighbours = objects.get("neighbours", {"geometries": []})["geometries"]
    degrees = decode_arcs(dict(snapshot.topology))
    borders = sorted(arcs_of(governorates))
    plane = _Plane(point for ref in borders for point in degrees[ref])
    arcs = [thinned([plane.point(point) for point in arc]) for arc in degrees]
    everything = arcs_of([*shapes, *neighbours])
    names = _names(snapshot, shapes, arcs, plane, level, language)
    return Drawing(
        width=plane.width,
        height=plane.height,
        ground=_extent(point for ref in everything for point in arcs[ref]),
        areas={shape["id"]: _shape(shape, arcs) or _dot(shape, plane) for shape in shapes},
        outlines="".join(_path(arcs[ref], close=False) for ref in borders if level == 2),
        neighbours=tuple(_shape(shape, arcs) for shape in neighbours),
        names=names,
        countries=tuple(
            Name("", country(shape["properties"]["name"], language), *plane.point(label))
            for shape in neighbours
            if (label := shape["properties"].get("label"))
        ),
        cities=_beside_names(
            (
                Name("", language.gettext(city["name"]), *plane.point(position))
                for city, position in topology.points(dict(snapshot.topology), "cities")
            ),
            names,
        ),
    )


def country(name: str, language: Language) -> str:
    """Return CLDR's name of a country in the reader's language, else the name as it is."""
    if language.code == SOURCE_LANGUAGE:
        return name
    return str(language.locale.territories.get(_territories().get(name, ""), name))


@lru_cache(maxsize=1)
def _territories() -> dict[str, str]:
    """Return CLDR's codes of countries by their English names, present and former."""
    named = Locale.parse(SOURCE_LANGUAGE).territories
    return {str(name): code for code, name in named.items()} | {"Turkey": "TR"}


def view_drawing(view: View) -> Drawing:
    """Return the country at a view's level, with names in its language."""
    return drawing(view.snapshot, view.state.level, view.language)


def _names(
    snapshot: Snapshot,
    shapes: list[dict[str, Any]],
    arcs: Sequence[list[Point]],
    plane: _Plane,
    level: int,
    language: Language,
) -> tuple[Name, ...]:
    named = area_names(snapshot, language)
    candidates = []
    for shape in shapes:
        middle = plane.point(shape["properties"]["label"])
        points = [point for ring in _rings(shape, arcs) for point in ring] or [middle]
        candidates.append((Name(shape["id"], named[shape["id"]], *middle), _extent(points)))
    return _fitting(candidates, level)
