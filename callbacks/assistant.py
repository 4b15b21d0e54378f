"""What an assistant may ask, and how it is answered: one class for each question.

===================  ===========================================================================
``list_choices``     populations, measures, levels, programmes, the span of dates, sources
``list_places``      places, or the one that is called so
``get_view``         a view on its date: total, areas, statuses, sources, links
``get_timeline``     the total, or one area, on every date
``get_area``         an area on a date: figure, breakdowns, programmes
``compare``          two dates, two populations or two programmes
===================  ===========================================================================

A question reads as the addresses of the API do and is answered from the same views
(:mod:`geodata.api.assistant_json`). Assistants are given its docstring and those of its fields, in
English; what they ask for is in the language that they name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from callbacks.serving.context import Context, query_language
from geodata.api import assistant_json
from geodata.api.assistant_json import MOST_ROWS, USUAL_ROWS, Excerpt, Json
from geodata.errors import StateError
from geodata.figures import availability, comparison
from geodata.figures.query_keys import QueryReader
from geodata.figures.state import State, encode_query, frozen
from geodata.i18n.language import Language
from geodata.places.place_search import answer as place_of
from geodata.snapshots.snapshot import Snapshot
from geodata.text import comparison_tables
from geodata.util.json_encoding import to_json

LONGEST = 200  # letters of an argument; the longest lists of programmes have some hundred
MOST_BYTES = 64_000  # of an answer, as much as may be sent; a full one of 100 rows has some 20,000
_MOST_OFFSET = 100_000
Word = Annotated[str, StringConstraints(max_length=LONGEST)]


class Question(BaseModel):
    """A question without a view: the language of its answer, and which rows of its lists."""

    model_config = ConfigDict(
        extra="forbid",
        coerce_numbers_to_str=True,
        use_attribute_docstrings=True,
        serialize_by_alias=True,
    )

    lang: Word = ""
    """Language of the answer: en (the default), ar (Arabic) or ckb (Sorani)."""
    digits: Word = ""
    """Digits in Arabic and Sorani sentences: western (the default) or native."""
    v: Word = ""
    """Version of a snapshot, to ask for figures as they were; left out for the newest."""
    limit: Word = ""
    """How many rows of each list, from 1 to 100; 20 where left out."""
    offset: Word = ""
    """How many rows of each list to leave out before that."""

    def answer(self, context: Context) -> Json:
        """Return the answer.

        Raises
        ------
        StateError
            Where a value is not allowed, with a sentence that says what is.
        """
        raise NotImplementedError

    def query(self) -> dict[str, str]:
        """Return what is asked for as the keys and values of an address."""
        values: dict[str, str] = self.model_dump(exclude={"limit", "offset"})
        return {key: value for key, value in values.items() if value}

    def excerpt(self, language: Language) -> Excerpt:
        """Return which rows of a list are asked for."""
        query = {"limit": self.limit, "offset": self.offset}
        reader = QueryReader(query, lenient=False, language=language)
        return Excerpt(
            language,
            reader.get("offset", 0, reader.whole("offset", (0, _MOST_OFFSET))),
            reader.get("limit", USUAL_ROWS, reader.whole("limit", (1, MOST_ROWS))),
        )


class ListChoices(Question):
    """List what may be asked for: populations, measures, levels, programmes, funders, sources."""

    def answer(self, context: Context) -> Json:
        """Return what the snapshot has."""
        snapshot, state, _ = context.named(self.query())
        meta = json.loads(context.meta(snapshot, state.lang, state.digits))
        return assistant_json.choices_answer(meta, snapshot, self.excerpt(state.language))


class ListPlaces(Question):
    """Find a governorate or district and its P-code by name, or list all places."""

    name: Word = ""
    """Name in English, Arabic or Sorani, another spelling, or a P-code; left out for all places."""

    def answer(self, context: Context) -> Json:
        """Return the place of that name, those that may be meant, or all."""
        snapshot, state, _ = context.named(self.query())
        return assistant_json.places_answer(snapshot, self.name, self.excerpt(state.language))


class ViewQuestion(Question):
    """A question on what is counted, whose keys are those of the map's address."""

    pop: Word = ""
    """Population: idp (displaced, the default), returnee or refugee. They are never added."""
    prog: Word = ""
    """Codes of programmes joined by ~, for the areas where they work; left out for all areas."""
    funder: Word = ""
    """Codes of funders joined by ~ (JAPAN), for the areas where programmes they fund work."""
    measure: Word = ""
    """people (the default), households, rate (per 1,000 residents) or share (of the total)."""
    level: Word = ""
    """1 for governorates (the default), 2 for districts."""


class AreaQuestion(ViewQuestion):
    """A question that may be on one area, and is then on its level if it names none."""

    area: Word = ""
    """P-code of a governorate or district (see list_places); its level is the default one."""
    prog_when: Word = ""
    """any (the default), or date: only areas where a source dates the work to the date."""

    def read(self, context: Context) -> tuple[Snapshot, State]:
        """Return the snapshot and the state that are asked for."""
        query = self.query()
        snapshot, state, _ = context.parse(query)
        if state.area and not self.level:
            level = _level_of(snapshot, state.area)
            snapshot, state, _ = context.parse({**query, "level": str(level)})
        return snapshot, state


