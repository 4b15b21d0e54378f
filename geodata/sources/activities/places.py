"""Say of which level a place is that a file names without its level, as IATI does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from babel.core import get_global

from geodata.places.folding import fold
from geodata.places.gazetteer import Gazetteers, gazetteers, without_kind
from geodata.places.pcode_schemes import PcodeSchemes, pcode_schemes
from geodata.places.scheme_resolution import governorates_of_districts
from geodata.snapshots.name_columns import NAME_COLUMNS
from geodata.snapshots.snapshot import Snapshot


@dataclass(frozen=True)
class PlaceLevels:
    """Names and codes of a country's areas, of all levels."""

    snapshot: Snapshot
    _columns: dict[str, str] = field(default_factory=dict)

    @cached_property
    def books(self) -> Gazetteers:
        """Names and codes of governorates and districts."""
        tables = self.snapshot.tables
        return gazetteers(tables.areas, tables.aliases)

    @cached_property
    def _schemes(self) -> PcodeSchemes | None:
        return pcode_schemes(self.snapshot.manifest["country"], self.books)

    @cached_property
    def _districts(self) -> Mapping[str, frozenset[str]]:
        return governorates_of_districts(self.books)

    @cached_property
    def country(self) -> frozenset[str]:
        """Folded names and codes of the country, without any that an area has too."""
        facts, areas = self.snapshot.manifest["country"], self.snapshot.tables.areas
        own = {fold(name) for column in NAME_COLUMNS for name in areas[column].dropna()}
        words = {str(facts["name"]), str(facts["code"]), *self.codes}
        return frozenset(map(fold, words)) - own

    @cached_property
    def codes(self) -> frozenset[str]:
        """The country's codes of three letters and of two (ISO 3166), as IATI uses the latter."""
        code = str(self.snapshot.manifest["country"]["code"])
        two = get_global("territory_aliases").get(code, [code[:2]])
        return frozenset({code, *two})

    def is_the_country(self, name: str) -> bool:
        """Return whether a name is that of the whole country."""
        return fold(name) in self.country

    def of_code(self, code: str) -> dict[str, str]:
        """Return the column that a P-code belongs in; empty where it is none."""
        if self.books.districts.coded(code):
            return {"adm2_code": code}
        if self.books.governorates.coded(code):
            return {"adm1_code": code}
        digits = self._schemes.parse(code) if self._schemes else None
        if digits is None:
            return {}
        return {"adm2_code": code} if digits.district else {"adm1_code": code}

    def of_names(self, names: Iterable[str]) -> dict[str, str]:
        """Return the column of the first name that an area has; else the first as a governorate."""
        named = [name for name in names if name]
        for column in ("adm1", "adm2"):
            for name in named:
                if self._column(name) == column:
                    return {column: name}
        return {"adm1": named[0]} if named else {}

    def is_known(self, cells: Mapping[str, str]) -> bool:
        """Return whether an area has the name that a place has."""
        return any(self._column(name) for name in cells.values() if name)

    def _column(self, name: str) -> str:
        """Return the column that a name belongs in; ``""`` where no area has it."""
        if name not in self._columns:
            is_district = self._districts.get(fold(name)) or self._districts.get(
                fold(without_kind(name, 2))
            )
            self._columns[name] = (
                "adm1" if self.books.governorates.find(name=name) else "adm2" * bool(is_district)
            )
        return self._columns[name]
