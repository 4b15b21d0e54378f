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
# Rules of axe that measure boxes, and so tell a narrow page from a wide one of the same elements.
SIZE_RULES = ("scrollable-region-focusable",)

_AXE = """
([within, options]) => axe.run(within || document, options).then((found) => found.violations)
"""

# Axe looks at the colours of every text by itself, for seconds where a table is long. Of texts of
# one kind, for which everything is the same that it reckons with, here it looks at the first. Where
# they lie does not make a kind: a text may be under something that its like is not.
_KINDS = """
(within) => {
  const READ = ['color', 'backgroundColor', 'backgroundImage', 'opacity', 'filter', 'mixBlendMode',
    'textShadow', 'textDecorationLine', 'borderBottomWidth', 'borderBottomColor', 'fontSize',
    'fontWeight', 'position', 'zIndex', 'overflow', 'visibility'];
  const painted = (element, part) => {
    const style = getComputedStyle(element, part);
    return part && style.content === 'none' ? '' : READ.map((name) => style[name]).join();
  };
  const described = new Map();
  const own = (element) => {
    if (!described.has(element)) {
      const parts = [null, '::before', '::after'].map((part) => painted(element, part));
      const { tagName, disabled, ariaDisabled } = element;
      described.set(element, [tagName, disabled, ariaDisabled, ...parts].join(';'));
    }
    return described.get(element);
  };
  const kindOf = (element) => {
    const around = [];
    for (let each = element; each; each = each.parentElement) around.push(own(each));
    return around.join(' in ');
  };
  const hasText = (element) => element.matches('input, select, textarea')
    || [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  window.firstOfKind = new Map();
  for (const element of document.querySelectorAll(within ? `:is(${within}) *` : '*')) {
    if (!hasText(element) || !element.checkVisibility({ visibilityProperty: true })) continue;
    const kind = kindOf(element);
    if (!window.firstOfKind.has(kind)) window.firstOfKind.set(kind, element);
  }
  return [...window.firstOfKind.keys()];
}
"""
_AXE_COLOURS = """
([kinds, options]) =>
  axe.run({ include: kinds.map((kind) => window.firstOfKind.get(kind)) }, options)
    .then((found) => found.violations)
"""
# Kinds of texts against which axe had nothing on some page: it would say the same on any other.
_sound: set[str] = set()

# Everything that can be seen or focused, by all but where it is and what its colours are.
_STRUCTURE = """
() => {
  const PLACE = new Set('class d height points style transform viewBox width x y'.split(' '));
  const decorates = (element) =>
    element.parentElement?.closest('[aria-hidden="true"]') && element.tabIndex < 0;
  return [...document.querySelectorAll('*')].filter((each) => !decorates(each)).map((element) => [
    element.tagName,
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
    ...[...element.attributes].filter(({ name }) => !PLACE.has(name))
      .map(({ name, value }) => `${name}=${value}`),
    ...[...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data),
  ].join()).join('\\n');
}
"""

# Observers of size lay the page out anew in the frame after the one in which it changed.
LAID_OUT = """() => new Promise(
  (done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"""

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
    page: Page,
    within: str | None = None,
    *,
    only: Sequence[str] = (),
    but: Sequence[str] = (),
    every_text: bool = False,
) -> list[str]:
    """What axe-core finds on a page or in a part of it; by all its rules, some, or the others.

    Colours are looked at in one text of each kind or, if so asked, in every text.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)  # half a megabyte: once in a page, however often it is asked
    apart = () if every_text else COLOUR_RULES
    colours = [rule for rule in apart if rule not in but and (not only or rule in only)]
    others = [rule for rule in only if rule not in apart]
    found: list[dict[str, Any]] = []
    if others or not only:
        off = {rule: {"enabled": False} for rule in (*but, *apart)}
        found += _axe(page, _AXE, within, {"runOnly": others} if only else {"rules": off})
    if colours:
        found += _colours(page, within, colours)
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]} – {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def _axe(page: Page, script: str, what: object, options: dict[str, Any]) -> list[dict[str, Any]]:
    """Run axe; other results than violations would take as long again to tell."""
    options = {"resultTypes": ["violations"], **options}
    found: list[dict[str, Any]] = page.evaluate(script, [what, options])
    return found


def _colours(page: Page, within: str | None, rules: Sequence[str]) -> list[dict[str, Any]]:
    """What rules of colours find in one text of each kind that is not known to be sound."""
    each_rule = ", ".join(rules)
    kinds = [kind for kind in page.evaluate(_KINDS, within) if (each_rule + kind) not in _sound]
    found = _axe(page, _AXE_COLOURS, kinds, {"runOnly": list(rules)}) if kinds else []
    if not found:
        _sound.update(each_rule + kind for kind in kinds)
    return found


def structure(page: Page) -> str:
    """All of a page that rules can tell which look neither at colours nor at sizes."""
    found: str = page.evaluate(_STRUCTURE)
    return found


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
