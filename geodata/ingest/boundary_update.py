"""Add boundaries: of the country in the library, or of a new one.

::

    files ─▶ boundaries.readers ─▶ boundaries.repair ─▶ areas ─┬─▶ joined to the base
                                                      topology └─▶ a snapshot without figures

Figures point to areas by P-code. New boundaries of the same country keep them all, or are refused
with what would be lost; a P-code is never taken for another. A snapshot of a new country has no
figures yet and cannot be shown: it waits in the library for ``ingest`` to add some.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.boundaries.build import BoundaryReport, build_topology
from geodata.boundaries.columns import ColumnOptions
from geodata.boundaries.readers import read_files
from geodata.boundaries.repair import repair
from geodata.boundaries.repaired import Repaired
from geodata.boundaries.surroundings import neighbours_and_cities
from geodata.boundaries.topology import CODE, PARENT, Topology, level_topology
from geodata.errors import BoundaryError
from geodata.i18n.messages import gettext
from geodata.ingest.area_changes import (
    ROLE,
    join_areas,
    report_renamed,
    report_shared_names,
    report_without_residents,
)
from geodata.ingest.report import Report
from geodata.ingest.write import SnapshotParts, compare, provenance, refuse, write
from geodata.snapshots.library import Library
from geodata.snapshots.name_columns import LOCAL_NAMES
from geodata.snapshots.schemas import TABLES, check
from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.tables import Tables
from geodata.sources.finding_log import FindingLog
from geodata.sources.mapping import TableMapping, read_mapping
from geodata.util import amounts
from geodata.util.arrays import records
from geodata.util.findings import Finding, Progress, no_progress

DISCLAIMER = gettext(
    "The boundaries and names shown and the designations used on this map do not imply official "
    "endorsement or acceptance."
)


@dataclass(frozen=True)
class BoundaryUpdate:
    """Boundary files to add, and how.

    Attributes
    ----------
    files
        Files whose layers go to the level that their columns say.
    only
        Level ``->`` file of which just that level is taken.
    country
        Facts of a new country (``code``, ``name``, ``disclaimer``); empty: the base's country.
    mapping
        YAML that names the source of the boundaries, and their columns where no known scheme
        does; a new country needs it.
    encoding
        Encoding of a Shapefile's names; ``""``: it is detected.
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
        """Whether these are boundaries of a new country."""
        return bool(self.country)


@dataclass(frozen=True)
class BoundaryUpdateReport(Report):
    """Report of an update of boundaries.

    Attributes
    ----------
    country
        Name of the country.
    simplification
        Its report; ``None`` where files were refused before it.
    """

    country: str = ""
    simplification: BoundaryReport | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        simplification = vars(self.simplification) if self.simplification else None
        return super().as_dict() | {"country": self.country, "drawn": simplification}

    def lines(self) -> list[str]:
        """Return the report as lines for a person."""
        *out, done = super().lines()
        if self.simplification:
            out.append(
                f"Boundaries of {self.country}: "
                f"{amounts.pluralise(self.simplification.governorates, 'governorate')}, "
                f"{amounts.pluralise(self.simplification.districts, 'district')}; largest error "
                "of area "
                f"{self.simplification.max_area_error:.2%} and "
                f"{self.simplification.max_district_area_error:.2%}."
            )
        return [*out, done]


