"""Classes and colours: fixed over time, so that colours compare between dates.

Breaks are made per population × measure × level from the figures of *all* dates: by default round
numbers of 1-2-5 style; quantiles and Fisher-Jenks natural breaks [1]_ are alternatives.

References
----------
.. [1] Fisher, W. D. (1958), On grouping for maximum homogeneity; as implemented in PySAL
   mapclassify.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np

from geodata import populations
from geodata.i18n.language import Language
from geodata.util.arrays import Floats

ROUND_STYLE, QUANTILES, JENKS = "round", "quantiles", "jenks"
CLASSIFICATIONS = (ROUND_STYLE, QUANTILES, JENKS)
RETURN_RATE_BREAKS = (20.0, 40.0, 60.0, 70.0, 80.0, 90.0)
"""Per cent, closer where most places are by now: 1-2-5 breaks have one class from 50 on."""

CLASSES = 7
DIVERGING_CLASSES = 3  # on each side of zero

# Blues whose lightness falls in even steps: told apart in greyscale and by every kind of colour
# vision. On a dark page the order is turned round, so that more is brighter.
SEQUENTIAL = ("#e6f0fa", "#c3dcf2", "#94c1e6", "#5f9fd6", "#2f7cc0", "#12599c", "#083a70")
SEQUENTIAL_DARK = ("#14304d", "#174672", "#1f609b", "#3a80bf", "#66a2d6", "#9cc6ea", "#dcecf9")
# Teal for fewer, orange for more: safe for red-green and blue-yellow colour blindness.
DIVERGING = ("#0b5f66", "#4a9c9c", "#b5dbd6", "#f6d9b0", "#dd9140", "#8f4a06")
DIVERGING_DARK = ("#8fe0dc", "#3f9fa0", "#1f5559", "#5f4320", "#c07a2e", "#ffc37d")


def luminance(color: str) -> float:
    """Return the relative luminance of ``#rrggbb``, 0 to 1, as WCAG 2.2 defines it.

    >>> luminance("#000000"), luminance("#ffffff")
    (0.0, 1.0)
    """
    channels = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# Above this luminance, black on a colour contrasts more than white does.
_EVEN_CONTRAST = 0.179


def _ink(color: str) -> str:
    return "d" if luminance(color) > _EVEN_CONTRAST else "l"


@dataclass(frozen=True)
class Scale:
    """How figures become classes.

    Attributes
    ----------
    kind
        ``sequential`` or ``diverging``.
    breaks
        Ascending upper bounds (exclusive) between classes; one fewer than ``colors``.
    """

    kind: str
    breaks: tuple[float, ...]
    colors: tuple[str, ...]
    colors_dark: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def inks(self) -> str:
        """For each colour, whether text on it is written light (``l``) or dark (``d``)."""
        return "".join(_ink(color) for color in self.colors)

    @property
    def inks_dark(self) -> str:
        """The same for the colours of a dark page."""
        return "".join(_ink(color) for color in self.colors_dark)

    def classify(self, values: Floats) -> Floats:
        """Return class index of each value, ``-1`` for NaN and for zero (which has no colour)."""
        safe = np.nan_to_num(values)
        # Diverging breaks are symmetric: zero itself is never coloured, so which side the middle
        # break belongs to does not matter; equal magnitudes must fall in mirrored classes.
        upper = np.searchsorted(self.breaks, safe, side="right")
        lower = np.searchsorted(self.breaks, safe, side="left")
        index = np.where((safe < 0) & (self.kind == "diverging"), lower, upper)
        return np.where(np.isnan(values) | (safe == 0), -1, index)


def _round_series(low: float, high: float, steps: tuple[int, ...]) -> list[float]:
    """List ``steps`` × 10ⁿ from the last at or below ``low`` to at most ``high``, ascending."""
    exponents = range(math.floor(math.log10(low)) - 1, math.floor(math.log10(high)) + 1)
    series = [round(m * 10.0**n, 6) for n in exponents for m in steps]
    below = [value for value in series if value <= low][-1:]
    return below + [value for value in series if low < value <= high]


def round_breaks(values: Floats, *, whole: bool = False, n: int = CLASSES - 1) -> tuple[float, ...]:
    """Choose up to ``n`` breaks of 1-2-5 style that spread positive ``values`` over classes.

    Consecutive 1-2-5 numbers where ``n`` (or one more, leaving out the least) cover the range,
    else 1-5, else powers of ten: always a pattern that a reader can continue. Of ``whole`` numbers
    none is under 1, so no break is there.

    >>> round_breaks(np.array([10.0, 40.0, 300.0, 2500.0]), whole=True)
    (50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0)
    """
    positive = values[np.isfinite(values) & (values > 0)]
    if not positive.size:
        return ()
    low, high = (float(value) for value in np.quantile(positive, [0.12, 0.985]))
    for steps in ((1, 2, 5), (1, 5), (1,)):
        series = _round_series(low, high, steps)
        if len(series) <= n + 1:
            break
    return tuple(value for value in series[-n:] if value > 1 or not whole)


def statistical_breaks(
    values: Floats, method: str, *, decimals: int, n: int = CLASSES - 1
) -> tuple[float, ...]:
    """Choose up to ``n`` breaks by quantiles or Fisher-Jenks, rounded to three digits.

    mapclassify gives the largest value of each class; the break is half-way to the next one.
    Jenks takes time with the square of the number of values; it is run on 400 evenly spaced order
    statistics, which is deterministic and moves a break by less than its rounding.

    >>> statistical_breaks(np.arange(1.0, 101.0), QUANTILES, decimals=0)
    (16.0, 30.0, 44.0, 58.0, 72.0, 86.0)
    """
    import mapclassify

    positive = np.sort(values[np.isfinite(values) & (values > 0)])
    if not positive.size:
        return ()
    with warnings.catch_warnings():  # that ties leave fewer classes; that Numba would be faster
        warnings.simplefilter("ignore", UserWarning)
        if method == JENKS:
            positions = np.linspace(0, positive.size - 1, min(400, positive.size)).round()
            sample = positive[positions.astype(int)]
            k = min(n + 1, np.unique(sample).size)
            bins = mapclassify.FisherJenks(sample, k=k).bins if k > 1 else []
        else:
            bins = mapclassify.Quantiles(positive, k=n + 1).bins
    largest = np.unique(bins)
    largest = largest[largest < positive[-1]]  # the last class ends nowhere
    following = positive[np.searchsorted(positive, largest, side="right")]
    halfway = (largest + following) / 2
    rounded = {round(_significant(float(value), 3), decimals) for value in halfway}
    smallest = 1.0 if decimals == 0 else 0.0
    return tuple(sorted(value for value in rounded if value > smallest))


def _significant(value: float, digits: int) -> float:
    shift = digits - 1 - math.floor(math.log10(abs(value))) if value else 0
    return round(value, shift)


def sequential(
    values: Floats, *, measure: str, decimals: int, method: str, language: Language
) -> Scale:
    """Make the scale for figures of all dates: one colour ramp, zero left white.

    Parameters
    ----------
    values
        Every figure that may be shown, any shape; NaN where none.

    >>> scale = sequential(
    ...     np.array([0.0, 40.0, 3000.0]),
    ...     measure="people",
    ...     decimals=0,
    ...     method=ROUND_STYLE,
    ...     language=english,
    ... )
    >>> scale.kind, scale.breaks
    ('sequential', (200.0, 500.0, 1000.0, 2000.0))
    >>> scale.classify(np.array([0.0, 40.0, np.nan])).tolist()
    [-1, 0, -1]
    """
    if method in (QUANTILES, JENKS):
        breaks = statistical_breaks(values, method, decimals=decimals)
    elif measure == populations.RETURN_RATE:
        breaks = RETURN_RATE_BREAKS
    else:
        breaks = round_breaks(values, whole=decimals == 0)
    colors, dark = (_ramp(ramp, len(breaks) + 1) for ramp in (SEQUENTIAL, SEQUENTIAL_DARK))
    labels = _sequential_labels(breaks, measure=measure, decimals=decimals, language=language)
    return Scale("sequential", breaks, colors, dark, labels)


def _ramp(colors: tuple[str, ...], n: int) -> tuple[str, ...]:
    """Return ``n`` colours spread over the ramp; the darkest always stands for the most."""
    if n >= len(colors):
        return colors
    picks = np.linspace(len(colors) - 1, 0, n).round().astype(int)[::-1]
    return tuple(colors[i] for i in picks)


def diverging(
    changes: Floats, *, measure: str, decimals: int, method: str, language: Language
) -> Scale:
    """Make the scale for changes, symmetric about zero; breaks from their sizes at all dates.

    >>> scale = diverging(
    ...     np.array([-900.0, 20.0, 3000.0]),
    ...     measure="people",
    ...     decimals=0,
    ...     method=ROUND_STYLE,
    ...     language=english,
    ... )
    >>> scale.kind, scale.breaks
    ('diverging', (-1000.0, -500.0, 0.0, 500.0, 1000.0))
    """
    magnitudes = np.abs(changes)
    if method in (QUANTILES, JENKS):
        n = DIVERGING_CLASSES - 1
        positive = statistical_breaks(magnitudes, method, decimals=decimals, n=n)
    else:
        series = round_breaks(magnitudes, whole=decimals == 0)
        positive = (series[len(series) // 3], series[len(series) * 2 // 3]) if series else ()
    positive = tuple(sorted(set(positive)))
    breaks = (*(-value for value in reversed(positive)), 0.0, *positive)
    k = len(positive) + 1
    colors, dark = (
        _ramp(ramp[:DIVERGING_CLASSES][::-1], k)[::-1] + _ramp(ramp[DIVERGING_CLASSES:], k)
        for ramp in (DIVERGING, DIVERGING_DARK)
    )
    labels = _diverging_labels(positive, measure=measure, decimals=decimals, language=language)
    return Scale("diverging", breaks, colors, dark, labels)


def _break_label(value: float, decimals: int, language: Language, sign: str = "") -> str:
    """Write a break with the decimals it needs: 0.02, 0.5, 1, 20, 5,000; ``sign`` follows it."""
    if value == int(value):
        return language.number(value, 0, sign)
    return language.number(value, max(decimals, math.ceil(-math.log10(value)), 1), sign)


def _sequential_labels(
    breaks: tuple[float, ...], *, measure: str, decimals: int, language: Language
) -> tuple[str, ...]:
    if not breaks:
        return (language.gettext("counted"),)
    sign = populations.sign(measure)
    top = language.gettext("{low} or more", low=_break_label(breaks[-1], decimals, language, sign))
    if decimals:
        first = language.gettext(
            "under {high}", high=_break_label(breaks[0], decimals, language, sign)
        )
        ranges = zip(breaks, breaks[1:], strict=False)
        return (first, *(_range(low, high, decimals, sign, language) for low, high in ranges), top)
    ranges = zip((1.0, *breaks), (value - 1 for value in breaks), strict=False)
    return (*(_range(low, high, 0, sign, language) for low, high in ranges), top)


def _range(low: float, high: float, decimals: int, sign: str, language: Language) -> str:
    first = _break_label(low, decimals, language)
    last = _break_label(high, decimals, language, sign)
    if low == high:
        return last
    return language.gettext("{low} – {high}", low=first, high=last)


def _diverging_labels(
    positive: tuple[float, ...], *, measure: str, decimals: int, language: Language
) -> tuple[str, ...]:
    if not positive:
        return (language.gettext("fewer"), language.gettext("more"))
    plain = [_break_label(value, decimals, language) for value in positive]
    points = language.writing.points if populations.sign(measure) else ""
    bounds = [label + points for label in plain]
    between = list(zip(plain, bounds[1:], strict=False))
    fewer = [
        language.gettext("under {high} fewer", high=bounds[0]),
        *(language.gettext("{low} – {high} fewer", low=low, high=high) for low, high in between),
        language.gettext("at least {low} fewer", low=bounds[-1]),
    ]
    more = [
        language.gettext("under {high} more", high=bounds[0]),
        *(language.gettext("{low} – {high} more", low=low, high=high) for low, high in between),
        language.gettext("at least {low} more", low=bounds[-1]),
    ]
    return (*reversed(fewer), *more)
