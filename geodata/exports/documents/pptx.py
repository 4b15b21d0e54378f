"""Slides as a PowerPoint file: native titles, tables and charts, maps as pictures.

What can be a number stays one: charts and tables are edited in PowerPoint. Maps and flows are
pictures with the pixels of a full-HD projector, and their words as alternative text. Notes hold
what the speaker wrote, method, sources, disclaimer and permalink.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from geodata import populations
from geodata.briefing.briefing import COMPARE, MAP, TABLE, TREND, Briefing
from geodata.briefing.content import Content, SlideRow
from geodata.briefing.slides import Progress, title_of
from geodata.exports.documents import pptx_template as templates
from geodata.exports.documents.pptx_template import PIXEL
from geodata.exports.documents.slide_places import Link, compare_places
from geodata.exports.drawing import charts, pictures
from geodata.exports.drawing.raster import png
from geodata.exports.drawing.text_lines import isolates_to_marks, text_width, wrapped
from geodata.exports.render_worker import Render, render_here
from geodata.exports.tables.formula_injection import escape_formula
from geodata.i18n.language import Language, strip_isolates
from geodata.i18n.writing import NATIVE
from geodata.text.view_text import ViewText

if TYPE_CHECKING:
    from pptx.presentation import Presentation

Place = tuple[int, int, int, int]  # left, top, width, height in EMU

_SCALE = 1.25  # pixels of a slide for one of a drawing: letters are large enough from afar
_DENSITY = 1.5  # pixels of a picture for one of the slide: those of 1920 × 1080
_POINT = 12700
_LETTER, _LEADING = 0.56, 1.22
_TEXT = 13.5
_ROW = 30 * PIXEL
_MOST_YEARS = 8  # labels below a chart: PowerPoint turns more of them
_INK, _LINE, _ACCENT = "1B2733", "DDE3EA", "0B5CAD"
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_ARABIC_DIGITS = "[$-2000401]"
_FORMATS = {populations.RATE: "#,##0.0", populations.SHARE: '0.0"%"'}


def deck(
    briefing: Briefing,
    contents: Sequence[Content],
    *,
    link: Link,
    template: bytes | None = None,
    progress: Progress | None = None,
    render: Render = render_here,
) -> bytes:
    """Make the file.

    Parameters
    ----------
    contents
        What each slide says, as :func:`geodata.briefing.slides.contents` gives it.
    template
        Of :func:`geodata.exports.documents.pptx_template.check_template`; the neutral one if
        ``None``.
    render
        Draws the pictures, which take most of the time.
    """
    made = templates.open_template(template or templates.neutral(rtl=briefing.language.rtl))
    for number, content in enumerate(contents, start=1):
        _add(made, content, link, render)
        if progress:
            progress(number, len(contents))
    _describe(made, briefing, contents)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _describe(made: Presentation, briefing: Briefing, contents: Sequence[Content]) -> None:
    about = made.core_properties
    about.title = strip_isolates(title_of(briefing, contents))
    about.language = briefing.language.tag
    about.created = about.modified = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    kickers = dict.fromkeys(strip_isolates(content.kicker) for content in contents)
    about.keywords = "; ".join(kickers)[:255]


def _add(made: Presentation, content: Content, link: Link, render: Render) -> None:
    """Add one slide: texts into their placeholders, objects where theirs stand."""
    wide = content.slide.layout == TABLE
    layout = templates.layout_named(made, templates.TABLE if wide else templates.TWO_COLUMNS)
    slide = made.slides.add_slide(layout)
    language = content.at.language
    across = int(made.slide_width or 0) if language.direction == "rtl" else 0
    places = _places(layout, across)
    credits = pictures.joined([content.newest, *content.sources, content.disclaimer], language)
    _write(slide, places, templates.TITLE, [[(content.headline, None)]], language, fit=True)
    _write(slide, places, templates.KICKER, [[(content.kicker, None)]], language)
    _write(slide, places, templates.SOURCES, [[(credits, None)]], language, fit=True)
    if templates.FIGURES in places:
        lines = [[(each.value, 24.0), (f" {each.label}", None)] for each in content.figures]
        _write(slide, places, templates.FIGURES, lines, language)
    _number(slide, layout, across)
    _objects(slide, content, places, render)
    _notes(slide, content, link(content.query))


def _places(layout: Any, across: int = 0) -> dict[str, tuple[int, Place]]:
    """Return index and place of each placeholder of a layout, by name.

    Mirrored within ``across`` where it is given: what stands at the start stands on the right.
    """
    found = {}
    for shape in layout.placeholders:
        left, top, width, height = map(int, (shape.left, shape.top, shape.width, shape.height))
        start = across - left - width if across else left
        found[shape.name] = (shape.placeholder_format.idx, (start, top, width, height))
    return found


def _held(slide: Any, index: int) -> Any:
    return next(each for each in slide.placeholders if each.placeholder_format.idx == index)


Run = tuple[str, float | None]  # words, and points where they differ from the template's


def _write(
    slide: Any,
    places: dict[str, tuple[int, Place]],
    name: str,
    lines: list[list[Run]],
    language: Language,
    *,
    fit: bool = False,
) -> None:
    """Write into a placeholder; one that would stay empty is taken away."""
    index, place = places[name]
    shape = _held(slide, index)
    if not any(written for line in lines for written, _ in line):
        shape.element.getparent().remove(shape.element)
        return
    if language.direction == "rtl":
        shape.left, shape.top, shape.width, shape.height = place
    frame = shape.text_frame
    size = _fitting(lines[0][0][0], place, name) if fit else None
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        _paragraph(paragraph, [(written, points or size) for written, points in line], language)


def _fitting(written: str, place: Place, name: str) -> float | None:
    """Return points at which words fit their place; ``None`` where the template's own size does."""
    usual = templates.SIZES[name]
    width, height = place[2] / _POINT, place[3] / _POINT
    for size in (usual, *(each for each in (24, 22, 20, 18, 16, 14, 12, 11, 10) if each < usual)):
        if len(wrapped(written, width, size, letter=_LETTER)) * size * _LEADING <= height:
            return None if size == usual else size
    return 10


