"""Reader of OCHA's tables of who does what, where (3W), and when (4W).

One row is one activity: an organisation, a sector or project, a place, a status, and mostly dates.
Columns are known by HXL tags or by a mapping. A programme is an organisation's project where the
table has a column of projects, else its work in a sector.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from geodata.boundaries.points import IMPOSSIBLE, MISSING, point_code
from geodata.places.pcode_schemes import PLACE_COLUMNS
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.activities.codes import ProgrammeCodes, acronym, identity
from geodata.sources.activities.collector import ActivityCollector, Programme, ends_before_start
from geodata.sources.activities.places import PlaceLevels
from geodata.sources.activities.sectors import sector_of_word
from geodata.sources.activities.three_w_columns import find_columns
from geodata.sources.cell_values import (
    CellError,
    clean_text,
    code_or_blank,
    due_text,
    is_total,
    optional_text,
    parse_partial_date,
)
from geodata.sources.contract import ParsedSource, ReadOptions, SourceKind, no_breakdowns, no_counts
from geodata.sources.finding_log import FindingLog
from geodata.sources.header import Record, Sheet, open_rows
from geodata.sources.mapping import (
    ACTIVITY_STATUSES,
    CANCELLED,
    TableMapping,
    fold_cell,
    read_mapping,
)
from geodata.util.findings import FileRead, Harm, Progress
from geodata.util.suggestions import suggestions

STATUS_WORDS = {
    "implemented": (
        "implemented", "implementing", "implementation", "under implementation", "ongoing",
        "in progress", "active", "current", "completed", "complete", "finished", "closed", "done",
        "مستمر", "مستمرة", "قيد التنفيذ", "جاري", "منجز", "مكتمل", "مكتملة",
    ),
    "planned": ("planned", "pipeline", "proposed", "future", "not started", "مخطط", "مخططة"),
    "preparatory": ("preparatory", "preparation", "assessment", "inception", "تحضيري"),
    CANCELLED: ("cancelled", "canceled", "ملغى", "ملغي"),
}  # fmt: skip
"""Status of coverage ``->`` words for it in tables; others are said in ``values`` of a mapping."""

_STATUS_OF = {identity(word): status for status, words in STATUS_WORDS.items() for word in words}
_SEVERAL = re.compile(r"\s*[;|\n]\s*")  # between the funders of one cell
STATED, REPORTED = "stated", "data in hand"
"""Ways to know a date: the row has it, or the table is of it."""
_PROGRESS_STEP = 50_000  # rows


@dataclass
class _Rows:
    """Make activities of records, and log what is wrong with their cells."""

    mapping: TableMapping
    levels: PlaceLevels
    request: ReadOptions
    log: FindingLog
    collector: ActivityCollector
    sheet: Sheet

    def add(self, number: int, record: Record) -> None:
        """Add the activity of a row, or log why it is none."""
        if self._is_skipped(number, record):
            return
        before = self.log.errors
        words = {name: self._word(number, record, name) for name in (
            "organisation", "partner", "sector", "project", "activity", "funder", *PLACE_COLUMNS
        )}  # fmt: skip
        organisation = words["organisation"] or words["partner"]
        subject = words["project"] or words["sector"]
        status = self._status(number, record)
        dates = self._dates(number, record)
        self._require(number, organisation, "organisation", "who works")
        self._require(number, subject, "sector", "in which sector or project")
        if self.log.errors > before or not status or dates is None:
            return
        if status == CANCELLED:
            self._leave_out("activity that was cancelled", "activities that were cancelled")
            return
        self._take(number, record, words, organisation, subject, (status, *dates))

    def _take(
        self,
        number: int,
        record: Record,
        words: Mapping[str, str],
        organisation: str,
        subject: str,
        when: tuple[str, str, str, str],
    ) -> None:
        """Put an activity without mistakes into its programme."""
        programme = self._programme(organisation, subject, words)
        status, start, end, basis = when
        programme.add_dates(start, end)
        self.collector.activities += 1
        places = {name: words[name] for name in PLACE_COLUMNS}
        point = self._point(number, record)
        named = [name for name in places.values() if name]
        if all(map(self.levels.is_the_country, named)) and point == MISSING:
            self.collector.nowhere += 1
            return
        partner = words["partner"] if words["partner"] != organisation else ""
        self.collector.add_place({
            **places,
            "programme": programme.code,
            "point": point,
            "from_date": start,
            "to_date": end,
            "status": status,
            "date_basis": basis,
            "locator": words["adm2"] or words["adm1"],
            "note": partner,
            "group": self.log.file,
            "file": self.log.file,
            "row": number,
        })  # fmt: skip

    def _programme(self, organisation: str, subject: str, words: Mapping[str, str]) -> Programme:
        sector = words["sector"] or subject
        title = f"{organisation}: {subject}"
        code = self.collector.codes.give(acronym(organisation) + acronym(subject), identity(title))
        programme = self.collector.programme(code, title, sector_of_word(sector))
        for name in filter(None, _SEVERAL.split(words["funder"])):
            programme.add_funder(name)
        if words["activity"]:
            programme.description[words["activity"]] = None
        self.collector.organisations |= {
            identity(name) for name in (organisation, words["partner"]) if name
        }
        return programme

    # ---- rows that are no activity

    def _is_skipped(self, number: int, record: Record) -> bool:
        """Return whether a row is of another country, or a total."""
        country = clean_text(record.get("country", "")).upper()
        if country and country not in self.levels.codes:
            self._leave_out("row of another country", "rows of other countries")
            return True
        for name in PLACE_COLUMNS:
            if is_total(record.get(name, "")):
                self.log.warning(
                    "The row is a total, and is left out.",
                    row=number, column=self._title(name), value=record[name],
                    harm=Harm.LEFT_OUT,
                )  # fmt: skip
                return True
        return False

    def _leave_out(self, singular: str, plural: str) -> None:
        self.collector.left_out[singular, plural] += 1

    # ---- cells

    def _title(self, name: str) -> str:
        return self.sheet.titles.get(name, name)

    def _cell(self, number: int, record: Record, name: str, parser: Callable[[Any], Any]) -> Any:
        return self.log.parse(parser, record.get(name, ""), row=number, column=self._title(name))

    def _word(self, number: int, record: Record, name: str) -> str:
        """Return the word of a cell or constant, as ``values`` translates it."""
        parser = due_text if name in ("organisation", "sector", *PLACE_COLUMNS) else optional_text
        word = code_or_blank(self._cell(number, record, name, parser) or "")
        word = word or self.mapping.constants.get(name, "")
        return self.mapping.values.get(name, {}).get(fold_cell(word), word)

    def _require(self, number: int, word: str, column: str, what: str) -> None:
        if not word:
            self.log.error(
                f"The row does not say {what}: fill the cell, or delete the row.",
                row=number,
                column=self._title(column),
            )

    def _status(self, number: int, record: Record) -> str:
        """Return the status of an activity; log an error where its word is not known."""
        word = self._word(number, record, "status")
        status = word if word in ACTIVITY_STATUSES else _STATUS_OF.get(identity(word), "")
        if not word:
            self.log.warning(
                "The row does not say of which status its activity is, and is left out.",
                row=number,
                column=self._title("status"),
                harm=Harm.LEFT_OUT,
            )
        elif not status:
            words = [each for group in STATUS_WORDS.values() for each in group]
            self.log.error(
                "The status is not known: say in `values` of the mapping what it means "
                f"({', '.join(ACTIVITY_STATUSES)}).",
                row=number, column=self._title("status"), value=word,
                nearest=suggestions(word, words),
            )  # fmt: skip
        return status

    def _dates(self, number: int, record: Record) -> tuple[str, str, str] | None:
        """Return start, end and how they are known; ``None`` where one is wrong, which is logged.

        A table without dates of its activities may say of which date it is itself.
        """
        before = self.log.errors
        start, end, reported = (self._date(number, record, name) for name in (
            "start_date", "end_date", "date"
        ))  # fmt: skip
        if self.log.errors > before:
            return None
        if ends_before_start(start, end):
            self.log.error(
                "The activity ends before it starts.",
                row=number,
                column=self._title("end_date"),
                value=f"{start} to {end}",
            )
            return None
        if start or end:
            return start, end, STATED
        return (reported, reported, REPORTED) if reported else ("", "", "")

    def _date(self, number: int, record: Record, name: str) -> str:
        cell = record.get(name, "")
        if name == "date" and not clean_text(cell):
            if self.request.date:
                return self.request.date.isoformat()
            return parse_partial_date(self.mapping.constants.get("date", ""))
        parser = partial(parse_partial_date, pattern=self.mapping.date_format)
        return self._cell(number, record, name, parser) or ""

    def _point(self, number: int, record: Record) -> int:
        """Return the code of a row's point; log one that is none."""
        degrees = [self._cell(number, record, name, _degrees) for name in ("latitude", "longitude")]
        point = point_code(*degrees)
        if point == IMPOSSIBLE:
            self.log.warning(
                "The point lies nowhere on Earth, and is not read.",
                row=number,
                column=self._title("latitude"),
                value=", ".join(map(str, degrees)),
            )
            return MISSING
        return point


