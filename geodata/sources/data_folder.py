"""Reader of the tidy tables on Iraq: DTM by round, COD-AB boundaries, programmes, residents.

::

    SRC/dtm/dtm_{governorate,district}_round.csv   ─▶ counts, rounds (to February 2021)
    SRC/dtm/dtm_{origin,shelter,period}_round.csv  ─▶ breakdowns, in households
    SRC/dtm/dtm_api_governorate_round.csv          ─▶ counts, rounds (from April 2021)
    SRC/dtm/dtm_api_origin_round.csv               ─▶ breakdowns, in people
    SRC/dtm/national_totals_published.csv          ─▶ published
    SRC/population/{residents,refugees_by_governorate}.csv ─▶ residents, counts
    SRC/programmes/programme*.csv                  ─▶ programmes, coverage, reach
    SRC/boundaries/                                ─▶ areas, topology

What is particular to Iraq and to these files (sources, terms, notes, rules) stands here and nowhere
else in the program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from geodata.bundled.iraq import (
    COUNTRY,
    DTM,
    DTM_API,
    DTM_REPORTS,
    FIRST_NUMBERED_ROUND,
    HALABJA,
    OTHER_DISTRICTS,
    OTHER_GOVERNORATES,
    PLACED_IN_NO_GOVERNORATE,
    REFUGEE_DATES,
    REFUGEE_DEFINITION,
    SOURCES,
    SULAYMANIYAH_WITHOUT,
    UNHCR,
)
from geodata.errors import DataError, JoinError
from geodata.places.gazetteer import Gazetteers, gazetteer, gazetteers
from geodata.places.join import JoinReport, match_rows
from geodata.snapshots.schemas import check, check_references
from geodata.snapshots.tables import Tables
from geodata.sources.cell_values import CellError, parse_count
from geodata.sources.dtm.column_names import SHELTER

if TYPE_CHECKING:
    import geopandas as gpd

_POPULATIONS = {"IDP": "idp", "Returnee": "returnee"}
_BROKEN_DOWN = ["households", "people"]


@dataclass(frozen=True)
class Boundaries:
    """The four layers of the map, as read."""

    governorates: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    neighbours: gpd.GeoDataFrame
    cities: gpd.GeoDataFrame


def _csv(src: Path, name: str, columns: list[str]) -> pd.DataFrame:
    path = src / name
    try:
        frame = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(
            f"{path} is missing; SRC must be a folder with dtm/, boundaries/, population/ and "
            "programmes/"
        ) from None
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise DataError(
            f"{path}: columns {', '.join(missing)} are missing; it has {', '.join(frame.columns)}"
        )
    return frame


def _refusal(frame: pd.DataFrame, column: str, path: str, wrong: pd.Series, rule: str) -> DataError:
    """Make the error of the first wrong cell; rows have the numbers of a spreadsheet."""
    row: Any = wrong.idxmax()
    return DataError(f"{path}, row {row + 2}, column {column!r}: {frame[column][row]!r} {rule}")


def _whole(frame: pd.DataFrame, column: str, path: str) -> pd.Series:
    numbers = []
    for cell in frame[column]:
        try:
            numbers.append(parse_count(cell))
        except CellError as error:
            raise _refusal(frame, column, path, frame[column] == cell, str(error)) from None
    return pd.Series(numbers, frame.index, dtype="Int64")


def _days(frame: pd.DataFrame, column: str, path: str) -> pd.Series:
    """Return dates of a column, all of them and all in one form.

    The tables are written by programs.
    """
    days = pd.to_datetime(frame[column], format="%Y-%m-%d", errors="coerce")
    if days.isna().any():
        raise _refusal(frame, column, path, days.isna(), "is not a date like 2019-04-30")
    return days.astype("datetime64[ns]")


def _meanings(
    frame: pd.DataFrame, column: str, path: str, meanings: Mapping[str, str]
) -> pd.Series:
    known = frame[column].map(meanings)
    if known.isna().any():
        rule = f"is none of {', '.join(meanings)}"
        raise _refusal(frame, column, path, known.isna(), rule)
    return known


def read_boundaries(src: Path) -> Boundaries:
    """Read the boundary files of ``src`` as they are."""
    import geopandas as gpd

    def layer(name: str) -> gpd.GeoDataFrame:
        path = src / "boundaries" / f"{name}.geojson"
        if not path.exists():
            raise DataError(f"{path} is missing")
        return gpd.read_file(path)

    return Boundaries(
        governorates=layer("irq_adm1_full"),
        districts=layer("irq_adm2_full"),
        neighbours=layer("neighbours_50m"),
        cities=layer("cities_naturalearth10m"),
    )


def read_areas(src: Path, boundaries: Boundaries) -> pd.DataFrame:
    """Read the table of areas: DTM's short English names, official, Arabic and Sorani names."""
    columns = ["pcode", "name_en_codab", "name_ar_codab", "name_ku_sorani", "name_dtm_2014"]
    book = _csv(src, "boundaries/governorates.csv", columns)
    governorates = pd.DataFrame(
        {
            "pcode": book["pcode"],
            "level": 1,
            "parent": None,
            "name_en": book["name_dtm_2014"],
            "name_official": book["name_en_codab"],
            "name_ar": book["name_ar_codab"],
            "name_ckb": book["name_ku_sorani"],
        }
    )
    layer = boundaries.districts
    districts = pd.DataFrame(
        {
            "pcode": layer["pcode"],
            "level": 2,
            "parent": layer["adm1_pcode"],
            "name_en": layer["name_en"],
            "name_official": layer["name_en"],
            "name_ar": layer["name_ar"],
            "name_ckb": None,
        }
    )
    areas = pd.concat([governorates, districts], ignore_index=True)
    return check("areas", areas.astype({"parent": "str", "name_ckb": "str"}))


