"""First load, with an empty cache: requests, bytes, and the time until the map is drawn."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser

from benchmarks.browser import Exchange, Traffic, open_map, open_tutorial, opened
from benchmarks.table import Row, count, fact, write

MOST_BYTES = 1_000_000
LARGEST = 5
AREAS = 18


def measure(browser: Browser, url: str, tutorial_url: str) -> list[Row]:
    """Load both pages once."""
    with opened(browser) as page:
        traffic = Traffic(page)
        age = open_map(page, url, AREAS)
        exchanges, total = traffic.exchanges, traffic.bytes
    with opened(browser) as page:
        traffic = Traffic(page)
        tutorial_age = open_tutorial(page, tutorial_url)
        tutorial, tutorial_total = traffic.exchanges, traffic.bytes
    return [
        count("/: bytes", total, MOST_BYTES, "kB"),
        fact("/: requests", str(len(exchanges))),
        fact("/: map drawn after", write(age, "ms")),
        *_largest("/", exchanges),
        fact(
            "tutorial page: bytes (Dash compresses nothing by default)", write(tutorial_total, "kB")
        ),
        fact("tutorial page: requests", str(len(tutorial))),
        fact("tutorial page: map drawn after", write(tutorial_age, "ms")),
        *_largest("tutorial page", tutorial),
    ]


def _largest(name: str, exchanges: list[Exchange]) -> list[Row]:
    ordered = sorted(exchanges, key=lambda exchange: -exchange.bytes)[:LARGEST]
    return [
        fact(f"{name}: no. {place}, {_file(exchange.url)}", write(exchange.bytes, "kB"))
        for place, exchange in enumerate(ordered, 1)
    ]


def _file(url: str) -> str:
    """Take the file's name out of a URL; Dash writes version and time of change into it."""
    path = urlsplit(url).path
    return path.rsplit("/", 1)[-1].split(".v")[0] or path
