"""A population is one entry of a table that says all of it, and nothing else lists populations."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Iterator

import pytest

from geodata.populations import LEVELS, POPULATION_CODES, POPULATIONS, Population, UnitWords
from geodata.sources.hxl import POPULATIONS_OF
from tests.paths import ROOT
from tests.source_code import PATHS, named, tree

MAY_BE_EMPTY = {"came_from", "came_into", "beside"}
# Readers of DTM's own lists know how those call the two populations that they count.
OWN_WORDS = {
    "geodata/populations.py",
    *(f"geodata/sources/dtm/{name}.py" for name in ("layouts", "master_list")),
}
SOURCES = [path for path in PATHS if named(path) not in OWN_WORDS]


def empty_fields(entry: Population | UnitWords) -> Iterator[str]:
    """Names of fields that say nothing, or in part."""
    for field in dataclasses.fields(entry):
        value = getattr(entry, field.name)
        parts = list(value.values()) if isinstance(value, dict) else value
        every = parts if isinstance(parts, tuple | list) else [parts]
        if field.name not in MAY_BE_EMPTY and ("" in every or not every):
            yield field.name


@pytest.mark.parametrize("population", POPULATIONS.values(), ids=POPULATIONS)
def test_every_field_of_a_population_says_something(population):
    assert list(empty_fields(population)) == []
    for words in (population.people, population.households):
        assert list(empty_fields(words)) == []
        assert bool(words.came_from) is bool(words.came_into)
    assert set(population.largest) == set(LEVELS)


def test_an_empty_field_is_found():
    words = dataclasses.replace(POPULATIONS["idp"].people, hosted=("", "{names} host {percent}"))
    assert list(empty_fields(words)) == ["hosted"]
    silent = dataclasses.replace(POPULATIONS["idp"], largest={1: "Governorates", 2: ""}, hxl=())
    assert list(empty_fields(silent)) == ["largest", "hxl"]


def test_an_attribute_of_hxl_means_one_population():
    attributes = [one for population in POPULATIONS.values() for one in population.hxl]
    assert len(set(attributes)) == len(attributes) == len(POPULATIONS_OF)


def keys_by_population(tree: ast.AST) -> Iterator[int]:
    """Lines of dictionaries with the code of a population among their keys."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            keys = [each for key in node.keys if key for each in ast.walk(key)]
            codes = (each.value for each in keys if isinstance(each, ast.Constant))
            if any(code in POPULATION_CODES for code in codes):
                yield node.lineno


def test_no_other_dictionary_is_keyed_by_populations():
    lines = {named(path): list(keys_by_population(tree(path))) for path in SOURCES}
    assert len(lines) > 200
    assert {name: found for name, found in lines.items() if found} == {}


def test_a_dictionary_keyed_by_populations_is_found():
    assert list(keys_by_population(ast.parse('A = {"idp": 1}\nB = {("returnee", 2): 3}'))) == [1, 2]
    assert list(keys_by_population(ast.parse('A = {"IDP": "idp"}'))) == []


def test_the_chart_of_an_area_tells_every_population_apart():
    sheet = (ROOT / "assets" / "css" / "page" / "populations.css").read_text("utf-8")
    dashes = dict(re.findall(r"--dash-(\w+): (\w+);", sheet))
    assert set(dashes) == set(re.findall(r"\[data-population='(\w+)'\]", sheet)) == set(POPULATIONS)
    assert len(set(dashes.values())) == len(dashes)
    for scheme in sheet.split("@media"):
        colours = dict(re.findall(r"--trend-(\w+): (#\w+);", scheme))
        assert set(colours) == set(POPULATIONS)
        assert len(set(colours.values())) == len(colours)
