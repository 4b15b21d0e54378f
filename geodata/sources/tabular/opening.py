"""Open a file, and name its likely siblings where it is not there."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from io import BufferedReader
from pathlib import Path

from geodata.errors import DataError
from geodata.util.suggestions import suggestions

CHUNK = 1 << 20
SAVE_AS = "Open it in a spreadsheet and save it as Excel workbook (.xlsx) or CSV UTF-8 (.csv)."


def open_bytes(path: Path) -> BufferedReader:
    """Open a file for reading bytes; where it is missing, name the files beside it."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        siblings = _siblings_like(path)
        hint = f" Beside it: {', '.join(siblings)}." if siblings else ""
        raise DataError(f"{path} is missing; check the path.{hint}") from None
    except IsADirectoryError:
        raise DataError(f"{path} is a folder; name the files in it.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None


def _siblings_like(path: Path) -> Sequence[str]:
    try:
        names = [entry.name for entry in itertools.islice(path.parent.iterdir(), 1000)]
    except OSError:
        return []
    return suggestions(path.name, names)
