"""How a view is cited: in plain text, as BibTeX and as CSL-JSON.

A citation names who counted, what is shown and on which date, the snapshot the figures are from,
and a link that leads to the same figures for as long as the snapshot is held. Who publishes the
site is not known here and not said.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, replace
from typing import Any

from geodata import populations
from geodata.figures import comparison
from geodata.figures.availability import sources_of
from geodata.figures.state import State, encode_query, frozen, view_date
from geodata.figures.view import View
from geodata.i18n.language import Language, strip_isolates
from geodata.snapshots.snapshot import Snapshot
from geodata.text import comparison_summary, sentences, wording
from geodata.text.comparison_tables import Comparison

# One pass, so that what an escape itself contains is not escaped again.
_BIBTEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",  # a brace that is only escaped still counts as one
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{character: f"\\{character}" for character in "$&#%_"},
    }
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # BibTeX's own words
# A URL is taken as it stands, but must not end its braces.
_BIBTEX_URL = str.maketrans({"\\": "%5C", "{": "%7B", "}": "%7D"})


@dataclass(frozen=True)
class Citation:
    """A citation of figures, in the parts that every format writes.

    Attributes
    ----------
    key
        The same for the same view of the same snapshot, wherever and whenever it is cited.
    authors
        Who publishes the figures.
    work
        Name of the map.
    day
        Date of the figures.
    url
        Link that is frozen at date and snapshot.
    accessed
        Day on which the link was followed, in UTC.
    credits
        How each source wants to be credited.
    """

    key: str
    authors: tuple[str, ...]
    title: str
    work: str
    day: dt.date
    version: str
    url: str
    accessed: dt.date
    credits: tuple[str, ...]
    language: Language

    @property
    def note(self) -> str:
        """Write the credits as sentences, without the last full stop."""
        return ". ".join(credit.rstrip(".") for credit in self.credits)


def cite(view: View, *, url: str, accessed: dt.date) -> Citation:
    """Make the citation of a view on its date.

    Parameters
    ----------
    url
        Absolute link to the view's state as :func:`geodata.figures.state.frozen` gives it.
    """
    snapshot, state = view.snapshot, view.state
    return Citation(
        key=_key(state, snapshot),
        authors=_publishers(snapshot, state),
        title=_title(view),
        work=wording.product(snapshot, view.language),
        day=view.on_its_date().date,
        version=snapshot.version,
        url=url,
        accessed=accessed,
        credits=tuple(dict.fromkeys(row["credit"] for row in sentences.sources(view))),
        language=view.language,
    )


def cite_comparison(compared: Comparison, *, url: str, accessed: dt.date) -> Citation:
    """Make the citation of a comparison: the figures of both sides, by whoever counted them.

    Parameters
    ----------
    url
        Absolute link to the comparison as
        :meth:`geodata.figures.comparison.ComparisonState.frozen` gives it.
    """
    first, second = (cite(side.view, url=url, accessed=accessed) for side in compared.sides)
    query = comparison.query(compared.request.frozen(compared.snapshot), compared.snapshot)
    return replace(
        second,
        key=_citation_key(compared.snapshot, "compare", second.day, query),
        authors=tuple(dict.fromkeys([*first.authors, *second.authors])),
        title=_title_of_comparison(compared),
        credits=tuple(dict.fromkeys([*first.credits, *second.credits])),
    )


def _title_of_comparison(compared: Comparison) -> str:
    if compared.kind == comparison.DATES:
        return _title(compared.difference.view)
    language = compared.language
    days = dict.fromkeys(language.date(side.day, "long") for side in compared.sides)
    return language.gettext(
        "{title}, {date}",
        title=comparison_summary.title(compared),
        date=language.join_names(list(days)),
    )


def _key(state: State, snapshot: Snapshot) -> str:
    query = encode_query(frozen(state, snapshot), snapshot)
    return _citation_key(snapshot, state.pop, view_date(state, snapshot), query)


def _citation_key(snapshot: Snapshot, what: str, day: dt.date, query: str) -> str:
    """Make the key of a citation: country, population, date and a hash of the query.

    For example ``irq-idp-2017-05-15-1a2b3c``.
    """
    digest = hashlib.sha256(query.encode()).hexdigest()[:6]
    country = str(snapshot.manifest["country"]["code"]).lower()
    return f"{country}-{what}-{day.isoformat()}-{digest}"


def _publishers(snapshot: Snapshot, state: State) -> tuple[str, ...]:
    """Name the publishers of the counts, without what follows a comma or semicolon.

    After it the manifest says how the counts came from there.
    """
    counted_by = sources_of(snapshot, *state.series)
    listed = sentences.listed_sources(snapshot, state.language)
    rows = [row for row in listed if row["id"] in counted_by]
    names = (re.split("[,;،؛]", row["publisher"])[0] for row in rows)
    return tuple(dict.fromkeys(names))


def _title(view: View) -> str:
    language, state = view.language, view.state
    title = wording.title_in_country(view)
    date = language.date(view.on_its_date().date, "long")
    if state.mode == populations.CHANGE and state.base:
        return language.gettext(
            "{title}, {date} compared with {base}",
            title=title,
            date=date,
            base=language.date(state.base, "long"),
        )
    return language.gettext("{title}, {date}", title=title, date=date)


def footnote(citation: Citation) -> str:
    """Write the citation as a sentence for a footnote."""
    language = citation.language
    return language.gettext(
        "{authors} ({year}). {title}. {work}, snapshot {version}. {url} (accessed {accessed}). "
        "{credits}.",
        authors=language.join_names(list(citation.authors)),
        year=str(citation.day.year),
        title=citation.title,
        work=citation.work,
        version=citation.version,
        url=citation.url,
        accessed=language.date(citation.accessed, "long"),
        credits=citation.note,
    )


def bibtex(citation: Citation) -> str:
    """Write the citation as an entry for BibTeX and BibLaTeX."""
    fields = {
        "author": " and ".join(f"{{{_escaped(author)}}}" for author in citation.authors),
        "title": f"{{{_escaped(citation.title)}}}",
        "howpublished": _escaped(citation.work),
        "version": _escaped(citation.version),
        "year": str(citation.day.year),
        "url": citation.url.translate(_BIBTEX_URL),
        "urldate": citation.accessed.isoformat(),
        "note": _escaped(citation.note),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items()]
    lines.append(f"  month = {_MONTHS[citation.day.month - 1]}")
    return "\n".join([f"@misc{{{citation.key},", ",\n".join(lines), "}"])


def _escaped(value: str) -> str:
    """Escape text for a field of BibTeX, on one line."""
    return " ".join(strip_isolates(value).split()).translate(_BIBTEX)


def csl(citation: Citation) -> list[dict[str, Any]]:
    """Return the citation as CSL-JSON, which Zotero and most word processors import."""
    return [
        {
            "id": citation.key,
            "type": "dataset",
            "title": strip_isolates(citation.title),
            "author": [{"literal": author} for author in citation.authors],
            "container-title": strip_isolates(citation.work),
            "issued": _parts(citation.day),
            "version": citation.version,
            "URL": citation.url,
            "accessed": _parts(citation.accessed),
            "language": citation.language.tag,
            "note": strip_isolates(citation.note),
        }
    ]


def _parts(day: dt.date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
