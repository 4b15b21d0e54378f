"""Headlines of slides: one whole sentence on what the figures show.

::

    figures ──▶ who leads, what changed, where the peak was ──▶ the sentence that fits ──▶ words

Each names only areas that have a figure; where a case has nothing to say beyond the total, the
headline is the view's own (:func:`geodata.text.view_headlines.headline`). The date is on the slide
beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geodata import populations
from geodata.figures.coverage import IMPLEMENTED, ON_DATE
from geodata.figures.flows import Flows, governorate_of
from geodata.figures.funders import funders
from geodata.figures.parts import ORIGIN_SIDE
from geodata.figures.statuses import NOT_COMPARABLE, SHOWN, SUPPRESSED
from geodata.figures.view import View, ViewAt
from geodata.i18n.messages import gettext, ngettext
from geodata.i18n.rounding import rounded
from geodata.places.area_names import area_names
from geodata.populations import POPULATIONS, UnitWords
from geodata.text import breaks, view_headlines, wording
from geodata.text.area_labels import area_labels
from geodata.text.part_words import of_part
from geodata.util.arrays import Floats

_MOST = 0.8  # so much of the whole needs no further name
_AS_MANY_AGAIN = 2  # from here on "from … to …" is understood better than a percentage


_MOST_FOR_RESIDENTS = ngettext(
    "{names} has the most {population} for its residents: {rate} per 1,000",
    "{names} have the most {population} for their residents: {rate} per 1,000 in each",
)
_FROM_TO_WITHIN = ngettext(
    "Where {programmes} works or worked: {then} on {base}, {now} on {date}",
    "Where {programmes} work or worked: {then} on {base}, {now} on {date}",
)
_ROSE, _FELL = True, False
_CHANGED = {
    _ROSE: gettext("The number of {of_population} has risen by {percent} since {base}"),
    _FELL: gettext("The number of {of_population} has fallen by {percent} since {base}"),
}
_CHANGED_MOST = {
    _ROSE: gettext(
        "The number of {of_population} has risen by {percent} since {base}, most of all in {area}"
    ),
    _FELL: gettext(
        "The number of {of_population} has fallen by {percent} since {base}, most of all in {area}"
    ),
}
_CHANGED_WITHIN = {
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
_NO_ORIGINS = gettext("No source at hand says where {population} came from on {date}")
_FEW_ORIGINS = gettext("Too few to show where {population} came from on {date}")


@dataclass(frozen=True)
class Leaders:
    """The areas with most of the people, and their share of the whole.

    Attributes
    ----------
    share
        Exactly 1 where all people are in them.
    """

    names: tuple[str, ...]
    share: float


def leaders(figures: Sequence[tuple[str, float]], whole: float) -> Leaders | None:
    """Choose up to three areas to name, the fewest with most of the people, never one of equals.

    Parameters
    ----------
    figures
        Names and figures of the areas that have a figure.
    whole
        Total that they are a part of; may be more than their sum.

    Returns
    -------
    Leaders or None
        ``None`` where every figure is zero, or so many are equal that none leads.
    """
    ordered = sorted((each for each in figures if each[1] > 0), key=lambda each: -each[1])
    sizes = [size for _, size in ordered]
    whole = max(whole, float(sum(sizes)))
    leading = [count for count in (1, 2, 3, 4) if _apart(sizes, count)]
    if not leading:
        return None
    most = [count for count in leading if count <= 3 and sum(sizes[:count]) >= _MOST * whole]
    count = most[0] if most else max((count for count in leading if count <= 3), default=leading[0])
    return Leaders(tuple(name for name, _ in ordered[:count]), sum(sizes[:count]) / whole)


def _apart(sizes: Sequence[float], count: int) -> bool:
    """Tell whether the first ``count`` are larger than any other."""
    return count == len(sizes) or (count < len(sizes) and sizes[count - 1] > sizes[count])


# ---- a map or a table


def map_headline(at: ViewAt) -> str:
    """Write where people are on a date, or how the total changed in change mode."""
    if at.state.mode == populations.CHANGE:
        return change_headline(at)
    if at.state.prog_when == ON_DATE:
        return view_headlines.headline(at)
    whole = at.total
    if not whole > 0:
        return _nothing(at) if whole == 0 else view_headlines.headline(at)
    if at.state.measure == populations.RETURN_RATE:
        return _of_return(at)
    if at.state.part:
        return view_headlines.headline(at)
    if at.state.area in at.counts.areas.pcodes:
        return _of_area(at)
    if at.state.programmes:  # counts of their own are of no area that they work in
        own = wording.counted_by_programmes(at.view)
        return view_headlines.headline(at) if own else _of_programmes(at)
    if at.state.measure == populations.RATE:
        return _of_rate(at)
    return _of_places(at, _figures(at), whole)


_RETURNED = gettext("Return to {area}: {n} in 10 of those who fled, {percent} on {date}")


def _of_return(at: ViewAt) -> str:
    """Say how many of those who fled the chosen governorate have returned, else the country's."""
    language, pcodes = at.language, at.counts.areas.pcodes
    i = pcodes.index(at.state.area) if at.state.area in pcodes else -1
    tenths = 0 if i < 0 or np.isnan(at.values[i]) else rounded(float(at.values[i]) / 10, 0)
    if not 1 <= tenths <= 9:
        return view_headlines.headline(at)
    return language.gettext(
        _RETURNED,
        n=language.number(tenths),
        area=area_names(at.snapshot, language)[at.state.area],
        percent=language.number(float(at.values[i]), 1, "%"),
        date=language.date(at.date, "long"),
    )


