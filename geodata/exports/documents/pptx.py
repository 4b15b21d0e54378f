"""Slides as a PowerPoint file: native titles, tables, charts and maps.

What can be a number stays one: charts and tables are edited in PowerPoint. Maps and flows are
shapes, or pictures with the pixels of a full-HD projector where those are asked for; their words
are alternative text. Notes hold what the speaker wrote, method, sources, disclaimer and permalink.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geodata.briefing.briefing import COMPARE, MAP, TABLE, TREND, Briefing
from geodata.briefing.content import Content, SlideFigure
from geodata.briefing.slides import Progress, title_of
from geodata.exports.documents import pptx_template as templates
from geodata.exports.documents.pptx_charts import add_bars, add_trend, chartable
from geodata.exports.documents.pptx_shapes import Words, add_drawing, last_id
from geodata.exports.documents.pptx_table import add_table
from geodata.exports.documents.pptx_template import PIXEL
from geodata.exports.documents.pptx_text import Place, Run, describe_shape, write_paragraph
from geodata.exports.documents.slide_places import Link, compare_places
from geodata.exports.drawing import charts, pictures
from geodata.exports.drawing.raster import png
from geodata.exports.drawing.text_lines import wrapped
from geodata.exports.render_worker import Render, render_in_process
from geodata.figures.view import ViewAt
from geodata.i18n.language import Language, strip_isolates
from geodata.places.area_names import area_names
from geodata.text.view_text import ViewText

if TYPE_CHECKING:
    from pptx.presentation import Presentation

_SCALE = 1.25  # pixels of a slide for one of a drawing: letters are large enough from afar
_DENSITY = 1.5  # pixels of a picture for one of the slide: those of 1920 × 1080
_POINT = 12700
_LETTER, _LEADING = 0.56, 1.22
_FIGURE_SIZES = (24.0, 20.0, 18.0, 16.0)  # points of key figures, the larger where there is room
# Maps and flows as shapes that can be edited, or as pictures.
SHAPES, PICTURES = "shapes", "picture"
MAPS = (SHAPES, PICTURES)
_MAP, _LEGEND, _CHART = "Map", "Legend", "Chart"  # names of objects, as PowerPoint's own are


def deck(
    briefing: Briefing,
    contents: Sequence[Content],
    *,
    link: Link,
    template: bytes | None = None,
    progress: Progress | None = None,
    render: Render = render_in_process,
    maps: str = SHAPES,
) -> bytes:
    """Make the file.

    Parameters
    ----------
    contents
        Contents of its slides, as :func:`geodata.briefing.slides.contents` gives it.
    template
        Of :func:`geodata.exports.documents.pptx_template.check_template`; the neutral one if
        ``None``.
    render
        Draws the pictures, if there are any, which then take most of the time.
    maps
        One of :data:`MAPS`.
    """
    presentation = templates.open_template(template or templates.neutral(rtl=briefing.language.rtl))
    for number, content in enumerate(contents, start=1):
        _add_slide(presentation, content, link, render if maps == PICTURES else None)
        if progress:
            progress(number, len(contents))
    _set_properties(presentation, briefing, contents)
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def _set_properties(
    presentation: Presentation, briefing: Briefing, contents: Sequence[Content]
) -> None:
    about = presentation.core_properties
    about.title = strip_isolates(title_of(briefing, contents))
    about.language = briefing.language.tag
    about.created = about.modified = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    kickers = dict.fromkeys(strip_isolates(content.kicker) for content in contents)
    about.keywords = "; ".join(kickers)[:255]


def _add_slide(
    presentation: Presentation, content: Content, link: Link, render: Render | None
) -> None:
    """Add one slide: texts into their placeholders, objects where theirs stand.

    Maps and flows are shapes where nothing is given to ``render`` pictures with.
    """
    wide = content.slide.layout == TABLE
    layout = templates.layout_named(
        presentation, templates.TABLE if wide else templates.TWO_COLUMNS
    )
    slide = presentation.slides.add_slide(layout)
    language = content.at.language
    across = int(presentation.slide_width or 0) if language.direction == "rtl" else 0
    places = _places(layout, across)
    credits = pictures.joined([content.newest, *content.sources, content.disclaimer], language)
    _write(slide, places, templates.TITLE, [[(content.headline, None)]], language, fit=True)
    _write(slide, places, templates.KICKER, [[(content.kicker, None)]], language)
    _write(slide, places, templates.SOURCES, [[(credits, None)]], language, fit=True)
    if templates.FIGURES in places:
        points = figure_points(content.figures, places[templates.FIGURES][1])
        lines = [[(each.value, points), (f" {each.label}", None)] for each in content.figures]
        _write(slide, places, templates.FIGURES, lines, language)
    _add_number(slide, layout, across)
    _add_objects(slide, content, places, render)
    _write_notes(slide, content, link(content.query))


def _places(layout: Any, across: int = 0) -> dict[str, tuple[int, Place]]:
    """Return index and place of each placeholder of a layout, by name.

    Mirrored within ``across`` where it is given: what stands at the start stands on the right.
    """
    places = {}
    for shape in layout.placeholders:
        left, top, width, height = map(int, (shape.left, shape.top, shape.width, shape.height))
        start = across - left - width if across else left
        places[shape.name] = (shape.placeholder_format.idx, (start, top, width, height))
    return places


def _placeholder(slide: Any, index: int) -> Any:
    return next(each for each in slide.placeholders if each.placeholder_format.idx == index)


def _write(
    slide: Any,
    places: dict[str, tuple[int, Place]],
    name: str,
    lines: list[list[Run]],
    language: Language,
    *,
    fit: bool = False,
) -> None:
    """Write into a placeholder; remove one that would stay empty."""
    index, place = places[name]
    shape = _placeholder(slide, index)
    if not any(text for line in lines for text, _ in line):
        shape.element.getparent().remove(shape.element)
        return
    if language.direction == "rtl":
        shape.left, shape.top, shape.width, shape.height = place
    frame = shape.text_frame
    size = _fitting(lines[0][0][0], place, name) if fit else None
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        write_paragraph(paragraph, [(text, points or size) for text, points in line], language)


def _fitting(text: str, place: Place, name: str) -> float | None:
    """Return points at which words fit their place; ``None`` where the template's own size does."""
    usual = templates.SIZES[name]
    width, height = place[2] / _POINT, place[3] / _POINT
    for size in (usual, *(each for each in (24, 22, 20, 18, 16, 14, 12, 11, 10) if each < usual)):
        if len(wrapped(text, width, size, letter=_LETTER)) * size * _LEADING <= height:
            return None if size == usual else size
    return 10


