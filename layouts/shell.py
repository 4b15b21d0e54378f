"""The document around every page: head, header, footer, rendered by the server.

``templates/base.html`` is the frame; ``explore.html`` takes in what Dash adds; ``sources.html``
and ``problem.html`` need no script at all.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from geodata.figures.query_keys import encode_items
from geodata.i18n.language import Language, languages, load_language
from geodata.links.urls import Urls
from geodata.places.folding import LETTER_FORMS
from geodata.snapshots.snapshot import Snapshot
from geodata.text.wording import product
from layouts import script_strings, shortcuts
from layouts.bundle import built
from layouts.download_menu import download_links

TEMPLATES = Path(__file__).parent / "templates"
# Style sheets of the pages without Dash, which loads all of css/ itself.
STYLES = (
    "css/base.css",
    "css/map.css",
    "css/tokens.css",
    "css/page/main.css",
    "css/page/narrow.css",
    "css/page/share.css",
    "css/page/download.css",
)
_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class CurrentUrl:
    """The address of the page that is answered: its path, and keys and values of its query."""

    path: str
    query: tuple[tuple[str, str], ...] = ()


# Set for each request; ``None`` where a page is made for a file.
CURRENT_URL: ContextVar[CurrentUrl | None] = ContextVar("displacement_here", default=None)


def switch(language: Language) -> list[dict[str, Any]]:
    """Return links to the current page in every language; none outside of a request.

    English is named, too: a page whose address names no language is in the browser's.
    """
    current_url = CURRENT_URL.get()
    if current_url is None:
        return []
    path = quote("/" + current_url.path.lstrip("/\\"))
    others = [(key, value) for key, value in current_url.query if key != "lang"]
    return [
        {"language": each, "url": f"{path}?{encode_items([*others, ('lang', each.code)])}"}
        | {"current": each.code == language.code}
        for each in map(load_language, languages())
    ]


def alternates(address: str) -> list[tuple[str, str]]:
    """Return the page's address in each language, and in the browser's, for search engines."""
    parts = urlsplit(address)
    others = [pair for pair in parse_qsl(parts.query) if pair[0] != "lang"]

    def at(*more: tuple[str, str]) -> str:
        return urlunsplit(parts._replace(query=encode_items([*others, *more])))

    return [*((code, at(("lang", code))) for code in languages()), ("x-default", at())]


def navigation(language: Language, urls: Urls) -> list[dict[str, str]]:
    """Return key, label and URL of every page."""
    return [
        {"key": "map", "label": language.gettext("Map"), "url": urls.page(urls.link_query)},
        {
            "key": "compare",
            "label": language.gettext("Compare"),
            "url": urls.compare(urls.link_query),
        },
        {
            "key": "briefing",
            "label": language.gettext("Briefing"),
            "url": urls.briefing(urls.link_query),
        },
        {
            "key": "funders",
            "label": language.gettext("Funders"),
            "url": urls.funders(query=urls.link_query),
        },
        {
            "key": "sources",
            "label": language.gettext("Data & sources"),
            "url": urls.sources(query=urls.link_query),
        },
    ]


def versioned(name: str, urls: Urls) -> str:
    """Return the URL of a static file, with a version that changes when the file does."""
    return urls.built(name, built(name).version)


def render(name: str, snapshot: Snapshot, language: Language, urls: Urls, **values: Any) -> str:
    """Render a template with the context that all pages share, escaping every value.

    ``styles`` among the values are the page's style sheets where it has more than the rest.
    """
    every: dict[str, Any] = {"styles": STYLES}
    return template(name).render(
        _=language.gettext,
        language=language,
        urls=urls,
        asset=lambda path: versioned(path, urls),
        downloads=lambda query: download_links(language, urls, query),
        snapshot=snapshot,
        pages=navigation(language, urls),
        shortcuts=shortcuts.listed(language, str(values.get("current", ""))),
        languages=switch(language),
        alternates=alternates,
        feed=urls.feed(urls.at("")),
        product=product(snapshot, language),
        disclaimer=language.gettext(snapshot.manifest["country"]["disclaimer"]),
        **every | values,
    )


def template(name: str) -> Template:
    """Return a template of ``templates/``, which escapes every value."""
    return _environment.get_template(name)


def as_data(value: object) -> Markup:
    """Write JSON for a ``script`` element of data, which it cannot end."""
    return in_script(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def in_script(text: str) -> Markup:
    """Return JSON as a ``script`` element may hold it: nothing in it can end the element."""
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028"))  # noqa: S704


def script_data(snapshot: Snapshot, language: Language, urls: Urls, **more: object) -> Markup:
    """Return what scripts need as JSON: URLs, words, language, and ``more``."""
    data = {
        "version": snapshot.version,
        "lang": language.code,
        "digits": language.digits,
        "writing": language.js_format(),
        "country": language.gettext(snapshot.country),
        "letters": LETTER_FORMS,
        "urls": {
            "page": urls.page(),
            "briefing": urls.briefing(),
            "briefingAdding": urls.briefing_adding(),
            "view": urls.view(),
            "drawing": urls.drawing(),
            "part": urls.part("{name}"),
            "meta": urls.meta(),
            "places": urls.places(),
            "sources": urls.sources(query=urls.link_query),
        },
        "strings": script_strings.page(language),
        "timeline": script_strings.timeline(language),
    }
    return as_data(data | more)
