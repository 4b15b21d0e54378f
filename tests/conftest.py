"""What tests share: the bundled snapshot, a made-up one, applications, source tables, a browser."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, expect, sync_playwright
from werkzeug.test import TestResponse

from geodata.settings import BUNDLED, Settings
from geodata.snapshots.snapshot import Snapshot, load
from tests import bundled, made_up, published_tables
from tests.chromium import CHROMIUM, FIREFOX
from tests.firefox import Firefox
from tests.paths import ROOT, SHARED
from tests.servers import folder_served, free_port, wait_for
from tests.windows import ONE_PROCESS, Contexts, Watched

NO_LIBRARY = str(ROOT / "no-library")  # a checkout may have its own, of which tests know nothing
CHROMIUM_ARGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"
    f" --disable-component-update --disable-sync {ONE_PROCESS}"
).split()


bundled.share()
made_up.share_files()

# Machines are slow at times; what is measured is measured by `make bench`.
expect.set_options(timeout=20_000)
hypothesis_settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("unhurried")


# Fixtures that start another program, and the mark of whatever asks for one of them.
MARKS = {
    "browser": ["browser"],
    "firefox": ["browser"],
    "site": ["service"],
    "serving_with": ["service"],
    "database": ["service"],
    "nginx": ["service"],
    "s3": ["service"],
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whatever drives a browser or asks another program; `make test-fast` leaves it out."""
    for item in items:
        for name in getattr(item, "fixturenames", ()):
            for mark in MARKS.get(name, ()):
                item.add_marker(mark)


@pytest.fixture(scope="session")
def snapshot() -> Snapshot:
    """The bundled snapshot."""
    return bundled.SNAPSHOT


@pytest.fixture(scope="session")
def published_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published tables that the bundled snapshot is built from; not to be changed."""
    return published_tables.unpack(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="session")
def published_rows(published_folder: Path) -> Callable[[str], list[dict[str, str]]]:
    """Read the rows of a published table, named as "dtm/dtm_governorate_round"."""

    @cache
    def rows(name: str) -> list[dict[str, str]]:
        with (published_folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return rows


@pytest.fixture(scope="session")
def whole_lists() -> Path:
    """The folder of DTM's master lists as published, which no clone has: they name places."""
    path = SHARED / "dtm" / "raw"
    if not path.is_dir():
        pytest.skip(
            f"the master lists as published are not at {path} (DISPLACEMENT_SHARED names another "
            "folder); their sums by district were read from tests/published/"
        )
    return path


@pytest.fixture(scope="session")
def examplia_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up snapshot as it is, on disk; not to be changed."""
    return made_up.write(tmp_path_factory.mktemp("made-up") / "snapshot")


@pytest.fixture(scope="session")
def examplia(examplia_folder: Path) -> Snapshot:
    """The made-up snapshot as it is, loaded."""
    return load(examplia_folder)


@pytest.fixture
def synthetic(tmp_path: Path, examplia_folder: Path) -> Callable[..., Path]:
    """Make a made-up snapshot of one's own, with more rows or another country; its folder."""

    def build(*extra: made_up.Row, name: str = "snapshot", **country: Any) -> Path:
        out = tmp_path / name
        if extra or country:
            return made_up.write(out, list(extra), **country)
        return Path(shutil.copytree(examplia_folder, out))

    return build


class WholeAnswers(FlaskClient):
    """A client that reads every answer to its end, so that no file of ``assets/`` stays open."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        return super().open(*args, **{"buffered": True, **options})


def _made(**settings: Any) -> Dash:
    from app import create_app  # makes one when it is imported, which is to share the snapshot

    made = create_app(Settings(**{"snapshots": NO_LIBRARY, **settings}))
    made.server.test_client_class = WholeAnswers
    return made


@pytest.fixture(scope="session")
def app() -> Dash:
    """An application with its own defaults, whatever the environment says."""
    return _made(snapshot=BUNDLED, suppression_threshold=5, url_base_pathname="/")


@pytest.fixture(scope="session")
def client_of() -> Callable[..., FlaskClient]:
    """Make an application with these settings, and a client of it.

    One of the bundled snapshot alone is made once.
    """
    shared = cache(partial(_made, snapshot=BUNDLED))

    def make(**settings: Any) -> FlaskClient:
        own = settings.keys() & {"snapshot", "snapshots"}
        found = _made(**{"snapshot": BUNDLED, **settings}) if own else shared(**settings)
        return found.server.test_client()

    return make


@pytest.fixture
def client(app: Dash) -> FlaskClient:
    return app.server.test_client()


@pytest.fixture(scope="session")
def anyone(examplia_folder: Path) -> FlaskClient:
    """A client for hypothesis, which takes no fixture of a single test.

    Of the made-up snapshot, whose pages are quickly made: it is the questions that are odd.
    """
    return _made(snapshot=examplia_folder).server.test_client()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("DISPLACEMENT_CHROMIUM") or next(
        filter(None, map(shutil.which, CHROMIUM.names)), None
    )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def firefox() -> Iterator[Firefox]:
    """A Firefox as readers have it."""
    path = os.environ.get("DISPLACEMENT_FIREFOX") or next(
        filter(None, map(shutil.which, FIREFOX.names)), None
    )
    if not path:
        pytest.skip("no Firefox on this machine; FIREFOX=/path/to/one make test names one")
    with Firefox(path) as started:
        yield started


@pytest.fixture
def window_size() -> tuple[int, int]:
    """Size of a window that is opened without one; a file of tests may have its own."""
    return 1440, 960


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Iterator[Contexts]:
    """Contexts that serve one test after the other.

    Of one module: Chromium gives no more frames to a context that has waited for some minutes while
    tests of other modules ran, and then nothing that waits for a frame ends.
    """
    shared = Contexts(browser)
    yield shared
    shared.close()


@pytest.fixture
def watched(contexts: Contexts, window_size: tuple[int, int]) -> Iterator[Callable[..., Watched]]:
    """Open windows; at the end none said anything, kept a cookie or asked a stranger."""
    with ExitStack() as stack:

        def opened(*size: int, **options: Any) -> Watched:
            width, height = (*size, *window_size[len(size) :])
            return stack.enter_context(Watched(contexts, width, height, **options))

        yield opened


@contextmanager
def _served(**environment: str) -> Iterator[str]:
    """Start gunicorn as `make run` does, with these settings; its origin."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn"]
    variables = os.environ | {"DISPLACEMENT_SNAPSHOTS": NO_LIBRARY} | environment
    variables |= {"PORT": str(port)}
    server = subprocess.Popen(command, cwd=ROOT, env=variables)
    origin = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{origin}{environment.get('DISPLACEMENT_URL_BASE_PATHNAME', '/')}readyz")
        yield origin
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Origin of a gunicorn that serves the application as `make run` does."""
    with _served() as origin:
        yield origin


@pytest.fixture
def serving_with() -> Iterator[Callable[..., str]]:
    """Start a gunicorn of one's own with these variables in its environment; its origin."""
    with ExitStack() as stack:
        yield lambda **environment: stack.enter_context(_served(**environment))


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Serve a page of somebody else, on another port, with this in its body; its address."""
    head = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Host</title>'
    with folder_served(tmp_path) as origin:

        def put(body: str, name: str = "index.html") -> str:
            (tmp_path / name).write_text(head + body, "utf-8")
            return f"{origin}/{name}"

        yield put
