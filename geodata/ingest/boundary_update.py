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
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from geodata import amounts
from geodata.boundaries.build import (
    CODE,
    PARENT,
    BoundaryReport,
    Topology,
    build_topology,
    level_topology,
    surroundings,
)
from geodata.boundaries.columns import Given
from geodata.boundaries.readers import read_files
from geodata.boundaries.repair import Mended, mend
from geodata.errors import BoundaryError
from geodata.i18n.language import gettext
from geodata.ingest import ingest
from geodata.places.gazetteer import Gazetteer, gazetteers
from geodata.snapshots.diff import difference
from geodata.snapshots.library import Library
from geodata.snapshots.schemas import TABLES, check, check_references
from geodata.snapshots.snapshot import Snapshot, Tables
from geodata.sources.cell_values import Notes
from geodata.sources.contract import Finding, Progress, silent
from geodata.sources.mapping import TableMapping, read_mapping
from geodata.util.arrays import records

if TYPE_CHECKING:
    pass

ROLE: Literal["boundaries"] = "boundaries"
DISCLAIMER = gettext(
    "The boundaries and names shown and the designations used on this map do not imply official "
    "endorsement or acceptance."
)
_LOCAL = ("name_ar", "name_ckb")
_POINTING = ("counts", "breakdowns", "residents", "coverage", "reach")


@dataclass(frozen=True)
class Wanted:
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
class Report(ingest.Report):
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
class _Made:
    """What a snapshot is written from."""

    tables: Tables
    topology: Mapping[str, Any]
    country: Mapping[str, Any]
    join_report: Mapping[str, Any]


def add(library: Library, bundled: Path, wanted: Wanted, progress: Progress = silent) -> Report:
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


def _start(library: Library, bundled: Path, wanted: Wanted, *, keep: bool) -> Snapshot:
    """What the boundaries are added to: what is held, or nothing."""
    if wanted.new:
        return _nowhere(wanted.country)
    return library.start(bundled, wanted.base, keep=keep)


def _prepared(held: Snapshot, wanted: Wanted, progress: Progress) -> tuple[Report, _Made | None]:
    """Read, mend and join; the report says why nothing may be written, where that is so."""
    notes = Notes()
    said = _said(held, wanted, notes)
    source = said.source if said else {}
    given = Given(said.columns if said else {}, held.manifest["country"]["code"], wanted.encoding)
    read = read_files(wanted.files, wanted.only, progress, given)
    report = Report(ROLE, tuple(read.files), {}, (), held.version, country=held.country)
    mended = mend(read.layers) if read.layers else Mended()
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
    tables = _joined(held, areas, source, findings, allow_lost=wanted.allow_lost)
    if any(one.severity == "error" for one in findings):
        return _refused(report, findings), None
    report = replace(report, findings=tuple(findings))
    made = _Made(tables, topology, held.manifest["country"], held.join_report)
    if wanted.new:
        return report, made
    changes = difference(held, Snapshot("", held.manifest, tables, topology))
    report = replace(report, changes=changes)
    if changes.empty:
        why = f"Nothing changes: snapshot {held.version} holds these boundaries already."
        return replace(report, why_not=why), None
    return report, made


def _refused(report: Report, findings: Sequence[Finding]) -> Report:
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
    return Snapshot("", manifest, _tables(blank), {})


def _tables(frames: Mapping[str, pd.DataFrame]) -> Tables:
    return Tables(**{column.name: frames[column.name] for column in fields(Tables)})


def _said(held: Snapshot, wanted: Wanted, notes: Notes) -> TableMapping | None:
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


def _areas_table(mended: Mended, held: Snapshot, findings: list[Finding]) -> pd.DataFrame:
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
    findings += _renamed(before, table)
    findings += _without_residents(table, held.tables.residents)
    findings += _of_one_name(table)
    return table


def _shown(name: str, old: Any) -> str:
    same = old is not None and _name(name, old, "name_official") == old["name_official"]
    return str(old["name_en"]) if same else name


