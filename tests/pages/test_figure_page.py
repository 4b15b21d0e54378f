"""docs/figure.md does what it says: its notebooks run, its Dash page shows the product's map."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import plotly
import plotly.graph_objects as go
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from geodata.exports.plotly_figure import plotly_json
from geodata.exports.provenance import provenance_of
from geodata.figures.view import View
from geodata.text.area_labels import area_labels
from geodata.util.json_encoding import to_json
from tests.paths import ROOT
from tests.servers import free_port, wait_for
from tests.views import viewed
from tests.windows import Watched

DOCUMENT = (ROOT / "docs" / "figure.md").read_text("utf-8")
WITH_SERVER, IN_CHECKOUT, DASH_PAGE = re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.M | re.S)
SERVER, PORT = "http://127.0.0.1:8050", "8060"
SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

# Areas as Plotly has drawn them: P-code, colour, and the middle of the largest piece in the window.
DRAWN = """() => [...document.querySelectorAll('.choroplethlocation')].map((path) => {
  const { x, y, width, height } = path.getBoundingClientRect();
  return { pcode: path.__data__.loc, colour: getComputedStyle(path).fill, x, y, width, height };
})"""


def colours(view: View) -> dict[str, str]:
    """The colour of every area of a view without a status, by P-code, as browsers write it."""
    at = view.on_its_date()
    found = zip(at.counts.areas.pcodes, at.classes.tolist(), strict=True)
    return {pcode: rgb(at.scale.colors[k]) for pcode, k in found if k >= 0}


def rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


# -------------------------------------------------------------------------------------- a notebook


def run(code: str) -> dict[str, Any]:
    """What a notebook's cell leaves behind."""
    names: dict[str, Any] = {}
    exec(compile(code, "docs/figure.md", "exec"), names)
    return names


def test_a_notebook_reads_the_figure_of_a_server(site: str, snapshot):
    found = run(WITH_SERVER.replace(SERVER, site))["map_of_returnees"]
    assert isinstance(found, go.Figure)
    at = viewed(snapshot, pop="returnee", time="2018-08-31").on_its_date()
    assert found.layout.meta["headline"] == provenance_of(at, "").headline
    assert sum(len(trace.locations) for trace in found.select_traces({"type": "choropleth"})) == 18


def test_a_notebook_in_a_checkout_makes_the_figure_itself(snapshot):
    found = run(IN_CHECKOUT)["map_of_districts"]
    assert isinstance(found, go.Figure) and found.layout.height == 900
    drawn = [
        pcode for trace in found.select_traces({"type": "choropleth"}) for pcode in trace.locations
    ]
    assert sorted(drawn) == sorted(viewed(snapshot, level="2").counts.areas.pcodes)


# ------------------------------------------------------------------------- a Dash page of others


@pytest.fixture
def dash_page(site: str, tmp_path: Path) -> Iterator[str]:
    """Where the page of the document is served, which asks the site for its figures."""
    port = free_port()
    assert SERVER in DASH_PAGE and PORT in DASH_PAGE
    script = tmp_path / "app.py"
    script.write_text(DASH_PAGE.replace(SERVER, site).replace(PORT, str(port)), "utf-8")
    server = subprocess.Popen([sys.executable, str(script)], cwd=tmp_path)
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(timeout=30)


def drawn(page: Page, view: View) -> list[dict[str, Any]]:
    """The areas on a page, once it shows the date of a view."""
    at = view.on_its_date()
    said = page.locator(".gtitle-subtitle")
    expect(said).to_contain_text(at.language.date(at.date, "long"), timeout=60_000)
    found: list[dict[str, Any]] = page.evaluate(DRAWN)
    return found


def test_the_page_is_of_twenty_lines():
    assert len([line for line in DASH_PAGE.splitlines() if line]) <= 20


@pytest.mark.browser
def test_a_dash_page_of_others_shows_the_map_in_the_products_colours(
    dash_page: str, watched: Callable[..., Watched], snapshot
):
    page = watched().page
    page.goto(dash_page)
    for date in ("2024-12-31", "2017-05-15"):
        if date != "2024-12-31":
            page.locator("#date").click()
            page.get_by_role("searchbox").fill(date)
            page.get_by_role("option", name=date).click()
            page.keyboard.press("Escape")
        view = viewed(snapshot, time=date)
        found = drawn(page, view)
        assert len(found) == 18
        wanted = colours(view)
        assert {each["pcode"]: each["colour"] for each in found} | wanted == {
            each["pcode"]: each["colour"] for each in found
        }
        assert len(set(wanted.values())) > 3
    largest = max(found, key=lambda each: each["width"] * each["height"])
    page.mouse.move(
        largest["x"] + largest["width"] / 2, largest["y"] + largest["height"] / 2, steps=5
    )
    said = {each.pcode: each.sentence for each in area_labels(view.on_its_date())}
    expect(page.locator(".hoverlayer")).to_contain_text(said[largest["pcode"]])


# ------------------------------------------------------------------------------ seen without colour


def shown(browser: Browser, view: View) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Areas and picture, in grey, of the figure of a view, without its names."""
    at = view.on_its_date()
    spec = plotly_json(at, provenance_of(at, ""))
    assert spec["data"].pop()["name"] == "names"
    page = browser.new_page(viewport={"width": 1000, "height": 760})
    page.set_content('<body style="margin:0"><div id="map"></div>')
    page.add_script_tag(path=str(SCRIPT))
    page.evaluate(
        "made => Plotly.newPlot('map', made.data, made.layout).then(() => 1)",
        json.loads(to_json(spec)),
    )
    found, picture = page.evaluate(DRAWN), page.screenshot()
    page.close()
    return found, np.asarray(Image.open(io.BytesIO(picture)).convert("L"), dtype=float)


@pytest.mark.browser
@pytest.mark.parametrize(
    "query",
    ["pop=returnee&time=2018-08-31", "prog=PHSS&time=2018-08-31", "level=2&time=2017-05-15"],
)
def test_statuses_are_seen_in_a_picture_without_colour(browser: Browser, snapshot, query):
    view = viewed(snapshot, query)
    letters = dict(zip(view.counts.areas.pcodes, view.on_its_date().status.tolist(), strict=True))
    found, grey = shown(browser, view)
    large = [each for each in found if each["width"] > 60 and each["height"] > 60]
    patterned = {}
    for each in large:
        x, y = round(each["x"] + each["width"] / 2), round(each["y"] + each["height"] / 2)
        patterned[each["pcode"]] = grey[y - 8 : y + 8, x - 8 : x + 8].std() > 3
    hatched = {pcode for pcode in patterned if letters[pcode] not in "cz"}
    assert hatched and all(patterned[pcode] for pcode in hatched)
    # Elsewhere nothing is in the way of a colour but the border of a neighbour.
    counted = [patterned[pcode] for pcode in set(patterned) - hatched]
    assert counted and sum(counted) <= len(counted) / 2
