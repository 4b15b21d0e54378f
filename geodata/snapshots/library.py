"""Keep snapshots beside one another in a library, with the history of which was active.

::

    LIBRARY/               a folder, or an fsspec URL (geodata.snapshots.storage)
        history.json       what became active when and by what; the last entry is active
        3f2a81c09d4e/      a snapshot (geodata.snapshots.snapshot), never written again
        81b6…/

    add ──▶ written beside the others ──▶ activate ──▶ one rename of history.json
                                          rollback ──▶ the same, back to what was active before

Before anything is active, the snapshot that ships with the application is served. The first that
becomes active is written down after it, so that the way back leads to it; it is copied into the
library only when somebody goes there.

Whoever reads needs no lock: a snapshot appears whole, and the pointer and its history are one file
that is replaced at once. Whoever writes holds the lock, which also clears away what a process left
that was killed.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from geodata.errors import SnapshotError
from geodata.snapshots.history import (
    Activation,
    By,
    new_activation,
    parse_activation,
    rollback_stack,
)
from geodata.snapshots.manifest import FILES, MANIFEST, SnapshotLocation, is_version
from geodata.snapshots.serialise import serialise
from geodata.snapshots.snapshot import Snapshot, load, verify
from geodata.snapshots.storage import open_storage
from geodata.snapshots.storage_base import HISTORY, CheckLock, Notify, Storage
from geodata.snapshots.summary import SnapshotInfo, summary, version_in
from geodata.snapshots.tables import Tables

WAIT = 60.0
"""Seconds that a second ingest waits for the first."""
ANY = "*"
"""Whatever is active."""
BUNDLED = "bundled"
"""What commands call the snapshot that ships with the application, beside versions."""
_START = "the snapshot to start from"
_LISTED_VERSIONS = 5  # in a refusal


class Library:
    """The snapshots of a folder or an fsspec URL.

    Reading may be done by any number of threads and processes at once.

    Parameters
    ----------
    where
        A folder, which is made when something is first written, or an fsspec URL.

    Raises
    ------
    SnapshotError
        By this and every method, where the place cannot be used, with what to do about it.
    """

    def __init__(self, where: str | Path) -> None:
        self._storage: Storage = open_storage(where)
        self._cached_history: tuple[object | None, tuple[Activation, ...]] = (None, ())
        self._own_lock = threading.local()

    @property
    def name(self) -> str:
        """Where it is, as messages name it."""
        return self._storage.name

    # ------------------------------------------------------------------------------------- reading

    def active(self) -> str | None:
        """Return the version that is active; ``None`` in an empty library."""
        entries = self._history()
        return entries[-1].version if entries else None

    def history(self) -> list[Activation]:
        """Return every activation, in order of time."""
        return list(self._history())

    def before(self) -> str | None:
        """Return the version that a rollback would lead to; ``None`` where there is none."""
        stack = rollback_stack(self._history())
        return stack[-2] if len(stack) > 1 else None

    def snapshots(self) -> list[SnapshotInfo]:
        """Describe the snapshots that are stored, the newest figures first."""
        entries = self._history()
        active = entries[-1].version if entries else None
        at = {entry.version: entry.at for entry in entries}
        infos = [
            summary(self.location(one), one, active=one == active, at=at.get(one, ""))
            for one in self.versions()
        ]
        return sorted(infos, key=lambda one: (one.last, one.at, one.version), reverse=True)

    def versions(self) -> list[str]:
        """Return the versions that are stored, in no order that means anything."""
        return self._storage.versions()

    def location(self, version: str) -> SnapshotLocation:
        """Return the location of a snapshot, as :func:`geodata.snapshots.snapshot.load` takes it.

        Raises
        ------
        SnapshotError
            If ``version`` is not written as one; whether it is stored is seen when it is read.
        """
        if not is_version(version):
            raise SnapshotError(
                f"{self.name}: “{version[:60]}” is no version of a snapshot. {self._choices()}"
            )
        return SnapshotLocation(
            f"{self.name}/{version}", lambda name: self._storage.read(f"{version}/{name}")
        )

    def change_token(self, version: str) -> object | None:
        """Return a token that changes with a snapshot's files; ``None`` if the storage has none."""
        tokens = [
            self._storage.change_token(f"{version}/{name}") for name in (MANIFEST, *sorted(FILES))
        ]
        return tuple(tokens) if any(tokens) else None

    def read(self, version: str, store_url: str = "") -> Snapshot:
        """Load and verify a snapshot.

        Parameters
        ----------
        store_url
            Engine that its counts are asked for in; DuckDB in this process where empty.

        Raises
        ------
        SnapshotError
            If it is not stored, or anything in it is missing or was changed.
        """
        snapshot = load(self._location_of(version), store_url)
        self._require_version(version, snapshot.manifest)
        return snapshot

    def verify(self, version: str) -> dict[str, Any]:
        """Check every file of a snapshot against its hash; return the manifest.

        Raises
        ------
        SnapshotError
            If it is not stored, or anything in it is missing or was changed.
        """
        manifest, _ = verify(self._location_of(version))
        self._require_version(version, manifest)
        return manifest

    def base_snapshot(self, bundled: Path, base: str = "", *, keep: bool = False) -> Snapshot:
        """Return the snapshot that new figures are added to.

        Parameters
        ----------
        bundled
            Folder of the one to start from in an empty library.
        base
            Version to start from instead of the active one; :data:`BUNDLED` for that of
            ``bundled``.
        keep
            Whether to copy that of ``bundled`` into the library and make it active, too, to have
            something to go back to.

        Raises
        ------
        SnapshotError
            If none is active though others with figures are stored: a history that was lost is for
            a person to mend, not to be begun again.
        """
        if base and self._means_bundled(base, bundled):
            return load(bundled)
        if version := base or self.active():
            return self.read(version)
        snapshot = load(bundled)
        if {one.version for one in self.snapshots() if one.last or one.problem} - {
            snapshot.version
        }:
            raise SnapshotError(
                f"{self.name}: no snapshot is active, though some are held. {self._choices()} "
                "Name one: flask --app app snapshot activate VERSION, or the one that ships: "
                f"flask --app app snapshot activate {BUNDLED}"
            )
        if keep:
            self.activate(self.copy_in(bundled), "activate", _START)
        return snapshot

    def resolve(self, word: str, bundled: Path) -> str:
        """Return the version that a command names, having copied in the one that ships.

        Raises
        ------
        SnapshotError
            If that of ``bundled`` is named and is not whole, or cannot be copied.
        """
        return self.copy_in(bundled) if self._means_bundled(word, bundled) else word

    # ------------------------------------------------------------------------------------- writing

    @contextmanager
    def lock(self, wait: float = WAIT, notify: Notify = lambda sentence: None) -> Iterator[None]:
        """Lock the library against other writers; a thread that has the lock may take it again.

        What a killed process left is cleared away first.

        Parameters
        ----------
        wait
            Seconds to wait for another process that holds it.
        notify
            Called once with a sentence that says who that is.

        Raises
        ------
        SnapshotError
            If the lock is still held then: by which process, on which machine, since when.
        """
        if self._lock_check() is not None:
            yield
            return
        with self._storage.lock(wait, notify) as check_lock:
            self._own_lock.check = check_lock
            try:
                yield
            finally:
                self._own_lock.check = None

    def add(
        self,
        tables: Tables,
        topology: Mapping[str, Any],
        *,
        join_report: Mapping[str, Any],
        country: Mapping[str, Any],
        provenance: Mapping[str, Any] | None = None,
    ) -> str:
        """Write a snapshot beside the others and return its version; it does not become active.

        One that is stored already, and whole, is not written again. Parameters are those of
        :func:`geodata.snapshots.serialise.serialise`.
        """
        return self._store(
            *serialise(
                tables, topology, join_report=join_report, country=country, provenance=provenance
            )
        )

    def copy_in(self, folder: Path) -> str:
        """Copy the snapshot in ``folder``, verified, to the others; return its version."""
        manifest, contents = verify(folder)
        manifest_bytes = (folder / MANIFEST).read_bytes()
        return self._store(str(manifest["version"]), {**contents, MANIFEST: manifest_bytes})

    def activate(
        self,
        version: str,
        by: By = "activate",
        what: str = "",
        *,
        expected: str | None = ANY,
        bundled: Path | None = None,
    ) -> None:
        """Make a snapshot of the library the active one; nothing changes where it is.

        Parameters
        ----------
        expected
            What must still be active, e.g. since an ingest began.
        bundled
            Folder of the one that is served while none is active: the first that becomes active is
            written down after it.

        Raises
        ------
        SnapshotError
            If it is not stored, not whole, or without figures; or another than ``expected`` is
            active by now.
        """
        with self.lock():
            entries = self._history()
            active = entries[-1].version if entries else None
            if expected not in (ANY, active):
                raise SnapshotError(_overtaken_sentence(self.name, expected, entries))
            if version != active:
                if self.verify(version).get("dates") == {}:
                    raise SnapshotError(
                        f"{self.name}: snapshot {version} has no figures yet, and cannot be shown. "
                        f"Add some: flask --app app ingest KIND FILE --base {version}"
                    )
                before = entries or _entries_before_first(bundled, version)
                self._write([*before, new_activation(version, by, what)])

    def rollback(self, what: str = "", bundled: Path | None = None) -> str:
        """Activate the snapshot that was active before; each further call goes further back.

        Parameters
        ----------
        bundled
            Folder of the snapshot that was served before any of the library was: the last to go
            back to.

        Returns
        -------
        str
            The version that is active now.

        Raises
        ------
        SnapshotError
            If nothing was active before, or that is not whole any more.
        """
        with self.lock():
            before = self.before()
            if bundled and self._came_from_bundled(bundled, before):
                before = self.copy_in(bundled)
            if before is None:
                raise SnapshotError(
                    f"{self.name}: there is nothing to go back to: no other snapshot was active "
                    f"before {self.active() or 'now'}. {self._choices()}"
                )
            self.verify(before)
            self._write([*self._history(), new_activation(before, "rollback", what)])
            return before

    # ------------------------------------------------------------------------------------- within

    def _means_bundled(self, word: str, bundled: Path) -> bool:
        """Tell whether a command means the bundled snapshot, which the library may lack."""
        return word == BUNDLED or (word not in self.versions() and word == version_in(bundled))

    def _came_from_bundled(self, bundled: Path, before: str | None) -> bool:
        """Tell whether the one served before is the bundled snapshot, and was never copied in.

        A release may ship another one by now, which is then what can still be gone back to.
        """
        entries = self._history()
        if not entries:
            return False
        if before is not None:
            return before == entries[0].version and before not in self.versions()
        started_from_bundled = entries[0].what == _START or entries[-1].version == version_in(
            bundled
        )
        return not started_from_bundled and bool(version_in(bundled))

    def _lock_check(self) -> CheckLock | None:
        return getattr(self._own_lock, "check", None)

    def _store(self, version: str, contents: Mapping[str, bytes]) -> str:
        with self.lock():
            if not self._is_intact(version):
                self._storage.write_snapshot(version, contents)
        return version

    def _is_intact(self, version: str) -> bool:
        if version not in self.versions():
            return False
        try:
            self.verify(version)
        except SnapshotError:
            return False  # damaged: the same bytes are put in its place
        return True

    def _location_of(self, version: str) -> SnapshotLocation:
        location = self.location(version)
        try:
            location.read(MANIFEST)
        except FileNotFoundError:
            self._storage.check()
            raise SnapshotError(
                f"{self.name} holds no snapshot {version}. {self._choices()}"
            ) from None
        return location

    def _choices(self) -> str:
        versions = [one.version for one in self.snapshots()]
        if not versions:
            return "It holds none yet: ingest a file first."
        more = (
            f" and {len(versions) - _LISTED_VERSIONS} more"
            if len(versions) > _LISTED_VERSIONS
            else ""
        )
        return f"It holds {', '.join(versions[:_LISTED_VERSIONS])}{more}."

    def _require_version(self, version: str, manifest: Mapping[str, Any]) -> None:
        if manifest["version"] != version:
            raise SnapshotError(
                f"{self.name}/{version} is refused: it holds snapshot {manifest['version']}; "
                "restore it"
            )

    def _history(self) -> tuple[Activation, ...]:
        stamp = self._storage.change_token(HISTORY)
        if stamp is None or stamp != self._cached_history[0]:
            self._cached_history = (stamp, self._read_history())
        return self._cached_history[1]

    def _read_history(self) -> tuple[Activation, ...]:
        try:
            data = self._storage.read(HISTORY)
        except FileNotFoundError:
            self._storage.check()
            return ()
        try:
            return tuple(parse_activation(entry) for entry in json.loads(data))
        except (ValueError, TypeError, KeyError) as error:
            raise SnapshotError(
                f"{self.name}/{HISTORY} cannot be read ({error}): which snapshot is active is not "
                "known. Restore the file; or delete it, and name one: "
                "flask --app app snapshot activate VERSION"
            ) from None

    def _write(self, entries: Sequence[Activation]) -> None:
        if check_lock := self._lock_check():
            check_lock()
        values = [asdict(entry) for entry in entries]
        self._storage.write(
            HISTORY, (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode()
        )


def _entries_before_first(bundled: Path | None, version: str) -> list[Activation]:
    """Return the first entries of a history that is empty when ``version`` becomes active."""
    before = version_in(bundled) if bundled else ""
    return [new_activation(before, "activate", _START)] if before and before != version else []


def _overtaken_sentence(place: str, expected: str | None, entries: Sequence[Activation]) -> str:
    last = entries[-1] if entries else None
    now = f"{last.version} has been active since {last.at} (by {last.by})" if last else "none is"
    return (
        f"{place}: nothing was changed, as {expected or 'no snapshot'} was active when this began "
        f"and {now}. Look at what changed, and begin again."
    )
