"""All that a view says: on one of its dates, or on every date for its JSON answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geodata import populations
from geodata.figures.statuses import status_labels
from geodata.figures.view import View, ViewAt
from geodata.text import area_labels, sentences, wording
from geodata.text.area_labels import AreaLabel, LegendRow
from geodata.text.breaks import breaks, breaks_on
from geodata.text.flow_labels import flow_items, flow_note
from geodata.text.key_figures import parts, populations_there
from geodata.text.newest_figure import newest, newest_day
from geodata.text.part_words import part_label
from geodata.text.view_headlines import headline, headlines


@dataclass(frozen=True)
class ViewText:
    """The texts around a view on its date; each is written once, when it is first read."""

    at: ViewAt

    @cached_property
    def title(self) -> str:
        """What the map shows, with the country: ``Where people have returned in Iraq``."""
        return wording.title_in_country(self.at.view)

    @cached_property
    def headline(self) -> str:
        """The sentence on the date, without a full stop."""
        return headline(self.at)

    @property
    def description(self) -> str:
        """Title, headline and flows as sentences, for those who do not see the map."""
        flows = f" {self.at.language.semicolon.join(self.flow_items)}." if self.flow_items else ""
        return f"{self.title}. {self.headline}.{flows}"

    @cached_property
    def flow_items(self) -> list[str]:
        """Flows that the map draws on the date, largest first."""
        return flow_items(self.at)

    @property
    def flow_note(self) -> str:
        """What is drawn of the flows of the date, and what is not."""
        return flow_note(self.at)

    @cached_property
    def unit(self) -> str:
        """The unit, with the date compared with in change mode."""
        return area_labels.unit(self.at.view)

    @cached_property
    def round(self) -> str:
        """The round as the source numbers it."""
        return area_labels.caption(self.at)

    @cached_property
    def legend(self) -> list[LegendRow]:
        """Classes from most to least, then statuses."""
        return area_labels.legend(self.at)

    @cached_property
    def labels(self) -> list[AreaLabel]:
        """Every area in words, in the view's order."""
        return area_labels.area_labels(self.at)

    @property
    def picked(self) -> AreaLabel | None:
        """The chosen area in words."""
        return next((each for each in self.labels if each.pcode == self.at.state.area), None)

    @cached_property
    def missing(self) -> str:
        """What is not known on the date, or that nothing is missing."""
        return sentences.gaps_on(self.at)

    @cached_property
    def breaks(self) -> list[str]:
        """Breaks in the series that the figures of the date must be read with."""
        return breaks_on(self.at)

    @cached_property
    def notes(self) -> list[str]:
        """Method and limits."""
        return sentences.notes(self.at.view)

    @cached_property
    def sources(self) -> list[dict[str, str]]:
        """Sources of figures, boundaries and programmes."""
        return sentences.sources(self.at.view)

    @property
    def credits(self) -> list[str]:
        """How the sources are to be credited, each once."""
        return list(dict.fromkeys(source["credit"] for source in self.sources))

    @property
    def newest(self) -> str:
        """Of when the newest figure is."""
        return newest(self.at.view)

    @property
    def disclaimer(self) -> str:
        """What the boundaries do not mean."""
        return wording.disclaimer(self.at.view)


def view_texts(view: View) -> dict[str, Any]:
    """Return every text of a view, in its language."""
    language = view.language
    change = view.state.mode == populations.CHANGE
    population = populations.POPULATIONS[view.state.pop]
    return {
        "title": wording.title(view),
        "choices": wording.choices(view),
        "unit": wording.unit(view),
        "decimals": view.state.decimals,
        "population": language.gettext(population.nouns),
        "programmes": wording.programme_names(view),
        "funders": wording.funder_names(view),
        "statuses": status_labels(language, change=change),
        "headline": headlines(view),
        "parts": parts(view),
        "there": populations_there(view),
        "part": part_label(view),
        "work": area_labels.work_words(view),
        "workLabels": area_labels.work_labels(view),
        "missing": sentences.gaps(view),
        "breaks": breaks(view),
        "newest": newest(view),
        "newestDay": newest_day(view).isoformat(),
        "notes": sentences.notes(view),
        "disclaimer": wording.disclaimer(view),
    }
