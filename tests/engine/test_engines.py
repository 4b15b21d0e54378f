"""One set of questions, several engines, the same answers: DuckDB, PostgreSQL, Apache Spark."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from geodata.api.view_json import as_dict
from geodata.engine import queries
from geodata.engine.connect import query, store
from geodata.engine.postgres import Postgres, schema_of
from geodata.errors import SnapshotError
from geodata.figures.state import parse
from geodata.figures.view import compute
from geodata.settings import BUNDLED
from geodata.snapshots.snapshot import load
from geodata.snapshots.tables import decode_dictionaries
from tests.engines import postgres, postgres_programs
from tests.paths import ROOT, TESTS

ASKED: list[tuple[str, list[Any]]] = [
    ("slices", []),
    *(("cells", [population, []]) for population in ("idp", "returnee", "refugee")),
    ("cells", ["idp", ["PHSS", "CRP"]]),
    ("breakdowns_of", ["idp"]),
    ("breakdowns_of", ["returnee"]),
    ("breakdown_dates", ["idp"]),
    ("breakdown_dates", ["returnee"]),
]


@pytest.fixture(scope="module")
def database():
    """A server of its own; pytest's own folders are closed to the user that it runs as."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with tempfile.TemporaryDirectory() as folder, postgres(programs, Path(folder)) as url:
        yield url


def rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Every row, in an order of its own, with plain values; nothing is ``None``."""
    plain = frame.astype(object).where(frame.notna(), None)
    found = [
        tuple(value.isoformat()[:10] if isinstance(value, pd.Timestamp) else value for value in row)
        for row in plain.itertuples(index=False, name=None)
    ]
    return sorted(found, key=str)


def ours(snapshot, name: str, arguments: list[Any]) -> list[tuple[Any, ...]]:
    return rows(query(snapshot, table(name), getattr(queries, name), *arguments))


def table(name: str) -> str:
    """The table that a question of a name is put to."""
    return "counts" if name in ("slices", "cells") else "breakdowns"


@pytest.mark.parametrize(("name", "arguments"), ASKED)
def test_postgresql_answers_as_duckdb_does(snapshot, database, name, arguments):
    there = replace(snapshot, store_url=database)
    found = rows(Postgres(there).run(table(name), getattr(queries, name), *arguments))
    expected = ours(snapshot, name, arguments)
    assert found == expected
    assert expected or arguments == ["idp", ["PHSS", "CRP"]]  # the others have something to say


def test_views_from_postgresql_are_those_from_duckdb(database):
    here, there = load(BUNDLED), load(BUNDLED, database)
    for asked in ({}, {"pop": "returnee", "mode": "change"}, {"level": "2"}, {"prog": "PHSS"}):
        state, _ = parse(asked, here)
        ours = as_dict(compute(here, state, threshold=5))
        assert as_dict(compute(there, state, threshold=5)) == ours


def test_a_snapshot_is_written_to_the_database_once(snapshot, database):
    import psycopg

    there = replace(snapshot, store_url=database)
    Postgres(there)
    with psycopg.connect(database) as connection:
        where = f"{schema_of(snapshot.version)}.counts"
        connection.execute(f"DELETE FROM {where} WHERE population = 'refugee'")
    Postgres(there)
    with psycopg.connect(database) as connection:
        answer = connection.execute(f"SELECT count(*) FROM {where}").fetchone()
        connection.execute(f"DROP SCHEMA {schema_of(snapshot.version)} CASCADE")
    assert answer is not None and 0 < answer[0] < len(snapshot.tables.counts)


def test_a_connection_that_was_cut_is_opened_again(snapshot, database):
    import psycopg

    engine = Postgres(replace(snapshot, store_url=database))
    before = rows(engine.run("counts", queries.slices))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        )
    assert rows(engine.run("counts", queries.slices)) == before


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgres://me:hunter2@127.0.0.1:1/map", "postgres://127.0.0.1:1/map, named by"),
        ("mysql://me:hunter2@127.0.0.1/map", "names an engine that is not known ('mysql')"),
    ],
)
def test_an_engine_that_cannot_be_used_is_named_without_its_password(snapshot, url, said):
    with pytest.raises(SnapshotError) as refusal:
        store(replace(snapshot, version="0" * 12, store_url=url))
    assert said in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.service
def test_spark_answers_as_duckdb_does(snapshot, tmp_path):
    """In an environment of its own: pandera loads pyspark where it is, which knows no pandas 3."""
    python = os.environ.get("DISPLACEMENT_SPARK_PYTHON", "")
    if not python:
        pytest.skip("DISPLACEMENT_SPARK_PYTHON names no Python with pyspark (`make spark`)")
    for name in ("counts", "breakdowns"):
        held = decode_dictionaries(snapshot.tables.arrow(name))
        pq.write_table(held, tmp_path / f"{name}.parquet", coerce_timestamps="us")
    (tmp_path / "asked.json").write_text(json.dumps(ASKED))
    subprocess.run(
        [python, TESTS / "spark_answers.py", tmp_path],
        check=True,
        timeout=240,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    answered = json.loads((tmp_path / "answered.json").read_text())
    for (name, arguments), found in zip(ASKED, answered, strict=True):
        frame = query(snapshot, table(name), getattr(queries, name), *arguments)
        there = [
            tuple(_plain(key, row[key]) for key in frame.columns) for row in found
        ]  # fmt: skip
        assert sorted(there, key=str) == rows(frame), (name, arguments)


def _plain(key: str, value: Any) -> Any:
    days = ("date", "last", "last_with_households")
    return str(value)[:10] if key in days and value is not None else value
