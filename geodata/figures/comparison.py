"""A comparison: two sides on one scale, and by how much the second differs from the first.

::

    query ──▶ ComparisonState ──▶ two views, each on its date, of one scale; second − first
                                       │
              geodata.text.comparison_tables ──▶ Comparison: every area in words, small maps

The sides are two dates (``base`` and ``time``) or, where ``with`` names another population or other
programmes, those two on one date. Populations are never added to each other. What the whole says
is in :mod:`geodata.text.comparison_summary`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geodata import populations
from geodata.errors import StateError
from geodata.figures import query_keys
from geodata.figures import state as states
from geodata.figures.availability import dates_of, populations_with_counts
from geodata.figures.classes import diverging, sequential
from geodata.figures.coverage import ANY_TIME
from geodata.figures.date_keys import read_date
from geodata.figures.dates import default_base
from geodata.figures.query_keys import SEPARATOR, QueryReader, split_list
from geodata.figures.state import State, newest, with_population
from geodata.figures.statuses import COUNTED, NOT_COMPARABLE, OUTSIDE, SHOWN, ZERO
from geodata.figures.view import View, ViewAt
from geodata.i18n import messages
from geodata.i18n.messages import gettext
from geodata.snapshots.rounds import nearest_date
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import Floats

_BOTH_SHOW = {
    populations.PEOPLE: gettext(
        "{population} were not counted in this measure: both sides show people."
    ),
    populations.HOUSEHOLDS: gettext(
        "{population} were not counted in this measure: both sides show households."
    ),
}
DATES, POPULATIONS, PROGRAMMES = "dates", "populations", "programmes"
MOST_ROUNDS = 12

Compute = Callable[[Snapshot, State], View]


@dataclass(frozen=True)
class ComparisonState:
    """Which two sides to compare; both states are levels and each names its date.

    Attributes
    ----------
    state
        As it stands in the address: the date that is followed is ``None``.
    rounds
        Dates of the small multiples; empty where they are chosen here.
    """

    state: State
    first: State
    second: State
    rounds: tuple[dt.date, ...] = ()

    @property
    def kind(self) -> str:
        """What the two sides differ in."""
        if self.first.pop != self.second.pop:
            return POPULATIONS
        return PROGRAMMES if self.first.programmes != self.second.programmes else DATES

    @property
    def change(self) -> State:
        """The state of the map of changes, or of the first side where there is none."""
        if self.kind != DATES:
            return self.state
        return replace(self.state, mode=populations.CHANGE, base=self.first.time)

    def mapped(self, snapshot: Snapshot) -> State:
        """Return the state of the one map that stands for the comparison, on its date."""
        day = self.state.time or newest(snapshot, self.state)
        on_its_date = self.kind == DATES or day == self.first.time
        return self.change if on_its_date else self.first

    def frozen(self, snapshot: Snapshot) -> ComparisonState:
        """Return the comparison with date and snapshot named: its link never changes."""
        side = self.second if self.kind == DATES else self.first
        return replace(self, state=replace(self.state, time=side.time, v=snapshot.version))


def parse_comparison(
    query: Mapping[str, str], snapshot: Snapshot, *, lenient: bool = True
) -> tuple[ComparisonState, list[str]]:
    """Read a query into a comparison; a wrong value gives its default and a notice.

    Raises
    ------
    StateError
        As :func:`geodata.figures.state.parse`.

    >>> comparison, notices = parse_comparison({"base": "2020-01-31", "time": "R13"}, snapshot)
    >>> comparison.kind, comparison.first.time.isoformat(), comparison.second.time.isoformat()
    ('dates', '2020-01-31', '2021-01-31')
    """
    changes_query = {**query, "mode": populations.CHANGE}
    parsed, notices = states.parse(changes_query, snapshot, lenient=lenient)
    reader = QueryReader(query, lenient, parsed.language, notices)
    # Two dates are compared for the same areas: for those of any time.
    state = replace(parsed, mode=populations.LEVEL, base=None, prog_when=ANY_TIME)
    dates = dates_of(snapshot, *state.series)
    day = state.time or newest(snapshot, state)
    no_rounds: tuple[dt.date, ...] = ()
    other = reader.get("with", None, lambda text: _other(reader, snapshot, state, text))
    rounds = reader.get("rounds", no_rounds, lambda text: _rounds(reader, snapshot, state, text))
    if other is None:
        named_base = parsed.base if query.get("base", "").strip() else None
        base = named_base or default_base(dates[: dates.index(day) + 1])
        first, second = replace(state, time=base), replace(state, time=day)
    else:
        state = _on_common_ground(state, other, reader)
        dates = dates_of(snapshot, *state.series)
        other_dates = dates_of(snapshot, *other.series)
        if state.time is None:  # the newest that both may have
            day = nearest_date(dates, min(newest(snapshot, state), newest(snapshot, other)))
        first = replace(state, time=day)
        second = replace(other, time=nearest_date(other_dates, day))
    return ComparisonState(state, first, second, rounds), notices


def _other(reader: QueryReader, snapshot: Snapshot, state: State, text: str) -> State:
    """Return the second side: another population, or other programmes."""
    others = [code for code in populations_with_counts(snapshot) if code != state.pop]
    if text in others:
        return with_population(state, text, snapshot)
    programmes = list(snapshot.tables.programmes["code"])
    codes = tuple(sorted(set(split_list(text))))
    if text == state.pop or codes == state.programmes:
        raise StateError(
            "with",
            text,
            reader.language.gettext(
                "with={value} is what the first side shows: with may be {allowed}, or a programme.",
                value=reader.language.quoted(text),
                allowed=reader.language.join_items(others),
            ),
        )
    for code in codes or (text,):
        if code not in programmes:
            raise reader.wrong("with", code, [*others, *programmes])
    return replace(state, prog=codes, funder=(), paid=())


def _on_common_ground(state: State, other: State, reader: QueryReader) -> State:
    """Show the first side as the second can be shown, and say so."""
    language = reader.language
    population = language.gettext(populations.POPULATIONS[other.pop].nouns)
    if state.level != other.level:
        reader.notices.append(
            language.gettext(
                "{population} were counted by governorate only: both sides show governorates.",
                population=messages.sentence_case(population),
            )
        )
    if state.measure != other.measure:
        both = _BOTH_SHOW[populations.unit_of(other.measure)]
        reader.notices.append(language.gettext(both, population=messages.sentence_case(population)))
    return replace(state, level=other.level, measure=other.measure)


def _rounds(
    reader: QueryReader, snapshot: Snapshot, state: State, text: str
) -> tuple[dt.date, ...]:
    parts = split_list(text)
    if not 1 <= len(parts) <= MOST_ROUNDS:
        raise StateError(
            "rounds",
            text,
            reader.language.gettext(
                "rounds={value} is no list of rounds: rounds may be 1 to {most} dates or rounds "
                "joined by {separator}.",
                value=reader.language.quoted(text),
                most=MOST_ROUNDS,
                separator=SEPARATOR,
            ),
        )
    latest = newest(snapshot, state)
    return tuple(
        sorted(
            {read_date(reader, snapshot, state.series, "rounds", part) or latest for part in parts}
        )
    )


def query_items(comparison: ComparisonState, snapshot: Snapshot) -> list[tuple[str, str]]:
    """List the keys and values that lead to a comparison; defaults are left out.

    >>> comparison, _ = parse_comparison({"with": "returnee"}, snapshot)
    >>> query_items(comparison, snapshot)
    [('with', 'returnee')]
    """
    items = states.query_items(comparison.state, snapshot)
    if comparison.kind == POPULATIONS:
        items.append(("with", comparison.second.pop))
    elif comparison.kind == PROGRAMMES:
        items.append(("with", SEPARATOR.join(comparison.second.programmes)))
    else:
        dates = dates_of(snapshot, *comparison.state.series)
        day = comparison.second.time or newest(snapshot, comparison.state)
        until = dates[: dates.index(day) + 1]
        if comparison.first.time and comparison.first.time != default_base(until):
            items.append(("base", comparison.first.time.isoformat()))
    if comparison.rounds:
        items.append(("rounds", SEPARATOR.join(day.isoformat() for day in comparison.rounds)))
    return items


def query(comparison: ComparisonState, snapshot: Snapshot) -> str:
    """Write a comparison as the shortest query that parses to it.

    >>> comparison, _ = parse_comparison({"pop": "idp", "base": "2020-01-31"}, snapshot)
    >>> query(comparison, snapshot)
    'base=2020-01-31'
    """
    return query_keys.encode_items(query_items(comparison, snapshot))


def swap(comparison: ComparisonState) -> ComparisonState | None:
    """Turn a comparison round; ``None`` where the first side is the whole country.

    >>> comparison, _ = parse_comparison({"base": "2020-01-31", "time": "R13"}, snapshot)
    >>> swap(comparison).first.time.isoformat()
    '2021-01-31'
    """
    if comparison.kind == PROGRAMMES and not comparison.first.programmes:
        return None
    first = comparison.first
    by_name = replace(first, prog=first.programmes, funder=(), paid=())  # what ``with`` can say
    return ComparisonState(
        state=first if comparison.kind == DATES else comparison.second,
        first=comparison.second,
        second=by_name if comparison.kind == PROGRAMMES else first,
        # Rounds are of one population.
        rounds=() if comparison.kind == POPULATIONS else comparison.rounds,
    )


def share_scale(first: View, second: View) -> tuple[View, View]:
    """Paint two views in the classes of one scale, made from the figures of both at all dates.

    >>> first, second = share_scale(view, view)
    >>> first.scale == second.scale
    True
    """
    scale = first.scale
    if scale != second.scale:
        state = first.state
        scale = sequential(
            np.concatenate([first.values.ravel(), second.values.ravel()]),
            measure=state.measure,
            decimals=state.decimals,
            method=state.classes,
            language=first.language,
        )
    views = [
        replace(view, scale=scale, classes=scale.classify(view.values).astype(np.int64))
        for view in (first, second)
    ]
    return views[0], views[1]


def differences(
    first: Floats, second: Floats, statuses: tuple[NDArray[np.str_], NDArray[np.str_]]
) -> tuple[Floats, NDArray[np.str_]]:
    """Subtract ``first`` from ``second`` where both are shown; else they are not comparable.

    >>> statuses = np.array(["c", "s"]), np.array(["c", "c"])
    >>> values, letters = differences(np.array([10.0, np.nan]), np.array([15.0, 8.0]), statuses)
    >>> values.tolist(), letters.tolist()
    ([5.0, nan], ['c', 'x'])
    """
    comparable = np.isin(statuses[0], list(SHOWN)) & np.isin(statuses[1], list(SHOWN))
    values = np.where(comparable, second - first, np.nan)
    letters = np.where(comparable, np.where(values == 0, ZERO, COUNTED), NOT_COMPARABLE)
    letters[(statuses[0] == OUTSIDE) & (statuses[1] == OUTSIDE)] = OUTSIDE
    return values, letters


def subtract(second: ViewAt, first: ViewAt) -> ViewAt:
    """Subtract two views on their dates, as a view of one date, that of the second.

    It has a scale of its own, and no total: the totals may be of different people.

    >>> subtract(view.on(2), view.on(1)).values.tolist()
    [126.0, 90.0]
    """
    state = second.state
    row, letters = differences(first.values, second.values, (first.status, second.status))
    scale = diverging(
        row,
        measure=state.measure,
        decimals=state.decimals,
        method=state.classes,
        language=second.language,
    )
    values, nothing = row[None, :], np.full(1, np.nan)
    difference = replace(
        second.view,
        state=replace(state, mode=populations.CHANGE, time=second.date),
        counts=second.counts.on([second.date]),
        values=values,
        status=letters[None, :],
        scale=scale,
        classes=scale.classify(values).astype(np.int64),
        ranks=np.zeros(values.shape, dtype=np.int64),
        totals=nothing,
        stocks=nothing,
        shares=nothing,
        not_placed=np.zeros(1),
        work=None,
        flows=None,
    )
    return difference.on(0)


# ------------------------------------------------------------------------------ small multiples


def evenly_spaced(dates: Sequence[dt.date], most: int) -> list[dt.date]:
    """Choose up to ``most`` dates that lie evenly in time, the first and the last among them.

    >>> days = [date(2020, month, 1) for month in range(1, 13)]
    >>> [day.month for day in evenly_spaced(days, 3)]
    [1, 6, 12]
    """
    if len(dates) <= most:
        return list(dates)
    first, span = dates[0], dates[-1] - dates[0]
    return sorted({nearest_date(dates, first + span * i / (most - 1)) for i in range(most)})
