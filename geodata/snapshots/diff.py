"""What one snapshot says otherwise than another: dates, figures, areas, every other table.

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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.snapshots.snapshot import Snapshot, Tables
from geodata.util import amounts
from geodata.util.arrays import records

KEY = ["population", "programme", "date", "level", "pcode", "place"]
_SLICE, _SERIES = ["population", "programme", "date"], ["population", "programme"]
_FIGURES = ["people", "households"]
SHOWN = 12
"""Dates of a series and names of a list that are written out as lines; all are counted."""

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class DateChange:
    """One date of a series.

    Attributes
    ----------
    before, after
        People in the country; ``None`` where the date is not held.
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
    """A population, or what a programme counted of it: the dates on which anything differs."""

    population: str
    programme: str
    dates: tuple[DateChange, ...]

    @property
    def name(self) -> str:
        """``idp``, or ``idp of PHSS``."""
        return f"{self.population} of {self.programme}" if self.programme else self.population

    @property
    def dates_added(self) -> list[str]:
        """Dates that only the later snapshot holds."""
        return [one.date for one in self.dates if one.before is None]

    @property
    def dates_removed(self) -> list[str]:
        """Dates that only the earlier snapshot holds."""
        return [one.date for one in self.dates if one.after is None]

    def count(self, what: str) -> int:
        """Figures ``added``, ``changed``, ``removed`` or ``credited``, on all dates."""
        return sum(int(getattr(one, what)) for one in self.dates)


@dataclass(frozen=True)
class RowChange:
    """Rows of a table that came and went; a row that changed is one of each."""

    added: int
    removed: int


@dataclass(frozen=True)
class Difference:
    """What differs; everything empty where two snapshots say the same.

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
        out = [line for one in self.series[:SHOWN] for line in _series_lines(one)]
        out += _more(len(self.series) - SHOWN, "populations of programmes")
        out += _listed("Areas added", self.areas_added)
        out += _listed("Areas removed", self.areas_removed)
        out += _listed("Sources added", self.sources_added)
        out += _listed("Sources removed", self.sources_removed)
        out += [
            f"Table {name}: {amounts.counted(rows.added, 'row')} added, {rows.removed:,} removed"
            for name, rows in self.tables.items()
        ]
        out += ["The boundaries are drawn otherwise."] if self.boundaries else []
        out += [f"Facts about the country: {', '.join(self.country)}"] if self.country else []
        return out


_VERSIONS = {"before", "after"}
_WHATS = ("added", "changed", "removed", "credited")
_WORDS = ("added", "changed", "removed", "from another source")


def difference(before: Snapshot, after: Snapshot) -> Difference:
    """Compare two snapshots, whatever the order of their rows."""
    if before == after:
        return Difference(before.version, after.version)
    old, new = before.tables, after.tables
    held, now = _named(old.areas, "pcode", "name_en"), _named(new.areas, "pcode", "name_en")
    sources, cited = _named(old.sources, "id", "title"), _named(new.sources, "id", "title")
    return Difference(
        before.version,
        after.version,
        series=tuple(_series(old.counts, new.counts)),
        areas_added=_without(now, held),
        areas_removed=_without(held, now),
        tables=dict(_other_tables(old, new)),
        sources_added=_without(cited, sources),
        sources_removed=_without(sources, cited),
        boundaries=_canonical(before.topology) != _canonical(after.topology),
        country=_other_facts(before.manifest["country"], after.manifest["country"]),
    )


# --------------------------------------------------------------------------------------- figures


def _series(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[SeriesChange]:
    found = _on_dates(before, after)
    for (population, programme), dates in found.groupby(_SERIES, sort=True):
        yield SeriesChange(
            str(population), str(programme), tuple(_on_date(row) for row in records(dates))
        )


def _on_date(row: Any) -> DateChange:
    before, after = (None if pd.isna(n) else int(n) for n in (row.before, row.after))
    figures = {what: int(getattr(row, what)) for what in _WHATS}
    return DateChange(f"{row.date:%Y-%m-%d}", before, after, **figures)


def _on_dates(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Rows of slices in which anything differs: totals, and how many figures of which kind."""
    both = _stacked(before, after, KEY)
    figures, slices = _codes(both, KEY), _codes(both, _SLICE)
    n = len(before)
    there, at = _matched(figures[:n], figures[n:])
    other = _differ(before, there, after, at, _FIGURES)
    moved = ~other & _differ(before, there, after, at, ["source"])
    gone, come = np.ones(n, dtype=bool), np.ones(len(after), dtype=bool)
    gone[there], come[at] = False, False
    counted = {
        "added": slices[n:][come],
        "changed": slices[n:][at][other],
        "removed": slices[:n][gone],
        "credited": slices[n:][at][moved],
    }
    kinds = int(slices.max()) + 1 if len(slices) else 0
    table = pd.DataFrame({name: np.bincount(who, minlength=kinds) for name, who in counted.items()})
    first = np.full(kinds, len(both))
    np.minimum.at(first, slices, np.arange(len(both)))
    table = pd.concat([both.iloc[first][_SLICE].reset_index(drop=True), table], axis=1)
    table["before"] = _totals(before, slices[:n], kinds)
    table["after"] = _totals(after, slices[n:], kinds)
    return table[(table[list(_WHATS)] > 0).any(axis=1)].sort_values(_SLICE)


