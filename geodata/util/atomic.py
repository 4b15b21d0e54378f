"""Replace a folder or a file as a whole or not at all, whoever reads it meanwhile.

::

    .maps.new-k3x9a1bc   written beside maps/, flushed to disk
           ⇅             one rename swaps the two (Linux); elsewhere it takes two renames
    maps                 … and the old folder is deleted

A stop half-way, also by ``kill -9``, leaves the old folder. Its leftovers beside it are removed by
the next replacement, which also puts back a folder that a stop between two renames took away.

A single file is written the same way: beside its place, flushed, renamed over the old one.
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
    """Yield an empty folder that replaces ``out`` when the block ends without an error.

    Where ``out`` is a link to a folder, that folder is replaced. The caller decides
    whether it may be replaced.

    Raises
    ------
    OSError
        If the folder that ``out`` is in is missing, full or not to be written in.
    """
    out = out.resolve()
    remove_leftovers(out)
    fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.{NEW}", dir=out.parent))
    with _locked(fresh):
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
    """Remove what interrupted replacements of ``out`` have left beside it."""
    for old in _leftover_folders(out, OLD):
        if not _in_use(_twin(old, NEW)):
            if out.exists():
                shutil.rmtree(old, ignore_errors=True)
            else:
                os.rename(old, out)
    for new in _leftover_folders(out, NEW):
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
    """Return the names in ``folder`` beside which interrupted replacements have left something."""
    end = re.compile(rf"\.(.+)\.(?:{NEW}|{OLD})[a-z0-9_]{{{_RANDOM}}}")
    matches = [end.fullmatch(each.name) for each in folder.iterdir()]
    return {match[1] for match in matches if match}


def recover_file(path: Path) -> None:
    """Remove what interrupted writers of ``path`` have left; for its only writer."""
    name = re.compile(re.escape(f".{path.name}.{NEW}") + f"[a-z0-9_]{{{_RANDOM}}}")
    for each in path.parent.iterdir():
        if name.fullmatch(each.name) and each.is_file() and not each.is_symlink():
            each.unlink(missing_ok=True)


def _leftover_folders(out: Path, kind: str) -> list[Path]:
    """Return the leftover folders of a kind that belong to ``out``, the newest first."""
    name = re.compile(re.escape(f".{out.name}.{kind}") + f"[a-z0-9_]{{{_RANDOM}}}")
    if not out.parent.is_dir():
        return []
    matching = [each for each in out.parent.iterdir() if name.fullmatch(each.name)]
    folders = [each for each in matching if each.is_dir() and not each.is_symlink()]
    return sorted(folders, key=lambda each: each.stat().st_ctime_ns, reverse=True)


def _twin(leftover: Path, kind: str) -> Path:
    """Return the folder of the other kind that the same replacement has."""
    return leftover.with_name(
        leftover.name[: -_RANDOM - len(kind)] + kind + leftover.name[-_RANDOM:]
    )


# A lock on the folder itself tells one that is being written from one that was left: the system
# lets go of it with the process, however that ends.


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock a folder while it is written, where the disk has locks."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a disk without locks: what is left there stays
            try_lock(handle)
        yield
    finally:
        os.close(handle)


def _in_use(folder: Path) -> bool:
    """Tell whether a process is still writing a folder."""
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
    """Flush every file to disk before the rename: a power cut must not leave empty files."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _flush_names(folder: Path) -> None:
    """Flush a rename in ``folder`` to disk, before anything relies on it.

    The rename is done by now, so a disk that cannot flush names is no error.
    """
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _put_in_place(fresh: Path, out: Path) -> None:
    """Put a new folder in the place of ``out``, whether there is one or not."""
    if not out.exists():
        os.rename(fresh, out)
    elif not _swap(fresh, out):
        _swap_in_two_steps(fresh, out)


def _swap(first: Path, second: Path) -> bool:
    """Swap two folders in one step; False where the system, or what the disk is, cannot."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    names = [_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second)]
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
