"""Every URL of the application and of a published folder, built here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geodata.figures import state as state_module

if TYPE_CHECKING:
    from geodata.figures.state import State


@dataclass(frozen=True)
class Urls:
    """Builds URLs under ``prefix`` (starts and ends with a slash).

    Attributes
    ----------
    version
        The snapshot that a page names, which its links keep.
    language_items
        Keys and values of a page's language and digits, which its links keep.
    """

    prefix: str = "/"
    version: str = ""
    language_items: tuple[tuple[str, str], ...] = ()

    @property
    def link_query(self) -> str:
        """The query that every link of a page keeps: its language, digits and snapshot."""
        pairs = [*self.language_items, ("v", self.version)]
        return "&".join(f"{key}={value}" for key, value in pairs if value)

    def at(self, version: str) -> str:
        """Return the query that keeps the language, and leads to another snapshot."""
        return replace(self, version=version).link_query

    def following(self, state: State) -> Urls:
        """Return the URLs for a page of ``state``: links keep its language, digits and snapshot."""
        language = state_module.language_items(state.lang, state.digits, english=state.english)
        return replace(self, version=state.v, language_items=tuple(language))

    def page(self, query: str = "") -> str:
        """Return the map; ``query`` as :func:`geodata.figures.state.encode_query` writes it."""
        return self._with(self.prefix, query)

    def sources(self, source: str = "", query: str = "") -> str:
        """Return data and sources; ``source`` is the id of one of them."""
        return self._with(f"{self.prefix}sources", query) + (f"#{source}" if source else "")

    def funders(self, funder: str = "", query: str = "") -> str:
        """Return who pays for programmes; ``funder`` is the code of one of them."""
        return self._with(f"{self.prefix}funders", query) + (f"#{funder}" if funder else "")

    def built(self, name: str, version: str) -> str:
        """Return a versioned file that pages load: ``page.js`` is ``built/page.<version>.js``."""
        stem, dot, ending = name.rpartition(".")
        return f"{self.prefix}built/{stem}.{version}{dot}{ending}"

    def worker(self) -> str:
        """Return the service worker, which sees what lies below the place where it is."""
        return f"{self.prefix}worker.js"

    def installation(self, query: str = "") -> str:
        """Return the web app manifest, in the language of the query."""
        return self._with(f"{self.prefix}manifest.webmanifest", query)

    def view(self, query: str = "") -> str:
        """Return a view as JSON."""
        return self._with(f"{self.prefix}api/v1/view.json", query)

    def areas(self, level: int | str) -> str:
        """Return boundaries of a level as TopoJSON."""
        return f"{self.prefix}api/v1/areas/{level}.topojson"

    def area(self, pcode: str, query: str = "") -> str:
        """Return the area panel as JSON."""
        return self._with(f"{self.prefix}api/v1/area/{pcode}.json", query)

    def drawing(self, query: str = "") -> str:
        """Return the areas of a view as the map page draws them."""
        return self._with(f"{self.prefix}parts/drawing.html", query)

    def part(self, name: str, query: str = "") -> str:
        """Return a panel of the map page as components (:mod:`callbacks.parts`)."""
        return self._with(f"{self.prefix}parts/{name}.json", query)

    def place(self, query: str = "") -> str:
        """Return where the form that finds a place is sent; ``query`` has what is typed, ``q``."""
        return self._with(f"{self.prefix}place", query)

    def places(self, query: str = "") -> str:
        """Return the names of all places as JSON; with ``q``, the place that it means."""
        return self._with(f"{self.prefix}parts/places.json", query)

    def meta(self) -> str:
        """Return populations, programmes, dates and sources as JSON."""
        return f"{self.prefix}api/v1/meta.json"

    def openapi(self) -> str:
        """Return the description of the API, as programs read it."""
        return f"{self.prefix}api/v1/openapi.json"

    def embed(self, query: str = "") -> str:
        """Return the public map: state and options of :mod:`geodata.links.embed_options`."""
        return self._with(f"{self.prefix}embed", query)

    def embed_script(self, version: str = "") -> str:
        """Return the public map's scripts as one file; immutable where ``version`` is its own."""
        return self._with(f"{self.prefix}embed/map.js", version and f"m={version}")

    def embed_style(self, theme: str, version: str = "") -> str:
        """Return the public map's style as one file for ``auto``, ``light`` or ``dark``."""
        return self._with(f"{self.prefix}embed/{theme}.css", version and f"m={version}")

    def embed_host(self) -> str:
        """Return the script of the snippet, which gives a frame the height of its map."""
        return f"{self.prefix}embed/host.js"

    def share(self, query: str = "") -> str:
        """Return the page with link, embed code, citation and picture of a state."""
        return self._with(f"{self.prefix}share", query)

    def oembed(self, query: str = "") -> str:
        """Return the oEmbed answer on a page; ``query`` has its ``url``."""
        return self._with(f"{self.prefix}oembed", query)

    def map_png(self, query: str = "") -> str:
        """Return the map of a state as a picture."""
        return self._with(f"{self.prefix}map.png", query)

    def card_png(self, query: str = "") -> str:
        """Return the picture that chats and social media show beside a link, 1200 × 630."""
        return self._with(f"{self.prefix}card.png", query)

    def data_csv(self, query: str = "") -> str:
        """Return the figures of a state as CSV."""
        return self._with(f"{self.prefix}data.csv", query)

    def file(self, name: str, query: str = "") -> str:
        """Return a file of a state, ``map.pdf``, by its name in :mod:`geodata.exports.formats`."""
        return self._with(f"{self.prefix}{name}", query)

    def download(self, query: str = "") -> str:
        """Return every file of a state, as a page of links."""
        return self._with(f"{self.prefix}download", query)

    def compare(self, query: str = "") -> str:
        """Return two dates, populations or programmes side by side."""
        return self._with(f"{self.prefix}compare", query)

    def briefing(self, query: str = "", slide: int = 0) -> str:
        """Return the address of slides, of a query as a briefing has it; ``slide`` is from 1."""
        return self._with(f"{self.prefix}briefing", query) + (f"#slide-{slide}" if slide else "")

    def briefing_adding(self, query: str = "") -> str:
        """Return where a briefing is had as JSON with one more slide, which its query adds."""
        return self._with(f"{self.prefix}briefing/add", query)

    def briefing_editor(self, query: str = "") -> str:
        """Return where the slides of a briefing are put in order and reworded."""
        return self._with(f"{self.prefix}briefing/edit", query)

    def briefing_file(self, ending: str, query: str = "") -> str:
        """Return a briefing as a file: ``yaml``, ``pptx``, ``pdf``."""
        return self._with(f"{self.prefix}briefing.{ending}", query)

    def feed(self, query: str = "") -> str:
        """Return the feed of what became active, in the language of the query."""
        return self._with(f"{self.prefix}feed.xml", query)

    def catalogue(self, query: str = "") -> str:
        """Return the catalogue of datasets, in the language and of the snapshot of the query."""
        return self._with(f"{self.prefix}catalog.jsonld", query)

    def sitemap(self) -> str:
        """Return the list of pages for search engines."""
        return f"{self.prefix}sitemap.xml"

    def robots(self) -> str:
        """Return what search engines may read; they look for it at the top of a host alone."""
        return f"{self.prefix}robots.txt"

    def mcp(self) -> str:
        """Return where an assistant asks for figures by the Model Context Protocol."""
        return f"{self.prefix}_mcp"

    def health(self) -> str:
        """Tell whether the process answers."""
        return f"{self.prefix}healthz"

    def ready(self) -> str:
        """Tell whether a verified snapshot is served."""
        return f"{self.prefix}readyz"

    @staticmethod
    def _with(path: str, query: str) -> str:
        return f"{path}?{query}" if query else path


