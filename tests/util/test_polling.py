"""The running server follows what becomes active: every answer whole, none refused on the way."""

from __future__ import annotations

import gc
import json
import logging
import re
import subprocess
import sys
import threading
import urllib.request
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from fsspec.implementations.memory import MemoryFileSystem
from playwright.sync_api import expect

from callbacks.serving.context import Context
from geodata.errors import SnapshotError, Unreachable
from geodata.snapshots import registry
from geodata.snapshots.library import Library
from geodata.snapshots.manifest import read_manifest
from geodata.snapshots.registry import IN_MEMORY, REMEMBERED, SnapshotRegistry
from geodata.snapshots.serialise import write_snapshot
from geodata.util.polling import Poller
from tests import made_up
from tests.paths import ROOT

pytestmark = pytest.mark.slow

VIEW, META, READY = "/api/v1/view.json", "/api/v1/meta.json", "/readyz"
NEWEST = "2021-07-31"
CLIENTS = 50


@dataclass(frozen=True)
class Edition:
    """A snapshot of the library, told from the others by a figure and a word."""

    version: str
    households: int

    @property
    def word(self) -> str:
        """What its disclaimer says, and no other's."""
        return f"Edition of {self.households}."


@pytest.fixture
def library(tmp_path) -> Library:
    """A library with nothing in it yet, in a folder that is not there."""
    return Library(tmp_path / "library")


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Callable[[int], Path]:
    """Write a snapshot in which Alpha has so many households on the last date; once of each."""

    @cache
    def write(households: int) -> Path:
        row = made_up.count("idp", NEWEST, "XXG01", households)
        folder = tmp_path_factory.mktemp("edition") / "snapshot"
        return made_up.write(folder, [row], disclaimer=Edition("", households).word)

    return write


@pytest.fixture
def edition(library, written) -> Callable[[int], Edition]:
    """Put a snapshot into the library in which Alpha has so many households on the last date."""

    def put(households: int) -> Edition:
        return Edition(library.copy_in(written(households)), households)

    return put


@pytest.fixture
def held(library, examplia_folder) -> SnapshotRegistry:
    """What is held where the library is still empty."""
    return SnapshotRegistry(examplia_folder, library)


def add(library: Library, said: str, **provenance: Any) -> str:
    """Add a snapshot whose disclaimer says this."""
    return library.add(
        made_up.shared(),
        made_up.squares(),
        join_report={"rows": {}, "unmatched": [], "areas_without_rows": {}},
        country={**made_up.COUNTRY, "disclaimer": said},
        provenance=provenance or None,
    )


def folder_of(library: Library, version: str) -> Path:
    return Path(library.name) / version


def damage(library: Library, version: str) -> Callable[[], object]:
    """Change a byte of a snapshot; return what mends it."""
    file = folder_of(library, version) / "counts.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"x")
    return lambda: file.write_bytes(whole)


def look(client: FlaskClient) -> None:
    """Have the application look now, as it does every other second."""
    context_of(client).registry.refresh()


def context_of(client: FlaskClient) -> Context:
    found = client.application.extensions["displacement-context"]
    assert isinstance(found, Context)
    return found


# ----------------------------------------------------------------------------------- what is served


def test_what_becomes_active_is_served_from_the_next_look_on(held, library, edition):
    before, new = held.current, edition(70)
    library.activate(new.version)
    assert held.current is before
    held.refresh()
    assert held.current.version == new.version
    assert held.snapshot(before.version) is before, "it stays in memory for who asked it before"


def test_a_library_may_appear_while_it_runs(held, library, edition, examplia):
    held.refresh()
    assert (held.current, held.problem, held.rejected) == (examplia, "", None)
    assert not Path(library.name).exists()
    new = edition(70)
    library.activate(new.version)
    held.refresh()
    assert held.current.version == new.version


def test_going_back_is_followed(held, library, edition):
    first, second = edition(70), edition(71)
    for one in (first, second):
        library.activate(one.version)
        held.refresh()
    loaded = held.snapshot(first.version)
    library.rollback()
    held.refresh()
    assert held.current is loaded, "it was in memory"
    assert [past.activation.by for past in held.serving.history] == [
        "rollback",
        "activate",
        "activate",
    ]


