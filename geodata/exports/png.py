"""Pictures: the SVG of :mod:`geodata.exports.svg` as PNG, with the fonts that ship here.

No font of the machine is used, so a picture looks the same wherever it is made.
"""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Noto Sans"
_AFTER_HEADER = 33  # bytes of the signature and of the first chunk, the header


@lru_cache(maxsize=8)
def png(svg: str, *, width: int) -> bytes:
    """Render an SVG document ``width`` pixels wide; its height follows."""
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width,
            skip_system_fonts=True,
            font_files=[str(path) for path in sorted(FONTS.glob("*.ttf"))],
            font_family=FAMILY,
            sans_serif_family=FAMILY,
        )
    )


def described(picture: bytes, said: dict[str, str]) -> bytes:
    """Put text into a PNG, unseen, under PNG's own keywords, such as ``Title``."""
    chunks = b"".join(_text_chunk(keyword, text) for keyword, text in said.items() if text)
    return picture[:_AFTER_HEADER] + chunks + picture[_AFTER_HEADER:]


def _text_chunk(keyword: str, text: str) -> bytes:
    """An ``iTXt`` chunk: UTF-8, not compressed (https://www.w3.org/TR/png-3/#11iTXt)."""
    body = b"iTXt" + keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
