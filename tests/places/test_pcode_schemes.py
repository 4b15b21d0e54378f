"""P-codes of a round are read by the numbering they are of, or the round is refused."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pandas as pd
import pytest

from geodata.bundled.iraq import COUNTRY, GOVERNORATES_OF_2014
from geodata.ingest.merge import Merged, merge
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.contract import BREAKDOWNS_READ, COUNTS_READ, ParsedSource, no_breakdowns
from geodata.util.findings import Harm
from tests import made_up

OLD, NEW = "2014", "2019"


def test_each_governorate_of_2014_is_one_of_those_of_2019(snapshot):
    areas = snapshot.tables.areas
    assert sorted(GOVERNORATES_OF_2014.values()) == sorted(areas.loc[areas["level"] == 1, "pcode"])
    assert list(GOVERNORATES_OF_2014) == [f"G{number:02}" for number in range(1, 19)]
    schemes = COUNTRY["pcode_schemes"]
    assert [scheme["name"] for scheme in schemes["schemes"]] == [NEW, OLD]
    for code in ("IQG08", "IQ-G08", "IRQ-G08", "IRQG08", "IQ-G08-Q01", "IQG08Q01"):
        found = re.fullmatch(schemes["written"], code)
        assert found and found[1] == "G08", code


# ---- a made-up country that renumbered its areas: digits of 2014 go round by one


BOOK = {
    "G01": "Alpha",
    "G02": "Beta",
    "G03": "Gamma",
    "G04": "Delta",
    "G05": "Epsilon",
}
FORMER = {"G01": "XXG01", "G02": "XXG03", "G03": "XXG04", "G04": "XXG05", "G05": "XXG02"}
SCHEMES = {
    "written": "(?:XX|XXX)-?(G[0-9]{2})(?:-?(Q[0-9]{2}))?",
    "schemes": [{"name": NEW}, {"name": OLD, "governorates": FORMER}],
}
FIRST, SECOND = dt.date(2022, 1, 31), dt.date(2022, 3, 31)
HELD = {"XXG01": 1_000, "XXG02": 20_000, "XXG03": 300, "XXG04": 4_000, "XXG05": 50}


@pytest.fixture(scope="module")
def renumbered(examplia: Snapshot) -> Snapshot:
    """A country of five governorates, of which four have changed their digits."""
    named = {f"XX{digits}": name for digits, name in BOOK.items()}
    rows = [
        {"pcode": code, "level": 1, "parent": None, "name_en": name, "name_official": name,
         "name_ar": None, "name_ckb": None}
        for code, name in named.items()
    ] + [
        {"pcode": f"{code}Q01", "level": 2, "parent": code, "name_en": f"North {name}",
         "name_official": f"North {name}", "name_ar": None, "name_ckb": None}
        for code, name in named.items()
    ]  # fmt: skip
    areas = made_up.frame("areas", rows, parent="str", name_ar="str", name_ckb="str")
    counts = [
        made_up.count("idp", "2021-07-31", code, None, level=1, people=people)
        for code, people in HELD.items()
    ]
    text = dict.fromkeys(["population", "pcode", "place", "programme", "source"], "str")
    table = made_up.frame("counts", counts, households="Int64", people="Int64", **text)
    empty = {
        name: getattr(examplia.tables, name).head(0)
        for name in ("breakdowns", "coverage", "reach", "residents", "published")
    }
    tables = replace(examplia.tables, areas=areas, counts=table, **empty)
    country = {**made_up.COUNTRY, "pcode_schemes": SCHEMES}
    return Snapshot("renumbered", {"country": country}, tables, examplia.topology)


def coded(numbering: str, form: str = "XXX-{}") -> dict[str, str]:
    """``P-code of today -> code`` as a source writes it by a numbering."""
    if numbering == NEW:
        return {f"XX{digits}": form.format(digits) for digits in BOOK}
    return {code: form.format(digits) for digits, code in FORMER.items()}


def rows_of(
    numbering: str,
    *,
    names: bool = True,
    form: str = "XXX-{}",
    date: dt.date = FIRST,
    number: int | None = 7,
    people: dict[str, int] = HELD,
    **other: object,
) -> list[dict[str, object]]:
    return [
        {
            "population": "idp", "date": date, "round": number, "programme": "", "level": 1,
            "adm1": BOOK[code[2:]] if names else "", "adm1_code": written, "adm2": "",
            "adm2_code": "", "households": None, "people": people[code], "rows": 1,
            "file": "made.csv", "row": at,
        } | other
        for at, (code, written) in enumerate(coded(numbering, form).items(), start=2)
    ]  # fmt: skip


def merged(held: Snapshot, *rows: dict[str, object], said: str = "") -> Merged:
    counts = pd.DataFrame(rows, columns=list(COUNTS_READ))
    source = dict(made_up.SOURCES[0])
    return merge(
        held, ParsedSource("table", source, (), counts, no_breakdowns()), pcode_scheme=said
    )


def people(made: Merged, date: dt.date = FIRST, level: int = 1) -> dict[str, int]:
    rows = made.tables.counts
    rows = rows[(rows["date"] == pd.Timestamp(date)) & (rows["level"] == level)]
    return dict(zip(rows["pcode"].astype(str), rows["people"].astype(int), strict=True))


def told(made: Merged) -> str:
    return "\n".join(error.line() for error in made.errors)


@pytest.mark.parametrize("numbering", [OLD, NEW])
@pytest.mark.parametrize("form", ["XXX-{}", "XX{}", "XX-{}", "xxx{}"])
def test_names_say_of_which_numbering_the_codes_of_a_round_are(renumbered, numbering, form):
    made = merged(renumbered, *rows_of(numbering, form=form))
    assert not made.errors
    assert people(made) == HELD
    assert made.codes == [
        f"round 7, 31 January 2022: P-codes of {numbering}, by names of 5 of 5 places"
    ]


def test_each_round_of_a_file_is_judged_for_itself(renumbered):
    made = merged(renumbered, *rows_of(NEW), *rows_of(OLD, date=SECOND, number=8), said="")
    assert people(made) == people(made, SECOND) == HELD
    assert [line.split("P-codes of ")[1][:4] for line in made.codes] == [NEW, OLD]


def test_rounds_that_are_alike_are_told_in_one_line(renumbered):
    made = merged(renumbered, *rows_of(OLD), *rows_of(OLD, date=SECOND, number=8))
    (line,) = made.codes
    assert "(2 dates): P-codes of 2014" in line


def test_codes_alone_that_leave_it_open_are_refused_once(renumbered):
    made = merged(renumbered, *rows_of(OLD, names=False), *rows_of(OLD, date=SECOND))
    (error,) = made.errors
    assert (error.file, error.row) == ("made.csv", 3)
    assert error.harm is Harm.OTHER_PLACE
    assert "XXX-G02 is Beta by that of 2019 and Gamma by that of 2014" in error.sentence
    assert "`pcode_scheme: 2019` or `pcode_scheme: 2014`" in error.sentence
    assert people(made) == {}
    assert people(made, SECOND) == HELD


def test_a_code_that_means_the_same_by_every_numbering_needs_no_name(renumbered):
    first = rows_of(OLD, names=False)[0]
    made = merged(renumbered, first)
    assert people(made) == {"XXG01": 1_000}
    assert "mean the same" in made.codes[0]


@pytest.mark.parametrize("numbering", [OLD, NEW])
def test_codes_alone_are_of_the_numbering_that_is_said(renumbered, numbering):
    made = merged(renumbered, *rows_of(numbering, names=False), said=numbering)
    assert people(made) == HELD
    assert made.codes[0].endswith(f"P-codes of {numbering}, as said")


def test_names_are_held_against_what_is_said(renumbered):
    made = merged(renumbered, *rows_of(OLD), said=NEW)
    (error,) = made.errors
    assert "said to be of 2019" in error.sentence and "they are of 2014" in error.sentence


def test_rows_without_a_name_follow_the_names_of_their_round(renumbered):
    rows = rows_of(OLD)
    rows[1]["adm1"] = ""
    made = merged(renumbered, *rows)
    assert people(made) == HELD
    assert "4 of 4 places, and so of 1 without a name that tells" in made.codes[0]


def test_codes_alone_as_the_areas_have_them_are_theirs(renumbered):
    made = merged(renumbered, *rows_of(NEW, names=False, form="XX{}"))
    assert people(made) == HELD
    assert "P-codes of 2019, by how they are written" in made.codes[0]


@pytest.mark.parametrize(
    "rows",
    [rows_of(OLD, names=False, form="XX{}"), rows_of(OLD, names=False, form="xx{}")],
    ids=["as written", "small letters"],
)
def test_figures_that_fit_another_numbering_refuse_codes_alone(renumbered, rows):
    made = merged(renumbered, *rows)
    (error,) = made.errors
    assert "By those of 2014 the figures are close to what is held" in error.sentence
    assert people(merged(renumbered, *rows, said=OLD)) == HELD


def test_figures_refuse_a_numbering_that_is_said_and_does_not_fit(renumbered):
    made = merged(renumbered, *rows_of(OLD, names=False), said=NEW)
    assert "By those of 2014 the figures are close" in told(made)


def test_one_row_of_a_governorate_among_districts_hides_no_figures(renumbered):
    rows = rows_of(OLD, names=False, form="XX{}")
    made = merged(renumbered, rows[1], *inner(rows, names=False))
    assert "By those of 2014 the figures are close" in told(made)


def test_figures_of_another_size_say_nothing_of_the_numbering(renumbered):
    few = dict.fromkeys(HELD, 6)
    assert people(merged(renumbered, *rows_of(NEW, names=False, form="XX{}", people=few))) == few


def test_a_row_whose_name_contradicts_its_code_is_told_by_row(renumbered):
    rows = rows_of(OLD)
    rows[3]["adm1"] = "Alpha"
    made = merged(renumbered, *rows)
    (error,) = made.errors
    assert (error.file, error.row, error.value) == ("made.csv", 5, "XXX-G04")
    assert error.harm is Harm.OTHER_PLACE
    assert "the code means Epsilon (XXG05)" in error.sentence
    assert "'Alpha', means Alpha (XXG01)" in error.sentence
    assert "by names of 4 of 5 places" in made.codes[0]


def test_a_place_without_a_name_is_refused_by_its_code_alone(renumbered):
    """As HDX HAPI has them: DTM's words for a name that is not known are none of a place."""
    unnamed = rows_of(NEW, names=False, adm1="Not available")
    (error,) = merged(renumbered, *unnamed).errors
    assert error.value.endswith(": XXX-G02, XXX-G03, XXX-G04, XXX-G05")


