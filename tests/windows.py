"""Windows of a browser, of which everything that is said and asked for is written down."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Route,
    WebError,
)

LIVE = "() => document.documentElement.dataset.live"
DASH = "**/built/dash.*"
TAKEN_OVER = "() => document.documentElement.dataset.dash"
# The trend of the area's panel is drawn, at its size.
CHART = "() => document.querySelector('#trend-slot .main-svg .legend, #trend-slot .xtick')"
# Sums what has moved without anybody's doing: https://web.dev/articles/cls
SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((entries) => {
    for (const entry of entries.getEntries())
      if (!entry.hadRecentInput) window.shifts.push(entry.value);
  }).observe({ type: 'layout-shift', buffered: true });
}"""
# All pages of a site in one process: one that stays open has its compiled scripts for the next.
ONE_PROCESS = "--process-per-site"
_STAYS_OPEN = "http://127.0.0.1/"  # of the site that tests serve, whatever their port
# A worker would answer for the server in the tests that follow; those of workers begin afresh.
_NO_WORKER = """try {
  navigator.serviceWorker.register = () => Promise.reject(new Error('in a context that is shared'));
} catch { /* a frame that may have none */ }"""
_STORED = "local_storage,indexeddb,cache_storage,file_systems"


class Contexts:
    """Contexts of a browser, each of which serves one test after the other.

    A test has pages of its own; what the context itself remembers is cleared after it, but for the
    cache of files. To load a page costs half of what it does in a new context.
    """

    MOST = 8  # that wait for the next test: some 50 MB each

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._waiting: deque[tuple[str, BrowserContext]] = deque()

    def take(self, options: dict[str, Any]) -> BrowserContext:
        """Return a context with these options that nobody uses."""
        wanted = repr(sorted(options.items()))
        for waiting in self._waiting:
            if waiting[0] == wanted:
                self._waiting.remove(waiting)
                return waiting[1]
        context = self.browser.new_context(**options)
        context.add_init_script(_NO_WORKER)
        stays = context.new_page()
        stays.route("**/*", lambda route: route.fulfill(content_type="text/html", body=""))
        stays.goto(_STAYS_OPEN)
        return context

    def close(self) -> None:
        """Close those that wait."""
        while self._waiting:
            self._waiting.popleft()[1].close()

    def give_back(
        self, context: BrowserContext, options: dict[str, Any], origins: set[str]
    ) -> None:
        """Clear what pages of these origins have left, for the next test."""
        stays, *pages = context.pages
        for page in pages:
            page.close()
        if "permissions" not in options:
            context.clear_permissions()
        session = context.new_cdp_session(stays)
        for origin in origins:
            what = {"origin": origin, "storageTypes": _STORED}
            session.send("Storage.clearDataForOrigin", what)
        session.detach()
        self._waiting.append((repr(sorted(options.items())), context))
        if len(self._waiting) > self.MOST:
            self._waiting.popleft()[1].close()


class Watched:
    """A window, and those it opens; to its end none says anything, keeps a cookie, asks a stranger.

    A stranger is whoever is not on this machine or, where a site is given, not that site. Where an
    error ends it, nothing else is looked at. With ``afresh`` nothing was ever loaded before, and
    service workers work.
    """

    def __init__(
        self,
        contexts: Contexts,
        width: int,
        height: int,
        *,
        site: str = "",
        afresh: bool = False,
        **options: Any,
    ) -> None:
        self.site = site
        self.console: list[str] = []
        self.requests: list[str] = []
        self.contexts = None if afresh else contexts
        self.options = options
        self._origins: set[str] = set()
        self.context = contexts.browser.new_context(**options) if afresh else contexts.take(options)
        self.context.set_default_timeout(30_000)
        self._heard: dict[Any, Callable[[Any], None]] = {
            "console": self._said,
            "weberror": self._failed,
            "request": self._asked,
        }
        for event, note in self._heard.items():
            self.context.on(event, note)
        self.page = self.context.new_page()
        self.page.set_viewport_size({"width": width, "height": height})

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)
        address = urlsplit(request.url)
        if address.scheme.startswith("http"):
            self._origins.add(f"{address.scheme}://{address.netloc}")

    def _failed(self, error: WebError) -> None:
        self.console.append(str(error.error))

    def _said(self, message: ConsoleMessage) -> None:
        """Note what was said, but for what only tells that this machine was slow."""
        if "was preloaded using link preload but not used within a few seconds" not in message.text:
            self.console.append(message.text)

    def open(self, url: str) -> Page:
        """Go there, and wait until the scripts have taken over."""
        self.page.goto(url)
        self.page.wait_for_function(LIVE)
        return self.page

    def strangers(self) -> list[str]:
        """Addresses of strangers that were asked for."""
        if self.site:
            own = (f"{self.site}/", "data:", "blob:")
            return [url for url in self.requests if not url.startswith(own)]
        return [url for url in self.requests if urlsplit(url).hostname not in ("127.0.0.1", None)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        cookies = self.context.cookies()
        if self.contexts and kind is None and not cookies:
            for event, note in self._heard.items():
                self.context.remove_listener(event, note)
            self.contexts.give_back(self.context, self.options, self._origins)
        else:
            self.context.close()
        if kind is None:
            found = (self.console, self.strangers(), cookies)
            assert found == ([], [], []), found


@contextmanager
def held_back(page: Page, scripts: str = DASH) -> Iterator[Callable[[], None]]:
    """Hold Dash's script back until what is given is called."""
    waiting: list[Route] = []
    is_held = True

    def hold(route: Route) -> None:
        if is_held:
            waiting.append(route)
        else:  # asked for only now, on a busy machine
            route.continue_()

    page.route(scripts, hold)

    def let_go() -> None:
        nonlocal is_held
        is_held = False
        for route in waiting:
            route.continue_()
        page.wait_for_function(TAKEN_OVER)

    yield let_go
