"""Parts of the map page that come after it: asked for by GET, so that a cache may answer.

===============================  =================================================================
``GET /parts/drawing.html``      the areas of a view, drawn as on the page
``GET /parts/<name>.json``       a panel, as components that Dash draws (:mod:`callbacks.panels`)
===============================  =================================================================

Dash asks for callbacks by POST, which no CDN, service worker or response cache holds. A
:func:`part` is a callback that runs in the browser (``assets/js/page/callbacks.js``), where it
fetches what a Python function makes of the state that is shown: under ``v=`` it never changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output
from flask import Response, current_app, request

from callbacks.error_pages import HTML
from callbacks.serving.context import Context, query_language
from callbacks.serving.responses import JSON, bad_request, cacheable_response, policy_for_request
from geodata.errors import StateError
from layouts import explore_facts, ids
from layouts.explore_facts import Shown
from layouts.markup import layout_json

Part = Callable[[Shown], Any]
_NAMESPACE = "parts"  # of the functions in the browser
# What a part may follow beside the figures: keys of the state, and the components that say them.
INPUTS = {
    "area": Input(ids.MAP, "selected"),
    "time": Input(ids.TIMELINE, "date"),
    "tab": Input(ids.TAB, "value"),
}


def register(app: Dash, context: Context) -> None:
    """Add the drawing to ``app``."""

    @app.server.get(context.urls.drawing(), endpoint="drawing")
    def drawing() -> Response:
        try:
            snapshot, state, _ = context.parse(request.args.to_dict())
        except StateError as error:
            return bad_request(error)
        body = explore_facts.drawing(context.view_at(snapshot, state).on_its_date())
        return cacheable_response(body.encode(), HTML, policy_for_request())


def part(app: Dash, context: Context, output: Output, *keys: str) -> Callable[[Part], Part]:
    """Let a function make what stands in ``output``, from the figures that are shown.

    ::

        @part(app, context, Output("area-card", "children"), "area")
        def area(shown: Shown) -> list[Component]: ...

    Parameters
    ----------
    keys
        Of the state: where one has no value, nothing stands there and nobody is asked. Those of
        :data:`INPUTS` are of the reader's place, others of the figures.
    """

    def add(function: Part) -> Part:
        name = function.__name__
        followed = [INPUTS[key] for key in keys if key in INPUTS]
        called = "&".join(f"{key}=" if key in INPUTS else key for key in keys)
        app.clientside_callback(
            ClientsideFunction(_NAMESPACE, f"{name}?{called}"),
            output,
            [Input(ids.VIEW, "url"), *followed],
            prevent_initial_call=True,
        )
        app.server.add_url_rule(
            context.urls.part(name), f"part_{name}", lambda: _answer(context, function)
        )
        return function

    return add


def _answer(context: Context, function: Part) -> Response:
    """Answer with the components that a function makes of the state in the address.

    ``frozen`` says that the page names its snapshot, which its links then keep.
    """
    try:
        snapshot, state, _ = context.parse(request.args.to_dict())
        version = state.v if request.args.get("frozen") else ""
        view = context.view_at(snapshot, state).at(replace(state, v=version))
        components = function(Shown(view, context.urls))
    except StateError as error:
        return bad_request(error)
    except (ValueError, LookupError):
        current_app.logger.exception("a part of the page could not be made")
        sentence = query_language(request.args).gettext(
            "This part of the page cannot be shown for what was chosen."
        )
        return bad_request(StateError("path", request.path, sentence))
    return cacheable_response(layout_json(components).encode(), JSON, policy_for_request())
