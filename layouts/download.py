"""Downloads: every file of a view as a page of links, where the menu of every header leads."""

from __future__ import annotations

from typing import Any

from geodata.exports.data_package import NAME as PACKAGE
from geodata.exports.formats import FILES
from geodata.text.wording import title_in_country
from layouts import share, shell
from layouts.share import Shared


def page(shared: Shared, notices: list[str]) -> str:
    """Render the page of links; it needs no script."""
    urls, language = shared.urls, shared.language
    return shell.render(
        "download.html",
        shared.snapshot,
        language,
        urls.following(shared.state),
        current="download",
        card=share.card(
            shared, page=urls.download(shared.query), title=language.gettext("Download")
        ),
        title=title_in_country(shared.view),
        headline=shared.headline,
        variants=_variants(shared),
        notices=notices,
    )


def _variants(shared: Shared) -> list[dict[str, Any]]:
    """Return links to files with other options than the default."""
    urls, language, query = shared.urls, shared.language, shared.query
    variants = [
        (language.gettext("Table (CSV), all rounds"), "data.csv", "rows=all"),
        (language.gettext("Table (CSV) with HXL tags"), "data.csv", "hxl=1"),
        (language.gettext("Workbook (Excel), all rounds"), "data.xlsx", "rows=all"),
        (language.gettext("Picture, dark"), "map.png", "theme=dark"),
        (language.gettext("Picture for print, 3,600 pixels wide"), "map.png", "w=1200&scale=3"),
        (language.gettext("Page to print, Letter"), "map.pdf", "paper=Letter"),
        (language.gettext("About the figures (JSON)"), "metadata.json", ""),
        (language.gettext(FILES[PACKAGE].label), PACKAGE, ""),
    ]
    return [
        {"label": label, "url": urls.file(name, "&".join(filter(None, (query, more))))}
        for label, name, more in variants
    ]
