"""Keep the catalogues of messages: ``python -m geodata.i18n.catalogue update|check``.

``update`` collects every message of the code and templates into ``locales/messages.pot`` and brings
each translation to it: new messages are added untranslated, old ones dropped. ``check`` reports
what is out of date, what a translation (``locales/<code>/LC_MESSAGES/messages.po``) lacks or gets
wrong, and text for readers outside the catalogue (:mod:`geodata.i18n.untranslated`).
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
from geodata.i18n.untranslated import untranslated_text

ROOT = Path(__file__).parents[2]
TEMPLATE = LOCALES / f"{DOMAIN}.pot"
ROOMS = ("geodata", "layouts", "callbacks")
# What marks a message, and how many strings its first arguments are; a context comes first.
_MARKS = {"gettext": 1, "_": 1, "ngettext": 2, "plurals": 2, "pgettext": 2}
_IN_CONTEXT = "pgettext"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_NUMBER = "n"

Extracted = tuple[str, str | tuple[str, str]]  # context, message or plural pair


# Babel's own extractors are no use here: that of Python takes the key of ``gettext(WORDS["key"])``
# for a message, that of Jinja passes over ``language.ngettext(…)``.
def _messages_of_call(name: str, arguments: list[object]) -> Iterator[Extracted]:
    """Yield the message of a call, unless it is given by a name, which is marked elsewhere."""
    n = _MARKS.get(name, 0)
    texts = [each for each in arguments[:n] if isinstance(each, str)]
    if not n or len(texts) < n:
        return
    if name == _IN_CONTEXT:
        yield texts[0], texts[1]
    else:
        yield "", (texts[0], texts[1]) if n > 1 else texts[0]


def _in_python(path: Path) -> Iterator[Extracted]:
    """Yield the messages of a module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            function = node.func
            name = getattr(function, "attr", "") or getattr(function, "id", "")
            yield from _messages_of_call(name, [getattr(each, "value", None) for each in node.args])


def _in_template(path: Path) -> Iterator[Extracted]:
    """Yield the messages of a template."""
    for node in Environment().parse(path.read_text("utf-8")).find_all(nodes.Call):
        name = getattr(node.node, "attr", "") or getattr(node.node, "name", "")
        yield from _messages_of_call(name, [getattr(each, "value", None) for each in node.args])


def extract() -> Catalog:
    """Collect every marked string of the rooms, in a stable order."""
    catalogue = Catalog(project="displacement-map", charset="utf-8", fuzzy=False)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            find_messages = {".py": _in_python, ".html": _in_template}.get(path.suffix)
            for context, message in find_messages(path) if find_messages else ():
                catalogue.add(message, context=context or None)
    return catalogue


def _to_po(catalogue: Catalog, **extra: str) -> str:
    """Return a catalogue as the text of a .po file."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, sort_output=True, omit_header=True, width=100)
    headers = {**extra, "Content-Type": "text/plain; charset=utf-8"}
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in headers.items())
    return f'msgid ""\nmsgstr ""\n{lines}\n{buffer.getvalue().decode().lstrip()}'


def update(template: Catalog, path: Path) -> str:
    """Return a translation's file with every message of ``template`` and no other.

    A message that became plural, or is no longer, is fuzzy: it must be confirmed.
    """
    code = path.parent.parent.name
    with path.open("rb") as file:
        translated = read_po(file, locale=code)
    # The file's own rule: Babel's of Arabic takes 11 to 99 for the form of 100.
    forms = f"nplurals={translated.num_plurals}; plural={translated.plural_expr};"
    translated.update(template, no_fuzzy_matching=True)
    translated.obsolete.clear()
    return _to_po(translated, Language=code, **{"Plural-Forms": forms})


def translations() -> list[Path]:
    """Return the file of every translation."""
    return sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


_Message = str | tuple[str, ...] | list[str] | None


def _texts(message: _Message) -> list[str]:
    return [message] if isinstance(message, str) else list(message or ())


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def problems() -> list[str]:
    """Return a sentence for everything that is out of date or missing; none if all is well."""
    template = extract()
    sentences = []
    current = TEMPLATE.read_text(encoding="utf-8") if TEMPLATE.exists() else ""
    if current != _to_po(template):
        sentences.append(f"{TEMPLATE.relative_to(ROOT)} is out of date: run `make catalogue`.")
    for path in translations():
        sentences += problems_of(path, template)
    return [*sentences, *untranslated_text(ROOT)]


def problems_of(path: Path, template: Catalog) -> list[str]:
    """Return a sentence for all that one translation lacks, gets wrong, or has too much of."""
    code = path.parent.parent.name
    with path.open("rb") as file:
        translated = read_po(file, locale=code)
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    plurals = get_plural(code).num_plurals
    sentences = []
    if translated.num_plurals != plurals:
        sentences.append(f"{name}: Plural-Forms has {translated.num_plurals} forms, not {plurals}.")
    for message in template:
        if message.id:
            entry = translated.get(message.id, message.context)
            sentences += [
                f"{name}: {problem}" for problem in _problems_of_entry(message, entry, plurals)
            ]
    for entry in translated:
        if entry.id and template.get(entry.id, entry.context) is None:
            sentences.append(f"{name}: “{_texts(entry.id)[0]}” is nowhere in the code.")
    return sentences


def _placeholder_filled_by(name: str, expected: set[str]) -> str:
    """Return the placeholder that a name fills: who fills ``of_x`` fills ``x``, too."""
    after_of = f"of_{name}"
    return after_of if name not in expected and after_of in expected else name


def _problems_of_entry(message: Message, entry: Message | None, plurals: int) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    first = _texts(message.id)[0]
    texts = [text for text in _texts(entry.string) if text] if entry else []
    if entry is None or not texts:
        yield f"no translation of “{first}”."
        return
    if entry.fuzzy:
        yield f"the translation of “{first}” is fuzzy: confirm it."
    if message.pluralizable and len(texts) != plurals:
        yield f"“{first}” has {len(texts)} plural forms, not {plurals}."
    expected = _placeholders(_texts(message.id)[-1])
    for text in texts:
        # One and two are said without a number in languages that have a form for each.
        optional = {_NUMBER} if message.pluralizable else set()
        filled = {_placeholder_filled_by(name, expected) for name in _placeholders(text)}
        if not (expected - optional <= filled <= expected):
            yield f"the translation of “{first}” has other {{placeholders}}: “{text}”."


def main(arguments: list[str]) -> int:
    """Run one of the two commands; return the exit code."""
    if arguments == ["update"]:
        TEMPLATE.parent.mkdir(exist_ok=True)
        template = extract()
        TEMPLATE.write_text(_to_po(template), encoding="utf-8")
        for path in translations():
            path.write_text(update(template, path), encoding="utf-8")
        print(f"{len(template)} strings in {TEMPLATE.relative_to(ROOT)}")
        return 0
    if arguments == ["check"]:
        sentences = problems()
        print("\n".join(sentences) if sentences else "The catalogues are complete.")
        return 1 if sentences else 0
    print("usage: python -m geodata.i18n.catalogue update|check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
