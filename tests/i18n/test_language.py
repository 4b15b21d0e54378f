"""Words, numbers, dates and lists as a reader of English, Arabic or Sorani writes them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.i18n import language as language_module
from geodata.i18n.language import (
    FSI,
    LRI,
    PDI,
    RLI,
    GroupedInt,
    languages,
    load_language,
    strip_isolates,
)
from geodata.i18n.writing import NATIVE, WESTERN

ENGLISH = load_language("en")


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (3_065_502, 0, "3,065,502"),
        (0, 0, "0"),
        (12.34, 1, "12.3"),
        (0.5, 2, "0.50"),
        (999.96, 1, "1,000.0"),
        (2.5, 0, "3"),
        (0.15, 1, "0.2"),
        (-1400.5, 0, "−1,401"),
        (-0.04, 1, "0.0"),
    ],
)
def test_numbers_are_grouped_and_have_the_decimals_asked_for(value, decimals, written):
    assert ENGLISH.number(value, decimals) == written


@pytest.mark.parametrize(
    ("value", "written"), [(390, "+390"), (-1400, "−1,400"), (0, "0"), (-0.0, "0")]
)
def test_a_change_has_a_sign_and_a_true_minus(value, written):
    assert ENGLISH.signed(value) == written


SHORT = [
    *((780, "780"), (1500, "2K"), (2500, "3K"), (999_499, "999K"), (999_500, "1.00M")),
    *((1_200_000, "1.20M"), (1_205_000, "1.21M"), (3_065_502, "3.07M"), (1_000_000_000, "1.00B")),
]


@pytest.mark.parametrize(("value", "written"), SHORT)
def test_large_numbers_may_be_short(value, written):
    assert ENGLISH.compact(value) == written
    assert ENGLISH.compact(-value) == f"−{written}"
    assert ENGLISH.compact(value, change=True) == f"+{written}"


@pytest.mark.parametrize(
    ("fraction", "written"),
    [
        (0, "0%"),
        (0.0004, "less than 1%"),
        (0.00499, "less than 1%"),
        (0.005, "1%"),
        (0.006, "1%"),
        (0.385, "39%"),
        (0.38499, "38%"),
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
    assert ENGLISH.join_names(names) == written


def test_plurals_and_placeholders_are_filled():
    words = ("{n} returnee in {place}", "{n} returnees in {place}")
    assert ENGLISH.ngettext(*words, 1, place="Anbar") == "1 returnee in Anbar"
    assert ENGLISH.ngettext(*words, 2000, place="Anbar") == "2,000 returnees in Anbar"
    assert ENGLISH.gettext("{a} of {b}", a=1, b=2) == "1 of 2"
    assert ENGLISH.gettext("50% {kept}") == "50% {kept}"


PLURALS = (
    "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 ? 4 : 5);"
)
CATALOGUE = f"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {PLURALS}\\n"

msgid "{{n}} returnee in {{place}}"
msgid_plural "{{n}} returnees in {{place}}"
msgstr[0] "لا عائدين في {{place}}"
msgstr[1] "عائد واحد في {{place}}"
msgstr[2] "عائدان في {{place}}"
msgstr[3] "{{n}} عائدين في {{place}}"
msgstr[4] "{{n}} عائداً في {{place}}"
msgstr[5] "{{n}} عائد في {{place}}"

msgid "{{low}} – {{high}}"
msgstr "{{low}} – {{high}}"

msgid "per 1,000 residents of {{year}}"
msgstr "لكل 1,000 من سكان {{year}}"

msgid "File of {{name}} (IQG15, 2018-08-31, 1200 × 630)"
msgstr "CSV من {{name}} (IQG15, 2018-08-31, 1200 × 630)"

msgid "People"
msgstr "أفراد"

msgctxt "population"
msgid "People"
msgstr "الفئة"

msgid "Not yet"
msgstr ""

#, fuzzy
msgid "Perhaps"
msgstr "ربما"
"""


