"""A cell says a number, a day or a word, or it is refused with the rule it breaks."""

from __future__ import annotations

import datetime as dt
import doctest
import importlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.sources import cell_values
from geodata.sources.cell_values import CellError, clean_text, is_total, parse_count, parse_date
from geodata.sources.finding_log import MAX_ROWS_LOGGED, FindingLog
from geodata.util.suggestions import suggestions

unhurried = settings(deadline=None)
EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
days = st.dates(dt.date(1990, 1, 1), dt.date(2026, 10, 31))


def rule(reader, value) -> str:
    with pytest.raises(CellError) as told:
        reader(value)
    return str(told.value)


# ---------------------------------------------------------------------------------- numbers


@given(
    st.integers(0, cell_values.MAX_COUNT),
    st.sampled_from([",", " ", "\u00a0", "\u202f", "'", "’"]),
)
@unhurried
def test_a_number_is_read_however_its_thousands_are_separated(number, separator):
    grouped = f"{number:,}".replace(",", separator)
    for written in (grouped, f" {number} ", f"{grouped}.0", number, float(number)):
        assert parse_count(written) == number


@given(st.integers(0, cell_values.MAX_COUNT))
@unhurried
def test_arabic_digits_are_digits(number):
    assert parse_count(f"{number:,}".replace(",", "٬").translate(EASTERN)) == number


@pytest.mark.parametrize("word", ["#REF!", "#n/a", "#DIV/0!", "#NAME?", "#WERT!", "Err:502"])
def test_a_formula_without_a_result_is_never_nothing(word):
    assert rule(parse_count, word) == rule(parse_date, word) == cell_values.FORMULA_ERROR
    assert cell_values.formula_error(f" {word} ") == word.upper()


@pytest.mark.parametrize("word", ["#adm1+code", "#", "#1", "Erbil", "n/a", "Error", 5, None])
def test_other_words_are_no_broken_formulas(word):
    assert cell_values.formula_error(word) == ""


@pytest.mark.parametrize("value", ["", "  ", None, "n/a", "N/A", "Not available", float("nan")])
def test_a_cell_that_says_nothing_is_none_and_never_zero(value):
    assert parse_count(value) is None
    assert parse_count("0") == 0


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("-5", cell_values.NEGATIVE),
        (-5, cell_values.NEGATIVE),
        ("\u22125", cell_values.NEGATIVE),
        ("12.5", cell_values.A_PART),
        ("1.234", cell_values.A_PART),
        (2.5, cell_values.A_PART),
        ("1,23", cell_values.NOT_A_NUMBER),
        ("1,234 567", cell_values.NOT_A_NUMBER),
        ("12x", cell_values.NOT_A_NUMBER),
        ("-", cell_values.NOT_A_NUMBER),
        ("1e5", cell_values.NOT_A_NUMBER),
        (float("inf"), cell_values.NOT_A_NUMBER),
        (True, cell_values.NOT_A_NUMBER),
        ("9" * 400, cell_values.TOO_MANY),
        (cell_values.MAX_COUNT + 1, cell_values.TOO_MANY),
    ],
    ids=repr,
)
def test_what_is_no_number_of_people_is_refused_with_its_rule(value, said):
    assert rule(parse_count, value) == said


@given(st.text(max_size=30))
@unhurried
def test_any_text_is_a_number_nothing_or_refused(value):
    try:
        number = parse_count(value)
        assert number is None or 0 <= number <= cell_values.MAX_COUNT
    except CellError as error:
        assert str(error).endswith(".")


# ------------------------------------------------------------------------------------- days


@given(days)
@unhurried
def test_a_day_is_read_however_it_is_written(found):
    named = f"{found.day} {found:%B} {found.year}"
    for written in (found.isoformat(), f"{found}T00:00:00", f"{found} 00:00:00+00:00", named,
                    f"{found:%d-%b-%Y}", f"{found:%B} {found.day}, {found.year}", found,
                    dt.datetime.combine(found, dt.time(23, 59))):  # fmt: skip
        assert parse_date(written) == found


