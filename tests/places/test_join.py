"""Every row of the published tables is placed, or kept as "not placed": none is dropped."""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geodata.bundled import iraq
from geodata.errors import DataError, JoinError
from geodata.ingest import bundled_snapshot
from geodata.snapshots.schemas import check
from geodata.snapshots.snapshot import load
from geodata.sources.data_folder import reader as data_folder
from tests.views import view_json

DAY = "2019-04-30"
FEW = ("2014-04-01", "2015-04-10", DAY)
DTM_TABLES = [f"dtm_{name}_round" for name in "governorate district origin shelter period".split()]

Cells = dict[str, str]


def edit(path: Path, change: Callable[[Cells], None]) -> None:
    """Change the rows of a CSV that is a link to a published one, in a copy of its own."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        change(row)
    path.unlink()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def misspell(column: str, name: str, wrong: str) -> Callable[[Cells], None]:
    def change(row: Cells) -> None:
        if row["round_date"] == DAY and row["population_type"] == "IDP" and row[column] == name:
            row[column] = wrong

    return change


@pytest.fixture(scope="module")
def few_rounds(published_folder, tmp_path_factory) -> Path:
    """The published tables with three rounds of lists: what is wrong is wrong in any."""
    root = tmp_path_factory.mktemp("few") / "data"
    shutil.copytree(published_folder, root, copy_function=os.symlink)
    for name in DTM_TABLES:
        path = root / "dtm" / f"{name}.csv"
        header, *rows = path.read_text("utf-8").splitlines(keepends=True)
        path.unlink()
        path.write_text(
            header + "".join(row for row in rows if any(d in row for d in FEW)), "utf-8"
        )
    return root


@pytest.fixture
def tables(few_rounds, tmp_path) -> Path:
    """Published tables, linked: a test may replace one."""
    return Path(shutil.copytree(few_rounds, tmp_path / "data", copy_function=os.symlink))


@pytest.fixture(scope="module")
def with_a_misspelt_name(published_folder, tmp_path_factory) -> Path:
    """The published tables where one list says "Ninevva" for Ninewa, as a new list might."""
    root = tmp_path_factory.mktemp("misspelt") / "data"
    shutil.copytree(published_folder, root, copy_function=os.symlink)
    for name in DTM_TABLES:
        edit(root / "dtm" / f"{name}.csv", misspell("governorate", "Ninewa", "Ninevva"))
    return root


@pytest.fixture(scope="module")
def kept(with_a_misspelt_name, tmp_path_factory):
    """The snapshot built from them with ``--allow-unmatched``."""
    out = tmp_path_factory.mktemp("kept") / "snapshot"
    version, report, _ = bundled_snapshot.build(with_a_misspelt_name, out, allow_unmatched=True)
    snapshot = load(out)
    assert snapshot.version == version
    return snapshot


# --------------------------------------------------------------------------- the published tables


def test_the_report_counts_every_row_of_every_table(published_rows, snapshot):
    rows = snapshot.join_report["rows"]
    for name in DTM_TABLES:
        assert sum(rows[name].values()) == len(published_rows(f"dtm/{name}"))
    assert all(counted["none"] == 0 for counted in rows.values())
    assert rows["dtm_district_round"]["alias"] > 0
    assert rows["refugees_by_governorate"]["code"] == 8
    assert snapshot.join_report["unmatched"] == []


def test_the_report_names_areas_that_no_list_mentions(snapshot):
    absent = snapshot.join_report["areas_without_rows"]
    assert absent["idp, level 1"] == []
    assert absent["idp, level 2"] == ["IQG03Q03", "IQG11Q01"]
    assert len(absent["returnee, level 1"]) == 10


def test_no_household_is_lost_on_the_way(published_rows, snapshot):
    for level, name in ((1, "dtm_governorate_round"), (2, "dtm_district_round")):
        raw = published_rows(f"dtm/{name}")
        held = snapshot.tables.counts
        held = held[(held["level"] == level) & (held["source"] == iraq.DTM)]
        assert held["households"].sum() == sum(int(row["households"]) for row in raw)
        assert held["people"].sum() == sum(int(row["individuals"]) for row in raw)


def test_breakdowns_keep_their_households(published_rows, snapshot):
    held = snapshot.tables.breakdowns.groupby("kind")["households"].sum()
    for kind in ("origin", "shelter", "period"):
        rows = published_rows(f"dtm/dtm_{kind}_round")
        assert held[kind] == sum(int(row["households"]) for row in rows)


# -------------------------------------------------------------------------------- a misspelt name


@pytest.mark.slow
def test_a_name_that_no_area_answers_to_stops_the_build(with_a_misspelt_name, tmp_path):
    with pytest.raises(JoinError) as refusal:
        bundled_snapshot.build(with_a_misspelt_name, tmp_path / "out")
    said = str(refusal.value)
    assert (
        "not placed: 'Ninevva' in dtm_governorate_round: 1 row, 83,552 households; "
        "nearest: Ninewa (IQG15)" in said
    )
    assert "'Ninevva' in dtm_district_round" in said
    assert "'Mosul'" not in said, "its districts would only hide what is to be mended"
    assert "--allow-unmatched" in said
    assert "governorate_aliases.csv" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_allowed_rows_are_kept_as_not_placed(kept):
    counts = kept.tables.counts
    lost = counts[counts["pcode"].isna() & (counts["population"] == "idp")]
    assert (lost["date"].dt.strftime("%Y-%m-%d") == DAY).all()
    assert lost.groupby("level")["households"].sum().to_dict() == {1: 83_552, 2: 83_552}
    assert set(lost.loc[lost["level"] == 1, "place"]) == {"Ninevva"}
    assert "Ninevva / Mosul" in set(lost["place"])


@pytest.mark.slow
def test_they_stay_in_every_national_total(kept, snapshot):
    for query in ({}, {"level": "2"}, {"measure": "households"}, {"measure": "rate"}):
        assert view_json(kept, **query)["totals"] == view_json(snapshot, **query)["totals"]


@pytest.mark.slow
def test_the_page_says_so(kept, snapshot):
    for level in ("1", "2"):
        found = view_json(kept, level=level)
        t = found["dates"].index(DAY)
        assert [n for n in found["notPlaced"] if n] == [found["notPlaced"][t]] == [501_312]
        assert "Not placed: 501,312 more are in the national total" in found["text"]["missing"][t]
    found = view_json(kept)
    ninewa = [area["pcode"] for area in found["areas"]].index("IQG15")
    assert (found["values"][t][ninewa], found["status"][t][ninewa]) == (None, "n")
    assert "Not assessed: Ninewa." in found["text"]["missing"][t]
    assert view_json(snapshot)["notPlaced"] is None


@pytest.mark.slow
def test_breakdowns_that_are_not_placed_are_kept_too(kept, snapshot):
    lost = kept.tables.breakdowns
    lost = lost[lost["pcode"].isna()]
    assert set(lost["kind"]) == {"origin", "shelter", "period"}
    before, after = (s.tables.breakdowns["households"].sum() for s in (snapshot, kept))
    assert before == after


@pytest.mark.slow
def test_the_report_stays_with_the_snapshot(kept):
    unmatched = kept.join_report["unmatched"]
    assert {row["table"] for row in unmatched} == set(DTM_TABLES)
    assert all(row["place"] == "Ninevva" for row in unmatched)
    assert kept.join_report["rows"]["dtm_governorate_round"]["none"] == 1


def test_a_misspelt_district_is_looked_for_among_its_siblings(tables):
    edit(tables / "dtm" / "dtm_district_round.csv", misspell("district", "Mosul", "Mossul"))
    with pytest.raises(JoinError) as refusal:
        data_folder.read(tables)
    assert "'Mossul' in dtm_district_round: 1 row" in str(refusal.value)
    assert "nearest: Al-Mosul (IQG15" in str(refusal.value)
    kept, _, report = data_folder.read(tables, allow_unmatched=True)
    assert [(u.place, u.rows) for u in report.unmatched] == [("Mossul", 1)]
    lost = kept.counts[kept.counts["pcode"].isna() & (kept.counts["population"] == "idp")]
    assert lost["place"].tolist() == ["Ninewa / Mossul"]


def test_a_governorate_not_placed_still_hides_its_small_districts(synthetic):
    """Its total is no row any more, but what is not placed tells it."""
    import dataclasses

    from geodata.snapshots.serialise import write_snapshot
    from tests import made_up

    tables = made_up.tables()
    counts = tables.counts
    gone = (counts["pcode"] == "XXG01") & (counts["date"] == "2020-01-31")
    counts.loc[gone, ["pcode", "place"]] = [None, "Alfa"]
    folder = synthetic()
    write_snapshot(
        folder,
        dataclasses.replace(tables, counts=counts),
        made_up.squares(),
        join_report={},
        country=made_up.COUNTRY,
    )
    districts, governorates = view_json(load(folder), level="2"), view_json(load(folder))
    assert districts["status"][0] == "csszc"
    assert governorates["status"][0] == "nc"
    assert governorates["totals"][0] == districts["totals"][0] == 193 * 6


# --------------------------------------------------------------------------- tables that are wrong


def put(row: int, column: str, value: str) -> Callable[[Path], None]:
    """Write a value into one cell; rows are numbered as a spreadsheet does."""

    def change(path: Path) -> None:
        lines = iter(range(2, 1_000_000))
        edit(path, lambda cells: cells.update({column: value} if next(lines) == row else {}))

    return change


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "rule"),
    [
        ("dtm/dtm_governorate_round", 5, "households", "12,5", "is not a whole number"),
        ("dtm/dtm_governorate_round", 7, "round_date", "30/04/2019", "is not a date like 2019"),
        ("dtm/dtm_district_round", 9, "population_type", "Idps", "is none of IDP, Returnee"),
        ("dtm/dtm_shelter_round", 3, "shelter_type", "Tent", "is none of Camp"),
    ],
)
def test_a_wrong_cell_is_named_with_its_row_and_rule(tables, table, row, column, value, rule):
    put(row, column, value)(tables / f"{table}.csv")
    with pytest.raises(DataError) as refusal:
        data_folder.read(tables)
    said = str(refusal.value)
    assert f"{table}.csv, row {row}, column {column!r}: {value!r} {rule}" in said


@pytest.mark.slow
def test_an_origin_that_matches_nothing_stops_the_build_or_keeps_its_name(tables):
    put(4, "from_governorate", "Anbr")(tables / "dtm" / "dtm_origin_round.csv")
    with pytest.raises(JoinError, match=r"'Anbr' in dtm_origin_round, from: .*Anbar \(IQG01\)"):
        data_folder.read(tables)
    kept, _, _ = data_folder.read(tables, allow_unmatched=True)
    origins = kept.breakdowns[kept.breakdowns["kind"] == "origin"]
    assert (origins["category"] == "Anbr").sum() == 1


def test_a_negative_count_is_refused_by_file_row_and_column(tables):
    put(5, "households", "-3")(tables / "dtm" / "dtm_governorate_round.csv")
    with pytest.raises(DataError, match="round.csv, row 5, column 'households': '-3' is below"):
        data_folder.read(tables)


def test_a_negative_count_breaks_the_schema(snapshot):
    rows = snapshot.tables.counts.head(3).assign(households=-3)
    with pytest.raises(DataError, match="column 'households', row .*: -3 breaks"):
        check("counts", rows.astype({"households": "Int64"}))


def test_levels_that_disagree_are_refused_with_both_sums(tables):
    put(2, "individuals", "283440")(tables / "dtm" / "dtm_governorate_round.csv")
    with pytest.raises(DataError, match="idp on 2014-04-01: districts add up to .* and governor"):
        data_folder.read(tables)


@pytest.mark.slow
def test_a_missing_table_and_a_missing_column_are_named(tables):
    residents = tables / "population" / "residents.csv"
    edit(residents, lambda row: row.pop("basis"))  # type: ignore[arg-type]
    with pytest.raises(DataError, match="columns basis are missing; it has year, governorate"):
        data_folder.read(tables)
    residents.unlink()
    with pytest.raises(DataError, match="residents.csv is missing; SRC must be a folder with"):
        data_folder.read(tables)


def test_residents_of_an_unknown_governorate_stop_the_build_even_when_rows_may_be_unmatched(tables):
    put(2, "governorate", "Anbr")(tables / "population" / "residents.csv")
    with pytest.raises(JoinError, match="no governorate answers to 'Anbr'"):
        data_folder.read(tables, allow_unmatched=True)


def test_old_codes_in_a_table_are_refused(tables):
    put(2, "governorate", "IQ-G08")(tables / "dtm" / "dtm_governorate_round.csv")
    with pytest.raises(JoinError, match="IQ-G08 was Dahuk, IQG08 is Baghdad"):
        data_folder.read(tables, allow_unmatched=True)


def test_halabja_is_added_to_sulaymaniyah(published_rows, snapshot):
    raw = [row for row in published_rows("population/residents") if row["year"] == "2018"]
    parts = [int(r["population"]) for r in raw if r["governorate"].startswith(("Hala", "Sulay"))]
    assert len(parts) == 2
    held = snapshot.tables.residents
    ours = held[(held["pcode"] == "IQG06") & (held["year"] == 2018)]["residents"]
    assert ours.tolist() == [sum(parts)]
    assert np.isclose(
        held[held["year"] == 2018]["residents"].sum(), sum(int(r["population"]) for r in raw)
    )
