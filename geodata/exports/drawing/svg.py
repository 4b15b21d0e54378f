"""The map as SVG, drawn once for everyone: pages without Dash, pictures, slides.

:func:`inline` is the map inside a page, coloured by the page's style sheet, so that it follows the
reader's theme; :func:`~geodata.exports.drawing.pictures.picture` and
:func:`~geodata.exports.drawing.pictures.card` are whole documents that need nothing else.
Projection, names, neighbours, textures and legend are the same in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from geodata.exports.drawing import country
from geodata.exports.drawing.country import Box, Drawing, Name, box_of, touch
from geodata.exports.drawing.elements import element, text, title
from geodata.exports.drawing.flow_curves import arrows_on
from geodata.exports.drawing.themes import THEMES
from geodata.figures.coverage import ANOTHER_TIME, AT_WORK, DATE_UNKNOWN, NO_COVERAGE
from geodata.figures.statuses import (
    NATIONAL_ONLY,
    NOT_ASSESSED,
    NOT_COMPARABLE,
    OUTSIDE,
    SUPPRESSED,
    ZERO,
)
from geodata.figures.view import View, ViewAt
from geodata.text.area_labels import area_labels
from geodata.text.view_headlines import headline

TEXTURES = {
    NOT_ASSESSED: "url(#displacement-hatch)",
    SUPPRESSED: "url(#displacement-dots)",
    NOT_COMPARABLE: "url(#displacement-cross)",
    OUTSIDE: "url(#displacement-lines)",
    NATIONAL_ONLY: "url(#displacement-bars)",
}
_NO_INK = "n"
# Dashes of the line inside an area's border, in pixels: a programme was at work there on the date,
# at another time, or it is not known when. On what lies below it is seen by its light edge. As in
# ``assets/css/map.css``.
WORK_DASHES = {AT_WORK: (), ANOTHER_TIME: (9, 5), DATE_UNKNOWN: (2, 5)}
WORK_LINE, WORK_EDGE = 4, 7  # pixels across, of which the area's side of the border is seen
Mark = Callable[[int, int], str]  # start and side of a tile -> path data
# In place of a size of names: all that a map may show that is zoomed.
ZOOMABLE = "+"

# Units from the edge of the ground over which it fades into the page.
_FADE = 90
_COUNTRY_SIZE = 26  # of letters of their names, in units, with the space between them
# Room around the country, in units; more of it where the legend may lie.
_MARGIN, _LEGEND_ROOM = 28, 110


@dataclass(frozen=True)
class ColourScheme:
    """Where colours come from: variables of a style sheet, or the colours of a theme.

    Attributes
    ----------
    scope
        Tells the textures of one map from those of another in the same document.
    """

    at: ViewAt
    theme: str = ""
    scope: str = ""

    def id(self, name: str) -> str:
        """Return the name of a texture or gradient in the document."""
        return f"displacement-{name}{self.suffix}"

    @property
    def suffix(self) -> str:
        """What ends the names of this map's textures and gradients."""
        return f"-{self.scope}" if self.scope else ""

    def token(self, name: str) -> str:
        """Return a colour of the look."""
        return THEMES[self.theme][name] if self.theme else f"var(--{name})"

    @property
    def border(self) -> str:
        """Colour of borders; one that is seen on the ground where no neighbours are drawn."""
        return self.token(
            "outline" if country.view_drawing(self.at.view).without_neighbours else "border"
        )

    def fill(self, kind: str) -> str:
        """Return colour or texture of a class (``k3``) or a status letter."""
        if kind in TEXTURES:
            return TEXTURES[kind].replace(")", f"{self.suffix})")
        if kind == ZERO:
            return self.token("zero")
        scale = self.at.scale
        if not self.theme:
            return f"var(--{kind})"
        return (scale.colors if self.theme == "light" else scale.colors_dark)[int(kind[1:])]

    def kind(self, position: int) -> str:
        """Return class or status letter of an area."""
        k = int(self.at.classes[position])
        return f"k{k}" if k >= 0 else str(self.at.status[position])

    def ink(self, position: int) -> str:
        """Return the ink of a name on an area: light, dark, or as on no colour (``n``)."""
        k, scale = int(self.at.classes[position]), self.at.scale
        if k < 0:
            return _NO_INK
        return (scale.inks_dark if self.theme == "dark" else scale.inks)[k]


def surroundings_class(drawing: Drawing) -> str:
    """Return the CSS class of a map without neighbouring countries, with a space before it."""
    return " alone" if drawing.without_neighbours else ""


def scale_variables(view: View) -> tuple[str, str]:
    """Return custom properties of the scale's colours, light and dark, for :func:`inline`."""
    light, dark = (
        "".join(f"--k{k}:{color};" for k, color in enumerate(colors))
        for colors in (view.scale.colors, view.scale.colors_dark)
    )
    return light, dark


# ---- the map


