"""What every storage of snapshots offers, and its lock."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from time import monotonic, sleep
from typing import Any, Protocol

from geodata.errors import SnapshotError
from geodata.snapshots.snapshot import is_version

HISTORY, LOCK = "history.json", ".lock"
_SHOWN = 5  # names that a refusal lists

Notify = Callable[[str], None]
StillHeld = Callable[[], None]


class Storage(Protocol):
    """Operations that a library needs of its storage."""

    @property
    def name(self) -> str:
        """The place as messages name it, without passwords."""

    def check(self) -> None:
        """Refuse a place that is no library and cannot become one."""

    def read(self, name: str) -> bytes:
        """Return the bytes of a file; ``FileNotFoundError`` where there is none."""

    def stamp(self, name: str) -> object | None:
        """Return a token that changes with the file and costs less than reading it, or ``None``."""

    def versions(self) -> list[str]:
        """Return versions of which there is a manifest, in order."""

    def put(self, version: str, contents: Mapping[str, bytes]) -> None:
        """Write the files of a snapshot: readers see all of them, or none."""

    def write(self, name: str, data: bytes) -> None:
        """Replace a file at once."""

    def locked(self, wait: float, notify: Notify) -> AbstractContextManager[StillHeld]:
        """Lock the place and clear left-overs; yield a check that raises if the lock was lost."""


def refuse_strangers(place: str, names: Sequence[str]) -> None:
    """Refuse a place with somebody's files: a library starts empty or among snapshots.

    >>> refuse_strangers("here", ["history.json", "3f2a81c09d4e"])
    """
    strangers = [name for name in names if not name.startswith(".") and not is_version(name)]
    if strangers and HISTORY not in names:
        shown = ", ".join(sorted(strangers)[:_SHOWN])
        raise SnapshotError(
            f"{place} is no library: it has no {HISTORY} and holds other things ({shown}). "
            "Name a new or an empty folder, or one that holds a library."
        )


# ------------------------------------------------------------------------------------ who holds it


def lock_holder(**more: object) -> bytes:
    """Write who holds a lock: process, host, and since when."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    who = {"pid": os.getpid(), "host": socket.gethostname(), "since": now}
    return json.dumps({**who, **more}).encode()


def signed(data: bytes) -> dict[str, Any]:
    """Read who holds a lock, as far as it says; a holder signs a moment after it has locked.

    >>> signed(b"")
    {}
    """
    try:
        said = json.loads(data)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _in_use(place: str, holder: Mapping[str, Any]) -> str:
    who = "another process"
    if holder.keys() >= {"pid", "host", "since"}:
        who = f"process {holder['pid']} on {holder['host']} since {holder['since']}"
    return f"{place} is in use by {who}"


class LockWait:
    """Wait for a lock: notify once who holds it, and refuse when the time is up."""

    def __init__(self, place: str, wait: float, notify: Notify) -> None:
        self._place, self._notify, self._wait = place, notify, wait
        self._until, self._first = monotonic() + wait, True

    def pause(self, holder: Mapping[str, Any], seconds: float) -> None:
        """Wait a little, or refuse where the time is up."""
        said = _in_use(self._place, holder)
        left = self._until - monotonic()
        if left <= 0:
            raise SnapshotError(f"{said}: nothing was changed. Wait for it to end, then try again.")
        if self._first:
            self._notify(f"{said}: waiting up to {self._wait:,.0f} s for it to end")
            self._first = False
        sleep(min(seconds, left))
