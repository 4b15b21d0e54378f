"""A comparison: two sides on one scale, and by how much the second differs from the first.

::

    query ──▶ Asked ──▶ Comparison ─┬─ first, second    two views, each on its date, of one scale
                                    ├─ difference       second − first where both are shown
                                    ├─ rows             every area, in words
                                    └─ strips           up to twelve rounds, on the same scale

The sides are two dates (``base`` and ``time``) or, where ``with`` names another population or other
programmes, those two on one date. Populations are never added to each other. What the whole says
is in :mod:`geodata.text.comparison_summary`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geodata import populations
from geodata.errors import StateError
from geodata.figures import state as states
from geodata.figures.classes import diverging, sequential
from geodata.figures.counts import Floats, dates_of, populations_with_counts
from geodata.figures.state import (
    SEPARATOR,
    Reader,
    State,
    default_base,
    nearest,
    newest,
    of_population,
    parts,
    read_date,
)
from geodata.figures.view import COUNTED, NOT_COMPARABLE, OUTSIDE, ZERO, View
from geodata.i18n.language import Language
from geodata.snapshots.snapshot import Snapshot
from geodata.text import sentences
from geodata.text.area_labels import SHOWN, WORDS, Cell, caption, cells
from geodata.util.rounding import rounded

DATES, POPULATIONS, PROGRAMMES = "dates", "populations", "programmes"
MOST_ROUNDS = 12
LARGEST = 8
_EACH_SIDE = MOST_ROUNDS // 2

Compute = Callable[[Snapshot, State], View]


# ------------------------------------------------------------------------------ what is asked for


@dataclass(frozen=True)
class Asked:
    """A comparison asked for; both states are levels and each names its date.

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
        return PROGRAMMES if self.first.prog != self.second.prog else DATES

    @property
    def change(self) -> State:
        """The state of the map of changes, or of the first side where there is none."""
        if self.kind != DATES:
            return self.state
        return replace(self.state, mode=populations.CHANGE, base=self.first.time)

    def mapped(self, snapshot: Snapshot) -> State:
        """The state of the one map that stands for the whole: :attr:`change`, on its date."""
        shown = self.state.time or newest(snapshot, self.state)
        on_its_date = self.kind == DATES or shown == self.first.time
        return self.change if on_its_date else self.first

    def frozen(self, snapshot: Snapshot) -> Asked:
        """The same with the date and the snapshot it shows, which leads to it for ever."""
        shown = self.second if self.kind == DATES else self.first
        return replace(self, state=replace(self.state, time=shown.time, v=snapshot.version))


def parse(
    query: Mapping[str, str], snapshot: Snapshot, *, lenient: bool = True
) -> tuple[Asked, list[str]]:
    """Read a query into a comparison; a wrong value gives its default and a notice.

    Raises
    ------
    StateError
        As :func:`geodata.figures.state.parse`.
    """
    given = {**query, "mode": populations.CHANGE}
    found, notices = states.parse(given, snapshot, lenient=lenient)
    reader = Reader(query, lenient, found.language, notices)
    state = replace(found, mode=populations.LEVEL, base=None)
    dates = dates_of(snapshot, *state.counted)
    day = state.time or newest(snapshot, state)
    none_named: tuple[dt.date, ...] = ()
    other = reader.get("with", None, lambda text: _other(reader, snapshot, state, text))
    rounds = reader.get("rounds", none_named, lambda text: _rounds(reader, snapshot, state, text))
    if other is None:
        asked_for = found.base if query.get("base", "").strip() else None
        base = asked_for or default_base(dates[: dates.index(day) + 1])
        first, second = replace(state, time=base), replace(state, time=day)
    else:
        state = _on_common_ground(state, other, reader)
        dates = dates_of(snapshot, *state.counted)
        other_dates = dates_of(snapshot, *other.counted)
        if state.time is None:  # the newest that both may have
            day = nearest(dates, min(newest(snapshot, state), newest(snapshot, other)))
        first = replace(state, time=day)
        second = replace(other, time=nearest(other_dates, day))
    return Asked(state, first, second, rounds), notices


