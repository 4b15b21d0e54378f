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

from dash import Dash
from flask import Response, request

from callbacks.context import Context, to_json
from geodata.counts import areas_of
from geodata.errors import NotHeld, StateError
from geodata.names import renumbered
from geodata.state import parse
from geodata.view import state_dict

JSON = "application/json"
# TopoJSON has no registered media type; this one is compressed and shown by every tool.
TOPOJSON = "application/json"
ONE_YEAR = 31_536_000


def answer(body: bytes, mimetype: str, *, frozen: bool) -> Response:
    """Answer with an ETag; for a year and immutable where the URL names the snapshot."""
    response = Response(body, mimetype=mimetype)
    response.set_etag(hashlib.sha256(body).hexdigest()[:20])
    response.cache_control.public = True
    if frozen:
        response.cache_control.max_age = ONE_YEAR
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    # Compressing asks again, by the tag of what it made; this is for answers that stay as they are.
    response.make_conditional(request)
    return response


def refuse(error: StateError) -> Response:
    """Answer a wrong value: 404 for a snapshot that is not held, else 400, with the sentence."""
    status = 404 if isinstance(error, NotHeld) else 400
    body = to_json({"error": {"key": error.key, "value": error.value, "sentence": str(error)}})
    response = Response(body, status=status, mimetype=JSON)
    response.cache_control.no_store = True
    return response


def _is_frozen() -> bool:
    return bool(request.args.get("v", "").strip())


def register(app: Dash, context: Context) -> None:
    """Add the API's routes to ``app``."""
    server, urls = app.server, context.urls

    @server.get(urls.view(), endpoint="view")
    def view() -> Response:
        lenient = request.args.get("errors") == "notice"
        try:
            state, notices = parse(request.args.to_dict(), context.snapshot, lenient=lenient)
        except StateError as error:
            return refuse(error)
        head = state_dict(state, context.snapshot) | ({"notices": notices} if lenient else {})
        body = context.view(context.snapshot, state.view_key)
        return answer(to_json(head)[:-1] + b"," + body[1:], JSON, frozen=_is_frozen())

    @server.get(urls.areas("<level>"), endpoint="areas")
    def areas(level: str) -> Response:
        try:
            parse({"v": request.args.get("v", "")}, context.snapshot)
        except StateError as error:
            return refuse(error)
        if level not in ("1", "2"):
            return _not_found(
                "level", level, f"There is no level “{level[:20]}”: it may be 1 or 2."
            )
        return answer(context.areas(context.snapshot, int(level)), TOPOJSON, frozen=_is_frozen())

    @server.get(urls.area("<pcode>"), endpoint="area")
    def area(pcode: str) -> Response:
        try:
            state, _ = parse(request.args.to_dict(), context.snapshot)
        except StateError as error:
            return refuse(error)
        if pcode not in set(context.snapshot.tables.areas["pcode"]):
            codes = areas_of(context.snapshot, 1).pcodes
            sentence = renumbered(pcode) or (
                f"No area has the code “{pcode[:20]}”: governorates are {codes[0]} to {codes[-1]}, "
                f"districts are listed in {urls.view('level=2')}."
            )
            return _not_found("pcode", pcode, sentence)
        body = context.area(context.snapshot, state.view_key, pcode)
        return answer(body, JSON, frozen=_is_frozen())

    @server.get(urls.meta(), endpoint="meta")
    def meta() -> Response:
        try:
            state, _ = parse(
                {key: request.args.get(key, "") for key in ("lang", "v")}, context.snapshot
            )
        except StateError as error:
            return refuse(error)
        return answer(context.meta(context.snapshot, state.lang), JSON, frozen=_is_frozen())

    @server.get(f"{context.urls.prefix}api/<path:rest>", endpoint="no_such_api")
    def no_such_api(rest: str) -> Response:
        sentence = f"There is no API at {urls.prefix}api/{rest[:60]}; see {urls.meta()}."
        return _not_found("path", rest, sentence)

    @server.get(urls.health(), endpoint="healthz")
    def healthz() -> Response:
        return _plain(b"ok\n", "text/plain")

    @server.get(urls.ready(), endpoint="readyz")
    def readyz() -> Response:
        body = to_json({"ready": True, "snapshot": context.snapshot.version})
        return _plain(body, JSON)


def _plain(body: bytes, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.cache_control.no_store = True
    return response


def _not_found(key: str, value: str, sentence: str) -> Response:
    return refuse(NotHeld(key, value, sentence))
