"""Every file of a published folder, made from the same views and pages that are served live.

::

    Publication ─┬─▶ static/           scripts and styles, once
                 ├─▶ embed/            a page for each map … data/ its view, files/ its figures
                 ├─▶ files/, cards/    pictures, which take most of the time
                 ├─▶ index.html, sources.html, funders.html
                 ├─▶ robots.txt; with a public address sitemap.xml, feed.xml
                 ├─▶ briefing.html       slides, where any are named
                 └─▶ _headers, nginx.conf
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from callbacks.commands import host_rules, static_briefing
from callbacks.serving.context import Context
from geodata.briefing.briefing import Briefing
from geodata.exports.drawing import pictures
from geodata.exports.drawing.raster import png
from geodata.exports.filenames import filename
from geodata.exports.tables.csv import csv_file
from geodata.figures.state import State, encode_query, frozen
from geodata.figures.view import View
from geodata.i18n.language import Language
from geodata.i18n.writing import WESTERN
from geodata.links.urls import FolderUrls, Urls, slug
from geodata.publishing.embeds import Embed
from geodata.publishing.site_manifest import SiteManifest
from geodata.snapshots.snapshot import Snapshot
from geodata.text.wording import product, title
from layouts import bundle, feed, sitemap
from layouts import embed as layout
from layouts import publish as pages
from layouts.embed import Links, StateLink, population_choices, programme_choices
from layouts.publish import PublishedFolder, PublishedMap

_TOP, _INSIDE = FolderUrls(), FolderUrls("../")
_GZIP_LEVEL = 6  # what most servers use
_RECEIVED = "window.displacement=window.displacement||{};window.displacement.view="


@dataclass(frozen=True)
class Publication:
    """The maps of a published folder, and the addresses that its links use.

    Attributes
    ----------
    site
        Address of the application, for links to the full map and the sources; may be empty.
    at
        Public address of the folder; empty where it is not known.
    briefing
        Slides that are published with the maps.
    """

    context: Context
    embeds: tuple[Embed, ...]
    site: str = ""
    at: str = ""
    briefing: Briefing | None = None

    @property
    def language(self) -> Language:
        """Language of the list, which is that of the first map."""
        return self.embeds[0].state.language

    @property
    def steps(self) -> int:
        """How often :func:`write` calls ``step``."""
        return len(self.embeds) + len(_pictures(self))


@dataclass
class SiteResult:
    """The published maps, with what hosts and the summary need to know of them.

    Attributes
    ----------
    style_hashes
        Of the style sheets within the pages, which hosts must name.
    first_loads
        Compressed bytes of a page with all it loads, the largest of each level.
    """

    listed: list[PublishedMap] = field(default_factory=list)
    style_hashes: set[str] = field(default_factory=set)
    first_loads: dict[int, int] = field(default_factory=dict)


def write(
    publication: Publication, manifest: SiteManifest, step: Callable[[], object]
) -> SiteResult:
    """Write the maps with their files, and the pages that list them."""
    result = SiteResult()
    for one in _static(publication):
        manifest.write(*one)
    for embed in publication.embeds:
        result.listed.append(_map(publication, manifest, embed, result))
        step()
    for path, draw in _pictures(publication).items():
        manifest.write(path, draw())
        step()
    for path, html in _lists(publication, result.listed):
        manifest.write(path, html.encode())
    for path, body in _for_programs(publication):
        manifest.write(path, body)
    for one in _slides(publication):
        manifest.write(*one)
    return result


def write_for_hosts(publication: Publication, manifest: SiteManifest, result: SiteResult) -> None:
    """Write the configuration of hosts: the headers of each file."""
    paths = [*manifest.files, *manifest.previous]
    rules = host_rules.rules(paths, result.style_hashes)
    manifest.write("_headers", host_rules.headers_file(rules, paths, publication.at).encode())
    manifest.write("nginx.conf", host_rules.nginx_file(rules, publication.at).encode())


def manifest_details(publication: Publication) -> dict[str, Any]:
    """Return the manifest's entries on a publication."""
    return {
        "snapshot": publication.context.snapshot.version,
        "suppression_threshold": publication.context.threshold.households,
        "persons_per_household": publication.context.threshold.persons_per_household,
        "site": publication.site,
        "at": publication.at,
        "embeds": [_described(publication, embed) for embed in publication.embeds],
        **({"briefing": _TOP.briefing()} if publication.briefing else {}),
    }


def _described(publication: Publication, embed: Embed) -> dict[str, str]:
    view = publication.context.view_at(embed.snapshot, embed.state)
    return {
        "name": embed.name,
        "title": title(view),
        "query": embed.query,
        "snapshot": embed.snapshot.version,
        "page": _TOP.embed(embed.name),
        "figures": _TOP.figures(embed.figures_name),
        "picture": _TOP.picture(embed.picture_name),
        "card": _TOP.card(embed.card_name),
    }


# ------------------------------------------------------------------------------ what all pages load


