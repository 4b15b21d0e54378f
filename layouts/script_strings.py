"""Words that scripts put on the page: handed over with it, so that no script holds any of its own.

Placeholders in braces are filled by the script; the sentences are whole.
"""

from __future__ import annotations

from typing import Any

from geodata.figures.date_keys import NEAREST_DATE
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.text.area_labels import COUNTED_IN, WORDS
from geodata.text.key_figures import WITHOUT_FIGURE
from geodata.text.key_figures import WORDS as KEY_FIGURES

UNTIL = gettext("{choice}: until {date}")


def timeline(language: Language) -> dict[str, str]:
    """Return words of the timeline."""
    return {
        "play": language.gettext("Play"),
        "pause": language.gettext("Pause"),
        "previous": language.gettext("Previous round"),
        "next": language.gettext("Next round"),
        "speed": language.gettext("Speed"),
        "date": language.gettext("Date"),
        "baseDate": language.gettext("Date to compare with"),
        "speedOption": language.gettext("{speed}×"),
        "goToDate": language.gettext("Go to a date"),
        "go": language.gettext("Go"),
        "noRound": language.gettext("No round on {asked}; showing the nearest, {shown}."),
        "badDate": language.gettext("That is no date; write one like {example}."),
        "outOfRange": language.gettext("{asked} is outside {first} – {last}."),
    }


def reading(language: Language) -> dict[str, Any]:
    """Return the words of :mod:`geodata.text.area_labels`, with every plural form."""
    words = {key: language.gettext(word) for key, word in WORDS.items()}
    return words | {
        "countedIn": {measure: language.plurals(*pair) for measure, pair in COUNTED_IN.items()}
    }


def painter(language: Language) -> dict[str, str]:
    """Return what a map is called, what its keys do, and what it shows on a date."""
    return {
        "mapLabel": language.gettext("Map"),
        "mapKeys": language.gettext(
            "Arrow keys move between neighbouring areas, Home, End and the page keys along the "
            "ranking; Enter opens an area, Escape closes it."
        ),
        "summary": language.gettext("{title}. {headline}."),
        "areasWithFigure": language.gettext("Areas with a figure: {n} of {all}."),
        "most": language.gettext("Most: {names}."),
    }


def embed(language: Language) -> dict[str, Any]:
    """Return words of the public map's scripts, where the page itself does not say them."""
    words = page(language)
    names = ("failed", "retry")  # those of embed/map.js
    return reading(language) | painter(language) | {key: words[key] for key in names}


def briefing(language: Language) -> dict[str, str]:
    """Return words of the presenter, where the page itself does not say them."""
    return {
        "slideOf": language.gettext("Slide {n} of {all}: {headline}"),
        "onDate": language.gettext("{date}: {sentence}"),
        "fullScreen": language.gettext("Full screen"),
        "leaveFullScreen": language.gettext("Leave full screen"),
        "place": language.gettext("Slide {n} of {all}"),
        "next": language.gettext("Next slide"),
        "lastSlide": language.gettext("This is the last slide"),
        "slidesGone": language.gettext(
            "The window of the slides does not answer: it shows another page."
        ),
        "slidesClosed": language.gettext("The window of the slides is closed."),
        "windowBlocked": language.gettext(
            "The browser has not opened the speaker’s window: allow this page to open windows."
        ),
    }


def page(language: Language) -> dict[str, Any]:
    """Return words of the map, legend, ranking and panels."""
    key_figures = {key: language.gettext(word) for key, word in KEY_FIGURES.items()}
    return (
        reading(language)
        | painter(language)
        | key_figures
        | {
            "legendCount": language.plurals("{n} area", "{n} areas"),
            "notAssessedAreas": language.plurals(*WITHOUT_FIGURE),
            "source": language.gettext("Source"),
            "byLevel1": language.gettext("By governorate"),
            "byLevel2": language.gettext("By district"),
            "copied": language.gettext("Copied"),
            "close": language.gettext("Close"),
            "more": language.gettext("More"),
            "failed": language.gettext(
                "The figures could not be loaded ({reason}). Check the connection and try again."
            ),
            "unanswered": language.gettext(
                "A panel could not be brought up to date: the server has not answered."
            ),
            "retry": language.gettext("Try again"),
            "newFigures": language.gettext(
                "New figures have come in and are shown here. Load the page again to choose from "
                "all that is new."
            ),
            "reload": language.gettext("Load again"),
            "nearestDate": language.gettext(NEAREST_DATE),
            "sortBy": language.gettext("Sort by {column}"),
            "dates": language.plurals("{n} date", "{n} dates"),
            "until": language.gettext(UNTIL),
            "noMatch": language.gettext("No programme matches."),
            "undo": language.gettext("Undo"),
            "toBriefing": language.gettext("To the briefing"),
            "addingUndone": language.gettext("The slide was removed again."),
            "addingFailed": language.gettext(
                "The slide could not be added ({reason}). Check the connection and try again."
            ),
        }
    )
