"""The map and the timeline as components of another Dash application, in its own process.

::

    view ──▶ map_and_timeline ──▶ Figures, Choropleth, Timeline ──▶ its layout
    callbacks.elsewhere.add_files ──▶ their script and style

``selected`` of the map and ``date`` of the timeline are for its callbacks.
"""

from __future__ import annotations

import json
from dataclasses import replace

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from geodata.api.view_json import as_dict, state_dict
from geodata.figures.view import View
from geodata.links.urls import Urls
from geodata.util.json_encoding import to_json
from layouts import explore, explore_facts, ids, script_strings
from layouts.components import Island, Timeline
from layouts.native import native

_PLACE = "displacement-map"
# As high as the page says, in whatever else it has.
_SIZE = Markup(f".{_PLACE},.{_PLACE} .choropleth{{block-size:var(--map-height,480px)}}")


class Figures(Island):
    """What the map and the timeline show: ``view``, as the API has it, and the words for it."""

    properties = ("view", "strings", "timeline", "writing")


def map_and_timeline(view: View) -> list[Component]:
    """Return the components that show a view on each of its dates.

    They stand in this order; other components may stand between them. Flows are not drawn: no
    legend is there that explains them.
    """
    view = replace(view, flows=None)
    language, facts = view.language, explore_facts.content(view, Urls())
    figures = state_dict(view.state, view.snapshot) | as_dict(view)
    return [
        Figures(
            "figures",
            native("style", {}, facts["scale"] + _SIZE),
            view=json.loads(to_json(figures)),
            strings=script_strings.page(language),
            timeline=script_strings.timeline(language),
            writing=language.js_format(),
        ),
        html.Div(explore.choropleth(facts), className=_PLACE),
        Timeline(ids.TIMELINE, date=view.on_its_date().date.isoformat()),
    ]
