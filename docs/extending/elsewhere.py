"""A Dash page of one's own with the map and the timeline, and what they say to a callback."""

from dash import Dash, Input, Output, html

from callbacks.elsewhere import add_files
from geodata.figures.state import parse
from geodata.figures.view import compute
from geodata.settings import BUNDLED
from geodata.snapshots.snapshot import load
from geodata.text.area_labels import area_labels
from layouts.elsewhere import map_and_timeline

snapshot = load(BUNDLED)
view = compute(snapshot, parse({}, snapshot)[0], threshold=5)
add_files(app := Dash(__name__))
app.layout = html.Main([*map_and_timeline(view), html.P(id="said", className="card")])


@app.callback(Output("said", "children"), Input("map", "selected"), Input("timeline", "date"))
def say(pcode, date):
    at = view.on([day.isoformat() for day in view.counts.dates].index(date))
    return next((area.sentence for area in area_labels(at) if area.pcode == pcode), date)


app.run()
