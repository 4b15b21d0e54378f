"""The page that compares: ``GET /compare?<state>``, with ``base`` or ``with``."""

from __future__ import annotations

from collections.abc import Mapping

from dash import Dash
from flask import Response, request

from callbacks.error_pages import HTML, problem
from callbacks.serving.context import Context, last_values, link_query
from callbacks.serving.responses import CachePolicy, cacheable_response
from geodata.errors import NotAvailable
from geodata.figures import comparison
from geodata.figures.query_keys import encode_items
from geodata.text import comparison_tables
from geodata.text.comparison_tables import Comparison
from layouts import compare as layout
from layouts.share import Shared


def read(context: Context, query: Mapping[str, str]) -> tuple[Comparison, Shared, list[str]]:
    """Return the comparison of a query, the one map that stands for it, and notices.

    Raises
    ------
    NotAvailable
        Where ``v`` names a snapshot that is not held.
    """
    snapshot, _, _ = context.named(query, lenient=True)
    state, notices = comparison.parse_comparison(query, snapshot)
    compared = comparison_tables.compare(snapshot, state, context.computed)
    return compared, context.shared(snapshot, state.mapped(snapshot)), notices


def newest(query: Mapping[str, str]) -> str:
    """Return the query without its snapshot, which leads to the newest figures."""
    return encode_items((key, value) for key, value in query.items() if key != "v")


def register(app: Dash, context: Context) -> None:
    """Add the page to ``app``."""
    urls = context.urls

    @app.server.get(urls.compare(), endpoint="compare")
    def compare_page() -> Response:
        query = link_query(last_values(request.args))
        try:
            compared, shared, notices = read(context, query)
        except NotAvailable as error:
            return problem(context, error, lambda _: urls.compare(newest(query)))
        html = layout.page(compared, shared, notices)
        return cacheable_response(html.encode(), HTML, CachePolicy.LIVE)
