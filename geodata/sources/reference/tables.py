"""Rules of each reference table: its columns, its key, and what must agree in a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geodata.places.folding import fold
from geodata.snapshots.name_columns import NAME_COLUMNS
from geodata.snapshots.schemas import COVERAGE_STATUSES
from geodata.sources.cell_values import CellError
from geodata.sources.reference.cells import (
    CellParser,
    Checks,
    area_code,
    area_level,
    area_spelling,
    choice_of,
    free_text,
    governorate_code,
    governorate_codes,
    new_programme_code,
    optional_year,
    part_of_date,
    programme_code,
    required_count,
    required_text,
    required_year,
)
from geodata.util.partial_dates import span_of


@dataclass(frozen=True)
class ReferenceTable:
    """Rules of one table: how its cells are parsed, and what must agree across them.

    Attributes
    ----------
    cells
        Column ``->`` parser of its cells, in the order of the schema.
    required
        Columns that a file must have; the others may be left out.
    key
        Columns that name a row: two rows of a file may not agree in them.
    role
        Of the source that the table is from.
    figures
        Columns of numbers: merged cells of theirs say nothing of the rows below.
    rule
        Raises :class:`CellError` if the cells of a row contradict one another.
    doubts
        Yields columns of a row that a person should look at, each with the reason.
    """

    name: str
    cells: Mapping[str, CellParser]
    required: Sequence[str]
    key: Sequence[str]
    role: str
    figures: Sequence[str] = ()
    rule: Callable[[dict[str, Any], Checks], None] = field(default=lambda row, checks: None)
    doubts: Callable[[dict[str, Any], Checks], Iterable[tuple[str, str]]] = field(
        default=lambda row, checks: ()
    )


def _check_years(row: dict[str, Any], _: Checks) -> None:
    if row["start_year"] and row["end_year"] and row["end_year"] < row["start_year"]:
        raise CellError("The programme ends before it starts.")


def _check_dates(row: dict[str, Any], _: Checks) -> None:
    if span_of(row["to_date"])[1] < span_of(row["from_date"])[0]:
        raise CellError("The end (to_date) is before the start (from_date).")


def _pillar_doubts(row: dict[str, Any], checks: Checks) -> Iterable[tuple[str, str]]:
    pillars = checks.country.get("pillars", {})
    if pillars and row["pillar"] not in pillars:
        names = ", ".join(pillars)
        yield "pillar", f"The pillar has no name to be shown by; those that have one: {names}."


def _year_doubts(row: dict[str, Any], checks: Checks) -> Iterable[tuple[str, str]]:
    used = checks.country.get("residents_year")
    if used is not None and row["year"] != used:
        yield "year", f"Rates are of the residents of {used}: rows of other years are only held."


def _check_alias(row: dict[str, Any], checks: Checks) -> None:
    """Check that the P-code has the level and scope that a row gives; fill them in where empty."""
    level = 2 if row["pcode"] in checks.districts else 1
    scope = checks.parents.get(row["pcode"], "")
    if row["level"] not in (None, level):
        raise CellError(f"The P-code is of level {level}.")
    if row["scope"] not in ("", scope):
        raise CellError(f"The P-code lies in {scope or 'no other area'}: that is its scope.")
    row["level"], row["scope"] = level, scope
    _check_alias_is_new(row, checks)


def _check_alias_is_new(row: dict[str, Any], checks: Checks) -> None:
    areas = checks.snapshot.tables.areas
    same = areas[(areas["level"] == row["level"]) & (areas["pcode"] != row["pcode"])]
    same = same[same["parent"].fillna("") == row["scope"]]
    for column in NAME_COLUMNS:
        for name, pcode in zip(same[column].fillna(""), same["pcode"], strict=True):
            if name and fold(name) == fold(row["spelling"]):
                raise CellError(f"This is a name of {pcode}: one spelling means one area.")
    aliases = checks.snapshot.tables.aliases
    aliases = aliases[(aliases["level"] == row["level"]) & (aliases["scope"] == row["scope"])]
    for spelling, pcode in zip(aliases["spelling"], aliases["pcode"], strict=True):
        is_other = pcode != row["pcode"] and spelling != row["spelling"]
        if is_other and fold(spelling) == fold(row["spelling"]):
            raise CellError(f"{spelling!r} means {pcode} already: one spelling means one area.")


REFERENCE_TABLES = (
    ReferenceTable(
        "programmes",
        {
            "code": new_programme_code,
            "name": required_text,
            "pillar": required_text,
            "start_year": optional_year,
            "end_year": optional_year,
            **dict.fromkeys(("funders", "people_served", "description", "sources"), free_text),
        },
        ("code", "name", "pillar"),
        ("code",),
        "programmes",
        rule=_check_years,
        doubts=_pillar_doubts,
    ),
    ReferenceTable(
        "coverage",
        {
            "programme": programme_code,
            "phase": free_text,
            "pcode": governorate_code,
            "from_date": part_of_date,
            "to_date": part_of_date,
            "status": choice_of(COVERAGE_STATUSES),
            "date_basis": free_text,
            "source": required_text,
            "locator": free_text,
            "note": free_text,
        },
        ("programme", "pcode", "status", "source"),
        (),
        "programmes",
        rule=_check_dates,
    ),
    ReferenceTable(
        "reach",
        {
            "programme": programme_code,
            "pcodes": governorate_codes,
            "as_of": part_of_date,
            "people": free_text,
            "indicator": required_text,
            "value": required_text,
            "cumulative": choice_of(("yes", "no", "unknown")),
            "source": required_text,
            "locator": free_text,
            "note": free_text,
        },
        ("programme", "pcodes", "indicator", "value", "cumulative", "source"),
        (),
        "programmes",
        ("people", "value"),
    ),
    ReferenceTable(
        "residents",
        {
            "pcode": governorate_code,
            "year": required_year,
            "residents": required_count,
            "basis": required_text,
            "url": required_text,
        },
        ("pcode", "year", "residents", "basis", "url"),
        ("pcode", "year"),
        "residents",
        ("residents",),
        doubts=_year_doubts,
    ),
    ReferenceTable(
        "aliases",
        {"level": area_level, "scope": free_text, "spelling": area_spelling, "pcode": area_code},
        ("spelling", "pcode"),
        ("level", "scope", "spelling"),
        "boundaries",
        rule=_check_alias,
    ),
)
