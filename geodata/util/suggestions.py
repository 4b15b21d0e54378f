"""Suggest the nearest valid choice for what is misspelt."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def suggestions(value: str, choices: Iterable[str], n: int = 3) -> tuple[str, ...]:
    """Return the choices that are written most like ``value``, best first."""
    folded = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(value.casefold(), folded, n=n, cutoff=0.5)
    return tuple(folded[key] for key in close)
