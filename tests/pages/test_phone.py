"""The map page on a phone: a header of one row, the map at first sight, sheets from below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.windows import LIVE, TAKEN_OVER, Watched, held_back

pytestmark = pytest.mark.browser

BOXES = """(selectors) => Object.fromEntries(selectors.map((selector) => {
  const { left, top, right, bottom } = document.querySelector(selector).getBoundingClientRect();
  return [selector, { left, top, right, bottom }];
}))"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
STACKED = [".masthead", "#filters-button", "#title", "#headline", "#map-stage", "#legend"]
# What browsers say a task after a sheet has opened, which may be after Dash has come.
LATE = """document.addEventListener('toggle', (event) => {
  if (!document.documentElement.dataset.dash) event.stopImmediatePropagation();
}, true)"""
BUTTON, SHEET = "#filters-button", ".area-sheet"
PHONES: list[tuple[str, int, int, str]] = [
    ("lang=en", 390, 844, "light"),
    ("lang=ar&prog=CRP~EDF&measure=share", 360, 640, "dark"),
    ("lang=ckb", 360, 640, "light"),
]


def area(page: Page, pcode: str) -> Any:
    return page.locator(f"#map path[data-pcode='{pcode}']")


@pytest.fixture(params=PHONES, ids=lambda phone: phone[0][:8])
def phone(request: Any, watched: Callable[..., Watched], site: str) -> Page:
    query, width, height, theme = request.param
    window = watched(
        width, height, has_touch=True, is_mobile=True, color_scheme=theme, reduced_motion="reduce"
    )
    page = window.open(f"{site}/?{query}")
    page.wait_for_function(TAKEN_OVER)
    return page


def test_a_phone_shows_header_choices_and_map_and_an_area_in_a_sheet(phone: Page) -> None:
    page, height = phone, phone.viewport_size["height"]  # type: ignore[index]
    boxes = page.evaluate(BOXES, STACKED)
    assert boxes[".masthead"]["bottom"] <= 64
    for above, below in zip(STACKED, STACKED[1:], strict=False):
        assert boxes[above]["bottom"] <= boxes[below]["top"] + 0.5, (above, below)
    stage = boxes["#map-stage"]
    assert stage["top"] <= 0.52 * height
    assert height - stage["top"] >= 0.9 * (stage["bottom"] - stage["top"])
    assert page.evaluate(SIDEWAYS) == 0
    expect(page.locator("#filters")).to_be_hidden()

    # The southernmost area lies where the sheet comes from.
    area(page, "IQG02").tap()
    sheet = page.locator(SHEET)
    expect(sheet).to_be_focused()
    expect(page.locator("#tooltip")).to_be_hidden()
    path = "path[data-pcode='IQG02']"
    page.wait_for_function(
        """([path, sheet]) => document.querySelector(path).getBoundingClientRect().bottom
            <= document.querySelector(sheet).getBoundingClientRect().top""",
        arg=[path, SHEET],
    )
    assert page.evaluate(BOXES, [SHEET])[SHEET]["bottom"] <= height + 0.5
    assert page.evaluate(BOXES, [path])[path]["top"] >= 0
    before = sheet.inner_text()
    page.locator("#timeline-previous").evaluate("(button) => button.click()")
    expect(sheet).not_to_have_text(before, use_inner_text=True)
    assert page.evaluate(SIDEWAYS) == 0

    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(area(page, "IQG02")).to_be_focused()
    assert "area=" not in page.url


