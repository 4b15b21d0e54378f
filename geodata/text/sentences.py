"""Sentences made from figures: titles, headlines, notes, what is missing on a date.

Whole sentences with named placeholders, never glued from pieces, so that every language can order
its words. Used by the page, the API and every export alike.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from geodata import populations
from geodata.figures.availability import printed_sources_of, residents_year, sources_of
from geodata.figures.coverage import ON_DATE
from geodata.figures.printed_totals import printed_totals
from geodata.figures.statuses import NATIONAL_ONLY, NOT_ASSESSED, NOT_COMPARABLE, SUPPRESSED
from geodata.figures.view import View, ViewAt
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext, ngettext
from geodata.snapshots.snapshot import Snapshot
from geodata.text.part_words import part_notes
from geodata.text.view_headlines import no_coverage
from geodata.text.wording import MANY_NAMES, area_list, counted_by_programmes


def gaps(view: View) -> list[str]:
    """Write for every date what is not known on it, or that nothing is missing."""
    published = _published_differences(view)
    return [_missing(view.on(t), published) for t in range(len(view.counts.dates))]


def gaps_on(at: ViewAt) -> str:
    """Say what is not known on one date, or that nothing is missing."""
    return _missing(at, _published_differences(at.view))


def _missing(at: ViewAt, published: dict[dt.date, str]) -> str:
    printed = published.get(at.date, "")
    parts = [*_status_sentences(at), _not_placed_sentence(at), printed]
    nothing = at.language.gettext("Every area shown has a figure on this date.")
    return " ".join(filter(None, parts)) or ("" if no_coverage(at) else nothing)


def _status_sentences(at: ViewAt) -> list[str]:
    """Say which areas lack a figure; the names where they are few, the number where many."""
    language = at.language
    pcodes = np.array(at.counts.areas.pcodes)
    templates = {
        NOT_ASSESSED: (
            gettext("Not assessed: {names}."),
            ngettext("Not assessed: {n} area.", "Not assessed: {n} areas."),
        ),
        SUPPRESSED: (
            gettext("Too few to show: {names}."),
            ngettext("Too few to show: {n} area.", "Too few to show: {n} areas."),
        ),
        NOT_COMPARABLE: (
            gettext("Not comparable: {names}."),
            ngettext("Not comparable: {n} area.", "Not comparable: {n} areas."),
        ),
    }
    sentences = _national_only_sentences(at)
    for letter, (named, numbered) in templates.items():
        areas = list(pcodes[at.status == letter])
        if not areas:
            continue
        if len(areas) <= MANY_NAMES or (letter == NOT_ASSESSED and at.state.level == 1):
            sentences.append(language.gettext(named, names=area_list(areas, at.view)))
        else:
            sentences.append(language.ngettext(*numbered, len(areas)))
    return sentences


def _national_only_sentences(at: ViewAt) -> list[str]:
    """Say that only the country's total is published, and which date has figures by area."""
    language, counts = at.language, at.counts
    if not (at.status == NATIONAL_ONLY).any():
        return []
    last = counts.dates[counts.newest]
    if counts.national_only[counts.newest]:
        return [language.gettext("Published for the country only, not by governorate.")]
    return [
        language.gettext(
            "Published for the country only, not by governorate: the newest figures by "
            "governorate are of {date}.",
            date=language.date(last, "long"),
        )
    ]


def _not_placed_sentence(at: ViewAt) -> str:
    people = at.not_placed
    if not people or np.isnan(people):
        return ""
    if at.state.mode == populations.CHANGE:
        return at.language.gettext(
            "Not placed: {change} of the national change, for which the source gives no area.",
            change=at.language.signed(people),
        )
    return at.language.gettext(
        "Not placed: {n} more are in the national total, but the source gives no area for them.",
        n=at.language.number(people),
    )


def _published_differences(view: View) -> dict[dt.date, str]:
    """Write, by date, where a report prints another total than its list adds up to."""
    if (
        view.state.mode == populations.CHANGE
        or view.state.measure != populations.PEOPLE
        or view.state.programmes
        or view.state.part
    ):
        return {}
    language = view.language
    return {
        row.day: language.gettext(
            "The report of this round prints {printed}; the list it goes with adds up to {ours}.",
            printed=language.number(row.printed),
            ours=language.number(row.ours),
        )
        for row in printed_totals(view.snapshot, threshold=view.threshold)
        if row.population == view.state.pop and row.differs and row.day and row.ours is not None
    }


