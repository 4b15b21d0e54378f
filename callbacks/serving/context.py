"""Context of every route: the settings, the snapshots, and JSON answers cached in memory.

A request is answered from the snapshot that was active when it came in (:meth:`Context.pin`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import current_app, g, has_request_context, request
from werkzeug.datastructures import MultiDict
from werkzeug.http import parse_accept_header

from geodata.api.area_json import panel
from geodata.api.meta_json import meta
from geodata.api.places_json import index, place_answer
from geodata.api.view_json import as_dict, state_dict
from geodata.boundaries.topology import level_topology
from geodata.exports.catalogue import Catalogue, Distribution, shown_since
from geodata.exports.formats import FILES
from geodata.figures.availability import levels, populations_with_counts
from geodata.figures.state import State, encode_query, parse
from geodata.figures.suppression import Threshold
from geodata.figures.view import View, compute
from geodata.i18n.language import SOURCE_LANGUAGE, Language, language_of, languages, load_language
from geodata.i18n.writing import DIGITS, WESTERN
from geodata.links.urls import Urls
from geodata.settings import Settings
from geodata.snapshots.library import Library
from geodata.snapshots.memo import memoise
from geodata.snapshots.registry import Serving, SnapshotRegistry
from geodata.snapshots.snapshot import Snapshot
from geodata.text import newest_figure
from geodata.util.json_encoding import to_json
from geodata.util.polling import Poller
from layouts.share import Shared

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_VIEWS = 32  # arrays of a view are some ten times its JSON
_CATALOGUED = ("data.csv", "data.xlsx", "data.json", "data.geojson", "data.parquet", "data.gpkg")
_PINNED = "displacement.now"
EXTENSION = "displacement-context"  # of Flask's application


class Context:
    """Settings, snapshots and URLs of one application, and its answers as bytes.

    Answers stay on their snapshot, by state, at most ``settings.cached_views`` of each kind; time
    and selected area are no part of the key, because a view answers for all of them.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.urls = Urls(settings.url_base_pathname)
        self.computed = memoise(_VIEWS)(self._computed)
        self.view = memoise(settings.cached_views)(self._view)
        self.area = memoise(settings.cached_views)(self._area)
        self.areas = memoise(settings.cached_views)(self._areas)
        self.meta = memoise(settings.cached_views)(self._meta)
        self.places = memoise(settings.cached_views)(self._places)
        self.registry = SnapshotRegistry(
            settings.snapshot,
            Library(settings.snapshots),
            settings.store,
            trial=self._trial,
        )
        self._following: Poller | None = None

    def _trial(self, snapshot: Snapshot) -> None:
        """Compute what the map page loads first, before a new snapshot has readers."""
        state, _ = parse({}, snapshot)
        self.view(snapshot, state.view_key)
        self.meta(snapshot, state.lang, state.digits)
        self.areas(snapshot, state.level)

    def follow(self) -> None:
        """Check for newly activated snapshots at each request, in every serving process."""
        self._following = Poller(self.registry.refresh)

    def pin(self, environ: WSGIEnvironment) -> Serving:
        """Return the snapshots that answer a request, the same for all of the request."""
        if (serving := environ.get(_PINNED)) is None:
            if self._following:
                self._following.start_in_this_process()
            serving = environ[_PINNED] = self.registry.serving
        return serving

    @property
    def now(self) -> Serving:
        """Snapshots that answer this request; outside of a request, those served."""
        return self.pin(request.environ) if has_request_context() else self.registry.serving

    @property
    def snapshot(self) -> Snapshot:
        """The current snapshot, which answers where no version is named."""
        return self.now.snapshot

    @property
    def threshold(self) -> Threshold:
        """From how many households, or people, counts are shown."""
        settings = self.settings
        return Threshold(settings.suppression_threshold, settings.persons_per_household)

    def parse(
        self, query: Mapping[str, str], *, lenient: bool = False
    ) -> tuple[Snapshot, State, list[str]]:
        """Read a query against the snapshot that its ``v`` names; the state and its notices.

        Raises
        ------
        StateError
            As :func:`geodata.figures.state.parse`; :class:`~geodata.errors.NotAvailable`, also when
            lenient, where ``v`` names a snapshot that is not held.
        """
        version, snapshot = query.get("v", "").strip(), self.snapshot
        if version not in ("", snapshot.version):
            snapshot = self.registry.snapshot(version, query_language(query))
        return snapshot, *parse(query, snapshot, lenient=lenient)

    def link(self, path: str) -> str:
        """Write a path of :attr:`urls` as a link that works from anywhere.

        ``settings.public_url`` says where the application is found; without it the link follows
        the request, whose ``Host`` is the client's word: the answer is then that client's alone
        and no cache is to keep it (:func:`callbacks.serving.responses.cacheable_response` and the
        headers see to that).
        """
        if self.settings.public_url:
            return self.settings.public_url + path
        g.follows_host = True
        # Without a valid host there is only the path.
        return f"{request.scheme}://{request.host}{path}" if request.host else path

    def named(
        self, query: Mapping[str, str], *, lenient: bool = False
    ) -> tuple[Snapshot, State, list[str]]:
        """Read the snapshot and language that a query names, and no other key.

        Raises
        ------
        StateError
            As :meth:`parse`.
        """
        named_keys = {key: query.get(key, "") for key in ("lang", "digits", "v")}
        snapshot, state, notices = self.parse(named_keys, lenient=lenient)
        return snapshot, state, notices

    def view_at(self, snapshot: Snapshot, state: State) -> View:
        """Answer a state with its view, on its date."""
        return self.computed(snapshot, state.view_key).at(state)

    def ages(self, snapshot: Snapshot, state: State) -> dict[str, str]:
        """Return how long ago the newest figures are of, by date; nothing for what is frozen."""
        if state.v:
            return {}
        old_after = self.settings.old_after_days
        return newest_figure.ages(snapshot, dt.date.today(), old_after, state.language)

    def whole_view(self, snapshot: Snapshot, state: State, **more: object) -> bytes:
        """Write a view as JSON: the state and ``more``, then the figures, which are cached."""
        head = to_json(state_dict(state, snapshot) | more)
        return head[:-1] + b"," + self.view(snapshot, state.view_key)[1:]

    def place(self, snapshot: Snapshot, text: str, language: Language) -> bytes:
        """Write the place that a text means as JSON, or a sentence and those it may mean."""
        return to_json(place_answer(snapshot, text, language))

    def shared(self, snapshot: Snapshot, state: State) -> Shared:
        """Join the view of a state with the builders of its links, for :mod:`layouts.share`."""
        return Shared(self.view_at(snapshot, state), self.urls, self.link)

    def catalogue(self, snapshot: Snapshot, state: State) -> Catalogue:
        """List the datasets of a snapshot, in the language of ``state``, with links to them."""
        urls = self.urls.following(state)
        states = [
            replace(state, pop=code, level=level)
            for code in populations_with_counts(snapshot)
            for level in levels(snapshot, code)
        ]
        issued, modified = shown_since(snapshot, self.now.history)
        return Catalogue(
            views=tuple(self.view_at(snapshot, each) for each in states),
            files=self._distributions,
            own=self.link(urls.catalogue(urls.link_query)),
            home=self.link(urls.page(urls.link_query)),
            sources=self.link(urls.sources(query=urls.link_query)),
            page=lambda view: self.link(urls.page(encode_query(view.state, snapshot))),
            issued=issued,
            modified=modified,
        )

    def _distributions(self, view: View) -> list[Distribution]:
        """List the files of a dataset: every date where they take more than one."""
        query = encode_query(replace(view.state, v=view.snapshot.version), view.snapshot)
        ends = {name: "&rows=all" if FILES[name].tabular else "" for name in _CATALOGUED}
        return [
            Distribution(
                self.link(self.urls.file(name, query + ends[name])),
                FILES[name].media,
                view.language.gettext(FILES[name].label),
            )
            for name in _CATALOGUED
        ]

    def _computed(self, snapshot: Snapshot, state: State) -> View:
        return compute(snapshot, state, threshold=self.threshold)

    def _view(self, snapshot: Snapshot, state: State) -> bytes:
        return to_json(as_dict(self.computed(snapshot, state)))

    def _area(self, snapshot: Snapshot, state: State, pcode: str) -> bytes:
        return to_json(panel(snapshot, state, pcode, threshold=self.threshold))

    def _areas(self, snapshot: Snapshot, level: int) -> bytes:
        return to_json(level_topology(dict(snapshot.topology), level))

    def _meta(self, snapshot: Snapshot, lang: str, digits: str) -> bytes:
        return to_json(meta(snapshot, load_language(lang, digits), threshold=self.threshold))

    def _places(self, snapshot: Snapshot, lang: str, digits: str) -> bytes:
        return to_json(index(snapshot, load_language(lang, digits)))


