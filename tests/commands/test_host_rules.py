"""What docs/hosting.md says of nginx, tried with nginx: links, snippets and prefixes are right."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT
from tests.servers import free_port, wait_for

DOCS = (ROOT / "docs" / "hosting.md").read_text("utf-8")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

pytestmark = pytest.mark.skipif(not NGINX, reason="nginx is not installed")


def documented() -> str:
    """The configuration as it stands in the documentation."""
    found = re.search(r"```nginx\n(.*?)```", DOCS, re.S)
    assert found
    return found[1]


def configuration(folder: Path, port: int, behind: str, prefix: str) -> str:
    """The documented lines, with ports and folders of a test around them."""
    server = documented()
    changed = {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "server 127.0.0.1:8050;": f"server {behind.removeprefix('http://')};",
        "/var/cache/nginx/displacement": f"{folder}/cache",
        "location / {": f"location {prefix} {{",
        "location = /healthz": f"location = {prefix}healthz",
    }
    for said, needed in changed.items():
        assert said in server
        server = server.replace(said, needed)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""
    head = f"daemon off; {user} pid {folder}/pid; error_log {folder}/error.log;"
    return f"{head} events {{}} http {{ access_log off; {paths} {server} }}"


@pytest.fixture
def proxied(tmp_path, serving_with) -> Iterator[Callable[..., str]]:
    """Put nginx before a server with these settings; its origin."""
    running: list[subprocess.Popen] = []

    def make(prefix: str = "/", **environment: str) -> str:
        behind = serving_with(DISPLACEMENT_URL_BASE_PATHNAME=prefix, **environment)
        port = free_port()
        conf = tmp_path / "nginx.conf"
        conf.write_text(configuration(tmp_path, port, behind, prefix), "utf-8")
        running.append(subprocess.Popen([str(NGINX), "-e", str(tmp_path / "log"), "-c", str(conf)]))
        origin = f"http://127.0.0.1:{port}"
        wait_for(f"{origin}{prefix}healthz")
        return origin

    yield make
    for server in running:
        server.terminate()
        server.wait(10)


def fetched(url: str) -> tuple[str, dict[str, str]]:
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode(), dict(answer.headers)


def test_behind_nginx_snippets_lead_to_where_readers_are(proxied):
    origin = proxied(DISPLACEMENT_TRUSTED_PROXIES="1")
    html, headers = fetched(f"{origin}/share?pop=returnee")
    assert f"{origin}/embed?pop=returnee" in html
    assert f"{origin}/embed/host.js" in html
    assert "Set-Cookie" not in headers


def test_below_a_prefix_every_link_names_it(proxied):
    origin = proxied("/displacement/", DISPLACEMENT_TRUSTED_PROXIES="1")
    for page in ("", "sources", "share", "embed"):
        html, _ = fetched(f"{origin}/displacement/{page}")
        links = re.findall(r'(?:href|src)="(/[^"]*)"', html)
        assert links
        assert [link for link in links if not link.startswith("/displacement/")] == []
    html, _ = fetched(f"{origin}/displacement/share")
    assert f"{origin}/displacement/embed/host.js" in html


def test_a_public_address_holds_whatever_the_proxy_says(proxied):
    origin = proxied(DISPLACEMENT_PUBLIC_URL="https://maps.example.org")
    html, _ = fetched(f"{origin}/share")
    assert "https://maps.example.org/embed" in html
    assert origin not in html


def test_what_may_be_kept_is_kept_by_nginx_and_the_rest_is_asked_for_again(proxied):
    origin = proxied(DISPLACEMENT_PUBLIC_URL="https://maps.example.org")
    page, headers = fetched(f"{origin}/embed")
    assert "stale-while-revalidate" in headers["Cache-Control"]
    again, _ = fetched(f"{origin}/embed")
    assert again == page
    _, live = fetched(f"{origin}/api/v1/view.json")
    assert "no-cache" in live["Cache-Control"]
