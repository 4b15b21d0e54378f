"""What a spreadsheet's cells mean comes in, or is told: months, broken formulas, merged cells.

Tables are made up; numbers of formats are those of ECMA-376.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from geodata.errors import DataError
from geodata.sources import cell_values, hapi, header, hxl, mapped_table, tidy
from geodata.sources.contract import ParsedSource, ReadOptions
from geodata.sources.dtm import master_list
from geodata.sources.dtm.dates import days_in
from geodata.sources.reference import reader as reference
from geodata.sources.tabular.number_formats import shown, shown_by_styles
from geodata.sources.tabular.open_table import read_rows
from geodata.util.findings import no_progress

SOURCE = """\
source: {id: own-count, title: "Own count, made up", publisher: Nobody,
  url: "https://example.org/own", terms: Free., credit: "Source: nobody", what: Made up.}
"""
MAPPING = (
    SOURCE
    + """\
columns: {adm1: Governorate, adm2: District, date: Date, households: Households, people: People}
constants: {population: idp}
"""
)
HEADER = ["Governorate", "District", "Date", "Households", "People"]
MARCH = dt.datetime(2021, 3, 1)
WORDS = ["#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#N/A"]
Rows = Sequence[Sequence[object]]


def written(path: Path, rows: Rows, date_format: str = "yyyy-mm-dd", *merged: str) -> Path:
    """Write rows as a person types them: dates in a format, the words of errors as errors."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(list(row))
    for cell in (cell for row in page.iter_rows() for cell in row):
        if isinstance(cell.value, dt.date):
            cell.number_format = date_format
        elif isinstance(cell.value, str) and cell.value.startswith("#") and cell.value[-1] in "!?A":
            cell.data_type = "e"
    for reference_ in merged:
        page.merge_cells(reference_)
    book.save(path)
    return path


@pytest.fixture
def reading(tmp_path: Path, examplia) -> Callable[..., ParsedSource]:
    """Read rows of a workbook as a tidy table."""

    def made(
        *rows: Sequence[object], date_format: str = "yyyy-mm-dd", merged: Sequence[str] = (),
        header: Rows = (HEADER,), mapping: str = MAPPING, **asked: Any,
    ) -> ParsedSource:  # fmt: skip
        said = tmp_path / "mapping.yaml"
        said.write_text(mapping, "utf-8")
        path = written(tmp_path / "own.xlsx", [*header, *rows], date_format, *merged)
        return mapped_table.read([path], examplia, ReadOptions(mapping=said, **asked), no_progress)

    return made


def told(made: ParsedSource) -> str:
    return "\n".join(finding.line() for finding in made.findings)


def dates(made: ParsedSource) -> set[str]:
    return set(made.counts["date"].dt.strftime("%Y-%m-%d"))


def people(made: ParsedSource) -> dict[str, int]:
    rows = made.counts
    return {f"{a} {b}": int(n) for a, b, n in zip(rows.adm1, rows.adm2, rows.people, strict=True)}


# ----------------------------------------------------------------------------------- months

MONTHS = [
    "mmm-yy", "mmmm yyyy", "[$-401]mmmm yyyy", "[$-2000401]mmmm\\ yyyy;@", "[$-ckb-IQ]mmmm yyyy",
    "yyyy-mm", "mm/yyyy", '"Stand: "mmm yyyy', 'yyyy"年"m"月"', "[Red]MMM\\-YY", "mmmm", "yyyymm",
    "e\\.mm", "mmm\\ \\'yy", '"day "mmm yyyy', "_-mmm-yy_-",
]  # fmt: skip


@pytest.mark.parametrize("date_format", MONTHS)
def test_a_date_cell_shown_as_a_month_is_the_month_in_any_language(reading, date_format):
    made = reading(["Alpha", "North Alpha", MARCH, 12, 60], date_format=date_format)
    assert not made.findings, told(made)
    assert dates(made) == {"2021-03-31"}


def test_a_month_typed_on_another_day_than_the_first_is_the_same_month(reading):
    made = reading(["Alpha", "", dt.datetime(2021, 3, 15), 12, 60], date_format="mmm yyyy")
    assert dates(made) == {"2021-03-31"}


