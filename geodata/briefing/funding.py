"""Rows of the slide of funders: programmes with their governorates, funders with programmes."""

from __future__ import annotations

from geodata.figures import programmes
from geodata.figures.funders import funders
from geodata.figures.view import ViewAt


def funded_programmes(at: ViewAt) -> list[tuple[str, int]]:
    """List the chosen programmes, each with its number of governorates."""
    rows = {row["code"]: row for row in programmes.overview(at.snapshot, at.language)}
    codes = at.state.programmes
    return [(f"{code} · {rows[code]['name']}", rows[code]["governorates"]) for code in codes]


def funders_by_programmes(at: ViewAt) -> list[tuple[str, int]]:
    """List all funders, each with the number of programmes, of the chosen ones where any are."""
    every = [
        (at.language.gettext(each.name), set(each.programmes)) for each in funders(at.snapshot)
    ]
    chosen = set(at.state.programmes)
    numbers = ((name, len(paid & chosen if chosen else paid)) for name, paid in every)
    return [(name, n) for name, n in numbers if n]
