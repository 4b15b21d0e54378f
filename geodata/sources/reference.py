"""Read tables beside the counts: programmes, coverage, results, residents, spellings of places.

A file has the columns of the table's schema (:mod:`geodata.snapshots.schemas`), known by name, as
CSV or
Excel. Every cell is checked, and every code against what the snapshot holds. What is held with the
same key is replaced: a programme by its code, residents by P-code and year, a spelling by its level
and governorate; of ``coverage`` and ``reach`` all rows of the programmes that a file names.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.places.folding import fold
from geodata.snapshots.name_columns import NAME_COLUMNS
from geodata.snapshots.schemas import COVERAGE_STATUSES, TABLES, check
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.cell_values import (
    BROKEN,
    CellError,
    check_choice,
    clean_text,
    due_text,
    formula_error,
    month_end,
    optional_text,
    parse_count,
)
from geodata.sources.contract import ParsedSource, ReadOptions, SourceKind, no_breakdowns, no_counts
from geodata.sources.finding_log import FindingLog
from geodata.sources.header import find_header, open_rows
from geodata.sources.mapping import read_mapping
from geodata.util.findings import FileRead, Progress
from geodata.util.suggestions import suggestions

Cell = Callable[[str, "Checks"], Any]
"""Reads the text of a cell, or raises :class:`CellError`."""

_CODE = re.compile(r"[A-Z0-9]+")
_YEARS = range(1900, 2101)


@dataclass(frozen=True)
class Checks:
    """The codes of a snapshot, which cells are checked against."""

    snapshot: Snapshot
    governorates: Mapping[str, str]
    districts: Mapping[str, str]
    parents: Mapping[str, str]
    programmes: tuple[str, ...]

    @classmethod
    def of(cls, snapshot: Snapshot) -> Checks:
        """Take the codes that a snapshot holds."""
        areas = snapshot.tables.areas

        def named(level: int) -> dict[str, str]:
            rows = areas[areas["level"] == level]
            return dict(zip(rows["pcode"], rows["name_en"], strict=True))

        inner = areas[areas["level"] == 2]
        return cls(
            snapshot,
            named(1),
            named(2),
            dict(zip(inner["pcode"], inner["parent"], strict=True)),
            tuple(snapshot.tables.programmes["code"]),
        )

    @property
    def country(self) -> Mapping[str, Any]:
        """The country, from the manifest."""
        return self.snapshot.manifest["country"]  # type: ignore[no-any-return]


# ---- cells


def _free(cell: str, _: Checks) -> str:
    return optional_text(cell)


def _filled(cell: str, _: Checks) -> str:
    word = due_text(cell)
    if not word:
        raise CellError("The cell is empty, and must not be.")
    return word


def _one_of(choices: Sequence[str]) -> Cell:
    def reader(cell: str, checks: Checks) -> str:
        word = _filled(cell, checks).casefold()
        check_choice(word, choices)
        return word

    return reader


def _new_code(cell: str, checks: Checks) -> str:
    code = _filled(cell, checks)
    if not _CODE.fullmatch(code):
        raise CellError("A programme's code has capital letters A to Z and digits only.")
    return code


def _programme(cell: str, checks: Checks) -> str:
    code = _filled(cell, checks)
    if code not in checks.programmes:
        raise CellError(
            "There is no programme of this code: add it first, with `ingest programmes`.",
            suggestions(code, checks.programmes),
        )
    return code


def _year(cell: str, _: Checks) -> int | None:
    year = parse_count(cell)
    if year is not None and year not in _YEARS:
        raise CellError("This is no year.")
    return year


def _year_said(cell: str, checks: Checks) -> int:
    year = _year(_filled(cell, checks), checks)
    if year is None:
        raise CellError("The cell is empty, and must not be.")
    return year


def _number(cell: str, checks: Checks) -> int:
    number = parse_count(cell)
    if number is None:
        raise CellError(
            "The cell is empty: leave the row out where nothing is known, and write 0 for nobody."
        )
    return number


def part_of_date(cell: str, _: Checks | None = None) -> str:
    """Return a date as precise as it is: empty, a year, a month or a day.

    Raises
    ------
    CellError
        If it is none of these.
    """
    word = clean_text(cell)
    if formula_error(word):
        raise CellError(BROKEN)
    word = word[:10] if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]00:00:00", word) else word
    if word and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", word):
        raise CellError(
            "A date is a year, a month or a day, as the source has it: 2016, 2016-09 or 2016-09-21."
        )
    try:
        span_of(word)
    except ValueError:
        raise CellError("This is a date that the calendar does not have.") from None
    return word


def span_of(word: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day that a part of a date may mean."""
    if not word:
        return dt.date.min, dt.date.max
    year, month, of_month = (*map(int, word.split("-")), 0, 0)[:3]
    if not month:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    if not of_month:
        return dt.date(year, month, 1), month_end(year, month)
    return dt.date(year, month, of_month), dt.date(year, month, of_month)


