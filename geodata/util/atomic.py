"""A folder is replaced as a whole or not at all, whoever reads it meanwhile.

::

    .maps.new-k3x9a1bc   written beside maps/, flushed to disk
           ⇅             one rename swaps the two (Linux); elsewhere it takes two renames
    maps                 … and what was there is deleted

A stop half-way, also by ``kill -9``, leaves what was there. What it left beside it is cleared away
by the next replacement, which also puts back a folder that a stop between two renames took away.

A single file is written the same way: beside its place, flushed, renamed over what was there.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NEW, OLD = "new-", "old-"
_RANDOM = 8  # letters and digits that tempfile puts at the end of a name
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h


@contextmanager
def atomic_directory(out: Path) -> Iterator[Path]:
    """Yield an empty folder that takes the place of ``out`` when the block ends without an error.

    Where ``out`` is a link to a folder, that folder is replaced. Whether what is there may be
    replaced is for the caller to know.

    Raises
    ------
    OSError
        If the folder that ``out`` is in is missing, full or not to be written in.
    """
    out = out.resolve()
    remove_leftovers(out)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.{NEW}", dir=out.parent))
    with _held(fresh):
        try:
            yield fresh
            fresh.chmod(0o755)
            _flush(fresh)
            _put_in_place(fresh, out)
            _flush_names(out.parent)
        finally:
            # New or old, it is no longer needed; what cannot be deleted now is the next one's.
            shutil.rmtree(fresh, ignore_errors=True)


def remove_leftovers(out: Path) -> None:
    """Clear away what replacements of ``out`` that were stopped have left beside it."""
    for old in _left(out, OLD):
        if not _in_use(_twin(old, NEW)):
            if out.exists():
                shutil.rmtree(old, ignore_errors=True)
            else:
                os.rename(old, out)
    for new in _left(out, NEW):
        if not _in_use(new):
            shutil.rmtree(new, ignore_errors=True)


def write_file(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file that is read whole, old or new, at any moment.

    Of several writers at once, the last one's stands; whoever minds writes under a lock.

    Parameters
    ----------
    mode
        Permissions of the file, whatever the process's umask.

    Raises
    ------
    OSError
        If it cannot be written; what was there stays.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.{NEW}", dir=path.parent)
    fresh = Path(name)
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(fresh, path)
        _flush_names(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def leftovers(folder: Path) -> set[str]:
    """Return names in ``folder`` of which stopped replacements have left something beside them."""
    end = re.compile(rf"\.(.+)\.(?:{NEW}|{OLD})[a-z0-9_]{{{_RANDOM}}}")
    found = [end.fullmatch(each.name) for each in folder.iterdir()]
    return {match[1] for match in found if match}


def recover_file(path: Path) -> None:
    """Clear away what stopped writers of the file ``path`` have left; for its only writer."""
    name = re.compile(re.escape(f".{path.name}.{NEW}") + f"[a-z0-9_]{{{_RANDOM}}}")
    for each in path.parent.iterdir():
        if name.fullmatch(each.name) and each.is_file() and not each.is_symlink():
            each.unlink(missing_ok=True)


def _left(out: Path, kind: str) -> list[Path]:
    """Return folders of this kind that belong to ``out``, the one moved last first."""
    name = re.compile(re.escape(f".{out.name}.{kind}") + f"[a-z0-9_]{{{_RANDOM}}}")
    if not out.parent.is_dir():
        return []
    found = [each for each in out.parent.iterdir() if name.fullmatch(each.name)]
    folders = [each for each in found if each.is_dir() and not each.is_symlink()]
    return sorted(folders, key=lambda each: each.stat().st_ctime_ns, reverse=True)


def _twin(left: Path, kind: str) -> Path:
    """Return the folder of the other kind that the same replacement has."""
    return left.with_name(left.name[: -_RANDOM - len(kind)] + kind + left.name[-_RANDOM:])


# A lock on the folder itself tells one that is being written from one that was left: the system
# lets go of it with the process, however that ends.


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a disk without locks: what is left there stays
            try_lock(handle)
        yield
    finally:
        os.close(handle)


def _in_use(folder: Path) -> bool:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        try_lock(handle)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def try_lock(handle: int) -> None:
    """Lock an open file or folder for as long as it is open.

    Raises
    ------
    BlockingIOError
        If another process, or another opening in this one, has it.
    OSError
        If the disk has no locks.
    """
    import fcntl  # here, so that reading a snapshot needs no Unix

    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _flush(folder: Path) -> None:
    """Have every byte on disk before the rename is: a power cut must not leave empty files."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _flush_names(folder: Path) -> None:
    """Have a rename in ``folder`` on disk, before anything that relies on it is.

    It is done by now: a disk that cannot flush names is no reason to say that it was not.
    """
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _put_in_place(fresh: Path, out: Path) -> None:
    if not out.exists():
        os.rename(fresh, out)
    elif not _swap(fresh, out):
        _swap_in_two_steps(fresh, out)


def _swap(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system, or what the disk is, cannot."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    names = [_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other)]
    return bool(rename(*names, _RENAME_EXCHANGE) == 0)


def _swap_in_two_steps(fresh: Path, out: Path) -> None:
    """Swap by two renames; a stop between them is mended by :func:`remove_leftovers`."""
    old = _twin(fresh, OLD)
    os.rename(out, old)
    try:
        os.rename(fresh, out)
    except BaseException:
        os.rename(old, out)
        raise
    shutil.rmtree(old, ignore_errors=True)
