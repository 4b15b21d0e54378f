"""Words for a part of a population: who is counted, and what the sources mean by it."""

from __future__ import annotations

from geodata import populations
from geodata.figures.parts import CRITICAL, ORIGIN_SIDE, PERIOD_LABELS, SHELTER_TYPES
from geodata.figures.state import State
from geodata.figures.view import View
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.places.area_names import area_names
from geodata.snapshots.snapshot import Snapshot

CRITICAL_SHELTER = gettext("critical shelter")
EVERYONE = gettext("Everyone")
BY_ORIGIN = gettext("By governorate of origin")
_COUNTED_BY_ORIGIN = gettext("counted by governorate of origin")
_SHELTER = gettext("shelter: {types}")
_PERIOD = gettext("displaced: {periods}")
_SHARE_NOTE = gettext("Shares are of all {households} in the area.")
_HOUSEHOLDS_NOTE = gettext(
    "Sources break figures down by origin, shelter and period in households, and only some of them "
    "in people."
)


def part_words(state: State, snapshot: Snapshot, language: Language) -> str:
    """Name the part that a state shows: ``from Ninewa``, ``shelter: Camp``; empty for everyone."""
    population, names = populations.POPULATIONS[state.pop], area_names(snapshot, language)
    if state.to:
        return language.gettext(population.in_area, area=names[state.to])
    if state.from_:
        return language.gettext(population.from_area, area=names[state.from_])
    if set(state.shelter) == set(CRITICAL):
        return language.gettext(CRITICAL_SHELTER)
    if state.shelter:
        critical = set(CRITICAL) <= set(state.shelter)
        others = [code for code in state.shelter if not critical or code not in CRITICAL]
        labels = [language.gettext(CRITICAL_SHELTER)] if critical else []
        labels += [language.gettext(SHELTER_TYPES[code].label) for code in others]
        return language.gettext(_SHELTER, types=language.join_items(labels))
    if state.period:
        labels = [language.gettext(PERIOD_LABELS[code]) for code in state.period]
        return language.gettext(_PERIOD, periods=language.join_items(labels))
    return ""


def part_label(view: View) -> str:
    """Name the part that a view shows, also where it is everyone by origin; else empty."""
    by_origin = view.language.gettext(BY_ORIGIN) if view.state.by == ORIGIN_SIDE else ""
    return part_words(view.state, view.snapshot, view.language) or by_origin


def of_part(view: View, text: str) -> str:
    """Add to who is counted which part of the population it is; nothing for everyone.

    Where programmes work, a map of origins counts who comes from there, and not who lives there.
    """
    language, words = view.language, [part_words(view.state, view.snapshot, view.language)]
    if view.state.by == ORIGIN_SIDE and view.state.programmes:
        words.append(language.gettext(_COUNTED_BY_ORIGIN))
    return _with(text, [part for part in words if part], language)


def titled_of_part(view: View, title: str) -> str:
    """Add to a title, which says itself what is counted by origin, which part it is of."""
    part = part_words(view.state, view.snapshot, view.language)
    return _with(title, [part] if part else [], view.language)


def _with(text: str, words: list[str], language: Language) -> str:
    part = language.join_items(words) if len(words) > 1 else "".join(words)
    return language.gettext("{text} ({part})", text=text, part=part) if part else text


def part_notes(view: View) -> list[str]:
    """List what must be known to read a part, or a rate of return."""
    state, language = view.state, view.language
    definitions: dict[str, str] = view.snapshot.manifest["country"].get("definitions", {})
    defined = [
        key
        for key, applies in {
            "return_rate": state.measure == populations.RETURN_RATE,
            "critical": set(CRITICAL) <= set(state.shelter),
            "shelter_terms": bool({"rented", "habitual"} & set(state.shelter)),
        }.items()
        if applies and key in definitions
    ]
    sentences = [language.gettext(definitions[key]) for key in defined]
    if not state.part:
        return sentences
    sentences.insert(0, language.gettext(_HOUSEHOLDS_NOTE))
    if state.measure == populations.SHARE and not state.adds_up:
        households = language.gettext(populations.POPULATIONS[state.pop].households.nouns)
        sentences.append(language.gettext(_SHARE_NOTE, households=households))
    if state.shelter:
        shelter_notes = view.snapshot.manifest["country"]["shelter_notes"]
        sentences += [
            language.gettext(note["text"])
            for note in shelter_notes
            if state.pop in note["populations"]
        ]
    return sentences
