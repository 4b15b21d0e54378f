"""The form of the map page: what is shown is chosen with it, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from geodata.i18n.language import Language
from layouts import ids
from layouts.components import (
    BaseDate,
    Choices,
    Ends,
    FiltersButton,
    Fixed,
    Funder,
    Populations,
    Programmes,
)
from layouts.explore_facts import Option
from layouts.explore_parts import part_links
from layouts.markup import hyphenated, native

_HIDDEN = "visually-hidden"


def filters_button(facts: Mapping[str, Any]) -> Component:
    """Return what opens the form where it is a sheet, which says what is chosen."""
    label = html.B(facts["view"].language.gettext("Filters"))
    return FiltersButton(
        ids.FILTERS_BUTTON,
        [label, " ", html.Span(facts["choices"])],
        attributes={"type": "button", "popoverTarget": ids.FILTERS},
    )


def filters(facts: Mapping[str, Any]) -> Component:
    """Return the form: without scripts it is sent, with them each choice acts at once."""
    language: Language = facts["view"].language
    _ = language.gettext
    return html.Form(
        [
            html.H2(_("Filters"), className=_HIDDEN),
            Fixed(
                "filters-kept",
                [
                    native("input", {"type": "hidden", "name": key, "value": value})
                    for key, value in facts["kept"]
                ],
                attributes={"hidden": True},
            ),
            _filter(
                language.pgettext("population", "People"),
                Populations(
                    ids.POPULATION,
                    [_population(option) for option in facts["populations"]],
                    name="pop",
                    value=_chosen(facts["populations"]),
                ),
            ),
            part_links(facts["shown"]),
            _filter(_("Programme"), funder(facts), programmes(facts), programme_time(facts)),
            _filter(_("Show"), _segments(ids.MEASURE, "measure", facts), _ends("measure", facts)),
            _filter(_("Colour by"), _segments(ids.MODE, "mode", facts), base_date(facts)),
            _filter(_("Areas"), _segments(ids.LEVEL, "level", facts), _ends("level", facts)),
            _filter(_("Classes"), _segments(ids.CLASSES, "classes", facts)),
            _filter(_("Flows"), _segments(ids.FLOWS, "flows", facts)),
            Fixed(
                ids.FILTERS_SEND,
                html.Button(language.pgettext("button", "Show"), className="button primary"),
                attributes={"className": "unscripted"},
            ),
            Fixed("filters-done", _done(language)),
        ],
        className="card filters",
        id=ids.FILTERS,
        action=facts["urls"].page(),
        autoComplete="off",
        **hyphenated(aria_label=_("Filters")),
    )


def _done(language: Language) -> Any:
    """Return the button that closes the form where it is a sheet."""
    closes = {"type": "button", "popoverTarget": ids.FILTERS, "popoverTargetAction": "hide"}
    return native("button", closes | {"className": "button primary"}, language.gettext("Done"))


def _filter(legend: str, *controls: Component) -> Component:
    return html.Fieldset([html.Legend(legend), *controls], className="filter")


def _chosen(options: Iterable[Option]) -> str:
    return next((option.value for option in options if option.chosen), "")


def _box(kind: str, name: str, option: Option) -> Any:
    """Return the box of an option, as a form has it."""
    box = {"type": kind, "name": name, "value": option.value}
    return native("input", box | {"checked": option.chosen, "disabled": not option.offered})


def segment(name: str, option: Option) -> Component:
    """Return one of a few options that stand side by side, as a radio button."""
    not_offered = {} if option.offered else hyphenated(data_disabled="true")
    return html.Label([_box("radio", name, option), html.Span(option.label)], **not_offered)


def _segments(id_: str, name: str, facts: Mapping[str, Any]) -> Component:
    options: list[Option] = facts[f"{name}_options"]
    first = [segment(name, option) for option in options]
    return Choices(id_, first, name=name, value=_chosen(options))


def _ends(name: str, facts: Mapping[str, Any]) -> Component:
    sentence = facts["ends"].get(name, "")
    return Ends(f"{name}-ends", sentence, of=name, attributes={"hidden": not sentence})


def _population(option: Option) -> Component:
    total = html.Small(option.small, className="figure", id=f"total-{option.value}")
    words = html.Span([html.Span(option.label), total], className="option")
    return html.Label([_box("radio", "pop", option), words])


def _programme(option: Option) -> Component:
    name = html.Span([html.B(option.value), " ", option.label])
    reach = html.Small(option.small, className="figure")
    words = html.Span([name, reach], className="option programme")
    return html.Label([_box("checkbox", "prog", option), words])


def programmes(facts: Mapping[str, Any]) -> Component:
    """Return the programmes by pillar, with a field to find one."""
    _ = facts["view"].language.gettext
    pillars = [
        html.Div(
            [html.H3(label), html.Div([_programme(each) for each in options], className="choices")],
            className="pillar",
            role="group",
            **hyphenated(aria_label=label),
        )
        for label, options in facts["pillars"]
    ]
    chosen: tuple[str, ...] = facts["chosen_programmes"]
    everything = html.Button(
        _("All programmes"),
        type="button",
        className="choice-all live-only",
        id="programme-none",
        **hyphenated(aria_pressed="false" if chosen else "true"),
    )
    label = html.Label(
        _("Find a programme"),
        className=f"{_HIDDEN} live-only",
        htmlFor="programme-search",
        **hyphenated(data_key="/"),
    )
    field = {"id": "programme-search", "type": "search", "className": "search live-only"}
    search = native("input", field | {"placeholder": _("Find a programme"), "autocomplete": "off"})
    pillars_list = html.Div(pillars, className="programmes", id="programmes")
    return Programmes(ids.PROGRAMMES, [everything, label, search, pillars_list], value=list(chosen))


def funder(facts: Mapping[str, Any]) -> Component:
    """Return the list of funders, whose programmes are chosen together."""
    options = [
        native("option", {"value": option.value, "selected": option.chosen}, option.label)
        for option in facts["funders"]
    ]
    select = html.Select(options, id="funder-list", name="funder")
    label = html.Label(facts["view"].language.gettext("Funder"), htmlFor="funder-list")
    return Funder(
        ids.FUNDER,
        [label, select],
        value=_chosen(facts["funders"]),
        attributes={"id": "funder-row"},
    )


def programme_time(facts: Mapping[str, Any]) -> Component:
    """Return whether figures are of where the chosen programmes worked ever, or on the date."""
    options: list[Option] = facts["prog_when_options"]
    return Choices(
        ids.PROG_WHEN,
        [segment("prog_when", option) for option in options],
        name="prog_when",
        value=_chosen(options),
        attributes={
            "role": "radiogroup",
            "aria-label": facts["view"].language.gettext("When the programme worked"),
            "hidden": not facts["view"].state.programmes,
        },
    )


def base_date(facts: Mapping[str, Any]) -> Component:
    """Return the list of dates that a change may be counted from."""
    change = facts["mode"] == "change"
    options = [
        native("option", {"value": iso, "selected": chosen}, label)
        for iso, label, chosen in facts["bases"]
    ]
    select = html.Select(options, id="base", name="base", disabled=not change)
    label = html.Label(facts["view"].language.gettext("Compared with"), htmlFor="base")
    base = facts["view"].state.base
    return BaseDate(
        ids.BASE,
        [label, select],
        value=base.isoformat() if base else "",
        attributes={"id": "base-row", "hidden": not change},
    )