def test_going_back_to_the_one_that_ships_is_followed(held, library, edition, examplia_folder):
    """By another process, which copies it into the library."""
    bundled = held.current
    library.activate(edition(70).version, bundled=examplia_folder)
    held.refresh()
    assert [past.activation.version for past in held.serving.history] == [
        held.current.version,
        bundled.version,
    ]
    assert held.serving.history[-1].provenance is not None, "it is held, if not in the library"
    other = Library(library.name)
    other.activate(other.resolve("bundled", examplia_folder))
    held.refresh()
    assert (held.current.version, held.rejected) == (bundled.version, None)
    library.activate(edition(71).version)
    held.refresh()
    assert library.rollback(bundled=examplia_folder) == bundled.version
    held.refresh()
    assert held.current.version == bundled.version


def test_one_look_at_what_is_known_reads_no_snapshot(held, library, edition, monkeypatch):
    library.activate(edition(70).version)
    held.refresh()
    now = held.serving
    monkeypatch.setattr(Library, "read", None)
    monkeypatch.setattr(Library, "location", None)
    held.refresh()
    assert held.serving is now


def test_every_entry_of_the_history_tells_what_its_snapshot_was_made_of(
    held, library, edition, examplia
):
    made = add(library, "made", kind="table")
    gone = edition(70)
    for version in (gone.version, made):
        library.activate(version)
    for file in folder_of(library, gone.version).iterdir():
        file.unlink()
    held.refresh()
    assert [past.provenance for past in held.serving.history] == [{"kind": "table"}, None]
    assert held.versions == (made, examplia.version)


def test_only_so_much_of_the_history_is_remembered(held, library, edition):
    first, second = edition(70), edition(71)
    for _ in range(REMEMBERED):
        library.activate(first.version)
        library.activate(second.version)
    held.refresh()
    assert len(held.serving.history) == REMEMBERED
    assert held.serving.history[0].activation.version == second.version


def test_those_that_were_served_leave_the_memory_in_their_turn(library, edition, client_of):
    client = client_of(snapshots=library.name)
    library.activate(edition(69).version)  # the bundled one stays: all tests of a process share it
    look(client)
    assert client.get(VIEW).status_code == 200
    first = weakref.ref(context_of(client).registry.current)
    for n in range(IN_MEMORY + 1):
        library.activate(edition(70 + n).version)
        look(client)
        assert client.get(VIEW).status_code == 200
    look(client)
    gc.collect()
    assert first() is None, "it has left, with all that was made of it"


# ---------------------------------------------------------------------------------- what is refused


def test_one_that_was_changed_is_refused_and_what_is_served_stays(held, library, edition, caplog):
    before, new = held.current, edition(70)
    library.activate(new.version)
    damage(library, new.version)
    for _ in range(3):
        held.refresh()
    assert held.current is before
    assert held.rejected.version == new.version
    assert "counts.parquet was changed" in held.rejected.reason
    (told,) = caplog.records
    assert told.levelno == logging.ERROR
    assert told.getMessage().startswith(f"snapshot {new.version} is active and not served: ")


def test_one_that_was_refused_is_served_when_it_is_mended(held, library, edition):
    new = edition(70)
    library.activate(new.version)
    mend = damage(library, new.version)
    held.refresh()
    mend()
    held.refresh()
    assert (held.current.version, held.rejected) == (new.version, None)


def test_one_that_was_refused_is_read_again_only_when_something_changes(
    held, library, edition, monkeypatch
):
    first, new = edition(70), edition(71)
    library.activate(first.version)
    held.refresh()
    library.activate(new.version)
    damage(library, new.version)
    read: list[str] = []
    whole = Library.read

    def reading(self: Library, version: str, store_url: str = "") -> Any:
        read.append(version)
        return whole(self, version, store_url)

    monkeypatch.setattr(Library, "read", reading)
    for _ in range(3):
        held.refresh()
    assert read == [new.version]
    library.rollback()
    held.refresh()
    assert (read, held.rejected) == ([new.version], None), "what is active is served again"
    monkeypatch.setattr(Library, "verify", lambda self, version: {})
    library.activate(new.version)
    for _ in range(3):
        held.refresh()
    assert read == [new.version] * 2


