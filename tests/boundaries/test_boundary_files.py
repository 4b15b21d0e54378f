"""Boundary files come in whatever their format; what is wrong is mended and told, or refused.

All but the published boundaries of Iraq is made up (:mod:`tests.far_country`).
"""

from __future__ import annotations

import http.server
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pytest
import shapely

from geodata.boundaries import readers
from geodata.boundaries.readers import read_files
from geodata.boundaries.repair import repair
from geodata.boundaries.repaired import Repaired
from geodata.boundaries.topology import decode, level_topology
from geodata.errors import BoundaryError
from geodata.figures.availability import residents_year
from geodata.ingest.boundary_update import BoundaryUpdate, BoundaryUpdateReport, update_boundaries
from geodata.settings import BUNDLED
from geodata.snapshots.library import Library
from geodata.snapshots.snapshot import load
from tests import far_country, made_up
from tests.far_country import box, districts, provinces, written, zipped


def said(found: Any, severity: str = "warning") -> str:
    return "\n".join(one.line() for one in found.findings if one.severity == severity)


def mended(*frames: geopandas.GeoDataFrame, folder: Path) -> Repaired:
    """Write frames as GeoJSON, read and mend them."""
    files = [written(frame, folder / f"{n}.geojson") for n, frame in enumerate(frames)]
    read = read_files(files)
    assert not said(read, "error")
    return repair(read.layers)


def governorates(made: Repaired) -> geopandas.GeoDataFrame:
    """Those that were made, where nothing was wrong."""
    assert made.governorates is not None, said(made, "error")
    return made.governorates


def clockwise(shape: Any) -> Any:
    return shapely.orient_polygons(shape, exterior_cw=True)


def turned(frame: geopandas.GeoDataFrame) -> geopandas.GeoDataFrame:
    """A frame whose rings run as they should, so that nothing of that is told."""
    return frame.set_geometry(clockwise(frame.geometry.to_numpy()), crs=frame.crs)


# ------------------------------------------------------------------------------------- formats


def geojson(frame: geopandas.GeoDataFrame, folder: Path) -> Path:
    return written(frame, folder / "areas.geojson")


def geopackage(frame: geopandas.GeoDataFrame, folder: Path) -> Path:
    return written(frame, folder / "areas.gpkg", layer="adm")


def shapefile(frame: geopandas.GeoDataFrame, folder: Path) -> Path:
    return written(frame, folder / "areas.shp")


def zipped_shapefile(frame: geopandas.GeoDataFrame, folder: Path) -> Path:
    inside = folder / "inside"
    inside.mkdir()
    shapefile(frame, inside)
    return zipped(inside, folder / "areas.shp.zip")


def zipped_geojson(frame: geopandas.GeoDataFrame, folder: Path) -> Path:
    inside = folder / "inside"
    inside.mkdir()
    geojson(frame, inside)
    return zipped(inside, folder / "areas.zip")


@pytest.mark.parametrize(
    "write", [geojson, geopackage, shapefile, zipped_shapefile, zipped_geojson]
)
@pytest.mark.parametrize("frame", [provinces(), districts()], ids=["level 1", "level 2"])
def test_every_format_gives_the_same_areas(tmp_path, frame, write):
    path = write(frame, tmp_path)
    read = read_files([path])
    assert not read.findings
    ((level, layer),) = read.layers.items()
    names = far_country.PROVINCES if level == 1 else far_country.DISTRICTS
    assert dict(zip(layer.frame["pcode"], layer.frame["name"], strict=True)) == names
    assert all(map(shapely.equals, layer.frame.geometry, frame.geometry))
    if level == 2:
        assert list(layer.frame["parent_name"]) == ["Avela"] * 2 + ["Benoa"] * 2 + ["Cotu"] * 2
    assert [(file.name, file.rows) for file in read.files] == [(path.name, len(names))]


