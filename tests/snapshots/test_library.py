"""A library holds snapshots and says which is active: in a folder, in memory, on S3 alike."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from geodata.errors import SnapshotError
from geodata.snapshots import storage_base, storage_folder, storage_fsspec
from geodata.snapshots.library import Library
from geodata.snapshots.manifest import MANIFEST
from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.storage import open_storage
from geodata.snapshots.storage_base import HISTORY, LOCK
from geodata.snapshots.storage_folder import FolderStorage
from geodata.snapshots.storage_fsspec import ObjectStorage
from tests import made_up

UNKNOWN = "0" * 12
TABLES = made_up.shared()
REPORT: dict[str, Any] = {"rows": {}, "unmatched": [], "areas_without_rows": {}}


def add(library: Library, said: str, **more: Any) -> str:
    """Add a snapshot whose disclaimer says this; the same one for the same words."""
    country = {**made_up.COUNTRY, "disclaimer": said}
    return library.add(TABLES, made_up.squares(), join_report=REPORT, country=country, **more)


def disclaimer(snapshot: Snapshot) -> str:
    return str(snapshot.manifest["country"]["disclaimer"])


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(SnapshotError) as refused:
        act()
    return str(refused.value)


def in_the_background(act: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Start doing something; the thread, and where what came of it is put."""
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(act())
        except SnapshotError as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


