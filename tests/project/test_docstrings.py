"""Docstrings say what a call does, and lead to what there is.

A function's begins with an imperative (a property's may be a noun); a name that moves takes its
mentions along.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.source_code import PATHS, ROOMS, module_of, named, tree

# What functions do here. A new verb is added to the list: that it is one is what a reader checks.
VERBS = set(
    """
    Activate Add Allow Answer Append Ask Assign Begin Break Bring Build Call Check Choose Clear
    Close Collect Compare Compile Complete Compress Compute Connect Copy Correct Count Cover
    Create Cut Decide Decode Delete Describe Detect Draw Drop End Escape Explain Extend Fade
    Fetch Fill Find Flush Fold Follow Forget Give Go Grow Hash Have Hide Ignore Isolate Join
    Keep Kill Label Lay Lead Leave Let Link List Load Lock Log Look Make Map Mark Match Measure
    Mend Move Name Note Open Order Pack Paint Parse Place Point Prepare Print Project Put
    Quantise Quote Raise Read Recognise Redirect Refuse Register Remove Rename Render Replace
    Report Return Reverse Round Run Say Scan Score See Select Send Serialise Set Shift Show
    Simplify Snap Sort Split Start Store Strip Subtract Sum Swap Take Tell Translate Turn Undo
    Unpack Unwrap Validate Wait Warn Write Yield
    """.split()
)
_MENTION = re.compile(r":(mod|func|class|data|meth|attr|exc):`~?([\w.]+)`")


@cache
def trees() -> dict[str, ast.Module]:
    return {module_of(path): tree(path) for path in PATHS}


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
            for node in ast.walk(trees()[module])
            if isinstance(node, ast.ClassDef) and node.lineno <= line <= (node.end_lineno or 0)
        ]
        return any(has(scope, parts) for scope in (trees()[module], *around))
    if kind == "mod":
        return target in trees()
    sizes = [n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in trees()]
    return has(trees()[".".join(parts[: sizes[0]])], parts[sizes[0] :])


def astray() -> Iterator[str]:
    for path in PATHS:
        code = path.read_text("utf-8")
        for mention in _MENTION.finditer(code):
            line = code.count("\n", 0, mention.start()) + 1
            if mention[2].startswith("datetime."):  # Python's own
                continue
            if not leads(module_of(path), line, mention[1], mention[2]):
                yield f"{named(path)}:{line} {mention[0]}"


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


def without_a_verb(tree: ast.AST) -> Iterator[str]:
    """First words, where they are no imperative, of the docstrings of functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and (says := ast.get_docstring(node)):
            decorators = [ast.unparse(each) for each in node.decorator_list]
            noun = any(each.endswith(("property", ".setter")) for each in decorators)
            if not noun and says.split()[0].rstrip(".,:;") not in VERBS:
                yield f"{node.name}: {says.splitlines()[0]}"


def test_a_function_says_what_it_does():
    faults = {named(path): list(without_a_verb(tree(path))) for path in PATHS}
    assert {name: those for name, those in faults.items() if those} == {}


def test_a_docstring_without_a_verb_is_found():
    code = 'def total():\n    """The total."""\n@property\ndef date():\n    """The date."""\n'
    assert list(without_a_verb(ast.parse(code))) == ["total: The total."]
