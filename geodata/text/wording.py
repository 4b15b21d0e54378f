"""Words that other sentences are made of: title, unit, amounts, programmes, lists of areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata import populations
from geodata.figures.availability import programme_counts, residents_year
from geodata.i18n.language import Language
from geodata.snapshots.snapshot import Snapshot

if TYPE_CHECKING:
    from geodata.figures.view import View

MANY_NAMES = 4


def unit(view: View) -> str:
    """What figures are in: ``people``, ``per 1,000 residents (2018)``."""
    return view.language.gettext(
        populations.UNITS[view.state.measure], year=residents_year(view.snapshot)
    )


def title(view: View) -> str:
    """What the map shows: ``Where people have returned``."""
    population = populations.POPULATIONS[view.state.pop]
    change = view.state.mode == populations.CHANGE
    return view.language.gettext(population.change_title if change else population.place_title)


def product(snapshot: Snapshot, speech: Language) -> str:
    """Name of the whole: ``Iraq displacement map``."""
    return speech.gettext("{country} displacement map", country=speech.gettext(snapshot.country))


def title_in_country(view: View) -> str:
    """The title where nothing else names the country: ``Where people have returned in Iraq``."""
    speech = view.language
    country = speech.gettext(view.snapshot.country)
    return speech.gettext("{title} in {country}", title=title(view), country=country)


def disclaimer(view: View) -> str:
    """What the boundaries do not mean."""
    return view.language.gettext(view.snapshot.manifest["country"]["disclaimer"])


def amount(view: View, size: float) -> str:
    """A size in the view's measure with its noun: ``1,224,108 internally displaced people``."""
    speech, population = view.language, populations.POPULATIONS[view.state.pop]
    if view.state.measure == populations.RATE:
        return speech.gettext(population.rated, rate=speech.number(size, 1))
    return population.counted(speech, size, view.state.measure)


def counted_by_programmes(view: View) -> str:
    """Those of the chosen programmes whose own counts are shown; empty where none are."""
    own = programme_counts(view.snapshot, view.state.pop, view.state.prog)
    return view.language.names(sorted(own)) if own else ""


def programme_names(view: View) -> str:
    """The chosen programmes as a sentence names them; empty where none is chosen."""
    return view.language.names(list(view.state.prog)) if view.state.prog else ""


def of_programmes(view: View, pair: tuple[str, str], **values: str) -> str:
    """Fill a sentence of where the chosen programmes work, which is another for one than for more.

    ``{programmes}`` is filled with their names.
    """
    one, many = pair
    said: dict[str, object] = {"programmes": programme_names(view), **values}
    return view.language.ngettext(one, many, len(view.state.prog), "", **said)


def area_list(pcodes: list[str], view: View) -> str:
    """Join the names of areas as a sentence lists them."""
    from geodata.places.area_names import area_names

    named = area_names(view.snapshot, view.language)
    return view.language.names([named[pcode] for pcode in pcodes])
