"""Slides as PowerPoint and PDF: opened again by other readers, their figures are the view's."""

from __future__ import annotations

import io
import pickle
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from dash import Dash
from openxml_audit import OpenXmlValidator
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.util import Pt

from callbacks.commands import briefing
from geodata.briefing import briefing as briefings
from geodata.briefing import slides
from geodata.briefing.briefing import Briefing, Slide, default
from geodata.briefing.content import ChartSeries, SlideFigure
from geodata.errors import TemplateError
from geodata.exports.documents import deck_pdf, pptx, pptx_template, typesetting
from geodata.exports.documents.pptx import figure_points
from geodata.exports.documents.pptx_template import FIGURES, LAYOUTS, PIXEL, TWO_COLUMNS
from geodata.exports.drawing import charts
from geodata.exports.drawing import pictures as drawn_pictures
from geodata.exports.drawing.raster import png
from geodata.exports.drawing.text_lines import isolates_to_marks
from geodata.exports.drawing.themes import LIGHT
from geodata.figures.statuses import NOT_ASSESSED, NOT_COMPARABLE, SUPPRESSED, UNCOLOURED, ZERO
from geodata.figures.view import compute
from geodata.i18n.language import load_language
from geodata.settings import BUNDLED, Settings
from geodata.text.area_labels import area_labels

ENGLISH = load_language("en")
SITE = "https://example.org/?"


def answer(snapshot, state):
    return compute(snapshot, state, threshold=5)


def link(query):
    return SITE + query


@pytest.fixture(scope="module")
def made(snapshot) -> Briefing:
    """The default briefing, and a slide of every other kind."""
    more = (
        Slide("", briefings.TABLE, "Every governorate", "Say it slowly.\nThen wait."),
        Slide("mode=change&level=2"),
        Slide("pop=refugee", briefings.TREND),
        Slide("prog=PHSS", briefings.FOOTPRINT),
        Slide("pop=refugee", briefings.FLOWS),
    )
    return Briefing("A briefing", (*default(snapshot, ENGLISH).slides, *more))


@pytest.fixture(scope="module")
def contents(snapshot, made):
    return slides.contents(made, snapshot, answer)


@pytest.fixture(scope="module")
def powerpoint(made, contents) -> bytes:
    return pptx.deck(made, contents, link=link)


@pytest.fixture(scope="module")
def opened(powerpoint):
    return Presentation(io.BytesIO(powerpoint))


@pytest.fixture(scope="module")
def pdf(made, contents) -> bytes:
    return deck_pdf.deck(made, contents, link=link)


def texts(slide):
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def chart_of(slide):
    return next(shape.chart for shape in slide.shapes if shape.has_chart)


def table_of(slide):
    """Cells of a slide's table, row by row."""
    table = next(shape.table for shape in slide.shapes if shape.has_table)
    return [[cell.text for cell in row.cells] for row in table.rows]


def pictures(slide):
    return [shape for shape in slide.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]


def groups(slide, name="Map"):
    """What is drawn on a slide as shapes: its maps, charts or legends."""
    kind = MSO_SHAPE_TYPE.GROUP
    return [each for each in slide.shapes if each.shape_type == kind and each.name == name]


def descr(shape):
    return shape._element.xpath("./*/p:cNvPr/@descr")


def fills(shape):
    """The colour or pattern of a shape, as it is written."""
    return shape._element.xpath("./p:spPr/a:solidFill/*/@val | ./p:spPr/a:pattFill/@prst")


# --------------------------------------------------------------------------------------- PowerPoint


def test_there_is_a_slide_for_each_in_16_to_9(opened, contents):
    assert len(opened.slides) == len(contents)
    assert (opened.slide_width / pptx_template.PIXEL, opened.slide_height) == (
        1280,
        720 * pptx_template.PIXEL,
    )
    assert opened.core_properties.title == "A briefing"


def test_titles_are_titles_and_the_date_is_on_every_slide(opened, contents):
    for slide, content in zip(opened.slides, contents, strict=True):
        assert slide.shapes.title.text_frame.text == content.headline
        assert content.kicker in texts(slide)
        assert any(content.disclaimer in text for text in texts(slide))


