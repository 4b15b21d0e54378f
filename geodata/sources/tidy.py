"""Read rows of tidy tables: one row is one place, date, population and programme.

The sources ``table`` and ``hxl`` share all of it; only how they recognise columns differs.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from geodata.places.folding import fold
from geodata.places.pcode_schemes import NOT_AVAILABLE
from geodata.populations import POPULATION_CODES
from geodata.snapshots.name_columns import NAME_COLUMNS
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.cell_values import (
    CellError,
    clean_text,
    code_or_blank,
    due_text,
    formula_error,
    is_blank,
    is_total,
    optional_text,
    parse_count,
    parse_date,
)
from geodata.sources.contract import ParsedSource, ReadOptions, no_breakdowns, no_counts
from geodata.sources.finding_log import FindingLog
from geodata.sources.header import ROW_FINGERPRINT, SECOND_HEADER, Sheet, are_titles, open_rows
from geodata.sources.mapping import TableMapping, fold_cell, read_mapping
from geodata.sources.tabular.open_table import TableRows
from geodata.sources.tally import Aggregator, CountRecord
from geodata.util import amounts
from geodata.util.findings import FileRead, Harm, Progress
from geodata.util.suggestions import suggestions

PLACE_COLUMNS = ("adm1", "adm1_code", "adm2", "adm2_code")
ROWS = ("row is", "rows are")
SPLIT = "split"
"""Columns that figures are split by begin with this."""
A_NOTE = (
    "The row holds words alone, no figure and no date of its own, as a note or a heading does: it "
    "is left out."
)
A_TOTAL = "The row names no place, and its figures are the sums of those above: it is left out."
NO_PLACE = "The row names no place: name it, or delete the row where it is a total of others."
TOTALS = ("row is a total of the country", "rows are totals of the country")
_PROGRESS_STEP = 50_000  # rows
_CACHED_WORDS = 100_000  # each is looked up once


class FigureColumns(NamedTuple):
    """Columns that give figures of one population; ``""`` where the row says which it is."""

    people: str = "people"
    households: str = "households"
    population: str = ""


@dataclass
class TidyRows:
    """Make counts of records, and log what is wrong with their cells.

    Attributes
    ----------
    titles
        Column ``->`` its title in the file.
    measures
        Columns of figures: several where each population has its own.
    """

    mapping: TableMapping
    snapshot: Snapshot
    request: ReadOptions
    log: FindingLog
    titles: Mapping[str, str]
    measures: tuple[FigureColumns, ...] = (FigureColumns(),)
    _begun: bool = False
    _dates: set[dt.date] = field(default_factory=set)
    _sums: Counter[str] = field(default_factory=Counter)
    _skipped: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._country = str(self.snapshot.manifest["country"]["code"])
        self._country_names = _country_names(self.snapshot)
        self._programmes = tuple(str(code) for code in self.snapshot.tables.programmes["code"])
        self._size = int(self.mapping.constants.get("people_per_household", 0))
        self._splits = [name for name in self.titles if name.startswith(SPLIT)]
        self._figures = [name for each in self.measures for name in (each.people, each.households)]
        self._words: dict[tuple[str, str], tuple[str, bool]] = {}
        constant = self.mapping.constants.get("date")
        self._constant_date = self.request.date or (parse_date(constant) if constant else None)

    # ---- a row

    def figures(self, number: int, record: Mapping[str, str]) -> Iterator[CountRecord]:
        """Yield the counts of a row: one for each population with columns of its own."""
        if self._is_skipped(number, record):
            return
        before = self.log.errors
        places = {name: self._word(number, record, name) for name in PLACE_COLUMNS}
        level = self._level(number, record, places)
        date = self._date(number, record)
        round_number = self.request.round or self._round(number, record)
        programme = self._code(number, record, "programme", self._programmes)
        figures = [self._figure(number, record, measure) for measure in self.measures]
        operation, assessment, *split = [
            self._cell(number, record, name, optional_text)
            for name in ("operation", "assessment", *self._splits)
        ]
        if self.log.errors > before or date is None:
            return
        for population, people, households in filter(None, figures):
            yield CountRecord(
                number, population, date, level, **places,
                people=people, households=households, round=round_number, programme=programme,
                operation=operation, assessment=assessment, split=tuple(split),
                whole=int(record.get(ROW_FINGERPRINT, 0)),
            )  # fmt: skip
        if not any(figures):
            self.log.warning(
                "The row gives no number, and is left out: its place is not assessed on that date.",
                row=number,
                value=" / ".join(filter(None, places.values())),
                harm=Harm.NOT_ASSESSED,
            )

    def finish(self) -> None:
        """Log, after the last row, several dates under one ``--date``, and the rows skipped."""
        if self.request.date and len(self._dates) > 1:
            dates = ", ".join(map(str, sorted(self._dates)[:10]))
            self.log.error(
                f"--date gives one date, and the rows have {len(self._dates):,} ({dates}): leave "
                "--date out, or split the file.",
                column=self._title("date"),
            )
        for words, rows in self._skipped.items():
            self.log.warning(
                f"{amounts.pluralise(rows, *words)}, and left out.", harm=Harm.LEFT_OUT
            )

    def _is_skipped(self, number: int, record: Mapping[str, str]) -> bool:
        """Return whether a row is no count of the country's areas; log it if so."""
        before = self.log.errors
        country = (self._cell(number, record, "country", due_text) or "").upper()
        self._cell(number, record, "adm_level", due_text)
        if self.log.errors > before:
            return True
        if country and country != self._country:
            self._skip(*(f"{rows} of other countries than {self._country}" for rows in ROWS))
        elif clean_text(record.get("adm_level", "")) == "0":
            self._skip(*TOTALS)
        elif self._country_names and self._is_the_country(record):
            if self._has_population_and_date(record):
                return False  # compared with what the other rows add up to, where they are joined
            self._skip(*TOTALS)
        elif total := next(
            filter(lambda name: self._look_up(name, record.get(name, ""))[1], PLACE_COLUMNS), ""
        ):
            self.log.warning(
                "The row is a total, and is left out.",
                row=number,
                column=self._title(total),
                value=record[total],
                harm=Harm.LEFT_OUT,
            )
        elif sentence := self._no_count(record):
            self.log.warning(sentence, row=number, value=_row_text(record), harm=Harm.LEFT_OUT)
        else:
            self._begun = True
            return False
        return True

    def _is_the_country(self, record: Mapping[str, str]) -> bool:
        """Return whether a row names the country where its one place is due, as a total does."""
        places = _places(record)
        return len(places) == 1 and fold(places[0]) in self._country_names

    def _has_population_and_date(self, record: Mapping[str, str]) -> bool:
        """Return whether a row of the country can be compared with those of its governorates."""
        names = [name for name in ("date", "population") if name in self.titles]
        place = record.get("adm1") or record.get("adm1_code") or ""
        return not is_blank(place) and not any(is_blank(record.get(name)) for name in names)

    def _no_count(self, record: Mapping[str, str]) -> str:
        """Return why a row is no count (a note, a second header, a sum); empty where it is one."""
        places = _places(record)
        figures = {name: record[name] for name in self._figures if not is_blank(record.get(name))}
        date = record.get("date", "")
        if not figures and is_blank(date) and ("date" in self.titles or len(places) == 1):
            return A_NOTE
        if not self._begun and are_titles((*figures.values(), date)):
            return SECOND_HEADER
        counts = _valid_counts(figures)
        are_sums = bool(counts) and all(self._sums[name] == n for name, n in counts.items())
        constant_places = self.mapping.constants.keys() & set(PLACE_COLUMNS)
        if are_sums and not places and not constant_places:
            return A_TOTAL
        self._sums.update(counts)
        return ""

    def _skip(self, singular: str, plural: str) -> None:
        self._skipped[singular, plural] = self._skipped.get((singular, plural), 0) + 1

    # ---- cells

    def _title(self, name: str) -> str:
        return self.titles.get(name, name)

    def _word(self, number: int, record: Mapping[str, str], name: str) -> str:
        """Return the word of a cell or constant, as ``values`` translates it."""
        cell = record.get(name, self.mapping.constants.get(name, ""))
        if formula_error(cell):
            self._cell(number, record, name, due_text)
        return self._look_up(name, cell)[0]

    def _look_up(self, name: str, cell: str) -> tuple[str, bool]:
        """Return a word as ``values`` translates it, and whether it marks its row as a total."""
        entry = self._words.get((name, cell))
        if entry is None:
            word = code_or_blank(cell)
            meaning = self.mapping.values.get(name, {}).get(fold_cell(word), word)
            entry = meaning, is_total(word)
            if len(self._words) < _CACHED_WORDS:
                self._words[name, cell] = entry
        return entry

    def _level(self, number: int, record: Mapping[str, str], places: dict[str, str]) -> int:
        """Return the level of a row, 1 or 2; log an error if it does not name its place."""
        has_district = bool(places["adm2"] or places["adm2_code"])
        if not has_district and self._is_of_unknown_district(record):
            places["adm2"] = NOT_AVAILABLE
            has_district = True
        has_governorate = bool(places["adm1"] or places["adm1_code"])
        if not (has_governorate or has_district):
            self.log.error(NO_PLACE, row=number, column=self._title("adm1"))
        elif not has_governorate and not places["adm2_code"]:
            self.log.error(
                "The row names a district and not its governorate, and two may have one name: "
                "name it, or give the P-code of the district.",
                row=number,
                column=self._title("adm1"),
                value=places["adm2"],
            )
        return 2 if has_district else 1

    def _is_of_unknown_district(self, record: Mapping[str, str]) -> bool:
        """Return whether a row counts in a district that is not known."""
        district, level = (clean_text(record.get(name, "")) for name in ("adm2", "adm_level"))
        return district.casefold() == NOT_AVAILABLE.casefold() or level == "2"

    def _cell(
        self, number: int, record: Mapping[str, str], name: str, parser: Callable[[Any], Any]
    ) -> Any:
        """Parse a cell; return ``None`` where it is blank, or wrong, which is logged."""
        cell = record.get(name, "")
        return self.log.parse(parser, cell, row=number, column=self._title(name))

    def _date(self, number: int, record: Mapping[str, str]) -> dt.date | None:
        pattern = self.mapping.date_format
        date: dt.date | None
        if self._constant_date:
            try:
                date = parse_date(record.get("date", ""), pattern)
            except CellError:
                date = None  # --date says otherwise
            self._dates |= {date} if date and self.request.date else set()
            return self._constant_date
        before = self.log.errors
        date = self._cell(number, record, "date", lambda cell: parse_date(cell, pattern))
        if date is None and self.log.errors == before:
            self.log.error("The row has no date.", row=number, column=self._title("date"))
        return date

    def _round(self, number: int, record: Mapping[str, str]) -> int | None:
        cell = record.get("round", self.mapping.constants.get("round", ""))
        round_number: int | None = self._cell(number, {"round": cell}, "round", parse_count)
        return round_number or None

    def _code(
        self, number: int, record: Mapping[str, str], name: str, choices: tuple[str, ...]
    ) -> str:
        """Return a code that must be one of ``choices``, or empty."""
        word = self._word(number, record, name)
        if not word or word in choices or formula_error(word):
            return word
        by_fold = {choice.casefold(): choice for choice in choices}
        if word.casefold() in by_fold:
            return by_fold[word.casefold()]
        self.log.error(
            f"This is no {name} that is known: write its code, say what it means in `values` of "
            f"the mapping{', or add it with `ingest programmes`' if name == 'programme' else ''}.",
            row=number,
            column=self._title(name),
            value=word,
            nearest=suggestions(word, choices),
        )
        return ""

    def _figure(
        self, number: int, record: Mapping[str, str], measure: FigureColumns
    ) -> tuple[str, int, int | None] | None:
        """Return population, people and households; ``None`` where the row gives no figure."""
        before = self.log.errors
        people: int | None = self._cell(number, record, measure.people, parse_count)
        households: int | None = self._cell(number, record, measure.households, parse_count)
        is_broken = self.log.errors > before
        if people is None and households is None and not is_broken:
            return None
        population = measure.population or self._population(number, record)
        if people is None and households is not None and self._size:
            people = households * self._size
        if people is None and not is_broken:
            self.log.error(
                "The row gives households and not how many people they are: fill the cell, or say "
                "`people_per_household` in `constants` of the mapping.",
                row=number,
                column=self._title(measure.people),
            )
        return None if people is None else (population, people, households)

    def _population(self, number: int, record: Mapping[str, str]) -> str:
        before = self.log.errors
        population = self._code(number, record, "population", POPULATION_CODES)
        if not population and self.log.errors == before:
            self.log.error(
                f"The row does not say who is counted ({', '.join(POPULATION_CODES)}).",
                row=number,
                column=self._title("population"),
            )
        return population


