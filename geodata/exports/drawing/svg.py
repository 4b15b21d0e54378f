"""The map as SVG, drawn once for everyone: pages without Dash, pictures, slides.

:func:`inline` is the map inside a page, coloured by the page's style sheet, so that it follows the
reader's theme; :func:`picture` and :func:`card` are whole documents that need nothing else.
Projection, names, neighbours, textures and legend are the same in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from markupsafe import escape

from geodata.exports.drawing import country
from geodata.exports.drawing.country import NAME_SIZES, Drawing, Name
from geodata.exports.drawing.text_lines import (
    ARABIC_FAMILY,
    BOLD_LETTER,
    FAMILY,
    LETTER,
    from_the_right,
    length,
    wrapped,
)
from geodata.exports.drawing.themes import THEMES
from geodata.figures.view import (
    NATIONAL_ONLY,
    NOT_ASSESSED,
    NOT_COMPARABLE,
    OUTSIDE,
    SUPPRESSED,
    ZERO,
    View,
)
from geodata.i18n.language import Language
from geodata.text.area_labels import LegendRow, cells, legend, unit
from geodata.text.sentences import disclaimer, headline, sentence_case, sources, title_in_country

FONT = f"{FAMILY}, {ARABIC_FAMILY}, sans-serif"
TEXTURES = {
    NOT_ASSESSED: "url(#displacement-hatch)",
    SUPPRESSED: "url(#displacement-dots)",
    NOT_COMPARABLE: "url(#displacement-cross)",
    OUTSIDE: "url(#displacement-lines)",
    NATIONAL_ONLY: "url(#displacement-bars)",
}
_NO_INK = "n"

# Units from the edge of the ground over which it fades into the page.
_FADE = 90
# Room around the country, in units; more of it where the legend may lie.
_MARGIN, _LEGEND_ROOM = 28, 110


@dataclass(frozen=True)
class Paint:
    """Where colours come from: variables of a style sheet, or the colours of a theme.

    Attributes
    ----------
    scope
        Tells the textures of one map from those of another in the same document.
    """

    view: View
    theme: str = ""
    scope: str = ""

    def id(self, name: str) -> str:
        """Name of a texture or gradient in the document."""
        return f"displacement-{name}{self.suffix}"

    @property
    def suffix(self) -> str:
        """What ends the names of this map's textures and gradients."""
        return f"-{self.scope}" if self.scope else ""

    def token(self, name: str) -> str:
        """A colour of the look."""
        return THEMES[self.theme][name] if self.theme else f"var(--{name})"

    @property
    def border(self) -> str:
        """Colour of borders; one that is seen on the ground where no neighbours are drawn."""
        return self.token("outline" if country.drawn(self.view).alone else "border")

    def fill(self, kind: str) -> str:
        """Colour or texture of a class (``k3``) or a status letter."""
        if kind in TEXTURES:
            return TEXTURES[kind].replace(")", f"{self.suffix})")
        if kind == ZERO:
            return self.token("zero")
        scale = self.view.scale
        if not self.theme:
            return f"var(--{kind})"
        return (scale.colors if self.theme == "light" else scale.colors_dark)[int(kind[1:])]

    def kind(self, t: int, i: int) -> str:
        """Class or status letter of an area on a date."""
        k = int(self.view.classes[t, i])
        return f"k{k}" if k >= 0 else str(self.view.status[t, i])

    def ink(self, t: int, i: int) -> str:
        """Whether a name on the area is written light, dark, or as on no colour (``n``)."""
        k = int(self.view.classes[t, i])
        if k < 0:
            return _NO_INK
        return (self.view.scale.inks_dark if self.theme == "dark" else self.view.scale.inks)[k]


