"""What readers that are programs look for: feed, catalogue, and what search engines read first.

=====================================  ===========================================================
``GET /feed.xml?lang=…``               what became active, an entry for each (Atom)
``GET /catalog.jsonld?lang=…&v=…``     the datasets that can be downloaded (DCAT)
``GET /sitemap.xml``                   the pages, in every language
``GET /robots.txt``                    what may be read, and where the sitemap is
=====================================  ===========================================================
"""

from __future__ import annotations

from dash import Dash
from flask import Response, request

from callbacks.serving.context import Context
from callbacks.serving.responses import (
    CachePolicy,
    bad_request,
    cacheable_response,
    policy_for_request,
)
from geodata.errors import StateError
from geodata.exports import catalogue
from geodata.figures.availability import levels, populations_with_counts
from geodata.figures.state import State, encode_query
from geodata.util.json_encoding import to_json
from layouts import feed, sitemap
from layouts.feed import FeedLinks

_TEXT = "text/plain"
# Made for programs, sent by forms, or minutes of a machine's time for every state there is.
_DISALLOWED = (
    "api/",
    "parts/",
    "_dash",
    "_mcp",
    "place",
    "share",
    "briefing/",
    "map.zip",
    "timelapse",
)


def register(app: Dash, context: Context) -> None:
    """Add feed, catalogue, sitemap and ``robots.txt`` to ``app``."""
    urls, link = context.urls, context.link

    @app.server.get(urls.feed(), endpoint="feed")
    def feed_xml() -> Response:
        try:
            _, state, _ = context.named({"lang": request.args.get("lang", "")})
        except StateError as error:
            return bad_request(error)
        own = urls.following(state)
        links = FeedLinks(
            own=link(urls.feed(own.link_query)),
            home=link(own.page(own.link_query)),
            past=link(own.sources("history", own.link_query)),
            frozen=lambda version: link(own.page(own.at(version))),
        )
        now = context.now
        body = feed.feed(now.snapshot, now.history, state.language, links)
        return cacheable_response(body, feed.MEDIA, CachePolicy.LIVE)

    @app.server.get(urls.catalogue(), endpoint="catalogue")
    def catalog_jsonld() -> Response:
        try:
            snapshot, state, _ = context.named(request.args)
        except StateError as error:
            return bad_request(error)
        body = to_json(catalogue.dcat(context.catalogue(snapshot, state)))
        return cacheable_response(body, catalogue.MEDIA, policy_for_request())

    @app.server.get(urls.sitemap(), endpoint="sitemap")
    def sitemap_xml() -> Response:
        history = context.now.history
        changed = history[0].activation.at[:10] if history else ""
        body = sitemap.sitemap(map(link, _pages(context)), changed)
        return cacheable_response(body, sitemap.MEDIA, CachePolicy.LIVE)

    @app.server.get(urls.robots(), endpoint="robots")
    def robots_txt() -> Response:
        paths = [f"{urls.prefix}{name}" for name in _DISALLOWED]
        body = sitemap.robots(paths, link(urls.sitemap()))
        return cacheable_response(body, _TEXT, CachePolicy.LIVE)


def _pages(context: Context) -> list[str]:
    """List the pages, and the map of every population at every level that it has."""
    urls, snapshot = context.urls, context.snapshot
    states = [
        encode_query(State(pop=code, level=level), snapshot)
        for code in populations_with_counts(snapshot)
        for level in levels(snapshot, code)
    ]
    maps = dict.fromkeys([urls.page(), *map(urls.page, states)])
    return [*maps, urls.compare(), urls.briefing(), urls.funders(), urls.sources(), urls.download()]
