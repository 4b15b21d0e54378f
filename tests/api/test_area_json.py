"""The area panel says everything the sources hold about one area, and no more."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from geodata.api.area_json import panel
from geodata.figures.availability import areas_of, dates_of
from geodata.figures.counts import counts
from geodata.figures.parts import PERIOD_LABELS, SHELTER_LABELS
from geodata.figures.state import parse
from geodata.snapshots.snapshot import load
from geodata.util.json_encoding import to_json

NINEWA = "IQG15"


def shown(snapshot, pcode, *, threshold=5, **query):
    return panel(snapshot, parse(query, snapshot)[0], pcode, threshold=threshold)


def breakdown(found, kind):
    return next((table for table in found["breakdowns"] if table["kind"] == kind), None)


def test_a_governorate_with_its_names(snapshot):
    found = shown(snapshot, NINEWA)
    assert found["area"] == {
        "pcode": NINEWA,
        "name": "Ninewa",
        "nameLocal": "نينوى",
        "level": 1,
        "parent": "",
        "parentName": "",
    }
    assert found["version"] == snapshot.version
    assert found["dates"] == [day.isoformat() for day in dates_of(snapshot, "idp")]


def test_a_district_belongs_to_its_governorate_and_has_its_programmes_but_no_breakdowns(snapshot):
    district = next(p for p in areas_of(snapshot, 2).pcodes if p.startswith(NINEWA))
    found = shown(snapshot, district)
    assert (found["area"]["parent"], found["area"]["parentName"]) == (NINEWA, "Ninewa")
    assert found["breakdowns"] == []
    assert found["programmes"] == shown(snapshot, NINEWA)["programmes"] != []


@pytest.mark.parametrize("pcode", [NINEWA, "IQG01", "IQG06"])
def test_the_trend_is_that_of_the_counts_for_both_populations(snapshot, pcode):
    trends = {trend["population"]: trend for trend in shown(snapshot, pcode)["trend"]}
    assert set(trends) <= {"idp", "returnee", "refugee"}
    for pop, trend in trends.items():
        held = counts(snapshot, pop, 1, 5, frozenset())
        column = held.people[:, held.areas.index(pcode)]
        assert trend["dates"] == [day.isoformat() for day in held.dates]
        assert [np.nan if n is None else n for n in trend["people"]] == pytest.approx(
            column.tolist(), nan_ok=True
        )
    assert ("returnee" in trends) == (pcode != "IQG06")
    assert ("refugee" in trends) == (pcode != NINEWA)


def test_a_trend_is_none_where_too_few_to_show(examplia):
    def people(threshold):
        found = shown(examplia, "XXG01Q02", threshold=threshold)
        (trend,) = [each for each in found["trend"] if each["population"] == "idp"]
        return trend["people"]

    assert people(5) == [None, 48, 54, None]
    assert people(0) == [18, 48, 54, None]


# -------------------------------------------------------------------------------------- breakdowns


@pytest.fixture(scope="module")
def published(published_rows):
    def read(kind: str, population: str, day: str) -> list[dict[str, str]]:
        return [
            row
            for row in published_rows(f"dtm/dtm_{kind}_round")
            if (row["population_type"], row["round_date"]) == (population, day)
        ]

    return read


def named(table, day, dates):
    """Households by label on a date."""
    values = table["values"][dates.index(day)]
    return {k: v for k, v in zip(table["labels"], values, strict=True) if v is not None}


@pytest.mark.parametrize(("pop", "population"), [("idp", "IDP"), ("returnee", "Returnee")])
def test_origin_is_as_published(snapshot, published, pop, population):
    found, day = shown(snapshot, NINEWA, pop=pop), "2019-04-30"
    rows = published("origin", population, day)
    expected = {
        r["from_governorate"]: int(r["households"]) for r in rows if r["governorate"] == "Ninewa"
    }
    table = breakdown(found, "origin")
    written, few = named(table, day, found["dates"]), table["hidden"][found["dates"].index(day)]
    assert written.items() < expected.items() and len(written) + few == len(expected)
    assert all(n >= 5 for n in written.values())
    every = shown(snapshot, NINEWA, pop=pop, threshold=0)
    assert named(breakdown(every, "origin"), day, found["dates"]) == expected


def test_destinations_are_where_displaced_people_from_here_live(snapshot, published):
    day = "2019-04-30"
    rows = published("origin", "IDP", day)
    expected = {
        r["governorate"]: int(r["households"]) for r in rows if r["from_governorate"] == "Ninewa"
    }
    for pop in ("idp", "returnee"):
        found = shown(snapshot, NINEWA, pop=pop)
        assert named(breakdown(found, "destination"), day, found["dates"]) == expected


@pytest.mark.parametrize("kind", ["shelter", "period"])
def test_shelter_and_period_add_up_to_the_households_of_the_round(snapshot, published, kind):
    day = "2019-04-30"
    found = shown(snapshot, NINEWA)
    values = breakdown(found, kind)["values"][found["dates"].index(day)]
    rows = [r for r in published(kind, "IDP", day) if r["governorate"] == "Ninewa"]
    assert sum(n or 0 for n in values) == sum(int(r["households"]) for r in rows) == 83_552


def test_periods_stand_in_order_of_time(snapshot):
    order = list(PERIOD_LABELS)
    codes = breakdown(shown(snapshot, NINEWA), "period")["codes"]
    assert [order.index(code) for code in codes] == sorted(order.index(code) for code in codes)


def test_every_shelter_type_and_period_has_a_label(snapshot):
    rows = snapshot.tables.breakdowns
    assert set(rows.loc[rows["kind"] == "shelter", "category"]) <= set(SHELTER_LABELS)
    assert set(rows.loc[rows["kind"] == "period", "category"]) <= set(PERIOD_LABELS)


def test_a_date_without_rows_is_none_and_no_row_of_zeros(examplia):
    found = shown(examplia, "XXG01")
    assert breakdown(found, "origin")["values"] == [[100, 53], None, None, None]
    assert breakdown(shown(examplia, "XXG02"), "origin")["values"] == [[40], None, None, None]
    assert breakdown(shown(examplia, "XXG02"), "shelter") is None


def test_refugees_have_no_breakdowns(snapshot):
    assert shown(snapshot, "IQG11", pop="refugee")["breakdowns"] == []


def test_breakdowns_of_a_governorate_whose_total_is_hidden_are_hidden_too(examplia):
    """Their sum is the total; at this threshold no governorate can hide its districts alone."""
    held = counts(examplia, "idp", 1, 1000, frozenset())
    assert held.hidden[0].all()
    for pcode in ("XXG01", "XXG02"):
        found = shown(examplia, pcode, threshold=1000)
        assert all(table["hidden"][0] for table in found["breakdowns"])
        assert not any(any(table["values"]) for table in found["breakdowns"])
        trends = {trend["population"]: trend["people"] for trend in found["trend"]}
        assert trends.get("idp", [None])[0] is None


def test_the_shelter_of_april_2014_has_its_note_until_then(snapshot):
    (note,) = shown(snapshot, "IQG01")["shelterNotes"]
    assert "April 2014" in note["text"]
    assert note["until"] == "2014-04-30"
    assert shown(snapshot, "IQG01", pop="returnee")["shelterNotes"] == []


# --------------------------------------------------------------------------------------- programmes


def test_programmes_present_are_the_rows_of_sources(snapshot, published_rows):
    coverage = published_rows("programmes/programme_coverage")
    rows = [row for row in coverage if row["governorate"] == NINEWA]
    found = shown(snapshot, NINEWA)["programmes"]
    assert [programme["code"] for programme in found] == sorted({r["programme"] for r in rows})
    assert sum(len(programme["rows"]) for programme in found) == len(rows)
    for programme in found:
        for row in programme["rows"]:
            assert row["status"] in ("implemented", "planned", "preparatory")
            assert row["source"]["title"]
            assert row["source"]["url"] in ("", row["source"]["title"])


def test_a_source_that_is_no_address_is_a_text(examplia):
    (aid,) = shown(examplia, "XXG01")["programmes"]
    assert aid["rows"][0]["source"] == {"title": "A letter", "url": ""}


@pytest.mark.slow
@pytest.mark.parametrize("pop", ["idp", "returnee", "refugee"])
def test_every_panel_can_be_sent(snapshot, pop):
    for pcode in (*areas_of(snapshot, 1).pcodes, *areas_of(snapshot, 2).pcodes[::20]):
        assert b"NaN" not in to_json(shown(snapshot, pcode, pop=pop))


def test_dates_are_those_of_the_population_asked_for(snapshot):
    found = shown(snapshot, "IQG11", pop="refugee")
    assert [dt.date.fromisoformat(day).year for day in found["dates"]] == [2012, 2017]


def test_an_area_that_no_list_mentions_has_no_trend(snapshot):
    found = shown(snapshot, "IQG03Q03")
    assert [trend["population"] for trend in found["trend"]] == []


def test_a_country_without_displaced_people_has_panels_too(synthetic):
    """Destinations come from displaced people; a snapshot may hold only others."""
    import dataclasses

    from geodata.snapshots.serialise import write_snapshot
    from tests import made_up

    tables = made_up.tables()
    refugees = tables.counts[tables.counts["population"] == "refugee"]
    folder = synthetic()
    write_snapshot(
        folder,
        dataclasses.replace(tables, counts=refugees, breakdowns=tables.breakdowns.head(0)),
        made_up.squares(),
        join_report={},
        country=made_up.COUNTRY,
    )
    found = shown(load(folder), "XXG01")
    assert found["breakdowns"] == []
    assert [trend["population"] for trend in found["trend"]] == ["refugee"]
