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

import datetime as dt
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from geodata.errors import SnapshotError
from geodata.snapshots.snapshot import (
    FILES,
    MANIFEST,
    Snapshot,
    SnapshotLocation,
    Tables,
    is_version,
    load,
    read_manifest,
    serialise,
    verify,
)
from geodata.snapshots.storage import open_storage
from geodata.snapshots.storage_base import HISTORY, Notify, StillHeld, Storage

WAIT = 60.0
"""Seconds that a second ingest waits for the first."""
ANY = "*"
"""Whatever is active."""
BUNDLED = "bundled"
"""What commands call the snapshot that ships with the application, beside versions."""
_START = "the snapshot to start from"
_SHOWN = 5  # versions that a refusal lists

By = Literal["ingest", "activate", "rollback", "boundaries"]


@dataclass(frozen=True)
class Activation:
    """A snapshot became active.

    Attributes
    ----------
    at
        When, in UTC, as ISO 8601.
    by
        The command that did it.
    what
        What it was for, as a person reads it.
    """

    version: str
    at: str
    by: By
    what: str = ""


@dataclass(frozen=True)
class SnapshotInfo:
    """A snapshot of the library, as its manifest describes it.

    Attributes
    ----------
    at
        When it last became active; ``""`` where it never did.
    rows
        Rows of every table.
    dates
        First and last date and their count, by population.
    provenance
        What it was made of; empty for one that was not ingested.
    problem
        Why its manifest cannot be read; then the rest is empty.
    """

    version: str
    active: bool
    at: str = ""
    country: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    dates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sources: Sequence[str] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def first(self) -> str:
        """First date of any population, as ISO 8601; ``""`` where there are no figures."""
        return min((str(span.get("first", "")) for span in self.dates.values()), default="")

    @property
    def last(self) -> str:
        """Last date of any population, as ISO 8601."""
        return max((str(span.get("last", "")) for span in self.dates.values()), default="")

    @property
    def said(self) -> str:
        """Country and span of dates, as a person reads them; or why the manifest cannot be read."""
        span = f"{self.first} to {self.last}" if self.last else "no figures yet"
        return self.problem or f"{self.country}, {span}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready values."""
        return asdict(self) | {"first": self.first, "last": self.last}


