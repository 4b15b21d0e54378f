"""The panel of an area: its figure, trend, breakdowns and programmes, on every date at once.

What stands in the document for a chosen area, and what comes when another is chosen
(:mod:`callbacks.panels`), is made here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import html
from dash.development.base_component import Component

from geodata.api.area_json import panel
from geodata.figures.funders import funders_of
from geodata.figures.view import View
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.populations import DISPLACED
from geodata.snapshots.snapshot import Snapshot
from geodata.text import area_figures, sentences
from geodata.text.area_figures import AreaFigure, Breakdown, Change
from layouts import ids
from layouts.components import AreaFigures, Bars, Fixed, Trend
from layouts.explore_facts import Shown
from layouts.explore_parts import part_link
from layouts.markup import hyphenated, native
from layouts.plotly_figures import trend_layout

MOST_BARS = 6  # so many are seen at first
_FOLDED = frozenset(["shelter", "period", "programmes"])
_IN_ORDER = frozenset(["period"])  # of time, not of size
# What a source says stays in its language, whatever the page is in.
AS_PUBLISHED = {"lang": "en", "dir": "auto"}
_STATUSES = {
    "implemented": gettext("implemented"),
    "planned": gettext("planned"),
    "preparatory": gettext("preparatory"),
}


def area_panel(shown: Shown) -> list[Component]:
    """Return the panel of the chosen area; nothing where none is chosen."""
    view = shown.view
    if not view.state.area:
        return []
    facts = panel(view.snapshot, view.state, view.state.area, threshold=view.threshold)
    t, language = view.date_index(), view.language
    return [
        _head(shown, facts, t),
        Trend(
            "trend-slot",
            html.Div(id="trend"),
            lines=facts["trend"],
            layout=trend_layout(),
            attributes={
                "className": "live-only",
                "role": "img",
                "aria-label": language.gettext("People, every round"),
            },
        ),
        Fixed("trend-figures", _trend_in_words(facts["trend"], language)),
        *(
            _bars(each, facts["shelterNotes"], shown, t)
            for each in area_figures.breakdowns(facts, view)
        ),
        Fixed("area-programmes", _programmes(shown, facts)),
    ]


def published(tag: str, text: str) -> Any:
    """Return a text of a source, in its language."""
    return native(tag, AS_PUBLISHED, text)


def linked(source: dict[str, str]) -> Any:
    """Return a source as a link, or as a text where it has no address."""
    if not source["url"]:
        return published("span", source["title"])
    return native("a", {"href": source["url"], "rel": "noopener", **AS_PUBLISHED}, source["title"])


def funder_links(
    snapshot: Snapshot, programme: str, language: Language, funder_url: Callable[[str], str]
) -> list[Any]:
    """Return links to those who fund a programme, with what stands between them."""
    links = [
        html.A(language.gettext(each.name), href=funder_url(each.code))
        for each in funders_of(snapshot, programme)
    ]
    return [part for link in links for part in (link, " · ")][:-1]


def area_link(shown: Shown, pcode: str, *children: Any, **attributes: Any) -> Any:
    """Return a link that opens an area, or closes it where ``pcode`` is empty.

    Scripts open it at once (``data-select``); without them it leads to the page that has it.
    """
    href = shown.link(area=pcode) + (f"#{ids.AREA}" if pcode else "")
    return native("a", {"href": href, "data-select": pcode, **attributes}, list(children))


# ---- figures


def _head(shown: Shown, facts: dict[str, Any], t: int) -> Component:
    view, language = shown.view, shown.view.language
    figures = area_figures.area_figures(view, facts["area"]["pcode"], facts["trend"])
    source = [shown.source(id_) for id_ in _source_ids(view)]
    now = figures[t]
    close = area_link(shown, "", "×", **{"class": "close", "aria-label": language.gettext("Close")})
    first = [
        html.Div([_named(shown, facts["area"]), close], className="panel-head"),
        html.Div(
            [
                html.P(now.value, className="big", **hyphenated(data_text="value")),
                html.P(
                    [
                        html.Span(now.about, **hyphenated(data_text="about")),
                        " ",
                        html.A(
                            language.gettext("Source"),
                            className="source-link",
                            href=source[t],
                            **hyphenated(data_link="source"),
                        ),
                    ],
                    className="about",
                ),
                html.Ul(
                    [_change(now.previous, "previous"), _change(now.year, "year")],
                    className="changes",
                ),
            ],
            className="panel-figures",
        ),
        html.H3(language.gettext("People, every round")),
    ]
    return AreaFigures(
        "area-panel", first, texts=_texts(figures), links={"source": source}, of=shown.url
    )


def _source_ids(view: View) -> list[str]:
    every = sentences.sources(view)
    return [every[n]["id"] for n in sentences.sources_on(view)]


def _named(shown: Shown, area: dict[str, Any]) -> Component:
    local = [html.Bdi(area["nameLocal"], lang="ar")] if area["nameLocal"] else []
    up = area_link(shown, area["parent"], area["parentName"], **{"class": "link"})
    return html.Div(
        [
            html.H2(area["name"], className="panel-title", id="area-title"),
            html.P(
                [*local, f" {area['pcode']} ", *([up] if area["parent"] else [])],
                className="about",
            ),
        ]
    )


def _change(change: Change, name: str) -> Component:
    size = html.B(change.size, hidden=not change.size, **hyphenated(data_text=name))
    since = html.Span(change.since, **hyphenated(data_text=f"{name}Since"))
    return html.Li([size, " ", since], hidden=not change.since)


def _texts(figures: list[AreaFigure]) -> dict[str, list[str]]:
    return {
        "value": [each.value for each in figures],
        "about": [each.about for each in figures],
        "previous": [each.previous.size for each in figures],
        "previousSince": [each.previous.since for each in figures],
        "year": [each.year.size for each in figures],
        "yearSince": [each.year.since for each in figures],
    }


# ---- the trend


def _trend_in_words(lines: list[dict[str, Any]], language: Language) -> list[Component]:
    """Return what the chart shows as sentences, and its figures."""
    summary = [
        html.Li(
            area_figures.trend_summary(line, language),
            **hyphenated(data_population=line["population"]),
        )
        for line in lines
    ]
    scroll: dict[str, Any] = {
        "role": "region",
        "aria-label": language.gettext("People, every round"),
    }
    figures = html.Div(_trend_table(lines, language), className="scroll", tabIndex="0", **scroll)
    return [
        html.Ul(summary, className="about trend-summary"),
        html.Details([html.Summary(language.gettext("Figures of the chart")), figures]),
    ]


def _trend_table(lines: list[dict[str, Any]], language: Language) -> Component:
    by_day: dict[str, dict[str, float | None]] = {}
    for line in lines:
        for day, people in zip(line["dates"], line["people"], strict=True):
            by_day.setdefault(day, {})[line["population"]] = people
    populations = [line["population"] for line in lines]
    head = [html.Th(line["label"], scope="col", className="number") for line in lines]
    rows = [
        html.Tr(
            [
                html.Th(area_figures.written_date(day, language), scope="row"),
                *(
                    html.Td("" if n is None else language.number(n), className="number")
                    for n in map(people.get, populations)
                ),
            ]
        )
        for day, people in sorted(by_day.items(), reverse=True)
    ]
    dates = html.Th(language.gettext("Date"), scope="col")
    return html.Table([html.Thead(html.Tr([dates, *head])), html.Tbody(rows)])


# ---- breakdowns


def _bars(
    breakdown: Breakdown, shelter_notes: list[dict[str, Any]], shown: Shown, t: int
) -> Component:
    language, dates = shown.view.language, shown.view.counts.dates
    notes = shelter_notes if breakdown.kind == "shelter" else []
    ordered = breakdown.kind in _IN_ORDER
    texts = {
        "about": breakdown.about,
        "tooFew": breakdown.too_few,
        "more": [_show_all(row, language) for row in breakdown.values],
        **{
            f"note{n}": [note["text"] if area_figures.holds(note, day) else "" for day in dates]
            for n, note in enumerate(notes)
        },
    }

    def text(name: str, tag: str = "p", **attributes: Any) -> Any:
        now = texts[name][t]
        given = {"class": "about", "data-text": name, "hidden": not now, **attributes}
        return native(tag, given, now)

    more = text("more", "button", type="button", **{"class": "link live-only", "data-more": True})
    content = [
        text("about"),
        html.Ul(_rows(breakdown, t, language, ordered=ordered), className="bars"),
        more,
        text("tooFew"),
        *_on_map(breakdown.kind, shown),
        *(text(f"note{n}") for n in range(len(notes))),
    ]
    return Bars(
        f"area-{breakdown.kind}",
        _section(breakdown.kind, breakdown.title, content),
        values=breakdown.values,
        ordered=ordered,
        texts=texts,
        of=shown.url,
    )


def _on_map(kind: str, shown: Shown) -> list[Component]:
    """Return a link to the map of a breakdown by place."""
    state, language = shown.view.state, shown.view.language
    part = {"origin": f"to={state.area}", "destination": f"pop={DISPLACED}&from={state.area}"}
    if kind not in part:
        return []
    return [html.P(part_link(shown, part[kind], language.gettext("Show this on the map")))]


def _section(name: str, title: str, content: list[Any]) -> list[Any]:
    """Return a part of the panel under its title, folded if it is one of those at first."""
    heading = html.H3(title)
    if name not in _FOLDED:
        return [heading, *content]
    folded = [html.Summary(heading), *content]
    return [html.Details(folded, className="fold", **hyphenated(data_fold=name))]


def _show_all(row: list[float | None], language: Language) -> str:
    n = sum(bool(value) for value in row)
    return language.gettext("Show all {n}", n=n) if n > MOST_BARS else ""


def _rows(breakdown: Breakdown, t: int, language: Language, *, ordered: bool) -> list[Component]:
    """Return a bar for each category, those of the date first, largest first unless ``ordered``."""
    values = [value or 0 for value in breakdown.values[t] or [0] * len(breakdown.labels)]
    places = [k for k, value in enumerate(values) if value]
    if not ordered:
        places.sort(key=lambda k: -values[k])
    most = max([1, *values])
    rest = [k for k in range(len(values)) if k not in places]
    return [
        html.Li(
            [
                html.Span(breakdown.labels[k], className="name"),
                html.Span(
                    html.I(style={"inlineSize": f"{100 * values[k] / most:.1f}%"}),
                    className="bar",
                    **hyphenated(aria_hidden="true"),
                ),
                html.Span(language.number(values[k]) if values[k] else "", className="value"),
            ],
            hidden=not values[k],
            **hyphenated(data_k=k, data_rest=str(place >= MOST_BARS).lower()),
        )
        for place, k in enumerate([*places, *rest])
    ]


# ---- programmes


def _programmes(shown: Shown, facts: dict[str, Any]) -> list[Any]:
    language = shown.view.language
    list_ = [_programme(each, shown) for each in facts["programmes"]]
    nobody = html.P(language.gettext("No source at hand names a programme here."))
    title = language.gettext("Programmes present")
    return [
        *_by_governorate(shown, facts["area"]),
        *_section("programmes", title, list_ or [nobody]),
    ]


def _by_governorate(shown: Shown, area: dict[str, Any]) -> list[Component]:
    """Return where the breakdowns of a district are: with its governorate."""
    if not area["parent"]:
        return []
    up = area_link(shown, area["parent"], area["parentName"], **{"class": "link"})
    sentence = shown.view.language.gettext(
        "Origin, shelter and period are published by governorate: see {name}."
    )
    before, after = sentence.split("{name}")
    return [html.P([before, up, after], className="about")]


def _programme(programme: dict[str, Any], shown: Shown) -> Component:
    language = shown.view.language
    years = programme["years"] or language.gettext("years not known")
    title: list[Any] = [html.B(programme["code"]), f" {programme['name']} ", html.Small(years)]
    rows = [html.Li(_stay(row, language)) for row in programme["rows"]]
    links = funder_links(shown.view.snapshot, programme["code"], language, shown.funder)
    funders = [html.P([language.gettext("Funders"), ": ", *links])] if links else []
    return html.Details([html.Summary(title), *funders, html.Ul(rows)])


def _stay(row: dict[str, Any], language: Language) -> list[Any]:
    """Return when a programme was there, as a source says."""
    dates = " – ".join(day for day in (row["from"], row["to"]) if day)
    status = language.gettext(_STATUSES[row["status"]]) if row["status"] in _STATUSES else ""
    when = dates or language.gettext("undated")
    about = language.join_items(part for part in (status, when) if part)
    phase = [" · ", published("bdi", row["phase"])] if row["phase"] else []
    return [about, *phase, ": ", linked(row["source"])]
