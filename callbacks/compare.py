"""Comparing: ``GET /compare?<state>``, with ``base`` or ``with``, as one HTML page."""

from __future__ import annotations

from dash import Dash
from flask import Response, request

from callbacks.api import Keep, answer
from callbacks.context import Context
from callbacks.pages import HTML, problem
from callbacks.share import last_values
from geodata import compare
from geodata.errors import NotHeld
from layouts import compare as layout


def register(app: Dash, context: Context) -> None:
    """Add the page to ``app``."""
    urls = context.urls

    @app.server.get(urls.compare(), endpoint="compare")
    def compare_page() -> Response:
        query = last_values(request.args)
        named = {key: query.get(key, "") for key in ("lang", "v")}
        try:
            snapshot, _, _ = context.parse(named, lenient=True)
        except NotHeld as error:
            return problem(context, error, urls.compare)
        asked, notices = compare.parse(query, snapshot)
        found = compare.compare(snapshot, asked, context.computed)
        html = layout.page(found, context.shared(snapshot, asked.change), notices)
        return answer(html.encode(), HTML, Keep.LIVE)
