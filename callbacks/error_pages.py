"""Pages that answer errors: no such page, no such snapshot, failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from flask import Response, current_app, request

from callbacks.serving.context import Context, last_values, link_query, page_language
from geodata.errors import NotAvailable
from geodata.figures import state as states
from geodata.figures.state import encode_query, is_english, parse
from geodata.i18n.language import strip_isolates
from geodata.i18n.messages import gettext
from geodata.links.urls import Urls
from layouts.shell import render

HTML = "text/html"
NOT_ACCEPTED = gettext("The server does not take what was sent to this address (error {code}).")
REFUSED = {
    500: gettext(
        "Something went wrong on the server, which has been written down there (error {code}). "
        "Please try again in a moment."
    ),
    503: gettext("The server is busy just now (error {code}). Please try again in a moment."),
}


def problem_response(
    context: Context,
    heading: str,
    sentence: str,
    way_on: dict[str, str],
    status: HTTPStatus = HTTPStatus.NOT_FOUND,
) -> Response:
    """Answer with a page that says what is wrong, and links that lead on."""
    language = page_language()
    html = render(
        "problem.html",
        context.snapshot,
        language,
        page_urls(context),
        current="",
        heading=heading,
        sentence=sentence,
        way_on=way_on,
    )
    return Response(html, status=status, mimetype=HTML)


def page_urls(context: Context) -> Urls:
    """Return the builder of links for a page without a state: links keep its language."""
    language, english = page_language(), is_english(last_values(request.args))
    items = states.language_items(language.code, language.digits, english=english)
    return replace(context.urls, language_items=tuple(items))


def failed(context: Context, code: int, sentence: str) -> Response:
    """Answer a failure with a page, or with a sentence if the page fails as well."""
    language, way_on = page_language(), context.urls.page(page_urls(context).link_query)
    try:
        return problem_response(
            context,
            language.gettext("This page cannot be shown"),
            sentence,
            {"url": way_on, "label": language.gettext("Open the map")},
            HTTPStatus(code),
        )
    except Exception:
        current_app.logger.exception("the page that says what is wrong could not be made")
        return Response(strip_isolates(sentence), status=code, mimetype="text/plain")


def problem(
    context: Context, error: NotAvailable, page: Callable[[str], str] | None = None
) -> Response:
    """Answer that a snapshot is not held, with a link to the same state in the newest one.

    Parameters
    ----------
    page
        Makes the link from a query; the map's page where left out.
    """
    language = page_language()
    newest = {key: value for key, value in link_query(request.args).items() if key != "v"}
    state, _ = parse(newest, context.snapshot, lenient=True)
    return problem_response(
        context,
        language.gettext("This snapshot is not held here"),
        str(error),
        {
            "url": (page or context.urls.page)(encode_query(state, context.snapshot)),
            "label": language.gettext("Open the same in the newest figures"),
        },
    )