def test_a_ranking_is_a_native_chart_of_the_views_figures(opened, contents):
    for slide, content in zip(opened.slides, contents, strict=True):
        if content.slide.layout != briefings.MAP:
            continue
        plot = chart_of(slide).plots[0]
        assert list(plot.categories) == [row.name for row in content.rows]
        at, areas = content.at, content.at.counts.areas
        assert list(plot.series[0].values) == [
            round(at.values[areas.index(row.pcode)]) for row in content.rows
        ]


def test_a_trend_is_a_native_chart_with_gaps_where_nobody_counted(opened, contents):
    slide, content = opened.slides[3], contents[3]
    plot = chart_of(slide).plots[0]
    displaced, returned = content.series
    alone = "Returnees, for the country only"
    assert [each.name for each in plot.series] == [displaced.label, returned.label, alone]
    assert list(plot.series[0].values) == list(displaced.numbers)
    joined, printed = plot.series[1].values, plot.series[2].values
    for each in (joined, printed):
        assert len(each) == len(list(plot.categories)) == 133
    assert joined[0] is None  # returnees were not counted in April 2014
    assert sum(value is not None for value in printed) == 11
    both = {day for day, value in zip(displaced.dates, joined, strict=True) if value is not None}
    assert max(both) == "2021-02-28"


def test_years_below_a_long_trend_are_every_other(opened):
    axis = chart_of(opened.slides[3]).category_axis
    assert axis._element.xpath("c:majorUnit/@val") == ["2"]


def test_the_workbook_within_a_chart_holds_the_same_figures(opened, contents):
    import openpyxl

    blob = chart_of(opened.slides[2]).part.chart_workbook.xlsx_part.blob
    sheet = openpyxl.load_workbook(io.BytesIO(blob)).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert rows == [(row.name, row.number) for row in contents[2].rows]


def test_tables_are_native_and_say_what_the_slide_says(opened, contents):
    table = table_of(opened.slides[6])
    content = contents[6]
    assert table[0] == list(content.columns)
    assert table[1:] == [[row.name, row.value, *row.more] for row in content.rows]
    compared = table_of(opened.slides[1])
    assert compared[1][:2] == [contents[1].rows[0].name, contents[1].rows[0].value]


def test_a_map_is_a_group_of_areas_with_name_figure_and_colour(opened, contents):
    (drawn,), at = groups(opened.slides[0]), contents[0].at
    assert descr(drawn) == [contents[0].alt]
    shapes = {shape.name: shape for shape in drawn.shapes if descr(shape)}
    assert len(shapes) == len(at.counts.areas.pcodes) == 18
    for label in area_labels(at):
        position = at.counts.areas.index(label.pcode)
        assert descr(shapes[label.name]) == [label.sentence]
        color = at.scale.colors[int(at.classes[position])].removeprefix("#").upper()
        assert fills(shapes[label.name]) == [color]
    assert not pictures(opened.slides[0])


def test_districts_without_a_figure_have_the_pattern_of_their_status(opened, contents):
    (drawn,), at = groups(opened.slides[7]), contents[7].at
    shapes = {(shape.name, *descr(shape)): shape for shape in drawn.shapes if descr(shape)}
    seen = {(label.letter, *fills(shapes[label.name, label.sentence])) for label in area_labels(at)}
    uncoloured = {pair for pair in seen if pair[0] in UNCOLOURED and pair[0] != ZERO}
    assert uncoloured == {
        (NOT_ASSESSED, "wdUpDiag"),
        (SUPPRESSED, "pct20"),
        (NOT_COMPARABLE, "openDmnd"),
    }
    in_legend = {
        value for shape in groups(opened.slides[7], "Legend")[0].shapes for value in fills(shape)
    }
    assert {"wdUpDiag", "pct20", "openDmnd"} <= in_legend


def test_words_of_a_map_are_in_the_themes_font_and_ink(opened):
    words = [
        shape for shape in groups(opened.slides[0], "Legend")[0].shapes if shape.text_frame.text
    ]
    assert "People" in [shape.text_frame.text for shape in words]
    runs = [shape.text_frame.paragraphs[0].runs[0] for shape in words]
    assert not any(run._r.xpath("./a:rPr/a:latin | ./a:rPr/a:cs") for run in runs)
    inks = {value for run in runs for value in run._r.xpath("./a:rPr/a:solidFill/a:schemeClr/@val")}
    assert inks == {"tx1", "tx2"}


