"""Headers that every answer carries: what a page may load, who may frame it, what may be cached."""

from __future__ import annotations

from dash import Dash
from flask import Response, request

from callbacks.api import ONE_YEAR
from callbacks.context import Context

# Versioned by Dash: the file's time of change (m=), or the package's version in the name.
_VERSIONED_ASSET = "m"


def content_security_policy(hashes: list[str], frame_ancestors: str) -> str:
    """Everything from the page's own origin; no inline script but Dash's own, by hash."""
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *hashes]),
        # Plotly writes style attributes.
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "frame-ancestors": frame_ancestors,
        "base-uri": "'none'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def register(app: Dash, context: Context) -> None:
    """Add the headers to every answer; call it after all callbacks are registered."""
    policy = content_security_policy(list(app.csp_hashes()), context.settings.frame_ancestors)

    @app.server.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if request.path.startswith(context.urls.asset("")) and response.status_code < 400:
            _cache_asset(response)
        return response


def _cache_asset(response: Response) -> None:
    """Dash serves assets ``no-cache``; a URL that names the version may be kept for a year."""
    if request.args.get(_VERSIONED_ASSET):
        response.cache_control.clear()
        response.cache_control.public = True
        response.cache_control.max_age = ONE_YEAR
        response.cache_control.immutable = True
