"""The public API: views, boundaries, area panels and what there is, as JSON.

=============================================  ===================================================
``GET /api/v1/view.json?<state>``              a view, for all dates at once
``GET /api/v1/areas/<level>.topojson``         boundaries of level 1, or of both
``GET /api/v1/area/<pcode>.json?<state>``      the area panel
``GET /api/v1/meta.json``                      populations, programmes, dates, sources
``GET /healthz``, ``/readyz``                  for whoever runs the server
=============================================  ===================================================

Answers carry an ETag; under ``v=`` they never change and say so. A wrong value is answered with
400 and a sentence; ``errors=notice``, for pages, with the default and a notice.
"""

from __future__ import annotations

import hashlib
from enum import Enum
from functools import lru_cache
from http import HTTPStatus

import brotli  # type: ignore[import-untyped]
from dash import Dash
from flask import Response, current_app, request

from callbacks.serving.content_coding import coding
from callbacks.serving.context import Context, follows_host, speech_of
from callbacks.serving.response_cache import set_aside
from geodata.errors import NotHeld, StateError
from geodata.figures.counts import areas_of
from geodata.places.gazetteer import former_code, former_codes
from geodata.util.json_encoding import to_json

JSON = "application/json"
# TopoJSON has no registered media type; this one is compressed and shown by every tool.
TOPOJSON = "application/json"
_TEXTUAL = {JSON, "application/javascript", "image/svg+xml"}
ONE_YEAR, ONE_DAY, FIVE_MINUTES = 31_536_000, 86_400, 300
# Brotli's level 10 takes a fifth off level 6, and up to 50 ms for so many bytes.
_HARD, _HARD_BYTES, _QUICK, WORTH_BYTES = 10, 80_000, 6, 500


class Keep(Enum):
    """How long a cache may keep an answer without asking whether it has changed."""

    FROZEN = f"public, max-age={ONE_YEAR}, immutable"  # data of a snapshot that the URL names
    LIVE = "public, no-cache"  # data of the newest snapshot, and pages of the map itself
    PAGE = f"public, max-age={FIVE_MINUTES}, stale-while-revalidate={ONE_DAY}"  # public pages


def as_named() -> Keep:
    """For data: frozen where the URL names the snapshot, else live."""
    return Keep.FROZEN if request.args.get("v", "").strip() else Keep.LIVE


def answer(body: bytes, mimetype: str, keep: Keep) -> Response:
    """Answer with an ETag, and keep what is sent for whoever asks next.

    Only for what is the same for everyone. What holds a link that follows the request (see
    :meth:`~callbacks.serving.context.Context.link`) is not, and is kept nowhere.
    """
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = keep.value
    response.set_etag(hashlib.sha256(body).hexdigest()[:20])
    for_one = follows_host() or current_app.debug
    if not for_one:
        _compress(response, body)
    if for_one or not set_aside(request.environ):
        response.make_conditional(request)
    return response


def _compress(response: Response, body: bytes) -> None:
    """Compress once for many; Flask-Compress, quick and anew each time, leaves it as it is."""
    mimetype = response.mimetype or ""
    textual = mimetype.startswith("text/") or mimetype in _TEXTUAL
    accepted = request.headers.get("Accept-Encoding", "")
    if textual and len(body) >= WORTH_BYTES and coding(accepted) == "br":
        response.set_data(_compressed(body))
        response.headers["Content-Encoding"] = "br"
        response.set_etag(f"{response.get_etag()[0]}:br")


@lru_cache(maxsize=64)
def _compressed(body: bytes) -> bytes:
    """Compress a body once, under whatever address it is asked for (``?utm_source=…``)."""
    return bytes(brotli.compress(body, quality=_HARD if len(body) <= _HARD_BYTES else _QUICK))


def refuse(error: StateError) -> Response:
    """Answer a wrong value: 404 for a snapshot that is not held, else 400, with the sentence."""
    status = HTTPStatus.NOT_FOUND if isinstance(error, NotHeld) else HTTPStatus.BAD_REQUEST
    return told(status, str(error), key=error.key, value=error.value)


