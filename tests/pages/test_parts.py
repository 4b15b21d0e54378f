"""Panels of the map page: made by Python, held by caches, shown and taken away by Dash."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from layouts import ids
from tests.documents import Document
from tests.windows import DASH, TAKEN_OVER, Watched

PARTS = ("area", "programmes", "table", "notes")
AREA = "area=IQG09&time=2019-04-30"


# ---- as answers


def _json(answer: Any) -> Any:
    return answer.get_json()


def components(node: Any) -> Iterator[dict[str, Any]]:
    """Every component of a tree as Dash has it in JSON."""
    if isinstance(node, list):
        for each in node:
            yield from components(each)
    elif isinstance(node, dict) and "props" in node:
        yield node
        yield from components(node["props"].get("children"))


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_a_snapshot_never_changes(client: FlaskClient, snapshot: Any, name: str) -> None:
    query = f"{AREA}&prog=PHSS"
    answer = client.get(f"/parts/{name}.json?{query}&v={snapshot.version}")
    assert answer.status_code == 200
    assert answer.cache_control.immutable and answer.cache_control.max_age == 31_536_000
    assert client.get(f"/parts/{name}.json?{query}").cache_control.no_cache
    again = {"If-None-Match": answer.headers["ETag"]}
    address = f"/parts/{name}.json?{query}&v={snapshot.version}"
    assert client.get(address, headers=again).status_code == 304
    types = {(each["namespace"], each["type"]) for each in components(answer.json)}
    assert types and all(namespace == "layouts" for namespace, _ in types)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("area=XX", 400),
        ("area=<script>", 400),
        ("pop=nobody", 400),
        ("time=yesterday", 400),
        ("v=000000000000", 404),
        ("pop=refugee&level=2", 400),
        ("prog=~~~&area=IQG01", 200),
        ("", 200),
    ],
)
@pytest.mark.parametrize("name", PARTS)
def test_what_there_is_not_is_answered_with_a_sentence(
    client: FlaskClient, name: str, query: str, status: int
) -> None:
    answer = client.get(f"/parts/{name}.json?{query}")
    if status == 200:
        assert answer.status_code in (200, 400)
        return
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert _json(answer)["error"]["sentence"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_part_that_fails_says_so_in_the_language_of_the_reader(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise LookupError("<b>")

    monkeypatch.setattr("layouts.area_panel.panel", fails)
    answer = client.get("/parts/area.json?area=IQG01&lang=ar")
    assert answer.status_code == 400
    assert "هذا الجزء من الصفحة" in _json(answer)["error"]["sentence"]
    assert "<b>" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("query", [AREA, "area=IQG15Q01&level=2&lang=ar", "area=IQG03&lang=ckb"])
def test_a_part_is_what_stands_in_the_document(client: FlaskClient, query: str) -> None:
    document = client.get(f"/?{query}&tab=table&prog=CRP").get_data(as_text=True)
    for name in PARTS:
        # The page's own links name no snapshot.
        part = client.get(f"/parts/{name}.json?{query}&tab=table&prog=CRP").json
        written = [each["props"]["written"] for each in components(part)]
        assert written
        assert [each for each in written if each not in document] == []


def test_links_of_a_frozen_page_keep_its_snapshot(client: FlaskClient, snapshot: Any) -> None:
    for more, kept in (("", False), ("&frozen=1", True)):
        answer = client.get(f"/parts/notes.json?v={snapshot.version}{more}")
        assert ("v=" in answer.get_data(as_text=True)) == kept


def test_few_people_stand_in_no_part(client: FlaskClient) -> None:
    """What the API hides is not in the panel either."""
    for pcode in ("IQG03", "IQG12", "IQG17"):
        shown = _json(client.get(f"/api/v1/area/{pcode}.json?pop=idp"))
        part = client.get(f"/parts/area.json?area={pcode}&pop=idp").json
        bars = {each["props"]["id"]: each["props"] for each in components(part)}
        for table in shown["breakdowns"]:
            rows = bars[f"area-{table['kind']}"]["values"]
            for t, row in enumerate(table["values"]):
                known = [n for n in row or [] if n]
                assert all(n in [m for m in rows[t] if m] for n in known)
                assert len([m for m in rows[t] if m]) <= max(
                    len([n for n in one["values"][t] or [] if n])
                    for one in shown["breakdowns"]
                    if one["kind"] == table["kind"]
                )


@pytest.mark.parametrize("query", ["pop=returnee&time=2021-02-28", "measure=share&level=2"])
def test_the_table_is_sorted_by_the_figures_that_are_shown(client: FlaskClient, query: str) -> None:
    """By no digit more, and none less: millions differ by one, shares show one decimal."""
    view = _json(client.get(f"/api/v1/view.json?{query}"))
    day = view["state"]["time"] or view["dates"][view["newest"]]
    row = view["values"][view["dates"].index(day)]
    figures = dict(zip((area["pcode"] for area in view["areas"]), row, strict=True))
    written = _json(client.get(f"/parts/table.json?{query}"))["props"]["written"]
    cells = re.findall(r'<td>(IQG\w+)</td><td class="number"(?: data-by="([^"]+)")?', written)
    assert {pcode: float(by) if by else None for pcode, by in cells} == figures


def test_the_page_without_scripts_has_panels_of_area_and_programmes(client: FlaskClient) -> None:
    page = Document(client.get(f"/?{AREA}&prog=PHSS").get_data(as_text=True))
    panel = page.text(ids.AREA)
    for words in ("Dahuk", "Where they were displaced from", "Shelter", "Programmes present"):
        assert words in panel
    assert "Governorates (10)" in page.text(ids.PROGRAMME)


# ---- in a browser


@pytest.fixture
def visited(watched: Callable[..., Watched], site: str) -> Callable[[str], Watched]:
    window = watched(site=site)

    def visit(query: str) -> Watched:
        window.open(f"{site}/?{query}")
        window.page.wait_for_function(TAKEN_OVER)
        window.requests.clear()
        return window

    return visit


def asked(window: Watched) -> list[str]:
    """Names of the parts that were asked for since."""
    found = [re.search(r"/parts/(\w+)\.", url) for url in window.requests]
    names = [match[1] for match in found if match]
    window.requests.clear()
    return sorted(names)


def step_back(page: Page) -> None:
    page.get_by_role("slider", name="Date", exact=True).focus()
    page.keyboard.press("ArrowLeft")


@pytest.mark.browser
def test_each_part_is_asked_for_when_it_is_needed_and_no_step_asks(
    visited: Callable[[str], Watched],
) -> None:
    window = visited("time=2019-04-30")
    page = window.page
    panel, title = page.locator("#area-card"), page.locator("#area-title")
    page.locator("#ranking button", has_text="Dahuk").click()
    panel.get_by_text("Households on 30 Apr 2019").first.wait_for()
    assert asked(window) == ["area"]
    step_back(page)
    panel.get_by_text("Households on 28 Feb 2019").first.wait_for()
    page.wait_for_url("**time=2019-02-28**")
    assert asked(window) == []
    page.locator("#measure label:has(input[value='households'])").click()
    panel.get_by_text("households · rank").wait_for()
    page.locator("#programmes label:has(input[value='PHSS'])").click()
    page.locator("#programme-card").get_by_text("Governorates (10)").wait_for()
    page.locator("#tab label", has_text="Table").click()
    page.locator("#table").get_by_text("28 February 2019").first.wait_for()
    window.requests.clear()
    step_back(page)
    page.locator("#table").get_by_text("31 December 2018").first.wait_for()
    assert asked(window) == ["table"]
    panel.get_by_role("link", name="Close").click()
    expect(panel).to_be_hidden()
    assert asked(window) == []
    page.go_back()
    title.wait_for()
    expect(title).to_have_text("Dahuk")


@pytest.mark.browser
def test_a_part_that_does_not_come_is_told_and_may_be_asked_for_again(
    visited: Callable[[str], Watched],
) -> None:
    window = visited("lang=ar")
    page = window.page
    page.route("**/parts/area.json*", lambda route: route.abort())
    page.locator("#ranking button").first.click()
    expect(page.locator("#notices")).to_contain_text("تعذّر تحميل الأرقام")
    expect(page.locator("#area-card")).to_be_hidden()
    page.unroute("**/parts/area.json*")
    page.locator("#notices button").click()
    page.locator("#area-title").wait_for()
    expect(page.locator("#notices")).to_be_hidden()
    window.console.clear()


@pytest.mark.browser
def test_without_dash_an_area_is_opened_by_its_address(browser: Any, site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route(DASH, lambda route: route.abort())
    page.goto(f"{site}/?time=2019-04-30")
    page.wait_for_function("() => document.documentElement.dataset.live")
    page.locator("#ranking button", has_text="Dahuk").click()
    page.wait_for_url("**area=IQG09**")
    page.locator("#area-card").get_by_text("Households on 30 Apr 2019").first.wait_for()
    step_back(page)
    page.locator("#area-card").get_by_text("Households on 28 Feb 2019").first.wait_for()
    context.close()


def test_the_document_does_not_hold_what_stands_in_it_twice(client: FlaskClient) -> None:
    text = client.get(f"/?{AREA}").get_data(as_text=True)
    layout = json.loads(
        re.search(r'id="dash-layout">(.*?)</script>', text)[1]  # type: ignore[index]
    )
    assert not [each for each in components(layout) if "written" in each["props"]]
