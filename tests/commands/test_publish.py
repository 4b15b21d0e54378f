"""`flask --app app publish DIR`: what is in the folder, how it is served, how it is replaced."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import feedparser
import pytest
from flask.testing import FlaskClient
from lxml import etree
from playwright.sync_api import Page, expect

from callbacks.commands import static_site
from geodata.api.view_json import as_dict, state_dict
from geodata.exports.drawing.raster import png
from geodata.figures.state import State, parse
from geodata.figures.view import compute
from geodata.links.embed_options import EmbedOptions
from geodata.publishing import embeds, site_manifest
from geodata.publishing.embeds import Embed, tracked_populations
from geodata.snapshots.library import Library
from tests import access
from tests.documents import Document
from tests.paths import ROOT
from tests.servers import folder_served, free_port, wait_for
from tests.windows import LIVE

pytestmark = pytest.mark.slow

IDP, RETURNEE = "pop=idp", "pop=returnee"
# 45 kB with 119 dates; 14 more rounds are 2 kB more.
MOST_BYTES = {"governorates": 47_000, "districts": 90_000}
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def run(app) -> Run:
    """Run the command; return its exit code and what it says."""
    runner = app.server.test_cli_runner()

    def invoke(*words: object) -> tuple[int, str]:
        result = runner.invoke(args=["publish", *map(str, words)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result.exit_code, result.output

    return invoke


@pytest.fixture(scope="module")
def defaults(run, tmp_path_factory) -> tuple[Path, str]:
    """The folder with everything that is published by default, and what the command said."""
    out = tmp_path_factory.mktemp("site") / "below" / "maps"
    out.parent.mkdir()
    code, said = run(out)
    assert code == 0, said
    return out, said


@pytest.fixture(scope="module")
def published(defaults) -> Path:
    return defaults[0]


@pytest.fixture(scope="module")
def small(run, tmp_path_factory) -> Path:
    """A folder with one map of each of two populations, which knows where it is."""
    out = tmp_path_factory.mktemp("small") / "maps"
    at = "https://example.org/maps"
    code, said = run(out, "--state", IDP, "--state", RETURNEE, "--at", at)
    assert code == 0, said
    return out


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def manifest(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "published.json").read_text("utf-8"))


def names(folder: Path) -> list[str]:
    return sorted(path.stem for path in (folder / "embed").iterdir())


def read(path: Path) -> Document:
    return Document(path.read_text("utf-8"))


def links(page: Document) -> list[str]:
    """Every address in a page."""
    return page.values("href", "src")


def meta(page: Document) -> dict[str, str]:
    """What a page says of itself to those it is shared with."""
    return {
        str(one.get("property", one.get("name"))): one.get("content") or ""
        for one in page.all("meta")
    }


# ------------------------------------------------------------------------------ what is published


def test_by_default_every_map_that_can_be_followed_is_published(published):
    assert names(published) == sorted(
        ["returnee-return-rate-governorates"]
        + [
            f"{population}-{measure}-{level}"
            for population in ("idp", "returnee")
            for level, measures in {
                "governorates": ("people", "households", "rate", "share"),
                "districts": ("people", "households", "share"),
            }.items()
            for measure in measures
        ]
    )


def test_populations_counted_on_few_dates_are_followed_only_where_there_are_no_others(
    snapshot, examplia
):
    assert tracked_populations(snapshot, 5) == ("idp", "returnee")
    assert tracked_populations(examplia, 5) == ("idp", "returnee", "refugee")


def test_every_map_has_its_view_its_figures_and_its_pictures(published):
    everything = set(hashes(published))
    for name in names(published):
        assert {f"files/iraq-{name}.csv", f"files/iraq-{name}.png"} <= everything
        assert f"cards/{name}.png" in everything
        assert len([path for path in everything if path.startswith(f"data/{name}.")]) == 1


def test_nothing_is_in_the_folder_that_is_not_asked_for_or_listed(published):
    html = [*published.glob("*.html"), *published.glob("embed/*")]
    asked = {
        (page.parent / unquote(urlsplit(link).path)).resolve().relative_to(published).as_posix()
        for page in html
        for link in links(read(page))
        if not urlsplit(link).scheme and urlsplit(link).path
    }
    rest = {"_headers", "nginx.conf", "published.json", "index.html", "static/host.js"}
    rest |= {"robots.txt"}
    assert set(hashes(published)) - asked - rest == set()


def test_what_changes_has_the_hash_of_what_is_in_it_in_its_name(published):
    found = 0
    for path, digest in hashes(published).items():
        if path.startswith(("data/", "static/")) and path != "static/host.js":
            assert path.split(".")[-2] == digest[:12]
            assert site_manifest.is_lasting(path)
            found += 1
        else:
            assert not site_manifest.is_lasting(path)
    assert found > 14


@pytest.mark.parametrize("name", ["idp-people-governorates", "returnee-share-districts"])
def test_the_view_of_a_map_is_the_view_that_the_api_answers(published, snapshot, name):
    population, measure, level = name.split("-")
    query = {"pop": population, "measure": measure, "level": "12"["gd".index(level[0])]}
    state, _ = parse(query, snapshot)
    (path,) = published.glob(f"data/{name}.*.js")
    text = path.read_text("utf-8")
    start = "window.displacement=window.displacement||{};window.displacement.view="
    assert text.startswith(start)
    assert json.loads(text.removeprefix(start).removesuffix(";\n")) == {
        **state_dict(state, snapshot),
        **as_dict(compute(snapshot, state, threshold=5)),
    }


def test_figures_are_of_all_dates_and_pictures_of_the_newest(published, client: FlaskClient):
    csv = (published / "files" / "iraq-returnee-people-governorates.csv").read_bytes()
    assert csv == client.get("/data.csv?pop=returnee&rows=all").get_data()
    sizes = {}
    for path in (*published.glob("cards/*.png"), *published.glob("files/*.png")):
        sizes[path.parent.name] = struct.unpack(">II", path.read_bytes()[16:24])
    assert sizes == {"cards": (1200, 630), "files": (1200, 900)}
    html = (published / "embed" / "returnee-people-governorates.html").read_text("utf-8")
    assert 'download="iraq-returnee-people-governorates-2021-02-28.png"' in html


def test_the_first_load_stays_within_the_budget(defaults):
    _, said = defaults
    for level, most in MOST_BYTES.items():
        found = re.search(rf"([\d.]+) kB with {level}", said)
        assert found, said
        assert 10_000 < float(found[1]) * 1000 <= most


def test_it_tells_what_it_has_published(defaults, snapshot):
    out, said = defaults
    count = len(hashes(out))
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e6
    assert (
        f"Published 15 maps of snapshot {snapshot.version} to {out}: {count} files, {size:.1f} MB."
    ) in said
    assert len(said.splitlines()) == 2, "no bar where nobody watches"


def test_the_manifest_names_every_map_and_every_file(published, snapshot):
    said = manifest(published)
    assert said["snapshot"] == snapshot.version
    assert sorted(one["name"] for one in said["embeds"]) == names(published)
    for one in said["embeds"]:
        for key in ("page", "figures", "picture", "card"):
            assert one[key] in said["files"]
    found = hashes(published)
    del found["published.json"]
    assert {path: entry["sha256"] for path, entry in said["files"].items()} == found
    for path, entry in said["files"].items():
        assert entry["bytes"] == (published / path).stat().st_size


# ------------------------------------------------------------------------------------ the addresses


def test_every_link_is_relative_and_leads_somewhere(published):
    pages = [*published.glob("*.html"), *published.glob("embed/*")]
    assert len(pages) == 18
    parsed = {page: read(page) for page in pages}
    for page, found in parsed.items():
        own = [link for link in links(found) if not urlsplit(link).scheme]
        assert own
        for link in own:
            assert not link.startswith("/"), link
            target = (page.parent / unquote(urlsplit(link).path)).resolve()
            if not urlsplit(link).path:
                target = page
            assert target.is_file(), (page.name, link)
            if fragment := urlsplit(link).fragment:
                assert fragment in parsed[target].values("id"), (page.name, link)
    scripts = [
        link
        for found in parsed.values()
        for link in links(found)
        if urlsplit(link).path.endswith(".js")
    ]
    assert not any(urlsplit(link).scheme for link in scripts)  # sources may be .json elsewhere


def test_a_map_leads_only_to_maps_that_are_published(run, tmp_path):
    run(tmp_path / "maps", "--state", IDP, "--state", f"{RETURNEE}&level=2")
    for page in (tmp_path / "maps" / "embed").iterdir():
        assert 'class="switch"' not in page.read_text("utf-8")


def test_programmes_are_a_choice_among_those_published(run, tmp_path):
    states = ["prog=PHSS", "prog=CRP", "prog=CRP~PHSS", ""]
    run(tmp_path / "maps", *(word for state in states for word in ("--state", state)))
    html = (tmp_path / "maps" / "embed" / "idp-phss-people-governorates.html").read_text("utf-8")
    menu = html[html.index('class="menu"') : html.index("</details>")]
    assert re.findall(r'href="([^"]+)"', menu) == [
        f"../embed/idp-{name}people-governorates.html" for name in ("", "crp-", "phss-")
    ]
    assert names(tmp_path / "maps") == [
        "idp-crp-people-governorates",
        "idp-crp-phss-people-governorates",
        "idp-people-governorates",
        "idp-phss-people-governorates",
    ]


def test_without_a_site_there_is_no_full_map_and_the_sources_are_here(published):
    html = (published / "embed" / "idp-people-governorates.html").read_text("utf-8")
    assert "Open full map" not in html
    assert 'href="../sources.html#' in html
    assert "Open full map" not in (published / "index.html").read_text("utf-8")


def test_with_a_site_maps_lead_to_it_and_its_sources(run, tmp_path):
    out, site = tmp_path / "maps", "https://map.example.org/iraq"
    assert run(out, "--state", f"{RETURNEE}&level=2", "--site", site)[0] == 0
    html = unescape((out / "embed" / "returnee-people-districts.html").read_text("utf-8"))
    assert f'href="{site}/?pop=returnee&level=2"' in html
    assert f'href="{site}/sources#' in html
    assert f'href="{site}/"' in (out / "index.html").read_text("utf-8")


def test_where_its_address_is_known_it_is_in_code_and_cards(small):
    at = "https://example.org/maps/"
    listed = (small / "index.html").read_text("utf-8")
    codes = [unescape(code) for code in re.findall(r"<textarea[^>]*>([^<]*)<", listed)]
    assert len(codes) == 2
    assert f'<iframe src="{at}embed/idp-people-governorates.html"' in codes[0]
    assert f'<script src="{at}static/host.js" async></script>' in codes[0]
    assert "data-placeholder" not in listed and "data-advice" not in listed
    name = "returnee-people-governorates"
    said = meta(read(small / "embed" / f"{name}.html"))
    assert said["og:url"] == f"{at}embed/{name}.html"
    assert said["og:image"] == f"{at}cards/{name}.png"
    assert said["og:description"] == "4,851,816 returnees on 28 February 2021"
    assert meta(read(small / "index.html"))["og:url"] == f"{at}index.html"


def test_where_its_address_is_known_it_has_a_sitemap_and_a_feed(small):
    at = "https://example.org/maps/"
    assert f"Sitemap: {at}sitemap.xml" in (small / "robots.txt").read_text("utf-8")
    listed = etree.parse(small / "sitemap.xml").getroot()
    pages = [url.findtext("{*}loc").removeprefix(at) for url in listed]
    assert pages == ["index.html", "sources.html", "funders.html"]
    assert all((small / page).is_file() for page in pages)
    followed = feedparser.parse((small / "feed.xml").read_bytes())
    assert not followed.bozo
    assert followed.feed.links[0].href == f"{at}feed.xml"
    assert [entry.link for entry in followed.entries] == [f"{at}index.html"]
    assert 'type="application/atom+xml" href="feed.xml"' in (small / "index.html").read_text(
        "utf-8"
    )


def test_where_its_address_is_not_known_no_card_makes_one_up(published):
    for page in (published / "index.html", *published.glob("embed/*")):
        said = meta(read(page))
        assert said["og:title"]
        assert {"og:url", "og:image", "twitter:card"} & said.keys() == set()


# ---------------------------------------------------------------------------- states and languages


@pytest.mark.parametrize(
    ("state", "options", "name"),
    [
        (State(), EmbedOptions(), "idp-people-governorates"),
        (State(pop="returnee", level=2), EmbedOptions(), "returnee-people-districts"),
        (State(lang="ar"), EmbedOptions(), "idp-people-governorates-ar"),
        (State(prog=("A", "B")), EmbedOptions(theme="dark"), "idp-a-b-people-governorates-dark"),
        (State(area="IQG15"), EmbedOptions(lock=True), "idp-people-governorates-iqg15-locked"),
        (State(v="a1b2"), EmbedOptions(play=True), "idp-people-governorates-a1b2-playing"),
        (
            State(),
            EmbedOptions(controls=False, legend=False, title=False, static=True),
            "idp-people-governorates-no-controls-no-legend-no-title-still",
        ),
    ],
)
def test_a_name_says_what_differs_from_the_defaults(snapshot, state, options, name):
    assert Embed(snapshot, state, options).name == name


def test_names_of_changes_stay_where_new_figures_move_what_they_are_since(snapshot):
    found = [
        Embed(snapshot, parse({"mode": "change", "base": base}, snapshot)[0])
        for base in ("", "2018-08-31")
    ]
    assert [embed.name for embed in found] == [
        "idp-people-governorates-change",
        "idp-people-governorates-change-since-2018-08-31",
    ]


def test_maps_that_differ_in_options_share_all_that_does_not(run, tmp_path):
    out = tmp_path / "maps"
    states = ["theme=dark&legend=0", "theme=light&controls=0", "area=IQG15", "static=1", "static=1"]
    code, said = run(out, *(word for state in states for word in ("--state", state)))
    assert code == 0, said
    assert names(out) == [
        "idp-people-governorates-iqg15",
        "idp-people-governorates-no-controls-light",
        "idp-people-governorates-no-legend-dark",
        "idp-people-governorates-still",
    ]
    assert sorted(path.name for path in (out / "files").iterdir()) == [
        "iraq-idp-people-governorates-dark.png",
        "iraq-idp-people-governorates.csv",
        "iraq-idp-people-governorates.png",
    ]
    assert len(list((out / "data").iterdir())) == len(list((out / "cards").iterdir())) == 1
    assert sorted(path.name.split(".")[0] for path in (out / "static").glob("*.css")) == [
        *("auto", "dark", "index", "light"),
    ]
    pages = {name: (out / "embed" / f"{name}.html").read_text("utf-8") for name in names(out)}
    assert 'id="legend"' not in pages["idp-people-governorates-no-legend-dark"]
    assert 'id="timeline"' not in pages["idp-people-governorates-no-controls-light"]
    assert "<script" not in pages["idp-people-governorates-still"]
    listed = (out / "index.html").read_text("utf-8")
    assert "<code>legend=0&amp;theme=dark</code>" in listed
    assert listed.count("&lt;script src=") == 3, "a map without scripts needs none around it"


def test_only_still_maps_need_no_script_in_the_folder(run, tmp_path):
    run(tmp_path / "maps", "--state", "static=1")
    assert not (tmp_path / "maps" / "data").exists()
    assert list((tmp_path / "maps" / "static").glob("map.*")) == []


def test_a_frozen_map_names_its_date(run, tmp_path, snapshot):
    out = tmp_path / "maps"
    assert run(out, "--state", f"time=2018-08-31&v={snapshot.version}")[0] == 0
    name = f"idp-people-governorates-2018-08-31-{snapshot.version}"
    html = (out / "embed" / f"{name}.html").read_text("utf-8")
    assert "on 31 August 2018" in html
    assert f"../files/iraq-{name}.png" in html
    assert f"../files/iraq-idp-people-governorates-{snapshot.version}.csv" in html


def test_older_snapshots_are_published_with_their_own_sources(client_of, synthetic, tmp_path):
    library = Library(tmp_path / "library")
    version = library.copy_in(synthetic())
    app = client_of(snapshots=library.name).application
    out = tmp_path / "maps"
    words = ["publish", str(out), "--state", f"v={version}", "--state", ""]
    result = app.test_cli_runner().invoke(args=words)
    assert result.exit_code == 0, result.output
    html = (out / "embed" / f"idp-people-governorates-{version}.html").read_text("utf-8")
    assert f'href="../sources-{version}.html#' in html
    assert version in (out / f"sources-{version}.html").read_text("utf-8")
    assert (out / "files" / f"examplia-idp-people-governorates-{version}.csv").is_file()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--state", "pop=people"], "pop=“people” is not known: pop may be idp, returnee, refugee"),
        (["--state", "legend=no"], "legend=“no” is not known: legend may be 0, 1"),
        (["--state", "time=2018-09-01"], "is not a date with such figures"),
        (["--state", "v=123"], "v=“123” is a snapshot that is not held here"),
        (["--state", "popp=idp"], "“popp” is no key of a map"),
        (["--state", "popp=idp"], "Did you mean pop?"),
        (["--state", "returnee"], "“returnee” is no query: write key=value"),
        (["--state", IDP, "--state", "level=3"], "level=“3” is not known"),
        (["--lang", "xx"], "lang=“xx” is not known: lang may be en"),
        (["--briefing", "lost.yaml"], "'lost.yaml' does not exist"),
        (["--site", "map.example.org"], "is not the address of a folder"),
        (["--site", "javascript:alert(1)"], "is not the address of a folder"),
        (["--at", 'https://example.org/"><i>'], "is not the address of a folder"),
        (["--at", "https://example.org/?a=b"], "is not the address of a folder"),
        (["--at", "https://:80/"], "is not the address of a folder"),
        (["--at", "https://example.org:99999/"], "is not the address of a folder"),
    ],
)
def test_a_wrong_word_stops_with_a_sentence_before_anything_is_written(
    run, tmp_path, words, sentence
):
    code, said = run(tmp_path / "maps", *words)
    assert code == 2
    assert sentence in " ".join(said.split())
    assert list(tmp_path.iterdir()) == []


def test_each_state_is_published_in_each_language_but_where_it_names_its_own():
    spoken = embeds.in_languages([{"pop": "idp"}, {"lang": "ar"}], ["en", "ckb"])
    assert list(spoken) == [
        {"pop": "idp"},
        {"pop": "idp", "lang": "ckb"},
        {"lang": "ar"},
    ]


def test_a_missing_snapshot_is_a_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "publish", str(tmp_path / "maps")],
        cwd=ROOT,
        env={**os.environ, "DISPLACEMENT_SNAPSHOT": str(tmp_path / "gone")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "holds no manifest.json: it is not a snapshot" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


# -------------------------------------------------------------------------------- as a whole


def test_the_same_input_gives_the_same_bytes_wherever_and_whenever(run, small, tmp_path):
    png.cache_clear()
    words = ["--state", IDP, "--state", RETURNEE, "--at", "https://example.org/maps/"]
    for _ in range(2):
        assert run(tmp_path / "elsewhere", *words)[0] == 0
        assert hashes(tmp_path / "elsewhere") == hashes(small)
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]


def test_no_trace_is_left_of_where_it_was_written(small):
    for path in small.rglob("*"):
        if path.is_file():
            assert str(small.parent).encode() not in path.read_bytes()


def test_what_is_no_longer_published_is_gone_but_for_what_open_pages_may_ask_for(run, tmp_path):
    out = tmp_path / "maps"
    run(out, "--state", IDP)
    before = hashes(out)
    views = {path: digest for path, digest in before.items() if path.startswith("data/")}
    code, said = run(out, "--state", RETURNEE)
    after = hashes(out)
    assert code == 0
    assert "Kept from the edition before, for pages still open: 1 file." in said
    assert names(out) == ["returnee-people-governorates"]
    assert "files/iraq-idp-people-governorates.csv" not in after
    assert views.items() <= after.items()
    assert manifest(out)["previous"].keys() == views.keys()
    run(out, "--state", RETURNEE)
    assert hashes(out) == after, "published twice is the same twice"
    run(out, "--state", "level=2")
    assert not views.keys() & hashes(out).keys(), "one edition more, and no longer"


def test_what_was_changed_in_the_folder_is_not_carried_on(run, tmp_path):
    out = tmp_path / "maps"
    run(out, "--state", IDP)
    (view,) = (out / "data").iterdir()
    view.write_text("alert(1)")
    run(out, "--state", RETURNEE)
    assert not view.exists()


def test_a_manifest_cannot_have_files_written_elsewhere(tmp_path):
    data = b"outside"
    entry = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    path = "data/../../up.0123456789ab.js"
    (tmp_path / "maps").mkdir()
    (tmp_path / "up.0123456789ab.js").write_bytes(data)
    said = {"kind": site_manifest.KIND, "files": {path: entry}, "previous": {path: entry}}
    (tmp_path / "maps" / "published.json").write_text(json.dumps(said))
    new = site_manifest.SiteManifest(tmp_path / "deep" / "new")
    new.keep_previous(tmp_path / "maps")
    assert new.previous == {}
    assert not (tmp_path / "deep").exists()


def test_a_folder_of_something_else_is_left_alone(run, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear")
    code, said = run(tmp_path, "--state", IDP)
    assert code == 1
    assert "is not empty and was not published (it has no published.json" in said
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("text", ["{}", "[]", "published", '{"kind": "other"}'])
def test_another_programs_folder_is_left_alone(run, tmp_path, text):
    (tmp_path / "published.json").write_text(text)
    assert run(tmp_path, "--state", IDP)[0] == 1
    assert (tmp_path / "published.json").read_text() == text


def test_what_somebody_put_into_the_folder_is_not_lost(run, small, tmp_path):
    out = shutil.copytree(small, tmp_path / "maps")
    (out / "embed" / "mine.html").write_text("mine")
    (out / "CNAME").write_text("maps.example.org")
    before = hashes(out)
    code, said = run(out, "--state", IDP)
    assert code == 1
    assert "also holds what was not published (CNAME, embed/mine.html)" in said
    assert hashes(out) == before


def test_an_empty_folder_is_as_good_as_none(run, tmp_path):
    out = tmp_path / "maps"
    out.mkdir()
    assert run(out, "--state", IDP)[0] == 0
    assert (out / "index.html").is_file()


@pytest.mark.parametrize(
    ("where", "sentence"),
    [("nowhere/maps", "nowhere is not there: make it"), ("file/maps", "file is not there")],
)
def test_a_place_that_there_is_not_is_a_sentence(run, tmp_path, where, sentence):
    (tmp_path / "file").touch()
    code, said = run(tmp_path / where, "--state", IDP)
    assert (code, "Traceback" in said) == (1, False)
    assert sentence in said


def test_a_place_that_cannot_be_written_to_is_a_sentence(run):
    code, said = run("/proc/maps", "--state", IDP)
    assert code == 1
    assert "/proc/maps could not be written" in said


def test_a_full_disk_leaves_the_old_folder_and_a_sentence(run, small, tmp_path, monkeypatch):
    out = shutil.copytree(small, tmp_path / "maps")
    before, write = hashes(out), Path.write_bytes
    left = iter(range(8))

    def until_full(path: Path, data: bytes) -> int:
        if next(left, None) is None:
            raise OSError(28, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", until_full)
    code, said = run(out, "--state", "level=2")
    assert code == 1
    assert "could not be written (no space left on device); what was there is as it was" in said
    assert hashes(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["maps"]


def test_a_mistake_half_way_leaves_the_old_folder(run, small, tmp_path, monkeypatch):
    out = shutil.copytree(small, tmp_path / "maps")
    before = hashes(out)

    def fail(*_: object, **__: object) -> bytes:
        raise RuntimeError("a picture that cannot be drawn")

    monkeypatch.setattr(static_site, "png", fail)
    with pytest.raises(AssertionError, match="cannot be drawn"):
        run(out, "--state", "level=2")
    assert hashes(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["maps"]


HALF_WAY = """
import sys
from callbacks.commands import static_site
from app import server

