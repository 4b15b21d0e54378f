"""The public map and what it loads; the files it links to are in :mod:`callbacks.downloads`.

=================================  ===============================================================
``GET /embed?<state>&<options>``   the public map, one HTML page
``GET /embed/map.js``, ``*.css``   what makes it live, what it looks like
``GET /embed/host.js``             the script of the snippet, for the page around the frame
=================================  ===============================================================
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from dash import Dash
from flask import Response, g, request
from werkzeug.exceptions import NotFound

from callbacks.serving.context import Context, query_language
from callbacks.serving.responses import CachePolicy, cacheable_response
from geodata.errors import NotAvailable
from geodata.figures import query_keys
from geodata.figures import state as states
from geodata.figures.state import State
from geodata.figures.view import View
from geodata.links import embed_options
from geodata.links.embed_options import EmbedOptions
from geodata.text.newest_figure import newest_day
from layouts import bundle
from layouts import embed as layout
from layouts.embed import Links, population_choices, programme_choices
from layouts.share import Card, card

HTML, CSS, JAVASCRIPT = "text/html", "text/css", "text/javascript"


def links(context: Context, view: View, options: EmbedOptions) -> Links:
    """Return the links of the public map, as the application serves it."""
    urls, state, snapshot = context.urls, view.state, view.snapshot
    query = states.encode_query(state, snapshot)
    figures = states.encode_query(replace(state.view_key, v=snapshot.version), snapshot)
    theme = [] if options.theme == embed_options.AUTO else [("theme", options.theme)]
    t, dates = view.date_index(), view.counts.dates

    def go(other: State) -> str:
        return urls.embed(embed_options.query(other, options, snapshot))

    return Links(
        script=urls.embed_script(bundle.script(flows=bool(state.flows)).version),
        style=urls.embed_style(options.theme, bundle.style(options.theme).version),
        view=urls.view(figures),
        sources=urls.sources(query=urls.following(state).link_query),
        full=urls.page(query),
        csv=urls.data_csv(
            query_keys.encode_items([*states.query_items(state, snapshot), ("rows", "all")])
        ),
        png=urls.map_png(query_keys.encode_items([*states.query_items(state, snapshot), *theme])),
        previous=go(replace(state, time=dates[t - 1])) if t else "",
        next=go(replace(state, time=dates[t + 1])) if t + 1 < len(dates) else "",
        populations=tuple(population_choices(view, go)),
        programmes=tuple(programme_choices(view, go)),
    )


def _snapshot_gone(context: Context, error: NotAvailable) -> Response:
    """Answer in the frame of a frozen map that its snapshot is gone, with a link to the newest."""
    query = {key: value for key, value in request.args.items() if key not in ("v", "time", "base")}
    language = query_language(request.args)
    url = context.urls.embed(query_keys.encode_items(query.items()))
    html = layout.problem(language, context.urls, sentence=str(error), url=url)
    return Response(html, status=HTTPStatus.NOT_FOUND, mimetype=HTML)


def _card(context: Context, view: View, options: EmbedOptions) -> Card | None:
    """Return the preview that chats show of the public map's own address.

    ``None`` unless the public address is a setting: a page that follows the request's host could
    not be cached, and the snippet does not need this.
    """
    if not context.settings.public_url:
        return None
    page = context.urls.embed(embed_options.query(view.state, options, view.snapshot))
    return card(context.shared(view.snapshot, view.state), page=page)


def _page(context: Context) -> Response:
    snapshot, state, notices = context.parse(request.args, lenient=True)
    options, more = embed_options.parse_embed_options(request.args, state.language)
    view = context.view_at(snapshot, state)
    html, style = layout.page(
        view,
        options,
        links(context, view, options),
        notices=(*notices, *more),
        card=_card(context, view, options),
        age=context.ages(snapshot, state).get(newest_day(view).isoformat(), ""),
    )
    g.style_hashes = [layout.csp_hash(style)]
    return cacheable_response(html.encode(), HTML, CachePolicy.PAGE)


def _bundled(asset: bundle.Bundle, mimetype: str) -> Response:
    """Answer with a file: immutable under its own version; any other is of another release."""
    own = request.args.get("m") == asset.version
    return cacheable_response(asset.body, mimetype, CachePolicy.FROZEN if own else CachePolicy.LIVE)


def register(app: Dash, context: Context) -> None:
    """Add the public map and its files to ``app``."""
    server, urls = app.server, context.urls

    @server.get(urls.embed(), endpoint="embed")
    def embed() -> Response:
        try:
            return _page(context)
        except NotAvailable as error:
            return _snapshot_gone(context, error)

    @server.get(urls.embed_script(), endpoint="embed_script")
    def embed_script() -> Response:
        with_flows = bundle.script(flows=True)
        asked = request.args.get("m") == with_flows.version
        return _bundled(with_flows if asked else bundle.script(), JAVASCRIPT)

    @server.get(urls.embed_style("<theme>"), endpoint="embed_style")
    def embed_style(theme: str) -> Response:
        if theme not in embed_options.THEMES:
            raise NotFound
        return _bundled(bundle.style(theme), CSS)

    @server.get(urls.embed_host(), endpoint="embed_host")
    def embed_host() -> Response:
        return cacheable_response(bundle.host().body, JAVASCRIPT, CachePolicy.PAGE)
