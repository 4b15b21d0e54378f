"""What stands beside a map with flows: the legend of its arrows, and the flows as a list."""

from __future__ import annotations

import math

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from geodata.exports.drawing import country, flow_curves
from geodata.exports.drawing.elements import element
from geodata.figures.flows_by_date import samples
from geodata.figures.view import ViewAt
from geodata.text import flow_labels
from layouts.markup import to_markup

_LONG = 80  # units of an arrow of the legend, as in flows.js


def flow_legend(at: ViewAt, *, styled: bool = True) -> Component:
    """Return numbers with the arrows that are drawn of them, hidden where no flows are asked for.

    Style sheets know how large a unit is from the width and height of the country: from the
    element's own style, or from :func:`style` where no element may have one.
    """
    return html.Div(
        _rows(at) if at.view.flows else [],
        className="flow-legend",
        hidden=at.view.flows is None,
        style=_size(at) if styled else None,
    )


def _size(at: ViewAt) -> dict[str, int]:
    drawing = country.view_drawing(at.view)
    return {"--width": drawing.width, "--height": drawing.height}


def style(at: ViewAt) -> str:
    """Return width and height of the country as a style sheet; empty without flows."""
    if at.view.flows is None:
        return ""
    return f":root{{{''.join(f'{name}:{value};' for name, value in _size(at).items())}}}"


def _rows(at: ViewAt) -> list[Component]:
    language, unit = at.language, at.view.flows.on[at.t].unit if at.view.flows else ""
    most = at.view.flows.most.get(unit, 0) if at.view.flows else 0
    rows = [
        html.Li([_arrow(number, most), html.Span(language.number(number))])
        for number in (samples(most) if unit else ())
    ]
    meaning = language.gettext(flow_labels.MEANING) if unit else ""
    return [html.B(flow_labels.unit_title(at)), html.Ul(rows), html.P(meaning)]


def _arrow(number: int, most: int) -> Markup:
    wide = flow_curves.width(number, most)
    high = math.ceil(wide + 2 * flow_curves.barbs(wide)) + 2
    line = (0, high / 2, _LONG / 2, high / 2, _LONG, high / 2)
    path = element("path", d=flow_curves.arrow(line, wide))
    box = {"viewBox": f"0 0 {_LONG} {high}", "aria-hidden": "true"}
    return Markup(element("svg", path, **box))  # noqa: S704 - escaped where it is made


def flow_list(at: ViewAt) -> list[Component]:
    """Return the flows of the date in words, largest first, and what is not drawn of them."""
    return [
        html.Summary(at.language.gettext(flow_labels.TITLE)),
        html.Ol([html.Li(item) for item in flow_labels.flow_items(at)]),
        html.P(flow_labels.flow_note(at)),
    ]


def beside(at: ViewAt, *, seen: bool = True) -> dict[str, Markup]:
    """Return legend and list for a page that is not of Dash; empty where there are no flows.

    A list that is not ``seen`` is there for screen readers.
    """
    if at.view.flows is None:
        return {"legend": Markup(), "list": Markup()}
    items = flow_list(at)
    listed = (
        html.Details(items, className="flow-list")
        if seen
        else html.Div(items[1:], className="flow-list visually-hidden")
    )
    return {"legend": to_markup(flow_legend(at, styled=False)), "list": to_markup(listed)}
