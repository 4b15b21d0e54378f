"""Cache whole responses and answer conditional requests, as WSGI middleware before Flask.

::

    request ──▶ ResponseCache ──(not cached)──▶ proxies' headers ──▶ Flask ──▶ compressed
                  └── status, headers and compressed bytes of the first answer, or its 304

Only what :func:`callbacks.serving.responses.cacheable_response` hands over with
:func:`mark_cacheable` is cached: answers to GET that are the same for everyone. Their key is path,
query, content coding, the language that the browser prefers and the snapshot that the request is
pinned to before it is answered. At most so many megabytes of them are held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, NoReturn

from cachetools import LRUCache
from werkzeug.http import parse_etags, remove_entity_headers, unquote_etag

from callbacks.serving.content_coding import coding

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_ADDRESS = 2048
_TICKET = "displacement.cache_ticket"
_TAGS = "HTTP_IF_NONE_MATCH"
_CONDITIONS = {"HTTP_RANGE", "HTTP_IF_MATCH"}
_OVERHEAD = 1024  # bytes of the objects around an answer, roughly
_NOT_MODIFIED = "304 NOT MODIFIED"

Headers = list[tuple[str, str]]
Key = tuple[str, str, str | None, str, str]


@dataclass
class CacheTicket:
    """State of a cacheable request: whether to cache its answer, and its ``If-None-Match``."""

    keep: bool = False
    tags: str = ""


def mark_cacheable(environ: WSGIEnvironment) -> bool:
    """Mark the answer to this request as cacheable; return whether it can be cached.

    Flask then makes the whole answer; the cache itself answers 304.
    """
    ticket: CacheTicket | None = environ.get(_TICKET)
    if ticket is None:
        return False
    ticket.keep = True
    ticket.tags = environ.pop(_TAGS, ticket.tags)
    return True


class CachedResponse:
    """One answer with status 200, ready to be sent."""

    __slots__ = ("body", "headers", "not_modified", "size", "tag")

    def __init__(self, headers: Headers, body: bytes) -> None:
        self.headers = headers
        self.body = body
        self.not_modified = list(headers)
        remove_entity_headers(self.not_modified)
        self.tag = next((value for name, value in headers if name == "ETag"), "")
        self.size = len(body) + sum(len(name) + len(value) for name, value in headers)

    def send(self, tags: str, start_response: StartResponse) -> Iterable[bytes]:
        """Send the response, or 304 if ``tags``, an ``If-None-Match``, names its ETag."""
        if tags and self.tag and (tags == self.tag or _has(tags, self.tag)):
            start_response(_NOT_MODIFIED, list(self.not_modified))
            return []
        start_response("200 OK", list(self.headers))
        return [self.body]


def _has(tags: str, tag: str) -> bool:
    """Return whether ``tag`` is among ``tags``, also if a proxy has made it weak."""
    return parse_etags(tags).contains_weak(unquote_etag(tag)[0])


def _size(answer: CachedResponse) -> int:
    return answer.size + _OVERHEAD


class ResponseCache:
    """WSGI middleware that answers from memory what the application has answered before.

    Parameters
    ----------
    application
        Answers what is not cached.
    pin
        Returns the version of the snapshot that answers a request; another version empties the
        cache.
    size
        Capacity in bytes.
    preferred
        Returns the language in which a page answers an ``Accept-Language``.
    """

    def __init__(
        self,
        application: WSGIApplication,
        pin: Callable[[WSGIEnvironment], str],
        size: int,
        preferred: Callable[[str], str] = str,
    ) -> None:
        self.application = application
        self.preferred = preferred
        self.pin = pin
        self._lock = Lock()
        self._answers: LRUCache[Key, CachedResponse] = LRUCache(maxsize=size, getsizeof=_size)
        self._pinned = ""

    @property
    def size(self) -> float:
        """Return the size of all cached responses in bytes."""
        return self._answers.currsize

    def __len__(self) -> int:
        """Return the number of cached responses."""
        return len(self._answers)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from the cache, else from the application."""
        key = self._key(environ)
        if key is None:
            return self.application(environ, _without_date(start_response))
        with self._lock:
            answer = self._answers.get(key)
        if answer is not None:
            return answer.send(environ.get(_TAGS, ""), start_response)
        return self._answer_first(key, environ, start_response)

    def _key(self, environ: WSGIEnvironment) -> Key | None:
        """Return the cache key of a request, or ``None`` if its response must not be cached."""
        if environ["REQUEST_METHOD"] != "GET" or not _CONDITIONS.isdisjoint(environ):
            return None
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if len(path) + len(query) > LONGEST_ADDRESS:
            return None
        pinned = self.pin(environ)
        if pinned != self._pinned:
            self.empty(pinned)
        language = self.preferred(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        return path, query, coding(environ.get("HTTP_ACCEPT_ENCODING", "")), language, pinned

    def empty(self, pinned: str = "") -> None:
        """Drop every response; cache only those of the snapshot ``pinned`` from now on."""
        with self._lock:
            self._answers.clear()
            self._pinned = pinned

    def _answer_first(
        self, key: Key, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer from the application, and cache the response if it is marked as cacheable."""
        ticket = environ[_TICKET] = CacheTicket()
        captured: list[Headers] = []

        def starting(status, headers, exc_info=None):
            headers = [(name, value) for name, value in headers if name != "Date"]
            if ticket.keep and status.startswith("200 ") and not exc_info:
                captured[:] = [headers]
                return _not_in_parts
            return start_response(status, headers, exc_info)

        body = self.application(environ, starting)
        if not captured:
            return body
        answer = CachedResponse(captured[0], _whole(body))
        self._store(key, answer)
        return answer.send(ticket.tags, start_response)

    def _store(self, key: Key, answer: CachedResponse) -> None:
        codings = [value for name, value in answer.headers if name == "Content-Encoding"]
        cookies = any(name == "Set-Cookie" for name, _ in answer.headers)
        if cookies or codings not in ([], [key[2]]) or _size(answer) > self._answers.maxsize:
            return
        with self._lock:
            if key[-1] == self._pinned:  # else it came too late
                self._answers[key] = answer


def _whole(body: Iterable[bytes]) -> bytes:
    try:
        return b"".join(body)
    finally:
        if close := getattr(body, "close", None):
            close()


def _without_date(start_response: StartResponse) -> StartResponse:
    """Drop the time of sending: servers write it, and gunicorn would write a second one."""

    def starting(status, headers, exc_info=None):
        headers = [(name, value) for name, value in headers if name != "Date"]
        return start_response(status, headers, exc_info)

    return starting


def _not_in_parts(data: bytes) -> NoReturn:
    raise RuntimeError("a response to be cached must be returned whole, not written in parts")
