"""Paper is white: what is printed is in the light colours, whatever the screen's are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.colours import contrast
from tests.windows import Watched

PAGES = ["/?level=2", "/compare", "/briefing?slides=map;compare;trend;table", "/embed?theme=dark"]
WHITE = "#ffffff"
# Colours of areas, swatches and letters, as they are put on the page.
SEEN = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const hex = (colour) => '#' + colour.match(/[0-9.]+/g).slice(0, 3)
    .map((part) => Math.round(part).toString(16).padStart(2, '0')).join('');
  const seen = (node) => node.checkVisibility({ visibilityProperty: true });
  const written = (node) => [...node.childNodes].some((child) =>
    child.nodeType === Node.TEXT_NODE && child.data.trim());
  const html = all('body *:not(svg *, script, style)')
    .filter((node) => seen(node) && written(node));
  const style = (node, name) => getComputedStyle(node)[name];
  return {
    areas: all('path[data-pcode]').map((path) => style(path, 'fill')),
    names: all('svg [data-ink]').map((name) => style(name, 'fill')),
    swatches: all('.legend i').map((swatch) =>
      [style(swatch, 'backgroundColor'), style(swatch, 'backgroundImage')]),
    over: all('.drawing, #stage').map((each) => getComputedStyle(each, '::after').display),
    adjusted: [...new Set(all('.legend i').map((swatch) => style(swatch, 'printColorAdjust')))],
    letters: [...new Set(html.map((node) => hex(style(node, 'color'))))],
    grounds: [...new Set(all('body, .card, .face, .pane')
      .map((node) => style(node, 'backgroundColor')).filter((ground) => /^rgb\\(/.test(ground))
      .map(hex))],
  };
}"""
FILLS = "() => [...document.querySelectorAll('path[data-pcode]')].map((path) => path.style.fill)"
PAINTED = """() => {
  if (document.querySelector('#written')) return false; // Dash takes it over
  const shown = document.querySelector('[data-shown]') || document;
  return shown.querySelector('path[data-pcode]')?.style.fill;
}"""


def printed(page: Page, scheme: str, fills: list[str]) -> dict[str, Any]:
    """What is seen on the paper of a device of light or dark screen, when areas are filled so.

    A page hears of another medium when it next draws a frame, which a busy machine puts off.
    """
    page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]
    page.wait_for_function(f"(fills) => String(({FILLS})()) === fills", arg=",".join(fills))
    found: dict[str, Any] = page.evaluate(SEEN)
    return found


@pytest.mark.parametrize("path", PAGES)
def test_paper_is_white_whatever_the_screen_is(
    watched: Callable[..., Watched], site: str, path: str
) -> None:
    page = watched(color_scheme="dark").open(f"{site}{path}")
    page.wait_for_function(PAINTED)
    dark = page.evaluate(FILLS)
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    light = page.evaluate(FILLS)
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(FILLS) == dark != light

    found = printed(page, "dark", light)
    assert found == printed(page, "light", light)
    # What fades, some readers of PDF paint over the whole map.
    assert set(found["over"]) <= {"none"}
    assert found["swatches"]
    assert found["adjusted"] == ["exact"]  # also where no backgrounds are printed
    assert all(contrast(letters, WHITE) >= 4.5 for letters in found["letters"]), found["letters"]
    assert set(found["grounds"]) <= {WHITE, "#f5f7fa"}  # of which only that of .face is printed


UNMAPPED = ["/share", "/sources", "/funders", "/download", "/briefing/edit", "/nowhere"]


def test_pages_of_words_are_printed_in_dark_letters_without_their_backgrounds(
    watched: Callable[..., Watched], site: str
) -> None:
    visit = watched(color_scheme="dark")
    visit.page.emulate_media(media="print", color_scheme="dark")
    for path in UNMAPPED:
        visit.page.goto(f"{site}{path}")
        found = visit.page.evaluate(SEEN)
        pale = [letters for letters in found["letters"] if contrast(letters, WHITE) < 4.5]
        assert not pale, (path, pale)
        assert set(found["grounds"]) <= {WHITE}, path
    visit.console.clear()  # there is no such page as the last
