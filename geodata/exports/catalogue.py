"""The catalogue of what can be downloaded: a dataset for each population and level, for harvesters.

::

    views ──▶ Record ─┬─▶ dcat        DCAT 3 as JSON-LD (https://www.w3.org/TR/vocab-dcat-3/)
                      └─▶ schema_org  Dataset of schema.org, which search engines read in a page

Terms that are no licence with an identifier stand as they are written, and name none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from geodata import populations
from geodata.exports.data_package import licence_of
from geodata.exports.tables.geojson import geometries
from geodata.figures.availability import GOVERNORATE, dates_of, populations_with_counts
from geodata.figures.view import View
from geodata.i18n.language import strip_isolates
from geodata.i18n.messages import gettext
from geodata.snapshots.memo import memoise
from geodata.snapshots.registry import HistoryEntry
from geodata.snapshots.snapshot import Snapshot
from geodata.text import sentences, view_headlines, wording

MEDIA = "application/ld+json"
_ABOUT = gettext(
    "Where displaced people and returnees live, round by round since 2014, with the source of "
    "every figure."
)
_IANA = "https://www.iana.org/assignments/media-types/"
_COUNTRIES = "http://publications.europa.eu/resource/authority/country/"
_THEME = "http://publications.europa.eu/resource/authority/data-theme/SOCI"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": _XSD,
}


@dataclass(frozen=True)
class Distribution:
    """A file of a dataset: its absolute address, its media type, its name in menus."""

    url: str
    media: str
    label: str


@dataclass(frozen=True)
class Catalogue:
    """What is catalogued, with absolute addresses.

    Attributes
    ----------
    views
        One for each dataset, all of one snapshot and language.
    files
        Returns the files of a dataset.
    own, home, sources
        Addresses of the catalogue, of the map, and of the page of sources.
    page
        Returns the address of the page that shows a dataset.
    issued, modified
        ISO dates, as :func:`shown_since` returns them.
    """

    views: tuple[View, ...]
    files: Callable[[View], Sequence[Distribution]]
    own: str
    home: str
    sources: str
    page: Callable[[View], str]
    issued: str
    modified: str


def newest_day(snapshot: Snapshot) -> str:
    """Return the day of the newest figures of a snapshot, as ISO 8601."""
    days = [dates_of(snapshot, code)[-1] for code in populations_with_counts(snapshot)]
    return max(days).isoformat()


def shown_since(snapshot: Snapshot, past: Sequence[HistoryEntry]) -> tuple[str, str]:
    """Return the days on which a snapshot became active first and last.

    One that was never activated, as that which ships, is dated by its newest figures.
    """
    version = snapshot.version
    days = [one.activation.at[:10] for one in past if one.activation.version == version]
    known = sorted(filter(_is_day, days)) or [newest_day(snapshot)]
    return known[0], known[-1]


def dcat(catalogue: Catalogue) -> dict[str, Any]:
    """Return the catalogue with its datasets and their distributions as JSON-LD."""
    first = catalogue.views[0]
    name = strip_isolates(wording.product(first.snapshot, first.language))
    publisher = {"@type": "foaf:Agent", "foaf:name": name, "foaf:homepage": _ref(catalogue.home)}
    disclaimer = wording.disclaimer(first)
    return {
        "@context": _CONTEXT,
        "@id": catalogue.own,
        "@type": "dcat:Catalog",
        "dct:title": _text(first, name),
        "dct:description": _text(first, f"{first.language.gettext(_ABOUT)} {disclaimer}"),
        "dct:publisher": publisher,
        "dct:language": first.language.code,
        "dct:issued": _day(catalogue.issued),
        "dct:modified": _day(catalogue.modified),
        "foaf:homepage": _ref(catalogue.home),
        "dcat:dataset": [_dataset(catalogue, view, publisher) for view in catalogue.views],
    }


def _dataset(catalogue: Catalogue, view: View, publisher: dict[str, Any]) -> dict[str, Any]:
    start, end = _period(view)
    west, south, east, north = bounds(view.snapshot)
    terms = {
        "dct:license": _licence(view),
        "dct:rights": {
            "@type": "dct:RightsStatement",
            "rdfs:label": _text(view, " ".join(_terms(view))),
        },
    }
    box = f"POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"
    return {
        "@id": f"{catalogue.own}#{identifier(view)}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{identifier(view)}-{view.snapshot.version}",
        "dcat:version": view.snapshot.version,
        "dct:title": _text(view, title(view)),
        "dct:description": _text(view, description(view)),
        "dct:publisher": publisher,
        "dct:creator": [{"@type": "foaf:Agent", "foaf:name": name} for name in publishers(view)],
        "dct:issued": _day(catalogue.issued),
        "dct:modified": _day(catalogue.modified),
        "dct:language": view.language.code,
        "dcat:theme": _ref(_THEME),
        "dcat:keyword": [_text(view, word) for word in keywords(view)],
        "dcat:landingPage": _ref(catalogue.page(view)),
        "dct:source": [_ref(row["url"]) for row in sentences.sources(view)],
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _day(start),
            "dcat:endDate": _day(end),
        },
        "dct:spatial": {
            "@id": f"{_COUNTRIES}{view.snapshot.manifest['country']['code']}",
            "@type": "dct:Location",
            "rdfs:label": _text(view, view.language.gettext(view.snapshot.country)),
            "dcat:bbox": {"@type": "geo:wktLiteral", "@value": box},
        },
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dct:title": _text(view, each.label),
                "dcat:accessURL": _ref(each.url),
                "dcat:downloadURL": _ref(each.url),
                "dcat:mediaType": _ref(f"{_IANA}{each.media}"),
                **terms,
            }
            for each in catalogue.files(view)
        ],
    }


def schema_org(catalogue: Catalogue) -> dict[str, Any]:
    """Return the catalogue as schema.org has it, for a page."""
    first = catalogue.views[0]
    home = {
        "@type": "Organization",
        "name": strip_isolates(wording.product(first.snapshot, first.language)),
        "url": catalogue.home,
    }
    return {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "name": home["name"],
        "url": catalogue.sources,
        "dataset": [_schema_dataset(catalogue, view, home) for view in catalogue.views],
    }


def _schema_dataset(catalogue: Catalogue, view: View, home: dict[str, str]) -> dict[str, Any]:
    west, south, east, north = bounds(view.snapshot)
    return {
        "@type": "Dataset",
        "@id": f"{catalogue.own}#{identifier(view)}",
        "identifier": f"{identifier(view)}-{view.snapshot.version}",
        "name": title(view),
        "description": description(view),
        "url": catalogue.page(view),
        "version": view.snapshot.version,
        "inLanguage": view.language.tag,
        "isAccessibleForFree": True,
        "keywords": keywords(view),
        "creator": [{"@type": "Organization", "name": name} for name in publishers(view)],
        "publisher": home,
        "datePublished": catalogue.issued,
        "dateModified": catalogue.modified,
        "license": [_schema_licence(row) for row in sentences.sources(view)],
        "creditText": " ".join(strip_isolates(row["credit"]) for row in sentences.sources(view)),
        "isBasedOn": [row["url"] for row in sentences.sources(view)],
        "temporalCoverage": "/".join(_period(view)),
        "spatialCoverage": {
            "@type": "Place",
            "name": view.language.gettext(view.snapshot.country),
            "geo": {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"},
        },
        "variableMeasured": {
            "@type": "PropertyValue",
            "name": strip_isolates(wording.title(view)),
            "unitText": strip_isolates(wording.unit(view)),
        },
        "distribution": [
            {
                "@type": "DataDownload",
                "name": each.label,
                "encodingFormat": each.media,
                "contentUrl": each.url,
            }
            for each in catalogue.files(view)
        ],
    }


# ---------------------------------------------------------------------------------- of one dataset


def identifier(view: View) -> str:
    """Return what a dataset is called in its address: ``idp-governorates``."""
    return f"{view.state.pop}-{populations.LEVELS[view.state.level].name}"


def title(view: View) -> str:
    """Write the title of a view with its level."""
    level = view.language.gettext(populations.LEVELS[view.state.level].label)
    return f"{strip_isolates(wording.title_in_country(view))} · {level}"


def description(view: View) -> str:
    """Say how many there are, and what is to be known of the figures."""
    at = view.on_its_date()
    headline = strip_isolates(view_headlines.headline(at))
    return " ".join([f"{headline}.", *map(strip_isolates, sentences.notes(view))])


def keywords(view: View) -> list[str]:
    """List the words under which a dataset may be looked for."""
    language, population = view.language, populations.POPULATIONS[view.state.pop]
    level = populations.LEVELS[view.state.level].label
    return [language.gettext(each) for each in (population.label, view.snapshot.country, level)]


def publishers(view: View) -> list[str]:
    """List who published the sources of a view."""
    shown = {row["id"] for row in sentences.sources(view)}
    rows = view.snapshot.manifest["sources"]
    return list(dict.fromkeys(row["publisher"] for row in rows if row["id"] in shown))


@memoise(8)
def bounds(snapshot: Snapshot) -> tuple[float, float, float, float]:
    """Return west, south, east and north of the country's areas, in degrees."""
    points = [
        point
        for shape in geometries(snapshot, GOVERNORATE).values()
        for polygon in (
            [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        )
        for point in polygon[0]
    ]
    longitudes, latitudes = zip(*points, strict=True)
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _period(view: View) -> tuple[str, str]:
    return view.counts.dates[0].isoformat(), view.counts.dates[-1].isoformat()


def _is_day(text: str) -> bool:
    try:
        return bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def _ref(address: str) -> dict[str, str]:
    return {"@id": address}


def _text(view: View, text: str) -> dict[str, str]:
    return {"@value": strip_isolates(text), "@language": view.language.code}


def _day(day: str) -> dict[str, str]:
    return {"@value": day, "@type": "xsd:date"}


def _terms(view: View) -> list[str]:
    rows = [f"{row['credit'].rstrip('.')}. {row['terms']}" for row in sentences.sources(view)]
    return [strip_isolates(each) for each in dict.fromkeys(rows)]


def _licence(view: View) -> dict[str, Any]:
    """Return the terms on the figures as a document of a licence."""
    counted = sentences.sources(view)[sentences.sources_on(view)[-1]]
    return {"@type": "dct:LicenseDocument", "rdfs:label": _text(view, counted["terms"])}


def _schema_licence(row: dict[str, str]) -> dict[str, str]:
    licence = licence_of(row["terms"])
    known = {"url": licence[1]} if licence else {}
    named = strip_isolates(f"{row['title']}: {row['terms']}")
    return {"@type": "CreativeWork", "name": named, **known}
