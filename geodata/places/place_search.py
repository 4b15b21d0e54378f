"""Find places by what people type: names in every language, other spellings, P-codes.

::

    "Nineveh", "نينوى", "iqg15" ──▶ fold ──▶ equal, begins so, contains it ──▶ places, best first
                                                └── nothing: without "Governorate" …, then nearest

The field of the map page has the same index and the same order (``assets/js/page/
place-search.js``), so that it can suggest places while somebody types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geodata import populations
from geodata.i18n.language import Language, languages, load_language
from geodata.i18n.messages import gettext
from geodata.places.area_names import area_names
from geodata.places.folding import fold
from geodata.places.gazetteer import explain_retired_code, former_codes, without_kind
from geodata.snapshots.memo import memoise
from geodata.snapshots.name_columns import NAME_COLUMNS
from geodata.snapshots.snapshot import Snapshot
from geodata.util.suggestions import suggestions

LONGEST = 80  # letters of what is typed that are read
_EQUAL, _BEGINS, _CONTAINS, _NO_MATCH = range(4)
_NOTHING_TYPED = gettext("Write the name of a governorate or a district, or a P-code.")
_NO_PLACE = gettext("No place is called {name}: write a governorate or a district, or a P-code.")
_NEAREST = gettext("No place is called {name}. Do you mean {nearest}?")
_SEVERAL = gettext("Several places match {name}. Which one do you mean?")


@dataclass(frozen=True)
class Place:
    """A governorate (level 1) or a district (level 2), and its folded spellings."""

    pcode: str
    level: int
    parent: str
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """The place that is meant, or a sentence and the places that may be meant."""

    place: Place | None
    candidates: tuple[Place, ...] = ()
    sentence: str = ""


@memoise(1)
def places(snapshot: Snapshot) -> tuple[Place, ...]:
    """Return every place, governorates first, with all that it is called."""
    areas, aliases = snapshot.tables.areas, snapshot.tables.aliases
    shown = [area_names(snapshot, load_language(code)) for code in languages()]
    spelled: dict[str, dict[str, None]] = {pcode: {} for pcode in areas["pcode"]}
    for row in areas.to_dict("records"):
        pcode = row["pcode"]
        names = [*(names[pcode] for names in shown), *(row[column] for column in NAME_COLUMNS)]
        for name in (*names, pcode):
            if isinstance(name, str) and (folded := fold(name)):
                spelled[pcode][folded] = None
    for pcode, spelling in zip(aliases["pcode"], aliases["spelling"], strict=True):
        if pcode in spelled and (folded := fold(spelling)):
            spelled[pcode][folded] = None
    rows = areas.sort_values("level", kind="stable").fillna({"parent": ""})
    return tuple(
        Place(pcode, int(level), parent, tuple(spelled[pcode]))
        for pcode, level, parent in zip(rows["pcode"], rows["level"], rows["parent"], strict=True)
    )


def matches(snapshot: Snapshot, text: str) -> tuple[Place, ...]:
    """Return the places that have a spelling with ``text`` in it, best first.

    First those that are called so, then those that begin so; of equals governorates come first.
    """
    return tuple(place for _, place in _ranked(snapshot, text))


def _ranked(snapshot: Snapshot, text: str) -> list[tuple[int, Place]]:
    if not (key := fold(text)):
        return []
    ranked = [(_rank(place, key), place) for place in places(snapshot)]
    return sorted((each for each in ranked if each[0] < _NO_MATCH), key=lambda each: each[0])


def _rank(place: Place, key: str) -> int:
    if key in place.spellings:
        return _EQUAL
    if any(spelling.startswith(key) for spelling in place.spellings):
        return _BEGINS
    return _CONTAINS if any(key in spelling for spelling in place.spellings) else _NO_MATCH


def answer(snapshot: Snapshot, text: str, language: Language) -> Answer:
    """Answer what somebody has typed and sent.

    A place of just that name is meant, of two the governorate; else the only one that begins so,
    or has it in its name.
    """
    text = " ".join(text.split())[:LONGEST]
    if not text:
        return Answer(None, (), language.gettext(_NOTHING_TYPED))
    rules = former_codes(snapshot.manifest["country"])
    if explanation := explain_retired_code(rules, text, language):
        return Answer(None, (), explanation)
    ranked = _ranked(snapshot, text) or _without_kind(snapshot, text)
    equal = [place for rank, place in ranked if rank == _EQUAL]
    if equal and (len(equal) == 1 or equal[0].level < equal[1].level):
        return Answer(equal[0])
    if len(best := [place for rank, place in ranked if rank == ranked[0][0]]) == 1:
        return Answer(best[0])
    quoted = language.quoted(text)
    if found := tuple(equal or (place for _, place in ranked)):
        return Answer(None, found, language.gettext(_SEVERAL, name=quoted))
    if not (near := _nearest(snapshot, text)):
        return Answer(None, (), language.gettext(_NO_PLACE, name=quoted))
    names = language.join_items(describe(snapshot, place, language)["name"] for place in near)
    return Answer(None, near, language.gettext(_NEAREST, name=quoted, nearest=names))


def _without_kind(snapshot: Snapshot, text: str) -> list[tuple[int, Place]]:
    """Find ``Baghdad Governorate`` among governorates, ``Baghdad District`` among districts."""
    return [
        (rank, place)
        for level in (1, 2)
        if (name := without_kind(text, level))
        for rank, place in _ranked(snapshot, name)
        if place.level == level
    ]


def _nearest(snapshot: Snapshot, text: str, n: int = 3) -> tuple[Place, ...]:
    """Return the places that are spelled most like a text, best first."""
    by_spelling = {
        spelling: place for place in reversed(places(snapshot)) for spelling in place.spellings
    }
    near = suggestions(fold(text), by_spelling, 3 * n)
    return tuple(dict.fromkeys(by_spelling[spelling] for spelling in near))[:n]


def describe(snapshot: Snapshot, place: Place, language: Language) -> dict[str, Any]:
    """Return a place's name and, as a note, of what level it is and where it lies."""
    names = area_names(snapshot, language)
    kind = language.gettext(populations.LEVELS[place.level].area)
    note = " · ".join(filter(None, (kind, names.get(place.parent, ""))))
    return {"name": names[place.pcode], "note": note}
