"""What a comparison says: title, summary, captions of tables, notes. Whole sentences throughout.

The sentences differ with what is compared: between dates a figure changed, between populations
there are more of one than of the other, between programmes the two may be the same people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from geodata import populations
from geodata.figures.availability import programmes_with_counts, sources_of
from geodata.figures.comparison import DATES, POPULATIONS, PROGRAMMES
from geodata.figures.statuses import NOT_COMPARABLE, OUTSIDE, SHOWN, ZERO
from geodata.i18n import messages
from geodata.i18n.messages import gettext, ngettext
from geodata.text import breaks, sentences, view_headlines, wording
from geodata.text.area_labels import LegendRow, legend, unit
from geodata.text.comparison_tables import Comparison, ComparisonRow, Side, largest_changes


def legend_rows(found: Comparison, side: Side) -> list[LegendRow]:
    """List the rows of a map's legend; “No change” becomes “No difference” but between dates."""
    rows = legend(side.at)
    if side is not found.difference or found.kind == DATES:
        return rows
    none = found.language.gettext("No difference")
    return [replace(row, label=none) if row.kind == ZERO else row for row in rows]


def unit_words(side: Side) -> str:
    """Write the unit without the date compared with, which the caption names."""
    view = side.view
    return unit(view.at(replace(view.state, base=None)))


def headline(found: Comparison, side: Side) -> str:
    """Write the sentence under a map: its total, or the caption where a difference has none."""
    if side is found.difference and found.kind != DATES:
        return side.caption
    return view_headlines.headline(side.at)


def title(found: Comparison) -> str:
    """Name what is compared."""
    language = found.language
    if found.kind == DATES:
        return wording.title(found.difference.view)
    if found.kind == POPULATIONS:
        nouns = [populations.POPULATIONS[side.view.state.pop].nouns for side in found.sides]
        said = language.gettext(
            "{first} and {second}, side by side",
            first=language.gettext(nouns[0]),
            second=language.gettext(nouns[1]),
        )
        return messages.sentence_case(said)
    return language.gettext(
        "{first} and {second}, side by side: {population}",
        first=found.first.heading,
        second=found.second.heading,
        population=language.gettext(populations.POPULATIONS[found.first.view.state.pop].nouns),
    )


def summary(found: Comparison) -> str:
    """Say in sentences what the comparison shows; the areas are counted last."""
    write = {DATES: _dates, POPULATIONS: _populations, PROGRAMMES: _programmes}[found.kind]
    return " ".join([write(found), *_areas_in_words(found)])


def _unknown(found: Comparison) -> str:
    """Say why the wholes cannot be compared; empty where they can."""
    for side in found.sides:
        if view_headlines.no_coverage(side.view) or np.isnan(side.total):
            return found.language.gettext(
                "The totals cannot be compared. {reason}.",
                reason=view_headlines.headline(side.at),
            )
    return ""


def _dates(found: Comparison) -> str:
    language, first, second = found.language, found.first, found.second
    if first.day == second.day:
        return language.gettext(
            "{date} is compared with itself: choose another date.", date=language.date(first.day)
        )
    if unknown := _unknown(found):
        return unknown
    by = second.total - first.total
    said = {
        "base": language.date(first.day, "long"),
        "date": language.date(second.day, "long"),
        "first": _number(first),
        "second": _number(second),
        "size": wording.amount(second.view, abs(by)),
        "both": wording.amount(second.view, second.total),
        "percent": language.percent(abs(by) / first.total) if first.total > 0 else "",
    }
    case = "same" if not by else "from_none" if not first.total else "more" if by > 0 else "fewer"
    if first.view.state.prog:
        sentence = wording.of_programmes(first.view, _BETWEEN_DATES_WITHIN[case], **said)
    else:
        sentence = language.gettext(_BETWEEN_DATES[case], **said)
    broken = breaks.breaks_between(first.view, first.day, second.day)
    return f"{sentence} {language.gettext('The figures break in between.')}" if broken else sentence


