"""Parts of a population: origin and host, shelter, period; and rates of return."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from geodata.errors import StateError
from geodata.figures.breakdowns import cross_table
from geodata.figures.part_keys import PartKeys
from geodata.figures.parts import SHELTER_LABELS, SHELTER_TYPES
from geodata.figures.state import State, encode_query, parse
from geodata.figures.view import View, compute
from tests.bundled import SNAPSHOT
from tests.paths import ROOT

RAW = SNAPSHOT.tables.breakdowns
NINEWA, ERBIL, ANBAR = "IQG15", "IQG11", "IQG01"
PARTS: list[dict[str, str]] = [
    {"by": "origin", "measure": "households"},
    {"by": "origin"},
    {"from": NINEWA, "measure": "households"},
    {"to": ERBIL, "measure": "households"},
    {"shelter": "critical"},
    {"shelter": "rented", "measure": "share"},
    {"period": "aug_2014"},
    {"pop": "returnee", "by": "origin"},
    {"pop": "returnee", "shelter": "habitual", "measure": "share"},
    {"pop": "returnee", "measure": "return_rate"},
]


def view(threshold: int = 5, **query: str) -> View:
    return compute(SNAPSHOT, parse(query, SNAPSHOT)[0], threshold=threshold)


def raw(kind: str, unit: str = "households", pop: str = "idp") -> pd.DataFrame:
    return RAW[(RAW["kind"] == kind) & (RAW["population"] == pop) & RAW[unit].notna()]


def grid(rows: pd.DataFrame, column: str, of: View, unit: str = "households") -> np.ndarray:
    """Sums of published rows by date and area, as a view has them."""
    sums = rows.groupby(["date", column])[unit].sum().unstack()
    days = pd.DatetimeIndex(pd.to_datetime(list(of.counts.dates)))
    return sums.reindex(index=days, columns=list(of.counts.areas.pcodes)).to_numpy("float64")


def agrees(of: View, expected: np.ndarray) -> None:
    """What is shown is as published, and what is not shown is there, and hidden."""
    shown = np.isfinite(of.values)
    assert shown.any()
    np.testing.assert_allclose(of.values[shown], expected[shown])
    assert (of.status[np.isfinite(expected) & ~shown] == "s").all()
    assert (of.status[np.isnan(expected)] == "n").all()


def test_by_origin_from_and_to_are_the_published_table_read_along_each_side():
    rows = raw("origin")
    origin = view(by="origin", measure="households")
    agrees(origin, grid(rows, "category", origin))
    ninewa = view(5, **{"from": NINEWA, "measure": "households"})
    agrees(ninewa, grid(rows[rows["category"] == NINEWA], "pcode", ninewa))
    erbil = view(to=ERBIL, measure="households")
    agrees(erbil, grid(rows[rows["pcode"] == ERBIL], "category", erbil))
    people = view(by="origin")
    agrees(people, grid(raw("origin", "people"), "category", people, "people"))


@pytest.mark.parametrize("pop", ["idp", "returnee"])
def test_margins_of_origin_and_host_are_the_same_people(pop):
    table = cross_table(SNAPSHOT, pop, "origin", "households", 5)
    origin = view(pop=pop, by="origin", measure="households")
    everyone = view(pop=pop, measure="households")
    at = [everyone.counts.dates.index(day) for day in origin.counts.dates]
    np.testing.assert_allclose(origin.totals, everyone.totals[at])
    np.testing.assert_allclose(table.totals, everyone.values[at])
    whole = np.isfinite(origin.values) | (origin.status == "n")
    dates = whole.all(axis=1)
    assert dates.any()
    np.testing.assert_allclose(np.nansum(origin.values[dates], axis=1), origin.totals[dates])


def test_critical_shelter_is_what_dtm_printed_of_may_2016():
    """Camps 11%, critical shelter 16%, unknown 2% of 551,137 families."""
    critical, camp = (view(shelter=code, time="2016-05-26") for code in ("critical", "camp"))
    families = view(measure="households", time="2016-05-26").on_its_date().total
    parts = [each.on_its_date().total / families for each in (critical, camp)]
    assert [round(part * 100) for part in parts] == [16, 11]


def test_shelter_is_folded_to_one_list_and_shares_are_of_the_area():
    assert sorted(SHELTER_LABELS) == sorted(
        category for kind in SHELTER_TYPES.values() for category in kind.categories
    )
    rows = raw("shelter")
    rented = rows[rows["category"].isin(SHELTER_TYPES["rented"].categories)]
    shown = view(shelter="rented")
    agrees(shown, grid(rented, "pcode", shown))
    # Told from 2019 on by its condition, it is one series: no date of one list is missing.
    assert np.isfinite(
        shown.totals[shown.counts.dates.index(pd.Timestamp("2019-02-28").date()) :]
    ).all()
    shares, everyone = view(shelter="rented", measure="share"), view(measure="households")
    at = [everyone.counts.dates.index(day) for day in shares.counts.dates]
    np.testing.assert_allclose(shares.values, shown.values / everyone.values[at] * 100)
    assert np.nanmax(shares.values) <= 100


def test_rates_of_return_are_recomputed_from_the_raw_tables():
    shown = view(pop="returnee", measure="return_rate")
    counts = SNAPSHOT.tables.counts
    rows = counts[
        (counts["population"] == "returnee") & (counts["level"] == 1) & (counts["programme"] == "")
    ]
    back, away = grid(rows, "pcode", shown), grid(raw("origin"), "category", shown)
    agrees(shown, back / (back + away) * 100)
    assert np.nanmax(shown.values) <= 100
    returned, displaced = np.nansum(back, axis=1), np.nansum(away, axis=1)
    nobody = np.isnan(back).all(axis=1)  # had returned yet, of whom there was a count
    national = np.where(nobody, np.nan, returned / (returned + displaced) * 100)
    np.testing.assert_allclose(shown.totals, national)
    anbar = shown.counts.areas.index(ANBAR)
    assert shown.values[-1, anbar] == pytest.approx(91.8, abs=0.05)


def test_a_rate_of_return_of_programmes_is_of_their_governorates_together():
    of_programme = view(pop="returnee", measure="return_rate", prog="PHSS").on_its_date()
    inside = np.isfinite(of_programme.values)
    assert min(of_programme.values[inside]) < of_programme.total < max(of_programme.values[inside])
    changed = view(pop="returnee", measure="return_rate", prog="PHSS", mode="change")
    then = changed.on(changed.base_index())
    assert then.total == 0 and changed.on_its_date().total == pytest.approx(
        of_programme.total
        - view(pop="returnee", measure="return_rate", prog="PHSS").on(then.t).total
    )


@pytest.mark.parametrize("query", PARTS, ids=str)
def test_a_state_with_a_part_is_written_as_it_is_read(query):
    state, _ = parse(query, SNAPSHOT)
    written = dict(part.split("=") for part in encode_query(state, SNAPSHOT).split("&"))
    assert parse(written, SNAPSHOT)[0] == state
    assert state.part or state.measure == "return_rate"


@pytest.mark.parametrize(
    ("query", "key", "sentence"),
    [
        ({"by": "hosts"}, "by", "by may be host, origin"),
        ({"from": "Ninewa"}, "from", "Did you mean IQG15?"),
        ({"to": "IQG15Q01"}, "to", "to may be IQG01–IQG18"),
        ({"from": NINEWA, "to": ERBIL}, "from", "Leave one of the two out"),
        ({"from": NINEWA, "by": "origin"}, "by", "Leave one of the two out"),
        ({"shelter": "camp", "period": "aug_2014"}, "period", "Leave one of the two out"),
        ({"shelter": "camps"}, "shelter", "Did you mean camp?"),
        ({"period": "2014"}, "period", "period may be pre_jun_2014"),
        ({"pop": "refugee", "by": "origin"}, "by", "no source says where"),
        ({"shelter": "camp", "level": "2"}, "level", "level may be 1"),
        ({"shelter": "camp", "measure": "people"}, "measure", "measure may be households, share"),
        ({"measure": "return_rate"}, "measure", "measure may be"),
    ],
)
def test_what_no_source_says_is_refused_with_the_reason(query: dict[str, str], key, sentence):
    with pytest.raises(StateError) as refusal:
        parse(query, SNAPSHOT)
    assert refusal.value.key == key and sentence in str(refusal.value)
    state, notices = parse(query, SNAPSHOT, lenient=True)
    assert notices and isinstance(state, State)
    assert parse({}, SNAPSHOT)[0].part is None


def test_another_population_keeps_the_part_where_it_has_one():
    from geodata.figures.state import with_population

    state, _ = parse({"by": "origin", "measure": "households"}, SNAPSHOT)
    assert with_population(state, "returnee", SNAPSHOT).by == "origin"
    refugees: Any = with_population(state, "refugee", SNAPSHOT)
    assert PartKeys(*(getattr(refugees, name) for name in PartKeys._fields)) == PartKeys()
    assert refugees.measure == "people"


HIDDEN = {
    ("idp", "origin"): (13_163, 325, 967),
    ("idp", "shelter"): (15_366, 832, 2_243),
    ("idp", "period"): (11_986, 319, 934),
    ("returnee", "origin"): (4_494, 171, 492),
    ("returnee", "shelter"): (2_326, 27, 71),
    ("returnee", "period"): (2_830, 0, 0),
}


@pytest.mark.parametrize(("pop", "kind"), HIDDEN)
def test_how_much_is_hidden_is_as_documented(pop, kind):
    shown, every = (cross_table(SNAPSHOT, pop, kind, "households", n) for n in (5, 0))
    known = np.isfinite(every.cells)
    few = (every.cells > 0) & (every.cells < 5)
    assert (known.sum(), few.sum(), (shown.hidden & known).sum()) == HIDDEN[pop, kind]
    assert not shown.bare.any()
    row = " | ".join(f"{n:,}" if n else "none" for n in HIDDEN[pop, kind])
    assert row in (ROOT / "docs" / "small-counts.md").read_text()
