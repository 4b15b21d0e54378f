"""Figures that may not be shown are read by the modules that hide them, and by no other.

:mod:`tests.figures.test_small_counts` looks for hidden figures in what is published; here it is
the code that is looked at, so that a module cannot come to have what it would have to hide.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields

import numpy as np
import pytest

from geodata.figures.breakdowns import cross_table, origins_on
from geodata.figures.counts import Counts, counts
from geodata.populations import MEASURES
from tests.bundled import SNAPSHOT
from tests.paths import ROOT
from tests.source_code import named, tree

# These write, compare and join the tables before anything is published, or hand them to an engine.
BEFORE = ("sources", "ingest", "snapshots", "places", "boundaries", "engine", "i18n", "util")
AFTER = sorted(
    path
    for path in [ROOT / "app.py", *(ROOT / "geodata").rglob("*.py")]
    + [*(ROOT / "layouts").rglob("*.py"), *(ROOT / "callbacks").rglob("*.py")]
    if path.relative_to(ROOT).parts[:2] not in {("geodata", room) for room in BEFORE}
)
COUNTS, CELLS = "geodata/figures/counts.py", "geodata/figures/cells.py"
BREAKDOWNS, AVAILABILITY = "geodata/figures/breakdowns.py", "geodata/figures/availability.py"
# What reads figures as the source has them, and the modules that may.
READERS = {
    "cells": {CELLS},
    "cells_of": {CELLS},
    "cells_at": {CELLS, COUNTS},
    "breakdowns_of": {BREAKDOWNS},
    "breakdown_dates": {AVAILABILITY},  # on which dates there is any
    "slices": {AVAILABILITY},  # which series there are, and until when
}
QUERIES = "geodata.engine.queries"
ENGINE = "geodata.engine"  # only these ask it, and by the names of its modules
ASKERS = {CELLS, BREAKDOWNS, AVAILABILITY}
RAW = {
    *(QUERIES, "geodata.figures.cells", "geodata.engine.connect.store"),
    *("geodata.engine.duckdb", "geodata.engine.postgres"),
}


def raw_reads(module: ast.AST, name: str) -> Iterator[str]:
    """Where a module reads figures that may have to be hidden: ``file:line what``."""
    by_name = set(_tables_by_their_name(module))
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found = [f"imports {alias.name}" for alias in node.names if alias.name in RAW]
        elif isinstance(node, ast.ImportFrom):
            found = list(_imported(node, name))
        elif isinstance(node, ast.Attribute):
            found = list(_looked_up(node, name))
            if node.attr == "tables" and node not in by_name:
                found.append("hands on the tables")
        else:
            continue
        yield from (f"{name}:{node.lineno} {what}" for what in found)


def _tables_by_their_name(module: ast.AST) -> Iterator[ast.AST]:
    """The ``….tables`` of which one table is read, or that are called ``tables`` from there on."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            yield node.value
        elif isinstance(node, ast.Assign) and [ast.unparse(each) for each in node.targets] == [
            "tables"
        ]:
            yield node.value


def _imported(node: ast.ImportFrom, name: str) -> Iterator[str]:
    module = node.module or ""
    for alias in node.names:
        private = module.startswith("geodata.figures") and alias.name.startswith("_")
        from_raw = module in RAW and alias.name != "counted_dates"
        allowed = name in READERS.get(alias.name, ())
        raw = private or from_raw or f"{module}.{alias.name}" in RAW - {QUERIES}
        if module == ENGINE or module.startswith(f"{ENGINE}."):
            raw = raw or name not in ASKERS or bool(alias.asname)
        if raw and not allowed:
            yield f"imports {module}.{alias.name}"


def _looked_up(node: ast.Attribute, name: str) -> Iterator[str]:
    owner = ast.unparse(node.value).rpartition(".")[2]
    if owner == "queries" and name not in READERS.get(node.attr, ()):
        yield f"reads queries.{node.attr}"
    elif owner == "tables" and node.attr in ("counts", "breakdowns", "arrow", "items"):
        yield f"reads tables.{node.attr}"
    elif node.attr == "answers":
        yield "reads the memory of a snapshot"


