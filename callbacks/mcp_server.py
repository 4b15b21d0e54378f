"""Dash's server of the Model Context Protocol, cut down to questions that are only answered.

Dash offers an assistant the layout, its components, pages and callbacks; all of that is switched
off, and what is left are the questions of :mod:`callbacks.assistant`. ``POST /_mcp`` is read in
this order before Dash reads it:

==========================================================  ======  ==========================
what is sent                                                status  error
==========================================================  ======  ==========================
more than Flask's ``MAX_CONTENT_LENGTH``                    413     invalid request
no JSON, or no request of the protocol                      400     invalid request
another method than ``initialize``, ``ping``,               200     there is no such method
``tools/list``, ``tools/call`` and notifications
a question that there is not                                200     the names that there are
==========================================================  ======  ==========================

Sessions are neither given nor read: any process, of any machine, may answer any request. Nothing is
sent without being asked for, so that a GET, which would wait for it, is refused.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from dash import Dash
from dash.mcp import configure_mcp_server
from dash.mcp.primitives import tools
from dash.mcp.primitives.tools.base import MCPToolProvider
from dash.mcp.types import (
    LATEST_PROTOCOL_VERSION,
    CallToolResult,
    ErrorData,
    Implementation,
    InitializeResult,
    ServerCapabilities,
    TextContent,
    Tool,
    ToolsCapability,
)
from flask import Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from callbacks.assistant import QUESTIONS, ask, language_of
from callbacks.guard import Refused, sent_json
from callbacks.serving.context import Context, current_context, page_language
from callbacks.serving.responses import JSON, CachePolicy, plain
from geodata.errors import StateError
from geodata.figures.query_keys import QueryReader
from geodata.i18n.messages import gettext
from geodata.text import wording
from geodata.util.json_encoding import to_json

INVALID_REQUEST, NO_SUCH_METHOD, INVALID_PARAMS = -32600, -32601, -32602  # of JSON-RPC 2.0
_SESSION = "Mcp-Session-Id"
_READ_ONLY = {"readOnlyHint": True, "idempotentHint": True, "openWorldHint": False}
_NO_REQUEST = gettext("What was sent is no request of the Model Context Protocol.")
_NO_METHOD = gettext("This address answers tools/list and tools/call, and no such method.")
_NO_STREAM = gettext("This address is asked by POST; it sends nothing by itself.")
_FAILED = gettext("This could not be answered; why is written down on the server.")


class FigureTools(MCPToolProvider):
    """Figures of displaced people, returnees and refugees, by governorate, district and date.

    Begin with list_choices. Everything is read only. Where a value is null there is no figure, and
    the status beside it says why: it is not zero. What is suppressed is too little to be shown and
    must not be worked out. Populations are different people and are never added up. Name the date
    of a figure and the credit of its source, and give the link to the map. Lists are cut to limit
    rows; "more" says how the others are asked for.
    """

    @classmethod
    def get_tool_names(cls) -> set[str]:
        """Return the names of the questions."""
        return set(QUESTIONS)

    @classmethod
    def list_tools(cls) -> list[Tool]:
        """Describe every question, with its arguments."""
        return [
            Tool(
                name=name,
                description=inspect.getdoc(question),
                inputSchema=question.model_json_schema(),
                annotations=_READ_ONLY,
            )
            for name, question in QUESTIONS.items()
        ]

    @classmethod
    def call_tool(
        cls, tool_name: str, arguments: dict[str, Any] | None, task: object = None
    ) -> CallToolResult:
        """Answer a question, or say in a sentence why there is no answer."""
        arguments = arguments or {}
        try:
            body = ask(current_context(), tool_name, arguments)
        except StateError as error:
            return _answered({"error": {"key": error.key, "sentence": str(error)}}, is_error=True)
        except Exception:
            current_app.logger.exception("an assistant's question could not be answered")
            sentence = language_of(arguments).gettext(_FAILED)
            return _answered({"error": {"key": "", "sentence": sentence}}, is_error=True)
        return _answered(body)


def _answered(body: dict[str, Any], *, is_error: bool = False) -> CallToolResult:
    """Return an answer as structure and, for clients that know only that, as text."""
    text = body["error"]["sentence"] if is_error else to_json(body).decode()
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structuredContent=body, isError=is_error
    )


def register(app: Dash, context: Context) -> None:
    """Let the address answer our questions alone; call it where Dash's server is enabled."""
    configure_mcp_server(
        include_layout=False,
        include_callbacks=False,
        include_clientside_callbacks=False,
        include_pages=False,
    )
    tools._TOOL_PROVIDERS[:] = [FigureTools]  # without those of background callbacks and plugins
    server = app.server
    for rule in server.url_map.iter_rules():
        if rule.rule == context.urls.mcp():
            answer = server.view_functions[rule.endpoint]
            posted = "POST" in (rule.methods or ())
            server.view_functions[rule.endpoint] = _guarded(answer) if posted else _no_stream


