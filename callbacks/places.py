"""Finding a place: what the field above the map asks for, and what its form is answered.

=============================  ===================================================================
``GET /parts/places.json``     every place, for suggestions; with ``q``, the place that it means
``GET /place?q=…&<state>``     without scripts: leads to the place, or says which ones may be meant
=============================  ===================================================================
"""

from __future__ import annotations

from http import HTTPStatus

from dash import Dash
from flask import Response, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from callbacks.error_pages import HTML, problem
from callbacks.serving.context import Context, link_query
from callbacks.serving.responses import JSON, bad_request, cacheable_response, policy_for_request
from geodata.errors import NotAvailable, StateError
from geodata.figures import availability
from geodata.figures.query_keys import encode_items
from geodata.figures.state import State, query_items
from geodata.places.place_search import Place, answer, describe
from geodata.snapshots.snapshot import Snapshot
from layouts import ids
from layouts.shell import render

_FEW = 20  # candidates that a page lists


def register(app: Dash, context: Context) -> None:
    """Add the routes to ``app``."""
    urls = context.urls

    def link(snapshot: Snapshot, state: State, place: Place, carried: list[tuple[str, str]]) -> str:
        """Return the map at a place: of its level, where the population has figures of it."""
        finer = place.level > state.level and place.level in availability.levels(
            snapshot, state.pop
        )
        changed = {"area": place.pcode, **({"level": str(place.level)} if finer else {})}
        items = dict(query_items(state, snapshot)) | changed
        return f"{urls.page(encode_items([*items.items(), *carried]))}#{ids.AREA}"

    @app.server.get(urls.places(), endpoint="places")
    def places() -> Response:
        try:
            snapshot, state, _ = context.named(request.args)
        except StateError as error:
            return bad_request(error)
        typed = request.args.get("q")
        if typed is None:
            body = context.places(snapshot, state.lang, state.digits)
        else:
            body = context.place(snapshot, typed, state.language)
        return cacheable_response(body, JSON, policy_for_request())

    @app.server.get(urls.place(), endpoint="place")
    def place() -> WerkzeugResponse:
        query = link_query(request.args.to_dict())
        typed = query.pop("q", "")
        carried = [("briefing", query["briefing"])] if query.get("briefing") else []
        try:
            snapshot, state, _ = context.parse(query, lenient=True)
        except NotAvailable as error:
            return problem(context, error)
        found = answer(snapshot, typed, state.language)
        if found.place:
            return redirect(link(snapshot, state, found.place, carried), HTTPStatus.SEE_OTHER)
        language, own = state.language, urls.following(state)
        kept = query_items(state, snapshot) + carried
        html = render(
            "places.html",
            snapshot,
            language,
            own,
            current="",
            heading=language.gettext("Find a place"),
            sentence=found.sentence,
            candidates=[
                describe(snapshot, each, language) | {"url": link(snapshot, state, each, carried)}
                for each in found.candidates[:_FEW]
            ],
            kept=kept,
            typed=typed,
            way_on={
                "url": urls.page(encode_items(kept)),
                "label": language.gettext("Open the map"),
            },
        )
        status = HTTPStatus.OK if found.candidates else HTTPStatus.NOT_FOUND
        return Response(html, status=status, mimetype=HTML)