def read_aliases(src: Path, areas: pd.DataFrame) -> pd.DataFrame:
    """Read other spellings: those of governorates seen in files, and DTM's districts."""
    known = _csv(src, "boundaries/governorate_aliases.csv", ["alias", "pcode"])
    spellings = pd.DataFrame(
        {"level": 1, "scope": "", "spelling": known["alias"], "pcode": known["pcode"]}
    )
    spelled = [("", alias, pcode) for alias, pcode in known[["alias", "pcode"]].to_numpy()]
    governorates = gazetteer(areas, spelled, level=1)
    crosswalk = _csv(
        src, "boundaries/district_crosswalk.csv", ["dtm_governorate", "dtm_district", "pcode"]
    )
    scopes = match_rows(crosswalk, governorates, JoinReport(), "", "dtm_governorate")
    districts = pd.DataFrame(
        {
            "level": 2,
            "scope": scopes,
            "spelling": crosswalk["dtm_district"],
            "pcode": crosswalk["pcode"],
        }
    )
    every = pd.concat(
        [spellings, OTHER_GOVERNORATES, districts, OTHER_DISTRICTS], ignore_index=True
    )
    return check("aliases", every.drop_duplicates())


def _dtm_counts(src: Path, books: Gazetteers, report: JoinReport, level: int) -> pd.DataFrame:
    name = "dtm_governorate_round" if level == 1 else "dtm_district_round"
    path = f"dtm/{name}.csv"
    columns = ["round_date", "population_type", "governorate", "households", "individuals"]
    raw = _csv(src, path, columns + (["district"] if level == 2 else []))
    raw["households"] = _whole(raw, "households", path)
    if level == 1:
        pcodes = match_rows(raw, books.governorates, report, name, "governorate")
        label = raw["governorate"]
    else:
        parents = JoinReport()
        scope = match_rows(raw, books.governorates, parents, name, "governorate")
        report.unmatched += parents.unmatched
        pcodes = match_rows(raw, books.districts, report, name, "district", scope=scope)
        label = raw["governorate"] + " / " + raw["district"]
    rows = pd.DataFrame(
        {
            "population": _meanings(raw, "population_type", path, _POPULATIONS),
            "date": _days(raw, "round_date", path),
            "level": level,
            "pcode": pcodes,
            "place": label.where(pcodes.isna(), ""),
            "programme": "",
            "households": raw["households"],
            "people": _whole(raw, "individuals", path),
            "source": DTM,
        }
    )
    keys = ["population", "date", "level", "pcode", "place", "programme", "source"]
    added = rows.groupby(keys, dropna=False, as_index=False, sort=True)
    return added[["households", "people"]].sum(min_count=1)


