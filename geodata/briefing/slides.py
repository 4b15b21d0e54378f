"""What one slide of a briefing says, ready for any painter: page, PowerPoint, PDF.

::

    Slide (view, layout) ──▶ state ──▶ View ──▶ headline, figures, rows, series, flows ──▶ Content

Every figure is read from the view; painters only paint. What was not counted stays ``None`` and
says its status in words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata import populations
from geodata.briefing import headlines
from geodata.figures import programmes
from geodata.figures.counts import Floats, populations_with_counts, sources_of
from geodata.figures.flows import Flow, Flows, flows
from geodata.figures.state import State, default_base, of_population, query
from geodata.figures.view import View, year_before
from geodata.i18n.language import Language, gettext
from geodata.links.embed_html import frozen
from geodata.snapshots.snapshot import Snapshot
from geodata.text import sentences
from geodata.text.area_labels import SHOWN, Cell, cells
from geodata.util.rounding import rounded

if TYPE_CHECKING:
    from geodata.briefing.briefing import Briefing, Slide

MAP, COMPARE, TREND, FLOWS, FOOTPRINT, TABLE = (
    *("map", "compare", "trend", "flows", "footprint", "table"),
)
LAYOUTS = (MAP, COMPARE, TREND, FLOWS, FOOTPRINT, TABLE)
LAYOUT_LABELS = {
    MAP: gettext("Map, key figures and ranking"),
    COMPARE: gettext("Two dates"),
    TREND: gettext("Trend"),
    FLOWS: gettext("Origins and destinations"),
    FOOTPRINT: gettext("Programmes"),
    TABLE: gettext("Table"),
}
RANKED, TABLED, FLOWING = 8, 18, 12  # as many as can be read from the back of a room

_TOPICS = {
    "idp": gettext("Internal displacement"),
    "returnee": gettext("Returns"),
    "refugee": gettext("Syrian refugees"),
}
_LARGEST = {
    ("idp", 1): gettext("Governorates that host most"),
    ("idp", 2): gettext("Districts that host most"),
    ("returnee", 1): gettext("Largest governorates of return"),
    ("returnee", 2): gettext("Largest districts of return"),
    ("refugee", 1): gettext("Governorates that host most"),
    ("refugee", 2): gettext("Districts that host most"),
}
_CHANGED = {
    1: gettext("Largest changes by governorate"),
    2: gettext("Largest changes by district"),
}
_AREA = {1: gettext("Governorate"), 2: gettext("District")}
_ORIGINS_IN = {
    populations.HOUSEHOLDS: gettext("Origins are counted in households."),
    populations.PEOPLE: gettext("Origins are counted in people."),
}
_KNOWN_ORIGIN = {
    populations.HOUSEHOLDS: gettext("households with a known origin"),
    populations.PEOPLE: gettext("people with a known origin"),
}
_BESIDE = {"idp": gettext("still displaced"), "returnee": gettext("have returned")}

Compute = Callable[[Snapshot, State], View]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Figure:
    """A key figure: ``4.85M``, ``returnees``."""

    value: str
    label: str


@dataclass(frozen=True)
class Row:
    """A row of the ranking or table.

    Attributes
    ----------
    value
        As shown; the status in words where there is no figure.
    number
        For bars and charts; ``None`` where there is no figure.
    status
        A letter of :mod:`geodata.figures.view`.
    more
        Further columns, aligned with ``Content.columns[2:]``.
    """

    pcode: str
    name: str
    value: str
    number: float | None
    status: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """One line of a trend; ``None`` where not counted or not shown. Dates are ISO.

    Attributes
    ----------
    printed
        Whether the number of a date is a total that a report prints, and no sum of areas: a point
        of its own, which no line joins.
    """

    label: str
    population: str
    dates: tuple[str, ...]
    numbers: tuple[float | None, ...]
    printed: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Content:
    """Everything that a slide says.

    Attributes
    ----------
    view
        At its date, which is never ``None``. For ``COMPARE`` the numbers of that date.
    other
        ``COMPARE``: the same numbers at the other, earlier date, on the same scale.
    change
        ``COMPARE``: the change between the two, as a view of its own.
    kicker
        Topic and date.
    headline
        The presenter's own, or computed.
    heading
        Above the rows.
    columns
        Heads of name, value and ``Row.more``.
    notes
        Breaks in the figures, method and limits.
    newest
        Of when the newest figure is.
    query
        Of the map page, with date and snapshot.
    alt
        The map or chart in words.
    """

    slide: Slide
    view: View
    other: View | None
    kicker: str
    headline: str
    date: str
    figures: tuple[Figure, ...]
    heading: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    series: tuple[Series, ...]
    flows: tuple[Flow, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    newest: str
    disclaimer: str
    query: str
    alt: str
    change: View | None = None

    @property
    def t(self) -> int:
        """Position of the slide's date."""
        return self.view.date_index()


