"""The briefing's page: over HTTP, in a browser, on a projector, on a phone and on paper."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from callbacks.briefing import MAX_FILE, apply_step
from geodata.briefing import addresses, briefing, yaml_files
from geodata.briefing.briefing import LAYOUTS, MAX_HEADLINE, MAX_NOTE, MAX_SLIDES, Briefing, Slide
from geodata.exports.filenames import briefing_filenames
from geodata.i18n.language import load_language
from geodata.links.urls import Urls
from tests import access
from tests.windows import LIVE

EVERY_LAYOUT = ";".join(LAYOUTS)
SHOWN = ".slide[data-shown]"
ENGLISH = load_language("en")


def read(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return unescape(answer.get_data(as_text=True))


def slides_of(address: str, snapshot) -> tuple[Slide, ...]:
    """The slides that an address leads to."""
    query = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    return addresses.from_query(query, snapshot, lenient=False)[0].slides


def form_of(slides: tuple[Slide, ...], do: str = "save", **more: str) -> dict[str, str]:
    form = {"do": do, "title": "", "lang": "en", "v": ""} | more
    for number, slide in enumerate(slides, start=1):
        form |= {
            f"view-{number}": slide.query,
            f"layout-{number}": slide.layout,
            f"headline-{number}": slide.headline,
            f"note-{number}": slide.note,
        }
    return form


def load(client: FlaskClient, body: bytes) -> Any:
    data = {"file": (io.BytesIO(body), "briefing.yaml"), "lang": "en", "v": ""}
    return client.post("/briefing/edit", data=data, content_type="multipart/form-data")


# ------------------------------------------------------------------------------------------- http


def test_the_page_is_whole_without_scripts(client: FlaskClient, snapshot):
    html = read(client, "/briefing")
    made = briefing.default(snapshot, ENGLISH)
    assert html.count('<section class="slide') == len(made.slides)
    assert "Ninewa, Anbar and Salah al-Din hold 85% of everyone who has returned" in html
    assert len(re.findall(r'<path d="[^"]+" data-pcode="IQG\d+"', html)) == 5 * 18
    assert html.count("do not imply official endorsement") >= len(made.slides)
    assert "International Organization for Migration" in html
    assert not re.findall(r"<script(?![^>]*(?:src=|application/json))", html)


def test_no_name_stands_for_two_things(client: FlaskClient):
    """Textures and fades of several maps on one page would else be those of the first."""
    html = read(client, f"/briefing?slides={EVERY_LAYOUT};map:level=2;compare:pop=returnee")
    found = re.findall(r'\bid="([^"]+)"', html)
    assert len(found) == len(set(found))
    assert set(re.findall(r"url\(#([\w-]+)\)", html)) <= set(found)


def test_every_link_leads_somewhere(client: FlaskClient):
    for page in ("/briefing", "/briefing/edit", "/briefing?slides=map:pop=returnee,headline=A_b"):
        html = read(client, page)
        for address in set(re.findall(r'(?:href|src|action)="(/[^"]*)"', html)):
            assert client.get(address).status_code == 200, address


def test_a_briefing_answers_as_pages_do(client: FlaskClient):
    for page in ("/briefing", "/briefing/edit"):
        answer = client.get(page)
        assert answer.headers["ETag"]
        assert "Set-Cookie" not in answer.headers
        assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"].split("style")[0]
        assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_every_layout_can_be_shown_of_every_population(client: FlaskClient):
    for pop in ("idp", "returnee", "refugee"):
        html = read(client, "/briefing?slides=" + ";".join(f"{each}:pop={pop}" for each in LAYOUTS))
        assert html.count('<section class="slide') == len(LAYOUTS)


def test_a_slide_with_an_area_says_its_figure(client: FlaskClient):
    html = read(client, "/briefing?slides=map:area=IQG15,time=2019-04-30")
    assert "<p>Ninewa: 501,312 people" in html


def test_the_presenters_own_words_are_shown_as_they_are(client: FlaskClient):
    answer = client.get("/briefing?slides=map:headline=<b>Most_%26_more</b>,note=<script>")
    html = answer.get_data(as_text=True)
    assert "&lt;b&gt;Most &amp; more&lt;/b&gt;" in html
    assert '<p class="speaker-note">&lt;script&gt;</p>' in html


def test_a_wrong_slide_is_left_out_and_named(client: FlaskClient):
    html = read(client, "/briefing?slides=map;pie;map:pop=returne")
    assert html.count('<section class="slide') == 1
    assert "slide 2" in html and "“pie” is not known" in html
    assert "slide 3" in html and "Did you mean" in html


def test_the_figures_are_asked_for_of_the_snapshot_that_the_page_shows(client: FlaskClient):
    html = read(client, "/briefing")
    views = re.findall(r'"view":"([^"]+)"', html)
    assert len(views) == 4
    for view in views:
        assert "immutable" in client.get(view).headers["Cache-Control"]


def test_a_frozen_briefing_stays_frozen(client: FlaskClient, snapshot):
    frozen = f"v={snapshot.version}"
    html = read(client, f"/briefing?{frozen}")
    assert f"/briefing/edit?{frozen}" in html and f"/briefing.pptx?{frozen}" in html
    assert client.get("/briefing?v=000000000000").status_code == 404
    form = form_of((Slide(),), v=snapshot.version)
    assert frozen in client.post("/briefing/edit", data=form).headers["Location"]


hostile = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from([*LAYOUTS, ":", ";", ",", "=", "*", "_", "pop", "\x00", "%", "é"]))
    .map("".join),
)  # fmt: skip


@pytest.mark.slow
@given(hostile, hostile, hostile)
@settings(max_examples=20, deadline=None)
def test_no_address_breaks_the_page(anyone, slides, title, more):
    query = {"slides": slides, "title": title, "lang": more}
    assert anyone.get("/briefing", query_string=query).status_code == 200
    assert anyone.get("/briefing/edit", query_string=query | {"focus": more}).status_code == 200
    assert anyone.get("/briefing.yaml", query_string=query).status_code in (200, 400)
    added = anyone.get("/briefing", query_string={"slides": slides, "add": more, "layout": title})
    assert added.status_code in (200, 302)


@given(hostile, hostile, hostile)
@settings(max_examples=20, deadline=None)
def test_no_form_breaks_the_editor(anyone, view, text, do):
    form = {"view-1": view, "headline-1": text, "note-1": text, "layout-1": text, "do": do}
    assert anyone.post("/briefing/edit", data=form).status_code in (200, 303, 400)
    form = {"view-1": "", "headline-1": text, "note-1": text, "title": text, "do": do}
    assert anyone.post("/briefing/edit", data=form).status_code in (200, 303, 400)


# ------------------------------------------------------------------------------------- the editor


def test_what_the_map_shows_is_added_at_the_end(client: FlaskClient, snapshot):
    answer = client.get(
        "/briefing?slides=trend&add=pop%3Dreturnee%26time%3D2018-08-31&layout=table"
    )
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("#slide-2")
    assert slides_of(answer.headers["Location"], snapshot) == (
        Slide("", "trend"),
        Slide("pop=returnee&time=2018-08-31", "table"),
    )


def test_to_a_new_briefing_the_map_is_added_after_the_default_slides(client: FlaskClient, snapshot):
    address = client.get("/briefing?add=default").headers["Location"]
    default = briefing.default(snapshot, ENGLISH).slides
    assert slides_of(address, snapshot) == (*default, Slide())


def test_what_cannot_be_added_is_said(client: FlaskClient):
    assert "“people” is not known" in read(client, "/briefing?add=pop%3Dpeople")
    full = ";".join(["map"] * MAX_SLIDES)
    assert f"{MAX_SLIDES} slides at most" in read(client, f"/briefing?slides={full}&add=default")


THREE = (Slide("", "map"), Slide("", "trend", "My words", "Say it\nslowly"), Slide("", "table"))


@pytest.mark.parametrize(
    ("step", "order", "focus"),
    [
        ("up-2", "trend map table", 1),
        ("down-1", "trend map table", 2),
        ("up-1", "map trend table", 1),
        ("down-3", "map trend table", 3),
        ("remove-3", "map trend", 2),
        ("remove-1", "trend table", 1),
        ("remove-9", "map trend table", 0),
        ("up-٣", "map trend table", 0),
        ("burn-1", "map trend table", 0),
    ],
)
def test_a_step_of_the_form_moves_one_slide(step, order, focus):
    made, found = apply_step(Briefing("", THREE), step)
    assert [slide.layout for slide in made.slides] == order.split()
    assert found == focus


def test_the_last_slide_stays():
    only = Briefing("", THREE[:1])
    assert apply_step(only, "remove-1") == (only, 1)


def test_what_is_written_is_kept_in_the_address_whichever_button_is_pressed(client, snapshot):
    for do, order in {"save": "012", "up-3": "021", "present": "012"}.items():
        answer = client.post("/briefing/edit", data=form_of(THREE, do))
        assert answer.status_code == 303
        expected = tuple(THREE[int(i)] for i in order)
        assert slides_of(answer.headers["Location"], snapshot) == expected
        assert client.get(answer.headers["Location"]).status_code == 200


def test_the_editor_shows_what_the_address_says(client: FlaskClient, snapshot):
    address = client.post("/briefing/edit", data=form_of(THREE)).headers["Location"]
    html = read(client, address)
    assert 'value="My words"' in html and "Say it\nslowly</textarea>" in html
    assert "it is written from the figures: “Ninewa, Dahuk and Erbil host 62%" in html


def test_what_is_too_long_for_an_address_stays_in_the_form_and_can_be_saved(client, snapshot):
    long = tuple(Slide("", "map", "A" * MAX_HEADLINE, "b" * MAX_NOTE) for _ in range(2))
    answer = client.post("/briefing/edit", data=form_of(long))
    assert answer.status_code == 400
    html = answer.get_data(as_text=True)
    assert "Save it as a file" in html and html.count("b" * MAX_NOTE) == 2
    saved = client.post("/briefing/edit", data=form_of(long, "yaml"))
    assert yaml_files.from_yaml(saved.get_data(as_text=True), snapshot).slides == long


def test_a_headline_that_is_too_long_is_refused_by_its_slide(client: FlaskClient):
    form = form_of((Slide(), Slide("", "map", "A" * (MAX_HEADLINE + 1))))
    answer = client.post("/briefing/edit", data=form)
    assert answer.status_code == 400
    assert "slide 2" in answer.get_data(as_text=True)


def test_a_form_that_is_too_large_is_refused(client: FlaskClient):
    answer = client.post("/briefing/edit", data={"note-1": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "larger than" in answer.get_data(as_text=True)


# ------------------------------------------------------------------------------------------ files


def test_a_briefing_is_saved_and_loaded(client: FlaskClient, snapshot):
    query = addresses.to_query(Briefing("Erbil, عنوان", THREE), snapshot)
    saved = client.get(f"/briefing.yaml?{query}")
    assert saved.mimetype == "application/yaml"
    assert "attachment" in saved.headers["Content-Disposition"]
    answer = load(client, saved.get_data())
    assert answer.status_code == 303
    assert urlsplit(answer.headers["Location"]).query == query


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"slides:\n- view: pop=people\n", "line 2, slide 1, view"),
        (b"slides:\n- view: pop=idp\n  layot: map\n", "Did you mean layout"),
        (b"title: A\n\xff\n", "line 2: The file is not text in UTF-8"),
        (b"slides: !!python/object/apply:os.system [id]\n", "line 1"),
        (b"a: &a [*a]\n", "line 1"),
        (b"", "slides"),
        (b"x" * (MAX_FILE + 1), "more than 300 kB"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line_and_key(client: FlaskClient, body, said):
    answer = load(client, body)
    assert answer.status_code == 400
    assert said in unescape(answer.get_data(as_text=True))


def test_what_is_refused_stays_in_the_form_as_it_was_typed(client: FlaskClient):
    form = form_of(THREE) | {"headline-1": "x" * 201, "note-2": "Pause\r\nhere", "title": "Mine"}
    answer = client.post("/briefing/edit", data=form)
    html = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 400
    assert "has 201 characters: 200 at most" in html
    assert f'name="headline-1" value="{"x" * 201}"' in html
    assert re.search(r'name="note-2"[^>]*>Pause\s+here</textarea>', html)
    assert 'value="Mine"' in html
    assert html.count('name="view-') == len(THREE)
    assert re.search(r'<form class="deck-form"[^>]* data-unsent>', html)


def test_a_view_that_is_no_view_costs_no_other_word(client: FlaskClient):
    form = form_of(THREE) | {"view-2": "pop=martians", "layout-3": "pie", "note-2": "Typed"}
    answer = client.post("/briefing/edit", data=form)
    html = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 400 and "martians" in html
    assert re.search(r'name="note-2"[^>]*>Typed</textarea>', html)


def test_a_slide_is_added_to_what_was_typed(client: FlaskClient, snapshot):
    form = form_of(THREE, "add") | {"headline-1": "Typed, not sent"}
    answer = client.post("/briefing/edit", data=form)
    assert answer.status_code == 303
    address = answer.headers["Location"]
    kept = dict(parse_qsl(urlsplit(address).query))["briefing"]
    assert slides_of(f"/briefing?{kept}", snapshot)[0].headline == "Typed, not sent"


def test_where_there_is_no_room_for_a_slide_more_nothing_typed_is_lost(client: FlaskClient):
    many = tuple(replace(THREE[0], headline="Typed") for _ in range(briefing.MAX_SLIDES))
    long = tuple(replace(THREE[0], note="ئ" * 250) for _ in range(2))
    for form, word in ((form_of(many, "add"), "Typed"), (form_of(long, "add"), "ئئئ")):
        answer = client.post("/briefing/edit", data=form)
        html = unescape(answer.get_data(as_text=True))
        assert answer.status_code == 400 and word in html and "data-unsent" in html


@pytest.mark.slow
@given(st.binary(max_size=300))
@settings(max_examples=20, deadline=None)
def test_no_file_breaks_the_editor(anyone, body):
    assert load(anyone, body).status_code in (303, 400)


MAPS = ("", "&maps=picture")


def test_files_are_what_they_are_called(client: FlaskClient):
    pdf = client.get("/briefing.pdf?slides=map;table")
    assert (pdf.mimetype, len(PdfReader(io.BytesIO(pdf.get_data())).pages)) == (
        "application/pdf",
        2,
    )
    pptx = client.get("/briefing.pptx?slides=table")
    assert "presentationml.presentation" in (pptx.mimetype or "")
    assert pptx.get_data()[:2] == b"PK"
    media = [
        [name for name in ZipFile(io.BytesIO(answer.get_data())).namelist() if "/media/" in name]
        for answer in (client.get(f"/briefing.pptx?slides=map{more}") for more in MAPS)
    ]
    assert [len(each) for each in media] == [0, 1]
    refused = client.get("/briefing.pptx?slides=table&maps=photo")
    assert refused.status_code == 400 and "“photo”" in refused.get_json()["error"]["sentence"]
    for answer, ending in ((pdf, "pdf"), (pptx, "pptx")):
        assert answer.headers["Content-Disposition"].endswith(f'-briefing-2024-12-31.{ending}"')


NAMES = {
    "": "iraq-displacement-map-briefing-2024-12-31",
    "slides=map:time=2019-04-30;map:pop=returnee,time=2018-08-31": (
        "iraq-displacement-map-briefing-2019-04-30"
    ),
    'slides=compare:mode=change,time=2018-08-31&title=../Food %26 "drink": 2018/19?': (
        "food-drink-2018-19-2018-08-31"
    ),
    "title=CON": "con-2024-12-31",
    "title=..": "iraq-displacement-map-briefing-2024-12-31",
}
ARABIC = "lang=ar&title=النزوح في نينوى"


def test_a_briefing_is_saved_by_its_title_and_date(client: FlaskClient):
    for query, name in NAMES.items():
        saved = client.get(f"/briefing.yaml?{query}").headers["Content-Disposition"]
        assert saved == f'attachment; filename="{name}.yaml"', query
    saved = client.get(f"/briefing.yaml?slides=table&{ARABIC}").headers["Content-Disposition"]
    ascii_name, letters = saved.split("; ")[1:]
    assert ascii_name == 'filename="iraq-displacement-map-briefing-2024-12-31-ar.yaml"'
    assert letters.startswith("filename*=UTF-8''") and letters.isascii()
    assert unquote(letters.split("''")[1]) == "النزوح-في-نينوى-2024-12-31-ar.yaml"


@given(st.text(max_size=80), st.sampled_from(["en", "ar", "ckb"]))
@settings(max_examples=100, deadline=None)
def test_no_title_makes_a_name_that_a_file_system_refuses(snapshot, title, lang):
    made = Briefing(title, (Slide(),), lang)
    for name in briefing_filenames(made, snapshot, dt.date(2024, 12, 31), "pptx"):
        assert name.endswith(f"-2024-12-31{'' if lang == 'en' else f'-{lang}'}.pptx")
        assert len(name.encode()) < 255 and not name.startswith((".", "-"))
        assert not re.search(
            r'[\x00-\x1f\x7f/\\\\:*?"<>|\s\u200b-\u200f\u202a-\u202e\u2066-\u2069]', name
        )


@pytest.mark.parametrize("ending", ["yaml", "pptx", "pdf"])
def test_a_file_of_a_wrong_briefing_is_refused_with_a_sentence(client: FlaskClient, ending):
    answer = client.get(f"/briefing.{ending}?slides=pie")
    assert answer.status_code == 400
    assert "“pie” is not known" in answer.get_json()["error"]["sentence"]


def test_it_works_below_another_path(client_of):
    mounted = client_of(url_base_pathname="/maps/")
    html = mounted.get("/maps/briefing").get_data(as_text=True)
    addresses = set(re.findall(r'(?:href|src|action|"view)"?[=:]"(/[^"]*)"', html))
    assert addresses and all(address.startswith("/maps/") for address in addresses)
    assert Urls("/maps/").briefing("a=1", 2) == "/maps/briefing?a=1#slide-2"


# ---------------------------------------------------------------------------------------- browser


@pytest.fixture
def window_size() -> tuple[int, int]:
    return 1280, 720


@pytest.fixture
def present(watched, site) -> Callable[..., Page]:
    """Open a briefing; it is live, and so is the map of its first slide."""

    def make(path: str = "/briefing", *size: int, **options: Any) -> Page:
        page: Page = watched(*size, **options).open(f"{site}{path}")
        return page

    return make


def number(page: Page) -> int:
    """Number of the slide that is shown."""
    return int(page.locator(SHOWN).get_attribute("data-slide") or 0)


def live(page: Page) -> None:
    page.locator(f"{SHOWN}[data-live]").wait_for()


def test_five_slides_are_walked_with_the_keyboard(present):
    page = present("/briefing?slides=map;compare;map:pop=returnee;trend;flows")
    steps = {"ArrowRight": 2, " ": 3, "PageDown": 4, "ArrowDown": 5, "End": 5}
    for key, expected in steps.items():
        page.keyboard.press(key)
        assert number(page) == expected, key
        assert page.locator(".slide:visible").count() == 1
        assert page.evaluate("location.hash") == f"#slide-{expected}"
    expect(page.locator(".deck-announcer")).to_contain_text("Slide 5 of 5: 78% of displaced people")
    for key, expected in {"ArrowLeft": 4, "Shift+ ": 3, "PageUp": 2, "ArrowUp": 1}.items():
        page.keyboard.press(key)
        assert number(page) == expected, key
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    assert number(page) == 4
    page.keyboard.press("Home")
    assert number(page) == 1
    assert page.evaluate("history.length") == 2


def test_the_address_names_the_slide(present):
    page = present("/briefing#slide-3")
    assert number(page) == 3
    page.evaluate("() => { location.hash = '#slide-5'; }")
    page.locator("#slide-5[data-shown]").wait_for()
    page.reload()
    page.wait_for_function(LIVE)
    assert number(page) == 5


def test_the_list_leads_to_a_slide_and_escape_closes_it(present):
    page = present()
    summary = page.locator(".deck-menu summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".deck-list a[aria-current]")).to_contain_text("1")
    page.keyboard.press("Escape")
    expect(page.locator(".deck-list")).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    page.locator(".deck-list a[data-go='4']").click()
    assert number(page) == 4
    expect(page.locator(".deck-list")).to_be_hidden()


MEASURED = """() => {
  const shown = document.querySelector('.slide[data-shown]');
  const small = [], outside = [];
  const face = shown.querySelector('.face').getBoundingClientRect();
  const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode: node } = walker, element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest('.visually-hidden, option, title')) continue;
    const inSvg = element.closest('svg') && element.getScreenCTM();
    const scale = inSvg ? Math.hypot(inSvg.a, inSvg.b) : 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * scale;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    if (size < 17.99) small.push([size, node.data.trim()]);
    const beyond = box.right > face.right + 1 || box.bottom > face.bottom + 1;
    if (beyond && !element.closest('.countries')) outside.push(node.data.trim());
  }
  const words = [...shown.querySelector('.words').children].at(-1).getBoundingClientRect();
  const credits = shown.querySelector('.credits').getBoundingClientRect();
  const root = document.documentElement;
  return {
    small, outside,
    overlaps: words.bottom > credits.top + 1,
    scrolls: [root.scrollHeight - innerHeight, root.scrollWidth - innerWidth],
  };
}"""
LONG = "An_unusually_long_headline_of_a_presenter_who_has_much_to_say_about_" * 2
SLIDES = (
    f"{EVERY_LAYOUT};map:level=2;table:level=2;map:mode=change;footprint:prog=PHSS~CRP;"
    "compare:level=2;flows:pop=returnee;trend:pop=refugee;map:measure=rate,area=IQG15;"
)
# Where figures break, sentences say so, and are the longer for it.
MANY_WORDS = (
    f"{EVERY_LAYOUT};compare:mode=change,base=2018-12-31;compare:pop=returnee,mode=change;"
    "compare:mode=change,base=2023-12-31;map:mode=change;map:mode=change,base=2022-12-31;"
    "footprint:prog=PHSS~CRP;footprint:prog=CRP"
)
LONG_SLIDES = ";".join(f"{layout}:headline={LONG}" for layout in LAYOUTS)


@pytest.mark.parametrize("slides", [SLIDES.rstrip(";"), LONG_SLIDES], ids=["computed", "long"])
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_a_slide_fits_the_projector_and_is_read_from_afar(present, size, slides):
    page = present(f"/briefing?slides={slides}", *size)
    count = page.locator(".slide").count()
    for n in range(1, count + 1):
        assert number(page) == n
        if page.locator(f"{SHOWN} .slide-map").count():
            live(page)
        found = page.evaluate(MEASURED)
        nothing = {"small": [], "outside": [], "overlaps": False, "scrolls": [0, 0]}
        assert found == nothing, f"slide {n} at {size}"
        page.keyboard.press("PageDown")


# What reaches beyond the column of words, areas that a map cuts, and names that meet.
FITTED = """() => {
  const shown = document.querySelector('.slide[data-shown]');
  const all = (selector, within = shown) => [...within.querySelectorAll(selector)];
  const box = (node) => node.getBoundingClientRect();
  const written = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return range.getBoundingClientRect();
  };
  const words = box(shown.querySelector('.words'));
  const meet = (a, b) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const pairs = (nodes, of) => nodes.flatMap((a, i) => nodes.slice(i + 1)
    .filter((b) => meet(of(a), of(b))).map((b) => `${a.textContent}, ${b.textContent}`));
  return {
    beyond: all('.keys :is(b, span)').filter((node) => written(node).left < words.left - 1
      || written(node).right > words.right + 1).map((node) => node.textContent),
    figures: ['b', 'span'].flatMap((kind) => pairs(all(`.keys ${kind}`), written)),
    cut: all('.slide-map').flatMap((map) => all('path[data-pcode]', map).filter((path) => {
      const [a, b] = [box(path), box(map)];
      return a.left < b.left - 1 || a.right > b.right + 1 || a.top < b.top - 1
        || a.bottom > b.bottom + 1;
    })).map((path) => path.dataset.pcode),
    under: all('.slide-figure').filter((figure) => all('figcaption', figure)
      .some((date) => all('path', figure).some((path) => path.dataset.pcode
        && meet(box(path), box(date))))).length,
    names: all('.slide-map').flatMap((map) => pairs(all('.names text', map)
      .filter((name) => name.checkVisibility()), box)),
  };
}"""


@pytest.mark.parametrize("lang", ["en", "ar", "ckb"])
def test_words_of_a_slide_stand_above_its_credits_in_any_language(present, lang):
    page = present(f"/briefing?lang={lang}&slides={MANY_WORDS}")
    for slide in range(page.locator(".slide").count()):
        assert not page.evaluate(MEASURED)["overlaps"], slide + 1
        assert page.evaluate(FITTED)["beyond"] == [], slide + 1
        page.keyboard.press("PageDown")


@pytest.mark.parametrize("lang", ["en", "ar", "ckb"])
def test_words_of_any_language_stand_beside_the_map_and_the_country_is_whole(present, lang):
    """Millions are a word in Arabic and Sorani, and dates are longer."""
    page = present(f"/briefing?lang={lang}&slides=map;compare:mode=change,base=2020-02-29")
    for size in ((1280, 720), (1024, 768), (1366, 768), (1920, 1080)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.keyboard.press("Home")
        for slide in (1, 2):
            live(page)
            page.locator(f"{SHOWN} .timeline__track").wait_for()
            nothing = {"beyond": [], "figures": [], "cut": [], "under": 0, "names": []}
            assert page.evaluate(FITTED) == nothing, (size, slide)
            page.keyboard.press("PageDown")


# What of a slide meets something else, leaves the window or leaves its height unused.
BOXES = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame().then(frame); // what follows the size of the window has followed it
  const shown = document.querySelector('.slide[data-shown]');
  const seen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const box = (node) => node.getBoundingClientRect();
  const { innerWidth: width, innerHeight: height } = window;
  const texts = [];
  const walker = document.createTreeWalker(shown, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode: node } = walker, element = node.parentElement;
    if (!node.data.trim() || !seen(element)) continue;
    if (element.closest('.visually-hidden, title, svg.map, .speaker, option')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const { left, right, top, bottom } = range.getBoundingClientRect();
    const air = (bottom - top) * 0.3; // above and below the letters
    texts.push({ what: node.data.trim(), left, right, top: top + air, bottom: bottom - air });
  }
  for (const node of [...document.querySelectorAll('.deck-bar > button, .deck-menu > summary')])
    texts.push({ what: node.ariaLabel || node.dataset.do, ...box(node).toJSON() });
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1
    && b.top < a.bottom - 1;
  const legend = shown.querySelector('.legend');
  const covered = new Set();
  if (legend) {
    const { left, right, top, bottom } = box(legend);
    for (let i = 0; i <= 20; i += 1) for (const [x, y] of [
      [left + (right - left) * i / 20, top], [right, top + (bottom - top) * i / 20]])
      for (const { dataset } of document.elementsFromPoint(x, y))
        if (dataset.pcode) covered.add(dataset.pcode);
  }
  return {
    meet: texts.flatMap((a, i) => texts.slice(i + 1).filter((b) => meet(a, b))
      .map((b) => `${a.what} | ${b.what}`)),
    outside: texts.filter(({ left, right, top, bottom }) => left < -1 || right > width + 1
      || top < -1 || bottom > height + 1).map(({ what }) => what),
    covered: [...covered],
    unused: Math.round(height - box(shown.querySelector('.face')).height),
  };
}"""


