"""Cut the API's answers to what an assistant is answered: one date, and so many rows of a list.

::

    meta, view, area panel, Comparison ──▶ one date ──▶ rows in order ──▶ those asked for

No figure is made here: values, statuses and texts are those of the same answers under
``/api/v1/``, and of the page that compares. A value is ``None`` where there is no figure; the
status beside it says why.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geodata import populations
from geodata.api.places_json import place_entry
from geodata.figures.state import State
from geodata.figures.statuses import STATUSES
from geodata.i18n.language import Language
from geodata.places.place_search import answer, places
from geodata.snapshots.rounds import nearest_date
from geodata.snapshots.snapshot import Snapshot
from geodata.text import area_figures, comparison_summary
from geodata.text.comparison_tables import Comparison, Side
from geodata.util.json_encoding import json_numbers, number

Json = dict[str, Any]
USUAL_ROWS, MOST_ROWS = 20, 100


@dataclass(frozen=True)
class Excerpt:
    """Which rows of a list are answered: ``limit`` of them, from position ``offset`` on."""

    language: Language
    offset: int = 0
    limit: int = USUAL_ROWS

    def of(self, every: Sequence[Any]) -> Json:
        """Return the rows, how many there are in all, and how the others are asked for."""
        rows = list(every[self.offset : self.offset + self.limit])
        excerpt: Json = {"of": len(every), "rows": rows}
        if len(rows) < len(every):
            excerpt["more"] = self.language.gettext(
                "{shown} of {n} rows, from offset={offset}: other values of offset and limit give "
                "the others.",
                shown=self.language.number(len(rows)),
                n=self.language.number(len(every)),
                offset=self.offset,
            )
        return excerpt


def choices_answer(meta: Json, snapshot: Snapshot, excerpt: Excerpt) -> Json:
    """Return what may be asked for: populations with their dates, programmes, places, sources.

    Parameters
    ----------
    meta
        As :func:`geodata.api.meta_json.meta` returns it.
    """
    language = excerpt.language
    every_place = places(snapshot)
    return {
        **{key: meta[key] for key in ("version", "country", "disclaimer", "languages")},
        "populations": [_population(each) for each in meta["populations"]],
        "measures": _translated(populations.MEASURE_LABELS, language),
        "modes": _translated(populations.MODE_LABELS, language),
        "levels": {
            str(level): {
                "label": language.gettext(label),
                "places": sum(place.level == level for place in every_place),
            }
            for level, label in populations.LEVEL_LABELS.items()
        },
        "programmes": excerpt.of(meta["programmes"]),
        "funders": excerpt.of(meta["funders"]),
        "sources": excerpt.of(meta["sources"]),
    }


def _population(row: Json) -> Json:
    """Return a population with the span of its dates, which a timeline lists."""
    dates, rounds = row["dates"], [each for each in row["rounds"] if each is not None]
    return {
        **{key: row[key] for key in ("code", "label", "source", "levels", "measures")},
        "dates": {"of": len(dates), "first": dates[0], "newest": dates[-1]},
        "rounds": {"first": min(rounds), "newest": max(rounds)} if rounds else None,
    }


def _translated(labels: dict[str, str], language: Language) -> dict[str, str]:
    return {code: language.gettext(label) for code, label in labels.items()}


def places_answer(snapshot: Snapshot, text: str, excerpt: Excerpt) -> Json:
    """Return the place that a text means, with its districts; or those that it may mean.

    Without a text, all places: governorates first.
    """
    if not text.strip():
        every = [place_entry(snapshot, place, excerpt.language) for place in places(snapshot)]
        return {"places": excerpt.of(every)}
    match = answer(snapshot, text, excerpt.language)
    if match.place is None:
        candidates = [place_entry(snapshot, place, excerpt.language) for place in match.candidates]
        return {"place": None, "sentence": match.sentence, "candidates": excerpt.of(candidates)}
    districts = [
        place_entry(snapshot, place, excerpt.language)
        for place in places(snapshot)
        if place.parent == match.place.pcode
    ]
    own = place_entry(snapshot, match.place, excerpt.language)
    return {"place": own, "districts": excerpt.of(districts)}


# ---- a view


def view_answer(view: Json, state: State, excerpt: Excerpt) -> Json:
    """Return a view on its date: the whole in words and numbers, areas from most to least.

    Parameters
    ----------
    view
        As ``/api/v1/view.json`` answers the state.
    state
        With an area, there are rows of it and of its districts only.
    """
    t, text = _position(view, state), view["text"]
    rows = _area_rows(view, t)
    if state.area:
        rows = [row for row in rows if state.area in (row["pcode"], row.get("parent"))]
    return {
        **_head(view, t),
        "total": {
            "value": view["totals"][t],
            "unit": _unit_of_total(view, state),
            "sinceDateBefore": view["totalChanges"][t],
            "notPlaced": view["notPlaced"][t] if view["notPlaced"] else None,
            "partOfCountry": view["shares"][t] if view["shares"] else None,
        },
        "areas": excerpt.of(rows),
        **_reading(view, t, rows, state.language),
        "notes": text["notes"],
        "newest": text["newest"],
        "disclaimer": text["disclaimer"],
    }


def _position(view: Json, state: State) -> int:
    """Return the position of the state's date, else of the newest with figures by area."""
    newest: int = view["newest"]
    return view["dates"].index(state.time.isoformat()) if state.time else newest


