"""Displacement figures and the areas they belong to: no Dash, no Flask in this room."""
