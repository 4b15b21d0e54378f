"""The page of sources: every dataset, its terms, method, joins, checks, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geodata import populations
from geodata.figures import programmes
from geodata.figures.availability import least_people, populations_with_counts
from geodata.figures.counts import counts
from geodata.figures.coverage import work_meanings
from geodata.figures.printed_totals import PrintedTotal, printed_totals
from geodata.figures.statuses import status_meanings
from geodata.figures.suppression import Threshold
from geodata.i18n.language import Language
from geodata.links.urls import Urls
from geodata.places.area_names import area_names
from geodata.snapshots.memo import memoise
from geodata.snapshots.registry import HistoryEntry
from geodata.snapshots.snapshot import Snapshot
from geodata.text.sentences import listed_sources
from geodata.util.arrays import records
from layouts.history import history, provenance
from layouts.share import Card
from layouts.shell import as_data, render


def page(
    snapshot: Snapshot,
    language: Language,
    urls: Urls,
    *,
    threshold: Threshold,
    card: Card,
    datasets: Mapping[str, Any],
    past: Sequence[HistoryEntry] = (),
    notices: Sequence[str] = (),
) -> str:
    """Render the page of sources as HTML; no script in it.

    ``datasets`` is what search engines read of the data in it, as JSON-LD; ``notices`` name what is
    wrong in its address.
    """
    return render(
        "sources.html",
        snapshot,
        language,
        urls,
        current="sources",
        card=card,
        notices=notices,
        datasets=as_data(datasets),
        catalogue=urls.catalogue(urls.link_query),
        **context(snapshot, language, threshold, past),
    )


def context(
    snapshot: Snapshot, language: Language, threshold: Threshold, past: Sequence[HistoryEntry] = ()
) -> dict[str, Any]:
    """Return the template context of the page, without history if ``past`` is empty."""
    return {
        "provenance": provenance(snapshot, language),
        "history": history(past, language),
        "sources": listed_sources(snapshot, language),
        "populations": [
            _population(snapshot, code, language, threshold)
            for code in populations_with_counts(snapshot)
        ],
        "notes": _notes(snapshot, language, threshold),
        "statuses": [
            {"word": word, "meaning": meaning}
            for word, meaning in {**status_meanings(language), **work_meanings(language)}.items()
        ],
        "join": snapshot.join_report,
        "published": _published(snapshot, language, threshold),
        "programmes": _programmes(snapshot, language),
    }


def _population(
    snapshot: Snapshot, code: str, language: Language, threshold: Threshold
) -> dict[str, str]:
    """Return the row of a population: its first and last date, and their number."""
    population_counts = counts(snapshot, code, 1, threshold, frozenset())
    placed = [
        day
        for day, row in zip(population_counts.dates, population_counts.counted, strict=True)
        if row.any()
    ]
    days = placed or population_counts.dates  # counts that are in no area, or of programmes only
    return {
        "label": language.gettext(populations.POPULATIONS[code].label),
        "first": language.date(days[0]),
        "last": language.date(days[-1]),
        "dates": language.number(len(days)),
        "governorates": language.number(int(population_counts.counted.any(axis=0).sum())),
    }


def _notes(snapshot: Snapshot, language: Language, threshold: Threshold) -> list[str]:
    country = snapshot.manifest["country"]
    notes = [language.gettext(note["text"]) for note in country["notes"] + country["shelter_notes"]]
    if threshold.households > 1:
        notes.append(
            language.gettext(
                "District figures under {n} households are not shown, nor as many others as it "
                "takes that they cannot be worked out by subtraction.",
                n=language.number(threshold.households),
            )
        )
    if least := least_people(snapshot, threshold):
        notes.append(
            language.gettext(
                "Where only people are counted, figures of districts, or of governorates without "
                "districts, under {n} people are not shown, nor as many others as it takes.",
                n=language.number(least),
            )
        )
    return notes


def _published(
    snapshot: Snapshot, language: Language, threshold: Threshold
) -> list[dict[str, Any]]:
    return [
        {
            "label": language.gettext(populations.POPULATIONS[row.population].label),
            "date": language.date(row.printed_day),
            "printed": language.number(row.printed),
            "ours": _ours(row, language),
            "differs": row.differs,
            "status": row.status,
            "url": row.url,
        }
        for row in printed_totals(snapshot, threshold=threshold)
    ]


def _ours(row: PrintedTotal, language: Language) -> str:
    if row.ours is None or row.day is None:
        return language.gettext("no list of this round")
    if row.day == row.printed_day:
        return language.number(row.ours)
    return language.gettext(
        "{total} on {date}", total=language.number(row.ours), date=language.date(row.day)
    )


@memoise(8)  # takes most of the page's time
def _programmes(snapshot: Snapshot, language: Language) -> list[dict[str, Any]]:
    coverage = snapshot.tables.coverage
    named = area_names(snapshot, language)
    described = snapshot.tables.programmes.set_index("code")["description"]
    return [
        row
        | {
            "description": described[row["code"]],
            "rows": _coverage(coverage[coverage["programme"] == row["code"]], named),
        }
        for row in programmes.overview(snapshot, language)
    ]


def _coverage(rows: Any, named: dict[str, str]) -> list[dict[str, Any]]:
    return [
        row._asdict() | {"name": named[row.pcode], "url": programmes.link(row.source)["url"]}
        for row in records(rows)
    ]
