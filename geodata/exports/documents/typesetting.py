"""Pages by typst. Only the fonts that ship here are used, and nothing is loaded from elsewhere.

A render process loads this module, so it imports nothing of the figures and stays small.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from geodata.exports.drawing.raster import FONTS


def pdf(files: dict[str, bytes], inputs: dict[str, str]) -> bytes:
    """Set ``main.typ`` with the other files beside it; ``inputs`` are typst's ``sys.inputs``."""
    import typst

    document = typst.compile(
        files, format="pdf", font_paths=_fonts(), sys_inputs=inputs, timestamp=0
    )
    return bytes(document)


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """Return the fonts that ship here, read once."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
