"""Rows of a master list, as a table that DuckDB adds up: how many there are does not matter.

::

    large CSV ──▶ DuckDB reads its columns as numbers ─┐  accepted only if nothing is odd in it
         │ anything odd                                ├─▶ rows ──▶ one sum per date and district
    any file ──▶ cell by cell, in Python, in batches ──┘            duplicates, coordinates

Both ways make the same table and give the same sums (a test says so). The second says of every
cell what is wrong with it; the first can only say that something is. Memory is bounded: DuckDB has
a limit and a folder to go to beyond it, and Python sees districts and findings, not rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geodata.boundaries import points
from geodata.sources.cell_values import (
    BROKEN,
    MOST,
    CellError,
    FindingLog,
    clean_text,
    formula_error,
    is_blank,
    is_total,
    parse_count,
)
from geodata.sources.dtm import layouts as columns
from geodata.sources.dtm.layouts import Column, Layout, header_fold
from geodata.sources.dtm.workspace import EMPTY_HOUSEHOLDS, ListTotal, LoadedList, breakdown_columns
from geodata.sources.header import A_SECOND_HEADER, are_titles, filled_down
from geodata.sources.tabular.open_table import TableRows
from geodata.util import amounts
from geodata.util.findings import Harm, Progress

QUICK_FROM = 20_000_000
"""Bytes from which a CSV is first tried in one go."""
BATCH = 20_000
LISTED = 50
"""Rows that are named one by one before the rest are only counted."""

WORDS = ("day", "adm1", "adm1_code", "adm2", "adm2_code")
"""What rows are added up by, as the file writes it; ``""`` where it does not say."""

WORDS_DUE = (
    columns.PLACE, columns.LOCATION, columns.ADM1, columns.ADM1_CODE, columns.ADM2,
    columns.ADM2_CODE,
)  # fmt: skip
"""Columns that say where people are."""


def load(
    con: duckdb.DuckDBPyConnection,
    rows: TableRows,
    layout: Layout,
    sizes: Sequence[int],
    notes: FindingLog,
    progress: Progress,
    *,
    quick_from: int = QUICK_FROM,
) -> LoadedList:
    """Bring the rows of a list into DuckDB and add them up.

    Parameters
    ----------
    sizes
        Numbers of people that a household may be counted as: the sums say whether every row's
        individuals are that many times its households (columns ``flat_6`` …).
    notes
        Receives what is wrong with rows and cells.
    """
    if rows.file.size >= quick_from and (loaded := _quickly(con, rows, layout, sizes, progress)):
        return loaded
    loaded = _carefully(con, rows, layout, notes, progress)
    _without_duplicates(loaded, notes)
    _add_up(loaded, sizes)
    return loaded


# ---- in one go


def _quickly(
    con: duckdb.DuckDBPyConnection,
    rows: TableRows,
    layout: Layout,
    sizes: Sequence[int],
    progress: Progress,
) -> LoadedList | None:
    """Add up a CSV as DuckDB reads it; return ``None`` if a row has to be read cell by cell."""
    file = rows.file
    if file.kind != "csv" or rows.encoding != "utf-8-sig" or layout.repeated:
        return None
    progress(f"reading {file.name}", 0, None)
    loaded = LoadedList(con, layout, rows, quick=True)
    try:
        with ThreadPoolExecutor(1) as beside:  # hashing takes as long as a fifth of the sums
            beside.submit(lambda: file.sha256)
            con.execute(f"CREATE OR REPLACE TEMP VIEW rows AS {_typed(rows, layout)}")
            _add_up(loaded, sizes, odd=True)
    except duckdb.Error:  # a cell that is no number, a row that is too long, a broken character
        return None
    found = loaded.sums
    said = [value for key in WORDS for value in found[key].unique()]
    # Names that a person would write otherwise are cleaned, and totals left out, cell by cell.
    strange = any(
        value != clean_text(value) or is_total(value) or formula_error(value) for value in said
    )
    return None if found.empty or found["odd"].any() or strange else loaded


def _typed(rows: TableRows, layout: Layout) -> str:
    """Give the table of rows as DuckDB reads it from a CSV, each column as what it should hold."""
    width = max((len(cells) for _, cells in rows.head(columns.HEADER_WITHIN)), default=0)
    numbers = {column.position for _, column in breakdown_columns(layout)}
    singles = (columns.HOUSEHOLDS, columns.PEOPLE, columns.LATITUDE, columns.LONGITUDE)
    numbers |= {found.position for name in singles if (found := layout.one(name))}
    types = {f"c{i}": "DOUBLE" if i in numbers else "VARCHAR" for i in range(width)}
    if _numbered_places(rows, layout):
        types[f"c{_place(layout).position}"] = "UBIGINT"  # type: ignore[union-attr]
    options = {
        "auto_detect": "false",
        "header": "false",
        "skip": str(layout.header_row),
        "delim": _quoted(rows.delimiter),
        "quote": "'\"'",
        "escape": "'\"'",
        "columns": "{" + ", ".join(f"{name}: '{kind}'" for name, kind in types.items()) + "}",
    }
    said = ", ".join(f"{key} = {value}" for key, value in options.items())
    return f"SELECT {_selected(layout)} FROM read_csv({_quoted(str(rows.file.path))}, {said})"


def _place(layout: Layout) -> Column | None:
    """Return the column that tells one place from another."""
    return layout.one(columns.PLACE) or layout.one(columns.LOCATION)


def _numbered_places(rows: TableRows, layout: Layout) -> bool:
    """Tell whether ids of places are numbers, as far as the first rows show.

    DuckDB checks the rest.
    """
    column = _place(layout)
    if column is None:
        return False
    first = [cells for number, cells in rows.head() if number > layout.header_row]
    ids = [cells[column.position] for cells in first if column.position < len(cells)]
    return bool(ids) and all(re.fullmatch("[1-9][0-9]{0,17}", place) for place in ids)


def _selected(layout: Layout) -> str:
    def named(column: Column | None, otherwise: str) -> str:
        return f"c{column.position}" if column else otherwise

    latitude, longitude = layout.one(columns.LATITUDE), layout.one(columns.LONGITUDE)
    point = "NULL::INTEGER"
    if latitude and longitude:
        point = points.code_sql(f"c{latitude.position}", f"c{longitude.position}")
    place = _place(layout)
    parts = {
        "day": f"coalesce({named(layout.one(columns.DATE), 'NULL')}, '')",
        **{
            name: f"coalesce({named(layout.one(name), 'NULL')}, '')"
            for name in ("adm1", "adm1_code", "adm2", "adm2_code")
        },
        "place": named(place, "NULL::VARCHAR"),
        "point": point,
        "households": named(layout.one(columns.HOUSEHOLDS), "NULL::DOUBLE"),
        "people": named(layout.one(columns.PEOPLE), "NULL::DOUBLE"),
        **{name: f"c{column.position}" for name, column in breakdown_columns(layout)},
    }
    return ", ".join(f"{what} AS {name}" for name, what in parts.items())


def _odd(layout: Layout, *, numbered: bool) -> str:
    """Return SQL that is true of a row which has to be looked at cell by cell."""
    said = ["households IS NULL", "adm1 = ''"]
    if layout.one(columns.PEOPLE):
        said.append("people IS NULL")
    if layout.one(columns.ADM2):
        said.append("adm2 = ''")
    if layout.one(columns.DATE):
        said.append("day = ''")
    if _place(layout) and numbered:
        said.append("place IS NULL")
    elif _place(layout):
        said.append("coalesce(trim(place), '') = ''")
        said += [f"contains(place, '{part}')" for part in ("otal", "OTAL", "ال", "#", "rr:")]
    numbers = ["households", "people", *(name for name, _ in breakdown_columns(layout))]
    said += [f"{name} <> floor(abs({name}))" for name in numbers]
    return " OR ".join(said)


# ---- added up


def _add_up(loaded: LoadedList, sizes: Sequence[int], *, odd: bool = False) -> None:
    """Sum rows by date and district; with ``odd``, say also whether rows must be looked at."""
    layout = loaded.layout
    sums = ["households", "people", *(name for name, _ in loaded.breakdowns)]
    selected = [
        *WORDS,
        "count(*) AS rows",
        *(f"sum({name}) AS {name}" for name in sums),
        *(f"bool_and(people = {size} * households) AS flat_{size}" for size in sizes),
    ]
    placed = layout.one(columns.LATITUDE) and layout.one(columns.LONGITUDE)
    if placed:
        selected.append("list(point) AS points")
    identified = _place(layout)
    if odd:
        numbers = _numbered_places(loaded.rows, layout)
        selected.append(f"bool_or({_odd(layout, numbered=numbers)}) AS odd")
        if identified:
            selected.append(f"list({'place' if numbers else 'hash(place)'}) AS places")
    query = f"SELECT {', '.join(selected)} FROM rows GROUP BY ALL"
    table: pa.Table = loaded.con.sql(query).to_arrow_table()
    lists = [name for name in ("points", "places") if name in table.column_names]
    figures = table.select(sums)
    loaded.sums = table.drop_columns(lists).to_pandas()
    loaded.sums[sums] = figures.to_pandas().astype("float64").fillna(0)
    if placed:
        loaded.points = _points(table)
    if odd:
        twice = bool(identified) and _any_twice(table)
        odd_rows = loaded.sums["odd"].fillna(False).astype(bool)
        loaded.sums["odd"] = odd_rows | twice | _beyond_reason(figures)


def _beyond_reason(figures: pa.Table) -> bool:
    """Return whether a sum is not finite, or is more people than live on Earth."""
    summed = [column for column in figures.columns if column.null_count < len(column)]
    return not all(0 <= pc.sum(column).as_py() <= MOST for column in summed)


def _points(table: pa.Table) -> dict[tuple[str, str], npt.NDArray[np.int64]]:
    """Point codes by governorate, as it is written (name, code)."""
    found: dict[tuple[str, str], list[npt.NDArray[np.int64]]] = {}
    for i in range(table.num_rows):
        key = (table["adm1"][i].as_py(), table["adm1_code"][i].as_py())
        codes = table["points"][i].values.to_numpy(zero_copy_only=False)
        found.setdefault(key, []).append(codes.astype("int64"))
    return {key: np.concatenate(codes) for key, codes in found.items()}


def _any_twice(table: pa.Table) -> bool:
    """Return whether a place has two rows of one date, by the hashes of their ids."""
    found: dict[str, list[npt.NDArray[np.uint64]]] = {}
    for i in range(table.num_rows):
        hashes = table["places"][i].values.to_numpy(zero_copy_only=False)
        found.setdefault(table["day"][i].as_py(), []).append(hashes)
    ordered = (np.sort(np.concatenate(hashes)) for hashes in found.values())
    return any((hashes[1:] == hashes[:-1]).any() for hashes in ordered)


# ---- cell by cell


def _carefully(
    con: duckdb.DuckDBPyConnection,
    rows: TableRows,
    layout: Layout,
    notes: FindingLog,
    progress: Progress,
) -> LoadedList:
    """Read a list cell by cell; note every cell that breaks the rule of its column."""
    loaded = LoadedList(con, layout, rows, quick=False)
    notes.columns = {column.name: column.position for column in layout.columns}
    reader = _Reader(layout, notes, loaded.totals)
    con.execute("DROP VIEW IF EXISTS rows")
    con.execute(f"CREATE TABLE rows ({', '.join(f'{k} {v}' for k, v in reader.types.items())})")
    batch: list[tuple[Any, ...]] = []
    read = {column.position for column in layout.columns}
    figures = reader.figures
    for number, cells in filled_down(rows, layout.header_row, read, figures, notes):
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


class _Reader:
    """Makes a record of a row's cells, or says why there is none."""

    def __init__(self, layout: Layout, notes: FindingLog, totals: list[ListTotal]) -> None:
        self.layout, self.notes, self.totals = layout, notes, totals
        self.begun = False
        self.breakdowns = breakdown_columns(layout)
        self.place = _place(layout)
        self.one: Mapping[str, Column | None] = {
            name: layout.one(name)
            for name in (
                *WORDS_DUE, columns.LATITUDE, columns.LONGITUDE, columns.HOUSEHOLDS,
                columns.PEOPLE, columns.DATE,
            )
        }  # fmt: skip
        counted = [self.one[columns.HOUSEHOLDS], self.one[columns.PEOPLE]]
        counted += [column for _, column in self.breakdowns]
        self.figures = {column.position: column.name for column in counted if column}
        self.types = {
            "n": "BIGINT",
            **dict.fromkeys((*WORDS, "place"), "VARCHAR"),
            "point": "INTEGER",
            "households": "BIGINT",
            "people": "BIGINT",
            **{name: "BIGINT" for name, _ in self.breakdowns},
        }
        kinds = {"BIGINT": pa.int64(), "VARCHAR": pa.string(), "INTEGER": pa.int32()}
        self.schema = pa.schema([(name, kinds[kind]) for name, kind in self.types.items()])

    def record(self, number: int, cells: Sequence[str]) -> tuple[Any, ...] | None:
        """Return the row's values, in the order of :attr:`types`; ``None`` if it is left out."""
        words = {name: self._text(cells, column) for name, column in self.one.items()}
        if self._is_no_place(number, cells, words):
            return None
        errors = self.notes.errors
        self._say_what_is_broken(number, cells)
        households = self._whole(number, cells, self.one[columns.HOUSEHOLDS])
        people = self._whole(number, cells, self.one[columns.PEOPLE])
        unread = self.notes.errors > errors
        counts = [self._whole(number, cells, column) for _, column in self.breakdowns]
        self._repeats_agree(number, cells)
        if not unread and not self._is_counted(number, households, people):
            return None
        for name in (columns.ADM1, columns.ADM2, columns.DATE):
            self._filled(number, words[name], self.one[name])
        place = words[columns.PLACE] or words[columns.LOCATION]
        self._filled(number, place, self.place)
        if self.notes.errors > errors:
            return None
        return (
            number, words[columns.DATE], words["adm1"], words["adm1_code"], words["adm2"],
            words["adm2_code"], place, self._point(number, words), households, people, *counts,
        )  # fmt: skip

    @staticmethod
    def _cell(cells: Sequence[str], column: Column | None) -> str:
        return cells[column.position] if column and column.position < len(cells) else ""

    def _text(self, cells: Sequence[str], column: Column | None) -> str:
        return clean_text(self._cell(cells, column))

    def _is_no_place(self, number: int, cells: Sequence[str], words: Mapping[str, str]) -> bool:
        """Tell whether a row is one of totals, of HXL tags or of columns' names again.

        It is noted.
        """
        adm1 = self.one[columns.ADM1]
        if adm1 and header_fold(words["adm1"]) == header_fold(adm1.name):
            self.notes.warning(
                "The row names the columns again, and is left out.", row=number, value=words["adm1"]
            )
            return True
        if words["adm1"].startswith("#") and not formula_error(words["adm1"]):
            self.notes.warning("The row of HXL tags is left out.", row=number, value=words["adm1"])
            return True
        counted = [self._cell(cells, self.one[c]) for c in (columns.HOUSEHOLDS, columns.PEOPLE)]
        if not self.begun and are_titles(counted):
            self.notes.warning(A_SECOND_HEADER, row=number, value=words["adm1"])
            return True
        said = self._total(cells, words)
        if said is None:
            self.begun = True
            return False
        households = self._cell(cells, self.one[columns.HOUSEHOLDS])
        self.totals.append(ListTotal(number, said, _number_or_none(households)))
        return True

    def _total(self, cells: Sequence[str], words: Mapping[str, str]) -> str | None:
        """Return what a row of totals calls itself; ``None`` of a row that is none.

        It has no place id, or calls itself a total there, and either says so where a place should
        be named, or names no place at all.
        """
        named = [words["place"], words["location"], words["adm1"], words["adm2"]]
        says = next((name for name in named if name and is_total(name)), None)
        ids = [words["place"], words["location"]]
        if self.place and any(name and not is_total(name) for name in ids):
            return None
        if says is not None:
            return says
        first = next((clean_text(cell) for cell in cells if not is_blank(cell)), "")
        if not words["adm1"] and not words["adm2"] and not any(ids):
            return first if is_total(first) or _number_or_none(first) is not None else None
        return None

    def _say_what_is_broken(self, number: int, cells: Sequence[str]) -> None:
        """Note formulas without a result where a place or the date is due."""
        for name in (*WORDS_DUE, columns.DATE):
            cell = self._cell(cells, self.one[name])
            if formula_error(cell):
                column = self.one[name]
                self.notes.error(
                    BROKEN, row=number, column=column.name if column else "", value=cell
                )

    def _filled(self, number: int, said: str, column: Column | None) -> None:
        if column and not said:
            self.notes.error(
                "The cell is empty, and every row must say its place and date: fill it, or delete "
                "the row if it is a sum of others.",
                row=number,
                column=column.name,
            )

    def _is_counted(self, number: int, households: int | None, people: int | None) -> bool:
        column = self.one[columns.PEOPLE]
        if households is None and (people is None or column is None):
            self.notes.warning(EMPTY_HOUSEHOLDS, row=number, harm=Harm.NOT_ASSESSED)
            return False
        if households is None or (column and people is None):
            missing = self.one[columns.HOUSEHOLDS] if households is None else column
            self.notes.error(
                "The cell is empty beside one that is not: write both figures, or neither where "
                "the place was not assessed.",
                row=number,
                column=missing.name if missing else "",
            )
        return True

    def _whole(self, number: int, cells: Sequence[str], column: Column | None) -> int | None:
        if column is None:
            return None
        cell = self._cell(cells, column)
        try:
            return parse_count(cell)
        except CellError as error:
            self.notes.error(str(error), row=number, column=column.name, value=cell)
            return None

    def _repeats_agree(self, number: int, cells: Sequence[str]) -> None:
        for first, again in self.layout.repeated:
            one, other = self._text(cells, first), self._text(cells, again)
            if one != other and (_number_or_none(one) or 0) != (_number_or_none(other) or 0):
                self.notes.error(
                    "The column stands twice in the file and says two things in this row; delete "
                    "whichever is wrong.",
                    row=number,
                    column=again.name,
                    value=f"{one} and {other}",
                )

    def _point(self, number: int, words: Mapping[str, str]) -> int | None:
        latitude, longitude = self.one[columns.LATITUDE], self.one[columns.LONGITUDE]
        if not latitude or not longitude:
            return None
        degrees = [
            self._degrees(number, words[column.field], column) for column in (latitude, longitude)
        ]
        return points.point_code(*degrees)

    def _degrees(self, number: int, said: str, column: Column) -> float | None:
        if is_blank(said):
            return None
        try:
            found = float(said if "." in said else said.replace(",", ".").replace("٫", "."))
        except ValueError:
            found = float("nan")
        if not np.isfinite(found):
            self.notes.warning(
                "The cell holds no degrees, and the row's place is not checked.",
                row=number,
                column=column.name,
            )
            return None
        return found


