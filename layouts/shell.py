"""The document around every page: head, header, footer, rendered by the server.

``templates/base.html`` is the frame; ``explore.html`` takes in what Dash adds; ``sources.html``
and ``problem.html`` need no script at all.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from geodata.language import Language
from geodata.snapshot import Snapshot
from geodata.text import product
from geodata.urls import Urls
from layouts import strings
from layouts.offered import choices

TEMPLATES = Path(__file__).parent / "templates"
ASSETS = Path(__file__).parent.parent / "assets"
# Style sheets of the pages without Dash, which loads all of css/ itself.
STYLES = (
    "css/base.css",
    "css/map.css",
    "css/tokens.css",
    "css/page/main.css",
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


def navigation(speech: Language, urls: Urls) -> list[dict[str, str]]:
    """Every page: its key, label and URL."""
    return [
        {"key": "map", "label": speech.gettext("Map"), "url": urls.page(urls.frozen)},
        {"key": "compare", "label": speech.gettext("Compare"), "url": urls.compare(urls.frozen)},
        {
            "key": "briefing",
            "label": speech.gettext("Briefing"),
            "url": urls.briefing(urls.frozen),
        },
        {
            "key": "sources",
            "label": speech.gettext("Data & sources"),
            "url": urls.sources(query=urls.frozen),
        },
    ]


def versioned(path: str, urls: Urls) -> str:
    """URL of a file of ``assets/`` that changes when the file does, as Dash writes its own."""
    return f"{urls.asset(path)}?m={(ASSETS / path).stat().st_mtime}"


def render(name: str, snapshot: Snapshot, speech: Language, urls: Urls, **values: Any) -> str:
    """Render a template with what every page needs, escaping every value.

    ``styles`` among the values are the page's style sheets where it has more than the rest.
    """
    every: dict[str, Any] = {"styles": STYLES}
    return template(name).render(
        _=speech.gettext,
        speech=speech,
        urls=urls,
        asset=lambda path: versioned(path, urls),
        downloads=lambda query: choices(speech, urls, query),
        snapshot=snapshot,
        pages=navigation(speech, urls),
        product=product(snapshot, speech),
        disclaimer=speech.gettext(snapshot.manifest["country"]["disclaimer"]),
        **every | values,
    )


def template(name: str) -> Template:
    """A template of ``templates/``; it escapes every value it is given."""
    return _environment.get_template(name)


def as_data(value: object) -> Markup:
    """Write JSON for a ``script`` element of data, which it cannot end."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028"))  # noqa: S704


def script_data(snapshot: Snapshot, speech: Language, urls: Urls) -> Markup:
    """What the scripts are handed: URLs, words, language. JSON that cannot end its element."""
    data = {
        "version": snapshot.version,
        "lang": speech.code,
        "locale": speech.tag,
        "dateLocale": speech.date_tag,
        "country": speech.gettext(snapshot.country),
        "urls": {
            "page": urls.page(),
            "briefing": urls.briefing(),
            "view": urls.view(),
            "areas": urls.areas("{level}"),
            "area": urls.area("{pcode}"),
            "meta": urls.meta(),
            "sources": urls.sources(query=urls.frozen),
        },
        "strings": strings.page(speech),
        "timeline": strings.timeline(speech),
    }
    return as_data(data)
