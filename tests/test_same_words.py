"""The page as the server wrote it and as its scripts write it say the same, letter by letter.

One live page for each choice steps through dates by its timeline; the server's own page of each
date is read beside it, as a browser without scripts has it. Marks of direction count, too.
``DISPLACEMENT_SWEEP=1`` goes through every date of each choice, which takes half an hour.
"""

from __future__ import annotations

import os
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest

from geodata import populations
from geodata.figures.availability import (
    available_measures,
    dates_of,
    levels,
    populations_with_counts,
)
from geodata.i18n.language import languages
from geodata.i18n.writing import NATIVE
from geodata.settings import BUNDLED
from geodata.snapshots.snapshot import Snapshot, load

pytestmark = pytest.mark.browser

ALL = bool(os.environ.get("DISPLACEMENT_SWEEP"))
FEW = 3  # dates of most choices; the first one goes through all of its own

# Every part of a page that has words of the figures: by its name, a list of what it says.
READ = """
(root, live) => {
  const said = (node) => (node?.textContent ?? '').replace(/\\s+/g, ' ').trim();
  const all = (selector, read = said) => [...root.querySelectorAll(selector)].map(read);
  const parts = (row) => [...row.children].map(said);
  const table = [...root.querySelectorAll('.table-pane table')].at(-1);
  const cells = (row) => [...row.cells].map(said);
  const areas = [...root.querySelectorAll('#map-stage path[data-pcode]')];
  const sentence = (path) => live ? path.getAttribute('aria-label') : said(path);
  return {
    title: all('#title'),
    headline: all('#headline'),
    'the value of the timeline': live
      ? [root.querySelector('#timeline-range').getAttribute('aria-valuetext')]
      : all('#headline'),
    date: all(live ? '#timeline-label' : '#timeline nav > b'),
    round: all(live ? '#timeline-caption' : '#timeline nav > small'),
    legend: [...all('#legend > b'), ...all('#legend li', parts)],
    'key figures': all('.key-figures > div', (each) => [
      ...parts(each), each.querySelector('.big').title,
    ]),
    ranking: all('#ranking li', (row) => [
      said(row.querySelector('.name')), said(row.querySelector('.value')),
    ]),
    'heading of the ranking': all('#ranking-title'),
    table: [said(table?.caption), ...[...table.rows].map(cells)],
    missing: all('#missing'),
    notes: all('#notes li'),
    sources: all('#source-line'),
    populations: all('[id^="total-"]'),
    areas: areas.map((path) => [path.dataset.pcode, sentence(path)]).sort(),
  };
}
"""

# Steps the live page to each date; returns what its parts and the server's say differently.
COMPARE = """
async (dates) => {
  const read = READ;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const range = document.querySelector('#timeline-range');
  const differences = [];
  for (const date of dates) {
    range.value = Date.parse(date) / 864e5;
    range.dispatchEvent(new Event('input', { bubbles: true }));
    range.dispatchEvent(new Event('blur'));
    await frame(); await frame();
    const address = new URL(location.href);
    address.searchParams.set('time', date);
    const body = await (await fetch(address)).text();
    const server = read(new DOMParser().parseFromString(body, 'text/html'), false);
    const page = read(document, true);
    for (const part of Object.keys(server)) {
      const [theirs, ours] = [server[part], page[part]];
      const rows = Math.max(theirs.length, ours.length);
      for (let i = 0; i < rows; i++) {
        const [a, b] = [JSON.stringify(theirs[i]), JSON.stringify(ours[i])];
        if (a !== b) differences.push([date, part, a ?? '', b ?? '']);
      }
    }
  }
  return differences;
}
""".replace("READ", READ.strip())
LIVE = """() => document.documentElement.dataset.live
  && document.querySelector('#timeline-range')?.hasAttribute('aria-valuetext')
  && [...document.querySelectorAll('[id^="total-"]')].every((each) => each.textContent)"""


def choices(snapshot: Snapshot) -> list[dict[str, str]]:
    """Every population, measure and mode; districts and programmes with what they may change."""
    found = []
    for population in populations_with_counts(snapshot):
        for level in levels(snapshot, population):
            for measure, mode in product(
                available_measures(snapshot, population, level),
                (populations.LEVEL, populations.CHANGE),
            ):
                asked = {"pop": population, "level": str(level), "measure": measure, "mode": mode}
                if level == 1 or populations.LEVEL == mode or populations.PEOPLE == measure:
                    found.append(asked)
                if level == 1 and populations.PEOPLE == measure:
                    found.append(asked | {"prog": "PHSS~CRP"})
    return found


def sweep(snapshot: Snapshot) -> list[tuple[dict[str, str], int]]:
    """What is tried, and on how many dates (0 for all): each choice in one of the languages."""
    spoken = [{"lang": code} for code in languages()]
    spoken += [{"lang": code, "digits": NATIVE} for code in languages() if code != "en"]
    # Neighbours in the list differ in one thing, so that no language goes with the same always.
    each = enumerate(choices(snapshot))
    few = 0 if ALL else FEW
    shared = [(choice | spoken[(n + n // len(spoken)) % len(spoken)], few) for n, choice in each]
    whole = [({"pop": "idp", "lang": "en"}, 0), ({"pop": "idp", "level": "2", "lang": "en"}, few)]
    return [*whole, *shared]


def sampled(dates: list[str], few: int, turn: int) -> list[str]:
    """The first, the newest and some between, others for each choice; all of them for 0."""
    if not few or len(dates) <= few:
        return dates
    between = [(turn * 7 + n * len(dates) // (few - 1)) % len(dates) for n in range(1, few - 1)]
    return sorted({dates[0], dates[-1], *(dates[at] for at in between)})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each choice, named by its query."""
    if "asked" in metafunc.fixturenames:
        swept = [(*each, turn) for turn, each in enumerate(sweep(load(BUNDLED)))]
        metafunc.parametrize(("asked", "few", "turn"), swept, ids=lambda each: named(each))


def named(value: Any) -> str | None:
    return urlencode(value, safe="~") if isinstance(value, dict) else ""


@pytest.fixture(scope="module")
def window(browser, site):
    """One window for all choices; the map that comes later has no words and takes a second."""
    page = browser.new_page(viewport={"width": 1440, "height": 960})
    page.route("**/plotly.js*", lambda route: route.abort())
    yield page
    page.close()


def test_the_live_page_says_what_the_server_wrote(window, site, snapshot, asked, few, turn):
    dates = [day.isoformat() for day in dates_of(snapshot, asked["pop"])]
    window.goto(f"{site}/?{urlencode(asked, safe='~')}&tab=table")
    window.wait_for_function(LIVE)
    found = window.evaluate(COMPARE, sampled(dates, few, turn))
    assert found == [], "\n".join(
        f"{date}, {part}:\n  server {theirs}\n  live   {ours}"
        for date, part, theirs, ours in found[:20]
    )
