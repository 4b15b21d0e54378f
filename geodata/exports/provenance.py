"""Provenance of figures, in every file: source, date, method, terms, permalink.

::

    view + permalink ──▶ Provenance ─┬─▶ as_dict   metadata.json, data.json, GeoJSON
                                     ├─▶ pairs     notes of a workbook, the readme
                                     └─▶ as_text   inside pictures, where nobody looks first

Words stand in place of absent figures, so those are listed with what they mean.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from geodata.exports.drawing.text_lines import isolates_to_marks
from geodata.figures.statuses import status_meanings
from geodata.figures.view import ViewAt
from geodata.i18n.language import Language, strip_isolates
from geodata.populations import MODE_LABELS, POPULATIONS
from geodata.text.view_text import ViewText


@dataclass(frozen=True)
class Provenance:
    """Everything that must travel with the figures, in the reader's language.

    Attributes
    ----------
    headline
        The sentence on the date.
    date
        ISO date; ``round`` is the number that the source gives it.
    statuses
        Words of every status, and what each means.
    missing
        What is not known on the date.
    method
        Method and limits.
    sources
        ``id``, ``title``, ``url``, ``terms``, ``credit``.
    permalink
        Link to the same figures, frozen at date and snapshot.
    """

    title: str
    headline: str
    date: str
    round: str
    population: str
    unit: str
    mode: str
    compared_with: str
    programmes: tuple[str, ...]
    statuses: dict[str, str]
    missing: str
    method: tuple[str, ...]
    sources: tuple[dict[str, str], ...]
    disclaimer: str
    snapshot: str
    permalink: str
    language: str


def provenance_of(at: ViewAt, permalink: str) -> Provenance:
    """Collect the provenance of a view on its date."""
    language, state, texts = at.language, at.state, ViewText(at)
    return Provenance(
        title=texts.title,
        headline=texts.headline,
        date=at.date.isoformat(),
        round=texts.round,
        population=language.gettext(POPULATIONS[state.pop].nouns),
        unit=texts.unit,
        mode=language.gettext(MODE_LABELS[state.mode]),
        compared_with=state.base.isoformat() if state.base else "",
        programmes=state.programmes,
        statuses=status_meanings(language),
        missing=texts.missing,
        method=(*texts.breaks, *texts.notes),
        sources=tuple(texts.sources),
        disclaimer=texts.disclaimer,
        snapshot=at.snapshot.version,
        permalink=permalink,
        language=state.lang,
    )


def as_dict(provenance: Provenance) -> dict[str, Any]:
    """Return provenance as JSON; keys are English in every language, texts without isolates."""
    return {name: _bare(value) for name, value in asdict(provenance).items()}


def _bare(value: Any) -> Any:
    """Take the isolates out of all texts of a value."""
    if isinstance(value, str):
        return strip_isolates(value)
    if isinstance(value, dict):
        return {_bare(name): _bare(each) for name, each in value.items()}
    return tuple(map(_bare, value))


def credits(provenance: Provenance) -> str:
    """Join credits and terms of the sources into one text, each once."""
    statements = [f"{source['credit']}. {source['terms']}" for source in provenance.sources]
    return " ".join(dict.fromkeys(statements))


def pairs(provenance: Provenance, language: Language) -> list[tuple[str, str]]:
    """Return labels and texts in reading order, with direction marks that any program knows."""
    again = language.gettext("Snapshot {version}", version=provenance.snapshot)
    rows = [
        (language.gettext("Title"), provenance.title),
        (language.gettext("Headline"), provenance.headline),
        (language.gettext("Date"), f"{provenance.date} ({provenance.round})"),
        (language.pgettext("population", "People"), provenance.population),
        (language.gettext("Unit"), provenance.unit),
        (language.gettext("Programme"), language.join_items(provenance.programmes)),
        (language.gettext("Missing"), provenance.missing),
        *(
            (language.gettext("Status: {word}", word=word), m)
            for word, m in provenance.statuses.items()
        ),
        *((language.gettext("Method and limits"), note) for note in provenance.method),
        (language.gettext("Boundaries"), provenance.disclaimer),
        (language.gettext("Figures"), again),
        (language.gettext("Link"), provenance.permalink),
    ]
    return [(isolates_to_marks(label), isolates_to_marks(text)) for label, text in rows if text]


def as_text(provenance: Provenance, language: Language) -> str:
    """Write provenance as plain text, a line for each fact, sources last."""
    lines = [f"{label}: {text}" for label, text in pairs(provenance, language)]
    for source in provenance.sources:
        named = language.gettext("Source")
        lines.append(
            isolates_to_marks(f"{named}: {source['title']}, {source['url']}. {source['terms']}")
        )
    return "\n".join(lines)
