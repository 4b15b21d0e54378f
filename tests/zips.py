"""ZIP archives whose directory is wrong, of a few bytes each."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib


def understated(archive: bytes, name: str, data: bytes, says: int) -> bytes:
    """Add a part whose directory entry says that it holds less than it does."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(data) + deflate.flush()
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.CRC, entry.compress_size, entry.file_size = zlib.crc32(data), len(packed), says
    header = struct.pack(
        "<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, entry.CRC, len(packed), says, len(name), 0
    )
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, old.read(part))
        entry.header_offset = out.tell()
        out.write(header + name.encode() + packed)
        new.filelist.append(entry)
        new.NameToInfo[name] = entry
        new.start_dir = out.tell()
        new._didModify = True  # type: ignore[attr-defined]
    return out.getvalue()
