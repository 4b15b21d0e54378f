"""The pages: the document around Dash's map, the page of sources, and what is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dash import Dash
from dash.exceptions import DependencyException
from flask import Response, request
from markupsafe import Markup

from callbacks.api import Keep, answer, refuse
from callbacks.context import Context, known_language
from geodata.errors import NotHeld, StateError
from geodata.language import SOURCE_LANGUAGE, Language, language
from geodata.state import parse, query
from layouts import explore, share, sources
from layouts.shell import render, script_data

HTML = "text/html"
_DASH_CALLBACKS = "_dash-update-component"


def _speech() -> Language:
    return language(known_language(request.args.get("lang", "")))


def _problem(context: Context, heading: str, sentence: str, way_on: dict[str, str]) -> Response:
    html = render(
        "problem.html",
        context.snapshot,
        _speech(),
        context.urls,
        current="",
        heading=heading,
        sentence=sentence,
        way_on=way_on,
    )
    return Response(html, status=404, mimetype=HTML)


def problem(context: Context, error: NotHeld, page: Callable[[str], str] | None = None) -> Response:
    """Say as a page that a snapshot is not held, with a link to the same in the newest figures.

    Parameters
    ----------
    page
        Makes the link from a query; the map's page where left out.
    """
    speech = _speech()
    newest = {key: value for key, value in request.args.items() if key != "v"}
    state, _ = parse(newest, context.snapshot, lenient=True)
    return _problem(
        context,
        speech.gettext("This snapshot is not held here"),
        str(error),
        {
            "url": (page or context.urls.page)(query(state, context.snapshot)),
            "label": speech.gettext("Open the same in the newest figures"),
        },
    )


def register(app: Dash, context: Context) -> None:
    """Add the pages to ``app``."""
    urls = context.urls

    def document(**parts: str) -> str:
        snapshot, state, _ = context.parse(request.args.to_dict(), lenient=True)
        speech, linked = language(state.lang), replace(urls, version=state.v)
        return render(
            "explore.html",
            snapshot,
            speech,
            linked,
            current="map",
            card=share.card(context.shared(snapshot, state)),
            dash={name: Markup(part) for name, part in parts.items()},  # noqa: S704
            data=script_data(snapshot, speech, linked),
        )

    app.interpolate_index = document  # type: ignore[method-assign, assignment]
    layout = context.remember(explore.page, 4)  # the same for everyone who reads one language
    app.layout = lambda: layout(context.snapshot, language(SOURCE_LANGUAGE))

    @app.server.get(urls.sources(), endpoint="sources")
    def sources_page() -> Response:
        try:
            snapshot, state = context.named(request.args, lenient=True)
        except NotHeld as error:
            return problem(context, error, lambda query: urls.sources(query=query))
        html = sources.page(
            snapshot,
            language(state.lang),
            replace(urls, version=state.v),
            threshold=context.threshold,
            card=share.card(
                context.shared(snapshot, state),
                page=urls.sources(query=query(state, snapshot)),
                title=language(state.lang).gettext("Data & sources"),
            ),
            past=context.now.past,
        )
        return answer(html.encode(), HTML, Keep.LIVE)

    def no_such_page() -> Response:
        speech = _speech()
        return _problem(
            context,
            speech.gettext("There is no such page"),
            speech.gettext(
                "Nothing is at {path}. The pages there are stand at the top.",
                path=request.path[:80],
            ),
            {"url": urls.page(), "label": speech.gettext("Open the map")},
        )

    @app.server.errorhandler(DependencyException)
    def no_such_component(_: DependencyException) -> Response:
        """Dash takes a script that it does not have for an error of the server."""
        return no_such_page()

    @app.server.before_request
    def refuse_what_is_not_there() -> Response | None:
        """Dash answers any path with its page; a path that is none must say so."""
        if request.path == urls.prefix:
            try:
                context.parse(request.args.to_dict(), lenient=True)
            except NotHeld as error:
                return problem(context, error)
        rule = request.url_rule.rule.removeprefix(urls.prefix) if request.url_rule else ""
        if rule == "<path:path>":
            return no_such_page()
        if rule == _DASH_CALLBACKS:
            sentence = "Nothing is answered here: every step of the page is taken in the browser."
            return refuse(StateError("path", request.path, sentence))
        return None
