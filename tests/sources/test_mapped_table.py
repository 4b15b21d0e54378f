"""An organisation's own table comes in as its mapping says; every mistake in either is told.

Tables and mappings are made up.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import DataError
from geodata.ingest.merge import merge
from geodata.sources.contract import COUNTS_READ, ParsedSource, ReadOptions
from geodata.sources.mapped_table import KINDS, read
from geodata.util.findings import no_progress
from tests.paths import ROOT

unhurried = settings(deadline=None)
SOURCE = """\
source:
  id: made-up-people-reached
  title: People reached, made up
  publisher: Nobody
  url: https://example.org/reached
  terms: Free to use.
  credit: "Source: nobody"
  what: Made-up figures of people reached by programme.
"""
COLUMNS = """\
columns:
  adm1: Governorate
  adm2: District
  date: Month
  population: Group
  programme: Project
  households: HH
  people: People
"""
VALUES = """\
values:
  population: {IDPs: idp, Returnees: returnee}
  programme: {Shelter and aid: OWN}
"""
MAPPING = SOURCE + COLUMNS + VALUES
HEADER = ["Governorate", "District", "Month", "Group", "Project", "HH", "People"]


@pytest.fixture
def reading(tmp_path: Path, examplia):
    """Read rows below :data:`HEADER` with a mapping."""

    def made(
        *rows: list[str], mapping: str = MAPPING, header: list[str] = HEADER, **asked: object
    ) -> ParsedSource:
        path, said = tmp_path / "own.csv", tmp_path / "mapping.yaml"
        said.write_text(mapping, "utf-8")
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([header, *rows])
        return read([path], examplia, ReadOptions(mapping=said, **asked), no_progress)  # type: ignore[arg-type]

    return made


def told(made: ParsedSource) -> str:
    return "\n".join(finding.line() for finding in made.findings)


def wrong(made: ParsedSource) -> list[tuple[int, str]]:
    return [(error.row, error.column) for error in made.errors]


# ---------------------------------------------------------------------------------- figures


def test_counts_by_programme_come_with_their_place_month_and_population(reading):
    made = reading(
        ["Alpha", "", "2020-03", "IDPs", "Shelter and aid", "1,200", "7 200"],
        ["Alpha", "North Alpha", "31/03/2020", "returnees", "own", "", "60"],
        ["Beta", "", "Mar 2020", "refugee", "", "0", "0"],
    )
    assert not made.findings
    assert list(made.counts.columns) == list(COUNTS_READ)
    rows = made.counts.fillna(-1)
    assert list(rows["population"]) == ["idp", "returnee", "refugee"]
    assert list(rows["programme"]) == ["OWN", "OWN", ""]
    assert list(rows["households"]) == [1200, -1, 0]
    assert list(rows["people"]) == [7200, 60, 0]
    assert list(rows["level"]) == [1, 2, 1]
    assert set(rows["date"].dt.strftime("%Y-%m-%d")) == {"2020-03-31"}
    assert made.source["id"] == "made-up-people-reached"
    assert made.source["role"] == "counts"


def test_what_is_read_joins_the_snapshot_as_counts_of_the_programme(reading, examplia):
    made = reading(["Alpha", "North Alpha", "2020-07", "IDPs", "OWN", "20", "120"])
    rows = merge(examplia, made).tables.counts
    rows = rows[rows["source"] == "made-up-people-reached"]
    assert dict(zip(rows["pcode"], rows["people"], strict=True)) == {
        "XXG01": 120,
        "XXG01Q01": 120,
    }
    assert set(rows["programme"]) == {"OWN"}


def test_a_workbook_is_read_from_the_sheet_and_header_row_that_are_named(tmp_path, examplia):
    path, said = tmp_path / "own.xlsx", tmp_path / "mapping.yaml"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("About").write(0, 0, "Governorate")
        sheet = book.add_worksheet("Data")
        sheet.write(0, 0, "People reached, made up")
        sheet.write_row(2, 0, ["People", "When", "Where"])
        sheet.write_row(3, 0, [900.0, "", "Alpha"])
        sheet.write_datetime(3, 1, dt.datetime(2020, 3, 31), book.add_format({"num_format": 14}))
    said.write_text(
        SOURCE + "sheet: Data\nheader_row: 3\ncolumns: {adm1: where, date: When, people: PEOPLE}\n"
        "constants: {population: idp}\n",
        "utf-8",
    )
    made = read([path], examplia, ReadOptions(mapping=said), no_progress)
    assert not made.errors
    assert list(made.counts["people"]) == [900]
    assert list(made.counts["date"].dt.strftime("%Y-%m-%d")) == ["2020-03-31"]


def test_what_holds_for_every_row_is_said_once(reading):
    made = reading(
        ["Alpha", "40"],
        header=["Place", "Families"],
        mapping=SOURCE + "columns: {adm2: Place, households: Families}\n"
        "constants: {adm1_code: XXG01, population: idp, programme: OWN, date: 2020-03, round: 4,"
        " people_per_household: 6}\n",
    )
    assert not made.findings
    (row,) = made.counts.to_dict("records")
    assert (row["adm1_code"], row["adm2"], row["people"], row["round"]) == (
        "XXG01", "Alpha", 240, 4,
    )  # fmt: skip


def test_a_source_that_is_held_is_named_by_its_id_alone(reading, examplia):
    short = "source: {id: tracking}\n" + COLUMNS + VALUES
    made = reading(["Alpha", "", "2020-03", "idp", "", "1", "6"], mapping=short)
    assert made.source["title"] == "Made-up counts"
    assert not made.errors


def test_the_date_of_the_command_goes_before_that_of_the_rows(reading):
    row = ["Alpha", "", "2020-03", "idp", "", "1", "6"]
    made = reading(row, date=dt.date(2020, 3, 15), round=9)
    assert list(made.counts["date"].dt.strftime("%Y-%m-%d")) == ["2020-03-15"]
    assert list(made.counts["round"]) == [9]
    two = reading(row, ["Beta", "", "2020-04", "idp", "", "1", "6"], date=dt.date(2020, 3, 15))
    assert "the rows have 2 (2020-03-31, 2020-04-30)" in told(two)
    assert two.errors


def test_a_date_that_may_be_two_is_read_as_the_mapping_says(reading):
    row = ["Alpha", "", "03/04/2020", "idp", "", "1", "6"]
    assert "may be two dates" in told(reading(row))
    made = reading(row, mapping=MAPPING + 'date_format: "%d/%m/%Y"\n')
    assert list(made.counts["date"].dt.strftime("%Y-%m-%d")) == ["2020-04-03"]


def test_rows_of_a_list_are_added_up_only_where_the_mapping_says_so(reading):
    rows = [["Alpha", "", "2020-03", "idp", "", "1", "6"],
            ["Alpha", "", "2020-03", "idp", "", "2", "12"]]  # fmt: skip
    made = reading(*rows)
    assert "`repeated_rows: add`" in made.errors[0].sentence
    assert made.errors[0].row == 3
    made = reading(*rows, rows[0], mapping=MAPPING + "repeated_rows: add\n")
    assert not made.findings
    (row,) = made.counts.to_dict("records")
    assert (row["households"], row["people"], row["rows"]) == (4, 24, 3)


def test_households_of_a_sum_are_missing_where_a_part_has_none(reading):
    made = reading(
        ["Alpha", "", "2020-03", "idp", "", "1", "6"],
        ["Alpha", "", "2020-03", "idp", "", "", "12"],
        mapping=MAPPING + "repeated_rows: add\n",
    )
    assert made.counts["households"].isna().all()
    assert list(made.counts["people"]) == [18]


def test_the_same_row_twice_is_counted_once_and_said(reading):
    row = ["Alpha", "", "2020-03", "idp", "", "1", "6"]
    made = reading(row, row)
    assert list(made.counts["people"]) == [6]
    assert "row 3, “Alpha, as row 2 of own.csv”: The row repeats an earlier one" in told(made)
    assert not made.errors


def test_rows_that_differ_in_a_column_that_is_not_read_are_refused(reading):
    header = [*HEADER, "Origin"]
    rows = [["Alpha", "", "2020-03", "idp", "", "1", "6", origin] for origin in ("x", "y")]
    made = reading(*rows, header=header)
    (error,) = made.errors
    assert (error.row, error.value) == (3, "Alpha, as row 2 of own.csv")
    assert "differs in what is not (Origin)" in error.sentence
    assert list(
        reading(*rows, header=header, options={"repeated_rows": "add"}).counts["people"]
    ) == [12]


def test_a_total_and_a_row_without_a_number_are_left_out_and_said(reading):
    made = reading(
        ["Alpha", "", "2020-03", "idp", "", "1", "6"],
        ["Beta", "", "2020-03", "idp", "", "", "n/a"],
        ["Grand total", "", "2020-03", "idp", "", "1", "6"],
        ["", "", "", "", "", "", ""],
    )
    assert list(made.counts["adm1"]) == ["Alpha"]
    assert "row 3, “Beta”: The row gives no number" in told(made)
    assert "row 4, column Governorate, “Grand total”: The row is a total" in told(made)
    assert not made.errors


def test_every_wrong_cell_of_a_file_is_told_with_row_column_and_rule(reading):
    made = reading(
        ["Alpha", "", "2020-03", "IDPss", "SHELTER", "-1", "1.5"],
        ["", "", "", "idp", "", "5", ""],
        ["", "North Alpha", "2020-02-30", "", "", "x", "6"],
        ["Alpha", "", "2020-03", "idp", "OWNN", "1", "6"],
    )
    assert wrong(made) == [
        (2, "Project"),
        (2, "People"),
        (2, "HH"),
        (2, "Group"),
        (3, "Governorate"),
        (3, "Month"),
        (3, "People"),
        (4, "Governorate"),
        (4, "Month"),
        (4, "HH"),
        (4, "Group"),
        (5, "Project"),
    ]
    assert made.counts.empty
    assert made.errors[-1].nearest == ("OWN",)


def test_a_comma_within_a_number_does_not_shift_the_figures(tmp_path, examplia):
    path, said = tmp_path / "own.csv", tmp_path / "mapping.yaml"
    said.write_text(MAPPING, "utf-8")
    path.write_text(",".join(HEADER) + "\nAlpha,,2020-03,idp,,1,234,7404\n", "utf-8")
    made = read([path], examplia, ReadOptions(mapping=said), no_progress)
    assert "more cells than the header" in told(made)
    assert made.counts.empty


def test_a_column_may_be_titled_with_a_sign(reading):
    header = ["Governorate", "", "Month", "Group", "%", "#", "People"]
    mapping = SOURCE + (
        "columns: {adm1: Governorate, date: Month, population: Group, households: '#', people: "
        "People}\n"
    )
    made = reading(["Alpha", "", "2020-03", "idp", "9", "1", "6"], header=header, mapping=mapping)
    assert list(made.counts["households"]) == [1]


def test_an_unknown_population_is_told_with_the_nearest(reading):
    (error,) = reading(["Alpha", "", "2020-03", "Returneess", "", "1", "6"]).errors
    assert error.nearest[0] == "returnee"
    assert "say what it means in `values`" in error.sentence


def test_a_column_that_is_not_there_is_told_with_the_nearest_that_is(reading):
    header = ["Governorates", *HEADER[1:]]
    (error,) = reading(["Alpha", "", "2020-03", "idp", "", "1", "6"], header=header).errors
    assert (error.column, error.nearest) == ("Governorate", ("Governorates",))


def test_a_title_that_is_there_twice_is_refused(reading):
    header = [*HEADER[:-1], "HH"]
    made = reading(["Alpha", "", "2020-03", "idp", "", "1", "6"], header=header)
    assert "2 columns have this title" in told(made)


amounts = st.integers(0, 10**6)
places = st.sampled_from(["Alpha", "Beta", "Gamma", "بغداد", "São Tomé; “x”"])
groups = st.sampled_from(["idp", "returnee"])
months = st.dates(dt.date(2012, 1, 1), dt.date(2026, 10, 31))


@pytest.mark.slow
@given(
    st.dictionaries(
        st.tuples(
            places, months, st.sampled_from(["idp", "returnee"]), st.sampled_from(["", "OWN"])
        ),
        st.tuples(st.none() | amounts, amounts),
        min_size=1,
        max_size=8,
    ),
    st.permutations(range(7)),
)
@unhurried
def test_any_tidy_table_comes_back_as_it_was_in_any_order_of_columns(
    examplia, tmp_path_factory, figures, order
):
    folder = tmp_path_factory.mktemp("table")
    said, path = folder / "mapping.yaml", folder / "own.csv"
    said.write_text(MAPPING, "utf-8")
    rows = [HEADER] + [
        [place, "", f"{date}", group, code, "" if hh is None else f"{hh:,}", f"{people:,}"]
        for (place, date, group, code), (hh, people) in figures.items()
    ]
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([[row[i] for i in order] for row in rows])
    made = read([path], examplia, ReadOptions(mapping=said), no_progress)
    assert not made.findings
    found = {
        (row["adm1"], row["date"].date(), row["population"], row["programme"]): (
            None if pd.isna(row["households"]) else row["households"],
            row["people"],
        )
        for row in made.counts.to_dict("records")
    }
    assert found == figures


# ---------------------------------------------------------------------------------- mapping

WRONG = {
    "unknown key": (MAPPING + "colums: {}\n", "colums", "may be source, columns", "columns"),
    "unknown column": (
        MAPPING.replace("  adm1:", "  adm1_nam:"), "columns.adm1_nam", "not known", "adm1",
    ),
    "no source": (COLUMNS + VALUES, "source", "whose figures", ""),
    "half a source": (MAPPING.replace("  terms: Free to use.\n", ""), "source.terms", "must", ""),
    "bad id": (MAPPING.replace("id: made-up", "id: Made Up"), "source.id", "small", ""),
    "bad address": (MAPPING.replace("https://", "http://"), "source.url", "https://", ""),
    "no columns": (SOURCE, "columns", "Say what the columns are", ""),
    "no place": (
        MAPPING.replace("  adm1: Governorate\n  adm2: District\n", ""), "columns", "places", "",
    ),
    "no figure": (
        MAPPING.replace("  households: HH\n  people: People\n", ""), "columns", "figures", "",
    ),
    "no people": (
        MAPPING.replace("  people: People\n", ""), "columns.people", "people_per_household", "",
    ),
    "no population": (
        SOURCE + "columns: {adm1: A, date: D, people: P}\n", "columns.population", "counted", "",
    ),
    "one column twice": (
        MAPPING.replace("District", "Governorate"), "columns.adm2", "two things", "",
    ),
    "said twice": (MAPPING + "constants: {population: idp}\n", "constants.population", "only", ""),
    "bad population": (
        MAPPING.replace("IDPs: idp", "IDPs: idps"), "values.population.IDPs", "may be idp", "idp",
    ),
    "bad programme": (
        MAPPING.replace("aid: OWN", "aid: OWNS"), "values.programme.Shelter and aid", "OWN", "OWN",
    ),
    "values of no column": (
        MAPPING.replace("  programme: Project\n", ""), "values.programme", "none of", "",
    ),
    "bad format": (MAPPING + "date_format: dd/mm/yyyy\n", "date_format", "%Y", ""),
    "bad repeats": (MAPPING + "repeated_rows: sum\n", "repeated_rows", "refuse, add", ""),
    "bad row": (MAPPING + "header_row: third\n", "header_row", "number of a row", ""),
    "bad date": (
        MAPPING.replace("  date: Month\n", "") + "constants: {date: soon}\n", "constants.date",
        "not a date", "",
    ),
    "bad size": (
        MAPPING.replace("  people: People\n", "") + "constants: {people_per_household: six}\n",
        "constants.people_per_household", "whole number", "",
    ),
    "a list": (MAPPING.replace("Governorate", "[Governorate]"), "columns.adm1", "Text is", ""),
    "no text": (MAPPING.replace("adm1: Governorate", 'adm1: ""'), "columns.adm1", "Nothing", ""),
    "tag": (MAPPING.replace("Governorate", "!!str Governorate"), "", "is a tag", ""),
    "twice": (MAPPING + "values: {}\n", "", "is said twice", ""),
    "just words": ("people by month", "", "Keys and values", ""),
    "empty": ("# nothing yet", "", "a mapping has keys and values", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_mapping_is_told_by_line_and_key_with_the_nearest(reading, case):
    mapping, key, rule, near = WRONG[case]
    made = reading(["Alpha", "", "2020-03", "idp", "", "1", "6"], mapping=mapping)
    found = [error for error in made.errors if error.column == key and rule in error.sentence]
    assert found, told(made)
    assert found[0].file == "mapping.yaml"
    assert found[0].sentence.startswith("line ")
    assert made.counts.empty
    if near:
        assert found[0].nearest[0] == near


def test_the_line_is_that_of_the_mistake(reading):
    mapping = MAPPING.replace("  date: Month", "  dat: Month")
    made = reading(["Alpha", "", "2020-03", "idp", "", "1", "6"], mapping=mapping)
    line = mapping.splitlines().index("  dat: Month") + 1
    assert f"mapping.yaml, column columns.dat: line {line}: The key is not known" in told(made)


def test_all_mistakes_of_a_mapping_are_told_at_once(reading):
    mapping = MAPPING.replace("  adm1:", "  adm9:").replace("IDPs: idp", "IDPs: x") + "sheets: A\n"
    made = reading(["Alpha", "", "2020-03", "idp", "", "1", "6"], mapping=mapping)
    assert {error.column for error in made.errors} >= {
        "columns.adm9", "values.population.IDPs", "sheets",
    }  # fmt: skip


@given(st.text(max_size=120))
@unhurried
def test_any_text_is_a_mapping_or_told_in_sentences(examplia, tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("mapping")
    said, path = folder / "mapping.yaml", folder / "own.csv"
    said.write_text(text, "utf-8", newline="")
    path.write_text("A,B\n1,2\n")
    made = read([path], examplia, ReadOptions(mapping=said), no_progress)
    assert made.errors


def test_a_mapping_that_is_not_there_or_no_text_is_told(tmp_path, examplia):
    path = tmp_path / "own.csv"
    path.write_text("A\n1\n")
    with pytest.raises(DataError, match="needs --mapping"):
        read([path], examplia, ReadOptions(), no_progress)
    with pytest.raises(DataError, match=r"cannot be read: No such file"):
        read([path], examplia, ReadOptions(mapping=tmp_path / "none.yaml"), no_progress)
    odd = tmp_path / "odd.yaml"
    odd.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="no text in UTF-8"):
        read([path], examplia, ReadOptions(mapping=odd), no_progress)


def test_a_table_with_no_date_anywhere_is_refused_until_one_is_given(reading):
    mapping = MAPPING.replace("  date: Month\n", "")
    row = ["Alpha", "", "", "idp", "", "1", "6"]
    with pytest.raises(DataError, match="Nothing says the date"):
        reading(row, mapping=mapping)
    assert not reading(row, mapping=mapping, date=dt.date(2020, 3, 31)).errors


def test_the_mapping_in_the_documentation_is_one_that_is_read(snapshot, tmp_path):
    page = (ROOT / "docs" / "sources.md").read_text("utf-8")
    said, path = tmp_path / "mapping.yaml", tmp_path / "own.xlsx"
    said.write_text(page.partition("```yaml\n")[2].partition("```")[0], "utf-8")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        titles = ["Governorate", "District", "Month", "Group", "Project", "HH", "Individuals"]
        sheet.write_row(2, 0, titles)
        sheet.write_row(3, 0, ["Ninewa", "", "31/03/2020", "idps", "shelter and nfi", 10, 61])
    made = read([path], snapshot, ReadOptions(mapping=said), no_progress)
    assert not made.errors, told(made)
    (row,) = made.counts.to_dict("records")
    assert (row["population"], row["programme"], row["people"]) == ("idp", "SNFI", 61)
    assert f"{row['date']:%Y-%m-%d}" == "2020-03-31"


def test_the_kind_needs_a_mapping():
    (kind,) = KINDS
    assert (kind.name, kind.needs_mapping) == ("table", True)


@pytest.mark.parametrize(("level", "file"), [(1, "governorate"), (2, "district")])
def test_published_tables_of_dtm_come_in_as_they_are_held(
    published_folder, snapshot, tmp_path, level, file
):
    said = tmp_path / "mapping.yaml"
    district = ", adm2: district" if level == 2 else ""
    said.write_text(
        "source: {id: iom-dtm}\n"
        f"columns: {{adm1: governorate{district}, date: round_date, population: population_type,\n"
        "  households: households, people: individuals, round: round}\n"
        "values: {population: {IDP: idp, Returnee: returnee}}\n",
        "utf-8",
    )
    path = published_folder / "dtm" / f"dtm_{file}_round.csv"
    made = read([path], snapshot, ReadOptions(mapping=said), no_progress)
    assert not made.findings
    keys = ["population", "date"]
    held = snapshot.tables.counts
    held = held[(held["source"] == "iom-dtm") & (held["level"] == level)]
    sums = ["households", "people"]
    pd.testing.assert_frame_equal(
        made.counts.groupby(keys)[sums].sum(), held.groupby(keys)[sums].sum(), check_dtype=False
    )
    assert made.files[0].rows == len(pd.read_csv(path))


# ------------------------------------------------------------------------------ the whole country


@pytest.mark.parametrize("named", ["Examplia", " EXAMPLIA", "Exámplia", "XXX"])
@pytest.mark.parametrize(
    ("people", "severity", "said"),
    [
        ("20", "error", "A country holds its governorates"),
        ("142", "warning", "the row is the total of the country, and is left out"),
        ("900", "warning", "The row is left out. Is the list whole?"),
    ],
)
def test_a_row_of_the_country_is_held_against_its_governorates(
    reading, examplia, named, people, severity, said
):
    made = reading(
        ["Alpha", "", "2021-06-30", "IDPs", "", "", "100"],
        ["Beta", "", "2021-06-30", "IDPs", "", "", "42"],
        [named, "", "2021-06-30", "IDPs", "", "", people],
    )
    merged = merge(examplia, made)
    (found,) = [one for one in merged.findings if said in one.sentence]
    assert (found.severity, found.row) == (severity, 4)
    assert [error.sentence for error in merged.errors] == [
        one.sentence for one in merged.findings if one.severity == "error"
    ]
    level = merged.tables.counts[merged.tables.counts["date"] == "2021-06-30"]
    assert level.loc[level["level"] == 1, "people"].sum() == 142


def test_a_row_of_the_country_without_a_date_is_left_out_as_a_total(reading):
    made = reading(
        ["Alpha", "", "2021-06-30", "IDPs", "", "", "100"],
        ["Examplia", "", "", "", "", "", "100"],
    )
    assert not made.errors
    assert "1 row is a total of the country, and left out." in told(made)