# --------------------------------------------------------------------------------- kinds of places


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A bucket of an S3 server on this machine; its URL."""
    pytest.importorskip("s3fs", reason="s3fs is not installed (requirements-dev.txt)")
    server_of = pytest.importorskip("moto.server", reason="moto is not installed")
    server = server_of.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    variables = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }
    with pytest.MonkeyPatch.context() as environment:
        for name, value in variables.items():
            environment.setenv(name, value)
        import fsspec

        fsspec.filesystem("s3").mkdir("shared")
        yield "s3://shared"
    server.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def memory() -> Iterator[str]:
    from fsspec.implementations.memory import MemoryFileSystem

    yield "memory://maps/library"
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


# Its fixture is asked for while a test runs, too late for the mark that goes with it.
S3 = pytest.param("S3", marks=pytest.mark.service)


@pytest.fixture(params=["folder", "file URL", "memory", S3])
def where(request: pytest.FixtureRequest) -> str:
    """Every kind of place, empty."""
    if request.param == "S3":
        return f"{request.getfixturevalue('s3')}/{abs(hash(request.node.name))}"
    if request.param == "memory":
        return request.getfixturevalue("memory")
    path = request.getfixturevalue("folder")
    return str(path) if request.param == "folder" else path.as_uri()


@pytest.fixture
def library(where: str) -> Library:
    return Library(where)


# ----------------------------------------------------------------------------------- what is held


def test_an_empty_library_has_nothing_active_and_holds_nothing(library):
    assert library.active() is None
    assert (library.history(), library.snapshots(), library.versions()) == ([], [], [])


def test_what_is_added_is_read_back_and_not_yet_active(library):
    version = add(library, "first")
    assert disclaimer(library.read(version)) == "first"
    assert library.read(version).version == version
    assert library.active() is None
    assert library.versions() == [version]


def test_what_is_activated_is_active_for_everyone_at_once(library, where):
    other = Library(where)
    assert other.active() is None
    for said in ("first", "second"):
        version = add(library, said)
        library.activate(version, "ingest", f"{said} round")
        assert other.active() == library.active() == version
        assert disclaimer(other.read(version)) == said


def test_the_history_says_what_became_active_when_and_by_what(library, where):
    first, second = add(library, "first"), add(library, "second")
    library.activate(first, "ingest", "Round 120, September 2021 – كانون")
    library.activate(second)
    assert library.rollback("figures of Alpha were wrong") == first
    entries = Library(where).history()
    assert [(entry.version, entry.by) for entry in entries] == [
        (first, "ingest"),
        (second, "activate"),
        (first, "rollback"),
    ]
    assert [entry.what for entry in entries] == [
        "Round 120, September 2021 – كانون",
        "",
        "figures of Alpha were wrong",
    ]
    assert all(entry.at.endswith("Z") and entry.at >= "2026-01-01T" for entry in entries)
    assert entries == sorted(entries, key=lambda entry: entry.at)


def test_to_activate_what_is_active_changes_nothing(library):
    version = add(library, "first")
    library.activate(version)
    library.activate(version)
    assert len(library.history()) == 1


def test_versions_are_described_by_their_manifests(library):
    made = {"kind": "dtm-idp", "base": UNKNOWN, "files": [{"name": "list.xlsx", "rows": 3}]}
    first, second = add(library, "first"), add(library, "second", provenance=made)
    library.activate(second, "ingest")
    held = {one.version: one for one in library.snapshots()}
    assert held.keys() == {first, second}
    assert (held[second].active, held[first].active) == (True, False)
    assert (held[second].at, held[first].at) == (library.history()[0].at, "")
    assert held[second].provenance == made
    assert held[first].provenance == {}
    assert held[first].country == "Examplia"
    assert held[first].rows["counts"] == len(TABLES.counts)
    assert held[first].last == "2021-07-31"
    assert "tracking" in held[first].sources
    json.dumps([one.as_dict() for one in held.values()])


def test_the_same_snapshot_is_not_written_twice(folder):
    library = Library(folder)
    version = add(library, "first")
    before = [os.stat(path).st_ino for path in sorted((folder / version).iterdir())]
    assert add(library, "first") == version
    assert [os.stat(path).st_ino for path in sorted((folder / version).iterdir())] == before


def test_one_that_was_damaged_is_mended_by_adding_it_again(library):
    version = add(library, "first")
    library._storage.write(f"{version}/counts.parquet", b"damaged")
    assert "counts.parquet was changed" in refusal(lambda: library.read(version))
    assert add(library, "first") == version
    assert disclaimer(library.read(version)) == "first"


def test_a_snapshot_folder_is_adopted_byte_by_byte(library, examplia_folder, examplia):
    assert library.copy_in(examplia_folder) == examplia.version
    for path in examplia_folder.iterdir():
        assert library._storage.read(f"{examplia.version}/{path.name}") == path.read_bytes()


def test_an_empty_library_starts_from_the_bundled_one_and_can_go_back_to_it(
    library, examplia_folder, examplia
):
    assert library.base_snapshot(examplia_folder) == examplia
    assert library.versions() == [], "a trial run leaves nothing behind"
    assert library.base_snapshot(examplia_folder, keep=True) == examplia
    assert library.active() == examplia.version
    library.activate(add(library, "next"), "ingest")
    assert disclaimer(library.base_snapshot(examplia_folder)) == "next"
    assert library.base_snapshot(examplia_folder, examplia.version) == examplia
    assert library.rollback() == examplia.version


def test_a_history_that_was_lost_is_not_begun_again(folder, examplia_folder):
    library = Library(folder)
    version = add(library, "first")
    library.activate(version)
    (folder / HISTORY).unlink()
    said = refusal(lambda: library.base_snapshot(examplia_folder, keep=True))
    assert version in said and "snapshot activate VERSION" in said
    library.activate(version)
    assert library.base_snapshot(examplia_folder).version == version


# ------------------------------------------------------------------------------- going back


def test_without_anything_before_a_rollback_is_refused(library):
    assert "It holds none yet" in refusal(library.rollback)
    version = add(library, "first")
    library.activate(version)
    said = refusal(library.rollback)
    assert "nothing to go back to" in said and version in said
    assert library.active() == version


def test_a_rollback_to_one_that_was_damaged_is_refused(library):
    first, second = add(library, "first"), add(library, "second")
    library.activate(first)
    library.activate(second)
    library._storage.write(f"{first}/reach.parquet", b"")
    said = refusal(library.rollback)
    assert "reach.parquet was changed" in said
    assert library.active() == second


class Rollbacks(RuleBasedStateMachine):
    """The history beside a plain stack, and beside a list of all that was ever active."""

    where: Path
    versions: list[str]

    @initialize()
    def begin(self) -> None:
        (self.where / HISTORY).unlink(missing_ok=True)
        self.library = Library(self.where)
        self.stack: list[str] = []
        self.was: list[str] = []

    @rule(n=st.integers(0, 3))
    def activate(self, n: int) -> None:
        version = self.versions[n]
        self.library.activate(version)
        if not self.stack or self.stack[-1] != version:
            self.stack.append(version)
            self.was.append(version)

    @precondition(lambda self: len(self.stack) > 1)
    @rule()
    def rollback(self) -> None:
        self.stack.pop()
        assert self.library.before() == self.stack[-1]
        assert self.library.rollback() == self.stack[-1]
        self.was.append(self.stack[-1])

    @precondition(lambda self: len(self.stack) < 2)
    @rule()
    def rollback_too_far(self) -> None:
        assert self.library.before() is None
        assert "nothing to go back to" in refusal(self.library.rollback)

    @invariant()
    def the_top_is_active_for_whoever_looks(self) -> None:
        if hasattr(self, "library"):
            assert self.library.active() == (self.stack[-1] if self.stack else None)
            assert [entry.version for entry in Library(self.where).history()] == self.was


def test_rollbacks_go_down_what_was_active_like_a_stack(folder, monkeypatch):
    library = Library(folder)
    Rollbacks.where, Rollbacks.versions = folder, [add(library, f"{n}") for n in range(4)]
    monkeypatch.setattr(Library, "verify", lambda self, version: {})
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    run_state_machine_as_test(
        Rollbacks,
        settings=settings(
            max_examples=40,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# ----------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "version",
    ["", "../library", "..", "3F2A81C09D4E", "3f2a81c09d4", "a" * 13, f"{UNKNOWN}\n"],
)
def test_a_version_that_is_written_as_none_is_refused_before_anything_is_read(library, version):
    held = add(library, "first")
    for act in (library.read, library.verify, library.activate, library.location):
        said = refusal(lambda act=act: act(version))  # type: ignore[misc]
        assert "is no version" in said and held in said
    assert library.active() is None


def test_one_that_is_not_held_is_refused_with_those_that_are(library):
    assert "It holds none yet" in refusal(lambda: library.read(UNKNOWN))
    versions = {add(library, f"{n}") for n in range(7)}
    for act in (library.read, library.verify, library.activate):
        said = refusal(lambda act=act: act(UNKNOWN))  # type: ignore[misc]
        assert f"holds no snapshot {UNKNOWN}" in said
        assert sum(version in said for version in versions) == 5 and "and 2 more" in said


def test_a_damaged_snapshot_does_not_become_active(library):
    first, second = add(library, "first"), add(library, "second")
    library.activate(first)
    library._storage.write(f"{second}/counts.parquet", b"damaged")
    said = refusal(lambda: library.activate(second))
    assert f"{library.name}/{second}" in said and "counts.parquet was changed" in said
    assert library.active() == first


def test_a_snapshot_under_the_name_of_another_is_refused(folder):
    library = Library(folder)
    version = add(library, "first")
    shutil.copytree(folder / version, folder / UNKNOWN)
    assert f"it holds snapshot {version}" in refusal(lambda: library.read(UNKNOWN))
    assert f"it holds snapshot {version}" in refusal(lambda: library.activate(UNKNOWN))


def test_a_manifest_that_cannot_be_read_is_listed_with_the_reason(library):
    version = add(library, "first")
    library._storage.write(f"{version}/{MANIFEST}", b"{")
    (one,) = library.snapshots()
    assert one.version == version and "is not valid JSON" in one.problem


@pytest.mark.parametrize(
    "text",
    ["", "{", "{}1", '{"version": "x"}', "[1]", '[{"version": "../x", "at": "", "by": "ingest"}]',
     '[{"version": "000000000000", "at": "", "by": "magic"}]', '[{"version": "000000000000"}]'],
)  # fmt: skip
def test_a_history_that_cannot_be_read_is_an_error_and_not_an_empty_library(library, text):
    library.activate(add(library, "first"))
    library._storage.write(HISTORY, text.encode())
    for act in (library.active, library.history, library.snapshots, library.rollback):
        said = refusal(act)
        assert f"{HISTORY} cannot be read" in said and "Restore the file" in said


def test_a_place_that_holds_other_things_is_no_library_and_stays_as_it_is(library):
    library._storage.write("dear.txt", b"Dear") if isinstance(
        library._storage, ObjectStorage
    ) else None
    if isinstance(library._storage, FolderStorage):
        path = Path(library.name)
        path.mkdir()
        (path / "dear.txt").write_text("Dear")
    for act in (library.active, lambda: add(library, "first"), lambda: library.read(UNKNOWN)):
        said = refusal(act)
        assert "is no library" in said and "dear.txt" in said
    assert library.versions() == []
    assert library._storage.read("dear.txt") == b"Dear"


def test_a_file_is_no_library(tmp_path):
    (tmp_path / "library").write_text("")
    library = Library(tmp_path / "library")
    for act in (library.active, lambda: add(library, "first"), lambda: library.read(UNKNOWN)):
        assert "is a file: a library is a folder" in refusal(act)


def test_a_folder_whose_own_folder_is_missing_is_refused_with_what_to_do(tmp_path):
    library = Library(tmp_path / "nowhere" / "library")
    for act in (library.active, lambda: add(library, "first"), lambda: library.read(UNKNOWN)):
        assert f"no folder {tmp_path / 'nowhere'} to make it in" in refusal(act)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_written_in_is_refused_and_stays_readable(folder, monkeypatch):
    library = Library(folder)
    version = add(library, "first")
    library.activate(version)

    def refused(*args: Any, **options: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    monkeypatch.setattr(os, "open", refused)
    for act in (lambda: add(library, "second"), library.rollback):
        assert "cannot be written in: Permission denied" in refusal(act)
    assert library.active() == version


def test_a_disk_without_locks_is_refused(folder, monkeypatch):
    def without(handle: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(storage_folder, "try_lock", without)
    said = refusal(lambda: add(Library(folder), "first"))
    assert "cannot be locked (No locks available)" in said and "a disk that has locks" in said


# ------------------------------------------------------------------------------- URLs that fail


def test_a_url_whose_package_is_missing_says_which(monkeypatch):
    from fsspec.registry import known_implementations

    monkeypatch.setitem(known_implementations, "s9", {"class": "s9fs.S9FileSystem", "err": ""})
    said = refusal(lambda: Library("s9://user:secret@bucket/maps"))
    assert said == "s9://…@bucket/maps needs a package that is not installed: pip install s9fs"


def test_a_url_of_an_unknown_kind_says_what_is_near():
    said = refusal(lambda: Library("s4://bucket/maps"))
    assert "s4://bucket/maps cannot be a library" in said and "s3" in said


def test_a_store_that_does_not_answer_is_told_as_a_sentence(memory, monkeypatch):
    from fsspec.implementations.memory import MemoryFileSystem

    library = Library(memory)
    library.activate(add(library, "first"))

    def fails(*args: Any, **options: Any) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(MemoryFileSystem, "cat_file", fails)
    for act in (library.active, library.rollback, lambda: library.read(UNKNOWN)):
        assert f"{memory} cannot be " in (said := refusal(act)) and "timed out" in said


def test_files_of_a_url_are_those_of_the_folder(folder):
    version = add(Library(folder.as_uri()), "first")
    assert disclaimer(Library(folder).read(version)) == "first"


# ------------------------------------------------------------------------------------- the lock


def test_a_second_ingest_waits_for_the_first(library, where, monkeypatch):
    """The first ends when the second has said that it waits."""
    waits = threading.Event()
    said: list[str] = []

    def told(sentence: str) -> None:
        said.append(sentence)
        waits.set()

    def second() -> str:
        other = Library(where)
        with other.lock(notify=told):
            return add(other, "second")

    with library.lock():
        thread, outcome = in_the_background(second)
        assert waits.wait(60)
        assert outcome == []
        first = add(library, "first")
    thread.join()
    assert sorted(library.versions()) == sorted([first, str(outcome[0])])
    (sentence,) = said
    assert f"is in use by process {os.getpid()} on " in sentence
    assert "waiting up to 60 s" in sentence


def test_a_second_ingest_that_waits_no_longer_is_told_who_holds_it(library, where):
    with library.lock():
        thread, outcome = in_the_background(lambda: Library(where).lock(wait=0).__enter__())
        thread.join()
    said = str(outcome[0])
    assert f"{library.name} is in use by process {os.getpid()} on " in said
    assert " since 20" in said and "nothing was changed" in said


def test_another_thread_waits_as_another_process_does(library):
    with library.lock():
        thread, outcome = in_the_background(lambda: library.lock(wait=0).__enter__())
        thread.join()
    assert "is in use by" in str(outcome[0])


def test_the_lock_goes_with_an_error(library, where):
    with pytest.raises(ZeroDivisionError), library.lock():
        raise ZeroDivisionError
    with Library(where).lock(wait=0):
        pass


def test_who_reads_does_not_wait(library, where):
    version = add(library, "first")
    library.activate(version)
    with library.lock():
        thread, outcome = in_the_background(lambda: Library(where).read(str(library.active())))
        thread.join()
    assert [one.version for one in outcome] == [version]  # type: ignore[attr-defined]


def test_what_was_activated_meanwhile_is_not_overtaken(library, where):
    first, second, third = (add(library, said) for said in ("first", "second", "third"))
    library.activate(first)
    began = library.active()
    Library(where).activate(second, "ingest")
    said = refusal(lambda: library.activate(third, "ingest", expected=began))
    assert first in said and f"{second} has been active since" in said and "(by ingest)" in said
    assert library.active() == second
    library.activate(third, expected=second)
    assert library.active() == third


def test_the_first_of_two_first_ingests_is_not_overtaken(library, where):
    first, second = add(library, "first"), add(library, "second")
    Library(where).activate(first)
    assert "no snapshot was active" in refusal(lambda: library.activate(second, expected=None))


# ----------------------------------------------------------------- the lock of an object store


@pytest.fixture(params=["memory", S3])
def remote(request: pytest.FixtureRequest) -> str:
    if request.param == "S3":
        return f"{request.getfixturevalue('s3')}/{abs(hash(request.node.name))}"
    return str(request.getfixturevalue("memory"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that only waiting moves; what was waited for."""
    waited: list[float] = []
    for module in (storage_base, storage_fsspec):
        monkeypatch.setattr(module, "monotonic", lambda: sum(waited))
    monkeypatch.setattr(storage_base, "sleep", waited.append)
    return waited


