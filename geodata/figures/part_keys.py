"""Read the keys that choose a part of a population: ``by from to shelter period``."""

from __future__ import annotations

from typing import NamedTuple

from geodata.errors import StateError
from geodata.figures import availability
from geodata.figures.parts import (
    CRITICAL,
    HOST,
    ORIGIN,
    ORIGIN_SIDE,
    PERIOD,
    PERIOD_LABELS,
    SHELTER,
    SHELTER_TYPES,
    SIDES,
)
from geodata.figures.query_keys import SEPARATOR, QueryReader, split_list
from geodata.i18n.messages import gettext
from geodata.places.folding import fold
from geodata.places.gazetteer import pcodes_by_name
from geodata.snapshots.snapshot import Snapshot

PART_KEYS = ("by", "from", "to", "shelter", "period")
CRITICAL_CODE = "critical"
NOT_TOGETHER = gettext(
    "{key}={value} cannot be: no source says it of the people that {other} chooses. Leave one of "
    "the two out."
)
NOT_BROKEN_DOWN = {
    ORIGIN: gettext("{key}={value} cannot be: no source says where pop={pop} come from."),
    SHELTER: gettext("{key}={value} cannot be: no source says in which shelter pop={pop} live."),
    PERIOD: gettext("{key}={value} cannot be: no source says when pop={pop} were displaced."),
}


class PartKeys(NamedTuple):
    """What a query says of a part, valid for the snapshot and in order."""

    by: str = HOST
    from_: str = ""
    to: str = ""
    shelter: tuple[str, ...] = ()
    period: tuple[str, ...] = ()


def shelter_key(shelter: tuple[str, ...]) -> str:
    """Write types of shelter as the key has them: ``critical`` for all that are.

    >>> shelter_key(("informal", "unfinished", "religious", "school")), shelter_key(("camp",))
    ('critical', 'camp')
    """
    return CRITICAL_CODE if set(shelter) == set(CRITICAL) else SEPARATOR.join(shelter)


def read_part(reader: QueryReader, snapshot: Snapshot, pop: str) -> PartKeys:
    """Read the keys of a part. Sources break down one way at a time, so that one of them is used.

    Raises
    ------
    StateError
        Where ``pop`` is not broken down so, or two keys exclude each other.

    >>> reader = QueryReader({"shelter": "camp"}, False, english)
    >>> read_part(reader, snapshot, "idp").shelter
    ('camp',)
    """
    chosen: list[str] = []

    def one(kind: str, key: str, text: str) -> None:
        values = {"key": key, "value": reader.language.quoted(text), "pop": pop}
        if not availability.part_units(snapshot, pop, kind):
            raise StateError(key, text, reader.language.gettext(NOT_BROKEN_DOWN[kind], **values))
        if chosen:
            sentence = reader.language.gettext(NOT_TOGETHER, other=chosen[0], **values)
            raise StateError(key, text, sentence)
        chosen.append(key)

    def place(key: str, text: str) -> str:
        pcode = _governorate(reader, snapshot, key, text)
        one(ORIGIN, key, text)
        return pcode

    def several(kind: str, key: str, text: str) -> tuple[str, ...]:
        codes = _codes(reader, key, text)
        one(kind, key, text)
        return codes

    def side(text: str) -> str:
        found = reader.choice("by", SIDES)(text)
        if (found == ORIGIN_SIDE and chosen != ["to"]) or (found == HOST and chosen == ["to"]):
            one(ORIGIN, "by", text)
        return found

    nothing: tuple[str, ...] = ()
    to = reader.get("to", "", lambda text: place("to", text))
    from_ = reader.get("from", "", lambda text: place("from", text))
    shelter = reader.get("shelter", nothing, lambda text: several(SHELTER, "shelter", text))
    period = reader.get("period", nothing, lambda text: several(PERIOD, "period", text))
    by = reader.get("by", ORIGIN_SIDE if to else HOST, side)
    return PartKeys(by, from_, to, shelter, period)


def _governorate(reader: QueryReader, snapshot: Snapshot, key: str, text: str) -> str:
    pcodes = availability.areas_of(snapshot, availability.GOVERNORATE).pcodes
    if text not in pcodes:
        names = {name: pcode for name, pcode in pcodes_by_name(snapshot).items() if pcode in pcodes}
        raise reader.wrong(key, text, [f"{pcodes[0]}–{pcodes[-1]}"], names)
    return text


def _codes(reader: QueryReader, key: str, text: str) -> tuple[str, ...]:
    """Read a list of types or periods into its codes, in the order in which they are offered."""
    offered = list(SHELTER_TYPES) if key == SHELTER else list(PERIOD_LABELS)
    groups = {CRITICAL_CODE: CRITICAL} if key == SHELTER else {}
    codes: set[str] = set()
    for code in split_list(text):
        if code not in offered and code not in groups:
            choices = [*groups, *offered]
            raise reader.wrong(key, code, choices, {fold(each): each for each in choices})
        codes.update(groups.get(code, (code,)))
    return tuple(code for code in offered if code in codes)
