"""Carry figures over to changed areas, and report what is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from geodata.places.gazetteer import Gazetteer, gazetteers
from geodata.snapshots.schemas import check_changed
from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.tables import Tables
from geodata.util import amounts
from geodata.util.arrays import records
from geodata.util.findings import Finding

ROLE: Literal["boundaries"] = "boundaries"
_POINTING = ("counts", "breakdowns", "residents", "coverage", "reach")


def renamed(before: pd.DataFrame, table: pd.DataFrame) -> list[Finding]:
    """Report names that changed, and districts that lie in another governorate now."""
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


def without_residents(areas: pd.DataFrame, residents: pd.DataFrame) -> list[Finding]:
    """Warn of new governorates whose residents are unknown, where those of others are known."""
    if residents.empty:
        return []
    new = areas[(areas["level"] == 1) & ~areas["pcode"].isin(residents["pcode"])]
    said = (
        "Its residents are not known, and rates are not shown until they are: flask --app app "
        "ingest residents FILE."
    )
    return [Finding("warning", said, value=str(code)) for code in new["pcode"]]


def of_one_name(table: pd.DataFrame) -> list[Finding]:
    """Warn of areas that share a name: rows with that name alone cannot be placed."""
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


# ---- figures


def areas_joined(
    held: Snapshot,
    areas: pd.DataFrame,
    source: Mapping[str, str],
    findings: list[Finding],
    *,
    allow_lost: bool,
) -> Tables:
    """Return the tables with the new areas; report and drop what points to areas that are gone."""
    tables = dict(held.tables.items())
    gone = held.tables.areas[~held.tables.areas["pcode"].isin(areas["pcode"])]
    for name in _POINTING:
        tables[name] = _without(name, tables[name], gone)
    lost = _lost(held.tables, gone)
    for row in records(gone):
        findings += _report_lost(row, lost[str(row.pcode)], allow_lost=allow_lost)
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
    return check_changed(tables, held.tables)


def _rows_of(name: str, frame: pd.DataFrame, code: str) -> int:
    if name == "reach":
        return int(frame["pcodes"].str.split(";").map(lambda codes: code in codes).sum())
    points = frame["pcode"] == code
    if name == "breakdowns":
        points |= (frame["kind"] == "origin") & (frame["category"] == code)
    return int(points.sum())


def _lost(tables: Tables, gone: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count the rows of every table that point to each area that is gone."""
    return {
        str(code): {
            name: n for name in _POINTING if (n := _rows_of(name, getattr(tables, name), str(code)))
        }
        for code in gone["pcode"]
    }


def _report_lost(row: Any, rows: Mapping[str, int], *, allow_lost: bool) -> list[Finding]:
    if not rows:
        return []
    counted = ", ".join(f"{amounts.pluralise(n, 'row')} of {name}" for name, n in rows.items())
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
    """Return a table without pointers to areas that are gone; counts become "not placed"."""
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
    """Return the aliases of the areas that are left, each in its present governorate."""
    known = aliases["pcode"].isin(areas["pcode"])
    if (~known).any():
        lost = amounts.pluralise(int((~known).sum()), "other spelling")
        said = f"Not kept, as their areas are gone: {lost}."
        findings.append(Finding("warning", said))
    parents = areas.set_index("pcode")["parent"].fillna("")
    kept = aliases[known]
    scopes = kept["pcode"].map(parents).fillna("").astype("str")
    if known.all() and scopes.equals(aliases["scope"].astype("str")):
        return aliases
    return kept.assign(scope=scopes).drop_duplicates(["level", "scope", "spelling"])


def _sources(sources: pd.DataFrame, source: Mapping[str, str]) -> pd.DataFrame:
    """Replace the source of the boundaries."""
    if not source:
        return sources
    row = pd.DataFrame([dict(source)])[list(sources.columns)].astype("str")
    others = sources[(sources["role"] != ROLE) & (sources["id"] != source["id"])]
    return pd.concat([others, row], ignore_index=True) if len(others) else row
