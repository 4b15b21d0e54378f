"""The populations and measures, and how each is called."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.i18n.language import Language
from geodata.i18n.messages import gettext, ngettext, pgettext

LEVELS = {1: "governorates", 2: "districts"}

PEOPLE, HOUSEHOLDS, RATE, SHARE = "people", "households", "rate", "share"
MEASURES = (PEOPLE, HOUSEHOLDS, RATE, SHARE)
LEVEL, CHANGE = "level", "change"
MODES = (LEVEL, CHANGE)


@dataclass(frozen=True)
class Population:
    """A population: different people from every other; totals never mix them.

    Attributes
    ----------
    label
        In controls, e.g. ``Internally displaced``.
    place_title, change_title
        Title of the map.
    one, many
        gettext plural pair with ``{n}``: ``{n} returnee``, ``{n} returnees``.
    nouns
        Without a number, e.g. ``returnees``.
    of_nouns
        The same after “of”, which changes the words in some languages.
    rated
        ``{rate}`` of them per 1,000 residents.
    """

    code: str
    label: str
    place_title: str
    change_title: str
    one: str
    many: str
    household_one: str
    household_many: str
    nouns: str
    of_nouns: tuple[str, str]
    rated: str

    def counted(self, language: Language, n: float, measure: str = PEOPLE) -> str:
        """``3,065,502 internally displaced people``, in words and with plural."""
        if measure == HOUSEHOLDS:
            return language.ngettext(self.household_one, self.household_many, int(n))
        return language.ngettext(self.one, self.many, int(n))


def _population(
    code: str,
    label: str,
    place_title: str,
    change_title: str,
    people: tuple[str, str],
    households: tuple[str, str],
    nouns: str,
    of_nouns: tuple[str, str],
    rated: str,
) -> Population:
    titles = (label, place_title, change_title)
    return Population(code, *titles, *people, *households, nouns, of_nouns, rated)


POPULATIONS = {
    population.code: population
    for population in (
        _population(
            "idp",
            gettext("Internally displaced"),
            gettext("Where displaced people are living"),
            gettext("How the number of displaced people changed"),
            ngettext("{n} internally displaced person", "{n} internally displaced people"),
            ngettext("{n} displaced household", "{n} displaced households"),
            gettext("internally displaced people"),
            pgettext("after of", "internally displaced people"),
            gettext("{rate} internally displaced people per 1,000 residents"),
        ),
        _population(
            "returnee",
            gettext("Returnees"),
            gettext("Where people have returned"),
            gettext("How the number of returnees changed"),
            ngettext("{n} returnee", "{n} returnees"),
            ngettext("{n} returned household", "{n} returned households"),
            gettext("returnees"),
            pgettext("after of", "returnees"),
            gettext("{rate} returnees per 1,000 residents"),
        ),
        _population(
            "refugee",
            gettext("Syrian refugees"),
            gettext("Where Syrian refugees are registered"),
            gettext("How the number of registered Syrian refugees changed"),
            ngettext("{n} registered Syrian refugee", "{n} registered Syrian refugees"),
            ngettext("{n} refugee household", "{n} refugee households"),
            gettext("registered Syrian refugees"),
            pgettext("after of", "registered Syrian refugees"),
            gettext("{rate} registered Syrian refugees per 1,000 residents"),
        ),
    )
}

MEASURE_LABELS = {
    PEOPLE: gettext("People"),
    HOUSEHOLDS: gettext("Households"),
    RATE: gettext("Per 1,000"),
    SHARE: gettext("Share"),
}
MODE_LABELS = {LEVEL: gettext("Number"), CHANGE: gettext("Change")}
LEVEL_LABELS = {1: gettext("Governorates"), 2: gettext("Districts")}

UNITS = {
    PEOPLE: gettext("people"),
    HOUSEHOLDS: gettext("households"),
    RATE: gettext("per 1,000 residents ({year})"),
    SHARE: gettext("of the national total"),
}


def decimals(measure: str, level: int) -> int:
    """Decimals that figures of a measure are given with; districts' shares are small."""
    if measure == SHARE:
        return level
    return 1 if measure == RATE else 0


def unit_of(measure: str) -> str:
    """What a measure counts: households, or people, of whom rates and shares are made."""
    return HOUSEHOLDS if measure == HOUSEHOLDS else PEOPLE


def sign(measure: str) -> str:
    """What follows every figure of a measure: ``%`` after a share, nothing after others."""
    return "%" if measure == SHARE else ""
