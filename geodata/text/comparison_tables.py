"""Rows, strips and small multiples of a comparison."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from geodata import populations
from geodata.figures.comparison import (
    DATES,
    MOST_ROUNDS,
    POPULATIONS,
    PROGRAMMES,
    ComparisonState,
    Compute,
    evenly_spaced,
    share_scale,
    subtract,
)
from geodata.figures.statuses import NOT_ASSESSED, SHOWN, SUPPRESSED, ZERO, status_labels
from geodata.figures.view import View, ViewAt
from geodata.i18n.language import Language
from geodata.i18n.rounding import rounded
from geodata.snapshots.rounds import nearest_date
from geodata.snapshots.snapshot import Snapshot
from geodata.text import wording
from geodata.text.area_labels import WORDS, AreaLabel, area_labels, caption

LARGEST = 8
_EACH_SIDE = MOST_ROUNDS // 2


# ------------------------------------------------------------------------------ the two sides


@dataclass(frozen=True)
class Side:
    """One of the three maps: a view on its date, with heading and caption."""

    at: ViewAt
    heading: str
    caption: str

    @property
    def view(self) -> View:
        """The view, of every date."""
        return self.at.view

    @property
    def day(self) -> dt.date:
        """The date shown."""
        return self.at.date

    @cached_property
    def cells(self) -> list[AreaLabel]:
        """Every area in words."""
        return area_labels(self.at)

    @property
    def total(self) -> float:
        """The whole; NaN where it was not counted or is too small to show."""
        return self.at.total


@dataclass(frozen=True)
class ComparisonRow:
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

    at: ViewAt
    date: str
    total: str


@dataclass(frozen=True)
class Strip:
    """Small maps of one side; ``heading`` is empty where there is only one strip."""

    heading: str
    multiples: tuple[Multiple, ...]


@dataclass(frozen=True)
class Comparison:
    """A comparison as the page shows it; made by :func:`compare`."""

    request: ComparisonState
    first: Side
    second: Side
    difference: Side

    @property
    def kind(self) -> str:
        """What the two sides differ in."""
        return self.request.kind

    @property
    def language(self) -> Language:
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
    def rows(self) -> list[ComparisonRow]:
        """Every area, in the view's order."""
        return list(_rows(self))


def compare(snapshot: Snapshot, request: ComparisonState, compute: Compute) -> Comparison:
    """Answer a comparison.

    Parameters
    ----------
    compute
        Answers a state; see :func:`geodata.figures.view.compute`.
    """
    views = [compute(snapshot, side.view_key).at(side) for side in (request.first, request.second)]
    if request.kind == DATES:
        change = compute(snapshot, request.change.view_key)
        first, second = (view.on_its_date() for view in views)
        difference = change.at(replace(request.change, time=request.second.time)).on_its_date()
    else:
        first, second = (view.on_its_date() for view in share_scale(*views))
        difference = subtract(second, first)
    language = first.language
    return Comparison(
        request,
        _side(first, request.kind),
        _side(second, request.kind),
        Side(
            difference,
            language.gettext("Change") if request.kind == DATES else language.gettext("Difference"),
            language.gettext(
                "{second} minus {first}",
                second=_heading(second, request.kind),
                first=_heading(first, request.kind),
            ),
        ),
    )


def _side(at: ViewAt, kind: str) -> Side:
    date = caption(at) if kind == DATES else at.language.date(at.date)
    return Side(at, _heading(at, kind), date)


def _heading(at: ViewAt, kind: str) -> str:
    language, state = at.language, at.state
    if kind == POPULATIONS:
        return language.gettext(populations.POPULATIONS[state.pop].label)
    if kind == PROGRAMMES:
        return wording.programme_names(at.view) or language.gettext("All areas")
    return language.date(at.date)


# ------------------------------------------------------------------------------ area by area


def _difference_words(comparison: Comparison, number: float, letter: str, status: str) -> str:
    """Write a difference: ``+1,234``, that there is none, or why there is no figure."""
    language, view = comparison.language, comparison.difference.view
    dates = comparison.kind == DATES
    if letter == ZERO:
        return language.gettext(WORDS["noChange"]) if dates else language.gettext("no difference")
    if letter not in SHOWN:
        return status
    decimals = view.state.decimals
    if not rounded(number, decimals):
        return language.gettext("almost none")
    return language.signed(number, decimals, populations.sign(view.state.measure))


def _rows(comparison: Comparison) -> Iterator[ComparisonRow]:
    language, difference = comparison.language, comparison.difference.at
    sides = zip(
        comparison.first.cells, comparison.second.cells, comparison.difference.cells, strict=True
    )
    for i, (first, second, both) in enumerate(sides):
        number, letter = float(difference.values[i]), str(difference.status[i])
        text = _difference_words(comparison, number, letter, both.value)
        sentence = language.gettext(
            "{name}: {difference} ({first_side}: {first}; {second_side}: {second})",
            name=both.name,
            difference=text,
            first_side=comparison.first.heading,
            first=first.value,
            second_side=comparison.second.heading,
            second=second.value,
        )
        yield ComparisonRow(
            both.pcode,
            both.name,
            both.parent,
            first.value,
            second.value,
            text,
            number,
            letter,
            sentence,
        )


def largest_changes(
    rows: Sequence[ComparisonRow], most: int = LARGEST
) -> tuple[list[ComparisonRow], list[ComparisonRow]]:
    """Choose the largest rises and falls, the largest first, ties in order of their names."""
    rises = sorted((row for row in rows if row.number > 0), key=lambda row: (-row.number, row.name))
    falls = sorted((row for row in rows if row.number < 0), key=lambda row: (row.number, row.name))
    return rises[:most], falls[:most]


def small_multiples(comparison: Comparison) -> list[Strip]:
    """Make the small maps, on the scale of the large ones: one strip, or one of each side."""
    if comparison.kind == DATES:
        return [Strip("", _multiples(comparison, comparison.second, MOST_ROUNDS))]
    return [
        Strip(side.heading, _multiples(comparison, side, _EACH_SIDE)) for side in comparison.sides
    ]


def _multiples(comparison: Comparison, side: Side, most: int) -> tuple[Multiple, ...]:
    view, dates = side.view, side.view.counts.dates
    with_figures = [
        day for day, row in zip(dates, view.values, strict=True) if np.isfinite(row).any()
    ]
    chosen = sorted({nearest_date(dates, day) for day in comparison.request.rounds})
    chosen = chosen or evenly_spaced(with_figures or dates, most)
    return tuple(_multiple(view.on(dates.index(day))) for day in chosen)


def _multiple(at: ViewAt) -> Multiple:
    language, total, day = at.language, at.total, at.date
    if not np.isnan(total):
        text = wording.amount(at.view, total)
    else:
        status = SUPPRESSED if at.counted.any() else NOT_ASSESSED
        text = status_labels(language)[status]
    return Multiple(at.view.at(replace(at.state, time=day)).on_its_date(), language.date(day), text)
