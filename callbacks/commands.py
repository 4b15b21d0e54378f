"""Commands: ``flask --app app snapshot build|verify``."""

from __future__ import annotations

from pathlib import Path

import click
from dash import Dash
from flask.cli import AppGroup

from geodata.errors import DisplacementError
from geodata.snapshot import verify as verify_snapshot

snapshot = AppGroup("snapshot", help="Build and check snapshots of the figures.")


@snapshot.command("build")
@click.argument("src", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--allow-unmatched",
    is_flag=True,
    help="Keep rows that match no area as “not placed” instead of stopping.",
)
def build(src: Path, out: Path, allow_unmatched: bool) -> None:
    """Read the tables in SRC and write a snapshot to --out."""
    from geodata.sources import iraq_tidy

    try:
        version, join, boundaries = iraq_tidy.build(src, out, allow_unmatched=allow_unmatched)
    except DisplacementError as error:
        raise click.ClickException(str(error)) from None
    click.echo("\n".join(join.lines()))
    click.echo(
        f"Boundaries: {boundaries.governorates} governorates, {boundaries.districts} districts; "
        f"largest error of area {boundaries.max_area_error:.2%} and "
        f"{boundaries.max_district_area_error:.2%}."
    )
    size = sum(path.stat().st_size for path in out.iterdir())
    click.echo(f"Snapshot {version} written to {out} ({size / 1000:,.0f} kB).")


@snapshot.command("verify")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def verify(folder: Path) -> None:
    """Check every file of the snapshot in FOLDER against its hash."""
    try:
        manifest, contents = verify_snapshot(folder)
    except DisplacementError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Snapshot {manifest['version']} in {folder} is whole ({len(contents)} files).")


def register(app: Dash) -> None:
    """Add the commands to the application's command line."""
    app.server.cli.add_command(snapshot)
