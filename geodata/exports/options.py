"""Options of a file, beside the state of its view: ``w=1600&scale=2&theme=dark&paper=Letter``.

One reader for all of them, strict: a wrong value is an error with a sentence. Keys that a file
does not know are ignored, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geodata.errors import StateError
from geodata.exports.documents.pdf import PAPERS
from geodata.exports.drawing import pictures
from geodata.exports.drawing.themes import THEMES
from geodata.figures.query_keys import QueryReader
from geodata.i18n.language import Language

WIDTHS, SCALES = (320, 2400), (1, 3)
MOST_PIXELS = 3600
VIEW, ALL = "view", "all"


@dataclass(frozen=True)
class Options:
    """Size, look and extent of a file.

    Attributes
    ----------
    width
        Of a picture, in pixels, before ``scale``.
    scale
        Pixels for a pixel, for sharp screens and print.
    every
        All dates instead of the one that is shown.
    hxl
        With a row of HXL tags.
    """

    width: int = pictures.WIDTH
    scale: int = 1
    theme: str = "light"
    paper: str = "A4"
    every: bool = False
    hxl: bool = False

    @property
    def pixels(self) -> int:
        """Width of the file's picture."""
        return self.width * self.scale


def parse(query: Mapping[str, str], language: Language) -> Options:
    """Read the options of a query.

    Raises
    ------
    StateError
        Naming the key, the value and what is allowed.
    """
    reader = QueryReader(query, False, language)
    options = Options(
        width=reader.get("w", pictures.WIDTH, reader.whole("w", WIDTHS)),
        scale=reader.get("scale", 1, reader.whole("scale", SCALES)),
        theme=reader.get("theme", "light", reader.choice("theme", THEMES)),
        paper=reader.get("paper", "A4", reader.choice("paper", PAPERS)),
        every=reader.get("rows", VIEW, reader.choice("rows", (VIEW, ALL))) == ALL,
        hxl=reader.get("hxl", False, reader.switch("hxl")),
    )
    if options.pixels > MOST_PIXELS:
        sentence = language.gettext(
            "w={width} times scale={scale} is {pixels} pixels: it may be {most} at most.",
            width=options.width,
            scale=options.scale,
            pixels=options.pixels,
            most=MOST_PIXELS,
        )
        raise StateError("scale", str(options.scale), sentence)
    return options
