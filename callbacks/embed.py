"""The public map and the files that it and shared links lead to.

=================================  ===============================================================
``GET /embed?<state>&<options>``   the public map, one HTML page
``GET /embed/map.js``, ``*.css``   what makes it live, what it looks like
``GET /embed/host.js``             the script of the snippet, for the page around the frame
``GET /map.png?<state>``           the map as a picture, ``w=`` pixels wide, ``theme=light|dark``
``GET /card.png?<state>``          the picture beside a shared link
``GET /data.csv?<state>``          the figures, ``rows=view`` (the date) or ``rows=all``
=================================  ===============================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus

from dash import Dash
from flask import Response, g, request
from werkzeug.exceptions import NotFound

from callbacks.api import Keep, answer, as_named, refuse
from callbacks.context import Context, known_language
from geodata import embedding, programmes
from geodata import state as states
from geodata.counts import populations
from geodata.embedding import LIGHT, Options
from geodata.errors import NotHeld, StateError
from geodata.exports import svg
from geodata.exports.csv import csv_text
from geodata.exports.filenames import filename
from geodata.exports.palette import THEMES
from geodata.exports.png import png
from geodata.language import language
from geodata.snapshot import Snapshot
from geodata.state import Reader, State
from geodata.text import product
from geodata.view import View
from layouts import bundle
from layouts import embed as layout
from layouts.embed import Choice, Links
from layouts.share import Card, card

HTML, CSS, JAVASCRIPT = "text/html", "text/css", "text/javascript"
CSV, PNG = "text/csv", "image/png"
WIDTHS = range(320, 2401)


def view_of(context: Context, snapshot: Snapshot, state: State) -> View:
    """The view that answers ``state``, on its date."""
    return context.computed(snapshot, state.view_key).at(state)


def links(context: Context, view: View, options: Options) -> Links:
    """Where the public map's links lead, while the application serves it."""
    urls, state, snapshot = context.urls, view.state, view.snapshot
    query = states.query(state, snapshot)
    figures = states.query(replace(state.view_key, v=snapshot.version), snapshot)
    theme = [] if options.theme == embedding.AUTO else [("theme", options.theme)]
    at, dates = view.date_index(), view.counts.dates

    def go(other: State) -> str:
        return urls.embed(embedding.query(other, options, snapshot))

    return Links(
        script=urls.embed_script(bundle.script().version),
        style=urls.embed_style(options.theme, bundle.style(options.theme).version),
        view=urls.view(figures),
        sources=urls.sources(query=f"v={state.v}" if state.v else ""),
        full=urls.page(query),
        csv=urls.data_csv(states.joined([*states.pairs(state, snapshot), ("rows", "all")])),
        png=urls.map_png(states.joined([*states.pairs(state, snapshot), *theme])),
        previous=go(replace(state, time=dates[at - 1])) if at else "",
        next=go(replace(state, time=dates[at + 1])) if at + 1 < len(dates) else "",
        populations=tuple(population_choices(view, go)),
        programmes=tuple(programme_choices(view, go)),
    )


def population_choices(view: View, go: Callable[[State], str]) -> Iterator[Choice]:
    """The same map of each population; ``go`` writes the address of a state."""
    state, snapshot = view.state, view.snapshot
    for code in populations(snapshot):
        url = go(states.of_population(state, code, snapshot))
        label = layout.population_label(view.language, code)
        yield Choice(label, url, current=code == state.pop)


def programme_choices(view: View, go: Callable[[State], str]) -> Iterator[Choice]:
    """All of them, each one, and the ones shown where they are several; none where none is."""
    speech, state = view.language, view.state
    if not state.prog:
        return
    yield Choice(speech.gettext("All programmes"), go(replace(state, prog=())))
    if len(state.prog) > 1:
        yield Choice(speech.names(list(state.prog)), go(state), current=True)
    for row in programmes.listed(view.snapshot, speech):
        only = (row["code"],)
        yield Choice(row["code"], go(replace(state, prog=only)), state.prog == only, row["name"])


def _not_held(context: Context, error: NotHeld) -> Response:
    """A frozen map whose snapshot is gone: say so in its frame, and where the newest one is."""
    query = {key: value for key, value in request.args.items() if key not in ("v", "time", "base")}
    speech = language(known_language(request.args.get("lang", "")))
    url = context.urls.embed(states.joined(query.items()))
    html = layout.problem(speech, context.urls, sentence=str(error), url=url)
    return Response(html, status=HTTPStatus.NOT_FOUND, mimetype=HTML)


