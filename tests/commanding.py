"""The commands of the application, run on a library of a test's own."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask.testing import FlaskCliRunner

from callbacks.commands import boundaries, snapshots
from geodata.settings import BUNDLED, Settings


def runner(library: str, **settings: Any) -> FlaskCliRunner:
    """Run commands with this library, as the application has them; no page is made for it."""
    server = Flask(__name__)
    held = Settings(**{"snapshots": library, "snapshot": BUNDLED, **settings})
    for module in (snapshots, boundaries):
        module.register(SimpleNamespace(server=server), held)
    return server.test_cli_runner()


def run(library: str, *said: object, code: int = 0) -> str:
    """Run a command with this library; return what it says."""
    result = runner(library).invoke(args=[str(word) for word in said])
    assert result.exit_code == code, result.output
    return result.output


def base_of(said: str) -> str:
    """The version that a report says to go on from."""
    found = re.search(r"--base ([0-9a-f]{12})", said)
    assert found, said
    return found[1]
