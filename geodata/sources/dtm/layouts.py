"""Recognise the layout of a DTM master list: what each of its columns means.

::

    published      title ▸ group heads ▸ columns     Place id, …, Households, Individuals, …
    site export    columns                           Location ID, Place ID, …, Families, …, date

Columns are known by their names, folded as place names are, within the group that stands above
them where there is one; where a column stands says nothing. Nothing here opens a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from geodata.places.gazetteer import Gazetteer
from geodata.sources.cell_values import clean_text
from geodata.sources.dtm.column_names import (
    COLUMN_NAMES,
    FIELD_BY_FOLD,
    GROUP_HEADS,
    IGNORED,
    LOCATION,
    NAME,
    PLACE,
    REQUIRED_TITLES,
    SHELTER,
    SHELTER_BY_FOLD,
    SHELTER_WITHOUT_CODE,
    SHELTER_WITHOUT_CODE_FOLDS,
    SUM_FOLDS,
    header_fold,
    latin_part,
)
from geodata.sources.dtm.periods import period_code
from geodata.sources.tabular.open_table import Row
from geodata.util.findings import Finding
from geodata.util.suggestions import suggestions

Population = Literal["idp", "returnee"]
Unit = Literal["households", "individuals"]

BREAKDOWNS = ("origin", "shelter", "period")
HEADER_WITHIN = 30
"""Rows in which the names of the columns must stand."""


@dataclass(frozen=True)
class Column:
    """A column of a list.

    Attributes
    ----------
    name
        As the file writes it, on one line.
    field
        What it holds: one of the names above, or a kind of breakdown.
    category
        Code of the shelter type or period; for ``origin`` the governorate as written, in Latin
        letters where it is in two.
    """

    position: int
    name: str
    field: str
    category: str = ""


@dataclass(frozen=True)
class Layout:
    """Layout of a list: where its columns stand, and what each means.

    Attributes
    ----------
    header_row
        Number of the row that names the columns.
    columns
        Those that are read, each meaning once.
    repeated
        Columns whose name stands a second time, with the first: they must hold the same.
    titles
        What stands above the columns.
    grouped
        Whether group heads stand above the columns.
    population
        Whom the list says it counts; ``""`` where it does not say.
    """

    header_row: int
    columns: tuple[Column, ...]
    repeated: tuple[tuple[Column, Column], ...]
    titles: tuple[str, ...]
    grouped: bool
    population: str
    findings: tuple[Finding, ...] = ()

    def column(self, field: str) -> Column | None:
        """Return the column of a field that a list has at most once."""
        return next((column for column in self.columns if column.field == field), None)

    @property
    def place(self) -> Column | None:
        """The column of ids, which tell one place from another."""
        return self.column(PLACE) or self.column(LOCATION)

    def breakdown(self, kind: str) -> list[Column]:
        """Return the columns of a breakdown."""
        return [column for column in self.columns if column.field == kind]

    @property
    def description(self) -> str:
        """Name of the layout in a report."""
        if self.grouped:
            return "published layout (title, group heads)"
        export = self.column(LOCATION) is not None and self.column(PLACE) is not None
        return "site export layout" if export else "a list without group heads"


class NotAMasterList(Exception):
    """The first rows of a file name no columns of a master list.

    Parameters
    ----------
    findings
        What is missing, and what stands there.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(findings[0].sentence)
        self.findings = tuple(findings)


def header_score(head: Sequence[Row]) -> float:
    """Return how many fields of a list the best of these rows names, to choose a sheet."""
    return max((_field_count(cells) for _, cells in head[:HEADER_WITHIN]), default=0)


def _field_count(cells: Iterable[str]) -> int:
    fields = {FIELD_BY_FOLD.get(header_fold(cell), IGNORED) for cell in cells if cell.strip()}
    return len(fields - {IGNORED})


def recognise(head: Sequence[Row], governorates: Gazetteer, *, sheet: str = "") -> Layout:
    """Recognise the layout of a list from its first rows.

    Parameters
    ----------
    governorates
        Of the active snapshot: where no group heads say which columns are governorates of origin,
        their names do.

    Raises
    ------
    NotAMasterList
        If no row names the columns that a list must have.
    """
    head = list(head[:HEADER_WITHIN])
    best = max(range(len(head)), key=lambda i: _field_count(head[i][1]), default=0)
    if not head or _field_count(head[best][1]) < 2:
        raise NotAMasterList([_no_header(head)])
    number, names = head[best]
    above = [cells for _, cells in head[:best]]
    groups, populations = _groups(above, len(names))
    columns, repeated, findings = _columns(names, groups, governorates)
    if missing := _missing_columns(number, names, columns):
        raise NotAMasterList(missing)
    titles = tuple(clean_text(cell) for cells in above for cell in cells if cell.strip())
    return Layout(
        number,
        tuple(columns),
        tuple(repeated),
        titles,
        any(groups),
        _population([*titles, sheet], names, populations),
        tuple(findings),
    )


def _no_header(head: Sequence[Row]) -> Finding:
    fullest = max((cells for _, cells in head), key=_filled_count, default=[])
    return Finding(
        "error",
        f"It is no DTM master list: none of its first {HEADER_WITHIN} rows names columns like "
        f"Governorate, District, Households and Individuals. They hold {_join_names(fullest)}.",
    )


