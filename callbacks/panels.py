"""The panels of the map page, which come as its parts: area, programmes, table, notes.

Each is a function of what is shown; what stands in the document at first is made by the same ones
(:mod:`layouts.explore`). A step of the timeline asks for none of them: panels hold every date. The
table is of the date at which the reader rests.
"""

from __future__ import annotations

from dash import Dash, Output
from dash.development.base_component import Component

from callbacks.parts import part
from callbacks.serving.context import Context
from geodata.text.view_text import ViewText
from layouts import explore, figures_table, ids
from layouts.area_panel import area_panel
from layouts.explore_facts import Shown
from layouts.programme_panel import programme_panel


def register(app: Dash, context: Context) -> None:
    """Add the panels to ``app``."""

    @part(app, context, Output(ids.AREA, "children"), "area")
    def area(shown: Shown) -> list[Component]:
        return area_panel(shown)

    @part(app, context, Output(ids.PROGRAMME, "children"), "prog")
    def programmes(shown: Shown) -> list[Component]:
        return programme_panel(shown)

    @part(app, context, Output(ids.TABLE, "children"), "time", "tab")
    def table(shown: Shown) -> Component:
        return figures_table.table(shown, ViewText(shown.view.on_its_date()))

    @part(app, context, Output(ids.NOTES, "children"))
    def notes(shown: Shown) -> list[Component]:
        return explore.notes(shown, ViewText(shown.view.on_its_date()))
