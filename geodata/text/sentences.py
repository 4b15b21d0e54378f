"""Sentences made from figures: titles, headlines, notes, what is missing on a date.

Whole sentences with named placeholders, never glued from pieces, so that every language can order
its words. Used by the page, the API and every export alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata import populations
from geodata.figures.counts import (
    dates_of,
    own_counts,
    populations_with_counts,
    printed_sources_of,
    programmes_with_counts,
    residents_year,
    sources_of,
)
from geodata.i18n.language import Language, gettext, ngettext
from geodata.snapshots.snapshot import Snapshot

if TYPE_CHECKING:
    from geodata.figures.view import View

STATUS_WORDS = {
    "c": gettext("counted"),
    "z": gettext("none"),
    "n": gettext("not assessed"),
    "s": gettext("suppressed: too few to show"),
    "o": gettext("outside the chosen programmes"),
    "x": gettext("not comparable"),
    "p": gettext("published for the country only"),
}
STATUS_LABELS = {
    "c": gettext("Counted"),
    "z": gettext("None"),
    "n": gettext("Not assessed"),
    "s": gettext("Suppressed (too few)"),
    "o": gettext("Outside programme"),
    "x": gettext("Not comparable"),
    "p": gettext("Published for the country only"),
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
    change = view.state.mode == populations.CHANGE
    population = populations.POPULATIONS[view.state.pop]
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
        "breaks": breaks(view),
        "newest": newest(view),
        "newestDay": newest_day(view).isoformat(),
        "notes": notes(view),
        "disclaimer": disclaimer(view),
    }


def unit(view: View) -> str:
    """What figures are in: ``people``, ``per 1,000 residents (2018)``."""
    return view.language.gettext(
        populations.UNITS[view.state.measure], year=residents_year(view.snapshot)
    )


def title(view: View) -> str:
    """What the map shows: ``Where people have returned``."""
    population = populations.POPULATIONS[view.state.pop]
    change = view.state.mode == populations.CHANGE
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
    speech, population = view.language, populations.POPULATIONS[view.state.pop]
    if view.state.measure == populations.RATE:
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
    write = _change_headline if view.state.mode == populations.CHANGE else _level_headline
    return write(view, t)


def parts(view: View) -> list[str]:
    """Per date the part of the whole that a key figure tells, in percent; empty without one."""
    from geodata.text.key_figures import part

    return [part(view, t) for t in range(len(view.counts.dates))]


def works_nowhere(view: View) -> bool:
    """Whether no source says where the chosen programmes work: every area is outside."""
    return bool((view.status == "o").all())


def _nowhere(view: View) -> str:
    return of_programmes(view, _NOWHERE)


def _level_headline(view: View, t: int) -> str:
    speech, state = view.language, view.state
    population = populations.POPULATIONS[state.pop]
    date = speech.date(view.counts.dates[t], "long")
    total = view.totals[t]
    if works_nowhere(view):
        return _nowhere(view)
    if np.isnan(total) and view.counts.national_only[t]:
        return speech.gettext(
            "The number of {of_population} on {date} is published for the country only",
            population=speech.gettext(population.nouns),
            of_population=speech.pgettext(*population.of_nouns),
            date=date,
        )
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
    if view.counts.national_only[t]:
        return speech.gettext(
            "{counted} on {date}: published for the country, not by governorate",
            counted=counted,
            date=date,
        )
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
    said = _compared(view, bool(change > 0), size=amount(view, abs(change)), date=date, base=base)
    return across_breaks(view, said, view.counts.dates[view.base_index()], view.counts.dates[t])


def _compared(view: View, way: bool, **said: str) -> str:
    """Say of a change whose it is: what programmes counted, what is where they work, or all."""
    if own := counted_by_programmes(view):
        return view.language.gettext(_CHANGED_AS_COUNTED[way], where=own, **said)
    if view.state.prog:
        return of_programmes(view, _CHANGED_WITHIN[way], **said)
    return view.language.gettext(_CHANGED[way], **said)


def _named(pcodes: list[str], view: View) -> str:
    from geodata.figures.view import names

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
    sentences = _national_only_sentences(view, t)
    for letter, (named, numbered) in templates.items():
        found = list(pcodes[view.status[t] == letter])
        if not found:
            continue
        if len(found) <= _MANY_NAMES or (letter == "n" and view.state.level == 1):
            sentences.append(speech.gettext(named, names=_named(found, view)))
        else:
            sentences.append(speech.ngettext(*numbered, len(found)))
    return sentences


def _national_only_sentences(view: View, t: int) -> list[str]:
    """Say that only the country's total is published, and which date has figures by area."""
    speech, found = view.language, view.counts
    if not (view.status[t] == "p").any():
        return []
    last = found.dates[found.newest]
    if found.national_only[found.newest]:
        return [speech.gettext("Published for the country only, not by governorate.")]
    return [
        speech.gettext(
            "Published for the country only, not by governorate: the newest figures by "
            "governorate are of {date}.",
            date=speech.date(last, "long"),
        )
    ]