def element(tag: str, *children: str, **attributes: object) -> str:
    """Write an element; attributes are escaped, children are markup already.

    ``_`` ends a name that Python keeps for itself, and ``__`` stands for a hyphen.
    """
    written = "".join(
        f' {name.rstrip("_").replace("__", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"


def text(words: str, **attributes: object) -> str:
    """Write words as a ``text`` element."""
    return element("text", str(escape(words)), **attributes)


def title(words: str) -> str:
    """Write what an element, or a document, says of itself."""
    return element("title", str(escape(words)))


def lone(drawn: Drawing) -> str:
    """What ends the classes of a map by which the style sheet knows that nothing lies around it."""
    return " alone" if drawn.alone else ""


def scale_variables(view: View) -> tuple[str, str]:
    """Custom properties of the scale's colours, light and dark, for :func:`inline`."""
    light, dark = (
        "".join(f"--k{k}:{color};" for k, color in enumerate(colors))
        for colors in (view.scale.colors, view.scale.colors_dark)
    )
    return light, dark


# ---- the map


def textures(paint: Paint, size: float, repeated: int = 1) -> str:
    """Hatch, dots, cross, lines and bars as the pages have them, told apart without any colour.

    Parameters
    ----------
    size
        Units for a pixel.
    repeated
        How many marks lie across a tile. They look the same: many take a renderer less time, one
        takes fewer bytes.
    """

    def pattern(
        name: str,
        step: int,
        angle: int,
        mark: Callable[[int, int], str],
        ground: str = "texture-ground",
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
    """Path data of a bar of the hatch, across a tile; whole, for its pieces would not join."""
    return f"M{start} 0h2v{side}h-2z"


def _dots(start: int, side: int) -> str:
    """Path data of a row of dots."""
    dot = "m1.7 3a1.3 1.3 0 0 0 2.6 0 1.3 1.3 0 0 0-2.6 0z"
    return "".join(f"M{x} {start}{dot}" for x in range(0, side, 6))


def _cross(start: int, side: int) -> str:
    """Path data of a bar each way."""
    return f"M{start} 0h1.4v{side}h-1.4zM0 {start}h{side}v1.4h-{side}z"


def _line(start: int, side: int) -> str:
    """Path data of a line across a tile."""
    return f"M0 {start}h{side}v1h-{side}z"


def _fades(drawn: Drawing, paint: Paint) -> str:
    """Let the ground end softly: its edge is where the drawing stops, not a coast."""
    left, top, right, bottom = drawn.ground
    width, height = right - left, bottom - top
    color = paint.token("sea")

    def edge(name: str, x: float, y: float, w: float, h: float, **line: str) -> str:
        stops = element("stop", stop__color=color) + element(
            "stop", offset=1, stop__color=color, stop__opacity=0
        )
        known = paint.id(f"fade-{name}")
        gradient = element("linearGradient", stops, id=known, **line)
        fill = f"url(#{known})"
        return gradient + element("rect", x=x, y=y, width=w, height=h, fill=fill)

    return "".join(
        [
            edge("start", left - 2, top - 2, _FADE, height + 4),
            edge("end", right - _FADE + 2, top - 2, _FADE, height + 4, x1="1", x2="0"),
            edge("top", left - 2, top - 2, width + 4, _FADE, x2="0", y2="1"),
            edge("bottom", left - 2, bottom - _FADE + 2, width + 4, _FADE, x2="0", y1="1", y2="0"),
        ]
    )


def _country_names(drawn: Drawing) -> str:
    """Names of neighbours that stand beside the country, and not where the ground fades."""
    left, _, right, _ = drawn.ground
    beside = [
        each
        for each in drawn.countries
        if _MARGIN < each.y < drawn.height - _MARGIN and left + _FADE < each.x < right - _FADE
    ]
    return element(
        "g", *(text(each.text, x=each.x, y=each.y) for each in beside), class_="countries"
    )


def _area_names(
    drawn: Drawing, paint: Paint, t: int, places: dict[str, int], size: str = ""
) -> str:
    """Names of areas: all of them with the sizes they fit at, or those that fit at one."""

    def name(each: Name) -> str:
        return text(
            each.text,
            x=each.x,
            y=each.y,
            class_=" ".join(each.sizes),
            data__name=each.pcode,
            data__ink=paint.ink(t, places[each.pcode]),
        )

    fitting = [each for each in drawn.names if size in each.sizes]
    return element("g", *map(name, fitting), class_="names", aria__hidden="true")


def _areas(
    view: View,
    drawn: Drawing,
    paint: Paint,
    t: int,
    places: dict[str, int],
    sentences: Mapping[str, str] | None,
) -> str:
    said = sentences or {cell.pcode: cell.sentence for cell in cells(view, t)}
    paths = (
        element(
            "path",
            title(said[pcode]),
            d=d,
            data__pcode=pcode,
            fill=paint.fill(paint.kind(t, places[pcode])),
        )
        for pcode, d in drawn.areas.items()
    )
    return element("g", *paths, class_=f"areas level-{view.state.level}")


def _layers(
    view: View,
    t: int,
    paint: Paint,
    *,
    pixel: float,
    repeated: int = 1,
    size: str = "",
    sentences: Mapping[str, str] | None = None,
) -> str:
    """Everything that is drawn in units of the drawing, from the ground up."""
    drawn = country.drawn(view)
    places = {pcode: i for i, pcode in enumerate(view.counts.areas.pcodes)}
    ground = element("g", *(element("path", d=d) for d in drawn.neighbours), class_="neighbours")
    outlines = element("path", d=drawn.outlines, class_="outlines") if drawn.outlines else ""
    return "".join(
        [
            textures(paint, pixel, repeated),
            ground,
            _fades(drawn, paint),
            _country_names(drawn),
            _areas(view, drawn, paint, t, places, sentences),
            outlines,
            _area_names(drawn, paint, t, places, size),
        ]
    )


def inline(
    view: View,
    t: int,
    *,
    scope: str = "",
    label: str = "",
    sentences: Mapping[str, str] | None = None,
    tight: bool = False,
) -> str:
    """The map as an ``svg`` element for a page; colours are the page's custom properties.

    Every area is a ``path[data-pcode]`` with its sentence as its title; ``text[data-name]`` are the
    names, with the letters of the sizes they fit at as classes.

    Parameters
    ----------
    scope
        Where a page has several maps, tells the textures of one from those of another.
    label, sentences
        What the map and each area say; what the view says of itself where left out.
    tight
        Whether its box is the country alone, for a page that makes room around it by itself.
    """
    drawn = country.drawn(view)
    left, margin = (0, 0) if tight else (_MARGIN + _LEGEND_ROOM, _MARGIN)
    box = (-left, -margin, drawn.width + left + margin, drawn.height + 2 * margin)
    return element(
        "svg",
        _layers(view, t, Paint(view, scope=scope), pixel=2.3, sentences=sentences),
        class_=f"map{lone(drawn)}",
        viewBox=" ".join(map(str, box)),
        role="img",
        aria__label=label or headline(view, t),
    )


# ---- whole documents

_MEAN_LETTER = 0.466  # ems, of a line that is not broken: less than lines are broken at
WIDTH, HEIGHT = 1200, 900
CARD = (1200, 630)
FIGURE = (1200, 760)
_LEGEND_WIDTH = 200
_LEGIBLE = 10.5  # pixels
_REPEATED = 6  # a tile of the textures is then large enough to be laid fast


@dataclass(frozen=True)
class Across:
    """Where things stand across a drawing, in the direction in which its language is read.

    Places are given as for a language read from the left; what stands at the start of a line there
    stands at its end on the right here, words with it.
    """

    speech: Language
    width: float

    def x(self, x: float, width: float = 0) -> float:
        """Left edge of what is ``width`` wide."""
        return round(self.width - x - width, 1) if self.speech.rtl else x

    def text(self, words: str, **attributes: object) -> str:
        """Write a line at an ``x``, with the ``text__anchor`` that it has in Latin script."""
        if not self.speech.rtl:
            return text(words, **attributes)
        anchor = attributes.get("text__anchor")
        attributes["x"] = self.x(attributes["x"])  # type: ignore[arg-type] # a number
        attributes["text__anchor"] = {"end": "start", "middle": "middle"}.get(str(anchor), "end")
        return text(from_the_right(words), **attributes)

    def lines(
        self, lines: Iterable[str], x: float, y: float, leading: float, **look: object
    ) -> str:
        """Write lines below each other, the first at ``y``."""
        return "".join(
            self.text(line, x=x, y=y + leading * n, **look) for n, line in enumerate(lines)
        )


@dataclass(frozen=True)
class _Frame:
    """Where the map stands in a document, in pixels, and where in it the country."""

    x: float
    y: float
    width: float
    height: float
    country: tuple[float, float, float, float]  # left, top, width, height within the frame
    document: tuple[float, float]  # width and height


def _style(paint: Paint, scale: float, size: str) -> str:
    """Style of a document's map, drawn at ``scale`` pixels for a unit."""
    token = paint.token
    halo = {"d": "#ffffffd9", "l": "#061a30b0", "n": token("card")}
    ink = {"d": "#1b2733", "l": "#fff", "n": token("ink")}
    names = "".join(
        f'.names text[data-ink="{kind}"]{{fill:{ink[kind]};stroke:{halo[kind]}}}' for kind in ink
    )
    border = 1.2 / scale
    # Letters that are joined are not spaced.
    apart = "" if paint.view.language.rtl else f"letter-spacing:{1.4 / scale:.1f}px;"
    return element(
        "style",
        f".neighbours path{{fill:{token('neighbour')};stroke:{token('neighbour-line')};"
        f"stroke-width:{0.8 / scale:.2f}}}"
        f".countries text{{font-size:{11 / scale:.1f}px;text-anchor:middle;"
        f"{apart}fill:{token('country-name')}}}"
        f".areas path{{stroke:{paint.border};stroke-width:{border:.2f};stroke-linejoin:round}}"
        f".level-2 path{{stroke-width:{border / 2:.2f}}}"
        f".outlines{{fill:none;stroke:{paint.border};stroke-width:{border * 1.5:.2f}}}"
        f".names text{{font-size:{NAME_SIZES[size]}px;font-weight:700;text-anchor:middle;"
        f"paint-order:stroke;stroke-width:{2.5 / scale:.1f}px}}{names}",
    )


def _name_size(scale: float, legible: float = _LEGIBLE) -> str:
    """Key of the smallest names that can be read at ``scale`` pixels for a unit."""
    large = [key for key, size in NAME_SIZES.items() if size * scale >= legible]
    return large[0] if large else list(NAME_SIZES)[-1]


def _map(view: View, t: int, paint: Paint, frame: _Frame, legible: float = _LEGIBLE) -> str:
    """The map in its frame, with the style it needs."""
    drawn = country.drawn(view)
    left, top, width, height = frame.country
    scale = min(width / drawn.width, height / drawn.height)
    x0 = left + (width - drawn.width * scale) / 2
    y0 = top + (height - drawn.height * scale) / 2
    size = _name_size(scale, legible)
    box = (-x0 / scale, -y0 / scale, frame.width / scale, frame.height / scale)
    layers = _layers(view, t, paint, pixel=1 / scale, size=size, repeated=_REPEATED)
    inner = element(
        "svg",
        layers,
        x=frame.x,
        y=frame.y,
        width=frame.width,
        height=frame.height,
        overflow="visible",
        viewBox=" ".join(f"{side:.1f}" for side in box),
    )
    return _style(paint, scale, size) + inner + _surround(paint, frame)


def _surround(paint: Paint, frame: _Frame) -> str:
    """Cover what reaches beyond the frame; to clip it takes a renderer three times as long.

    What else stands around the map is drawn after it.
    """
    right, bottom = frame.x + frame.width, frame.y + frame.height
    across, down = frame.document
    sides = (
        (0, 0, across, frame.y),
        (0, bottom, across, down - bottom),
        (0, 0, frame.x, down),
        (right, 0, across - right, down),
    )
    return "".join(
        element("rect", x=x, y=y, width=width, height=height, fill=paint.token("sea"))
        for x, y, width, height in sides
        if width > 0 and height > 0
    )


def _legend(view: View, t: int, paint: Paint, across: Across, x: float, y: float) -> str:
    """Classes and statuses with the number of areas in each; its lower edge is at ``y``."""
    rows, speech = legend(view, t), view.language
    head = wrapped(sentence_case(unit(view)), _LEGEND_WIDTH, 15, letter=BOLD_LETTER)
    height = 22 * (len(rows) + len(head)) + 26
    top, width = y - height, _LEGEND_WIDTH + 32
    parts = [_legend_card(paint, across.x(x, width), top, width, height)]
    for n, line in enumerate(head):
        at = {"x": x + 16, "y": top + 30 + 22 * n}
        parts.append(across.text(line, font__size=15, font__weight=700, **at))
    for n, row in enumerate(rows, start=len(head)):
        number = speech.number(row.count)
        parts.append(_legend_row(row, paint, across, x + 16, top + 30 + 22 * n, number))
    return "".join(parts)


def _legend_card(paint: Paint, x: float, y: float, width: float, height: float) -> str:
    return element(
        "rect",
        x=x,
        y=y,
        width=width,
        height=height,
        rx=10,
        fill=paint.token("card"),
        fill__opacity=0.94,
        stroke=paint.token("line"),
    )


def _legend_row(
    row: LegendRow, paint: Paint, across: Across, x: float, y: float, count: str
) -> str:
    swatch = element(
        "rect",
        x=across.x(x, 26),
        y=y - 12,
        width=26,
        height=15,
        rx=3,
        fill=paint.fill(row.kind),
        stroke="#888",
        stroke__opacity=0.35,
    )
    muted = paint.token("mute")
    room = _LEGEND_WIDTH - 42 - 8 * len(count)
    size = _fitting(row.label, room, 14.5) if count else 14.5
    fill = None if row.count else muted
    label = across.text(row.label, x=x + 36, y=y, font__size=size, fill=fill)
    number = across.text(
        count if row.count else "",
        x=x + _LEGEND_WIDTH,
        y=y,
        font__size=14,
        text__anchor="end",
        fill=muted,
    )
    return swatch + label + number


def document(
    size: tuple[float, float],
    said: str,
    parts: Iterable[str],
    *,
    ink: str,
    ground: str = "",
    described: str = "",
    font_size: float | None = None,
    speech: Language | None = None,
) -> str:
    """An SVG document that needs nothing else.

    Parameters
    ----------
    size
        Width and height in pixels.
    said, described
        Its title and description, which are not seen.
    ink, ground
        Colours of letters and of what lies behind everything; without a ground there is nothing.
    speech
        The language that its words are in, where it is read from the right. Anchors are then those
        of :class:`Across`, wherever the drawing stands.
    """
    width, height = size
    read = {"direction": "ltr", "xml:lang": speech.tag} if speech and speech.rtl else {}
    return element(
        "svg",
        title(said),
        element("desc", str(escape(described))) if described else "",
        element("rect", width=width, height=height, fill=ground) if ground else "",
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
        font__family=FONT,
        font__size=font_size,
        fill=ink,
        role="img",
        **read,
    )


def _document(
    paint: Paint, size: tuple[float, float], parts: list[str], said: str, described: str = ""
) -> str:
    ink, ground, speech = paint.token("ink"), paint.token("sea"), paint.view.language
    return document(size, said, parts, ink=ink, ground=ground, described=described, speech=speech)


def _said(view: View, t: int) -> str:
    return f"{title_in_country(view)}. {headline(view, t)}."


def _provenance(view: View, permalink: str) -> list[str]:
    """Whose figures these are, what the boundaries do not mean, and where to find this again."""
    speech = view.language
    credits = dict.fromkeys(source["credit"] for source in sources(view))
    again = [speech.gettext("Snapshot {version}", version=view.snapshot.version), permalink]
    return [joined(credits, speech), disclaimer(view), joined(filter(None, again), speech)]


def joined(parts: Iterable[str], speech: Language) -> str:
    """Things said one after the other, whatever direction each is written in."""
    return " · ".join(map(speech.isolated, parts))


def _fitting(words: str, width: float, size: float) -> float:
    """The font size, or a smaller one at which words that are many fit on one line."""
    room = width / (length(words) * _MEAN_LETTER)
    return size if room >= size else int(room)


def _at_most(lines: list[str], most: int) -> list[str]:
    """As many lines as there is room for; what is left out is told by an ellipsis."""
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]}…"]