def _name(name: str, old: Any, column: str) -> str | None:
    """A name as it is held, where the file has the same but for its spaces, or none."""
    held = None if old is None or pd.isna(old[column]) else str(old[column])
    return held if held and (not name or " ".join(held.split()) == name) else name or None


def _renamed(before: pd.DataFrame, table: pd.DataFrame) -> list[Finding]:
    """Names that changed, and districts that lie in another governorate now."""
    found = []
    for row in records(table[table["pcode"].isin(before.index)]):
        old: Any = before.loc[row.pcode]
        if row.name_en != old["name_en"]:
            said = f"It is named {row.name_en!r} now, and was {old['name_en']!r}."
            found.append(Finding("warning", said, value=str(row.pcode)))
        if row.level > 1 and row.parent != old["parent"]:
            said = (
                f"It lies in {row.parent} now, and was in {old['parent']}: figures by governorate "
                "stay as they were counted."
            )
            found.append(Finding("warning", said, value=str(row.pcode)))
    return found


def _without_residents(areas: pd.DataFrame, residents: pd.DataFrame) -> list[Finding]:
    """Governorates that are new beside others whose residents are known."""
    if residents.empty:
        return []
    new = areas[(areas["level"] == 1) & ~areas["pcode"].isin(residents["pcode"])]
    said = (
        "Its residents are not known, and rates are not shown until they are: flask --app app "
        "ingest residents FILE."
    )
    return [Finding("warning", said, value=str(code)) for code in new["pcode"]]


def _of_one_name(table: pd.DataFrame) -> list[Finding]:
    none = pd.DataFrame(columns=["level", "scope", "spelling", "pcode"])
    books = gazetteers(table, none)
    alike = [
        ", ".join(codes)
        for book in (books.governorates, books.districts)
        for codes in dict.fromkeys(_shared(book))
    ]
    said = "They have one name: only rows that give the P-code can be joined to them."
    return [Finding("warning", said, value=codes) for codes in alike]


def _shared(book: Gazetteer) -> list[tuple[str, ...]]:
    return list(book.shared.values())


# ---- shapes


def _drawn(mended: Mended, held: Snapshot) -> tuple[Topology, BoundaryReport]:
    """Simplify; what lies around the country comes from the snapshot that is held.

    Where the country itself comes out as it is held, so does everything else.
    """
    neighbours, cities = surroundings(dict(held.topology)) if held.topology else (None, None)
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


# ---- figures


def _joined(
    held: Snapshot,
    areas: pd.DataFrame,
    source: Mapping[str, str],
    findings: list[Finding],
    *,
    allow_lost: bool,
) -> Tables:
    """Every table with the new areas; what points to areas that are gone is told, and let go."""
    tables = dict(held.tables.items())
    gone = held.tables.areas[~held.tables.areas["pcode"].isin(areas["pcode"])]
    for name in _POINTING:
        tables[name] = _without(name, tables[name], gone)
    lost = _lost(held.tables, gone)
    for row in records(gone):
        findings += _told(row, lost[str(row.pcode)], allow_lost=allow_lost)
    if len(gone) and len(gone) == len(held.tables.areas):
        findings.append(
            Finding(
                "error",
                f"None of the areas of {held.country} is in these files. Are they of another "
                "country? Then pass --new --country-name NAME --country-code ISO3.",
            )
        )
    tables["areas"] = areas
    tables["aliases"] = _aliases(tables["aliases"], areas, findings)
    tables["sources"] = _sources(tables["sources"], source)
    checked = {
        name: frame if frame is getattr(held.tables, name) else check(name, frame)
        for name, frame in tables.items()
    }
    check_references(checked)
    return _tables(checked)


def _rows_of(name: str, frame: pd.DataFrame, code: str) -> int:
    if name == "reach":
        return int(frame["pcodes"].str.split(";").map(lambda codes: code in codes).sum())
    points = frame["pcode"] == code
    if name == "breakdowns":
        points |= (frame["kind"] == "origin") & (frame["category"] == code)
    return int(points.sum())


