"""Three languages on every route: of the address, else of the browser; kept by every link."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from callbacks.serving.context import preferred
from geodata.i18n.language import languages, load_language, strip_isolates
from geodata.places.area_names import area_names
from geodata.places.folding import fold
from tests.documents import Document

HTML = [
    "/",
    "/compare",
    "/briefing",
    "/briefing/edit",
    "/share",
    "/sources",
    "/funders",
    "/download",
]
PROBLEMS = ["/nowhere", "/?v=000000000000", "/compare?v=000000000000"]
DATA = ["/api/v1/view.json", "/api/v1/meta.json", "/data.csv", "/metadata.json"]
ARABIC = {"Accept-Language": "ar-IQ,ar;q=0.9,en;q=0.5"}
OTHERS = ("ar", "ckb")
DIGITS = re.compile(r"[0-9]")


def asked(path: str, query: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{query}"


def root(answer) -> dict[str, str | None]:
    (html,) = Document(answer.get_data(as_text=True)).all("html")
    return html


# ------------------------------------------------------------------------------- which language


@pytest.mark.parametrize("path", [*HTML, *PROBLEMS, "/embed"])
def test_the_address_says_which_language(client, path):
    for code in OTHERS:
        answer = client.get(asked(path, f"lang={code}"), headers={"Accept-Language": "en"})
        assert root(answer) == {"lang": code, "dir": "rtl"}
        assert "Accept-Language" not in answer.vary
    english = client.get(asked(path, "lang=en"), headers=ARABIC)
    assert root(english) == {"lang": "en", "dir": "ltr"}


@pytest.mark.parametrize("path", [*HTML, *PROBLEMS])
def test_a_page_whose_address_names_none_is_in_the_language_of_the_browser(client, path):
    answer = client.get(path, headers=ARABIC)
    assert root(answer)["lang"] == "ar"
    assert "Accept-Language" in answer.vary
    plain = client.get(path)
    assert root(plain)["lang"] == "en"
    assert "Accept-Language" in plain.vary


@pytest.mark.parametrize("path", [*DATA, "/embed", "/map.svg"])
def test_data_files_and_the_public_map_follow_the_address_alone(client, path):
    answer, plain = client.get(path, headers=ARABIC), client.get(path)
    assert answer.data == plain.data
    assert "Accept-Language" not in answer.vary


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("*", "en"),
        ("de,fr;q=0.8", "en"),
        ("ckb-IQ,en;q=0.3", "ckb"),
        ("en-GB,ar;q=0.9", "en"),
        ("fr,ar;q=0.2", "ar"),
        ("q=;;,,x" * 20, "en"),
        ("ku-Arab-IQ", "ckb"),
        ("ku-Arab,ar;q=0.9", "ckb"),
        ("KU-iq,en;q=0.5", "ckb"),
        ("ku-IR", "ckb"),
        ("kmr-Arab-IQ,en", "ckb"),
        ("ckb-Arab-IR", "ckb"),
        ("ku,ar;q=0.5", "ar"),
        ("ku-Latn-IQ,ku-TR;q=0.9,kmr;q=0.8", "en"),
        ("kut-IQ,kum", "en"),
        ("acm-IQ,en;q=0.8", "ar"),
        ("arb", "ar"),
        ("arc-IQ", "en"),
        ("ar-Arab-IQ-u-nu-latn", "ar"),
        ("ar;q=0", "en"),
        ("fr,ar;q=0.0,ckb;q=0.1", "ckb"),
    ],
)
def test_the_browser_is_given_the_best_that_there_is(header, code):
    assert preferred(header) == code


def test_answers_that_are_kept_never_cross_languages(client_of):
    client = client_of()
    for _ in range(2):
        for accepted, code in (("ar", "ar"), ("en", "en"), ("ckb", "ckb")):
            answer = client.get("/sources", headers={"Accept-Language": accepted})
            assert root(answer)["lang"] == code
    tags = {client.get(f"/sources?lang={code}").headers["ETag"] for code in languages()}
    tags |= {client.get("/sources?lang=ar&digits=native").headers["ETag"]}
    assert len(tags) == len(languages()) + 1


@pytest.mark.parametrize("path", [*HTML, "/embed"])
def test_a_language_there_is_not_is_told_on_a_page(client, path):
    page = client.get(asked(path, "lang=fr"))
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "en, ar, ckb" in text and "“fr” is not known" in text.replace("lang=", "")


@pytest.mark.parametrize("path", DATA)
@pytest.mark.parametrize(("key", "valid"), [("lang", "en, ar, ckb"), ("digits", "western, native")])
def test_a_wrong_choice_is_refused_with_those_there_are(client, path, key, valid):
    answer = client.get(asked(path, f"{key}=fr"))
    assert answer.status_code == 400
    assert valid in answer.json["error"]["sentence"]


# ------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/view.json?pop=x", 400),
        ("/api/v1/area/X.json?", 404),
        ("/api/v1/areas/7.topojson?", 404),
        ("/api/v1/nope?", 404),
        ("/oembed?format=xml", 501),
        ("/oembed?", 400),
        ("/oembed?url=http://example.com/", 404),
        ("/oembed?url=x&maxwidth=wide", 400),
        ("/map.png?w=1", 400),
        ("/briefing.yaml?slides=mapp", 400),
        ("/data.csv?time=yesterday", 400),
    ],
)
def test_errors_are_said_in_the_language_of_the_address(client, path, status):
    said = {}
    for code in languages():
        answer = client.get(f"{path}&lang={code}")
        assert answer.status_code == status
        said[code] = answer.json["error"]["sentence"]
    assert len(set(said.values())) == len(languages()), said


@pytest.mark.parametrize("lang", OTHERS)
def test_what_the_server_itself_refuses_is_a_page_in_the_language(client, lang):
    answer = client.post(f"/sources?lang={lang}")
    assert answer.status_code == 405
    assert answer.headers["Allow"]
    assert root(answer) == {"lang": lang, "dir": "rtl"}


def test_a_failure_of_the_server_is_said_as_a_page_and_as_a_sentence(app, monkeypatch):
    monkeypatch.setitem(app.server.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.server.config, "TESTING", False)

    def fail(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr("callbacks.pages.sources.page", fail)
    client = app.server.test_client()
    answer = client.get("/sources?lang=ar")
    assert answer.status_code == 500
    assert root(answer) == {"lang": "ar", "dir": "rtl"}
    monkeypatch.setattr("callbacks.error_pages.render", fail)
    bare_answer = client.get("/sources?lang=ar")
    assert (bare_answer.status_code, bare_answer.mimetype) == (500, "text/plain")
    assert load_language("ar").native(bare_answer.get_data(as_text=True))


# -------------------------------------------------------------------------------------- links


@pytest.mark.parametrize("path", HTML)
def test_every_link_of_a_page_keeps_language_and_digits(client, path):
    page = Document(client.get(asked(path, "lang=ckb&digits=native")).get_data(as_text=True))
    own = [
        link["href"]
        for link in page.all("a")
        if link["href"] and link["href"].startswith("/") and "hreflang" not in link
    ]
    assert own
    for address in own:
        query = parse_qs(urlsplit(address).query)
        assert (query.get("lang"), query.get("digits")) == (["ckb"], ["native"]), address


def test_english_that_was_asked_for_by_name_is_kept_by_every_link(client):
    page = Document(client.get("/sources?lang=en", headers=ARABIC).get_data(as_text=True))
    pages = [link["href"] for link in page.all("a") if (link["href"] or "").startswith("/")]
    assert pages
    for address in pages:
        assert "lang=" in str(address), address


@pytest.mark.parametrize("path", [*HTML, *PROBLEMS])
def test_the_switch_leads_to_the_same_in_every_language(client, path):
    answer = client.get(asked(path, "pop=returnee&lang=ar&digits=native"))
    links = [a for a in Document(answer.get_data(as_text=True)).all("a") if "hreflang" in a]
    assert [link["hreflang"] for link in links] == list(languages())
    assert [link.get("aria-current") for link in links] == [None, "true", None]
    for link, code in zip(links, languages(), strict=True):
        assert (link["lang"], link["dir"]) == (code, load_language(code).direction)
        parts, here = urlsplit(link["href"] or ""), urlsplit(path)
        assert parts.path == here.path and not parts.netloc
        wanted = {"pop": ["returnee"], "lang": [code], "digits": ["native"]}
        assert parse_qs(parts.query) == wanted | parse_qs(here.query)


def test_the_switch_never_leads_off_the_site(client):
    for path in ("//example.com/", "/%2f%2fexample.com", "/\\example.com"):
        answer = client.get(path)
        page = Document(answer.get_data(as_text=True))
        for link in page.all("a"):
            if "hreflang" in link:
                assert not urlsplit(link["href"] or "").netloc


def test_search_engines_are_told_of_each_language(client):
    page = Document(client.get("/?pop=returnee&lang=ar").get_data(as_text=True))
    found = {
        link["hreflang"]: parse_qs(urlsplit(link["href"] or "").query)
        for link in page.all("link")
        if "hreflang" in link
    }
    assert found["ckb"] == {"pop": ["returnee"], "lang": ["ckb"]}
    assert found["x-default"] == {"pop": ["returnee"]}
    assert list(found) == [*languages(), "x-default"]
    locales = [meta["content"] for meta in page.all("meta") if meta.get("property") == "og:locale"]
    assert locales == ["ar_IQ"]


# -------------------------------------------------------------------------------------- names


def test_areas_are_named_in_the_language_or_the_nearest_the_source_has(snapshot):
    english, arabic, sorani = (
        area_names(snapshot, load_language(code)) for code in ("en", "ar", "ckb")
    )
    assert (arabic["IQG01"], arabic["IQG11Q02"], arabic["IQG08Q01"]) == (
        *("الأنبار", "أربيل", "الأعظمية"),
    )
    assert (sorani["IQG11"], sorani["IQG15"]) == ("هەولێر", "نەینەوا")
    assert sorani["IQG15Q01"] == arabic["IQG15Q01"] == "عقرة"
    assert set(english) == set(arabic) == set(sorani)
    assert all(name == name.strip() for name in (*arabic.values(), *sorani.values()))


def test_only_letters_that_readers_write_are_put_into_arabic_names(snapshot):
    rows = snapshot.tables.areas.set_index("pcode")["name_ar"]
    arabic = area_names(snapshot, load_language("ar"))
    changed = {pcode for pcode, name in rows.items() if name.strip() != arabic[pcode]}
    assert changed == {"IQG01", "IQG02Q01", "IQG08Q01", "IQG11", "IQG11Q02"}
    assert all(fold(rows[pcode]) == fold(arabic[pcode]) for pcode in changed)


# ------------------------------------------------------------------------------------- digits


def test_figures_in_sentences_are_in_native_digits_where_they_are_asked_for(client):
    view = client.get("/api/v1/view.json?lang=ar&digits=native").json
    assert view["query"] == "lang=ar&digits=native"
    for headline in view["text"]["headline"]:
        assert not DIGITS.search(headline), headline
    assert not any(DIGITS.search(label) for label in view["scale"]["labels"])
    western = client.get("/api/v1/view.json?lang=ar").json
    assert view["values"] == western["values"]


def test_files_carry_no_isolates_in_their_names(client):
    for path in ("/map.svg", "/data.csv"):
        named = client.get(f"{path}?lang=ar").headers["Content-Disposition"]
        assert strip_isolates(named) == named and named.isascii()


# ----------------------------------------------------------------------------- in the browser


def test_the_switch_follows_the_state_that_scripts_write_into_the_address(watched, site):
    page = watched().page
    page.goto(f"{site}/compare?lang=ar")
    page.evaluate("() => history.replaceState(null, '', '?pop=returnee&lang=ar#x')")
    page.get_by_role("link", name="کوردی").focus()
    address = page.get_by_role("link", name="کوردی").get_attribute("href")
    assert urlsplit(address).query == "pop=returnee&lang=ckb"
    page.keyboard.press("Enter")
    page.wait_for_url("**lang=ckb**")
    assert page.locator("html").get_attribute("dir") == "rtl"
