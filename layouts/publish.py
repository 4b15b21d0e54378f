"""The pages of a published folder that are not maps: the list of maps, and the sources.

Their links are relative, so that the folder works wherever it is put, also on a disk. They work
without scripts; one fills in the address of the folder and copies the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import rcssmin
import rjsmin

from geodata import populations
from geodata.figures.state import State
from geodata.figures.suppression import Threshold
from geodata.figures.view import View
from geodata.i18n.language import Language
from geodata.links import embed_html
from geodata.links.embed_html import FrameSize
from geodata.links.urls import FolderUrls, Urls
from geodata.publishing.embeds import Embed
from geodata.snapshots.snapshot import Snapshot
from geodata.text import sentences, view_headlines, wording
from layouts import funders, sources
from layouts.bundle import Bundle, bundled, joined
from layouts.share import Card
from layouts.shell import template

STYLES = (
    "css/base.css",
    "css/tokens.css",
    "css/page/main.css",
    "css/page/narrow.css",
    "css/page/share.css",
    *funders.STYLES,
    "embed/published.css",
)
SCRIPTS = ("js/copying.js", "embed/published.js")
ICON = "icons/favicon.svg"
# What stands in the code until it is known where the folder is; nobody can own this address.
PLACEHOLDER = "https://maps.example/"


@dataclass(frozen=True)
class PublishedMap:
    """A map of the list, with the addresses of all that belongs to it."""

    embed: Embed
    view: View
    page: str
    csv: str
    png: str
    card: str
    png_name: str


@dataclass(frozen=True)
class PublishedFolder:
    """Snapshot, language and addresses of a published folder, for its pages.

    Attributes
    ----------
    at
        Its public address; empty where it is not known.
    site
        The page of the application; empty where there is none.
    assets
        Addresses of the style sheet, the script and the icon.
    briefing
        Address of the slides; empty where there are none.
    """

    snapshot: Snapshot
    language: Language
    at: str
    site: str
    assets: Mapping[str, str]
    briefing: str = ""


@lru_cache(maxsize=1)
def style() -> Bundle:
    """Return the styles of the pages, which are those of the application's own."""
    return bundled(rcssmin.cssmin(joined(STYLES)))


@lru_cache(maxsize=1)
def script() -> Bundle:
    """Return the script that fills in the address of the folder, and copies."""
    return bundled(rjsmin.jsmin(joined(SCRIPTS)))


@lru_cache(maxsize=1)
def icon() -> Bundle:
    """Return the icon that browsers show beside the name of the page."""
    return bundled(joined((ICON,)))


def code(listed: PublishedMap, address: str) -> str:
    """Write what is pasted to embed a published map."""
    embed, urls = listed.embed, FolderUrls(address or PLACEHOLDER)
    return embed_html.code(
        urls.embed(embed.name),
        embed_html.frame_title(listed.view),
        FrameSize(),
        script="" if embed.options.static else urls.host(),
    )


def card(listed: PublishedMap, address: str) -> Card:
    """Make the card of a published map, without links if ``address`` is empty."""
    language, urls = listed.view.language, FolderUrls(address)
    site = wording.product(listed.embed.snapshot, language)
    headline = view_headlines.headline(listed.view.on_its_date())
    return Card(
        site=site,
        title=language.gettext("{work}: {title}", work=site, title=wording.title(listed.view)),
        description=headline,
        url=urls.embed(listed.embed.name) if address else "",
        image=urls.card(listed.embed.card_name) if address else "",
        image_text=headline,
        oembed="",
        share="",
    )


def index(folder: PublishedFolder, listed: list[PublishedMap]) -> str:
    """Render the list of all maps, by population, level and measure."""
    return render(
        "published-index.html",
        folder,
        current="index",
        card=_index_card(folder, listed[0]),
        placeholder="" if folder.at else PLACEHOLDER,
        groups=_grouped(listed, folder),
        credits=dict.fromkeys(
            row["credit"] for one in listed for row in sentences.sources(one.view)
        ),
    )


def sources_page(folder: PublishedFolder, *, threshold: Threshold) -> str:
    """Render the page of sources; no script in it."""
    context = sources.context(folder.snapshot, folder.language, threshold)
    return render("published-sources.html", folder, current="sources", **context)


def funders_page(folder: PublishedFolder, view_of: funders.ViewOf, state: State) -> str:
    """Render the page of funders, which leads to maps where there is an application.

    Parameters
    ----------
    state
        Language, digits and snapshot of the page, and no more.
    """
    urls = Urls(folder.site) if folder.site else None
    context = funders.context(folder.snapshot, state, view_of, urls)
    return render(
        "published-funders.html",
        folder,
        current="funders",
        sources_url=FolderUrls().sources(),
        **context,
    )


def render(name: str, folder: PublishedFolder, **values: Any) -> str:
    """Render a template with what all pages of a folder share, escaping every value."""
    snapshot, language = folder.snapshot, folder.language
    return template(name).render(
        _=language.gettext,
        language=language,
        snapshot=snapshot,
        product=wording.product(snapshot, language),
        disclaimer=language.gettext(snapshot.manifest["country"]["disclaimer"]),
        urls=FolderUrls(),
        site=folder.site,
        asset=lambda path: folder.assets[path],
        feed=FolderUrls().feed() if folder.at else "",
        briefing=folder.briefing,
        **{"styles": ["style"], "shortcuts": (), "notices": ()} | values,
    )


def _index_card(folder: PublishedFolder, first: PublishedMap) -> Card:
    language, urls = folder.language, FolderUrls(folder.at)
    site = wording.product(folder.snapshot, language)
    headline = view_headlines.headline(first.view.on_its_date())
    return Card(
        site=site,
        title=language.gettext(
            "{work}: {title}", work=site, title=language.gettext("Maps to embed")
        ),
        description=headline,
        url=urls.index() if folder.at else "",
        image=urls.card(first.embed.card_name) if folder.at else "",
        image_text=headline,
        oembed="",
        share="",
    )


def _grouped(listed: list[PublishedMap], folder: PublishedFolder) -> list[dict[str, Any]]:
    """Sort the maps into populations and levels, in the order of the list."""
    groups: dict[str, dict[int, list[PublishedMap]]] = {}
    for one in listed:
        state = one.embed.state
        groups.setdefault(state.pop, {}).setdefault(state.level, []).append(one)
    language = folder.language
    return [
        {
            "label": language.gettext(populations.POPULATIONS[population].label),
            "levels": [
                {
                    "label": language.gettext(populations.LEVELS[level].label),
                    "maps": [_entry(one, folder) for one in maps],
                }
                for level, maps in levels.items()
            ],
        }
        for population, levels in groups.items()
    ]


def _entry(one: PublishedMap, folder: PublishedFolder) -> dict[str, Any]:
    state, language = one.embed.state, one.view.language
    pasted = folder.language.gettext("Code of {map}", map=one.embed.name)
    return {
        "lang": language.code,
        "dir": language.direction,
        "label": folder.language.gettext(populations.MEASURE_LABELS[state.measure]),
        "headline": view_headlines.headline(one.view.on_its_date()),
        "other_query": one.embed.other_query,
        "code": code(one, folder.at),
        "code_label": pasted,
        "copy_label": folder.language.gettext("Copy: {what}", what=pasted),
        "page": one.page,
        "csv": one.csv,
        "png": one.png,
        "png_name": one.png_name,
        "card": one.card,
    }
