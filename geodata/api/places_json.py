"""Write all places for the field that finds one, and the answer to what is sent with it."""

from __future__ import annotations

from typing import Any

from geodata.i18n.language import Language
from geodata.places.place_search import answer, describe, places
from geodata.snapshots.snapshot import Snapshot


def index(snapshot: Snapshot, language: Language) -> dict[str, Any]:
    """Return every place: code, level, governorate, name and note in words, folded spellings."""
    return {
        "places": [
            {
                "pcode": place.pcode,
                "level": place.level,
                "parent": place.parent,
                **describe(snapshot, place, language),
                "spellings": place.spellings,
            }
            for place in places(snapshot)
        ],
        "count": language.plurals("{n} place", "{n} places"),
    }


def place_answer(snapshot: Snapshot, text: str, language: Language) -> dict[str, Any]:
    """Return the code of the place that a text means, or a sentence and the codes it may mean."""
    found = answer(snapshot, text, language)
    return {
        "place": found.place.pcode if found.place else "",
        "candidates": [place.pcode for place in found.candidates],
        "sentence": found.sentence,
    }
