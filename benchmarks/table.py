"""The result: rows of what was measured, each with its target where it has one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

HEAD = ("what", "target", "measured", "")
OK, OVER, FAILED = "ok", "over", "failed"
Sections = Mapping[str, Sequence["Row"]]


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes
    ----------
    verdict
        ``ok``, ``over``, ``failed``; empty where there is no target.
    fails
        Whether the run fails with it.
    """

    what: str
    measured: str
    target: str = ""
    verdict: str = ""
    fails: bool = False

    @property
    def cells(self) -> tuple[str, str, str, str]:
        return self.what, self.target, self.measured, self.verdict


def count(what: str, value: float, most: float, unit: str = "", more: str = "") -> Row:
    """Bytes or requests, at most ``most``; one too many fails the run."""
    over = value > most
    measured = _with(write(value, unit), more)
    return Row(what, measured, f"<= {write(most, unit)}", OVER if over else OK, fails=over)


def time(what: str, value: float, most: float) -> Row:
    """Milliseconds, at most ``most``."""
    return Row(what, write(value, "ms"), f"<= {most:g} ms", OVER if value > most else OK)


def factor(what: str, value: float, least: float) -> Row:
    """How many times faster, at least ``least``."""
    return Row(what, f"{value:,.0f}x", f">= {least:g}x", OK if value >= least else OVER)


def fact(what: str, measured: str) -> Row:
    """What has no target."""
    return Row(what, measured)


def failure(what: str, error: Exception) -> Row:
    """What could not be measured."""
    reason = textwrap.shorten(f"{type(error).__name__}: {error}", 90)
    return Row(what, reason, verdict=FAILED, fails=True)


def write(value: float, unit: str) -> str:
    """Write a value: ``0.3 ms``, ``74 ms``, ``9.6 kB``, ``1``; kB are given in bytes."""
    if unit == "kB":
        return f"{value / 1000:,.1f} kB"
    if unit == "ms":
        return f"{value:,.{1 if value < 10 else 0}f} ms"
    if not unit and not float(value).is_integer():
        return f"{value:.2g}"
    return f"{value:,.0f} {unit}".rstrip()


def middle(values: Iterable[float]) -> float:
    return float(np.percentile(list(values), 50))


def slowest(values: Iterable[float]) -> float:
    """Return the 95th percentile."""
    return float(np.percentile(list(values), 95))


def spread(values: Sequence[float]) -> str:
    """Write p50 and p95 of milliseconds."""
    return f"{write(middle(values), 'ms')} / {write(slowest(values), 'ms')}"


def _with(measured: str, more: str) -> str:
    return f"{measured} ({more})" if more else measured


def as_text(title: str, sections: Sections) -> str:
    cells = [row.cells for rows in sections.values() for row in rows]
    widths = [max(map(len, column)) for column in zip(HEAD, *cells, strict=True)]

    def line(values: Iterable[str]) -> str:
        padded = (value.ljust(width) for value, width in zip(values, widths, strict=True))
        return "  ".join(padded).rstrip()

    lines = [title, "", line(HEAD), line("-" * width for width in widths)]
    for name, rows in sections.items():
        lines += ["", name.upper(), *(line(row.cells) for row in rows)]
    return "\n".join(lines) + "\n"


def as_markdown(title: str, sections: Sections) -> str:
    parts = ["# Benchmarks", "", title]
    for name, rows in sections.items():
        parts += ["", f"## {name}", "", f"| {' | '.join(HEAD)}|", "| --- | ---: | ---: | --- |"]
        parts += [f"| {' | '.join(row.cells)} |" for row in rows]
    return "\n".join(parts) + "\n"
