"""Read counts, breakdowns, rounds and printed totals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from geodata.bundled.iraq import (
    COUNTRY,
    DTM,
    DTM_API,
    DTM_REPORTS,
    FIRST_NUMBERED_ROUND,
    PLACED_IN_NO_GOVERNORATE,
    REFUGEE_DATES,
    REFUGEE_DEFINITION,
    UNHCR,
)
from geodata.errors import DataError
from geodata.places.gazetteer import Gazetteers
from geodata.places.join import JoinReport, match_rows
from geodata.snapshots.schemas import check
from geodata.sources.data_folder.columns import parse_counts, parse_dates, read_csv, translate
from geodata.sources.dtm.column_names import SHELTER

_POPULATIONS = {"IDP": "idp", "Returnee": "returnee"}
_FIGURES = ["households", "people"]


def _dtm_counts(src: Path, books: Gazetteers, report: JoinReport, level: int) -> pd.DataFrame:
    """Read the counts of DTM's master lists at one level, rows of one place added up."""
    name = "dtm_governorate_round" if level == 1 else "dtm_district_round"
    path = f"dtm/{name}.csv"
    columns = ["round_date", "population_type", "governorate", "households", "individuals"]
    raw = read_csv(src, path, columns + (["district"] if level == 2 else []))
    raw["households"] = parse_counts(raw, "households", path)
    pcodes, label = _match_places(raw, books, report, name, level)
    rows = pd.DataFrame(
        {
            "population": translate(raw, "population_type", path, _POPULATIONS),
            "date": parse_dates(raw, "round_date", path),
            "level": level,
            "pcode": pcodes,
            "place": label.where(pcodes.isna(), ""),
            "programme": "",
            "households": raw["households"],
            "people": parse_counts(raw, "individuals", path),
            "source": DTM,
        }
    )
    keys = ["population", "date", "level", "pcode", "place", "programme", "source"]
    added = rows.groupby(keys, dropna=False, as_index=False, sort=True)
    return added[["households", "people"]].sum(min_count=1)


def _match_places(
    raw: pd.DataFrame, books: Gazetteers, report: JoinReport, name: str, level: int
) -> tuple[pd.Series, pd.Series]:
    """Return the P-code of each row's place, and the place as the table writes it."""
    if level == 1:
        return match_rows(raw, books.governorates, report, name, "governorate"), raw["governorate"]
    parents = JoinReport()
    scope = match_rows(raw, books.governorates, parents, name, "governorate")
    report.unmatched += parents.unmatched
    pcodes = match_rows(raw, books.districts, report, name, "district", scope=scope)
    return pcodes, raw["governorate"] + " / " + raw["district"]


def api_counts(src: Path, books: Gazetteers, report: JoinReport) -> pd.DataFrame:
    """Read the counts of DTM's API, by governorate; name and P-code must be of one."""
    path = "dtm/dtm_api_governorate_round.csv"
    raw = read_csv(
        src, path, ["round_date", "population_type", "governorate", "pcode", "individuals"]
    )
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
            "population": translate(raw, "population_type", path, _POPULATIONS),
            "date": parse_dates(raw, "round_date", path),
            "level": 1,
            "pcode": pcodes,
            "place": raw["governorate"].where(pcodes.isna(), ""),
            "programme": "",
            "households": None,
            "people": parse_counts(raw, "individuals", path),
            "source": DTM_API,
        }
    )


def _numbered_rounds(src: Path, name: str, source: str) -> pd.DataFrame:
    """Return dates and numbers of the rounds in one table."""
    path = f"dtm/{name}.csv"
    raw = read_csv(src, path, ["round", "round_date"])[["round", "round_date"]].drop_duplicates()
    raw = raw.reset_index(drop=True)
    number = parse_counts(raw, "round", path)
    return pd.DataFrame(
        {
            "source": source,
            "date": parse_dates(raw, "round_date", path),
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
    raw = read_csv(src, path, ["date", "population_type", "governorate", "unit", "value"])
    raw = raw[(raw["population_type"] == REFUGEE_DEFINITION) & raw["date"].isin(REFUGEE_DATES)]
    raw = raw.assign(people=parse_counts(raw, "value", path)).reset_index(drop=True)
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
    """Read all counts: those of DTM's lists, of its API, and of refugees."""
    parts = [
        _dtm_counts(src, books, report, level=1),
        _dtm_counts(src, books, report, level=2),
        api_counts(src, books, report),
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
    keys = [column for column in frame.columns if column not in _FIGURES]
    grouped = frame.groupby(keys, as_index=False, sort=True, dropna=False)
    added = grouped[_FIGURES].sum(min_count=1)
    return check("breakdowns", added[list(frame.columns)])


def _breakdown(
    src: Path, name: str, kind: str, column: str, books: Gazetteers, report: JoinReport
) -> pd.DataFrame:
    """Read one table of breakdowns, in households or, from the API, in individuals."""
    path = f"dtm/{name}.csv"
    source, unit = (DTM, "households") if "_api_" not in name else (DTM_API, "individuals")
    raw = read_csv(src, path, ["round_date", "population_type", "governorate", column, unit])
    raw["households" if source == DTM else "people"] = number = parse_counts(raw, unit, path)
    pcodes = match_rows(raw, books.governorates, report, name, "governorate")
    nothing = pd.Series(pd.NA, index=raw.index, dtype="Int64")
    return pd.DataFrame(
        {
            "kind": kind,
            "population": translate(raw, "population_type", path, _POPULATIONS),
            "date": parse_dates(raw, "round_date", path),
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
    """Return the category of each row; an origin that is no governorate keeps its name."""
    if kind == "origin":
        table = f"{Path(path).stem}, from"
        origins = match_rows(raw, books.governorates, report, table, column)
        return origins.where(origins.notna(), raw[column])
    if kind == "shelter":
        return translate(raw, column, path, SHELTER)
    return raw[column]


def read_published(src: Path) -> pd.DataFrame:
    """Read the national totals printed in IOM's reports."""
    path = "dtm/national_totals_published.csv"
    raw = read_csv(src, path, ["round", "date", "population_type", "individuals", "status"])
    rows = pd.DataFrame(
        {
            "population": translate(raw, "population_type", path, _POPULATIONS),
            "date": parse_dates(raw, "date", path),
            "round": parse_counts(raw, "round", path),
            "people": parse_counts(raw, "individuals", path),
            "households": parse_counts(raw, "households", path),
            "status": raw["status"],
            "url": raw["source_url"],
            "source": DTM_REPORTS,
        }
    )
    return check("published", rows)
