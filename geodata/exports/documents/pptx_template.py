"""The template that slides are made in: a neutral one, or an organisation's own.

A template is a ``.pptx`` of 16:9 without slides, with the two layouts of :data:`LAYOUTS`; each has
placeholders of the names below, which set places and fonts::

    Briefing          Title · Kicker · Figures · Details · Picture · Sources
    Briefing table    Title · Kicker · Details · Sources

Text goes into Title, Kicker, Figures and Sources; charts, tables and maps take the place of Details
and Picture. Everything else of the layouts (logo, colours, lines, slide number) stays.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from geodata.errors import TemplateError
from geodata.exports.drawing.text_lines import ARABIC_FAMILY, FAMILY
from geodata.util.zip_guard import Refusals, ZipGuard, ZipLimits

if TYPE_CHECKING:
    from pptx.presentation import Presentation
    from pptx.slide import SlideLayout

PIXEL = 9525  # EMU of a pixel at 96 to the inch: positions are in pixels of 1280 × 720
WIDE, HIGH = 1280, 720
TWO_COLUMNS, TABLE = "Briefing", "Briefing table"
TITLE, KICKER, FIGURES, DETAILS, PICTURE, SOURCES = (
    *("Title", "Kicker", "Figures", "Details", "Picture", "Sources"),
)
_TEXTS = (TITLE, KICKER, FIGURES, SOURCES)
LAYOUTS = {
    TWO_COLUMNS: {
        TITLE: (48, 76, 456, 152),
        KICKER: (48, 22, 456, 50),
        FIGURES: (48, 232, 456, 122),
        DETAILS: (48, 358, 456, 258),
        PICTURE: (520, 0, 760, 616),
        SOURCES: (48, 622, 1120, 92),
    },
    TABLE: {
        TITLE: (48, 60, 1184, 76),
        KICKER: (48, 28, 1184, 32),
        DETAILS: (48, 140, 1184, 478),
        SOURCES: (48, 622, 1120, 92),
    },
}
_NUMBER = (1180, 676, 60, 32)
SIZES = {TITLE: 26, KICKER: 13.5, FIGURES: 13.5, SOURCES: 13.5}  # points; 13.5 is 18 pixels
_COLORS = {TITLE: "1B2733", KICKER: "0B5CAD", FIGURES: "1B2733", SOURCES: "56636F"}
# Text, ground, muted text and what lies behind: maps are drawn in those of the template.
_THEME_COLORS = {"dk1": "1B2733", "lt1": "FFFFFF", "dk2": "56636F", "lt2": "F1F3F5"}
_ARABIC_IN_OFFICE = "Arial"

_MAX_BYTES = 20_000_000
_TOO_MUCH = "it unpacks to more than a template holds."
LIMITS = ZipLimits(
    TemplateError,
    Refusals(
        no_archive="it is not a PowerPoint file.",
        locked="it is locked with a password.",
        many=_TOO_MUCH,
        doubled="it holds a part twice ({part}).",
        method="it is packed as PowerPoint packs no file ({part}).",
        large=_TOO_MUCH,
        dense=_TOO_MUCH,
        length="it is damaged: {part} has {size} bytes and should have {stated}.",
        damaged="it is damaged: {why}.",
    ),
    max_unpacked=100_000_000,
    max_parts=2_000,
    max_ratio=math.inf,  # a white picture of 100 MB fills no memory
)
_MACROS = ("vbaproject", "vbadata", "/activex/", "/embeddings/", "/ctrlprops/")


# ---- the neutral one


@lru_cache(maxsize=2)
def neutral(*, rtl: bool = False) -> bytes:
    """Make the neutral template: white, one blue, Noto Sans where it is installed.

    Parameters
    ----------
    rtl
        For words in Arabic script, which are then set in Arial: every Office has it, with the
        letters of Arabic and Sorani, and its lines are half as high as those of Noto Sans Arabic,
        with which tables and charts have no room for their rows.
    """
    from pptx import Presentation

    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = WIDE * PIXEL, HIGH * PIXEL  # type: ignore[assignment]
    layouts = list(presentation.slide_layouts)
    for layout, (name, places) in zip(layouts, LAYOUTS.items(), strict=False):
        _lay_out(layout, name, places)
    for layout in layouts[len(LAYOUTS) :]:
        presentation.slide_layouts.remove(layout)
    _set_master(presentation, _ARABIC_IN_OFFICE if rtl else ARABIC_FAMILY)
    presentation.core_properties.author = presentation.core_properties.last_modified_by = ""
    presentation.core_properties.title = ""
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def _lay_out(layout: SlideLayout, name: str, places: dict[str, tuple[int, int, int, int]]) -> None:
    """Give a layout its name and placeholders, and nothing else."""
    layout.name = name
    tree = layout.shapes.element
    for shape in list(layout.shapes):
        tree.remove(shape.element)
    for number, (each, place) in enumerate(places.items()):
        tree.append(_placeholder(number, each, place))
    tree.append(_slide_number(len(places)))


def _placeholder(number: int, name: str, place: tuple[int, int, int, int]) -> Any:
    kind = {TITLE: "title", PICTURE: "pic"}.get(name, "body" if name in _TEXTS else "obj")
    index = "" if kind == "title" else f' idx="{9 + number}"'
    style = _style(name) if name in _TEXTS else ""
    return _shape(number, name, place, f'type="{kind}"{index}', style, name)


def _style(name: str) -> str:
    """Return the paragraph style of a placeholder."""
    bold = ' b="1"' if name in (TITLE, KICKER) else ""
    capitals = ' cap="all" spc="40"' if name == KICKER else ""
    return (
        '<a:lvl1pPr marL="0" indent="0" algn="l">'
        '<a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="{round(SIZES[name] * 100)}"{bold}{capitals}>'
        f'<a:solidFill><a:srgbClr val="{_COLORS[name]}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    )


def _slide_number(number: int) -> Any:
    style = (
        '<a:lvl1pPr algn="r"><a:defRPr sz="1350"><a:solidFill><a:srgbClr val="56636F"/>'
        "</a:solidFill></a:defRPr></a:lvl1pPr>"
    )
    field = (
        '<a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum">'
        '<a:rPr lang="en-GB"/><a:t>‹#›</a:t></a:fld>'
    )
    return _shape(
        number, "Slide number", _NUMBER, 'type="sldNum" sz="quarter" idx="8"', style, "", field
    )


def _shape(
    number: int,
    name: str,
    place: tuple[int, int, int, int],
    kind: str,
    style: str,
    prompt: str,
    field: str = "",
) -> Any:
    """Return a placeholder of a layout, with its name as prompt."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    left, top, width, height = (side * PIXEL for side in place)
    anchor = "b" if name in (SOURCES, KICKER) else "t"
    run = field or f'<a:r><a:rPr lang="en-GB"/><a:t>{prompt}</a:t></a:r>'
    return parse_xml(
        f"<p:sp {nsdecls('p', 'a')}><p:nvSpPr>"
        f'<p:cNvPr id="{number + 2}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f"<p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr>"
        f'<p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f'<p:txBody><a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}">'
        f"<a:normAutofit/></a:bodyPr><a:lstStyle>{style}</a:lstStyle>"
        f"<a:p>{run}</a:p></p:txBody></p:sp>"
    )