def _not_placed_sentence(view: View, t: int) -> str:
    people = view.not_placed[t]
    if not people or np.isnan(people):
        return ""
    if view.state.mode == populations.CHANGE:
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
    if (
        view.state.mode == populations.CHANGE
        or view.state.measure != populations.PEOPLE
        or view.state.prog
    ):
        return {}
    from geodata.figures.printed_totals import printed

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


# ---- where figures cannot be held against each other without a word


def _breaks_of(view: View) -> list[Mapping[str, Any]]:
    """Breaks in the figures of the view; what programmes counted themselves has none known."""
    if counted_by_programmes(view):
        return []
    return [
        each
        for each in view.snapshot.manifest["country"].get("breaks", [])
        if view.state.pop in each["populations"]
    ]


def _crossed(each: Mapping[str, Any], one: dt.date, other: dt.date) -> bool:
    """Whether a break lies between two dates, whichever is the earlier."""
    before, after = (dt.date.fromisoformat(day) for day in each["between"])
    return min(one, other) <= before and max(one, other) >= after


def breaks_between(view: View, one: dt.date, other: dt.date) -> list[str]:
    """Sentences on every break between two dates of the view."""
    crossed = [each for each in _breaks_of(view) if _crossed(each, one, other)]
    return [view.language.gettext(each["text"]) for each in crossed]


def across_breaks(view: View, said: str, one: dt.date, other: dt.date) -> str:
    """Say of a comparison of two dates that the figures break between them, where they do."""
    if not breaks_between(view, one, other):
        return said
    return view.language.gettext("{comparison} (the figures break in between)", comparison=said)


def breaks(view: View) -> dict[str, list[Any]]:
    """Breaks that the figure of a date, or its change, must be read with.

    In change mode those between the two dates; else those since the date before or a year before,
    and those that hold for all that comes after.

    Returns
    -------
    dict
        ``texts``, each once, the first of them empty; ``on``: for each date its position in them.
    """
    dates = range(len(view.counts.dates))
    said = [" ".join(breaks_on(view, t)) if _breaks_of(view) else "" for t in dates]
    texts = list(dict.fromkeys(["", *said]))
    return {"texts": texts, "on": [texts.index(each) for each in said]}


def breaks_on(view: View, t: int) -> list[str]:
    """Sentences on the breaks that the figures of one date must be read with."""
    from geodata.figures.view import year_before

    dates, day = view.counts.dates, view.counts.dates[t]
    if view.state.base is not None:
        return breaks_between(view, view.state.base, day)
    year = year_before(dates, t)
    earlier = [dates[max(t - 1, 0)], day if year is None else dates[year]]
    return [
        view.language.gettext(each["text"])
        for each in _breaks_of(view)
        if any(_crossed(each, before, day) for before in earlier)
        or (each.get("lasting") and day >= _after(each))
    ]


