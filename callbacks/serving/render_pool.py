"""Render pictures, documents and archives in worker processes, beside the server.

::

    request ──▶ RenderPool.once ──(a place is free)──▶ make ──▶ call ──▶ process ──▶ bytes
                   │  └── someone makes the same already: wait for it
                   └────── no place: Busy, 503 with Retry-After

A renderer holds Python's lock for as long as it draws, so that nothing else of its process would
be answered. The processes start with the first file that is asked for, and end with the process
that started them, however that ends: their socket closes. Threads that wait are counted, because a
server has few and needs some for everything else.
"""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import weakref
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any

from cachetools import LRUCache

ROOT = Path(__file__).parents[2]
MODULE = "geodata.exports.render_worker"
PROCESSES, PLACES, SLOW_PLACES = 2, 6, 1
SECONDS = 60.0
CACHE_BYTES = 32_000_000
RETRY_AFTER = 2

Make = Callable[[Callable[..., bytes]], bytes]


class Busy(Exception):
    """Raised if the queue is full, or if rendering took too long."""


class _Process:
    """One process that renders, and the socket to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, "-m", MODULE, str(number)]
            self._process = subprocess.Popen(
                command, cwd=ROOT, pass_fds=[number], stdin=subprocess.DEVNULL
            )
        self._connection = Connection(ours.detach())

    @property
    def pid(self) -> int:
        return self._process.pid

    def call(self, task: tuple[Any, ...], seconds: float) -> bytes:
        """Call a function in the worker process.

        Raises
        ------
        Busy
            Where there is no answer in time.
        EOFError, OSError
            Where the process has ended.
        """
        self._connection.send(task)
        if not self._connection.poll(seconds):
            raise Busy
        answer = self._connection.recv()
        if isinstance(answer, Exception):
            raise answer
        return bytes(answer)

    def end(self) -> None:
        """Kill the worker process, also while it renders."""
        self._connection.close()
        self._process.kill()
        self._process.wait()


def _end(processes: list[_Process], owner: int) -> None:
    """Kill the worker processes, but only from the process that started them."""
    if os.getpid() == owner:
        for process in processes:
            process.end()
        processes.clear()


class RenderPool:
    """Render files in a few worker processes, with a bounded queue of waiting threads.

    Parameters
    ----------
    processes
        How many render at once.
    places
        How many threads may wait for a file, those included whose file is being rendered.
    slow_places
        How many of the files that take long may be made at once.
    seconds
        After which a file is given up and its process is ended.
    """

    def __init__(
        self,
        processes: int = PROCESSES,
        places: int = PLACES,
        slow_places: int = SLOW_PLACES,
        seconds: float = SECONDS,
    ) -> None:
        self._size, self._seconds = processes, seconds
        self._places, self._slow_places = places, slow_places
        self._lock = Lock()
        self._waiting = self._slow = 0
        self._making: dict[Hashable, Future[bytes]] = {}
        self._cached: LRUCache[Hashable, bytes] = LRUCache(CACHE_BYTES, getsizeof=len)
        self._owner = 0
        self._started: list[_Process] = []
        self._free: queue.LifoQueue[_Process | None] = queue.LifoQueue()

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that run."""
        return [process.pid for process in self._started]

    @property
    def waiting(self) -> int:
        """Number of threads that wait for a file or render one."""
        return self._waiting

    def close(self) -> None:
        """Kill every worker; the next call starts new ones."""
        with self._lock:
            _end(self._started, self._owner)
            self._owner = 0

    def once(self, key: Hashable, make: Make, *, slow: bool = False) -> bytes:
        """Render a file once for all requests that arrive at the same time or soon after.

        Parameters
        ----------
        key
            Identity of the file: equal keys give the same bytes.
        make
            Given :meth:`call`, returns the file.

        Raises
        ------
        Busy
            Where too many wait, or it took too long.
        """
        with self._lock:
            if (body := self._cached.get(key)) is not None:
                return body
        with self._place(slow):
            with self._lock:
                future = self._making.get(key)
                first = future is None
                if future is None:
                    future = self._making[key] = Future()
            if not first:
                return self._awaited(future)
            return self._make(key, make, future)

    def _awaited(self, future: Future[bytes]) -> bytes:
        try:
            return future.result(self._seconds)
        except NotInTime:
            raise Busy from None

    def _make(self, key: Hashable, make: Make, future: Future[bytes]) -> bytes:
        try:
            body = make(self.call)
        except BaseException as error:
            future.set_exception(error)
            raise
        else:
            future.set_result(body)
            with self._lock, suppress(ValueError):  # larger than all that is kept
                self._cached[key] = body
            return body
        finally:
            with self._lock:
                self._making.pop(key, None)

    @contextmanager
    def _place(self, slow: bool) -> Iterator[None]:
        """Count a waiting thread; raise :class:`Busy` if the queue is full."""
        with self._lock:
            if self._waiting >= self._places or (slow and self._slow >= self._slow_places):
                raise Busy
            self._waiting += 1
            self._slow += slow
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1
                self._slow -= slow

    def call(self, function: Callable[..., bytes], /, *arguments: Any, **options: Any) -> bytes:
        """Call a function of a module in another process; arguments are plain values.

        Raises
        ------
        Busy
            Where no process is free in time, or it does not answer in time.
        """
        process = self._take()
        try:
            body = process.call((function, arguments, options), self._seconds)
        except (Busy, EOFError, OSError) as error:
            self._drop(process)
            raise Busy from error
        except Exception:
            self._free.put(process)
            raise
        self._free.put(process)
        return body

    def _take(self) -> _Process:
        """Wait for a free worker; start one if fewer run than may."""
        with self._lock:
            if self._owner != os.getpid():  # the first here, or a fork of where there were some
                self._owner, self._started, self._free = os.getpid(), [], queue.LifoQueue()
                for _ in range(self._size):
                    self._free.put(None)
                weakref.finalize(self, _end, self._started, self._owner)
        try:
            worker = self._free.get(timeout=self._seconds)
        except queue.Empty:
            raise Busy from None
        if worker is not None:
            return worker
        try:
            process = _Process()
        except OSError as error:
            self._free.put(None)
            raise Busy from error
        self._started.append(process)
        return process

    def _drop(self, process: _Process) -> None:
        """Kill a worker that failed; the next call starts another."""
        process.end()
        self._started.remove(process)
        self._free.put(None)
