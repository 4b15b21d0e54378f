"""`flask --app app snapshot build|verify`: what they say, and the code they leave behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from geodata.settings import BUNDLED
from geodata.snapshots.snapshot import load
from tests.paths import ROOT


@pytest.fixture
def run(app):
    """Run a command of the application; return its exit code and what it says."""
    runner = app.server.test_cli_runner()

    def invoke(*words: object) -> tuple[int, str]:
        result = runner.invoke(args=["snapshot", *map(str, words)])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.output

    return invoke


@pytest.fixture(scope="module")
def built(app, published_folder, tmp_path_factory):
    """A snapshot built from the published tables, and what the command said."""
    out = tmp_path_factory.mktemp("built") / "new" / "snapshot"
    runner = app.server.test_cli_runner()
    result = runner.invoke(args=["snapshot", "build", str(published_folder), "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out, result.output


# -------------------------------------------------------------------------------------------- build


@pytest.mark.slow
def test_building_again_gives_the_snapshot_that_is_shipped(built):
    """If not: `make snapshot`, and commit what it writes."""
    out, _ = built
    assert load(out).version == load(BUNDLED).version
    assert {path.name: path.read_bytes() for path in out.iterdir()} == {
        path.name: path.read_bytes() for path in BUNDLED.iterdir()
    }


@pytest.mark.slow
def test_building_tells_how_rows_were_joined_and_how_boundaries_changed(built, snapshot):
    out, said = built
    assert "Join report: rows matched by code / name / alias / not at all" in said
    for table, counted in snapshot.join_report["rows"].items():
        numbers = " +".join(f"{counted[way]:,}" for way in ("code", "name", "alias", "none"))
        assert re.search(rf"{table} +{numbers}\n", said)
    assert "no rows (idp, level 2): IQG03Q03, IQG11Q01" in said
    assert "18 governorates, 101 districts; largest error of area 0." in said
    assert f"Snapshot {snapshot.version} written to {out}" in said


@pytest.mark.slow
def test_a_build_replaces_a_snapshot_and_nothing_else(run, published_folder, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear")
    code, said = run("build", published_folder, "--out", tmp_path)
    assert code == 3
    assert "is not a snapshot (it has no manifest.json)" in said
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.slow
def test_a_build_of_names_that_match_nothing_stops_with_the_report(run, published_folder, tmp_path):
    src = tmp_path / "data"
    shutil.copytree(published_folder, src, copy_function=os.symlink)
    table = src / "dtm" / "dtm_governorate_round.csv"
    text = table.read_text("utf-8")
    table.unlink()
    table.write_text(text.replace(",Ninewa,", ",Ninevva,", 1), "utf-8")
    code, said = run("build", src, "--out", tmp_path / "out")
    assert code == 1
    assert "Error: Join report" in said
    assert "not placed: 'Ninevva' in dtm_governorate_round: 1 row" in said
    assert "nearest: Ninewa (IQG15)" in said
    assert not (tmp_path / "out").exists()


def test_a_folder_without_the_tables_is_told_what_is_missing(run, tmp_path):
    code, said = run("build", tmp_path, "--out", tmp_path / "out")
    assert code == 1
    assert "irq_adm1_full.geojson is missing" in said
    assert "Traceback" not in said


def test_wrong_words_are_a_usage_error(run, tmp_path):
    assert run("build", tmp_path / "nowhere", "--out", tmp_path)[0] == 2
    assert run("build", tmp_path)[0] == 2
    assert run("publish")[0] == 2


# ------------------------------------------------------------------------------------------- verify


def test_verify_says_that_a_snapshot_is_whole(run, snapshot):
    code, said = run("verify", BUNDLED)
    assert code == 0
    assert said == f"Snapshot {snapshot.version} in {BUNDLED} is whole (14 files).\n"


def test_verify_names_what_was_changed(run, synthetic):
    folder = synthetic()
    with (folder / "counts.parquet").open("ab") as file:
        file.write(b"\0")
    code, said = run("verify", folder)
    assert code == 3
    assert "counts.parquet was changed" in said


def test_verify_of_another_folder_says_how_a_snapshot_is_made(run, tmp_path):
    code, said = run("verify", tmp_path)
    assert code == 3
    assert "flask --app app snapshot build SRC --out DIR" in said


@pytest.mark.slow
def test_a_snapshot_can_be_verified_and_built_where_the_one_to_serve_is_gone(synthetic, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "snapshot", "verify", str(synthetic())],
        cwd=ROOT,
        env={**os.environ, "DISPLACEMENT_SNAPSHOT": str(tmp_path / "gone")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "is whole" in done.stdout


@pytest.mark.slow
def test_the_manifest_has_no_trace_of_where_it_was_built(built):
    out, _ = built
    text = (out / "manifest.json").read_text("utf-8")
    assert str(out.parent) not in text
    assert json.loads(text)["files"].keys() == {
        path.name for path in out.iterdir() if path.name != "manifest.json"
    }
