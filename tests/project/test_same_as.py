"""Comparing what two trees answer: what differs is found, what must differ is not told."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest

from benchmarks import revisions, same_as
from benchmarks.same_as import Answer, compare, compare_all, expectations, report, sort_out
from benchmarks.same_as_asked import KEYS, STATES, requests, sampled

HTML = (("Content-Type", "text/html"), ("ETag", '"0123456789"'))
POLICY = "style-src 'self' 'sha256-{}='; img-src {}"
# A synthetic application: what the runner needs of a tree, and a page that differs.
APP = """
from flask import Flask
server = Flask(__name__)
server.get("/")(lambda: "<p>Where <b>people</b> live</p>")
class Made: pass
def create_app():
    made = Made(); made.server = server
    return made
"""


def answer(body: str | bytes, *headers: tuple[str, str], name: str = "/", status: int = 200):
    sent = body.encode() if isinstance(body, str) else body
    return Answer(name, status, headers or HTML, sent)


def archive(day: int, **members: bytes) -> bytes:
    """Make a synthetic ZIP whose members are of a day."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        for name, body in members.items():
            written.writestr(zipfile.ZipInfo(name, (2020, 1, day, 0, 0, 0)), body)
    return file.getvalue()


def whats(old: Answer, new: Answer) -> list[str]:
    return [each.what for each in compare(old, new)]


# ---- what is asked


def test_the_list_has_500_addresses_each_once_and_is_the_same_each_time():
    names = [each.name for each in requests()]
    assert len(names) == len(set(names)) >= 500
    assert names == [each.name for each in requests()]


def test_each_value_of_a_state_is_asked_equally_often():
    states = sampled(KEYS, STATES, "state")
    for key, values in KEYS.items():
        found = [state.get(key, "") for state in states]
        for value in set(values):
            share = values.count(value) * STATES / len(values)
            assert abs(found.count(value) - share) <= values.count(value)


@pytest.mark.parametrize(
    "path",
    ["/", "/embed", "/share", "/sources", "/compare", "/download", "/map.png", "/map.svg"]
    + ["/map.pdf", "/map.zip", "/map.html", "/data.csv", "/data.xlsx", "/data.json", "/card.png"]
    + ["/data.geojson", "/timelapse.gif", "/briefing.pptx", "/briefing.pdf", "/briefing.yaml"]
    + ["/briefing", "/briefing/edit", "/worker.js", "/oembed", "/api/v1/view.json"],
)
def test_every_route_is_asked(path):
    assert any(each.address.partition("?")[0] == path for each in requests())


# ---- comparing


def test_equal_answers_do_not_differ():
    assert compare(answer("<p>one</p>"), answer("<p>one</p>")) == []


def test_a_changed_word_is_found_and_shown_with_what_stands_beside_it():
    long = "x" * 200
    (found,) = compare(
        answer(f"<p>first\n{long}Where people live{long}</p>"),
        answer(f"<p>first\n{long}Where people stay{long}</p>"),
    )
    assert found.what == "body"
    assert found.context is not None
    old, new = found.context
    at = long[:68] + "Where people "
    assert old[:81] == f"{at[-80:]}l"
    assert new[:81] == f"{at[-80:]}s"
    assert len(old) == len(new) == 160


def test_every_piece_that_differs_is_one_difference():
    found = compare(answer("a,b,c,d"), answer("a,B,c,D"))
    assert [(each.old, each.new) for each in found] == [("b,", "B,"), ("d", "D")]
    (added,) = compare(answer("a,b,c"), answer("a,b,x,c"))
    assert (added.old, added.new) == ("", "x,")


def test_status_and_headers_are_compared():
    assert whats(answer("a"), answer("a", status=404)) == ["status"]
    kept = (("Cache-Control", "no-cache"), ("Content-Type", "text/html"))
    typed = (("Cache-Control", "no-cache"), ("Content-Type", "text/plain"))
    assert whats(answer("a", *kept), answer("a", *typed)) == ["Content-Type"]
    assert whats(answer("a", *kept), answer("a", *kept[1:])) == ["Cache-Control"]


def test_of_an_etag_only_its_being_there_is_compared():
    tagged, other, weak = ((("ETag", tag),) for tag in ('"0a1b"', '"2c3d"', 'W/"2c3d"'))
    assert whats(answer("a", *tagged), answer("a", *other)) == []
    assert whats(answer("a", *tagged), answer("a", ("Vary", "x"))) == ["ETag", "Vary"]
    assert whats(answer("a", *tagged), answer("a", *weak)) == ["ETag"]