def current_context() -> Context:
    """Return the context of the application that answers a request."""
    context: Context = current_app.extensions[EXTENSION]
    return context


def query_language(query: Mapping[str, str]) -> Language:
    """Return the language and digits that a query names, or the default for unknown ones."""
    code, digits = (query.get(key, "").strip() for key in ("lang", "digits"))
    return load_language(
        code if code in languages() else SOURCE_LANGUAGE, digits if digits in DIGITS else WESTERN
    )


@lru_cache(maxsize=512)
def preferred(accepted: str) -> str:
    """Return the language that an ``Accept-Language`` prefers, of those there are; else English."""
    preferences = (language_of(tag) for tag, quality in parse_accept_header(accepted) if quality)
    return next(filter(None, preferences), SOURCE_LANGUAGE)


def link_query(query: Mapping[str, str]) -> dict[str, str]:
    """Return a page's query, with the language that the browser prefers if it names none.

    The answer then differs with ``Accept-Language``, and says so (:func:`varies`).
    """
    filled = dict(query)
    if not filled.get("lang", "").strip():
        g.varies = True
        lang = preferred(request.headers.get("Accept-Language", ""))
        if lang != SOURCE_LANGUAGE:
            filled["lang"] = lang
    return filled


def page_language() -> Language:
    """Return the language of an error page."""
    return query_language(link_query(last_values(request.args)))


def varies() -> bool:
    """Tell whether this answer is in the language that the browser prefers."""
    return bool(g.get("varies"))


def last_values(query: MultiDict[str, str]) -> dict[str, str]:
    """Take the last value of each key: in a form, 0 is sent before the box that may be ticked."""
    return {key: values[-1] for key, values in query.lists()}


def follows_host() -> bool:
    """Tell whether this answer holds a link made of the request's ``Host``."""
    return bool(g.get("follows_host"))
