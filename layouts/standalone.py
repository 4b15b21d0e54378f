"""The public map as one file that needs nothing else: for a memory stick, a mail, an archive.

It is the embedded map with its style, its scripts and its figures within the page. A policy in the
file itself forbids every request.
"""

from __future__ import annotations

import datetime as dt

from markupsafe import Markup

from geodata.figures.view import View
from geodata.links.embed_options import AUTO, EmbedOptions
from layouts import bundle
from layouts import embed as layout
from layouts.embed import InlinedAssets, Links


def page(view: View, figures: bytes, *, permalink: str, sources: str, today: dt.date) -> str:
    """Render a view as one file.

    Parameters
    ----------
    figures
        The view as JSON, for all dates.
    permalink, sources
        Addresses of the same figures, and of their sources, where there is a network.
    today
        The day on which it is saved, in UTC.
    """
    language = view.language
    script = _script(figures, flows=bool(view.state.flows))
    saved = language.gettext(
        "Saved on {date}. It shows snapshot {version} and follows no newer figures; they are at:",
        date=language.date(today, "long"),
        version=view.snapshot.version,
    )
    packed = InlinedAssets(
        style=Markup(bundle.style(AUTO).body.decode()),  # noqa: S704 - our own files
        script=script,
        policy=_policy(script),
        saved=saved,
        url=permalink,
    )
    links = Links(script="", style="", view="", sources=sources, full=permalink)
    return layout.page(view, EmbedOptions(), links, packed=packed)[0]


def _script(figures: bytes, *, flows: bool) -> Markup:
    """Return the figures and the scripts, escaped so that nothing ends their element."""
    view = figures.decode().replace("<", "\\u003c").replace("\u2028", "\\u2028")
    received = f"window.displacement=window.displacement||{{}};window.displacement.view={view};"
    scripts = bundle.script(flows=flows).body.decode()
    return Markup(f"{received}\n{scripts}")  # noqa: S704 - escaped, and our own


def _policy(script: str) -> str:
    return (
        f"default-src 'none'; script-src {layout.csp_hash(script)}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
