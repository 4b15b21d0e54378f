"""`flask --app app ingest|snapshot`: files in, a report, a snapshot that can be rolled back."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner

from geodata.ingest.report import MAX_PRINTED
from geodata.settings import BUNDLED
from geodata.snapshots.library import Library
from geodata.snapshots.snapshot import load
from geodata.sources import MODULES, kind
from tests.commanding import runner
from tests.paths import ROOT, SHARED

MAPPING = """\
source:
  id: made-up-table
  title: A made-up table
  publisher: Nobody
  url: https://example.org/table
  terms: Free to use.
  credit: "Source: nobody"
  what: Figures made up for tests.
columns:
  adm1_code: code
  date: day
  population: who
  programme: programme
  people: people
"""


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path / "library")


def running(commands: FlaskCliRunner) -> Callable[..., tuple[int, str]]:
    """Run a command; its code and what it says."""

    def invoke(*words: object) -> tuple[int, str]:
        result = commands.invoke(args=[*map(str, words)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result.exit_code, result.output

    return invoke


@pytest.fixture
def run(tmp_path):
    """Run a command with a library of one's own."""
    return running(runner(str(tmp_path / "library")))


@pytest.fixture
def small(tmp_path, examplia_folder):
    """Run a command where the made-up snapshot is the one that ships: it is quickly written."""
    return running(runner(str(tmp_path / "library"), snapshot=examplia_folder))


@pytest.fixture
def table(tmp_path):
    """Write a made-up table and its mapping; return the words that bring it in."""

    def write(*rows: tuple[str, str, str, str, int | str], name: str = "table.csv") -> list[object]:
        mapping = tmp_path / "mapping.yaml"
        mapping.write_text(MAPPING)
        file = tmp_path / name
        with file.open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["code", "day", "who", "programme", "people"])
            writer.writerows(rows)
        return ["table", file, "--mapping", mapping]

    return write


FEW = "--allow-fall"
"""The tables count a few hundred people, where a million are held."""


NEW = [("IQG15", "2021-06-30", "idp", "", 600), ("IQG01", "2021-06-30", "idp", "", 60)]
OF_SMALL = [("XXG01", "2021-08-31", "idp", "", 600), ("XXG02", "2021-08-31", "idp", "", 60)]


def test_a_table_becomes_the_active_snapshot_and_says_what_changed(run, library, table):
    code, said = run("ingest", *table(*NEW), FEW)
    assert code == 0
    assert "idp 2021-06-30: 660 people" in said
    active = library.active()
    assert active and f"Snapshot {active} is active; before it was {load(BUNDLED).version}" in said
    rows = library.read(active).tables.counts
    fresh = rows[rows["source"] == "made-up-table"]
    assert sorted(fresh["people"]) == [60, 600]
    assert len(rows) == len(load(BUNDLED).tables.counts) + 2


@pytest.mark.slow
def test_a_dry_run_says_the_same_and_writes_nothing(run, library, table):
    words = table(*NEW)
    code, said = run("ingest", *words, "--dry-run", FEW)
    assert code == 0
    assert "660 people" in said and said.endswith("A dry run: nothing was written.\n")
    assert library.active() is None
    assert library.versions() == []


@pytest.mark.slow
def test_what_was_active_before_comes_back(small, library, table, examplia):
    small("ingest", *table(*OF_SMALL), FEW)
    first = library.active()
    small("ingest", *table(("XXG01", "2021-09-15", "idp", "", 700), name="next.csv"), FEW)
    assert library.active() != first
    code, said = small("snapshot", "rollback")
    assert (code, library.active()) == (0, first)
    assert f"Snapshot {first} is active again" in said
    small("snapshot", "rollback")
    assert library.active() == examplia.version
    code, said = small("snapshot", "rollback")
    assert code == 3
    assert "nothing to go back to" in said


@pytest.mark.slow
def test_the_same_file_again_changes_nothing(small, library, table):
    words = [*table(*OF_SMALL), FEW]
    small("ingest", *words)
    before = library.active()
    code, said = small("ingest", *words)
    assert code == 0
    assert f"Nothing changes: snapshot {before} holds these figures already." in said
    assert len(library.history()) == 2


def test_every_error_of_a_file_is_told_and_nothing_is_written(run, library, table):
    code, said = run(
        "ingest",
        *table(
            ("IQG15", "2021-06-30", "idp", "", "six"),
            ("IQG15", "2021-13-30", "idp", "", 6),
            ("IQG15", "2021-06-30", "tourist", "", 6),
            ("IQG15", "2021-06-30", "idp", "PHHS", 6),
        ),
    )
    assert code == 1
    for row, value in ((2, "six"), (3, "2021-13-30"), (4, "tourist"), (5, "PHHS")):
        assert f"row {row}" in said and f"“{value}”" in said
    assert "PHSS" in said
    assert "Nothing was written: mend the 4 errors above" in said
    assert library.active() == load(BUNDLED).version