def _nothing(at: ViewAt) -> str:
    return at.language.gettext(
        "Nobody: no {population} were counted on {date}",
        population=nouns(at.view),
        of_population=nouns_of(at.view),
        date=at.language.date(at.date, "long"),
    )


def nouns(view: View) -> str:
    """Name who is counted: ``returnees``, or ``returned households (from Ninewa)``."""
    return of_part(view, view.language.gettext(_words(view).nouns))


def nouns_of(view: View) -> str:
    """Name who is counted, as after “of”."""
    return of_part(view, view.language.pgettext(*_words(view).of_nouns))


def _words(view: View) -> UnitWords:
    """Return the words of households, or of people, also where shares of them are shown."""
    return POPULATIONS[view.state.pop].unit(view.state.unit)


def _sizes(at: ViewAt) -> Floats:
    """Return the figure of each area; for shares, the people that they are shares of."""
    shares = at.state.measure == populations.SHARE
    sizes: Floats = at.counts.people[at.t] if shares else at.values
    return sizes


def _figures(at: ViewAt) -> list[tuple[str, float]]:
    """List the areas that have a figure, with it."""
    sizes = _sizes(at)
    named = area_names(at.snapshot, at.language)
    return [
        (named[pcode], float(size))
        for pcode, size, letter in zip(at.counts.areas.pcodes, sizes, at.status, strict=True)
        if letter in SHOWN
    ]


def _of_places(at: ViewAt, figures: list[tuple[str, float]], whole: float) -> str:
    view, language = at.view, at.language
    if not any(size > 0 for _, size in figures):
        return view_headlines.headline(at)
    first = leaders(figures, whole)
    if first is None:
        largest = max(size for _, size in figures)
        return language.ngettext(
            "{n} area has the highest number of {of_population}: {value}",
            "{n} areas share the highest number of {of_population}: {value} each",
            sum(size == largest for _, size in figures),
            population=nouns(view),
            of_population=nouns_of(view),
            value=language.number(largest),
        )
    return _hosting(view, first, whole)


def _hosting(view: View, hosts: Leaders, whole: float) -> str:
    language, names = view.language, list(hosts.names)
    if hosts.share == 1:
        return language.gettext(
            "{counted}, counted in {names} alone",
            counted=wording.amount(view, whole),
            names=language.join_names(names),
        )
    return language.ngettext(
        *_words(view).hosted,
        len(names),
        names=language.join_names(names),
        percent=language.percent(hosts.share),
    )


def _of_area(at: ViewAt) -> str:
    """Write the chosen area's share of the whole, or its label."""
    i = at.counts.areas.index(at.state.area)
    cell = area_labels(at)[i]
    plain = at.state.adds_up and not at.state.programmes
    size = float(_sizes(at)[i]) if plain and cell.shown else 0
    if not size > 0:
        return cell.sentence
    return _hosting(at.view, Leaders((cell.name,), size / at.total), at.total)


def _of_programmes(at: ViewAt) -> str:
    share = at.share
    if not share > 0:
        return view_headlines.headline(at)
    percent = at.language.percent(share)
    return wording.of_programmes(at.view, POPULATIONS[at.state.pop].within, percent=percent)


