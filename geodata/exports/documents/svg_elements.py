"""Read back the SVG of our own drawings: elements with what they look like, and where they stand.

::

    drawing ─▶ elements, in turn ─▶ look (attributes, style sheet, parents), scale, origin

Only what :mod:`geodata.exports.drawing` writes is understood: style sheets of ``.class tag`` rules,
nested ``svg`` elements as the one kind of scaling, no ``transform``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from geodata.exports.drawing.country import Box

Point = tuple[float, float]
Segment = tuple[str, list[Point]]  # "M", "L", "Q", "C" or "Z", and its points

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r'^(\w*)((?:\.[\w-]+)*)(?:\[([\w-]+)="([^"]*)"\])?$')
_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)")
_INHERITED = ("fill", "font-size", "font-weight", "text-anchor", "clip-path")
_INVISIBLE = ("title", "desc", "style", "defs", "linearGradient", "clipPath", "pattern")
_POINTS = {"M": 1, "L": 1, "Q": 2, "C": 3}


@dataclass(frozen=True)
class VisibleElement:
    """An element that is seen.

    Attributes
    ----------
    kind
        ``path``, ``rect`` or ``text``.
    look
        Its attributes and what the style sheet says of it, as they are written.
    scale, origin
        Pixels of the document for one of its units, and where its origin lies in them.
    seen
        Left, top, right and bottom of what its ``svg`` shows, in its own units.
    nested
        Whether it stands in a ``svg`` within the document's.
    words
        Of a text; of another element, its title.
    """

    kind: str
    look: dict[str, str]
    scale: float
    origin: Point
    seen: Box
    nested: bool
    words: str

    def number(self, name: str, default: float = 0) -> float:
        """Return a number of its look, without a unit."""
        return float(self.look[name].removesuffix("px")) if name in self.look else default


@dataclass
class _Rule:
    steps: list[tuple[str, frozenset[str], str | None, str | None]]
    look: dict[str, str] = field(default_factory=dict)

    def fits(self, tag: str, attributes: Any, around: Sequence[frozenset[str]]) -> bool:
        """Tell whether it is about an element; ``around`` are its own and its parents' classes."""
        (name, classes, attribute, value), parents = self.steps[-1], self.steps[:-1]
        if (name and name != tag) or not classes <= around[-1]:
            return False
        if attribute and attributes.get(attribute) != value:
            return False
        return all(any(each[1] <= outer for outer in around[:-1]) for each in parents)


def _rules(sheet: str) -> list[_Rule]:
    """Return the rules of a style sheet, in its order: later ones win."""
    rules = []
    for selector, body in _RULE.findall(sheet):
        steps = []
        for part in selector.split():
            tag, classes, attribute, value = _SIMPLE.match(part).groups()  # type: ignore[union-attr]
            names = frozenset(filter(None, classes.split(".")))
            steps.append((tag, names, attribute, value))
        pairs = (each.split(":", 1) for each in body.split(";") if ":" in each)
        rules.append(_Rule(steps, {name.strip(): value.strip() for name, value in pairs}))
    return rules


def gradient_directions(root: Any) -> dict[str, tuple[Point, str]]:
    """Return the direction and colour of each gradient by its id; all fade to nothing."""
    directions = {}
    for each in root.iter("{*}linearGradient"):
        x1, x2, y1, y2 = (
            float(each.get(name, default))
            for name, default in (("x1", 0), ("x2", 1), ("y1", 0), ("y2", 0))
        )
        directions[each.get("id")] = ((x2 - x1, y2 - y1), each[0].get("stop-color"))
    return directions


def parse(drawing: str) -> Any:
    """Return the root element of a drawing."""
    from lxml import etree

    return etree.fromstring(drawing.encode())


def elements(root: Any) -> Iterator[VisibleElement]:
    """Yield what is seen of a drawing, from the ground up."""
    sheet = "".join(each.text or "" for each in root.iter("{*}style"))
    reader = _Reader(_rules(sheet))
    whole = (0.0, 0.0, float(root.get("width")), float(root.get("height")))
    start = {name: root.get(name) for name in _INHERITED if root.get(name)}
    for child in root:
        yield from reader.read(child, start, [], _Place(1, (0, 0), whole, nested=False))


