"""The map page's callbacks: a reader's choice goes to the script that keeps the state.

All of them run in the browser. A choice leads to one GET of ``/api/v1/view.json``, which a CDN may
keep; a step of the timeline leads to none.
"""

from __future__ import annotations

from dash import ALL, ClientsideFunction, Dash, Input, Output

from layouts import ids

_NAMESPACE = "explore"


def register(app: Dash) -> None:
    """Pass every control's value on to ``assets/js/explore.js``."""
    single = (ids.POPULATION, ids.MEASURE, ids.MODE, ids.LEVEL, ids.CLASSES, ids.TAB)
    app.clientside_callback(
        ClientsideFunction(_NAMESPACE, "choose"),
        Output(ids.CHOICE, "data"),
        [Input(component, "value") for component in (*single, ids.programmes(ALL))],
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(_NAMESPACE, "searchProgrammes"),
        Input(ids.PROGRAMME_SEARCH, "value"),
        prevent_initial_call=True,
    )
