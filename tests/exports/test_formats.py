"""Files of a view: opened by readers of their own, they hold the view's figures and its sources."""

from __future__ import annotations

import codecs
import datetime as dt
import io
import json
import os
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import openpyxl
import pandas as pd
import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from PIL import Image, ImageChops, ImageFont
from pypdf import PageObject, PdfReader

from geodata.exports.documents.typesetting import pdf
from geodata.exports.drawing import country, elements, pictures, svg
from geodata.exports.drawing.raster import FONTS, pixels, png
from geodata.exports.drawing.text_lines import isolates_to_marks
from geodata.exports.drawing.themes import LIGHT
from geodata.exports.formats import FILES, ExportRequest
from geodata.exports.options import Options
from geodata.exports.provenance import provenance_of
from geodata.exports.tables.long_table import COLUMNS, tags
from geodata.exports.tables.workbook import Sheet, workbook
from geodata.exports.tables.xlsx import HEADS, sheets
from geodata.figures import statuses
from geodata.figures.view import View
from geodata.i18n.language import LOCALES, PDI, RLI, load_language, strip_isolates
from geodata.i18n.writing import NATIVE
from geodata.places.area_names import area_names
from geodata.text import sentences, view_headlines, wording
from tests.paths import ROOT, TESTS
from tests.views import viewed

REFERENCES = TESTS / "references"
HERE = "https://maps.example.org/"
KINDS: list[dict[str, str]] = [
    {},
    {"pop": "returnee", "time": "2018-08-31"},
    {"level": "2", "time": "2017-05-15"},
    {"mode": "change", "base": "2017-05-15"},
    {"prog": "PHSS", "measure": "share"},
    {"pop": "refugee", "measure": "rate"},
]
NAMES = sorted(FILES)
MOVING = ("timelapse.gif", "timelapse.webp", "timelapse.mp4")
QUICK = sorted(set(FILES) - set(MOVING))
CODES = ("ar", "ckb")
TABLES = ("data.csv", "data.xlsx", "data.json")


def made(name: str, view: View, **options: Any) -> bytes:
    return FILES[name].make(ExportRequest(view, Options(**options), page=HERE))


def words_of(said: str) -> str:
    """Text without regard to where lines and words are broken."""
    return "".join(said.split()).replace("\u00ad", "")


def expected(view: View, dates: list[int]) -> Iterator[tuple[str, str, float | None, str]]:
    """Date, P-code, figure and status of every cell, as the view has them."""
    said = statuses.status_words(view.language)
    for t in dates:
        for i, pcode in enumerate(view.counts.areas.pcodes):
            value = float(view.values[t, i])
            known = None if np.isnan(value) else value
            yield view.counts.dates[t].isoformat(), pcode, known, said[view.status[t, i]]


def same(found: list[tuple[str, str, float | None, str]], view: View, dates: list[int]) -> None:
    """Hold that a table has the view's cells, figures rounded as they are shown."""
    wanted = list(expected(view, dates))
    assert len(found) == len(wanted)
    for (day, pcode, value, status), (day_, pcode_, value_, status_) in zip(
        found, wanted, strict=True
    ):
        assert (day, pcode, status) == (day_, pcode_, status_)
        assert (value is None) == (value_ is None)
        assert value is None or value == pytest.approx(value_, abs=0.51)


# ------------------------------------------------------------------------------------------ tables


@pytest.mark.parametrize("query", KINDS, ids=str)
def test_a_csv_read_by_pandas_has_the_figures_of_the_view(snapshot, query):
    view = viewed(snapshot, **query)
    rows = pd.read_csv(io.BytesIO(made("data.csv", view, every=True)))
    assert list(rows.columns) == list(COLUMNS)
    values = rows["value"].astype(object).where(rows["value"].notna(), None)
    found = list(zip(rows["date"], rows["pcode"], values, rows["status"], strict=True))
    same(found, view, list(range(len(view.counts.dates))))


@pytest.mark.parametrize("code", CODES)
def test_a_spreadsheet_is_told_how_the_letters_of_a_csv_are_written(snapshot, code):
    """Excel takes a CSV without the mark for one in the letters of the computer's country."""
    assert made("data.csv", viewed(snapshot)).isascii()
    view = viewed(snapshot, lang=code)
    for tagged in (False, True):
        body = made("data.csv", view, hxl=tagged)
        assert body.startswith(codecs.BOM_UTF8) and body.count(codecs.BOM_UTF8) == 1
        rows = pd.read_csv(io.BytesIO(body))
        assert list(rows.columns) == list(COLUMNS)
        assert rows["name"].iloc[-1] == area_names(snapshot, load_language(code))["IQG18"]


