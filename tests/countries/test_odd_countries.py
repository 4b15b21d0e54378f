"""Whatever snapshot the commands can make, every address answers, and what is offered is there.

The countries (:mod:`tests.odd_countries`) are made up, and odd. Each is made by the commands,
followed by a running application and asked for at every address that the application has.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from dash import Dash
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app import create_app
from geodata import populations
from geodata.settings import BUNDLED, Settings
from tests.odd_countries import ODD, Making

pytestmark = pytest.mark.slow

NOT_OFFERED = (
    "level=3", "level=2&pop=nobody", "mode=sideways", "measure=rate&level=2", "by=moon",
    "area=FR99", "area=IQG15", "prog=NONE", "time=1900-01-01", "time=R77", "time=latest",
    "base=1900-01-01&mode=change", "classes=none", "lang=xx", "v=000000000000", "level=2&area=FR01",
    "area=FR0101", "pop=refugee&measure=households&level=2&mode=change&prog=WASH",
)  # fmt: skip
# Each of them is made of the drawing and of the words that other files have, and takes seconds.
SLOW = ("/map.zip", "/timelapse.gif", "/briefing.pptx", "/briefing.pdf")
SLOWLY = (
    "districts_counted_and_not_drawn", "one_area_on_one_date", "nowhere", "nobody",
    "islands_too_small_to_draw", "hostile_names",
)  # fmt: skip
PUBLISHED = ("districts_counted_and_not_drawn", "nowhere")
OTHERS = ("with=returnee", "with=~", "with=2023-03-31", "by=programme")


@dataclass(frozen=True)
class Site:
    """An application that follows a library."""

    made: Making
    app: Dash

    def follow(self) -> None:
        """Serve what is active now."""
        self.app.server.extensions["displacement-context"].registry.refresh()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = Making(tmp_path_factory.mktemp("odd"))
    ODD["one_area_on_one_date"](made)
    return Site(made, create_app(Settings(snapshots=made.library, snapshot=BUNDLED)))


@pytest.fixture(scope="module", params=ODD)
def odd(request: pytest.FixtureRequest, site: Site) -> Walk:
    """A country, served."""
    ODD[request.param](site.made)
    site.follow()
    walk = Walk(request.param, site.app, site.app.server.test_client())
    assert walk.json("/readyz")["snapshot"] == site.made.version, walk.json("/readyz")
    return walk


@dataclass
class Walk:
    """Goes from address to address of one country."""

    name: str
    app: Dash
    client: FlaskClient

    def get(self, path: str) -> Any:
        """Ask; whatever is answered, it is no error of the server."""
        answer = self.client.get(path)
        assert answer.status_code < 500, f"{self.name}: {path} answers {answer.status}"
        return answer

    def json(self, path: str) -> Any:
        """What is offered is there, too."""
        return self.shown(path).get_json()

    def shown(self, path: str) -> Any:
        """Ask for what is offered."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{self.name}: {path} answers {answer.text[:300]}"
        return answer

    def refused(self, path: str) -> str:
        """Ask for what is not offered; the sentence that says so."""
        answer = self.get(path)
        assert answer.status_code in (400, 404), f"{self.name}: {path} answers {answer.status}"
        sentence: str = answer.get_json()["error"]["sentence"]
        assert sentence.endswith((".", "?")), sentence
        return sentence

    @property
    def rules(self) -> list[Rule]:
        """Every address that can be asked for."""
        return [rule for rule in self.app.server.url_map.iter_rules() if "GET" in rule.methods]

    def addresses(self) -> Iterator[str]:
        """Every address, with something and with nothing in each of its blanks."""
        blanks = {
            "level": "123x",
            "pcode": ("FR01", "FR0101", "IQG01", "x"),
            "theme": ("auto", "x"),
        }
        for rule in self.rules:
            if rule.rule in SLOW:
                continue
            names = sorted(rule.arguments - set(rule.defaults or ()))
            for values in product(*(blanks.get(name, ("no-such",)) for name in names)):
                path = rule.rule
                for name, value in zip(names, values, strict=True):
                    path = re.sub(rf"<(\w+:)?{name}>", value, path)
                yield path

    def offered(self) -> Iterator[str]:
        """Every population, level, measure and mode that the API says there is."""
        for population in self.json("/api/v1/meta.json")["populations"]:
            code = population["code"]
            for level in population["levels"]:
                view = self.json(f"/api/v1/view.json?pop={code}&level={level}")
                for measure, mode in product(view["available"]["measures"], populations.MODES):
                    yield f"pop={code}&level={level}&measure={measure}&mode={mode}"


PAGES = (
    "/",
    "/embed",
    "/compare",
    "/share",
    "/download",
    "/sources",
    "/briefing",
    "/briefing/edit",
)
STATED = (
    "/",
    "/embed",
    "/compare",
    "/map.svg",
    "/data.csv",
    "/data.geojson",
    "/map.html",
    "/share",
)


