"""``boundaries add``: update the boundaries of the country, or begin with another one.

Exit codes as of :mod:`callbacks.commands.snapshots`: 0 done; 1 the files are refused, nothing was
written; 2 the command line is wrong; 3 the library of snapshots cannot be used.
"""

from __future__ import annotations

import re
from pathlib import Path

import click
from dash import Dash
from flask.cli import AppGroup

from callbacks.commands.snapshots import REFUSED, cli_errors, print_report, progress_bar
from geodata.settings import Settings
from geodata.snapshots.library import Library

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _boundaries(settings: Settings) -> click.Group:
    group = AppGroup("boundaries", help="Bring in boundaries of governorates and districts.")

    @group.command("add")
    @click.argument("files", nargs=-1, type=_FILE)
    @click.option("--level1", type=_FILE, help="File of which only governorates are taken.")
    @click.option("--level2", type=_FILE, help="File of which only districts are taken.")
    @click.option("--mapping", type=_FILE, help="YAML: whose boundaries, and what columns mean.")
    @click.option("--encoding", default="", help="Of a Shapefile's names, as utf-8 or cp1256.")
    @click.option("--new", is_flag=True, help="Begin with another country; it has no figures yet.")
    @click.option("--country-name", default="", help="Name of a new country.")
    @click.option("--country-code", default="", help="ISO 3166-1 alpha-3 code of a new country.")
    @click.option("--disclaimer", default="", help="What stands under every map of it.")
    @click.option("--base", default="", help="Add to VERSION or `bundled`, not the active one.")
    @click.option("--allow-lost", is_flag=True, help="Figures of areas that are gone: not placed.")
    @click.option("--hold", is_flag=True, help="Write the snapshot; do not make it active.")
    @click.option("--dry-run", is_flag=True, help="Read and report; write nothing.")
    @click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
    def command(
        files: tuple[Path, ...],
        level1: Path | None,
        level2: Path | None,
        mapping: Path | None,
        encoding: str,
        new: bool,
        country_name: str,
        country_code: str,
        disclaimer: str,
        base: str,
        allow_lost: bool,
        hold: bool,
        dry_run: bool,
        as_json: bool,
    ) -> None:
        """Add boundaries: GeoJSON, GeoPackage, Shapefile, FlatGeobuf, or a zip of one."""
        # Whoever serves needs none of what reads and mends.
        from geodata.boundaries.encodings import python_encoding
        from geodata.ingest.boundary_update import BoundaryUpdate, update_boundaries

        only = {level: path for level, path in ((1, level1), (2, level2)) if path}
        if not files and not only:
            raise click.UsageError("Name a file: flask --app app boundaries add FILE")
        country = {"name": country_name.strip(), "code": country_code.strip().upper()}
        _check_country(new, country, disclaimer, mapping, base)
        encoding_name = python_encoding(encoding) if encoding.strip() else ""
        if encoding_name is None:
            raise click.UsageError(
                f"--encoding {encoding} is not known: say it as utf-8, cp1256 (Arabic), cp1252 "
                "(Western) or cp1251 (Cyrillic)."
            )
        update = BoundaryUpdate(
            files=files,
            only=only,
            country=country | {"disclaimer": disclaimer.strip()} if new else {},
            mapping=mapping,
            encoding=encoding_name,
            allow_lost=allow_lost,
            activate=not hold,
            dry_run=dry_run,
            base=base,
        )
        with cli_errors(), progress_bar() as progress:
            report = update_boundaries(
                Library(settings.snapshots), settings.snapshot, update, progress
            )
        print_report(report.lines(), report.as_dict(), as_json)
        if report.failed:
            raise SystemExit(REFUSED)

    return group


def _check_country(
    new: bool, country: dict[str, str], disclaimer: str, mapping: Path | None, base: str
) -> None:
    if not new:
        if any(country.values()) or disclaimer:
            raise click.UsageError(
                "--country-name, --country-code and --disclaimer are of a new country: pass --new."
            )
        return
    if not country["name"] or not re.fullmatch("[A-Z]{3}", country["code"]):
        raise click.UsageError(
            "--new needs --country-name NAME and --country-code ISO3, three letters as in VUT."
        )
    if mapping is None:
        raise click.UsageError(
            "--new needs --mapping FILE.yaml, which says whose boundaries these are "
            "(docs/boundaries.md)."
        )
    if base:
        raise click.UsageError("--new begins with nothing: leave --base out.")


def register(app: Dash, settings: Settings) -> None:
    """Add the command to the application's command line."""
    app.server.cli.add_command(_boundaries(settings))
