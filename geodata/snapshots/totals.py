"""Totals of a snapshot: people in the country by population and date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geodata.util.arrays import records

SLICE = ["population", "programme", "date"]


def slices_of(rows: pd.DataFrame) -> pd.MultiIndex:
    """Return population, programme and date of each row.

    >>> slices_of(snapshot.tables.counts).unique()[0][:2]
    ('idp', '')
    """
    return pd.MultiIndex.from_frame(rows[SLICE])


def people_in_country(counts: pd.DataFrame) -> pd.Series:
    """Add up people of the whole country by slice, in the order of :data:`SLICE`.

    They are those of the governorates, with what is not placed; of districts where a slice has
    only these.

    >>> counts = pd.DataFrame({"population": "idp", "programme": "", "date": "2024-12-31",
    ...                        "level": [1, 2, 2], "people": [9, 5, 3]})
    >>> people_in_country(counts).to_dict()
    {('idp', '', '2024-12-31'): 9}
    """
    lowest = counts.groupby(SLICE)["level"].transform("min")
    return counts[counts["level"] == lowest].groupby(SLICE)["people"].sum()


def series_name(population: str, programme: str) -> str:
    """Name a series in a report: its population, and the programme that counted it.

    >>> series_name("idp", "OWN")
    'idp of OWN'
    """
    return f"{population} of {programme}" if programme else population


@dataclass(frozen=True)
class Total:
    """People in the country on a date, beside those of the date before and those they replace.

    Attributes
    ----------
    before
        People on the date before, where there are figures of one.
    replaced
        People that were stored for this date, or by another source for the same round.
    """

    population: str
    programme: str
    date: str
    people: int
    before_date: str = ""
    before: int | None = None
    replaced: int | None = None

    @property
    def series(self) -> str:
        """The population, and the programme that its counts belong to."""
        return series_name(self.population, self.programme)

    def fallen(self, most: float) -> tuple[int, str] | None:
        """Return the total that this one falls from by more than ``most``, and which that is.

        What is no less than what it replaces was asked about when that came in.
        """
        least = 1 - most
        if self.replaced is not None:
            if self.people < least * self.replaced:
                return self.replaced, "that it replaces"
            if self.people >= self.replaced:
                return None
        if self.before is not None and self.people < least * self.before:
            return self.before, f"on {self.before_date}"
        return None


def totals(
    counts: pd.DataFrame, new: pd.DataFrame, replaced: Mapping[tuple[Any, ...], int] | None = None
) -> list[Total]:
    """List the national totals of the slices in ``new``, as in ``counts``, by date.

    >>> rows = snapshot.tables.counts
    >>> returned = rows[rows["population"] == "returnee"]
    >>> [(total.series, total.date, total.people) for total in totals(rows, returned)]
    [('returnee', '2021-01-31', 1200)]
    """
    if new.empty:
        return []
    table = people_in_country(counts).reset_index()
    before = table.groupby(SLICE[:2])[["date", "people"]].shift()
    table = table.assign(before_date=before["date"], before=before["people"])
    return [
        Total(
            row.population,
            row.programme,
            f"{row.date:%Y-%m-%d}",
            int(row.people),
            "" if pd.isna(row.before_date) else f"{row.before_date:%Y-%m-%d}",
            None if pd.isna(row.before) else int(row.before),
            (replaced or {}).get((row.population, row.programme, row.date)),
        )
        for row in records(table[slices_of(table).isin(slices_of(new))])
    ]