def _static(publication: Publication) -> Iterator[tuple[str, bytes]]:
    yield _TOP.host(), bundle.host().body
    for asset in (pages.style(), pages.script(), pages.icon()):
        yield _index_file(asset), asset.body
    for theme in sorted({embed.options.theme for embed in publication.embeds}):
        yield _style(_TOP, theme), bundle.style(theme).body
    live = (embed for embed in publication.embeds if not embed.options.static)
    for flows in sorted({bool(embed.state.flows) for embed in live}):
        yield _script(_TOP, flows=flows), bundle.script(flows=flows).body


def _index_file(asset: bundle.Bundle) -> str:
    """Return the path of an asset of the pages that are no maps."""
    endings = {pages.style(): "css", pages.script(): "js", pages.icon(): "svg"}
    return _TOP.static("index", asset.version, endings[asset])


def _style(urls: FolderUrls, theme: str) -> str:
    return urls.static(theme, bundle.style(theme).version, "css")


def _script(urls: FolderUrls, *, flows: bool) -> str:
    return urls.static("map", bundle.script(flows=flows).version, "js")


# ------------------------------------------------------------------------------------------- a map


def _map(
    publication: Publication, manifest: SiteManifest, embed: Embed, result: SiteResult
) -> PublishedMap:
    """Write one map with its view and its figures; the pictures follow."""
    view = publication.context.view_at(embed.snapshot, embed.state)
    listed = _listed(embed, view)
    received = None if embed.options.static else _received(publication, embed)
    html, colors = layout.page(
        view,
        embed.options,
        _links(publication, embed, view, received),
        card=pages.card(listed, publication.at),
    )
    if received:
        manifest.write(_TOP.view(embed.view_name, received.version), received.body)
    manifest.write(_TOP.embed(embed.name), html.encode())
    every_date = range(len(view.counts.dates))
    manifest.write(_TOP.figures(embed.figures_name), csv_file(view, every_date))
    result.style_hashes.add(layout.csp_hash(colors))
    loaded = _first_load(embed, html, received)
    result.first_loads[embed.state.level] = max(
        loaded, result.first_loads.get(embed.state.level, 0)
    )
    return listed


def _listed(embed: Embed, view: View) -> PublishedMap:
    return PublishedMap(
        embed=embed,
        view=view,
        page=_TOP.embed(embed.name),
        csv=_TOP.figures(embed.figures_name),
        png=_TOP.picture(embed.picture_name),
        png_name=filename(view, "png"),
        card=_TOP.card(embed.card_name),
    )


def _received(publication: Publication, embed: Embed) -> bundle.Bundle:
    """Return the view as a script: a page from a disk may run one, but fetch nothing."""
    view = publication.context.whole_view(embed.snapshot, embed.whole_state).decode()
    return bundle.bundled(f"{_RECEIVED}{view};\n")


def _links(
    publication: Publication, embed: Embed, view: View, received: bundle.Bundle | None
) -> Links:
    """Return the links of a published map, within the folder and to the application."""
    published = set(publication.embeds)

    def go(state: State) -> str:
        other = replace(embed, state=state)
        return _INSIDE.embed(other.name) if other in published else ""

    site, state = Urls(publication.site), embed.state
    sources = _INSIDE.sources(_suffix(publication, embed))
    if publication.site:
        sources = site.sources(query=site.following(state).link_query)
    return Links(
        script=_script(_INSIDE, flows=bool(state.flows)),
        style=_style(_INSIDE, embed.options.theme),
        view=_INSIDE.view(embed.view_name, received.version) if received else "",
        sources=sources,
        full=site.page(encode_query(state, embed.snapshot)) if publication.site else "",
        csv=_INSIDE.figures(embed.figures_name),
        png=_INSIDE.picture(embed.picture_name),
        png_name=filename(view, "png"),
        timed_files=False,
        populations=_choices(population_choices(view, go)),
        programmes=_choices(programme_choices(view, go)),
    )


def _choices(choices: Iterable[StateLink]) -> tuple[StateLink, ...]:
    """Return the links to published maps; a single one is no choice."""
    published = tuple(choice for choice in choices if choice.url)
    return published if len(published) > 1 else ()


def _first_load(embed: Embed, html: str, received: bundle.Bundle | None) -> int:
    """Return the bytes that a map loads, as most servers compress them."""
    parts = [html.encode(), bundle.style(embed.options.theme).body]
    if received:
        parts += [bundle.script(flows=bool(embed.state.flows)).body, received.body]
    return sum(len(gzip.compress(part, _GZIP_LEVEL)) for part in parts)


# ---------------------------------------------------------------------------------------- pictures


def _pictures(publication: Publication) -> dict[str, Callable[[], bytes]]:
    """Return every picture by its path, and what draws it.

    One after the other: drawing does not let go of Python's lock, so threads would not help.
    """
    drawers: dict[str, Callable[[], bytes]] = {}
    for embed in publication.embeds:
        drawers[_TOP.picture(embed.picture_name)] = partial(_picture, publication, embed)
        drawers[_TOP.card(embed.card_name)] = partial(_card, publication, embed)
    return drawers


