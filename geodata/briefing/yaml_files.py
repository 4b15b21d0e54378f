"""Write a briefing as a YAML file, and read it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from geodata.briefing.briefing import (
    MAP,
    MAX_SLIDES,
    MAX_TITLE,
    Briefing,
    Slide,
    short,
    slide_of,
    unknown,
)
from geodata.errors import BriefingError, Choices
from geodata.i18n.language import Language, languages, load_language
from geodata.i18n.messages import gettext
from geodata.i18n.writing import DIGITS, WESTERN
from geodata.snapshots.snapshot import Snapshot
from geodata.util import strict_yaml

_FILE_KEYS = ("title", "lang", "digits", "slides")
_SLIDE_KEYS = ("view", "layout", "headline", "note")


# ---- files


def from_yaml(text: str, snapshot: Snapshot) -> Briefing:
    """Read a briefing file.

    Raises
    ------
    BriefingError
        Naming line and key, the value, the rule and the nearest valid choice.
    """
    values = _mapping(strict_yaml.read(text), _FILE_KEYS)
    lang = _chosen(values, "lang", languages())
    digits = _chosen(values, "digits", DIGITS)
    language = load_language(lang, digits)
    listed = values.get("slides")
    if not isinstance(listed, strict_yaml.Sequence):
        line = listed.line if listed else None
        raise BriefingError(
            gettext("A list of slides, each beginning with “- ”."), line=line, key="slides"
        )
    if not 1 <= len(listed.items) <= MAX_SLIDES:
        raise BriefingError(
            gettext("{n} slides: a briefing has 1 to {most}."),
            line=listed.line,
            key="slides",
            n=len(listed.items),
            most=MAX_SLIDES,
        )
    slides = [_slide(node, i, snapshot, language) for i, node in enumerate(listed.items, start=1)]
    title = _text(values, "title")
    try:
        return Briefing(short(title.value, MAX_TITLE, "title"), tuple(slides), lang, digits)
    except BriefingError as error:
        raise error.at(line=title.line) from None


def _chosen(values: Mapping[str, strict_yaml.Node], key: str, allowed: Sequence[str]) -> str:
    """Return one of the ``allowed`` words, of which the first is the default."""
    text = _text(values, key)
    value = text.value or allowed[0]
    if value not in allowed:
        raise unknown(value, allowed, line=text.line, key=key)
    return value


def _mapping(
    node: strict_yaml.Node, keys: tuple[str, ...], slide: int = 0
) -> dict[str, strict_yaml.Node]:
    if not isinstance(node, strict_yaml.Mapping):
        raise BriefingError(
            gettext("Keys and values are expected here: {keys}."),
            line=node.line,
            slide=slide,
            keys=Choices(keys),
        )
    for key, _ in node.items:
        if key.value not in keys:
            raise unknown(key.value, keys, line=key.line, kind="key").at(slide=slide)
    return {key.value: value for key, value in node.items}


def _text(values: Mapping[str, strict_yaml.Node], key: str, slide: int = 0) -> strict_yaml.Text:
    node = values.get(key, strict_yaml.Text(0, ""))
    if not isinstance(node, strict_yaml.Text):
        raise BriefingError(gettext("Text is expected here."), line=node.line, key=key, slide=slide)
    return node


def _slide(node: strict_yaml.Node, number: int, snapshot: Snapshot, language: Language) -> Slide:
    values = _mapping(node, _SLIDE_KEYS, number)
    texts = {key: _text(values, key, number) for key in _SLIDE_KEYS}
    try:
        return slide_of(
            texts["view"].value,
            snapshot,
            layout=texts["layout"].value or MAP,
            headline=texts["headline"].value,
            note=texts["note"].value,
            language=language,
        )
    except BriefingError as error:
        raise error.at(line=texts[error.own_key].line or node.line, slide=number) from None


def to_yaml(briefing: Briefing) -> str:
    """Write a briefing file that reads back as the same briefing."""
    import yaml

    slides = []
    for slide in briefing.slides:
        values = {"view": slide.query, "layout": slide.layout}
        values |= {"headline": slide.headline} if slide.headline else {}
        slides.append(values | ({"note": slide.note} if slide.note else {}))
    top: dict[str, object] = {"title": briefing.title} if briefing.title else {}
    top |= {"lang": briefing.lang}
    top |= {"digits": briefing.digits} if briefing.digits != WESTERN else {}
    top |= {"slides": slides}
    return str(yaml.dump(top, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=95))


@lru_cache(maxsize=1)
def _dumper() -> type:
    """Return a dumper that never writes an alias, which :func:`from_yaml` would refuse."""
    import yaml

    class Plain(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:
            return True

    return Plain
