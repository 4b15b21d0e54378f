"""Join the places of activities to governorates, and make rows of coverage of them.

::

    place as written ─▶ P-code (of its numbering) ─▶ name ─▶ alias ─▶ point within boundaries ─▶ no

A district or a point gives its governorate. Coverage that the snapshot has of the same programmes
from other sources stays; that of the same source is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from geodata.boundaries.points import MISSING, Governorates
from geodata.places.folding import fold
from geodata.places.gazetteer import Gazetteers
from geodata.places.join import JoinReport, in_another_governorate, match_rows, of_another_country
from geodata.places.scheme_resolution import governorates_of_districts, resolve_codes
from geodata.snapshots.schemas import TABLES, check
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.activities.collector import join_words
from geodata.sources.contract import ParsedSource, no_breakdowns
from geodata.util import amounts
from geodata.util.arrays import records
from geodata.util.findings import Finding, Harm
from geodata.util.suggestions import suggestions

TABLE = "activities"
_COLUMNS = [*TABLES["coverage"].columns]
_SAME = ["programme", "phase", "pcode", "from_date", "to_date", "status", "date_basis"]
_LISTED = 5  # places that a sentence names


@dataclass(frozen=True)
class PlacedActivities:
    """Tables of a file with the places of its activities joined.

    Attributes
    ----------
    tables
        As those of the file, with ``coverage``.
    rows
        Rows by the method that placed them, by table, as :class:`JoinReport` has them.
    lines, codes
        Where activities are, and the numbering of their P-codes, for the report.
    """

    tables: Mapping[str, pd.DataFrame]
    findings: Sequence[Finding] = ()
    rows: Mapping[str, dict[str, int]] = field(default_factory=dict)
    lines: Sequence[str] = ()
    codes: Sequence[str] = ()


def place_activities(
    parsed: ParsedSource,
    base: Snapshot,
    books: Gazetteers,
    scheme: str,
    *,
    allow_unmatched: bool,
) -> PlacedActivities:
    """Join the places of a file's activities; a file without activities stays as it is.

    Parameters
    ----------
    scheme
        Numbering of the P-codes, as :func:`~geodata.places.scheme_resolution.resolve_codes` has it.
    allow_unmatched
        Leave places that match no area off the map, instead of refusing them.
    """
    if not has_activities(parsed):
        return PlacedActivities(parsed.tables)
    read = parsed.activities.assign(population="", people=0, households=None, round=None)
    country, counts = base.manifest["country"], base.tables.counts
    resolved = resolve_codes(read, no_breakdowns(), country, books, counts, scheme, by="group")
    findings = [*resolved.findings, *_foreign(resolved.counts, books, base)]
    if any(finding.severity == "error" for finding in findings):
        return PlacedActivities(parsed.tables, findings)
    join = _Join(resolved.counts, base, books, findings)
    rows = resolved.counts.assign(pcode=join.pcodes)
    findings += join.not_placed("warning" if allow_unmatched else "error")
    findings += join.points_elsewhere()
    tables = _tables(parsed, base, rows[rows["pcode"].notna()])
    return PlacedActivities(tables, findings, {TABLE: join.methods}, [join.line()], resolved.lines)


def _foreign(rows: pd.DataFrame, books: Gazetteers, base: Snapshot) -> list[Finding]:
    """Report a table of another country; places with a point may be villages of this one."""
    return of_another_country(rows[rows["point"] == MISSING], books, base)


def has_activities(parsed: ParsedSource) -> bool:
    """Return whether a file is one of activities, though it may have no place for any."""
    return bool(parsed.summary)


def is_replaced(coverage: pd.DataFrame, parsed: ParsedSource) -> pd.Series:
    """Tell which rows of coverage a file replaces: those of its programmes, by its source."""
    codes = parsed.tables["programmes"]["code"]
    return coverage["programme"].isin(codes) & (coverage["source"] == parsed.source["url"])


# ---- joining


class _Join:
    """The join of activities to governorates.

    Attributes
    ----------
    pcodes
        Of each row; missing where nothing matches.
    methods
        Rows by the method that placed them.
    """

    def __init__(
        self, rows: pd.DataFrame, base: Snapshot, books: Gazetteers, findings: list[Finding]
    ) -> None:
        self.rows, self._base, self._books = rows, base, books
        codes, by_district = self._codes()
        name = rows["adm1"].where((rows["adm1"] != "") | (codes != ""), rows["adm2"])
        report = JoinReport()
        self._named = match_rows(
            rows.assign(adm1=name, adm1_code=codes),
            books.governorates, report, TABLE, "adm1", "adm1_code", findings=findings,
        )  # fmt: skip
        findings += self._contradictions(findings)
        self.pcodes = self._named.where(self._named.notna(), self._by_point())
        self.methods = report.rows[TABLE]
        districts = int(rows.loc[by_district, "rows"].sum())
        self.methods["code"] -= districts
        self.methods["name"] += districts
        self.methods["none"] = self._count(self.pcodes.isna())
        self.methods["point"] = self._count(self._named.isna() & self.pcodes.notna())

    @cached_property
    def _shapes(self) -> Governorates:
        return Governorates(self._base.topology)

    @cached_property
    def _parents(self) -> pd.Series:
        return self._base.tables.areas.set_index("pcode")["parent"]

    def _count(self, is_meant: pd.Series) -> int:
        return int(self.rows.loc[is_meant, "rows"].sum())

    def _codes(self) -> tuple[pd.Series, pd.Series]:
        """Return the governorate's code of each row, and which have it by a district's name."""
        rows, governorates = self.rows, governorates_of_districts(self._books)
        by_code = rows["adm2_code"].map(self._books.districts.coded).map(self._parents).fillna("")
        codes = rows["adm1_code"].where(rows["adm1_code"] != "", by_code)
        alone = (rows["adm1"] == "") & (codes == "") & (rows["adm2"] != "")

        def only(name: str) -> str:
            found = governorates.get(fold(name), frozenset())
            return next(iter(found)) if len(found) == 1 else ""

        names = rows["adm2"].where(alone, "").map(only)
        return codes.where(codes != "", names), alone & (names != "")

    def _contradictions(self, findings: list[Finding]) -> list[Finding]:
        """Return errors on districts whose code lies in another governorate than the row says."""
        inner = self.rows[(self.rows["adm2"] != "") | (self.rows["adm2_code"] != "")]
        outer = self._named[inner.index]
        district = match_rows(
            inner, self._books.districts, JoinReport(), TABLE, "adm2", "adm2_code",
            scope=outer, findings=findings,
        )  # fmt: skip
        return [*in_another_governorate(inner, outer, district, self._parents, self._books)]

    def _by_point(self) -> pd.Series:
        """Return the governorate that the point of each row lies in, where its name gives none."""
        points = self.rows["point"].where(self._named.isna(), -1)
        found = {point: self._shapes.containing(point) or None
                 for point in points.unique() if point >= 0}  # fmt: skip
        return points.map(found)

    # ---- findings

    def not_placed(self, severity: Literal["error", "warning"]) -> Iterator[Finding]:
        """Report each place that matches no area, with the nearest that do."""
        lost = self.rows[self.pcodes.isna()]
        labels = lost["adm1"].where(lost["adm1"] != "", lost["adm2"])
        labels = labels.where(labels != "", lost["adm1_code"] + lost["adm2_code"])
        labels = labels.where(labels != "", lost["locator"])
        for label, group in lost.groupby(labels):
            yield self._lost(str(label), group, severity)

    def _lost(
        self, label: str, group: pd.DataFrame, severity: Literal["error", "warning"]
    ) -> Finding:
        first = group.iloc[0]
        size = amounts.pluralise(int(group["rows"].sum()), "row")
        remedy = (
            "It is on no area of the map, and its programme is listed all the same."
            if severity == "warning"
            else "Mend the spelling, add it with `flask --app app ingest aliases FILE`, or pass "
            "--allow-unmatched to leave it off the map."
        )
        return Finding(
            severity,
            f"no governorate or district answers to this place ({size}){self._hint(group)}. "
            f"{remedy}",
            file=str(first["file"]),
            row=int(first["row"]),
            column="place",
            value=label,
            nearest=tuple(self._nearest(label)),
            harm=Harm.NOT_PLACED,
        )

    def _hint(self, group: pd.DataFrame) -> str:
        """Say what is wrong with points: none lies in the country, or they are exchanged."""
        points = [int(point) for point in group["point"].unique() if point >= 0]
        if not points:
            return ""
        swapped = any(self._shapes.exchanged(p, point)
                      for point in points for p in self._shapes.pcodes)  # fmt: skip
        if swapped:
            return ", and its point lies in the country only with latitude and longitude exchanged"
        return ", and its point lies outside the country"

    def _nearest(self, label: str) -> Iterator[str]:
        books = self._books
        yield from books.governorates.nearest(label)
        display = {fold(name): pcode for pcode, name in books.districts.display.items()}
        for name in suggestions(fold(label), display):
            yield f"{books.districts.display[display[name]]} ({display[name]})"

    def points_elsewhere(self) -> Iterator[Finding]:
        """Report points that lie in another governorate than their place; they decide nothing."""
        strays: list[str] = []
        for pcode, rows in self.rows[self.rows["point"] >= 0].groupby(self._named):
            if pcode in self._shapes.pcodes:
                outside = self._shapes.outside(str(pcode), rows["point"].to_numpy("int64"))
                strays += [row.locator for row in records(rows[outside])]
        if strays:
            yield Finding(
                "warning",
                f"{amounts.pluralise(len(strays), 'point lies', 'points lie')} in another "
                "governorate than the place beside it: the place stands, and is not moved.",
                value="; ".join(strays[:_LISTED]) + (" …" if len(strays) > _LISTED else ""),
            )

    def line(self) -> str:
        """Return the line of the report on how places were found."""
        n = self.methods
        return (
            f"places: {n['code']:,} by P-code, {n['name']:,} by name, {n['alias']:,} by alias, "
            f"{n['point']:,} by point, {n['none']:,} not at all"
        )


# ---- tables


def _tables(parsed: ParsedSource, base: Snapshot, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tables of a file, with the coverage of its programmes from all sources."""
    stored, programmes = base.tables.coverage, parsed.tables["programmes"]
    others = stored[stored["programme"].isin(programmes["code"]) & ~is_replaced(stored, parsed)]
    fresh = _coverage(rows, parsed.source["url"])
    tables = dict(parsed.tables)
    if len(fresh) or len(others):
        whole = pd.concat([others, fresh], ignore_index=True) if len(others) else fresh
        tables["coverage"] = check("coverage", whole.astype("str"))
    tables["programmes"] = _with_other_sources(programmes, base.tables.programmes, others)
    return tables


