"""What a snapshot holds, for the page's controls: populations, programmes, dates, sources."""

from __future__ import annotations

from typing import Any

from geodata import populations as words
from geodata import programmes, text
from geodata.counts import counts, dates_of, levels, populations, round_numbers, source_of
from geodata.encoding import plain
from geodata.language import Language, languages
from geodata.snapshot import Snapshot
from geodata.state import available_measures
from geodata.suppression import Threshold


def meta(snapshot: Snapshot, speech: Language, *, threshold: Threshold | int) -> dict[str, Any]:
    """Return the JSON of ``/api/v1/meta.json`` (see docs/api.md)."""
    return {
        "version": snapshot.version,
        "country": speech.gettext(snapshot.country),
        "disclaimer": speech.gettext(snapshot.manifest["country"]["disclaimer"]),
        "languages": list(languages()),
        "populations": [
            _population(snapshot, code, speech, threshold) for code in populations(snapshot)
        ],
        "programmes": programmes.listed(snapshot, speech),
        "sources": text.listed_sources(snapshot, speech),
    }


def _population(
    snapshot: Snapshot, code: str, speech: Language, threshold: Threshold | int
) -> dict[str, Any]:
    found = counts(snapshot, code, 1, threshold, frozenset())
    return {
        "code": code,
        "label": speech.gettext(words.POPULATIONS[code].label),
        "source": source_of(snapshot, code),
        "levels": list(levels(snapshot, code)),
        "measures": list(available_measures(snapshot, code, 1)),
        "dates": [day.isoformat() for day in dates_of(snapshot, code)],
        "rounds": list(round_numbers(snapshot, code)),
        "totals": plain(found.national_people),
    }