@dataclass(frozen=True)
class _Body:
    """What differs between layouts."""

    headline: str
    figures: tuple[Figure, ...]
    heading: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    series: tuple[Series, ...] = ()
    flows: tuple[Flow, ...] = ()
    other: View | None = None
    change: View | None = None
    notes: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Asked:
    """A slide's view on its date, and how to get further ones."""

    view: View
    compute: Compute

    @property
    def t(self) -> int:
        return self.view.date_index()

    @property
    def state(self) -> State:
        return self.view.state

    @property
    def speech(self) -> Language:
        return self.view.language

    def of(self, state: State) -> View:
        """Another view of the same snapshot, on the date of ``state``."""
        return _at(self.view.snapshot, state, self.compute)


def _at(snapshot: Snapshot, state: State, compute: Compute) -> View:
    view = compute(snapshot, state.view_key).at(state)
    return view.at(replace(state, time=view.counts.dates[view.date_index()]))


def content(slide: Slide, snapshot: Snapshot, speech: Language, compute: Compute) -> Content:
    """Say all that a slide says, in a language.

    Parameters
    ----------
    compute
        Answers a state without date and area, as :func:`geodata.figures.view.compute`; may keep
        answers.

    Raises
    ------
    StateError
        If the snapshot does not hold the slide's view.
    """
    from geodata.briefing.briefing import state_of

    state = state_of(slide, snapshot, speech)
    if slide.layout in (FLOWS, FOOTPRINT):
        state = _of_governorates(state, snapshot)
    if slide.layout == TREND and state.measure == populations.SHARE:
        state = replace(
            state, measure=populations.PEOPLE
        )  # a share of a total has no trend of its own
    whole = replace(state, mode=populations.LEVEL, base=None) if slide.layout != MAP else state
    asked = _Asked(_at(snapshot, whole, compute), compute)
    body = _BODIES[slide.layout](asked, state)
    view = asked.view
    shown = body.change or view
    date = speech.date(view.counts.dates[asked.t], "long")
    said = slide.headline or body.headline
    credits = [source["credit"] for source in sentences.sources(view)]
    return Content(
        slide=slide,
        view=view,
        other=body.other,
        change=body.change,
        kicker=_kicker(shown, date),
        headline=said,
        date=date,
        figures=body.figures,
        heading=body.heading,
        columns=body.columns,
        rows=body.rows,
        series=body.series,
        flows=body.flows,
        sources=tuple(dict.fromkeys([*credits, *body.credits])),
        notes=_notes(shown, body, asked.t, slide.layout),
        newest=sentences.newest(view),
        disclaimer=sentences.disclaimer(view),
        query=query(frozen(shown.state, snapshot), snapshot),
        alt=_alt(shown, body, asked.t),
    )


def contents(
    briefing: Briefing, snapshot: Snapshot, compute: Compute, progress: Progress | None = None
) -> list[Content]:
    """Every slide of a briefing in its language; ``progress`` hears of each as it is done."""
    found = []
    for slide in briefing.slides:
        found.append(content(slide, snapshot, briefing.language, compute))
        if progress:
            progress(len(found), len(briefing.slides))
    return found


def title_of(briefing: Briefing, contents: Sequence[Content]) -> str:
    """The briefing's own title, or the name of the map."""
    if briefing.title or not contents:
        return briefing.title
    return sentences.product(contents[0].view.snapshot, briefing.language)


def _of_governorates(state: State, snapshot: Snapshot) -> State:
    """The state nearest to ``state`` at the level at which origins and programmes are known."""
    return of_population(replace(state, level=1), state.pop, snapshot)


