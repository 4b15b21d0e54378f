"""Without a network: what was seen is there, and says that it is not fresh."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import pyvips
from flask.testing import FlaskClient
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from layouts.bundle import ASSETS
from tests.serving.test_slow_links import moves
from tests.windows import LIVE, Watched

KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const { url, method } of await (await caches.open(name)).keys())
      found.push([name, method, url]);
  return found;
}"""

# What follows the last file, which the worker may still be writing down, is awaited too.
# What follows the last file, which the worker may still be writing down, is awaited too.
UNTIL_KEPT = f"""async () => {{
  const needed = ['/?pop=returnee', 'built/page.', 'built/dash.', 'view.json'];
  for (let turn = 0; turn < 600; turn++) {{
    const found = await ({KEPT})();
    if (needed.every((part) => found.some(([, , url]) => url.includes(part)))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }}
  throw new Error('nothing is kept');
}}"""


def kept(page: Page) -> list[str]:
    """Addresses that the service worker keeps."""
    return [url for _, _, url in page.evaluate(KEPT)]


@pytest.fixture
def seen(watched: Callable[..., Watched], site: str) -> Watched:
    """A window that has seen the map, of which everything is kept."""
    window = watched(site=site, afresh=True)
    window.page.goto(f"{site}/?pop=returnee")
    moves(window.page)
    window.page.evaluate(UNTIL_KEPT)
    return window


def test_the_worker_is_asked_for_each_time_and_sees_what_is_below_it(
    client: FlaskClient, client_of: Callable[..., FlaskClient]
) -> None:
    answer = client.get("/worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.cache_control.no_cache
    assert answer.get_data(as_text=True).startswith('const RELEASE="')
    below = client_of(url_base_pathname="/displacement/")
    assert below.get("/displacement/worker.js").status_code == 200
    assert 'data-worker="/displacement/worker.js"' in below.get("/displacement/").text


@pytest.mark.parametrize(
    ("query", "name", "direction", "start"),
    [
        ("", "Iraq displacement map", "ltr", "/"),
        ("?lang=ar", "خريطة النزوح في العراق", "rtl", "/?lang=ar"),
        ("?lang=xx&v=000000000000", "Iraq displacement map", "ltr", "/"),
    ],
)
def test_the_manifest_names_the_map_in_the_language_of_the_page(
    client: FlaskClient, query: str, name: str, direction: str, start: str
) -> None:
    answer = client.get(f"/manifest.webmanifest{query}")
    assert answer.mimetype == "application/manifest+json"
    said = answer.get_json(force=True)
    assert (said["name"], said["dir"], said["start_url"]) == (name, direction, start)
    assert said["scope"] == "/" and said["display"] == "standalone"
    kinds = {icon["sizes"]: client.get(icon["src"]).mimetype for icon in said["icons"]}
    assert kinds == {"any": "image/svg+xml", "192x192": "image/png", "512x512": "image/png"}


@pytest.mark.parametrize("size", [192, 512])
def test_the_icons_in_pixels_are_of_the_one_in_lines(size: int) -> None:
    """Whose corners are not rounded, as systems cut them to their own shape."""
    lines = (ASSETS / "icons/favicon.svg").read_text("utf-8").replace(' rx="7"', "")
    drawn = pyvips.Image.svgload_buffer(lines.encode(), scale=size / 32).pngsave_buffer()
    pictures = [Image.open(io.BytesIO(drawn)), Image.open(ASSETS / f"icons/app-{size}.png")]
    assert ImageChops.difference(*(each.convert("RGBA") for each in pictures)).getbbox() is None


def test_every_page_leads_to_the_manifest(client: FlaskClient) -> None:
    for path in ("/", "/sources", "/share"):
        assert 'rel="manifest" href="/manifest.webmanifest"' in client.get(path).text


def test_what_was_seen_opens_without_a_network_and_says_when_it_was_seen(
    seen: Watched, site: str
) -> None:
    page, notice = seen.page, seen.page.locator(".offline")
    expect(notice).to_be_hidden()
    title, headline = (page.locator(part).inner_text() for part in ("#title", "#headline"))
    seen.context.set_offline(True)
    page.reload()
    page.wait_for_function(LIVE)
    expect(notice).to_contain_text("Offline: last seen on")
    assert page.locator("#title").inner_text() == title
    assert page.locator("#headline").inner_text() == headline
    expect(page.locator("path[data-pcode]")).to_have_count(18)
    page.get_by_role("button", name="Previous round").click()
    expect(page.locator("#headline")).not_to_have_text(headline)
    page.wait_for_url("**time=**")
    page.reload()  # of this date, which the page that was seen holds, too
    page.wait_for_function(LIVE)
    expect(page.locator("#headline")).not_to_have_text(headline)
    expect(notice).to_be_visible()
    page.locator("#population label:has(input[value='idp'])").click()
    expect(page.locator("#notices")).to_contain_text("could not be loaded")
    page.goto(f"{site}/?pop=refugee")  # never seen: the last page that was, under its own address
    assert page.url.startswith(f"{site}/?pop=returnee")
    expect(notice).to_be_visible()
    seen.context.set_offline(False)
    page.reload()
    moves(page)
    expect(notice).to_be_hidden()
    seen.console.clear()  # the browser itself reports what could not be loaded


def test_only_what_never_changes_and_what_was_seen_is_kept(seen: Watched, site: str) -> None:
    page = seen.page
    page.goto(f"{site}/?pop=nobody&v=000000000000")  # an error
    page.goto(f"{site}/?level=2")  # the worker sees this one itself
    moves(page)
    page.evaluate("() => fetch('/_dash-update-component', { method: 'POST' })")
    page.evaluate("() => fetch('/map.svg')")
    found = kept(page)
    assert f"{site}/?level=2" in found
    assert any("/built/dash." in url for url in found)
    assert not [url for url in found if "000000000000" in url or "_dash" in url or ".svg?" in url]
    assert not [url for url in found if not url.startswith(f"{site}/")]
    assert {method for _, method, _ in page.evaluate(KEPT)} == {"GET"}
    seen.console.clear()  # the browser itself reports the errors


def test_another_release_drops_what_was_kept(seen: Watched, site: str) -> None:
    page = seen.page
    page.evaluate("() => caches.open('displacement-seen-000000000000')")
    page.evaluate("() => caches.open('of-something-else')")
    page.evaluate(
        """async () => {
          for (const each of await navigator.serviceWorker.getRegistrations())
            await each.unregister();
          await navigator.serviceWorker.register('/worker.js');
        }"""
    )
    page.evaluate(
        """async () => {
          while ((await caches.keys()).includes('displacement-seen-000000000000'))
            await new Promise((resolve) => setTimeout(resolve, 50));
        }"""
    )
    assert "of-something-else" in page.evaluate("() => caches.keys()")


def test_while_there_is_a_network_the_page_is_asked_for_each_time(seen: Watched, site: str) -> None:
    with seen.page.expect_response(f"{site}/?pop=returnee") as answer:
        seen.page.reload()
    assert answer.value.from_service_worker
    moves(seen.page)
    expect(seen.page.locator(".offline")).to_be_hidden()
