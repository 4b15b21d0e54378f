"""Drawings, pictures and CSV of a view: the same figures, names and sources as the page."""

from __future__ import annotations

import csv
import io
import itertools
import re
import struct
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from geodata.exports.drawing import elements, pictures, svg
from geodata.exports.drawing.country import NAME_SIZES, drawing, mercator
from geodata.exports.drawing.raster import png
from geodata.exports.drawing.text_lines import wrapped
from geodata.exports.drawing.themes import DARK, LIGHT
from geodata.exports.filenames import filename
from geodata.exports.tables.csv import csv_text
from geodata.exports.tables.formula_injection import escape_formula
from geodata.exports.tables.long_table import COLUMNS
from geodata.figures import statuses
from geodata.i18n.language import load_language
from geodata.text import area_labels, sentences, view_headlines, wording
from geodata.text.view_text import ViewText
from tests.paths import ROOT
from tests.views import viewed

TOKENS = (ROOT / "assets" / "css" / "tokens.css").read_text("utf-8")
SVG = "{http://www.w3.org/2000/svg}"
ENGLISH = load_language("en")
KINDS = [
    {},
    {"pop": "returnee", "time": "2018-08-31"},
    {"level": "2", "time": "2017-05-15"},
    {"mode": "change", "base": "2017-05-15"},
    {"prog": "PHSS", "measure": "share"},
    {"pop": "refugee"},
]


# ---------------------------------------------------------------------------------------- drawing


@pytest.mark.parametrize("level", [1, 2])
def test_every_area_is_drawn_once_as_closed_rings(snapshot, level):
    drawn = drawing(snapshot, level, ENGLISH)
    held = snapshot.tables.areas
    assert set(drawn.areas) == set(held.loc[held["level"] == level, "pcode"])
    assert all(re.fullmatch(r"(?:M-?\d+ -?\d+l[-\d ]+z)+", d) for d in drawn.areas.values())


def points(path: str) -> list[tuple[int, int]]:
    """Absolute corners of path data as drawings write it."""
    found: list[tuple[int, int]] = []
    for ring in path.split("z")[:-1]:
        numbers = list(map(int, re.findall(r"-?\d+", ring)))
        steps = list(zip(numbers[::2], numbers[1::2], strict=True))
        found += itertools.accumulate(steps, lambda a, b: (a[0] + b[0], a[1] + b[1]))
    return found


def test_the_country_fills_its_box_and_neighbours_reach_beyond(snapshot):
    drawn = drawing(snapshot, 1, ENGLISH)
    xs, ys = zip(*(point for d in drawn.areas.values() for point in points(d)), strict=True)
    assert (min(xs), max(xs)) == (0, drawn.width)
    assert (min(ys), max(ys)) == (0, drawn.height)
    left, top, right, bottom = drawn.ground
    assert left < 0 and top < 0 and right > drawn.width and bottom > drawn.height


def test_neighbouring_areas_share_their_border_point_for_point(snapshot):
    """Thinning must not open a gap between them."""
    drawn = drawing(snapshot, 1, ENGLISH)
    anbar, ninewa = (set(points(drawn.areas[pcode])) for pcode in ("IQG01", "IQG15"))
    assert len(anbar & ninewa) > 5


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("size", NAME_SIZES)
def test_no_name_is_written_over_another(snapshot, level, size):
    names = [each for each in drawing(snapshot, level, ENGLISH).names if size in each.sizes]
    assert names
    boxes = []
    for each in names:
        half = len(each.text) * NAME_SIZES[size] * 0.5 / 2
        top, bottom = each.y - NAME_SIZES[size] / 2, each.y + NAME_SIZES[size] / 2
        boxes.append((each.x - half, top, each.x + half, bottom))
    for a, b in itertools.combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_north_is_up_and_east_is_right():
    assert mercator(44, 34)[1] > mercator(44, 33)[1]
    assert mercator(45, 33)[0] > mercator(44, 33)[0]


