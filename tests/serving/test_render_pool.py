"""Files are made beside the server: bounded, once for all who ask, and gone with the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from callbacks.serving.render_pool import Busy, RenderPool
from geodata.exports.zip_archive import archive
from tests.loaded import loaded
from tests.paths import ROOT

IMPATIENT = 0.3


@pytest.fixture
def rendering():
    made = RenderPool(processes=1)
    yield made
    made.close()


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def until(holds: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        threading.Event().wait(0.02)
    return True


def test_no_process_is_started_before_something_is_rendered(rendering):
    assert rendering.once("a", lambda call: b"plain") == b"plain"
    assert rendering.pids == []
    assert rendering.call(archive, {"a.txt": b"a"}).startswith(b"PK")
    assert len(rendering.pids) == 1


def test_what_is_rendered_elsewhere_is_what_is_rendered_here(rendering):
    files = {"a.txt": b"a", "b.png": b"b"}
    assert rendering.call(archive, files) == archive(files)
    assert rendering.pids != [os.getpid()]


def test_an_error_of_a_renderer_is_raised_here_and_the_process_goes_on(rendering):
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'items'"):
        rendering.call(archive, None)
    before = rendering.pids
    assert rendering.call(archive, {}).startswith(b"PK")
    assert rendering.pids == before


def test_a_process_that_ends_is_told_as_busy_and_another_one_takes_its_place(rendering):
    rendering.call(archive, {})
    (pid,) = rendering.pids
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(Busy):
        rendering.call(archive, {})
    assert rendering.call(archive, {}).startswith(b"PK")
    assert rendering.pids != [pid]


def test_a_file_that_takes_too_long_is_given_up_and_its_process_ended():
    rendering = RenderPool(processes=1, seconds=IMPATIENT)
    try:
        with pytest.raises(Busy):
            rendering.call(cast("Callable[..., bytes]", time.sleep), 3600)
        assert rendering.pids == []
    finally:
        rendering.close()


def test_one_more_than_there_are_places_is_refused_at_once():
    rendering, full, over = RenderPool(places=2), threading.Barrier(3), threading.Event()

    def waiting(call):
        full.wait(30)
        over.wait(30)
        return b"made"

    with ThreadPoolExecutor(2) as threads:
        first = [threads.submit(rendering.once, n, waiting) for n in range(2)]
        full.wait(30)
        with pytest.raises(Busy):
            rendering.once("another", lambda call: b"")
        over.set()
        assert [each.result(30) for each in first] == [b"made", b"made"]
    assert rendering.once("another", lambda call: b"now") == b"now"


def test_files_that_take_long_leave_places_for_the_others():
    rendering, started, over = RenderPool(), threading.Event(), threading.Event()

    def long(call):
        started.set()
        over.wait(30)
        return b"long"

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(rendering.once, "long", long, slow=True)
        started.wait(30)
        with pytest.raises(Busy):
            rendering.once("another long", lambda call: b"", slow=True)
        assert rendering.once("short", lambda call: b"short") == b"short"
        over.set()
        assert first.result(30) == b"long"


def test_what_several_ask_for_at_once_is_made_once():
    rendering, calls, over = RenderPool(), [], threading.Event()

    def make(call):
        calls.append(1)
        over.wait(30)
        return b"made"

    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(rendering.once, "same", make) for _ in range(4)]
        assert until(lambda: rendering.waiting == 4)
        over.set()
        assert {each.result(30) for each in asked} == {b"made"}
    assert calls == [1]
    assert rendering.once("same", make) == b"made" and calls == [1]


def test_an_error_reaches_everyone_who_waits_and_is_not_kept():
    rendering = RenderPool()

    def fails(call):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        rendering.once("key", fails)
    assert rendering.once("key", lambda call: b"yes") == b"yes"


def test_a_fork_starts_processes_of_its_own_and_leaves_the_others_alone():
    """gunicorn forks its workers from an application that may have rendered already."""
    code = """