@pytest.mark.parametrize(
    "date_format", ["yyyy-mm-dd", "d mmm", "[$-F800]dddd, mmmm dd, yyyy", "m/d/yy h:mm", "dd.mm.yy"]
)
def test_a_date_cell_that_shows_its_day_is_that_day(reading, date_format):
    made = reading(["Alpha", "", MARCH, 12, 60], date_format=date_format)
    assert not made.findings, told(made)
    assert dates(made) == {"2021-03-01"}


def test_a_date_cell_shown_as_a_year_is_refused_with_what_to_write(reading):
    made = reading(["Alpha", "", MARCH, 12, 60], date_format="yyyy")
    (error,) = made.errors
    assert (error.row, error.column, error.value) == (2, "Date", "2021")
    assert error.sentence == cell_values.A_YEAR


@pytest.mark.parametrize("date_format", ["[<43000]mmm-yy;yyyy-mm-dd", "[$-2060401]B2mmmm yyyy"])
def test_a_format_that_may_show_a_month_or_a_day_is_refused_and_not_guessed(reading, date_format):
    made = reading(["Alpha", "", MARCH, 12, 60], date_format=date_format)
    (error,) = made.errors
    assert error.sentence == cell_values.DAY_OR_MONTH
    assert "2021-03-01" in error.value


def test_a_list_whose_dates_may_be_days_or_months_asks_which(tmp_path, snapshot):
    rows: Rows = [["Place ID", "Governorate", "District", "Households", "Individuals", "Date"],
                  ["1", "Baghdad", "Karkh", 10, 60, MARCH]]  # fmt: skip
    path = written(tmp_path / "list.xlsx", rows, "[<43000]mmm-yy;yyyy-mm-dd")
    (error,) = master_list.read("idp", [path], snapshot, ReadOptions()).errors
    assert "2021-03-01 or 2021-03-31" in error.sentence
    made = master_list.read("idp", [path], snapshot, ReadOptions(date=dt.date(2021, 3, 31)))
    assert dates(made) == {"2021-03-31"}


@pytest.mark.parametrize(
    "title",
    ["قائمة النازحين 30 حزيران 2021", "النازحون ٣٠ حزيران/يونيو ٢٠٢١", "٣٠ی حوزەیرانی ٢٠٢١"],
)
def test_a_title_in_arabic_or_sorani_says_the_date_of_a_list(title):
    assert days_in(title) == {dt.date(2021, 6, 30)}


def test_every_reader_of_workbooks_takes_the_month_that_is_shown(tmp_path, examplia, snapshot):
    rows: Rows = [["location_code", "population", "reference_period_start", "admin1_code"],
            ["XXX", 900, MARCH, "XXG01"]]  # fmt: skip
    made = hapi.read(
        [written(tmp_path / "h.xlsx", rows, "mmm-yy")], examplia, ReadOptions(), no_progress
    )
    assert dates(made) == {"2021-03-31"}
    said = tmp_path / "m.yaml"
    said.write_text(SOURCE, "utf-8")
    rows = [["#adm1+code", "#date", "#affected+idps+ind"], ["XXG01", MARCH, 900]]
    path = written(tmp_path / "x.xlsx", rows, "[$-401]mmmm yyyy")
    assert dates(hxl.read([path], examplia, ReadOptions(mapping=said), no_progress)) == {
        "2021-03-31"
    }
    rows = [["programme", "pcode", "from_date", "status", "source"],
            ["AID", "XXG01", MARCH, "planned", "A letter"]]  # fmt: skip
    coverage = {kind.name: kind.read for kind in reference.KINDS}["coverage"]
    made = coverage(
        [written(tmp_path / "c.xlsx", rows, "mmm-yy")], examplia, ReadOptions(), no_progress
    )
    assert list(made.tables["coverage"]["from_date"]) == ["2021-03"]
    rows = [["Place ID", "Governorate", "District", "Households", "Individuals", "Date"],
            ["1", "Baghdad", "Karkh", 10, 60, MARCH]]  # fmt: skip
    path = written(tmp_path / "list.xlsx", rows, "mmm-yy")
    assert dates(master_list.read("idp", [path], snapshot, ReadOptions())) == {"2021-03-31"}


def test_formats_of_numbers_and_times_are_no_months():
    for code in ("General", "0.00E+00", "#,##0", '0.0"m"', "h:mm AM/PM", "[h]:mm", "mm:ss", "@"):
        assert shown(code) == "other", code
    assert shown("[$-409]mmm yyyy hh:mm") == "unclear"


