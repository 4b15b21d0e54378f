"""Find the header of a table in a file, and read its rows by column.

The header may stand in any of the first rows, as titles often stand above it. Columns are known by
their names and not by their positions.
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

HEADER_WITHIN = 25
"""Rows in which a header, or a row of HXL tags, must stand."""

SECOND_HEADER = (
    "The row below the titles has words where figures and dates are due, as a second row of titles "
    "does (in another language, or of units): it is left out."
)
Record = dict[str, str]
Place = tuple[int, int]
"""Number of a row and position of a column."""
ROW_FINGERPRINT = "*"
"""Key of a record under which the fingerprint of its whole row stands (:func:`fingerprint`)."""

FIGURES_MERGED = (
    "Cells are merged, and one figure of several rows or columns cannot be shared out: unmerge "
    "them, and write each figure into its own cell."
)
_TOO_MANY_CELLS = (
    "The row has more cells than the header, as a comma within a number or a name makes: put what "
    "holds one in quotation marks."
)


def fold_title(title: str) -> str:
    """Fold a column's title, so that spellings of one title become the same.

    >>> fold_title("Admin 1 Code") == fold_title(" admin1_code ")
    True
    """
    return "".join(char for char in clean_text(title).casefold() if char.isalnum() or char in "+#")


def fingerprint(cells: Iterable[object]) -> int:
    """Return a number that two rows share only where they agree in every cell."""
    texts = [clean_text(cell) for cell in cells]
    while texts and not texts[-1]:  # a row may end before its empty cells
        texts.pop()
    return hash(tuple(texts))


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
        Positions of columns that number rows; duplicates of a row differ in them.
    """

    rows: TableRows
    header_row: int
    positions: Mapping[str, int]
    titles: Mapping[str, str]
    width: int = 0
    figures: Collection[str] = ()
    unread: Sequence[str] = ()
    numbering: Collection[int] = ()

    def records(self, log: FindingLog) -> Iterator[tuple[int, Record]]:
        """Yield the rows below the header, each with its number, as column ``->`` text.

        A merged cell has its text in each of its rows; see :func:`fill_merged_cells`. Under
        :data:`ROW_FINGERPRINT` stands the fingerprint of all cells, also of those that are not
        read.

        A row of HXL tags below the header is skipped. Rows that hold nothing in the columns that
        are read are counted, and logged as left out. A row of a CSV that has more cells than the
        header is an error: a comma within a number shifts what stands after it.
        """
        blank, first, begun = 0, 0, False
        by_title = {title: self.positions[name] for name, title in self.titles.items()}
        log.columns = {**self.positions, **by_title}
        figures = {at: self.titles[name] for name, at in self.positions.items()
                   if name in self.figures}  # fmt: skip
        positions = set(self.positions.values())
        below = fill_merged_cells(self.rows, self.header_row, positions, figures, log)
        for number, cells in below:
            record = {
                name: cells[at] if at < len(cells) else "" for name, at in self.positions.items()
            }
            if not any(map(str.strip, record.values())):
                blank, first = blank + 1, first or number
            elif self.width and any(map(str.strip, cells[self.width :])):
                log.error(_TOO_MANY_CELLS, row=number, value=" | ".join(cells[self.width :]))
            elif begun or not _are_tags(cells):
                whole = fingerprint(c for at, c in enumerate(cells) if at not in self.numbering)
                yield number, record | {ROW_FINGERPRINT: str(whole)}
            begun = True
        if blank:
            log.warning(
                f"{amounts.pluralise(blank, 'row holds', 'rows hold')} nothing in the columns "
                "that are read. Left out; this is the first.",
                row=first,
                harm=Harm.NOT_ASSESSED,
            )


