"""Statuses of an area on a date: what each letter means, its word, label and meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.i18n.language import Language
from geodata.i18n.messages import gettext

if TYPE_CHECKING:
    pass


# One letter per status; STATUS_WORDS says each.
COUNTED, ZERO, NOT_ASSESSED, SUPPRESSED, OUTSIDE, NOT_COMPARABLE, NATIONAL_ONLY = "cznsoxp"
UNCOLOURED = ZERO + NOT_ASSESSED + SUPPRESSED + OUTSIDE + NOT_COMPARABLE + NATIONAL_ONLY

STATUS_WORDS = {
    "c": gettext("counted"),
    "z": gettext("none"),
    "n": gettext("not assessed"),
    "s": gettext("suppressed: too few to show"),
    "o": gettext("outside the chosen programmes"),
    "x": gettext("not comparable"),
    "p": gettext("published for the country only"),
}
STATUS_LABELS = {
    "c": gettext("Counted"),
    "z": gettext("None"),
    "n": gettext("Not assessed"),
    "s": gettext("Suppressed (too few)"),
    "o": gettext("Outside programme"),
    "x": gettext("Not comparable"),
    "p": gettext("Published for the country only"),
}

SHOWN = COUNTED + ZERO

MEANINGS = {
    "c": gettext("The source has a figure for the place on the date."),
    "z": gettext("The source has a figure, and it is zero. Left white."),
    "n": gettext("The source has no row for the place on the date. Hatched; it is not zero."),
    "s": gettext("Too few households, or people, to show without pointing at a family. Dotted."),
    "o": gettext("No source says that a chosen programme worked in the governorate."),
    "x": gettext("In a comparison: one of the two dates was not counted."),
    "p": gettext("A report prints the country’s total for the date, and no source has it by area."),
}


def status_words(speech: Language) -> dict[str, str]:
    """Each status letter in words."""
    return {letter: speech.gettext(word) for letter, word in STATUS_WORDS.items()}


def status_labels(speech: Language, *, change: bool = False) -> dict[str, str]:
    """Each status letter as a legend entry; zero in change mode is "no change"."""
    labels = {letter: speech.gettext(label) for letter, label in STATUS_LABELS.items()}
    if change:
        labels["z"] = speech.gettext("No change")
    return labels
