"""The public map: over HTTP, in a browser, and inside a page of somebody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Frame, Page, expect

from geodata.figures.state import parse, with_population
from geodata.figures.view import compute
from geodata.i18n.language import load_language
from geodata.links import embed_options
from geodata.links.embed_options import EmbedOptions
from geodata.snapshots.library import Library
from geodata.text import area_labels
from tests import access
from tests.queries import echoed, hostile, marked
from tests.servers import ISOLATED
from tests.windows import LIVE

# 44 kB with 119 dates; 14 more rounds are 1.4 kB more, the look of programmes and flows is 0.9 kB,
# telling a page that hides or isolates the map of its height 0.2 kB.
MOST_BYTES = 46_800
MOST_BYTES_WITH_DISTRICTS = 90_000
MOST_REQUESTS = 5
# Messages arrive in order: when one's own has, those before it have too.
ANSWERED = """() => new Promise((done) => {
  addEventListener('message', (event) => event.data === 'mine' && done());
  postMessage('mine', '*');
})"""


def text_of(html: str, element_id: str) -> str:
    found = re.search(rf'id="{element_id}"[^>]*>([^<]*)<', html)
    assert found, element_id
    return unescape(found[1])


# ---------------------------------------------------------------------------------------- options


def test_options_are_read_and_written_back():
    given_ = {"controls": "0", "legend": "0", "title": "0", "lock": "1", "static": "1"}
    options, notices = embed_options.parse_embed_options(
        given_ | {"play": "1", "theme": "dark"}, load_language("en")
    )
    assert notices == []
    assert options == EmbedOptions(False, False, False, True, True, True, "dark")
    assert (
        embed_options.parse_embed_options(
            dict(embed_options.option_items(options)), load_language("en")
        )[0]
        == options
    )


def test_defaults_are_left_out():
    assert embed_options.option_items(EmbedOptions()) == []


@given(st.dictionaries(st.sampled_from([*embed_options.switch_names(), "theme", "x"]), st.text()))
def test_options_never_fail_and_every_wrong_one_is_named(query):
    options, notices = embed_options.parse_embed_options(query, load_language("en"))
    assert embed_options.parse_embed_options(
        dict(embed_options.option_items(options)), load_language("en")
    ) == (options, [])
    allowed = {name: "01" for name in embed_options.switch_names()} | {
        "theme": embed_options.THEMES
    }
    wrong = [
        k for k, v in query.items() if v.strip() and k in allowed and v.strip() not in allowed[k]
    ]
    assert len(notices) == len(wrong)


def test_another_population_keeps_what_it_can(snapshot):
    state, _ = parse(
        {"level": "2", "measure": "households", "time": "2018-08-31", "area": "IQG15"}, snapshot
    )
    moved = with_population(state, "refugee", snapshot)
    assert (moved.pop, moved.level, moved.measure, moved.area) == ("refugee", 1, "people", "IQG15")
    assert with_population(state, "returnee", snapshot).time == state.time


# ------------------------------------------------------------------------------------------- http


def test_the_page_is_whole_without_scripts(client: FlaskClient, snapshot):
    html = client.get("/embed?pop=returnee&time=2018-08-31").get_data(as_text=True)
    view = compute(
        snapshot, parse({"pop": "returnee", "time": "2018-08-31"}, snapshot)[0], threshold=5
    )
    assert "<h1>Where people have returned in Iraq</h1>" in html
    assert text_of(html, "headline") == "4,028,694 returnees on 31 August 2018"
    assert len(re.findall(r'<path d="[^"]+" data-pcode="IQG\d+"', html)) == 18
    assert html.count("url(#displacement-hatch)") == 10
    for cell in area_labels.area_labels(view.on_its_date()):
        assert f'data-row="{cell.pcode}"' in html
    assert "<caption" in html and 'scope="row"' in html
    assert "do not imply official endorsement" in html
    assert snapshot.version in html


def test_only_what_it_needs_is_in_it(client: FlaskClient):
    html = client.get("/embed").get_data(as_text=True)
    for word in ("_dash", "plotly", "Plotly", "http://", "document.cookie"):
        assert word not in html.replace("http://www.w3.org/2000/svg", "")
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))", html)
    assert scripts == []


def test_a_static_map_has_no_script_at_all(client: FlaskClient):
    html = client.get("/embed?static=1").get_data(as_text=True)
    assert "<script" not in html
    assert 'rel="prev"' in html


@pytest.mark.parametrize(
    ("query", "gone"),
    [
        ("controls=0", 'id="timeline"'),
        ("controls=0", 'class="switches"'),
        ("legend=0", 'id="legend"'),
        ("lock=1", 'class="switches"'),
    ],
)
def test_what_an_option_takes_away_is_gone(client: FlaskClient, query, gone):
    assert gone in client.get("/embed").get_data(as_text=True)
    assert gone not in client.get(f"/embed?{query}").get_data(as_text=True)


def test_without_a_title_it_is_still_there_for_those_who_listen(client: FlaskClient):
    html = client.get("/embed?title=0").get_data(as_text=True)
    assert '<header class="visually-hidden">' in html


def test_a_wrong_value_gives_the_default_and_says_so(client: FlaskClient):
    answer = client.get("/embed?pop=people&theme=pink&time=2018-09-01")
    html = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert "pop=“people” is not known" in html
    assert "theme=“pink” is not known" in html
    assert "showing the nearest date, 31 Aug 2018" in html


def test_a_map_of_an_unknown_snapshot_says_so_and_leads_to_the_newest(client: FlaskClient):
    answer = client.get("/embed?pop=returnee&v=000000000000&time=2018-08-31")
    html = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 404
    assert "000000000000" in html
    assert 'href="/embed?pop=returnee"' in html
    assert "X-Frame-Options" not in answer.headers


def test_a_frozen_map_outlives_new_figures(client_of, synthetic: Callable[..., Any], tmp_path):
    """What was embedded yesterday answers as yesterday, after today's figures were loaded."""
    old = synthetic()
    library = Library(tmp_path / "library")
    library.copy_in(old)
    before = client_of(snapshot=old)
    version = before.get("/readyz").get_json()["snapshot"]
    frozen = f"/embed?v={version}"
    yesterday = before.get(frozen).get_data(as_text=True)
    after = client_of(snapshots=library.name)  # the bundled snapshot is the current one now
    today = after.get(frozen)
    assert today.status_code == 200
    assert today.get_data(as_text=True) == yesterday
    assert after.get("/embed").get_data(as_text=True) != yesterday
    view = re.search(r'"view":"([^"]+)"', yesterday)
    assert view and after.get(view[1]).get_json()["version"] == version


