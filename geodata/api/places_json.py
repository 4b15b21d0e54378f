"""Write all places for the field that finds one, and the answer to what is sent with it."""

from __future__ import annotations

from typing import Any

from geodata.i18n.language import Language
from geodata.places.place_search import Place, answer, describe, places
from geodata.snapshots.snapshot import Snapshot


def place_entry(snapshot: Snapshot, place: Place, language: Language) -> dict[str, Any]:
    """Return a place: code, level, governorate, name and note in words."""
    words = describe(snapshot, place, language)
    return {"pcode": place.pcode, "level": place.level, "parent": place.parent, **words}


def index(snapshot: Snapshot, language: Language) -> dict[str, Any]:
    """Return every place, with its folded spellings."""
    return {
        "places": [
            {**place_entry(snapshot, place, language), "spellings": place.spellings}
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
