"""Trends and flows as SVG: for pages, PDF and pictures. Colours and fonts as the maps have them.

A line joins counts that follow each other; where nobody counted for long there is a gap, never a
line that no source has drawn.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from geodata import populations
from geodata.briefing.briefing import FLOWS, TREND
from geodata.briefing.content import ChartSeries, Content
from geodata.exports.drawing.elements import Mirrored, document, element, title
from geodata.exports.drawing.text_lines import text_width
from geodata.exports.drawing.themes import THEMES
from geodata.figures.flows import Flow
from geodata.i18n.language import Language

LINES = ("#0b5cad", "#c8553d", "#5b6b7a")  # told apart without colour by their labels
WIDEST_GAP = dt.timedelta(days=200)
_FONT_SIZE = 15
_LETTER = 0.56
_YEAR = 44  # pixels of a year's label and the room beside it

Size = tuple[int, int]
Run = list[tuple[dt.date, float]]


def _document(size: Size, label: str, parts: Iterable[str], language: Language) -> str:
    ink = THEMES["light"]["ink"]
    return document(size, label, parts, ink=ink, font_size=_FONT_SIZE, language=language)


# ---- trends


def ceiling(highest: float) -> float:
    """Return the next of 1, 2, 2.5, 5 × 10ⁿ that holds a number in four or five even steps."""
    if highest <= 0:
        return 1.0
    step = highest / 4
    power = 10 ** math.floor(math.log10(step))
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= step)
    return float(math.ceil(highest / step) * step)


def steps(top: float) -> list[float]:
    """Return the values of the grid lines, from zero to ``top``."""
    power = 10 ** math.floor(math.log10(top / 4))
    for each in (1, 2, 2.5, 5, 10):
        n = top / (each * power)
        if n <= 5 and abs(n - round(n)) < 1e-9:
            return [each * power * i for i in range(round(n) + 1)]
    return [0, top]


@dataclass(frozen=True)
class _Plot:
    """Where dates and numbers of a measure stand, in pixels."""

    left: float
    top: float
    right: float
    bottom: float
    first: dt.date
    last: dt.date
    highest: float
    measure: str

    def x(self, day: dt.date) -> float:
        span = (self.last - self.first).days or 1
        return round(self.left + (self.right - self.left) * (day - self.first).days / span, 1)

    def y(self, number: float) -> float:
        part = number / self.highest
        return round(self.bottom - (self.bottom - self.top) * part, 1)


def runs(series: ChartSeries) -> list[Run]:
    """Return the points of a series in runs that a line may join.

    A new run begins after a missing count or more than :data:`WIDEST_GAP`. Totals that a report
    prints for the country alone are in none (:func:`printed`).
    """
    joined: list[Run] = []
    before: dt.date | None = None
    printed_days = {day for day, _ in printed(series)}
    for iso_date, number in zip(series.dates, series.numbers, strict=True):
        day = dt.date.fromisoformat(iso_date)
        if number is None or day in printed_days:
            before = None
            continue
        if before is None or day - before > WIDEST_GAP:
            joined.append([])
        joined[-1].append((day, number))
        before = day
    return joined


def printed(series: ChartSeries) -> Run:
    """Return totals of the country that a report prints: points that no line joins."""
    marked = series.printed or (False,) * len(series.dates)
    return [
        (dt.date.fromisoformat(day), number)
        for day, number, is_printed in zip(series.dates, series.numbers, marked, strict=True)
        if is_printed and number is not None
    ]


def trend(series: Sequence[ChartSeries], language: Language, size: Size, label: str) -> str:
    """Return lines on a time axis that is proportional to dates, labelled at their ends.

    Time goes as the language is read.
    """
    lines = [run for each in series for run in runs(each)]
    all_runs = [*lines, *(printed(each) for each in series)]
    if not any(all_runs):
        return _document(size, label, [], language)
    days = [day for run in all_runs for day, _ in run]
    top = ceiling(max(number for run in all_runs for _, number in run))
    (width, height), measure = size, series[0].measure
    labels = [*(each.label for each in series), *_explained(series, language)]
    names = max(map(text_width, labels)) * _FONT_SIZE * _LETTER
    across = Mirrored(language, width)
    plot = _Plot(78, 24, width - names - 22, height - 36, min(days), max(days), top, measure)
    parts = [*_grid(plot, across), *_years(plot, across), *_lines(series, plot, across)]
    return _document(size, label, parts, language)


def _grid(plot: _Plot, across: Mirrored) -> list[str]:
    line, mute, language = THEMES["light"]["line"], THEMES["light"]["mute"], across.language
    parts = []
    for number in steps(plot.highest):
        y = plot.y(number)
        ends = f"M{across.x(plot.left)} {y}H{across.x(plot.right)}"
        parts.append(element("path", d=ends, stroke=line))
        sign = populations.sign(plot.measure)
        words = language.compact(number) if number >= 1000 else language.number(number, 0, sign)
        parts.append(across.text(words, x=plot.left - 10, y=y + 5, text__anchor="end", fill=mute))
    return parts


def _years(plot: _Plot, across: Mirrored) -> list[str]:
    """Label the first of January of every year, or every second, fifth or tenth."""
    mute = THEMES["light"]["mute"]
    years = range(plot.first.year + 1, plot.last.year + 1)
    wide = (plot.right - plot.left) / max(plot.last.year - plot.first.year, 1)
    every = next((n for n in (1, 2, 5, 10) if n * wide >= _YEAR), 20)
    parts = []
    for year in years[::every]:
        x, y = plot.x(dt.date(year, 1, 1)), plot.bottom + 24
        parts.append(element("path", d=f"M{across.x(x)} {plot.bottom}v6", stroke=mute))
        words = across.language.whole(year)
        parts.append(across.text(words, x=x, y=y, text__anchor="middle", fill=mute))
    return parts


def _lines(series: Sequence[ChartSeries], plot: _Plot, across: Mirrored) -> list[str]:
    parts: list[str] = []
    occupied: list[float] = []
    for each, color in zip(series, itertools.cycle(LINES), strict=False):
        joined, rings = runs(each), printed(each)
        if joined or rings:
            parts += _points(joined, rings, color, plot, across)
            parts += _end_label(each, _ends(joined)[:1], rings, color, occupied, plot, across)
    return parts


def _ends(joined: Sequence[Run]) -> Run:
    """Return points to mark: the last one, and those without a line."""
    return [joined[-1][-1], *(run[0] for run in joined if len(run) == 1)] if joined else []


def _points(
    joined: Sequence[Run], rings: Run, color: str, plot: _Plot, across: Mirrored
) -> Iterator[str]:
    """Draw the lines of a series, its marked points, and rings for totals of a report."""

    def x(day: dt.date) -> float:
        return across.x(plot.x(day))

    for run in joined:
        points = "L".join(f"{x(day)} {plot.y(number)}" for day, number in run)
        yield element("path", d=f"M{points}", fill="none", stroke=color, stroke__width=3)
    for day, number in _ends(joined):
        yield element("circle", cx=x(day), cy=plot.y(number), r=4.5, fill=color)
    ring = {"r": 4.5, "fill": "#ffffff", "stroke": color, "stroke__width": 2.5}
    for day, number in rings:
        yield element("circle", cx=x(day), cy=plot.y(number), **ring)


def _end_label(
    series: ChartSeries,
    end: Run,
    rings: Run,
    color: str,
    occupied: list[float],
    plot: _Plot,
    across: Mirrored,
) -> Iterator[str]:
    """Write name and last number beside a line's end, clear of other labels."""
    day, number = max([*end, *rings])
    y = _beside(plot.y(number), occupied, 61 if rings else 42)
    occupied.append(y + (19 if rings else 0))
    look = {"x": plot.x(day) + 12, "fill": color, "font__weight": 700}
    yield across.text(series.label, y=y - 2, **look)
    decimals = int(plot.measure in populations.RATIOS)
    words = across.language.number(number, decimals, populations.sign(plot.measure))
    yield across.text(words, y=y + 17, **look)
    for note in _explained([series], across.language):
        small = {**look, "font__weight": 400, "font__size": _FONT_SIZE}
        yield across.text(note, y=y + 36, **small)