def test_a_csv_with_tags_is_one_that_hxl_tools_read(snapshot):
    """Tags stand in the second row, figures below; no tag is given to two columns."""
    view = viewed(snapshot, pop="returnee", level="2")
    rows = pd.read_csv(io.BytesIO(made("data.csv", view, hxl=True)), header=None)
    tagged = dict(zip(rows.iloc[0], rows.iloc[1], strict=True))
    assert tagged["value"] == "#affected+returnees+ind"
    assert (tagged["pcode"], tagged["parent_pcode"]) == ("#adm2+code", "#adm1+code")
    assert all(str(tag).startswith("#") for tag in tagged.values())
    assert len(set(tagged.values())) == len(tagged)
    assert len(rows) == 2 + len(view.counts.areas.pcodes)


@pytest.mark.parametrize(
    ("query", "tag"),
    [
        ({}, "#affected+idps+ind"),
        ({"measure": "households"}, "#affected+idps+hh"),
        ({"mode": "change"}, "#affected+idps+ind+change"),
        ({"pop": "refugee"}, "#affected+refugees+ind"),
        ({"measure": "rate"}, "#indicator+rate+idps"),
    ],
)
def test_a_tag_says_what_is_counted(snapshot, query, tag):
    assert tags(viewed(snapshot, **query))["value"] == tag


@pytest.mark.parametrize("query", KINDS, ids=str)
def test_a_workbook_has_the_figures_of_the_view_with_their_types(snapshot, query):
    view = viewed(snapshot, **query)
    book = openpyxl.load_workbook(io.BytesIO(made("data.xlsx", view)))
    assert book.sheetnames == ["Data", "Notes", "Sources"]
    page = book["Data"]
    assert page.freeze_panes == "A2"
    head, *rows = page.iter_rows(values_only=True)
    assert head == tuple(COLUMNS)
    at = {name: n for n, name in enumerate(head)}
    found = [
        (str(row[at["date"]].date()), row[at["pcode"]], row[at["value"]], row[at["status"]])
        for row in rows
    ]
    same(found, view, [view.date_index()])
    assert all(isinstance(row[at["value"]], int | float | None) for row in rows)


def test_a_workbook_says_what_is_to_be_known_of_its_figures(snapshot):
    view = viewed(snapshot, prog="PHSS")
    book = openpyxl.load_workbook(io.BytesIO(made("data.xlsx", view)))
    said = {row[1] for row in book["Notes"].iter_rows(values_only=True)}
    assert {
        wording.title_in_country(view),
        wording.disclaimer(view),
        *sentences.notes(view),
    } <= said
    assert any(snapshot.version in str(each) for each in said)
    assert any(str(each).startswith(f"{HERE}?") for each in said)
    sources = list(book["Sources"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in sources] == [source["id"] for source in sentences.sources(view)]
    assert [row[3] for row in sources] == [source["terms"] for source in sentences.sources(view)]


@pytest.mark.parametrize("nasty", ["=1+1", "+1", "-1", "@SUM(1)", "=HYPERLINK(1)", "\t=1"])
def test_a_workbook_has_no_formula_and_marks_text_that_looks_like_one(nasty):
    body = workbook([Sheet("Data", [["name"], [nasty]], (10,))], {})
    cell = openpyxl.load_workbook(io.BytesIO(body))["Data"]["A2"]
    assert (cell.value, cell.data_type) == (nasty, "s")
    assert cell.style.startswith("Normal") and cell.quotePrefix
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")


def test_a_workbook_with_tags_keeps_both_rows_of_its_head_in_sight(snapshot):
    view = viewed(snapshot)
    page = openpyxl.load_workbook(io.BytesIO(made("data.xlsx", view, hxl=True)))["Data"]
    assert page.freeze_panes == "A3"
    assert page["M2"].value == "#affected+idps+ind"


def test_a_workbook_is_printed_across_with_its_head_on_every_page(snapshot):
    book = openpyxl.load_workbook(io.BytesIO(made("data.xlsx", viewed(snapshot), hxl=True)))
    for page in book.worksheets:
        assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
        assert page.sheet_properties.pageSetUpPr.fitToPage and page.print_options.gridLines
        assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight) == (1, 0)
        assert "displaced people" in page.oddHeader.left.text
        assert page.oddFooter.center.text == "&P / &N"
    data, notes, _ = book.worksheets
    assert (data.print_title_rows, notes.print_title_rows) == ("$1:$2", "$1:$1")
    assert data.print_area == f"'Data'!$A$1:$Q${data.max_row}"
    assert data["Q1"].value == "rank"


