"""What every route needs: the settings, the snapshots held, and answers kept in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from flask import g, request

from geodata.area_panel import panel
from geodata.boundaries import level_topology
from geodata.holdings import Holdings
from geodata.language import SOURCE_LANGUAGE, language, languages
from geodata.meta import meta
from geodata.settings import Settings
from geodata.snapshot import Snapshot
from geodata.state import State, parse
from geodata.urls import Urls
from geodata.view import View, as_dict, compute
from layouts.share import Shared

_VIEWS = 32  # arrays of a view are some ten times its JSON


def to_json(value: object) -> bytes:
    """Compact JSON in UTF-8; NaN is a mistake and raises."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


class Context:
    """Settings, snapshots and URLs of one application, and its answers as bytes.

    Answers are kept per snapshot and state, at most ``settings.cached_views`` of each kind; time
    and selected area are no part of the key, because a view answers for all of them.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.urls = Urls(settings.url_base_pathname)
        self.holdings = Holdings(settings.snapshot, settings.older_snapshots, dropped=self._forget)
        keep: Callable[[Any], Any] = lru_cache(maxsize=settings.cached_views)
        self.computed = lru_cache(maxsize=_VIEWS)(self._computed)
        self.view = keep(self._view)
        self.area = keep(self._area)
        self.areas = keep(self._areas)
        self.meta = keep(self._meta)

    def _forget(self) -> None:
        for kept in (self.computed, self.view, self.area, self.areas, self.meta):
            kept.cache_clear()

    @property
    def snapshot(self) -> Snapshot:
        """The current snapshot, which answers where no version is named."""
        return self.holdings.current

    @property
    def threshold(self) -> int:
        """District counts below this many households are not shown."""
        return self.settings.suppression_threshold

    def parse(
        self, query: Mapping[str, str], *, lenient: bool = False
    ) -> tuple[Snapshot, State, list[str]]:
        """Read a query against the snapshot that its ``v`` names; the state and its notices.

        Raises
        ------
        StateError
            As :func:`geodata.state.parse`; :class:`~geodata.errors.NotHeld`, also when lenient,
            where ``v`` names a snapshot that is not held.
        """
        version = query.get("v", "").strip()
        snapshot = self.holdings.snapshot(version, language(known_language(query.get("lang", ""))))
        return snapshot, *parse(query, snapshot, lenient=lenient)

    def link(self, path: str) -> str:
        """Write a path of :attr:`urls` as a link that works from anywhere.

        ``settings.public_url`` says where the application is found; without it the link follows
        the request, whose ``Host`` is the client's word: the answer is then that client's alone
        and no cache is to keep it (:func:`callbacks.api.answer` and the headers see to that).
        """
        if self.settings.public_url:
            return self.settings.public_url + path
        g.follows_host = True
        # Without a valid host there is only the path.
        return f"{request.scheme}://{request.host}{path}" if request.host else path

    def shared(self, snapshot: Snapshot, state: State) -> Shared:
        """Bring a state together with the view that answers it, for :mod:`layouts.share`."""
        view = self.computed(snapshot, state.view_key).at(state)
        return Shared(view, self.urls, self.link)

    def _computed(self, snapshot: Snapshot, state: State) -> View:
        return compute(snapshot, state, threshold=self.threshold)

    def _view(self, snapshot: Snapshot, state: State) -> bytes:
        return to_json(as_dict(self.computed(snapshot, state)))

    def _area(self, snapshot: Snapshot, state: State, pcode: str) -> bytes:
        return to_json(panel(snapshot, state, pcode, threshold=self.threshold))

    def _areas(self, snapshot: Snapshot, level: int) -> bytes:
        return to_json(level_topology(dict(snapshot.topology), level))

    def _meta(self, snapshot: Snapshot, lang: str) -> bytes:
        return to_json(meta(snapshot, language(lang), threshold=self.threshold))


def known_language(code: str) -> str:
    """Return the code of a language that there is: ``code``, or English."""
    code = code.strip()
    return code if code in languages() else SOURCE_LANGUAGE


def follows_host() -> bool:
    """Whether this answer holds a link to wherever the request said that it went."""
    return bool(g.get("follows_host"))