def test_a_live_map_asks_for_the_figures_of_the_snapshot_it_was_drawn_from(client, snapshot):
    """So that page and figures cannot be of two snapshots, and a cache may keep the figures."""
    html = client.get("/embed?pop=returnee").get_data(as_text=True)
    view = re.search(r'"view":"([^"]+)"', html)
    assert view and f"v={snapshot.version}" in view[1]
    assert "immutable" in client.get(view[1]).headers["Cache-Control"]


def test_scripts_and_styles_are_kept_for_a_year_under_their_own_version_only(client: FlaskClient):
    html = client.get("/embed").get_data(as_text=True)
    found = re.findall(r'(?:src|href)="(/embed/[^"]+)"', html)
    assert len(found) == 2
    for url in found:
        assert "immutable" in client.get(url).headers["Cache-Control"]
        other = re.sub(r"m=\w+", "m=000000000000", url)
        assert "immutable" not in client.get(other).headers["Cache-Control"]


def test_there_are_no_other_themes(client: FlaskClient):
    assert client.get("/embed/pink.css").status_code == 404


def test_the_theme_decides_instead_of_the_device(client: FlaskClient):
    query = "prefers-color-scheme"
    assert query in client.get("/embed/auto.css").get_data(as_text=True)
    for theme in ("light", "dark"):
        assert query not in client.get(f"/embed/{theme}.css").get_data(as_text=True)
        assert query not in client.get(f"/embed?theme={theme}").get_data(as_text=True)


def test_its_own_address_has_a_card_where_it_is_known(client: FlaskClient, client_of):
    assert "og:image" not in client.get("/embed?pop=returnee").get_data(as_text=True)
    known = client_of(public_url="https://maps.example.org")
    html = known.get("/embed?pop=returnee").get_data(as_text=True)
    assert 'content="https://maps.example.org/card.png?pop=returnee"' in html
    assert "application/json+oembed" in html


