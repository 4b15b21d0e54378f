"""The legend stands beside the country: over no area, and in the way of no click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.serving.test_slow_links import moves
from tests.windows import Watched

WINDOWS = [(1280, 720), (1366, 768), (1280, 800), (1024, 768), (1440, 960)]
MOST = 10  # per cent of an area's outline
# Per cent of each area's outline that lies below the legend.
COVERED = """() => {
  const shown = document.querySelector('[data-shown]') || document;
  const box = shown.querySelector('.legend').getBoundingClientRect();
  const below = ({ x, y }) => x > box.left && x < box.right && y > box.top && y < box.bottom;
  const covered = (path) => {
    const [length, matrix] = [path.getTotalLength(), path.getScreenCTM()];
    const points = Array.from({ length: 100 }, (_, n) => path.getPointAtLength(length * n / 100));
    return points.filter((point) => below(point.matrixTransform(matrix))).length;
  };
  return Object.fromEntries([...shown.querySelectorAll('path[data-pcode]')]
    .map((path) => [path.dataset.pcode, covered(path)]));
}"""
CUT = """() => {
  const shown = document.querySelector('[data-shown]');
  const box = shown.querySelector('.legend').getBoundingClientRect();
  return [...shown.querySelectorAll('.countries text')].filter((name) => {
    const { left, right, top, bottom } = name.getBoundingClientRect();
    const apart = right < box.left || left > box.right || bottom < box.top || top > box.bottom;
    return !apart && name.checkVisibility({ visibilityProperty: true });
  }).map((name) => name.textContent);
}"""
# The point of an area that is nearest to the mean of all its points, of which it need not be one.
MIDDLE = """(pcode) => {
  const path = document.querySelector(`path[data-pcode="${pcode}"]`);
  const { x, y, width, height } = path.getBBox();
  const steps = Array.from({ length: 20 }, (_, n) => (n + 0.5) / 20);
  const inside = steps.flatMap((i) => steps.map((j) => new DOMPoint(x + i * width, y + j * height)))
    .filter((point) => path.isPointInFill(point));
  const mean = (axis) => inside.reduce((sum, point) => sum + point[axis], 0) / inside.length;
  const [across, down] = [mean('x'), mean('y')];
  const far = (point) => Math.hypot(point.x - across, point.y - down);
  const middle = inside.reduce((a, b) => (far(b) < far(a) ? b : a));
  const { x: left, y: top } = middle.matrixTransform(path.getScreenCTM());
  return [left, top];
}"""
WEST = {"Al-Kaim": "IQG01Q02", "Al-Rutba": "IQG01Q04"}


def hidden(page: Page) -> dict[str, Any]:
    """Areas of which more lies below the legend than may."""
    return {pcode: part for pcode, part in page.evaluate(COVERED).items() if part > MOST}


@pytest.mark.parametrize(
    "query", ["level=2&lang=en", "prog=CRP~SNFI&lang=en&flows=10", "level=2&lang=ar&mode=change"]
)
def test_on_the_map_page_it_covers_no_area_at_any_size(
    watched: Callable[..., Watched], site: str, query: str
) -> None:
    page = watched().page
    page.goto(f"{site}/?{query}")
    moves(page)
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        assert hidden(page) == {}, (width, height)


def test_a_click_in_the_middle_of_an_area_in_the_west_opens_it(
    watched: Callable[..., Watched], site: str
) -> None:
    page = watched().page
    page.goto(f"{site}/?level=2&time=2021-02-28")
    moves(page)
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        for name, pcode in WEST.items():
            page.mouse.click(*page.evaluate(MIDDLE, pcode))
            expect(page.locator("#area-title"), f"{width}").to_contain_text(name)


def test_on_the_public_map_it_covers_no_area_at_any_width(
    watched: Callable[..., Watched], site: str
) -> None:
    page = watched(600, 900).open(f"{site}/embed?mode=change&prog=PHSS&level=2")
    for width in (600, 700, 800, 1000, 400):
        page.set_viewport_size({"width": width, "height": 900})
        assert hidden(page) == {}, width
    page = watched(600, 900).open(f"{site}/embed?flows=10&prog=PHSS")
    for width in (600, 800, 400):
        page.set_viewport_size({"width": width, "height": 900})
        assert hidden(page) == {}, width


def test_on_a_slide_it_covers_no_area_and_cuts_no_name(
    watched: Callable[..., Watched], site: str
) -> None:
    for query in ("lang=en", "lang=ar", "slides=map:flows=10"):
        page = watched(1280, 720).open(f"{site}/briefing?{query}")
        page.locator("[data-shown][data-live]").wait_for()
        for width, height in [(1024, 768), (1280, 720), (1920, 1080)]:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_function(f"() => !({CUT})().length")
            assert hidden(page) == {}, (query, width)
    for query in ("lang=en", "lang=ar"):
        page = watched(1280, 720).open(f"{site}/briefing?slides=funders:funder=JAPAN&{query}")
        page.locator("[data-shown][data-live]").wait_for()
        assert hidden(page) == {}, query