def _api_counts(src: Path, books: Gazetteers, report: JoinReport) -> pd.DataFrame:
    """Read rounds of the API: placed by name, which must be the place that the P-code says."""
    path = "dtm/dtm_api_governorate_round.csv"
    raw = _csv(src, path, ["round_date", "population_type", "governorate", "pcode", "individuals"])
    pcodes = match_rows(raw, books.governorates, report, "dtm_api_governorate_round", "governorate")
    differ = pcodes.notna() & (pcodes != raw["pcode"])
    if differ.any():
        row: Any = differ.idxmax()
        raise DataError(
            f"{path}, row {row + 2}: {raw['governorate'][row]!r} is {pcodes[row]}, and column "
            f"'pcode' says {raw['pcode'][row]}; name and P-code must be of one governorate"
        )
    return pd.DataFrame(
        {
            "population": _meanings(raw, "population_type", path, _POPULATIONS),
            "date": _days(raw, "round_date", path),
            "level": 1,
            "pcode": pcodes,
            "place": raw["governorate"].where(pcodes.isna(), ""),
            "programme": "",
            "households": None,
            "people": _whole(raw, "individuals", path),
            "source": DTM_API,
        }
    )


def _numbered_rounds(src: Path, name: str, source: str) -> pd.DataFrame:
    """Return dates and numbers of the rounds in one table."""
    path = f"dtm/{name}.csv"
    raw = _csv(src, path, ["round", "round_date"])[["round", "round_date"]].drop_duplicates()
    raw = raw.reset_index(drop=True)
    number = _whole(raw, "round", path)
    return pd.DataFrame(
        {
            "source": source,
            "date": _days(raw, "round_date", path),
            "round": number.where(number >= FIRST_NUMBERED_ROUND),
        }
    )


def read_rounds(src: Path) -> pd.DataFrame:
    """Read the dates on which DTM counted, with the numbers DTM printed."""
    lists = _numbered_rounds(src, "dtm_governorate_round", DTM)
    api = _numbered_rounds(src, "dtm_api_governorate_round", DTM_API)
    refugees = pd.DataFrame(
        {"source": UNHCR, "date": pd.to_datetime(list(REFUGEE_DATES)), "round": pd.NA}
    )
    rounds = pd.concat([lists, api, refugees], ignore_index=True)
    return check("rounds", rounds.astype({"round": "Int64"}))


def read_refugees(src: Path, books: Gazetteers, report: JoinReport) -> pd.DataFrame:
    """Read registered Syrian refugees on the dates that are complete by governorate.

    What the national total holds beyond the governorates named is kept as "not placed".
    """
    path = "population/refugees_by_governorate.csv"
    raw = _csv(src, path, ["date", "population_type", "governorate", "unit", "value"])
    raw = raw[(raw["population_type"] == REFUGEE_DEFINITION) & raw["date"].isin(REFUGEE_DATES)]
    raw = raw.assign(people=_whole(raw, "value", path)).reset_index(drop=True)
    single = raw[raw["governorate"].isin(books.governorates.codes)].reset_index(drop=True)
    pcodes = match_rows(
        single, books.governorates, report, "refugees_by_governorate", "governorate"
    )
    national = raw[raw["governorate"] == COUNTRY["code"]].set_index("date")["people"]
    remainder = national - single.groupby("date")["people"].sum()
    if set(remainder.dropna().index) != set(REFUGEE_DATES) or (remainder < 0).any():
        raise DataError(
            f"{path}: each of {', '.join(REFUGEE_DATES)} must have a national row "
            f"({COUNTRY['code']}) that is not below the sum of its governorates"
        )
    rest = remainder[remainder > 0]
    rows = {
        "date": pd.to_datetime([*single["date"], *rest.index]),
        "pcode": [*pcodes, *[None] * len(rest)],
        "place": [*[""] * len(single), *[PLACED_IN_NO_GOVERNORATE] * len(rest)],
        "people": [*single["people"], *rest],
    }
    frame = pd.DataFrame(rows).assign(population="refugee", level=1, programme="", source=UNHCR)
    frame["households"] = None
    return frame


