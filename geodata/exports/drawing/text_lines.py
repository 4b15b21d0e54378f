"""Lines of text in either direction: their width, where they break, and their isolates.

Renderers differ in how they read a document's direction: one turns anchors with it, one does not,
and typst's does neither. Drawings therefore ask it of none of them: a line that is read from the
right says so in its own letters (:func:`force_rtl`), which all of them follow.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from geodata.i18n.language import FSI, LRI, PDI, RLI

# Families of letters. The first two are shipped as one, by the name of the first; whoever opens a
# drawing or a slide elsewhere may have them apart. The last has the signs that the first lacks.
FAMILY, ARABIC_FAMILY, SIGNS_FAMILY = "Noto Sans", "Noto Sans Arabic", "Noto Sans Math"

LRM, RLM = "\u200e", "\u200f"
_OPENING = (FSI, LRI, RLI)
# Mean width of a letter of running text in ems, Noto Sans; and of a bold one.
LETTER, BOLD_LETTER = 0.53, 0.6
# How wide a letter of Arabic script is beside a Latin one, in Noto Sans: measured over both
# catalogues, no line of which is wider than that.
_ARABIC = 0.9
_COMBINING_BEGIN = "\u0300"


def text_width(words: str) -> float:
    """Return the width of a text in Latin letters; combining marks have none."""
    if max(words, default="") < _COMBINING_BEGIN:
        return len(words)
    return sum(map(_width, words))


def _width(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Cf"):
        return 0
    return _ARABIC if unicodedata.bidirectional(letter) == "AL" else 1


def wrapped(words: str, width: float, size: float, *, letter: float = LETTER) -> list[str]:
    """Break words into lines of about ``width`` pixels at a font size."""
    room, lines = max(1, int(width / (size * letter))), [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return _closed(lines)


def _closed(lines: list[str]) -> list[str]:
    """Close and reopen isolates at line breaks, so that every line is balanced."""
    if PDI not in "".join(lines):
        return lines
    closed, before = [], ""
    whole = "\n".join(lines)
    offset = 0
    for line in lines:
        opened = list(before)
        for place, sign in enumerate(line, start=offset):
            if sign in _OPENING:
                opened.append(_direction(whole, place))
            elif sign == PDI and opened:
                opened.pop()
        closed.append(before + line + PDI * len(opened))
        before, offset = "".join(opened), offset + len(line) + 1
    return closed


def _direction(words: str, place: int) -> str:
    """Return LRI or RLI: the direction of the isolate that opens at ``place``."""
    if words[place] != FSI:
        return words[place]
    depth = 0
    for sign in words[place + 1 :]:
        if sign in _OPENING:
            depth += 1
        elif sign == PDI:
            depth -= 1
        elif not depth and (kind := unicodedata.bidirectional(sign)) in ("L", "R", "AL"):
            return LRI if kind == "L" else RLI
        if depth < 0:
            break
    return LRI


def force_rtl(words: str) -> str:
    """Isolate a line as right-to-left, whatever letters it begins with."""
    return f"{RLI}{words}{PDI}"


def isolates_to_marks(words: str) -> str:
    """Put marks of direction in the place of isolates, for programs that do not know those.

    What is isolated stands between two marks of its own direction, which holds numbers with their
    signs, codes and Latin names together, and those between two marks of what is around it.
    """
    if PDI not in words:
        return words
    out, around = [], [RLM]  # only what is read from the right has isolates
    for place, sign in enumerate(words):
        if sign in _OPENING:
            own = LRM if _direction(words, place) == LRI else RLM
            out.append(own if own == around[-1] else around[-1] + own)
            around.append(own)
        elif sign == PDI:
            own = around.pop() if len(around) > 1 else RLM
            out.append(own if own == around[-1] else own + around[-1])
        else:
            out.append(sign)
    return "".join(out)


def pieces(words: str) -> Any:
    """Split text into runs for typst: ``["text", {"dir": "ltr", "words": [...]}, ...]``.

    Each isolate becomes a dictionary with its direction; text without isolates is returned as it
    is. In a PDF the isolate characters themselves would be read aloud and get in the way of search.
    """
    if PDI not in words:
        return words
    around: list[list[Any]] = [[]]
    for place, sign in enumerate(words):
        if sign in _OPENING:
            inner: list[Any] = []
            direction = "ltr" if _direction(words, place) == LRI else "rtl"
            around[-1].append({"dir": direction, "words": inner})
            around.append(inner)
        elif sign == PDI:
            around.pop()
        elif around[-1] and isinstance(around[-1][-1], str):
            around[-1][-1] += sign
        else:
            around[-1].append(sign)
    return around[0]


def to_typst(value: Any) -> Any:
    """Split every text within lists and dictionaries into :func:`pieces`."""
    if isinstance(value, str):
        return pieces(value)
    if isinstance(value, dict):
        return {name: to_typst(each) for name, each in value.items()}
    return [to_typst(each) for each in value] if isinstance(value, list | tuple) else value
