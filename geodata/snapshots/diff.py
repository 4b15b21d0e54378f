"""Compare two snapshots: dates, figures, areas, every other table.

::

    Difference ─┬─ series      a population (of a programme): dates, and on each the totals of both
                │              and how many figures were added, changed, removed
                ├─ areas       those that came and went, by name
                ├─ tables      rows that came and went, of every other table
                └─ sources, boundaries, country

A *figure* is a row of counts: one population, date, place and programme. A date that one of the two
lacks has no total in it: absent is not zero.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

import duckdb
import pandas as pd

from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.tables import Tables
from geodata.snapshots.totals import people_in_country, series_name
from geodata.util import amounts
from geodata.util.arrays import records

LISTED = 12
"""Dates of a series and names of a list that are written out as lines; all are counted."""


@dataclass(frozen=True)
class DateChange:
    """One date of a series.

    Attributes
    ----------
    before, after
        People in the country; ``None`` where the snapshot has no figures of the date.
    added, changed, removed
        Figures; changed are those whose people or households are others.
    credited
        Figures that are the same and come from another source.
    """

    date: str
    before: int | None
    after: int | None
    added: int
    changed: int
    removed: int
    credited: int


@dataclass(frozen=True)
class SeriesChange:
    """Changes of a population, or of a programme's counts of it, on the dates where any differ."""

    population: str
    programme: str
    dates: tuple[DateChange, ...]

    @property
    def name(self) -> str:
        """``idp``, or ``idp of PHSS``."""
        return series_name(self.population, self.programme)

    @property
    def dates_added(self) -> list[str]:
        """Dates that only the later snapshot holds."""
        return [one.date for one in self.dates if one.before is None]

    @property
    def dates_removed(self) -> list[str]:
        """Dates that only the earlier snapshot holds."""
        return [one.date for one in self.dates if one.after is None]

    def count(self, what: str) -> int:
        """Return figures ``added``, ``changed``, ``removed`` or ``credited``, on all dates."""
        return sum(int(getattr(one, what)) for one in self.dates)


@dataclass(frozen=True)
class RowChange:
    """Number of rows that were added to and removed from a table; a changed row is one of each."""

    added: int
    removed: int


@dataclass(frozen=True)
class Difference:
    """Difference of two snapshots; everything is empty where they say the same.

    Attributes
    ----------
    areas_added, areas_removed
        P-codes and names.
    tables
        Tables with other rows, by name; ``areas`` is among them for names that changed.
    sources_added, sources_removed
        Identifiers and titles.
    boundaries
        Whether they are drawn otherwise.
    country
        Keys of the manifest's facts about the country that are others.
    """

    before: str
    after: str
    series: tuple[SeriesChange, ...] = ()
    areas_added: Mapping[str, str] = field(default_factory=dict)
    areas_removed: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, RowChange] = field(default_factory=dict)
    sources_added: Mapping[str, str] = field(default_factory=dict)
    sources_removed: Mapping[str, str] = field(default_factory=dict)
    boundaries: bool = False
    country: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing differs that a reader could see."""
        return not any(value for name, value in vars(self).items() if name not in _VERSIONS)

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready values."""
        series = [
            {
                **asdict(one),
                "dates_added": one.dates_added,
                "dates_removed": one.dates_removed,
                **{what: one.count(what) for what in _WHATS},
            }
            for one in self.series
        ]
        return {**asdict(self), "series": series, "country": list(self.country)}

    def lines(self) -> list[str]:
        """Return it as lines a person reads, at most a few dozen."""
        if self.empty:
            return ["Nothing differs."]
        out = [line for one in self.series[:LISTED] for line in _series_lines(one)]
        out += _more(len(self.series) - LISTED, "populations of programmes")
        out += _names_line("Areas added", self.areas_added)
        out += _names_line("Areas removed", self.areas_removed)
        out += _names_line("Sources added", self.sources_added)
        out += _names_line("Sources removed", self.sources_removed)
        out += [
            f"Table {name}: {amounts.pluralise(rows.added, 'row')} added, {rows.removed:,} removed"
            for name, rows in self.tables.items()
        ]
        out += ["The boundaries are drawn otherwise."] if self.boundaries else []
        out += [f"Facts about the country: {', '.join(self.country)}"] if self.country else []
        return out


_VERSIONS = {"before", "after"}
_WHATS = ("added", "changed", "removed", "credited")
_WORDS = ("added", "changed", "removed", "from another source")


def difference(before: Snapshot, after: Snapshot) -> Difference:
    """Compare two snapshots, whatever the order of their rows.

    >>> difference(snapshot, snapshot).series
    ()
    """
    if before == after:
        return Difference(before.version, after.version)
    old, new = before.tables, after.tables
    areas = [_names_by_key(tables.areas, "pcode", "name_en") for tables in (old, new)]
    sources = [_names_by_key(tables.sources, "id", "title") for tables in (old, new)]
    with duckdb.connect() as con:  # one for all tables: starting it takes longer than any of them
        series = tuple(_series(con, old, new))
        tables = dict(_other_tables(con, old, new))
    return Difference(
        before.version,
        after.version,
        series=series,
        areas_added=_not_in(areas[1], areas[0]),
        areas_removed=_not_in(*areas),
        tables=tables,
        sources_added=_not_in(sources[1], sources[0]),
        sources_removed=_not_in(*sources),
        boundaries=_canonical(before.topology) != _canonical(after.topology),
        country=_other_facts(before.manifest["country"], after.manifest["country"]),
    )