def test_maps_to_compare_share_a_legend_and_bands_of_flows_are_freeforms(opened, contents):
    assert len(groups(opened.slides[1])) == 2 and len(groups(opened.slides[1], "Legend")) == 1
    (chart,) = groups(opened.slides[4], "Chart")
    bands = [text for shape in chart.shapes for text in descr(shape)]
    assert bands == [
        f"{each.origin_name} → {each.destination_name}: {each.value}" for each in contents[4].flows
    ]


def test_arrows_of_flows_are_freeforms_above_the_areas(snapshot):
    shown = slides.contents(Briefing("", (Slide("flows=5"),)), snapshot, answer)
    found = Presentation(io.BytesIO(pptx.deck(Briefing("", ()), shown, link=link)))
    flow = LIGHT["flow"].removeprefix("#").upper()
    map_shapes = list(groups(found.slides[0])[0].shapes)
    arrows = [n for n, shape in enumerate(map_shapes) if fills(shape) == [flow]]
    assert len(arrows) == 5
    assert min(arrows) > max(n for n, shape in enumerate(map_shapes) if descr(shape))
    assert (
        len([each for each in groups(found.slides[0], "Legend")[0].shapes if fills(each) == [flow]])
        == 3
    )


def test_nothing_of_a_map_reaches_beyond_its_place(opened):
    few = pptx_template.PIXEL  # drawings have whole pixels
    for slide in opened.slides:
        for group in groups(slide):
            right, bottom = group.left + group.width, group.top + group.height
            freeforms = [
                each for each in group.shapes if not each.has_text_frame or not each.text_frame.text
            ]
            for shape in freeforms:
                assert shape.left >= group.left - few and shape.top >= group.top - few
                assert shape.left + shape.width <= right + few
                assert shape.top + shape.height <= bottom + few


@pytest.fixture(scope="module")
def pictured(made, contents):
    """The same briefing with maps as pictures, and what was asked of the process that draws."""
    drawn: list[Callable[..., bytes]] = []

    def elsewhere(function, /, *arguments, **options):
        drawn.append(function)
        return function(*pickle.loads(pickle.dumps(arguments)), **options)

    data = pptx.deck(made, contents, link=link, render=elsewhere, maps=pptx.PICTURES)
    return Presentation(io.BytesIO(data)), drawn


def test_maps_can_be_pictures_with_the_pixels_of_full_hd_and_words(pictured, contents):
    found, drawn = pictured
    picture = pictures(found.slides[0])[0]
    part = picture.width / found.slide_width
    assert picture.image.size[0] == round(1920 * part)
    assert descr(picture) == [contents[0].alt]
    assert "Ninewa: 221,911" in contents[0].alt
    assert len(pictures(found.slides[1])) == 3  # two maps and their legend
    assert drawn == [png] * sum(len(pictures(slide)) for slide in found.slides)
    assert not any(groups(slide) for slide in found.slides)


def test_pages_can_be_drawn_by_another_process(made, contents):
    drawn: list[Callable[..., bytes]] = []

    def elsewhere(function, /, *arguments, **options):
        drawn.append(function)
        return function(*pickle.loads(pickle.dumps(arguments)), **options)

    assert deck_pdf.deck(made, contents, link=link, render=elsewhere).startswith(b"%PDF")
    assert drawn == [typesetting.pdf]


def test_what_is_no_text_is_described(opened):
    for slide in opened.slides:
        for shape in (*groups(slide), *(s for s in slide.shapes if s.has_chart or s.has_table)):
            assert descr(shape)


@pytest.mark.slow
def test_it_is_valid_by_the_schema_of_the_format(powerpoint, tmp_path):
    (tmp_path / "deck.pptx").write_bytes(powerpoint)
    result = OpenXmlValidator().validate(tmp_path / "deck.pptx")
    assert [str(each) for each in result.errors] == []


