"""Settings come from the environment, once, and a wrong one is refused before anything starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from geodata.settings import BUNDLED, Settings

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in [name for name in os.environ if name.startswith("DISPLACEMENT_")]:
        monkeypatch.delenv(name)


def test_the_defaults_serve_the_bundled_snapshot():
    settings = Settings()
    assert settings.snapshot == BUNDLED
    assert settings.suppression_threshold == 5
    assert settings.url_base_pathname == "/"
    assert settings.frame_ancestors == "'self'"


def test_the_environment_decides(monkeypatch, tmp_path):
    monkeypatch.setenv("DISPLACEMENT_SNAPSHOT", str(tmp_path))
    monkeypatch.setenv("DISPLACEMENT_SUPPRESSION_THRESHOLD", "10")
    monkeypatch.setenv("DISPLACEMENT_URL_BASE_PATHNAME", "/displacement/")
    settings = Settings()
    assert settings.snapshot == tmp_path
    assert settings.suppression_threshold == 10
    assert settings.url_base_pathname == "/displacement/"


def test_what_tests_and_benchmarks_are_told_is_no_setting(monkeypatch):
    monkeypatch.setenv("DISPLACEMENT_CHROMIUM", "/usr/bin/chromium")
    monkeypatch.setenv("DISPLACEMENT_SHARED", "/data")
    assert Settings() == Settings()


def test_settings_do_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        Settings().suppression_threshold = 0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("suppression_threshold", -1, "greater than or equal to 0"),
        ("suppression_threshold", 1001, "less than or equal to 1000"),
        ("suppression_threshold", "few", "valid integer"),
        ("url_base_pathname", "displacement", "must start and end with a slash"),
        ("url_base_pathname", "/displacement", "must start and end with a slash"),
        ("cached_views", 0, "greater than or equal to 1"),
        ("colour", "red", "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name_and_rule(name, value, rule):
    with pytest.raises(ValidationError, match=rule) as refusal:
        Settings(**{name: value})
    assert name in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("URL_BASE_PATHNAME", "map", "must start and end with a slash"),
        ("SNAPSHOT", "/no/such/folder", "/no/such/folder holds no manifest.json"),
    ],
)
def test_a_server_that_cannot_start_says_why(name, value, said):
    done = subprocess.run(
        [sys.executable, "-c", "import app"],
        cwd=ROOT,
        env={**os.environ, f"DISPLACEMENT_{name}": value},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The map cannot start")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
