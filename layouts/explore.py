"""The map page as a tree of Dash components: it is described here, and nowhere else.

::

    View, Address                      which figures are shown, and the query of the address
    filters        card                side
    Choices        Choropleth, Legend  KeyFigures
    Programmes     Table               AreaPanel, ProgrammePanel
    Funder         Timeline            Ranking
    BaseDate
                   Notes

The document holds the tree as HTML, which says all that the page shows before any script has come
and without any, and as JSON for Dash, which takes over what stands there (``assets/js/
takeover.js``). What happens when somebody chooses is in :mod:`callbacks.explore`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup
from plotly.utils import PlotlyJSONEncoder

from geodata.figures import state
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.text import newest_figure
from geodata.text.view_text import ViewText
from layouts import figures_table, ids, share
from layouts.area_panel import area_panel
from layouts.briefing import adding_url
from layouts.components import (
    Address,
    Choices,
    Choropleth,
    Fixed,
    Island,
    KeyFigures,
    Legend,
    Notices,
    PlaceField,
    Ranking,
    Sentence,
    Timeline,
    View,
)
from layouts.explore_facts import Option, Shown
from layouts.explore_filters import filters, filters_button, segment
from layouts.flows import flow_legend, flow_list
from layouts.markup import hyphenated, layout_json, native, to_markup
from layouts.programme_panel import programme_panel
from layouts.share import Shared
from layouts.shell import in_script, render, script_data, versioned

MAP, TABLE = "map", "table"
_HIDDEN = "visually-hidden"
_SHOW_AS = {MAP: gettext("Map"), TABLE: gettext("Table")}


@dataclass(frozen=True)
class Opening:
    """What a page is opened with, beside the view.

    Attributes
    ----------
    query
        Of the address, as the server reads it.
    notices
        What was not understood of the address.
    tab
        Whether the map or the table is shown.
    age
        How long ago the newest figure is of; empty where it is not long.
    briefing
        The query of the briefing that slides are being added to; empty where it is the default.
    """

    query: str = ""
    notices: tuple[str, ...] = ()
    tab: str = MAP
    age: str = ""
    briefing: str = ""


def tree(facts: Mapping[str, Any], opening: Opening) -> Component:
    """Return the page: what stands between its header and its footer."""
    return html.Div(
        [
            View(ids.VIEW, url=facts["view_url"]),
            Address(ids.ADDRESS, query=opening.query),
            html.Div(
                [
                    filters_button(facts),
                    filters(facts),
                    card(facts, opening),
                    side(facts),
                ],
                className="explore",
            ),
            html.Div(notes(facts["shown"], facts["texts"]), className="notes", id=ids.NOTES),
        ],
        id="page",
    )


def page(
    shared: Shared,
    facts: Mapping[str, Any],
    *,
    notices: list[str],
    tab: str,
    dash: Mapping[str, Any],
    extend: Callable[[Component], Component],
    ages: Mapping[str, str],
    briefing: str = "",
) -> str:
    """Render the document for a state.

    Parameters
    ----------
    facts
        What :func:`layouts.explore_facts.content` says of the view.
    notices
        What was not understood of the address.
    tab
        Whether the map or the table is shown.
    dash
        What Dash's own script reads: ``config``, an element, and ``dependencies``, JSON; ``later``,
        what scripts fetch beside it.
    extend
        Returns the tree with what plugins add to it.
    ages
        How long ago each date is that a newest figure may be of; empty where it is not long.
    briefing
        The query of the briefing that slides are being added to.
    """
    urls = shared.urls.following(shared.state)
    opening = Opening(
        query=state.encode_query(shared.state, shared.snapshot),
        notices=tuple(notices),
        tab=tab,
        age=ages.get(newest_figure.newest_day(shared.view).isoformat(), ""),
        briefing=briefing,
    )
    components = extend(tree(facts, opening))
    handed_over = _handed_over(shared, ages, dash["later"])
    return render(
        "document.html",
        shared.snapshot,
        shared.language,
        urls,
        current="map",
        card=share.card(shared),
        tree=to_markup(components),
        layout=in_script(layout_json(components, _OfDocument)),
        dash_config=Markup(dash["config"]),  # noqa: S704 - written by Dash
        dependencies=in_script(dash["dependencies"]),
        data=script_data(shared.snapshot, shared.language, urls, **handed_over),
        adding_url=adding_url(urls, opening.query, opening.briefing, table=tab == TABLE),
        view_url=facts["view_url"],
        scale=facts["scale"],
    )


class _OfDocument(PlotlyJSONEncoder):  # type: ignore[misc]
    """Writes components without the elements that stand in the document."""

    def default(self, obj: Any) -> Any:
        return obj.described() if isinstance(obj, Island) else super().default(obj)


def _handed_over(
    shared: Shared, ages: Mapping[str, str], later: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what scripts need beside words and addresses."""
    view, urls = shared.view, shared.urls
    return {
        "first": {
            "view": Shown(view, urls).url,
            "time": view.state.time.isoformat() if view.state.time else None,
            "area": view.state.area,
        },
        "frozen": bool(view.state.v),
        "ages": ages,
        "later": {
            **{
                name: versioned(f"{name}.js", urls)
                for name in ("dash", "with-dash", "plotly", "used")
            },
            **later,
        },
    }


