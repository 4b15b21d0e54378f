"""Every snapshot that is held: the one that is served, and older ones that frozen links ask for.

::

    library (DISPLACEMENT_SNAPSHOTS) ──active──▶ loaded, verified, tried ──▶ now ──▶ every answer
        │                                             └─ refused: what is served stays
        └──the others, and DISPLACEMENT_SNAPSHOT──▶ loaded when a frozen link first asks for one

Another one that becomes active while the server runs is found by :meth:`SnapshotRegistry.look` and
takes
the place of the one before in a single assignment. Whoever began with :attr:`SnapshotRegistry.now`
holds on to it, so that no answer is made of two snapshots.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

from cachetools import LRUCache

from geodata.errors import SnapshotError, Unreachable, not_held
from geodata.i18n.language import SOURCE_LANGUAGE, Language, load_language
from geodata.snapshots.library import Activation, Library
from geodata.snapshots.snapshot import (
    MANIFEST,
    Snapshot,
    SnapshotLocation,
    is_version,
    load,
    read_manifest,
)

IN_MEMORY = 4
"""Older snapshots that stay in memory."""
REMEMBERED = 20
"""Entries of the library's history that are shown."""
RETRY = 60.0
"""Seconds after which a refused snapshot is read again where its place tells no changes."""
_TOLD = 4  # versions that a refusal names
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class HistoryEntry:
    """A snapshot became active once.

    Attributes
    ----------
    provenance
        What it was made of, as its manifest says; ``None`` where it is not held any more.
    """

    entry: Activation
    provenance: Mapping[str, Any] | None


@dataclass(frozen=True)
class Serving:
    """What is served: one that a request began with stays whole, whatever becomes active.

    Attributes
    ----------
    past
        What became active, the last first.
    key
        Another one in this process whenever anything of this is another.
    """

    snapshot: Snapshot
    past: tuple[HistoryEntry, ...]
    key: str


@dataclass(frozen=True)
class Rejected:
    """The active snapshot of the library is not served."""

    version: str
    why: str


