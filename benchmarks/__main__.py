"""Run every measurement, print the table, and say by the exit code whether the counts hold."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks import (
    briefing,
    embed,
    files,
    filters,
    ingest,
    loading,
    scale,
    server,
    sizes,
    slider,
    slow_link,
)
from benchmarks.browser import VARIABLE, chromium
from benchmarks.serving import MAP, TUTORIAL, serving
from benchmarks.table import Row, as_markdown, as_text, failure
from geodata.settings import Settings

SETTINGS = Settings.model_config.get("env_prefix", "")


def measured(name: str, measure: Callable[[], list[Row]]) -> list[Row]:
    """Measure, or say what went wrong and go on."""
    print(f"Measuring: {name} ...", file=sys.stderr, flush=True)
    try:
        return measure()
    except Exception as error:
        traceback.print_exc()
        return [failure(name, error)]


def run() -> tuple[str, dict[str, list[Row]]]:
    """Measure everything; return where it was measured, and the rows by section."""
    with ExitStack() as stack:
        url = stack.enter_context(serving(MAP))
        tutorials = {n: stack.enter_context(serving(TUTORIAL.format(level=n))) for n in (1, 2)}
        browser = stack.enter_context(chromium())
        measurements: dict[str, Callable[[], list[Row]]] = {
            "First load": lambda: loading.measure(browser, url, tutorials[1]),
            "Slow link": lambda: slow_link.measure(browser, url, tutorials[1]),
            "Slider step, governorates": lambda: slider.measure(browser, url, tutorials[1], 1),
            "Slider step, districts": lambda: slider.measure(browser, url, tutorials[2], 2),
            "Filter change": lambda: filters.measure(browser, url),
            "Public map": lambda: embed.measure(browser, url),
            "Server": lambda: server.measure(url),
            "Files": lambda: files.measure(url),
            "Briefing": briefing.measure,
            "Ingest": ingest.measure,
            "Many rows": scale.measure,
            "Sizes": sizes.measure,
        }
        sections = {name: measured(name, measure) for name, measure in measurements.items()}
        return where(browser.version), sections


def where(chromium_version: str) -> str:
    """Describe the machine, and how busy it is with other things."""
    return (
        f"Python {platform.python_version()}, Chromium {chromium_version}, {os.cpu_count()} "
        f"processors of {platform.machine()}, load average {os.getloadavg()[0]:.1f}"
    )


def forget_settings() -> None:
    """Measure the map as it comes, whatever it is set to in this shell."""
    for name in [name for name in os.environ if name.startswith(SETTINGS) and name != VARIABLE]:
        del os.environ[name]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="write the table here too")
    options = parser.parse_args()
    if not os.environ.get(VARIABLE):
        parser.error(f"{VARIABLE} names no Chromium: run `make bench`, which finds one")
    forget_settings()
    title, sections = run()
    print(as_text(title, sections))
    if options.markdown:
        options.markdown.write_text(as_markdown(title, sections), encoding="utf-8")
    return int(any(row.fails for rows in sections.values() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
