"""The briefing: slides to present, the page on which they are edited, and the files they become.

=========================================  =======================================================
``GET /briefing?slides=…``                 the slides; ``add=<state>`` adds one and leads there
``GET /briefing/add?slides=…&add=…``       the same as JSON, for the map, which says so
``GET /briefing/edit?slides=…``            the editor
``POST /briefing/edit``                    its form, or a file to load: leads to the new address
``GET /briefing.yaml``, ``pptx``, ``pdf``  the briefing as a file
=========================================  =======================================================

A briefing is stored in its address and in its author's files, never on the server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from http import HTTPStatus

from dash import Dash
from flask import Response, current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from callbacks import briefing_adding
from callbacks.briefing_request import BriefingRequest, read
from callbacks.error_pages import HTML, problem
from callbacks.serving.context import Context, link_query, query_language
from callbacks.serving.render_pool import Busy, RenderPool
from callbacks.serving.responses import (
    CachePolicy,
    bad_request,
    busy_response,
    cacheable_response,
    json_error,
    plain,
    policy_for_request,
)
from geodata.briefing import addresses, yaml_files
from geodata.briefing import briefing as briefings
from geodata.briefing.briefing import Briefing, Slide, unknown
from geodata.briefing.content import Content
from geodata.briefing.slides import contents, newest_date
from geodata.errors import BriefingError, NotAvailable
from geodata.exports.documents import deck_pdf, pptx
from geodata.exports.filenames import attachment, briefing_filenames
from geodata.exports.render_worker import Render
from geodata.figures.query_keys import encode_items
from geodata.i18n.language import GroupedInt, Language
from geodata.i18n.messages import gettext
from geodata.snapshots.snapshot import Snapshot
from layouts import briefing as layout
from layouts.briefing import Links

YAML = "application/yaml"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
PDF = "application/pdf"
ENDINGS = ("pptx", "pdf", "yaml")
MAX_FILE, MAX_FORM = 300_000, 1_500_000  # bytes; 40 slides with the longest notes in any script
_FIELDS = ("view", "layout", "headline", "note")  # of a slide in the form
MAX_LINK = 3_900  # servers refuse longer addresses


# ---- links


def links(context: Context, current: BriefingRequest) -> Links:
    """Return the links of the pages; empty if the briefing is too long for an address."""
    urls = context.urls
    items = [*current.briefing.language_items, ("v", current.version)]
    start = encode_items([(key, value) for key, value in items if value])
    default = urls.briefing(start)
    try:
        query = current.query()
    except BriefingError:
        return Links("", "", default, "", {})
    carried = [*items, ("briefing", query)]
    add = urls.page(encode_items([(key, value) for key, value in carried if value]))
    return Links(
        present=urls.briefing(query),
        editor=urls.briefing_editor(query),
        default=default,
        add=add if len(add) <= MAX_LINK else "",
        files={ending: urls.briefing_file(ending, query) for ending in ENDINGS},
    )


# ---- pages


def _contents(
    context: Context, current: BriefingRequest, *, own_headlines: bool = True
) -> list[Content]:
    briefing = current.briefing
    if not own_headlines:
        briefing = replace(
            briefing, slides=tuple(replace(each, headline="") for each in briefing.slides)
        )
    return contents(briefing, current.snapshot, context.computed)


def _page(context: Context, current: BriefingRequest) -> Response:
    urls = current.following(context.urls)
    html = layout.page(
        current.briefing,
        _contents(context, current),
        urls,
        links(context, current),
        notices=current.notices,
        added=briefing_adding.just_added(context, current),
    )
    return cacheable_response(html.encode(), HTML, CachePolicy.LIVE)


def _editor(
    context: Context,
    current: BriefingRequest,
    *,
    focus: int = 0,
    status: HTTPStatus = HTTPStatus.OK,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Answer with the editor; ``typed`` is a submitted form that no address can hold."""
    urls = current.following(context.urls)
    html = layout.editor(
        current.briefing,
        _contents(context, current, own_headlines=False),
        urls,
        links(context, current),
        focus=focus,
        notices=current.notices,
        typed=typed,
    )
    if status == HTTPStatus.OK and request.method == "GET":
        return cacheable_response(html.encode(), HTML, CachePolicy.LIVE)
    return plain(html.encode(), HTML, status)


def _add_slide(context: Context, current: BriefingRequest) -> Response:
    """Redirect to the briefing with one more slide, or answer why it cannot be added."""
    try:
        longer = briefing_adding.longer(current)
        query = current.query(longer)
    except BriefingError as error:
        return _page(
            context, replace(current, notices=(*current.notices, error.message(current.language)))
        )
    slides = len(longer.slides)
    return _redirect(context.urls.briefing(f"{query}&added={slides}", slides))


def _redirect(address: str, status: HTTPStatus = HTTPStatus.FOUND) -> Response:
    return CachePolicy.NEVER.apply(Response(status=status, headers={"Location": address}))


# ---- the form