def test_one_that_cannot_be_shown_is_refused(library, edition, examplia_folder):
    def trial(snapshot: Any) -> None:
        if "Edition" in snapshot.manifest["country"]["disclaimer"]:
            raise KeyError("pillars")

    held = SnapshotRegistry(examplia_folder, library, trial=trial)
    new = edition(70)
    library.activate(new.version)
    held.refresh()
    assert held.current.version == read_manifest(examplia_folder)["version"]
    assert held.rejected and held.rejected.reason == (
        f"snapshot {new.version} is whole and cannot be shown (KeyError('pillars'))"
    )


def test_one_that_cannot_be_read_just_now_is_tried_again(held, library, edition, monkeypatch):
    new = edition(70)
    library.activate(new.version)

    def cut(self: Library, version: str, store_url: str = "") -> Any:
        raise Unreachable("the line was cut")

    with monkeypatch.context() as patch:
        patch.setattr(Library, "read", cut)
        held.refresh()
    assert (held.problem, held.rejected) == ("the line was cut", None)
    held.refresh()
    assert (held.problem, held.current.version) == ("", new.version)


def test_a_library_that_cannot_be_read_changes_nothing_that_is_served(
    held, library, edition, caplog
):
    new = edition(70)
    library.activate(new.version)
    held.refresh()
    history = Path(library.name) / "history.json"
    written = history.read_bytes()
    history.write_text("[")
    for _ in range(3):
        held.refresh()
    assert held.current.version == new.version
    assert "history.json cannot be read" in held.problem
    assert len(caplog.records) == 1
    history.write_bytes(written)
    held.refresh()
    assert held.problem == ""


def test_a_history_that_is_lost_does_not_bring_back_the_one_that_ships(held, library, edition):
    new = edition(70)
    library.activate(new.version)
    held.refresh()
    (Path(library.name) / "history.json").unlink()
    held.refresh()
    assert held.current.version == new.version
    assert "has no active snapshot any more" in held.problem


def test_where_a_place_tells_no_changes_what_was_refused_is_read_again_after_a_while(
    examplia_folder, monkeypatch
):
    library = Library("memory://following")
    held = SnapshotRegistry(examplia_folder, library)
    version = add(library, "far away")
    library.activate(version)
    files = MemoryFileSystem.store
    name = f"/following/{version}/counts.parquet"
    whole = files[name].getvalue()
    now = 600.0
    monkeypatch.setattr(registry, "monotonic", lambda: now)
    MemoryFileSystem().pipe_file(name, whole[:-1] + b"x")
    held.refresh()
    assert held.rejected and held.rejected.version == version
    MemoryFileSystem().pipe_file(name, whole)
    held.refresh()
    assert held.rejected
    now += registry.RETRY
    held.refresh()
    assert held.current.version == version


def test_a_start_with_a_damaged_one_serves_the_last_that_is_whole(
    library, edition, examplia_folder
):
    first, second, third = (edition(n) for n in (70, 71, 72))
    for one in (first, second, third):
        library.activate(one.version)
    damage(library, second.version)
    mend = damage(library, third.version)
    held = SnapshotRegistry(examplia_folder, library)
    assert held.current.version == first.version
    assert held.rejected and held.rejected.version == third.version
    mend()
    held.refresh()
    assert held.current.version == third.version


def test_a_start_without_knowing_what_is_active_is_refused(library, edition, examplia_folder):
    library.activate(edition(70).version)
    (Path(library.name) / "history.json").write_text("[")
    with pytest.raises(SnapshotError, match="which snapshot is active is not known"):
        SnapshotRegistry(examplia_folder, library)


# --------------------------------------------------------------------------------- over the network


@pytest.fixture
def following(library, client_of) -> FlaskClient:
    """A client of an application that follows the library."""
    client = client_of(snapshots=library.name)
    assert isinstance(client, FlaskClient)
    return client