def test_the_title_of_a_printed_workbook_is_no_command():
    body = workbook([Sheet("Data", [["name"], ["Anbar"]], (10,))], {"title": "Food & Drink &P"})
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        assert b"Food &amp;&amp; Drink &amp;&amp;P" in packed.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("query", KINDS, ids=str)
def test_json_has_the_figures_of_the_view_and_says_whose_they_are(snapshot, query):
    view = viewed(snapshot, **query)
    read = json.loads(made("data.json", view))
    found = [(row["date"], row["pcode"], row["value"], row["status"]) for row in read["data"]]
    same(found, view, [view.date_index()])
    told = read["metadata"]
    assert told["disclaimer"] == wording.disclaimer(view)
    assert [source["terms"] for source in told["sources"]] == [
        source["terms"] for source in sentences.sources(view)
    ]


@pytest.mark.parametrize("query", KINDS, ids=str)
def test_geojson_read_by_geopandas_has_shapes_and_figures(snapshot, query):
    import geopandas

    view = viewed(snapshot, **query)
    frame = geopandas.read_file(io.BytesIO(made("data.geojson", view)))
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.is_valid.all()
    values = [None if pd.isna(value) else float(value) for value in frame["value"]]
    days = [str(day)[:10] for day in frame["date"]]
    found = list(zip(days, frame["pcode"], values, frame["status"], strict=True))
    same(found, view, [view.date_index()])
    west, south, east, north = frame.total_bounds
    assert 38 < west < 40 and 28 < south < 30 and 48 < east < 49 and 37 < north < 38


def test_outer_rings_of_geojson_run_counter_clockwise(snapshot):
    import shapely

    read = json.loads(made("data.geojson", viewed(snapshot, level="2")))
    for feature in read["features"]:
        geometry = shapely.geometry.shape(feature["geometry"])
        for polygon in getattr(geometry, "geoms", [geometry]):
            assert polygon.exterior.is_ccw
            assert not any(hole.is_ccw for hole in polygon.interiors)


def test_metadata_names_every_file_and_describes_every_column(snapshot):
    read = json.loads(made("metadata.json", viewed(snapshot, pop="returnee")))
    assert set(read["files"]) == set(FILES)
    assert [column["name"] for column in read["columns"]] == list(COLUMNS)
    assert all(column["description"] for column in read["columns"])
    assert set(read["statuses"]) == {status.word for status in statuses.STATUSES.values()}


# -------------------------------------------------------------------------- pictures and the page