def _degrees(cell: str) -> float | None:
    word = clean_text(cell)
    if not word:
        return None
    try:
        return float(word)
    except ValueError:
        raise CellError("Degrees are written like 36.34.") from None


def read(
    files: Sequence[Path], snapshot: Snapshot, request: ReadOptions, progress: Progress
) -> ParsedSource:
    """Read tables of activities with the mapping ``request.mapping``.

    ``request.date`` is the date of a table that has none.

    Raises
    ------
    DataError
        If a file or the mapping cannot be read at all.
    """
    log, results = FindingLog(), list[FileRead]()
    mapping = read_mapping(request.mapping, snapshot, "3w", log, role="programmes")
    if mapping is None:
        return ParsedSource("3w", {}, (), no_counts(), no_breakdowns(), findings=log.all())
    collector = ActivityCollector(ProgrammeCodes(snapshot.tables.programmes))
    levels = PlaceLevels(snapshot)
    for path in files:
        before, rows = collector.activities, open_rows(path, log, mapping.sheet)
        sheet = find_columns(rows, mapping, request, log)
        if sheet:
            reader = _Rows(mapping, levels, request, log, collector, sheet)
            for done, (number, record) in enumerate(sheet.records(log)):
                if done % _PROGRESS_STEP == 0:
                    progress(f"Reading {rows.file.name}", done, None)
                reader.add(number, record)
        results.append(rows.file.read(collector.activities - before, "3W table"))
    if not collector.activities and not log.errors:
        log.error("There is no activity in it.")
    tables = {"programmes": collector.table(mapping.source)} if collector.programmes else {}
    return ParsedSource(
        "3w", mapping.source, tuple(results), no_counts(), no_breakdowns(), tables, log.all(),
        mapping.pcode_scheme, collector.frame(), collector.summary(),
    )  # fmt: skip


KINDS = (
    SourceKind(
        "3w",
        "OCHA's tables of who does what, where: HXL-tagged, or with a mapping",
        read,
        needs_mapping=True,
    ),
)
