"""Start gunicorn on a free port, wait until it answers, and stop it whatever happens."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
MAP = "app:server"
TUTORIAL = "benchmarks.tutorial:page({level})"
START_SECONDS = 120
STOP_SECONDS = 10


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    application: str, *, tree: Path = ROOT, python: Path = Path(sys.executable)
) -> Iterator[str]:
    """Serve an application as ``make run`` does; yield its URL, without a slash at the end.

    Parameters
    ----------
    tree, python
        Where its code is, and what runs it; the working tree and this Python unless given.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [str(python), "-m", "gunicorn", application],
        cwd=tree,
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(server, url)
        yield url
    finally:
        _stop(server)


def _wait(server: subprocess.Popen, url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server at {url} stopped with code {server.returncode}")
        try:
            urlopen(url, timeout=START_SECONDS).close()
            return
        except HTTPError as error:
            raise RuntimeError(f"{url} answers {error.code} {error.reason}") from None
        except URLError:
            time.sleep(0.05)
    raise TimeoutError(f"the server at {url} did not answer within {START_SECONDS} s")


def _stop(server: subprocess.Popen) -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
