"""Elements and attributes that ``dash.html`` does not have, for first views alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Native:
    """An element as HTML has it, with attributes under React's names."""

    tag: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    children: Any = None


def native(tag: str, attributes: Mapping[str, Any], children: Any = None) -> Any:
    """Return an element, or an attribute, that ``dash.html`` does not have.

    It is for first views alone, and may stand there among components.
    """
    return Native(tag, attributes, children)