def test_styles_say_what_they_show_by_their_place_among_those_of_cells():
    elements = [
        ("numFmt", {"numFmtId": "164", "formatCode": "mmmm yyyy"}),
        ("cellStyleXfs", {}), ("xf", {"numFmtId": "164"}),
        ("cellXfs", {}), ("xf", {"numFmtId": "0"}), ("alignment", {}), ("xf", {"numFmtId": "14"}),
        ("xf", {"numFmtId": "17"}), ("xf", {"numFmtId": "164"}), ("xf", {"numFmtId": "57"}),
        ("cellStyles", {}), ("xf", {"numFmtId": "17"}),
    ]  # fmt: skip
    assert shown_by_styles(elements) == {"2": "month", "3": "month", "4": "unclear"}


# ------------------------------------------------------------------------- broken formulas


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("column", range(5), ids=HEADER)
def test_a_broken_formula_is_an_error_with_its_sheet_cell_and_word(reading, word, column):
    good = ["Alpha", "North Alpha", dt.datetime(2021, 3, 31), 12, 60]
    bad = ["Alpha", "South Alpha", *good[2:]]
    bad[column] = word
    made = reading(good, bad)
    (error,) = made.errors
    assert (error.sheet, error.cell, error.value) == ("Sheet", f"{'ABCDE'[column]}3", word)
    assert f"sheet Sheet, cell {error.cell}, column {HEADER[column]}, “{word}”" in error.line()
    assert error.sentence == cell_values.FORMULA_ERROR


@pytest.mark.parametrize("word", ["#SPILL!", "#CALC!", "#GETTING_DATA"])
def test_an_error_that_is_newer_than_the_library_is_named_with_its_cell(tmp_path, word):
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(HEADER)
    page["E2"] = word
    page["E2"].data_type = "e"
    book.save(tmp_path / "own.xlsx")
    with pytest.raises(DataError) as refused:
        read_rows(tmp_path / "own.xlsx")
    assert f"sheet Sheet, cell E2: {word}" in str(refused.value)


def test_a_formula_whose_saved_value_is_an_error_is_told(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "own.xlsx") as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Place", "Households"])
        page.write_row(1, 0, ["Alpha"])
        page.write_formula(1, 1, "=VLOOKUP(1,Z1:Z2,1)", None, "#N/A")
    assert list(read_rows(tmp_path / "own.xlsx"))[1] == (2, ["Alpha", "#N/A"])


def test_an_error_in_a_column_that_is_not_read_and_na_in_a_comment_are_none(reading, tmp_path):
    made = reading(
        ["Alpha", "North Alpha", dt.datetime(2021, 3, 31), 12, 60, "#REF!", "#N/A"],
        header=[[*HEADER, "Check", "Comment"]],
    )
    assert not made.findings, told(made)


def test_a_row_that_is_left_out_anyway_may_be_broken(reading):
    made = reading(
        ["Alpha", "North Alpha", dt.datetime(2021, 3, 31), 12, 60],
        ["Total", "", "", "#REF!", "#REF!"],
    )
    assert not made.errors, told(made)
    assert people(made) == {"Alpha North Alpha": 60}


@pytest.mark.parametrize("word", [*WORDS, "#SPILL!", "#CALC!", "#GETTING_DATA", "#BEZUG!", "#NV"])
def test_the_same_words_in_a_csv_are_errors_in_every_kind(tmp_path, examplia, snapshot, word):
    said = tmp_path / "mapping.yaml"
    asked = ReadOptions(mapping=said)

    def errors(
        read: Callable[..., ParsedSource], header: str, row: str, asked: ReadOptions
    ) -> set[int]:
        """Positions of the columns in which the word is told as an error."""
        found = set()
        for at, title in enumerate(header.split(",")):
            parts = row.split(",")
            parts[at] = word
            path = tmp_path / "list.csv"
            path.write_text(f"{header}\n{row}\n{','.join(parts)}\n", "utf-8")
            made = read([path], asked)
            if any(e.value == word and e.row == 3 and e.column == title for e in made.errors):
                found.add(at)
        return found

    said.write_text(MAPPING, "utf-8")
    header, row = ",".join(HEADER), "Alpha,North Alpha,2021-03-31,12,60"
    tables = errors(lambda p, a: mapped_table.read(p, examplia, a, no_progress), header, row, asked)
    assert tables == {0, 1, 2, 3, 4}
    said.write_text(SOURCE, "utf-8")
    header = "#adm1+code,#adm1+name,#date,#affected+idps+ind,#country+code"
    assert errors(
        lambda p, a: hxl.read(p, examplia, a, no_progress),
        header,
        "XXG01,Alpha,2021-03,60,XXX",
        asked,
    ) >= {0, 1, 2, 3}
    header = "location_code,population,reference_period_start,admin1_code,provider_admin1_name"
    assert errors(
        lambda p, a: hapi.read(p, examplia, a, no_progress), header, "XXX,9,2021-03-31,XXG01,Alpha",
        ReadOptions(),
    ) == {0, 1, 2, 3, 4}  # fmt: skip
    header = "Place ID,Governorate,District,Households,Individuals,Camp,Date"
    assert errors(
        lambda p, a: master_list.read("idp", p, snapshot, a), header, "1,Baghdad,Karkh,10,60,10,"
        "2019-08-31", ReadOptions(),
    ) == {0, 1, 2, 3, 4, 5, 6}  # fmt: skip


