"""Measure the map page of another commit and of the working tree in turn, and print their ratios.

::

    make bench-against REF=9cbc8e8
    make bench-against REF=main ARGS="--rounds 5 --markdown table.md"

    REF ──▶ a temporary worktree ──▶ gunicorn ──┐
    the working tree, as it is ────▶ gunicorn ──┴──▶ one Chromium: A B A B … ──▶ medians, ratios

Each serves the snapshot that it ships. A ratio below 1 says that the working tree needs less. What
a ratio is held against are the targets that were set when Dash was given the page; a row that is
over is told, and fails nothing: machines differ, and the same machine from hour to hour.

============  ====================================================================================
live          the slider acts (``data-live``)
movable       the map can be zoomed and moved
acts          a filter acts
at rest       the last answer has come, the map is movable, and a filter acts
script time   Chromium's ``ScriptDuration``
heap          ``JSHeapUsedSize`` after the garbage is collected
first chart   from a click on the first area of the ranking until its line is drawn
============  ====================================================================================
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks.browser import LATE_MS, VARIABLE, Traffic, chromium, opened, wait_until
from benchmarks.revisions import CannotCompare, checked_out, commit_of, python_for
from benchmarks.serving import MAP, ROOT, serving
from benchmarks.slider import AREAS, ONE_BY_ONE, steps
from benchmarks.slow_link import PATIENCE_MS, slow_down
from benchmarks.table import OK, OVER, Row, as_markdown, as_text, fact, middle, slowest, write

ROUNDS = 3
Measures = dict[str, float]

LIVE = "document.documentElement.dataset.live"
# Where the page is not made of components yet, its filters act with its first script, and its map
# can be moved when Plotly's has come.
_COMPONENTS = "document.querySelector('[data-island]')"
ACTS = f"({_COMPONENTS} ? document.documentElement.dataset.dash : {LIVE})"
MOVABLE = (
    f"({_COMPONENTS} ? document.querySelector('#zoom:not([hidden])')"
    " : document.querySelector('path.choroplethlocation[data-pcode]')?.style.fill)"
)
CHART = "document.querySelector(':is(#side, #trend-slot) .scatterlayer .trace')"
_LAST_ANSWER = "Math.max(...performance.getEntriesByType('resource').map((e) => e.responseEnd))"
_WATCH_SHIFTS = """
  window.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.layoutShift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
