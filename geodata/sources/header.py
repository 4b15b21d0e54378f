"""Find the header of a table in a file, and read its rows by column.

A header is looked for in the first rows, as titles often stand above it, and columns are known by
their names and not by where they stand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.sources.cell_values import clean_text, formula_error, is_blank
from geodata.sources.finding_log import FindingLog
from geodata.sources.tabular.detect import CheckedFile
from geodata.sources.tabular.open_table import Merged, Row, TableRows, read_rows
from geodata.util import amounts
from geodata.util.findings import Harm
from geodata.util.suggestions import suggestions

WITHIN = 25
"""Rows in which a header, or a row of HXL tags, must stand."""

A_SECOND_HEADER = (
    "The row below the titles has words where figures and dates are due, as a second row of titles "
    "does (in another language, or of units): it is left out."
)
Record = dict[str, str]
Place = tuple[int, int]
"""Number of a row and position of a column."""
WHOLE = "*"
"""Key under which a record says what its whole row is like (:func:`fingerprint`)."""

FIGURES_MERGED = (
    "Cells are merged, and one figure of several rows or columns cannot be shared out: unmerge "
    "them, and write each figure into its own cell."
)
_SHIFTED = (
    "The row has more cells than the header, as a comma within a number or a name makes: put what "
    "holds one in quotation marks."
)


def folded(title: str) -> str:
    """Fold a column's title, so that spellings of one title become the same.

    >>> folded("Admin 1 Code") == folded(" admin1_code ")
    True
    """
    return "".join(char for char in clean_text(title).casefold() if char.isalnum() or char in "+#")


def fingerprint(cells: Iterable[object]) -> int:
    """Return a number that two rows share only where they agree in every cell."""
    said = [clean_text(cell) for cell in cells]
    while said and not said[-1]:  # a row may end before its empty cells
        said.pop()
    return hash(tuple(said))


@dataclass(frozen=True)
class Sheet:
    """A table with its header row and the columns that are read.

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
    figures
        Which of what is read are figures.
    unread
        Titles of the columns that are not read.
    numbering
        Positions of columns that number rows, in which two that say the same differ.
    """

    rows: TableRows
    header_row: int
    positions: Mapping[str, int]
    titles: Mapping[str, str]
    width: int = 0
    figures: Collection[str] = ()
    unread: Sequence[str] = ()
    numbering: Collection[int] = ()

    def records(self, notes: FindingLog) -> Iterator[tuple[int, Record]]:
        """Yield the rows below the header, each with its number, as column ``->`` text.

        A merged cell says the same in each of its rows; see :func:`filled_down`.
        Under :data:`WHOLE` stands the fingerprint of all cells, those that are not read, too.

        A row of HXL tags below the header is passed over. Rows that hold nothing in the columns
        that are read are counted, and said to be left out. A row of a CSV that has more cells than
        the header is an error: a comma within a number shifts what stands after it.
        """
        hollow, first, begun = 0, 0, False
        by_title = {title: self.positions[name] for name, title in self.titles.items()}
        notes.columns = {**self.positions, **by_title}
        figures = {at: self.titles[name] for name, at in self.positions.items()
                   if name in self.figures}  # fmt: skip
        read = set(self.positions.values())
        for number, cells in filled_down(self.rows, self.header_row, read, figures, notes):
            record = {
                name: cells[at] if at < len(cells) else "" for name, at in self.positions.items()
            }
            if not any(map(str.strip, record.values())):
                hollow, first = hollow + 1, first or number
            elif self.width and any(map(str.strip, cells[self.width :])):
                notes.error(_SHIFTED, row=number, value=" | ".join(cells[self.width :]))
            elif begun or not _is_tags(cells):
                said = (cell for at, cell in enumerate(cells) if at not in self.numbering)
                yield number, record | {WHOLE: str(fingerprint(said))}
            begun = True
        if hollow:
            notes.warning(
                f"{amounts.pluralise(hollow, 'row holds', 'rows hold')} nothing in the columns "
                "that are read. Left out; this is the first.",
                row=first,
                harm=Harm.NOT_ASSESSED,
            )


def filled_down(
    rows: TableRows,
    header_row: int,
    read: Collection[int],
    figures: Mapping[int, str],
    notes: FindingLog,
) -> Iterator[Row]:
    """Yield the rows below a header, with the text of merged cells in each of their rows.

    A spreadsheet keeps the value of merged cells in the first of them. A word or date holds for
    all their rows; a figure may be shared out by nobody and is an error. Cells that are merged
    across figures are a heading or a note, and say nothing of the rows below them.

    Parameters
    ----------
    read
        Positions of the columns that are read.
    figures
        Position ``->`` title of those among them that hold figures.
    """
    below = ((number, cells) for number, cells in rows if number > header_row)
    ranges = sorted(one for one in rows.merged if one.top > header_row and one.left in read)
    if not ranges:
        return below
    words = [
        one
        for one in ranges
        if one.bottom > one.top and not any(one.left <= at <= one.right for at in figures)
    ]
    if words:
        notes.warning(
            f"Cells are merged over rows ({amounts.pluralise(len(words), 'time')}; this is the "
            "first): each of the rows is given what they say.",
            row=words[0].top,
        )
    spread = {
        (one.top, one.left)
        for one in ranges
        if one.bottom > one.top or any(one.left < at <= one.right for at in figures)
    }
    return _without_shared_figures(_given_to_all(below, words), spread, figures, notes)


def _given_to_all(rows: Iterable[Row], ranges: Sequence[Merged]) -> Iterator[Row]:
    """Copy the text of merged cells into each of their rows."""
    active: list[tuple[Merged, str]] = []
    coming = 0
    for number, cells in rows:
        active = [(one, said) for one, said in active if one.bottom >= number]
        for one, said in active:
            cells += [""] * (one.left + 1 - len(cells))
            cells[one.left] = said
        while coming < len(ranges) and ranges[coming].top <= number:
            one = ranges[coming]
            coming += 1
            if one.top == number and one.left < len(cells):
                active.append((one, cells[one.left]))
        yield number, cells


def _without_shared_figures(
    rows: Iterable[Row], spread: Collection[Place], figures: Mapping[int, str], notes: FindingLog
) -> Iterator[Row]:
    """Log figures in merged cells as errors."""
    for number, cells in rows:
        for at, title in figures.items():
            if (number, at) in spread and at < len(cells) and cells[at].strip():
                notes.error(FIGURES_MERGED, row=number, column=title, value=cells[at])
        yield number, cells


def are_titles(cells: Iterable[str]) -> bool:
    """Return whether cells of figures and dates hold words, as a second row of titles does."""
    words = [cell for cell in cells if not is_blank(cell)]
    return len(words) > 1 and not any(
        formula_error(cell) or any(map(str.isdigit, cell)) for cell in words
    )


def _is_tags(cells: Sequence[str]) -> bool:
    filled = [cell for cell in map(str.strip, cells) if cell]
    return bool(filled) and all(cell.startswith("#") and not formula_error(cell) for cell in filled)


def open_rows(path: Path | CheckedFile, notes: FindingLog, sheet: str = "") -> TableRows:
    """Open a CSV or a workbook, and log its findings.

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
    rows: TableRows,
    wanted: Mapping[str, str],
    required: Iterable[str],
    notes: FindingLog,
    *,
    header_row: int = 0,
    figures: Collection[str] = (),
) -> Sheet | None:
    """Find the row that names the columns; log those that are missing or doubled.

    Parameters
    ----------
    wanted
        What is read ``->`` the title of its column.
    required
        What cannot be done without.
    header_row
        Number of the row, where it is known; else the row of the first :data:`WITHIN` that names
        most columns is taken.
    figures
        Which of what is read are figures.

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
        grouped = _heads_above(head, number, at[name])
        notes.error(
            f"{len(at[name])} columns have this title.{grouped}", column=wanted[name], row=number
        )
    others = [clean_text(cell) for cell in cells if cell.strip() and folded(cell) not in titles]
    for name in missing:
        elsewhere = _other_row_of(head, number, wanted[name])
        if elsewhere:
            notes.error(
                f"The title stands in row {elsewhere:,}, and others in row {number:,}: it is a "
                "header of two rows. Write all titles into one row, and delete the other.",
                column=wanted[name],
                row=elsewhere,
            )
            continue
        notes.error(
            f"There is no column of this title. Row {number:,} was taken for the header; beside "
            f"those that are read it has {_listed(others)}.",
            column=wanted[name],
            nearest=suggestions(wanted[name], others),
        )
    if missing or twice:
        return None
    positions = {name: found[0] for name, found in at.items() if found}
    named = {name: clean_text(cells[i]) for name, i in positions.items()}
    return Sheet(rows, number, positions, named, width_of(rows, cells), figures, others)


def _other_row_of(head: Sequence[Row], number: int, title: str) -> int:
    """Return the number of the row beside the header's that has a title; 0 where none has."""
    beside = [row for row in head if abs(row[0] - number) == 1]
    return next((row for row, cells in beside if _at(cells, title)), 0)


def _heads_above(head: Sequence[Row], number: int, positions: Sequence[int]) -> str:
    """Return what to do about columns of one title that stand below different heads; else empty."""
    above = next((cells for row, cells in head if row == number - 1), [])
    heads = []
    for at in positions:
        before = [clean_text(cell) for cell in above[: at + 1] if cell.strip()]
        heads += before[-1:]
    if len(set(heads)) < len(positions):
        return ""
    shown = ", ".join(f"“{one}”" for one in heads)
    return (
        f" Heads stand above them ({shown}): it is a header of two rows. Write one row of titles, "
        f"like “{heads[0]} {clean_text(dict(head)[number][positions[0]])}”."
    )


def width_of(rows: TableRows, header: Sequence[object]) -> int:
    """Return how many cells a row below a header may have; 0 where it does not matter."""
    return 0 if rows.sheet else len(header)


def _at(cells: Sequence[str], title: str) -> list[int]:
    if not folded(title):  # nothing but signs, like "%"
        return [i for i, cell in enumerate(cells) if clean_text(cell) == clean_text(title)]
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