@dataclass(frozen=True)
class _Place:
    scale: float
    origin: Point
    seen: Box
    nested: bool

    def within(self, svg: Any) -> _Place:
        """Return the place of what a nested ``svg`` holds."""
        left, top, wide, high = map(float, svg.get("viewBox").split())
        scale = self.scale * float(svg.get("width")) / wide
        x = self.origin[0] + self.scale * float(svg.get("x")) - left * scale
        y = self.origin[1] + self.scale * float(svg.get("y")) - top * scale
        return _Place(scale, (x, y), (left, top, left + wide, top + high), nested=True)


@dataclass(frozen=True)
class _Reader:
    rules: list[_Rule]

    def read(
        self, node: Any, inherited: dict[str, str], around: list[frozenset[str]], place: _Place
    ) -> Iterator[VisibleElement]:
        tag = node.tag.rpartition("}")[2]
        if tag in _INVISIBLE:
            return
        attributes = node.attrib
        around = [*around, frozenset(attributes.get("class", "").split())]
        look = {**inherited, **attributes}
        for rule in self.rules:
            if rule.fits(tag, attributes, around):
                look.update(rule.look)
        if tag in ("g", "svg"):
            inner = place.within(node) if tag == "svg" else place
            inherits = {name: look[name] for name in _INHERITED if name in look}
            for child in node:
                yield from self.read(child, inherits, around, inner)
            return
        words = node.text if tag == "text" else node.findtext("{*}title")
        yield VisibleElement(
            tag, look, place.scale, place.origin, place.seen, place.nested, words or ""
        )


# ---- paths


def segments(data: str) -> list[Segment]:
    """Return the segments of path data, with absolute points; ``h`` and ``v`` are lines.

    >>> segments("M1 2l3 0-1 4z")
    [('M', [(1.0, 2.0)]), ('L', [(4.0, 2.0), (3.0, 6.0)]), ('Z', [])]
    """
    path: list[Segment] = []
    x = y = 0.0
    command, numbers = "", []
    for token in [*_TOKEN.findall(data), "end"]:
        if not token[0].isalpha():
            numbers.append(float(token))
            continue
        if command:
            x, y = _segment(path, command, numbers, x, y)
        command, numbers = token, []
    return path


def _segment(path: list[Segment], command: str, numbers: list[float], x: float, y: float) -> Point:
    """Add a command's segments, and return where they end."""
    kind = command.upper()
    relative = command != kind
    if kind == "Z":
        path.append(("Z", []))
        start = next(points[0] for each, points in reversed(path) if each == "M")
        return start
    if kind in "HV":
        step = numbers[0]
        if kind == "H":
            x = x + step if relative else step
        else:
            y = y + step if relative else step
        path.append(("L", [(x, y)]))
        return x, y
    size = _POINTS[kind] * 2
    points: list[Point] = []
    for n in range(0, len(numbers), size):
        chunk = numbers[n : n + size]
        new = [
            (px + x, py + y) if relative else (px, py)
            for px, py in zip(chunk[::2], chunk[1::2], strict=True)
        ]
        points += new
        x, y = new[-1]
    if kind == "M":
        path.append(("M", points[:1]))
        kind, points = "L", points[1:]
    if points:
        path.append((kind, points))
    return x, y


def clipped(path: list[Segment], box: Box) -> list[Segment]:
    """Return the part of closed rings of lines that lies within a box (Sutherland and Hodgman).

    >>> clipped(segments("M-5 0L5 0 5 8z"), (0, 0, 9, 9))
    [('M', [(0, 4.0)]), ('L', [(0, 0.0), (5.0, 0.0), (5.0, 8.0)]), ('Z', [])]
    """
    out: list[Segment] = []
    for ring in _rings(path):
        for axis, limit, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
            ring = _half(ring, axis, limit, sign)
        if len(ring) > 2:
            out += [("M", ring[:1]), ("L", ring[1:]), ("Z", [])]
    return out


def _rings(path: list[Segment]) -> Iterator[list[Point]]:
    ring: list[Point] = []
    for kind, points in path:
        if kind == "M" and ring:
            yield ring
            ring = []
        ring = [*ring, *points]
    if ring:
        yield ring


def _half(ring: list[Point], axis: int, limit: float, sign: int) -> list[Point]:
    """Return a ring's part on one side of a line across an axis."""
    out: list[Point] = []
    for before, point in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
        inside, was = ((each[axis] - limit) * sign >= 0 for each in (point, before))
        if inside != was:
            part = (limit - before[axis]) / (point[axis] - before[axis])
            other = 1 - axis
            across = before[other] + part * (point[other] - before[other])
            out.append((limit, across) if axis == 0 else (across, limit))
        if inside:
            out.append(point)
    return out
