"""Breaks in a series: where figures before and after cannot be compared as they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from geodata.figures.view import View, ViewAt
from geodata.text.wording import counted_by_programmes


def _breaks_of(view: View) -> list[Mapping[str, Any]]:
    """Return the breaks in the view's figures; none are known of what programmes counted."""
    if counted_by_programmes(view):
        return []
    return [
        each
        for each in view.snapshot.manifest["country"].get("breaks", [])
        if view.state.pop in each["populations"]
    ]


def _crossed(each: Mapping[str, Any], one: dt.date, other: dt.date) -> bool:
    """Tell whether a break lies between two dates, in either order."""
    before, after = (dt.date.fromisoformat(day) for day in each["between"])
    return min(one, other) <= before and max(one, other) >= after


def breaks_between(view: View, one: dt.date, other: dt.date) -> list[str]:
    """Write a sentence on every break between two dates."""
    crossed = [each for each in _breaks_of(view) if _crossed(each, one, other)]
    return [view.language.gettext(each["text"]) for each in crossed]


def across_breaks(view: View, sentence: str, one: dt.date, other: dt.date) -> str:
    """Add to a comparison of two dates that the figures break between them, where they do."""
    if not breaks_between(view, one, other):
        return sentence
    return view.language.gettext("{comparison} (the figures break in between)", comparison=sentence)


def breaks(view: View) -> dict[str, list[Any]]:
    """Write for every date the breaks that its figures, or their changes, must be read with.

    In change mode those between the two dates; else those since the date before or a year before,
    and those that hold for all that comes after.

    Returns
    -------
    dict
        ``texts``, each once, the first of them empty; ``on``: for each date its position in them.
    """
    dates = range(len(view.counts.dates))
    sentences = [" ".join(breaks_on(view.on(t))) if _breaks_of(view) else "" for t in dates]
    texts = list(dict.fromkeys(["", *sentences]))
    return {"texts": texts, "on": [texts.index(each) for each in sentences]}


def breaks_on(at: ViewAt) -> list[str]:
    """Write a sentence on every break that the figures of a date must be read with."""
    dates, day = at.counts.dates, at.date
    if at.state.base is not None:
        return breaks_between(at.view, at.state.base, day)
    earlier = [dates[max(at.t - 1, 0)], at.year_before.date if at.year_before else day]
    return [
        at.language.gettext(each["text"])
        for each in _breaks_of(at.view)
        if any(_crossed(each, before, day) for before in earlier)
        or (each.get("lasting") and day >= _after(each))
    ]


def _after(each: Mapping[str, Any]) -> dt.date:
    return dt.date.fromisoformat(each["between"][1])