def test_no_module_reads_what_it_would_have_to_hide():
    assert len(AFTER) > 100
    found = [read for path in AFTER for read in raw_reads(tree(path), named(path))]
    assert found == []


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("from geodata.figures.cells import cells_at", "imports geodata.figures.cells.cells_at"),
        ("from geodata.figures import cells", "imports geodata.figures.cells"),
        ("import geodata.figures.cells", "imports geodata.figures.cells"),
        ("from geodata.figures.counts import _to_grid", "imports geodata.figures.counts._to_grid"),
        ("from geodata.engine.queries import cells", "imports geodata.engine.queries.cells"),
        ("from geodata.engine.connect import store", "imports geodata.engine.connect.store"),
        ("query(snapshot, 'counts', queries.cells, 'idp')", "reads queries.cells"),
        ("from geodata.engine import queries as q", "imports geodata.engine.queries"),
        ("from geodata.engine import connect", "imports geodata.engine.connect"),
        ("from geodata.engine.connect import query", "imports geodata.engine.connect.query"),
        ("rows = view.snapshot.tables.counts", "reads tables.counts"),
        ("rows = view.snapshot.tables", "hands on the tables"),
        ("add_up(snapshot.tables)", "hands on the tables"),
        ("rows = tables.breakdowns['people']", "reads tables.breakdowns"),
        ("rows = snapshot.tables.arrow('counts')", "reads tables.arrow"),
        ("grid = snapshot.answers", "reads the memory of a snapshot"),
    ],
)
def test_whoever_reads_it_is_named_with_file_and_line(code, what):
    (found,) = raw_reads(ast.parse(f"\n{code}\n"), "geodata/text/wording.py")
    assert found == f"geodata/text/wording.py:2 {what}"


def test_who_hides_it_may_read_it():
    code = "from geodata.figures.cells import cells_at"
    assert list(raw_reads(ast.parse(code), COUNTS)) == []
    assert (
        list(raw_reads(ast.parse("from geodata.figures.cells import counted_dates"), "app.py"))
        == []
    )


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("threshold", [5, 1000])
def test_no_array_of_counts_has_a_figure_of_a_hidden_cell(examplia, level, measure, threshold):
    held = counts(examplia, "idp", level, threshold, frozenset(), measure)
    numbers = [
        value
        for each in fields(Counts)
        if isinstance(value := getattr(held, each.name), np.ndarray) and value.dtype.kind == "f"
    ]
    by_area = [value for value in numbers if value.ndim == 2]
    assert len(by_area) == 2 and len(numbers) == 6
    assert held.hidden.any() == (level == 2 or threshold == 1000)
    assert all(np.isnan(value[held.hidden]).all() for value in by_area)
    for total in (held.national_people, held.national_households):
        assert np.isnan(total[held.national_hidden]).all()
    for chosen in np.eye(len(held.areas.pcodes), dtype=bool):
        assert np.isnan(held.total_of(chosen, measure)[held.hidden[:, chosen].any(axis=1)]).all()


def test_what_is_hidden_is_told_from_what_was_not_counted(examplia):
    held = counts(examplia, "idp", 2, 5, frozenset())
    missing = np.isnan(held.people)
    assert (missing == (held.hidden | ~held.counted)).all()
    assert (held.few_households | held.few_people == held.hidden).all()


def test_breakdowns_that_are_hidden_have_no_figure(snapshot):
    table = cross_table(snapshot, "idp", "origin", "people", 5)
    assert table.hidden.any() and np.isnan(table.cells[table.hidden]).all()
    assert np.isnan(table.sums[table.hidden_sums]).all()
    assert np.isfinite(table.cells[table.counted & ~table.hidden]).all()
    assert table.few_by_area.sum() == table.few_by_category.sum() == table.hidden.sum()


def test_origins_that_are_hidden_are_only_counted(snapshot):
    day = counts(snapshot, "idp", 1, 5, frozenset()).dates[-1]
    some, every = (origins_on(snapshot, "idp", day, threshold) for threshold in (5, 0))
    assert len(some.shown) + some.few == len(every.shown)
    assert some.few > 0 == every.few
    assert some.whole == every.whole == every.shown["number"].sum() > some.shown["number"].sum()


def test_which_categories_a_governorate_without_any_figure_has_is_told_nowhere():
    table = cross_table(SNAPSHOT, "idp", "origin", "households", 40)
    assert table.bare.any()
    told = table.hidden & ~table.bare[:, :, None]
    np.testing.assert_array_equal(table.few_by_category, told.sum(axis=1))