def _of_rate(at: ViewAt) -> str:
    language, decimals = at.language, at.state.decimals
    rates = [(name, rounded(rate, decimals)) for name, rate in _figures(at)]
    highest = max((rate for _, rate in rates), default=0)
    first = [name for name, rate in rates if rate == highest]
    if not highest > 0 or len(first) > 4:
        return view_headlines.headline(at)
    return language.ngettext(
        *_MOST_FOR_RESIDENTS,
        len(first),
        names=language.join_names(first),
        population=nouns(at.view),
        of_population=nouns_of(at.view),
        rate=language.number(highest, decimals),
    )


# ---- two dates


def change_headline(at: ViewAt) -> str:
    """Write how the total changed since the date compared with."""
    change, base = at.total, at.base
    plain = np.isnan(change) or change == 0 or base.t >= at.t  # “since” needs an earlier date
    plain = plain or at.state.measure == populations.RETURN_RATE  # is of nobody's number
    moving = at.state.prog_when == ON_DATE  # totals of other dates are of other areas
    if plain or moving or wording.counted_by_programmes(at.view):
        return view_headlines.headline(at)
    then, now = base.stock, at.stock
    if min(then, now) == 0 or now >= _AS_MANY_AGAIN * then:
        sentence = _from_to(base, at)
    else:
        sentence = _changed(at, now > then, abs(now - then) / then)
    return breaks.across_breaks(at.view, sentence, base.date, at.date)


def _from_to(base: ViewAt, at: ViewAt) -> str:
    """Write both totals, where a percentage would be hard to understand."""
    language = at.language
    values = {
        "then": wording.amount(at.view, base.stock),
        "now": wording.amount(at.view, at.stock),
        "base": language.date(base.date, "long"),
        "date": language.date(at.date, "long"),
    }
    if at.state.programmes:
        return wording.of_programmes(at.view, _FROM_TO_WITHIN, **values)
    return language.gettext("{then} on {base}, {now} on {date}", **values)


def _changed(at: ViewAt, rose: bool, part: float) -> str:
    language = at.language
    values = {
        "population": nouns(at.view),
        "of_population": nouns_of(at.view),
        "percent": language.percent(part),
        "base": language.date(at.state.base or at.counts.dates[0], "long"),
    }
    if at.state.programmes:
        return wording.of_programmes(at.view, _CHANGED_WITHIN[rose], **values)
    if area := _mover(at, rose):
        return language.gettext(_CHANGED_MOST[rose], area=area, **values)
    return language.gettext(_CHANGED[rose], **values)


def _mover(at: ViewAt, rose: bool) -> str:
    """Name the one area that changed most; empty where another may have changed as much."""
    if at.state.by == ORIGIN_SIDE:  # the change is not in the areas that figures stand at
        return ""
    unknown = np.isin(at.status, [NOT_COMPARABLE, SUPPRESSED]).any()
    if unknown or not at.state.adds_up or at.state.measure == populations.SHARE:
        return ""
    changes = np.nan_to_num(at.values * (1 if rose else -1), nan=-np.inf)
    first = np.flatnonzero(changes == changes.max())
    if len(first) != 1 or not changes[first[0]] > 0:
        return ""
    return area_names(at.snapshot, at.language)[at.counts.areas.pcodes[int(first[0])]]


# ---- a trend


def trend_headline(at: ViewAt, stocks: Floats) -> str:
    """Write how the number compares with its highest, up to the date.

    Parameters
    ----------
    stocks
        ``(T,)`` of the country, or of the state's area where it has one; NaN where not counted or
        not shown.
    """
    areas, sentence = at.counts.areas, _against_highest(at, stocks)
    if at.state.area not in areas.pcodes:
        return sentence or view_headlines.headline(at)
    cell = area_labels(at)[areas.index(at.state.area)]
    if not sentence:
        return cell.sentence
    return at.language.gettext("{name}: {sentence}", name=cell.name, sentence=sentence)


def _against_highest(at: ViewAt, stocks: Floats) -> str:
    """Compare the figure with the highest; empty without one, or without another date."""
    view, past = at.view, stocks[: at.t + 1]
    now = past[at.t]
    if np.isnan(now) or np.isfinite(past).sum() < 2:
        return ""
    peak = float(np.nanmax(past))
    highest = view.on(int(np.nanargmax(past)))
    if at.state.measure == populations.RETURN_RATE and (now, at.t) != (peak, highest.t):
        return ""  # “fewer” and “as many” are of a number
    if peak == np.nanmin(past):
        return _unchanged(view.on(int(np.flatnonzero(np.isfinite(past))[0])))
    if now == peak:
        return _highest(at, peak, highest)
    return breaks.across_breaks(view, _below(highest, peak, float(now)), highest.date, at.date)


