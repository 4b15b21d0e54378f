"""Older snapshots stay readable: a frozen link shows what it did after new figures are loaded."""

from __future__ import annotations

import gc
import json
import logging
import shutil
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from geodata import holdings
from geodata.errors import NotHeld, SnapshotError
from geodata.holdings import IN_MEMORY, Holdings
from geodata.snapshot import load, read_manifest
from tests import made_up

VIEW, META = "/api/v1/view.json", "/api/v1/meta.json"
NEW_FIGURES = [
    made_up.count("idp", "2021-07-31", "XXG01", 77),
    made_up.count("idp", "2021-07-31", "XXG01Q01", 77),
    made_up.count("refugee", "2021-01-31", "XXG01Q01", None, people=1000, source="registry"),
]
UNKNOWN = "000000000000"


def version_of(folder: Path) -> str:
    return read_manifest(folder)["version"]


def damage(folder: Path) -> None:
    path = folder / "counts.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")


@pytest.fixture
def root(tmp_path) -> Path:
    """The folder of older snapshots; nothing in it yet."""
    folder = tmp_path / "older"
    folder.mkdir()
    return folder


@pytest.fixture
def older(root, synthetic):
    """Make an older snapshot of a name, which its disclaimer carries, too; its folder."""
    return lambda name, *rows: synthetic(*rows, name=f"older/{name}", disclaimer=f"{name}.")


@pytest.fixture
def current(synthetic) -> Path:
    """The newest snapshot: Alpha was counted in the last round, and refugees by district."""
    return synthetic(*NEW_FIGURES, name="current", disclaimer="Newest.")


# -------------------------------------------------------------------------------- what is held


def test_no_version_is_the_current_one(current, root, older):
    older("first")
    held = Holdings(current, root)
    assert held.snapshot() is held.snapshot("") is held.current
    assert held.snapshot(held.current.version) is held.current


def test_an_older_version_is_read_from_its_folder(current, root, older):
    version = version_of(older("first"))
    held = Holdings(current, root)
    found = held.snapshot(version)
    assert found.version == version
    assert found.manifest["country"]["disclaimer"] == "first."
    assert held.snapshot(version) is found


def test_versions_come_newest_first(current, root, older):
    oldest = version_of(older("b"))
    later = version_of(older("a", made_up.count("idp", "2021-09-30", "XXG01", 9)))
    held = Holdings(current, root)
    assert held.versions == (version_of(current), later, oldest)


def test_the_current_one_among_the_older_is_held_once(current, root):
    shutil.copytree(current, root / "same")
    assert Holdings(current, root).versions == (version_of(current),)


def test_without_a_folder_of_older_ones_there_is_the_current_one(current):
    held = Holdings(current)
    assert held.versions == (held.current.version,)
    with pytest.raises(NotHeld):
        held.snapshot(UNKNOWN)


def test_what_is_no_snapshot_is_skipped_and_logged(current, root, older, caplog):
    version = version_of(older("first"))
    (root / "empty").mkdir()
    (root / "a-file.json").write_text("{}")
    (root / ".half-written").mkdir()
    (root / ".half-written" / "manifest.json").write_text("{")
    for name, manifest in [("broken", "{"), ("future", '{"schema_version": 99}')]:
        (root / name).mkdir()
        (root / name / "manifest.json").write_text(manifest)
    with caplog.at_level(logging.WARNING):
        held = Holdings(current, root)
    assert held.versions == (held.current.version, version)
    assert ["broken" in record.getMessage() for record in caplog.records] == [True, False]
    assert "schema version 99" in caplog.text


def test_a_folder_of_older_ones_that_is_not_there_stops_the_start(current, tmp_path):
    with pytest.raises(SnapshotError, match="older snapshots, is not there"):
        Holdings(current, tmp_path / "nowhere")


def test_a_version_that_is_not_held_is_told_from_those_that_are(current, root, older):
    versions = [version_of(older(f"{n}")) for n in range(6)]
    with pytest.raises(NotHeld) as refusal:
        Holdings(current, root).snapshot(UNKNOWN)
    sentence = str(refusal.value)
    assert (refusal.value.key, refusal.value.value) == ("v", UNKNOWN)
    assert sentence.startswith(f"v=“{UNKNOWN}” is a snapshot that is not held here")
    assert f"v may be {version_of(current)}, " in sentence
    assert "or left out for the newest figures" in sentence
    assert 0 < sum(version in sentence for version in versions) < 6


