"""Tables beside the figures come in with every cell checked and every code known, or not at all."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.ingest.merge import merge
from geodata.places.gazetteer import Match, gazetteers
from geodata.sources.cell_values import CellError
from geodata.sources.contract import ParsedSource, ReadOptions
from geodata.sources.reference import reader as reference
from geodata.sources.reference.cells import part_of_date
from geodata.util.findings import no_progress
from geodata.util.partial_dates import span_of

unhurried = settings(deadline=None)
READERS = {kind.name: kind.read for kind in reference.KINDS}
GOOD = {
    "programmes": "code,name,pillar,start_year,end_year\nNEW,Made-up aid,relief,2019,\n",
    "coverage": "programme,pcode,from_date,to_date,status,source\n"
    "AID,XXG01,2019-03,2020,Implemented,A letter\n",
    "reach": "programme,pcodes,indicator,value,cumulative,source,as_of\n"
    "AID,XXG01; XXG02,families helped,1 200 (target),no,A letter,2020-03-31\n",
    "residents": "pcode,year,residents,basis,url\nXXG01,2018,\"1,000\",made up,https://example.org\n",
    "aliases": "spelling,pcode\nAlfa,XXG01\nAlfa du Nord,XXG01Q01\n",
}  # fmt: skip


@pytest.fixture
def reading(tmp_path: Path, examplia):
    """Read the text of a file as a table."""

    def made(kind: str, text: str, **asked: object) -> ParsedSource:
        path = tmp_path / f"{kind}.csv"
        path.write_text(text, "utf-8")
        return READERS[kind]([path], examplia, ReadOptions(**asked), no_progress)  # type: ignore[arg-type]

    return made


def told(made: ParsedSource) -> str:
    return "\n".join(finding.line() for finding in made.findings)


# ------------------------------------------------------------------------------------- good


def test_every_kind_has_a_reader():
    assert set(READERS) == {"programmes", "coverage", "reach", "residents", "aliases"}


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_table_joins_the_snapshot(reading, examplia, kind):
    made = reading(kind, GOOD[kind])
    assert not made.findings, told(made)
    assert set(made.tables) == {kind}
    merged = getattr(merge(examplia, made).tables, kind)
    fresh = made.tables[kind].astype("str")
    assert merged.astype("str").merge(fresh).shape[0] == len(fresh)


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_tables_that_are_held_come_back_as_they_are(snapshot, tmp_path, kind, ending):
    held = getattr(snapshot.tables, kind)
    path = tmp_path / f"{kind}.{ending}"
    held.to_csv(path, index=False) if ending == "csv" else held.to_excel(path, index=False)
    made = READERS[kind]([path], snapshot, ReadOptions(), no_progress)
    assert not made.errors, told(made)
    assert made.files[0].rows == len(held)
    ours = made.tables[kind].sort_values(list(held.columns), ignore_index=True)
    theirs = held.sort_values(list(held.columns), ignore_index=True)
    pd.testing.assert_frame_equal(
        ours.astype("object").where(ours.notna(), None),
        theirs.astype("object").where(theirs.notna(), None),
        check_dtype=False,
    )


@given(st.permutations(["code", "name", "pillar", "start_year", "end_year", "funders"]))
@unhurried
def test_columns_are_known_by_name_wherever_they_stand(examplia, tmp_path_factory, order):
    cells = {"code": "NEW", "name": "Aid", "pillar": "relief", "start_year": "2019",
             "end_year": "2021", "funders": "Nobody; “others”"}  # fmt: skip
    path = tmp_path_factory.mktemp("reference") / "programmes.csv"
    pd.DataFrame([cells])[list(order)].to_csv(path, index=False)
    (row,) = (
        READERS["programmes"]([path], examplia, ReadOptions(), no_progress)
        .tables["programmes"]
        .to_dict("records")
    )
    assert {name: str(row[name]) for name in cells} == cells
    assert row["description"] == ""


def test_a_spelling_that_is_added_is_found_from_then_on(reading, examplia):
    made = reading("aliases", GOOD["aliases"])
    tables = merge(examplia, made).tables
    books = gazetteers(tables.areas, tables.aliases)
    assert books.governorates.find(name="ALFA") == Match("XXG01", "alias")
    found = books.districts.find(name="alfa  du nord", scope="XXG01")
    assert found == Match("XXG01Q01", "alias")


def test_a_date_is_kept_as_precise_as_it_is(reading):
    made = reading("coverage", GOOD["coverage"])
    (row,) = made.tables["coverage"].to_dict("records")
    assert (row["from_date"], row["to_date"], row["status"]) == ("2019-03", "2020", "implemented")


def test_results_stay_as_they_are_printed(reading):
    (row,) = reading("reach", GOOD["reach"]).tables["reach"].to_dict("records")
    assert (row["value"], row["pcodes"]) == ("1 200 (target)", "XXG01;XXG02")
    country = GOOD["reach"].replace("XXG01; XXG02", "XXX")
    assert reading("reach", country).tables["reach"]["pcodes"].item() == "XXX"


# ------------------------------------------------------------------------------------ wrong

WRONG = {
    "code in small letters": ("programmes", "NEW", "New", "code", "capital letters"),
    "no name": ("programmes", "Made-up aid", "", "name", "is empty"),
    "no year": ("programmes", "2019", "soon", "start_year", "whole number"),
    "year 3000": ("programmes", "2019", "3000", "start_year", "is no year"),
    "ends first": ("programmes", "2019,", "2019,2001", "", "ends before it starts"),
    "programme": ("coverage", "AID", "AIDS", "programme", "no programme of this code"),
    "place": ("coverage", "XXG01", "XXG09", "pcode", "No governorate has this P-code"),
    "name for code": ("coverage", "XXG01", "Alpha", "pcode", "No governorate has this P-code"),
    "district": ("coverage", "XXG01", "XXG01Q02", "pcode", "P-code of a district"),
    "month 13": ("coverage", "2019-03", "2019-13", "from_date", "calendar does not have"),
    "day first": ("coverage", "2019-03", "31/03/2019", "from_date", "a year, a month or a day"),
    "backwards": ("coverage", "2019-03", "2021", "", "is before the start"),
    "status": ("coverage", "Implemented", "Implementd", "status", "may be implemented"),
    "no source": ("coverage", "A letter", "", "source", "is empty"),
    "one of the places": ("reach", "XXG02", "XXG22", "pcodes", "No governorate"),
    "cumulative": ("reach", ",no,", ",perhaps,", "cumulative", "may be yes, no, unknown"),
    "no value": ("reach", "1 200 (target)", "", "value", "is empty"),
    "residents": ("residents", '"1,000"', "-4", "residents", "below zero"),
    "no residents": ("residents", '"1,000"', "", "residents", "leave the row out"),
    "spelling": ("aliases", "Alfa,", "--,", "spelling", "no letter"),
    "area": ("aliases", "XXG01\n", "XXG10\n", "pcode", "No area has this P-code"),
    "another's name": ("aliases", "Alfa,", "BETA,", "", "is a name of XXG02"),
}  # fmt: skip
NEAREST = {
    "programme": "AID",
    "place": "XXG01 (Alpha)",
    "name for code": "XXG01 (Alpha)",
    "district": "XXG01 (Alpha)",
    "status": "implemented",
    "area": "XXG01 (Alpha)",
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_cell_is_told_with_row_column_rule_and_the_nearest(reading, case):
    kind, good, bad, column, rule = WRONG[case]
    assert good in GOOD[kind]
    (error,) = reading(kind, GOOD[kind].replace(good, bad, 1)).errors
    assert (error.file, error.row, error.column) == (f"{kind}.csv", 2, column)
    assert rule in error.sentence
    if case in NEAREST:
        assert NEAREST[case] in error.nearest


def test_all_wrong_cells_of_a_file_are_told(reading):
    rows = "".join(f"AI{i},XXG0{i},nowhere,,done,\n" for i in range(3, 6))
    made = reading("coverage", GOOD["coverage"] + rows)
    assert len(made.errors) == 3 * 5
    assert {error.row for error in made.errors} == {3, 4, 5}


def test_a_code_of_an_older_numbering_is_told_what_it_would_mean(snapshot, tmp_path):
    path = tmp_path / "coverage.csv"
    path.write_text("programme,pcode,status,source\nAVRR,IQ-G08,implemented,x\n")
    (error,) = READERS["coverage"]([path], snapshot, ReadOptions(), no_progress).errors
    assert "numbering before 2019" in error.sentence


def test_a_missing_column_is_told_with_the_nearest_that_is_there(reading):
    (error,) = reading("aliases", "spellings,pcode\nAlfa,XXG01\n").errors
    assert (error.column, error.nearest) == ("spelling", ("spellings",))


def test_a_repeated_row_is_taken_once_and_a_contradiction_refused(reading):
    same = reading("residents", GOOD["residents"] + GOOD["residents"].splitlines()[1] + "\n")
    assert len(same.tables["residents"]) == 1
    assert "repeats an earlier one" in told(same)
    other = GOOD["residents"].splitlines()[1].replace("1,000", "1,001")
    (error,) = reading("residents", GOOD["residents"] + other + "\n").errors
    assert error.value == "XXG01 2018, as row 2"


def test_one_spelling_means_one_area(reading):
    (error,) = reading("aliases", GOOD["aliases"] + "ALFA,XXG02\n").errors
    assert "one spelling means one area" in error.sentence
    assert error.value == "ALFA: XXG02, and XXG01 in row 2"
    assert not reading("aliases", GOOD["aliases"] + "ALFA,XXG01\n").errors


def test_level_and_scope_that_are_said_must_be_those_of_the_code(reading):
    head = "level,scope,spelling,pcode\n"
    assert not reading("aliases", head + "2,XXG01,Alfa du Nord,XXG01Q01\n").errors
    assert "of level 2" in told(reading("aliases", head + "1,,Alfa du Nord,XXG01Q01\n"))
    assert "lies in XXG01" in told(reading("aliases", head + "2,XXG02,Alfa du Nord,XXG01Q01\n"))


def test_what_may_be_meant_is_only_a_warning(reading):
    odd = reading("programmes", GOOD["programmes"].replace("relief", "releif"))
    assert "no name to be shown by; those that have one: relief" in told(odd)
    old = reading("residents", GOOD["residents"].replace("2018", "2009"))
    assert "Rates are of the residents of 2018" in told(old)
    assert not odd.errors and not old.errors


def test_whose_table_it_is_may_be_said_in_a_mapping(reading, tmp_path):
    assert reading("residents", GOOD["residents"]).source["id"] == "census"
    said = tmp_path / "mapping.yaml"
    said.write_text(
        "source: {id: made-up, title: T, publisher: P, url: 'https://example.org', terms: T, "
        "credit: C, what: W}\n"
    )
    made = reading("residents", GOOD["residents"], mapping=said)
    assert (made.source["id"], made.source["role"]) == ("made-up", "residents")
    said.write_text("source: {id: tracking}\n")
    assert "gives no residents" in told(reading("residents", GOOD["residents"], mapping=said))


def test_a_file_without_rows_is_refused(reading):
    assert "There is no row in it" in told(reading("aliases", "spelling,pcode\n"))


@given(st.dates())
@unhurried
def test_a_part_of_a_date_spans_the_days_it_may_mean(found):
    day = found.isoformat()
    for word in (day[:4], day[:7], day):
        first, last = span_of(part_of_date(word))
        assert first <= found <= last


@given(st.text(max_size=12))
@unhurried
def test_any_text_is_a_part_of_a_date_or_refused(word):
    try:
        assert part_of_date(word) == " ".join(part_of_date(word).split())
    except CellError as error:
        assert str(error).endswith(".")
