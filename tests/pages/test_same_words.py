"""The pages' scripts say what Python says, letter by letter; marks of direction count, too.

What both say of a view, its numbers, cells, legend, key figures, ranking and totals, is made
by Python while the test runs and replayed by the scripts under Node.js, without a browser: every
choice in one of the languages, and more dates of some in each. That the page puts these words in
their places is compared in a browser for a few choices: one live page steps through dates by its
timeline, and the server's own page of each date is read beside it, as a browser without scripts has
it. ``DISPLACEMENT_SWEEP=1`` goes through every date of each choice in both, which takes an hour.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
from itertools import product
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest

from geodata import populations
from geodata.api.meta_json import meta
from geodata.api.view_json import as_dict, state_dict
from geodata.exports.drawing.flow_curves import arrows_on
from geodata.figures.availability import (
    available_measures,
    dates_of,
    levels,
    populations_with_counts,
)
from geodata.figures.state import parse
from geodata.figures.view import View, compute
from geodata.i18n.language import Language, languages, load_language
from geodata.i18n.writing import NATIVE, WESTERN
from geodata.links.urls import Urls
from geodata.snapshots.snapshot import Snapshot
from geodata.text import area_labels, breaks, flow_labels
from geodata.text.key_figures import key_figures
from layouts import explore_facts, script_strings
from tests import node
from tests.bundled import SNAPSHOT
from tests.windows import DASH

ALL = bool(os.environ.get("DISPLACEMENT_SWEEP"))
FEW, MANY = 3, 12  # dates of a choice
SPOKEN = [("en", WESTERN), *((c, d) for c in languages() if c != "en" for d in (WESTERN, NATIVE))]

# ---- what is tried


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
    """Each choice in one of the languages, and on how many dates (0 for all)."""
    spoken = [{"lang": code, "digits": digits} for code, digits in SPOKEN]
    # Neighbours in the list differ in one thing, so that no language goes with the same always.
    each = enumerate(choices(snapshot))
    few = 0 if ALL else FEW
    return [(choice | spoken[(n + n // len(spoken)) % len(spoken)], few) for n, choice in each]


def in_words(snapshot: Snapshot) -> list[tuple[dict[str, str], int]]:
    """What is replayed without a browser: also one language on every date, and each on many."""
    idp = [{"pop": "idp", "lang": code, "digits": digits} for code, digits in SPOKEN]
    changes = [each | {"mode": populations.CHANGE} for each in idp]
    then = {"pop": "idp", "prog": "CRP", "prog_when": "date"}  # of other areas on other dates
    flows = [idp[0] | {"flows": "10"}, idp[2] | {"flows": "20", "pop": "returnee"}]
    rates = {"pop": "returnee", "measure": "return_rate"}
    parts = [
        idp[1] | {"from": "IQG15", "measure": "households"},
        idp[2] | {"shelter": "critical", "measure": "share"},
        idp[3] | {"to": "IQG11", "mode": populations.CHANGE},
        idp[4] | rates,
        idp[0] | rates | {"mode": populations.CHANGE},
        idp[1] | rates | {"prog": "PHSS"},
    ]
    many = idp[1:] + changes + flows + parts
    return [(idp[0], 0), (then, 0), *((each, MANY) for each in many), *sweep(snapshot)]


def in_a_browser(snapshot: Snapshot) -> list[tuple[dict[str, str], int]]:
    """What the page has different places for: districts, changes, programmes; each language."""
    if ALL:
        return sweep(snapshot)
    ways: list[dict[str, str]] = [
        {"pop": "idp", "level": "2", "area": "IQG09"},
        {"pop": "idp", "mode": populations.CHANGE, "area": "IQG13"},
        {"pop": "returnee", "level": "2", "mode": populations.CHANGE, "area": "IQG15Q01"},
        {"pop": "idp", "prog": "PHSS~CRP", "area": "IQG15", "flows": "20"},
        {"pop": "refugee", "measure": populations.RATE, "area": "IQG01"},
    ]
    spoken = ({"lang": code, "digits": digits} for code, digits in SPOKEN)
    return [(way | each, FEW) for way, each in zip(ways, spoken, strict=True)]


def sampled(dates: list[Any], few: int, turn: int) -> list[Any]:
    """The first, the newest and some between, others for each choice; all of them for 0."""
    if not few or len(dates) <= few:
        return dates
    between = [(turn * 7 + n * len(dates) // (few - 1)) % len(dates) for n in range(1, few - 1)]
    return sorted({dates[0], dates[-1], *(dates[at] for at in between)})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test for each choice, named by its query."""
    if "asked" in metafunc.fixturenames:
        tried = in_a_browser if "window" in metafunc.fixturenames else in_words
        swept = [(*each, turn) for turn, each in enumerate(tried(SNAPSHOT))]
        metafunc.parametrize(("asked", "few", "turn"), swept, ids=lambda each: named(each))


