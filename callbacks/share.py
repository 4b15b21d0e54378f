"""The share page, which is also the dialog on every page, and oEmbed for links to the map.

===========================================  =====================================================
``GET /share?<state>&<options>``             link, embed code, citation and picture, as a page
``GET /share?page=compare&<comparison>``     the same of a comparison, whose code is for one map
``GET /oembed?url=&maxwidth=&maxheight=``    how a site shows a link to the map (https://oembed.com)
===========================================  =====================================================
"""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from dash import Dash
from flask import Response, request

from callbacks import compare
from callbacks.error_pages import HTML, problem
from callbacks.serving.context import Context, last_values, link_query, query_language
from callbacks.serving.responses import (
    JSON,
    CachePolicy,
    bad_request,
    cacheable_response,
    json_error,
)
from geodata.errors import NotAvailable, StateError
from geodata.figures.query_keys import QueryReader
from geodata.i18n.language import Language
from geodata.links import embed_html
from geodata.text.comparison_tables import Comparison
from geodata.util.json_encoding import to_json
from layouts import compare as comparisons
from layouts import share
from layouts.share import Shared

_FORMAT = "json"
_PLENTY = 1_000_000
_MOST_FIELDS = 100
_PIXELS = re.compile(r"[1-9]\d{0,5}", re.ASCII)
_PORTS = {"http": 80, "https": 443}


def _shared(context: Context, query: dict[str, str]) -> tuple[Shared, Comparison | None, list[str]]:
    """Return the map to share, the comparison that it stands for if there is one, and notices.

    Raises
    ------
    NotAvailable
        Where ``v`` names a snapshot that is not held.
    """
    reader = QueryReader(query, lenient=True, language=query_language(query))
    comparison: Comparison | None = None
    if reader.get(share.PAGE, share.MAP, reader.choice(share.PAGE, share.PAGES)) == share.COMPARE:
        comparison, shared, notices = compare.read(context, query)
    else:
        snapshot, state, notices = context.parse(query, lenient=True)
        shared = context.shared(snapshot, state)
    return shared, comparison, [*reader.notices, *notices]


def register(app: Dash, context: Context) -> None:
    """Add the share page and oEmbed to ``app``."""
    app.server.add_url_rule(context.urls.share(), "share", partial(_share_page, context))
    app.server.add_url_rule(context.urls.oembed(), "oembed", partial(_oembed, context))


def _share_page(context: Context) -> Response:
    """Answer with the page of what a view is shared by: links, code to paste, citations."""
    query = link_query(last_values(request.args))
    try:
        shared, comparison, notices = _shared(context, query)
    except NotAvailable as error:
        return problem(context, error, lambda _: context.urls.share(compare.newest(query)))
    state, snapshot = shared.state, shared.snapshot
    choice, refused = embed_html.parse_choice(query, state, state.language)
    today = dt.datetime.now(dt.UTC).date()
    html = share.page(
        comparisons.subject(comparison, shared, today)
        if comparison
        else share.subject(shared, today),
        shared,
        context.shared(snapshot, embed_html.embedded_state(state, choice, snapshot)),
        choice,
        notices=notices,
        refused=refused,
    )
    return CachePolicy.DATED.apply(Response(html, mimetype=HTML))


def _oembed(context: Context) -> Response:
    """Answer with oEmbed's description of a page of this site."""
    arguments = last_values(request.args)
    if arguments.get("format", _FORMAT) != _FORMAT:
        return _not_implemented(arguments["format"], query_language(arguments))
    try:
        room = _room(arguments, "maxwidth"), _room(arguments, "maxheight")
        path, query = _site_page(context, arguments.get("url", ""), query_language(arguments))
        body = _oembed_body(context, path, query, room)
    except StateError as error:
        return bad_request(error)
    return cacheable_response(to_json(body), JSON, CachePolicy.PAGE)


def _oembed_body(
    context: Context, path: str, query: dict[str, str], room: tuple[int, int]
) -> dict[str, Any]:
    """Return oEmbed's answer for a page of this site; for the share page, by the choices on it."""
    if on_share_page := path == context.urls.share():
        shared, _, _ = _shared(context, query)
        state, snapshot = shared.state, shared.snapshot
    else:
        snapshot, state, _ = context.parse(query, lenient=True)
    choice, _ = embed_html.parse_choice(query, state, state.language)
    if on_share_page:
        state = embed_html.embedded_state(state, choice, snapshot)
    return share.oembed(context.shared(snapshot, state), choice.options, choice.size, room=room)


def _room(arguments: dict[str, str], key: str) -> int:
    """Return the largest size in pixels that the consumer names; unlimited if it names none."""
    text = arguments.get(key, "")
    if text and not _PIXELS.fullmatch(text):
        language = query_language(arguments)
        sentence = language.gettext(
            "{key}={value} is not a number of pixels: it may be from {low} to {high}.",
            key=key,
            value=language.quoted(text[:20]),
            low=1,
            high=999_999,
        )
        raise StateError(key, text, sentence)
    return int(text or _PLENTY)


def _site_page(context: Context, url: str, language: Language) -> tuple[str, dict[str, str]]:
    """Return path and query of a link to a page of this site that has a map.

    Raises
    ------
    StateError
        Where there is no link; :class:`~geodata.errors.NotAvailable` where it leads elsewhere.
    """
    if not url:
        sentence = language.gettext("url= is missing: it is the link to a map of this site.")
        raise StateError("url", url, sentence)
    urls = context.urls
    pages = {path.rstrip("/"): path for path in (urls.page(), urls.embed(), urls.share())}
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        at_home = parts.scheme in _PORTS and _origin(parts) == _origin(urlsplit(context.link("")))
    except ValueError:
        parts, query, at_home = urlsplit(""), [], False
    path = pages.get(parts.path.rstrip("/"))
    if path is None or not at_home:
        raise NotAvailable(
            "url",
            url,
            language.gettext(
                "url={value} leads to no map of this site: those are {pages}.",
                value=language.quoted(url),
                pages=language.join_items(context.link(page) for page in pages.values()),
            ),
        )
    return path, dict(query)


def _origin(parts: SplitResult) -> tuple[str, int | None]:
    """Return host and port; behind a proxy http and https are one place, each at its own port."""
    port = parts.port
    return parts.hostname or "", None if port == _PORTS.get(parts.scheme) else port


def _not_implemented(format_name: str, language: Language) -> Response:
    """Answer 501, as oEmbed demands for a format that is not available."""
    sentence = language.gettext(
        "format={value} is not available: format may be {allowed}.",
        value=language.quoted(format_name[:20]),
        allowed=_FORMAT,
    )
    return json_error(HTTPStatus.NOT_IMPLEMENTED, sentence, key="format", value=format_name)
