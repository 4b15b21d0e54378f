"""Read boundaries, names, other spellings and residents of areas."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from geodata.bundled.iraq import HALABJA, OTHER_DISTRICTS, OTHER_GOVERNORATES, SULAYMANIYAH_WITHOUT
from geodata.errors import DataError, JoinError
from geodata.places.gazetteer import Gazetteers, gazetteer
from geodata.places.join import JoinReport, match_rows
from geodata.snapshots.schemas import check
from geodata.sources.data_folder.columns import parse_counts, read_csv

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True)
class Boundaries:
    """The four layers of the map, as their files have them."""

    governorates: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    neighbours: gpd.GeoDataFrame
    cities: gpd.GeoDataFrame


def read_boundaries(src: Path) -> Boundaries:
    """Read the four boundary files of ``src``, unchanged."""
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
    book = read_csv(src, "boundaries/governorates.csv", columns)
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
    """Read other spellings of governorates, and DTM's names of districts."""
    seen = read_csv(src, "boundaries/governorate_aliases.csv", ["alias", "pcode"])
    spellings = pd.DataFrame(
        {"level": 1, "scope": "", "spelling": seen["alias"], "pcode": seen["pcode"]}
    )
    aliases = [("", alias, pcode) for alias, pcode in seen[["alias", "pcode"]].to_numpy()]
    governorates = gazetteer(areas, aliases, level=1)
    crosswalk = read_csv(
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
    frame = pd.concat(
        [spellings, OTHER_GOVERNORATES, districts, OTHER_DISTRICTS], ignore_index=True
    )
    return check("aliases", frame.drop_duplicates())


def read_residents(src: Path, books: Gazetteers, report: JoinReport) -> pd.DataFrame:
    """Read residents by governorate and year; Halabja is added to Sulaymaniyah."""
    path = "population/residents.csv"
    raw = read_csv(src, path, ["year", "governorate", "population", "basis", "source_url"])
    names = raw["governorate"].replace(
        {HALABJA: "Sulaymaniyah", SULAYMANIYAH_WITHOUT: "Sulaymaniyah"}
    )
    raw = raw.assign(governorate=names, residents=parse_counts(raw, "population", path))
    pcodes = match_rows(raw, books.governorates, report, "residents", "governorate")
    if pcodes.isna().any():
        lost = raw["governorate"][pcodes.isna()].unique()
        raise JoinError(f"{path}: no governorate answers to {', '.join(map(repr, lost))}")
    rows = pd.DataFrame(
        {
            "pcode": pcodes,
            "year": parse_counts(raw, "year", path),
            "residents": raw["residents"],
            "basis": raw["basis"],
            "url": raw["source_url"],
        }
    )
    keys = ["pcode", "year", "basis", "url"]
    added = rows.groupby(keys, as_index=False, sort=True)[["residents"]].sum()
    return check("residents", added[["pcode", "year", "residents", "basis", "url"]])
