"""What is said of flows between governorates: each in words, what its arrow means, what is missing.

``assets/js/reading.js`` says the same while the timeline moves, with the same words;
``tests/pages/test_same_words.py`` compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geodata import populations
from geodata.figures.flows_by_date import FlowsOn
from geodata.figures.view import View, ViewAt
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext, ngettext, sentence_case
from geodata.places.area_names import area_names
from geodata.text.area_labels import COUNTED_IN
from geodata.text.area_labels import WORDS as AREA_WORDS

TITLE = gettext("Flows between governorates")
MEANING = gettext("Arrows lead from where people came to where they are; the wider, the more.")
INCOMPLETE = gettext("Governorates whose total is too small to show have no flows here.")
WORDS = {
    "none": gettext("No origins are published on this date: no flows are drawn."),
    "drawn": gettext("Flows between governorates that are drawn: {n} of {all}, the largest."),
    "nothing": gettext("No flow between governorates is to be drawn on this date."),
    "within": gettext("Moved within their own governorate, not drawn: {value}."),
    "incomplete": INCOMPLETE,
}
FEW = ngettext(
    "{n} flow has too few people to show.",
    "{n} flows have too few people to show.",
)
UNITS = {
    populations.HOUSEHOLDS: gettext("Flows: households"),
    populations.PEOPLE: gettext("Flows: people"),
}


def script_words(language: Language) -> dict[str, Any]:
    """Return the words above, with every plural form, for scripts that say them of other dates."""
    words = {key: language.gettext(word) for key, word in WORDS.items()}
    return words | {
        "few": language.plurals(*FEW),
        "units": {unit: language.gettext(word) for unit, word in UNITS.items()},
        "meaning": language.gettext(MEANING),
        "listed": language.gettext("The flows on the map are listed below it."),
    }


def pair_names(view: View) -> list[str]:
    """Name each pair of a view's flows: ``Ninewa to Erbil``."""
    language, names = view.language, area_names(view.snapshot, view.language)
    words = populations.POPULATIONS[view.state.pop].flow
    return [
        sentence_case(language.gettext(words, origin=names[origin], destination=names[destination]))
        for origin, destination in (view.flows.pairs if view.flows else ())
    ]


def unit_title(at: ViewAt) -> str:
    """Say what the flows of the date are counted in, or that there are none: heads a legend."""
    unit = at.view.flows.on[at.t].unit if at.view.flows else ""
    return at.language.gettext(UNITS[unit] if unit else WORDS["none"])


def flow_items(at: ViewAt) -> list[str]:
    """Write each flow of the date, largest first: ``Ninewa to Erbil: 5,033 households``."""
    if at.view.flows is None:
        return []
    language, on, names = at.language, at.view.flows.on[at.t], pair_names(at.view)
    return [
        language.gettext(
            AREA_WORDS["areaLabel"], name=names[pair], value=_counted(number, on.unit, language)
        )
        for pair, number in on.largest
    ]


def flow_note(at: ViewAt) -> str:
    """Say how many of the flows of the date are drawn, and what is not; empty without flows."""
    if at.view.flows is None:
        return ""
    return " ".join(_sentences(at.view.flows.on[at.t], at.language))


def _sentences(on: FlowsOn, language: Language) -> Iterator[str]:
    if not on.unit:
        yield language.gettext(WORDS["none"])
        return
    if on.between:
        drawn, between = language.number(len(on.largest)), language.number(on.between)
        yield language.gettext(WORDS["drawn"], n=drawn, all=between)
    else:
        yield language.gettext(WORDS["nothing"])
    if on.within:
        within = _counted(on.within, on.unit, language)
        yield language.gettext(WORDS["within"], value=within)
    if on.few:
        yield language.ngettext(*FEW, on.few)
    if on.incomplete:
        yield language.gettext(WORDS["incomplete"])


def _counted(number: int, unit: str, language: Language) -> str:
    return language.ngettext(*COUNTED_IN[unit], number)
