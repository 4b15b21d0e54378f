"""Native charts of PowerPoint: the ranking as bars, the trend as lines."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from geodata import populations
from geodata.briefing.content import Content, SlideRow
from geodata.exports.documents.pptx_text import (
    LINE,
    TEXT_POINTS,
    Place,
    describe_shape,
    rows_in_words,
)
from geodata.exports.drawing import charts
from geodata.exports.drawing.text_lines import isolates_to_marks
from geodata.exports.tables.formula_injection import escape_formula
from geodata.i18n.writing import NATIVE

_MOST_YEARS = 8  # labels below a chart: PowerPoint turns more of them
_INK = "1B2733"
_ACCENT = "0B5CAD"
_ARABIC_DIGITS = "[$-2000401]"
_FORMATS = {
    populations.RATE: "#,##0.0",
    populations.SHARE: '0.0"%"',
    populations.RETURN_RATE: '0.0"%"',
}


def chartable(rows: Sequence[SlideRow]) -> bool:
    """Tell whether there are rows, and each has a figure."""
    return bool(rows) and all(row.number is not None for row in rows)


def _font(font: Any, *, points: float = TEXT_POINTS, bold: bool = False) -> None:
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
    kinds = [style]
    if state.mode == populations.CHANGE:
        style = style.replace("%", content.at.language.writing.points)
        kinds = [f"+{style}", f"−{style}", style]
    return ";".join(_digits(content) + kind for kind in kinds)


def _digits(content: Content) -> str:
    """Return what begins a format of Arabic digits, which Office knows as part of a language."""
    return _ARABIC_DIGITS if content.at.language.digits == NATIVE else ""


def _chart(slide: Any, kind: Any, data: Any, place: Place, name: str, description: str) -> Any:
    frame = slide.shapes.add_chart(kind, *place, data)
    describe_shape(frame, name, description)
    for axis in frame.chart.element.xpath("//c:axId | //c:crossAx"):
        axis.set("val", axis.get("val").removeprefix("-"))  # python-pptx's are below zero
    _font(frame.chart.font)
    return frame.chart


def add_bars(slide: Any, content: Content, place: Place) -> None:
    """Draw the ranking as a native bar chart, the largest on top."""
    from pptx.enum.chart import XL_CHART_TYPE

    style = _format(content)
    data = _data(style, [escape_formula(isolates_to_marks(row.name)) for row in content.rows])
    data.add_series(isolates_to_marks(content.columns[1]), [row.number for row in content.rows])
    kind = XL_CHART_TYPE.BAR_CLUSTERED
    chart = _chart(slide, kind, data, place, content.heading, rows_in_words(content))
    chart.has_legend, chart.has_title = False, True
    chart.chart_title.text_frame.text = isolates_to_marks(content.heading)
    heading = chart.chart_title.text_frame.paragraphs[0]
    if content.at.language.rtl:
        heading._p.get_or_add_pPr().set("rtl", "1")
    _font(heading.runs[0].font, bold=True)
    _bar_axes(chart, [row.number or 0 for row in content.rows], rtl=content.at.language.rtl)
    _bar_labels(chart.plots[0], style)
    series = chart.plots[0].series[0]
    series.invert_if_negative = False
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = _rgb(_ACCENT)


def _bar_axes(chart: Any, numbers: Sequence[float], *, rtl: bool) -> None:
    """Hide the axis of figures, and write names beside the bars, in the reading direction."""
    from pptx.enum.chart import XL_TICK_LABEL_POSITION

    chart.category_axis.reverse_order = True
    if rtl:
        chart.value_axis.reverse_order = True  # bars begin where lines of text do
        _every_label(chart)
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    chart.category_axis.has_major_gridlines = False
    chart.category_axis.format.line.fill.background()
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    if min(numbers) < 0:  # room for names and figures of bars that go the other way
        chart.value_axis.minimum_scale = 1.6 * min(numbers)
        chart.value_axis.maximum_scale = max(1.6 * max(numbers), -0.2 * min(numbers))


def _bar_labels(plot: Any, style: str) -> None:
    """Write each figure at the end of its bar."""
    from pptx.enum.chart import XL_LABEL_POSITION

    plot.gap_width, plot.has_data_labels = 60, True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = style, False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END


def _every_label(chart: Any) -> None:
    """Show the names of all bars, though some scripts are taken to be too high for that."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    last = chart.element.xpath(".//c:catAx/c:noMultiLvlLbl")[0]
    last.addprevious(parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>'))


def add_trend(slide: Any, content: Content, place: Place) -> None:
    """Draw the trend as a native line chart on an axis of dates."""
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Pt

    if not content.series:
        return
    style = _format(content)
    dates = sorted(
        dt.date.fromisoformat(day) for day in {day for each in content.series for day in each.dates}
    )
    data = _data(style, dates)
    lines = list(_lines(content))
    for label, numbers, _, _ in lines:
        data.add_series(isolates_to_marks(label), [numbers.get(date) for date in dates])
    description = f"{content.headline}. {rows_in_words(content)}"
    chart = _chart(slide, XL_CHART_TYPE.LINE, data, place, content.heading, description)
    chart.has_title, chart.has_legend = False, True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    _font(chart.legend.font)
    _trend_axes(chart, content, style)
    _label_years(chart, dates[-1].year - dates[0].year)
    for line, (_, _, color, points_only) in zip(chart.plots[0].series, lines, strict=True):
        line.smooth = False
        line.format.line.width = Pt(2.5)
        line.format.line.color.rgb = _rgb(color[1:])
        if points_only:
            _draw_points_only(line, color[1:])


def _trend_axes(chart: Any, content: Content, style: str) -> None:
    """Let figures begin at zero, with lines of a grid, and dates follow the reading direction."""
    chart.value_axis.minimum_scale = 0
    chart.value_axis.format.line.fill.background()
    chart.value_axis.major_gridlines.format.line.color.rgb = _rgb(LINE)
    chart.value_axis.tick_labels.number_format = style
    chart.value_axis.tick_labels.number_format_is_linked = False
    if content.at.language.rtl:
        chart.category_axis.reverse_order = True  # time goes as one reads
    chart.category_axis.tick_labels.number_format = f"{_digits(content)}yyyy"
    chart.category_axis.tick_labels.number_format_is_linked = False


def _lines(content: Content) -> Iterator[tuple[str, dict[dt.date, float], str, bool]]:
    """Yield series of the trend: label, numbers by date, colour, whether to draw points only.

    Totals that reports print for the country are a series of their own, which no line joins.
    """
    language = content.at.language
    for each, color in zip(content.series, itertools.cycle(charts.LINES), strict=False):
        runs, printed = charts.runs(each), charts.printed(each)
        if runs:
            points_only = len(runs) > 1 and all(len(run) == 1 for run in runs)
            yield each.label, dict(itertools.chain(*runs)), color, points_only
        if printed:
            label = language.gettext("{population}, for the country only", population=each.label)
            yield label, dict(printed), color, True


def _label_years(chart: Any, years: int) -> None:
    """Label years of a date axis, as many as stand upright beside each other."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    axis = chart.element.xpath(".//c:dateAx")[0]
    step = next((n for n in (1, 2, 5) if years <= n * _MOST_YEARS), 10)
    for name, value in (("majorUnit", str(step)), ("majorTimeUnit", "years")):
        for old in axis.xpath(f"c:{name}"):
            axis.remove(old)
        axis.append(parse_xml(f'<c:{name} {nsdecls("c")} val="{value}"/>'))


def _draw_points_only(line: Any, color: str) -> None:
    """Draw points alone where a line between counts far apart would be made up."""
    from pptx.enum.chart import XL_MARKER_STYLE

    line.format.line.fill.background()
    line.marker.style, line.marker.size = XL_MARKER_STYLE.CIRCLE, 9
    line.marker.format.fill.solid()
    line.marker.format.fill.fore_color.rgb = _rgb(color)
