"""Add up rows of a file by area, at every level that they allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from geodata.places.folding import fold
from geodata.places.gazetteer import Gazetteer, Gazetteers
from geodata.places.join import JoinReport, in_another_governorate, match_rows
from geodata.places.pcode_schemes import NOT_AVAILABLE
from geodata.snapshots.schemas import TABLES, check
from geodata.snapshots.snapshot import Snapshot
from geodata.snapshots.totals import SLICE, series_name, slices_of
from geodata.sources.contract import ParsedSource
from geodata.util.arrays import records
from geodata.util.findings import Finding, Harm

_COUNTS = [*TABLES["counts"].columns]
_BREAKDOWNS = [*TABLES["breakdowns"].columns]
_LISTED = 8  # places, or rows of a file, that a sentence names

_FROM_A_FILE = (
    "If the row is of people in no known district, write “Not available” as its district and pass "
    "--allow-unmatched; if it is the governorate's total, mend whichever figure is wrong, or leave "
    "the row out: the governorate is then added up from its districts."
)
_OF_ASSESSMENTS = (
    "Where kinds of assessment are mixed, take one with --assessment; else leave the date out "
    "until its publisher has mended it."
)


# -------------------------------------------------------------------------------------- counts


def counts_by_area(
    parsed: ParsedSource,
    books: Gazetteers,
    base: Snapshot,
    report: JoinReport,
    findings: list[Finding],
) -> pd.DataFrame:
    """Add up a file's counts by area, at every level that they allow."""
    rows = parsed.counts
    if rows.empty:
        return base.tables.counts.head(0)
    is_national = _is_of_country(rows, books.governorates, base)
    national, rows = rows[is_national], rows[~is_national]
    parents = base.tables.areas.set_index("pcode")["parent"]
    governorate, district = _match_areas(rows, books, parents, report, findings)
    is_district = rows["level"] == 2
    inner, outer = rows[is_district], governorate[is_district]
    label = rows["adm1"].where(rows["adm1"] != "", rows["adm1_code"])
    own = _GovernorateSums(
        rows[~is_district], governorate[~is_district], label[~is_district], parsed
    )
    sums = _GovernorateSums(inner, outer, label[is_district], parsed)
    findings += own.check_districts(sums, books.governorates.display)
    names = inner["adm2"].where(inner["adm2"] != "", inner["adm2_code"])
    districts = _by_area(inner, district, label[is_district] + " / " + names, 2, parsed)
    unassigned = own.in_no_district(sums, books.governorates.display, findings)
    levels = [own.counts, sums.without(own), _with_unassigned(districts, unassigned)]
    frames = [part[_COUNTS] for part in levels if len(part)]
    counts = check("counts", pd.concat(frames, ignore_index=True))
    findings += _compare_with_country(national, counts)
    return counts


def _match_areas(
    rows: pd.DataFrame,
    books: Gazetteers,
    parents: pd.Series,
    report: JoinReport,
    findings: list[Finding],
) -> tuple[pd.Series, pd.Series]:
    """Return the governorate of each row, and the district of each row of level 2, as P-codes."""
    by_code = rows["adm2_code"].map(books.districts.coded).map(parents)
    codes = rows["adm1_code"].where(rows["adm1_code"] != "", by_code.fillna(""))
    governorate = match_rows(
        rows.assign(adm1_code=codes),
        books.governorates, report, "governorates", "adm1", "adm1_code", findings=findings,
    )  # fmt: skip
    inner, outer = rows[rows["level"] == 2], governorate[rows["level"] == 2]
    district = match_rows(
        inner, books.districts, report, "districts", "adm2", "adm2_code",
        scope=outer, findings=findings,
    )  # fmt: skip
    findings += in_another_governorate(inner, outer, district, parents, books)
    return governorate, district


def _is_of_country(rows: pd.DataFrame, book: Gazetteer, base: Snapshot) -> pd.Series:
    """Return which rows are totals of the country, beside rows of other places.

    Kept as “not placed”, they would count everyone twice.
    """
    facts = base.manifest["country"]
    names = {fold(str(facts[key])) for key in ("name", "code") if facts.get(key)}
    names = {name for name in names if book.find(name=name) is None}
    label = rows["adm1"].where(rows["adm1"] != "", rows["adm1_code"]).map(fold)
    is_country = label.isin(names) & (rows["level"] == 1)
    return is_country & slices_of(rows).isin(slices_of(rows[~is_country]))


