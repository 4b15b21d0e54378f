"""A place name means one area, however it is spelled; what means none is said with its nearest."""

from __future__ import annotations

import unicodedata

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.bundled.iraq import FULL_NAMES
from geodata.errors import DataError, JoinError
from geodata.places.folding import fold
from geodata.places.gazetteer import (
    Gazetteer,
    explain_retired_code,
    former_codes,
    gazetteer,
    gazetteers,
)
from geodata.places.join import JoinReport, match_rows
from tests import made_up

unhurried = settings(deadline=None)
letters = st.text("abdeghiklmnorstuwyzāīūḥṣ", min_size=3, max_size=12)
names = st.lists(letters, min_size=1, max_size=3).map(" ".join)


@pytest.fixture(scope="module")
def governorates(snapshot) -> Gazetteer:
    rules = former_codes(snapshot.manifest["country"])
    return gazetteer(snapshot.tables.areas, [], level=1, former_codes=rules)


@pytest.fixture(scope="module")
def districts(snapshot) -> Gazetteer:
    return gazetteer(snapshot.tables.areas, [], level=2)


# ------------------------------------------------------------------------------------ folding


@pytest.mark.parametrize(
    "spelling",
    ["Anbar", "AL-ANBAR", "Al -Anbar", "al Anbār", "  Al-Anbar ", "Al–Anbar", "Al\u2011Anbar"],
)
def test_spellings_of_one_name_fold_to_one(spelling):
    assert fold(spelling) == "anbar"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Karbalā’", "KARBALA"),
        ("Salah al-Din", "Salah Al Din"),
        ("Ṣalāḥ ad-Dīn", "Salah ad Din"),
        ("As-Sulaymāniyyah", "Sulaymaniyyah"),
        ("الأنبار", "الانبار"),
        ("الأنبار", "انبار"),
        ("كربلاء", "كـربلاء"),
        ("نینوی", "نينوى"),
        ("البصرة", "البصره"),
        ("دهوك", "دهوک"),
        ("Baghdad", "ＢＡＧＨＤＡＤ"),
    ],
)
def test_forms_of_one_letter_are_one(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Basrah", "Babylon"), ("Kirkuk", "Kerkuk"), ("Alqosh", "Qosh"), ("الموصل", "موصلي")],
)
def test_different_names_stay_different(one, other):
    assert fold(one) != fold(other)


@given(st.text(max_size=40))
@unhurried
def test_folding_any_text_leaves_letters_and_digits_in_one_case(text):
    folded = fold(text)
    assert all(char.isalnum() or unicodedata.combining(char) for char in folded)
    assert folded.casefold() == folded


@given(names, st.sampled_from(["", "Al-", "al ", "AL -", "As-", "Ad "]), st.booleans())
@unhurried
def test_neither_article_nor_case_nor_accents_nor_hyphens_matter(name, article, upper):
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    spelled = article + plain.replace(" ", "-")
    assert fold(spelled.upper() if upper else spelled) == fold("Al-" + name)


# ------------------------------------------------------------------------------------ finding


def test_every_known_spelling_of_a_governorate_finds_it(published_rows, snapshot):
    known = published_rows("boundaries/governorate_aliases")
    rows = [(row["alias"], row["pcode"]) for row in known]
    book = gazetteer(snapshot.tables.areas, [("", alias, pcode) for alias, pcode in rows], level=1)
    assert len(rows) > 90
    found = [book.find(name=alias) for alias, _ in rows]
    assert [match and match.pcode for match in found] == [pcode for _, pcode in rows]


def test_every_district_name_of_the_rounds_finds_the_district_of_the_crosswalk(
    published_rows, snapshot
):
    books = gazetteers(snapshot.tables.areas, snapshot.tables.aliases)
    for row in published_rows("boundaries/district_crosswalk"):
        parent = books.governorates.find(name=row["dtm_governorate"])
        assert parent
        match = books.districts.find(name=row["dtm_district"], scope=parent.pcode)
        assert match and match.pcode == row["pcode"], row


def test_names_in_english_arabic_and_sorani_find_their_area(governorates, snapshot):
    rows = snapshot.tables.areas
    for row in rows[rows["level"] == 1].itertuples():
        for name in (row.name_en, row.name_official, row.name_ar, row.name_ckb):
            match = governorates.find(name=name)
            assert match and (match.pcode, match.method) == (row.pcode, "name"), name


