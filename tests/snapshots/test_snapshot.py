"""A snapshot is immutable: same input, same version; a changed byte is refused with its file."""

from __future__ import annotations

import hashlib
import json
import re
import stat
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from geodata.boundaries.topology import level_topology
from geodata.engine import queries
from geodata.engine.connect import query
from geodata.errors import SnapshotError
from geodata.settings import BUNDLED
from geodata.snapshots.manifest import MANIFEST, SCHEMA_VERSION, SnapshotLocation, is_version
from geodata.snapshots.serialise import write_snapshot
from geodata.snapshots.snapshot import load, verify
from geodata.snapshots.tables import Tables
from tests import made_up

FILES = sorted(path.name for path in BUNDLED.iterdir())


def write(snapshot, out, tables, **more) -> str:
    """Write these tables with the rest of the made-up snapshot; return the version."""
    return write_snapshot(
        out,
        tables,
        snapshot.topology,
        join_report=snapshot.join_report,
        country=snapshot.manifest["country"],
        **more,
    )


def shuffled(tables: Tables, seed: int) -> Tables:
    """Every table in another order; sources but stand as they are to be listed."""
    frames = {name: frame.sample(frac=1, random_state=seed) for name, frame in tables.items()}
    return replace(Tables(**frames), sources=tables.sources)


