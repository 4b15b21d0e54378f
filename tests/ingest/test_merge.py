"""What is read joins what is held: places, slices, sources, levels, rounds."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import DataError
from geodata.ingest import merge as joining
from geodata.ingest import plausibility
from geodata.ingest.merge import Merged
from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.totals import totals
from geodata.sources.contract import (
    BREAKDOWNS_READ,
    COUNTS_READ,
    ParsedSource,
    by_harm,
    no_breakdowns,
    no_counts,
)
from geodata.util.findings import Harm
from tests import made_up

LAST = dt.date(2021, 7, 31)
NEW = dt.date(2022, 1, 31)
SOURCE = dict(made_up.SOURCES[0])
OTHER = {**SOURCE, "id": "other-list", "title": "Another list"}


def row(adm1: str = "", adm2: str = "", households: int | None = 10, **more: Any) -> dict[str, Any]:
    """A row of a reading: of a district where it names one, else of a governorate."""
    return {
        "population": "idp",
        "date": NEW,
        "round": None,
        "programme": "",
        "level": 2 if adm2 or more.get("adm2_code") else 1,
        "adm1": adm1,
        "adm1_code": "",
        "adm2": adm2,
        "adm2_code": "",
        "households": households,
        "people": None if households is None else households * 6,
        "rows": 1,
        "file": "",
        "row": 0,
    } | more


def reading(
    *rows: dict[str, Any], parts: list[dict[str, Any]] | None = None, **more: Any
) -> ParsedSource:
    counts = pd.DataFrame(rows, columns=list(COUNTS_READ)) if rows else no_counts()
    breakdowns = pd.DataFrame(parts, columns=list(BREAKDOWNS_READ)) if parts else no_breakdowns()
    asked = {"kind": "dtm-idp", "source": SOURCE, "files": (), "findings": ()} | more
    return ParsedSource(counts=counts, breakdowns=breakdowns, **asked)


def merge(held: Snapshot, made: ParsedSource, *, allow_fall: bool = True, **asked: Any) -> Merged:
    """Join a few made-up rows, which are fewer people than are held."""
    return joining.merge(held, made, allow_fall=allow_fall, **asked)


def people(merged: Merged, day: dt.date = NEW, level: int = 1, population: str = "idp") -> dict:
    """People by P-code, or place where there is none, of the counts without a programme."""
    rows = merged.tables.counts
    rows = rows[(rows["population"] == population) & (rows["date"] == pd.Timestamp(day))]
    rows = rows[(rows["level"] == level) & (rows["programme"] == "")]
    where = rows["pcode"].where(rows["pcode"].notna(), rows["place"])
    return dict(zip(where, rows["people"].astype(int), strict=True))


def said(merged: Merged, severity: str = "warning") -> str:
    return "\n".join(one.line() for one in merged.findings if one.severity == severity)


def test_rows_of_districts_are_added_up_to_district_and_governorate(examplia):
    merged = merge(
        examplia,
        reading(
            row("Alpha", "North Alpha", 10, rows=3),
            row("alpha", "NORTH ALPHA", 5),
            row("Al-Beta", "South Beta", 7),
        ),
    )
    assert people(merged, level=2) == {"XXG01Q01": 90, "XXG02Q02": 42}
    assert people(merged) == {"XXG01": 90, "XXG02": 42}
    assert merged.join.rows["governorates"] == {"code": 0, "name": 5, "alias": 0, "none": 0}
    assert not merged.errors


def test_what_is_held_of_other_dates_and_populations_stays_as_it_was(examplia):
    before = examplia.tables.counts
    after = merge(examplia, reading(row("Alpha", "North Alpha"))).tables.counts
    assert len(after) == len(before) + 2
    kept = after[after["date"] != pd.Timestamp(NEW)].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, before.reset_index(drop=True), check_dtype=False)


def test_the_same_source_replaces_a_date_and_its_breakdowns(examplia):
    day = dt.date(2020, 1, 31)
    part = {
        "kind": "shelter", "population": "idp", "date": day, "adm1": "Alpha", "adm1_code": "",
        "category": "camp", "households": 9,
    }  # fmt: skip
    merged = merge(examplia, reading(row("Alpha", "North Alpha", 9, date=day), parts=[part]))
    assert people(merged, day) == {"XXG01": 54}
    assert people(merged, day, level=2) == {"XXG01Q01": 54}
    held = merged.tables.breakdowns
    assert held[["kind", "category", "households"]].values.tolist() == [["shelter", "camp", 9]]


def test_another_source_does_not_replace_a_date_unless_asked_to(examplia):
    asked = reading(row("Alpha", households=1, date=LAST), source=OTHER)
    kept = merge(examplia, asked)
    assert people(kept, LAST) == {"XXG02": 372}
    assert kept.added.empty
    assert "idp on 2021-07-31 are held from source tracking (6 people against 372 held)" in said(
        kept
    )
    replaced = merge(examplia, asked, replace=True)
    assert people(replaced, LAST) == {"XXG01": 6}


@pytest.mark.slow
def test_another_source_that_dates_a_round_otherwise_is_seen_through(examplia):
    day = LAST + dt.timedelta(days=1)
    asked = reading(row("Beta", households=62, date=day), source=OTHER)
    kept = merge(examplia, asked)
    assert people(kept, day) == {}
    assert "from source tracking, dated 2021-07-31 there (the same total)" in said(kept)
    replaced = merge(examplia, asked, replace=True)
    assert people(replaced, LAST) == {}
    assert people(replaced, day) == {"XXG02": 372}
    later = reading(row("Beta", households=62, date=day + dt.timedelta(days=7)), source=OTHER)
    assert not merge(examplia, later).added.empty


def test_a_number_that_nobody_published_is_not_taken(examplia):
    numbered = Snapshot(
        "numbered",
        {"country": {**made_up.COUNTRY, "first_numbered_round": 12}},
        examplia.tables,
        examplia.topology,
    )
    rounds = merge(numbered, reading(row("Beta", round=11))).tables.rounds
    assert rounds.loc[rounds["date"] == pd.Timestamp(NEW), "round"].isna().all()


# ---- levels: what adds up


def test_people_of_a_governorate_in_no_district_are_told_and_not_placed_by_district(examplia):
    merged = merge(
        examplia, reading(row("Alpha", households=20), row("Alpha", "North Alpha", households=15))
    )
    assert not merged.errors
    assert people(merged) == {"XXG01": 120}
    assert people(merged, level=2) == {"XXG01Q01": 90, "Alpha / Not available": 30}
    assert "30 people of governorates are in none of their districts (Alpha 30)" in said(merged)


def test_one_row_without_a_district_is_not_the_total_of_the_others(examplia):
    merged = merge(
        examplia,
        reading(
            row("Alpha", "North Alpha", 100, file="own.csv", row=2),
            row("Alpha", "South Alpha", 50, file="own.csv", row=3),
            row("Beta", "North Beta", 90, file="own.csv", row=4),
            row("Alpha", households=3, file="own.csv", row=5),
            kind="table",
        ),
    )
    (error,) = merged.errors
    assert (error.file, error.row, error.value) == ("own.csv", 5, "Alpha")
    assert "idp on 2022-01-31: the row of Alpha itself says 18 people" in error.sentence
    assert "its districts add up to 900 (rows 2, 3)" in error.sentence
    assert "write “Not available” as its district and pass --allow-unmatched" in error.sentence
    assert people(merged)["XXG02"] == 540  # Beta is what it is, whatever Alpha's row says


def test_a_governorate_with_fewer_households_than_its_districts_is_an_error_too(examplia):
    merged = merge(
        examplia,
        reading(row("Alpha", households=5, people=60), row("Alpha", "North Alpha", 10, people=60)),
    )
    (error,) = merged.errors
    assert "Alpha itself says 5 households, and its districts add up to 10" in error.sentence


def test_governorates_that_have_rows_of_their_own_stand_beside_those_that_have_none(examplia):
    merged = merge(
        examplia,
        reading(
            row("Alpha", households=15),
            row("Alpha", "North Alpha", 10),
            row("Alpha", "South Alpha", 5),
            row("Beta", "North Beta", 7),
        ),
    )
    assert not merged.errors
    assert said(merged).count("\n") == 0  # the fall from what is held, and nothing else
    assert people(merged) == {"XXG01": 90, "XXG02": 42}
    assert sum(people(merged, level=2).values()) == 132


def test_a_governorate_without_districts_counts_by_district_as_not_placed(examplia):
    merged = merge(examplia, reading(row("Alpha", households=15), row("Beta", "North Beta", 7)))
    assert people(merged) == {"XXG01": 90, "XXG02": 42}
    assert people(merged, level=2) == {"Alpha / Not available": 90, "XXG02Q01": 42}


@pytest.mark.slow
def test_rows_of_the_rest_of_a_governorate_are_added_to_its_districts(examplia):
    rest = row("Alpha", "Not available", 5)
    refused = merge(examplia, reading(row("Alpha", "North Alpha", 10), rest))
    assert [error.value for error in refused.errors] == ["Not available"]
    merged = merge(examplia, reading(row("Alpha", "North Alpha", 10), rest), allow_unmatched=True)
    assert people(merged) == {"XXG01": 90}
    assert people(merged, level=2) == {"XXG01Q01": 60, "Alpha / Not available": 30}
    assert "counts in the total of its governorate and the country only" in said(merged)
    both = merge(
        examplia,
        reading(row("Alpha", households=20), row("Alpha", "North Alpha", 10), rest),
        allow_unmatched=True,
    )
    assert people(both) == {"XXG01": 120}
    assert people(both, level=2) == {"XXG01Q01": 60, "Alpha / Not available": 60}


@pytest.mark.parametrize(
    ("whole", "severity", "told"),
    [
        (22, "warning", "the row is the total of the country, and is left out"),
        (30, "warning", "the row of the country says 180 people, and the rows of its governorates"),
        (20, "error", "A country holds its governorates"),
    ],
)
def test_a_row_of_the_country_is_compared_and_never_counted(examplia, whole, severity, told):
    merged = merge(
        examplia,
        reading(row("Alpha", households=15), row("Beta", households=7),
                row("Examplia", households=whole)),
        allow_unmatched=True,
    )  # fmt: skip
    assert people(merged) == {"XXG01": 90, "XXG02": 42}
    assert told in said(merged, severity)


@pytest.mark.slow
def test_governorates_below_the_districts_that_are_held_are_refused(examplia):
    day = dt.date(2020, 1, 31)
    held = merge(examplia, reading(row("Alpha", "North Alpha", 9, date=day))).tables
    before = Snapshot("held", {"country": made_up.COUNTRY}, held, examplia.topology)
    (error,) = merge(before, reading(row("Alpha", households=8, date=day))).errors
    assert "Alpha has 48 people, and its districts, which are held, add up to 54" in error.sentence
    more = merge(before, reading(row("Alpha", households=10, date=day)))
    assert not more.errors
    assert "districts add up to 54 people and governorates to 60" in said(more)


# ---- totals that fall


def fall(merged: Merged) -> str:
    """What is said of a total that falls; it is the first finding of all."""
    found = [one for one in merged.findings if one.harm is Harm.TOTAL_FALLS]
    assert by_harm(merged.findings)[: len(found)] == found
    return "\n".join(one.line() for one in found)


def test_a_total_that_falls_too_far_is_refused_unless_told_otherwise(examplia):
    asked = reading(row("Beta", households=49))
    refused = merge(examplia, asked, allow_fall=False)
    assert [error.harm for error in refused.errors] == [Harm.TOTAL_FALLS]
    assert "idp on 2022-01-31: 294 people, -21% against the 372 on 2021-07-31." in fall(refused)
    assert "A total may fall by 20%." in fall(refused) and "pass --allow-fall" in fall(refused)
    allowed = merge(examplia, asked)
    assert not allowed.errors
    assert "It is taken, as --allow-fall was passed." in fall(allowed)
    assert not merge(examplia, reading(row("Beta", households=50)), allow_fall=False).errors
    assert not merge(examplia, asked, allow_fall=False, largest_fall=0.25).errors


@pytest.mark.slow
def test_a_total_is_held_against_what_it_replaces(examplia):
    asked = reading(row("Beta", households=40, date=LAST + dt.timedelta(days=1)), source=OTHER)
    assert not merge(examplia, asked, allow_fall=False).errors  # nothing is replaced
    refused = merge(examplia, asked, allow_fall=False, replace=True)
    assert "-35% against the 372 that it replaces" in fall(refused)
    same = reading(row("Beta", households=40, date=LAST))
    assert "-35% against the 372 that it replaces" in fall(merge(examplia, same, allow_fall=False))


@pytest.mark.slow
def test_a_total_that_was_taken_once_is_not_asked_about_again(examplia):
    first = merge(examplia, reading(row("Beta", households=20)))
    held = Snapshot("held", {"country": made_up.COUNTRY}, first.tables, examplia.topology)
    assert not merge(held, reading(row("Beta", households=21)), allow_fall=False).errors
    assert "-69%" in fall(merge(held, reading(row("Beta", households=19)), allow_fall=False))


@pytest.mark.slow
def test_counts_of_a_programme_are_held_against_its_own(examplia):
    asked = [row("Alpha", programme="OWN", households=n, date=dt.date(2022, n, 28)) for n in (9, 3)]
    merged = merge(examplia, reading(*asked, source=OTHER), allow_fall=False)
    assert "idp of OWN on 2022-09-28" not in said(merged, "error")
    later = [row("Alpha", programme="OWN", households=9, date=NEW),
             row("Alpha", programme="OWN", households=3, date=dt.date(2022, 2, 28))]  # fmt: skip
    refused = merge(examplia, reading(*later, source=OTHER), allow_fall=False)
    assert "idp of OWN on 2022-02-28: 18 people, -67% against the 54 on 2022-01-31" in fall(refused)


def test_no_real_round_is_taken_for_one_that_falls_too_far(snapshot):
    """The largest real fall is a third of what is allowed: a mistake is told from a round."""
    counts = snapshot.tables.counts
    worst = min(
        total.people / total.before - 1
        for total in totals(counts, counts)
        if total.before and total.population != "refugee"
    )
    assert -plausibility.LARGEST_FALL / 2 < worst < 0


def test_a_place_that_matches_nothing_is_refused_with_what_is_near(examplia):
    merged = merge(examplia, reading(row("Alfa", "North Alpha"), row("Beta", "Sout Beta", 3)))
    assert [one.value for one in merged.errors] == ["Alfa", "Sout Beta"]
    assert merged.errors[0].nearest == ("Alpha (XXG01)",)
    assert "(1 row, 3 households, 18 people)" in merged.errors[1].line()
    only = merge(examplia, reading(row("Alfa", households=None, people=8)))
    assert "(1 row, 8 people)" in only.errors[0].line()


def test_what_is_allowed_to_match_nothing_counts_in_the_country_only(examplia):
    merged = merge(
        examplia,
        reading(row("Alfa", "North Alpha", 10), row("Beta", "Sout Beta", 3)),
        allow_unmatched=True,
    )
    assert not merged.errors
    assert people(merged) == {"Alfa": 60, "XXG02": 18}
    assert people(merged, level=2) == {"Alfa / North Alpha": 60, "Beta / Sout Beta": 18}


def test_a_code_and_a_name_that_disagree_are_refused(examplia):
    merged = merge(examplia, reading(row("Beta", adm1_code="XXG01")))
    assert (
        "the code means Alpha (XXG01), and the name beside it, 'Beta', means Beta (XXG02)"
        in said(merged, "error")
    )


def test_a_district_by_code_alone_finds_its_governorate(examplia):
    merged = merge(examplia, reading(row(adm2_code="XXG02Q01", households=4)))
    assert people(merged) == {"XXG02": 24}
    assert people(merged, level=2) == {"XXG02Q01": 24}


def test_origins_are_placed_too(examplia):
    part = {
        "kind": "origin", "population": "idp", "date": NEW, "adm1": "Alpha", "adm1_code": "",
        "category": "beta", "households": 10,
    }  # fmt: skip
    merged = merge(examplia, reading(row("Alpha", "North Alpha"), parts=[part]))
    rows = merged.tables.breakdowns
    fresh = rows[rows["date"] == pd.Timestamp(NEW)]
    assert fresh[["pcode", "category"]].values.tolist() == [["XXG01", "XXG02"]]


def test_the_round_number_is_the_one_said_or_the_one_known(examplia):
    merged = merge(
        examplia, reading(row("Alpha", round=15), row("Alpha", date=dt.date(2021, 1, 31)))
    )
    rows = merged.tables.rounds
    rows = rows[rows["source"] == "tracking"]
    numbers = dict(zip(rows["date"], rows["round"], strict=True))
    assert numbers[pd.Timestamp(NEW)] == 15
    assert numbers[pd.Timestamp("2021-01-31")] == 13


def test_a_change_beyond_reason_is_said(examplia):
    merged = merge(examplia, reading(row("Beta", households=620)))
    assert "idp on 2022-01-31: 3,720 people, +900% against 372 on 2021-07-31" in said(merged)
    calm = merge(examplia, reading(row("Beta", households=70)))
    assert said(calm) == ""


def test_totals_stand_beside_the_date_before(examplia):
    merged = merge(examplia, reading(row("Beta", households=70)))
    new = merged.tables.counts[merged.tables.counts["date"] == pd.Timestamp(NEW)]
    (total,) = totals(merged.tables.counts, new)
    assert (total.people, total.before_date, total.before) == (420, "2021-07-31", 372)


def test_counts_of_a_programme_are_a_slice_of_their_own(examplia):
    merged = merge(examplia, reading(row("Alpha", programme="OWN", households=3), source=OTHER))
    rows = merged.tables.counts
    fresh = rows[rows["date"] == pd.Timestamp(NEW)]
    assert fresh[["programme", "people", "source"]].values.tolist() == [["OWN", 18, "other-list"]]
    assert "other-list" in set(merged.tables.sources["id"])


def test_rows_of_a_table_replace_those_of_the_same_key(examplia):
    more = examplia.tables.residents.head(1).assign(residents=123)
    merged = merge(examplia, reading(tables={"residents": more}))
    key = ["pcode", "year"]
    before = examplia.tables.residents.set_index(key)["residents"]
    after = merged.tables.residents.set_index(key)["residents"]
    assert len(after) == len(before)
    assert (after != before.reindex(after.index)).sum() == 1


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"people": -1}, "column 'people', row .*: -1 breaks"),
        ({"population": "tourist"}, "column 'population', row .*: 'tourist' breaks"),
    ],
)
def test_what_breaks_the_schema_is_refused(examplia, wrong, rule):
    with pytest.raises(DataError, match=rule):
        merge(examplia, reading(row("Alpha", **wrong)))


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(
    cells=st.lists(
        st.tuples(st.sampled_from(sorted(made_up.DISTRICTS)), st.integers(0, 10_000)),
        min_size=1,
        max_size=30,
    )
)
def test_no_household_is_lost_or_made(cells):
    held = _examplia()
    rows = [row(adm2_code=code, households=households) for code, households in cells]
    merged = merge(held, reading(*rows))
    total = sum(households for _, households in cells) * 6
    assert sum(people(merged).values()) == sum(people(merged, level=2).values()) == total


@cache
def _examplia() -> Snapshot:
    manifest = {"country": made_up.COUNTRY}
    return Snapshot("made up", manifest, made_up.tables(), made_up.squares())
