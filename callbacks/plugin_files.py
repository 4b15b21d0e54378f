"""Load the files that extend the map page, and check them and hooks when the application starts."""

from __future__ import annotations

import importlib.util
import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from dash import Dash, hooks, html
from dash.development.base_component import Component
from flask import Response

from callbacks.plugins import PLACES, Plugin, with_hooks, with_panels
from geodata.errors import PluginError
from geodata.figures.view import ViewAt
from layouts import ids
from layouts.markup import layout_json, to_markup

_FOLDER = Path(__file__).parents[1]
_ID = re.compile(r'\bid="([^"]+)"')
_LAYOUT = (
    'layout(view, query), which returns what to show, like html.Section([...], id="own-panel")'
)


def load(names: str) -> tuple[Plugin, ...]:
    """Load the files that the setting names.

    Raises
    ------
    PluginError
        If one cannot be read, or lacks what a plugin has.
    """
    files = [name.strip() for name in names.split(",")]
    return tuple(_load(_FOLDER / name) for name in files if name)


def _load(path: Path) -> Plugin:
    unread = Plugin(path, "", lambda *_: html.Div(), lambda _: None)
    if not path.is_file():
        raise unread.refused("is no file", f"a Python file beside {_FOLDER}/app.py, or its path")
    module = _executed(path, unread)
    layout = getattr(module, "layout", None)
    if not callable(layout):
        raise unread.refused("has no function layout", _LAYOUT)
    place = getattr(module, "PLACE", ids.SIDE)
    if place not in PLACES:
        raise unread.refused(f"has PLACE = {place!r}", 'PLACE = "{}" or "{}"'.format(*PLACES))
    return Plugin(path, place, layout, getattr(module, "register", lambda _: None))


def _executed(path: Path, plugin: Plugin) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"displacement_plugin_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise plugin.refused("is not named like a module", "a name that ends in .py")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise plugin.refused(
            f"is no valid Python: {error.msg}, line {error.lineno}", "a file that Python can read"
        ) from error
    except Exception as error:
        raise plugin.refused(
            f"cannot be imported: {_reason(error, path)}",
            "a file that runs by itself, and whatever it imports installed",
        ) from error
    return module


def _reason(error: Exception, path: Path) -> str:
    """Name an error, and the line of a file that led to it."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == path
    ]
    where = f", line {lines[-1]}" if lines else ""
    return f"{type(error).__name__}: {error}{where}"


def load_hooks() -> None:
    """Load the packages that Dash finds by their entry points, before it does so itself.

    Raises
    ------
    PluginError
        If one cannot be imported.
    """
    for entry in entry_points(group="dash_hooks"):
        try:
            entry.load()
        except Exception as error:
            package = entry.dist.name if entry.dist else entry.name
            raise PluginError(
                f"the package {package} cannot be used: {entry.value}, its entry point of the "
                f"group dash_hooks, fails with {type(error).__name__}: {error}. Expected: a module "
                f"that can be imported; `pip uninstall {package}` takes it away"
            ) from error


def attach(
    app: Dash, plugins: Sequence[Plugin], tree_of: Callable[[], Component], view: ViewAt
) -> None:
    """Give ``app`` its layout, with what plugins add to it, and their callbacks.

    Parameters
    ----------
    tree_of
        Makes the page as it is without them, anew.
    view
        The figures on it.

    Raises
    ------
    PluginError
        If a plugin or a hook fails, or gives an id that is taken.
    """

    def extended() -> Component:
        return with_panels(tree_of(), plugins, view, {})

    with app.server.app_context():
        check(tree_of(), plugins, view)
        _register(app, plugins)
        app.layout = extended()  # Dash checks its callbacks against it; every address has its own
    if hooks.get_hooks("layout"):
        # Hooks change what they are given: Dash would give them the same page again and again.
        path = app.config.routes_pathname_prefix + "_dash-layout"
        rule = next(each for each in app.server.url_map.iter_rules() if each.rule == path)
        app.server.view_functions[rule.endpoint] = lambda: Response(
            layout_json(with_hooks(extended())), mimetype="application/json"
        )


def _register(app: Dash, plugins: Iterable[Plugin]) -> None:
    for plugin in plugins:
        try:
            plugin.register(app)
        except Exception as error:
            raise plugin.refused(
                f"fails in register(app): {_reason(error, plugin.path)}",
                "@app.callback(Output(...), Input(...)) around functions of it",
            ) from error


def check(tree: Component, plugins: Iterable[Plugin], view: ViewAt) -> None:
    """Check what plugins and hooks add to the page, on one view.

    Parameters
    ----------
    tree
        The page as it is without them.

    Raises
    ------
    PluginError
        If one fails, or gives an id that is taken.
    """
    taken = dict.fromkeys(_ID.findall(to_markup(tree)), "the page itself")
    for plugin in plugins:
        try:
            panel = plugin.shown(view, {})
        except Exception as error:
            wrong = f"fails in layout(view, query): {_reason(error, plugin.path)}"
            raise plugin.refused(wrong, _LAYOUT) from error
        for each in _ID.findall(to_markup(panel)):
            if each in taken:
                raise plugin.refused(
                    f"gives the id {each!r}, which {taken[each]} has",
                    f"ids of its own, like {plugin.path.stem}-{each}",
                )
            taken[each] = f"the plugin {plugin.path}"
    _check_hooks(tree)


def _check_hooks(tree: Component) -> None:
    for hook in hooks.get_hooks("layout"):
        name = f"the hook {hook.func.__module__}.{hook.func.__name__}"
        expected = "Expected: a function that takes the page, a tree of components, and returns it"
        try:
            tree = hook(tree)
            written = to_markup(tree)
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            raise PluginError(f"{name} fails on the page with {why}. {expected}") from error
        twice = [each for each, count in Counter(_ID.findall(written)).items() if count > 1]
        if twice:
            raise PluginError(f"{name} gives the id {twice[0]!r}, which is taken. {expected}")
