"""Whole pictures: a map with title, legend, notes and sources around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from geodata.exports.drawing import country, flow_legend, legend_room, sparkline
from geodata.exports.drawing.country import NAME_SIZES, Box
from geodata.exports.drawing.elements import Mirrored, document, element
from geodata.exports.drawing.svg import (
    WORK_DASHES,
    WORK_EDGE,
    WORK_LINE,
    ColourScheme,
    map_layers,
    textures,
    without_flows,
)
from geodata.exports.drawing.text_lines import BOLD_LETTER, LETTER, text_width, wrapped
from geodata.figures.availability import DISTRICT
from geodata.figures.view import ViewAt
from geodata.i18n.language import Language
from geodata.i18n.messages import sentence_case
from geodata.text.area_labels import LegendRow
from geodata.text.view_text import ViewText

# ---- whole documents


_MEAN_LETTER = 0.466  # ems, of a line that is not broken: less than lines are broken at
WIDTH, HEIGHT = 1200, 900
CARD = (1200, 630)
FIGURE = (1200, 760)
_LEGEND_WIDTH = 200
_LEGIBLE = 10.5  # pixels
_REPEATED = 6  # a tile of the textures is then large enough to be laid fast


@dataclass(frozen=True)
class _Frame:
    """Where the map stands in a document, in pixels, and where in it the country."""

    x: float
    y: float
    width: float
    height: float
    country: tuple[float, float, float, float]  # left, top, width, height within the frame
    document: tuple[float, float]  # width and height


def _dashes(dashes: tuple[int, ...], scale: float = 1) -> str | None:
    """Write dashes in pixels as units; ``None`` for a line without any."""
    return " ".join(f"{dash / scale:.1f}" for dash in dashes) or None


def _style(paint: ColourScheme, scale: float, size: str) -> str:
    """Return the style of a document's map, drawn at ``scale`` pixels for a unit."""
    token = paint.token
    halo = {"d": "#ffffffd9", "l": "#061a30b0", "n": token("card")}
    ink = {"d": "#1b2733", "l": "#fff", "n": token("ink")}
    names = "".join(
        f'.names text[data-ink="{kind}"]{{fill:{ink[kind]};stroke:{halo[kind]}}}' for kind in ink
    )
    border = 1.2 / scale
    thin = 1.7 if paint.at.state.level == DISTRICT else 1
    edge, line = WORK_EDGE / thin, WORK_LINE / thin
    works = "".join(
        f".work-{letter} .line{{stroke-dasharray:{_dashes(dashes, scale)}}}"
        for letter, dashes in WORK_DASHES.items()
        if dashes
    )
    # Letters that are joined are not spaced.
    apart = "" if paint.at.language.rtl else f"letter-spacing:{1.4 / scale:.1f}px;"
    return element(
        "style",
        f".neighbours path{{fill:{token('neighbour')};stroke:{token('neighbour-line')};"
        f"stroke-width:{0.8 / scale:.2f}}}"
        f".countries text{{font-size:{11 / scale:.1f}px;text-anchor:middle;"
        f"{apart}fill:{token('country-name')}}}"
        f".areas path{{stroke:{paint.border};stroke-width:{border:.2f};stroke-linejoin:round}}"
        f".level-2 path{{stroke-width:{border / 2:.2f}}}"
        f".outlines{{fill:none;stroke:{paint.border};stroke-width:{border * 1.5:.2f}}}"
        f".works path{{fill:none;stroke:{token('card')};stroke-width:{edge / scale:.2f}}}"
        f".works .line{{stroke:{token('ink')};stroke-width:{line / scale:.2f}}}{works}"
        f".flows path{{fill:{token('flow')};stroke:{token('flow-edge')};"
        f"stroke-width:{2 / scale:.2f};stroke-linejoin:round;paint-order:stroke}}"
        f".names text{{font-size:{NAME_SIZES[size]}px;font-weight:700;text-anchor:middle;"
        f"paint-order:stroke;stroke-width:{2.5 / scale:.1f}px}}{names}",
    )


def _name_size(scale: float, legible: float = _LEGIBLE) -> str:
    """Return the key of the smallest names that can be read at ``scale`` pixels for a unit."""
    large = [key for key, size in NAME_SIZES.items() if size * scale >= legible]
    return large[0] if large else list(NAME_SIZES)[-1]


