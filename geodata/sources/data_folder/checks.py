"""Check that the tables of the folder agree with one another."""

from __future__ import annotations

import pandas as pd

from geodata.bundled.iraq import DTM, DTM_API
from geodata.errors import DataError
from geodata.places.join import JoinReport


def check_printed_totals(counts: pd.DataFrame, published: pd.DataFrame) -> None:
    """Check that each round of the API adds up to the national total printed for its date."""
    rows = counts[counts["source"] == DTM_API]
    added = rows.groupby(["population", "date"])["people"].sum()
    printed = published.set_index(["population", "date"])["people"].reindex(added.index)
    differ = added[printed.ne(added).fillna(True)]
    if len(differ):
        population, date = differ.index[0]
        raise DataError(
            f"{population} on {date:%Y-%m-%d}: governorates of dtm_api_governorate_round.csv add "
            f"up to {differ.iloc[0]:,} people, and national_totals_published.csv says "
            f"{printed[population, date]}; a round is taken only where the two agree"
        )


def check_origins(counts: pd.DataFrame, breakdowns: pd.DataFrame) -> None:
    """Check that people by origin add up to the people of each governorate and round."""
    key = ["population", "date", "pcode"]
    parts = breakdowns[breakdowns["people"].notna()].groupby(key)["people"].sum()
    whole = counts[(counts["level"] == 1)].set_index(key)["people"]
    differ = parts[parts.ne(whole.reindex(parts.index)).fillna(True)]
    if len(differ):
        population, date, pcode = differ.index[0]
        raise DataError(
            f"{population} on {date:%Y-%m-%d} in {pcode}: origins add up to {differ.iloc[0]:,} "
            "people, which is not what the governorate has; both tables must come from one copy"
        )


def report_absences(report: JoinReport, areas: pd.DataFrame, counts: pd.DataFrame) -> None:
    """Report the areas that have no counts, by population and level."""
    for (population, level), rows in counts.groupby(["population", "level"]):
        pcodes = areas.loc[areas["level"] == level, "pcode"]
        absent = sorted(set(pcodes) - set(rows["pcode"].dropna()))
        report.areas_without_rows[f"{population}, level {level}"] = absent


def check_levels(counts: pd.DataFrame) -> None:
    """Check that the national totals of districts and of governorates agree."""
    lists = counts[counts["source"] == DTM]
    totals = lists.pivot_table(
        index=["population", "date"], columns="level", values="people", aggfunc="sum"
    )
    differ = totals[totals[1] != totals[2]]
    if len(differ):
        population, date = differ.index[0]
        raise DataError(
            f"{population} on {date:%Y-%m-%d}: districts add up to {differ[2].iloc[0]:,} people "
            f"and governorates to {differ[1].iloc[0]:,}; both tables must come from one list"
        )