def figure_points(figures: Sequence[SlideFigure], place: Place) -> float:
    """Return points at which key figures fit their place, with labels of more than one line."""
    width, height = place[2] / _POINT, place[3] / _POINT
    label_points = templates.SIZES[templates.FIGURES]
    for points in _FIGURE_SIZES:
        lines = 0
        for figure in figures:
            wide = round(len(figure.value) * points / label_points)  # in letters of the label
            lines += len(wrapped(f"{'0' * wide} {figure.label}", width, label_points)) - 1
        if (len(figures) * points + lines * label_points) * _LEADING <= height:
            return points
    return _FIGURE_SIZES[-1]


def _add_number(slide: Any, layout: Any, across: int) -> None:
    """Add the slide's number, which PowerPoint counts itself, where the layout has a place."""
    from copy import deepcopy

    from pptx.enum.shapes import PP_PLACEHOLDER

    for shape in layout.placeholders:
        if shape.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER:
            element = deepcopy(shape.element)
            element.xpath("./p:nvSpPr/p:cNvPr")[0].set("id", str(last_id(slide) + 1))
            slide.shapes.element.append(element)
            if across:
                slide.placeholders[shape.placeholder_format.idx].left = (
                    across - shape.left - shape.width
                )


# ---- objects


def _add_objects(
    slide: Any, content: Content, places: dict[str, tuple[int, Place]], render: Render | None
) -> None:
    """Put chart, table and map in the place of the layout's placeholders."""
    where: dict[str, Place] = {}
    for name in (templates.DETAILS, templates.PICTURE):
        if name in places:
            index, where[name] = places[name]
            element = _placeholder(slide, index).element
            element.getparent().remove(element)
    details = where[templates.DETAILS]
    picture = where.get(templates.PICTURE, details)
    if content.slide.layout == MAP and chartable(content.rows):
        add_bars(slide, content, details)
    elif content.rows:
        add_table(slide, content, details)
    if content.slide.layout == TREND:
        add_trend(slide, content, picture)
    elif content.slide.layout in charts.CHARTS:
        _chart_drawing(slide, content, picture, render)
    elif content.slide.layout == COMPARE:
        _two_maps(slide, content, picture, render)
    elif content.slide.layout != TABLE:
        _one_map(slide, content, picture, render)