@pytest.mark.parametrize("word", ["#REF!", "#N/A"])
@pytest.mark.parametrize(
    ("kind", "header", "row", "comments"),
    [
        ("programmes", "code,name,pillar,start_year,funders", "NEW,Made-up,relief,2019,Us", {4}),
        ("coverage", "programme,pcode,from_date,status,source,note",
         "AID,XXG01,2019-03,planned,A letter,None", {5}),
        ("reach", "programme,pcodes,indicator,value,cumulative,source,as_of",
         "AID,XXG01,families,1200,no,A letter,2020-03", set()),
        ("residents", "pcode,year,residents,basis,url", "XXG01,2018,1000,made up,here", set()),
        ("aliases", "spelling,pcode,level", "Alfa,XXG01,1", set()),
    ],
)  # fmt: skip
def test_a_broken_formula_is_an_error_in_tables_beside_the_figures(
    tmp_path, examplia, word, kind, header, row, comments
):
    read = {one.name: one.read for one in reference.KINDS}[kind]
    for at, title in enumerate(header.split(",")):
        parts: list[object] = [*row.split(",")]
        parts[at] = word
        path = written(tmp_path / f"{kind}.xlsx", [header.split(","), parts])
        found = {
            (e.cell, e.value) for e in read([path], examplia, ReadOptions(), no_progress).errors
        }
        fine = at in comments and word == "#N/A"
        assert ((f"{'ABCDEFG'[at]}2", word) in found) != fine, title


def test_a_governorate_that_is_a_broken_formula_is_no_row_of_tags(tmp_path, snapshot):
    path = tmp_path / "list_2019-08-31.csv"
    path.write_text(
        "Place ID,Governorate,District,Households,Individuals\n1,Baghdad,Karkh,10,60\n"
        "2,#REF!,Karkh,20,120\n",
        "utf-8",
    )
    for quick_from in (1, 10**12):
        made = master_list.read("idp", [path], snapshot, ReadOptions(), quick_from=quick_from)
        assert [(e.row, e.column) for e in made.errors] == [(3, "Governorate")]


# ----------------------------------------------------------------------------- merged cells

JUNE = dt.datetime(2021, 6, 30)


def test_each_row_of_merged_cells_is_given_what_they_say(reading):
    made = reading(
        ["Alpha", "North Alpha", JUNE, 100, 600],
        ["", "South Alpha", "", 50, 300],
        ["Beta", "Old Beta", "", 70, 420],
        merged=["A2:A3", "C2:C4"],
    )
    assert not made.errors, told(made)
    assert people(made) == {
        "Alpha North Alpha": 600, "Alpha South Alpha": 300, "Beta Old Beta": 420,
    }  # fmt: skip
    assert dates(made) == {"2021-06-30"}
    assert "merged over rows (2 times" in told(made)


@pytest.mark.parametrize("merged", ["E2:E3", "D2:E2"])
def test_a_figure_in_merged_cells_is_refused_and_never_repeated(reading, merged):
    made = reading(
        ["Alpha", "North Alpha", JUNE, 600, 600], ["Alpha", "South Alpha", JUNE, 60, None],
        merged=[merged],
    )  # fmt: skip
    assert header.FIGURES_MERGED in {error.sentence for error in made.errors}


