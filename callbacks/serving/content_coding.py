"""The content coding of an answer: one choice for whatever compresses.

::

    Accept-Encoding ──▶ coding(…) ──▶ key of the response cache, static assets, Flask-Compress

:class:`Negotiated` leaves the one coding that is chosen in the header: Flask-Compress, which takes
a coding that is refused (``gzip;q=0``) for one that is asked for, then has no choice to make.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from werkzeug.http import parse_accept_header

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CODINGS = ("br", "zstd", "gzip")
"""Codings of compressed answers, the smallest answer first."""
_IDENTITY = "identity"
_ACCEPTED = "HTTP_ACCEPT_ENCODING"


@lru_cache(maxsize=512)
def coding(accepted: str) -> str | None:
    """Choose the content coding for an ``Accept-Encoding``; ``None`` leaves a body as it is.

    What is refused (``;q=0``) is never chosen. A client that refuses ``identity``, too, and takes
    none of :data:`CODINGS` gets the body as it is: RFC 9110 (12.5.3) lets a server disregard the
    header, and a map that is shown serves more than a 406.
    """
    chosen = parse_accept_header(accepted.lower()).best_match([*CODINGS, _IDENTITY])
    return None if chosen == _IDENTITY else chosen


class Negotiated:
    """WSGI middleware that leaves only the chosen coding in ``Accept-Encoding``."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the application does."""
        environ[_ACCEPTED] = coding(environ.get(_ACCEPTED, "")) or ""
        return self.application(environ, start_response)
