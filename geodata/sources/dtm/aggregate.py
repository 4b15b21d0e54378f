"""Load the rows of a master list into DuckDB and add them up, however many there are.

::

    large CSV ─(csv_scan)─▶ read as numbers by DuckDB ───┐  accepted only if all is regular
         │ anything irregular                            ├─▶ rows ─(sums)─▶ by date and district
    any file ─(row_reader)─▶ cell by cell, in batches ───┘   (duplicates)

Both ways make the same table and give the same sums (a test says so). The second says of every
cell what is wrong with it; the first can only say that something is. Memory is bounded: DuckDB has
a limit and a folder to go to beyond it, and Python sees districts and findings, not rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
import pyarrow as pa

from geodata.sources.dtm.csv_scan import scan_csv
from geodata.sources.dtm.duplicates import remove_duplicates
from geodata.sources.dtm.layouts import Layout
from geodata.sources.dtm.row_reader import load_rows
from geodata.sources.dtm.sums import add_up
from geodata.sources.dtm.workspace import MAX_LISTED, LoadedList
from geodata.sources.finding_log import FindingLog
from geodata.sources.tabular.open_table import TableRows
from geodata.util.findings import Progress

QUICK_FROM = 20_000_000
"""Bytes from which a CSV is first tried in one go."""


def load(
    con: duckdb.DuckDBPyConnection,
    rows: TableRows,
    layout: Layout,
    sizes: Sequence[int],
    log: FindingLog,
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
    log
        Receives what is wrong with rows and cells.
    """
    if rows.file.size >= quick_from and (loaded := scan_csv(con, rows, layout, sizes, progress)):
        return loaded
    loaded = load_rows(con, rows, layout, log, progress)
    remove_duplicates(loaded, log)
    add_up(loaded, sizes)
    return loaded


def numbered_rows(loaded: LoadedList) -> str:
    """Return SQL of the table of rows with the number of each in the file.

    In a CSV that DuckDB reads itself rows are counted from the header; where empty lines stand
    between them that is not the number a spreadsheet shows, and 0 is given.
    """
    if not loaded.quick:
        return "rows"
    if loaded.rows.file.blank_lines:
        return "(SELECT 0 AS n, * FROM rows)"
    return f"(SELECT row_number() OVER () + {loaded.layout.header_row} AS n, * FROM rows)"


def rows_at_points(
    loaded: LoadedList, strays: Iterable[tuple[str, str, int]], most: int = MAX_LISTED
) -> list[tuple[int, str, str, str, int]]:
    """Return the first rows of a list whose points are among ``strays``.

    Parameters
    ----------
    strays
        Governorate and its code, as written, and the code of a point.

    Returns
    -------
    list
        Number in the file, place id, governorate and its code as written, point.
    """
    adm1, codes, points = zip(*strays, strict=True)
    table = pa.table({"adm1": adm1, "adm1_code": codes, "point": pa.array(points, pa.int32())})
    loaded.con.register("strays", table)
    records = loaded.con.execute(
        f"SELECT n, place, adm1, adm1_code, point FROM {numbered_rows(loaded)} "
        f"SEMI JOIN strays USING (adm1, adm1_code, point) ORDER BY n LIMIT {most}"
    ).fetchall()
    loaded.con.unregister("strays")
    return [(int(n), str(place or ""), *names, int(point)) for n, place, *names, point in records]