@given(days)
@unhurried
def test_a_month_is_its_last_day(found):
    last = parse_date(f"{found:%Y-%m}")
    assert last is not None
    assert (last.year, last.month) == (found.year, found.month)
    assert (last + dt.timedelta(days=1)).day == 1
    assert parse_date(f"{found:%b %Y}") == parse_date(f"{found:%B %Y}") == last


IRAQI = ["كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول",
         "تشرين الأول", "تشرين الثاني", "كانون الأول"]  # fmt: skip
ARABIC = ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر",
          "أكتوبر", "نوفمبر", "ديسمبر"]  # fmt: skip
SORANI = ["کانوونی دووەم", "شوبات", "ئازار", "نیسان", "ئایار", "حوزەیران", "تەمووز", "ئاب",
          "ئەیلوول", "تشرینی یەکەم", "تشرینی دووەم", "کانوونی یەکەم"]  # fmt: skip
BARE = str.maketrans("أإآ", "ااا")
KEYBOARDS = [{}, str.maketrans("يك", "یک"), str.maketrans("یک", "يك"), BARE]


@given(days, st.sampled_from([IRAQI, ARABIC, SORANI]), st.sampled_from(KEYBOARDS), st.booleans())
@unhurried
def test_a_month_is_read_by_its_arabic_and_sorani_names_from_any_keyboard(
    found, names, keyboard, native
):
    name = names[found.month - 1].translate(keyboard)
    ending = "ی" if names is SORANI else ""
    last = parse_date(f"{found:%Y-%m}")
    for written in (f"{found.day} {name} {found.year}", f"{found.day}-{name}-{found.year}",
                    f"{found.day}{ending} {name}{ending} {found.year}",
                    f"{found.day} {name}، {found.year}",
                    f"{found.year} {name} {found.day}"):  # fmt: skip
        assert parse_date(written.translate(EASTERN) if native else written) == found
    for written in (f"{name} {found.year}", f"{found.year} {name}", f"{name}-{found:%y}"):
        assert parse_date(written.translate(EASTERN) if native else written) == last


@pytest.mark.parametrize(
    ("written", "last"),
    [
        ("حزيران/يونيو 2021", dt.date(2021, 6, 30)),
        ("مايس 2020", dt.date(2020, 5, 31)),
        ("کانوونی یەک ٢٠١٩", dt.date(2019, 12, 31)),
        ("حزيران/مايو 2021", None),
        ("ئەیلولی 2020", dt.date(2020, 9, 30)),
    ],
)
def test_a_month_may_be_named_twice_and_as_people_say_it(written, last):
    if last:
        assert parse_date(written) == last
    else:
        assert rule(parse_date, written) == cell_values.NOT_A_DAY


@given(days)
@unhurried
def test_a_day_or_month_that_a_spreadsheet_shows_is_read_from_its_text(found):
    last = parse_date(f"{found:%Y-%m}")
    assert parse_date(f"{found:%d-%b-%y}") == parse_date(f"{found.day}-{found:%b-%y}") == found
    assert (
        parse_date(f"{found:%b-%y}")
        == parse_date(f"{found:%B'%y}")
        == parse_date(f"{found:%m/%Y}")
        == last
    )
    assert parse_date(f"{found:%Y/%m/%d}") == found


@given(days)
@unhurried
def test_numbers_are_a_date_only_where_they_can_be_one_alone(found):
    written = f"{found:%d/%m/%Y}"
    if found.day <= 12 and found.day != found.month:
        assert rule(parse_date, written) == cell_values.TWO_DAYS
    else:
        assert parse_date(written) == found
    assert parse_date(written, "%d/%m/%Y") == found


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("soon", cell_values.NOT_A_DAY),
        ("43921", cell_values.A_NUMBER),
        ("2020", cell_values.A_YEAR),
        ("June 21", cell_values.NOT_A_DAY),
        ("21-Jun", cell_values.NOT_A_DAY),
        ("a" + " " * 50_000 + "x", cell_values.NOT_A_DAY),
        ("#REF!", cell_values.FORMULA_ERROR),
        ("#N/A", cell_values.FORMULA_ERROR),
        ("2020-02-30", cell_values.NO_SUCH_DAY),
        ("2020-13", cell_values.NO_SUCH_DAY),
        ("31 Juvember 2020", cell_values.NOT_A_DAY),
        ("1989-12-31", cell_values.OUT_OF_RANGE),
        ("2199-01-01", cell_values.OUT_OF_RANGE),
        (dt.date(2199, 1, 1), cell_values.OUT_OF_RANGE),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_date_is_refused_with_its_rule(value, said):
    assert rule(parse_date, value) == said


