"""The slides of a published folder: the page, what it loads, and the views of its maps.

::

    Publication.briefing ──▶ contents ─┬─▶ briefing.html
                                       ├─▶ static/briefing.<hash>.css, .js
                                       └─▶ data/ a script for each view, shared with the maps
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from callbacks.serving.context import Context
from geodata.briefing.briefing import Briefing
from geodata.briefing.slides import contents
from geodata.links.urls import FolderUrls
from geodata.publishing.embeds import Embed
from layouts import publish as pages
from layouts.briefing import RenderedSlide
from layouts.bundle import Bundle
from layouts.publish import PublishedFolder
from layouts.published_briefing import Slides

_TOP = FolderUrls()


def files(
    context: Context,
    briefing: Briefing,
    folder: PublishedFolder,
    view_script: Callable[[Embed], Bundle],
) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every file of the slides.

    Parameters
    ----------
    view_script
        Writes the view of a map as a script.
    """
    slides = Slides(briefing, contents(briefing, context.snapshot, context.computed), folder.site)
    views = {each.number: _view(each, view_script) for each in slides.deck if each.maps}
    yield from views.values()
    style, script = slides.style(), slides.script()
    assets = {
        "style": _TOP.static("briefing", style.version, "css"),
        "script": _TOP.static("briefing", script.version, "js"),
    }
    yield assets["style"], style.body
    yield assets["script"], script.body
    assets[pages.ICON] = folder.assets[pages.ICON]
    folder = replace(folder, language=briefing.language, assets=assets)
    html = slides.page(folder, lambda each: views[each.number][0])
    yield _TOP.briefing(), html.encode()


def _view(each: RenderedSlide, view_script: Callable[[Embed], Bundle]) -> tuple[str, bytes]:
    """Return path and content of the view of a slide with maps."""
    at = each.content.at
    embed = Embed(at.snapshot, at.state)
    script = view_script(embed)
    return _TOP.view(embed.view_name, script.version), script.body
