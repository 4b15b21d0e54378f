"""History of the snapshots in words: when each became active, its inputs, what they changed."""

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
MAX_CHANGES = 5
"""Series that changed, by entry; the rest are counted."""
_NO_BREAK = "\N{NO-BREAK SPACE}"
BY = {
    "ingest": gettext("New figures"),
    "boundaries": gettext("New boundaries"),
    "activate": gettext("Chosen"),
    "rollback": gettext("Gone back to"),
}


def history(past: Sequence[HistoryEntry], language: Language) -> list[dict[str, Any]]:
    """Return an entry for each activation, the last first.

    Changes stand at the first activation of a snapshot: they are relative to the snapshot it was
    made from, not to the one that was active before.
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
    """Return the inputs of a snapshot; ``None`` for one that no ingest has made."""
    record: Mapping[str, Any] = snapshot.manifest.get("provenance") or {}
    if not record:
        return None
    return {
        "base": str(record.get("base", "")),
        "kind": str(record.get("kind", "")),
        "files": [_file(file, language) for file in record.get("files", [])],
        "placed": [_placed(what, n, language) for what, n in (record.get("placed") or {}).items()],
        "warnings": _warnings(int(record.get("warnings", 0)), language),
    }


def universal_time(timestamp: str) -> dt.datetime | None:
    """Read an ISO timestamp in universal time; nothing where it is none.

    >>> universal_time("2026-11-22T04:20:00+02:00").isoformat()
    '2026-11-22T02:20:00+00:00'
    """
    try:
        return dt.datetime.fromisoformat(timestamp).astimezone(dt.UTC)
    except ValueError:
        return None


def _moment(timestamp: str, language: Language) -> str:
    """Write ``22 Nov 2026, 02:20 UTC``; return what is no ISO timestamp as it is."""
    if (moment := universal_time(timestamp)) is None:
        return timestamp
    text = language.gettext(
        "{date}, {time} UTC", date=language.date(moment.date()), time=f"{moment:%H:%M}"
    )
    return text.replace(" ", _NO_BREAK).replace(f",{_NO_BREAK}", ", ")


def _changes(record: Mapping[str, Any], language: Language) -> list[str]:
    sentences = [_change(series, language) for series in record.get("changes", [])]
    more = len(sentences) - MAX_CHANGES
    if more > 0:
        rest = language.ngettext("and {n} more", "and {n} more", more)
        return [*sentences[:MAX_CHANGES], rest]
    return sentences


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
    numbers = {way: language.number(int(count)) for way, count in n.items()}
    if "point" in n:  # of activities, which may have a point and no name
        return language.gettext(
            "{table}: rows placed by code {code}, by name {name}, by alias {alias}, by point "
            "{point}; not placed {none}",
            table=what,
            **numbers,
        )
    return language.gettext(
        "{table}: rows placed by code {code}, by name {name}, by alias {alias}; not placed {none}",
        table=what,
        **numbers,
    )


def _warnings(n: int, language: Language) -> str:
    if not n:
        return language.gettext("No warning was given.")
    return language.ngettext("{n} warning was given.", "{n} warnings were given.", n)
