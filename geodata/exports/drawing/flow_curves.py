"""Flows as arrows between the names of two governorates: curved, thin where they start.

::

    origin ╶──▁▂▃▄▅▶ host      width in front of the head: the number

A curve is the start, the control and the tip of a quadratic Bézier curve, in units of the drawing;
it bends to the left of its way, so that one and its return lie apart. ``assets/js/flows.js`` draws
the same of the same curves while the timeline moves; ``tests/exports/test_flow_curves.py`` compares
the two. Thin to thick with a head is read as a direction without colour by more readers than either
alone (B. Jenny et al., *Design principles for origin-destination flow maps*, 2018,
https://doi.org/10.1080/15230406.2016.1262280).
"""

from __future__ import annotations

import math

from geodata.exports.drawing.country import NAME_SIZES, Name, box_of, view_drawing
from geodata.figures.view import View, ViewAt

Curve = tuple[float, float, float, float, float, float]

WIDEST, THINNEST = 26.0, 2.5  # units, in front of the head
_TAIL = (1.0, 0.15)  # units where the arrow starts, and of that width more
_BEND = 0.2  # of the way, to its left
_HEAD = (8.0, 0.7)  # units of its length, and of the width more of it
_BARBS = (2.5, 0.15)  # units that it is wider on each side, and of the width more of it
_APART = 5  # units between a name and an arrow
_MOST = 0.32  # of the way that a name may take off one end


def width(number: float, most: float) -> float:
    """Return how wide an arrow is, in units, where the widest is of ``most``."""
    return max(WIDEST * number / most, THINNEST)


def barbs(wide: float) -> float:
    """Return by how much the head of an arrow is wider than what is before it, on each side."""
    return _BARBS[0] + _BARBS[1] * wide


def curve(origin: Name, host: Name) -> Curve:
    """Return the curve from one governorate to another, which ends beside their names."""
    across, down = host.x - origin.x, host.y - origin.y
    control = (
        (origin.x + host.x) / 2 + down * _BEND,
        (origin.y + host.y) / 2 - across * _BEND,
    )
    start, tip = _beside(origin, control, host), _beside(host, control, origin)
    x0, y0, xc, yc, x1, y1 = (round(each) for each in (*start, *control, *tip))
    return x0, y0, xc, yc, x1, y1


def curves(view: View) -> list[Curve]:
    """Return the curve of each pair of a view's flows."""
    names = {each.pcode: each for each in view_drawing(view).names}
    pairs = view.flows.pairs if view.flows else ()
    return [curve(names[origin], names[host]) for origin, host in pairs]


def arrows_on(at: ViewAt) -> list[str]:
    """Return path data of the flows of a date, largest first."""
    if at.view.flows is None:
        return []
    on, lines = at.view.flows.on[at.t], curves(at.view)
    most = at.view.flows.most.get(on.unit, 0)
    return [arrow(lines[pair], width(number, most)) for pair, number in on.largest]


def _beside(name: Name, towards: tuple[float, float], other: Name) -> tuple[float, float]:
    """Return where a line from the middle of a name leaves its box; not far along a short way."""
    _, _, right, bottom = box_of(name, NAME_SIZES["l"])
    dx, dy = towards[0] - name.x, towards[1] - name.y
    length = math.hypot(dx, dy) or 1.0
    half, high = right - name.x + _APART, bottom - name.y + _APART
    leaves = min(half / abs(dx) if dx else math.inf, high / abs(dy) if dy else math.inf) * length
    step = min(leaves, _MOST * math.hypot(other.x - name.x, other.y - name.y))
    return name.x + dx / length * step, name.y + dy / length * step


def arrow(line: Curve, wide: float) -> str:
    """Return path data of an arrow of a width along a curve."""
    x0, y0, xc, yc, x1, y1 = line
    (sx, sy), (ex, ey), (mx, my) = (
        _direction(xc - x0, yc - y0),
        _direction(x1 - xc, y1 - yc),
        _direction(x1 - x0, y1 - y0),
    )
    half, tail = wide / 2, (_TAIL[0] + _TAIL[1] * wide) / 2
    middle, barb = (half + tail) / 2, half + barbs(wide)
    head = min(_HEAD[0] + _HEAD[1] * wide, math.hypot(x1 - xc, y1 - yc) * 0.8)
    bx, by = x1 - ex * head, y1 - ey * head  # where the head begins
    points = (
        (x0 - sy * tail, y0 + sx * tail),
        (xc - my * middle, yc + mx * middle),
        (bx - ey * half, by + ex * half),
        (bx - ey * barb, by + ex * barb),
        (x1, y1),
        (bx + ey * barb, by - ex * barb),
        (bx + ey * half, by - ex * half),
        (xc + my * middle, yc - mx * middle),
        (x0 + sy * tail, y0 - sx * tail),
    )
    a, b, c, d, e, f, g, h, i = (f"{_tenths(x)} {_tenths(y)}" for x, y in points)
    return f"M{a}Q{b} {c}L{d} {e} {f} {g}Q{h} {i}z"


def _direction(dx: float, dy: float) -> tuple[float, float]:
    length = math.hypot(dx, dy) or 1.0
    return dx / length, dy / length


def _tenths(number: float) -> str:
    """Write a number with one decimal, halves up as JavaScript rounds them."""
    return f"{math.floor(number * 10 + 0.5) / 10:g}"
