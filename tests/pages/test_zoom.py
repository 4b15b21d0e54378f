"""The map is zoomed by two fingers, the wheel with Ctrl, and keys; one finger scrolls the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.windows import Watched

pytestmark = pytest.mark.browser

Point = tuple[float, float]
BAGHDAD = "path[data-pcode='IQG08']"
MIDDLE = """(selector) => {
  const { left, top, width, height } = document.querySelector(selector).getBoundingClientRect();
  return [left + width / 2, top + height / 2, width];
}"""
TWO_FRAMES = "() => new Promise((end) => requestAnimationFrame(() => requestAnimationFrame(end)))"


def middle(page: Page) -> tuple[float, float, float]:
    """Return the middle of Baghdad in the window, and how wide it is."""
    page.evaluate(TWO_FRAMES)
    x, y, width = page.evaluate(MIDDLE, BAGHDAD)
    return x, y, width


def drag(page: Page, *fingers: tuple[Point, Point]) -> None:
    """Put fingers down at a point each, lead them to another, and lift them."""
    devtools = page.context.new_cdp_session(page)

    def touch(kind: str, part: float) -> None:
        points = [
            {"x": x + (to_x - x) * part, "y": y + (to_y - y) * part, "id": finger}
            for finger, ((x, y), (to_x, to_y)) in enumerate(fingers)
        ]
        sent = [] if kind == "touchEnd" else points
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": sent})

    touch("touchStart", 0)
    for step in range(1, 9):
        touch("touchMove", step / 8)
    touch("touchEnd", 1)


def test_two_fingers_zoom_the_map_and_one_scrolls_the_page(
    watched: Callable[..., Watched], site: str
) -> None:
    page = watched(390, 844, has_touch=True, is_mobile=True).open(site)
    x, y, width = middle(page)
    drag(page, ((x - 30, y), (x - 90, y)), ((x + 30, y), (x + 90, y)))
    zoomed_x, zoomed_y, zoomed = middle(page)
    assert zoomed == pytest.approx(3 * width, rel=0.02)
    assert (zoomed_x, zoomed_y) == pytest.approx((x, y), abs=2)  # what is between them stays there
    drag(page, ((x - 30, y), (x, y + 40)), ((x + 30, y), (x + 60, y + 40)))
    assert middle(page) == pytest.approx((x + 30, y + 40, zoomed), abs=2)
    assert page.evaluate("() => [scrollY, visualViewport.scale]") == [0, 1]

    map_part = "() => document.querySelector('#map-stage svg.map').getAttribute('viewBox')"
    before = page.evaluate(map_part)
    drag(page, ((x, y), (x, y - 200)))
    page.wait_for_function("() => scrollY > 100")
    assert page.evaluate(map_part) == before
    assert "area=" not in page.url


def test_keys_and_the_wheel_with_ctrl_zoom_the_map(
    watched: Callable[..., Watched], site: str
) -> None:
    page = watched(1280, 720).open(site)
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
