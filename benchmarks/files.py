"""Files of a view, made from warm: how long each takes, and what it takes of memory.

Also whether twenty pictures at once keep the server from answering anything else.
"""

from __future__ import annotations

import resource
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from benchmarks.load import Health
from benchmarks.table import Row, count, fact, middle, time, write
from geodata.exports.drawing.raster import png
from geodata.exports.formats import FILES, ExportRequest
from geodata.exports.options import Options
from geodata.figures.state import parse
from geodata.figures.view import View, compute
from geodata.settings import BUNDLED, Settings
from geodata.snapshots.snapshot import load

RUNS = 7
WIDE = 1600
PICTURES = 20
HEALTH_MS = 300
PAGE = "https://maps.example.org/"
# Milliseconds that a file may take.
LIMITS = {"map.svg": 30, "map.png": 250, "map.pdf": 500, "map.zip": 1500}
OTHERS = ("data.csv", "data.xlsx", "data.geojson")
# The first of them renders the frames, which the others share.
MOVING = ("timelapse.gif", "timelapse.webp", "timelapse.mp4")


def measure(url: str) -> list[Row]:
    """Make each file in this process, then ask the server for twenty pictures."""
    views = _views()
    rows = [_timed(name, views) for name in (*LIMITS, *OTHERS)]
    rows += _moving(views[0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    memory = fact("peak memory of the process that made them", f"{peak:,.0f} MB")
    return [*rows, memory, *_many(url)]


def _views() -> list[View]:
    """As many dates as there are runs and one to get warm: no file is one that was made before."""
    snapshot = load(BUNDLED)
    state, _ = parse({}, snapshot)
    view = compute(snapshot, state, threshold=Settings().suppression_threshold)
    dates = view.counts.dates[-RUNS - 1 :]
    return [view.at(parse({"time": day.isoformat()}, snapshot)[0]) for day in dates]


def _moving(view: View) -> list[Row]:
    """Make what moves once: each has every date, and the frames take seconds."""
    took, sizes = {}, {}
    request = ExportRequest(view, Options(), page=PAGE)
    for name in MOVING:
        start = perf_counter()
        sizes[name] = len(FILES[name].make(request))
        took[name] = 1000 * (perf_counter() - start)
    first, *others = MOVING
    rows = [
        fact(f"{first}, {sizes[first] / 1000:,.0f} kB, with the frames", write(took[first], "ms"))
    ]
    for name in others:
        part = f"{sizes[name] / 1000:,.0f} kB, {100 * sizes[name] / sizes[first]:.0f}% of the GIF"
        rows.append(time(f"{name}, {part}, frames shared", took[name], round(took[first] / 3)))
    return rows


def _timed(name: str, views: list[View]) -> Row:
    make: Callable[[ExportRequest], bytes] = FILES[name].make
    milliseconds = []
    for view in views:
        request = ExportRequest(view, Options(width=WIDE), page=PAGE)
        png.cache_clear()  # an archive would find the picture made
        start = perf_counter()
        body = make(request)
        milliseconds.append(1000 * (perf_counter() - start))
    median_ms, limit = middle(milliseconds[1:]), LIMITS.get(name)
    runs = f"median of {len(views) - 1} dates" if len(views) > 2 else "once"
    label = f"{name}, {len(body) / 1000:,.0f} kB, {runs}"
    if limit is None:
        return fact(label, write(median_ms, "ms"))
    return time(label, median_ms, limit)


def _many(url: str) -> list[Row]:
    """Ask for pictures that nobody asked for before, all at once."""
    health = Health(url)
    health.start()
    with ThreadPoolExecutor(PICTURES) as threads:
        urls = (f"{url}/map.png?w={WIDE - n}" for n in range(PICTURES))
        answers = Counter(threads.map(_status, urls))
    health.stop()
    slowest = max(health.took)
    statuses = ", ".join(f"{n} × {status}" for status, n in sorted(answers.items()))
    name = f"{PICTURES} pictures at once"
    return [
        fact(f"{name}: answers", statuses),
        count(f"{name}: neither made nor told when to come back", _lost(answers), 0),
        time(f"{name}: slowest /healthz", slowest, HEALTH_MS),
    ]


def _lost(answers: Counter[int]) -> int:
    return sum(n for status, n in answers.items() if status not in (200, 503))


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=120) as answer:
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
