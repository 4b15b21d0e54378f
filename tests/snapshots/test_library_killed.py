"""Killed at any point, a library stays whole: what is active is the old or the new snapshot.

A nursery is a process that has loaded everything once; from it children are forked that work on a
library and are killed: before the first of their calls to the system that touches a disk, before
the second, and so on for all of them; then at moments drawn from a seed. After each, the nursery
looks at what was left, takes the lock, and lets a second child, which is not killed, ingest.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from geodata.errors import SnapshotError
from geodata.snapshots.library import Library
from geodata.snapshots.manifest import read_manifest
from geodata.snapshots.storage_base import HISTORY, LOCK
from tests.paths import ROOT

pytestmark = pytest.mark.slow

# What the interpreter announces before it asks the system to do it.
WATCHED = ("open", "os.", "shutil.", "tempfile.", "fcntl.", "ctypes.call_function")
ENDED, FAILED = 0, 9  # exit codes of children
SEEDS = range(40)

Work = Callable[[Path, Path], None]


def ingest(where: Path, fresh: Path) -> None:
    """Add a snapshot beside the one that is active, and make it active."""
    library = Library(where)
    with library.lock(wait=0):
        library.activate(library.copy_in(fresh), "ingest", "the new one")


def mend(where: Path, fresh: Path) -> None:
    """Put back the bytes of one that was damaged, in its place, and make it active."""
    version = read_manifest(fresh)["version"]
    damaged = where / version / "counts.parquet"
    if damaged.exists():
        damaged.write_bytes(b"damaged")
    ingest(where, fresh)


def go_back(where: Path, fresh: Path) -> None:
    """Go back to what was active before."""
    Library(where).rollback()


WORKS: dict[str, Work] = {"ingest": ingest, "mend": mend, "go_back": go_back}


# ------------------------------------------------------------------------------ in the nursery


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _dies_at(n: int) -> Callable[[], None]:
    """Arrange for death at the n-th call to the system that may change a disk."""
    left = n

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            _die()

    def hears(event: str, arguments: Any) -> None:
        if event.startswith(WATCHED) and event != "os.kill":
            count()

    def announced(call: Callable[..., Any]) -> Callable[..., Any]:
        def calls(*arguments: Any) -> Any:
            count()
            return call(*arguments)

        return calls

    def arrange() -> None:
        # These it does not announce.
        for name in ("fsync", "ftruncate", "pwrite", "close"):
            setattr(os, name, announced(getattr(os, name)))
        sys.addaudithook(hears)

    return arrange


def _dies_in(seconds: float) -> Callable[[], None]:
    """Arrange for the system to end the process, without asking it, after so long."""

    def arrange() -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)

    return arrange


def _child(arrange: Callable[[], None], work: Work, where: Path, fresh: Path) -> int:
    """Fork a child that does the work, or dies on the way; how it ended (negative: by a signal)."""
    child = os.fork()
    if child == 0:
        try:
            arrange()
            work(where, fresh)
            os._exit(ENDED)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(FAILED)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _looks(where: Path, damaged: set[str]) -> dict[str, Any]:
    """What a server finds: what is active, whether it and all others are whole, what is left."""
    library = Library(where)
    active = library.active()
    problems = []
    for version in {*library.versions()} - damaged | {str(active)}:
        try:
            library.verify(version)
        except SnapshotError as error:
            problems.append(str(error))
    left = {*os.listdir(where)} - {*library.versions(), HISTORY, LOCK}
    return {"active": active, "problems": problems, "left": sorted(left)}


def nursery(name: str, where: Path, fresh: Path, seeded: bool) -> None:
    """Kill children one after the other; print what each left, and what was left after the next."""
    before = {path: path.read_bytes() for path in where.rglob("*") if path.is_file()}
    version = read_manifest(fresh)["version"]
    damaged = {version} if name == "mend" else set()
    deaths = [_dies_in(random.Random(n).uniform(0, 0.06)) for n in SEEDS]
    for n in range(len(SEEDS) if seeded else 10_000):
        _as_before(where, before)
        ended = _child(deaths[n] if seeded else _dies_at(n + 1), WORKS[name], where, fresh)
        killed = _looks(where, damaged)
        with Library(where).lock(wait=0):
            cleared = _looks(where, damaged)
        again = _child(lambda: None, ingest, where, fresh)
        told = {"ended": ended, "killed": killed, "cleared": cleared, "again": again}
        print(json.dumps({**told, "then": _looks(where, set())}), flush=True)
        if ended == ENDED and not seeded:
            return


def _as_before(where: Path, before: dict[Path, bytes]) -> None:
    """Put the library back to how it was."""
    for path in sorted(where.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in before:
            path.unlink()
    for path, data in before.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


# --------------------------------------------------------------------------------------- the tests


@pytest.fixture
def shelved(synthetic: Callable[..., Path]) -> Iterator[tuple[Path, str, str, Path, str]]:
    """A library of two, the second active; their versions; a folder with a third; its version.

    On a disk in memory where there is one: what is killed is the process, not the machine.
    """
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        where = Path(folder) / "library"
        library = Library(where)
        first, second = (
            library.copy_in(synthetic(name=said, disclaimer=said)) for said in ("first", "second")
        )
        library.activate(first, "ingest")
        library.activate(second, "ingest")
        fresh = synthetic(name="third", disclaimer="third")
        yield where, first, second, fresh, read_manifest(fresh)["version"]


def outcomes(name: str, where: Path, fresh: Path, *, seeded: bool = False) -> list[dict[str, Any]]:
    """Run a nursery in a process of its own; what came of each of its children."""
    code = (
        "import sys; from pathlib import Path;"
        "from tests.snapshots.test_library_killed import nursery;"
        "nursery(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4] == 'seeded')"
    )
    command = [sys.executable, "-c", code, name, str(where), str(fresh), "seeded" if seeded else ""]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(found: list[dict[str, Any]], old: str, new: str, ingested: str) -> None:
    """Whatever a killed child left is whole; the next one clears up and goes on."""
    for one in found:
        assert one["ended"] in (ENDED, -signal.SIGKILL, -signal.SIGALRM)
        assert one["killed"]["active"] in (old, new)
        assert one["killed"]["problems"] == []
        assert one["cleared"] == {**one["killed"], "left": []}
        assert one["again"] == ENDED
        assert one["then"] == {"active": ingested, "problems": [], "left": []}


@pytest.mark.parametrize("name", ["ingest", "mend"])
def test_an_ingest_killed_at_any_call_leaves_the_old_snapshot_or_the_new_one(shelved, name):
    where, _, old, fresh, new = shelved
    if name == "mend":
        Library(where).copy_in(fresh)
    found = outcomes(name, where, fresh)
    check(found, old, new, new)
    assert found[-1]["ended"] == ENDED
    # The test can tell: it killed before and after the new one was active, and found left-overs.
    assert {one["killed"]["active"] for one in found} == {old, new}
    assert any(one["killed"]["left"] for one in found)
    assert len(found) > 30


def test_a_rollback_killed_at_any_call_leaves_the_one_or_the_other(shelved):
    where, first, second, fresh, new = shelved
    found = outcomes("go_back", where, fresh)
    check(found, second, first, new)
    assert {one["killed"]["active"] for one in found} == {first, second}
    assert any(one["killed"]["left"] for one in found)


def test_an_ingest_killed_at_any_moment_leaves_the_old_snapshot_or_the_new_one(shelved):
    where, _, old, fresh, new = shelved
    found = outcomes("ingest", where, fresh, seeded=True)
    assert len(found) == len(SEEDS)
    check(found, old, new, new)
    assert any(one["ended"] == -signal.SIGALRM for one in found)