def _lost(tables: Tables, gone: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Rows of every table that point to each area that is gone."""
    return {
        str(code): {
            name: n for name in _POINTING if (n := _rows_of(name, getattr(tables, name), str(code)))
        }
        for code in gone["pcode"]
    }


def _told(row: Any, rows: Mapping[str, int], *, allow_lost: bool) -> list[Finding]:
    if not rows:
        return []
    counted = ", ".join(f"{amounts.counted(n, 'row')} of {name}" for name, n in rows.items())
    if allow_lost:
        said = (
            f"{row.name_en} is in these boundaries no more: {counted} pointed to it. Its counts "
            "and breakdowns are kept as “not placed”; its residents, coverage and reach are not "
            "kept."
        )
        return [Finding("warning", said, value=str(row.pcode))]
    said = (
        f"{row.name_en} is not in these boundaries, and {counted} point to it. Add it, or pass "
        "--allow-lost to keep its figures as “not placed”."
    )
    return [Finding("error", said, value=str(row.pcode))]


def _without(name: str, frame: pd.DataFrame, gone: pd.DataFrame) -> pd.DataFrame:
    """A table in which nothing points to areas that are gone."""
    named = dict(zip(gone["pcode"], gone["name_en"] + " (" + gone["pcode"] + ")", strict=True))
    if not named or frame.empty:
        return frame
    if name == "reach":
        lost = frame["pcodes"].str.split(";").map(lambda codes: bool(named.keys() & set(codes)))
        return frame[~lost]
    lost = frame["pcode"].isin(list(named))
    if name == "counts":
        places = frame["place"].where(~lost, frame["pcode"].map(named))
        held = frame["pcode"].where(~lost)
        return frame.assign(place=places, pcode=held) if lost.any() else frame
    if name != "breakdowns":
        return frame[~lost] if lost.any() else frame
    origins = (frame["kind"] == "origin") & frame["category"].isin(list(named))
    if not (lost | origins).any():
        return frame
    moved = frame.assign(
        pcode=frame["pcode"].where(~lost),
        category=frame["category"].where(~origins, frame["category"].map(named)),
    )
    figures = ["households", "people"]
    keys = [column for column in frame.columns if column not in figures]
    grouped = moved.groupby(keys, dropna=False, as_index=False, sort=True)
    added = grouped[figures].sum(min_count=1)
    return added[list(frame.columns)]


def _aliases(aliases: pd.DataFrame, areas: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    """Other spellings of the areas there are, each looked for in its governorate of now."""
    known = aliases["pcode"].isin(areas["pcode"])
    if (~known).any():
        lost = amounts.counted(int((~known).sum()), "other spelling")
        said = f"Not kept, as their areas are gone: {lost}."
        findings.append(Finding("warning", said))
    parents = areas.set_index("pcode")["parent"].fillna("")
    kept = aliases[known]
    scopes = kept["pcode"].map(parents).fillna("").astype("str")
    if known.all() and scopes.equals(aliases["scope"].astype("str")):
        return aliases
    return kept.assign(scope=scopes).drop_duplicates(["level", "scope", "spelling"])


def _sources(sources: pd.DataFrame, source: Mapping[str, str]) -> pd.DataFrame:
    """Sources with that of the new boundaries in place of that of the old."""
    if not source:
        return sources
    row = pd.DataFrame([dict(source)])[list(sources.columns)].astype("str")
    others = sources[(sources["role"] != ROLE) & (sources["id"] != source["id"])]
    return pd.concat([others, row], ignore_index=True) if len(others) else row


def _provenance(report: Report) -> dict[str, Any]:
    """What the snapshot was made of, as :mod:`geodata.ingest.ingest` says it."""
    return {
        "base": report.base,
        "kind": ROLE,
        "files": [vars(file) for file in report.files],
        "warnings": sum(finding.severity == "warning" for finding in report.findings),
        "placed": {},
        "changes": [],
    }
