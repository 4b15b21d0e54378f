"""The project's own modules as tests read them, each parsed once in a process of tests."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.paths import ROOT

ROOMS = ("geodata", "layouts", "callbacks")
PATHS = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def named(path: Path) -> str:
    """A file by its path from the top of the project."""
    return str(path.relative_to(ROOT))


def module_of(path: Path) -> str:
    """A file by the name that it is imported by."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    """The code of a file, which is not to be changed."""
    return ast.parse(path.read_text("utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """All that the code of a file is made of."""
    return tuple(ast.walk(tree(path)))
