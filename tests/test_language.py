"""Numbers, dates and lists as a reader writes them; English now, other catalogues to follow."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import language as language_module
from geodata.language import language, languages

ENGLISH = language("en")


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (3_065_502, 0, "3,065,502"),
        (0, 0, "0"),
        (12.34, 1, "12.3"),
        (0.5, 2, "0.50"),
        (999.96, 1, "1,000.0"),
    ],
)
def test_numbers_are_grouped_and_have_the_decimals_asked_for(value, decimals, written):
    assert ENGLISH.number(value, decimals) == written


@pytest.mark.parametrize(
    ("value", "written"), [(390, "+390"), (-1400, "−1,400"), (0, "0"), (-0.0, "0")]
)
def test_a_change_has_a_sign_and_a_true_minus(value, written):
    assert ENGLISH.signed(value) == written


@pytest.mark.parametrize(("value", "written"), [(3_065_502, "3.07M"), (780, "780"), (1500, "2K")])
def test_large_numbers_may_be_short(value, written):
    assert ENGLISH.compact(value) == written


@pytest.mark.parametrize(
    ("fraction", "written"),
    [
        (0, "0%"),
        (0.0004, "less than 1%"),
        (0.00499, "less than 1%"),
        (0.006, "1%"),
        (0.4275, "43%"),
        (0.9949, "99%"),
        (0.9996, "more than 99%"),
        (1, "100%"),
    ],
)
def test_a_part_is_never_rounded_to_nothing_or_to_all(fraction, written):
    assert ENGLISH.percent(fraction) == written


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_no_part_reads_as_nothing_or_as_all(fraction):
    assert ENGLISH.percent(fraction) not in ("0%", "100%")


def test_dates_are_as_iom_prints_them():
    day = dt.date(2018, 8, 5)
    assert ENGLISH.date(day) == "5 Aug 2018"
    assert ENGLISH.date(day, "long") == "5 August 2018"


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (["Ninewa"], "Ninewa"),
        (["Ninewa", "Anbar"], "Ninewa and Anbar"),
        (["Ninewa", "Anbar", "Dahuk"], "Ninewa, Anbar and Dahuk"),
    ],
)
def test_names_are_joined_as_in_a_sentence(names, written):
    assert ENGLISH.names(names) == written


def test_plurals_and_placeholders_are_filled():
    words = ("{n} returnee in {place}", "{n} returnees in {place}")
    assert ENGLISH.ngettext(*words, 1, place="Anbar") == "1 returnee in Anbar"
    assert ENGLISH.ngettext(*words, 2000, place="Anbar") == "2,000 returnees in Anbar"
    assert ENGLISH.gettext("{a} of {b}", a=1, b=2) == "1 of 2"
    assert ENGLISH.gettext("50% {kept}") == "50% {kept}"


def test_english_needs_no_catalogue_and_every_compiled_one_can_be_chosen(tmp_path, monkeypatch):
    assert languages()[0] == "en"
    for code in ("ar", "ckb", "en"):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "messages.mo").touch()
    monkeypatch.setattr(language_module, "LOCALES", tmp_path)
    assert languages() == ("en", "ar", "ckb")


@pytest.mark.parametrize(
    ("code", "direction", "tag"),
    [("en", "ltr", "en"), ("ar", "rtl", "ar"), ("ckb", "rtl", "ckb"), ("ku", "ltr", "ku")],
)
def test_direction_and_tag_follow_from_the_code(code, direction, tag):
    assert (language(code).direction, language(code).tag) == (direction, tag)


def test_dates_on_the_page_and_in_scripts_are_of_one_locale():
    assert (ENGLISH.tag, ENGLISH.date_tag) == ("en", "en-GB")
