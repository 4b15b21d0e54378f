"""What the page hands to Dash's script, read off the page that Dash itself would send.

Nobody is sent that page: the map's own has the configuration and the callbacks in it, and its
scripts fetch the rest when it is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from dash import Dash
from dash.development.base_component import ComponentRegistry

from layouts.bundle import Bundle, bundled
from layouts.shell import as_data

_CONFIG = "<!-- config -->"
_SOURCE = re.compile(r'<(?:script[^>]* src|link[^>]* rel="stylesheet"[^>]* href)="([^"]+)"')
_INLINE = re.compile(r"<script>(.*?)</script>", re.S)
_SUITE = re.compile(r"/_dash-component-suites/(?P<package>[^/]+)/(?P<path>.+)")
# What dash.js has already (layouts/bundle.py), and by which folder Dash's own libraries are known.
_WITH_DASH = ("deps/react", "deps/prop-types", "dash-renderer/", "html/")
_OF_DASH = {"dcc": "dash_core_components", "dash_table": "dash_table"}
_POLYFILL = "deps/polyfill"  # which only the scripts of dcc expect


@dataclass(frozen=True)
class DashIndex:
    """What Dash's own page has.

    Attributes
    ----------
    config
        The element of its configuration.
    dependencies
        Its callbacks, as JSON.
    libraries
        Addresses of scripts and styles by the namespace of the components that need them.
    others
        Addresses of those that no components need.
    inline
        Callbacks that were given as JavaScript.
    """

    config: str
    dependencies: str
    libraries: dict[str, list[str]]
    others: list[str]
    inline: Bundle


def prepare(app: Dash) -> None:
    """Let Dash write its page in the order that :func:`index_of` reads; call it at the start."""
    app.index_string = f"{{%app_entry%}}{{%css%}}{{%scripts%}}{{%renderer%}}{_CONFIG}{{%config%}}"


def index_of(app: Dash) -> DashIndex:
    """Read the page of an application, within a request."""
    page, _, config = app.index().partition(_CONFIG)
    libraries: dict[str, list[str]] = {}
    others = []
    for namespace, address in _sources(page):
        if namespace:
            libraries.setdefault(namespace, []).append(address)
        else:
            others.append(address)
    return DashIndex(
        config=_without_empty(config),
        dependencies=json.dumps(app.dependencies().get_json(), separators=(",", ":")),
        libraries=libraries,
        others=others,
        inline=bundled(";\n".join(_INLINE.findall(page))),
    )


def _sources(page: str) -> Iterator[tuple[str, str]]:
    """Yield the namespace and address of whatever Dash's page loads, in its order."""
    namespaces = {each: space for space, each in ComponentRegistry.namespace_to_package.items()}
    for address in map(unescape, _SOURCE.findall(page)):
        suite = _SUITE.search(address)
        package, path = (suite["package"], suite["path"]) if suite else ("", "")
        if package == "dash" and path.startswith(_WITH_DASH):
            continue
        if package == "dash":
            folder = "dcc" if path.startswith(_POLYFILL) else path.partition("/")[0]
            yield _OF_DASH[folder], address
        else:
            yield namespaces.get(package, ""), address


def _without_empty(element: str) -> str:
    """Leave out of Dash's configuration, an element, the components that it says nothing of.

    Which of their properties hold components, its script looks up with none as the default; some
    150 that have none were a twentieth of the page.
    """
    start, _, rest = element.partition(">")
    config = json.loads(rest.rpartition("</")[0])
    config["children_props"] = {
        library: named
        for library, components in config["children_props"].items()
        if (named := {name: props for name, props in components.items() if props})
    }
    return f"{start}>{as_data(config)}</script>"