@dataclass(frozen=True)
class _Drawing:
    """A drawing on a slide, as shapes or as a picture.

    Attributes
    ----------
    name
        What it is called in PowerPoint's list of objects.
    legend_apart
        Whether it holds a map with a legend, which is then a group of its own.
    """

    svg: str
    place: Place
    name: str
    description: str
    at: ViewAt
    legend_apart: bool = True

    def add(self, slide: Any, render: Render | None) -> None:
        """Put it on a slide."""
        if render is None:
            names = area_names(self.at.snapshot, self.at.language)
            words = Words(self.name, self.description, _LEGEND, names)
            language, apart = self.at.language, self.legend_apart
            add_drawing(slide, self.svg, self.place, words, language, legend_apart=apart)
            return
        left, top, width, height = self.place
        data = io.BytesIO(render(png, self.svg, width=round(width / PIXEL * _DENSITY)))
        shape = slide.shapes.add_picture(data, left, top, width, height)
        describe_shape(shape, self.name, self.description)


def _inset(place: Place) -> Place:
    """Return a place less a margin: charts do not reach the edge of the slide as maps do."""
    left, top, width, height = place
    margin = 24 * PIXEL
    return left + margin, top + margin, width - 2 * margin, height - 2 * margin


def _drawing_size(place: Place) -> tuple[int, int]:
    """Return the size of the drawing that fills a place."""
    return round(place[2] / PIXEL / _SCALE), round(place[3] / PIXEL / _SCALE)


def _one_map(slide: Any, content: Content, place: Place, render: Render | None) -> None:
    drawing = pictures.panel(content.at, _drawing_size(place))
    _Drawing(drawing, place, _MAP, content.alt, content.at).add(slide, render)


def _two_maps(slide: Any, content: Content, place: Place, render: Render | None) -> None:
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
        write_paragraph(box.text_frame.paragraphs[0], [(date, 14)], language, bold=True)
        drawing = pictures.panel(at, _drawing_size(map_place), with_legend=False)
        description = ViewText(at).description
        _Drawing(drawing, map_place, _MAP, description, at).add(slide, render)
    strip = pictures.legend_strip(content.at, _drawing_size(parts["legend"]))
    words = language.gettext("Legend of both maps")
    legend = _Drawing(strip, parts["legend"], _LEGEND, words, content.at, legend_apart=False)
    legend.add(slide, render)


def _chart_drawing(slide: Any, content: Content, place: Place, render: Render | None) -> None:
    """Draw a chart that PowerPoint has no kind for."""
    place = _inset(place)
    if content.rows:
        draw = charts.CHARTS[content.slide.layout]
        drawing = draw(content, _drawing_size(place), content.headline)
        rows = "; ".join(f"{row.name}: {row.value}" for row in content.rows)
        words = f"{content.headline}. {rows}."
        chart = _Drawing(drawing, place, _CHART, words, content.at, legend_apart=False)
        chart.add(slide, render)


# ---- notes


def _write_notes(slide: Any, content: Content, address: str) -> None:
    """Write the speaker's notes, then method, sources, disclaimer and where to find it again."""
    language = content.at.language
    frame: Any = slide.notes_slide.notes_text_frame
    for number, line in enumerate(note_lines(content, address)):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        write_paragraph(paragraph, [(line, None)], language)


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