def briefing_from_form(
    form: Mapping[str, str], snapshot: Snapshot, *, lenient: bool = False
) -> Briefing:
    """Return the briefing of the editor's form; with ``lenient``, without invalid values.

    Raises
    ------
    BriefingError
        Naming the slide; never when ``lenient``.
    """
    query = {key: form.get(key, "") for key in ("title", "lang", "digits")}
    base, _ = addresses.from_query(query, snapshot, lenient=lenient)
    slides = []
    number = 1
    while f"view-{number}" in form and number <= briefings.MAX_SLIDES:
        fields = {key: form.get(f"{key}-{number}", "") for key in _FIELDS}
        try:
            slides.append(_slide(fields, snapshot, base.language, lenient=lenient))
        except BriefingError as error:
            raise error.at(slide=number) from None
        number += 1
    return replace(base, slides=tuple(slides)) if slides else base


def _slide(
    fields: dict[str, str], snapshot: Snapshot, language: Language, *, lenient: bool
) -> Slide:
    """Return a slide of the form; with ``lenient``, an invalid field has its default."""
    while True:
        try:
            return briefings.slide_of(snapshot=snapshot, language=language, **fields)
        except BriefingError as error:
            if not lenient or error.own_key not in fields:
                raise
            del fields[error.own_key]
            fields.setdefault("view", "")


def _position(number: str, briefing: Briefing) -> int | None:
    """Return the position of a slide by its number, or ``None``."""
    valid = number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= len(briefing.slides)
    return int(number) - 1 if valid else None


def apply_step(briefing: Briefing, step: str) -> tuple[Briefing, int]:
    """Take a step of the form, as ``up-3`` or ``remove-3``; return the slide to focus, too."""
    what, _, number = step.partition("-")
    position = _position(number, briefing)
    slides = list(briefing.slides)
    if position is None or what not in ("up", "down", "remove"):
        return briefing, 0
    slide = slides.pop(position)
    if what == "remove":
        if not slides:
            return briefing, 1  # a briefing has at least one
        return replace(briefing, slides=tuple(slides)), min(position, len(slides) - 1) + 1
    target = max(0, position - 1) if what == "up" else min(len(slides), position + 1)
    slides.insert(target, slide)
    return replace(briefing, slides=tuple(slides)), target + 1


def _answer_form(context: Context, form: MultiDict[str, str]) -> Response:
    """Answer the editor's form."""
    snapshot, named, _ = context.named(form, lenient=True)
    try:
        current = BriefingRequest(briefing_from_form(form, snapshot), snapshot, named.v)
    except BriefingError as error:
        current = BriefingRequest(
            briefing_from_form(form, snapshot, lenient=True), snapshot, named.v
        )
        return _answer_refused_form(context, current, error, form)
    step = form.get("do", "")
    if step == "yaml":
        return _yaml_file(context, current)
    briefing, focus = apply_step(current.briefing, step)
    current = replace(current, briefing=briefing)
    try:
        query = current.query()
        if step == "add":
            return _redirect(_map_address(context, current), HTTPStatus.SEE_OTHER)
    except BriefingError as error:  # the form keeps its texts, to be shortened or saved
        return _answer_refused_form(context, current, error, {}, focus=focus)
    if step == "present":
        return _redirect(context.urls.briefing(query), HTTPStatus.SEE_OTHER)
    focused = "&".join(filter(None, [query, f"focus={focus}" if focus else ""]))
    return _redirect(context.urls.briefing_editor(focused), HTTPStatus.SEE_OTHER)


def _answer_refused_form(
    context: Context,
    current: BriefingRequest,
    error: BriefingError,
    typed: Mapping[str, str],
    *,
    focus: int = 0,
) -> Response:
    """Answer with the form as it was sent, and what is wrong with it."""
    current = replace(current, notices=(error.message(current.language),))
    status = HTTPStatus.BAD_REQUEST
    return _editor(context, current, focus=focus, status=status, typed=typed)


def _map_address(context: Context, current: BriefingRequest) -> str:
    """Return the address of the map from which a slide is added.

    Raises
    ------
    BriefingError
        If there is no room for one more.
    """
    if len(current.briefing.slides) >= briefings.MAX_SLIDES:
        raise briefings.too_many()
    address = links(context, current).add
    if not address:
        raise BriefingError(
            gettext(
                "The briefing is too long for one more slide to be added from the map: shorten its "
                "texts, or save it as YAML."
            )
        )
    return address