@pytest.mark.parametrize("lang", ["en", "ar", "ckb"])
def test_nothing_of_a_slide_meets_anything_else_and_it_is_as_high_as_the_window(present, lang):
    page = present(
        f"/briefing?lang={lang}&slides={EVERY_LAYOUT};map:flows=10;map:mode=change;map:measure=rate"
    )
    slides = page.locator(".slide").count()
    found = {}
    for size in ((1024, 768), (1440, 900), (1920, 1080)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.keyboard.press("Home")
        for slide in range(1, slides + 1):
            if page.locator(f"{SHOWN} .slide-map").count():
                page.locator(f"{SHOWN}[data-live] .timeline__track").wait_for()
            boxes = page.evaluate(BOXES)
            if boxes != {"meet": [], "outside": [], "covered": [], "unused": 0}:
                found[size, slide] = boxes
            page.keyboard.press("PageDown")
    assert found == {}


def test_the_map_of_a_slide_is_live_and_escape_returns_it(present):
    page = present("/briefing?slides=map:pop=returnee;map:level=2")
    live(page)
    slide = page.locator(SHOWN)
    colours = "els => els.map(e => getComputedStyle(e).fill)"
    first = slide.locator("[data-pcode]").evaluate_all(colours)
    legend = slide.locator(".legend").text_content()
    slide.locator("[data-pcode='IQG15']").hover()
    expect(slide.locator(".tooltip")).to_contain_text("1,904,358")
    slide.locator("[data-pcode='IQG15']").click()
    expect(slide.locator(".picked")).to_contain_text("Ninewa: 1,904,358 people, rank 1 of 8")
    slide.locator(".timeline__range").focus()
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    expect(slide.locator(".picked")).to_contain_text("returnees on")
    assert slide.locator("[data-pcode]").evaluate_all(colours) != first
    assert slide.locator(".legend").text_content() != legend
    page.keyboard.press("Escape")
    expect(slide.locator(".picked")).to_be_hidden()
    expect(slide.locator(".timeline__label")).to_have_text("28 Feb 2021")
    page.mouse.move(5, 5)
    assert slide.locator("[data-pcode]").evaluate_all(colours) == first
    assert slide.locator(".legend").text_content() == legend
    assert number(page) == 1


def test_escape_returns_the_area_that_the_slide_was_made_with(present):
    page = present("/briefing?slides=map:area=IQG15,time=2019-04-30")
    live(page)
    picked = page.locator(".picked")
    before = picked.text_content()
    page.locator("[data-pcode='IQG01']").click()
    expect(picked).to_contain_text("Anbar")
    page.keyboard.press("Escape")
    expect(picked).to_have_text(before or "")


def test_two_maps_of_a_slide_are_chosen_on_together(present):
    page = present("/briefing?slides=compare")
    live(page)
    page.locator("[data-pcode='IQG15']").nth(0).click()
    expect(page.locator(".picked p")).to_have_count(2)
    expect(page.locator(".picked")).to_contain_text("31 Dec 2023: Ninewa: 239,124")
    expect(page.locator(".picked")).to_contain_text("31 Dec 2024: Ninewa: 221,911")
    expect(page.locator(".area-ring")).to_have_count(2)


def test_only_the_slide_that_is_shown_asks_for_its_figures(watched, site):
    visit = watched()
    visit.page.goto(f"{site}/briefing?slides=trend;map;map:pop=returnee")
    visit.page.wait_for_function(LIVE)
    asked = lambda: [url for url in visit.requests if "view.json" in url]  # noqa: E731
    assert asked() == []
    visit.page.keyboard.press("ArrowRight")
    live(visit.page)
    visit.page.keyboard.press("ArrowLeft")
    visit.page.keyboard.press("ArrowRight")
    assert len(asked()) == 1


def test_a_presenter_in_the_hand_changes_slides_whatever_has_the_focus(present):
    page = present("/briefing?slides=map;map:pop=returnee;trend")
    live(page)
    page.locator(f"{SHOWN} .timeline__range").focus()
    page.keyboard.press("PageDown")
    assert number(page) == 2
    live(page)
    page.locator(f"{SHOWN} [data-pcode][tabindex='0']").focus()
    page.keyboard.press("ArrowUp")
    assert number(page) == 2  # from an area, arrows lead to its neighbours
    page.keyboard.press("PageDown")
    assert number(page) == 3


def test_notes_are_shown_on_demand_and_stay_from_slide_to_slide(present):
    page = present("/briefing?slides=map:note=Begin_slowly;trend:note=Pause")
    expect(page.get_by_text("Begin slowly")).to_be_hidden()
    page.keyboard.press("n")
    expect(page.get_by_text("Begin slowly")).to_be_visible()
    expect(page.get_by_text("People are estimated by IOM").first).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Pause", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Notes")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("N")
    expect(page.get_by_text("Pause", exact=True)).to_be_hidden()


