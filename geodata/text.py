"""Sentences made from figures: titles, headlines, notes, what is missing on a date.

Whole sentences with named placeholders, never glued from pieces, so that every language can order
its words. Used by the page, the API and every export alike.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata import populations as words
from geodata.counts import own_counts, residents_year, source_of, sources_of
from geodata.language import Language, gettext, ngettext
from geodata.snapshot import Snapshot

if TYPE_CHECKING:
    from geodata.view import View

STATUS_WORDS = {
    "c": gettext("counted"),
    "z": gettext("none"),
    "n": gettext("not assessed"),
    "s": gettext("suppressed: too few to show"),
    "o": gettext("outside the chosen programmes"),
    "x": gettext("not comparable"),
}
STATUS_LABELS = {
    "c": gettext("Counted"),
    "z": gettext("None"),
    "n": gettext("Not assessed"),
    "s": gettext("Suppressed (too few)"),
    "o": gettext("Outside programme"),
    "x": gettext("Not comparable"),
}
_MANY_NAMES = 4
_NOWHERE = ngettext(
    "No source at hand says in which governorates {programmes} works or worked",
    "No source at hand says in which governorates {programmes} work or worked",
)
_WITHIN = ngettext(
    "{counted} where {programmes} works or worked, on {date}",
    "{counted} where {programmes} work or worked, on {date}",
)
_WITHIN_WITH_SHARE = ngettext(
    "{counted} where {programmes} works or worked: {share} of the country, on {date}",
    "{counted} where {programmes} work or worked: {share} of the country, on {date}",
)
_UP, _DOWN = True, False
_CHANGED = {
    _UP: gettext("Up by {size}, {date} compared with {base}"),
    _DOWN: gettext("Down by {size}, {date} compared with {base}"),
}
_CHANGED_AS_COUNTED = {
    _UP: gettext("Up by {size} as {where} counted, {date} compared with {base}"),
    _DOWN: gettext("Down by {size} as {where} counted, {date} compared with {base}"),
}
_CHANGED_WITHIN = {
    _UP: ngettext(
        "Up by {size} where {programmes} works or worked, {date} compared with {base}",
        "Up by {size} where {programmes} work or worked, {date} compared with {base}",
    ),
    _DOWN: ngettext(
        "Down by {size} where {programmes} works or worked, {date} compared with {base}",
        "Down by {size} where {programmes} work or worked, {date} compared with {base}",
    ),
}


def status_words(speech: Language) -> dict[str, str]:
    """Each status letter in words."""
    return {letter: speech.gettext(word) for letter, word in STATUS_WORDS.items()}


def status_labels(speech: Language, *, change: bool = False) -> dict[str, str]:
    """Each status letter as a legend entry; zero in change mode is "no change"."""
    labels = {letter: speech.gettext(label) for letter, label in STATUS_LABELS.items()}
    if change:
        labels["z"] = speech.gettext("No change")
    return labels


def of(view: View) -> dict[str, Any]:
    """Return every text of a view, in its language."""
    speech = view.language
    change = view.state.mode == words.CHANGE
    population = words.POPULATIONS[view.state.pop]
    return {
        "title": title(view),
        "unit": unit(view),
        "decimals": view.state.decimals,
        "population": speech.gettext(population.nouns),
        "programmes": programme_names(view),
        "statuses": status_labels(speech, change=change),
        "headline": headlines(view),
        "parts": parts(view),
        "missing": missing(view),
        "notes": notes(view),
        "disclaimer": disclaimer(view),
    }


def unit(view: View) -> str:
    """What figures are in: ``people``, ``per 1,000 residents (2018)``."""
    return view.language.gettext(
        words.UNITS[view.state.measure], year=residents_year(view.snapshot)
    )


def title(view: View) -> str:
    """What the map shows: ``Where people have returned``."""
    population = words.POPULATIONS[view.state.pop]
    change = view.state.mode == words.CHANGE
    return view.language.gettext(population.change_title if change else population.place_title)


def product(snapshot: Snapshot, speech: Language) -> str:
    """Name of the whole: ``Iraq displacement map``."""
    return speech.gettext("{country} displacement map", country=speech.gettext(snapshot.country))


def title_in_country(view: View) -> str:
    """The title where nothing else names the country: ``Where people have returned in Iraq``."""
    speech = view.language
    country = speech.gettext(view.snapshot.country)
    return speech.gettext("{title} in {country}", title=title(view), country=country)


def disclaimer(view: View) -> str:
    """What the boundaries do not mean."""
    return view.language.gettext(view.snapshot.manifest["country"]["disclaimer"])


def sentence_case(said: str) -> str:
    """Begin with a capital letter."""
    return said[:1].upper() + said[1:]


def amount(view: View, size: float) -> str:
    """A size in the view's measure with its noun: ``1,224,108 internally displaced people``."""
    speech, population = view.language, words.POPULATIONS[view.state.pop]
    if view.state.measure == words.RATE:
        return speech.gettext(population.rated, rate=speech.number(size, 1))
    return population.counted(speech, size, view.state.measure)


