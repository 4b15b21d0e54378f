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
    ├── PluginError          a file that extends the map page cannot be used
    ├── PublishError         a folder cannot be published to
    ├── BriefingError        a briefing, in a file or an address, breaks one of its rules
    ├── TemplateError        a PowerPoint template lacks what slides are made with
    └── StateError           a view was asked for that does not exist (HTTP 400)
        └── NotAvailable     … of a snapshot, area or level that is not stored here (HTTP 404)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geodata.i18n.language import SOURCE_LANGUAGE, Language, load_language
from geodata.i18n.messages import gettext

_AT_LINE = gettext("line {line}: {sentence}")
_AT_KEY = gettext("{key}: {sentence}")
_AT_BOTH = gettext("line {line}, {key}: {sentence}")
_IN_SLIDE = gettext("slide {number}")
_IN_SLIDE_KEY = gettext("slide {number}, {key}")


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
    """The storage of snapshots cannot be used just now; it may be tried again."""


class PluginError(DisplacementError):
    """A file or a package that extends the map page cannot be used: which, and why not."""


class PublishError(DisplacementError):
    """A folder holds what publishing would destroy, or cannot hold what is published."""


class BriefingError(DisplacementError):
    """A briefing breaks one of its rules.

    Parameters
    ----------
    sentence
        The value, the rule and the nearest valid choice; marked for the catalogue, with the
        placeholders of ``values``.
    line
        Where in the file, from 1; ``None`` in an address.
    key
        The key, e.g. ``"layout"``; the attribute has the slide before it, ``"slide 2, layout"``.
    slide
        Number of the slide it is in, from 1; 0 outside of slides.
    """

    def __init__(
        self,
        sentence: str,
        *,
        line: int | None = None,
        key: str = "",
        slide: int = 0,
        **values: object,
    ) -> None:
        self.sentence = sentence
        self.line = line
        self.own_key = key
        self.slide = slide
        self.values = values
        english = load_language(SOURCE_LANGUAGE)
        self.key = self.key_path(english)
        super().__init__(self.message(english))

    def at(self, *, line: int | None = None, slide: int = 0) -> BriefingError:
        """Return the same error with the line or slide that it is in."""
        return BriefingError(
            self.sentence,
            line=line or self.line,
            key=self.own_key,
            slide=slide or self.slide,
            **self.values,
        )

    def message(self, language: Language) -> str:
        """Return the message in a language: where, then what is wrong."""
        values = {
            name: value.text(language) if isinstance(value, Choices) else value
            for name, value in self.values.items()
        }
        sentence = language.gettext(self.sentence, **values)
        key = self.key_path(language)
        if self.line and key:
            return language.gettext(_AT_BOTH, line=self.line, key=key, sentence=sentence)
        if self.line:
            return language.gettext(_AT_LINE, line=self.line, sentence=sentence)
        return language.gettext(_AT_KEY, key=key, sentence=sentence) if key else sentence

    def key_path(self, language: Language) -> str:
        """Return the slide and the key in it; empty where the error is of neither."""
        if not self.slide:
            return self.own_key
        if not self.own_key:
            return language.gettext(_IN_SLIDE, number=self.slide)
        return language.gettext(_IN_SLIDE_KEY, number=self.slide, key=self.own_key)


@dataclass(frozen=True)
class Choices:
    """Words of a language that may be chosen: ``map, compare``; as they are written in a file."""

    words: tuple[str, ...]

    def text(self, language: Language) -> str:
        """Join them into a list of the language."""
        return language.join_items(list(self.words))


class TemplateError(DisplacementError):
    """A PowerPoint template is not safe, or lacks a layout or a placeholder."""


class StateError(DisplacementError):
    """A view was asked for with a value that is not allowed.

    Parameters
    ----------
    key
        The query key, e.g. ``"pop"``.
    value
        The value that was given.
    sentence
        A whole sentence that names the key, the value and what is allowed.
    """

    def __init__(self, key: str, value: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key
        self.value = value


class NotAvailable(StateError):
    """The server has no such snapshot, area or level."""


def snapshot_not_available(
    version: str, versions: Iterable[str], language: Language
) -> NotAvailable:
    """Make the error that refuses a snapshot, naming ``versions`` that may be had instead."""
    sentence = language.gettext(
        "v={value} is a snapshot that is not held here: v may be {allowed}, or left out "
        "for the newest figures.",
        value=language.quoted(version),
        allowed=language.join_items(versions),
    )
    return NotAvailable("v", version, sentence)
