"""Serve what the map and the timeline need in another Dash application."""

from __future__ import annotations

from functools import partial

from dash import Dash

from callbacks.serving.static_assets import asset_response
from geodata.links.urls import Urls
from layouts import bundle


def add_files(app: Dash) -> None:
    """Add the script and the style of :mod:`layouts.elsewhere` to an application."""
    urls = Urls(app.config.routes_pathname_prefix)
    for name, listed in [
        ("components.js", app.config.external_scripts),
        ("page.css", app.config.external_stylesheets),
    ]:
        file = bundle.built(name)
        address = urls.built(name, file.version)
        answer = partial(asset_response, file, file.version, name.rpartition(".")[2])
        app.server.add_url_rule(address, endpoint=address, view_func=answer)
        listed.append(address)
