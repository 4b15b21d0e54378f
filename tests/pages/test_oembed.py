"""A link pasted into a page of another site becomes the map: discovery, oEmbed, Open Graph."""

from __future__ import annotations

import html
import json
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

HOME = "http://localhost"
SIDES = (1200, 630)


class Elements(HTMLParser):
    """Every element of a piece of HTML with its attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def ask(client, url: str | None = f"{HOME}/", **more: str) -> Any:
    query = more if url is None else {"url": url, **more}
    return client.get("/oembed", query_string=query)


def frame(body: dict[str, Any]) -> dict[str, str | None]:
    """The frame in an answer, which is followed by nothing but the script of the snippet."""
    found = Elements(body["html"]).found
    assert [tag for tag, _ in found] in (["iframe"], ["iframe", "script"])
    return found[0][1]


# -------------------------------------------------------------------------------------- the answer


def test_a_link_to_the_map_is_a_rich_oembed(client):
    answer = ask(client, f"{HOME}/?pop=returnee")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    body = answer.json
    assert (body["type"], body["version"]) == ("rich", "1.0")
    assert body["title"] == "Where people have returned in Iraq"
    assert body["provider_name"] == "Iraq displacement map"
    assert body["provider_url"] == f"{HOME}/"
    assert body["cache_age"] == 3600
    assert frame(body) == {
        "src": f"{HOME}/embed?pop=returnee",
        "title": "Where people have returned in Iraq",
        "width": "800",
        "height": "750",
        "style": "border:0;max-width:100%",
        "loading": "lazy",
    }
    assert Elements(body["html"]).all("script") == [{"src": f"{HOME}/embed/host.js", "async": None}]
    assert (body["width"], body["height"]) == (800, 750)
    assert body["thumbnail_url"] == f"{HOME}/card.png?pop=returnee"
    assert (body["thumbnail_width"], body["thumbnail_height"]) == SIDES


def test_any_site_may_ask(client):
    assert ask(client).headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("room", "width", "height"),
    [
        ({}, 800, 750),
        ({"maxwidth": "500"}, 500, 750),
        ({"maxheight": "400"}, 800, 400),
        ({"maxwidth": "320", "maxheight": "250"}, 320, 250),
        ({"maxwidth": "1", "maxheight": "1"}, 1, 1),
        ({"maxwidth": "9999", "maxheight": "9999"}, 800, 750),
        ({"maxwidth": "", "maxheight": ""}, 800, 750),
    ],
)
def test_the_frame_fits_the_room_there_is(client, room, width, height):
    body = ask(client, **room).json
    assert (body["width"], body["height"]) == (width, height)
    assert (frame(body)["width"], frame(body)["height"]) == (str(width), str(height))


@pytest.mark.parametrize(
    ("room", "there"),
    [
        ({"maxwidth": "1200", "maxheight": "630"}, True),
        ({"maxwidth": "1199"}, False),
        ({"maxheight": "629"}, False),
    ],
)
def test_the_picture_is_left_out_where_it_has_no_room(client, room, there):
    keys = {key for key in ask(client, **room).json if key.startswith("thumbnail")}
    assert keys == ({"thumbnail_url", "thumbnail_width", "thumbnail_height"} if there else set())


def test_a_link_that_follows_says_nothing_that_a_new_round_would_change(client):
    body = ask(client, f"{HOME}/?pop=idp").json
    assert not any(character.isdigit() for character in body["title"])


def test_a_frozen_link_stays_frozen_and_says_what_it_shows(client, snapshot):
    asked = f"time=2017-05-15&v={snapshot.version}"
    body = ask(client, f"{HOME}/?{asked}").json
    assert frame(body)["src"] == f"{HOME}/embed?{asked}"
    assert body["title"].endswith("3,065,502 internally displaced people on 15 May 2017")
    assert body["cache_age"] > 86_400


def test_options_of_a_public_map_are_kept(client):
    body = ask(client, f"{HOME}/embed?pop=returnee&theme=dark&controls=0&legend=1").json
    assert frame(body)["src"] == f"{HOME}/embed?pop=returnee&controls=0&theme=dark"


def test_a_link_to_the_share_page_shows_what_was_chosen_there(client, snapshot):
    body = ask(client, f"{HOME}/share?freeze=1&width=400&height=500&title=0&title=1&legend=0").json
    assert frame(body)["src"] == (f"{HOME}/embed?time=2024-12-31&v={snapshot.version}&legend=0")
    assert (body["width"], body["height"]) == (400, 500)
    assert "time=" not in str(frame(ask(client, f"{HOME}/share?time=R50&freeze=0").json)["src"])


@pytest.mark.parametrize("code", ["ar", "ckb"])
def test_the_title_is_in_the_language_of_the_link_and_plain(client, code):
    body = ask(client, f"{HOME}/?lang={code}").get_json()
    for said in (body["title"], body["provider_name"]):
        assert any("\u0600" < sign < "\u0700" for sign in said)
        assert not set(said) & set("\u2066\u2067\u2068\u2069")
    assert f"lang={code}" in body["thumbnail_url"]


def test_a_still_map_comes_without_a_script(client):
    body = ask(client, f"{HOME}/embed?static=1").json
    assert Elements(body["html"]).all("script") == []


def test_a_wrong_value_in_the_link_gives_its_default(client):
    assert frame(ask(client, f"{HOME}/?pop=martian&level=7").json)["src"] == f"{HOME}/embed"


# -------------------------------------------------------------------------------- whose link it is


@pytest.mark.parametrize(
    "url",
    [
        f"{HOME}",
        f"{HOME}/",
        "https://localhost/?pop=idp",
        "http://LOCALHOST:80/",
        "https://localhost:443/embed",
        f"{HOME}/embed",
        f"{HOME}/share?",
        f"{HOME}/#part",
    ],
)
def test_a_link_to_a_map_of_this_site_is_known(client, url):
    assert ask(client, url).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "http://localhost.example.org/",
        "http://localhost@example.org/",
        "http://example.org/?http://localhost/",
        "http://localhost:8080/",
        "http://localhost:99999/",
        "http://[::1/",
        "ftp://localhost/",
        "javascript://localhost/%0aalert(1)",
        "//localhost/",
        "/",
        f"{HOME}/sources",
        f"{HOME}/oembed",
        f"{HOME}/api/v1/view.json",
        f"{HOME}/embed/host.js",
    ],
)
def test_any_other_link_is_not_found(client, url):
    answer = ask(client, url)
    assert answer.status_code == 404
    assert answer.json["error"]["key"] == "url"
    assert f"{HOME}/embed" in answer.json["error"]["sentence"]


def test_a_snapshot_that_is_not_held_is_not_found(client):
    answer = ask(client, f"{HOME}/?v=0123456789ab")
    assert answer.status_code == 404
    assert answer.json["error"]["key"] == "v"


def test_without_a_link_there_is_nothing_to_say(client):
    for answer in (ask(client, None), ask(client, "")):
        assert answer.status_code == 400
        assert answer.json["error"]["key"] == "url"


@pytest.mark.parametrize("value", ["0", "-1", "1e3", "100px", "٣", "10000000", "1.5", " "])
@pytest.mark.parametrize("key", ["maxwidth", "maxheight"])
def test_a_size_that_is_none_is_refused(client, key, value):
    answer = ask(client, **{key: value})
    assert answer.status_code == 400
    assert answer.json["error"]["key"] == key


@pytest.mark.parametrize(("wanted", "status"), [("json", 200), ("xml", 501), ("yaml", 501)])
def test_there_is_json_and_nothing_else(client, wanted, status):
    assert ask(client, format=wanted).status_code == status


# ------------------------------------------------------------------ behind proxies and prefixes


def test_links_are_right_under_a_prefix_and_a_public_address(client_of):
    there = "https://data.example.org/displacement"
    client = client_of(url_base_pathname="/displacement/", public_url="https://data.example.org")
    body = client.get("/displacement/oembed", query_string={"url": f"{there}/?pop=idp"}).json
    assert frame(body)["src"] == f"{there}/embed"
    assert body["provider_url"] == f"{there}/"
    assert body["thumbnail_url"] == f"{there}/card.png"
    elsewhere = {"url": "https://data.example.org/"}  # the same host, but not the map
    assert client.get("/displacement/oembed", query_string=elsewhere).status_code == 404
    as_asked = {"url": "http://localhost/displacement/"}  # the address behind the proxy
    assert client.get("/displacement/oembed", query_string=as_asked).status_code == 404


def test_links_follow_the_address_that_was_asked(client):
    url = "https://maps.example.org:8443/"
    answer = client.get("/oembed", query_string={"url": url}, base_url=url)
    assert frame(answer.json)["src"] == f"{url}embed"
    assert "private" in answer.headers["Cache-Control"]


# ------------------------------------------------------------------------------- how it is found


def head(client, path: str) -> Elements:
    return Elements(client.get(path).get_data(as_text=True))


def meta(page: Elements) -> dict[str, str | None]:
    named = [(each.get("property") or each.get("name"), each) for each in page.all("meta")]
    return {str(name): each["content"] for name, each in named if name}


def discovered(page: Elements) -> dict[str, str | None]:
    (link,) = [a for a in page.all("link") if a.get("type") == "application/json+oembed"]
    assert link["rel"] == "alternate"
    assert link["title"]
    return link


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("/", f"{HOME}/embed"),
        ("/?pop=returnee&time=2017-05-15", f"{HOME}/embed?pop=returnee&time=2017-05-15"),
        ("/sources", f"{HOME}/embed"),
        ("/share?pop=returnee", f"{HOME}/embed?pop=returnee"),
    ],
)
def test_every_page_leads_to_what_oembed_says_of_it(client, path, source):
    address = urlsplit(str(discovered(head(client, path))["href"]))
    assert f"{address.scheme}://{address.netloc}" == HOME
    assert frame(client.get(f"{address.path}?{address.query}").json)["src"] == source


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/?time=2017-05-15&pop=idp&unknown=1", f"{HOME}/?time=2017-05-15"),
        ("/share?time=2017-05-15&theme=dark", f"{HOME}/share?time=2017-05-15"),
    ],
)
def test_a_chat_shows_the_picture_and_the_headline_of_a_link(client, path, own):
    page = head(client, path)
    said = meta(page)
    assert said["og:type"] == "website"
    assert said["og:site_name"] == "Iraq displacement map"
    assert said["og:title"] == "Where displaced people are living in Iraq"
    assert said["og:description"] == "3,065,502 internally displaced people on 15 May 2017"
    assert said["og:url"] == own
    assert said["og:image"] == f"{HOME}/card.png?time=2017-05-15"
    assert (said["og:image:width"], said["og:image:height"]) == tuple(map(str, SIDES))
    assert said["og:image:alt"] == said["og:description"]
    assert said["twitter:card"] == "summary_large_image"
    (canonical,) = [link["href"] for link in page.all("link") if link.get("rel") == "canonical"]
    assert canonical == own


def test_the_picture_of_a_link_has_the_size_that_is_told(client):
    url = urlsplit(str(meta(head(client, "/"))["og:image"]))
    answer = client.get(f"{url.path}?{url.query}")
    assert answer.mimetype == "image/png"
    header = answer.get_data()[16:24]  # of a PNG: width and height, four bytes each
    assert (int.from_bytes(header[:4]), int.from_bytes(header[4:])) == SIDES


def test_sources_are_found_under_their_own_name(client):
    said = meta(head(client, "/sources?pop=returnee"))
    assert said["og:title"] == "Data & sources"
    assert said["og:url"] == f"{HOME}/sources"


def test_a_page_that_is_not_there_has_no_picture(client):
    assert not [key for key in meta(head(client, "/nope")) if key.startswith("og:")]


def test_a_page_under_a_public_address_names_no_other(client_of):
    client = client_of(url_base_pathname="/displacement/", public_url="https://data.example.org")
    text = client.get("/displacement/?pop=returnee").get_data(as_text=True)
    assert "localhost" not in text
    assert meta(Elements(text))["og:url"] == "https://data.example.org/displacement/?pop=returnee"


# ------------------------------------------------------------------------------------ hostile links


MARKUP = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&{{7*7}}"
hostile = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    [MARKUP, "\x00", "%00", "\ud7ff", "~" * 30, "9" * 400, "../../etc/passwd"]
)
keys = st.sampled_from(
    [
        *("pop", "prog", "measure", "mode", "level", "classes", "time", "base", "area", "lang"),
        *("controls", "legend", "title", "lock", "static", "play", "theme"),
        *("freeze", "width", "height", "language"),
    ]
)
unhurried = settings(deadline=None, max_examples=150)


@given(
    path=st.sampled_from(["", "/", "/embed", "/share", "/sources", "/x"]),
    inner=st.dictionaries(keys | hostile, hostile, max_size=5),
    outer=st.dictionaries(st.sampled_from(["maxwidth", "maxheight", "format"]), hostile),
)
@unhurried
def test_no_link_breaks_oembed_or_comes_back_as_markup(anyone, path, inner, outer):
    query = "&".join(f"{quote(key)}={quote(value)}" for key, value in inner.items())
    answer = ask(anyone, f"{HOME}{path}?{query}", **outer)
    assert answer.status_code in (200, 400, 404, 501)
    assert answer.mimetype == "application/json"
    body = json.loads(answer.get_data())
    if answer.status_code == 200:
        found = frame(body)
        assert set(found) == {"src", "title", "width", "height", "style", "loading"}
        assert str(found["src"]).startswith(f"{HOME}/embed")
        asked = dict(parse_qsl(urlsplit(str(found["src"])).query))
        assert not any(value == MARKUP for value in asked.values())
        assert html.unescape(body["html"]).count("<script") <= 1


@given(url=hostile)
@unhurried
def test_nothing_that_is_no_link_breaks_oembed(anyone, url):
    assert ask(anyone, url).status_code in (400, 404)
    assert ask(anyone, f"{HOME}/?{url}").status_code in (200, 404)
