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


def breakdowns_of(breakdowns: Table, population: str, pcode: str) -> Table:
    """Select the breakdowns of one governorate, and of people who came from it.

    Columns ``kind, date, pcode, category, households, people, source``.
    """
    is_of_area = breakdowns.pcode == pcode
    is_from_area = (breakdowns.kind == "origin") & (breakdowns.category == pcode)
    return _sum_by_category(breakdowns, population, is_of_area | is_from_area)


def origins_on(breakdowns: Table, population: str, day: str) -> Table:
    """Select the breakdowns by origin on a date (ISO), of every governorate."""
    condition = (breakdowns.kind == "origin") & (breakdowns.date == ibis.timestamp(day))
    return _sum_by_category(breakdowns, population, condition)


def origins(breakdowns: Table, population: str) -> Table:
    """Select the breakdowns by origin on every date, of every governorate."""
    condition = (breakdowns.kind == "origin") & breakdowns.pcode.notnull()
    return _sum_by_category(breakdowns, population, condition)


def in_people(breakdowns: Table, population: str) -> Table:
    """Select the breakdowns in people, of every governorate and date."""
    condition = breakdowns.people.notnull() & breakdowns.pcode.notnull()
    return _sum_by_category(breakdowns, population, condition)


def _sum_by_category(breakdowns: Table, population: str, condition: ibis.ir.BooleanValue) -> Table:
    """Add up the breakdowns of a population that meet a condition, by date, area and category.

    In that order: an engine that runs on several threads gives groups in any.
    """
    rows = breakdowns.filter(breakdowns.population == population, condition)
    key = ("kind", "date", "pcode", "category")
    sums = rows.group_by(*key).agg(
        households=_sum(rows.households), people=_sum(rows.people), source=rows.source.max()
    )
    return sums.order_by(*key)


def _sum(column: ibis.ir.IntegerColumn) -> ibis.ir.IntegerScalar:
    """Add up in 64 bits; engines' own types of sums differ."""
    return column.sum().cast("int64")
