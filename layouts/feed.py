"""The feed of what is shown (Atom, RFC 4287): an entry for each snapshot that became active.

What an entry says is what the page of sources says of it (:mod:`layouts.history`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from geodata.exports.catalogue import newest_day
from geodata.i18n.language import Language
from geodata.snapshots.registry import HistoryEntry
from geodata.snapshots.snapshot import Snapshot
from geodata.text.wording import product
from layouts.history import history, universal_time

MEDIA = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class FeedLinks:
    """Absolute addresses in a feed.

    Attributes
    ----------
    own
        The feed itself, in its language; its identity, too.
    home
        The page that it is about.
    past
        Where the history stands, for what is not held any more.
    frozen
        Returns the page that shows a version for as long as it is held.
    """

    own: str
    home: str
    past: str
    frozen: Callable[[str], str]


def feed(
    snapshot: Snapshot, past: Sequence[HistoryEntry], language: Language, links: FeedLinks
) -> bytes:
    """Write the feed, the newest entry first.

    Where nothing was ever activated there is one entry, on the snapshot that ships.
    """
    root = etree.Element(f"{{{ATOM}}}feed", {_XML_LANG: language.tag}, nsmap={None: ATOM})
    name = product(snapshot, language)
    entries = _entries(snapshot, past, language, links)
    _put(root, "id", uuid5(NAMESPACE_URL, links.own).urn)
    _put(root, "title", name)
    _put(root, "subtitle", language.gettext("New rounds and corrections of the figures"))
    _put(root, "updated", max(entry["updated"] for entry in entries))
    _put(etree.SubElement(root, f"{{{ATOM}}}author"), "name", name)
    _link(root, links.own, rel="self", type=MEDIA)
    _link(root, links.home, rel="alternate", type="text/html")
    for entry in entries:
        _entry(root, entry)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def _entries(
    snapshot: Snapshot, past: Sequence[HistoryEntry], language: Language, links: FeedLinks
) -> list[dict[str, str]]:
    """Return title, sentence, time, identity and link of every entry."""
    day = newest_day(snapshot)
    if not past:
        title = language.gettext(
            "Figures to {date}", date=language.date(dt.date.fromisoformat(day))
        )
        shown = language.gettext("Snapshot {version}", version=snapshot.version)
        return [_described(title, shown, f"{day}T00:00:00Z", snapshot.version, links)]
    return [
        _described(
            _title(row), _sentence(row, language), _moment(one.activation.at, day), version, links
        )
        if row["is_held"]
        else _described(
            _title(row),
            language.gettext("Snapshot {version} is not held any more.", version=version),
            _moment(one.activation.at, day),
            version,
            links,
            stored=False,
        )
        for one, row in zip(past, history(past, language), strict=True)
        for version in [one.activation.version]
    ]


def _described(
    title: str, sentence: str, updated: str, version: str, links: FeedLinks, *, stored: bool = True
) -> dict[str, str]:
    return {
        "title": title,
        "summary": sentence,
        "updated": updated,
        "id": uuid5(NAMESPACE_URL, f"{links.own} {version} {updated}").urn,
        "link": links.frozen(version) if stored else links.past,
    }


def _title(row: Mapping[str, Any]) -> str:
    return f"{row['by']}: {row['what']}" if row["what"] else str(row["by"])


def _sentence(row: Mapping[str, Any], language: Language) -> str:
    """Say what an entry changed; where that is not known, which snapshot is shown since."""
    since = language.gettext("Snapshot {version}", version=row["version"])
    return ". ".join([*row["changes"], since])


def _moment(timestamp: str, day: str) -> str:
    """Return an ISO timestamp in universal time; of what is none, the day of the figures."""
    moment = universal_time(timestamp)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else f"{day}T00:00:00Z"


def _entry(root: Any, entry: Mapping[str, str]) -> None:
    element = etree.SubElement(root, f"{{{ATOM}}}entry")
    for name in ("id", "title", "updated", "summary"):
        _put(element, name, entry[name])
    _link(element, entry["link"], rel="alternate", type="text/html")


def _put(parent: Any, name: str, text: str) -> None:
    """Add a child with a text, without isolates and signs that XML cannot hold."""
    shown = "".join(sign for sign in text if sign.isprintable() or sign in "\t\n")
    etree.SubElement(parent, f"{{{ATOM}}}{name}").text = shown


def _link(parent: Any, href: str, **attributes: str) -> None:
    etree.SubElement(parent, f"{{{ATOM}}}link", {**attributes, "href": href})
