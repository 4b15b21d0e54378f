"""Every public function of figures and snapshots shows by an example what it does, and does it.

In examples ``snapshot`` is the made-up country of :mod:`tests.made_up`, which lies in ``folder``;
``view`` shows its displaced people by governorate, and ``english`` is the language.
"""

from __future__ import annotations

import datetime as dt
import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from geodata import figures, snapshots
from geodata.figures.state import State
from geodata.figures.view import compute
from geodata.i18n.language import load_language
from geodata.snapshots.memo import Memoised

ROOMS = (figures, snapshots)
WITHOUT_EXAMPLE = {
    "geodata.figures.cells.cells_of": "gives out figures that nobody but Counts may read",
    "geodata.figures.cells.cells_at": "gives out figures that nobody but Counts may read",
    "geodata.snapshots.storage_base.lock_holder": "names this process, this host and this moment",
}


def public_functions() -> Iterator[tuple[str, Any]]:
    for room in ROOMS:
        for found in pkgutil.iter_modules(room.__path__, f"{room.__name__}."):
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                function = inspect.isfunction(value) or isinstance(value, Memoised)
                if function and not name.startswith("_") and value.__module__ == found.name:
                    yield f"{found.name}.{name}", inspect.unwrap(value)


FUNCTIONS = dict(public_functions())


@pytest.fixture(scope="module")
def names(examplia, examplia_folder) -> dict[str, Any]:
    """What examples may name beside what their module does."""
    return {
        "snapshot": examplia,
        "folder": examplia_folder,
        "view": compute(examplia, State(), threshold=5),
        "english": load_language("en"),
        "date": dt.date,
        "np": np,
    }


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in WITHOUT_EXAMPLE])
def test_the_example_of_a_public_function_is_true(name, names):
    function = FUNCTIONS[name]
    named = {**function.__globals__, **names}
    (found,) = doctest.DocTestFinder().find(function, name, globs=named)
    assert found.examples, f"{name} has no example"
    said: list[str] = []
    results = doctest.DocTestRunner().run(found, out=said.append)
    assert results.failed == 0, "".join(said)


def test_those_without_an_example_are_there_and_have_none():
    assert set(WITHOUT_EXAMPLE) <= set(FUNCTIONS)
    assert not [name for name in WITHOUT_EXAMPLE if ">>>" in (FUNCTIONS[name].__doc__ or "")]


def test_functions_are_looked_for_in_both_rooms():
    rooms = {name.split(".")[1] for name in FUNCTIONS}
    assert rooms == {"figures", "snapshots"} and len(FUNCTIONS) > 90
