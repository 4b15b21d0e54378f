"""Files of a view: every one of :data:`geodata.exports.formats.FILES`, and the card beside links.

=====================================  ===========================================================
``GET /<name>?<state>&<options>``      a file: ``/map.pdf``, ``/data.csv`` … (docs/files.md)
``GET /card.png?<state>``              the picture beside a shared link
``GET /map.html?<state>``              the map as one file that needs no network
``GET /download?<state>``              all of them, as a page of links
=====================================  ===========================================================

Options are those of :mod:`geodata.exports.options`. :mod:`callbacks.serving.render_pool` renders;
if its queue is full, 503 says when to ask again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial

from dash import Dash
from flask import Response, request

from callbacks.error_pages import HTML, problem
from callbacks.serving.context import Context, link_query
from callbacks.serving.render_pool import Busy, RenderPool
from callbacks.serving.responses import (
    JSON,
    CachePolicy,
    bad_request,
    busy_response,
    cacheable_response,
    policy_for_request,
)
from geodata.errors import NotAvailable, StateError
from geodata.exports.drawing import pictures
from geodata.exports.drawing.raster import png
from geodata.exports.filenames import filename
from geodata.exports.formats import FILES, ExportFormat, ExportRequest
from geodata.exports.options import Options, parse
from geodata.figures.state import encode_query, frozen
from geodata.figures.view import View
from geodata.text.wording import product
from layouts import download, standalone
from layouts.download_menu import ONE_FILE

ENDPOINT = "file"
PNG = "image/png"


def _inline_response(body: bytes, mimetype: str, name: str) -> Response:
    response = cacheable_response(body, mimetype, policy_for_request())
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _export_request(
    context: Context, view: View, options: Options, export_format: ExportFormat
) -> ExportRequest:
    """Return the request of a file; one without links gets none, and is the same for everyone."""
    urls = context.urls
    linked = export_format.linked or context.settings.public_url
    return ExportRequest(
        view=view,
        options=options,
        page=context.link(urls.page()) if linked else "",
        address=lambda name, query: context.link(urls.file(name, query)),
    )


def register(app: Dash, context: Context) -> None:
    """Add the files and the page that lists them to ``app``."""
    server, urls = app.server, context.urls
    rendering = RenderPool()
    server.extensions["displacement-rendering"] = rendering
    file = partial(_file, context, rendering)  # Flask wants one function for an endpoint
    for name in FILES:
        server.add_url_rule(urls.file(name), ENDPOINT, file, defaults={"name": name})
    server.add_url_rule(urls.card_png(), "card_png", partial(_card_png, context, rendering))
    server.add_url_rule(urls.file(ONE_FILE), "one_file", partial(_map_html, context))
    server.add_url_rule(urls.download(), "download", partial(_download_page, context))


def _file(context: Context, rendering: RenderPool, name: str) -> Response:
    """Answer with a file of a view, or that too many are waited for."""
    try:
        snapshot, state, _ = context.parse(request.args)
        options = parse(request.args, state.language)
    except StateError as error:
        return bad_request(error)
    export_format = FILES[name]
    view = context.view_at(snapshot, state)
    export_request = _export_request(context, view, options, export_format)
    key = (name, snapshot.version, context.threshold, state, options, export_request.page)
    try:
        body = rendering.once(
            key,
            lambda call: export_format.make(replace(export_request, render=call)),
            slow=export_format.slow,
        )
    except Busy:
        return busy_response(state.language)
    response = _inline_response(body, export_format.media, export_format.filename(export_request))
    about = context.urls.file("metadata.json", export_request.query)
    response.headers["Link"] = f'<{about}>; rel="describedby"; type="{JSON}"'
    return response


def _card_png(context: Context, rendering: RenderPool) -> Response:
    """Answer with the picture beside a shared link."""
    try:
        snapshot, state, _ = context.parse(request.args)
    except StateError as error:
        return bad_request(error)
    view = context.view_at(snapshot, state)
    card = pictures.card(view.on_its_date(), product=product(view.snapshot, view.language))
    try:
        body = rendering.once(card, lambda call: call(png, card, width=pictures.CARD[0]))
    except Busy:
        return busy_response(state.language)
    return _inline_response(body, PNG, filename(view, "png"))


def _map_html(context: Context) -> Response:
    """Answer with the map as one file that needs no network."""
    try:
        snapshot, state, _ = context.parse(request.args)
    except StateError as error:
        return bad_request(error)
    view = context.view_at(snapshot, state)
    query = encode_query(frozen(state, snapshot), snapshot)
    html = standalone.page(
        view,
        context.whole_view(snapshot, state.view_key),
        permalink=context.link(context.urls.page(query)),
        sources=context.link(context.urls.sources(query=f"v={snapshot.version}")),
        today=dt.datetime.now(dt.UTC).date(),
    )
    response = cacheable_response(html.encode(), HTML, CachePolicy.LIVE)
    saved = f'attachment; filename="{filename(view, "html", every_date=True)}"'
    response.headers["Content-Disposition"] = saved
    return response


def _download_page(context: Context) -> Response:
    """Answer with the page that lists every file of a view."""
    try:
        snapshot, state, notices = context.parse(link_query(request.args), lenient=True)
    except NotAvailable as error:
        return problem(context, error, context.urls.download)
    html = download.page(context.shared(snapshot, state), notices)
    return cacheable_response(html.encode(), HTML, CachePolicy.LIVE)
