"""Names of downloaded files, which tell what is inside."""

from __future__ import annotations

from geodata.figures.state import State, part_items
from geodata.figures.view import View
from geodata.i18n.language import SOURCE_LANGUAGE
from geodata.links.urls import slug
from geodata.populations import LEVEL, LEVELS


def filename(view: View, ending: str, *, every_date: bool = False) -> str:
    """Write ``iraq-idp-people-governorates-2018-08-31.csv``.

    A file of every date has no date in its name; a language other than English stands at the end.
    """
    state = view.state
    parts = [
        view.snapshot.country,
        state.pop,
        *state.funder,
        *state.prog,
        *part_of_name(state),
        state.measure,
        LEVELS[state.level].name,
    ]
    if state.mode != LEVEL:
        parts += [state.mode, "since", str(state.base)]
    if not every_date:
        parts.append(view.on_its_date().date.isoformat())
    if state.lang != SOURCE_LANGUAGE:
        parts.append(state.lang)
    return f"{slug(parts)}.{ending}"


def part_of_name(state: State) -> list[str]:
    """Return what of a name says which part of the population a file is of.

    >>> part_of_name(State(from_="IQG15"))
    ['from', 'IQG15']
    """
    return [word for key, value in part_items(state) for word in (key, value) if value]
