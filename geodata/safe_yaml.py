"""YAML of strangers: plain text, lists and keys with their lines, and nothing else.

A briefing, or the mapping of a table, is a file that people send each other, so nothing in it is
executed or built: tags, anchors and aliases are refused, and every value stays the text that it is
written as. (An alias of
an alias of an alias is how a small file becomes gigabytes.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geodata.errors import BriefingError

if TYPE_CHECKING:
    from yaml import Event

MAX_BYTES = 300_000
MAX_DEPTH = 4
MAX_EVENTS = 2_000  # keys, values, beginnings and ends


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


def read(text: str, what: str = "briefing") -> Node:
    """Read one document; ``what`` says in messages what it is.

    Raises
    ------
    BriefingError
        Naming the line: no valid YAML, more than one document, a tag, an anchor, an alias, a key
        that is said twice, or more, or deeper, than a briefing is.
    """
    size = len(text.encode())
    if size > MAX_BYTES:
        raise BriefingError(f"The file is {size:,} bytes: a {what} has {MAX_BYTES:,} at most.")
    events = _events(text, what)
    documents = [i for i, event in enumerate(events) if _kind(event) == "DocumentStart"]
    if not documents:
        raise BriefingError(f"The file is empty: a {what} has keys and values.", line=1)
    if len(documents) > 1:
        raise BriefingError(
            f"A second document begins here (`---`): a {what} is one.",
            line=_line(events[documents[1]]),
        )
    node, _ = _node(events, documents[0] + 1)
    return node


def _kind(event: Event) -> str:
    return type(event).__name__.removesuffix("Event")


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _events(text: str, what: str) -> list[Event]:
    """Every event of the text; the parser builds nothing from them."""
    import yaml

    found, depth = [], 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += _kind(event).endswith("Start") - _kind(event).endswith("End")
            _refuse(event, depth - 2, what)  # the stream and the document are no depth
            found.append(event)
            if len(found) > MAX_EVENTS:
                raise BriefingError(f"There is more here than a {what} has.", line=_line(event))
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        said = " ".join(part for part in (error.context, error.problem) if part)
        line = at.line + 1 if at else None
        raise BriefingError(f"This is not valid YAML: {said}.", line=line) from None
    except yaml.YAMLError as error:
        raise BriefingError(f"This is not valid YAML: {' '.join(str(error).split())}.") from None
    return found


def _refuse(event: Event, depth: int, what: str) -> None:
    """Refuse what builds or repeats, and what is nested deeper than a briefing is."""
    line = _line(event)
    tag = getattr(event, "tag", None)
    if _kind(event) == "Alias":
        raise BriefingError(
            f"“*{event.anchor}” is an alias: write the value itself.",  # type: ignore[attr-defined]
            line=line,
        )
    if getattr(event, "anchor", None):
        raise BriefingError(
            f"“&{event.anchor}” is an anchor: write the value without it. "  # type: ignore[attr-defined]
            "(A text with & stands in quotes.)",
            line=line,
        )
    if tag:
        raise BriefingError(f"“{tag}” is a tag: only plain text is read.", line=line)
    if depth > MAX_DEPTH:
        raise BriefingError(f"This is nested deeper than a {what} is.", line=line)


def _node(events: list[Event], i: int) -> tuple[Node, int]:
    """The node that begins at position ``i``, and the position after it."""
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


def _key(key: Node, before: list[tuple[Text, Node]]) -> Text:
    if not isinstance(key, Text):
        raise BriefingError("A key is a word.", line=key.line)
    if any(key.value == other.value for other, _ in before):
        raise BriefingError(f"“{key.value}” is said twice.", line=key.line, key=key.value)
    return key
