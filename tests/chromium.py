"""Find a Chromium for the browser tests and the benchmark, or install one; print its path.

Looked for, in this order: ``$CHROMIUM``; the names below on the ``PATH``; Playwright's own. Where
there is none, the system's package manager gets one if this user may use it, else Playwright
downloads its own. What happens is told on standard error: only the path is on standard output.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

# Without its windows, Chromium loads a page in half the processor time; elsewhere it is the same.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "Install Chromium or Google Chrome, or set CHROMIUM=/path/to/one, then try again."


def starts(path: str) -> bool:
    """Tell whether this browser runs here; some systems put a stub on the ``PATH``."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def find() -> str | None:
    return next(filter(starts, candidates()), None)


def run(*command: str) -> bool:
    """Run a command with its output on standard error; tell whether it succeeded."""
    print("$", " ".join(command), file=sys.stderr, flush=True)
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode == 0


def as_root() -> list[str] | None:
    """Return what to put before a command to run it as root; None where that needs a password."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    allowed = shutil.which("sudo") and subprocess.run([*sudo, "true"], capture_output=True)
    return sudo if allowed and allowed.returncode == 0 else None


def install_with_apt() -> None:
    root = as_root()
    if root is None or not shutil.which("apt-get"):
        return
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    if run(*apt, "update"):
        run(*apt, "install", "-y", SHELL) or run(*apt, "install", "-y", "chromium")


def install_with_playwright() -> None:
    libraries_too = ["--with-deps"] if as_root() is not None and shutil.which("apt-get") else []
    run(sys.executable, "-m", "playwright", "install", *libraries_too, "chromium")


def chosen() -> str | None:
    """Return ``$CHROMIUM``, which must start when it is set."""
    path = os.environ.get("CHROMIUM")
    if path and not starts(path):
        sys.exit(f"CHROMIUM={path} does not start as a browser. {ADVICE}")
    return path or None


def obtain() -> str:
    """Return the path of a browser that starts, installing one where there is none."""
    path = chosen() or find()
    if path:
        return path
    print("No Chromium found: installing one.", file=sys.stderr, flush=True)
    for install in (install_with_apt, install_with_playwright):
        install()
        path = find()
        if path:
            return path
    sys.exit(f"No Chromium starts here and none could be installed. {ADVICE}")


if __name__ == "__main__":
    browser = obtain()
    print(f"Browser: {browser}", file=sys.stderr, flush=True)
    print(browser)