def textures(paint: ColourScheme, size: float, repeated: int = 1) -> str:
    """Draw the textures of the pages, which are told apart without any colour.

    Parameters
    ----------
    size
        Units for a pixel.
    repeated
        How many marks lie across a tile. They look the same: many take a renderer less time, one
        takes fewer bytes.
    """

    def pattern(
        name: str, step: int, angle: int, mark: Mark, ground: str = "texture-ground"
    ) -> str:
        side = step * repeated
        turn = f"rotate({angle}) " if angle else ""
        marks = "".join(mark(start, side) for start in range(0, side, step))
        return element(
            "pattern",
            element("rect", width=side, height=side, fill=paint.token(ground)),
            element("path", d=marks, fill=paint.token("texture-mark")),
            id=paint.id(name),
            width=side,
            height=side,
            patternUnits="userSpaceOnUse",
            patternTransform=f"{turn}scale({size:g})",
        )

    return element(
        "defs",
        pattern("hatch", 6, 45, _bar),
        pattern("dots", 6, 0, _dots),
        pattern("cross", 8, 45, _cross),
        pattern("lines", 6, 0, _line, ground="outside"),
        pattern("bars", 6, 0, _bar),
    )


def _bar(start: int, side: int) -> str:
    """Return path data of a bar across a whole tile: pieces of it would not join."""
    return f"M{start} 0h2v{side}h-2z"


def _dots(start: int, side: int) -> str:
    """Return path data of a row of dots."""
    dot = "m1.7 3a1.3 1.3 0 0 0 2.6 0 1.3 1.3 0 0 0-2.6 0z"
    return "".join(f"M{x} {start}{dot}" for x in range(0, side, 6))


def _cross(start: int, side: int) -> str:
    """Return path data of a bar each way."""
    return f"M{start} 0h1.4v{side}h-1.4zM0 {start}h{side}v1.4h-{side}z"


def _line(start: int, side: int) -> str:
    """Return path data of a line across a tile."""
    return f"M0 {start}h{side}v1h-{side}z"


def _within(ground: Box, frame: Box | None) -> Box:
    """Return the part of the ground that is seen in a frame."""
    if frame is None:
        return ground
    starts = (max(pair) for pair in zip(ground[:2], frame[:2], strict=True))
    ends = (min(pair) for pair in zip(ground[2:], frame[2:], strict=True))
    left, top, right, bottom = *starts, *ends
    return left, top, right, bottom


def _fades(ground: Box, paint: ColourScheme) -> str:
    """Fade the edges of the ground: the drawing stops there, it is no coast."""
    left, top, right, bottom = ground
    width, height = right - left, bottom - top
    color = paint.token("sea")

    def edge(name: str, x: float, y: float, across: float, down: float, **line: str) -> str:
        stops = element("stop", stop__color=color) + element(
            "stop", offset=1, stop__color=color, stop__opacity=0
        )
        gradient_id = paint.id(f"fade-{name}")
        gradient = element("linearGradient", stops, id=gradient_id, **line)
        fill = f"url(#{gradient_id})"
        return gradient + element("rect", x=x, y=y, width=across, height=down, fill=fill)

    return "".join(
        [
            edge("start", left - 2, top - 2, _FADE, height + 4),
            edge("end", right - _FADE + 2, top - 2, _FADE, height + 4, x1="1", x2="0"),
            edge("top", left - 2, top - 2, width + 4, _FADE, x2="0", y2="1"),
            edge("bottom", left - 2, bottom - _FADE + 2, width + 4, _FADE, x2="0", y1="1", y2="0"),
        ]
    )


def _country_names(drawing: Drawing, ground: Box, covered: Box | None) -> str:
    """Return names of neighbouring countries, except where the ground fades or is covered."""
    left, _, right, _ = ground
    beside = [
        each
        for each in drawing.countries
        if _MARGIN < each.y < drawing.height - _MARGIN
        and left + _FADE < each.x < right - _FADE
        and not (covered and touch(box_of(each, _COUNTRY_SIZE), covered))
    ]
    return element(
        "g", *(text(each.text, x=each.x, y=each.y) for each in beside), class_="countries"
    )


def _area_names(
    drawing: Drawing, paint: ColourScheme, places: dict[str, int], size: str = ""
) -> str:
    """Return names of areas: those that fit at a size, or at any with the sizes they fit at.

    With size :data:`ZOOMABLE` all of them, as any may fit once the map is zoomed.
    """

    def name(each: Name) -> str:
        return text(
            each.text,
            x=each.x,
            y=each.y,
            class_=" ".join(each.sizes) or None,
            data__name=each.pcode,
            data__ink=paint.ink(places[each.pcode]),
        )

    fitting = [
        each for each in drawing.names if size == ZOOMABLE or (each.sizes and size in each.sizes)
    ]
    return element("g", *map(name, fitting), class_="names", aria__hidden="true")


def _cities(drawing: Drawing) -> str:
    """Return cities as points that no name covers, with names for a map that is zoomed."""

    def city(each: Name) -> str:
        point = f"M{each.x} {each.y}h0"  # a line of no length has round ends alone
        return element(
            "g",
            element("path", d=point),
            element("path", d=point),
            text(each.text, x=each.x, y=each.y),
            class_=" ".join(each.sizes) or None,
        )

    return element("g", *map(city, drawing.cities), class_="cities", aria__hidden="true")


