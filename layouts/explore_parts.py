"""Links to the parts of a population that the map can show: by origin, in camps, of one period.

They are links of their own, not controls of the form: of all these only one can be chosen at once.
With scripts, they are answered on the page (``assets/js/page/part-links.js``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dash import html
from dash.development.base_component import Component

from geodata import populations
from geodata.figures.availability import part_units
from geodata.figures.part_keys import CRITICAL_CODE
from geodata.figures.parts import (
    ORIGIN,
    ORIGIN_SIDE,
    PERIOD,
    PERIOD_LABELS,
    SHELTER,
    SHELTER_TYPES,
)
from geodata.figures.query_keys import encode_items
from geodata.figures.state import State, part_items
from geodata.i18n.messages import gettext
from geodata.text.part_words import BY_ORIGIN, EVERYONE, part_label
from layouts.components import PartLinks
from layouts.explore_facts import Shown
from layouts.markup import hyphenated

# Beside the part, what the figures stay to be of; another part has other measures and dates.
_STAYS = ("pop", "prog", "funder", "prog_when", "lang", "digits", "v", "briefing")
_NAMED = (
    ("shelter=camp&measure=share", gettext("Share in camps")),
    (f"shelter={CRITICAL_CODE}&measure=share", gettext("Share in critical shelter")),
)


def part_links(shown: Shown) -> Component:
    """Return the list of parts, folded, with the one that is shown on its head."""
    language = shown.view.language
    everyone = language.gettext(EVERYONE)
    label = html.Span(part_label(shown.view) or everyone, className="chosen")
    head = html.Summary([html.B(language.gettext("Which of them")), " ", label])
    lists = [head, _group(shown, "", [("", EVERYONE)])]
    lists += [_group(shown, kind, links) for kind, links in _offered()]
    return PartLinks("part-links", html.Details(lists), everyone=everyone)


def part_link(shown: Shown, part: str, label: str, **attributes: Any) -> Component:
    """Return a link to the map of a part, given as it stands in an address, for the area panel."""
    return _link(shown, part, label, **hyphenated(data_part=part), **attributes)


def _link(shown: Shown, part: str, label: str, **attributes: Any) -> Component:
    named = {pair.partition("=")[0] for pair in part.split("&")}
    stays = [pair for pair in shown.items() if pair[0] in _STAYS and pair[0] not in named]
    query = "&".join(filter(None, [encode_items(stays), part]))
    return html.A(label, href=shown.urls.page(query), **attributes)


def _offered() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the parts of each kind, as they stand in an address, with their labels."""
    shelters = [(f"{SHELTER}={code}", each.label) for code, each in SHELTER_TYPES.items()]
    periods = [(f"{PERIOD}={code}", label) for code, label in PERIOD_LABELS.items()]
    yield ORIGIN, [(f"by={ORIGIN_SIDE}", BY_ORIGIN)]
    yield SHELTER, [*_NAMED, *shelters]
    yield PERIOD, periods


def _group(shown: Shown, kind: str, links: list[tuple[str, str]]) -> Component:
    """Return the links of one kind, out of sight where the population is not broken down so."""
    view = shown.view
    known = not kind or bool(part_units(view.snapshot, view.state.pop, kind))
    chosen = _key(view.state)
    items = [
        html.Li(
            _link(
                shown,
                part,
                view.language.gettext(label),
                **(hyphenated(aria_current="true") if part == chosen else {}),
            )
        )
        for part, label in links
    ]
    return html.Ul(items, hidden=not known, **hyphenated(data_kind=kind))


def _key(state: State) -> str:
    """Write the part that is shown as its link has it."""
    items = [(key, value) for key, value in part_items(state) if value]
    if state.part and state.measure == populations.SHARE:
        items.append(("measure", populations.SHARE))
    return encode_items(items)