def read_counts(src: Path, books: Gazetteers, report: JoinReport) -> pd.DataFrame:
    """Read all counts: DTM at both levels, then by governorate only, refugees by governorate."""
    parts = [
        _dtm_counts(src, books, report, level=1),
        _dtm_counts(src, books, report, level=2),
        _api_counts(src, books, report),
        read_refugees(src, books, report),
    ]
    columns = ["population", "date", "level", "pcode", "place", "programme"]
    columns += ["households", "people", "source"]
    counts = pd.concat([part[columns].astype("object") for part in parts], ignore_index=True)
    # An area's own name would only repeat its code; "place" speaks where there is no code.
    counts["place"] = counts["place"].where(counts["pcode"].isna(), counts["pcode"])
    types = dict.fromkeys(["population", "pcode", "place", "programme", "source"], "str")
    return check("counts", counts.astype(types).astype({"people": "Int64", "households": "Int64"}))


def read_breakdowns(src: Path, books: Gazetteers, report: JoinReport) -> pd.DataFrame:
    """Read breakdowns by origin, shelter and period: households, and people where DTM gives those.

    Each by governorate; later rounds have origins only, in people.
    """
    parts = [
        _breakdown(src, "dtm_origin_round", "origin", "from_governorate", books, report),
        _breakdown(src, "dtm_shelter_round", "shelter", "shelter_type", books, report),
        _breakdown(src, "dtm_period_round", "period", "displacement_period", books, report),
        _breakdown(src, "dtm_api_origin_round", "origin", "from_governorate", books, report),
    ]
    frame = pd.concat(parts, ignore_index=True)
    keys = [column for column in frame.columns if column not in _BROKEN_DOWN]
    grouped = frame.groupby(keys, as_index=False, sort=True, dropna=False)
    added = grouped[_BROKEN_DOWN].sum(min_count=1)
    return check("breakdowns", added[list(frame.columns)])


def _breakdown(
    src: Path, name: str, kind: str, column: str, books: Gazetteers, report: JoinReport
) -> pd.DataFrame:
    """Read one table of breakdowns, in households or, from the API, in individuals."""
    path = f"dtm/{name}.csv"
    source, counted = (DTM, "households") if "_api_" not in name else (DTM_API, "individuals")
    raw = _csv(src, path, ["round_date", "population_type", "governorate", column, counted])
    raw["households" if source == DTM else "people"] = number = _whole(raw, counted, path)
    pcodes = match_rows(raw, books.governorates, report, name, "governorate")
    nothing = pd.Series(pd.NA, index=raw.index, dtype="Int64")
    return pd.DataFrame(
        {
            "kind": kind,
            "population": _meanings(raw, "population_type", path, _POPULATIONS),
            "date": _days(raw, "round_date", path),
            "pcode": pcodes,
            "category": _category(raw, kind, column, books, path, report),
            "households": number if source == DTM else nothing,
            "people": number if source == DTM_API else nothing,
            "source": source,
        }
    )


