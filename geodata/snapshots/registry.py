"""Serve the active snapshot, and older ones to frozen links.

::

    library (DISPLACEMENT_SNAPSHOTS) ──active──▶ loaded, verified, tried ──▶ serving ──▶ every
    answer
        │                                             └─ rejected: what is served stays
        └──the others, and DISPLACEMENT_SNAPSHOT──▶ loaded when a frozen link first asks for one

:meth:`SnapshotRegistry.refresh` loads another one that becomes active while the server runs, which
takes the place of the one before in a single assignment. Whoever began with
:attr:`SnapshotRegistry.serving` holds on to it, so that no answer is made of two snapshots.
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

from geodata.errors import SnapshotError, Unreachable, snapshot_not_available
from geodata.i18n.language import SOURCE_LANGUAGE, Language, load_language
from geodata.snapshots.history import Activation
from geodata.snapshots.library import Library
from geodata.snapshots.manifest import MANIFEST, SnapshotLocation, is_version, read_manifest
from geodata.snapshots.snapshot import Snapshot, load
from geodata.snapshots.summary import version_in

IN_MEMORY = 4
"""Older snapshots that stay in memory."""
REMEMBERED = 20
"""Entries of the library's history that are shown."""
RETRY = 60.0
"""Seconds after which a refused snapshot is read again where its storage has no change tokens."""
_NAMED_VERSIONS = 4  # in a refusal
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class HistoryEntry:
    """An entry of the history, with the provenance of its snapshot.

    Attributes
    ----------
    provenance
        What it was made of, as its manifest says; ``None`` where it is not stored any more.
    """

    activation: Activation
    provenance: Mapping[str, Any] | None


@dataclass(frozen=True)
class Serving:
    """The snapshot that is served and its history; immutable, so that a request may keep it.

    Attributes
    ----------
    history
        What became active, the newest first.
    key
        Differs, in this process, between any two of these.
    """

    snapshot: Snapshot
    history: tuple[HistoryEntry, ...]
    key: str


@dataclass(frozen=True)
class Rejected:
    """The active snapshot of the library, which is not served, and why."""

    version: str
    reason: str


