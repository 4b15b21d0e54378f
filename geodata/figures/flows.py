"""Origin to destination: from which governorates the people of a population came to which.

Households or people, as the source breaks its counts down by origin. A governorate whose total is
too small to show has no flows, because they would add up to it. Of flows of too few people to show,
only their number is given, and their part in the sum of all.
"""

from __future__ import annotations

from dataclasses import dataclass

from geodata.figures.breakdowns import origins_on
from geodata.figures.view import View, ViewAt
from geodata.i18n.language import Language
from geodata.places.area_names import area_names
from geodata.util.arrays import records


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


def flows(at: ViewAt) -> Flows:
    """List every flow on the date, or those into the governorate of the state's area.

    >>> result = flows(view.on(0))
    >>> [(flow.origin_name, flow.destination_name, flow.value) for flow in result.shown[:2]]
    [('Alpha', 'Alpha', '100'), ('Beta', 'Alpha', '53')]
    """
    snapshot, language = at.snapshot, at.language
    into = governorate_of(at.view) if at.state.area else ""
    origins = origins_on(snapshot, at.state.pop, at.date, at.threshold, into)
    names = area_names(snapshot, language)
    shown = [
        _flow(row.category, row.pcode, int(row.number), names, language)
        for row in records(origins.shown)
    ]
    shown.sort(key=lambda flow: (-flow.number, flow.origin, flow.destination))
    return Flows(tuple(shown), origins.few, origins.whole, origins.unit, origins.incomplete)


def _flow(origin: str, place: str, number: int, names: dict[str, str], language: Language) -> Flow:
    return Flow(
        origin,
        names.get(origin, origin),  # an origin that matched no governorate keeps its name
        place,
        names[place],
        number,
        language.number(number),
    )


def governorate_of(view: View) -> str:
    """Return the chosen area, or the governorate that it lies in.

    >>> from dataclasses import replace
    >>> governorate_of(view.at(replace(view.state, area="XXG01Q02")))
    'XXG01'
    """
    rows = view.snapshot.tables.areas.set_index("pcode")["parent"]
    parent = rows.get(view.state.area)
    return parent if isinstance(parent, str) and parent else view.state.area