def _notes(view: View, body: _Body, t: int, layout: str) -> tuple[str, ...]:
    """What is missing on the date, what the layout adds, method and limits."""
    missing = "" if layout == TREND else sentences.missing_on(view, t)
    said = [*sentences.breaks_on(view, t), missing, *body.notes, *sentences.notes(view)]
    return tuple(dict.fromkeys(filter(None, said)))


def _kicker(view: View, date: str) -> str:
    """``Returns · 28 February 2021``, with the date compared with in change mode."""
    speech = view.language
    topic = speech.gettext(_TOPICS[view.state.pop])
    if view.state.base is None:
        return speech.gettext("{topic} · {date}", topic=topic, date=date)
    base = speech.date(view.state.base, "long")
    if view.counts.dates[view.date_index()] < view.state.base:
        return speech.gettext(
            "{topic} · {date} compared with {base}", topic=topic, base=base, date=date
        )
    return speech.gettext("{topic} · {base} to {date}", topic=topic, base=base, date=date)


def _alt(view: View, body: _Body, t: int) -> str:
    """The slide's picture in words: what it shows, the total, the rows, what is missing."""
    speech = view.language
    rows = [speech.gettext("{name}: {value}", name=row.name, value=row.value) for row in body.rows]
    parts = [
        sentences.title_in_country(view),
        sentences.headline(view, t),
        speech.semicolon.join(rows),
    ]
    closed = [f"{part.rstrip('.')}." for part in parts if part]
    return " ".join([*closed, sentences.missing_on(view, t)]).strip()


# ---- figures


def _short(view: View, value: float) -> str:
    """A total as a key figure: millions short, rates with their decimal."""
    speech = view.language
    if view.state.measure == populations.RATE:
        return speech.number(value, 1)
    return speech.compact(value) if value >= 1_000_000 else speech.number(value)


def _signed(view: View, value: float) -> str:
    return view.language.signed(value, 1 if view.state.measure == populations.RATE else 0)


def _total(view: View, t: int) -> Figure | None:
    """The total on a date with its noun; none where nothing is known."""
    speech, value = view.language, view.stocks[t]
    if np.isnan(value):
        return None
    if view.state.measure == populations.RATE:
        label = speech.gettext("{population} per 1,000 residents", population=headlines.nouns(view))
        return Figure(_short(view, float(value)), label)
    return Figure(_short(view, float(value)), headlines.nouns(view))


def _yearly(view: View, t: int) -> Figure | None:
    """Change since a year before, where there was a count."""
    base = year_before(view.counts.dates, t)
    if base is None or np.isnan(view.stocks[t] - view.stocks[base]):
        return None
    return _since(view, t, base)


def _since(view: View, t: int, base: int) -> Figure:
    speech, day = view.language, view.language.date(view.counts.dates[base])
    label = gettext("since {date}") if base < t else gettext("compared with {date}")
    change = float(view.stocks[t] - view.stocks[base])
    dates = view.counts.dates
    said = sentences.across_breaks(view, speech.gettext(label, date=day), dates[base], dates[t])
    return Figure(_signed(view, change), said)


def _on(view: View, t: int) -> Figure | None:
    """The total on one of two dates."""
    if np.isnan(view.stocks[t]):
        return None
    day = view.language.date(view.counts.dates[t])
    value = _short(view, float(view.stocks[t]))
    return Figure(value, view.language.gettext("on {date}", date=day))


def _share(view: View, t: int) -> Figure | None:
    """Part of the country that lives in the programmes' area."""
    share = view.shares[t]
    if np.isnan(share):
        return None
    speech = view.language
    return Figure(
        speech.percent(float(share)),
        speech.gettext("of the country’s total"),
    )


def _beside(asked: _Asked) -> Figure | None:
    """The other population of the same source on the same date: different people."""
    view = _other_population(asked)
    if view is None or view.state.time != asked.state.time:
        return None
    found = _total(view, view.date_index())
    label = _BESIDE.get(view.state.pop)
    return found and Figure(found.value, asked.speech.gettext(label) if label else found.label)


