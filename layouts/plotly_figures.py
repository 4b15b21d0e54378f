"""Plotly figures of the pages: the trend of an area."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go


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
