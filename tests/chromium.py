"""Find a browser for the tests and the benchmark, or install one; print its path.

``python tests/chromium.py`` looks for a Chromium, in this order: ``$CHROMIUM``; its names on the
``PATH``; Playwright's own. Where there is none, the system's package manager gets one if this user
may use it, else Playwright downloads its own. ``python tests/chromium.py firefox`` does the same
for a Firefox, which cannot be downloaded so; where none can be had it prints nothing, and the tests
that need one skip. What happens is told on standard error: only the path is on standard output.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import sync_playwright


@dataclass(frozen=True)
class Wanted:
    """A browser: what it is called on the ``PATH``, and Debian's packages of it, the best first.

    ``variable`` names one of one's own. ``downloaded`` is whether Playwright's own will do.
    """

    name: str
    variable: str
    names: tuple[str, ...]
    packages: tuple[str, ...]
    downloaded: bool = False

    @property
    def advice(self) -> str:
        """What a person can do where there is none."""
        return f"Install {self.name}, or set {self.variable}=/path/to/one, then try again."


# Without its windows, Chromium loads a page in half the processor time; elsewhere it is the same.
SHELL = "chromium-headless-shell"
CHROMIUM = Wanted(
    "Chromium or Google Chrome",
    "CHROMIUM",
    (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    (SHELL, "chromium"),
    downloaded=True,
)
FIREFOX = Wanted("Firefox", "FIREFOX", ("firefox-esr", "firefox"), ("firefox-esr", "firefox"))


def starts(path: str) -> bool:
    """Tell whether this browser runs here; some systems put a stub on the ``PATH``."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def candidates(wanted: Wanted) -> Iterator[str]:
    yield from filter(None, map(shutil.which, wanted.names))
    if wanted.downloaded:
        with sync_playwright() as playwright:
            yield playwright.chromium.executable_path


def find(wanted: Wanted = CHROMIUM) -> str | None:
    return next(filter(starts, candidates(wanted)), None)


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


def install_with_apt(wanted: Wanted) -> None:
    root = as_root()
    if root is None or not shutil.which("apt-get"):
        return
    apt = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    if run(*apt, "update"):
        any(run(*apt, "install", "-y", package) for package in wanted.packages)


def install_with_playwright(wanted: Wanted) -> None:
    if not wanted.downloaded:
        return
    libraries_too = ["--with-deps"] if as_root() is not None and shutil.which("apt-get") else []
    run(sys.executable, "-m", "playwright", "install", *libraries_too, "chromium")


def chosen(wanted: Wanted) -> str | None:
    """Return the browser of one's own, ``$CHROMIUM``, which must start when it is set."""
    path = os.environ.get(wanted.variable)
    if path and not starts(path):
        sys.exit(f"{wanted.variable}={path} does not start as a browser. {wanted.advice}")
    return path or None


def obtain(wanted: Wanted = CHROMIUM) -> str | None:
    """Return the path of a browser that starts, installing one where there is none."""
    path = chosen(wanted) or find(wanted)
    if path:
        return path
    print(f"No {wanted.name} found: installing one.", file=sys.stderr, flush=True)
    for install in (install_with_apt, install_with_playwright):
        install(wanted)
        path = find(wanted)
        if path:
            return path
    return None


def main(name: str = "") -> None:
    """Print the path of the browser that is asked for by its name."""
    wanted = FIREFOX if name == "firefox" else CHROMIUM
    browser = obtain(wanted)
    sentence = f"No {wanted.name} starts here and none could be installed."
    if browser:
        print(f"Browser: {browser}", file=sys.stderr, flush=True)
        print(browser)
    elif wanted is FIREFOX:
        print(f"{sentence} Its tests are skipped. {wanted.advice}", file=sys.stderr, flush=True)
    else:
        sys.exit(f"{sentence} {wanted.advice}")


if __name__ == "__main__":
    main(*sys.argv[1:])