def test_the_order_of_methods_is_not_compared():
    old, new = (answer("", ("Allow", methods)) for methods in ("GET, HEAD", "HEAD, GET"))
    assert compare(old, new) == []
    assert whats(old, answer("", ("Allow", "GET, POST"))) == ["Allow"]


def test_of_a_policy_only_hashes_may_differ():
    one, two = (("Content-Security-Policy", POLICY.format(it, "'self'")) for it in ("ab+", "c/d"))
    assert whats(answer("a", one), answer("a", two)) == []
    wide = ("Content-Security-Policy", POLICY.format("ab+", "*"))
    assert whats(answer("a", one), answer("a", wide)) == ["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address", ["/built/js/x.{}.js", "/embed/auto.css?m={}", "data/idp-people.{}.js"]
)
def test_the_hash_in_the_address_of_an_asset_follows_from_the_asset(address):
    pages = [answer(f'<a href="{address.format(hash_ * 12)}">') for hash_ in "ab"]
    assert compare(*pages) == []


@pytest.mark.parametrize(
    "text",
    [
        '{{"end_id":"{}"}}',
        'const RELEASE="{}{}{}";',
        '"sha256": "{}{}{}{}{}{}{}{}{}{}{}{}{}{}{}{}"',
        '<dcterms:created xsi:type="dcterms:W3CDTF">2026-11-30T{}Z</dcterms:created>',
    ],
)
def test_what_is_another_in_each_process_is_not_compared(text):
    old, new = ("11:20:42", "12:34:56") if "dcterms" in text else ("aaaa", "bbbb")
    bodies = [text.format(*[it] * text.count("{}")) for it in (old, new)]
    assert bodies[0] != bodies[1]
    assert compare(*map(answer, bodies)) == []
    assert compare(answer(bodies[0]), answer(bodies[1] + "!")) != []


def test_of_when_a_file_was_changed_only_its_being_there_is_compared():
    old, new = (answer("", ("Last-Modified", f"Mon, {day} Nov 2026")) for day in (29, 30))
    assert compare(old, new) == []
    assert whats(old, answer("", ("Vary", "x"))) == ["Last-Modified", "Vary"]


def test_a_version_of_a_snapshot_does_not():
    assert whats(answer("?v=aaaaaaaaaaaa"), answer("?v=bbbbbbbbbbbb")) == ["body"]


def test_time_stamps_of_containers_are_not_compared_also_of_one_in_another():
    inner = [archive(day, **{"sheet.xml": b"<v>1</v>"}) for day in (1, 2)]
    assert inner[0] != inner[1]
    assert compare(*map(answer, inner)) == []
    outer = [archive(day, **{"data.xlsx": it}) for day, it in zip((3, 4), inner, strict=True)]
    assert compare(*map(answer, outer)) == []


def test_a_member_of_a_container_is_named_where_it_differs():
    old, new = (archive(1, a=b"same", b=body) for body in (b"one", b"two"))
    assert whats(answer(old), answer(new)) == ["b"]
    nested = [archive(1, **{"data.xlsx": body}) for body in (old, new)]
    assert whats(*map(answer, nested)) == ["data.xlsx/b"]
    turned = archive(1, b=b"one", a=b"same")
    assert set(whats(answer(old), answer(turned))) == {"order of body"}
    assert set(whats(answer(old), answer(archive(1, a=b"same")))) == {"order of body", "b"}


def test_what_only_begins_like_a_container_is_compared_as_it_is():
    found = whats(answer(b"PK\x03\x04\xff1"), answer(b"PK\x03\x04\xff2"))
    assert found == ["body from byte 5"]


def test_a_pdf_is_compared_but_for_its_dates():
    pdf = b"%%PDF-1.7\n%b/CreationDate (D:%d) /ID [(%d)]\n\xff%b"
    assert compare(answer(pdf % (b"", 1, 1, b"x")), answer(pdf % (b"", 22, 22, b"x"))) == []
    (found,) = compare(answer(pdf % (b"", 1, 1, b"x")), answer(pdf % (b"", 1, 1, b"y")))
    assert found.what.startswith("body from byte")


