"""Merge a reading into the tables of a snapshot: match places, replace or add figures, report.

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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as with_changed
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from geodata.ingest.plausibility import LARGEST_FALL, changes_beyond_reason, levels_that_differ
from geodata.places.folding import fold
from geodata.places.gazetteer import Gazetteer, Gazetteers, former_codes, gazetteers
from geodata.places.join import (
    JoinReport,
    in_another_governorate,
    match_rows,
    not_placed,
    of_another_country,
)
from geodata.places.pcode_schemes import NOT_AVAILABLE
from geodata.places.scheme_resolution import resolve_codes
from geodata.snapshots.rounds import SAME_ROUND
from geodata.snapshots.schemas import TABLES, check, check_changed
from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.tables import Tables
from geodata.snapshots.totals import SLICE, Total, people_in_country, series_name, slices_of, totals
from geodata.sources.contract import ParsedSource
from geodata.util.arrays import records
from geodata.util.findings import Finding, Harm

_COUNTS = [*TABLES["counts"].columns]
_BREAKDOWNS = [*TABLES["breakdowns"].columns]
_SHOWN = 8  # places, or rows of a file, that a sentence names

# Rows that a row of a file replaces: those that say the same about the same.
KEYS = {
    "aliases": ["level", "scope", "spelling"],
    "programmes": ["code"],
    "residents": ["pcode", "year"],
    # Their rows have no key of their own: a file holds all rows of the programmes that it names.
    "coverage": ["programme"],
    "reach": ["programme"],
}

_FROM_A_FILE = (
    "If the row is of people in no known district, write “Not available” as its district and pass "
    "--allow-unmatched; if it is the governorate's total, mend whichever figure is wrong, or leave "
    "the row out: the governorate is then added up from its districts."
)
_OF_ASSESSMENTS = (
    "Where kinds of assessment are mixed, take one with --assessment; else leave the date out "
    "until its publisher has mended it."
)


@dataclass(frozen=True)
class Merged:
    """Tables after a merge, with its join report, findings and totals.

    Attributes
    ----------
    join
        How the rows of the file were placed.
    findings
        Those of the reading and of the join; one error among them stops the ingest.
    taken
        Counts of the file that were put in.
    codes
        Of which numbering the P-codes of each date were found to be, as lines.
    totals
        National totals of what was put in, beside what they follow and what they replace.
    """

    tables: Tables
    join: JoinReport
    findings: list[Finding] = field(default_factory=list)
    taken: pd.DataFrame = field(default_factory=pd.DataFrame)
    codes: Sequence[str] = ()
    totals: Sequence[Total] = ()

    @property
    def errors(self) -> list[Finding]:
        """Findings that stop the ingest."""
        return [finding for finding in self.findings if finding.severity == "error"]


def merge(
    held: Snapshot,
    reading: ParsedSource,
    *,
    allow_unmatched: bool = False,
    replace: bool = False,
    pcode_scheme: str = "",
    largest_fall: float = LARGEST_FALL,
    allow_fall: bool = False,
) -> Merged:
    """Join a reading to the areas of ``held`` and put it into its tables.

    Parameters
    ----------
    allow_unmatched
        Keep rows that match no area as "not placed" instead of refusing them.
    replace
        Replace also what another source gave for the same population, programme and date.
    pcode_scheme
        Numbering that the P-codes are said to be of, as
        :func:`geodata.places.scheme_decision.decide_scheme` takes it; goes before that of the
        reading.
    largest_fall
        Part by which a national total may fall: against the round before, or what it replaces.
    allow_fall
        Take a total that falls further, and say so, instead of refusing it.

    Raises
    ------
    DataError
        If the tables that come out break their schema.
    """
    country = held.manifest["country"]
    # Codes of another numbering are read below, or refused with their round.
    rules = () if "pcode_schemes" in country else former_codes(country)
    books = gazetteers(held.tables.areas, held.tables.aliases, rules)
    report, findings = JoinReport(), list(reading.findings)
    said = pcode_scheme or reading.pcode_scheme
    coded = resolve_codes(
        reading.counts, reading.breakdowns, country, books, held.tables.counts, said
    )
    findings += coded.findings
    reading = with_changed(reading, counts=coded.counts, breakdowns=coded.breakdowns)
    new = _counts(reading, books, held, report, findings)
    parts = _breakdowns(reading, books, report, findings)
    severity = "warning" if allow_unmatched else "error"
    strange = of_another_country(reading.counts, books, held)
    findings += strange or [not_placed(lost, severity) for lost in report.unmatched]
    tables = {name: frame for name, frame in held.tables.items()}
    elsewhere = _counted_elsewhere(tables["counts"], new, reading.source["id"])
    if replace:
        there = elsewhere.assign(date=elsewhere["held_date"])
        tables["counts"] = _but(tables["counts"], there)
    else:
        findings += _not_taken(elsewhere, tables["counts"], new)
        new = _but(new, elsewhere)
    tables["sources"] = _with_source(tables["sources"], reading)
    tables["counts"] = _with_counts(tables["counts"], new)
    tables["breakdowns"] = _with_breakdowns(tables["breakdowns"], parts, new)
    first = held.manifest["country"].get("first_numbered_round", 1)
    tables["rounds"] = _with_rounds(tables["rounds"], reading, new, first)
    for name, rows in reading.tables.items():
        tables[name] = _upserted(name, tables[name], rows)
    checked = check_changed(tables, held.tables)
    findings += levels_that_differ(checked.counts, new, held.tables.areas)
    changes = totals(checked.counts, new, _replaced(held.tables.counts, new, elsewhere))
    findings += changes_beyond_reason(changes, largest_fall, allow_fall=allow_fall)
    return Merged(checked, report, findings, new, coded.lines, changes)


# -------------------------------------------------------------------------------------- counts


def _counts(
    reading: ParsedSource,
    books: Gazetteers,
    held: Snapshot,
    report: JoinReport,
    findings: list[Finding],
) -> pd.DataFrame:
    """Add up the counts of the reading by area, at every level that they allow."""
    rows = reading.counts
    if rows.empty:
        return held.tables.counts.head(0)
    of_country = _is_of_country(rows, books.governorates, held)
    nation, rows = rows[of_country], rows[~of_country]
    parents = held.tables.areas.set_index("pcode")["parent"]
    of_district = rows["level"] == 2
    by_code = rows["adm2_code"].map(books.districts.coded).map(parents)
    governorate = match_rows(
        rows.assign(adm1_code=rows["adm1_code"].where(rows["adm1_code"] != "", by_code.fillna(""))),
        books.governorates, report, "governorates", "adm1", "adm1_code", findings=findings,
    )  # fmt: skip
    inner = rows[of_district]
    district = match_rows(
        inner, books.districts, report, "districts", "adm2", "adm2_code",
        scope=governorate[of_district], findings=findings,
    )  # fmt: skip
    outer = governorate[of_district]
    findings += in_another_governorate(inner, outer, district, parents, books)
    spelled = rows["adm1"].where(rows["adm1"] != "", rows["adm1_code"])
    within = spelled[of_district] + " / " + inner["adm2"].where(
        inner["adm2"] != "", inner["adm2_code"]
    )  # fmt: skip
    inner_of, own_of = governorate[of_district], governorate[~of_district]
    own = _Added(rows[~of_district], own_of, spelled[~of_district], reading)
    sums = _Added(inner, inner_of, spelled[of_district], reading)
    findings += own.below(sums, books.governorates.display)
    districts = _by_area(inner, district, within, 2, reading)
    rest = own.beyond(sums, books.governorates.display, findings)
    levels = [own.counts, sums.without(own), _together(districts, rest)]
    parts = [part[_COUNTS] for part in levels if len(part)]
    made = check("counts", pd.concat(parts, ignore_index=True))
    findings += _beside_the_country(nation, made)
    return made


def _is_of_country(rows: pd.DataFrame, book: Gazetteer, held: Snapshot) -> pd.Series:
    """Return which rows are totals of the country, beside rows of other places.

    Left in, they would count everyone twice as soon as they are kept as “not placed”.
    """
    facts = held.manifest["country"]
    names = {fold(str(facts[key])) for key in ("name", "code") if facts.get(key)}
    names = {name for name in names if book.find(name=name) is None}
    said = rows["adm1"].where(rows["adm1"] != "", rows["adm1_code"]).map(fold)
    named = said.isin(names) & (rows["level"] == 1)
    return named & slices_of(rows).isin(slices_of(rows[~named]))


def _beside_the_country(nation: pd.DataFrame, made: pd.DataFrame) -> Iterator[Finding]:
    """Compare rows of the whole country with what the rows of its parts add up to."""
    rows = nation.assign(date=pd.to_datetime(nation["date"]))
    sums = made[made["level"] == 1].groupby(SLICE, as_index=False)["people"].sum()
    for row in records(rows.merge(sums, on=SLICE, suffixes=("", "_made"))):
        named = f"{series_name(row.population, row.programme)} on {row.date:%Y-%m-%d}"
        where = {"file": row.file, "row": int(row.row), "column": "", "value": row.adm1}
        if row.people == row.people_made:
            said = f"{named}: the row is the total of the country, and is left out."
            yield Finding("warning", said, **where, harm=Harm.LEFT_OUT)
        else:
            below = row.people < row.people_made
            rule = "A country holds its governorates: mend whichever is wrong."
            severity: Literal["error", "warning"] = "error" if below else "warning"
            said = (
                f"{named}: the row of the country says {int(row.people):,} people, and the rows of "
                f"its governorates and districts add up to {int(row.people_made):,}. "
                f"{rule if below else 'The row is left out. Is the list whole?'}"
            )
            yield Finding(severity, said, **where, harm=Harm.LEVELS_DIFFER)


_PLACE = [*SLICE, "place"]


@dataclass(frozen=True)
class _Added:
    """Rows of governorates, or of districts, added up to governorates.

    Attributes
    ----------
    rows
        Rows of the reading.
    pcodes, spelled
        The governorate of each: its P-code, where it has one, and how the file writes it.
    """

    rows: pd.DataFrame
    pcodes: pd.Series
    spelled: pd.Series
    reading: ParsedSource

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Counts of governorates."""
        return _by_area(self.rows, self.pcodes, self.spelled, 1, self.reading)

    def without(self, others: _Added) -> pd.DataFrame:
        """Return the counts of governorates that ``others`` do not count on that date."""
        known = pd.MultiIndex.from_frame(others.counts[_PLACE])
        return self.counts[~pd.MultiIndex.from_frame(self.counts[_PLACE]).isin(known)]

    def _beside(self, districts: _Added, how: Literal["inner", "left"]) -> pd.DataFrame:
        columns = [*_PLACE, "people", "households"]
        return self.counts.merge(
            districts.counts[columns], how=how, on=_PLACE, suffixes=("", "_inner")
        )

    def below(self, districts: _Added, display: Mapping[str, str]) -> Iterator[Finding]:
        """Report each governorate that is below the sum of its districts."""
        for row in records(self._beside(districts, "inner")):
            for what in ("people", "households"):
                own, inner = getattr(row, what), getattr(row, f"{what}_inner")
                if pd.notna(own) and pd.notna(inner) and own < inner:
                    yield self._too_few(row, what, districts, display)
                    break

    def _too_few(
        self, row: Any, what: str, districts: _Added, display: Mapping[str, str]
    ) -> Finding:
        own, inner = int(getattr(row, what)), int(getattr(row, f"{what}_inner"))
        (file, number, _), rows = self._where(row), districts._where(row)[2]
        advice = _FROM_A_FILE if self.reading.kind in ("table", "hxl") else _OF_ASSESSMENTS
        return Finding(
            "error",
            f"{series_name(row.population, row.programme)} on {row.date:%Y-%m-%d}: the row of "
            f"{display.get(row.place, row.place)} itself says {own:,} {what}, and its districts "
            f"add up to {inner:,}{rows and f' ({rows})'}: a governorate holds its districts. "
            f"{advice}",
            file=file,
            row=number,
            value=display.get(row.place, row.place),
            harm=Harm.LEVELS_DIFFER,
        )

    def _where(self, row: Any) -> tuple[str, int, str]:
        """Return file and number of the first row that counts in a governorate, and all as text."""
        place = self.pcodes.where(self.pcodes.notna(), self.spelled)
        days = pd.to_datetime(self.rows["date"])
        found = self.rows[
            (place == row.place)
            & (days == row.date)
            & (self.rows["population"] == row.population)
            & (self.rows["programme"] == row.programme)
        ].sort_values(["file", "row"])
        numbers = [int(number) for number in found["row"] if number]
        if not numbers:
            return "", 0, ""
        shown = ", ".join(f"{number:,}" for number in numbers[:_SHOWN])
        more = f" and {len(numbers) - _SHOWN:,} more" if len(numbers) > _SHOWN else ""
        word = "row" if len(numbers) == 1 else "rows"
        return str(found["file"].iloc[0]), numbers[0], f"{word} {shown}{more}"

    def beyond(
        self, districts: _Added, display: Mapping[str, str], findings: list[Finding]
    ) -> pd.DataFrame:
        """Return people of governorates in none of their districts, as not placed; warn by date.

        Only in slices with districts: there every level then adds up to the same total.
        """
        by_district = slices_of(self.counts).isin(slices_of(districts.counts))
        beside = self._beside(districts, "left").loc[by_district]
        more = beside["people"] - beside["people_inner"].fillna(0)
        hh_inner = beside["households_inner"].where(beside["people_inner"].notna(), 0)
        rest = beside.assign(people=more, households=beside["households"] - hh_inner)[more > 0]
        for (population, programme, day), rows in rest.groupby(SLICE, sort=True):
            listed = [
                f"{display.get(row.place, row.place)} {row.people:,}" for row in records(rows)
            ]
            shown = ", ".join(listed[:_SHOWN])
            more_of = f" and {len(listed) - _SHOWN:,} more" if len(listed) > _SHOWN else ""
            findings.append(
                Finding(
                    "warning",
                    f"{series_name(str(population), str(programme))} on {day:%Y-%m-%d}: "
                    f"{int(rows['people'].sum()):,} people of governorates are in none of their "
                    f"districts ({shown}{more_of}). By district they are kept as “not placed”.",
                    harm=Harm.LEVELS_DIFFER,
                )
            )
        names = rest["place"].map(lambda place: f"{display.get(place, place)} / {NOT_AVAILABLE}")
        few = rest["households"].where(rest["households"] >= 0)
        return rest.assign(level=2, pcode=None, place=names, households=few)


