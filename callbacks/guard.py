"""Guard the address of Dash's callbacks: Dash itself answers 500 to what it does not know.

``POST /_dash-update-component`` is read in this order, and no answer repeats what was sent:

=======================================================  ======
what is sent                                             status
=======================================================  ======
more than Flask's ``MAX_CONTENT_LENGTH``                  413
no JSON, or not of the shape in which Dash's page asks   400
the output of no callback that runs on the server        404
other inputs, states or outputs than the callback has    400
arguments that its function refuses, or fails on         400
=======================================================  ======

A function refuses a view that there is not by :class:`~geodata.errors.StateError`; whatever else it
raises is a failure, of which the log has the traceback.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

from dash import Dash
from dash.exceptions import PreventUpdate
from flask import current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from callbacks.serving.context import link_query, query_language
from callbacks.serving.responses import json_error, refusal_status
from geodata.errors import StateError
from geodata.i18n.messages import gettext

PATH = "_dash-update-component"
_MOST_DISCARDED = 1_000_000  # bytes
_TOO_LARGE = gettext("What was sent is too large for this address.")
_NO_CALL = gettext("What was sent is not what this page asks with.")
_UNKNOWN = gettext("Nothing of this page is computed under that name.")
NO_FIGURES = gettext("There are no figures for what was asked; please load the page again.")
_FAILED = gettext("A panel could not be brought up to date; why is written down on the server.")
_PROPERTY = frozenset(["id", "property"])


class Refused(Exception):
    """A request that is no call of a callback: the status and the sentence of its answer."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def register(app: Dash) -> None:
    """Put the guard before the function that answers Dash's callbacks."""
    path = app.config.routes_pathname_prefix + PATH
    rule = next(each for each in app.server.url_map.iter_rules() if each.rule == path)
    answer = app.server.view_functions[rule.endpoint]

    def guarded() -> ResponseReturnValue:
        try:
            check(sent_json(), app.callback_map)
            return _answered(answer)
        except Refused as error:
            referrer = dict(parse_qsl(urlsplit(request.referrer or "").query))
            language = query_language(link_query(referrer))
            return json_error(error.status, language.gettext(error.sentence))

    app.server.view_functions[rule.endpoint] = guarded


def sent_json() -> object:
    """Return the JSON that a request sent.

    Raises
    ------
    Refused
        Where it is too large, or none.
    """
    try:
        text = request.get_data(as_text=True)
    except RequestEntityTooLarge:
        _discard()
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _TOO_LARGE) from None
    if not request.is_json:
        _refuse()
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        _refuse()


def _discard() -> None:
    """Read what is refused unread, up to a megabyte: the next request may come after it.

    Gunicorn closes a connection of which more than 64 KiB are left, having said that it keeps it.
    """
    request.environ["wsgi.input"].read(min(request.content_length or 0, _MOST_DISCARDED))


def _answered(answer: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Return the answer of a callback, whose function may fail on what it is given."""
    try:
        return answer()
    except PreventUpdate:
        raise  # which Dash answers with 204
    except StateError as error:
        raise Refused(refusal_status(error), NO_FIGURES) from error
    except Exception as error:  # of a plugin, which must not take the page down
        current_app.logger.exception("a callback failed")
        raise Refused(HTTPStatus.BAD_REQUEST, _FAILED) from error


def _refuse(*_: object) -> NoReturn:
    raise Refused(HTTPStatus.BAD_REQUEST, _NO_CALL)


# ---- the shape of a call


def check(body: object, callbacks: Mapping[str, Mapping[str, Any]]) -> None:
    """Check that a body calls one of the callbacks, with exactly the properties that it has.

    Parameters
    ----------
    callbacks
        ``Dash.callback_map``.

    Raises
    ------
    Refused
        With the status of the table above.
    """
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        _refuse()
    callback = callbacks.get(body["output"], {})
    if "callback" not in callback:  # those without run in the browser
        raise Refused(HTTPStatus.NOT_FOUND, _UNKNOWN)
    triggers = body.get("changedPropIds", [])
    if not isinstance(triggers, list) or not all(isinstance(each, str) for each in triggers):
        _refuse()
    for key, expected in (("inputs", callback["inputs"]), ("state", callback["state"])):
        if not _are(body.get(key, []), expected):
            _refuse()
    outputs = body.get("outputs", [])
    expected = [] if callback["no_output"] else _outputs(callback["output"])
    if not _are(outputs if isinstance(outputs, list) else [outputs], expected):
        _refuse()


def _outputs(output: Any) -> list[dict[str, str]]:
    """Return the outputs of a callback as its page names them."""
    each = output if isinstance(output, (list, tuple)) else [output]
    return [{"id": one.component_id_str(), "property": one.component_property} for one in each]


def _are(sent: object, expected: list[dict[str, str]]) -> bool:
    return (
        isinstance(sent, list)
        and len(sent) == len(expected)
        and all(_is(*pair) for pair in zip(sent, expected, strict=True))
    )


def _is(sent: object, expected: Mapping[str, str]) -> bool:
    """Tell whether something sent is a property of a component, or those that a pattern matches."""
    if isinstance(sent, list):
        return expected["id"].startswith("{") and all(
            isinstance(each, dict) and _is(each, expected) for each in sent
        )
    if not isinstance(sent, dict) or not _PROPERTY <= sent.keys():
        return False
    property_, _, _ = str(sent["property"]).partition("@")  # of outputs that several callbacks have
    if property_ != expected["property"]:
        return False
    if expected["id"].startswith("{"):
        return _matches(sent["id"], json.loads(expected["id"]))
    return bool(sent["id"] == expected["id"])


def _matches(id_: object, pattern: Mapping[str, Any]) -> bool:
    """Tell whether an id is one that a pattern matches, where lists stand for any value."""
    if not isinstance(id_, dict) or id_.keys() != pattern.keys():
        return False
    any_value = [key for key, value in pattern.items() if isinstance(value, list)]
    return all(
        isinstance(id_[key], (str, int, float)) if key in any_value else id_[key] == pattern[key]
        for key in pattern
    )
