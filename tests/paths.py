"""Folders that tests read, wherever the file of a test lies."""

from __future__ import annotations

import os
from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
PUBLISHED = TESTS / "published"  # the extract of the source tables that comes with the project
# The source tables themselves: a checkout may stand beside them.
SHARED = Path(os.environ.get("DISPLACEMENT_SHARED", ROOT.parent / "shared" / "data"))
