"""What a new snapshot changes is said figure by figure: dates, totals, areas, other tables."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.snapshots.diff import LISTED, Difference, difference
from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.tables import Tables
from tests import made_up

LATER = "2021-09-30"
MADE_UP = made_up.tables()
FACTS = {"country": made_up.COUNTRY}


def told(before: Snapshot, after: Tables | None = None, **other) -> Difference:
    """The difference between a snapshot and another with these tables, facts or boundaries."""
    manifest = {**before.manifest, "country": {**before.manifest["country"], **other}}
    return difference(before, Snapshot("f" * 12, manifest, after or before.tables, before.topology))


def with_counts(snapshot: Snapshot, counts: pd.DataFrame) -> Tables:
    held = {name: frame for name, frame in snapshot.tables.items()}
    return Tables(**{**held, "counts": counts})


def changed(snapshot: Snapshot, name: str, frame: pd.DataFrame) -> Tables:
    held = {name: frame for name, frame in snapshot.tables.items()}
    return Tables(**{**held, name: frame})


def series(found: Difference, name: str):
    (one,) = [each for each in found.series if each.name == name]
    return one


# ------------------------------------------------------------------------------------- figures


def test_a_snapshot_does_not_differ_from_itself(examplia):
    found = difference(examplia, examplia)
    assert found.empty
    assert found.lines() == ["Nothing differs."]


def test_neither_the_order_of_rows_nor_their_types_are_a_difference(examplia):
    shuffled = {
        name: frame.sample(frac=1, random_state=3) for name, frame in made_up.tables().items()
    }
    assert told(examplia, Tables(**shuffled)).empty


def test_a_new_round_is_a_date_with_its_total_and_its_figures(synthetic, examplia):
    rows = [
        made_up.count("idp", LATER, "XXG01", 100),
        made_up.count("idp", LATER, "XXG01Q01", 100),
        made_up.count("idp", LATER, None, 5, level=1, place="Nowhere"),
    ]
    found = told(examplia, made_up.tables(rows))
    (one,) = found.series
    (day,) = one.dates
    assert (one.name, one.dates_added, one.dates_removed) == ("idp", [LATER], [])
    assert (day.before, day.after) == (None, 630)
    assert (day.added, day.changed, day.removed, day.credited) == (3, 0, 0, 0)
    assert found.lines() == [
        "idp: figures 3 added; 1 date added",
        "  2021-09-30: 630 people, new",
    ]


def test_a_date_that_goes_is_said_with_what_was_counted(examplia):
    counts = examplia.tables.counts
    kept = counts[(counts["population"] != "refugee") | (counts["date"] > "2020-01-01")]
    found = told(examplia, with_counts(examplia, kept))
    assert series(found, "refugee").dates_removed == ["2019-06-30"]
    assert "  2019-06-30: 501 people, no longer held" in found.lines()


def test_a_figure_that_changes_is_said_with_both_totals(examplia):
    counts = examplia.tables.counts.copy()
    one = (counts["population"] == "refugee") & (counts["pcode"] == "XXG02")
    counts.loc[one & (counts["date"] == "2021-01-31"), "people"] = 400
    found = told(examplia, with_counts(examplia, counts))
    (day,) = series(found, "refugee").dates
    assert (day.added, day.changed, day.removed, day.credited) == (0, 1, 0, 0)
    assert (day.before, day.after) == (1550, 1450)
    assert found.lines() == [
        "refugee: figures 1 changed",
        "  2021-01-31: 1,450 people instead of 1,550 (-100, -6.5%)",
    ]


def test_households_alone_are_a_figure_too(examplia):
    counts = examplia.tables.counts.copy()
    one = (counts["population"] == "idp") & (counts["pcode"] == "XXG02Q01")
    counts["households"] = counts["households"].where(~one, None)
    found = told(examplia, with_counts(examplia, counts))
    assert series(found, "idp").count("changed") == one.sum() == 3
    assert "people, as before" in found.lines()[-1]


def test_no_figure_is_not_zero(examplia):
    """Beta was counted as zero on the first date: without its row it is not assessed."""
    counts = examplia.tables.counts
    zero = (counts["pcode"] == "XXG02Q01") & (counts["date"] == "2020-01-31")
    found = told(examplia, with_counts(examplia, counts[~zero]))
    (day,) = series(found, "idp").dates
    assert (day.removed, day.before, day.after) == (1, 193 * 6, 193 * 6)


def test_the_same_figure_of_another_source_is_told_apart(examplia):
    counts = examplia.tables.counts.copy()
    counts.loc[counts["population"] == "returnee", "source"] = "registry"
    found = told(examplia, with_counts(examplia, counts))
    one = series(found, "returnee")
    assert (one.count("credited"), one.count("changed")) == (2, 0)
    assert found.lines()[0] == "returnee: figures 2 from another source"


def test_counts_of_a_programme_are_a_series_of_their_own(examplia):
    counts = examplia.tables.counts
    found = told(examplia, with_counts(examplia, counts[counts["programme"] == ""]))
    (one,) = found.series
    assert (one.name, one.dates[0].before, one.count("removed")) == ("idp of OWN", 180, 3)


def test_totals_are_of_districts_where_only_those_were_counted(examplia):
    rows = [
        made_up.count("idp", LATER, pcode, n) for pcode, n in [("XXG01Q01", 3), ("XXG02Q01", 4)]
    ]
    found = told(examplia, made_up.tables(rows))
    assert found.series[0].dates[0].after == 42


# The naive way: rows as a dictionary, compared one by one.


def naive(before: pd.DataFrame, after: pd.DataFrame) -> dict[tuple[str, str, str], Counter]:
    def figures(rows: pd.DataFrame) -> dict:
        columns = ["population", "programme", "date", "level", "pcode", "place"]
        plain = rows.astype(object).where(rows.notna(), None)
        keys = plain[columns].itertuples(index=False, name=None)
        return dict(zip(keys, plain[["people", "households"]].itertuples(index=False), strict=True))

    old, new = figures(before), figures(after)
    found: dict[tuple[str, str, str], Counter] = {}
    for key in old.keys() | new.keys():
        kind = "added" if key not in old else "removed" if key not in new else "changed"
        if kind != "changed" or tuple(old[key]) != tuple(new[key]):
            found.setdefault((key[0], key[1], f"{key[2]:%Y-%m-%d}"), Counter())[kind] += 1
    return found


@given(st.data())
@settings(deadline=None, max_examples=50)
def test_it_counts_what_comparing_row_by_row_counts(data):
    counts = MADE_UP.counts
    rows = st.lists(st.sampled_from(range(len(counts))), unique=True)
    before, after = (counts.iloc[data.draw(rows)] for _ in range(2))
    more = st.lists(st.sampled_from([0, 0, 1]), min_size=len(after), max_size=len(after))
    after = after.assign(people=after["people"] + pd.array(data.draw(more), dtype="Int64"))
    one, two = (
        Snapshot(name * 12, FACTS, replace(MADE_UP, counts=frame), {})
        for name, frame in [("a", before), ("b", after)]
    )
    found = {
        (each.population, each.programme, day.date): Counter(
            {what: n for what in ("added", "changed", "removed") if (n := getattr(day, what))}
        )
        for each in difference(one, two).series
        for day in each.dates
    }
    assert found == naive(before, after)


# ---------------------------------------------------------------------------------- other tables


def test_areas_that_come_and_go_are_named(examplia):
    areas = examplia.tables.areas.copy()
    areas.loc[areas["pcode"] == "XXG02Q02", ["pcode", "name_en"]] = ["XXG02Q09", "West Beta"]
    found = told(examplia, changed(examplia, "areas", areas))
    assert found.areas_added == {"XXG02Q09": "West Beta"}
    assert found.areas_removed == {"XXG02Q02": "South Beta"}
    assert "Areas added: 1: West Beta (XXG02Q09)" in found.lines()
    assert "Areas removed: 1: South Beta (XXG02Q02)" in found.lines()


def test_rows_of_other_tables_are_counted(examplia):
    parts = examplia.tables.breakdowns.copy()
    parts.loc[0, "households"] += 1
    doubled = pd.concat([parts, parts.tail(2)], ignore_index=True)
    found = told(examplia, changed(examplia, "breakdowns", doubled))
    assert (found.tables["breakdowns"].added, found.tables["breakdowns"].removed) == (3, 1)
    assert found.lines() == ["Table breakdowns: 3 rows added, 1 removed"]


def test_missing_values_of_two_tables_are_the_same(examplia):
    programmes = examplia.tables.programmes
    assert programmes["end_year"].isna().all()
    again = programmes.astype({"end_year": "Int64"})
    assert told(examplia, changed(examplia, "programmes", again)).empty


def test_sources_that_come_and_go_are_named_by_title(examplia):
    sources = examplia.tables.sources
    found = told(examplia, changed(examplia, "sources", sources[sources["id"] != "census"]))
    assert found.sources_removed == {"census": "Made-up residents"}


def test_other_boundaries_and_facts_are_said(examplia):
    topology = json.loads(json.dumps(examplia.topology))
    topology["arcs"][0][0][0] += 1
    moved = Snapshot("f" * 12, examplia.manifest, examplia.tables, topology)
    assert difference(examplia, moved).lines() == ["The boundaries are drawn otherwise."]
    found = told(examplia, notes=[], residents_year=2020)
    assert found.country == ("notes", "residents_year")
    assert found.lines() == ["Facts about the country: notes, residents_year"]


# ----------------------------------------------------------------------------------------- written


def test_it_is_json_with_counts_and_dates(examplia):
    rows = [made_up.count("idp", LATER, "XXG01", 100)]
    said = json.loads(json.dumps(told(examplia, made_up.tables(rows)).as_dict()))
    (one,) = said["series"]
    assert (one["population"], one["dates_added"], one["added"]) == ("idp", [LATER], 1)
    assert (said["before"], said["after"]) == (examplia.version, "f" * 12)
    assert one["dates"][0]["before"] is None


@pytest.mark.parametrize("n", [1, LISTED, LISTED + 1, 300])
def test_its_lines_are_bounded_and_say_how_many_are_left_out(examplia, n):
    days = pd.date_range("2022-01-01", periods=n).strftime("%Y-%m-%d")
    rows = [made_up.count("idp", day, "XXG01", 1) for day in days]
    lines = told(examplia, made_up.tables(rows)).lines()
    assert len(lines) <= LISTED + 2
    assert (f"  … and {n - LISTED:,} earlier dates" in lines) == (n > LISTED)
    assert f"  {days[-1]}: 6 people, new" in lines


def test_the_bundle_against_itself_without_its_last_round(snapshot):
    counts = snapshot.tables.counts
    idp = counts["population"] == "idp"
    last = counts.loc[idp, "date"].max()
    without = counts[~(idp & (counts["date"] == last))]
    older = Snapshot("0" * 12, snapshot.manifest, with_counts(snapshot, without), snapshot.topology)
    (one,) = difference(older, snapshot).series
    assert one.dates_added == [f"{last:%Y-%m-%d}"]
    assert one.count("added") == len(counts) - len(without)
