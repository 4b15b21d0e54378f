"""The map page around Dash's map, the page of sources, and answers to errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from http import HTTPStatus
from typing import Any

from dash import Dash, hooks
from dash.development.base_component import Component
from dash.exceptions import DependencyException
from flask import Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from callbacks import dash_index, plugin_files
from callbacks.dash_index import DashIndex, index_of
from callbacks.error_pages import (
    HTML,
    NOT_ACCEPTED,
    REFUSED,
    failed,
    page_urls,
    problem,
    problem_response,
)
from callbacks.plugins import Plugin, with_hooks, with_panels
from callbacks.serving import static_assets
from callbacks.serving.context import Context, last_values, link_query, page_language
from callbacks.serving.responses import CachePolicy, cacheable_response, json_error
from callbacks.serving.security import PUBLIC
from geodata.errors import NotAvailable
from geodata.exports.catalogue import schema_org
from geodata.figures.query_keys import SEPARATOR
from geodata.figures.state import State, encode_query
from geodata.figures.view import ViewAt
from geodata.snapshots.memo import memoise
from geodata.snapshots.snapshot import Snapshot
from layouts import explore, explore_facts, share, shell, sources
from layouts.shell import CURRENT_URL, CurrentUrl

INLINE = "plugins.js"  # callbacks that plugins gave as JavaScript
_CACHED_PAGES = 64  # states of a snapshot, some 100 kB each


def _programmes(args: MultiDict[str, str]) -> dict[str, str]:
    """Join the chosen programmes, which a form sends one by one."""
    chosen = args.getlist("prog")
    return {"prog": SEPARATOR.join(chosen)} if len(chosen) > 1 else {}


def register(app: Dash, context: Context, plugins: Sequence[Plugin] = ()) -> None:
    """Add the pages to ``app``, and to that of the map what plugins add."""
    urls = context.urls

    @memoise(_CACHED_PAGES)
    def content(snapshot: Snapshot, state: State, briefing: str = "") -> dict[str, Any]:
        return explore_facts.content(context.view_at(snapshot, state), urls, briefing)

    dash_index.prepare(app)

    def later(index: DashIndex) -> dict[str, Any]:
        """Return what scripts fetch beside Dash for what plugins show; nothing without them."""
        if not plugins and not hooks.get_hooks("layout"):
            return {}
        own = shell.versioned("plugins/libraries.js", urls)
        inline = [urls.built(INLINE, index.inline.version)] if index.inline.body else []
        return {"plugins": [own, *inline, *index.others], "libraries": index.libraries}

    @cache
    def dash() -> dict[str, Any]:
        """Return what Dash's script reads, and where the rest of it is."""
        index = index_of(app)
        return {
            "config": index.config,
            "dependencies": index.dependencies,
            "inline": index.inline,
            "later": later(index),
        }

    def extended(view: ViewAt, query: Mapping[str, str], tree: Component) -> Component:
        return with_hooks(with_panels(tree, plugins, view, query))

    @app.server.get(urls.built(INLINE, "<version>"), endpoint="plugin_callbacks")
    def plugin_callbacks(version: str) -> Response:
        """Answer with callbacks that plugins gave as JavaScript: no page may have scripts in it."""
        return static_assets.asset_response(dash()["inline"], version, "js")

    def map_page() -> Response:
        query = link_query(last_values(request.args) | _programmes(request.args))
        try:
            snapshot, state, notices = context.parse(query, lenient=True)
        except NotAvailable as error:
            return problem(context, error)
        briefing = query.get("briefing", "")
        tab = explore.TABLE if query.get("tab") == explore.TABLE else explore.MAP
        html = explore.page(
            context.shared(snapshot, state),
            content(snapshot, state, briefing),
            notices=notices,
            tab=tab,
            dash=dash(),
            extend=partial(extended, context.view_at(snapshot, state).on_its_date(), query),
            ages=context.ages(snapshot, state),
            briefing=briefing,
        )
        return cacheable_response(html.encode(), HTML, CachePolicy.LIVE)

    default = content(context.snapshot, context.parse({})[1])
    plugin_files.attach(
        app,
        plugins,
        lambda: explore.tree(default, explore.Opening()),
        default["view"].on_its_date(),
    )
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
            datasets=schema_org(context.catalogue(snapshot, state)),
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
