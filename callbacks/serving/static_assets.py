"""Serve scripts, styles and icons under addresses with a hash of their content.

``GET /built/<name>.<version>.<ending>``, kept by every cache for a year. Each is compressed once,
as small as it gets, and cached in ``.cache/`` beside the application for the next start; without a
writable folder each start compresses again.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from itertools import repeat
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from dash import Dash
from flask import Response, request
from werkzeug.exceptions import NotFound

from callbacks.serving.content_coding import CODINGS, coding
from callbacks.serving.context import Context
from callbacks.serving.responses import WORTH_BYTES, CachePolicy
from geodata.util.atomic import write_file
from layouts import bundle
from layouts.bundle import TYPES, Bundle

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CACHE_FOLDER = Path(__file__).parents[2] / ".cache" / "built"
_NAMED = re.compile(rf"(?P<stem>.+)\.(?P<version>[0-9a-f]{{12}})\.(?P<ending>{'|'.join(TYPES)})")
_WINDOW = 22  # brotli's largest that every browser takes, 4 MB
_COMPRESS = {
    "br": lambda body: brotli.compress(body, quality=11, lgwin=_WINDOW),
    "zstd": lambda body: zstd.compress(body, 19),
    "gzip": lambda body: gzip.compress(body, 9, mtime=0),
}


@lru_cache(maxsize=512)
def compressed(asset: Bundle, coding: str) -> bytes:
    """Return a file as it is sent in a content coding of :data:`CODINGS`."""
    cached = CACHE_FOLDER / f"{hashlib.sha256(asset.body).hexdigest()}.{coding}"
    with suppress(OSError):
        return cached.read_bytes()
    body = bytes(_COMPRESS[coding](asset.body))
    with suppress(OSError):
        cached.parent.mkdir(parents=True, exist_ok=True)
        write_file(cached, body)  # another process may read it meanwhile
    return body


def prepare() -> None:
    """Compress every file in every coding at the start, on every processor."""
    assets = {name: bundle.built(name) for name in bundle.names()}
    largest_first = sorted(assets, key=lambda name: -len(assets[name].body))
    compressible = [assets[name] for name in largest_first if _is_compressed(name, assets[name])]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for each in CODINGS:
            list(threads.map(compressed, compressible, repeat(each)))


def register(app: Dash, context: Context) -> None:
    """Add the files to ``app``."""

    @app.server.get(f"{context.urls.prefix}built/<path:name>", endpoint="built")
    def built(name: str) -> Response:
        if not (match := _NAMED.fullmatch(name)):
            raise NotFound
        try:
            asset = bundle.built(f"{match['stem']}.{match['ending']}")
        except KeyError:
            raise NotFound from None
        return asset_response(asset, match["version"], match["ending"])


def _is_compressed(name: str, asset: Bundle) -> bool:
    """Return whether compressing a file pays: PNG is compressed already."""
    return len(asset.body) >= WORTH_BYTES and not name.endswith("png")


def asset_response(asset: Bundle, version: str, ending: str) -> Response:
    """Answer with a file: immutable under its own version; any other is of another release."""
    accepted = coding(request.headers.get("Accept-Encoding", ""))
    chosen = accepted if _is_compressed(ending, asset) else None
    keep = CachePolicy.FROZEN if version == asset.version else CachePolicy.LIVE
    body = compressed(asset, chosen) if chosen else asset.body
    response = keep.apply(Response(body, mimetype=TYPES[ending]))
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(f"{asset.version}:{chosen}" if chosen else asset.version)
    if chosen:
        response.headers["Content-Encoding"] = chosen
    response.make_conditional(request)
    return response
