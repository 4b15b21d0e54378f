"""Write the flows of a view as a part of its JSON, in few bytes."""

from __future__ import annotations

from typing import Any

from geodata.exports.drawing.flow_curves import curves
from geodata.figures.flows_by_date import samples
from geodata.figures.view import View
from geodata.populations import HOUSEHOLDS, PEOPLE
from geodata.text.flow_labels import pair_names, script_words

# What is counted on a date, in one letter; a hyphen where no origins are published.
_LETTERS = {HOUSEHOLDS: "h", PEOPLE: "p", "": "-"}


def flows_json(view: View) -> dict[str, Any]:
    """Return the flows of every date (see docs/api.md); nothing where none are asked for."""
    if (flows := view.flows) is None:
        return {}
    largest = [[number for flow in on.largest for number in flow] for on in flows.on]
    return {
        "flows": {
            "pairs": flows.pairs,
            "names": pair_names(view),
            "curves": curves(view),
            "units": "".join(_LETTERS[on.unit] for on in flows.on),
            "largest": largest,
            "between": [on.between for on in flows.on],
            "within": [on.within for on in flows.on],
            "few": [on.few for on in flows.on],
            "incomplete": [t for t, on in enumerate(flows.on) if on.incomplete],
            "most": dict(flows.most),
            "text": script_words(view.language),
            "samples": {unit: samples(most) for unit, most in flows.most.items()},
        }
    }
