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

from pathlib import Path

from geodata.snapshots.storage_base import Storage
from geodata.snapshots.storage_folder import FolderStorage
from geodata.snapshots.storage_fsspec import ObjectStorage


def open_storage(where: str | Path) -> Storage:
    """Open the place that ``where`` names: a folder, or an fsspec URL.

    Raises
    ------
    SnapshotError
        If the URL is of a kind that is not known, or that needs a package.

    >>> type(open_storage(folder.parent)).__name__
    'FolderStorage'
    """
    protocol, found, rest = str(where).partition("://")
    if not found:
        return FolderStorage(Path(where))
    if protocol in ("file", "local"):
        return FolderStorage(Path(rest))
    return ObjectStorage(str(where))
