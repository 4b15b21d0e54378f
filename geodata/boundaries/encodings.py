"""Detect the encoding of a Shapefile's names, and warn where it is a guess.

A ``.dbf`` says it by a byte of its header, a ``.cpg`` beside it by a name; both are often left out
or wrong, and GDAL then reads ISO-8859-1 without a word. What decides, in this order: UTF-8 where
every name is UTF-8; what the files say, where it makes words; the code page that makes most words.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from geodata.errors import BoundaryError
from geodata.util.findings import Finding

# Byte 29 of a .dbf, as GDAL knows it. 0 and 0x57 ("ANSI", of whatever machine) say nothing.
_PAGES = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x26: "cp866", 0x58: "cp1252", 0x64: "cp852",
    0x65: "cp866", 0x6A: "cp737", 0x6B: "cp857", 0x78: "cp950", 0x79: "cp949", 0x7A: "cp936",
    0x7B: "cp932", 0x7C: "cp874", 0x7D: "cp1255", 0x7E: "cp1256", 0xC8: "cp1250", 0xC9: "cp1251",
    0xCA: "cp1254", 0xCB: "cp1253",
}  # fmt: skip

# Tried where the files do not say it, or what they say makes no words; of equals the first.
_CANDIDATES = {
    "cp1252": "Western", "cp1256": "Arabic", "cp1251": "Cyrillic", "cp1250": "Central European",
    "cp720": "Arabic of DOS",
}  # fmt: skip

_MAX_BYTES = 64_000_000  # bytes of a table that are looked at
_MARGIN = 0.3  # how much larger the part of words must be for a code page to be taken for another
_ADVICE = "Check the names; if they are wrong, say it with --encoding, as in --encoding cp1256."


def python_encoding(label: str) -> str | None:
    """Return Python's name of an encoding, from any label in use; ``None`` if it knows none.

    >>> [python_encoding(label) for label in ("UTF8", "ANSI 1256", "1256", "65001", "ISO88596",
    "x")] ['utf-8', 'cp1256', 'cp1256', 'utf-8', 'iso8859-6', None]
    """
    name = label.strip(" \t\r\n\0\ufeff").casefold()
    number = re.search(r"\d+$", name)
    digits = number[0] if number else ""
    latin = re.fullmatch(r"(?:iso)?[-_ ]*8859[-_ ]*(\d{1,2})", name)
    guesses = ["utf-8"] if digits == "65001" else [f"iso8859-{latin[1]}"] if latin else [name]
    guesses += [f"cp{digits}"] if len(digits) > 2 else []
    for guess in guesses:
        try:
            "".encode(guess)  # not so with base64 and its like, which are codecs, too
            return codecs.lookup(guess).name
        except (LookupError, ValueError):
            continue
    return None


def shapefile_encoding(path: Path, name: str, chosen: str = "") -> tuple[str, list[Finding]]:
    """Decide the encoding of a Shapefile's names, and warn where it is a guess.

    Parameters
    ----------
    path
        The ``.shp``.
    name
        Name of the file, for messages.
    chosen
        Encoding that a person names, which decides; ``""``: none.

    Raises
    ------
    BoundaryError
        If a name cannot be decoded by the chosen encoding.
    """
    cells = set(_cells(_sibling(path, ".dbf")))
    if chosen:
        broken = next((cell for cell in cells if _decode(*cell, chosen) is None), None)
        if broken is not None:
            example = broken[0].decode(chosen, "replace")
            raise BoundaryError(
                f"{name} is not in {chosen} as --encoding says: “{example}” is broken. Leave "
                "--encoding out, or say another."
            )
        return chosen, []
    stated, origin = _stated(path)
    if all(_decode(*cell, "utf-8") is not None for cell in cells):
        why = _reason(stated, origin, "utf-8") if cells else ""
        sentence = f"The names are read as UTF-8, which all of them are: {why}."
        return "utf-8", [Finding("warning", sentence, name)] if why else []
    candidates = dict.fromkeys([*([stated] if stated else []), *_CANDIDATES])
    shares = {candidate: _share_of_words(cells, candidate) for candidate in candidates}
    best = max(shares, key=lambda candidate: shares[candidate])
    if stated and shares[stated] >= max(shares[best] - _MARGIN, 0):
        return stated, []
    label = f"{_CANDIDATES[best]} ({best})" if best in _CANDIDATES else best
    sentence = f"The names are read as {label}: {_reason(stated, origin, best)}. {_ADVICE}"
    return best, [Finding("warning", sentence, name)]


def _reason(stated: str, origin: str, used: str) -> str:
    """Explain why names are not read by the stated encoding; empty if they are."""
    if stated == used:
        return ""
    if not stated:
        return f"{origin} does not say how they are written" if origin else (
            "the Shapefile does not say how they are written (it has no .cpg)"
        )  # fmt: skip
    return f"{origin} says {stated}, in which they are no words"


def _stated(path: Path) -> tuple[str, str]:
    """Return the encoding that the .cpg states, else the .dbf's header, and which of them does."""
    label = _sibling(path, ".cpg")
    if label is not None:
        text = label.read_bytes()[:100].decode("ascii", "replace")
        return python_encoding(text) or "", f"its .cpg (“{text.strip()[:40]}”)"
    table = _sibling(path, ".dbf")
    assert table is not None  # a Shapefile without one is refused before
    with table.open("rb") as handle:
        header = handle.read(32)
    page = _PAGES.get(header[29], "") if len(header) == 32 else ""
    return page, "the header of its .dbf" if page else ""


