"""The public map's scripts and styles, each as one small file.

The sources stay as readable as they are in ``assets/``; they are joined and minified once, when the
application starts. The version is a hash of the content, so a URL that names it never changes what
it answers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import rcssmin
import rjsmin

from geodata.embedding import AUTO, DARK, LIGHT
from layouts.shell import ASSETS

# What makes a map live that the server drew.
LIVE = (
    "js/format.js",
    "js/reading.js",
    "js/painter.js",
    "js/timeline.js",
    "drawn/live.js",
)
SCRIPTS = (*LIVE, "embed/map.js")
STYLES = (
    "css/base.css",
    "css/tokens.css",
    "css/map.css",
    "css/timeline.css",
    "drawn/map.css",
    "embed/map.css",
)
HOST = "embed/host.js"

# The one media query that decides on the theme, and what it becomes where the URL decides.
DARK_QUERY = {AUTO: "(prefers-color-scheme: dark)", LIGHT: "not all", DARK: "all"}


@dataclass(frozen=True)
class Bundle:
    """A file made of several: its bytes, and the hash of them."""

    body: bytes
    version: str


def bundled(text: str) -> Bundle:
    """Name a file by what is in it."""
    body = text.encode()
    return Bundle(body, hashlib.sha256(body).hexdigest()[:12])


def joined(paths: tuple[str, ...]) -> str:
    """Files of ``assets/``, one after the other."""
    return "\n".join((ASSETS / path).read_text("utf-8") for path in paths)


@lru_cache(maxsize=1)
def script() -> Bundle:
    """Everything that makes the public map live."""
    return bundled(rjsmin.jsmin(joined(SCRIPTS)))


@lru_cache(maxsize=3)
def style(theme: str) -> Bundle:
    """The public map's look for ``auto``, ``light`` or ``dark``."""
    return bundled(rcssmin.cssmin(joined(STYLES).replace(DARK_QUERY[AUTO], DARK_QUERY[theme])))


@lru_cache(maxsize=1)
def host() -> Bundle:
    """The script of the snippet, for the pages that embed a map."""
    return bundled(rjsmin.jsmin((ASSETS / HOST).read_text("utf-8")))
