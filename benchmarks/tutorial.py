"""What the map is measured against: the page that a Dash tutorial teaches, on the same figures.

A ``dcc.Slider`` over the dates, and a callback on the server that builds ``px.choropleth`` anew
from a data frame. Nothing in it is slowed down: it draws the same simplified boundaries and the
same figures, and the same gunicorn serves it. It differs from a tutorial in one point: a file lets
Plotly draw without asking its CDN for a map of the world.

``gunicorn "benchmarks.tutorial:page(1)"`` serves it; 1 is for governorates, 2 for districts.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import shapely
from dash import Dash, Input, Output, dcc, html
from flask import Flask

from geodata.boundaries.topology import decode
from geodata.figures.state import parse
from geodata.figures.view import compute
from geodata.places.area_names import area_names
from geodata.settings import BUNDLED, Settings
from geodata.snapshots.snapshot import Snapshot, load

ASSETS = Path(__file__).parent / "tutorial_assets"
OBJECTS = {1: "governorates", 2: "districts"}
DEGREE_DECIMALS = 4  # about 10 m: as in a file that somebody took care to make small


def boundaries(snapshot: Snapshot, level: int) -> dict[str, Any]:
    """Decode the areas of a level into GeoJSON."""
    areas = decode(dict(snapshot.topology), OBJECTS[level]).set_index("id")[["geometry"]]
    areas["geometry"] = shapely.transform(
        areas.geometry.to_numpy(), lambda xy: xy.round(DEGREE_DECIMALS)
    )
    return dict(json.loads(areas.to_json()))


def figures(snapshot: Snapshot, level: int) -> pd.DataFrame:
    """One row per date and area counted: what the map's own view shows of displaced people."""
    state, _ = parse({"level": str(level)}, snapshot)
    view = compute(snapshot, state, threshold=Settings().suppression_threshold)
    pcodes = view.counts.areas.pcodes
    table = pd.DataFrame(view.values, columns=list(pcodes)).assign(date=view.counts.dates)
    rows = table.melt("date", var_name="pcode", value_name="people")
    return rows.dropna().assign(
        name=lambda frame: frame["pcode"].map(area_names(snapshot, view.language))
    )


def page(level: int) -> Flask:
    """Make the page."""
    snapshot = load(BUNDLED)
    geojson, frame = boundaries(snapshot, level), figures(snapshot, level)
    dates = list(frame["date"].unique())
    most = frame["people"].max()
    app = Dash(__name__, assets_folder=str(ASSETS))
    app.layout = html.Div(
        [
            html.H1("Internally displaced people in Iraq"),
            dcc.Graph(id="map"),
            dcc.Slider(0, len(dates) - 1, 1, value=len(dates) - 1, marks=None, id="date"),
        ]
    )

    @app.callback(Output("map", "figure"), Input("date", "value"))
    def draw(position: int) -> go.Figure:
        figure = px.choropleth(
            frame[frame["date"] == dates[position]],
            geojson=geojson,
            locations="pcode",
            color="people",
            hover_name="name",
            range_color=(0, most),
            color_continuous_scale="Blues",
            title=str(dates[position]),
        )
        figure.update_geos(fitbounds="locations", visible=False)
        return figure

    # Dash sets itself up at its first request, and threads must not see it half done.
    app.server.test_client().get("/")
    return app.server
