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

from geodata.figures.query_keys import QueryReader, encode_items
from geodata.figures.state import State
from geodata.figures.state import query_items as state_pairs
from geodata.i18n.language import Language
from geodata.snapshots.snapshot import Snapshot

AUTO, LIGHT, DARK = "auto", "light", "dark"
THEMES = (AUTO, LIGHT, DARK)


@dataclass(frozen=True)
class EmbedOptions:
    """How an embedded map looks and what a reader may do with it."""

    controls: bool = True
    legend: bool = True
    title: bool = True
    lock: bool = False
    static: bool = False
    play: bool = False
    theme: str = AUTO


def parse_embed_options(
    query: Mapping[str, str], language: Language, *, lenient: bool = True
) -> tuple[EmbedOptions, list[str]]:
    """Read the options of a query; the notices name what was not understood.

    Raises
    ------
    StateError
        Naming the key, the value and what is allowed; never when ``lenient``.
    """
    reader = QueryReader(query, lenient, language)
    default = EmbedOptions()
    switches = {
        name: reader.get(name, getattr(default, name), reader.switch(name))
        for name in switch_names()
    }
    theme = reader.get("theme", AUTO, reader.choice("theme", THEMES))
    return EmbedOptions(**switches, theme=theme), reader.notices


def switch_names() -> tuple[str, ...]:
    """Return names of the options that are on or off."""
    return tuple(each.name for each in fields(EmbedOptions) if isinstance(each.default, bool))


def option_items(options: EmbedOptions) -> list[tuple[str, str]]:
    """Return keys and values that differ from the defaults, in the order of declaration."""
    changed = [
        (each.name, getattr(options, each.name))
        for each in fields(EmbedOptions)
        if getattr(options, each.name) != each.default
    ]
    return [(name, value if isinstance(value, str) else str(int(value))) for name, value in changed]


def query(state: State, options: EmbedOptions, snapshot: Snapshot) -> str:
    """Write state and options as the shortest query that parses to both."""
    return encode_items([*state_pairs(state, snapshot), *option_items(options)])
