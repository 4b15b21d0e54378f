"""The slides of a briefing as a page of a published folder, live from a disk, too.

::

    contents ──▶ Slides ─┬─▶ style(), script()   one file each, with the hash of what is in it
                         └─▶ page()              briefing.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import rcssmin
import rjsmin

from geodata.briefing.briefing import Briefing
from geodata.briefing.content import Content
from geodata.links.urls import Urls
from layouts import briefing as layout
from layouts import publish, shortcuts
from layouts.briefing import Links, RenderedSlide
from layouts.bundle import Bundle, bundled, joined
from layouts.publish import PublishedFolder

_SCRIPTS = (*layout.SLIDE_SCRIPTS[:-1], "briefing/folder.js", layout.SLIDE_SCRIPTS[-1])
_NO_FILES = dict.fromkeys(("pptx", "pdf", "yaml"), "")
_NO_LINKS = Links(present="", editor="", default="", add="", files=_NO_FILES)


@dataclass(frozen=True)
class Slides:
    """Slides of a published folder; ``site`` is the address of the application, or empty."""

    briefing: Briefing
    contents: Sequence[Content]
    site: str = ""

    @cached_property
    def deck(self) -> list[RenderedSlide]:
        """The slides, drawn."""
        return layout.render_slides(self.contents, Urls(self.site) if self.site else None)

    def style(self) -> Bundle:
        """Return their styles, and the colours of their scales."""
        own = layout.own_style(self.deck)
        return bundled(rcssmin.cssmin(joined(layout.SLIDE_STYLES)) + own)

    @staticmethod
    def script() -> Bundle:
        """Return what presents them."""
        return bundled(rjsmin.jsmin(joined(_SCRIPTS)))

    def page(self, folder: PublishedFolder, view_url: Callable[[RenderedSlide], str]) -> str:
        """Render the page; ``folder`` has the assets ``style`` and ``script`` of these slides.

        Parameters
        ----------
        view_url
            The script that holds the view of a slide.
        """
        return publish.render(
            "published-briefing.html",
            folder,
            current="briefing",
            scripts_of_page=["script"],
            links=_NO_LINKS,
            added=None,
            shortcuts=shortcuts.listed(folder.language, "published briefing"),
            **layout.shown(self.briefing, self.contents, self.deck, view_url),
        )
