"""Define what a published folder holds: which maps, and the names of each and its files.

::

    queries, or the defaults ──▶ Embed(snapshot, state, options) ──▶ returnee-people-districts
                                                               └──▶ iraq-returnee-people-districts

A name follows from the state alone: it stays the same when figures are added, so that a page that
embeds the map, or a link to a file, shows the newest after every publication.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl

from geodata import populations
from geodata.errors import StateError
from geodata.exports.drawing.themes import THEMES
from geodata.figures.availability import (
    available_measures,
    by_area_of,
    levels,
    populations_with_counts,
)
from geodata.figures.classes import ROUND_STYLE
from geodata.figures.counts import counts
from geodata.figures.coverage import ANY_TIME
from geodata.figures.dates import default_base
from geodata.figures.query_keys import encode_items
from geodata.figures.state import KEYS as state_keys
from geodata.figures.state import State
from geodata.figures.state import query_items as state_pairs
from geodata.figures.suppression import Threshold
from geodata.i18n.language import SOURCE_LANGUAGE
from geodata.i18n.writing import WESTERN
from geodata.links import embed_options
from geodata.links.embed_options import LIGHT, EmbedOptions
from geodata.links.urls import slug
from geodata.populations import LEVELS
from geodata.snapshots.snapshot import Snapshot
from geodata.util.suggestions import suggestions

MIN_DATES = 5
KEYS = (*state_keys, *(each.name for each in fields(EmbedOptions)))
_PLAIN = ("pop", "level", "measure")
_OPTIONS = {
    "controls": "no-controls",
    "legend": "no-legend",
    "title": "no-title",
    "lock": "locked",
    "static": "still",
    "play": "playing",
}


@dataclass(frozen=True)
class Embed:
    """One public map of a published folder."""

    snapshot: Snapshot
    state: State
    options: EmbedOptions = EmbedOptions()

    @property
    def query(self) -> str:
        """The shortest query that leads to the same map in the application."""
        return embed_options.query(self.state, self.options, self.snapshot)

    @property
    def other_query(self) -> str:
        """The part of the query beyond population, level and measure."""
        pairs = [*state_pairs(self.state, self.snapshot), *embed_options.option_items(self.options)]
        return encode_items((key, value) for key, value in pairs if key not in _PLAIN)

    @property
    def name(self) -> str:
        """Name of the page, with options that are not defaults: ``returnee-people-districts``."""
        changed = [
            _OPTIONS.get(key, value) for key, value in embed_options.option_items(self.options)
        ]
        return slug([*_name_parts(self.state, self.snapshot), *changed])

    @property
    def view_name(self) -> str:
        """Name of the view, which is the same for every date, area and option."""
        return slug(_name_parts(self.whole_state, self.snapshot))

    @property
    def figures_name(self) -> str:
        """Name of the figures on all dates, with the country."""
        return slug([self.snapshot.country, self.view_name])

    @property
    def picture_name(self) -> str:
        """Name of the picture; without a date in it, it is of the newest one."""
        theme = [] if self.picture_theme == LIGHT else [self.picture_theme]
        return slug([self.snapshot.country, self.card_name, *theme])

    @property
    def card_name(self) -> str:
        """Name of the picture beside links to the map."""
        return slug(_name_parts(self.picture_state, self.snapshot))

    @property
    def picture_theme(self) -> str:
        """The theme of pictures, which cannot follow the reader's device."""
        return self.options.theme if self.options.theme in THEMES else LIGHT

    @property
    def whole_state(self) -> State:
        """The state without date and area, of which view and figures have all."""
        return replace(self.state.view_key, v=self.state.v)

    @property
    def picture_state(self) -> State:
        """The state that a picture shows."""
        return replace(self.state, area="")


def _name_parts(state: State, snapshot: Snapshot) -> Iterator[str]:
    """Yield the parts of a state's name: what it shows, then what differs from the defaults."""
    yield from (state.pop, *state.funder, *state.prog, state.measure, LEVELS[state.level].name)
    if state.prog_when != ANY_TIME:
        yield state.prog_when
    if state.mode != populations.LEVEL:
        yield state.mode
    if state.base and state.base != default_base(by_area_of(snapshot, *state.series)):
        yield from ("since", state.base.isoformat())
    if state.classes != ROUND_STYLE:
        yield state.classes
    if state.time:
        yield state.time.isoformat()
    yield state.area
    if state.lang != SOURCE_LANGUAGE:
        yield state.lang
    if state.digits != WESTERN:
        yield state.digits
    yield state.v


def tracked_populations(snapshot: Snapshot, threshold: Threshold | int) -> tuple[str, ...]:
    """Return populations that were counted often enough to be followed over time.

    Those counted on more than :data:`MIN_DATES` dates; all of them where none was.
    """

    def dates_counted(population: str) -> int:
        series = counts(snapshot, population, 1, threshold, frozenset())
        return int(series.counted.any(axis=1).sum())

    codes = populations_with_counts(snapshot)
    return tuple(code for code in codes if dates_counted(code) > MIN_DATES) or codes


def defaults(snapshot: Snapshot, threshold: Threshold | int) -> Iterator[dict[str, str]]:
    """Yield the queries that are published by default.

    Every population of :func:`tracked_populations`, at each level and in each measure that it has
    figures for.
    """
    for population in tracked_populations(snapshot, threshold):
        for level in levels(snapshot, population):
            for measure in available_measures(snapshot, population, level):
                yield {"pop": population, "level": str(level), "measure": measure}


def parse_query(text: str) -> dict[str, str]:
    """Parse a query string; unlike pages, raise StateError on an unknown key.

    Raises
    ------
    StateError
        If it is no query, or names a key that is none of the state or the options.
    """
    query = text.strip().removeprefix("?")
    try:
        items = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise StateError(
            "state", text, f"“{text[:60]}” is no query: write key=value, with & between them."
        ) from None
    for key, value in items:
        if key not in KEYS:
            raise StateError(key, value, _unknown(key))
    return dict(items)


def _unknown(key: str) -> str:
    """Return the error message for an unknown key, with the nearest known one."""
    near = suggestions(key, KEYS, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"“{key[:30]}” is no key of a map: those are {', '.join(KEYS)}.{hint}"


def in_languages(
    queries: Iterable[Mapping[str, str]], codes: Iterable[str]
) -> Iterator[dict[str, str]]:
    """Yield each query in each language; one that names its language only in that."""
    for query in queries:
        for code in [""] if query.get("lang") else codes:
            # English goes unnamed, so that its files are those of a plain address.
            yield {**query} if code in ("", SOURCE_LANGUAGE) else {**query, "lang": code}
