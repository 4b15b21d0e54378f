"""Programmes: where they worked, what they reported, and the source of each statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from geodata.figures.coverage import IMPLEMENTED
from geodata.i18n.language import Language
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import records


def governorates(snapshot: Snapshot, codes: Iterable[str]) -> frozenset[str]:
    """Return the P-codes where any of the programmes worked, at any date.

    >>> governorates(snapshot, ["AID"])
    frozenset({'XXG01'})
    """
    rows = snapshot.tables.coverage
    chosen = rows["programme"].isin(list(codes)) & (rows["status"] == IMPLEMENTED)
    return frozenset(rows.loc[chosen, "pcode"])


def years(row: Any, language: Language) -> str:
    """Write ``2018–2021``, ``2018–`` where no end is known, or nothing where no year is known.

    >>> from types import SimpleNamespace
    >>> years(SimpleNamespace(start_year=2018, end_year=2021), english)
    '2018–2021'
    >>> years(SimpleNamespace(start_year=2018, end_year=2018), english)
    '2018'
    """
    start = None if pd.isna(row.start_year) else int(row.start_year)
    end = None if pd.isna(row.end_year) else int(row.end_year)
    if start is None:
        return "" if end is None else language.gettext("–{last}", last=end)
    if end is None:
        return language.gettext("{first}–", first=start)
    if start == end:
        return language.native(str(start))
    return language.gettext("{first}–{last}", first=start, last=end)


def overview(snapshot: Snapshot, language: Language) -> list[dict[str, Any]]:
    """List every programme for the filter: code, name, pillar, years, number of governorates.

    In the order of pillars, those with coverage first, then by name.

    >>> [(row["code"], row["governorates"]) for row in overview(snapshot, english)]
    [('AID', 1), ('OWN', 0)]
    """
    pillars = snapshot.manifest["country"]["pillars"]
    order = {pillar: i for i, pillar in enumerate(pillars)}
    coverage = snapshot.tables.coverage
    implemented = coverage[coverage["status"] == IMPLEMENTED]
    places = implemented.groupby("programme")["pcode"].nunique().to_dict()
    rows = [
        {
            "code": row.code,
            "name": language.gettext(row.name),
            "pillar": row.pillar,
            "pillarLabel": language.gettext(pillars.get(row.pillar, row.pillar)),
            "years": years(row, language),
            "governorates": places.get(str(row.code), 0),
        }
        for row in records(snapshot.tables.programmes)
    ]
    return sorted(
        rows,
        key=lambda row: (
            order.get(row["pillar"], len(order)),
            not row["governorates"],
            row["name"],
        ),
    )


def link(source: str) -> dict[str, str]:
    """Return a source as title and URL; the URL is empty where the source is a text.

    >>> link("Annual report")
    {'title': 'Annual report', 'url': ''}
    """
    return {"title": source, "url": source if source.startswith(("http://", "https://")) else ""}


def details(snapshot: Snapshot, code: str, language: Language) -> dict[str, Any]:
    """Describe a programme for its panel: years, funders, people, places, results, sources.

    Results are listed as printed, each with its place, date and source; they overlap and are
    never added up.

    >>> details(snapshot, "AID", english)["governorates"]
    ['XXG01']
    """
    tables = snapshot.tables
    row = tables.programmes.set_index("code").loc[code]
    coverage = tables.coverage[tables.coverage["programme"] == code]
    reach = tables.reach[tables.reach["programme"] == code]
    working = governorates(snapshot, [code])
    country = snapshot.manifest["country"]["code"]
    return {
        "code": code,
        "name": language.gettext(str(row["name"])),
        "description": row["description"],
        "years": years(row, language),
        "funders": row["funders"],
        "people": row["people_served"],
        "governorates": sorted(working),
        "planned": sorted(set(coverage["pcode"]) - working),
        "results": [_result(row, country) for row in records(reach)],
        "sources": [link(source.strip()) for source in row["sources"].split("|") if source],
    }


def _result(row: Any, country: str) -> dict[str, Any]:
    """Return a printed result of a programme: in the whole country, or in some of its places."""
    national = row.pcodes == country
    return {
        "indicator": row.indicator,
        "value": row.value,
        "asOf": row.as_of,
        "people": row.people,
        "national": national,
        "places": [] if national else row.pcodes.split(";"),
        "source": link(str(row.source)),
    }


def in_governorate(snapshot: Snapshot, pcode: str, language: Language) -> list[dict[str, Any]]:
    """List the programmes in a governorate: dates, status and source of each coverage row.

    >>> [row["code"] for row in in_governorate(snapshot, "XXG01", english)]
    ['AID']
    """
    tables = snapshot.tables
    rows = tables.coverage[tables.coverage["pcode"] == pcode]
    programmes = tables.programmes.set_index("code")
    entries = []
    for code, group in rows.groupby("programme", sort=True):
        programme = programmes.loc[code]
        entries.append(
            {
                "code": code,
                "name": language.gettext(str(programme["name"])),
                "years": years(programme, language),
                "rows": [
                    {
                        "phase": row.phase,
                        "from": row.from_date,
                        "to": row.to_date,
                        "status": row.status,
                        "basis": row.date_basis,
                        "source": link(str(row.source)),
                        "locator": row.locator,
                    }
                    for row in records(group)
                ],
            }
        )
    return entries