def _other(reader: Reader, snapshot: Snapshot, state: State, text: str) -> State:
    """The second side: another population, or other programmes."""
    others = [code for code in populations_with_counts(snapshot) if code != state.pop]
    if text in others:
        return of_population(state, text, snapshot)
    known = list(snapshot.tables.programmes["code"])
    codes = tuple(sorted(set(parts(text))))
    if text == state.pop or codes == state.prog:
        raise StateError(
            "with",
            text,
            reader.language.gettext(
                "with={value} is what the first side shows: with may be {allowed}, or a programme.",
                value=reader.language.quoted(text),
                allowed=reader.language.listed(others),
            ),
        )
    for code in codes or (text,):
        if code not in known:
            raise reader.wrong("with", code, [*others, *known])
    return replace(state, prog=codes)


def _on_common_ground(state: State, other: State, reader: Reader) -> State:
    """Show the first side as the second can be shown, and say so."""
    speech = reader.language
    population = speech.gettext(populations.POPULATIONS[other.pop].nouns)
    if state.level != other.level:
        reader.notices.append(
            speech.gettext(
                "{population} were counted by governorate only: both sides show governorates.",
                population=sentences.sentence_case(population),
            )
        )
    if state.measure != other.measure:
        reader.notices.append(
            speech.gettext(
                "{population} were not counted in this measure: both sides show people.",
                population=sentences.sentence_case(population),
            )
        )
    return replace(state, level=other.level, measure=other.measure)


def _rounds(reader: Reader, snapshot: Snapshot, state: State, text: str) -> tuple[dt.date, ...]:
    asked = parts(text)
    if not 1 <= len(asked) <= MOST_ROUNDS:
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
            {read_date(reader, snapshot, state.counted, "rounds", part) or latest for part in asked}
        )
    )


def pairs(asked: Asked, snapshot: Snapshot) -> list[tuple[str, str]]:
    """Keys and values that lead to a comparison; defaults are left out."""
    found = states.pairs(asked.state, snapshot)
    if asked.kind == POPULATIONS:
        found.append(("with", asked.second.pop))
    elif asked.kind == PROGRAMMES:
        found.append(("with", SEPARATOR.join(asked.second.prog)))
    else:
        dates = dates_of(snapshot, *asked.state.counted)
        shown = asked.second.time or newest(snapshot, asked.state)
        until = dates[: dates.index(shown) + 1]
        if asked.first.time and asked.first.time != default_base(until):
            found.append(("base", asked.first.time.isoformat()))
    if asked.rounds:
        found.append(("rounds", SEPARATOR.join(day.isoformat() for day in asked.rounds)))
    return found


def query(asked: Asked, snapshot: Snapshot) -> str:
    """Write a comparison as the shortest query that parses to it."""
    return states.joined(pairs(asked, snapshot))


def swapped(asked: Asked) -> Asked | None:
    """The same the other way round; ``None`` where the first side is the whole country."""
    if asked.kind == PROGRAMMES and not asked.first.prog:
        return None
    return Asked(
        state=asked.first if asked.kind == DATES else asked.second,
        first=asked.second,
        second=asked.first,
        # Rounds are of one population.
        rounds=() if asked.kind == POPULATIONS else asked.rounds,
    )


# ------------------------------------------------------------------------------ the two sides


@dataclass(frozen=True)
class Side:
    """A map of the three: a view, the position of its date, and what it is called."""

    view: View
    t: int
    heading: str
    caption: str

    @property
    def day(self) -> dt.date:
        """The date shown."""
        return self.view.counts.dates[self.t]

    @cached_property
    def cells(self) -> list[Cell]:
        """Every area in words."""
        return cells(self.view, self.t)

    @property
    def total(self) -> float:
        """The whole; NaN where it was not counted or is too small to show."""
        return float(self.view.totals[self.t])


@dataclass(frozen=True)
class Row:
    """One area on both sides, in words; ``number`` is NaN where they cannot be compared."""

    pcode: str
    name: str
    parent: str
    first: str
    second: str
    difference: str
    number: float
    letter: str
    sentence: str


