"""The documents that the server renders: sources and terms, the map's frame, what is not there."""

from __future__ import annotations

import dataclasses
import html
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from geodata.figures.funders import funder_codes
from geodata.figures.printed_totals import printed_totals
from geodata.figures.statuses import STATUSES
from geodata.i18n.language import load_language
from geodata.settings import BUNDLED
from geodata.snapshots.library import Library
from geodata.snapshots.serialise import write_snapshot
from geodata.snapshots.snapshot import load
from layouts import ids
from tests import made_up
from tests.documents import Document, words

PAGES = ["/", "/sources", "/funders", "/share", "/nope"]
# Links that say where something is, and load nothing.
NAMED_ONLY = {"canonical", "alternate", "expect"}


def read(client, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def handed_over(text: str) -> dict:
    """What the map page hands to its scripts."""
    (data,) = re.findall(r'id="displacement-data">(.*?)</script>', text, re.S)
    return json.loads(data)


@pytest.fixture(scope="module")
def sources(app) -> str:
    return app.server.test_client().get("/sources").get_data(as_text=True)


# ---------------------------------------------------------------------------------------- any page


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_a_sound_document(client, path):
    text = read(client, path)
    page = Document(text)
    assert page.all("html") == [{"lang": "en", "dir": "ltr"}]
    assert text.partition("</head>")[0].count("<title>") == len(page.all("main")) == 1
    assert {"charset": "utf-8"} in page.all("meta")
    assert any(meta.get("name") == "viewport" for meta in page.all("meta"))
    found = page.values("id")
    assert len(found) == len(set(found))
    assert all(element.get("alt") is not None for element in page.all("img"))
    drawn = page.all("svg")
    assert all(each.get("aria-label") or each.get("aria-hidden") for each in drawn)


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_every_link_leads_somewhere(client, path):
    page = Document(read(client, path))
    for link in page.all("a"):
        if "hreflang" in link and path == "/nope":
            continue  # the same page in another language is not there, either
        address = link["href"] or ""
        parts = urlsplit(address)
        if parts.path.startswith("/timelapse."):
            continue  # they take ten seconds; tests/countries/test_other_country.py asks for it
        if parts.scheme or parts.netloc:
            assert parts.scheme in ("https", "http") and parts.netloc, address
            assert link.get("rel") == "noopener"
        elif parts.path:
            assert client.get(parts.path).status_code == 200, address
        else:
            assert parts.fragment in page.values("id"), address


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_loaded_from_elsewhere(client, path):
    page = Document(read(client, path))
    links = [link for link in page.all("link") if link["rel"] not in NAMED_ONLY]
    loaded = [*page.values("src"), *(link["href"] or "" for link in links)]
    assert loaded
    for address in loaded:
        assert address.startswith("/") and not address.startswith("//"), address
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_itself_and_says_whom_its_borders_do_not_speak_for(client, path):
    text = read(client, path)
    assert "Iraq displacement map" in words(text)
    assert "do not imply official endorsement or acceptance" in words(text)
    current = [link for link in Document(text).all("a") if link.get("aria-current") == "page"]
    assert [link["href"] for link in current] == ([path] if path != "/nope" else [])


# ------------------------------------------------------------------------------------ /sources


def test_every_source_stands_with_its_terms(sources, snapshot):
    text = "".join(words(sources).split())
    for row in snapshot.manifest["sources"]:
        for key in ("title", "publisher", "url", "terms", "credit", "what"):
            assert "".join(row[key].split()) in text, row[key]
        assert row["id"] in Document(sources).values("id")
    assert snapshot.version in text


def test_the_dates_of_each_population(sources):
    text = words(sources)
    assert "Internally displaced 1 Apr 2014 31 Dec 2024 133 18" in text
    assert "Returnees 10 Apr 2015 28 Feb 2021 103 8" in text
    assert "Syrian refugees 7 Sept 2012 31 Aug 2017 2 4" in text


def test_the_join_of_every_table(sources, snapshot):
    text = words(sources)
    for table, n in snapshot.join_report["rows"].items():
        numbers = " ".join(f"{n[way]:,}" for way in ("code", "name", "alias", "none"))
        assert f"{table} {numbers}" in text


def test_rows_that_were_not_placed_are_named(client_of, synthetic):
    text = words(read(client_of(snapshot=synthetic()), "/sources"))
    assert "Nowhere ( made_up ): 14 households not placed" in text


def test_what_every_status_means(sources):
    text = words(sources)
    for status in STATUSES.values():
        assert status.word in text and status.meaning in text
    assert "it is not zero" in text


def test_printed_totals_stand_beside_ours_and_the_one_that_differs_is_marked(
    sources, published_rows
):
    printed = [int(row["individuals"]) for row in published_rows("dtm/national_totals_published")]
    text = words(sources)
    assert all(f" {people:,} " in text for people in printed)
    rows = re.findall(r'<tr class="differs">.*?</tr>', sources, re.S)
    assert len(rows) == 1
    assert "29 Jan 2015 2,255,148 2,300,664" in words(rows[0])


def test_every_programme_with_every_statement_about_where_it_worked(sources, snapshot):
    text = words(sources)
    for row in snapshot.tables.programmes.itertuples():
        assert f"{row.code} {row.name}" in text
    details = re.findall(r'<details class="card" id="programme-.*?</details>', sources, re.S)
    assert len(details) == 25
    lines = sum(part.count('<tr><th scope="row">') for part in details)
    assert lines == len(snapshot.tables.coverage)


def test_limits_are_told(sources):
    text = words(sources)
    for said in (
        *("households × 6", "Round 5 (August 2014)", "Halabja", "April 2014", "not zero"),
        "District figures under 5 households are not shown",
    ):
        assert said in text


def test_without_suppression_none_is_told(client_of):
    text = words(read(client_of(suppression_threshold=0), "/sources"))
    assert "households are not shown" not in text


# ------------------------------------------------------------------------------------ /funders


def test_each_funder_stands_with_its_programmes_places_results_and_a_link_to_the_map(
    client, snapshot
):
    text = read(client, "/funders")
    sections = dict(
        re.findall(r'<section class="card funder" id="(.*?)"(.*?)</section>', text, re.S)
    )
    assert tuple(sections) == funder_codes(snapshot)
    japan = words(sections["JAPAN"])
    assert "where 3 programmes funded by Japan work or worked" in japan
    assert "Years that a text names 2008" in japan
    assert sections["JAPAN"].count('class="in"') == 16  # governorates, on the map
    assert 'href="/?funder=JAPAN"' in sections["JAPAN"]
    for code in ("CBIBMP", "IDPP", "PHSS"):
        assert f"<b>{code}</b>" in sections["JAPAN"]
    reach = snapshot.tables.reach
    for row in reach[reach["programme"] == "PHSS"].itertuples():
        assert row.indicator in japan and row.source in html.unescape(sections["JAPAN"])


def test_programmes_lead_to_their_funders_and_a_donor_from_there_to_the_map(client):
    panel = read(client, "/?prog=PHSS&lang=ar")
    assert 'href="/funders?lang=ar#JAPAN"' in panel
    area = read(client, "/?area=IQG02")
    assert 'href="/funders#JAPAN"' in area
    there = read(client, "/?funder=JAPAN")
    assert "3 programmes funded by Japan" in words(there)
    assert 'value="JAPAN" selected' in there or 'selected value="JAPAN"' in there


def test_without_funders_the_page_says_so(client_of, synthetic):
    text = read(client_of(snapshot=synthetic()), "/funders")
    assert "No text at hand names a funder." in text


LOADED = ("menus", "languages", "copying", "offline", "share", "download")


def test_sources_need_no_script_but_those_of_the_dialog_and_the_menu(sources):
    data, *scripts = Document(sources).all("script")
    assert data == {"type": "application/ld+json"}, "data, which no browser runs"
    found = [re.sub(r"\.\w{12}\.", ".", str(script["src"])) for script in scripts]
    assert found == [f"/built/js/{name}.js" for name in LOADED]
    assert all("defer" in script for script in scripts)


def test_tables_say_what_their_cells_are(sources):
    heads = Document(sources).all("th")
    assert heads and all(head.get("scope") in ("col", "row") for head in heads)


# ------------------------------------------------------------------------- the history of snapshots


def held_in(library: Library, said: str, **provenance: Any) -> str:
    """Put a snapshot into a library, made of what is said of it."""
    return library.add(
        made_up.tables(),
        made_up.squares(),
        join_report={"rows": {}, "unmatched": [], "areas_without_rows": {}},
        country={**made_up.COUNTRY, "disclaimer": said},
        provenance=provenance or None,
    )


def series(population: str, programme: str, *figures: int) -> dict[str, Any]:
    """A series of figures, as a manifest says what an ingest changed of it."""
    what = ("added", "changed", "removed", "dates_added")
    named = {"population": population, "programme": programme}
    return {**named, **dict(zip(what, figures, strict=True))}


MADE: dict[str, Any] = {
    "base": "0123456789ab",
    "kind": "dtm-idp",
    "files": [
        {"name": "list.xlsx", "sha256": "ab" * 32, "size": 1, "rows": 3106, "layout": "site export"}
    ],
    "placed": {"districts": {"code": 1, "name": 1919, "alias": 1187, "none": 2}},
    "warnings": 16,
    "changes": [series("idp", "", 117, 2, 0, 1), series("returnee", "OWN", 0, 1, 1, 0)],
}


def rows_of(text: str) -> list[str]:
    """The rows of the history, as words."""
    (table,) = re.findall(r'<h2 id="history">.*?<tbody>(.*?)</tbody>', text, re.S)
    found = [words(row).split() for row in re.findall(r"<tr>.*?</tr>", table, re.S)]
    return [" ".join(row) for row in found]


@pytest.fixture
def library(tmp_path) -> Library:
    return Library(tmp_path / "library")


def test_without_a_library_no_history_is_told(sources):
    found = Document(sources).values("id")
    assert "made" not in found and "history" not in found


def test_what_became_active_is_told_with_what_it_changed(library, client_of):
    first, second = held_in(library, "first"), held_in(library, "second", **MADE)
    library.activate(first, "activate", "the snapshot to start from")
    library.activate(second, "ingest", "dtm-idp list.xlsx")
    library.rollback()
    library.activate(second, "activate")
    text = read(client_of(snapshots=library.name), "/sources")
    last, back, new, start = rows_of(text)
    assert f"UTC {first} Chosen: the snapshot to start from" in start
    assert f"{second} New figures: dtm-idp list.xlsx" in new
    assert "Internally displaced: 117 figures added, 2 changed, 0 removed (1 new date)" in new
    assert "Returnees reached by OWN: 0 figures added, 1 changed, 1 removed" in new
    assert back.endswith(f"{first} Gone back to"), "what it changed is of another step"
    assert last.endswith(f"{second} Chosen"), "what it changed is told where it came in"
    assert {f"/sources?v={first}", f"/sources?v={second}"} <= set(Document(text).values("href"))


def test_when_something_became_active_is_told_in_universal_time(library, client_of):
    library.activate(held_in(library, "first"))
    file = Path(library.name) / "history.json"
    (entry,) = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps([{**entry, "at": "2026-11-22T05:07:00+03:00"}]))
    (row,) = rows_of(read(client_of(snapshots=library.name), "/sources"))
    assert row.startswith("22 Nov 2026, 02:07 UTC")