def _governorate(cell: str, checks: Checks) -> str:
    code = _filled(cell, checks)
    if code in checks.governorates:
        return code
    _refuse_former(code, checks)
    if code in checks.districts:
        parent = checks.parents[code]
        raise CellError(
            "This is the P-code of a district, and the table is by governorate.",
            [f"{parent} ({checks.governorates[parent]})"],
        )
    raise CellError("No governorate has this P-code.", _codes_like(code, checks.governorates))


def _refuse_former(code: str, checks: Checks) -> None:
    for rule in checks.country.get("former_codes", []):
        if re.fullmatch(rule["pattern"], code, re.IGNORECASE):
            raise CellError(str(rule["sentence"]).format(code=code))


def _codes_like(code: str, areas: Mapping[str, str]) -> list[str]:
    """Give P-codes written like ``code``, or of areas that are named like it, with their names."""
    by_name = {fold(name): pcode for pcode, name in areas.items()}
    near = dict.fromkeys(by_name[name] for name in suggestions(fold(code), by_name, 1))
    near.update(dict.fromkeys(suggestions(code, areas)))
    return [f"{pcode} ({areas[pcode]})" for pcode in list(near)[:3]]


def _governorates(cell: str, checks: Checks) -> str:
    codes = [code for code in map(clean_text, _filled(cell, checks).split(";")) if code]
    if codes == [checks.country["code"]]:
        return codes[0]
    return ";".join(_governorate(code, checks) for code in codes)


def _area(cell: str, checks: Checks) -> str:
    code = _filled(cell, checks)
    _refuse_former(code, checks)
    every = {**checks.governorates, **checks.districts}
    if code not in every:
        raise CellError("No area has this P-code.", _codes_like(code, every))
    return code


def _spelling(cell: str, checks: Checks) -> str:
    word = _filled(cell, checks)
    if not fold(word):
        raise CellError("There is no letter in it that a name could be known by.")
    return word


# ---- tables


@dataclass(frozen=True)
class Table:
    """Rules of one table: how its cells are read, and what must agree across them.

    Attributes
    ----------
    cells
        Column ``->`` what reads its cells, in the order of the schema.
    required
        Columns that a file must have; the others may be left out.
    key
        Columns that name a row: two rows of a file may not agree in them.
    role
        Of the source that the table is from.
    figures
        Columns of numbers: merged cells of theirs say nothing of the rows below.
    """

    name: str
    cells: Mapping[str, Cell]
    required: Sequence[str]
    key: Sequence[str]
    role: str
    figures: Sequence[str] = ()
    rule: Callable[[dict[str, Any], Checks], None] = field(default=lambda row, checks: None)
    doubts: Callable[[dict[str, Any], Checks], Iterable[tuple[str, str]]] = field(
        default=lambda row, checks: ()
    )


def _ends_after_it_starts(row: dict[str, Any], _: Checks) -> None:
    if row["start_year"] and row["end_year"] and row["end_year"] < row["start_year"]:
        raise CellError("The programme ends before it starts.")


def _goes_forward(row: dict[str, Any], _: Checks) -> None:
    if span_of(row["to_date"])[1] < span_of(row["from_date"])[0]:
        raise CellError("The end (to_date) is before the start (from_date).")


def _pillar_is_named(row: dict[str, Any], checks: Checks) -> Iterable[tuple[str, str]]:
    pillars = checks.country.get("pillars", {})
    if pillars and row["pillar"] not in pillars:
        named = ", ".join(pillars)
        yield "pillar", f"The pillar has no name to be shown by; those that have one: {named}."


def _year_is_used(row: dict[str, Any], checks: Checks) -> Iterable[tuple[str, str]]:
    used = checks.country.get("residents_year")
    if used is not None and row["year"] != used:
        yield "year", f"Rates are of the residents of {used}: rows of other years are only held."


