"""Pictures: the SVG of :mod:`geodata.exports.svg` as PNG, with the fonts that ship here.

No font of the machine is used, so a picture looks the same wherever it is made.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
FAMILY = "Noto Sans"


@lru_cache(maxsize=64)
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