# --------------------------------------------------------------------------------------- figures


# How many figures of a series differ on a date. They are joined by their key; "level" is missing in
# what the join adds for a figure that one snapshot lacks, and nowhere else.
_FIGURES_THAT_DIFFER = """
WITH figures AS (
    SELECT
        coalesce(a.population, b.population) AS population,
        coalesce(a.programme, b.programme) AS programme,
        strftime(coalesce(a.date, b.date), '%Y-%m-%d') AS day,
        b.level IS NULL AS added,
        a.level IS NULL AS removed,
        NOT (added OR removed) AND (
            b.people IS DISTINCT FROM a.people OR b.households IS DISTINCT FROM a.households
        ) AS changed,
        NOT (added OR removed OR changed) AND b.source <> a.source AS credited
    FROM before b FULL JOIN after a ON
        b.population = a.population AND b.programme = a.programme AND b.date = a.date AND
        b.level = a.level AND b.pcode IS NOT DISTINCT FROM a.pcode AND b.place = a.place
)
SELECT
    population, programme, day,
    count_if(added), count_if(changed), count_if(removed), count_if(credited)
FROM figures WHERE added OR changed OR removed OR credited GROUP BY ALL ORDER BY ALL
"""


def _series(
    con: duckdb.DuckDBPyConnection, before: Tables, after: Tables
) -> Iterator[SeriesChange]:
    _register(con, before, after, "counts")
    rows = con.execute(_FIGURES_THAT_DIFFER).fetchall()
    people_before, people_after = (_people_by_day(tables.counts) for tables in (before, after))
    for (population, programme), dates in groupby(rows, key=itemgetter(0, 1)):
        changes = [
            DateChange(
                day,
                people_before.get((population, programme, day)),
                people_after.get((population, programme, day)),
                *numbers,
            )
            for _, _, day, *numbers in dates
        ]
        yield SeriesChange(population, programme, tuple(changes))


def _people_by_day(counts: pd.DataFrame) -> dict[tuple[str, ...], int]:
    return {
        (row.population, row.programme, f"{row.date:%Y-%m-%d}"): int(row.people)
        for row in records(people_in_country(counts).reset_index())
    }


# ----------------------------------------------------------------------------------- other tables


# How many rows only one of two tables has.
_ROWS_THAT_DIFFER = """
SELECT
    (SELECT count(*) FROM (SELECT {columns} FROM after EXCEPT ALL SELECT {columns} FROM before)),
    (SELECT count(*) FROM (SELECT {columns} FROM before EXCEPT ALL SELECT {columns} FROM after))
"""


def _other_tables(
    con: duckdb.DuckDBPyConnection, before: Tables, after: Tables
) -> Iterator[tuple[str, RowChange]]:
    for name, frame in before.items():
        if name == "counts":
            continue
        if before.arrow(name).equals(after.arrow(name)):  # most of them, and quickly seen
            continue
        _register(con, before, after, name)
        columns = ", ".join(frame.columns)
        ((added, removed),) = con.execute(_ROWS_THAT_DIFFER.format(columns=columns)).fetchall()
        if added or removed:
            yield name, RowChange(added, removed)


def _register(con: duckdb.DuckDBPyConnection, before: Tables, after: Tables, name: str) -> None:
    """Let DuckDB read one table of two snapshots, as ``before`` and ``after``."""
    con.register("before", before.arrow(name))
    con.register("after", after.arrow(name))


def _names_by_key(frame: pd.DataFrame, key: str, name: str) -> dict[str, str]:
    return dict(zip(frame[key].astype(str), frame[name].astype(str), strict=True))


def _not_in(those: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    return {key: name for key, name in sorted(those.items()) if key not in others}


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _other_facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    keys = sorted({*before, *after})
    return tuple(key for key in keys if _canonical(before.get(key)) != _canonical(after.get(key)))


# ---------------------------------------------------------------------------------------- as lines


def _series_lines(series: SeriesChange) -> list[str]:
    figures = [
        f"{n:,} {word}"
        for what, word in zip(_WHATS, _WORDS, strict=True)
        if (n := series.count(what))
    ]
    dates = [
        f"{n} dates {word}" if n > 1 else f"1 date {word}"
        for n, word in ((len(series.dates_added), "added"), (len(series.dates_removed), "removed"))
        if n
    ]
    head = f"{series.name}: figures {', '.join(figures)}" + "".join(f"; {one}" for one in dates)
    # The last dates are those that a new round is about.
    last = [f"  {one.date}: {_total(one)}" for one in series.dates[-LISTED:]]
    return [head, *_more(len(series.dates) - LISTED, "earlier dates"), *last]


def _total(one: DateChange) -> str:
    if one.before is None:
        return f"{one.after:,} people, new"
    if one.after is None:
        return f"{one.before:,} people, no longer held"
    if one.before == one.after:
        return f"{one.after:,} people, as before"
    change = one.after - one.before
    share = f", {amounts.change(one.after, one.before, 1)}" if one.before else ""
    return f"{one.after:,} people instead of {one.before:,} ({change:+,}{share})"


def _names_line(heading: str, names: Mapping[str, str]) -> list[str]:
    if not names:
        return []
    listed = [f"{name} ({key})" for key, name in list(names.items())[:LISTED]]
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return [f"{heading}: {len(names)}: {', '.join(listed)}{more}"]


def _more(n: int, what: str) -> list[str]:
    return [f"  … and {n:,} {what}"] if n > 0 else []
