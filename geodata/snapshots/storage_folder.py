"""Snapshots in a folder of this machine."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from geodata.errors import SnapshotError, Unreachable
from geodata.snapshots.manifest import MANIFEST, is_version
from geodata.snapshots.storage_base import (
    HISTORY,
    LOCK,
    CheckLock,
    LockWait,
    Notify,
    lock_holder,
    read_holder,
    refuse_strangers,
)
from geodata.util.atomic import (
    atomic_directory,
    leftovers,
    recover_file,
    remove_leftovers,
    try_lock,
    write_file,
)

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class FolderStorage:
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
            with self._as_sentences("cannot be read"):
                refuse_strangers(self.name, os.listdir(self._root))
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
            with self._as_sentences("cannot be read"):
                return (self._root / name).read_bytes()
        except NotADirectoryError as error:
            raise FileNotFoundError(str(error)) from None

    def change_token(self, name: str) -> object | None:
        """Return inode, size and time of the file: a replaced file differs in one of them."""
        with self._as_sentences("cannot be read"), suppress(FileNotFoundError, NotADirectoryError):
            stat = os.stat(self._root / name)
            return stat.st_ino, stat.st_size, stat.st_mtime_ns
        return None

    def versions(self) -> list[str]:
        """Return the versions that have a manifest, in order."""
        with self._as_sentences("cannot be read"), suppress(FileNotFoundError, NotADirectoryError):
            names = sorted(filter(is_version, os.listdir(self._root)))
            return [name for name in names if (self._root / name / MANIFEST).is_file()]
        return []

    def write_snapshot(self, version: str, contents: Mapping[str, bytes]) -> None:
        """Write the files of a snapshot: readers see all of them, or none."""
        size = sum(map(len, contents.values()))
        with self._as_sentences("cannot be written in", f"{size / 1e3:,.1f} kB are needed"):
            with atomic_directory(self._root / version) as fresh:
                for name, data in contents.items():
                    (fresh / name).write_bytes(data)

    def write(self, name: str, data: bytes) -> None:
        """Replace a file by one rename."""
        with self._as_sentences("cannot be written in", f"{len(data) / 1e3:,.1f} kB are needed"):
            write_file(self._root / name, data)

    @contextmanager
    def lock(self, wait: float, notify: Notify) -> Iterator[CheckLock]:
        """Lock the folder; the system frees it with the process, however that ends."""
        self.check()
        with self._as_sentences("cannot be written in"):
            self._root.mkdir(exist_ok=True)
            handle = os.open(self._root / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            queue = LockWait(self.name, wait, notify)
            while not self._try_acquire(handle):
                queue.pause(read_holder(os.pread(handle, 1000, 0)), 0.1)
            _write_holder(handle)
            with self._as_sentences("cannot be written in"):
                self._remove_leftovers()
            yield lambda: None
        finally:
            os.close(handle)

    def _try_acquire(self, handle: int) -> bool:
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

    def _remove_leftovers(self) -> None:
        for name in leftovers(self._root):
            if is_version(name):
                remove_leftovers(self._root / name)
        recover_file(self._root / HISTORY)

    @contextmanager
    def _as_sentences(self, what: str, needed: str = "") -> Iterator[None]:
        """Raise errors of the disk as sentences; a missing file is the caller's to report."""
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


def _write_holder(handle: int) -> None:
    """Write who holds the lock: a courtesy, which a full disk need not allow.

    It stays when the lock goes, and means nothing then.
    """
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, lock_holder(), 0)


def _reason(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{where}"