def test_a_sheet_is_put_away_by_a_button_and_a_swipe_and_leads_to_the_panel(
    watched: Callable[..., Watched], site: str
) -> None:
    window = watched(390, 844, has_touch=True, reduced_motion="reduce")
    page = window.open(f"{site}/?time=2017-05-15")
    sheet = page.locator(SHEET)
    area(page, "IQG15").tap()
    for part in ("Ninewa", "643,824", "people", "Counted"):
        expect(sheet).to_contain_text(part)
    sheet.get_by_role("button", name="Close").tap()
    expect(sheet).to_be_hidden()
    page.wait_for_function("() => !location.search.includes('area=')")

    area(page, "IQG15").tap()
    box = sheet.bounding_box()
    assert box
    x, y = box["x"] + 40, box["y"] + 60
    for down, stays in ((20, True), (90, False)):
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x, y + down, steps=3)
        page.mouse.up()
        expect(sheet).to_be_visible(visible=stays)

    area(page, "IQG15").tap()
    sheet.get_by_role("button", name="More").tap()
    expect(sheet).to_be_hidden()
    expect(page.locator("#area-card")).to_be_focused()
    expect(page.locator("#area-card .panel-title")).to_be_in_viewport()
    expect(page.locator("#area-card .panel-title")).to_have_text("Ninewa")
    assert "area=IQG15" in page.url

    # Where the panel does not come, to what says so and asks for it again.
    page.route("**/parts/area.json*", lambda route: route.abort())
    area(page, "IQG01").tap()
    sheet.get_by_role("button", name="More").tap()
    expect(sheet).to_be_hidden()
    expect(page.locator("#notices button")).to_be_focused()
    window.console.clear()


def test_filters_are_a_sheet_whose_button_says_what_is_chosen(
    watched: Callable[..., Watched], site: str
) -> None:
    page = watched(390, 844, has_touch=True).page
    page.add_init_script(LATE)
    button, filters = page.locator(BUTTON), page.locator("#filters")
    # Opened before Dash has come, it stays open when Dash draws a form of its own.
    with held_back(page) as let_go:
        page.goto(f"{site}/?prog=CRP~PHSS&measure=share")
        expect(button).to_have_text("Filters Internally displaced · Share · 2 programmes")
        page.wait_for_function(LIVE)
        button.tap()
        let_go()
    expect(filters).to_be_visible()
    filters.locator("label:has(input[value='returnee'])").tap()
    expect(page.locator(f"{BUTTON} span")).to_have_text("Returnees · Share · 2 programmes")
    expect(page.locator("#title")).to_have_text("Where people have returned")
    filters.get_by_role("button", name="Done").tap()
    expect(filters).to_be_hidden()
    expect(button).to_be_focused()
    button.tap()
    page.keyboard.press("Escape")
    expect(filters).to_be_hidden()
    # In the page it comes before the panel; in a wide window it is no sheet.
    page.set_viewport_size({"width": 1280, "height": 844})
    expect(filters).to_be_visible()
    expect(button).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "none"])
def test_one_menu_holds_what_the_header_has_no_room_for(
    watched: Callable[..., Watched], site: str, scripts: bool
) -> None:
    page = watched(360, 640, has_touch=True, java_script_enabled=scripts).page
    page.goto(f"{site}/?lang=en&area=IQG15")
    toggle, menu = page.locator(".menu-toggle summary"), page.locator(".menu")
    expect(menu).to_be_hidden()
    toggle.tap()
    for name in ("Compare", "Add to briefing", "Share & embed", "العربية"):
        expect(menu.get_by_role("link", name=name)).to_be_visible()
    menu.get_by_text("Download", exact=True).tap()
    expect(menu.get_by_role("link", name="PNG")).to_be_visible()
    if not scripts:
        order = page.evaluate(BOXES, ["#map-card", "#filters", "#area-card"])
        tops = [box["top"] for box in order.values()]
        assert tops == sorted(tops)
        toggle.tap()
        expect(menu).to_be_hidden()
        return
    assert page.evaluate(SIDEWAYS) == 0
    for closed in (".download-list", ".menu"):
        page.keyboard.press("Escape")
        expect(page.locator(closed)).to_be_hidden()
    expect(toggle).to_be_focused()
    toggle.tap()
    page.touchscreen.tap(180, 630)  # beside the menu
    expect(menu).to_be_hidden()
