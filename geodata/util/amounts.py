"""Numbers as the sentences of a command's report say them, which are in English alone.

What readers of pages and files see is written by :class:`geodata.i18n.language.Language`.
"""

from __future__ import annotations


def pluralise(n: int, one: str, many: str = "") -> str:
    """Say how many there are: ``counted(1, "row")`` is ``1 row``, of two it is ``2 rows``."""
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"


def change(now: float, before: float, decimals: int = 0) -> str:
    """Say a change in percent, with its sign; never ``-100%`` while anything is left."""
    part = now / before - 1
    if now > 0:
        part = max(part, -0.999)
    decimals = 1 if -1 < part < -0.99 else decimals
    return f"{part:+.{decimals}%}"
