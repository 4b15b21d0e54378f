"""Who may frame, read and load what: headers by route, proxies and links, and never a cookie."""

from __future__ import annotations

import http.client
import json
import re
from urllib.parse import quote, urlsplit

import pytest

VIEW = "/api/v1/view.json"
EMBED = ["/embed", "/embed?pop=returnee&static=1", "/embed?v=000000000000", "/embed?pop=nobody"]
DATA = [
    *(VIEW, "/api/v1/areas/1.topojson", "/api/v1/area/IQG15.json", "/api/v1/meta.json"),
    *("/embed/map.js", "/embed/auto.css", "/embed/dark.css", "/embed/host.js"),
    *("/map.png", "/card.png", "/data.csv", "/oembed?url=http://localhost/"),
]
REFUSED = [
    *(f"{VIEW}?pop=nobody", f"{VIEW}?v=000000000000", "/api/v1/areas/3.topojson"),
    *("/api/v1/area/IQG99.json", "/api/v1/meta.json?lang=de", "/data.csv?rows=none"),
    *("/map.png?w=1", "/card.png?time=never", "/oembed?url=https://example.org/"),
]
WITH_DIALOG = ["/", "/sources", "/share"]
OTHERS = [
    *("/nope", "/api/nope", "/healthz", "/readyz", "/_dash-layout", "/_dash-dependencies"),
    *("/assets/css/page/main.css", "/_favicon.ico"),
]
EVERY = [*EMBED, *DATA, *REFUSED, *WITH_DIALOG, *OTHERS, "/?v=000000000000"]
METHODS = ["get", "head", "options", "post", "put", "delete"]


def directives(response) -> dict[str, list[str]]:
    policy = response.headers["Content-Security-Policy"]
    return {name: words for name, *words in (rule.split() for rule in policy.split(";"))}


# ---------------------------------------------------------------------------------- on every answer


@pytest.mark.parametrize("path", EVERY)
def test_no_answer_ever_sets_a_cookie(client, path):
    for method in METHODS:
        response = getattr(client, method)(path, headers={"Cookie": "session=1; who=me"})
        assert response.status_code < 500
        assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("path", EVERY)
