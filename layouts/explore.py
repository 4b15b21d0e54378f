"""The map page: filters, map, timeline, key figures, ranking, panels, notes.

What changes with the view (figures, classes, names) is painted by scripts into the empty elements
here; what a reader chooses with are Dash components.
"""

from __future__ import annotations

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from geodata import populations as words
from geodata import programmes
from geodata.counts import populations
from geodata.language import Language, gettext
from geodata.snapshot import Snapshot
from geodata.state import JENKS, QUANTILES, ROUND_STYLE
from layouts import ids
from layouts.figures import GRAPH_CONFIG, map_figure, trend_figure


def page(snapshot: Snapshot, speech: Language) -> Component:
    """The page between header and footer, with the controls at their defaults."""
    return html.Div(
        [
            html.Div(
                [_filters(snapshot, speech), _map_card(speech), _side(speech)], className="explore"
            ),
            html.Div(id="notes", className="notes"),
            html.Div(id="announcer", role="status", className="visually-hidden"),
            dcc.Store(id=ids.CHOICE),
        ]
    )


def aria(**attributes: str) -> dict[str, Any]:
    """ARIA attributes as Dash's components take them: ``aria(label="…")`` is ``aria-label``."""
    return {f"aria-{name}": value for name, value in attributes.items()}


def _group(title: str, children: list[Component], **attributes: Any) -> Component:
    return html.Fieldset([html.Legend(title), *children], className="filter", **attributes)


def _segments(
    id_: str, options: dict[Any, str], value: str | int, speech: Language
) -> dcc.RadioItems:
    return dcc.RadioItems(
        id=id_,
        options=[
            {"label": speech.gettext(label), "value": code} for code, label in options.items()
        ],
        value=value,
        className="segments",
    )


def _filters(snapshot: Snapshot, speech: Language) -> Component:
    return html.Aside(
        [
            html.H2(speech.gettext("Filters"), className="visually-hidden"),
            _group(speech.gettext("People"), [_population_options(snapshot, speech)]),
            _programme_filter(snapshot, speech),
            _group(
                speech.gettext("Show"),
                [_segments(ids.MEASURE, words.MEASURE_LABELS, words.PEOPLE, speech)],
            ),
            _group(
                speech.gettext("Colour by"),
                [
                    _segments(ids.MODE, words.MODE_LABELS, words.LEVEL, speech),
                    html.Div(
                        [
                            html.Label(speech.gettext("Compared with"), htmlFor=ids.BASE),
                            html.Select(id=ids.BASE),
                        ],
                        id="base-row",
                        className="inline-choice",
                        hidden=True,
                    ),
                ],
            ),
            _group(
                speech.gettext("Areas"),
                [_segments(ids.LEVEL, words.LEVEL_LABELS, 1, speech)],
            ),
            _group(
                speech.gettext("Classes"),
                [_segments(ids.CLASSES, _class_labels(), ROUND_STYLE, speech)],
            ),
        ],
        className="card filters",
        id="filters",
        **aria(label=speech.gettext("Filters")),
    )


def _class_labels() -> dict[str, str]:
    return {
        ROUND_STYLE: gettext("Round"),
        QUANTILES: gettext("Quantiles"),
        JENKS: gettext("Natural"),
    }


def _population_options(snapshot: Snapshot, speech: Language) -> Component:
    options = [
        {
            "label": html.Span(
                [
                    html.Span(speech.gettext(words.POPULATIONS[code].label)),
                    html.Small(id=f"total-{code}", className="figure"),
                ],
                className="option",
            ),
            "value": code,
        }
        for code in populations(snapshot)
    ]
    return dcc.RadioItems(
        id=ids.POPULATION, options=options, value=populations(snapshot)[0], className="choices"
    )


