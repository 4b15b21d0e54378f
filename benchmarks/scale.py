"""A view over five million rows of counts, beside the same sums in SQL written by hand.

The rows are synthetic: every district of the bundled snapshot gets as many made-up places as it
takes, on every one of its dates. PostgreSQL is measured where it is installed.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from flask import Flask

from callbacks.context import Context
from geodata import counts as counted
from geodata import store
from geodata.settings import BUNDLED, Settings
from geodata.snapshot import Snapshot, Tables, load
from geodata.state import parse
from geodata.view import compute
from tests.engines import postgres, postgres_programs

ROWS = 5_000_000
THRESHOLD = 5
BY_HAND = """
    SELECT level, date, pcode, sum(households)::BIGINT AS households, sum(people)::BIGINT AS people
    FROM counts WHERE population = 'idp' AND programme = '' GROUP BY level, date, pcode
"""


def synthetic(held: Snapshot, rows: int = ROWS) -> Snapshot:
    """The bundled snapshot with made-up places: ``rows`` of them, in every district and date."""
    days = np.array(sorted(set(held.tables.rounds["date"])), dtype="datetime64[ns]")
    pcodes = counted.areas_of(held, counted.DISTRICT).pcodes
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
    columns = {name: held.tables.arrow(name) for name, _ in held.tables.items()}
    return replace(held, version="synthetic000", tables=Tables.of({**columns, "counts": table}))


def forget() -> None:
    """Empty what is kept, but for the engine that is open."""
    for kept in (counted._slices, counted._cells, counted._sources, counted._rounds):
        kept.cache_clear()
    counted.counts.cache_clear()
    counted._dates.cache_clear()


def timed(work: Callable[[], object], times: int = 5, before: Callable[[], None] = lambda: None):
    """Milliseconds of the fastest of several times."""
    taken = []
    for _ in range(times):
        before()
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken) * 1000


def main() -> None:
    held = load(BUNDLED)
    made = synthetic(held)
    rows = made.tables.arrow("counts").num_rows
    state, _ = parse({"level": "2"}, held)
    by_hand = duckdb.connect()
    by_hand.register("counts", made.tables.arrow("counts"))
    sql = timed(lambda: by_hand.execute(BY_HAND).to_arrow_table())
    compute(made, state, threshold=THRESHOLD)  # opens the engine
    cold = timed(lambda: compute(made, state, threshold=THRESHOLD), before=forget)
    query = timed(lambda: counted._cells(made, "idp", frozenset()), before=forget)
    context = Context(Settings())
    with Flask("warm").test_request_context():
        context.view(made, state)
        warm = timed(lambda: context.view(made, state))
    print(f"view over {rows:,} synthetic rows, DuckDB ({store.store(made).__class__.__name__})")
    print("| what | ms | of SQL by hand |\n|---|---|---|")
    for what, taken in (
        ("the same sums in SQL written by hand", sql),
        ("the sums as the view asks for them", query),
        ("a view, cold: sums, suppression, classes, ranks", cold),
        ("a view, warm", warm),
    ):
        print(f"| {what} | {taken:,.1f} | {taken / sql:.2f} |")
    programs = postgres_programs()
    if programs:
        with (
            tempfile.TemporaryDirectory() as folder,
            postgres(programs, Path(folder)) as url,
        ):
            there = replace(made, store_url=url)
            start = time.perf_counter()
            forget()
            compute(there, state, threshold=THRESHOLD)
            filled = time.perf_counter() - start
            asked = timed(lambda: compute(there, state, threshold=THRESHOLD), 3, forget)
            print(f"| PostgreSQL: filling it, once | {filled * 1000:,.0f} | |")
            print(f"| PostgreSQL: a view, cold | {asked:,.0f} | {asked / sql:.2f} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:,.0f} MB")


if __name__ == "__main__":
    main()