def _scale(paint: ColourScheme, frame: _Frame) -> float:
    """Return the pixels for a unit of the drawing in a frame."""
    drawing = country.view_drawing(paint.at.view)
    _, _, width, height = frame.country
    return min(width / drawing.width, height / drawing.height)


def _map(
    paint: ColourScheme, frame: _Frame, legible: float = _LEGIBLE, legend: Box | None = None
) -> str:
    """Return the map in its frame, with the style it needs; ``legend`` will lie over a part."""
    drawing = country.view_drawing(paint.at.view)
    left, top, width, height = frame.country
    scale = _scale(paint, frame)
    x0 = left + (width - drawing.width * scale) / 2
    y0 = top + (height - drawing.height * scale) / 2
    size = _name_size(scale, legible)
    x, y, wide, high = (-x0 / scale, -y0 / scale, frame.width / scale, frame.height / scale)
    layers = map_layers(
        paint,
        pixel=1 / scale,
        size=size,
        repeated=_REPEATED,
        frame=(x, y, x + wide, y + high),
        covered=_in_units(legend, (x0, y0), scale) if legend else None,
    )
    inner = element(
        "svg",
        layers,
        x=frame.x,
        y=frame.y,
        width=frame.width,
        height=frame.height,
        overflow="visible",
        viewBox=f"{x:.1f} {y:.1f} {wide:.1f} {high:.1f}",
    )
    return _style(paint, scale, size) + inner + _surround(paint, frame)


def _in_units(box: Box, origin: tuple[float, float], scale: float) -> Box:
    """Return a box of the frame, in pixels, as one of the drawing."""
    left, top, right, bottom = box
    x, y = origin
    return (left - x) / scale, (top - y) / scale, (right - x) / scale, (bottom - y) / scale


def _surround(paint: ColourScheme, frame: _Frame) -> str:
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


def _legend(
    texts: ViewText, paint: ColourScheme, across: Mirrored, frame: _Frame, x: float, y: float
) -> str:
    """Return classes and statuses with the number of areas in each; its lower edge is at ``y``."""
    rows, language = texts.legend, texts.at.language
    head = wrapped(sentence_case(texts.unit), _LEGEND_WIDTH, 15, letter=BOLD_LETTER)
    flows = flow_legend.flow_legend(texts.at, _LEGEND_WIDTH)
    height = 22 * (len(rows) + len(head)) + 26 + (flows.height if flows else 0)
    top, width = y - height, _LEGEND_WIDTH + 32
    parts = [_legend_card(paint, across.x(x, width), top, width, height)]
    for n, line in enumerate(head):
        place = {"x": x + 16, "y": top + 30 + 22 * n}
        parts.append(across.text(line, font__size=15, font__weight=700, **place))
    for n, row in enumerate(rows, start=len(head)):
        number = language.number(row.count)
        parts.append(_legend_row(row, paint, across, x + 16, top + 30 + 22 * n, number))
    if flows:
        corner = x + 16, top + 26 + 22 * (len(head) + len(rows) - 0.5)
        parts.append(_flow_legend(flows, paint, across, corner, _scale(paint, frame)))
    return "".join(parts)


def _flow_legend(
    flows: flow_legend.FlowLegend,
    paint: ColourScheme,
    across: Mirrored,
    place: tuple[float, float],
    scale: float,
) -> str:
    colours = paint.token("flow"), paint.token("mute")
    return flow_legend.draw(flows, across, place, scale, colours)


