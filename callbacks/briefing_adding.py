"""One more slide for a briefing: the view that the map shows, added at the end.

``GET /briefing/add?<briefing>&add=<state>`` answers with the longer briefing as JSON, for the map
page, which stays where it is. ``/briefing?<briefing>&add=<state>`` leads to the slides, which say
so (:mod:`callbacks.briefing`). Neither stores anything: a briefing is its address.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from flask import Response, request

from callbacks.briefing_request import BriefingRequest, read
from callbacks.serving.context import Context, link_query
from callbacks.serving.responses import (
    JSON,
    CachePolicy,
    bad_request,
    cacheable_response,
    json_error,
)
from geodata.briefing import briefing as briefings
from geodata.briefing.briefing import MAP, TABLE, Briefing, Slide
from geodata.errors import BriefingError, NotAvailable
from geodata.figures.query_keys import encode_items
from geodata.util.json_encoding import to_json
from layouts import briefing as layout


def longer(current: BriefingRequest) -> Briefing:
    """Return the briefing with the slide that ``add`` asks for.

    Raises
    ------
    BriefingError
        If there is no such view, or no room for it.
    """
    view = request.args.get("add", "")
    slide = briefings.slide_of(
        "" if view == "default" else view,
        current.snapshot,
        layout=request.args.get("layout", "").strip() or MAP,
        language=current.language,
    )
    return with_slide(current.briefing, slide)


def just_added(context: Context, current: BriefingRequest) -> layout.Added | None:
    """Return what is said of the slide that led here; ``None`` where none did."""
    *before, last = current.briefing.slides
    if request.args.get("added") != str(len(before) + 1) or not before:
        return None
    try:
        query = current.query()
        undo = current.query(replace(current.briefing, slides=tuple(before)))
    except BriefingError:
        return None
    tab = [("tab", TABLE)] if last.layout == TABLE else []
    keys = [*current.briefing.language_items, ("v", current.version), *tab, ("briefing", query)]
    shown = encode_items([(key, value) for key, value in keys if value])
    return layout.Added(
        layout.added_sentence(current.language, len(before) + 1),
        undo=context.urls.briefing(undo),
        page=context.urls.page("&".join(filter(None, [last.query, shown]))),
    )


def with_slide(briefing: Briefing, slide: Slide) -> Briefing:
    """Return the briefing with one more slide.

    Raises
    ------
    BriefingError
        If it has as many as it may have.
    """
    if len(briefing.slides) >= briefings.MAX_SLIDES:
        raise briefings.too_many()
    return replace(briefing, slides=(*briefing.slides, slide))


def answer(context: Context) -> Response:
    """Answer with the query of the briefing that has one more slide, and what is said of it."""
    try:
        current = read(context, link_query(request.args), lenient=True)
        briefing = longer(current)
        query = current.query(briefing)
    except NotAvailable as error:
        return bad_request(error)
    except BriefingError as error:
        sentence = error.message(current.language)
        return json_error(HTTPStatus.BAD_REQUEST, sentence, key=error.key)
    slides = len(briefing.slides)
    said = {
        "briefing": query,
        "present": context.urls.briefing(query, slides),
        "sentence": layout.added_sentence(current.language, slides),
    }
    return cacheable_response(to_json(said), JSON, CachePolicy.LIVE)
