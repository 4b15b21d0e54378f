"""Where a library is kept: a folder, or a part of an object store that several machines share.

::

                 folder                               fsspec URL (s3://bucket/path, memory://…)
    read         a file                               one object
    put          beside it, flushed, one rename       its files, the manifest last
    write        beside it, flushed, one rename       one object, put at once
    lock         flock on .lock, which goes with      .lock, made where there is none, written again
                 its process                          every few seconds while its process lives

What can go wrong with a disk or a network is told as a sentence (``Unreachable``), save that a file
is not there, which is ``FileNotFoundError``. Both kinds take care of what a process left that
was killed: whoever holds the lock next clears it away.
"""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import re
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any, Protocol

from geodata.errors import SnapshotError, Unreachable
from geodata.snapshots.snapshot import MANIFEST, is_version
from geodata.util.atomic import recover, recover_file, replacing, try_lock, unfinished, write_file

HISTORY, LOCK = "history.json", ".lock"
BEAT = 10.0
"""Seconds after which whoever holds the lock of an object store shows again that it lives."""
STALE = 40.0
"""Seconds without such a sign after which another may take the lock: its holder was killed."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SHOWN = 5  # names that a refusal lists

Told = Callable[[str], None]
StillHeld = Callable[[], None]


class Shelf(Protocol):
    """What a library needs of the place that it is kept in."""

    @property
    def name(self) -> str:
        """The place as messages name it, without passwords."""

    def check(self) -> None:
        """Refuse a place that is no library and cannot become one."""

    def read(self, name: str) -> bytes:
        """Return the bytes of a file; ``FileNotFoundError`` where there is none."""

    def stamp(self, name: str) -> object | None:
        """Something that changes with the file and is cheaper than it; ``None``: read it."""

    def versions(self) -> list[str]:
        """Versions of which there is a manifest, in order."""

    def put(self, version: str, contents: Mapping[str, bytes]) -> None:
        """Keep the files of a snapshot: all of them, or none that is found."""

    def write(self, name: str, data: bytes) -> None:
        """Replace a file at once."""

    def locked(self, wait: float, told: Told) -> AbstractContextManager[StillHeld]:
        """Hold the place alone, left-overs cleared away; yield what raises where it was lost."""


def shelf(where: str | Path) -> Shelf:
    """Open the place that ``where`` names: a folder, or an fsspec URL.

    Raises
    ------
    SnapshotError
        If the URL is of a kind that is not known, or that needs a package.
    """
    protocol, found, rest = str(where).partition("://")
    if not found:
        return FolderShelf(Path(where))
    if protocol in ("file", "local"):
        return FolderShelf(Path(rest))
    return RemoteShelf(str(where))


def _refuse_strangers(place: str, names: Sequence[str]) -> None:
    """A library starts in an empty place, or among snapshots: never among somebody's files."""
    strangers = [name for name in names if not name.startswith(".") and not is_version(name)]
    if strangers and HISTORY not in names:
        shown = ", ".join(sorted(strangers)[:_SHOWN])
        raise SnapshotError(
            f"{place} is no library: it has no {HISTORY} and holds other things ({shown}). "
            "Name a new or an empty folder, or one that holds a library."
        )


# ------------------------------------------------------------------------------------ who holds it


def _holder(**more: object) -> bytes:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    who = {"pid": os.getpid(), "host": socket.gethostname(), "since": now}
    return json.dumps({**who, **more}).encode()


def _signed(data: bytes) -> dict[str, Any]:
    """Who holds a lock, as far as it says; a holder signs a moment after it has locked."""
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


class _Queue:
    """Waiting for a lock: told once, ended by a refusal that says who holds it."""

    def __init__(self, place: str, wait: float, told: Told) -> None:
        self._place, self._told, self._wait = place, told, wait
        self._until, self._first = monotonic() + wait, True

    def pause(self, holder: Mapping[str, Any], seconds: float) -> None:
        """Wait a little, or refuse where the time is up."""
        said = _in_use(self._place, holder)
        left = self._until - monotonic()
        if left <= 0:
            raise SnapshotError(f"{said}: nothing was changed. Wait for it to end, then try again.")
        if self._first:
            self._told(f"{said}: waiting up to {self._wait:,.0f} s for it to end")
            self._first = False
        sleep(min(seconds, left))


# ---------------------------------------------------------------------------------------- a folder