def _load_file(context: Context) -> Response:
    """Redirect from an uploaded file to the address of the briefing in it."""
    snapshot, named, _ = context.named(request.form, lenient=True)
    body = request.files["file"].stream.read(MAX_FILE + 1)
    if len(body) > MAX_FILE:
        raise BriefingError(
            gettext("The file has more than {most} kB: a briefing has not."),
            most=GroupedInt(MAX_FILE // 1000),
        )
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise BriefingError(gettext("The file is not text in UTF-8."), line=line) from None
    current = BriefingRequest(yaml_files.from_yaml(text, snapshot), snapshot, named.v)
    return _redirect(context.urls.briefing(current.query()), HTTPStatus.SEE_OTHER)


# ---- files


def _as_attachment(
    context: Context, response: Response, current: BriefingRequest, ending: str
) -> Response:
    date = newest_date(current.briefing, current.snapshot, context.computed)
    names = briefing_filenames(current.briefing, current.snapshot, date, ending)
    response.headers["Content-Disposition"] = attachment(*names)
    return response


def _yaml_file(context: Context, current: BriefingRequest) -> Response:
    response = plain(yaml_files.to_yaml(current.briefing).encode(), YAML)
    return _as_attachment(context, response, current, "yaml")


def _maps(query: Mapping[str, str]) -> str:
    """Return whether maps in PowerPoint are shapes or pictures."""
    value = query.get("maps", "").strip() or pptx.SHAPES
    if value not in pptx.MAPS:
        raise unknown(value, pptx.MAPS, key="maps")
    return value


def _file(context: Context, current: BriefingRequest, ending: str, maps: str) -> Response:
    """Answer with the briefing as a file of slides."""
    if ending == "yaml":
        body = yaml_files.to_yaml(current.briefing).encode()
        response = cacheable_response(body, YAML, policy_for_request())
        return _as_attachment(context, response, current, ending)
    slides: Callable[..., bytes] = partial(pptx.deck, maps=maps)
    make, mimetype = {"pptx": (slides, PPTX), "pdf": (deck_pdf.deck, PDF)}[ending]
    link = _permalink(context)
    key = (ending, maps, current.briefing, current.snapshot.version, context.threshold, link(""))

    def deck(call: Render) -> bytes:
        return make(current.briefing, _contents(context, current), link=link, render=call)

    rendering: RenderPool = current_app.extensions["displacement-rendering"]
    try:
        body = rendering.once(key, deck, slow=True)
    except Busy:
        return busy_response(current.language)
    response = cacheable_response(body, mimetype, policy_for_request())
    return _as_attachment(context, response, current, ending)


def _permalink(context: Context) -> Callable[[str], str]:
    return lambda query: context.link(context.urls.page(query))


def _focus() -> int:
    number = request.args.get("focus", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0


def register(app: Dash, context: Context) -> None:
    """Add the briefing to ``app``."""
    server, urls = app.server, context.urls
    server.add_url_rule(urls.briefing(), "briefing", partial(_briefing, context))
    server.add_url_rule(
        urls.briefing_adding(), "briefing_adding", partial(briefing_adding.answer, context)
    )
    server.add_url_rule(urls.briefing_editor(), "briefing_editor", partial(_open_editor, context))
    server.add_url_rule(
        urls.briefing_editor(), "briefing_edited", partial(_edit, context), methods=["POST"]
    )
    for ending in ENDINGS:
        server.add_url_rule(
            urls.briefing_file(ending),
            f"briefing_{ending}",
            partial(_download, context),
            defaults={"ending": ending},
        )


def _briefing(context: Context) -> Response:
    """Answer with the slides as a page; ``add`` adds one first, ``added`` says that one was."""
    try:
        current = read(context, link_query(request.args), lenient=True)
    except NotAvailable as error:
        return problem(context, error, lambda _: context.urls.briefing())
    if request.args.get("add"):
        return _add_slide(context, current)
    return _page(context, current)


def _open_editor(context: Context) -> Response:
    """Answer with the editor of the briefing in the address."""
    try:
        current = read(context, link_query(request.args), lenient=True)
    except NotAvailable as error:
        return problem(context, error, lambda _: context.urls.briefing_editor())
    return _editor(context, current, focus=_focus())


def _edit(context: Context) -> Response:
    """Answer a form of the editor, or a file that was sent with it."""
    request.max_content_length = request.max_form_memory_size = MAX_FORM
    try:
        if "file" in request.files:
            return _load_file(context)
        return _answer_form(context, request.form)
    except NotAvailable as error:
        return problem(context, error, lambda _: context.urls.briefing_editor())
    except (BriefingError, RequestEntityTooLarge) as error:
        return _answer_refused(context, error)


def _download(context: Context, ending: str) -> Response:
    """Answer with the briefing as a file of a kind."""
    try:
        current = read(context, request.args, lenient=False)
        maps = _maps(request.args)
    except NotAvailable as error:
        return bad_request(error)
    except BriefingError as error:
        sentence = error.message(query_language(request.args))
        return json_error(HTTPStatus.BAD_REQUEST, sentence, key=error.key)
    return _file(context, current, ending, maps)


def _answer_refused(context: Context, error: BriefingError | RequestEntityTooLarge) -> Response:
    """Answer with the editor of the briefing before the request, and what is wrong with that."""
    too_large = isinstance(error, RequestEntityTooLarge)
    current = read(context, link_query(request.args), lenient=True)
    kilobytes = GroupedInt(MAX_FORM // 1000)
    sentence = (
        current.language.gettext("What was sent is larger than {most} kB.", most=kilobytes)
        if isinstance(error, RequestEntityTooLarge)
        else error.message(current.language)
    )
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_large else HTTPStatus.BAD_REQUEST
    return _editor(context, replace(current, notices=(sentence,)), status=status)
