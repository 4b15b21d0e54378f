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
from geodata.snapshots.manifest import is_version

HISTORY, LOCK = "history.json", ".lock"
_LISTED_NAMES = 5  # in a refusal

Notify = Callable[[str], None]
CheckLock = Callable[[], None]


class Storage(Protocol):
    """Operations that a library needs of its storage."""

    @property
    def name(self) -> str:
        """The place as messages name it, without passwords."""

    def check(self) -> None:
        """Refuse a place that is no library and cannot become one."""

    def read(self, name: str) -> bytes:
        """Return the bytes of a file; ``FileNotFoundError`` where there is none."""

    def change_token(self, name: str) -> object | None:
        """Return a token that changes with the file and costs less than reading it, or ``None``."""

    def versions(self) -> list[str]:
        """Return the versions that have a manifest, in order."""

    def write_snapshot(self, version: str, contents: Mapping[str, bytes]) -> None:
        """Write the files of a snapshot: readers see all of them, or none."""

    def write(self, name: str, data: bytes) -> None:
        """Replace a file at once."""

    def lock(self, wait: float, notify: Notify) -> AbstractContextManager[CheckLock]:
        """Lock the place and clear left-overs; yield a check that raises if the lock was lost."""


def refuse_strangers(place: str, names: Sequence[str]) -> None:
    """Refuse a place with somebody's files: a library starts empty or among snapshots.

    >>> refuse_strangers("here", ["history.json", "3f2a81c09d4e"])
    """
    strangers = [name for name in names if not name.startswith(".") and not is_version(name)]
    if strangers and HISTORY not in names:
        listed = ", ".join(sorted(strangers)[:_LISTED_NAMES])
        raise SnapshotError(
            f"{place} is no library: it has no {HISTORY} and holds other things ({listed}). "
            "Name a new or an empty folder, or one that holds a library."
        )


# ---------------------------------------------------------------------------------------- the lock


def lock_holder(**more: object) -> bytes:
    """Return who holds a lock, as it is written into it: process, host, and since when."""
    since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    who = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
    return json.dumps({**who, **more}).encode()


def read_holder(data: bytes) -> dict[str, Any]:
    """Parse who holds a lock; empty before its holder has written that, a moment after locking.

    >>> read_holder(b"")
    {}
    """
    try:
        holder = json.loads(data)
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _in_use_sentence(place: str, holder: Mapping[str, Any]) -> str:
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
        in_use = _in_use_sentence(self._place, holder)
        remaining = self._until - monotonic()
        if remaining <= 0:
            raise SnapshotError(
                f"{in_use}: nothing was changed. Wait for it to end, then try again."
            )
        if self._first:
            self._notify(f"{in_use}: waiting up to {self._wait:,.0f} s for it to end")
            self._first = False
        sleep(min(seconds, remaining))
