"""Names and codes of boundaries are found whatever a file calls its columns, and however it writes.

All files are made up, in the schemes that agencies use.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from geodata.boundaries.columns import ColumnOptions, p_code
from geodata.boundaries.encodings import python_encoding
from geodata.boundaries.readers import BoundaryLayers, read_files
from geodata.boundaries.repair import repair
from geodata.boundaries.repaired import Repaired
from geodata.errors import BoundaryError
from geodata.ingest.boundary_update import BoundaryUpdate, BoundaryUpdateReport, update_boundaries
from geodata.settings import BUNDLED
from geodata.snapshots.library import Library
from tests import far_country
from tests.boundaries.test_boundary_files import said, turned
from tests.far_country import box, written, zipped

ARABIC = {"FR01": "أفيلا الشرقية", "FR02": "بنوا", "FR03": "كوتو الجديدة"}


def layer(codes: list[str], **columns: Any) -> geopandas.GeoDataFrame:
    """Areas of Farland with columns of one's own; ``code`` stands for the codes."""
    cells = {title: codes if cell == "code" else cell for title, cell in columns.items()}
    return turned(
        geopandas.GeoDataFrame(cells, geometry=[box(code) for code in codes], crs="EPSG:4326")
    )


def named(read: BoundaryLayers | Repaired, level: int = 1) -> dict[str, str]:
    frame = (
        read.layers[level].frame
        if isinstance(read, BoundaryLayers)
        else read.governorates if level == 1 else read.districts
    )  # fmt: skip
    assert frame is not None, said(read, "error")
    return dict(zip(frame["pcode"], frame["name"], strict=True))


PROVINCES = ["FR01", "FR02", "FR03"]
FRENCH = ["Avèle", "Bénoa", "Côtu"]


# --------------------------------------------------------------------- names, row by row


def test_a_column_of_an_unsaid_language_that_is_empty_goes_behind_the_filled_one(tmp_path):
    frame = layer(
        PROVINCES, adm1_name=FRENCH, adm1_name1=[None] * 3, adm1_name2=[None] * 3,
        adm1_pcode="code", lang="fr", lang1=None, lang2=None,
    )  # fmt: skip
    read = read_files([written(frame, tmp_path / "a.geojson")])
    assert list(named(read).values()) == FRENCH
    assert "are taken in fr: no column holds English ones" in said(repair(read.layers))


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_an_empty_english_column_goes_behind_a_filled_one(tmp_path, empty):
    frame = layer(PROVINCES, ADM1_EN=[empty] * 3, ADM1_FR=FRENCH, ADM1_PCODE="code")
    assert list(named(read_files([written(frame, tmp_path / "a.geojson")])).values()) == FRENCH


def test_the_language_of_a_name_is_said_by_its_row(tmp_path):
    frame = layer(
        PROVINCES, adm1_pcode="code", adm1_name=["Avela", "Bénoa", "Cotu"], lang=["en", "fr", "en"],
        adm1_name1=[None, "Benoa", None], lang1=[None, "en", None],
    )  # fmt: skip
    assert named(read_files([written(frame, tmp_path / "a.geojson")]))["FR02"] == "Benoa"


def test_a_row_without_an_english_name_has_that_of_the_next_language_and_is_told(tmp_path):
    frame = layer(
        PROVINCES, ADM1_PCODE="code", ADM1_EN=["Avela", None, ""], ADM1_FR=FRENCH,
        ADM1_AR=list(ARABIC.values()),
    )  # fmt: skip
    made = repair(read_files([written(frame, tmp_path / "a.geojson")]).layers)
    assert list(named(made).values()) == ["Avela", "Bénoa", "Côtu"]
    assert (
        "Governorates without a name in en (2), for which the one in fr is taken: FR02 Bénoa, "
        "FR03 Côtu." in said(made)
    )
    assert "FR01" not in said(made)


def test_a_row_without_any_name_is_still_refused(tmp_path):
    frame = layer(PROVINCES, ADM1_PCODE="code", ADM1_EN=["Avela", None, "Cotu"])
    made = repair(read_files([written(frame, tmp_path / "a.geojson")]).layers)
    assert "“FR02”: The governorate has no name." in said(made, "error")


