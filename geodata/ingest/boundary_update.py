"""New boundaries in: of the country that is held, or of another one to begin with.

::

    files ─▶ boundary_files ─▶ boundary_mending ─▶ areas ─┬─▶ joined to the active snapshot
                                                 topology └─▶ a snapshot without figures

Figures point to areas by P-code. New boundaries of the same country keep them all, or are refused
with what would be lost; a P-code is never taken for another. A snapshot of a new country holds no
figures yet and cannot be shown: it is held, for ``ingest`` to add to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.boundaries.build import BoundaryReport, build_topology
from geodata.boundaries.columns import GivenColumns
from geodata.boundaries.readers import read_files
from geodata.boundaries.repair import Repaired, repair
from geodata.boundaries.surroundings import neighbours_and_cities
from geodata.boundaries.topology import CODE, PARENT, Topology, level_topology
from geodata.errors import BoundaryError
from geodata.i18n.messages import gettext
from geodata.ingest import ingest
from geodata.snapshots.diff import difference
from geodata.snapshots.library import Library
from geodata.snapshots.schemas import TABLES, check
from geodata.snapshots.snapshot import Snapshot, Tables
from geodata.sources.cell_values import FindingLog
from geodata.sources.mapping import TableMapping, read_mapping
from geodata.util import amounts
from geodata.util.arrays import records
from geodata.util.findings import Finding, Progress, no_progress

if TYPE_CHECKING:
    pass
from geodata.ingest import report
from geodata.ingest.area_changes import (
    ROLE,
    areas_joined,
    as_tables,
    of_one_name,
    renamed,
    without_residents,
)

DISCLAIMER = gettext(
    "The boundaries and names shown and the designations used on this map do not imply official "
    "endorsement or acceptance."
)
_LOCAL = ("name_ar", "name_ckb")


@dataclass(frozen=True)
class BoundaryUpdate:
    """What boundaries are added, and what to do with them.

    Attributes
    ----------
    files
        Whose layers go to the level that their columns say.
    only
        Files of which just one level is taken.
    country
        Facts of a new country (``code``, ``name``, ``disclaimer``); empty for the one that is held.
    mapping
        YAML that says whose boundaries these are, and what their columns are where no scheme says
        it; a new country needs it.
    encoding
        Of a Shapefile's names; ``""``: it is found out.
    allow_lost
        Keep figures of P-codes that are gone as "not placed".
    activate
        Make the new snapshot the active one, where it has figures.
    """

    files: Sequence[Path] = ()
    only: Mapping[int, Path] = field(default_factory=dict)
    country: Mapping[str, Any] = field(default_factory=dict)
    mapping: Path | None = None
    encoding: str = ""
    allow_lost: bool = False
    activate: bool = True
    dry_run: bool = False
    base: str = ""

    @property
    def new(self) -> bool:
        """Whether a country begins."""
        return bool(self.country)


@dataclass(frozen=True)
class BoundaryUpdateReport(report.Report):
    """What adding boundaries found and did.

    Attributes
    ----------
    country
        Whose boundaries they are.
    drawn
        What simplification did; ``None`` where it did not come to that.
    """

    country: str = ""
    drawn: BoundaryReport | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as JSON-ready values."""
        drawn = vars(self.drawn) if self.drawn else None
        return super().as_dict() | {"country": self.country, "drawn": drawn}

    def lines(self) -> list[str]:
        """Return it as lines a person reads."""
        *out, done = super().lines()
        if self.drawn:
            out.append(
                f"Boundaries of {self.country}: "
                f"{amounts.counted(self.drawn.governorates, 'governorate')}, "
                f"{amounts.counted(self.drawn.districts, 'district')}; largest error of area "
                f"{self.drawn.max_area_error:.2%} and {self.drawn.max_district_area_error:.2%}."
            )
        return [*out, done]


@dataclass(frozen=True)
class _SnapshotParts:
    """What a snapshot is written from."""

    tables: Tables
    topology: Mapping[str, Any]
    country: Mapping[str, Any]
    join_report: Mapping[str, Any]


