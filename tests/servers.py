"""What tests serve from: ports that are free, and folders as any web server would serve them."""

from __future__ import annotations

import functools
import http.server
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def wait_for(url: str, seconds: float = 240) -> None:
    """Wait until this address is answered with what is there."""
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError as error:
            if time.monotonic() > end:
                raise TimeoutError(f"{url} is not answered") from error
        time.sleep(0.05)


ISOLATED = "isolated.html"  # a page that loads only what allows it to


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        if self.path == f"/{ISOLATED}":
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        # A file that is written twice in a second has not changed for what is asked by its time.
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def folder_served(folder: Path) -> Iterator[str]:
    """Serve a folder as `python -m http.server` does; its origin."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