def test_districts_may_name_their_governorate_in_different_languages(tmp_path):
    codes = list(far_country.DISTRICTS)
    english = ["Avela", None, "Benoa", "Benoa", None, "Cotu"]
    frame = layer(
        codes, adm2_pcode="code", adm2_en=list(far_country.DISTRICTS.values()), adm1_en=english,
        adm1_fr=[name for name in FRENCH for _ in range(2)], adm1_pcode=[c[:4] for c in codes],
    )  # fmt: skip
    made = repair(read_files([written(frame, tmp_path / "a.geojson")]).layers)
    assert named(made) == far_country.PROVINCES


@pytest.mark.parametrize(
    ("code", "name", "second"),
    [
        ("admin1Pcod", "admin1Name", "admin1Na_1"),
        ("ADM1_PCODE", "ADM1_EN", "ADM1_AR"),
        ("admin1_pco", "admin1_nam", "admin1_n_1"),
        ("adm1_pcode", "adm1_name", "adm1_nam_1"),
    ],
)
def test_columns_as_a_shapefile_cuts_them_are_known(tmp_path, code, name, second):
    frame = layer(PROVINCES, **{second: list(ARABIC.values()), code: "code",
                                name: list(far_country.PROVINCES.values())})  # fmt: skip
    read = read_files([written(frame, tmp_path / "a.shp", encoding="utf-8")])
    assert named(read) == far_country.PROVINCES
    if second != "ADM1_AR":
        assert f"say adm1_ar: {second} in a mapping" in said(read)


# ------------------------------------------------------------------ letters of a Shapefile


def shapefile(folder: Path, names: dict[str, str], encoding: str, cpg: str | None, ldid: int = 0):
    """A zipped Shapefile in an encoding, of which its .cpg and its header say what is asked."""
    inside = folder / "inside"
    inside.mkdir()
    frame = layer(PROVINCES, ADM1_PCODE="code", ADM1_EN=list(far_country.PROVINCES.values()),
                  ADM1_AR=list(names.values()))  # fmt: skip
    written(frame, inside / "a.shp", encoding=encoding)
    (inside / "a.cpg").unlink(missing_ok=True)
    if cpg is not None:
        (inside / "a.cpg").write_text(cpg)
    table = bytearray((inside / "a.dbf").read_bytes())
    table[29] = ldid
    (inside / "a.dbf").write_bytes(table)
    return zipped(inside, folder / "a.zip")


RUSSIAN = {"FR01": "Авела Восточная", "FR02": "Беноа", "FR03": "Коту"}
ACCENTED = {"FR01": "Avèle-Côte", "FR02": "Bénoa", "FR03": "Côtu"}


@pytest.mark.parametrize(
    ("names", "encoding", "cpg", "ldid", "told"),
    [
        (ARABIC, "utf-8", "UTF-8", 0, ""),
        (ARABIC, "utf-8", "utf8", 0, ""),
        (ARABIC, "utf-8", None, 0, "read as UTF-8"),
        (ARABIC, "utf-8", "ISO-8859-1", 0, "its .cpg (“ISO-8859-1”) says iso8859-1"),
        (ARABIC, "utf-8", "what?", 0, "its .cpg (“what?”) does not say"),
        (ARABIC, "cp1256", "1256", 0, ""),
        (ARABIC, "cp1256", "ANSI 1256", 0, ""),
        (ARABIC, "cp1256", "windows-1256", 0, ""),
        (ARABIC, "cp1256", None, 0x7E, ""),
        (ARABIC, "cp1256", None, 0, "read as Arabic (cp1256): the Shapefile does not say"),
        (ARABIC, "cp1256", None, 0x57, "read as Arabic (cp1256)"),
        (ARABIC, "cp1256", "ISO-8859-1", 0, "read as Arabic (cp1256): its .cpg (“ISO-8859-1”)"),
        (ARABIC, "cp1256", "UTF-8", 0, "read as Arabic (cp1256): its .cpg (“UTF-8”)"),
        (ARABIC, "iso8859-6", "ISO88596", 0, ""),
        (RUSSIAN, "cp1251", None, 0, "read as Cyrillic (cp1251)"),
        (ACCENTED, "cp1252", None, 0, "read as Western (cp1252)"),
        (ACCENTED, "cp1252", None, 0x03, ""),
        (ACCENTED, "ISO-8859-1", "ISO-8859-1", 0, ""),
        (far_country.PROVINCES, "utf-8", None, 0, ""),
    ],
)
def test_letters_of_a_shapefile_come_in_as_they_were_and_a_guess_is_told(
    tmp_path, names, encoding, cpg, ldid, told
):
    read = read_files([shapefile(tmp_path, names, encoding, cpg, ldid)])
    assert list(read.layers[1].frame["name_ar"]) == list(names.values())
    assert (told in said(read)) if told else not said(read)