def _head(view: Json, t: int) -> Json:
    """Return what a view is of, on a date."""
    text = view["text"]
    return {
        **{key: view[key] for key in ("version", "state", "query")},
        **{key: text[key] for key in ("title", "choices", "unit")},
        "date": view["dates"][t],
        "round": view["rounds"][t],
        "headline": text["headline"][t],
    }


def _reading(view: Json, t: int, rows: Sequence[Json], language: Language) -> Json:
    """Return what the figures of a date are to be read with, and the sources of the view."""
    text = view["text"]
    labels = text["statuses"]
    written = {row["status"] for row in rows}
    return {
        "statuses": {
            label: language.gettext(STATUSES[letter].meaning)
            for letter, label in labels.items()
            if label in written
        },
        "missing": text["missing"][t],
        "breaks": text["breaks"]["texts"][text["breaks"]["on"][t]],
        "source": view["sources"][view["sourceOn"][t]]["id"],
        "sources": view["sources"],
    }


def _unit_of_total(view: Json, state: State) -> str:
    """Return the unit of the whole; where areas have shares of it, it is people."""
    if state.measure == populations.SHARE:
        return state.language.gettext(populations.UNITS[populations.PEOPLE])
    unit: str = view["text"]["unit"]
    return unit


def _area_rows(view: Json, t: int) -> list[Json]:
    """Return the areas on a date with value, status and rank, from most to least."""
    labels = view["text"]["statuses"]
    cells = zip(view["areas"], view["values"][t], view["status"][t], view["ranks"][t], strict=True)
    rows = [
        {key: area[key] for key in ("pcode", "name", "parent", "parentName") if key in area}
        | {"value": value, "status": labels[letter], "rank": rank or None}
        for area, value, letter, rank in cells
    ]
    return sorted(rows, key=lambda row: row["rank"] or math.inf)


def timeline_answer(view: Json, state: State, excerpt: Excerpt) -> Json:
    """Return the figure of the whole on every date, newest first; of the state's area with one.

    Raises
    ------
    ValueError
        If the area is none of the view's level.
    """
    text, dates = view["text"], view["dates"]
    rows: list[Json] = [
        {"date": day, "round": view["rounds"][t], "value": view["totals"][t]}
        | ({} if view["totals"][t] is not None else {"status": text["headline"][t]})
        for t, day in enumerate(dates)
    ]
    unit, area = _unit_of_total(view, state), None
    if state.area:
        unit, i = text["unit"], _area_position(view, state)
        area = {key: view["areas"][i][key] for key in ("pcode", "name")}
        for t, row in enumerate(rows):
            letter = view["status"][t][i]
            row |= {"value": view["values"][t][i], "status": text["statuses"][letter]}
    return {
        **{key: view[key] for key in ("version", "state", "query")},
        **{key: text[key] for key in ("title", "choices")},
        "area": area,
        "unit": unit,
        "dates": excerpt.of(rows[::-1]),
        "breaks": [each for each in text["breaks"]["texts"] if each],
        "notes": text["notes"],
        "sources": view["sources"],
    }


def _area_position(view: Json, state: State) -> int:
    return [area["pcode"] for area in view["areas"]].index(state.area)


# ---- an area