@dataclass(frozen=True)
class Multiple:
    """One of the small maps."""

    view: View
    t: int
    date: str
    total: str


@dataclass(frozen=True)
class Strip:
    """Small maps of one side; ``heading`` is empty where there is only one strip."""

    heading: str
    multiples: tuple[Multiple, ...]


@dataclass(frozen=True)
class Comparison:
    """Everything the page shows. Build it with :func:`compare`."""

    asked: Asked
    first: Side
    second: Side
    difference: Side

    @property
    def kind(self) -> str:
        """What the two sides differ in."""
        return self.asked.kind

    @property
    def speech(self) -> Language:
        """The reader's language."""
        return self.first.view.language

    @property
    def snapshot(self) -> Snapshot:
        """Where the figures come from."""
        return self.first.view.snapshot

    @property
    def sides(self) -> tuple[Side, Side]:
        """The two that are compared."""
        return self.first, self.second

    @cached_property
    def rows(self) -> list[Row]:
        """Every area, in the view's order."""
        return list(_rows(self))


def compare(snapshot: Snapshot, asked: Asked, compute: Compute) -> Comparison:
    """Answer a comparison.

    Parameters
    ----------
    compute
        Answers a state; see :func:`geodata.figures.view.compute`.
    """
    first, second = (
        compute(snapshot, side.view_key).at(side) for side in (asked.first, asked.second)
    )
    if asked.kind == DATES:
        change = compute(snapshot, asked.change.view_key)
        difference = change.at(replace(asked.change, time=asked.second.time))
    else:
        first, second = on_one_scale(first, second)
        difference = minus(second, first)
    speech = first.language
    return Comparison(
        asked,
        _side(first, asked.kind),
        _side(second, asked.kind),
        Side(
            difference,
            difference.date_index(),
            speech.gettext("Change") if asked.kind == DATES else speech.gettext("Difference"),
            speech.gettext(
                "{second} minus {first}",
                second=_called(second, asked.kind),
                first=_called(first, asked.kind),
            ),
        ),
    )


def _side(view: View, kind: str) -> Side:
    t, speech = view.date_index(), view.language
    date, counted_in = speech.date(view.counts.dates[t]), caption(view, t)
    return Side(view, t, _called(view, kind), counted_in if kind == DATES else date)


def _called(view: View, kind: str) -> str:
    speech, state = view.language, view.state
    if kind == POPULATIONS:
        return speech.gettext(populations.POPULATIONS[state.pop].label)
    if kind == PROGRAMMES:
        return sentences.programme_names(view) or speech.gettext("All areas")
    return speech.date(view.counts.dates[view.date_index()])


def on_one_scale(first: View, second: View) -> tuple[View, View]:
    """Both views in the classes of one scale, made from the figures of both at all dates."""
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
    painted = [
        replace(view, scale=scale, classes=scale.classify(view.values).astype(np.int64))
        for view in (first, second)
    ]
    return painted[0], painted[1]


def differences(
    first: Floats, second: Floats, statuses: tuple[NDArray[np.str_], NDArray[np.str_]]
) -> tuple[Floats, NDArray[np.str_]]:
    """``second`` − ``first`` where both are shown, else not comparable; outside where both are."""
    shown = np.isin(statuses[0], list(SHOWN)) & np.isin(statuses[1], list(SHOWN))
    values = np.where(shown, second - first, np.nan)
    letters = np.where(shown, np.where(values == 0, ZERO, COUNTED), NOT_COMPARABLE)
    letters[(statuses[0] == OUTSIDE) & (statuses[1] == OUTSIDE)] = OUTSIDE
    return values, letters


