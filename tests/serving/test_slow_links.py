"""Slow links, old phones, no script: what is there first, what comes last, and what never moves."""

from __future__ import annotations

import gzip
import hashlib
import re
import sys
from collections.abc import Callable
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from dash import Dash
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from callbacks.serving import static_assets
from callbacks.serving.content_coding import CODINGS
from geodata.snapshots.snapshot import Snapshot
from layouts import bundle
from tests.documents import Document
from tests.windows import DASH, Watched, held_back

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST_LIVE, MOST_BYTES = 73_000, 200_000  # until the map can be moved; until all is at rest
MOST_REQUESTS = 8
MOST_HTML = {"": 20_500, "level=2&mode=change": 35_000}
VIEWS = list(MOST_HTML)
STATES = [
    *VIEWS,
    "pop=returnee&time=2018-08-31&measure=share",
    "prog=PHSS&time=2019-04-30",
    "prog=PHSS~CRP&time=2019-04-30",
    "prog=PHSS~CRP&measure=households&lang=ar",
    "measure=rate&time=2014-04-01",
    "pop=refugee",
    "level=2&measure=households&time=2017-05-15&classes=quantiles",
    "lang=ar&time=2018-08-31&pop=returnee",
    "lang=ckb&mode=change&measure=rate",
]
SIZES = [(1440, 960), (390, 844)]
MOVES = "() => document.querySelector('html[data-dash] path[data-pcode]')?.style.fill"
SHIFTS = """() => new Promise((resolve) => {
  const found = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries())
      found.push([value, sources.map(({ node }) => node?.id || node?.className || node?.nodeName)]);
  }).observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(found))));
})"""
BOXES = """() => {
  const box = (path) => {
    const { left, top, right, bottom } = path.getBoundingClientRect();
    return [path.dataset.pcode, [left, top, right, bottom]];
  };
  return Object.fromEntries([...document.querySelectorAll('path[data-pcode]')].map(box));
}"""
MARK_LIVE = """new MutationObserver(() => {
  const live = document.documentElement?.dataset.live;
  if (live && !performance.getEntriesByName('live').length) performance.mark('live');
}).observe(document, { subtree: true, attributes: true });"""
ASKED = """() => [
  performance.getEntriesByName('live')[0].startTime,
  performance.getEntriesByType('resource').map(({ name, startTime }) => [name, startTime]),
]"""
# What both kinds of pages say, part by part: one has a link where the other has a button.
SAID = ["#title", "#headline", "#missing", "#legend", "#key-figures", "#ranking-title", "#ranking"]
SAID += ["#notes", "#source-line", "#population"]
PIXEL = 1.5


def shown(text: str) -> str:
    """What is seen of a text: marks that keep writing directions apart are not."""
    return re.sub("[\u2066-\u2069]", "", " ".join(text.split()))


def moves(page: Page) -> None:
    """Wait until the map can be zoomed and moved."""
    page.wait_for_function(MOVES)


@pytest.fixture
def without_scripts(watched: Callable[..., Watched], site: str) -> Callable[[str], Page]:
    """Open a page of the site in a window that runs no script."""
    page = watched(site=site, java_script_enabled=False).page

    def opened(query: str) -> Page:
        page.goto(f"{site}/?{query}")
        return page

    return opened


# ------------------------------------------------------------------------------------ what is first


