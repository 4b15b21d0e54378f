"""The tables of a snapshot: what each column means and what must hold in it.

::

    areas ─┬─< aliases      other spellings of their names
           ├─< counts       households and people, per population, date and area
           ├─< breakdowns   households by origin, shelter type, period of displacement
           ├─< residents    estimates by year
           ├─< coverage >── programmes ──< reach
    rounds (dates)          published (printed national totals)          sources (terms)

Used when a snapshot is built; a snapshot that loads was checked then and is guarded by its hashes.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from geodata.errors import DataError
from geodata.populations import LEVELS, POPULATION_CODES
from geodata.snapshots.name_columns import LOCAL_NAMES
from geodata.snapshots.tables import PCODE, Tables
from geodata.util.arrays import records

_DATES = (pd.Timestamp("1990-01-01"), pd.Timestamp("2100-01-01"))
COVERAGE_STATUSES = ("implemented", "planned", "preparatory")
SOURCE_ROLES = ("counts", "published", "boundaries", "residents", "programmes", "orientation")
BREAKDOWN_KINDS = ("origin", "shelter", "period")


def _text(*, nullable: bool = False, **checks: object) -> pa.Column:
    return pa.Column(str, nullable=nullable, **checks)  # type: ignore[arg-type]


def _filled() -> pa.Column:
    return pa.Column(str, pa.Check.str_length(min_value=1))


def _non_negative_integer(*, nullable: bool = False) -> pa.Column:
    return pa.Column("Int64", pa.Check.ge(0), nullable=nullable, coerce=True)


def _pcode(*, nullable: bool = False) -> pa.Column:
    return pa.Column(str, pa.Check.str_matches(PCODE), nullable=nullable)


def _day() -> pa.Column:
    return pa.Column("datetime64[ns]", pa.Check.in_range(*_DATES), coerce=True)


def _population() -> pa.Column:
    return pa.Column(str, pa.Check.isin(POPULATION_CODES))


def _level() -> pa.Column:
    return pa.Column("int8", pa.Check.isin(tuple(LEVELS)), coerce=True)


def _source() -> pa.Column:
    return _filled()


AREAS = pa.DataFrameSchema(
    {
        "pcode": pa.Column(str, pa.Check.str_matches(PCODE), unique=True),
        "level": _level(),
        "parent": _pcode(nullable=True),
        "name_en": _filled(),
        "name_official": _filled(),
        **{column: _text(nullable=True) for column in LOCAL_NAMES.values()},
    },
    strict=True,
    ordered=True,
)
"""One row per governorate (level 1) and district (level 2). ``name_en`` is shown."""

ALIASES = pa.DataFrameSchema(
    {
        "level": _level(),
        "scope": _text(),
        "spelling": _filled(),
        "pcode": _pcode(),
    },
    strict=True,
    ordered=True,
    unique=["level", "scope", "spelling"],
)
"""Spellings of areas that files are known to use, beside the names in ``areas``. ``scope`` is the
P-code of the governorate that a district's name is looked for in, empty at level 1."""

COUNTS = pa.DataFrameSchema(
    {
        "population": _population(),
        "date": _day(),
        "level": _level(),
        "pcode": _pcode(nullable=True),
        "place": _filled(),
        "programme": _text(),
        "households": _non_negative_integer(nullable=True),
        "people": _non_negative_integer(),
        "source": _source(),
    },
    strict=True,
    ordered=True,
    unique=["population", "date", "level", "pcode", "place", "programme"],
)
"""People living in a place on a date (a stock). A missing ``pcode`` is "not placed"; a missing row
is not assessed. ``programme`` is empty unless the counts belong to one."""

BREAKDOWNS = pa.DataFrameSchema(
    {
        "kind": pa.Column(str, pa.Check.isin(BREAKDOWN_KINDS)),
        "population": _population(),
        "date": _day(),
        "pcode": _pcode(nullable=True),
        "category": _filled(),
        "households": _non_negative_integer(nullable=True),
        "people": _non_negative_integer(nullable=True),
        "source": _source(),
    },
    checks=pa.Check(
        lambda frame: frame["households"].notna() != frame["people"].notna(),
        name="counts_either_households_or_people",
    ),
    strict=True,
    ordered=True,
    unique=["kind", "population", "date", "pcode", "category"],
)
"""A governorate's households, or people where the source breaks people down, by category; for
``origin`` the category is a P-code. A row holds one of the two, as published: neither is worked
out from the other."""

ROUNDS = pa.DataFrameSchema(
    {
        "source": _source(),
        "date": _day(),
        "round": pa.Column("Int64", pa.Check.ge(1), nullable=True, coerce=True),
    },
    strict=True,
    ordered=True,
    unique=["source", "date"],
)
"""The dates on which a source counted; ``round`` is its published number, where it has one."""

RESIDENTS = pa.DataFrameSchema(
    {
        "pcode": _pcode(),
        "year": pa.Column("Int64", coerce=True),
        "residents": _non_negative_integer(),
        "basis": _filled(),
        "url": _filled(),
    },
    strict=True,
    ordered=True,
    unique=["pcode", "year"],
)
"""Residents of a governorate, the denominator of rates."""

PROGRAMMES = pa.DataFrameSchema(
    {
        "code": pa.Column(str, pa.Check.str_matches(r"^[A-Z0-9]+$"), unique=True),
        "name": _filled(),
        "pillar": _filled(),
        "start_year": pa.Column("Int64", nullable=True, coerce=True),
        "end_year": pa.Column("Int64", nullable=True, coerce=True),
        "funders": _text(),
        "people_served": _text(),
        "description": _text(),
        "sources": _text(),
    },
    strict=True,
    ordered=True,
)

