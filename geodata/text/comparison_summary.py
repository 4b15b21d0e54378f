"""What a comparison says: title, summary, captions of tables, notes. Whole sentences throughout.

The sentences differ with what is compared: between dates a figure changed, between populations
there are more of one than of the other, between programmes the two may be the same people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from geodata import populations
from geodata.figures.availability import sources_of
from geodata.figures.comparison import DATES, POPULATIONS, PROGRAMMES
from geodata.figures.statuses import NOT_COMPARABLE, OUTSIDE, SHOWN, ZERO
from geodata.i18n import messages
from geodata.i18n.messages import gettext, ngettext
from geodata.text import breaks, sentences, view_headlines, wording
from geodata.text.area_labels import LegendRow, legend, unit
from geodata.text.comparison_tables import Comparison, ComparisonRow, Side, largest_changes


def legend_rows(comparison: Comparison, side: Side) -> list[LegendRow]:
    """List the rows of a map's legend; “No change” becomes “No difference” but between dates."""
    rows = legend(side.at)
    if side is not comparison.difference or comparison.kind == DATES:
        return rows
    none = comparison.language.gettext("No difference")
    return [replace(row, label=none) if row.kind == ZERO else row for row in rows]


def unit_words(side: Side) -> str:
    """Write the unit without the date compared with, which the caption names."""
    view = side.view
    return unit(view.at(replace(view.state, base=None)))


def headline(comparison: Comparison, side: Side) -> str:
    """Write the sentence under a map: its total, or the caption where a difference has none."""
    if side is comparison.difference and comparison.kind != DATES:
        return side.caption
    return view_headlines.headline(side.at)


def title(comparison: Comparison) -> str:
    """Name what is compared."""
    language = comparison.language
    if comparison.kind == DATES:
        return wording.title(comparison.difference.view)
    if comparison.kind == POPULATIONS:
        nouns = [populations.POPULATIONS[side.view.state.pop].nouns for side in comparison.sides]
        text = language.gettext(
            "{first} and {second}, side by side",
            first=language.gettext(nouns[0]),
            second=language.gettext(nouns[1]),
        )
        return messages.sentence_case(text)
    return language.gettext(
        "{first} and {second}, side by side: {population}",
        first=comparison.first.heading,
        second=comparison.second.heading,
        population=language.gettext(populations.POPULATIONS[comparison.first.view.state.pop].nouns),
    )


def summary(comparison: Comparison) -> str:
    """Say in sentences what the comparison shows; the areas are counted last."""
    write = {DATES: _dates, POPULATIONS: _populations, PROGRAMMES: _programmes}[comparison.kind]
    return " ".join([write(comparison), *_areas_in_words(comparison)])


def _why_not_comparable(comparison: Comparison) -> str:
    """Say why the wholes cannot be compared; empty where they can."""
    for side in comparison.sides:
        if view_headlines.no_coverage(side.at) or np.isnan(side.total):
            return comparison.language.gettext(
                "The totals cannot be compared. {reason}.",
                reason=view_headlines.headline(side.at),
            )
    return ""


def _dates(comparison: Comparison) -> str:
    language, first, second = comparison.language, comparison.first, comparison.second
    if first.day == second.day:
        return language.gettext(
            "{date} is compared with itself: choose another date.", date=language.date(first.day)
        )
    if unknown := _why_not_comparable(comparison):
        return unknown
    by = second.total - first.total
    values = {
        "base": language.date(first.day, "long"),
        "date": language.date(second.day, "long"),
        "first": _number(first),
        "second": _number(second),
        "size": wording.amount(comparison.difference.view, abs(by)),
        "both": wording.amount(second.view, second.total),
        "percent": language.percent(abs(by) / first.total) if first.total > 0 else "",
    }
    case = "same" if not by else "from_none" if not first.total else "more" if by > 0 else "fewer"
    if first.view.state.measure == populations.RETURN_RATE:
        case = {"more": "points more", "fewer": "points fewer"}.get(case, case)
    if first.view.state.programmes:
        sentence = wording.of_programmes(first.view, _BETWEEN_DATES_WITHIN[case], **values)
    else:
        sentence = language.gettext(_BETWEEN_DATES[case], **values)
    broken = breaks.breaks_between(first.view, first.day, second.day)
    return f"{sentence} {language.gettext('The figures break in between.')}" if broken else sentence


