"""Encode answers as JSON: the one form that is sent, embedded in files and compared.

A missing figure is ``null``, never NaN, which JSON does not have.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from geodata.i18n.rounding import rounded

if TYPE_CHECKING:  # boundaries are served without numpy
    from geodata.util.arrays import Floats


def to_json(value: object) -> bytes:
    """Return compact JSON in UTF-8; NaN raises ValueError."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode()


def json_numbers(values: Floats, decimals: int = 0) -> list[Any]:
    """Return numbers as JSON holds them: whole numbers without a point, ``None`` for NaN.

    Nested as ``values`` are: ``(T, A)`` gives ``T`` lists of ``A`` numbers.
    """
    if values.ndim > 1:
        return [json_numbers(row, decimals) for row in values]
    return [None if math.isnan(value) else number(value, decimals) for value in values.tolist()]


def number(value: float, decimals: int = 0) -> float:
    """Round a number to ``decimals``; without any it is an int, written without a point."""
    result = rounded(value, decimals)
    return result if decimals else int(result)
