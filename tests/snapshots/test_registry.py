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

from geodata.errors import NotAvailable, SnapshotError
from geodata.snapshots import registry
from geodata.snapshots.library import Library
from geodata.snapshots.manifest import read_manifest
from geodata.snapshots.registry import IN_MEMORY, SnapshotRegistry
from geodata.snapshots.snapshot import load
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
def library(tmp_path) -> Library:
    """A library with nothing in it yet, in a folder that is not there."""
    return Library(tmp_path / "library")


@pytest.fixture
def older(library, synthetic):
    """Put an older snapshot of a name, which its disclaimer carries, into the library."""

    def put(name: str, *rows: made_up.Row) -> str:
        return library.copy_in(synthetic(*rows, name=name, disclaimer=f"{name}."))

    return put


@pytest.fixture
def folder_of(library):
    """The folder of a version that the library holds."""
    return lambda version: Path(library.name) / version


@pytest.fixture
def current(synthetic) -> Path:
    """The newest snapshot: Alpha was counted in the last round, and refugees by district."""
    return synthetic(*NEW_FIGURES, name="current", disclaimer="Newest.")


# -------------------------------------------------------------------------------- what is held


def test_no_version_is_the_current_one(current, library, older):
    older("first")
    held = SnapshotRegistry(current, library)
    assert held.snapshot() is held.snapshot("") is held.current
    assert held.snapshot(held.current.version) is held.current


def test_while_none_is_active_the_one_that_ships_is_served(current, library, older):
    older("first")
    assert SnapshotRegistry(current, library).current.version == version_of(current)


def test_the_active_one_is_served_and_the_one_that_ships_is_an_older_one(current, library, older):
    version = older("first")
    library.activate(version)
    held = SnapshotRegistry(current, library)
    assert held.current.version == version
    assert held.snapshot(version_of(current)).manifest["country"]["disclaimer"] == "Newest."


def test_an_older_version_is_read_from_the_library(current, library, older):
    version = older("first")
    held = SnapshotRegistry(current, library)
    found = held.snapshot(version)
    assert found.version == version
    assert found.manifest["country"]["disclaimer"] == "first."
    assert held.snapshot(version) is found


def test_every_one_is_told_which_engine_to_ask(current, library, older):
    first, second = older("first"), older("second")
    library.activate(first)
    held = SnapshotRegistry(current, library, "postgres://example.org/figures")
    for version in ("", second, version_of(current)):
        assert held.snapshot(version).store_url == "postgres://example.org/figures"


def test_versions_come_as_they_were_active_last_and_the_one_that_ships_at_the_end(
    current, library, older
):
    first, second, _ = versions = [older(name) for name in "abc"]
    for version in (*versions, first, second):
        library.activate(version)
    held = SnapshotRegistry(current, library)
    assert held.versions == (second, first, versions[2], version_of(current))


def test_the_one_that_ships_in_the_library_too_is_held_once(current, library):
    version = library.copy_in(current)
    library.activate(version)
    assert SnapshotRegistry(current, library).versions == (version,)


def test_one_that_is_not_there_to_ship_is_not_missed_while_another_is_active(
    tmp_path, library, older
):
    version = older("first")
    library.activate(version)
    held = SnapshotRegistry(tmp_path / "nowhere", library)
    assert held.versions == (version,)
    with pytest.raises(NotAvailable, match="is a snapshot that is not held here"):
        held.snapshot(UNKNOWN)


@pytest.mark.parametrize("version", [UNKNOWN, "newest", "../current", "0" * 11, "F" * 12, "é"])
def test_what_is_no_version_or_none_that_is_held_is_not_held(current, library, version):
    with pytest.raises(NotAvailable, match="is a snapshot that is not held here"):
        SnapshotRegistry(current, library).snapshot(version)


def test_a_folder_that_cannot_become_a_library_stops_the_start(current, tmp_path):
    with pytest.raises(SnapshotError, match="there is no library .*nowhere/library"):
        SnapshotRegistry(current, Library(tmp_path / "nowhere" / "library"))