@pytest.mark.slow
def test_places_that_match_nothing_are_refused_with_what_is_near(run, table):
    code, said = run("ingest", *table(("IQG99", "2021-06-30", "idp", "", 6)))
    assert code == 1
    assert "“IQG99”" in said and "--allow-unmatched" in said
    code, said = run(
        "ingest", *table(("IQG99", "2021-06-30", "idp", "", 6)), "--allow-unmatched", FEW
    )
    assert code == 0
    assert "kept as “not placed”" in said


def test_a_code_of_the_old_numbering_is_refused(run, table):
    code, said = run("ingest", *table(("IQ-G08", "2021-06-30", "idp", "", 6)))
    assert code == 1
    assert "IQ-G08" in said and "Dahuk" in said and "Baghdad" in said


def test_a_numbering_that_is_not_known_is_refused(run, table):
    words = table(("IQG08", "2021-06-30", "idp", "", 6))
    code, said = run("ingest", *words, "--pcode-scheme", "1999")
    assert code == 1
    assert "There is no such numbering of P-codes" in said


@pytest.mark.slow
def test_a_list_of_another_country_is_told_as_such_in_one_sentence(run, table):
    rows = [(f"SY0{number}", "2021-06-30", "idp", "", 6) for number in range(1, 6)]
    for more in ((), ("--allow-unmatched",)):
        code, said = run("ingest", *table(*rows), *more)
        assert code == 1
        assert "Errors (1)" in said
        assert "list of another country than Iraq" in said
        assert "5 of its 5 governorates" in said
        assert "begin with SY (Syria), not with IQ. Bring" in said


@pytest.mark.slow
def test_a_snapshot_may_be_held_and_shown_later(run, library, table):
    code, said = run("ingest", *table(*NEW), FEW, "--hold")
    assert code == 0
    held = said.rsplit("snapshot activate ", 1)[1].strip()
    assert library.active() == load(BUNDLED).version
    code, said = run("snapshot", "activate", held)
    assert (code, library.active()) == (0, held)


@pytest.mark.slow
def test_all_of_a_report_can_be_had_as_json(run, table):
    code, said = run("ingest", *table(*NEW), FEW, "--json")
    report = json.loads(said)
    assert code == 0
    assert report["active"] is True
    assert report["totals"][0]["people"] == 660
    assert report["files"][0]["rows"] == 2


@pytest.mark.slow
def test_a_total_that_falls_stops_it_and_is_the_first_thing_said(run, library, table):
    rows = [(f"IQG{n:02}", "2021-06-30", "idp", "", "") for n in range(1, 19)] * 4
    words = table(*rows, *NEW)
    code, said = run("ingest", *words)
    assert code == 1
    first, second = said.strip().splitlines()[:2]
    assert first == "A total falls"
    assert second.startswith("  idp on 2021-06-30: 660 people, -99.9% against the 1,")
    assert said.endswith(
        "Nothing was written: see to the list, or pass --allow-fall, and run it again.\n"
    )
    assert library.active() == load(BUNDLED).version
    code, said = run("ingest", *words, FEW)
    assert code == 0
    assert said.strip().splitlines()[1].startswith("  idp on 2021-06-30: 660 people")
    assert library.active() != load(BUNDLED).version


@pytest.mark.slow
def test_warnings_are_cut_below_those_that_do_most_harm(run, table):
    blank = [(f"IQG{n:02}", "2021-06-30", "idp", "", "") for n in range(1, 19)] * 4
    code, said = run(
        "ingest", *table(*blank, *NEW, ("IQG99", "2021-06-30", "idp", "", 6)), FEW,
        "--allow-unmatched",
    )  # fmt: skip
    assert code == 0
    warnings = said.partition("Warnings (73)\n")[2].splitlines()
    assert "“IQG99”: no area answers to this place (1 row, 6 people)" in warnings[0]
    assert "gives no number" in warnings[1]
    assert warnings[MAX_PRINTED] == "  … and 23 more; --json lists them all"
    code, said = run("ingest", *table(*blank, *NEW), FEW, "--dry-run", "--json")
    harms = [one["harm"] for one in json.loads(said)["findings"]]
    assert harms == ["total_falls", *["not_assessed"] * 72]