def update_boundaries(
    library: Library, bundled: Path, wanted: BoundaryUpdate, progress: Progress = no_progress
) -> BoundaryUpdateReport:
    """Add boundaries to the library.

    Parameters
    ----------
    bundled
        Snapshot to start from where the library has none yet, as
        :func:`geodata.ingest.ingest.ingest`.

    Raises
    ------
    BoundaryError, DataError
        If a file cannot be read at all.
    SnapshotError
        If the library cannot be used, is in use, or holds no snapshot to start from.
    """
    if wanted.dry_run:
        report, _ = _prepared(_start(library, bundled, wanted, keep=False), wanted, progress)
        return replace(report, why_not=report.why_not or "A dry run: nothing was written.")
    with library.lock(told=lambda sentence: progress(sentence, 0, None)):
        held = _start(library, bundled, wanted, keep=True)
        active = library.active()
        report, made = _prepared(held, wanted, progress)
        if made is None:
            return report
        progress("Writing the snapshot", 0, None)
        version = library.add(
            made.tables,
            made.topology,
            join_report=made.join_report,
            country=made.country,
            provenance=_provenance(report),
        )
        report = replace(report, version=version, empty=made.tables.counts.empty)
        if report.empty or not wanted.activate:
            return report
        return ingest.activated(library, bundled, report, str(made.country["name"]), active)


def _start(library: Library, bundled: Path, wanted: BoundaryUpdate, *, keep: bool) -> Snapshot:
    """What the boundaries are added to: what is held, or nothing."""
    if wanted.new:
        return _nowhere(wanted.country)
    return library.start(bundled, wanted.base, keep=keep)


def _prepared(
    held: Snapshot, wanted: BoundaryUpdate, progress: Progress
) -> tuple[BoundaryUpdateReport, _SnapshotParts | None]:
    """Read, mend and join; the report says why nothing may be written, where that is so."""
    notes = FindingLog()
    said = _said(held, wanted, notes)
    source = said.source if said else {}
    given = GivenColumns(
        said.columns if said else {}, held.manifest["country"]["code"], wanted.encoding
    )
    read = read_files(wanted.files, wanted.only, progress, given)
    report = BoundaryUpdateReport(
        ROLE, tuple(read.files), {}, (), held.version, country=held.country
    )
    mended = repair(read.layers) if read.layers else Repaired()
    findings = [*read.findings, *notes.all(), *mended.findings]
    if mended.governorates is None or any(one.severity == "error" for one in findings):
        return _refused(report, findings), None
    areas = _areas_table(mended, held, findings)
    progress("Simplifying", 0, None)
    try:
        topology, drawn = _drawn(mended, held)
    except BoundaryError as error:
        findings.append(Finding("error", str(error)))
        return _refused(report, findings), None
    report = replace(report, drawn=drawn)
    findings += _pinched(drawn, areas)
    tables = areas_joined(held, areas, source, findings, allow_lost=wanted.allow_lost)
    if any(one.severity == "error" for one in findings):
        return _refused(report, findings), None
    report = replace(report, findings=tuple(findings))
    made = _SnapshotParts(tables, topology, held.manifest["country"], held.join_report)
    if wanted.new:
        return report, made
    changes = difference(held, Snapshot("", held.manifest, tables, topology))
    report = replace(report, changes=changes)
    if changes.empty:
        why = f"Nothing changes: snapshot {held.version} holds these boundaries already."
        return replace(report, why_not=why), None
    return report, made


def _refused(report: BoundaryUpdateReport, findings: Sequence[Finding]) -> BoundaryUpdateReport:
    return replace(report, findings=tuple(findings), why_not=ingest.mend(findings))


def _nowhere(country: Mapping[str, Any]) -> Snapshot:
    """A snapshot of a country of which nothing is known but its name."""
    facts = {
        "code": country["code"],
        "name": country["name"],
        "disclaimer": country.get("disclaimer") or DISCLAIMER,
        "residents_year": None,
        "household_sizes": [],
        "former_codes": [],
        "pillars": {},
        "notes": [],
        "shelter_notes": [],
    }
    blank = {
        name: check(name, pd.DataFrame(columns=list(schema.columns), dtype="str"))
        for name, schema in TABLES.items()
    }
    joined: dict[str, Any] = {"rows": {}, "unmatched": [], "areas_without_rows": {}}
    manifest = {"country": facts, "sources": [], "join_report": joined}
    return Snapshot("", manifest, as_tables(blank), {})