def test_one_that_is_not_held_any_more_says_so_and_leads_nowhere(library, client_of):
    gone = held_in(library, "gone")
    for version in (gone, held_in(library, "here")):
        library.activate(version)
    shutil.rmtree(Path(library.name) / gone)
    text = read(client_of(snapshots=library.name), "/sources")
    assert f"{gone} (not held any more)" in rows_of(text)[1]
    assert f"/sources?v={gone}" not in Document(text).values("href")


def test_many_changes_are_counted(library, client_of):
    made = {**MADE, "changes": [series("idp", f"P{n}", 1, 0, 0, 0) for n in range(9)]}
    library.activate(held_in(library, "many", **made))
    (row,) = rows_of(read(client_of(snapshots=library.name), "/sources"))
    assert "by P4:" in row and "by P5:" not in row
    assert row.endswith("and 4 more")


@pytest.mark.parametrize("query", ["", "?v={version}"])
def test_a_snapshot_tells_what_it_was_made_of(library, client_of, query):
    version = held_in(library, "second", **MADE)
    library.activate(version if not query else held_in(library, "first"))
    client = client_of(snapshots=library.name)
    text = read(client, f"/sources{query.format(version=version)}")
    (made,) = re.findall(r'<h2 id="made">.*?</dl>', text, re.S)
    for said in (
        "Made from snapshot 0123456789ab Kind of source dtm-idp",
        "File list.xlsx (site export, 3,106 rows), SHA-256 abababababab…",
        "districts: rows placed by code 1, by name 1,919, by alias 1,187; not placed 2",
        "Warnings 16 warnings were given.",
    ):
        assert said in words(made)