def test_one_name_beside_a_code_of_the_areas_does_not_change_the_numbering(renumbered):
    rows = rows_of(NEW, form="XX{}")[:2]
    rows[1]["adm1"] = "Gamma"
    (error,) = merged(renumbered, *rows).errors
    assert "the code means Beta (XXG02)" in error.sentence


def test_codes_that_no_numbering_explains_are_refused_or_left_out(renumbered):
    rows = rows_of(NEW)
    for row, name in zip(rows, ("Epsilon", "Delta", "Beta", "Alpha", "Gamma"), strict=True):
        row["adm1"] = name
    made = merged(renumbered, *rows)
    assert "contradict each other by every numbering that is known" in told(made)
    by_name = merged(renumbered, *rows, said="names")
    assert people(by_name)["XXG05"] == HELD["XXG01"]
    assert "left out" in by_name.codes[0]


def test_a_numbering_that_there_is_not_is_refused(renumbered):
    (error,) = merged(renumbered, *rows_of(OLD), said="2041").errors
    assert "it may be 2019 or 2014 or names" in error.sentence
    assert "2014" in error.nearest


def inner(rows: list[dict[str, object]], *, names: bool = True) -> list[dict[str, object]]:
    """The same figures, of the northern district of each governorate."""
    return [
        row
        | {"level": 2, "adm2": f"North {row['adm1']}" if names else "",
           "adm2_code": f"{row['adm1_code']}Q01"}
        for row in rows
    ]  # fmt: skip