def speaker_of(page: Page) -> Page:
    """The speaker's window, opened from the slides; it has found them."""
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    speaker = opened.value
    speaker.wait_for_function(LIVE)
    return speaker


def test_a_second_window_for_the_speaker_follows_and_leads_the_slides(present):
    page = present("/briefing?slides=trend:note=Begin_slowly;table:note=Pause;flows#slide-2")
    speaker = speaker_of(page)
    shown, upcoming = speaker.locator(SHOWN), speaker.locator(".slide[data-next]")
    expect(shown).to_have_attribute("id", "slide-2")
    expect(upcoming.locator(".face")).to_be_visible()
    assert number(speaker) + 1 == int(upcoming.get_attribute("data-slide") or 0)
    expect(speaker.get_by_text("Pause", exact=True)).to_be_visible()
    expect(speaker.get_by_text("Begin slowly")).to_be_hidden()
    expect(speaker.locator(".desk-place")).to_have_text("Slide 2 of 3")
    expect(speaker.locator(".desk-clock")).to_have_text(re.compile(r"^\d\d:\d\d$"))
    expect(speaker.locator(".desk-spent")).to_have_text(re.compile(r"^0:\d\d:\d\d$"))
    page.keyboard.press("ArrowLeft")  # it follows
    expect(shown).to_have_attribute("id", "slide-1")
    expect(speaker.get_by_text("Begin slowly")).to_be_visible()
    for key, expected in {"PageDown": 2, "ArrowRight": 3, "Home": 1, "End": 3}.items():  # it leads
        speaker.keyboard.press(key)
        expect(page.locator(SHOWN)).to_have_id(f"slide-{expected}")
        assert number(speaker) == expected
        current = speaker.locator(".desk-list [aria-current='true']")
        expect(current).to_have_attribute("data-go", str(expected))
    expect(speaker.locator(".desk-next")).to_have_text("This is the last slide")
    speaker.locator(".desk-list a[data-go='2']").click()
    expect(page.locator(SHOWN)).to_have_id("slide-2")
    assert page.evaluate("location.hash") == "#slide-2"
    page.reload()  # it finds the slides again, and is led by them
    page.wait_for_function(LIVE)
    speaker.get_by_role("button", name="Next slide").click()
    expect(page.locator(SHOWN)).to_have_id("slide-3")
    speaker.reload()
    expect(shown).to_have_id("slide-3")
    stored = "() => [localStorage.length, sessionStorage.length, document.cookie]"
    assert page.evaluate(stored) == speaker.evaluate(stored) == [0, 0, ""]
    assert access.violations(speaker) == []
    page.close()
    expect(speaker.locator(".desk-state")).to_have_text("The window of the slides is closed.")


