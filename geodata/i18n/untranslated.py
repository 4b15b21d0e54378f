"""What is said to readers outside the catalogue: a small search for it, run by ``make check``.

=========================  ======================================================================
templates                  letters in the text of an element, or in an attribute that is read out
scripts                    the same attributes and ``textContent`` given letters; sentences
Python                     sentences that are no argument of gettext, but for commands and logs
=========================  ======================================================================

It finds what a person forgets, not what a person hides: a word that a template writes out of a
variable, or a script puts together, passes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_READ_OUT = ("aria-label", "title", "placeholder", "alt")
_NOT_READ = ("script", "style", "code")
# Names, the same in every language, stand in an element with lang="en".
_AS_IT_IS = ("lang", "en")

_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$|(?<=[;{},)])\s*//.*?$", re.S | re.M)
_TEXT = r"""(['"`])(?:(?!\1).)*?[A-Za-z]{2}(?:(?!\1).)*?\1"""
_GIVEN = re.compile(
    r"""(?:\b(?:textContent|innerText|ariaLabel|title|placeholder|alt)\s*=\s*"""
    r"""|['"]?(?:aria-label|title|placeholder|alt)['"]?\s*[:,]\s*)""" + _TEXT
)
_SENTENCE_IN_SCRIPT = re.compile(r"""(['"`])[A-Z][a-z]+ [a-z]+(?:(?!\1).)*\1""")
_FILLED_IN = re.compile(r"\$\{[^{}]*\}")
_ERROR_IN_SCRIPT = re.compile(r"(?:Error|console\.\w+)\(\s*$")

_SENTENCE = re.compile(r"^[“A-Z][^_/=<>]* [^_/=<>]*[.:?!”]$|^[A-Z][a-z]+( [a-z]+){2,}")
_SPOKEN = {"gettext", "ngettext", "pgettext", "plurals", "_"}
# Errors that stop the start, logs, and what is written for operators of the command line.
_UNHEARD = {
    *("RuntimeError", "SnapshotError", "TemplateError"),
    *("exception", "warning", "info", "echo", "error"),
}
# Rooms that write for readers; what the other rooms of geodata say, operators read.
_ROOMS = (
    *("layouts", "callbacks", "geodata/api", "geodata/briefing", "geodata/exports"),
    *("geodata/links", "geodata/text"),
)
_COMMANDS = "callbacks/commands"


class _Reader(HTMLParser):
    """Reads a template, without what Jinja fills in."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[tuple[int, str]] = []

    def _as_it_is(self) -> bool:
        return any(passes for _, passes in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in _READ_OUT and value and _LETTERS.search(value) and _AS_IT_IS not in attrs:
                self.found.append((self.getpos()[0], value))
        if tag not in ("meta", "link", "input", "img", "br", "hr"):
            self.open.append((tag, tag in _NOT_READ or _AS_IT_IS in attrs))

    def handle_endtag(self, tag: str) -> None:
        for i in range(len(self.open) - 1, -1, -1):
            if self.open[i][0] == tag:
                del self.open[i:]
                return

    def handle_data(self, data: str) -> None:
        if _LETTERS.search(data) and not self._as_it_is():
            self.found.append((self.getpos()[0], data.strip()))


def in_template(source: str) -> list[tuple[int, str]]:
    """Return lines and words that a template says by itself."""
    reader = _Reader()
    reader.feed(_JINJA.sub(lambda found: "\n" * found[0].count("\n"), source))
    return reader.found


def in_script(source: str) -> list[tuple[int, str]]:
    """Return lines and words that a script says by itself."""
    code = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source)
    code = _FILLED_IN.sub("", code)
    found = [*_GIVEN.finditer(code), *_SENTENCE_IN_SCRIPT.finditer(code)]
    return [
        (code.count("\n", 0, each.start()) + 1, each[0])
        for each in found
        if not _ERROR_IN_SCRIPT.search(code[: each.start()])
    ]


def in_python(source: str) -> list[tuple[int, str]]:
    """Return lines and sentences of code that no call of gettext is given."""
    tree = ast.parse(source)
    heard = {id(text) for text in _passed(tree)}
    return [
        (node.lineno, said)
        for node in ast.walk(tree)
        if isinstance(node, ast.expr)
        and id(node) not in heard
        and (said := _said(node))
        and _SENTENCE.match(said)
    ]


def _passed(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what is said in a language, to operators only, or to readers of the code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
            if name in _SPOKEN | _UNHEARD:
                yield from (each for argument in node.args for each in ast.walk(argument))
        elif isinstance(node, ast.Expr):  # a docstring
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from node.values


def _said(node: ast.AST) -> str:
    """Return the words of a text, or of one that is put together from pieces."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        pieces = [each.value for each in node.values if isinstance(each, ast.Constant)]
        return "…".join(map(str, pieces))
    return ""


def unspoken(root: Path) -> list[str]:
    """Return everything that is said outside the catalogue, with its place."""
    found = []
    for path in sorted((root / "layouts" / "templates").rglob("*.html")):
        found += _placed(root, path, in_template(path.read_text("utf-8")))
    for path in sorted((root / "assets").rglob("*.js")):
        if "vendor" not in path.parts:
            found += _placed(root, path, in_script(path.read_text("utf-8")))
    for path in sorted(path for room in _ROOMS for path in (root / room).rglob("*.py")):
        if not path.is_relative_to(root / _COMMANDS):
            found += _placed(root, path, in_python(path.read_text("utf-8")))
    return found


def _placed(root: Path, path: Path, found: list[tuple[int, str]]) -> list[str]:
    return [
        f"{path.relative_to(root)}:{line}: “{said[:60]}” is said outside the catalogue."
        for line, said in sorted(set(found))
    ]
