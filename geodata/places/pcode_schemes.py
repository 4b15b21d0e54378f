"""Define the schemes of P-codes that a country has or had, and read codes by them.

::

    code as written ──▶ its digits ──▶ what they mean by each numbering ──┐
    name beside it ──▶ the governorate that it means ─────────────────────┴─▶ the numbering by which
                                           both say the same ──▶ the P-code that the area has today

A country that renumbers its areas leaves two tables in use that share their digits, and a source
may change from one to the other between two rounds without a word. Each date of a file is judged
for itself. Codes without names are read only where they are written as the areas' own are, where
they mean the same by every numbering, or where the person who loads them says which it is.

What numberings there are stands in ``pcode_schemes`` of the country's facts; most have none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from geodata.places.gazetteer import Gazetteers

BY_NAME = "names"
"""What is said in place of a numbering where codes are to be left out and names decide."""

WRITTEN = {"adm1_code": "adm1_written", "adm2_code": "adm2_written"}
"""Column of a code ``->`` column that keeps it as the file writes it."""

PLACES = ("adm1", "adm1_code", "adm2", "adm2_code")

NOT_AVAILABLE = "Not available"
"""What DTM writes as the name of a place or an origin that is not known."""


class Digits(NamedTuple):
    """Digits of a code in any scheme: its governorate, and its district (``""``: none)."""

    governorate: str
    district: str


@dataclass(frozen=True)
class PcodeScheme:
    """One numbering of the areas of a country.

    Attributes
    ----------
    areas
        Digits ``->`` P-code that the area has today.
    own
        Whether it is the one of the areas that are held.
    """

    name: str
    areas: Mapping[str, str]
    own: bool


@dataclass(frozen=True)
class PcodeSchemes:
    """The numberings of a country, the one of its areas first.

    Attributes
    ----------
    written
        Matches a code as any of them writes it; its groups are the governorate's digits and the
        district's.
    own_codes
        P-codes of the areas that are held, of both levels, in small letters.
    display
        P-code ``->`` name, for sentences.
    """

    written: re.Pattern[str]
    every: tuple[PcodeScheme, ...]
    own_codes: frozenset[str]
    display: Mapping[str, str]

    @property
    def own(self) -> PcodeScheme:
        """The numbering of the areas that are held."""
        return self.every[0]

    def named(self, name: str) -> PcodeScheme | None:
        """Return the numbering of this name."""
        return next((one for one in self.every if one.name == name), None)

    def read(self, code: str) -> Digits | None:
        """Return the digits of a code; ``None`` where it is written as none of the country's."""
        found = self.written.fullmatch(code.strip())
        if not found:
            return None
        return Digits(found[1].upper(), (found[2] or "").upper())

    def is_telling(self, digits: str) -> bool:
        """Tell whether the digits mean one governorate by one numbering, and another by another."""
        return len({one.areas.get(digits) for one in self.every}) > 1


def scheme_choices(country: Mapping[str, Any]) -> tuple[str, ...]:
    """List the names of a country's schemes, and the word that leaves codes out."""
    schemes = country.get("pcode_schemes", {}).get("schemes", ())
    return (*(str(scheme["name"]) for scheme in schemes), BY_NAME)


def pcode_schemes(country: Mapping[str, Any], books: Gazetteers) -> PcodeSchemes | None:
    """Read the schemes from a country's facts; ``None`` where there is only one."""
    facts = country.get("pcode_schemes")
    if not facts:
        return None
    own_codes = books.governorates.codes | books.districts.codes
    written = re.compile(facts["written"], re.IGNORECASE)
    found = {code: written.fullmatch(code) for code in own_codes}
    own = {
        "".join(filter(None, match.groups())).upper(): code
        for code, match in found.items()
        if match
    }
    if not own:  # other boundaries are held, with codes of their own
        return None
    every = []
    for scheme in facts["schemes"]:
        former = scheme.get("governorates", {})
        areas = {digits: code for digits, code in former.items() if code in own_codes}
        every.append(PcodeScheme(str(scheme["name"]), areas if former else own, not former))
    every.sort(key=lambda one: not one.own)
    names = {**books.districts.display, **books.governorates.display}
    return PcodeSchemes(written, tuple(every), frozenset(map(str.casefold, own_codes)), names)