def named(value: Any) -> str | None:
    return urlencode(value, safe="~") if isinstance(value, dict) else ""


# ---- without a browser

NUMBERS = [
    0.1,
    -2.5,
    30.1,
    0,
    1,
    -1,
    999,
    1500,
    387_123,
    -21_500,
    999_499,
    999_500,
    3_065_502,
    10**9 + 1,
]
DAYS = ["2018-01-05", "2018-09-15", "2020-12-31"]
LISTS = [[], ["A"], ["A", "B"], ["A", "B", "C"], ["أ", "B"]]
COUNTS = [0, 1, 2, 3, 11, 100]
FORMS = ("{n} area", "{n} areas")


def words(language: Language) -> dict[str, Any]:
    """What pages hand their scripts."""
    return {"writing": language.js_format(), "strings": script_strings.page(language)}


def bare(language: Language, n: float) -> list[str]:
    """One number in all the ways that there are."""
    return [
        *(language.number(n, decimals) for decimals in (0, 1)),
        *(language.number(n, 1, "%"), language.signed(n), language.signed(n, 1, "%")),
        *(language.compact(n), language.compact(n, change=True)),
    ]


WITH_DECIMALS = (1, 2, 4)  # of ``bare``


@pytest.mark.parametrize(("code", "digits"), SPOKEN)
def test_scripts_write_numbers_dates_lists_and_plurals_as_python_does(code, digits):
    language = load_language(code, digits)
    asked = {
        "numbers": NUMBERS,
        "days": DAYS,
        "lists": LISTS,
        "forms": language.plurals(*FORMS),
        "counts": COUNTS,
    }
    [said] = node.answer("replay.js", [{"words": words(language), "numbers": asked}])
    for n, (*written, whole) in zip(NUMBERS, said["numbers"], strict=True):
        alike = [ours == theirs for ours, theirs in zip(bare(language, n), written, strict=True)]
        # What has decimals is written with them; scripts are sent nothing that is to be rounded.
        assert all(alike if n == int(n) else [alike[place] for place in WITH_DECIMALS]), (
            n,
            written,
        )
        assert n != int(n) or whole == language.whole(int(n))
    days = [dt.date.fromisoformat(day) for day in DAYS]
    assert said["days"] == [[language.date(day), language.date(day, "long")] for day in days]
    assert said["lists"] == [
        [language.join_names(each), language.join_items(each)] for each in LISTS
    ]
    template = "{a} – {b}"
    assert said["filled"] == language.gettext(template, a=2018, b="x")
    assert said["plurals"] == [language.ngettext(*FORMS, n) for n in COUNTS]


def viewed(snapshot: Snapshot, query: dict[str, str]) -> View:
    state, _ = parse(query, snapshot)
    return compute(snapshot, state, threshold=5)


def as_sent(view: View) -> Any:
    """A view as the API sends it."""
    sent = state_dict(view.state, view.snapshot) | as_dict(view)
    return json.loads(json.dumps(sent, default=lambda number: number.item()))


def case(view: View, dates: list[int]) -> dict[str, Any]:
    """What scripts are given to say what is seen of a view on these dates."""
    held = meta(view.snapshot, view.language, threshold=view.threshold)
    return {
        "words": words(view.language),
        "view": as_sent(view),
        "dates": dates,
        "populations": json.loads(json.dumps(held["populations"])),
    }


def said_by_python(view: View, t: int) -> dict[str, Any]:
    """What the server writes into the page of this date."""
    at = view.at(dataclasses.replace(view.state, time=view.counts.dates[t])).on_its_date()
    shown, cells = explore_facts.Shown(at.view, Urls()), area_labels.area_labels(at)
    language = view.language
    return {
        "cells": [
            {
                **{"name": cell.name, "parent": cell.parent, "status": cell.letter},
                **{"shown": cell.shown, "value": cell.value, "rank": cell.rank},
                **{"unit": area_labels.unit(view) if cell.shown else ""},
                **{"change": cell.change, "work": cell.work, "sentence": cell.sentence},
            }
            for cell in cells
        ],
        "caption": area_labels.caption(at),
        "breaks": " ".join(breaks.breaks_on(at)),
        "legend": [
            {
                **{"kind": row.kind, "label": row.label, "at": row.place},
                "count": language.number(row.count) if row.count else "",
                "said": language.ngettext(*FORMS, row.count) if row.count else "",
            }
            for row in area_labels.legend(at)
        ],
        "keyFigures": [dataclasses.asdict(each) for each in key_figures(at)],
        "ranking": [
            {
                "i": view.counts.areas.pcodes.index(row.cell.pcode),
                **{"value": row.cell.value, "status": row.cell.letter},
                **{"bar": row.bar, "fewer": row.fewer},
            }
            for row in explore_facts.ranking(shown, cells)
        ],
        "flows": {"items": flow_labels.flow_items(at), "note": flow_labels.flow_note(at)},
        "flowTitle": flow_labels.unit_title(at) if view.flows else "",
        "arrows": arrows_on(at),
        "totals": [option.small for option in explore_facts.population_options(shown.view)],
    }


