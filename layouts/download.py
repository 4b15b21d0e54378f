"""Downloads: every file of a view as a page of links, where the menu of every header leads."""

from __future__ import annotations

from typing import Any

from geodata.text.wording import title_in_country
from layouts import share, shell
from layouts.share import Shared


def page(shared: Shared, notices: list[str]) -> str:
    """Render the page of links; it needs no script."""
    urls, speech = shared.urls, shared.speech
    return shell.render(
        "download.html",
        shared.snapshot,
        speech,
        urls.following(shared.state),
        current="download",
        card=share.card(shared, page=urls.download(shared.query), title=speech.gettext("Download")),
        title=title_in_country(shared.view),
        headline=shared.headline,
        variants=_variants(shared),
        notices=notices,
    )


def _variants(shared: Shared) -> list[dict[str, Any]]:
    """Return the same files made otherwise."""
    urls, speech, query = shared.urls, shared.speech, shared.query
    found = [
        (speech.gettext("Table (CSV), all rounds"), "data.csv", "rows=all"),
        (speech.gettext("Table (CSV) with HXL tags"), "data.csv", "hxl=1"),
        (speech.gettext("Workbook (Excel), all rounds"), "data.xlsx", "rows=all"),
        (speech.gettext("Picture, dark"), "map.png", "theme=dark"),
        (speech.gettext("Picture for print, 3,600 pixels wide"), "map.png", "w=1200&scale=3"),
        (speech.gettext("Page to print, Letter"), "map.pdf", "paper=Letter"),
        (speech.gettext("About the figures (JSON)"), "metadata.json", ""),
    ]
    return [
        {"label": label, "url": urls.file(name, "&".join(filter(None, (query, more))))}
        for label, name, more in found
    ]
