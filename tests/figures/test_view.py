"""Every figure of a view is a figure of the source, or worked out from one as the product says."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from functools import cache

import numpy as np
import pytest

from geodata.api.view_json import as_dict
from geodata.figures.availability import available_measures, populations_with_counts
from geodata.figures.dates import years_before
from geodata.figures.statuses import UNCOLOURED
from geodata.figures.view import View
from geodata.snapshots.rounds import nearest_date
from geodata.snapshots.snapshot import load
from geodata.util.json_encoding import to_json
from tests.bundled import SNAPSHOT
from tests.made_up import count
from tests.views import viewed

DTM = {"idp": "IDP", "returnee": "Returnee"}
APRIL_2019 = dt.date(2019, 4, 30)
# Every kind of view there is: population, level, measure, mode, with and without programmes.
KINDS = [
    {"pop": pop, "level": str(level), "measure": measure, "mode": mode, **prog}
    for pop in populations_with_counts(SNAPSHOT)
    for level in ((1, 2) if pop != "refugee" else (1,))
    for measure in available_measures(SNAPSHOT, pop, level)
    for mode, prog in (("level", {}), ("level", {"prog": "PHSS"}), ("change", {}))
]


def named(query: dict[str, str]) -> str:
    return "-".join(query.values())


@cache
def bundled(*query: tuple[str, str]) -> View:
    return viewed(**dict(query))


@cache
def answer(*query: tuple[str, str]) -> dict:
    return as_dict(bundled(*query))


@pytest.fixture(params=KINDS, ids=named)
def any_view(request) -> View:
    return bundled(*request.param.items())


def test_a_view_on_a_date_has_what_the_view_has_on_it(any_view):
    for t in {0, len(any_view.totals) // 2, any_view.date_index()}:
        at = any_view.on(t)
        assert (at.date, at.round) == (any_view.counts.dates[t], any_view.counts.rounds[t])
        for row, grid in (("values", "values"), ("status", "status"), ("classes", "classes")):
            np.testing.assert_array_equal(getattr(at, row), getattr(any_view, grid)[t])
        for one, series in (("total", "totals"), ("stock", "stocks"), ("share", "shares")):
            np.testing.assert_equal(getattr(at, one), getattr(any_view, series)[t])
        assert at.base.date == (any_view.state.base or any_view.counts.dates[0])
    on_its_date = any_view.on_its_date()
    assert on_its_date.date == (
        any_view.state.time or any_view.counts.dates[any_view.counts.newest]
    )


@pytest.fixture(params=KINDS, ids=named)
def any_answer(request) -> dict:
    """The same as JSON-ready values."""
    return answer(*request.param.items())


def on(shown: View, day: dt.date) -> int:
    return shown.counts.dates.index(day)


def row(snapshot, day, **query):
    """Values and statuses by P-code on a date."""
    shown = viewed(snapshot, **query)
    t = on(shown, dt.date.fromisoformat(day))
    values = [None if np.isnan(value) else value for value in shown.values[t]]
    return dict(
        zip(shown.counts.areas.pcodes, zip(values, shown.status[t], strict=True), strict=True)
    )


@pytest.fixture(scope="module")
def source(published_rows):
    """Households and people by level, population, date and name, as the published tables say."""
    found: dict[tuple, dict] = defaultdict(dict)
    for level, name in ((1, "governorate"), (2, "district")):
        for line in published_rows(f"dtm/dtm_{name}_round"):
            key = (level, line["population_type"], dt.date.fromisoformat(line["round_date"]))
            place = (line["governorate"], line.get("district", ""))
            found[key][place] = (int(line["households"]), int(line["individuals"]))
    return found


# ------------------------------------------------------------------------------- figures and totals


@pytest.mark.parametrize(("pop", "people"), [("idp", 1_665_108), ("returnee", 4_266_882)])
def test_30_april_2019(pop, people):
    for level in ("1", "2"):
        shown = bundled(("pop", pop), ("level", level))
        assert shown.totals[on(shown, APRIL_2019)] == people


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("pop", ["idp", "returnee"])
def test_totals_are_those_of_the_source_in_every_round(source, pop, level):
    dates = bundled(("pop", pop), ("level", "2")).counts.dates[:119]
    assert dates[-1] == dt.date(2021, 2, 28)
    for column, measure in enumerate(("households", "people")):
        shown = bundled(("pop", pop), ("level", str(level)), ("measure", measure))
        rows = [source.get((level, DTM[pop], day), {}).values() for day in dates]
        sums = [sum(cell[column] for cell in cells) if cells else np.nan for cells in rows]
        np.testing.assert_array_equal(shown.totals[:119], sums)


@pytest.mark.parametrize("pop", ["idp", "returnee"])
def test_every_governorate_is_as_in_the_source_on_every_date(source, pop):
    """What the source has no row for is not assessed and has no value; nothing else is missing."""
    shown = bundled(("pop", pop))
    names = SNAPSHOT.tables.areas.set_index("pcode")["name_en"]
    for t, day in enumerate(shown.counts.dates[:119]):
        cells = source.get((1, DTM[pop], day), {})
        for i, pcode in enumerate(shown.counts.areas.pcodes):
            cell = cells.get((names[pcode], ""))
            if cell:
                assert (shown.values[t, i], shown.status[t, i]) == (cell[1], "c")
            else:
                assert np.isnan(shown.values[t, i])
                assert shown.status[t, i] == "n"


@pytest.mark.parametrize("pop", ["idp", "returnee"])
@pytest.mark.parametrize("measure", ["people", "households"])
def test_districts_add_up_to_their_governorate(pop, measure):
    query = {"pop": pop, "measure": measure}
    until = viewed(level="2", **query).counts.dates
    governorates, districts = viewed(**query), viewed(threshold=0, level="2", **query)
    parents = np.array(districts.counts.areas.parents)
    for i, pcode in enumerate(governorates.counts.areas.pcodes):
        parts = districts.values[:, parents == pcode]
        sums = np.where(np.isnan(parts).all(axis=1), np.nan, np.nansum(parts, axis=1))
        np.testing.assert_array_equal(sums, governorates.values[: len(until), i])


def test_totals_are_those_that_iom_printed_where_its_list_agrees(published_rows):
    """A report is dated at most a day from its list."""
    totals = published_rows("dtm/national_totals_published")
    printed = [line for line in totals if line["match"] == "True"]
    assert len(printed) == 17
    for line in printed:
        pop = {"IDP": "idp", "Returnee": "returnee"}[line["population_type"]]
        people = bundled(("pop", pop))
        day = nearest_date(people.counts.dates, dt.date.fromisoformat(line["date"]))
        assert abs(day - dt.date.fromisoformat(line["date"])) <= dt.timedelta(days=1)
        t = on(people, day)
        assert people.totals[t] == int(line["individuals"])
        if line["households"]:
            households = bundled(("pop", pop), ("measure", "households"))
            assert households.totals[t] == float(line["households"])


def test_where_the_printed_total_differs_the_page_says_both():
    texts = answer()["text"]["missing"]
    said = [text for text in texts if "prints" in text]
    assert said == [texts[on(bundled(), dt.date(2015, 1, 29))]]
    assert (
        "The report of this round prints 2,255,148; the list it goes with adds up to 2,300,664."
        in said[0]
    )


def test_nothing_is_invented_between_the_two_dates_of_refugees():
    shown = bundled(("pop", "refugee"))
    assert shown.counts.dates == (dt.date(2012, 9, 7), dt.date(2017, 8, 31))
    assert np.isfinite(shown.values).sum(axis=1).tolist() == [4, 4]
    assert as_dict(shown)["totals"] == [21_744, 244_235]


def test_refugees_in_no_governorate_are_in_the_total_and_named():
    found = answer(("pop", "refugee"))
    assert found["notPlaced"] == [0, 3_883]
    assert "3,883" not in found["text"]["missing"][0]
    assert (
        "Not placed: 3,883 more are in the national total, but the source gives no area for them."
        in found["text"]["missing"][1]
    )
    placed = [sum(n for n in values if n) for values in found["values"]]
    assert [total - part for total, part in zip(found["totals"], placed, strict=True)] == [0, 3_883]


# ----------------------------------------------------------------------------------------- measures


def test_rates_are_per_1000_residents_of_2018_halabja_among_those_of_sulaymaniyah(published_rows):
    lines = [line for line in published_rows("population/residents") if line["year"] == "2018"]
    residents = {line["governorate"]: int(line["population"]) for line in lines}
    sulaymaniyah = residents.pop("Halabja") + residents.pop("Sulaymaniyah (excl. Halabja)")
    rate, people = row(SNAPSHOT, "2019-04-30", measure="rate"), row(SNAPSHOT, "2019-04-30")
    assert rate["IQG06"][0] == pytest.approx(people["IQG06"][0] / sulaymaniyah * 1000)
    assert rate["IQG01"][0] == pytest.approx(people["IQG01"][0] / residents["Anbar"] * 1000)
    everyone = sum(residents.values()) + sulaymaniyah
    shown = bundled(("measure", "rate"))
    assert shown.totals[on(shown, APRIL_2019)] == pytest.approx(1_665_108 / everyone * 1000)


@pytest.mark.parametrize("pop", ["idp", "returnee"])
def test_shares_of_all_governorates_make_the_whole(pop):
    shown = bundled(("pop", pop), ("measure", "share"))
    counted = np.isfinite(shown.totals) & ~shown.counts.national_only
    np.testing.assert_allclose(np.nansum(shown.values, axis=1)[counted], 100)
    assert np.isnan(shown.values[~counted]).all()


def test_those_not_placed_are_part_of_the_whole_that_shares_are_of():
    shares = np.nansum(bundled(("pop", "refugee"), ("measure", "share")).values, axis=1)
    np.testing.assert_allclose(shares, [100, 100 * (1 - 3_883 / 244_235)])


def test_the_total_of_shares_is_told_in_people():
    assert bundled(("measure", "share")).totals.tolist() == bundled().totals.tolist()


# ----------------------------------------------------------------------------------------- statuses


def test_ten_governorates_are_not_assessed_for_returnees_on_any_date():
    shown = bundled(("pop", "returnee"))
    never = (shown.status[~shown.counts.national_only] == "n").all(axis=0)
    assert never.sum() == 10
    april = shown.status[on(shown, APRIL_2019)]
    assert (april == "n").tolist() == never.tolist()


def test_every_status_fits_its_value(any_view):
    values, status = any_view.values, any_view.status
    assert set(status.flat) <= set("cznsoxp")
    assert (np.isnan(values) == np.isin(status, list("nsoxp"))).all()
    assert ((values == 0) == (status == "z")).all()


def test_what_was_not_counted_is_never_zero(any_view):
    counted = any_view.counts.counted
    assert not np.isin(any_view.status[~counted], ["c", "z", "s"]).any()
    assert np.isnan(any_view.values[~counted]).all()


def test_no_household_count_of_the_source_is_zero_so_no_status_is():
    for pop, level in itertools.product(("idp", "returnee"), ("1", "2")):
        assert not (bundled(("pop", pop), ("level", level)).status == "z").any()


def test_each_status_in_a_made_up_country(examplia):
    assert row(examplia, "2020-01-31", level="2") == {
        "XXG01Q01": (600, "c"),
        "XXG01Q02": (None, "s"),
        "XXG01Q03": (None, "s"),
        "XXG02Q01": (0, "z"),
        "XXG02Q02": (240, "c"),
    }
    assert row(examplia, "2020-07-31", level="2")["XXG02Q01"] == (None, "n")
    assert row(examplia, "2020-07-31", prog="AID") == {"XXG01": (1068, "c"), "XXG02": (None, "o")}
    assert row(examplia, "2021-07-31", prog="AID") == {"XXG01": (None, "n"), "XXG02": (None, "o")}


@pytest.mark.parametrize("measure", ["people", "households", "share"])
def test_what_is_too_few_to_show_is_in_no_measure(examplia, measure):
    shown = viewed(examplia, level="2", measure=measure)
    assert np.isnan(shown.values[0][1:3]).all()
    assert shown.status[0].tolist() == list("csszc")
    assert viewed(examplia, level="2", threshold=0).status[0].tolist() == list("ccczc")


# -------------------------------------------------------------------------------- classes and ranks


def test_classes_follow_the_breaks(any_view):
    lows = np.array([-np.inf, *any_view.scale.breaks])
    highs = np.array([*any_view.scale.breaks, np.inf])
    values, classes = any_view.values, any_view.classes
    assert ((classes == -1) == (any_view.status != "c")).all()
    coloured = classes >= 0
    value, k = values[coloured], classes[coloured]
    assert (k < len(any_view.scale.colors)).all()
    if any_view.scale.kind == "sequential":
        assert ((lows[k] <= value) & (value < highs[k])).all()
    else:
        size = np.abs(value)
        inner = np.minimum(np.abs(lows[k]), np.abs(highs[k]))
        outer = np.maximum(np.abs(lows[k]), np.abs(highs[k]))
        assert ((inner <= size) & (size < outer)).all()
        assert ((k >= len(lows) / 2) == (value > 0)).all()


def test_a_scale_has_a_label_and_colours_for_each_class(any_view):
    scale = any_view.scale
    n = len(scale.breaks) + 1
    assert len(scale.colors) == len(scale.colors_dark) == len(scale.labels) == n
    assert len(scale.inks) == len(scale.inks_dark) == n
    assert list(scale.breaks) == sorted(set(scale.breaks))
    assert len(set(scale.labels)) == n


def test_colours_compare_over_time_and_between_programmes():
    """One scale for population, measure and level: at no date, base or programme another."""
    for fixed in KINDS:
        asked = {key: value for key, value in fixed.items() if key != "prog"}
        assert bundled(*fixed.items()).scale == bundled(*asked.items()).scale
    change = {"mode": "change"}
    assert viewed(**change, base="2014-04-01").scale == viewed(**change, base="latest").scale


def test_ranks_count_the_larger_ones(any_view):
    values = any_view.values
    larger = np.array([(date > date[:, np.newaxis]).sum(axis=1) for date in values])
    np.testing.assert_array_equal(any_view.ranks, np.where(np.isnan(values), 0, larger + 1))


def test_equal_values_share_a_rank(synthetic):
    day = "2021-07-31"
    snapshot = load(synthetic(count("idp", day, "XXG01", 62), count("idp", day, "XXG01Q01", 62)))
    assert viewed(snapshot).ranks[3].tolist() == [1, 1]


def test_the_legend_counts_every_area_once(any_answer):
    found = any_answer
    colours, areas = len(found["scale"]["colors"]), len(found["areas"])
    for tally, status, classes in zip(
        found["tallies"], found["status"], found["classes"], strict=True
    ):
        statuses = tally[colours : colours + len(UNCOLOURED)]  # programmes' work is counted after
        assert sum(tally[:colours] + statuses) == areas
        assert tally[:colours] == [classes.count(k) for k in range(colours)]
        assert statuses == [status.count(letter) for letter in UNCOLOURED]


# ------------------------------------------------------------------------------------------- change


def test_a_change_is_the_difference_of_two_counts():
    level = bundled()
    for base in ("2014-04-01", "2018-08-31", "latest"):
        shown = viewed(mode="change", base=base)
        b = len(level.values) - 1 if base == "latest" else on(level, dt.date.fromisoformat(base))
        np.testing.assert_array_equal(shown.values, level.values - level.values[b])
        np.testing.assert_array_equal(shown.totals, level.totals - level.totals[b])
        np.testing.assert_array_equal(shown.stocks, level.totals)
        assert set(shown.status[b]) <= {"z", "n"}


def test_muthanna_cannot_be_compared_with_the_rounds_that_left_it_out():
    level = bundled()
    muthanna = level.counts.areas.index("IQG03")
    absent = level.status[:, muthanna] == "n"
    assert absent.sum() == 12
    assert absent[:12].all()
    change = viewed(mode="change")
    assert (change.status[absent, muthanna] == "x").all()
    assert (viewed(mode="change", base="2014-04-01").status[~absent, muthanna] == "x").all()
    both = viewed(mode="change", base="2014-04-01")
    assert (both.status[absent, muthanna] == "n").all()


def test_each_status_of_a_change_in_a_made_up_country(examplia):
    change = {"mode": "change", "base": "2020-01-31", "level": "2"}
    assert row(examplia, "2020-07-31", **change) == {
        "XXG01Q01": (120, "c"),
        "XXG01Q02": (None, "s"),
        "XXG01Q03": (None, "s"),
        "XXG02Q01": (None, "x"),
        "XXG02Q02": (0, "z"),
    }
    assert row(examplia, "2021-07-31", **change)["XXG01Q02"] == (None, "x")
    outside = row(examplia, "2020-07-31", mode="change", base="2020-01-31", prog="AID")
    assert outside == {"XXG01": (150, "c"), "XXG02": (None, "o")}


def test_no_hidden_count_is_found_through_a_change(examplia):
    """A cell that is hidden on either date is hidden in the change."""
    level = viewed(examplia, level="2")
    for base, day in enumerate(level.counts.dates):
        change = viewed(examplia, level="2", mode="change", base=day.isoformat())
        hidden = (level.status == "s") | (level.status[base] == "s")
        assert np.isnan(change.values[hidden]).all()


def test_the_change_since_the_round_before_and_the_year_before(examplia):
    found = as_dict(viewed(examplia))
    assert found["totalChanges"] == [None, 150, 258, -1194]
    assert found["yearBefore"] == [None, None, 0, 1]


def test_a_year_before_is_at_most_six_weeks_off():
    days = [dt.date(2019, 1, 1), dt.date(2019, 3, 1), dt.date(2020, 2, 1), dt.date(2021, 6, 1)]
    assert years_before(tuple(days)) == [None, None, 1, None]


# -------------------------------------------------------------------------------------- programmes


@pytest.fixture(scope="module")
def phss(published_rows) -> set[str]:
    """Governorates where a source says that PHSS was implemented."""
    coverage = published_rows("programmes/programme_coverage")
    rows = [row for row in coverage if row["programme"] == "PHSS"]
    return {row["governorate"] for row in rows if row["status"] == "implemented"}


def test_phss_keeps_its_ten_governorates_and_says_their_share(phss):
    assert len(phss) == 10
    shown, whole = bundled(("prog", "PHSS")), bundled()
    inside = np.isin(shown.counts.areas.pcodes, list(phss))
    assert ((shown.status == "o") == ~inside).all()
    np.testing.assert_array_equal(shown.values[:, inside], whole.values[:, inside])
    part = np.nansum(whole.values[:, inside], axis=1)
    np.testing.assert_array_equal(shown.totals, part)
    np.testing.assert_allclose(shown.shares, part / whole.totals)
    assert answer(("prog", "PHSS"))["text"]["headline"][on(shown, APRIL_2019)] == (
        "711,804 internally displaced people where PHSS works or worked: "
        "43% of the country, on 30 April 2019"
    )


def test_districts_of_a_programmes_area_have_its_total(phss):
    one, two = bundled(("prog", "PHSS")), bundled(("prog", "PHSS"), ("level", "2"))
    np.testing.assert_array_equal(one.totals[:119], two.totals)
    np.testing.assert_array_equal(one.shares[:119], two.shares)
    parents = np.isin(two.counts.areas.parents, list(phss))
    assert ((two.status == "o") == ~parents).all()


def test_two_programmes_keep_the_governorates_of_either():
    def inside(codes: str) -> set[str]:
        shown = viewed(prog=codes)
        pairs = zip(shown.counts.areas.pcodes, shown.status[-1], strict=True)
        return {pcode for pcode, status in pairs if status != "o"}

    assert inside("PHSS~AVRR") == inside("PHSS") | inside("AVRR") > inside("PHSS")


def test_the_rate_of_a_programmes_area_is_of_its_own_residents(examplia):
    shown = viewed(examplia, measure="rate", prog="AID")
    assert shown.totals[0] == pytest.approx(918 / 100_000 * 1000)
    assert viewed(examplia, measure="rate").totals[0] == pytest.approx(1158 / 150_000 * 1000)


def test_only_implemented_coverage_counts(examplia):
    """In the made-up country AID is planned in Beta."""
    assert viewed(examplia, prog="AID").status[0].tolist() == ["c", "o"]


def test_a_programme_with_no_known_governorate_says_so_and_claims_no_missing_count():
    found = answer(("prog", "LABOUR"))
    assert set("".join(found["status"])) == {"o"}
    said = "No source at hand says in which governorates LABOUR works or worked"
    assert set(found["text"]["headline"]) == {said}
    assert set(as_dict(viewed(prog="LABOUR", mode="change"))["text"]["headline"]) == {said}


def test_counts_that_belong_to_a_programme_are_shown_for_it_and_only_for_it(examplia):
    own = as_dict(viewed(examplia, prog="OWN"))
    assert own["values"] == [[None, None], [None, None], [180, None]]  # its dates end with it
    assert own["totals"] == [None, None, 180]
    assert row(examplia, "2021-01-31", level="2", prog="OWN")["XXG01Q02"] == (60, "c")
    assert row(examplia, "2021-01-31")["XXG01"] == (199 * 6, "c")


def test_the_programme_panel_lists_what_sources_say(phss):
    (found,) = answer(("prog", "PHSS"))["programmes"]
    assert set(found["governorates"]) == phss
    assert found["years"] == "2007–"
    assert "Japan" in found["funders"]
    assert found["results"] and all(result["source"]["title"] for result in found["results"])


# -------------------------------------------------------------------------------------------- words


def test_what_is_missing_is_named(any_answer):
    """Names where they are few or of governorates, else the number, on every date."""
    found = any_answer
    names = {area["pcode"]: area["name"] for area in found["areas"]}
    words = {"n": "Not assessed: ", "s": "Too few to show: ", "x": "Not comparable: "}
    for status, text in zip(found["status"], found["text"]["missing"], strict=True):
        for letter, word in words.items():
            lacking = [
                names[area["pcode"]]
                for area, each in zip(found["areas"], status, strict=True)
                if each == letter
            ]
            assert (word in text) == bool(lacking)
            if lacking and (len(lacking) <= 4 or (letter == "n" and len(names) == 18)):
                assert all(name in text for name in lacking)
            elif lacking:
                assert f"{word}{len(lacking)} areas." in text


def test_there_is_a_sentence_for_every_date(any_answer):
    found, headlines = any_answer, any_answer["text"]["headline"]
    assert len(headlines) == len(found["text"]["missing"]) == len(found["dates"])
    assert all(headlines)
    assert not any("nan" in text.lower().split() or "{" in text for text in headlines)
    assert not any(text.endswith(".") for text in headlines)


def test_headlines_agree_in_number(examplia):
    def first(threshold: int = 5, **query: str) -> str:
        return as_dict(viewed(examplia, threshold=threshold, **query))["text"]["headline"][0]

    assert first(pop="refugee") == "501 registered Syrian refugees on 30 June 2019"
    assert first(0, pop="refugee", prog="AID").startswith("1 registered Syrian refugee where AID")
    assert first(measure="households") == "193 displaced households on 31 January 2020"
    assert first(measure="rate") == (
        "7.7 internally displaced people per 1,000 residents on 31 January 2020"
    )
    assert first(pop="returnee") == "No count of returnees on 31 January 2020"


def test_headlines_of_a_change(examplia):
    change = viewed(examplia, mode="change", base="2020-07-31")
    assert as_dict(change)["text"]["headline"] == [
        "Down by 150 internally displaced people, 31 January 2020 compared with 31 July 2020",
        "31 July 2020 is the date compared with; choose another",
        "Up by 258 internally displaced people, 31 January 2021 compared with 31 July 2020",
        "Down by 936 internally displaced people, 31 July 2021 compared with 31 July 2020",
    ]
    returned = as_dict(viewed(examplia, pop="returnee", mode="change", base="2020-01-31"))
    assert returned["text"]["headline"][2] == (
        "31 January 2021 and 31 January 2020 cannot be compared: one of them was not counted"
    )


@pytest.mark.parametrize(("base", "change"), [("2019-06-30", "+50"), ("latest", "−50")])
def test_a_change_among_those_not_placed_has_a_sign(examplia, base, change):
    shown = viewed(examplia, pop="refugee", mode="change", base=base)
    texts = as_dict(shown)["text"]["missing"]
    said = f"Not placed: {change} of the national change, for which the source gives no area."
    assert [said in text for text in texts] == [base == "latest", base != "latest"]


def test_notes_fit_the_view():
    def notes(**query: str) -> str:
        return " ".join(as_dict(viewed(**query))["text"]["notes"])

    assert "households × 6, and in camps × 5 from August 2020" in notes()
    assert "Halabja" in notes() and "Halabja" in notes(pop="refugee")
    assert "DTM's districts" in notes(level="2") and "DTM's districts" not in notes()
    assert "Iraq CSO, estimate for 2018" in notes(measure="rate") and "CSO" not in notes()
    assert "very few households" in notes(level="2") and "very few" not in notes()
    assert "not zero" in notes(pop="returnee")
    assert "at least one source says so" in notes(prog="PHSS")


def test_sources_are_those_of_what_is_shown():
    def ids(**query: str) -> list[str]:
        return [source["id"] for source in as_dict(viewed(**query))["sources"]]

    assert ids() == ["iom-dtm", "iom-dtm-api", "ocha-cod-ab"]
    assert ids(level="2") == ids(measure="households") == ["iom-dtm", "ocha-cod-ab"]
    assert ids(pop="returnee") == ["iom-dtm", "iom-dtm-reports", "ocha-cod-ab"]
    assert ids(pop="refugee") == ["unhcr-syrian-refugees", "ocha-cod-ab"]
    assert set(ids(measure="rate", prog="PHSS")) == {
        *("iom-dtm", "iom-dtm-api", "ocha-cod-ab", "cso-residents", "iom-programmes")
    }


# ------------------------------------------------------------------------------------- the contract


CONTRACT = {
    *("version", "areas", "dates", "rounds", "values", "status", "classes", "scale", "totals"),
    *("text", "sources", "available", "ranks", "tallies", "stocks", "totalChanges", "yearBefore"),
    *("shares", "notPlaced", "top", "programmes", "newest", "sourceOn", "work"),
}


def test_the_contract_is_kept(any_answer):
    found = any_answer
    dates, areas = len(found["dates"]), len(found["areas"])
    assert set(found) == CONTRACT
    for key in ("values", "classes", "ranks", "status"):
        assert [len(line) for line in found[key]] == [areas] * dates
    for key in ("rounds", "totals", "totalChanges", "yearBefore", "tallies"):
        assert len(found[key]) == dates
    assert found["dates"] == sorted(found["dates"])
    assert {"kind", "breaks", "colors", "labels"} <= set(found["scale"])
    assert {"title", "unit", "headline", "notes", "missing"} <= set(found["text"])
    assert all({"id", "title", "url", "terms"} <= set(source) for source in found["sources"])


def test_there_is_no_nan_in_what_is_sent(any_answer):
    sent = to_json(any_answer)
    assert b"NaN" not in sent
    assert b"Infinity" not in sent


def test_nan_is_a_mistake_that_is_not_sent():
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json([float("nan")])


def test_whole_figures_are_whole_numbers(any_answer):
    if any_answer["text"]["unit"] in ("people", "households"):
        numbers = [n for line in any_answer["values"] for n in line if n is not None]
        assert numbers or any_answer["programmes"]
        assert all(isinstance(n, int) for n in numbers)


def test_the_largest_three_hold_the_share_that_is_told():
    found = answer()
    for values, (share, *largest) in zip(found["values"], found["top"], strict=True):
        expected = sorted((n for n in values if n), reverse=True)[:3]
        assert [values[i] for i in largest] == expected
        assert share == pytest.approx(sum(expected) / sum(n for n in values if n), abs=1e-4)


def test_the_same_question_has_the_same_answer():
    assert to_json(as_dict(viewed(level="2"))) == to_json(as_dict(viewed(level="2")))