@pytest.mark.parametrize("query", VIEWS)
def test_the_document_is_small(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/?{query}", headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert len(answer.data) <= MOST_HTML[query]


def test_the_document_says_what_it_shows(client: FlaskClient) -> None:
    text = client.get("/?pop=returnee&time=2018-08-31").get_data(as_text=True)
    page = Document(text)
    assert page.text("title") == "Where people have returned"
    assert page.text("headline") == "4,028,694 returnees on 31 August 2018"
    assert len(re.findall(r'<path d="[^"]+" data-pcode="IQG\d+"', text)) == 18
    assert "Not assessed" in page.text("legend")
    assert "4.03M" in page.text("key-figures")


def test_the_document_asks_for_no_more_than_a_style_a_script_and_the_figures(
    client: FlaskClient, snapshot: Snapshot
) -> None:
    page = Document(client.get("/").get_data(as_text=True))
    scripts = [each for each in page.all("script") if each.get("src")]
    assert [re.sub(r"\.\w{12}\.", ".", each["src"] or "") for each in scripts] == ["/built/page.js"]
    assert all("defer" in each for each in scripts)
    (style,) = page.all("link", rel="stylesheet")
    assert (style["href"] or "").startswith("/built/page.")
    (ahead,) = page.all("link", rel="preload")
    assert ahead["href"] == f"/api/v1/view.json?v={snapshot.version}"


@pytest.mark.parametrize("query", [*VIEWS, "lang=ar&area=IQG15&prog=PHSS", "tab=table"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_moves_when_scripts_take_over(
    watched: Callable[..., Watched], site: str, size: tuple[int, int], query: str
) -> None:
    page = watched(*size, site=site, afresh=True).page
    page.goto(f"{site}/?{query}")
    page.wait_for_function("() => document.documentElement.dataset.settled")
    if "area" in query:
        page.locator("#trend-slot .scatterlayer .trace").first.wait_for()
    moves(page)
    assert page.evaluate(SHIFTS) == []


@pytest.mark.parametrize("size", [*SIZES, (900, 1200)])
def test_the_live_map_stands_where_the_first_one_did(
    watched: Callable[..., Watched], site: str, size: tuple[int, int]
) -> None:
    still = watched(*size, site=site)
    still.page.route(DASH, lambda route: None)  # it never comes
    first = still.open(f"{site}/?level=2").evaluate(BOXES)
    page = watched(*size, site=site).page
    page.goto(f"{site}/?level=2")
    moves(page)
    live = page.evaluate(BOXES)
    assert first.keys() == live.keys()
    apart = [abs(a - b) for code in live for a, b in zip(first[code], live[code], strict=True)]
    assert max(apart) < PIXEL


def test_other_areas_that_do_not_come_may_be_asked_for_again(
    watched: Callable[..., Watched], site: str
) -> None:
    window = watched(site=site)
    page = window.open(f"{site}/?time=2017-05-15")
    moves(page)
    page.route("**/parts/drawing*", lambda route: route.abort())
    page.locator("#level label:has(input[value='2'])").click()
    expect(page.locator("#notices")).to_contain_text("could not be loaded")
    expect(page.locator("path[data-pcode]")).to_have_count(18)  # those that stand there stay
    page.get_by_role("button", name="Next round").click()
    expect(page.locator("#headline")).not_to_contain_text("15 May 2017")
    page.unroute("**/parts/drawing*")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_function("() => document.querySelectorAll('path[data-pcode]').length === 101")
    expect(page.locator("#ranking li")).to_have_count(101)
    window.console.clear()


# ------------------------------------------------------------------------------------ what is later


def test_what_is_large_is_asked_for_when_the_page_is_in_use(
    watched: Callable[..., Watched], site: str
) -> None:
    window = watched(site=site, afresh=True)
    page = window.page
    page.add_init_script(MARK_LIVE)
    page.goto(f"{site}/")
    moves(page)
    live, asked = page.evaluate(ASKED)
    later = {re.split(r"[.?]", name.rsplit("/", 1)[-1])[0] for name, at in asked if at > live}
    assert "dash" in later
    assert not [name for name, at in asked if at <= live and "dash" in name]
    assert not [name for name, _ in asked if re.search("plotly|topojson|_dash", name)]


def test_bytes_until_the_map_can_be_moved(watched: Callable[..., Watched], site: str) -> None:
    page = watched(site=site, afresh=True).page
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    with held_back(page, "**/built/*dash.*") as let_go:
        page.goto(f"{site}/")
        page.wait_for_function("() => document.documentElement.dataset.settled")
        live = sum(sizes)
        let_go()
    moves(page)
    assert len(sizes) <= MOST_REQUESTS
    assert 40_000 < live <= MOST_LIVE
    assert live < sum(sizes) <= MOST_BYTES


def test_a_chart_is_drawn_when_its_panel_opens(watched: Callable[..., Watched], site: str) -> None:
    page = watched(site=site).open(f"{site}/")
    moves(page)
    expect(page.locator("#trend")).to_have_count(0)
    page.locator("#ranking button", has_text="Dahuk").click()
    expect(page.locator("#trend .scatterlayer .trace")).to_have_count(3)


# ------------------------------------------------------------------------------------- static files


def decoded(body: bytes, coding: str) -> bytes:
    decode = {"br": brotli.decompress, "zstd": zstd.decompress, "gzip": gzip.decompress}
    return bytes(decode[coding](body))


@pytest.mark.parametrize("name", ["page.js", "page.css", "embed/host.js", "js/share.js"])
def test_a_file_under_its_hash_is_kept_for_a_year_and_sent_as_it_was_compressed(
    client: FlaskClient, name: str
) -> None:
    made = bundle.built(name)
    stem, ending = name.rsplit(".", 1)
    address = f"/built/{stem}.{made.version}.{ending}"
    plain = client.get(address)
    assert plain.data == made.body
    assert plain.cache_control.immutable and plain.cache_control.max_age == 31_536_000
    for coding in CODINGS:
        answer = client.get(address, headers={"Accept-Encoding": coding})
        assert answer.headers["Content-Encoding"] == coding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.data is not plain.data
        assert decoded(answer.data, coding) == made.body
        tag = answer.headers["ETag"]
        asked = {"Accept-Encoding": coding, "If-None-Match": tag}
        assert client.get(address, headers=asked).status_code == 304
    best = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    assert best.headers["Content-Encoding"] == "br"


def test_a_file_of_another_release_is_kept_by_no_cache(client: FlaskClient) -> None:
    other = client.get("/built/page.000000000000.js")
    assert other.status_code == 200
    assert other.cache_control.no_cache
    for name in ("nothing.000000000000.js", "page.js", "../app.000000000000.py", "page.0.css"):
        assert client.get(f"/built/{name}").status_code == 404


def test_nothing_is_compressed_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, client: FlaskClient
) -> None:
    calls: list[bytes] = []

    def small(body: bytes) -> bytes:
        calls.append(body)
        return b"small"

    monkeypatch.setattr(static_assets, "CACHE_FOLDER", tmp_path)
    monkeypatch.setitem(static_assets._COMPRESS, "br", small)
    made = bundle.bundled("x" * 1000)
    static_assets.compressed.cache_clear()
    assert static_assets.compressed(made, "br") == b"small"
    static_assets.compressed.cache_clear()  # as another process, or the next start
    assert static_assets.compressed(made, "br") == b"small"
    assert len(calls) == 1
    assert len(list(tmp_path.iterdir())) == 1
    static_assets.compressed.cache_clear()


def test_a_start_compresses_what_pages_load_and_no_part_of_it_by_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(static_assets, "CACHE_FOLDER", tmp_path)
    for coding in CODINGS:
        monkeypatch.setitem(static_assets._COMPRESS, coding, lambda body: body[:1])
    static_assets.compressed.cache_clear()
    static_assets.prepare()
    kept = {path.stem for path in tmp_path.iterdir()}
    large = {
        name: hashlib.sha256(bundle.built(name).body).hexdigest()
        for name in ("page.js", "page.css", "dash.js", "plotly.js")
    }
    assert [name for name in large if large[name] not in kept] == []
    static_assets.compressed.cache_clear()


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(static_assets, "CACHE_FOLDER", tmp_path / "file" / "below")
    made = bundle.bundled("y" * 1000)
    assert decoded(static_assets.compressed(made, "zstd"), "zstd") == made.body


def test_of_dash_the_page_has_what_dash_itself_would_load(app: Dash) -> None:
    """The same files in the same order, but for what the page has no use for."""
    with app.server.test_request_context("/"):
        listed = re.findall(r'src="/_dash-component-suites/dash/([^"]+)"', app.index())
    names = [re.sub(r"\.v[\w-]+m[0-9a-f]+\.", ".", name) for name in listed]
    # Its controls and charts, which need the polyfill, and its tables.
    idle = [name for name in names if name.startswith(("dash_table/", "dcc/", "deps/polyfill"))]
    assert [name for name in names if name not in idle] == [
        name for name in bundle.DASH if "async" not in name
    ]


# ---------------------------------------------------------------------------------- without scripts


def test_without_scripts_the_page_says_the_same(
    without_scripts: Callable[[str], Page], watched: Callable[..., Watched], site: str
) -> None:
    live = watched(site=site)
    for query in STATES:
        still, page = without_scripts(query), live.open(f"{site}/?{query}")
        page.wait_for_function("() => document.querySelector('#total-idp').textContent")
        for part in SAID:
            said, same = (shown(each.locator(part).inner_text()) for each in (still, page))
            assert said == same, (query, part)


def test_without_scripts_every_area_is_in_the_table(
    without_scripts: Callable[[str], Page],
) -> None:
    page = without_scripts("time=2019-04-30")
    rows = page.locator("#map-card table tbody tr")
    expect(rows).to_have_count(18)
    expect(rows.filter(has_text="Ninewa")).to_contain_text("IQG15")
    expect(page.locator("#map-stage svg.map")).to_be_visible()
    expect(page.locator("#tab")).to_be_hidden()
    expect(page.locator("#programme-search")).to_be_hidden()
    expect(page.get_by_role("link", name="Sources", exact=True)).to_be_visible()


def test_without_scripts_dates_are_reached_by_links(
    without_scripts: Callable[[str], Page],
) -> None:
    page = without_scripts("pop=returnee&level=2&measure=households&time=2018-08-31")
    headline = page.locator("#headline")
    for name, said in [
        ("Previous round", "15 August 2018"),
        ("Next round", "31 August 2018"),
        ("Newest round", "31 December 2024"),
        ("First round", "1 April 2014"),
    ]:
        page.get_by_role("link", name=name).click()
        expect(headline).to_contain_text(said)
        assert "pop=returnee" in page.url and "measure=households" in page.url
    expect(page.get_by_role("link", name="Previous round")).to_have_count(0)
    page.get_by_label("Go to a date").select_option("2019-04-30")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(headline).to_contain_text("30 April 2019")
    expect(page.locator("#level input[value='2']")).to_be_checked()


def test_without_scripts_people_programmes_and_level_are_chosen_in_the_form(
    without_scripts: Callable[[str], Page],
) -> None:
    page = without_scripts("time=2019-04-30")
    page.locator("#population input[value='returnee']").check()
    page.locator("#programmes input[value='PHSS']").check()
    page.locator("#programmes input[value='CRP']").check()
    page.locator("#level label:has(input[value='2'])").click()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#title")).to_have_text("Where people have returned")
    expect(page.locator("#headline")).to_contain_text("30 April 2019")
    expect(page.locator("#headline")).to_contain_text("CRP and PHSS")
    expect(page.locator("#programmes input:checked")).to_have_count(2)
    expect(page.locator("#ranking-title")).to_have_text("By district")
    page.locator("#mode label:has(input[value='change'])").click()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#base")).to_be_visible()
    page.locator("#base").select_option("2018-08-31")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#headline")).to_contain_text("compared with 31 August 2018")


def test_without_scripts_an_area_is_opened_by_a_link(
    without_scripts: Callable[[str], Page],
) -> None:
    page = without_scripts("time=2017-05-15")
    page.locator("#ranking").get_by_role("link", name="Ninewa").click()
    expect(page.locator("#area-card")).to_contain_text("643,824")
    expect(page.locator("#area-card")).to_contain_text("people · rank 1 of 18")
    expect(page.locator("#area-card .bars").first).to_contain_text("Anbar")
    page.locator("#area-card").get_by_role("link", name="Close").click()
    expect(page.locator("#area-card")).to_be_hidden()
    assert "time=2017-05-15" in page.url


@pytest.mark.parametrize("query", ["", "tab=table&level=2&area=IQG15", "lang=ar"])
def test_without_scripts_nothing_overflows_a_phone(
    watched: Callable[..., Watched], site: str, query: str
) -> None:
    page = watched(390, 844, site=site, java_script_enabled=False).page
    page.goto(f"{site}/?{query}")
    box = page.locator("html").bounding_box()
    card = page.locator("#map-card").bounding_box()
    assert box and card
    assert box["width"] == 390
    assert card["x"] >= 0 and card["x"] + card["width"] <= 390
