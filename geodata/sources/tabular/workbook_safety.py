"""Refuse workbooks that unpack beyond reason, or hold what no table needs."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from geodata.errors import DataError
from geodata.sources.tabular.opening import CHUNK, SHOW, opened
from geodata.util.findings import Finding

MAX_UNPACKED = 2_000_000_000
"""Bytes that all parts of a workbook may hold together once unpacked."""
MAX_RATIO = 250
"""How many times its packed size a part of more than :data:`RATIO_FROM` bytes may hold."""
RATIO_FROM = 20_000_000
MAX_PARTS = 5_000
_MACROS = ("vbaproject.bin", "xlmacrosheet", "macrosheets/")


# ---- workbooks


def check_workbook(path: Path) -> Iterator[Finding]:
    """Refuse what is no safe workbook; yield what a person should know."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, struct.error, OSError, ValueError):
        raise DataError(
            f"{path.name} begins like an Excel workbook and does not end like one: it was cut "
            "short or damaged. Download or copy it again."
        ) from None
    with archive:
        parts = archive.infolist()
        _check_directory(path.name, parts)
        _check_is_workbook(path.name, {part.filename.lower() for part in parts}, archive)
        _unpack_all(path, parts)
        names = [part.filename.lower() for part in parts]
        if any(name.startswith("xl/externallinks/") for name in names):
            yield Finding(
                "warning",
                "It takes figures from other workbooks. They are not opened: the values that were "
                "saved in this one are read.",
                path.name,
            )
        if any(name in ("xl/connections.xml", "xl/querytables") for name in names):
            yield Finding(
                "warning",
                "It is connected to a database or web page. Nothing is asked there: the values "
                "that were saved are read.",
                path.name,
            )


def _check_directory(name: str, parts: Sequence[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 0x1 for part in parts):
        raise DataError(f"{name} is locked with a password; save it without one.")
    named = {part.filename for part in parts}
    odd = {part.compress_type for part in parts} - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if len(parts) > MAX_PARTS or len(named) != len(parts) or odd:
        raise DataError(f"{name} is packed as no spreadsheet program packs a workbook. {SHOW}")
    _check_unpacked(name, sum(part.file_size for part in parts))
    for part in parts:
        _check_ratio(name, part, part.file_size)


def _check_unpacked(name: str, size: int) -> None:
    if size > MAX_UNPACKED:
        raise DataError(
            f"{name} unpacks to more than {MAX_UNPACKED / 1e6:,.0f} MB, and is not unpacked "
            "(it may be made to fill the memory). Save its one sheet as CSV UTF-8 (.csv)."
        )


def _check_ratio(name: str, part: zipfile.ZipInfo, size: int) -> None:
    if size > RATIO_FROM and size > MAX_RATIO * max(part.compress_size, 1):
        raise DataError(
            f"{name}: its part {part.filename} unpacks to more than {MAX_RATIO} times its packed "
            "size, and is not unpacked (it may be made to fill the memory). Save its one sheet as "
            "CSV UTF-8 (.csv)."
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
        raise DataError(f"{name} is a binary workbook (.xlsb). {SHOW}")
    if "mimetype" in parts and "opendocument" in workbook_part(archive, "mimetype", 200):
        raise DataError(f"{name} is an OpenDocument file (.ods). {SHOW}")
    if "word/document.xml" in parts or "ppt/presentation.xml" in parts:
        raise DataError(f"{name} is a text document or slides, no table. {SHOW}")
    raise DataError(f"{name} is a ZIP archive, no workbook: unpack it and name the files in it.")


def workbook_part(archive: zipfile.ZipFile, name: str, most: int = 5_000_000) -> str:
    """Read the text of one part of a workbook, empty where it cannot be read."""
    try:
        with archive.open(name) as part:
            return part.read(most).decode("utf-8", "replace")
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError):
        return ""


def _unpack_all(path: Path, parts: Sequence[zipfile.ZipInfo]) -> None:
    """Unpack every part once and count: a directory can say less than there is."""
    total = 0
    for part in parts:
        size = 0
        for chunk in unpacked(path, part):
            size += len(chunk)
            _check_ratio(path.name, part, size)
            _check_unpacked(path.name, total + size)
        if size != part.file_size:
            raise DataError(
                f"{path.name} was cut short or damaged: its part {part.filename} holds {size:,} "
                f"bytes and should hold {part.file_size:,}. Download or copy it again."
            )
        total += size


def unpacked(path: Path, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield all that a part holds, whatever length the directory gives it, a chunk at a time."""
    with opened(path) as handle:
        handle.seek(part.header_offset)
        local = handle.read(30)
        if len(local) < 30 or local[:4] != b"PK\x03\x04":
            raise _damaged(path, part)
        name_length, extra_length = struct.unpack("<HH", local[26:30])
        handle.seek(name_length + extra_length, 1)
        left = part.compress_size
        inflate = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
        check = 0
        while left > 0 and (packed := handle.read(min(CHUNK, left))):
            left -= len(packed)
            for chunk in [packed] if inflate is None else _inflated(inflate, packed, path, part):
                check = zlib.crc32(chunk, check)
                yield chunk
        if check != part.CRC:
            raise _damaged(path, part)


def _inflated(inflate: Any, packed: bytes, path: Path, part: zipfile.ZipInfo) -> Iterator[bytes]:
    while packed:
        try:
            chunk = inflate.decompress(packed, CHUNK)
        except zlib.error:
            raise _damaged(path, part) from None
        packed = inflate.unconsumed_tail
        if not chunk:
            return
        yield chunk


def _damaged(path: Path, part: zipfile.ZipInfo) -> DataError:
    return DataError(
        f"{path.name} was cut short or damaged (part {part.filename}). Download or copy it again."
    )
