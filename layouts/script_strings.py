"""Words that scripts put on the page: handed over with it, so that no script holds any of its own.

Placeholders in braces are filled by the script; the sentences are whole.
"""

from __future__ import annotations

from typing import Any

from geodata.figures.state import NEAREST_DATE
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.text.area_labels import COUNTED_IN, WORDS
from geodata.text.key_figures import IN_PROGRAMMES, WITHOUT_FIGURE
from geodata.text.key_figures import WORDS as KEY_FIGURES

UNTIL = gettext("{choice}: until {date}")


def timeline(speech: Language) -> dict[str, str]:
    """Return words of the timeline."""
    return {
        "play": speech.gettext("Play"),
        "pause": speech.gettext("Pause"),
        "previous": speech.gettext("Previous round"),
        "next": speech.gettext("Next round"),
        "speed": speech.gettext("Speed"),
        "date": speech.gettext("Date"),
        "baseDate": speech.gettext("Date to compare with"),
        "speedOption": speech.gettext("{speed}×"),
        "goToDate": speech.gettext("Go to a date"),
        "go": speech.gettext("Go"),
        "noRound": speech.gettext("No round on {asked}; showing the nearest, {shown}."),
        "badDate": speech.gettext("That is no date; write one like {example}."),
        "outOfRange": speech.gettext("{asked} is outside {first} – {last}."),
    }


def reading(speech: Language) -> dict[str, Any]:
    """Return words of a cell, as :mod:`geodata.text.area_labels` has them.

    Plurals in every form.
    """
    said = {key: speech.gettext(word) for key, word in WORDS.items()}
    return said | {
        "countedIn": {measure: speech.plurals(*pair) for measure, pair in COUNTED_IN.items()}
    }


def painter(speech: Language) -> dict[str, str]:
    """Return what a map is called, what its keys do, and what it shows on a date."""
    return {
        "mapLabel": speech.gettext("Map"),
        "mapKeys": speech.gettext(
            "Arrow keys move between neighbouring areas, Home, End and the page keys along the "
            "ranking; Enter opens an area, Escape closes it."
        ),
        "summary": speech.gettext("{title}. {headline}."),
        "areasWithFigure": speech.gettext("Areas with a figure: {n} of {all}."),
        "most": speech.gettext("Most: {names}."),
    }


def embed(speech: Language) -> dict[str, Any]:
    """Return words of the public map's scripts, where the page itself does not say them."""
    words = page(speech)
    asked = ("failed", "retry")  # those of embed/map.js
    return reading(speech) | painter(speech) | {key: words[key] for key in asked}


def briefing(speech: Language) -> dict[str, str]:
    """Return words of the presenter, where the page itself does not say them."""
    return {
        "slideOf": speech.gettext("Slide {n} of {all}: {headline}"),
        "onDate": speech.gettext("{date}: {sentence}"),
        "fullScreen": speech.gettext("Full screen"),
        "leaveFullScreen": speech.gettext("Leave full screen"),
    }


def page(speech: Language) -> dict[str, Any]:
    """Return words of the map, legend, ranking, table and panels."""
    key_figures = {key: speech.gettext(word) for key, word in KEY_FIGURES.items()}
    in_programmes = {key: speech.plurals(*pair) for key, pair in IN_PROGRAMMES.items()}
    return (
        reading(speech)
        | painter(speech)
        | key_figures
        | in_programmes
        | {
            "legendCount": speech.plurals("{n} area", "{n} areas"),
            "notAssessedAreas": speech.plurals(*WITHOUT_FIGURE),
            "source": speech.gettext("Source"),
            "sources": speech.gettext("Sources"),
            "byLevel1": speech.gettext("By governorate"),
            "byLevel2": speech.gettext("By district"),
            "area": speech.gettext("Area"),
            "code": speech.gettext("P-code"),
            "governorate": speech.gettext("Governorate"),
            "status": speech.gettext("Status"),
            "rankColumn": speech.gettext("Rank"),
            "changeColumn": speech.gettext("Since previous round"),
            "table": speech.gettext("Table"),
            "copyTable": speech.gettext("Copy table"),
            "copied": speech.gettext("Copied"),
            "close": speech.gettext("Close"),
            "figureHere": speech.gettext("{population} here"),
            "sinceYearBefore": speech.gettext("since a year before ({date})"),
            "noYearBefore": speech.gettext("no figure a year before"),
            "trend": speech.gettext("People, every round"),
            "trendSummary": speech.gettext(
                "{label}: {first} on {firstDate}, {last} on {lastDate}, most {most} on {mostDate}"
            ),
            "trendFigures": speech.gettext("Figures of the chart"),
            "date": speech.gettext("Date"),
            "brokenDownOn": {
                "households": speech.gettext("Households on {date}"),
                "people": speech.gettext("People on {date}"),
            },
            "showAll": speech.gettext("Show all {n}"),
            "tooFew": {
                "place": speech.plurals(
                    "{n} place has too few people to show.",
                    "{n} places have too few people to show.",
                ),
                "group": speech.plurals(
                    "{n} group has too few people to show.",
                    "{n} groups have too few people to show.",
                ),
            },
            "noBreakdown": speech.gettext("No row for this date; the nearest with any is {date}."),
            "breakdownsByGovernorate": speech.gettext(
                "Origin, shelter and period are published by governorate: see {name}."
            ),
            "programmesHere": speech.gettext("Programmes present"),
            "noProgrammes": speech.gettext("No source at hand names a programme here."),
            "implemented": speech.gettext("implemented"),
            "planned": speech.gettext("planned"),
            "preparatory": speech.gettext("preparatory"),
            "undated": speech.gettext("undated"),
            "years": speech.gettext("Years"),
            "funders": speech.gettext("Funders"),
            "peopleServed": speech.gettext("People served"),
            "governorates": speech.gettext("Governorates"),
            "none": speech.gettext("none known"),
            "numbered": speech.gettext("{label} ({n})"),
            "yearsUnknown": speech.gettext("years not known"),
            "results": speech.gettext("Reported results"),
            "resultsNote": speech.gettext("As printed; they overlap and cannot be added up."),
            "noResults": speech.gettext("No reported result at hand."),
            "allOfCountry": speech.gettext("all of {country}"),
            "asOf": speech.gettext("as of {date}"),
            "failed": speech.gettext(
                "The figures could not be loaded ({reason}). Check the connection and try again."
            ),
            "retry": speech.gettext("Try again"),
            "newFigures": speech.gettext(
                "New figures have come in and are shown here. Load the page again to choose from "
                "all that is new."
            ),
            "reload": speech.gettext("Load again"),
            "nearestDate": speech.gettext(NEAREST_DATE),
            "zoomIn": speech.gettext("Zoom in"),
            "zoomOut": speech.gettext("Zoom out"),
            "resetZoom": speech.gettext("Show the whole country"),
            "sortBy": speech.gettext("Sort by {column}"),
            "dates": speech.plurals("{n} date", "{n} dates"),
            "until": speech.gettext(UNTIL),
            "noMatch": speech.gettext("No programme matches."),
        }
    )
