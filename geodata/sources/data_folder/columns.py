"""Read the CSV files of the folder, and parse whole columns of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.errors import DataError
from geodata.sources.cell_values import CellError, parse_count


def read_csv(src: Path, name: str, columns: list[str]) -> pd.DataFrame:
    """Read a CSV of the folder as texts; refuse it if a column is missing."""
    path = src / name
    try:
        frame = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(
            f"{path} is missing; SRC must be a folder with dtm/, boundaries/, population/ and "
            "programmes/"
        ) from None
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise DataError(
            f"{path}: columns {', '.join(missing)} are missing; it has {', '.join(frame.columns)}"
        )
    return frame


def _cell_error(
    frame: pd.DataFrame, column: str, path: str, wrong: pd.Series, rule: str
) -> DataError:
    """Return the error of the first wrong cell, with the row number of a spreadsheet."""
    row: Any = wrong.idxmax()
    return DataError(f"{path}, row {row + 2}, column {column!r}: {frame[column][row]!r} {rule}")


def parse_counts(frame: pd.DataFrame, column: str, path: str) -> pd.Series:
    """Parse a column of whole numbers; blank cells are missing values."""
    numbers = []
    for cell in frame[column]:
        try:
            numbers.append(parse_count(cell))
        except CellError as error:
            raise _cell_error(frame, column, path, frame[column] == cell, str(error)) from None
    return pd.Series(numbers, frame.index, dtype="Int64")


def parse_dates(frame: pd.DataFrame, column: str, path: str) -> pd.Series:
    """Parse a column of dates; programs wrote them, so that all have one form."""
    days = pd.to_datetime(frame[column], format="%Y-%m-%d", errors="coerce")
    if days.isna().any():
        raise _cell_error(frame, column, path, days.isna(), "is not a date like 2019-04-30")
    return days.astype("datetime64[ns]")


def translate(
    frame: pd.DataFrame, column: str, path: str, meanings: Mapping[str, str]
) -> pd.Series:
    """Return the codes of a column's words; refuse words that have none."""
    codes = frame[column].map(meanings)
    if codes.isna().any():
        rule = f"is none of {', '.join(meanings)}"
        raise _cell_error(frame, column, path, codes.isna(), rule)
    return codes
