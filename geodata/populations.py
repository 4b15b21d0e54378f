"""The populations, levels and measures: the words and the rules of each.

A population is one entry of :data:`POPULATIONS`. Nothing else lists them, but for what readers know
of the words of their own files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geodata.i18n.language import Language
from geodata.i18n.messages import gettext, ngettext, pgettext

PEOPLE, HOUSEHOLDS, RATE, SHARE = "people", "households", "rate", "share"
RETURN_RATE = "return_rate"
MEASURES = (PEOPLE, HOUSEHOLDS, RATE, SHARE, RETURN_RATE)
PERCENTAGES = frozenset([SHARE, RETURN_RATE])
"""Measures that are given in per cent."""
RATIOS = frozenset([RATE, RETURN_RATE])
"""Measures whose figures do not add up: the country has one of its own."""
LEVEL, CHANGE = "level", "change"
MODES = (LEVEL, CHANGE)

Plural = tuple[str, str]
"""Singular and plural of a message, as :func:`geodata.i18n.messages.ngettext` gives them."""


@dataclass(frozen=True)
class Level:
    """A level of areas.

    Attributes
    ----------
    name
        In addresses, names of files and the TopoJSON of boundaries: ``governorates``.
    kind
        One of them in reports, in English.
    label, area
        In controls and heads of tables, of all and of one.
    changes
        Heading of the areas that changed most.
    """

    name: str
    kind: str
    label: str
    area: str
    changes: str


LEVELS: Mapping[int, Level] = {
    1: Level(
        name="governorates",
        kind="governorate",
        label=gettext("Governorates"),
        area=gettext("Governorate"),
        changes=gettext("Largest changes by governorate"),
    ),
    2: Level(
        name="districts",
        kind="district",
        label=gettext("Districts"),
        area=gettext("District"),
        changes=gettext("Largest changes by district"),
    ),
}


@dataclass(frozen=True)
class UnitWords:
    """What a population is called where it is counted in people, or in households.

    Attributes
    ----------
    counted
        With a number: ``{n} returnee``, ``{n} returnees``.
    nouns
        Without a number, e.g. ``returnees``.
    of_nouns
        The same after “of”, which changes the words in some languages.
    hosted
        ``{percent}`` of all of them are in the areas ``{names}``.
    came_from, came_into
        ``{percent}`` of them came from ``{names}``, in all or in the governorate ``{area}``; both
        empty where no source knows origins.
    """

    counted: Plural
    nouns: str
    of_nouns: tuple[str, str]
    hosted: Plural
    came_from: str = ""
    came_into: str = ""


@dataclass(frozen=True)
class Population:
    """A population: different people from every other; totals never mix them.

    Attributes
    ----------
    label
        In controls, e.g. ``Internally displaced``.
    topic
        Above a slide, e.g. ``Internal displacement``.
    place_title, change_title
        Title of the map.
    people, households
        What it is called in either unit.
    rated
        ``{rate}`` of them per 1,000 residents.
    within
        ``{percent}`` of all of them live where ``{programmes}`` work or worked.
    beside
        Under its total beside that of another population; its nouns where empty.
    largest
        Heading of the areas with most of them, by level.
    origins, periods
        Titles of the breakdowns by origin and by period of displacement.
    origin_title
        Title of a map of where they come from, or had been displaced to.
    origin_change_title
        Title of a map of how many more or fewer of them come from there.
    from_area, in_area
        Those who come from one governorate, or had been displaced to it; those who are in one now.
    flow
        Name of a flow from ``{origin}`` to ``{destination}``.
    hxl
        Attributes of ``#affected`` that mean it (https://hxlstandard.org); the first is written.
    briefed
        Whether the briefing that is made from the data has a map of it, also where it is not the
        first population.
    """

    code: str
    label: str
    topic: str
    place_title: str
    change_title: str
    people: UnitWords
    households: UnitWords
    rated: str
    within: Plural
    largest: Mapping[int, str]
    origins: str
    periods: str
    origin_title: str
    origin_change_title: str
    from_area: str
    in_area: str
    flow: str
    hxl: tuple[str, ...]
    beside: str = ""
    briefed: bool = False

    @property
    def nouns(self) -> str:
        """The people without a number, e.g. ``returnees``."""
        return self.people.nouns

    @property
    def of_nouns(self) -> tuple[str, str]:
        """The people after “of”."""
        return self.people.of_nouns

    def unit(self, measure: str) -> UnitWords:
        """Return what it is called where figures are in ``measure``."""
        return self.households if unit_of(measure) == HOUSEHOLDS else self.people

    def counted(self, language: Language, n: float, measure: str = PEOPLE) -> str:
        """Write a number of them: ``3,065,502 internally displaced people``."""
        return language.ngettext(*self.unit(measure).counted, int(n))


DISPLACED = "idp"
"""Those whose origin is where they are displaced from."""

RETURNED = "returnee"
"""Those who are back where they had been displaced from."""

POPULATIONS = {
    population.code: population
    for population in (
        Population(
            code=DISPLACED,
            label=gettext("Internally displaced"),
            topic=gettext("Internal displacement"),
            place_title=gettext("Where displaced people are living"),
            change_title=gettext("How the number of displaced people changed"),
            people=UnitWords(
                ngettext("{n} internally displaced person", "{n} internally displaced people"),
                gettext("internally displaced people"),
                pgettext("after of", "internally displaced people"),
                ngettext(
                    "{names} hosts {percent} of all internally displaced people",
                    "{names} host {percent} of all internally displaced people",
                ),
                gettext("{percent} of displaced people come from {names}"),
                gettext("{percent} of displaced people in {area} come from {names}"),
            ),
            households=UnitWords(
                ngettext("{n} displaced household", "{n} displaced households"),
                gettext("displaced households"),
                pgettext("after of", "displaced households"),
                ngettext(
                    "{names} hosts {percent} of all displaced households",
                    "{names} host {percent} of all displaced households",
                ),
                gettext("{percent} of displaced households come from {names}"),
                gettext("{percent} of displaced households in {area} come from {names}"),
            ),
            rated=gettext("{rate} internally displaced people per 1,000 residents"),
            within=ngettext(
                "{percent} of all internally displaced people live where {programmes} works or "
                "worked",
                "{percent} of all internally displaced people live where {programmes} work or "
                "worked",
            ),
            beside=gettext("still displaced"),
            largest={
                1: gettext("Governorates that host most"),
                2: gettext("Districts that host most"),
            },
            origins=gettext("Where they were displaced from"),
            origin_title=gettext("Where displaced people come from"),
            origin_change_title=gettext("How the number of people from each place changed"),
            from_area=gettext("from {area}"),
            in_area=gettext("now in {area}"),
            periods=gettext("When displaced"),
            flow=gettext("{origin} to {destination}"),
            hxl=("idps", "idp", "displaced"),
        ),
        Population(
            code=RETURNED,
            label=gettext("Returnees"),
            topic=gettext("Returns"),
            place_title=gettext("Where people have returned"),
            change_title=gettext("How the number of returnees changed"),
            people=UnitWords(
                ngettext("{n} returnee", "{n} returnees"),
                gettext("returnees"),
                pgettext("after of", "returnees"),
                ngettext(
                    "{names} holds {percent} of everyone who has returned",
                    "{names} hold {percent} of everyone who has returned",
                ),
                gettext("{percent} of people who returned had been displaced to {names}"),
                gettext("{percent} of people who returned to {area} had been displaced to {names}"),
            ),
            households=UnitWords(
                ngettext("{n} returned household", "{n} returned households"),
                gettext("returned households"),
                pgettext("after of", "returned households"),
                ngettext(
                    "{names} holds {percent} of all households that have returned",
                    "{names} hold {percent} of all households that have returned",
                ),
                gettext("{percent} of returned households had been displaced to {names}"),
                gettext(
                    "{percent} of households that returned to {area} had been displaced to {names}"
                ),
            ),
            rated=gettext("{rate} returnees per 1,000 residents"),
            within=ngettext(
                "{percent} of everyone who has returned lives where {programmes} works or worked",
                "{percent} of everyone who has returned lives where {programmes} work or worked",
            ),
            beside=gettext("have returned"),
            largest={
                1: gettext("Largest governorates of return"),
                2: gettext("Largest districts of return"),
            },
            origins=gettext("Where they had been displaced to"),
            origin_title=gettext("Where returnees had been displaced to"),
            origin_change_title=gettext("How the number of returnees from each place changed"),
            from_area=gettext("back from {area}"),
            in_area=gettext("back in {area}"),
            periods=gettext("When they had been displaced"),
            flow=gettext("from {origin} back to {destination}"),
            hxl=("returnees", "returned"),
            briefed=True,
        ),
        Population(
            code="refugee",
            label=gettext("Syrian refugees"),
            topic=gettext("Syrian refugees"),
            place_title=gettext("Where Syrian refugees are registered"),
            change_title=gettext("How the number of registered Syrian refugees changed"),
            people=UnitWords(
                ngettext("{n} registered Syrian refugee", "{n} registered Syrian refugees"),
                gettext("registered Syrian refugees"),
                pgettext("after of", "registered Syrian refugees"),
                ngettext(
                    "{names} hosts {percent} of all registered Syrian refugees",
                    "{names} host {percent} of all registered Syrian refugees",
                ),
            ),
            households=UnitWords(
                ngettext("{n} refugee household", "{n} refugee households"),
                gettext("refugee households"),
                pgettext("after of", "refugee households"),
                ngettext(
                    "{names} hosts {percent} of all registered refugee households",
                    "{names} host {percent} of all registered refugee households",
                ),
            ),
            rated=gettext("{rate} registered Syrian refugees per 1,000 residents"),
            within=ngettext(
                "{percent} of all registered Syrian refugees are where {programmes} works or "
                "worked",
                "{percent} of all registered Syrian refugees are where {programmes} work or worked",
            ),
            largest={
                1: gettext("Governorates that host most"),
                2: gettext("Districts that host most"),
            },
            origins=gettext("Where they were displaced from"),
            origin_title=gettext("Where displaced people come from"),
            origin_change_title=gettext("How the number of people from each place changed"),
            from_area=gettext("from {area}"),
            in_area=gettext("now in {area}"),
            periods=gettext("When displaced"),
            flow=gettext("{origin} to {destination}"),
            hxl=("refugees",),
        ),
    )
}

POPULATION_CODES = tuple(POPULATIONS)

MEASURE_LABELS = {
    PEOPLE: gettext("People"),
    HOUSEHOLDS: gettext("Households"),
    RATE: gettext("Per 1,000"),
    SHARE: gettext("Share"),
    RETURN_RATE: gettext("Rate of return"),
}
LEVEL_LABELS = {number: level.label for number, level in LEVELS.items()}
MODE_LABELS = {LEVEL: gettext("Number"), CHANGE: gettext("Change")}

UNITS = {
    PEOPLE: gettext("people"),
    HOUSEHOLDS: gettext("households"),
    RATE: gettext("per 1,000 residents ({year})"),
    SHARE: gettext("of the national total"),
    RETURN_RATE: gettext("of those who fled"),
}


def decimals(measure: str, level: int) -> int:
    """Return decimals that figures of a measure are given with; districts' shares are small."""
    if measure == SHARE:
        return level
    return 1 if measure in RATIOS else 0


def unit_of(measure: str, *, part: bool = False) -> str:
    """Return what a measure counts: households, or people, of whom rates and shares are made.

    Parameters
    ----------
    part
        Whether only a part of the population is counted (:mod:`geodata.figures.parts`), whose
        shares are of households: sources break these down at every date, people at few.
    """
    in_households = measure in (HOUSEHOLDS, RETURN_RATE) or (part and measure == SHARE)
    return HOUSEHOLDS if in_households else PEOPLE


def total_sign(measure: str) -> str:
    """Return what follows a total: ``%`` after a rate of return; that of shares is in people."""
    return "%" if measure == RETURN_RATE else ""


def sign(measure: str) -> str:
    """Return what follows every figure of a measure: ``%`` or nothing."""
    return "%" if measure in PERCENTAGES else ""
