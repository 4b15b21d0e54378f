"""Suggest the nearest valid choice for what is misspelt: the one "did you mean" of the product."""

from __future__ import annotations

from collections.abc import Iterable

MIN_SIMILARITY = 55
"""Similarity, from 0 to 100, that a choice has at least.

Tried on names, codes and keys with one or two slips: 60 loses one in ten of the short ones, and 50
suggests something for up to three in ten words that are none of them.
"""


def suggestions(value: str, choices: Iterable[str], n: int = 3) -> tuple[str, ...]:
    """Return the choices that are spelled most like ``value``, best first, in whatever case.

    >>> suggestions("Returnees", ["idp", "returnee", "refugee"])
    ('returnee', 'refugee')
    """
    from rapidfuzz import fuzz, process

    near = process.extract(
        value,
        tuple(choices),  # of a mapping rapidfuzz would compare the values
        scorer=fuzz.ratio,
        processor=str.casefold,
        limit=n,
        score_cutoff=MIN_SIMILARITY,
    )
    return tuple(choice for choice, *_ in near)