@pytest.mark.parametrize(
    ("spelling", "pcode"),
    [
        ("النجف الأشرف", "IQG04"),
        ("النجف الاشرف", "IQG04"),
        ("كربلاء المقدسة", "IQG12"),
        ("الديوانية", "IQG05"),
        ("کەرکووک", "IQG13"),
        ("سەلاحەدین", "IQG16"),
    ],
)
def test_full_names_and_other_forms_of_governorates_are_known(snapshot, spelling, pcode):
    full = [("", name, of) for of, names in FULL_NAMES.items() for name in names]
    book = gazetteer(snapshot.tables.areas, full, level=1)
    match = book.find(name=spelling)
    assert match and match.pcode == pcode


@pytest.mark.parametrize(
    ("name", "pcode"),
    [
        ("Baghdad Governorate", "IQG08"),
        ("Governorate of Baghdad", "IQG08"),
        ("Province of Anbar", "IQG01"),
        ("Al-Anbar province", "IQG01"),
        ("Muhafazah Najaf", "IQG04"),
        ("محافظة بغداد", "IQG08"),
        ("محافظة  النجف", "IQG04"),
        ("پارێزگای سلێمانی", "IQG06"),
        ("پارێزگای بەغدا", "IQG08"),
        ("NINEWA (Governorate)", "IQG15"),
        ("iqg08", "IQG08"),
    ],
)
def test_a_governorate_is_known_with_the_word_for_what_it_is(governorates, name, pcode):
    match = governorates.find(name=name)
    assert match and match.pcode == pcode


@pytest.mark.parametrize(
    "name",
    [
        "Baghdad District", "قضاء بغداد", "Governorate", "محافظة", "Baghdad City",
        "Baghdadi Province",
        "Governorates of Baghdad", "ناحية بغداد", "Baghdad Governorate Province",
    ],
)  # fmt: skip
def test_a_word_for_another_level_or_a_further_word_makes_no_governorate(governorates, name):
    assert governorates.find(name=name) is None


@pytest.mark.parametrize(
    ("name", "scope", "pcode"),
    [
        ("Haditha District", "IQG01", "IQG01Q06"),
        ("قضاء حديثة", "IQG01", "IQG01Q06"),
        ("قەزای حديثة", "IQG01", "IQG01Q06"),
        ("iqg01q06", "IQG01", "IQG01Q06"),
        ("Haditha Province", "IQG01", None),
        ("ناحية حديثة", "IQG01", None),
    ],
)
def test_a_district_is_known_with_the_word_for_what_it_is(districts, name, scope, pcode):
    match = districts.find(name=name, scope=scope)
    assert (match.pcode if match else None) == pcode


def test_a_name_that_has_the_word_itself_is_known_without_it_unless_two_would_be():
    areas = made_up.areas_table()
    of = areas["pcode"]
    areas.loc[of == "XXG01", ["name_en", "name_official"]] = "Avela Province"
    book = gazetteer(areas, [], level=1)
    match = book.find(name="avela")
    assert match and match.pcode == "XXG01"
    assert book.find(name="Avela Governorate") == match
    areas.loc[of == "XXG02", ["name_en", "name_official"]] = "Avela Governorate"
    book = gazetteer(areas, [], level=1)
    assert book.find(name="Avela") is None
    exact = book.find(name="Avela Governorate")
    assert exact and exact.pcode == "XXG02"


def test_codes_that_only_case_tells_apart_are_told_apart_by_it():
    areas = made_up.areas_table()
    areas.loc[areas["pcode"] == "XXG02", "pcode"] = "xxg01"
    areas["parent"] = areas["parent"].replace("XXG02", "xxg01")
    book = gazetteer(areas, [], level=1)
    assert [book.coded(code) for code in ("XXG01", "xxg01", "Xxg01")] == ["XXG01", "xxg01", ""]


def test_a_code_is_taken_before_a_name_and_the_method_is_told(governorates):
    by_code = governorates.find(code="IQG08", name="Ninewa")
    by_name = governorates.find(name=" ninewa")
    assert by_code and (by_code.pcode, by_code.method) == ("IQG08", "code")
    assert by_name and (by_name.pcode, by_name.method) == ("IQG15", "name")


@pytest.mark.parametrize("code", ["IQ-G08", "iq-g08", " IQ-G08 ", "IQ-G15-Q01", "IQ-G15Q01"])
def test_codes_of_the_numbering_before_2019_are_refused_with_an_explanation(governorates, code):
    with pytest.raises(JoinError) as refusal:
        governorates.find(code=code)
    said = str(refusal.value)
    assert repr(code.strip()) in said
    assert "IQ-G08 was Dahuk, IQG08 is Baghdad" in said
    assert "Do not drop the hyphen" in said