def _is_within_its_governorate(row: dict[str, Any], checks: Checks) -> None:
    """Check that level and scope, where a file says them, agree with the P-code."""
    level = 2 if row["pcode"] in checks.districts else 1
    scope = checks.parents.get(row["pcode"], "")
    if row["level"] not in (None, level):
        raise CellError(f"The P-code is of level {level}.")
    if row["scope"] not in ("", scope):
        raise CellError(f"The P-code lies in {scope or 'no other area'}: that is its scope.")
    row["level"], row["scope"] = level, scope
    _is_no_other_name(row, checks)


def _is_no_other_name(row: dict[str, Any], checks: Checks) -> None:
    areas = checks.snapshot.tables.areas
    same = areas[(areas["level"] == row["level"]) & (areas["pcode"] != row["pcode"])]
    same = same[same["parent"].fillna("") == row["scope"]]
    for column in NAME_COLUMNS:
        for name, pcode in zip(same[column].fillna(""), same["pcode"], strict=True):
            if name and fold(name) == fold(row["spelling"]):
                raise CellError(f"This is a name of {pcode}: one spelling means one area.")
    held = checks.snapshot.tables.aliases
    held = held[(held["level"] == row["level"]) & (held["scope"] == row["scope"])]
    for spelling, pcode in zip(held["spelling"], held["pcode"], strict=True):
        other = pcode != row["pcode"] and spelling != row["spelling"]
        if other and fold(spelling) == fold(row["spelling"]):
            raise CellError(f"{spelling!r} means {pcode} already: one spelling means one area.")


def _level(cell: str, _: Checks) -> int | None:
    if due_text(cell) not in ("", "1", "2"):
        raise CellError("The level is 1 (governorate) or 2 (district).")
    return int(clean_text(cell)) if clean_text(cell) else None


ALL = (
    Table(
        "programmes",
        {
            "code": _new_code, "name": _filled, "pillar": _filled, "start_year": _year,
            "end_year": _year, "funders": _free, "people_served": _free, "description": _free,
            "sources": _free,
        },
        ("code", "name", "pillar"),
        ("code",),
        "programmes",
        rule=_ends_after_it_starts,
        doubts=_pillar_is_named,
    ),
    Table(
        "coverage",
        {
            "programme": _programme, "phase": _free, "pcode": _governorate,
            "from_date": part_of_date, "to_date": part_of_date,
            "status": _one_of(COVERAGE_STATUSES), "date_basis": _free, "source": _filled,
            "locator": _free, "note": _free,
        },
        ("programme", "pcode", "status", "source"),
        (),
        "programmes",
        rule=_goes_forward,
    ),
    Table(
        "reach",
        {
            "programme": _programme, "pcodes": _governorates, "as_of": part_of_date,
            "people": _free, "indicator": _filled, "value": _filled,
            "cumulative": _one_of(("yes", "no", "unknown")), "source": _filled,
            "locator": _free, "note": _free,
        },
        ("programme", "pcodes", "indicator", "value", "cumulative", "source"),
        (),
        "programmes",
        ("people", "value"),
    ),
    Table(
        "residents",
        {
            "pcode": _governorate, "year": _year_said, "residents": _number, "basis": _filled,
            "url": _filled,
        },
        ("pcode", "year", "residents", "basis", "url"),
        ("pcode", "year"),
        "residents",
        ("residents",),
        doubts=_year_is_used,
    ),
    Table(
        "aliases",
        {"level": _level, "scope": _free, "spelling": _spelling, "pcode": _area},
        ("spelling", "pcode"),
        ("level", "scope", "spelling"),
        "boundaries",
        rule=_is_within_its_governorate,
    ),
)  # fmt: skip


# ---- reading


def reader_of(table: Table) -> Callable[..., ParsedSource]:
    """Make the reader of one table."""

    def read(
        files: Sequence[Path], snapshot: Snapshot, request: ReadOptions, progress: Progress
    ) -> ParsedSource:
        notes, made = FindingLog(), list[FileRead]()
        checks, rows = Checks.of(snapshot), _Rows(table)
        source, sheet_name = _source(table, snapshot, request, notes)
        for path in files:
            opened = open_rows(path, notes, sheet_name)
            progress(f"Reading {opened.file.name}", 0, None)
            before = len(rows.taken)
            wanted = {name: name for name in table.cells}
            sheet = find_header(opened, wanted, table.required, notes, figures=table.figures)
            if sheet:
                for number, record in sheet.records(notes):
                    rows.take(number, record, checks, notes)
            made.append(opened.file.read(len(rows.taken) - before, f"{table.name} table"))
        if not rows.taken and not notes.errors:
            notes.error("There is no row in it.")
        tables = {table.name: rows.frame()} if rows.taken else {}
        return ParsedSource(
            table.name, source, tuple(made), no_counts(), no_breakdowns(), tables, notes.all()
        )

    return read


