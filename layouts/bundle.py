"""Bundles of scripts and styles, each with a hash of its content as version.

The sources stay as readable as they are in ``assets/``; those that are loaded together are joined
and minified once. A URL that names the version never changes what it answers.

==================  ==============================================================================
``page.css``, -js   the map page: all that it needs to be seen and used, before Dash is there
``components.js``   the map and the timeline for other Dash applications
``dash.js``         Dash with React, and of its components those that the page has
``with-dash.js``    the map page: what Dash needs of it, and what opens when it is there
``plotly.js``       Plotly's charts
``used.js``         the map page: what is fetched when a place is looked for, an area is tapped or
                    flows are drawn
the others          each file of ``assets/`` as it is
==================  ==============================================================================
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import dash
import rcssmin
import rjsmin

from geodata.links.embed_options import AUTO, DARK, LIGHT

ASSETS = Path(__file__).parent.parent / "assets"
VENDORED = "vendor"  # libraries, which are loaded as parts of the files below

# What makes a map live that the server drew.
LIVE = (
    "js/format.js",
    "js/reading.js",
    "js/announcer.js",
    "js/shortcuts.js",
    "js/painter.js",
    "js/timeline.js",
    "drawn/live.js",
)
SCRIPTS = (*LIVE, "embed/map.js")
FLOWS = "js/flows.js"  # where arrows are drawn
STYLES = (
    "css/base.css",
    "css/tokens.css",
    "css/map.css",
    "css/timeline.css",
    "drawn/map.css",
    "embed/map.css",
)
HOST = "embed/host.js"
PLOTLY = "vendor/plotly-basic.min.js"
CHARTS = ("chart/trend.js",)  # what the page draws with it
# The map page's own scripts: what is shown, what stands around the map, the components of that.
PAGE = (
    "shown",
    "explore-map",
    "panel-text",
    "panels",
    "components",
    "part-links",
    "choices",
    "start",
)
# Of the map page, what is fetched with Dash, so that the map moves sooner; until then the links
# that some of them answer lead to pages of their own.
WITH_DASH = (
    *("js/copying.js", "js/share.js", "js/download.js", "js/takeover.js"),
    *(f"js/page/{name}.js" for name in ("panel-islands", "callbacks", "adding")),
)
# What makes the map and the timeline components of another Dash application.
ELSEWHERE = (
    *("js/element.js", "js/format.js", "js/reading.js", "js/flows.js", "js/painter.js"),
    "js/timeline.js",
    *("js/zoom.js", "js/islands.js", "js/page/explore-map.js", "elsewhere/components.js"),
)
# Of the map page, what is fetched when it is first used.
USED = (
    FLOWS,
    *(f"js/page/{name}.js" for name in ("place-search", "place-field", "area-sheet")),
)
# Dash's own files, in the order in which it loads them. Its tables and HTML are not on the page;
# the graph's part is, which it would fetch when it meets the graph.
DASH = (
    "deps/react@18.3.1.min.js",
    "deps/react-dom@18.3.1.min.js",
    "deps/prop-types@15.8.1.min.js",
    "dash-renderer/build/dash_renderer.min.js",
    "html/dash_html_components.min.js",
)
# What pages load, by the endings of its names.
TYPES = {
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
    "png": "image/png",
}
_SOURCE_MAP = re.compile(rb"^//# sourceMappingURL=.*$", re.M)

# The one media query that decides on the theme, and what it becomes where the URL decides: nothing
# is dark on paper.
DARK_QUERY = {
    AUTO: "screen and (prefers-color-scheme: dark)",
    LIGHT: "not all",
    DARK: "screen",
}


@dataclass(frozen=True)
class Bundle:
    """A file made of several: its bytes, and the hash of them."""

    body: bytes
    version: str


def bundled(content: str | bytes) -> Bundle:
    """Make a bundle of a file's content, with its hash as version."""
    body = content.encode() if isinstance(content, str) else content
    return Bundle(body, hashlib.sha256(body).hexdigest()[:12])


