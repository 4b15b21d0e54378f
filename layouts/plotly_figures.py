"""Plotly figures: the map's frame, which is drawn once, and the trend of an area."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

# Plotly names its traces' elements after their kind only; the order here is what scripts rely on.
NEIGHBOURS, AREAS, OUTLINES, CITIES, COUNTRY_NAMES, AREA_NAMES = range(6)

# Web Mercator, as every map people know; the same in every painter.
PROJECTION = "mercator"

GRAPH_CONFIG: Any = {
    "displayModeBar": False,
    "scrollZoom": False,  # the page must scroll past the map
    "doubleClick": False,
    "responsive": True,
}


def map_figure() -> go.Figure:
    """Return the map without its areas, which a script adds when the boundaries have arrived.

    The layers, from the ground up: neighbouring countries, areas, governorates' outlines (over
    districts), cities, names of countries, names of areas. Colours come from the style sheet and
    from the painter: nothing here but form.
    """
    blank: dict[str, Any] = {"showscale": False, "hoverinfo": "none", "locationmode": "geojson-id"}
    colour = [[0, "#f1f3f5"], [1, "#f1f3f5"]]
    text: dict[str, Any] = {"hoverinfo": "none", "mode": "text"}
    figure = go.Figure(
        [
            go.Choropleth(locations=[], z=[], colorscale=colour, name="neighbours", **blank),
            go.Choropleth(locations=[], z=[], colorscale=colour, name="areas", **blank),
            go.Scattergeo(lon=[], lat=[], mode="lines", hoverinfo="none", name="outlines"),
            go.Scattergeo(lon=[], lat=[], mode="markers", hoverinfo="none", name="cities"),
            go.Scattergeo(lon=[], lat=[], name="countries", **text),
            go.Scattergeo(lon=[], lat=[], name="names", **text),
        ]
    )
    figure.update_geos(
        visible=False,
        projection_type=PROJECTION,
        bgcolor="rgba(0,0,0,0)",
        resolution=110,
    )
    figure.update_layout(
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        dragmode="pan",
        uirevision="map",
        font={"family": "inherit"},
        template=None,
    )
    return figure


def trend_figure() -> go.Figure:
    """Return an empty trend: lines are added for each population by a script."""
    figure = go.Figure()
    axis: dict[str, Any] = {"fixedrange": True, "zeroline": False, "showgrid": False}
    figure.update_layout(
        margin={"l": 44, "r": 8, "t": 8, "b": 24},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        height=180,
        hovermode="x unified",
        showlegend=False,
        xaxis=axis | {"type": "date", "hoverformat": "%Y-%m-%d"},
        yaxis=axis | {"rangemode": "tozero", "showgrid": True},
        template=None,
    )
    return figure
