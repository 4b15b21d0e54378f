"""Maps and flows as native shapes of PowerPoint: freeforms, text and a legend, in two groups.

::

    SVG of the drawing ─▶ its elements ─▶ custGeom, pattern fills, text in the theme's font
                                          └─ group "Map" (or "Chart"), group "Legend"

What is drawn stays drawn once, by :mod:`geodata.exports.drawing`: here it is only written in other
words, so a slide shows what the page, the PDF and the picture show. Ink, ground and muted letters
are colours of the theme, which an organisation's template brings; the colours of classes are those
of the legend everywhere, as their order is what the map says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from markupsafe import escape

from geodata.exports.documents.pptx_text import Place, language_tag
from geodata.exports.documents.svg_elements import (
    Point,
    Segment,
    VisibleElement,
    clipped,
    elements,
    gradient_directions,
    parse,
    segments,
)
from geodata.exports.drawing.country import Box
from geodata.exports.drawing.text_lines import isolates_to_marks, text_width
from geodata.exports.drawing.themes import LIGHT
from geodata.i18n.language import Language

# Colours of a drawing that are a theme's own: its text, its ground, and what lies behind.
_OF_THEME = {
    LIGHT["ink"]: "tx1",
    LIGHT["sea"]: "bg1",
    LIGHT["mute"]: "tx2",
    LIGHT["neighbour"]: "bg2",
}
# Office's patterns for the textures of statuses: told apart as those are, without any colour.
_PATTERNS = {
    "hatch": ("wdUpDiag", "texture-ground"),
    "dots": ("pct20", "texture-ground"),
    "cross": ("openDmnd", "texture-ground"),
    "lines": ("ltHorz", "outside"),
    "bars": ("ltVert", "texture-ground"),
}
_URL = re.compile(r"url\(#displacement-([a-z]+(?:-(?:start|end|top|bottom))?)")
_ON_COLOUR = ("d", "l")  # inks of names on a class's colour, which the theme does not change
_ABOVE = 0.37  # ems from the base line up to the middle of a line, in Noto Sans as in Arial
_WIDTH, _LINE_HEIGHT = 0.62, 1.4  # ems of a letter of a text box, and of its height
_ALIGNED = {"start": "l", "middle": "ctr", "end": "r"}
_TAGS = {"M": "moveTo", "L": "lnTo", "Q": "quadBezTo", "C": "cubicBezTo"}
_NAMESPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


@dataclass(frozen=True)
class Words:
    """What the groups and shapes of a drawing are called.

    Attributes
    ----------
    name, description
        Of the group that holds it all but the legend.
    legend
        Name of the legend's group.
    areas
        Names of areas by P-code.
    """

    name: str
    description: str
    legend: str
    areas: Mapping[str, str]


def add_drawing(
    slide: Any,
    drawing: str,
    place: Place,
    words: Words,
    language: Language,
    *,
    legend_apart: bool = True,
) -> None:
    """Put a drawing on a slide as shapes that can be edited.

    Parameters
    ----------
    legend_apart
        Whether what stands around the map is a group of its own; all is one group otherwise.
    """
    root = parse(drawing)
    ids = iter(range(last_id(slide) + 1, 1 << 30))
    wide = float(root.get("width"))
    pen = _Pen(place, place[2] / wide, language, gradient_directions(root))
    drawn, legend = list[str](), list[str]()
    for each in elements(root):
        ground = each.kind == "rect" and not each.nested and each.number("width") == wide
        if not ground:  # it is the slide's own
            apart = legend_apart and not each.nested
            (legend if apart else drawn).extend(pen.shapes(each, words.areas, ids))
    _add_group(slide, drawn, place, words.name, words.description, next(ids))
    if legend:
        _add_group(slide, legend, place, words.legend, "", next(ids))


def last_id(slide: Any) -> int:
    """Return the largest id of a slide's shapes."""
    ids = slide.shapes.element.xpath("//@id[not(starts-with(., 'rId'))]")
    return max(int(each) for each in ids if each.isdigit())


def _add_group(
    slide: Any, shapes: Sequence[str], place: Place, name: str, description: str, number: int
) -> None:
    """Add shapes as one group, which is as large as they are."""
    from pptx.oxml import parse_xml

    left, top, width, height = place
    frame = f'x="{left}" y="{top}"/><a:{{}}xt cx="{width}" cy="{height}"/>'
    markup = (
        f"<p:grpSp {_NAMESPACES}><p:nvGrpSpPr>{_named(number, name, description)}"
        "<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>"
        f"<a:off {frame.format('e')}<a:chOff {frame.format('chE')}</a:xfrm></p:grpSpPr>"
        f"{''.join(shapes)}</p:grpSp>"
    )
    slide.shapes.element.append(parse_xml(markup))


