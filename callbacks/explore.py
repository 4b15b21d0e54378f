"""The map page's callback: what is to be drawn goes to Dash's graph.

It runs in the browser, as every step of the page does. A choice leads to one GET of
``/api/v1/view.json``, which a CDN may keep; a step of the timeline leads to none.
"""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output, State

from layouts import ids


def register(app: Dash) -> None:
    """Have ``assets/js/page/plotly-map.js`` make the figure of the boundaries it is given."""
    app.clientside_callback(
        ClientsideFunction("explore", "figure"),
        Output(ids.MAP, "figure"),
        Input(ids.DRAWING, "data"),
        State(ids.MAP, "figure"),
        prevent_initial_call=True,
    )
