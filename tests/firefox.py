"""Firefox as readers have it, driven by what it speaks itself: WebDriver BiDi.

    with Firefox(path) as firefox, firefox.window(1440, 960) as window:
        window.open(url); window.click("#go"); window.evaluate("document.title")

Playwright drives a Firefox of its own making, and asks an installed one for commands that it does
not have (https://w3c.github.io/webdriver-bidi/ has them all). Only what the tests need is here.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect

SECONDS = 60  # for anything that is waited for; machines are slow at times
ADDRESS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
# Firefox asks nobody but the page: no settings of its maker's, no check for updates.
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
}
KEYS = {"PageDown": "\ue00f"}  # as WebDriver writes those that are no letters


class Firefox:
    """A Firefox of one's own, with a new profile, without its windows."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.events: list[dict[str, Any]] = []
        self._ids = itertools.count(1)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        profile = Path(tempfile.mkdtemp(prefix="firefox-"))
        self._stack.callback(shutil.rmtree, profile, ignore_errors=True)
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines), "utf-8")
        log = self._stack.enter_context((profile / "log").open("w+", encoding="utf-8"))
        command = [self.path, "--headless", "--no-remote", "--remote-debugging-port=0"]
        process = subprocess.Popen([*command, "--profile", str(profile)], stdout=log, stderr=log)
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)  # there is nothing in its profile to be kept
        address = self._address(profile / "log")
        self._socket: ClientConnection = self._stack.enter_context(
            connect(f"{address}/session", max_size=None, proxy=None)
        )
        self.send("session.new", capabilities={})
        events = ["log.entryAdded", "network.beforeRequestSent"]
        self.send("session.subscribe", events=events)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _address(self, log: Path) -> str:
        """Where it listens, which it says once it does."""
        end = time.monotonic() + SECONDS
        while not (found := ADDRESS.search(log.read_text("utf-8", errors="replace"))):
            if time.monotonic() > end:
                raise TimeoutError(f"{self.path} does not listen:\n{log.read_text('utf-8')}")
            time.sleep(0.05)
        return found[1]

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Give a command and return its result; what happens meanwhile is in ``events``."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=SECONDS))
            if answer["type"] == "event":
                self.events.append(answer)
            elif answer.get("id") == number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def window(self, width: int, height: int) -> Window:
        """Open a window whose pages have this size, which shares nothing with others."""
        return Window(self, width, height)


class Window:
    """A window; at its end nothing was said on its console, and no stranger was asked."""

    def __init__(self, firefox: Firefox, width: int, height: int) -> None:
        self._firefox = firefox
        self._user = firefox.send("browser.createUserContext")["userContext"]
        made = firefox.send("browsingContext.create", type="tab", userContext=self._user)
        self._context = made["context"]
        self.resize(width, height)
        firefox.events.clear()

    def resize(self, width: int, height: int) -> None:
        """Give the page another size."""
        self._send("browsingContext.setViewport", viewport={"width": width, "height": height})

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        return self._firefox.send(method, context=self._context, **params)

    def open(self, url: str) -> None:
        """Go there, and wait until it is loaded."""
        self._send("browsingContext.navigate", url=url, wait="complete")

    def back(self) -> None:
        """Go back, as the browser's button does."""
        self._send("browsingContext.traverseHistory", delta=-1)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression of the page, or what it promises."""
        found = self._firefox.send(
            "script.evaluate",
            expression=f"(async () => JSON.stringify((await ({expression})) ?? null))()",
            target={"context": self._context},
            awaitPromise=True,
            userActivation=True,
        )
        if found["type"] == "exception":
            raise RuntimeError(f"{expression}: {found['exceptionDetails']['text']}")
        return json.loads(found["result"]["value"])

    def wait_for(self, expression: str) -> None:
        """Wait until an expression of the page is true, also while another page comes."""
        end = time.monotonic() + SECONDS
        while not self._holds(expression):
            assert time.monotonic() < end, f"never: {expression}"
            time.sleep(0.05)

    def _holds(self, expression: str) -> bool:
        try:
            return bool(self.evaluate(f"!!({expression})"))
        except RuntimeError:  # the page is another one by now, or not there yet
            return False

    def click(self, selector: str) -> None:
        """Click in the middle of what a selector finds, as a mouse does."""
        found = json.dumps(selector)
        self.wait_for(f"document.querySelector({found})")
        x, y = self.evaluate(
            f"(() => {{ const node = document.querySelector({found});"
            "node.scrollIntoView({ block: 'center', behavior: 'instant' });"
            "const box = node.getBoundingClientRect();"
            "return [box.left + box.width / 2, box.top + box.height / 2].map(Math.round); })()"
        )
        actions = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": actions})

    def press(self, key: str) -> None:
        """Press a key where the focus is."""
        value = KEYS.get(key, key)
        actions = [{"type": kind, "value": value} for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": actions})

    def _act(self, source: dict[str, Any]) -> None:
        self._send("input.performActions", actions=[source])

    def _said(self) -> list[str]:
        entries = [e["params"] for e in self._firefox.events if e["method"] == "log.entryAdded"]
        return [entry["text"] or "" for entry in entries]

    def _strangers(self) -> list[str]:
        sent = (e["params"] for e in self._firefox.events if "request" in e["params"])
        urls = [each["request"]["url"] for each in sent]
        return [url for url in urls if urlsplit(url).hostname not in ("127.0.0.1", None)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        found = (self._said(), self._strangers())
        self._firefox.send("browser.removeUserContext", userContext=self._user)
        if kind is None:
            assert found == ([], []), found