def _programme_filter(snapshot: Snapshot, speech: Language) -> Component:
    """Search box and one checklist per pillar; every programme with its years and reach."""
    listed = programmes.listed(snapshot, speech)
    pillars = dict.fromkeys(row["pillar"] for row in listed)
    lists = [
        html.Div(
            [
                html.H3(next(r["pillarLabel"] for r in listed if r["pillar"] == pillar)),
                dcc.Checklist(
                    id=ids.programmes(pillar),
                    options=[
                        _programme_option(row, speech) for row in listed if row["pillar"] == pillar
                    ],
                    value=[],
                    className="choices",
                ),
            ],
            className="pillar",
        )
        for pillar in pillars
    ]
    return _group(
        speech.gettext("Programme"),
        [
            html.Button(
                speech.gettext("All programmes"),
                id=ids.PROGRAMME_NONE,
                type="button",
                className="choice-all",
                **aria(pressed="true"),
            ),
            html.Label(
                speech.gettext("Find a programme"),
                htmlFor=ids.PROGRAMME_SEARCH,
                className="visually-hidden",
            ),
            dcc.Input(
                id=ids.PROGRAMME_SEARCH,
                type="search",
                placeholder=speech.gettext("Find a programme"),
                debounce=False,
                className="search",
            ),
            html.Div(lists, className="programmes", id="programmes"),
        ],
    )


def _programme_option(row: dict[str, Any], speech: Language) -> dict[str, Any]:
    places = speech.ngettext("{n} governorate", "{n} governorates", row["governorates"])
    detail = " · ".join(text for text in (row["years"], places) if text)
    return {
        "label": html.Span(
            [
                html.Span([html.B(row["code"]), " ", row["name"]]),
                html.Small(detail, className="figure"),
            ],
            className="option programme",
        ),
        "value": row["code"],
        "search": f"{row['code']} {row['name']}",
    }


def _map_card(speech: Language) -> Component:
    tabs = dcc.RadioItems(
        id=ids.TAB,
        options=[
            {"label": speech.gettext("Map"), "value": "map"},
            {"label": speech.gettext("Table"), "value": "table"},
        ],
        value="map",
        className="segments tabs",
    )
    return html.Section(
        [
            html.Div(
                [
                    html.Div([html.H1(id="title"), html.P(id="headline")], className="titles"),
                    html.Div(tabs, role="group", **aria(label=speech.gettext("Show as"))),
                ],
                className="head",
            ),
            html.Div(id="notices", className="notices", role="status"),
            html.Div(
                [
                    html.Div(
                        dcc.Graph(id=ids.MAP, figure=map_figure(), config=GRAPH_CONFIG),
                        id="map-stage",
                        className="stage",
                    ),
                    html.Div(id="zoom", className="zoom"),
                    html.Div(id="legend", className="legend"),
                    html.Div(id="tooltip", className="tooltip", role="presentation"),
                ],
                id="map-pane",
                className="map-pane",
            ),
            html.Div(id="table-pane", className="table-pane", hidden=True),
            html.Div(id="timeline", className="timeline-slot"),
            html.P(id="missing", className="missing"),
        ],
        className="card map-card",
        id="map-card",
    )


def _side(speech: Language) -> Component:
    return html.Div(
        [
            html.Section(
                [html.H2(speech.gettext("Key figures")), html.Div(id="key-figures")],
                className="card",
                id="key-card",
            ),
            html.Section(
                [
                    html.Div(id="area-panel"),
                    html.Div(
                        dcc.Graph(
                            id=ids.TREND,
                            figure=trend_figure(),
                            config={"displayModeBar": False, "responsive": True},
                        ),
                        id="trend-slot",
                    ),
                    html.Div(id="area-breakdowns"),
                ],
                className="card",
                id="area-card",
                hidden=True,
                tabIndex="-1",
            ),
            html.Section(
                html.Div(id="programme-panel"), className="card", id="programme-card", hidden=True
            ),
            html.Section(
                [html.H2(id="ranking-title"), html.Ol(id="ranking", className="ranking")],
                className="card",
                id="ranking-card",
            ),
        ],
        className="side",
    )
