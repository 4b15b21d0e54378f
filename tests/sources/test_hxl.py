"""A table with HXL tags is read by its tags, whatever the columns are called and wherever they are.

The tables are made up; the tags are those that DTM, HDX and HXL's own examples use.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.exports import formats
from geodata.exports.formats import FILES
from geodata.exports.options import Options
from geodata.figures.state import parse
from geodata.figures.view import compute
from geodata.sources.contract import ParsedSource, ReadOptions
from geodata.sources.hxl import KINDS, Tag, parse_tag, read, role_of
from geodata.util.findings import Harm, no_progress

unhurried = settings(deadline=None)
MAPPING = """\
source:
  id: made-up-hxl
  title: Made-up tagged table
  publisher: Nobody
  url: https://example.org/hxl
  terms: Free to use.
  credit: "Source: nobody"
  what: Made-up figures.
"""
# As in global-iom-dtm-from-api-admin-0-to-2.csv on HDX.
DTM = (
    "#id+code,#operation+name,#country+name,#country+code,#adm1+name,#adm1+code,#adm2+name,"
    "#adm2+code,#adm+level,#affected+idps,#date+reported,#date+year+reported,"
    "#date+month+reported,#round+code,#cause+type,#affected+idps+m,#affected+idps+f,"
    "#adm1+name+origin,#adm1+code+origin,#assessment+type,#operation+status"
).split(",")


@pytest.fixture
def reading(tmp_path: Path, examplia):
    """Read rows of which one holds tags."""

    def made(*rows: list[str], mapping: str = MAPPING, **asked: object) -> ParsedSource:
        path, said = tmp_path / "tagged.csv", tmp_path / "mapping.yaml"
        said.write_text(mapping, "utf-8")
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows(rows)
        return read([path], examplia, ReadOptions(mapping=said, **asked), no_progress)  # type: ignore[arg-type]

    return made


def told(made: ParsedSource) -> str:
    return "\n".join(finding.line() for finding in made.findings)


def figures(made: ParsedSource) -> dict[tuple[str, str, str], int]:
    """``(population, governorate, district) -> people``."""
    rows = made.counts
    keys = zip(rows["population"], rows["adm1"], rows["adm2"], strict=True)
    return dict(zip(keys, rows["people"], strict=True))


def test_a_file_of_this_map_is_read_again_in_any_language(tmp_path, examplia):
    """What `/data.csv?hxl=1` gives comes in as it went out, mark and tags included."""
    path, mapping = tmp_path / "figures.csv", tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING, "utf-8")
    for code in ("en", "ar", "ckb"):
        state, _ = parse({"lang": code, "time": "2020-01-31"}, examplia)
        view = compute(examplia, state, threshold=5)
        path.write_bytes(FILES["data.csv"].make(formats.ExportRequest(view, Options(hxl=True))))
        made = read([path], examplia, ReadOptions(mapping=mapping), no_progress)
        assert sorted(figures(made).values()) == [240, 918]


# ------------------------------------------------------------------------------------- tags


@pytest.mark.parametrize(
    ("cell", "tag"),
    [
        ("#adm1", "#adm1"),
        (" #ADM1 +Code ", "#adm1+code"),
        ("#affected +ind + idps", "#affected+idps+ind"),
        ("#date+reported", "#date+reported"),
    ],
)
def test_a_tag_is_known_in_any_case_spacing_and_order(cell, tag):
    assert str(parse_tag(cell)) == tag


@pytest.mark.parametrize("cell", ["", "#", "adm1", "#1", "#adm1 code", "#adm1++code", "#adm1+"])
def test_what_is_no_tag_is_none(cell):
    assert parse_tag(cell) is None


names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@given(names, st.lists(names, max_size=4), st.randoms())
@unhurried
def test_any_tag_is_read_back_from_what_is_written(name, attributes, random):
    random.shuffle(attributes)
    tag = Tag(name, frozenset(attributes))
    assert parse_tag(str(tag)) == tag
    assert parse_tag("".join([f"#{name.upper()}", *(f" +{one}" for one in attributes)])) == tag


@pytest.mark.parametrize(
    ("cell", "role"),
    [
        ("#adm1+name", "adm1"),
        ("#adm1", "adm1"),
        ("#adm1+ar+name", "adm1"),
        ("#adm1+pcode", "adm1_code"),
        ("#adm1+v_pcode", "adm1_code"),
        ("#adm2+code", "adm2_code"),
        ("#adm1+origin+name", "split"),
        ("#adm1+pcode+origin", "split"),
        ("#adm2+former+name", ""),
        ("#date", "date"),
        ("#date+survey", "date"),
        ("#date+year+reported", ""),
        ("#affected+idps", "idp people"),
        ("#affected+ind+idps", "idp people"),
        ("#affected+hh+idps", "idp households"),
        ("#affected+returnees+ind", "returnee people"),
        ("#affected+refugees", "refugee people"),
        ("#affected+idps+f", ""),
        ("#affected+idps+children+ind", ""),
        ("#affected", ""),
        ("#affected+idps+refugees", ""),
        ("#round+code", "round"),
        ("#operation+name", "operation"),
        ("#assessment+type", "assessment"),
        ("#cause+type", "split"),
        ("#loc+name", "split"),
        ("#country+code", "country"),
        ("#org+name", ""),
    ],
)
def test_a_column_is_read_as_its_tag_says(cell, role):
    tag = parse_tag(cell)
    assert tag is not None
    assert role_of(tag) == role


# ---------------------------------------------------------------------------------- figures


def test_people_and_households_of_several_populations_come_from_one_row(reading):
    made = reading(
        ["Made up", "", "", "", "", ""],
        ["P-code", "Date", "IDPs", "Families", "Returned", "Round"],
        ["#adm1 +pcode", "#date +survey", "#affected+ind+idps", "#affected+idps+hh",
         "#affected+returnees", "#round+code"],
        ["XXG01", "2020-03-31", "1,200", "200", "60", "7"],
        ["XXG02", "2020-03-31", "", "", "6", "7"],
    )  # fmt: skip
    assert not made.findings
    rows = made.counts
    assert list(zip(rows["population"], rows["adm1_code"], rows["people"], strict=True)) == [
        ("idp", "XXG01", 1200),
        ("returnee", "XXG01", 60),
        ("returnee", "XXG02", 6),
    ]
    assert list(rows["households"].fillna(-1)) == [200, -1, -1]
    assert set(rows["round"]) == {7}
    assert made.source["id"] == "made-up-hxl"


def test_dtms_own_tagged_file_is_read_as_its_api_is(reading):
    def row(level: int, adm2: str, people: int, **other: str) -> list[str]:
        cells = dict.fromkeys(DTM, "") | {
            "#operation+name": "Examplia conflict", "#country+code": "XXX",
            "#adm1+name": "Alpha" if level else "", "#adm2+name": adm2, "#adm+level": str(level),
            "#affected+idps": str(people), "#date+reported": "2020-01-31T00:00:00",
            "#date+year+reported": "2020", "#round+code": "7", "#cause+type": "Conflict",
            "#affected+idps+m": "1", "#adm1+name+origin": "Beta", "#assessment+type": "BA",
        } | other  # fmt: skip
        return list(cells.values())

    made = reading(
        [tag.strip("#") for tag in DTM],
        DTM,
        row(0, "", 900),
        row(1, "", 500),
        row(1, "", 400, **{"#adm1+name+origin": "Alpha"}),
        row(1, "", 70, **{"#assessment+type": "SA"}),
        row(2, "North Alpha", 900),
        row(1, "", 3, **{"#country+code": "YYY"}),
    )
    assert not made.errors
    assert figures(made) == {("idp", "Alpha", ""): 900, ("idp", "Alpha", "North Alpha"): 900}
    assert "1 row is a total of the country" in told(made)
    assert "1 row is of other countries than XXX" in told(made)
    assert "those of BA are taken" in told(made)
    assert "“#affected+f+idps" not in told(made).splitlines()[-1]
    assert "#affected+f+idps" in told(made)


def test_of_several_names_and_dates_the_plainest_is_taken(reading):
    made = reading(
        ["#adm1+name+ar", "#adm1+name", "#date+start", "#date+end", "#affected+idps"],
        ["ألفا", "Alpha", "2020-01-01", "2020-01-31", "6"],
    )
    assert figures(made) == {("idp", "Alpha", ""): 6}
    assert list(made.counts["date"].dt.strftime("%Y-%m-%d")) == ["2020-01-31"]


def test_two_columns_with_one_meaning_are_refused(reading):
    made = reading(["#adm1+name", "#date", "#affected+idps", "#affected+idps+ind"],
                   ["Alpha", "2020-01-31", "6", "7"])  # fmt: skip
    assert "2 columns have tags that mean the same" in told(made)
    assert made.errors


def test_a_workbook_is_read_too(tmp_path, examplia):
    path, said = tmp_path / "tagged.xlsx", tmp_path / "mapping.yaml"
    said.write_text(MAPPING + "sheet: Data\n", "utf-8")
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Notes")
        sheet = book.add_worksheet("Data")
        sheet.write_row(4, 1, ["#adm1+name", "#date", "#affected+idps"])
        sheet.write_row(5, 1, ["Alpha", "2020-01", 6])
    made = read([path], examplia, ReadOptions(mapping=said), no_progress)
    assert not made.errors
    assert figures(made) == {("idp", "Alpha", ""): 6}


def test_households_alone_are_people_only_where_the_mapping_says_how_many(reading):
    rows = [["#adm1+name", "#date", "#affected+idps+hh"], ["Alpha", "2020-01-31", "10"]]
    assert "people_per_household" in told(reading(*rows))
    made = reading(*rows, mapping=MAPPING + "constants: {people_per_household: 6}\n")
    assert figures(made) == {("idp", "Alpha", ""): 60}
    assert list(made.counts["households"]) == [10]


def test_a_column_with_a_broken_tag_is_not_read_and_said(reading):
    made = reading(
        ["#adm1+name", "#date", "#affected+idps+ind", "#affected+idps+ind+2015", "#1", "# x"],
        ["Alpha", "2020-01-31", "600", "500", "a", "b"],
    )
    assert not made.errors
    assert figures(made) == {("idp", "Alpha", ""): 600}
    assert [one.value for one in made.findings] == ["#affected+idps+ind+2015", "#1", "# x"]
    assert {one.harm for one in made.findings} == {Harm.NOT_READ}


def test_people_of_several_origins_are_added_up_whatever_level_these_are_of(reading):
    tags = ["#adm1+name", "#adm1+origin+name", "#adm2+origin+name", "#date", "#affected+idps"]
    made = reading(
        tags,
        ["Alpha", "Beta", "North Beta", "2020-01-31", "60"],
        ["Alpha", "Beta", "South Beta", "2020-01-31", "60"],
        ["Alpha", "Beta", "South Beta", "2020-01-31", "60"],
    )
    assert not made.errors
    assert figures(made) == {("idp", "Alpha", ""): 120}
    assert "row 4, “Alpha, as row 3 of tagged.csv”: The row repeats" in told(made)


def test_rows_that_differ_in_what_is_not_read_are_no_repetitions(reading):
    rows = [
        ["#id+code", "#adm1+name", "#date", "#affected+idps", "#meta+sex", ""],
        ["1", "Alpha", "2020-01-31", "60", "f", "x"],
        ["2", "Alpha", "2020-01-31", "60", "m", "x"],
        ["3", "Alpha", "2020-01-31", "60", "m", "x"],
    ]
    made = reading(*rows)
    assert [error.row for error in made.errors] == [3, 4]
    assert "differs in what is not (#id+code, #meta+sex, column 6)" in made.errors[0].sentence
    assert "write `repeated_rows: add` into the mapping" in made.errors[0].sentence
    assert figures(reading(*rows, mapping=MAPPING + "repeated_rows: add\n")) == {
        ("idp", "Alpha", ""): 180
    }
    once = reading(*rows, mapping=MAPPING + "repeated_rows: once\n")
    assert figures(once) == {("idp", "Alpha", ""): 60}
    assert "counted once" in told(once)
    same = reading(rows[0], rows[2], rows[3])
    assert not same.errors
    assert figures(same) == {("idp", "Alpha", ""): 60}


def test_a_district_that_is_not_known_is_no_governorate(reading):
    made = reading(
        ["#adm1+name", "#adm2+name", "#date", "#affected+idps"],
        ["Alpha", "North Alpha", "2020-01-31", "60"],
        ["Alpha", "not available", "2020-01-31", "20"],
    )
    assert list(made.counts["level"]) == [2, 2]
    assert figures(made)["idp", "Alpha", "Not available"] == 20


def test_locations_of_a_district_are_added_up(reading):
    made = reading(
        ["#adm1+name", "#adm2+name", "#loc+name", "#date", "#affected+idps"],
        ["Alpha", "North Alpha", "Here", "2020-01-31", "6"],
        ["Alpha", "North Alpha", "There", "2020-01-31", "6"],
    )
    assert not made.findings
    assert figures(made) == {("idp", "Alpha", "North Alpha"): 12}


@given(st.permutations(range(5)), st.lists(st.text("abc –", max_size=5), max_size=6))
@unhurried
def test_columns_stand_in_any_order_below_any_titles(examplia, tmp_path_factory, order, noise):
    folder = tmp_path_factory.mktemp("hxl")
    said, path = folder / "mapping.yaml", folder / "tagged.csv"
    said.write_text(MAPPING, "utf-8")
    tags = ["#adm1+name", "#adm2+code", "#date+reported", "#affected+ind+idps", "#org"]
    cells = ["Alpha", "XXG01Q01", "2020-01-31", "1,234", "nobody"]
    rows = [[title] for title in noise] + [[row[i] for i in order] for row in (tags, cells)]
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    made = read([path], examplia, ReadOptions(mapping=said), no_progress)
    assert not made.findings
    (row,) = made.counts.to_dict("records")
    assert (row["adm1"], row["adm2_code"], row["people"], row["level"]) == (
        "Alpha", "XXG01Q01", 1234, 2,
    )  # fmt: skip


# ---------------------------------------------------------------------------------- refusals

REFUSED = {
    "no tags": ([["Governorate", "IDPs"], ["Alpha", "6"]], "None of the first 25 rows"),
    "tags too far down": ([["x"]] * 30 + [["#adm1", "#date", "#affected+idps"]], "None of the"),
    "no place": ([["#date", "#affected+idps"], ["2020-01-31", "6"]], "No tag says the place"),
    "no date": ([["#adm1", "#affected+idps"], ["Alpha", "6"]], "No tag says the date"),
    "no figure": ([["#adm1", "#date"], ["Alpha", "2020-01-31"]], "No tag says how many"),
    "broken tag": ([["#adm1", "#date", "#affected idps"], ["Alpha"]], "No tag says how many"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_by_its_tags_is_refused_with_the_tag_it_takes(reading, case):
    rows, rule = REFUSED[case]
    made = reading(*rows)
    assert any(rule in error.sentence for error in made.errors), told(made)
    assert made.counts.empty


def test_a_date_on_the_command_stands_for_a_missing_tag(reading):
    made = reading(["#adm1", "#affected+idps"], ["Alpha", "6"], date=dt.date(2020, 1, 31))
    assert not made.errors
    assert list(made.counts["date"].dt.strftime("%Y-%m-%d")) == ["2020-01-31"]


def test_every_wrong_cell_is_told_by_row_and_tag(reading):
    made = reading(
        ["#adm1", "#date", "#affected+idps"],
        ["Alpha", "2020-01-32", "-6"],
        ["", "2020-01-31", "6"],
    )
    assert [(error.row, error.column) for error in made.errors] == [
        (2, "#date"),
        (2, "#affected+idps"),
        (3, "#adm1"),
    ]


def test_a_mapping_of_a_tagged_table_names_no_columns(reading):
    made = reading(["#adm1"], ["Alpha"], mapping=MAPPING + "columns: {adm1: x}\n")
    assert "column columns: line 9: The key is not known" in told(made)


def test_the_kind_needs_a_mapping():
    (kind,) = KINDS
    assert (kind.name, kind.needs_mapping) == ("hxl", True)
