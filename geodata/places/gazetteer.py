"""Find the area that a name or a code means: by P-code, name, then alias.

::

    row (code, name) ──▶ by P-code ──▶ by folded name ──▶ by folded alias ──▶ not placed
                                        └── whole, then without the word for its level ──┘
                                                                   (with nearest candidates)
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from geodata.errors import DataError, JoinError
from geodata.i18n.language import SOURCE_LANGUAGE, Language, load_language
from geodata.places.folding import fold
from geodata.snapshots.name_columns import NAME_COLUMNS
from geodata.snapshots.snapshot import Snapshot
from geodata.util.suggestions import suggestions

Method = Literal["code", "name", "alias"]
Rules = Sequence[Mapping[str, str]]
"""A country's former codes: ``pattern`` matches a whole code of a numbering that was given up,
``sentence`` says, with ``{code}``, why it is refused and what to use instead."""

_KINDS: Mapping[int, Sequence[str]] = {
    1: (
        "governorate", "province", "muhafazah", "muhafaza", "muhafadha", "muhafadhah", "mohafaza",
        "محافظة", "محافظه", "پارێزگای", "پارێزگا", "پارێزگەی", "پارێزگە",
    ),
    2: ("district", "qada", "qadha", "qadaa", "qadhaa", "قضاء", "قەزای", "قەزا"),
}  # fmt: skip
"""Words that say of which level an area is, and are no part of its name. Of each level its own
only: *Basra District* is no governorate. A sub-district (*nahiya*) is of neither level."""


def _around(kinds: Sequence[str]) -> re.Pattern[str]:
    """Match a name with one of these words before it (group ``after``) or behind (``before``)."""
    kind = "|".join(map(re.escape, kinds))
    return re.compile(
        rf"(?:{kind})(?:\s+of)?[\s:\-–]+(?P<after>.+)|(?P<before>.+?)[\s,\-–]+\(?(?:{kind})\)?",
        re.IGNORECASE,
    )


_WITH_KIND = {level: _around(words) for level, words in _KINDS.items()}


def without_kind(name: str, level: int) -> str:
    """Return a name without the word that says its level, before or after; ``""`` without one.

    >>> without_kind("Baghdad Governorate", 1)
    'Baghdad'
    >>> without_kind("Baghdad District", 1)
    ''
    """
    match = _WITH_KIND[level].fullmatch(" ".join(name.split()))
    return (match["after"] or match["before"]) if match else ""


def former_codes(country: Mapping[str, Any]) -> Rules:
    """Return the rules for retired codes from a country's facts; most countries have none."""
    rules: Rules = country.get("former_codes", [])
    return rules


def explain_retired_code(rules: Rules, code: str, language: Language | None = None) -> str:
    """Explain a code of a numbering that was given up; empty where ``code`` is none."""
    language = language or load_language(SOURCE_LANGUAGE)
    for rule in rules:
        if re.fullmatch(rule["pattern"], code, re.IGNORECASE):
            return language.gettext(rule["sentence"], code=repr(code))
    return ""


@dataclass(frozen=True)
class Match:
    """The area that a row means, and the method by which it matched."""

    pcode: str
    method: Method


@dataclass(frozen=True)
class Gazetteer:
    """Codes, names and aliases of the areas of one level.

    Attributes
    ----------
    codes
        Every P-code of the level.
    names
        ``(scope, folded name) -> pcode``; ``scope`` is the parent's P-code, or ``""`` at level 1.
    aliases
        The same for other known spellings.
    display
        ``pcode -> name`` for messages.
    shared
        ``(scope, folded name) -> pcodes`` of areas that have one name: only a code or an alias
        tells them apart.
    former_codes
        The country's rules for codes that it gave up.
    level
        Of the areas: 1 governorates, 2 districts.
    """

    codes: frozenset[str]
    names: Mapping[tuple[str, str], str]
    aliases: Mapping[tuple[str, str], str]
    display: Mapping[str, str]
    shared: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    former_codes: Rules = ()
    level: Literal[1, 2] = 1

    @cached_property
    def _codes_folded(self) -> Mapping[str, str]:
        """Map case-folded P-codes to P-codes, without those that differ in case only."""
        times = Counter(map(str.casefold, self.codes))
        return {code.casefold(): code for code in self.codes if times[code.casefold()] == 1}

    def coded(self, code: str) -> str:
        """Return the P-code that equals ``code`` in any case; ``""`` if none does."""
        code = code.strip()
        return code if code in self.codes else self._codes_folded.get(code.casefold(), "")

    def find(self, *, name: str = "", code: str = "", scope: str = "") -> Match | None:
        """Find the area by code, then name, then alias; ``None`` where nothing matches.

        Raises
        ------
        JoinError
            If ``code`` is one that the country gave up.
        """
        code = code.strip()
        if explanation := explain_retired_code(self.former_codes, code):
            raise JoinError(explanation)
        if pcode := self.coded(code) or self.coded(name):
            return Match(pcode, "code")
        return self._find_name(name, scope) or self._find_name(
            without_kind(name, self.level), scope
        )

    def _find_name(self, name: str, scope: str) -> Match | None:
        """Find an area of ``scope`` by its name, then by its aliases."""
        key = (scope, fold(name))
        if key in self.names:
            return Match(self.names[key], "name")
        if key in self.aliases:
            return Match(self.aliases[key], "alias")
        return None

    def nearest(self, name: str, scope: str = "", n: int = 3) -> list[str]:
        """Return the areas spelled most like ``name`` within ``scope``, best first."""
        pcodes = {
            folded: pcode
            for table in (self.names, self.aliases)
            for (parent, folded), pcode in table.items()
            if parent == scope
        }
        name = without_kind(name, self.level) or name
        close = suggestions(fold(name), pcodes, 3 * n)
        same = self.shared.get((scope, fold(name)), ())
        candidates = dict.fromkeys([*same, *(pcodes[folded] for folded in close)])
        return [f"{self.display[pcode]} ({pcode})" for pcode in list(candidates)[:n]]