def _legend_card(paint: ColourScheme, x: float, y: float, width: float, height: float) -> str:
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
    row: LegendRow, paint: ColourScheme, across: Mirrored, x: float, y: float, count: str
) -> str:
    box = {"x": across.x(x, 26), "y": y - 12, "width": 26, "height": 15, "rx": 3}
    look = {"stroke": "#888", "stroke__opacity": 0.35}
    kind, _, work = row.kind.partition("-")
    swatch = element("rect", **box, **look, fill=paint.token("card") if work else paint.fill(kind))
    if work:
        box = {"x": across.x(x + 1, 24), "y": y - 11, "width": 24, "height": 13}
        look = {"stroke": paint.token("ink"), "stroke__width": WORK_LINE / 2}
        swatch += element(
            "rect", **box, **look, fill="none", stroke__dasharray=_dashes(WORK_DASHES[work])
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


def _document(
    paint: ColourScheme,
    size: tuple[float, float],
    parts: list[str],
    label: str,
    description: str = "",
) -> str:
    ink, ground, language = paint.token("ink"), paint.token("sea"), paint.at.language
    return document(
        size, label, parts, ink=ink, ground=ground, description=description, language=language
    )


def _provenance(texts: ViewText, permalink: str) -> list[str]:
    """Return credits, the disclaimer on boundaries, and snapshot with permalink: a line each."""
    language, version = texts.at.language, texts.at.snapshot.version
    again = [language.gettext("Snapshot {version}", version=version), permalink]
    lines = [joined(texts.credits, language), texts.disclaimer]
    return [*lines, joined(filter(None, again), language)]


def joined(parts: Iterable[str], language: Language) -> str:
    """Join texts by dots, each isolated, as they may be written in different directions."""
    return " · ".join(map(language.isolated, parts))


def _fitting(words: str, width: float, size: float) -> float:
    """Return the font size, or a smaller one at which the words fit on one line."""
    room = width / (text_width(words) * _MEAN_LETTER)
    return size if room >= size else int(room)


def _at_most(lines: list[str], most: int) -> list[str]:
    """Return the first ``most`` lines, with an ellipsis where more are left out."""
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]}…"]


def picture(
    at: ViewAt,
    *,
    theme: str = "light",
    permalink: str = "",
    description: str = "",
    with_trend: bool = False,
) -> str:
    """Return the map with title, legend, sources and disclaimer, ``WIDTH`` × ``HEIGHT`` pixels.

    Parameters
    ----------
    description
        Text for the file that is not drawn: method, terms.
    with_trend
        With the date, large, and the totals of all dates as a small line on which it is marked.
    """
    paint, texts, left = ColourScheme(at, theme), ViewText(at), 40
    across, inner = Mirrored(at.language, WIDTH), WIDTH - 2 * left
    foot = [line for credit in _provenance(texts, permalink) for line in wrapped(credit, inner, 13)]
    bottom, wide = HEIGHT - 24 - 18 * len(foot), WIDTH - 400
    beside = left + _LEGEND_WIDTH + 40  # over which no country reaches, however wide it is
    place = (across.x(beside, wide), 18, wide, bottom - 128 - 36)
    frame = _Frame(0, 112, WIDTH, bottom - 128, place, (WIDTH, HEIGHT))
    muted, heading, sentence = paint.token("mute"), texts.title, texts.headline
    parts = [
        _map(paint, frame),
        across.text(
            heading, x=left, y=54, font__size=_fitting(heading, inner, 30), font__weight=700
        ),
        across.text(sentence, x=left, y=88, font__size=_fitting(sentence, inner, 20), fill=muted),
        _legend(texts, paint, across, frame, left, bottom - 34),
        across.lines(foot, left, bottom + 12, 18, font__size=13, fill=muted),
    ]
    if with_trend:
        colours = paint.token("mute"), paint.token("accent")
        parts.append(sparkline.dated(at, across, (left, 128), colours))
    return _document(paint, (WIDTH, HEIGHT), parts, texts.description, description)


def figure(at: ViewAt, *, theme: str = "light", size: tuple[int, int] = FIGURE) -> str:
    """Return the map and its legend alone, for documents that set title and sources themselves."""
    paint, texts, (width, height) = ColourScheme(at, theme), ViewText(at), size
    across = Mirrored(at.language, width)
    country = (across.x(250, width - 400), 10, width - 400, height - 20)
    frame = _Frame(0, 0, width, height, country, (width, height))
    parts = [_map(paint, frame), _legend(texts, paint, across, frame, 0, height)]
    return _document(paint, size, parts, texts.description)