def test_the_history_is_told_as_it_is_by_now(library, client_of):
    """Also where what is shown is the same as before, and its page is kept in memory."""
    first, second = held_in(library, "first"), held_in(library, "second")
    library.activate(first)
    client = client_of(snapshots=library.name)
    assert len(rows_of(read(client, "/sources"))) == 1
    library.activate(second)
    library.rollback()
    client.application.extensions["displacement-context"].registry.refresh()
    assert len(rows_of(read(client, "/sources"))) == 3


# ------------------------------------------------------------------------- what a source may hold


NASTY = '</script><script>alert("x")</script><b>&amp;'


@pytest.fixture
def nasty(synthetic, client_of, library):
    """A snapshot whose every text tries to be markup."""
    tables = made_up.tables()
    given = tables.sources.assign(title=NASTY, terms=NASTY, credit=NASTY, what=NASTY)
    programmes = tables.programmes.assign(name=NASTY, description=NASTY, funders=NASTY)
    areas = tables.areas.assign(name_en=[f"{NASTY}{i}" for i in range(len(tables.areas))])
    coverage = tables.coverage.assign(source='javascript:alert("x")', locator=NASTY, note=NASTY)
    changed = dataclasses.replace(
        tables, sources=given, programmes=programmes, areas=areas, coverage=coverage
    )
    lost = {"table": NASTY, "place": NASTY, "rows": 1, "households": 1, "nearest": []}
    note = [{"text": NASTY}]
    folder = synthetic()
    write_snapshot(
        folder,
        changed,
        made_up.squares(),
        join_report={"rows": {}, "unmatched": [lost], "areas_without_rows": {}},
        country={**made_up.COUNTRY, "name": NASTY, "disclaimer": NASTY, "notes": note},
        provenance={
            **MADE,
            "kind": NASTY,
            "files": [{"name": NASTY, "layout": NASTY, "sha256": NASTY, "rows": 1}],
            "placed": {NASTY: {}},
            "changes": [series(NASTY, NASTY, 1, 0, 0, 0)],
        },
    )
    library.activate(library.copy_in(folder), "ingest", NASTY)
    return client_of(snapshots=library.name)


