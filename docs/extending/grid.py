"""A panel with a component library of others: the figures in AG Grid, once a button is pressed."""

import dash_ag_grid as grids
from dash import Input, Output, State, html

from callbacks.plugins import view_of
from geodata.text.area_labels import area_labels

BUTTON = {"en": "Open as a grid", "ar": "فتح في جدول تفاعلي", "ckb": "وەک خشتەی کارلێک بیکەرەوە"}
HEADS = {"en": ("Area", "Figure"), "ar": ("المنطقة", "الرقم"), "ckb": ("ناوچە", "ژمارە")}


def layout(view, query):
    button = html.Button(BUTTON[view.language.code], id="grid-open", className="button")
    return html.Section([button, html.Div(id="grid-place")], className="card live-only")


def register(app):
    clicked, query = Input("grid-open", "n_clicks"), State("address", "query")

    @app.callback(Output("grid-place", "children"), clicked, query, prevent_initial_call=True)
    def open_grid(_, query):
        view = view_of(query)
        fields = zip(("name", "value"), HEADS[view.language.code], strict=True)
        columns = [{"field": field, "headerName": head} for field, head in fields]
        rows = [{"name": label.name, "value": label.value} for label in area_labels(view)]
        more = {"enableRtl": view.language.direction == "rtl"}
        return grids.AgGrid(id="grid", columnDefs=columns, rowData=rows, dashGridOptions=more)
