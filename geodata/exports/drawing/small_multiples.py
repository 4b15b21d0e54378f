"""Small maps, many on a page: every area is drawn once and used by all of them.

:func:`shapes` goes once into the page, unseen; :func:`small` is one map, a few bytes for an area.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from geodata.exports.drawing import country
from geodata.exports.drawing.elements import element
from geodata.exports.drawing.svg import ColourScheme, surroundings_class, textures
from geodata.figures.view import ViewAt

_SCOPE = "small"
_MARGIN = 12
_OUTLINES = "small-outlines"


def _id(pcode: str) -> str:
    return f"small-{pcode}"


def shapes(at: ViewAt) -> str:
    """Draw every area of the view's level once, unseen, for the small maps to use."""
    drawing = country.view_drawing(at.view)
    paths = [element("path", id=_id(pcode), d=d) for pcode, d in drawing.areas.items()]
    if drawing.outlines:
        paths.append(element("path", id=_OUTLINES, d=drawing.outlines, class_="outlines"))
    return element(
        "svg",
        textures(ColourScheme(at, scope=_SCOPE), 6),
        element("defs", *paths),
        class_="textures",
        aria__hidden="true",
    )


def small(at: ViewAt, label: str) -> str:
    """Return one map; ``label`` is its name for screen readers."""
    paint = ColourScheme(at, scope=_SCOPE)
    places = {pcode: i for i, pcode in enumerate(at.counts.areas.pcodes)}
    return _map(at, label, lambda pcode: {"fill": paint.fill(paint.kind(places[pcode]))})


def covered(at: ViewAt, pcodes: Collection[str], label: str) -> str:
    """Return a map of some areas among all, whatever is counted in them."""
    return _map(at, label, lambda pcode: {"class_": "in" if pcode in pcodes else "out"})


def _map(at: ViewAt, label: str, look: Callable[[str], dict[str, str]]) -> str:
    """Return a map of which each area looks as is said of its P-code."""
    drawing = country.view_drawing(at.view)
    used = [element("use", href=f"#{_id(pcode)}", **look(pcode)) for pcode in drawing.areas]
    if drawing.outlines:
        used.append(element("use", href=f"#{_OUTLINES}"))
    width, height = drawing.width + 2 * _MARGIN, drawing.height + 2 * _MARGIN
    return element(
        "svg",
        *used,
        class_=f"small areas level-{at.state.level}{surroundings_class(drawing)}",
        viewBox=f"{-_MARGIN} {-_MARGIN} {width} {height}",
        role="img",
        aria__label=label,
    )
