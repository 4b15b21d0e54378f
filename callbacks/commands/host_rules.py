"""Headers for hosts of a published folder: caching, framing and reading of each file.

The same rules are written as ``_headers``, which Netlify and Cloudflare Pages read, and as
``nginx.conf``. They are the headers that the application sends with the same files.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from callbacks.serving.responses import CachePolicy
from callbacks.serving.security import (
    EVERYWHERE,
    FRAMED,
    READABLE,
    TO_ANYONE,
    TO_ITSELF,
    data_policy,
    embed_policy,
)
from geodata.links.urls import FolderUrls
from geodata.publishing.site_manifest import is_lasting

_STATIC = "/static/"
ITSELF, ANYONE = "'self'", "*"
_CACHE, _POLICY = "Cache-Control", "Content-Security-Policy"
_COMPRESSED = (
    "text/css text/csv application/javascript text/javascript application/json "
    "application/atom+xml text/xml text/plain"
)
# What servers do not know by the endings of files, or know otherwise.
_KINDS = {
    "/files/": "text/csv csv; image/png png;",
    f"/{FolderUrls().feed()}": "application/atom+xml xml;",
}
_HEADERS_HEAD = """\
# Read by Netlify and Cloudflare Pages where this file is at the top of what they serve.
"""
_NGINX_HEAD = """\
# For the server block whose root has this folder at {path}
#
#     include /path/to/this/nginx.conf;
#
# Nothing else in that block may add headers to these locations.
"""


@dataclass(frozen=True)
class Rule:
    """Headers of one file, or of everything in a folder, whose ``path`` ends in a slash."""

    path: str
    headers: dict[str, str]


def rules(paths: Iterable[str], style_hashes: Iterable[str]) -> list[Rule]:
    """Return the rules for a folder of these files, without the headers of every file."""
    data = {_POLICY: data_policy(ITSELF), **TO_ITSELF, **TO_ANYONE, **READABLE}
    page = {_POLICY: embed_policy([], ITSELF), **TO_ITSELF}
    public_map = {_POLICY: embed_policy(sorted(set(style_hashes)), ANYONE), **FRAMED}
    lasting, short = {_CACHE: CachePolicy.FROZEN.value}, {_CACHE: CachePolicy.PAGE.value}
    top = {path for path in paths if "/" not in path}
    for_programs = {FolderUrls().feed(), FolderUrls().sitemap(), FolderUrls().robots()} & top
    pages = [path for path in sorted(top) if path.endswith(".html")]
    return [
        *(Rule(f"/{path}", {**short, **page}) for path in ("", *pages)),
        Rule(f"/{FolderUrls().manifest()}", {**short, **data}),
        *(Rule(f"/{path}", {**short, **data}) for path in sorted(for_programs)),
        Rule("/embed/", {**short, **public_map}),
        Rule("/data/", {**lasting, **data}),
        Rule("/files/", {**short, **data}),
        Rule("/cards/", {**short, **data}),
        Rule(_STATIC, {**lasting, **data}),
        Rule(f"/{FolderUrls().host()}", {**short, **data}),
    ]


def below(address: str) -> str:
    """Return the path of the folder's address, without a slash at its end."""
    return urlsplit(address).path.rstrip("/")


def headers_file(site_rules: list[Rule], paths: Iterable[str], address: str) -> str:
    """Write ``_headers`` for a folder that holds these files."""
    top, file_paths = below(address), sorted(paths)
    blocks = [_block(f"{top}/*", EVERYWHERE)]
    for rule in site_rules:
        blocks += [_block(top + each, rule.headers) for each in _patterns(rule.path, file_paths)]
    return _HEADERS_HEAD + "\n" + "\n".join(blocks)


def _patterns(path: str, paths: list[str]) -> list[str]:
    """Return the patterns of a rule, so that no address has two: hosts would add them up."""
    if path == _STATIC:
        return [f"/{each}" for each in paths if f"/{each}".startswith(_STATIC) and is_lasting(each)]
    if path.endswith("/") and path != "/":
        return [f"{path}*"]
    # Cloudflare serves pages without their ending.
    return [path, path.removesuffix(".html")] if path.endswith(".html") else [path]


def _block(path: str, headers: dict[str, str]) -> str:
    return "".join([f"{path}\n", *(f"  {name}: {value}\n" for name, value in headers.items())])


def nginx_file(site_rules: list[Rule], address: str) -> str:
    """Write ``nginx.conf``, to be included in a server block."""
    top = below(address)
    blocks = [_location(top, rule) for rule in site_rules if rule.path != "/"]
    return _NGINX_HEAD.format(path=f"{top}/") + "\n" + "\n".join(blocks)


def _location(top: str, rule: Rule) -> str:
    """Write one location; errors are sent without its ``Cache-Control``."""
    kind = "^~" if rule.path.endswith("/") else "="  # the closer one wins
    lines = [f"location {kind} {top}{rule.path} {{"]
    for name, value in (EVERYWHERE | rule.headers).items():
        always = "" if name == _CACHE else " always"
        lines.append(f'    add_header {name} "{value}"{always};')
    if kinds := _KINDS.get(rule.path):
        lines.append(f"    types {{ {kinds} }}")
    lines += [
        "    charset utf-8;",
        f"    charset_types {_COMPRESSED};",
        "    gzip on;",
        "    gzip_vary on;",
        "    gzip_comp_level 6;",
        f"    gzip_types {_COMPRESSED};",
        "}",
    ]
    return "\n".join(lines) + "\n"
