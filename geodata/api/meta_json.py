"""Write what a snapshot has, for the page's controls: populations, programmes, dates, sources."""

from __future__ import annotations

from typing import Any

from geodata import populations
from geodata.figures import programmes
from geodata.figures.availability import (
    available_measures,
    dates_of,
    levels,
    populations_with_counts,
    round_numbers,
    source_of,
)
from geodata.figures.counts import counts
from geodata.figures.funders import funders
from geodata.figures.suppression import Threshold
from geodata.i18n.language import Language, languages
from geodata.snapshots.snapshot import Snapshot
from geodata.text import sentences
from geodata.util.json_encoding import json_numbers


def meta(snapshot: Snapshot, language: Language, *, threshold: Threshold | int) -> dict[str, Any]:
    """Return the JSON of ``/api/v1/meta.json`` (see docs/api.md)."""
    return {
        "version": snapshot.version,
        "country": language.gettext(snapshot.country),
        "disclaimer": language.gettext(snapshot.manifest["country"]["disclaimer"]),
        "languages": list(languages()),
        "populations": [
            _population(snapshot, code, language, threshold)
            for code in populations_with_counts(snapshot)
        ],
        "programmes": programmes.overview(snapshot, language),
        "funders": [
            {
                "code": each.code,
                "name": language.gettext(each.name),
                "programmes": list(each.programmes),
            }
            for each in funders(snapshot)
        ],
        "sources": sentences.listed_sources(snapshot, language),
    }


def _population(
    snapshot: Snapshot, code: str, language: Language, threshold: Threshold | int
) -> dict[str, Any]:
    """Return the levels, measures, dates and totals of one population."""
    series = counts(snapshot, code, 1, threshold, frozenset())
    return {
        "code": code,
        "label": language.gettext(populations.POPULATIONS[code].label),
        "source": source_of(snapshot, code),
        "levels": list(levels(snapshot, code)),
        "measures": list(available_measures(snapshot, code, 1)),
        "dates": [day.isoformat() for day in dates_of(snapshot, code)],
        "rounds": list(round_numbers(snapshot, code)),
        "totals": json_numbers(series.national_people),
    }