@pytest.mark.slow
def test_how_far_a_total_may_fall_is_a_setting(tmp_path, table):
    commands = runner(str(tmp_path / "library"), largest_fall=0.9999)
    result = commands.invoke(args=[*map(str, ["ingest", *table(*NEW)])])
    assert result.exit_code == 0, result.output
    assert "-99.9% against" in result.output  # told, as any change beyond reason is


def test_long_lists_of_errors_are_cut_where_a_person_reads_and_counted(run, table):
    rows = [(f"IQX{n:02}", "2021-06-30", "idp", "", 6) for n in range(MAX_PRINTED + 7)]
    code, said = run("ingest", *table(*rows))
    assert code == 1
    assert f"Errors ({MAX_PRINTED + 7})" in said
    assert "… and 7 more" in said


def test_snapshots_are_listed_shown_compared_and_verified(small, library, table, examplia):
    code, said = small("snapshot", "list")
    assert code == 0 and "holds no snapshot yet" in said
    small("ingest", *table(*OF_SMALL), FEW)
    active, before = library.active(), examplia.version
    code, said = small("snapshot", "list")
    assert f"{active} active" in said and before in said
    code, said = small("snapshot", "show")
    assert f"Snapshot {active} (Examplia)" in said and "table table.csv" in said
    code, said = small("snapshot", "diff", before)
    assert code == 0 and "idp" in said
    code, said = small("snapshot", "verify")
    assert code == 0 and f"Snapshot {active}" in said
    code, said = small("snapshot", "verify", "0" * 12)
    assert code == 3 and str(active) in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "'nothing' is not one of"),
        (["dtm-idp"], "dtm-idp needs a file"),
        (["dtm-api", __file__], "takes no files"),
        (["table", __file__], "table needs --mapping"),
        (["dtm-idp", "/no/such/file"], "does not exist"),
        (["dtm-idp", __file__, "--date", "31.8.2019"], "does not match the format '%Y-%m-%d'"),
    ],
)
def test_a_wrong_command_line_is_told_so(run, words, said):
    code, out = run("ingest", *words)
    assert code == 2
    assert said in out


def test_the_help_lists_every_kind(run):
    code, said = run("ingest", "--help")
    assert code == 0
    for name in MODULES:
        assert f"  {name}  " in said
        assert kind(name).name == name


# The list of 29 February 2020 has a column "Jan 20" that the tables by round leave out: with it
# the periods add up to all 233,195 households.
LATER = {"idp_master_list_2020-02-29.csv": {"breakdowns": {"added": 4, "removed": 3}}}


@pytest.mark.slow
def test_the_published_lists_bring_no_other_figure(run, published_folder):
    """Both layouts give exactly the counts and breakdowns of the tables by round."""
    whole = SHARED / "dtm" / "raw"  # else their sums by district
    raw = whole if whole.is_dir() else published_folder / "dtm" / "raw"
    for name, files in (("dtm-idp", "idp_*"), ("dtm-returnee", "returnee_*")):
        for file in sorted(raw.glob(files)):
            code, said = run("ingest", name, file, "--dry-run", "--json")
            assert code == 0, said
            changes = json.loads(said)["changes"]
            assert (changes["series"], changes["tables"]) == ([], LATER.get(file.name, {}))


def started(library: Path, words: list[object], **more: str) -> subprocess.Popen[str]:
    """Start a command in a process of its own, with a library."""
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "DISPLACEMENT_SNAPSHOTS": str(library), **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.slow
def test_a_library_that_cannot_be_used_is_told(tmp_path, table):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    process = started(in_the_way, ["ingest", *table(*NEW)])
    said, _ = process.communicate(timeout=240)
    assert process.returncode == 3
    assert f"{in_the_way} is a file: a library is a folder; name another" in said


@pytest.mark.slow
def test_two_at_once_wait_for_each_other(tmp_path, table, examplia_folder):
    """Two processes, one library: both bring their figures in, one after the other."""
    first = table(("XXG01", "2021-08-31", "idp", "AID", 6), name="first.csv")
    second = table(("XXG02", "2021-09-30", "idp", "AID", 12), name="second.csv")
    ships = {"DISPLACEMENT_SNAPSHOT": str(examplia_folder)}
    started_both = [
        started(tmp_path / "library", ["ingest", *words], **ships) for words in (first, second)
    ]
    ended = [one.communicate(timeout=240) for one in started_both]
    assert [one.returncode for one in started_both] == [0, 0], ended
    library = Library(tmp_path / "library")
    active = library.active()
    assert active
    rows = library.read(active).tables.counts
    assert sorted(rows.loc[rows["programme"] == "AID", "people"]) == [6, 12]