def test_no_stranger_leads_the_slides(present):
    page = present("/briefing?slides=trend;table")
    speaker = speaker_of(page)
    for message in ({"kind": "go", "slide": 1}, {"kind": "at", "slide": 1, "query": "?lang=ar"}):
        said = {"of": "displacement-briefing", **message}
        for each in (page, speaker):  # not from the other window
            each.evaluate("(said) => void window.postMessage(said, '*')", said)
    assert page.evaluate("() => new Promise((done) => setTimeout(() => done(location.hash)))") == ""
    assert (number(page), number(speaker)) == (1, 1)


def test_full_screen_is_entered_and_left(present):
    page = present()
    page.keyboard.press("f")
    page.wait_for_function("() => document.fullscreenElement")
    button = page.get_by_role("button", name="Leave full screen")
    button.click()
    page.wait_for_function("() => !document.fullscreenElement")
    expect(page.get_by_role("button", name="Full screen")).to_be_visible()


def test_a_finger_turns_the_slides(present):
    page = present("/briefing?slides=trend;table", has_touch=True)
    swipe = """([from, to, y]) => {
      const target = document.querySelector('.slide[data-shown] .kicker');
      const touch = (clientX, clientY) => new Touch({ identifier: 1, target, clientX, clientY });
      const send = (type, touches, changedTouches) =>
        target.dispatchEvent(new TouchEvent(type, { bubbles: true, touches, changedTouches }));
      send('touchstart', [touch(from, 300)], [touch(from, 300)]);
      send('touchend', [], [touch(to, y)]);
    }"""
    for way, expected in {(800, 500, 310): 2, (500, 480, 300): 2, (500, 400, 600): 2}.items():
        page.evaluate(swipe, list(way))
        assert number(page) == expected
    page.evaluate(swipe, [500, 800, 290])
    assert number(page) == 1


