"""What every route needs: the settings, the snapshot being served, and answers kept in memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from geodata.area_panel import panel
from geodata.boundaries import level_topology
from geodata.language import language
from geodata.meta import meta
from geodata.settings import Settings
from geodata.snapshot import Snapshot, load
from geodata.state import State
from geodata.urls import Urls
from geodata.view import as_dict, compute


def to_json(value: object) -> bytes:
    """Compact JSON in UTF-8; NaN is a mistake and raises."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


class Context:
    """Settings, snapshot and URLs of one application, and its answers as bytes.

    Answers are kept per snapshot and state, at most ``settings.cached_views`` of each kind; time
    and selected area are no part of the key, because a view answers for all of them.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.urls = Urls(settings.url_base_pathname)
        self.snapshot: Snapshot = load(settings.snapshot)
        keep: Callable[[Any], Any] = lru_cache(maxsize=settings.cached_views)
        self.view = keep(self._view)
        self.area = keep(self._area)
        self.areas = keep(self._areas)
        self.meta = keep(self._meta)

    @property
    def threshold(self) -> int:
        """District counts below this many households are not shown."""
        return self.settings.suppression_threshold

    def _view(self, snapshot: Snapshot, state: State) -> bytes:
        return to_json(as_dict(compute(snapshot, state, threshold=self.threshold)))

    def _area(self, snapshot: Snapshot, state: State, pcode: str) -> bytes:
        return to_json(panel(snapshot, state, pcode, threshold=self.threshold))

    def _areas(self, snapshot: Snapshot, level: int) -> bytes:
        return to_json(level_topology(dict(snapshot.topology), level))

    def _meta(self, snapshot: Snapshot, lang: str) -> bytes:
        return to_json(meta(snapshot, language(lang), threshold=self.threshold))
