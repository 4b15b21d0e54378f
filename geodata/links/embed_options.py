"""What an embedded map shows of itself: the options in its URL beside the state.

``controls=0`` no timeline and no switches · ``legend=0`` · ``title=0`` · ``lock=1`` population,
programmes and area stay as they are · ``static=1`` no script at all · ``play=1`` starts by itself,
never where the reader asked for less motion · ``theme=light|dark|auto``

Read and written like the state itself: defaults are left out, a wrong value gives its default and
a notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from geodata.figures.query_keys import Reader, joined
from geodata.figures.state import State
from geodata.figures.state import pairs as state_pairs
from geodata.i18n.language import Language
from geodata.snapshots.snapshot import Snapshot

AUTO, LIGHT, DARK = "auto", "light", "dark"
THEMES = (AUTO, LIGHT, DARK)


@dataclass(frozen=True)
class Options:
    """How an embedded map looks and what a reader may do with it."""

    controls: bool = True
    legend: bool = True
    title: bool = True
    lock: bool = False
    static: bool = False
    play: bool = False
    theme: str = AUTO


def parse(
    query: Mapping[str, str], speech: Language, *, lenient: bool = True
) -> tuple[Options, list[str]]:
    """Read the options of a query; the notices name what was not understood.

    Raises
    ------
    StateError
        Naming the key, the value and what is allowed; never when ``lenient``.
    """
    reader = Reader(query, lenient, speech)
    default = Options()
    switches = {
        name: reader.get(name, getattr(default, name), reader.switch(name))
        for name in switch_names()
    }
    theme = reader.get("theme", AUTO, reader.choice("theme", THEMES))
    return Options(**switches, theme=theme), reader.notices


def switch_names() -> tuple[str, ...]:
    """Names of the options that are on or off."""
    return tuple(each.name for each in fields(Options) if isinstance(each.default, bool))


def pairs(options: Options) -> list[tuple[str, str]]:
    """Keys and values that differ from the defaults, in the order of declaration."""
    changed = [
        (each.name, getattr(options, each.name))
        for each in fields(Options)
        if getattr(options, each.name) != each.default
    ]
    return [(name, value if isinstance(value, str) else str(int(value))) for name, value in changed]


def query(state: State, options: Options, snapshot: Snapshot) -> str:
    """Write state and options as the shortest query that parses to both."""
    return joined([*state_pairs(state, snapshot), *pairs(options)])
