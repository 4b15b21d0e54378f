"""The commands of the application, run on a library of a test's own."""

from __future__ import annotations

import re
from types import SimpleNamespace

from flask import Flask

from callbacks.commands import boundaries, snapshots
from geodata.settings import BUNDLED, Settings


def run(library: str, *said: object, code: int = 0) -> str:
    """Run a command with this library, as the application has it; return what it says."""
    settings = Settings(snapshots=library, snapshot=BUNDLED)
    server = Flask(__name__)
    for module in (snapshots, boundaries):
        module.register(SimpleNamespace(server=server), settings)
    result = server.test_cli_runner().invoke(args=[str(word) for word in said])
    assert result.exit_code == code, result.output
    return result.output


def base_of(said: str) -> str:
    """The version that a report says to go on from."""
    found = re.search(r"--base ([0-9a-f]{12})", said)
    assert found, said
    return found[1]