def picture(
    view: View, t: int, *, theme: str = "light", permalink: str = "", described: str = ""
) -> str:
    """The map with title, legend, sources and disclaimer, ``WIDTH`` × ``HEIGHT`` pixels.

    Parameters
    ----------
    described
        What a picture has no room for: method, terms. It is kept in the file, unseen.
    """
    paint, left = Paint(view, theme), 40
    across, inner = Across(view.language, WIDTH), WIDTH - 2 * left
    foot = [
        line for sentence in _provenance(view, permalink) for line in wrapped(sentence, inner, 13)
    ]
    bottom, wide = HEIGHT - 24 - 18 * len(foot), WIDTH - 400
    country = (across.x(250, wide), 18, wide, bottom - 128 - 36)
    frame = _Frame(0, 112, WIDTH, bottom - 128, country, (WIDTH, HEIGHT))
    muted, heading, said = paint.token("mute"), title_in_country(view), headline(view, t)
    parts = [
        _map(view, t, paint, frame),
        across.text(
            heading, x=left, y=54, font__size=_fitting(heading, inner, 30), font__weight=700
        ),
        across.text(said, x=left, y=88, font__size=_fitting(said, inner, 20), fill=muted),
        _legend(view, t, paint, across, left, bottom - 34),
        across.lines(foot, left, bottom + 12, 18, font__size=13, fill=muted),
    ]
    return _document(paint, (WIDTH, HEIGHT), parts, _said(view, t), described)


