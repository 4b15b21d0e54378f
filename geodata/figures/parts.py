"""Parts of a population: who came from where, who lives in which shelter, who fled when.

::

    by=origin            everyone, by the governorate that they come from
    from=IQG15           those who come from one governorate, by the governorate where they are now
    to=IQG11             those who are now in one, by the governorate that they come from
    shelter=camp         those in some kinds of shelter, by the governorate where they are now
    period=aug_2014      those displaced in some periods, likewise
"""

from __future__ import annotations

from dataclasses import dataclass

from geodata.i18n.messages import gettext

HOST, ORIGIN_SIDE = "host", "origin"
SIDES = (HOST, ORIGIN_SIDE)
"""Where people are counted: where they are now, or where they come from."""

ORIGIN, SHELTER, PERIOD = "origin", "shelter", "period"
KINDS = (ORIGIN, SHELTER, PERIOD)

SHELTER_LABELS = {
    "camp": gettext("Camp"),
    "habitual": gettext("Habitual residence (before Nov 2018)"),
    "habitual_habitable": gettext("Habitual residence, habitable"),
    "habitual_uninhabitable": gettext("Habitual residence, uninhabitable"),
    "host_family": gettext("Host family"),
    "hotel": gettext("Hotel or short-term rental"),
    "informal_settlement": gettext("Informal settlement"),
    "other": gettext("Other"),
    "own_property": gettext("Own property"),
    "religious_building": gettext("Religious building"),
    "rented": gettext("Rented (condition not stated)"),
    "rented_habitable": gettext("Rented, habitable"),
    "rented_uninhabitable": gettext("Rented, uninhabitable"),
    "school": gettext("School building"),
    "unfinished_building": gettext("Unfinished or abandoned building"),
    "unknown": gettext("Unknown"),
}
# In order of time; each begins where the next one takes over.
PERIOD_LABELS = {
    "pre_jun_2014": gettext("Before June 2014"),
    "jun_jul_2014": gettext("June – July 2014"),
    "aug_2014": gettext("August 2014"),
    "post_sep_2014": gettext("September 2014 – March 2015"),
    "post_apr_2015": gettext("April 2015 – February 2016"),
    "post_mar_2016": gettext("March – 16 October 2016"),
    "post_17_oct_2016": gettext("17 October 2016 – June 2017"),
    "jul_2017_on": gettext("July 2017 – December 2018"),
    "jan_2019_on": gettext("January 2019 and later"),
}


@dataclass(frozen=True)
class ShelterType:
    """A type of shelter that can be chosen, whichever words a list uses for it.

    Attributes
    ----------
    label
        In controls and titles.
    categories
        Keys of :data:`SHELTER_LABELS` that it holds: lists of different years divide it further.
    """

    label: str
    categories: tuple[str, ...]


SHELTER_TYPES = {
    "camp": ShelterType(gettext("Camp"), ("camp",)),
    "informal": ShelterType(gettext("Informal settlement"), ("informal_settlement",)),
    "unfinished": ShelterType(
        gettext("Unfinished or abandoned building"), ("unfinished_building",)
    ),
    "religious": ShelterType(gettext("Religious building"), ("religious_building",)),
    "school": ShelterType(gettext("School building"), ("school",)),
    "rented": ShelterType(
        gettext("Rented"), ("rented", "rented_habitable", "rented_uninhabitable")
    ),
    "host_family": ShelterType(gettext("Host family"), ("host_family",)),
    "hotel": ShelterType(gettext("Hotel or short-term rental"), ("hotel",)),
    "own": ShelterType(gettext("Own property"), ("own_property",)),
    "habitual": ShelterType(
        gettext("Habitual residence"), ("habitual", "habitual_habitable", "habitual_uninhabitable")
    ),
    "other": ShelterType(gettext("Other"), ("other",)),
    "unknown": ShelterType(gettext("Unknown"), ("unknown",)),
}
"""One list of types for both populations and all years. Until February 2019 lists say of rented
homes, and until October 2018 of habitual residences, nothing about their condition; from then on
they tell habitable from uninhabitable ones, so that only both together are one series."""

CRITICAL = ("informal", "religious", "school", "unfinished")
"""Critical shelter, beside camps, private settings and unknown ones. Whose definition it is, and
which report it was checked with, is said by the country (``definitions`` of its facts)."""

_GROUPED = (CRITICAL, ("rented",), ("habitual",))
SHELTER_GROUPS = tuple(
    tuple(category for code in codes for category in SHELTER_TYPES[code].categories)
    for codes in _GROUPED
)
"""Categories whose sum is asked for by one name, so that it is shown where it can be."""


@dataclass(frozen=True)
class Part:
    """A part of a population, and where it is counted.

    Attributes
    ----------
    kind
        The breakdown that it is of: one of :data:`KINDS`.
    side
        One of :data:`SIDES`.
    categories
        Those of the breakdown that are counted; all of them where empty.
    host
        P-code of the governorate where they are now; any where empty.
    """

    kind: str
    side: str = HOST
    categories: tuple[str, ...] = ()
    host: str = ""
