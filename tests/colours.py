"""How colours look: to WCAG, to the eye, in greyscale, and to those who see fewer of them.

References
----------
.. [1] W3C (2023), Web Content Accessibility Guidelines 2.2: relative luminance, contrast ratio.
.. [2] Machado, G. M., Oliveira, M. M. and Fernandes, L. A. F. (2009), A physiologically-based model
   for simulation of color vision deficiency. IEEE Transactions on Visualization and Computer
   Graphics 15(6), 1291-1298; the matrices at severity 1.0, for linear RGB.
.. [3] Sharma, G., Wu, W. and Dalal, E. N. (2005), The CIEDE2000 color-difference formula:
   implementation notes, supplementary test data, and mathematical observations. Color Research and
   Application 30(1), 21-30.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from geodata.figures.classes import luminance

Colour = npt.NDArray[np.float64]  # three channels

NORMAL = "all colours"
GREYSCALE = "greyscale"
VISIONS: dict[str, Any] = {
    NORMAL: np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    GREYSCALE: [[0.2126, 0.7152, 0.0722]] * 3,
}
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = _TO_XYZ.sum(axis=1)  # D65


def full(colour: str) -> str:
    """``#rrggbb`` of ``#rgb``."""
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


def contrast(a: str, b: str) -> float:
    """Contrast ratio of two colours [1]_, 1 to 21."""
    low, high = sorted(luminance(full(colour)) for colour in (a, b))
    return (high + 0.05) / (low + 0.05)


def tokens(css: str) -> tuple[dict[str, str], dict[str, str]]:
    """Colours of a style sheet of tokens by name, light and dark."""
    light, dark = css.split("@media", 1)
    plain = r"--([\w-]+):\s*(#[0-9a-f]{3}(?:[0-9a-f]{3})?);"
    by_day = dict(re.findall(plain, light))
    return by_day, by_day | dict(re.findall(plain, dark))


def _linear(colour: str) -> Colour:
    channels = np.array([int(full(colour)[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def seen(colour: str, vision: str) -> Colour:
    """A colour in CIELAB, as somebody sees it [2]_."""
    xyz = _TO_XYZ @ np.clip(np.array(VISIONS[vision]) @ _linear(colour), 0, 1) / _WHITE
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(a: str, b: str, vision: str = NORMAL) -> float:
    """How different two colours look, CIEDE2000; one can just be told from another at about 1."""
    return ciede2000(seen(a, vision), seen(b, vision))


def ciede2000(first: Colour, second: Colour) -> float:
    """Difference of two colours in CIELAB [3]_."""
    l1, a1, b1 = first
    l2, a2, b2 = second
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    grow = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25**7))
    c1, c2 = np.hypot(a1 * grow, b1), np.hypot(a2 * grow, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a * grow)) % 360 for a, b in ((a1, b1), (a2, b2)))
    is_grey = c1 * c2 == 0
    turn = 0.0 if is_grey else (h2 - h1 + 180) % 360 - 180
    lightness, chroma = l2 - l1, c2 - c1
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    c = (c1 + c2) / 2
    h = h1 + h2 if is_grey else (h1 + turn / 2) % 360
    t = (
        1
        - 0.17 * np.cos(np.radians(h - 30))
        + 0.24 * np.cos(np.radians(2 * h))
        + 0.32 * np.cos(np.radians(3 * h + 6))
        - 0.20 * np.cos(np.radians(4 * h - 63))
    )
    off = ((l1 + l2) / 2 - 50) ** 2
    s_l, s_c, s_h = 1 + 0.015 * off / np.sqrt(20 + off), 1 + 0.045 * c, 1 + 0.015 * c * t
    spread = 30 * np.exp(-(((h - 275) / 25) ** 2))
    r = -2 * np.sqrt(c**7 / (c**7 + 25**7)) * np.sin(np.radians(2 * spread))
    parts = lightness / s_l, chroma / s_c, hue / s_h
    return float(np.sqrt(sum(part**2 for part in parts) + r * parts[1] * parts[2]))
