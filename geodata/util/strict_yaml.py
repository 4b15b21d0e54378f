"""Parse YAML of strangers: plain text, lists and keys with their lines, and nothing else.

A briefing, or the mapping of a table, is a file that people send each other, so nothing in it is
executed or built: tags, anchors and aliases are refused, and every value stays the text that it is
written as. (An alias of an alias of an alias is how a small file becomes gigabytes.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.errors import BriefingError
from geodata.i18n.language import GroupedInt
from geodata.i18n.messages import gettext

if TYPE_CHECKING:
    from yaml import Event

MAX_BYTES = 300_000
MAX_DEPTH = 4
MAX_EVENTS = 2_000  # keys, values, beginnings and ends

BRIEFING, MAPPING = "briefing", "mapping"
_NOT_YAML = gettext("This is not valid YAML: {said}.")
# Pages read briefings only; a mapping is read on the command line, which speaks English.
_TOO_LARGE = {
    BRIEFING: gettext("The file is {size} bytes: a briefing has {most} at most."),
    MAPPING: "The file is {size} bytes: a mapping has {most} at most.",
}
_EMPTY = {
    BRIEFING: gettext("The file is empty: a briefing has keys and values."),
    MAPPING: "The file is empty: a mapping has keys and values.",
}
_SECOND = {
    BRIEFING: gettext("A second document begins here (`---`): a briefing is one."),
    MAPPING: "A second document begins here (`---`): a mapping is one.",
}
_MORE = {
    BRIEFING: gettext("There is more here than a briefing has."),
    MAPPING: "There is more here than a mapping has.",
}
_DEEPER = {
    BRIEFING: gettext("This is nested deeper than a briefing is."),
    MAPPING: "This is nested deeper than a mapping is.",
}


@dataclass(frozen=True)
class Text:
    """A value as it is written."""

    line: int
    value: str


@dataclass(frozen=True)
class Sequence:
    """A list."""

    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Mapping:
    """Keys with their values, in the order of the file."""

    line: int
    items: tuple[tuple[Text, Node], ...]


Node = Text | Sequence | Mapping


def read(text: str, document: str = BRIEFING) -> Node:
    """Parse one document into texts, lists and keys; ``document`` names its kind in messages.

    Raises
    ------
    BriefingError
        With the line: no valid YAML, more than one document, a tag, an anchor, an alias, a repeated
        key, or more, or deeper, than a briefing is.
    """
    size = len(text.encode())
    if size > MAX_BYTES:
        raise BriefingError(_TOO_LARGE[document], size=GroupedInt(size), most=GroupedInt(MAX_BYTES))
    events = _events(text, document)
    documents = [i for i, event in enumerate(events) if _kind(event) == "DocumentStart"]
    if not documents:
        raise BriefingError(_EMPTY[document], line=1)
    if len(documents) > 1:
        raise BriefingError(_SECOND[document], line=_line(events[documents[1]]))
    node, _ = _node(events, documents[0] + 1)
    return node


def _kind(event: Event) -> str:
    return type(event).__name__.removesuffix("Event")


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _events(text: str, document: str) -> list[Event]:
    """Return every event of the text; the parser builds nothing from them."""
    import yaml

    events, depth = [], 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += _kind(event).endswith("Start") - _kind(event).endswith("End")
            _refuse(event, depth - 2, document)  # the stream and the document are no depth
            events.append(event)
            if len(events) > MAX_EVENTS:
                raise BriefingError(_MORE[document], line=_line(event))
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        details = " ".join(part for part in (error.context, error.problem) if part)
        line = at.line + 1 if at else None
        raise BriefingError(_NOT_YAML, line=line, said=details) from None
    except yaml.YAMLError as error:
        raise BriefingError(_NOT_YAML, said=" ".join(str(error).split())) from None
    return events


def _refuse(event: Event, depth: int, document: str) -> None:
    """Refuse tags, anchors and aliases, and what is nested deeper than a briefing is."""
    line = _line(event)
    tag = getattr(event, "tag", None)
    if _kind(event) == "Alias":
        raise BriefingError(
            gettext("“*{name}” is an alias: write the value itself."),
            line=line,
            name=event.anchor,  # type: ignore[attr-defined]
        )
    if getattr(event, "anchor", None):
        raise BriefingError(
            gettext(
                "“&{name}” is an anchor: write the value without it. (A text with & stands in "
                "quotes.)"
            ),
            line=line,
            name=event.anchor,  # type: ignore[attr-defined]
        )
    if tag:
        raise BriefingError(
            gettext("“{tag}” is a tag: only plain text is read."), line=line, tag=tag
        )
    if depth > MAX_DEPTH:
        raise BriefingError(_DEEPER[document], line=line)


def _node(events: list[Event], i: int) -> tuple[Node, int]:
    """Return the node that begins at position ``i``, and the position after it."""
    event, line = events[i], _line(events[i])
    if _kind(event) == "Scalar":
        return Text(line, str(event.value)), i + 1  # type: ignore[attr-defined]
    if _kind(event) == "SequenceStart":
        items, i = [], i + 1
        while _kind(events[i]) != "SequenceEnd":
            item, i = _node(events, i)
            items.append(item)
        return Sequence(line, tuple(items)), i + 1
    pairs: list[tuple[Text, Node]] = []
    i += 1
    while _kind(events[i]) != "MappingEnd":
        key, i = _node(events, i)
        value, i = _node(events, i)
        pairs.append((_key(key, pairs), value))
    return Mapping(line, tuple(pairs)), i + 1


def _key(key: Node, pairs: list[tuple[Text, Node]]) -> Text:
    """Return a key that is text and is not repeated; raise BriefingError otherwise."""
    if not isinstance(key, Text):
        raise BriefingError(gettext("A key is a word."), line=key.line)
    if any(key.value == earlier.value for earlier, _ in pairs):
        raise BriefingError(
            gettext("“{value}” is said twice."), line=key.line, key=key.value, value=key.value
        )
    return key