# --------------------------------------------------------------------------------------- pictures


@pytest.mark.parametrize("query", KINDS, ids=str)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_carries_title_headline_source_disclaimer_and_version(snapshot, query, theme):
    view = viewed(snapshot, **query)
    t = view.date_index()
    made = pictures.picture(view.on(t), theme=theme, permalink="https://example.org/?a=1&b=<2>")
    said = " ".join(ET.fromstring(made).itertext())
    assert wording.title_in_country(view) in said
    assert view_headlines.headline(view.on(t)) in said
    for words in (
        *sentences.sources(view)[0]["credit"].split(),
        *wording.disclaimer(view).split(),
    ):
        assert words in said
    assert snapshot.version in said
    assert "https://example.org/?a=1&b=<2>" in said
    for row in area_labels.legend(view.on(t)):
        assert row.label in said


@pytest.mark.parametrize("query", KINDS, ids=str)
def test_every_area_of_a_picture_has_the_colour_of_its_class(snapshot, query):
    view = viewed(snapshot, **query)
    t = view.date_index()
    paths = ET.fromstring(pictures.picture(view.on(t))).iter(f"{SVG}path")
    fills = {path.get("data-pcode"): path.get("fill") for path in paths if path.get("data-pcode")}
    assert len(fills) == len(view.counts.areas.pcodes)
    for i, pcode in enumerate(view.counts.areas.pcodes):
        k, letter = view.classes[t, i], view.status[t, i]
        special = {"z": LIGHT["zero"], "o": LIGHT["outside"], **svg.TEXTURES}
        assert fills[pcode] == (view.scale.colors[k] if k >= 0 else special[letter])


def test_colours_outside_the_pages_are_those_of_the_pages():
    light, dark = TOKENS.split("@media", 1)
    for palette, css in ((LIGHT, light), (DARK, dark)):
        found = dict(re.findall(r"--([\w-]+):\s*([^;]+);", css))
        assert palette.items() <= found.items()


def size_of(image: bytes) -> tuple[int, int]:
    assert image.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", image[16:24])
    return width, height


def test_pictures_and_cards_have_the_size_that_was_asked_for(snapshot):
    view = viewed(snapshot)
    assert size_of(png(pictures.picture(view.on(0)), width=800)) == (800, 600)
    card = pictures.card(view.on(0), product="Iraq displacement map")
    assert size_of(png(card, width=pictures.CARD[0])) == pictures.CARD


def test_lines_break_between_words_and_keep_them_all():
    words = "The boundaries and names shown do not imply official endorsement"
    lines = wrapped(words, 200, 13)
    assert " ".join(lines) == words
    assert 1 < len(lines) and all(len(line) <= 200 / (13 * 0.53) for line in lines)
    assert wrapped("unbreakableword", 10, 13) == ["unbreakableword"]


def test_what_a_card_has_no_room_for_ends_in_an_ellipsis(snapshot, monkeypatch):
    monkeypatch.setattr(ViewText, "headline", "PHSS works or worked here " * 20)
    view = viewed(snapshot)
    lines = re.findall(r'font-size="27"[^>]*>([^<]+)<', pictures.card(view.on(0), product="Map"))
    assert len(lines) == 5 and [line[-1] == "…" for line in lines] == [False] * 4 + [True]


def test_a_headline_that_is_too_long_for_its_line_is_written_smaller(snapshot, monkeypatch):
    sizes = []
    for words in ("short", "PHSS works or worked here " * 8):
        monkeypatch.setattr(ViewText, "headline", words)
        found = re.search(r'y="88" font-size="([0-9.]+)"', pictures.picture(viewed(snapshot).on(0)))
        sizes.append(float(found[1]) if found else 0.0)
    assert sizes[0] == 20 > sizes[1] > 0 and sizes[1] * 208 * 0.466 <= 1120


def test_markup_in_a_name_stays_text():
    assert (
        elements.text("<b>&", x=1, data__a='"<')
        == '<text x="1" data-a="&#34;&lt;">&lt;b&gt;&amp;</text>'
    )