def _set_master(presentation: Presentation, arabic: str) -> None:
    """Let the master fit 16:9, in our colours and Noto Sans; Arabic script in the family named."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    master = presentation.slide_master
    for shape in list(master.shapes):
        if not (shape.is_placeholder and shape.placeholder_format.type in _placeholder_kinds()):
            master.shapes.element.remove(shape.element)
        else:
            shape.left, shape.top = 48 * PIXEL, shape.top
            shape.width = (WIDE - 96) * PIXEL
    theme: Any = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    looks = theme.blob.decode()
    looks = looks.replace('<a:latin typeface="Calibri"/>', f'<a:latin typeface="{FAMILY}"/>')
    looks = looks.replace('<a:cs typeface=""/>', f'<a:cs typeface="{arabic}"/>')
    for name, color in _THEME_COLORS.items():
        plain = f'<a:{name}><a:srgbClr val="{color}"/></a:{name}>'
        looks = re.sub(f"<a:{name}>.*?</a:{name}>", plain, looks, flags=re.DOTALL)
    theme.blob = looks.encode()


def _placeholder_kinds() -> tuple[Any, ...]:
    from pptx.enum.shapes import PP_PLACEHOLDER

    return (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.BODY)


# ---- an organisation's own


def check_template(data: bytes, name: str) -> bytes:
    """Return a template's bytes if it is safe and has what slides are made with.

    Raises
    ------
    TemplateError
        Naming the file and what is wrong with it or missing.
    """
    if name.lower().rpartition(".")[2] not in ("pptx", "potx"):
        raise TemplateError(f"{name} is no .pptx; files with macros (.pptm, .potm) are not opened.")
    try:
        _check_package(data)
        presentation = open_template(data)
    except TemplateError as error:
        raise TemplateError(f"The template {name} is refused: {error}") from None
    except Exception as error:  # what python-pptx raises on broken files is of many kinds
        raise TemplateError(f"The template {name} cannot be read: {error}") from error
    problems = list(_missing(presentation))
    if problems:
        raise TemplateError(f"The template {name} lacks something: {'; '.join(problems)}.")
    return data


def _check_package(data: bytes) -> None:
    """Refuse macros, outside links and ZIP bombs; nothing is unpacked to disk."""
    if len(data) > _MAX_BYTES:
        raise TemplateError(f"it has {len(data):,} bytes, {_MAX_BYTES:,} at most.")
    guard = ZipGuard("", io.BytesIO(data), LIMITS)
    guard.check_parts()
    guard.check_stated_sizes(guard.parts)
    for part in guard.parts:
        if any(word in f"/{part.filename}".lower() for word in _MACROS):
            raise TemplateError(f"it holds macros, controls or embedded files ({part.filename}).")
        content = b"".join(guard.unpack(part))
        if part.filename.endswith((".xml", ".rels")):
            _check_part(part.filename, content)


def _check_part(name: str, data: bytes) -> None:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TemplateError(f"{name} declares entities, or is not in UTF-8.")
    if b"macroEnabled" in data:
        raise TemplateError("it is a file with macros.")
    if name.endswith(".rels") and b"External" in data:
        raise TemplateError(f"it links to something outside itself ({name}).")


def open_template(data: bytes) -> Presentation:
    """Open a template, without the slides that it may hold as examples."""
    from pptx import Presentation

    # A .potx differs in one word, which python-pptx does not read.
    presentation = Presentation(io.BytesIO(_as_presentation(data)))
    listed = presentation.slides.element
    for slide in list(listed):
        presentation.part.drop_rel(slide.rId)
        listed.remove(slide)
    return presentation


def _as_presentation(data: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(data))
    kinds = source.read("[Content_Types].xml")
    if b"presentationml.template.main+xml" not in kinds:
        return data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == "[Content_Types].xml":
                content = kinds.replace(b"template.main+xml", b"presentation.main+xml")
            copy.writestr(part, content)
    return out.getvalue()


def _missing(presentation: Presentation) -> Any:
    """Yield a sentence for each thing that a template lacks."""
    width, height = int(presentation.slide_width or 0), int(presentation.slide_height or 1)
    if abs(width / height - WIDE / HIGH) > 0.01:
        yield f"its slides are {width / PIXEL:.0f} × {height / PIXEL:.0f} pixels, and must be 16:9"
    layouts = {layout.name: layout for layout in presentation.slide_layouts}
    for name, places in LAYOUTS.items():
        if name not in layouts:
            names = ", ".join(f"“{each}”" for each in layouts) or "none"
            yield f"there is no layout “{name}” (there is {names})"
            continue
        placeholders: Any = layouts[name].placeholders
        shapes = {shape.name for shape in placeholders}
        for place in places:
            if place not in shapes:
                yield f"the layout “{name}” has no placeholder “{place}”"


def layout_named(presentation: Presentation, name: str) -> SlideLayout:
    """Return one of the two layouts; :func:`check_template` has made sure that it is there."""
    return next(layout for layout in presentation.slide_layouts if layout.name == name)