def _other_population(asked: _Asked) -> View | None:
    """The view of the population that the same source counts, with the same choices."""
    snapshot, state = asked.view.snapshot, asked.state
    if state.prog or state.measure not in (populations.PEOPLE, populations.HOUSEHOLDS):
        return None
    counted_by = set(sources_of(snapshot, state.pop, state.prog))
    others = [
        pop
        for pop in populations_with_counts(snapshot)
        if pop != state.pop and counted_by.intersection(sources_of(snapshot, pop))
    ]
    if not others:
        return None
    other = of_population(state, others[0], snapshot)
    return asked.of(other) if other.measure == state.measure else None


def _known(*found: Figure | None) -> tuple[Figure, ...]:
    return tuple(figure for figure in found if figure)


# ---- rows


def _number(view: View, t: int, i: int) -> float | None:
    """The figure that a cell shows, rounded as it is shown; ``None`` where it has none."""
    if str(view.status[t, i]) not in SHOWN:
        return None
    decimals = view.state.decimals
    return rounded(float(view.values[t, i]), decimals)


def _row(cell: Cell, number: float | None, *more: str) -> Row:
    return Row(cell.pcode, cell.name, cell.value, number, cell.letter, more)


def _ranked(view: View, t: int, most: int, *, every: bool = False) -> list[int]:
    """Positions of areas, largest first (in change mode: the largest change).

    Those with nothing come last, and only where ``every`` one is asked for.
    """
    numbers = [_number(view, t, i) for i in range(len(view.counts.areas.pcodes))]
    sizes = [-1.0 if number is None else abs(number) for number in numbers]
    outside = [str(letter) == "o" for letter in view.status[t]]
    order = sorted(range(len(sizes)), key=lambda i: (-sizes[i], i))
    return [i for i in order if sizes[i] > 0 or (every and not outside[i])][:most]


def _unit_head(view: View) -> str:
    speech = view.language
    return speech.gettext(populations.MEASURE_LABELS[view.state.measure])


def _heads(view: View, *more: str) -> tuple[str, ...]:
    return (view.language.gettext(_AREA[view.state.level]), _unit_head(view), *more)


def _rows(view: View, t: int, most: int) -> tuple[Row, ...]:
    said = cells(view, t)
    return tuple(_row(said[i], _number(view, t, i)) for i in _ranked(view, t, most))


# ---- layouts


def _map(asked: _Asked, _: State) -> _Body:
    """Map, key figures, ranking; in change mode the largest changes."""
    view, t, speech = asked.view, asked.t, asked.speech
    if asked.state.mode == populations.CHANGE:
        figures, heading = _change_figures(view, t), _CHANGED[asked.state.level]
    else:
        third = _share(view, t) if asked.state.prog else _beside(asked)
        figures = _known(_total(view, t), _yearly(view, t), third)
        heading = _LARGEST[asked.state.pop, asked.state.level]
    return _Body(
        headlines.of_map(view, t),
        figures,
        speech.gettext(heading),
        _heads(view),
        _rows(view, t, RANKED),
    )


def _change_figures(view: View, t: int) -> tuple[Figure, ...]:
    base = view.base_index()
    if np.isnan(view.totals[t]):
        return _known(_total(view, t))
    return _known(_since(view, t, base), _total(view, t))


def _compare(asked: _Asked, state: State) -> _Body:
    """Two dates on one scale, and the change of each area."""
    view, t, speech = asked.view, asked.t, asked.speech
    base = state.base or default_base(view.counts.dates[: t + 1])
    before = view.at(replace(view.state, time=base))
    change = asked.of(replace(view.state, mode=populations.CHANGE, base=base))
    now, then, moved = cells(view, t), cells(view, before.date_index()), cells(change, t)
    rows = tuple(
        _row(moved[i], _number(change, t, i), then[i].value, now[i].value)
        for i in _ranked(change, t, RANKED)
    )
    return _Body(
        headlines.of_change(change, t),
        _known(
            _on(view, before.date_index()),
            _on(view, t),
            None if np.isnan(change.totals[t]) else _since(view, t, before.date_index()),
        ),
        speech.gettext(_CHANGED[state.level]),
        (
            speech.gettext(_AREA[state.level]),
            speech.gettext("Change"),
            speech.date(base),
            speech.date(view.counts.dates[t]),
        ),
        rows,
        other=before,
        change=change,
    )


