"""Fill each layout of a slide from views: map, compare, trend, flows, programmes, table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from geodata import populations
from geodata.briefing import headlines
from geodata.briefing.briefing import COMPARE, FLOWS, FOOTPRINT, FUNDERS, MAP, TABLE, TREND
from geodata.briefing.content import Body, ChartSeries, SlideFigure, SlideRow, SlideView
from geodata.briefing.funding import funded_programmes, funders_by_programmes
from geodata.figures import programmes
from geodata.figures.availability import populations_with_counts, sources_of
from geodata.figures.coverage import ANY_TIME
from geodata.figures.dates import default_base
from geodata.figures.flows import Flow, Flows, flows
from geodata.figures.parts import ORIGIN_SIDE
from geodata.figures.state import State, with_population
from geodata.figures.statuses import COUNTED, OUTSIDE, SHOWN, ZERO
from geodata.figures.view import View, ViewAt
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.i18n.rounding import rounded
from geodata.populations import LEVELS, POPULATIONS
from geodata.text import breaks, flow_labels, sentences
from geodata.text.area_labels import AreaLabel, area_labels
from geodata.text.key_figures import RETURNED
from geodata.text.part_words import of_part
from geodata.util.arrays import Floats

RANKED, TABLED, FLOWING = 8, 18, 12  # as many as can be read from the back of a room
_ORIGINS_IN = {
    populations.HOUSEHOLDS: gettext("Origins are counted in households."),
    populations.PEOPLE: gettext("Origins are counted in people."),
}
_WITH_ORIGIN = {
    populations.HOUSEHOLDS: gettext("households with a known origin"),
    populations.PEOPLE: gettext("people with a known origin"),
}
_AT_SOME_TIME = gettext(
    "Programmes: those that at least one source says work or worked in the governorate, at some "
    "time; not necessarily on this date."
)
_FUNDED = gettext(
    "Funders: those that a public text names. No text says whose money paid for what, or where."
)


# ---- figures


def _short(view: View, value: float) -> str:
    """Write a total as a key figure: millions short, rates with their decimal."""
    language = view.language
    if view.state.measure in populations.RATIOS:
        return language.number(value, 1, populations.total_sign(view.state.measure))
    return language.compact(value) if value >= 1_000_000 else language.number(value)


def _signed(view: View, value: float) -> str:
    decimals = int(view.state.measure in populations.RATIOS)
    return view.language.signed(value, decimals, populations.total_sign(view.state.measure))


def _total(at: ViewAt) -> SlideFigure | None:
    """Return the total on a date; none where it is not known."""
    language, value, label = at.language, at.stock, headlines.nouns(at.view)
    if np.isnan(value):
        return None
    if at.state.measure == populations.RATE:
        label = language.gettext("{population} per 1,000 residents", population=label)
    if at.state.measure == populations.RETURN_RATE:
        label = language.gettext(RETURNED)
    return SlideFigure(_short(at.view, value), label)


def _yearly(at: ViewAt) -> SlideFigure | None:
    """Return the change since a year before, where there was a count."""
    base = at.year_before
    if base is None or np.isnan(at.stock - base.stock):
        return None
    return _since(at, base, at.stock - base.stock)


def _since(at: ViewAt, base: ViewAt, by: float) -> SlideFigure:
    label = gettext("since {date}") if base.t < at.t else gettext("compared with {date}")
    label = at.language.gettext(label, date=at.language.date(base.date))
    label = breaks.across_breaks(at.view, label, base.date, at.date)
    return SlideFigure(_signed(at.view, by), label)


def _on(at: ViewAt) -> SlideFigure | None:
    """Return the total on one of two dates."""
    if np.isnan(at.stock):
        return None
    day = at.language.date(at.date)
    value = _short(at.view, at.stock)
    return SlideFigure(value, at.language.gettext("on {date}", date=day))


def _share(at: ViewAt) -> SlideFigure | None:
    """Return the share of the country that lives where the programmes work."""
    if np.isnan(at.share):
        return None
    label = at.language.gettext("of the country’s total")
    return SlideFigure(at.language.percent(at.share), label)


def _beside(slide_view: SlideView) -> SlideFigure | None:
    """Return the total of the other population of the same source, on the same date."""
    other = _other_population(slide_view)
    if other is None or other.state.time != slide_view.state.time:
        return None
    figure = _total(other)
    label = POPULATIONS[other.state.pop].beside
    return figure and SlideFigure(
        figure.value, slide_view.language.gettext(label) if label else figure.label
    )


def _other_population(slide_view: SlideView) -> ViewAt | None:
    """Compute the view of another population that the same source counts."""
    snapshot, state = slide_view.at.snapshot, slide_view.state
    plain = state.measure in (populations.PEOPLE, populations.HOUSEHOLDS)
    if state.programmes or state.part or not plain:
        return None
    sources = set(sources_of(snapshot, state.pop, state.programmes))
    others = [
        pop
        for pop in populations_with_counts(snapshot)
        if pop != state.pop and sources.intersection(sources_of(snapshot, pop))
    ]
    if not others:
        return None
    other = with_population(state, others[0], snapshot)
    return slide_view.of(other) if other.measure == state.measure else None


def _present(*figures: SlideFigure | None) -> tuple[SlideFigure, ...]:
    return tuple(figure for figure in figures if figure)


# ---- rows


def _number(at: ViewAt, position: int) -> float | None:
    """Return the figure of an area, rounded as it is shown; ``None`` where it has none."""
    if str(at.status[position]) not in SHOWN:
        return None
    decimals = at.state.decimals
    return rounded(float(at.values[position]), decimals)


def _row(label: AreaLabel, number: float | None, *more: str) -> SlideRow:
    return SlideRow(label.pcode, label.name, label.value, number, label.letter, more)


def _ranked(at: ViewAt, most: int, *, every: bool = False) -> list[int]:
    """Return positions of areas, the largest first (in change mode: the largest change).

    Areas with nothing come last, and only with ``every``.
    """
    numbers = [_number(at, i) for i in range(len(at.counts.areas.pcodes))]
    sizes = [-1.0 if number is None else abs(number) for number in numbers]
    outside = [str(letter) == OUTSIDE for letter in at.status]
    order = sorted(range(len(sizes)), key=lambda i: (-sizes[i], i))
    return [i for i in order if sizes[i] > 0 or (every and not outside[i])][:most]


def _unit_head(view: View) -> str:
    language = view.language
    return language.gettext(populations.MEASURE_LABELS[view.state.measure])


def _heads(view: View, *more: str) -> tuple[str, ...]:
    return (view.language.gettext(LEVELS[view.state.level].area), _unit_head(view), *more)


def _rows(at: ViewAt, most: int) -> tuple[SlideRow, ...]:
    labels = area_labels(at)
    return tuple(_row(labels[i], _number(at, i)) for i in _ranked(at, most))


def _heading(view: View) -> str:
    """Write the heading of the largest figures: of hosts, of origins, of rates or changes."""
    state = view.state
    heading = POPULATIONS[state.pop].largest[state.level]
    if state.mode == populations.CHANGE:
        heading = LEVELS[state.level].changes
    elif not state.adds_up:
        heading = gettext("Highest figures")
    elif state.by == ORIGIN_SIDE:
        heading = POPULATIONS[state.pop].origin_title
    return view.language.gettext(heading)


# ---- layouts


def _map(slide_view: SlideView, _: State) -> Body:
    """Lay out a map, key figures and a ranking; in change mode the largest changes."""
    at = slide_view.at
    if slide_view.state.mode == populations.CHANGE:
        figures = _change_figures(at)
    else:
        third = _share(at) if slide_view.state.programmes else _beside(slide_view)
        figures = _present(_total(at), _yearly(at), third)
    return Body(
        headlines.map_headline(at),
        figures,
        _heading(at.view),
        _heads(at.view),
        _rows(at, RANKED),
    )


def _change_figures(at: ViewAt) -> tuple[SlideFigure, ...]:
    since = None if np.isnan(at.total) else _since(at, at.base, at.total)
    return _present(since, _total(at))


def _compare(slide_view: SlideView, state: State) -> Body:
    """Lay out two dates on one scale, and the change of each area."""
    at, language = _at_any_time(slide_view), slide_view.language
    base = state.base or default_base(at.counts.dates[: at.t + 1])
    before = at.view.at(replace(at.state, time=base)).on_its_date()
    change = slide_view.of(replace(at.state, mode=populations.CHANGE, base=base))
    now, then, changes = (area_labels(each) for each in (at, before, change))
    rows = tuple(
        _row(changes[i], _number(change, i), then[i].value, now[i].value)
        for i in _ranked(change, RANKED)
    )
    since = None if np.isnan(change.total) else _since(at, before, change.total)
    return Body(
        headlines.change_headline(change),
        _present(_on(before), _on(at), since),
        language.gettext(LEVELS[state.level].changes),
        (
            language.gettext(LEVELS[state.level].area),
            language.gettext("Change"),
            language.date(base),
            language.date(at.date),
        ),
        rows,
        other=before,
        change=change,
    )


def _at_any_time(slide_view: SlideView) -> ViewAt:
    """Return the view of wherever programmes worked at any time: dates are compared in it."""
    if slide_view.state.prog_when == ANY_TIME:
        return slide_view.at
    return slide_view.of(replace(slide_view.at.state, prog_when=ANY_TIME))


def _stocks(view: View) -> Floats:
    """Return the totals of every date, or the figures of the chosen area."""
    areas = view.counts.areas
    if view.state.area in areas.pcodes:
        figures: Floats = view.values[:, areas.index(view.state.area)]
        return figures
    return view.stocks


def _line(view: View, until: dt.date) -> ChartSeries:
    decimals = view.state.decimals
    points = [
        (
            day.isoformat(),
            None if np.isnan(value) else rounded(float(value), decimals),
            bool(printed),
        )
        for day, value, printed in zip(
            view.counts.dates, _stocks(view), view.counts.national_only, strict=True
        )
        if day <= until
    ]
    label = POPULATIONS[view.state.pop].label
    if view.state.measure == populations.RETURN_RATE:
        label = populations.MEASURE_LABELS[view.state.measure]
    return ChartSeries(
        of_part(view, view.language.gettext(label)),
        view.state.pop,
        *map(tuple, zip(*points, strict=True)),
        measure=view.state.measure,
    )


def _trend(slide_view: SlideView, _: State) -> Body:
    """Lay out every count up to the date, beside another population of the same source."""
    at, language = _at_any_time(slide_view), slide_view.language
    stocks = _stocks(at.view)
    other = _other_population(slide_view)
    lines = [_line(each.view, at.date) for each in (at, other) if each is not None]
    area = slide_view.state.area in at.counts.areas.pcodes
    figures = () if area else _present(_total(at), _yearly(at), _beside(slide_view))
    return Body(
        headlines.trend_headline(at, stocks),
        figures,
        language.gettext("Last count of each year"),
        (language.gettext("Date"), _unit_head(at.view)),
        _yearly_rows(at, stocks),
        series=tuple(line for line in lines if any(n is not None for n in line.numbers)),
    )


def _yearly_rows(at: ViewAt, stocks: Floats) -> tuple[SlideRow, ...]:
    """List the last count of each year up to the date."""
    language, decimals, dates = at.language, at.state.decimals, at.counts.dates[: at.t + 1]
    last = {day.year: i for i, day in enumerate(dates) if stocks[i] == stocks[i]}
    return tuple(
        SlideRow(
            "",
            language.date(dates[i]),
            language.number(float(stocks[i]), decimals, populations.sign(at.state.measure)),
            rounded(float(stocks[i]), decimals),
            COUNTED if stocks[i] else ZERO,
        )
        for i in last.values()
    )


def _flows(slide_view: SlideView, _: State) -> Body:
    """Lay out from which governorates people came to which, in households or people."""
    at, language = slide_view.at, slide_view.language
    origins = flows(at)
    largest = origins.shown[:FLOWING]
    unit = language.gettext(populations.MEASURE_LABELS[origins.unit])
    return Body(
        headlines.flows_headline(at, origins),
        _flow_figures(origins, language),
        language.gettext("Largest flows"),
        (language.gettext("From and to"), unit),
        tuple(_flow_row(flow, at.view) for flow in largest),
        flows=largest,
        notes=tuple(_flow_notes(origins, len(largest), language)),
    )


def _flow_notes(origins: Flows, number: int, language: Language) -> Iterator[str]:
    """Yield the unit of flows, and which of them are not among the ``number`` drawn."""
    if origins.shown:
        yield language.gettext(_ORIGINS_IN[origins.unit])
    if origins.incomplete:
        yield language.gettext(flow_labels.INCOMPLETE)
    if origins.few:
        yield language.ngettext(*flow_labels.FEW, origins.few)
    if len(origins.shown) > number:
        yield language.gettext(
            "The largest {n} of {all} flows are drawn; percentages are of all of them.",
            n=language.number(number),
            all=language.number(len(origins.shown) + origins.few),
        )


def _flow_figures(origins: Flows, language: Language) -> tuple[SlideFigure, ...]:
    """Return the number in all flows, and the share of the shown ones within and between areas.

    Each part is summed on its own: what one lacks to the whole may lie in flows of too few to show.
    """
    if not origins.shown:
        return ()
    within = sum(flow.number for flow in origins.shown if flow.origin == flow.destination)
    between = sum(flow.number for flow in origins.shown if flow.origin != flow.destination)
    return (
        SlideFigure(language.number(origins.whole), language.gettext(_WITH_ORIGIN[origins.unit])),
        SlideFigure(
            language.percent(within / origins.whole), language.gettext("within one governorate")
        ),
        SlideFigure(
            language.percent(between / origins.whole), language.gettext("from one to another")
        ),
    )


def _flow_row(flow: Flow, view: View) -> SlideRow:
    language = view.language
    if flow.origin == flow.destination:
        name = language.gettext("within {name}", name=flow.origin_name)
    else:
        name = language.gettext(
            POPULATIONS[view.state.pop].flow,
            origin=flow.origin_name,
            destination=flow.destination_name,
        )
    return SlideRow(flow.destination, name, flow.value, flow.number, COUNTED)


def _footprint(slide_view: SlideView, _: State) -> Body:
    """Lay out where programmes work or worked, and where the people are."""
    at, language, state = slide_view.at, slide_view.language, slide_view.state
    codes = state.programmes or tuple(sorted(headlines.programmes_in(at.view)))
    covered = [programmes.governorates(at.snapshot, [code]) for code in codes]
    labels = area_labels(at)
    rows = tuple(
        _row(
            labels[i],
            _number(at, i),
            language.number(sum(labels[i].pcode in pcodes for pcodes in covered)),
        )
        for i in _ranked(at, RANKED)
    )
    number = SlideFigure(
        language.number(len(codes)), language.ngettext("programme", "programmes", len(codes))
    )
    return Body(
        headlines.footprint_headline(at),
        _present(_total(at), _share(at) or number, _covered(covered, language)),
        _heading(at.view),
        _heads(at.view, language.gettext("Programmes")),
        rows,
        notes=(language.gettext(_AT_SOME_TIME),),
        credits=_programme_credits(at),
    )


def _programme_credits(at: ViewAt) -> tuple[str, ...]:
    listed = sentences.listed_sources(at.snapshot, at.language)
    return tuple(source["credit"] for source in listed if source["role"] == "programmes")


def _funders(slide_view: SlideView, _: State) -> Body:
    """Lay out the programmes that the chosen funders pay for, or else who pays for how many."""
    at, language, state = slide_view.at, slide_view.language, slide_view.state
    chosen = bool(state.funder)
    entries = funded_programmes(at) if chosen else funders_by_programmes(at)
    number = SlideFigure(
        language.number(len(entries)),
        language.ngettext("programme", "programmes", len(entries))
        if chosen
        else language.ngettext("funder", "funders", len(entries)),
    )
    heading = language.gettext("Funders and programmes")
    heads = (language.gettext("Funder"), language.gettext("Programmes"))
    if chosen:
        heading = language.gettext("Programmes and governorates")
        heads = (language.gettext("Programme"), language.gettext("Governorates"))
    return Body(
        headlines.map_headline(at) if chosen else headlines.funders_headline(at, len(entries)),
        _present(_total(at), _share(at), number),
        heading,
        heads,
        tuple(
            SlideRow("", name, language.number(n), n, COUNTED)
            for name, n in sorted(entries, key=lambda entry: -entry[1])[:RANKED]
        ),
        notes=tuple(map(language.gettext, (_AT_SOME_TIME, _FUNDED))),
        credits=_programme_credits(at),
    )


def _covered(covered: Sequence[Iterable[str]], language: Language) -> SlideFigure:
    """Return the number of governorates where any of the programmes works or worked."""
    number = len(set().union(*covered))
    label = language.ngettext(
        "governorate where at least one works or worked",
        "governorates where at least one works or worked",
        number,
    )
    return SlideFigure(language.number(number), label)


def _table(slide_view: SlideView, state: State) -> Body:
    """Lay out governorates, or the largest districts: figure, share, and change.

    The change is since the base of ``state``, or else since a year before.
    """
    at, language = slide_view.at, slide_view.language
    base, changes = at.year_before, None
    if state.base:
        base = at.view.on(at.counts.dates.index(state.base))
    if base is not None:
        change = slide_view.of(replace(at.state, mode=populations.CHANGE, base=base.date))
        changes = area_labels(change)
    labels = area_labels(at)
    shares = at.state.measure in (populations.PEOPLE, populations.HOUSEHOLDS)
    whole = at.total
    rows = []
    for i in _ranked(at, TABLED, every=True):
        number = _number(at, i)
        part = language.percent(number / whole) if number is not None and whole > 0 else ""
        more = [part] if shares else []
        rows.append(_row(labels[i], number, *more, *([changes[i].value] if changes else [])))
    heads = [language.gettext("Share of total")] if shares else []
    if changes and base is not None:
        heads.append(language.gettext("Change from {date}", date=language.date(base.date)))
    return Body(
        headlines.map_headline(at),
        _present(_total(at), _yearly(at), _share(at)),
        _table_heading(at.view, len(rows)),
        _heads(at.view, *heads),
        tuple(rows),
    )


def _table_heading(view: View, number: int) -> str:
    language, every = view.language, len(view.counts.areas.pcodes)
    level = language.gettext(LEVELS[view.state.level].label)
    if number == every:
        return level
    return language.gettext(
        "{level}: {n} of {all}", level=level, n=language.number(number), all=language.number(every)
    )


BODIES: dict[str, Callable[[SlideView, State], Body]] = {
    MAP: _map,
    COMPARE: _compare,
    TREND: _trend,
    FLOWS: _flows,
    FOOTPRINT: _footprint,
    FUNDERS: _funders,
    TABLE: _table,
}
