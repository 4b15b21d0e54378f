"""The page of funders: ``GET /funders``, in the language and of the snapshot of its address."""

from __future__ import annotations

from dash import Dash
from flask import Response, request

from callbacks.error_pages import HTML, problem
from callbacks.serving.context import Context, link_query
from callbacks.serving.responses import CachePolicy, cacheable_response
from geodata.errors import NotAvailable
from geodata.figures.state import encode_query
from layouts import funders, share


def register(app: Dash, context: Context) -> None:
    """Add the page to ``app``."""
    urls = context.urls

    @app.server.get(urls.funders(), endpoint="funders")
    def funders_page() -> Response:
        try:
            snapshot, state, notices = context.named(link_query(request.args), lenient=True)
        except NotAvailable as error:
            return problem(context, error, lambda query: urls.funders(query=query))
        html = funders.page(
            snapshot,
            state,
            lambda chosen: context.view_at(snapshot, chosen).on_its_date(),
            urls,
            card=share.card(
                context.shared(snapshot, state),
                page=urls.funders(query=encode_query(state, snapshot)),
                title=state.language.gettext("Funders"),
            ),
            notices=notices,
        )
        return cacheable_response(html.encode(), HTML, CachePolicy.LIVE)
