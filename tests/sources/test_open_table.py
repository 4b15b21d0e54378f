"""Files that people send are refused with a sentence, or read; none of them fills the memory."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from geodata.errors import DataError
from geodata.sources.tabular import csv_text, detect, open_table, workbook_safety, workbook_scan
from geodata.sources.tabular.detect import check_file
from geodata.sources.tabular.open_table import cell_text, read_rows
from geodata.sources.tabular.workbook_scan import column_letters
from geodata.util import zip_guard
from tests.zips import understated

TABLE: list[list[object]] = [["Place", "Households"], ["Alpha", 12], ["Beta", 3]]
READ = [(1, ["Place", "Households"]), (2, ["Alpha", "12"]), (3, ["Beta", "3"])]


def workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]] | None = None) -> Path:
    """A workbook with these rows; a cell that begins with = is a formula saved without a value."""
    with xlsxwriter.Workbook(path) as book:
        for name, rows in (sheets or {"List": TABLE}).items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if isinstance(cell, str) and cell.startswith("="):
                        sheet.write_formula(i, j, cell, None, "")
                    else:
                        sheet.write(i, j, cell)
    return path


def repacked(path: Path, **parts: bytes | None) -> Path:
    """The same workbook with parts added, changed or (``None``) left out; ``__`` is ``/``."""
    changed = {name.replace("__", "/").replace("_dot_", "."): data for name, data in parts.items()}
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (held | changed).items():
            if data is not None:
                archive.writestr(name, data)
    return path


def text_file(tmp_path: Path, data: str | bytes, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


# ------------------------------------------------------------------------------ what is refused


def test_a_missing_file_is_named_with_those_beside_it_that_are_called_alike(tmp_path):
    text_file(tmp_path, "a,b\n", "idp_list_2020.csv")
    with pytest.raises(DataError, match=r"is missing.*Beside it: idp_list_2020\.csv"):
        check_file(tmp_path / "idp_list_2021.csv")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(DataError, match="is a folder"):
        check_file(tmp_path)


def test_a_file_that_may_not_be_read_is_said_to_be_so(tmp_path, monkeypatch):
    path = text_file(tmp_path, "a,b\n")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(DataError, match="cannot be read: Permission denied"):
        check_file(path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n \n", "is empty"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"\x1f\x8b\x08 ...", "gzip archive"),
        (b"PAR1....", "Parquet"),
        (b"\x89PNG\r\n", "picture"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"\n\n  <html><head>", "web page"),
        (b"\x00\x01\x02\x03 table", "binary"),
        (
            detect._OLE + b"\x00" * 600 + "Workbook".encode("utf-16-le"),
            r"old Excel format \(.xls\)",
        ),
        (detect._OLE + b"\x00" * 2_000_000 + detect._LOCKED, "locked with a password"),
    ],
)
def test_what_is_no_table_is_refused_with_what_it_is(tmp_path, data, said):
    with pytest.raises(DataError, match=said):
        check_file(text_file(tmp_path, data))


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "OpenDocument"),
        ({"word/document.xml": b"<w/>"}, "text document"),
        ({"xl/workbook.bin": b"..."}, "binary workbook"),
        ({"list.csv": b"a,b"}, "ZIP archive"),
    ],
)
def test_an_archive_that_is_no_workbook_is_refused_with_what_it_is(tmp_path, parts, said):
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    with pytest.raises(DataError, match=said):
        check_file(path)


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_a_workbook_that_was_cut_short_is_refused(tmp_path, kept):
    path = workbook(tmp_path / "list.xlsx")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(DataError, match="cut short or damaged"):
        check_file(path)


def test_a_workbook_with_a_byte_changed_is_refused(tmp_path):
    path = workbook(tmp_path / "list.xlsx", {"List": [[f"Place {i}", i] for i in range(500)]})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    data[part.header_offset + 200] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(DataError, match="cut short or damaged"):
        check_file(path)


def test_macros_are_refused_whatever_the_name_ends_in(tmp_path):
    path = repacked(workbook(tmp_path / "list.xlsx"), xl__vbaProject_dot_bin=b"macro")
    with pytest.raises(DataError, match="holds macros"):
        check_file(path)


def test_a_format_that_its_reader_does_not_read_is_refused(tmp_path):
    path = text_file(tmp_path, '{"result": []}', "answer.json")
    assert check_file(path, ("json",)).kind == "json"
    with pytest.raises(DataError, match="is a JSON file; what is read here is CSV or Excel"):
        check_file(path)


def test_a_file_beyond_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(detect.MAX_BYTES, "csv", 10)
    with pytest.raises(DataError, match="may have"):
        check_file(text_file(tmp_path, "a,b\n1,2\n3,4\n"))


# ----------------------------------------------------------------------------------- zip bombs


def test_a_workbook_that_says_it_unpacks_to_too_much_is_not_unpacked(tmp_path, monkeypatch):
    path = repacked(workbook(tmp_path / "list.xlsx"), xl__extra_dot_xml=b"0" * 30_000_000)
    monkeypatch.setattr(zip_guard, "read_part", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(DataError, match="more than 250 times its packed size"):
        check_file(path)
    small = replace(workbook_safety.LIMITS, max_unpacked=1_000_000)
    monkeypatch.setattr(workbook_safety, "LIMITS", small)
    with pytest.raises(DataError, match="unpacks to more than 1 MB"):
        check_file(path)


def lying(path: Path, name: str, data: bytes, says: int) -> Path:
    """Add a part whose directory entry says that it holds less than it does."""
    path.write_bytes(understated(path.read_bytes(), name, data, says))
    return path


def test_the_length_that_a_directory_gives_is_not_believed(tmp_path):
    path = lying(workbook(tmp_path / "list.xlsx"), "xl/extra.xml", b"0" * 60_000_000, says=100)
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("xl/extra.xml").file_size == 100
    with pytest.raises(DataError, match="250 times its packed size"):
        check_file(path)


def test_a_part_that_holds_more_than_it_says_is_refused_though_small(tmp_path):
    path = lying(workbook(tmp_path / "list.xlsx"), "xl/extra.xml", b"01" * 600, says=100)
    with pytest.raises(DataError, match="holds 1,200 bytes and should hold 100"):
        check_file(path)


def test_a_sheet_that_reaches_far_with_few_cells_is_not_opened(tmp_path):
    path = workbook(tmp_path / "list.xlsx")
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    repacked(path, xl__worksheets__sheet1_dot_xml=xml.replace(b"</sheetData>", far))
    with pytest.raises(DataError, match="cells reach to XFD1048576"):
        read_rows(path)


def test_a_sheet_that_declares_entities_is_refused(tmp_path):
    path = workbook(tmp_path / "list.xlsx")
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    bomb = b'?>\n<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    repacked(path, xl__worksheets__sheet1_dot_xml=xml.replace(b"?>", bomb, 1))
    with pytest.raises(DataError, match="declares a document type"):
        read_rows(path)


# ------------------------------------------------------------------------------------- workbooks


def test_a_workbook_is_read_as_text_with_the_rows_of_a_spreadsheet(tmp_path):
    rows: list[list[object]] = [[], ["", "Place", "Share", "Yes"], [], ["", "Alpha", 0.5, True]]
    read = read_rows(workbook(tmp_path / "list.xlsx", {"Sheet": rows}))
    assert list(read) == [(2, ["", "Place", "Share", "Yes"]), (4, ["", "Alpha", "0.5", "TRUE"])]
    assert list(read) == list(read), "it is read from the start each time"
    assert read.sheet == "Sheet"


def test_the_sheet_with_most_in_it_is_read_and_the_others_are_named(tmp_path):
    sheets: dict[str, Any] = {"Cover": [["DTM"]], "Data": TABLE, "Notes": [["a"], ["b"]]}
    path = workbook(tmp_path / "list.xlsx", sheets)
    read = read_rows(path)
    assert (read.sheet, list(read)) == ("Data", READ)
    assert "Cover, Notes" in read.findings[-1].sentence
    assert list(read_rows(path, "Notes")) == [(1, ["a"]), (2, ["b"])]
    with pytest.raises(DataError, match="no sheet 'Daten'; it has 'Cover', 'Data', 'Notes'"):
        read_rows(path, "Daten")


def test_a_reader_says_which_sheet_looks_like_its_own(tmp_path):
    sheets = {"Long": [["x"] * 9] * 9, "Mine": [["Governorate"]]}
    read = read_rows(
        workbook(tmp_path / "list.xlsx", sheets),
        score=lambda head: sum("Governorate" in cells for _, cells in head),
    )
    assert read.sheet == "Mine"


def test_formulas_give_the_value_that_was_saved_and_a_warning(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Place", "Households"])
        sheet.write_string(1, 0, "Alpha")
        sheet.write_formula(1, 1, "=6*2", None, 12)
    read = read_rows(path)
    assert list(read)[1] == (2, ["Alpha", "12"])
    assert [(f.severity, f.sentence[:18]) for f in read.findings] == [
        ("warning", "Formulas (1 cell):")
    ]


def test_a_formula_without_its_value_is_an_error_that_names_the_cell(tmp_path):
    rows: Sequence[Sequence[object]] = [["Place", "Households"], ["Alpha", "=6*2"], ["Beta", 3]]
    errors = [
        f
        for f in read_rows(workbook(tmp_path / "list.xlsx", {"List": rows})).findings
        if f.severity == "error"
    ]
    assert [(f.sheet, f.row, f.column) for f in errors] == [("List", 2, "B")]


def test_a_last_row_of_formulas_without_values_is_left_out_and_said_to_be(tmp_path):
    rows: Sequence[Sequence[object]] = [*TABLE, ['="Totals"', "=SUM(B2:B3)"]]
    read = read_rows(workbook(tmp_path / "list.xlsx", {"List": rows}))
    assert list(read) == READ
    assert [f.severity for f in read.findings] == ["warning", "warning"]
    assert read.findings[1].row == 4


def test_many_formulas_without_values_are_counted_after_the_first(tmp_path):
    rows: Sequence[Sequence[object]] = [[f"=A{i}", f"=B{i}"] for i in range(100)] + [["end", 1]]
    found = read_rows(workbook(tmp_path / "list.xlsx", {"List": rows})).findings
    assert len(found) == 1 + workbook_scan.MAX_LISTED + 1
    assert "and 150 more cells" in found[-1].sentence


def test_links_to_other_workbooks_are_not_followed_and_said_so(tmp_path):
    path = workbook(tmp_path / "list.xlsx")
    repacked(path, xl__externalLinks__externalLink1_dot_xml=b"<externalLink/>")
    assert "other workbooks" in check_file(path).findings[0].sentence


def test_a_name_that_says_another_format_is_noted_and_the_bytes_decide(tmp_path):
    path = workbook(tmp_path / "list.xlsx").rename(tmp_path / "list.csv")
    read = read_rows(path)
    assert list(read) == READ
    assert "The name says csv, the file is an Excel workbook" in read.findings[0].sentence


# ------------------------------------------------------------------------------------------- CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_is_read_whatever_its_delimiter_and_unicode(tmp_path, delimiter, encoding):
    lines = [["Place", "Households"], ["دهوك", "12"], ["Beta, Gamma; Delta", "3"]]
    quoted = [delimiter.join(f'"{cell}"' for cell in line) for line in lines]
    read = read_rows(text_file(tmp_path, "\r\n".join(quoted).encode(encoding)))
    assert [cells for _, cells in read] == lines
    assert not read.findings


@pytest.mark.parametrize(
    ("encoding", "word"), [("cp1256", "محافظة نينوى"), ("cp1252", "Sulaymânîyah – Höhe")]
)
def test_an_encoding_that_is_guessed_is_said(tmp_path, encoding, word):
    read = read_rows(text_file(tmp_path, f"Place,Households\n{word},12\n".encode(encoding)))
    assert list(read)[1] == (2, [word, "12"])
    assert encoding in read.findings[0].sentence


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path):
    read = read_rows(text_file(tmp_path, 'Title\n\n"Place\nid",n\n,\n1,2\n'))
    assert list(read) == [(1, ["Title"]), (3, ["Place\nid", "n"]), (5, ["1", "2"])]


def test_an_open_quotation_mark_is_told_with_its_line(tmp_path):
    data = "Place,n\n" + 'Alpha,"1\n' + "Beta,2\n" * 60_000
    with pytest.raises(DataError, match="a quotation mark may be open"):
        list(read_rows(text_file(tmp_path, data)))


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(tmp_path):
    with pytest.raises(DataError, match="line 1 is longer than 1,000,000 characters"):
        list(read_rows(text_file(tmp_path, b"0," * 2_000_000)))


def test_a_character_that_breaks_beyond_the_checked_part_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_text, "_WHOLE_BYTES", 64)
    path = text_file(tmp_path, b"Place,n\n" + b"Alpha,1\n" * 5_000 + b"Nin\xe9wa,2\n")
    with pytest.raises(DataError, match=r"a character is broken"):
        list(read_rows(path))


def test_only_the_head_of_a_file_is_read_until_more_is_asked_for(tmp_path, monkeypatch):
    path = text_file(tmp_path, "a,b\n" + "1,2\n" * 50_000)
    read = read_rows(path)
    given: list[str] = []
    whole = csv_text.csv_lines

    def counted(name, handle):
        for line in whole(name, handle):
            given.append(line)
            yield line

    monkeypatch.setattr(open_table, "csv_lines", counted)
    assert len(read.head(3)) == 3
    assert 3 <= len(given) <= 4


# ----------------------------------------------------------------------------------- what is said


def test_what_was_read_is_said_with_the_hash_of_the_bytes(tmp_path):
    path = text_file(tmp_path, "a,b\n")
    said = check_file(path).read(7, "a layout")
    assert (said.name, said.size, said.rows, said.layout) == ("list.csv", 4, 7, "a layout")
    assert said.sha256 == hashlib.sha256(b"a,b\n").hexdigest()


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = text_file(tmp_path, "a,b\n")
    checked = check_file(path)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="was changed while it was read"):
        checked.read(1, "")


@pytest.mark.parametrize(
    ("data", "blank"),
    [("a\nb\n", False), ("a\n\nb", True), ("a\r\nb\r\n", False), ("a\r\n\r\nb", True)],
)
def test_empty_lines_are_seen_wherever_chunks_end(tmp_path, monkeypatch, data, blank):
    path = text_file(tmp_path, data)
    for chunk in (1, 2, 3, 100):
        monkeypatch.setattr(detect, "CHUNK", chunk)
        assert check_file(path).blank_lines is blank


def test_columns_are_lettered_as_a_spreadsheet_does():
    assert [column_letters(n) for n in (1, 26, 27, 702, 703, 16384)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip


def test_cells_are_written_as_a_person_would():
    import datetime as dt

    written = {
        7862.0: "7862",
        0.25: "0.25",
        dt.date(2020, 2, 29): "2020-02-29",
        dt.datetime(2020, 2, 29, 12): "2020-02-29T12:00:00",
        None: "",
    }
    assert {cell_text(value) for value in written} == set(written.values())
