"""A thread of this process that looks for something new every few seconds.

A thread does not survive a fork, and one of a process that only loads the application for others
(gunicorn's ``preload_app``) would look for nobody. It is therefore started by what first needs it,
once in each process, and ends with that process or with whatever it looks for. A process that ends
waits for a look that is under way: cut off within an engine's own code, it would take the process
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

EVERY = 2.0
"""Seconds between two looks."""
PATIENCE = 5.0
"""Seconds that whoever starts it waits for the first look."""
_LAST_LOOK = 20.0  # seconds
_log = logging.getLogger(__name__)


class Following:
    """Calls a method again and again, for as long as its object is in use.

    Parameters
    ----------
    look
        A bound method; whose object it is may be forgotten, which ends the thread.
    """

    def __init__(self, look: Callable[[], None], every: float = EVERY) -> None:
        self._look: weakref.WeakMethod[Callable[[], None]] = weakref.WeakMethod(look)
        self._every = every
        self._lock = Lock()
        self._process = 0
        self._thread: Thread | None = None
        self._looked = Event()
        self._end = Event()
        owner: Any = look
        weakref.finalize(owner.__self__, self.end).atexit = False
        _every_one.add(self)

    def here(self) -> None:
        """Start it in this process, where it does not run yet, and wait for its first look."""
        if self._process != os.getpid():
            self._start()
        if not self._looked.is_set():
            self._looked.wait(PATIENCE)

    def end(self) -> None:
        """End it; one that looks just now does so to its end."""
        self._end.set()
        self._looked.set()

    def _start(self) -> None:
        with self._lock:
            if self._process == os.getpid() or self._end.is_set():
                return
            self._looked = Event()  # a fork's own: that of its parent says nothing of this process
            self._thread = Thread(target=self._run, name="following", daemon=True)
            self._thread.start()
            self._process = os.getpid()

    def wait(self) -> None:
        """Wait for the last look of one that was ended."""
        if self._thread:
            self._thread.join(_LAST_LOOK)

    def _run(self) -> None:
        told = ""
        while (look := self._look()) is not None:
            try:
                look()
                told = ""
            except Exception as error:  # whatever it is, the next look may succeed
                if told != repr(error):
                    told = repr(error)
                    _log.exception("what is new could not be looked for")
            finally:
                self._looked.set()
            del look
            if self._end.wait(self._every):
                return


_every_one: weakref.WeakSet[Following] = weakref.WeakSet()


@atexit.register
def _end_every_one() -> None:
    running = list(_every_one)
    for following in running:
        following.end()
    for following in running:
        following.wait()
