"""Files that are offered of a view, with what each is for: in the menu of every header."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.exports.formats import FILES
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.links.urls import Urls

# In the order in which they are offered, with what a file is for.
OFFERED = {
    "map.png": gettext("for documents and messages"),
    "map.svg": gettext("for design, sharp at any size"),
    "map.pdf": gettext("with sources, method and a code to scan"),
    "data.xlsx": gettext("figures, notes and sources"),
    "data.csv": gettext("this date, for any program"),
    "data.geojson": gettext("for maps of your own"),
    "data.json": gettext("for programmers"),
    "map.zip": gettext("with a readme"),
    "timelapse.gif": gettext("from the first round to the newest"),
}
# The map as one file, which is none of those: it says on which day it was saved.
ONE_FILE = "map.html"
ONE_FILE_LABEL = gettext("Map in one file (HTML)")
ONE_FILE_USE = gettext("with timeline and tooltips, opens without internet")


@dataclass(frozen=True)
class DownloadLink:
    """A file that is offered.

    Attributes
    ----------
    slow
        Whether whoever waits should be told that it is being made.
    """

    label: str
    what: str
    url: str
    slow: bool


def download_links(speech: Language, urls: Urls, query: str) -> list[DownloadLink]:
    """Every file of a state, and the map as one file."""
    files = [
        DownloadLink(
            speech.gettext(FILES[name].label),
            speech.gettext(what),
            urls.file(name, query),
            FILES[name].slow,
        )
        for name, what in OFFERED.items()
    ]
    label, what = speech.gettext(ONE_FILE_LABEL), speech.gettext(ONE_FILE_USE)
    return [*files, DownloadLink(label, what, urls.file(ONE_FILE, query), slow=False)]