def _sibling(path: Path, end: str) -> Path | None:
    """Return the file beside a Shapefile with another ending, in any case."""
    name = f"{path.stem}{end}".casefold()
    return next((file for file in path.parent.iterdir() if file.name.casefold() == name), None)


def _cells(table: Path | None) -> Iterator[tuple[bytes, bool]]:
    """Yield non-ASCII texts of a .dbf, titles too, each with whether it fills its cell."""
    if table is None:
        return
    with table.open("rb") as handle:
        data = handle.read(_MAX_BYTES)
    rows, start, width = (
        int.from_bytes(data[4:8], "little"),
        int.from_bytes(data[8:10], "little"),
        int.from_bytes(data[10:12], "little"),
    )
    spans, at = [], 1  # a row begins with a mark of deletion
    for field in range(32, start - 1, 32):
        descriptor = data[field : field + 32]
        if len(descriptor) < 32 or descriptor[0] == 0x0D:
            break
        title = descriptor[:11].split(b"\0")[0]
        if not title.isascii():
            yield title, False
        if descriptor[11:12] == b"C":
            spans.append((at, at + descriptor[16]))
        at += descriptor[16]
    for row in range(start, min(start + rows * width, len(data)), width or len(data) or 1):
        for begin, end in spans:
            cell = data[row + begin : row + end].rstrip(b" \0")
            if not cell.isascii():
                yield cell, len(cell) == end - begin


def _decode(cell: bytes, full: bool, encoding: str) -> str | None:
    """Decode a cell; a full one may end in mid-letter. ``None`` if it is not in that encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(cell, final=not full)
    except UnicodeDecodeError:
        return None


def _share_of_words(cells: set[tuple[bytes, bool]], encoding: str) -> float:
    """Return the share of non-ASCII words that look real; -1 if a cell is not in that encoding."""
    texts = [_decode(*cell, encoding) for cell in cells]
    if None in texts:
        return -1.0
    words = [
        word
        for text in texts
        for word in re.findall(r"[^\W\d_]+", text or "")
        if not word.isascii()
    ]
    return sum(map(_is_word, words)) / len(words) if words else 0.0


def _is_word(word: str) -> bool:
    """Tell whether a word is of one script, capital at its beginning at most, or all capitals.

    Words in Latin letters are mostly ASCII: a word of nothing but accented letters is another
    script, read as Western.
    """
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in word}
    if len(scripts) > 1:
        return False
    if scripts == {"LATIN"} and 2 * sum(map(str.isascii, word)) < len(word):
        return False
    return word[1:] == word[1:].lower() or word == word.upper()
