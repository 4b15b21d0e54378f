"""Commands that bring figures in and choose what is shown: ``ingest``, ``snapshot``.

Exit codes: 0 done, also with warnings; 1 the files are refused, nothing was written; 2 the command
line is wrong; 3 the library of snapshots cannot be used, or holds no such snapshot.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from dash import Dash
from flask.cli import AppGroup

from geodata.errors import DisplacementError, SnapshotError
from geodata.settings import Settings
from geodata.snapshots.diff import difference
from geodata.snapshots.library import BUNDLED, Library
from geodata.snapshots.snapshot import Snapshot, load
from geodata.snapshots.snapshot import verify as verify_snapshot
from geodata.snapshots.summary import SnapshotInfo, summary
from geodata.sources import MODULES, REPEATS
from geodata.sources import kind as source
from geodata.sources.contract import ReadOptions
from geodata.util.amounts import file_size
from geodata.util.findings import Progress

REFUSED, UNUSABLE = 1, 3
_EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


class _Unusable(click.ClickException):
    """The library cannot be used, or does not hold what was named."""

    exit_code = UNUSABLE


@contextmanager
def cli_errors() -> Iterator[None]:
    """Turn errors into one sentence on standard error, with the exit code of their kind."""
    try:
        yield
    except DisplacementError as error:
        refusal = _Unusable if isinstance(error, SnapshotError) else click.ClickException
        raise refusal(str(error)) from None


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show progress on standard error if it is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting", total=None)

        def progress(what: str, done: int, total: int | None) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield progress


def print_report(lines: list[str], details: dict[str, Any], as_json: bool) -> None:
    """Print a report: for a person, or as JSON."""
    click.echo(json.dumps(details, ensure_ascii=False, indent=1) if as_json else "\n".join(lines))


# -------------------------------------------------------------------------------------- ingest


class _KindsCommand(click.Command):
    """A command whose help lists the kinds, which are imported only then."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Kinds"):
            formatter.write_dl([(name, source(name).summary) for name in MODULES])


def _ingest(settings: Settings) -> click.Command:
    @click.command("ingest", cls=_KindsCommand)
    @click.argument("kind", type=click.Choice(list(MODULES)), metavar="KIND")
    @click.argument("files", nargs=-1, type=_EXISTING_FILE)
    @click.option("--date", type=_DAY, help="Date of the figures, where the file does not say.")
    @click.option("--round", "number", type=click.IntRange(1), help="Number of the round.")
    @click.option(
        "--mapping", type=_EXISTING_FILE, help="YAML: whose figures, and what columns mean."
    )
    @click.option("--from", "since", type=_DAY, help="First reporting date to fetch.")
    @click.option("--to", "until", type=_DAY, help="Last reporting date to fetch.")
    @click.option("--api-version", type=click.Choice(["v3", "v2"]), help="Of DTM's API.")
    @click.option("--operation", help="Operation to take, where a source has several.")
    @click.option("--assessment", help="Assessment type to take, where a source has several.")
    @click.option(
        "--pcode-scheme",
        help="Numbering of the P-codes, where no names say it; “names” leaves codes out.",
    )
    @click.option("--base", default="", help="Add to VERSION or `bundled`, not the active one.")
    @click.option("--allow-unmatched", is_flag=True, help="Keep rows that match no area.")
    @click.option("--replace", is_flag=True, help="Replace figures of other sources, too.")
    @click.option("--allow-fall", is_flag=True, help="Take national totals that fall far.")
    @click.option(
        "--repeated-rows",
        type=click.Choice(REPEATS),
        help="Rows that agree in all that is read: add them up, or count one.",
    )
    @click.option("--hold", is_flag=True, help="Write the snapshot; do not make it active.")
    @click.option("--dry-run", is_flag=True, help="Read and report; write nothing.")
    @_AS_JSON
    def command(
        kind: str,
        files: tuple[Path, ...],
        date: dt.datetime | None,
        number: int | None,
        mapping: Path | None,
        since: dt.datetime | None,
        until: dt.datetime | None,
        api_version: str | None,
        operation: str | None,
        assessment: str | None,
        pcode_scheme: str | None,
        base: str,
        allow_unmatched: bool,
        replace: bool,
        allow_fall: bool,
        repeated_rows: str | None,
        hold: bool,
        dry_run: bool,
        as_json: bool,
    ) -> None:
        """Bring files of a KIND into the snapshots; the dashboard follows within seconds."""
        from geodata.ingest.ingest import IngestOptions, ingest

        _check_files(kind, files, mapping)
        options = {
            "api_version": api_version, "operation": operation, "assessment": assessment,
            "pcode_scheme": pcode_scheme, "repeated_rows": repeated_rows,
        }  # fmt: skip
        read_options = ReadOptions(
            date=_day(date),
            round=number,
            mapping=mapping,
            since=_day(since),
            until=_day(until),
            options={key: value for key, value in options.items() if value},
        )
        ingest_options = IngestOptions(
            dry_run=dry_run,
            allow_unmatched=allow_unmatched,
            replace=replace,
            largest_fall=settings.largest_fall,
            allow_fall=allow_fall,
            activate=not hold,
            base=base,
        )
        with cli_errors(), progress_bar() as progress:
            library = Library(settings.snapshots)
            report = ingest(
                library, settings.snapshot, kind, files, read_options, ingest_options, progress
            )
        print_report(report.lines(), report.as_dict(), as_json)
        if report.failed:
            raise SystemExit(REFUSED)

    return command