@pytest.mark.parametrize("path", [*PAGES, "/?v=x"])
def test_text_of_a_source_never_becomes_markup(nasty, path):
    text = read(nasty, path)
    page = Document(text)
    assert "<b>&amp;" not in text and 'alert("x")</script>' not in text
    assert all("alert" not in "".join(map(str, script.values())) for script in page.all("script"))
    assert not any((link["href"] or "").startswith("javascript") for link in page.all("a"))
    assert html.escape(NASTY, quote=False).replace('"', "&#34;") in text


def test_json_on_the_page_cannot_end_its_element(nasty):
    text = read(nasty, "/")
    data = handed_over(text)
    assert data["country"] == NASTY


# ------------------------------------------------------------------------------------- the map page


def test_scripts_are_handed_words_addresses_and_language(client, snapshot):
    text = read(client, "/")
    data = handed_over(text)
    assert data["version"] == snapshot.version
    assert (data["lang"], data["digits"]) == ("en", "western")
    assert data["writing"] == load_language("en").js_format()
    assert set(data["urls"]) == {
        *("page", "briefing", "briefingAdding", "view", "drawing", "part", "places"),
        *("meta", "sources"),
    }
    assert data["strings"] and data["timeline"]


def components(node: Any) -> Iterator[dict[str, Any]]:
    """Every component of a layout as Dash sends it."""
    if isinstance(node, list):
        for each in node:
            yield from components(each)
    elif isinstance(node, dict):
        yield node
        yield from components(node["props"].get("children"))


@pytest.fixture(scope="module")
def layout(app) -> list[dict[str, Any]]:
    return list(components(app.server.test_client().get("/_dash-layout").json))


def test_dash_draws_what_the_ids_module_names(layout):
    found = {each["props"].get("id") for each in layout}
    assert {vars(ids)[name] for name in vars(ids) if name.isupper()} <= found