def _no_stream() -> Response:
    sentence = page_language().gettext(_NO_STREAM)
    response = _error(None, INVALID_REQUEST, sentence, HTTPStatus.METHOD_NOT_ALLOWED)
    response.headers["Allow"] = "POST"
    return response


def _guarded(answer: Callable[[], ResponseReturnValue]) -> Callable[[], ResponseReturnValue]:
    """Return Dash's function behind the checks of the table above."""

    def guarded() -> ResponseReturnValue:
        try:
            message = _message(sent_json())
        except Refused as error:
            return _error(
                None, INVALID_REQUEST, page_language().gettext(error.sentence), error.status
            )
        if response := _answer_of_ours(message):
            return response
        request.environ.pop("HTTP_MCP_SESSION_ID", None)  # which Dash would find stale
        response = make_response(answer())
        response.headers.pop(_SESSION, None)
        return CachePolicy.NEVER.apply(response)

    return guarded


def _message(body: object) -> Mapping[str, Any]:
    """Check that a body is a request or a notification of the protocol.

    Raises
    ------
    Refused
        Where it is anything else.
    """
    try:
        to_json(body)  # halves of letters, and numbers without end, cannot be answered with
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, _NO_REQUEST) from None
    if isinstance(body, dict) and body.get("jsonrpc") == "2.0" and _is_called(body):
        return body
    raise Refused(HTTPStatus.BAD_REQUEST, _NO_REQUEST)


def _is_called(body: Mapping[str, Any]) -> bool:
    """Tell whether method, id and parameters are of the right types."""
    method, id_, params = body.get("method"), body.get("id"), body.get("params")
    if not isinstance(method, str) or not isinstance(params or {}, dict):
        return False
    if method.startswith("notifications/"):
        return "id" not in body
    if method == "tools/call":
        name, arguments = ((params or {}).get(key) for key in ("name", "arguments"))
        if not isinstance(name, str) or not isinstance(arguments or {}, dict):
            return False
    return isinstance(id_, (str, int)) and not isinstance(id_, bool)


def _answer_of_ours(message: Mapping[str, Any]) -> Response | None:
    """Answer what Dash does not answer, or should not; ``None`` for what it is to answer."""
    method, id_ = message["method"], message.get("id")
    if method == "initialize":
        return _reply(id_, {"result": _introduction().model_dump(exclude_none=True)})
    if method == "ping":  # which Dash does not know
        return _reply(id_, {"result": {}})
    if method == "tools/call" and (name := message["params"]["name"]) not in QUESTIONS:
        reader = QueryReader({}, lenient=False, language=page_language())
        return _error(id_, INVALID_PARAMS, str(reader.wrong("name", name, QUESTIONS)))
    if method in ("tools/list", "tools/call") or method.startswith("notifications/"):
        return None
    return _error(id_, NO_SUCH_METHOD, page_language().gettext(_NO_METHOD))


def _introduction() -> InitializeResult:
    """Return what a client is told first, in place of what Dash says of its callbacks."""
    context = current_context()
    return InitializeResult(
        protocolVersion=LATEST_PROTOCOL_VERSION,
        capabilities=ServerCapabilities(tools=ToolsCapability(listChanged=False)),
        serverInfo=Implementation(
            name=wording.product(context.snapshot, page_language()),
            version=context.snapshot.version,
        ),
        instructions=inspect.getdoc(FigureTools),
    )


def _reply(id_: object, body: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response:
    return plain(to_json({"jsonrpc": "2.0", "id": id_} | body), JSON, status)


def _error(id_: object, code: int, sentence: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    error = ErrorData(code=code, message=sentence)
    return _reply(id_, {"error": error.model_dump(exclude_none=True)}, status)
