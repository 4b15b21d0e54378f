"""A slow link and an old phone: first map, first interaction and bytes, with an empty cache.

Chromium's own emulation of slow 4G (150 ms a round trip, 1.6 Mbit/s down, 750 kbit/s up) and of a
processor that is four times as slow as this one, for ``/``, ``/embed`` and the tutorial page alike.

*first map*: the areas are in the page and have been painted. *first interaction*: a step of the
timeline is taken at once. *can be moved*: Plotly's map has taken the place of the first one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.request import urlopen

from playwright.sync_api import Browser, Page

from benchmarks.browser import Traffic, opened, wait_until
from benchmarks.table import Row, count, fact, write

SLOW_4G = {
    "offline": False,
    "latency": 150,  # ms
    "downloadThroughput": 1_600_000 / 8,  # bytes a second
    "uploadThroughput": 750_000 / 8,
}
SLOWER = 4
MOST_BYTES = 1_000_000  # of / until its map can be moved
OURS_AT_MOST, EMBED_AT_MOST = 1 / 5, 1 / 20  # of the tutorial page's time to its first map
PATIENCE_MS = 240_000
# The map of each page, and when it can be stepped through and moved.
AREA, PLOTLY = "path[data-pcode]", "path.choroplethlocation"
LIVE = "document.documentElement.dataset.live"
MOVABLE = f"document.querySelector('html[data-dash] {AREA}')?.style.fill"
_AFTER_PAINT = """() => new Promise((resolve) => {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      const [first] = performance.getEntriesByName('first-contentful-paint');
      resolve(Math.max(performance.now(), first?.startTime ?? 0));
    };
    port2.postMessage('');
  });
})"""


@dataclass
class Visit:
    """Milliseconds and bytes until each moment of a first visit, in their order."""

    ms: list[float]
    bytes: list[int]


def measure(browser: Browser, url: str, tutorial_url: str) -> list[Row]:
    """Visit the three pages, one after the other."""
    tutorial = _visit(browser, tutorial_url, PLOTLY)
    ours = _visit(browser, url, AREA, LIVE, MOVABLE)
    embed = _visit(browser, f"{url}/embed", AREA, LIVE)
    (first_ms, live_ms, movable_ms), (_, _, movable_bytes) = ours.ms, ours.bytes
    return [
        fact("tutorial page: first map, which is its first interaction", _both(tutorial, 0)),
        _part("/: first map", first_ms, tutorial.ms[0], OURS_AT_MOST),
        _part("/embed: first map", embed.ms[0], tutorial.ms[0], EMBED_AT_MOST),
        fact("/: first map", _both(ours, 0)),
        fact("/: first interaction", write(live_ms, "ms")),
        fact("/: map can be moved after", write(movable_ms, "ms")),
        count("/: bytes until the map can be moved", movable_bytes, MOST_BYTES, "kB"),
        fact("/embed: first map", _both(embed, 0)),
        fact("/embed: first interaction", _both(embed, 1)),
    ]


def _both(visit: Visit, moment: int) -> str:
    return f"{write(visit.ms[moment], 'ms')}, {write(visit.bytes[moment], 'kB')}"


def _part(what: str, ms: float, of: float, most: float) -> Row:
    """A time as a part of another, of which it may be so much."""
    verdict = "ok" if ms <= most * of else "over"
    target = f"<= 1/{1 / most:g} of the tutorial's"
    return Row(what, f"1/{of / ms:,.0f}, {write(ms, 'ms')}", target, verdict)


def _visit(browser: Browser, url: str, map_selector: str, *conditions: str) -> Visit:
    """Open a page as such a phone does; the map is drawn first, then what else is waited for."""
    urlopen(url).close()  # the server has made it before, as for most visitors
    with opened(browser) as page:
        traffic = Traffic(page)
        slow_down(page)
        page.goto(url, wait_until="commit", timeout=PATIENCE_MS)
        has_map = f"document.querySelector('{map_selector}')"
        moments: list[Callable[[], float]] = [lambda: _paint_time(page, has_map)]
        moments += [partial(_age, page, each) for each in conditions]
        visit = Visit([], [])
        for moment in moments:
            visit.ms.append(moment())
            visit.bytes.append(traffic.bytes)
    return visit


def slow_down(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _age(page: Page, condition: str) -> float:
    return wait_until(page, condition, PATIENCE_MS)


def _paint_time(page: Page, condition: str) -> float:
    _age(page, condition)
    return float(page.evaluate(_AFTER_PAINT))
