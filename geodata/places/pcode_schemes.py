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
"""Choice that is no scheme: codes are left out, and names decide."""

AS_WRITTEN = {"adm1_code": "adm1_written", "adm2_code": "adm2_written"}
"""Column of a code ``->`` column of the code as the file writes it."""

PLACE_COLUMNS = ("adm1", "adm1_code", "adm2", "adm2_code")

NOT_AVAILABLE = "Not available"
"""What DTM writes as the name of a place or an origin that is not known."""


class Digits(NamedTuple):
    """Digits of a code in any scheme: its governorate, and its district (``""``: none)."""

    governorate: str
    district: str


@dataclass(frozen=True)
class PcodeScheme:
    """One scheme of a country's P-codes.

    Attributes
    ----------
    areas
        Digits ``->`` P-code that the area has today.
    own
        Whether the snapshot's areas are coded by it.
    """

    name: str
    areas: Mapping[str, str]
    own: bool


@dataclass(frozen=True)
class PcodeSchemes:
    """The schemes of a country's P-codes, the one of the snapshot's areas first.

    Attributes
    ----------
    pattern
        Matches a code as any of them writes it; its groups are the governorate's digits and the
        district's.
    own_codes
        P-codes of the snapshot's areas, of both levels, case-folded.
    display
        P-code ``->`` name, for sentences.
    """

    pattern: re.Pattern[str]
    all: tuple[PcodeScheme, ...]
    own_codes: frozenset[str]
    display: Mapping[str, str]

    @property
    def own(self) -> PcodeScheme:
        """The scheme of the snapshot's areas."""
        return self.all[0]

    def by_name(self, name: str) -> PcodeScheme | None:
        """Return the scheme of this name; ``None`` if there is none."""
        return next((scheme for scheme in self.all if scheme.name == name), None)

    def parse(self, code: str) -> Digits | None:
        """Return the digits of a code; ``None`` if it is written as no scheme writes codes."""
        match = self.pattern.fullmatch(code.strip())
        if not match:
            return None
        return Digits(match[1].upper(), (match[2] or "").upper())

    def distinguishes(self, digits: str) -> bool:
        """Tell whether schemes differ in the governorate that these digits mean."""
        return len({scheme.areas.get(digits) for scheme in self.all}) > 1


def scheme_choices(country: Mapping[str, Any]) -> tuple[str, ...]:
    """List what a mapping may name: a country's schemes, and :data:`BY_NAME`."""
    schemes = country.get("pcode_schemes", {}).get("schemes", ())
    return (*(str(scheme["name"]) for scheme in schemes), BY_NAME)


def pcode_schemes(country: Mapping[str, Any], books: Gazetteers) -> PcodeSchemes | None:
    """Read the schemes from a country's facts; ``None`` where there is only one."""
    facts = country.get("pcode_schemes")
    if not facts:
        return None
    own_codes = books.governorates.codes | books.districts.codes
    pattern = re.compile(facts["written"], re.IGNORECASE)
    matches = {code: pattern.fullmatch(code) for code in own_codes}
    own = {
        "".join(filter(None, match.groups())).upper(): code
        for code, match in matches.items()
        if match
    }
    if not own:  # the snapshot has other boundaries, with codes of their own
        return None
    schemes = []
    for scheme in facts["schemes"]:
        former = scheme.get("governorates", {})
        areas = {digits: code for digits, code in former.items() if code in own_codes}
        schemes.append(PcodeScheme(str(scheme["name"]), areas if former else own, not former))
    schemes.sort(key=lambda scheme: not scheme.own)
    names = {**books.districts.display, **books.governorates.display}
    return PcodeSchemes(pattern, tuple(schemes), frozenset(map(str.casefold, own_codes)), names)
