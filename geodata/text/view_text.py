"""All that a view says, for its JSON answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geodata import populations

if TYPE_CHECKING:
    from geodata.figures.view import View
from geodata.figures.statuses import status_labels
from geodata.text.breaks import breaks
from geodata.text.key_figures import parts
from geodata.text.newest_figure import newest, newest_day
from geodata.text.sentences import gaps, notes
from geodata.text.view_headlines import headlines
from geodata.text.wording import disclaimer, programme_names, title, unit


def view_texts(view: View) -> dict[str, Any]:
    """Return every text of a view, in its language."""
    speech = view.language
    change = view.state.mode == populations.CHANGE
    population = populations.POPULATIONS[view.state.pop]
    return {
        "title": title(view),
        "unit": unit(view),
        "decimals": view.state.decimals,
        "population": speech.gettext(population.nouns),
        "programmes": programme_names(view),
        "statuses": status_labels(speech, change=change),
        "headline": headlines(view),
        "parts": parts(view),
        "missing": gaps(view),
        "breaks": breaks(view),
        "newest": newest(view),
        "newestDay": newest_day(view).isoformat(),
        "notes": notes(view),
        "disclaimer": disclaimer(view),
    }
