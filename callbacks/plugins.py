"""Extend the map page: by files that the setting ``plugins`` names, and by packages with hooks.

::

    largest.py             layout(view, query) ──▶ a panel or a control, before scripts and without
                           register(app)       ──▶ callbacks of it
    a package              dash.hooks, by an entry point of the group dash_hooks

A file is checked when the application starts, which a bad one stops with a sentence
(:mod:`callbacks.plugin_files`). What fails later, on one view or one request, is written to the
log, and the page says so in its place. docs/extending.md is for who writes one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from dash import Dash, hooks, html
from dash.development.base_component import Component
from flask import current_app

from callbacks.guard import NO_FIGURES
from callbacks.serving.context import current_context
from geodata.errors import PluginError, StateError
from geodata.figures.view import ViewAt
from geodata.i18n.messages import gettext
from layouts import ids
from layouts.markup import layout_json, to_markup

PLACES = (ids.SIDE, ids.FILTERS)
_FAILED = gettext("The panel {name} could not be shown; why is written down on the server.")

Layout = Callable[[ViewAt, Mapping[str, str]], Component]


@dataclass(frozen=True)
class Plugin:
    """A file that extends the page.

    Attributes
    ----------
    path
        Of the file.
    place
        Where on the page it stands: ``side`` or ``filters``.
    layout
        Returns what stands there, of a view and the query of the address.
    register
        Adds its callbacks to the application.
    """

    path: Path
    place: str
    layout: Layout
    register: Callable[[Dash], None]

    def shown(self, view: ViewAt, query: Mapping[str, str]) -> Component:
        """Return what it shows of a view, which is known to be HTML and JSON."""
        panel = self.layout(view, query)
        if not isinstance(panel, Component):
            raise TypeError(f"layout returned {type(panel).__name__}, which is no component")
        to_markup(panel)
        layout_json(panel)
        return panel

    def refused(self, wrong: str, expected: str) -> PluginError:
        """Make the error that names the file, what is wrong and what is expected."""
        return PluginError(f"the plugin {self.path} {wrong}. Expected: {expected}")


def view_of(query: str) -> ViewAt:
    """Return the figures that a query of the address asks for, on its date.

    It is for callbacks of plugins: ``Input("address", "query")`` gives the query.

    Raises
    ------
    StateError
        Where there is no such view; the callback is then answered with 400.
    """
    if not isinstance(query, str):
        raise StateError("query", "", NO_FIGURES)
    context = current_context()
    snapshot, state, _ = context.parse(dict(parse_qsl(query)))
    return context.view_at(snapshot, state).on_its_date()


def with_panels(
    tree: Component, plugins: Iterable[Plugin], view: ViewAt, query: Mapping[str, str]
) -> Component:
    """Return a page with the panels and controls of plugins in their places."""
    waits = bool(view.state.area or view.state.programmes)
    for plugin in plugins:
        panel = _shown(plugin, view, query)
        children = tree[plugin.place].children
        if plugin.place == ids.FILTERS:
            send = [getattr(child, "id", None) for child in children].index(ids.FILTERS_SEND)
            children.insert(send, panel)
            continue
        if waits:  # for the panels above that scripts fill, so that nothing jumps
            setattr(panel, "data-waits", "true")
        children.append(panel)
    return tree


def with_hooks(tree: Component) -> Component:
    """Return a page as packages with hooks change it; one that fails is left out."""
    for hook in hooks.get_hooks("layout"):
        try:
            tree = hook(tree)
        except Exception:  # of a package, which must not take the page down
            current_app.logger.exception("the hook %s failed on a page", hook.func.__module__)
    return tree


def _shown(plugin: Plugin, view: ViewAt, query: Mapping[str, str]) -> Component:
    try:
        return plugin.shown(view, query)
    except Exception:  # of a plugin, which must not take the page down
        current_app.logger.exception("the plugin %s failed on a view", plugin.path)
        sentence = view.language.gettext(_FAILED, name=view.language.quoted(plugin.path.stem))
        return html.Section(html.P(sentence), className="card")