@pytest.fixture
def arabic(tmp_path, monkeypatch):
    """Arabic with a catalogue of its own; Sorani with an empty one."""
    for code in ("ckb", "ar", "xx"):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "messages.po").write_text(CATALOGUE if code == "ar" else "", encoding="utf-8")
    monkeypatch.setattr(language_module, "LOCALES", tmp_path)
    load_language.cache_clear()
    yield load_language
    load_language.cache_clear()


def test_every_catalogue_can_be_chosen_english_first(arabic):
    assert languages() == ("en", "ar", "ckb", "xx")


def test_english_is_read_from_no_catalogue(arabic, monkeypatch):
    monkeypatch.setattr(language_module, "_catalogue", lambda path: pytest.fail(str(path)))
    assert load_language("en").gettext("People") == "People"


def test_a_catalogue_is_compiled_once_for_both_kinds_of_digits(arabic):
    assert load_language("ar").catalogue is load_language("ar", NATIVE).catalogue
    assert load_language("ar") is load_language("ar")


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "لا عائدين في بابل"),
        (1, "عائد واحد في بابل"),
        (2, "عائدان في بابل"),
        (7, "7 عائدين في بابل"),
        (2018, "2,018 عائداً في بابل"),
        (1000, "1,000 عائد في بابل"),
    ],
)
def test_arabic_has_six_plurals(arabic, n, said):
    words = ("{n} returnee in {place}", "{n} returnees in {place}")
    assert strip_isolates(load_language("ar").ngettext(*words, n, place="بابل")) == said


def test_scripts_are_handed_every_plural_form(arabic):
    forms = load_language("ar").plurals("{n} returnee in {place}", "{n} returnees in {place}")
    assert set(forms) == {"zero", "one", "two", "few", "many", "other"}
    assert forms["two"] == "عائدان في {place}"
    assert load_language("en").plurals("{n} day", "{n} days") == {
        "one": "{n} day",
        "other": "{n} days",
    }


def test_what_is_not_translated_or_not_confirmed_stays_english(arabic):
    assert load_language("ar").gettext("Not yet") == "Not yet"
    assert load_language("ar").gettext("Perhaps") == "Perhaps"
    assert load_language("ar").gettext("") == ""  # not the head of the catalogue


def test_a_word_may_have_another_translation_in_a_context(arabic):
    assert load_language("ar").gettext("People") == "أفراد"
    assert load_language("ar").pgettext("population", "People") == "الفئة"
    assert load_language("en").pgettext("population", "People") == "People"


# ------------------------------------------------------------------------- from right to left


def test_what_is_put_into_a_sentence_from_right_to_left_is_isolated(arabic):
    said = load_language("ar").gettext("per 1,000 residents of {year}", year=2018)
    assert said == f"لكل 1,000 من سكان {FSI}2018{PDI}"
    assert strip_isolates(said) == "لكل 1,000 من سكان 2018"
    assert ENGLISH.gettext("per 1,000 residents of {year}", year=2018).endswith("of 2018")


def test_a_range_and_what_begins_with_a_latin_word_go_the_way_of_the_language(arabic):
    language = load_language("ar")
    assert language.gettext("{low} – {high}", low="3", high="9") == (
        f"{RLI}{FSI}3{PDI} – {FSI}9{PDI}{PDI}"
    )
    name = "File of {name} (IQG15, 2018-08-31, 1200 × 630)"
    assert language.gettext(name, name="بابل").startswith(f"{RLI}CSV")
    untranslated = language.gettext("Left as it is: {name}", name="بابل")
    assert untranslated == f"Left as it is: {FSI}بابل{PDI}"


def test_a_list_of_codes_is_isolated_in_the_direction_of_its_sentence():
    language = load_language("ar")
    listed = language.join_items(["map", "table"])
    assert strip_isolates(listed) == "map، table"
    assert language.isolated(listed) == f"{RLI}{listed}{PDI}"
    assert ENGLISH.join_items(["map", "table"]) == "map, table"