# ---- what is shown


def card(facts: Mapping[str, Any], opening: Opening) -> Component:
    """Return the map or the table, with its headline and the timeline."""
    table, at = opening.tab == TABLE, facts["view"].on_its_date()
    return html.Section(
        [
            _head(facts, opening),
            Notices(
                ids.NOTICES,
                [html.P(notice) for notice in opening.notices],
                attributes={"role": "status", "hidden": not opening.notices},
            ),
            html.Div(
                [choropleth(facts), legend(facts)],
                className="map-pane",
                id=ids.MAP_PANE,
                hidden=table,
            ),
            html.Div(
                html.Div(
                    figures_table.table(*_shown(facts)) if table else [],
                    id=ids.TABLE,
                    tabIndex="-1",
                ),
                className="table-pane",
                id=ids.TABLE_PANE,
                hidden=not table,
            ),
            Timeline(ids.TIMELINE, steps(facts), date=facts["view"].on_its_date().date.isoformat()),
            Fixed(
                ids.FLOW_LIST,
                flow_list(at),
                tag="details",
                attributes={"className": "flow-list", "hidden": at.view.flows is None},
            ),
            Sentence(
                "missing", facts["missing"], of="missing", attributes={"className": "missing"}
            ),
            # Below the map for readers without scripts, who cannot ask for it.
            Fixed(
                "table-unscripted",
                None if table else html.Noscript(figures_table.plain_table(*_shown(facts))),
            ),
        ],
        className="card map-card",
        id="map-card",
    )


def _shown(facts: Mapping[str, Any]) -> tuple[Shown, ViewText]:
    return facts["shown"], facts["texts"]


def notes(shown: Shown, texts: ViewText) -> list[Component]:
    """Return how the figures were made, and whose they are."""
    own = {source["credit"]: source["id"] for source in reversed(texts.sources)}
    credits = [html.A(credit, href=shown.source(own[credit])) for credit in texts.credits]
    every = html.A(shown.view.language.gettext("Sources"), href=shown.source())
    line = [each for link in credits for each in (link, " · ")]
    return [
        Fixed("method", html.Ul([html.Li(note) for note in texts.notes])),
        Fixed("source-line", [*line, every], tag="p"),
    ]


def _head(facts: Mapping[str, Any], opening: Opening) -> Component:
    newest = html.Div(
        [
            Sentence("newest", facts["newest"], of="newest", tag="span"),
            " ",
            Sentence("age", opening.age, of="age", tag="span"),
        ],
        className="newest",
    )
    titles = [
        Sentence("title", facts["title"], of="title", tag="h1"),
        Sentence("headline", facts["headline"], of="headline"),
        newest,
    ]
    _ = facts["view"].language.gettext
    options = [Option(code, _(label), code == opening.tab) for code, label in _SHOW_AS.items()]
    tabs = Choices(
        ids.TAB,
        [segment("tab", option) for option in options],
        name="tab",
        value=opening.tab,
        attributes={
            "className": "segments tabs live-only",
            "role": "radiogroup",
            "aria-label": _("Show as"),
        },
    )
    tools = html.Div([tabs, place_field(facts)], className="tools")
    return html.Div([html.Div(titles, className="titles"), tools], className="head")


def place_field(facts: Mapping[str, Any]) -> Component:
    """Return the field that finds a place, with what its form keeps of the view."""
    _ = facts["view"].language.gettext
    words, name = _("Find a place"), "place"
    kept = [
        native("input", {"type": "hidden", "name": key, "value": value})
        for key, value in facts["place_kept"]
    ]
    field = {"id": name, "name": "q", "className": "search", "placeholder": words}
    return PlaceField(
        ids.PLACE,
        [
            *kept,
            html.Label(words, className=_HIDDEN, htmlFor=name),
            native("input", field | {"autocomplete": "off", "enterkeyhint": "go"}),
        ],
        attributes={"action": facts["urls"].place(), "role": "search"},
    )


def choropleth(facts: Mapping[str, Any]) -> Component:
    """Return the map with its buttons and its tooltip."""
    _ = facts["view"].language.gettext
    buttons = {
        "in": ("+", _("Zoom in")),
        "out": ("−", _("Zoom out")),
        "whole": ("⌂", _("Show the whole country")),
    }
    zoom = html.Div(
        [
            html.Button(
                sign, type="button", title=label, **hyphenated(aria_label=label, data_zoom=action)
            )
            for action, (sign, label) in buttons.items()
        ],
        className="zoom live-only",
        id="zoom",
        role="group",
        hidden=True,
        **hyphenated(aria_label=_("Zoom")),
    )
    skip = html.A(
        _("Skip the map: to the table"),
        className="skip-link live-only",
        href=f"#{ids.TABLE}",
        **hyphenated(data_key="t"),
    )
    stage = html.Div(
        html.Div(facts["map"], className="drawing"),
        className=f"stage{facts['lone']}",
        id="map-stage",
        style=facts["plane"],
        **hyphenated(data_key="m"),
    )
    tooltip = html.Div(className="tooltip", id="tooltip", role="presentation")
    return Choropleth(ids.MAP, [skip, stage, zoom, tooltip], selected=facts["view"].state.area)