def counted_by_programmes(view: View) -> str:
    """Those of the chosen programmes whose own counts are shown; empty where none are."""
    own = own_counts(view.snapshot, view.state.pop, view.state.prog)
    return view.language.names(sorted(own)) if own else ""


def programme_names(view: View) -> str:
    """The chosen programmes as a sentence names them; empty where none is chosen."""
    return view.language.names(list(view.state.prog)) if view.state.prog else ""


def of_programmes(view: View, pair: tuple[str, str], **values: str) -> str:
    """Fill a sentence of where the chosen programmes work, which is another for one than for more.

    ``{programmes}`` is filled with their names.
    """
    one, many = pair
    said: dict[str, object] = {"programmes": programme_names(view), **values}
    return view.language.ngettext(one, many, len(view.state.prog), "", **said)


def headlines(view: View) -> list[str]:
    """One sentence per date that says the total of what is shown, and of whom."""
    return [headline(view, t) for t in range(len(view.counts.dates))]


def headline(view: View, t: int) -> str:
    """Say the total on one date."""
    write = _change_headline if view.state.mode == words.CHANGE else _level_headline
    return write(view, t)


def parts(view: View) -> list[str]:
    """Per date the part of the whole that a key figure tells, in percent; empty without one."""
    from geodata.key_figures import part

    return [part(view, t) for t in range(len(view.counts.dates))]


def works_nowhere(view: View) -> bool:
    """Whether no source says where the chosen programmes work: every area is outside."""
    return bool((view.status == "o").all())


def _nowhere(view: View) -> str:
    return of_programmes(view, _NOWHERE)


def _level_headline(view: View, t: int) -> str:
    speech, state = view.language, view.state
    population = words.POPULATIONS[state.pop]
    date = speech.date(view.counts.dates[t], "long")
    total = view.totals[t]
    if works_nowhere(view):
        return _nowhere(view)
    if np.isnan(total) and view.counts.counted[t].any():
        return speech.gettext(
            "The number of {of_population} on {date} is too small to show",
            population=speech.gettext(population.nouns),
            of_population=speech.pgettext(*population.of_nouns),
            date=date,
        )
    if np.isnan(total):
        return speech.gettext(
            "No count of {of_population} on {date}",
            population=speech.gettext(population.nouns),
            of_population=speech.pgettext(*population.of_nouns),
            date=date,
        )
    counted = amount(view, total)
    if not state.prog:
        return speech.gettext("{counted} on {date}", counted=counted, date=date)
    if own := counted_by_programmes(view):
        return speech.gettext(
            "{counted} on {date}, as {programmes} counted",
            counted=counted,
            programmes=own,
            date=date,
        )
    share = view.shares[t]
    if np.isnan(share):
        return of_programmes(view, _WITHIN, counted=counted, date=date)
    share_of_country = speech.percent(float(share))
    return of_programmes(
        view, _WITHIN_WITH_SHARE, counted=counted, share=share_of_country, date=date
    )


def _change_headline(view: View, t: int) -> str:
    speech, state = view.language, view.state
    date = speech.date(view.counts.dates[t], "long")
    base = speech.date(state.base, "long") if state.base else ""
    change = view.totals[t]
    if works_nowhere(view):
        return _nowhere(view)
    if state.base == view.counts.dates[t]:
        return speech.gettext("{date} is the date compared with; choose another", date=date)
    if np.isnan(change):
        return speech.gettext(
            "{date} and {base} cannot be compared: one of them was not counted",
            date=date,
            base=base,
        )
    if change == 0:
        return speech.gettext("No change between {base} and {date}", base=base, date=date)
    way, said = bool(change > 0), {"size": amount(view, abs(change)), "date": date, "base": base}
    if own := counted_by_programmes(view):
        return speech.gettext(_CHANGED_AS_COUNTED[way], where=own, **said)
    if state.prog:
        return of_programmes(view, _CHANGED_WITHIN[way], **said)
    return speech.gettext(_CHANGED[way], **said)


def _named(pcodes: list[str], view: View) -> str:
    from geodata.view import names

    named = names(view.snapshot, view.language)
    return view.language.names([named[pcode] for pcode in pcodes])


def missing(view: View) -> list[str]:
    """One text per date, in sentences: what is not known on it, or that nothing is missing."""
    published = _published_differences(view)
    return [_missing(view, t, published) for t in range(len(view.counts.dates))]


def missing_on(view: View, t: int) -> str:
    """Say what is not known on one date, or that nothing is missing."""
    return _missing(view, t, _published_differences(view))


def _missing(view: View, t: int, published: dict[dt.date, str]) -> str:
    printed = published.get(view.counts.dates[t], "")
    found = [*_status_sentences(view, t), _not_placed_sentence(view, t), printed]
    nothing = view.language.gettext("Every area shown has a figure on this date.")
    return " ".join(filter(None, found)) or ("" if works_nowhere(view) else nothing)