def _category(
    raw: pd.DataFrame,
    kind: str,
    column: str,
    books: Gazetteers,
    path: str,
    report: JoinReport,
) -> pd.Series:
    """Return the category of each row; an origin that no governorate answers to keeps its name."""
    if kind == "origin":
        table = f"{Path(path).stem}, from"
        origins = match_rows(raw, books.governorates, report, table, column)
        return origins.where(origins.notna(), raw[column])
    if kind == "shelter":
        return _meanings(raw, column, path, SHELTER)
    return raw[column]


def read_residents(src: Path, books: Gazetteers, report: JoinReport) -> pd.DataFrame:
    """Read residents by governorate and year; Halabja is added to Sulaymaniyah."""
    path = "population/residents.csv"
    raw = _csv(src, path, ["year", "governorate", "population", "basis", "source_url"])
    names = raw["governorate"].replace(
        {HALABJA: "Sulaymaniyah", SULAYMANIYAH_WITHOUT: "Sulaymaniyah"}
    )
    raw = raw.assign(governorate=names, residents=_whole(raw, "population", path))
    pcodes = match_rows(raw, books.governorates, report, "residents", "governorate")
    if pcodes.isna().any():
        lost = raw["governorate"][pcodes.isna()].unique()
        raise JoinError(f"{path}: no governorate answers to {', '.join(map(repr, lost))}")
    rows = pd.DataFrame(
        {
            "pcode": pcodes,
            "year": _whole(raw, "year", path),
            "residents": raw["residents"],
            "basis": raw["basis"],
            "url": raw["source_url"],
        }
    )
    keys = ["pcode", "year", "basis", "url"]
    added = rows.groupby(keys, as_index=False, sort=True)[["residents"]].sum()
    return check("residents", added[["pcode", "year", "residents", "basis", "url"]])