def _unchanged(first: ViewAt) -> str:
    return first.language.gettext(
        "The number of {of_population} is the same on every date since {date}",
        population=nouns(first.view),
        of_population=nouns_of(first.view),
        date=first.language.date(first.date, "long"),
    )


def _highest(at: ViewAt, peak: float, highest: ViewAt) -> str:
    language, amount = at.language, wording.amount(at.view, peak)
    if highest.t == at.t:
        return language.gettext("{counted}: more than on any date before", counted=amount)
    return language.gettext(
        "{counted}: as many as on {date}, and never more",
        counted=amount,
        date=language.date(highest.date, "long"),
    )


def _below(highest: ViewAt, peak: float, now: float) -> str:
    language = highest.language
    values = {
        "population": nouns(highest.view),
        "peak": wording.amount(highest.view, peak),
        "date": language.date(highest.date, "long"),
    }
    if now == 0:
        return language.gettext("No {population} any more, after {peak} on {date}", **values)
    return language.gettext(
        "{percent} fewer {population} than at the peak of {date}",
        percent=language.percent((peak - now) / peak),
        **values,
    )


# ---- flows and programmes


def flows_headline(at: ViewAt, flows: Flows) -> str:
    """Write where the people came from, by the flows of the date."""
    language = at.language
    by_origin: dict[str, float] = {}
    for flow in flows.shown:
        by_origin[flow.origin_name] = by_origin.get(flow.origin_name, 0) + flow.number
    first = leaders(list(by_origin.items()), flows.whole)
    words = POPULATIONS[at.state.pop].unit(flows.unit)
    if not by_origin or not words.came_from:
        date = language.date(at.date, "long")
        none = _FEW_ORIGINS if flows.few or flows.incomplete else _NO_ORIGINS
        return language.gettext(none, population=nouns(at.view), date=date)
    if first is None:
        return language.ngettext(
            "{n} governorate of origin",
            "{n} governorates of origin, none ahead of the others",
            len(by_origin),
        )
    area = area_names(at.snapshot, language)[governorate_of(at.view)] if at.state.area else ""
    return language.gettext(
        words.came_into if area else words.came_from,
        percent=language.percent(first.share),
        names=language.join_names(list(first.names)),
        area=area,
    )


def footprint_headline(at: ViewAt) -> str:
    """Write how many programmes work where most people are, or the part of chosen ones."""
    whole = not (at.state.programmes or at.state.part or at.state.mode == populations.CHANGE)
    if not whole or not at.total > 0:
        return map_headline(at)
    language = at.language
    first = leaders(_figures(at), at.total) if at.state.adds_up else None
    if first is None:
        return map_headline(at)
    working = programmes_in(at.view, first.names)
    everywhere = programmes_in(at.view)
    return language.ngettext(
        "{n} of {all} programmes works or worked in {names}, with {percent} of all {of_population}",
        "{n} of {all} programmes work or worked in {names}, with {percent} of all {of_population}",
        len(working),
        all=language.number(len(everywhere)),
        names=language.join_names(list(first.names)),
        percent=language.percent(first.share),
        population=nouns(at.view),
        of_population=nouns_of(at.view),
    )


def funders_headline(at: ViewAt, number: int) -> str:
    """Write how many funders the texts at hand name, for the chosen programmes or for all."""
    snapshot, language = at.snapshot, at.language
    named = len({code for each in funders(snapshot) for code in each.programmes})
    if at.state.programmes:
        return language.ngettext(
            "Texts name {n} funder of {programmes}",
            "Texts name {n} funders of {programmes}",
            number,
            programmes=wording.programme_names(at.view),
        )
    return language.ngettext(
        "Texts name {n} funder, for {funded} of {all} programmes",
        "Texts name {n} funders, for {funded} of {all} programmes",
        number,
        funded=language.number(named),
        all=language.number(len(snapshot.tables.programmes)),
    )


def programmes_in(view: View, only: Sequence[str] | None = None) -> frozenset[str]:
    """Return the programmes with implemented coverage in these governorates, or in any."""
    rows = view.snapshot.tables.coverage
    rows = rows[rows["status"] == IMPLEMENTED]
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
