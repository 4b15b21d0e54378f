"""The download menu: on every page, without scripts too, at the view that is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route, expect

from geodata.exports.formats import FILES
from layouts.download_menu import OFFERED

browsed = pytest.mark.browser


def visited(browser: Browser, url: str, **context: object) -> Page:
    page = browser.new_context(**context).new_page()  # type: ignore[arg-type]
    page.goto(url)
    return page


def opened(page: Page) -> Page:
    menu = page.locator(".menu-toggle summary")
    if menu.is_visible():  # a phone has one menu, and in it the others
        menu.click()
    page.locator(".download-menu summary").click()
    return page


def link(page: Page, name: str):
    return page.locator(f'.download-menu a[href*="/{name}"]')


# ------------------------------------------------------------------------------- without a browser


@pytest.mark.parametrize("path", ["/", "/share", "/download"])
def test_the_menu_offers_the_files_of_the_view_that_was_asked_for(client: FlaskClient, path):
    html = client.get(f"{path}?pop=returnee").get_data(as_text=True)
    for file in OFFERED:
        assert f'href="/{file.name}?pop=returnee"' in html


def test_sources_offer_the_files_of_the_first_view(client: FlaskClient):
    html = client.get("/sources").get_data(as_text=True)
    assert 'href="/map.zip"' in html and 'href="/download"' in html


def test_everything_that_is_offered_is_a_file_and_every_file_is_offered():
    assert {file.name for file in OFFERED} == set(FILES) - {"metadata.json", "datapackage.json"}


def test_the_page_of_links_leads_to_files_that_are_there(client: FlaskClient):
    html = client.get("/download?pop=refugee").get_data(as_text=True)
    assert 'href="/data.csv?pop=refugee&amp;hxl=1"' in html
    assert 'href="/map.pdf?pop=refugee&amp;paper=Letter"' in html
    assert client.get("/data.csv?pop=refugee&hxl=1").status_code == 200
    assert client.get("/download?v=000000000000").status_code == 404


def test_a_page_that_is_not_there_offers_nothing(client: FlaskClient):
    assert "download-menu" not in client.get("/nowhere").get_data(as_text=True)


# ----------------------------------------------------------------------------------- in a browser


@browsed
def test_the_menu_opens_and_leads_to_files_without_scripts(browser: Browser, site: str):
    page = opened(visited(browser, f"{site}/sources", java_script_enabled=False))
    expect(link(page, "data.csv")).to_be_visible()
    with page.expect_download() as download:
        link(page, "data.csv").click()
    assert Path(download.value.path()).read_text("utf-8").startswith("date,round,pcode,name")
    page.context.close()


@browsed
def test_the_menu_follows_the_map_and_saves_under_the_files_own_name(browser: Browser, site: str):
    page = visited(browser, f"{site}/?pop=returnee")
    page.locator("html[data-dash]").wait_for()
    expect(page.locator("#headline")).to_contain_text("returnees")
    page.get_by_label("Syrian refugees").check()
    expect(page.locator("#headline")).to_contain_text("refugees")
    opened(page)
    expect(link(page, "data.csv")).to_have_attribute("href", re.compile(r"[?&]pop=refugee\b"))
    with page.expect_download() as download:
        link(page, "data.csv").click()
    assert download.value.suggested_filename == "iraq-refugee-people-governorates-2017-08-31.csv"
    expect(page.locator(".download-said")).to_contain_text("iraq-refugee")
    page.context.close()


@browsed
def test_a_server_without_room_is_asked_again_and_that_is_said(browser: Browser, site: str):
    page = opened(visited(browser, f"{site}/sources"))
    asked: list[str] = []

    def answered(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            headers = {"Retry-After": "1", "Content-Type": "application/json"}
            route.fulfill(status=503, headers=headers, body="{}")
        else:
            route.continue_()

    page.route("**/map.svg*", answered)
    with page.expect_download():
        link(page, "map.svg").click()
        expect(page.locator(".download-said")).to_contain_text("asking again")
    assert len(asked) == 2
    page.context.close()


@browsed
def test_a_file_that_is_refused_says_why(browser: Browser, site: str):
    page = opened(visited(browser, f"{site}/sources"))
    page.route(
        "**/map.pdf*",
        lambda route: route.fulfill(
            status=400, json={"error": {"sentence": "That date is not known."}}
        ),
    )
    link(page, "map.pdf").click()
    expect(page.locator(".download-said")).to_have_text("That date is not known.")
    page.context.close()


@browsed
def test_escape_closes_the_menu_and_gives_the_focus_back(browser: Browser, site: str):
    page = opened(visited(browser, f"{site}/sources"))
    link(page, "map.png").focus()
    page.keyboard.press("Escape")
    expect(link(page, "map.png")).to_be_hidden()
    expect(page.locator(".download-menu summary")).to_be_focused()
    opened(page)
    page.mouse.click(5, 600)  # beside all that can be used
    expect(link(page, "map.png")).to_be_hidden()
    page.context.close()


@browsed
@pytest.mark.parametrize("width", [320, 1280])
def test_the_open_menu_is_within_the_screen(browser: Browser, site: str, width: int):
    page = opened(visited(browser, f"{site}/sources", viewport={"width": width, "height": 700}))
    box = page.locator(".download-list").bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
    page.context.close()