def figure(view: View, t: int, *, theme: str = "light", size: tuple[int, int] = FIGURE) -> str:
    """The map and its legend alone, for documents that set title and sources themselves."""
    paint, (width, height) = Paint(view, theme), size
    across = Across(view.language, width)
    country = (across.x(250, width - 400), 10, width - 400, height - 20)
    frame = _Frame(0, 0, width, height, country, (width, height))
    parts = [_map(view, t, paint, frame), _legend(view, t, paint, across, 0, height)]
    return _document(paint, size, parts, _said(view, t))


def card(view: View, t: int, *, product: str) -> str:
    """What chats and social media show beside a link: few words, large, 1200 × 630 pixels."""
    paint, left, column = Paint(view, "light"), 56, 500
    across, muted = Across(view.language, CARD[0]), paint.token("mute")
    heading = _at_most(wrapped(title_in_country(view), column, 46, letter=BOLD_LETTER), 4)
    said = _at_most(wrapped(headline(view, t), column, 27), 5)
    credit = _at_most(wrapped(sources(view)[0]["credit"], column, 17), 2)
    below, beside = 128 + 56 * len(heading), column + left
    wide = CARD[0] - beside
    x = across.x(beside, wide)
    country = (across.x(beside + 60, 544) - x, 36, 544, 558)
    last = CARD[1] - 44 - 22 * (len(credit) - 1)
    accent = paint.token("accent")
    parts = [
        _map(view, t, paint, _Frame(x, 0, wide, CARD[1], country, CARD)),
        across.text(product, x=left, y=74, font__size=21, font__weight=700, fill=accent),
        across.lines(heading, left, 142, 56, font__size=46, font__weight=700),
        across.lines(said, left, below + 20, 37, font__size=27, fill=muted),
        across.lines(credit, left, last, 22, font__size=17, fill=muted),
    ]
    return _document(paint, CARD, parts, _said(view, t))


