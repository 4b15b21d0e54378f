"""What the CSV of a view holds, for machines: a Data Package (https://datapackage.org).

::

    view ─▶ resource "figures": the CSV beside it, its columns with types, units, statuses
         └▶ resource "areas": every P-code with its name, which the figures point to

A licence is named where the terms of a source are one that has an identifier; all terms stand as
they are beside their source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from geodata.exports.provenance import Provenance, as_dict
from geodata.exports.tables.long_table import COLUMNS, column_type, tags
from geodata.figures.view import View
from geodata.i18n.language import SOURCE_LANGUAGE, load_language, strip_isolates
from geodata.links.urls import slug
from geodata.places.area_names import area_names
from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.tables import PCODE

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
NAME = "datapackage.json"
FIGURES, AREAS = "figures", "areas"
# Terms that are known by an identifier (https://spdx.org/licenses), as sources write them.
_LICENCES = {
    r"\bCC BY 3\.0 IGO\b": (
        "CC-BY-3.0-IGO",
        "https://creativecommons.org/licenses/by/3.0/igo/",
        "Creative Commons Attribution 3.0 IGO",
    ),
    r"\bCC BY 4\.0\b": (
        "CC-BY-4.0",
        "https://creativecommons.org/licenses/by/4.0/",
        "Creative Commons Attribution 4.0",
    ),
}


def data_package(view: View, provenance: Provenance, path: str, *, hxl: bool) -> dict[str, Any]:
    """Describe the CSV of a view that is at ``path``: a name beside the description, or a URL.

    Parameters
    ----------
    hxl
        Whether HXL tags stand under the names of its columns.
    """
    about = as_dict(provenance)
    return {
        "$schema": PROFILE,
        "name": slug([view.snapshot.country, view.state.pop, view.state.measure, about["date"]]),
        "title": about["title"],
        "description": " ".join([about["headline"], *about["method"], about["disclaimer"]]),
        "homepage": about["permalink"],
        "version": about["snapshot"],
        "language": about["language"],
        "sources": [_source(row, view.snapshot) for row in about["sources"]],
        **_licences(view.snapshot, about["sources"]),
        "resources": [_figures(view, about, path, hxl=hxl), _areas(view)],
    }


def licence_of(terms: str) -> tuple[str, str, str] | None:
    """Return identifier, address and title of the licence that terms name; None if they name none.

    >>> licence_of("Creative Commons Attribution 3.0 IGO (CC BY 3.0 IGO).")[0]
    'CC-BY-3.0-IGO'
    """
    return next((licence for words, licence in _LICENCES.items() if re.search(words, terms)), None)


def _source(row: Mapping[str, str], snapshot: Snapshot) -> dict[str, str]:
    return {
        "title": row["title"],
        "path": row["url"],
        "version": snapshot.version,
        "terms": row["terms"],
        "credit": row["credit"],
    }


def _licences(snapshot: Snapshot, sources: tuple[Mapping[str, str], ...]) -> dict[str, Any]:
    """Return the licences among the terms; the key may not be there with none in it."""
    terms = {row["id"]: row["terms"] for row in snapshot.manifest["sources"]}  # not translated
    licences = dict.fromkeys(filter(None, (licence_of(terms[row["id"]]) for row in sources)))
    named = [{"name": name, "path": path, "title": title} for name, path, title in licences]
    return {"licenses": named} if named else {}


def _figures(view: View, about: dict[str, Any], path: str, *, hxl: bool) -> dict[str, Any]:
    """Describe the table of figures."""
    return {
        "name": FIGURES,
        "type": "table",
        "title": about["title"],
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **({"dialect": {"commentRows": [2]}} if hxl else {}),
        "schema": {
            "fields": _fields(view, about),
            "missingValues": [""],
            "primaryKey": ["date", "pcode"],
            "foreignKeys": [
                {"fields": [name], "reference": {"resource": AREAS, "fields": ["pcode"]}}
                for name in ("pcode", "parent_pcode")
            ],
        },
    }


def _fields(view: View, about: dict[str, Any]) -> list[dict[str, Any]]:
    language, tagged = view.language, tags(view)
    more: dict[str, dict[str, Any]] = {
        "date": {"constraints": {"required": True}},
        "pcode": {"constraints": {"required": True, "pattern": PCODE}},
        "parent_pcode": {"constraints": {"pattern": PCODE}},
        "value": {"unit": about["unit"]},
        "status": {
            "constraints": {"required": True, "enum": list(about["statuses"])},
            "meanings": about["statuses"],
        },
        "rank": {"constraints": {"minimum": 1}},
    }
    return [
        {
            "name": name,
            "type": column_type(name),
            "description": strip_isolates(language.gettext(what)),
            "hxl": tagged[name],
            **more.get(name, {}),
        }
        for name, what in COLUMNS.items()
    ]


def _areas(view: View) -> dict[str, Any]:
    """List every area that figures are of, and the governorates of districts."""
    language, areas = view.language, view.counts.areas
    named, english = (
        area_names(view.snapshot, each) for each in (language, load_language(SOURCE_LANGUAGE))
    )
    parents = dict(zip(areas.pcodes, areas.parents, strict=True))
    pcodes = list(dict.fromkeys([*filter(None, areas.parents), *areas.pcodes]))
    return {
        "name": AREAS,
        "type": "table",
        "data": [
            {
                "pcode": pcode,
                "parent": parents.get(pcode) or None,
                "name": named[pcode],
                "name_en": english[pcode],
            }
            for pcode in pcodes
        ],
        "schema": {
            "fields": [
                {"name": name, "type": "string"} for name in ("pcode", "parent", "name", "name_en")
            ],
            "primaryKey": ["pcode"],
        },
    }
