"""Carry figures over to changed areas, and report what is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from geodata.ingest.aggregate import sum_figures
from geodata.places.gazetteer import gazetteers
from geodata.snapshots.schemas import check_changed
from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.tables import Tables
from geodata.util import amounts
from geodata.util.arrays import records
from geodata.util.findings import Finding

ROLE: Literal["boundaries"] = "boundaries"
_WITH_PCODES = ("counts", "breakdowns", "residents", "coverage", "reach")


def report_renamed(before: pd.DataFrame, table: pd.DataFrame) -> list[Finding]:
    """Report names that changed, and districts that lie in another governorate now."""
    findings = []
    for row in records(table[table["pcode"].isin(before.index)]):
        old: Any = before.loc[row.pcode]
        if row.name_en != old["name_en"]:
            sentence = f"It is named {row.name_en!r} now, and was {old['name_en']!r}."
            findings.append(Finding("warning", sentence, value=str(row.pcode)))
        if row.level > 1 and row.parent != old["parent"]:
            sentence = (
                f"It lies in {row.parent} now, and was in {old['parent']}: figures by governorate "
                "stay as they were counted."
            )
            findings.append(Finding("warning", sentence, value=str(row.pcode)))
    return findings


def report_without_residents(areas: pd.DataFrame, residents: pd.DataFrame) -> list[Finding]:
    """Warn of new governorates whose residents are unknown, where those of others are known."""
    if residents.empty:
        return []
    new = areas[(areas["level"] == 1) & ~areas["pcode"].isin(residents["pcode"])]
    sentence = (
        "Its residents are not known, and rates are not shown until they are: flask --app app "
        "ingest residents FILE."
    )
    return [Finding("warning", sentence, value=str(code)) for code in new["pcode"]]


def report_shared_names(table: pd.DataFrame) -> list[Finding]:
    """Warn of areas that share a name, in which rows without a P-code cannot be placed."""
    no_aliases = pd.DataFrame(columns=["level", "scope", "spelling", "pcode"])
    books = gazetteers(table, no_aliases)
    shared = [
        ", ".join(codes)
        for book in (books.governorates, books.districts)
        for codes in dict.fromkeys(book.shared.values())
    ]
    sentence = "They have one name: only rows that give the P-code can be joined to them."
    return [Finding("warning", sentence, value=codes) for codes in shared]


# ---- figures


def join_areas(
    base: Snapshot,
    areas: pd.DataFrame,
    source: Mapping[str, str],
    findings: list[Finding],
    *,
    allow_lost: bool,
) -> Tables:
    """Return the base's tables with the new areas, without pointers to areas that are gone."""
    tables = dict(base.tables.items())
    gone = base.tables.areas[~base.tables.areas["pcode"].isin(areas["pcode"])]
    for name in _WITH_PCODES:
        tables[name] = _without_areas(name, tables[name], gone)
    pointers = _rows_by_area(base.tables, gone)
    for row in records(gone):
        findings += _report_lost(row, pointers[str(row.pcode)], allow_lost=allow_lost)
    if len(gone) and len(gone) == len(base.tables.areas):
        findings.append(
            Finding(
                "error",
                f"None of the areas of {base.country} is in these files. Are they of another "
                "country? Then pass --new --country-name NAME --country-code ISO3.",
            )
        )
    tables["areas"] = areas
    tables["aliases"] = _aliases(tables["aliases"], areas, findings)
    tables["sources"] = _sources(tables["sources"], source)
    return check_changed(tables, base.tables)


def _rows_of(name: str, frame: pd.DataFrame, code: str) -> int:
    """Count the rows of a table that point to an area."""
    if name == "reach":
        return int(frame["pcodes"].str.split(";").map(lambda codes: code in codes).sum())
    points = frame["pcode"] == code
    if name == "breakdowns":
        points |= (frame["kind"] == "origin") & (frame["category"] == code)
    return int(points.sum())


