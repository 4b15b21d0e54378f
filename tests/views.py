"""Views as tests ask for them: by the keys of an address."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from geodata.api.view_json import as_dict
from geodata.figures.state import parse
from geodata.figures.suppression import Threshold
from geodata.figures.view import View, compute
from geodata.snapshots.snapshot import Snapshot
from tests.bundled import SNAPSHOT


def viewed(snapshot: Snapshot = SNAPSHOT, query: str = "", /, **keys: Any) -> View:
    """The view that a query and these keys ask for; ``threshold`` is 5 unless it is given."""
    threshold: Threshold | int = keys.pop("threshold", 5)
    state, _ = parse({**dict(parse_qsl(query)), **keys}, snapshot)
    return compute(snapshot, state, threshold=threshold)


def view_json(snapshot: Snapshot = SNAPSHOT, /, **keys: Any) -> dict[str, Any]:
    """The same as JSON-ready values."""
    return as_dict(viewed(snapshot, **keys))
