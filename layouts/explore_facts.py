"""What the map page says of a view: map, figures, what can be chosen, where links lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from markupsafe import Markup

from geodata import populations
from geodata.exports.drawing import country, svg
from geodata.figures import programmes, state
from geodata.figures.availability import available_measures, levels, populations_with_counts
from geodata.figures.classes import JENKS, QUANTILES, ROUND_STYLE
from geodata.figures.counts import counts
from geodata.figures.coverage import ANY_TIME, ON_DATE
from geodata.figures.flow_key import CHOICES, flow_choices
from geodata.figures.funders import funders
from geodata.figures.part_keys import PART_KEYS
from geodata.figures.query_keys import SEPARATOR, encode_items
from geodata.figures.statuses import OUTSIDE
from geodata.figures.view import View, ViewAt
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.links.embed_options import AUTO
from geodata.links.urls import Urls
from geodata.snapshots.snapshot import Snapshot
from geodata.text import area_labels, sentences, wording
from geodata.text.key_figures import key_figures
from geodata.text.view_text import ViewText
from layouts.embed import scale_style
from layouts.script_strings import UNTIL

_ALMOST_NONE = 1e-9  # what bars are drawn against where there is nothing
_PROG_WHEN = {ANY_TIME: gettext("At any time"), ON_DATE: gettext("On the date")}
# Keys that no control of the form has.
_NO_CONTROL = ("time", "area", "lang", "digits", "v", "briefing", *PART_KEYS)
_CLASSES = {
    ROUND_STYLE: gettext("Round"),
    QUANTILES: gettext("Quantiles"),
    JENKS: gettext("Natural"),
}


@dataclass(frozen=True)
class Option:
    """One of the values of a control; ``small`` stands beside its label."""

    value: str
    label: str
    chosen: bool
    offered: bool = True
    small: str = ""


def content(view: View, urls: Urls, briefing: str = "") -> dict[str, Any]:
    """Return what the page says of a view; it is the same for everyone and can be cached.

    Parameters
    ----------
    briefing
        The query of the briefing that slides are being added to, which links and forms keep.
    """
    at = view.on_its_date()
    shown = Shown(view, urls, briefing)
    texts = ViewText(at)
    cells = texts.labels
    return {
        "view": view,
        "urls": urls,
        "shown": shown,
        "texts": texts,
        "view_url": shown.url,
        "scale": Markup(scale_style(view, AUTO)),  # noqa: S704 - colours of the scale
        "title": wording.title(view),
        "choices": wording.choices(view),
        "place_kept": shown.items(area=""),
        "headline": texts.headline,
        "map": drawing(at, cells),
        "plane": _plane(view),
        "lone": svg.surroundings_class(country.view_drawing(view)),
        "legend": texts.legend,
        "unit": wording.unit(view),
        "figures": key_figures(at),
        "ranking": list(ranking(shown, cells)),
        "missing": texts.missing,
        "breaks": " ".join(texts.breaks),
        "newest": texts.newest,
        "source": texts.sources[sentences.sources_on(view)[at.t]]["id"],
        "level": view.state.level,
        **_filters(shown),
        **_dates(shown),
    }


@dataclass(frozen=True)
class Shown:
    """A view, the builder of links to other views, and the briefing that they carry along."""

    view: View
    urls: Urls
    briefing: str = ""

    def items(self, **changes: Any) -> list[tuple[str, str]]:
        """Return the query of the view with some fields of its state changed, as its items."""
        there = replace(self.view.state, **changes)
        carried = [("briefing", self.briefing)] if self.briefing else []
        return state.query_items(there, self.view.snapshot) + carried

    def link(self, **changes: Any) -> str:
        """Return the address of the view with some fields of its state changed."""
        return self.urls.page(encode_items(self.items(**changes)))

    def source(self, source: str = "") -> str:
        """Return the address of a source, or of all, in the language of the view."""
        urls = self.urls.following(self.view.state)
        return urls.sources(source, urls.link_query)

    def funder(self, code: str) -> str:
        """Return where a funder is described, in the language of the view."""
        urls = self.urls.following(self.view.state)
        return urls.funders(code, urls.link_query)

    @property
    def url(self) -> str:
        """The figures themselves, under the version of the snapshot that they are of."""
        asked, snapshot = self.view.state, self.view.snapshot
        key = replace(asked.view_key, v=snapshot.version, english=asked.english)
        return self.urls.view(state.encode_query(key, snapshot))


def drawing(at: ViewAt, cells: list[area_labels.AreaLabel] | None = None) -> Markup:
    """Draw the map of the page; ``cells`` are its labels, where they are known already."""
    sentences = {cell.pcode: cell.sentence for cell in cells} if cells else None
    drawn = svg.inline(at, sentences=sentences, tight=True, zoomable=True)
    return Markup(drawn)  # noqa: S704 - escaped where it is made


def _plane(view: View) -> dict[str, float]:
    """Return where the country lies in the drawing, for the style sheet that fits it."""
    drawn = country.view_drawing(view)
    left, _, right, _ = drawn.ground
    return {"--width": drawn.width, "--height": drawn.height, "--west": left, "--east": right}


# ---- what can be chosen


def _filters(shown: Shown) -> dict[str, Any]:
    view = shown.view
    snapshot, language, chosen = view.snapshot, view.language, view.state
    measures = available_measures(snapshot, chosen.pop, chosen.level, chosen.part)
    held = [str(level) for level in levels(snapshot, chosen.pop, chosen.part)]

    def options(labels: dict[Any, str], value: object, offered: Any = None) -> list[Option]:
        return [
            Option(
                str(code),
                language.gettext(label),
                chosen=code == value,
                offered=offered is None or str(code) in offered,
            )
            for code, label in labels.items()
        ]

    return {
        "populations": population_options(view),
        "pillars": _pillars(snapshot, language, chosen.prog),
        "measure_options": options(populations.MEASURE_LABELS, chosen.measure, measures),
        "mode_options": options(populations.MODE_LABELS, chosen.mode),
        "level_options": options(populations.LEVEL_LABELS, chosen.level, held),
        "ends": _ends(view),
        "classes_options": options(_CLASSES, chosen.classes),
        "flows_options": _flow_options(view),
        "mode": chosen.mode,
        "funders": _funders(view),
        "prog_when_options": options(_PROG_WHEN, chosen.prog_when),
        "chosen_programmes": chosen.prog,
        "kept": [pair for pair in shown.items() if pair[0] in _NO_CONTROL],
    }


def _flow_options(view: View) -> list[Option]:
    """Return how many flows may be drawn; what the address asks for is among them."""
    chosen, language = view.state, view.language
    offered = flow_choices(view.snapshot, chosen.pop, chosen.level)
    return [
        Option(
            str(number),
            language.whole(number) if number else language.pgettext("flows", "None"),
            chosen=number == chosen.flows,
            offered=number in offered or number == chosen.flows,
        )
        for number in sorted({*CHOICES, chosen.flows})
    ]


# What the options of a control are called, by key and value.
_CALLED: dict[str, dict[str, str]] = {
    "measure": populations.MEASURE_LABELS,
    "level": {str(level): label for level, label in populations.LEVEL_LABELS.items()},
}


def _ends(view: View) -> dict[str, str]:
    """Return below each control until when its options have figures, as ``tellEnds`` writes it."""
    language = view.language
    return {
        key: language.join_items(
            language.gettext(
                UNTIL,
                choice=language.gettext(_CALLED[key][value]),
                date=language.date(dt.date.fromisoformat(day)),
            )
            for value, day in ended.items()
        )
        for key, ended in state.earlier_last_dates(view.snapshot, view.state).items()
    }


def population_options(view: View) -> list[Option]:
    """Return populations with their totals on the date, as ``panel-text.js`` writes them."""
    language, day = view.language, view.on_its_date().date
    return [
        Option(
            code,
            language.gettext(populations.POPULATIONS[code].label),
            chosen=code == view.state.pop,
            small=_total(view, code, day),
        )
        for code in populations_with_counts(view.snapshot)
    ]


_FEW_DATES = 10


def _total(view: View, population: str, day: dt.date) -> str:
    language = view.language
    found = counts(view.snapshot, population, 1, view.threshold, frozenset())
    if len(found.dates) < _FEW_DATES:
        return language.ngettext("{n} date", "{n} dates", len(found.dates))
    before = [
        total for date, total in zip(found.dates, found.national_people, strict=True) if date <= day
    ]
    known = before and before[-1] == before[-1]  # NaN is not
    return language.compact(float(before[-1])) if known else ""


def _pillars(
    snapshot: Snapshot, language: Language, chosen: tuple[str, ...]
) -> list[tuple[str, list[Option]]]:
    """Return every programme with its years and reach, by pillar."""
    listed = programmes.overview(snapshot, language)
    pillars = {row["pillar"]: row["pillarLabel"] for row in listed}
    return [
        (label, [_programme(row, language, chosen) for row in listed if row["pillar"] == pillar])
        for pillar, label in pillars.items()
    ]


def _programme(row: dict[str, Any], language: Language, chosen: tuple[str, ...]) -> Option:
    places = language.ngettext("{n} governorate", "{n} governorates", row["governorates"])
    small = " · ".join(part for part in (row["years"], places) if part)
    return Option(row["code"], row["name"], chosen=row["code"] in chosen, small=small)


def _funders(view: View) -> list[Option]:
    """Return all funders, after none of them, and those that are chosen together."""
    snapshot, language, chosen = view.snapshot, view.language, view.state.funder
    together = SEPARATOR.join(chosen)
    labels = {"": language.gettext("Any funder")}
    labels |= {each.code: language.gettext(each.name) for each in funders(snapshot)}
    if together not in labels:
        labels[together] = wording.funder_names(view)
    return [Option(code, label, code == together) for code, label in labels.items()]


# ---- where links lead


def _dates(shown: Shown) -> dict[str, Any]:
    """Return other dates of the same view, as links and as a list."""
    view = shown.view
    language, dates, at = view.language, view.counts.dates, view.on_its_date()

    def link(there: int) -> str:
        return shown.link(time=dates[there]) if there != at.t else ""

    return {
        "same_view": shown.items(time=None),
        "day": at.date.isoformat(),
        "date": language.date(at.date),
        "round": area_labels.caption(at),
        "first": link(0),
        "previous": link(max(at.t - 1, 0)),
        "next": link(min(at.t + 1, len(dates) - 1)),
        "last": link(len(dates) - 1),
        "dates": [(day.isoformat(), language.date(day), day == at.date) for day in dates],
        "bases": [(day.isoformat(), language.date(day), day == view.state.base) for day in dates],
    }


def order(at: ViewAt) -> list[int]:
    """Order areas by figure, largest first, those without a figure last."""
    ranks = at.ranks
    return sorted(range(len(ranks)), key=lambda i: (int(ranks[i]) or len(ranks) + 1, i))


@dataclass(frozen=True)
class Ranked:
    """A row of the ranking; ``bar`` is its part of the largest figure, in per cent."""

    cell: area_labels.AreaLabel
    url: str
    bar: float
    fewer: bool


def ranking(shown: Shown, cells: list[area_labels.AreaLabel]) -> Iterator[Ranked]:
    """Yield areas in the programmes' reach, largest first, those without a figure last."""
    view = shown.view
    values = np.nan_to_num(view.on_its_date().values, nan=0.0)
    most = max(float(np.abs(values).max()), _ALMOST_NONE)
    for cell, value in ((cells[i], float(values[i])) for i in order(view.on_its_date())):
        if cell.letter != OUTSIDE:
            url = shown.link(area=cell.pcode)
            yield Ranked(cell, url, 100 * abs(value) / most, value < 0)