# -------------------------------------------------------------------------------------------- csv


@pytest.mark.parametrize("query", KINDS, ids=str)
def test_csv_has_a_row_for_every_area_and_date_and_no_invented_zero(snapshot, query):
    view = viewed(snapshot, **query)
    rows = list(csv.DictReader(io.StringIO(csv_text(view, range(len(view.counts.dates))))))
    assert tuple(rows[0]) == tuple(COLUMNS)
    assert len(rows) == view.values.size
    for row, value, letter in zip(rows, view.values.flat, view.status.flat, strict=True):
        assert (row["value"] == "") == (value != value)
        assert row["status"] == statuses.STATUSES[letter].word
    assert {row["snapshot"] for row in rows} == {snapshot.version}
    assert all(row["source"] for row in rows)


def test_a_csv_cell_says_what_the_source_says(snapshot):
    view = viewed(snapshot, time="2019-04-30")
    rows = csv.DictReader(io.StringIO(csv_text(view, [view.date_index()])))
    ninewa = next(row for row in rows if row["pcode"] == "IQG15")
    assert (ninewa["value"], ninewa["date"], ninewa["round"]) == ("501312", "2019-04-30", "109")


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@a", "\t=1"])
def test_text_that_looks_like_a_formula_is_made_harmless(words):
    assert escape_formula(words) == f"'{words}"
    assert escape_formula("Anbar") == "Anbar"


def test_file_names_say_what_is_inside(snapshot):
    view = viewed(snapshot, pop="returnee", level="2", time="2018-08-31")
    assert filename(view, "png") == "iraq-returnee-people-districts-2018-08-31.png"
    assert filename(view, "csv", every_date=True) == "iraq-returnee-people-districts.csv"
    change = viewed(snapshot, mode="change", base="2017-05-15", prog="PHSS~CRP", time="2019-04-30")
    assert filename(change, "csv") == (
        "iraq-idp-crp-phss-people-governorates-change-since-2017-05-15-2019-04-30.csv"
    )


def test_a_view_at_another_date_is_the_same_view(snapshot):
    view = viewed(snapshot)
    state = replace(view.state, time=view.counts.dates[3], area="IQG01")
    moved = view.at(state)
    assert moved.date_index() == 3
    assert moved.values is view.values


# ---------------------------------------------------------------------------------------- legends


def outlines(document: str) -> shapely.Geometry:
    """Areas of a picture, in its pixels."""
    inner = re.search(r'<svg [^>]*overflow="visible"[^>]*>', document[4:])
    assert inner
    place = {key: value for key, value in re.findall(r'(\S+)="([^"]*)"', inner[0])}
    x, y, wide, _ = map(float, place["viewBox"].split())
    scale = float(place["width"]) / wide
    rings = []
    for path in re.findall(r'<path d="([^"]*)" data-pcode', document):
        for ring in path.split("M")[1:]:
            steps = np.array(re.findall(r"-?\d+", ring), dtype=float).reshape(-1, 2)
            rings.append((np.cumsum(steps, axis=0) - (x, y)) * scale)
    return shapely.union_all([shapely.LinearRing(ring) for ring in rings])


@pytest.mark.parametrize("lang", ["en", "ar", "ckb"])
@pytest.mark.parametrize(
    "query", ["", "level=2&time=2017-05-15", "level=2&mode=change&prog=PHSS&time=2021-02-28"]
)
def test_the_legend_of_a_slide_covers_no_area(snapshot, lang, query):
    at = viewed(snapshot, query, lang=lang).on_its_date()
    for size in ((608, 506), (608, 493), (500, 400)):
        document = pictures.panel(at, size)
        cards = re.findall(
            r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" rx="10"', document
        )
        left, top, width, height = map(float, cards[-1])
        card = shapely.box(left, top, left + width, top + height)
        assert not card.intersects(outlines(document)), size
