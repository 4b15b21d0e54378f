"""A page as a document: its elements with what they say, soundly nested."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "input", "img", "hr"}


def words(text: str) -> str:
    """What a reader sees of a document, without its tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


class Document(HTMLParser):
    """The elements of a document with attributes and text; fails where tags do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.open: list[int] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for i in self.open:
            self.elements[i][2].append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """Attributes of every such element."""
        return [
            attributes
            for name, attributes, _ in self.elements
            if name == tag and wanted.items() <= attributes.items()
        ]

    def values(self, *names: str) -> list[str]:
        """What any element has for these attributes."""
        return [
            given[name] or "" for _, given, _ in self.elements for name in names if name in given
        ]

    def text(self, id_: str) -> str:
        """Text of the element with this id; value of a field."""
        (found,) = [each for each in self.elements if each[1].get("id") == id_]
        return found[1].get("value") or "".join(found[2])

    def words(self) -> str:
        """All text, as in the source: where elements meet, nothing comes between."""
        return " ".join("".join(self.elements[0][2]).split())