def left(where: str) -> bytes:
    """Leave the lock of a process that was killed."""
    data = b'{"pid": 7, "host": "gone", "since": "2020-01-01T00:00:00+00:00", "token": "t"}'
    open_storage(where).write(LOCK, data)
    return data


def test_a_killed_holder_is_waited_for_as_long_as_it_may_live_and_no_longer(remote, clock):
    left(remote)
    library, said = Library(remote), list[str]()
    with library.lock(notify=said.append):
        assert storage_fsspec.STALE <= sum(clock) <= storage_fsspec.STALE + 2
        version = add(library, "first")
    assert "process 7 on gone since 2020-01-01" in said[0]
    assert library.versions() == [version]
    with pytest.raises(FileNotFoundError):
        library._storage.read(LOCK)


def test_a_holder_that_shows_that_it_lives_keeps_the_lock(remote, clock, monkeypatch):
    holder = open_storage(remote)
    data = json.loads(left(remote))

    def beats(seconds: float) -> None:
        clock.append(seconds)
        holder.write(LOCK, json.dumps({**data, "beat": len(clock) // 10}).encode())

    monkeypatch.setattr(storage_base, "sleep", beats)
    said = refusal(lambda: Library(remote).lock(wait=100).__enter__())
    assert "process 7 on gone" in said
    assert sum(clock) >= 100


def test_the_holder_shows_that_it_lives(remote, monkeypatch):
    monkeypatch.setattr(storage_fsspec, "BEAT", 0.001)
    library, written, write = Library(remote), threading.Semaphore(0), ObjectStorage.write

    def counted(self: ObjectStorage, name: str, data: bytes) -> None:
        write(self, name, data)
        written.release()

    monkeypatch.setattr(ObjectStorage, "write", counted)
    with library.lock():
        assert written.acquire(timeout=60) and written.acquire(timeout=60)
        assert json.loads(library._storage.read(LOCK))["beat"] >= 2


def test_who_lost_the_lock_activates_nothing_and_leaves_it_to_the_other(remote):
    library = Library(remote)
    version = add(library, "first")

    def late() -> None:
        with library.lock():
            left(remote)
            library.activate(version)

    assert "the lock was taken by another process" in refusal(late)
    assert library.active() is None
    assert json.loads(library._storage.read(LOCK))["pid"] == 7


def test_files_of_a_snapshot_without_its_manifest_are_none_and_are_cleared_away(remote):
    library = Library(remote)
    version = add(library, "first")
    for name in ("counts.parquet", "areas.parquet"):
        library._storage.write(f"{UNKNOWN}/{name}", b"half")
    assert library.versions() == [version]
    assert f"holds no snapshot {UNKNOWN}" in refusal(lambda: library.read(UNKNOWN))
    add(library, "second")
    with pytest.raises(FileNotFoundError):
        library._storage.read(f"{UNKNOWN}/counts.parquet")
    assert disclaimer(library.read(version)) == "first"


def test_a_store_that_fails_half_way_keeps_what_was_active(memory, monkeypatch):
    from fsspec.implementations.memory import MemoryFileSystem

    library = Library(memory)
    version = add(library, "first")
    library.activate(version)
    pipe_file = MemoryFileSystem.pipe_file

    def fails(self: Any, path: str, value: bytes, **options: Any) -> None:
        if path.endswith("reach.parquet"):
            raise OSError("Quota exceeded")
        pipe_file(self, path, value, **options)

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", fails)
    said = refusal(lambda: add(library, "second"))
    assert "cannot be written in: Quota exceeded" in said
    assert (library.active(), library.versions()) == (version, [version])
    assert {path.split("/")[3] for path in MemoryFileSystem.store} == {version, HISTORY}


# ------------------------------------------------------------------------------------ a full disk


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("call", ["fsync", "replace", "rename", "mkdir"])
def test_a_disk_that_is_full_at_any_moment_leaves_what_was_active(folder, monkeypatch, call):
    library = Library(folder)
    version = add(library, "first")
    library.activate(version)
    before, real, room = names(folder), getattr(os, call), [0]

    def full(*args: Any, **options: Any) -> Any:
        room[0] -= 1
        if room[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **options)

    monkeypatch.setattr(os, call, full)
    refused = 0
    for n in range(1, 100):
        room[0] = n
        try:
            library.activate(add(library, "second"), "ingest")
        except SnapshotError as error:
            assert "the disk is full" in str(error) and "make room and try again" in str(error)
            assert library.active() == version
            assert {name for name in names(folder) if name.startswith(".")} == {LOCK}
            refused += 1
        else:
            assert disclaimer(library.read(str(library.active()))) == "second"
            if room[0] > 0:
                break  # it was never called so often
            library.rollback()
        # What was added whole may stay; it is not active.
        for other in names(folder) - before:
            shutil.rmtree(folder / other)
    assert refused, f"os.{call} is not called"
    library.verify(version)


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 kB."""
    path = tmp_path / "tiny"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(path)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield path
    finally:
        subprocess.run(["umount", str(path)], check=True)


def test_a_disk_that_really_is_full(tiny):
    library = Library(tiny / "library")
    version = add(library, "first")
    library.activate(version)
    (tiny / "other").write_bytes(bytes(8192))
    said = refusal(lambda: [add(library, f"{n}") for n in range(10)])
    assert re.search(r"the disk is full \(\d+\.\d kB are needed\)\. Nothing was changed", said)
    assert {name for name in names(tiny / "library") if name.startswith(".")} == {LOCK}
    assert library.active() == version
    assert disclaimer(library.read(version)) == "first"
    for other in set(library.versions()) - {version}:
        shutil.rmtree(tiny / "library" / other)
    library.activate(add(library, "second"))
    assert library.rollback() == version


# --------------------------------------------------------------------------------------- servers


def test_whoever_polls_reads_the_history_only_when_it_changed(folder, monkeypatch):
    library, server = Library(folder), Library(folder)
    library.activate(add(library, "first"))
    read, real = [], FolderStorage.read

    def counted(self: FolderStorage, name: str) -> bytes:
        read.append(name)
        return real(self, name)

    monkeypatch.setattr(FolderStorage, "read", counted)
    assert [server.active() for _ in range(5)] == [library.active()] * 5
    assert read.count(HISTORY) <= 2
    read.clear()
    version = add(library, "second")
    library.activate(version)
    read.clear()
    assert {server.active() for _ in range(5)} == {version}
    assert read == [HISTORY]


def test_whoever_reads_while_it_is_written_finds_whole_snapshots(folder):
    library = Library(folder)
    library.activate(add(library, "0"))
    done, problems, seen = threading.Event(), [], set()

    def read() -> None:
        server = Library(folder)
        while not done.is_set():
            try:
                seen.add(server.verify(str(server.active()))["version"])
            except SnapshotError as error:
                problems.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for n in range(1, 12):
            library.activate(add(library, f"{n % 4}"), "ingest")
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert problems == []
    assert len(seen) > 1
