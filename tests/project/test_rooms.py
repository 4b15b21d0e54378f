"""The rooms as the table in CONTRIBUTING.md orders them: no import goes up, or in a circle.

The table is the one place: what a room is for, and what it may import.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.loaded import loaded
from tests.paths import ROOT
from tests.source_code import PATHS, module_of, nodes, tree

_ROW = re.compile(r"^\| `([\w/]+)` \| ([^|]+) \| ([^|]*)\|$", re.M)
# What reads or writes files of others, or draws boundaries anew: no view needs it.
_NOT_FOR_A_VIEW = {
    *("geopandas", "shapely", "pyogrio", "topojson", "pandera", "fsspec"),
    *("openpyxl", "python_calamine", "xlsxwriter", "pptx", "typst", "pyvips"),
}
# What takes seconds to load and only building a snapshot, or one kind of classes, needs.
_HEAVY = {
    *("geopandas", "topojson", "pandera", "mapclassify", "sklearn", "scipy", "shapely", "pyogrio"),
}


def table() -> dict[str, tuple[str, set[str]]]:
    """Each room, from the ground up, with its sentence and the rooms that it may import."""
    rows = _ROW.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    named = {room.rsplit("/", 1)[-1]: room for room, _, _ in rows}
    return {
        room: (sentence.strip(), {named[each] for each in re.findall(r"`(\w+)`", allowed)})
        for room, sentence, allowed in rows
    }


ROOMS = table()


MODULES = {module_of(path): path for path in PATHS}


def room_of(module: str) -> str:
    """The room of a module: the deepest folder that has a row."""
    parts = module.split(".")
    if not MODULES[module].name.startswith("__init__"):
        parts = parts[:-1]
    while parts and "/".join(parts) not in ROOMS:
        parts = parts[:-1]
    return "/".join(parts)


def imported(path: Path) -> Iterator[str]:
    """Modules of the project that a file imports, at its top or within a function."""
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                yield module if module in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_modules_are_imported_by_their_whole_names():
    """So that every import is seen here: ``from .view import View`` names no room."""
    relative = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in PATHS
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


# Where a reader of a source is looked up by its kind, in its own folder.
LOOKED_UP = {"geodata/sources/__init__.py"}


def imports_by_text(module: ast.AST) -> bool:
    """Whether code imports a module whose name is a text, which no rule here can read."""
    names = {"import_module", "__import__"}
    return any(
        getattr(node, "id", getattr(node, "attr", None)) in names
        or (isinstance(node, ast.alias) and node.name in names)
        for node in ast.walk(module)
    )


def test_no_module_is_imported_by_a_text():
    assert {
        str(path.relative_to(ROOT)) for path in PATHS if imports_by_text(tree(path))
    } == LOOKED_UP


@pytest.mark.parametrize(
    "code",
    [
        "import importlib\nimportlib.import_module('geodata.figures.counts')",
        "from importlib import import_module as get\nget('geodata.figures')",
        "__import__('geodata.figures')",
    ],
)
def test_an_import_by_a_text_is_noticed(code):
    assert imports_by_text(ast.parse(code))


@cache
def arrows() -> dict[str, frozenset[str]]:
    return {
        name: frozenset(each for each in imported(path) if each in MODULES)
        for name, path in MODULES.items()
    }


def forbidden(imports: Mapping[str, frozenset[str]]) -> list[str]:
    """Imports that the table does not allow, as sentences that name both files."""
    return [
        f"{module} imports {other}: {room_of(module)} may not import {room_of(other)}"
        for module, others in sorted(imports.items())
        for other in sorted(others)
        if room_of(module) != room_of(other) and room_of(other) not in ROOMS[room_of(module)][1]
    ]


def circle(imports: Mapping[str, frozenset[str]]) -> list[str]:
    """The first circle of imports that is met, as the files along it; empty where there is none."""
    done: set[str] = set()

    def walk(module: str, way: list[str]) -> list[str]:
        if module in way:
            return [*way[way.index(module) :], module]
        if module not in done:
            for other in sorted(imports[module]):
                if found := walk(other, [*way, module]):
                    return found
            done.add(module)
        return []

    return next((found for module in sorted(imports) if (found := walk(module, []))), [])


def test_every_module_is_in_a_room():
    assert {room_of(module) for module in MODULES} == set(ROOMS)


def test_a_room_stands_above_all_that_it_may_import():
    order = list(ROOMS)
    for room, (_, allowed) in ROOMS.items():
        assert {each for each in allowed if order.index(each) >= order.index(room)} == set(), room


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_in_its_first_line_what_the_table_says(room):
    says = ast.get_docstring(tree(ROOT / room / "__init__.py")) or ""
    assert says.partition("\n")[0] == ROOMS[room][0]


def test_no_import_goes_where_the_table_does_not_let_it():
    assert forbidden(arrows()) == []


def test_no_imports_run_in_a_circle():
    assert circle(arrows()) == []


def test_a_forbidden_import_and_a_circle_are_found():
    low = "geodata.snapshots.snapshot"
    imports = arrows() | {low: arrows()[low] | {"geodata.figures.counts"}}
    assert forbidden(imports) == [
        "geodata.snapshots.snapshot imports geodata.figures.counts: "
        "geodata/snapshots may not import geodata/figures"
    ]
    assert "geodata.snapshots.snapshot" in circle(imports)


@pytest.mark.slow
def test_starting_the_server_loads_nothing_that_only_a_build_needs():
    """So that it starts in a second or two."""
    packages = {name.split(".")[0] for name in loaded().started}
    assert "dash" in packages
    assert packages & _HEAVY == set()


@pytest.mark.slow
def test_serving_views_loads_no_reader_no_writer_and_no_boundaries():
    served = loaded().served
    assert _NOT_FOR_A_VIEW & served == set()
    readers = [name for name in served if name.startswith(("geodata.sources.", "geodata.ingest."))]
    assert readers in ([], ["geodata.sources.contract"])  # commands name the kinds of files
