"""A table in a file: where its header is, which columns are read, its rows by column.

A header is looked for in the first rows, as titles often stand above it, and columns are known by
their names and not by where they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.sources.cells import Notes, nearest, text
from geodata.sources.files import CheckedFile, Row, Rows, read_rows

WITHIN = 25
"""Rows in which a header, or a row of HXL tags, must stand."""

Record = dict[str, str]

_SHIFTED = (
    "The row has more cells than the header, as a comma within a number or a name makes: put what "
    "holds one in quotation marks."
)


def folded(title: str) -> str:
    """A column's title without what differs between spellings of it.

    >>> folded("Admin 1 Code") == folded(" admin1_code ")
    True
    """
    return "".join(char for char in text(title).casefold() if char.isalnum() or char in "+#")


@dataclass(frozen=True)
class Sheet:
    """A table whose header was found.

    Attributes
    ----------
    header_row
        Number of the row that the columns are named in; figures stand below it.
    positions
        What is read ``->`` the position of its column.
    titles
        What is read ``->`` the column's title, as the file writes it.
    width
        Cells that a row may have; 0 where it does not matter, as in a workbook.
    """

    rows: Rows
    header_row: int
    positions: Mapping[str, int]
    titles: Mapping[str, str]
    width: int = 0

    def records(self, notes: Notes) -> Iterator[tuple[int, Record]]:
        """Yield the rows below the header, each with its number, as column ``->`` text.

        A row of HXL tags below the header is passed over. Rows that hold nothing in the columns
        that are read are counted, and said to be left out. A row of a CSV that has more cells than
        the header is an error: a comma within a number shifts what stands after it.
        """
        hollow, first, begun = 0, 0, False
        for number, cells in self.rows:
            if number <= self.header_row:
                continue
            record = {
                name: cells[at] if at < len(cells) else "" for name, at in self.positions.items()
            }
            if not any(map(str.strip, record.values())):
                hollow, first = hollow + 1, first or number
            elif self.width and any(map(str.strip, cells[self.width :])):
                notes.error(_SHIFTED, row=number, value=" | ".join(cells[self.width :]))
            elif begun or not _is_tags(cells):
                yield number, record
            begun = True
        if hollow:
            notes.warning(
                f"{hollow:,} rows hold nothing in the columns that are read, and are left out; "
                "this is the first.",
                row=first,
            )


def _is_tags(cells: Sequence[str]) -> bool:
    filled = [cell for cell in map(str.strip, cells) if cell]
    return bool(filled) and all(cell.startswith("#") for cell in filled)


def open_rows(path: Path | CheckedFile, notes: Notes, sheet: str = "") -> Rows:
    """Open a CSV or a workbook, and pass on what is to be known about it.

    Raises
    ------
    DataError
        If it is no file that can be read.
    """
    rows = read_rows(path, sheet or None)
    notes.file, notes.sheet = rows.file.name, rows.sheet
    for finding in rows.findings:
        notes.take(finding)
    if sheet and not rows.sheet:
        notes.warning("The file is a CSV and has no sheets: it is read whole.", value=sheet)
    return rows


def find_header(
    rows: Rows,
    wanted: Mapping[str, str],
    required: Iterable[str],
    notes: Notes,
    *,
    header_row: int = 0,
) -> Sheet | None:
    """Find the row that names the columns; note what is missing, or there twice.

    Parameters
    ----------
    wanted
        What is read ``->`` the title of its column.
    required
        What cannot be done without.
    header_row
        Number of the row, where it is known; else the row of the first :data:`WITHIN` that names
        most columns is taken.

    Returns
    -------
    Sheet
        Or ``None`` where something required is missing.
    """
    head = rows.head(max(WITHIN, header_row))
    if not head:
        notes.error("There is nothing in it.")
        return None
    if header_row and header_row not in dict(head):
        notes.error("Nothing stands in the row that should be the header.", row=header_row)
        return None
    titles = {folded(title) for title in wanted.values()}
    number, cells = _best_row(head, titles, header_row)
    at = {name: _at(cells, title) for name, title in wanted.items()}
    twice = [name for name, found in at.items() if len(found) > 1]
    missing = [name for name in required if not at[name]]
    for name in twice:
        notes.error(f"{len(at[name])} columns have this title.", column=wanted[name], row=number)
    others = [text(cell) for cell in cells if cell.strip() and folded(cell) not in titles]
    for name in missing:
        notes.error(
            f"There is no column of this title. Row {number:,} was taken for the header; beside "
            f"those that are read it has {_listed(others)}.",
            column=wanted[name],
            nearest=nearest(wanted[name], others),
        )
    if missing or twice:
        return None
    positions = {name: found[0] for name, found in at.items() if found}
    named = {name: text(cells[i]) for name, i in positions.items()}
    return Sheet(rows, number, positions, named, width_of(rows, cells))


def width_of(rows: Rows, header: Sequence[object]) -> int:
    """Return how many cells a row below a header may have; 0 where it does not matter."""
    return 0 if rows.sheet else len(header)


def _at(cells: Sequence[str], title: str) -> list[int]:
    if not folded(title):  # nothing but signs, like "%"
        return [i for i, cell in enumerate(cells) if text(cell) == text(title)]
    return [i for i, cell in enumerate(cells) if folded(cell) == folded(title)]


def _best_row(head: Sequence[Row], titles: set[str], header_row: int) -> Row:
    for row in head:
        if row[0] == header_row:
            return row
    return max(head, key=lambda row: len(titles & {folded(cell) for cell in row[1]}))


def _listed(titles: Sequence[str]) -> str:
    shown = ", ".join(f"“{title}”" for title in titles[:30]) or "nothing"
    more = len(titles) - 30
    return f"{shown} and {more:,} more" if more > 0 else shown