def test_a_person_may_say_how_the_letters_are_written(tmp_path):
    path = shapefile(tmp_path, ARABIC, "cp1256", "UTF-8")
    read = read_files([path], options=ColumnOptions(encoding="cp1256"))
    assert list(read.layers[1].frame["name_ar"]) == list(ARABIC.values())
    assert not read.findings
    with pytest.raises(BoundaryError, match="is not in utf-8 as --encoding says"):
        read_files([path], options=ColumnOptions(encoding="utf-8"))


@pytest.mark.parametrize("cpg", ["UTF-8", None])
def test_a_name_that_its_cell_cut_off_in_mid_letter_is_refused_and_garbles_no_others(tmp_path, cpg):
    path = shapefile(tmp_path, ARABIC, "utf-8", cpg)
    table = tmp_path / "inside" / "a.dbf"
    data = bytearray(table.read_bytes())
    at = data.index(ARABIC["FR02"].encode())
    width = data[32 + 32 * 2 + 16]  # of the third column
    data[at : at + width] = ("x" + "ب" * width).encode()[:width]  # an odd byte, then pairs
    table.write_bytes(data)
    with pytest.raises(BoundaryError, match="cut off in its middle, where a cell is full"):
        read_files([zipped(tmp_path / "inside", path)])


@pytest.mark.parametrize("name", ["hex", "base64", "rot13", "nothing", ""])
def test_what_is_no_encoding_of_text_is_not_taken_for_one(name):
    assert python_encoding(name) is None


def test_geojson_that_is_not_utf8_is_not_called_damaged(tmp_path):
    text = layer(["FR01"], ADM1_PCODE="code", ADM1_EN=["أفيلا"]).to_json(ensure_ascii=False)
    path = tmp_path / "a.geojson"
    path.write_bytes(text.encode("cp1256"))
    with pytest.raises(BoundaryError, match="letters that are not UTF-8.*Save it again in UTF-8"):
        read_files([path])


# -------------------------------------------------------------- GADM, geoBoundaries, others


def gadm(level: int) -> geopandas.GeoDataFrame:
    codes = PROVINCES if level == 1 else list(far_country.DISTRICTS)
    above = [f"FAR.{int(code[2:4])}_1" for code in codes]
    columns: dict[str, Any] = {
        "GID_0": "FAR",
        "COUNTRY": "Farland",
        "GID_1": above,
        "NAME_1": [far_country.PROVINCES[code[:4]] for code in codes],
    }
    if level == 1:
        columns |= {"VARNAME_1": "NA", "NL_NAME_1": list(ARABIC.values()), "TYPE_1": "Province"}
    else:
        columns |= {
            "GID_2": [f"FAR.{int(code[2:4])}.{int(code[4:])}_1" for code in codes],
            "NAME_2": list(far_country.DISTRICTS.values()),
            "NL_NAME_2": "NA",
        }
    return layer(codes, **columns)


def test_gadm_is_known_by_its_columns_and_its_codes_become_p_codes(tmp_path):
    files = [written(gadm(level), tmp_path / f"gadm41_FAR_{level}.json", driver="GeoJSON")
             for level in (1, 2)]  # fmt: skip
    read = read_files(files)
    made = repair(read.layers)
    assert named(made) == {"FAR001": "Avela", "FAR002": "Benoa", "FAR003": "Cotu"}
    assert made.districts is not None
    assert dict(zip(made.districts["pcode"], made.districts["adm1_pcode"], strict=True)) == {
        f"FAR00{p}00{d}": f"FAR00{p}" for p in (1, 2, 3) for d in (1, 2)
    }
    told = said(read)
    assert "Its columns are GADM's: GID_1, NAME_1." in told
    assert "FAR.1.1_1 is FAR001001" in told
    assert "say adm1_ar: NL_NAME_1 in a mapping" in told


