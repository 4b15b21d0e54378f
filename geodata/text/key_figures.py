"""Four figures of the whole on one date: total, change, concentration, what is not known.

``assets/js/page/panel-text.js`` says the same with the same words while the timeline moves, and
takes percentages as they are written here; ``tests/pages/test_same_words.py`` compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata import populations
from geodata.figures.coverage import ANY_TIME, ON_DATE
from geodata.figures.statuses import OUTSIDE, SHOWN
from geodata.figures.view import View, ViewAt, top_areas
from geodata.i18n.messages import gettext, ngettext
from geodata.i18n.rounding import rounded
from geodata.places.area_names import area_names
from geodata.text.area_labels import WORDS as READING
from geodata.text.part_words import of_part
from geodata.text.wording import of_programmes

NONE = "–"
WORDS = {
    "previousRound": gettext("since previous round ({date})"),
    "otherAreas": gettext("the previous round is of other areas"),
    "firstRound": gettext("no earlier round to compare with"),
    "topIn": gettext("in {names}"),
    "highest": gettext("in {name}, the highest"),
    "largestChange": gettext("in {name}, the largest change"),
    "shareOfCountry": gettext("of the country is in this area"),
    "noFigure": gettext("no figure"),
    "nowhereKnown": gettext("{population}: no figure"),
}
_NATIONALLY = {
    "": gettext("{population}, nationally"),
    "Households": gettext("{population}, nationally (households)"),
}
_RATES = gettext("per 1,000 residents, nationally")
RETURNED = gettext("of the households that fled had returned")
# The total where programmes are chosen, by when they worked there and what is counted.
_IN_PROGRAMMES = {
    (ANY_TIME, ""): ngettext(
        "{population} where {programmes} works or worked",
        "{population} where {programmes} work or worked",
    ),
    (ANY_TIME, "Households"): ngettext(
        "{population} where {programmes} works or worked (households)",
        "{population} where {programmes} work or worked (households)",
    ),
    (ON_DATE, ""): ngettext(
        "{population} where {programmes} worked at the time",
        "{population} where {programmes} worked at the time",
    ),
    (ON_DATE, "Households"): ngettext(
        "{population} where {programmes} worked at the time (households)",
        "{population} where {programmes} worked at the time (households)",
    ),
}
WITHOUT_FIGURE = ngettext(
    "of {n} area has no figure on this date", "of {n} areas have no figure on this date"
)


@dataclass(frozen=True)
class KeyFigure:
    """A figure as it is written, what it is of, and all its digits where it is shortened."""

    number: str
    label: str
    exact: str = ""


def key_figures(at: ViewAt) -> list[KeyFigure]:
    """Write the four figures of a date."""
    return [_total(at), _change(at), _top(at), _gaps(at)]


def _population(view: View) -> str:
    return view.language.gettext(populations.POPULATIONS[view.state.pop].nouns)


def _total_label(view: View) -> str:
    """Write the label of the total: who is counted, where, and since when."""
    language, state = view.language, view.state
    label = _whom(view)
    if not state.base:
        return label
    return language.gettext(READING["valueSince"], value=label, date=language.date(state.base))


def _whom(view: View) -> str:
    """Write who is counted, and where."""
    language, state = view.language, view.state
    if state.measure == populations.RETURN_RATE:
        return language.gettext(RETURNED)
    if state.measure == populations.RATE and not state.programmes:
        return language.gettext(_RATES)
    return _population_label(view, "Households" if state.unit == populations.HOUSEHOLDS else "")


def _population_label(view: View, households: str = "") -> str:
    """Write who is counted, in the country or where the chosen programmes work."""
    population = of_part(view, _population(view))
    if view.state.programmes:
        pair = _IN_PROGRAMMES[view.state.prog_when, households]
        return of_programmes(view, pair, population=population)
    if view.state.to:  # which is no whole country
        return population
    return view.language.gettext(_NATIONALLY[households], population=population)


def _total(at: ViewAt) -> KeyFigure:
    language, state, value = at.language, at.state, at.total
    if np.isnan(value):
        label = language.gettext(WORDS["nowhereKnown"], population=_population_label(at.view))
        return KeyFigure(NONE, label)
    rate, change = state.measure in populations.RATIOS, state.mode == populations.CHANGE
    write = language.signed if change else language.number
    exact = write(value, int(rate), populations.total_sign(state.measure))
    return KeyFigure(
        exact if rate else language.compact(value, change=change), _total_label(at.view), exact
    )


def _change(at: ViewAt) -> KeyFigure:
    language = at.language
    now, then = (float(at.view.totals[n]) if n >= 0 else np.nan for n in (at.t, at.t - 1))
    if np.isnan(now - then):
        return KeyFigure(NONE, language.gettext(WORDS["firstRound"]))
    if not at.view.same_areas(at.t, at.t - 1):
        return KeyFigure(NONE, language.gettext(WORDS["otherAreas"]))
    decimals = int(at.state.measure in populations.RATIOS)
    by = rounded(now, decimals) - rounded(then, decimals)  # of the figures that are shown
    sign = populations.total_sign(at.state.measure)
    number = language.signed(by, decimals if by else 0, sign)
    date = language.date(at.counts.dates[at.t - 1])
    return KeyFigure(number, language.gettext(WORDS["previousRound"], date=date))


def _top(at: ViewAt) -> KeyFigure:
    """Write the programmes' share of the country, or else that of the three largest areas."""
    language, percent = at.language, part(at)
    if at.state.programmes and not np.isnan(at.share):
        return KeyFigure(percent, language.gettext(WORDS["shareOfCountry"]))
    if not (top := top_areas(at)):
        return _extreme(at)
    _, *positions = top
    if not percent:
        return KeyFigure(NONE, language.gettext(WORDS["noFigure"]))
    names = area_names(at.snapshot, language)
    joined = language.join_items(names[at.counts.areas.pcodes[i]] for i in positions)
    return KeyFigure(percent, language.gettext(WORDS["topIn"], names=joined))


