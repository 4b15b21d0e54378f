"""Parts of the map page that come after it: asked for by GET, so that a cache may answer.

===============================  =================================================================
``GET /parts/drawing.html``      the areas of a view, drawn as on the page
===============================  =================================================================
"""

from __future__ import annotations

from dash import Dash
from flask import Response, request

from callbacks.error_pages import HTML
from callbacks.serving.context import Context
from callbacks.serving.responses import bad_request, cacheable_response, policy_for_request
from geodata.errors import StateError
from layouts import explore_facts


def register(app: Dash, context: Context) -> None:
    """Add the parts to ``app``."""

    @app.server.get(context.urls.drawing(), endpoint="drawing")
    def drawing() -> Response:
        try:
            snapshot, state, _ = context.parse(request.args.to_dict())
        except StateError as error:
            return bad_request(error)
        body = explore_facts.drawing(context.view_at(snapshot, state).on_its_date())
        return cacheable_response(body.encode(), HTML, policy_for_request())