def test_one_that_was_added_while_running_is_found(current, root, older):
    held = Holdings(current, root)
    version = version_of(older("late"))
    assert held.snapshot(version).version == version
    assert version in held.versions


def test_a_look_for_an_unknown_version_reads_no_manifest_twice(current, root, older, monkeypatch):
    for name in ("a", "b"):
        older(name)
    held = Holdings(current, root)
    read = []

    def reading(folder):
        read.append(folder.name)
        return read_manifest(folder)

    monkeypatch.setattr(holdings, "read_manifest", reading)
    for n in range(5):
        with pytest.raises(NotHeld):
            held.snapshot(f"{n:012}")
    assert read == []
    older("c")
    with pytest.raises(NotHeld):
        held.snapshot(UNKNOWN)
    assert read == ["c"]


# ------------------------------------------------------------------------------ what was changed


def test_one_that_was_changed_is_refused_and_only_the_log_says_why(current, root, older, caplog):
    folder = older("first")
    version = version_of(folder)
    damage(folder)
    held = Holdings(current, root)
    with caplog.at_level(logging.WARNING), pytest.raises(NotHeld) as refusal:
        held.snapshot(version)
    assert "counts.parquet was changed" in caplog.text
    said = str(refusal.value)
    assert "is a snapshot that is not held here" in said
    assert "parquet" not in said and "SHA" not in said and str(root) not in said
    assert version not in held.versions


def test_one_that_was_refused_is_not_read_again_until_it_is_mended(current, root, older, caplog):
    folder = older("first")
    version, whole = version_of(folder), (folder / "counts.parquet").read_bytes()
    damage(folder)
    held = Holdings(current, root)
    for _ in range(3):
        with pytest.raises(NotHeld):
            held.snapshot(version)
    assert len(caplog.records) == 1
    (folder / "counts.parquet").write_bytes(whole)
    assert held.snapshot(version).version == version
    assert version in held.versions


def test_a_folder_that_holds_another_snapshot_by_now_answers_for_that_one(current, root, older):
    old = version_of(older("same", *NEW_FIGURES))
    held = Holdings(current, root)
    new = version_of(older("same"))
    with pytest.raises(NotHeld):
        held.snapshot(old)
    assert held.snapshot(new).version == new
    assert held.versions == (held.current.version, new)


def test_one_that_was_taken_away_is_not_held(current, root, older):
    folder = older("first")
    version = version_of(folder)
    held = Holdings(current, root)
    shutil.rmtree(folder)
    with pytest.raises(NotHeld):
        held.snapshot(version)


# ------------------------------------------------------------------------------------- in memory


def test_only_so_many_older_ones_stay_in_memory(current, root, older, client_of):
    versions = [version_of(older(f"{n}")) for n in range(IN_MEMORY + 1)]
    client = client_of(snapshot=current, older_snapshots=root)
    found = []
    for version in versions:
        assert client.get(f"{VIEW}?v={version}").status_code == 200
        found.append(weakref.ref(held_in_memory(version)))
    gc.collect()
    assert found[0]() is None, "the first has left, with all that was made of it"
    assert found[-1]() is not None
    assert client.get(f"{VIEW}?v={versions[0]}&area=XXG01").status_code == 200, "it is read again"


def held_in_memory(version):
    """The older snapshot of a version, wherever it is held."""
    held = [one for one in gc.get_objects() if isinstance(one, Holdings)]
    return next(found for one in held if (found := one._in_memory(version)))


def test_whoever_asks_at_the_same_time_waits_for_one_reading(current, root, older, monkeypatch):
    version = version_of(older("first"))
    held = Holdings(current, root)
    together, read = Barrier(4), []

    def reading(folder):
        read.append(folder)
        return load(folder)

    monkeypatch.setattr(holdings, "load", reading)

    def ask(_):
        together.wait(timeout=30)
        return held.snapshot(version)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(ask, range(4)))
    assert len(read) == 1
    assert all(one is found[0] for one in found)


