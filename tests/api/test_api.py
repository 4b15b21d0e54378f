"""The HTTP side: routes, caching, compression, refusals, headers, and where it is mounted."""

from __future__ import annotations

import gzip
import json
import re
from itertools import product

import brotli  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.figures.availability import available_measures, dates_of
from geodata.figures.classes import CLASSIFICATIONS

VIEW, META = "/api/v1/view.json", "/api/v1/meta.json"
AREAS, NINEWA = "/api/v1/areas/1.topojson", "/api/v1/area/IQG15.json"
ROUTES = ["/", "/sources", VIEW, META, AREAS, "/api/v1/areas/2.topojson", NINEWA]
CACHED = [VIEW, META, AREAS, NINEWA, "/sources"]
ABSENT = [
    *("/nope", "/api/v1/nope", "/api/", "/assets/nope.js", "/api/v1/areas/3.topojson"),
    *("/api/v1/area/IQG99.json", f"{VIEW}?v=000000000000", "/?v=000000000000", "/static/x.js"),
]
ONE_YEAR = 31_536_000
END_ID = re.compile(rb'"end_id":"[^"]*"')  # Dash's own, another one for every page load


def refused(response, status=400):
    """The error of an answer that refuses, in full."""
    assert response.status_code == status
    assert response.mimetype == "application/json"
    assert response.cache_control.no_store
    error = response.json["error"]
    assert set(error) == {"key", "value", "sentence"}
    return error


# ------------------------------------------------------------------------------------------- routes


def test_a_view_has_its_state_and_its_figures(client):
    found = client.get(f"{VIEW}?time=R109&pop=returnee&area=IQG15").json
    assert found["state"] == {
        "pop": "returnee",
        "prog": [],
        "prog_when": "any",
        "funder": [],
        "by": "host",
        "from": "",
        "to": "",
        "shelter": [],
        "period": [],
        "measure": "people",
        "mode": "level",
        "level": 1,
        "classes": "round",
        "time": "2019-04-30",
        "base": None,
        "area": "IQG15",
        "flows": 0,
        "lang": "en",
        "digits": "western",
        "v": "",
    }
    assert found["query"] == "pop=returnee&time=2019-04-30&area=IQG15"
    assert found["totals"][found["dates"].index("2019-04-30")] == 4_266_882
    assert "notices" not in found


def test_time_and_area_are_the_readers_and_change_no_figure(client):
    asked, plain = client.get(f"{VIEW}?time=R100&area=IQG01").json, client.get(VIEW).json
    for answer in (asked, plain):
        del answer["state"], answer["query"]
    assert asked == plain


def test_districts_are_answered_too(client):
    found = client.get(f"{VIEW}?level=2").json
    assert len(found["areas"]) == 101
    assert {"pcode", "name", "near", "parent", "parentName"} == set(found["areas"][0])


@pytest.mark.parametrize(("level", "objects"), [(1, ["governorates"]), (2, ["districts"])])
def test_boundaries_come_with_neighbours_and_cities(client, level, objects):
    found = client.get(f"/api/v1/areas/{level}.topojson").json
    assert found["type"] == "Topology"
    assert {*objects, "governorates", "neighbours", "cities"} == set(found["objects"])


def test_the_ids_of_the_boundaries_are_those_of_the_view(client):
    for level, name in ((1, "governorates"), (2, "districts")):
        shapes = client.get(f"/api/v1/areas/{level}.topojson").json["objects"][name]["geometries"]
        areas = client.get(f"{VIEW}?level={level}").json["areas"]
        assert {shape["id"] for shape in shapes} == {area["pcode"] for area in areas}


def test_the_area_panel_follows_the_state(client):
    found = client.get(f"{NINEWA}?pop=returnee").json
    assert found["area"]["name"] == "Ninewa"
    assert "had been displaced" in found["breakdowns"][0]["title"]