def test_notes_hold_the_speakers_words_sources_disclaimer_and_permalink(opened, contents):
    for slide, content in zip(opened.slides, contents, strict=True):
        said = slide.notes_slide.notes_text_frame.text
        assert content.disclaimer in said and SITE + content.query in said
        assert all(credit in said for credit in content.sources)
    said = opened.slides[6].notes_slide.notes_text_frame.text
    assert said.startswith("Say it slowly.\nThen wait.\n")


def test_every_slide_is_numbered_and_no_placeholder_is_left_empty(opened):
    for slide in opened.slides:
        kinds = [shape.placeholder_format.type for shape in slide.placeholders]
        assert sum("SLIDE_NUMBER" in str(kind) for kind in kinds) == 1
        assert all(shape.text_frame.text for shape in slide.placeholders if shape.has_text_frame)


def test_no_two_shapes_of_a_slide_share_an_id(opened):
    """PowerPoint would offer to repair the file."""
    for slide in opened.slides:
        ids = slide.shapes.element.xpath(".//p:cNvPr/@id")
        assert len(set(ids)) == len(ids)


def test_nothing_reaches_beyond_the_slide(opened):
    for slide in opened.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= opened.slide_width
            assert shape.top + shape.height <= opened.slide_height


def test_words_are_large_enough_for_the_back_of_the_room(opened):
    """18 pixels of 720 are 13.5 points."""
    for slide in opened.slides:
        runs = [
            run
            for shape in slide.shapes
            if shape.has_text_frame
            for paragraph in shape.text_frame.paragraphs
            for run in paragraph.runs
        ]
        assert all(run.font.size is None or run.font.size >= Pt(13.5) for run in runs)
    assert min(pptx_template.SIZES.values()) == 13.5


@pytest.fixture(scope="module", params=["ar", "ckb"])
def from_the_right(request, snapshot):
    """A briefing in a language that is read from the right: its slides, and it as PowerPoint."""
    shown = (
        Slide(""),
        Slide("", briefings.COMPARE),
        Slide("", briefings.TREND),
        Slide("", briefings.TABLE),
    )
    made = Briefing("", shown, request.param)
    contents = slides.contents(made, snapshot, answer)
    return made, contents, pptx.deck(made, contents, link=link)


@pytest.fixture(scope="module")
def mirrored(from_the_right):
    return Presentation(io.BytesIO(from_the_right[2]))


def paragraphs(slide):
    for shape in slide.shapes:
        frames = [shape.text_frame] if shape.has_text_frame else []
        if shape.has_table:
            frames = [cell.text_frame for row in shape.table.rows for cell in row.cells]
        for frame in frames:
            yield from (each for each in frame.paragraphs if each.runs)


def test_a_language_read_from_the_right_is_laid_out_from_there(mirrored):
    for slide in mirrored.slides:
        title = slide.shapes.title
        assert title.left + title.width == (1280 - 48) * pptx_template.PIXEL
        numbers = [shape for shape in slide.shapes if "Number" in str(shape.name)]
        assert all(shape.left == 40 * pptx_template.PIXEL for shape in numbers)
    first, maps = mirrored.slides[0], groups(mirrored.slides[1])
    assert groups(first)[0].left == 0
    assert maps[0].left > maps[1].left  # the earlier date is read first
    assert table_shape(mirrored.slides[3])._tbl.tblPr.get("rtl") == "1"


def table_shape(slide):
    return next(shape.table for shape in slide.shapes if shape.has_table)


def test_its_paragraphs_say_their_direction_and_language(mirrored, from_the_right):
    code = from_the_right[0].lang
    for slide in mirrored.slides:
        for paragraph in (*paragraphs(slide), *slide.notes_slide.notes_text_frame.paragraphs):
            properties = paragraph._p.pPr
            assert properties.get("rtl") == "1"
            assert properties.get("algn") in ("r", "l")
            tags = {run._r.rPr.get("lang") for run in paragraph.runs}
            assert tags <= {f"{code}-IQ"}
        titles = slide.shapes.title.text_frame.paragraphs
        assert [each._p.pPr.get("algn") for each in titles] == ["r"]
    assert mirrored.core_properties.language == code