def stop(*_, **__):
    print("half-way", file=sys.__stdout__, flush=True)  # the runner has taken the other
    sys.__stdin__.read()

static_site._lists = stop
server.test_cli_runner().invoke(args=["publish", sys.argv[1], "--state", "level=2"])
"""


def test_a_kill_half_way_leaves_the_old_folder_and_the_next_run_clears_up(run, small, tmp_path):
    out = shutil.copytree(small, tmp_path / "maps")
    before, pipe = hashes(out), subprocess.PIPE
    command = [sys.executable, "-c", HALF_WAY, str(out)]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "half-way\n"
        writer.send_signal(signal.SIGKILL)
    assert hashes(out) == before
    assert len(list(tmp_path.iterdir())) == 2
    assert run(out, "--state", IDP)[0] == 0
    assert names(out) == ["idp-people-governorates"]
    assert [path.name for path in tmp_path.iterdir()] == ["maps"]


# ------------------------------------------------------------------------------------- for hosts


def rules(folder: Path) -> dict[str, dict[str, str]]:
    """What `_headers` says, as Netlify and Cloudflare Pages read it."""
    found: dict[str, dict[str, str]] = {}
    pattern = ""
    for line in (folder / "_headers").read_text("utf-8").splitlines():
        if line.startswith("  "):
            name, _, value = line.strip().partition(": ")
            assert name not in found[pattern]
            found[pattern][name] = value
        elif line and not line.startswith("#"):
            pattern = line
            found[pattern] = {}
    return found


def told(folder: Path, path: str) -> dict[str, str]:
    """All that `_headers` says of one address; hosts add up what two rules say, so none may."""
    headers: dict[str, str] = {}
    for pattern, given in rules(folder).items():
        start = pattern.removesuffix("*")
        if path.startswith(start) if pattern.endswith("*") else path == pattern:
            assert headers.keys() & given.keys() == set(), path
            headers |= given
    return headers


def test_hosts_take_the_headers_file(small, published):
    for folder in (small, published):
        assert len(rules(folder)) <= 100  # Cloudflare's limits
        lines = (folder / "_headers").read_text("utf-8").splitlines()
        assert max(map(len, lines)) <= 2000


@pytest.mark.parametrize(
    ("path", "live"),
    [
        ("embed/idp-people-governorates.html", "/embed"),
        ("files/iraq-idp-people-governorates.csv", "/data.csv"),
        ("cards/idp-people-governorates.png", "/card.png"),
        ("static/host.js", "/embed/host.js"),
    ],
)
def test_files_are_told_the_headers_that_the_application_sends(small, client, path, live):
    sent = client.get(live).headers
    wanted = {name: value for name, value in sent.items() if name in TOLD}
    if live in ("/data.csv", "/card.png"):  # which are asked for by the state, not by the file
        wanted["Cache-Control"] = SHORT
    assert told(small, f"/maps/{path}") == wanted


SHORT = "public, max-age=300, stale-while-revalidate=86400"
TOLD = {
    *("Cache-Control", "Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options"),
    *("Referrer-Policy", "Permissions-Policy", "Access-Control-Allow-Origin"),
    *("Cross-Origin-Resource-Policy", "Cross-Origin-Opener-Policy"),
    "Cross-Origin-Embedder-Policy",
}


def test_only_what_has_a_hash_in_its_name_is_kept_for_a_year(published):
    for path in hashes(published):
        keep = told(published, f"/{path}").get("Cache-Control", "")
        assert ("immutable" in keep) == site_manifest.is_lasting(path), path
        if path not in ("_headers", "nginx.conf") and "immutable" not in keep:
            assert keep == SHORT, path


def test_pages_are_told_the_same_without_their_ending(published):
    assert told(published, "/sources") == told(published, "/sources.html")
    assert told(published, "/") == told(published, "/index") == told(published, "/index.html")


def nginx_configuration(folder: Path, root: Path, port: int, scratch: Path) -> Path:
    """A whole configuration around the snippet, as somebody would write it."""
    assert NGINX
    built = subprocess.run([NGINX, "-V"], capture_output=True, text=True).stderr
    found = re.search(r"--conf-path=(\S+)", built)
    types = (Path(found[1]) if found else Path("/etc/nginx/nginx.conf")).with_name("mime.types")
    temporary = "".join(
        f"{kind}_temp_path {scratch}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    owner = "user root;" if os.geteuid() == 0 else ""
    configuration = scratch / "whole.conf"
    configuration.write_text(
        f"{owner} daemon off; pid {scratch}/pid; error_log stderr; worker_processes 1; events {{}}"
        f" http {{ include {types}; access_log off; {temporary} server {{"
        f" listen 127.0.0.1:{port}; root {root}; include {folder}/nginx.conf; }} }}"
    )
    return configuration


@pytest.fixture
def nginx(tmp_path) -> Iterator[Callable[[Path, Path], int]]:
    """Serve a root with a folder's own snippet; return the port."""
    started: list[subprocess.Popen] = []

    def serve(folder: Path, root: Path) -> int:
        if not NGINX:
            pytest.skip("nginx is not installed")
        port = free_port()
        configuration = nginx_configuration(folder, root, port, tmp_path)
        command = [NGINX, "-e", "stderr", "-c", str(configuration)]
        tested = subprocess.run([*command, "-t"], capture_output=True, text=True)
        assert tested.returncode == 0, tested.stderr
        assert "[warn]" not in tested.stderr
        started.append(subprocess.Popen(command))
        wait_for(f"http://127.0.0.1:{port}/{(folder / 'index.html').relative_to(root).as_posix()}")
        return port

    yield serve
    for server in started:
        server.terminate()
        server.wait(timeout=30)


