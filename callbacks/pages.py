"""The pages: the document around Dash's map, the page of sources, and what is not there."""

from __future__ import annotations

from functools import lru_cache

from dash import Dash
from dash.exceptions import DependencyException
from flask import Response, request
from markupsafe import Markup

from callbacks.api import answer
from callbacks.context import Context
from geodata.errors import NotHeld
from geodata.language import SOURCE_LANGUAGE, Language, language
from geodata.state import parse
from layouts import explore, sources
from layouts.shell import render, script_data

HTML = "text/html"


def _speech(context: Context) -> Language:
    state, _ = parse({"lang": request.args.get("lang", "")}, context.snapshot, lenient=True)
    return language(state.lang)


def _problem(context: Context, status: int, heading: str, sentence: str) -> Response:
    html = render(
        "problem.html",
        context.snapshot,
        _speech(context),
        context.urls,
        current="",
        heading=heading,
        sentence=sentence,
    )
    return Response(html, status=status, mimetype=HTML)


def register(app: Dash, context: Context) -> None:
    """Add the pages to ``app``."""
    urls = context.urls

    def document(**parts: str) -> str:
        return render(
            "explore.html",
            context.snapshot,
            _speech(context),
            urls,
            current="map",
            dash={name: Markup(part) for name, part in parts.items()},  # noqa: S704
            data=script_data(context.snapshot, _speech(context), urls),
        )

    app.interpolate_index = document  # type: ignore[method-assign, assignment]
    layout = lru_cache(maxsize=4)(explore.page)  # the same for everyone who reads one language
    app.layout = lambda: layout(context.snapshot, language(SOURCE_LANGUAGE))

    @app.server.get(urls.sources(), endpoint="sources")
    def sources_page() -> Response:
        html = sources.page(
            context.snapshot,
            _speech(context),
            urls,
            threshold=context.threshold,
        )
        return answer(html.encode(), HTML, frozen=False)

    def no_such_page() -> Response:
        speech = _speech(context)
        return _problem(
            context,
            404,
            speech.gettext("There is no such page"),
            speech.gettext(
                "Nothing is at {path}. The map and the sources are the pages there are.",
                path=request.path[:80],
            ),
        )

    @app.server.errorhandler(DependencyException)
    def no_such_component(_: DependencyException) -> Response:
        """Dash takes a script that it does not have for an error of the server."""
        return no_such_page()

    @app.server.before_request
    def refuse_what_is_not_there() -> Response | None:
        """Dash answers any path with its page; a path that is none must say so."""
        if request.path == urls.prefix and request.args.get("v"):
            try:
                parse({"v": request.args["v"]}, context.snapshot)
            except NotHeld as error:
                return _problem(
                    context,
                    404,
                    _speech(context).gettext("This snapshot is not held here"),
                    str(error),
                )
        rule = request.url_rule
        if rule is not None and rule.rule == urls.prefix + "<path:path>":
            return no_such_page()
        return None
