"""Rounds 121 to 134, and what ends before them: figures, statuses, breaks, ends, age."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from geodata.api.area_json import panel
from geodata.api.view_json import as_dict
from geodata.briefing import briefing, slides
from geodata.briefing.briefing import Slide
from geodata.briefing.headlines import change_headline
from geodata.bundled import iraq
from geodata.errors import DataError, StateError
from geodata.exports.drawing import charts
from geodata.figures import comparison
from geodata.figures.availability import by_area_of, dates_of, last_date
from geodata.figures.flows import flows
from geodata.figures.printed_totals import printed_totals
from geodata.figures.state import parse
from geodata.figures.statuses import NATIONAL_ONLY
from geodata.figures.view import View, compute
from geodata.i18n.language import load_language
from geodata.places.gazetteer import gazetteers
from geodata.places.join import JoinReport
from geodata.sources.data_folder import counts as data_folder_counts
from geodata.text import (
    breaks,
    comparison_summary,
    comparison_tables,
    newest_figure,
    sentences,
    view_headlines,
)
from geodata.text.area_labels import area_labels, legend
from geodata.text.view_text import view_texts
from tests.bundled import SNAPSHOT

ENGLISH = load_language("en")
LAST = dt.date(2024, 12, 31)
LISTS_END = dt.date(2021, 2, 28)
LEFT_OUT = "From round 132 (30 April 2024) on, places that could not be reached are left out"
NO_REASON = "the sources give no reason"


@lru_cache
def shown(**query: str) -> View:
    state, _ = parse(query, SNAPSHOT)
    return compute(SNAPSHOT, state.view_key, threshold=5).at(state)


def on(view: View, day: str) -> int:
    return view.counts.dates.index(dt.date.fromisoformat(day))


# ------------------------------------------------------------------------------------------ figures


def test_the_newest_round_is_of_31_december_2024():
    found = shown()
    t = found.date_index()
    by_name = dict(zip(found.counts.areas.pcodes, found.values[t], strict=True))
    assert (found.counts.dates[t], found.counts.rounds[t]) == (LAST, 134)
    assert found.totals[t] == 1_031_475
    assert (by_name["IQG09"], by_name["IQG08"]) == (211_028, 25_698)  # Dahuk, Baghdad


def test_every_round_of_the_api_is_whole_and_adds_up_to_what_is_printed(published_rows):
    printed = {
        row["date"]: int(row["individuals"])
        for row in published_rows("dtm/national_totals_published")
        if row["population_type"] == "IDP"
    }
    found, numbers = shown(), []
    for t, day in enumerate(found.counts.dates):
        if day > LISTS_END:
            assert np.isfinite(found.values[t]).sum() == 18
            assert found.totals[t] == found.values[t].sum() == printed[day.isoformat()]
            numbers.append(found.counts.rounds[t])
    assert numbers == list(range(121, 135))


def test_every_governorate_of_those_rounds_is_as_in_the_source(published_rows):
    rows: dict[str, dict[str, int]] = defaultdict(dict)
    for row in published_rows("dtm/dtm_api_governorate_round"):
        rows[row["round_date"]][row["pcode"]] = int(row["individuals"])
    found = shown()
    for day, figures in rows.items():
        values = found.values[on(found, day)]
        assert dict(zip(found.counts.areas.pcodes, values, strict=True)) == figures


def test_a_round_whose_code_and_name_differ_is_not_built(published_folder, tmp_path):
    """As by the codes alone of round 134: Dahuk's people under the code of Baghdad."""
    source = published_folder / "dtm" / "dtm_api_governorate_round.csv"
    (tmp_path / "dtm").mkdir()
    written = source.read_text("utf-8-sig").replace("IQG09,Dahuk,211028", "IQG08,Dahuk,211028")
    (tmp_path / "dtm" / source.name).write_text(written, "utf-8")
    areas = SNAPSHOT.tables.areas
    books = gazetteers(areas, SNAPSHOT.tables.aliases, iraq.COUNTRY["former_codes"])
    with pytest.raises(DataError, match="'Dahuk' is IQG09, and column 'pcode' says IQG08"):
        data_folder_counts.api_counts(tmp_path, books, JoinReport())


