"""Places are found by what people type, on the server and in the page's field alike."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from geodata.i18n.language import load_language
from geodata.places.folding import LETTER_FORMS, fold
from geodata.places.place_search import answer, matches, places
from geodata.snapshots.name_columns import NAME_COLUMNS
from tests.node import answer as run

ENGLISH = load_language("en")
NOTHING = ["Al-", "nothing of it"]
TYPED = ["kirk", "najaf", "Al-", "al", "نين", "سليم", "هەول", "iqg15q0", "ab", "nothing of it", "q"]


def names(snapshot, found) -> list[str]:
    by_code = snapshot.tables.areas.set_index("pcode")["name_en"]
    return [by_code[place.pcode] for place in found]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Ninewa", "Ninewa"),
        ("nineveh", "Ninewa"),
        ("نينوى", "Ninewa"),
        ("نه\u200cینه\u200cوا", "Ninewa"),
        ("محافظة نينوى", "Ninewa"),
        ("iqg15", "Ninewa"),
        ("هەولێر", "Erbil"),
        ("ههولير", "Erbil"),  # on a keyboard without the letters of Sorani
        ("سلێمانی", "Sulaymaniyah"),
        ("Sulaymānīyah", "Sulaymaniyah"),
        ("Sinjar District", "Sinjar"),
        ("سنجار", "Sinjar"),
        ("Al-Najaf", "Najaf"),  # of two places of one name the governorate
        ("Al-Najaf district", "Al-Najaf"),
        ("sinj", "Sinjar"),  # the only one that begins so
    ],
)
def test_a_place_is_found_by_any_of_its_names(snapshot, typed, name):
    place = answer(snapshot, typed, ENGLISH).place
    assert place and names(snapshot, [place]) == [name]


def test_what_is_no_place_is_answered_with_the_nearest(snapshot):
    found = answer(snapshot, "Ninwah", ENGLISH)
    assert found.place is None
    assert names(snapshot, found.candidates) == ["Ninewa"]
    assert found.sentence == "No place is called “Ninwah”. Do you mean Ninewa?"
    nothing = answer(snapshot, "xyzzyq" * 40, ENGLISH)
    assert nothing.candidates == () and len(nothing.sentence) < 200
    assert "name of a governorate" in answer(snapshot, "  ", ENGLISH).sentence
    assert "hyphen" in answer(snapshot, "IQ-G15", ENGLISH).sentence


def test_what_several_places_match_is_answered_with_all_of_them(snapshot):
    found = answer(snapshot, "kirk", ENGLISH)
    assert found.place is None
    assert names(snapshot, found.candidates) == ["Kirkuk", "Kirkuk"]


def test_the_page_folds_and_orders_as_the_server_does(snapshot):
    areas, aliases = snapshot.tables.areas, snapshot.tables.aliases
    texts = [name for column in NAME_COLUMNS for name in areas[column].dropna()]
    texts += [*aliases["spelling"], *areas["pcode"], "Straße ıø", "الـموصل", "Ash Shatrah"]
    asked = {
        "letters": LETTER_FORMS,
        "texts": texts,
        "places": [asdict(place) for place in places(snapshot)],
        "typed": TYPED,
    }
    found = run("place_search.js", asked)
    assert found["folded"] == [fold(text) for text in texts]
    ordered = [[place.pcode for place in matches(snapshot, text)] for text in TYPED]
    assert found["matches"] == ordered
    assert [text for text, each in zip(TYPED, ordered, strict=True) if not each] == NOTHING
