"""Classes of a slide's content: headline, figures, rows, series, and the view behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from geodata.briefing.briefing import Slide
from geodata.figures.flows import Flow
from geodata.figures.state import State
from geodata.figures.view import View, ViewAt
from geodata.i18n.language import Language
from geodata.populations import PEOPLE
from geodata.snapshots.snapshot import Snapshot

Compute = Callable[[Snapshot, State], View]


@dataclass(frozen=True)
class SlideFigure:
    """A key figure and its label: ``4.85M``, ``returnees``."""

    value: str
    label: str


@dataclass(frozen=True)
class SlideRow:
    """A row of the ranking or table.

    Attributes
    ----------
    value
        As shown; the status in words where there is no figure.
    number
        For bars and charts; ``None`` where there is no figure.
    status
        A letter of :mod:`geodata.figures.statuses`.
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
class ChartSeries:
    """One line of a trend; ``None`` where not counted or not shown. Dates are ISO.

    Attributes
    ----------
    printed
        Whether the number of a date is a total that a report prints, and no sum of areas: a point
        of its own, which no line joins.
    measure
        What the numbers are; those of one trend are in one measure.
    """

    label: str
    population: str
    dates: tuple[str, ...]
    numbers: tuple[float | None, ...]
    printed: tuple[bool, ...] = ()
    measure: str = field(default=PEOPLE, kw_only=True)


@dataclass(frozen=True)
class Content:
    """The content of a slide, for every painter.

    Attributes
    ----------
    at
        The view on its date, which its state names. For ``COMPARE`` the numbers of that date.
    other
        ``COMPARE``: the same numbers on the other, earlier date, on the same scale.
    change
        ``COMPARE``: the change between the two, as a view of its own.
    kicker
        Topic and date.
    headline
        The presenter's own, or computed.
    heading
        Above the rows.
    columns
        Heads of name, value and ``SlideRow.more``.
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
    at: ViewAt
    other: ViewAt | None
    kicker: str
    headline: str
    date: str
    figures: tuple[SlideFigure, ...]
    heading: str
    columns: tuple[str, ...]
    rows: tuple[SlideRow, ...]
    series: tuple[ChartSeries, ...]
    flows: tuple[Flow, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    newest: str
    disclaimer: str
    query: str
    alt: str
    change: ViewAt | None = None


@dataclass(frozen=True)
class Body:
    """The part of a slide's content that its layout makes."""

    headline: str
    figures: tuple[SlideFigure, ...]
    heading: str
    columns: tuple[str, ...]
    rows: tuple[SlideRow, ...]
    series: tuple[ChartSeries, ...] = ()
    flows: tuple[Flow, ...] = ()
    other: ViewAt | None = None
    change: ViewAt | None = None
    notes: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()


@dataclass(frozen=True)
class SlideView:
    """A slide's view on its date, with a function that computes further ones."""

    at: ViewAt
    compute: Compute

    @property
    def state(self) -> State:
        """What the view shows."""
        return self.at.state

    @property
    def language(self) -> Language:
        """Language of the slide."""
        return self.at.language

    def of(self, state: State) -> ViewAt:
        """Compute another view of the same snapshot, on the date of ``state``."""
        return view_on(self.at.snapshot, state, self.compute)


def view_on(snapshot: Snapshot, state: State, compute: Compute) -> ViewAt:
    """Compute a view on the date of its state; where that names none, it then names the newest."""
    at = compute(snapshot, state.view_key).at(state).on_its_date()
    return ViewAt(at.view.at(replace(state, time=at.date)), at.t)
