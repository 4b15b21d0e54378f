"""The organisation's own tidy table: CSV or Excel, with a mapping that says what its columns mean.

One row is one place, date, population and programme, with households, people or both. A table in
which dates or groups are columns is not tidy and not read: unpivot it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from geodata.errors import DataError
from geodata.snapshot import Snapshot
from geodata.sources.cells import Notes
from geodata.sources.mapping import TableMapping, read_mapping
from geodata.sources.reading import (
    Asked,
    FileRead,
    Kind,
    Progress,
    Reading,
    no_breakdowns,
    no_counts,
)
from geodata.sources.sheet import find_header, open_rows
from geodata.sources.tally import Tally
from geodata.sources.tidy import TidyRows

TOLD_EVERY = 50_000  # rows
ADVICE = (
    " Should they be added up, as parts of one place, write `repeated_rows: add` into the mapping."
)


def read(files: Sequence[Path], snapshot: Snapshot, asked: Asked, progress: Progress) -> Reading:
    """Read tables with the mapping ``asked.mapping``.

    ``asked.date`` and ``asked.round`` go before what the rows say.

    Raises
    ------
    DataError
        If a file or the mapping cannot be read at all.
    """
    notes, made = Notes(), list[FileRead]()
    mapping = read_mapping(asked.mapping, snapshot, "table", notes)
    if mapping is None:
        return Reading("table", {}, (), no_counts(), no_breakdowns(), findings=notes.all())
    tally = Tally(notes, mapping.repeats, ADVICE)
    for path in files:
        made.append(_read_file(path, mapping, snapshot, asked, tally, progress))
    if not tally.rows and not notes.errors:
        notes.error("There is no figure in it.")
    return Reading(
        "table", mapping.source, tuple(made), tally.counts(), no_breakdowns(), findings=notes.all()
    )


def _read_file(
    path: Path,
    mapping: TableMapping,
    snapshot: Snapshot,
    asked: Asked,
    tally: Tally,
    progress: Progress,
) -> FileRead:
    notes, before = tally.notes, tally.rows
    rows = open_rows(path, notes, mapping.sheet)
    if "date" not in mapping.columns.keys() | mapping.constants.keys() and not asked.date:
        raise DataError("Nothing says the date: name its column in the mapping, or pass --date.")
    required = [name for name in mapping.columns if name != "date" or not asked.date]
    sheet = find_header(rows, mapping.columns, required, notes, header_row=mapping.header_row)
    if sheet:
        tidy = TidyRows(mapping, snapshot, asked, notes, sheet.titles)
        for done, (number, record) in enumerate(sheet.records(notes)):
            if done % TOLD_EVERY == 0:
                progress(f"Reading {rows.file.name}", done, None)
            for row in tidy.figures(number, record):
                tally.add(row)
        tidy.finish()
    return rows.file.read(tally.rows - before, "tidy table")


KINDS = (
    Kind(
        "table",
        "your own tidy table, also by programme, with a mapping of its columns",
        read,
        needs_mapping=True,
    ),
)
