"""Wide screens: what is read stays beside the map, and nothing lies over the map.

Each language is loaded once; its window is then given the size of one screen after the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.serving.test_slow_links import moves
from tests.windows import CHART, Watched

SCREENS = [(1440, 960), (1280, 720), (1024, 768), (1366, 768)]
LANGUAGES = ["en", "ar", "ckb"]
BOXES = """(selectors) => Object.fromEntries(selectors.map((selector) => {
  const { left, top, right, bottom } = document.querySelector(selector).getBoundingClientRect();
  return [selector, [left, top, right, bottom].map(Math.round)];
}))"""
IN_SIGHT = ["#map-stage", "#legend", "#timeline", "#key-figures"]
PAGE = "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
# Names of neighbours that are seen, and lie over an area or below what stands on the map.
CUT = """() => {
  const covers = [...document.querySelectorAll('#legend, #zoom, .areas path')];
  const touches = (name, { left, top, right, bottom }) => covers.some((cover) => {
    const box = cover.getBoundingClientRect();
    if (right <= box.left || left >= box.right || bottom <= box.top || top >= box.bottom)
      return false;
    if (!cover.matches('path')) return true;
    const matrix = cover.getScreenCTM().inverse();
    return [left, (left + right) / 2, right].some((x) =>
      cover.isPointInFill(new DOMPoint(x, (top + bottom) / 2).matrixTransform(matrix)));
  });
  return [...document.querySelectorAll('.drawing .countries text')]
    .filter((name) => name.checkVisibility({ visibilityProperty: true }))
    .filter((name) => touches(name, name.getBoundingClientRect()))
    .map((name) => name.textContent);
}"""
# On how many lines the number of the tooltip and its unit are.
LINES = """() => {
  const text = document.querySelector('#tooltip > span').firstChild;
  const range = document.createRange();
  const words = text.data.match(/\\S[^ ]*/)[0]; // what no space parts: those in it do not break
  range.setStart(text, 0);
  range.setEnd(text, words.length);
  const lines = [...range.getClientRects()].map(({ top }) => Math.round(top));
  return [new Set(lines).size, words.split('\\u00a0').length];
}"""
# Whether what is at the middle of an element is a part of it, and so seen.
SEEN = """(selector) => {
  const element = document.querySelector(selector);
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return element.contains(there) || there?.contains(element);
}"""
SEA, STEP = 255, 6  # of 256 levels: white, and what the eye takes for no edge


def apart(a: list[int], b: list[int]) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def folds(page: Page) -> dict[str, bool]:
    """Say of each folded section of the area's panel whether it is open."""
    found: dict[str, bool] = page.locator("#area-card [data-fold]").evaluate_all(
        "(all) => Object.fromEntries(all.map((each) => [each.dataset.fold, each.open]))"
    )
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_area_is_read_beside_the_map_on_every_screen(
    watched: Callable[..., Watched], site: str, lang: str
) -> None:
    page = watched().open(f"{site}/?area=IQG15&time=2019-04-30&lang={lang}")
    summary = page.locator("[data-fold='programmes'] > summary")
    summary.wait_for()
    page.wait_for_function(CHART)  # which makes its panel longer
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("[scrollTo(0, 0), document.activeElement.blur()]")
        boxes = page.evaluate(BOXES, IN_SIGHT)
        assert {name: box for name, box in boxes.items() if box[3] > height} == {}, width
        assert apart(boxes["#legend"], boxes["#map-stage"]), width
        wide, long = page.evaluate(PAGE)
        assert wide <= width and long <= 2 * height, (width, long)

        # The panel is scrolled to its end by what a key does, and the map is seen all the while.
        summary.focus()
        assert page.evaluate(SEEN, "[data-fold='programmes'] > summary"), width
        boxes = page.evaluate(BOXES, IN_SIGHT[:3])
        assert {n: box for n, box in boxes.items() if box[1] < 0 or box[3] > height} == {}, width
        page.locator("#side").evaluate("(side) => side.scrollTo(0, 0)")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_lies_over_the_map_and_number_and_unit_are_in_one_line(
    watched: Callable[..., Watched], site: str, lang: str
) -> None:
    page = watched().open(f"{site}/?mode=change&measure=rate&lang={lang}")
    moves(page)
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(f"() => !({CUT})().length")
        for pcode in ("IQG01", "IQG02"):  # at the west and the south-east
            page.locator(f"path[data-pcode='{pcode}']").dispatch_event("pointermove")
            lines, words = page.evaluate(LINES)
            assert lines == 1 and words > 1, (width, pcode)
    page.locator("[data-zoom='in']").click(click_count=4)
    page.wait_for_function("() => document.querySelector('#map-stage').hasAttribute('data-close')")
    boxes = page.evaluate(BOXES, ["#legend", "#map-stage"])
    assert apart(*boxes.values())  # nor over what the reader has moved there
    page.wait_for_function(f"() => !({CUT})().length")


