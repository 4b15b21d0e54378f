"""Call a method every few seconds, in a thread of this process.

A thread does not survive a fork, and one of a process that only loads the application for others
(gunicorn's ``preload_app``) would poll for nobody. It is therefore started at its first use, once
in each process, and ends with that process or with the object that it polls. A process that ends
waits for a call that is under way: cut off within an engine's own code, it would take the process
down with it.
"""

from __future__ import annotations

import atexit
import logging
import os
import weakref
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Any

INTERVAL = 2.0
"""Seconds between two calls."""
PATIENCE = 5.0
"""Seconds to wait for the first call, at the start."""
_LAST_POLL = 20.0  # seconds
_log = logging.getLogger(__name__)


class Poller:
    """Calls a method again and again, for as long as its object is in use.

    Parameters
    ----------
    poll
        A bound method. Only a weak reference is kept: the thread ends with its object.
    """

    def __init__(self, poll: Callable[[], None], interval: float = INTERVAL) -> None:
        self._poll: weakref.WeakMethod[Callable[[], None]] = weakref.WeakMethod(poll)
        self._interval = interval
        self._lock = Lock()
        self._process = 0
        self._thread: Thread | None = None
        self._polled = Event()
        self._end = Event()
        owner: Any = poll
        weakref.finalize(owner.__self__, self.end).atexit = False
        _pollers.add(self)

    def start_in_this_process(self) -> None:
        """Start the thread, unless this process has it already, and wait for the first call."""
        if self._process != os.getpid():
            self._start()
        if not self._polled.is_set():
            self._polled.wait(PATIENCE)

    def end(self) -> None:
        """End the thread; a call that is under way is completed."""
        self._end.set()
        self._polled.set()

    def _start(self) -> None:
        with self._lock:
            if self._process == os.getpid() or self._end.is_set():
                return
            self._polled = Event()  # a fork's own: its parent's says nothing of this process
            self._thread = Thread(target=self._run, name="following", daemon=True)
            self._thread.start()
            self._process = os.getpid()

    def wait(self) -> None:
        """Wait for the last call of a thread that was ended."""
        if self._thread:
            self._thread.join(_LAST_POLL)

    def _run(self) -> None:
        """Call the method until the end; log an error once for as long as it repeats."""
        last_error = ""
        while (poll := self._poll()) is not None:
            try:
                poll()
                last_error = ""
            except Exception as error:  # whatever it is, the next call may succeed
                if last_error != repr(error):
                    last_error = repr(error)
                    _log.exception("what is new could not be looked for")
            finally:
                self._polled.set()
            del poll
            if self._end.wait(self._interval):
                return


_pollers: weakref.WeakSet[Poller] = weakref.WeakSet()


@atexit.register
def _end_all() -> None:
    running = list(_pollers)
    for poller in running:
        poller.end()
    for poller in running:
        poller.wait()
