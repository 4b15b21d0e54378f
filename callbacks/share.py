"""Sharing: the share page, which is also the dialog on every page, and what oEmbed says of a link.

===========================================  =====================================================
``GET /share?<state>&<options>``             link, embed code, citation and picture, as a page
``GET /oembed?url=&maxwidth=&maxheight=``    how a site shows a link to the map (https://oembed.com)
===========================================  =====================================================
"""

from __future__ import annotations

import datetime as dt
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from dash import Dash
from flask import Response, request
from werkzeug.datastructures import MultiDict

from callbacks.api import JSON, Keep, answer, refuse
from callbacks.context import Context, to_json
from callbacks.pages import HTML, problem
from geodata import snippet
from geodata.errors import NotHeld, StateError
from geodata.language import language
from layouts import share

_FORMAT = "json"
_PLENTY = 1_000_000
_MOST_FIELDS = 100
_PIXELS = re.compile(r"[1-9]\d{0,5}", re.ASCII)
_PORTS = {"http": 80, "https": 443}


def last_values(query: MultiDict[str, str]) -> dict[str, str]:
    """Take the last value of each key: in a form, 0 is sent before the box that may be ticked."""
    return {key: values[-1] for key, values in query.lists()}


def register(app: Dash, context: Context) -> None:
    """Add the share page and oEmbed to ``app``."""

    @app.server.get(context.urls.share(), endpoint="share")
    def share_page() -> Response:
        query = last_values(request.args)
        try:
            snapshot, state, notices = context.parse(query, lenient=True)
        except NotHeld as error:
            return problem(context, error, context.urls.share)
        choice, refused = snippet.parse(query, state, language(state.lang))
        html = share.page(
            context.shared(snapshot, state),
            context.shared(snapshot, snippet.embedded(state, choice, snapshot)),
            choice,
            today=dt.datetime.now(dt.UTC).date(),
            notices=notices,
            refused=refused,
        )
        response = Response(html, mimetype=HTML)
        response.cache_control.no_cache = True  # a citation tells the day on which it was read
        return response

    @app.server.get(context.urls.oembed(), endpoint="oembed")
    def oembed() -> Response:
        asked = last_values(request.args)
        if asked.get("format", _FORMAT) != _FORMAT:
            return _not_implemented(asked["format"])
        try:
            room = _room(asked, "maxwidth"), _room(asked, "maxheight")
            path, query = _own(context, asked.get("url", ""))
            body = _described(context, path, query, room)
        except StateError as error:
            return refuse(error)
        return answer(to_json(body), JSON, Keep.PAGE)


def _described(
    context: Context, path: str, query: dict[str, str], room: tuple[int, int]
) -> dict[str, Any]:
    """Say what a page of this site shows; on the share page, as its form has it."""
    snapshot, state, _ = context.parse(query, lenient=True)
    choice, _ = snippet.parse(query, state, language(state.lang))
    if path == context.urls.share():
        state = snippet.embedded(state, choice, snapshot)
    return share.oembed(context.shared(snapshot, state), choice.options, choice.size, room=room)


def _room(asked: dict[str, str], key: str) -> int:
    """Pixels that the asking site has; plenty where it does not say."""
    text = asked.get(key, "")
    if text and not _PIXELS.fullmatch(text):
        sentence = f"{key}=“{text[:20]}” is not a number of pixels: it may be from 1 to 999999."
        raise StateError(key, text, sentence)
    return int(text or _PLENTY)


def _own(context: Context, url: str) -> tuple[str, dict[str, str]]:
    """Path and query of a link to a page of this site that has a map.

    Raises
    ------
    StateError
        Where there is no link; :class:`~geodata.errors.NotHeld` where it leads elsewhere.
    """
    if not url:
        raise StateError("url", url, "url= is missing: it is the link to a map of this site.")
    urls = context.urls
    pages = {path.rstrip("/"): path for path in (urls.page(), urls.embed(), urls.share())}
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        at_home = parts.scheme in _PORTS and _place(parts) == _place(urlsplit(context.link("")))
    except ValueError:
        parts, query, at_home = urlsplit(""), [], False
    path = pages.get(parts.path.rstrip("/"))
    if path is None or not at_home:
        raise NotHeld(
            "url",
            url,
            f"url=“{url[:60]}” leads to no map of this site: those are "
            f"{', '.join(context.link(page) for page in pages.values())}.",
        )
    return path, dict(query)


def _place(parts: SplitResult) -> tuple[str, int | None]:
    """Host and port; behind a proxy http and https are one place, each at its own port."""
    port = parts.port
    return parts.hostname or "", None if port == _PORTS.get(parts.scheme) else port


def _not_implemented(wanted: str) -> Response:
    """Answer 501, as oEmbed asks for a format that there is not."""
    sentence = f"format=“{wanted[:20]}” is not available: format may be {_FORMAT}."
    body = to_json({"error": {"key": "format", "value": wanted, "sentence": sentence}})
    response = Response(body, status=HTTPStatus.NOT_IMPLEMENTED, mimetype=JSON)
    response.cache_control.no_store = True
    return response
