"""Parse names of months: English, Arabic as in Iraq and as elsewhere, Sorani.

Unicode's CLDR has the names, through babel. They are folded as names of places are, so that hamza,
madda and the letters that Arabic and Kurdish keyboards write differently make no difference.
"""

from __future__ import annotations

import re
from functools import cache

from babel.dates import get_month_names

from geodata.places.folding import fold

_LOCALES = ("en", "ar", "ar_IQ", "ckb")
_OTHER_SPELLINGS = {
    "Sept": 9,
    "مايس": 5, "يونيه": 6, "يوليه": 7,
    "ئادار": 3, "تشرینی یەک": 10, "تشرینی دوو": 11, "کانوونی یەک": 12, "کانوونی دوو": 1,
}  # fmt: skip
"""Spellings that people use and CLDR does not have."""


def number_of(name: str) -> int | None:
    """Return the number of a month, from 1; ``None`` where no month, or two, are named.

    Two names of one month may stand together, as in Iraq: ``حزيران/يونيو``. A Sorani name may have
    the ending of what a year follows.

    >>> number_of("Sept."), number_of("تشرين الاول"), number_of("حوزەیرانی"), number_of("soon")
    (9, 10, 6, None)
    """
    numbers = {_number(part) for part in re.split(r"[/()]", name) if fold(part)}
    return numbers.pop() if len(numbers) == 1 else None


def _number(name: str) -> int | None:
    numbers, key = _numbers(), _folded(name)
    return numbers.get(key) or numbers.get(key.removesuffix("ي"))


def _folded(name: str) -> str:
    """Fold a name; Sorani writes a long u with one waw or two, here with one."""
    return fold(name).replace("وو", "و")


@cache
def _numbers() -> dict[str, int]:
    numbers = {_folded(name): number for name, number in _OTHER_SPELLINGS.items()}
    for locale in _LOCALES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                names = get_month_names(width, context, locale)
                numbers |= {_folded(name): number for number, name in names.items()}
    return numbers
