"""Ids of the components that Dash draws: layouts, callbacks, scripts and tests use these names."""

MAP = "map"
DRAWING = "drawing"
