"""Keyboard shortcuts of each page, as the dialog that ``?`` opens lists them.

Those of one letter or sign can be switched off there; ``assets/js/shortcuts.js`` keeps the dialog
and finds what a key stands for by its ``data-key``.
"""

from __future__ import annotations

from dataclasses import dataclass

from geodata.i18n.language import Language
from geodata.i18n.messages import gettext


@dataclass(frozen=True)
class Shortcut:
    """Keys and what they do; in time, those that point run in reading order."""

    keys: tuple[str, ...]
    does: str
    in_time: bool = False


@dataclass(frozen=True)
class Group:
    """Shortcuts that work in one place."""

    where: str
    shortcuts: tuple[Shortcut, ...]


_LIST = Shortcut(("?",), gettext("Show this list"))
_TO_MAP = Shortcut(("M",), gettext("Go to the map"))
_TO_TABLE = Shortcut(("T",), gettext("Go to the table"))
_TO_DATE = Shortcut(("D",), gettext("Go to the date"))
_PLAY = Shortcut(("P",), gettext("Play or pause"))
_FIND = Shortcut(("/",), gettext("Find a programme"))

_ANYWHERE = gettext("Anywhere on the page")
_ON_MAP = Group(
    gettext("On the map"),
    (
        Shortcut(("←", "→", "↑", "↓"), gettext("Neighbouring area in that direction")),
        Shortcut(("Home", "End"), gettext("First and last area of the ranking")),
        Shortcut(("Page Up", "Page Down"), gettext("Area before and after it in the ranking")),
        Shortcut(("Enter",), gettext("Open the area, or close it")),
        Shortcut(("Esc",), gettext("Close the area and go back to where it was opened")),
    ),
)
_ON_MAPS = Group(
    gettext("On the map"),
    (
        Shortcut(("←", "→", "↑", "↓"), gettext("Neighbouring area in that direction")),
        Shortcut(("Home", "End"), gettext("First and last area of the list")),
        Shortcut(("Enter",), gettext("Keep the area in sight, or let it go")),
        Shortcut(("+", "−", "0"), gettext("Zoom in, zoom out, the whole country")),
    ),
)
_ON_DATE = Group(
    gettext("On the date"),
    (
        Shortcut(("←", "→"), gettext("Previous and next round"), in_time=True),
        Shortcut(("Page Up", "Page Down"), gettext("A year later and a year earlier")),
        Shortcut(("Home", "End"), gettext("First and last round")),
        Shortcut(("Space",), gettext("Play or pause")),
    ),
)
_SLIDES = (
    Shortcut(("←", "→"), gettext("Previous and next slide"), in_time=True),
    Shortcut(("Page Up", "Page Down"), gettext("Previous and next slide")),
    Shortcut(("Home", "End"), gettext("First and last slide")),
    Shortcut(("1", "Enter"), gettext("The slide of that number")),
    Shortcut(("F",), gettext("Full screen")),
    Shortcut(("N",), gettext("Notes")),
    Shortcut(("S",), gettext("Speaker’s window")),
    Shortcut(("Esc",), gettext("Return a map to how it was")),
)
_EDIT = Shortcut(("E",), gettext("Edit the slide"))

_PAGES = {
    "map": (
        Group(_ANYWHERE, (_LIST, _TO_MAP, _TO_TABLE, _TO_DATE, _PLAY, _FIND)),
        _ON_MAP,
        _ON_DATE,
    ),
    "embed": (Group(_ANYWHERE, (_LIST, _TO_MAP, _TO_TABLE, _TO_DATE, _PLAY)), _ON_MAP, _ON_DATE),
    "compare": (Group(_ANYWHERE, (_LIST, _TO_MAP, _TO_TABLE)), _ON_MAPS),
    "briefing": (
        Group(_ANYWHERE, (_LIST, *_SLIDES, _EDIT, _TO_MAP, _TO_DATE, _PLAY)),
        _ON_MAP,
        _ON_DATE,
    ),
    "published briefing": (
        Group(_ANYWHERE, (_LIST, *_SLIDES, _TO_MAP, _TO_DATE, _PLAY)),
        _ON_MAP,
        _ON_DATE,
    ),
}


def listed(language: Language, page: str) -> tuple[Group, ...]:
    """Return the shortcuts of a page in the reader's language; none if it has none."""
    turned = language.direction == "rtl"

    def translated(each: Shortcut) -> Shortcut:
        keys = each.keys[::-1] if turned and each.in_time else each.keys
        return Shortcut(keys, language.gettext(each.does))

    return tuple(
        Group(language.gettext(group.where), tuple(map(translated, group.shortcuts)))
        for group in _PAGES.get(page, ())
    )
