"""Read programmes, where they worked, and what they reported."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.snapshots.schemas import check
from geodata.sources.data_folder.columns import parse_counts, read_csv


def read_programmes(src: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read programmes, where they worked, and what they reported."""
    raw = read_csv(src, "programmes/programmes.csv", ["code", "name_en", "pillar", "start_year"])
    programmes = pd.DataFrame(
        {
            "code": raw["code"],
            "name": raw["name_en"],
            "pillar": raw["pillar"],
            "start_year": parse_counts(raw, "start_year", "programmes/programmes.csv"),
            "end_year": parse_counts(raw, "end_year", "programmes/programmes.csv"),
            "funders": raw["funders"],
            "people_served": raw["population_types"],
            "description": raw["description_short"],
            "sources": raw["sources"],
        }
    )
    raw = read_csv(src, "programmes/programme_coverage.csv", ["programme", "governorate", "status"])
    raw = raw.rename(columns={"governorate": "pcode"})
    raw["note"] = raw["note"].str.replace(
        "programme label assigned by scout", "the source does not name the programme"
    )
    columns = ["programme", "phase", "pcode", "from_date", "to_date", "status", "date_basis"]
    coverage = raw[[*columns, "source", "locator", "note"]]
    raw = read_csv(
        src, "programmes/programme_reach.csv", ["programme", "governorates", "indicator"]
    )
    reach = raw.rename(columns={"governorates": "pcodes", "population_type": "people"})
    columns = ["programme", "pcodes", "as_of", "people", "indicator", "value", "cumulative"]
    reach = reach[[*columns, "source", "locator", "note"]]
    return check("programmes", programmes), check("coverage", coverage), check("reach", reach)
