"""Read tables beside the counts: programmes, coverage, results, residents, spellings of places.

A file has the columns of the table's schema (:mod:`geodata.snapshots.schemas`), known by name, as
CSV or Excel. Every cell is checked, and every code against the snapshot. Stored rows with the same
key are replaced: a programme by its code, residents by P-code and year, a spelling by its level and
governorate; of ``coverage`` and ``reach`` all rows of the programmes that a file names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.places.folding import fold
from geodata.snapshots.schemas import TABLES, check
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.cell_values import CellError
from geodata.sources.contract import ParsedSource, ReadOptions, SourceKind, no_breakdowns, no_counts
from geodata.sources.finding_log import FindingLog
from geodata.sources.header import find_header, open_rows
from geodata.sources.mapping import read_mapping
from geodata.sources.reference.cells import Checks
from geodata.sources.reference.tables import REFERENCE_TABLES, ReferenceTable
from geodata.util.findings import FileRead, Progress


def reader_of(table: ReferenceTable) -> Callable[..., ParsedSource]:
    """Make the reader of one table."""

    def read(
        files: Sequence[Path], snapshot: Snapshot, request: ReadOptions, progress: Progress
    ) -> ParsedSource:
        log, results = FindingLog(), list[FileRead]()
        checks, rows = Checks.of(snapshot), _RowCollector(table)
        source, sheet_name = _source(table, snapshot, request, log)
        titles = {name: name for name in table.cells}
        for path in files:
            opened = open_rows(path, log, sheet_name)
            progress(f"Reading {opened.file.name}", 0, None)
            before = len(rows.accepted)
            sheet = find_header(opened, titles, table.required, log, figures=table.figures)
            if sheet:
                for number, record in sheet.records(log):
                    rows.add(number, record, checks, log)
            results.append(opened.file.read(len(rows.accepted) - before, f"{table.name} table"))
        if not rows.accepted and not log.errors:
            log.error("There is no row in it.")
        tables = {table.name: rows.frame()} if rows.accepted else {}
        return ParsedSource(
            table.name, source, tuple(results), no_counts(), no_breakdowns(), tables, log.all()
        )

    return read


@dataclass
class _RowCollector:
    """Collect the rows of a table that have no mistakes, from one file or several."""

    table: ReferenceTable
    accepted: list[dict[str, Any]] = field(default_factory=list)
    _keys: dict[tuple[Any, ...], tuple[int, dict[str, Any]]] = field(default_factory=dict)
    _spellings: dict[tuple[int, str, str], tuple[int, str]] = field(default_factory=dict)

    def add(self, number: int, record: Mapping[str, str], checks: Checks, log: FindingLog) -> None:
        """Check a row; accept it if it has no mistake, and log each that it has."""
        before = log.errors
        row = {
            name: self._cell(number, name, record.get(name, ""), checks, log)
            for name in self.table.cells
        }
        if log.errors > before:
            return
        try:
            self.table.rule(row, checks)
        except CellError as error:
            value = row.get("spelling") or row.get(next(iter(self.table.cells)))
            log.error(str(error), row=number, value=value, nearest=error.nearest)
            return
        for column, doubt in self.table.doubts(row, checks):
            log.warning(doubt, row=number, column=column, value=row[column])
        self._accept(number, row, log)

    def _cell(self, number: int, name: str, cell: str, checks: Checks, log: FindingLog) -> Any:
        parser = self.table.cells[name]
        return log.parse(lambda text: parser(text, checks), cell, row=number, column=name)

    def _accept(self, number: int, row: dict[str, Any], log: FindingLog) -> None:
        columns = self.table.key or tuple(row)
        key = tuple(row[column] for column in columns)
        if key not in self._keys:
            if self._is_ambiguous(number, row, log):
                return
            self._keys[key] = number, row
            self.accepted.append(row)
            return
        earlier, first = self._keys[key]
        value = f"{' '.join(str(row[column]) for column in columns)[:60]}, as row {earlier:,}"
        if first == row:
            log.warning(
                "The row repeats an earlier one, and is taken once.", row=number, value=value
            )
        else:
            log.error(
                "The row says otherwise than an earlier one: only one can stand.",
                row=number,
                value=value,
            )

    def _is_ambiguous(self, number: int, row: dict[str, Any], log: FindingLog) -> bool:
        """Return whether an earlier row gives a spelling, folded, to another area; log it if so."""
        if "spelling" not in row:
            return False
        key = (row["level"], row["scope"], fold(row["spelling"]))
        earlier, pcode = self._spellings.setdefault(key, (number, row["pcode"]))
        if pcode != row["pcode"]:
            log.error(
                "The spelling was given to another area before: one spelling means one area.",
                row=number,
                column="spelling",
                value=f"{row['spelling']}: {row['pcode']}, and {pcode} in row {earlier:,}",
            )
        return bool(pcode != row["pcode"])

    def frame(self) -> pd.DataFrame:
        """Return the rows as the table of the snapshot, checked against its schema."""
        frame = pd.DataFrame(self.accepted, columns=list(self.table.cells))
        texts = [
            name
            for name, column in TABLES[self.table.name].columns.items()
            if str(column.dtype) in ("str", "string", "object")
        ]
        years = {name: "Int64" for name in frame.columns if name.endswith("year")}
        return check(self.table.name, frame.astype({**dict.fromkeys(texts, "str"), **years}))


def _source(
    table: ReferenceTable, snapshot: Snapshot, request: ReadOptions, log: FindingLog
) -> tuple[Mapping[str, str], str]:
    """Return the row of the table's source, and the sheet to read.

    The mapping says both, else the source is the snapshot's first of that role.
    """
    if request.mapping:
        mapping = read_mapping(request.mapping, snapshot, "reference", log, role=table.role)
        return (mapping.source, mapping.sheet) if mapping else ({}, "")
    sources = snapshot.tables.sources
    rows = sources[sources["role"] == table.role].to_dict("records")
    if rows:
        return {str(key): str(value) for key, value in rows[0].items()}, ""
    log.error(
        f"The snapshot holds no source of {table.role}: say whose table this is, with `source` in "
        "a mapping (--mapping)."
    )
    return {}, ""


_SUMMARIES = {
    "programmes": "programmes: code, name, pillar, years, funders",
    "coverage": "where and when programmes worked, by governorate",
    "reach": "what programmes reported, as printed",
    "residents": "residents of governorates, which rates are of",
    "aliases": "other spellings of places",
}

KINDS = tuple(
    SourceKind(table.name, _SUMMARIES[table.name], reader_of(table)) for table in REFERENCE_TABLES
)
