"""Refuse workbooks that unpack to too much, or hold macros."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from geodata.errors import DataError
from geodata.sources.tabular.opening import SAVE_AS, open_bytes
from geodata.util.findings import Finding
from geodata.util.zip_guard import Refusals, ZipGuard, ZipLimits

_MACROS = ("vbaproject.bin", "xlmacrosheet", "macrosheets/")
_ODD = f"{{name}} is packed as no spreadsheet program packs a workbook. {SAVE_AS}"
LIMITS = ZipLimits(
    DataError,
    Refusals(
        no_archive="{name} begins like an Excel workbook and does not end like one: it was cut "
        "short or damaged. Download or copy it again.",
        locked="{name} is locked with a password; save it without one.",
        many=_ODD,
        doubled=_ODD,
        method=_ODD,
        large="{name} unpacks to more than {megabytes} MB, and is not unpacked (it may be made to "
        "fill the memory). Save its one sheet as CSV UTF-8 (.csv).",
        dense="{name}: its part {part} unpacks to more than {ratio} times its packed size, and is "
        "not unpacked (it may be made to fill the memory). Save its one sheet as CSV UTF-8 (.csv).",
        length="{name} was cut short or damaged: its part {part} holds {size} bytes and should "
        "hold {stated}. Download or copy it again.",
        damaged="{name} was cut short or damaged (part {part}). Download or copy it again.",
    ),
    max_unpacked=2_000_000_000,
    max_parts=5_000,
)
"""What a workbook may hold once unpacked: lists of a country have some tens of megabytes."""


def check_workbook(path: Path) -> Iterator[Finding]:
    """Refuse a workbook that is not safe; yield warnings on one that is."""
    with open_bytes(path) as handle:
        guard = ZipGuard(path.name, handle, LIMITS)
        guard.check_parts()
        guard.check_stated_sizes(guard.parts)
        names = {part.filename.lower() for part in guard.parts}
        _check_is_workbook(path.name, names, guard.archive)
        for part in guard.parts:
            for _ in guard.unpack(part):
                pass  # unpacked once and counted: the reader takes what comes
    if any(name.startswith("xl/externallinks/") for name in names):
        yield Finding(
            "warning",
            "It takes figures from other workbooks. They are not opened: the values that were "
            "saved in this one are read.",
            path.name,
        )
    if names & {"xl/connections.xml", "xl/querytables"}:
        yield Finding(
            "warning",
            "It is connected to a database or web page. Nothing is asked there: the values that "
            "were saved are read.",
            path.name,
        )


def _check_is_workbook(name: str, parts: set[str], archive: zipfile.ZipFile) -> None:
    if any(macro in part for part in parts for macro in _MACROS):
        raise DataError(
            f"{name} holds macros, and is not opened. Save it as Excel workbook (.xlsx), which "
            "holds none."
        )
    if "xl/workbook.xml" in parts and "[content_types].xml" in parts:
        return
    if "xl/workbook.bin" in parts:
        raise DataError(f"{name} is a binary workbook (.xlsb). {SAVE_AS}")
    if "mimetype" in parts and "opendocument" in workbook_part(archive, "mimetype", 200):
        raise DataError(f"{name} is an OpenDocument file (.ods). {SAVE_AS}")
    if "word/document.xml" in parts or "ppt/presentation.xml" in parts:
        raise DataError(f"{name} is a text document or slides, no table. {SAVE_AS}")
    raise DataError(f"{name} is a ZIP archive, no workbook: unpack it and name the files in it.")


def workbook_part(archive: zipfile.ZipFile, name: str, most: int = 5_000_000) -> str:
    """Read the text of one part of a workbook, empty where it cannot be read."""
    try:
        with archive.open(name) as part:
            return part.read(most).decode("utf-8", "replace")
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError):
        return ""