def told(status: HTTPStatus, sentence: str, *, key: str = "", value: str = "") -> Response:
    """Answer an error as JSON, which no cache keeps: a sentence on what ``key`` was given."""
    body = to_json({"error": {"key": key, "value": value, "sentence": sentence}})
    return _plain(body, JSON, status)


def register(app: Dash, context: Context) -> None:
    """Add the API's routes to ``app``."""
    server, urls = app.server, context.urls

    @server.get(urls.view(), endpoint="view")
    def view() -> Response:
        lenient = request.args.get("errors") == "notice"
        try:
            snapshot, state, notices = context.parse(request.args.to_dict(), lenient=lenient)
        except StateError as error:
            return refuse(error)
        more = {"notices": notices} if lenient else {}
        return answer(context.whole_view(snapshot, state, **more), JSON, as_named())

    @server.get(urls.areas("<level>"), endpoint="areas")
    def areas(level: str) -> Response:
        try:
            snapshot, _, _ = context.parse({"v": request.args.get("v", "")})
        except StateError as error:
            return refuse(error)
        if level not in ("1", "2"):
            speech = speech_of(request.args)
            sentence = speech.gettext(
                "There is no level {value}: it may be 1 or 2.", value=speech.quoted(level[:20])
            )
            return _not_found("level", level, sentence)
        return answer(context.areas(snapshot, int(level)), TOPOJSON, as_named())

    @server.get(urls.area("<pcode>"), endpoint="area")
    def area(pcode: str) -> Response:
        try:
            snapshot, state, _ = context.parse(request.args.to_dict())
        except StateError as error:
            return refuse(error)
        if pcode not in set(snapshot.tables.areas["pcode"]):
            codes = areas_of(snapshot, 1).pcodes
            rules = former_codes(snapshot.manifest["country"])
            sentence = former_code(rules, pcode, state.language) or (
                state.language.gettext(
                    "No area has the code {value}: governorates are {first} to {last}, every area "
                    "is listed in {address}.",
                    value=state.language.quoted(pcode[:20]),
                    first=codes[0],
                    last=codes[-1],
                    address=urls.areas("2"),
                )
            )
            return _not_found("pcode", pcode, sentence)
        return answer(context.area(snapshot, state.view_key, pcode), JSON, as_named())

    @server.get(urls.meta(), endpoint="meta")
    def meta() -> Response:
        try:
            snapshot, state, _ = context.named(request.args)
        except StateError as error:
            return refuse(error)
        return answer(context.meta(snapshot, state.lang, state.digits), JSON, as_named())

    @server.get(f"{context.urls.prefix}api/<path:rest>", endpoint="no_such_api")
    def no_such_api(rest: str) -> Response:
        sentence = speech_of(request.args).gettext(
            "There is no API at {path}; see {address}.",
            path=f"{urls.prefix}api/{rest[:60]}",
            address=urls.meta(),
        )
        return _not_found("path", rest, sentence)

    @server.get(urls.health(), endpoint="healthz")
    def healthz() -> Response:
        return _plain(b"ok\n", "text/plain")

    @server.get(urls.ready(), endpoint="readyz")
    def readyz() -> Response:
        """Ready, also where what is active is refused: what was served before still is."""
        holdings, said = context.holdings, {"ready": True, "snapshot": context.snapshot.version}
        if refused := holdings.refused:
            said["refused"] = {"version": refused.version, "why": refused.why}
        if holdings.trouble:
            said["library"] = holdings.trouble
        return _plain(to_json(said), JSON)


def _plain(body: bytes, mimetype: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    response = Response(body, status=status, mimetype=mimetype)
    response.cache_control.no_store = True
    return response


def _not_found(key: str, value: str, sentence: str) -> Response:
    return refuse(NotHeld(key, value, sentence))