def fill_merged_cells(
    rows: TableRows,
    header_row: int,
    positions: Collection[int],
    figures: Mapping[int, str],
    log: FindingLog,
) -> Iterator[Row]:
    """Yield the rows below a header, with the text of merged cells in each of their rows.

    A spreadsheet stores the value of merged cells in the first of them. A word or date holds for
    all their rows; a figure cannot be shared out and is an error. Cells that are merged across
    figures are a heading or a note, and do not hold for the rows below them.

    Parameters
    ----------
    positions
        Of the columns that are read.
    figures
        Position ``->`` title of those among them that hold figures.
    """
    below = ((number, cells) for number, cells in rows if number > header_row)
    ranges = sorted(m for m in rows.merged if m.top > header_row and m.left in positions)
    if not ranges:
        return below
    words = [
        merged
        for merged in ranges
        if merged.bottom > merged.top
        and not any(merged.left <= at <= merged.right for at in figures)
    ]
    if words:
        log.warning(
            f"Cells are merged over rows ({amounts.pluralise(len(words), 'time')}; this is the "
            "first): each of the rows is given what they say.",
            row=words[0].top,
        )
    spread = {
        (merged.top, merged.left)
        for merged in ranges
        if merged.bottom > merged.top or any(merged.left < at <= merged.right for at in figures)
    }
    return _without_shared_figures(_fill_ranges(below, words), spread, figures, log)


def _fill_ranges(rows: Iterable[Row], ranges: Sequence[Merged]) -> Iterator[Row]:
    """Copy the text of merged cells into each of their rows."""
    active: list[tuple[Merged, str]] = []
    coming = 0
    for number, cells in rows:
        active = [(merged, text) for merged, text in active if merged.bottom >= number]
        for merged, text in active:
            cells += [""] * (merged.left + 1 - len(cells))
            cells[merged.left] = text
        while coming < len(ranges) and ranges[coming].top <= number:
            merged = ranges[coming]
            coming += 1
            if merged.top == number and merged.left < len(cells):
                active.append((merged, cells[merged.left]))
        yield number, cells


def _without_shared_figures(
    rows: Iterable[Row], spread: Collection[Place], figures: Mapping[int, str], log: FindingLog
) -> Iterator[Row]:
    """Yield the rows; log figures in merged cells as errors."""
    for number, cells in rows:
        for at, title in figures.items():
            if (number, at) in spread and at < len(cells) and cells[at].strip():
                log.error(FIGURES_MERGED, row=number, column=title, value=cells[at])
        yield number, cells


def are_titles(cells: Iterable[str]) -> bool:
    """Return whether cells of figures and dates hold words, as a second row of titles does."""
    words = [cell for cell in cells if not is_blank(cell)]
    return len(words) > 1 and not any(
        formula_error(cell) or any(map(str.isdigit, cell)) for cell in words
    )


def _are_tags(cells: Sequence[str]) -> bool:
    filled = [cell for cell in map(str.strip, cells) if cell]
    return bool(filled) and all(cell.startswith("#") and not formula_error(cell) for cell in filled)


def open_rows(path: Path | CheckedFile, log: FindingLog, sheet: str = "") -> TableRows:
    """Open a CSV or a workbook, and log its findings.

    Raises
    ------
    DataError
        If it is no file that can be read.
    """
    rows = read_rows(path, sheet or None)
    log.file, log.sheet = rows.file.name, rows.sheet
    for finding in rows.findings:
        log.take(finding)
    if sheet and not rows.sheet:
        log.warning("The file is a CSV and has no sheets: it is read whole.", value=sheet)
    return rows


