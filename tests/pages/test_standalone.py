"""The map as one file: it opens from a disk, asks for nothing, and says what it is."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from geodata.snapshots.snapshot import Snapshot
from tests.documents import Document, words

QUERY = "pop=returnee&time=2018-08-31"


@pytest.fixture
def saved(client: FlaskClient, tmp_path: Path):
    """Save a view as one file; where it is."""

    def save(query: str = QUERY) -> Path:
        answer = client.get(f"/map.html?{query}")
        assert answer.status_code == 200
        path = tmp_path / "map.html"
        path.write_bytes(answer.data)
        return path

    return save


def opened(browser: Browser, path: Path) -> tuple[Page, list[str], list[str]]:
    """Open a file where there is no network; the page, what it asked for, what was said."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_function("() => document.documentElement.dataset.live")
    return page, asked, said


def test_the_file_loads_nothing_and_says_where_it_is_from(saved, snapshot: Snapshot) -> None:
    text = saved().read_text("utf-8")
    page = Document(text)
    assert page.values("src") == []
    assert [each["rel"] for each in page.all("link")] == ["canonical", "icon"]
    assert "default-src 'none'" in unescape(text)
    said = words(text)
    assert "Where people have returned in Iraq" in said
    assert f"{dt.datetime.now(dt.UTC).date():%Y}" in page.text("saved")
    assert f"snapshot {snapshot.version}" in page.text("saved")
    assert f"http://localhost/?{QUERY}&v={snapshot.version}" in page.text("saved")
    for source in snapshot.manifest["sources"]:
        if source["id"] == "iom-dtm":
            assert source["credit"] in said and source["terms"] in said
    assert "do not imply official endorsement" in said


def test_it_is_saved_under_a_name_that_says_what_is_in_it(client: FlaskClient) -> None:
    answer = client.get(f"/map.html?{QUERY}")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="iraq-returnee-')
    assert not answer.cache_control.immutable
    assert client.get("/map.html?pop=nobody").status_code == 400
    assert client.get("/map.html?v=000000000000").status_code == 404


def test_it_is_offered_with_the_other_files(client: FlaskClient) -> None:
    for path in ("/", "/download"):
        assert f"/map.html?{QUERY}" in client.get(f"{path}?{QUERY}").get_data(as_text=True).replace(
            "&amp;", "&"
        )


def test_nothing_in_it_can_end_its_script(saved) -> None:
    text = saved().read_text("utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    assert text.count("</script>") == text.count("<script")
    assert script.rstrip().endswith("})();")


def test_it_works_from_a_disk(browser: Browser, saved) -> None:
    page, asked, said = opened(browser, saved())
    expect(page.locator("#headline")).to_have_text("4,028,694 returnees on 31 August 2018")
    page.locator("path[data-pcode='IQG15']").hover()
    expect(page.locator("#tooltip")).to_contain_text("Ninewa")
    page.get_by_role("slider", name="Date", exact=True).focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#headline")).to_contain_text("15 August 2018")
    page.keyboard.press("Home")
    expect(page.locator("#headline")).to_contain_text("1 April 2014")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == 1
    assert said == []
    page.context.close()


def test_it_speaks_the_language_of_the_view(browser: Browser, saved) -> None:
    page, _, said = opened(browser, saved("lang=ar&level=2"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("html").get_attribute("lang") == "ar"
    expect(page.locator("path[data-pcode]")).to_have_count(101)
    assert said == []
    page.context.close()