_BETWEEN_DATES = {
    "more": gettext("Up by {size} ({percent}): {first} on {base}, {second} on {date}."),
    "fewer": gettext("Down by {size} ({percent}): {first} on {base}, {second} on {date}."),
    "points more": gettext("Up by {size}: {first} on {base}, {second} on {date}."),
    "points fewer": gettext("Down by {size}: {first} on {base}, {second} on {date}."),
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
    "points more": ngettext(
        "Up by {size} where {programmes} works or worked: {first} on {base}, {second} on {date}.",
        "Up by {size} where {programmes} work or worked: {first} on {base}, {second} on {date}.",
    ),
    "points fewer": ngettext(
        "Down by {size} where {programmes} works or worked: {first} on {base}, {second} on {date}.",
        "Down by {size} where {programmes} work or worked: {first} on {base}, {second} on {date}.",
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
    measure = side.view.state.measure
    decimals = int(measure in populations.RATIOS)
    return side.view.language.number(side.total, decimals, populations.total_sign(measure))


def _populations(comparison: Comparison) -> str:
    """Write the totals of two populations, with the date of each; never their sum."""
    if unknown := _why_not_comparable(comparison):
        return unknown
    language, first, second = comparison.language, comparison.first, comparison.second
    values = {
        "first": wording.amount(first.view, first.total),
        "second": wording.amount(second.view, second.total),
        "base": language.date(first.day, "long"),
        "date": language.date(second.day, "long"),
    }
    if first.day != second.day:
        return language.gettext("{second} on {date}, beside {first} on {base}.", **values)
    return language.gettext("{second} beside {first}, on {date}.", **values)


def _programmes(comparison: Comparison) -> str:
    if unknown := _why_not_comparable(comparison):
        return unknown
    closed = [f"{view_headlines.headline(side.at)}." for side in comparison.sides]
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


def _wording(comparison: Comparison) -> str:
    """Choose the words of a difference: changed, more or higher.

    Shares are no numbers of people, and where programmes work the people may be the same.
    """
    if comparison.kind == DATES:
        return _CHANGED
    share = comparison.first.view.state.measure == populations.SHARE
    return _HIGHER if share or comparison.kind == PROGRAMMES else _MORE


def _side_names(comparison: Comparison) -> dict[str, str]:
    """Name the two sides as a sentence needs them."""
    first, second = comparison.first.heading, comparison.second.heading
    if comparison.kind == POPULATIONS:
        first, second = (
            comparison.language.gettext(populations.POPULATIONS[side.view.state.pop].nouns)
            for side in comparison.sides
        )
    return {"first": first, "second": second}


def _areas_in_words(comparison: Comparison) -> Iterator[str]:
    """Count the areas where it rose, fell and stayed, and those that cannot be compared."""
    if comparison.kind == DATES and comparison.first.day == comparison.second.day:
        return
    way, letters = _wording(comparison), [row.letter for row in comparison.rows]
    once = letters.count(NOT_COMPARABLE) if comparison.kind == DATES else 0
    neither = sum(letter not in SHOWN + OUTSIDE for letter in letters) - once
    for pair, n in (
        (_IN_AREAS[way, "up"], sum(row.number > 0 for row in comparison.rows)),
        (_IN_AREAS[way, "down"], sum(row.number < 0 for row in comparison.rows)),
        (_SAME, letters.count(ZERO)),
        (_ONCE, once),
        (_NOT, neither),
    ):
        if n:
            yield comparison.language.ngettext(*pair, n, **_side_names(comparison))


@dataclass(frozen=True)
class RankedTable:
    """A table of the largest differences; ``nowhere`` says that there is none."""

    caption: str
    nowhere: str
    rows: list[ComparisonRow]


def ranked_tables(comparison: Comparison) -> list[RankedTable]:
    """List the largest rises and the largest falls."""
    way, names = _wording(comparison), _side_names(comparison)
    tables = []
    for case, rows in zip(("up", "down"), largest_changes(comparison.rows), strict=True):
        texts = [
            messages.sentence_case(comparison.language.gettext(each, **names))
            for each in _LISTED[way, case]
        ]
        tables.append(RankedTable(texts[0], texts[1], rows))
    return tables


def meaning(comparison: Comparison) -> str:
    """Explain what a difference means, and what it does not."""
    language = comparison.language
    if comparison.kind == DATES:
        broken = breaks.breaks_between(
            comparison.first.view, comparison.first.day, comparison.second.day
        )
        change = language.gettext(
            "The change is the second date’s figure less the first’s, where both were counted and "
            "may be shown. It does not say who moved, or where to."
        )
        return " ".join([*broken, change])
    if comparison.kind == POPULATIONS:
        return language.gettext(
            "The two are different people. The difference says where there are more of one than "
            "of the other; it is nobody who moved from one to the other, and no total adds both."
        )
    if any(wording.counted_by_programmes(side.view) for side in comparison.sides):
        return language.gettext(
            "The difference is between what the programmes themselves counted, where both did."
        )
    return language.gettext(
        "Figures are of everyone counted where a programme works or worked. Where both do, these "
        "are the same people and there is no difference; where one does not, the two cannot be "
        "compared. The two totals may hold the same people and are not to be added."
    )


def notes(comparison: Comparison) -> list[str]:
    """List the notes on the comparison, then those on the figures of each side."""
    of_sides = [note for side in comparison.sides for note in sentences.notes(side.view)]
    return list(dict.fromkeys([*_notes_of_both(comparison), *of_sides]))


def _notes_of_both(comparison: Comparison) -> Iterator[str]:
    """Yield what limits the comparison: days, sources, and what shares are of."""
    language, first, second = comparison.language, comparison.first, comparison.second
    if comparison.kind != DATES and first.day != second.day:
        yield language.gettext(
            "The two were not counted on one day: {first} on {base}, {second} on {date}.",
            first=first.heading,
            second=second.heading,
            base=language.date(first.day),
            date=language.date(second.day),
        )
    counted_by = [
        sources_of(comparison.snapshot, side.view.state.pop, side.view.state.programmes)
        for side in comparison.sides
    ]
    if not set(counted_by[0]).intersection(counted_by[1]):
        yield language.gettext(
            "They were counted by different sources, each in its own way: which is larger can "
            "be read with more trust than by how much."
        )
    if first.view.state.measure in populations.PERCENTAGES and not first.view.state.adds_up:
        yield language.gettext("Differences of percentages are in percentage points.")
    elif first.view.state.measure == populations.SHARE:
        yield language.gettext(
            "Each share is of the national total of its own people and date; differences of "
            "shares are in percentage points."
        )


def sources(comparison: Comparison) -> list[dict[str, str]]:
    """List the sources of both sides, each once."""
    both = [source for side in comparison.sides for source in sentences.sources(side.view)]
    return list({source["id"]: source for source in both}.values())