def test_what_there_is(client, snapshot):
    found = client.get(META).json
    assert [population["code"] for population in found["populations"]] == [
        *("idp", "returnee", "refugee")
    ]
    idp = found["populations"][0]
    assert idp["levels"] == [1, 2]
    assert idp["totals"][idp["dates"].index("2019-04-30")] == 1_665_108
    assert len(idp["dates"]) == len(idp["rounds"]) == len(idp["totals"]) == 133
    assert len(found["programmes"]) == 25
    assert len(found["sources"]) == 8
    assert found["version"] == snapshot.version
    assert found["languages"][0] == "en"


def test_whoever_runs_it_can_ask_how_it_is(client, snapshot):
    assert client.get("/healthz").data == b"ok\n"
    assert client.get("/readyz").json == {"ready": True, "snapshot": snapshot.version}
    for path in ("/healthz", "/readyz"):
        assert client.get(path).cache_control.no_store


@pytest.mark.parametrize("path", [*ROUTES, "/healthz", "/readyz", "/assets/css/page/main.css"])
def test_head_answers_as_get_does_without_a_body(client, path):
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code == 200
    assert head.data == b""
    for name in ("Content-Type", "ETag", "Cache-Control", "Content-Length"):
        assert head.headers.get(name) == get.headers.get(name)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client, method):
    for path in (VIEW, META, "/sources", "/"):
        assert getattr(client, method)(path).status_code == 405


# ------------------------------------------------------------------------------------------ caching


@pytest.mark.parametrize(("path", "encoding"), [*product(CACHED, ["", "gzip", "br", "gzip, br"])])
def test_an_answer_that_has_not_changed_is_not_sent_again(client, path, encoding):
    headers = {"Accept-Encoding": encoding}
    first = client.get(path, headers=headers)
    assert first.status_code == 200
    again = client.get(path, headers={**headers, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(path, headers={**headers, "If-None-Match": '"another"'})
    assert (other.status_code, other.headers["ETag"]) == (200, first.headers["ETag"])
    assert len(other.data) == len(first.data)  # gzip writes the time into its head


@pytest.mark.parametrize("path", [VIEW, META, AREAS, NINEWA])
def test_a_cache_asks_again_unless_the_address_names_the_snapshot(client, path):
    control = client.get(path).cache_control
    assert control.public and control.no_cache
    assert not control.immutable


@pytest.mark.parametrize("path", [VIEW, META, AREAS, NINEWA])
def test_an_address_that_names_the_snapshot_never_changes(client, snapshot, path):
    control = client.get(f"{path}?v={snapshot.version}").cache_control
    assert control.public and control.immutable
    assert control.max_age == ONE_YEAR
    assert not control.no_cache


@pytest.mark.parametrize("v", ["", "%20"])
def test_an_empty_version_names_no_snapshot(client, v):
    assert not client.get(f"{VIEW}?v={v}").cache_control.immutable


def test_the_etag_is_that_of_the_content(client):
    tags = [client.get(f"{VIEW}?{query}").headers["ETag"] for query in ("", "utm=1", "pop=idp")]
    assert len(set(tags)) == 1
    assert client.get(f"{VIEW}?pop=returnee").headers["ETag"] not in tags


# -------------------------------------------------------------------------------------- compression


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    ("accepts", "encoding", "decompress"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("br", "br", brotli.decompress),
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
    ],
)
def test_answers_are_compressed_and_caches_are_told(client, path, accepts, encoding, decompress):
    plain = client.get(path)
    small = client.get(path, headers={"Accept-Encoding": accepts})
    assert small.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert END_ID.sub(b"", decompress(small.data)) == END_ID.sub(b"", plain.data)
    assert len(small.data) < 0.5 * len(plain.data)


# Flask-Compress leaves it to the garbage collector to close the file.
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*FileIO:pytest.PytestUnraisableExceptionWarning"
)
def test_assets_are_compressed(client):
    path = "/assets/vendor/plotly-basic.min.js"
    small = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == client.get(path).data
    assert len(small.data) < 470_000


