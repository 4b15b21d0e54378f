"""The briefing: slides to present, the page on which they are edited, and the files they become.

=========================================  =======================================================
``GET /briefing?slides=…``                 the slides; ``add=<state>`` adds one and leads there
``GET /briefing/edit?slides=…``            the editor
``POST /briefing/edit``                    its form, or a file to load: leads to the new address
``GET /briefing.yaml``, ``pptx``, ``pdf``  the briefing as a file
=========================================  =======================================================

A briefing is kept in its address and in files of whoever made it, and nowhere here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from dash import Dash
from flask import Response, current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from callbacks.error_pages import HTML, problem
from callbacks.serving.context import Context, link_query, query_language
from callbacks.serving.render_pool import Busy, RenderPool
from callbacks.serving.responses import (
    CachePolicy,
    bad_request,
    busy_response,
    cacheable_response,
    json_error,
    policy_for_request,
)
from geodata.briefing import addresses, briefing, yaml_files
from geodata.briefing.briefing import MAP, Briefing, Slide
from geodata.briefing.content import Content
from geodata.briefing.slides import contents
from geodata.errors import BriefingError, NotAvailable
from geodata.exports.documents import deck_pdf, pptx
from geodata.exports.render_worker import Render
from geodata.figures.query_keys import encode_items
from geodata.i18n.language import SOURCE_LANGUAGE, GroupedInt, Language
from geodata.i18n.messages import gettext
from geodata.links.urls import Urls, slug
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


@dataclass(frozen=True)
class BriefingRequest:
    """The briefing of a request, and the snapshot that it is of."""

    briefing: Briefing
    snapshot: Snapshot
    version: str
    notices: tuple[str, ...] = ()

    @property
    def language(self) -> Language:
        """The briefing's language."""
        return self.briefing.language

    def following(self, urls: Urls) -> Urls:
        """Give what builds the links of its pages, which keep its language, digits and snapshot."""
        return replace(
            urls, version=self.version, language_items=tuple(self.briefing.language_items)
        )

    def query(self, made: Briefing | None = None) -> str:
        """Return the query of the briefing, or of another one of the same snapshot.

        Raises
        ------
        BriefingError
            If it is too long for an address.
        """
        written = addresses.to_query(made or self.briefing, self.snapshot)
        frozen = f"v={self.version}" if self.version else ""
        return "&".join(filter(None, [written, frozen]))


def read(context: Context, query: Mapping[str, str], *, lenient: bool) -> BriefingRequest:
    """Read a briefing from a query.

    Raises
    ------
    BriefingError
        Unless ``lenient``; :class:`~geodata.errors.NotAvailable` in any case.
    """
    snapshot, named, _ = context.named(query, lenient=True)
    made, notices = addresses.from_query(query, snapshot, lenient=lenient)
    return BriefingRequest(made, snapshot, named.v, tuple(notices))


# ---- links


def links(context: Context, asked: BriefingRequest) -> Links:
    """Return the links of the pages; empty if the briefing is too long for an address."""
    urls = context.urls
    kept = [*asked.briefing.language_items, ("v", asked.version)]
    start = encode_items([(key, value) for key, value in kept if value])
    default = urls.briefing(start)
    try:
        query = asked.query()
    except BriefingError:
        return Links("", "", default, "", {})
    carried = [*kept, ("briefing", query)]
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
    context: Context, asked: BriefingRequest, *, own_headlines: bool = True
) -> list[Content]:
    made = asked.briefing
    if not own_headlines:
        made = replace(made, slides=tuple(replace(each, headline="") for each in made.slides))
    return contents(made, asked.snapshot, context.computed)


def _page(context: Context, asked: BriefingRequest) -> Response:
    urls = asked.following(context.urls)
    html = layout.page(
        asked.briefing,
        _contents(context, asked),
        urls,
        links(context, asked),
        notices=asked.notices,
    )
    return cacheable_response(html.encode(), HTML, CachePolicy.LIVE)


