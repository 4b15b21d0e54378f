"""Every page in every language, in both themes, from a small phone to a wide screen.

One window visits a page in a language; the theme and the width change under it, as they do when a
phone is turned or a window is dragged. At each stop nothing reaches over the edge, nothing is in
another language than the page says, and axe finds nothing.
"""

from __future__ import annotations

import re

import pytest

from geodata.language import SOURCE_LANGUAGE, language, languages
from tests import access

WIDTHS = {320: 640, 390: 844, 768: 1024, 1440: 960, 1920: 1080}
NARROW_AND_WIDE = (320, 1440)  # where axe looks in other languages, whose pages have the same parts
THEMES = ("light", "dark")
PAGES = {
    "map": "/",
    "change": "/?mode=change&base=2017-05-15&area=IQG15&prog=PHSS",
    "table": "/?tab=table&level=2&time=2017-05-15",
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
    r"\S*[/@]\S*|PowerPoint|Excel|GeoJSON|TopoJSON|BibTeX|JavaScript|P-code|Letter|Home|End|Enter"
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
  const beyond = document.documentElement.scrollWidth - wide;
  if (beyond > 0) over.push(`the page is ${beyond} px too wide`);
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


def not_translated(texts: list[str]) -> set[str]:
    """Latin words that are no acronym, address or code, with what they stand in."""
    return {said for said in texts if _LATIN_WORD.search(_SAME_EVERYWHERE.sub("", said))}


def test_words_of_another_language_are_found():
    assert not_translated(["النازحون DTM (PHSS)", "https://dtm.iom.int", "IQG15", "Excel"]) == set()
    assert not_translated(["النازحون displaced"]) == {"النازحون displaced"}


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_every_theme_and_width(browser, site, name, code):
    path = PAGES[name]
    speech = language(code)
    context = browser.new_context(viewport={"width": 1440, "height": 960}, locale="en-GB")
    page = context.new_page()
    page.goto(f"{site}{path}{'&' if '?' in path else '?'}lang={code}")
    if name in ("map", "change", "table", "compare", "briefing", "embed"):
        page.wait_for_function("() => document.documentElement.dataset.live")
    root = page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == (speech.tag, speech.direction)
    if code != "en":
        assert not_translated(page.evaluate(_WORDS)) == set()
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(50)  # observers of size lay the page out anew
            at = (theme, width)
            found += [(at, over) for over in page.evaluate(_OVER_THE_EDGE)]
            if code == SOURCE_LANGUAGE or width in NARROW_AND_WIDE:
                found += [(at, violation) for violation in access.violations(page)]
    context.close()
    assert found == []
