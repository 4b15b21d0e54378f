"""Sharing: the page with link, embed code, citation and picture; what other sites read of a page.

::

    Shared(view, urls, link) ─┬─▶ card    Open Graph, canonical link, oEmbed discovery
                              ├─▶ oembed  what a site shows that is given a link
                              └─▶ page    /share, which is also the dialog on every page
    Subject(title, page, cited) ──▲       the map itself, or a page that it stands for

Everything is written here, once; the dialog's script only fetches the page and takes it in.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from geodata.figures import state
from geodata.figures.query_keys import encode_items
from geodata.figures.state import State, encode_query, query_items
from geodata.figures.view import View
from geodata.i18n.language import Language, languages, load_language, strip_isolates
from geodata.i18n.messages import gettext
from geodata.links import embed_html, embed_options
from geodata.links.embed_html import EmbedChoice, FrameSize, Remains
from geodata.links.urls import Urls
from geodata.snapshots.snapshot import Snapshot
from geodata.text import citation, view_headlines, wording
from geodata.text.citation import Citation
from layouts.shell import render

CARD_WIDTH, CARD_HEIGHT = 1200, 630
OEMBED_WIDTH = 800
_AN_HOUR, _A_YEAR = 3_600, 31_536_000

_THEMES = {
    embed_options.AUTO: gettext("As the reader's device"),
    embed_options.LIGHT: gettext("Light"),
    embed_options.DARK: gettext("Dark"),
}
_PARTS = {
    "title": gettext("Title and headline"),
    "legend": gettext("Legend"),
    "controls": gettext("Timeline and switches"),
}
_BEHAVIOUR = {
    "lock": gettext("Keep people, programmes and area as they are"),
    "play": gettext("Start playing by itself"),
    "static": gettext("A still map, without any script"),
}


@dataclass(frozen=True)
class Shared:
    """A view on its date, with the builders of its links.

    Attributes
    ----------
    link
        Makes an absolute link of a path of ``urls``.
    """

    view: View
    urls: Urls
    link: Callable[[str], str]

    @property
    def state(self) -> State:
        """The state that leads to the view."""
        return self.view.state

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that the view is of."""
        return self.view.snapshot

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.view.language

    @property
    def query(self) -> str:
        """The shortest query that leads to the state."""
        return encode_query(self.state, self.snapshot)

    @property
    def frozen_query(self) -> str:
        """The query that leads to the same figures for as long as the snapshot is held."""
        return encode_query(state.frozen(self.state, self.snapshot), self.snapshot)

    @property
    def headline(self) -> str:
        """The sentence on the date that is shown."""
        return view_headlines.headline(self.view.on_its_date())


# --------------------------------------------------------------------- what other sites read


@dataclass(frozen=True)
class Card:
    """Metadata of a page for chats, social media and search engines, for ``card.html``."""

    site: str
    title: str
    description: str
    url: str
    image: str
    image_text: str
    oembed: str
    share: str
    query: str = ""
    image_width: int = CARD_WIDTH
    image_height: int = CARD_HEIGHT


def card(shared: Shared, *, page: str = "", title: str = "") -> Card:
    """Make the card of a page that shows ``shared`` or leads to it.

    Parameters
    ----------
    page
        The page as ``urls`` writes it; the map where left out.
    title
        Of the page, where it has one of its own.
    """
    urls, link = shared.urls, shared.link
    own = link(urls.page(shared.query))
    return Card(
        site=wording.product(shared.snapshot, shared.language),
        title=title or wording.title_in_country(shared.view),
        description=shared.headline,
        url=link(page) if page else own,
        image=link(urls.card_png(shared.query)),
        image_text=shared.headline,
        oembed=link(urls.oembed(f"url={quote(own, safe='')}")),
        share=urls.share(shared.query),
        query=shared.query,
    )


def oembed(
    shared: Shared, options: embed_options.EmbedOptions, size: FrameSize, *, room: tuple[int, int]
) -> dict[str, Any]:
    """Return oEmbed's answer for a map (https://oembed.com): a frame, and a picture of it.

    Parameters
    ----------
    size
        What was chosen for the frame.
    room
        Largest width and height that the consumer accepts.
    """
    fitted = FrameSize(min(size.width or OEMBED_WIDTH, room[0]), min(size.height, room[1]))
    return {
        "version": "1.0",
        "type": "rich",
        "title": strip_isolates(embed_html.frame_title(shared.view)),
        "provider_name": strip_isolates(wording.product(shared.snapshot, shared.language)),
        "provider_url": shared.link(shared.urls.page()),
        "cache_age": _A_YEAR if shared.state.v and shared.state.time else _AN_HOUR,
        "html": embed_code(shared, options, fitted),
        "width": fitted.width,
        "height": fitted.height,
        **_thumbnail(shared, room),
    }


def _thumbnail(shared: Shared, room: tuple[int, int]) -> dict[str, Any]:
    """Return the picture if it fits ``room``: oEmbed forbids a larger one."""
    if room[0] < CARD_WIDTH or room[1] < CARD_HEIGHT:
        return {}
    return {
        "thumbnail_url": shared.link(shared.urls.card_png(shared.query)),
        "thumbnail_width": CARD_WIDTH,
        "thumbnail_height": CARD_HEIGHT,
    }