def test_districts_of_a_former_numbering_are_found_by_name(renumbered):
    made = merged(renumbered, *inner(rows_of(OLD)))
    assert people(made, level=2) == {f"{code}Q01": n for code, n in HELD.items()}
    assert people(made) == HELD
    assert any("Codes of districts" in one.sentence for one in made.findings)
    bare = merged(renumbered, *inner(rows_of(OLD), names=False))
    assert "known by name only" in told(bare)


def test_districts_of_todays_numbering_are_found_by_code_in_any_form(renumbered):
    made = merged(renumbered, *inner(rows_of(NEW), names=False))
    assert people(made, level=2) == {f"{code}Q01": n for code, n in HELD.items()}


def test_the_name_of_a_district_says_the_numbering_where_its_governorate_has_none(renumbered):
    rows = [row | {"adm1": "", "adm1_code": ""} for row in inner(rows_of(OLD))]
    made = merged(renumbered, *rows)
    assert people(made) == HELD
    assert "P-codes of 2014, by names of 5 of 5 places" in made.codes[0]


def test_a_district_in_another_governorate_than_its_row_says_is_told(renumbered):
    rows = inner(rows_of(NEW), names=False)
    rows[1] |= {"adm1": "Alpha", "adm1_code": "XXG01", "adm2_code": "XXG02Q01"}
    (error,) = merged(renumbered, *rows).errors
    assert (error.row, error.value) == (3, "XXG02Q01")
    assert "means North Beta (XXG02Q01) in Beta, and the row is of Alpha (XXG01)" in error.sentence