def _number_or_none(cell: str) -> int | None:
    try:
        return parse_count(cell)
    except CellError:
        return None


# ---- duplicates


def _without_duplicates(loaded: LoadedList, notes: FindingLog) -> None:
    """Take out rows that repeat another in everything; note places that have two figures."""
    layout, con = loaded.layout, loaded.con
    column = _place(layout)
    if column is None:
        notes.warning(
            "No column gives the id of a place: a row that stands twice is not noticed.",
            row=layout.header_row,
        )
        return
    everything = ", ".join(
        [*WORDS, "point", "households", "people", *(name for name, _ in loaded.breakdowns)]
    )
    con.execute(
        "CREATE TEMP TABLE twice AS SELECT day, place, min(n) AS first, count(*) AS times, "
        f"count(DISTINCT ({everything})) AS different FROM rows "
        "GROUP BY day, place HAVING count(*) > 1"
    )
    _note_twice(
        con, notes, column, "different = 1", "warning",
        "The row repeats another of the same place in all that is read: it is counted once.",
    )  # fmt: skip
    _note_twice(
        con, notes, column, "different > 1", "error",
        "The place has another row with other figures on the same date: only one can stand.",
    )  # fmt: skip
    con.execute(
        "DELETE FROM rows USING twice WHERE rows.day = twice.day AND rows.place = twice.place "
        "AND twice.different = 1 AND rows.n > twice.first"
    )
    con.execute("DROP TABLE twice")


