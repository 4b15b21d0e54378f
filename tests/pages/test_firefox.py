"""The journeys of readers in Firefox: the map, an area, an embed, a comparison, a briefing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from geodata.i18n.language import languages
from tests.firefox import Firefox, Window

LIVE = "document.documentElement.dataset.live"
DRAWN = "document.querySelector('html[data-dash] path[data-pcode]')?.style.fill"
# Pixels that a page can be moved sideways, to either side.
ASIDE = (
    "[document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth, scrollMaxX]"
)
HEADLINE = "document.querySelector('#headline').textContent"


@pytest.fixture
def window(firefox: Firefox) -> Iterator[Window]:
    with firefox.window(1440, 960) as opened:
        yield opened


def within(window: Window) -> None:
    """Hold a page to the width of its window, on a desk and on a phone."""
    for size in ((390, 844), (1440, 960)):
        window.resize(*size)
        window.wait_for(f"innerWidth === {size[0]}")
        assert window.evaluate(ASIDE) == [0, 0], size


@pytest.mark.parametrize("lang", languages())
def test_the_map_follows_the_timeline_and_shows_an_area(window, site, lang):
    window.open(f"{site}/?lang={lang}")
    window.wait_for(LIVE)
    window.wait_for(DRAWN)
    within(window)
    before = window.evaluate(HEADLINE)
    window.click("#timeline-previous")
    window.wait_for(f"{HEADLINE} !== {before!r}")
    window.wait_for("location.search.includes('time=')")
    window.click("#ranking li:nth-child(2) button")
    window.wait_for("document.querySelector('#area-card #area-title')")
    window.wait_for("document.querySelector('#trend .trace path')")
    assert "area=IQG" in window.evaluate("location.search")
    within(window)


@pytest.mark.parametrize("lang", languages())
def test_no_other_page_is_wider_than_its_window(window, site, lang):
    for path in ("/sources", "/share", "/briefing/edit", "/embed", "/compare", "/briefing"):
        window.open(f"{site}{path}?lang={lang}")
        if path in ("/embed", "/compare", "/briefing"):
            window.wait_for(LIVE)
        within(window)
    window.press("PageDown")
    window.wait_for("document.querySelector('.slide[data-shown]').id === 'slide-2'")


def test_the_public_map_follows_its_timeline(window, site):
    window.open(f"{site}/embed?lang=ar")
    window.wait_for(LIVE)
    before = window.evaluate(HEADLINE)
    window.click("#timeline-previous")
    window.wait_for(f"{HEADLINE} !== {before!r}")
    within(window)


def test_a_comparison_that_is_come_back_to_says_in_its_form_what_it_shows(window, site):
    window.open(f"{site}/compare?lang=en")
    window.wait_for(LIVE)
    field, dates = ".compare-form [name='pop']", ".compare-form [name='time']"
    chosen = f'[document.querySelector("{field}").value, document.querySelector("{dates}").value]'
    shown = window.evaluate(chosen)
    window.evaluate(f"""[document.querySelector("{field}").value = 'returnee',
        document.querySelector("{dates}").selectedIndex = 3]""")
    assert window.evaluate(chosen) != shown
    window.click(".compare-form button")
    window.wait_for("location.search.includes('pop=returnee')")
    window.wait_for(LIVE)
    window.back()
    window.wait_for("!location.search.includes('pop=returnee')")
    window.wait_for(LIVE)
    assert window.evaluate(chosen) == shown


def test_what_was_typed_into_the_editor_is_there_when_its_reader_comes_back(window, site):
    window.open(f"{site}/briefing/edit?slides=map;trend&lang=en")
    window.click("[name='headline-2']")
    for letter in "Typed":
        window.press(letter)
    typed = "document.querySelector(\"[name='headline-2']\").value"
    assert window.evaluate(typed) == "Typed"
    window.open(f"{site}/sources")
    window.back()
    window.wait_for("location.pathname === '/briefing/edit'")
    assert window.evaluate(typed) == "Typed"