def geoboundaries(level: int, iso: bool = True) -> geopandas.GeoDataFrame:
    codes = PROVINCES if level == 1 else list(far_country.DISTRICTS)
    names = far_country.PROVINCES if level == 1 else far_country.DISTRICTS
    return layer(
        codes, shapeName=list(names.values()), shapeGroup="FAR", shapeType=f"ADM{level}",
        shapeISO=[f"FA-{code[2:]}" if iso else "" for code in codes],
        shapeID=[f"8312{n}B5543" for n, _ in enumerate(codes)],
    )  # fmt: skip


def test_geoboundaries_are_known_and_districts_belong_where_they_lie(tmp_path):
    files = [written(geoboundaries(level, iso=level == 1), tmp_path / f"{level}.geojson")
             for level in (1, 2)]  # fmt: skip
    made = repair(read_files(files).layers)
    assert named(made) == {"FA01": "Avela", "FA02": "Benoa", "FA03": "Cotu"}
    assert made.districts is not None
    found = dict(zip(made.districts["name"], made.districts["adm1_pcode"], strict=True))
    assert found == {name: f"FA{code[2:4]}" for code, name in far_country.DISTRICTS.items()}
    assert list(made.districts["pcode"])[0] == "FAR83120B5543"
    assert "6 districts do not say their governorate: each belongs to the one that most" in said(
        made
    )


def test_a_district_that_lies_in_two_governorates_by_halves_is_refused(tmp_path):
    frame = geoboundaries(2)
    frame.loc[0, "geometry"] = shapely.box(165, -18, 167, -17)
    files = [written(geoboundaries(1), tmp_path / "1.geojson"),
             written(frame, tmp_path / "2.geojson")]  # fmt: skip
    told = said(repair(read_files(files).layers), "error")
    assert "It does not say its governorate (ADM1_PCODE), and no half of it lies in one." in told


@pytest.mark.parametrize(
    ("code", "written_as"),
    [("SDN.1_1", "SDN001"), ("SDN.1.12_1", "SDN001012"), ("SDN.11.2_1", "SDN011002"),
     ("SD-KH", "SDKH"), ("sd01", "SD01"), ("07", "FAR07"), ("7-12", "FAR712"), ("", "")],
)  # fmt: skip
def test_codes_that_are_no_p_codes_are_written_as_such(code, written_as):
    assert p_code(code, "FAR") == written_as


OWN = """\
columns:
  adm1_code: KOD
  adm1: NAZVA
  adm1_ar: ARABI
  adm2_code: KOD2
  adm2: NAZVA2
"""


def mapping(folder: Path, columns: str) -> Path:
    path = folder / "boundaries.yaml"
    source = far_country.SOURCE.format(id="farland-lines", title="Boundaries of Farland, made up")
    path.write_text(source + columns)
    return path


def added(folder: Path, columns: str, *files: Path, **wanted: Any) -> BoundaryUpdateReport:
    country = {"name": "Farland", "code": "FAR", "disclaimer": ""}
    return update_boundaries(
        Library(folder / "library"), BUNDLED,
        BoundaryUpdate(files=files, country=country, mapping=mapping(folder, columns), **wanted),
    )  # fmt: skip


def test_a_mapping_says_what_the_columns_of_a_national_office_are(tmp_path):
    upper = layer(PROVINCES, kod=["1", "2", "3"], NAZVA=list(far_country.PROVINCES.values()),
                  ARABI=list(ARABIC.values()))  # fmt: skip
    codes = list(far_country.DISTRICTS)
    lower = layer(codes, KOD=[code[3] for code in codes], KOD2=[f"{c[3]}-{c[5]}" for c in codes],
                  NAZVA2=list(far_country.DISTRICTS.values()))  # fmt: skip
    files = [written(upper, tmp_path / "1.geojson"), written(lower, tmp_path / "2.geojson")]
    report = added(tmp_path, OWN, *files)
    assert not report.failed, said(report, "error")
    areas = Library(tmp_path / "library").read(report.version).tables.areas.set_index("pcode")
    assert areas["name_en"].to_dict() == {
        **{f"FAR{code[3]}": name for code, name in far_country.PROVINCES.items()},
        **{f"FAR{code[3]}{code[5]}": name for code, name in far_country.DISTRICTS.items()},
    }
    assert areas["name_ar"]["FAR1"] == ARABIC["FR01"]
    assert areas["parent"]["FAR32"] == "FAR3"


