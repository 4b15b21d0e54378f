"""``make bench-against``: what a row says of two measures, and what cannot be compared."""

from __future__ import annotations

import pytest

from benchmarks import against
from benchmarks.against import TARGETS, rows, script_lines
from benchmarks.browser import VARIABLE
from tests.paths import ROOT


def row(name, theirs, ours):
    every = dict.fromkeys(TARGETS, 1.0)
    found = rows(every | {name: theirs}, every | {name: ours})
    return next(each for each in found if each.what == name)


@pytest.mark.parametrize(
    ("name", "theirs", "ours", "measured", "target", "verdict"),
    [
        ("bytes until at rest", 675_000, 171_000, "675.0 kB -> 171.0 kB (0.25)", "0.3", "ok"),
        ("bytes until at rest", 675_000, 300_000, "675.0 kB -> 300.0 kB (0.44)", "0.3", "over"),
        ("bytes until movable", 600_000, 74_000, "600.0 kB -> 74.0 kB (0.12)", "70.0 kB", "over"),
        ("requests until at rest", 11, 6, "11 requests -> 6 requests (0.55)", "8 requests", "ok"),
        ("layout shift", 0, 0, "0 -> 0", "0", "ok"),
        ("layout shift", 0, 0.034, "0 -> 0.034", "0", "over"),
        ("live", 1000, 800, "1,000 ms -> 800 ms (0.80)", "", ""),
    ],
)
def test_a_row_has_both_values_and_their_ratio(name, theirs, ours, measured, target, verdict):
    found = row(name, theirs, ours)
    assert found.measured == measured
    assert found.target.removeprefix("<= ").removesuffix(" of REF") == target
    assert found.verdict == verdict
    assert not found.fails


def test_lines_are_those_of_the_pages_own_scripts(tmp_path):
    (tmp_path / "assets/js/page").mkdir(parents=True)
    (tmp_path / "assets/js/a.js").write_text("1\n2\n", "utf-8")
    (tmp_path / "assets/js/page/b.js").write_text("3\n", "utf-8")
    assert script_lines(tmp_path) == {"lines of the page's own scripts": 3}
    assert script_lines(ROOT)["lines of the page's own scripts"] > 1000


def test_what_is_no_commit_is_refused_in_a_sentence(capsys, monkeypatch):
    monkeypatch.setenv(VARIABLE, "/bin/true")
    assert against.main(["no-such-branch"]) == 2
    assert capsys.readouterr().err == "REF=no-such-branch is no commit, branch or tag here.\n"
