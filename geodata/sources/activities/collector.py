"""Collect activities into programmes, and into rows of where and when each works.

A programme is what a reader of the map chooses: an organisation's work in one sector, or one
project. Rows of a file that say the same of it are one, so that memory grows with what is
different in a file and not with its length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from geodata.boundaries.points import MISSING
from geodata.snapshots.schemas import check
from geodata.sources.activities.codes import ProgrammeCodes, identity
from geodata.sources.contract import ACTIVITIES_READ, no_activities
from geodata.util import amounts
from geodata.util.partial_dates import span_of

MAX_DESCRIPTION = 600  # signs; a panel shows it, and the source has the rest
_LISTED = 12  # words that a text lists
_TEXTS = (
    "adm1", "adm1_code", "adm2", "adm2_code", "phase", "from_date", "to_date", "date_basis",
    "locator", "note",
)  # fmt: skip
_KEY = [name for name in ACTIVITIES_READ if name not in ("rows", "row")]


def shorten(text: str) -> str:
    """Cut a description at a word."""
    if len(text) <= MAX_DESCRIPTION:
        return text
    return f"{text[:MAX_DESCRIPTION].rsplit(' ', 1)[0]} …"


def join_words(words: Iterable[str]) -> str:
    """Join the first words of a list with semicolons, each once."""
    distinct = list(dict.fromkeys(filter(None, words)))
    return "; ".join(distinct[:_LISTED]) + (" …" if len(distinct) > _LISTED else "")


def ends_before_start(start: str, end: str) -> bool:
    """Return whether an end lies before a start; each is a day, a month, a year or empty.

    >>> ends_before_start("2020-03-15", "2020"), ends_before_start("2020-03", "2020-02-28")
    (False, True)
    """
    return bool(start and end) and span_of(end)[1] < span_of(start)[0]


@dataclass
class Programme:
    """A programme as it is put together from the rows of files.

    Attributes
    ----------
    funders
        Their names, by identity; the first spelling stands.
    description
        Words, each once.
    reference
        What it is known by beside the address of its source; mostly nothing.
    years
        First and last year of its activities; ``None`` where not known.
    open_end
        Whether an activity has no end: the programme has none, either.
    """

    code: str
    name: str
    pillar: str
    funders: dict[str, str] = field(default_factory=dict)
    description: dict[str, None] = field(default_factory=dict)
    years: tuple[int | None, int | None] = (None, None)
    open_end: bool = False
    reference: str = ""

    def add_funder(self, name: str) -> None:
        """Add a funder; a semicolon would part its name in two."""
        self.funders.setdefault(identity(name), name.replace(";", ","))

    def add_dates(self, start: str, end: str) -> None:
        """Extend the years by the dates of an activity."""
        first, last = self.years
        if start:
            first = min(first or 9999, int(start[:4]))
        if end:
            last = max(last or 0, int(end[:4]))
        self.open_end |= bool(start) and not end
        self.years = first, last

    def row(self, source: Mapping[str, str]) -> dict[str, Any]:
        """Return the programme as a row of the table."""
        return {
            "code": self.code,
            "name": self.name,
            "pillar": self.pillar,
            "start_year": self.years[0],
            "end_year": None if self.open_end else self.years[1],
            "funders": "; ".join(self.funders.values()),
            "people_served": "",
            "description": shorten(join_words(self.description)),
            "sources": " | ".join(filter(None, (source["url"], self.reference))),
        }


@dataclass
class ActivityCollector:
    """Collect programmes, the rows of where they work, and counts for the report.

    Attributes
    ----------
    organisations
        Identities of those that carry activities out.
    left_out
        What was left out, as words, ``->`` number of activities.
    nowhere
        Number of activities that name no place within the country.
    """

    codes: ProgrammeCodes
    programmes: dict[str, Programme] = field(default_factory=dict)
    organisations: set[str] = field(default_factory=set)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    activities: int = 0
    nowhere: int = 0
    _rows: dict[tuple[Any, ...], list[int]] = field(default_factory=dict)

    def programme(self, code: str, name: str, pillar: str) -> Programme:
        """Return the programme of a code; it is made where there is none yet."""
        return self.programmes.setdefault(code, Programme(code, name, pillar))

    def add_place(self, row: Mapping[str, Any]) -> None:
        """Add a place of a programme; rows that agree in all but their number are one."""
        cells = {"point": MISSING, **dict.fromkeys(_TEXTS, ""), **row}
        numbers = self._rows.setdefault(tuple(cells[name] for name in _KEY), [0, cells["row"]])
        numbers[0] += 1

    def frame(self) -> pd.DataFrame:
        """Return the places, with the columns :data:`ACTIVITIES_READ`."""
        if not self._rows:
            return no_activities()
        frame = pd.DataFrame(list(self._rows), columns=_KEY)
        frame[["rows", "row"]] = list(self._rows.values())
        return frame[list(ACTIVITIES_READ)]

    def table(self, source: Mapping[str, str]) -> pd.DataFrame:
        """Return the programmes as the table of the snapshot, checked."""
        rows = [self.programmes[code].row(source) for code in sorted(self.programmes)]
        frame = pd.DataFrame(rows)
        years = {"start_year": "Int64", "end_year": "Int64"}
        texts = {name: "str" for name in frame.columns if name not in years}
        return check("programmes", frame.astype({**texts, **years}))

    def summary(self) -> list[str]:
        """Return lines on what was read, for the report."""
        funders = {key for each in self.programmes.values() for key in each.funders}
        lines = [
            f"{amounts.pluralise(self.activities, 'activity', 'activities')} of "
            f"{amounts.pluralise(len(self.organisations), 'organisation')}, paid by "
            f"{amounts.pluralise(len(funders), 'funder')}: "
            f"{amounts.pluralise(len(self.programmes), 'programme')}"
        ]
        if self.nowhere:
            lines.append(
                f"{amounts.pluralise(self.nowhere, 'activity names', 'activities name')} no place "
                "within the country: the programme is listed, and is on no area of the map"
            )
        lines += [
            f"left out: {amounts.pluralise(n, *words)}"
            for words, n in sorted(self.left_out.items())
        ]
        return lines
