"""Round figures: the one rule for all that is shown, sent or written into files.

Half goes away from zero, as readers round and as browsers do; and it is half of the decimal number
as it is written, so that 0.15 becomes 0.2 although a computer holds a little less. A rounded number
is never rounded again: 38.499% is 38%, and not 38.5% and then 39%.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def rounded(value: float, decimals: int = 0) -> float:
    """Round a number to ``decimals``; zero has no sign."""
    if value != value or value == int(value):  # NaN; and most figures count people
        return float(value) + 0.0
    return float(exactly(as_decimal(value), decimals)) + 0.0


def as_decimal(value: float) -> Decimal:
    """Return a number as the decimal that it is written as."""
    return Decimal(repr(float(value)))


def exactly(value: Decimal, decimals: int) -> Decimal:
    """Round a decimal number, and write all its decimals."""
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
