"""``flask --app app publish DIR``: the public map as a folder that any static host serves.

::

    DIR/index.html  sources.html  funders.html  every map, with its code to paste; the sources
        briefing.html                           slides, where --briefing names any
        embed/returnee-people-districts.html
        data/returnee-people-districts.<hash>.js        all dates of the map
        static/map.<hash>.js  auto.<hash>.css  index.<hash>.css  host.js
        files/iraq-returnee-people-districts.csv        all dates
        files/iraq-returnee-people-districts.png        the newest date
        cards/returnee-people-districts.png             for chats and social media
        robots.txt  sitemap.xml  feed.xml               for programs; the last two with --at
        _headers  nginx.conf                            what hosts are to send with each
        published.json                                  what is here, with the hash of every file

Links are relative: the folder works below any address, and from a disk. The same input writes the
same bytes. The folder is put in place as a whole (:mod:`geodata.util.atomic`), or not at all.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click
from dash import Dash

from callbacks.commands import briefing as briefings
from callbacks.commands.static_site import (
    Publication,
    SiteResult,
    manifest_details,
    write,
    write_for_hosts,
)
from callbacks.serving.context import Context
from geodata.errors import DisplacementError, StateError
from geodata.i18n.language import SOURCE_LANGUAGE
from geodata.links import embed_options
from geodata.populations import LEVELS
from geodata.publishing import embeds
from geodata.publishing.embeds import Embed
from geodata.publishing.site_manifest import SiteManifest, check
from geodata.settings import Settings
from geodata.util.atomic import atomic_directory

# Nothing that would need quotes in a page, a policy or the configuration of a server.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._~/-]*)?", re.ASCII)


class Address(click.ParamType):
    """The address of a folder on the web; a slash is put at its end."""

    name = "url"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the address with a slash at its end, or fail."""
        if value and not (_ADDRESS.fullmatch(value) and _has_host(value)):
            self.fail(
                f"“{value[:60]}” is not the address of a folder: it starts with https:// (or "
                "http://), and only letters, digits and . _ ~ - / may follow the host.",
                param,
                ctx,
            )
        return f"{value.rstrip('/')}/" if value else ""


def _has_host(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def parse_states(
    context: Context, states: tuple[str, ...], codes: tuple[str, ...]
) -> tuple[Embed, ...]:
    """Return the maps of the named states, each once; the default maps if none is named.

    Raises
    ------
    click.BadParameter
        Naming the option and what is wrong with it.
    """
    for code in codes:
        _embed(context, {"lang": code}, "--lang")
    chosen = [_read(text) for text in states]
    queries = chosen or embeds.defaults(context.snapshot, context.threshold)
    translated = embeds.in_languages(queries, codes or (SOURCE_LANGUAGE,))
    return tuple(dict.fromkeys(_embed(context, each, "--state") for each in translated))


def _read(text: str) -> dict[str, str]:
    try:
        return embeds.parse_query(text)
    except StateError as error:
        raise click.BadParameter(str(error), param_hint="--state") from None


def _embed(context: Context, query: dict[str, str], option: str) -> Embed:
    try:
        snapshot, state, _ = context.parse(query)
        options, _ = embed_options.parse_embed_options(query, state.language, lenient=False)
    except StateError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
    return Embed(snapshot, state, options)


@contextmanager
def _errors_as_sentences(folder: Path) -> Iterator[None]:
    try:
        yield
    except DisplacementError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise click.ClickException(
            f"{folder} could not be written ({reason}); what was there is as it was"
        ) from None


def publish(folder: Path, publication: Publication) -> tuple[SiteManifest, SiteResult]:
    """Write the folder, with a progress bar if standard error is a terminal.

    Raises
    ------
    PublishError
        If the folder holds files that were not published.
    OSError
        If it cannot be written.
    """
    check(folder)
    hidden = not sys.stderr.isatty()
    with atomic_directory(folder) as fresh:
        manifest = SiteManifest(fresh)
        with click.progressbar(
            length=publication.steps, label="Publishing", file=sys.stderr, hidden=hidden
        ) as bar:
            result = write(publication, manifest, lambda: bar.update(1))
        manifest.keep_previous(folder)
        write_for_hosts(publication, manifest, result)
        manifest.close(manifest_details(publication))
    return manifest, result


def summary(
    folder: Path, publication: Publication, manifest: SiteManifest, result: SiteResult
) -> Iterator[str]:
    """Report how much was published, and how much of it a reader loads."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    version = publication.context.snapshot.version
    yield (
        f"Published {_n(len(publication.embeds), 'map')} of snapshot {version} "
        f"to {folder}: {_n(len(files), 'file')}, {size / 1e6:.1f} MB."
    )
    if publication.briefing:
        yield f"Slides: {_n(len(publication.briefing.slides), 'slide')} in briefing.html."
    if manifest.previous:
        previous = _n(len(manifest.previous), "file")
        yield f"Kept from the edition before, for pages still open: {previous}."
    loads = [
        f"{result.first_loads[level] / 1000:.1f} kB with {LEVELS[level].name}"
        for level in sorted(result.first_loads)
    ]
    yield f"First load of a map, compressed (gzip), at most: {', '.join(loads)}."


def _n(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def register(app: Dash, settings: Settings) -> None:
    """Add the command to the application's command line; it reads the snapshot when it runs."""

    @click.command("publish")
    @click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
    @click.option(
        "--state",
        "states",
        multiple=True,
        metavar="QUERY",
        help="A map to publish, as its address has it, e.g. “pop=returnee&level=2&theme=dark”; "
        "may be given several times, and replaces the defaults.",
    )
    @click.option(
        "--lang",
        "codes",
        multiple=True,
        metavar="CODE",
        help="A language to publish in; may be given several times. The default is en.",
    )
    @click.option(
        "--site", type=Address(), default="", help="Address of the application, for links to it."
    )
    @click.option(
        "--at",
        type=Address(),
        default="",
        help="Public address of DIR, for code to paste and for cards.",
    )
    @click.option(
        "--briefing",
        "slides",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A briefing (.yaml) to publish with the maps, as slides in briefing.html.",
    )
    def command(
        folder: Path,
        states: tuple[str, ...],
        codes: tuple[str, ...],
        site: str,
        at: str,
        slides: Path | None,
    ) -> None:
        """Write the public maps to DIR, for any static host.

        Without --state: the populations that were counted on more than a handful of dates, at
        each level and in each measure they have. DIR is replaced as a whole when all is written.
        """
        with _errors_as_sentences(folder):
            context = Context(settings)
            maps = parse_states(context, states, codes)
            shown = briefings.read(slides, context, "") if slides else None
            publication = Publication(context, maps, site, at, shown)
            manifest, result = publish(folder.resolve(), publication)
            click.echo("\n".join(summary(folder.resolve(), publication, manifest, result)))

    app.server.cli.add_command(command)
