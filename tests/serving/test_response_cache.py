"""Answers kept as they were sent: the same as the first, to the byte, and never more than asked."""

from __future__ import annotations

import gzip
import itertools
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import brotli  # type: ignore[import-untyped]
import pytest
from flask import Flask, Response, g
from werkzeug.test import Client

from callbacks.serving.response_cache import LONGEST_ADDRESS, ResponseCache
from callbacks.serving.responses import CachePolicy, cacheable_response

VIEW = "/api/v1/view.json"
PATHS = [
    *(VIEW, f"{VIEW}?level=2", "/api/v1/meta.json", "/api/v1/areas/1.topojson"),
    *("/api/v1/area/IQG15.json", "/embed", "/embed/map.js", "/card.png", "/data.csv"),
]
CODINGS = ["", "gzip", "br", "gzip, deflate, br, zstd", "br;q=0, gzip", "identity", "*"]
MEGABYTE = 1_000_000


def headers_of(found):
    """All headers but the time of sending, which the server writes."""
    return sorted((name, value) for name, value in found.headers if name != "Date")


@pytest.fixture
def kept(app) -> ResponseCache:
    """What stands before the application, empty."""
    found = app.server.wsgi_app
    assert isinstance(found, ResponseCache)
    found.empty()
    return found


@pytest.fixture
def direct(kept) -> Client:
    """A client of the application that is answered anew each time."""
    return Client(kept.application)


@pytest.fixture
def asked(kept) -> Client:
    """A client that is answered from memory where it can be."""
    return Client(kept)


# ---------------------------------------------------------------------------- the same, to the byte


@pytest.mark.parametrize(("path", "accepts"), list(itertools.product(PATHS, CODINGS)))
def test_what_is_kept_is_what_would_be_sent(kept, direct, asked, path, accepts):
    headers = {"Accept-Encoding": accepts}
    first = asked.get(path, headers=headers)
    assert len(kept) == 1
    again, made = asked.get(path, headers=headers), direct.get(path, headers=headers)
    assert first.status == again.status == made.status == "200 OK"
    assert first.data == again.data
    assert headers_of(first) == headers_of(again) == headers_of(made)
    if made.headers.get("Content-Encoding") == "gzip":  # has the time in its head
        assert gzip.decompress(again.data) == gzip.decompress(made.data)
    else:
        assert again.data == made.data


@pytest.mark.parametrize(("path", "accepts"), list(itertools.product(PATHS[::3], CODINGS[:3])))
def test_whoever_has_it_is_told_so_with_the_headers_of_the_application(
    kept, direct, asked, path, accepts
):
    tag = direct.get(path, headers={"Accept-Encoding": accepts}).headers["ETag"]
    headers = {"Accept-Encoding": accepts, "If-None-Match": tag}
    made, first, again = (client.get(path, headers=headers) for client in (direct, asked, asked))
    assert made.status_code == first.status_code == again.status_code == 304
    assert made.data == first.data == again.data == b""
    assert headers_of(made) == headers_of(first) == headers_of(again)
    assert {"ETag", "Vary", "Cache-Control", "Content-Security-Policy"} <= set(dict(again.headers))
    assert "Content-Type" not in again.headers and "Content-Length" not in again.headers
    assert len(kept) == 1, "the first to ask may have it already; the next need not"


@pytest.mark.parametrize("tags", ["{}", "W/{}", '"a", {}, "b"', "*", ' W/"a" ,W/{} '])
def test_a_tag_is_found_as_caches_send_it(asked, tags):
    tag = asked.get(VIEW).headers["ETag"]
    assert asked.get(VIEW, headers={"If-None-Match": tags.format(tag)}).status_code == 304


@pytest.mark.parametrize("tags", ['"a"', "", "a b c", '"', 'W/"a", W/"b"', "ä"])
def test_another_tag_gets_the_answer(asked, tags):
    asked.get(VIEW)
    found = asked.get(VIEW, headers={"If-None-Match": tags})
    assert found.status_code == 200 and found.json["dates"]


def test_the_codings_of_an_answer_have_tags_of_their_own(asked):
    tags = [
        asked.get(VIEW, headers={"Accept-Encoding": accepts}).headers["ETag"]
        for accepts in ("", "gzip", "br")
    ]
    assert len(set(tags)) == 3


