"""Adding to a briefing: the page says so, takes it back, and loses nothing on the way back."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from tests.windows import Watched

SAYS = {
    "lang=en": "Slide 2 added: the briefing has 2 slides.",
    "lang=ar&digits=native": "أُضيفت الشريحة ٢: في الإحاطة شريحتان.",
    "lang=ckb": "سلایدی 2 زیاد کرا: پوختەکە 2 سلایدی هەیە.",
}
ISOLATES = dict.fromkeys(map(ord, "\u2068\u2069"))


ADDING = re.compile(r'href="([^"]*)" data-add')
NOTICE = re.compile(r'deck-notices".*?<p>(.*?)</p>', re.DOTALL)


def carried(page: Page) -> str:
    """Return the briefing that the map's address carries along."""
    return parse_qs(urlsplit(page.url).query).get("briefing", [""])[0]


# ---- without scripts


@pytest.mark.parametrize(("language", "sentence"), SAYS.items())
def test_the_map_s_link_leads_to_slides_that_say_so_and_back_without_scripts(
    client: FlaskClient, language: str, sentence: str
) -> None:
    briefing = quote(f"slides=trend&{language}")
    map_page = client.get(f"/?pop=returnee&tab=table&{language}&briefing={briefing}")
    slides = client.get(unescape(ADDING.findall(map_page.text)[0]), follow_redirects=True)
    notice = NOTICE.findall(slides.text)[0]
    assert sentence in notice.translate(ISOLATES)
    undo, back = map(unescape, re.findall('href="([^"]*)"', notice))
    assert undo == f"/briefing?slides=trend&{language}"
    again = client.get(back).text
    [once_more] = ADDING.findall(again)
    assert "slides=trend%3Btable%3Apop%3Dreturnee" in once_more
    assert once_more.endswith("layout=table")  # it is shown as a table, as before


def test_links_and_forms_of_the_map_keep_the_briefing_without_scripts(client: FlaskClient) -> None:
    briefing = "slides=trend&title=A & <b>"
    page = client.get(
        "/", query_string={"time": "2019-04-30", "briefing": briefing, "area": "IQG15"}
    )
    tree = page.text.partition('id="dash-layout"')[0]
    forms = re.findall('<form[^>]* action="/(?:place)?".*?</form>', tree, re.DOTALL)
    assert len(forms) == 3  # filters, a date, a place
    field = f'name="briefing" value="{escape(briefing)}"'
    assert [form for form in forms if field not in form] == []
    for link in map(unescape, re.findall('href="(/[?][^"]*)"', tree)):
        assert parse_qs(urlsplit(link).query)["briefing"] == [briefing], link
    for typed in ("Sinjar", "kirk"):
        found = client.get("/place", query_string={"q": typed, "briefing": briefing})
        assert quote(briefing) in (found.headers.get("Location") or found.text)


def test_slides_that_were_not_just_added_say_nothing(client: FlaskClient) -> None:
    for query in ("slides=map;trend", "slides=map;trend&added=3", "slides=map&added=1", "added=x"):
        assert "Undo" not in client.get(f"/briefing?{query}").text, query


# ---- as the page asks


@pytest.mark.parametrize(("language", "sentence"), SAYS.items())
def test_the_longer_briefing_is_answered_with_what_is_said_of_it(
    client: FlaskClient, language: str, sentence: str
) -> None:
    answer = client.get(f"/briefing/add?slides=trend&{language}&add=pop%3Dreturnee").get_json()
    assert answer["sentence"].translate(ISOLATES) == sentence
    assert answer["briefing"].startswith("slides=trend;map:pop=returnee")
    assert answer["present"] == f"/briefing?{answer['briefing']}#slide-2"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("add=pop%3Dpeople", "pop may be idp, returnee, refugee"),
        ("add=default&layout=song", "layout"),
        (f"slides={';'.join(['map'] * 40)}&add=default", "40 slides at most"),
        ("add=default&v=none", "none"),
    ],
)
def test_what_cannot_be_added_is_refused_with_a_sentence(
    client: FlaskClient, query: str, sentence: str
) -> None:
    answer = client.get(f"/briefing/add?{query}")
    assert answer.status_code in (400, 404)
    assert sentence in answer.get_json()["error"]["sentence"]


# ---- on the page


@pytest.mark.browser
def test_the_page_says_what_was_added_takes_it_back_and_keeps_the_rest(
    watched: Callable[..., Watched], site: str
) -> None:
    page = watched().open(f"{site}/?pop=returnee&briefing=slides%3Dtrend")
    add, added = page.get_by_role("link", name="Add to briefing"), page.locator("#added")
    expect(added).to_be_hidden()
    add.press("Enter")
    expect(added).to_contain_text(SAYS["lang=en"])
    expect(page.locator("#announcer")).to_have_text(SAYS["lang=en"])
    expect(add).to_be_focused()
    assert carried(page) == "slides=trend;map:pop=returnee"

    add.click()
    expect(added).to_contain_text("Slide 3 added: the briefing has 3 slides.")
    added.get_by_role("button", name="Undo").click()
    expect(added).to_contain_text("The slide was removed again.")
    expect(page.locator("#announcer")).to_have_text("The slide was removed again.")
    assert carried(page) == "slides=trend;map:pop=returnee"

    page.keyboard.press("Escape")
    expect(added).to_be_hidden()
    expect(add).to_be_focused()

    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Briefing").click()
    page.wait_for_url("**/briefing?slides=trend;map:pop=returnee")
    page.go_back()
    page.wait_for_function("() => document.documentElement.dataset.live")
    assert carried(page) == "slides=trend;map:pop=returnee"
    add.click()
    added.get_by_role("link", name="To the briefing").click()
    page.wait_for_url("**/briefing?slides=trend;map:pop=returnee;map:pop=returnee#slide-3")


@pytest.mark.browser
def test_what_could_not_be_added_is_said_and_nothing_is_lost(
    watched: Callable[..., Watched], site: str
) -> None:
    full = "%3B".join(["map"] * 40)
    page = watched().open(f"{site}/?briefing=slides%3D{full}")
    page.route("**/briefing/add?*", lambda route: route.fulfill(status=200, body="no JSON"))
    page.get_by_role("link", name="Add to briefing").click()
    expect(page.locator("#added")).to_contain_text("The slide could not be added")
    assert carried(page).count("map") == 40