@pytest.mark.slow
@pytest.mark.parametrize("query", KINDS, ids=str)
@pytest.mark.parametrize(("paper", "points"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_a_pdf_is_one_page_that_says_where_its_figures_are_from(snapshot, query, paper, points):
    view = viewed(snapshot, **query)
    pages = PdfReader(io.BytesIO(made("map.pdf", view, paper=paper))).pages
    assert len(pages) == 1
    assert tuple(round(float(side)) for side in pages[0].mediabox[2:]) == points
    said = words_of(pages[0].extract_text())
    told = provenance_of(view.on_its_date(), HERE)
    wanted = [told.title, told.headline, told.disclaimer, told.snapshot, *told.method]
    wanted += [source["credit"] for source in told.sources] + list(told.statuses)
    for each in wanted:
        assert words_of(each) in said, each
    notes: Any = pages[0]["/Annots"]
    links = [note.get_object().get("/A", {}).get("/URI") for note in notes]
    assert any(str(link).startswith(f"{HERE}?") and "v=" in str(link) for link in links)


@pytest.mark.slow
def test_the_map_in_a_pdf_is_drawn_not_photographed(snapshot):
    page = PdfReader(io.BytesIO(made("map.pdf", viewed(snapshot)))).pages[0]
    assert "Ninewa" in page.extract_text()
    assert list(page.images) == []


@pytest.mark.parametrize("query", KINDS, ids=str)
def test_pictures_say_inside_what_they_have_no_room_for(snapshot, query):
    view = viewed(snapshot, **query)
    drawn = ET.fromstring(made("map.svg", view))
    picture = Image.open(io.BytesIO(made("map.png", view, width=320)))
    picture.load()
    for said in ("".join(drawn.itertext()), picture.info["Description"]):
        for note in (
            *sentences.notes(view),
            *(source["terms"] for source in sentences.sources(view)),
        ):
            assert note in said
    assert picture.info["Title"] == wording.title_in_country(view)
    assert picture.info["Source"].startswith(f"{HERE}?")


@pytest.mark.parametrize(("width", "scale", "size"), [(320, 1, (320, 240)), (400, 3, (1200, 900))])
def test_a_picture_has_the_size_that_was_asked_for(snapshot, width, scale, size):
    body = made("map.png", viewed(snapshot), width=width, scale=scale)
    assert Image.open(io.BytesIO(body)).size == size


def difference(a: Image.Image, b: Image.Image) -> float:
    """Mean difference of two pictures, from 0 to 255."""
    return float(np.asarray(ImageChops.difference(a, b), dtype=float).mean())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_looks_as_it_did(snapshot, theme):
    """``tests/references`` holds what was looked at; small differences of rendering are allowed."""
    view = viewed(snapshot, level="2", time="2017-05-15")
    drawn = pictures.picture(view.on_its_date(), theme=theme, permalink="")
    found = Image.open(io.BytesIO(png(drawn, width=480))).convert("RGB")
    reference = Image.open(REFERENCES / f"districts-{theme}.png").convert("RGB")
    assert found.size == reference.size
    assert difference(found, reference) < 1.0
    other = viewed(snapshot, level="2", time="2019-04-30")
    changed = png(pictures.picture(other.on_its_date(), theme=theme), width=480)
    assert difference(Image.open(io.BytesIO(changed)).convert("RGB"), reference) > 1.0


def test_nothing_of_the_map_reaches_beyond_its_frame(snapshot):
    """It is not clipped, but covered: above the map there is title and ground, nothing else."""
    view = viewed(snapshot)
    drawn = pictures.picture(view.on_its_date(), theme="light")
    picture = np.asarray(Image.open(io.BytesIO(png(drawn, width=1200))).convert("RGB"))
    assert (picture[98:112, :] == 255).all()
    assert (picture[:112, 800:] == 255).all()


def document(*parts: str, **look: object) -> str:
    """An SVG document of 1200 × 120 pixels without a ground."""
    size = {"xmlns": "http://www.w3.org/2000/svg", "width": 1200, "height": 120}
    return elements.element("svg", *parts, **size, **look)


def test_a_picture_has_the_letters_that_ship_whatever_the_machine_has():
    line = elements.text("iiWWaz 12,345", x=5, y=60, font__size=30)
    families = (elements.FONT, "monospace", "serif", "DejaVu Sans Mono")
    assert len({png(document(line, font__family=family), width=1200) for family in families}) == 1


def test_what_else_is_started_keeps_the_fonts_of_the_machine():
    """The settings that name ours are there for as long as they are read."""
    png(document(), width=1200)
    assert not {"FONTCONFIG_FILE", "PANGOCAIRO_BACKEND"} & set(os.environ)


@pytest.mark.parametrize("texture", svg.TEXTURES.values())
def test_a_texture_looks_the_same_however_many_marks_a_tile_has(examplia, texture):
    paint = svg.ColourScheme(viewed(examplia).on_its_date(), "light")
    area = elements.element("rect", width=1200, height=120, fill=texture)
    once, often = (
        Image.frombytes("RGB", *pixels(document(svg.textures(paint, 1.5, n), area), width=1200))
        for n in (1, 6)
    )
    assert difference(once, often) < 1.0
    assert difference(once, Image.new("RGB", once.size, LIGHT["texture-ground"])) > 5.0


def test_a_frame_of_the_moving_picture_is_the_picture_without_its_alpha(examplia):
    view = viewed(examplia)
    drawn = pictures.picture(view.on(0))
    size, colors = pixels(drawn, width=320)
    picture = Image.open(io.BytesIO(png(drawn, width=320)))
    assert size == picture.size == (320, 240)
    assert colors == picture.convert("RGB").tobytes()


# ------------------------------------------------------------------------------- Arabic and Sorani

ARABIC, SORANI = "النازحون في العراق", "ئاوارەکان لە هەرێمی کوردستان"
NON_JOINER = "\u200c"


def ink(words: str, weight: int = 400) -> np.ndarray:
    """Which pixels of a line of text are dark."""
    look = {"font__size": 48, "font__weight": weight, "text__anchor": "middle"}
    drawn = elements.text(words, x=600, y=80, **look)
    line = document(drawn, font__family=elements.FONT)
    return np.asarray(Image.open(io.BytesIO(png(line, width=1200))))[:, :, 3] > 127


@pytest.mark.parametrize("words", [ARABIC, SORANI])
def test_letters_are_joined_in_pictures(words):
    """Joined letters take another shape and less room than letters that stand alone."""
    joined = ink(words)
    alone = ink(NON_JOINER.join(words))
    assert joined.any()
    across = [np.flatnonzero(each.any(axis=0)) for each in (joined, alone)]
    widths = [columns[-1] - columns[0] for columns in across]
    assert widths[0] < 0.9 * widths[1]
    parts = [1 + int((np.diff(columns) > 1).sum()) for columns in across]
    assert parts[0] < parts[1]


@pytest.mark.parametrize("words", [ARABIC, SORANI])
def test_no_letter_is_missing_from_the_fonts_that_ship(words):
    """A missing letter would be an empty box, the same for every one."""
    for letter in set(words) - {" "}:
        assert not np.array_equal(ink(letter), ink("\u4e2d")), letter
        assert ink(letter).any(), letter


@pytest.mark.parametrize(("words", "lang"), [(ARABIC, "ar"), (SORANI, "ckb")])
def test_text_in_a_pdf_is_shaped_and_can_be_found(words, lang):
    body = pdf(
        {"main.typ": (f'#set text(font: "Noto Sans", lang: "{lang}", dir: rtl)\n{words}').encode()},
        {},
    )
    read = PdfReader(io.BytesIO(body))
    found = read.pages[0].extract_text()
    letters = sorted(words.replace(" ", ""))
    assert sorted(found.replace(" ", "").replace("\n", "")) == letters
    names = {str(font["/BaseFont"]) for font in fonts_of(read.pages[0])}
    assert len(names) == 1 and "NotoSans" in names.pop()


def fonts_of(page: PageObject) -> list[Any]:
    """The fonts that a page of a PDF uses."""
    resources: Any = page["/Resources"]
    return [font.get_object() for font in resources["/Font"].values()]


def shapes(words: str, letter: str) -> int:
    """How many glyphs of a PDF of some words are read as one letter."""
    source = f'#set text(font: "Noto Sans", lang: "ar", dir: rtl)\n{words}'
    page = PdfReader(io.BytesIO(pdf({"main.typ": source.encode()}, {}))).pages[0]
    (font,) = fonts_of(page)
    read_as = font["/ToUnicode"].get_object().get_data().decode("latin-1")
    return read_as.count(f"<{ord(letter):04X}>")


def test_letters_are_joined_in_a_pdf():
    """One letter three times has three shapes: at the start, in the middle, at the end."""
    assert (shapes("ن", "ن"), shapes("ننن", "ن")) == (1, 3)


def test_arabic_is_written_as_bold_as_the_rest():
    """A renderer that takes a letter from another family takes it in any weight."""
    plain_ink, bold_ink = (ink(ARABIC, weight).sum() for weight in (400, 700))
    assert bold_ink > 1.2 * plain_ink


RIGHT = "{http://www.w3.org/XML/1998/namespace}lang"
SVG = "{http://www.w3.org/2000/svg}"
ON_PAGES_ALONE = {"⌘"}  # a key of some keyboards


def written(code: str) -> set[str]:
    """Every sign that anything in a language can be written with."""
    language = load_language(code, NATIVE)
    path = LOCALES / code / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        messages = [each.string or "" for each in read_po(file) if each.id]
    said = [word for each in messages for word in ([each] if isinstance(each, str) else each)]
    said += [language.date(dt.date(2018, month, 1)) for month in range(1, 13)]
    said += [language.signed(-1234567.8, 1), language.percent(0.5), language.compact(2_500_000)]
    return {sign for sign in "".join(said) if unicodedata.category(sign) not in ("Cc", "Cf")}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_fonts_that_ship_have_every_letter_of_a_language(snapshot, code, weight):
    """Of messages, names and dates, in either weight; signs may come from the font of signs."""
    fonts = [
        ImageFont.truetype(str(FONTS / name))
        for name in (f"NotoSans-{weight}.ttf", "NotoSansMath-Regular.ttf")
    ]
    lacking = [bytes(font.getmask("\u4e2d")) for font in fonts]
    places = "".join(area_names(snapshot, load_language(code)).values())
    neighbours = [each.text for each in country.drawing(snapshot, 1, load_language(code)).countries]
    letters = (written(code) - ON_PAGES_ALONE) | set(places) | set("".join(neighbours))
    missing = [
        letter
        for letter in sorted(letters - set(" \u00a0"))
        if all(bytes(font.getmask(letter)) == box for font, box in zip(fonts, lacking, strict=True))
    ]
    assert missing == []


def drawn(view: View) -> ET.Element:
    return ET.fromstring(pictures.picture(view.on_its_date(), permalink=HERE))


@pytest.mark.parametrize("code", CODES)
def test_a_picture_is_laid_out_from_the_right_and_its_map_is_not_mirrored(snapshot, code):
    """Title and legend stand on the right, swatches to the right of their labels."""
    found, english = (drawn(viewed(snapshot, lang=lang)) for lang in (code, "en"))
    assert (found.get("direction"), found.get(RIGHT)) == ("ltr", code)
    assert (english.get("direction"), english.get(RIGHT)) == (None, None)
    lines = [each for each in found.findall(f"{SVG}text")]
    assert all(str(each.text).startswith(RLI) and str(each.text).endswith(PDI) for each in lines)
    title = lines[0]
    assert (title.get("x"), title.get("text-anchor")) == (str(pictures.WIDTH - 40), "end")
    *_, card = (each for each in found.findall(f"{SVG}rect") if each.get("rx") == "10")
    assert float(card.get("x", 0)) + float(card.get("width", 0)) == pictures.WIDTH - 40
    swatches = [
        float(each.get("x", 0)) for each in found.iter(f"{SVG}rect") if each.get("rx") == "3"
    ]
    labels = [float(each.get("x", 0)) for each in lines if each.get("font-size") == "14.5"]
    assert labels and max(labels) < min(swatches)
    shapes, same = (
        [each.get("d") for each in root.iter(f"{SVG}path") if each.get("data-pcode")]
        for root in (found, english)
    )
    assert shapes == same


@pytest.mark.parametrize("code", CODES)
def test_neighbours_are_named_in_the_language_and_their_letters_are_not_spaced(snapshot, code):
    said = pictures.picture(viewed(snapshot, lang=code).on(0))
    assert load_language(code).locale.territories["IR"] in said and ">Iran<" not in said
    assert "letter-spacing" not in said
    assert "letter-spacing" in pictures.picture(viewed(snapshot).on(0))


@pytest.mark.parametrize("code", CODES)
def test_a_picture_in_another_language_looks_as_it_did(snapshot, code):
    view = viewed(snapshot, pop="returnee", time="2018-08-31", lang=code)
    found = Image.open(io.BytesIO(png(pictures.picture(view.on_its_date()), width=480)))
    reference = Image.open(REFERENCES / f"returnees-{code}.png").convert("RGB")
    assert difference(found.convert("RGB"), reference) < 1.0
    mirrored = reference.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert difference(found.convert("RGB"), mirrored) > 1.0


def test_digits_of_the_script_are_shown_in_pictures_and_pages_and_never_in_cells(snapshot):
    view = viewed(snapshot, lang="ar", digits="native")
    picture = pictures.picture(view.on_its_date())
    assert "٢٠٢٤" in picture and "2024" not in re.sub(r"<title>.*?</title>", "", picture)
    said = PdfReader(io.BytesIO(made("map.pdf", view))).pages[0].extract_text()
    assert letters_in(view_headlines.headline(view.on_its_date())) <= letters_in(said)
    assert not re.search("[٠-٩]", made("data.csv", view).decode())
    page = openpyxl.load_workbook(io.BytesIO(made("data.xlsx", view))).worksheets[0]
    values = [cell.value for column in page.iter_cols(min_row=2) for cell in column]
    assert not any(re.search("[٠-٩]", str(value)) for value in values)
    assert sum(isinstance(value, int | float) for value in values) > len(view.counts.areas.pcodes)


@pytest.mark.parametrize("code", CODES)
def test_a_workbook_is_read_from_the_right_with_heads_in_its_language(snapshot, code):
    view = viewed(snapshot, lang=code, time="2018-08-31")
    book = openpyxl.load_workbook(io.BytesIO(made("data.xlsx", view)))
    assert all(page.sheet_view.rightToLeft for page in book.worksheets)
    data, notes, _ = book.worksheets
    heads = [cell.value for cell in data[1]]
    assert heads == [load_language(code).gettext(HEADS[name]) for name in COLUMNS]
    assert notes["B2"].alignment.readingOrder == 2
    at = list(COLUMNS).index("pcode")
    assert data.cell(2, at + 1).value == view.counts.areas.pcodes[0]
    english = openpyxl.load_workbook(io.BytesIO(made("data.xlsx", viewed(snapshot))))
    assert not any(page.sheet_view.rightToLeft for page in english.worksheets)


def test_every_column_has_a_head():
    assert list(HEADS) == list(COLUMNS)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", ["data.csv", "data.json", "data.geojson", "metadata.json"])
def test_what_programs_read_has_english_keys_translated_names_and_no_isolates(snapshot, code, name):
    view = viewed(snapshot, lang=code, measure="rate")
    body = made(name, view).decode()
    assert not re.search("[\u2066-\u2069]", body)
    if name != "metadata.json":
        assert area_names(snapshot, load_language(code))["IQG01"] in body
        assert all(column in body for column in COLUMNS)


def letters_in(said: str) -> Counter[str]:
    """Letters and digits of a text, in whatever order a reader of PDFs has them."""
    return Counter(each for each in said if each.isalnum())


@pytest.mark.parametrize("code", CODES)
def test_a_page_names_its_language_and_its_words_can_be_found(snapshot, code):
    view = viewed(snapshot, lang=code, prog="PHSS", measure="share")
    read = PdfReader(io.BytesIO(made("map.pdf", view)))
    root: Any = read.trailer["/Root"]
    assert root["/Lang"] == f"{code}-IQ"
    told = provenance_of(view.on_its_date(), HERE)
    assert read.metadata and read.metadata.title == strip_isolates(told.title)
    said = read.pages[0].extract_text()
    for sentence in (told.headline, *told.method, told.disclaimer):
        assert letters_in(sentence) <= letters_in(said), sentence
    below_the_map = [line for line in said.splitlines() if "PHSS" in line or "IOM" in line]
    assert below_the_map and not re.search("[\u2066-\u2069]", "".join(below_the_map))


@pytest.mark.parametrize("code", CODES)
def test_a_name_of_a_file_says_its_language_in_letters_that_every_system_has(snapshot, code):
    view = viewed(snapshot, lang=code, pop="returnee", time="2018-08-31")
    saved = FILES["data.csv"].filename(ExportRequest(view))
    assert saved == f"iraq-returnee-people-governorates-2018-08-31-{code}.csv"


@pytest.mark.parametrize("code", CODES)
def test_a_readme_and_what_pictures_say_inside_are_in_the_language(snapshot, code):
    view = viewed(snapshot, lang=code, time="2018-08-31")
    picture = Image.open(io.BytesIO(made("map.png", view, width=320)))
    picture.load()
    assert picture.info["Title"] == strip_isolates(wording.title_in_country(view))
    with zipfile.ZipFile(io.BytesIO(made("map.zip", view))) as packed:
        readme = packed.read("README.txt").decode()
        assert all(name.isascii() for name in packed.namelist())
    for said in (picture.info["Description"], readme):
        assert not re.search("[\u2066-\u2069]", said)
        assert isolates_to_marks(view_headlines.headline(view.on_its_date())) in said


# ----------------------------------------------------------------------------------------- routes


@pytest.mark.parametrize("name", QUICK)
def test_every_file_is_served_as_what_it_is_under_a_name_that_says_what_is_inside(
    client: FlaskClient, name
):
    answer = client.get(f"/{name}?pop=returnee&time=2018-08-31")
    assert answer.status_code == 200
    assert answer.mimetype == FILES[name].media
    saved = answer.headers["Content-Disposition"]
    assert "iraq-returnee-people-governorates-2018-08-31" in saved or FILES[name].own_name
    assert saved.endswith(f'.{FILES[name].ending}"')
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "metadata.json?pop=returnee&time=2018-08-31&v=" in answer.headers["Link"]
    assert answer.headers["ETag"]


@pytest.mark.parametrize("name", NAMES)
def test_every_file_refuses_a_wrong_value_with_a_sentence(client: FlaskClient, name):
    answer = client.get(f"/{name}?time=never")
    assert answer.status_code == 400
    assert "time may be" in answer.get_json()["error"]["sentence"]
    gone = client.get(f"/{name}?v=000000000000")
    assert gone.status_code == 404
    assert "is a snapshot that is not held here" in gone.get_json()["error"]["sentence"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("map.png?scale=4", "from 1 to 3"),
        ("map.png?w=2400&scale=2", "4800 pixels"),
        ("map.png?theme=blue", "light, dark"),
        ("map.pdf?paper=A3", "A4, Letter"),
        ("data.csv?rows=some", "view, all"),
        ("data.csv?hxl=yes", "0, 1"),
    ],
)
def test_an_option_that_cannot_be_is_refused_with_what_can(client: FlaskClient, query, said):
    answer = client.get(f"/{query}")
    assert answer.status_code == 400
    assert said in answer.get_json()["error"]["sentence"]


@pytest.mark.parametrize("name", TABLES)
def test_all_rows_are_named_without_a_date(client: FlaskClient, name):
    saved = client.get(f"/{name}?pop=refugee&rows=all").headers["Content-Disposition"]
    assert f'"iraq-refugee-people-governorates.{FILES[name].ending}"' in saved


def test_an_archive_holds_the_very_files_with_a_readme(client: FlaskClient):
    asked = "pop=returnee&time=2018-08-31"
    with zipfile.ZipFile(io.BytesIO(client.get(f"/map.zip?{asked}").get_data())) as packed:
        assert packed.testzip() is None
        held = {name: packed.read(name) for name in packed.namelist()}
    readme = held.pop("README.txt").decode()
    assert "Non-commercial use" in readme and "official endorsement" in readme
    assert all(name in readme for name in held)
    assert json.loads(held.pop("datapackage.json"))["resources"][0]["path"] in held
    linked = {name for name in QUICK if FILES[name].linked}
    for name in linked - {"map.zip", "map.png", "datapackage.json"}:
        saved = client.get(f"/{name}?{asked}")
        inside = saved.headers["Content-Disposition"].split('"')[1]
        assert held.pop(inside) == saved.get_data(), name
    assert {name.split(".", 1)[1] for name in held} == {"png", "csv", "figure.json"}


@pytest.mark.parametrize("name", sorted(set(QUICK) - {"map.zip"}))
def test_the_same_file_has_the_same_bytes_whenever_it_is_made(snapshot, name):
    view = viewed(snapshot, time="2018-08-31")
    assert made(name, view) == made(name, view)


def test_links_in_files_follow_the_address_of_the_site(client_of):
    client = client_of(public_url="https://maps.example.org")
    told = client.get("/metadata.json?pop=returnee").get_json()
    assert told["permalink"].startswith("https://maps.example.org/?pop=returnee&time=")
    pdf_url = told["files"]["map.pdf"]["url"]
    assert pdf_url.startswith("https://maps.example.org/map.pdf?pop=returnee&time=")
    row = pd.read_csv(io.BytesIO(client.get("/data.csv").get_data())).iloc[0]
    assert row["link"].startswith("https://maps.example.org/?time=")


def test_a_frozen_file_never_changes_and_says_so(client_of, snapshot):
    client = client_of(public_url="https://maps.example.org")
    frozen = client.get(f"/map.pdf?v={snapshot.version}").headers["Cache-Control"]
    assert "immutable" in frozen
    assert "no-cache" in client.get("/map.pdf").headers["Cache-Control"]


def test_sheets_are_plain_values_that_another_process_can_be_given(snapshot):
    import pickle

    view = viewed(snapshot)
    told = provenance_of(view.on_its_date(), HERE)
    given = sheets(view, [view.date_index()], told, HERE)
    assert pickle.loads(pickle.dumps(given)) == given


def test_every_file_column_and_option_is_documented():
    said = (ROOT / "docs" / "files.md").read_text("utf-8")
    for each in (*(f"`/{name}`" for name in FILES), *(f"| `{name}` |" for name in COLUMNS)):
        assert each in said
    for key in ("w=", "scale=", "theme=", "paper=", "rows=", "hxl="):
        assert f"`{key}" in said
