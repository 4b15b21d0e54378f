"""The description of the API, as programs read it: OpenAPI 3.1, made from what the routes check.

=============================  ===================================================================
``GET /api/v1/openapi.json``   every call, its keys with what they may be, and its answers
=============================  ===================================================================

What a key may be comes from where it is read: what the snapshot holds, and the tables that
:mod:`geodata.figures.state` and :mod:`geodata.exports.options` choose from.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from dash import Dash
from flask import Response

from callbacks.serving.context import Context
from callbacks.serving.responses import JSON, CachePolicy, cacheable_response
from geodata import populations
from geodata.exports import options
from geodata.exports.documents.pdf import PAPERS
from geodata.exports.drawing.themes import THEMES
from geodata.exports.formats import FILES
from geodata.figures import availability
from geodata.figures.classes import CLASSIFICATIONS
from geodata.figures.coverage import WHEN
from geodata.figures.date_keys import LATEST
from geodata.figures.flow_key import MOST
from geodata.figures.funders import funders
from geodata.figures.part_keys import CRITICAL_CODE
from geodata.figures.parts import PERIOD_LABELS, SHELTER_TYPES, SIDES
from geodata.figures.query_keys import SEPARATOR
from geodata.figures.state import KEYS
from geodata.i18n.language import languages
from geodata.i18n.writing import DIGITS
from geodata.snapshots.snapshot import Snapshot
from geodata.util.json_encoding import to_json
from layouts.download_menu import ONE_FILE

VERSION = "3.1.1"
Schema = dict[str, Any]


def register(app: Dash, context: Context) -> None:
    """Add the description's route to ``app``."""
    app.server.add_url_rule(context.urls.openapi(), "openapi", partial(_openapi, context))


def _openapi(context: Context) -> Response:
    """Answer with the description, for the newest snapshot."""
    body = to_json(description(context, context.snapshot))
    return cacheable_response(body, JSON, CachePolicy.LIVE)


def _enum(values: Any) -> Schema:
    return {"type": "string", "enum": [str(value) for value in values]}


def _codes(values: Any) -> Schema:
    """Return the schema of codes that :data:`SEPARATOR` joins."""
    one = f"(?:{'|'.join(re.escape(str(value)) for value in values)})"
    return {"type": "string", "pattern": f"^{one}(?:{SEPARATOR}{one})*$"}


def state_schemas(snapshot: Snapshot) -> dict[str, Schema]:
    """Return what each key of the state may be, with the figures that a snapshot holds.

    A key may be refused all the same, where what another one chooses has no such figures.
    """
    governorates = availability.areas_of(snapshot, 1).pcodes
    date = {"type": "string", "pattern": rf"^(?:\d{{4}}-\d{{2}}-\d{{2}}|R\d{{1,4}}|{LATEST})$"}
    return {
        "pop": _enum(availability.populations_with_counts(snapshot)),
        "prog": _codes(snapshot.tables.programmes["code"]),
        "prog_when": _enum(WHEN),
        "funder": _codes(each.code for each in funders(snapshot)),
        "measure": _enum(populations.MEASURES),
        "mode": _enum(populations.MODES),
        "level": _enum(level for level in (1, 2) if availability.areas_of(snapshot, level).pcodes),
        "classes": _enum(CLASSIFICATIONS),
        "time": date,
        "base": date,
        "by": _enum(SIDES),
        "from": _enum(governorates),
        "to": _enum(governorates),
        "shelter": _codes([*SHELTER_TYPES, CRITICAL_CODE]),
        "period": _codes(PERIOD_LABELS),
        "area": _enum(snapshot.tables.areas["pcode"]),
        "flows": {"type": "integer", "minimum": 0, "maximum": MOST},
        "lang": _enum(languages()),
        "digits": _enum(DIGITS),
        "v": {"type": "string", "pattern": "^[0-9a-f]{12}$"},
    }


def _whole(allowed: tuple[int, int]) -> Schema:
    return {"type": "integer", "minimum": allowed[0], "maximum": allowed[1]}


OPTIONS: dict[str, Schema] = {
    "w": _whole(options.WIDTHS),
    "scale": _whole(options.SCALES),
    "theme": _enum(THEMES),
    "paper": _enum(PAPERS),
    "rows": _enum((options.VIEW, options.ALL)),
    "hxl": _enum((0, 1)),
}


def _answer(description: str, media: str, schema: Schema | None = None) -> Schema:
    return {"description": description, "content": {media: {"schema": schema or {}}}}


def _object(*required: str) -> Schema:
    return {"type": "object", "required": list(required)}


def _call(
    summary: str, answer: Schema, names: list[str], *in_path: Schema, busy: bool = False
) -> Schema:
    """Return a call: what it takes, and every status that it answers with."""
    refused = {"$ref": "#/components/responses/Refused"}
    answers = {"200": answer, "400": refused, "404": refused}
    answers["304"] = {"description": "Not modified"}
    if busy:
        answers["503"] = {"$ref": "#/components/responses/Busy"}
    keys = [{"$ref": f"#/components/parameters/{name}"} for name in names]
    return {"get": {"summary": summary, "parameters": [*in_path, *keys], "responses": answers}}


def _in_path(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def description(context: Context, snapshot: Snapshot) -> Schema:
    """Return the description of the API that serves a snapshot."""
    urls, state = context.urls, list(KEYS)
    schemas = state_schemas(snapshot)
    words = ["lang", "digits", "v"]
    pcode = _in_path("pcode", schemas["area"])
    level = _in_path("level", _enum((1, 2)))
    view = _answer("The view.", JSON, _object("version", "state", "query", "values", "status"))
    area = _answer("The area.", JSON, _object("version", "area", "dates", "trend"))
    meta = _answer("What there is.", JSON, _object("version", "populations", "sources"))
    shapes = _answer("TopoJSON.", JSON, _object("type", "objects", "arcs"))
    own = _answer("This description.", JSON, _object("openapi", "paths"))
    paths = {
        urls.view(): _call("A view, for all dates at once", view, [*state, "errors"]),
        urls.areas("{level}"): _call("Boundaries", shapes, ["v"], level),
        urls.area("{pcode}"): _call("An area", area, state, pcode),
        urls.meta(): _call("Populations, programmes, sources", meta, words),
        urls.openapi(): _call("This description", own, []),
        urls.file(ONE_FILE): _call("The map in one file", _answer("A page.", "text/html"), state),
        urls.card_png(): _call("A card", _answer("A picture.", "image/png"), state, busy=True),
    }
    for file in FILES.values():
        answer = _answer(file.label, file.media)
        names = [*state, *OPTIONS]
        paths[urls.file(file.name)] = _call(file.label, answer, names, busy=True)
    return {
        "openapi": VERSION,
        "info": {"title": "Displacement map", "version": "1"},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "parameters": {
                name: {"name": name, "in": "query", "schema": schema}
                for name, schema in (schemas | OPTIONS | {"errors": _enum(("notice",))}).items()
            },
            "schemas": {"Error": _ERROR},
            "responses": {
                "Refused": _answer("A value is wrong, or is not held.", JSON, _ERROR_REF),
                "Busy": _answer("Ask again in Retry-After seconds.", JSON, _ERROR_REF),
            },
        },
    }


_TEXT = {"type": "string"}
_ERROR_REF = {"$ref": "#/components/schemas/Error"}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["key", "value", "sentence"],
            "properties": {"key": _TEXT, "value": _TEXT, "sentence": _TEXT},
        }
    },
}
