"""The server: start-up, computing a view, and how many requests a second it answers."""

from __future__ import annotations

import subprocess
import sys
from http.client import HTTPConnection
from time import perf_counter
from urllib.parse import urlsplit

from benchmarks.serving import ROOT
from benchmarks.table import Row, fact, middle, spread, write
from geodata.api.view_json import as_dict
from geodata.figures import counts
from geodata.figures.state import State, parse
from geodata.figures.view import compute
from geodata.settings import BUNDLED, Settings
from geodata.snapshots.snapshot import Snapshot, load
from geodata.util.json_encoding import to_json

STARTS = 3
WARM_RUNS = 5
REQUESTS = 300
KINDS = {
    "people": {},
    "returnees": {"pop": "returnee"},
    "per 1,000": {"measure": "rate"},
    "share": {"measure": "share"},
    "change": {"mode": "change"},
    "a programme": {"prog": "PHSS"},
    "natural breaks": {"classes": "jenks"},
}
GOVERNORATES_ONLY = {"per 1,000"}


def measure(url: str) -> list[Row]:
    """Measure in this process, in processes of their own, and over the loopback."""
    return [
        fact(f"start-up (import app), median of {STARTS}", write(middle(_starts()), "ms")),
        *_views(load(BUNDLED)),
        *(_requests(url, level, areas) for level, areas in ((1, 18), (2, 101))),
    ]


def _starts() -> list[float]:
    command = [sys.executable, "-c", "import app"]
    milliseconds = []
    for _ in range(STARTS):
        start = perf_counter()
        subprocess.run(command, cwd=ROOT, check=True)
        milliseconds.append(1000 * (perf_counter() - start))
    return milliseconds


def _views(snapshot: Snapshot) -> list[Row]:
    """Cold: the first view of its kind in a process. Warm: its grid of counts is in memory."""
    rows = []
    for level, areas in ((1, 18), (2, 101)):
        for name, query in KINDS.items():
            if level == 2 and name in GOVERNORATES_ONLY:
                continue
            state, _ = parse({**query, "level": str(level)}, snapshot)
            counts.counts.forget()
            cold = _compute(snapshot, state)
            warm = middle(_compute(snapshot, state) for _ in range(WARM_RUNS))
            measured = f"{write(cold, 'ms')} / {write(warm, 'ms')}"
            rows.append(fact(f"view of {areas} areas, {name}: cold / warm", measured))
    return rows


def _compute(snapshot: Snapshot, state: State) -> float:
    start = perf_counter()
    to_json(as_dict(compute(snapshot, state, threshold=Settings().suppression_threshold)))
    return 1000 * (perf_counter() - start)


def _requests(url: str, level: int, areas: int) -> Row:
    """Ask for one view again and again on one connection, as Chromium would."""
    connection = HTTPConnection(urlsplit(url).netloc)
    took = []
    for _ in range(REQUESTS + 1):
        start = perf_counter()
        connection.request(
            "GET", f"/api/v1/view.json?level={level}", headers={"Accept-Encoding": "br"}
        )
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{url} answered {answer.status} {answer.reason}")
        took.append(1000 * (perf_counter() - start))
    connection.close()
    cached = took[1:]
    rate = 1000 * REQUESTS / sum(cached)
    what = f"cached view of {areas} areas, one client: requests/s (p50 / p95)"
    return fact(what, f"{rate:,.0f} ({spread(cached)})")