def _after(each: Mapping[str, Any]) -> dt.date:
    return dt.date.fromisoformat(each["between"][1])


# ---- how new the figures are


def newest_day(view: View) -> dt.date:
    """Date of the newest figure of the population, by area or for the country."""
    state = view.state
    return dates_of(view.snapshot, state.pop, state.prog)[-1]


def newest(view: View) -> str:
    """Say until when there are figures such as the view shows, and of when the newest one is.

    The newest date comes last: how long ago it is stands right behind it (:func:`age`).
    """
    speech, day = view.language, newest_day(view)
    shown = view.counts.dates[view.counts.newest]
    said = {"date": speech.date(day, "long"), "shown": speech.date(shown, "long")}
    if shown == day:
        return speech.gettext("Newest figure: {date}", **said)
    if view.counts.national_only[-1]:
        return speech.gettext(
            "Newest figure by governorate: {shown}; for the country: {date}", **said
        )
    return speech.gettext("Newest figure shown here: {shown}; of all: {date}", **said)


def age(day: dt.date, today: dt.date, old_after: int, speech: Language) -> str:
    """Say how many months ago a date is: ``23 months ago``; nothing where it is not long.

    Parameters
    ----------
    old_after
        Days after which it is said.
    """
    if (today - day).days <= old_after:
        return ""
    return speech.ngettext("{n} month ago", "{n} months ago", _months(day, today))


def ages(snapshot: Snapshot, today: dt.date, old_after: int, speech: Language) -> dict[str, str]:
    """How old each date is that a newest figure of the snapshot may be of; see :func:`age`."""
    days = {dates_of(snapshot, pop)[-1] for pop in populations_with_counts(snapshot)} | {
        dates_of(snapshot, pop, [programme])[-1]
        for pop in populations_with_counts(snapshot)
        for programme in programmes_with_counts(snapshot, pop)
    }
    said = {day.isoformat(): age(day, today, old_after, speech) for day in sorted(days)}
    return {day: ago for day, ago in said.items() if ago}


def _months(earlier: dt.date, later: dt.date) -> int:
    """Whole months between two dates; the last day of a month is a month after any other's."""
    tomorrow, then = (day + dt.timedelta(days=1) for day in (later, earlier))
    months = 12 * (tomorrow.year - then.year) + tomorrow.month - then.month
    return months - (tomorrow.day < then.day)


def notes(view: View) -> list[str]:
    """Notes that hold for the whole view: method, limits, what the colours rest on."""
    speech, state = view.language, view.state
    found = [
        speech.gettext(note["text"])
        for note in view.snapshot.manifest["country"]["notes"]
        if state.pop in note.get("populations", [state.pop])
        and state.level == note.get("level", state.level)
    ]
    if state.measure == populations.RATE:
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
    if view.state.measure == populations.RATE:
        roles.add("residents")
    if view.state.prog:
        roles.add("programmes")
    counted_by = sources_of(view.snapshot, *view.state.counted)
    if view.counts.national_only.any():
        counted_by += printed_sources_of(view.snapshot, view.state.pop, view.state.prog)
    return [
        {key: row[key] for key in ("id", "title", "url", "terms", "credit")}
        for row in listed_sources(view.snapshot, view.language)
        if row["id"] in counted_by or row["role"] in roles
    ]


def sources_on(view: View) -> list[int]:
    """Position in :func:`sources` of the source of each date's figures."""
    listed = [row["id"] for row in sources(view)]
    return [listed.index(source) for source in view.counts.sources]


def listed_sources(snapshot: Snapshot, speech: Language) -> list[dict[str, str]]:
    """Every source of the snapshot; titles and publishers as they are published."""
    return [
        row | {key: speech.gettext(row[key]) for key in ("terms", "credit", "what")}
        for row in snapshot.manifest["sources"]
    ]