def test_without_scripts_the_slides_stand_one_below_the_other(watched, site):
    page = watched(java_script_enabled=False).page
    page.goto(f"{site}/briefing")
    assert page.locator(".slide:visible").count() == 6
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    expect(page.locator(".masthead")).to_be_visible()
    expect(page.locator(".speaker").first).to_be_visible()
    page.locator(".deck-menu summary").click()
    page.get_by_role("link", name="Edit").click()
    page.locator("[name='headline-1']").fill("Written without scripts")
    page.get_by_role("button", name="Move slide 1 down").click()
    expect(page.locator("[name='headline-2']")).to_have_value("Written without scripts")
    expect(page.get_by_role("button", name="Move slide 2 up")).to_be_focused()
    page.get_by_role("button", name="Present").click()
    expect(page.locator("#slide-2 .headline")).to_have_text("Written without scripts")


def test_a_briefing_is_edited_saved_and_loaded_in_the_browser(present, tmp_path):
    page = present("/briefing?slides=map;trend#slide-2")
    page.keyboard.press("e")
    page.wait_for_url("**/briefing/edit?**focus=2")
    page.locator("[name='headline-2']").fill("Fewer every year")
    page.get_by_role("button", name="Move slide 2 up").press("Enter")
    page.wait_for_url("**slides=trend:headline=Fewer_every_year;map&focus=1")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as YAML").click()
    path = tmp_path / "briefing.yaml"
    saved.value.save_as(path)
    page.goto(page.url.split("/briefing")[0] + "/briefing/edit")
    page.locator("[name='file']").set_input_files(path)
    page.get_by_role("button", name="Load", exact=True).click()
    page.wait_for_url("**/briefing?slides=trend:headline=Fewer_every_year;map")
    expect(page.locator(f"{SHOWN} .headline")).to_have_text("Fewer every year")