def test_another_country_has_codes_of_its_own_to_refuse_or_none(examplia):
    rules = [{"pattern": "OLD[0-9]", "sentence": "P-code {code} was given up; use XXG01 or XXG02."}]
    assert explain_retired_code(rules, "old7") == "P-code 'old7' was given up; use XXG01 or XXG02."
    assert explain_retired_code(rules, "OLD77") == explain_retired_code(rules, "IQ-G08") == ""
    assert explain_retired_code(former_codes(examplia.manifest["country"]), "IQ-G08") == ""
    book = gazetteer(examplia.tables.areas, [], level=1, former_codes=rules)
    with pytest.raises(JoinError, match="given up"):
        book.find(code="OLD7", name="Alpha")
    assert book.find(code="IQ-G08") is None


def test_areas_of_one_name_are_told_apart_by_code_or_alias_and_never_guessed():
    areas = made_up.areas_table()
    areas.loc[areas["pcode"] == "XXG01Q02", ["name_en", "name_official"]] = "North-Alpha"
    book = gazetteer(areas, [("XXG01", "Upper Alpha", "XXG01Q02")], level=2)
    assert book.find(name="North Alpha", scope="XXG01") is None
    assert book.nearest("north alpha", "XXG01")[:2] == [
        "North Alpha (XXG01Q01)", "North-Alpha (XXG01Q02)",
    ]  # fmt: skip
    by_code = book.find(code="XXG01Q02", scope="XXG01")
    by_alias = book.find(name="upper alpha", scope="XXG01")
    assert by_code and by_alias and by_code.pcode == by_alias.pcode == "XXG01Q02"


def test_a_district_is_looked_for_in_its_own_governorate(districts, snapshot):
    rows = snapshot.tables.areas
    first = rows[rows["level"] == 2].iloc[0]
    elsewhere = next(p for p in rows["parent"].dropna().unique() if p != first["parent"])
    assert districts.find(name=first["name_en"], scope=first["parent"])
    assert districts.find(name=first["name_en"], scope=elsewhere) is None


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("Anbr", "Anbar (IQG01)"), ("Nineva", "Ninewa (IQG15)"), ("Slemani", "Sulaymaniyah (IQG06)")],
)
def test_a_misspelt_name_comes_with_its_nearest(snapshot, wrong, meant):
    book = gazetteers(snapshot.tables.areas, snapshot.tables.aliases).governorates
    close = book.nearest(wrong)
    assert close[0] == meant
    assert len(close) == len(set(close)) <= 3


def test_nothing_is_near_to_nonsense(governorates):
    assert governorates.find(name="Xyzzyq") is None
    assert governorates.nearest("Xyzzyq") == []


def test_one_spelling_may_not_mean_two_areas():
    areas = made_up.areas_table()
    with pytest.raises(DataError, match="'alfa' would mean both XXG01 and XXG02"):
        gazetteer(areas, [("", "Alfa", "XXG01"), ("", "alfa", "XXG02")], level=1)


# ------------------------------------------------------------------------------------ placing


def test_placing_gives_every_row_a_code_or_none_and_writes_down_how():
    book = gazetteer(made_up.areas_table(), [("", "Alfa", "XXG01")], level=1)
    rows = pd.DataFrame(
        {
            "where": ["XXG01", "Al-Alpha", "beta", "Alfa", "Bheta", "Bheta", "Qqqq"],
            "households": [1, 2, 4, 8, 16, 32, 64],
        }
    )
    report = JoinReport()
    pcodes = match_rows(rows, book, report, "t", "where")
    assert pcodes.fillna("-").tolist() == ["XXG01", "XXG01", "XXG02", "XXG01", "-", "-", "-"]
    assert report.rows == {"t": {"code": 1, "name": 2, "alias": 1, "none": 3}}
    lost = {u.place: (u.rows, u.households, u.nearest) for u in report.unmatched}
    assert lost == {"Bheta": (2, 48, ["Beta (XXG02)"]), "Qqqq": (1, 64, [])}
    said = "\n".join(report.lines())
    assert "'Bheta' in t: 2 rows, 48 households; nearest: Beta (XXG02)" in said
    assert "'Qqqq' in t: 1 row, 64 households; nothing is near it" in said