def _compare_with_country(national: pd.DataFrame, counts: pd.DataFrame) -> Iterator[Finding]:
    """Compare totals of the country in the file with the sums of its governorates."""
    rows = national.assign(date=pd.to_datetime(national["date"]))
    sums = counts[counts["level"] == 1].groupby(SLICE, as_index=False)["people"].sum()
    for row in records(rows.merge(sums, on=SLICE, suffixes=("", "_summed"))):
        series = f"{series_name(row.population, row.programme)} on {row.date:%Y-%m-%d}"
        location = {"file": row.file, "row": int(row.row), "column": "", "value": row.adm1}
        if row.people == row.people_summed:
            sentence = f"{series}: the row is the total of the country, and is left out."
            yield Finding("warning", sentence, **location, harm=Harm.LEFT_OUT)
        else:
            below = row.people < row.people_summed
            advice = "A country holds its governorates: mend whichever is wrong."
            severity: Literal["error", "warning"] = "error" if below else "warning"
            sentence = (
                f"{series}: the row of the country says {int(row.people):,} people, and the rows "
                "of "
                f"its governorates and districts add up to {int(row.people_summed):,}. "
                f"{advice if below else 'The row is left out. Is the list whole?'}"
            )
            yield Finding(severity, sentence, **location, harm=Harm.LEVELS_DIFFER)


_PLACE = [*SLICE, "place"]


