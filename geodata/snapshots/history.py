"""Entries of a library's history: which snapshot became active, when and by what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from geodata.snapshots.manifest import is_version

By = Literal["ingest", "activate", "rollback", "boundaries"]


@dataclass(frozen=True)
class Activation:
    """One entry of the history: a snapshot became active.

    Attributes
    ----------
    at
        When, in UTC, as ISO 8601.
    by
        The command that did it.
    what
        What it was for, as a person reads it.
    """

    version: str
    at: str
    by: By
    what: str = ""


def new_activation(version: str, by: By, what: str) -> Activation:
    """Make the entry of a version that becomes active now.

    >>> new_activation("3f2a81c09d4e", "ingest", "round 12").by
    'ingest'
    """
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Activation(version, now, by, what)


def parse_activation(entry: Mapping[str, Any]) -> Activation:
    """Check an entry of ``history.json``; ``ValueError`` or ``KeyError`` for one that is none.

    >>> entry = {"version": "3f2a81c09d4e", "at": "2024-01-31T12:00:00Z", "by": "activate"}
    >>> parse_activation(entry).version
    '3f2a81c09d4e'
    """
    version, by = str(entry["version"]), entry["by"]
    if not is_version(version):
        raise ValueError(f"{version!r} is no version")
    if by not in get_args(By):
        raise ValueError(f"{by!r} is none of {', '.join(get_args(By))}")
    return Activation(version, str(entry["at"]), by, str(entry.get("what", "")))


def rollback_stack(entries: Sequence[Activation]) -> list[str]:
    """List the versions that rollbacks lead back through, the active one last.

    >>> entries = [new_activation(version, "ingest", "") for version in ("a" * 12, "b" * 12)]
    >>> rollback_stack([*entries, new_activation("a" * 12, "rollback", "")])
    ['aaaaaaaaaaaa']
    """
    stack: list[str] = []
    for entry in entries:
        if entry.by == "rollback":
            while stack and stack[-1] != entry.version:
                stack.pop()
        if not stack or stack[-1] != entry.version:
            stack.append(entry.version)
    return stack