def remains(shared: Shared) -> Remains:
    """Return what is left of the code where frames are taken out: a link and a picture."""
    urls, link = shared.urls, shared.link
    return Remains(link(urls.page(shared.query)), link(urls.card_png(shared.query)))


def embed_code(
    shared: Shared,
    options: embed_options.EmbedOptions,
    size: FrameSize,
    remains: Remains | None = None,
) -> str:
    """Write what is pasted to embed the state; no script where the map itself has none."""
    query = embed_options.query(shared.state, options, shared.snapshot)
    return embed_html.code(
        shared.link(shared.urls.embed(query)),
        embed_html.frame_title(shared.view),
        size,
        script="" if options.static else shared.link(shared.urls.embed_host()),
        remains=remains,
    )


# ----------------------------------------------------------------------------- the page


PAGE = "page"  # the key that says which page is shared
PAGES = MAP, COMPARE = "map", "compare"


@dataclass(frozen=True)
class Subject:
    """Subject of the share page: a page in words, its address and citation.

    Attributes
    ----------
    query_items
        Keys and values of the share page's own query.
    page
        Its address, as ``urls`` writes it.
    of_code, of_picture
        What these show, where that is not all of the page.
    """

    title: str
    headline: str
    query_items: list[tuple[str, str]]
    page: str
    cited: Citation
    of_code: str = ""
    of_picture: str = ""


def subject(shared: Shared, today: dt.date) -> Subject:
    """Return the map as the subject of the share page; ``today`` is in UTC."""
    frozen = shared.link(shared.urls.page(shared.frozen_query))
    return Subject(
        title=wording.title_in_country(shared.view),
        headline=shared.headline,
        query_items=query_items(shared.state, shared.snapshot),
        page=shared.urls.page(shared.query),
        cited=citation.cite(shared.view, url=frozen, accessed=today),
    )


def page(
    subject: Subject,
    shared: Shared,
    embedded: Shared,
    choice: EmbedChoice,
    *,
    notices: list[str],
    refused: list[str],
) -> str:
    """Render the share page as HTML; it works without JavaScript.

    Parameters
    ----------
    shared
        The map that is shared, or that stands for the page that is.
    embedded
        The map as it is embedded, in its own language and frozen or following.
    notices, refused
        What was not understood of the state, and of what was chosen for the embedded map.
    """
    urls, language = shared.urls, shared.language
    address = urls.share(encode_items(subject.query_items))
    own = replace(card(shared, page=address, title=subject.title), description=subject.headline)
    return render(
        "share.html",
        shared.snapshot,
        language,
        urls.following(shared.state),
        current="share",
        card=replace(own, share=address),
        subject=subject,
        link=shared.link(subject.page),
        form=_form(subject, shared, choice),
        code=embed_code(embedded, choice.options, choice.size, remains(embedded)),
        preview=_preview(embedded, choice),
        cited=_cited(subject.cited),
        picture=_picture(shared),
        notices=notices,
        refused=refused,
    )


def _preview(embedded: Shared, choice: EmbedChoice) -> Markup:
    """Write the very frame of the code, from where the page itself is."""
    query = embed_options.query(embedded.state, choice.options, embedded.snapshot)
    named = embed_html.frame_title(embedded.view)
    # The address and the name are escaped where the frame is written.
    return Markup(embed_html.frame(embedded.urls.embed(query), named, choice.size))  # noqa: S704


def _form(subject: Subject, shared: Shared, choice: EmbedChoice) -> dict[str, Any]:
    """Return the context of the form: hidden fields, options, and the chosen ones."""
    language = shared.language
    return {
        "carried": subject.query_items,
        "choice": choice,
        "freeze": {
            "0": language.gettext("Follow new data"),
            "1": language.gettext(
                "Freeze at {date}",
                date=language.date(state.view_date(shared.state, shared.snapshot), "long"),
            ),
        },
        "widths": embed_html.WIDTHS,
        "heights": embed_html.HEIGHTS,
        "languages": {code: load_language(code).name for code in languages()},
        "themes": {code: language.gettext(label) for code, label in _THEMES.items()},
        "shown": _switches(_PARTS, choice, language),
        "behaviour": _switches(_BEHAVIOUR, choice, language),
    }


def _switches(
    labels: dict[str, str], choice: EmbedChoice, language: Language
) -> list[dict[str, Any]]:
    return [
        {"name": name, "label": language.gettext(label), "on": getattr(choice.options, name)}
        for name, label in labels.items()
    ]


def _cited(cited: Citation) -> dict[str, Any]:
    return {
        "key": cited.key,
        "plain": citation.footnote(cited),
        "bibtex": citation.bibtex(cited),
        "csl": json.dumps(citation.csl(cited), ensure_ascii=False, indent=2),
    }


def _picture(shared: Shared) -> dict[str, Any]:
    query = shared.frozen_query
    return {
        "card": shared.urls.card_png(query),
        "map": shared.urls.map_png(query),
        "width": CARD_WIDTH,
        "height": CARD_HEIGHT,
        "text": shared.headline,
    }
