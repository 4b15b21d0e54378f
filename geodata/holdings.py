"""Every snapshot that is held: the current one, and older ones that frozen links ask for.

::

    DISPLACEMENT_SNAPSHOT ─────────▶ current   loaded and verified at once
    DISPLACEMENT_OLDER_SNAPSHOTS/
        2020-12/  manifest.json … ─▶ version   loaded and verified when it is first asked for
        2021-01/  manifest.json … ─▶ version

A snapshot put into the folder of older ones is found when a link first asks for it.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from pathlib import Path
from threading import Lock
from typing import Any

from cachetools import LRUCache

from geodata.errors import NotHeld, SnapshotError
from geodata.language import SOURCE_LANGUAGE, Language, language
from geodata.snapshot import MANIFEST, Snapshot, load, read_manifest

IN_MEMORY = 4
_TOLD = 4  # versions that a refusal names
_log = logging.getLogger(__name__)

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Older:
    """An older snapshot on disk, known by its manifest."""

    version: str
    folder: Path
    last: str
    written: int

    @property
    def age(self) -> tuple[str, int, str]:
        """Sorts by the last date counted, then by when it was written."""
        return self.last, self.written, self.version


class Holdings:
    """The snapshots that questions can be answered from.

    Parameters
    ----------
    current
        Folder of the snapshot to serve.
    older
        Folder of whose folders each may be an older snapshot; what is none is skipped.
    dropped
        Called after an older snapshot has left the memory, to forget what was made of it.

    Raises
    ------
    SnapshotError
        If the current snapshot is missing or was changed, or there is no folder of older ones.
    """

    def __init__(
        self,
        current: Path,
        older: Path | None = None,
        *,
        dropped: Callable[[], None] = lambda: None,
    ) -> None:
        if older and not older.is_dir():
            raise SnapshotError(f"{older}, the folder of older snapshots, is not there")
        self.current: Snapshot = load(current)
        self._root = older
        self._dropped = dropped
        self._lock = Lock()  # short: what is known and what is in memory
        self._loading = Lock()  # long: one is read from disk at a time
        self._manifests: dict[tuple[Path, int], Older | None] = {}
        self._older: dict[str, Older] = {}
        self._loaded: LRUCache[str, Snapshot] = LRUCache(maxsize=IN_MEMORY)
        self._refused: dict[str, Stamp] = {}
        self._look()

    @property
    def versions(self) -> tuple[str, ...]:
        """Versions that are held: the current one, then the older ones, newest first."""
        with self._lock:
            held = sorted(self._older.values(), key=lambda one: one.age, reverse=True)
            known = [one.version for one in held if one.version not in self._refused]
        return (self.current.version, *known)

    def snapshot(self, version: str = "", speech: Language | None = None) -> Snapshot:
        """Return the snapshot of ``version``, loading an older one when it is first asked for.

        Parameters
        ----------
        version
            ``""`` is the current one.
        speech
            What a refusal is written in; English where left out.

        Raises
        ------
        NotHeld
            If there is none of this version, or what is on disk was changed.
        """
        if version in ("", self.current.version):
            return self.current
        found = self._in_memory(version) or self._read(version)
        if found is None:
            raise self._not_held(version, speech or language(SOURCE_LANGUAGE))
        return found

    def _in_memory(self, version: str) -> Snapshot | None:
        with self._lock:
            return self._loaded.get(version)

    def _read(self, version: str) -> Snapshot | None:
        with self._loading:
            if found := self._in_memory(version):
                return found  # read while this one waited
            if version not in self._older:
                self._look()
            older = self._older.get(version)
            return self._load(older) if older else None

    def _load(self, older: Older) -> Snapshot | None:
        """Load and verify; what is refused is not read again until something in it changes."""
        stamp = _stamp(older.folder)
        if self._refused.get(older.version) == stamp:
            return None
        try:
            found = load(older.folder)
            if found.version != older.version:
                raise SnapshotError(f"{older.folder} now holds {found.version}")
        except (SnapshotError, OSError, ValueError, KeyError) as error:
            _log.warning("older snapshot %s is not served: %s", older.version, error)
            with self._lock:
                self._refused[older.version] = stamp
            return None
        with self._lock:
            self._refused.pop(older.version, None)
            one_leaves = len(self._loaded) == IN_MEMORY
            self._loaded[older.version] = found
        if one_leaves:
            _forget()
            self._dropped()
        return found

    def _look(self) -> None:
        """Read the manifests that are new since the last look."""
        read = {key: self._known(*key) for key in _manifests(self._root)}
        found = [one for one in read.values() if one and one.version != self.current.version]
        with self._lock:
            self._manifests = read
            self._older = {one.version: one for one in found}

    def _known(self, folder: Path, written: int) -> Older | None:
        key = (folder, written)
        return self._manifests[key] if key in self._manifests else _older(folder, written)

    def _not_held(self, version: str, speech: Language) -> NotHeld:
        sentence = speech.gettext(
            "v={value} is a snapshot that is not held here: v may be {allowed}, or left out "
            "for the newest figures.",
            value=f"“{version[:60]}”",
            allowed=", ".join(self.versions[:_TOLD]),
        )
        return NotHeld("v", version, sentence)


def _manifests(root: Path | None) -> Iterator[tuple[Path, int]]:
    """Folders in ``root`` that have a manifest, and when it was written; in order of name."""
    if root is None:
        return
    try:
        names = sorted(entry.name for entry in os.scandir(root) if not entry.name.startswith("."))
    except OSError as error:
        _log.warning("older snapshots cannot be listed: %s", error)
        return
    for name in names:
        try:
            yield root / name, (root / name / MANIFEST).stat().st_mtime_ns
        except OSError:
            continue  # no snapshot, or one that was just taken away


def _older(folder: Path, written: int) -> Older | None:
    try:
        manifest = read_manifest(folder)
    except (SnapshotError, OSError) as error:
        _log.warning("%s is skipped: %s", folder, error)
        return None
    return Older(str(manifest["version"]), folder, _last_date(manifest), written)


def _last_date(manifest: dict[str, Any]) -> str:
    """Last date of any population, as ISO; nothing where the manifest does not say."""
    dates = manifest.get("dates")
    spans = dates.values() if isinstance(dates, dict) else ()
    return max((str(span.get("last", "")) for span in spans if isinstance(span, dict)), default="")


def _stamp(folder: Path) -> Stamp:
    """Name, size and time of every file: another one where anything was written again."""
    try:
        files = [(entry.name, entry.stat()) for entry in os.scandir(folder)]
    except OSError:
        return ()
    return tuple(sorted((name, found.st_size, found.st_mtime_ns) for name, found in files))


def _forget() -> None:
    """Empty what functions remember by snapshot, which would keep one in memory that has left."""
    rooms = [name for name in sys.modules if name.partition(".")[0] in ("geodata", "layouts")]
    for name in rooms:
        for value in list(vars(sys.modules[name]).values()):
            if isinstance(value, _lru_cache_wrapper):
                value.cache_clear()
