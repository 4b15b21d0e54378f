"""The catalogue of strings: ``python -m geodata.i18n.catalogue update|check``.

``update`` collects every string of the code and templates into ``locales/messages.pot`` and brings
each translation to it: what is new stands there untranslated, what is gone is dropped. ``check``
says what is out of date, what a translation (``locales/<code>/LC_MESSAGES/messages.po``) lacks or
gets wrong, and what is said to readers outside the catalogue (:mod:`geodata.i18n.untranslated`).
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from geodata.i18n.language import DOMAIN, LOCALES
from geodata.i18n.untranslated import unspoken

ROOT = Path(__file__).parents[2]
TEMPLATE = LOCALES / f"{DOMAIN}.pot"
ROOMS = ("geodata", "layouts", "callbacks")
# What marks a message, and how many strings its first arguments are; a context comes first.
_MARKS = {"gettext": 1, "_": 1, "ngettext": 2, "plurals": 2, "pgettext": 2}
_IN_CONTEXT = "pgettext"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NUMBER = "n"

Marked = tuple[str, str | tuple[str, str]]  # context, message or plural pair


# Babel's own extractors are no use here: that of Python takes the key of ``gettext(WORDS["key"])``
# for a message, that of Jinja passes over ``language.ngettext(…)``.
def _marked(name: str, arguments: list[object]) -> Iterator[Marked]:
    """Return the message of a call; one that is given by name is marked where it stands."""
    n = _MARKS.get(name, 0)
    texts = [each for each in arguments[:n] if isinstance(each, str)]
    if not n or len(texts) < n:
        return
    if name == _IN_CONTEXT:
        yield texts[0], texts[1]
    else:
        yield "", (texts[0], texts[1]) if n > 1 else texts[0]


def _in_python(path: Path) -> Iterator[Marked]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            name = getattr(called, "attr", "") or getattr(called, "id", "")
            yield from _marked(name, [getattr(each, "value", None) for each in node.args])


def _in_template(path: Path) -> Iterator[Marked]:
    for node in Environment().parse(path.read_text("utf-8")).find_all(nodes.Call):
        name = getattr(node.node, "attr", "") or getattr(node.node, "name", "")
        yield from _marked(name, [getattr(each, "value", None) for each in node.args])


def extract() -> Catalog:
    """Collect every marked string of the rooms, in a stable order."""
    catalogue = Catalog(project="displacement-map", charset="utf-8", fuzzy=False)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            read = {".py": _in_python, ".html": _in_template}.get(path.suffix)
            for context, message in read(path) if read else ():
                catalogue.add(message, context=context or None)
    return catalogue


def _written(catalogue: Catalog, **header: str) -> str:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, sort_output=True, omit_header=True, width=100)
    said = {**header, "Content-Type": "text/plain; charset=utf-8"}
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in said.items())
    return f'msgid ""\nmsgstr ""\n{lines}\n{buffer.getvalue().decode().lstrip()}'


def update(wanted: Catalog, path: Path) -> str:
    """Write a translation anew, with every message of the code and no other.

    What became plural, or no longer is, stands there as fuzzy: it is to be confirmed.
    """
    code = path.parent.parent.name
    with path.open("rb") as file:
        translated = read_po(file, locale=code)
    # The file's own rule: Babel's of Arabic takes 11 to 99 for the form of 100.
    forms = f"nplurals={translated.num_plurals}; plural={translated.plural_expr};"
    translated.update(wanted, no_fuzzy_matching=True)
    translated.obsolete.clear()
    return _written(translated, Language=code, **{"Plural-Forms": forms})


def translations() -> list[Path]:
    """Return the file of every translation."""
    return sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


_Message = str | tuple[str, ...] | list[str] | None


def _texts(message: _Message) -> list[str]:
    return [message] if isinstance(message, str) else list(message or ())


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def problems() -> list[str]:
    """Return everything that is out of date or missing, as sentences; empty where all is well."""
    wanted = extract()
    found = []
    written = TEMPLATE.read_text(encoding="utf-8") if TEMPLATE.exists() else ""
    if written != _written(wanted):
        found.append(f"{TEMPLATE.relative_to(ROOT)} is out of date: run `make catalogue`.")
    for path in translations():
        found += problems_of(path, wanted)
    return [*found, *unspoken(ROOT)]


def problems_of(path: Path, wanted: Catalog) -> list[str]:
    """Return what one translation lacks, gets wrong, or has too much of."""
    code = path.parent.parent.name
    with path.open("rb") as file:
        translated = read_po(file, locale=code)
    where = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    plurals = get_plural(code).num_plurals
    found = []
    if translated.num_plurals != plurals:
        found.append(f"{where}: Plural-Forms has {translated.num_plurals} forms, not {plurals}.")
    for message in wanted:
        if message.id:
            entry = translated.get(message.id, message.context)
            found += [f"{where}: {said}" for said in _wrong(message, entry, plurals)]
    for entry in translated:
        if entry.id and wanted.get(entry.id, entry.context) is None:
            found.append(f"{where}: “{_texts(entry.id)[0]}” is nowhere in the code.")
    return found


def _asked_for(name: str, wanted: set[str]) -> str:
    """Return the placeholder that a name stands for: whoever fills ``of_x`` fills ``x``, too."""
    after_of = f"of_{name}"
    return after_of if name not in wanted and after_of in wanted else name


def _wrong(message: Message, entry: Message | None, plurals: int) -> Iterator[str]:
    """Say what is wrong with one translation."""
    first = _texts(message.id)[0]
    said = [text for text in _texts(entry.string) if text] if entry else []
    if entry is None or not said:
        yield f"no translation of “{first}”."
        return
    if entry.fuzzy:
        yield f"the translation of “{first}” is fuzzy: confirm it."
    if message.pluralizable and len(said) != plurals:
        yield f"“{first}” has {len(said)} plural forms, not {plurals}."
    wanted = _placeholders(_texts(message.id)[-1])
    for text in said:
        # One and two are said without a number in languages that have a form for each.
        may_lack = {_NUMBER} if message.pluralizable else set()
        has = {_asked_for(name, wanted) for name in _placeholders(text)}
        if not (wanted - may_lack <= has <= wanted):
            yield f"the translation of “{first}” has other {{placeholders}}: “{text}”."


def main(arguments: list[str]) -> int:
    """Run one of the two commands; return the exit code."""
    if arguments == ["update"]:
        TEMPLATE.parent.mkdir(exist_ok=True)
        wanted = extract()
        TEMPLATE.write_text(_written(wanted), encoding="utf-8")
        for path in translations():
            path.write_text(update(wanted, path), encoding="utf-8")
        print(f"{len(wanted)} strings in {TEMPLATE.relative_to(ROOT)}")
        return 0
    if arguments == ["check"]:
        found = problems()
        print("\n".join(found) if found else "The catalogues are complete.")
        return 1 if found else 0
    print("usage: python -m geodata.i18n.catalogue update|check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