def _status_sentences(view: View, t: int) -> list[str]:
    """Say which areas lack a figure; the names where they are few, the number where many."""
    speech = view.language
    pcodes = np.array(view.counts.areas.pcodes)
    templates = {
        "n": (
            gettext("Not assessed: {names}."),
            ngettext("Not assessed: {n} area.", "Not assessed: {n} areas."),
        ),
        "s": (
            gettext("Too few to show: {names}."),
            ngettext("Too few to show: {n} area.", "Too few to show: {n} areas."),
        ),
        "x": (
            gettext("Not comparable: {names}."),
            ngettext("Not comparable: {n} area.", "Not comparable: {n} areas."),
        ),
    }
    sentences = []
    for letter, (named, numbered) in templates.items():
        found = list(pcodes[view.status[t] == letter])
        if not found:
            continue
        if len(found) <= _MANY_NAMES or (letter == "n" and view.state.level == 1):
            sentences.append(speech.gettext(named, names=_named(found, view)))
        else:
            sentences.append(speech.ngettext(*numbered, len(found)))
    return sentences


def _not_placed_sentence(view: View, t: int) -> str:
    people = view.not_placed[t]
    if not people or np.isnan(people):
        return ""
    if view.state.mode == words.CHANGE:
        return view.language.gettext(
            "Not placed: {change} of the national change, for which the source gives no area.",
            change=view.language.signed(people),
        )
    return view.language.gettext(
        "Not placed: {n} more are in the national total, but the source gives no area for them.",
        n=view.language.number(people),
    )


def _published_differences(view: View) -> dict[dt.date, str]:
    """Where the report of a date prints another national total than its list adds up to."""
    if view.state.mode == words.CHANGE or view.state.measure != words.PEOPLE or view.state.prog:
        return {}
    from geodata.published import printed

    speech = view.language
    return {
        row.day: speech.gettext(
            "The report of this round prints {printed}; the list it goes with adds up to {ours}.",
            printed=speech.number(row.printed),
            ours=speech.number(row.ours),
        )
        for row in printed(view.snapshot, threshold=view.threshold)
        if row.population == view.state.pop and row.differs and row.day and row.ours is not None
    }


def notes(view: View) -> list[str]:
    """Notes that hold for the whole view: method, limits, what the colours rest on."""
    speech, state = view.language, view.state
    found = [
        speech.gettext(note["text"])
        for note in view.snapshot.manifest["country"]["notes"]
        if state.pop in note.get("populations", [state.pop])
        and state.level == note.get("level", state.level)
    ]
    if state.measure == words.RATE:
        found.append(
            speech.gettext(
                "Per 1,000 residents of {year}, the same at every date ({credit}).",
                year=residents_year(view.snapshot),
                credit=speech.semicolon.join(
                    row["credit"]
                    for row in listed_sources(view.snapshot, speech)
                    if row["role"] == "residents"
                ),
            )
        )
    found += _too_few(view)
    if own := counted_by_programmes(view):
        found.append(
            speech.gettext(
                "Figures are what {programmes} counted, not everyone who lives there; they stand "
                "apart from the national counts and are never added to them.",
                programmes=own,
            )
        )
    elif state.prog:
        found.append(
            speech.gettext(
                "“Works or worked”: at least one source says so, at some time; not necessarily on "
                "this date. Figures are everyone counted there, not people the programme reached."
            )
        )
    return found


def _too_few(view: View) -> list[str]:
    """Say why areas are hidden: for their households, or where only people are known, for these."""
    hidden = view.counts.hidden
    households, people = view.counts.households[hidden] > 0, view.counts.people[hidden] > 0
    found = []
    if households.any():
        found.append(
            gettext(
                "Districts with very few households are not shown, nor as many others as it takes "
                "that they cannot be worked out."
            )
        )
    if (people & ~households).any():
        found.append(
            gettext(
                "Where only people are counted, areas with very few are not shown, nor as many "
                "others as it takes that they cannot be worked out."
            )
        )
    return [view.language.gettext(sentence) for sentence in found]


def sources(view: View) -> list[dict[str, str]]:
    """Sources of the figures, boundaries and programmes in the view, with their terms."""
    roles = {"boundaries"}
    if view.state.measure == words.RATE:
        roles.add("residents")
    if view.state.prog:
        roles.add("programmes")
    counted_by = sources_of(view.snapshot, view.state.pop, view.state.prog)
    return [
        {key: row[key] for key in ("id", "title", "url", "terms", "credit")}
        for row in listed_sources(view.snapshot, view.language)
        if row["id"] in counted_by or row["role"] in roles
    ]


def counted_by(view: View) -> dict[str, str]:
    """The source of the counts in the view; of several, the one that counted last."""
    counted = source_of(view.snapshot, view.state.pop, view.state.prog)
    return next(row for row in sources(view) if row["id"] == counted)


def listed_sources(snapshot: Snapshot, speech: Language) -> list[dict[str, str]]:
    """Every source of the snapshot; titles and publishers as they are published."""
    return [
        row | {key: speech.gettext(row[key]) for key in ("terms", "credit", "what")}
        for row in snapshot.manifest["sources"]
    ]