def _missing_columns(number: int, names: Sequence[str], columns: Sequence[Column]) -> list[Finding]:
    return [
        Finding(
            "error",
            f"The column {title} is missing. The columns are {_join_names(names)}.",
            row=number,
            nearest=suggestions(title, [clean_text(name) for name in names if name.strip()]),
        )
        for field, title in REQUIRED_TITLES.items()
        if not any(column.field == field for column in columns)
    ]


def _filled_count(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _join_names(names: Sequence[str]) -> str:
    short = [clean_text(name)[:40] for name in names if name.strip()]
    return ", ".join(short[:25]) + (" …" if len(short) > 25 else "") if short else "nothing"


def _groups(above: Sequence[Sequence[str]], width: int) -> tuple[list[str], list[str]]:
    """Return the kind of the group above each column, and the populations that heads name."""
    kinds, populations = [""] * width, []
    for cells in above:
        heads = [_group(cell) for cell in cells]
        if not any(kind for kind, _ in heads):
            continue
        current = ""
        for i in range(width):
            kind, population = heads[i] if i < len(heads) else ("", "")
            if i < len(cells) and cells[i].strip():
                current = kind
            kinds[i] = current or kinds[i]
            populations += [population] if population else []
    return kinds, populations


def _group(cell: str) -> tuple[str, str]:
    """Return the kind and population of a group's head; two empty texts where it is none."""
    folded = header_fold(cell)
    return next((group for head, group in GROUP_HEADS.items() if folded.startswith(head)), ("", ""))


def _columns(
    names: Sequence[str], groups: Sequence[str], governorates: Gazetteer
) -> tuple[list[Column], list[tuple[Column, Column]], list[Finding]]:
    """Return columns that are read, those that repeat one of them, and findings on names."""
    columns: list[Column] = []
    repeated: list[tuple[Column, Column]] = []
    findings: list[Finding] = []
    first: dict[tuple[str, str], Column] = {}
    for position, title in enumerate(names):
        name = clean_text(title)
        if not name:
            continue
        field, category = _meaning(name, groups[position], governorates)
        if not field:
            findings.append(_unknown(name, groups[position]))
            continue
        column = Column(position, name, field, category)
        if field == IGNORED or field == NAME:
            continue
        key = (field, header_fold(name) if field in BREAKDOWNS else "")
        if key in first:
            repeated.append((first[key], column))
            continue
        first[key] = column
        columns.append(column)
        if field == "shelter" and header_fold(name) in SHELTER_WITHOUT_CODE_FOLDS:
            findings.append(_without_code(name))
    return columns, repeated, findings


def _without_code(name: str) -> Finding:
    return Finding(
        "warning",
        "There is no category of its own for this shelter type: its households are counted as "
        "“other”.",
        column=name,
    )


def _meaning(name: str, group: str, governorates: Gazetteer) -> tuple[str, str]:
    """Return field and category of a column; two empty texts where it has none."""
    folded = header_fold(name)
    if folded in FIELD_BY_FOLD:
        return FIELD_BY_FOLD[folded], ""
    if folded in SUM_FOLDS or group == "link":
        return IGNORED, ""
    if group in ("", "period") and (code := period_code(name)):
        return "period", code
    if group in ("", "shelter") and folded in SHELTER_BY_FOLD:
        return "shelter", SHELTER_BY_FOLD[folded]
    origin = latin_part(name)
    if group == "origin" or (not group and governorates.find(name=origin)):
        return "origin", origin
    return "", ""


def _unknown(name: str, group: str) -> Finding:
    valid: Iterable[str] = (*SHELTER, *SHELTER_WITHOUT_CODE) if group == "shelter" else COLUMN_NAMES
    return Finding(
        "warning",
        "The column is not known, and is left out.",
        column=name,
        nearest=suggestions(name, valid),
    )


_POPULATION_WORDS = {
    "returnee": re.compile(
        r"return(?:ee|ees|ed)?\b|\breturn|last displacement|العائد", re.IGNORECASE
    ),
    "idp": re.compile(r"\bIDPs?\b|internally displaced|النازح", re.IGNORECASE),
}

_POPULATION_COLUMNS = {
    "returnee": ("returnee", "householdsreturned", "habitualresid"),
    "idp": ("idp", "householdscomingfromcamp", "ownproperty"),
}
"""What columns that only lists of one population have begin with, folded."""


def population_of(titles: Sequence[str]) -> str:
    """Return the population that titles or names of files name; ``""`` for none, or both."""
    texts = [clean_text(title).replace("_", " ") for title in titles]
    populations = {
        population
        for population, words in _POPULATION_WORDS.items()
        if any(words.search(text) for text in texts)
    }
    return populations.pop() if len(populations) == 1 else ""


def _population(titles: Sequence[str], names: Sequence[str], heads: Sequence[str]) -> str:
    """Return whom a list counts: by its titles, else the heads of its groups, else its columns."""
    if population := population_of(titles):
        return population
    if len(set(heads)) == 1:
        return heads[0]
    folds = [header_fold(name) for name in names]
    populations = {
        population
        for population, prefixes in _POPULATION_COLUMNS.items()
        if any(name.startswith(prefixes) for name in folds)
    }
    return populations.pop() if len(populations) == 1 else ""