# --------------------------------------------------------------------------------------------- ends


def test_populations_levels_and_measures_end_on_dates_of_their_own():
    assert last_date(SNAPSHOT, "idp", 1) == LAST
    assert last_date(SNAPSHOT, "idp", 1, "households") == last_date(SNAPSHOT, "idp", 2) == LISTS_END
    assert dates_of(SNAPSHOT, "idp", (), 2)[-1] == LISTS_END
    assert dates_of(SNAPSHOT, "idp", (), 1, "households")[-1] == LISTS_END
    assert dates_of(SNAPSHOT, "returnee")[-1] == LAST
    assert by_area_of(SNAPSHOT, "returnee")[-1] == LISTS_END


def test_what_ends_earlier_is_told_with_the_controls():
    ended = {"measure": {"households": "2021-02-28"}, "level": {"2": "2021-02-28"}}
    assert as_dict(shown())["available"]["until"] == ended
    assert as_dict(shown(pop="returnee"))["available"]["until"] == {"measure": {}, "level": {}}


@pytest.mark.parametrize("query", [{"level": "2"}, {"measure": "households"}])
def test_a_date_that_is_beyond_an_end_is_refused_with_the_nearest(query):
    with pytest.raises(StateError, match="the nearest is 2021-02-28"):
        parse(query | {"time": "2024-12-31"}, SNAPSHOT)
    state, notices = parse(query | {"time": "2024-12-31"}, SNAPSHOT, lenient=True)
    assert state.time == LISTS_END
    assert "showing the nearest date, 28 Feb 2021" in notices[0]


@pytest.mark.parametrize("query", [{"level": "2"}, {"measure": "households"}])
def test_nobody_is_told_that_a_round_did_not_count_whom_it_counted(query):
    _, notices = parse({**query, "time": "2024-12-31"}, SNAPSHOT, lenient=True)
    assert [("no such figures on" in said, "no count" in said) for said in notices] == [
        (True, False)
    ]
    with pytest.raises(StateError) as refused:
        parse({**query, "time": "2024-12-31"}, SNAPSHOT)
    assert "is not a date with such figures" in str(refused.value)


def test_the_page_says_until_when_an_option_has_figures(client):
    page = client.get("/?lang=en").get_data(as_text=True)
    assert '<p class="ends" id="measure-ends">Households: until 28 Feb 2021</p>' in page
    assert '<p class="ends" id="level-ends">Districts: until 28 Feb 2021</p>' in page


# ------------------------------------------------------------------------- for the country only


def test_returnees_go_on_to_2024_for_the_country_only():
    found = shown(pop="returnee")
    alone = [
        day.isoformat()
        for day, is_so in zip(found.counts.dates, found.counts.national_only, strict=True)
        if is_so
    ]
    assert alone == [
        *("2021-04-30", "2021-07-31", "2021-09-30", "2021-12-31", "2022-03-31", "2022-06-30"),
        *("2022-12-31", "2023-12-31", "2024-04-30", "2024-08-31", "2024-12-31"),
    ]
    assert found.totals[-1] == 4_927_890
    assert set(found.status[-1]) == {NATIONAL_ONLY}
    assert np.isnan(found.values[-1]).all()
    numbers = found.counts.rounds[-5:]
    assert numbers == (128, 131, 132, 133, 134)  # 127, 129 and 130 are not printed


def test_without_a_date_returnees_are_shown_where_they_are_known_by_governorate():
    assert shown(pop="returnee").counts.dates[shown(pop="returnee").date_index()] == LISTS_END
    assert as_dict(shown(pop="returnee"))["newest"] == on(shown(pop="returnee"), "2021-02-28")


def test_what_is_published_for_the_country_only_is_told_in_words():
    found = shown(pop="returnee", time="2024-12-31")
    t = found.date_index()
    assert view_headlines.headline(found.on(t)) == (
        "4,927,890 returnees on 31 December 2024: published for the country, not by governorate"
    )
    assert sentences.gaps_on(found.on(t)) == (
        "Published for the country only, not by governorate: the newest figures by governorate "
        "are of 28 February 2021."
    )
    assert area_labels(found.on(t))[0].sentence == "Anbar: Published for the country only"
    row = next(row for row in legend(found.on(t)) if row.kind == NATIONAL_ONLY)
    assert (row.label, row.count) == ("Published for the country only", 18)


