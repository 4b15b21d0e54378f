"""Tables of who does what, where and when become programmes and the governorates they work in."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from geodata.ingest.merge import Merged, merge
from geodata.snapshots.diff import difference
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.activities.three_w import KINDS, read
from geodata.sources.contract import ACTIVITIES_READ, ParsedSource, ReadOptions
from geodata.util.findings import no_progress
from tests.activities import coverage, sentences
from tests.commanding import runner

SOURCE = """\
source:
  id: made-up-{url}
  title: Made-up activities
  publisher: Nobody
  url: https://example.org/{url}
  terms: Free to use.
  credit: "Source: nobody"
  what: Made-up activities.
"""
TITLES = "who,partner,donor,sector,what,province,district,code,status,from,to,reached,lat,lon"
TAGS = (
    "#org+prog,#org+impl,#org+funder,#sector,#activity,#adm1+name,#adm2+name,#adm1+code,#status,"
    "#date+start,#date+end,#reached,#geo+lat,#geo+lon"
)
COLUMNS = (
    "columns: {organisation: who, partner: partner, funder: donor, sector: sector, activity: what, "
    "adm1: province, adm2: district, adm1_code: code, status: status, start_date: from, "
    "end_date: to}\n"
)


def row(**cells: str) -> list[str]:
    """A row of :data:`TITLES`; what is not given stays as here, or empty."""
    usual = {"who": "Aid Ltd", "sector": "WASH", "province": "Alpha", "status": "Ongoing"}
    return [(usual | cells).get(title, "") for title in TITLES.split(",")]


@pytest.fixture
def reading(tmp_path: Path, examplia):
    """Read rows below titles and tags."""

    def made(
        *rows: list[str],
        tags: str = TAGS,
        mapping: str = "",
        url: str = "3w",
        base: Snapshot = examplia,
    ) -> ParsedSource:
        path, said = tmp_path / "3w.csv", tmp_path / "mapping.yaml"
        said.write_text(SOURCE.format(url=url) + mapping, "utf-8")
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle).writerows([TITLES.split(","), tags.split(","), *rows])
        return read([path], base, ReadOptions(mapping=said), no_progress)

    return made


# ------------------------------------------------------------------------------------- good


@pytest.mark.parametrize("mapping", ["", COLUMNS])
def test_rows_become_programmes_with_funders_and_coverage(reading, examplia, mapping):
    made = reading(
        row(donor="Donor A; Donor B", what="Wells", district="North Alpha", **{"from": "Mar 2020"}),
        row(who="AID LTD.", donor="donor a", what="Pumps", district="South Alpha",
            **{"from": "Mar 2020"}),
        row(sector="Health", province="Beta", status="Completed",
            **{"from": "2019-02-01", "to": "31/03/2019"}),
        row(who="Other", sector="Health", province="Beta", status="Planned", partner="Local"),
        mapping=mapping,
    )  # fmt: skip
    assert not made.errors, sentences(made)
    assert list(made.activities.columns) == list(ACTIVITIES_READ)
    programmes = made.tables["programmes"].set_index("name")
    assert list(programmes.index.sort_values()) == [
        "Aid Ltd: Health", "Aid Ltd: WASH", "Other: Health",
    ]  # fmt: skip
    wash = programmes.loc["Aid Ltd: WASH"]
    assert (wash["funders"], wash["description"]) == ("Donor A; Donor B", "Wells; Pumps")
    assert (wash["pillar"], wash["start_year"]) == ("Water, sanitation and hygiene", 2020)
    assert pd.isna(wash["end_year"])
    merged = merge(examplia, made)
    assert sorted(coverage(merged)) == [
        ("XXG01", "2020-03", "", "implemented", "stated"),
        ("XXG02", "", "", "planned", ""),
        ("XXG02", "2019-02-01", "2019-03-31", "implemented", "stated"),
    ]
    (wells,) = merged.tables.coverage[merged.tables.coverage["from_date"] == "2020-03"]["locator"]
    assert wells == "North Alpha; South Alpha"
    assert made.summary[0].startswith("4 activities of 3 organisations, paid by 2 funders: 3 prog")
    assert "4 by name" in merged.activities[0]


def test_a_district_alone_and_a_point_alone_give_their_governorate(reading, examplia):
    made = reading(
        row(province="", district="South Beta"),
        row(province="", lat="30.5", lon="41.5"),
        row(province="A village", lat="30.5", lon="44.5"),
        row(province="Examplia"),
    )
    merged = merge(examplia, made)
    assert not merged.errors, sentences(merged)
    assert [pcode for pcode, *_ in coverage(merged)] == ["XXG01", "XXG02"]
    assert merged.join.rows["activities"] == {
        "code": 0, "name": 1, "alias": 0, "none": 0, "point": 2,
    }  # fmt: skip
    assert any("1 activity names no place" in line for line in made.summary)


def test_a_point_in_another_governorate_moves_nothing(reading, examplia):
    merged = merge(examplia, reading(row(province="Alpha", lat="30.5", lon="44.5")))
    assert [pcode for pcode, *_ in coverage(merged)] == ["XXG01"]
    assert "1 point lies in another governorate" in sentences(merged)


def test_codes_of_a_former_numbering_are_read_by_their_names_and_no_hyphen_is_stripped(
    snapshot, tmp_path
):
    path, said = tmp_path / "3w.csv", tmp_path / "mapping.yaml"
    said.write_text(SOURCE.format(url="3w"), "utf-8")
    codes = {"Dahuk": "IQ-G08", "Erbil": "IQ-G11", "Baghdad": "IQ-G07"}
    rows = [row(province=name, code=code) for name, code in codes.items()]
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([TITLES.split(","), TAGS.split(","), *rows])
    made = read([path], snapshot, ReadOptions(mapping=said), no_progress)
    merged = merge(snapshot, made)
    assert not merged.errors, sentences(merged)
    names = snapshot.tables.areas.set_index("pcode")["name_en"]
    assert {names[pcode] for pcode, *_ in coverage(merged)} == set(codes)
    assert list(merged.codes) == ["3w.csv: P-codes of 2014, by names of 3 of 3 places"]
    alone = [row(province="", code=code) for code in codes.values()]
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([TITLES.split(","), TAGS.split(","), *alone])
    refused = merge(snapshot, read([path], snapshot, ReadOptions(mapping=said), no_progress))
    assert "do not say of which numbering" in sentences(refused)


def test_a_table_of_a_date_says_so_of_rows_without_dates(reading, examplia):
    made = reading(row(), mapping="constants: {date: 2020-03}\n")
    assert coverage(merge(examplia, made)) == [
        ("XXG01", "2020-03", "2020-03", "implemented", "data in hand")
    ]


# ------------------------------------------------------------------------------- left out


def test_people_reached_are_not_read_and_the_report_says_so(reading, examplia):
    made = reading(row(reached="3"))
    assert "#reached" in sentences(made)
    merged = merge(examplia, made)
    assert merged.tables.reach is examplia.tables.reach
    assert not merged.tables.coverage.isin(["3"]).any(axis=None)


def test_cancelled_work_totals_and_rows_without_a_status_are_left_out(reading):
    made = reading(row(), row(status="Cancelled"), row(province="Total"), row(status=""))
    assert made.files[0].rows == 1
    assert "left out: 1 activity that was cancelled" in made.summary
    assert "is a total" in sentences(made)
    assert "of which status" in sentences(made)


# ------------------------------------------------------------------------------------ wrong


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"who": ""}, "#org+prog", "who works"),
        ({"sector": ""}, "#sector", "in which sector"),
        ({"status": "Ongoin"}, "#status", "status is not known"),
        ({"from": "soon"}, "#date+start", "not a date"),
        ({"from": "03/04/2020"}, "#date+start", "may be two dates"),
        ({"from": "2020", "to": "2019-12"}, "#date+end", "ends before it starts"),
        ({"lat": "north"}, "#geo+lat", "Degrees"),
    ],
)
def test_a_wrong_cell_is_refused_with_row_and_column(reading, cells, column, rule):
    (error,) = reading(row(), row(**cells)).errors
    assert (error.file, error.row, error.column) == ("3w.csv", 4, column)
    assert rule in error.sentence
    if "status" in cells:
        assert error.nearest[0] == "ongoing"


def test_what_a_table_does_not_say_is_asked_for(reading):
    tags = TAGS.replace("#status", "")
    assert "constants: {status: implemented}" in sentences(reading(row(), tags=tags))
    given = reading(row(), tags=tags, mapping="constants: {status: implemented}\n")
    assert not given.errors
    wrong = reading(row(), mapping="columns: {organisatoin: who}\n")
    assert wrong.errors[0].nearest[0] == "organisation"


def test_values_of_a_mapping_say_what_cells_mean(reading):
    made = reading(
        row(status="phase 2", sector="Eau"),
        mapping="values: {status: {Phase 2: planned}, sector: {eau: WASH}}\n",
    )
    assert made.activities["status"].tolist() == ["planned"]
    assert made.tables["programmes"]["name"].tolist() == ["Aid Ltd: WASH"]


def test_an_unknown_place_is_refused_with_the_nearest_or_left_off_the_map(reading, examplia):
    made = reading(row(), row(province="Alfa"))
    refused = merge(examplia, made)
    (error,) = refused.errors
    assert (error.row, error.value, error.nearest[0]) == (4, "Alfa", "Alpha (XXG01)")
    taken = merge(examplia, made, allow_unmatched=True)
    assert not taken.errors
    assert [pcode for pcode, *_ in coverage(taken)] == ["XXG01"]
    assert "on no area of the map" in sentences(taken)


# ------------------------------------------------------------------------------ once more


def again(base: Snapshot, merged: Merged) -> Snapshot:
    # Snapshots of one version are the same without a look at their tables.
    return Snapshot(f"{base.version}+", base.manifest, merged.tables, base.topology)


def test_a_file_that_is_brought_twice_changes_nothing(reading, examplia):
    rows = [row(donor="Donor A", **{"from": "2020"}), row(who="Other", province="Beta")]
    first = again(examplia, merge(examplia, reading(*rows)))
    assert not difference(examplia, first).empty
    assert difference(first, again(first, merge(first, reading(*rows, base=first)))).empty


def test_a_later_file_of_one_source_replaces_its_rows_and_no_other_source_s(reading, examplia):
    march = row(donor="Donor A", what="Wells", **{"from": "2020-03", "to": "2020-03"})
    april = row(donor="Donor B", what="Pumps", **{"from": "2020-04", "to": "2021-04"})
    first = again(examplia, merge(examplia, reading(march, url="march")))
    both = merge(first, reading(april, url="april", base=first))
    assert {start for _, start, *_ in coverage(both)} == {"2020-03", "2020-04"}
    programme = both.tables.programmes.set_index("name").loc["Aid Ltd: WASH"]
    assert programme["funders"] == "Donor A; Donor B"
    assert (programme["start_year"], programme["end_year"]) == (2020, 2021)
    second = again(first, both)
    for rows, url in ((march, "march"), (april, "april")):  # neither changes the other's words
        same = again(second, merge(second, reading(rows, url=url, base=second)))
        assert difference(second, same).empty
    replaced = merge(first, reading(april, url="march", base=first))
    assert {start for _, start, *_ in coverage(replaced)} == {"2020-04"}
    assert len(both.tables.coverage) == len(examplia.tables.coverage) + 2


def test_codes_are_read_as_words_and_another_programme_s_code_is_not_taken(reading, examplia):
    """Headlines name programmes by their codes; AID is a programme of the snapshot."""
    rows = [row(who="Norwegian Refugee Council"), row(who="N.R.C."), row(who="Aid", sector="X")]
    first = again(examplia, merge(examplia, reading(*rows)))
    codes = first.tables.programmes.set_index("name")["code"]
    assert codes["Norwegian Refugee Council: WASH"] == "NRCWASH"
    assert codes["N.R.C.: WASH"].startswith("NRCWASH") and codes["N.R.C.: WASH"] != "NRCWASH"
    held = row(who="First aid", sector="WASH")
    second = again(first, merge(first, reading(*rows[::-1], held, base=first)))
    later = second.tables.programmes.set_index("name")["code"]
    assert later[codes.index].equals(codes)
    assert later["First aid"] == "AID"


def test_the_command_tells_what_it_brings_and_that_a_second_time_brings_nothing(
    reading, tmp_path, examplia_folder
):
    reading(row(donor="Donor A"), row(who="Other", province="Beta"))  # writes file and mapping
    commands = runner(str(tmp_path / "library"), snapshot=examplia_folder)
    words = ["ingest", "3w", str(tmp_path / "3w.csv"), "--mapping", str(tmp_path / "mapping.yaml")]
    tried = commands.invoke(args=[*words, "--dry-run", "--json"])
    report = json.loads(tried.output)
    assert report["activities"] == [
        "2 activities of 2 organisations, paid by 1 funder: 2 programmes",
        "places: 0 by P-code, 2 by name, 0 by alias, 0 by point, 0 not at all",
    ]
    assert report["changes"]["tables"]["coverage"] == {"added": 2, "removed": 0}
    assert "is active" in commands.invoke(args=words).output
    assert "Nothing changes" in commands.invoke(args=words).output


def test_a_table_without_tags_and_columns_is_told_to_name_them(reading):
    assert "name its columns in the mapping" in sentences(reading(row(), tags=TITLES))


def test_the_kind_asks_for_a_mapping():
    assert [(kind.name, kind.needs_mapping) for kind in KINDS] == [("3w", True)]
