"""HDX HAPI's figures come in as they are, what HDX calls wrong stays out, and both are said.

The files are made up, in the columns and the envelope of those that HDX publishes.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import DataError
from geodata.ingest.merge import merge
from geodata.sources.contract import COUNTS_READ, ParsedSource, ReadOptions
from geodata.sources.hapi import COLUMNS, KINDS, level_of, read
from geodata.util.findings import no_progress

unhurried = settings(deadline=None)
HEADER = (
    "location_code,has_hrp,in_gho,provider_admin1_name,provider_admin2_name,admin1_code,"
    "admin1_name,admin2_code,admin2_name,admin_level,operation,assessment_type,population,"
    "reporting_round,reference_period_start,reference_period_end,dataset_hdx_id,resource_hdx_id,"
    "warning,error"
).split(",")
TAGS = (
    "#country+code,#meta+has_hrp,#meta+in_gho,#adm1+name+provider,#adm2+name+provider,#adm1+code,"
    "#adm1+name,#adm2+code,#adm2+name,#adm+level,#operation+name,#assessment+type,#affected+idps,"
    "#round+code,#date+start,#date+end,#meta+dataset_id,#meta+resource_id,#meta+warning,"
    "#meta+error"
).split(",")


def row(population: object = 900, **other: object) -> dict[str, object]:
    return {
        "location_code": "XXX",
        "has_hrp": "N",
        "in_gho": "N",
        "provider_admin1_name": "Alpha",
        "provider_admin2_name": "",
        "admin1_code": "XXG01",
        "admin1_name": "Alpha",
        "admin2_code": "",
        "admin2_name": "",
        "admin_level": 1,
        "operation": "Examplia conflict",
        "assessment_type": "BA",
        "population": population,
        "reporting_round": 7,
        "reference_period_start": "2022-01-31 00:00:00+00:00",
        "reference_period_end": "2022-01-31 00:00:00+00:00",
        "dataset_hdx_id": "made-up",
        "resource_hdx_id": "made-up",
        "warning": "",
        "error": "",
        **other,
    }


def district(population: object, name: str = "North Alpha", code: str = "XXG01Q01", **other):
    return row(population, provider_admin2_name=name, admin2_code=code, admin2_name=name,
               admin_level=2, **other)  # fmt: skip


@pytest.fixture
def reading(tmp_path: Path, examplia):
    """Read rows, written as CSV with a row of tags, or as JSON."""

    def made(*rows: dict[str, object], form: str = "csv", **options: object) -> ParsedSource:
        path = tmp_path / f"idps.{form}"
        if form == "json":
            path.write_text(json.dumps({"data": rows}), "utf-8")
        else:
            with path.open("w", encoding="utf-8-sig", newline="") as handle:
                writer = csv.DictWriter(handle, HEADER)
                writer.writeheader()
                writer.writerow(dict(zip(HEADER, TAGS, strict=True)))
                writer.writerows(rows)
        return read([path], examplia, ReadOptions(options=options), no_progress)

    return made


def people(made: ParsedSource) -> dict[tuple[str, str, int], int]:
    rows = made.counts
    keys = zip(rows["adm1"], rows["adm2"], rows["level"], strict=True)
    return dict(zip(keys, rows["people"], strict=True))


def said(made: ParsedSource) -> str:
    return "\n".join(finding.line() for finding in made.findings)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_governorates_and_districts_come_with_date_and_round(reading, form):
    made = reading(row(900), district(500), district("1,400.0", "South Alpha", ""), form=form)
    assert not made.findings
    assert list(made.counts.columns) == list(COUNTS_READ)
    assert people(made) == {
        ("Alpha", "", 1): 900,
        ("Alpha", "North Alpha", 2): 500,
        ("Alpha", "South Alpha", 2): 1400,
    }
    assert set(made.counts["round"]) == {7}
    assert set(made.counts["date"].dt.strftime("%Y-%m-%d")) == {"2022-01-31"}
    assert made.counts["households"].isna().all()
    (file,) = made.files
    assert (file.rows, file.layout) == (3, f"HDX HAPI idps, {form}")


def test_what_is_read_joins_the_areas_of_the_snapshot(reading, examplia):
    made = reading(row(900), district(900))
    merged = merge(examplia, made)
    rows = merged.tables.counts
    rows = rows[rows["source"] == "hdx-hapi-idps"]
    assert dict(zip(rows["pcode"], rows["people"], strict=True)) == {"XXG01": 900, "XXG01Q01": 900}


def test_totals_of_the_country_and_other_countries_are_left_out_and_counted(reading):
    nation = dict.fromkeys(("provider_admin1_name", "admin1_code", "admin1_name"), "")
    made = reading(row(900), row(900, **nation, admin_level=0), row(4, location_code="YYY"))
    assert people(made) == {("Alpha", "", 1): 900}
    assert "1 row is a total of the country" in said(made)
    assert "“YYY”: 1 row is of other countries than XXX" in said(made)


def test_a_row_that_hdx_calls_wrong_is_left_out_and_what_it_warns_of_is_passed_on(reading):
    made = reading(row(900, warning="P-code was corrected"), district(1, error="Duplicate row"))
    assert people(made) == {("Alpha", "", 1): 900}
    assert "row 4, column error, “Duplicate row”" in said(made)
    assert "row 3, column warning, “P-code was corrected”" in said(made)
    assert not made.errors


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, 1),
        ({"admin_level": 2, "admin2_code": "XXG01Q01"}, 2),
        ({"provider_admin2_name": "Somewhere"}, 2),
        ({"provider_admin2_name": " "}, 2),
        ({"admin_level": 0, "provider_admin1_name": "", "admin1_code": "", "admin1_name": ""}, 0),
    ],
    ids=["governorate", "district", "district without a code", "district without a name", "nation"],
)
def test_a_district_that_hdx_found_no_code_for_is_no_governorate(change, level):
    assert level_of(row(**change)) == level


def test_assessments_are_not_added_and_operations_must_be_named(reading):
    assert people(reading(row(900), row(70, assessment_type="SA"))) == {("Alpha", "", 1): 900}
    made = reading(row(900), row(70, operation="Flood"))
    assert "Name one with --operation" in made.errors[0].sentence
    assert people(reading(row(900), row(70, operation="Flood"), operation="flood")) == {
        ("Alpha", "", 1): 70
    }


@pytest.mark.parametrize("form", ["csv", "json"])
def test_rows_of_one_figure_from_two_resources_are_refused_until_it_is_said_which(reading, form):
    rows = [row(900), row(900, resource_hdx_id="another")]
    made = reading(*rows, form=form)
    assert "--repeated-rows add" in made.errors[0].sentence
    assert people(reading(*rows, form=form, repeated_rows="once")) == {("Alpha", "", 1): 900}
    assert people(reading(*rows, form=form, repeated_rows="add")) == {("Alpha", "", 1): 1800}
    assert people(reading(rows[0], rows[0], form=form)) == {("Alpha", "", 1): 900}


def test_every_wrong_cell_is_named_by_row_and_column(reading):
    made = reading(
        row(-1),
        row("x", reference_period_end="2022-02-30", reporting_round="first"),
        row(5, reference_period_start="", reference_period_end=""),
        row(900, provider_admin1_name="Beta", admin1_code="XXG02"),
    )
    told = [(error.row, error.column) for error in made.errors]
    assert told == [
        (3, "population"),
        (4, "population"),
        (4, "reference_period_end"),
        (4, "reporting_round"),
        (5, "reference_period_start"),
    ]


def test_a_row_without_a_number_is_not_assessed(reading):
    made = reading(row(""), row(0, provider_admin1_name="Beta", admin1_code="XXG02"))
    assert people(made) == {("Beta", "", 1): 0}
    assert "not assessed" in said(made)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"data": [', "no valid JSON"),
        ('{"error": "no such location"}', "holds a list of rows as `data`"),
        ('{"data": [1]}', "holds a list of rows"),
        ('{"data": [{"location_code": "XXX"}]}', "no such key"),
        ('{"data": []}', "no figure of a governorate or district of XXX"),
        ("[" * 100_000, "no valid JSON"),
    ],
    ids=["cut", "an error", "numbers", "other columns", "nothing", "deep"],
)
def test_json_that_is_not_an_answer_is_refused_with_a_sentence(tmp_path, examplia, text, told):
    path = tmp_path / "idps.json"
    path.write_text(text, "utf-8")
    made = read([path], examplia, ReadOptions(), no_progress)
    assert made.errors
    assert told in said(made)


def test_a_file_with_other_columns_is_refused_with_those_it_has(tmp_path, examplia):
    path = tmp_path / "idps.csv"
    path.write_text("location_code,populations,reference_period_start\nXXX,1,2020-01-31\n")
    (error,) = read([path], examplia, ReadOptions(), no_progress).errors
    assert (error.column, error.nearest) == ("population", ("populations",))


def test_a_page_saved_in_place_of_the_file_is_refused(tmp_path, examplia):
    path = tmp_path / "idps.csv"
    path.write_text("<!doctype html><html>Sign in</html>")
    with pytest.raises(DataError, match="web page"):
        read([path], examplia, ReadOptions(), no_progress)


@given(st.permutations(HEADER))
@unhurried
def test_columns_are_known_by_name_wherever_they_stand(examplia, tmp_path_factory, order):
    path = tmp_path_factory.mktemp("hapi") / "idps.csv"
    cells = row(900)
    path.write_text(
        "\n".join([",".join(order), ",".join(str(cells[name]) for name in order)]), "utf-8"
    )
    assert people(read([path], examplia, ReadOptions(), no_progress)) == {("Alpha", "", 1): 900}


def test_the_kind_is_named_and_reads_columns_that_exist():
    assert [kind.name for kind in KINDS] == ["hapi"]
    assert set(COLUMNS) <= set(HEADER)
