"""Flows on the map page: chosen with a control, drawn at every date, listed below the map."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.serving.test_slow_links import moves
from tests.windows import TAKEN_OVER, Watched

pytestmark = pytest.mark.browser

ARROWS = ".flows path"
# Width in pixels of the largest number of the legend, and of the arrow that is drawn of as many.
UNIT = """() => [
  parseFloat(getComputedStyle(document.querySelector('.flow-legend')).getPropertyValue('--flow-unit')),
  document.querySelector('svg.map').getScreenCTM().a,
]"""


def choose(page: Page, number: int) -> None:
    page.locator(f"#flows label:has(input[value='{number}'])").click()


def test_they_are_chosen_follow_the_timeline_and_go(
    watched: Callable[..., Watched], site: str
) -> None:
    window = watched(1440, 960)
    page = window.open(f"{site}/")
    page.wait_for_function(TAKEN_OVER)
    legend, listed = page.locator(".flow-legend"), page.locator(".flow-list")
    expect(legend).to_be_hidden()
    choose(page, 5)
    page.wait_for_url("**flows=5**")
    expect(page.locator(ARROWS)).to_have_count(5)
    expect(legend).to_contain_text("Flows: people")
    unit, drawn = page.evaluate(UNIT)
    assert unit == pytest.approx(drawn)
    page.locator(".flow-list summary").click()
    expect(listed.locator("li").first).to_have_text("Ninewa to Dahuk: 210,536 people")
    assert "listed below" in page.locator("#map-stage > p").inner_text()

    window.requests.clear()
    before = page.locator(ARROWS).first.get_attribute("d")
    page.get_by_role("slider", name="Date", exact=True).focus()
    page.keyboard.press("Home")
    expect(listed.locator("p")).to_contain_text("Flows between governorates that are drawn")
    expect(legend).to_contain_text("Flows: households")
    assert page.locator(ARROWS).first.get_attribute("d") != before
    page.keyboard.press("End")
    for _ in range(4):  # a date that is published for the country alone, or without origins
        page.keyboard.press("ArrowLeft")
    expect(listed.locator("p")).to_contain_text("No origins are published")
    expect(page.locator(ARROWS)).to_have_count(0)
    page.keyboard.press("End")
    expect(page.locator(ARROWS)).to_have_count(5)
    assert window.requests == []

    choose(page, 0)
    page.wait_for_url(lambda url: "flows" not in url)
    expect(page.locator(ARROWS)).to_have_count(0)
    expect(listed).to_be_hidden()
    choose(page, 10)
    page.wait_for_url("**flows=10**")
    page.locator("#level label:has(input[value='2'])").click()
    page.wait_for_url("**level=2**")
    expect(page.locator("#flows input[value='10']")).to_be_disabled()
    assert "flows" not in page.locator("#notices").inner_text()


def test_zoomed_in_they_stay_as_wide_as_the_legend_says(
    watched: Callable[..., Watched], site: str
) -> None:
    page = watched(1440, 960).open(f"{site}/?flows=5")
    moves(page)
    before = page.evaluate(UNIT)[0]
    page.locator("[data-zoom='in']").click()
    page.wait_for_function(f"() => ({UNIT})()[1] > {before} * 1.4")
    page.wait_for_function(f"() => Math.abs(({UNIT})()[0] - {before}) < 0.01")


@pytest.mark.parametrize("path", ["", "embed", "compare"])
@pytest.mark.parametrize(("width", "lang"), [(1440, "en"), (390, "ar")])
def test_without_scripts_they_are_drawn_listed_and_true_to_the_legend(
    browser: Browser, site: str, path: str, width: int, lang: str
) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": width, "height": 900}
    )
    page: Any = context.new_page()
    page.goto(f"{site}/{path}?flows=5&lang={lang}&time=2021-02-28")
    maps = 2 if path == "compare" else 1  # that of changes has none
    assert page.locator(ARROWS).count() == page.locator(".flow-list li").count() == 5 * maps
    box = page.locator(".flow-legend svg").first.bounding_box()
    unit = page.locator("svg.map").first.bounding_box()["width"] / _units(page)
    assert box["width"] == pytest.approx(80 * unit, rel=0.06)
    context.close()


def _units(page: Page) -> float:
    """Width of what the drawing's box shows, in units, whichever side of it is the tighter."""
    svg = page.locator("svg.map").first
    _, _, width, height = map(float, re.split(r"\s+", svg.get_attribute("viewBox") or ""))
    box: Any = svg.bounding_box()
    return max(width, height * box["width"] / box["height"])


def test_on_slides_and_the_public_map_they_follow_the_timeline_and_leave_other_slides_alone(
    watched: Callable[..., Watched], site: str
) -> None:
    page = watched(1280, 720).open(f"{site}/briefing?slides=map:flows=5,time=2021-02-28;map:")
    slide = page.locator("[data-shown]")
    slide.and_(page.locator("[data-live]")).wait_for()
    written = slide.locator(".flow-list").inner_text()
    assert "46,664 households" in written
    unit = slide.locator(".flow-legend").evaluate("(each) => each.style.cssText")
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelectorAll('.slide[data-live]').length === 2")
    page.keyboard.press("Home")
    assert slide.locator(".flow-list").inner_text() == written
    assert slide.locator(".flow-legend").evaluate("(each) => each.style.cssText") == unit

    page = watched(900, 900).open(f"{site}/embed?flows=5&time=2021-02-28")
    before = page.locator(ARROWS).first.get_attribute("d")
    page.get_by_role("slider", name="Date", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    page.locator("#figures summary").first.click()
    page.locator(".flow-list summary").click()
    expect(page.locator(".flow-list li").first).to_contain_text("Ninewa to Dahuk: 4")
    expect(page.locator(".flow-list li").first).not_to_contain_text("46,664")
    assert page.locator(ARROWS).first.get_attribute("d") != before