def _codes(frame: pd.DataFrame, columns: Sequence[str]) -> Codes:
    """A number for every row, the same where all columns are; missing is a value like others."""
    code = np.zeros(len(frame), dtype=np.int64)
    for column in columns:
        # Factorised after each column, so that the number stays under rows × distinct values.
        own, values = pd.factorize(frame[column], use_na_sentinel=False)
        code = pd.factorize(code * len(values) + own)[0] if len(values) > 1 else code
    return code


def _matched(before: Codes, after: Codes) -> tuple[Codes, Codes]:
    """Positions of what both have; each has a code once at most."""
    at = pd.Index(after).get_indexer(pd.Index(before))
    there = np.flatnonzero(at >= 0)
    return there, at[there]


def _differ(
    before: pd.DataFrame, there: Codes, after: pd.DataFrame, at: Codes, columns: Sequence[str]
) -> NDArray[np.bool_]:
    """Which rows, one beside the other, have another value in any of the columns."""
    other = np.zeros(len(there), dtype=bool)
    for column in columns:
        codes = _codes(_stacked(before, after, [column]), [column])
        other |= codes[: len(before)][there] != codes[len(before) :][at]
    return other


def _stacked(before: pd.DataFrame, after: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Columns of both, one after the other, in types that do not depend on where they are from."""
    plain = [
        pd.DataFrame({name: _plain(frame[name]).reset_index(drop=True) for name in columns})
        for frame in (before, after)
    ]
    return pd.concat(plain, ignore_index=True)


def _plain(values: pd.Series) -> pd.Series:
    """Numbers as floats, NaN for what is missing: what is read back has other types than before."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return pd.Series(values.to_numpy(dtype="float64", na_value=np.nan))
    return values.where(values.notna(), np.nan) if values.dtype == object else values


def _totals(rows: pd.DataFrame, slices: Codes, kinds: int) -> NDArray[np.float64]:
    """People of each slice: governorates and what is not placed, or districts where only those."""
    levels = rows["level"].to_numpy(dtype=np.int64)
    lowest = np.full(kinds, 99)
    np.minimum.at(lowest, slices, levels)
    taken = levels == lowest[slices]
    people = rows["people"].to_numpy(dtype="float64")
    total = np.bincount(slices[taken], weights=people[taken], minlength=kinds)
    return np.where(np.bincount(slices, minlength=kinds) > 0, total, np.nan)


# ----------------------------------------------------------------------------------- other tables


def _other_tables(before: Tables, after: Tables) -> Iterator[tuple[str, RowChange]]:
    now = dict(after.items())
    for name, frame in before.items():
        if name == "counts":
            continue
        rows = _rows(frame, now[name])
        if rows.added or rows.removed:
            yield name, rows


def _rows(before: pd.DataFrame, after: pd.DataFrame) -> RowChange:
    """Compare two tables as bags of rows: those of one that the other has fewer of."""
    columns = list(before.columns)
    both = _stacked(before, after, columns)
    codes = _codes(both, columns)
    kinds = int(codes.max()) + 1 if len(codes) else 0
    held = np.bincount(codes[: len(before)], minlength=kinds)
    now = np.bincount(codes[len(before) :], minlength=kinds)
    return RowChange(int(np.maximum(now - held, 0).sum()), int(np.maximum(held - now, 0).sum()))


def _named(frame: pd.DataFrame, key: str, name: str) -> dict[str, str]:
    return dict(zip(frame[key].astype(str), frame[name].astype(str), strict=True))


def _without(those: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    return {key: name for key, name in sorted(those.items()) if key not in others}


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _other_facts(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    keys = sorted({*before, *after})
    return tuple(key for key in keys if _canonical(before.get(key)) != _canonical(after.get(key)))


# ---------------------------------------------------------------------------------------- as lines


def _series_lines(series: SeriesChange) -> list[str]:
    counted = [
        f"{n:,} {word}"
        for what, word in zip(_WHATS, _WORDS, strict=True)
        if (n := series.count(what))
    ]
    dates = [
        f"{n} dates {word}" if n > 1 else f"1 date {word}"
        for n, word in ((len(series.dates_added), "added"), (len(series.dates_removed), "removed"))
        if n
    ]
    head = f"{series.name}: figures {', '.join(counted)}" + "".join(f"; {one}" for one in dates)
    # The last dates are those that a new round is about.
    shown = [f"  {one.date}: {_total(one)}" for one in series.dates[-SHOWN:]]
    return [head, *_more(len(series.dates) - SHOWN, "earlier dates"), *shown]


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


def _listed(heading: str, names: Mapping[str, str]) -> list[str]:
    if not names:
        return []
    shown = [f"{name} ({key})" for key, name in list(names.items())[:SHOWN]]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return [f"{heading}: {len(names)}: {', '.join(shown)}{more}"]


def _more(n: int, what: str) -> list[str]:
    return [f"  … and {n:,} {what}"] if n > 0 else []