def levels_of(page: Page, **clip: float) -> list[int]:
    with Image.open(BytesIO(page.screenshot(clip=clip))) as seen:  # type: ignore[arg-type]
        return list(seen.convert("L").tobytes())


def test_the_ground_fades_at_every_edge_of_the_map(
    watched: Callable[..., Watched], site: str
) -> None:
    """Where the drawing stops is no coast: it ends in what lies beyond, and nowhere at once."""
    page = watched().open(site)
    moves(page)
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        box = page.locator("#map-stage").bounding_box()
        assert box is not None
        x, y, across, down = box["x"] + 1, box["y"] + 1, box["width"] - 4, box["height"] - 4
        edges: dict[str, dict[str, float]] = {
            "top": {"x": x, "y": y, "width": across, "height": 1},
            "bottom": {"x": x, "y": y + down, "width": across, "height": 1},
            "left": {"x": x, "y": y, "width": 1, "height": down},
        }
        for edge, clip in edges.items():
            levels = levels_of(page, **clip)
            assert min(levels) >= SEA - 2 * STEP, (width, edge, min(levels))
            steps = [abs(b - a) for a, b in itertools.pairwise(levels)]
            assert max(steps) <= STEP, (width, edge, max(steps))
        row = levels_of(page, x=x, y=y + down - 4, width=200, height=1)
        assert row[0] >= SEA - 1
        assert max(abs(b - a) for a, b in itertools.pairwise(row)) <= STEP, width


def test_a_link_to_the_area_leads_to_its_name_also_without_scripts(
    watched: Callable[..., Watched], site: str
) -> None:
    page = watched(1280, 720, java_script_enabled=False).page
    page.goto(f"{site}/?area=IQG11#area")
    assert page.locator("#area-title").inner_text() == "Erbil"
    box = page.locator("#area-title").bounding_box()
    assert box is not None and 0 <= box["y"] <= 720 - box["height"]
    side = page.locator("#side").bounding_box()
    assert side is not None and side["y"] <= box["y"] <= side["y"] + side["height"]


def test_what_was_unfolded_stays_open_and_all_of_it_is_printed(
    watched: Callable[..., Watched], site: str
) -> None:
    page = watched().open(f"{site}/?area=IQG15&time=2019-04-30")
    page.locator("[data-fold='shelter'] > summary").click()
    assert folds(page) == {"shelter": True, "period": False, "programmes": False}
    page.get_by_role("slider", name="Date", exact=True).press("ArrowLeft")
    expect(page.locator("#area-card")).to_contain_text("Households on 28 Feb 2019")
    assert folds(page) == {"shelter": True, "period": False, "programmes": False}
    page.locator("#ranking").get_by_role("button", name="Anbar").click()
    expect(page.locator("#area-title")).to_have_text("Anbar")
    assert folds(page)["shelter"] and not folds(page)["period"]
    inside: Any = page.locator("[data-fold='period'] .bars")
    expect(inside).to_be_hidden()
    page.emulate_media(media="print")
    expect(inside).to_be_visible()