class FolderShelf:
    """A folder, on a disk of this machine or mounted here."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._root)

    def check(self) -> None:
        """Refuse a folder that holds other things, or that cannot be made."""
        if self._root.is_dir():
            with self._told("cannot be read"):
                _refuse_strangers(self.name, os.listdir(self._root))
        elif self._root.exists():
            raise SnapshotError(f"{self._root} is a file: a library is a folder; name another")
        elif not self._root.parent.is_dir():
            raise SnapshotError(
                f"there is no library {self._root}, and no folder {self._root.parent} to make it "
                "in; make that folder, or name another"
            )

    def read(self, name: str) -> bytes:
        """Return the bytes of a file; ``FileNotFoundError`` where there is none."""
        try:
            with self._told("cannot be read"):
                return (self._root / name).read_bytes()
        except NotADirectoryError as error:
            raise FileNotFoundError(str(error)) from None

    def stamp(self, name: str) -> object | None:
        """Number, size and time of the file, all of which another one has otherwise."""
        with self._told("cannot be read"), suppress(FileNotFoundError, NotADirectoryError):
            found = os.stat(self._root / name)
            return found.st_ino, found.st_size, found.st_mtime_ns
        return None

    def versions(self) -> list[str]:
        """Versions of which there is a manifest, in order."""
        with self._told("cannot be read"), suppress(FileNotFoundError, NotADirectoryError):
            names = sorted(filter(is_version, os.listdir(self._root)))
            return [name for name in names if (self._root / name / MANIFEST).is_file()]
        return []

    def put(self, version: str, contents: Mapping[str, bytes]) -> None:
        """Keep the files of a snapshot: all of them, or none that is found."""
        size = sum(map(len, contents.values()))
        with self._told("cannot be written in", f"{size / 1e3:,.1f} kB are needed"):
            with replacing(self._root / version) as fresh:
                for name, data in contents.items():
                    (fresh / name).write_bytes(data)

    def write(self, name: str, data: bytes) -> None:
        """Replace a file by one rename."""
        with self._told("cannot be written in", f"{len(data) / 1e3:,.1f} kB are needed"):
            write_file(self._root / name, data)

    @contextmanager
    def locked(self, wait: float, told: Told) -> Iterator[StillHeld]:
        """Hold the folder alone; the system frees it with the process, however that ends."""
        self.check()
        with self._told("cannot be written in"):
            self._root.mkdir(exist_ok=True)
            handle = os.open(self._root / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            queue = _Queue(self.name, wait, told)
            while not self._take(handle):
                queue.pause(_signed(os.pread(handle, 1000, 0)), 0.1)
            _sign(handle)
            with self._told("cannot be written in"):
                self._clear()
            yield lambda: None
        finally:
            os.close(handle)

    def _take(self, handle: int) -> bool:
        try:
            try_lock(handle)
        except BlockingIOError:
            return False
        except OSError as error:
            raise SnapshotError(
                f"{self._root} cannot be locked ({_reason(error)}): two ingests at once could not "
                "be told apart. Keep the library on a disk that has locks."
            ) from error
        return True

    def _clear(self) -> None:
        for name in unfinished(self._root):
            if is_version(name):
                recover(self._root / name)
        recover_file(self._root / HISTORY)

    @contextmanager
    def _told(self, what: str, needed: str = "") -> Iterator[None]:
        """Tell what a disk refuses as a sentence; what is not there is told by who asked."""
        try:
            yield
        except (FileNotFoundError, NotADirectoryError) as error:
            if not needed:
                raise
            raise SnapshotError(f"{self._root} {what}: {_reason(error)}") from error
        except OSError as error:
            size = f" ({needed})" if needed else ""
            full = f"the disk is full{size}. Nothing was changed; make room and try again"
            why = full if error.errno in _FULL else _reason(error)
            raise Unreachable(f"{self._root} {what}: {why}") from error


def _sign(handle: int) -> None:
    """Write who holds the lock: a courtesy, which a full disk need not allow.

    It stays when the lock goes, and means nothing then.
    """
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, _holder(), 0)


def _reason(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{where}"


# ---------------------------------------------------------------------------------- an object store


class RemoteShelf:
    """A part of what an fsspec URL names, shared by several machines.

    Nothing is renamed there: files of a snapshot are put one by one, the manifest last, and a
    version without one is not there yet. The lock is an object that is made only where there is
    none; its holder writes it again every :data:`BEAT` seconds, and who has seen the same one for
    :data:`STALE` seconds by its own clock may take it away. Two that take it away at once is what
    asking again before the pointer is written is for.
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
        _refuse_strangers(self.name, [_within(root, path).split("/")[0] for path in files])

    def read(self, name: str) -> bytes:
        """Return the bytes of an object; ``FileNotFoundError`` where there is none."""
        with self._told("cannot be read"):
            system, path = self._at(name)
            return bytes(system.cat_file(path))

    def stamp(self, name: str) -> object | None:
        """Nothing: to ask about an object costs what reading a small one does."""
        return None

    def versions(self) -> list[str]:
        """Versions of which there is a manifest, in order."""
        root = self._at("")[1]
        parts = [_within(root, path).split("/") for path in self._files()]
        return sorted(one[0] for one in parts if one[1:] == [MANIFEST] and is_version(one[0]))

    def put(self, version: str, contents: Mapping[str, bytes]) -> None:
        """Keep the files of a snapshot: all of them, or none that is found."""
        files = {name: data for name, data in contents.items() if name != MANIFEST}
        try:
            with self._told("cannot be written in"):
                system, root = self._at(version)
                system.pipe({f"{root}/{name}": data for name, data in files.items()})
                system.pipe_file(f"{root}/{MANIFEST}", contents[MANIFEST])
        except BaseException:
            with suppress(SnapshotError):  # else it is the next one's
                self._clear()
            raise

    def write(self, name: str, data: bytes) -> None:
        """Replace an object by another."""
        with self._told("cannot be written in"):
            system, path = self._at(name)
            system.pipe_file(path, data)

    @contextmanager
    def locked(self, wait: float, told: Told) -> Iterator[StillHeld]:
        """Hold the place alone for as long as this process shows that it lives."""
        self.check()
        token = secrets.token_hex(8)
        self._take(token, wait, told)
        ended = Event()
        beat = Thread(target=self._beat, args=(token, ended), daemon=True)
        beat.start()
        try:
            self._clear()
            yield lambda: self._still_held(token)
        finally:
            ended.set()
            beat.join()
            self._release(token)

    def _take(self, token: str, wait: float, told: Told) -> None:
        queue, seen, since = _Queue(self.name, wait, told), b"", 0.0
        while not self._made(token):
            found = self._lock()
            if found != seen:
                seen, since = found, monotonic()
            elif found and monotonic() - since >= STALE:
                self._take_away(found)
                continue
            queue.pause(_signed(found), 1.0)

    def _made(self, token: str) -> bool:
        """Make the lock where there is none; read again whose it is, as some stores overwrite."""
        try:
            with self._told("cannot be locked"):
                system, path = self._at(LOCK)
                system.pipe_file(path, _holder(token=token, beat=0), mode="create")
        except FileExistsError:
            return False
        return _signed(self._lock()).get("token") == token

    def _lock(self) -> bytes:
        """The lock as it is; nothing where there is none."""
        with suppress(FileNotFoundError):
            return self.read(LOCK)
        return b""

    def _take_away(self, found: bytes) -> None:
        with self._told("cannot be locked"), suppress(FileNotFoundError):
            system, path = self._at(LOCK)
            if self._lock() == found:
                system.rm_file(path)

    def _beat(self, token: str, ended: Event) -> None:
        count = 0
        while not ended.wait(BEAT):
            count += 1
            # One that does not get through is made up for by the next.
            with suppress(SnapshotError, FileNotFoundError):
                held = _signed(self._lock())
                if held.get("token") == token:
                    self.write(LOCK, json.dumps({**held, "beat": count}).encode())

    def _still_held(self, token: str) -> None:
        if _signed(self._lock()).get("token") != token:
            raise SnapshotError(
                f"{self.name}: the lock was taken by another process while this one did not answer "
                "for it; nothing was made active. Try again."
            )

    def _release(self, token: str) -> None:
        # One that cannot be released is taken away by the next, later.
        with suppress(SnapshotError, FileNotFoundError):
            if _signed(self._lock()).get("token") == token:
                with self._told("cannot be written in"):
                    system, path = self._at(LOCK)
                    system.rm_file(path)

    def _clear(self) -> None:
        """Take away files of snapshots whose manifest was never written."""
        files, root, held = self._files(), self._at("")[1], set(self.versions())
        with self._told("cannot be written in"):
            for path in files:
                version, inner, _ = _within(root, path).partition("/")
                if inner and is_version(version) and version not in held:
                    self._at("")[0].rm_file(path)

    def _files(self) -> list[str]:
        with self._told("cannot be read"), suppress(FileNotFoundError):
            system, root = self._at("")
            system.invalidate_cache()
            return list(system.find(root))
        return []

    def _at(self, name: str) -> tuple[Any, str]:
        """The file system, as this process and thread may use it, and the path of ``name``."""
        from fsspec.core import url_to_fs

        try:
            system, root = url_to_fs(self._url)
        except ImportError as error:
            raise SnapshotError(_package_for(self.name, error)) from error
        except ValueError as error:
            raise SnapshotError(_no_such_kind(self.name, error)) from error
        root = str(root).rstrip("/")
        return system, f"{root}/{name}" if name else root

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
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
    room = known_implementations.get(protocol, {}).get("class", "").partition(".")[0]
    needs = f"pip install {room}" if room not in ("", "fsspec") else str(error)
    return f"{place} needs a package that is not installed: {needs}"


def _no_such_kind(place: str, error: ValueError) -> str:
    from fsspec import available_protocols

    protocol = place.partition("://")[0]
    near = get_close_matches(protocol, available_protocols(), n=3)
    hint = f"nearest: {', '.join(near)}" if near else "examples: s3://bucket/path, or a folder"
    return f"{place} cannot be a library: {error} ({hint})"
