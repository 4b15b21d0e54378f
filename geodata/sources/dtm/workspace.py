"""Open a temporary DuckDB database, in which the rows of a list are added up."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.errors import DataError
from geodata.sources.dtm.layouts import BREAKDOWNS, Column, Layout
from geodata.sources.tabular.open_table import TableRows

MAX_LISTED = 50
"""Rows that are named one by one before the rest are only counted."""

MEMORY_LIMIT = "1GB"
MOST_THREADS = 4
EMPTY_HOUSEHOLDS = (
    "Households and individuals are empty: the place was not assessed, and the row is left out."
)


@dataclass(frozen=True)
class ListTotal:
    """A row of totals: not counted, but compared with the sum of the others."""

    row: int
    label: str
    households: int | None


@dataclass
class LoadedList:
    """Rows of a list in DuckDB.

    Attributes
    ----------
    quick
        Whether DuckDB read the file itself.
    totals
        Rows of totals that were left out.
    sums
        Households, people and categories by date and district, as the file writes these.
    points
        Codes of points by governorate, as the file writes it (name, code).
    """

    con: duckdb.DuckDBPyConnection
    layout: Layout
    rows: TableRows
    quick: bool
    totals: list[ListTotal] = field(default_factory=list)
    sums: pd.DataFrame = field(default_factory=pd.DataFrame)
    points: dict[tuple[str, str], npt.NDArray[np.int64]] = field(default_factory=dict)

    @property
    def breakdowns(self) -> list[tuple[str, Column]]:
        """Name in the table, and column of the list, of every category."""
        return breakdown_columns(self.layout)


def breakdown_columns(layout: Layout) -> list[tuple[str, Column]]:
    """Name every category's column as the table of rows does: ``b0``, ``b1`` …."""
    columns = [column for kind in BREAKDOWNS for column in layout.breakdown(kind)]
    return [(f"b{i}", column) for i, column in enumerate(columns)]


def figure_columns(layout: Layout) -> list[str]:
    """Return the names of all figures in the table of rows."""
    return ["households", "people", *(name for name, _ in breakdown_columns(layout))]


def camp_columns(layout: Layout) -> list[str]:
    """Return the names, in the table of rows, of the columns of households in camps."""
    return [
        name
        for name, column in breakdown_columns(layout)
        if (column.field, column.category) == ("shelter", "camp")
    ]


@contextmanager
def workspace() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a temporary database with limited memory, and remove it with its folder in the end.

    Raises
    ------
    DataError
        If the disk is full.
    """
    try:
        with _open_database() as con:
            yield con
    except (duckdb.IOException, duckdb.OutOfMemoryException, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.ENOSPC:
            raise
        raise DataError(
            f"There is no room in {tempfile.gettempdir()} for what is put aside while a list is "
            f"read ({str(error).splitlines()[0]}). Free some, or name another folder in TMPDIR."
        ) from None


@contextmanager
def _open_database() -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="displacement-list-") as folder:
        config: dict[str, Any] = {
            "memory_limit": MEMORY_LIMIT,
            "threads": min(os.cpu_count() or 1, MOST_THREADS),
            "temp_directory": folder,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(str(Path(folder) / "rows.duckdb"), config=config) as con:
            yield con
