"""The public map: one HTML page for one state, with its map, its table and its links in it.

No Dash, no Plotly. The page works without JavaScript; the bundle makes it live. The caller passes
its links: the running application, or a folder of files.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from geodata.exports.drawing import svg
from geodata.figures import programmes
from geodata.figures import state as states
from geodata.figures.availability import populations_with_counts
from geodata.figures.state import State
from geodata.figures.view import View, ViewAt
from geodata.i18n.language import Language
from geodata.links.embed_options import AUTO, DARK, EmbedOptions
from geodata.links.urls import Urls
from geodata.populations import POPULATIONS
from geodata.text.view_text import ViewText
from layouts import flows, script_strings
from layouts.bundle import DARK_QUERY, style
from layouts.share import Card
from layouts.shell import as_data, template
from layouts.shortcuts import listed


@dataclass(frozen=True)
class StateLink:
    """A link to another state; ``url`` is empty where that is not available."""

    label: str
    url: str
    current: bool = False
    title: str = ""


@dataclass(frozen=True)
class Links:
    """Addresses of the page's links and assets; empty where there is none.

    Attributes
    ----------
    view
        The view for the scripts: JSON to fetch, or a script to run (``.js``).
    populations, programmes
        Other states of the same map; one choice is none.
    previous, next
        The rounds beside the one shown, for readers without scripts.
    png_name
        Name under which the picture is saved; its own name where empty.
    timed_files
        Whether figures and picture are of the date in their address, as pages always are, so that
        they follow the timeline.
    """

    script: str
    style: str
    view: str
    sources: str
    full: str = ""
    csv: str = ""
    png: str = ""
    previous: str = ""
    next: str = ""
    populations: tuple[StateLink, ...] = ()
    programmes: tuple[StateLink, ...] = ()
    png_name: str = ""
    timed_files: bool = True


def population_label(language: Language, code: str) -> str:
    """Return the label of a population in the switch."""
    return language.gettext(POPULATIONS[code].label)


def scale_style(view: View, theme: str) -> str:
    """Return a style sheet with the colours of a view's scale."""
    light, dark = svg.scale_variables(view)
    later = f"@media {DARK_QUERY[theme]}{{:root{{{dark}}}}}" if theme in (AUTO, DARK) else ""
    return f":root{{{light}}}{later}"


def csp_hash(text: str) -> str:
    """Return the source by which a Content-Security-Policy allows an inline style or script."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def page(
    view: View,
    options: EmbedOptions,
    links: Links,
    *,
    notices: tuple[str, ...] = (),
    card: Card | None = None,
    packed: InlinedAssets | None = None,
    age: str = "",
) -> tuple[str, str]:
    """Render the page; return it and the style sheet in it, whose hash the policy must name.

    ``packed`` is what a page has in it that is to load nothing (:mod:`layouts.standalone`). ``age``
    says how long ago the newest figure is of, on pages that are made anew every day.
    """
    language, at = view.language, view.on_its_date()
    texts = ViewText(at)
    colors = scale_style(view, options.theme) + flows.style(at)
    html = template("embed.html").render(
        _=language.gettext,
        language=language,
        shortcuts=listed(language, "embed"),
        options=options,
        links=links,
        notices=notices,
        card=card,
        packed=packed,
        style=Markup(colors),  # noqa: S704 - colours of the scale
        title=texts.title,
        headline=texts.headline,
        date=language.date(at.date),
        iso=at.date.isoformat(),
        caption=texts.round,
        breaks=" ".join(texts.breaks),
        newest=texts.newest,
        age=age,
        map=Markup(svg.inline(at)),  # noqa: S704 - escaped where it is made
        legend=texts.legend,
        flows=flows.beside(at),
        unit=texts.unit,
        level=view.state.level,
        cells=texts.labels,
        picked=texts.picked,
        missing=texts.missing,
        notes=texts.notes,
        sources=texts.sources,
        disclaimer=texts.disclaimer,
        version=view.snapshot.version,
        data=as_data(_script_data(at, options, links)),
        color_scheme={AUTO: "light dark"}.get(options.theme, options.theme),
    )
    return html, colors


def problem(language: Language, urls: Urls, *, sentence: str, url: str) -> str:
    """Render the frame of a map that cannot be shown, with a link to another."""
    return template("embed-problem.html").render(
        _=language.gettext,
        language=language,
        style=urls.embed_style(AUTO, style(AUTO).version),
        sentence=sentence,
        url=url,
    )


def _script_data(at: ViewAt, options: EmbedOptions, links: Links) -> dict[str, Any]:
    language = at.language
    return {
        "view": links.view,
        "time": at.date.isoformat(),
        "follows": at.state.time is None,
        "area": at.state.area,
        "lock": options.lock,
        "play": options.play,
        "controls": options.controls,
        "dark": DARK_QUERY[options.theme],
        "writing": language.js_format(),
        "strings": script_strings.embed(language),
        "timeline": script_strings.timeline(language) if options.controls else {},
    }


def population_choices(view: View, go: Callable[[State], str]) -> Iterator[StateLink]:
    """Yield the same map of each population; ``go`` writes the address of a state."""
    state, snapshot = view.state, view.snapshot
    for code in populations_with_counts(snapshot):
        url = go(states.with_population(state, code, snapshot))
        label = population_label(view.language, code)
        yield StateLink(label, url, current=code == state.pop)


def programme_choices(view: View, go: Callable[[State], str]) -> Iterator[StateLink]:
    """Yield links to all programmes, to the chosen ones if several, and to each one.

    Nothing where the state chooses no programme.
    """
    language, state = view.language, view.state
    if not state.prog:
        return
    yield StateLink(language.gettext("All programmes"), go(replace(state, prog=())))
    if len(state.prog) > 1:
        yield StateLink(language.join_names(list(state.prog)), go(state), current=True)
    for row in programmes.overview(view.snapshot, language):
        only = (row["code"],)
        if state.funder and row["code"] not in state.paid:
            continue  # nothing would be chosen
        yield StateLink(row["code"], go(replace(state, prog=only)), state.prog == only, row["name"])


@dataclass(frozen=True)
class InlinedAssets:
    """Assets within the page instead of beside it; ``saved`` tells when it was saved."""

    style: Markup
    script: Markup
    policy: str
    saved: str
    url: str
