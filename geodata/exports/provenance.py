"""What every file says of itself: whose figures, of which day, how made, where to find them.

::

    view + permalink ──▶ Provenance ─┬─▶ as_dict   metadata.json, data.json, GeoJSON
                                     ├─▶ pairs     notes of a workbook, the readme
                                     └─▶ as_text   inside pictures, where nobody looks first

Absent figures are told by their statuses in words, so those are listed with what they mean.
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
        ISO date; ``round`` says it as the source numbers it.
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


def provenance(at: ViewAt, permalink: str) -> Provenance:
    """Collect what every file says of a view on its date."""
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
        programmes=state.prog,
        statuses=status_meanings(language),
        missing=texts.missing,
        method=(*texts.breaks, *texts.notes),
        sources=tuple(texts.sources),
        disclaimer=texts.disclaimer,
        snapshot=at.snapshot.version,
        permalink=permalink,
        language=state.lang,
    )


def as_dict(told: Provenance) -> dict[str, Any]:
    """Return it as JSON; keys are English in every language, texts without isolates."""
    return {name: _bare(said) for name, said in asdict(told).items()}


def _bare(said: Any) -> Any:
    """Take the isolates out of all texts of a value."""
    if isinstance(said, str):
        return strip_isolates(said)
    if isinstance(said, dict):
        return {_bare(name): _bare(each) for name, each in said.items()}
    return tuple(map(_bare, said))


def credits(told: Provenance) -> str:
    """Return credits of the sources with their terms, each once, one after the other."""
    said = [f"{source['credit']}. {source['terms']}" for source in told.sources]
    return " ".join(dict.fromkeys(said))


def pairs(told: Provenance, language: Language) -> list[tuple[str, str]]:
    """Return labels and texts in the order in which they are read, as any program shows them."""
    again = language.gettext("Snapshot {version}", version=told.snapshot)
    rows = [
        (language.gettext("Title"), told.title),
        (language.gettext("Headline"), told.headline),
        (language.gettext("Date"), f"{told.date} ({told.round})"),
        (language.pgettext("population", "People"), told.population),
        (language.gettext("Unit"), told.unit),
        (language.gettext("Programme"), language.listed(told.programmes)),
        (language.gettext("Missing"), told.missing),
        *((language.gettext("Status: {word}", word=word), m) for word, m in told.statuses.items()),
        *((language.gettext("Method and limits"), note) for note in told.method),
        (language.gettext("Boundaries"), told.disclaimer),
        (language.gettext("Figures"), again),
        (language.gettext("Link"), told.permalink),
    ]
    return [(isolates_to_marks(label), isolates_to_marks(said)) for label, said in rows if said]


def as_text(told: Provenance, language: Language) -> str:
    """Write all of it as plain text, a line each, sources last."""
    lines = [f"{label}: {said}" for label, said in pairs(told, language)]
    for source in told.sources:
        named = language.gettext("Source")
        lines.append(
            isolates_to_marks(f"{named}: {source['title']}, {source['url']}. {source['terms']}")
        )
    return "\n".join(lines)