def test_who_sends_a_cookie_gets_the_same_and_none_back(asked):
    plain = asked.get(VIEW)
    found = asked.get(VIEW, headers={"Cookie": "session=1"})
    assert found.data == plain.data
    assert "Set-Cookie" not in found.headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [VIEW, f"{VIEW}?level=2", "/", "/healthz", "/_dash-layout"])
def test_only_the_server_says_when_it_was_sent(asked, method, path):
    for accepts in ("", "gzip", "br", "gzip"):
        found = asked.open(path, method=method, headers={"Accept-Encoding": accepts})
        assert "Date" not in found.headers, "gunicorn would send it twice"


# --------------------------------------------------------------------------------- what is not kept


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/healthz", "/readyz", "/nope", f"{VIEW}?pop=nobody", f"{VIEW}?v=000000000000"),
        *("/_dash-layout", "/assets/css/page/main.css?m=1", "/embed?v=000000000000"),
        *("/oembed", "/oembed?url=http://localhost/", "/map.png", "/share"),
    ],
)
def test_what_is_not_the_same_for_everyone_is_made_anew(kept, asked, path):
    for _ in range(2):
        asked.get(path).close()
    assert len(kept) == 0


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        *(("HEAD", {}), ("POST", {}), ("OPTIONS", {})),
        *(("GET", {"Range": "bytes=0-9"}), ("GET", {"If-Match": '"a"'})),
    ],
)
def test_only_a_plain_get_is_kept_or_answered_from_memory(kept, direct, asked, method, headers):
    asked.open(VIEW, method=method, headers=headers)
    assert len(kept) == 0
    asked.get(VIEW)
    found = asked.open(VIEW, method=method, headers=headers)
    made = direct.open(VIEW, method=method, headers=headers)
    assert (found.status, found.data) == (made.status, made.data)
    assert headers_of(found) == headers_of(made)


def test_an_address_without_end_is_answered_and_not_kept(kept, asked):
    longest = "x" * (LONGEST_ADDRESS - len(VIEW))
    assert asked.get(f"{VIEW}?{longest}x").status_code == 200
    assert len(kept) == 0
    assert asked.get(f"{VIEW}?{longest}").status_code == 200
    assert len(kept) == 1


def test_every_query_has_its_own_answer(asked):
    queries = ["", "pop=returnee", "pop=refugee", "level=2", "pop=returnee&level=2"]
    for _ in range(2):
        titles = [asked.get(f"{VIEW}?{query}").json["query"] for query in queries]
        assert titles == queries


# --------------------------------------------------------------------------------- how much is kept


@pytest.fixture
def counting():
    """A small application whose answers tell how often it was asked, and what it needs to be."""
    server, state = Flask("counting"), SimpleNamespace(asked=0, version="1", body=b"")

    @server.get("/<name>")
    def tell(name: str) -> Response:
        state.asked += 1
        return cacheable_response(
            state.body or f"{name} {state.asked}".encode(), "text/plain", CachePolicy.LIVE
        )

    @server.get("/follows")
    def follows() -> Response:
        g.follows_host = True
        return cacheable_response(b"here", "text/plain", CachePolicy.LIVE)

    @server.get("/cookie")
    def cookie() -> Response:
        response = cacheable_response(b"for you", "text/plain", CachePolicy.LIVE)
        response.set_cookie("who", "you")
        return response

    @server.get("/otherwise")
    def otherwise() -> Response:
        response = cacheable_response(b"compressed", "text/plain", CachePolicy.LIVE)
        response.headers["Content-Encoding"] = "zstd"
        return response

    @server.get("/late")
    def late() -> Response:
        cacheable_response(b"", "text/plain", CachePolicy.LIVE)
        return Response("no", status=500)

    return server, state


def before(counting, size=MEGABYTE) -> tuple[ResponseCache, Client]:
    server, state = counting
    kept = ResponseCache(server.wsgi_app, lambda environ: state.version, size)
    return kept, Client(kept)


