"""The part of a legend that explains the arrows of flows: three widths, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.exports.drawing.elements import Mirrored, element
from geodata.exports.drawing.flow_curves import arrow, width
from geodata.exports.drawing.text_lines import BOLD_LETTER, wrapped
from geodata.figures.flows_by_date import samples
from geodata.figures.view import ViewAt
from geodata.text.flow_labels import MEANING, unit_title

_LINE, _ROW, _SMALL_LINE = 20, 26, 17  # pixels from one to the next
_LONG = 46  # pixels of an arrow
_SIZE, _SMALL = 14.5, 12.5


@dataclass(frozen=True)
class FlowLegend:
    """What a legend says of flows: a heading, numbers with the arrows that are drawn of them.

    Attributes
    ----------
    most
        The number of the widest arrow.
    below
        What an arrow means, in lines.
    """

    head: list[str]
    numbers: tuple[int, ...]
    most: int
    below: list[str]

    @property
    def height(self) -> int:
        """How high it is, in pixels."""
        return (
            _LINE * len(self.head) + _ROW * len(self.numbers) + _SMALL_LINE * len(self.below) + 12
        )


def flow_legend(at: ViewAt, room: float) -> FlowLegend | None:
    """Return what a legend says of flows in lines of a width; ``None`` where none are asked for."""
    if at.view.flows is None:
        return None
    unit, language = at.view.flows.on[at.t].unit, at.language
    most = at.view.flows.most.get(unit, 0)
    return FlowLegend(
        head=wrapped(unit_title(at), room, _SIZE, letter=BOLD_LETTER),
        numbers=samples(most) if unit else (),
        most=most,
        below=wrapped(language.gettext(MEANING), room, _SMALL) if unit else [],
    )


def draw(
    legend: FlowLegend,
    across: Mirrored,
    place: tuple[float, float],
    scale: float,
    colours: tuple[str, str],
) -> str:
    """Draw it below a place, for a map of ``scale`` pixels for a unit.

    Parameters
    ----------
    colours
        Of arrows, and of small letters.
    """
    x, y = place
    flow, muted = colours
    parts = [across.lines(legend.head, x, y + _LINE, _LINE, font__size=_SIZE, font__weight=700)]
    y += _LINE * len(legend.head)
    for n, number in enumerate(legend.numbers):
        middle, left = y + _ROW * n + 18, across.x(x, _LONG)
        line = (left, middle, left + _LONG / 2, middle, left + _LONG, middle)
        wide = width(number, legend.most) * scale
        parts.append(element("path", d=arrow(line, wide), fill=flow))
        label = across.language.number(number)
        parts.append(across.text(label, x=x + _LONG + 10, y=middle + 5, font__size=_SIZE))
    y += _ROW * len(legend.numbers) + _SMALL_LINE + 4
    parts.append(across.lines(legend.below, x, y, _SMALL_LINE, font__size=_SMALL, fill=muted))
    return "".join(parts)