def _country_names(snapshot: Snapshot) -> frozenset[str]:
    """Return the folded name and code of the country, without any that an area has too."""
    country, areas = snapshot.manifest["country"], snapshot.tables.areas
    names = {fold(name) for column in ("pcode", *NAME_COLUMNS) for name in areas[column].dropna()}
    return frozenset({fold(str(country["name"])), fold(str(country["code"]))} - names)


def _places(record: Mapping[str, str]) -> list[str]:
    """Return the cells of a row that name a place."""
    return [record[name] for name in PLACE_COLUMNS if not is_blank(record.get(name))]


def _row_text(record: Mapping[str, str]) -> str:
    texts = (clean_text(cell) for name, cell in record.items() if name != ROW_FINGERPRINT)
    return " / ".join(filter(None, texts))


def _valid_counts(figures: Mapping[str, str]) -> dict[str, int]:
    """Return the numbers among cells; the others are logged where they are parsed."""
    counts: dict[str, int] = {}
    for name, cell in figures.items():
        with suppress(CellError):
            counts[name] = parse_count(cell) or 0
    return counts


class TableColumns(NamedTuple):
    """Positions of the columns of a table, and those that give figures."""

    sheet: Sheet
    measures: tuple[FigureColumns, ...] = (FigureColumns(),)