def test_every_answer_is_closed_but_for_what_it_needs(client, path):
    for method in METHODS:
        response = getattr(client, method)(path)
        policy = directives(response)
        assert policy["default-src"] == ["'none'"]
        assert policy["base-uri"] == ["'none'"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert "geolocation=()" in response.headers["Permissions-Policy"]
        assert not any(":" in word for name in policy for word in policy[name] if "//" in word)


@pytest.mark.parametrize("path", [*DATA, *REFUSED, *WITH_DIALOG, *OTHERS])
def test_all_but_the_public_map_may_be_framed_by_the_site_itself_only(client, path):
    response = client.get(path)
    assert directives(response)["frame-ancestors"] == ["'self'"]
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", EMBED)
def test_the_public_map_may_be_framed_by_anyone(client, path):
    response = client.get(path)
    assert directives(response)["frame-ancestors"] == ["*"]
    for name in ("X-Frame-Options", "Cross-Origin-Opener-Policy", "Access-Control-Allow-Origin"):
        assert name not in response.headers
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_who_may_frame_what_is_two_settings(client_of):
    press, office = "https://press.example", "https://office.example"
    client = client_of(embed_ancestors=f"{press} *.example.org", frame_ancestors=office)
    assert directives(client.get("/embed"))["frame-ancestors"] == [press, "*.example.org"]
    for path in ("/", "/sources", "/share", VIEW, "/map.png"):
        assert directives(client.get(path))["frame-ancestors"] == [office]


def test_the_public_map_runs_its_own_files_and_styles_by_their_hash(client):
    policy = directives(client.get("/embed"))
    assert policy["script-src"] == ["'self'"]
    itself, *hashes = policy["style-src"]
    assert itself == "'self'"
    assert hashes and all(re.fullmatch(r"'sha256-[\w+/]{43}='", each) for each in hashes)
    assert policy["img-src"] == ["'self'", "data:"]
    assert policy["connect-src"] == policy["form-action"] == ["'self'"]


@pytest.mark.parametrize("path", WITH_DIALOG)
def test_pages_that_show_the_public_map_may_frame_their_own(client, path):
    assert directives(client.get(path))["frame-src"] == ["'self'"]


@pytest.mark.parametrize("path", [*DATA, *OTHERS, "/embed"])
def test_nothing_else_frames_anything(client, path):
    assert "frame-src" not in directives(client.get(path))


@pytest.mark.parametrize("path", [*DATA, *REFUSED])
def test_data_runs_and_loads_nothing(client, path):
    policy = directives(client.get(path))
    assert set(policy) == {"default-src", "img-src", "style-src", "base-uri", "frame-ancestors"}
    assert policy["img-src"] == ["'self'"]


# --------------------------------------------------------------------------- other origins' scripts


@pytest.mark.parametrize("path", [*DATA, *REFUSED])
def test_scripts_of_any_origin_may_read_public_data_and_why_it_is_refused(client, path):
    for method in ("get", "head"):
        response = getattr(client, method)(path, headers={"Origin": "https://example.org"})
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("path", [*EMBED, *WITH_DIALOG, *OTHERS])
def test_no_script_of_another_origin_may_read_anything_else(client, path):
    response = client.get(path, headers={"Origin": "https://example.org"})
    assert not [name for name in response.headers.keys() if name.startswith("Access-Control")]


@pytest.mark.parametrize("path", [VIEW, "/map.png", "/embed", "/"])
@pytest.mark.parametrize("method", ["options", "post", "put", "patch", "delete"])
def test_only_what_is_got_may_be_read(client, path, method):
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    response = getattr(client, method)(path, headers=asked)
    assert not [name for name in response.headers.keys() if name.startswith("Access-Control")]


def test_an_answer_that_has_not_changed_may_be_read_too(client):
    for path in (VIEW, "/embed/map.js", "/card.png"):
        tag = client.get(path).headers["ETag"]
        response = client.get(path, headers={"If-None-Match": tag})
        assert response.status_code == 304
        assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_nothing_of_the_page_is_computed_for_who_sends(client):
    """Its own callbacks run in the browser; ``test_guard.py`` has all that may be sent."""
    for callback in client.get("/_dash-dependencies").json:
        body = {"output": callback["output"], "inputs": callback["inputs"]}
        response = client.post("/_dash-update-component", json=body)
        assert response.status_code == 404
        assert response.json["error"]["sentence"].startswith("Nothing of this page is computed")
    assert client.post("/_dash-update-component", data=b"x" * 100_000).status_code == 413


# ----------------------------------------------------------------------------------- proxies, links


FORWARDED = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "maps.example.org",
}


def card_of(client, headers, path="/", **options) -> str:
    """Where a page says that its picture is."""
    text = client.get(path, headers=headers, **options).get_data(as_text=True)
    (address,) = re.findall(r'<meta property="og:image" content="([^"]+)"', text)
    return address


def test_a_link_follows_the_request(client):
    assert card_of(client, {"Host": "map.example:8050"}).startswith("http://map.example:8050/")
    assert card_of(client, {}, base_url="https://map.example").startswith("https://map.example/")


def test_a_client_cannot_change_links_by_what_only_proxies_say(client):
    assert card_of(client, FORWARDED).startswith("http://localhost/")


def test_links_follow_the_proxies_that_are_trusted(client_of):
    client = client_of(trusted_proxies=1)
    assert card_of(client, FORWARDED).startswith("https://maps.example.org/card.png")
    port = {**FORWARDED, "X-Forwarded-Port": "8443"}
    assert card_of(client, port).startswith("https://maps.example.org:8443/")
    assert card_of(client, {}).startswith("http://localhost/")


def test_only_so_many_proxies_are_believed(client_of):
    client = client_of(trusted_proxies=1)
    forged = {**FORWARDED, "X-Forwarded-Host": "evil.example, maps.example.org"}
    assert card_of(client, forged).startswith("https://maps.example.org/")
    two = client_of(trusted_proxies=2)
    assert card_of(two, {"X-Forwarded-Host": "maps.example.org, inner"}).startswith(
        "http://maps.example.org/"
    )
    assert card_of(two, {"X-Forwarded-Host": "evil.example"}).startswith("http://localhost/")


