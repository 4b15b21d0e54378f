"""Names are nouns of the field or verbs: no participle that only its author can read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.source_code import tree

# What is found, told or held could be anything; a reader learns nothing from such a name.
DIALECT = {
    *("found", "told", "said", "asked", "kept", "held", "made", "drawn", "spoken", "painted"),
    *("lone", "here", "led_on"),
}
ROOMS = ("geodata/**/*.py", "callbacks/**/*.py", "layouts/**/*.py", "benchmarks/**/*.py", "app.py")
ALLOWED = {"not_found": "HTTP's own phrase for an answer of status 404"}


def names(module: ast.AST) -> Iterator[tuple[int, str]]:
    """Names of functions, classes, parameters, fields and constants, with their lines."""
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
        if isinstance(node, ast.Module | ast.ClassDef):
            for statement in node.body:
                if isinstance(statement, ast.Assign | ast.AnnAssign):
                    for each in ast.walk(statement):
                        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                            yield each.lineno, each.id


def is_dialect(name: str) -> bool:
    """Whether a name is one of the words, or has one between underscores or as in CamelCase."""
    snake = "".join(f"_{c.lower()}" if c.isupper() and not name.isupper() else c for c in name)
    padded = f"_{snake.strip('_').lower()}_"
    return name not in ALLOWED and any(f"_{word}_" in padded for word in DIALECT)


def dialect_in(path: Path) -> list[str]:
    """Names of a module that are words of the dialect, each with its place."""
    return [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for line, name in names(tree(path))
        if is_dialect(name)
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_names_are_words_of_the_field(room):
    paths = sorted(ROOT.glob(room))
    assert paths, f"{room} has no file"
    assert [line for path in paths for line in dialect_in(path)] == []


def test_every_kind_of_name_is_looked_at():
    code = """
FOUND = 1
class TableFound:
    held: int
    def __init__(self, *, asked_for, **told):
        self.rows_kept = 2
async def said(): pass
def drawn_by(lone=0, /): found_by_chance = 1
"""
    dialect = {name for _, name in names(ast.parse(code)) if is_dialect(name)}
    assert dialect == {
        *("FOUND", "TableFound", "held", "asked_for", "told", "rows_kept", "said", "drawn_by"),
        "lone",
    }


@pytest.mark.parametrize("name", ["foundation", "there", "holder", "FoldedName"])
def test_a_word_that_only_contains_one_is_none(name):
    assert not is_dialect(name)