def area_answer(panel: Json, view: Json, state: State, excerpt: Excerpt) -> Json:
    """Return an area on a date: its figure, other populations, breakdowns, programmes.

    Parameters
    ----------
    panel
        As ``/api/v1/area/<pcode>.json`` answers the state.
    """
    t = _position(view, state)
    day = dt.date.fromisoformat(view["dates"][t])
    own = [row for row in _area_rows(view, t) if row["pcode"] == state.area]
    return {
        **_head(view, t),
        "area": panel["area"],
        "figure": {key: own[0][key] for key in ("value", "status", "rank")} if own else None,
        "newestOfPopulations": [_newest(trend) for trend in panel["trend"]],
        "breakdowns": [
            _breakdown(tables, panel, day, excerpt) for tables in area_figures.tables_by_kind(panel)
        ],
        "programmes": excerpt.of([_programme(each) for each in panel["programmes"]]),
        "shelterNotes": [
            note["text"] for note in panel["shelterNotes"] if area_figures.holds(note, day)
        ],
        **_reading(view, t, own, state.language),
    }


def _newest(trend: Json) -> Json:
    """Return the newest figure of a population in the area that may be shown."""
    day, people = next(
        (day, people)
        for day, people in zip(reversed(trend["dates"]), reversed(trend["people"]), strict=True)
        if people is not None
    )
    return {
        "population": trend["population"],
        "label": trend["label"],
        "date": day,
        "people": people,
    }


def _breakdown(tables: list[Json], panel: Json, day: dt.date, excerpt: Excerpt) -> Json:
    """Return a breakdown on the date nearest to ``day`` that has it, from most to least.

    Categories with too few to show are counted in ``hidden``; which they are is not told.
    """
    known = area_figures.rows_by_date(tables, panel["dates"])
    nearest = nearest_date(known, day)
    table, t = known[nearest]
    values = table["values"][t] or [None] * len(table["codes"])
    rows = [
        {"code": code, "label": label, "value": value}
        for code, label, value in zip(table["codes"], table["labels"], values, strict=True)
        if value is not None
    ]
    return {
        **{key: table[key] for key in ("kind", "title", "unit", "source")},
        "date": nearest.isoformat(),
        "categories": excerpt.of(sorted(rows, key=lambda row: -row["value"])),
        "hidden": table["hidden"][t],
    }


def _programme(row: Json) -> Json:
    """Return a programme in an area, with who says so."""
    sources = {each["source"]["title"]: None for each in row["rows"]}
    return {key: row[key] for key in ("code", "name", "years")} | {"sources": list(sources)}


# ---- a comparison


def comparison_answer(compared: Comparison, excerpt: Excerpt) -> Json:
    """Return a comparison: both sides, and areas from the largest difference to the smallest."""
    pairs = zip(_comparison_rows(compared), compared.rows, strict=True)
    rows = [row for row, _ in sorted(pairs, key=lambda pair: _by_size(pair[1].number))]
    return {
        "version": compared.snapshot.version,
        "title": comparison_summary.title(compared),
        "kind": compared.kind,
        "summary": comparison_summary.summary(compared),
        "unit": comparison_summary.unit_words(compared.first),
        "first": _side(compared, compared.first),
        "second": _side(compared, compared.second),
        "areas": excerpt.of(rows),
        "meaning": comparison_summary.meaning(compared),
        "notes": comparison_summary.notes(compared),
        "sources": comparison_summary.sources(compared),
    }


def _by_size(number: float) -> float:
    """Return the key that sorts the largest number first, of either sign, and NaN last."""
    return -abs(number) if number == number else math.inf


def _side(compared: Comparison, side: Side) -> Json:
    decimals = 0 if side.view.state.measure == populations.SHARE else side.view.state.decimals
    return {
        "heading": side.heading,
        "date": side.day.isoformat(),
        "total": None if side.total != side.total else number(side.total, decimals),
        "headline": comparison_summary.headline(compared, side),
    }


def _comparison_rows(compared: Comparison) -> list[Json]:
    """Return every area: on both sides and as a difference, the value and what it is in words."""
    sides = {"first": compared.first, "second": compared.second, "difference": compared.difference}
    values = {
        key: json_numbers(side.at.values, side.view.state.decimals) for key, side in sides.items()
    }
    return [
        {"pcode": row.pcode, "name": row.name, "parent": row.parent}
        | {key: {"value": values[key][i], "text": getattr(row, key)} for key in sides}
        for i, row in enumerate(compared.rows)
    ]
