"""What every page must hold for whoever reads it, looked for in a page that is open.

Each function returns sentences, none where all is well, so that a test says what to mend:

    assert access.violations(page) == []
    assert access.small_targets(page, least=24) == []
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# What can be reached and used. Areas of the map are exempt from sizes: where they are is essential.
INTERACTIVE = (
    "a[href], button, input:not([type='hidden']), select, textarea, summary, "
    "[tabindex='0'][role='slider']"
)

# Rules of axe that look at colours, and so tell a light page from a dark one.
COLOUR_RULES = ("color-contrast", "link-in-text-block")

_AXE = """
([within, options]) => axe.run(within || document, options).then((found) => found.violations)
"""

_SMALL = """
([selector, least]) => [...document.querySelectorAll(selector)].flatMap((element) => {
  const seen = element.checkVisibility({ visibilityProperty: true });
  if (!seen || element.tabIndex < 0 || element.disabled || element.closest('[inert]')) return [];
  if (element.matches('.skip-link:not(:focus)')) return []; // seen when it has the focus
  const isChoice = element.matches('[type="radio"], [type="checkbox"]');
  const target = (isChoice && element.closest('label')) || element;
  const { width, height } = target.getBoundingClientRect();
  if (width >= least - 0.5 && height >= least - 0.5) return [];
  const words = (node) => node.textContent.trim().length;
  const isInline = getComputedStyle(element).display === 'inline';
  if (isInline && words(element.parentElement) > words(element)) return []; // in a sentence
  const name = (element.ariaLabel || element.textContent || element.name).trim().slice(0, 40);
  const size = `${Math.round(width)} × ${Math.round(height)}`;
  return [`${element.tagName.toLowerCase()}.${element.className} “${name}”: ${size}`];
})
"""

_FOCUSED = """
() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const outlined = (node) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(node);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  };
  const { width, height, top, bottom } = element.getBoundingClientRect();
  const ring = element.matches('path[data-pcode]')
    ? document.querySelector('.area-ring[data-focused="true"]')
    : null;
  const cursor = element.matches('.timeline__range') ? element.nextElementSibling : null;
  const parts = [[element], [element, '::after'], [cursor, '::before']];
  const styles = parts.filter(([node]) => node).map((part) => getComputedStyle(...part));
  const marked = styles.some((s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2);
  const label = element.closest('label');
  return {
    tag: element.tagName.toLowerCase(),
    id: element.id,
    kind: element.getAttribute('class') || '',
    pcode: (element.matches('path') && element.dataset.pcode) || '',
    name: (element.ariaLabel || element.textContent || element.value || '').trim().slice(0, 40),
    isMarked: marked || Boolean(ring) || Boolean(label && outlined(label)),
    isSeen: width > 0 && height > 0 && bottom > 0 && top < window.innerHeight,
  };
}
"""


def violations(
    page: Page, within: str | None = None, *, only: Sequence[str] = (), but: Sequence[str] = ()
) -> list[str]:
    """What axe-core finds on a page or in a part of it; by all its rules, some, or the others."""
    options: dict[str, Any] = {
        "resultTypes": ["violations"],  # the rest takes as long again to tell
        "rules": {rule: {"enabled": False} for rule in but},
    }
    if only:
        options["runOnly"] = list(only)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)  # half a megabyte: once in a page, however often it is asked
    found: list[dict[str, Any]] = page.evaluate(_AXE, [within, options])
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]} – {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def open_everything(page: Page) -> None:
    """Open what is closed, but for lists that would lie over the page."""
    page.evaluate(
        """() => document.querySelectorAll('main details:not(.menu, .deck-menu)')
          .forEach((details) => { details.open = true; })"""
    )


def small_targets(page: Page, least: int) -> list[str]:
    """What can be pressed and has a side shorter than ``least`` pixels, but for links in text."""
    small: list[str] = page.evaluate(_SMALL, [INTERACTIVE, least])
    return small


def focused(page: Page) -> dict[str, Any] | None:
    """What has the focus, and whether that is seen; ``None`` where nothing has."""
    found: dict[str, Any] | None = page.evaluate(_FOCUSED)
    return found


def walk(page: Page, most: int = 400) -> Iterator[dict[str, Any]]:
    """Go through a page with the Tab key, from its beginning until the focus leaves it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = focused(page)
        if at is None:
            return
        yield at
    raise AssertionError(f"{most} steps do not lead out of the page")


def overflow(page: Page) -> int:
    """By how many pixels a page is wider than its window."""
    wide: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wide