def _stocks(view: View) -> Floats:
    """Totals of every date, or the figures of the chosen area."""
    areas = view.counts.areas
    if view.state.area in areas.pcodes:
        figures: Floats = view.values[:, areas.index(view.state.area)]
        return figures
    return view.stocks


def _line(view: View, until: dt.date) -> Series:
    decimals = view.state.decimals
    found = [
        (day.isoformat(), None if np.isnan(value) else rounded(float(value), decimals), bool(alone))
        for day, value, alone in zip(
            view.counts.dates, _stocks(view), view.counts.national_only, strict=True
        )
        if day <= until
    ]
    return Series(
        view.language.gettext(populations.POPULATIONS[view.state.pop].label),
        view.state.pop,
        *map(tuple, zip(*found, strict=True)),
    )


def _trend(asked: _Asked, _: State) -> _Body:
    """Every count up to the date, beside the other population of the same source."""
    view, t, speech = asked.view, asked.t, asked.speech
    until, stocks = view.counts.dates[t], _stocks(view)
    other = _other_population(asked)
    lines = [_line(each, until) for each in (view, other) if each is not None]
    area = asked.state.area in view.counts.areas.pcodes
    figures = () if area else _known(_total(view, t), _yearly(view, t), _beside(asked))
    return _Body(
        headlines.of_trend(view, stocks, t),
        figures,
        speech.gettext("Last count of each year"),
        (speech.gettext("Date"), _unit_head(view)),
        _yearly_rows(view, stocks, t),
        series=tuple(line for line in lines if any(n is not None for n in line.numbers)),
    )


def _yearly_rows(view: View, stocks: Floats, t: int) -> tuple[Row, ...]:
    """The last count of each year up to the date."""
    speech = view.language
    decimals = view.state.decimals
    last = {
        day.year: i for i, day in enumerate(view.counts.dates[: t + 1]) if stocks[i] == stocks[i]
    }
    return tuple(
        Row(
            "",
            speech.date(view.counts.dates[i]),
            speech.number(float(stocks[i]), decimals),
            rounded(float(stocks[i]), decimals),
            "c" if stocks[i] else "z",
        )
        for i in last.values()
    )


def _flows(asked: _Asked, _: State) -> _Body:
    """From which governorates people came to which, in households or people."""
    view, t, speech = asked.view, asked.t, asked.speech
    found = flows(view, t)
    largest = found.shown[:FLOWING]
    notes = [speech.gettext(_ORIGINS_IN[found.unit])] if found.shown else []
    if found.incomplete:
        notes.append(
            speech.gettext("Governorates whose total is too small to show have no flows here.")
        )
    if found.few:
        notes.append(
            speech.ngettext(
                "{n} flow has too few people to show.",
                "{n} flows have too few people to show.",
                found.few,
            )
        )
    if len(found.shown) > len(largest):
        notes.append(
            speech.gettext(
                "The largest {n} of {all} flows are drawn; percentages are of all of them.",
                n=speech.number(len(largest)),
                all=speech.number(len(found.shown) + found.few),
            )
        )
    return _Body(
        headlines.of_flows(view, t, found),
        _flow_figures(found, speech),
        speech.gettext("Largest flows"),
        (speech.gettext("From and to"), speech.gettext(populations.MEASURE_LABELS[found.unit])),
        tuple(_flow_row(flow, view) for flow in largest),
        flows=largest,
        notes=tuple(notes),
    )


def _flow_figures(found: Flows, speech: Language) -> tuple[Figure, ...]:
    """How many there are in all, and which part of them the shown flows hold.

    Each part is summed on its own: what one lacks to the whole may lie in flows of too few to show.
    """
    if not found.shown:
        return ()
    within = sum(flow.number for flow in found.shown if flow.origin == flow.destination)
    between = sum(flow.number for flow in found.shown if flow.origin != flow.destination)
    return (
        Figure(speech.number(found.whole), speech.gettext(_KNOWN_ORIGIN[found.unit])),
        Figure(speech.percent(within / found.whole), speech.gettext("within one governorate")),
        Figure(speech.percent(between / found.whole), speech.gettext("from one to another")),
    )


