"""Every page in every language, in both themes, from a small phone to a wide screen.

One window visits every page; the theme and the width change under it, as they do when a
phone is turned or a window is dragged. At each stop nothing reaches over the edge and axe finds
nothing; the parts of the page are there, and no word is of another language than the page says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from geodata.i18n.language import SOURCE_LANGUAGE, languages, load_language
from tests import access
from tests.windows import Contexts

# A window of 1280 × 1024 pixels, enlarged to 400%, has 320 × 256 of them (WCAG 2.2, 1.4.10).
WIDTHS = {320: 256, 390: 844, 768: 1024, 1440: 960, 1920: 1080}
# Contrast takes axe three quarters of its time. Colours come with the theme, not with the width:
# they are looked at in both themes where the layout differs most (in other languages, whose colours
# are the same, where it is widest): in every text once, else in one of each kind. All other rules
# are for every width: those that measure at each of them, the rest where other things are seen.
NARROW, WIDE = 320, 1440
PAGES = {
    "map": "/",
    "change": "/?mode=change&base=2017-05-15&area=IQG15&prog=PHSS",
    "table": "/?tab=table&time=2017-05-15",
    "compare": "/compare",
    "briefing": "/briefing",
    "slides": "/briefing/edit",
    "share": "/share",
    "download": "/download",
    "sources": "/sources",
    "embed": "/embed?level=2&time=2017-05-15",
    "not found": "/nowhere",
    "not understood": "/sources?v=000000000000",
}
ALONE = ("briefing", "embed")  # without the header and the footer of the site

# What a reader sees or hears, but for parts that say they are in another language, and what is the
# same in all: addresses, codes, what was typed.
_WORDS = """() => {
  const page = document.documentElement.lang;
  const own = (element) => element.closest("[lang]").lang === page;
  const never = "._dash-loading"; // in the document for a moment, and not displayed
  const same = `code, kbd, pre, textarea, script, style, noscript, template, ${never}`;
  const said = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walk.nextNode(); text; text = walk.nextNode()) {
    const element = text.parentElement;
    if (text.data.trim() && own(element) && !element.closest(same)) said.push(text.data.trim());
  }
  for (const name of ["aria-label", "aria-description", "title", "alt", "placeholder"])
    for (const element of document.querySelectorAll(`[${name}]`))
      if (own(element) && !element.closest(same)) said.push(element.getAttribute(name));
  return [document.title, ...said];
}"""
_LATIN_WORD = re.compile(r"[A-Za-z]*[a-z]{3,}[A-Za-z]*")
_SAME_EVERYWHERE = re.compile(
    r"\S*[/@]\S*|\b[0-9a-f]{8}(?:[0-9a-f]{4})?\b|PowerPoint|Excel|GeoJSON|TopoJSON|BibTeX|Plotly|Dash|JavaScript"
    r"|GeoParquet|GeoPackage|Data Package"
    r"|P-code|Letter|Home|End|Enter"
    r"|Escape|Page Up|Page Down|Natural Earth|Creative Commons Attribution"
)

# What reaches over an edge of the window, and is in no box of its own that can be scrolled.
_OVER_THE_EDGE = """() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let box = element.parentElement; box; box = box.parentElement)
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(box).overflowX)) return true;
    return false;
  };
  const over = [];
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height || element.closest("svg svg, svg *")) continue;
    if (box.right <= 0 || box.left >= wide) continue; // put away: the page is not wider for it
    if (getComputedStyle(element).visibility === "hidden") continue;
    if ((box.right > wide + 1 || box.left < -1) && !scrolls(element))
      over.push(`${element.tagName}.${element.className} ${box.left} to ${box.right}`);
  }
  return over.slice(0, 5);
}"""


@pytest.fixture(scope="module")
def page(contexts: Contexts) -> Iterator[Page]:
    """One window for every page: its process has their scripts, and axe, compiled."""
    options = {"locale": "en-GB"}
    context = contexts.take(options)
    yield context.new_page()
    contexts.give_back(context, options, set())


def not_translated(texts: list[str]) -> set[str]:
    """Latin words that are no acronym, address or code, with what they stand in."""
    return {said for said in texts if _LATIN_WORD.search(_SAME_EVERYWHERE.sub("", said))}


def test_words_of_another_language_are_found():
    assert not_translated(["النازحون DTM (PHSS)", "https://dtm.iom.int", "IQG15", "Excel"]) == set()
    assert not_translated(["النازحون displaced"]) == {"النازحون displaced"}


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_every_theme_and_width(page, site, name, code):
    path = PAGES[name]
    language = load_language(code)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 960})
    page.goto(f"{site}{path}{'&' if '?' in path else '?'}lang={code}")
    if name in ("map", "change", "table", "compare", "briefing", "embed"):
        page.wait_for_function("() => document.documentElement.dataset.live")
    root = page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == (
        language.tag,
        language.direction,
    )
    if code != SOURCE_LANGUAGE:
        assert not_translated(page.evaluate(_WORDS)) == set()
        addresses = page.locator("a[href]").evaluate_all(
            "(links) => links.map((link) => link.getAttribute('href'))"
        )
        assert [each for each in addresses if not each.isascii()] == []  # a comma that was taken in
    assert page.get_by_role("heading", level=1).count() == page.get_by_role("main").count() == 1
    assert page.locator("nav:not([aria-label])").count() == 0
    if name not in ALONE:
        assert [page.get_by_role(part).count() for part in ("banner", "contentinfo")] == [1, 1]
    found: list[object] = []
    structures: set[str] = set()
    for width, height in WIDTHS.items():
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(access.LAID_OUT)
        found += [(width, over) for over in page.evaluate(_OVER_THE_EDGE)]
        found += [(width, f"{beyond} px too wide")] if (beyond := access.overflow(page)) else []
        is_coloured = width == WIDE or (width == NARROW and code == SOURCE_LANGUAGE)
        but = () if is_coloured else access.COLOUR_RULES
        structure = access.structure(page)
        only = (*access.SIZE_RULES, *access.COLOUR_RULES) if structure in structures else ()
        structures.add(structure)
        every_text = width == WIDE and code == SOURCE_LANGUAGE
        light = access.violations(page, only=only, but=but, every_text=every_text)
        found += [(width, "light", each) for each in light]
        if is_coloured:
            page.emulate_media(color_scheme="dark")
            dark = access.violations(page, only=access.COLOUR_RULES)
            found += [(width, "dark", each) for each in dark]
    access.open_everything(page)
    found += access.small_targets(page, least=24)
    assert found == []
