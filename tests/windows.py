"""Windows of a browser, of which everything that is said and asked for is written down."""

from __future__ import annotations

from typing import Any, Self
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page

LIVE = "() => document.documentElement.dataset.live"


class Watched:
    """A window, and those it opens; to its end none says anything, keeps a cookie, asks a stranger.

    A stranger is whoever is not on this machine or, where a site is given, not that site. Where an
    error ends it, nothing else is looked at.
    """

    def __init__(
        self, browser: Browser, width: int, height: int, *, site: str = "", **options: Any
    ) -> None:
        self.site = site
        self.console: list[str] = []
        self.requests: list[str] = []
        self.context = browser.new_context(viewport={"width": width, "height": height}, **options)
        self.context.set_default_timeout(30_000)
        self.context.on("console", self._said)
        self.context.on("weberror", lambda error: self.console.append(str(error.error)))
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page = self.context.new_page()

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
        self.context.close()
        if kind is None:
            found = (self.console, self.strangers(), cookies)
            assert found == ([], [], []), found