class SnapshotRegistry:
    """The snapshots that requests can be answered from.

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
        self._refreshing = Lock()  # long: one refresh at a time
        self._older_cache: LRUCache[str, Snapshot] = LRUCache(maxsize=IN_MEMORY)
        self._unreadable: dict[str, object] = {}  # change tokens of older ones that were refused
        self._provenances: dict[str, Mapping[str, Any]] = {}
        self._keys = count()
        self.rejected: Rejected | None = None
        """Why the library's active snapshot is not served, where that is so."""
        self.problem = ""
        """Why the library cannot be followed, as a sentence, where that is so."""
        self._rejected_at: object = None
        self._bundled_version = version_in(bundled)
        self._entries: tuple[Activation, ...] = tuple(library.history())
        self.serving: Serving = self._serving_of(self._first_snapshot())

    @property
    def current(self) -> Snapshot:
        """The snapshot that is served where no version is named."""
        return self.serving.snapshot

    @property
    def versions(self) -> tuple[str, ...]:
        """Versions to offer: the one that is served, then the others, the newest first."""
        serving = self.serving
        stored = [one.activation.version for one in serving.history if one.provenance is not None]
        candidates = [version for version in (*stored, self._bundled_version) if version]
        older = [version for version in candidates if version not in self._unreadable]
        return tuple(dict.fromkeys([serving.snapshot.version, *older]))

    # ------------------------------------------------------------------------------ what is served

    def refresh(self) -> None:
        """Look at what is active; load it where it is another one, and serve it from then on.

        What cannot be served stands in :attr:`rejected` and the log, once, and is not read again
        until its files change or something is activated.
        """
        with self._refreshing:
            try:
                self._follow(tuple(self._library.history()))
                self.problem = ""
            except SnapshotError as error:
                self._log_problem_once(str(error))

    def _first_snapshot(self) -> Snapshot:
        """Load the active snapshot; where it is refused, the last before it that is not."""
        for version in dict.fromkeys(entry.version for entry in reversed(self._entries)):
            if snapshot := self._load_active(version, self._entries):
                return snapshot
        snapshot = load(self._bundled, self._store_url)
        self._try(snapshot)
        return snapshot

    def _follow(self, entries: tuple[Activation, ...]) -> None:
        now = self.serving
        if not entries:
            if self._entries:
                raise SnapshotError(
                    f"{self._library.name} has no active snapshot any more. Name one: "
                    "flask --app app snapshot activate VERSION"
                )
            return
        active = entries[-1].version
        is_served = active == now.snapshot.version
        snapshot = now.snapshot if is_served else self._load_active(active, entries)
        if snapshot is None:
            return
        self.rejected = self._rejected_at = None
        if snapshot is not now.snapshot or entries != self._entries:
            self._serve(snapshot, entries)

    def _load_active(self, version: str, entries: tuple[Activation, ...]) -> Snapshot | None:
        """Load, verify and try a snapshot of the library; ``None`` where it is refused.

        Raises
        ------
        Unreachable
            If it cannot be read just now.
        """
        token = entries, self._change_token(version)
        if token == self._rejected_at:
            return None
        try:
            loaded = self._library.read(version, self._store_url)
            snapshot = self._cached(version) or loaded
            self._try(snapshot)
        except Unreachable:
            raise
        except SnapshotError as error:
            _log.error("snapshot %s is active and not served: %s", version, error)
            if version == entries[-1].version:
                self.rejected, self._rejected_at = Rejected(version, str(error)), token
            return None
        return snapshot

    def _try(self, snapshot: Snapshot) -> None:
        try:
            self._trial(snapshot)
        except SnapshotError as error:  # of the engine that counts are asked for in
            raise Unreachable(str(error)) from error
        except Exception as error:
            raise SnapshotError(
                f"snapshot {snapshot.version} is whole and cannot be shown ({error!r})"
            ) from error

    def _serve(self, snapshot: Snapshot, entries: tuple[Activation, ...]) -> None:
        self._entries = entries
        serving = self._serving_of(snapshot)
        with self._lock:
            before = self.serving.snapshot
            self._older_cache.pop(snapshot.version, None)
            if snapshot != before:
                self._older_cache[before.version] = before
            self.serving = serving
        if snapshot != before:
            _log.info("snapshot %s is served; before it was %s", snapshot.version, before.version)

    def _change_token(self, version: str) -> object:
        """Return a change token of a snapshot's files, or of time where storage has none."""
        return self._library.change_token(version) or monotonic() // RETRY

    def _log_problem_once(self, sentence: str) -> None:
        if sentence != self.problem:
            _log.error("%s is served as before: %s", self.serving.snapshot.version, sentence)
        self.problem = sentence

    def _serving_of(self, snapshot: Snapshot) -> Serving:
        history = [self._history_entry(entry) for entry in reversed(self._entries[-REMEMBERED:])]
        return Serving(snapshot, tuple(history), f"{snapshot.version}.{next(self._keys)}")

    def _history_entry(self, entry: Activation) -> HistoryEntry:
        """Return an entry with the provenance of its snapshot, which is read once."""
        try:
            if entry.version not in self._provenances:
                bundled = entry.version == self._bundled_version
                location = self._bundled if bundled else self._library.location(entry.version)
                manifest = read_manifest(location)
                self._provenances[entry.version] = manifest.get("provenance") or {}
        except SnapshotError:
            return HistoryEntry(entry, None)
        return HistoryEntry(entry, self._provenances[entry.version])

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
        NotAvailable
            If there is none of this version, or what is on disk was changed.
        """
        current = self.current
        if version in ("", current.version):
            return current
        snapshot = self._cached(version) or self._older_snapshot(version)
        if snapshot is None:
            language = language or load_language(SOURCE_LANGUAGE)
            raise snapshot_not_available(version, self.versions[:_NAMED_VERSIONS], language)
        return snapshot

    def _cached(self, version: str) -> Snapshot | None:
        with self._lock:
            return self._older_cache.get(version)

    def _older_snapshot(self, version: str) -> Snapshot | None:
        where = self._location_of(version) if is_version(version) else None
        if where is None:
            return None
        with self._loading:  # whoever asks at the same time waits for one reading
            return self._cached(version) or self._load(version, where)

    def _location_of(self, version: str) -> Path | SnapshotLocation | None:
        if version == self._bundled_version:
            return self._bundled
        location = self._library.location(version)
        try:
            location.read(MANIFEST)
        except FileNotFoundError:
            return None
        except SnapshotError as error:
            _log.warning("older snapshot %s cannot be looked for: %s", version, error)
            return None
        return location

    def _load(self, version: str, where: Path | SnapshotLocation) -> Snapshot | None:
        """Load and verify; what is refused is not read again until something in it changes."""
        token: object = None
        try:
            token = _folder_token(where) if isinstance(where, Path) else self._change_token(version)
            if self._unreadable.get(version, self) == token:
                return None
            snapshot = load(where, self._store_url)
            if snapshot.version != version:
                raise SnapshotError(f"there is {snapshot.version} in its place")
        except (SnapshotError, OSError, ValueError, KeyError) as error:
            _log.warning("older snapshot %s is not served: %s", version, error)
            if not isinstance(error, Unreachable):
                self._unreadable[version] = token
            return None
        return self._cache(snapshot)

    def _cache(self, snapshot: Snapshot) -> Snapshot:
        """Keep an older snapshot in memory, unless it became the current one meanwhile."""
        with self._lock:
            self._unreadable.pop(snapshot.version, None)
            if snapshot == self.serving.snapshot:
                return self.serving.snapshot
            self._older_cache[snapshot.version] = snapshot
        return snapshot


def _folder_token(folder: Path) -> object:
    """Name, size and time of every file: another one where anything was written again."""
    try:
        files = [(entry.name, entry.stat()) for entry in os.scandir(folder)]
    except OSError:
        return ()
    return tuple(sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in files))
