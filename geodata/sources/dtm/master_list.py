"""Reader of DTM master lists: places where displaced people live, or have returned to.

::

    file ─▶ rows ─▶ layout, date ─▶ rows in DuckDB ─┬─▶ households, people by district
          (tabular)    (layouts)     (aggregate)    ├─▶ origin, shelter, period by governorate
                                                    └─▶ points checked, and forgotten

People are as printed, but for one rule. IOM estimates people as households times a size, and since
some date another size in camps (the country's ``household_sizes``). Files that were exported later
keep the first size for all households: where every row of a list is exactly that, and the rule of
its date has another size in camps, households in camps (shelter type *Camp*) are counted with that.
So the reports that IOM published are met to the person. A list whose individuals already differ in
any row from households times the first size is as printed.

Breakdowns count households, or in later lists individuals. Which, the sums say: governorates of
origin add up to one or the other. Individuals are turned into households where every row of a
governorate divides without a rest and adds up to the row's households; else the breakdown of that
governorate is left out, and said to be. Nothing is shared out, rounded or carried over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from geodata.errors import DataError
from geodata.household_sizes import HouseholdSize, household_size
from geodata.places.gazetteer import Gazetteers, gazetteers
from geodata.snapshots.snapshot import Snapshot
from geodata.sources.contract import (
    BREAKDOWNS_READ,
    COUNTS_READ,
    ParsedSource,
    ReadOptions,
    SourceKind,
    no_breakdowns,
    no_counts,
)
from geodata.sources.dtm import aggregate, column_names, layouts, workspace
from geodata.sources.dtm.aggregate import QUICK_FROM
from geodata.sources.dtm.breakdowns import (
    breakdown_unit,
    by_date,
    household_breakdowns,
    individual_breakdowns,
)
from geodata.sources.dtm.dates import column_name, dates_of_list
from geodata.sources.dtm.layouts import BREAKDOWNS, Layout, NotAMasterList, Population, Unit
from geodata.sources.dtm.stray_points import check_points
from geodata.sources.dtm.sums import GROUP_KEYS
from geodata.sources.dtm.workspace import LoadedList
from geodata.sources.finding_log import FindingLog
from geodata.sources.tabular.detect import check_file
from geodata.sources.tabular.open_table import TableRows, read_rows
from geodata.util.findings import FileRead, Finding, Harm, Progress, no_progress
from geodata.util.suggestions import suggestions

SOURCE: Mapping[str, str] = {
    "id": "iom-dtm",
    "role": "counts",
    "title": "Displacement Tracking Matrix (DTM), Master Lists",
    "publisher": "International Organization for Migration (IOM)",
    "url": "https://dtm.iom.int/",
    "terms": "© International Organization for Migration (IOM), Displacement Tracking Matrix "
    "(DTM). Non-commercial use with the credit below.",
    "credit": "Source: International Organization for Migration (IOM), Displacement Tracking "
    "Matrix (DTM)",
    "what": "Households and individuals displaced or returned, by governorate and district and "
    "round; households by origin, shelter type and period of displacement.",
}
"""Row of the lists' source, for a snapshot that has none."""

_LIST_NAMES: Mapping[str, str] = {"idp": "IDP", "returnee": "Returnee"}
_PEOPLE: Mapping[str, str] = {"idp": "displaced people (IDPs)", "returnee": "returnees"}


@dataclass(frozen=True)
class _List:
    """The counts and breakdowns of one file."""

    file: FileRead
    counts: pd.DataFrame
    breakdowns: pd.DataFrame


