"""Choose the storage of a library: a folder, or a part of an object store that machines share.

::

                 folder                               fsspec URL (s3://bucket/path, memory://…)
    read         a file                               one object
    snapshot     beside it, flushed, one rename       its files, the manifest last
    write        beside it, flushed, one rename       one object, put at once
    lock         flock on .lock, which goes with      .lock, made where there is none, written again
                 its process                          every few seconds while its process lives

An error of a disk or a network is raised as a sentence (``Unreachable``), a missing file as
``FileNotFoundError``. What a killed process left is cleared away by the next holder of the lock.
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
    protocol, separator, rest = str(where).partition("://")
    if not separator:
        return FolderStorage(Path(where))
    if protocol in ("file", "local"):
        return FolderStorage(Path(rest))
    return ObjectStorage(str(where))