# ------------------------------------------------------------------------------- over the network


@pytest.fixture(scope="module")
def frozen(tmp_path_factory, client_of):
    """Before and after: clients of the older snapshot, and of the current one that holds both."""
    root = tmp_path_factory.mktemp("held")
    folder = made_up.write(root / "older" / "first", disclaimer="first.")
    newest = made_up.write(root / "current", NEW_FIGURES, disclaimer="Newest.")
    return (
        version_of(folder),
        client_of(snapshot=folder),
        client_of(snapshot=newest, older_snapshots=root / "older"),
    )


@pytest.mark.parametrize(
    "path",
    [
        f"{VIEW}?pop=idp&time=2021-07-31&v=",
        f"{VIEW}?level=2&mode=change&v=",
        f"{META}?v=",
        "/api/v1/areas/2.topojson?v=",
        "/api/v1/area/XXG01.json?v=",
    ],
)
def test_a_frozen_link_answers_the_same_after_new_figures(frozen, path):
    version, before, after = frozen
    first, then = before.get(path + version), after.get(path + version)
    assert first.status_code == then.status_code == 200
    assert first.data == then.data
    assert then.cache_control.immutable


def test_a_link_that_follows_has_the_new_figures(frozen):
    version, before, after = frozen
    alpha = [client.get(VIEW).json["values"][-1][0] for client in (before, after)]
    assert alpha == [None, 77 * 6]
    assert after.get(f"{VIEW}?v={version}").json["values"][-1][0] is None


def test_a_state_is_read_against_the_snapshot_that_it_names(frozen):
    version, _, after = frozen
    districts = f"{VIEW}?pop=refugee&level=2"
    assert after.get(districts).status_code == 200
    refused = after.get(f"{districts}&v={version}")
    assert refused.status_code == 400
    assert "level may be 1." in refused.json["error"]["sentence"]


@pytest.mark.parametrize("page", ["/", "/sources"])
def test_a_page_shows_the_snapshot_that_its_address_names_and_links_to_it(frozen, page):
    version, _, after = frozen
    text = after.get(f"{page}?v={version}").get_data(as_text=True)
    assert "first." in text and "Newest." not in text
    assert f'href="/?v={version}"' in text
    assert f'href="/sources?v={version}"' in text
    follows = after.get(page).get_data(as_text=True)
    assert "Newest." in follows and version not in follows


def test_the_scripts_of_a_frozen_page_are_handed_its_snapshot(frozen):
    version, _, after = frozen
    text = after.get(f"/?v={version}").get_data(as_text=True)
    _, _, rest = text.partition('id="displacement-data">')
    data = json.loads(rest.partition("</script>")[0])
    assert data["version"] == version
    assert data["urls"]["sources"] == f"/sources?v={version}"
    assert data["urls"]["page"] == "/", "the script writes the query itself"


@pytest.mark.parametrize(
    ("page", "way_on"),
    [
        ("/?pop=returnee&v=", 'href="/?pop=returnee"'),
        ("/sources?pop=returnee&v=", 'href="/sources'),
        ("/?pop=nobody&time=soon&v=", 'href="/"'),
    ],
)
def test_a_page_of_an_unknown_snapshot_leads_to_the_newest_figures(frozen, page, way_on):
    _, _, after = frozen
    answer = after.get(page + UNKNOWN)
    assert answer.status_code == 404
    text = answer.get_data(as_text=True)
    assert f"v=“{UNKNOWN}” is a snapshot that is not held here" in text
    (paragraph,) = [line for line in text.splitlines() if "in the newest figures" in line]
    assert way_on in paragraph


def test_whether_it_serves_tells_the_current_snapshot(frozen):
    version, _, after = frozen
    after.get(f"{VIEW}?v={version}")
    assert after.get("/readyz").json["snapshot"] == after.get(META).json["version"] != version


def test_the_server_says_where_it_looked_for_older_ones(client_of, tmp_path):
    with pytest.raises(SnapshotError, match="nowhere"):
        client_of(older_snapshots=tmp_path / "nowhere")
