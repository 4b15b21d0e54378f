"""Views as tests ask for them: by the keys of an address."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from geodata.api.view_json import as_dict
from geodata.figures.state import State, parse
from geodata.figures.suppression import Threshold
from geodata.figures.view import View, compute
from geodata.snapshots.snapshot import Snapshot
from tests.bundled import SNAPSHOT


def viewed(snapshot: Snapshot = SNAPSHOT, query: str = "", /, **keys: Any) -> View:
    """The view that a query and these keys ask for; ``threshold`` is 5 unless it is given."""
    threshold: Threshold | int = keys.pop("threshold", 5)
    state, _ = parse({**dict(parse_qsl(query)), **keys}, snapshot)
    if snapshot is SNAPSHOT:
        return _bundled(state, threshold)
    return compute(snapshot, state, threshold=threshold)


@lru_cache(64)
def _bundled(state: State, threshold: Threshold | int) -> View:
    """A view of the bundled snapshot, of which many are looked at again and again."""
    return compute(SNAPSHOT, state, threshold=threshold)


def view_json(snapshot: Snapshot = SNAPSHOT, /, **keys: Any) -> dict[str, Any]:
    """The same as JSON-ready values."""
    return as_dict(viewed(snapshot, **keys))