import os, sys
from callbacks.serving.render_pool import RenderPool
from geodata.exports.zip_archive import archive
rendering = RenderPool(processes=1)
rendering.call(archive, {})
before = rendering.pids
child = os.fork()
if not child:
    rendering.call(archive, {})
    own = rendering.pids
    rendering.close()
    os._exit(0 if own and own != before else 1)
_, status = os.waitpid(child, 0)
rendering.call(archive, {})
sys.exit(os.waitstatus_to_exitcode(status) or rendering.pids != before)
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_processes_end_with_whoever_started_them_however_that_ends(how):
    code = """
import sys
from callbacks.serving.render_pool import RenderPool
from geodata.exports.zip_archive import archive
rendering = RenderPool(processes=2)
rendering.call(archive, {})
print(*rendering.pids, flush=True)
sys.stdin.read()
"""
    command = [sys.executable, "-c", code]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as owner:
        assert owner.stdout
        pids = [int(each) for each in owner.stdout.readline().split()]
        assert pids
        owner.send_signal(how)
    assert until(lambda: all(map(gone, pids)))


def packages(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules} - sys.stdlib_module_names


@pytest.mark.slow
def test_the_server_itself_draws_no_picture_and_sets_no_page():
    """A renderer may hold Python's lock: nothing else would be answered meanwhile."""
    process = loaded()
    exported, drawn = packages(process.exported), packages(process.drawn)
    assert drawn > exported, "what draws pictures was there"
    assert packages(process.typeset) > drawn, "what sets pages was there"


# ---------------------------------------------------------------------------------------- gunicorn


def fetch(url: str) -> tuple[int, str | None]:
    try:
        with urllib.request.urlopen(url, timeout=120) as answer:
            assert answer.read().startswith(b"\x89PNG")
            return answer.status, None
    except urllib.error.HTTPError as error:
        with error:
            error.read()
            return error.code, error.headers["Retry-After"]


def test_of_twenty_pictures_at_once_each_is_made_or_told_when_to_come_back(site):
    """None is lost, and the health check is answered meanwhile."""
    urls = [f"{site}/map.png?w={700 + n}" for n in range(20)]
    with ThreadPoolExecutor(21) as threads:
        pictures = [threads.submit(fetch, url) for url in urls]
        health = [urllib.request.urlopen(f"{site}/healthz", timeout=60) for _ in range(3)]
        answers = [each.result() for each in pictures]
    for each in health:
        with each:
            assert each.status == 200
    counted = Counter(status for status, _ in answers)
    assert set(counted) <= {200, 503} and counted[200] >= 1
    assert all(bool(after) == (status == 503) for status, after in answers)


def children(pid: int) -> set[int]:
    """Every process below another one."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()[1:]]
    found: set[int] = set()
    new = {pid}
    while new:
        new = {child for child, parent in pairs if parent in new} - found
        found |= new
    return found


@pytest.mark.slow
def test_nothing_of_a_server_is_left_once_it_was_told_to_stop(tmp_path):
    bound = tmp_path / "map.sock"
    command = [sys.executable, "-m", "gunicorn", "--bind", f"unix:{bound}"]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        assert until(bound.exists, 60)
        assert ask(bound, "/map.png?w=320").startswith(b"HTTP/1.1 200")
        # Two workers, of which one may still be starting, and what renders.
        assert until(lambda: len(children(server.pid)) >= 3)
        below = children(server.pid)
    finally:
        server.terminate()
        server.wait(30)
    assert until(lambda: all(map(gone, below)))


def ask(bound: Path, path: str) -> bytes:
    import socket

    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(60)
        connection.connect(str(bound))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while part := connection.recv(65536):
            received += part
        return received


def test_what_renders_loads_nothing_of_the_figures():
    """So that a process that renders is small, and there in half a second."""
    code = (
        "import sys, geodata.exports.render_worker, geodata.exports.drawing.raster,"
        " geodata.exports.documents.typesetting,"
        " geodata.exports.tables.workbook, geodata.exports.drawing.timelapse;"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) & {"pandas", "numpy", "flask", "dash"} == set()