def _note_twice(
    con: duckdb.DuckDBPyConnection,
    notes: FindingLog,
    column: Column,
    which: str,
    severity: str,
    sentence: str,
) -> None:
    joined = f"FROM rows JOIN twice USING (day, place) WHERE {which} AND rows.n > twice.first"
    rows = con.execute(f"SELECT n, place, first {joined} ORDER BY n LIMIT {LISTED}").fetchall()
    note = notes.error if severity == "error" else notes.warning
    for number, place, first in rows:
        shown = f"{place}, as in row {first:,}"
        note(sentence, row=number, column=column.name, value=shown, harm=Harm.COUNTED_ONCE)
    (count,) = con.execute(f"SELECT count(*) {joined}").fetchone() or (0,)
    if count > LISTED:
        more = f"and in {amounts.pluralise(count - LISTED, 'more row')}: {sentence}"
        note(more, column=column.name, harm=Harm.COUNTED_ONCE)


# ---- which rows


def numbered(loaded: LoadedList) -> str:
    """Return the table of rows with the number of each in the file, as SQL.

    In a CSV that DuckDB reads itself rows are counted from the header; where empty lines stand
    between them that is not the number a spreadsheet shows, and 0 is given.
    """
    if not loaded.quick:
        return "rows"
    if loaded.rows.file.blank_lines:
        return "(SELECT 0 AS n, * FROM rows)"
    return f"(SELECT row_number() OVER () + {loaded.layout.header_row} AS n, * FROM rows)"


def rows_at(
    loaded: LoadedList, strays: Iterable[tuple[str, str, int]], most: int = LISTED
) -> list[tuple[int, str, str, str, int]]:
    """Return the first rows whose points are among ``strays``.

    Parameters
    ----------
    strays
        Governorate and its code, as written, and the code of a point.

    Returns
    -------
    list
        Number in the file, place id, governorate and its code as written, point.
    """
    names, codes, points = zip(*strays, strict=True)
    table = pa.table({"adm1": names, "adm1_code": codes, "point": pa.array(points, pa.int32())})
    loaded.con.register("strays", table)
    found = loaded.con.execute(
        f"SELECT n, place, adm1, adm1_code, point FROM {numbered(loaded)} "
        f"SEMI JOIN strays USING (adm1, adm1_code, point) ORDER BY n LIMIT {most}"
    ).fetchall()
    loaded.con.unregister("strays")
    return [
        (int(n), str(place or ""), adm1, code, int(point)) for n, place, adm1, code, point in found
    ]


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
