"""Write a view as the JSON of the API."""

from __future__ import annotations

from typing import Any

from geodata import populations
from geodata.api.flows_json import flows_json
from geodata.boundaries.adjacency import neighbours
from geodata.figures import programmes
from geodata.figures.availability import available_measures, levels, part_units
from geodata.figures.dates import years_before
from geodata.figures.flow_key import flow_choices
from geodata.figures.parts import KINDS
from geodata.figures.state import State, earlier_last_dates, encode_query
from geodata.figures.view import (
    View,
    changes_since,
    class_counts,
    previous_dates,
    top_areas,
    top_areas_json,
)
from geodata.places.area_names import area_names
from geodata.snapshots.snapshot import Snapshot
from geodata.text import sentences, view_text
from geodata.util.json_encoding import json_numbers


def _areas(view: View) -> list[dict[str, Any]]:
    """Return code, name, neighbours and governorate of every area of the view."""
    names = area_names(view.snapshot, view.language)
    areas = view.counts.areas
    near = neighbours(view.snapshot, view.state.level, areas.pcodes)
    return [
        {"pcode": pcode, "name": names[pcode], "near": adjacent}
        | ({"parent": parent, "parentName": names[parent]} if parent else {})
        for pcode, parent, adjacent in zip(areas.pcodes, areas.parents, near, strict=True)
    ]


def state_dict(state: State, snapshot: Snapshot) -> dict[str, Any]:
    """Return the normalised state as JSON, and the shortest query that leads to it."""
    return {
        "state": {
            "pop": state.pop,
            "prog": list(state.prog),
            "prog_when": state.prog_when,
            "funder": list(state.funder),
            "by": state.by,
            "from": state.from_,
            "to": state.to,
            "shelter": list(state.shelter),
            "period": list(state.period),
            "measure": state.measure,
            "mode": state.mode,
            "level": state.level,
            "classes": state.classes,
            "time": state.time.isoformat() if state.time else None,
            "base": state.base.isoformat() if state.base else None,
            "area": state.area,
            "flows": state.flows,
            "lang": state.lang,
            "digits": state.digits,
            "v": state.v,
        },
        "query": encode_query(state, snapshot),
    }


def _scale(view: View) -> dict[str, Any]:
    """Return the classes of the view: breaks, labels, and colours by day and in the dark."""
    return {
        "kind": view.scale.kind,
        "breaks": list(view.scale.breaks),
        "colors": list(view.scale.colors),
        "colorsDark": list(view.scale.colors_dark),
        "inks": view.scale.inks,
        "inksDark": view.scale.inks_dark,
        "labels": list(view.scale.labels),
    }


def _comparable_before(view: View) -> list[int | None]:
    """Return for each date the position of the one before it, if totals are of the same areas."""
    before = previous_dates(len(view.totals))
    return [t if t is None or view.same_areas(t, t + 1) else None for t in before]


def as_dict(view: View) -> dict[str, Any]:
    """Return the view as the JSON of ``/api/v1/view.json`` (see docs/api.md), but for the state.

    Everything here is the same for every date and selected area, so it is computed once for them.
    """
    state, snapshot, counts = view.state, view.snapshot, view.counts
    dates, decimals = range(len(view.counts.dates)), state.decimals
    total_decimals = 0 if state.measure == populations.SHARE else decimals
    return {
        "version": snapshot.version,
        "available": {
            "measures": list(available_measures(snapshot, state.pop, state.level, state.part)),
            "levels": list(levels(snapshot, state.pop, state.part)),
            "parts": [kind for kind in KINDS if part_units(snapshot, state.pop, kind)],
            "flows": list(flow_choices(snapshot, state.pop, state.level)),
            "until": earlier_last_dates(snapshot, state),
        },
        "areas": _areas(view),
        "dates": [day.isoformat() for day in counts.dates],
        "newest": counts.newest,
        "rounds": list(counts.rounds),
        "values": json_numbers(view.values, decimals),
        "status": ["".join(row) for row in view.status],
        "classes": view.classes.tolist(),
        "ranks": view.ranks.tolist(),
        "tallies": [class_counts(view.on(t)) for t in dates],
        "work": None if view.work is None else ["".join(row) for row in view.work],
        "scale": _scale(view),
        "totals": json_numbers(view.totals, total_decimals),
        "stocks": json_numbers(view.stocks, total_decimals)
        if state.mode == populations.CHANGE
        else None,
        "totalChanges": json_numbers(
            changes_since(view.totals[:, None], _comparable_before(view))[:, 0],
            total_decimals,
        ),
        "yearBefore": years_before(counts.dates),
        "shares": json_numbers(view.shares, 4) if state.programmes else None,
        "notPlaced": json_numbers(view.not_placed, 0) if view.not_placed.any() else None,
        "top": [top_areas_json(*top) for t in dates if (top := top_areas(view.on(t)))],
        "text": view_text.view_texts(view),
        "programmes": [
            programmes.details(snapshot, code, state.language)
            for code in state.programmes
            if code in state.prog  # of a funder there may be many: each is asked for by name
        ],
        "sources": sentences.sources(view),
        "sourceOn": sentences.sources_on(view),
    } | flows_json(view)
