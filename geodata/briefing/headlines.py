"""Headlines of slides: one whole sentence that says what the figures say, right in every case.

::

    figures ──▶ who leads, what moved, where the peak was ──▶ the sentence that fits ──▶ words

Each names only areas that have a figure; where a case has nothing to say beyond the total, the
headline is the view's own (:func:`geodata.text.view_headlines.headline`). The date is on the slide
beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata import populations
from geodata.figures import programmes
from geodata.figures.flows import Flows, governorate_of
from geodata.figures.statuses import NOT_COMPARABLE, SHOWN, SUPPRESSED
from geodata.figures.view import View
from geodata.i18n.messages import gettext, ngettext, pgettext
from geodata.i18n.rounding import rounded
from geodata.places.area_names import area_names
from geodata.text import breaks, view_headlines, wording
from geodata.text.area_labels import area_labels
from geodata.util.arrays import Floats

_MOST = 0.8  # so much of the whole needs no further name
_AS_MANY_AGAIN = 2  # from here on "from … to …" is understood better than a percentage


_HOST = {
    ("idp", populations.PEOPLE): ngettext(
        "{names} hosts {percent} of all internally displaced people",
        "{names} host {percent} of all internally displaced people",
    ),
    ("idp", populations.HOUSEHOLDS): ngettext(
        "{names} hosts {percent} of all displaced households",
        "{names} host {percent} of all displaced households",
    ),
    ("returnee", populations.PEOPLE): ngettext(
        "{names} holds {percent} of everyone who has returned",
        "{names} hold {percent} of everyone who has returned",
    ),
    ("returnee", populations.HOUSEHOLDS): ngettext(
        "{names} holds {percent} of all households that have returned",
        "{names} hold {percent} of all households that have returned",
    ),
    ("refugee", populations.PEOPLE): ngettext(
        "{names} hosts {percent} of all registered Syrian refugees",
        "{names} host {percent} of all registered Syrian refugees",
    ),
    ("refugee", populations.HOUSEHOLDS): ngettext(
        "{names} hosts {percent} of all registered refugee households",
        "{names} host {percent} of all registered refugee households",
    ),
}
_MOST_FOR_RESIDENTS = ngettext(
    "{names} has the most {population} for its residents: {rate} per 1,000",
    "{names} have the most {population} for their residents: {rate} per 1,000 in each",
)
_WITHIN = {
    "idp": ngettext(
        "{percent} of all internally displaced people live where {programmes} works or worked",
        "{percent} of all internally displaced people live where {programmes} work or worked",
    ),
    "returnee": ngettext(
        "{percent} of everyone who has returned lives where {programmes} works or worked",
        "{percent} of everyone who has returned lives where {programmes} work or worked",
    ),
    "refugee": ngettext(
        "{percent} of all registered Syrian refugees are where {programmes} works or worked",
        "{percent} of all registered Syrian refugees are where {programmes} work or worked",
    ),
}
_FROM_TO_WITHIN = ngettext(
    "Where {programmes} works or worked: {then} on {base}, {now} on {date}",
    "Where {programmes} work or worked: {then} on {base}, {now} on {date}",
)
_ROSE, _FELL = True, False
_MOVED = {
    _ROSE: gettext("The number of {of_population} has risen by {percent} since {base}"),
    _FELL: gettext("The number of {of_population} has fallen by {percent} since {base}"),
}
_MOVED_MOST = {
    _ROSE: gettext(
        "The number of {of_population} has risen by {percent} since {base}, most of all in {area}"
    ),
    _FELL: gettext(
        "The number of {of_population} has fallen by {percent} since {base}, most of all in {area}"
    ),
}
_MOVED_WITHIN = {
    _ROSE: ngettext(
        "The number of {of_population} where {programmes} works or worked has risen by {percent} "
        "since {base}",
        "The number of {of_population} where {programmes} work or worked has risen by {percent} "
        "since {base}",
    ),
    _FELL: ngettext(
        "The number of {of_population} where {programmes} works or worked has fallen by {percent} "
        "since {base}",
        "The number of {of_population} where {programmes} work or worked has fallen by {percent} "
        "since {base}",
    ),
}
_FROM = {
    ("idp", populations.HOUSEHOLDS): gettext("{percent} of displaced households come from {names}"),
    ("idp", populations.PEOPLE): gettext("{percent} of displaced people come from {names}"),
    ("returnee", populations.HOUSEHOLDS): gettext(
        "{percent} of returned households had been displaced to {names}"
    ),
    ("returnee", populations.PEOPLE): gettext(
        "{percent} of people who returned had been displaced to {names}"
    ),
}
_FROM_INTO = {
    ("idp", populations.HOUSEHOLDS): gettext(
        "{percent} of displaced households in {area} come from {names}"
    ),
    ("idp", populations.PEOPLE): gettext(
        "{percent} of displaced people in {area} come from {names}"
    ),
    ("returnee", populations.HOUSEHOLDS): gettext(
        "{percent} of households that returned to {area} had been displaced to {names}"
    ),
    ("returnee", populations.PEOPLE): gettext(
        "{percent} of people who returned to {area} had been displaced to {names}"
    ),
}
HOUSEHOLDS = {
    "idp": gettext("displaced households"),
    "returnee": gettext("returned households"),
    "refugee": gettext("refugee households"),
}
_OF_HOUSEHOLDS = {
    "idp": pgettext("after of", "displaced households"),
    "returnee": pgettext("after of", "returned households"),
    "refugee": pgettext("after of", "refugee households"),
}
_NO_ORIGINS = gettext("No source at hand says where {population} came from on {date}")
_FEW_ORIGINS = gettext("Too few to show where {population} came from on {date}")


@dataclass(frozen=True)
class Leaders:
    """The areas that hold most, and their part of the whole.

    Attributes
    ----------
    share
        Exactly 1 where they hold all of it.
    """

    names: tuple[str, ...]
    share: float


def leaders(figures: Sequence[tuple[str, float]], whole: float) -> Leaders | None:
    """Choose whom to name: the fewest of three that hold most, or three; never one of equals.

    Parameters
    ----------
    figures
        Names with their figures; those without one are left out before.
    whole
        What they are a part of; may be more than their sum.

    Returns
    -------
    Leaders or None
        ``None`` where nobody has anything, or so many are equal that none leads.
    """
    ordered = sorted((each for each in figures if each[1] > 0), key=lambda each: -each[1])
    sizes = [size for _, size in ordered]
    whole = max(whole, float(sum(sizes)))
    apart = [k for k in (1, 2, 3, 4) if _apart(sizes, k)]
    if not apart:
        return None
    most = [k for k in apart if k <= 3 and sum(sizes[:k]) >= _MOST * whole]
    k = most[0] if most else max((k for k in apart if k <= 3), default=apart[0])
    return Leaders(tuple(name for name, _ in ordered[:k]), sum(sizes[:k]) / whole)


def _apart(sizes: Sequence[float], k: int) -> bool:
    """Whether the first ``k`` are more than any other."""
    return k == len(sizes) or (k < len(sizes) and sizes[k - 1] > sizes[k])


# ---- a map or a table


def map_headline(view: View, t: int) -> str:
    """Say where people are on one date, or how it changed in change mode."""
    if view.state.mode == populations.CHANGE:
        return change_headline(view, t)
    whole = view.totals[t]
    if not whole > 0:
        return _nothing(view, t) if whole == 0 else view_headlines.headline(view, t)
    if view.state.area in view.counts.areas.pcodes:
        return _of_area(view, t)
    if view.state.prog:  # counts of their own are of no area that they work in
        own = wording.counted_by_programmes(view)
        return view_headlines.headline(view, t) if own else _of_programmes(view, t)
    if view.state.measure == populations.RATE:
        return _of_rate(view, t)
    return _of_places(view, _figures(view, t), float(whole), t)


def _nothing(view: View, t: int) -> str:
    return view.language.gettext(
        "Nobody: no {population} were counted on {date}",
        population=nouns(view),
        of_population=nouns_of(view),
        date=view.language.date(view.counts.dates[t], "long"),
    )


def nouns(view: View) -> str:
    """Who is counted, without a number: ``returnees``, or ``returned households``."""
    pop = view.state.pop
    said = (
        HOUSEHOLDS[pop]
        if _unit(view) == populations.HOUSEHOLDS
        else populations.POPULATIONS[pop].nouns
    )
    return view.language.gettext(said)


def nouns_of(view: View) -> str:
    """Who is counted, as it is said after “of”."""
    pop = view.state.pop
    households = _unit(view) == populations.HOUSEHOLDS
    said = _OF_HOUSEHOLDS[pop] if households else populations.POPULATIONS[pop].of_nouns
    return view.language.pgettext(*said)


def _unit(view: View) -> str:
    """What is counted: people, also where shares of them are shown."""
    return (
        populations.HOUSEHOLDS
        if view.state.measure == populations.HOUSEHOLDS
        else populations.PEOPLE
    )


def _sizes(view: View, t: int) -> Floats:
    """People, households or rates of each area; shares as the people they are shares of."""
    shares = view.state.measure == populations.SHARE
    sizes: Floats = view.counts.people[t] if shares else view.values[t]
    return sizes


def _figures(view: View, t: int) -> list[tuple[str, float]]:
    """Names of the areas with a figure, and people or households in each."""
    sizes = _sizes(view, t)
    named = area_names(view.snapshot, view.language)
    return [
        (named[pcode], float(size))
        for pcode, size, letter in zip(view.counts.areas.pcodes, sizes, view.status[t], strict=True)
        if letter in SHOWN
    ]


def _of_places(view: View, figures: list[tuple[str, float]], whole: float, t: int) -> str:
    speech = view.language
    if not any(size > 0 for _, size in figures):
        return view_headlines.headline(view, t)
    found = leaders(figures, whole)
    if found is None:
        largest = max(size for _, size in figures)
        return speech.ngettext(
            "{n} area has the highest number of {of_population}: {value}",
            "{n} areas share the highest number of {of_population}: {value} each",
            sum(size == largest for _, size in figures),
            population=nouns(view),
            of_population=nouns_of(view),
            value=speech.number(largest),
        )
    return _hosting(view, found, whole)


def _hosting(view: View, found: Leaders, whole: float) -> str:
    speech, named = view.language, list(found.names)
    if found.share == 1:
        return speech.gettext(
            "{counted}, counted in {names} alone",
            counted=wording.amount(view, whole),
            names=speech.names(named),
        )
    return speech.ngettext(
        *_HOST[view.state.pop, _unit(view)],
        len(named),
        names=speech.names(named),
        percent=speech.percent(found.share),
    )


def _of_area(view: View, t: int) -> str:
    """Say what the chosen area holds, or its status in words."""
    i = view.counts.areas.index(view.state.area)
    cell = area_labels(view, t)[i]
    plain = view.state.measure != populations.RATE and not view.state.prog
    size = float(_sizes(view, t)[i]) if plain and cell.shown else 0
    if not size > 0:
        return cell.sentence
    whole = float(view.totals[t])
    return _hosting(view, Leaders((cell.name,), size / whole), whole)


def _of_programmes(view: View, t: int) -> str:
    share = view.shares[t]
    if not share > 0:
        return view_headlines.headline(view, t)
    return wording.of_programmes(
        view, _WITHIN[view.state.pop], percent=view.language.percent(float(share))
    )


def _of_rate(view: View, t: int) -> str:
    speech, decimals = view.language, view.state.decimals
    rates = [(name, rounded(rate, decimals)) for name, rate in _figures(view, t)]
    highest = max((rate for _, rate in rates), default=0)
    first = [name for name, rate in rates if rate == highest]
    if not highest > 0 or len(first) > 4:
        return view_headlines.headline(view, t)
    return speech.ngettext(
        *_MOST_FOR_RESIDENTS,
        len(first),
        names=speech.names(first),
        population=nouns(view),
        of_population=nouns_of(view),
        rate=speech.number(highest, decimals),
    )


# ---- two dates


def change_headline(view: View, t: int) -> str:
    """Say how the total changed since the base of a view in change mode."""
    change = view.totals[t]
    base = view.base_index()
    told = np.isnan(change) or change == 0 or base >= t  # “since” is said of an earlier date
    if told or wording.counted_by_programmes(view):
        return view_headlines.headline(view, t)
    then, now = float(view.stocks[base]), float(view.stocks[t])
    if min(then, now) == 0 or now >= _AS_MANY_AGAIN * then:
        said = _from_to(view, base, t)
    else:
        said = _moved(view, t, now > then, abs(now - then) / then)
    return breaks.across_breaks(view, said, view.counts.dates[base], view.counts.dates[t])


def _from_to(view: View, base: int, t: int) -> str:
    """From none, to none, or to as many again and more."""
    speech = view.language
    then, now = float(view.stocks[base]), float(view.stocks[t])
    said = {
        "then": wording.amount(view, then),
        "now": wording.amount(view, now),
        "base": speech.date(view.counts.dates[base], "long"),
        "date": speech.date(view.counts.dates[t], "long"),
    }
    if view.state.prog:
        return wording.of_programmes(view, _FROM_TO_WITHIN, **said)
    return speech.gettext("{then} on {base}, {now} on {date}", **said)


def _moved(view: View, t: int, rose: bool, part: float) -> str:
    speech = view.language
    said = {
        "population": nouns(view),
        "of_population": nouns_of(view),
        "percent": speech.percent(part),
        "base": speech.date(view.state.base or view.counts.dates[0], "long"),
    }
    if view.state.prog:
        return wording.of_programmes(view, _MOVED_WITHIN[rose], **said)
    if area := _mover(view, t, rose):
        return speech.gettext(_MOVED_MOST[rose], area=area, **said)
    return speech.gettext(_MOVED[rose], **said)


def _mover(view: View, t: int, rose: bool) -> str:
    """The one area that moved most in a direction; empty where others may have moved as much."""
    unknown = np.isin(view.status[t], [NOT_COMPARABLE, SUPPRESSED]).any()
    if unknown or view.state.measure in (populations.RATE, populations.SHARE):
        return ""
    moved = np.nan_to_num(view.values[t] * (1 if rose else -1), nan=-np.inf)
    first = np.flatnonzero(moved == moved.max())
    if len(first) != 1 or not moved[first[0]] > 0:
        return ""
    return area_names(view.snapshot, view.language)[view.counts.areas.pcodes[int(first[0])]]


# ---- a trend


def trend_headline(view: View, stocks: Floats, t: int) -> str:
    """Say where the number stands against its highest, up to the date at position ``t``.

    Parameters
    ----------
    stocks
        ``(T,)`` of the country, or of the state's area where it has one; NaN where not counted or
        not shown.
    """
    areas = view.counts.areas
    if view.state.area not in areas.pcodes:
        return _against_highest(view, stocks, t) or view_headlines.headline(view, t)
    cell = area_labels(view, t)[areas.index(view.state.area)]
    said = _against_highest(view, stocks, t)
    if not said:
        return cell.sentence
    return view.language.gettext("{name}: {sentence}", name=cell.name, sentence=said)


def _against_highest(view: View, stocks: Floats, t: int) -> str:
    """Empty where there is no figure on the date, or none to compare it with."""
    past = stocks[: t + 1]
    now = past[t]
    if np.isnan(now) or np.isfinite(past).sum() < 2:
        return ""
    peak = float(np.nanmax(past))
    highest = int(np.nanargmax(past))
    if peak == np.nanmin(past):
        return _unchanged(view, int(np.flatnonzero(np.isfinite(past))[0]))
    if now == peak:
        return _highest(view, peak, highest, t)
    said, dates = _below(view, peak, highest, float(now)), view.counts.dates
    return breaks.across_breaks(view, said, dates[highest], dates[t])


def _unchanged(view: View, first: int) -> str:
    return view.language.gettext(
        "The number of {of_population} is the same on every date since {date}",
        population=nouns(view),
        of_population=nouns_of(view),
        date=view.language.date(view.counts.dates[first], "long"),
    )


def _highest(view: View, peak: float, highest: int, t: int) -> str:
    speech = view.language
    if highest == t:
        return speech.gettext(
            "{counted}: more than on any date before", counted=wording.amount(view, peak)
        )
    return speech.gettext(
        "{counted}: as many as on {date}, and never more",
        counted=wording.amount(view, peak),
        date=speech.date(view.counts.dates[highest], "long"),
    )


def _below(view: View, peak: float, highest: int, now: float) -> str:
    speech = view.language
    said = {
        "population": nouns(view),
        "peak": wording.amount(view, peak),
        "date": speech.date(view.counts.dates[highest], "long"),
    }
    if now == 0:
        return speech.gettext("No {population} any more, after {peak} on {date}", **said)
    return speech.gettext(
        "{percent} fewer {population} than at the peak of {date}",
        percent=speech.percent((peak - now) / peak),
        **said,
    )


# ---- flows and programmes


def flows_headline(view: View, t: int, found: Flows) -> str:
    """Say where the people came from, by the flows of the date."""
    speech = view.language
    by_origin: dict[str, float] = {}
    for flow in found.shown:
        by_origin[flow.origin_name] = by_origin.get(flow.origin_name, 0) + flow.number
    first = leaders(list(by_origin.items()), found.whole)
    counted = (view.state.pop, found.unit)
    if not by_origin or counted not in _FROM:
        date = speech.date(view.counts.dates[t], "long")
        none = _FEW_ORIGINS if found.few or found.incomplete else _NO_ORIGINS
        return speech.gettext(none, population=nouns(view), date=date)
    if first is None:
        return speech.ngettext(
            "{n} governorate of origin",
            "{n} governorates of origin, none ahead of the others",
            len(by_origin),
        )
    area = area_names(view.snapshot, speech)[governorate_of(view)] if view.state.area else ""
    return speech.gettext(
        (_FROM_INTO if area else _FROM)[counted],
        percent=speech.percent(first.share),
        names=speech.names(list(first.names)),
        area=area,
    )


def footprint_headline(view: View, t: int) -> str:
    """Say how many programmes work where most of the people are; of chosen ones, their part."""
    whole = view.totals[t]
    if view.state.prog or view.state.mode == populations.CHANGE or not whole > 0:
        return map_headline(view, t)
    speech = view.language
    found = (
        leaders(_figures(view, t), float(whole)) if view.state.measure != populations.RATE else None
    )
    if found is None:
        return map_headline(view, t)
    here = programmes_in(view, found.names)
    everywhere = programmes_in(view)
    return speech.ngettext(
        "{n} of {all} programmes works or worked in {names}, with {percent} of all {of_population}",
        "{n} of {all} programmes work or worked in {names}, with {percent} of all {of_population}",
        len(here),
        all=speech.number(len(everywhere)),
        names=speech.names(list(found.names)),
        percent=speech.percent(found.share),
        population=nouns(view),
        of_population=nouns_of(view),
    )


def programmes_in(view: View, only: Sequence[str] | None = None) -> frozenset[str]:
    """Programmes with implemented coverage in governorates of these names, or in any."""
    rows = view.snapshot.tables.coverage
    rows = rows[rows["status"] == programmes.IMPLEMENTED]
    if only is not None:
        named = area_names(view.snapshot, view.language)
        areas = view.counts.areas
        chosen = {
            parent or pcode
            for pcode, parent in zip(areas.pcodes, areas.parents, strict=True)
            if named[pcode] in only
        }
        rows = rows[rows["pcode"].isin(chosen)]
    return frozenset(rows["programme"])