def test_codes_in_the_column_of_names_are_codes(renumbered):
    rows = [row | {"adm1": row["adm1_code"], "adm1_code": ""} for row in rows_of(OLD)]
    assert "do not say of which numbering" in told(merged(renumbered, *rows))
    assert people(merged(renumbered, *rows, said=OLD)) == HELD


def test_breakdowns_follow_the_numbering_of_their_date(renumbered):
    counts = pd.DataFrame(rows_of(OLD), columns=list(COUNTS_READ))
    part = {
        "kind": "shelter", "population": "idp", "date": FIRST, "adm1": "", "adm1_code": "XXX-G02",
        "category": "camp", "households": 3,
    }  # fmt: skip
    parts = pd.DataFrame([part], columns=list(BREAKDOWNS_READ))
    made = merge(renumbered, ParsedSource("table", dict(made_up.SOURCES[0]), (), counts, parts))
    rows = made.tables.breakdowns
    assert rows["pcode"].tolist() == ["XXG03"]


def test_other_boundaries_have_no_part_in_the_numberings(renumbered):
    areas = renumbered.tables.areas
    coded = areas.assign(
        pcode=areas["pcode"].str.replace("XXG", "YY"),
        parent=areas["parent"].str.replace("XXG", "YY"),
    )
    counts = renumbered.tables.counts
    other = replace(
        renumbered.tables,
        areas=coded,
        counts=counts.assign(pcode=counts["pcode"].str.replace("XXG", "YY")),
    )
    held = Snapshot("other", renumbered.manifest, other, renumbered.topology)
    rows = [row | {"adm1_code": f"YY0{at}"} for at, row in enumerate(rows_of(NEW), start=1)]
    made = merged(held, *rows)
    assert not made.errors and not made.codes
    assert people(made) == {code.replace("XXG", "YY"): n for code, n in HELD.items()}


def test_two_codes_that_differ_in_the_columns_of_one_place_are_told(examplia):
    row = rows_of(NEW)[0] | {"adm1": "XXG02", "adm1_code": "XXG01"}
    assert "the code means Alpha (XXG01)" in told(merged(examplia, row))


def test_a_country_of_one_numbering_is_read_as_ever(examplia):
    rows = [
        row | {"adm1": name, "adm1_code": code}
        for row, name, code in zip(
            rows_of(NEW), ("Alpha", "", "Beta"), ("XXG01", "XXG01", "unknown"), strict=False
        )
    ]
    rows[1]["date"] = SECOND
    made = merged(examplia, *rows)
    assert not made.errors and not made.codes
    assert people(made) == {"XXG01": 1_000, "XXG02": 300}
