"""The download menu of every header: formats of a view, with the purpose of each."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.exports.formats import FILES, ExportFormat
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.links.urls import Urls

# These come first; then the others as they stand in FILES, and what moves comes last.
_FIRST = ("map.png", "map.svg", "map.pdf", "data.xlsx")


def _rank(file: ExportFormat) -> tuple[int, bool]:
    return _FIRST.index(file.name) if file.name in _FIRST else len(_FIRST), file.animated


OFFERED = sorted((file for file in FILES.values() if file.use), key=_rank)
# The map as one file, which is none of those: it says on which day it was saved.
ONE_FILE = "map.html"
ONE_FILE_LABEL = gettext("Map in one file (HTML)")
ONE_FILE_USE = gettext("with timeline and tooltips, opens without internet")


@dataclass(frozen=True)
class DownloadLink:
    """A link to a file in the menu.

    Attributes
    ----------
    slow
        Whether the page should show that it is being made.
    """

    label: str
    what: str
    url: str
    slow: bool


def download_links(language: Language, urls: Urls, query: str) -> list[DownloadLink]:
    """Return every file of a state, and the map as one file."""
    files = [
        DownloadLink(
            language.gettext(file.label),
            language.gettext(file.use),
            urls.file(file.name, query),
            file.slow,
        )
        for file in OFFERED
    ]
    label, what = language.gettext(ONE_FILE_LABEL), language.gettext(ONE_FILE_USE)
    return [*files, DownloadLink(label, what, urls.file(ONE_FILE, query), slow=False)]
