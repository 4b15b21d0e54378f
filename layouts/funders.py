"""The page of funders: each with its programmes, where they worked, and what they reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from geodata.exports.drawing import small_multiples
from geodata.figures import programmes
from geodata.figures.funders import Funder, funders
from geodata.figures.state import State, encode_query
from geodata.figures.view import ViewAt
from geodata.links.urls import Urls
from geodata.places.area_names import area_names
from geodata.snapshots.snapshot import Snapshot
from geodata.text.view_headlines import headline
from layouts.explore_facts import Shown
from layouts.markup import to_markup
from layouts.programme_panel import programme_facts
from layouts.share import Card
from layouts.shell import STYLES as SHARED_STYLES
from layouts.shell import render

STYLES = ("drawn/small.css", "funders/funders.css")
ViewOf = Callable[[State], ViewAt]


def page(
    snapshot: Snapshot, state: State, view_of: ViewOf, urls: Urls, *, card: Card, notices: list[str]
) -> str:
    """Render the page as HTML; it is whole without scripts.

    Parameters
    ----------
    state
        Language, digits and snapshot of the page, and no more.
    view_of
        Computes a view on its date.
    notices
        What is wrong in its address.
    """
    links = urls.following(state)
    return render(
        "funders.html",
        snapshot,
        state.language,
        links,
        current="funders",
        sources_url=links.sources(query=links.link_query),
        styles=(*SHARED_STYLES, *STYLES),
        card=card,
        notices=notices,
        **context(snapshot, state, view_of, urls),
    )


def context(snapshot: Snapshot, state: State, view_of: ViewOf, urls: Urls | None) -> dict[str, Any]:
    """Return the template context of the page; without ``urls`` nothing leads to the map."""
    entries = [_funder(snapshot, state, each, view_of, urls) for each in funders(snapshot)]
    return {
        "funders": entries,
        "shapes": Markup(small_multiples.shapes(view_of(state))),  # noqa: S704 - escaped in there
    }


def _funder(
    snapshot: Snapshot, state: State, funder: Funder, view_of: ViewOf, urls: Urls | None
) -> dict[str, Any]:
    """Return a funder's section: its name, its map, the programmes that it pays for."""
    language = state.language
    chosen = replace(state, funder=(funder.code,), paid=funder.programmes)
    at, within = view_of(chosen), language.gettext(funder.within)
    pcodes = programmes.governorates(snapshot, funder.programmes)
    named = area_names(snapshot, language)
    label = language.gettext(
        "Governorates where programmes funded by {funder} worked", funder=within
    )
    drawn = small_multiples.covered(view_of(state), pcodes, label)
    return {
        "code": funder.code,
        "name": language.gettext(funder.name),
        "within": within,
        "headline": headline(at),
        "map": Markup(drawn),  # noqa: S704 - escaped where it is made
        "number": language.ngettext("{n} programme", "{n} programmes", len(funder.programmes)),
        "years": language.join_items(
            str(year) for year in sorted({year for each in funder.fundings for year in each.years})
        ),
        "governorates": sorted(named[pcode] for pcode in pcodes),
        "url": urls.page(encode_query(chosen, snapshot)) if urls else "",
        "programmes": _programmes(snapshot, state, funder, at, urls),
    }


def _programmes(
    snapshot: Snapshot, state: State, funder: Funder, at: ViewAt, urls: Urls | None
) -> list[dict[str, Any]]:
    """Return the programmes of a funder, each with what a source prints of the funding."""
    shown = Shown(at.view, urls or Urls())
    printed = {each.programme: each.printed for each in funder.fundings}
    described = (programmes.details(snapshot, code, state.language) for code in funder.programmes)
    return [
        {
            "code": each["code"],
            "name": each["name"],
            "years": each["years"],
            "printed": printed[each["code"]],
            "facts": to_markup(programme_facts(each, shown, lambda code: f"#{code}")),
        }
        for each in described
    ]
