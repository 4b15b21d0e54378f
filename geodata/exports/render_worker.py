"""The process that renders for a server: ``python -m geodata.exports.render_worker <descriptor>``.

Over a socket it receives a function of :mod:`geodata.exports` with its arguments, answers with the
bytes or the error, and ends when the other side closes or is gone.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

# Calls a function of geodata.exports with plain values, wherever it runs.
Render = Callable[..., bytes]


def render_in_process(function: Render, /, *args: Any, **options: Any) -> bytes:
    """Render in this process."""
    return function(*args, **options)


def main(descriptor: int) -> None:
    """Answer requests on a socket until its other side closes."""
    # Ctrl+C goes to everything in a terminal; whoever started this process ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Connection(descriptor) as connection:
        while True:
            try:
                function, arguments, options = connection.recv()
            except (EOFError, OSError):
                return
            try:
                answer: bytes | Exception = function(*arguments, **options)
            except Exception as error:  # the other side raises it
                answer = error
            try:
                connection.send(answer)
            except OSError:
                return


if __name__ == "__main__":
    main(int(sys.argv[1]))