def test_nobody_leaves_what_was_typed_without_being_asked(watched, site):
    page = watched().page
    page.goto(f"{site}/briefing")
    page.goto(f"{site}/briefing/edit?slides=map;trend")
    page.get_by_role("link", name="Data & sources").click()  # nothing was typed: nothing is asked
    page.go_back()
    headline = page.locator("[name='headline-2']")
    headline.click()
    page.keyboard.type("Typed, not sent")
    staying = [True]
    page.on("dialog", lambda asked: asked.dismiss() if staying else asked.accept())
    for leave in (  # by a link of the page, of its header, by the browser's own buttons
        lambda: page.locator(".deck-card a").first.click(),
        lambda: page.locator(".languages a[hreflang='ar']").click(),
        lambda: page.evaluate("() => void setTimeout(() => history.back())"),
        lambda: page.evaluate("() => void setTimeout(() => location.reload())"),
    ):
        with page.expect_event("dialog") as question:
            leave()
        assert question.value.type == "beforeunload"
        expect(headline).to_have_value("Typed, not sent")
    staying.clear()
    page.locator(".deck-card a").first.click()
    page.wait_for_url(f"{site}/?**")
    page.go_back()
    expect(headline).to_have_value("Typed, not sent")


def test_what_was_typed_is_there_again_without_scripts(watched, site):
    page = watched(java_script_enabled=False).page
    page.goto(f"{site}/briefing/edit?slides=map;trend")
    page.locator("[name='note-2']").fill("Typed, not sent")
    page.locator(".deck-card a").first.click()
    page.go_back()
    expect(page.locator("[name='note-2']")).to_have_value("Typed, not sent")


