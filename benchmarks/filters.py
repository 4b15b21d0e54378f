"""A change of a filter: one GET of the view, and how many bytes it takes."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

from playwright.sync_api import Browser, Page

from benchmarks.browser import LATE_MS, Traffic, open_map, opened, wait_until
from benchmarks.table import Row, count, fact, write
from geodata import populations
from geodata.figures.availability import available_measures, populations_with_counts
from geodata.settings import BUNDLED
from geodata.snapshots.snapshot import load

VIEW = "/api/v1/view.json"
MOST_BYTES = 15_000
AREAS = 18

# What is changed -> the control to press, and what then stands in the URL.
CHANGES = {
    "population": ("#population input[value=returnee]", "pop=returnee"),
    "measure": ("#measure input[value=households]", "measure=households"),
    "level or change": ("#mode input[value=change]", "mode=change"),
    "programme": ("#programmes input[value=PHSS]", "prog=PHSS"),
}
DISTRICTS = ("#level input[value='2']", "level=2")


def measure(browser: Browser, url: str) -> list[Row]:
    """Change each filter of a page at its defaults."""
    rows = []
    with opened(browser) as page:
        for name, (control, query) in CHANGES.items():
            traffic = _change(page, url, control, query)
            gets = traffic.exchanges
            views = [e for e in gets if e.method == "GET" and urlsplit(e.url).path == VIEW]
            if len(views) != 1:
                raise RuntimeError(f"{name}: {len(views)} views were asked for, not one")
            rows += [
                count(f"{name}: requests", len(gets), 1),
                count(f"{name}: bytes", traffic.bytes, MOST_BYTES, "kB"),
            ]
        districts = _change(page, url, *DISTRICTS)
    lines = [f"{urlsplit(e.url).path} {write(e.bytes, 'kB')}" for e in districts.exchanges]
    return [*rows, _largest(url), *(fact("to districts: GET", line) for line in lines)]


def _change(page: Page, url: str, control: str, query: str) -> Traffic:
    """Open the page, press a control, and return what was asked for then."""
    open_map(page, url, AREAS)
    traffic = Traffic(page)
    page.evaluate("(control) => document.querySelector(control).click()", control)
    wait_until(page, f"location.search.includes('{query}')")
    wait_until(page, "!document.querySelector('#main').dataset.loading")
    page.wait_for_timeout(LATE_MS)
    return traffic


def _largest(url: str) -> Row:
    sizes = {query: _size(f"{url}{VIEW}?{query}") for query in _governorate_queries()}
    query = max(sizes, key=lambda one: sizes[one])
    what = f"largest of {len(sizes)} governorate views"
    return count(what, sizes[query], MOST_BYTES, "kB", query)


def _governorate_queries() -> Iterator[str]:
    """Every population, measure and mode, and every programme, of governorates."""
    snapshot = load(BUNDLED)
    for pop in populations_with_counts(snapshot):
        for measure_ in available_measures(snapshot, pop, 1):
            for mode in populations.MODES:
                yield urlencode({"pop": pop, "measure": measure_, "mode": mode})
    for programme in snapshot.tables.programmes["code"]:
        yield urlencode({"prog": programme})


def _size(url: str) -> int:
    """Bytes of the body of an answer, compressed as for Chromium."""
    request = Request(url, headers={"Accept-Encoding": "br"})
    with urlopen(request) as answer:
        return len(answer.read())