def read(
    population: Population,
    files: Sequence[Path],
    snapshot: Snapshot,
    request: ReadOptions,
    progress: Progress = no_progress,
    *,
    quick_from: int = QUICK_FROM,
) -> ParsedSource:
    """Read master lists of one population.

    Parameters
    ----------
    quick_from
        Bytes from which a CSV is first tried in one go; see :mod:`geodata.sources.dtm.aggregate`.

    Returns
    -------
    ParsedSource
        Counts by district, as the lists name it, and breakdowns by governorate; every finding. What
        is wrong with a file is a finding too, so that the files after it are read all the same.
    """
    books = gazetteers(snapshot.tables.areas, snapshot.tables.aliases)
    reader = _ListReader(population, snapshot, books, request, progress, quick_from)
    lists: list[_List] = []
    findings: list[Finding] = []
    for path in files:
        result, of_file = reader.file(Path(path))
        lists += [result] if result else []
        findings += of_file
    findings += _repeated_dates(lists)
    counts = [each.counts for each in lists]
    breakdowns = [each.breakdowns for each in lists if len(each.breakdowns)]
    return ParsedSource(
        f"dtm-{population}",
        _source(snapshot),
        tuple(each.file for each in lists),
        pd.concat(counts, ignore_index=True) if counts else no_counts(),
        pd.concat(breakdowns, ignore_index=True) if breakdowns else no_breakdowns(),
        findings=findings,
    )


def _source(snapshot: Snapshot) -> Mapping[str, str]:
    """Return the row of the lists' source, the snapshot's own where it has one."""
    rows: list[Any] = snapshot.tables.sources.to_dict(orient="records")
    return next((row for row in rows if row["id"] == SOURCE["id"]), SOURCE)


def _repeated_dates(lists: Sequence[_List]) -> Iterator[Finding]:
    """Refuse two files of one date: their people would be added up."""
    first: dict[Any, str] = {}
    for each in lists:
        for date in each.counts["date"].unique():
            if date in first:
                yield Finding(
                    "error",
                    f"{first[date]} gives figures of {date:%Y-%m-%d} too, and they would be added: "
                    "bring in one list of a date.",
                    each.file.name,
                )
            first.setdefault(date, each.file.name)