def test_ready_says_what_is_refused_and_still_serves(following, library, edition):
    before = following.get(READY).json
    assert before == {"ready": True, "snapshot": before["snapshot"]}
    new = edition(70)
    library.activate(new.version)
    damage(library, new.version)
    look(following)
    answer = following.get(READY)
    assert answer.status_code == 200
    assert answer.json["snapshot"] == before["snapshot"]
    assert answer.json["refused"]["version"] == new.version
    assert "counts.parquet was changed" in answer.json["refused"]["why"]


def test_ready_says_that_the_library_cannot_be_followed(following, library, edition):
    library.activate(edition(70).version)
    look(following)
    (Path(library.name) / "history.json").write_text("[")
    look(following)
    answer = following.get(READY)
    assert (answer.status_code, answer.json["ready"]) == (200, True)
    assert "history.json cannot be read" in answer.json["library"]


@pytest.mark.parametrize("path", [VIEW, META, "/", "/sources", "/data.csv", "/embed"])
def test_an_answer_is_made_of_what_its_request_began_with(
    following, library, edition, path, monkeypatch
):
    """Another one becomes active in the middle of it: it is for the next request."""
    first, second = edition(70), edition(71)
    library.activate(first.version)
    look(following)
    context = context_of(following)
    parse, asked = context.parse, list[str]()

    def parsing(*arguments: Any, **options: Any) -> Any:
        found = parse(*arguments, **options)
        if not asked:
            asked.append(path)
            library.activate(second.version)
            context.registry.refresh()
        return found

    monkeypatch.setattr(context, "parse", parsing)
    during = following.get(path).get_data(as_text=True)
    after = following.get(path).get_data(as_text=True)
    assert asked
    assert first.version in during and second.version not in during
    assert second.version in after


def test_two_applications_follow_one_library(library, edition, client_of):
    clients = [client_of(snapshots=library.name) for _ in range(2)]
    for n in (70, 71):
        new = edition(n)
        library.activate(new.version)
        for client in clients:
            look(client)
            assert client.get(VIEW).json["version"] == new.version


def test_what_was_activated_before_the_first_request_of_a_process_answers_it(
    following, library, edition
):
    new = edition(70)
    library.activate(new.version)
    assert following.get(VIEW).json["version"] == new.version


def test_links_frozen_before_answer_the_same_afterwards(following, library, edition):
    first, second = edition(70), edition(71)
    library.activate(first.version)
    look(following)
    paths = [f"{path}?v={first.version}" for path in (VIEW, META, "/data.csv", "/embed")]
    before = [following.get(path).data for path in paths]
    library.activate(second.version)
    look(following)
    assert [following.get(path).data for path in paths] == before
    described = following.get(f"/oembed?url=http://localhost/?v={first.version}").json
    assert first.version in described["html"]


# ------------------------------------------------------------------------------ while 50 are asking

ASKED = (VIEW, f"{VIEW}?level=2", META, "/api/v1/area/XXG01.json", "/data.csv", "/embed", "/")


def whole(path: str, body: bytes, editions: dict[str, Edition]) -> Edition:
    """The edition that answered; everything that the answer says is of it."""
    text = body.decode()
    if path.startswith(VIEW):
        view = json.loads(text)
        found = editions[view["version"]]
        if "level" not in path:
            assert view["areas"][0]["pcode"] == "XXG01"
            assert view["values"][-1][0] == found.households * 6
        assert view["dates"][-1] == NEWEST
        return found
    if "/area/" in path:
        panel = json.loads(text)
        found = editions[panel["version"]]
        assert panel["trend"][0]["people"][-1] == found.households * 6
        return found
    if path == META:
        meta = json.loads(text)
        found = editions[meta["version"]]
        assert meta["disclaimer"] == found.word
        return found
    named = {version for version in editions if version in text}
    (version,) = named
    words = set(re.findall(r"Edition of \d+\.", text))
    assert words <= {editions[version].word}
    return editions[version]