def summary(
    place: Path | SnapshotLocation, version: str = "", *, active: bool = False, at: str = ""
) -> SnapshotInfo:
    """Describe a snapshot by its manifest, or say why that cannot be read.

    >>> summary(folder).country
    'Examplia'
    """
    try:
        manifest = read_manifest(place)
        return SnapshotInfo(
            str(manifest["version"]),
            active,
            at,
            country=str(manifest["country"]["name"]),
            rows=manifest.get("rows", {}),
            dates=manifest.get("dates", {}),
            sources=tuple(str(source["id"]) for source in manifest["sources"]),
            provenance=manifest.get("provenance", {}),
        )
    except (SnapshotError, OSError) as error:
        return SnapshotInfo(version, active, at, problem=str(error))
    except (TypeError, KeyError, AttributeError):
        return SnapshotInfo(version, active, at, problem=f"its {MANIFEST} is not as one is written")


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
        self._seen: tuple[object | None, tuple[Activation, ...]] = (None, ())
        self._mine = threading.local()

    @property
    def name(self) -> str:
        """Where it is, as messages name it."""
        return self._storage.name

    # ------------------------------------------------------------------------------------- reading

    def active(self) -> str | None:
        """Return version that is active; ``None`` in an empty library. One look at one file."""
        entries = self._entries()
        return entries[-1].version if entries else None

    def history(self) -> list[Activation]:
        """Return what became active, in order of time."""
        return list(self._entries())

    def before(self) -> str | None:
        """Return version that a rollback would lead to; ``None`` where there is none."""
        stack = _stack(self._entries())
        return stack[-2] if len(stack) > 1 else None

    def versions(self) -> list[SnapshotInfo]:
        """Return what is held, the newest figures first."""
        entries = self._entries()
        active = entries[-1].version if entries else None
        at = {entry.version: entry.at for entry in entries}
        held = [
            summary(self.place(one), one, active=one == active, at=at.get(one, ""))
            for one in self.held()
        ]
        return sorted(held, key=lambda one: (one.last, one.at, one.version), reverse=True)

    def held(self) -> list[str]:
        """Return versions that are held, in no order that means anything."""
        return self._storage.versions()

    def place(self, version: str) -> SnapshotLocation:
        """Return the location of a snapshot, as :func:`geodata.snapshots.snapshot.load` takes it.

        Raises
        ------
        SnapshotError
            If ``version`` is not written as one; whether it is held is seen when it is read.
        """
        if not is_version(version):
            raise SnapshotError(f"“{version[:60]}” is no version of a snapshot. {self._choices()}")
        return SnapshotLocation(
            f"{self.name}/{version}", lambda name: self._storage.read(f"{version}/{name}")
        )

    def stamp(self, version: str) -> object | None:
        """Return a token that changes with a snapshot's files; ``None`` if the storage has none."""
        found = [self._storage.stamp(f"{version}/{name}") for name in (MANIFEST, *sorted(FILES))]
        return tuple(found) if any(found) else None

    def read(self, version: str, store_url: str = "") -> Snapshot:
        """Load and verify a snapshot.

        Parameters
        ----------
        store_url
            Engine that its counts are asked for in; DuckDB in this process where empty.

        Raises
        ------
        SnapshotError
            If it is not held, or anything in it is missing or was changed.
        """
        found = load(self._found(version), store_url)
        self._is(version, found.manifest)
        return found

    def verify(self, version: str) -> dict[str, Any]:
        """Check every file of a snapshot against its hash; return the manifest.

        Raises
        ------
        SnapshotError
            If it is not held, or anything in it is missing or was changed.
        """
        manifest, _ = verify(self._found(version))
        self._is(version, manifest)
        return manifest

    def start(self, bundled: Path, base: str = "", *, keep: bool = False) -> Snapshot:
        """Return the snapshot that new figures are added to.

        Parameters
        ----------
        bundled
            Folder of the one to start from in an empty library.
        base
            Version to start from instead of the active one; :data:`BUNDLED` for that of
            ``bundled``.
        keep
            Whether that of ``bundled`` is then held and made active, too, to have something to go
            back to.

        Raises
        ------
        SnapshotError
            If none is active though others with figures are held: a history that was lost is for a
            person to mend, not to be begun again.
        """
        if base and self._ships(base, bundled):
            return load(bundled)
        if version := base or self.active():
            return self.read(version)
        found = load(bundled)
        if {one.version for one in self.versions() if one.last or one.problem} - {found.version}:
            raise SnapshotError(
                f"{self.name}: no snapshot is active, though some are held. {self._choices()} "
                "Name one: flask --app app snapshot activate VERSION, or the one that ships: "
                f"flask --app app snapshot activate {BUNDLED}"
            )
        if keep:
            self.activate(self.adopt(bundled), "activate", _START)
        return found

    def chosen(self, word: str, bundled: Path) -> str:
        """Return the version that a command names; the one that ships is copied here first.

        Raises
        ------
        SnapshotError
            If that of ``bundled`` is named and is not whole, or cannot be copied.
        """
        return self.adopt(bundled) if self._ships(word, bundled) else word

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
            If it is still held then: by which process, on which machine, since when.
        """
        if self._still_held() is not None:
            yield
            return
        with self._storage.locked(wait, notify) as still_held:
            self._mine.still_held = still_held
            try:
                yield
            finally:
                self._mine.still_held = None

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

        One that is held already, and whole, is not written again. Parameters are those of
        :func:`geodata.snapshots.snapshot.serialise`.
        """
        return self._kept(
            *serialise(
                tables, topology, join_report=join_report, country=country, provenance=provenance
            )
        )

    def adopt(self, folder: Path) -> str:
        """Copy the snapshot in ``folder``, verified, to the others; return its version."""
        manifest, contents = verify(folder)
        written = (folder / MANIFEST).read_bytes()
        return self._kept(str(manifest["version"]), {**contents, MANIFEST: written})

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
            If it is not held, not whole, or without figures; or another than ``expected`` is
            active by now.
        """
        with self.lock():
            entries = self._entries()
            active = entries[-1].version if entries else None
            if expected not in (ANY, active):
                raise SnapshotError(_overtaken(self.name, expected, entries))
            if version != active:
                if self.verify(version).get("dates") == {}:
                    raise SnapshotError(
                        f"{self.name}: snapshot {version} has no figures yet, and cannot be shown. "
                        f"Add some: flask --app app ingest KIND FILE --base {version}"
                    )
                before = entries or _served_until_now(bundled, version)
                self._write([*before, _entry(version, by, what)])

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
            if bundled and self._was_served_from(bundled, before):
                before = self.adopt(bundled)
            if before is None:
                raise SnapshotError(
                    f"{self.name}: there is nothing to go back to: no other snapshot was active "
                    f"before {self.active() or 'now'}. {self._choices()}"
                )
            self.verify(before)
            self._write([*self._entries(), _entry(before, "rollback", what)])
            return before

    # ------------------------------------------------------------------------------------- within

    def _ships(self, word: str, bundled: Path) -> bool:
        """Return whether a command means the bundled snapshot, which the library may lack."""
        return word == BUNDLED or (word not in self.held() and word == _version_in(bundled))

    def _was_served_from(self, bundled: Path, before: str | None) -> bool:
        """Return whether the one served before is the bundled snapshot, and was never copied here.

        A release may ship another one by now: it is what can still be gone back to.
        """
        entries = self._entries()
        if not entries:
            return False
        if before is not None:
            return before == entries[0].version and before not in self.held()
        begun = entries[0].what == _START or entries[-1].version == _version_in(bundled)
        return not begun and bool(_version_in(bundled))

    def _still_held(self) -> StillHeld | None:
        return getattr(self._mine, "still_held", None)

    def _kept(self, version: str, contents: Mapping[str, bytes]) -> str:
        with self.lock():
            if not self._whole(version):
                self._storage.put(version, contents)
        return version

    def _whole(self, version: str) -> bool:
        if version not in self.held():
            return False
        try:
            self.verify(version)
        except SnapshotError:
            return False  # damaged: the same bytes are put in its place
        return True

    def _found(self, version: str) -> SnapshotLocation:
        place = self.place(version)
        try:
            place.read(MANIFEST)
        except FileNotFoundError:
            self._storage.check()
            raise SnapshotError(
                f"{self.name} holds no snapshot {version}. {self._choices()}"
            ) from None
        return place

    def _choices(self) -> str:
        held = [one.version for one in self.versions()]
        if not held:
            return "It holds none yet: ingest a file first."
        more = f" and {len(held) - _SHOWN} more" if len(held) > _SHOWN else ""
        return f"It holds {', '.join(held[:_SHOWN])}{more}."

    def _is(self, version: str, manifest: Mapping[str, Any]) -> None:
        if manifest["version"] != version:
            raise SnapshotError(
                f"{self.name}/{version} is refused: it holds snapshot {manifest['version']}; "
                "restore it"
            )

    def _entries(self) -> tuple[Activation, ...]:
        stamp = self._storage.stamp(HISTORY)
        if stamp is None or stamp != self._seen[0]:
            self._seen = (stamp, self._read_history())
        return self._seen[1]

    def _read_history(self) -> tuple[Activation, ...]:
        try:
            data = self._storage.read(HISTORY)
        except FileNotFoundError:
            self._storage.check()
            return ()
        try:
            return tuple(_parsed(entry) for entry in json.loads(data))
        except (ValueError, TypeError, KeyError) as error:
            raise SnapshotError(
                f"{self.name}/{HISTORY} cannot be read ({error}): which snapshot is active is not "
                "known. Restore the file; or delete it, and name one: "
                "flask --app app snapshot activate VERSION"
            ) from None

    def _write(self, entries: Sequence[Activation]) -> None:
        if still_held := self._still_held():
            still_held()
        said = [asdict(entry) for entry in entries]
        self._storage.write(
            HISTORY, (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
        )


def _version_in(folder: Path) -> str:
    """Return the version of the snapshot in a folder; ``""`` where none can be read."""
    return summary(folder).version


def _served_until_now(bundled: Path | None, version: str) -> list[Activation]:
    """Return the first entries of a history that is empty when ``version`` becomes active."""
    served = _version_in(bundled) if bundled else ""
    return [_entry(served, "activate", _START)] if served and served != version else []


def _entry(version: str, by: By, what: str) -> Activation:
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Activation(version, now, by, what)


def _parsed(said: Mapping[str, Any]) -> Activation:
    version, by = str(said["version"]), said["by"]
    if not is_version(version):
        raise ValueError(f"{version!r} is no version")
    if by not in get_args(By):
        raise ValueError(f"{by!r} is none of {', '.join(get_args(By))}")
    return Activation(version, str(said["at"]), by, str(said.get("what", "")))


def _stack(entries: Sequence[Activation]) -> list[str]:
    """Return the versions that rollbacks lead to, the active one last."""
    stack: list[str] = []
    for entry in entries:
        if entry.by == "rollback":
            while stack and stack[-1] != entry.version:
                stack.pop()
        if not stack or stack[-1] != entry.version:
            stack.append(entry.version)
    return stack


def _overtaken(place: str, expected: str | None, entries: Sequence[Activation]) -> str:
    last = entries[-1] if entries else None
    now = f"{last.version} has been active since {last.at} (by {last.by})" if last else "none is"
    return (
        f"{place}: nothing was changed, as {expected or 'no snapshot'} was active when this began "
        f"and {now}. Look at what changed, and begin again."
    )
