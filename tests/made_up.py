"""A made-up country, small enough to work out by hand, as a complete snapshot.

Households by district and date ("." is no row)::

                 Alpha (XXG01)        Beta (XXG02)
                 Q01   Q02   Q03      Q01   Q02      not placed    round
    2020-01-31   100     3    50        0    40          .           .
    2020-07-31   120     8    50        .    40          .           12
    2021-01-31   130     9    60       10    45          7           13
    2021-07-31     .     .     .       12    50          .           14

People are six to a household. On 2021-01-31 the programme OWN has a count of its own (20 and 10
households in Alpha), 200 households have returned to Alpha, and 1,000 + 500 refugees are in
Alpha + Beta and 50 in neither; on 2019-06-30, one refugee in Alpha and 500 in Beta.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from geodata.snapshots import serialise
from geodata.snapshots.schemas import check, check_references
from geodata.snapshots.serialise import write_snapshot
from geodata.snapshots.tables import Tables

DATES = ("2020-01-31", "2020-07-31", "2021-01-31", "2021-07-31")
REFUGEE_DATES = ("2019-06-30", "2021-01-31")
HOUSEHOLDS: dict[str, list[int | None]] = {
    "XXG01Q01": [100, 120, 130, None],
    "XXG01Q02": [3, 8, 9, None],
    "XXG01Q03": [50, 50, 60, None],
    "XXG02Q01": [0, None, 10, 12],
    "XXG02Q02": [40, 40, 45, 50],
}
GOVERNORATES = {"XXG01": "Alpha", "XXG02": "Beta"}
DISTRICTS = {
    "XXG01Q01": "North Alpha",
    "XXG01Q02": "South Alpha",
    "XXG01Q03": "East Alpha",
    "XXG02Q01": "North Beta",
    "XXG02Q02": "South Beta",
}
COUNTRY: dict[str, Any] = {
    "code": "XXX",
    "name": "Examplia",
    "disclaimer": "Examplia is made up.",
    "residents_year": 2018,
    "pillars": {"relief": "Relief"},
    "notes": [{"populations": ["idp"], "text": "Six people are taken to live in a household."}],
    "shelter_notes": [],
}
SOURCES = [
    {
        "id": name,
        "role": role,
        "title": f"Made-up {role}",
        "publisher": "Nobody",
        "url": f"https://example.org/{name}",
        "terms": "Free to use.",
        "credit": f"Source: {name}",
        "what": "Figures made up for tests.",
    }
    for name, role in [
        ("tracking", "counts"),
        ("registry", "counts"),
        ("lines", "boundaries"),
        ("census", "residents"),
        ("projects", "programmes"),
    ]
]

Row = dict[str, Any]
Rows = list[Row]


def frame(name: str, rows: Rows, **types: str) -> pd.DataFrame:
    """A table of the snapshot, checked against its schema."""
    return check(name, pd.DataFrame(rows).astype(types))


def count(
    population: str,
    date: str,
    pcode: str | None,
    households: int | None,
    *,
    level: int | None = None,
    place: str = "",
    programme: str = "",
    people: int | None = None,
    source: str = "tracking",
) -> dict[str, Any]:
    """One row of counts; six people to a household unless told otherwise."""
    return {
        "population": population,
        "date": date,
        "level": level or (1 if pcode in GOVERNORATES else 2),
        "pcode": pcode,
        "place": place or pcode,
        "programme": programme,
        "households": households,
        "people": (households or 0) * 6 if people is None else people,
        "source": source,
    }


def displaced() -> Rows:
    """Displaced households: districts as in the table above, governorates as their sums."""
    rows = []
    for i, day in enumerate(DATES):
        held = {pcode: column[i] for pcode, column in HOUSEHOLDS.items() if column[i] is not None}
        rows += [count("idp", day, pcode, households) for pcode, households in held.items()]
        for governorate in GOVERNORATES:
            parts = [n for pcode, n in held.items() if n is not None and governorate in pcode]
            rows += [count("idp", day, governorate, sum(parts))] if parts else []
    lost = [count("idp", DATES[2], None, 7, level=level, place="Nowhere") for level in (1, 2)]
    own = {"XXG01Q01": 20, "XXG01Q02": 10, "XXG01": 30}
    return [
        *rows,
        *lost,
        *(count("idp", DATES[2], pcode, n, programme="OWN") for pcode, n in own.items()),
    ]


def refugees() -> Rows:
    first, last = REFUGEE_DATES
    people = {
        (first, "XXG01"): 1,
        (first, "XXG02"): 500,
        (last, "XXG01"): 1000,
        (last, "XXG02"): 500,
        (last, None): 50,
    }
    shape: dict[str, Any] = {"level": 1, "source": "registry"}
    return [
        count("refugee", day, pcode, None, people=n, place="" if pcode else "Elsewhere", **shape)
        for (day, pcode), n in people.items()
    ]


def counts_table(extra: Rows) -> pd.DataFrame:
    returned = [count("returnee", DATES[2], pcode, 200) for pcode in ("XXG01", "XXG01Q01")]
    rows = [*displaced(), *returned, *refugees(), *extra]
    text = dict.fromkeys(["population", "pcode", "place", "programme", "source"], "str")
    return frame("counts", rows, households="Int64", people="Int64", **text)


def areas_table() -> pd.DataFrame:
    rows: Rows = [
        {
            "pcode": pcode,
            "level": 2 if "Q" in pcode else 1,
            "parent": pcode[:5] if "Q" in pcode else None,
            "name_en": name,
            "name_official": f"Al-{name}",
            "name_ar": None,
            "name_ckb": None,
        }
        for pcode, name in {**GOVERNORATES, **DISTRICTS}.items()
    ]
    return frame("areas", rows, parent="str", name_ar="str", name_ckb="str")


def breakdowns_table() -> pd.DataFrame:
    cells = [
        ("origin", "XXG01", "XXG01", 100),
        ("origin", "XXG01", "XXG02", 53),
        ("origin", "XXG02", "XXG01", 40),
        ("shelter", "XXG01", "camp", 60),
        ("shelter", "XXG01", "other", 93),
        ("period", "XXG01", "aug_2014", 93),
        ("period", "XXG01", "pre_jun_2014", 60),
    ]
    return frame(
        "breakdowns",
        [
            {
                "kind": kind,
                "population": "idp",
                "date": DATES[0],
                "pcode": pcode,
                "category": category,
                "households": households,
                "people": None,
                "source": "tracking",
            }
            for kind, pcode, category, households in cells
        ],
    )


def rounds_table() -> pd.DataFrame:
    numbered = zip(DATES, (None, 12, 13, 14), strict=True)
    rows: Rows = [{"source": "tracking", "date": day, "round": n} for day, n in numbered]
    rows += [{"source": "registry", "date": day, "round": None} for day in REFUGEE_DATES]
    return frame("rounds", rows, round="Int64")


def residents_table() -> pd.DataFrame:
    people = {("XXG01", 2018): 100_000, ("XXG02", 2018): 50_000, ("XXG01", 2009): 1}
    rows = [
        {
            "pcode": pcode,
            "year": year,
            "residents": residents,
            "basis": "made up",
            "url": "https://example.org/census",
        }
        for (pcode, year), residents in people.items()
    ]
    return frame("residents", rows)


def programme_tables() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """AID worked in Alpha and plans to in Beta; OWN has counts of its own, and no coverage."""
    programmes = [
        {
            "code": code,
            "name": name,
            "pillar": "relief",
            "start_year": 2019,
            "end_year": None,
            "funders": "",
            "people_served": "",
            "description": "",
            "sources": "A letter | https://example.org/aid",
        }
        for code, name in [("AID", "First aid"), ("OWN", "Own counts")]
    ]
    blank = dict.fromkeys(["phase", "from_date", "to_date", "date_basis", "locator", "note"], "")
    coverage = [
        {"programme": "AID", "pcode": pcode, "status": status, "source": "A letter", **blank}
        for pcode, status in [("XXG01", "implemented"), ("XXG02", "planned")]
    ]
    reach = [
        {
            "programme": "AID",
            "pcodes": "XXX",
            "as_of": "2020",
            "people": "",
            "indicator": "kits",
            "value": "12",
            "cumulative": "yes",
            "source": "A letter",
            "locator": "",
            "note": "",
        }
    ]
    order = ["programme", "phase", "pcode", "from_date", "to_date", "status", "date_basis"]
    table = pd.DataFrame(coverage)[[*order, "source", "locator", "note"]]
    return (
        frame("programmes", programmes, end_year="Int64"),
        check("coverage", table),
        frame("reach", reach),
    )


def published_table() -> pd.DataFrame:
    """The first total as it is, the second printed otherwise."""
    rows = [
        {
            "population": "idp",
            "date": day,
            "round": 12,
            "people": people,
            "households": None,
            "status": "made up",
            "url": "https://example.org/report",
            "source": "",
        }
        for day, people in [(DATES[0], 193 * 6), (DATES[1], 1300)]
    ]
    return frame("published", rows, households="Int64")


def squares() -> dict[str, Any]:
    """Boundaries: five unit squares in a row, the governorates as runs of them."""
    corners = len(DISTRICTS) + 1
    # Arcs: west to east along the top and the bottom of each square, then the uprights.
    tops = [[[x, 1], [1, 0]] for x in range(len(DISTRICTS))]
    bottoms = [[[x, 0], [1, 0]] for x in range(len(DISTRICTS))]
    uprights = [[[x, 0], [0, 1]] for x in range(corners)]

    def ring(first: int, last: int) -> list[list[int]]:
        """Clockwise: up the west side, along the top, down the east side, back along the bottom."""
        n = len(DISTRICTS)
        top = list(range(first, last + 1))
        back = [~(n + x) for x in range(last, first - 1, -1)]
        return [[2 * n + first, *top, ~(2 * n + last + 1), *back]]

    def shapes(spans: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
        return {
            "type": "GeometryCollection",
            "geometries": [
                {
                    "type": "Polygon",
                    "id": pcode,
                    "properties": {"pcode": pcode, "label": [40 + (a + b + 1) / 2, 30.5]},
                    "arcs": ring(a, b),
                }
                for pcode, (a, b) in spans.items()
            ],
        }

    empty = {"type": "GeometryCollection", "geometries": []}
    return {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [40, 30]},
        "objects": {
            "governorates": shapes({"XXG01": (0, 2), "XXG02": (3, 4)}),
            "districts": shapes({pcode: (i, i) for i, pcode in enumerate(DISTRICTS)}),
            "neighbours": empty,
            "cities": empty,
        },
        "arcs": [*tops, *bottoms, *uprights],
    }


def aliases_table() -> pd.DataFrame:
    """No other spellings: names and codes are all that places answer to."""
    return check(
        "aliases", pd.DataFrame(columns=["level", "scope", "spelling", "pcode"], dtype="str")
    )


@cache
def _as_it_is() -> Tables:
    """Every table without more rows, checked once in a process: that takes longer than all else."""
    programmes, coverage, reach = programme_tables()
    held = Tables(
        areas=areas_table(),
        aliases=aliases_table(),
        counts=counts_table([]),
        breakdowns=breakdowns_table(),
        rounds=rounds_table(),
        residents=residents_table(),
        programmes=programmes,
        coverage=coverage,
        reach=reach,
        published=published_table(),
        sources=frame("sources", list(SOURCES)),
    )
    check_references(dict(held.items()))
    return held


def shared(extra: Rows | None = None) -> Tables:
    """Every table of the snapshot, checked; not to be changed."""
    if not extra:
        return _as_it_is()
    held = replace(_as_it_is(), counts=counts_table(extra))
    check_references(dict(held.items()))
    return held


def tables(extra: Rows | None = None) -> Tables:
    """The same; whoever asks may change them."""
    return Tables(**{name: table.copy() for name, table in shared(extra).items()})


_serialised = serialise._parquet


@cache
def _files() -> dict[int, bytes]:
    """The files of the tables as they are: to compress them takes longer than all else."""
    return {id(table): _serialised(table) for _, table in _as_it_is().items()}


def share_files() -> None:
    """Let every snapshot that holds one of the shared tables have its file, written once."""
    pytest.MonkeyPatch().setattr(
        serialise, "_parquet", lambda table: _files().get(id(table)) or _serialised(table)
    )


def write(out: Path, extra: Rows | None = None, **country: Any) -> Path:
    """Write the snapshot to ``out``, with ``extra`` rows of counts; return its folder."""
    lost = {"table": "made_up", "place": "Nowhere", "rows": 2, "households": 14, "nearest": []}
    report = {
        "rows": {"made_up": {"code": 30, "name": 0, "alias": 0, "none": 2}},
        "unmatched": [lost],
        "areas_without_rows": {},
    }
    write_snapshot(
        out, shared(extra), squares(), join_report=report, country={**COUNTRY, **country}
    )
    return out