def joined(paths: tuple[str, ...]) -> str:
    """Join the texts of files of ``assets/``."""
    return "\n".join((ASSETS / path).read_text("utf-8") for path in paths)


@lru_cache(maxsize=2)
def script(*, flows: bool = False) -> Bundle:
    """Return the scripts of the public map, with those that draw flows where it has any."""
    return bundled(rjsmin.jsmin(joined((FLOWS, *SCRIPTS) if flows else SCRIPTS)))


@lru_cache(maxsize=3)
def style(theme: str) -> Bundle:
    """Return the public map's styles for ``auto``, ``light`` or ``dark``."""
    return bundled(rcssmin.cssmin(joined(STYLES).replace(DARK_QUERY[AUTO], DARK_QUERY[theme])))


@lru_cache(maxsize=1)
def host() -> Bundle:
    """Return the script of the snippet, for the pages that embed a map."""
    return bundled(rjsmin.jsmin((ASSETS / HOST).read_text("utf-8")))


def _page_scripts() -> tuple[str, ...]:
    """Return what the map page runs: shared scripts, then its own in their order."""
    shared = [f"js/{path.name}" for path in sorted(ASSETS.glob("js/*.js"))]
    first = [name for name in shared if name not in (*WITH_DASH, *USED)]
    return (*first, *(f"js/page/{name}.js" for name in PAGE))


def _page_styles() -> tuple[str, ...]:
    shared, own = sorted(ASSETS.glob("css/*.css")), sorted(ASSETS.glob("css/page/*.css"))
    map_style = ASSETS / "drawn/map.css"
    return tuple(path.relative_to(ASSETS).as_posix() for path in (*shared, map_style, *own))


def _dash() -> bytes:
    folder = Path(dash.__file__).parent
    return b";\n".join(_SOURCE_MAP.sub(b"", (folder / path).read_bytes()) for path in DASH)


_JOINED: dict[str, Callable[[], str | bytes]] = {
    "page.js": lambda: rjsmin.jsmin(joined(_page_scripts())),
    "page.css": lambda: rcssmin.cssmin(joined(_page_styles())),
    "components.js": lambda: rjsmin.jsmin(joined(ELSEWHERE)),
    "dash.js": _dash,
    "with-dash.js": lambda: rjsmin.jsmin(joined(WITH_DASH)),
    "plotly.js": lambda: f"{joined((PLOTLY,))}\n{rjsmin.jsmin(joined(CHARTS))}",
    "used.js": lambda: rjsmin.jsmin(joined(USED)),
}


def names() -> tuple[str, ...]:
    """Return the names of all files that :func:`built` returns."""
    own = (path.relative_to(ASSETS) for path in sorted(ASSETS.rglob("*")))
    loaded = (path for path in own if path.suffix[1:] in TYPES and path.parts[0] != VENDORED)
    return (*_JOINED, *(path.as_posix() for path in loaded))


def built(name: str) -> Bundle:
    """Return a file by its name: one of several joined, or one of ``assets/``.

    It is made anew when a file of ``assets/`` has changed, as while somebody edits them.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    if name in _JOINED:
        return _bundle(name, _newest(int(time.monotonic())))
    if ".." in name or not (path := ASSETS / name).is_file():
        raise KeyError(name)
    return _bundle(name, path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _newest(_second: int) -> int:
    """Return when a joined file was last changed, looked up once in a second."""
    folders = (
        ASSETS,
        *(
            ASSETS / name
            for name in ("js", "js/page", "chart", "css", "css/page", "drawn", "elsewhere")
        ),
    )
    files = (path for folder in folders for path in folder.iterdir())
    return max(path.stat().st_mtime_ns for path in files)


@lru_cache(maxsize=256)
def _bundle(name: str, changed: int) -> Bundle:
    make = _JOINED.get(name)
    return bundled(make() if make else (ASSETS / name).read_bytes())
