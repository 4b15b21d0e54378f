"""What became active when, what each snapshot was made of, and what that changed; as words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from geodata import populations
from geodata.i18n.language import Language
from geodata.i18n.messages import gettext
from geodata.snapshots.registry import HistoryEntry
from geodata.snapshots.snapshot import Snapshot

DIGITS = 12
"""Of a file's SHA-256 that are shown."""
SHOWN = 5
"""Series that changed, by entry; the rest are counted."""
_NO_BREAK = "\N{NO-BREAK SPACE}"
BY = {
    "ingest": gettext("New figures"),
    "boundaries": gettext("New boundaries"),
    "activate": gettext("Chosen"),
    "rollback": gettext("Gone back to"),
}


def history(past: Sequence[HistoryEntry], language: Language) -> list[dict[str, Any]]:
    """Return what became active, the last first.

    What a snapshot changed is told where it became active first: it is what it changed of the one
    it was made from, and not of the one that happened to be active before.
    """
    versions = [one.activation.version for one in past]
    return [
        {
            "when": _moment(one.activation.at, language),
            "by": language.gettext(BY[one.activation.by]),
            "what": one.activation.what,
            "version": one.activation.version,
            "is_held": one.provenance is not None,
            "changes": []
            if one.activation.version in versions[i + 1 :]
            else _changes(one.provenance or {}, language),
        }
        for i, one in enumerate(past)
    ]


def provenance(snapshot: Snapshot, language: Language) -> dict[str, Any] | None:
    """Return what a snapshot was made of; ``None`` for one that was not made by an ingest."""
    said: Mapping[str, Any] = snapshot.manifest.get("provenance") or {}
    if not said:
        return None
    return {
        "base": str(said.get("base", "")),
        "kind": str(said.get("kind", "")),
        "files": [_file(file, language) for file in said.get("files", [])],
        "placed": [_placed(what, n, language) for what, n in (said.get("placed") or {}).items()],
        "warnings": _warnings(int(said.get("warnings", 0)), language),
    }


def _moment(at: str, language: Language) -> str:
    """Write ``22 Nov 2026, 02:20 UTC``; as it is written where it is no moment."""
    try:
        moment = dt.datetime.fromisoformat(at).astimezone(dt.UTC)
    except ValueError:
        return at
    said = language.gettext(
        "{date}, {time} UTC", date=language.date(moment.date()), time=f"{moment:%H:%M}"
    )
    return said.replace(" ", _NO_BREAK).replace(f",{_NO_BREAK}", ", ")


def _changes(said: Mapping[str, Any], language: Language) -> list[str]:
    found = [_change(series, language) for series in said.get("changes", [])]
    more = len(found) - SHOWN
    if more > 0:
        rest = language.ngettext("and {n} more", "and {n} more", more)
        return [*found[:SHOWN], rest]
    return found


def _change(series: Mapping[str, Any], language: Language) -> str:
    code, programme = str(series["population"]), str(series["programme"])
    label = (
        language.gettext(populations.POPULATIONS[code].label)
        if code in populations.POPULATIONS
        else code
    )
    if programme:
        label = language.gettext(
            "{population} reached by {programme}", population=label, programme=programme
        )
    sentence = language.gettext(
        "{series}: {added} figures added, {changed} changed, {removed} removed",
        series=label,
        **{what: language.number(int(series[what])) for what in ("added", "changed", "removed")},
    )
    dates = int(series.get("dates_added", 0))
    if not dates:
        return sentence
    added = language.ngettext("{n} new date", "{n} new dates", dates)
    return language.gettext("{sentence} ({dates})", sentence=sentence, dates=added)


def _file(file: Mapping[str, Any], language: Language) -> dict[str, str]:
    rows = int(file.get("rows", 0))
    return {
        "name": str(file.get("name", "")),
        "layout": str(file.get("layout", "")),
        "sha256": str(file.get("sha256", ""))[:DIGITS],
        "rows": language.ngettext("{n} row", "{n} rows", rows),
    }


def _placed(what: str, n: Mapping[str, int], language: Language) -> str:
    numbers = {
        way: language.number(int(n.get(way, 0))) for way in ("code", "name", "alias", "none")
    }
    return language.gettext(
        "{table}: rows placed by code {code}, by name {name}, by alias {alias}; not placed {none}",
        table=what,
        **numbers,
    )


def _warnings(n: int, language: Language) -> str:
    if not n:
        return language.gettext("No warning was given.")
    return language.ngettext("{n} warning was given.", "{n} warnings were given.", n)
