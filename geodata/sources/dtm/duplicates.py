"""Remove rows of a list that repeat another, and log places with two figures."""

from __future__ import annotations

import duckdb

from geodata.sources.dtm.layouts import Column
from geodata.sources.dtm.sums import GROUP_KEYS
from geodata.sources.dtm.workspace import MAX_LISTED, LoadedList, figure_columns
from geodata.sources.finding_log import FindingLog
from geodata.util import amounts
from geodata.util.findings import Harm


def remove_duplicates(loaded: LoadedList, log: FindingLog) -> None:
    """Remove rows that repeat another in everything; log places that have two figures."""
    layout, con = loaded.layout, loaded.con
    column = layout.place
    if column is None:
        log.warning(
            "No column gives the id of a place: a row that stands twice is not noticed.",
            row=layout.header_row,
        )
        return
    everything = ", ".join([*GROUP_KEYS, "point", *figure_columns(layout)])
    con.execute(
        "CREATE TEMP TABLE duplicates AS SELECT day, place, min(n) AS first, count(*) AS times, "
        f"count(DISTINCT ({everything})) AS different FROM rows "
        "GROUP BY day, place HAVING count(*) > 1"
    )
    _log_duplicates(
        con, log, column, "different = 1", "warning",
        "The row repeats another of the same place in all that is read: it is counted once.",
    )  # fmt: skip
    _log_duplicates(
        con, log, column, "different > 1", "error",
        "The place has another row with other figures on the same date: only one can stand.",
    )  # fmt: skip
    con.execute(
        "DELETE FROM rows USING duplicates AS d WHERE rows.day = d.day AND rows.place = d.place "
        "AND d.different = 1 AND rows.n > d.first"
    )
    con.execute("DROP TABLE duplicates")


def _log_duplicates(
    con: duckdb.DuckDBPyConnection,
    log: FindingLog,
    column: Column,
    condition: str,
    severity: str,
    sentence: str,
) -> None:
    """Log the first duplicates of which a condition is true, then how many more there are."""
    joined = f"FROM rows JOIN duplicates USING (day, place) WHERE {condition} AND n > first"
    rows = con.execute(f"SELECT n, place, first {joined} ORDER BY n LIMIT {MAX_LISTED}").fetchall()
    write = log.error if severity == "error" else log.warning
    for number, place, first in rows:
        value = f"{place}, as in row {first:,}"
        write(sentence, row=number, column=column.name, value=value, harm=Harm.COUNTED_ONCE)
    (count,) = con.execute(f"SELECT count(*) {joined}").fetchone() or (0,)
    if count > MAX_LISTED:
        more = f"and in {amounts.pluralise(count - MAX_LISTED, 'more row')}: {sentence}"
        write(more, column=column.name, harm=Harm.COUNTED_ONCE)