def differences(view: View, dates: list[int]) -> list[str]:
    """What scripts say otherwise than Python, part by part."""
    asked, found = case(view, dates), []
    [replayed], figures = node.answer("replay.js", [asked]), asked["view"]["values"]
    for t, script in zip(dates, replayed, strict=True):
        python = said_by_python(view, t)
        # Scripts have figures as they are sent, rounded, and draw bars from them.
        most = max((abs(figure) for figure in figures[t] if figure), default=1)
        for row in python["ranking"]:
            row["bar"] = pytest.approx(row["bar"], abs=100 * 10**-view.state.decimals / most)
            row["fewer"] = row["fewer"] and figures[t][row["i"]] != 0
        found += [
            f"{view.counts.dates[t]}, {part}:\n  Python {ours}\n  script {theirs}"
            for part in python
            for ours, theirs in paired(python[part], script[part])
            if ours != theirs
        ]
    return found


def paired(ours: Any, theirs: Any) -> list[tuple[Any, Any]]:
    """What stands at the same place of both; whole where there is more of one."""
    if isinstance(ours, list) and len(ours) == len(theirs):
        return list(zip(ours, theirs, strict=True))
    return [(ours, theirs)]


@pytest.mark.slow
def test_scripts_say_what_python_says(snapshot, asked, few, turn):
    view = viewed(snapshot, asked)
    days = view.counts.dates
    dates = [days.index(day) for day in sampled(list(days), few, turn)]
    assert differences(view, dates) == []


@pytest.mark.parametrize(("code", "digits"), SPOKEN)
@pytest.mark.parametrize("measure", [populations.PEOPLE, populations.RATE])
def test_no_change_is_written_in_the_digits_of_the_reader(snapshot, measure, code, digits):
    """No two rounds of the bundled figures have the same total, so that two are set alike here."""
    view = viewed(snapshot, {"lang": code, "digits": digits, "measure": measure})
    view = dataclasses.replace(view, totals=np.full_like(view.totals, view.totals[0]))
    assert key_figures(view.on(1))[1].number == ("٠" if digits == NATIVE else "0")
    assert differences(view, [1]) == []


# ---- in a browser

# Every part of a page that has words of the figures: by its name, a list of what it says.
READ = """
(root, live) => {
  const said = (node) => (node?.textContent ?? '').replace(/\\s+/g, ' ').trim();
  const all = (selector, read = said) => [...root.querySelectorAll(selector)].map(read);
  const parts = (row) => [...row.children].map(said);
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
    'area panel': all('#area-card [data-text]'),
    bars: all('#area-card .bars li:not([hidden])', (row) => [
      ...parts(row), row.dataset.rest, row.querySelector('i').style.inlineSize,
    ]),
    'source of the area': all('#area-card [data-link]', (link) => link.getAttribute('href')),
    flows: [
      ...all('.flow-legend b, .flow-legend span, .flow-list li, .flow-list p'),
      ...all('.flows path', (path) => path.getAttribute('d')),
    ],
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
# What draws arrows has come, and measured the map.
DRAWN = "() => document.querySelector('.flow-legend').style.getPropertyValue('--flow-unit')"
LIVE = """() => document.documentElement.dataset.live
  && document.querySelector('#timeline-range')?.hasAttribute('aria-valuetext')
  && [...document.querySelectorAll('[id^="total-"]')].every((each) => each.textContent)"""


@pytest.fixture(scope="module")
def window(browser, site):
    """One window for all choices; Dash, which comes later, adds no words."""
    page = browser.new_page(viewport={"width": 1440, "height": 960})
    page.route(DASH, lambda route: route.abort())
    yield page
    page.close()


def test_the_live_page_says_what_the_server_wrote(window, site, snapshot, asked, few, turn):
    dates = [day.isoformat() for day in dates_of(snapshot, asked["pop"])]
    window.goto(f"{site}/?{urlencode(asked, safe='~')}")
    window.wait_for_function(LIVE)
    if "flows" in asked:
        window.wait_for_function(DRAWN)
    if "area" in asked:
        window.locator("#area-card [data-stale]").first.wait_for()  # its panel is alive
    found = window.evaluate(COMPARE, sampled(dates, few, turn))
    assert found == [], "\n".join(
        f"{date}, {part}:\n  server {theirs}\n  live   {ours}"
        for date, part, theirs, ours in found[:20]
    )
