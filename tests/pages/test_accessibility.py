"""Every page by keyboard, by screen reader, by touch, in any colours, at any size of letters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from geodata.i18n.language import languages, load_language
from layouts import shortcuts
from tests import access
from tests.windows import LIVE, Watched

Visiting = Callable[..., Watched]

PAGES = {
    "map": "/?time=2019-04-30",
    "area": "/?area=IQG15&prog=PHSS&time=2019-04-30",
    "districts as a table": "/?tab=table&level=2&time=2019-04-30",
    "comparison": "/compare?area=IQG15",
    "briefing": "/briefing",
    "editor": "/briefing/edit",
    "sharing": "/share",
    "downloads": "/download",
    "sources": "/sources",
    "funders": "/funders",
    "embed": "/embed?time=2019-04-30&prog=PHSS",
    "mistake": "/nowhere",
}
SCRIPTED = ("map", "area", "districts as a table", "comparison", "briefing", "embed")
DRAWN = "() => document.querySelector('html[data-dash] path[data-pcode]')"
TABLE = "() => document.querySelector('html[data-dash] #figures-table thead button')"


def settle(page: Page, name: str) -> Page:
    """Wait until scripts have taken over what they take over."""
    if name in SCRIPTED:
        page.wait_for_function(LIVE)
    if name in ("map", "area"):
        page.wait_for_function(DRAWN)
    if name == "districts as a table":
        page.wait_for_function(TABLE)
    if name == "area":
        page.locator("#trend-slot .scatterlayer .trace").first.wait_for()
    return page


def visit(window: Watched, site: str, name: str) -> Page:
    window.page.goto(site + PAGES[name])
    page = settle(window.page, name)
    if name == "mistake":
        window.console.clear()  # the browser itself reports the answer
    return page


def name_of(page: Page) -> str:
    """What the focus is on, by its name."""
    found = access.focused(page)
    return found["name"] if found else ""


def area_of(page: Page) -> str:
    """P-code of the area that has the focus."""
    found = access.focused(page)
    return found["pcode"] if found else ""


# ---- a whole session by keyboard


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_goes_through_a_page_and_out_of_it(
    watched: Visiting, site: str, name: str
) -> None:
    page = visit(watched(), site, name)
    steps = list(access.walk(page))
    assert "skip-link" in steps[0]["kind"]
    # A frame is marked within, where its page shows what has the focus.
    assert [step for step in steps if not step["isMarked"] and step["tag"] != "iframe"] == []
    assert [step for step in steps if not step["isSeen"]] == []
    assert len({step["pcode"] for step in steps if step["pcode"]}) <= 1 or name == "comparison"


def test_the_first_link_skips_to_the_content(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "comparison")
    address = page.url
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    assert page.url == address


def test_the_map_by_keyboard_from_area_to_panel_and_back(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "map")
    page.keyboard.press("m")
    page.keyboard.press("Home")
    assert name_of(page).startswith(
        "Ninewa: 501,312 people, rank 1 of 18"
    )  # the first of the ranking
    for key, pcode in [("ArrowUp", "IQG09"), ("ArrowDown", "IQG15"), ("ArrowRight", "IQG11")]:
        page.keyboard.press(key)
        assert area_of(page) == pcode
    page.keyboard.press("Enter")
    expect(page.locator("#area-card")).to_be_focused()
    expect(page.locator("#area-card .panel-title")).to_have_text("Erbil")
    page.keyboard.press("Tab")
    assert name_of(page) == "Close"
    page.keyboard.press("Escape")
    expect(page.locator("#area-card")).to_be_hidden()
    assert area_of(page) == "IQG11"
    assert "area=" not in page.url


def test_every_governorate_is_reached_by_the_page_keys(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "embed")
    page.locator("path[data-pcode][tabindex='0']").focus()
    page.keyboard.press("Home")
    reached = [area_of(page)]
    for _ in range(17):
        page.keyboard.press("PageDown")
        reached.append(area_of(page))
    assert len(set(reached)) == 18
    page.keyboard.press("PageDown")
    assert area_of(page) == reached[-1]
    assert page.locator("path[data-pcode][tabindex='0']").count() == 1


def test_an_area_out_of_sight_is_brought_into_it(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "map")
    for _ in range(4):
        page.get_by_role("button", name="Zoom in").press("Enter")
    page.keyboard.press("m")
    page.keyboard.press("End")
    at = page.locator(f"path[data-pcode='{area_of(page)}']")
    expect(at).to_be_focused()
    pane = page.locator("#map-stage").bounding_box()
    page.wait_for_function("path => path.getBBox().width > 0", arg=at.element_handle())
    box = at.bounding_box()
    assert pane and box
    assert pane["x"] < box["x"] + box["width"] / 2 < pane["x"] + pane["width"]
    assert pane["y"] < box["y"] + box["height"] / 2 < pane["y"] + pane["height"]


@pytest.mark.parametrize("name", ["map", "comparison", "briefing", "embed"])
def test_the_outline_is_where_the_area_is(watched: Visiting, site: str, name: str) -> None:
    page = visit(watched(), site, name)
    page.keyboard.press("m")
    page.wait_for_function(  # outlines are drawn anew while Plotly's map takes over
        """() => {
          const area = document.querySelector('path[data-pcode]:focus')?.getBoundingClientRect();
          const rings = document.querySelectorAll('.area-ring[data-focused="true"]');
          return area && [...rings].some((ring) => {
            const around = ring.getBoundingClientRect();
            return ['x', 'y', 'width', 'height'].every((side) =>
              Math.abs(around[side] - area[side]) < 1);
          });
        }"""
    )


def test_maps_side_by_side_move_to_an_area_that_is_out_of_sight(
    watched: Visiting, site: str
) -> None:
    page = visit(watched(), site, "comparison")
    page.keyboard.press("m")
    for _ in range(5):
        page.keyboard.press("+")
    whole = page.locator(".stage > svg").first.get_attribute("viewBox")
    page.keyboard.press("End")
    assert page.locator(".stage > svg").first.get_attribute("viewBox") != whole
    box, stage = page.evaluate(
        """() => [document.activeElement, document.activeElement.closest('.stage')].map((each) => {
          const { left, top, width, height } = each.getBoundingClientRect();
          return [left, top, width, height];
        })"""
    )
    assert stage[0] < box[0] + box[2] / 2 < stage[0] + stage[2]
    assert stage[1] < box[1] + box[3] / 2 < stage[1] + stage[3]


def test_playing_takes_the_focus_from_nothing(watched: Visiting, site: str) -> None:
    """Also where rows change their places and texts are written anew."""
    page = visit(watched(), site, "area")
    date = page.get_by_role("slider", name="Date", exact=True)
    for held in ("#ranking button", "#area-card .close", "#area-card .source-link"):
        for to in ("2014-04-01", "2017-05-15", "2021-02-28"):
            page.locator(held).first.focus()
            name = name_of(page)
            date.evaluate(
                """(range, day) => {
                  range.value = Date.parse(day) / 864e5;
                  range.dispatchEvent(new Event('input'));
                }""",
                to,
            )
            page.wait_for_function("day => location.search.includes(day)", arg=to)
            assert name_of(page).split("\n")[0][:4] == name.split("\n")[0][:4]


def test_a_sorted_table_keeps_the_focus_on_what_sorted_it(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "districts as a table")
    page.get_by_role("button", name="Area", exact=True).press("Enter")
    assert name_of(page) == "Area"
    expect(page.locator("th[aria-sort]")).to_contain_text("Area")


# ---- what opens closes, and gives the focus back


def _opened(page: Page, opener: Locator, inside: Locator) -> None:
    opener.focus()
    page.keyboard.press("Enter")
    expect(inside).to_be_visible()
    page.keyboard.press("Escape")
    expect(inside).to_be_hidden()
    expect(opener).to_be_focused()


def test_what_was_opened_gives_the_focus_back(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "map")
    menu = page.locator("summary", has_text="Download")
    _opened(page, menu, page.locator(".download-list"))
    _opened(page, page.locator("[data-share]"), page.locator("dialog.share-dialog"))
    _opened(page, page.locator(".timeline__date"), page.locator(".timeline__form"))
    _opened(page, page.locator("[data-shortcuts]"), page.locator("dialog.shortcuts"))
    page.locator("#ranking button", has_text="Anbar").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#area-card")).to_be_focused()
    page.keyboard.press("Escape")
    assert name_of(page).startswith("Anbar")


def test_the_lists_of_the_embed_and_the_briefing_close_by_escape(
    watched: Visiting, site: str
) -> None:
    page = visit(watched(), site, "embed")
    _opened(page, page.locator(".menu summary"), page.locator(".menu ul"))
    page = visit(watched(), site, "briefing")
    _opened(page, page.locator(".deck-menu summary"), page.locator(".deck-list"))


# ---- shortcuts


@pytest.mark.parametrize("name", ["map", "comparison", "briefing", "embed"])
def test_a_question_mark_lists_the_shortcuts(watched: Visiting, site: str, name: str) -> None:
    page = visit(watched(), site, name)
    page.keyboard.press("?")
    listed = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(listed).to_be_visible()
    page.keyboard.press("m")  # of a list that is open, no key leads out
    expect(listed).to_be_visible()
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()


def test_each_letter_leads_where_the_list_says(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "map")
    for key, place in {
        "m": "path",
        "d": "timeline-range",
        "t": "",
        "/": "programme-search",
    }.items():
        page.keyboard.press(key)
        at = access.focused(page)
        assert at
        if key == "t":
            expect(page.locator("#table-pane")).to_be_visible()
            expect(page.locator("#table-pane :focus")).to_have_count(1)
        else:
            assert place in (at["id"], at["tag"])


def test_every_letter_that_is_listed_is_on_the_page(watched: Visiting, site: str) -> None:
    for name, key in {"map": "map", "embed": "embed", "comparison": "compare"}.items():
        page = visit(watched(), site, name)
        groups = shortcuts.listed(load_language("en"), key)
        letters = {k for each in groups[0].shortcuts for k in each.keys} - {"?"}
        assert len(letters) > 1
        for letter in letters:
            assert page.locator(f"[data-key='{letter.lower()}']").count() >= 1, letter


def test_letters_are_letters_while_something_is_typed(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "map")
    page.locator("#programme-search").press_sequentially("m/?t")
    expect(page.locator("#programme-search")).to_have_value("m/?t")
    expect(page.locator("#programme-search")).to_be_focused()
    expect(page.locator("dialog")).to_be_hidden()


@pytest.mark.parametrize("name", ["map", "briefing"])
def test_shortcuts_of_one_letter_can_be_switched_off(
    watched: Visiting, site: str, name: str
) -> None:
    page = visit(watched(), site, name)
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Use shortcuts of a single letter or sign").press("Space")
    page.keyboard.press("Escape")
    for again in (False, True):
        if again:
            page.reload()
            settle(page, name)
        page.wait_for_function("() => !document.activeElement.closest('dialog')")
        before = access.focused(page)
        for key in ("m", "n", "?"):
            page.keyboard.press(key)
        assert access.focused(page) == before
        expect(page.locator("dialog.shortcuts")).to_be_hidden()
        assert page.locator("html[data-notes]").count() == 0
    # It is found, and switched on again, without any key of its own.
    if name == "briefing":
        page.locator(".deck-menu summary").press("Enter")
    page.get_by_role("button", name="Keyboard shortcuts").press("Enter")
    page.get_by_role("checkbox", name="Use shortcuts").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    assert area_of(page)


def test_letters_are_found_by_their_place_on_other_keyboards(watched: Visiting, site: str) -> None:
    """M is ة on an Arabic keyboard, and the question mark another sign."""
    page = visit(watched(), site, "embed")
    press = "init => document.body.dispatchEvent(new KeyboardEvent('keydown', init))"
    page.evaluate(press, {"key": "ة", "code": "KeyM", "bubbles": True})
    assert area_of(page)
    page.evaluate(press, {"key": "؟", "code": "Slash", "bubbles": True, "shiftKey": True})
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


# ---- by screen reader


def test_the_map_is_a_named_group_of_areas_that_say_what_they_show(
    watched: Visiting, site: str
) -> None:
    page = visit(watched(), site, "map")
    stage = page.get_by_role("group", name="Map", exact=True)
    expect(stage).to_match_aria_snapshot(
        """
        - group "Map":
          - 'button /^Anbar: .* people, rank .* of 18, .* since 28 Feb 2019$/'
          - 'button /^Basrah: /'
          - 'button /^Muthanna: /'
          - 'button /^Najaf: /'
          - 'button /^Qadissiya: /'
          - 'button /^Sulaymaniyah: /'
          - 'button /^Babylon: /'
          - 'button /^Baghdad: /'
          - 'button /^Dahuk: /'
          - 'button /^Diyala: /'
          - 'button /^Erbil: /'
          - 'button /^Kerbala: /'
          - 'button /^Kirkuk: /'
          - 'button /^Missan: /'
          - 'button /^Ninewa: /'
          - 'button /^Salah al-Din: /'
          - 'button /^Thi-Qar: /'
          - 'button /^Wassit: /'
        """
    )
    expect(stage).to_have_accessible_description(
        re.compile(
            "Where displaced people are living. 1,665,108 internally displaced people on 30 April "
            "2019. Areas with a figure: 18 of 18. Most: Ninewa, Dahuk and .+ Arrow keys move"
        )
    )


def test_areas_without_a_figure_say_why(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "area")
    expect(page.get_by_role("button", name="Ninewa", pressed=True).first).to_be_visible()
    names = page.locator("path[data-pcode]").evaluate_all("all => all.map((p) => p.ariaLabel)")
    assert sum("outside the chosen programmes" in name.lower() for name in names) == 8 or any(
        "Outside programme" in name for name in names
    )


def test_areas_of_a_locked_map_are_read_and_are_no_buttons(watched: Visiting, site: str) -> None:
    page = watched().open(f"{site}/embed?lock=1&time=2019-04-30")
    page.keyboard.press("m")
    page.keyboard.press("Home")
    assert name_of(page).startswith("Ninewa: 501,312 people")
    stage = page.get_by_role("group", name="Map", exact=True)
    expect(stage.get_by_role("button")).to_have_count(0)
    assert access.violations(page) == []


def test_the_timeline_says_its_date_and_what_each_button_does(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "embed")
    expect(page.locator("#timeline")).to_match_aria_snapshot(
        """
        - button "Play"
        - button "Previous round"
        - button /30 Apr 2019/
        - button "Next round"
        - combobox "Speed"
        - slider "Date"
        """
    )
    expect(page.get_by_role("slider", name="Date")).to_have_attribute(
        "aria-valuetext", re.compile("on 30 April 2019")
    )


SAID = """(region) => {
  window.said = [];
  new MutationObserver(() => window.said.push(region.textContent))
    .observe(region, { childList: true, characterData: true, subtree: true });
}"""


def test_nothing_is_said_while_the_timeline_plays(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "embed")
    page.locator("#announcer").evaluate(SAID)
    page.locator(".timeline__speed").select_option("4")
    page.get_by_role("button", name="Play", exact=True).press("Enter")
    for _ in range(3):
        shown = page.locator("#headline").inner_text()
        expect(page.locator("#headline")).not_to_have_text(shown)
    assert page.evaluate("said") == []
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    expect(page.locator("#announcer")).to_have_text(page.locator("#headline").inner_text())


def test_of_several_quick_steps_the_last_is_said(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "embed")
    page.locator("#announcer").evaluate(SAID)
    page.get_by_role("button", name="Next round").evaluate(
        "(button) => { for (let i = 0; i < 5; i += 1) button.click(); }"
    )
    expect(page.locator("#announcer")).to_have_text(page.locator("#headline").inner_text())
    assert page.evaluate("said.length") == 1


def test_the_slider_says_its_date_itself_and_nothing_says_it_again(
    watched: Visiting, site: str
) -> None:
    page = visit(watched(), site, "embed")
    page.locator("#announcer").evaluate(SAID)
    page.get_by_role("slider", name="Date").press("ArrowLeft")
    headline = page.locator("#headline").inner_text()
    expect(page.get_by_role("slider", name="Date")).to_have_attribute("aria-valuetext", headline)
    page.get_by_role("button", name="Next round").press("Enter")
    expect(page.locator("#announcer")).to_have_text(page.locator("#headline").inner_text())
    assert page.evaluate("said") == [page.locator("#headline").inner_text()]


def test_the_table_stands_before_the_map_as_a_link(watched: Visiting, site: str) -> None:
    for name, shown in {"map": "#table", "embed": "#figures table"}.items():
        page = visit(watched(), site, name)
        link = page.get_by_role("link", name="Skip the map: to the table")
        follows = "(a) => a.compareDocumentPosition(document.querySelector('[data-key=m]')) & 4"
        assert link.evaluate(follows)
        link.focus()
        page.keyboard.press("Enter")
        expect(page.locator(shown)).to_be_visible()
        assert page.locator(f"{shown}").evaluate(
            "(e) => (e.closest('details') ?? e).contains(document.activeElement)"
        )


def test_a_chart_has_a_summary_and_its_figures(watched: Visiting, site: str) -> None:
    page = visit(watched(), site, "area")
    expect(page.get_by_role("img", name="People, every round")).to_have_count(1)
    told = page.locator(".trend-summary li").count()
    assert told > 1
    page.get_by_text("Figures of the chart").press("Enter")
    figures = page.get_by_role("region", name="People, every round")
    expect(figures.get_by_role("columnheader")).to_have_count(1 + told)
    row = figures.get_by_role("row", name="30 Apr 2019")
    value = page.locator("#area-card .big").inner_text()
    expect(row.get_by_role("cell").first).to_have_text(value)


# ---- sizes


@pytest.mark.parametrize("name", PAGES)
def test_what_is_touched_is_large_enough(watched: Visiting, site: str, name: str) -> None:
    page = visit(watched(390, 844, has_touch=True, is_mobile=True), site, name)
    access.open_everything(page)
    assert access.small_targets(page, least=44) == []


SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""
CUT = """() => [...document.querySelectorAll('h1, h2, h3, p, button, a, label, td, li, summary')]
  .filter((e) => e.checkVisibility() && !e.closest('.visually-hidden, .skip-link, .scroll'))
  .filter((e) => getComputedStyle(e).overflow !== 'visible' && e.scrollWidth > e.clientWidth + 1)
  .map((e) => `${e.tagName} ${e.className} ${e.textContent.trim().slice(0, 40)}`)"""


@pytest.mark.parametrize("name", ["map", "comparison", "sharing", "embed"])
def test_wider_letters_and_lines_lose_nothing(watched: Visiting, site: str, name: str) -> None:
    """WCAG 2.2, 1.4.12."""
    page = visit(watched(1440, 900), site, name)
    page.evaluate(SPACED)
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(access.LAID_OUT)
        assert (width, access.overflow(page), page.evaluate(CUT)) == (width, 0, [])


@pytest.mark.parametrize("name", ["map", "briefing", "embed", "comparison"])
def test_where_less_motion_is_wanted_nothing_glides(
    watched: Visiting, site: str, name: str
) -> None:
    page = visit(watched(reduced_motion="reduce"), site, name)
    moving = """() => [...document.querySelectorAll('*')].filter((e) => {
      const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(e);
      return animationName !== 'none' || scrollBehavior === 'smooth'
        || transitionDuration.split(', ').some((each) => parseFloat(each) > 0);
    }).map((e) => e.className)"""
    assert page.evaluate(moving) == []
    if name == "embed":
        page.get_by_role("button", name="Play", exact=True).click()
        shown = page.locator("#headline").inner_text()
        expect(page.locator("#headline")).not_to_have_text(shown)  # it steps all the same


# ---- the reader's own colours


def test_in_forced_colours_classes_and_choices_are_told_apart(watched: Visiting, site: str) -> None:
    page = visit(watched(forced_colors="active"), site, "map")
    swatches = page.locator(".legend i").evaluate_all(
        "all => all.map((i) => getComputedStyle(i).background)"
    )
    assert len(set(swatches)) == len(swatches) > 7
    ground = "e => getComputedStyle(e).backgroundColor"
    chosen = page.locator("#mode label:has(:checked)")
    other = page.locator("#mode label:not(:has(:checked))").first
    assert chosen.evaluate(ground) != other.evaluate(ground)
    page.keyboard.press("m")
    ring = page.locator(".area-ring[data-focused='true']")
    system = page.evaluate(
        """() => {
          const probe = document.body.appendChild(document.createElement('i'));
          probe.style.color = 'Highlight';
          const { color } = getComputedStyle(probe);
          probe.remove();
          return color;
        }"""
    )
    assert ring.evaluate("e => getComputedStyle(e).stroke") == system


@pytest.mark.parametrize("name", ["comparison", "embed", "sharing"])
def test_in_forced_colours_the_focus_is_seen(watched: Visiting, site: str, name: str) -> None:
    page = visit(watched(forced_colors="active"), site, name)
    steps = list(access.walk(page))
    assert [step for step in steps if not step["isMarked"] and step["tag"] != "iframe"] == []


# ---- axe, of what opens; tests/pages/test_walk.py has it of every page


@pytest.mark.parametrize("name", ["area", "comparison", "sources", "sharing"])
def test_axe_finds_nothing_where_everything_is_open(
    watched: Visiting, site: str, name: str
) -> None:
    page = visit(watched(), site, name)
    access.open_everything(page)
    assert access.violations(page) == []


DIALOGS: dict[str, Callable[[Page], Any]] = {
    "dialog.shortcuts": lambda page: page.keyboard.press("?"),
    "dialog.share-dialog": lambda page: page.locator("[data-share]").click(),
    ".download-list": lambda page: page.locator(".download-menu summary").click(),
    ".timeline__form": lambda page: page.locator(".timeline__date").click(),
}


@pytest.mark.parametrize("code", languages())
def test_axe_finds_nothing_in_what_opens(watched: Visiting, site: str, code: str) -> None:
    page = watched(color_scheme="light").open(f"{site}{PAGES['map']}&lang={code}")
    settle(page, "map")
    for dialog, opens in DIALOGS.items():
        opens(page)
        expect(page.locator(dialog)).to_be_visible()
        assert access.violations(page, dialog) == []
        page.emulate_media(color_scheme="dark")
        assert access.violations(page, dialog, only=access.COLOUR_RULES) == []
        page.emulate_media(color_scheme="light")
        page.keyboard.press("Escape")
        expect(page.locator(dialog)).to_be_hidden()
