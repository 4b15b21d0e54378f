"""Give programmes of partners codes that readers can read, as headlines name programmes by them.

``ACTED: WASH`` is ``ACTEDWASH``. Where a code is another programme's already, some signs that are
made of the name tell the two apart, so that a file that comes again finds its own codes.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from dataclasses import dataclass, field

import pandas as pd

from geodata.util.arrays import records

_LETTERS = 11  # of a word that is taken whole, or of an acronym
_SIGNS = 3  # that tell a programme from another of its code, or more
_TAIL = 5  # signs of an identifier, from its end, that tell its activities apart
_SMALL = frozenset({"OF", "AND", "THE", "FOR", "IN", "TO", "DE", "DES", "LA", "LE", "DU", "ET"})
_NO_NAME = "P"  # of names without a Latin letter
_ACRONYM = re.compile(r"\(([A-Z][A-Za-z0-9&-]{1,9})\)")


def identity(text: str) -> str:
    """Fold a name to what stays the same between spellings that differ in signs and case only.

    Unlike names of places, names of organisations keep their articles.

    >>> identity("A.C.T.E.D.") == identity("acted"), identity("Al Noor") == identity("Noor")
    (True, False)
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if char.isalnum())


def acronym(name: str) -> str:
    """Return a name as people shorten it: a word is itself, several are their first letters.

    >>> acronym("ACTED"), acronym("Norwegian Refugee Council"), acronym("Save the Children (SCI)")
    ('ACTED', 'NRC', 'SCI')
    """
    if match := _ACRONYM.search(name):
        name = match[1]
    words = re.findall("[A-Z0-9]+", unicodedata.normalize("NFKD", name.replace(".", "")).upper())
    words = [word for word in words if word not in _SMALL] or words
    return (words[0] if len(words) == 1 else "".join(word[0] for word in words))[:_LETTERS]


def end_of(identifier: str) -> str:
    """Return the last parts of an identifier, as many as it takes to tell it from its like.

    >>> end_of("44000-P095314"), end_of("AA-AAA-1")
    ('P095314', 'AAAAA1')
    """
    tail = ""
    for part in reversed(re.findall("[A-Z0-9]+", identifier.upper())):
        tail = part + tail
        if len(tail) >= _TAIL:
            break
    return tail[-_LETTERS:]


@dataclass
class ProgrammeCodes:
    """Codes that are given, each with the keys of its programme.

    A key is what a programme is known by when it comes again: the identity of its name, or a text
    among its sources.
    """

    programmes: pd.DataFrame
    _keys: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in records(self.programmes):
            self._keys[row.code] = {identity(row.name), *row.sources.split(" | ")}

    def give(self, code: str, key: str) -> str:
        """Return the code of a programme: ``code``, or a longer one if that is another's."""
        code = code or _NO_NAME
        if key not in self._keys.setdefault(code, {key}):
            digest = base64.b32encode(hashlib.sha256(key.encode()).digest()).decode()
            longer = (f"{code}{digest[:n]}" for n in range(_SIGNS, len(digest)))
            code = next(each for each in longer if key in self._keys.setdefault(each, {key}))
        return code
