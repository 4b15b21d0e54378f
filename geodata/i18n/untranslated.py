"""Find text for readers outside the catalogue: a small search, run by ``make check``.

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
_READ_ALOUD = ("aria-label", "title", "placeholder", "alt")
_CODE_ELEMENTS = ("script", "style", "code")
# Names, the same in every language, stand in an element with lang="en".
_NAME = ("lang", "en")

_COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*?$|(?<=[;{},)])\s*//.*?$", re.S | re.M)
_TEXT = r"""(['"`])(?:(?!\1).)*?[A-Za-z]{2}(?:(?!\1).)*?\1"""
_ASSIGNED = re.compile(
    r"""(?:\b(?:textContent|innerText|ariaLabel|title|placeholder|alt)\s*=\s*"""
    r"""|['"]?(?:aria-label|title|placeholder|alt)['"]?\s*[:,]\s*)""" + _TEXT
)
_SENTENCE_IN_SCRIPT = re.compile(r"""(['"`])[A-Z][a-z]+ [a-z]+(?:(?!\1).)*\1""")
_FILLED_IN = re.compile(r"\$\{[^{}]*\}")
_ERROR_IN_SCRIPT = re.compile(r"(?:Error|console\.\w+)\(\s*$")

_SENTENCE = re.compile(r"^[“A-Z][^_/=<>]* [^_/=<>]*[.:?!”]$|^[A-Z][a-z]+( [a-z]+){2,}")
_TRANSLATING = {"gettext", "ngettext", "pgettext", "plurals", "_"}
# Errors that stop the start, logs, what is written for operators of the command line, and the
# calls and answers of the API, which developers read in English, as they do docs/.
_FOR_OPERATORS = {
    *("RuntimeError", "SnapshotError", "TemplateError"),
    *("exception", "warning", "info", "echo", "error"),
    *("_call", "_answer"),
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
        self.texts: list[tuple[int, str]] = []

    def _is_exempt(self) -> bool:
        return any(passes for _, passes in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in _READ_ALOUD and value and _LETTERS.search(value) and _NAME not in attrs:
                self.texts.append((self.getpos()[0], value))
        if tag not in ("meta", "link", "input", "img", "br", "hr"):
            self.open.append((tag, tag in _CODE_ELEMENTS or _NAME in attrs))

    def handle_endtag(self, tag: str) -> None:
        for i in range(len(self.open) - 1, -1, -1):
            if self.open[i][0] == tag:
                del self.open[i:]
                return

    def handle_data(self, data: str) -> None:
        if _LETTERS.search(data) and not self._is_exempt():
            self.texts.append((self.getpos()[0], data.strip()))


def in_template(source: str) -> list[tuple[int, str]]:
    """Return line and text of what a template writes by itself."""
    reader = _Reader()
    reader.feed(_JINJA.sub(lambda match: "\n" * match[0].count("\n"), source))
    return reader.texts


def in_script(source: str) -> list[tuple[int, str]]:
    """Return line and text of what a script writes by itself."""
    code = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), source)
    code = _FILLED_IN.sub("", code)
    matches = [*_ASSIGNED.finditer(code), *_SENTENCE_IN_SCRIPT.finditer(code)]
    return [
        (code.count("\n", 0, match.start()) + 1, match[0])
        for match in matches
        if not _ERROR_IN_SCRIPT.search(code[: match.start()])
    ]


def in_python(source: str) -> list[tuple[int, str]]:
    """Return line and text of the sentences that no call of gettext is given."""
    tree = ast.parse(source)
    exempt = {id(text) for text in _exempt_nodes(tree)}
    return [
        (node.lineno, text)
        for node in ast.walk(tree)
        if isinstance(node, ast.expr)
        and id(node) not in exempt
        and (text := _text_of(node))
        and _SENTENCE.match(text)
    ]


def _exempt_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that are translated, for operators only, or for readers of the code."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", "") or getattr(node.func, "id", "")
            if name in _TRANSLATING | _FOR_OPERATORS:
                yield from (each for argument in node.args for each in ast.walk(argument))
        elif isinstance(node, ast.Expr):  # a docstring
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from node.values


def _text_of(node: ast.AST) -> str:
    """Return the text of a string, or of the constant pieces of an f-string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        pieces = [each.value for each in node.values if isinstance(each, ast.Constant)]
        return "…".join(map(str, pieces))
    return ""


def untranslated_text(root: Path) -> list[str]:
    """Return a sentence for all text outside the catalogue, with its place."""
    sentences = []
    for path in sorted((root / "layouts" / "templates").rglob("*.html")):
        sentences += _sentences(root, path, in_template(path.read_text("utf-8")))
    for path in sorted((root / "assets").rglob("*.js")):
        if "vendor" not in path.parts:
            sentences += _sentences(root, path, in_script(path.read_text("utf-8")))
    for path in sorted(path for room in _ROOMS for path in (root / room).rglob("*.py")):
        if not path.is_relative_to(root / _COMMANDS):
            sentences += _sentences(root, path, in_python(path.read_text("utf-8")))
    return sentences


def _sentences(root: Path, path: Path, texts: list[tuple[int, str]]) -> list[str]:
    """Return a sentence for each text of a file, with its line."""
    return [
        f"{path.relative_to(root)}:{line}: “{text[:60]}” is said outside the catalogue."
        for line, text in sorted(set(texts))
    ]
