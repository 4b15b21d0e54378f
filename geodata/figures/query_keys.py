"""Read the keys of a query: strictly, or leniently with a sentence for what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote

from geodata.errors import DisplacementError, NotAvailable, StateError
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.places.folding import fold
from geodata.util.suggestions import suggestions

SEPARATOR = "~"
NOT_WHOLE = gettext("{key}={value} cannot be: {key} is a whole number from {low} to {high}.")
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_SWITCH = {"0": False, "1": True}
T = TypeVar("T")


@dataclass
class QueryReader:
    """Read one key after the other; collect notices, or raise on the first wrong value.

    Attributes
    ----------
    query
        Keys and values, decoded.
    lenient
        Give the default and a notice instead of an error.
    language
        What errors and notices are written in.
    """

    query: Mapping[str, str]
    lenient: bool
    language: Language
    notices: list[str] = field(default_factory=list)

    def get(self, key: str, default: T, read: Callable[[str], T]) -> T:
        """Read ``key`` through ``read``; ``default`` where absent (or wrong and lenient)."""
        text = self.query.get(key, "").strip()
        if not text:
            return default
        try:
            return read(text)
        except NotAvailable:
            raise
        except StateError as error:
            default_notice = self.language.gettext("The default is shown instead.")
            self.refuse(error, f"{error} {default_notice}")
            return default

    def refuse(self, error: DisplacementError, notice: str) -> None:
        """Raise an error, or collect its notice where the reading is lenient."""
        if not self.lenient:
            raise error
        self.notices.append(notice)

    def wrong(
        self,
        key: str,
        value: str,
        allowed: Iterable[str],
        choices: Iterable[str] | Mapping[str, str] | None = None,
    ) -> StateError:
        """Make the error: what is allowed, and the nearest of ``choices`` (of all if ``None``).

        ``choices`` may give for what is spelled, folded by :func:`geodata.places.gazetteer.fold`,
        what is meant by it.
        """
        values = list(allowed)
        if not isinstance(choices, Mapping):
            choices = {fold(each): each for each in (values if choices is None else choices)}
        near = suggestions(fold(value), choices, 1)
        sentence = self.language.gettext(
            "{key}={value} is not known: {key} may be {allowed}.",
            key=key,
            value=self.language.quoted(value),
            allowed=self.language.join_items(values),
        )
        if near:
            sentence += " " + self.language.gettext("Did you mean {near}?", near=choices[near[0]])
        return StateError(key, value, sentence)

    def choice(self, key: str, allowed: Iterable[str]) -> Callable[[str], str]:
        """Make a function that lets through the ``allowed`` values of ``key`` and no other."""
        choices = tuple(allowed)

        def read(text: str) -> str:
            if text not in choices:
                raise self.wrong(key, text, choices)
            return text

        return read

    def switch(self, key: str) -> Callable[[str], bool]:
        """Make a function that reads what is on (``1``) or off (``0``)."""
        choice = self.choice(key, _SWITCH)
        return lambda text: _SWITCH[choice(text)]

    def whole(
        self, key: str, allowed: tuple[int, int], refusal: str = NOT_WHOLE
    ) -> Callable[[str], int]:
        """Make a function that reads a whole number from the first to the last ``allowed``.

        Parameters
        ----------
        refusal
            Sentence with ``{key}``, ``{value}``, ``{low}`` and ``{high}``.
        """
        low, high = allowed

        def read(text: str) -> int:
            if _WHOLE.fullmatch(text) and low <= int(text) <= high:
                return int(text)
            sentence = self.language.gettext(
                refusal, key=key, value=self.language.quoted(text), low=low, high=high
            )
            raise StateError(key, text, sentence)

        return read


def split_list(text: str) -> list[str]:
    """Split a list in a query, ``PHSS~CRP`` or with commas, into its values.

    >>> split_list("PHSS~CRP,FVR")
    ['PHSS', 'CRP', 'FVR']
    """
    return [part for part in text.replace(",", SEPARATOR).split(SEPARATOR) if part]


def encode_items(keys: Iterable[tuple[str, str]]) -> str:
    """Write keys and values as a query, without ``?``.

    >>> encode_items([("pop", "idp"), ("prog", "PHSS~CRP")])
    'pop=idp&prog=PHSS~CRP'
    """
    return "&".join(f"{key}={quote(value, safe='~-')}" for key, value in keys)
