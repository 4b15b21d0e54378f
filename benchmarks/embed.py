"""The public map: bytes and requests of a first visit, the map without scripts, a slider step."""

from __future__ import annotations

from playwright.sync_api import Browser

from benchmarks.browser import Traffic, opened, wait_until
from benchmarks.slider import ONE_BY_ONE, STEPS, steps
from benchmarks.table import Row, count, fact, middle, spread, time, write

MOST_REQUESTS = 5
MOST_STEP_MS = 2
# What is embedded -> its query, and the bytes it may take.
MAPS = {
    "displaced people": ("", 45_000),
    "returnees": ("pop=returnee", 45_000),
    "displaced people by district": ("level=2", 90_000),
}
_AREAS = "document.querySelectorAll('path[data-pcode]').length"


def measure(browser: Browser, url: str) -> list[Row]:
    """Visit each map with an empty cache, then step through its rounds."""
    return [row for name, limits in MAPS.items() for row in _map(browser, url, name, *limits)]


def _map(browser: Browser, url: str, name: str, query: str, most: int) -> list[Row]:
    address = f"{url}/embed?{query}"
    with opened(browser) as page:
        traffic = Traffic(page)
        page.goto(address, wait_until="commit")
        map_ms = wait_until(page, f"{_AREAS} > 0")
        live_ms = wait_until(page, "document.documentElement.dataset.live")
        page.wait_for_load_state("networkidle")
        exchanges, total = traffic.exchanges, traffic.bytes
        slider = steps(page, ONE_BY_ONE)
    return [
        count(f"{name}: bytes with headers", total, most, "kB"),
        count(f"{name}: requests", len(exchanges), MOST_REQUESTS),
        *(fact(f"{name}: {_file(e.url)}", write(e.bytes, "kB")) for e in exchanges),
        fact(
            f"{name}: map there after / live after",
            f"{write(map_ms, 'ms')} / {write(live_ms, 'ms')}",
        ),
        time(f"{name}: recoloured, p50", middle(slider.recoloured), MOST_STEP_MS),
        fact(f"{name}: recoloured, p50 / p95", spread(slider.recoloured)),
        count(f"{name}: bytes in {STEPS} steps", slider.bytes, 0, "kB"),
    ]


def _file(address: str) -> str:
    return address.split("?")[0].rsplit("/", 1)[-1]
