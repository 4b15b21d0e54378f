"""The pages: the document around Dash's map, the page of sources, and what is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from dash import Dash
from dash.exceptions import DependencyException
from flask import Response, current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from callbacks.api import Keep, answer, refuse, told
from callbacks.serving.context import Context, last_values, page_query, page_speech, speech_of
from callbacks.serving.security import PUBLIC
from geodata.errors import NotHeld, StateError
from geodata.figures import state as states
from geodata.figures.state import SEPARATOR, names_english, parse, query
from geodata.i18n.language import bare, gettext
from geodata.links.urls import Urls
from layouts import explore, share, sources
from layouts.shell import HERE, Here, render

HTML = "text/html"
_DASH_CALLBACKS = "_dash-update-component"
_REMEMBERED = 64  # states whose page is remembered, some 100 kB each
_NOT_TAKEN = gettext("The server does not take what was sent to this address (error {code}).")
_REFUSED = {
    500: gettext(
        "Something went wrong on the server, which has been written down there (error {code}). "
        "Please try again in a moment."
    ),
    503: gettext("The server is busy just now (error {code}). Please try again in a moment."),
}


def _problem(
    context: Context,
    heading: str,
    sentence: str,
    way_on: dict[str, str],
    status: HTTPStatus = HTTPStatus.NOT_FOUND,
) -> Response:
    speech = page_speech()
    html = render(
        "problem.html",
        context.snapshot,
        speech,
        _here(context),
        current="",
        heading=heading,
        sentence=sentence,
        way_on=way_on,
    )
    return Response(html, status=status, mimetype=HTML)


def _here(context: Context) -> Urls:
    """What builds the links of a page that answers no state: they keep its language."""
    speech, english = page_speech(), names_english(last_values(request.args))
    spoken = states.spoken(speech.code, speech.digits, english=english)
    return replace(context.urls, spoken=tuple(spoken))


def _failed(context: Context, code: int, sentence: str) -> Response:
    """Say that a page could not be made: as a page, or where that fails, too, as a sentence."""
    speech, way_on = page_speech(), context.urls.page(_here(context).kept)
    try:
        return _problem(
            context,
            speech.gettext("This page cannot be shown"),
            sentence,
            {"url": way_on, "label": speech.gettext("Open the map")},
            HTTPStatus(code),
        )
    except Exception:
        current_app.logger.exception("the page that says what is wrong could not be made")
        return Response(bare(sentence), status=code, mimetype="text/plain")


def problem(context: Context, error: NotHeld, page: Callable[[str], str] | None = None) -> Response:
    """Say as a page that a snapshot is not held, with a link to the same in the newest figures.

    Parameters
    ----------
    page
        Makes the link from a query; the map's page where left out.
    """
    speech = page_speech()
    newest = {key: value for key, value in page_query(request.args).items() if key != "v"}
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


def _programmes(args: MultiDict[str, str]) -> dict[str, str]:
    """The chosen programmes, of which a form sends each by itself."""
    chosen = args.getlist("prog")
    return {"prog": SEPARATOR.join(chosen)} if len(chosen) > 1 else {}


def register(app: Dash, context: Context) -> None:
    """Add the pages to ``app``."""
    urls = context.urls
    content = context.remember(
        lambda snapshot, state: explore.content(context.view_at(snapshot, state), urls),
        _REMEMBERED,
    )
    dash: dict[str, str] = {}

    def frame(**parts: str) -> str:
        """Dash's own page, which nobody is sent: the map's has what Dash needs of it."""
        dash.update(parts)
        return Dash.interpolate_index(app, **parts)

    def map_page() -> Response:
        if not dash:
            app.index()
        asked = page_query(request.args.to_dict() | _programmes(request.args))
        try:
            snapshot, state, notices = context.parse(asked, lenient=True)
        except NotHeld as error:
            return problem(context, error)
        tab = explore.TABLE if asked.get("tab") == explore.TABLE else explore.MAP
        html = explore.page(
            context.shared(snapshot, state),
            content(snapshot, state),
            notices=notices,
            tab=tab,
            dash_config=dash["config"],
            ages=context.ages(snapshot, state),
        )
        return answer(html.encode(), HTML, Keep.LIVE)

    app.interpolate_index = frame  # type: ignore[method-assign, assignment]
    app.layout = explore.graph()
    app.server.view_functions[urls.page()] = map_page

    @app.server.get(urls.sources(), endpoint="sources")
    def sources_page() -> Response:
        try:
            snapshot, state, notices = context.named(page_query(request.args), lenient=True)
        except NotHeld as error:
            return problem(context, error, lambda query: urls.sources(query=query))
        html = sources.page(
            snapshot,
            state.language,
            urls.following(state),
            threshold=context.threshold,
            card=share.card(
                context.shared(snapshot, state),
                page=urls.sources(query=query(state, snapshot)),
                title=state.language.gettext("Data & sources"),
            ),
            past=context.now.past,
            notices=notices,
        )
        return answer(html.encode(), HTML, Keep.LIVE)

    def no_such_page() -> Response:
        speech = page_speech()
        return _problem(
            context,
            speech.gettext("There is no such page"),
            speech.gettext(
                "Nothing is at {path}. The pages there are stand at the top.",
                path=request.path[:80],
            ),
            {"url": urls.page(_here(context).kept), "label": speech.gettext("Open the map")},
        )

    @app.server.errorhandler(HTTPException)
    def refused(error: HTTPException) -> WerkzeugResponse:
        """What the server itself refuses or fails at, said in the reader's language."""
        if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
            return error.get_response()
        sentence = page_speech().gettext(_REFUSED.get(error.code, _NOT_TAKEN), code=error.code)
        if request.endpoint in PUBLIC or request.path.startswith(f"{urls.prefix}api/"):
            response: WerkzeugResponse = told(HTTPStatus(error.code), sentence)
        elif error.code == HTTPStatus.NOT_FOUND:
            response = no_such_page()
        else:
            response = _failed(context, error.code, sentence)
        for name, value in error.get_headers():
            if name != "Content-Type":
                response.headers[name] = value
        return response

    @app.server.errorhandler(DependencyException)
    def no_such_component(_: DependencyException) -> Response:
        """Dash takes a script that it does not have for an error of the server."""
        return no_such_page()

    @app.server.before_request
    def know_the_place() -> None:
        HERE.set(Here(request.path, tuple(request.args.items(multi=True))))

    @app.server.teardown_request
    def forget_the_place(_: BaseException | None) -> None:
        HERE.set(None)

    @app.server.before_request
    def refuse_what_is_not_there() -> Response | None:
        """Dash answers any path with its page; a path that is none must say so."""
        rule = request.url_rule.rule.removeprefix(urls.prefix) if request.url_rule else ""
        if rule == "<path:path>":
            return no_such_page()
        if rule == _DASH_CALLBACKS:
            sentence = speech_of(request.args).gettext(
                "Nothing is answered here: every step of the page is taken in the browser."
            )
            return refuse(StateError("path", request.path, sentence))
        return None