def _rows_by_area(tables: Tables, gone: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count the rows of every table that point to each area that is gone."""
    return {
        str(code): {
            name: n
            for name in _WITH_PCODES
            if (n := _rows_of(name, getattr(tables, name), str(code)))
        }
        for code in gone["pcode"]
    }


def _report_lost(row: Any, rows: Mapping[str, int], *, allow_lost: bool) -> list[Finding]:
    """Return the finding on an area that is gone and has figures; none without figures."""
    if not rows:
        return []
    listed = ", ".join(f"{amounts.pluralise(n, 'row')} of {name}" for name, n in rows.items())
    if allow_lost:
        sentence = (
            f"{row.name_en} is in these boundaries no more: {listed} pointed to it. Its counts "
            "and breakdowns are kept as “not placed”; its residents, coverage and reach are not "
            "kept."
        )
        return [Finding("warning", sentence, value=str(row.pcode))]
    sentence = (
        f"{row.name_en} is not in these boundaries, and {listed} point to it. Add it, or pass "
        "--allow-lost to keep its figures as “not placed”."
    )
    return [Finding("error", sentence, value=str(row.pcode))]


def _without_areas(name: str, frame: pd.DataFrame, gone: pd.DataFrame) -> pd.DataFrame:
    """Return a table without pointers to areas that are gone; counts become "not placed"."""
    labels = dict(zip(gone["pcode"], gone["name_en"] + " (" + gone["pcode"] + ")", strict=True))
    if not labels or frame.empty:
        return frame
    if name == "reach":
        lost = frame["pcodes"].str.split(";").map(lambda codes: bool(labels.keys() & set(codes)))
        return frame[~lost]
    lost = frame["pcode"].isin(list(labels))
    if name == "breakdowns":
        return _breakdowns_without(frame, lost, labels)
    if not lost.any():
        return frame
    if name != "counts":
        return frame[~lost]
    places = frame["place"].where(~lost, frame["pcode"].map(labels))
    return frame.assign(place=places, pcode=frame["pcode"].where(~lost))


def _breakdowns_without(
    frame: pd.DataFrame, lost: pd.Series, labels: Mapping[str, str]
) -> pd.DataFrame:
    """Return breakdowns without pointers to areas that are gone, added up again."""
    origins = (frame["kind"] == "origin") & frame["category"].isin(list(labels))
    if not (lost | origins).any():
        return frame
    unplaced = frame.assign(
        pcode=frame["pcode"].where(~lost),
        category=frame["category"].where(~origins, frame["category"].map(labels)),
    )
    return sum_figures(unplaced)[list(frame.columns)]


def _aliases(aliases: pd.DataFrame, areas: pd.DataFrame, findings: list[Finding]) -> pd.DataFrame:
    """Return the aliases of the areas that remain, each in its present governorate."""
    is_known = aliases["pcode"].isin(areas["pcode"])
    if (~is_known).any():
        lost = amounts.pluralise(int((~is_known).sum()), "other spelling")
        sentence = f"Not kept, as their areas are gone: {lost}."
        findings.append(Finding("warning", sentence))
    parents = areas.set_index("pcode")["parent"].fillna("")
    current = aliases[is_known]
    scopes = current["pcode"].map(parents).fillna("").astype("str")
    if is_known.all() and scopes.equals(aliases["scope"].astype("str")):
        return aliases
    return current.assign(scope=scopes).drop_duplicates(["level", "scope", "spelling"])


def _sources(sources: pd.DataFrame, source: Mapping[str, str]) -> pd.DataFrame:
    """Replace the source of the boundaries."""
    if not source:
        return sources
    row = pd.DataFrame([dict(source)])[list(sources.columns)].astype("str")
    unchanged = sources[(sources["role"] != ROLE) & (sources["id"] != source["id"])]
    return pd.concat([unchanged, row], ignore_index=True) if len(unchanged) else row