def test_programmes_are_offered_where_the_state_has_one(client: FlaskClient):
    assert "All programmes" not in client.get("/embed").get_data(as_text=True)
    html = unescape(client.get("/embed?prog=PHSS~CRP").get_data(as_text=True))
    assert "All programmes" in html
    assert 'href="/embed?prog=PHSS"' in html
    assert "<b>CRP and PHSS</b>" in html


def test_links_keep_the_state(client: FlaskClient):
    answer = client.get("/embed?pop=returnee&level=2&time=2018-08-31")
    html = unescape(answer.get_data(as_text=True))
    for link in (
        "/?pop=returnee&level=2&time=2018-08-31",
        "/map.png?pop=returnee&level=2&time=2018-08-31",
        "/data.csv?pop=returnee&level=2&time=2018-08-31&rows=all",
        "/embed?level=2&time=2018-08-31",
    ):
        assert f'href="{link}"' in html, link


@pytest.mark.parametrize("path", ["/map.png", "/card.png", "/data.csv"])
def test_files_refuse_a_wrong_value_with_a_sentence(client: FlaskClient, path):
    answer = client.get(f"{path}?pop=people")
    assert answer.status_code == 400
    assert "pop may be" in answer.get_json()["error"]["sentence"]


@pytest.mark.parametrize("width", ["0", "319", "2401", "-1", "1e3", "٣٢٠", "9" * 40, "a"])
def test_a_picture_has_a_sensible_width(client: FlaskClient, width):
    answer = client.get(f"/map.png?{urlencode({'w': width})}")
    assert answer.status_code == 400
    assert "320 to 2400" in answer.get_json()["error"]["sentence"]


def test_files_are_named_after_what_is_in_them(client: FlaskClient):
    answer = client.get("/data.csv?time=2019-04-30")
    assert (
        'filename="iraq-idp-people-governorates-2019-04-30.csv"'
        in (answer.headers["Content-Disposition"])
    )
    assert answer.get_data(as_text=True).count("\n") == 19


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["/embed", "/data.csv", "/embed/map.js", "/card.png"]),
    hostile(*embed_options.switch_names(), "theme", "w", "rows"),
)
def test_hostile_queries_are_answered_and_never_echoed_as_markup(anyone, path, query):
    answer = anyone.get(f"{path}?{urlencode(marked(query))}")
    assert answer.status_code in (200, 400, 404)
    if answer.mimetype == "text/html":
        assert echoed(query, answer.get_data(as_text=True)) == []
    assert "Set-Cookie" not in answer.headers


# ---------------------------------------------------------------------------------------- browser


@pytest.fixture
def window_size() -> tuple[int, int]:
    return 720, 800