COVERAGE = pa.DataFrameSchema(
    {
        "programme": _filled(),
        "phase": _text(),
        "pcode": _pcode(),
        "from_date": _text(),
        "to_date": _text(),
        "status": pa.Column(str, pa.Check.isin(COVERAGE_STATUSES)),
        "date_basis": _text(),
        "source": _filled(),
        "locator": _text(),
        "note": _text(),
    },
    strict=True,
    ordered=True,
)
"""Where and when a source says a programme worked; dates as precise as the source prints them."""

REACH = pa.DataFrameSchema(
    {
        "programme": _filled(),
        "pcodes": _filled(),
        "as_of": _text(),
        "people": _text(),
        "indicator": _filled(),
        "value": _filled(),
        "cumulative": pa.Column(str, pa.Check.isin(("yes", "no", "unknown"))),
        "source": _filled(),
        "locator": _text(),
        "note": _text(),
    },
    strict=True,
    ordered=True,
)
"""Reported results as printed. They overlap: never add them up."""

PUBLISHED = pa.DataFrameSchema(
    {
        "population": _population(),
        "date": _day(),
        "round": pa.Column("Int64", coerce=True),
        "people": _non_negative_integer(),
        "households": _non_negative_integer(nullable=True),
        "status": _filled(),
        "url": _filled(),
        "source": _text(),
    },
    strict=True,
    ordered=True,
)
"""National totals printed in reports: a check on ours, and the only figures of dates that no list
at hand has. ``source`` is empty in snapshots that were made before it was kept."""

SOURCES = pa.DataFrameSchema(
    {
        "id": pa.Column(str, pa.Check.str_matches(r"^[a-z0-9\-]+$"), unique=True),
        "role": pa.Column(str, pa.Check.isin(SOURCE_ROLES)),
        "title": _filled(),
        "publisher": _filled(),
        "url": pa.Column(str, pa.Check.str_matches(r"^https://")),
        "terms": _filled(),
        "credit": _filled(),
        "what": _filled(),
    },
    strict=True,
    ordered=True,
)

TABLES: dict[str, pa.DataFrameSchema] = {
    "areas": AREAS,
    "aliases": ALIASES,
    "counts": COUNTS,
    "breakdowns": BREAKDOWNS,
    "rounds": ROUNDS,
    "residents": RESIDENTS,
    "programmes": PROGRAMMES,
    "coverage": COVERAGE,
    "reach": REACH,
    "published": PUBLISHED,
    "sources": SOURCES,
}


def check(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Validate ``frame`` against the schema of table ``name``; return it with types coerced.

    Raises
    ------
    DataError
        Listing every failing column, row, value and rule (the first 20), not only the first.

    >>> check("rounds", snapshot.tables.rounds).columns.tolist()
    ['source', 'date', 'round']
    """
    try:
        return TABLES[name].validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases.head(20)
        lines = [
            f"  column {case.column!r}, row {case.index}: "
            f"{_plain_repr(case.failure_case)} breaks {case.check}"
            for case in records(cases)
        ]
        more = len(error.failure_cases) - len(cases)
        tail = [f"  … and {more} more"] if more else []
        raise DataError("\n".join([f"table {name!r} does not hold:", *lines, *tail])) from None


def check_changed(frames: Mapping[str, pd.DataFrame], before: Tables) -> Tables:
    """Check the tables that differ from those of ``before``, and what all of them point to.

    A table that is the same frame is not validated again: it was when ``before`` was built.

    Raises
    ------
    DataError
        As :func:`check` and :func:`check_references`.

    >>> tables = check_changed(dict(snapshot.tables.items()), snapshot.tables)
    >>> len(tables.rounds) == len(snapshot.tables.rounds)
    True
    """
    checked = {
        name: frame if frame is getattr(before, name) else check(name, frame)
        for name, frame in frames.items()
    }
    check_references(checked)
    return Tables(**checked)


def _plain_repr(value: object) -> str:
    """Return the ``repr`` of a cell, without the type that numpy puts around a number."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def check_references(frames: Mapping[str, pd.DataFrame]) -> None:
    """Check that codes in one table exist in the table they point to.

    Raises
    ------
    DataError
        Naming every table, column and value that points nowhere.

    >>> check_references(dict(snapshot.tables.items()))
    """
    pcodes = set(frames["areas"]["pcode"])
    programmes = set(frames["programmes"]["code"])
    sources = set(frames["sources"]["id"])
    pointers = [
        ("areas", "parent", pcodes),
        ("aliases", "pcode", pcodes),
        ("counts", "pcode", pcodes),
        ("counts", "source", sources),
        ("breakdowns", "pcode", pcodes),
        ("breakdowns", "source", sources),
        ("rounds", "source", sources),
        ("published", "source", sources | {""}),
        ("residents", "pcode", pcodes),
        ("coverage", "pcode", pcodes),
        ("coverage", "programme", programmes),
        ("reach", "programme", programmes),
    ]
    lost = [
        f"  table {table!r}, column {column!r}: {', '.join(map(repr, sorted(values)[:10]))}"
        for table, column, codes in pointers
        if (values := set(frames[table][column].dropna()) - codes)
    ]
    if lost:
        raise DataError("\n".join(["values that point to nothing:", *lost]))