def _named(number: int, name: str, description: str = "") -> str:
    words = f" descr={quoteattr(isolates_to_marks(description))}" if description else ""
    return f'<p:cNvPr id="{number}" name={quoteattr(isolates_to_marks(name))}{words}/>'


@dataclass(frozen=True)
class _Pen:
    """Writes elements as shapes at a place of a slide, ``emu`` for a pixel of the drawing."""

    place: Place
    emu: float
    language: Language
    gradients: Mapping[str, tuple[Point, str]]

    def shapes(
        self, each: VisibleElement, areas: Mapping[str, str], ids: Iterator[int]
    ) -> Iterator[str]:
        """Yield the shapes of an element; none for what is not seen."""
        if each.kind == "text":
            if each.words:
                yield self._text(each, next(ids))
            return
        name = areas.get(each.look.get("data-pcode", ""), "") or each.words
        geometry = self._rectangle(each) if each.kind == "rect" else self._freeform(each)
        if geometry:
            number = next(ids)
            named = _named(number, name or f"{each.kind.capitalize()} {number}", each.words)
            yield (
                f"<p:sp><p:nvSpPr>{named}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
                f"<p:spPr>{geometry}</p:spPr></p:sp>"
            )

    # ---- where

    def _frame(self, each: VisibleElement, box: Box) -> str:
        """Return where a box of an element's units stands on the slide."""
        unit = each.scale * self.emu
        left = self.place[0] + each.origin[0] * self.emu + box[0] * unit
        top = self.place[1] + each.origin[1] * self.emu + box[1] * unit
        across, down = (box[2] - box[0]) * unit, (box[3] - box[1]) * unit
        return (
            f'<a:xfrm><a:off x="{round(left)}" y="{round(top)}"/>'
            f'<a:ext cx="{round(across)}" cy="{round(down)}"/></a:xfrm>'
        )

    def _rectangle(self, each: VisibleElement) -> str:
        x, y = each.number("x"), each.number("y")
        box = (x, y, x + each.number("width"), y + each.number("height"))
        if each.nested:
            box = _within(box, each.seen)
        least = min(box[2] - box[0], box[3] - box[1])
        if least <= 0:
            return ""
        round_by = each.number("rx") / least * 100_000
        shape = '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        if round_by:
            guide = f'<a:gd name="adj" fmla="val {round(round_by)}"/>'
            shape = f'<a:prstGeom prst="roundRect"><a:avLst>{guide}</a:avLst></a:prstGeom>'
        return self._frame(each, box) + shape + self._fill(each) + self._line(each)

    def _freeform(self, each: VisibleElement) -> str:
        path = segments(each.look["d"])
        box = _extent(path)
        if each.nested and _within(box, each.seen) != box and "Q" not in each.look["d"]:
            path = clipped(path, each.seen)
            if not path:
                return ""
            box = _extent(path)
        look = (self._fill(each), self._line(each))
        below = each.look.get("paint-order") == "stroke"
        return self._frame(each, box) + _geometry(path, box, below=below) + "".join(look)

    # ---- how it looks

    def _fill(self, each: VisibleElement) -> str:
        fill = each.look.get("fill", "")
        if fill in ("", "none"):
            return "<a:noFill/>"
        if not fill.startswith("url"):
            return f"<a:solidFill>{_color(fill, each.number('fill-opacity', 1))}</a:solidFill>"
        texture = _URL.match(fill)
        name = texture[1] if texture else ""
        if name in _PATTERNS:
            pattern, ground = _PATTERNS[name]
            return (
                f'<a:pattFill prst="{pattern}"><a:fgClr>{_color(LIGHT["texture-mark"])}</a:fgClr>'
                f"<a:bgClr>{_color(LIGHT[ground])}</a:bgClr></a:pattFill>"
            )
        (across, down), color = self.gradients[fill[5:-1]]
        angle = round(math.degrees(math.atan2(down, across)) % 360 * 60_000)
        return (
            f'<a:gradFill><a:gsLst><a:gs pos="0">{_color(color)}</a:gs>'
            f'<a:gs pos="100000">{_color(color, 0)}</a:gs></a:gsLst>'
            f'<a:lin ang="{angle}" scaled="0"/></a:gradFill>'
        )

    def _line(self, each: VisibleElement) -> str:
        stroke = each.look.get("stroke")
        if not stroke:
            return "<a:ln><a:noFill/></a:ln>"
        width = each.number("stroke-width", 1)
        if "clip-path" in each.look:  # of which the half beyond the border is cut off
            width /= 2
        dashes = [float(dash) for dash in each.look.get("stroke-dasharray", "").split()]
        style = "".join(
            f'<a:ds d="{round(dash / width * 1e5)}" sp="{round(gap / width * 1e5)}"/>'
            for dash, gap in zip(dashes[::2], dashes[1::2], strict=True)
        )
        color = _color(stroke, each.number("stroke-opacity", 1))
        return (
            f'<a:ln w="{round(width * each.scale * self.emu)}"><a:solidFill>{color}</a:solidFill>'
            f"{f'<a:custDash>{style}</a:custDash>' if style else ''}<a:round/></a:ln>"
        )

    # ---- words

    def _text(self, each: VisibleElement, number: int) -> str:
        """Return a line of text around its middle, where it stands in whatever font."""
        size, anchor = each.number("font-size", 16), each.look.get("text-anchor", "start")
        x, middle = each.number("x"), each.number("y") - size * _ABOVE
        width, half = text_width(each.words) * size * _WIDTH, size * _LINE_HEIGHT / 2
        left = x - {"start": 0, "middle": width / 2, "end": width}[anchor]
        place = self._frame(each, (left, middle - half, left + width, middle + half))
        words = isolates_to_marks(each.words)
        rtl = ' rtl="1"' if self.language.rtl else ""
        return (
            f'<p:sp><p:nvSpPr>{_named(number, each.words)}<p:cNvSpPr txBox="1"/><p:nvPr/>'
            f'</p:nvSpPr><p:spPr>{place}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
            '<a:noFill/></p:spPr><p:txBody><a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" '
            'bIns="0" rtlCol="0" anchor="ctr"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
            f'<a:p><a:pPr algn="{_ALIGNED[anchor]}"{rtl}/>'
            f"<a:r>{self._letters(each, size)}<a:t>{escape(words)}</a:t></a:r></a:p>"
            "</p:txBody></p:sp>"
        )

    def _letters(self, each: VisibleElement, size: float) -> str:
        points = round(size * each.scale * self.emu / 127)
        bold = ' b="1"' if each.number("font-weight", 400) >= 600 else ""
        on_colour = each.look.get("data-ink") in _ON_COLOUR
        color = _color(each.look["fill"], of_theme=not on_colour)
        halo = each.look.get("stroke")
        glow = ""
        if halo:
            reach = round(each.number("stroke-width") * each.scale * self.emu)
            around = _color(halo, of_theme=not on_colour)
            glow = f'<a:effectLst><a:glow rad="{reach}">{around}</a:glow></a:effectLst>'
        return (
            f'<a:rPr lang="{language_tag(self.language)}" sz="{points}"{bold}>'
            f"<a:solidFill>{color}</a:solidFill>{glow}</a:rPr>"
        )


