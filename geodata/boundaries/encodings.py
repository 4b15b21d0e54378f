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
_TRIED = {
    "cp1252": "Western", "cp1256": "Arabic", "cp1251": "Cyrillic", "cp1250": "Central European",
    "cp720": "Arabic of DOS",
}  # fmt: skip

_MOST = 64_000_000  # bytes of a table that are looked at
_CLEARLY = 0.3  # how much larger the part of words must be for a code page to be taken for another
_SAY = "Check the names; if they are wrong, say it with --encoding, as in --encoding cp1256."


def known_encoding(label: str) -> str | None:
    """Name an encoding as Python does; ``None`` where there is no such.

    >>> [known_encoding(one) for one in ("UTF8", "ANSI 1256", "1256", "65001", "ISO88596", "x")]
    ['utf-8', 'cp1256', 'cp1256', 'utf-8', 'iso8859-6', None]
    """
    word = label.strip(" \t\r\n\0\ufeff").casefold()
    number = re.search(r"\d+$", word)
    digits = number[0] if number else ""
    latin = re.fullmatch(r"(?:iso)?[-_ ]*8859[-_ ]*(\d{1,2})", word)
    guesses = ["utf-8"] if digits == "65001" else [f"iso8859-{latin[1]}"] if latin else [word]
    guesses += [f"cp{digits}"] if len(digits) > 2 else []
    for guess in guesses:
        try:
            "".encode(guess)  # not so with base64 and its like, which are codecs, too
            return codecs.lookup(guess).name
        except (LookupError, ValueError):
            continue
    return None


def shapefile_encoding(path: Path, name: str, given: str = "") -> tuple[str, list[Finding]]:
    """Return the encoding of a Shapefile's names, and findings on how sure it is.

    Parameters
    ----------
    path
        The ``.shp``.
    name
        Of the file that was given, for messages.
    given
        Encoding that a person names: it decides.

    Raises
    ------
    BoundaryError
        If a name is not written in the given one.
    """
    cells = set(_cells(_sibling(path, ".dbf")))
    if given:
        broken = next((cell for cell in cells if _decoded(*cell, given) is None), None)
        if broken is not None:
            shown = broken[0].decode(given, "replace")
            raise BoundaryError(
                f"{name} is not in {given} as --encoding says: “{shown}” is broken. Leave "
                "--encoding out, or say another."
            )
        return given, []
    stated, by = _stated(path)
    if all(_decoded(*cell, "utf-8") is not None for cell in cells):
        why = _why_told(stated, by, "utf-8") if cells else ""
        sentence = f"The names are read as UTF-8, which all of them are: {why}."
        return "utf-8", [Finding("warning", sentence, name)] if why else []
    tried = dict.fromkeys([*([stated] if stated else []), *_TRIED])
    words = {one: _words(cells, one) for one in tried}
    best = max(words, key=lambda one: words[one])
    if stated and words[stated] >= max(words[best] - _CLEARLY, 0):
        return stated, []
    kind = f"{_TRIED[best]} ({best})" if best in _TRIED else best
    sentence = f"The names are read as {kind}: {_why_told(stated, by, best)}. {_SAY}"
    return best, [Finding("warning", sentence, name)]


def _why_told(stated: str, by: str, taken: str) -> str:
    """Return why it is told how names are read; empty where the files said so."""
    if stated == taken:
        return ""
    if not stated:
        return f"{by} does not say how they are written" if by else (
            "the Shapefile does not say how they are written (it has no .cpg)"
        )  # fmt: skip
    return f"{by} says {stated}, in which they are no words"


def _stated(path: Path) -> tuple[str, str]:
    """Return what the .cpg, else the header of the .dbf, says; and which of them."""
    label = _sibling(path, ".cpg")
    if label is not None:
        text = label.read_bytes()[:100].decode("ascii", "replace")
        return known_encoding(text) or "", f"its .cpg (“{text.strip()[:40]}”)"
    table = _sibling(path, ".dbf")
    assert table is not None  # a Shapefile without one is refused before
    with table.open("rb") as handle:
        header = handle.read(32)
    page = _PAGES.get(header[29], "") if len(header) == 32 else ""
    return page, "the header of its .dbf" if page else ""


def _sibling(path: Path, end: str) -> Path | None:
    wanted = f"{path.stem}{end}".casefold()
    return next((one for one in path.parent.iterdir() if one.name.casefold() == wanted), None)


def _cells(table: Path | None) -> Iterator[tuple[bytes, bool]]:
    """Yield texts of a .dbf beyond ASCII, titles too, and whether each fills its cell."""
    if table is None:
        return
    with table.open("rb") as handle:
        data = handle.read(_MOST)
    rows, start, width = (
        int.from_bytes(data[4:8], "little"),
        int.from_bytes(data[8:10], "little"),
        int.from_bytes(data[10:12], "little"),
    )
    spans, at = [], 1  # a row begins with a mark of deletion
    for field in range(32, start - 1, 32):
        described = data[field : field + 32]
        if len(described) < 32 or described[0] == 0x0D:
            break
        title = described[:11].split(b"\0")[0]
        if not title.isascii():
            yield title, False
        if described[11:12] == b"C":
            spans.append((at, at + described[16]))
        at += described[16]
    for row in range(start, min(start + rows * width, len(data)), width or len(data) or 1):
        for begin, end in spans:
            cell = data[row + begin : row + end].rstrip(b" \0")
            if not cell.isascii():
                yield cell, len(cell) == end - begin


def _decoded(cell: bytes, full: bool, encoding: str) -> str | None:
    """Return the text of a cell, of which a full one may end in mid-letter.

    ``None``: not that encoding.
    """
    try:
        return codecs.getincrementaldecoder(encoding)().decode(cell, final=not full)
    except UnicodeDecodeError:
        return None


def _words(cells: set[tuple[bytes, bool]], encoding: str) -> float:
    """Return the part of the words beyond ASCII that are words as people write them.

    -1: not that encoding.
    """
    texts = [_decoded(*cell, encoding) for cell in cells]
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