def _editor(
    context: Context,
    asked: BriefingRequest,
    *,
    focus: int = 0,
    status: HTTPStatus = HTTPStatus.OK,
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Answer with the editor; ``typed`` is a form that was sent and that no address holds."""
    urls = asked.following(context.urls)
    html = layout.editor(
        asked.briefing,
        _contents(context, asked, own_headlines=False),
        urls,
        links(context, asked),
        focus=focus,
        notices=asked.notices,
        typed=typed,
    )
    if status == HTTPStatus.OK and request.method == "GET":
        return cacheable_response(html.encode(), HTML, CachePolicy.LIVE)
    response = Response(html, status=status, mimetype=HTML)
    response.cache_control.no_store = True
    return response


def _added(context: Context, asked: BriefingRequest, view: str) -> Response:
    """Redirect to the briefing with one more slide, or say why it cannot have it."""
    try:
        layout_ = request.args.get("layout", "").strip() or MAP
        slide = briefing.slide_of(view, asked.snapshot, layout=layout_, language=asked.language)
        longer = with_slide(asked.briefing, slide)
        query = asked.query(longer)
    except BriefingError as error:
        return _page(
            context, replace(asked, notices=(*asked.notices, error.message(asked.language)))
        )
    return _to(context.urls.briefing(query, len(longer.slides)))


def with_slide(made: Briefing, slide: Slide) -> Briefing:
    """Return the briefing with one more slide.

    Raises
    ------
    BriefingError
        If it has as many as it may have.
    """
    if len(made.slides) >= briefing.MAX_SLIDES:
        raise briefing.too_many()
    return replace(made, slides=(*made.slides, slide))


def _to(address: str, status: HTTPStatus = HTTPStatus.FOUND) -> Response:
    return Response(status=status, headers={"Location": address, "Cache-Control": "no-store"})


# ---- the form


def written(form: Mapping[str, str], snapshot: Snapshot, *, lenient: bool = False) -> Briefing:
    """Return the briefing as its form has it; where ``lenient``, without what it may not have.

    Raises
    ------
    BriefingError
        Naming the slide; never when ``lenient``.
    """
    said = {key: form.get(key, "") for key in ("title", "lang", "digits")}
    base, _ = addresses.from_query(said, snapshot, lenient=lenient)
    slides = []
    number = 1
    while f"view-{number}" in form and number <= briefing.MAX_SLIDES:
        said = {key: form.get(f"{key}-{number}", "") for key in _FIELDS}
        try:
            slides.append(_slide(said, snapshot, base.language, lenient=lenient))
        except BriefingError as error:
            raise error.at(slide=number) from None
        number += 1
    return replace(base, slides=tuple(slides)) if slides else base


def _slide(said: dict[str, str], snapshot: Snapshot, language: Language, *, lenient: bool) -> Slide:
    """Return a slide of the form; where ``lenient``, each field that is refused has its default."""
    while True:
        try:
            return briefing.slide_of(snapshot=snapshot, language=language, **said)
        except BriefingError as error:
            if not lenient or error.own_key not in said:
                raise
            del said[error.own_key]
            said.setdefault("view", "")


def _place(number: str, made: Briefing) -> int | None:
    """Return the position of a slide by its number, or ``None``."""
    valid = number.isascii() and number.isdigit() and 1 <= int(number[:4]) <= len(made.slides)
    return int(number) - 1 if valid else None


def moved(made: Briefing, step: str) -> tuple[Briefing, int]:
    """Take a step of the form, ``up-3``, ``down-3``, ``remove-3``; the slide to go on with."""
    what, _, number = step.partition("-")
    place = _place(number, made)
    slides = list(made.slides)
    if place is None or what not in ("up", "down", "remove"):
        return made, 0
    slide = slides.pop(place)
    if what == "remove":
        if not slides:
            return made, 1  # a briefing has at least one
        return replace(made, slides=tuple(slides)), min(place, len(slides) - 1) + 1
    to = max(0, place - 1) if what == "up" else min(len(slides), place + 1)
    slides.insert(to, slide)
    return replace(made, slides=tuple(slides)), to + 1


def _sent(context: Context, form: MultiDict[str, str]) -> Response:
    """Answer the editor's form."""
    snapshot, named, _ = context.named(form, lenient=True)
    try:
        asked = BriefingRequest(written(form, snapshot), snapshot, named.v)
    except BriefingError as error:
        asked = BriefingRequest(written(form, snapshot, lenient=True), snapshot, named.v)
        return _unsent(context, asked, error, form)
    step = form.get("do", "")
    if step == "yaml":
        return _yaml(asked)
    made, focus = moved(asked.briefing, step)
    asked = replace(asked, briefing=made)
    try:
        query = asked.query()
        if step == "add":
            return _to(_adding(context, asked), HTTPStatus.SEE_OTHER)
    except BriefingError as error:  # what was written stays in the form, to be shortened or saved
        return _unsent(context, asked, error, {}, focus=focus)
    if step == "present":
        return _to(context.urls.briefing(query), HTTPStatus.SEE_OTHER)
    focused = "&".join(filter(None, [query, f"focus={focus}" if focus else ""]))
    return _to(context.urls.briefing_editor(focused), HTTPStatus.SEE_OTHER)


def _unsent(
    context: Context,
    asked: BriefingRequest,
    error: BriefingError,
    typed: Mapping[str, str],
    *,
    focus: int = 0,
) -> Response:
    """Say what is wrong with what was sent, in the form as it was sent."""
    asked = replace(asked, notices=(error.message(asked.language),))
    status = HTTPStatus.BAD_REQUEST
    return _editor(context, asked, focus=focus, status=status, typed=typed)


def _adding(context: Context, asked: BriefingRequest) -> str:
    """Return the address of the map from which a slide is added.

    Raises
    ------
    BriefingError
        If there is no room for one more.
    """
    if len(asked.briefing.slides) >= briefing.MAX_SLIDES:
        raise briefing.too_many()
    address = links(context, asked).add
    if not address:
        raise BriefingError(
            gettext(
                "The briefing is too long for one more slide to be added from the map: shorten its "
                "texts, or save it as YAML."
            )
        )
    return address


def _loaded(context: Context) -> Response:
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
    asked = BriefingRequest(yaml_files.from_yaml(text, snapshot), snapshot, named.v)
    return _to(context.urls.briefing(asked.query()), HTTPStatus.SEE_OTHER)


# ---- files


def _named(response: Response, asked: BriefingRequest, ending: str) -> Response:
    language = [asked.language.code] if asked.language.code != SOURCE_LANGUAGE else []
    name = f"{slug(['displacement-briefing', asked.snapshot.version, *language])}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _yaml(asked: BriefingRequest) -> Response:
    response = Response(yaml_files.to_yaml(asked.briefing), mimetype=YAML)
    response.cache_control.no_store = True
    return _named(response, asked, "yaml")


def _made(context: Context, asked: BriefingRequest, ending: str) -> Response:
    """Answer with the briefing as a file of slides."""
    if ending == "yaml":
        body = yaml_files.to_yaml(asked.briefing).encode()
        return _named(cacheable_response(body, YAML, policy_for_request()), asked, ending)
    make, mimetype = {"pptx": (pptx.deck, PPTX), "pdf": (deck_pdf.deck, PDF)}[ending]
    link = _permalink(context)
    key = (ending, asked.briefing, asked.snapshot.version, context.threshold, link(""))

    def deck(call: Render) -> bytes:
        return make(asked.briefing, _contents(context, asked), link=link, render=call)

    rendering: RenderPool = current_app.extensions["displacement-rendering"]
    try:
        body = rendering.once(key, deck, slow=True)
    except Busy:
        return busy_response(asked.language)
    return _named(cacheable_response(body, mimetype, policy_for_request()), asked, ending)


def _permalink(context: Context) -> Callable[[str], str]:
    return lambda query: context.link(context.urls.page(query))


def _focus() -> int:
    asked = request.args.get("focus", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0


def register(app: Dash, context: Context) -> None:
    """Add the briefing to ``app``."""
    server, urls = app.server, context.urls

    @server.get(urls.briefing(), endpoint="briefing")
    def page() -> Response:
        try:
            asked = read(context, link_query(request.args), lenient=True)
        except NotAvailable as error:
            return problem(context, error, lambda _: urls.briefing())
        if view := request.args.get("add"):
            return _added(context, asked, "" if view == "default" else view)
        return _page(context, asked)

    @server.get(urls.briefing_editor(), endpoint="briefing_editor")
    def editor() -> Response:
        try:
            asked = read(context, link_query(request.args), lenient=True)
        except NotAvailable as error:
            return problem(context, error, lambda _: urls.briefing_editor())
        return _editor(context, asked, focus=_focus())

    @server.post(urls.briefing_editor(), endpoint="briefing_edited")
    def edited() -> Response:
        request.max_content_length = request.max_form_memory_size = MAX_FORM
        try:
            if "file" in request.files:
                return _loaded(context)
            return _sent(context, request.form)
        except NotAvailable as error:
            return problem(context, error, lambda _: urls.briefing_editor())
        except (BriefingError, RequestEntityTooLarge) as error:
            return _refused(context, error)

    def file(ending: str) -> Response:
        try:
            asked = read(context, request.args, lenient=False)
        except NotAvailable as error:
            return bad_request(error)
        except BriefingError as error:
            sentence = error.message(query_language(request.args))
            return json_error(HTTPStatus.BAD_REQUEST, sentence, key=error.key)
        return _made(context, asked, ending)

    for ending in ENDINGS:
        server.add_url_rule(
            urls.briefing_file(ending),
            endpoint=f"briefing_{ending}",
            view_func=file,
            defaults={"ending": ending},
        )


def _refused(context: Context, error: BriefingError | RequestEntityTooLarge) -> Response:
    """Say in the editor what is wrong with what was sent, beside the briefing it was sent from."""
    too_large = isinstance(error, RequestEntityTooLarge)
    asked = read(context, link_query(request.args), lenient=True)
    kilobytes = GroupedInt(MAX_FORM // 1000)
    sentence = (
        asked.language.gettext("What was sent is larger than {most} kB.", most=kilobytes)
        if isinstance(error, RequestEntityTooLarge)
        else error.message(asked.language)
    )
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_large else HTTPStatus.BAD_REQUEST
    return _editor(context, replace(asked, notices=(sentence,)), status=status)