def _flow_row(flow: Flow, view: View) -> Row:
    speech = view.language
    if flow.origin == flow.destination:
        name = speech.gettext("within {name}", name=flow.origin_name)
    elif view.state.pop == "returnee":
        name = speech.gettext(
            "from {origin} back to {destination}",
            origin=flow.origin_name,
            destination=flow.destination_name,
        )
    else:
        name = speech.gettext(
            "{origin} to {destination}",
            origin=flow.origin_name,
            destination=flow.destination_name,
        )
    return Row(flow.destination, name, flow.value, flow.number, "c")


def _footprint(asked: _Asked, _: State) -> _Body:
    """Where programmes work or worked, against where the people are."""
    view, t, speech = asked.view, asked.t, asked.speech
    codes = asked.state.prog or tuple(sorted(headlines.programmes_in(view)))
    present = {code: programmes.governorates(view.snapshot, [code]) for code in codes}
    said = cells(view, t)
    rows = tuple(
        _row(
            said[i],
            _number(view, t, i),
            speech.number(sum(said[i].pcode in where for where in present.values())),
        )
        for i in _ranked(view, t, RANKED)
    )
    covered = frozenset().union(*present.values()) if present else frozenset()
    places = Figure(
        speech.number(len(covered)),
        speech.ngettext(
            "governorate where at least one works or worked",
            "governorates where at least one works or worked",
            len(covered),
        ),
    )
    counted = speech.ngettext("programme", "programmes", len(codes))
    number = Figure(speech.number(len(codes)), counted)
    share = _share(view, t)
    credits = [
        row["credit"]
        for row in sentences.listed_sources(view.snapshot, speech)
        if row["role"] == "programmes"
    ]
    note = speech.gettext(
        "Programmes: those that at least one source says work or worked in the governorate, at "
        "some time; not necessarily on this date."
    )
    return _Body(
        headlines.of_footprint(view, t),
        _known(_total(view, t), share or number, places),
        speech.gettext(_LARGEST[asked.state.pop, asked.state.level]),
        _heads(view, speech.gettext("Programmes")),
        rows,
        notes=(note,),
        credits=tuple(credits),
    )


def _table(asked: _Asked, state: State) -> _Body:
    """Every governorate, or the largest districts: figure, part of the whole, change.

    Since the base where the slide has one, or since a year before.
    """
    view, t, speech = asked.view, asked.t, asked.speech
    dates = view.counts.dates
    base = dates.index(state.base) if state.base else year_before(dates, t)
    moved = None
    if base is not None:
        day = view.counts.dates[base]
        change = asked.of(replace(view.state, mode=populations.CHANGE, base=day))
        moved = cells(change, t)
    said = cells(view, t)
    shares = view.state.measure in (populations.PEOPLE, populations.HOUSEHOLDS)
    whole = float(view.totals[t])
    rows = []
    for i in _ranked(view, t, TABLED, every=True):
        number = _number(view, t, i)
        part = speech.percent(number / whole) if number is not None and whole > 0 else ""
        more = [part] if shares else []
        rows.append(_row(said[i], number, *more, *([moved[i].value] if moved else [])))
    heads = [speech.gettext("Share of total")] if shares else []
    if moved and base is not None:
        since = speech.date(dates[base])
        heads.append(speech.gettext("Change from {date}", date=since))
    return _Body(
        headlines.of_map(view, t),
        _known(_total(view, t), _yearly(view, t), _share(view, t)),
        _table_heading(view, len(rows)),
        _heads(view, *heads),
        tuple(rows),
    )


def _table_heading(view: View, shown: int) -> str:
    speech, every = view.language, len(view.counts.areas.pcodes)
    level = speech.gettext(populations.LEVEL_LABELS[view.state.level])
    if shown == every:
        return level
    return speech.gettext(
        "{level}: {n} of {all}", level=level, n=speech.number(shown), all=speech.number(every)
    )


_BODIES: dict[str, Callable[[_Asked, State], _Body]] = {
    MAP: _map,
    COMPARE: _compare,
    TREND: _trend,
    FLOWS: _flows,
    FOOTPRINT: _footprint,
    TABLE: _table,
}