def test_it_is_asked_once(counting):
    _, client = before(counting)
    assert [client.get("/a").data for _ in range(3)] == [b"a 1"] * 3
    assert client.get("/b").data == b"b 2"


def test_another_snapshot_empties_it(counting):
    kept, client = before(counting)
    assert client.get("/a").data == client.get("/a").data == b"a 1"
    counting[1].version = "2"
    assert client.get("/b").data == b"b 2"
    assert len(kept) == 1, "what was kept of the old one takes no room"
    assert client.get("/a").data == b"a 3"


def test_an_answer_that_comes_when_another_snapshot_is_kept_is_sent_and_not_kept(counting):
    kept, client = before(counting)
    make = kept.application

    def slow(environ, start_response):
        counting[1].version = "2"
        kept.application = make
        assert client.get("/b").data == b"b 1"
        return make(environ, start_response)

    kept.application = slow
    assert client.get("/a").data == b"a 2"
    assert len(kept) == 1
    assert client.get("/b").data == b"b 1", "what was kept meanwhile is still there"


def test_it_never_holds_more_than_it_may(counting):
    kept, client = before(counting, size=100_000)
    counting[1].body = b"x" * 10_000
    for n in range(50):
        client.get(f"/{n}")
        assert kept.size <= 100_000
    assert 5 <= len(kept) < 10
    asked = counting[1].asked
    client.get("/49")
    assert counting[1].asked == asked, "the newest is there"
    client.get("/0")
    assert counting[1].asked == asked + 1, "the oldest has left"


def test_small_answers_are_counted_with_what_they_take(counting):
    kept, client = before(counting, size=100_000)
    for n in range(200):
        client.get(f"/{n}")
    assert len(kept) < 100


def test_what_was_asked_for_lately_stays(counting):
    _, client = before(counting, size=100_000)
    counting[1].body = b"x" * 10_000
    client.get("/often")
    for n in range(50):
        client.get(f"/{n}")
        client.get("/often")
    assert counting[1].asked == 51


def test_an_answer_larger_than_the_memory_is_sent_and_not_kept(counting):
    kept, client = before(counting, size=5_000)
    counting[1].body = b"x" * 10_000
    assert client.get("/large").data == client.get("/large").data == counting[1].body
    assert (len(kept), counting[1].asked) == (0, 2)


@pytest.mark.parametrize("path", ["/follows", "/cookie", "/otherwise", "/late"])
def test_what_is_not_for_the_next_to_ask_is_not_kept(counting, path):
    kept, client = before(counting)
    client.get(path)
    assert len(kept) == 0


def test_while_it_is_being_written_nothing_is_kept(counting):
    kept, client = before(counting)
    counting[0].debug = True
    assert [client.get("/a").data for _ in range(2)] == [b"a 1", b"a 2"]
    assert len(kept) == 0


def test_many_at_once_get_what_they_asked_for(counting):
    kept, client = before(counting, size=20_000)
    names = [f"{n % 17}" for n in range(400)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda name: client.get(f"/{name}").data, names))
    assert [body.split()[0].decode() for body in found] == names
    assert kept.size <= 20_000


# -------------------------------------------------------------------------------------- compression


@pytest.mark.parametrize("path", [VIEW, "/api/v1/areas/1.topojson", "/embed"])
def test_what_is_compressed_once_is_compressed_hard(asked, path):
    plain, small = asked.get(path), asked.get(path, headers={"Accept-Encoding": "br"})
    assert brotli.decompress(small.data) == plain.data
    assert len(small.data) < 0.92 * len(brotli.compress(plain.data, quality=6))


def test_a_large_answer_is_not_kept_waiting_for_it(asked):
    plain = asked.get(f"{VIEW}?level=2").data
    small = asked.get(f"{VIEW}?level=2", headers={"Accept-Encoding": "br"}).data
    assert len(small) == len(brotli.compress(plain, quality=6))


def test_what_is_small_or_compressed_already_is_sent_as_it_is(counting, asked):
    _, client = before(counting)
    assert "Content-Encoding" not in client.get("/a", headers={"Accept-Encoding": "br"}).headers
    picture = asked.get("/card.png", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in picture.headers
    assert picture.data.startswith(b"\x89PNG")