def test_a_slide_with_words_of_its_own_is_removed_when_its_reader_says_so(watched, site):
    page = watched().page
    page.goto(f"{site}/briefing/edit?slides=map;trend")
    page.locator("[name='headline-2']").fill("Written for it")
    remove = page.get_by_role("button", name="Remove slide 2")
    page.once("dialog", lambda asked: asked.dismiss())
    with page.expect_event("dialog") as question:
        remove.click()
    assert "headline or note" in question.value.message
    expect(page.locator("[name='headline-2']")).to_have_value("Written for it")
    page.locator("[name='headline-2']").fill("")
    remove.click()
    page.wait_for_url("**/briefing/edit?slides=map&focus=1")


def test_a_slide_is_added_from_the_editor_with_what_was_typed(watched, site):
    page = watched().page
    page.goto(f"{site}/briefing/edit?slides=trend")
    page.locator("[name='headline-1']").fill("Typed before")
    page.get_by_role("button", name="Add a slide from the map").click()
    page.wait_for_function(LIVE)
    page.get_by_role("link", name="Add to briefing").click()
    page.get_by_role("link", name="To the briefing").click()
    page.wait_for_url("**/briefing?slides=trend:headline=Typed_before;map#slide-2")


def test_the_map_is_added_to_the_briefing_it_was_opened_from(present):
    page = present("/briefing?slides=trend:headline=First")
    page.locator(".deck-menu summary").click()
    page.get_by_role("link", name="Add a slide from the map").click()
    page.locator("#headline:not(:empty)").wait_for()
    page.get_by_text("Returnees", exact=True).first.click()
    page.wait_for_url("**pop=returnee**")
    page.get_by_role("link", name="Add to briefing").click()
    page.get_by_role("link", name="To the briefing").click()
    page.wait_for_url("**/briefing?slides=trend:headline=First;map:pop=returnee#slide-2")
    page.wait_for_function(LIVE)
    assert number(page) == 2


