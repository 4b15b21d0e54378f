"""Everything that can go wrong, as one tree.

Each message is written for the person who can mend it: where, what was found, the rule, and the
nearest valid choice.

::

    DisplacementError
    ├── DataError            a source table or file does not hold what it must
    │   ├── BoundaryError    geometry is invalid, not nested, or changed too much
    │   └── JoinError        rows name places that no area answers to
    ├── SnapshotError        a snapshot on disk is missing, changed or of another schema
    │   └── Unreachable      … cannot be read just now: a disk, a network or a database
    ├── PublishError         a folder cannot be published to
    ├── BriefingError        a briefing, in a file or an address, breaks one of its rules
    ├── TemplateError        a PowerPoint template lacks what slides are made with
    └── StateError           a view was asked for that does not exist (HTTP 400)
        └── NotHeld          … in a snapshot, area or level that is not held (HTTP 404)
"""

from __future__ import annotations


class DisplacementError(Exception):
    """Root of every error this project raises on purpose."""


class DataError(DisplacementError):
    """A source table or file does not hold what its schema promises."""


class BoundaryError(DataError):
    """Boundaries are invalid, not nested, or changed more than the tolerance allows."""


class JoinError(DataError):
    """Rows name places that match no area by code, name or alias."""


class SnapshotError(DisplacementError):
    """A snapshot is missing, was changed on disk, or follows another schema version."""


class Unreachable(SnapshotError):
    """Where snapshots are kept cannot be used just now; it may be tried again."""


class PublishError(DisplacementError):
    """A folder holds what publishing would destroy, or cannot hold what is published."""


class BriefingError(DisplacementError):
    """A briefing breaks one of its rules.

    Parameters
    ----------
    sentence
        The value, the rule and the nearest valid choice.
    line
        Where in the file, from 1; ``None`` in an address.
    key
        The key, e.g. ``"slides[2].layout"``.
    """

    def __init__(self, sentence: str, *, line: int | None = None, key: str = "") -> None:
        where = ", ".join(part for part in (line and f"line {line}", key) if part)
        super().__init__(f"{where}: {sentence}" if where else sentence)
        self.line = line
        self.key = key


class TemplateError(DisplacementError):
    """A PowerPoint template is not safe, or lacks a layout or a placeholder."""


class StateError(DisplacementError):
    """A view was asked for with a value that is not allowed.

    Parameters
    ----------
    key
        The query key, e.g. ``"pop"``.
    value
        What was given.
    sentence
        A whole sentence that names the key, the value and what is allowed.
    """

    def __init__(self, key: str, value: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key
        self.value = value


class NotHeld(StateError):
    """The snapshot, area or level asked for is not held by this server."""