def test_no_part_of_it_has_signs_that_office_does_not_know(from_the_right):
    """Isolates are put in as marks; a font of Arabic script is named."""
    with zipfile.ZipFile(io.BytesIO(from_the_right[2])) as packed:
        parts = {name: packed.read(name) for name in packed.namelist() if name.endswith(".xml")}
    for name, body in parts.items():
        assert not re.search("[\u2066-\u2069]", body.decode()), name
    assert b'<a:cs typeface="Arial"/>' in parts["ppt/theme/theme1.xml"]


def test_its_charts_begin_at_the_right(mirrored):
    bars, trend = chart_of(mirrored.slides[0]), chart_of(mirrored.slides[2])
    assert bars.value_axis.reverse_order and bars.category_axis.reverse_order
    assert trend.category_axis.reverse_order and not trend.value_axis.reverse_order
    assert bars._chartSpace.xpath("//c:tickLblSkip/@val") == ["1"]
    heading = bars.chart_title.text_frame.paragraphs[0]
    assert heading._p.pPr.get("rtl") == "1"


def test_its_pictures_and_charts_are_described_in_the_language(mirrored, from_the_right):
    _, contents, _ = from_the_right
    (drawn,), label = groups(mirrored.slides[0]), area_labels(contents[0].at)[0]
    assert descr(drawn) == [isolates_to_marks(contents[0].alt)]
    shapes = {shape.name: shape for shape in drawn.shapes if descr(shape)}
    assert descr(shapes[label.name]) == [isolates_to_marks(label.sentence)]


def test_its_pdf_has_a_page_for_each_slide_in_its_language(from_the_right):
    made, contents, _ = from_the_right
    read = pypdf.PdfReader(io.BytesIO(deck_pdf.deck(made, contents, link=link)))
    assert len(read.pages) == len(contents)
    root: Any = read.trailer["/Root"]
    assert root["/Lang"] == f"{made.lang}-IQ"


def test_digits_of_the_script_are_a_format_of_charts_and_text_of_tables(snapshot):
    shown = (Slide("mode=change"), Slide("", briefings.TABLE))
    made = Briefing("", shown, "ar", "native")
    contents = slides.contents(made, snapshot, answer)
    found = Presentation(io.BytesIO(pptx.deck(made, contents, link=link)))
    bars = chart_of(found.slides[0]).plots[0]
    native = "[$-2000401]"
    assert bars.data_labels.number_format == f"{native}+#,##0;{native}−#,##0;{native}#,##0"
    assert list(bars.series[0].values) == [row.number for row in contents[0].rows]
    cells = [cell for row in table_of(found.slides[1])[1:] for cell in row[1:]]
    assert all(re.search("[٠-٩]", cell) and not re.search("[0-9]", cell) for cell in cells)


def axis_dates(drawn):
    """Where the years stand on the axis of a trend, as they are written."""
    return {
        int(re.sub("[^0-9]", "", text)): float(x)
        for x, text in re.findall(
            r'<text x="([0-9.]+)"[^>]*text-anchor="middle"[^>]*>([^<]+)<', drawn
        )
    }


def test_time_goes_as_the_language_is_read(snapshot):
    series = [ChartSeries("النازحون", "idp", ("2015-06-01", "2016-01-01", "2017-06-01"), (1, 2, 3))]
    arabic, english = (
        axis_dates(charts.trend(series, load_language(code), (600, 400), ""))
        for code in ("ar", "en")
    )
    assert arabic[2016] > arabic[2017] and english[2016] < english[2017]
    assert all(x + english[year] == pytest.approx(600, abs=0.2) for year, x in arabic.items())


def has_impress():
    """Tell whether LibreOffice is here with what reads slides, which is a package of its own."""
    office = shutil.which("soffice")
    return office is not None and (Path(office).resolve().parent / "libsdlo.so").exists()