@pytest.mark.parametrize("path", ["/data.csv", "/data.json", "/data.geojson", "/map.svg", "/embed"])
def test_files_and_pages_say_so_too(client, path):
    query = "?pop=returnee&time=2024-12-31&lang=en"
    said = client.get(path + query).get_data(as_text=True)
    assert re.search("published for the country only", said, re.IGNORECASE)


@pytest.mark.parametrize(
    ("query", "source"),
    [
        ("time=2021-02-28", "iom-dtm"),
        ("time=2024-12-31", "iom-dtm-api"),
        ("measure=households", "iom-dtm"),
        ("pop=returnee&time=2024-12-31", "iom-dtm-reports"),
    ],
)
def test_a_file_names_the_source_of_its_date(client, query, source):
    rows = list(csv.DictReader(client.get(f"/data.csv?{query}&lang=en").text.splitlines()))
    assert {row["source"] for row in rows} == {source}
    assert client.get(f"/data.xlsx?{query}").status_code == 200


def test_a_programmes_area_has_no_part_of_a_total_of_the_country():
    found = shown(pop="returnee", prog="PHSS", time="2024-12-31")
    t = found.date_index()
    assert np.isnan(found.totals[t]) and np.isnan(found.shares[t])
    assert set(found.status[t]) == {NATIONAL_ONLY, "o"}
    assert "published for the country only" in view_headlines.headline(found.on(t))


def test_a_change_to_such_a_date_is_known_for_the_country_only():
    found = shown(pop="returnee", mode="change", base="2021-02-28", time="2024-12-31")
    t = found.date_index()
    assert found.totals[t] == 4_927_890 - 4_851_816
    assert set(found.status[t]) == {NATIONAL_ONLY}


def test_households_of_the_country_are_shown_where_they_are_printed():
    found = shown(pop="returnee", measure="households", time="2024-12-31")
    assert found.totals[found.date_index()] == 821_315
    assert dt.date(2023, 12, 31) not in found.counts.dates  # printed in people only


def test_a_trend_draws_such_totals_as_points_that_no_line_joins():
    slide = Slide("pop=returnee&time=2024-12-31", briefing.TREND)
    said = slides.content(slide, SNAPSHOT, ENGLISH, lambda s, state: compute(s, state, threshold=5))
    returnees = next(line for line in said.series if line.population == "returnee")
    assert len(charts.printed(returnees)) == 11
    joined = [day for run in charts.runs(returnees) for day, _ in run]
    assert max(joined) == LISTS_END
    drawn = charts.trend(said.series, ENGLISH, (900, 400), "")
    assert drawn.count('fill="#ffffff"') == 11
    assert "for the country only" in drawn


def test_years_of_a_long_trend_are_whole_and_upright():
    slide = Slide("time=2024-12-31", briefing.TREND)
    said = slides.content(slide, SNAPSHOT, ENGLISH, lambda s, state: compute(s, state, threshold=5))
    for width in (360, 640, 1200):
        drawn = charts.trend(said.series, ENGLISH, (width, 400), "")
        years = [float(x) for x in re.findall(r'x="([\d.]+)"[^>]*>20\d\d<', drawn)]
        assert years and "rotate" not in drawn
        assert min(np.diff(years), default=60) >= 40  # room for four figures of 15 px
        assert max(years) + 18 <= width


# ------------------------------------------------------------------------------------------ origins


def test_origins_are_households_to_2021_and_people_from_round_132():
    found = panel(SNAPSHOT, parse({}, SNAPSHOT)[0], "IQG11", threshold=5)
    units = {
        table["unit"]: [
            day for day, row in zip(found["dates"], table["values"], strict=True) if row
        ]
        for table in found["breakdowns"]
        if table["kind"] == "origin"
    }
    assert units["people"] == ["2024-04-30", "2024-08-31", "2024-12-31"]
    assert units["households"][-1] == "2021-02-28"


