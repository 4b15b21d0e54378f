"""Words that other sentences are made of: title, unit, amounts, programmes, lists of areas."""

from __future__ import annotations

from geodata import populations
from geodata.figures.availability import residents_year
from geodata.figures.funders import names_of
from geodata.figures.parts import ORIGIN_SIDE
from geodata.figures.state import counting_programmes
from geodata.figures.view import View
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.places.area_names import area_names
from geodata.snapshots.snapshot import Snapshot
from geodata.text.part_words import of_part, part_label, titled_of_part

MANY_NAMES = 4
_OF_PART = gettext("of the total shown")
_OF_AREA = gettext("of households displaced or returned there")
_RETURN_RATE = gettext("How many of those who fled have returned")
_RETURN_RATE_CHANGED = gettext("How the rate of return changed")
_SHARES = gettext("Share of the households in each area")
_SHARES_CHANGED = gettext("How the share of the households in each area changed")
_PERCENT_RETURNED = gettext("{percent} of the households that fled had returned")
_POINTS = gettext("{n} percentage points")


def unit(view: View) -> str:
    """Write the unit: ``people``, ``per 1,000 residents (2018)``."""
    state = view.state
    unit = populations.UNITS[state.measure]
    if state.measure == populations.SHARE and state.part:
        unit = _OF_PART if state.adds_up else _OF_AREA
    return view.language.gettext(unit, year=residents_year(view.snapshot))


def title(view: View) -> str:
    """Write the title of the map: ``Where people have returned``."""
    population = populations.POPULATIONS[view.state.pop]
    state, plain = view.state, (population.place_title, population.change_title)
    if state.measure == populations.RETURN_RATE:
        plain = _RETURN_RATE, _RETURN_RATE_CHANGED
    elif state.measure == populations.SHARE and not state.adds_up:
        plain = _SHARES, _SHARES_CHANGED
    elif state.by == ORIGIN_SIDE:
        plain = population.origin_title, population.origin_change_title
    return titled_of_part(view, view.language.gettext(plain[state.mode == populations.CHANGE]))


def choices(view: View) -> str:
    """Write what is chosen of a view: ``Internally displaced · Share · 2 programmes``.

    What nobody has chosen is left out, but for the population and what is counted.
    """
    state, language = view.state, view.language
    labels = [populations.POPULATIONS[state.pop].label, populations.MEASURE_LABELS[state.measure]]
    if state.mode == populations.CHANGE:
        labels.append(populations.MODE_LABELS[state.mode])
    if state.level != 1:
        labels.append(populations.LEVEL_LABELS[state.level])
    words = [language.gettext(label) for label in labels]
    if part := part_label(view):
        words.append(part)
    words += names_of(view.snapshot, state.funder, language)
    if state.programmes:
        words.append(language.ngettext("{n} programme", "{n} programmes", len(state.programmes)))
    return " · ".join(words)


def product(snapshot: Snapshot, language: Language) -> str:
    """Name the product: ``Iraq displacement map``."""
    return language.gettext(
        "{country} displacement map", country=language.gettext(snapshot.country)
    )


def title_in_country(view: View) -> str:
    """Write the title with the country: ``Where people have returned in Iraq``."""
    language = view.language
    country = language.gettext(view.snapshot.country)
    return language.gettext("{title} in {country}", title=title(view), country=country)


def disclaimer(view: View) -> str:
    """Write what the boundaries do not mean."""
    return view.language.gettext(view.snapshot.manifest["country"]["disclaimer"])


def amount(view: View, size: float) -> str:
    """Write a number in the view's measure: ``1,224,108 internally displaced people``."""
    language, population = view.language, populations.POPULATIONS[view.state.pop]
    measure = view.state.measure
    if measure == populations.RATE:
        return language.gettext(population.rated, rate=language.number(size, 1))
    if measure == populations.RETURN_RATE and view.state.mode == populations.CHANGE:
        return language.gettext(_POINTS, n=language.number(size, 1))
    if measure == populations.RETURN_RATE:
        return language.gettext(_PERCENT_RETURNED, percent=language.number(size, 1, "%"))
    return of_part(view, population.counted(language, size, view.state.unit))


def counted_by_programmes(view: View) -> str:
    """Name the chosen programmes whose own counts are shown; empty where none are."""
    own = counting_programmes(view.snapshot, view.state)
    return view.language.join_names(sorted(own)) if own else ""


def programme_names(view: View) -> str:
    """Name the chosen programmes, or those who fund all of them; empty where none is chosen."""
    state, language = view.state, view.language
    if state.prog or not state.funder:
        return language.join_names(list(state.programmes)) if state.programmes else ""
    return language.ngettext(
        "{n} programme funded by {funders}",
        "{n} programmes funded by {funders}",
        len(state.programmes),
        funders=language.join_names(names_of(view.snapshot, state.funder, language, within=True)),
    )


def funder_names(view: View) -> str:
    """Name the chosen funders as a list does; empty where none is chosen."""
    names = names_of(view.snapshot, view.state.funder, view.language)
    return view.language.join_names(names) if names else ""


def of_programmes(view: View, pair: tuple[str, str], **values: str) -> str:
    """Fill a sentence on where the chosen programmes work, in singular or plural.

    ``{programmes}`` is filled with their names.
    """
    one, many = pair
    filled: dict[str, object] = {"programmes": programme_names(view), **values}
    return view.language.ngettext(one, many, len(view.state.programmes), "", **filled)


def area_list(pcodes: list[str], view: View) -> str:
    """Join the names of areas as a sentence lists them."""
    names = area_names(view.snapshot, view.language)
    return view.language.join_names([names[pcode] for pcode in pcodes])
