"""Snapshots in object storage, by fsspec."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Event, Thread
from time import monotonic
from typing import Any

from geodata.errors import SnapshotError, Unreachable
from geodata.snapshots.manifest import MANIFEST, is_version
from geodata.snapshots.storage_base import (
    LOCK,
    CheckLock,
    LockWait,
    Notify,
    lock_holder,
    read_holder,
    refuse_strangers,
)
from geodata.util.suggestions import suggestions

BEAT = 10.0
"""Seconds after which whoever holds the lock of an object store shows again that it lives."""
STALE = 40.0
"""Seconds without such a sign after which another may take the lock: its holder was killed."""


class ObjectStorage:
    """A part of what an fsspec URL names, shared by several machines.

    Nothing is renamed there: files of a snapshot are put one by one, the manifest last, and a
    version without one is not there yet. The lock is an object that is made only where there is
    none; its holder writes it again every :data:`BEAT` seconds, and who has seen the same one for
    :data:`STALE` seconds by its own clock may take it away. That two take
    it away at once is why the lock is checked again before the history is written.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._at("")

    @property
    def name(self) -> str:
        """The URL, without user and password."""
        return re.sub(r"//[^/@]*@", "//…@", self._url)

    def check(self) -> None:
        """Refuse a place that holds other things."""
        files, root = self._files(), self._at("")[1]
        refuse_strangers(self.name, [_within(root, path).split("/")[0] for path in files])

    def read(self, name: str) -> bytes:
        """Return the bytes of an object; ``FileNotFoundError`` where there is none."""
        with self._as_sentences("cannot be read"):
            system, path = self._at(name)
            return bytes(system.cat_file(path))

    def change_token(self, name: str) -> object | None:
        """Return ``None``: to ask about an object costs as much as to read a small one."""
        return None

    def versions(self) -> list[str]:
        """Return the versions that have a manifest, in order."""
        root = self._at("")[1]
        parts = [_within(root, path).split("/") for path in self._files()]
        return sorted(one[0] for one in parts if one[1:] == [MANIFEST] and is_version(one[0]))

    def write_snapshot(self, version: str, contents: Mapping[str, bytes]) -> None:
        """Write the files of a snapshot: readers see all of them, or none."""
        files = {name: data for name, data in contents.items() if name != MANIFEST}
        try:
            with self._as_sentences("cannot be written in"):
                system, root = self._at(version)
                system.pipe({f"{root}/{name}": data for name, data in files.items()})
                system.pipe_file(f"{root}/{MANIFEST}", contents[MANIFEST])
        except BaseException:
            with suppress(SnapshotError):  # else it is the next one's
                self._clear()
            raise

    def write(self, name: str, data: bytes) -> None:
        """Replace an object by another."""
        with self._as_sentences("cannot be written in"):
            system, path = self._at(name)
            system.pipe_file(path, data)

    @contextmanager
    def lock(self, wait: float, notify: Notify) -> Iterator[CheckLock]:
        """Lock the place for as long as this process renews the lock."""
        self.check()
        token = secrets.token_hex(8)
        self._acquire(token, wait, notify)
        ended = Event()
        beat = Thread(target=self._heartbeat, args=(token, ended), daemon=True)
        beat.start()
        try:
            self._clear()
            yield lambda: self._check_lock(token)
        finally:
            ended.set()
            beat.join()
            self._release(token)

    def _acquire(self, token: str, wait: float, notify: Notify) -> None:
        queue, last, since = LockWait(self.name, wait, notify), b"", 0.0
        while not self._try_acquire(token):
            content = self._lock()
            if content != last:
                last, since = content, monotonic()
            elif content and monotonic() - since >= STALE:
                self._break_lock(content)
                continue
            queue.pause(read_holder(content), 1.0)

    def _try_acquire(self, token: str) -> bool:
        """Create the lock where there is none; read it back, as some stores overwrite."""
        try:
            with self._as_sentences("cannot be locked"):
                system, path = self._at(LOCK)
                system.pipe_file(path, lock_holder(token=token, beat=0), mode="create")
        except FileExistsError:
            return False
        return read_holder(self._lock()).get("token") == token

    def _lock(self) -> bytes:
        """Return the content of the lock; empty where there is none."""
        with suppress(FileNotFoundError):
            return self.read(LOCK)
        return b""

    def _break_lock(self, content: bytes) -> None:
        with self._as_sentences("cannot be locked"), suppress(FileNotFoundError):
            system, path = self._at(LOCK)
            if self._lock() == content:
                system.rm_file(path)

    def _heartbeat(self, token: str, ended: Event) -> None:
        count = 0
        while not ended.wait(BEAT):
            count += 1
            # One that does not get through is made up for by the next.
            with suppress(SnapshotError, FileNotFoundError):
                holder = read_holder(self._lock())
                if holder.get("token") == token:
                    self.write(LOCK, json.dumps({**holder, "beat": count}).encode())

    def _check_lock(self, token: str) -> None:
        if read_holder(self._lock()).get("token") != token:
            raise SnapshotError(
                f"{self.name}: the lock was taken by another process while this one did not answer "
                "for it; nothing was made active. Try again."
            )

    def _release(self, token: str) -> None:
        # One that cannot be released is taken away by the next, later.
        with suppress(SnapshotError, FileNotFoundError):
            if read_holder(self._lock()).get("token") == token:
                with self._as_sentences("cannot be written in"):
                    system, path = self._at(LOCK)
                    system.rm_file(path)

    def _clear(self) -> None:
        """Delete files of snapshots whose manifest was never written."""
        files, root, complete = self._files(), self._at("")[1], set(self.versions())
        with self._as_sentences("cannot be written in"):
            for path in files:
                version, inner, _ = _within(root, path).partition("/")
                if inner and is_version(version) and version not in complete:
                    self._at("")[0].rm_file(path)

    def _files(self) -> list[str]:
        with self._as_sentences("cannot be read"), suppress(FileNotFoundError):
            system, root = self._at("")
            system.invalidate_cache()
            return list(system.find(root))
        return []

    def _at(self, name: str) -> tuple[Any, str]:
        """Return the file system for this process and thread, and the path of ``name`` in it."""
        from fsspec.core import url_to_fs

        try:
            system, root = url_to_fs(self._url)
        except ImportError as error:
            raise SnapshotError(_package_for(self.name, error)) from error
        except ValueError as error:
            raise SnapshotError(_no_such_protocol(self.name, error)) from error
        root = str(root).rstrip("/")
        return system, f"{root}/{name}" if name else root

    @contextmanager
    def _as_sentences(self, what: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, FileExistsError, SnapshotError):
            raise
        except Exception as error:  # every kind of store has its own
            raise Unreachable(f"{self.name} {what}: {error or type(error).__name__}") from error


def _within(root: str, path: str) -> str:
    return path.removeprefix(root).lstrip("/")


def _package_for(place: str, error: ImportError) -> str:
    from fsspec.registry import known_implementations

    protocol = place.partition("://")[0]
    package = known_implementations.get(protocol, {}).get("class", "").partition(".")[0]
    needs = f"pip install {package}" if package not in ("", "fsspec") else str(error)
    return f"{place} needs a package that is not installed: {needs}"


def _no_such_protocol(place: str, error: ValueError) -> str:
    from fsspec import available_protocols

    protocol = place.partition("://")[0]
    near = suggestions(protocol, available_protocols())
    hint = f"nearest: {', '.join(near)}" if near else "examples: s3://bucket/path, or a folder"
    return f"{place} cannot be a library: {error} ({hint})"
