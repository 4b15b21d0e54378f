"""Merge a parsed file into the tables of a snapshot: match places, replace or add figures, report.

::

    ParsedSource ──▶ codes of the areas' scheme (geodata.places.scheme_resolution)
            ──▶ matched (by code, name, alias, not at all) ──▶ added up to district, governorate
                                                                        │
    tables of the active snapshot ──────────────────────────────────────┴──▶ Merged: new tables,
                                                                             join report, findings

A *slice* is one population and programme on one date. A slice that the same source gave before is
replaced; one of another source stays and is reported, unless ``replace`` is set: the person who
loads a round decides whose figure stands, not the order of files.

A governorate's figure is its own row where that is no less than its districts, and their sum where
it has none. A row below that sum stops the ingest, and so does a national total that falls further
than totals do between rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_changed
from typing import Any

import pandas as pd

from geodata.ingest.activities import has_activities, is_replaced, place_activities
from geodata.ingest.aggregate import breakdowns_by_area, counts_by_area
from geodata.ingest.plausibility import LARGEST_FALL, changes_beyond_reason, levels_that_differ
from geodata.places.gazetteer import former_codes, gazetteers
from geodata.places.join import JoinReport, not_placed, of_another_country
from geodata.places.scheme_resolution import resolve_codes
from geodata.snapshots.rounds import SAME_ROUND
from geodata.snapshots.schemas import check_changed
from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.tables import Tables
from geodata.snapshots.totals import SLICE, Total, people_in_country, series_name, slices_of, totals
from geodata.sources.contract import ParsedSource
from geodata.util.arrays import records
from geodata.util.findings import Finding, Harm

# Rows that a row of a file replaces: those that say the same about the same.
KEYS = {
    "aliases": ["level", "scope", "spelling"],
    "programmes": ["code"],
    "residents": ["pcode", "year"],
    # Their rows have no key of their own: a file holds all rows of the programmes that it names.
    "coverage": ["programme"],
    "reach": ["programme"],
}


@dataclass(frozen=True)
class Merged:
    """Tables after a merge, with its join report, findings and totals.

    Attributes
    ----------
    join
        How the rows of the file were placed.
    findings
        Findings of reading and joining; one error among them stops the ingest.
    added
        Counts of the file that were put in.
    codes
        Scheme of the P-codes of each date, as lines.
    totals
        National totals of what was put in, beside what they follow and what they replace.
    activities
        Where activities are, as lines.
    """

    tables: Tables
    join: JoinReport
    findings: list[Finding] = field(default_factory=list)
    added: pd.DataFrame = field(default_factory=pd.DataFrame)
    codes: Sequence[str] = ()
    totals: Sequence[Total] = ()
    activities: Sequence[str] = ()

    @property
    def errors(self) -> list[Finding]:
        """Findings that stop the ingest."""
        return [finding for finding in self.findings if finding.severity == "error"]


def merge(
    base: Snapshot,
    parsed: ParsedSource,
    *,
    allow_unmatched: bool = False,
    replace: bool = False,
    pcode_scheme: str = "",
    largest_fall: float = LARGEST_FALL,
    allow_fall: bool = False,
) -> Merged:
    """Join a file's rows to the areas of ``base`` and put them into its tables.

    Parameters
    ----------
    allow_unmatched
        Keep rows that match no area as "not placed" instead of refusing them.
    replace
        Replace also figures of another source for the same population, programme and date.
    pcode_scheme
        Scheme of the P-codes, as :func:`geodata.places.scheme_decision.decide_scheme` takes it;
        goes before that of the mapping.
    largest_fall
        Part by which a national total may fall: against the round before, or what it replaces.
    allow_fall
        Take a total that falls further, and say so, instead of refusing it.

    Raises
    ------
    DataError
        If the tables that come out break their schema.
    """
    country = base.manifest["country"]
    # Codes of another numbering are read below, or refused with their round.
    rules = () if "pcode_schemes" in country else former_codes(country)
    books = gazetteers(base.tables.areas, base.tables.aliases, rules)
    report, findings, stored = JoinReport(), list(parsed.findings), base.tables.counts
    scheme = pcode_scheme or parsed.pcode_scheme
    resolved = resolve_codes(parsed.counts, parsed.breakdowns, country, books, stored, scheme)
    findings += resolved.findings
    parsed = with_changed(parsed, counts=resolved.counts, breakdowns=resolved.breakdowns)
    placed = place_activities(parsed, base, books, scheme, allow_unmatched=allow_unmatched)
    findings += placed.findings
    report.rows |= placed.rows
    parsed = with_changed(parsed, tables=placed.tables)
    new = counts_by_area(parsed, books, base, report, findings)
    breakdowns = breakdowns_by_area(parsed, books, report, findings)
    severity = "warning" if allow_unmatched else "error"
    foreign = of_another_country(parsed.counts, books, base)
    findings += foreign or [not_placed(lost, severity) for lost in report.unmatched]
    elsewhere = _counted_elsewhere(stored, new, parsed.source["id"])
    overridden = elsewhere.assign(date=elsewhere["stored_date"]) if replace else elsewhere.head(0)
    if not replace:
        findings += _report_left_out(elsewhere, stored, new)
        new = _except_slices(new, elsewhere)
    tables = _merged_tables(base, parsed, new, breakdowns, overridden)
    findings += levels_that_differ(tables.counts, new, base.tables.areas)
    changes = totals(tables.counts, new, _replaced_totals(stored, new, elsewhere))
    findings += changes_beyond_reason(changes, largest_fall, allow_fall=allow_fall)
    codes = [*resolved.lines, *placed.codes]
    return Merged(tables, report, findings, new, codes, changes, placed.lines)


def _merged_tables(
    base: Snapshot,
    parsed: ParsedSource,
    new: pd.DataFrame,
    breakdowns: pd.DataFrame,
    overridden: pd.DataFrame,
) -> Tables:
    """Put what a file gives into the tables of a snapshot; ``overridden`` slices go before."""
    tables = dict(base.tables.items())
    tables["counts"] = _with_counts(_except_slices(tables["counts"], overridden), new)
    tables["sources"] = _with_source(tables["sources"], parsed)
    tables["breakdowns"] = _with_breakdowns(tables["breakdowns"], breakdowns, new)
    first = base.manifest["country"].get("first_numbered_round", 1)
    tables["rounds"] = _with_rounds(tables["rounds"], parsed, new, first)
    if has_activities(parsed) and (stale := is_replaced(tables["coverage"], parsed)).any():
        tables["coverage"] = tables["coverage"][~stale]
    for name, rows in parsed.tables.items():
        tables[name] = _upsert(name, tables[name], rows)
    return check_changed(tables, base.tables)


def _counted_elsewhere(stored: pd.DataFrame, new: pd.DataFrame, source: str) -> pd.DataFrame:
    """Return the slices of the file that the snapshot has from another source.

    Sources date one round up to three days apart; two rounds are at least two weeks apart.

    Returns
    -------
    pandas.DataFrame
        :data:`SLICE` of the file, and ``stored_date`` and ``stored_source`` of the stored slice.
    """
    others = stored.loc[stored["source"] != source, [*SLICE, "source"]].drop_duplicates(SLICE)
    others = others.rename(columns={"source": "stored_source"}).assign(stored_date=others["date"])
    if new.empty or others.empty:  # which merge_asof does not take
        return new[SLICE].head(0).assign(stored_source="", stored_date=new["date"].head(0))
    near = pd.merge_asof(
        new[SLICE].drop_duplicates().sort_values("date"),
        others.sort_values("date"),
        on="date",
        by=["population", "programme"],
        direction="nearest",
        tolerance=pd.Timedelta(SAME_ROUND),
    )
    return near.dropna(subset=["stored_date"])


def _report_left_out(
    elsewhere: pd.DataFrame, stored: pd.DataFrame, new: pd.DataFrame
) -> Iterator[Finding]:
    """Report the slices of the file that are left out, as figures of another source stay."""
    stored_totals, new_totals = (
        people_in_country(stored).to_dict(),
        people_in_country(new).to_dict(),
    )
    for row in records(elsewhere):
        series = row.population, row.programme
        before, people = stored_totals[*series, row.stored_date], new_totals[*series, row.date]
        same = before == people
        beside = "the same total" if same else f"{people:,} people against {before:,} held"
        dated = "" if row.date == row.stored_date else f", dated {row.stored_date:%Y-%m-%d} there"
        yield Finding(
            "warning",
            f"{series_name(*series)} on {row.date:%Y-%m-%d} are held from source "
            f"{row.stored_source}{dated} ({beside}), and stay as they are. Pass --replace to take "
            "the new ones.",
            harm=Harm.NOT_TAKEN,
        )


def _except_slices(rows: pd.DataFrame, slices: pd.DataFrame) -> pd.DataFrame:
    """Drop the rows of some slices; return the same frame where there are none."""
    return rows if slices.empty else rows[~slices_of(rows).isin(slices_of(slices))]


def _with_source(sources: pd.DataFrame, parsed: ParsedSource) -> pd.DataFrame:
    """Add a source; a known one keeps its translated words, unless the file came by a mapping."""
    is_known = sources["id"] == parsed.source["id"]
    row = pd.DataFrame([dict(parsed.source)])[list(sources.columns)]
    if is_known.any() and parsed.kind not in ("table", "hxl", "3w", "iati"):
        return sources
    return pd.concat([sources[~is_known], row.astype("str")], ignore_index=True)


def _with_counts(stored: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Replace the counts of the new slices and levels, and add the rest."""
    if new.empty:
        return stored
    key = [*SLICE, "level"]
    replaced = pd.MultiIndex.from_frame(stored[key]).isin(pd.MultiIndex.from_frame(new[key]))
    # Of numbers that are read back, only those with gaps have a type that knows gaps.
    stored = stored.astype({"households": "Int64", "people": "Int64"})
    return pd.concat([stored[~replaced], new.astype(stored.dtypes.to_dict())], ignore_index=True)