def test_the_page_has_few_components_whatever_it_shows(layout, client):
    """Dash starts in a time that grows with the square of their number: what repeats is one."""
    assert len(layout) <= 150
    text = read(client, "/?level=2&tab=table&area=IQG15")
    page = json.loads(re.search(r'id="dash-layout">(.*?)</script>', text)[1])  # type: ignore[index]
    assert len(list(components(page))) <= 150


def test_the_filter_offers_every_programme_once(client, snapshot):
    boxes = Document(read(client, "/")).all("input", name="prog")
    assert sorted(str(box["value"]) for box in boxes) == sorted(snapshot.tables.programmes["code"])
    assert not [box for box in boxes if "checked" in box]


def test_controls_stand_at_what_is_shown(client):
    def chosen(path: str) -> dict[str, str]:
        radios = Document(read(client, path)).all("input", type="radio")
        return {str(each["name"]): str(each["value"]) for each in radios if "checked" in each}

    defaults = {"pop": "idp", "measure": "people", "mode": "level", "level": "1"}
    assert chosen("/") == defaults | {
        "classes": "round",
        "tab": "map",
        "prog_when": "any",
        "flows": "0",
    }
    other = {"pop": "returnee", "measure": "share", "mode": "change", "level": "2"}
    other |= {"classes": "jenks", "tab": "table", "prog_when": "date", "flows": "0"}
    query = "&".join(f"{key}={value}" for key, value in other.items())
    assert chosen(f"/?funder=JAPAN&{query}") == other


def test_every_callback_is_between_components_of_the_page(client, layout):
    found = {each["props"].get("id") for each in layout}
    callbacks = client.get("/_dash-dependencies").json
    assert callbacks
    for callback in callbacks:
        assert callback["clientside_function"], "no step may wait for the server"
        assert {part["id"] for part in (*callback["inputs"], *callback["state"])} <= found


def test_the_bundled_snapshot_is_what_the_default_pages_show(client):
    assert load(BUNDLED).version in read(client, "/")


def test_a_printed_total_stands_beside_the_list_of_the_same_round(snapshot):
    """Reports and lists are dated up to a day apart: 9 and 10 April 2015 are one round."""
    rows = [row for row in printed_totals(snapshot, threshold=5) if row.ours is not None]
    apart = [row for row in rows if row.day != row.printed_day]
    assert [(str(row.printed_day), str(row.day)) for row in apart if not row.differs]
    assert [row.printed for row in rows if row.differs] == [2_255_148]
    assert all(row.ours is None for row in printed_totals(snapshot, threshold=5) if row.day is None)


# ---------------------------------------------------------------------------- one programme or two

# Where what is counted is said of programmes; a slide has a headline by what it shows.
OF_PROGRAMMES = [
    *("/?{}", "/?measure=households&{}", "/?mode=change&base=2020-02-29&{}", "/?level=2&{}"),
    *("/embed?{}", "/embed?mode=change&{}", "/map.svg?{}", "/metadata.json?{}"),
    *("/api/v1/view.json?{}", "/compare?base=2020-02-29&{}", "/compare?{}&with=AVRR"),
    *("/briefing?slides=map:{}", "/briefing?slides=footprint:{}"),
    "/briefing?slides=compare:mode=change,base=2020-02-29,{}",
    "/briefing?slides=compare:mode=change,base=2014-04-01,{}",
]


@pytest.mark.parametrize("path", OF_PROGRAMMES)
def test_one_programme_works_and_two_work(client, path):
    """A sentence agrees with as many programmes as it names, wherever it stands."""
    one, two = (words(read(client, path.format(f"prog={each}"))) for each in ("PHSS", "PHSS~CRP"))
    assert re.search("[Ww]here PHSS works or worked", one)
    assert re.search("[Ww]here CRP and PHSS work or worked", two)
    assert "PHSS works" not in two


def test_programmes_that_no_source_places_are_one_or_several_too(client):
    assert "which governorates LABOUR works or worked" in read(client, "/?prog=LABOUR")
    assert "which governorates LABOUR and PDO work or worked" in read(client, "/?prog=LABOUR~PDO")
    figures = words(read(client, "/briefing?slides=footprint:prog=CP"))
    assert "1 governorate where at least one works or worked" in figures
