"""The date of a moving picture's frame, above a small line of the totals of all dates."""

from __future__ import annotations

import math
from collections.abc import Iterator

from geodata.exports.drawing.charts import WIDEST_GAP
from geodata.exports.drawing.elements import Mirrored, element
from geodata.figures.view import View, ViewAt

_WIDTH, _HEIGHT = 200, 64
_BELOW = 40  # pixels from the top to the line's box, for the date


def dated(
    at: ViewAt, across: Mirrored, corner: tuple[float, float], colours: tuple[str, str]
) -> str:
    """Write a date and draw the totals of all dates, with a mark on its own.

    A line joins totals of the same areas that follow each other; where none is known there is a
    gap, and no mark.

    Parameters
    ----------
    corner
        The upper edge, and where a line begins that is read from the left.
    colours
        Of the line and of the mark.
    """
    x, y = corner
    line, mark = colours
    written = at.language.date(at.date, "medium")
    parts = [across.text(written, x=x, y=y + 24, font__size=26, font__weight=700)]
    places = _places(at.view, across, x, y + _BELOW)
    look = {"fill": "none", "stroke": line, "stroke__width": 2.5, "stroke__linejoin": "round"}
    for run in _runs(at.view):
        points = "L".join(f"{places[t][0]} {places[t][1]}" for t in run)
        # A run of one date is a point: a line to itself with round ends.
        parts.append(element("path", d=f"M{points}Z" if len(run) == 1 else f"M{points}",
                             stroke__linecap="round", **look))  # fmt: skip
    if at.t in places:
        cx, cy = places[at.t]
        parts.append(element("circle", cx=cx, cy=cy, r=6, fill=mark))
    return "".join(parts)


def _places(
    view: View, across: Mirrored, left: float, top: float
) -> dict[int, tuple[float, float]]:
    """Return where the total of each date stands that has one; zero is on the line's box."""
    totals = {t: float(n) for t, n in enumerate(view.totals) if math.isfinite(n)}
    low, high = min([0.0, *totals.values()]), max([0.0, *totals.values()])
    first, last = view.counts.dates[0], view.counts.dates[-1]
    days, span = (last - first).days or 1, (high - low) or 1
    return {
        t: (
            across.x(round(left + _WIDTH * (view.counts.dates[t] - first).days / days, 1)),
            round(top + _HEIGHT * (high - n) / span, 1),
        )
        for t, n in totals.items()
    }


def _runs(view: View) -> Iterator[list[int]]:
    """Return positions of dates whose totals a line may join."""
    run: list[int] = []
    dates, alone = view.counts.dates, view.counts.national_only
    for t, total in enumerate(view.totals):
        if not math.isfinite(total):
            continue
        before = run[-1] if run else t
        joined = dates[t] - dates[before] <= WIDEST_GAP and view.same_areas(before, t)
        unbroken = all(math.isfinite(n) for n in view.totals[before : t + 1])
        if run and not (joined and unbroken and not alone[before] and not alone[t]):
            yield run
            run = []
        run.append(t)
    if run:
        yield run