@pytest.mark.service
@pytest.mark.skipif(not has_impress(), reason="LibreOffice Impress is not installed")
def test_libreoffice_opens_every_slide(powerpoint, contents, tmp_path):
    (tmp_path / "deck.pptx").write_bytes(powerpoint)
    home = f"-env:UserInstallation=file://{tmp_path / 'home'}"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "deck.pptx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    pages = pypdf.PdfReader(tmp_path / "deck.pdf").pages
    assert len(pages) == len(contents)
    for page, content in zip(pages, contents, strict=True):
        assert squeezed(content.headline) in squeezed(page.extract_text())
    if shutil.which("pdftoppm"):
        command = ["pdftoppm", "-r", "20", "-png", "-f", "1", "-l", "1", "deck.pdf", "page"]
        subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
        (page,) = tmp_path.glob("page*.png")
        assert difference(page, contents[0]) < 0.023


def squeezed(text):
    return re.sub(r"\s", "", text)


def difference(page, content):
    """How far a page's map is from our own picture of it: mean over pixels and colours, 0 to 1."""
    from pyvips import Image

    whole = Image.new_from_file(str(page))[:3]
    left, top, width, height = (
        round(side * whole.width / 1280) for side in pptx_template.LAYOUTS["Briefing"]["Picture"]
    )
    size = round(760 / 1.25), round(616 / 1.25)
    ours = Image.new_from_buffer(png(drawn_pictures.panel(content.at, size), width=width), "")[:3]
    height = min(height, ours.height)
    theirs = whole.crop(left, top, width, height)
    return (theirs - ours.crop(0, 0, width, height)).abs().avg() / 255


# ---------------------------------------------------------------------------------------- templates