def test_while_50_are_asking_every_answer_is_whole_and_in_the_end_all_follow(
    following, library, edition
):
    first, second = (edition(n) for n in (70, 71))
    known = {one.version: one for one in (first, second)}
    library.activate(first.version)
    look(following)

    def ask(path: str) -> Edition:
        answer = following.application.test_client().get(path)
        assert answer.status_code == 200, (path, answer.status)
        return whole(path, answer.data, known)

    steps: list[tuple[Edition, Callable[[], object], Edition]] = [
        (first, lambda: library.activate(second.version), second),  # one that is new
        (second, lambda: library.activate(first.version), first),  # one that is in memory
        (first, library.rollback, second),
    ]
    with ThreadPoolExecutor(CLIENTS) as clients:
        for before, change, after in steps:
            asking = [clients.submit(ask, ASKED[n % len(ASKED)]) for n in range(CLIENTS)]
            assert asking[0].result() == before
            change()
            look(following)
            following_now = [clients.submit(ask, path) for path in ASKED]
            assert {one.result() for one in asking} <= {before, after}
            assert {one.result() for one in following_now} == {after}


@pytest.fixture
def served(library, edition, serving_with) -> Iterator[tuple[str, list[Edition]]]:
    """A server with two workers, its library, and what becomes active in it."""
    editions = [edition(n) for n in (70, 71)]
    library.activate(editions[0].version)
    yield serving_with(DISPLACEMENT_SNAPSHOTS=library.name), editions


def test_two_workers_follow_while_50_are_asking(served, library):
    origin, editions = served
    known = {one.version: one for one in editions}
    started = threading.Barrier(CLIENTS + 1)

    def ask(n: int) -> list[str]:
        """Until three answers of the new one have come, one after the other."""
        found: list[str] = []
        while len(found) < 3 or set(found[-3:]) != {editions[1].version}:
            path = ASKED[(n + len(found)) % len(ASKED)]
            with urllib.request.urlopen(f"{origin}{path}", timeout=60) as answer:
                found.append(whole(path, answer.read(), known).version)
            if len(found) == 1:
                started.wait(60)
            assert len(found) < 5_000, "it never followed"
        return found

    with ThreadPoolExecutor(CLIENTS) as threads:
        asking = [threads.submit(ask, n) for n in range(CLIENTS)]
        started.wait(60)
        library.activate(editions[1].version)
        found = [one.result() for one in asking]
    assert all(each[0] == editions[0].version for each in found)
    assert all(each[-1] == editions[1].version for each in found)


# ---------------------------------------------------------------------------------- in the browser


@pytest.fixture
def other(tmp_path, library) -> str:
    """A snapshot with another date, other programmes and another pillar, in the library."""
    tables = made_up.tables([made_up.count("idp", "2022-01-31", "XXG01", 99)])
    programmes = tables.programmes.assign(pillar=["shelter", "relief"])
    folder = tmp_path / "other"
    write_snapshot(
        folder,
        replace(tables, programmes=programmes),
        made_up.squares(),
        join_report={"rows": {}, "unmatched": [], "areas_without_rows": {}},
        country={**made_up.COUNTRY, "pillars": {"relief": "Relief", "shelter": "Shelter"}},
    )
    return library.copy_in(folder)


def test_the_filters_are_those_of_a_snapshot_with_other_pillars(following, library, edition, other):
    def lists() -> list[str]:
        return re.findall(r"<h3>(\w+)</h3>", following.get("/").get_data(as_text=True))

    library.activate(edition(70).version)
    look(following)
    assert lists() == ["Relief"]
    library.activate(other)
    look(following)
    assert lists() == ["Relief", "Shelter"]