def minus(second: View, first: View) -> View:
    """The difference of two views on their dates, as a view on the date of the second.

    It has a scale of its own, and no total: the totals may be of different people.
    """
    t1, t, state = first.date_index(), second.date_index(), second.state
    row, letters = differences(
        first.values[t1], second.values[t], (first.status[t1], second.status[t])
    )
    values = np.full(second.values.shape, np.nan)
    status = np.full(second.status.shape, NOT_COMPARABLE)
    values[t], status[t] = row, letters
    scale = diverging(
        row,
        measure=state.measure,
        decimals=state.decimals,
        method=state.classes,
        language=second.language,
    )
    nothing = np.full(len(values), np.nan)
    return replace(
        second,
        state=replace(state, mode=populations.CHANGE),
        values=values,
        status=status,
        scale=scale,
        classes=scale.classify(values).astype(np.int64),
        ranks=np.zeros(values.shape, dtype=np.int64),
        totals=nothing,
        stocks=nothing,
        shares=nothing,
        not_placed=np.zeros(len(values)),
    )


# ------------------------------------------------------------------------------ area by area


def _difference_words(found: Comparison, number: float, letter: str, status: str) -> str:
    """``+1,234``; that there is none; or the status where they cannot be compared."""
    speech, view = found.speech, found.difference.view
    dates = found.kind == DATES
    if letter == ZERO:
        return speech.gettext(WORDS["noChange"]) if dates else speech.gettext("no difference")
    if letter not in SHOWN:
        return status
    decimals = view.state.decimals
    if not rounded(number, decimals):
        return speech.gettext("almost none")
    return speech.signed(number, decimals, populations.sign(view.state.measure))


def _rows(found: Comparison) -> Iterator[Row]:
    speech, view, t = found.speech, found.difference.view, found.difference.t
    sides = zip(found.first.cells, found.second.cells, found.difference.cells, strict=True)
    for i, (first, second, both) in enumerate(sides):
        number, letter = float(view.values[t, i]), str(view.status[t, i])
        said = _difference_words(found, number, letter, both.value)
        sentence = speech.gettext(
            "{name}: {difference} ({first_side}: {first}; {second_side}: {second})",
            name=both.name,
            difference=said,
            first_side=found.first.heading,
            first=first.value,
            second_side=found.second.heading,
            second=second.value,
        )
        yield Row(
            both.pcode,
            both.name,
            both.parent,
            first.value,
            second.value,
            said,
            number,
            letter,
            sentence,
        )


def movers(rows: Sequence[Row], most: int = LARGEST) -> tuple[list[Row], list[Row]]:
    """The largest rises and the largest falls, the largest first; ties in order of their names."""
    rises = sorted((row for row in rows if row.number > 0), key=lambda row: (-row.number, row.name))
    falls = sorted((row for row in rows if row.number < 0), key=lambda row: (row.number, row.name))
    return rises[:most], falls[:most]


# ------------------------------------------------------------------------------ small multiples


def evenly(dates: Sequence[dt.date], most: int) -> list[dt.date]:
    """Choose up to ``most`` dates that lie evenly in time, the first and the last among them."""
    if len(dates) <= most:
        return list(dates)
    first, span = dates[0], dates[-1] - dates[0]
    return sorted({nearest(dates, first + span * i / (most - 1)) for i in range(most)})


def strips(found: Comparison) -> list[Strip]:
    """Small maps on the scale of the large ones: of one population, or of each side."""
    if found.kind == DATES:
        return [Strip("", _multiples(found, found.second, MOST_ROUNDS))]
    return [Strip(side.heading, _multiples(found, side, _EACH_SIDE)) for side in found.sides]


def _multiples(found: Comparison, side: Side, most: int) -> tuple[Multiple, ...]:
    view, dates = side.view, side.view.counts.dates
    known = [day for day, row in zip(dates, view.values, strict=True) if np.isfinite(row).any()]
    chosen = sorted({nearest(dates, day) for day in found.asked.rounds})
    chosen = chosen or evenly(known or dates, most)
    return tuple(_multiple(view, dates.index(day)) for day in chosen)


def _multiple(view: View, t: int) -> Multiple:
    speech, total, day = view.language, float(view.totals[t]), view.counts.dates[t]
    if not np.isnan(total):
        said = sentences.amount(view, total)
    elif view.counts.counted[t].any():
        said = speech.gettext(sentences.STATUS_LABELS["s"])
    else:
        said = speech.gettext(sentences.STATUS_LABELS["n"])
    return Multiple(view.at(replace(view.state, time=day)), t, speech.date(day), said)