@dataclass(frozen=True)
class _GovernorateSums:
    """Sums by governorate of one level's rows.

    Attributes
    ----------
    rows
        Rows of the file, of governorates or of districts.
    pcodes, labels
        The governorate of each: its P-code, where it has one, and how the file writes it.
    """

    rows: pd.DataFrame
    pcodes: pd.Series
    labels: pd.Series
    parsed: ParsedSource

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Counts by governorate."""
        return _by_area(self.rows, self.pcodes, self.labels, 1, self.parsed)

    def without(self, others: _GovernorateSums) -> pd.DataFrame:
        """Return the counts of governorates that ``others`` do not count on that date."""
        counted = pd.MultiIndex.from_frame(others.counts[_PLACE])
        return self.counts[~pd.MultiIndex.from_frame(self.counts[_PLACE]).isin(counted)]

    def _with_districts(
        self, districts: _GovernorateSums, how: Literal["inner", "left"]
    ) -> pd.DataFrame:
        """Join the sums of districts to those of governorates, with the suffix ``_inner``."""
        columns = [*_PLACE, "people", "households"]
        return self.counts.merge(
            districts.counts[columns], how=how, on=_PLACE, suffixes=("", "_inner")
        )

    def check_districts(
        self, districts: _GovernorateSums, display: Mapping[str, str]
    ) -> Iterator[Finding]:
        """Report each governorate that is below the sum of its districts."""
        for row in records(self._with_districts(districts, "inner")):
            for measure in ("people", "households"):
                own, inner = getattr(row, measure), getattr(row, f"{measure}_inner")
                if pd.notna(own) and pd.notna(inner) and own < inner:
                    yield self._below_districts(row, measure, districts, display)
                    break

    def _below_districts(
        self, row: Any, measure: str, districts: _GovernorateSums, display: Mapping[str, str]
    ) -> Finding:
        """Return the error on a governorate whose own row is below its districts."""
        own, inner = int(getattr(row, measure)), int(getattr(row, f"{measure}_inner"))
        (file, number, _), rows = self._locate(row), districts._locate(row)[2]
        advice = _FROM_A_FILE if self.parsed.kind in ("table", "hxl") else _OF_ASSESSMENTS
        return Finding(
            "error",
            f"{series_name(row.population, row.programme)} on {row.date:%Y-%m-%d}: the row of "
            f"{display.get(row.place, row.place)} itself says {own:,} {measure}, and its districts "
            f"add up to {inner:,}{rows and f' ({rows})'}: a governorate holds its districts. "
            f"{advice}",
            file=file,
            row=number,
            value=display.get(row.place, row.place),
            harm=Harm.LEVELS_DIFFER,
        )

    def _locate(self, row: Any) -> tuple[str, int, str]:
        """Return file and number of the first row of a sum, and all row numbers as text."""
        place = self.pcodes.where(self.pcodes.notna(), self.labels)
        days = pd.to_datetime(self.rows["date"])
        matching = self.rows[
            (place == row.place)
            & (days == row.date)
            & (self.rows["population"] == row.population)
            & (self.rows["programme"] == row.programme)
        ].sort_values(["file", "row"])
        numbers = [int(number) for number in matching["row"] if number]
        if not numbers:
            return "", 0, ""
        listed = ", ".join(f"{number:,}" for number in numbers[:_LISTED])
        more = f" and {len(numbers) - _LISTED:,} more" if len(numbers) > _LISTED else ""
        noun = "row" if len(numbers) == 1 else "rows"
        return str(matching["file"].iloc[0]), numbers[0], f"{noun} {listed}{more}"

    def in_no_district(
        self, districts: _GovernorateSums, display: Mapping[str, str], findings: list[Finding]
    ) -> pd.DataFrame:
        """Return people of governorates beyond their districts, as not placed; warn by date.

        Only in slices with districts: there every level then adds up to the same total.
        """
        has_districts = slices_of(self.counts).isin(slices_of(districts.counts))
        beside = self._with_districts(districts, "left").loc[has_districts]
        more = beside["people"] - beside["people_inner"].fillna(0)
        hh_inner = beside["households_inner"].where(beside["people_inner"].notna(), 0)
        remaining = beside.assign(people=more, households=beside["households"] - hh_inner)[more > 0]
        for (population, programme, day), rows in remaining.groupby(SLICE, sort=True):
            listed = [
                f"{display.get(row.place, row.place)} {row.people:,}" for row in records(rows)
            ]
            examples = ", ".join(listed[:_LISTED])
            omitted = f" and {len(listed) - _LISTED:,} more" if len(listed) > _LISTED else ""
            findings.append(
                Finding(
                    "warning",
                    f"{series_name(str(population), str(programme))} on {day:%Y-%m-%d}: "
                    f"{int(rows['people'].sum()):,} people of governorates are in none of their "
                    f"districts ({examples}{omitted}). By district they are kept as “not placed”.",
                    harm=Harm.LEVELS_DIFFER,
                )
            )
        names = remaining["place"].map(
            lambda place: f"{display.get(place, place)} / {NOT_AVAILABLE}"
        )
        few = remaining["households"].where(remaining["households"] >= 0)
        return remaining.assign(level=2, pcode=None, place=names, households=few)


def _with_unassigned(districts: pd.DataFrame, unassigned: pd.DataFrame) -> pd.DataFrame:
    """Append people in no district, added to rows of the file of the same name."""
    if unassigned.empty:
        return districts
    both = pd.concat([districts[_COUNTS], unassigned[_COUNTS].astype(districts.dtypes[_COUNTS])])
    return sum_figures(both)


def _by_area(
    rows: pd.DataFrame, pcodes: pd.Series, labels: pd.Series, level: int, parsed: ParsedSource
) -> pd.DataFrame:
    """Return rows as counts by P-code, or by label where there is none, of one level."""
    is_placed = pcodes.notna()
    frame = pd.DataFrame(
        {
            "population": rows["population"],
            "date": pd.to_datetime(rows["date"]),
            "level": level,
            "pcode": pcodes,
            "place": pcodes.where(is_placed, labels),
            "programme": rows["programme"],
            "households": rows["households"].astype("Int64"),
            "people": rows["people"].astype("Int64"),
            "source": parsed.source["id"],
        }
    )
    return sum_figures(frame)


def breakdowns_by_area(
    parsed: ParsedSource, books: Gazetteers, report: JoinReport, findings: list[Finding]
) -> pd.DataFrame:
    """Add up a file's breakdowns by governorate; origins get the P-codes of theirs."""
    rows = parsed.breakdowns
    if rows.empty:
        return pd.DataFrame(columns=_BREAKDOWNS)
    # Their governorates were reported with the counts; only origins may be spelled otherwise.
    pcodes = match_rows(
        rows, books.governorates, JoinReport(), "breakdowns", "adm1", "adm1_code", findings=[]
    )
    frame = pd.DataFrame(
        {
            "kind": rows["kind"],
            "population": rows["population"],
            "date": pd.to_datetime(rows["date"]),
            "pcode": pcodes,
            "category": _categories(rows, books, report, findings),
            "households": rows["households"].astype("Int64"),
            "people": pd.Series(pd.NA, index=rows.index, dtype="Int64"),
            "source": parsed.source["id"],
        }
    )
    return check("breakdowns", sum_figures(frame)[_BREAKDOWNS])


def _categories(
    rows: pd.DataFrame, books: Gazetteers, report: JoinReport, findings: list[Finding]
) -> pd.Series:
    """Return the category of each row; of origins the P-code, where they match a governorate."""
    is_origin = rows["kind"] == "origin"
    named = rows[is_origin].assign(category_code="")
    origins = match_rows(
        named, books.governorates, report, "origins", "category", "category_code", findings=findings
    )
    categories = rows["category"].copy()
    categories[is_origin] = origins.where(origins.notna(), named["category"])
    return categories


def sum_figures(frame: pd.DataFrame) -> pd.DataFrame:
    """Add up the rows that differ in nothing but households and people."""
    figures = ["households", "people"]
    keys = [column for column in frame.columns if column not in figures]
    grouped = frame.groupby(keys, dropna=False, as_index=False, sort=True)
    return grouped[figures].sum(min_count=1)