class GetView(AreaQuestion):
    """Get a view on one date: the total, and areas from most to least.

    With an area, only that area and, at level 2, the districts of a governorate. With mode=change,
    figures are changes since base. The answer has statuses, notes, sources and links to the map.
    """

    mode: Word = ""
    """level (the default), or change since the date of base."""
    base: Word = ""
    """Date that changes are counted from, with mode=change: 2018-08-31, R102 or latest."""
    time: Word = ""
    """Date: 2018-08-31, R102 (a round) or latest (the default, the newest by area)."""

    def answer(self, context: Context) -> Json:
        """Return the view."""
        snapshot, state = self.read(context)
        if state.area and _level_of(snapshot, state.area) > state.level:
            raise _other_level(state)
        view = _view(context, snapshot, state)
        body = assistant_json.view_answer(view, state, self.excerpt(state.language))
        return body | {"links": _links(context, snapshot, state)}


class GetTimeline(AreaQuestion):
    """Get the total on every date, newest first; with an area, the figure of that area."""

    def answer(self, context: Context) -> Json:
        """Return the figures of every date."""
        snapshot, state = self.read(context)
        if state.area and _level_of(snapshot, state.area) != state.level:
            raise _other_level(state)
        view = _view(context, snapshot, state)
        body = assistant_json.timeline_answer(view, state, self.excerpt(state.language))
        return body | {"links": _links(context, snapshot, state)}


class GetArea(AreaQuestion):
    """Get one area on a date: figure, rank, origins and shelter, programmes there, sources."""

    time: Word = ""
    """Date: 2018-08-31, R102 (a round) or latest (the default, the newest by area)."""

    def answer(self, context: Context) -> Json:
        """Return the area."""
        snapshot, state = self.read(context)
        if not state.area:
            sentence = place_of(snapshot, "", state.language).sentence
            raise StateError("area", "", sentence)
        if _level_of(snapshot, state.area) != state.level:
            raise _other_level(state)
        panel = json.loads(context.area(snapshot, state.view_key, state.area))
        view, excerpt = _view(context, snapshot, state), self.excerpt(state.language)
        body = assistant_json.area_answer(panel, view, state, excerpt)
        return body | {"links": _links(context, snapshot, state)}


class Compare(ViewQuestion):
    """Compare two dates (base and time); or, with "with", two populations or programmes.

    Areas come from the largest difference to the smallest. The difference is the second side less
    the first where both have a figure.
    """

    base: Word = ""
    """The first date: 2018-08-31, R102 or latest; a year before the second where left out."""
    time: Word = ""
    """The second date: 2018-08-31, R102 or latest (the default)."""
    other: Annotated[Word, Field(alias="with")] = ""
    """Instead of a date: another population (returnee) or programmes joined by ~ (CRP~FVR)."""

    def answer(self, context: Context) -> Json:
        """Return the comparison."""
        query = self.query()
        snapshot, state, _ = context.named(query)
        request, notices = comparison.parse_comparison(query, snapshot, lenient=False)
        compared = comparison_tables.compare(snapshot, request, context.computed)
        body = assistant_json.comparison_answer(compared, self.excerpt(state.language))
        links = {
            name: context.link(context.urls.compare(comparison.query(each, snapshot)))
            for name, each in {"comparison": request, "frozen": request.frozen(snapshot)}.items()
        }
        return body | {"notices": notices, "links": links}


QUESTIONS: dict[str, type[Question]] = {
    "list_choices": ListChoices,
    "list_places": ListPlaces,
    "get_view": GetView,
    "get_timeline": GetTimeline,
    "get_area": GetArea,
    "compare": Compare,
}


def ask(context: Context, name: str, arguments: Mapping[str, Any]) -> Json:
    """Answer a question.

    Parameters
    ----------
    name
        One of :data:`QUESTIONS`.

    Raises
    ------
    StateError
        Where an argument is unknown or not allowed, or the answer would be too long to send.
    """
    language = language_of(arguments)
    try:
        question = QUESTIONS[name].model_validate(arguments)
    except ValidationError as error:
        raise _not_read(QUESTIONS[name], error, language) from None
    body = question.answer(context)
    if len(to_json(body)) > MOST_BYTES:
        raise StateError(
            "limit",
            question.limit,
            language.gettext("The answer would be too long to send: ask for fewer rows by limit."),
        )
    return body


def language_of(arguments: Mapping[str, Any]) -> Language:
    """Return the language that arguments name, which may be anything; else English."""
    return query_language({key: str(arguments.get(key, "")) for key in ("lang", "digits")})


def _not_read(question: type[Question], error: ValidationError, language: Language) -> StateError:
    """Say which argument there is not, or is no word."""
    first = error.errors()[0]
    key = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        names = question.model_json_schema()["properties"]
        return QueryReader({}, lenient=False, language=language).wrong("argument", key, names)
    sentence = language.gettext(
        "{key} is a word or a number of up to {most} characters.", key=key, most=LONGEST
    )
    return StateError(key, "", sentence)


def _level_of(snapshot: Snapshot, pcode: str) -> int:
    return 2 if pcode in availability.areas_of(snapshot, 2).pcodes else 1


def _other_level(state: State) -> StateError:
    """Refuse an area that the level asked for does not have."""
    sentence = state.language.gettext(
        "{area} is no area of level={level}: leave level out for the one of the area.",
        area=state.area,
        level=state.level,
    )
    return StateError("level", str(state.level), sentence)


def _view(context: Context, snapshot: Snapshot, state: State) -> Json:
    """Return a view as the API answers it."""
    view: Json = json.loads(context.whole_view(snapshot, state))
    return view


def _links(context: Context, snapshot: Snapshot, state: State) -> dict[str, str]:
    """Return where the same is seen: on the map, frozen, and as a file of figures."""
    query, lasting = encode_query(state, snapshot), encode_query(frozen(state, snapshot), snapshot)
    urls = context.urls
    paths = {
        "map": urls.page(query),
        "frozen": urls.page(lasting),
        "figures": urls.data_csv(lasting),
    }
    return {name: context.link(path) for name, path in paths.items()}
