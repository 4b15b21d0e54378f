"""A control that changes the state: days that stand for something, each a button to go there."""

from datetime import date

from dash import Input, Output, State, ctx, html

from callbacks.plugins import view_of

PLACE = "filters"
LEGEND = {"en": "Moments", "ar": "محطات", "ckb": "ساتەکان"}
MOMENTS = {
    "2014-06-10": {"en": "Fall of Mosul", "ar": "سقوط الموصل", "ckb": "کەوتنی مووسڵ"},
    "2016-10-17": {"en": "Battle of Mosul", "ar": "معركة الموصل", "ckb": "شەڕی مووسڵ"},
}


def layout(view, query):
    code, looks = view.language.code, {"name": "time", "className": "button"}
    buttons = (html.Button(to[code], id=day, value=day, **looks) for day, to in MOMENTS.items())
    return html.Fieldset([html.Legend(LEGEND[code]), *buttons], className="filter")


def register(app):
    inputs = [State("address", "query"), *(Input(day, "n_clicks") for day in MOMENTS)]

    @app.callback(Output("timeline", "date"), inputs, prevent_initial_call=True)
    def go(query, *_):
        day = date.fromisoformat(ctx.triggered_id)
        return min(view_of(query).counts.dates, key=lambda each: abs(each - day)).isoformat()