def test_a_pattern_is_the_only_way_where_there_is_one():
    assert parse_date("03.2020", "%m.%Y") == dt.date(2020, 3, 31)
    assert "%d/%m/%Y" in rule(lambda cell: parse_date(cell, "%d/%m/%Y"), "2020-03-31")


@given(st.text(max_size=30))
@unhurried
def test_any_text_is_a_day_nothing_or_refused(value):
    try:
        found = parse_date(value)
        assert found is None or found >= cell_values.EARLIEST_DATE
    except CellError as error:
        assert str(error).endswith(".")


# ------------------------------------------------------------------------------------ words


def test_words_come_on_one_line_without_signs_that_are_not_seen():
    assert clean_text("  Al-\u200fAnbar\n\u00a0district\ufeff ") == "Al-Anbar district"


@pytest.mark.parametrize("word", ["Total", " GRAND TOTAL: ", "المجموع", "sum", "Total Alpha"])
def test_a_sum_is_known_by_its_word(word):
    assert is_total(word)


@pytest.mark.parametrize("name", ["Totali", "Sumel", "Sumar", "كوي سنجق", "مجمع", "Nationalia"])
def test_a_place_whose_name_begins_like_a_sum_is_none(name):
    assert not is_total(name)


def test_no_area_that_ships_is_taken_for_a_sum(snapshot):
    areas = snapshot.tables.areas
    names = [name for c in ("name_en", "name_official", "name_ar", "name_ckb") for name in areas[c]]
    assert not [name for name in names if is_total(name)]


@pytest.mark.parametrize("module", ["geodata.sources.cell_values", "geodata.util.suggestions"])
def test_the_examples_in_docstrings_are_true(module):
    tried = doctest.testmod(importlib.import_module(module))
    assert tried.attempted and not tried.failed


def test_the_nearest_choices_come_best_first():
    assert suggestions("idps", ["returnee", "idp", "refugee"])[0] == "idp"
    assert suggestions("zzz", ["idp"]) == ()
    assert suggestions("IDPS", {"idp": 1, "returnee": 2}) == ("idp",)
    assert suggestions("", ["idp"]) == () == suggestions("idp", [])
    assert suggestions("rat", ["rate", "date", "raat"], 1) == ("rate",)


# ---------------------------------------------------------------------------------- findings


def test_of_a_mistake_in_very_many_rows_each_is_counted_and_a_thousand_are_kept():
    log = FindingLog("made-up.csv", "S")
    for row in range(MAX_ROWS_LOGGED + 500):
        log.error("It is wrong.", row=row, column="people", value="x")
    log.warning("Look at this.")
    findings = log.all()
    assert len(findings) == MAX_ROWS_LOGGED + 2
    assert log.errors == MAX_ROWS_LOGGED + 500
    assert findings[-1].line() == (
        "made-up.csv, sheet S, column people: and in 500 more rows: It is wrong."
    )


def test_one_more_row_is_one_row():
    log = FindingLog("made-up.csv", "S")
    for row in range(MAX_ROWS_LOGGED + 1):
        log.error("It is wrong.", row=row, column="people", value="x")
    assert "and in 1 more row: It is wrong." in log.all()[-1].line()


def test_a_long_value_is_shown_by_its_beginning():
    log = FindingLog()
    log.error("It is long.", value="x" * 500)
    assert log.all()[0].value == "x" * 79 + "…"
