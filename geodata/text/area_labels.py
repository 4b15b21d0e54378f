"""What one area's cell of a view says on one date, in words: for tables, labels and files.

``assets/js/reading.js`` says the same with the same words while the timeline moves;
``tests/pages/test_same_words.py`` compares the two. Nothing is computed here but the difference of
two figures that are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from geodata import populations
from geodata.figures.coverage import WORK, WORK_LABELS, WORK_WORDS
from geodata.figures.statuses import (
    NOT_ASSESSED,
    NOT_COMPARABLE,
    SHOWN,
    UNCOLOURED,
    ZERO,
    status_labels,
)
from geodata.figures.view import View, ViewAt, class_counts
from geodata.i18n.messages import gettext, ngettext
from geodata.i18n.rounding import rounded
from geodata.places.area_names import area_names
from geodata.text import wording

WORDS = {
    "round": gettext("Round {n}"),
    "unnumbered": gettext("{i} of {n} dates"),
    "rank": gettext("rank {rank} of {n}"),
    "sincePrevious": gettext("{change} since {date}"),
    "unitSince": gettext("{unit}, compared with {date}"),
    "valueSince": gettext("{value}, compared with {date}"),
    "value": gettext("{value} {unit}"),
    "areaLabel": gettext("{name}: {value}"),
    "noChange": gettext("no change"),
}
# What is counted after a number; other measures have a unit that no number changes.
COUNTED_IN = {
    populations.PEOPLE: ngettext("{n} person", "{n} people"),
    populations.HOUSEHOLDS: ngettext("{n} household", "{n} households"),
}


@dataclass(frozen=True)
class AreaLabel:
    """One area on one date.

    Attributes
    ----------
    letter
        Its status, as :mod:`geodata.figures.view` writes it.
    shown
        Whether it has a figure.
    value
        The figure, or the status in words where there is none.
    rank, change
        Empty where there is none; ``change`` is since the date before.
    work
        Whether the chosen programmes were at work there; empty without any.
    figure, status, by
        What stands in the columns of a table: the figure alone, the status in words, and the
        number of the change; empty where there is none.
    sentence
        All of it: ``Anbar: 37,062 people, rank 9 of 18, −120 since 31 December 2020``.
    """

    pcode: str
    name: str
    parent: str
    letter: str
    shown: bool
    value: str
    rank: str
    change: str
    sentence: str
    figure: str
    status: str
    by: str
    work: str


def area_labels(at: ViewAt) -> list[AreaLabel]:
    """Write every area in words, in the view's order."""
    return [area_label(at, i) for i in range(len(at.counts.areas.pcodes))]


def caption(at: ViewAt) -> str:
    """Name the round: ``Round 101``, or its place among the dates where it has no number."""
    number = at.round
    if number is not None:
        return at.language.gettext(WORDS["round"], n=number)
    return at.language.gettext(WORDS["unnumbered"], i=at.t + 1, n=len(at.counts.dates))


def unit(view: View) -> str:
    """Write the unit, with the date compared with in change mode."""
    language = view.language
    plain = wording.unit(view)
    if view.state.base is None:
        return plain
    return language.gettext(WORDS["unitSince"], unit=plain, date=language.date(view.state.base))


def _value(at: ViewAt, i: int, letter: str) -> str:
    language, change = at.language, at.state.mode == populations.CHANGE
    if letter not in SHOWN:
        return _status(at.view, letter)
    if letter == ZERO and change:
        return language.gettext(WORDS["noChange"])
    return _figure(at.view, float(at.values[i]), change=change)


def _status(view: View, letter: str) -> str:
    return status_labels(view.language, change=view.state.mode == populations.CHANGE)[letter]


def _figure(view: View, number: float, *, change: bool) -> str:
    """Write a figure of the view's measure, with its sign where it is a change."""
    write = view.language.signed if change else view.language.number
    return write(number, view.state.decimals, populations.sign(view.state.measure))


def _value_with_unit(at: ViewAt, i: int, letter: str, value: str) -> str:
    """Write the figure with its unit, or the status where there is none."""
    language, measure = at.language, at.state.measure
    if letter not in SHOWN:
        return value
    text = value
    if letter != ZERO or at.state.mode != populations.CHANGE:
        text = (
            language.ngettext(*COUNTED_IN[measure], abs(int(at.values[i])), formatted=value)
            if measure in COUNTED_IN
            else language.gettext(WORDS["value"], value=value, unit=wording.unit(at.view))
        )
    if at.state.base is None:
        return text
    return language.gettext(WORDS["valueSince"], value=text, date=language.date(at.state.base))