def test_a_sign_is_read_before_its_number_also_alone_in_a_cell():
    assert load_language("ar").signed(-1400) == f"{LRI}−1,400{PDI}"
    assert load_language("ar", NATIVE).signed(2.5, 1, "%") == f"{RLI}+٢٫٥{PDI}\u00a0نقطة"
    assert load_language("ar").signed(0) == "0"


@given(st.text(), st.sampled_from(["ar", "ckb"]))
def test_isolates_can_be_taken_out_again(text, code):
    language = load_language(code)
    assert strip_isolates(language.isolated(strip_isolates(text))) == strip_isolates(text)


# ----------------------------------------------------------------------------- digits and dates


def test_digits_are_western_unless_native_ones_are_asked_for():
    for code in ("ar", "ckb"):
        western, native = load_language(code), load_language(code, NATIVE)
        assert western.number(12345.6, 1) == "12,345.6"
        assert native.number(12345.6, 1) == "١٢٬٣٤٥٫٦"
        assert (western.percent(0.46), native.percent(0.46)) == ("46%", "٤٦٪")
        assert (western.whole(2018), native.whole(2018)) == ("2018", "٢٠١٨")
    assert load_language("en", NATIVE).number(12345) == "12,345"


def test_native_digits_are_written_in_the_words_of_messages_and_never_in_codes(arabic):
    language = load_language("ar", NATIVE)
    assert strip_isolates(language.gettext("per 1,000 residents of {year}", year=2018)) == (
        "لكل ١٬٠٠٠ من سكان ٢٠١٨"
    )
    name = "File of {name} (IQG15, 2018-08-31, 1200 × 630)"
    said = strip_isolates(language.gettext(name, name="IQG02"))
    assert said == "CSV من IQG02 (IQG15, 2018-08-31, ١٢٠٠ × ٦٣٠)"


@pytest.mark.parametrize(
    ("code", "digits", "medium", "long"),
    [
        ("ar", WESTERN, "5 كانون الأول 2018", "5 كانون الأول 2018"),
        ("ar", NATIVE, "٥ كانون الأول ٢٠١٨", "٥ كانون الأول ٢٠١٨"),
        ("ckb", WESTERN, "5 کانوونی یەکەم 2018", "5ی کانوونی یەکەمی 2018"),
        ("ckb", NATIVE, "٥ کانوونی یەکەم ٢٠١٨", "٥ی کانوونی یەکەمی ٢٠١٨"),
    ],
)
def test_months_are_those_of_iraq(code, digits, medium, long):
    day = dt.date(2018, 12, 5)
    language = load_language(code, digits)
    assert (language.date(day), language.date(day, "long")) == (medium, long)


def test_large_numbers_and_lists_are_in_words_of_the_language():
    assert load_language("ar").compact(3_065_502) == "3.07\xa0مليون"
    assert (
        load_language("ar").compact(-3_065_502) == "\u2066−3.07\u2069\xa0مليون"
    )  # the word is outside
    assert load_language("ckb", NATIVE).compact(387_000) == "٣٨٧\xa0هەزار"
    assert strip_isolates(load_language("ar").join_names(["A", "B", "C"])) == "A وB وC"
    assert strip_isolates(load_language("ckb").join_names(["A", "B", "C"])) == "A، B و C"


def test_a_number_that_counts_is_grouped_and_one_that_names_is_not():
    assert ENGLISH.gettext("{n} in {year}", n=GroupedInt(2000), year=2000) == "2,000 in 2000"


@pytest.mark.parametrize(
    ("code", "direction", "tag"),
    [("en", "ltr", "en"), ("ar", "rtl", "ar"), ("ckb", "rtl", "ckb"), ("ku", "ltr", "ku")],
)
def test_direction_and_tag_follow_from_the_code(code, direction, tag):
    assert (load_language(code).direction, load_language(code).tag) == (direction, tag)
