"""Check out another commit beside the working tree, with an environment that it can run in."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.serving import ROOT

ENVIRONMENTS = ROOT / ".cache" / "revisions"


class CannotCompare(Exception):
    """There is nothing to compare; the sentence says why."""


def commit_of(ref: str) -> str:
    """Return the full name of a commit, branch or tag.

    Raises
    ------
    CannotCompare
        If nothing is named, or what is named is not in this repository.
    """
    if not ref:
        raise CannotCompare("Name what to compare with, as in REF=main.")
    try:
        return _git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    except CannotCompare:
        raise CannotCompare(f"REF={ref} is no commit, branch or tag here.") from None


@contextmanager
def checked_out(ref: str, folder: Path) -> Iterator[Path]:
    """Check a commit out beside the working tree; it is gone afterwards."""
    tree = folder / "tree"
    _git("worktree", "add", "--quiet", "--detach", str(tree), ref)
    try:
        yield tree
    finally:
        _git("worktree", "remove", "--force", str(tree))


def _git(*arguments: str) -> str:
    process = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    if process.returncode:
        raise CannotCompare(process.stderr.strip())
    return process.stdout.strip()


def python_for(tree: Path) -> Path:
    """Return the Python that a tree runs in: this one, unless it pins what this one has not."""
    requirements = (tree / "requirements.txt").read_bytes()
    here = (ROOT / "requirements.txt").read_bytes()
    if set(requirements.splitlines()) <= set(here.splitlines()):
        return Path(sys.executable)
    environment = ENVIRONMENTS / hashlib.sha256(requirements).hexdigest()[:12]
    python, complete = environment / "bin" / "python", environment / "whole"
    print(f"Its requirements.txt differs: it runs in an environment of its own, {environment}.")
    if not complete.exists():
        pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        file = str(tree / "requirements.txt")
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(environment)],
            [str(python), *pip, "-r", file],
        ):
            if subprocess.run(command).returncode:
                raise CannotCompare("The environment cannot be made; see above.")
        complete.touch()
    return python
