"""The extract of the source tables is what its manifest says, and what the source tables say."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from tests import published_tables
from tests.paths import PUBLISHED, SHARED
from tests.published_tables import LISTS, MANIFEST, SHAPES, TABLES


def test_every_file_of_the_extract_is_as_its_manifest_says():
    written = json.loads((PUBLISHED / MANIFEST).read_text("utf-8"))
    files = sorted(PUBLISHED.glob("*.parquet"))
    assert {path.name: published_tables.sha256(path) for path in files} == written


def test_the_extract_names_no_place_and_no_point():
    for name in LISTS:
        table = pq.read_table(PUBLISHED / published_tables.parquet_name(name))
        above = json.loads(table.schema.metadata[b"above"])[-1]
        for heading, column in zip(above, table.columns, strict=True):
            if "name" in heading.lower() or heading in ("Latitude", "Longitude"):
                assert set(column.to_pylist()) == {""}, heading


def test_the_extract_is_a_few_hundred_kb():
    assert sum(path.stat().st_size for path in PUBLISHED.iterdir()) < 550_000


@pytest.mark.parametrize("name", [*TABLES, *SHAPES, *LISTS])
def test_the_extract_is_what_the_source_tables_say(name):
    """If not: ``python -m tests.published_tables``, and commit what it writes."""
    if not (SHARED / name).is_file():
        pytest.skip(f"the source tables are not at {SHARED} (DISPLACEMENT_SHARED names another)")
    held = pq.read_table(PUBLISHED / published_tables.parquet_name(name))
    made = published_tables.extract(name, SHARED)
    assert held.to_pydict() == made.to_pydict()
    assert held.schema.metadata == made.schema.metadata