def _with_breakdowns(
    stored: pd.DataFrame, breakdowns: pd.DataFrame, new: pd.DataFrame
) -> pd.DataFrame:
    """Replace the breakdowns of the dates whose counts were added."""
    whole = new[new["programme"] == ""]
    dates = pd.MultiIndex.from_frame(whole[["population", "date"]].drop_duplicates())
    is_stale = pd.MultiIndex.from_frame(stored[["population", "date"]]).isin(dates)
    if breakdowns.empty:
        return stored[~is_stale] if is_stale.any() else stored
    stored = stored.astype({"households": "Int64", "people": "Int64"})
    fresh = breakdowns[pd.MultiIndex.from_frame(breakdowns[["population", "date"]]).isin(dates)]
    return pd.concat([stored[~is_stale], fresh.astype(stored.dtypes.to_dict())], ignore_index=True)


def _with_rounds(
    stored: pd.DataFrame, parsed: ParsedSource, new: pd.DataFrame, first: int
) -> pd.DataFrame:
    """Add the dates of the counts; a round number below ``first`` was never published."""
    if new.empty:
        return stored
    rows = parsed.counts.assign(date=pd.to_datetime(parsed.counts["date"]))
    numbers = rows.groupby("date")["round"].first().astype("Int64")
    dates = sorted(set(new["date"]))
    numbers = numbers.where(numbers >= first)
    before = stored[stored["source"] == parsed.source["id"]].set_index("date")["round"]
    fresh = pd.DataFrame({"source": parsed.source["id"], "date": dates})
    fresh["round"] = pd.array(
        [numbers[day] if pd.notna(numbers[day]) else before.get(day) for day in dates], "Int64"
    )
    dated = pd.MultiIndex.from_frame(stored[["source", "date"]])
    is_stale = dated.isin(pd.MultiIndex.from_frame(fresh[["source", "date"]]))
    return pd.concat([stored[~is_stale].astype({"round": "Int64"}), fresh], ignore_index=True)


def _upsert(name: str, stored: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Replace the rows of a table that have the same keys, and add the rest."""
    keys = KEYS[name]
    replaced = pd.MultiIndex.from_frame(stored[keys]).isin(pd.MultiIndex.from_frame(rows[keys]))
    others = stored[~replaced]
    return (
        pd.concat([others, rows[list(stored.columns)]], ignore_index=True) if len(others) else rows
    )


def _replaced_totals(
    stored: pd.DataFrame, new: pd.DataFrame, elsewhere: pd.DataFrame
) -> dict[tuple[Any, ...], int]:
    """Return the stored national totals that the file replaces, by slice of the file."""
    stored_totals = people_in_country(stored).to_dict()
    dated = {
        (row.population, row.programme, row.date): row.stored_date for row in records(elsewhere)
    }
    replaced_totals = {}
    for key in slices_of(new).unique():
        day = dated.get(key, key[2])
        if (n := stored_totals.get((*key[:2], day))) is not None:
            replaced_totals[key] = int(n)
    return replaced_totals
