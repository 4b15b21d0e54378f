"""Headlines of a view: how many, where, and how that changed."""

from __future__ import annotations

import numpy as np

from geodata import populations
from geodata.figures.coverage import ANOTHER_TIME, AT_WORK, NO_COVERAGE
from geodata.figures.statuses import OUTSIDE
from geodata.figures.view import View, ViewAt
from geodata.i18n.messages import gettext, ngettext
from geodata.text.breaks import across_breaks
from geodata.text.part_words import of_part
from geodata.text.wording import amount, counted_by_programmes, of_programmes

_NOWHERE = ngettext(
    "No source at hand says in which governorates {programmes} works or worked",
    "No source at hand says in which governorates {programmes} work or worked",
)
_NOWHERE_ON = ngettext(
    "No source at hand dates work of {programmes} to {date}",
    "No source at hand dates work of {programmes} to {date}",
)
# When programmes worked where figures are of: at some time, on the date, or only at others.
_SOME_TIME, _AT_THE_TIME, _ANOTHER_TIME = "some", "then", "another"
_WITHIN = {
    _SOME_TIME: ngettext(
        "{counted} where {programmes} works or worked, on {date}",
        "{counted} where {programmes} work or worked, on {date}",
    ),
    _AT_THE_TIME: ngettext(
        "{counted} where {programmes} worked at the time, on {date}",
        "{counted} where {programmes} worked at the time, on {date}",
    ),
    _ANOTHER_TIME: ngettext(
        "{counted} where {programmes} worked at another time, on {date}",
        "{counted} where {programmes} worked at another time, on {date}",
    ),
}
_WITHIN_WITH_SHARE = {
    _SOME_TIME: ngettext(
        "{counted} where {programmes} works or worked: {share} of the country, on {date}",
        "{counted} where {programmes} work or worked: {share} of the country, on {date}",
    ),
    _AT_THE_TIME: ngettext(
        "{counted} where {programmes} worked at the time: {share} of the country, on {date}",
        "{counted} where {programmes} worked at the time: {share} of the country, on {date}",
    ),
    _ANOTHER_TIME: ngettext(
        "{counted} where {programmes} worked at another time: {share} of the country, on {date}",
        "{counted} where {programmes} worked at another time: {share} of the country, on {date}",
    ),
}
_WOULD_TELL = gettext(
    "The number of {of_population} on {date} is not shown: it would tell one that is too small to "
    "show"
)
_UP, _DOWN = True, False
_CHANGED = {
    _UP: gettext("Up by {size}, {date} compared with {base}"),
    _DOWN: gettext("Down by {size}, {date} compared with {base}"),
}
_CHANGED_AS_COUNTED = {
    _UP: gettext("Up by {size} as {where} counted, {date} compared with {base}"),
    _DOWN: gettext("Down by {size} as {where} counted, {date} compared with {base}"),
}
_CHANGED_WITHIN = {
    (_UP, _SOME_TIME): ngettext(
        "Up by {size} where {programmes} works or worked, {date} compared with {base}",
        "Up by {size} where {programmes} work or worked, {date} compared with {base}",
    ),
    (_DOWN, _SOME_TIME): ngettext(
        "Down by {size} where {programmes} works or worked, {date} compared with {base}",
        "Down by {size} where {programmes} work or worked, {date} compared with {base}",
    ),
    (_UP, _AT_THE_TIME): ngettext(
        "Up by {size} where {programmes} worked on {date}, compared with {base}",
        "Up by {size} where {programmes} worked on {date}, compared with {base}",
    ),
    (_DOWN, _AT_THE_TIME): ngettext(
        "Down by {size} where {programmes} worked on {date}, compared with {base}",
        "Down by {size} where {programmes} worked on {date}, compared with {base}",
    ),
    (_UP, _ANOTHER_TIME): ngettext(
        "Up by {size} where {programmes} worked at another time, {date} compared with {base}",
        "Up by {size} where {programmes} worked at another time, {date} compared with {base}",
    ),
    (_DOWN, _ANOTHER_TIME): ngettext(
        "Down by {size} where {programmes} worked at another time, {date} compared with {base}",
        "Down by {size} where {programmes} worked at another time, {date} compared with {base}",
    ),
}


