"""Dash takes over the page that the server has written, and nobody sees it.

What is compared is the same page twice: as the server wrote it and its scripts made it live, with
Dash's script held back, and after Dash has taken it over. A new version of Dash that draws
otherwise is told here.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page

from tests.access import LAID_OUT
from tests.windows import CHART, DASH, SHIFTS, TAKEN_OVER, Watched, held_back

pytestmark = pytest.mark.browser

STATES = [
    "",
    "time=2017-05-15&area=IQG11",
    "lang=ar&level=2",
    "lang=ckb&digits=native&pop=returnee&time=2019-04-30",
    "tab=table",
    "lang=ar&tab=table&level=2",
    "mode=change&time=2020-02-29",
    "prog=CRP~EDF",
    "lang=ckb&prog=PHSS&area=IQG15",
    "pop=refugee",
    "measure=rate&classes=jenks",
    "flows=10&lang=ar&time=2017-05-15",
    "to=IQG11&lang=ckb&area=IQG15",
    "pop=returnee&measure=return_rate&mode=change",
    "pop=nobody",  # a notice
]
# Of 256 levels: where an edge is painted anew, a browser may round another way, which nobody sees.
SAME = 16
# Elements with their attributes and texts, in order, whatever holds the two trees.
DOM = """(selector) => {
  const list = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? [node.data] : [];
    if (node.nodeType !== Node.ELEMENT_NODE || node.tagName === 'NOSCRIPT') return [];
    if (node.className === '_dash-loading-callback') return []; // empty, while a callback runs
    const attributes = [...node.attributes]
      .filter(({ name, value }) => name !== 'style' || value) // a picture leaves an empty one
      .map(({ name, value }) => `${name}=${name === 'style' ? node.style.cssText : value}`).sort();
    return [`<${node.tagName} ${attributes.join(' ')}>`, ...[...node.childNodes].flatMap(list)];
  };
  return [...document.querySelector(selector).childNodes].flatMap(list);
}"""
DRAWN = "() => document.querySelector('.flow-legend').style.getPropertyValue('--flow-unit')"


def picture(page: Page) -> Image.Image:
    shot = page.screenshot(animations="disabled", caret="hide")
    return Image.open(BytesIO(shot)).convert("RGB")


@pytest.mark.parametrize("query", STATES)
def test_nothing_is_seen_of_it(watched: Callable[..., Watched], site: str, query: str) -> None:
    window = watched(1440, 960)
    page = window.page
    page.add_init_script(f"({SHIFTS})()")
    with held_back(page) as let_go:
        page.goto(f"{site}/?{query}")
        page.wait_for_function("() => document.documentElement.dataset.settled")
        if "area=" in query:
            page.wait_for_function(CHART)
        if "flows=" in query:
            page.wait_for_function(DRAWN)
        if "tab=table" in query:
            page.locator("#figures-table[data-stale]").wait_for()  # it is alive
        page.evaluate(LAID_OUT)  # names that the legend covers go when sizes are known
        written, seen = page.evaluate(DOM, "#written"), picture(page)
        let_go()
    page.evaluate(LAID_OUT)
    assert page.evaluate(DOM, "#react-entry-point") == written
    assert page.locator("#written").count() == 0
    difference = ImageChops.difference(seen, picture(page)).convert("L")
    assert max(difference.tobytes()) <= SAME, difference.getbbox()
    assert sum(page.evaluate("() => window.shifts")) == 0
    asked = [url.split("?")[0].rsplit("/", 1)[1] for url in window.requests]
    assert "_dash-layout" not in asked and "_dash-dependencies" not in asked


@pytest.fixture(params=[True, False], ids=["moved", "without moveBefore"])
def window(request: Any, watched: Callable[..., Watched]) -> Watched:
    opened = watched(1440, 800)
    if not request.param:
        opened.page.add_init_script("delete Element.prototype.moveBefore")
    return opened


def test_focus_and_scroll_stay(window: Watched, site: str) -> None:
    page = window.page
    with held_back(page) as let_go:
        page.goto(f"{site}/")
        page.wait_for_function("() => document.documentElement.dataset.live")
        page.evaluate("document.querySelector('#programmes').scrollTop = 140")
        page.locator("#programme-search").focus()
        page.keyboard.type("com")
        let_go()
    assert page.evaluate("document.activeElement.id") == "programme-search"
    assert page.locator("#programme-search").input_value() == "com"
    page.locator("#programme-search").fill("")
    assert page.evaluate("document.querySelector('#programmes').scrollTop") >= 0
    page.evaluate("document.querySelector('#ranking button').focus()")
    assert page.evaluate("document.activeElement.dataset.pcode")


def test_a_panel_that_a_link_leads_to_stays_in_sight_on_a_phone(
    watched: Callable[..., Watched], site: str
) -> None:
    """It has the focus, and browsers follow what is focused where both trees stand."""
    page = watched(390, 844).page
    top = "() => document.querySelector('#area-card').getBoundingClientRect().top"
    with held_back(page) as let_go:
        page.goto(f"{site}/?area=IQG15#area-card")
        page.wait_for_function("() => document.documentElement.dataset.settled")
        assert page.evaluate("() => document.activeElement.id") == "area-card"
        before = page.evaluate(top)
        assert 0 <= before <= 100
        let_go()
    assert page.evaluate(top) == before


def test_a_drag_under_way_goes_on(window: Watched, site: str) -> None:
    page = window.page
    with held_back(page) as let_go:
        page.goto(f"{site}/")
        page.wait_for_function("() => document.documentElement.dataset.live")
        box = page.locator("#timeline-range").bounding_box()
        assert box
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] - 10, y)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.6, y, steps=4)
        early = page.locator("#headline").inner_text()
        moves = page.evaluate("'moveBefore' in Element.prototype")
        if moves:
            let_go()
        page.mouse.move(box["x"] + box["width"] * 0.3, y, steps=4)
        page.wait_for_function(
            "(early) => document.querySelector('#headline').textContent !== early", arg=early
        )
        page.mouse.up()
        if not moves:
            let_go()
    page.wait_for_url("**time=**")


def test_what_is_chosen_early_is_done_when_dash_has_come(window: Watched, site: str) -> None:
    page = window.page
    with held_back(page) as let_go:
        page.goto(f"{site}/")
        page.wait_for_function("() => document.documentElement.dataset.live")
        page.locator("#population label:has(input[value='returnee'])").click()
        assert page.locator("#main").get_attribute("data-loading") == "true"
        let_go()
    page.wait_for_url("**pop=returnee**")
    page.wait_for_function("() => !document.querySelector('#main').dataset.loading")
    assert "returnees" in page.locator("#headline").inner_text()


def test_enter_in_a_field_leaves_the_page_where_it_is(window: Watched, site: str) -> None:
    page = window.page
    page.goto(f"{site}/")
    page.wait_for_function(TAKEN_OVER)
    page.evaluate("() => { window.stays = true; }")
    page.locator("#programme-search").fill("com")
    page.locator("#programme-search").press("Enter")
    page.locator("#population label:has(input[value='returnee'])").click()
    page.wait_for_url("**pop=returnee**")
    assert page.evaluate("() => window.stays")


def test_without_dash_the_form_is_sent(browser: Any, site: str) -> None:
    """Its script fails: the page stays live, a choice is sent, and nothing false is said."""
    context = browser.new_context()
    page = context.new_page()
    page.route(DASH, lambda route: route.abort())
    page.goto(f"{site}/")
    page.wait_for_function("() => document.documentElement.dataset.live")
    page.locator("#population label:has(input[value='returnee'])").click()
    page.wait_for_url("**pop=returnee**")
    page.wait_for_function("() => document.documentElement.dataset.live")
    assert "returnees" in page.locator("#headline").inner_text()
    page.locator("#timeline-previous").click()  # what needs no callback goes on
    page.wait_for_url("**time=**")
    context.close()
