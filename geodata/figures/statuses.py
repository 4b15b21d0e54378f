"""Statuses of an area on a date: what each letter means, its word, label and meaning."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.i18n.language import Language
from geodata.i18n.messages import gettext

COUNTED, ZERO, NOT_ASSESSED, SUPPRESSED, OUTSIDE, NOT_COMPARABLE, NATIONAL_ONLY = "cznsoxp"
SHOWN = COUNTED + ZERO
UNCOLOURED = ZERO + NOT_ASSESSED + SUPPRESSED + OUTSIDE + NOT_COMPARABLE + NATIONAL_ONLY


@dataclass(frozen=True)
class Status:
    """What a status is called within a table, in a legend, and what it means; to be translated."""

    word: str
    label: str
    meaning: str


STATUSES = {
    COUNTED: Status(
        gettext("counted"),
        gettext("Counted"),
        gettext("The source has a figure for the place on the date."),
    ),
    ZERO: Status(
        gettext("none"),
        gettext("None"),
        gettext("The source has a figure, and it is zero. Left white."),
    ),
    NOT_ASSESSED: Status(
        gettext("not assessed"),
        gettext("Not assessed"),
        gettext("The source has no row for the place on the date. Hatched; it is not zero."),
    ),
    SUPPRESSED: Status(
        gettext("suppressed: too few to show"),
        gettext("Suppressed (too few)"),
        gettext("Too few households, or people, to show without pointing at a family. Dotted."),
    ),
    OUTSIDE: Status(
        gettext("outside the chosen programmes"),
        gettext("Outside programme"),
        gettext(
            "No source says that a chosen programme worked in the governorate; where only the date "
            "is counted, that it worked there on the date."
        ),
    ),
    NOT_COMPARABLE: Status(
        gettext("not comparable"),
        gettext("Not comparable"),
        gettext("In a comparison: one of the two dates was not counted."),
    ),
    NATIONAL_ONLY: Status(
        gettext("published for the country only"),
        gettext("Published for the country only"),
        gettext("A report prints the country’s total for the date, and no source has it by area."),
    ),
}


def status_words(language: Language) -> dict[str, str]:
    """Translate the word of each status, by its letter.

    >>> status_words(english)["n"]
    'not assessed'
    """
    return {letter: language.gettext(status.word) for letter, status in STATUSES.items()}


def status_labels(language: Language, *, change: bool = False) -> dict[str, str]:
    """Translate the label of each status, by its letter; zero in change mode is "no change".

    >>> status_labels(english)["z"], status_labels(english, change=True)["z"]
    ('None', 'No change')
    """
    labels = {letter: language.gettext(status.label) for letter, status in STATUSES.items()}
    return labels | {ZERO: language.gettext("No change")} if change else labels


def status_meanings(language: Language) -> dict[str, str]:
    """Translate the meaning of each status, by its word.

    >>> status_meanings(english)["none"]
    'The source has a figure, and it is zero. Left white.'
    """
    return {
        language.gettext(status.word): language.gettext(status.meaning)
        for status in STATUSES.values()
    }