def update_boundaries(
    library: Library, bundled: Path, update: BoundaryUpdate, progress: Progress = no_progress
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
    return write(
        library,
        bundled,
        lambda keep: _start(library, bundled, update, keep=keep),
        lambda base: _prepare(base, update, progress),
        progress,
        dry_run=update.dry_run,
        activate=update.activate,
    )


def _start(library: Library, bundled: Path, update: BoundaryUpdate, *, keep: bool) -> Snapshot:
    """Return the snapshot to add boundaries to: one of the library, or an empty one."""
    if update.new:
        return _empty_snapshot(update.country)
    return library.base_snapshot(bundled, update.base, keep=keep)


def _prepare(
    base: Snapshot, update: BoundaryUpdate, progress: Progress
) -> tuple[BoundaryUpdateReport, SnapshotParts | None]:
    """Read, repair and join; without parts, the report says why nothing may be written."""
    log = FindingLog()
    mapping = _mapping(base, update, log)
    code = base.manifest["country"]["code"]
    options = ColumnOptions(mapping.columns if mapping else {}, code, update.encoding)
    read = read_files(update.files, update.only, progress, options)
    files = tuple(read.files)
    report = BoundaryUpdateReport(ROLE, files, {}, (), base.version, country=base.country)
    repaired = repair(read.layers) if read.layers else Repaired()
    findings = [*read.findings, *log.all(), *repaired.findings]
    if repaired.governorates is None or _has_error(findings):
        return refuse(report, findings), None
    areas = _areas_table(repaired, base, findings)
    progress("Simplifying", 0, None)
    try:
        topology, simplification = _topology(repaired, base)
    except BoundaryError as error:
        return refuse(report, [*findings, Finding("error", str(error))]), None
    report = replace(report, simplification=simplification)
    findings += _report_pinched(simplification, areas)
    source = mapping.source if mapping else {}
    tables = join_areas(base, areas, source, findings, allow_lost=update.allow_lost)
    parts = SnapshotParts(tables, topology, base.manifest["country"], base.join_report, {})
    return _compare(base, update, report, findings, parts)


def _compare(
    base: Snapshot,
    update: BoundaryUpdate,
    report: BoundaryUpdateReport,
    findings: Sequence[Finding],
    parts: SnapshotParts,
) -> tuple[BoundaryUpdateReport, SnapshotParts | None]:
    """Complete the report; without parts where an error stops it or nothing changes."""
    if _has_error(findings):
        return refuse(report, findings), None
    report = replace(report, findings=tuple(findings))
    if not update.new:
        report = compare(report, base, parts.tables, parts.topology, "boundaries")
    parts = replace(parts, provenance=provenance(report))
    return report, None if report.why_not else parts


def _has_error(findings: Sequence[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _empty_snapshot(country: Mapping[str, Any]) -> Snapshot:
    """Return a snapshot of a country without areas and figures."""
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
    joined: dict[str, Any] = {"rows": {}, "unmatched": [], "areas_without_rows": {}}
    manifest = {"country": facts, "sources": [], "join_report": joined}
    return Snapshot("", manifest, _empty_tables(), {})


@cache
def _empty_tables() -> Tables:
    """Return every table without rows, each of the types that its schema asks for."""
    return Tables(
        **{
            name: check(name, pd.DataFrame(columns=list(schema.columns), dtype="str"))
            for name, schema in TABLES.items()
        }
    )


def _mapping(base: Snapshot, update: BoundaryUpdate, log: FindingLog) -> TableMapping | None:
    """Read the mapping; without one, log that the source in the base stays."""
    if update.mapping is None:
        sources = base.tables.sources[base.tables.sources["role"] == ROLE]
        titles = "; ".join(str(title) for title in sources["title"])
        log.warning(
            f"The boundaries are said to be from the source that is held ({titles}). Name another "
            "with --mapping FILE.yaml, where they are not."
        )
        return None
    return read_mapping(update.mapping, base, ROLE, log, role=ROLE)


# ---- areas


def _areas_table(repaired: Repaired, base: Snapshot, findings: list[Finding]) -> pd.DataFrame:
    """Return the table of areas: names of the files, but display names that were chosen before.

    A snapshot may show another name than the official one (``Anbar`` for ``Al-Anbar``); it stays
    as long as the official one does. Names in other languages stay where a file has none.
    """
    before = base.tables.areas.set_index("pcode")
    rows = []
    for level, frame in ((1, repaired.governorates), (2, repaired.districts)):
        if frame is None:
            continue
        for row in records(pd.DataFrame(frame.drop(columns="geometry"))):
            old: Any = before.loc[row.pcode] if row.pcode in before.index else None
            rows.append(
                {
                    "pcode": row.pcode,
                    "level": level,
                    "parent": getattr(row, PARENT) if level > 1 else None,
                    "name_en": _display_name(row.name, old),
                    "name_official": _name(row.name, old, "name_official"),
                    **{
                        local: _name(getattr(row, local), old, local)
                        for local in LOCAL_NAMES.values()
                    },
                }
            )
    texts = dict.fromkeys(["parent", *LOCAL_NAMES.values()], "str")
    table = check("areas", pd.DataFrame(rows).astype(texts))
    findings += report_renamed(before, table)
    findings += report_without_residents(table, base.tables.residents)
    findings += report_shared_names(table)
    return table


def _display_name(name: str, old: Any) -> str:
    """Return the name to display: the base's, as long as the official name is the same."""
    is_same = old is not None and _name(name, old, "name_official") == old["name_official"]
    return str(old["name_en"]) if is_same else name


def _name(name: str, old: Any, column: str) -> str | None:
    """Return the base's name where the file has none, or the same but for spaces."""
    before = None if old is None or pd.isna(old[column]) else str(old[column])
    return before if before and (not name or " ".join(before.split()) == name) else name or None


# ---- shapes


def _topology(repaired: Repaired, base: Snapshot) -> tuple[Topology, BoundaryReport]:
    """Simplify; where the country is unchanged, take the base's topology as it is."""
    neighbours, cities = (
        neighbours_and_cities(dict(base.topology)) if base.topology else (None, None)
    )
    governorates, districts = (
        None if frame is None else frame[[*columns, "geometry"]]
        for frame, columns in (
            (repaired.governorates, [CODE]),
            (repaired.districts, [CODE, PARENT]),
        )
    )
    assert governorates is not None
    topology, simplification = build_topology(governorates, districts, neighbours, cities)
    if base.topology and _country_shapes(topology) == _country_shapes(base.topology):
        return dict(base.topology), simplification
    return topology, simplification


def _report_pinched(simplification: BoundaryReport, areas: pd.DataFrame) -> Iterator[Finding]:
    """Warn, by area and place, of outlines that rounding to the grid broke."""
    names = dict(zip(areas["pcode"], areas["name_en"], strict=True))
    for pcode, lon, lat in simplification.pinched:
        sentence = (
            f"{names[pcode]}: its outline met itself or its neighbour's near {lon:.3f}°, "
            f"{lat:.3f}° once it lay on the grid of {simplification.step_deg:g}° that the map is "
            "drawn on, "
            "and was mended there: what is narrower than that is drawn as nothing."
        )
        yield Finding("warning", sentence, value=pcode)


def _country_shapes(topology: Mapping[str, Any]) -> Topology:
    """Return the part of a topology that is the country itself."""
    own = {name: topology["objects"][name] for name in ("governorates", "districts")}
    return level_topology({**topology, "objects": own}, 2)
