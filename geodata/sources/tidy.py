"""Rows of tidy tables as figures: one row is one place, date, population and programme.

What ``table`` and ``hxl`` share: everything but how columns are known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from geodata.schemas import POPULATIONS
from geodata.snapshot import Snapshot
from geodata.sources.cells import CellError, Notes, day, is_total, nearest, text, whole
from geodata.sources.dtm_api import NOT_AVAILABLE, known
from geodata.sources.files import Rows
from geodata.sources.mapping import TableMapping, fold_cell, read_mapping
from geodata.sources.reading import (
    Asked,
    FileRead,
    Progress,
    Reading,
    no_breakdowns,
    no_counts,
)
from geodata.sources.sheet import Sheet, open_rows
from geodata.sources.tally import Row, Tally

PLACES = ("adm1", "adm1_code", "adm2", "adm2_code")
SPLIT = "split"
"""Columns that figures are split by begin with this."""
ADVICE = (
    " Should they be added up, as parts of one place, write `repeated_rows: add` into the mapping."
)
TOLD_EVERY = 50_000  # rows
_REMEMBERED = 100_000  # words, so that each is looked up once


class Measure(NamedTuple):
    """Columns that give figures of one population; ``""`` where the row says which it is."""

    people: str = "people"
    households: str = "households"
    population: str = ""


@dataclass
class TidyRows:
    """Makes figures of records, and notes what is wrong with their cells.

    Attributes
    ----------
    titles
        Column ``->`` its title in the file.
    """

    mapping: TableMapping
    snapshot: Snapshot
    asked: Asked
    notes: Notes
    titles: Mapping[str, str]
    measures: tuple[Measure, ...] = (Measure(),)
    _dates: set[dt.date] = field(default_factory=set)
    _left: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._country = str(self.snapshot.manifest["country"]["code"])
        self._programmes = tuple(str(code) for code in self.snapshot.tables.programmes["code"])
        self._size = int(self.mapping.constants.get("people_per_household", 0))
        self._splits = [name for name in self.titles if name.startswith(SPLIT)]
        self._known: dict[tuple[str, str], tuple[str, bool]] = {}
        constant = self.mapping.constants.get("date")
        self._constant_date = self.asked.date or (day(constant) if constant else None)

    # ---- a row

    def figures(self, number: int, record: Mapping[str, str]) -> Iterator[Row]:
        """Yield the figures of a row, one for each measure that has one."""
        if self._is_left_out(number, record):
            return
        before = self.notes.errors
        places = {name: self._word(record, name) for name in PLACES}
        level = self._level(number, record, places)
        date = self._date(number, record)
        round_ = self.asked.round or self._round(number, record)
        programme = self._coded(number, record, "programme", self._programmes)
        found = [self._measured(number, record, measure) for measure in self.measures]
        if self.notes.errors > before or date is None:
            return
        for measured in found:
            if measured:
                population, people, households = measured
                yield Row(
                    number, population, date, level, **places,
                    people=people, households=households, round=round_, programme=programme,
                    operation=text(record.get("operation", "")),
                    assessment=text(record.get("assessment", "")),
                    split=tuple(text(record[name]) for name in self._splits),
                )  # fmt: skip
        if not any(found):
            self.notes.warning(
                "The row gives no number, and is left out: its place is not assessed on that date.",
                row=number,
                value=" / ".join(filter(None, places.values())),
            )

    def finish(self) -> None:
        """Note what can be said only after the last row."""
        if self.asked.date and len(self._dates) > 1:
            shown = ", ".join(f"{found}" for found in sorted(self._dates)[:10])
            self.notes.error(
                f"--date gives one date, and the rows have {len(self._dates):,} ({shown}): leave "
                "--date out, or split the file.",
                column=self._title("date"),
            )
        for what, rows in self._left.items():
            self.notes.warning(f"{rows:,} rows {what}, and are left out.")

    def _is_left_out(self, number: int, record: Mapping[str, str]) -> bool:
        country = text(record.get("country", "")).upper()
        if country and country != self._country:
            self._count(f"are of other countries than {self._country}")
        elif text(record.get("adm_level", "")) == "0":
            self._count("are totals of the country")
        elif total := next(
            filter(lambda name: self._looked_up(name, record.get(name, ""))[1], PLACES), ""
        ):
            self.notes.warning(
                "The row is a total, and is left out.",
                row=number,
                column=self._title(total),
                value=record[total],
            )
        else:
            return False
        return True

    def _total_in(self, record: Mapping[str, str]) -> str:
        """The column of a place that says that the row is a total."""
        for name in PLACES:
            if self._looked_up(name, record.get(name, ""))[1]:
                return name
        return ""

    def _count(self, what: str) -> None:
        self._left[what] = self._left.get(what, 0) + 1

    # ---- cells

    def _title(self, name: str) -> str:
        return self.titles.get(name, name)

    def _word(self, record: Mapping[str, str], name: str) -> str:
        return self._looked_up(name, record.get(name, self.mapping.constants.get(name, "")))[0]

    def _looked_up(self, name: str, cell: str) -> tuple[str, bool]:
        """A word as ``values`` translates it, and whether it says that its row is a total."""
        found = self._known.get((name, cell))
        if found is None:
            word = known(cell)
            meaning = self.mapping.values.get(name, {}).get(fold_cell(word), word)
            found = meaning, is_total(word)
            if len(self._known) < _REMEMBERED:
                self._known[name, cell] = found
        return found

    def _level(self, number: int, record: Mapping[str, str], places: dict[str, str]) -> int:
        inner = bool(places["adm2"] or places["adm2_code"])
        if not inner and text(record.get("adm_level", "")) == "2":
            places["adm2"] = NOT_AVAILABLE
            inner = True
        outer = bool(places["adm1"] or places["adm1_code"])
        if not (outer or inner):
            self.notes.error("The row names no place.", row=number, column=self._title("adm1"))
        elif not outer and not places["adm2_code"]:
            self.notes.error(
                "The row names a district and not its governorate, and two may have one name: "
                "name it, or give the P-code of the district.",
                row=number,
                column=self._title("adm1"),
                value=places["adm2"],
            )
        return 2 if inner else 1

    def _cell(
        self, number: int, record: Mapping[str, str], name: str, reader: Callable[[object], Any]
    ) -> Any:
        """What a cell says; ``None`` for nothing, or after noting what is wrong with it."""
        try:
            return reader(record.get(name, ""))
        except CellError as error:
            self.notes.error(
                str(error), row=number, column=self._title(name), value=record.get(name)
            )
            return None

    def _date(self, number: int, record: Mapping[str, str]) -> dt.date | None:
        pattern = self.mapping.date_format
        if self._constant_date:
            try:
                found = day(record.get("date", ""), pattern)
            except CellError:
                found = None  # --date says otherwise
            self._dates |= {found} if found and self.asked.date else set()
            return self._constant_date
        before = self.notes.errors
        found = self._cell(number, record, "date", lambda cell: day(cell, pattern))
        if found is None and self.notes.errors == before:
            self.notes.error("The row has no date.", row=number, column=self._title("date"))
        return found

    def _round(self, number: int, record: Mapping[str, str]) -> int | None:
        cell = record.get("round", self.mapping.constants.get("round", ""))
        found: int | None = self._cell(number, {"round": cell}, "round", whole)
        return found or None

    def _coded(
        self, number: int, record: Mapping[str, str], name: str, choices: tuple[str, ...]
    ) -> str:
        """A code that must be one of ``choices``, or empty."""
        word = self._word(record, name)
        if not word or word in choices:
            return word
        same = {choice.casefold(): choice for choice in choices}
        if word.casefold() in same:
            return same[word.casefold()]
        self.notes.error(
            f"This is no {name} that is known: write its code, say what it means in `values` of "
            f"the mapping{', or add it with `ingest programmes`' if name == 'programme' else ''}.",
            row=number,
            column=self._title(name),
            value=word,
            nearest=nearest(word, choices),
        )
        return ""

    def _measured(
        self, number: int, record: Mapping[str, str], measure: Measure
    ) -> tuple[str, int, int | None] | None:
        """Population, people and households; ``None`` where the row gives no figure."""
        before = self.notes.errors
        people: int | None = self._cell(number, record, measure.people, whole)
        households: int | None = self._cell(number, record, measure.households, whole)
        broken = self.notes.errors > before
        if people is None and households is None and not broken:
            return None
        population = measure.population or self._who(number, record)
        if people is None and households is not None and self._size:
            people = households * self._size
        if people is None and not broken:
            self.notes.error(
                "The row gives households and not how many people they are: fill the cell, or say "
                "`people_per_household` in `constants` of the mapping.",
                row=number,
                column=self._title(measure.people),
            )
        return None if people is None else (population, people, households)

    def _who(self, number: int, record: Mapping[str, str]) -> str:
        before = self.notes.errors
        population = self._coded(number, record, "population", POPULATIONS)
        if not population and self.notes.errors == before:
            self.notes.error(
                f"The row does not say who is counted ({', '.join(POPULATIONS)}).",
                row=number,
                column=self._title("population"),
            )
        return population


class Columns(NamedTuple):
    """Where the columns of a table are, and which of them give figures."""

    sheet: Sheet
    measures: tuple[Measure, ...] = (Measure(),)


@dataclass(frozen=True)
class Tables:
    """Reads tables of one kind, whose figures are those of a mapping.

    Attributes
    ----------
    kind
        Of the source, as ``ingest`` names it.
    called
        What a file of it is called in the report.
    columns
        Finds the columns of a file; notes what is missing, and gives ``None`` then.
    """

    kind: str
    called: str
    columns: Callable[[Rows, TableMapping, Asked, Notes], Columns | None]

    def read(
        self, files: Sequence[Path], snapshot: Snapshot, asked: Asked, progress: Progress
    ) -> Reading:
        """Read files with the mapping ``asked.mapping``.

        ``asked.date`` and ``asked.round`` go before what the rows say. ``asked.options`` may hold
        ``operation`` and ``assessment``, as for ``dtm-api``.

        Raises
        ------
        DataError
            If a file or the mapping cannot be read at all.
        """
        notes, made = Notes(), list[FileRead]()
        mapping = read_mapping(asked.mapping, snapshot, self.kind, notes)
        if mapping is None:
            return Reading(self.kind, {}, (), no_counts(), no_breakdowns(), findings=notes.all())
        tally = Tally(notes, mapping.repeats, ADVICE)
        for path in files:
            before, rows = tally.rows, open_rows(path, notes, mapping.sheet)
            found = self.columns(rows, mapping, asked, notes)
            if found:
                tidy = TidyRows(mapping, snapshot, asked, notes, found.sheet.titles, found.measures)
                _add_up(tidy, found.sheet, tally, progress)
            made.append(rows.file.read(tally.rows - before, self.called))
        if not tally.rows and not notes.errors:
            notes.error("There is no figure in it.")
        counts = tally.counts(
            operation=str(asked.options.get("operation") or ""),
            assessment=str(asked.options.get("assessment") or ""),
        )
        return Reading(
            self.kind, mapping.source, tuple(made), counts, no_breakdowns(), findings=notes.all()
        )


def _add_up(tidy: TidyRows, sheet: Sheet, tally: Tally, progress: Progress) -> None:
    for done, (number, record) in enumerate(sheet.records(tidy.notes)):
        if done % TOLD_EVERY == 0:
            progress(f"Reading {sheet.rows.file.name}", done, None)
        for row in tidy.figures(number, record):
            tally.add(row)
    tidy.finish()
