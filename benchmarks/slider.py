"""A step of the slider, on the map and on the tutorial page: the same key, the same dates."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks.browser import LATE_MS, PATIENCE_MS, Traffic, open_map, open_tutorial, opened
from benchmarks.table import Row, count, fact, factor, middle, slowest, spread, time, write

WARM_UP = 10
STEPS = 100
ONE_BY_ONE = ["ArrowLeft"] * (WARM_UP + STEPS)  # from the newest date back
THERE_AND_BACK = ["Home", "End"] * 30
MOST_P50_MS, MOST_P95_MS = 5, 16
LEAST_FACTOR = 10
AREAS = {1: 18, 2: 101}

MAP_AREAS, PLOTLY_AREAS = "path[data-pcode]", "path.choroplethlocation"
MAP_SLIDER = "#timeline input[type=range]"
TUTORIAL_SLIDER = "[role=slider]"

# `redraws` says that the colours come later, with a redraw by Plotly, and not with the event;
# `releases`, that the key goes up again after every step, where it else is held.
_STEPS = """async ({ slider, keys, areas, redraws, releases, patience }) => {
  const control = document.querySelector(slider);
  const graph = document.querySelector('.js-plotly-plot');
  const fills = () => {
    const fill = (area) => area.style.fill || area.getAttribute('fill');
    return [...document.querySelectorAll(areas)].map(fill);
  };
  const press = (type, key) => control.dispatchEvent(
    new KeyboardEvent(type, { key, bubbles: true, cancelable: true }));
  const redrawn = () => new Promise((resolve, reject) => {
    const date = graph.layout.title.text;
    setTimeout(() => reject(new Error(`No redraw after ${date}`)), patience);
    graph.on('plotly_afterplot', function listen() {
      if (graph.layout.title.text === date) return; // not this step's redraw
      resolve(performance.now());
      graph.removeListener('plotly_afterplot', listen);
    });
  });
  const painted = () => new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve(performance.now());
    requestAnimationFrame(() => channel.port2.postMessage(null));
  });
  const measured = { recoloured: [], paints: [], released: [], changed: [] };
  for (const key of keys) {
    await new Promise((resolve) => setTimeout(resolve, 20 + 40 * Math.random()));
    const before = fills();
    const drawing = redraws && redrawn();
    const start = performance.now();
    press('keydown', key);
    const done = redraws ? await drawing : performance.now();
    measured.paints.push(await painted() - start);
    measured.recoloured.push(done - start);
    const release = performance.now();
    if (releases) press('keyup', key);
    measured.released.push(performance.now() - release);
    measured.changed.push(fills().filter((fill, i) => before[i] !== fill).length);
  }
  press('keyup', keys.at(-1));
  return measured;
}"""


@dataclass(frozen=True)
class Steps:
    """What some steps took: milliseconds and areas recoloured for each, the rest for all."""

    recoloured: list[float]
    paints: list[float]
    released: list[float]
    changed: list[int]
    busy_ms: float
    requests: int
    bytes: int


def measure(browser: Browser, url: str, tutorial_url: str, level: int) -> list[Row]:
    """Step through both pages, one after the other."""
    areas = AREAS[level]
    with opened(browser) as page:
        open_map(page, f"{url}/?level={level}", areas)
        ours = steps(page, ONE_BY_ONE)
        leaps = steps(page, THERE_AND_BACK, releases=True)
    with opened(browser) as page:
        open_tutorial(page, tutorial_url)
        theirs = {"slider": TUTORIAL_SLIDER, "areas": PLOTLY_AREAS, "redraws": True}
        tutorial = steps(page, ONE_BY_ONE, **theirs)
    return [*_rows(f"{areas} areas", ours, tutorial), *_leap_rows(f"{areas} areas", leaps)]


def steps(page: Page, keys: list[str], **overrides: Any) -> Steps:
    """Press these keys on a page's slider, the first ``WARM_UP`` of them unmeasured."""
    options = {
        **{"slider": MAP_SLIDER, "areas": MAP_AREAS, "patience": PATIENCE_MS},
        **{"redraws": False, "releases": False},
        **overrides,
    }
    page.evaluate(_STEPS, {**options, "keys": keys[:WARM_UP]})
    page.wait_for_timeout(LATE_MS)
    traffic = Traffic(page)
    before = traffic.busy_ms()
    measured: dict[str, Any] = page.evaluate(_STEPS, {**options, "keys": keys[WARM_UP:]})
    busy = traffic.busy_ms() - before
    if not any(measured["changed"]):
        raise RuntimeError(f"no colour followed the slider at {page.url}")
    page.wait_for_timeout(LATE_MS)
    return Steps(**measured, busy_ms=busy, requests=len(traffic.exchanges), bytes=traffic.bytes)


def _rows(name: str, ours: Steps, tutorial: Steps) -> list[Row]:
    beside = f"{name}: tutorial page"
    faster = middle(tutorial.recoloured) / middle(ours.recoloured)
    return [
        time(f"{name}: recoloured, p50", middle(ours.recoloured), MOST_P50_MS),
        time(f"{name}: recoloured, p95", slowest(ours.recoloured), MOST_P95_MS),
        fact(f"{beside} recoloured, p50 / p95", spread(tutorial.recoloured)),
        factor(f"{name}: times faster than the tutorial page, p50", faster, LEAST_FACTOR),
        fact(f"{name}: painted, p50 / p95", spread(ours.paints)),
        fact(f"{beside} painted, p50 / p95", spread(tutorial.paints)),
        fact(f"{name}: work per step, mean", write(ours.busy_ms / STEPS, "ms")),
        fact(f"{beside} work per step, mean", write(tutorial.busy_ms / STEPS, "ms")),
        fact(f"{name}: areas with a new colour per step, mean", f"{fmean(ours.changed):.1f}"),
        fact(f"{beside}, the same", f"{fmean(tutorial.changed):.1f}"),
        count(f"{name}: requests in {STEPS} steps", ours.requests, 0),
        fact(f"{beside}, requests in {STEPS} steps", str(tutorial.requests)),
        fact(f"{beside}, bytes per step", write(tutorial.bytes / STEPS, "kB")),
    ]


def _leap_rows(name: str, leaps: Steps) -> list[Row]:
    changed = f"{fmean(leaps.changed):.0f} areas change"
    return [
        time(f"{name}: first date to last, {changed}, p50", middle(leaps.recoloured), MOST_P50_MS),
        time(f"{name}: first date to last, {changed}, p95", slowest(leaps.recoloured), MOST_P95_MS),
        fact(f"{name}: key released (names, URL), p50 / p95", spread(leaps.released)),
    ]
