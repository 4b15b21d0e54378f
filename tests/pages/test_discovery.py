"""Feed, sitemap and robots.txt, read by the programs that they are for."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from urllib.robotparser import RobotFileParser

import feedparser
import pytest
from flask.testing import FlaskClient
from lxml import etree

from geodata.i18n.language import languages
from geodata.snapshots.library import Library
from layouts.feed import ATOM
from tests.documents import Document
from tests.pages.test_pages import MADE, held_in

NAMES = {"atom": ATOM, "s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
PUBLIC = "https://maps.example.org"


@pytest.fixture
def library(tmp_path) -> Library:
    return Library(tmp_path / "library")


def subscribed(client: FlaskClient, path: str = "/feed.xml") -> Any:
    """The feed as a reader of feeds has it, once it has what RFC 4287 asks of it."""
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml")
    root = etree.fromstring(answer.get_data())
    for element in root.xpath("/atom:feed | /atom:feed/atom:entry", namespaces=NAMES):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{{{ATOM}}}{name}")) == 1
    identities = root.xpath("//atom:id/text()", namespaces=NAMES)
    assert len(set(identities)) == len(identities)
    assert root.xpath("atom:author/atom:name/text()", namespaces=NAMES)
    read = feedparser.parse(answer.get_data())
    assert not read.bozo, read.get("bozo_exception")
    assert read.version == "atom10"
    return read


def test_a_feed_has_an_entry_for_each_activation_with_what_it_changed(library, client_of):
    first, second = held_in(library, "first"), held_in(library, "second", **MADE)
    library.activate(first, "activate", "the snapshot to start from")
    library.activate(second, "ingest", "dtm-idp list\x07.xlsx")
    client = client_of(snapshots=library.name, public_url=PUBLIC)
    new, start = subscribed(client).entries
    assert start.title == "Chosen: the snapshot to start from"
    assert new.title == "New figures: dtm-idp list.xlsx"
    assert "Internally displaced: 117 figures added, 2 changed, 0 removed (1 new date)" in (
        new.summary
    )
    assert new.link == f"{PUBLIC}/?v={second}" and new.updated.endswith("Z")
    assert client.get(new.link.removeprefix(PUBLIC)).status_code == 200
    library.rollback()
    client.application.extensions["displacement-context"].registry.refresh()
    back, *before = subscribed(client).entries
    assert (back.title, back.link) == ("Gone back to", f"{PUBLIC}/?v={first}")
    assert [entry.id for entry in before] == [new.id, start.id], "entries never change"


def test_an_entry_of_what_is_not_held_any_more_leads_to_the_history(library, client_of):
    gone = held_in(library, "gone")
    for version in (gone, held_in(library, "here")):
        library.activate(version)
    shutil.rmtree(Path(library.name) / gone)
    entry = subscribed(client_of(snapshots=library.name, public_url=PUBLIC)).entries[1]
    assert entry.link == f"{PUBLIC}/sources#history"
    assert entry.summary == f"Snapshot {gone} is not held any more."


def test_before_anything_is_activated_the_feed_is_of_what_ships(client_of, snapshot):
    client = client_of(public_url=PUBLIC)
    read = subscribed(client, "/feed.xml?lang=ar")
    (entry,) = read.entries
    assert entry.updated == "2024-12-31T00:00:00Z"
    assert entry.link == f"{PUBLIC}/?lang=ar&v={snapshot.version}"
    assert read.feed.language == "ar" and "خريطة" in read.feed.title
    tag = client.get("/feed.xml").headers["ETag"]
    assert client.get("/feed.xml", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/feed.xml?lang=xx").status_code == 400


def test_every_page_leads_to_the_feed_in_its_language(client: FlaskClient):
    for path in ("/", "/sources", "/compare", "/briefing"):
        page = Document(client.get(f"{path}?lang=ckb").get_data(as_text=True))
        feeds = [
            attributes["href"]
            for attributes in page.all("link")
            if attributes.get("type") == "application/atom+xml"
        ]
        assert feeds == ["/feed.xml?lang=ckb"]


def test_the_sitemap_lists_pages_that_answer_with_all_their_languages(client_of):
    client = client_of(public_url=PUBLIC)
    robots = RobotFileParser()
    robots.parse(client.get("/robots.txt").get_data(as_text=True).splitlines())
    (where,) = robots.site_maps() or []
    root = etree.fromstring(client.get(where.removeprefix(PUBLIC)).get_data())
    found = {
        url.findtext("s:loc", namespaces=NAMES): {
            link.get("hreflang"): link.get("href")
            for link in url.iterfind("{http://www.w3.org/1999/xhtml}link")
        }
        for url in root
    }
    assert {f"{PUBLIC}/", f"{PUBLIC}/sources?lang=ar", f"{PUBLIC}/?pop=returnee&level=2"} <= {
        *found
    }
    for address, versions in found.items():
        assert set(versions) == {*languages(), "x-default"}
        assert address in versions.values()
        assert all(found[other] == versions for other in versions.values()), "they name each other"
        assert robots.can_fetch("*", address)
    assert client.get("/sources?lang=ar").status_code == 200
    for path in ("/map.zip?pop=idp", "/api/v1/view.json", "/timelapse.gif", "/briefing/add"):
        assert not robots.can_fetch("*", f"{PUBLIC}{path}")
