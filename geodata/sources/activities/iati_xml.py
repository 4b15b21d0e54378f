"""Read IATI activities from XML one by one, safely and in bounded memory.

A file of gigabytes is read in chunks, and an activity is forgotten once it was looked at; what no
reader needs of one (its transactions, results, budgets) is dropped while it is read. Documents with
a type declaration are refused before anything of them is read: IATI has none, and entities and
external files come by it. The parser itself resolves no entity and opens no address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from lxml import etree

from geodata.errors import DataError
from geodata.sources.tabular.detect import CheckedFile, check_file
from geodata.sources.tabular.opening import CHUNK, open_bytes
from geodata.util.findings import Finding
from geodata.util.zip_guard import ALL_METHODS, Refusals, ZipGuard, ZipLimits

Element = Any
"""An element of lxml, which has no types."""

ROOT, ACTIVITY, TRANSACTION = "iati-activities", "iati-activity", "transaction"
VERSIONS = ("2.01", "2.02", "2.03")
_DROPPED = ("result", "budget", "planned-disbursement", "document-link", "contact-info", "crs-add")
_MAX_HEAD = 4 * CHUNK  # bytes before the first element
_RECIPIENTS = ("recipient-country", "recipient-region")
_SAFE = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
LIMITS = ZipLimits(
    DataError,
    Refusals(
        no_archive="{name} is no ZIP archive that can be opened: download it again.",
        locked="{name} is locked with a password; save it without one.",
        many="{name} has {size} parts, and may have {parts}.",
        doubled="{name} holds its part {part} twice.",
        method="{name} is packed in a way that is not read: unpack it.",
        large="{name} unpacks to more than {megabytes} MB, and is not unpacked (it may be made to "
        "fill the memory). Unpack it, and name the files in it.",
        dense="{name}: its part {part} unpacks to more than {ratio} times its packed size, and is "
        "not unpacked (it may be made to fill the memory).",
        length="{name} was cut short or damaged: its part {part} holds {size} bytes and should "
        "hold {stated}. Download or copy it again.",
        damaged="{name} was cut short or damaged (part {part}). Download or copy it again.",
    ),
    max_unpacked=8_000_000_000,
    max_parts=20_000,
    methods=ALL_METHODS,
)
"""What a ZIP of IATI files may hold."""


class ReadActivity(NamedTuple):
    """An activity, and the file that it stands in; a part of a ZIP is named with it."""

    file: str
    element: Element


def check_xml(path: Any) -> CheckedFile:
    """Check that a file is XML, or a ZIP of XML.

    Raises
    ------
    DataError
        If it is something else, or cannot be read.
    """
    return check_file(path, ("xml", "zip"))


def activities(file: CheckedFile, findings: list[Finding]) -> Iterator[ReadActivity]:
    """Yield the activities of a file; each may be used until the next is taken.

    Raises
    ------
    DataError
        If it is no well-formed XML, no IATI 2, or not safe to read.
    """
    with open_bytes(file.path) as handle:
        if file.kind == "xml":
            yield from _document(file.name, iter(lambda: handle.read(CHUNK), b""))
            return
        guard = ZipGuard(file.name, handle, LIMITS)
        guard.check_parts()
        parts = [part for part in guard.parts if part.filename.lower().endswith(".xml")]
        others = [part.filename for part in guard.parts if part not in parts and not part.is_dir()]
        if others:
            names = ", ".join(others[:5])
            findings.append(
                Finding("warning", "Parts that are no XML are not read.", file.name, value=names)
            )
        if not parts:
            raise DataError(f"{file.name} holds no XML.")
        guard.check_stated_sizes(parts)
        for part in parts:
            yield from _document(f"{file.name}/{part.filename}", guard.unpack(part))


def _document(name: str, chunks: Iterable[bytes]) -> Iterator[ReadActivity]:
    """Yield the activities of one document."""
    tags = (ROOT, ACTIVITY, TRANSACTION, *_DROPPED)
    guard = etree.XMLPullParser(("start",), **_SAFE)
    parser = etree.XMLPullParser(("end",), tag=tags, **_SAFE)
    head, checked = b"", False
    try:
        for chunk in chunks:
            if not checked:
                guard.feed(chunk)
                head += chunk
                checked = _check_root(name, guard)
                if not checked and len(head) > _MAX_HEAD:
                    raise DataError(f"{name} is no IATI activity file: it begins with no element.")
            if checked:
                parser.feed(head or chunk)
                head = b""
                yield from _finished(name, parser)
        if not checked:
            guard.close()
        parser.close()
        yield from _finished(name, parser)
    except etree.XMLSyntaxError as error:
        line = error.position[0] if error.position else 0
        raise DataError(
            f"{name} is no well-formed XML, line {line:,}: {error.msg}. It may be cut short: "
            "download it again."
        ) from None


def _check_root(name: str, guard: Any) -> bool:
    """Refuse a document that is no IATI 2; return ``False`` until its first element has come.

    Raises
    ------
    DataError
        With what it is instead.
    """
    first = next(iter(guard.read_events()), None)
    if first is None:
        return False
    root = first[1]
    if root.getroottree().docinfo.internalDTD is not None:
        raise DataError(
            f"{name} has a document type declaration, which IATI does not have and entities or "
            "other files may come by: it is not read."
        )
    if root.tag == "iati-organisations":
        raise DataError(f"{name} is an organisation file of IATI; activities stand in others.")
    if root.tag != ROOT:
        raise DataError(f"{name} is no IATI activity file: it begins with <{root.tag}>.")
    version = root.get("version", "").strip()
    if version not in VERSIONS:
        raise DataError(
            f"{name} is of version {version or '(not stated)'} of IATI; what is read is "
            f"{', '.join(VERSIONS)}. The publisher may have a newer file in the registry."
        )
    return True


def _finished(name: str, parser: Any) -> Iterator[ReadActivity]:
    """Yield activities that are complete, and free them and what is dropped of them."""
    for _, element in parser.read_events():
        if element.tag in _DROPPED:
            element.clear()
        elif element.tag == TRANSACTION:
            for child in [child for child in element if child.tag not in _RECIPIENTS]:
                element.remove(child)
        elif element.tag == ACTIVITY:
            yield ReadActivity(name, element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
