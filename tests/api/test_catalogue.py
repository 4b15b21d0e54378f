"""The catalogue of datasets, as triples that hold what DCAT-AP and search engines ask for."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib import Graph

from geodata.snapshots.library import Library
from tests.pages.test_pages import held_in

PUBLIC = "https://maps.example.org"
# What DCAT-AP 3 requires, and what it recommends of all that is known here.
DCAT = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <urn:shapes:> .
:about sh:property
  [ sh:path dct:title ; sh:minCount 1 ; sh:uniqueLang true ; sh:datatype rdf:langString ] ,
  [ sh:path dct:description ; sh:minCount 1 ; sh:datatype rdf:langString ] ,
  [ sh:path dct:publisher ; sh:minCount 1 ; sh:maxCount 1 ; sh:node :agent ] ,
  [ sh:path dct:issued ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:date ] ,
  [ sh:path dct:modified ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:date ] .
:agent sh:class foaf:Agent ; sh:property [ sh:path foaf:name ; sh:minCount 1 ] .
:catalog a sh:NodeShape ; sh:targetClass dcat:Catalog ; sh:node :about ; sh:nodeKind sh:IRI ;
  sh:property [ sh:path dcat:dataset ; sh:minCount 5 ; sh:class dcat:Dataset ] .
:dataset a sh:NodeShape ; sh:targetClass dcat:Dataset ; sh:node :about ; sh:nodeKind sh:IRI ;
  sh:property
  [ sh:path dct:identifier ; sh:minCount 1 ] , [ sh:path dcat:version ; sh:minCount 1 ] ,
  [ sh:path dcat:landingPage ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path dcat:theme ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path ( dct:temporal dcat:startDate ) ; sh:minCount 1 ; sh:datatype xsd:date ] ,
  [ sh:path ( dct:temporal dcat:endDate ) ; sh:minCount 1 ; sh:datatype xsd:date ] ,
  [ sh:path dct:spatial ; sh:minCount 1 ; sh:class dct:Location ] ,
  [ sh:path ( dct:spatial dcat:bbox ) ; sh:minCount 1 ] ,
  [ sh:path dcat:distribution ; sh:minCount 6 ; sh:class dcat:Distribution ] .
:distribution a sh:NodeShape ; sh:targetClass dcat:Distribution ; sh:property
  [ sh:path dcat:accessURL ; sh:minCount 1 ; sh:nodeKind sh:IRI ] ,
  [ sh:path dct:license ; sh:minCount 1 ; sh:maxCount 1 ; sh:class dct:LicenseDocument ] ,
  [ sh:path dct:rights ; sh:minCount 1 ; sh:class dct:RightsStatement ] ,
  [ sh:path dcat:mediaType ; sh:minCount 1 ; sh:nodeKind sh:IRI ] .
"""
# https://developers.google.com/search/docs/appearance/structured-data/dataset
SCHEMA_ORG = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix s: <https://schema.org/> .
[] a sh:NodeShape ; sh:targetClass s:DataCatalog ;
  sh:property [ sh:path s:dataset ; sh:minCount 5 ; sh:class s:Dataset ] .
[] a sh:NodeShape ; sh:targetClass s:Dataset ; sh:property
  [ sh:path s:name ; sh:minCount 1 ] ,
  [ sh:path s:description ; sh:minCount 1 ; sh:minLength 50 ; sh:maxLength 5000 ] ,
  [ sh:path s:license ; sh:minCount 1 ; sh:class s:CreativeWork ] ,
  [ sh:path s:creator ; sh:minCount 1 ; sh:class s:Organization ] ,
  [ sh:path s:temporalCoverage ; sh:pattern "^[0-9-]{10}/[0-9-]{10}$" ; sh:minCount 1 ] ,
  [ sh:path ( s:spatialCoverage s:geo s:box ) ; sh:minCount 1 ] ,
  [ sh:path ( s:distribution s:contentUrl ) ; sh:minCount 6 ] ,
  [ sh:path ( s:distribution s:encodingFormat ) ; sh:minCount 6 ] .
"""


def holds(document: dict[str, Any], shapes: str) -> tuple[bool, str]:
    data = Graph().parse(data=json.dumps(document), format="json-ld")
    conforms, _, report = validate(data, shacl_graph=Graph().parse(data=shapes, format="turtle"))
    return conforms, report


def in_page(client: FlaskClient, path: str) -> dict[str, Any]:
    """What a search engine reads of a page, with the vocabulary that its context stands for."""
    text = client.get(path).get_data(as_text=True)
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)
    read = json.loads(found)
    assert read["@context"] == "https://schema.org/"
    return {**read, "@context": {"@vocab": "https://schema.org/"}}


@pytest.mark.parametrize("lang", ["", "ckb"])
def test_the_catalogue_has_what_dcat_asks_for(client_of, lang):
    client = client_of(public_url=PUBLIC)
    answer = client.get("/catalog.jsonld", query_string={"lang": lang} if lang else {})
    assert answer.mimetype == "application/ld+json"
    read = answer.get_json()
    assert holds(read, DCAT) == (True, "Validation Report\nConforms: True\n")
    assert "\u2068" not in answer.get_data(as_text=True)
    idp = read["dcat:dataset"][0]
    assert idp["dct:temporal"]["dcat:startDate"]["@value"] == "2014-04-01"
    first = idp["dcat:distribution"][0]["dcat:downloadURL"]["@id"]
    assert first.startswith(f"{PUBLIC}/data.csv?")
    table = client.get(first.removeprefix(PUBLIC))
    assert table.status_code == 200 and "immutable" in table.headers["Cache-Control"]


def test_shapes_see_what_a_catalogue_lacks(client: FlaskClient):
    read = client.get("/catalog.jsonld").get_json()
    del read["dcat:dataset"][0]["dcat:distribution"][0]["dct:license"]
    assert not holds(read, DCAT)[0]
    page = in_page(client, "/sources")
    page["dataset"][1]["description"] = "Short."
    assert not holds(page, SCHEMA_ORG)[0]


def test_the_page_of_sources_says_to_search_engines_what_its_datasets_are(client: FlaskClient):
    assert holds(in_page(client, "/sources?lang=ar"), SCHEMA_ORG)[0]
    answer = client.get("/sources")
    scripts = re.search("script-src ([^;]*)", answer.headers["Content-Security-Policy"])
    assert scripts and scripts[1] == "'self'", "data in a page needs no leave"
    link = '<link rel="alternate" type="application/ld+json" href="/catalog.jsonld">'
    assert link in answer.get_data(as_text=True)


def test_a_catalogue_is_dated_by_its_snapshot_and_of_one_version(tmp_path, client_of):
    library = Library(tmp_path / "library")
    first, second = held_in(library, "first"), held_in(library, "second")
    for version in (first, second):
        library.activate(version)
    client = client_of(snapshots=library.name, public_url=PUBLIC)
    (_, shown) = library.history()
    live, older = client.get("/catalog.jsonld"), client.get(f"/catalog.jsonld?v={first}")
    assert live.get_json()["dct:modified"]["@value"] == shown.at[:10]
    assert live.get_json()["dcat:dataset"][0]["dcat:version"] == second
    assert older.get_json()["dcat:dataset"][0]["dcat:version"] == first
    assert "immutable" in older.headers["Cache-Control"]
    again = client.get("/catalog.jsonld", headers={"If-None-Match": live.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/catalog.jsonld?v=000000000000").status_code == 404
