"""Room for a legend beside a country, which is as large as it can be with no area below it."""

from __future__ import annotations

import re

import numpy as np

from geodata.exports.drawing.country import Box, Drawing
from geodata.util.arrays import Floats

_APART = 6  # pixels between the legend and the nearest area
_SMALLER = 0.98  # of the size before, while the country does not fit
_LEAST = 0.3  # of the size it would have without a legend: no smaller, whatever the legend's size
_NUMBER = re.compile(r"-?\d+")


def beside(drawing: Drawing, card: Box, room: Box, *, on_the_right: bool = False) -> Box:
    """Return left, top, width and height of the country within a room.

    Parameters
    ----------
    card
        Left, top, right and bottom of the legend.
    room
        Left, top, right and bottom of where the country may stand.
    on_the_right
        Whether the legend stands on the right of the country, and not on its left.
    """
    starts, ends = _borders(drawing)
    left, top, right, bottom = room
    scale = min((right - left) / drawing.width, (bottom - top) / drawing.height)
    least = scale * _LEAST
    while True:
        width, height = drawing.width * scale, drawing.height * scale
        y = (top + bottom - height) / 2
        middle = (left + right - width) / 2
        band = ((card[1] - _APART - y) / scale, (card[3] + _APART - y) / scale)
        reach = _reach(starts, ends, band)
        if reach is None:
            return middle, y, width, height
        if on_the_right:
            x = min(middle, card[0] - _APART - reach[1] * scale)
        else:
            x = max(middle, card[2] + _APART - reach[0] * scale)
        if left <= x <= right - width or scale < least:
            return x, y, width, height
        scale *= _SMALLER


def _borders(drawing: Drawing) -> tuple[Floats, Floats]:
    """Return starts and ends of all lines that bound areas, one point in each row."""
    rings: list[Floats] = [np.empty((0, 2))]
    for path in drawing.areas.values():
        for ring in path.split("M")[1:]:
            steps = np.array(_NUMBER.findall(ring), dtype=float).reshape(-1, 2)
            rings.append(np.cumsum(steps, axis=0))
    starts = np.concatenate(rings)
    ends = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings])
    return starts, ends


def _reach(starts: Floats, ends: Floats, band: tuple[float, float]) -> tuple[float, float] | None:
    """Return how far lines reach to the left and right between two heights; ``None`` if none is."""
    (x0, y0), (x1, y1) = starts.T, ends.T
    inside = (np.maximum(y0, y1) >= band[0]) & (np.minimum(y0, y1) <= band[1])
    if not inside.any():
        return None
    x0, y0, x1, y1 = (each[inside] for each in (x0, y0, x1, y1))
    down = np.where(y1 == y0, 1.0, y1 - y0)
    across = np.where(y1 == y0, 0.0, (x1 - x0) / down)
    level = y1 == y0
    first = np.where(level, x0, x0 + across * (np.clip(y0, *band) - y0))
    last = np.where(level, x1, x0 + across * (np.clip(y1, *band) - y0))
    return float(min(first.min(), last.min())), float(max(first.max(), last.max()))
