"""Sizes of what is stored and sent: the bundled snapshot, the boundaries, the assets."""

from __future__ import annotations

import gzip
from pathlib import Path

from benchmarks.serving import ROOT
from benchmarks.table import Row, count, fact, write
from geodata.boundaries.topology import level_topology
from geodata.settings import BUNDLED
from geodata.snapshots.snapshot import load
from geodata.util.json_encoding import to_json

MOST_BUNDLE_BYTES = 3_000_000
ASSETS = ROOT / "assets"
SENT = (".css", ".js", ".svg")


def measure() -> list[Row]:
    """Weigh the files; gzip at its default level."""
    bundle = sum(path.stat().st_size for path in BUNDLED.iterdir())
    topology = dict(load(BUNDLED).topology)
    return [
        count("geodata/bundled", bundle, MOST_BUNDLE_BYTES, "kB"),
        *(
            fact(
                f"boundaries of level {level}, plain / gzip",
                _both(to_json(level_topology(topology, level))),
            )
            for level in (1, 2)
        ),
        *(
            fact(f"{path.relative_to(ROOT)}, plain / gzip", _both(path.read_bytes()))
            for path in _assets()
        ),
    ]


def _assets() -> list[Path]:
    return sorted(path for path in ASSETS.rglob("*") if path.suffix in SENT)


def _both(data: bytes) -> str:
    return f"{write(len(data), 'kB')} / {write(len(gzip.compress(data, 6)), 'kB')}"
