"""Contents of slides, computed once for every painter: page, PowerPoint, PDF.

::

    Slide (view, layout) ──▶ state ──▶ View ──▶ headline, figures, rows, series, flows ──▶ Content

Every figure is read from the view; painters only paint. An absent figure is ``None``, with its
status in words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

from geodata import populations
from geodata.briefing.briefing import (
    FLOWS,
    FOOTPRINT,
    FUNDERS,
    MAP,
    TREND,
    Briefing,
    Slide,
    state_of,
)
from geodata.briefing.content import Body, Compute, Content, SlideView, view_on
from geodata.briefing.slide_layouts import BODIES
from geodata.figures.state import State, encode_query, frozen, with_population
from geodata.figures.view import ViewAt
from geodata.i18n.language import Language
from geodata.snapshots.snapshot import Snapshot
from geodata.text import wording
from geodata.text.view_text import ViewText

Progress = Callable[[int, int], None]


def content(slide: Slide, snapshot: Snapshot, language: Language, compute: Compute) -> Content:
    """Make the content of a slide, in a language.

    Parameters
    ----------
    compute
        :func:`geodata.figures.view.compute`, or one that caches views; is given a state without
        date and area.

    Raises
    ------
    StateError
        If the snapshot does not hold the slide's view.
    """
    state = _layout_state(slide, snapshot, language)
    whole = replace(state, mode=populations.LEVEL, base=None) if slide.layout != MAP else state
    slide_view = SlideView(view_on(snapshot, whole, compute), compute)
    body = BODIES[slide.layout](slide_view, state)
    at, shown = slide_view.at, body.change or slide_view.at
    date = language.date(at.date, "long")
    texts, texts_shown = ViewText(at), ViewText(shown)
    return Content(
        slide=slide,
        at=at,
        other=body.other,
        change=body.change,
        kicker=_kicker(shown, date),
        headline=slide.headline or body.headline,
        date=date,
        figures=body.figures,
        heading=body.heading,
        columns=body.columns,
        rows=body.rows,
        series=body.series,
        flows=body.flows,
        sources=tuple(dict.fromkeys([*texts.credits, *body.credits])),
        notes=_notes(texts_shown, body, slide.layout),
        newest=texts.newest,
        disclaimer=texts.disclaimer,
        query=encode_query(frozen(shown.state, snapshot), snapshot),
        alt=_alt(texts_shown, body),
    )


def contents(
    briefing: Briefing, snapshot: Snapshot, compute: Compute, progress: Progress | None = None
) -> list[Content]:
    """Make the content of every slide; ``progress`` is called after each."""
    filled = []
    for slide in briefing.slides:
        filled.append(content(slide, snapshot, briefing.language, compute))
        if progress:
            progress(len(filled), len(briefing.slides))
    return filled


def newest_date(briefing: Briefing, snapshot: Snapshot, compute: Compute) -> dt.date:
    """Return the newest of the dates that the slides show."""
    states = (_layout_state(each, snapshot, briefing.language) for each in briefing.slides)
    return max(view_on(snapshot, state, compute).date for state in states)


def title_of(briefing: Briefing, contents: Sequence[Content]) -> str:
    """Return the briefing's own title, or the name of the product."""
    if briefing.title or not contents:
        return briefing.title
    return wording.product(contents[0].at.snapshot, briefing.language)


def _layout_state(slide: Slide, snapshot: Snapshot, language: Language) -> State:
    """Return the state of a slide, with the level and measure that its layout can show."""
    state = state_of(slide, snapshot, language)
    if slide.layout in (FLOWS, FOOTPRINT, FUNDERS):
        # Origins and coverage are known of governorates.
        state = with_population(replace(state, level=1), state.pop, snapshot)
    if slide.layout == FLOWS and state.to:
        state = replace(state, area=state.to)
    if slide.layout == TREND and state.measure == populations.SHARE:
        # A share of a total has no trend of its own.
        counted = populations.HOUSEHOLDS if state.part else populations.PEOPLE
        state = replace(state, measure=counted)
    return state


def _notes(texts: ViewText, body: Body, layout: str) -> tuple[str, ...]:
    """List breaks, what is missing on the date, what the layout adds, method and limits."""
    missing = "" if layout == TREND else texts.missing
    notes = [*texts.breaks, missing, *body.notes, *texts.notes]
    return tuple(dict.fromkeys(filter(None, notes)))


def _kicker(at: ViewAt, date: str) -> str:
    """Write topic and date: ``Returns · 28 February 2021``, and the date compared with."""
    language = at.language
    topic = language.gettext(populations.POPULATIONS[at.state.pop].topic)
    if at.state.base is None:
        return language.gettext("{topic} · {date}", topic=topic, date=date)
    base = language.date(at.state.base, "long")
    if at.date < at.state.base:
        return language.gettext(
            "{topic} · {date} compared with {base}", topic=topic, base=base, date=date
        )
    return language.gettext("{topic} · {base} to {date}", topic=topic, base=base, date=date)


def _alt(texts: ViewText, body: Body) -> str:
    """Describe the slide's picture: what it shows, the total, the rows, what is missing."""
    language = texts.at.language
    rows = [
        language.gettext("{name}: {value}", name=row.name, value=row.value) for row in body.rows
    ]
    parts = [
        texts.title,
        texts.headline,
        language.semicolon.join(rows),
    ]
    closed = [f"{part.rstrip('.')}." for part in parts if part]
    return " ".join([*closed, texts.missing]).strip()
