"""Docstrings lead to what there is: a name that moves takes its mentions along."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("geodata", "callbacks", "layouts")
_MENTION = re.compile(r":(mod|func|class|data|meth|attr|exc):`~?([\w.]+)`")


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {
    module_of(path): ast.parse(path.read_text("utf-8"))
    for room in ROOMS
    for path in (ROOT / room).rglob("*.py")
}


def names_in(scope: ast.AST) -> dict[str, ast.AST]:
    """What the body of a module or class defines or imports, by name."""
    names: dict[str, ast.AST] = {}
    for node in getattr(scope, "body", []):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names[node.name] = node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name: node for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found = [each for target in targets for each in ast.walk(target)]
            names |= {each.id: node for each in found if isinstance(each, ast.Name)}
    return names


def has(scope: ast.AST, parts: list[str]) -> bool:
    """Whether a module or class has a name, and that name the next, and so on."""
    if not parts:
        return True
    first, *others = parts
    if isinstance(scope, ast.ClassDef) and not others:
        given = [each.attr for each in ast.walk(scope) if isinstance(each, ast.Attribute)]
        return first in given or first in names_in(scope)
    node = names_in(scope).get(first)
    inside = isinstance(node, ast.FunctionDef | ast.ClassDef)
    return node is not None and (not others or not inside or has(node, others))


def leads(module: str, line: int, kind: str, target: str) -> bool:
    """Whether a mention on a line of a module leads to something in the project."""
    parts = target.split(".")
    if parts[0] not in ROOMS:
        around = [
            node
            for node in ast.walk(TREES[module])
            if isinstance(node, ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0)
        ]
        return any(has(scope, parts) for scope in (TREES[module], *around))
    if kind == "mod":
        return target in TREES
    sizes = [n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in TREES]
    return has(TREES[".".join(parts[: sizes[0]])], parts[sizes[0] :])


def astray() -> Iterator[str]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            code = path.read_text("utf-8")
            for mention in _MENTION.finditer(code):
                line = code.count("\n", 0, mention.start()) + 1
                if mention[2].startswith("datetime."):  # Python's own
                    continue
                if not leads(module_of(path), line, mention[1], mention[2]):
                    yield f"{path.relative_to(ROOT)}:{line} {mention[0]}"


def test_every_mention_in_a_docstring_leads_somewhere():
    assert list(astray()) == []


@pytest.mark.parametrize(
    ("kind", "target", "there"),
    [
        ("mod", "geodata.figures.view", True),
        ("func", "geodata.figures.view.compute", True),
        ("func", "geodata.figures.view.no_such_function", False),
        ("mod", "geodata.view", False),
        ("attr", "geodata.figures.state.State.pop", True),
        ("func", "compute", True),
        ("func", "no_such_function", False),
    ],
)
def test_a_mention_of_what_is_not_there_is_found(kind, target, there):
    assert leads("geodata.figures.view", 1, kind, target) is there
