"""Write a tree of Dash components as HTML: what stands in the page before Dash's script has come.

``html.*`` is written one to one, as React will draw it. A component of the product writes its own
first view (:mod:`layouts.components`), a component of ``dash.dcc`` has a stand-in
(:mod:`layouts.stand_ins`). Of any other library there stands a place with the component's id and
its children, which its script fills when it has come.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from dash import stringify_id
from dash.development.base_component import Component
from markupsafe import Markup, escape
from plotly.utils import PlotlyJSONEncoder

from layouts.native import Native
from layouts.native import native as native
from layouts.stand_ins import NAMESPACE, stand_in

_HTML = "dash_html_components"
# Elements that have no end tag: https://html.spec.whatwg.org/multipage/syntax.html#void-elements
_VOID = frozenset(["br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"])
# React's names of attributes that are not HTML's in another case:
# https://react.dev/reference/react-dom/components/common
_ATTRIBUTES = {"className": "class", "htmlFor": "for", "acceptCharset": "accept-charset"}
_TAGS = {"MapEl": "map", "ObjectEl": "object"}
# Properties of Dash itself, which are no attributes.
_OF_DASH = frozenset(["children", "key", "n_clicks", "n_clicks_timestamp", "disable_n_clicks"])
# Where React takes a number as it is; elsewhere it is in pixels.
_UNITLESS = frozenset(["opacity", "order", "zIndex", "flex", "flexGrow", "flexShrink"]) | {
    "fontWeight",
    "lineHeight",
}
_NOTHING = Markup("")


def to_markup(node: Any) -> Markup:
    """Write a component, a text, a number, or a list of them.

    Raises
    ------
    TypeError
        If a node is none of these.
    """
    if node is None or isinstance(node, bool):
        return _NOTHING
    if isinstance(node, str | int | float):
        return escape(node)
    if isinstance(node, Native):
        return element(node.tag, node.attributes, to_markup(node.children))
    if hasattr(node, "to_markup"):  # it writes its first view itself
        return Markup(node.to_markup())
    if isinstance(node, Component):
        return _component(node)
    if isinstance(node, Iterable):
        return Markup("").join(map(to_markup, node))
    raise TypeError(f"{type(node).__name__} cannot be written as HTML: it is no component or text.")


def layout_json(components: Any, encoder: type[PlotlyJSONEncoder] = PlotlyJSONEncoder) -> str:
    """Write components as the JSON that Dash's script reads."""
    return json.dumps(components, cls=encoder, ensure_ascii=False, separators=(",", ":"))


def hyphenated(**attributes: Any) -> dict[str, Any]:
    """Return attributes as Dash takes them whose names have hyphens: ``aria_label`` is one.

    >>> hyphenated(aria_label="Zoom")
    {'aria-label': 'Zoom'}
    """
    return {name.replace("_", "-"): value for name, value in attributes.items()}


def element(tag: str, attributes: Mapping[str, Any], content: Markup = _NOTHING) -> Markup:
    """Write an element with attributes under React's names; what it holds is HTML already."""
    written = "".join(
        f' {escape(_attribute(name))}="{escape(_value(name, value))}"'
        for name, value in attributes.items()
        if name not in _OF_DASH and value is not None and value is not False
    )
    # Not by Markup.format, which takes as long as all the rest of a page.
    end = "" if tag in _VOID else f"{escape(content)}</{escape(tag)}>"
    return Markup(f"<{escape(tag)}{written}>{end}")


def _component(component: Component) -> Markup:
    described = component.to_plotly_json()
    kind, given = described["type"], described["props"]
    if described["namespace"] == _HTML:
        tag = _TAGS.get(kind, kind.lower())
        return element(tag, given, to_markup(given.get("children")))
    if described["namespace"] == NAMESPACE:
        return to_markup(stand_in(kind, given))
    place = {"id": given.get("id"), "className": "place"}
    return element("div", place, to_markup(given.get("children")))


def _attribute(name: str) -> str:
    if name.startswith(("data-", "aria-")):
        return name
    return _ATTRIBUTES.get(name, name.lower())


def _value(name: str, value: Any) -> str:
    """Return the value of an attribute as React writes it."""
    if name == "style":
        return "; ".join(f"{_kebab(key)}: {_length(key, each)}" for key, each in value.items())
    if name == "id" and isinstance(value, dict):
        return str(stringify_id(value))
    if value is True:
        return "true" if name.startswith(("data-", "aria-")) else ""
    return str(value)


def _kebab(name: str) -> str:
    """Return a property of CSS by its name in scripts; custom properties stay as they are."""
    return name if name.startswith("--") else re.sub("[A-Z]", lambda m: f"-{m[0].lower()}", name)


def _length(name: str, value: Any) -> str:
    plain = isinstance(value, str) or name.startswith("--") or name in _UNITLESS or value == 0
    return str(value) if plain else f"{value}px"