def _coverage(rows: pd.DataFrame, source: str) -> pd.DataFrame:
    """Make rows of coverage: places of a governorate that agree in all else are one."""
    if rows.empty:
        return pd.DataFrame(columns=_COLUMNS)
    grouped = rows.groupby(_SAME, sort=True, as_index=False)
    frame = grouped.agg(locator=("locator", join_words), note=("note", join_words))
    return frame.assign(source=source)[_COLUMNS]


def _with_other_sources(
    programmes: pd.DataFrame, stored: pd.DataFrame, others: pd.DataFrame
) -> pd.DataFrame:
    """Extend years, funders and sources of programmes that other sources speak of, too."""
    before = {row.code: row for row in records(stored)}
    shared = set(others["programme"]) & set(before)
    if not shared:
        return programmes
    rows = [
        _united(row, before[row["code"]]) if row["code"] in shared else row
        for row in programmes.to_dict("records")
    ]
    return check("programmes", pd.DataFrame(rows).astype(programmes.dtypes.to_dict()))


def _united(row: dict[Any, Any], before: Any) -> dict[Any, Any]:
    """Return a programme as two sources have it; the words of the one that came first stand."""
    starts = [year for year in (row["start_year"], before.start_year) if pd.notna(year)]
    ends = [row["end_year"], before.end_year]
    return {
        **row,
        "name": before.name,
        "pillar": before.pillar,
        "description": before.description or row["description"],
        "start_year": min(starts, default=None),
        "end_year": None if any(map(pd.isna, ends)) else max(ends),
        "funders": _union(before.funders, row["funders"], "; "),
        "sources": _union(before.sources, row["sources"], " | "),
    }


def _union(first: str, second: str, separator: str) -> str:
    """Join the parts of two lists, each once."""
    parts = [part for part in (*first.split(separator), *second.split(separator)) if part]
    return separator.join(dict.fromkeys(parts))
