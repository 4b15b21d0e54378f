"""Progressive web app: the manifest, and the service worker that caches pages for offline use.

=====================================  ===========================================================
``GET /manifest.webmanifest?lang=…``   name and icon, in the language of the page
``GET /worker.js``                     ``assets/worker/worker.js``, under the name of this release
=====================================  ===========================================================
"""

from __future__ import annotations

from functools import lru_cache

import rjsmin
from dash import Dash
from flask import Response, request

from callbacks.serving.context import Context
from callbacks.serving.responses import CachePolicy, cacheable_response
from geodata.i18n.language import strip_isolates
from geodata.links.urls import Urls
from geodata.text.wording import product
from geodata.util.json_encoding import to_json
from layouts import bundle
from layouts.shell import versioned

MANIFEST, JAVASCRIPT = "application/manifest+json", "text/javascript"
_SCRIPT, _ICON = "worker/worker.js", "icons/favicon.svg"
_PICTURES = {size: f"icons/app-{size}.png" for size in (192, 512)}  # the same, to its edges
_PAGE, _ACCENT = "#f5f7fa", "#0b5cad"  # as in tokens.css, which a manifest cannot name


@lru_cache(maxsize=1)
def worker() -> bytes:
    """Return the service worker, which drops the cache of another release."""
    release = bundle.bundled("".join(bundle.built(name).version for name in bundle.names()))
    return f'const RELEASE="{release.version}";{rjsmin.jsmin(bundle.joined((_SCRIPT,)))}'.encode()


def register(app: Dash, context: Context) -> None:
    """Add manifest and service worker to ``app``."""
    urls = context.urls

    @app.server.get(urls.worker(), endpoint="worker")
    def service_worker() -> Response:
        return cacheable_response(worker(), JAVASCRIPT, CachePolicy.LIVE)

    @app.server.get(urls.installation(), endpoint="manifest")
    def manifest() -> Response:
        query = {key: request.args.get(key, "") for key in ("lang", "digits")}
        snapshot, state, _ = context.parse(query, lenient=True)
        language, own = state.language, urls.following(state)
        name = strip_isolates(product(snapshot, language))
        details = {
            "id": urls.page(),
            "name": name,
            "short_name": name,
            "lang": language.code,
            "dir": language.direction,
            "start_url": own.page(own.link_query),
            "scope": urls.page(),
            "display": "standalone",
            "background_color": _PAGE,
            "theme_color": _ACCENT,
            "icons": _icons(urls),
        }
        return cacheable_response(to_json(details), MANIFEST, CachePolicy.LIVE)


def _icons(urls: Urls) -> list[dict[str, str]]:
    """Return the icons of the application: one of any size, and pictures to its edges."""
    pictures = [
        {
            "src": versioned(name, urls),
            "type": "image/png",
            "sizes": f"{size}x{size}",
            "purpose": "any maskable",
        }
        for size, name in _PICTURES.items()
    ]
    return [{"src": versioned(_ICON, urls), "type": "image/svg+xml", "sizes": "any"}, *pictures]
