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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from geodata.errors import BriefingError, Choices, StateError
from geodata.figures.availability import by_area_of, populations_with_counts
from geodata.figures.breakdowns import has_origins
from geodata.figures.coverage import IMPLEMENTED
from geodata.figures.state import KEYS, State, encode_query, language_items, parse
from geodata.i18n.language import SOURCE_LANGUAGE, GroupedInt, Language, load_language
from geodata.i18n.messages import gettext
from geodata.i18n.writing import WESTERN
from geodata.populations import POPULATIONS
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
from geodata.util.suggestions import suggestions

MAP, COMPARE, TREND, FLOWS, FOOTPRINT, FUNDERS, TABLE = (
    *("map", "compare", "trend", "flows", "footprint", "funders", "table"),
)
LAYOUT_LABELS = {
    MAP: gettext("Map, key figures and ranking"),
    COMPARE: gettext("Two dates"),
    TREND: gettext("Trend"),
    FLOWS: gettext("Origins and destinations"),
    FOOTPRINT: gettext("Programmes"),
    FUNDERS: gettext("Funders"),
    TABLE: gettext("Table"),
}
LAYOUTS = tuple(LAYOUT_LABELS)

MAX_SLIDES, MAX_TITLE, MAX_HEADLINE, MAX_NOTE = 40, 200, 200, 2000

ENGLISH = load_language(SOURCE_LANGUAGE)


@dataclass(frozen=True)
class Slide:
    """A slide: a view and its layout.

    Attributes
    ----------
    query
        The view as :func:`geodata.figures.state.encode_query` writes it, without language and
        version.
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
        """Language of the slides, with its digits."""
        return load_language(self.lang, self.digits)

    @property
    def language_items(self) -> list[tuple[str, str]]:
        """Keys and values of language and digits; empty where they are the default."""
        return language_items(self.lang, self.digits, english=self.english)


# ---- made from the data


@memoise(16)
def default(snapshot: Snapshot, language: Language) -> Briefing:
    """Make a briefing of every population that the snapshot counts, on its newest dates."""
    pops = populations_with_counts(snapshot)
    first = pops[0]
    slides = [_slide(snapshot, pop=first)]
    if len(by_area_of(snapshot, first)) > 1:
        slides.append(_slide(snapshot, COMPARE, pop=first, mode="change"))
    slides += [_slide(snapshot, pop=pop) for pop in pops if POPULATIONS[pop].briefed]
    if any(len(by_area_of(snapshot, pop)) > 2 for pop in pops[:2]):
        slides.append(_slide(snapshot, TREND, pop=first))
    if has_origins(snapshot, first):
        slides.append(_slide(snapshot, FLOWS, pop=first))
    if (snapshot.tables.coverage["status"] == IMPLEMENTED).any():
        slides.append(_slide(snapshot, FOOTPRINT, pop=first))
    return Briefing("", tuple(slides), language.code, language.digits)


def _slide(snapshot: Snapshot, layout: str = MAP, **keys: str) -> Slide:
    return Slide(_canonical(keys, snapshot), layout)


def _canonical(keys: Mapping[str, str], snapshot: Snapshot, language: Language = ENGLISH) -> str:
    """Write the shortest query of a view, without the briefing's language and version.

    ``language`` is that of errors.
    """
    state, _ = parse({**keys, "lang": language.code, "digits": language.digits, "v": ""}, snapshot)
    return encode_query(
        replace(state, lang=SOURCE_LANGUAGE, digits=WESTERN, english=False), snapshot
    )


def state_of(slide: Slide, snapshot: Snapshot, language: Language) -> State:
    """Return the state that a slide shows, in a language.

    Raises
    ------
    StateError
        If the snapshot does not have it.
    """
    state, _ = parse(dict(parse_qsl(slide.query)), snapshot)
    return replace(state, lang=language.code, digits=language.digits)


# ---- what may be said


def slide_of(
    view: str,
    snapshot: Snapshot,
    *,
    layout: str = MAP,
    headline: str = "",
    note: str = "",
    language: Language = ENGLISH,
) -> Slide:
    """Make a slide from a person's input; ``view`` is a query or an address of the map.

    ``language`` is that of errors about the view.

    Raises
    ------
    BriefingError
        Naming the key, the value, the rule and the nearest valid choice.
    """
    keys = dict(parse_qsl(view.strip().rpartition("?")[2], keep_blank_values=True))
    for key in keys:
        if key not in KEYS:
            raise unknown(key, KEYS, key="view")
    try:
        canonical = _canonical(keys, snapshot, language)
    except StateError as error:
        raise BriefingError(str(error), key="view") from None
    if layout not in LAYOUTS:
        raise unknown(layout, LAYOUTS, key="layout")
    return Slide(
        canonical,
        layout,
        short(headline, MAX_HEADLINE, "headline"),
        short(note, MAX_NOTE, "note", lines=True),
    )


_UNKNOWN = gettext("“{value}” is not known: it may be {allowed}.")
_MISSPELT = gettext("“{value}” is not known: it may be {allowed}. Did you mean {near}?")
_UNKNOWN_KEY = gettext("The key “{value}” is not known: it may be {allowed}.")
_MISSPELT_KEY = gettext("The key “{value}” is not known: it may be {allowed}. Did you mean {near}?")


def unknown(
    value: str,
    allowed: Iterable[str],
    *,
    key: str = "",
    line: int | None = None,
    kind: str = "value",
) -> BriefingError:
    """Make the error of an unknown word, with the allowed ones and the most similar of them."""
    choices = list(allowed)
    near = suggestions(value, choices, 1)
    sentence = {
        ("value", False): _UNKNOWN,
        ("value", True): _MISSPELT,
        ("key", False): _UNKNOWN_KEY,
        ("key", True): _MISSPELT_KEY,
    }[kind, bool(near)]
    return BriefingError(
        sentence,
        key=key,
        line=line,
        value=value[:60],
        allowed=Choices(tuple(choices)),
        near="".join(near),
    )


def short(text: str, most: int, key: str, *, lines: bool = False) -> str:
    """Strip control characters and outer spaces of a text.

    Raises
    ------
    BriefingError
        If it has more than ``most`` characters.
    """
    cleaned = "".join(map(_plain, text.replace("\r\n", "\n").replace("\r", "\n")))
    cleaned = cleaned.strip() if lines else " ".join(cleaned.split())
    if len(cleaned) > most:
        raise BriefingError(
            gettext("“{beginning}…” has {n} characters: {most} at most."),
            key=key,
            beginning=cleaned[:30],
            n=GroupedInt(len(cleaned)),
            most=GroupedInt(most),
        )
    return cleaned


def _plain(sign: str) -> str:
    """Return a printable character or line break, a space for other spaces, else nothing."""
    if sign.isprintable() or sign in "\n\u200c\u200d\u200e\u200f":
        return sign
    return " " if sign.isspace() else ""


def too_many() -> BriefingError:
    """Make the error of one slide more than there may be."""
    return BriefingError(
        gettext("A briefing has {most} slides at most."), key="slides", most=MAX_SLIDES
    )
