"""Make HTTP answers: cache policy, compression, errors as JSON."""

from __future__ import annotations

import hashlib
from enum import Enum
from functools import lru_cache
from http import HTTPStatus

import brotli  # type: ignore[import-untyped]
from flask import Response, current_app, request

from callbacks.serving.content_coding import coding
from callbacks.serving.context import follows_host
from callbacks.serving.render_pool import RETRY_AFTER
from callbacks.serving.response_cache import mark_cacheable
from geodata.errors import NotAvailable, StateError
from geodata.i18n.language import Language
from geodata.util.json_encoding import to_json

JSON = "application/json"
_TEXTUAL = {JSON, "application/javascript", "image/svg+xml", "application/xml"} | {
    "application/atom+xml",
    "application/ld+json",
}
ONE_YEAR, ONE_DAY, FIVE_MINUTES = 31_536_000, 86_400, 300
# Brotli's level 10 takes a fifth off level 6, and up to 50 ms for so many bytes.
_HARD, _HARD_BYTES, _QUICK, WORTH_BYTES = 10, 100_000, 6, 500


class CachePolicy(Enum):
    """How long a cache may keep an answer without asking whether it has changed."""

    FROZEN = f"public, max-age={ONE_YEAR}, immutable"  # data of a snapshot that the URL names
    LIVE = "public, no-cache"  # data of the newest snapshot, and pages of the map itself
    PAGE = f"public, max-age={FIVE_MINUTES}, stale-while-revalidate={ONE_DAY}"  # public pages
    DATED = "no-cache"  # pages that tell the day on which they are read
    FOR_ONE = "private, no-cache"  # pages whose links follow the host that was asked
    NEVER = "no-store"  # errors, and what somebody sent

    def apply(self, response: Response) -> Response:
        """Say in a response how long caches may keep it, and return it."""
        response.headers["Cache-Control"] = self.value
        return response


def policy_for_request() -> CachePolicy:
    """Return the cache policy of data: frozen where the URL names the snapshot, else live."""
    return CachePolicy.FROZEN if request.args.get("v", "").strip() else CachePolicy.LIVE


def cacheable_response(body: bytes, mimetype: str, keep: CachePolicy) -> Response:
    """Answer with an ETag, and let the response cache store the answer.

    Only for answers that are the same for everyone. One with a link that follows the request (see
    :meth:`~callbacks.serving.context.Context.link`) is not, and is never stored.
    """
    response = keep.apply(Response(body, mimetype=mimetype))
    response.set_etag(hashlib.sha256(body).hexdigest()[:20])
    for_one = follows_host() or current_app.debug
    if not for_one:
        _compress(response, body)
    if for_one or not mark_cacheable(request.environ):
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


def refusal_status(error: StateError) -> HTTPStatus:
    """Return the status of a wrong value: 404 for a snapshot that is not held, else 400."""
    return HTTPStatus.NOT_FOUND if isinstance(error, NotAvailable) else HTTPStatus.BAD_REQUEST


def bad_request(error: StateError) -> Response:
    """Answer a wrong value with the sentence that says so."""
    return json_error(refusal_status(error), str(error), key=error.key, value=error.value)


def json_error(status: HTTPStatus, sentence: str, *, key: str = "", value: str = "") -> Response:
    """Answer an error as JSON, which no cache stores: a sentence on the ``value`` of ``key``."""
    body = to_json({"error": {"key": key, "value": value, "sentence": sentence}})
    return plain(body, JSON, status)


def plain(body: bytes, mimetype: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Answer with what no cache may store."""
    return CachePolicy.NEVER.apply(Response(body, status=status, mimetype=mimetype))


def not_found(key: str, value: str, sentence: str) -> Response:
    """Answer 404 as JSON: the key, its value, and a sentence."""
    return bad_request(NotAvailable(key, value, sentence))


def busy_response(language: Language) -> Response:
    """Answer 503 as JSON, with ``Retry-After``: the queue of renderings is full."""
    sentence = language.gettext("Many files are being made just now. Please ask again in a moment.")
    response = json_error(HTTPStatus.SERVICE_UNAVAILABLE, sentence)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response