_BETWEEN_DATES = {
    "more": gettext("Up by {size} ({percent}): {first} on {base}, {second} on {date}."),
    "fewer": gettext("Down by {size} ({percent}): {first} on {base}, {second} on {date}."),
    "from_none": gettext("Up from none on {base} to {both} on {date}."),
    "same": gettext("As many on {date} as on {base}: {both}."),
}
_BETWEEN_DATES_WITHIN = {
    "more": ngettext(
        "Up by {size} where {programmes} works or worked ({percent}): {first} on {base}, {second} "
        "on {date}.",
        "Up by {size} where {programmes} work or worked ({percent}): {first} on {base}, {second} "
        "on {date}.",
    ),
    "fewer": ngettext(
        "Down by {size} where {programmes} works or worked ({percent}): {first} on {base}, "
        "{second} on {date}.",
        "Down by {size} where {programmes} work or worked ({percent}): {first} on {base}, "
        "{second} on {date}.",
    ),
    "from_none": ngettext(
        "Up from none on {base} to {both} on {date}, where {programmes} works or worked.",
        "Up from none on {base} to {both} on {date}, where {programmes} work or worked.",
    ),
    "same": ngettext(
        "As many where {programmes} works or worked on {date} as on {base}: {both}.",
        "As many where {programmes} work or worked on {date} as on {base}: {both}.",
    ),
}


def _number(side: Side) -> str:
    return side.view.language.number(side.total, 1 if _is_rate(side) else 0)


def _is_rate(side: Side) -> bool:
    return side.view.state.measure == populations.RATE


def _populations(found: Comparison) -> str:
    """Write the totals of two populations, with the date of each; never their sum."""
    if unknown := _unknown(found):
        return unknown
    language, first, second = found.language, found.first, found.second
    said = {
        "first": wording.amount(first.view, first.total),
        "second": wording.amount(second.view, second.total),
        "base": language.date(first.day, "long"),
        "date": language.date(second.day, "long"),
    }
    if first.day != second.day:
        return language.gettext("{second} on {date}, beside {first} on {base}.", **said)
    return language.gettext("{second} beside {first}, on {date}.", **said)


def _programmes(found: Comparison) -> str:
    if unknown := _unknown(found):
        return unknown
    closed = [f"{view_headlines.headline(side.at)}." for side in found.sides]
    return " ".join(closed)


_CHANGED, _MORE, _HIGHER = "changed", "more", "higher"
_IN_AREAS = {
    (_CHANGED, "up"): ngettext("The figure rose in {n} area.", "The figure rose in {n} areas."),
    (_CHANGED, "down"): ngettext("The figure fell in {n} area.", "The figure fell in {n} areas."),
    (_MORE, "up"): ngettext(
        "There are more {second} than {first} in {n} area.",
        "There are more {second} than {first} in {n} areas.",
    ),
    (_MORE, "down"): ngettext(
        "There are fewer {second} than {first} in {n} area.",
        "There are fewer {second} than {first} in {n} areas.",
    ),
    (_HIGHER, "up"): ngettext(
        "The figure for {second} is higher than for {first} in {n} area.",
        "The figure for {second} is higher than for {first} in {n} areas.",
    ),
    (_HIGHER, "down"): ngettext(
        "The figure for {second} is lower than for {first} in {n} area.",
        "The figure for {second} is lower than for {first} in {n} areas.",
    ),
}
_SAME = ngettext("The figures are the same in {n} area.", "The figures are the same in {n} areas.")
_NOT = ngettext("{n} area cannot be compared.", "{n} areas cannot be compared.")
_ONCE = ngettext(
    "{n} area was counted on one of the two dates only, which is part of the change in the total.",
    "{n} areas were counted on one of the two dates only, which is part of the change in the "
    "total.",
)
_LISTED = {
    (_CHANGED, "up"): (gettext("Largest rises"), gettext("The figure rose nowhere.")),
    (_CHANGED, "down"): (gettext("Largest falls"), gettext("The figure fell nowhere.")),
    (_MORE, "up"): (
        gettext("Where there are more {second} than {first}"),
        gettext("Nowhere are there more {second} than {first}."),
    ),
    (_MORE, "down"): (
        gettext("Where there are fewer {second} than {first}"),
        gettext("Nowhere are there fewer {second} than {first}."),
    ),
    (_HIGHER, "up"): (
        gettext("Where the figure for {second} is higher than for {first}"),
        gettext("Nowhere is the figure for {second} higher than for {first}."),
    ),
    (_HIGHER, "down"): (
        gettext("Where the figure for {second} is lower than for {first}"),
        gettext("Nowhere is the figure for {second} lower than for {first}."),
    ),
}


def _way(found: Comparison) -> str:
    """Choose the words of a difference: changed, more or higher.

    Shares are no numbers of people, and where programmes work the people may be the same.
    """
    if found.kind == DATES:
        return _CHANGED
    share = found.first.view.state.measure == populations.SHARE
    return _HIGHER if share or found.kind == PROGRAMMES else _MORE


