"""Origin to destination: from which governorates the people of a population came to which.

Households or people, as the source breaks its counts down by origin. A governorate whose total is
too small to show has no flows, because they would add up to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geodata import populations as words
from geodata import queries
from geodata.area_panel import shown_breakdowns
from geodata.counts import GOVERNORATE, counts
from geodata.language import Language
from geodata.records import records
from geodata.store import ask
from geodata.view import View, names

ORIGIN = "origin"


@dataclass(frozen=True)
class Flow:
    """Households of one governorate that came from another, or were displaced within it.

    Attributes
    ----------
    origin
        P-code, or the source's own name where it matches no governorate.
    number
        Households or people, as :func:`unit` says.
    value
        The number in words.
    """

    origin: str
    origin_name: str
    destination: str
    destination_name: str
    number: int
    value: str


def flows(view: View, t: int) -> list[Flow]:
    """Every flow on the date at position ``t``, the largest first.

    Of one governorate where the state has an area: who lives there now.
    """
    snapshot, speech = view.snapshot, view.language
    every = ask(snapshot, queries.origins_on, view.state.pop, view.counts.dates[t].isoformat())
    rows = shown_breakdowns(every, snapshot, view.state.pop, view.threshold)
    if view.state.area:
        rows = rows[rows["pcode"] == governorate_of(view)]
    rows = rows.assign(number=rows[_unit(rows)])
    added = rows.groupby(["category", "pcode"])["number"].sum().reset_index()
    named = names(snapshot, speech)
    found = [
        _flow(row.category, row.pcode, int(row.number), named, speech)
        for row in records(added)
        if row.number > 0
    ]
    return sorted(found, key=lambda flow: (-flow.number, flow.origin, flow.destination))


def unit(view: View, t: int) -> str:
    """What the flows of a date are counted in."""
    day = view.counts.dates[t].isoformat()
    return _unit(ask(view.snapshot, queries.origins_on, view.state.pop, day))


def _unit(rows: pd.DataFrame) -> str:
    """People where a source breaks down people; households and people are never added."""
    return words.PEOPLE if rows["people"].notna().any() else words.HOUSEHOLDS


def _flow(origin: str, place: str, number: int, named: dict[str, str], speech: Language) -> Flow:
    return Flow(
        origin,
        named.get(origin, origin),  # an origin that matched no governorate keeps its name
        place,
        named[place],
        number,
        speech.number(number),
    )


def governorate_of(view: View) -> str:
    """The chosen area, or the governorate that it lies in."""
    rows = view.snapshot.tables.areas.set_index("pcode")["parent"]
    parent = rows.get(view.state.area)
    return parent if isinstance(parent, str) and parent else view.state.area


def incomplete(view: View, t: int) -> bool:
    """Whether the flows into a governorate are left out, as its total may not be shown."""
    whole = counts(view.snapshot, view.state.pop, GOVERNORATE, view.threshold, frozenset())
    return bool(whole.on([view.counts.dates[t]]).hidden.any())