"""
_CLICK = """() => {
  const began = performance.now();
  document.querySelector('#ranking :is(a, button)').click();
  return began;
}"""

# What is measured: its unit, and the ratio that was set as a target (or, where the unit says
# "most", the value itself).
TARGETS: dict[str, tuple[str, float | None]] = {
    "bytes until live": ("kB", None),
    "bytes until movable": ("kB", 70_000),
    "bytes until at rest": ("kB", 0.3),
    "requests until at rest": ("requests", 8),
    "live": ("ms", None),
    "movable": ("ms", None),
    "a filter acts": ("ms", None),
    "at rest": ("ms", None),
    "script time until at rest": ("ms", 0.6),
    "heap at rest": ("kB", 0.5),
    "layout shift": ("", 0),
    "first chart, from the click": ("ms", 700),
    "slow 4G, processor a quarter: movable": ("ms", 0.5),
    "slow 4G, processor a quarter: a filter acts": ("ms", 1.3),
    "slow 4G, processor a quarter: at rest": ("ms", 0.5),
    "step, 18 areas: recoloured, p50": ("ms", 1.2),
    "step, 18 areas: recoloured, p95": ("ms", 1.2),
    "step, 18 areas: painted, p50": ("ms", 1000 / 60),
    "step, 101 areas: recoloured, p50": ("ms", 1.2),
    "step, 101 areas: recoloured, p95": ("ms", 1.2),
    "step, 101 areas: painted, p50": ("ms", 1000 / 60),
    "requests in 200 steps": ("requests", 0),
    "bytes in 200 steps": ("kB", 0),
    "lines of the page's own scripts": ("lines", 0.65),
}
LARGEST_RATIO = 2  # a target above it is a value, not a ratio


def first_visit(browser: Browser, url: str) -> Measures:
    """Open the page with empty caches, and open its first chart."""
    with opened(browser) as page:
        page.add_init_script(_WATCH_SHIFTS)
        traffic = Traffic(page)
        page.goto(url, wait_until="commit")
        measures: Measures = {"live": wait_until(page, LIVE)}
        measures["bytes until live"] = traffic.bytes
        measures["movable"] = wait_until(page, MOVABLE)
        measures["bytes until movable"] = traffic.bytes
        acts = wait_until(page, ACTS)
        page.wait_for_load_state("networkidle")
        measures |= {
            "a filter acts": acts,
            "at rest": max(acts, measures["movable"], page.evaluate(_LAST_ANSWER)),
            "bytes until at rest": traffic.bytes,
            "requests until at rest": len(traffic.exchanges),
            "script time until at rest": 1000 * traffic.metric("ScriptDuration"),
        }
        traffic.collect_garbage()
        measures["heap at rest"] = traffic.metric("JSHeapUsedSize")
        measures["layout shift"] = page.evaluate("window.layoutShift")
        began = page.evaluate(_CLICK)
        measures["first chart, from the click"] = wait_until(page, CHART) - began
    return measures


def slow_visit(browser: Browser, url: str) -> Measures:
    """Open the page with empty caches over slow 4G, on a processor a quarter as fast."""
    prefix = "slow 4G, processor a quarter: "
    with opened(browser) as page:
        slow_down(page)
        page.goto(url, wait_until="commit", timeout=PATIENCE_MS)
        movable = wait_until(page, MOVABLE, PATIENCE_MS)
        acts = wait_until(page, ACTS, PATIENCE_MS)
        page.wait_for_load_state("networkidle", timeout=PATIENCE_MS)
        rest = max(acts, movable, page.evaluate(_LAST_ANSWER))
    return {f"{prefix}movable": movable, f"{prefix}a filter acts": acts, f"{prefix}at rest": rest}


def stepped(browser: Browser, url: str) -> Measures:
    """Step through the newest hundred dates, by governorate and by district."""
    measures: Measures = {"requests in 200 steps": 0, "bytes in 200 steps": 0}
    for level, areas in AREAS.items():
        with opened(browser) as page:
            _open(page, f"{url}/?level={level}")
            taken = steps(page, ONE_BY_ONE)
        name = f"step, {areas} areas"
        measures |= {
            f"{name}: recoloured, p50": middle(taken.recoloured),
            f"{name}: recoloured, p95": slowest(taken.recoloured),
            f"{name}: painted, p50": middle(taken.paints),
        }
        measures["requests in 200 steps"] += taken.requests
        measures["bytes in 200 steps"] += taken.bytes
    return measures


def _open(page: Page, url: str) -> None:
    page.goto(url, wait_until="commit")
    wait_until(page, f"{ACTS} && {MOVABLE}")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(LATE_MS)


def script_lines(tree: Path) -> Measures:
    """Count the lines of the scripts that the map page loads, libraries left out."""
    folder = tree / "assets" / "js"
    paths = [*folder.glob("*.js"), *folder.glob("page/*.js")]
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in paths)
    return {"lines of the page's own scripts": lines}


def measure(browser: Browser, url: str) -> Measures:
    """Measure one page once."""
    return first_visit(browser, url) | slow_visit(browser, url) | stepped(browser, url)


def rows(theirs: Measures, ours: Measures) -> list[Row]:
    """Return what was measured of both, with the ratio and its target."""
    return [
        _row(name, theirs[name], ours[name], unit, target)
        for name, (unit, target) in TARGETS.items()
    ]


def _row(name: str, theirs: float, ours: float, unit: str, target: float | None) -> Row:
    ratio = ours / theirs if theirs else None
    measured = f"{write(theirs, unit)} -> {write(ours, unit)}"
    measured += f" ({ratio:.2f})" if ratio is not None else ""
    if target is None:
        return fact(name, measured)
    if 0 < target <= LARGEST_RATIO:
        within = ratio is None or ratio <= target
        return Row(name, measured, f"<= {target:g} of REF", OK if within else OVER)
    return Row(name, measured, f"<= {write(target, unit)}", OK if ours <= target else OVER)


@contextmanager
def both(ref: str) -> Iterator[tuple[Path, str, str]]:
    """Serve a commit and the working tree; yield the commit's tree and both URLs."""
    commit = commit_of(ref)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-against-"))
        tree = stack.enter_context(checked_out(commit, Path(folder)))
        theirs = stack.enter_context(serving(MAP, tree=tree, python=python_for(tree)))
        yield tree, theirs, stack.enter_context(serving(MAP))


def compare(ref: str, rounds: int) -> list[Row]:
    """Measure both in turn, and return the medians."""
    with both(ref) as (tree, theirs, ours), chromium() as browser:
        taken: dict[str, dict[str, list[float]]] = {
            url: defaultdict(list) for url in (theirs, ours)
        }
        for turn in range(rounds):
            for url, measures in taken.items():
                name = ref if url == theirs else "here"
                print(f"Round {turn + 1} of {rounds}: {name} ...", file=sys.stderr, flush=True)
                for what, value in measure(browser, url).items():
                    measures[what].append(value)
        middles = [
            {what: median(values) for what, values in taken[url].items()} | script_lines(where)
            for url, where in ((theirs, tree), (ours, ROOT))
        ]
    return rows(*middles)


def main(arguments: list[str] | None = None) -> int:
    """Measure, compare and report; return the exit status."""
    parser = argparse.ArgumentParser(prog="make bench-against", description=__doc__.splitlines()[0])
    parser.add_argument("ref", metavar="REF", help="commit, branch or tag to measure beside")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is measured")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="write the table here too")
    options = parser.parse_args(arguments)
    if not os.environ.get(VARIABLE):
        parser.error(f"{VARIABLE} names no Chromium: run `make bench-against`, which finds one")
    try:
        sections = {"Map page": compare(options.ref, options.rounds)}
    except CannotCompare as error:
        print(error, file=sys.stderr)
        return 2
    title = f"{options.ref} -> here, medians of {options.rounds}, load {os.getloadavg()[0]:.1f}"
    print(as_text(title, sections))
    if options.markdown:
        options.markdown.write_text(as_markdown(title, sections), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