def numbers_and_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Cells as text, whatever the types: 7, 7.0 and a missing value that has many names."""
    return frame.map(lambda cell: "" if pd.isna(cell) else str(cell).removesuffix(".0"))


def spoil(path, offset: int) -> None:
    """Change one byte of a file."""
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)


# ---------------------------------------------------------------------- what goes in comes out


def test_what_is_written_is_read_back(examplia):
    given = dict(made_up.tables().items())
    for name, read in examplia.tables.items():
        ordered = given[name].sort_values(list(given[name].columns), ignore_index=True)
        pd.testing.assert_frame_equal(
            numbers_and_words(read), numbers_and_words(ordered), check_dtype=False, obj=name
        )
    assert examplia.topology == made_up.squares()
    assert examplia.country == "Examplia"
    assert examplia.join_report["unmatched"][0]["place"] == "Nowhere"


def test_missing_values_stay_missing(examplia):
    counts = examplia.tables.counts
    lost = counts[counts["place"] == "Nowhere"]
    assert len(lost) == 2
    assert lost["pcode"].isna().all()
    refugees = counts[counts["population"] == "refugee"]
    assert refugees["households"].isna().all()


def test_the_manifest_says_what_is_inside(examplia):
    manifest = examplia.manifest
    assert manifest["rows"] == {name: len(frame) for name, frame in examplia.tables.items()}
    assert manifest["dates"]["idp"] == {"first": "2020-01-31", "last": "2021-07-31", "count": 4}
    assert manifest["dates"]["refugee"] == {"first": "2019-06-30", "last": "2021-01-31", "count": 2}
    assert manifest["sources"] == made_up.SOURCES


# ------------------------------------------------------------------------------------- version


@pytest.mark.parametrize("which", ["examplia", "snapshot"])
def test_the_manifest_says_what_was_counted_as_the_counts_would(which, request):
    held = request.getfixturevalue(which)
    asked, said = query(held, "counts", queries.slices), held.series_index
    key = ["population", "programme", "level", "source"]
    expected = asked.sort_values(key, ignore_index=True)
    found = said[asked.columns].sort_values(key, ignore_index=True)
    assert len(asked) > 1
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_what_a_manifest_counted_is_not_said_of_other_tables(examplia):
    assert replace(examplia, version="f" * 12).series_index is None
    older = {key: value for key, value in examplia.manifest.items() if key != "counted"}
    assert replace(examplia, manifest=older).series_index is None


def test_the_same_input_gives_the_same_bytes(tmp_path, examplia_folder):
    again = made_up.write(tmp_path / "again")
    assert {path.name: path.read_bytes() for path in again.iterdir()} == {
        path.name: path.read_bytes() for path in examplia_folder.iterdir()
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_does_not_matter(examplia, tmp_path, seed):
    tables = shuffled(made_up.tables(), seed)
    assert not tables.counts.index.is_monotonic_increasing
    assert write(examplia, tmp_path / "s", tables) == examplia.version


def test_one_person_more_is_another_version(examplia, tmp_path):
    tables = made_up.tables()
    tables.counts["people"] += tables.counts.index == 0
    assert write(examplia, tmp_path / "s", tables) != examplia.version


@pytest.mark.parametrize(
    "country",
    [{"residents_year": 2009}, {"notes": []}, {"disclaimer": "None."}, {"pillars": {}}],
    ids=lambda country: next(iter(country)),
)
def test_other_notes_are_another_version(synthetic, examplia, country):
    assert load(synthetic(**country)).version != examplia.version


def test_what_a_snapshot_was_made_of_is_kept_and_is_part_of_its_version(examplia, tmp_path):
    tables = made_up.tables()
    made = {"base": examplia.version, "files": [{"name": "list.xlsx", "rows": 3}], "kind": "hxl"}
    version = write(examplia, tmp_path / "s", tables, provenance=made)
    assert load(tmp_path / "s").manifest["provenance"] == made
    reordered = dict(reversed(made.items()))
    assert write(examplia, tmp_path / "s", tables, provenance=reordered) == version
    assert write(examplia, tmp_path / "s", tables, provenance={}) != version
    assert write(examplia, tmp_path / "s", tables) == examplia.version
    assert "provenance" not in examplia.manifest


def test_what_a_snapshot_was_made_of_must_be_json(examplia, tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write(examplia, tmp_path / "s", examplia.tables, provenance={"share": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_is_read_from_whatever_gives_its_bytes(synthetic, examplia):
    folder = synthetic()
    held = {path.name: path.read_bytes() for path in folder.iterdir()}

    def read(name: str) -> bytes:
        if name not in held:
            raise FileNotFoundError(name)
        return held[name]

    assert load(SnapshotLocation("bucket/maps", read)) == examplia
    held["reach.parquet"] = b""
    del held["counts.parquet"]
    with pytest.raises(SnapshotError) as refusal:
        load(SnapshotLocation("bucket/maps", read))
    said = str(refusal.value)
    assert "snapshot bucket/maps is refused" in said
    assert "counts.parquet is missing" in said and "reach.parquet was changed" in said
    held.clear()
    with pytest.raises(SnapshotError, match="bucket/maps holds no manifest"):
        load(SnapshotLocation("bucket/maps", read))


@pytest.mark.parametrize(
    ("text", "so"),
    [
        ("3f2a81c09d4e", True),
        ("3F2A81C09D4E", False),
        ("3f2a81c09d4", False),
        ("3f2a81c09d4e\n", False),
        ("../2a81c09d4e", False),
        ("", False),
    ],
)
def test_a_version_is_twelve_of_sixteen_letters(text, so):
    assert is_version(text) is so


def test_every_version_is_written_as_one(examplia, snapshot):
    assert is_version(examplia.version) and is_version(snapshot.version)


def test_snapshots_are_compared_by_version(synthetic, examplia):
    again = load(synthetic())
    assert again == examplia
    assert hash(again) == hash(examplia)
    assert load(synthetic(name="changed", disclaimer="None.")) != examplia


# ------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_refused_with_the_name_of_the_file(synthetic, name):
    folder = synthetic()
    size = (folder / name).stat().st_size
    whole = (folder / name).read_bytes()
    for offset in np.linspace(0, size - 1, 7).astype(int):
        spoil(folder / name, int(offset))
        with pytest.raises(SnapshotError, match=re.escape(name)):
            load(folder)
        (folder / name).write_bytes(whole)
    load(folder)


def test_every_byte_of_the_manifest_counts(synthetic):
    folder = synthetic()
    path = folder / MANIFEST
    text = path.read_text("utf-8")
    for before, after in [("made up.", "made in."), ("2018", "2009"), ("Free", "Not free")]:
        assert before in text
        path.write_text(text.replace(before, after, 1), "utf-8")
        with pytest.raises(SnapshotError, match=MANIFEST):
            load(folder)
    path.write_text(text + "\n", "utf-8")
    with pytest.raises(SnapshotError, match=MANIFEST):
        load(folder)


@pytest.mark.parametrize("name", [name for name in FILES if name != MANIFEST])
def test_a_missing_file_is_named(synthetic, name):
    folder = synthetic()
    (folder / name).unlink()
    with pytest.raises(SnapshotError, match=f"{re.escape(name)} is missing"):
        load(folder)


def test_everything_wrong_is_said_at_once(synthetic):
    folder = synthetic()
    (folder / "reach.parquet").unlink()
    spoil(folder / "counts.parquet", 100)
    with pytest.raises(SnapshotError) as refusal:
        verify(folder)
    said = str(refusal.value)
    assert "reach.parquet is missing" in said
    assert "counts.parquet was changed" in said
    assert str(folder) in said


def test_a_folder_without_manifest_is_no_snapshot_and_the_command_is_told(tmp_path):
    with pytest.raises(SnapshotError, match="flask --app app snapshot build SRC --out DIR"):
        load(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '"a"'])
def test_a_manifest_that_is_none_is_refused(synthetic, text):
    folder = synthetic()
    (folder / MANIFEST).write_text(text)
    with pytest.raises(SnapshotError, match=MANIFEST):
        load(folder)


@pytest.mark.parametrize("version", [0, 1, 4, None, "2"])
def test_another_schema_is_refused_with_both_versions(synthetic, version):
    folder = synthetic()
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["schema_version"] = version
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(SnapshotError) as refusal:
        load(folder)
    assert f"schema version {version!r}, this program reads 2 and {SCHEMA_VERSION}" in str(
        refusal.value
    )


def test_a_snapshot_of_the_schema_before_is_read_with_what_it_lacks(synthetic):
    """Links to it stay good: its breakdowns are in households, its printed totals of no source."""
    folder, older = synthetic(), {}
    for name, lacking in (("breakdowns", "people"), ("published", "source")):
        path = folder / f"{name}.parquet"
        pq.write_table(pq.read_table(path).drop_columns([lacking]), path)
        older[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    manifest |= {"schema_version": 2, "files": {**manifest["files"], **older}}
    said = {key: value for key, value in manifest.items() if key != "version"}
    line = json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"
    manifest["version"] = hashlib.sha256(line.encode()).hexdigest()[:12]
    written = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (folder / MANIFEST).write_text(written, "utf-8")
    found = load(folder)
    assert found.tables.breakdowns["people"].isna().all()
    assert set(found.tables.published["source"]) == {""}


@pytest.mark.parametrize("files", [{}, [], None, {"counts.parquet": ""}])
def test_a_manifest_that_does_not_list_every_file_is_refused(synthetic, files):
    folder = synthetic()
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, "files": files}))
    with pytest.raises(SnapshotError, match="does not list .*areas.parquet"):
        load(folder)


# ------------------------------------------------------------------------------------- writing


def test_a_folder_that_is_no_snapshot_is_left_alone(examplia, tmp_path):
    keep = tmp_path / "letters" / "dear.txt"
    keep.parent.mkdir()
    keep.write_text("Dear")
    with pytest.raises(SnapshotError, match="is not a snapshot"):
        write(examplia, keep.parent, examplia.tables)
    assert [path.name for path in keep.parent.iterdir()] == ["dear.txt"]
    assert keep.read_text() == "Dear"
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_a_snapshot_is_replaced_as_a_whole(synthetic):
    folder = synthetic()
    before = load(folder).version
    (folder / "left-over.txt").write_text("")
    assert load(synthetic(disclaimer="None.")).version != before
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_stop_half_way_leaves_what_was_there(synthetic, monkeypatch):
    folder = synthetic()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    written = []

    def full(path, data):
        written.append(path)
        if len(written) == 5:
            raise OSError("No space left on device")
        return len(data)

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        synthetic(disclaimer="None.")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_others_may_read_it(synthetic):
    folder = synthetic()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


# ------------------------------------------------------------------------ the one that is shipped


def test_the_bundle_is_whole_and_small(snapshot):
    manifest, contents = verify(BUNDLED)
    assert manifest["version"] == snapshot.version
    assert set(FILES) == {MANIFEST, *contents}
    assert sum(path.stat().st_size for path in BUNDLED.iterdir()) < 3_000_000


def test_its_sources_are_beside_it_with_their_terms(snapshot):
    text = (BUNDLED / "SOURCES.md").read_text("utf-8")
    assert len(snapshot.tables.sources) == 8
    for row in snapshot.tables.sources.itertuples():
        for part in (row.title, row.publisher, row.url, row.terms, row.credit, row.what):
            assert part in text
    assert "International Organization for Migration (IOM), Displacement Tracking Matrix" in text
    assert "https://iraqdtm.iom.int/" in text
    assert "CC BY 3.0 IGO" in text
    assert "do not imply official endorsement or acceptance" in text


def test_no_coordinates_of_communities_are_in_it(snapshot):
    """No table has coordinates; the only points of the map are cities, and places for labels."""
    columns = {column.lower() for _, frame in snapshot.tables.items() for column in frame.columns}
    assert not columns & {"lat", "latitude", "lon", "lng", "longitude", "geometry", "location", "x"}
    for name, frame in snapshot.tables.items():
        for column, numbers in frame.select_dtypes("number").items():
            assert (numbers.dropna() % 1 == 0).all(), f"{name}.{column} is not of whole numbers"
    assert set(snapshot.tables.areas["level"]) == {1, 2}
    points = [
        shape
        for held in snapshot.topology["objects"].values()
        for shape in held["geometries"]
        if "Point" in shape["type"]
    ]
    assert points == snapshot.topology["objects"]["cities"]["geometries"]
    assert all(set(city["properties"]) <= {"name", "capital", "kind"} for city in points)


def test_its_boundaries_hold_every_area_and_no_other(snapshot):
    areas = snapshot.tables.areas
    for level, name in ((1, "governorates"), (2, "districts")):
        shapes = level_topology(dict(snapshot.topology), level)["objects"][name]["geometries"]
        assert sorted(shape["id"] for shape in shapes) == sorted(
            areas.loc[areas["level"] == level, "pcode"]
        )
    assert (areas["level"].value_counts().loc[[1, 2]] == [18, 101]).all()


def test_its_pointers_lead_somewhere(snapshot):
    places = {"IRQ", *snapshot.tables.areas["pcode"]}
    for pcodes in snapshot.tables.reach["pcodes"]:
        assert set(pcodes.split(";")) <= places
