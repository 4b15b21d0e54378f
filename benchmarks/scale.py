"""A view over five million rows of counts, beside the same sums in SQL written by hand.

The rows are synthetic: every district of the bundled snapshot gets as many made-up places as it
takes, on every one of its dates. PostgreSQL is measured where it is installed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from flask import Flask

from benchmarks.table import OK, OVER, Row, as_text, fact, time, write
from callbacks.serving.context import Context
from geodata.figures import availability, cells
from geodata.figures import counts as counts_module
from geodata.figures.state import parse
from geodata.figures.suppression import suppress
from geodata.figures.view import compute
from geodata.settings import BUNDLED, Settings
from geodata.snapshots.serialise import manifest_summary
from geodata.snapshots.snapshot import Snapshot, load
from geodata.snapshots.tables import Tables
from tests.engines import postgres, postgres_programs

ROWS = 5_000_000
SYNTHETIC = "synthetic000"
THRESHOLD = 5
REPEATS = 5
MOST_RATIO, MOST_WARM, MOST_SUPPRESSION = 1.5, 5.0, 50.0
BY_HAND = """
    SELECT level, date, pcode, sum(households)::BIGINT AS households, sum(people)::BIGINT AS people
    FROM counts WHERE population = 'idp' AND programme = '' GROUP BY level, date, pcode
"""


def synthetic(bundled: Snapshot, rows: int = ROWS) -> Snapshot:
    """The bundled snapshot with made-up places: ``rows`` of them, in every district and date."""
    days = np.array(sorted(set(bundled.tables.rounds["date"])), dtype="datetime64[ns]")
    pcodes = availability.areas_of(bundled, availability.DISTRICT).pcodes
    places = -(-rows // (len(days) * len(pcodes)))
    shape = (places, len(days), len(pcodes))
    place, day, area = (axis.ravel()[:rows] for axis in np.indices(shape, dtype=np.int32))
    households = np.random.default_rng(1).integers(1, 200, rows, dtype=np.int64)

    def text(values: list[str], index: np.ndarray) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(index, pa.int32()), pa.array(values))

    def same(value: str) -> pa.DictionaryArray:
        return text([value], np.zeros(rows, dtype=np.int32))

    table = pa.table(
        {
            "population": same("idp"),
            "date": days[day],
            "level": pa.array(np.full(rows, 2, dtype=np.int8)),
            "pcode": text(list(pcodes), area),
            "place": text([f"place {n}" for n in range(places)], place),
            "programme": same(""),
            "households": households,
            "people": households * 6,
            "source": same("iom-dtm"),
        }
    )
    columns = {name: bundled.tables.arrow(name) for name, _ in bundled.tables.items()}
    tables = Tables.of({**columns, "counts": table})
    manifest = {
        **bundled.manifest,
        **manifest_summary(tables, bundled.manifest["country"]),
        "version": SYNTHETIC,
    }
    return replace(bundled, version=SYNTHETIC, manifest=manifest, tables=tables)


def forget() -> None:
    """Empty what is kept, but for the engine that is open."""
    memos = (
        availability._series_index,
        cells.cells_of,
        availability._series_in_view,
        availability._printed_only,
    )
    for each in (*memos, availability.rounds_of, counts_module.counts):
        each.forget()


def timed(work: Callable[[], object], before: Callable[[], None] = lambda: None) -> float:
    """Milliseconds that something takes once."""
    before()
    start = perf_counter()
    work()
    return (perf_counter() - start) * 1000


def measure(rows: int = ROWS) -> list[Row]:
    """A view by district over synthetic rows; the fastest of several times, in turn."""
    bundled = load(BUNDLED)
    snapshot = synthetic(bundled, rows)
    state, _ = parse({"level": "2"}, bundled)
    by_hand = duckdb.connect()
    by_hand.register("counts", snapshot.tables.arrow("counts"))

    def view(of: Snapshot = snapshot) -> object:
        return compute(of, state, threshold=THRESHOLD)

    view()  # opens the engine
    sql = cold = float("inf")
    for _ in range(REPEATS):  # in turn, so that a busy moment meets both
        sql = min(sql, timed(lambda: by_hand.sql(BY_HAND).to_arrow_table()))
        cold = min(cold, timed(view, before=forget))
    context = Context(Settings())
    with Flask("warm").test_request_context():
        context.view(snapshot, state)
        warm = min(timed(lambda: context.view(snapshot, state)) for _ in range(REPEATS))
    return [
        fact("synthetic counts", f"{rows:,} rows"),
        fact("the sums in SQL by hand", write(sql, "ms")),
        fact("a view by district, cold", write(cold, "ms")),
        beside("beside SQL by hand", cold / sql),
        time("the same view, warm", warm, MOST_WARM),
        _suppression(bundled),
        *_postgres(snapshot, view, sql),
    ]


def _suppression(bundled: Snapshot) -> Row:
    """Hide small counts by district in every bundled round of displaced people."""
    counts = bundled.tables.counts
    counts = counts[(counts["population"] == "idp") & (counts["programme"] == "")]

    def households(level: int) -> pd.DataFrame:
        rows = counts[(counts["level"] == level) & counts["households"].notna()]
        columns = list(availability.areas_of(bundled, level).pcodes)
        table = rows.pivot_table(index="date", columns="pcode", values="households", aggfunc="sum")
        return table.reindex(columns=columns).astype(np.float64)

    districts, governorates = (households(level) for level in (2, 1))
    parents = governorates.columns.get_indexer(pd.Index(availability.areas_of(bundled, 2).parents))
    governorates = governorates.reindex(districts.index)
    figures = districts.to_numpy(), parents, governorates.to_numpy()
    took = min(timed(lambda: suppress(*figures, THRESHOLD)) for _ in range(REPEATS))
    return time("small counts of every round hidden", took, MOST_SUPPRESSION)


def beside(what: str, ratio: float) -> Row:
    """How many times as long as SQL written by hand; not more than half as long again."""
    verdict = OK if ratio <= MOST_RATIO else OVER
    return Row(what, f"{ratio:.2f}x", f"<= {MOST_RATIO:g}x", verdict)


def _postgres(snapshot: Snapshot, view: Callable[[Snapshot], object], sql: float) -> list[Row]:
    programs = postgres_programs()
    if programs is None:
        return [fact("PostgreSQL", "not installed")]
    with (
        tempfile.TemporaryDirectory() as folder,
        postgres(programs, Path(folder)) as url,
    ):
        in_postgres = replace(snapshot, store_url=url)
        fill_ms = timed(lambda: view(in_postgres), before=forget)
        view_ms = timed(lambda: view(in_postgres), before=forget)
    return [
        fact("PostgreSQL: filling it, once", write(fill_ms, "ms")),
        fact("PostgreSQL: the same view, cold", f"{write(view_ms, 'ms')} ({view_ms / sql:.1f}x)"),
    ]


def main() -> int:
    rows = measure()
    print(as_text("A view over many rows", {"Scale": rows}))
    return int(any(row.fails for row in rows))


if __name__ == "__main__":
    sys.exit(main())
