"""Origin to destination: from which governorates the people of a population came to which.

Households or people, as the source breaks its counts down by origin. A governorate whose total is
too small to show has no flows, because they would add up to it. Of flows of too few people to show,
only how many they are is told, and their part in the sum of all.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geodata import populations
from geodata.engine import queries
from geodata.engine.connect import query
from geodata.figures.availability import GOVERNORATE, by_area_of
from geodata.figures.breakdowns import suppressed_breakdowns
from geodata.figures.counts import counts
from geodata.figures.view import View, ViewAt
from geodata.i18n.language import Language
from geodata.places.area_names import area_names
from geodata.snapshots.snapshot import Snapshot
from geodata.util.arrays import records

ORIGIN = "origin"


@dataclass(frozen=True)
class Flow:
    """Households of one governorate that came from another, or were displaced within it.

    Attributes
    ----------
    origin
        P-code, or the source's own name where it matches no governorate.
    number
        Households or people, as :attr:`Flows.unit` says.
    value
        The number in words.
    """

    origin: str
    origin_name: str
    destination: str
    destination_name: str
    number: int
    value: str


@dataclass(frozen=True)
class Flows:
    """The flows of one date.

    Attributes
    ----------
    shown
        Those that may be shown, the largest first.
    few
        How many others there are, of too few people to show.
    whole
        Households or people in all of both.
    unit
        What they are counted in.
    incomplete
        Whether the flows into a governorate are left out, as its total may not be shown.
    """

    shown: tuple[Flow, ...]
    few: int
    whole: int
    unit: str
    incomplete: bool


def has_origins(snapshot: Snapshot, population: str) -> bool:
    """Tell whether the newest date of a population says where its people come from."""
    newest = by_area_of(snapshot, population)[-1].isoformat()
    return not query(snapshot, "breakdowns", queries.origins_on, population, newest).empty


def flows(at: ViewAt) -> Flows:
    """List every flow on the date.

    Of one governorate where the state has an area: who lives there now.
    """
    snapshot, speech = at.snapshot, at.language
    day = at.date.isoformat()
    every = query(snapshot, "breakdowns", queries.origins_on, at.state.pop, day)
    unit = _unit(every)
    every = every[_into(every["pcode"], at.view)]
    rows = suppressed_breakdowns(every, snapshot, at.state.pop, at.threshold)
    incomplete = _incomplete(at) or not rows["summed"].all()
    rows = rows.assign(number=rows[unit])
    rows = rows[(rows["number"] > 0) & rows["summed"]]
    named = area_names(snapshot, speech)
    found = [
        _flow(row.category, row.pcode, int(row.number), named, speech)
        for row in records(rows[rows["shown"]])
    ]
    found.sort(key=lambda flow: (-flow.number, flow.origin, flow.destination))
    few = int((~rows["shown"]).sum())
    return Flows(tuple(found), few, int(rows["number"].sum()), unit, incomplete)


def _unit(rows: pd.DataFrame) -> str:
    """People where a source breaks down people; households and people are never added."""
    return populations.PEOPLE if rows["people"].notna().any() else populations.HOUSEHOLDS


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


def _into(pcodes: pd.Series, view: View) -> pd.Series:
    """Rows of the chosen governorate, or of any; never of places that are in none."""
    return pcodes == governorate_of(view) if view.state.area else pcodes.notna()


def _incomplete(at: ViewAt) -> bool:
    """Whether the total of a governorate with flows may not be shown."""
    whole = counts(at.snapshot, at.state.pop, GOVERNORATE, at.threshold, frozenset())
    hidden = whole.on([at.date]).hidden[0]
    return bool(hidden[_into(pd.Series(whole.areas.pcodes, dtype="str"), at.view)].any())