def test_files_of_two_levels_with_columns_of_one_name_are_told_apart_by_a_person(tmp_path):
    columns = "columns: {adm1_code: ID, adm1: LABEL, adm2_code: ID, adm2: LABEL}\n"
    files = [
        written(
            layer(list(names), ID="code", LABEL=list(names.values())), tmp_path / f"{n}.geojson"
        )
        for n, names in ((1, far_country.PROVINCES), (2, far_country.DISTRICTS))
    ]
    with pytest.raises(BoundaryError, match="--level1 FILE and --level2 FILE"):
        added(tmp_path, columns, *files)
    report = added(tmp_path, columns, only={1: files[0], 2: files[1]})
    assert not report.failed, said(report, "error")
    assert report.simplification and (
        report.simplification.governorates,
        report.simplification.districts,
    ) == (3, 6)


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ("columns: {adm1_code: A}\n", "Say the column of the names"),
        ("columns: {adm1_code: A, adm1: A}\n", "One column cannot be two things"),
        ("columns: {adm1_kode: A, adm1: B}\n", "The key is not known: it may be adm1_code"),
        ("columns: {}\n", "Say what they are: adm1_code"),
        ("sheet: 1\n", "The key is not known: it may be source, columns"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused_with_its_line(tmp_path, columns, rule):
    path = written(far_country.provinces(), tmp_path / "1.geojson")
    told = said(added(tmp_path, columns, path), "error")
    assert rule in told and "line 9" in told


# ------------------------------------------------------------------ sound files of other formats


def text(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content)
    return path


TOPOLOGY = {"type": "Topology", "objects": {}, "arcs": []}


@pytest.mark.parametrize(
    ("name", "content", "said_of_it"),
    [
        ("a.json", json.dumps(TOPOLOGY), "a.json is TopoJSON, which is not read. Save the bound"),
        ("a.json", json.dumps(dict(reversed(TOPOLOGY.items())), indent=1), "is TopoJSON"),
        ("a.json", '{"geometryType": "esriGeometryPolygon", "features": []}', "is JSON of Esri"),
        ("a.json", '{"name": "Farland"}', "is JSON, but no GeoJSON"),
        ("a.kml", '<?xml version="1.0"?><kml xmlns="http://x"/>', "a.kml is KML, which is not"),
        ("a.gml", '<f xmlns:gml="http://www.opengis.net/gml"/>', "is GML"),
        ("a.geojson", "<!DOCTYPE html><html></html>", "is a web page"),
        ("a.geojson", "version https://git-lfs.github.com/spec/v1\noid", "a pointer of Git LFS"),
        ("a.parquet", "PAR1....", "is GeoParquet"),
        ("a.csv", "pcode,name\n", "a.csv is a table"),
    ],
)
def test_a_sound_file_of_another_format_is_named_and_not_called_damaged(
    tmp_path, name, content, said_of_it
):
    with pytest.raises(BoundaryError) as refusal:
        read_files([text(tmp_path, name, content)])
    assert said_of_it in str(refusal.value)
    assert "damaged" not in str(refusal.value)


@pytest.mark.parametrize("name", ["a.geojsonl", "a.geojson"])
def test_geojson_with_a_feature_on_each_line_is_read(tmp_path, name):
    features = json.loads(far_country.provinces().to_json(drop_id=True))["features"]
    path = text(tmp_path, name, "\n".join(map(json.dumps, features)) + "\n")
    assert named(read_files([path])) == far_country.PROVINCES
    records = "".join(f"\x1e{json.dumps(feature)}\n" for feature in features)
    assert named(read_files([text(tmp_path, "seq.json", records)])) == far_country.PROVINCES


def test_flatgeobuf_is_read(tmp_path):
    path = written(far_country.provinces(), tmp_path / "a.fgb", driver="FlatGeobuf")
    assert named(read_files([path])) == far_country.PROVINCES


def test_a_zip_without_the_shape_of_its_shapefile_names_it(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    written(far_country.provinces(), inside / "a.shp")
    path = zipped(inside, tmp_path / "a.zip", keep=lambda name: not name.endswith(".shp"))
    with pytest.raises(BoundaryError, match=r"a\.zip lacks a\.shp"):
        read_files([path])


def test_what_else_lies_in_a_zip_is_left_out_and_told(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    written(far_country.provinces(), inside / "a.geojson")
    text(inside, "meta.json", '{"licence": "free"}')
    read = read_files([zipped(inside, tmp_path / "a.zip")])
    assert named(read) == far_country.PROVINCES
    assert "Left out: meta.json is JSON, but no GeoJSON" in said(read)