def _named(found: Comparison) -> dict[str, str]:
    """Name the two sides as a sentence needs them."""
    first, second = found.first.heading, found.second.heading
    if found.kind == POPULATIONS:
        first, second = (
            found.language.gettext(populations.POPULATIONS[side.view.state.pop].nouns)
            for side in found.sides
        )
    return {"first": first, "second": second}


def _areas_in_words(found: Comparison) -> Iterator[str]:
    """Count the areas where it rose, fell and stayed, and those that cannot be compared."""
    if found.kind == DATES and found.first.day == found.second.day:
        return
    way, letters = _way(found), [row.letter for row in found.rows]
    once = letters.count(NOT_COMPARABLE) if found.kind == DATES else 0
    neither = sum(letter not in SHOWN + OUTSIDE for letter in letters) - once
    for pair, n in (
        (_IN_AREAS[way, "up"], sum(row.number > 0 for row in found.rows)),
        (_IN_AREAS[way, "down"], sum(row.number < 0 for row in found.rows)),
        (_SAME, letters.count(ZERO)),
        (_ONCE, once),
        (_NOT, neither),
    ):
        if n:
            yield found.language.ngettext(*pair, n, **_named(found))


@dataclass(frozen=True)
class RankedTable:
    """A table of the largest differences; ``nowhere`` says that there is none."""

    caption: str
    nowhere: str
    rows: list[ComparisonRow]


def listed(found: Comparison) -> list[RankedTable]:
    """List the largest rises and the largest falls."""
    way, named = _way(found), _named(found)
    tables = []
    for case, rows in zip(("up", "down"), largest_changes(found.rows), strict=True):
        said = [
            messages.sentence_case(found.language.gettext(each, **named))
            for each in _LISTED[way, case]
        ]
        tables.append(RankedTable(said[0], said[1], rows))
    return tables


def meaning(found: Comparison) -> str:
    """Explain what a difference means, and what it does not."""
    language = found.language
    if found.kind == DATES:
        broken = breaks.breaks_between(found.first.view, found.first.day, found.second.day)
        change = language.gettext(
            "The change is the second date’s figure less the first’s, where both were counted and "
            "may be shown. It does not say who moved, or where to."
        )
        return " ".join([*broken, change])
    if found.kind == POPULATIONS:
        return language.gettext(
            "The two are different people. The difference says where there are more of one than "
            "of the other; it is nobody who moved from one to the other, and no total adds both."
        )
    if _own_counts(found):
        return language.gettext(
            "The difference is between what the programmes themselves counted, where both did."
        )
    return language.gettext(
        "Figures are of everyone counted where a programme works or worked. Where both do, these "
        "are the same people and there is no difference; where one does not, the two cannot be "
        "compared. The two totals may hold the same people and are not to be added."
    )


def _own_counts(found: Comparison) -> bool:
    state = found.first.view.state
    own = programmes_with_counts(found.snapshot, state.pop)
    return bool(own.intersection(state.prog) or own.intersection(found.second.view.state.prog))


def notes(found: Comparison) -> list[str]:
    """List the notes on the comparison, then those on the figures of each side."""
    language, first, second = found.language, found.first, found.second
    said = []
    if found.kind != DATES and first.day != second.day:
        said.append(
            language.gettext(
                "The two were not counted on one day: {first} on {base}, {second} on {date}.",
                first=first.heading,
                second=second.heading,
                base=language.date(first.day),
                date=language.date(second.day),
            )
        )
    counted_by = [
        sources_of(found.snapshot, side.view.state.pop, side.view.state.prog)
        for side in found.sides
    ]
    if not set(counted_by[0]).intersection(counted_by[1]):
        said.append(
            language.gettext(
                "They were counted by different sources, each in its own way: which is larger can "
                "be read with more trust than by how much."
            )
        )
    if first.view.state.measure == populations.SHARE:
        said.append(
            language.gettext(
                "Each share is of the national total of its own people and date; differences of "
                "shares are in percentage points."
            )
        )
    of_sides = [*sentences.notes(first.view), *sentences.notes(second.view)]
    return list(dict.fromkeys([*said, *of_sides]))


def sources(found: Comparison) -> list[dict[str, str]]:
    """List the sources of both sides, each once."""
    both = [source for side in found.sides for source in sentences.sources(side.view)]
    return list({source["id"]: source for source in both}.values())
