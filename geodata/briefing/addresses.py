"""Write a briefing into the address of a page, and read it back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl

from geodata.briefing.briefing import (
    ENGLISH,
    MAP,
    MAX_SLIDES,
    MAX_TITLE,
    Briefing,
    Slide,
    default,
    short,
    slide_of,
    too_many,
    unknown,
)
from geodata.errors import BriefingError
from geodata.figures.query_keys import QueryReader, encode_items
from geodata.figures.state import KEYS, is_english
from geodata.i18n.language import GroupedInt, Language, languages, load_language
from geodata.i18n.messages import gettext
from geodata.i18n.writing import DIGITS
from geodata.snapshots.snapshot import Snapshot

MAX_QUERY = 3500  # the least that servers take as a whole address is about 4,000

# In an address a separator is escaped as two signs; a space is one that needs no percent-encoding.
_ESCAPES = {"*": "**", "_": "*u", ";": "*s", ",": "*c", "\n": "*n", " ": "_"}
_UNESCAPES = {escaped: sign for sign, escaped in _ESCAPES.items()}
_ESCAPED = re.compile(r"\*.|_", re.DOTALL)


# ---- addresses


def to_query(briefing: Briefing, snapshot: Snapshot | None = None) -> str:
    """Write a briefing as a query, without ``?``; empty for the default of ``snapshot``.

    Raises
    ------
    BriefingError
        If it is longer than :data:`MAX_QUERY`, and needs to be a file.
    """
    usual = default(snapshot, briefing.language).slides if snapshot else ()
    slides = "" if briefing.slides == usual else _slides(briefing.slides)
    keys = [("title", briefing.title), ("slides", slides)]
    query = encode_items(
        [(key, value) for key, value in [*keys, *briefing.language_items] if value]
    )
    # Separators may stand in a query as they are, and are read more easily so.
    for sign in "*;,:=":
        query = query.replace(f"%{ord(sign):02X}", sign)
    if len(query) > MAX_QUERY:
        raise BriefingError(
            gettext(
                "The briefing would be an address of {n} characters: {most} at most. Save it as a "
                "file, or shorten its notes."
            ),
            key="slides",
            n=GroupedInt(len(query)),
            most=GroupedInt(MAX_QUERY),
        )
    return query


def _slides(slides: Iterable[Slide]) -> str:
    return ";".join(map(_slide_text, slides))


def _slide_text(slide: Slide) -> str:
    """Write a slide: ``map:pop=returnee,headline=Most_have_returned``."""
    keys = [f"{key}={value}" for key, value in parse_qsl(slide.query)]
    texts = [("headline", slide.headline), ("note", slide.note)]
    keys += [f"{key}={_escape(text)}" for key, text in texts if text]
    return f"{slide.layout}:{','.join(keys)}" if keys else slide.layout


def _escape(text: str) -> str:
    return "".join(_ESCAPES.get(sign, sign) for sign in text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda match: _UNESCAPES.get(match[0], match[0]), text)


def from_query(
    query: Mapping[str, str], snapshot: Snapshot, *, lenient: bool
) -> tuple[Briefing, list[str]]:
    """Read a briefing from a decoded query; the default one where it has no ``slides``.

    Returns
    -------
    tuple
        The briefing, and a notice for each part left out (none unless ``lenient``).

    Raises
    ------
    BriefingError
        Naming slide and key, the value, the rule and the nearest valid choice; never when
        ``lenient``.
    """
    reader = QueryReader(query, lenient, ENGLISH)
    lang = _choice(reader, "lang", languages())
    reader.language = load_language(lang)
    digits = _choice(reader, "digits", DIGITS)
    reader.language = load_language(lang, digits)
    try:
        title = short(query.get("title", ""), MAX_TITLE, "title")
    except BriefingError as error:
        _refuse(reader, error)
        title = ""
    slides = _read_slides(reader, snapshot) or default(snapshot, reader.language).slides
    return Briefing(title, slides, lang, digits, is_english(query)), reader.notices


def _refuse(reader: QueryReader, error: BriefingError) -> None:
    reader.refuse(error, error.message(reader.language))


def _choice(reader: QueryReader, key: str, allowed: Sequence[str]) -> str:
    """Return one of the ``allowed`` words, of which the first is the default."""
    value = reader.query.get(key, "").strip() or allowed[0]
    if value in allowed:
        return value
    _refuse(reader, unknown(value, allowed, key=key))
    return allowed[0]


def _read_slides(reader: QueryReader, snapshot: Snapshot) -> tuple[Slide, ...]:
    slides: list[Slide] = []
    text = reader.query.get("slides", "").strip()
    for number, slide_text in enumerate(text.split(";") if text else (), start=1):
        if number > MAX_SLIDES:
            _refuse(reader, too_many())
            break
        try:
            slides.append(_read_slide(slide_text, snapshot, reader.language))
        except BriefingError as error:
            _refuse(reader, error.at(slide=number))
    return tuple(slides)


def _read_slide(text: str, snapshot: Snapshot, language: Language) -> Slide:
    layout, _, keys = text.partition(":")
    values: dict[str, str] = {}
    for part in filter(None, keys.split(",")):
        key, _, value = part.partition("=")
        if key in values:
            raise BriefingError(gettext("“{value}” is said twice."), key=key[:60], value=key[:60])
        if key not in (*KEYS, "headline", "note"):
            raise unknown(key, [*KEYS, "headline", "note"])
        values[key] = value
    texts = {key: _unescape(values.pop(key, "")) for key in ("headline", "note")}
    view = encode_items(values.items())
    return slide_of(view, snapshot, layout=layout.strip() or MAP, language=language, **texts)
