"""What one slide of a briefing says, ready for any painter: page, PowerPoint, PDF.

::

    Slide (view, layout) ──▶ state ──▶ View ──▶ headline, figures, rows, series, flows ──▶ Content

Every figure is read from the view; painters only paint. What was not counted stays ``None`` and
says its status in words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from geodata import populations
from geodata.figures.state import State, encode_query, frozen, with_population
from geodata.figures.view import ViewAt
from geodata.i18n.language import Language
from geodata.snapshots.snapshot import Snapshot
from geodata.text import sentences

if TYPE_CHECKING:
    from geodata.briefing.briefing import Briefing, Slide
from geodata.briefing.briefing import FLOWS, FOOTPRINT, MAP, TREND
from geodata.briefing.content import Body, Compute, Content, SlideView, view_on
from geodata.briefing.slide_layouts import BODIES
from geodata.text import breaks, newest_figure, view_headlines, wording

Progress = Callable[[int, int], None]


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
    asked = SlideView(view_on(snapshot, whole, compute), compute)
    body = BODIES[slide.layout](asked, state)
    at = asked.at
    shown = body.change or at
    date = speech.date(at.date, "long")
    said = slide.headline or body.headline
    credits = [source["credit"] for source in sentences.sources(at.view)]
    return Content(
        slide=slide,
        at=at,
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
        notes=_notes(shown, body, slide.layout),
        newest=newest_figure.newest(at.view),
        disclaimer=wording.disclaimer(at.view),
        query=encode_query(frozen(shown.state, snapshot), snapshot),
        alt=_alt(shown, body),
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
    return wording.product(contents[0].at.snapshot, briefing.language)


def _of_governorates(state: State, snapshot: Snapshot) -> State:
    """The state nearest to ``state`` at the level at which origins and programmes are known."""
    return with_population(replace(state, level=1), state.pop, snapshot)


def _notes(at: ViewAt, body: Body, layout: str) -> tuple[str, ...]:
    """What is missing on the date, what the layout adds, method and limits."""
    missing = "" if layout == TREND else sentences.gaps_on(at)
    said = [*breaks.breaks_on(at), missing, *body.notes, *sentences.notes(at.view)]
    return tuple(dict.fromkeys(filter(None, said)))


def _kicker(at: ViewAt, date: str) -> str:
    """``Returns · 28 February 2021``, with the date compared with in change mode."""
    speech = at.language
    topic = speech.gettext(populations.POPULATIONS[at.state.pop].topic)
    if at.state.base is None:
        return speech.gettext("{topic} · {date}", topic=topic, date=date)
    base = speech.date(at.state.base, "long")
    if at.date < at.state.base:
        return speech.gettext(
            "{topic} · {date} compared with {base}", topic=topic, base=base, date=date
        )
    return speech.gettext("{topic} · {base} to {date}", topic=topic, base=base, date=date)


def _alt(at: ViewAt, body: Body) -> str:
    """The slide's picture in words: what it shows, the total, the rows, what is missing."""
    speech = at.language
    rows = [speech.gettext("{name}: {value}", name=row.name, value=row.value) for row in body.rows]
    parts = [
        wording.title_in_country(at.view),
        view_headlines.headline(at),
        speech.semicolon.join(rows),
    ]
    closed = [f"{part.rstrip('.')}." for part in parts if part]
    return " ".join([*closed, sentences.gaps_on(at)]).strip()