def _together(districts: pd.DataFrame, rest: pd.DataFrame) -> pd.DataFrame:
    """Append the people in no district; rows of the file with the same name are added to them."""
    if rest.empty:
        return districts
    both = pd.concat([districts[_COUNTS], rest[_COUNTS].astype(districts.dtypes[_COUNTS])])
    return _grouped(both)


def _by_area(
    rows: pd.DataFrame, pcodes: pd.Series, spelled: pd.Series, level: int, reading: ParsedSource
) -> pd.DataFrame:
    placed = pcodes.notna()
    frame = pd.DataFrame(
        {
            "population": rows["population"],
            "date": pd.to_datetime(rows["date"]),
            "level": level,
            "pcode": pcodes,
            "place": pcodes.where(placed, spelled),
            "programme": rows["programme"],
            "households": rows["households"].astype("Int64"),
            "people": rows["people"].astype("Int64"),
            "source": reading.source["id"],
        }
    )
    return _grouped(frame)


def _grouped(frame: pd.DataFrame) -> pd.DataFrame:
    keys = ["population", "date", "level", "pcode", "place", "programme", "source"]
    grouped = frame.groupby(keys, dropna=False, as_index=False, sort=True)
    return grouped[["households", "people"]].sum(min_count=1)


def _breakdowns(
    reading: ParsedSource, books: Gazetteers, report: JoinReport, findings: list[Finding]
) -> pd.DataFrame:
    rows = reading.breakdowns
    if rows.empty:
        return pd.DataFrame(columns=_BREAKDOWNS)
    # Their governorates were reported with the counts; only origins may be spelled otherwise.
    pcodes = match_rows(
        rows, books.governorates, JoinReport(), "breakdowns", "adm1", "adm1_code", findings=[]
    )
    origin = rows["kind"] == "origin"
    came = rows[origin].assign(category_code="")
    origins = match_rows(
        came, books.governorates, report, "origins", "category", "category_code", findings=findings
    )
    category = rows["category"].copy()
    category[origin] = origins.where(origins.notna(), came["category"])
    frame = pd.DataFrame(
        {
            "kind": rows["kind"],
            "population": rows["population"],
            "date": pd.to_datetime(rows["date"]),
            "pcode": pcodes,
            "category": category,
            "households": rows["households"].astype("Int64"),
            "people": pd.Series(pd.NA, index=rows.index, dtype="Int64"),
            "source": reading.source["id"],
        }
    )
    figures = ["households", "people"]
    keys = [column for column in frame.columns if column not in figures]
    grouped = frame.groupby(keys, dropna=False, as_index=False, sort=True)
    added = grouped[figures].sum(min_count=1)
    return check("breakdowns", added[_BREAKDOWNS])