@pytest.mark.parametrize(
    "query", ["", "pop=returnee&time=2018-08-31", "level=2", "mode=change", "measure=rate"]
)
def test_taking_over_changes_no_word_and_no_colour(watched, site, query):
    """What the server drew and wrote is what the scripts would."""
    still = watched(java_script_enabled=False).page
    still.goto(f"{site}/embed?{query}")
    live = watched().open(f"{site}/embed?{query}")
    live.evaluate("""() => { const range = document.querySelector('#timeline-range');
        range.focus(); }""")
    for key in ("ArrowLeft", "ArrowRight"):
        live.keyboard.press(key)
    live.locator("#timeline-range").blur()
    for selector in ("#headline", "#legend", "#figures"):
        words = [page.locator(selector).text_content().split() for page in (still, live)]
        assert words[0] == words[1], selector
    colours = "els => els.map(e => [e.dataset.pcode, getComputedStyle(e).fill])"
    painted = [page.locator("[data-pcode]").evaluate_all(colours) for page in (still, live)]
    assert painted[0] == painted[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_moves_when_the_scripts_arrive(watched, site, scheme):
    url, height = f"{site}/embed?pop=returnee", "el => el.getBoundingClientRect().height"
    waiting, live = watched(color_scheme=scheme), watched(color_scheme=scheme)
    waiting.page.route("**/view.json*", lambda route: None)  # never answered
    waiting.page.goto(url, wait_until="domcontentloaded")
    still = watched(color_scheme=scheme, java_script_enabled=False)
    still.page.goto(url)
    for width in (320, 480, 600, 720, 1000):
        for window in (waiting, live, still):
            window.page.set_viewport_size({"width": width, "height": 700})
        waiting.page.evaluate(access.LAID_OUT)
        before = waiting.page.locator("#embed").evaluate(height)
        assert live.open(url).locator("#embed").evaluate(height) == before, width
        for window in (live, still):
            assert window.page.evaluate("document.documentElement.scrollWidth") == width
    waiting.page.close()
    waiting.console.clear()  # the browser misses what it asked for early


def test_a_step_costs_no_byte_and_follows_everywhere(watched, site):
    visit = watched()
    page = visit.open(f"{site}/embed?pop=returnee&time=2018-08-31")
    asked = len(visit.requests)
    page.locator("#timeline-range").focus()
    page.keyboard.press("ArrowLeft")
    page.locator("#timeline-range").blur()
    expect(page.locator("#headline")).to_contain_text("15 August 2018")
    assert len(visit.requests) == asked
    page.locator("#figures summary").click()
    expect(page.locator("#caption")).to_contain_text("15 August 2018")
    for link in page.locator("a[data-timed]").all():
        assert "time=2018-08-15" in (link.get_attribute("href") or "")


def test_the_map_is_used_by_keyboard(watched, site):
    page = watched().open(f"{site}/embed?time=2019-04-30")
    page.locator("[data-pcode][tabindex='0']").focus()
    page.keyboard.press("ArrowUp")
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    expect(page.locator("#picked")).to_have_text(name)
    expect(page.locator(".area-ring")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#picked")).to_be_hidden()


def test_a_locked_map_keeps_its_area(watched, site):
    page = watched().open(f"{site}/embed?time=2019-04-30&area=IQG15&lock=1")
    page.locator("[data-pcode='IQG01']").click()
    expect(page.locator("#picked")).to_contain_text("Ninewa: 501,312 people")


def test_the_tooltip_says_what_the_area_says(watched, site):
    page = watched().open(f"{site}/embed?time=2019-04-30")
    page.locator("[data-pcode='IQG15']").hover()
    expect(page.locator("#tooltip")).to_contain_text("501,312")
    expect(page.locator("#tooltip")).to_contain_text("rank 1 of 18")


def test_a_switch_keeps_the_date_and_leaves_no_trace_in_the_history(watched, site):
    page = watched().open(f"{site}/embed?time=2018-08-31")
    length = page.evaluate("history.length")
    page.get_by_role("link", name="Returnees").click()
    page.wait_for_url("**pop=returnee**")
    page.wait_for_function(LIVE)
    expect(page.locator("#headline")).to_have_text("4,028,694 returnees on 31 August 2018")
    assert page.evaluate("history.length") == length


def test_it_plays_by_itself_only_where_motion_is_welcome(watched, site):
    page = watched().open(f"{site}/embed?play=1&time=2018-08-31")
    expect(page.locator("#timeline-play")).to_have_accessible_name("Pause")
    calm = watched(reduced_motion="reduce").open(f"{site}/embed?play=1&time=2018-08-31")
    expect(calm.locator("#timeline-play")).to_have_accessible_name("Play")


def test_a_failed_load_leaves_the_map_and_can_be_tried_again(watched, site):
    visit = watched()
    page = visit.page
    page.route("**/view.json*", lambda route: route.abort())
    page.goto(f"{site}/embed")
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")
    assert page.locator("[data-pcode]").count() == 18
    page.unroute("**/view.json*")
    page.get_by_role("button", name="Try again").click()
    page.wait_for_function(LIVE)
    assert all("net::ERR_FAILED" in line or "preload" in line for line in visit.console)
    visit.console.clear()


@pytest.mark.parametrize("query", ["theme=dark&area=IQG15", "prog=PHSS&mode=change", "static=1"])
def test_axe_finds_nothing(watched, site, query):
    visit = watched(320)
    page = visit.page
    page.goto(f"{site}/embed?{query}")
    if "static" not in query:
        page.wait_for_function(LIVE)
    page.locator("#figures summary").click()
    assert access.violations(page) == []


@pytest.mark.parametrize(
    ("query", "most"),
    [("", MOST_BYTES), ("pop=returnee", MOST_BYTES), ("level=2", MOST_BYTES_WITH_DISTRICTS)],
)
def test_the_budget_of_bytes_and_requests(watched, site, client: FlaskClient, query, most):
    """All rounds of a population, compressed with gzip, which every browser takes."""
    visit = watched()
    visit.open(f"{site}/embed?{query}")
    paths = [url.removeprefix(site) for url in visit.requests if not url.startswith("data:")]
    assert len(paths) <= MOST_REQUESTS
    sizes = [
        len(client.get(path, headers={"Accept-Encoding": "gzip"}).get_data()) for path in paths
    ]
    assert sum(sizes) <= most, dict(zip(paths, sizes, strict=True))
    view = next(path for path in paths if "view.json" in path)
    assert len(client.get(view).get_json()["dates"]) > 100


# ------------------------------------------------------------------ in a page of somebody else


def snippet(site: str, query: str = "", *, script: bool = True) -> str:
    frame = (
        f'<iframe name="map-1" src="{site}/embed?{query}" title="Map" width="100%" height="300"'
        ' style="border:0"></iframe>'
    )
    return frame + (f'<script src="{site}/embed/host.js" async></script>' if script else "")


def frame_of(page: Page) -> Frame:
    frame = page.frame(name="map-1")
    assert frame
    frame.wait_for_function(LIVE)
    return frame


@pytest.mark.parametrize("width", [320, 720])
def test_a_frame_takes_the_height_of_its_map(watched, site, host, width):
    page = watched(width).page
    page.goto(host(snippet(site)))
    frame = frame_of(page)
    page.wait_for_function("() => document.querySelector('iframe').clientHeight > 400")
    wanted = frame.locator("#embed").evaluate("el => Math.ceil(el.getBoundingClientRect().height)")
    assert page.locator("iframe").evaluate("el => el.clientHeight") == wanted
    frame.locator("#figures summary").click()
    page.wait_for_function(f"() => document.querySelector('iframe').clientHeight > {wanted}")
    assert frame.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_without_its_script_the_snippet_still_works(watched, site, host):
    page = watched().page
    page.goto(host(snippet(site, script=False)))
    frame = frame_of(page)
    assert page.locator("iframe").evaluate("el => el.clientHeight") == 300
    assert frame.locator("[data-pcode]").count() == 18


def test_heights_from_elsewhere_are_not_believed(watched, site, host):
    """Neither from the page itself, nor from a frame of another origin."""
    page = watched().page
    stranger = "<iframe name='stranger' src='data:text/html,<title>x</title>' title='x'></iframe>"
    page.goto(host(snippet(site) + stranger))
    frame_of(page)
    page.wait_for_function("() => document.querySelector('iframe').clientHeight > 400")
    before = page.locator("iframe").first.evaluate("el => el.style.height")
    message = {"type": "displacement-map:height", "v": 1, "id": "map-1", "px": 999}
    page.evaluate("(message) => window.postMessage(message, '*')", message)
    page.frame(name="stranger").evaluate("(message) => parent.postMessage(message, '*')", message)
    page.evaluate(ANSWERED)
    heights = page.locator("iframe").evaluate_all("els => els.map(el => el.style.height)")
    assert heights == [before, ""]


def test_a_height_told_before_the_script_came_is_asked_for_again(watched, site, host):
    page = watched().page
    page.goto(host(snippet(site, script=False)))
    frame_of(page)
    page.add_script_tag(url=f"{site}/embed/host.js")
    page.wait_for_function("() => document.querySelector('iframe').clientHeight > 400")


@pytest.mark.parametrize(("px", "shown"), [(1, 120), (10**9, 4000)])
def test_heights_are_clamped(watched, site, host, px, shown):
    page = watched().page
    page.goto(host(snippet(site)))
    frame = frame_of(page)
    message = {"type": "displacement-map:height", "v": 1, "id": "map-1", "px": px}
    frame.evaluate("(message) => parent.postMessage(message, '*')", message)
    page.wait_for_function(f"() => document.querySelector('iframe').style.height === '{shown}px'")


def test_heights_that_are_no_numbers_are_not_believed(watched, site, host):
    page = watched().page
    page.goto(host(snippet(site)))
    frame = frame_of(page)
    page.wait_for_function("() => document.querySelector('iframe').clientHeight > 400")
    before = page.locator("iframe").evaluate("el => el.style.height")
    for wrong in ({"px": "900"}, {"px": None}, {"px": 900, "v": 2}, {"px": 900, "type": "x"}):
        message = {"type": "displacement-map:height", "v": 1, **wrong}
        frame.evaluate("(message) => parent.postMessage(message, '*')", message)
    page.evaluate(ANSWERED)
    assert page.locator("iframe").evaluate("el => el.style.height") == before


# Where pages put a map, and how it is named there. What is sandboxed so has no origin.
PLACES = """
<details id="closed"><summary>Map</summary>{details}</details>
<div><template shadowrootmode="open">{shadow}{script}</template></div>
{sandboxed}
"""


def test_a_map_fits_wherever_it_is_put_on_a_page_that_isolates_itself(watched, site, host):
    """In a shadow root, a closed part of the page, a sandbox; with COEP on the page around."""

    def frame(name: str, more: str = "") -> str:
        address = f"{site}/embed?controls=0"
        return f'<iframe name="{name}" title="Map" src="{address}" width="700" {more}></iframe>'

    body = PLACES.format(
        details=frame("details"),
        shadow=frame("shadow"),
        script=f'<script src="{site}/embed/host.js"></script>',
        sandboxed=frame("sandboxed", 'sandbox="allow-scripts"'),
    )
    page = watched().page
    page.goto(host(body, ISOLATED))
    heights = {name: page.locator(f"iframe[name={name}]") for name in ("shadow", "sandboxed")}
    for name, each in heights.items():
        expect(each, name).to_have_attribute("style", re.compile(r"height: [5-9]\d\dpx"))
    closed = page.locator("iframe[name=details]")
    assert closed.get_attribute("style") is None  # no height of nothing
    page.locator("#closed summary").click()
    expect(closed).to_have_attribute("style", re.compile(r"height: [5-9]\d\dpx"))


@pytest.mark.parametrize("query", ["", "width=400"])
def test_a_linked_picture_stays_where_frames_are_taken_out(watched, site, host, query):
    """Beside the frame it is neither seen nor loaded nor reached by the keyboard."""
    visit = watched(720)
    written = visit.page.request.get(f"{site}/share?{query}").text()
    code = re.search(r'<textarea id="share-code"[^>]*>([^<]*)<', written)
    assert code
    pasted = unescape(code[1])
    visit.page.goto(host(f"{pasted}<button>after</button>"))
    visit.page.wait_for_function("() => document.querySelector('iframe').style.height")
    frame = visit.page.locator("iframe").bounding_box()
    box = visit.page.locator("div").bounding_box()
    assert frame and box and (frame["width"], frame["height"]) == (box["width"], box["height"])
    assert visit.page.locator("img").evaluate("(img) => img.complete && img.naturalWidth") is False
    assert not any("card.png" in url for url in visit.requests)
    visit.page.get_by_role("button", name="after").focus()
    visit.page.keyboard.press("Shift+Tab")
    assert visit.page.evaluate("() => document.activeElement.localName") == "iframe"

    visit.page.goto(host(re.sub(r"<iframe.*?</iframe>|<script.*?</script>", "", pasted)))
    link = visit.page.get_by_role("link", name="Where displaced people are living in Iraq")
    expect(link).to_be_in_viewport()
    visit.page.wait_for_function("() => document.querySelector('img').naturalWidth === 1200")


def test_the_wheel_over_the_map_scrolls_the_page_around_it(watched, site, host):
    page = watched(720, 500).page
    page.goto(host(snippet(site) + "<p style='height:3000px'>below</p>"))
    frame_of(page)
    page.wait_for_function("() => document.querySelector('iframe').clientHeight > 400")
    page.mouse.move(360, 250)
    page.mouse.wheel(0, 300)
    page.wait_for_function("() => scrollY > 0")


def test_the_keyboard_goes_through_the_frame_and_out_again(watched, site, host):
    page = watched().page
    page.goto(host(snippet(site) + "<button>after</button>"))
    frame = frame_of(page)
    frame.locator("footer a").last.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="after")).to_be_focused()


def test_a_page_that_may_not_embed_is_refused(watched, host, serving_with):
    origin = serving_with(DISPLACEMENT_EMBED_ANCESTORS="'self' https://example.org")
    visit = watched()
    visit.page.goto(host(snippet(origin, script=False)))
    visit.page.wait_for_function("() => document.readyState === 'complete'")
    assert any("frame-ancestors" in line for line in visit.console)
    visit.console.clear()