@dataclass(frozen=True)
class _ListReader:
    population: Population
    snapshot: Snapshot
    books: Gazetteers
    request: ReadOptions
    progress: Progress
    quick_from: int

    @property
    def country(self) -> Mapping[str, Any]:
        country: Mapping[str, Any] = self.snapshot.manifest["country"]
        return country

    def file(self, path: Path) -> tuple[_List | None, list[Finding]]:
        """Read one file; ``None`` where nothing could be read of it."""
        log = FindingLog(path.name)
        result = None
        try:
            rows = read_rows(check_file(path), score=layouts.header_score)
            log.sheet = rows.sheet
            for finding in rows.findings:
                log.take(finding)
            result = self._list(rows, log)
        except NotAMasterList as error:
            for finding in error.findings:
                log.take(_placed(finding, log))
        except DataError as error:
            log.take(Finding("error", str(error)))
        except OSError as error:
            sentence = f"The file could not be read to its end: {error.strerror or error}."
            log.take(Finding("error", sentence, path.name))
        return result, log.all()

    def _list(self, rows: TableRows, log: FindingLog) -> _List | None:
        governorates = self.books.governorates
        layout = layouts.recognise(rows.head(), governorates, sheet=rows.sheet)
        for finding in layout.findings:
            log.take(_placed(finding, log, row=layout.header_row))
        self._check_population(layout, rows, log)
        if layout.column(column_names.PEOPLE) is None and not self.country.get("household_sizes"):
            log.error(
                "The column Individuals is missing, and the country has no rule that says how many "
                "people are counted to a household.",
                row=layout.header_row,
                nearest=suggestions("Individuals", [column.name for column in layout.columns]),
            )
        if log.errors:
            return None
        if layout.repeated:
            log.warning(
                "Columns stand twice in the file. They are read once, and must say the same "
                "wherever they stand.",
                row=layout.header_row,
                column=", ".join(column.name for _, column in layout.repeated),
            )
        with workspace.workspace() as con:
            loaded = aggregate.load(
                con, rows, layout, self._sizes(), log, self.progress, quick_from=self.quick_from
            )
            return self._result(loaded, rows, layout, log)

    def _sizes(self) -> list[int]:
        return sorted({int(rule["people"]) for rule in self.country.get("household_sizes", ())})

    def _check_population(self, layout: Layout, rows: TableRows, log: FindingLog) -> None:
        population = layout.population or layouts.population_of([rows.file.name])
        if population and population != self.population:
            log.error(
                f"This is a list of {_PEOPLE[population]}, and was given as one of "
                f"{_PEOPLE[self.population]}: bring it in with dtm-{population}.",
                value=layout.titles[0] if layout.titles else "",
            )
        elif not population:
            log.warning(
                "Nothing in the list says whom it counts; it is read as a list of "
                f"{_PEOPLE[self.population]}, as asked."
            )

    def _result(
        self, loaded: LoadedList, rows: TableRows, layout: Layout, log: FindingLog
    ) -> _List | None:
        """Return the counts and breakdowns of a loaded list; ``None`` if an error stops it."""
        sums = loaded.sums
        if sums.empty:
            log.error("No row below the names of the columns gives a figure.")
            return None
        dates = dates_of_list(loaded, self.request, log)
        _compare_totals(loaded, log)
        if log.errors:
            return None
        sums = sums.assign(date=sums["day"].map(dates))
        units = {date: breakdown_unit(part, layout, log) for date, part in by_date(sums)}
        sums = self._with_people(sums, layout, units, log)
        check_points(loaded, self.snapshot.topology, self.books.governorates, log)
        counts = _counts(sums, self.population, layout, self._round(sums, log))
        breakdowns = self._breakdowns(loaded, sums, dates, units, log)
        description = _layout_text(self.population, layout, set(units.values()))
        file = rows.file.read(int(sums["rows"].sum()), description)
        return _List(file, counts, breakdowns)

    def _round(self, sums: pd.DataFrame, log: FindingLog) -> int | None:
        if self.request.round is not None and sums["date"].nunique() > 1:
            log.error("The list holds several dates, and a round number is of one: give none.")
        return self.request.round

    # ---- people

    def _with_people(
        self,
        sums: pd.DataFrame,
        layout: Layout,
        units: Mapping[dt.date, Unit | None],
        log: FindingLog,
    ) -> pd.DataFrame:
        """Correct people by the country's rule, as the docstring of this module says."""
        sums = sums.copy()
        printed = layout.column(column_names.PEOPLE) is not None
        camps = workspace.camp_columns(layout)
        for date, part in by_date(sums):
            size = household_size(self.country, date)
            if size is None:
                if not printed:
                    log.error(
                        f"The column Individuals is missing, and the country has no rule for {date}"
                    )
                continue
            flat = not printed or bool(part[f"flat_{size.people}"].fillna(False).all())
            if not flat or (printed and size.people == size.in_camps):
                continue
            people = _people_by_rule(part, size, camps, units[date])
            sums.loc[part.index, "people"] = people
            if not camps and size.people != size.in_camps:
                log.warning(
                    f"People in camps are counted {size.in_camps} to a household on {date}, and no "
                    "column gives the households in camps: people are "
                    f"{'as printed' if printed else f'households × {size.people}'}."
                )
            _log_correction(part["people"] if printed else None, people, size, date, log)
        return sums

    # ---- breakdowns

    def _breakdowns(
        self,
        loaded: LoadedList,
        sums: pd.DataFrame,
        dates: Mapping[str, dt.date],
        units: Mapping[dt.date, Unit | None],
        log: FindingLog,
    ) -> pd.DataFrame:
        """Return breakdowns by governorate, in households, of the dates that have them."""
        parts = []
        keys = ["date", "adm1", "adm1_code"]
        figures = [name for name, _ in loaded.breakdowns]
        by_governorate = sums.groupby(keys, as_index=False)[["households", *figures]].sum()
        for date, part in by_date(by_governorate):
            rows: Iterable[dict[str, Any]] = ()
            if units[date] == "individuals":
                size = household_size(self.country, date)
                flat = f"flat_{size.people}" if size else ""
                all_flat = bool(flat) and bool(sums.loc[sums["date"] == date, flat].all())
                rows = individual_breakdowns(loaded, date, dates, part, size, all_flat, log)
            elif units[date] == "households":
                rows = household_breakdowns(loaded, part, log)
            parts += [row | {"date": date} for row in rows]
        if not parts:
            return no_breakdowns()
        frame = pd.DataFrame(parts).assign(population=self.population)
        frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[ns]")
        keys = [column for column in BREAKDOWNS_READ if column != "households"]
        added = frame.groupby(keys, as_index=False)[["households"]].sum()
        words = dict.fromkeys(["kind", "population", "adm1", "adm1_code", "category"], "str")
        return added[list(BREAKDOWNS_READ)].astype({**words, "households": "Int64"})