def notes(view: View) -> list[str]:
    """List the notes on a view, for all its dates: method and limits."""
    language, state = view.language, view.state
    notes = [
        language.gettext(note["text"])
        for note in view.snapshot.manifest["country"]["notes"]
        if state.pop in note.get("populations", [state.pop])
        and state.level == note.get("level", state.level)
    ]
    if state.measure == populations.RATE:
        notes.append(_rate_note(view))
    notes += part_notes(view)
    notes += _too_few(view)
    if state.programmes:
        notes.append(_programmes_note(view))
    return notes


def _rate_note(view: View) -> str:
    """Say whose number rates are divided by."""
    language = view.language
    residents = (
        row for row in listed_sources(view.snapshot, language) if row["role"] == "residents"
    )
    return language.gettext(
        "Per 1,000 residents of {year}, the same at every date ({credit}).",
        year=residents_year(view.snapshot),
        credit=language.semicolon.join(row["credit"] for row in residents),
    )


def _programmes_note(view: View) -> str:
    """Say whether figures are the programmes' own, or of everyone where they work."""
    if own := counted_by_programmes(view):
        return view.language.gettext(
            "Figures are what {programmes} counted, not everyone who lives there; they stand "
            "apart from the national counts and are never added to them.",
            programmes=own,
        )
    if view.state.prog_when == ON_DATE:
        return view.language.gettext(
            "Only governorates to which a source dates work of a chosen programme on the date are "
            "counted, so they are others on each date. A month or a year is taken whole; a page "
            "without a date says nothing of any. Figures are everyone counted there, not people "
            "the programme reached."
        )
    return view.language.gettext(
        "“Works or worked”: at least one source says so, at some time; not necessarily on "
        "this date. Figures are everyone counted there, not people the programme reached."
    )


def _too_few(view: View) -> list[str]:
    """Say why areas are hidden: for their households, or where only people are known, for these."""
    reasons = []
    if view.state.part and view.counts.hidden.any():
        reasons.append(
            gettext(
                "Where very few are of one origin, shelter or period, they are not shown, nor as "
                "many others as it takes that they cannot be worked out."
            )
        )
    elif view.counts.few_households.any():
        reasons.append(
            gettext(
                "Districts with very few households are not shown, nor as many others as it takes "
                "that they cannot be worked out."
            )
        )
    if view.counts.few_people.any() and not view.state.part:
        reasons.append(
            gettext(
                "Where only people are counted, areas with very few are not shown, nor as many "
                "others as it takes that they cannot be worked out."
            )
        )
    return [view.language.gettext(sentence) for sentence in reasons]


def sources(view: View) -> list[dict[str, str]]:
    """List the sources of the view's figures, boundaries and programmes, with their terms."""
    roles = {"boundaries"}
    if view.state.measure == populations.RATE:
        roles.add("residents")
    if view.state.programmes:
        roles.add("programmes")
    counted_by = sources_of(view.snapshot, *view.state.series)
    if view.counts.national_only.any():
        counted_by += printed_sources_of(view.snapshot, view.state.pop, view.state.programmes)
    return [
        {key: row[key] for key in ("id", "title", "url", "terms", "credit")}
        for row in listed_sources(view.snapshot, view.language)
        if row["id"] in counted_by or row["role"] in roles
    ]


def sources_on(view: View) -> list[int]:
    """Return for every date the position of its source in :func:`sources`."""
    listed = [row["id"] for row in sources(view)]
    return [listed.index(source) for source in view.counts.sources]


def listed_sources(snapshot: Snapshot, language: Language) -> list[dict[str, str]]:
    """List every source of the snapshot; only titles and publishers stay untranslated."""
    return [
        row | {key: language.gettext(row[key]) for key in ("terms", "credit", "what")}
        for row in snapshot.manifest["sources"]
    ]