def difference(at: ViewAt, i: int, base: int) -> float | None:
    """Subtract the figure of another date, as both are shown; ``None`` where one is missing."""
    if at.state.mode == populations.CHANGE or base < 0:
        return None
    now, then = float(at.values[i]), float(at.view.values[base, i])
    if now != now or then != then:  # NaN
        return None
    decimals = at.state.decimals
    return rounded(now, decimals) - rounded(then, decimals)


def difference_text(view: View, by: float) -> str:
    """Write a difference with its sign: ``+390``, or that there is none."""
    return _figure(view, by, change=True) if by else view.language.gettext(WORDS["noChange"])


def _change(at: ViewAt, by: float | None) -> str:
    """Write the change: ``+390 since 1 May 2017``; empty where there is none."""
    if by is None:
        return ""
    language = at.language
    date = language.date(at.counts.dates[at.t - 1])
    return language.gettext(WORDS["sincePrevious"], change=difference_text(at.view, by), date=date)


def _rank(at: ViewAt, i: int) -> str:
    place = int(at.ranks[i])
    if not place:
        return ""
    language, n = at.language, int((at.ranks > 0).sum())
    return language.gettext(WORDS["rank"], rank=language.number(place), n=language.number(n))


def work_labels(view: View) -> dict[str, str]:
    """Label for a legend when programmes worked, by letter; nothing where none is chosen."""
    return _work_texts(view, WORK_LABELS)


def work_words(view: View) -> dict[str, str]:
    """Say of an area when programmes worked there, by letter; nothing where none is chosen."""
    return _work_texts(view, WORK_WORDS)


def _work_texts(view: View, texts: dict[str, str]) -> dict[str, str]:
    if view.work is None:
        return {}
    return {letter: view.language.gettext(text) for letter, text in texts.items()}


def work_label(at: ViewAt, i: int, texts: dict[str, str] = WORK_LABELS) -> str:
    """Label one area for a table: when programmes worked there, or nothing."""
    letter = "" if at.work is None else str(at.work[i])
    return at.language.gettext(texts[letter]) if letter in texts else ""


def area_label(at: ViewAt, i: int) -> AreaLabel:
    """Write one area in words; ``i`` is its place in the view's order."""
    language, areas = at.language, at.counts.areas
    names = area_names(at.snapshot, language)
    letter = str(at.status[i])
    shown = letter in SHOWN
    by, change_mode = difference(at, i, at.t - 1), at.state.mode == populations.CHANGE
    value, rank, change = _value(at, i, letter), _rank(at, i), _change(at, by)
    text = _value_with_unit(at, i, letter, value)
    work = work_label(at, i, WORK_WORDS)
    rest = language.join_items(part for part in (text, rank, change, work) if part)
    return AreaLabel(
        pcode=areas.pcodes[i],
        name=names[areas.pcodes[i]],
        parent=names[areas.parents[i]] if areas.parents[i] else "",
        letter=letter,
        shown=shown,
        value=value,
        rank=rank,
        change=change,
        sentence=language.gettext(WORDS["areaLabel"], name=names[areas.pcodes[i]], value=rest),
        figure=_figure(at.view, float(at.values[i]), change=change_mode) if shown else "",
        status=_status(at.view, letter),
        by="" if by is None else _figure(at.view, by, change=True),
        work=work,
    )


@dataclass(frozen=True)
class LegendRow:
    """One class or status of the legend.

    Attributes
    ----------
    kind
        ``k`` and the position of the class's colour in the scale, the status letter, or ``work-``
        and the letter of :data:`~geodata.figures.coverage.WORK`.
    place
        Position in :func:`geodata.figures.view.class_counts`.
    count
        How many areas it holds on the date.
    """

    kind: str
    label: str
    place: int
    count: int


def legend(at: ViewAt) -> list[LegendRow]:
    """List the classes from most to least, then statuses and programmes' work of any date."""
    n, counted = len(at.scale.colors), class_counts(at)
    change = at.state.mode == populations.CHANGE
    always = ZERO + (NOT_COMPARABLE if change else NOT_ASSESSED)
    labels = status_labels(at.language, change=change)
    classes = [(f"k{k}", at.scale.labels[k], k) for k in reversed(range(n))]
    statuses = [
        (letter, labels[letter], n + UNCOLOURED.index(letter))
        for letter in UNCOLOURED
        if letter in always or (at.view.status == letter).any()
    ]
    first, work = n + len(UNCOLOURED), work_labels(at.view)
    works = [
        (f"work-{letter}", work[letter], first + WORK.index(letter))
        for letter in work
        if at.view.work is not None and (at.view.work == letter).any()
    ]
    return [
        LegendRow(kind, label, place, counted[place])
        for kind, label, place in classes + statuses + works
    ]