@dataclass(frozen=True)
class MappedTables:
    """Read tables of one kind by a mapping of their columns.

    Attributes
    ----------
    kind
        Of the source, as ``ingest`` names it.
    description
        Name of its layout in the report.
    find_columns
        Finds the columns of a file; logs what is missing, and returns ``None`` then.
    """

    kind: str
    description: str
    find_columns: Callable[[TableRows, TableMapping, ReadOptions, FindingLog], TableColumns | None]

    def read(
        self, files: Sequence[Path], snapshot: Snapshot, request: ReadOptions, progress: Progress
    ) -> ParsedSource:
        """Read files with the mapping ``request.mapping``.

        ``request.date`` and ``request.round`` go before what the rows say. ``request.options`` may
        hold ``operation``, ``assessment`` and ``repeated_rows``, as for ``dtm-api``.

        Raises
        ------
        DataError
            If a file or the mapping cannot be read at all.
        """
        log, results = FindingLog(), list[FileRead]()
        mapping = read_mapping(request.mapping, snapshot, self.kind, log)
        if mapping is None:
            return ParsedSource(self.kind, {}, (), no_counts(), no_breakdowns(), findings=log.all())
        repeats = request.options.get("repeated_rows") or mapping.repeats
        tally = Aggregator(log, repeats, "write `repeated_rows: {}` into the mapping")
        for path in files:
            before, rows = tally.rows, open_rows(path, log, mapping.sheet)
            columns = self.find_columns(rows, mapping, request, log)
            if columns:
                sheet = columns.sheet
                tally.unread = sheet.unread
                tidy = TidyRows(mapping, snapshot, request, log, sheet.titles, columns.measures)
                _add_up(tidy, sheet, tally, progress)
            results.append(rows.file.read(tally.rows - before, self.description))
        if not tally.rows and not log.errors:
            log.error("There is no figure in it.")
        counts = tally.counts(request.options)
        return ParsedSource(
            self.kind, mapping.source, tuple(results), counts, no_breakdowns(),
            findings=log.all(), pcode_scheme=mapping.pcode_scheme,
        )  # fmt: skip


def _add_up(tidy: TidyRows, sheet: Sheet, tally: Aggregator, progress: Progress) -> None:
    for done, (number, record) in enumerate(sheet.records(tidy.log)):
        if done % _PROGRESS_STEP == 0:
            progress(f"Reading {sheet.rows.file.name}", done, None)
        for row in tidy.figures(number, record):
            tally.add(row)
    tidy.finish()
