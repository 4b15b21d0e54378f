"""The figures of a view as one table: a row for each area and date. CSV, Excel and JSON write it.

Absent figures are ``None``, never zero; the status says in words why. Every row has its permalink.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from geodata import populations
from geodata.exports.tables.workbook import Value
from geodata.figures import statuses
from geodata.figures.state import encode_query, part_items
from geodata.figures.view import View, ViewAt
from geodata.i18n.language import strip_isolates
from geodata.i18n.messages import gettext
from geodata.places.area_names import area_names
from geodata.text import sentences, wording
from geodata.text.area_labels import work_words
from geodata.util.json_encoding import number

# Each column with what it holds; the names are English in every language.
COLUMNS = {
    "date": gettext("Day of the round, ISO 8601."),
    "round": gettext("Number of the round as the source gives it; empty where it gives none."),
    "pcode": gettext("P-code of the area."),
    "name": gettext("Name of the area in the language asked for."),
    "parent_pcode": gettext("P-code of the governorate of a district; empty for governorates."),
    "parent": gettext("Name of that governorate."),
    "population": gettext("idp, returnee or refugee: never added up."),
    "measure": gettext("people, households, rate, share or return_rate."),
    "mode": gettext("level, or change since a date."),
    "compared_with": gettext("The date that a change is since; empty for levels."),
    "programmes": gettext("Codes of the chosen programmes, joined by ~."),
    "part": gettext(
        "Which of the population is counted, as in the address (from=…, shelter=camp); empty "
        "for everyone."
    ),
    "value": gettext("The figure; empty where there is none, never zero for unknown."),
    "unit": gettext("What the figure counts."),
    "status": gettext("Whether there is a figure and, where there is none, why."),
    "programme_time": gettext(
        "Whether a source dates a chosen programme’s work there to the date, to another time, or "
        "gives no date; empty where none is chosen or none worked there."
    ),
    "rank": gettext("1 is the most on the date; ties share a rank; empty where not ranked."),
    "source": gettext("Id of the source of the counts, see the sources."),
    "credit": gettext("How the source is to be credited."),
    "snapshot": gettext("Version of the snapshot the figure is from."),
    "link": gettext("Leads to this date in this snapshot."),
}
_TYPES = {
    "date": "date",
    "round": "integer",
    "compared_with": "date",
    "value": "number",
    "rank": "integer",
}
_TAGS = {
    "date": "#date+reported",
    "round": "#round+code",
    "population": "#population+type",
    "measure": "#indicator+type",
    "mode": "#indicator+mode",
    "compared_with": "#date+base",
    "programmes": "#activity+programme+code",
    "part": "#indicator+part",
    "unit": "#indicator+unit",
    "status": "#status",
    "programme_time": "#activity+status",
    "rank": "#indicator+rank",
    "source": "#meta+source",
    "credit": "#meta+credit",
    "snapshot": "#meta+version",
    "link": "#meta+url",
}
_KINDS = {populations.PEOPLE: "#affected+{}+ind", populations.HOUSEHOLDS: "#affected+{}+hh"}
_PARTS = {
    populations.RATE: "#indicator+rate+{}",
    populations.SHARE: "#indicator+pct+{}",
    populations.RETURN_RATE: "#indicator+pct+returned",
}


def column_type(name: str) -> str:
    """Return the type of a column as Table Schema names it; all but a few hold text.

    >>> column_type("value"), column_type("pcode")
    ('number', 'string')
    """
    return _TYPES.get(name, "string")


def tags(view: View) -> dict[str, str]:
    """Return the HXL tag of each column (https://hxlstandard.org); some depend on the view."""
    state = view.state
    level = state.level
    value = (_KINDS | _PARTS)[state.measure].format(populations.POPULATIONS[state.pop].hxl[0])
    change = "+change" if state.mode == populations.CHANGE else ""
    return _TAGS | {
        "pcode": f"#adm{level}+code",
        "name": f"#adm{level}+name",
        "parent_pcode": "#adm1+code" if level == 2 else "",
        "parent": "#adm1+name" if level == 2 else "",
        "value": value + change,
    }


def rows(view: View, dates: Iterable[int], permalink: str = "") -> Iterator[list[Value]]:
    """Write a row for each area on the dates at these positions, typed, in the order of COLUMNS.

    Parameters
    ----------
    permalink
        Address of the map page, without its query; without one, links are queries alone.
    """
    language, state, counts = view.language, view.state, view.counts
    named, word_of = area_names(view.snapshot, language), statuses.status_words(language)
    decimals = populations.decimals(state.measure, state.level)
    part = "&".join(f"{key}={value}" for key, value in part_items(state) if value)
    chosen = ("~".join(state.programmes), part)
    selection = (state.pop, state.measure, state.mode, state.base, *chosen)
    work_of = work_words(view)
    unit = strip_isolates(wording.unit(view))
    if state.measure in populations.PERCENTAGES:
        changes = state.mode == populations.CHANGE
        unit = f"{language.writing.points.strip() if changes else '%'} {unit}"
    listed, source_on = sentences.sources(view), sentences.sources_on(view)
    areas = list(zip(counts.areas.pcodes, counts.areas.parents, strict=True))
    for t in dates:
        link = f"{permalink}?{_query(view, counts.dates[t])}"
        source = listed[source_on[t]]
        origin = (source["id"], strip_isolates(source["credit"]), view.snapshot.version)
        for i, (pcode, parent) in enumerate(areas):
            value = float(view.values[t, i])
            yield [
                *(counts.dates[t], counts.rounds[t], pcode, named[pcode]),
                *((parent, named[parent]) if parent else (None, None)),
                *selection,
                number(value, decimals) if value == value else None,
                unit,
                word_of[str(view.status[t, i])],
                work_of.get(str(view.work[t, i])) if view.work is not None else None,
                int(view.ranks[t, i]) or None,
                *origin,
                link,
            ]


def _query(view: View, date: dt.date) -> str:
    """Return the query of the view at a date, frozen to its snapshot."""
    frozen = replace(view.state, time=date, area="", v=view.snapshot.version)
    return encode_query(frozen, view.snapshot)


def positions(at: ViewAt, *, every: bool) -> list[int]:
    """Return positions of the dates in a file: the one that is shown, or all."""
    return list(range(len(at.counts.dates))) if every else [at.t]
