"""Parse the cells of a reference table, and check codes against the snapshot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geodata.places.folding import fold
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.cell_values import (
    FORMULA_ERROR,
    CellError,
    check_choice,
    clean_text,
    due_text,
    formula_error,
    optional_text,
    parse_count,
)
from geodata.util.partial_dates import span_of
from geodata.util.suggestions import suggestions

CellParser = Callable[[str, "Checks"], Any]
"""Reads the text of a cell, or raises :class:`CellError`."""

_CODE = re.compile(r"[A-Z0-9]+")
_YEARS = range(1900, 2101)


@dataclass(frozen=True)
class Checks:
    """Codes of a snapshot, which cells are checked against.

    Attributes
    ----------
    governorates, districts
        P-code ``->`` English name.
    parents
        P-code of a district ``->`` that of its governorate.
    programmes
        Their codes.
    """

    snapshot: Snapshot
    governorates: Mapping[str, str]
    districts: Mapping[str, str]
    parents: Mapping[str, str]
    programmes: tuple[str, ...]

    @classmethod
    def of(cls, snapshot: Snapshot) -> Checks:
        """Collect the codes of a snapshot."""
        areas = snapshot.tables.areas

        def names(level: int) -> dict[str, str]:
            rows = areas[areas["level"] == level]
            return dict(zip(rows["pcode"], rows["name_en"], strict=True))

        districts = areas[areas["level"] == 2]
        return cls(
            snapshot,
            names(1),
            names(2),
            dict(zip(districts["pcode"], districts["parent"], strict=True)),
            tuple(snapshot.tables.programmes["code"]),
        )

    @property
    def country(self) -> Mapping[str, Any]:
        """The country, from the manifest."""
        return self.snapshot.manifest["country"]  # type: ignore[no-any-return]


def free_text(cell: str, _: Checks) -> str:
    """Return the text of a cell that may be empty."""
    return optional_text(cell)


def required_text(cell: str, _: Checks) -> str:
    """Return the text of a cell that must not be empty."""
    word = due_text(cell)
    if not word:
        raise CellError("The cell is empty, and must not be.")
    return word


def choice_of(choices: Sequence[str]) -> CellParser:
    """Make the parser of a column that holds one of some words."""

    def parse(cell: str, checks: Checks) -> str:
        word = required_text(cell, checks).casefold()
        check_choice(word, choices)
        return word

    return parse


def new_programme_code(cell: str, checks: Checks) -> str:
    """Return a programme's code, which the snapshot may not hold yet."""
    code = required_text(cell, checks)
    if not _CODE.fullmatch(code):
        raise CellError("A programme's code has capital letters A to Z and digits only.")
    return code


def programme_code(cell: str, checks: Checks) -> str:
    """Return the code of a programme of the snapshot."""
    code = required_text(cell, checks)
    if code not in checks.programmes:
        raise CellError(
            "There is no programme of this code: add it first, with `ingest programmes`.",
            suggestions(code, checks.programmes),
        )
    return code


def optional_year(cell: str, _: Checks) -> int | None:
    """Return a year; ``None`` where the cell is empty."""
    year = parse_count(cell)
    if year is not None and year not in _YEARS:
        raise CellError("This is no year.")
    return year


def required_year(cell: str, checks: Checks) -> int:
    """Return the year of a cell that must not be empty."""
    year = optional_year(required_text(cell, checks), checks)
    if year is None:
        raise CellError("The cell is empty, and must not be.")
    return year


def required_count(cell: str, _: Checks) -> int:
    """Return the number of a cell that must not be empty."""
    number = parse_count(cell)
    if number is None:
        raise CellError(
            "The cell is empty: leave the row out where nothing is known, and write 0 for nobody."
        )
    return number


def part_of_date(cell: str, _: Checks | None = None) -> str:
    """Check a date and return it as precise as it is: empty, a year, a month or a day.

    Raises
    ------
    CellError
        If it is none of these.
    """
    word = clean_text(cell)
    if formula_error(word):
        raise CellError(FORMULA_ERROR)
    word = word[:10] if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]00:00:00", word) else word
    if word and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", word):
        raise CellError(
            "A date is a year, a month or a day, as the source has it: 2016, 2016-09 or 2016-09-21."
        )
    try:
        span_of(word)
    except ValueError:
        raise CellError("This is a date that the calendar does not have.") from None
    return word


def governorate_code(cell: str, checks: Checks) -> str:
    """Return the P-code of a governorate of the snapshot."""
    code = required_text(cell, checks)
    if code in checks.governorates:
        return code
    _refuse_former(code, checks)
    if code in checks.districts:
        parent = checks.parents[code]
        raise CellError(
            "This is the P-code of a district, and the table is by governorate.",
            [f"{parent} ({checks.governorates[parent]})"],
        )
    raise CellError("No governorate has this P-code.", _codes_like(code, checks.governorates))


def _refuse_former(code: str, checks: Checks) -> None:
    for rule in checks.country.get("former_codes", []):
        if re.fullmatch(rule["pattern"], code, re.IGNORECASE):
            raise CellError(str(rule["sentence"]).format(code=code))


def _codes_like(code: str, areas: Mapping[str, str]) -> list[str]:
    """Return P-codes spelled like ``code``, or of areas with such a name, with their names."""
    by_name = {fold(name): pcode for pcode, name in areas.items()}
    nearest = [by_name[name] for name in suggestions(fold(code), by_name, 1)]
    nearest += suggestions(code, areas)
    return [f"{pcode} ({areas[pcode]})" for pcode in list(dict.fromkeys(nearest))[:3]]


def governorate_codes(cell: str, checks: Checks) -> str:
    """Return P-codes of governorates, with semicolons between them, or the country's code."""
    codes = [code for code in map(clean_text, required_text(cell, checks).split(";")) if code]
    if codes == [checks.country["code"]]:
        return codes[0]
    return ";".join(governorate_code(code, checks) for code in codes)


def area_code(cell: str, checks: Checks) -> str:
    """Return the P-code of a governorate or district of the snapshot."""
    code = required_text(cell, checks)
    _refuse_former(code, checks)
    areas = {**checks.governorates, **checks.districts}
    if code not in areas:
        raise CellError("No area has this P-code.", _codes_like(code, areas))
    return code


def area_spelling(cell: str, checks: Checks) -> str:
    """Return a spelling of a name; it must have a letter or digit."""
    word = required_text(cell, checks)
    if not fold(word):
        raise CellError("There is no letter in it that a name could be known by.")
    return word


def area_level(cell: str, _: Checks) -> int | None:
    """Return the level of an area, 1 or 2; ``None`` where the cell is empty."""
    if due_text(cell) not in ("", "1", "2"):
        raise CellError("The level is 1 (governorate) or 2 (district).")
    return int(clean_text(cell)) if clean_text(cell) else None
