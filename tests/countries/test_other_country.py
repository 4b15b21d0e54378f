"""Another country's boundaries and table make another country's map: nothing is about Iraq.

Farland (:mod:`tests.far_country`) is made up, with districts and without.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
import shapely.affinity
from flask.testing import FlaskClient
from pptx import Presentation

from app import create_app
from geodata.boundaries.points import Governorates, point_code
from geodata.exports.drawing.country import drawing
from geodata.i18n.language import load_language
from geodata.settings import BUNDLED, Settings
from geodata.snapshots.library import Library
from geodata.snapshots.snapshot import load
from tests import far_country
from tests.commanding import base_of, run
from tests.documents import words
from tests.paths import ROOT
from tests.source_code import PATHS, nodes

pytestmark = pytest.mark.slow

OURS = re.compile(r"\bIraq|IQG|\bIRQ\b|\bCSO\b|\bIOM\b|\bDTM\b|Halabja|Baghdad|Kurd|Syria")

PAGES = ("/", "/embed", "/compare", "/briefing", "/sources", "/share", "/download")
TEXTS = ("/map.svg", "/data.csv", "/data.geojson", "/api/v1/view.json", "/api/v1/meta.json")
ANY_STATE = ("/", "/embed", "/compare", "/map.svg", "/data.csv", "/api/v1/view.json")
PICTURES = (
    "/map.png",
    "/map.pdf",
    "/briefing.pdf",
    "/timelapse.gif",
    "/timelapse.webp",
    "/timelapse.mp4",
    "/card.png",
)
STATES = (
    "", "mode=change", "mode=change&time=2023-03-31", "measure=share", "prog=WASH",
    "prog=WASH&mode=change", "area=FR01", "time=2023-03-31", "classes=jenks", "classes=quantiles",
)  # fmt: skip


@dataclass(frozen=True)
class Far:
    """An installation that holds Farland and nothing else."""

    levels: int
    library: str
    boundaries: str
    client: FlaskClient


@dataclass(frozen=True)
class Held:
    """A library that holds Farland, and what was said when that was brought in."""

    library: str
    boundaries: str
    said: str

    def copied(self, folder: Path) -> Held:
        """Copy the library into a folder, to be changed there."""
        return replace(self, library=str(shutil.copytree(self.library, folder / "library")))

    def counted(self, folder: Path, **options: Any) -> Held:
        """Add a programme and the first figures, from files in a folder."""
        path, mapping = far_country.programmes(folder)
        base = self.boundaries
        held = run(self.library, "ingest", "programmes", path, "--mapping", mapping, "--base", base)
        path, mapping = far_country.table(folder, **options)
        base = base_of(held)
        words = ("ingest", "table", path, "--mapping", mapping, "--base", base)
        return replace(self, said=run(self.library, *words))

    def followed(self, levels: int) -> Far:
        """Serve it."""
        app = create_app(Settings(snapshots=self.library, snapshot=BUNDLED))
        return Far(levels, self.library, self.boundaries, app.server.test_client())


def bounded(folder: Path, *files: Path) -> Held:
    """Add boundaries of Farland to an empty library in a folder."""
    library = str(folder / "library")
    said = run(
        library, "boundaries", "add", *files, "--new", "--country-name", far_country.NAME,
        "--country-code", far_country.CODE, "--mapping", far_country.boundary_mapping(folder),
    )  # fmt: skip
    return Held(library, base_of(said), said)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Held]:
    """Bring in the boundaries alone, once with each number of levels; not to be changed."""

    @cache
    def begin(levels: int) -> Held:
        folder = tmp_path_factory.mktemp("begun")
        files = [far_country.written(far_country.provinces(), folder / "provinces.geojson")]
        if levels == 2:
            files.append(far_country.written(far_country.districts(), folder / "districts.gpkg"))
        return bounded(folder, *files)

    return begin


@pytest.fixture(scope="module")
def shown(
    tmp_path_factory: pytest.TempPathFactory, begun: Callable[[int], Held]
) -> Callable[[int], Held]:
    """Bring in the first figures, too, once with each number of levels; not to be changed."""

    @cache
    def show(levels: int) -> Held:
        folder = tmp_path_factory.mktemp("shown")
        return begun(levels).copied(folder).counted(folder, by_district=levels == 2)

    return show


@pytest.fixture(scope="module", params=[1, 2], ids=["governorates", "districts"])
def far(request: pytest.FixtureRequest, shown: Callable[[int], Held]) -> Far:
    return shown(request.param).followed(request.param)


@pytest.fixture
def view(far: Far) -> Callable[..., dict[str, Any]]:
    def asked(query: str = "") -> dict[str, Any]:
        found: dict[str, Any] = far.client.get(f"/api/v1/view.json?{query}").get_json()
        return found

    return asked


# -------------------------------------------------------------------------------- from nothing


def test_a_country_without_figures_is_held_and_cannot_be_shown(begun, tmp_path):
    held = begun(2).copied(tmp_path)
    library, said, version = held.library, held.said, held.boundaries
    assert f"Snapshot {version} is held. It has no figures yet, and cannot be shown." in said
    assert "Boundaries of Farland: 3 governorates, 6 districts" in said
    assert (Library(library).active(), Library(library).versions()) == (None, [version])
    refused = run(library, "snapshot", "activate", version, code=3)
    assert "has no figures yet, and cannot be shown" in refused
    held = Library(library).read(version)
    assert held.manifest["country"] == {
        "code": "FAR",
        "name": "Farland",
        "disclaimer": "The boundaries and names shown and the designations used on this map do "
        "not imply official endorsement or acceptance.",
        "residents_year": None,
        "household_sizes": [],
        "former_codes": [],
        "pillars": {},
        "notes": [],
        "shelter_notes": [],
    }
    filled = {name for name, frame in held.tables.items() if len(frame)}
    assert filled == {"areas", "sources"}
    assert list(held.tables.sources["role"]) == ["boundaries"]
    assert {name: len(held.topology["objects"][name]["geometries"]) for name in (
        "governorates", "districts", "neighbours", "cities",
    )} == {"governorates": 3, "districts": 6, "neighbours": 0, "cities": 0}  # fmt: skip


def test_its_first_figures_make_it_the_active_one(far):
    library = Library(far.library)
    active = library.active()
    assert active and active != far.boundaries
    assert library.history()[-1].by == "ingest"
    assert {held.country for held in library.snapshots()} == {"Farland"}
    assert far.client.get("/api/v1/meta.json").get_json()["version"] == active


# ------------------------------------------------------------------------------------ and back


def test_the_way_back_leads_to_what_was_really_served(shown, tmp_path):
    """Its figures were added to a snapshot that was never shown: that of the application was."""
    iraq = load(BUNDLED).version
    held = shown(1).copied(tmp_path)
    library, told = held.library, held.said
    far = Library(library).active()
    assert f"Snapshot {far} is active; before it was {iraq} (Iraq). To go back: flask" in told
    listed = run(library, "snapshot", "list")
    assert f"{far} active  Farland, 2023-03-31 to 2023-06-30, since" in listed
    assert re.search(rf"{iraq} +Iraq, 2012-09-07 to .*: flask --app app snapshot activate", listed)
    assert f"Snapshot {iraq} is active again (Iraq, 2012-" in run(library, "snapshot", "rollback")
    assert Library(library).read(iraq).country == "Iraq"
    again = run(library, "snapshot", "activate", far or "")
    assert f"Snapshot {far} is active; before it was {iraq}." in again
    run(library, "snapshot", "rollback")
    assert "nothing to go back to" in run(library, "snapshot", "rollback", code=3)


def test_a_history_that_does_not_say_what_was_served_before_leads_there_too(shown, tmp_path):
    library = shown(1).copied(tmp_path).library
    history = Path(library) / "history.json"
    history.write_text(json.dumps(json.loads(history.read_text())[-1:]))
    run(library, "snapshot", "rollback")
    assert Library(library).active() == load(BUNDLED).version


def test_the_snapshot_that_ships_can_always_be_named(shown, tmp_path):
    iraq = load(BUNDLED).version
    library = shown(1).copied(tmp_path).library
    assert f"Snapshot {iraq} (Iraq)" in run(library, "snapshot", "show", "bundled")
    assert "is whole" in run(library, "snapshot", "verify", "bundled")
    assert "Areas removed: 3: " in run(library, "snapshot", "diff", Library(library).active() or "",
                                       "bundled")  # fmt: skip
    assert f"Snapshot {iraq} is active; before it was" in run(
        library, "snapshot", "activate", "bundled"
    )
    assert "was active already" in run(library, "snapshot", "activate", "bundled")
    assert "was active already" in run(library, "snapshot", "activate", iraq)
    empty = str(tmp_path / "empty")
    assert f"{iraq} served  Iraq, 2012-09-07 to" in run(empty, "snapshot", "list")
    run(empty, "snapshot", "activate", "bundled")
    assert [entry.version for entry in Library(empty).history()] == [iraq]


def test_boundaries_of_another_country_do_not_stand_in_the_way_of_a_list_of_this_one(
    begun, tmp_path
):
    held = begun(1).copied(tmp_path)
    library = held.library
    table = tmp_path / "own.csv"
    table.write_text("code,people,day\nIQG15,1500000,2021-06-30\n")
    mapping = tmp_path / "own.yaml"
    mapping.write_text(
        far_country.SOURCE.format(id="own", title="Own, made up")
        + "columns: {adm1_code: code, people: people, date: day}\nconstants: {population: idp}\n"
    )
    words = ("ingest", "table", table, "--mapping", mapping)
    assert "is active; before it was" in run(library, *words)
    assert Library(library).read(Library(library).active() or "").country == "Iraq"
    run(library, *words, "--base", "bundled", "--hold")
    assert held.boundaries in run(library, "snapshot", "list")


def test_the_application_has_the_command(app):
    assert "add" in app.server.cli.commands["boundaries"].commands


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        (["--country-name", "F"], "are of a new country: pass --new"),
        (["--new", "--country-name", "F"], "three letters as in VUT"),
        (["--new", "--country-name", "F", "--country-code", "FA"], "three letters as in VUT"),
        (["--new", "--country-name", "F", "--country-code", "FAR"], "needs --mapping FILE.yaml"),
    ],
)
def test_a_country_begins_with_its_name_its_code_and_a_source(tmp_path, said, rule):
    path = far_country.written(far_country.provinces(), tmp_path / "provinces.geojson")
    refused = run(str(tmp_path / "library"), "boundaries", "add", path, *said, code=2)
    assert rule in " ".join(refused.split())
    assert not (tmp_path / "library").exists()


# ------------------------------------------------------------------------------ what it answers


@pytest.mark.parametrize(
    ("path", "state"),
    [
        (path, state)
        for path in (*PAGES, *TEXTS)
        for state in STATES
        if not state or path in ANY_STATE
    ],
)
def test_every_page_and_text_is_of_that_country_and_of_no_other(far, path, state):
    answer = far.client.get(f"{path}?{state}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    text = answer.get_data(as_text=True)
    assert "Farland" in text
    said = words(text) if path in PAGES else text
    assert not OURS.findall(said)
    assert not re.search(r"\bnan\b", said)


@pytest.mark.parametrize("path", PICTURES)
def test_every_picture_is_drawn(far, path):
    answer = far.client.get(path)
    assert (answer.status_code, len(answer.data) > 5_000) == (200, True)


def test_slides_and_workbooks_are_of_that_country(far):
    deck = Presentation(BytesIO(far.client.get("/briefing.pptx").data))
    frames = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes
              if shape.has_text_frame]  # fmt: skip
    book = openpyxl.load_workbook(BytesIO(far.client.get("/data.xlsx").data))
    cells = [str(cell) for sheet in book for row in sheet.values for cell in row if cell]
    for said in (" ".join(frames), " ".join(cells)):
        assert "Farland" in said
        assert not OURS.findall(said)


def test_figures_are_those_of_the_table(view):
    shown = view()
    assert [area["name"] for area in shown["areas"]] == ["Avela", "Benoa", "Cotu"]
    assert shown["dates"] == list(far_country.DATES)
    assert shown["values"] == [[1200, 300, None], [1500, 0, 90]]
    assert shown["status"] == ["ccn", "czc"]
    assert shown["totals"] == [1500, 1590]
    assert shown["text"]["headline"][1] == ("1,590 internally displaced people on 30 June 2023")


def test_a_change_says_what_cannot_be_compared(view):
    shown = view("mode=change&base=2023-03-31")
    assert shown["status"][1] == "ccx"
    assert shown["values"][1] == [300, -300, None]


def test_counts_of_a_programme_are_chosen_by_it(view):
    shown = view("prog=WASH")
    assert shown["totals"] == [400, 450]
    assert shown["values"] == [[400, None, None], [450, None, None]]
    assert shown["text"]["headline"][1] == (
        "450 internally displaced people on 30 June 2023, as WASH counted"
    )


def test_rates_are_not_offered_without_residents_and_refused_with_a_sentence(far, view):
    assert view()["available"]["measures"] == ["people", "share"]
    answer = far.client.get("/map.svg?measure=rate")
    assert answer.status_code == 400
    assert answer.get_json()["error"]["sentence"] == (
        "measure=rate has no figures for pop=idp at level=1: measure may be people, share."
    )


def test_districts_are_shown_where_there_are_some_and_refused_where_not(far, view):
    answer = far.client.get("/api/v1/view.json?level=2")
    if far.levels == 1:
        assert view()["available"]["levels"] == [1]
        assert answer.status_code == 400
        assert answer.get_json()["error"]["sentence"] == (
            "level=2 cannot be shown: no boundaries of that level are held; level may be 1."
        )
        return
    shown = answer.get_json()
    assert [area["parentName"] for area in shown["areas"]][:2] == ["Avela", "Avela"]
    assert shown["values"][1] == [1000, 500, 0, 0, 60, 30]
    for path in ("/map.svg", "/map.png", "/data.geojson", "/", "/embed"):
        assert far.client.get(f"{path}?level=2").status_code == 200


def test_boundaries_are_served_at_every_level_empty_where_there_are_none(far):
    both = far.client.get("/api/v1/areas/2.topojson").get_json()["objects"]
    assert len(both["governorates"]["geometries"]) == 3
    assert len(both["districts"]["geometries"]) == (6 if far.levels == 2 else 0)


def test_an_area_of_another_country_is_not_known(far):
    answer = far.client.get("/api/v1/view.json?area=IQG01")
    assert answer.status_code == 400
    districts = ", FR0101–FR0302" if far.levels == 2 else ""
    assert answer.get_json()["error"]["sentence"] == (
        f"area=“IQG01” is not known: area may be FR01–FR03{districts}."
    )
    assert far.client.get("/api/v1/area/IQ-G08.json").status_code == 404
    panel = far.client.get("/api/v1/area/FR03.json").get_json()
    assert panel["area"]["name"] == "Cotu"
    assert panel["trend"][0]["people"] == [None, 90]


def test_one_date_is_enough_for_a_map_and_a_change_says_that_it_is_the_only_one(begun, tmp_path):
    held = begun(1).copied(tmp_path).counted(tmp_path, dates=far_country.DATES[:1])
    one = held.followed(1)
    for path in (*PAGES, *TEXTS, "/map.png", "/briefing.pptx", "/timelapse.gif"):
        for state in ("", "mode=change"):
            assert one.client.get(f"{path}?{state}").status_code == 200, (path, state)
    shown = one.client.get("/api/v1/view.json?mode=change").get_json()
    assert shown["text"]["headline"] == ["31 March 2023 is the date compared with; choose another"]


def test_residents_that_come_later_make_rates(shown, tmp_path):
    far = shown(1).copied(tmp_path)
    rows = ["pcode,year,residents,basis,url"]
    rows += [f"{code},2020,{n},census,https://example.org/c" for code, n in
             (("FR01", 10_000), ("FR02", 20_000), ("FR03", 1_000))]  # fmt: skip
    path, mapping = tmp_path / "residents.csv", tmp_path / "residents.yaml"
    path.write_text("\n".join(rows))
    mapping.write_text(far_country.SOURCE.format(id="farland-census", title="Census of Farland"))
    run(far.library, "ingest", "residents", path, "--mapping", mapping)
    view = far.followed(1).client.get("/api/v1/view.json?measure=rate").get_json()
    assert view["values"][1] == [150.0, 0.0, 90.0]
    assert view["text"]["unit"] == "per 1,000 residents (2020)"
    assert any("(Source: Census of Farland)" in note for note in view["text"]["notes"])


# ---------------------------------------------------------------------------------- in a browser


def test_the_map_is_drawn_about_that_country_and_its_controls_offer_what_there_is(
    far, serving_with, watched, tmp_path
):
    origin = serving_with(DISPLACEMENT_SNAPSHOTS=far.library, DISPLACEMENT_SNAPSHOT=str(BUNDLED))
    page = watched().page
    page.goto(f"{origin}/")
    areas = "document.querySelectorAll('html[data-dash] path[data-pcode]')"
    page.wait_for_function(f"() => {areas}.length >= 3")
    assert "Farland" in page.title()
    frame = page.locator("#map-stage").bounding_box()
    boxes = [path.bounding_box() for path in page.locator("path[data-pcode]").all()]
    assert frame
    drawn = [box for box in boxes if box and box["width"] > frame["width"] / 10]
    assert len(drawn) >= 3
    legend = page.locator("#legend").bounding_box()
    assert legend and legend["x"] + legend["width"] <= frame["x"]  # beside the map of any country
    level = page.locator("#level input").nth(1)
    assert level.is_disabled() == (far.levels == 1)
    assert page.get_by_label("Per 1,000").is_disabled()


@pytest.fixture(scope="module")
def across(tmp_path_factory: pytest.TempPathFactory) -> Far:
    """Farland 12.5 degrees further east, as a file that ends at 180° has it: cut in two."""
    folder = tmp_path_factory.mktemp("across")
    frame = far_country.provinces()
    world = shapely.box(-180, -90, 180, 90)
    parts = [
        shapely.union_all(
            [world.intersection(shapely.affinity.translate(shape, by)) for by in (12.5, -347.5)]
        )
        for shape in frame.geometry
    ]
    path = far_country.written(frame.set_geometry(parts, crs=frame.crs), folder / "across.geojson")
    held = bounded(folder, path)
    assert "moved by 360°" in held.said
    return held.counted(folder).followed(1)


def test_a_country_across_180_is_drawn_as_one_by_the_server(across):
    held = Library(across.library).read(across.boundaries)
    drawn = drawing(held, 1, load_language("en"))
    boxes = [
        [float(number) for number in re.findall(r"M(-?[\d.]+)", path)][0]
        for path in drawn.areas.values()
    ]
    assert drawn.height / drawn.width < 1  # three degrees wide, two high: no band around the world
    assert len(boxes) == 3 and max(boxes) <= drawn.width
    for path in ("/map.svg", "/embed", "/compare", "/data.geojson", "/map.png"):
        assert across.client.get(path).status_code == 200


def test_points_of_a_country_across_180_are_found_from_both_ends(across):
    places = Governorates(Library(across.library).read(across.boundaries).topology)
    found = [places.containing(point_code(-17, lon)) for lon in (179, 179.8, -179.8, -179)]
    assert found == ["FR01", "FR02", "FR02", "FR03"]
    assert not places.outside("FR02", np.array([point_code(-17, -179.8)]))[0]


# ------------------------------------------------------------------------------------- the code


def strings(path: Path) -> list[str]:
    """What a module says, its docstrings left out."""
    documented = {
        id(node.body[0].value)
        for node in nodes(path)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in nodes(path)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documented
    ]


def test_no_module_outside_the_bundled_data_speaks_of_iraq():
    country = re.compile(r"\bIraq|IQ-?G\d|\bIRQ\b|\bCSO\b|Halabja|Baghdad|Kurd")
    found = {
        f"{path.relative_to(ROOT)}: {said[:60]}"
        for path in PATHS
        if "bundled" not in path.parts
        for said in strings(path)
        if country.search(said)
    }
    texts = [*(ROOT / "layouts").rglob("*.html"), *(ROOT / "geodata").rglob("*.typ")]
    found |= {str(path) for path in texts if country.search(path.read_text("utf-8"))}
    assert found == set()