def _paragraph(
    paragraph: Any, runs: Sequence[Run], language: Language, *, bold: bool = False
) -> None:
    """Fill a paragraph, in the language's direction."""
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    if language.direction == "rtl":
        paragraph._p.get_or_add_pPr().set("rtl", "1")
        paragraph.alignment = paragraph.alignment or PP_ALIGN.RIGHT
    for written, points in runs:
        run = paragraph.add_run()
        run.text = isolates_to_marks(written)
        properties = run._r.get_or_add_rPr()
        properties.set("lang", _tag(language))
        if language.rtl:
            properties.set("spc", "0")  # letters that are joined are not spaced
        if points:
            run.font.size = Pt(points)
            run.font.bold = True if bold or points >= 20 else None
        elif bold:
            run.font.bold = True


def _tag(language: Language) -> str:
    """Return how Office names a language: those of the right by their country as well."""
    return language.place.replace("_", "-") if language.rtl else language.tag


def _number(slide: Any, layout: Any, across: int) -> None:
    """Add the slide's number, which PowerPoint counts itself, where the layout has a place."""
    from copy import deepcopy

    from pptx.enum.shapes import PP_PLACEHOLDER

    for shape in layout.placeholders:
        if shape.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER:
            element = deepcopy(shape.element)
            taken = slide.shapes.element.xpath("//@id[not(starts-with(., 'rId'))]")
            number = max(int(each) for each in taken if each.isdigit()) + 1
            element.xpath("./p:nvSpPr/p:cNvPr")[0].set("id", str(number))
            slide.shapes.element.append(element)
            if across:
                slide.placeholders[shape.placeholder_format.idx].left = (
                    across - shape.left - shape.width
                )


# ---- objects


def _objects(
    slide: Any, content: Content, places: dict[str, tuple[int, Place]], render: Render
) -> None:
    """Put chart, table and map where the layout's placeholders stand, and take those away."""
    where: dict[str, Place] = {}
    for name in (templates.DETAILS, templates.PICTURE):
        if name in places:
            index, where[name] = places[name]
            element = _held(slide, index).element
            element.getparent().remove(element)
    details = where[templates.DETAILS]
    picture = where.get(templates.PICTURE, details)
    if content.slide.layout == MAP and _chartable(content.rows):
        _bars(slide, content, details)
    elif content.rows:
        _table(slide, content, details)
    if content.slide.layout == TREND:
        _trend(slide, content, picture)
    elif content.slide.layout in charts.CHARTS:
        _drawn_chart(slide, content, picture, render)
    elif content.slide.layout == COMPARE:
        _two_maps(slide, content, picture, render)
    elif content.slide.layout != TABLE:
        _one_map(slide, content, picture, render)