SCHEMES = {
    "COD-AB": {"pcode": "ADM1_PCODE", "name": "ADM1_EN", "name_ar": "ADM1_AR"},
    "COD-AB of 2024": {"pcode": "adm1_pcode", "name": "adm1_name", "name_ar": "adm1_name1"},
    "small": {"pcode": "adm1_pcode", "name": "adm1_en", "name_ar": "adm1_ar"},
    "older": {"pcode": "admin1Pcode", "name": "admin1Name_en", "name_ar": "admin1Name_ar"},
    "bare": {"pcode": "pcode", "name": "name_en", "name_ar": "name_ar"},
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_columns_are_known_by_any_of_their_names_in_any_order(tmp_path, scheme):
    titles = SCHEMES[scheme]
    frame = geopandas.GeoDataFrame(
        {
            "OBJECTID": [1],
            titles["name_ar"]: ["ألفا"],
            "lang": ["en"],
            "lang1": ["ar"],
            titles["name"]: ["  Al  Avela "],
            "ADM0_EN": ["Farland"],
            titles["pcode"]: ["FR01"],
        },
        geometry=[box("FR01")],
        crs="EPSG:4326",
    )
    layer = read_files([written(frame, tmp_path / "a.geojson")]).layers[1]
    (row,) = layer.frame.drop(columns="geometry").to_dict("records")
    names = {"name": "Al Avela", "lang": "en", "name_ar": "ألفا", "name_ckb": ""}
    assert row == {"pcode": "FR01"} | names
    assert layer.language == "en"


def test_names_in_another_language_are_taken_where_there_are_no_english_ones_and_told(tmp_path):
    frame = provinces().rename(columns={"ADM1_EN": "ADM1_FR"})
    made = mended(turned(frame), folder=tmp_path)
    assert list(governorates(made)["name"]) == list(far_country.PROVINCES.values())
    assert "Names of governorates are taken in fr: no column holds English ones" in said(made)


def test_layers_of_other_levels_and_kinds_are_left_out_and_told(tmp_path):
    path = tmp_path / "all.gpkg"
    country = provinces().dissolve("ADM0_PCODE").reset_index()[["ADM0_PCODE", "geometry"]]
    parishes = districts().rename(columns=lambda c: c.replace("adm2", "adm3"))
    lines = provinces().set_geometry(provinces().boundary)
    for layer, frame in (
        ("adm0", country), ("adm1", provinces()), ("adm2", districts()), ("adm3", parishes),
        ("lines", lines),
    ):  # fmt: skip
        frame.to_file(path, layer=layer)
    read = read_files([path])
    assert {level: layer.name for level, layer in read.layers.items()} == {1: "adm1", 2: "adm2"}
    told = said(read)
    assert "The layer adm0 is left out. It is of level 0; levels 1 and 2 are used." in told
    assert "The layer adm3 is left out. It is of level 3" in told
    assert re.search("The layer lines is left out. It holds (Multi)?LineStrings, no areas.", told)


def test_a_level_that_is_in_two_files_is_chosen_by_a_person(tmp_path):
    one, other = (written(provinces(), tmp_path / f"{name}.geojson") for name in "ab")
    both = read_files([one, other])
    assert "Level 1 is in several layers (a of a.geojson, b of b.geojson)" in said(both, "error")
    assert "--level1 FILE" in said(both, "error")
    chosen = read_files([], {1: other})
    assert chosen.layers[1].file == "b.geojson"


def test_a_file_without_codes_is_told_what_columns_it_lacks(tmp_path):
    frame = provinces()[["ADM1_EN", "geometry"]]
    read = read_files([written(frame, tmp_path / "a.geojson")])
    assert not read.layers
    assert "No column holds P-codes, as ADM1_PCODE or adm1_pcode does; it has ADM1_EN" in said(read)
    assert "No layer of level 1 or 2 is in it" in said(read, "error")


@pytest.mark.parametrize("write", [geojson, geopackage])
def test_a_file_without_features_says_so(tmp_path, write):
    read = read_files([write(provinces().iloc[:0], tmp_path)])
    assert "is left out. It holds no features." in said(read)
    assert "P-codes" not in said(read) and not read.layers
    assert read.files[0].layout == "no areas"


# ------------------------------------------------------------------------------- hostile files


def archive(folder: Path, *parts: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    path = folder / "sent.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in parts:
            out.writestr(name, data)
    return path


def refused(path: Path) -> str:
    with pytest.raises(BoundaryError) as refusal:
        read_files([path])
    return str(refusal.value)


@pytest.mark.parametrize("name", ["../out.geojson", "/tmp/out.geojson", "a\\..\\..\\out.geojson",
                                  "C:\\out.geojson"])  # fmt: skip
def test_an_archive_that_leads_out_of_itself_is_not_unpacked(tmp_path, name):
    inside = tmp_path / "deep" / "er"
    inside.mkdir(parents=True)
    assert "leads out of it" in refused(archive(inside, (name, b"{}")))
    assert not list(tmp_path.rglob("out.geojson"))


def test_an_archive_with_a_link_is_not_unpacked(tmp_path):
    link = zipfile.ZipInfo("areas.geojson")
    link.external_attr = 0o120777 << 16
    assert "'areas.geojson' is a link" in refused(archive(tmp_path, (link, b"/etc/passwd")))


def test_a_zip_bomb_is_stopped_while_it_is_unpacked(tmp_path):
    path = archive(tmp_path, ("areas.geojson", b" " * 60_000_000))
    assert path.stat().st_size < 100_000
    assert "unpacks to more than 250 times its size" in refused(path)


def test_an_archive_of_more_than_is_allowed_is_stopped(tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(readers, "LIMITS", replace(readers.LIMITS, max_unpacked=3_000))
        parts = [(f"{n}.geojson", bytes([n]) * 1_001) for n in range(3)]
        assert "unpacks to more than 0 MB" in refused(archive(tmp_path, *parts))
    many = [(f"{n}.txt", b"") for n in range(501)]
    assert "it holds 501 files; 500 are allowed" in refused(archive(tmp_path, *many))


def test_an_archive_with_a_password_or_without_boundaries_says_so(tmp_path):
    path = archive(tmp_path, ("readme.pdf", b"%PDF"))
    assert "holds no boundaries that are read here (only .pdf)" in refused(path)
    locked = path.read_bytes()
    at = locked.index(b"PK\x01\x02") + 8
    path.write_bytes(locked[:at] + b"\x01\x00" + locked[at + 2 :])
    assert "locked with a password" in refused(path)


@pytest.mark.parametrize("write", [geojson, geopackage, zipped_shapefile])
def test_a_file_that_was_cut_short_is_refused_with_its_name(tmp_path, write):
    path = write(provinces(), tmp_path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert f"{path.name} is damaged or cut short" in refused(path)


def test_other_files_are_refused(tmp_path):
    for name, data, rule in (
        ("a.geojson", b"<OGRVRTDataSource/>", "holds no boundaries that are read here"),
        ("a.shp", b"%PDF-1.7", "a.shp is a PDF, which is not read"),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        assert rule in refused(path)
    empty = tmp_path / "empty.geojson"
    empty.touch()
    assert "empty.geojson is empty" in refused(empty)


def test_a_shapefile_without_its_siblings_names_them(tmp_path):
    path = shapefile(provinces(), tmp_path)
    (tmp_path / "areas.dbf").unlink()
    assert "areas.shp lacks areas.dbf" in refused(path)


@pytest.fixture
def stranger() -> Iterator[tuple[str, list[str]]]:
    """An address that a file may name, and who came there."""
    came: list[str] = []

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"EPSG:4326")

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/crs", came
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("key", ['"crs"', '"\\u0063rs"'])
@pytest.mark.parametrize("kind", ["link", "URL", "name"])
def test_a_file_that_names_an_address_is_refused_and_nobody_is_asked(tmp_path, stranger, key, kind):
    address, came = stranger
    document = json.loads(provinces().to_json(drop_id=True))
    document["crs"] = {"type": kind, "properties": {"href": address, "url": address,
                                                    "name": address}}  # fmt: skip
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(document).replace('"crs"', key))
    assert "says its coordinates by something else than a name" in refused(path)
    assert came == []


def test_a_program_for_gdal_is_not_run(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "gdal_streamed_alg", "command_line": "gdal vector info"}))
    assert "is JSON, but no GeoJSON" in refused(path)


# -------------------------------------------------------------------------------------- mending


def test_areas_that_are_sound_stay_as_they_are(tmp_path):
    made = mended(turned(provinces()), turned(districts()), folder=tmp_path)
    assert not made.findings
    assert list(governorates(made).columns) == ["pcode", "name", "name_ar", "name_ckb", "geometry"]
    assert all(map(shapely.equals, governorates(made).geometry, provinces().geometry))


def test_another_projection_is_brought_to_degrees_and_told(tmp_path):
    there = written(turned(provinces()).to_crs("EPSG:32758"), tmp_path / "utm.gpkg")
    made = repair(read_files([there]).layers)
    assert "3 governorates were brought from EPSG:32758 to EPSG:4326." in said(made)
    back = governorates(made).set_index("pcode").geometry
    for code in far_country.PROVINCES:
        assert back[code].symmetric_difference(box(code)).area < 1e-9


def test_a_file_that_does_not_say_its_projection_is_refused(tmp_path):
    path = shapefile(provinces(), tmp_path)
    (tmp_path / "areas.prj").unlink()
    made = repair(read_files([path]).layers)
    assert "The file does not say its coordinate reference system" in said(made, "error")


def test_rings_that_run_the_wrong_way_are_turned_and_told_by_area(tmp_path):
    lake = shapely.box(166.4, -17.6, 166.6, -17.4)
    holed = clockwise(box("FR01").difference(lake))
    odd = shapely.Polygon(holed.exterior, [holed.interiors[0].coords[::-1]])
    frame = turned(provinces(FR01=odd))
    frame.geometry = [odd, *frame.geometry[1:]]
    path = written(frame, tmp_path / "a.gpkg")
    made = repair(read_files([path]).layers)
    assert "“FR01”: 1 ring ran the wrong way and was turned." in said(made)
    (mended_one,) = governorates(made).geometry[:1]
    assert not mended_one.exterior.is_ccw and mended_one.interiors[0].is_ccw


def test_rings_of_a_whole_file_that_run_the_other_way_are_told_once(tmp_path):
    made = mended(provinces(), folder=tmp_path)
    assert said(made).count("turned") == 1
    assert "All 3 rings of 3 governorates ran counter-clockwise" in said(made)
    assert not any(shape.exterior.is_ccw for shape in governorates(made).geometry)


def with_spike(size: float) -> Any:
    """Avela with a loop of that size at its south-west corner, where its outline crosses itself."""
    loop = [(166, -18), (166 - size, -18 - size), (166, -18 - size), (166 - size, -18)]
    ring = [*list(box("FR01").exterior.coords)[:-1], *loop[:0], (166, -18)]
    return shapely.Polygon([*ring[:-1], (166, -18), *loop[1:], (166, -18)])


def test_an_outline_that_crosses_itself_is_mended_where_nobody_would_see_it(tmp_path):
    made = mended(turned(provinces(FR01=with_spike(0.001))), folder=tmp_path)
    assert re.search(r"“FR01”: The outline was not valid \(.*Self-intersection", said(made))
    assert "its area changed by" in said(made)
    assert governorates(made).is_valid.all()


def test_an_outline_that_mending_would_move_is_refused(tmp_path):
    bow = shapely.Polygon([(166, -18), (167, -16), (167, -18), (166, -16.2)])
    made = mended(provinces(FR01=bow), folder=tmp_path)
    assert re.search(
        r"“FR01”: The outline is not valid .* would change its area by", said(made, "error")
    )


def test_narrow_overlaps_and_gaps_are_mended_with_their_sizes(tmp_path):
    wider = box("FR01").union(shapely.box(167, -17.5, 167.0005, -17))
    narrower = box("FR03").difference(shapely.box(168, -17.5, 168.0005, -17))
    made = mended(turned(provinces(FR01=wider, FR03=narrower)), folder=tmp_path)
    told = said(made)
    assert re.search(r"“FR01 and FR02”: They overlapped on 2\.9\d\d km²", told)
    assert re.search(r"“FR02, FR03”: A gap of 2\.9\d+ km² near 168\.000°, -17\.\d+° was closed",
                     told)  # fmt: skip
    assert "Its border did not meet its neighbours' point by point" in told
    shapes = governorates(made).geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.union_all(shapes).equals(shapely.box(166, -18, 169, -16))


def test_a_wide_overlap_is_refused_and_a_wide_hole_is_told_as_a_lake_or_a_loss(tmp_path):
    wider = box("FR01").union(shapely.box(167, -17.5, 167.2, -17))
    made = mended(turned(provinces(FR01=wider)), folder=tmp_path)
    assert re.search(r"“FR01 and FR02”: They overlap on [\d,.]+ km²", said(made, "error"))
    holed = box("FR02").difference(shapely.box(167.4, -17.4, 167.6, -17.2))
    made = mended(turned(provinces(FR02=holed)), folder=tmp_path)
    assert not made.errors
    assert "stays: is it a lake, or is an area lost?" in said(made)


def test_all_that_cannot_be_mended_is_listed_at_once(tmp_path):
    frame = provinces(FR04=None, fr5=shapely.box(170, -18, 171, -16), FR06=shapely.Point(1, 1))
    frame.loc[1, "ADM1_EN"] = None
    frame = pd.concat([frame, frame.iloc[:1], frame.iloc[:1].assign(ADM1_PCODE="")])
    made = mended(frame, folder=tmp_path)
    told = said(made, "error")
    for line in (
        "“FR04”: There is no shape.",
        "“fr5”: A P-code is capital letters and digits",
        "“FR06”: A Point is no area",
        "“FR02”: The governorate has no name.",
        "“FR01”: The code stands in 2 rows",
        "The governorate in row 8 has no P-code.",
    ):
        assert line in told, line
    assert made.governorates is None


def test_coordinates_that_are_no_degrees_are_refused(tmp_path):
    metres = provinces().set_geometry(provinces().translate(1000, 0))
    assert "Degrees, longitude first" in said(mended(metres, folder=tmp_path), "error").replace(
        "degrees", "Degrees"
    )


# ------------------------------------------------------------------------ on both sides of 180°


def at(*parts: tuple[float, float]) -> Any:
    """An area of boxes from one longitude to another, between 18° and 16° south."""
    boxes = [shapely.box(west, -18, east, -16) for west, east in parts]
    return boxes[0] if len(boxes) == 1 else shapely.MultiPolygon(boxes)


LEAPING = shapely.Polygon([(179, -18), (-179, -18), (-179, -16), (179, -16)])  # across 180°


@pytest.mark.parametrize(
    ("west", "middle", "east", "moved"),
    [
        (at((177, 179)), at((179, 181)), at((181, 182)), 0),  # beyond 180° already
        (at((177, 179)), at((179, 180), (-180, -179)), at((-179, -178)), 2),  # cut in two at 180°
        (at((-183, -181)), at((-181, -179)), at((-179, -178)), 3),
        (at((177, 179)), LEAPING, at((-179, -178)), 1),
    ],
)  # fmt: skip
def test_a_country_across_180_is_brought_to_one_side_and_that_is_told(
    tmp_path, west, middle, east, moved
):
    made = mended(turned(provinces(FR01=west, FR02=middle, FR03=east)), folder=tmp_path)
    shapes = governorates(made).geometry
    for shape, (start, end) in zip(shapes, ((177, 179), (179, 181), (181, 182)), strict=True):
        assert shapely.equals(shape, at((start, end)))
    assert shapely.coverage_is_valid(shapes.to_numpy())
    assert not any(part.exterior.is_ccw for part in shapely.get_parts(shapes.to_numpy()))
    told = said(made)
    assert "drawn" not in told and "as wide as the world" not in told
    kinds = "governorate" if moved == 1 else "governorates"
    assert (f"Longitudes of {moved} {kinds} were moved by 360°" in told) == bool(moved)
    if moved:
        assert "from 177.000° to 182.000°" in told


def test_degrees_from_0_to_360_come_back_to_where_the_country_lies(tmp_path):
    frame = provinces(FR01=at((300, 301)), FR02=at((301, 302)), FR03=at((302, 303)))
    made = mended(turned(frame), folder=tmp_path)
    assert list(governorates(made).total_bounds) == [-60, -18, -57, -16]
    assert "Longitudes of 3 governorates were moved by 360°" in said(made)


def test_metres_are_refused_as_they_stand_in_the_file_and_never_moved(tmp_path):
    far = shapely.box(500_000, 3_600_000, 510_000, 3_610_000)
    frame = provinces(FR01=far, FR02=shapely.transform(far, lambda xy: xy + [10_000, 0]))
    made = mended(turned(frame).iloc[:2], folder=tmp_path)
    assert "Bounds (500000.0, 3600000.0, 510000.0, 3610000.0)" in said(made, "error")
    assert "Longitudes" not in said(made)


def test_one_area_is_told_as_one(tmp_path):
    made = mended(provinces().iloc[:1], folder=tmp_path)
    assert "The ring of 1 governorate ran counter-clockwise outside; it was turned." in said(made)
    moved = mended(turned(provinces(FR01=at((300, 301)))).iloc[:1], folder=tmp_path)
    assert "Longitudes of 1 governorate were moved by 360°" in said(moved)


def test_both_levels_come_to_the_same_side(tmp_path):
    upper = turned(provinces(FR01=at((179, 180)), FR02=at((-180, -179)), FR03=at((-179, -178))))
    lower = turned(districts().iloc[[0, 2, 4]].set_geometry(list(upper.geometry), crs=upper.crs))
    lower.geometry = [at((179, 180)), at((180, 181)), at((181, 182))]
    made = mended(upper, lower, folder=tmp_path)
    assert made.districts is not None, said(made, "error")
    assert list(governorates(made).total_bounds) == list(made.districts.total_bounds)


def test_a_projection_around_180_comes_in_as_one_country(tmp_path):
    frame = provinces(FR01=at((177, 179)), FR02=at((179, 180), (-180, -179)), FR03=at((-179, -178)))
    path = written(turned(frame).to_crs("EPSG:3832"), tmp_path / "pacific.gpkg")
    west, _, east, _ = governorates(repair(read_files([path]).layers)).total_bounds
    assert (west, east) == (pytest.approx(177), pytest.approx(182))


def test_a_country_that_lies_on_one_side_stays_as_it_is(tmp_path):
    wide = provinces(FR01=at((-170, -100)), FR02=at((-100, -40)), FR03=at((-40, 9)))
    made = mended(turned(wide), folder=tmp_path)
    assert not made.findings
    assert list(governorates(made).total_bounds) == [-170, -18, 9, -16]


def test_an_outline_that_meets_itself_on_the_grid_is_told_with_its_place(tmp_path):
    room = shapely.union_all(
        [
            box("FR01"),
            shapely.box(165.6, -17.3, 165.9, -16.7),
            shapely.box(165.8, -17, 166, -16.99996),
        ]
    )
    path = written(turned(provinces(FR01=room)), tmp_path / "a.geojson")
    report = update_boundaries(
        Library(tmp_path / "library"), BUNDLED,
        BoundaryUpdate(files=[path], country={"name": "Farland", "code": "FAR"},
               mapping=far_country.boundary_mapping(tmp_path)),
    )  # fmt: skip
    assert not report.failed, said(report, "error")
    assert re.search(
        r"“FR01”: Avela: its outline met itself or its neighbour's near 165\.9\d+°, -17\.000° once",
        said(report),
    )


# --------------------------------------------------------------------------------------- levels


def test_governorates_are_made_of_districts_that_name_them_and_that_is_told(tmp_path):
    made = mended(turned(districts()), folder=tmp_path)
    assert "There is no file of level 1: 3 governorates were made of their districts" in said(made)
    names = dict(zip(governorates(made)["pcode"], governorates(made)["name"], strict=True))
    assert names == far_country.PROVINCES
    assert all(map(shapely.equals, governorates(made).geometry, provinces().geometry))


def test_districts_that_do_not_name_their_governorates_need_a_file_of_level_1(tmp_path):
    made = mended(districts().drop(columns="adm1_name"), folder=tmp_path)
    assert "some districts lack the names of governorates: give the file of level 1" in said(
        made, "error"
    )
    both = mended(provinces(), districts().drop(columns="adm1_name"), folder=tmp_path)
    assert both.districts is not None


def test_districts_belong_to_governorates_that_there_are(tmp_path):
    frame = districts()
    frame.loc[0, "adm1_pcode"] = "FR1"
    alone = provinces(FR04=shapely.box(169, -18, 170, -16))
    told = said(mended(alone, frame, folder=tmp_path), "error")
    assert "“FR0101”: Its governorate 'FR1' is none of level 1. Nearest: FR01" in told
    assert "“FR04”: No district of level 2 lies in this governorate." in told


def test_districts_nest_but_for_slivers_which_are_told(tmp_path):
    drawn_otherwise = box("FR03").union(shapely.box(169, -17.5, 169.004, -17))
    made = mended(turned(provinces(FR03=drawn_otherwise)), turned(districts()), folder=tmp_path)
    assert re.search(
        r"“FR03”: The outline was drawn otherwise than that of its 2 districts.*23\.\d+ km²",
        said(made),
    )
    assert shapely.equals(governorates(made).geometry.iloc[2], box("FR03"))
    far_out = provinces(FR03=shapely.box(168, -18, 169, -16.5))
    told = said(mended(far_out, districts(), folder=tmp_path), "error")
    assert "“FR0302”: 50.0% of it lies outside its governorate FR03" in told


# ------------------------------------------------------------------------- joined to what is held


@pytest.fixture
def examplia_library(tmp_path: Path, examplia_folder: Path) -> Library:
    library = Library(tmp_path / "library")
    library.activate(library.copy_in(examplia_folder))
    return library


def examplia_areas(**named: str | None) -> geopandas.GeoDataFrame:
    """Districts of Examplia as a file, drawn as they are held; codes and names as asked."""
    rows = []
    for shape in decode(made_up.squares(), "districts").to_dict("records"):
        code, parent = shape["pcode"], shape["pcode"][:5]
        name = named.get(code, made_up.DISTRICTS[code])
        above = named.get(parent, f"Al-{made_up.GOVERNORATES[parent]}")
        if name is not None:
            rows.append((code, name, parent, above, shape["geometry"]))
    columns = ["adm2_pcode", "adm2_en", "adm1_pcode", "adm1_en", "geometry"]
    return geopandas.GeoDataFrame(rows, columns=columns, crs="EPSG:4326")


@pytest.fixture
def redraw(examplia_library: Library, tmp_path: Path) -> Callable[..., BoundaryUpdateReport]:
    def run(frame: geopandas.GeoDataFrame, **wanted: Any) -> BoundaryUpdateReport:
        path = written(frame, tmp_path / "areas.geojson")
        return update_boundaries(examplia_library, BUNDLED, BoundaryUpdate(files=[path], **wanted))

    return run


def test_figures_stay_and_names_that_changed_are_told(redraw, examplia_library, examplia):
    report = redraw(examplia_areas(XXG01Q01="Upper Alpha"))
    assert not report.failed
    assert "“XXG01Q01”: It is named 'Upper Alpha' now, and was 'North Alpha'." in said(report)
    assert report.changes and report.changes.boundaries and not report.changes.series
    after = examplia_library.read(report.version)
    assert examplia_library.active() == report.version
    assert examplia_library.history()[-1].by == "boundaries"
    pd.testing.assert_frame_equal(after.tables.counts, examplia.tables.counts)
    # A name that was chosen for the map stays as long as the official one does.
    assert after.tables.areas.set_index("pcode")["name_en"]["XXG01"] == "Alpha"
    assert after.manifest["country"] == examplia.manifest["country"]


def test_areas_that_are_gone_while_figures_point_to_them_are_listed_with_their_rows(
    redraw, examplia_library
):
    before = examplia_library.active()
    report = redraw(examplia_areas(XXG02Q01=None, XXG02Q02=None))
    told = said(report, "error")
    assert (
        "“XXG02”: Beta is not in these boundaries, and 6 rows of counts, 2 rows of breakdowns, "
        "1 row of residents, 1 row of coverage point to it. Add it, or pass --allow-lost" in told
    )
    assert "“XXG02Q01”: North Beta is not in these boundaries, and 3 rows of counts" in told
    assert report.failed and not report.version
    assert examplia_library.active() == before


def test_figures_of_areas_that_are_gone_may_be_kept_as_not_placed(
    redraw, examplia_library, examplia
):
    report = redraw(examplia_areas(XXG02Q01=None, XXG02Q02=None), allow_lost=True)
    assert not report.failed, said(report, "error")
    after = examplia_library.read(report.version).tables
    keys = ["population", "programme", "date", "level"]
    before = examplia.tables.counts.groupby(keys)["people"].sum()
    pd.testing.assert_series_equal(
        after.counts.groupby(keys)["people"].sum(), before, check_dtype=False
    )
    lost = after.counts[after.counts["place"] == "Beta (XXG02)"]
    assert lost["pcode"].isna().all() and len(lost) == 6
    origins = after.breakdowns[after.breakdowns["kind"] == "origin"]
    assert "Beta (XXG02)" in set(origins["category"])
    assert origins["households"].sum() == 193
    assert set(after.residents["pcode"]) == set(after.coverage["pcode"]) == {"XXG01"}


def test_boundaries_of_another_country_are_not_taken_for_this_one(redraw):
    frame = examplia_areas()
    frame["adm2_pcode"] = frame["adm2_pcode"].str.replace("XX", "YY")
    frame["adm1_pcode"] = frame["adm1_pcode"].str.replace("XX", "YY")
    told = said(redraw(frame), "error")
    assert "None of the areas of Examplia is in these files." in told
    assert "pass --new --country-name NAME" in told


def test_a_new_governorate_is_told_to_have_no_residents(redraw, examplia_library):
    frame = examplia_areas()
    frame.loc[frame["adm2_pcode"] == "XXG01Q03", ["adm1_pcode", "adm1_en"]] = ["XXG03", "Gamma"]
    told = said(redraw(frame))
    assert "“XXG03”: Its residents are not known, and rates are not shown until they are" in told
    assert "“XXG01Q03”: It lies in XXG03 now, and was in XXG01: figures by governorate" in told
    active = examplia_library.active()
    assert active
    assert residents_year(examplia_library.read(active)) is None


def test_a_dry_run_writes_nothing(redraw, examplia_library):
    held = examplia_library.versions()
    report = redraw(examplia_areas(XXG01Q01="Upper Alpha"), dry_run=True)
    assert report.lines()[-1] == "A dry run: nothing was written."
    assert examplia_library.versions() == held


def test_a_snapshot_may_be_held_without_being_shown(redraw, examplia_library):
    before = examplia_library.active()
    report = redraw(examplia_areas(XXG01Q01="Upper Alpha"), activate=False)
    assert examplia_library.active() == before
    assert report.version in examplia_library.versions()
    assert f"snapshot activate {report.version}" in report.lines()[-1]


def test_a_report_is_json(redraw):
    text = json.dumps(redraw(examplia_areas(XXG01Q01="Upper Alpha")).as_dict())
    held = json.loads(text)
    assert held["kind"] == "boundaries" and held["country"] == "Examplia"
    assert held["drawn"]["districts"] == 5


def test_the_source_of_new_boundaries_takes_the_place_of_the_old(
    redraw, examplia_library, tmp_path
):
    mapping = far_country.boundary_mapping(tmp_path)
    report = redraw(examplia_areas(XXG01Q01="Upper Alpha"), mapping=mapping)
    sources = examplia_library.read(report.version).tables.sources
    assert list(sources.loc[sources["role"] == "boundaries", "id"]) == ["farland-lines"]
    assert set(sources["id"]) >= {"tracking", "registry", "census", "projects"}


# ------------------------------------------------------------------------------------------ Iraq


@pytest.fixture(scope="module")
def iraq_files(published_folder: Path) -> list[Path]:
    return [published_folder / "boundaries" / f"irq_adm{level}_full.geojson" for level in (1, 2)]


@pytest.mark.slow
def test_the_published_boundaries_of_iraq_are_those_that_are_held(iraq_files, tmp_path):
    report = update_boundaries(
        Library(tmp_path / "library"), BUNDLED, BoundaryUpdate(files=iraq_files)
    )
    assert not report.failed, said(report, "error")
    assert report.lines()[-1].startswith("Nothing changes: snapshot")


@pytest.mark.slow
def test_neighbours_and_cities_stay_around_a_country_that_is_redrawn(iraq_files, tmp_path):
    frame = geopandas.read_file(iraq_files[1])
    coarse = shapely.coverage_simplify(frame.geometry.to_numpy(), 0.02)
    path = written(frame.set_geometry(coarse, crs=frame.crs), tmp_path / "coarse.geojson")
    library = Library(tmp_path / "library")
    report = update_boundaries(library, BUNDLED, BoundaryUpdate(only={2: path}))
    assert not report.failed, said(report, "error")
    before, after = load(BUNDLED).topology, library.read(report.version).topology
    for name in ("neighbours", "cities"):
        old, new = (decode(dict(one), name) for one in (before, after))
        assert list(old["name"]) == list(new["name"])
        apart = shapely.distance(old.geometry.to_numpy(), new.geometry.to_numpy())
        assert apart.max() < 0.002
    drawn = level_topology(dict(after), 2)["objects"]
    assert len(drawn["districts"]["geometries"]) == 101
    assert report.changes and not report.changes.areas_removed


def test_reading_is_shown_as_it_goes(tmp_path):
    told: list[tuple[str, int, int | None]] = []
    read_files(
        [written(provinces(), tmp_path / "a.geojson")],
        progress=lambda what, done, of: told.append((what, done, of)),
    )
    assert told == [("Reading boundaries", 0, 1)]
