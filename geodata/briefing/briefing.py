"""A briefing: an ordered list of slides, each a view and a layout. No figure is kept in it.

::

    the snapshot ──▶ default ─┐
    briefings/*.yaml ─────────┼─▶ Briefing ──▶ geodata.briefing.slides ──▶ page, PowerPoint, PDF
    slides= of the address ───┘      └─▶ to_yaml, to_query

In an address a slide is its layout and what its view differs in from the default, and slides are
separated by semicolons::

    slides=map:pop=returnee;compare:mode=change,base=2020-02-29;trend:headline=Fewer_every_year
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import parse_qsl

from geodata.briefing.slides import COMPARE, FLOWS, FOOTPRINT, LAYOUTS, MAP, TREND
from geodata.engine import queries
from geodata.engine.connect import ask
from geodata.errors import BriefingError, Choices, StateError
from geodata.figures.counts import by_area_of, populations_with_counts
from geodata.figures.programmes import IMPLEMENTED
from geodata.figures.state import KEYS, State, joined, names_english, parse, query, spoken
from geodata.i18n.language import (
    DIGITS,
    SOURCE_LANGUAGE,
    WESTERN,
    Amount,
    Language,
    gettext,
    language,
    languages,
)
from geodata.snapshots.snapshot import Snapshot
from geodata.util import strict_yaml

MAX_SLIDES, MAX_TITLE, MAX_HEADLINE, MAX_NOTE = 40, 200, 200, 2000
MAX_QUERY = 3500  # the least that servers take as a whole address is about 4,000
_FILE_KEYS = ("title", "lang", "digits", "slides")
_SLIDE_KEYS = ("view", "layout", "headline", "note")

ENGLISH = language(SOURCE_LANGUAGE)

# In an address: what separates is written as two signs, a space as one that needs no escape.
_ESCAPES = {"*": "**", "_": "*u", ";": "*s", ",": "*c", "\n": "*n", " ": "_"}
_UNESCAPES = {escaped: sign for sign, escaped in _ESCAPES.items()}
_ESCAPED = re.compile(r"\*.|_", re.DOTALL)
_SAFE = "~-._*;,:="


@dataclass(frozen=True)
class Slide:
    """A view, and how it is laid out.

    Attributes
    ----------
    query
        The view as :func:`geodata.figures.state.query` writes it, without language and version.
    headline
        The presenter's own; empty: computed from the figures.
    note
        For the speaker.
    """

    query: str = ""
    layout: str = MAP
    headline: str = ""
    note: str = ""


@dataclass(frozen=True)
class Briefing:
    """An ordered list of slides; an empty ``title`` is the name of the map.

    ``lang``, ``digits`` and ``english`` are as in :class:`~geodata.figures.state.State`.
    """

    title: str
    slides: tuple[Slide, ...]
    lang: str = SOURCE_LANGUAGE
    digits: str = WESTERN
    english: bool = False

    @property
    def language(self) -> Language:
        """What the slides are written in."""
        return language(self.lang, self.digits)

    @property
    def spoken(self) -> list[tuple[str, str]]:
        """Keys and values of language and digits; empty where they are the default."""
        return spoken(self.lang, self.digits, english=self.english)


# ---- made from the data


@lru_cache(maxsize=16)
def default(snapshot: Snapshot, speech: Language) -> Briefing:
    """Make a briefing from what the snapshot holds; its slides follow the newest figures."""
    held = populations_with_counts(snapshot)
    first = held[0]
    slides = [_made(snapshot, pop=first)]
    if len(by_area_of(snapshot, first)) > 1:
        slides.append(_made(snapshot, COMPARE, pop=first, mode="change"))
    if "returnee" in held:
        slides.append(_made(snapshot, pop="returnee"))
    if any(len(by_area_of(snapshot, pop)) > 2 for pop in held[:2]):
        slides.append(_made(snapshot, TREND, pop=first))
    if _origins(snapshot, first):
        slides.append(_made(snapshot, FLOWS, pop=first))
    if (snapshot.tables.coverage["status"] == IMPLEMENTED).any():
        slides.append(_made(snapshot, FOOTPRINT, pop=first))
    return Briefing("", tuple(slides), speech.code, speech.digits)


def _origins(snapshot: Snapshot, population: str) -> bool:
    """Whether the newest date of a population says where its people come from."""
    newest = by_area_of(snapshot, population)[-1]
    return not ask(snapshot, queries.origins_on, population, newest.isoformat()).empty


def _made(snapshot: Snapshot, layout: str = MAP, **keys: str) -> Slide:
    return Slide(_canonical(keys, snapshot), layout)


def _canonical(keys: Mapping[str, str], snapshot: Snapshot, speech: Language = ENGLISH) -> str:
    """The shortest query of a view; language and version are the briefing's, not a slide's.

    ``speech`` is what errors are written in.
    """
    state, _ = parse({**keys, "lang": speech.code, "digits": speech.digits, "v": ""}, snapshot)
    return query(replace(state, lang=SOURCE_LANGUAGE, digits=WESTERN, english=False), snapshot)


def state_of(slide: Slide, snapshot: Snapshot, speech: Language) -> State:
    """The state that a slide shows, in a language.

    Raises
    ------
    StateError
        If the snapshot does not have it.
    """
    state, _ = parse(dict(parse_qsl(slide.query)), snapshot)
    return replace(state, lang=speech.code, digits=speech.digits)


# ---- what may be said


def slide_of(
    view: str,
    snapshot: Snapshot,
    *,
    layout: str = MAP,
    headline: str = "",
    note: str = "",
    speech: Language = ENGLISH,
) -> Slide:
    """Make a slide of what a person gave; ``view`` may be a whole address of the map.

    ``speech`` is what errors of the view are written in.

    Raises
    ------
    BriefingError
        Naming the key, the value, the rule and the nearest valid choice.
    """
    keys = dict(parse_qsl(view.strip().rpartition("?")[2], keep_blank_values=True))
    for key in keys:
        if key not in KEYS:
            raise _unknown(key, KEYS, key="view")
    try:
        canonical = _canonical(keys, snapshot, speech)
    except StateError as error:
        raise BriefingError(str(error), key="view") from None
    if layout not in LAYOUTS:
        raise _unknown(layout, LAYOUTS, key="layout")
    return Slide(
        canonical,
        layout,
        _short(headline, MAX_HEADLINE, "headline"),
        _short(note, MAX_NOTE, "note", lines=True),
    )


_UNKNOWN = gettext("“{value}” is not known: it may be {allowed}.")
_MISSPELT = gettext("“{value}” is not known: it may be {allowed}. Did you mean {near}?")
_UNKNOWN_KEY = gettext("The key “{value}” is not known: it may be {allowed}.")
_MISSPELT_KEY = gettext("The key “{value}” is not known: it may be {allowed}. Did you mean {near}?")


def _unknown(
    value: str, allowed: Iterable[str], *, key: str = "", line: int | None = None, of: str = "value"
) -> BriefingError:
    """Make the error that says what may stand there, and what is spelled most like it."""
    choices = list(allowed)
    near = difflib.get_close_matches(value, choices, n=1)
    sentence = {
        ("value", False): _UNKNOWN,
        ("value", True): _MISSPELT,
        ("key", False): _UNKNOWN_KEY,
        ("key", True): _MISSPELT_KEY,
    }[of, bool(near)]
    return BriefingError(
        sentence,
        key=key,
        line=line,
        value=value[:60],
        allowed=Choices(tuple(choices)),
        near="".join(near),
    )


def _short(text: str, most: int, key: str, *, lines: bool = False) -> str:
    """Text without control signs and outer spaces, of a length that a slide takes."""
    kept = "".join(map(_plain, text.replace("\r\n", "\n").replace("\r", "\n")))
    kept = kept.strip() if lines else " ".join(kept.split())
    if len(kept) > most:
        raise BriefingError(
            gettext("“{beginning}…” has {n} characters: {most} at most."),
            key=key,
            beginning=kept[:30],
            n=Amount(len(kept)),
            most=Amount(most),
        )
    return kept


def _plain(sign: str) -> str:
    """A sign that every file takes; of the invisible ones those that Arabic is written with."""
    if sign.isprintable() or sign in "\n\u200c\u200d\u200e\u200f":
        return sign
    return " " if sign.isspace() else ""


# ---- files


def from_yaml(text: str, snapshot: Snapshot) -> Briefing:
    """Read a briefing file.

    Raises
    ------
    BriefingError
        Naming line and key, the value, the rule and the nearest valid choice.
    """
    said = _mapping(strict_yaml.read(text), _FILE_KEYS)
    lang = _chosen(said, "lang", languages())
    digits = _chosen(said, "digits", DIGITS)
    speech = language(lang, digits)
    listed = said.get("slides")
    if not isinstance(listed, strict_yaml.Sequence):
        line = listed.line if listed else None
        raise BriefingError(
            gettext("A list of slides, each beginning with “- ”."), line=line, key="slides"
        )
    if not 1 <= len(listed.items) <= MAX_SLIDES:
        raise BriefingError(
            gettext("{n} slides: a briefing has 1 to {most}."),
            line=listed.line,
            key="slides",
            n=len(listed.items),
            most=MAX_SLIDES,
        )
    slides = [_slide(node, i, snapshot, speech) for i, node in enumerate(listed.items, start=1)]
    title = _text(said, "title")
    try:
        return Briefing(_short(title.value, MAX_TITLE, "title"), tuple(slides), lang, digits)
    except BriefingError as error:
        raise error.at(line=title.line) from None


def _chosen(said: Mapping[str, strict_yaml.Node], key: str, allowed: Sequence[str]) -> str:
    """One of the ``allowed`` words, of which the first is the default."""
    given = _text(said, key)
    value = given.value or allowed[0]
    if value not in allowed:
        raise _unknown(value, allowed, line=given.line, key=key)
    return value


def _mapping(
    node: strict_yaml.Node, keys: tuple[str, ...], slide: int = 0
) -> dict[str, strict_yaml.Node]:
    if not isinstance(node, strict_yaml.Mapping):
        raise BriefingError(
            gettext("Keys and values are expected here: {keys}."),
            line=node.line,
            slide=slide,
            keys=Choices(keys),
        )
    for key, _ in node.items:
        if key.value not in keys:
            raise _unknown(key.value, keys, line=key.line, of="key").at(slide=slide)
    return {key.value: value for key, value in node.items}


def _text(said: Mapping[str, strict_yaml.Node], key: str, slide: int = 0) -> strict_yaml.Text:
    node = said.get(key, strict_yaml.Text(0, ""))
    if not isinstance(node, strict_yaml.Text):
        raise BriefingError(gettext("Text is expected here."), line=node.line, key=key, slide=slide)
    return node


def _slide(node: strict_yaml.Node, number: int, snapshot: Snapshot, speech: Language) -> Slide:
    said = _mapping(node, _SLIDE_KEYS, number)
    texts = {key: _text(said, key, number) for key in _SLIDE_KEYS}
    try:
        return slide_of(
            texts["view"].value,
            snapshot,
            layout=texts["layout"].value or MAP,
            headline=texts["headline"].value,
            note=texts["note"].value,
            speech=speech,
        )
    except BriefingError as error:
        raise error.at(line=texts[error.word].line or node.line, slide=number) from None


def to_yaml(briefing: Briefing) -> str:
    """Write a briefing file that reads back as the same briefing."""
    import yaml

    slides = []
    for slide in briefing.slides:
        said = {"view": slide.query, "layout": slide.layout}
        said |= {"headline": slide.headline} if slide.headline else {}
        slides.append(said | ({"note": slide.note} if slide.note else {}))
    top: dict[str, object] = {"title": briefing.title} if briefing.title else {}
    top |= {"lang": briefing.lang}
    top |= {"digits": briefing.digits} if briefing.digits != WESTERN else {}
    top |= {"slides": slides}
    return str(yaml.dump(top, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=95))


@lru_cache(maxsize=1)
def _dumper() -> type:
    """A dumper that never writes an alias, which is not read."""
    import yaml

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    return Plain


# ---- addresses


def to_query(briefing: Briefing, snapshot: Snapshot | None = None) -> str:
    """Write a briefing as a query, without ``?``; empty for the default of ``snapshot``.

    Raises
    ------
    BriefingError
        If it is longer than :data:`MAX_QUERY`: it is to be kept as a file.
    """
    made = snapshot and default(snapshot, briefing.language)
    slides = "" if made and made.slides == briefing.slides else _slides(briefing.slides)
    keys = [("title", briefing.title), ("slides", slides)]
    written = joined([(key, value) for key, value in [*keys, *briefing.spoken] if value])
    # Separators may stand in a query as they are, and are read more easily so.
    for sign in "*;,:=":
        written = written.replace(f"%{ord(sign):02X}", sign)
    if len(written) > MAX_QUERY:
        raise BriefingError(
            gettext(
                "The briefing would be an address of {n} characters: {most} at most. Save it as a "
                "file, or shorten its notes."
            ),
            key="slides",
            n=Amount(len(written)),
            most=Amount(MAX_QUERY),
        )
    return written


def _slides(slides: Iterable[Slide]) -> str:
    return ";".join(map(_slide_text, slides))


def _slide_text(slide: Slide) -> str:
    """``map:pop=returnee,headline=Most_have_returned``."""
    keys = [f"{key}={value}" for key, value in parse_qsl(slide.query)]
    texts = [("headline", slide.headline), ("note", slide.note)]
    keys += [f"{key}={_escape(text)}" for key, text in texts if text]
    return f"{slide.layout}:{','.join(keys)}" if keys else slide.layout


def _escape(text: str) -> str:
    return "".join(_ESCAPES.get(sign, sign) for sign in text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: _UNESCAPES.get(found[0], found[0]), text)


def from_query(
    query: Mapping[str, str], snapshot: Snapshot, *, lenient: bool
) -> tuple[Briefing, list[str]]:
    """Read a briefing from a decoded query; the default one where it has no ``slides``.

    Returns
    -------
    tuple
        The briefing, and the notices of what was left out (empty unless ``lenient``).

    Raises
    ------
    BriefingError
        Naming slide and key, the value, the rule and the nearest valid choice; never when
        ``lenient``.
    """
    told = _Told(lenient, ENGLISH)
    lang = told.choice(query, "lang", languages())
    told.speech = language(lang)
    digits = told.choice(query, "digits", DIGITS)
    told.speech = speech = language(lang, digits)
    try:
        title = _short(query.get("title", ""), MAX_TITLE, "title")
    except BriefingError as error:
        told.wrong(error)
        title = ""
    made = default(snapshot, speech)
    written = query.get("slides", "").strip()
    slides = _read_slides(written, snapshot, told) if written else ()
    english = names_english(query)
    return Briefing(title, slides or made.slides, lang, digits, english), told.notices


@dataclass
class _Told:
    """What was wrong in an address: raised, or where that is lenient told as notices."""

    lenient: bool
    speech: Language
    notices: list[str] = field(default_factory=list)

    def wrong(self, error: BriefingError) -> None:
        if not self.lenient:
            raise error
        self.notices.append(error.said(self.speech))

    def choice(self, query: Mapping[str, str], key: str, allowed: Sequence[str]) -> str:
        """One of the ``allowed`` words, of which the first is the default."""
        value = query.get(key, "").strip() or allowed[0]
        if value in allowed:
            return value
        self.wrong(_unknown(value, allowed, key=key))
        return allowed[0]


def too_many() -> BriefingError:
    """Make the error of one slide more than there may be."""
    return BriefingError(
        gettext("A briefing has {most} slides at most."), key="slides", most=MAX_SLIDES
    )


def _read_slides(written: str, snapshot: Snapshot, told: _Told) -> tuple[Slide, ...]:
    found: list[Slide] = []
    for number, text in enumerate(written.split(";"), start=1):
        if number > MAX_SLIDES:
            told.wrong(too_many())
            break
        try:
            found.append(_read_slide(text, snapshot, told.speech))
        except BriefingError as error:
            told.wrong(error.at(slide=number))
    return tuple(found)


def _read_slide(text: str, snapshot: Snapshot, speech: Language) -> Slide:
    layout, _, keys = text.partition(":")
    said: dict[str, str] = {}
    for part in filter(None, keys.split(",")):
        key, _, value = part.partition("=")
        if key in said:
            raise BriefingError(gettext("“{value}” is said twice."), key=key[:60], value=key[:60])
        if key not in (*KEYS, "headline", "note"):
            raise _unknown(key, [*KEYS, "headline", "note"])
        said[key] = value
    texts = {key: _unescape(said.pop(key, "")) for key in ("headline", "note")}
    view = joined(said.items())
    return slide_of(view, snapshot, layout=layout.strip() or MAP, speech=speech, **texts)