class SnapshotRegistry:
    """The snapshots that questions can be answered from.

    Parameters
    ----------
    bundled
        Folder of the snapshot to serve while none of the library is active.
    library
        Whose active snapshot is served and followed.
    store_url
        Engine that counts are asked for in (:mod:`geodata.engine.connect`).
    trial
        Given a snapshot before it is served; whatever it raises is a reason not to.

    Raises
    ------
    SnapshotError
        If there is no snapshot to serve, or the library cannot be read: which of its snapshots is
        active is then not known, and another one would be served for it.
    """

    def __init__(
        self,
        bundled: Path,
        library: Library,
        store_url: str = "",
        *,
        trial: Callable[[Snapshot], object] = lambda snapshot: None,
    ) -> None:
        self._bundled, self._library, self._store_url = bundled, library, store_url
        self._trial = trial
        self._lock = Lock()  # short: what is in memory, and what is served
        self._loading = Lock()  # long: one older snapshot is read at a time
        self._looking = Lock()  # long: one look at a time
        self._loaded: LRUCache[str, Snapshot] = LRUCache(maxsize=IN_MEMORY)
        self._unread: dict[str, object] = {}  # older ones that were refused
        self._made_of: dict[str, Mapping[str, Any]] = {}
        self._keys = count()
        self.refused: Rejected | None = None
        """Why the library's active snapshot is not served, where that is so."""
        self.trouble = ""
        """Why the library cannot be followed, as a sentence, where that is so."""
        self._refused_at: object = None
        self._bundled_version = _version_in(bundled)
        self._entries: tuple[Activation, ...] = tuple(library.history())
        self.now: Serving = self._described(self._first())

    @property
    def current(self) -> Snapshot:
        """The snapshot that is served where no version is named."""
        return self.now.snapshot

    @property
    def versions(self) -> tuple[str, ...]:
        """Versions that are known without looking: the one served, then the last active first."""
        now = self.now
        past = [past.entry.version for past in now.past if past.provenance is not None]
        known = [version for version in (*past, self._bundled_version) if version]
        older = [version for version in known if version not in self._unread]
        return tuple(dict.fromkeys([now.snapshot.version, *older]))

    # ------------------------------------------------------------------------------ what is served

    def look(self) -> None:
        """See what is active; load it where it is another one, and serve it from then on.

        What cannot be served is told by :attr:`refused` and the log, once, and not read again
        until its files change or something is activated.
        """
        with self._looking:
            try:
                self._follow(tuple(self._library.history()))
                self.trouble = ""
            except SnapshotError as error:
                self._tell_trouble(str(error))

    def _first(self) -> Snapshot:
        """Return the active snapshot; where it is refused, the last before it that is not."""
        for version in dict.fromkeys(entry.version for entry in reversed(self._entries)):
            if found := self._accepted(version, self._entries):
                return found
        found = load(self._bundled, self._store_url)
        self._try(found)
        return found

    def _follow(self, entries: tuple[Activation, ...]) -> None:
        now = self.now
        if not entries:
            if self._entries:
                raise SnapshotError(
                    f"{self._library.name} has no active snapshot any more. Name one: "
                    "flask --app app snapshot activate VERSION"
                )
            return
        active = entries[-1].version
        is_served = active == now.snapshot.version
        found = now.snapshot if is_served else self._accepted(active, entries)
        if found is None:
            return
        self.refused = self._refused_at = None
        if found is not now.snapshot or entries != self._entries:
            self._serve(found, entries)

    def _accepted(self, version: str, entries: tuple[Activation, ...]) -> Snapshot | None:
        """Load, verify and try a snapshot of the library; ``None`` where it is refused.

        Raises
        ------
        Unreachable
            If that could not be found out.
        """
        stamp = entries, self._stamp(version)
        if stamp == self._refused_at:
            return None
        try:
            read = self._library.read(version, self._store_url)
            found = self._in_memory(version) or read
            self._try(found)
        except Unreachable:
            raise
        except SnapshotError as error:
            _log.error("snapshot %s is active and not served: %s", version, error)
            if version == entries[-1].version:
                self.refused, self._refused_at = Rejected(version, str(error)), stamp
            return None
        return found

    def _try(self, found: Snapshot) -> None:
        try:
            self._trial(found)
        except SnapshotError as error:  # of the engine that counts are asked for in
            raise Unreachable(str(error)) from error
        except Exception as error:
            raise SnapshotError(
                f"snapshot {found.version} is whole and cannot be shown ({error!r})"
            ) from error

    def _serve(self, found: Snapshot, entries: tuple[Activation, ...]) -> None:
        self._entries = entries
        now = self._described(found)
        with self._lock:
            before = self.now.snapshot
            self._loaded.pop(found.version, None)
            if found != before:
                self._loaded[before.version] = before
            self.now = now
        if found != before:
            _log.info("snapshot %s is served; before it was %s", found.version, before.version)

    def _stamp(self, version: str) -> object:
        """Return a change token of a snapshot's files, or of time where storage has none."""
        return self._library.stamp(version) or monotonic() // RETRY

    def _tell_trouble(self, sentence: str) -> None:
        if sentence != self.trouble:
            _log.error("%s is served as before: %s", self.now.snapshot.version, sentence)
        self.trouble = sentence

    def _described(self, found: Snapshot) -> Serving:
        past = [self._past(entry) for entry in reversed(self._entries[-REMEMBERED:])]
        return Serving(found, tuple(past), f"{found.version}.{next(self._keys)}")

    def _past(self, entry: Activation) -> HistoryEntry:
        """Return an entry with what its snapshot was made of, which is read once."""
        try:
            if entry.version not in self._made_of:
                bundled = entry.version == self._bundled_version
                place = self._bundled if bundled else self._library.place(entry.version)
                manifest = read_manifest(place)
                self._made_of[entry.version] = manifest.get("provenance") or {}
        except SnapshotError:
            return HistoryEntry(entry, None)
        return HistoryEntry(entry, self._made_of[entry.version])

    # --------------------------------------------------------------------------------- older ones

    def snapshot(self, version: str = "", language: Language | None = None) -> Snapshot:
        """Return the snapshot of ``version``, loading an older one when it is first asked for.

        Parameters
        ----------
        version
            ``""`` is the current one.
        language
            What a refusal is written in; English where left out.

        Raises
        ------
        NotHeld
            If there is none of this version, or what is on disk was changed.
        """
        current = self.current
        if version in ("", current.version):
            return current
        found = self._in_memory(version) or self._older(version)
        if found is None:
            told = self.versions[:_TOLD]
            raise not_held(version, told, language or load_language(SOURCE_LANGUAGE))
        return found

    def _in_memory(self, version: str) -> Snapshot | None:
        with self._lock:
            return self._loaded.get(version)

    def _older(self, version: str) -> Snapshot | None:
        where = self._where(version) if is_version(version) else None
        if where is None:
            return None
        with self._loading:  # whoever asks at the same time waits for one reading
            return self._in_memory(version) or self._load(version, where)

    def _where(self, version: str) -> Path | SnapshotLocation | None:
        if version == self._bundled_version:
            return self._bundled
        place = self._library.place(version)
        try:
            place.read(MANIFEST)
        except FileNotFoundError:
            return None
        except SnapshotError as error:
            _log.warning("older snapshot %s cannot be looked for: %s", version, error)
            return None
        return place

    def _load(self, version: str, where: Path | SnapshotLocation) -> Snapshot | None:
        """Load and verify; what is refused is not read again until something in it changes."""
        stamp: object = None
        try:
            stamp = _folder_stamp(where) if isinstance(where, Path) else self._stamp(version)
            if self._unread.get(version, self) == stamp:
                return None
            found = load(where, self._store_url)
            if found.version != version:
                raise SnapshotError(f"there is {found.version} in its place")
        except (SnapshotError, OSError, ValueError, KeyError) as error:
            _log.warning("older snapshot %s is not served: %s", version, error)
            if not isinstance(error, Unreachable):
                self._unread[version] = stamp
            return None
        return self._put(found)

    def _put(self, found: Snapshot) -> Snapshot:
        """Keep an older snapshot in memory, unless it became the current one meanwhile."""
        with self._lock:
            self._unread.pop(found.version, None)
            if found == self.now.snapshot:
                return self.now.snapshot
            self._loaded[found.version] = found
        return found


def _version_in(folder: Path) -> str:
    """Return the version of the snapshot in a folder; ``""`` where there is none."""
    try:
        return str(read_manifest(folder)["version"])
    except (SnapshotError, OSError):
        return ""


def _folder_stamp(folder: Path) -> object:
    """Name, size and time of every file: another one where anything was written again."""
    try:
        files = [(entry.name, entry.stat()) for entry in os.scandir(folder)]
    except OSError:
        return ()
    return tuple(sorted((name, found.st_size, found.st_mtime_ns) for name, found in files))