def _explained(series: Sequence[ChartSeries], language: Language) -> list[str]:
    """Return the note on rings, the totals of a report, where there are any."""
    marked = any(printed(each) for each in series)
    return [language.gettext("for the country only")] if marked else []


def _beside(y: float, occupied: Sequence[float], room: float = 42) -> float:
    """Return a ``y`` near this one at which a label ``room`` high is clear of the others."""
    while near := [other for other in occupied if abs(other - y) < room]:
        y = max(near) + room
    return y


# ---- flows


def sankey(flows: Sequence[Flow], language: Language, size: Size, label: str) -> str:
    """Draw origins at the start, destinations at the end, and bands as wide as flows are large.

    Left to right, or right to left where the language is read so.
    """
    if not flows:
        return _document(size, label, [], language)
    names = [flow.origin_name for flow in flows] + [flow.destination_name for flow in flows]
    room = max(map(text_width, names)) * _FONT_SIZE * _LETTER + 82
    sides = _sides(flows, size[1])
    colors = dict(zip(sides[0], itertools.cycle(_ORIGINS), strict=False))
    diagram = _Sankey(size[0], room, 16, language)
    offsets = [{name: top for name, (top, _, _) in side.items()} for side in sides]
    bands = []
    for flow in flows:
        high = flow.number * sides[0][flow.origin][1]
        tops = offsets[0][flow.origin], offsets[1][flow.destination]
        offsets[0][flow.origin] += high
        offsets[1][flow.destination] += high
        bands.append(diagram.band(tops, high, colors[flow.origin], flow))
    nodes = [
        diagram.node(side, name, place, colors.get(name, _OTHER))
        for side, places in enumerate(sides)
        for name, place in places.items()
    ]
    return _document(size, label, [*bands, *nodes], language)


