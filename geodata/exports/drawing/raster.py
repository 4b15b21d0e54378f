"""Pictures: the SVG of :mod:`geodata.exports.drawing.svg` as pixels, by librsvg and libvips.

Only the fonts that ship here are used, none of the machine's, so that a picture has the same
letters wherever it is made.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

FONTS = Path(__file__).parents[1] / "fonts"
_AFTER_HEADER = 33  # bytes of the signature and of the first chunk, the header

# What fontconfig reads; it never looks again whether anything has changed.
_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<dir>{fonts}</dir><cachedir>{folder}</cachedir><config><rescan><int>0</int></rescan></config>
</fontconfig>"""
_LETTER = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">a</text></svg>'
_starting = Lock()


@lru_cache(maxsize=8)
def png(svg: str, *, width: int) -> bytes:
    """Render an SVG document ``width`` pixels wide; its height follows."""
    return bytes(_rendered(svg, width).pngsave_buffer())


def pixels(svg: str, *, width: int) -> tuple[tuple[int, int], bytes]:
    """Render an SVG document that covers all of its ground; return size and RGB, row by row."""
    picture = _rendered(svg, width)
    return (picture.width, picture.height), bytes(picture[:3].write_to_memory())


def _rendered(svg: str, width: int) -> Any:
    load, document = _vips().Image.svgload_buffer, svg.encode()
    return load(document, scale=width / load(document).width)


def _vips() -> Any:
    with _starting:
        return _started()


@lru_cache(maxsize=1)
def _started() -> Any:
    """Start libvips, and draw a letter so that it knows its fonts."""
    with _our_fonts():
        import pyvips

        pyvips.cache_set_max(0)  # nothing is rendered twice, and documents are not small
        pyvips.Image.svgload_buffer(_LETTER).write_to_memory()
    return pyvips


@contextmanager
def _our_fonts() -> Iterator[None]:
    """Set fontconfig's environment to our fonts while libvips starts, which reads it once.

    Afterwards other programs that this process starts, such as a browser, have the machine's fonts.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        settings = Path(folder) / "fonts.conf"
        settings.write_text(_FONTCONFIG.format(fonts=escape(str(FONTS)), folder=escape(folder)))
        ours = {"FONTCONFIG_FILE": str(settings), "PANGOCAIRO_BACKEND": "fontconfig"}
        before = {name: os.environ.get(name) for name in ours}
        os.environ.update(ours)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def add_text(picture: bytes, texts: dict[str, str]) -> bytes:
    """Add text chunks to a PNG, under PNG's own keywords, such as ``Title``."""
    chunks = b"".join(_text_chunk(keyword, text) for keyword, text in texts.items() if text)
    return picture[:_AFTER_HEADER] + chunks + picture[_AFTER_HEADER:]


def _text_chunk(keyword: str, text: str) -> bytes:
    """Return an ``iTXt`` chunk: UTF-8, not compressed (https://www.w3.org/TR/png-3/#11iTXt)."""
    body = b"iTXt" + keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
