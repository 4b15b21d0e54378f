"""Numbers in the sentences of a command's report, which are in English alone.

What readers of pages and files see is written by :class:`geodata.i18n.language.Language`.
"""

from __future__ import annotations


def pluralise(n: int, singular: str, plural: str = "") -> str:
    """Write a count with its noun: ``pluralise(1, "row")`` is ``1 row``, of two ``2 rows``."""
    return f"{n:,} {singular if n == 1 else plural or f'{singular}s'}"


def file_size(n: int) -> str:
    """Write the size of a file: ``file_size(445)`` is ``445 bytes``, of 54,321 bytes ``54 kB``."""
    return pluralise(n, "byte") if n < 1000 else f"{n / 1000:,.0f} kB"


def change(now: float, before: float, decimals: int = 0) -> str:
    """Write a change in percent, with its sign; never ``-100%`` while anything is left."""
    part = now / before - 1
    if now > 0:
        part = max(part, -0.999)
    decimals = 1 if -1 < part < -0.99 else decimals
    return f"{part:+.{decimals}%}"
