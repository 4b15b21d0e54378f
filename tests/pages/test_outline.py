"""Without neighbours around it, a country is told from the ground by its borders, "None", too.

Farland (:mod:`tests.far_country`) is made up and lies alone; Iraq has neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import expect

from geodata.exports.drawing.themes import THEMES
from geodata.settings import BUNDLED
from tests.colours import contrast, tokens
from tests.odd_countries import Making, by_district
from tests.paths import ROOT
from tests.windows import Watched

GRAPHIC = 3.0  # WCAG 2.2, 1.4.11
LIGHT, DARK = tokens((ROOT / "assets" / "css" / "tokens.css").read_text("utf-8"))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A library of a country where nobody lives, but for one district on the first date."""
    made = Making(tmp_path_factory.mktemp("alone"))
    made.drawn(districts=True)
    counted = by_district([700, 0, 0, 0, 0, 0], ["2023-03-31"])
    made.table([*counted, *by_district([0] * 6, ["2023-06-30"])], "--allow-fall")
    return made.library


@pytest.fixture(scope="module")
def alone(empty: str, client_of: Callable[..., FlaskClient]) -> FlaskClient:
    return client_of(snapshots=empty, snapshot=BUNDLED)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_an_outline_is_seen_beside_none_and_beside_the_ground(theme):
    for beside in ("zero", "sea", "card"):
        assert contrast(theme["outline"], theme[beside]) >= GRAPHIC, beside


@pytest.mark.parametrize(("name", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_pictures_have_the_outline_of_the_pages(name, theme):
    assert THEMES[name]["outline"] == theme["outline"]


def stroke_of(answer: str) -> str:
    """Colour of the borders in a document, or what a page says of its maps."""
    if found := re.search(r"\.areas path\{stroke:(#[0-9a-f]+|[^;]+);", answer):
        return found[1]
    raise AssertionError("no borders")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("level", [1, 2])
def test_a_drawing_has_borders_that_are_seen(alone, client, theme, level):
    address = f"/map.svg?level={level}&theme={theme}"
    told = {each: stroke_of(each.get(address).text) for each in (alone, client)}
    assert told == {alone: THEMES[theme]["outline"], client: THEMES[theme]["border"]}


@pytest.mark.parametrize(
    "path", ["/map.png?level=2&width=1200", "/card.png", "/map.png?theme=dark"]
)
def test_a_picture_of_nobody_shows_where_the_country_is(alone, path):
    """Every colour of the ground is the same: what else is in the map's part are its borders."""
    picture = Image.open(BytesIO(alone.get(path).data)).convert("RGB")
    theme = THEMES["dark" if "dark" in path else "light"]
    wanted = tuple(bytes.fromhex(theme["outline"][1:]))
    near = [
        n
        for n, colour in picture.getcolors(picture.width * picture.height) or []
        if max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) < 24  # type: ignore[arg-type]
    ]
    assert sum(near) > picture.height, "the sides of a province alone are as many"


@pytest.mark.parametrize(
    "path", ["/", "/?level=2", "/embed?level=2", "/compare?level=2", "/briefing", "/map.html"]
)
def test_maps_in_pages_are_known_by_their_style_sheet(alone, client, path):
    with_neighbours = client.get(path).text
    page = alone.get(path).text
    maps = re.findall(r'<svg class="(map[^"]*|small areas[^"]*)"', page)
    assert maps and all(each.endswith(" alone") for each in maps)
    assert '"map alone"' not in with_neighbours and 'class="stage alone"' not in with_neighbours
    assert ('class="stage alone"' in page) == (path[:2] in ("/", "/?"))


def test_borders_are_seen_in_a_browser(empty, serving_with, watched):
    site = serving_with(DISPLACEMENT_SNAPSHOTS=empty)
    outline = "rgb(128, 140, 152)"
    window: Watched = watched(site=site)
    for path in ("/embed?level=2", "/compare?level=2"):
        page = window.open(f"{site}{path}")
        expect(page.locator(".areas path[data-pcode]").first).to_have_css("stroke", outline)
    page = window.open(f"{site}/?level=2")
    drawn = page.locator(".areas path[data-pcode]")
    expect(drawn).to_have_count(6)
    expect(drawn.first).to_have_css("stroke", outline)