def find_header(
    rows: TableRows,
    columns: Mapping[str, str],
    required: Iterable[str],
    log: FindingLog,
    *,
    header_row: int = 0,
    figures: Collection[str] = (),
) -> Sheet | None:
    """Find the row that names the columns; log those that are missing or doubled.

    Parameters
    ----------
    columns
        What is read ``->`` the title of its column.
    required
        What cannot be done without.
    header_row
        Number of the row, where it is known; else the row of the first :data:`HEADER_WITHIN` that
        names most columns is taken.
    figures
        Which of what is read are figures.

    Returns
    -------
    Sheet
        Or ``None`` where something required is missing.
    """
    head = rows.head(max(HEADER_WITHIN, header_row))
    if not head:
        log.error("There is nothing in it.")
        return None
    if header_row and header_row not in dict(head):
        log.error("Nothing stands in the row that should be the header.", row=header_row)
        return None
    titles = {fold_title(title) for title in columns.values()}
    number, cells = _best_row(head, titles, header_row)
    at = {name: _find_title(cells, title) for name, title in columns.items()}
    doubled = [name for name, positions in at.items() if len(positions) > 1]
    missing = [name for name in required if not at[name]]
    for name in doubled:
        heads = _heads_above(head, number, at[name])
        sentence = f"{len(at[name])} columns have this title.{heads}"
        log.error(sentence, column=columns[name], row=number)
    others = [clean_text(cell) for cell in cells if cell.strip() and fold_title(cell) not in titles]
    for name in missing:
        _log_missing(columns[name], head, number, others, log)
    if missing or doubled:
        return None
    first = {name: positions[0] for name, positions in at.items() if positions}
    texts = {name: clean_text(cells[position]) for name, position in first.items()}
    return Sheet(rows, number, first, texts, width_of(rows, cells), figures, others)


def _log_missing(
    title: str, head: Sequence[Row], number: int, others: Sequence[str], log: FindingLog
) -> None:
    """Log a title that the header lacks, and where it stands instead."""
    other_row = _other_row_of(head, number, title)
    if other_row:
        log.error(
            f"The title stands in row {other_row:,}, and others in row {number:,}: it is a "
            "header of two rows. Write all titles into one row, and delete the other.",
            column=title,
            row=other_row,
        )
        return
    log.error(
        f"There is no column of this title. Row {number:,} was taken for the header; beside "
        f"those that are read it has {_join_titles(others)}.",
        column=title,
        nearest=suggestions(title, others),
    )


def _other_row_of(head: Sequence[Row], number: int, title: str) -> int:
    """Return the number of the row beside the header's that has a title; 0 where none has."""
    neighbours = [row for row in head if abs(row[0] - number) == 1]
    return next((row for row, cells in neighbours if _find_title(cells, title)), 0)


def _heads_above(head: Sequence[Row], number: int, positions: Sequence[int]) -> str:
    """Return what to do about columns of one title that stand below different heads; else empty."""
    above = next((cells for row, cells in head if row == number - 1), [])
    heads = []
    for at in positions:
        before = [clean_text(cell) for cell in above[: at + 1] if cell.strip()]
        heads += before[-1:]
    if len(set(heads)) < len(positions):
        return ""
    quoted = ", ".join(f"“{head}”" for head in heads)
    return (
        f" Heads stand above them ({quoted}): it is a header of two rows. Write one row of titles, "
        f"like “{heads[0]} {clean_text(dict(head)[number][positions[0]])}”."
    )


def width_of(rows: TableRows, header: Sequence[object]) -> int:
    """Return how many cells a row below a header may have; 0 where it does not matter."""
    return 0 if rows.sheet else len(header)


def _find_title(cells: Sequence[str], title: str) -> list[int]:
    """Return the positions of the cells that hold a title."""
    if not fold_title(title):  # nothing but signs, like "%"
        return [i for i, cell in enumerate(cells) if clean_text(cell) == clean_text(title)]
    return [i for i, cell in enumerate(cells) if fold_title(cell) == fold_title(title)]


def _best_row(head: Sequence[Row], titles: set[str], header_row: int) -> Row:
    for row in head:
        if row[0] == header_row:
            return row
    return max(head, key=lambda row: len(titles & {fold_title(cell) for cell in row[1]}))


def _join_titles(titles: Sequence[str]) -> str:
    text = ", ".join(f"“{title}”" for title in titles[:30]) or "nothing"
    more = len(titles) - 30
    return f"{text} and {more:,} more" if more > 0 else text