def legend(facts: Mapping[str, Any]) -> Component:
    """Return classes and statuses, each with its number of areas."""
    language: Language = facts["view"].language
    rows = []
    for row in facts["legend"]:
        count = language.number(row.count) if row.count else ""
        areas = language.ngettext("{n} area", "{n} areas", row.count) if row.count else ""
        rows.append(
            html.Li(
                [
                    html.I(className=row.kind if len(row.kind) > 1 else f"status-{row.kind}"),
                    html.Span(row.label),
                    html.Small(count, **hyphenated(aria_hidden="true")),
                    html.Span(areas, className=_HIDDEN),
                ],
                **({} if row.count else hyphenated(data_empty="true")),
            )
        )
    arrows = flow_legend(facts["view"].on_its_date())
    return Legend(ids.LEGEND, [html.B(facts["unit"]), html.Ul(rows), arrows])


def steps(facts: Mapping[str, Any]) -> list[Component]:
    """Return the dates as links and as a list to choose from, where the timeline will stand."""
    _ = facts["view"].language.gettext
    before = [("first", _("First round"), None), ("previous", _("Previous round"), "prev")]
    after = [("next", _("Next round"), "next"), ("last", _("Newest round"), None)]

    def links(named: list[tuple[str, str, str | None]]) -> list[Component]:
        return [html.A(label, href=facts[key], rel=rel) for key, label, rel in named if facts[key]]

    ways = html.Nav(
        [*links(before), html.B(facts["date"]), " ", html.Small(facts["round"]), *links(after)],
        className="steps",
        **hyphenated(aria_label=_("Date")),
    )
    options = [
        native("option", {"value": iso, "selected": chosen}, label)
        for iso, label, chosen in facts["dates"]
    ]
    form = html.Form(
        [
            *[
                native("input", {"type": "hidden", "name": key, "value": value})
                for key, value in facts["same_view"]
            ],
            html.Label([_("Go to a date"), " ", html.Select(options, name="time")]),
            html.Button(_("Go"), className="button"),
        ],
        className="steps",
        action=facts["urls"].page(),
        autoComplete="off",
    )
    return [ways, html.Noscript(form)]


# ---- what stands beside the map


def side(facts: Mapping[str, Any]) -> Component:
    """Return the panels beside the map."""
    _ = facts["view"].language.gettext
    breaks = {"className": "breaks", "hidden": not facts["breaks"]}
    by_area = _("By district") if facts["level"] == 2 else _("By governorate")
    return html.Div(
        [
            html.Section(
                [
                    html.H2(_("Key figures")),
                    KeyFigures(ids.KEY_FIGURES, figures(facts)),
                    Sentence("breaks", facts["breaks"], of="breaks", attributes=breaks),
                ],
                className="card",
                id="key-card",
            ),
            html.Section(
                area_panel(facts["shown"]),
                className="card panel",
                id=ids.AREA,
                tabIndex="-1",
                **hyphenated(aria_labelledby="area-title"),
            ),
            html.Section(programme_panel(facts["shown"]), className="card panel", id=ids.PROGRAMME),
            html.Section(
                [
                    Sentence("ranking-title", by_area, of="ranking", tag="h2"),
                    Ranking(ids.RANKING, [_ranked(row) for row in facts["ranking"]]),
                ],
                className="card",
                id="ranking-card",
            ),
        ],
        className="side",
        id=ids.SIDE,
    )


def figures(facts: Mapping[str, Any]) -> list[Component]:
    """Return the key figures, and where the first of them comes from."""
    _ = facts["view"].language.gettext
    shown = [
        html.Div(
            [
                html.P(figure.number, className="big", title=figure.exact or None),
                html.P(figure.label, className="about"),
            ]
        )
        for figure in facts["figures"]
    ]
    href = facts["shown"].source(facts["source"])
    source = html.A(_("Source"), className="source-link", href=href)
    return [html.Div(shown, className="key-figures"), html.P(source, className="source-row")]


def _ranked(row: Any) -> Component:
    width = {"inlineSize": f"{row.bar:.1f}%"}
    bar = html.I(style=width, **(hyphenated(data_fewer="true") if row.fewer else {}))
    link = html.A(
        [
            html.Span(row.cell.name, className="name"),
            html.Span(bar, className="bar", **hyphenated(aria_hidden="true")),
            html.Span(row.cell.value, className="value", **hyphenated(data_status=row.cell.letter)),
        ],
        href=f"{row.url}#{ids.AREA}",
    )
    return html.Li(link)
