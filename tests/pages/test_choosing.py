"""Choices that come early, quickly one after another, or while answers are late or lost."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.windows import DASH, TAKEN_OVER, Watched

pytestmark = pytest.mark.browser

FIGURES = "**/view.json*"
# What a pane shows while something of it is on its way.
SIGN = "(pane) => getComputedStyle(document.querySelector(pane), '::after').content"
AT_REST = "() => !document.querySelector('#main').dataset.loading"


@pytest.fixture
def page(watched: Callable[..., Watched]) -> Page:
    window = watched(1440, 960)
    window.context.set_default_timeout(10_000)
    return window.page


@contextmanager
def late(page: Page, pattern: str) -> Iterator[Callable[[], None]]:
    """Hold back what answers to a pattern, until what is given is called."""
    waiting: list[Route] = []
    page.route(pattern, lambda route: waiting.append(route))  # noqa: PLW0108 - it is asked its names

    def let_go() -> None:
        for route in waiting:
            with page.expect_response(route.request.url) as answer:
                route.continue_()
            answer.value.finished()
        page.unroute(pattern)

    yield let_go


def choose(page: Page, group: str, value: str) -> None:
    page.locator(f"#{group} label:has(input[value='{value}'])").first.click()


def test_what_was_chosen_last_is_shown_also_where_it_was_shown_before(
    page: Page, site: str
) -> None:
    page.goto(site)
    page.wait_for_function(TAKEN_OVER)
    with late(page, FIGURES) as let_go:
        with page.expect_request(FIGURES):
            choose(page, "population", "returnee")
        choose(page, "population", "idp")
        page.wait_for_function(AT_REST)  # nothing is on its way any more
        let_go()
    expect(page.locator("#headline")).to_contain_text("internally displaced people")
    expect(page.locator("#population input:checked")).to_have_value("idp")
    assert "pop=" not in page.url


@pytest.mark.parametrize("fails", [False, True], ids=["Dash comes", "Dash fails"])
def test_what_is_chosen_before_there_are_figures_is_done(
    watched: Callable[..., Watched], site: str, *, fails: bool
) -> None:
    window = watched(1440, 960)
    page = window.page
    if fails:
        page.route(DASH, lambda route: route.abort())
    with late(page, FIGURES) as let_go:
        with page.expect_request(FIGURES):
            page.goto(f"{site}/?time=2018-04-30&area=IQG15&briefing=slides%3Ddefault")
        choose(page, "population", "returnee")
        choose(page, "programmes", "PHSS")
        let_go()
    page.wait_for_url("**pop=returnee**")
    page.wait_for_function(AT_REST)
    expect(page.locator("#headline")).to_contain_text("returnees")
    expect(page.locator("#programmes input:checked")).to_have_value("PHSS")
    for kept in ("prog=PHSS", "time=2018-04-30", "area=IQG15", "briefing=slides"):
        assert kept in page.url
    if fails:
        window.console.clear()


def test_what_waits_for_dash_is_seen_to_be_on_its_way_and_nothing_else(
    page: Page, site: str
) -> None:
    with late(page, DASH) as let_go:
        page.goto(site)
        page.wait_for_function("() => document.documentElement.dataset.live")
        choose(page, "population", "returnee")
        assert page.locator("#main").get_attribute("data-loading") == "true"
        choose(page, "population", "idp")
        assert page.locator("#main").get_attribute("data-loading") is None
        page.locator("#tab label", has_text="Table").click()
        assert page.evaluate(SIGN, "#table-pane") != "none"  # the table is on its way
        let_go()
    page.locator("#table table").wait_for()
    assert page.evaluate(SIGN, "#table-pane") == "none"


def test_a_panel_that_failed_is_not_brought_for_an_area_that_is_left(
    watched: Callable[..., Watched], site: str
) -> None:
    window = watched(1440, 960)
    page = window.open(f"{site}/?prog=PHSS")
    page.wait_for_function(TAKEN_OVER)
    notices, title = page.locator("#notices"), page.locator("#area-title")
    parts = "**/parts/*.json*"

    page.route(parts, lambda route: route.abort())
    page.locator("#ranking button", has_text="Baghdad").click()
    notices.get_by_role("button").wait_for()
    page.unroute(parts)
    page.locator("#ranking button", has_text="Ninewa").click()
    expect(title).to_have_text("Ninewa")
    expect(notices).to_be_hidden()  # nothing is missing now

    page.route(FIGURES, lambda route: route.abort())
    choose(page, "population", "returnee")
    notices.get_by_role("button").wait_for()
    choose(page, "population", "idp")
    expect(notices).to_be_hidden()  # what is shown is what is chosen

    # All of it fails, as without a network: one button brings everything.
    choose(page, "population", "returnee")
    notices.get_by_role("button").wait_for()
    page.route(parts, lambda route: route.abort())
    page.locator("#ranking button", has_text="Baghdad").click()
    expect(page.locator("#area-card")).to_be_hidden()
    page.unroute(parts)
    page.unroute(FIGURES)
    notices.get_by_role("button").click()
    expect(title).to_have_text("Baghdad")
    expect(page.locator("#headline")).to_contain_text("returnees")
    expect(notices).to_be_hidden()

    # Several panels fail.
    page.route(parts, lambda route: route.abort())
    choose(page, "measure", "share")
    notices.get_by_role("button").wait_for()
    page.unroute(parts)
    notices.get_by_role("button").click()
    expect(title).to_have_text("Baghdad")
    expect(page.locator("#programme-card")).to_be_visible()
    window.console.clear()


def test_a_donor_chooses_a_funder_and_sees_where_and_when_its_programmes_worked(
    watched: Callable[..., Watched], site: str
) -> None:
    window = watched(1440, 960)
    page = window.page
    page.goto(f"{site}/funders")
    page.locator("#GERMANY .button").click()
    page.wait_for_function(TAKEN_OVER)
    expect(page.locator("#funder-list")).to_have_value("GERMANY")
    page.locator("#funder-list").select_option("US")
    headline = page.locator("#headline")
    expect(headline).to_contain_text("9 programmes funded by the United States")
    expect(page).to_have_url(f"{site}/?funder=US")
    page.goto(f"{site}/?prog=CRP~SNFI&funder=US&time=2016-12-22")
    page.wait_for_function(TAKEN_OVER)
    lines, drawn = page.locator(".works > g"), "work-d"
    expect(lines).to_have_count(15)
    assert {str(each.get_attribute("class")) for each in lines.all()} == {drawn}
    window.requests.clear()
    page.locator("#timeline .timeline__next").first.click()
    expect(headline).to_contain_text("CRP")
    expect(page.locator(".works > .work-u").first).to_be_attached()
    assert [url for url in window.requests if "/api/" in url] == []
    choose(page, "programme-time", "date")
    expect(headline).to_contain_text("worked at the time")
    expect(page).to_have_url(re.compile("prog_when=date"))
    expect(page.locator("#legend")).to_contain_text("Active on this date")


def test_a_part_is_chosen_on_the_page_and_taken_away_as_a_picture(
    watched: Callable[..., Watched], site: str
) -> None:
    """From what a donor funds to where people there come from, and from there to a file."""
    window = watched(1440, 960)
    page = window.page
    page.goto(f"{site}/?funder=US&area=IQG11")
    page.wait_for_function(TAKEN_OVER)
    parts, headline = page.locator("#part-links"), page.locator("#headline")
    parts.locator("summary").click()
    parts.get_by_role("link", name="By governorate of origin").click()
    expect(page.locator("h1")).to_have_text("Where displaced people come from")
    expect(page).to_have_url(re.compile("funder=US.*by=origin"))
    expect(parts.locator("[aria-current]")).to_have_text("By governorate of origin")
    choose(page, "measure", "households")
    expect(headline).to_contain_text("displaced households")
    window.requests.clear()
    before = headline.inner_text()
    page.locator("#timeline .timeline__previous").first.click()
    expect(headline).not_to_have_text(before)
    assert [url for url in window.requests if "/api/" in url] == []
    picture = page.request.get(f"{site}/map.png?{page.url.partition('?')[2]}")
    assert picture.ok and picture.body().startswith(b"\x89PNG")

    page.locator("#area-origin").get_by_role("link", name="Show this on the map").click()
    expect(headline).to_contain_text("now in Erbil")
    expect(page).to_have_url(re.compile("to=IQG11"))
    choose(page, "population", "refugee")
    expect(page.locator("#notices")).to_contain_text("no source says where pop=refugee come from")
    expect(parts.locator("ul[data-kind=origin]")).to_be_hidden()
    page.go_back()
    expect(headline).to_contain_text("now in Erbil")
