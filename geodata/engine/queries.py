"""Queries that views and area panels put to the counts, each written once, in ibis.

::

    State ─▶ expression (here) ─▶ SQL of the engine that holds the tables
                                  (geodata.engine.connect) ─▶ rows

Nothing else is imported, so that any machine with ibis and an engine can run them.
"""

from __future__ import annotations

from collections.abc import Collection

import ibis
from ibis import Table

KEY = ("level", "date", "pcode")


def slices(counts: Table) -> Table:
    """List the series that were counted: every population, programme, level and source.

    Columns ``population, programme, level, source, last`` (the last date), ``rows``,
    ``with_households`` (how many rows there are, and how many of them count households) and
    ``last_with_households`` (the last date of those, missing where there are none).
    """
    grouped = counts.group_by("population", "programme", "level", "source")
    return grouped.agg(
        last=counts.date.max(),
        rows=counts.count(),
        with_households=counts.households.count(),
        last_with_households=counts.date.max(where=counts.households.notnull()),
    )


def cells(counts: Table, population: str, programmes: Collection[str]) -> Table:
    """Add up households and people of a population by level, date and area.

    Of the counts of ``programmes``, or of those that belong to none. ``pcode`` is missing where
    a place is in no area; households are where no row of the cell has any.
    """
    is_of_programme = (
        counts.programme.isin(sorted(programmes)) if programmes else counts.programme == ""
    )
    rows = counts.filter(counts.population == population, is_of_programme)
    return rows.group_by(*KEY).agg(households=_sum(rows.households), people=_sum(rows.people))


def breakdowns_of(breakdowns: Table, population: str) -> Table:
    """Add up the breakdowns of a population by kind, date, governorate and category.

    Columns ``kind, date, pcode, category, households, people, source``, in that order: an engine
    that runs on several threads gives groups in any.
    """
    rows = breakdowns.filter(breakdowns.population == population)
    key = ("kind", "date", "pcode", "category")
    sums = rows.group_by(*key).agg(
        households=_sum(rows.households), people=_sum(rows.people), source=rows.source.max()
    )
    return sums.order_by(*key)


def breakdown_dates(breakdowns: Table, population: str) -> Table:
    """List the dates on which a population was broken down.

    Columns ``kind, date, source``, and ``households`` and ``people``: how many rows are in each.
    """
    rows = breakdowns.filter(breakdowns.population == population, breakdowns.pcode.notnull())
    return rows.group_by("kind", "date", "source").agg(
        households=rows.households.count(), people=rows.people.count()
    )


def _sum(column: ibis.ir.IntegerColumn) -> ibis.ir.IntegerScalar:
    """Add up in 64 bits; engines' own types of sums differ."""
    return column.sum().cast("int64")
