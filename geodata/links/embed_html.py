"""What a web editor pastes: a frame with the map, and the script that gives it its height.

::

    query of the share page ──▶ EmbedChoice ──▶ state that is embedded ──▶ address ──▶ code
      freeze · width · height · language · the options of geodata.links.embed_options

A map that *follows* names neither date nor snapshot and shows the newest figures for ever; a
*frozen* one names both and never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape

from geodata.figures.query_keys import QueryReader
from geodata.figures.state import State, following, frozen
from geodata.figures.view import View
from geodata.i18n.language import Language, languages
from geodata.i18n.messages import gettext
from geodata.links import embed_options
from geodata.links.embed_options import EmbedOptions
from geodata.snapshots.snapshot import Snapshot
from geodata.text import view_headlines, wording

WIDTHS, HEIGHTS = (240, 2000), (300, 2000)
HEIGHT = 750
_NO_SIZE = gettext("{key}={value} is no size in pixels: {key} may be from {low} to {high}.")


@dataclass(frozen=True)
class FrameSize:
    """Size of the frame in pixels; without a width it is as wide as its place."""

    width: int | None = None
    height: int = HEIGHT


@dataclass(frozen=True)
class EmbedChoice:
    """What was chosen for the embedded map on the share page.

    Attributes
    ----------
    freeze
        Whether the map stays at the date and the snapshot shown.
    lang
        Language of the map, which need not be the one of the page.
    """

    freeze: bool = False
    lang: str = "en"
    size: FrameSize = FrameSize()
    options: EmbedOptions = field(default_factory=EmbedOptions)


def parse_choice(
    query: Mapping[str, str], state: State, language: Language
) -> tuple[EmbedChoice, list[str]]:
    """Read what was chosen; a wrong value gives its default and a notice.

    Parameters
    ----------
    state
        What is shared. One that names a date or a snapshot is frozen unless told otherwise.
    """
    reader = QueryReader(query, lenient=True, language=language)
    options, notices = embed_options.parse_embed_options(query, language)
    by_itself = bool(state.time or state.v)
    choice = EmbedChoice(
        freeze=reader.get("freeze", by_itself, reader.switch("freeze")),
        lang=reader.get("language", state.lang, reader.choice("language", languages())),
        size=FrameSize(
            width=reader.get("width", None, reader.whole("width", WIDTHS, _NO_SIZE)),
            height=reader.get("height", HEIGHT, reader.whole("height", HEIGHTS, _NO_SIZE)),
        ),
        options=options,
    )
    return choice, [*reader.notices, *notices]


def embedded(state: State, choice: EmbedChoice, snapshot: Snapshot) -> State:
    """Return the state of the map that is embedded."""
    chosen = replace(state, lang=choice.lang, english=False)
    return frozen(chosen, snapshot) if choice.freeze else following(chosen)


def name(view: View) -> str:
    """Return the name of the frame for those who do not see it.

    Figures only where they stay the same.
    """
    title = wording.title_in_country(view)
    if not (view.state.time and view.state.v):
        return title
    headline = view_headlines.headline(view.on_its_date())
    return view.language.gettext("{title}: {headline}", title=title, headline=headline)


def frame(address: str, title: str, size: FrameSize) -> str:
    """Write the frame as HTML. A width in pixels never exceeds the place it is in."""
    style = "border:0;max-width:100%" if size.width else "border:0"
    attributes = {
        "src": address,
        "title": title,
        "width": str(size.width or "100%"),
        "height": str(size.height),
        "style": style,
        "loading": "lazy",
    }
    attribute_text = " ".join(f'{key}="{escape(value)}"' for key, value in attributes.items())
    return f"<iframe {attribute_text}></iframe>"


def code(address: str, title: str, size: FrameSize, *, script: str = "") -> str:
    """Write what is pasted: the frame and, if there is one, the script that fits its height.

    Parameters
    ----------
    address, script
        Absolute links to the map and to the script.
    """
    pasted = frame(address, title, size)
    return f'{pasted}\n<script src="{escape(script)}" async></script>' if script else pasted