def changed(data, edit, extra=()):
    """A package with each part's bytes passed through ``edit(name, bytes)``, and further parts."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, edit(name, old.read(name)))
        for name, held in extra:
            new.writestr(name, held)
    return out.getvalue()


def same(name, data):
    return data


@pytest.mark.slow
def test_the_neutral_template_is_one_that_slides_can_be_made_in(made, contents, powerpoint):
    held = pptx_template.check_template(pptx_template.neutral(), "neutral.pptx")
    again = Presentation(io.BytesIO(pptx.deck(made, contents, link=link, template=held)))
    assert len(again.slides) == len(contents)


@pytest.mark.slow
def test_an_organisations_template_says_where_things_stand(made, contents, snapshot):
    own = Presentation(io.BytesIO(pptx_template.neutral()))
    layout = own.slide_layouts[0]
    placeholders: Any = layout.placeholders
    moved = next(shape for shape in placeholders if shape.name == "Picture")
    moved.left, moved.width = 640 * 9525, 600 * 9525
    own.slides.add_slide(layout)  # an example slide, which is not kept
    out = io.BytesIO()
    own.save(out)
    held = pptx_template.check_template(out.getvalue(), "own.pptx")
    found = Presentation(io.BytesIO(pptx.deck(made, contents, link=link, template=held)))
    assert len(found.slides) == len(contents)
    (drawn,) = groups(found.slides[0])
    assert (drawn.left, drawn.width) == (640 * 9525, 600 * 9525)


def saved(edit):
    own = Presentation(io.BytesIO(pptx_template.neutral()))
    edit(own)
    out = io.BytesIO()
    own.save(out)
    return out.getvalue()


def rename_layout(own):
    own.slide_layouts[1].name = "Something"


def drop_picture(own):
    shape = next(each for each in own.slide_layouts[0].placeholders if each.name == "Picture")
    shape._element.getparent().remove(shape._element)


def square(own):
    own.slide_width = own.slide_height


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (rename_layout, "there is no layout “Briefing table” (there is “Briefing”, “Something”)"),
        (drop_picture, "the layout “Briefing” has no placeholder “Picture”"),
        (square, "its slides are 720 × 720 pixels, and must be 16:9"),
    ],
)
def test_a_template_that_lacks_something_is_told_what(edit, said):
    with pytest.raises(TemplateError, match="own.pptx lacks something: ") as caught:
        pptx_template.check_template(saved(edit), "own.pptx")
    assert said in str(caught.value)


EXTERNAL = (
    b'<Relationship Id="rId99" Target="http://example.org/" TargetMode="External" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"/>'
    b"</Relationships>"
)


def linked(name, data):
    rels = name == "ppt/slideMasters/_rels/slideMaster1.xml.rels"
    return data.replace(b"</Relationships>", EXTERNAL) if rels else data


def macros(name, data):
    plain = b"presentation.main+xml"
    return data.replace(plain, b"macroEnabled.main+xml") if "Content_Types" in name else data


def entities(name, data):
    return b'<!DOCTYPE a [<!ENTITY b "c">]>' + data if name.endswith("theme1.xml") else data


def nothing(name, data):
    return b""


UNSAFE = {
    "macros": (same, [("ppt/vbaProject.bin", b"x")], "vbaProject"),
    "kind": (macros, [], "with macros"),
    "control": (same, [("ppt/activeX/a.bin", b"")], "controls"),
    "link": (linked, [], "links to something outside itself"),
    "entities": (entities, [], "declares entities"),
    "other package": (nothing, [], "cannot be read"),
}


def refused(data, name="own.pptx"):
    with pytest.raises(TemplateError) as caught:
        pptx_template.check_template(data, name)
    return str(caught.value)


@pytest.mark.parametrize("case", UNSAFE)
def test_an_unsafe_template_is_refused(case):
    edit, more, said = UNSAFE[case]
    assert said in refused(changed(pptx_template.neutral(), edit, more))


def test_what_is_no_template_is_refused_by_its_name_and_its_size():
    neutral = pptx_template.neutral()
    assert "macros (.pptm, .potm) are not opened" in refused(neutral, "own.pptm")
    assert "is not a PowerPoint file" in refused(b"PK hello")
    bomb = ("ppt/media/big.xml", b" " * 101_000_000)
    assert "unpacks to more" in refused(changed(neutral, same, [bomb]))


# ---------------------------------------------------------------------------------------------- PDF


@pytest.mark.slow
def test_the_pdf_has_a_page_for_each_slide_in_16_to_9(pdf, contents):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == len(contents)
    assert {(float(p.mediabox.width), float(p.mediabox.height)) for p in reader.pages} == {
        (960.0, 540.0)
    }
    assert reader.metadata and reader.metadata.title == "A briefing"


@pytest.mark.slow
def test_the_pages_say_what_the_slides_say(pdf, contents):
    for page, content in zip(pypdf.PdfReader(io.BytesIO(pdf)).pages, contents, strict=True):
        said = squeezed(page.extract_text())
        assert squeezed(content.headline) in said
        assert squeezed(content.kicker).upper() in said
        assert squeezed(content.disclaimer) in said
        for figure in content.figures if content.slide.layout != briefings.TABLE else ():
            assert squeezed(figure.value) in said
        for row in content.rows[:8]:
            assert squeezed(row.name) in said and squeezed(row.value) in said


@pytest.mark.slow
def test_maps_stay_vectors_and_minus_signs_are_there(pdf):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert all(not list(page.images) for page in reader.pages)
    assert "−92,188" in reader.pages[0].extract_text()  # a sign that Noto Sans lacks


@pytest.mark.slow
def test_pages_lead_to_the_live_map(pdf, contents):
    for page, content in zip(pypdf.PdfReader(io.BytesIO(pdf)).pages, contents, strict=True):
        links = [note.get_object()["/A"]["/URI"] for note in page.get("/Annots", [])]
        assert SITE + content.query in links


# ------------------------------------------------------------------------------------------- charts


def series(*counted):
    return ChartSeries("One", "idp", *zip(*counted, strict=True))


def test_a_line_stops_where_nobody_counted_or_not_for_long():
    line = series(
        ("2020-01-01", 1.0),
        ("2020-02-01", 2.0),
        ("2020-03-01", None),
        ("2020-04-01", 3.0),
        ("2021-04-01", 4.0),
    )
    assert [[number for _, number in run] for run in charts.runs(line)] == [[1, 2], [3], [4]]


@pytest.mark.parametrize("highest", [0, 0.4, 1, 7, 99, 1000, 3_417_546, 5_000_000])
def test_an_axis_ends_above_the_highest_on_a_round_number(highest):
    top = charts.ceiling(highest)
    assert top >= highest
    steps = charts.steps(top)
    assert steps[0] == 0 and steps[-1] == pytest.approx(top)
    assert 2 <= len(steps) <= 6


def test_bands_are_as_wide_as_the_households_they_stand_for(contents):
    drawn = charts.sankey(contents[4].flows, ENGLISH, (600, 500), "Flows")
    heights = [float(high) for high in re.findall(r"v(\d+\.\d)C", drawn)]
    numbers = [flow.number for flow in contents[4].flows]
    scale = heights[0] / numbers[0]
    assert heights == pytest.approx([number * scale for number in numbers], abs=0.11)


# ---------------------------------------------------------------------------------------- command


@pytest.fixture
def run():
    """Run the command; its exit code, and what it says."""
    app = Dash(__name__, enable_mcp=False)
    settings = Settings(snapshot=BUNDLED, public_url="https://example.org")
    briefing.register(app, settings)

    def invoke(*arguments):
        result = app.server.test_cli_runner().invoke(args=["briefing", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.output

    return invoke


@pytest.mark.slow
def test_the_command_writes_every_file_and_says_how_far_it_is(run, tmp_path):
    out = {name: tmp_path / f"out.{name}" for name in ("pptx", "pdf", "yaml")}
    options = [word for name, path in out.items() for word in (f"--{name}", path)]
    code, said = run(*options, "--save-template", tmp_path / "own.pptx")
    assert code == 0, said
    assert "PowerPoint: slide 6 of 6" in said and f"{out['pdf']}: " in said
    assert len(Presentation(out["pptx"]).slides) == 6
    assert len(pypdf.PdfReader(out["pdf"]).pages) == 6
    code, said = run(out["yaml"], "--pptx", out["pptx"], "--template", tmp_path / "own.pptx")
    assert code == 0, said
    notes = Presentation(out["pptx"]).slides[0].notes_slide.notes_text_frame.text
    assert "https://example.org/?" in notes
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("out.pdf", "out.pptx", "out.yaml", "own.pptx"),
    ]


def test_the_command_names_file_line_and_key_and_writes_nothing(run, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text("slides:\n- view: pop=idps\n")
    code, said = run(path, "--pptx", tmp_path / "out.pptx")
    assert code == 1
    assert f"Error: {path}, line 2, slide 1, view: pop=“idps” is not known" in said
    assert [each.name for each in tmp_path.iterdir()] == ["wrong.yaml"]


@pytest.mark.slow
def test_the_command_makes_pictures_of_maps_where_they_are_wanted(run, tmp_path):
    (tmp_path / "one.yaml").write_text("slides:\n- view: pop=idp\n")
    out = tmp_path / "out.pptx"
    code, said = run(tmp_path / "one.yaml", "--pptx", out, "--maps", "picture")
    assert code == 0, said
    (slide,) = Presentation(out).slides
    assert len(pictures(slide)) == 1 and not groups(slide)


def test_the_command_refuses_what_it_cannot_use(run, tmp_path):
    assert run()[0] == 2
    assert "Nothing to write" in run()[1]
    (tmp_path / "own.pptx").write_bytes(b"hello")
    code, said = run("--pptx", tmp_path / "o.pptx", "--template", tmp_path / "own.pptx")
    assert code == 1 and "it is not a PowerPoint file" in said
    code, said = run("--pdf", tmp_path / "no" / "out.pdf")
    assert code == 2 and f"out.pdf: there is no folder {tmp_path / 'no'}." in said
    assert "Figures" not in said  # nothing was computed for it
    (tmp_path / "latin.yaml").write_bytes(b"title: \xe9")
    code, said = run(tmp_path / "latin.yaml", "--pdf", tmp_path / "o.pdf")
    assert code == 1 and "is not in UTF-8 (byte 7)" in said


def test_key_figures_are_smaller_where_their_labels_need_more_lines():
    _, _, width, height = LAYOUTS[TWO_COLUMNS][FIGURES]
    place = (0, 0, PIXEL * width, PIXEL * height)
    short, long = (
        SlideFigure("1.03M", "returnees"),
        SlideFigure("−92,188", "since 31 Dec 2023 (the figures break in between)"),
    )
    assert figure_points((short,) * 3, place) == 24
    assert figure_points((short, long, short), place) < 24
    assert figure_points((long,) * 3, place) == 16
