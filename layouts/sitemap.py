"""What search engines read first: ``robots.txt`` and the pages in every language (sitemaps.org)."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from layouts.shell import alternates

MEDIA = "application/xml"
SITEMAP, XHTML = "http://www.sitemaps.org/schemas/sitemap/0.9", "http://www.w3.org/1999/xhtml"


def sitemap(addresses: Iterable[str], changed: str = "") -> bytes:
    """List pages of one language for each language, with all the others.

    Parameters
    ----------
    addresses
        Absolute, of pages that are in the language that a browser prefers.
    changed
        ISO date since when they show what they show; left out where it is not known.
    """
    return _written((at, changed, versions) for one in addresses for at, versions in _each(one))


def sitemap_of_files(pages: Iterable[tuple[str, dict[str, str]]]) -> bytes:
    """List the files of a folder: each address with its versions by language."""
    return _written((address, "", list(versions.items())) for address, versions in pages)


def robots(disallowed: Iterable[str], sitemap_address: str = "") -> bytes:
    """Write ``robots.txt`` (RFC 9309): all may be read but what is named."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in disallowed)]
    lines += ["Disallow:"] if len(lines) == 1 else []
    lines += ["", f"Sitemap: {sitemap_address}"] if sitemap_address else []
    return ("\n".join(lines) + "\n").encode()


def _each(address: str) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    versions = alternates(address)
    return [(at, versions) for _, at in versions]


def _written(rows: Iterable[tuple[str, str, list[tuple[str, str]]]]) -> bytes:
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP, "xhtml": XHTML})
    for address, changed, versions in rows:
        url = etree.SubElement(root, f"{{{SITEMAP}}}url")
        etree.SubElement(url, f"{{{SITEMAP}}}loc").text = address
        if changed:
            etree.SubElement(url, f"{{{SITEMAP}}}lastmod").text = changed
        for tag, other in versions:
            attributes = {"rel": "alternate", "hreflang": tag, "href": other}
            etree.SubElement(url, f"{{{XHTML}}}link", attributes)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written
