"""Recognise and escape text that a spreadsheet would run as a formula."""

from __future__ import annotations

# A spreadsheet takes text that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def looks_like_formula(value: str) -> bool:
    """Tell whether a spreadsheet that reads the text might run it."""
    return value.startswith(_FORMULA)


def escape_formula(value: str) -> str:
    """Return text that no spreadsheet runs as a formula."""
    return f"'{value}" if looks_like_formula(value) else value
