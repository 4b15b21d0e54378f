"""``flask --app app briefing FILE.yaml --pptx out.pptx --pdf out.pdf``: slides without a browser.

Without a file it is the briefing made from the data. ``--yaml`` writes it as a file to edit, and
``--save-template`` the neutral PowerPoint template to start one's own from.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click
from dash import Dash

from callbacks.serving.context import Context
from geodata.briefing import briefing as briefings
from geodata.briefing import yaml_files
from geodata.briefing.briefing import Briefing
from geodata.briefing.slides import contents
from geodata.errors import BriefingError, DisplacementError
from geodata.exports.documents import deck_pdf, pptx, pptx_template
from geodata.i18n.language import languages, load_language
from geodata.settings import Settings
from geodata.util.amounts import file_size
from geodata.util.atomic import write_file
from geodata.util.strict_yaml import MAX_BYTES


class _NewFile(click.Path):
    """A file to write, whose folder is checked before minutes of work, not after."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"{path}: there is no folder {path.parent}.", param, ctx)
        return path


_FILE = _NewFile(dir_okay=False, path_type=Path)
_EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def read(path: Path | None, context: Context, lang: str) -> Briefing:
    """Read the briefing of a file, or make the default one; ``lang`` replaces its language.

    Raises
    ------
    BriefingError
        Naming line and key.
    """
    if path is None:
        return briefings.default(context.snapshot, load_language(lang or "en"))
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path} is not in UTF-8 (byte {error.start}).") from None
    briefing = yaml_files.from_yaml(text, context.snapshot)
    return replace(briefing, lang=lang) if lang else briefing


def write(path: Path, data: bytes) -> None:
    """Write a file atomically, with the permissions of the user's umask."""
    umask = os.umask(0)
    os.umask(umask)
    write_file(path, data, 0o666 & ~umask)
    click.echo(f"{path}: {file_size(len(data))}")


def _slide_progress(what: str) -> Callable[[int, int], None]:
    """Return a callback that reports progress on standard error."""
    return lambda number, total: click.echo(f"{what}: slide {number} of {total}", err=True)


def _template(path: Path | None) -> bytes | None:
    return pptx_template.check_template(path.read_bytes(), path.name) if path else None


def register(app: Dash, settings: Settings) -> None:
    """Add the command to the application's command line."""

    @click.command("briefing")
    @click.argument("file", required=False, type=_EXISTING_FILE)
    @click.option("--pptx", "to_pptx", type=_FILE, help="Write PowerPoint here.")
    @click.option("--pdf", "to_pdf", type=_FILE, help="Write PDF here, one slide a page.")
    @click.option("--yaml", "to_yaml", type=_FILE, help="Write the briefing itself here, to edit.")
    @click.option("--template", type=_EXISTING_FILE, help="Make the PowerPoint in this template.")
    @click.option(
        "--maps",
        type=click.Choice(pptx.MAPS),
        default=pptx.SHAPES,
        help="Maps in the PowerPoint: shapes to edit, or a picture of each.",
    )
    @click.option("--save-template", type=_FILE, help="Write the neutral template here, to edit.")
    @click.option(
        "--lang", type=click.Choice(languages()), default=None, help="Language of the slides."
    )
    def command(
        file: Path | None,
        to_pptx: Path | None,
        to_pdf: Path | None,
        to_yaml: Path | None,
        template: Path | None,
        maps: str,
        save_template: Path | None,
        lang: str | None,
    ) -> None:
        """Make slides of the briefing in FILE, or of the one made from the data."""
        if not any((to_pptx, to_pdf, to_yaml, save_template)):
            raise click.UsageError("Nothing to write: name --pptx, --pdf or --yaml.")
        try:
            template_bytes = _template(template)
            if save_template:
                write(save_template, pptx_template.neutral())
            if to_pptx or to_pdf or to_yaml:
                slides = partial(pptx.deck, template=template_bytes, maps=maps)
                _make(Context(settings), file, lang or "", to_pptx, to_pdf, to_yaml, slides)
        except DisplacementError as error:
            where = f"{file}, " if file and isinstance(error, BriefingError) else ""
            raise click.ClickException(f"{where}{error}") from None
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise click.ClickException(f"{error.filename} cannot be used: {reason}.") from None

    app.server.cli.add_command(command)


def _make(
    context: Context,
    file: Path | None,
    lang: str,
    to_pptx: Path | None,
    to_pdf: Path | None,
    to_yaml: Path | None,
    slides: Callable[..., bytes],
) -> None:
    """Make every file before any is written."""
    briefing = read(file, context, lang)
    files: list[tuple[Path, bytes]] = []
    if to_yaml:
        files.append((to_yaml, yaml_files.to_yaml(briefing).encode()))
    if to_pptx or to_pdf:
        files += _decks(context, briefing, to_pptx, to_pdf, slides)
    for path, data in files:
        write(path, data)


def _decks(
    context: Context,
    briefing: Briefing,
    to_pptx: Path | None,
    to_pdf: Path | None,
    slides: Callable[..., bytes],
) -> Iterator[tuple[Path, bytes]]:
    """Yield the slides as PowerPoint and as PDF, with the path of each."""

    def link(query: str) -> str:
        return context.settings.public_url + context.urls.page(query)

    filled = contents(briefing, context.snapshot, context.computed, _slide_progress("Figures"))
    if to_pptx:
        progress = _slide_progress("PowerPoint")
        yield (
            to_pptx,
            slides(briefing, filled, link=link, progress=progress),
        )
    if to_pdf:
        click.echo("PDF: setting the pages", err=True)
        yield to_pdf, deck_pdf.deck(briefing, filled, link=link)