def test_every_address_of_an_odd_country_answers(
    odd: Walk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        for path in odd.addresses():
            odd.get(path)
        turns = cycle(STATED)
        for state in odd.offered():
            odd.shown(f"/api/v1/view.json?{state}")
            plain = "measure=people&mode=level" in state
            for path in STATED[:6] if plain else islice(turns, 2):
                odd.shown(f"{path}?{state}")
        _walk_dates(odd)
        _walk_areas(odd)
        _walk_programmes(odd)
        _walk_others(odd)
        if odd.name in SLOWLY:
            for path in SLOW:
                odd.shown(path)
    assert not caplog.records, caplog.text


def _walk_dates(odd: Walk) -> None:
    for population in odd.json("/api/v1/meta.json")["populations"]:
        for day in {population["dates"][0], population["dates"][-1]}:
            state = f"pop={population['code']}&time={day}&base={day}&mode=change"
            for path in ("/", "/embed", "/compare", "/data.json", "/api/v1/area/FR01.json"):
                odd.shown(f"{path}?{state}")


def _walk_areas(odd: Walk) -> None:
    for population in odd.json("/api/v1/meta.json")["populations"]:
        for level in population["levels"]:
            odd.shown(f"/api/v1/areas/{level}.topojson")
            view = odd.json(f"/api/v1/view.json?pop={population['code']}&level={level}")
            assert view["areas"], "a level without areas is none"
            for area in {area["pcode"] for area in (view["areas"][0], view["areas"][-1])}:
                state = f"pop={population['code']}&level={level}"
                odd.shown(f"/api/v1/area/{area}.json?{state}")
                odd.shown(f"/?{state}&area={area}")


def _walk_programmes(odd: Walk) -> None:
    for programme in odd.json("/api/v1/meta.json")["programmes"]:
        for path, more in product(("/", "/compare", "/data.csv", "/map.svg"), ("", "&mode=change")):
            odd.shown(f"{path}?prog={programme['code']}{more}")


def _walk_others(odd: Walk) -> None:
    """Other languages, other sides of a comparison, links for other sites."""
    for lang, path in product(("ar", "ckb"), ("/", "/embed", "/map.svg", "/data.csv", "/sources")):
        odd.shown(f"{path}?lang={lang}")
    for other in OTHERS:
        odd.get(f"/compare?{other}")
    for page in PAGES[:4]:
        odd.get(f"/oembed?url={quote(f'http://localhost{page}')}")


# What has no answer is not assessed, in the words of the map; nobody is none, of nobody, too.
TOLD = {
    "nobody": {"measure=share": ["zzz", "zzz"], "measure=share&mode=change": ["zzz", "zzz"]},
    "residents_of_all": {"measure=rate": ["cnc", "cnc"]},
    "households_on_one_date": {
        "measure=households&level=2": ["cncncn"],  # their dates end with them
        "measure=people&level=2": ["cccccc", "cccccc"],
    },
    "nowhere": {"": ["nnn", "nnn"]},
}


def test_what_cannot_be_said_is_not_said(odd: Walk) -> None:
    for state, status in TOLD.get(odd.name, {}).items():
        assert odd.json(f"/api/v1/view.json?{state}")["status"] == status, state


def test_an_odd_country_is_published(odd: Walk, tmp_path: Path) -> None:
    if odd.name in PUBLISHED:
        result = odd.app.server.test_cli_runner().invoke(args=["publish", str(tmp_path / "out")])
        assert result.exit_code == 0, result.output
        assert (tmp_path / "out" / "index.html").is_file()


def test_what_an_odd_country_does_not_offer_is_refused_in_a_sentence(odd: Walk) -> None:
    turn = list(ODD).index(odd.name)  # each state on each page, in some of the countries
    for number, state in enumerate(NOT_OFFERED):
        if odd.get(f"/api/v1/view.json?{state}").status_code == 200:  # it does offer that
            odd.shown(f"/map.svg?{state}")
        else:
            assert odd.refused(f"/map.svg?{state}") == odd.refused(f"/data.csv?{state}")
        odd.get(f"{PAGES[(turn + number) % len(PAGES)]}?{state}")


def test_a_level_is_offered_where_it_can_be_shown(odd: Walk) -> None:
    for population in odd.json("/api/v1/meta.json")["populations"]:
        code = population["code"]
        page = odd.shown(f"/?pop={code}").text
        enabled = re.findall(
            r'<input type="radio" name="level" value="(\d)"(?![^>]*disabled)', page
        )
        assert [int(level) for level in enabled] == population["levels"], enabled
        if 2 not in population["levels"]:
            for path in ("/map.svg", "/data.csv", "/map.zip", "/api/v1/view.json"):
                assert "level may be 1" in odd.refused(f"{path}?pop={code}&level=2")
            for path in ("/", "/embed", "/compare"):
                said = unescape(odd.shown(f"{path}?pop={code}&level=2").text)
                assert "level may be 1" in said