@dataclass
class _Rows:
    """Rows of a table without mistakes."""

    table: Table
    taken: list[dict[str, Any]] = field(default_factory=list)
    _keys: dict[tuple[Any, ...], tuple[int, dict[str, Any]]] = field(default_factory=dict)
    _spelled: dict[tuple[int, str, str], tuple[int, str]] = field(default_factory=dict)

    def take(
        self, number: int, record: Mapping[str, str], checks: Checks, notes: FindingLog
    ) -> None:
        """Check a row; keep it if it has no mistake, and log each that it has."""
        before = notes.errors
        row = {
            name: self._cell(number, name, record.get(name, ""), checks, notes)
            for name in self.table.cells
        }
        if notes.errors > before:
            return
        try:
            self.table.rule(row, checks)
        except CellError as error:
            value = row.get("spelling") or row.get(next(iter(self.table.cells)))
            notes.error(str(error), row=number, value=value, nearest=error.nearest)
            return
        for column, doubt in self.table.doubts(row, checks):
            notes.warning(doubt, row=number, column=column, value=row[column])
        self._keep(number, row, notes)

    def _cell(self, number: int, name: str, cell: str, checks: Checks, notes: FindingLog) -> Any:
        try:
            return self.table.cells[name](cell, checks)
        except CellError as error:
            notes.error(str(error), row=number, column=name, value=cell, nearest=error.nearest)
            return None

    def _keep(self, number: int, row: dict[str, Any], notes: FindingLog) -> None:
        columns = self.table.key or tuple(row)
        key = tuple(row[column] for column in columns)
        if key not in self._keys:
            if self._means_two(number, row, notes):
                return
            self._keys[key] = number, row
            self.taken.append(row)
            return
        earlier, first = self._keys[key]
        shown = f"{' '.join(str(row[column]) for column in columns)[:60]}, as row {earlier:,}"
        if first == row:
            notes.warning(
                "The row repeats an earlier one, and is taken once.", row=number, value=shown
            )
        else:
            notes.error(
                "The row says otherwise than an earlier one: only one can stand.",
                row=number,
                value=shown,
            )

    def _means_two(self, number: int, row: dict[str, Any], notes: FindingLog) -> bool:
        """Tell whether a spelling, as it is looked up, was given to another area before."""
        if "spelling" not in row:
            return False
        spelled = (row["level"], row["scope"], fold(row["spelling"]))
        earlier, pcode = self._spelled.setdefault(spelled, (number, row["pcode"]))
        if pcode != row["pcode"]:
            notes.error(
                "The spelling was given to another area before: one spelling means one area.",
                row=number,
                column="spelling",
                value=f"{row['spelling']}: {row['pcode']}, and {pcode} in row {earlier:,}",
            )
        return bool(pcode != row["pcode"])

    def frame(self) -> pd.DataFrame:
        """Return the rows as the table of the snapshot, checked against its schema."""
        made = pd.DataFrame(self.taken, columns=list(self.table.cells))
        words = [
            name
            for name, column in TABLES[self.table.name].columns.items()
            if str(column.dtype) in ("str", "string", "object")
        ]
        years = {name: "Int64" for name in made.columns if name.endswith("year")}
        return check(self.table.name, made.astype({**dict.fromkeys(words, "str"), **years}))


def _source(
    table: Table, snapshot: Snapshot, request: ReadOptions, notes: FindingLog
) -> tuple[Mapping[str, str], str]:
    """Return whose table it is, and the sheet.

    As a mapping says, or as the tables that are held.
    """
    if request.mapping:
        said = read_mapping(request.mapping, snapshot, "reference", notes, role=table.role)
        return (said.source, said.sheet) if said else ({}, "")
    held = snapshot.tables.sources
    rows = held[held["role"] == table.role].to_dict("records")
    if rows:
        return {str(key): str(value) for key, value in rows[0].items()}, ""
    notes.error(
        f"The snapshot holds no source of {table.role}: say whose table this is, with `source` in "
        "a mapping (--mapping)."
    )
    return {}, ""


_SUMMARIES = {
    "programmes": "programmes: code, name, pillar, years, funders",
    "coverage": "where and when programmes worked, by governorate",
    "reach": "what programmes reported, as printed",
    "residents": "residents of governorates, which rates are of",
    "aliases": "other spellings of places",
}

KINDS = tuple(SourceKind(table.name, _SUMMARIES[table.name], reader_of(table)) for table in ALL)