def headlines(view: View) -> list[str]:
    """Write the headline of every date."""
    return [headline(view.on(t)) for t in range(len(view.counts.dates))]


def headline(at: ViewAt) -> str:
    """Write the total on a date, or its change, and of whom."""
    write = _change_headline if at.state.mode == populations.CHANGE else _level_headline
    return write(at)


def no_coverage(at: ViewAt) -> bool:
    """Tell whether no source says where the chosen programmes work: every area is outside."""
    return bool((at.status == OUTSIDE).all())


def _nowhere(at: ViewAt) -> str:
    """Say that no source names a governorate, or none that figures are of on the date."""
    if at.work is None or (at.work == NO_COVERAGE).all():
        return of_programmes(at.view, _NOWHERE)
    return of_programmes(at.view, _NOWHERE_ON, date=at.language.date(at.date, "long"))


def _when(at: ViewAt) -> str:
    """Tell when the programmes worked in the areas that figures are of."""
    letters = set() if at.work is None else set(at.work[at.status != OUTSIDE].tolist())
    return {AT_WORK: _AT_THE_TIME, ANOTHER_TIME: _ANOTHER_TIME}.get(
        letters.pop() if len(letters) == 1 else "", _SOME_TIME
    )


def _level_headline(at: ViewAt) -> str:
    if no_coverage(at):
        return _nowhere(at)
    if np.isnan(at.total):
        return _without_total(at)
    language, date = at.language, at.language.date(at.date, "long")
    counted = amount(at.view, at.total)
    if at.national_only:
        return language.gettext(
            "{counted} on {date}: published for the country, not by governorate",
            counted=counted,
            date=date,
        )
    if not at.state.programmes:
        return language.gettext("{counted} on {date}", counted=counted, date=date)
    if own := counted_by_programmes(at.view):
        return language.gettext(
            "{counted} on {date}, as {programmes} counted",
            counted=counted,
            programmes=own,
            date=date,
        )
    share = at.share
    if np.isnan(share):
        return of_programmes(at.view, _WITHIN[_when(at)], counted=counted, date=date)
    share_of_country = language.percent(float(share))
    return of_programmes(
        at.view,
        _WITHIN_WITH_SHARE[_when(at)],
        counted=counted,
        share=share_of_country,
        date=date,
    )


def _without_total(at: ViewAt) -> str:
    """Say why a date has no total: it is too small, none was counted, or only the country's."""
    language, population = at.language, populations.POPULATIONS[at.state.pop]
    sentence = gettext("No count of {of_population} on {date}")
    if at.national_only:
        sentence = gettext(
            "The number of {of_population} on {date} is published for the country only"
        )
    elif np.nansum(at.values) > 0:
        sentence = _WOULD_TELL
    elif at.counted.any():
        sentence = gettext("The number of {of_population} on {date} is too small to show")
    return language.gettext(
        sentence,
        population=of_part(at.view, language.gettext(population.nouns)),
        of_population=of_part(at.view, language.pgettext(*population.of_nouns)),
        date=language.date(at.date, "long"),
    )


def _change_headline(at: ViewAt) -> str:
    language, state = at.language, at.state
    date = language.date(at.date, "long")
    base = language.date(state.base, "long") if state.base else ""
    change = at.total
    if no_coverage(at):
        return _nowhere(at)
    if state.base == at.date:
        return language.gettext("{date} is the date compared with; choose another", date=date)
    if np.isnan(change):
        return language.gettext(
            "{date} and {base} cannot be compared: one of them was not counted",
            date=date,
            base=base,
        )
    if change == 0:
        return language.gettext("No change between {base} and {date}", base=base, date=date)
    size = amount(at.view, abs(change))
    sentence = _compared(at, change > 0, size=size, date=date, base=base)
    return across_breaks(at.view, sentence, at.base.date, at.date)


def _compared(at: ViewAt, up: bool, **values: str) -> str:
    """Write a change: of what programmes counted, of where they work, or of the country."""
    view = at.view
    if own := counted_by_programmes(view):
        return view.language.gettext(_CHANGED_AS_COUNTED[up], where=own, **values)
    if view.state.programmes:
        return of_programmes(view, _CHANGED_WITHIN[up, _when(at)], **values)
    return view.language.gettext(_CHANGED[up], **values)
