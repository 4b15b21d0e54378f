"""The map is zoomed by two fingers, the wheel with Ctrl, and keys; one finger scrolls the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.windows import Watched

pytestmark = pytest.mark.browser

Point = tuple[float, float]
# Each in a window that no other test has used: in one that had waited for minutes while axe looked
# at others no frame came, and what evaluates in a page waits for ever.
BAGHDAD = "path[data-pcode='IQG08']"
MIDDLE = """(selector) => {
  const { left, top, width, height } = document.querySelector(selector).getBoundingClientRect();
  return [left + width / 2, top + height / 2, width];
}"""
TOUCH_ACTIONS = """(element) => {
  const actions = [];
  for (let each = element; each; each = each.parentElement)
    actions.push(getComputedStyle(each).touchAction);
  return actions;
}"""


def middle(page: Page) -> tuple[float, float, float]:
    """Return the middle of Baghdad in the window, and how wide it is."""
    page.locator(BAGHDAD).element_handle().wait_for_element_state("stable")  # for two frames
    x, y, width = page.evaluate(MIDDLE, BAGHDAD)
    return x, y, width


# Fingers are put down at a point each, led to another, and lifted; returns whether the browser
# would have done with them what it does by itself: scroll, or zoom the page.
DRAG = """([selector, fingers]) => {
  const target = document.querySelector(selector);
  const parts = [...Array(9).keys()].map((step) => step / 8);
  const at = (part) => fingers.map(([[x, y], [toX, toY]], identifier) => new Touch({
    identifier, target, clientX: x + (toX - x) * part, clientY: y + (toY - y) * part }));
  const touch = (type, touches) => target.dispatchEvent(
    new TouchEvent(type, { touches, bubbles: true, cancelable: true }));
  touch('touchstart', at(0));
  const left = parts.map((part) => touch('touchmove', at(part)));
  touch('touchend', []);
  return left.every(Boolean);
}"""


def drag(page: Page, *fingers: tuple[Point, Point]) -> bool:
    """Drag fingers over Baghdad; return whether the browser scrolls or zooms the page by them."""
    left: bool = page.evaluate(DRAG, [BAGHDAD, fingers])
    return left


def test_two_fingers_zoom_the_map_and_one_scrolls_the_page(
    watched: Callable[..., Watched], site: str
) -> None:
    page = watched(390, 844, has_touch=True, is_mobile=True, afresh=True).open(site)
    x, y, width = middle(page)
    assert not drag(page, ((x - 30, y), (x - 90, y)), ((x + 30, y), (x + 90, y)))
    zoomed_x, zoomed_y, zoomed = middle(page)
    assert zoomed == pytest.approx(3 * width, rel=0.02)
    assert (zoomed_x, zoomed_y) == pytest.approx((x, y), abs=2)  # what is between them stays there
    assert not drag(page, ((x - 30, y), (x, y + 40)), ((x + 30, y), (x + 60, y + 40)))
    assert middle(page) == pytest.approx((x + 30, y + 40, zoomed), abs=2)

    map_part = "() => document.querySelector('#map-stage svg.map').getAttribute('viewBox')"
    before = page.evaluate(map_part)
    assert drag(page, ((x, y), (x, y - 200)))  # which scrolls, where styles let it
    assert page.evaluate(map_part) == before
    allowed = page.locator(BAGHDAD).evaluate(TOUCH_ACTIONS)
    assert all({"pan-y", "manipulation", "auto"} & set(each.split()) for each in allowed)
    assert "area=" not in page.url


def test_keys_and_the_wheel_with_ctrl_zoom_the_map(
    watched: Callable[..., Watched], site: str
) -> None:
    page = watched(1280, 720, afresh=True).open(site)
    x, y, width = middle(page)
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    wheeled = middle(page)
    assert wheeled == pytest.approx((x, y, 1.6 * width), abs=2)  # round the pointer
    page.mouse.wheel(0, -200)
    assert middle(page) == wheeled

    page.locator(BAGHDAD).focus()
    for keys, times in (("0", 1), ("++", 2.56), ("-", 1.6), ("0", 1)):
        page.keyboard.type(keys)
        assert middle(page)[2] == pytest.approx(times * width, rel=0.01)
    assert "area=" not in page.url
