"""Detect the format of a file by its first bytes."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from geodata.errors import DataError
from geodata.sources.tabular.opening import CHUNK, SAVE_AS, open_bytes
from geodata.sources.tabular.workbook_safety import check_workbook
from geodata.util.findings import FileRead, Finding

Format = Literal["csv", "xlsx", "json", "xml", "zip"]

MAX_BYTES: dict[str, int] = {
    "csv": 8_000_000_000,
    "xlsx": 200_000_000,
    "json": 1_000_000_000,
    "xml": 8_000_000_000,
    "zip": 1_000_000_000,
}
HEAD_BYTES = 1_000_000

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_OTHER_FORMATS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive; unpack it"),
    (b"PAR1", "a Parquet file"),
    (b"7z\xbc\xaf", "a 7-Zip archive; unpack it"),
    (b"Rar!", "a RAR archive; unpack it"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a text document"),
)


@dataclass(frozen=True)
class CheckedFile:
    """A file of a format that can be read, with warnings about it.

    Attributes
    ----------
    kind
        What the bytes are, whatever the name ends in.
    findings
        Warnings: formulas, links to other workbooks, a name that says another format.
    """

    path: Path
    name: str
    size: int
    kind: Format
    modified: int
    findings: tuple[Finding, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the bytes, computed when it is first used."""
        with open_bytes(self.path) as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()

    @cached_property
    def blank_lines(self) -> bool:
        """Whether an empty line stands between the lines of a CSV."""
        before = b""
        with open_bytes(self.path) as handle:
            while chunk := handle.read(CHUNK):
                joined = before + chunk
                if b"\n\n" in joined or b"\n\r\n" in joined:
                    return True
                before = joined[-2:]
        return False

    def read(self, rows: int, layout: str) -> FileRead:
        """Return the entry of a file in the report of an ingest.

        Raises
        ------
        DataError
            If the file was changed since it was checked.
        """
        digest = self.sha256
        now = self.path.stat()
        if (now.st_size, now.st_mtime_ns) != (self.size, self.modified):
            raise DataError(f"{self.name} was changed while it was read; wait until it is whole")
        return FileRead(self.name, digest, self.size, rows, layout)


# ---- format of a file


def check_file(path: Path, kinds: Sequence[Format] = ("csv", "xlsx")) -> CheckedFile:
    """Detect the format of a file, and refuse it if it is not among those that are read.

    Raises
    ------
    DataError
        With a sentence that says what to do: it is missing, a folder, unreadable, empty, too large,
        in another format, cut short, locked with a password, holds macros, or unpacks to more than
        the limits above.
    """
    path = Path(path)
    head = _head_of(path)
    stat = path.stat()
    kind = _kind_of(path, head, kinds)
    if kind not in kinds:
        names = " or ".join(_SHORT_NAMES[k] for k in kinds)
        raise DataError(f"{path.name} is {_FORMAT_NAMES[kind]}; what is read here is {names}.")
    if stat.st_size > MAX_BYTES[kind]:
        raise DataError(
            f"{path.name} has {stat.st_size / 1e6:,.0f} MB; {_FORMAT_NAMES[kind]} may have "
            f"{MAX_BYTES[kind] / 1e6:,.0f} MB. Split it by date, or save a workbook as CSV."
        )
    findings = tuple(check_workbook(path)) if kind == "xlsx" else ()
    ending = path.suffix.lower().removeprefix(".")
    if ending in ("csv", "xlsx", "xls", "json", "xml", "zip") and ending != kind:
        sentence = f"The name says {ending}, the file is {_FORMAT_NAMES[kind]}."
        findings += (Finding("warning", sentence, path.name),)
    return CheckedFile(path, path.name, stat.st_size, kind, stat.st_mtime_ns, findings)


_SHORT_NAMES = {"csv": "CSV", "xlsx": "Excel", "json": "JSON", "xml": "XML", "zip": "ZIP"}
_FORMAT_NAMES = {
    "csv": "a CSV",
    "xlsx": "an Excel workbook",
    "json": "a JSON file",
    "xml": "an XML file",
    "zip": "a ZIP archive",
}


def _head_of(path: Path) -> bytes:
    with open_bytes(path) as handle:
        if not path.is_file():
            raise DataError(f"{path} is no file that can be read; copy its contents into one.")
        try:
            return handle.read(HEAD_BYTES)
        except OSError as error:
            raise DataError(f"{path} cannot be read: {error.strerror}.") from None


def _kind_of(path: Path, head: bytes, kinds: Sequence[Format]) -> Format:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text:
        raise DataError(f"{path.name} is empty; download or export it again.")
    if head.startswith(b"PK"):
        return "zip" if "zip" in kinds and "xlsx" not in kinds else "xlsx"
    if head.startswith(_OLE):
        raise DataError(_ole_message(path))
    for magic, what in _OTHER_FORMATS:
        if text.startswith(magic):
            raise DataError(f"{path.name} is {what}, no table. {SAVE_AS}")
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    start = text[:200].replace(b"\0", b"").lstrip(b"\xff\xfe").lower()
    if "xml" in kinds and start.startswith(b"<") and b"<html" not in start:
        return "xml"
    if start.startswith((b"<!doctype html", b"<html", b"<?xml")) or b"<html" in start:
        raise DataError(
            f"{path.name} is a web page or XML, no table: perhaps the page of an error or of a "
            "login was saved in place of the file. Download it again."
        )
    if text[:1] in b"{[":
        return "json"
    if b"\x00" in head and not utf16:
        raise DataError(f"{path.name} is binary, no table that can be read. {SAVE_AS}")
    return "csv"


def _ole_message(path: Path) -> str:
    with open_bytes(path) as handle:
        before = b""
        while chunk := handle.read(CHUNK):
            if _LOCKED in before + chunk:
                return (
                    f"{path.name} is locked with a password; open it with the password and save "
                    "it without one."
                )
            before = chunk[-len(_LOCKED) :]
    return f"{path.name} is in the old Excel format (.xls). {SAVE_AS}"