@pytest.mark.parametrize("css_page", [True, False], ids=["own paper", "Letter"])
def test_on_paper_every_slide_is_a_page(present, css_page):
    page = present("/briefing?slides=map;compare;trend;flows;table;footprint")
    live(page)
    page.locator("[data-pcode='IQG15']").first.click()
    body = page.pdf(prefer_css_page_size=css_page)
    pages = PdfReader(io.BytesIO(body)).pages
    texts = [sheet.extract_text() for sheet in pages]
    assert len(pages) == 6
    for n, text in enumerate(texts, start=1):
        assert f"{n} / 6" in text
    width, height = (float(side) for side in pages[0].mediabox[2:])
    assert width > height
    if css_page:
        assert (width, height) == (960, 540)


def test_a_phone_reads_by_scrolling(present):
    page = present("/briefing", 390, 844)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".slide:visible").count() == 6
    page.locator("#slide-3").scroll_into_view_if_needed()
    page.locator("#slide-3[data-live]").wait_for()
    page.locator("#slide-3 [data-pcode='IQG15']").click()
    expect(page.locator("#slide-3 .picked")).to_contain_text("Ninewa: 1,904,358")


def test_a_failed_load_leaves_the_slide_and_can_be_tried_again(watched, site):
    visit = watched()
    page = visit.page
    page.route("**/view.json*", lambda route: route.abort())
    page.goto(f"{site}/briefing?slides=map")
    expect(page.get_by_role("alert")).to_contain_text("could not be loaded")
    assert page.locator("[data-pcode]").count() == 18
    page.unroute("**/view.json*")
    page.get_by_role("button", name="Try again").click()
    live(page)
    assert all("net::ERR_FAILED" in line for line in visit.console)
    visit.console.clear()


def test_what_failed_is_said_once_however_often_the_slide_is_shown(watched, site):
    visit = watched()
    page = visit.page
    page.route("**/view.json*", lambda route: route.abort())
    page.goto(f"{site}/briefing?slides=map;trend")
    page.get_by_role("alert").evaluate("(alert) => alert.toggleAttribute('data-first')")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[role='alert']:not([data-first])")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_count(1)
    visit.console.clear()  # the browser itself reports the requests that were cut


@pytest.mark.parametrize(("scheme", "only"), [("light", ()), ("dark", access.COLOUR_RULES)])
def test_axe_finds_nothing_on_any_slide(present, scheme, only):
    page = present(f"/briefing?slides={EVERY_LAYOUT}", 1280, 720, color_scheme=scheme)
    live(page)
    page.keyboard.press("n")
    for _ in LAYOUTS:
        assert access.violations(page, only=only) == []
        page.keyboard.press("PageDown")
        if page.locator(f"{SHOWN} .slide-map").count():
            live(page)


def test_axe_finds_nothing_where_the_editor_understands_nothing(watched, site):
    page = watched(390, 844).page
    page.goto(f"{site}/briefing/edit?slides=pie")
    assert access.overflow(page) == 0
    assert access.violations(page) == []
