"""The field above the map suggests places in any language and of both levels, and goes there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from tests.windows import TAKEN_OVER, Watched

MIDDLE = """(pcode) => {
  const middle = (node) => {
    const { left, top, width, height } = node.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const [stage, area] = [document.querySelector('#map-stage'), document.querySelector(
    `#map path[data-pcode="${pcode}"]`)];
  if (!area) return false;
  const [[x, y], [left, top]] = [middle(stage), middle(area)];
  const { width, height } = stage.getBoundingClientRect();
  return Math.abs(x - left) < width / 4 && Math.abs(y - top) < height / 4;
}"""


@pytest.mark.browser
def test_a_place_is_suggested_and_gone_to_by_keyboard(
    watched: Callable[..., Watched], site: str
) -> None:
    window = watched(1440, 960)
    page = window.open(f"{site}/?lang=en")
    page.wait_for_function(TAKEN_OVER)
    assert not [url for url in window.requests if "places" in url]
    field, options = (
        page.get_by_label("Find a place").first,
        page.locator("#place-list li"),
    )
    field.focus()
    field.press_sequentially("نين")
    expect(options).to_have_text(["Ninewa Governorate"])
    field.fill("kirk")
    expect(options).to_have_text(["Kirkuk Governorate", "Kirkuk District · Kirkuk"])
    expect(field).to_have_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "true")
    for key, marked in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowDown", -1), ("ArrowUp", 1)):
        field.press(key)
        expect(page.locator("[role=option][aria-selected=true]")).to_have_count(int(marked >= 0))
        active = field.get_attribute("aria-activedescendant")
        assert active == (f"place-{marked}" if marked >= 0 else None)
    field.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_attribute("aria-expanded", "false")

    # A governorate, by a name that the page does not show.
    field.fill("Nineveh")
    expect(options).to_have_count(1)
    field.press("Enter")
    expect(page.locator("#area-card .panel-title")).to_have_text("Ninewa")
    assert "area=IQG15" in page.url and "level=2" not in page.url
    page.wait_for_function(MIDDLE, arg="IQG15")
    asked = [url for url in window.requests if "places" in url]
    assert len(asked) == 1 and "v=" in asked[0]

    # A district, though governorates are shown: the level is another, and Back leads back.
    field.fill("سنجار")
    expect(options).to_have_count(1)
    options.first.click()
    page.wait_for_url("**level=2**area=IQG15Q07**")
    expect(page.locator("#area-card .panel-title")).to_have_text("Sinjar")
    page.wait_for_function(MIDDLE, arg="IQG15Q07")
    expect(page.locator("#level input[value='2']")).to_be_checked()

    # What is no place: the server's sentence, and a way to the nearest.
    field.fill("Ninwah")
    expect(options).to_have_count(0)
    field.press("Enter")
    expect(page.locator(".place-status")).to_contain_text("Do you mean Ninewa?")
    page.locator(".place-status button").click()
    expect(page.locator("#area-card .panel-title")).to_have_text("Ninewa")
    expect(page.locator(".place-status")).to_be_empty()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lang", "typed", "title"), [("ar", "Erbil", "أربيل"), ("ckb", "هەولير", "هەولێر")]
)
def test_a_place_is_found_on_a_phone_and_shown_in_its_sheet(
    watched: Callable[..., Watched], site: str, lang: str, typed: str, title: str
) -> None:
    page = watched(360, 640, has_touch=True, reduced_motion="reduce").open(f"{site}/?lang={lang}")
    field = page.locator("#place")
    field.fill(typed)
    option = page.locator("#place-list li").first
    expect(option).to_contain_text(title)
    box = option.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360
    option.tap()
    expect(page.locator(".area-sheet h2")).to_contain_text(title)
    page.wait_for_function(
        """() => document.querySelector('path[data-pcode=IQG11]').getBoundingClientRect().bottom
            <= document.querySelector('.area-sheet').getBoundingClientRect().top"""
    )


def test_without_scripts_the_form_leads_to_the_place_or_says_which_may_be_meant(
    client: FlaskClient,
) -> None:
    shown = {"pop": "returnee", "lang": "ar", "time": "2019-04-30"}
    answer = client.get("/place", query_string={**shown, "q": "Sinjar"})
    assert answer.status_code == 303
    query = "?pop=returnee&time=2019-04-30&lang=ar&area=IQG15Q07&level=2"
    assert answer.headers["Location"] == f"/{query}#area-card"
    # A population without figures by district stays as it is.
    refugees = client.get("/place?pop=refugee&q=Sinjar").headers["Location"]
    assert "level=" not in refugees and "area=IQG15Q07" in refugees

    several = client.get("/place?q=kirk&measure=share")
    text = several.get_data(as_text=True)
    assert several.status_code == 200
    assert "/?measure=share&amp;area=IQG13#area-card" in text
    assert "/?measure=share&amp;area=IQG13Q04&amp;level=2#area-card" in text

    none = client.get("/place", query_string={"q": "<b>xyzzyq</b>"})
    assert none.status_code == 404
    assert "<b>xyzzyq" not in none.get_data(as_text=True)
    assert client.get("/place").status_code == 404
    assert client.get("/place?q=erbil&v=000000000000").status_code == 404


def test_places_are_sent_once_for_a_language_and_may_be_kept(client: FlaskClient) -> None:
    version = client.get("/readyz").get_json()["snapshot"]
    answer = client.get(f"/parts/places.json?lang=ckb&v={version}")
    assert answer.cache_control.immutable
    places = {place["pcode"]: place for place in answer.get_json()["places"]}
    assert places["IQG11"]["name"] == "هەولێر"
    assert {"erbil", "hawler"} & set(places["IQG11"]["spellings"])
    assert client.get("/parts/places.json?v=0").status_code == 404
    assert client.get("/parts/places.json?q=Erbil").get_json()["place"] == "IQG11"
