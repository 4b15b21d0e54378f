"""What happens on the map page when somebody chooses: Dash's callbacks, which run in the browser.

::

    Choices, Programmes, BaseDate … ──▶ ask ──▶ View.url       one GET, if others are asked for
    View.url, Timeline.date, Choropleth.selected, Choices.value (tab) ──▶ address ──▶ Address.query
    Choices.value (tab) ──▶ tab ──▶ the map or the table is seen

A step of the timeline is no callback: it goes from component to component (``assets/js/
islands.js``), with no request and without Dash, which is told of the date where the reader rests.
The functions are in ``assets/js/page/callbacks.js``.
"""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output

from layouts import ids

# Controls whose choices are the state of a view, in the order in which ``ask`` takes them.
CHOICES = (
    ids.POPULATION,
    ids.PROGRAMMES,
    ids.FUNDER,
    ids.PROG_WHEN,
    ids.MEASURE,
    ids.MODE,
    ids.BASE,
    ids.LEVEL,
    ids.CLASSES,
    ids.FLOWS,
)


def register(app: Dash) -> None:
    """Add the callbacks of the page to ``app``."""
    app.clientside_callback(
        ClientsideFunction("explore", "ask"),
        Output(ids.VIEW, "url"),
        [Input(choice, "value") for choice in CHOICES],
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("explore", "tab"),
        Output(ids.MAP_PANE, "hidden"),
        Output(ids.TABLE_PANE, "hidden"),
        Input(ids.TAB, "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("explore", "address"),
        Output(ids.ADDRESS, "query"),
        Input(ids.VIEW, "url"),
        Input(ids.TIMELINE, "date"),
        Input(ids.MAP, "selected"),
        Input(ids.TAB, "value"),
        prevent_initial_call=True,
    )