def _said(held: Snapshot, wanted: BoundaryUpdate, notes: FindingLog) -> TableMapping | None:
    """What the mapping says; ``None`` where there is none, and the held source stays."""
    if wanted.mapping is None:
        kept = held.tables.sources[held.tables.sources["role"] == ROLE]
        named = "; ".join(str(title) for title in kept["title"])
        notes.warning(
            f"The boundaries are said to be from the source that is held ({named}). Name another "
            "with --mapping FILE.yaml, where they are not."
        )
        return None
    return read_mapping(wanted.mapping, held, ROLE, notes, role=ROLE)


# ---- areas


def _areas_table(mended: Repaired, held: Snapshot, findings: list[Finding]) -> pd.DataFrame:
    """Table of areas: names as the files have them, save those that were chosen for the map.

    A snapshot may show another name than the official one (``Anbar`` for ``Al-Anbar``); it stays
    as long as the official one does. Names in other languages stay where a file has none.
    """
    before = held.tables.areas.set_index("pcode")
    rows = []
    for level, frame in ((1, mended.governorates), (2, mended.districts)):
        if frame is None:
            continue
        for row in records(pd.DataFrame(frame.drop(columns="geometry"))):
            old: Any = before.loc[row.pcode] if row.pcode in before.index else None
            rows.append(
                {
                    "pcode": row.pcode,
                    "level": level,
                    "parent": getattr(row, PARENT) if level > 1 else None,
                    "name_en": _shown(row.name, old),
                    "name_official": _name(row.name, old, "name_official"),
                    **{local: _name(getattr(row, local), old, local) for local in _LOCAL},
                }
            )
    texts = dict.fromkeys(["parent", *_LOCAL], "str")
    table = check("areas", pd.DataFrame(rows).astype(texts))
    findings += renamed(before, table)
    findings += without_residents(table, held.tables.residents)
    findings += of_one_name(table)
    return table


def _shown(name: str, old: Any) -> str:
    same = old is not None and _name(name, old, "name_official") == old["name_official"]
    return str(old["name_en"]) if same else name


def _name(name: str, old: Any, column: str) -> str | None:
    """A name as it is held, where the file has the same but for its spaces, or none."""
    held = None if old is None or pd.isna(old[column]) else str(old[column])
    return held if held and (not name or " ".join(held.split()) == name) else name or None


# ---- shapes


def _drawn(mended: Repaired, held: Snapshot) -> tuple[Topology, BoundaryReport]:
    """Simplify; what lies around the country comes from the snapshot that is held.

    Where the country itself comes out as it is held, so does everything else.
    """
    neighbours, cities = (
        neighbours_and_cities(dict(held.topology)) if held.topology else (None, None)
    )
    governorates, districts = (
        None if frame is None else frame[[*columns, "geometry"]]
        for frame, columns in ((mended.governorates, [CODE]), (mended.districts, [CODE, PARENT]))
    )
    assert governorates is not None
    topology, drawn = build_topology(governorates, districts, neighbours, cities)
    if held.topology and _country(topology) == _country(held.topology):
        return dict(held.topology), drawn
    return topology, drawn


def _pinched(drawn: BoundaryReport, areas: pd.DataFrame) -> Iterator[Finding]:
    """Tell by area, and with the place, what rounding to the grid broke and was drawn anew."""
    names = dict(zip(areas["pcode"], areas["name_en"], strict=True))
    for pcode, lon, lat in drawn.pinched:
        said = (
            f"{names[pcode]}: its outline met itself or its neighbour's near {lon:.3f}°, "
            f"{lat:.3f}° once it lay on the grid of {drawn.step_deg:g}° that the map is drawn on, "
            "and was mended there: what is narrower than that is drawn as nothing."
        )
        yield Finding("warning", said, value=pcode)


def _country(topology: Mapping[str, Any]) -> Topology:
    """The part of a topology that is the country."""
    own = {name: topology["objects"][name] for name in ("governorates", "districts")}
    return level_topology({**topology, "objects": own}, 2)


def _provenance(report: BoundaryUpdateReport) -> dict[str, Any]:
    """What the snapshot was made of, as :mod:`geodata.ingest.ingest` says it."""
    return {
        "base": report.base,
        "kind": ROLE,
        "files": [vars(file) for file in report.files],
        "warnings": sum(finding.severity == "warning" for finding in report.findings),
        "placed": {},
        "changes": [],
    }