def _describe_shape(shape: Any, name: str, said: str) -> None:
    """Set the name and alternative text of a shape."""
    properties = shape.element.xpath("./*/p:cNvPr")[0]
    properties.set("name", isolates_to_marks(name))
    properties.set("descr", isolates_to_marks(said))


def _picture(slide: Any, drawing: str, place: Place, said: str, render: Render) -> None:
    left, top, width, height = place
    data = io.BytesIO(render(png, drawing, width=round(width / PIXEL * _DENSITY)))
    shape = slide.shapes.add_picture(data, left, top, width, height)
    _describe_shape(shape, "Map", said)


def _inset(place: Place) -> Place:
    """Return a place less a margin: charts do not reach the edge of the slide as maps do."""
    left, top, width, height = place
    margin = 24 * PIXEL
    return left + margin, top + margin, width - 2 * margin, height - 2 * margin


def _drawn(place: Place) -> tuple[int, int]:
    """Return the size of the drawing that fills a place."""
    return round(place[2] / PIXEL / _SCALE), round(place[3] / PIXEL / _SCALE)


def _one_map(slide: Any, content: Content, place: Place, render: Render) -> None:
    drawing = pictures.panel(content.at, _drawn(place))
    _picture(slide, drawing, place, content.alt, render)


def _two_maps(slide: Any, content: Content, place: Place, render: Render) -> None:
    """Place the same map on two dates, with one legend."""
    language, before = content.at.language, content.other or content.at
    left, top, width, height = _inset(place)
    mirrored = language.direction == "rtl"
    parts = {
        name: (left + round(width - x - w if mirrored else x), top + round(y), round(w), round(h))
        for name, (x, y, w, h) in compare_places(width, height).items()
    }
    for name, at in (("before", before), ("now", content.at)):
        map_place = parts[f"map {name}"]
        date = language.date(at.date, "long")
        box = slide.shapes.add_textbox(*parts[name])
        box.text_frame.margin_left = box.text_frame.margin_top = 0
        _paragraph(box.text_frame.paragraphs[0], [(date, 14)], language, bold=True)
        drawing = pictures.panel(at, _drawn(map_place), with_legend=False)
        said = ViewText(at).description
        _picture(slide, drawing, map_place, said, render)
    strip = pictures.legend_strip(content.at, _drawn(parts["legend"]))
    _picture(slide, strip, parts["legend"], language.gettext("Legend of both maps"), render)


def _drawn_chart(slide: Any, content: Content, place: Place, render: Render) -> None:
    """Draw a chart that PowerPoint has no kind for, as a picture."""
    place = _inset(place)
    if content.rows:
        draw = charts.CHARTS[content.slide.layout]
        drawing = draw(content, _drawn(place), content.headline)
        rows = "; ".join(f"{row.name}: {row.value}" for row in content.rows)
        _picture(slide, drawing, place, f"{content.headline}. {rows}.", render)


def _chartable(rows: Sequence[SlideRow]) -> bool:
    return bool(rows) and all(row.number is not None for row in rows)


def _font(font: Any, *, points: float = _TEXT, bold: bool = False) -> None:
    from pptx.util import Pt

    font.size, font.bold = Pt(points), bold
    font.color.rgb = _rgb(_INK)


