"""Sharing: link, embed code, citation and picture, as a page and as a dialog on every page."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Locator, Page, expect

from geodata.figures.state import State, encode_query
from geodata.i18n.language import load_language
from geodata.links import embed_html
from geodata.links.embed_html import EmbedChoice, FrameSize
from geodata.links.embed_options import EmbedOptions
from tests import access, queries
from tests.documents import Document
from tests.windows import Watched

HOME = "http://localhost"
ENGLISH = load_language("en")
Visiting = Callable[..., Watched]


def share(client, text: str = "") -> Document:
    answer = client.get(f"/share?{text}")
    assert answer.status_code == 200
    return Document(answer.get_data(as_text=True))


def frame(page: Document) -> dict[str, str | None]:
    """The frame in the code to paste."""
    (found,) = Document(f"<html>{page.text('share-code')}</html>").all("iframe")
    return found


def embedded(page: Document) -> dict[str, str]:
    """State and options of the map in the code to paste."""
    return dict(parse_qsl(urlsplit(str(frame(page)["src"])).query))


def submitted(page: Document, **changes: str | bool) -> str:
    """The query that a browser sends for the form, changed as a reader does, without a script."""
    selected = {}
    for tag, attributes, _ in page.elements:
        if tag == "select":
            select = str(attributes["name"])
        elif tag == "option" and "selected" in attributes:
            selected[select] = str(attributes["value"])
    fields: list[tuple[str, str]] = []
    for _, attributes, _ in page.elements:
        name, kind = attributes.get("name") or "", attributes.get("type")
        value = attributes.get("value") or ""
        if kind == "checkbox":
            ticked = changes.get(name, "checked" in attributes)
            fields += [(name, value)] if ticked else []
        elif kind == "radio":
            chosen = changes[name] == value if name in changes else "checked" in attributes
            fields += [(name, value)] if chosen else []
        elif kind == "number":
            fields.append((name, str(changes.get(name, value))))
        elif kind == "hidden":
            fields.append((name, value))
        elif name in selected:
            fields.append((name, str(changes.get(name, selected[name]))))
    return urlencode([(key, value) for key, value in fields if key])


# ------------------------------------------------------------------------------- what can be chosen


def read(text: str, state: State | None = None) -> tuple[EmbedChoice, list[str]]:
    return embed_html.parse_choice(dict(parse_qsl(text)), state or State(), ENGLISH)


def test_without_a_choice_a_map_follows_and_is_as_wide_as_its_place():
    assert read("") == (EmbedChoice(), [])
    assert EmbedChoice().size == FrameSize(None, 750)


def test_a_view_of_a_date_is_frozen_unless_told_otherwise():
    past = State(time=dt.date(2017, 5, 15))
    assert read("", past)[0].freeze
    assert not read("freeze=0", past)[0].freeze
    assert read("", State(v="abc"))[0].freeze
    assert read("freeze=1")[0].freeze


@pytest.mark.parametrize("width", ["240", "2000"])
def test_sizes_are_taken_up_to_their_limits(width):
    assert read(f"width={width}&height=300")[0].size == FrameSize(int(width), 300)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("width=239", "width=“239” is no size in pixels: width may be from 240 to 2000."),
        ("height=2001", "height=“2001” is no size in pixels: height may be from 300 to 2000."),
        ("width=100%25", "width may be from 240 to 2000."),
        ("height=-5", "height may be from 300 to 2000."),
        ("width=" + "9" * 5000, "width may be from 240 to 2000."),
        ("freeze=yes", "freeze may be 0, 1."),
        ("theme=pink", "theme may be auto, light, dark."),
        ("legend=2", "legend may be 0, 1."),
        ("language=xx", "language may be en"),
    ],
)
def test_a_wrong_choice_gives_its_default_and_says_so(text, said):
    choice, notices = read(text)
    assert choice == EmbedChoice()
    (notice,) = notices
    assert said in notice
    assert notice.endswith("The default is shown instead.")


def test_a_frozen_map_names_date_and_snapshot_and_a_following_one_neither(snapshot):
    past = State(time=dt.date(2017, 5, 15), v=snapshot.version)
    still = embed_html.embedded_state(past, EmbedChoice(freeze=True), snapshot)
    assert (still.time, still.v) == (past.time, snapshot.version)
    live = embed_html.embedded_state(past, EmbedChoice(freeze=False), snapshot)
    assert encode_query(live, snapshot) == ""
    newest = embed_html.embedded_state(State(), EmbedChoice(freeze=True), snapshot)
    assert (str(newest.time), newest.v) == ("2024-12-31", snapshot.version)


@given(address=st.text(max_size=50), title=st.text(max_size=50), script=st.text(max_size=50))
@example('"><script>', "'\"><b>&amp;", "</script>")
def test_what_is_pasted_is_a_frame_and_a_script_whatever_is_in_it(address, title, script):
    pasted = embed_html.code(address, title, FrameSize(), script=script)
    found = []

    class Pasted(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.append((tag, dict(attrs)))

    Pasted().feed(pasted)
    assert [tag for tag, _ in found] == (["iframe", "script"] if script else ["iframe"])
    first = found[0][1]
    assert set(first) == {"src", "title", "width", "height", "style", "loading"}
    if html.unescape(html.escape(title)) == title and "\r" not in title:
        assert first["title"] == title


# -------------------------------------------------------------------------------------------- page


def test_the_link_leads_to_what_is_shown(client):
    page = share(client, "time=R71&pop=returnee&tab=table&unknown=1")
    assert page.text("share-link") == f"{HOME}/?pop=returnee&time=2017-05-15"
    said = "Where people have returned in Iraq: 1,776,822 returnees on 15 May 2017"
    assert said in page.words()


def test_a_live_map_names_neither_date_nor_snapshot(client):
    page = share(client, "pop=returnee")
    assert frame(page)["src"] == f"{HOME}/embed?pop=returnee"
    assert frame(page)["title"] == "Where people have returned in Iraq"


def test_a_frozen_map_names_both_and_its_figures(client, snapshot):
    page = share(client, "time=2017-05-15")
    assert embedded(page) == {"time": "2017-05-15", "v": snapshot.version}
    assert frame(page)["title"] == (
        "Where displaced people are living in Iraq: "
        "3,065,502 internally displaced people on 15 May 2017"
    )


def test_the_preview_is_the_frame_of_the_code(client):
    page = share(client, "pop=returnee&width=500&theme=dark")
    (preview,) = page.all("iframe")
    beside = "flex:none;margin-inline-end:9999px;"  # of the picture that is left without a frame
    style = f"{beside}{preview['style']}"
    assert {**preview, "src": f"{HOME}{preview['src']}", "style": style} == frame(page)
    assert (preview["width"], preview["height"]) == ("500", "750")
    assert client.get(str(preview["src"])).status_code == 200


def test_the_code_has_the_script_that_fits_the_height_unless_the_map_has_none(client):
    assert f'<script src="{HOME}/embed/host.js" async></script>' in share(client).text("share-code")
    assert "<script" not in share(client, "static=1").text("share-code")


def test_every_option_is_sent_by_the_form_without_a_script(client):
    page = share(client, "pop=returnee&prog=PHSS&time=2018-08-31&area=IQG15")
    changes: dict[str, Any] = {"freeze": "0", "width": "640", "height": "500", "theme": "dark"}
    off = dict.fromkeys(["title", "legend", "controls"], False)
    on = dict.fromkeys(["lock", "play", "static"], True)
    after = share(client, submitted(page, **changes, **off, **on))
    assert embedded(after) == {
        **{"pop": "returnee", "prog": "PHSS", "area": "IQG15", "theme": "dark"},
        **dict.fromkeys(off, "0"),
        **dict.fromkeys(on, "1"),
    }
    assert (frame(after)["width"], frame(after)["height"]) == ("640", "500")
    assert after.text("share-link") == page.text("share-link")
    undone: dict[str, Any] = {"freeze": "1", "theme": "auto", "title": True, "legend": True}
    back = share(client, submitted(after, **undone))
    assert {"title", "legend", "theme"} & embedded(back).keys() == set()
    assert embedded(back)["time"] == "2018-08-31"


def test_sending_the_form_unchanged_changes_nothing(client):
    page = share(client, "pop=returnee&time=2018-08-31&legend=0&static=1&theme=light&height=400")
    again = share(client, submitted(page))
    assert again.text("share-code") == page.text("share-code")
    assert submitted(again) == submitted(page)


def test_wrong_values_are_told_where_they_matter(client):
    words = share(client, "pop=martian&width=7&theme=pink").words()
    assert "pop=“martian” is not known" in words
    assert "width=“7” is no size in pixels: width may be from 240 to 2000." in words
    assert "theme=“pink” is not known: theme may be auto, light, dark." in words


def test_a_snapshot_that_is_not_held_leads_to_the_newest(client):
    answer = client.get("/share?v=0123456789ab&pop=returnee")
    assert answer.status_code == 404
    page = Document(answer.get_data(as_text=True))
    assert "This snapshot is not held here" in page.words()
    assert page.all("a", href="/share?pop=returnee")


def test_the_citations_are_of_this_date_snapshot_and_day(client, snapshot):
    page = share(client, "time=2017-05-15")
    link = f"{HOME}/?time=2017-05-15&v={snapshot.version}"
    day = ENGLISH.date(dt.datetime.now(dt.UTC).date(), "long")
    assert f"{link} (accessed {day})" in page.text("share-plain")
    assert f"url = {{{link}}}" in page.text("share-bibtex")
    (item,) = json.loads(page.text("share-csl"))
    assert (item["URL"], item["version"]) == (link, snapshot.version)


def test_no_cache_keeps_the_day_of_access(client_of):
    client = client_of(public_url="https://example.org")
    assert "no-cache" in client.get("/share").headers["Cache-Control"]
    assert client.get("/share").headers["Cache-Control"] != "public"


def test_the_picture_and_its_downloads_are_of_the_frozen_view(client, snapshot):
    page = share(client, "time=2017-05-15")
    asked = f"time=2017-05-15&v={snapshot.version}"
    (picture,) = page.all("img")
    assert picture["src"] == f"/card.png?{asked}"
    assert (picture["width"], picture["height"], picture["loading"]) == ("1200", "630", "lazy")
    assert picture["alt"] == "3,065,502 internally displaced people on 15 May 2017"
    downloads = {
        str(link["href"]): link["download"] for link in page.all("a") if link.get("download")
    }
    assert set(downloads) == {f"/map.png?{asked}", f"/card.png?{asked}"}
    for address, name in downloads.items():
        assert re.fullmatch(r"irq-idp-2017-05-15-[0-9a-f]{6}(-card)?\.png", str(name))
        assert client.get(address).mimetype == "image/png"


def test_every_page_leads_to_the_share_page_of_what_it_shows(client, snapshot):
    for path, href in (
        ("/", "/share"),
        ("/?pop=returnee&time=2017-05-15&tab=table", "/share?pop=returnee&time=2017-05-15"),
        ("/sources", "/share"),
        (f"/sources?v={snapshot.version}", f"/share?v={snapshot.version}"),
        ("/nope", "/share"),
    ):
        page = Document(client.get(path).get_data(as_text=True))
        (button,) = [link for link in page.all("a") if "primary" in str(link.get("class"))]
        assert button["href"] == href
    (here,) = share(client).all("a", **{"aria-current": "page"})
    assert here["href"] == "/share"


def test_links_are_right_under_a_prefix_and_a_public_address(client_of):
    there = "https://data.example.org/displacement"
    client = client_of(url_base_pathname="/displacement/", public_url="https://data.example.org")
    text = client.get("/displacement/share?pop=returnee").get_data(as_text=True)
    page = Document(text)
    assert page.text("share-link") == f"{there}/?pop=returnee"
    assert frame(page)["src"] == f"{there}/embed?pop=returnee"
    assert f"{there}/embed/host.js" in page.text("share-code")
    assert page.all("iframe")[0]["src"] == "/displacement/embed?pop=returnee"
    assert page.all("form")[0]["action"] == "/displacement/share#share-embed"
    assert "localhost" not in text


def test_the_embedded_map_may_have_another_language_than_the_page(client):
    page = share(client, "language=ar")
    assert page.all("html")[0]["lang"] == "en"
    assert embedded(page) == {"lang": "ar"}
    assert page.all("option", value="ar", lang="ar")[0].keys() >= {"selected"}
    assert page.text("share-link") == f"{HOME}/"
    assert embedded(share(client, submitted(page, language="en"))) == {}


def test_one_language_is_no_choice(client, monkeypatch):
    assert share(client).all("select", name="language")
    monkeypatch.setattr("layouts.share.languages", lambda: ("en",))
    assert not share(client).all("select", name="language")


MARKUP = "\"'></textarea></script><script>alert(1)</script><img src=x onerror=alert(1)>"
hostile = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    [MARKUP, "\x00", "{{7*7}}", "%", "~" * 30, "9" * 400, "-1", "1e9", "٣٠٠"]
)
keys = st.sampled_from(
    [
        *queries.STATE,
        *("controls", "legend", "title", "lock", "static", "play", "theme"),
        *("freeze", "width", "height", "language"),
    ]
)


@pytest.mark.slow
@given(asked=st.lists(st.tuples(keys | hostile, hostile), max_size=6))
@example([(key, MARKUP) for key in ("pop", "time", "width", "height", "theme", "freeze", "lang")])
@example([("v", MARKUP)])
@settings(deadline=None, max_examples=150)
def test_no_query_breaks_the_page_or_comes_back_as_markup(anyone, asked):
    answer = anyone.get("/share", query_string=urlencode(asked))
    assert answer.status_code in (200, 404)
    page = Document(answer.get_data(as_text=True))
    assert all("alert" not in "".join(map(str, each.values())) for each in page.all("script"))
    assert [image for image in page.all("img") if image["src"] == "x"] == []
    assert not any("onerror" in attributes for _, attributes, _ in page.elements)


def test_options_are_all_offered(client):
    offered = {box["name"] for box in share(client).all("input", type="checkbox")}
    assert offered | {"theme"} == set(EmbedOptions.__dataclass_fields__)


# ----------------------------------------------------------------------------- in a real browser


@pytest.fixture
def visiting(watched: Callable[..., Watched], site: str) -> Visiting:
    """Open windows that ask for nothing but this site."""
    return partial(watched, site=site)


@pytest.fixture
def page(visiting: Visiting) -> Page:
    return visiting(permissions=["clipboard-read", "clipboard-write"]).page


def answered(page: Page) -> None:
    """Wait until the button opens a dialog: on the map page that comes with Dash."""
    page.wait_for_function(
        """() => document.documentElement.dataset.dash
            || !document.getElementById('react-entry-point')"""
    )


def open_map(page: Page, site: str, text: str = "") -> None:
    page.goto(f"{site}/?{text}")
    answered(page)
    page.wait_for_function(
        """() => document.querySelector('#title')?.textContent
            && !document.querySelector('#main').dataset.loading"""
    )


def open_dialog(page: Page) -> Locator:
    answered(page)
    menu = page.locator(".menu-toggle summary")
    if menu.is_visible():  # there is no room for the button beside it
        menu.click()
    page.get_by_role("link", name="Share & embed").click()
    dialog = page.get_by_role("dialog", name="Share & embed")
    expect(dialog).to_be_visible()
    return dialog


def focused(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement.id || document.activeElement.tagName"))


def code_of(site: str, page: Page, text: str) -> str:
    """The code that the server writes for a query."""
    document = Document(page.request.get(f"{site}/share?{text}").text())
    return document.text("share-code")


browsed = pytest.mark.browser
QUIET = "download"  # a small page with the button, where the dialog is what matters


@browsed
@pytest.mark.parametrize("path", ["", "sources"])
def test_the_dialog_opens_and_closes_by_keyboard(page: Page, site: str, path: str) -> None:
    if path:
        page.goto(f"{site}/{path}")
    else:
        open_map(page, site)
    before = page.url
    button = page.get_by_role("link", name="Share & embed")
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Share & embed")
    expect(dialog).to_be_visible()
    assert focused(page) == "share-title"
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Tab")
    expect(dialog.locator("#share-link")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    assert page.url == before
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Close").press("Enter")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


@browsed
def test_focus_stays_in_the_dialog(page: Page, site: str) -> None:
    page.goto(f"{site}/{QUIET}")
    dialog = open_dialog(page)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    inside = "() => [null, document.body].includes(document.activeElement)"
    inside += " || Boolean(document.activeElement.closest('dialog'))"
    assert page.evaluate(inside)
    expect(dialog).to_be_visible()


@browsed
def test_what_is_shared_is_what_is_shown_at_this_moment(page: Page, site: str) -> None:
    open_map(page, site, "pop=returnee")
    page.get_by_role("slider", name="Date", exact=True).focus()
    # In one breath, before the address has come to rest.
    page.evaluate(
        """() => {
            const slider = document.activeElement;
            slider.value = Number(slider.min);
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            document.querySelector('[data-share]').click();
        }"""
    )
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.locator("#share-link")).to_have_value(f"{site}/?pop=returnee&time=2014-04-01")
    expect(dialog.get_by_label("Freeze at 1 April 2014")).to_be_checked()


@browsed
def test_a_new_tab_is_opened_with_what_is_shown(page: Page, site: str) -> None:
    open_map(page, site)
    page.locator("#population label:has(input[value='returnee'])").click()
    page.wait_for_url(re.compile("pop=returnee"))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Share & embed").click(modifiers=["Control"])
    expect(opened.value.locator("#share-link")).to_have_value(f"{site}/?pop=returnee")
    assert page.get_by_role("dialog").count() == 0


@browsed
def test_copying_says_so(page: Page, site: str) -> None:
    page.goto(f"{site}/{QUIET}")
    dialog = open_dialog(page)
    for name in ("Link to this view", "Code to paste into a page", "Plain text"):
        button = dialog.get_by_role("button", name=f"Copy: {name}")
        button.click()
        group = dialog.locator(".copyable").filter(has=page.get_by_role("button", name=name))
        expect(group.get_by_role("status")).to_have_text("Copied.")
        expect(button).to_be_focused()
        field = group.get_by_role("textbox", name=name)
        assert page.evaluate("() => navigator.clipboard.readText()") == field.input_value()


@browsed
def test_where_copying_is_refused_the_text_is_selected(visiting: Visiting, site: str) -> None:
    page = visiting().page
    page.add_init_script(
        "navigator.clipboard.writeText = () => Promise.reject(new Error('refused'));"
    )
    page.goto(f"{site}/{QUIET}")
    dialog = open_dialog(page)
    dialog.get_by_role("button", name="Copy: Link to this view").click()
    expect(dialog.get_by_text("The text is selected")).to_be_visible()
    expect(dialog.locator("#share-link")).to_be_focused()
    assert page.evaluate("() => getSelection().toString()") == f"{site}/"


@browsed
@pytest.mark.parametrize("path", [QUIET, "share"])
def test_choices_change_the_code_and_the_preview_and_nothing_else(
    page: Page, site: str, path: str
) -> None:
    page.goto(f"{site}/{path}")
    place = open_dialog(page) if path == QUIET else page.locator(".share")
    code = place.locator("#share-code")
    preview = place.locator("iframe")
    expect(place.get_by_role("button", name="Update")).to_be_hidden()

    legend = place.get_by_label("Legend")
    legend.focus()
    page.keyboard.press("Space")
    expect(code).to_have_value(code_of(site, page, "legend=0"))
    expect(preview).to_have_attribute("src", "/embed?legend=0")
    expect(legend).to_be_focused()
    expect(legend).not_to_be_checked()

    place.get_by_label("Colours").select_option("dark")
    expect(preview).to_have_attribute("src", "/embed?legend=0&theme=dark")
    width = place.get_by_label("Width")
    width.focus()
    page.keyboard.type("640")
    expect(code).to_have_value(code_of(site, page, "legend=0&theme=dark&width=640"))
    expect(preview).to_have_attribute("width", "640")
    expect(width).to_be_focused()
    expect(width).to_have_value("640")

    place.get_by_label("Freeze at 31 December 2024").check()
    expect(code).to_have_value(re.compile(r"time=2024-12-31&amp;v=\w{12}&amp;legend=0"))
    place.get_by_label("Follow new data").check()
    expect(code).not_to_have_value(re.compile("time="))
    expect(place.locator("#share-link")).to_have_value(f"{site}/")


@browsed
def test_the_page_of_a_choice_can_be_opened_again(page: Page, site: str) -> None:
    page.goto(f"{site}/share")
    page.get_by_label("Legend").uncheck()
    page.wait_for_url(re.compile("legend=0"))
    code = page.locator("#share-code").input_value()
    page.reload()
    expect(page.get_by_label("Legend")).not_to_be_checked()
    assert page.locator("#share-code").input_value() == code


@browsed
def test_what_is_copied_is_what_was_chosen_just_before(page: Page, site: str) -> None:
    page.goto(f"{site}/{QUIET}")
    dialog = open_dialog(page)
    page.evaluate(
        """() => {
            const dialog = document.querySelector('dialog');
            const width = dialog.querySelector('[name=width]');
            width.value = '777';
            width.dispatchEvent(new Event('input', { bubbles: true }));
            dialog.querySelector('[data-copy=share-code]').click();
        }"""
    )
    group = dialog.locator(".copyable").filter(has=page.locator("#share-code"))
    expect(group.get_by_role("status")).to_have_text("Copied.")
    assert 'width="777"' in page.evaluate("() => navigator.clipboard.readText()")


@browsed
def test_a_size_that_does_not_fit_is_told(page: Page, site: str) -> None:
    page.goto(f"{site}/{QUIET}")
    dialog = open_dialog(page)
    dialog.get_by_label("Height").fill("5")
    dialog.get_by_label("Width").focus()
    notice = dialog.get_by_role("status").filter(has_text="height may be from 300 to 2000")
    expect(notice).to_be_visible()
    expect(dialog.locator("#share-code")).to_have_value(re.compile('"750"'))
    dialog.get_by_label("Height").fill("500")
    expect(dialog.locator("#share-code")).to_have_value(re.compile('"500"'))
    expect(notice).to_have_count(0)


@browsed
def test_a_code_that_could_not_be_renewed_says_so(visiting: Visiting, site: str) -> None:
    visit = visiting()
    page = visit.page
    page.goto(f"{site}/{QUIET}")
    dialog = open_dialog(page)
    page.route("**/share?*", lambda route: route.abort())
    dialog.get_by_label("Legend").uncheck()
    notice = dialog.get_by_text("could not be renewed")
    expect(notice).to_be_visible()
    page.unroute("**/share?*")
    dialog.get_by_label("Timeline and switches").uncheck()
    expect(notice).to_have_count(0)
    expect(dialog.locator("iframe")).to_have_attribute("src", "/embed?controls=0&legend=0")
    visit.console.clear()  # the browser itself reports the request that was cut


@browsed
def test_a_dialog_that_cannot_be_had_is_a_page(visiting: Visiting, site: str) -> None:
    visit = visiting()
    page = visit.page
    open_map(page, site)
    page.evaluate(
        """() => document.addEventListener('displacement:share',
            () => history.replaceState(null, '', '/?v=0123456789ab'))"""
    )
    page.get_by_role("link", name="Share & embed").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This snapshot is not held here")
    visit.console.clear()  # the browser itself reports the answer 404


@browsed
@pytest.mark.parametrize("path", [QUIET, "share"])
def test_the_preview_is_as_high_as_its_map(page: Page, site: str, path: str) -> None:
    page.goto(f"{site}/{path}")
    if path == QUIET:
        open_dialog(page)
    page.locator(".preview iframe").scroll_into_view_if_needed()
    page.wait_for_function(
        "() => /^\\d+px$/.test(document.querySelector('.preview iframe').style.height)"
    )
    frame = page.frame_locator(".preview iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text(
        "Where displaced people are living in Iraq"
    )


@browsed
def test_a_choice_that_leaves_the_map_as_it_is_does_not_load_it_again(
    page: Page, site: str
) -> None:
    page.goto(f"{site}/{QUIET}")
    dialog = open_dialog(page)
    page.evaluate("() => { document.querySelector('.preview iframe').mark = 1; }")
    dialog.get_by_label("Height").fill("10")
    dialog.get_by_label("Width").focus()
    expect(dialog.get_by_text("height may be from 300 to 2000")).to_be_visible()
    assert page.evaluate("() => document.querySelector('.preview iframe').mark") == 1


@browsed
@pytest.mark.parametrize(("place", "scheme"), [("dialog", "dark"), ("main", "light")])
def test_axe_finds_nothing_where_all_is_open(
    visiting: Visiting, site: str, place: str, scheme: Any
) -> None:
    page = visiting(color_scheme=scheme).page
    page.goto(f"{site}/{QUIET}" if place == "dialog" else f"{site}/share?width=1")
    if place == "dialog":
        open_dialog(page)
    for summary in page.locator(".share summary").all():
        summary.click()
    assert access.violations(page, place) == []


@browsed
@pytest.mark.parametrize(("place", "width"), [("dialog", 320), ("dialog", 800), ("page", 320)])
def test_nothing_is_wider_than_the_screen(
    visiting: Visiting, site: str, place: str, width: int
) -> None:
    page = visiting(width, 700).page
    if place == "dialog":
        page.goto(f"{site}/{QUIET}")
        open_dialog(page)
    else:
        page.goto(f"{site}/share?width=2000")
    for summary in page.locator(".share summary").all():
        summary.click()
    wide = """() => ['html', 'dialog', '.share'].map(part => document.querySelector(part))
        .filter(Boolean).map(part => part.scrollWidth - part.clientWidth)"""
    assert set(page.evaluate(wide)) == {0}
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


@browsed
@pytest.mark.parametrize(("touch", "least"), [(False, 24), (True, 44)])
def test_everything_can_be_hit(visiting: Visiting, site: str, touch: bool, least: int) -> None:
    page = visiting(390, 844, has_touch=touch, is_mobile=touch).page
    page.goto(f"{site}/{QUIET}")
    dialog = open_dialog(page)
    small = dialog.evaluate(
        """(dialog, least) => [...dialog.querySelectorAll(
              'button, summary, select, fieldset label, .downloads a, [type=number]')]
            .filter(part => part.checkVisibility())
            .filter(part => part.getBoundingClientRect().height < least)
            .map(part => part.outerHTML)""",
        least,
    )
    assert small == []


@browsed
def test_all_of_it_works_without_javascript(visiting: Visiting, site: str) -> None:
    page = visiting(java_script_enabled=False).page
    page.goto(f"{site}/?pop=returnee&time=2017-05-15")
    page.get_by_role("link", name="Share & embed").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Share & embed")
    expect(page.locator("#share-link")).to_have_value(f"{site}/?pop=returnee&time=2017-05-15")
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.get_by_label("Legend").uncheck()
    page.get_by_label("Start playing by itself").check()
    page.get_by_label("Follow new data").check()
    page.get_by_role("button", name="Update").click()
    page.wait_for_url(re.compile("play=1"))
    expect(page.locator("iframe")).to_have_attribute("src", "/embed?pop=returnee&legend=0&play=1")
    expect(page.get_by_label("Legend")).not_to_be_checked()
    expect(page.get_by_label("Title and headline")).to_be_checked()
    expect(page.frame_locator("iframe").get_by_role("heading", level=1)).to_have_text(
        "Where people have returned in Iraq"
    )


# ------------------------------------------------------------------------------- a comparison


COMPARED = [
    "",
    "base=2018-08-31",
    "pop=returnee&level=2&time=2018-08-31&area=IQG15Q01",
    "with=returnee",
    "with=refugee",
    "prog=PHSS&with=CRP",
]


def shared_from(client, text: str) -> Document:
    """Where the button leads on the page of a comparison."""
    page = Document(client.get(f"/compare?{text}").get_data(as_text=True))
    (button,) = [link for link in page.all("a") if "data-share" in link]
    return share(client, urlsplit(str(button["href"])).query)


@pytest.mark.parametrize("text", COMPARED)
def test_a_comparison_is_shared_by_its_own_link(client, text):
    page = shared_from(client, text)
    assert page.text("share-link") == f"{HOME}/compare" + (f"?{text}" if text else "")
    again = share(client, submitted(page, theme="dark"))
    assert again.text("share-link") == page.text("share-link")
    assert embedded(again)["theme"] == "dark"


@pytest.mark.parametrize("text", COMPARED)
def test_the_citation_of_a_comparison_leads_to_the_same_for_ever(client, snapshot, text):
    (item,) = json.loads(shared_from(client, text).text("share-csl"))
    cited = urlsplit(item["URL"])
    named = dict(parse_qsl(cited.query))
    assert cited.path == "/compare"
    assert named["v"] == snapshot.version and "time" in named
    frozen, shown = (
        Document(client.get(f"/compare?{each}").get_data(as_text=True)).text("side-second")
        for each in (cited.query, text)
    )
    assert frozen == shown


def test_a_comparison_is_cited_with_both_dates_or_both_populations(client):
    def cited(text: str) -> str:
        return shared_from(client, text).text("share-plain")

    assert "31 December 2024 compared with 31 August 2018" in cited("base=2018-08-31")
    both = cited("with=refugee")
    assert "and registered Syrian refugees, side by side, 30 August 2017 and 31 August 2017" in both
    assert "UNHCR" in both and "International Organization for Migration" in both


def test_a_comparison_and_its_map_are_told_apart_by_key(client):
    map_page = share(client, "mode=change&base=2018-08-31")
    keys = {
        json.loads(page.text("share-csl"))[0]["id"]
        for page in (map_page, shared_from(client, "base=2018-08-31"), shared_from(client, ""))
    }
    assert len(keys) == 3


def test_the_code_on_the_page_of_a_comparison_says_which_map_it_is_for(client, snapshot):
    page = shared_from(client, "base=2018-08-31")
    assert embedded(page) == {"mode": "change", "base": "2018-08-31"}
    said = "A comparison cannot be embedded as a whole: the code is for its map of changes."
    assert said in page.words()
    page = shared_from(client, "with=returnee")  # of whom no governorate is known after that date
    assert embedded(page) == {"time": "2021-02-28", "v": snapshot.version}
    assert "the code is for its first map, “Internally displaced”." in page.words()
    assert "The picture is of the first map, “Internally displaced”." in page.words()
    assert "cannot be embedded" not in share(client).words()


def test_the_map_of_a_comparison_is_of_the_date_that_is_compared(client, snapshot):
    """Refugees were last counted in 2017, displaced people in 2024."""
    page = shared_from(client, "with=refugee")
    assert embedded(page) == {"time": "2017-08-30", "v": snapshot.version}
    (picture,) = page.all("img")
    assert "time=2017-08-30" in str(picture["src"])


def test_what_other_sites_are_told_of_a_shared_comparison_is_the_code(client):
    asked = "page=compare&base=2018-08-31&theme=dark"
    answer = client.get("/oembed", query_string={"url": f"{HOME}/share?{asked}"})
    (told,) = Document(f"<html>{answer.json['html']}</html>").all("iframe")
    assert told["src"] == frame(share(client, asked))["src"]


def test_a_page_that_there_is_not_is_told_and_the_map_shared(client):
    page = share(client, "page=compar&pop=returnee")
    assert "page may be map, compare. Did you mean compare?" in page.words()
    assert page.text("share-link") == f"{HOME}/?pop=returnee"


def test_a_comparison_whose_snapshot_is_not_held_leads_to_the_same_in_the_newest(client):
    answer = client.get("/share?page=compare&with=returnee&v=0123456789ab")
    assert answer.status_code == 404
    page = Document(answer.get_data(as_text=True))
    assert page.all("a", href="/share?page=compare&with=returnee")


@pytest.mark.slow
@given(query=queries.hostile("with", "rounds"))
@settings(deadline=None, max_examples=50)
def test_no_comparison_breaks_the_page_or_comes_back_as_markup(anyone, query):
    asked = {**queries.marked(query), "page": "compare"}
    answer = anyone.get("/share", query_string=urlencode(asked))
    assert answer.status_code in (200, 404)
    assert queries.echoed(query, answer.get_data(as_text=True)) == []


@browsed
def test_what_is_shared_from_a_comparison_is_what_is_shown_at_this_moment(
    visiting: Visiting, site: str
) -> None:
    visit = visiting(permissions=["clipboard-read", "clipboard-write"])
    page = visit.open(f"{site}/compare?with=returnee")
    page.locator(".stage [data-pcode='IQG15']").first.focus()
    page.keyboard.press("Enter")
    dialog = open_dialog(page)
    expect(dialog.locator("#share-link")).to_have_value(f"{site}/compare?area=IQG15&with=returnee")
    dialog.get_by_label("Colours").select_option("dark")
    # The two populations have figures by area together in February 2021, and one map alone later.
    expect(dialog.locator("iframe")).to_have_attribute(
        "src", re.compile(r"/embed\?time=2021-02-28&area=IQG15&v=\w+&theme=dark$")
    )
    dialog.get_by_role("button", name="Copy: Link to this view").click()
    expect(dialog.get_by_text("Copied.")).to_be_visible()
    page.goto(page.evaluate("() => navigator.clipboard.readText()"))
    expect(page.locator("#side-second")).to_have_text("Returnees")
    expect(page.locator(".picked")).to_contain_text("Ninewa")