def gazetteer(
    areas: pd.DataFrame,
    aliases: Iterable[tuple[str, str, str]],
    *,
    level: Literal[1, 2],
    former_codes: Rules = (),
) -> Gazetteer:
    """Build the gazetteer of one level.

    Parameters
    ----------
    areas
        Table of :data:`geodata.snapshots.schemas.AREAS`.
    aliases
        ``(scope, spelling, pcode)``; ``scope`` is the parent's P-code or ``""``.

    Raises
    ------
    DataError
        If one folded spelling among the aliases would mean two areas.
    """
    rows = areas[areas["level"] == level]
    spelled: list[tuple[str, str, str]] = []
    for column in NAME_COLUMNS:
        scoped = zip(rows["parent"].fillna(""), rows[column].fillna(""), rows["pcode"], strict=True)
        spelled += [(scope, name, pcode) for scope, name, pcode in scoped if name]
    names, shared = _split_shared(spelled)
    alias_pcodes = {k: v for k, v in _unambiguous(aliases).items() if k not in names}
    bare = [(scope, without_kind(name, level), pcode) for scope, name, pcode in spelled]
    bare_names, _ = _split_shared([entry for entry in bare if entry[1]])
    names |= {
        k: v for k, v in bare_names.items() if not (k in names or k in shared or k in alias_pcodes)
    }
    display = dict(zip(rows["pcode"], rows["name_en"], strict=True))
    return Gazetteer(
        frozenset(rows["pcode"]), names, alias_pcodes, display, shared, former_codes, level
    )


def _split_shared(
    spelled: Iterable[tuple[str, str, str]],
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], tuple[str, ...]]]:
    """Split folded names into those of one area and those that several areas share."""
    areas: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for scope, name, pcode in spelled:
        areas[scope, fold(name)][pcode] = None
    unique = {key: next(iter(pcodes)) for key, pcodes in areas.items() if len(pcodes) == 1}
    return unique, {key: tuple(pcodes) for key, pcodes in areas.items() if len(pcodes) > 1}


@dataclass(frozen=True)
class Gazetteers:
    """The gazetteers of both levels."""

    governorates: Gazetteer
    districts: Gazetteer


def gazetteers(areas: pd.DataFrame, aliases: pd.DataFrame, former_codes: Rules = ()) -> Gazetteers:
    """Build both gazetteers from the tables of a snapshot and its country's rules.

    Raises
    ------
    DataError
        If one folded spelling among the aliases would mean two areas.
    """

    def spelled(level: int) -> Iterable[tuple[str, str, str]]:
        rows = aliases[aliases["level"] == level]
        return zip(rows["scope"], rows["spelling"], rows["pcode"], strict=True)

    def book(level: Literal[1, 2]) -> Gazetteer:
        return gazetteer(areas, spelled(level), level=level, former_codes=former_codes)

    return Gazetteers(book(1), book(2))


def _unambiguous(spelled: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """Map ``(scope, folded spelling)`` to P-codes; raise DataError if one would mean two areas."""
    table: dict[tuple[str, str], str] = {}
    for scope, name, pcode in spelled:
        key = (scope, fold(name))
        if table.setdefault(key, pcode) != pcode:
            raise DataError(
                f"the spelling {name!r} would mean both {table[key]} and {pcode}; "
                "one spelling may mean one area only"
            )
    return table


def pcodes_by_name(snapshot: Snapshot) -> dict[str, str]:
    """Return P-codes by the folded names of their areas in every language, and by themselves.

    Of two areas of one name the larger one wins, the governorate.
    """
    areas = snapshot.tables.areas.sort_values("level", ascending=False, kind="stable")
    return {
        fold(called): pcode
        for column in (*reversed(NAME_COLUMNS), "pcode")
        for called, pcode in areas[[column, "pcode"]].dropna().itertuples(index=False)
    }
