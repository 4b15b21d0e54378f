"""The application: :func:`create_app` only wires; every module registers itself.

``gunicorn app:server`` serves it; ``python app.py`` starts a debug server.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from http import HTTPStatus
from pathlib import Path

import click
from dash import Dash
from flask_compress import Compress
from pydantic import ValidationError
from werkzeug.middleware.proxy_fix import ProxyFix

from callbacks import (
    api,
    briefing,
    compare,
    discovery,
    downloads,
    embed,
    explore,
    funders,
    guard,
    openapi,
    pages,
    panels,
    parts,
    places,
    plugin_files,
    pwa,
    share,
)
from callbacks.commands import boundaries, publish, snapshots
from callbacks.commands import briefing as briefing_commands
from callbacks.serving import security, static_assets
from callbacks.serving.content_coding import CODINGS, Negotiated
from callbacks.serving.context import EXTENSION, Context, preferred
from callbacks.serving.response_cache import ResponseCache
from geodata.errors import PluginError, SnapshotError
from geodata.settings import PREFIX, Settings

ROOT = Path(__file__).parent
_SERVING = ("run", "shell", "routes")  # Flask's own commands that use the whole application


def create_app(settings: Settings | None = None) -> Dash:
    """Make the application.

    Raises
    ------
    SnapshotError
        If the snapshot to serve is missing or was changed.
    PluginError
        If a file or a package that extends the page cannot be used.
    """
    settings = settings or Settings()
    plugin_files.load_hooks()
    app = Dash(
        __name__,
        assets_folder=str(ROOT / "assets"),
        assets_ignore=".*",  # pages load theirs from callbacks/serving/static_assets.py
        url_base_pathname=settings.url_base_pathname,
        update_title="",
        enable_mcp=settings.mcp,
        mcp_path="_mcp",  # whatever DASH_MCP_PATH says: it is where Urls.mcp leads
        suppress_callback_exceptions=False,
    )
    _compress(app)
    snapshots.register(app, settings)
    boundaries.register(app, settings)
    publish.register(app, settings)
    briefing_commands.register(app, settings)
    try:
        context = Context(settings)
    except SnapshotError:
        command = click.get_current_context(silent=True)
        if command is None or command.info_name in _SERVING:
            raise
        return app  # `flask snapshot build` is how a snapshot is made where there is none
    _serve(app, context)
    return app


def _serve(app: Dash, context: Context) -> None:
    """Register every route, and begin to follow the library."""
    app.server.extensions[EXTENSION] = context
    plugins = plugin_files.load(context.settings.plugins)
    api.register(app, context)
    openapi.register(app, context)
    static_assets.register(app, context)
    embed.register(app, context)
    downloads.register(app, context)
    compare.register(app, context)
    funders.register(app, context)
    pages.register(app, context, plugins)
    parts.register(app, context)
    places.register(app, context)
    panels.register(app, context)
    explore.register(app)
    pwa.register(app, context)
    discovery.register(app, context)
    share.register(app, context)
    briefing.register(app, context)
    guard.register(app)
    if context.settings.mcp:
        from callbacks import mcp_server  # which loads what nothing else needs

        mcp_server.register(app, context)
    security.register(app, context)
    _stand_before(app, context)
    _warm(app, context)
    context.follow()


def _stand_before(app: Dash, context: Context) -> None:
    """Put before Flask what sees a request first: what is kept, its coding, what proxies say.

    Proxies pass the path on as it is; where the application is mounted is a setting, never a
    header. Of the ``X-Forwarded-*`` headers, the last that so many proxies set are believed, and
    none where none is named: a client may write them, too.
    """
    server, hops = app.server, context.settings.trusted_proxies
    if hops:
        server.wsgi_app = ProxyFix(
            server.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_port=hops
        )
    server.wsgi_app = ResponseCache(
        Negotiated(server.wsgi_app),
        # Pages say how old the figures are: what was kept yesterday is not what is true today.
        lambda environ: f"{context.pin(environ).key} {dt.date.today()}",
        context.settings.cached_megabytes * 1_000_000,
        preferred,
    )


def _warm(app: Dash, context: Context) -> None:
    """Serve the page once, here: Dash sets itself up during the first request of a process.

    Requests that arrive while it does are answered with 500 ("dash is not a registered library"),
    which a browser's first page, asking for ten files at once, would meet. A page that cannot be
    served stops the start instead of every visitor.
    """
    answer = app.server.test_client().get(context.urls.page())
    if answer.status_code != HTTPStatus.OK:
        raise RuntimeError(f"the page {context.urls.page()} answers {answer.status}; see the log")


def _compress(app: Dash) -> None:
    """Compress every answer; brotli first, which is the smallest a browser takes."""
    app.server.config.update(
        COMPRESS_ALGORITHM=CODINGS,
        COMPRESS_ALGORITHM_STREAMING=CODINGS,
        COMPRESS_BR_LEVEL=6,
        COMPRESS_STREAMING_ENDPOINT_CONDITIONAL=["_dash_assets.static"],
    )
    Compress(app.server).compress_mimetypes_set.add("text/csv")


def start() -> Dash:
    """Make the application, or stop with one sentence that says why not."""
    try:
        return create_app()
    except (SnapshotError, PluginError) as error:
        sys.exit(f"The map cannot start: {error}")
    except ValidationError as error:
        wrong = "; ".join(
            f"{PREFIX}{'.'.join(map(str, one['loc'])).upper()}={one['input']}: {one['msg']}"
            for one in error.errors()
        )
        sys.exit(f"The map cannot start with these settings: {wrong}.")


application = start()
server = application.server

if __name__ == "__main__":
    application.run(debug=True, port=int(os.environ.get("PORT", "8050")))