def part(at: ViewAt) -> str:
    """Write the share that the third figure states, in per cent; empty where it states none."""
    share = at.share
    if at.state.programmes and not np.isnan(share):
        return at.language.percent(share)
    top = top_areas(at)
    return at.language.percent(top[0]) if top and top[0] is not None else ""


def _extreme(at: ViewAt) -> KeyFigure:
    """Write the highest rate, or the largest change; these have no shares."""
    language, state = at.language, at.state
    values = np.nan_to_num(at.values).tolist()
    sizes = [rounded(abs(value), state.decimals) for value in values]
    if not any(sizes):
        return KeyFigure(NONE, language.gettext(WORDS["noFigure"]))
    # Of those that are shown alike it is the first.
    i, change = sizes.index(max(sizes)), state.mode == populations.CHANGE
    write = language.signed if change else language.number
    number = write(float(at.values[i]), state.decimals, populations.sign(state.measure))
    name = area_names(at.snapshot, language)[at.counts.areas.pcodes[i]]
    label = WORDS["largestChange"] if change else WORDS["highest"]
    return KeyFigure(number, language.gettext(label, name=name))


def _gaps(at: ViewAt) -> KeyFigure:
    language, letters = at.language, [str(letter) for letter in at.status]
    inside = [letter for letter in letters if letter != OUTSIDE]
    without = sum(letter not in SHOWN for letter in inside)
    label = language.ngettext(*WITHOUT_FIGURE, len(inside))
    return KeyFigure(language.number(without), label)


def populations_there(view: View) -> list[str]:
    """Write who is counted and where, without a figure and with the total."""
    return [_population_label(view), _whom(view)]


def parts(view: View) -> list[str]:
    """Write :func:`part` for every date."""
    return [part(view.on(t)) for t in range(len(view.counts.dates))]
