"""Set the security headers of every answer: what it may load, who may frame and read it.

=====================  ============  =====================  =======================================
answers                may load      may be framed by       other origins' scripts
=====================  ============  =====================  =======================================
:data:`PUBLIC`         nothing       ``frame_ancestors``    read what GET answers, errors too
the public map         its origin    ``embed_ancestors``    may not
all other pages        its origin    ``frame_ancestors``    may not
=====================  ============  =====================  =======================================

No answer sets a cookie.
"""

from __future__ import annotations

from dash import Dash
from flask import Response, g, request

from callbacks.serving.context import Context, follows_host, varies
from callbacks.serving.responses import CachePolicy

# Endpoints whose answers are the same for everyone and for anyone to use.
PUBLIC = frozenset(
    [
        *("view", "areas", "area", "meta", "oembed"),
        *("embed_script", "embed_style", "embed_host", "card_png", "file"),
        *("feed", "sitemap", "robots", "catalogue"),
    ]
)
EMBED = "embed"
MOST_SENT_BYTES = 64_000  # of a body, where its own address takes no more
# Where the share dialog opens, which shows the public map in a frame.
_WITH_DIALOG = frozenset(["share", "sources", "funders", "download", "compare"])

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
TO_ITSELF = {"X-Frame-Options": "SAMEORIGIN", "Cross-Origin-Opener-Policy": "same-origin"}
TO_ANYONE = {"Cross-Origin-Resource-Policy": "cross-origin"}
# A page that isolates itself (COEP) frames only what does so, too.
FRAMED = TO_ANYONE | {"Cross-Origin-Embedder-Policy": "require-corp"}
READABLE = {"Access-Control-Allow-Origin": "*"}


def _policy(**rules: str) -> str:
    """Write a Content-Security-Policy: nothing but what ``rules`` allow."""
    directives = {"default-src": "'none'"} | {
        name.replace("_", "-"): value for name, value in rules.items()
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def page_policy(ancestors: str, *, frames: bool = False) -> str:
    """Allow everything from the page's own origin, and no inline script."""
    return _policy(
        script_src="'self'",
        style_src="'self' 'unsafe-inline'",  # Plotly writes style attributes
        img_src="'self' data: blob:",
        font_src="'self'",
        connect_src="'self'",
        manifest_src="'self'",
        **({"frame_src": "'self'"} if frames else {}),
        frame_ancestors=ancestors,
        base_uri="'none'",
        form_action="'self'",
    )


def embed_policy(style_hashes: list[str], ancestors: str) -> str:
    """Return the policy of the public map; a style in the page is allowed by its hash."""
    return _policy(
        script_src="'self'",
        style_src=" ".join(["'self'", *style_hashes]),
        img_src="'self' data:",
        connect_src="'self'",
        form_action="'self'",
        base_uri="'none'",
        frame_ancestors=ancestors,
    )


def data_policy(ancestors: str) -> str:
    """Return the policy of files and JSON: they load nothing but a browser's own styles."""
    return _policy(
        img_src="'self'", style_src="'unsafe-inline'", base_uri="'none'", frame_ancestors=ancestors
    )


def register(app: Dash, context: Context) -> None:
    """Add the headers to every answer; call it after all callbacks are registered."""
    settings, urls = context.settings, context.urls
    page = page_policy(settings.frame_ancestors)
    page_with_dialog = page_policy(settings.frame_ancestors, frames=True)
    data = data_policy(settings.frame_ancestors)

    def own_headers(endpoint: str) -> dict[str, str]:
        if endpoint == EMBED:
            policy = embed_policy(g.get("style_hashes", []), settings.embed_ancestors)
            return {"Content-Security-Policy": policy, **FRAMED}
        if endpoint in PUBLIC:
            readable = READABLE if request.method in ("GET", "HEAD") else {}
            return {"Content-Security-Policy": data, **TO_ITSELF, **TO_ANYONE, **readable}
        dialog = endpoint in _WITH_DIALOG or request.path == urls.page()
        return {"Content-Security-Policy": page_with_dialog if dialog else page, **TO_ITSELF}

    app.server.config["MAX_CONTENT_LENGTH"] = MOST_SENT_BYTES

    @app.server.after_request
    def add_headers(response: Response) -> Response:
        for name, value in (EVERYWHERE | own_headers(request.endpoint or "")).items():
            response.headers.setdefault(name, value)
        if varies():
            response.vary.add("Accept-Language")
        if follows_host():
            CachePolicy.FOR_ONE.apply(response)
        return response
