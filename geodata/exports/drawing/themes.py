"""Colours of drawings that are looked at outside the pages, light and dark.

The pages take theirs from ``assets/css/tokens.css``; a test holds the two together.
"""

from __future__ import annotations

LIGHT = {
    "ink": "#1b2733",
    "mute": "#56636f",
    "line": "#dde3ea",
    "card": "#fff",
    "accent": "#0b5cad",
    "sea": "#fff",
    "neighbour": "#f1f3f5",
    "neighbour-line": "#d5dbe1",
    "border": "#fff",
    "outline": "#808c98",
    "country-name": "#626d79",
    "zero": "#fff",
    "outside": "#e3e7eb",
    "texture-ground": "#f3f5f7",
    "texture-mark": "#b4bfca",
    "flow": "#b3420a",
    "flow-edge": "#fff",
}
DARK = {
    "ink": "#e6ecf2",
    "mute": "#a3b0bd",
    "line": "#2c3742",
    "card": "#1a222a",
    "accent": "#6cb0f2",
    "sea": "#141b22",
    "neighbour": "#202931",
    "neighbour-line": "#34404b",
    "border": "#3d4853",
    "outline": "#717d8a",
    "country-name": "#8794a1",
    "zero": "#0b0f13",
    "outside": "#2a333c",
    "texture-ground": "#232c35",
    "texture-mark": "#5c6a78",
    "flow": "#ffb070",
    "flow-edge": "#141b22",
}
THEMES = {"light": LIGHT, "dark": DARK}