# ---- parts of slides, in pixels that a projector shows one and a quarter times as large

_FROM_AFAR = 13.5  # names on a slide


def panel(view: View, t: int, size: tuple[int, int], *, with_legend: bool = True) -> str:
    """The map that fills a part of a slide, with its legend in the corner that is left free."""
    paint, (width, height) = Paint(view, "light"), size
    beside = 150 if view.language.rtl else 130  # what is free there is narrower
    across, start = Across(view.language, width), beside if with_legend else 14
    wide = width - start - 14
    country = (across.x(start, wide), 14, wide, height - 28)
    parts = [_map(view, t, paint, _Frame(0, 0, width, height, country, size), _FROM_AFAR)]
    if with_legend:
        parts.append(_small_legend(view, t, paint, across, 10, height - 10))
    return _document(paint, size, parts, _said(view, t))


def _small_legend(view: View, t: int, paint: Paint, across: Across, x: float, y: float) -> str:
    """Classes and statuses that occur on the date, on a card; its lower edge is at ``y``.

    Where it stands on the right it is as far from the upper edge: the country has its sea there
    below, and its hollow above.
    """
    rows = [row for row in legend(view, t) if row.count or row.kind.startswith("k")]
    inner = max(length(row.label) for row in rows) * 14.5 * LETTER + 36
    head = wrapped(sentence_case(unit(view)), inner, 15, letter=BOLD_LETTER)
    height, width = 22 * (len(rows) + len(head)) + 22, inner + 28
    top = x if view.language.rtl else y - height
    card = _legend_card(paint, across.x(x, width), top, width, height)
    first = top + 28
    lines = across.lines(head, x + 14, first, 22, font__size=15, font__weight=700)
    below = first + 22 * len(head)
    swatches = (
        _legend_row(row, paint, across, x + 14, below + 22 * n, "") for n, row in enumerate(rows)
    )
    return card + lines + "".join(swatches)


def legend_strip(view: View, t: int, size: tuple[int, int]) -> str:
    """The legend alone, in columns, for maps that share it."""
    paint, (width, height), rows = Paint(view, "light"), size, legend(view, t)
    across, said = Across(view.language, width), unit(view)
    tall = max(1, (height - 34) // 24)
    room = width / -(-len(rows) // tall)
    parts = [
        textures(paint, 1),
        across.text(sentence_case(said), x=0, y=18, font__size=15, font__weight=700),
        *(
            _legend_row(row, paint, across, (n // tall) * room, 46 + 24 * (n % tall), "")
            for n, row in enumerate(rows)
        ),
    ]
    return _document(paint, size, parts, said)