def test_the_prefix_is_a_setting_and_no_header(client_of):
    client = client_of(trusted_proxies=1, url_base_pathname="/displacement/")
    headers = {**FORWARDED, "X-Forwarded-Prefix": "/evil"}
    card = card_of(client, headers, "/displacement/")
    assert card.startswith("https://maps.example.org/displacement/card.png")


@pytest.fixture(scope="module")
def public(client_of):
    return client_of(public_url="https://maps.example.org/", trusted_proxies=1)


def test_where_the_site_is_found_may_be_said_once_for_all(public):
    for headers in ({}, {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}):
        assert card_of(public, headers).startswith("https://maps.example.org/card.png")


WITH_LINKS = ["/", "/sources", "/share", "/map.png", "/oembed?url="]


@pytest.mark.parametrize("path", WITH_LINKS)
def test_no_shared_cache_keeps_a_link_that_followed_a_request(client, path):
    url = quote("http://evil.example/") if path.endswith("url=") else ""
    response = client.get(path + url, headers={"Host": "evil.example"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "private, no-cache"
    if path != "/map.png":
        assert "evil.example" in response.get_data(as_text=True), "it does hold such a link"
        assert "evil.example" not in client.get(path + quote("http://localhost/")).get_data(
            as_text=True
        )


@pytest.mark.parametrize("path", ["/sources", "/map.png", "/oembed?url="])
def test_links_to_the_one_public_place_may_be_kept_by_anyone(public, path):
    url = quote("https://maps.example.org/") if path.endswith("url=") else ""
    response = public.get(path + url)
    assert response.status_code == 200
    assert response.cache_control.public


@pytest.mark.parametrize("path", [VIEW, "/embed", "/embed/map.js", "/data.csv", "/card.png"])
def test_what_everyone_may_keep_holds_no_word_of_the_client(client, path):
    odd = {"Host": "evil.example", **FORWARDED, "Origin": "https://evil.example"}
    odd |= {"Referer": "https://evil.example/", "User-Agent": "evil.example", "Cookie": "evil=1"}
    response, plain = client.get(path, headers=odd), client.get(path)
    assert response.cache_control.public
    assert response.data == plain.data
    assert response.headers == plain.headers


@pytest.mark.parametrize(
    "host", ["", "a b", "<script>", "evil.example/x", "a\tb", "[::1", "x:99999"]
)
def test_a_host_that_is_none_makes_no_link(client, host):
    card = card_of(client, {"Host": host})
    assert card.startswith("/card.png")


# ----------------------------------------------------------------------------------- in the browser


@pytest.mark.parametrize("path", ["/map.png", "/card.png", VIEW])
def test_files_open_in_a_tab_without_a_complaint(site, browser, path):
    page = browser.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(site + path)
    if path.endswith(".png"):
        assert page.evaluate("() => document.images[0].naturalWidth") == 1200
    page.close()
    assert [line for line in said if "404" not in line] == []  # /favicon.ico, which is none


def test_gunicorn_believes_no_more_than_the_application(site):
    """It runs on the machine of the proxy, whose clients may send what they like."""
    place = urlsplit(site).netloc
    connection = http.client.HTTPConnection(place, timeout=30)
    forged = {**FORWARDED, "X-Forwarded-Ssl": "on", "Script_Name": "/evil", "Path_Info": "/nope"}
    connection.request("GET", "/", headers=forged)
    answer = connection.getresponse()
    assert answer.status == 200
    assert f'content="http://{place}/card.png' in answer.read().decode()
    connection.close()


def test_every_header_goes_over_the_wire_once(site):
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=30)
    for _ in range(3):
        connection.request("GET", VIEW, headers={"Accept-Encoding": "br"})
        answer = connection.getresponse()
        body = answer.read()
        names = [name for name, _ in answer.getheaders()]
        assert answer.status == 200
        assert len(names) == len(set(names)), "each header once, also the date"
        assert int(answer.headers["Content-Length"]) == len(body)
    tag = answer.headers["ETag"]
    connection.request("GET", VIEW, headers={"Accept-Encoding": "br", "If-None-Match": tag})
    unchanged = connection.getresponse()
    assert (unchanged.status, unchanged.read()) == (304, b"")
    connection.request("GET", "/readyz")
    assert json.loads(connection.getresponse().read())["ready"]
    connection.close()
