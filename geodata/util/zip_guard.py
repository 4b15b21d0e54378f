"""Unpack ZIP archives of strangers within limits, by the bytes that come out of them.

The directory of an archive can say less than its parts hold, and programs that read it may believe
the one or the other. So what the directory says is checked first, because that is cheap, and then
every byte is counted. The caller gives the limits and the sentences that refuse an archive.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from geodata.errors import DisplacementError

RATIO_FROM = 20_000_000
"""Bytes from which on a part is refused for its ratio: below, none fills a memory."""
_CHUNK = 1 << 20
_LOCAL_HEADER, _SIGNATURE = 30, b"PK\x03\x04"  # APPNOTE.TXT 4.3.7
_LOCKED = 0x1  # bit of the flags of a part (APPNOTE.TXT 4.4.4)
DEFLATED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Ways of packing that office programs write."""
ALL_METHODS = DEFLATED | {zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}


@dataclass(frozen=True)
class Refusals:
    """Sentences that refuse an archive.

    Each may have ``{name}`` (of the archive), ``{part}``, ``{size}`` (bytes of a part, or the
    number of parts), ``{stated}`` (bytes that the directory gives), ``{why}``, and the limits:
    ``{megabytes}``, ``{parts}`` and ``{ratio}``.
    """

    no_archive: str
    locked: str
    many: str
    doubled: str
    method: str
    large: str
    dense: str
    length: str
    damaged: str


@dataclass(frozen=True)
class ZipLimits:
    """What an archive may hold.

    Attributes
    ----------
    error
        Class of the error that is raised with a sentence of ``refusals``.
    max_unpacked
        Bytes of all parts together, once unpacked.
    max_ratio
        How many times its packed size a part of more than :data:`RATIO_FROM` bytes may hold.
    """

    error: type[DisplacementError]
    refusals: Refusals
    max_unpacked: int
    max_parts: int
    max_ratio: float = 250
    methods: frozenset[int] = DEFLATED


class ZipGuard:
    """Opens one archive and counts what is unpacked from it.

    Raises
    ------
    DisplacementError
        Of the class that the limits name, if it is no archive.
    """

    def __init__(self, name: str, source: BinaryIO, limits: ZipLimits) -> None:
        self.name, self.limits, self.unpacked = name, limits, 0
        self._source = source
        try:
            self.archive = zipfile.ZipFile(source)
        except (
            zipfile.BadZipFile,
            struct.error,
            OSError,
            ValueError,
            NotImplementedError,
        ) as error:
            raise self._refusal(limits.refusals.no_archive, why=error) from None
        self.parts = self.archive.infolist()

    def _refusal(
        self,
        sentence: str,
        part: zipfile.ZipInfo | None = None,
        size: int = 0,
        why: Exception | str = "",
    ) -> DisplacementError:
        limits = self.limits
        return limits.error(
            sentence.format(
                name=self.name,
                part=part.filename if part else "",
                size=f"{size:,}",
                stated=f"{part.file_size:,}" if part else "",
                why=why,
                megabytes=f"{limits.max_unpacked / 1e6:,.0f}",
                parts=limits.max_parts,
                ratio=limits.max_ratio,
            )
        )

    def check_parts(self) -> None:
        """Refuse too many, locked or repeated parts, and methods that are not allowed."""
        refusals = self.limits.refusals
        if len(self.parts) > self.limits.max_parts:
            raise self._refusal(refusals.many, size=len(self.parts))
        counts = Counter(part.filename for part in self.parts if not part.is_dir())
        for part in self.parts:
            if part.flag_bits & _LOCKED:
                raise self._refusal(refusals.locked, part)
            if counts[part.filename] > 1:
                raise self._refusal(refusals.doubled, part)
            if part.compress_type not in self.limits.methods:
                raise self._refusal(refusals.method, part)

    def check_stated_sizes(self, parts: Collection[zipfile.ZipInfo]) -> None:
        """Refuse parts whose sizes in the directory are beyond the limits, before unpacking."""
        self._check_unpacked(sum(part.file_size for part in parts))
        for part in parts:
            self._check_ratio(part, part.file_size)

    def _check_unpacked(self, size: int) -> None:
        if size > self.limits.max_unpacked:
            raise self._refusal(self.limits.refusals.large)

    def _check_ratio(self, part: zipfile.ZipInfo, size: int) -> None:
        if size > RATIO_FROM and size > self.limits.max_ratio * max(part.compress_size, 1):
            raise self._refusal(self.limits.refusals.dense, part)

    def unpack(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield a part's content in chunks, and refuse it once a limit is passed."""
        size = 0
        try:
            for chunk in read_part(self._source, part):
                size += len(chunk)
                self.unpacked += len(chunk)
                self._check_ratio(part, size)
                self._check_unpacked(self.unpacked)
                yield chunk
        except zipfile.BadZipFile as error:
            raise self._refusal(self.limits.refusals.damaged, part, why=error) from None
        if size != part.file_size:
            raise self._refusal(self.limits.refusals.length, part, size)


def read_part(source: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield all that a part holds, whatever length the directory gives it, a chunk at a time.

    Raises
    ------
    zipfile.BadZipFile
        If it is damaged or cut short.
    """
    if part.compress_type not in DEFLATED:
        yield from _read_by_zipfile(source, part)
        return
    inflate = zlib.decompressobj(-15) if part.compress_type == zipfile.ZIP_DEFLATED else None
    crc = 0
    for packed in _packed(source, part):
        for chunk in [packed] if inflate is None else _inflated(inflate, packed, part):
            crc = zlib.crc32(chunk, crc)
            yield chunk
    if crc != part.CRC:
        raise zipfile.BadZipFile(f"Bad CRC-32 for file {part.filename!r}")


def _packed(source: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the packed bytes of a part, a chunk at a time."""
    source.seek(part.header_offset)
    header = source.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER or not header.startswith(_SIGNATURE):
        raise zipfile.BadZipFile(f"no local header for file {part.filename!r}")
    at = part.header_offset + _LOCAL_HEADER + sum(struct.unpack("<HH", header[26:30]))
    left = part.compress_size
    source.seek(at)
    while left > 0 and (packed := source.read(min(_CHUNK, left))):
        left -= len(packed)
        at += len(packed)
        yield packed
        source.seek(at)  # who takes the chunks may have read elsewhere


def _inflated(inflate: zlib._Decompress, packed: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the unpacked bytes of a packed chunk, in chunks of bounded size."""
    while packed:
        try:
            chunk = inflate.decompress(packed, _CHUNK)
        except zlib.error as error:
            raise zipfile.BadZipFile(f"{error} in file {part.filename!r}") from None
        packed = inflate.unconsumed_tail
        if not chunk:
            return
        yield chunk


def _read_by_zipfile(source: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part of a rare packing method; ``zipfile`` stops at the directory's length."""
    import lzma

    try:
        with zipfile.ZipFile(source) as archive, archive.open(part) as content:
            while chunk := content.read(_CHUNK):
                yield chunk
    except (EOFError, OSError, lzma.LZMAError, NotImplementedError) as error:
        raise zipfile.BadZipFile(str(error)) from None
