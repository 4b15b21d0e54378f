"""Content codings: what a client refuses is not sent to it, by whichever way an answer is made."""

from __future__ import annotations

import gzip

import brotli  # type: ignore[import-untyped]
import pytest

from callbacks.serving.content_coding import CODINGS, coding
from layouts import bundle

VIEW = "/api/v1/view.json"
SCRIPT = f"/built/page.{bundle.built('page.js').version}.js"
# Kept and compressed hard; a page; a page; a file; compressed by Flask-Compress; at start.
PATHS = (VIEW, "/", "/share", "/data.csv", "/_dash-layout", SCRIPT)
STREAMED = "/assets/css/tokens.css"


@pytest.mark.parametrize(
    ("accepts", "chosen"),
    [
        ("", None),
        ("identity", None),
        ("deflate", None),
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("br", "br"),
        ("gzip, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("*", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("gzip;q=0.5, br;q=1", "br"),
        ("gzip;q=0.5, identity", None),
        # refused
        ("gzip;q=0", None),
        ("br;q=0", None),
        ("gzip;q=0.000", None),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("br;q=0, *", "zstd"),
        ("*;q=0", None),
        ("*;q=0, gzip", "gzip"),
        ("*;q=0, identity", None),
        # the body as it is, refused
        ("identity;q=0", None),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("identity;q=0, *;q=0.1", "br"),
        # as it may be written
        ("GZIP", "gzip"),
        ("Br;Q=0, Gzip;Q=0.2", "gzip"),
        ("  br ;  q=0  ,\tgzip ; q=0.3 ", "gzip"),
        ("br;q=0,gzip,", "gzip"),
        # a weight that is none says nothing of its coding
        ("br;q=oops, gzip", "gzip"),
        ("br;q=oops", None),
    ],
)
def test_the_coding_is_one_that_the_client_takes(accepts, chosen):
    assert coding(accepts) == chosen


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [*PATHS, STREAMED])
def test_what_is_refused_is_not_sent(client, path, method):
    plain = client.open(path, method=method, buffered=True)
    every = ", ".join(f"{each};q=0" for each in CODINGS)
    for refused in (*(f"{each};q=0" for each in CODINGS), every, "*;q=0", "Gzip ; Q=0.0"):
        headers = {"Accept-Encoding": refused}
        answer = client.open(path, method=method, headers=headers, buffered=True)
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers, refused
        assert answer.headers["Vary"] == plain.headers["Vary"]
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert answer.data == plain.data


@pytest.mark.parametrize("path", PATHS)
def test_of_two_codings_the_one_that_is_not_refused_is_sent(client, path):
    plain = client.get(path, buffered=True).data
    for accepts, sent, read in (
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("gzip;q=0, br", "br", brotli.decompress),
        ("GZIP;q=0.5, Br;q=0.1", "gzip", gzip.decompress),
        ("identity;q=0, gzip;q=0, br;q=0.1", "br", brotli.decompress),
    ):
        answer = client.get(path, headers={"Accept-Encoding": accepts}, buffered=True)
        assert answer.headers.get("Content-Encoding") == sent, accepts
        assert read(answer.data) == plain


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [VIEW, "/", "/data.csv", SCRIPT])
def test_whoever_has_it_in_a_coding_has_it_in_no_other(client, path, method):
    tags = {}
    for accepts in ("gzip;q=0", "br;q=0, gzip", "br"):
        headers = {"Accept-Encoding": accepts}
        found = client.open(path, method=method, headers=headers)
        tags[accepts] = found.headers["ETag"]
        again = client.open(
            path, method=method, headers={**headers, "If-None-Match": tags[accepts]}
        )
        assert again.status_code == 304
        assert again.headers["ETag"] == tags[accepts]
        assert again.headers["Vary"] == found.headers["Vary"]
    assert len(set(tags.values())) == 3
    kept = {"Accept-Encoding": "gzip;q=0", "If-None-Match": tags["br;q=0, gzip"]}
    assert client.open(path, method=method, headers=kept).status_code == 200