def test_a_compressed_body_is_compared_as_it_was_before():
    coded = (("Content-Encoding", "br"),)
    quick, small = (brotli.compress(b"<p>one</p>" * 99, quality=it) for it in (1, 11))
    assert quick != small
    assert compare(answer(quick, *coded), answer(small, *coded)) == []
    other = brotli.compress(b"<p>one</p>" * 98 + b"<p>two</p>")
    assert "body" in whats(answer(quick, *coded), answer(other, *coded))


def test_an_answer_that_only_one_tree_gave_differs():
    total, found = compare_all([answer("a"), answer("b", name="/b")], [answer("c", name="/c")])
    assert total == 3
    told = {name: (each.old, each.new) for name, (each,) in found.items()}
    assert told == {
        "/": ("(there)", "(none)"),
        "/b": ("(there)", "(none)"),
        "/c": ("(none)", "(there)"),
    }


# ---- what is wanted, and the report


def test_what_is_wanted_is_told_as_such_and_the_rest_is_left():
    _, found = compare_all([answer("a,b,c")], [answer("a,B,C")])
    wanted = expectations("# known\n\n^/ body: - b :: a capital\nnever :: nothing")
    left, known = sort_out(found, wanted)
    assert [(each.old, each.new) for each in left["/"]] == [("c", "C")]
    assert known == {"a capital": {"/"}, "nothing": set()}
    left, known = sort_out(found, expectations("body: - [bc],? :: capitals"))
    assert left == {}
    assert list(report(1, left, known, 5)) == [
        "wanted (1): capitals",
        "",
        "0 answers are the same, 1 differ as is wanted.",
    ]


@pytest.mark.parametrize("line", ["^/sources", "^/sources :: ", "( :: why"])
def test_a_wrong_line_of_what_is_wanted_is_named(line):
    with pytest.raises(ValueError, match="^line 2: "):
        expectations(f"# first\n{line}")


def test_the_report_names_assets_apart_and_answers_that_differ_alike_together():
    names = ["/built/page.VERSION.css", *(f"/p{number}" for number in range(6)), "/built/"]
    old, new = ([answer(f"p{{color:{it}}}", name=name) for name in names] for it in ("red", "blue"))
    lines = list(report(8, *sort_out(compare_all(old, new)[1], []), limit=5))
    assert "\nAssets that differ: 1" in lines
    assert "\nAnswers that differ: 7" in lines
    assert "… and 2 more, which differ in the same" in lines
    assert "    - p{color:red}" in lines
    assert lines[-1] == "8 of 8 answers differ."
    assert list(report(8, {}, {}, 5))[-1] == "8 answers are the same."


# ---- from end to end, on a synthetic tree


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


def commit(root: Path) -> None:
    git(root, "add", ".")
    git(root, "commit", "-qm", "One")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    root = tmp_path / "repository"
    root.mkdir()
    (root / "app.py").write_text(APP, "utf-8")
    (root / "requirements.txt").write_text("", "utf-8")
    git(root, "init", "-q")
    commit(root)
    monkeypatch.setattr(same_as, "ROOT", root)
    monkeypatch.setattr(revisions, "ROOT", root)
    return root


def test_a_changed_word_is_found_between_a_commit_and_the_files(repository, capsys):
    assert same_as.main(["HEAD"]) == 0
    assert capsys.readouterr().out.endswith(" answers are the same.\n")
    changed = APP.replace("<b>people", "<b>nobody")
    (repository / "app.py").write_text(changed, "utf-8")
    (wanted := repository / "wanted").write_text("^/ body: :: as asked\nsaid :: why\n", "utf-8")
    assert same_as.main(["HEAD", "--expect", str(wanted)]) == 1
    told = capsys.readouterr().out
    assert "- <p>Where <b>people</b> live</p>" in told
    assert "+ <p>Where <b>nobody</b> live</p>" in told
    assert "wanted (1): as asked" in told
    assert "not met: why" in told
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_what_is_no_commit_is_told_in_a_sentence(repository, capsys):
    assert same_as.main(["no-such-branch"]) == 2
    assert capsys.readouterr().err == "REF=no-such-branch is no commit, branch or tag here.\n"
    assert same_as.main([""]) == 2
    assert capsys.readouterr().err == "Name what to compare with, as in REF=main.\n"


def test_a_tree_that_cannot_be_asked_says_why(repository, capsys):
    (repository / "app.py").write_text("raise OSError('no figures')\n", "utf-8")
    commit(repository)
    assert same_as.main(["HEAD"]) == 2
    assert "no figures" in capsys.readouterr().err