@pytest.mark.slow
def test_a_filter_change_takes_at_most_126_bytes_a_date(client, snapshot):
    """As 15 kB for the 119 dates to 2021: every view of governorates without programmes.

    Other classes change a few breaks and labels: they are asked for where the view is largest.
    """
    sizes = {}

    def ask(pop: str, measure: str, mode: str, classes: str = "round") -> int:
        query = f"pop={pop}&measure={measure}&mode={mode}&classes={classes}"
        response = client.get(f"{VIEW}?{query}", headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200
        dates = max(len(dates_of(snapshot, pop)), 119)
        sizes[query] = len(response.data) / dates
        return len(response.data)

    for pop, mode in product(("idp", "returnee", "refugee"), ("level", "change")):
        measures = available_measures(snapshot, pop, 1)
        largest = max(measures, key=lambda measure: ask(pop, measure, mode))  # noqa: B023
        for classes in CLASSIFICATIONS[1:]:
            ask(pop, largest, mode, classes)
    assert {query: size for query, size in sizes.items() if size > 15_000 / 119} == {}


# ---------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("query", "key", "value", "allowed"),
    [
        ("pop=idps", "pop", "idps", "idp, returnee, refugee"),
        ("pop=refugee&level=2", "level", "2", "level may be 1."),
        ("level=2&measure=rate", "measure", "rate", "people, households, share"),
        ("time=2019-04-29", "time", "2019-04-29", "the nearest is 2019-04-30"),
        ("prog=PHSS~X", "prog", "X", "AVRR, CBIBMP"),
        ("area=Ninewa", "area", "Ninewa", "IQG01–IQG18"),
        ("lang=de", "lang", "de", "en"),
    ],
)
@pytest.mark.parametrize("path", [VIEW, NINEWA])
def test_a_wrong_value_is_refused_with_a_sentence(client, path, query, key, value, allowed):
    error = refused(client.get(f"{path}?{query}"))
    assert (error["key"], error["value"]) == (key, value)
    assert error["sentence"].startswith(f"{key}=")
    assert allowed in error["sentence"]


def test_the_page_asks_for_the_default_and_a_notice(client):
    found = client.get(f"{VIEW}?pop=idps&measure=rate&errors=notice").json
    assert found["state"]["pop"] == "idp"
    assert found["state"]["measure"] == "rate"
    (notice,) = found["notices"]
    assert "pop=“idps”" in notice and "default is shown" in notice
    assert client.get(f"{VIEW}?errors=notice").json["notices"] == []


@pytest.mark.parametrize(
    ("path", "key", "value", "said"),
    [
        (f"{VIEW}?v=000000000000", "v", "000000000000", "is a snapshot that is not held here"),
        (f"{META}?v=000000000000", "v", "000000000000", "is a snapshot that is not held here"),
        (f"{AREAS}?v=000000000000", "v", "000000000000", "is a snapshot that is not held here"),
        ("/api/v1/areas/3.topojson", "level", "3", "it may be 1 or 2"),
        ("/api/v1/area/IQG99.json", "pcode", "IQG99", "governorates are IQG01 to IQG18"),
        ("/api/v1/area/IQ-G08.json", "pcode", "IQ-G08", "IQ-G08 was Dahuk, IQG08 is Baghdad"),
        ("/api/v2/view.json", "path", "v2/view.json", "see /api/v1/meta.json"),
    ],
)
def test_what_is_not_held_is_not_found_and_says_what_is(client, path, key, value, said):
    error = refused(client.get(path), 404)
    assert (error["key"], error["value"]) == (key, value)
    assert said in error["sentence"]


