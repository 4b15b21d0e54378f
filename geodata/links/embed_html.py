"""Write what a web editor pastes: a frame with the map, and the script that fits its height.

::

    query of the share page ──▶ EmbedChoice ──▶ state that is embedded ──▶ address ──▶ code
      freeze · width · height · language · the options of geodata.links.embed_options

A map that *follows* names neither date nor snapshot and always shows the newest figures; a
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
    """Choices on the share page for the embedded map.

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
    """Parse what was chosen; a wrong value gives its default and a notice.

    Parameters
    ----------
    state
        State that is shared. One that names a date or a snapshot is frozen by default.
    """
    reader = QueryReader(query, lenient=True, language=language)
    options, notices = embed_options.parse_embed_options(query, language)
    default_freeze = bool(state.time or state.v)
    choice = EmbedChoice(
        freeze=reader.get("freeze", default_freeze, reader.switch("freeze")),
        lang=reader.get("language", state.lang, reader.choice("language", languages())),
        size=FrameSize(
            width=reader.get("width", None, reader.whole("width", WIDTHS, _NO_SIZE)),
            height=reader.get("height", HEIGHT, reader.whole("height", HEIGHTS, _NO_SIZE)),
        ),
        options=options,
    )
    return choice, [*reader.notices, *notices]


def embedded_state(state: State, choice: EmbedChoice, snapshot: Snapshot) -> State:
    """Return the state of the map that is embedded."""
    chosen = replace(state, lang=choice.lang, english=False)
    return frozen(chosen, snapshot) if choice.freeze else following(chosen)


def frame_title(view: View) -> str:
    """Return the title of the frame, for screen readers; with figures only if they never change."""
    title = wording.title_in_country(view)
    if not (view.state.time and view.state.v):
        return title
    headline = view_headlines.headline(view.on_its_date())
    return view.language.gettext("{title}: {headline}", title=title, headline=headline)


def frame(address: str, title: str, size: FrameSize) -> str:
    """Return the frame as HTML; a width in pixels never exceeds the place it is in."""
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


@dataclass(frozen=True)
class Remains:
    """What is left of the code where frames are taken out, as in feeds and e-mail: two links.

    Attributes
    ----------
    page, picture
        Absolute links to the map page, and to a picture of the state.
    """

    page: str
    picture: str


def with_remains(markup: str, title: str, size: FrameSize, remains: Remains) -> str:
    """Write a frame with a linked picture beside it, which is cut off while the frame is there.

    What is cut off is not reached by the keyboard. Nor is it loaded, as the picture is lazy and
    farther away than browsers load ahead; the frame keeps it there, and takes the distance with it.
    """
    limit = f";max-width:{size.width}px" if size.width else ""
    page, picture, name = (escape(each) for each in (remains.page, remains.picture, title))
    return (
        f'<div style="display:flex;align-items:flex-start;overflow:hidden;overflow:clip{limit}">'
        f"{markup.replace('border:0', 'flex:none;margin-inline-end:9999px;border:0', 1)}"
        f'<a href="{page}" tabindex="-1" style="flex:none;width:100%">'
        f'<img src="{picture}" alt="{name}" loading="lazy" style="max-width:100%"></a></div>'
    )


def code(
    address: str, title: str, size: FrameSize, *, script: str = "", remains: Remains | None = None
) -> str:
    """Return the code to paste: the frame and, if there is one, the script that fits its height.

    Parameters
    ----------
    address, script
        Absolute links to the map and to the script.
    remains
        What stays where the frame is taken out; nothing if left out.
    """
    markup = frame(address, title, size)
    if remains:
        markup = with_remains(markup, title, size, remains)
    return f'{markup}\n<script src="{escape(script)}" async></script>' if script else markup