def _rgb(color: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(color)  # type: ignore[no-untyped-call]


def _data(style: str, categories: Sequence[Any]) -> Any:
    """Return data of a chart, with the format that its figures are shown in."""
    from pptx.chart.data import CategoryChartData

    data: Any = CategoryChartData(number_format=style)  # type: ignore[no-untyped-call]
    data.categories = categories
    return data


def _format(content: Content) -> str:
    """Return how a chart writes its figures: changes with their sign."""
    style, state = _FORMATS.get(content.at.state.measure, "#,##0"), content.at.state
    kinds = [f"+{style}", f"−{style}", style] if state.mode == populations.CHANGE else [style]
    return ";".join(_digits(content) + kind for kind in kinds)


def _digits(content: Content) -> str:
    """Return what begins a format of Arabic digits, which Office knows as part of a language."""
    return _ARABIC_DIGITS if content.at.language.digits == NATIVE else ""


def _chart(slide: Any, kind: Any, data: Any, place: Place, name: str, said: str) -> Any:
    frame = slide.shapes.add_chart(kind, *place, data)
    _describe_shape(frame, name, said)
    _font(frame.chart.font)
    return frame.chart


def _bars(slide: Any, content: Content, place: Place) -> None:
    """Draw the ranking as a native bar chart, the largest on top."""
    from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION

    style, rtl = _format(content), content.at.language.rtl
    data = _data(style, [escape_formula(isolates_to_marks(row.name)) for row in content.rows])
    data.add_series(isolates_to_marks(content.columns[1]), [row.number for row in content.rows])
    kind = XL_CHART_TYPE.BAR_CLUSTERED
    chart = _chart(slide, kind, data, place, content.heading, _in_words(content))
    chart.has_legend, chart.has_title = False, True
    chart.chart_title.text_frame.text = isolates_to_marks(content.heading)
    heading = chart.chart_title.text_frame.paragraphs[0]
    if rtl:
        heading._p.get_or_add_pPr().set("rtl", "1")
    _font(heading.runs[0].font, bold=True)
    chart.category_axis.reverse_order = True
    if rtl:
        chart.value_axis.reverse_order = True  # bars begin where lines of text do
        _every_label(chart)
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.category_axis.has_major_gridlines = False
    chart.category_axis.format.line.fill.background()
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    numbers = [row.number or 0 for row in content.rows]
    if min(numbers) < 0:  # room for names and figures of bars that go the other way
        chart.value_axis.minimum_scale = 1.6 * min(numbers)
        chart.value_axis.maximum_scale = max(1.6 * max(numbers), -0.2 * min(numbers))
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 60, True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = style, False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    series = plot.series[0]
    series.invert_if_negative = False
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = _rgb(_ACCENT)


def _every_label(chart: Any) -> None:
    """Show the names of all bars, though some scripts are taken to be too high for that."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    last = chart.element.xpath(".//c:catAx/c:noMultiLvlLbl")[0]
    last.addprevious(parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>'))


def _trend(slide: Any, content: Content, place: Place) -> None:
    """Draw the trend as a native line chart on an axis of dates."""
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Pt

    if not content.series:
        return
    style = _format(content)
    days = sorted({day for each in content.series for day in each.dates})
    data = _data(style, [dt.date.fromisoformat(day) for day in days])
    lines = list(_lines(content))
    for label, found, _, _ in lines:
        data.add_series(
            isolates_to_marks(label), [found.get(dt.date.fromisoformat(day)) for day in days]
        )
    chart = _chart(
        slide,
        XL_CHART_TYPE.LINE,
        data,
        place,
        content.heading,
        f"{content.headline}. {_in_words(content)}",
    )
    chart.has_title, chart.has_legend = False, True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    _font(chart.legend.font)
    chart.value_axis.minimum_scale = 0
    chart.value_axis.format.line.fill.background()
    chart.value_axis.major_gridlines.format.line.color.rgb = _rgb(_LINE)
    chart.value_axis.tick_labels.number_format = style
    chart.value_axis.tick_labels.number_format_is_linked = False
    if content.at.language.rtl:
        chart.category_axis.reverse_order = True  # time goes as one reads
    chart.category_axis.tick_labels.number_format = f"{_digits(content)}yyyy"
    chart.category_axis.tick_labels.number_format_is_linked = False
    _yearly(chart, dt.date.fromisoformat(days[-1]).year - int(days[0][:4]))
    for line, (_, _, color, apart) in zip(chart.plots[0].series, lines, strict=True):
        line.smooth = False
        line.format.line.width = Pt(2.5)
        line.format.line.color.rgb = _rgb(color[1:])
        if apart:
            _points_only(line, color[1:])


def _lines(content: Content) -> Iterator[tuple[str, dict[dt.date, float], str, bool]]:
    """Yield series of the trend: label, numbers by date, colour, whether each point stands alone.

    Totals that reports print for the country are a series of their own, which no line joins.
    """
    language = content.at.language
    for each, color in zip(content.series, itertools.cycle(charts.LINES), strict=False):
        runs, alone = charts.runs(each), charts.printed(each)
        if runs:
            apart = len(runs) > 1 and all(len(run) == 1 for run in runs)
            yield each.label, dict(itertools.chain(*runs)), color, apart
        if alone:
            label = language.gettext("{population}, for the country only", population=each.label)
            yield label, dict(alone), color, True


def _yearly(chart: Any, years: int) -> None:
    """Label years of a date axis, as many as stand upright beside each other."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    axis = chart.element.xpath(".//c:dateAx")[0]
    step = next((n for n in (1, 2, 5) if years <= n * _MOST_YEARS), 10)
    for name, value in (("majorUnit", str(step)), ("majorTimeUnit", "years")):
        for old in axis.xpath(f"c:{name}"):
            axis.remove(old)
        axis.append(parse_xml(f'<c:{name} {nsdecls("c")} val="{value}"/>'))


def _points_only(line: Any, color: str) -> None:
    """Draw points alone where a line between counts far apart would be made up."""
    from pptx.enum.chart import XL_MARKER_STYLE

    line.format.line.fill.background()
    line.marker.style, line.marker.size = XL_MARKER_STYLE.CIRCLE, 9
    line.marker.format.fill.solid()
    line.marker.format.fill.fore_color.rgb = _rgb(color)


def _in_words(content: Content) -> str:
    rows = "; ".join(f"{row.name}: {row.value}" for row in content.rows)
    return f"{content.heading}: {rows}."


def _table(slide: Any, content: Content, place: Place) -> None:
    """Draw a native table; as many rows as can be read in its place."""
    left, top, width, height = place
    wide = content.slide.layout == TABLE
    row_height = min(_ROW, height // (len(content.rows) + 1)) if wide else _ROW
    rows = content.rows[: max(1, height // row_height - 1)]
    columns = list(content.columns)
    frame = slide.shapes.add_table(
        len(rows) + 1, len(columns), left, top, width, row_height * (len(rows) + 1)
    )
    _describe_shape(frame, content.heading, _in_words(content))
    table: Any = frame.table
    language = content.at.language
    properties = frame.element.xpath(".//a:tblPr")[0]
    properties.xpath("a:tableStyleId")[0].text = _NO_STYLE
    table.horz_banding = False
    if language.direction == "rtl":
        properties.set("rtl", "1")
    longest = max(map(text_width, [columns[0], *(row.name for row in rows)]))
    _widths(table, width, len(columns), longest)
    lines = [columns, *([row.name, row.value, *row.more] for row in rows)]
    for number, line in enumerate(lines):
        table.rows[number].height = row_height
        for column, written in enumerate(line):
            cell = table.cell(number, column)
            _cell(cell, written, language, head=number == 0, first=column == 0)
    for number, cell in enumerate(frame.element.xpath(".//a:tc")):
        _underline(cell, "9AA5B1" if number < len(columns) else _LINE)


def _widths(table: Any, width: int, columns: int, longest: float) -> None:
    """Give the names what they need, up to half, and share the rest."""
    names = min(width // 2 if columns > 2 else width * 2 // 3, round((longest + 2) * 10) * PIXEL)
    rest = (width - names) // max(1, columns - 1)
    for number in range(columns):
        table.columns[number].width = names if number == 0 else rest


def _cell(cell: Any, written: str, language: Language, *, head: bool, first: bool) -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN

    cell.margin_left = cell.margin_right = 4 * PIXEL
    cell.margin_top = cell.margin_bottom = 0
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    end = PP_ALIGN.LEFT if language.direction == "rtl" else PP_ALIGN.RIGHT
    start = PP_ALIGN.RIGHT if language.direction == "rtl" else PP_ALIGN.LEFT
    paragraph.alignment = start if first else end
    _paragraph(paragraph, [(written, _TEXT)], language, bold=head)


def _underline(cell: Any, color: str) -> None:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    properties = cell.get_or_add_tcPr()
    line = parse_xml(
        f'<a:lnB {nsdecls("a")} w="9525"><a:solidFill><a:srgbClr val="{color}"/>'
        "</a:solidFill></a:lnB>"
    )
    properties.insert(0, line)


# ---- notes


def _notes(slide: Any, content: Content, address: str) -> None:
    """Write the speaker's notes, then method, sources, disclaimer and where to find it again."""
    language = content.at.language
    frame: Any = slide.notes_slide.notes_text_frame
    for number, line in enumerate(note_lines(content, address)):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        _paragraph(paragraph, [(line, None)], language)


def note_lines(content: Content, address: str) -> list[str]:
    """Return the speaker's notes of a slide, line by line."""
    language = content.at.language
    again = language.gettext(
        "Live map: {address} (snapshot {version})",
        address=address,
        version=content.at.snapshot.version,
    )
    own = content.slide.note.splitlines()
    return [*own, *content.notes, *content.sources, content.disclaimer, again]
