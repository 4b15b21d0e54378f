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

from functools import partial

from dash import Dash
from flask import Response, request

from callbacks.serving.context import Context, query_language
from callbacks.serving.responses import (
    JSON,
    bad_request,
    cacheable_response,
    not_found,
    plain,
    policy_for_request,
)
from geodata.errors import StateError
from geodata.figures.availability import areas_of
from geodata.i18n.language import Language
from geodata.places.gazetteer import explain_retired_code, former_codes
from geodata.snapshots.snapshot import Snapshot
from geodata.util.json_encoding import to_json

# TopoJSON has no registered media type; this one is compressed and shown by every tool.
TOPOJSON = "application/json"


def register(app: Dash, context: Context) -> None:
    """Add the API's routes to ``app``."""
    urls = context.urls
    for rule, endpoint, answer in (
        (urls.view(), "view", _view),
        (urls.areas("<level>"), "areas", _areas),
        (urls.area("<pcode>"), "area", _area),
        (urls.meta(), "meta", _meta),
        (f"{urls.prefix}api/<path:rest>", "no_such_api", _no_such_api),
        (urls.health(), "healthz", _healthz),
        (urls.ready(), "readyz", _readyz),
    ):
        app.server.add_url_rule(rule, endpoint, partial(answer, context))


def _view(context: Context) -> Response:
    """Answer with a view; with ``errors=notice`` also where a value is wrong."""
    lenient = request.args.get("errors") == "notice"
    try:
        snapshot, state, notices = context.parse(request.args.to_dict(), lenient=lenient)
    except StateError as error:
        return bad_request(error)
    more = {"notices": notices} if lenient else {}
    return cacheable_response(
        context.whole_view(snapshot, state, **more), JSON, policy_for_request()
    )


def _areas(context: Context, level: str) -> Response:
    """Answer with the boundaries of level 1, or of both levels."""
    try:
        snapshot, _, _ = context.parse({"v": request.args.get("v", "")})
    except StateError as error:
        return bad_request(error)
    if level not in ("1", "2"):
        language = query_language(request.args)
        sentence = language.gettext(
            "There is no level {value}: it may be 1 or 2.", value=language.quoted(level[:20])
        )
        return not_found("level", level, sentence)
    return cacheable_response(context.areas(snapshot, int(level)), TOPOJSON, policy_for_request())


def _area(context: Context, pcode: str) -> Response:
    """Answer with the panel of an area."""
    try:
        snapshot, state, _ = context.parse(request.args.to_dict())
    except StateError as error:
        return bad_request(error)
    if pcode not in set(snapshot.tables.areas["pcode"]):
        return not_found("pcode", pcode, _no_such_area(context, snapshot, state.language, pcode))
    return cacheable_response(
        context.area(snapshot, state.view_key, pcode), JSON, policy_for_request()
    )


def _no_such_area(context: Context, snapshot: Snapshot, language: Language, pcode: str) -> str:
    """Say that no area has a code: the country gave it up, or which codes there are."""
    codes = areas_of(snapshot, 1).pcodes
    rules = former_codes(snapshot.manifest["country"])
    return explain_retired_code(rules, pcode, language) or language.gettext(
        "No area has the code {value}: governorates are {first} to {last}, every area "
        "is listed in {address}.",
        value=language.quoted(pcode[:20]),
        first=codes[0],
        last=codes[-1],
        address=context.urls.areas("2"),
    )


def _meta(context: Context) -> Response:
    """Answer with populations, programmes, dates and sources."""
    try:
        snapshot, state, _ = context.named(request.args)
    except StateError as error:
        return bad_request(error)
    return cacheable_response(
        context.meta(snapshot, state.lang, state.digits), JSON, policy_for_request()
    )


def _no_such_api(context: Context, rest: str) -> Response:
    """Answer that an address is none of the API's, and name the one that lists what there is."""
    sentence = query_language(request.args).gettext(
        "There is no API at {path}; see {address}.",
        path=f"{context.urls.prefix}api/{rest[:60]}",
        address=context.urls.meta(),
    )
    return not_found("path", rest, sentence)


def _healthz(context: Context) -> Response:
    """Answer that the process answers."""
    return plain(b"ok\n", "text/plain")


def _readyz(context: Context) -> Response:
    """Tell whether a snapshot is served; the one before still is where a new one is refused."""
    registry, status = context.registry, {"ready": True, "snapshot": context.snapshot.version}
    if rejected := registry.rejected:
        status["refused"] = {"version": rejected.version, "why": rejected.reason}
    if registry.problem:
        status["library"] = registry.problem
    return plain(to_json(status), JSON)
