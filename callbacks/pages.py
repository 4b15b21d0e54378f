"""The map page around Dash's map, the page of sources, and answers to errors."""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from typing import Any

from dash import Dash
from dash.exceptions import DependencyException
from flask import Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from callbacks.error_pages import (
    HTML,
    NOT_ACCEPTED,
    REFUSED,
    failed,
    page_urls,
    problem,
    problem_response,
)
from callbacks.serving.context import Context, link_query, page_language
from callbacks.serving.responses import CachePolicy, cacheable_response, json_error
from callbacks.serving.security import PUBLIC
from geodata.errors import NotAvailable
from geodata.figures.query_keys import SEPARATOR
from geodata.figures.state import State, encode_query
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
from layouts import explore, explore_facts, share, sources
from layouts.shell import CURRENT_URL, CurrentUrl, as_data

_CONFIG = "<!-- config -->"
_CACHED_PAGES = 64  # states of a snapshot, some 100 kB each


def _programmes(args: MultiDict[str, str]) -> dict[str, str]:
    """Join the chosen programmes, which a form sends one by one."""
    chosen = args.getlist("prog")
    return {"prog": SEPARATOR.join(chosen)} if len(chosen) > 1 else {}


def _without_empty(element: str) -> str:
    """Leave out of Dash's configuration, an element, the components that it says nothing of.

    Which of their properties hold components, its script looks up with none as the default; some
    150 that have none were a twentieth of the page.
    """
    start, _, rest = element.partition(">")
    config = json.loads(rest.rpartition("</")[0])
    config["children_props"] = {
        library: named
        for library, components in config["children_props"].items()
        if (named := {name: props for name, props in components.items() if props})
    }
    return f"{start}>{as_data(config)}</script>"


def register(app: Dash, context: Context) -> None:
    """Add the pages to ``app``."""
    urls = context.urls

    @memoise(_CACHED_PAGES)
    def content(snapshot: Snapshot, state: State) -> dict[str, Any]:
        return explore_facts.content(context.view_at(snapshot, state), urls)

    # Dash's own page, which nobody is sent: the map's page has what stands after the mark.
    app.index_string = f"{{%app_entry%}}{{%scripts%}}{{%renderer%}}{_CONFIG}{{%config%}}"

    @cache
    def dash() -> dict[str, str]:
        """Return what Dash's script reads: the element of its configuration, its callbacks."""
        return {
            "config": _without_empty(app.index().partition(_CONFIG)[2]),
            "dependencies": json.dumps(app.dependencies().get_json(), separators=(",", ":")),
        }

    def map_page() -> Response:
        query = link_query(request.args.to_dict() | _programmes(request.args))
        try:
            snapshot, state, notices = context.parse(query, lenient=True)
        except NotAvailable as error:
            return problem(context, error)
        tab = explore.TABLE if query.get("tab") == explore.TABLE else explore.MAP
        html = explore.page(
            context.shared(snapshot, state),
            content(snapshot, state),
            notices=notices,
            tab=tab,
            dash=dash(),
            ages=context.ages(snapshot, state),
            briefing=query.get("briefing", ""),
        )
        return cacheable_response(html.encode(), HTML, CachePolicy.LIVE)

    # Dash checks its callbacks against it; every address is sent its own.
    app.layout = explore.tree(content(context.snapshot, context.parse({})[1]), explore.Opening())
    app.server.view_functions[urls.page()] = map_page

    @app.server.get(urls.sources(), endpoint="sources")
    def sources_page() -> Response:
        try:
            snapshot, state, notices = context.named(link_query(request.args), lenient=True)
        except NotAvailable as error:
            return problem(context, error, lambda query: urls.sources(query=query))
        html = sources.page(
            snapshot,
            state.language,
            urls.following(state),
            threshold=context.threshold,
            card=share.card(
                context.shared(snapshot, state),
                page=urls.sources(query=encode_query(state, snapshot)),
                title=state.language.gettext("Data & sources"),
            ),
            past=context.now.history,
            notices=notices,
        )
        return cacheable_response(html.encode(), HTML, CachePolicy.LIVE)

    def no_such_page() -> Response:
        language = page_language()
        return problem_response(
            context,
            language.gettext("There is no such page"),
            language.gettext(
                "Nothing is at {path}. The pages there are stand at the top.",
                path=request.path[:80],
            ),
            {
                "url": urls.page(page_urls(context).link_query),
                "label": language.gettext("Open the map"),
            },
        )

    @app.server.errorhandler(HTTPException)
    def refused(error: HTTPException) -> WerkzeugResponse:
        """Answer errors of the server itself in the reader's language."""
        if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
            return error.get_response()
        sentence = page_language().gettext(REFUSED.get(error.code, NOT_ACCEPTED), code=error.code)
        if request.endpoint in PUBLIC or request.path.startswith(f"{urls.prefix}api/"):
            response: WerkzeugResponse = json_error(HTTPStatus(error.code), sentence)
        elif error.code == HTTPStatus.NOT_FOUND:
            response = no_such_page()
        else:
            response = failed(context, error.code, sentence)
        for name, value in error.get_headers():
            if name != "Content-Type":
                response.headers[name] = value
        return response

    @app.server.errorhandler(DependencyException)
    def no_such_component(_: DependencyException) -> Response:
        """Answer 404 for a script that Dash does not have, where it would answer 500."""
        return no_such_page()

    @app.server.before_request
    def know_the_place() -> None:
        CURRENT_URL.set(CurrentUrl(request.path, tuple(request.args.items(multi=True))))

    @app.server.teardown_request
    def forget_the_place(_: BaseException | None) -> None:
        CURRENT_URL.set(None)

    @app.server.before_request
    def refuse_what_is_not_there() -> Response | None:
        """Answer 404 for paths that no route serves; Dash would answer them with its page."""
        rule = request.url_rule.rule.removeprefix(urls.prefix) if request.url_rule else ""
        if rule == "<path:path>":
            return no_such_page()
        return None