def _counted_elsewhere(held: pd.DataFrame, new: pd.DataFrame, source: str) -> pd.DataFrame:
    """Return the slices of the reading that the snapshot has from another source.

    Sources date one round up to three days apart; two rounds are at least two weeks apart.

    Returns
    -------
    pandas.DataFrame
        :data:`SLICE` of the reading, and ``held_date`` and ``held_source`` of what is held.
    """
    other = held.loc[held["source"] != source, [*SLICE, "source"]].drop_duplicates(SLICE)
    other = other.rename(columns={"source": "held_source"}).assign(held_date=other["date"])
    if new.empty or other.empty:  # which merge_asof does not take
        return new[SLICE].head(0).assign(held_source="", held_date=new["date"].head(0))
    near = pd.merge_asof(
        new[SLICE].drop_duplicates().sort_values("date"),
        other.sort_values("date"),
        on="date",
        by=["population", "programme"],
        direction="nearest",
        tolerance=pd.Timedelta(SAME_ROUND),
    )
    return near.dropna(subset=["held_date"])


def _not_taken(elsewhere: pd.DataFrame, held: pd.DataFrame, new: pd.DataFrame) -> Iterator[Finding]:
    """Report the slices of the reading for which figures of another source stand."""
    ours, theirs = people_in_country(held).to_dict(), people_in_country(new).to_dict()
    for row in records(elsewhere):
        series = row.population, row.programme
        before, people = ours[*series, row.held_date], theirs[*series, row.date]
        same = before == people
        beside = "the same total" if same else f"{people:,} people against {before:,} held"
        dated = "" if row.date == row.held_date else f", dated {row.held_date:%Y-%m-%d} there"
        yield Finding(
            "warning",
            f"{series_name(*series)} on {row.date:%Y-%m-%d} are held from source "
            f"{row.held_source}{dated} ({beside}), and stay as they are. Pass --replace to take "
            "the new ones.",
            harm=Harm.NOT_TAKEN,
        )


