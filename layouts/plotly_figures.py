"""Plotly figures of the pages: the trend of an area."""

from __future__ import annotations

from functools import cache
from typing import Any

import plotly.graph_objects as go


@cache
def trend_layout() -> dict[str, Any]:
    """Return the layout of a trend, to which a script adds a line for each population."""
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
    layout: dict[str, Any] = figure.to_plotly_json()["layout"]
    return layout