def _day(moment: dt.datetime | None) -> dt.date | None:
    return moment.date() if moment else None


def _check_files(kind: str, files: tuple[Path, ...], mapping: Path | None) -> None:
    needed = source(kind)
    if needed.files == "none" and files:
        raise click.UsageError(f"{kind} is fetched and takes no files.")
    if needed.files != "none" and not files:
        raise click.UsageError(f"{kind} needs a file: flask --app app ingest {kind} FILE")
    if needed.files == "one" and len(files) > 1:
        raise click.UsageError(f"{kind} takes one file at a time.")
    if needed.needs_mapping and not mapping:
        raise click.UsageError(
            f"{kind} needs --mapping FILE.yaml, which says whose figures these are and what the "
            "columns mean (docs/sources.md)."
        )


# ------------------------------------------------------------------------------------ snapshots


def _snapshots(settings: Settings) -> click.Group:
    group = AppGroup("snapshot", help="Build, check, compare and choose snapshots of the figures.")

    def command(name: str) -> Callable[[Callable[..., None]], click.Command]:
        return group.command(name)

    @command("build")
    @click.argument("src", type=click.Path(exists=True, file_okay=False, path_type=Path))
    @click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
    @click.option(
        "--allow-unmatched",
        is_flag=True,
        help="Keep rows that match no area as “not placed” instead of stopping.",
    )
    def build(src: Path, out: Path, allow_unmatched: bool) -> None:
        """Build the snapshot that ships from the tidy tables in SRC."""
        from geodata.ingest.bundled_snapshot import build as build_snapshot

        with cli_errors():
            version, join, boundaries = build_snapshot(src, out, allow_unmatched=allow_unmatched)
        click.echo("\n".join(join.lines()))
        click.echo(
            f"Boundaries: {boundaries.governorates} governorates, {boundaries.districts} "
            f"districts; largest error of area {boundaries.max_area_error:.2%} and "
            f"{boundaries.max_district_area_error:.2%}."
        )
        size = sum(path.stat().st_size for path in out.iterdir())
        click.echo(f"Snapshot {version} written to {out} ({file_size(size)}).")

    @command("list")
    @_AS_JSON
    def list_snapshots(as_json: bool) -> None:
        """List the snapshots that are held, the newest figures first."""
        with cli_errors():
            library = Library(settings.snapshots)
            infos = library.snapshots()
            active = library.active()
        lines = [_line(one) for one in infos] or [
            f"{library.name} holds no snapshot yet; the one in {settings.snapshot} is served."
        ]
        ships = summary(settings.snapshot)
        if ships.version not in {one.version for one in infos}:
            served = "      " if active else "served"
            lines.append(
                f"{ships.version or BUNDLED:<12} {served}  {ships.description}; ships with the "
                f"application: flask --app app snapshot activate {BUNDLED}"
            )
        details = {"held": [one.as_dict() for one in infos], "bundled": ships.as_dict()}
        print_report(lines, {"library": library.name} | details, as_json)

    @command("show")
    @click.argument("version", required=False, default="")
    @_AS_JSON
    def show(version: str, as_json: bool) -> None:
        """Show what a snapshot holds and was made of; the active one where none is named."""
        with cli_errors():
            snapshot = _read_snapshot(settings, version)
        details = {
            key: snapshot.manifest.get(key)
            for key in ("version", "dates", "rows", "provenance", "sources")
        }
        print_report(_snapshot_lines(snapshot), details, as_json)

    @command("diff")
    @click.argument("before")
    @click.argument("after", required=False, default="")
    @_AS_JSON
    def diff(before: str, after: str, as_json: bool) -> None:
        """Say what differs between two snapshots; the second is the active one if left out."""
        with cli_errors():
            snapshot_diff = difference(
                _read_snapshot(settings, before), _read_snapshot(settings, after)
            )
        print_report(snapshot_diff.lines(), snapshot_diff.as_dict(), as_json)

    @command("verify")
    @click.argument("which", required=False, default="", metavar="[VERSION|FOLDER]")
    def verify(which: str) -> None:
        """Check every file of a snapshot against its hash; the active one if none is named."""
        with cli_errors():
            folder = settings.snapshot if which == BUNDLED else Path(which)
            if folder.is_dir() and which:
                manifest, _ = verify_snapshot(folder)
                where = str(folder)
            else:
                library = Library(settings.snapshots)
                version = which or library.active()
                if version is None:
                    manifest, where = verify_snapshot(settings.snapshot)[0], str(settings.snapshot)
                else:
                    manifest, where = library.verify(version), library.name
        files = len(manifest["files"])
        click.echo(f"Snapshot {manifest['version']} in {where} is whole ({files} files).")

    @command("activate")
    @click.argument("version")
    def activate(version: str) -> None:
        """Show a snapshot that is held, or `bundled`; the dashboard follows within seconds."""
        with cli_errors():
            library = Library(settings.snapshots)
            before = library.active()
            version = library.resolve(version, settings.snapshot)
            library.activate(version, bundled=settings.snapshot)
            served = before or library.before() or version
        click.echo(
            f"Snapshot {version} was active already."
            if before == version
            else f"Snapshot {version} is active; before it was {served}."
        )

    @command("rollback")
    def rollback() -> None:
        """Go back to the snapshot that was active before; once more, and it goes further back."""
        with cli_errors():
            library = Library(settings.snapshots)
            before = library.active()
            version = library.rollback(bundled=settings.snapshot)
            contents = summary(library.location(version)).description
        click.echo(f"Snapshot {version} is active again ({contents}); {before} is still held.")

    return group