def test_merged_cells_of_a_list_are_given_to_each_row(tmp_path, snapshot):
    rows: Rows = [["Place ID", "Governorate", "District", "Households", "Individuals"],
            ["1", "Baghdad", "Karkh", 10, 60], ["2", "", "", 20, 120]]  # fmt: skip
    path = written(tmp_path / "list_2019-08-31.xlsx", rows, "yyyy", "B2:B3", "C2:C3")
    made = master_list.read("idp", [path], snapshot, ReadOptions())
    assert not made.errors, told(made)
    assert list(made.counts["people"]) == [180]


def test_heads_that_are_merged_over_two_rows_name_their_columns(reading):
    made = reading(
        ["Alpha", "North Alpha", JUNE, 100, 600],
        header=[[*HEADER[:3], "Displaced", ""], ["", "", "", "Households", "People"]],
        merged=["A1:A2", "B1:B2", "C1:C2", "D1:E1"],
    )
    assert not made.findings, told(made)
    assert people(made) == {"Alpha North Alpha": 600}


# ----------------------------------------------------------------- what is no row of figures

DATA = (["Alpha", "North Alpha", JUNE, 100, 600], ["Beta", "Old Beta", JUNE, 50, 300])


def test_a_header_of_two_rows_that_are_not_merged_is_told_as_such(reading):
    made = reading(
        *DATA, header=[[*HEADER[:3], "Displaced", ""], ["", "", "", "Households", "People"]]
    )
    assert made.errors
    assert all("header of two rows" in error.sentence for error in made.errors), told(made)


def test_titles_that_stand_twice_below_groups_are_told_with_the_groups(reading):
    made = reading(
        *DATA,
        header=[["", "", "", "Displaced", "", "Returned", ""], [*HEADER, "Households", "People"]],
        merged=["D1:E1", "F1:G1"],
    )
    assert len(made.errors) == 2
    assert all("“Displaced”, “Returned”" in error.sentence for error in made.errors), told(made)


def test_a_second_row_of_titles_is_left_out_and_named(reading):
    arabic = ["المحافظة", "القضاء", "التاريخ", "عدد الأسر", "عدد الأفراد"]
    made = reading(arabic, *DATA)
    assert not made.errors, told(made)
    assert header.SECOND_HEADER in told(made)
    assert sum(people(made).values()) == 900


def test_a_second_row_of_titles_of_a_list_is_left_out_and_named(tmp_path, snapshot):
    path = tmp_path / "list_2019-08-31.csv"
    path.write_text(
        "Place ID,Governorate,District,Households,Individuals\n"
        "رمز,المحافظة,القضاء,عدد الأسر,عدد الأفراد\n1,Baghdad,Karkh,10,60\n",
        "utf-8",
    )
    made = master_list.read("idp", [path], snapshot, ReadOptions())
    assert not made.errors, told(made)
    assert header.SECOND_HEADER in told(made)
    assert list(made.counts["people"]) == [60]


@pytest.mark.parametrize(
    "said",
    ["Total", "Total Examplia", "Alpha total", "Sub-total", "GRAND TOTAL:", "المجموع الكلي",
     "مجموع نينوى", "الاجمالي", "کۆی گشتی", "سەرجەم", "All governorates"],
)  # fmt: skip
def test_a_row_of_totals_is_never_counted_as_a_place(reading, said):
    made = reading(*DATA, [said, "", JUNE, 150, 900])
    assert not made.errors, told(made)
    assert "total" in told(made)
    assert people(made) == {"Alpha North Alpha": 600, "Beta Old Beta": 300}


def test_a_total_without_a_word_is_known_by_its_sum(reading):
    made = reading(*DATA, ["", "", "", 150, 900])
    assert not made.errors, told(made)
    assert tidy.A_TOTAL in told(made)
    assert sum(people(made).values()) == 900


def test_figures_without_a_place_that_are_no_sum_are_an_error_that_names_totals(reading):
    made = reading(*DATA, ["", "", JUNE, 150, 901])
    assert tidy.NO_PLACE in {error.sentence for error in made.errors}


@pytest.mark.parametrize("note", [["Source: partners of 2021"], ["*", "Estimated by partners"]])
def test_a_note_below_a_table_is_left_out_and_named(reading, note):
    made = reading(*DATA, [], note)
    assert not made.errors, told(made)
    assert tidy.A_NOTE in told(made)
    assert sum(people(made).values()) == 900
