"""The bundled snapshot, loaded once in a process of tests, with all that was computed from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.settings import BUNDLED
from geodata.snapshots import registry
from geodata.snapshots.manifest import SnapshotLocation
from geodata.snapshots.snapshot import Snapshot, load

SNAPSHOT = load(BUNDLED)


def _shared(where: Path | SnapshotLocation, store_url: str = "") -> Snapshot:
    return SNAPSHOT if where == BUNDLED and not store_url else load(where, store_url)


def share() -> None:
    """Let every application of this process answer from the one that is loaded here.

    Each would verify and load it, and compute again what another has computed.
    """
    pytest.MonkeyPatch().setattr(registry, "load", _shared)
