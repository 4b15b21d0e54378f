"""Parse number formats of dates: which show a day, a month alone or a year alone.

A spreadsheet keeps a month that somebody types (*Mar 2021*) as the first day of it, and only the
cell's number format (ECMA-376, part 1, 18.8.30 and 18.8.31) says that no day was meant. The codes
of a workbook are the same in every language of the program; the language of what is shown stands in
brackets (``[$-401]``, Arabic), and so does a calendar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

Shown = Literal["day", "month", "year", "unclear", "other"]
"""What a format shows: ``"unclear"`` may be a month or a day, ``"other"`` is no date."""

_BUILT_IN: Mapping[int, Shown] = {
    **dict.fromkeys((14, 15, 16, 22, *range(28, 32), 51, 53, 54, 56, 58), "day"),
    17: "month",
    # What these show depends on the language of the program: a month in Chinese or Japanese.
    **dict.fromkeys((27, 34, 36, 50, 52, 55, 57), "unclear"),
    74: "month",  # of the program in Thai
}
_LUNAR = frozenset({6, 8, 10, 23})  # calendars whose months are not those of the figures: Hijri …

_QUOTED = re.compile(r'"[^"]*"?|\\.|_.|\*.')
_BRACKETS = re.compile(r"\[([^\]]*)\]?")
_CLOCK = re.compile(r"am/pm|a/p", re.IGNORECASE)
_POWER = re.compile(r"e[+-]", re.IGNORECASE)
_PARTS = re.compile(r"y+|m+|d+|h+|s+|e+|g+|b+|a{3,}", re.IGNORECASE)
_DIGITS = re.compile(r"[0#?]|general", re.IGNORECASE)


def shown(code: str) -> Shown:
    r"""Return what a number format shows of a date.

    >>> [shown(code) for code in ("mmm-yy", "[$-401]mmmm yyyy;@", "yyyy", 'd" of "mmmm', '0.0"m"')]
    ['month', 'month', 'year', 'day', 'other']
    """
    plain = _QUOTED.sub("", code)
    brackets = [inner.casefold() for inner in _BRACKETS.findall(plain)]
    if any(inner.startswith("$-f8") for inner in brackets):  # the system's long date
        return "day"
    if any(re.fullmatch("h+|m+|s+", inner) for inner in brackets):  # time that has passed
        return "other"
    sections = [_section(part) for part in _BRACKETS.sub("", plain).split(";")]
    conditional = any(inner.startswith(("<", ">", "=")) for inner in brackets)
    # Without a condition, the first section is that of numbers above zero, as dates are.
    kinds = set(sections if conditional else sections[:1]) - {"other"}
    if len(kinds) > 1:
        return "unclear"
    kind = kinds.pop() if kinds else "other"
    if kind in ("month", "year") and (_lunar(brackets) or "b2" in plain.casefold()):
        return "unclear"
    return kind


def _section(part: str) -> Shown:
    part = _CLOCK.sub("", _POWER.sub("", part))
    tokens = [token.casefold()[0] for token in _PARTS.findall(part)]
    months = [
        i
        for i, token in enumerate(tokens)
        if token == "m"
        and tokens[i - 1 : i] != ["h"]  # minutes stand after hours, or before seconds
        and tokens[i + 1 : i + 2] != ["s"]
    ]
    if "d" in tokens or "a" in tokens:
        return "day"
    if _DIGITS.search(part) and not (months or "y" in tokens):
        return "other"
    if months:
        return "unclear" if {"h", "s"} & set(tokens) else "month"
    return "year" if {"y", "e", "b", "g"} & set(tokens) else "other"


def _lunar(brackets: Iterable[str]) -> bool:
    """Return whether a locale, as ``[$-2060401]``, names a calendar with other months.

    The calendar is its fifth and sixth digit from the end.
    """
    locales = (re.fullmatch(r"\$.*-([0-9a-f]{5,8})", inner) for inner in brackets)
    return any(int(locale[1], 16) >> 16 & 0xFF in _LUNAR for locale in locales if locale)


def shown_by_styles(elements: Iterable[tuple[str, Mapping[str, str]]]) -> dict[str, Shown]:
    """Return the styles of a workbook that show part of a date but no day, with that part.

    Parameters
    ----------
    elements
        Tags and attributes of the part of styles, in their order.
    """
    codes: dict[str, str] = {}
    formats: list[str] = []
    within = False
    for tag, attributes in elements:
        if tag == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag in ("cellXfs", "cellStyles", "dxfs"):
            within = tag == "cellXfs"
        elif tag == "xf" and within:
            formats.append(attributes.get("numFmtId", "0"))
    kinds = {number: _kind(number, codes) for number in set(formats)}
    undated = ("day", "other")
    return {str(i): kinds[n] for i, n in enumerate(formats) if kinds[n] not in undated}


def _kind(number: str, codes: Mapping[str, str]) -> Shown:
    if number in codes:
        return shown(codes[number])
    return _BUILT_IN.get(int(number), "other") if number.isdecimal() else "other"
