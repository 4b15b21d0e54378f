"""What is said of a part of a population is true of it, also with programmes and of changes."""

from __future__ import annotations

import pytest

from geodata.errors import StateError
from geodata.exports.tables import long_table
from geodata.figures.comparison import parse_comparison
from geodata.figures.state import parse
from geodata.text import view_headlines, wording
from tests.figures.test_comparison import compared
from tests.views import viewed

AT = {"time": "2021-02-28", "measure": "households"}


def headline(**keys):
    return view_headlines.headline(viewed(**keys).on_its_date())


def test_origins_where_programmes_work_are_not_told_as_the_people_who_live_there():
    lives, comes = headline(prog="EDF", **AT), headline(prog="EDF", by="origin", **AT)
    assert "(counted by governorate of origin) where EDF works or worked" in comes
    assert "counted by" not in lives
    assert "(now in Erbil, counted by governorate of origin)" in headline(
        prog="EDF", to="IQG11", **AT
    )


@pytest.mark.parametrize(
    "keys",
    [
        {"by": "origin"},
        {"from": "IQG15"},
        {"shelter": "critical"},
        {"pop": "returnee", "measure": "return_rate"},
    ],
    ids=str,
)
def test_no_share_of_the_country_stands_beside_a_part_or_a_rate(keys):
    chosen = {**AT, "prog": "EDF", **keys}
    view = viewed(**chosen)
    assert "of the country" not in headline(**chosen)
    assert view.shares.tolist() != [] and not (view.shares == view.shares).any()


@pytest.mark.parametrize(
    ("keys", "title"),
    [
        ({"by": "origin"}, "How the number of people from each place changed"),
        ({"to": "IQG11"}, "How the number of people from each place changed (now in Erbil)"),
        (
            {"shelter": "critical", "measure": "share"},
            "How the share of the households in each area changed (critical shelter)",
        ),
        ({"pop": "returnee", "measure": "return_rate"}, "How the rate of return changed"),
    ],
)
def test_titles_of_changes_say_what_changed(keys, title):
    assert wording.title(viewed(**{**AT, **keys, "mode": "change"})) == title
    assert wording.title(viewed(**{**AT, **keys})) != title


def test_the_title_of_origins_says_once_that_they_are_origins():
    assert wording.title(viewed(by="origin", prog="EDF")) == "Where displaced people come from"


def test_a_share_of_areas_is_titled_as_one():
    shares = wording.title(viewed(shelter="critical", measure="share", time="2021-02-28"))
    assert shares == "Share of the households in each area (critical shelter)"


def test_critical_shelter_keeps_its_name_beside_others():
    assert "(shelter: critical shelter, Camp)" in headline(shelter="camp~critical", **AT)


def test_a_hidden_total_of_many_is_not_called_small(snapshot):
    with_crp = compared(snapshot, from_="IQG15", with_="CRP").second
    assert view_headlines.headline(with_crp.at) == (
        "The number of internally displaced people (from Ninewa) on 31 December 2024 is not shown: "
        "it would tell one that is too small to show"
    )


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"shelter": "camp", "level": "2"}, "no figures for pop=idp&shelter=camp: level may be 1."),
        (
            {"shelter": "critical", "measure": "people"},
            "no figures for pop=idp&shelter=critical at level=1: measure may be households, share.",
        ),
        ({"level": "2", "pop": "refugee"}, "no figures for pop=refugee: level may be 1."),
    ],
)
def test_a_refusal_names_the_part_that_it_is_for(snapshot, query, sentence):
    with pytest.raises(StateError, match="no figures") as refused:
        parse(query, snapshot)
    assert str(refused.value).endswith(sentence)


@pytest.mark.parametrize(
    ("keys", "unit"),
    [
        ({"measure": "share"}, "% of the national total"),
        ({"shelter": "camp", "measure": "share"}, "% of households displaced or returned there"),
        ({"pop": "returnee", "measure": "return_rate"}, "% of those who fled"),
        (
            {"pop": "returnee", "measure": "return_rate", "mode": "change"},
            "points of those who fled",
        ),
        ({}, "people"),
    ],
)
def test_files_say_which_figures_are_percentages(keys, unit):
    view = viewed(**{"time": "2021-02-28", **keys})
    rows = list(long_table.rows(view, [view.date_index()], ""))
    assert {row[list(long_table.COLUMNS).index("unit")] for row in rows} == {unit}


def test_both_sides_are_said_to_show_what_they_show(snapshot):
    asked, notices = parse_comparison({"by": "origin", "with": "returnee"}, snapshot)
    assert asked.first.measure == asked.second.measure == "households"
    assert notices == ["Returnees were not counted in this measure: both sides show households."]