@pytest.mark.parametrize("path", ["/nope", "/sources/", "/embed2", "/index.html", "/a/b/c"])
def test_a_page_that_is_none_says_so_as_a_page(client, path):
    response = client.get(path)
    assert response.status_code == 404
    text = response.get_data(as_text=True)
    assert "There is no such page" in text
    assert f"Nothing is at {path}" in text
    assert 'href="/"' in text


def test_a_link_to_a_snapshot_that_is_gone_says_so_as_a_page(client):
    response = client.get("/?v=000000000000&pop=returnee")
    assert response.status_code == 404
    assert "This snapshot is not held here" in response.get_data(as_text=True)
    assert "v=“000000000000”" in response.get_data(as_text=True)


def test_what_stands_in_the_address_is_written_as_text(client):
    for path in ("/<script>alert(1)</script>", "/?v=<script>alert(1)</script>"):
        assert b"<script>alert(1)" not in client.get(path).data
    found = client.get(f"{VIEW}?pop=<script>")
    assert found.mimetype == "application/json"
    assert found.headers["X-Content-Type-Options"] == "nosniff"


KEYS = st.sampled_from(
    ["pop", "prog", "measure", "mode", "level", "classes", "time", "base", "area", "lang", "errors"]
)


@pytest.mark.slow
@given(st.lists(st.tuples(KEYS, st.text(max_size=30)), max_size=4))
@settings(deadline=None, max_examples=60)
def test_whatever_is_asked_is_answered_or_refused(anyone, pairs):
    for path in (VIEW, "/api/v1/area/XXG01.json"):
        assert anyone.get(path, query_string=pairs).status_code in (200, 400)


def test_odd_requests_are_answered(client):
    odd = [
        "?pop",
        "?&&=",
        "?pop=idp&pop=returnee",
        "?pop=%ff%fe",
        "?%00=%00",
        "?time=" + "9" * 4000,
    ]
    for query in odd:
        assert client.get(VIEW + query).status_code in (200, 400)


@pytest.mark.parametrize(
    "path",
    [
        *("/assets/../app.py", "/assets/..%2fapp.py", "/assets/%2e%2e/app.py"),
        *("/assets/....//app.py", "/assets//etc/passwd", "/assets/css/../../app.py"),
        *("/assets/%5c..%5capp.py", "/static/../app.py", "/_dash-component-suites/dash/../../x"),
    ],
)
def test_no_path_leads_out_of_the_assets(client, path):
    response = client.get(path)
    assert response.status_code in (404, 308)
    assert b"create_app" not in response.data and b"root:" not in response.data


def test_a_script_that_dash_does_not_have_is_not_found(client):
    assert client.get("/_dash-component-suites/dash/nope.js").status_code == 404
    assert client.get("/_dash-component-suites/nope/nope.js").status_code == 404


# ---------------------------------------------------------------------------------------- security


EVERY = [
    *ROUTES,
    *ABSENT,
    *("/healthz", "/readyz", "/_dash-layout", "/_dash-dependencies", "/_favicon.ico"),
    *("/assets/css/page/main.css", "/assets/vendor/plotly-basic.min.js", f"{VIEW}?pop=x"),
]


def directives(response) -> dict[str, list[str]]:
    policy = response.headers["Content-Security-Policy"]
    return {name: words for name, *words in (rule.split() for rule in policy.split(";"))}


@pytest.mark.parametrize("path", EVERY)
def test_every_answer_carries_the_security_headers_and_no_cookie(client, path):
    response = client.get(path)
    assert response.status_code < 500
    policy = directives(response)
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'self'"]
    scripts = policy.get("script-src", policy["default-src"])
    assert scripts[0] in ("'self'", "'none'")
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set(scripts)
    assert not any("http" in word for words in policy.values() for word in words)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "Set-Cookie" not in response.headers


def test_wrong_methods_and_unchanged_answers_carry_them_too(client):
    tag = client.get(VIEW).headers["ETag"]
    for response in (
        client.post(VIEW),
        client.options(VIEW),
        client.get(VIEW, headers={"If-None-Match": tag}),
    ):
        assert directives(response)["default-src"] == ["'none'"]
        assert "Set-Cookie" not in response.headers


SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.S)


def test_the_policy_allows_scripts_of_this_origin_alone_and_pages_have_no_other(client):
    response = client.get("/")
    assert directives(response)["script-src"] == ["'self'"]
    scripts = [attributes for attributes, _ in SCRIPT.findall(response.get_data(as_text=True))]
    assert len(scripts) > 1
    for attributes in scripts:
        assert 'src="/' in attributes or 'type="application/json"' in attributes


def test_pages_have_no_handlers_in_their_markup(client):
    for path in ("/", "/sources", "/nope"):
        text = client.get(path).get_data(as_text=True)
        assert not re.search(r"<[^>]+\son\w+=", text)
        assert "javascript:" not in text


def test_who_may_frame_the_pages_is_a_setting(client_of):
    origin = "https://example.org"
    response = client_of(frame_ancestors=f"'self' {origin}").get("/")
    assert directives(response)["frame-ancestors"] == ["'self'", origin]


# ----------------------------------------------------------------------------------------- mounting


@pytest.fixture(scope="module")
def mounted(client_of):
    return client_of(url_base_pathname="/displacement/")


@pytest.mark.parametrize("path", [*ROUTES, "/healthz", "/readyz", "/assets/css/page/main.css"])
def test_everything_moves_with_the_place_where_it_is_mounted(mounted, path):
    assert mounted.get("/displacement" + path).status_code == 200
    assert mounted.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/sources", "/nope"])
def test_every_address_on_a_mounted_page_is_below_it(mounted, path):
    text = mounted.get("/displacement" + path).get_data(as_text=True)
    local = re.findall(r'(?:href|src)="(/[^"]*)"', text)
    assert local
    assert [url for url in local if not url.startswith("/displacement/")] == []


def test_scripts_are_handed_addresses_below_the_mount(mounted):
    text = mounted.get("/displacement/").get_data(as_text=True)
    (written,) = re.findall(r'id="displacement-data">(.*?)</script>', text, re.S)
    data = json.loads(written)
    assert all(url.startswith("/displacement/") for url in data["urls"].values())


def test_refusals_point_below_the_mount(mounted):
    error = refused(mounted.get("/displacement/api/nope"), 404)
    assert "see /displacement/api/v1/meta.json" in error["sentence"]


# -------------------------------------------------------------------------------- another snapshot


def test_another_snapshot_is_served_as_it_is(synthetic, client_of):
    client = client_of(snapshot=synthetic())
    found = client.get(f"{VIEW}?level=2").json
    assert found["text"]["disclaimer"] == "Examplia is made up."
    assert found["status"][0] == "csszc"
    assert "Examplia displacement map" in client.get("/").get_data(as_text=True)
    assert client.get("/sources").status_code == 200
    assert client.get("/api/v1/area/XXG01.json").status_code == 200
    error = refused(client.get("/api/v1/area/IQG15.json"), 404)
    assert "governorates are XXG01 to XXG02" in error["sentence"]


def test_the_threshold_holds_for_views_and_panels(synthetic, client_of):
    folder = synthetic()
    shown = client_of(snapshot=folder, suppression_threshold=0)
    hidden = client_of(snapshot=folder, suppression_threshold=5)
    district = "/api/v1/area/XXG01Q02.json"
    assert shown.get(f"{VIEW}?level=2").json["values"][0][1] == 18
    assert hidden.get(f"{VIEW}?level=2").json["values"][0][1] is None
    assert shown.get(district).json["trend"][0]["people"][0] == 18
    assert hidden.get(district).json["trend"][0]["people"][0] is None


def test_two_applications_in_one_process_keep_apart(synthetic, client, client_of):
    other = client_of(snapshot=synthetic())
    assert other.get(META).json["country"] == "Examplia"
    assert client.get(META).json["country"] == "Iraq"