def _areas(
    drawing: Drawing,
    paint: ColourScheme,
    places: dict[str, int],
    sentences: Mapping[str, str] | None,
) -> str:
    titles = sentences or {cell.pcode: cell.sentence for cell in area_labels(paint.at)}
    paths = (
        element(
            "path",
            title(titles[pcode]),
            d=d,
            data__pcode=pcode,
            fill=paint.fill(paint.kind(places[pcode])),
        )
        for pcode, d in drawing.areas.items()
    )
    return element("g", *paths, class_=f"areas level-{paint.at.state.level}")


def _works(drawing: Drawing, paint: ColourScheme, places: dict[str, int]) -> str:
    """Return lines inside the borders of areas where the chosen programmes worked, by when."""
    work = paint.at.work
    if work is None:
        return ""
    letters = {pcode: str(work[places[pcode]]) for pcode in drawing.areas}
    return element(
        "g",
        *(
            _work(drawing.areas[pcode], letter, paint.id(f"work-{pcode}"))
            for pcode, letter in letters.items()
            if letter != NO_COVERAGE
        ),
        class_=f"works works-{paint.at.state.level}",
        aria__hidden="true",
    )


def _work(d: str, letter: str, clip: str) -> str:
    """Return a line on an area's border, of which the half beyond is cut off."""
    return element(
        "g",
        element("clipPath", element("path", d=d), id=clip),
        element("path", d=d),
        element("path", d=d, class_="line"),
        class_=f"work-{letter}",
        clip__path=f"url(#{clip})",
    )


def without_flows(at: ViewAt) -> ViewAt:
    """Return a view without its flows, for a map beside which nothing explains them."""
    return replace(at, view=replace(at.view, flows=None))


def _flows(at: ViewAt, *, for_scripts: bool) -> str:
    """Draw the flows of the date as arrows, the smallest on top.

    They are listed in words wherever the map stands in a page. Without any, an empty layer is
    there ``for_scripts``, which may be asked for flows later.
    """
    if at.view.flows is None and not for_scripts:
        return ""
    arrows = (element("path", d=d) for d in arrows_on(at))
    return element("g", *arrows, class_="flows", aria__hidden="true")


def map_layers(
    paint: ColourScheme,
    *,
    pixel: float,
    repeated: int = 1,
    size: str = "",
    sentences: Mapping[str, str] | None = None,
    frame: Box | None = None,
    covered: Box | None = None,
) -> str:
    """Return all layers of the map in units of the drawing, from the ground up.

    ``frame`` is what will be seen of them, where nothing else says so, and ``covered`` what a
    legend will lie over.
    """
    drawing = country.view_drawing(paint.at.view)
    seen = _within(drawing.ground, frame)
    places = {pcode: i for i, pcode in enumerate(paint.at.counts.areas.pcodes)}
    ground = element("g", *(element("path", d=d) for d in drawing.neighbours), class_="neighbours")
    outlines = element("path", d=drawing.outlines, class_="outlines") if drawing.outlines else ""
    return "".join(
        [
            textures(paint, pixel, repeated),
            ground,
            _fades(seen, paint),
            _country_names(drawing, seen, covered),
            _areas(drawing, paint, places, sentences),
            outlines,
            _works(drawing, paint, places),
            _flows(paint.at, for_scripts=size == ZOOMABLE),
            _cities(drawing) if size == ZOOMABLE else "",
            _area_names(drawing, paint, places, size),
        ]
    )


def inline(
    at: ViewAt,
    *,
    scope: str = "",
    label: str = "",
    sentences: Mapping[str, str] | None = None,
    tight: bool = False,
    zoomable: bool = False,
) -> str:
    """Return the map as an ``svg`` element for a page; colours are the page's custom properties.

    Every area is a ``path[data-pcode]`` with its sentence as its title; ``text[data-name]`` are the
    names, with the letters of the sizes they fit at as classes.

    Parameters
    ----------
    scope
        Suffix of the textures' names, where a page has several maps.
    label, sentences
        Name of the map, and sentence of each area by P-code; by default those of the view.
    tight
        Whether its box is the country alone, for a page that makes room around it by itself.
    zoomable
        Whether it has what is seen only close up, too: every name, and cities.
    """
    drawing = country.view_drawing(at.view)
    left, margin = (0, 0) if tight else (_MARGIN + _LEGEND_ROOM, _MARGIN)
    box = (-left, -margin, drawing.width + left + margin, drawing.height + 2 * margin)
    return element(
        "svg",
        map_layers(
            ColourScheme(at, scope=scope),
            pixel=2.3,
            size=ZOOMABLE if zoomable else "",
            sentences=sentences,
        ),
        class_=f"map{surroundings_class(drawing)}",
        viewBox=" ".join(map(str, box)),
        role="img",
        aria__label=label or headline(at),
    )