def test_a_version_that_is_not_held_is_told_from_those_that_are(current, library, older):
    versions = [older(f"{n}") for n in range(6)]
    for version in versions:
        library.activate(version)
    with pytest.raises(NotAvailable) as refusal:
        SnapshotRegistry(current, library).snapshot(UNKNOWN)
    sentence = str(refusal.value)
    assert (refusal.value.key, refusal.value.value) == ("v", UNKNOWN)
    assert sentence.startswith(f"v=“{UNKNOWN}” is a snapshot that is not held here")
    assert f"v may be {versions[-1]}, " in sentence
    assert "or left out for the newest figures" in sentence
    assert 0 < sum(version in sentence for version in versions) < 6


def test_one_that_was_added_while_running_is_found(current, library, older):
    held = SnapshotRegistry(current, library)
    version = older("late")
    assert held.snapshot(version).version == version


# ------------------------------------------------------------------------------ what was changed


def test_one_that_was_changed_is_refused_and_only_the_log_says_why(
    current, library, older, folder_of, caplog
):
    version = older("first")
    library.activate(version)
    library.activate(older("second"))
    damage(folder_of(version))
    held = SnapshotRegistry(current, library)
    with caplog.at_level(logging.WARNING), pytest.raises(NotAvailable) as refusal:
        held.snapshot(version)
    assert "counts.parquet was changed" in caplog.text
    said = str(refusal.value)
    assert "is a snapshot that is not held here" in said
    assert "parquet" not in said and "SHA" not in said and library.name not in said
    assert version not in held.versions


def test_one_that_was_refused_is_not_read_again_until_it_is_mended(
    current, library, older, folder_of, caplog
):
    version = older("first")
    file = folder_of(version) / "counts.parquet"
    whole = file.read_bytes()
    damage(folder_of(version))
    held = SnapshotRegistry(current, library)
    for _ in range(3):
        with pytest.raises(NotAvailable, match="is a snapshot that is not held here"):
            held.snapshot(version)
    assert len(caplog.records) == 1
    file.write_bytes(whole)
    assert held.snapshot(version).version == version


def test_a_folder_that_holds_another_snapshot_than_it_says_is_refused(
    current, library, older, folder_of
):
    version, other = older("first"), older("second")
    shutil.rmtree(folder_of(version))
    folder_of(other).rename(folder_of(version))
    held = SnapshotRegistry(current, library)
    with pytest.raises(NotAvailable, match="is a snapshot that is not held here"):
        held.snapshot(version)


def test_one_that_was_taken_away_is_not_held(current, library, older, folder_of):
    version = older("first")
    held = SnapshotRegistry(current, library)
    shutil.rmtree(folder_of(version))
    with pytest.raises(NotAvailable, match="is a snapshot that is not held here"):
        held.snapshot(version)


# ------------------------------------------------------------------------------------- in memory


@pytest.mark.slow
def test_only_so_many_older_ones_stay_cached(current, library, older, client_of):
    versions = [older(f"{n}") for n in range(IN_MEMORY + 1)]
    client = client_of(snapshot=current, snapshots=library.name)
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
    held = [one for one in gc.get_objects() if isinstance(one, SnapshotRegistry)]
    return next(found for one in held if (found := one._cached(version)))


def test_whoever_asks_at_the_same_time_waits_for_one_reading(current, library, older, monkeypatch):
    version = older("first")
    held = SnapshotRegistry(current, library)
    together, read = Barrier(4), []

    def reading(where, store_url):
        read.append(where)
        return load(where, store_url)

    monkeypatch.setattr(registry, "load", reading)

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
    folder = made_up.write(root / "first", disclaimer="first.")
    library = Library(root / "library")
    library.activate(library.copy_in(folder))
    before = client_of(snapshot=folder)
    newest = made_up.write(root / "current", NEW_FIGURES, disclaimer="Newest.")
    library.activate(library.copy_in(newest))
    return version_of(folder), before, client_of(snapshots=library.name)


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
    shown, _, history = follows.partition('id="history"')
    assert "Newest." in follows and version not in shown
    assert (version in history) == (page == "/sources")


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


def test_a_server_says_where_it_looked_for_its_library(client_of, tmp_path):
    with pytest.raises(SnapshotError, match="nowhere"):
        client_of(snapshots=str(tmp_path / "nowhere" / "library"))
