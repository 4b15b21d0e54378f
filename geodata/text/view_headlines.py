"""Headlines of a view: how many, where, and how that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geodata import populations
from geodata.i18n.messages import gettext, ngettext

if TYPE_CHECKING:
    from geodata.figures.view import View
from geodata.text.breaks import across_breaks
from geodata.text.wording import amount, counted_by_programmes, of_programmes

_NOWHERE = ngettext(
    "No source at hand says in which governorates {programmes} works or worked",
    "No source at hand says in which governorates {programmes} work or worked",
)
_WITHIN = ngettext(
    "{counted} where {programmes} works or worked, on {date}",
    "{counted} where {programmes} work or worked, on {date}",
)
_WITHIN_WITH_SHARE = ngettext(
    "{counted} where {programmes} works or worked: {share} of the country, on {date}",
    "{counted} where {programmes} work or worked: {share} of the country, on {date}",
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
    _UP: ngettext(
        "Up by {size} where {programmes} works or worked, {date} compared with {base}",
        "Up by {size} where {programmes} work or worked, {date} compared with {base}",
    ),
    _DOWN: ngettext(
        "Down by {size} where {programmes} works or worked, {date} compared with {base}",
        "Down by {size} where {programmes} work or worked, {date} compared with {base}",
    ),
}


def headlines(view: View) -> list[str]:
    """One sentence per date that says the total of what is shown, and of whom."""
    return [headline(view, t) for t in range(len(view.counts.dates))]


def headline(view: View, t: int) -> str:
    """Say the total on one date."""
    write = _change_headline if view.state.mode == populations.CHANGE else _level_headline
    return write(view, t)


def no_coverage(view: View) -> bool:
    """Whether no source says where the chosen programmes work: every area is outside."""
    return bool((view.status == "o").all())


def _nowhere(view: View) -> str:
    return of_programmes(view, _NOWHERE)


def _level_headline(view: View, t: int) -> str:
    speech, state = view.language, view.state
    population = populations.POPULATIONS[state.pop]
    date = speech.date(view.counts.dates[t], "long")
    total = view.totals[t]
    if no_coverage(view):
        return _nowhere(view)
    if np.isnan(total) and view.counts.national_only[t]:
        return speech.gettext(
            "The number of {of_population} on {date} is published for the country only",
            population=speech.gettext(population.nouns),
            of_population=speech.pgettext(*population.of_nouns),
            date=date,
        )
    if np.isnan(total) and view.counts.counted[t].any():
        return speech.gettext(
            "The number of {of_population} on {date} is too small to show",
            population=speech.gettext(population.nouns),
            of_population=speech.pgettext(*population.of_nouns),
            date=date,
        )
    if np.isnan(total):
        return speech.gettext(
            "No count of {of_population} on {date}",
            population=speech.gettext(population.nouns),
            of_population=speech.pgettext(*population.of_nouns),
            date=date,
        )
    counted = amount(view, total)
    if view.counts.national_only[t]:
        return speech.gettext(
            "{counted} on {date}: published for the country, not by governorate",
            counted=counted,
            date=date,
        )
    if not state.prog:
        return speech.gettext("{counted} on {date}", counted=counted, date=date)
    if own := counted_by_programmes(view):
        return speech.gettext(
            "{counted} on {date}, as {programmes} counted",
            counted=counted,
            programmes=own,
            date=date,
        )
    share = view.shares[t]
    if np.isnan(share):
        return of_programmes(view, _WITHIN, counted=counted, date=date)
    share_of_country = speech.percent(float(share))
    return of_programmes(
        view, _WITHIN_WITH_SHARE, counted=counted, share=share_of_country, date=date
    )


def _change_headline(view: View, t: int) -> str:
    speech, state = view.language, view.state
    date = speech.date(view.counts.dates[t], "long")
    base = speech.date(state.base, "long") if state.base else ""
    change = view.totals[t]
    if no_coverage(view):
        return _nowhere(view)
    if state.base == view.counts.dates[t]:
        return speech.gettext("{date} is the date compared with; choose another", date=date)
    if np.isnan(change):
        return speech.gettext(
            "{date} and {base} cannot be compared: one of them was not counted",
            date=date,
            base=base,
        )
    if change == 0:
        return speech.gettext("No change between {base} and {date}", base=base, date=date)
    said = _compared(view, bool(change > 0), size=amount(view, abs(change)), date=date, base=base)
    return across_breaks(view, said, view.counts.dates[view.base_index()], view.counts.dates[t])


def _compared(view: View, way: bool, **said: str) -> str:
    """Say of a change whose it is: what programmes counted, what is where they work, or all."""
    if own := counted_by_programmes(view):
        return view.language.gettext(_CHANGED_AS_COUNTED[way], where=own, **said)
    if view.state.prog:
        return of_programmes(view, _CHANGED_WITHIN[way], **said)
    return view.language.gettext(_CHANGED[way], **said)