def _people_by_rule(
    part: pd.DataFrame, size: HouseholdSize, camps: Sequence[str], unit: Unit | None
) -> pd.Series:
    """Return people as households times the country's sizes, of which camps have their own."""
    in_camps = part[list(camps)].sum(axis=1)
    if unit == "individuals":
        in_camps = in_camps / size.people
    return size.people * part["households"] - (size.people - size.in_camps) * in_camps


def _log_correction(
    printed: pd.Series | None,
    people: pd.Series,
    size: HouseholdSize,
    date: dt.date,
    log: FindingLog,
) -> None:
    """Log that people are computed from households: all of them, or those in camps."""
    if printed is None:
        log.warning(
            f"The column Individuals is missing: people are households × {size.people}, in "
            f"camps × {size.in_camps}, as the country's rule has it on {date}."
        )
    elif int((printed - people).sum()):
        log.warning(
            f"Individuals are households × {size.people} in every row. From the country's "
            f"rule, households in camps are counted × {size.in_camps} on {date}: "
            f"{people.sum():,.0f} people instead of the {printed.sum():,.0f} printed."
        )


def _placed(finding: Finding, log: FindingLog, row: int = 0) -> Finding:
    """Return a finding on a layout with its file, its sheet and, where it has none, a row."""
    return Finding(
        finding.severity, finding.sentence, log.file, log.sheet, finding.row or row,
        finding.column, finding.value, finding.nearest,
    )  # fmt: skip


def _layout_text(population: str, layout: Layout, units: set[Unit | None]) -> str:
    """Describe the layout of a list in a report."""
    kinds = ", ".join(kind for kind in BREAKDOWNS if layout.breakdown(kind))
    counted = " and ".join(sorted(unit for unit in units if unit))
    by = f"{kinds} in {counted}" if kinds and counted else "no breakdowns"
    return (
        f"{_LIST_NAMES[population]} master list, {layout.description}, columns named in row "
        f"{layout.header_row}, {by}"
    )


# ---- sums


def _compare_totals(loaded: LoadedList, log: FindingLog) -> None:
    """Log the rows of totals; where there is one, compare it with the sum of the others."""
    households = int(loaded.sums["households"].sum())
    for total in loaded.totals:
        log.warning(
            "The row is one of totals, and is left out.",
            row=total.row,
            value=total.label,
            harm=Harm.LEFT_OUT,
        )
    if len(loaded.totals) == 1 and (total := loaded.totals[0]).households is not None:
        if total.households != households:
            log.warning(
                "The total does not agree with the rows above it, which add up to "
                f"{households:,} households.",
                row=total.row,
                column=column_name(loaded.layout.column(column_names.HOUSEHOLDS)),
                value=f"{total.households:,}",
                harm=Harm.LEVELS_DIFFER,
            )


def _counts(
    sums: pd.DataFrame, population: str, layout: Layout, number: int | None
) -> pd.DataFrame:
    """Return counts by district, or by governorate where the list has no districts."""
    level = 2 if layout.column(column_names.ADM2) else 1
    frame = sums.assign(population=population, programme="", level=level, file="", row=0)
    frame["round"] = pd.Series(number, index=frame.index, dtype="Int64")
    frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[ns]")
    keys = [c for c in COUNTS_READ if c not in ("households", "people", "rows")]
    added = frame.groupby(keys, as_index=False, dropna=False)[["households", "people", "rows"]]
    words = dict.fromkeys(("population", "programme", "file", *GROUP_KEYS[1:]), "str")
    numbers = dict.fromkeys(("round", "households", "people", "rows", "row"), "Int64")
    return added.sum()[list(COUNTS_READ)].astype({**words, **numbers, "level": "int8"})


KINDS = (
    SourceKind(
        "dtm-idp", "DTM master lists of displaced people, as published", partial(read, "idp")
    ),
    SourceKind(
        "dtm-returnee", "DTM master lists of returnees, as published", partial(read, "returnee")
    ),
)