def read_programmes(src: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read programmes, where they worked, and what they reported."""
    raw = _csv(src, "programmes/programmes.csv", ["code", "name_en", "pillar", "start_year"])
    programmes = pd.DataFrame(
        {
            "code": raw["code"],
            "name": raw["name_en"],
            "pillar": raw["pillar"],
            "start_year": _whole(raw, "start_year", "programmes/programmes.csv"),
            "end_year": _whole(raw, "end_year", "programmes/programmes.csv"),
            "funders": raw["funders"],
            "people_served": raw["population_types"],
            "description": raw["description_short"],
            "sources": raw["sources"],
        }
    )
    raw = _csv(src, "programmes/programme_coverage.csv", ["programme", "governorate", "status"])
    raw = raw.rename(columns={"governorate": "pcode"})
    raw["note"] = raw["note"].str.replace(
        "programme label assigned by scout", "the source does not name the programme"
    )
    columns = ["programme", "phase", "pcode", "from_date", "to_date", "status", "date_basis"]
    coverage = raw[[*columns, "source", "locator", "note"]]
    raw = _csv(src, "programmes/programme_reach.csv", ["programme", "governorates", "indicator"])
    reach = raw.rename(columns={"governorates": "pcodes", "population_type": "people"})
    columns = ["programme", "pcodes", "as_of", "people", "indicator", "value", "cumulative"]
    reach = reach[[*columns, "source", "locator", "note"]]
    return check("programmes", programmes), check("coverage", coverage), check("reach", reach)


def read_published(src: Path) -> pd.DataFrame:
    """Read the national totals printed in IOM's reports."""
    path = "dtm/national_totals_published.csv"
    raw = _csv(src, path, ["round", "date", "population_type", "individuals", "status"])
    rows = pd.DataFrame(
        {
            "population": _meanings(raw, "population_type", path, _POPULATIONS),
            "date": _days(raw, "date", path),
            "round": _whole(raw, "round", path),
            "people": _whole(raw, "individuals", path),
            "households": _whole(raw, "households", path),
            "status": raw["status"],
            "url": raw["source_url"],
            "source": DTM_REPORTS,
        }
    )
    return check("published", rows)


def _check_printed(counts: pd.DataFrame, published: pd.DataFrame) -> None:
    """Check that each round of the API adds up to the national total printed for its date."""
    rows = counts[counts["source"] == DTM_API]
    added = rows.groupby(["population", "date"])["people"].sum()
    printed = published.set_index(["population", "date"])["people"].reindex(added.index)
    differ = added[printed.ne(added).fillna(True)]
    if len(differ):
        population, date = differ.index[0]
        raise DataError(
            f"{population} on {date:%Y-%m-%d}: governorates of dtm_api_governorate_round.csv add "
            f"up to {differ.iloc[0]:,} people, and national_totals_published.csv says "
            f"{printed[population, date]}; a round is taken only where the two agree"
        )


def _check_origins_agree(counts: pd.DataFrame, breakdowns: pd.DataFrame) -> None:
    """Check that people by origin add up to the people of each governorate and round."""
    key = ["population", "date", "pcode"]
    parts = breakdowns[breakdowns["people"].notna()].groupby(key)["people"].sum()
    whole = counts[(counts["level"] == 1)].set_index(key)["people"]
    differ = parts[parts.ne(whole.reindex(parts.index)).fillna(True)]
    if len(differ):
        population, date, pcode = differ.index[0]
        raise DataError(
            f"{population} on {date:%Y-%m-%d} in {pcode}: origins add up to {differ.iloc[0]:,} "
            "people, which is not what the governorate has; both tables must come from one copy"
        )


def _report_absences(report: JoinReport, areas: pd.DataFrame, counts: pd.DataFrame) -> None:
    for (population, level), rows in counts.groupby(["population", "level"]):
        every = areas.loc[areas["level"] == level, "pcode"]
        absent = sorted(set(every) - set(rows["pcode"].dropna()))
        report.areas_without_rows[f"{population}, level {level}"] = absent


def _check_levels_agree(counts: pd.DataFrame) -> None:
    """Check that the national totals of districts and of governorates agree."""
    lists = counts[counts["source"] == DTM]
    totals = lists.pivot_table(
        index=["population", "date"], columns="level", values="people", aggfunc="sum"
    )
    differ = totals[totals[1] != totals[2]]
    if len(differ):
        population, date = differ.index[0]
        raise DataError(
            f"{population} on {date:%Y-%m-%d}: districts add up to {differ[2].iloc[0]:,} people "
            f"and governorates to {differ[1].iloc[0]:,}; both tables must come from one list"
        )


def read(src: Path, *, allow_unmatched: bool = False) -> tuple[Tables, Boundaries, JoinReport]:
    """Read every table of ``src``.

    Raises
    ------
    DataError
        If a file, column or value is not what it must be.
    JoinError
        If rows match no area and ``allow_unmatched`` is false. With it, they are kept as
        "not placed" and counted in national totals.
    """
    report = JoinReport()
    boundaries = read_boundaries(src)
    areas = read_areas(src, boundaries)
    aliases = read_aliases(src, areas)
    books = gazetteers(areas, aliases, COUNTRY["former_codes"])
    counts = read_counts(src, books, report)
    breakdowns = read_breakdowns(src, books, report)
    if report.unmatched and not allow_unmatched:
        raise JoinError(
            "\n".join(
                [
                    *report.lines(),
                    "Rows match no area. Mend the spelling, add it to the alias table "
                    "(boundaries/governorate_aliases.csv, district_crosswalk.csv), or pass "
                    "--allow-unmatched to keep them as “not placed”.",
                ]
            )
        )
    published = read_published(src)
    _check_levels_agree(counts)
    _check_printed(counts, published)
    _check_origins_agree(counts, breakdowns)
    _report_absences(report, areas, counts)
    programmes, coverage, reach = read_programmes(src)
    tables = Tables(
        areas=areas,
        aliases=aliases,
        counts=counts,
        breakdowns=breakdowns,
        rounds=read_rounds(src),
        residents=read_residents(src, books, report),
        programmes=programmes,
        coverage=coverage,
        reach=reach,
        published=published,
        sources=check("sources", pd.DataFrame(list(SOURCES))),
    )
    check_references(dict(tables.items()))
    return tables, boundaries, report