def _picture(publication: Publication, embed: Embed) -> bytes:
    view = publication.context.view_at(embed.snapshot, embed.picture_state)
    query = encode_query(frozen(embed.picture_state, embed.snapshot), embed.snapshot)
    link = Urls(publication.site).page(query) if publication.site else publication.at
    drawing = pictures.picture(view.on_its_date(), theme=embed.picture_theme, permalink=link)
    return png(drawing, width=pictures.WIDTH)


def _card(publication: Publication, embed: Embed) -> bytes:
    view = publication.context.view_at(embed.snapshot, embed.picture_state)
    drawing = pictures.card(view.on_its_date(), product=product(view.snapshot, view.language))
    return png(drawing, width=pictures.CARD[0])


# ------------------------------------------------------------------------------ list and sources


def _lists(publication: Publication, listed: list[PublishedMap]) -> Iterator[tuple[str, str]]:
    """Yield the list, and sources and funders in each language and snapshot that a map is of."""
    needed = _needed(publication)
    yield _TOP.index(), pages.index(needed[""], listed)
    for suffix, each in needed.items():
        html = pages.sources_page(each, threshold=publication.context.threshold)
        yield _TOP.sources(suffix), html
        yield _TOP.funders(suffix), _funders(publication, each)


def _needed(publication: Publication) -> dict[str, PublishedFolder]:
    """Return languages and snapshots that pages are needed in, by the suffix of those pages."""
    snapshot, language = publication.context.snapshot, publication.language
    needed = {"": _folder(publication, snapshot, language)}
    for embed in publication.embeds:
        suffix, language = _suffix(publication, embed), embed.state.language
        needed.setdefault(suffix, _folder(publication, embed.snapshot, language))
    return needed


def _funders(publication: Publication, folder: PublishedFolder) -> str:
    """Render the page of funders, on the newest date of the folder's snapshot."""
    context, snapshot, language = publication.context, folder.snapshot, folder.language
    version = "" if snapshot.version == context.snapshot.version else snapshot.version
    state = State(lang=language.code, digits=language.digits, v=version)
    return pages.funders_page(
        folder, lambda chosen: context.view_at(snapshot, chosen).on_its_date(), state
    )


def _slides(publication: Publication) -> Iterator[tuple[str, bytes]]:
    """Yield the files of the slides, if any are published."""
    if publication.briefing:
        folder = _folder(publication, publication.context.snapshot, publication.language)
        view_script = partial(_received, publication)
        yield from static_briefing.files(
            publication.context, publication.briefing, folder, view_script
        )


# ------------------------------------------------------------------------------ what programs read


def _for_programs(publication: Publication) -> Iterator[tuple[str, bytes]]:
    """Yield what search engines and feed readers look for; most of it needs a public address."""
    urls = FolderUrls(publication.at)
    yield _TOP.robots(), sitemap.robots([], urls.sitemap() if publication.at else "")
    if publication.at:
        yield _TOP.sitemap(), sitemap.sitemap_of_files(_indexed(publication, urls))
        yield _TOP.feed(), _feed(publication, urls)


def _indexed(publication: Publication, urls: FolderUrls) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the pages that search engines may list, each with its versions in other languages."""
    yield urls.index(), {}
    if publication.briefing:
        yield urls.briefing(), {}
    newest = publication.context.snapshot.version
    suffixes: dict[str, str] = {}
    for suffix, folder in _needed(publication).items():
        if folder.snapshot.version == newest:
            suffixes.setdefault(folder.language.tag, suffix)
    for page in (urls.sources, urls.funders):
        versions = {tag: page(suffix) for tag, suffix in suffixes.items()}
        for address in versions.values():
            yield address, versions if len(versions) > 1 else {}


def _feed(publication: Publication, urls: FolderUrls) -> bytes:
    """Write the feed; entries are frozen where there is an application that has older snapshots."""
    context, language, site = publication.context, publication.language, Urls(publication.site)
    links = feed.FeedLinks(
        own=urls.feed(),
        home=urls.index(),
        past=urls.index(),
        frozen=lambda version: site.page(f"v={version}") if publication.site else urls.index(),
    )
    return feed.feed(context.snapshot, context.now.history, language, links)


def _folder(publication: Publication, snapshot: Snapshot, language: Language) -> PublishedFolder:
    assets = {"style": pages.style(), "script": pages.script(), pages.ICON: pages.icon()}
    return PublishedFolder(
        snapshot=snapshot,
        language=language,
        at=publication.at,
        site=publication.site,
        briefing=_TOP.briefing() if publication.briefing else "",
        assets={name: _index_file(asset) for name, asset in assets.items()},
    )


def _suffix(publication: Publication, embed: Embed) -> str:
    """Return the suffix of a page of sources in another language or of another snapshot."""
    language, version = embed.state.language, embed.snapshot.version
    named = slug([language.code, "" if language.digits == WESTERN else language.digits])
    other_lang = "" if language == publication.language else f"-{named}"
    other_version = "" if version == publication.context.snapshot.version else f"-{version}"
    return other_lang + other_version