def _color(color: str, opacity: float = 1, *, of_theme: bool = True) -> str:
    """Return a colour, of the theme where it is one of those, as transparent as it is."""
    digits = color.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) == 8:
        opacity, digits = int(digits[6:], 16) / 255, digits[:6]
    alpha = f'<a:alpha val="{round(opacity * 100_000)}"/>' if opacity < 1 else ""
    if of_theme and color in _OF_THEME:
        return f'<a:schemeClr val="{_OF_THEME[color]}">{alpha}</a:schemeClr>'
    return f'<a:srgbClr val="{digits.upper()}">{alpha}</a:srgbClr>'


def _within(box: Box, seen: Box) -> Box:
    return (
        *(max(pair) for pair in zip(box[:2], seen[:2], strict=True)),
        *(min(pair) for pair in zip(box[2:], seen[2:], strict=True)),
    )  # type: ignore[return-value]


def _extent(path: Iterable[Segment]) -> Box:
    xs, ys = zip(*(point for _, points in path for point in points), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _geometry(path: Sequence[Segment], box: Box, *, below: bool) -> str:
    """Return a freeform: its points count from the corner of its box, in units or tenths of them.

    Parameters
    ----------
    below
        Whether its line lies below its own fill and not above it: it is then drawn first.
    """
    whole = all(x % 1 == 0 and y % 1 == 0 for _, points in path for x, y in points)
    unit = 1 if whole else 10
    left, top = box[:2]
    steps = []
    for kind, points in path:
        if kind == "Z":
            steps.append("<a:close/>")
            continue
        each = {"Q": 2, "C": 3}.get(kind, 1)
        at = [
            f'<a:pt x="{round((x - left) * unit)}" y="{round((y - top) * unit)}"/>'
            for x, y in points
        ]
        tag = _TAGS[kind]
        steps += [
            f"<a:{tag}>{''.join(at[n : n + each])}</a:{tag}>" for n in range(0, len(at), each)
        ]
    drawn = "".join(steps)
    size = f'w="{round((box[2] - left) * unit)}" h="{round((box[3] - top) * unit)}"'
    looks = (' fill="none"', ' stroke="0"') if below else ("",)
    paths = "".join(f"<a:path {size}{look}>{drawn}</a:path>" for look in looks)
    return (
        "<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
        f'<a:rect l="0" t="0" r="r" b="b"/><a:pathLst>{paths}</a:pathLst></a:custGeom>'
    )
