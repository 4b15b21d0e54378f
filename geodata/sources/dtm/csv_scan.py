"""Let DuckDB read a large CSV of a list in one go, if nothing in it is irregular."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from geodata.boundaries import points
from geodata.sources.cell_values import MAX_COUNT, clean_text, formula_error, is_total
from geodata.sources.dtm.column_names import ADM2, DATE, HOUSEHOLDS, LATITUDE, LONGITUDE, PEOPLE
from geodata.sources.dtm.layouts import HEADER_WITHIN, Column, Layout
from geodata.sources.dtm.sums import GROUP_KEYS, add_up
from geodata.sources.dtm.workspace import LoadedList, breakdown_columns, figure_columns
from geodata.sources.tabular.open_table import TableRows
from geodata.util.findings import Progress


def scan_csv(
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
    numeric = _numeric_id_column(rows, layout)
    checks = [f"bool_or({_irregular_sql(layout, numeric)}) AS irregular"]
    if layout.place:
        checks.append(f"list({'place' if numeric else 'hash(place)'}) AS places")
    try:
        with ThreadPoolExecutor(1) as hashing:  # takes as long as a fifth of the sums
            hashing.submit(lambda: file.sha256)
            query = _typed_rows(rows, layout, numeric)
            con.execute(f"CREATE OR REPLACE TEMP VIEW rows AS {query}")
            table = add_up(loaded, sizes, checks)
    except duckdb.Error:  # a cell that is no number, a row that is too long, a broken character
        return None
    return loaded if _is_regular(table, layout) else None


def _is_regular(table: pa.Table, layout: Layout) -> bool:
    """Return whether the sums of a list are right without a look at single cells."""
    if not table.num_rows or pc.any(table["irregular"]).as_py():
        return False
    if layout.place and _has_duplicates(table):
        return False
    figures = (table[name].drop_null() for name in figure_columns(layout))
    # Not finite, or more people than live on Earth.
    if not all(0 <= pc.sum(figure).as_py() <= MAX_COUNT for figure in figures if len(figure)):
        return False
    texts = (text for key in GROUP_KEYS for text in table[key].unique().to_pylist())
    # Names that a person would write otherwise are cleaned, and totals left out, cell by cell.
    return not any(
        text != clean_text(text) or is_total(text) or formula_error(text) for text in texts
    )


def _has_duplicates(table: pa.Table) -> bool:
    """Return whether a place has two rows of one date, by the hashes of their ids."""
    by_day: dict[str, list[npt.NDArray[np.uint64]]] = {}
    for i in range(table.num_rows):
        hashes = table["places"][i].values.to_numpy(zero_copy_only=False)
        by_day.setdefault(table["day"][i].as_py(), []).append(hashes)
    ordered = (np.sort(np.concatenate(hashes)) for hashes in by_day.values())
    return any((hashes[1:] == hashes[:-1]).any() for hashes in ordered)


# ---- SQL


def _typed_rows(rows: TableRows, layout: Layout, numeric: Column | None) -> str:
    """Return the query of a CSV's rows, each column with the type that it should hold."""
    width = max((len(cells) for _, cells in rows.head(HEADER_WITHIN)), default=0)
    numbers = {column.position for _, column in breakdown_columns(layout)}
    single = map(layout.column, (HOUSEHOLDS, PEOPLE, LATITUDE, LONGITUDE))
    numbers |= {column.position for column in single if column}
    types = {f"c{i}": "DOUBLE" if i in numbers else "VARCHAR" for i in range(width)}
    if numeric:
        types[f"c{numeric.position}"] = "UBIGINT"
    options = {
        "auto_detect": "false",
        "header": "false",
        "skip": str(layout.header_row),
        "delim": _sql_text(rows.delimiter),
        "quote": "'\"'",
        "escape": "'\"'",
        "columns": "{" + ", ".join(f"{name}: '{kind}'" for name, kind in types.items()) + "}",
    }
    arguments = ", ".join(f"{key} = {value}" for key, value in options.items())
    path = _sql_text(str(rows.file.path))
    return f"SELECT {_select_list(layout)} FROM read_csv({path}, {arguments})"


def _numeric_id_column(rows: TableRows, layout: Layout) -> Column | None:
    """Return the column of places if its ids are numbers, as far as the first rows show.

    DuckDB checks the rest.
    """
    column = layout.place
    if column is None:
        return None
    head = [cells for number, cells in rows.head() if number > layout.header_row]
    ids = [cells[column.position] for cells in head if column.position < len(cells)]
    numeric = bool(ids) and all(re.fullmatch("[1-9][0-9]{0,17}", place) for place in ids)
    return column if numeric else None


def _select_list(layout: Layout) -> str:
    """Return the columns of the table of rows, each as an expression on those of the CSV."""

    def sql(column: Column | None, default: str) -> str:
        return f"c{column.position}" if column else default

    latitude, longitude = layout.column(LATITUDE), layout.column(LONGITUDE)
    point = "NULL::INTEGER"
    if latitude and longitude:
        point = points.code_sql(f"c{latitude.position}", f"c{longitude.position}")
    parts = {
        "day": f"coalesce({sql(layout.column(DATE), 'NULL')}, '')",
        **{
            name: f"coalesce({sql(layout.column(name), 'NULL')}, '')"
            for name in ("adm1", "adm1_code", "adm2", "adm2_code")
        },
        "place": sql(layout.place, "NULL::VARCHAR"),
        "point": point,
        "households": sql(layout.column(HOUSEHOLDS), "NULL::DOUBLE"),
        "people": sql(layout.column(PEOPLE), "NULL::DOUBLE"),
        **{name: f"c{column.position}" for name, column in breakdown_columns(layout)},
    }
    return ", ".join(f"{expression} AS {name}" for name, expression in parts.items())


def _irregular_sql(layout: Layout, numeric: Column | None) -> str:
    """Return SQL that is true for a row that has to be read cell by cell."""
    conditions = ["households IS NULL", "adm1 = ''"]
    if layout.column(PEOPLE):
        conditions.append("people IS NULL")
    if layout.column(ADM2):
        conditions.append("adm2 = ''")
    if layout.column(DATE):
        conditions.append("day = ''")
    if numeric:
        conditions.append("place IS NULL")
    elif layout.place:
        conditions.append("coalesce(trim(place), '') = ''")
        conditions += [f"contains(place, '{part}')" for part in ("otal", "OTAL", "ال", "#", "rr:")]
    conditions += [f"{name} <> floor(abs({name}))" for name in figure_columns(layout)]
    return " OR ".join(conditions)


def _sql_text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
