"""The catalogue of strings: ``python -m geodata.catalogue update|check``.

``update`` collects every string of the code and templates into ``locales/messages.pot``; ``check``
says what is out of date, and what a translation (``locales/<code>/LC_MESSAGES/messages.po``) lacks.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from geodata.language import DOMAIN, LOCALES

ROOT = Path(__file__).parent.parent
TEMPLATE = LOCALES / f"{DOMAIN}.pot"
_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_ROOMS = ("geodata", "layouts", "callbacks")
_KEYWORDS = {"gettext": None, "ngettext": (1, 2), "_": None}
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def collected() -> Catalog:
    """Collect every marked string of the rooms, in a stable order."""
    catalogue = Catalog(project="displacement-map", charset="utf-8", fuzzy=False)
    for room in _ROOMS:
        found = extract_from_dir(ROOT / room, _METHODS, keywords=_KEYWORDS)
        for _, _, message, comments, context in found:
            catalogue.add(message, auto_comments=comments, context=context)
    return catalogue


def _written(catalogue: Catalog) -> str:
    buffer = io.BytesIO()
    write_po(buffer, catalogue, sort_output=True, omit_header=True, width=100)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return header + buffer.getvalue().decode()


_Message = str | tuple[str, ...] | list[str] | None


def _texts(message: _Message) -> list[str]:
    return [message] if isinstance(message, str) else list(message or ())


def _placeholders(message: _Message) -> set[str]:
    return {name for text in _texts(message) for name in _PLACEHOLDER.findall(text)}


def problems() -> list[str]:
    """Everything that is out of date or missing, as sentences; empty where all is well."""
    wanted = collected()
    found = []
    written = TEMPLATE.read_text(encoding="utf-8") if TEMPLATE.exists() else ""
    if written != _written(wanted):
        found.append(f"{TEMPLATE.relative_to(ROOT)} is out of date: run `make catalogue`.")
    for path in sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        found += _problems_of(path, wanted)
    return found


def _problems_of(path: Path, wanted: Catalog) -> list[str]:
    with path.open("rb") as file:
        translated = read_po(file)
    where = path.relative_to(ROOT)
    found = []
    for message in wanted:
        if not message.id:
            continue
        entry = translated.get(message.id)
        first = _texts(message.id)[0]
        if entry is None or not _texts(entry.string) or not all(_texts(entry.string)):
            found.append(f"{where}: no translation of “{first}”.")
        elif entry.fuzzy:
            found.append(f"{where}: the translation of “{first}” is fuzzy: confirm it.")
        elif not _placeholders(entry.string) <= _placeholders(message.id):
            found.append(f"{where}: the translation of “{first}” has other {{placeholders}}.")
    return found


def main(arguments: list[str]) -> int:
    """Run one of the two commands; return the exit code."""
    if arguments == ["update"]:
        TEMPLATE.parent.mkdir(exist_ok=True)
        TEMPLATE.write_text(_written(collected()), encoding="utf-8")
        print(f"{len(collected())} strings in {TEMPLATE.relative_to(ROOT)}")
        return 0
    if arguments == ["check"]:
        found = problems()
        print("\n".join(found) if found else "The catalogues are complete.")
        return 1 if found else 0
    print("usage: python -m geodata.catalogue update|check", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