def card(at: ViewAt, *, product: str) -> str:
    """Return the preview that chats and social media show beside a link, 1200 × 630 pixels."""
    paint, texts, left, column = ColourScheme(at, "light"), ViewText(at), 56, 500
    across, muted = Mirrored(at.language, CARD[0]), paint.token("mute")
    heading = _at_most(wrapped(texts.title, column, 46, letter=BOLD_LETTER), 4)
    sentence = _at_most(wrapped(texts.headline, column, 27), 5)
    credit = _at_most(wrapped(texts.credits[0], column, 17), 2)
    below, beside = 128 + 56 * len(heading), column + left
    wide = CARD[0] - beside
    x = across.x(beside, wide)
    country = (across.x(beside + 60, 544) - x, 36, 544, 558)
    last = CARD[1] - 44 - 22 * (len(credit) - 1)
    accent = paint.token("accent")
    parts = [
        _map(paint, _Frame(x, 0, wide, CARD[1], country, CARD)),
        across.text(product, x=left, y=74, font__size=21, font__weight=700, fill=accent),
        across.lines(heading, left, 142, 56, font__size=46, font__weight=700),
        across.lines(sentence, left, below + 20, 37, font__size=27, fill=muted),
        across.lines(credit, left, last, 22, font__size=17, fill=muted),
    ]
    return _document(paint, CARD, parts, texts.description)


# ---- parts of slides, in pixels that a projector shows one and a quarter times as large


_FROM_AFAR = 13.5  # names on a slide


def panel(at: ViewAt, size: tuple[int, int], *, with_legend: bool = True) -> str:
    """Draw the map that fills a part of a slide, with its legend in the corner left free."""
    paint, texts, (width, height) = ColourScheme(at, "light"), ViewText(at), size
    across, rtl = Mirrored(at.language, width), at.language.rtl
    if not with_legend:
        paint = replace(paint, at=without_flows(at))  # of which nothing would say how many they are
        place: Box = (14, 14, width - 28, height - 28)
        drawn = _map(paint, _Frame(0, 0, width, height, place, size), _FROM_AFAR)
        return _document(paint, size, [drawn], texts.description)
    room = (14, 14, width - 14, height - 14)
    _, card = _small_legend(texts, paint, across, 10, height - 10)
    place = legend_room.beside(country.view_drawing(at.view), card, room, on_the_right=rtl)
    frame = _Frame(0, 0, width, height, place, size)
    legend, _ = _small_legend(texts, paint, across, 10, height - 10, _scale(paint, frame))
    drawn = _map(paint, frame, _FROM_AFAR, legend=card)
    return _document(paint, size, [drawn, legend], texts.description)


def _small_legend(
    texts: ViewText, paint: ColourScheme, across: Mirrored, x: float, y: float, scale: float = 1
) -> tuple[str, Box]:
    """Return classes and statuses that occur on the date, on a card, and the box of the card.

    Its lower edge is at ``y``. Arrows of flows are drawn at ``scale`` pixels for a unit.

    Where it stands on the right it is as far from the upper edge: the country has its sea there
    below, and its hollow above.
    """
    rows = [row for row in texts.legend if row.count or row.kind.startswith("k")]
    inner = max(text_width(row.label) for row in rows) * 14.5 * LETTER + 36
    head = wrapped(sentence_case(texts.unit), inner, 15, letter=BOLD_LETTER)
    flows = flow_legend.flow_legend(texts.at, inner)
    height, width = 22 * (len(rows) + len(head)) + 22, inner + 28
    height += flows.height if flows else 0
    top = x if texts.at.language.rtl else y - height
    card = _legend_card(paint, across.x(x, width), top, width, height)
    first = top + 28
    lines = across.lines(head, x + 14, first, 22, font__size=15, font__weight=700)
    below = first + 22 * len(head)
    swatches = (
        _legend_row(row, paint, across, x + 14, below + 22 * n, "") for n, row in enumerate(rows)
    )
    start, place = across.x(x, width), (x + 14, below + 22 * (len(rows) - 0.5) - 4)
    arrows = _flow_legend(flows, paint, across, place, scale) if flows else ""
    return card + lines + "".join(swatches) + arrows, (start, top, start + width, top + height)


def legend_strip(at: ViewAt, size: tuple[int, int]) -> str:
    """Return the legend alone, in columns, for maps that share it."""
    paint, texts, (width, height) = ColourScheme(at, "light"), ViewText(at), size
    across, rows = Mirrored(at.language, width), texts.legend
    tall = max(1, (height - 34) // 24)
    room = width / -(-len(rows) // tall)
    parts = [
        textures(paint, 1),
        across.text(sentence_case(texts.unit), x=0, y=18, font__size=15, font__weight=700),
        *(
            _legend_row(row, paint, across, (n // tall) * room, 46 + 24 * (n % tall), "")
            for n, row in enumerate(rows)
        ),
    ]
    return _document(paint, size, parts, texts.unit)