_ORIGINS = ("#0b5cad", "#c8553d", "#3f8f6b", "#8a5fb0", "#b58900", "#3b7d9b", "#a0527a", "#6b7a3a")
_OTHER = "#5b6b7a"
# Per node: where it begins, pixels for a household, and its name with its number.
_Side = dict[str, tuple[float, float, tuple[str, int]]]


def _sides(flows: Sequence[Flow], height: float) -> tuple[_Side, _Side]:
    """Return nodes of both sides from top to bottom, the largest first, on one scale."""
    added: tuple[dict[str, tuple[str, int]], dict[str, tuple[str, int]]] = ({}, {})
    for flow in flows:
        ends = ((flow.origin, flow.origin_name), (flow.destination, flow.destination_name))
        for side, (code, name) in zip(added, ends, strict=True):
            side[code] = (name, side.get(code, (name, 0))[1] + flow.number)
    whole = sum(flow.number for flow in flows)
    gap = 26
    most = max(map(len, added))
    scale = max(height - 20 - gap * most, height / 4) / whole
    placed: list[_Side] = []
    for side in added:
        used = whole * scale + gap * (len(side) - 1)
        top, places = max(10.0, (height - used) / 2), {}
        for code, named in sorted(side.items(), key=lambda each: -each[1][1]):
            places[code] = (top, scale, named)
            top += named[1] * scale + gap
        placed.append(places)
    return placed[0], placed[1]


@dataclass(frozen=True)
class _Sankey:
    """Draws bands and nodes between two columns of names."""

    width: float
    room: float
    bar: float
    language: Language

    @property
    def across(self) -> Mirrored:
        return Mirrored(self.language, self.width)

    def band(self, tops: tuple[float, float], high: float, color: str, flow: Flow) -> str:
        start, end = self.room + self.bar, self.width - self.room - self.bar
        x0, x1, mid = (round(self.across.x(x), 1) for x in (start, end, (start + end) / 2))
        y0, y1 = tops
        top = f"M{x0} {y0:.1f}C{mid} {y0:.1f} {mid} {y1:.1f} {x1} {y1:.1f}"
        low0, low1 = y0 + high, y1 + high
        bottom = f"v{high:.1f}C{mid} {low1:.1f} {mid} {low0:.1f} {x0} {low0:.1f}z"
        arrow = "←" if self.language.rtl else "→"
        label = f"{flow.origin_name} {arrow} {flow.destination_name}: {flow.value}"
        return element("path", title(label), d=top + bottom, fill=color, fill__opacity=0.45)

    def node(
        self, side: int, code: str, place: tuple[float, float, tuple[str, int]], color: str
    ) -> str:
        top, scale, (name, number) = place
        x = round(self.room if side == 0 else self.width - self.room - self.bar, 1)
        left = self.across.x(x, self.bar)
        high = number * scale
        bar = element(
            "rect", x=left, y=round(top, 1), width=self.bar, height=round(high, 1), fill=color
        )
        beside = x - 8 if side == 0 else x + self.bar + 8
        words = self.language.gettext(
            "{name} {value}", name=name, value=self.language.number(number)
        )
        anchor = "end" if side == 0 else "start"
        y = round(top + high / 2 + 5, 1)
        return bar + self.across.text(words, x=beside, y=y, text__anchor=anchor)


# ---- slides


def _slide_trend(content: Content, size: Size, label: str) -> str:
    return trend(content.series, content.at.language, size, label)


def _slide_flows(content: Content, size: Size, label: str) -> str:
    return sankey(content.flows, content.at.language, size, label)


CHARTS: Mapping[str, Callable[[Content, Size, str], str]] = {
    TREND: _slide_trend,
    FLOWS: _slide_flows,
}
"""What draws the chart of a slide, by its layout; slides of other layouts have a map or a table."""
