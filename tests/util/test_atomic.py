"""A folder is replaced as a whole or not at all: stopped half-way, killed, or read meanwhile."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from geodata.util import atomic
from geodata.util.atomic import (
    atomic_directory,
    leftovers,
    recover_file,
    remove_leftovers,
    write_file,
)
from tests.paths import ROOT

HALF_WRITTEN = """
import sys
from pathlib import Path
from geodata.util.atomic import atomic_directory

with atomic_directory(Path(sys.argv[1])) as fresh:
    (fresh / "half").write_text("half")
    print("half-way", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def maps(tmp_path: Path) -> Path:
    folder = tmp_path / "shelf" / "maps"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "old.txt").write_text("old")
    return folder


@pytest.fixture(params=["in one step", "in two steps"])
def way(request, monkeypatch) -> str:
    """Both ways in which a folder is put in place: as Linux does it, and as others do."""
    if request.param == "in two steps":
        monkeypatch.setattr(atomic, "_swap", lambda one, other: False)
    return str(request.param)


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def replace(folder: Path, **files: str) -> None:
    with atomic_directory(folder) as fresh:
        for name, text in files.items():
            (fresh / name).write_text(text)


# --------------------------------------------------------------------------------------- replacing


def test_a_folder_is_replaced_as_a_whole_and_nothing_is_left_beside_it(maps, way):
    replace(maps, new="new")
    assert content(maps) == {"new": "new"}
    assert names(maps.parent) == ["maps"]


@pytest.mark.parametrize("name", ["new-", "old-maps", "a b[1]*", ".hidden", "kárta"])
def test_a_folder_of_any_name_is_replaced(tmp_path, way, name):
    for text in ("first", "second"):
        replace(tmp_path / name, new=text)
        assert content(tmp_path / name) == {"new": text}
        assert names(tmp_path) == [name]


def test_a_folder_is_made_where_there_was_none_or_an_empty_one(tmp_path, way):
    (tmp_path / "empty").mkdir()
    for name in ("empty", "none"):
        replace(tmp_path / name, new="new")
        assert content(tmp_path / name) == {"new": "new"}
    assert names(tmp_path) == ["empty", "none"]


def test_a_link_stays_one_and_what_it_leads_to_is_replaced(maps, tmp_path, way):
    link = tmp_path / "current"
    link.symlink_to(maps)
    replace(link, new="new")
    assert link.is_symlink()
    assert content(maps) == {"new": "new"}
    assert names(tmp_path) == ["current", "shelf"]


def test_others_may_read_it(maps, way):
    replace(maps, new="new")
    assert stat.S_IMODE(maps.stat().st_mode) == 0o755


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux swaps in one step")
def test_whoever_reads_meanwhile_always_finds_it(maps):
    (maps / "always").write_text("there")
    missed, done = [], threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                (maps / "always").read_text()
            except OSError as error:
                missed.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(100):
            replace(maps, always="there")
    finally:
        done.set()
        reader.join()
    assert missed == []


# ------------------------------------------------------------------------------------ half-way


@pytest.mark.parametrize("reason", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_stop_half_way_leaves_what_was_there(maps, way, reason):
    with pytest.raises(type(reason)), atomic_directory(maps) as fresh:
        (fresh / "half").write_text("half")
        raise reason
    assert content(maps) == {"deep/old.txt": "old"}
    assert names(maps.parent) == ["maps"]


def test_a_stop_half_way_leaves_nothing_where_nothing_was(tmp_path):
    with (
        pytest.raises(RuntimeError, match="half way"),
        atomic_directory(tmp_path / "maps") as fresh,
    ):
        (fresh / "half").write_text("half")
        raise RuntimeError("half way")
    assert names(tmp_path) == []


def test_where_the_new_one_cannot_be_put_in_place_the_old_one_is_put_back(maps, monkeypatch):
    monkeypatch.setattr(atomic, "_swap", lambda one, other: False)
    rename = os.rename

    def refuse_the_new(source, target):
        if atomic.NEW in Path(source).name:
            raise PermissionError(13, "Permission denied")
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse_the_new)
    with pytest.raises(PermissionError, match="Permission denied"):
        replace(maps, new="new")
    assert content(maps) == {"deep/old.txt": "old"}
    assert names(maps.parent) == ["maps"]


def test_a_folder_that_cannot_be_written_beside_is_an_error_and_stays(tmp_path):
    missing = pytest.raises(FileNotFoundError, match="nowhere")
    with missing, atomic_directory(tmp_path / "nowhere" / "maps"):
        pytest.fail("there is no folder to write to")
    assert names(tmp_path) == []