@dataclass(frozen=True)
class FolderUrls:
    """Builds the addresses of a published folder, which are also the paths of its files.

    A file that may be cached for a year has a hash of its content in its name.

    Attributes
    ----------
    base
        Address of the folder: ``""`` from its own pages, ``"../"`` from one in a folder of
        it, or its public address.
    """

    base: str = ""

    def index(self) -> str:
        """Return the list of everything published."""
        return f"{self.base}index.html"

    def sources(self, suffix: str = "") -> str:
        """Return data and sources; ``suffix`` tells those of another language or snapshot."""
        return f"{self.base}sources{suffix}.html"

    def funders(self, suffix: str = "") -> str:
        """Return who pays for programmes; ``suffix`` as of :meth:`sources`."""
        return f"{self.base}funders{suffix}.html"

    def briefing(self) -> str:
        """Return the slides."""
        return f"{self.base}briefing.html"

    def embed(self, name: str) -> str:
        """Return a public map."""
        return f"{self.base}embed/{name}.html"

    def view(self, name: str, version: str) -> str:
        """Return a view as a script, which a page may load where it may not fetch."""
        return f"{self.base}data/{name}.{version}.js"

    def static(self, name: str, version: str, ending: str) -> str:
        """Return a script, a style or a picture of the pages themselves."""
        return f"{self.base}static/{name}.{version}.{ending}"

    def host(self) -> str:
        """Return the script of the embed code, whose address never changes."""
        return f"{self.base}static/host.js"

    def figures(self, name: str) -> str:
        """Return the figures of a state on all dates, as CSV."""
        return f"{self.base}files/{name}.csv"

    def picture(self, name: str) -> str:
        """Return the map of a state as a picture."""
        return f"{self.base}files/{name}.png"

    def card(self, name: str) -> str:
        """Return the picture that chats and social media show beside a link."""
        return f"{self.base}cards/{name}.png"

    def feed(self) -> str:
        """Return the feed of the folder's snapshots."""
        return f"{self.base}feed.xml"

    def sitemap(self) -> str:
        """Return the list of pages for search engines."""
        return f"{self.base}sitemap.xml"

    def robots(self) -> str:
        """Return what search engines may read."""
        return f"{self.base}robots.txt"

    def manifest(self) -> str:
        """Return the manifest: the snapshot, and the hash of every file."""
        return f"{self.base}published.json"


def slug(parts: Iterable[str]) -> str:
    """Join words to a name that every file system and address takes: ``a-b-c``."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")
