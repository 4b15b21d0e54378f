"""What `make` promises: pins that are complete, and one sentence where something cannot be had."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from importlib.metadata import requires, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.paths import ROOT

PRE_COMMIT = ".pre-commit-config.yaml"
# As `make run` starts it, but with an application that takes no time to load.
GUNICORN = (sys.executable, "-m", "gunicorn", "wsgiref.simple_server:demo_app")


def pins(name: str) -> dict[str, str]:
    """Return name -> version of a requirements file; every line must be an exact pin."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]
    assert all(re.fullmatch(r"==[\w.]+", str(item.specifier)) for item in found)
    return {
        canonicalize_name(item.name): str(item.specifier).removeprefix("==")
        for item in found
        if item.marker is None or item.marker.evaluate()
    }


def needed_by(name: str) -> set[str]:
    """Return what an installed package needs here, without its extras."""
    needs = map(Requirement, requires(name) or [])
    return {
        canonicalize_name(need.name)
        for need in needs
        if need.marker is None or need.marker.evaluate({"extra": ""})
    }


def failure(*command: str, **environment: str) -> str:
    """Run a command that must fail; return what it says."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_pins_are_what_is_installed_and_nothing_is_left_unpinned():
    to_run = pins("requirements.txt")
    to_test = to_run | pins("requirements-dev.txt")
    assert {name: version(name) for name in to_test} == to_test
    for pinned in (to_run, to_test):
        assert set().union(*map(needed_by, pinned)) - set(pinned) <= {"setuptools"}


def test_biome_has_one_version():
    texts = [(ROOT / name).read_text() for name in ("Makefile", "biome.json", PRE_COMMIT)]
    found = [re.findall(r"biome(?:@|js.dev/schemas/)([\d.]+\d)", text) for text in texts]
    assert all(len(versions) == 1 for versions in found)
    assert len(set(map(tuple, found))) == 1


def test_a_taken_port_is_told_in_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = failure(*GUNICORN, PORT=port)
    assert said.startswith(f"Port {port} cannot be used (address already in use)")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("port", ["", "0", "65536", "80a", "-1", "99999999999"])
def test_a_port_that_is_none_is_told_in_one_sentence(port):
    said = failure(*GUNICORN, PORT=port)
    assert said.startswith(f"PORT={port} is not a port: give a number from 1 to 65535")
    assert len(said.splitlines()) == 1


def test_a_browser_that_does_not_start_is_told_in_one_sentence():
    said = failure(sys.executable, "tests/chromium.py", CHROMIUM="/no/such/browser")
    assert said.startswith("CHROMIUM=/no/such/browser does not start as a browser.")
