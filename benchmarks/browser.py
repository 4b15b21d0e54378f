"""Chromium, and what a page of it asks for, as the DevTools protocol counts it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

VARIABLE = "DISPLACEMENT_CHROMIUM"
ARGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
WINDOW = {"width": 1280, "height": 900}
PATIENCE_MS = 60_000
LATE_MS = 300  # how long to wait for a request that comes late

_POLL = """async () => {
  const end = performance.now() + %d;
  while (!(%s)) {
    if (performance.now() > end) throw new Error('The page never came to: ' + %r);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return performance.now();
}"""


@dataclass
class Exchange:
    """One request, and the bytes of its answer: as transferred, with headers."""

    method: str
    url: str
    bytes: int = 0


class Traffic:
    """What a page asks the server for from now on, and how busy it is."""

    def __init__(self, page: Page) -> None:
        self._exchanges: dict[str, Exchange] = {}
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._session.on("Network.requestWillBeSent", self._sent)
        self._session.on("Network.responseReceived", self._answered)
        self._session.on("Network.requestServedFromCache", self._remembered)
        self._session.on("Network.loadingFinished", self._finished)
        self._session.send("Network.enable")
        self._session.send("Performance.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        request = event["request"]
        if request["url"].startswith("http"):
            self._exchanges[event["requestId"]] = Exchange(request["method"], request["url"])

    def _answered(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            self._remembered(event)

    def _remembered(self, event: dict[str, Any]) -> None:
        """Forget what the browser had in its cache: nothing was asked for."""
        self._exchanges.pop(event["requestId"], None)

    def _finished(self, event: dict[str, Any]) -> None:
        if exchange := self._exchanges.get(event["requestId"]):
            exchange.bytes = round(event["encodedDataLength"])

    @property
    def exchanges(self) -> list[Exchange]:
        """What was asked for, also what the browser then thought better of."""
        return list(self._exchanges.values())

    @property
    def bytes(self) -> int:
        return sum(exchange.bytes for exchange in self.exchanges)

    def busy_ms(self) -> float:
        """Milliseconds for which the page's main thread has worked so far."""
        return 1000 * self.metric("TaskDuration")

    def metric(self, name: str) -> float:
        """Return what Chromium has counted of the page so far: seconds, or bytes."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == name)

    def collect_garbage(self) -> None:
        """Free what the page's scripts no longer use."""
        self._session.send("HeapProfiler.collectGarbage")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the Chromium that ``make bench`` has found."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ[VARIABLE], args=ARGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser) -> Iterator[Page]:
    """Yield an empty page with caches of its own."""
    with browser.new_context(viewport=WINDOW) as context:  # type: ignore[arg-type]
        yield context.new_page()


def wait_until(page: Page, condition: str, patience_ms: int = PATIENCE_MS) -> float:
    """Wait until a JavaScript expression is true; return the page's age then, in milliseconds.

    Playwright's own ``wait_for_function`` needs ``eval``, which the map's security policy forbids.
    """
    return float(page.evaluate(_POLL % (patience_ms, condition, condition)))


def open_map(page: Page, url: str, areas: int) -> float:
    """Open the map; return the milliseconds until its areas are drawn and adopted."""
    has_areas = f"document.querySelectorAll('html[data-dash] path[data-pcode]').length === {areas}"
    has_title = "document.querySelector('#title')?.textContent"
    page.goto(url, wait_until="commit")
    return _ready(page, f"{has_title} && {has_areas}")


def open_tutorial(page: Page, url: str) -> float:
    """Open the tutorial page; return the milliseconds until its map is drawn."""
    page.goto(url, wait_until="commit")
    return _ready(page, "document.querySelector('path.choroplethlocation')")


def _ready(page: Page, condition: str) -> float:
    age = wait_until(page, condition)
    page.wait_for_load_state("networkidle")
    return age
