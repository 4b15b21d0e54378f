"""The panel of the chosen programmes: years, funders, reported results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dash import html
from dash.development.base_component import Component

from geodata.figures import programmes
from geodata.i18n.language import Language
from geodata.places.area_names import area_names
from layouts.area_panel import funder_links, linked, published
from layouts.components import Fixed
from layouts.explore_facts import Shown


def programme_panel(shown: Shown) -> list[Component]:
    """Return what is known of each chosen programme; nothing where none is chosen."""
    view = shown.view
    sections = [
        _section(programmes.details(view.snapshot, code, view.language), shown)
        for code in view.state.programmes
    ]
    return [Fixed("programme-panel", sections)] if sections else []


def _section(programme: dict[str, Any], shown: Shown) -> Component:
    title = html.H2(f"{programme['code']} · {programme['name']}", className="panel-title")
    facts = programme_facts(programme, shown, shown.funder)
    return html.Section([title, *facts], className="programme-facts")


def programme_facts(
    programme: dict[str, Any], shown: Shown, funder_url: Callable[[str], str]
) -> list[Component]:
    """Return what is known of a programme: years, funders, places, results, sources.

    Parameters
    ----------
    funder_url
        Returns where a funder is described, by its code.
    """
    language = shown.view.language
    _ = language.gettext
    names = area_names(shown.view.snapshot, language)
    governorates = language.join_items(names[code] for code in programme["governorates"])
    none = _("none known")
    rows = [
        (_("Years"), programme["years"] or _("years not known")),
        (_("Funders"), _funders(programme, shown, funder_url) or none),
        (_("People served"), _as_published(programme["people"]) or none),
        (_numbered(_("Governorates"), programme["governorates"], language), governorates or none),
    ]
    return [
        published("p", programme["description"]),
        html.Dl([cell for label, text in rows for cell in (html.Dt(label), html.Dd(text))]),
        html.Details(
            [
                html.Summary(_numbered(_("Reported results"), programme["results"], language)),
                *_results(programme["results"], names, shown),
            ]
        ),
        html.Details(
            [
                html.Summary(_numbered(_("Sources"), programme["sources"], language)),
                html.Ul([html.Li(linked(source)) for source in programme["sources"]]),
            ]
        ),
    ]


def _funders(
    programme: dict[str, Any], shown: Shown, funder_url: Callable[[str], str]
) -> list[Any]:
    """Return funders as a source prints them, then a link to each; nothing where none is named."""
    snapshot, language = shown.view.snapshot, shown.view.language
    links = funder_links(snapshot, programme["code"], language, funder_url)
    printed = _as_published(programme["funders"])
    return [printed, *([" → ", *links] if links else [])] if printed else []


def _as_published(text: str) -> Any:
    return published("bdi", text) if text else None


def _numbered(label: str, entries: list[Any], language: Language) -> str:
    return language.gettext("{label} ({n})", label=label, n=len(entries))


def _results(results: list[dict[str, Any]], names: dict[str, str], shown: Shown) -> list[Component]:
    _ = shown.view.language.gettext
    if not results:
        return [html.P(_("No reported result at hand."))]
    note = _("As printed; they overlap and cannot be added up.")
    rows = [html.Li(_result(result, names, shown)) for result in results]
    return [html.P(note, className="about"), html.Ul(rows, className="results")]


def _result(result: dict[str, Any], names: dict[str, str], shown: Shown) -> list[Any]:
    language = shown.view.language
    _ = language.gettext
    where = (
        _("all of {country}", country=_(shown.view.snapshot.country))
        if result["national"]
        else language.join_items(names.get(code, code) for code in result["places"])
    )
    when = _("as of {date}", date=result["asOf"]) if result["asOf"] else _("undated")
    return [
        html.B(_written(result["value"], language)),
        " ",
        published("bdi", result["indicator"]),
        f" – {language.join_items([where, when])}: ",
        linked(result["source"]),
    ]


def _written(value: str, language: Language) -> str:
    """Write a printed result in the reader's digits where it is a number."""
    try:
        return language.number(float(value))
    except ValueError:
        return value
