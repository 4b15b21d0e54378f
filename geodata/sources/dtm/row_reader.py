"""Read the rows of a list cell by cell, and log every cell that breaks a rule."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from geodata.boundaries import points
from geodata.sources.cell_values import (
    FORMULA_ERROR,
    CellError,
    clean_text,
    formula_error,
    is_blank,
    is_total,
    parse_count,
)
from geodata.sources.dtm.column_names import (
    ADM1,
    ADM1_CODE,
    ADM2,
    ADM2_CODE,
    DATE,
    HOUSEHOLDS,
    LATITUDE,
    LOCATION,
    LONGITUDE,
    PEOPLE,
    PLACE,
    header_fold,
)
from geodata.sources.dtm.layouts import Column, Layout
from geodata.sources.dtm.sums import GROUP_KEYS
from geodata.sources.dtm.workspace import EMPTY_HOUSEHOLDS, ListTotal, LoadedList, breakdown_columns
from geodata.sources.finding_log import FindingLog
from geodata.sources.header import SECOND_HEADER, are_titles, fill_merged_cells
from geodata.sources.tabular.open_table import TableRows
from geodata.util.findings import Harm, Progress

BATCH = 20_000

_PLACE_FIELDS = (PLACE, LOCATION, ADM1, ADM1_CODE, ADM2, ADM2_CODE)


def load_rows(
    con: duckdb.DuckDBPyConnection,
    rows: TableRows,
    layout: Layout,
    log: FindingLog,
    progress: Progress,
) -> LoadedList:
    """Read a list cell by cell; log every cell that breaks the rule of its column."""
    loaded = LoadedList(con, layout, rows, quick=False)
    log.columns = {column.name: column.position for column in layout.columns}
    reader = _RowReader(layout, log, loaded.totals)
    con.execute("DROP VIEW IF EXISTS rows")
    con.execute(f"CREATE TABLE rows ({', '.join(f'{k} {v}' for k, v in reader.types.items())})")
    batch: list[tuple[Any, ...]] = []
    positions = {column.position for column in layout.columns}
    below = fill_merged_cells(rows, layout.header_row, positions, reader.figures, log)
    for number, cells in below:
        record = reader.record(number, cells)
        if record is not None:
            batch.append(record)
        if len(batch) >= BATCH:
            _insert(con, reader.schema, batch)
            batch.clear()
            progress(f"reading {rows.file.name}", number, None)
    _insert(con, reader.schema, batch)
    return loaded


def _insert(
    con: duckdb.DuckDBPyConnection, schema: pa.Schema, batch: Sequence[tuple[Any, ...]]
) -> None:
    if batch:
        values = [
            pa.array(c, t) for c, t in zip(zip(*batch, strict=True), schema.types, strict=True)
        ]
        con.register("batch", pa.Table.from_arrays(values, schema=schema))
        con.execute("INSERT INTO rows SELECT * FROM batch")
        con.unregister("batch")


class _RowReader:
    """Parse the cells of rows; log why a row is left out."""

    def __init__(self, layout: Layout, log: FindingLog, totals: list[ListTotal]) -> None:
        self.layout, self.log, self.totals = layout, log, totals
        self.begun = False
        self.breakdowns = breakdown_columns(layout)
        self.place = layout.place
        fields = (*_PLACE_FIELDS, LATITUDE, LONGITUDE, HOUSEHOLDS, PEOPLE, DATE)
        self.columns = {field: layout.column(field) for field in fields}
        figures = [self.columns[HOUSEHOLDS], self.columns[PEOPLE]]
        figures += [column for _, column in self.breakdowns]
        self.figures = {column.position: column.name for column in figures if column}
        self.types = {
            "n": "BIGINT",
            **dict.fromkeys((*GROUP_KEYS, "place"), "VARCHAR"),
            "point": "INTEGER",
            "households": "BIGINT",
            "people": "BIGINT",
            **{name: "BIGINT" for name, _ in self.breakdowns},
        }
        kinds = {"BIGINT": pa.int64(), "VARCHAR": pa.string(), "INTEGER": pa.int32()}
        self.schema = pa.schema([(name, kinds[kind]) for name, kind in self.types.items()])

    def record(self, number: int, cells: Sequence[str]) -> tuple[Any, ...] | None:
        """Return the row's values, in the order of :attr:`types`; ``None`` if it is left out."""
        words = {name: self._text(cells, column) for name, column in self.columns.items()}
        if self._is_heading_or_total(number, cells, words):
            return None
        errors = self.log.errors
        self._check_formulas(number, cells)
        households = self._count(number, cells, self.columns[HOUSEHOLDS])
        people = self._count(number, cells, self.columns[PEOPLE])
        is_broken = self.log.errors > errors
        counts = [self._count(number, cells, column) for _, column in self.breakdowns]
        self._check_repeated_columns(number, cells)
        if not is_broken and not self._is_assessed(number, households, people):
            return None
        for field in (ADM1, ADM2, DATE):
            self._check_filled(number, words[field], self.columns[field])
        place = words[PLACE] or words[LOCATION]
        self._check_filled(number, place, self.place)
        if self.log.errors > errors:
            return None
        return (
            number, words[DATE], words["adm1"], words["adm1_code"], words["adm2"],
            words["adm2_code"], place, self._point(number, words), households, people, *counts,
        )  # fmt: skip

    @staticmethod
    def _cell(cells: Sequence[str], column: Column | None) -> str:
        return cells[column.position] if column and column.position < len(cells) else ""

    def _text(self, cells: Sequence[str], column: Column | None) -> str:
        return clean_text(self._cell(cells, column))

    def _is_heading_or_total(
        self, number: int, cells: Sequence[str], words: Mapping[str, str]
    ) -> bool:
        """Return whether a row has totals, HXL tags or titles; log it if so."""
        adm1 = self.columns[ADM1]
        if adm1 and header_fold(words["adm1"]) == header_fold(adm1.name):
            self.log.warning(
                "The row names the columns again, and is left out.", row=number, value=words["adm1"]
            )
            return True
        if words["adm1"].startswith("#") and not formula_error(words["adm1"]):
            self.log.warning("The row of HXL tags is left out.", row=number, value=words["adm1"])
            return True
        figures = [self._cell(cells, self.columns[field]) for field in (HOUSEHOLDS, PEOPLE)]
        if not self.begun and are_titles(figures):
            self.log.warning(SECOND_HEADER, row=number, value=words["adm1"])
            return True
        label = self._total_label(cells, words)
        if label is None:
            self.begun = True
            return False
        self.totals.append(ListTotal(number, label, _count_or_none(figures[0])))
        return True

    def _total_label(self, cells: Sequence[str], words: Mapping[str, str]) -> str | None:
        """Return the word that marks a row of totals, as *Total*; ``None`` of another row.

        A row of totals has no place id, or a word for a total in its place, and either such a word
        where a place should be named, or names no place at all.
        """
        ids = [words["place"], words["location"]]
        if self.place and any(name and not is_total(name) for name in ids):
            return None
        for name in (*ids, words["adm1"], words["adm2"]):
            if name and is_total(name):
                return name
        first = next((clean_text(cell) for cell in cells if not is_blank(cell)), "")
        if not words["adm1"] and not words["adm2"] and not any(ids):
            return first if is_total(first) or _count_or_none(first) is not None else None
        return None

    def _check_formulas(self, number: int, cells: Sequence[str]) -> None:
        """Log formulas without a result where a place or the date is due."""
        for name in (*_PLACE_FIELDS, DATE):
            cell = self._cell(cells, self.columns[name])
            if formula_error(cell):
                column = self.columns[name]
                self.log.error(
                    FORMULA_ERROR, row=number, column=column.name if column else "", value=cell
                )

    def _check_filled(self, number: int, word: str, column: Column | None) -> None:
        if column and not word:
            self.log.error(
                "The cell is empty, and every row must say its place and date: fill it, or delete "
                "the row if it is a sum of others.",
                row=number,
                column=column.name,
            )

    def _is_assessed(self, number: int, households: int | None, people: int | None) -> bool:
        """Return whether a row has figures; log it if it has none, or one of two."""
        column = self.columns[PEOPLE]
        if households is None and (people is None or column is None):
            self.log.warning(EMPTY_HOUSEHOLDS, row=number, harm=Harm.NOT_ASSESSED)
            return False
        if households is None or (column and people is None):
            missing = self.columns[HOUSEHOLDS] if households is None else column
            self.log.error(
                "The cell is empty beside one that is not: write both figures, or neither where "
                "the place was not assessed.",
                row=number,
                column=missing.name if missing else "",
            )
        return True

    def _count(self, number: int, cells: Sequence[str], column: Column | None) -> int | None:
        if column is None:
            return None
        cell = self._cell(cells, column)
        return self.log.parse(parse_count, cell, row=number, column=column.name)

    def _check_repeated_columns(self, number: int, cells: Sequence[str]) -> None:
        for first, second in self.layout.repeated:
            text, repeat = self._text(cells, first), self._text(cells, second)
            if text != repeat and (_count_or_none(text) or 0) != (_count_or_none(repeat) or 0):
                self.log.error(
                    "The column stands twice in the file and says two things in this row; delete "
                    "whichever is wrong.",
                    row=number,
                    column=second.name,
                    value=f"{text} and {repeat}",
                )

    def _point(self, number: int, words: Mapping[str, str]) -> int | None:
        latitude, longitude = self.columns[LATITUDE], self.columns[LONGITUDE]
        if not latitude or not longitude:
            return None
        degrees = [
            self._degrees(number, words[column.field], column) for column in (latitude, longitude)
        ]
        return points.point_code(*degrees)

    def _degrees(self, number: int, text: str, column: Column) -> float | None:
        if is_blank(text):
            return None
        try:
            degrees = float(text if "." in text else text.replace(",", ".").replace("٫", "."))
        except ValueError:
            degrees = math.nan
        if not math.isfinite(degrees):
            self.log.warning(
                "The cell holds no degrees, and the row's place is not checked.",
                row=number,
                column=column.name,
            )
            return None
        return degrees


def _count_or_none(cell: str) -> int | None:
    try:
        return parse_count(cell)
    except CellError:
        return None