def _card(context: Context, view: View, options: Options) -> Card | None:
    """What a chat shows of the public map's own address.

    Only where the public address is a setting: a page that follows the request's host could not be
    kept by any cache, and the snippet does not need this.
    """
    if not context.settings.public_url:
        return None
    page = context.urls.embed(embedding.query(view.state, options, view.snapshot))
    return card(context.shared(view.snapshot, view.state), page=page)


def _page(context: Context) -> Response:
    snapshot, state, notices = context.parse(request.args, lenient=True)
    options, more = embedding.parse(request.args, language(state.lang))
    view = view_of(context, snapshot, state)
    html, style = layout.page(
        view,
        options,
        links(context, view, options),
        notices=(*notices, *more),
        card=_card(context, view, options),
    )
    g.style_hashes = [layout.style_hash(style)]
    return answer(html.encode(), HTML, Keep.PAGE)


def _file(body: bytes, mimetype: str, name: str) -> Response:
    response = answer(body, mimetype, as_named())
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _bundled(made: bundle.Bundle, mimetype: str) -> Response:
    """Immutable under its own version; else whoever asks is behind or ahead, and asks again."""
    own = request.args.get("m") == made.version
    return answer(made.body, mimetype, Keep.FROZEN if own else Keep.LIVE)


def _width(reader: Reader) -> int:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text[:9]) in WIDTHS):
            sentence = reader.language.gettext(
                "w={value} is no width: w is a whole number of pixels from {least} to {most}.",
                value=f"“{text[:20]}”",
                least=WIDTHS[0],
                most=WIDTHS[-1],
            )
            raise StateError("w", text, sentence)
        return int(text)

    return reader.get("w", svg.WIDTH, read)


def register(app: Dash, context: Context) -> None:
    """Add the public map and its files to ``app``."""
    server, urls = app.server, context.urls

    @server.get(urls.embed(), endpoint="embed")
    def embed() -> Response:
        try:
            return _page(context)
        except NotHeld as error:
            return _not_held(context, error)

    @server.get(urls.embed_script(), endpoint="embed_script")
    def embed_script() -> Response:
        return _bundled(bundle.script(), JAVASCRIPT)

    @server.get(urls.embed_style("<theme>"), endpoint="embed_style")
    def embed_style(theme: str) -> Response:
        if theme not in embedding.THEMES:
            raise NotFound
        return _bundled(bundle.style(theme), CSS)

    @server.get(urls.embed_host(), endpoint="embed_host")
    def embed_host() -> Response:
        return answer(bundle.host().body, JAVASCRIPT, Keep.PAGE)

    @server.get(urls.map_png(), endpoint="map_png")
    def map_png() -> Response:
        try:
            snapshot, state, _ = context.parse(request.args)
            reader = Reader(request.args, False, language(state.lang))
            theme = reader.get("theme", LIGHT, reader.choice("theme", THEMES))
            width = _width(reader)
        except StateError as error:
            return refuse(error)
        view = view_of(context, snapshot, state)
        frozen = replace(state, v=snapshot.version, time=view.counts.dates[view.date_index()])
        permalink = context.link(urls.page(states.query(frozen, snapshot)))
        picture = svg.picture(view, view.date_index(), theme=theme, permalink=permalink)
        return _file(png(picture, width=width), PNG, filename(view, "png"))

    @server.get(urls.card_png(), endpoint="card_png")
    def card_png() -> Response:
        try:
            snapshot, state, _ = context.parse(request.args)
        except StateError as error:
            return refuse(error)
        view = view_of(context, snapshot, state)
        card = svg.card(view, view.date_index(), product=product(view.snapshot, view.language))
        return _file(png(card, width=svg.CARD[0]), PNG, filename(view, "png"))

    @server.get(urls.data_csv(), endpoint="data_csv")
    def data_csv() -> Response:
        try:
            snapshot, state, _ = context.parse(request.args)
            reader = Reader(request.args, False, language(state.lang))
            rows = reader.get("rows", "view", reader.choice("rows", ("view", "all")))
        except StateError as error:
            return refuse(error)
        view = view_of(context, snapshot, state)
        every = rows == "all"
        dates = range(len(view.counts.dates)) if every else [view.date_index()]
        name = filename(view, "csv", every_date=every)
        return _file(csv_text(view, dates).encode(), CSV, name)
