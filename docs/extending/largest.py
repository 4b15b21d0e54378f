"""A panel with a chart: the areas with the largest figures, as many as the reader chooses."""

from dash import Input, Output, dcc, html

from callbacks.plugins import view_of
from geodata.text.area_labels import area_labels

TITLE = {"en": "Largest", "ar": "الأكبر", "ckb": "گەورەترین"}
CHOICES = [Input("largest-number", "value"), Input("address", "query")]


def layout(view, query):
    number = 10 if query.get("largest-number") == "10" else 5
    choice = dcc.Dropdown([5, 10], number, id="largest-number", clearable=False)
    chart = html.Div(dcc.Graph("largest", figure=bars(view, number)), style={"height": "180px"})
    title = html.Label(TITLE[view.language.code], htmlFor="largest-number")
    return html.Section([html.H2(title), choice, chart], className="card")


def bars(view, number):
    ranked = zip(view.ranks, area_labels(view), view.values, strict=True)
    largest = sorted((rank, label.name, value) for rank, label, value in ranked if rank)[:number]
    bar = {"type": "bar", "x": [name for _, name, _ in largest], "y": [y for _, _, y in largest]}
    return {"data": [bar], "layout": {"height": 180, "margin": {"t": 8, "r": 8}}}


def register(app):
    @app.callback(Output("largest", "figure"), CHOICES, prevent_initial_call=True)
    def follow(number, query):
        return bars(view_of(query), number)
