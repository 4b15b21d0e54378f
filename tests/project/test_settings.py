"""Settings come from the environment, once, and a wrong one is refused before anything starts."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from pydantic import ValidationError

from app import start
from geodata.settings import BUNDLED, Settings
from tests.paths import ROOT


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
    assert settings.embed_ancestors == "*"
    assert (settings.snapshots, settings.store) == (str(ROOT / "snapshots"), "")
    assert (settings.public_url, settings.trusted_proxies) == ("", 0)


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


def test_every_setting_is_told_to_whoever_installs_it():
    told = (ROOT / "README.md").read_text("utf-8").partition("## Settings")[2]
    rows = set(re.findall(r"^\| `(\w+)` \|", told, re.M))
    assert rows == {name.upper() for name in Settings.model_fields}


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
        ("cached_megabytes", 0, "greater than or equal to 1"),
        ("trusted_proxies", -1, "greater than or equal to 0"),
        ("trusted_proxies", 11, "less than or equal to 10"),
        ("colour", "red", "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name_and_rule(name, value, rule):
    with pytest.raises(ValidationError, match=rule) as refusal:
        Settings(**{name: value})
    assert name in str(refusal.value)


ANCESTORS = ["frame_ancestors", "embed_ancestors"]


@pytest.mark.parametrize("name", ANCESTORS)
@pytest.mark.parametrize(
    ("value", "kept"),
    [
        *((each, each) for each in ("'self'", "'none'", "*", "https:", "localhost:8080")),
        ("'self' https://example.org", "'self' https://example.org"),
        ("*.example.org  http://10.0.0.1:*", "*.example.org http://10.0.0.1:*"),
        (" https://xn--mgbai9azgqp6j.example:8443 ", "https://xn--mgbai9azgqp6j.example:8443"),
    ],
)
def test_who_may_frame_is_written_as_browsers_read_it(name, value, kept):
    assert getattr(Settings(**{name: value}), name) == kept


@pytest.mark.parametrize("name", ANCESTORS)
@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("https://a.org; script-src *", "no comma, semicolon or line end"),
        ("https://a.org, https://b.org", "no comma, semicolon or line end"),
        ("https://a.org\nX-Evil: 1", "no comma, semicolon or line end"),
        ("https://a.org\r", "no comma, semicolon or line end"),
        ("", "name who may frame the pages"),
        ("  ", "name who may frame the pages"),
        ("'none' https://a.org", "stands alone"),
        ("self", "with their quotes"),
        ("none", "with their quotes"),
        ("'everyone'", "is not known"),
        ("https://a.org/news", "without a path"),
        ("https://a.org/", "without a path"),
        ("https://", "is not known"),
        ("*.*.org", "is not known"),
        ("a.org:port", "is not known"),
        ("https://خريطة.org", "is not known"),
        ("https://a.org\x00", "is not known"),
        ("<b>", "is not known"),
    ],
)
def test_a_word_that_would_end_the_rule_or_be_ignored_is_refused(name, value, rule):
    with pytest.raises(ValidationError, match=rule) as refusal:
        Settings(**{name: value})
    assert name in str(refusal.value)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("", ""),
        ("https://example.org", "https://example.org"),
        ("https://example.org/", "https://example.org"),
        ("http://localhost:8050", "http://localhost:8050"),
        ("http://[::1]:8050/", "http://[::1]:8050"),
    ],
)
def test_where_the_site_is_found_is_a_scheme_and_a_host(value, kept):
    assert Settings(public_url=value).public_url == kept


@pytest.mark.parametrize(
    "value",
    [
        *("example.org", "//example.org", "ftp://example.org", "https://", "https:///x", "/"),
        *("https://example.org/map", "https://example.org/?a=1", "https://example.org#x"),
        *("https://me@example.org", "https://a b.org", "https://a.org\n", 'https://a"b.org'),
        *("javascript://a.org", "https://-", "https://a.org:port"),
    ],
)
def test_anything_else_is_no_place_where_the_site_is_found(value):
    with pytest.raises(ValidationError, match="must be http:// or https:// and a host"):
        Settings(public_url=value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("URL_BASE_PATHNAME", "map", "must start and end with a slash"),
        ("SNAPSHOT", "/no/such/folder", "/no/such/folder holds no manifest.json"),
        ("SNAPSHOTS", "/no/such/folder", "there is no library /no/such/folder"),
        ("SNAPSHOTS", "nosuch://bucket/path", "nosuch://bucket/path cannot be a library"),
        ("STORE", "redis://example.org", "an engine that is not known"),
        ("EMBED_ANCESTORS", "a, b", "no comma, semicolon or line end may be in it"),
    ],
)
def test_an_application_that_cannot_start_says_why(monkeypatch, name, value, said):
    monkeypatch.setenv(f"DISPLACEMENT_{name}", value)
    with pytest.raises(SystemExit, match="^The map cannot start") as stop:
        start()
    assert said in str(stop.value)


def test_a_server_that_cannot_start_says_nothing_else():
    done = subprocess.run(
        [sys.executable, "-c", "import app"],
        cwd=ROOT,
        env={**os.environ, "DISPLACEMENT_SNAPSHOT": "/no/such/folder"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The map cannot start")
    assert "/no/such/folder holds no manifest.json" in done.stderr
    assert "Traceback" not in done.stderr