def _read_snapshot(settings: Settings, version: str) -> Snapshot:
    """Return a snapshot of the library, or the bundled one; the active one for ``""``."""
    library = Library(settings.snapshots)
    chosen = version or library.active()
    if chosen in (None, BUNDLED):
        return load(settings.snapshot)
    if chosen not in library.versions():
        bundled = load(settings.snapshot)
        if bundled.version == chosen:
            return bundled
    return library.read(chosen)


def _line(info: SnapshotInfo) -> str:
    since = f", since {info.at}" if info.at else ""
    return f"{info.version} {'active' if info.active else '      '}  {info.description}{since}"


def _snapshot_lines(snapshot: Snapshot) -> list[str]:
    out = [f"Snapshot {snapshot.version} ({snapshot.country})"]
    out += [
        f"  {population}: {span['count']:,} dates, {span['first']} to {span['last']}"
        for population, span in snapshot.manifest["dates"].items()
    ]
    out += [f"  {name}: {rows:,} rows" for name, rows in snapshot.manifest["rows"].items()]
    provenance = snapshot.manifest.get("provenance")
    if provenance:
        files = ", ".join(str(file["name"]) for file in provenance.get("files", []))
        out.append(
            f"  made of {provenance.get('base')} and {provenance.get('kind')} {files}".rstrip()
        )
    out += [f"  source {row['id']}: {row['title']}" for row in snapshot.manifest["sources"]]
    return out


def register(app: Dash, settings: Settings) -> None:
    """Add the commands to the application's command line."""
    app.server.cli.add_command(_snapshots(settings))
    app.server.cli.add_command(_ingest(settings))