def get(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_nginx_sends_with_every_file_what_other_hosts_are_told(nginx, small):
    port = nginx(small, small.parent)
    for path in sorted({*hashes(small), ""} - {"_headers", "nginx.conf"}):
        answer = get(port, f"/maps/{path}", **{"Accept-Encoding": "gzip"})
        sent = {name: value for name, value in answer.getheaders() if name in TOLD}
        assert answer.status == 200
        assert sent == told(small, f"/maps/{path}"), path
        compressed = not path.endswith((".png", ".svg"))
        assert (answer.getheader("Content-Encoding") == "gzip") == compressed, path
    csv = get(port, "/maps/files/iraq-idp-people-governorates.csv")
    assert csv.getheader("Content-Type") == "text/csv; charset=utf-8"


def test_nginx_serves_a_folder_at_the_top_and_keeps_no_error(nginx, published):
    port = nginx(published, published)
    page = get(port, "/")
    assert page.getheader("X-Frame-Options") == "SAMEORIGIN"
    lost = get(port, "/data/lost.0123456789ab.js")
    assert (lost.status, lost.getheader("Cache-Control")) == (404, None)
    assert lost.getheader("X-Content-Type-Options") == "nosniff"


# ---------------------------------------------------------------------------------------- browser


@pytest.fixture(scope="module")
def served(published) -> Iterator[str]:
    """Where `python -m http.server` serves the folder, below another."""
    with folder_served(published.parent.parent) as origin:
        yield f"{origin}/below/maps/"


@pytest.fixture
def window_size() -> tuple[int, int]:
    return 720, 800


def step_back(page: Page) -> None:
    page.locator("#timeline-range").focus()
    page.keyboard.press("ArrowLeft")
    page.locator("#timeline-range").blur()


def test_a_folder_on_a_disk_is_live_and_asks_for_nothing_outside(watched, published):
    visit = watched()
    page = visit.open((published / "embed" / "returnee-people-districts.html").as_uri())
    before = page.locator("#headline").text_content()
    step_back(page)
    expect(page.locator("#headline")).not_to_have_text(before or "")
    expect(page.locator("#headline")).to_contain_text("31 December 2020")
    page.get_by_role("link", name="Internally displaced").click()
    page.wait_for_url("**/idp-people-districts.html?time=2020-12-31")
    page.wait_for_function(LIVE)
    expect(page.locator("#headline")).to_contain_text("31 December 2020")
    asked = [url for url in visit.requests if not url.startswith("data:")]
    assert len(asked) == 8
    assert all(url.startswith(f"{published.as_uri()}/") for url in asked)


def test_below_another_folder_a_map_steps_switches_and_hands_over_its_files(watched, served):
    visit = watched()
    page = visit.page
    page.goto(served)
    page.get_by_role("link", name="Open the map").first.click()
    page.wait_for_function(LIVE)
    assert page.url == f"{served}embed/idp-people-governorates.html"
    assert page.locator("[data-pcode]").count() == 18
    asked = len(visit.requests)
    step_back(page)
    expect(page.locator("#headline")).to_contain_text("31 August 2024")
    assert len(visit.requests) == asked, "a step costs no byte"
    csv = page.get_by_role("link", name="Figures (CSV)")
    expect(csv).to_have_attribute("href", "../files/iraq-idp-people-governorates.csv")
    with page.expect_download() as taken:
        csv.click()
    assert taken.value.suggested_filename == "iraq-idp-people-governorates.csv"
    with page.expect_download() as taken:
        page.get_by_role("link", name="Picture (PNG)").click()
    assert taken.value.suggested_filename == "iraq-idp-people-governorates-2024-12-31.png"
    page.get_by_role("link", name="Returnees").click()
    page.wait_for_url("**/returnee-people-governorates.html?time=2024-08-31")
    page.wait_for_function(LIVE)
    expect(page.locator("#headline")).to_contain_text("returnees on 31 August 2024")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Source: International").last.click()
    expect(opened.value.locator("h1")).to_have_text("Data & sources")


def test_without_javascript_everything_is_there(watched, served):
    page = watched(java_script_enabled=False).page
    page.goto(f"{served}embed/returnee-people-governorates.html")
    assert page.locator("[data-pcode]").count() == 18
    assert page.locator("#figures tbody tr").count() == 18
    expect(page.locator("#headline")).to_have_text("4,851,816 returnees on 28 February 2021")
    page.get_by_role("link", name="Internally displaced").click()
    expect(page.locator("#headline")).to_contain_text("internally displaced people")
    page.goto(served)
    expect(page.locator("[data-advice]")).to_contain_text("in place of https://maps.example/")
    assert "https://maps.example/embed/" in page.locator("textarea").first.input_value()
    expect(page.get_by_role("button")).to_have_count(0)
    page.get_by_role("link", name="Data & sources").first.click()
    expect(page.locator("h1")).to_have_text("Data & sources")


def test_the_list_writes_its_own_address_into_the_code_and_copies_it(watched, served):
    page = watched(permissions=["clipboard-read", "clipboard-write"]).page
    page.goto(served)
    expect(page.locator("[data-advice]")).to_be_hidden()
    page.get_by_role("button", name="Copy: Code of idp-people-governorates").click()
    expect(page.locator(".said").first).to_have_text("Copied.")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert f'src="{served}embed/idp-people-governorates.html"' in copied
    assert f'<script src="{served}static/host.js" async>' in copied


def test_on_a_disk_the_list_says_what_to_write(watched, published):
    page = watched().page
    page.goto((published / "index.html").as_uri())
    expect(page.locator("[data-advice]")).to_be_visible()
    assert "file:" not in page.locator("textarea").first.input_value()


@pytest.mark.parametrize(
    ("path", "width", "scheme"),
    [
        ("index.html", 1200, "light"),
        ("index.html", 320, "dark"),
        ("sources.html", 1200, "dark"),
        ("embed/idp-share-districts.html", 320, "light"),
    ],
)
def test_axe_finds_nothing(watched, served, path, width, scheme):
    page = watched(width, color_scheme=scheme).page
    page.goto(served + path)
    if path.startswith("embed"):
        page.wait_for_function(LIVE)
    assert access.violations(page) == []
    assert access.overflow(page) <= 0


def test_pasted_code_shows_the_map_and_gives_it_its_height(watched, served, host):
    page = watched().page
    page.goto(served)
    page.goto(host(page.locator("textarea").first.input_value()))
    page.wait_for_function("() => document.querySelector('iframe').style.height")
    frame = page.frames[1]
    frame.wait_for_function(LIVE)
    height = frame.locator("#embed").evaluate(
        "(element) => Math.ceil(element.getBoundingClientRect().height)"
    )
    page.wait_for_function(
        "(px) => document.querySelector('iframe').clientHeight === px", arg=height
    )
    frame.locator("#figures summary").click()
    page.wait_for_function("(px) => document.querySelector('iframe').clientHeight > px", arg=height)


def test_under_nginx_the_policy_allows_all_that_a_map_does(watched, nginx, small):
    port = nginx(small, small.parent)
    page = watched().page
    page.goto(f"http://127.0.0.1:{port}/maps/embed/returnee-people-governorates.html")
    page.wait_for_function(LIVE)
    fill = "(path) => getComputedStyle(path).fill"
    assert page.locator("[data-pcode='IQG15']").evaluate(fill) != "none"
    step_back(page)
    expect(page.locator("#headline")).to_contain_text("31 December 2020")
    page.goto(f"http://127.0.0.1:{port}/maps/")
    expect(page.get_by_role("button", name="Copy").first).to_be_visible()


def test_slides_are_published_and_led_from_a_second_window(watched, run, nginx, tmp_path):
    """On a disk, where windows have no origin, and on the web, where the policy holds."""
    briefing, out = tmp_path / "mine.yaml", tmp_path / "maps"
    briefing.write_text(
        "title: Returns\nlang: ar\nslides:\n- view: pop=returnee\n  note: Slowly\n"
        "- view: pop=idp\n  layout: compare\n- view: pop=idp\n  layout: table\n"
    )
    code, said = run(out, "--state", RETURNEE, "--briefing", briefing)
    assert code == 0 and "Slides: 3 slides in briefing.html." in said
    assert manifest(out)["briefing"] == "briefing.html"
    assert "briefing.html" in links(read(out / "index.html"))
    addresses = [address for address in links(read(out / "briefing.html")) if address[0] != "#"]
    assert "index.html" in addresses and all((out / each).exists() for each in addresses)
    web = f"http://127.0.0.1:{nginx(out, tmp_path)}/maps"
    for root in (out.as_uri(), web):
        visit = watched(1280, 800)
        page = visit.page
        page.goto(f"{root}/briefing.html")
        page.wait_for_function(LIVE)
        page.locator("#slide-1[data-live] .timeline__track").wait_for()
        with page.expect_popup() as opened:
            page.keyboard.press("s")
        speaker = opened.value
        speaker.locator("#slide-1[data-shown] .speaker-note", has_text="Slowly").wait_for()
        page.keyboard.press("PageDown")
        speaker.locator("#slide-2[data-shown]").wait_for()
        page.locator("#slide-2[data-live] .timeline__track").wait_for()
        speaker.keyboard.press("End")
        page.locator("#slide-3[data-shown]").wait_for()
        asked = [url for url in visit.requests if not url.startswith("data:")]
        assert all(url.startswith(f"{root}/") for url in asked)