def _but(rows: pd.DataFrame, slices: pd.DataFrame) -> pd.DataFrame:
    """Drop the rows of some slices; return the same frame where there are none."""
    return rows if slices.empty else rows[~slices_of(rows).isin(slices_of(slices))]


def _with_source(sources: pd.DataFrame, reading: ParsedSource) -> pd.DataFrame:
    """Add the source; a known one keeps its words, which are translated, unless a mapping says."""
    known = sources["id"] == reading.source["id"]
    row = pd.DataFrame([dict(reading.source)])[list(sources.columns)]
    if known.any() and reading.kind not in ("table", "hxl"):
        return sources
    return pd.concat([sources[~known], row.astype("str")], ignore_index=True)


def _with_counts(held: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    if new.empty:
        return held
    key = [*SLICE, "level"]
    replaced = pd.MultiIndex.from_frame(held[key]).isin(pd.MultiIndex.from_frame(new[key]))
    # Of numbers that are read back, only those with gaps have a type that knows gaps.
    held = held.astype({"households": "Int64", "people": "Int64"})
    return pd.concat([held[~replaced], new.astype(held.dtypes.to_dict())], ignore_index=True)


def _with_breakdowns(held: pd.DataFrame, parts: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Replace the breakdowns of the dates whose counts are taken."""
    whole = new[new["programme"] == ""]
    taken = pd.MultiIndex.from_frame(whole[["population", "date"]].drop_duplicates())
    stale = pd.MultiIndex.from_frame(held[["population", "date"]]).isin(taken)
    if parts.empty:
        return held[~stale]
    held = held.astype({"households": "Int64", "people": "Int64"})
    fresh = parts[pd.MultiIndex.from_frame(parts[["population", "date"]]).isin(taken)]
    return pd.concat([held[~stale], fresh.astype(held.dtypes.to_dict())], ignore_index=True)


def _with_rounds(
    held: pd.DataFrame, reading: ParsedSource, new: pd.DataFrame, first: int
) -> pd.DataFrame:
    """Add the dates that were counted; a number below ``first`` was never published."""
    if new.empty:
        return held
    rows = reading.counts.assign(date=pd.to_datetime(reading.counts["date"]))
    numbers = rows.groupby("date")["round"].first().astype("Int64")
    dates = sorted(set(new["date"]))
    numbers = numbers.where(numbers >= first)
    before = held[held["source"] == reading.source["id"]].set_index("date")["round"]
    fresh = pd.DataFrame({"source": reading.source["id"], "date": dates})
    fresh["round"] = pd.array(
        [numbers[day] if pd.notna(numbers[day]) else before.get(day) for day in dates], "Int64"
    )
    known = pd.MultiIndex.from_frame(held[["source", "date"]])
    stale = known.isin(pd.MultiIndex.from_frame(fresh[["source", "date"]]))
    return pd.concat([held[~stale].astype({"round": "Int64"}), fresh], ignore_index=True)


def _upserted(name: str, held: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    keys = KEYS[name]
    replaced = pd.MultiIndex.from_frame(held[keys]).isin(pd.MultiIndex.from_frame(rows[keys]))
    kept = held[~replaced]
    return pd.concat([kept, rows[list(held.columns)]], ignore_index=True) if len(kept) else rows


def _replaced(
    held: pd.DataFrame, new: pd.DataFrame, elsewhere: pd.DataFrame
) -> dict[tuple[Any, ...], int]:
    """Return the national totals that the file replaces, by slice of the file."""
    was = people_in_country(held).to_dict()
    dated = {(row.population, row.programme, row.date): row.held_date for row in records(elsewhere)}
    found = {}
    for slice_ in slices_of(new).unique():
        day = dated.get(slice_, slice_[2])
        if (n := was.get((*slice_[:2], day))) is not None:
            found[slice_] = int(n)
    return found
