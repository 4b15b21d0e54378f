"""Lines in either direction: their length, where they break, what keeps numbers in order."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.exports.drawing.text_lines import (
    LRM,
    RLM,
    force_rtl,
    isolates_to_marks,
    pieces,
    text_width,
    to_typst,
    wrapped,
)
from geodata.i18n.language import FSI, LRI, PDI, RLI, strip_isolates

OPENING = (FSI, LRI, RLI)
ARABIC = f"{FSI}PHSS{PDI} تعمل في {FSI}1,234{PDI} مكاناً منذ {FSI}31 آب 2018{PDI}"


@st.composite
def sentences(draw):
    """Arabic words with values that are isolated, as a message has them."""
    value = st.sampled_from(["PHSS", "1,234", "31 آب 2018", "IOM DTM (Iraq)", "+5%"])
    word = st.sampled_from(["في", "منذ", "نازحاً", "هەولێر", "·"])
    isolated = st.builds(lambda sign, said: f"{sign}{said}{PDI}", st.sampled_from(OPENING), value)
    return " ".join(draw(st.lists(st.one_of(word, isolated), min_size=1, max_size=12)))


def test_latin_letters_are_counted_and_arabic_ones_are_narrower():
    assert text_width("Ninewa – 12 %") == len("Ninewa – 12 %")
    assert 0.8 * 5 < text_width("نينوى") < 5


def test_marks_take_no_room():
    assert text_width("مُقيَّم") == text_width("مقيم")
    assert text_width(f"{RLI}نينوى{PDI}") == text_width("نينوى")


@given(sentences(), st.integers(60, 600))
def test_every_line_closes_what_it_isolates_and_no_word_is_lost(said, width):
    lines = wrapped(said, width, 13)
    assert strip_isolates(" ".join(lines)).split() == strip_isolates(said).split()
    for line in lines:
        depth = 0
        for sign in line:
            depth += (sign in OPENING) - (sign == PDI)
            assert depth >= 0
        assert depth == 0


def test_what_goes_on_in_the_next_line_keeps_its_direction():
    inside = [line for line in wrapped(f"{FSI}one two 2018{PDI}", 20, 13) if "2018" in line]
    assert inside == [f"{LRI}2018{PDI}"]


def test_a_line_that_begins_with_latin_is_read_from_the_right():
    assert force_rtl("PHSS تعمل") == f"{RLI}PHSS تعمل{PDI}"


@given(sentences())
def test_marks_stand_for_isolates_and_change_no_letter(said):
    found = isolates_to_marks(said)
    assert not set(found) & {*OPENING, PDI}
    assert found.translate({ord(LRM): None, ord(RLM): None}) == strip_isolates(said)


def test_a_number_keeps_its_sign_between_marks_of_its_own():
    assert isolates_to_marks(f"نقص {FSI}−1,400{PDI} شخص") == f"نقص {RLM}{LRM}−1,400{LRM}{RLM} شخص"
    assert isolates_to_marks(f"منذ {FSI}31 آب{PDI}") == f"منذ {RLM}31 آب{RLM}"
    assert isolates_to_marks("1,400 fewer") == "1,400 fewer"


@given(sentences())
def test_pieces_hold_every_letter_and_no_isolate(said):
    def letters(found):
        return found if isinstance(found, str) else "".join(map(letters_of, found))

    def letters_of(piece):
        return piece if isinstance(piece, str) else letters(piece["words"])

    assert letters(pieces(said)) == strip_isolates(said)


def test_pieces_say_which_way_each_is_read():
    found = pieces(ARABIC)
    apart = [(each["dir"], each["words"]) for each in found if isinstance(each, dict)]
    assert apart == [("ltr", ["PHSS"]), ("ltr", ["1,234"]), ("rtl", ["31 آب 2018"])]
    assert pieces("People") == "People"


@pytest.mark.parametrize("given_", [3, None, {"a": ["b", ("c", 1)]}])
def test_what_is_no_sentence_is_typeset_as_it_is(given_):
    assert to_typst(given_) in (given_, {"a": ["b", ["c", 1]]})


def test_the_letters_of_the_examples_are_what_they_are_taken_for():
    assert {unicodedata.bidirectional(sign) for sign in "نهێ"} == {"AL"}