def test_an_open_page_follows_and_says_so(library, edition, other, serving_with, watched):
    library.activate(edition(70).version)
    origin = serving_with(
        DISPLACEMENT_SNAPSHOTS=library.name, GUNICORN_CMD_ARGS="--workers=1 --threads=12"
    )
    page = watched(site=origin, afresh=True).page
    page.goto(f"{origin}/?time=2020-07-31")
    expect(page.locator("#headline")).to_contain_text("31 July 2020")
    expect(page.locator("#notices")).to_be_hidden()
    library.activate(other)
    while ready(origin) != other:
        pass
    page.locator("#measure label:has(input[value='households'])").click()
    expect(page.locator("#notices")).to_contain_text("New figures have come in")
    expect(page.locator("#headline")).to_contain_text("31 July 2020")
    page.locator("path[data-pcode='XXG01']").click()
    expect(page.locator("#area-card .panel-title")).to_have_text("Alpha")
    page.locator("#programmes label:has(input[value='AID'])").click()
    page.wait_for_url(re.compile("prog=AID"))
    page.get_by_role("button", name="Load again").click()
    page.wait_for_function("() => document.querySelectorAll('.pillar').length === 2")
    expect(page.locator("#notices")).to_be_hidden()
    expect(page.locator("#programmes input[value='AID']")).to_be_checked()
    page.locator("#programmes label:has(input[value='OWN'])").click()
    page.wait_for_url(re.compile("prog=AID~OWN"))


def ready(origin: str) -> str:
    with urllib.request.urlopen(f"{origin}{READY}") as answer:
        return str(json.load(answer)["snapshot"])


# --------------------------------------------------------------------------------------- the thread


class Looked:
    """Something that looks, and tells how often."""

    def __init__(self, fails_at: int = 2) -> None:
        self.times, self.fails_at = 0, fails_at
        self.more = threading.Semaphore(0)

    def look(self) -> None:
        self.times += 1
        self.more.release()
        if self.times == self.fails_at:
            raise RuntimeError("a look that fails")


def followers() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if one.name == "following"}


def test_a_thread_looks_again_and_again_also_after_a_look_that_failed(caplog):
    looked, before = Looked(), followers()
    following = Poller(looked.look, interval=0.001)
    assert followers() == before
    following.start_in_this_process()
    assert looked.times >= 1, "whoever starts it waits for the first look"
    for _ in range(4):
        assert looked.more.acquire(timeout=60)
    following.start_in_this_process()
    (thread,) = followers() - before
    following.end()
    thread.join(60)
    assert not thread.is_alive()
    assert "could not be looked for" in caplog.text
    following.start_in_this_process()
    assert followers() == before, "what was ended is not begun again"


def test_the_thread_ends_with_what_it_looks_for():
    # The traceback of one that fails, which the log keeps for the report, would keep it in use.
    looked, before = Looked(fails_at=0), followers()
    Poller(looked.look, interval=0.001).start_in_this_process()
    (thread,) = followers() - before
    del looked
    gc.collect()
    thread.join(60)
    assert not thread.is_alive()


def test_an_application_that_answers_nobody_follows_nothing(client_of, library):
    """As where gunicorn loads it before its workers: a thread would not be theirs."""
    before = followers()
    client = client_of(snapshots=library.name)
    assert followers() <= before
    client.get("/healthz")
    assert len(followers() - before) == 1


FORKED = """
import os, sys
from pathlib import Path
from geodata.figures.availability import populations_with_counts
from geodata.engine.queries import slices
from geodata.snapshots.snapshot import load
from geodata.engine.connect import query

snapshot = load(Path(sys.argv[1]))
populations_with_counts(snapshot)
child = os.fork()
query(snapshot, "counts", slices)
if not child:
    sys.exit(7)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_worker_asks_and_ends_though_its_parent_has_asked_before(examplia_folder):
    done = subprocess.run(
        [sys.executable, "-c", FORKED, str(examplia_folder)], cwd=ROOT, timeout=120
    )
    assert done.returncode == 7


ENDED = """
import threading
from geodata.util.polling import Poller

class Slow:
    def __init__(self):
        self.begun, self.may_end = threading.Event(), threading.Event()

    def look(self):
        self.begun.set()
        self.may_end.wait()
        print("to its end", flush=True)

slow = Slow()
following = Poller(slow.look)
threading.Thread(target=following.start_in_this_process).start()
slow.begun.wait()
later = threading.Timer(0.2, slow.may_end.set)
later.daemon = True
later.start()
following.end()
"""


def test_a_process_ends_after_the_look_that_is_under_way():
    done = subprocess.run(
        [sys.executable, "-c", ENDED], cwd=ROOT, timeout=120, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "to its end\n", "")