# ------------------------------------------------------------------------------------- left over


def test_a_killed_process_leaves_the_old_one_and_the_next_clears_up(maps):
    command = [sys.executable, "-c", HALF_WRITTEN, str(maps)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "half-way\n"
        left = [name for name in names(maps.parent) if name != "maps"]
        assert len(left) == 1
        remove_leftovers(maps)
        assert left[0] in names(maps.parent), "it is still being written"
        writer.send_signal(signal.SIGKILL)
    assert content(maps) == {"deep/old.txt": "old"}
    assert left[0] in names(maps.parent)
    replace(maps, new="new")
    assert content(maps) == {"new": "new"}
    assert names(maps.parent) == ["maps"]


def test_a_folder_that_a_stop_between_two_renames_took_away_is_put_back(maps):
    maps.rename(maps.with_name(".maps.old-abcd1234"))
    half = maps.with_name(".maps.new-abcd1234")
    half.mkdir()
    with atomic_directory(maps):
        assert content(maps) == {"deep/old.txt": "old"}
        assert not half.exists()
    assert names(maps.parent) == ["maps"]


def test_an_old_one_whose_new_one_is_in_place_is_cleared_away(maps):
    old = maps.with_name(".maps.old-abcd1234")
    old.mkdir()
    (old / "older.txt").write_text("older")
    remove_leftovers(maps)
    assert content(maps) == {"deep/old.txt": "old"}
    assert names(maps.parent) == ["maps"]


def test_the_old_one_of_a_replacement_that_goes_on_is_left_to_it(maps):
    old, new = (maps.with_name(f".maps.{kind}abcd1234") for kind in (atomic.OLD, atomic.NEW))
    maps.rename(old)
    new.mkdir()
    with atomic._locked(new):
        remove_leftovers(maps)
        assert names(maps.parent) == sorted([new.name, old.name])


@pytest.mark.parametrize(
    "name", [".maps-2.new-abcd1234", ".maps.new-abcd", ".maps.new-x.old-abcd1234", "maps.new-a"]
)
def test_what_is_of_another_folder_is_left_alone(maps, name):
    maps.with_name(name).mkdir()
    replace(maps, new="new")
    assert names(maps.parent) == sorted(["maps", name])


def test_a_file_or_link_that_only_has_such_a_name_is_left_alone(maps, tmp_path):
    (tmp_path / "letters").mkdir()
    link, file = (maps.with_name(f".maps.new-{end}") for end in ("abcd1234", "abcd1235"))
    link.symlink_to(tmp_path / "letters")
    file.write_text("Dear")
    replace(maps, new="new")
    assert names(maps.parent) == sorted(["maps", link.name, file.name])
    assert (tmp_path / "letters").is_dir()


# ----------------------------------------------------------------------------------------- a file


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    for data in (b"first", b"second"):
        write_file(tmp_path / "pointer.json", data)
        assert (tmp_path / "pointer.json").read_bytes() == data
    assert names(tmp_path) == ["pointer.json"]
    assert stat.S_IMODE((tmp_path / "pointer.json").stat().st_mode) == 0o644


@pytest.mark.parametrize("call", ["fsync", "replace", "fchmod"])
def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path, monkeypatch, call):
    write_file(tmp_path / "pointer.json", b"first")

    def fails(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fails)
    with pytest.raises(OSError, match="No space"):
        write_file(tmp_path / "pointer.json", b"second")
    assert (tmp_path / "pointer.json").read_bytes() == b"first"
    assert names(tmp_path) == ["pointer.json"]


def test_a_disk_that_cannot_flush_names_has_replaced_the_file_all_the_same(tmp_path, monkeypatch):
    fsync = os.fsync

    def only_files(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(22, "Invalid argument")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", only_files)
    write_file(tmp_path / "pointer.json", b"first")
    assert (tmp_path / "pointer.json").read_bytes() == b"first"


def test_what_a_killed_writer_left_is_found_and_cleared_away(tmp_path):
    pointer = tmp_path / "pointer.json"
    write_file(pointer, b"first")
    for name in (".pointer.json.new-abcd1234", ".maps.new-abcd1234", ".maps.new-ab", ".other"):
        (tmp_path / name).write_text("")
    assert leftovers(tmp_path) == {"pointer.json", "maps"}
    recover_file(pointer)
    assert names(tmp_path) == [".maps.new-ab", ".maps.new-abcd1234", ".other", "pointer.json"]