def test_flows_of_2024_are_in_people_and_say_so():
    found = shown(time="2024-12-31")
    newest = flows(found.on_its_date())
    assert (newest.unit, newest.whole) == ("people", 1_031_475)
    assert min(flow.number for flow in newest.shown) >= 30
    assert len(newest.shown) + newest.few == 109
    earlier = shown(time="2021-02-28")
    assert flows(earlier.on_its_date()).unit == "households"
    assert flows(shown(time="2022-12-31").on_its_date()).shown == ()


# ------------------------------------------------------------------------------------------- breaks


def test_from_round_132_on_the_figures_say_what_is_left_out():
    found = shown()
    said = [" ".join(breaks.breaks_on(found.on(t))) for t in range(len(found.counts.dates))]
    told = [day for day, words in zip(found.counts.dates, said, strict=True) if LEFT_OUT in words]
    assert told == [dt.date(2024, 4, 30), dt.date(2024, 8, 31), LAST]


def test_the_fall_of_returnees_without_a_reason_is_told_where_it_is():
    found = shown(pop="returnee")
    assert found.totals[on(found, "2022-12-31")] == 4_989_852
    assert found.totals[on(found, "2023-12-31")] == 4_863_072
    assert NO_REASON in " ".join(breaks.breaks_on(found.on(on(found, "2023-12-31"))))
    assert breaks.breaks_on(found.on(on(found, "2022-12-31"))) == []


@pytest.mark.parametrize(
    ("query", "crossed"),
    [
        ({"base": "2023-12-31", "time": "2024-12-31"}, True),
        ({"base": "2024-12-31", "time": "2023-12-31"}, True),
        ({"base": "2024-04-30", "time": "2024-12-31"}, False),
        ({"base": "2022-12-31", "time": "2023-12-31"}, False),
        ({"base": "2022-12-31", "time": "2023-12-31", "pop": "returnee"}, True),
    ],
    ids=str,
)
def test_a_change_across_a_break_says_so(query, crossed):
    found = shown(mode="change", **query)
    t = found.date_index()
    assert ("(the figures break in between)" in view_headlines.headline(found.on(t))) is crossed
    assert ("(the figures break in between)" in change_headline(found.on(t))) is crossed
    assert bool(breaks.breaks_on(found.on(t))) is crossed
    assert bool(as_dict(found)["text"]["breaks"]["on"][t]) is crossed


def test_breaks_stand_beside_the_figures(client):
    page = client.get("/?lang=en").get_data(as_text=True)
    assert re.search(rf'id="breaks">{re.escape(LEFT_OUT)}', page)
    compared = client.get("/compare?lang=en").get_data(as_text=True)
    assert LEFT_OUT in compared
    assert re.search(rf'id="breaks">{re.escape(LEFT_OUT)}', client.get("/embed").text)
    before = client.get("/?lang=en&time=2020-12-31").get_data(as_text=True)
    assert 'id="breaks" hidden' in before


def test_a_comparison_of_two_dates_across_a_break_begins_with_it():
    asked, _ = comparison.parse_comparison({"base": "2023-12-31", "time": "2024-12-31"}, SNAPSHOT)
    found = comparison_tables.compare(
        SNAPSHOT, asked, lambda s, state: compute(s, state, threshold=5)
    )
    assert comparison_summary.meaning(found).startswith(LEFT_OUT)


# ---------------------------------------------------------------------------------------------- age


@pytest.mark.parametrize(
    ("query", "crossed"),
    [
        ({"base": "2023-12-31", "time": "2024-12-31"}, True),
        ({"base": "2024-12-31", "time": "2023-12-31", "prog": "CRP"}, True),
        ({"pop": "returnee", "base": "2022-12-31", "time": "2023-12-31"}, True),
        ({"base": "2024-04-30", "time": "2024-12-31"}, False),
        ({"base": "2022-12-31", "time": "2023-12-31"}, False),
    ],
)
def test_what_a_comparison_says_first_tells_of_a_break(query, crossed):
    asked, _ = comparison.parse_comparison(query, SNAPSHOT)
    found = comparison_tables.compare(
        SNAPSHOT, asked, lambda s, state: compute(s, state, threshold=5)
    )
    summary = comparison_summary.summary(found)
    assert ("The figures break in between." in summary) == crossed


def test_of_when_the_newest_figure_is_stands_in_words():
    assert newest_figure.newest(shown()) == "Newest figure: 31 December 2024"
    assert newest_figure.newest(shown(pop="returnee")) == (
        "Newest figure by governorate: 28 February 2021; for the country: 31 December 2024"
    )
    assert newest_figure.newest(shown(level="2")) == (
        "Newest figure shown here: 28 February 2021; of all: 31 December 2024"
    )


@pytest.mark.parametrize("state", [{}, {"pop": "returnee"}, {"level": "2"}])
@pytest.mark.parametrize("lang", ["en", "ar", "ckb"])
def test_how_long_ago_that_is_follows_the_date_it_is_counted_from(state, lang):
    """The age stands behind the sentence, so that its last date must be the newest one."""
    view = shown(**state, lang=lang)
    years = re.findall(r"20\d\d", newest_figure.newest(view))
    assert years[-1] == str(newest_figure.newest_day(view).year)


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (dt.date(2025, 6, 29), ""),
        (dt.date(2025, 6, 30), "6 months ago"),
        (dt.date(2026, 11, 29), "22 months ago"),
        (dt.date(2026, 11, 30), "23 months ago"),
    ],
)
def test_from_the_threshold_on_it_is_said_how_long_ago_that_is(today, said):
    assert newest_figure.age(LAST, today, 180, ENGLISH) == said


def test_pages_embeds_and_slides_say_it(client):
    for path in ("/?lang=en", "/embed?lang=en", "/briefing?lang=en"):
        assert "Newest figure: 31 December 2024" in client.get(path).get_data(as_text=True)
    assert re.search(r'id="age">\d+ months ago<', client.get("/?lang=en").text)
    assert re.search(r"31 December 2024 \(\d+ months ago\)", client.get("/embed?lang=en").text)


def test_what_is_frozen_does_not_grow_old(client):
    page = client.get(f"/embed?lang=en&v={SNAPSHOT.version}").get_data(as_text=True)
    assert "months ago" not in page


def test_a_printed_total_that_is_small_is_not_shown():
    rows = SNAPSHOT.tables.published
    few = rows.assign(people=rows["people"].where(rows["population"] != "returnee", 12))
    made = replace(SNAPSHOT, version="synthetic-few", tables=replace_table(few))
    state, _ = parse({"pop": "returnee"}, made)
    found = compute(made, state, threshold=5)
    assert np.isnan(found.totals[-1])


def test_a_total_may_be_printed_of_people_whom_no_row_counts():
    others = SNAPSHOT.tables.published.assign(population="refugee")
    counted = SNAPSHOT.tables.counts
    made = replace(
        SNAPSHOT,
        version="synthetic-uncounted",
        tables=replace_table(others, counts=counted[counted["population"] != "refugee"]),
    )
    totals = printed_totals(made, threshold=5)
    assert {each.population for each in totals} == {"refugee"}
    state, _ = parse({"pop": "returnee"}, made)
    assert view_texts(compute(made, state, threshold=5))["headline"]


def replace_table(published, **tables):
    from geodata.snapshots.tables import Tables

    columns = {name: SNAPSHOT.tables.arrow(name) for name, _ in SNAPSHOT.tables.items()}
    import pyarrow as pa

    changed = {"published": published, **tables}
    as_arrow = {
        name: pa.Table.from_pandas(table, preserve_index=False) for name, table in changed.items()
    }
    return Tables.of(columns | as_arrow)


# ------------------------------------------------------------------------------------------ reach


def test_reach_of_edf_and_ila_goes_to_2024():
    reach = SNAPSHOT.tables.reach
    for code in ("EDF", "ILA"):
        assert (reach.loc[reach["programme"] == code, "as_of"].str[:4] == "2024").any()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", LEFT_OUT),
        ("mode=change&base=2023-12-31", LEFT_OUT),
        ("pop=returnee&mode=change&base=2022-12-31&time=2023-12-31", NO_REASON),
    ],
)
def test_files_tell_of_breaks_among_their_notes(client, query, said):
    assert any(said in note for note in client.get(f"/metadata.json?{query}").json["method"])
    assert LEFT_OUT not in client.get("/metadata.json?time=2020-12-31").get_data(as_text=True)
